"""The learner of the desktop family: MaskablePPO with a network that reads all elements with the same weights.

Importing this module needs the extra ``sb3``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt

from ..core.errors import MissingExtra
from ..core.world import reveal
from ..envs.desktop.flat import ELEMENTS, FEATURES, ROLES, VERBS
from ..envs.desktop.grading import graded
from .desktop import LABEL, NOTE, SHAPES, TITLE, scale

try:
    import torch
    from sb3_contrib import MaskablePPO
    from sb3_contrib.common.maskable.policies import MaskableActorCriticPolicy
    from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
    from stable_baselines3.common.vec_env import VecEnv
except ImportError as error:
    package = "sb3-contrib" if error.name and error.name.startswith("sb3_contrib") else "stable-baselines3"
    raise MissingExtra(package, "sb3") from error

__all__ = ["Desks", "Screen", "learner", "taken", "weights_of"]

ACTIONS = SHAPES["head"][1] + ELEMENTS
_POOL = SHAPES["pool"][0] + SHAPES["pool"][1]


class Screen(BaseFeaturesExtractor):
    """The network of :mod:`.desktop`, whose features are the scores of actions, then what the critic reads."""

    def __init__(self, observation_space: gym.Space[Any]) -> None:
        super().__init__(observation_space, features_dim=ACTIONS + _POOL)
        for name, shape in SHAPES.items():
            matrix = len(shape) > 1
            start = torch.empty(shape)
            if name in ("label", "note", "title"):
                start.zero_()
            elif matrix:
                gain = 0.1 if name in ("head",) else 1.4
                torch.nn.init.orthogonal_(start, gain / (2.0 if name in ("same", "above", "below", "told") else 1.0))
            elif name == "score":
                torch.nn.init.uniform_(start, -0.05, 0.05)
            else:
                start.zero_()
            self.register_parameter(name, torch.nn.Parameter(start))
        self.register_buffer("by", torch.as_tensor(scale()))

    def forward(self, screens: Any) -> Any:
        """Features of shape (rows, 76 + pooled)."""
        split = ELEMENTS * FEATURES
        elements = screens[:, :split].reshape(-1, ELEMENTS, FEATURES)
        beside = screens[:, split:] * self.by
        there = elements[..., : len(ROLES)].sum(-1, keepdim=True)
        label = _looked_up(self.label, elements, LABEL)
        own = torch.relu(elements @ self.element + label + self.element_bias) * there
        shown = _looked_up(self.note, beside, NOTE) + _looked_up(self.title, beside, TITLE)
        said = torch.relu(beside @ self.beside + shown + self.beside_bias)
        nothing = torch.zeros_like(own[:, :1])
        above, below = torch.cat([nothing, own[:, :-1]], 1), torch.cat([own[:, 1:], nothing], 1)
        mixed = own @ self.same + above @ self.above + below @ self.below
        mixed = torch.relu(mixed + (said @ self.told + self.mixed_bias)[:, None]) * there
        pooled = torch.cat([mixed.amax(1), mixed.sum(1) / 16, said], 1)
        whole = torch.relu(pooled @ self.pool + self.pool_bias)
        aim = (whole @ self.aim + self.aim_bias)[:, None]
        pointed = torch.relu(mixed @ self.point + aim) @ self.score
        head, verbs = whole @ self.head + self.head_bias, len(VERBS)
        seen = torch.cat([pooled, whole], 1).detach()  # the critic does not move what the actor reads
        return torch.cat([head[:, :verbs], pointed, head[:, verbs:], seen], 1)


def _looked_up(table: Any, numbers: Any, start: int) -> Any:
    """Rows of a table, by the eight signs from `start` on."""
    codes = ((numbers[..., start : start + 8] > 0) * (1 << torch.arange(8))).sum(-1)
    return torch.nn.functional.embedding(codes, table)


class _Actor(torch.nn.Module):
    """The first of the features are the scores already."""

    def forward(self, features: Any) -> Any:
        """Scores of shape (rows, 76)."""
        return features[:, :ACTIONS]


class _Critic(torch.nn.Module):
    """A layer over what the critic reads."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.Linear(_POOL, 64), torch.nn.ReLU(), torch.nn.Linear(64, 1))

    def forward(self, features: Any) -> Any:
        """Values of shape (rows, 1)."""
        return self.layers(features[:, ACTIONS:])


class _Policy(MaskableActorCriticPolicy):
    """Actor and critic over :class:`Screen`."""

    def _build(self, lr_schedule: Any) -> None:
        super()._build(lr_schedule)
        self.action_net, self.value_net = _Actor(), _Critic()
        self.optimizer = self.optimizer_class(self.parameters(), lr=lr_schedule(1), **self.optimizer_kwargs)


