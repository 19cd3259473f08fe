"""Train two agents on one game, and compare them with the first best. Takes seconds; needs no extra."""

from infogap.baselines.match import evaluate_match
from infogap.baselines.tabular import QLearner, learn

game = "infogap/ReferenceGame-v0"  # the speaker knows which of 8 things is meant, and has 8 words without meaning
agents = {"speaker_0": QLearner(seed=1), "listener_0": QLearner(seed=2)}
for episodes in (0, 500, 5_000):
    learn(game, agents, episodes)
    scores = evaluate_match(game, agents)
    print(
        f"after {episodes:5,} episodes: efficiency {scores['efficiency']:.2f} of a first best of {scores['first_best']}"
    )
