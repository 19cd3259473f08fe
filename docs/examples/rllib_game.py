"""Two policies learn a language with RLlib's PPO. Takes half a minute; needs `pip install 'infogap[rllib]'`."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # such small networks are fastest on one thread

import ray

from infogap.baselines.match import evaluate_match
from infogap.envs import GAMES
from infogap.integrations.rllib import agents, ppo_config

GAME, OPTIONS = "infogap/ReferenceGame-v0", {"states": 2, "messages": 2}


def main(iterations: int = 12) -> float:
    """Train, print the efficiency against the first best, and return it."""
    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False)
    config = ppo_config(GAME, OPTIONS).debugging(seed=1)
    config.training(train_batch_size=400, minibatch_size=100, num_epochs=4, lr=0.01, gamma=1.0, entropy_coeff=0.02)
    algorithm = config.build_algo()
    for _ in range(iterations):
        algorithm.train()
    scores = evaluate_match(GAMES[GAME].env(**OPTIONS), agents(algorithm, GAME, OPTIONS))
    algorithm.stop()
    ray.shutdown()
    print(f"efficiency {scores['efficiency']:.2f} of a first best of {scores['first_best']}")
    return scores["efficiency"]


if __name__ == "__main__":
    main()
