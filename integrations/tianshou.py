"""Games in Tianshou, through its PettingZoo wrapper, with masks. Needs the extra ``tianshou``.

Tianshou keeps the moves of all seats in one sequence, and takes what follows a seat's move for what the seat sees next.
A horizon that is longer than an episode makes the seat's whole return the target instead, which is sound.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from .needs import made_game, needed

__all__ = ["TianshouAgent", "agents", "dqn", "make_env"]

HORIZON = 100
"""Moves, more than an episode has."""


def _needed(path: str) -> Any:
    return needed(path, "tianshou", "tianshou")


def make_env(game_id: str, **options: Any) -> Any:
    """A game as Tianshou's ``PettingZooEnv``.

    Raises:
        MissingExtra: Tianshou is not installed.
        UnknownOption: There is no such game.
    """
    return _needed("tianshou.env.pettingzoo_env:PettingZooEnv")(made_game(game_id, **options))


def dqn(env: Any, hidden: tuple[int, ...] = (64,), learning_rate: float = 1e-3, explore: float = 0.2) -> Any:
    """Independent DQN for all seats, with masks: Tianshou's ``MultiAgentOffPolicyAlgorithm``.

    Args:
        env: Made by :func:`make_env`.
        hidden: Widths of the layers.
        learning_rate: Of Adam.
        explore: Probability of a random action in training.

    Raises:
        MissingExtra: Tianshou is not installed.
    """
    net = _needed("tianshou.utils.net.common:Net")
    policy = _needed("tianshou.algorithm.modelfree.dqn:DiscreteQLearningPolicy")
    algorithm = _needed("tianshou.algorithm.modelfree.dqn:DQN")
    adam = _needed("tianshou.algorithm.optim:AdamOptimizerFactory")
    width, n = env.observation_space["observation"].shape, int(env.action_space.n)
    return _needed("tianshou.algorithm.multiagent.marl:MultiAgentOffPolicyAlgorithm")(
        algorithms=[
            algorithm(
                policy=policy(
                    model=net(state_shape=width, action_shape=n, hidden_sizes=list(hidden)),
                    action_space=env.action_space,
                    eps_training=explore,
                    eps_inference=explore,  # the parts of a multi-agent policy are not told that they are trained
                ),
                optim=adam(lr=learning_rate),
                gamma=1.0,
                n_step_return_horizon=HORIZON,
                target_update_freq=0,
            )
            for _ in env.agents
        ],
        env=env,
    )


class TianshouAgent:
    """A Q-network trained by Tianshou, played greedily, for :func:`infogap.baselines.match.evaluate_match`.

    Args:
        model: The network.
    """

    def __init__(self, model: Any) -> None:
        self._model = model

    def probabilities(self, observation: Mapping[str, Any]) -> npt.NDArray[np.float64]:
        """All on the best legal action, shape (n,)."""
        with _needed("torch:no_grad")():
            values = self._model(observation["observation"][None])[0][0].cpu().numpy().astype(np.float64)
        best = np.zeros(values.size)
        best[int(np.where(observation["action_mask"], values, -np.inf).argmax())] = 1.0
        return best

    def act(self, observation: Mapping[str, Any], info: Any = None) -> int:
        """The best legal action."""
        return int(self.probabilities(observation).argmax())


def agents(algorithm: Any) -> dict[str, TianshouAgent]:
    """The agents of an algorithm made by :func:`dqn`, by seat."""
    return {seat: TianshouAgent(policy.model) for seat, policy in algorithm.policy.policies.items()}
