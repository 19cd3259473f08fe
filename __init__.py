"""Reinforcement-learning environments with a declared, checked and measured information gap.

The repository root is this package. Importing it registers the environments with Gymnasium and, where it has a
registry, with PettingZoo.
"""

# Absolute on purpose: pytest imports this file on its own where the checkout's folder has a name like infogap-main.
from infogap.core.episode import Episode, read_episodes
from infogap.core.errors import InfogapError
from infogap.core.judge import Feedback, Verdict, judge
from infogap.core.seal import seal
from infogap.core.truth import ALL, OWN, Truth, View, partition, release, seen_by
from infogap.core.world import outcome, plant, rekey, reveal, view
from infogap.envs import register_envs

__version__ = "0.1.0"
__all__ = [
    "ALL",
    "OWN",
    "Episode",
    "Feedback",
    "InfogapError",
    "Truth",
    "Verdict",
    "View",
    "__version__",
    "judge",
    "outcome",
    "partition",
    "plant",
    "read_episodes",
    "register_envs",
    "rekey",
    "release",
    "reveal",
    "seal",
    "seen_by",
    "view",
]

register_envs()
