"""Learners of the transfer study: MaskablePPO with one network for all seats, or one for each.

Importing this module needs the extra ``sb3``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from gymnasium import spaces

from ..core.errors import MissingExtra
from .transfer_env import Act, Tables

try:
    import torch
    from sb3_contrib import MaskablePPO
    from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
    from stable_baselines3.common.vec_env import VecEnv
except ImportError as error:
    package = "sb3-contrib" if error.name and error.name.startswith("sb3_contrib") else "stable-baselines3"
    raise MissingExtra(package, "sb3") from error

__all__ = ["Seats", "TablesVec", "acting", "learner"]


class Seats(BaseFeaturesExtractor):
    """Two layers of tanh for each seat, or one pair for all.

    With a pair for each seat, the features of a seat stand in a block of their own and the others' blocks are zero, so
    that the linear heads, which have no bias, are the seat's own as well. A block ends with a constant 1 in its place.

    Args:
        observation_space: Of :attr:`infogap.baselines.transfer_env.Tables.inputs`.
        seats: Number of seats.
        shared: One pair of layers for all seats.
        channel: First and last + 1 column of the privileged channel, where the learner is not to read it; else None.
        width: Of a layer.
    """

    def __init__(
        self,
        observation_space: spaces.Box,
        seats: int,
        shared: bool,
        channel: tuple[int, int] | None = None,
        width: int = 128,
    ) -> None:
        blocks = 1 if shared else seats
        super().__init__(observation_space, features_dim=blocks * (width + 1))
        size = int(observation_space.shape[0])
        self.seats, self.width = seats, width
        self.layers = torch.nn.ModuleList(
            torch.nn.Sequential(
                torch.nn.Linear(size, width), torch.nn.Tanh(), torch.nn.Linear(width, width), torch.nn.Tanh()
            )
            for _ in range(blocks)
        )
        scale = 1.0 / np.maximum(np.maximum(observation_space.high, -observation_space.low), 1.0)
        if channel is not None:
            scale[channel[0] : channel[1]] = 0.0
        self.register_buffer("scale", torch.as_tensor(scale, dtype=torch.float32))

    def forward(self, inputs: Any) -> Any:
        """Features of shape (rows, blocks * (width + 1))."""
        scaled = inputs * self.scale
        one = scaled.new_ones(len(scaled), 1)
        if len(self.layers) == 1:
            return torch.cat([self.layers[0](scaled), one], 1)
        out = scaled.new_zeros(len(scaled), len(self.layers), self.width + 1)
        seat = inputs[:, -self.seats :].argmax(1)
        for i, layers in enumerate(self.layers):
            rows = (seat == i).nonzero().ravel()
            block = torch.cat([layers(scaled[rows]), one[: len(rows)]], 1)
            out[:, i] = out[:, i].index_copy(0, rows, block)
        return out.flatten(1)


class TablesVec(VecEnv):
    """Tables as a vector environment of Stable-Baselines3, with the masks that MaskablePPO asks for."""

    def __init__(self, tables: Tables) -> None:
        game = tables.games[0]
        own: Any = game.observation_space(game.possible_agents[0])["observation"]
        most = float(max((size for sizes in game.seating.sizes for size in sizes), default=1))
        low = np.zeros(tables.width, np.float32)
        high = np.full(tables.width, most, np.float32)
        low[: tables.own], high[: tables.own] = own.low[: tables.own], own.high[: tables.own]
        high[-tables.seats :] = 1.0
        super().__init__(tables.n, spaces.Box(low, high), spaces.Discrete(tables.actions))
        self.tables = tables
        self._nothing: list[dict[str, Any]] = [{} for _ in range(tables.n)]

    def reset(self) -> Any:
        """The inputs at the tables as they stand."""
        return self.tables.inputs.copy()

    def step_async(self, actions: Any) -> None:
        """Take the actions."""
        self._actions = actions

    def step_wait(self) -> Any:
        """Play them."""
        rewards, ended = self.tables.step(self._actions)
        return self.tables.inputs.copy(), rewards, ended, self._nothing

    def close(self) -> None:
        """Nothing to close."""

    def has_attr(self, attr_name: str) -> bool:
        """MaskablePPO asks whether there are masks."""
        return attr_name == "action_masks"

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """Asked for the render mode, which is None."""
        return [None] * self.num_envs

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """Nothing to set."""

    def env_method(self, method_name: str, *args: Any, indices: Any = None, **kwargs: Any) -> list[Any]:
        """Asked for the masks only."""
        return list(self.tables.masks.copy())

    def env_is_wrapped(self, wrapper_class: Any, indices: Any = None) -> list[bool]:
        """Nothing is wrapped."""
        return [False] * self.num_envs

    def seed(self, seed: int | None = None) -> list[None]:
        """Tables are seeded where they are made."""
        return [None] * self.num_envs


def learner(tables: Tables, shared: bool, blind: bool, seed: int, settings: Mapping[str, Any]) -> Any:
    """A MaskablePPO that plays all seats of the tables.

    Args:
        tables: Where it learns.
        shared: One network for all seats, else one for each.
        blind: It does not read the privileged channel.
        seed: Of its parameters and actions.
        settings: Arguments of MaskablePPO.
    """
    torch.distributions.Distribution.set_default_validate_args(False)  # half of the time of a small policy
    channel = (tables.own, tables.own + tables.channel) if blind else None
    model = MaskablePPO(
        "MlpPolicy",
        TablesVec(tables),
        seed=seed,
        device="cpu",
        policy_kwargs={
            "features_extractor_class": Seats,
            "features_extractor_kwargs": {"seats": tables.seats, "shared": shared, "channel": channel},
            "share_features_extractor": False,
            "net_arch": [],
        },
        **settings,
    )
    for head in (model.policy.action_net, model.policy.value_net):
        head.bias.requires_grad_(False)  # it would be shared by the seats; blocks have a constant of their own
    return model


def acting(policies: Sequence[Any], seed: int) -> Act:
    """What policies do, drawn from their distributions; ``policies[s]`` plays seat s."""
    torch.manual_seed(seed)
    alone = all(policy is policies[0] for policy in policies)

    def act(inputs: Any, masks: Any, seat: Any) -> Any:
        actions = np.zeros(len(inputs), np.int64)
        for s in range(1 if alone else len(policies)):
            rows = np.arange(len(inputs)) if alone else np.flatnonzero(seat == s)
            if rows.size:
                with torch.no_grad():
                    seen = torch.as_tensor(inputs[rows])
                    chosen = policies[s].get_distribution(seen, masks[rows]).get_actions()
                actions[rows] = chosen.numpy()
        return actions

    return act


def saved(model: Any, path: Path) -> None:
    """Write the parameters, whole or not at all."""
    temporary = path.with_suffix(".part")
    torch.save(model.policy.state_dict(), temporary)
    temporary.replace(path)


def restored(model: Any, path: Path) -> Any:
    """The model with the parameters of a file."""
    model.policy.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    return model
