"""Wrappers for any environment that honours the contract. They know no family.

Vector forms are in :mod:`infogap.wrappers.vector`.
"""

from .belief_reward import BeliefReward
from .record_episodes import RecordEpisodes
from .verifier_reward import VerifierReward

__all__ = ["BeliefReward", "RecordEpisodes", "VerifierReward"]
