"""Two Q-networks learn a language with Tianshou. Takes half a minute; needs `pip install 'infogap[tianshou]'`."""

import logging
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # such small networks are fastest on one thread
os.environ.setdefault("TQDM_DISABLE", "1")

import numpy as np
import torch
from tianshou.data import Collector, VectorReplayBuffer
from tianshou.env import DummyVectorEnv
from tianshou.trainer import OffPolicyTrainerParams

from infogap.baselines.match import evaluate_match
from infogap.envs import GAMES
from infogap.integrations.tianshou import agents, dqn, make_env

GAME, OPTIONS = "infogap/ReferenceGame-v0", {"states": 4, "messages": 4}


def main(epochs: int = 10) -> float:
    """Train, print the efficiency against the first best, and return it."""
    logging.getLogger("tianshou").setLevel(logging.ERROR)  # it warns of returns of more than one agent
    np.random.seed(1), torch.manual_seed(1)
    envs = DummyVectorEnv([lambda: make_env(GAME, **OPTIONS) for _ in range(8)])
    algorithm = dqn(make_env(GAME, **OPTIONS))
    collector = Collector(algorithm, envs, VectorReplayBuffer(4_000, len(envs)), exploration_noise=True)
    collector.reset()
    collector.collect(n_step=800)
    algorithm.run_training(
        OffPolicyTrainerParams(
            training_collector=collector,
            max_epochs=epochs,
            epoch_num_steps=1_000,
            collection_step_num_env_steps=80,
            update_step_num_gradient_steps_per_sample=0.1,
            batch_size=64,
            multi_agent_return_reduction=lambda returns: returns.mean(axis=1),
            show_progress=False,
            verbose=False,
        )
    )
    scores = evaluate_match(GAMES[GAME].env(**OPTIONS), agents(algorithm))
    print(f"efficiency {scores['efficiency']:.2f} of a first best of {scores['first_best']}")
    return scores["efficiency"]


if __name__ == "__main__":
    main()