class Desks(VecEnv):
    """Desks as a vector environment of Stable-Baselines3, with the masks that MaskablePPO asks for.

    Args:
        envs: Of ``observation="dict"``.
        seed: The i-th starts with ``seed + i`` and goes on from there.

    Attributes:
        ended: (number of the desk, whether the verifier called it a success) of each episode, until somebody clears it.
    """

    def __init__(self, envs: Sequence[gym.Env[Any, Any]], seed: int) -> None:
        space: Any = envs[0].observation_space
        super().__init__(len(envs), space["screen"], envs[0].action_space)
        self.envs, self._seed = envs, seed
        self.ended: list[tuple[int, bool]] = []
        self._screens = np.zeros((len(envs), *space["screen"].shape), np.int8)
        self._masks = np.zeros((len(envs), *space["action_mask"].shape), np.int8)

    def _keep(self, i: int, observation: Mapping[str, Any]) -> None:
        self._screens[i], self._masks[i] = observation["screen"], observation["action_mask"]

    def reset(self) -> Any:
        """Deal everywhere."""
        for i, env in enumerate(self.envs):
            self._keep(i, env.reset(seed=self._seed + i)[0])
        return self._screens.copy()

    def step_async(self, actions: Any) -> None:
        """Take the actions."""
        self._actions = actions

    def step_wait(self) -> Any:
        """Act, and deal anew where an episode has ended."""
        n = self.num_envs
        rewards, ends = np.zeros(n, np.float32), np.zeros(n, np.bool_)
        infos: list[dict[str, Any]] = [{} for _ in range(n)]
        for i, env in enumerate(self.envs):
            seen, rewards[i], terminated, truncated, _ = env.step(self._actions[i])
            if terminated or truncated:
                ends[i] = True
                self.ended.append((i, bool(terminated and graded(reveal(env.unwrapped)).success)))
                # A time-out is a failure: its observation shows the time, so that the critic need not go beyond it.
                seen, _ = env.reset()
            self._keep(i, seen)
        return self._screens.copy(), rewards, ends, infos

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
        return list(self._masks.astype(bool))

    def env_is_wrapped(self, wrapper_class: Any, indices: Any = None) -> list[bool]:
        """Nothing is wrapped."""
        return [False] * self.num_envs

    def seed(self, seed: int | None = None) -> list[None]:
        """Desks are seeded where they are made."""
        return [None] * self.num_envs


def learner(desks: Desks, seed: int, settings: Mapping[str, Any]) -> Any:
    """A MaskablePPO over desks.

    Args:
        desks: Where it learns.
        seed: Of its parameters and actions.
        settings: Arguments of MaskablePPO.
    """
    torch.set_num_threads(1)
    torch.distributions.Distribution.set_default_validate_args(False)  # half of the time of a small policy
    kwargs = {"features_extractor_class": Screen, "net_arch": []}
    return MaskablePPO(_Policy, desks, seed=seed, device="cpu", policy_kwargs=kwargs, **settings)


def imitate(
    model: Any,
    screens: npt.NDArray[np.int8],
    actions: npt.NDArray[np.int64],
    masks: npt.NDArray[np.int8],
    values: npt.NDArray[np.float32],
    epochs: int,
    rate: float,
    seed: int,
    report: Callable[[str], None],
) -> None:
    """Fit actor and critic to demonstrations by Adam, the rate falling to 0.

    Args:
        model: Of :func:`learner`.
        screens: Of shape ``(n, size)``.
        actions: Of shape ``(n, 3)``; -1 for a part that the verb ignores, which is not fitted.
        masks: Of shape ``(n, 76)``.
        values: Returns from there on, of shape ``(n,)``.
        epochs: How often each step is seen.
        rate: Learning rate at the start.
        seed: Of the order.
        report: Told the loss of each epoch.
    """
    net, critic = model.policy.features_extractor, model.policy.value_net
    chance = np.random.default_rng(seed)
    adam = torch.optim.Adam([*net.parameters(), *critic.parameters()], lr=rate)
    batch = min(256, len(screens))
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(adam, epochs * (len(screens) // batch))
    sizes = list(model.action_space.nvec)
    for epoch in range(epochs):
        total, steps = 0.0, 0
        order = chance.permutation(len(screens))
        for start in range(0, len(order) - batch + 1, batch):
            rows = order[start : start + batch]
            features = net(torch.as_tensor(screens[rows]).float())
            allowed = torch.as_tensor(masks[rows]).bool()
            scores = features[:, :ACTIONS].masked_fill(~allowed, -1e8).split(sizes, 1)
            right = torch.as_tensor(actions[rows])
            loss = sum(
                torch.nn.functional.cross_entropy(part, right[:, k], ignore_index=-1, reduction="sum") / batch
                for k, part in enumerate(scores)
            )
            error = (critic(features).squeeze(1) - torch.as_tensor(values[rows])) ** 2
            adam.zero_grad()
            (loss + error.mean()).backward()
            adam.step()
            falling.step()
            total, steps = total + float(loss.detach()), steps + 1
        report(f"imitation epoch {epoch + 1}: loss {total / steps:.4f}")


def taken(model: Any, screens: npt.NDArray[np.int8], masks: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
    """The most probable actions, by torch; of shape ``(n, 3)``."""
    model.policy.set_training_mode(False)
    actions, _ = model.policy.predict(screens, deterministic=True, action_masks=masks.astype(bool))
    return np.asarray(actions, np.int64)


def weights_of(model: Any) -> dict[str, npt.NDArray[np.float32]]:
    """The arrays of :data:`infogap.baselines.desktop.SHAPES`."""
    net = model.policy.features_extractor
    return {name: getattr(net, name).detach().numpy().copy() for name in SHAPES}


def put(model: Any, weights: Mapping[str, npt.NDArray[np.float32]]) -> None:
    """Load such arrays into a model."""
    net = model.policy.features_extractor
    with torch.no_grad():
        for name in SHAPES:
            getattr(net, name).copy_(torch.as_tensor(weights[name]))
