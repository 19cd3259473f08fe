"""Games in RLlib, through its PettingZoo wrapper, with masks. Needs the extra ``rllib``.

RLlib's new API stack takes one array for each agent, so a game's observation and its mask are put into one, and
:func:`masked_module` takes them apart again: illegal actions get no probability.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from pettingzoo.utils import BaseWrapper

from ..core.errors import InvalidOption
from ..core.game import Game
from .needs import made_game, needed

__all__ = ["FlatGame", "RLlibAgent", "agents", "make_env", "masked_module", "ppo_config"]


def _needed(path: str) -> Any:
    return needed(path, "ray[rllib]", "rllib")


class FlatGame(BaseWrapper):
    """A game whose observations are one float32 array: what the seat sees, then the mask.

    Args:
        game: The AEC form.
    """

    def __init__(self, game: Game) -> None:
        super().__init__(game)
        seen: Any = game.observation_space(game.possible_agents[0])["observation"]
        n = len(game.words)
        low = np.concatenate([seen.low, np.zeros(n)]).astype(np.float32)
        high = np.concatenate([seen.high, np.ones(n)]).astype(np.float32)
        self._space = gym.spaces.Box(low, high, dtype=np.float32)

    def observation_space(self, agent: str) -> gym.spaces.Box:
        """The same for all seats."""
        return self._space

    def observe(self, agent: str) -> npt.NDArray[np.float32]:
        """What `agent` perceives, and its mask."""
        return flat(super().observe(agent))


def flat(observation: Mapping[str, Any]) -> npt.NDArray[np.float32]:
    """Observation and mask in one."""
    return np.concatenate([observation["observation"], observation["action_mask"]]).astype(np.float32)


def make_env(game_id: str, **options: Any) -> Any:
    """A game as RLlib's ``PettingZooEnv``.

    Raises:
        MissingExtra: RLlib is not installed.
        UnknownOption: There is no such game.
    """
    wrapper = _needed("ray.rllib.env.wrappers.pettingzoo_env:PettingZooEnv")
    return wrapper(FlatGame(made_game(game_id, **options)))


def masked_module() -> Any:
    """The class of RLlib's PPO module that reads the mask off the end of the observation.

    Raises:
        MissingExtra: RLlib is not installed.
    """
    base = _needed("ray.rllib.algorithms.ppo.torch.default_ppo_torch_rl_module:DefaultPPOTorchRLModule")
    columns = _needed("ray.rllib.core.columns:Columns")

    class MaskedPPO(base):  # type: ignore[misc, valid-type]
        def _forward(self, batch: Any, **kwargs: Any) -> Any:
            return self._masked(super()._forward(batch, **kwargs), batch)

        def _forward_train(self, batch: Any, **kwargs: Any) -> Any:
            return self._masked(super()._forward_train(batch, **kwargs), batch)

        def _masked(self, out: Any, batch: Any) -> Any:
            mask = batch[columns.OBS][..., -int(self.action_space.n) :]
            logits = out[columns.ACTION_DIST_INPUTS]
            out[columns.ACTION_DIST_INPUTS] = logits.masked_fill(mask < 0.5, -1e9)
            return out

    return MaskedPPO


def ppo_config(game_id: str, options: Mapping[str, Any] | None = None, shared: bool = False) -> Any:
    """A ``PPOConfig`` for all seats of a game, in this process; change it as any other.

    Args:
        game_id: The game's id.
        options: Of the game.
        shared: One policy for all seats; else one for each.

    Raises:
        MissingExtra: RLlib is not installed.
    """
    config = _needed("ray.rllib.algorithms.ppo:PPOConfig")
    spec = _needed("ray.rllib.core.rl_module.rl_module:RLModuleSpec")
    specs = _needed("ray.rllib.core.rl_module.multi_rl_module:MultiRLModuleSpec")
    _needed("ray.tune.registry:register_env")(game_id, lambda given: make_env(game_id, **given))
    seats = made_game(game_id, **(options or {})).possible_agents
    policies = ["all"] if shared else seats
    modules = {name: spec(module_class=masked_module()) for name in policies}
    return (
        config()
        # RLlib's check of environments samples without the mask, and would stop at an illegal action.
        .environment(game_id, env_config=dict(options or {}), disable_env_checking=True)
        .env_runners(num_env_runners=0)
        .multi_agent(policies=set(policies), policy_mapping_fn=lambda seat, *_, **__: "all" if shared else seat)
        .rl_module(rl_module_spec=specs(rl_module_specs=modules))
    )


class RLlibAgent:
    """A policy trained by RLlib, for :func:`infogap.baselines.match.evaluate_match`.

    Args:
        module: Its module.
        seed: Of its own chance.
    """

    def __init__(self, module: Any, seed: int = 0) -> None:
        self._module = module
        self._chance = np.random.default_rng(seed)

    def probabilities(self, observation: Mapping[str, Any]) -> npt.NDArray[np.float64]:
        """The probability of each action, shape (n,)."""
        torch, columns = _needed("torch:as_tensor"), _needed("ray.rllib.core.columns:Columns")
        with _needed("torch:no_grad")():
            out = self._module.forward_inference({columns.OBS: torch(flat(observation))[None]})
        logits = out[columns.ACTION_DIST_INPUTS][0].numpy().astype(np.float64)
        weights = np.exp(logits - logits.max()) * observation["action_mask"]
        return np.asarray(weights / weights.sum())

    def act(self, observation: Mapping[str, Any], info: Any = None) -> int:
        """Draw an action."""
        chances = self.probabilities(observation)
        return int(self._chance.choice(chances.size, p=chances))


def agents(algorithm: Any, game_id: str, options: Mapping[str, Any] | None = None) -> dict[str, RLlibAgent]:
    """The trained agents of an algorithm made from :func:`ppo_config`, by seat.

    Raises:
        InvalidOption: It was made for another game.
    """
    found = {}
    for i, seat in enumerate(made_game(game_id, **(options or {})).possible_agents):
        module = algorithm.get_module("all") or algorithm.get_module(seat)
        if module is None:
            raise InvalidOption(f"the algorithm has no policy for {seat} of {game_id}")
        found[seat] = RLlibAgent(module, i)
    return found
