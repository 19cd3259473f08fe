"""Train MaskablePPO on easy tasks of the desktop family, and score the policies.

The protocol is in docs/desktop_learners.md. ``infogap train --env infogap/Desktop-v0 --algo maskable_ppo`` comes here.
torch and Stable-Baselines3 (the extra ``sb3``) are imported when something is trained; scores need NumPy only.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import json
import math
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np

from ..core.errors import InvalidOption, RecordingError, UnknownOption
from ..core.options import number, whole
from ..core.world import reveal
from ..envs import DESKTOPS
from ..envs.desktop.desktop import Desktop
from ..envs.desktop.flat import VERBS
from ..envs.desktop.grading import graded
from ..envs.desktop.hands import Hands
from ..envs.desktop.shaping import Shaped
from ..envs.desktop.tasks import TEMPLATES
from .desktop import Policy, Weights, policy

__all__ = ["DEFAULTS", "EASY", "SPLITS", "demonstrations", "interval", "scored", "scores", "train", "train_id"]

EASY = ("due_date", "contact_phone", "approve_bill", "hold_document")
"""The templates that one policy learns: those that the face "flat" serves and that take fewest actions."""
SPLITS = ("test_iid", "test_content", "test_skin", "test_words", "test_layout", "test_workflow")
"""The splits a policy is scored on, beside ``val``."""
SCORING, SHOWING = 2**40, 2**33
"""Seeds of the first scored and of the first demonstrated episode; those of training lie below 2^32."""

DEFAULTS: dict[str, Any] = {
    "warm": 1000,
    "epochs": 12,
    "imitation_rate": 2e-3,
    "shaping": 0.5,
    "envs": 32,
    "n_steps": 64,
    "batch_size": 256,
    "n_epochs": 3,
    "learning_rate": 3e-4,
    "ent_coef": 0.001,
    "gamma": 0.99,
    "gae_lambda": 0.95,
    "clip_range": 0.2,
}
"""Hyperparameters. Those of MaskablePPO are named as in Stable-Baselines3; beside them

* ``warm``: episodes of the oracle per template that are imitated before; 0 for none. ``epochs`` and
  ``imitation_rate``: how.
* ``shaping``: weight of :class:`infogap.envs.desktop.shaping.Shaped`.
* ``envs``: desks side by side, dealt among the templates in turn.

The learning rate of MaskablePPO falls linearly to 0.
"""

MAY_BE_ZERO = ("warm", "epochs")
"""Hyperparameters that are whole numbers and may be 0."""

_IGNORED = {"noop": (1, 2), "back": (1, 2), "click": (2,), "answer": (1,), "give_up": (1,)}
"""Parts of an action that a verb ignores."""


class _Recorded(gym.Wrapper[Any, Any, Any, Any]):
    """Keeps what was seen and done."""

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        super().__init__(env)
        self.seen: list[Any] = []
        self.done: list[Any] = []
        self.rewards: list[float] = []

    def reset(self, **kwargs: Any) -> Any:
        """Deal."""
        observation, info = super().reset(**kwargs)
        self.seen, self.done, self.rewards = [observation], [], []
        return observation, info

    def step(self, action: Any) -> Any:
        """One step."""
        result = super().step(action)
        self.seen.append(result[0])
        self.done.append(action)
        self.rewards.append(float(result[1]))
        return result


def demonstrations(
    templates: Sequence[str], episodes: int, seed: int, shaping: float, gamma: float
) -> tuple[Any, Any, Any, Any]:
    """What the agent-information oracle sees and does in the split ``train``.

    Args:
        templates: Names.
        episodes: Of each template.
        seed: Of the run.
        shaping: Weight of the shaping in the returns.
        gamma: Their discount.

    Returns:
        Screens, actions (-1 for parts that are ignored), masks, and returns, one row a step.
    """
    rows: list[tuple[Any, Any, Any, float]] = []
    for k, name in enumerate(templates):
        env = _Recorded(Shaped(Desktop(name, "train", observation="dict"), shaping, gamma))
        for episode in range(episodes):
            env.reset(seed=SHOWING + (seed * len(templates) + k) * 10**6 + episode)
            TEMPLATES[name].solve(Hands(env), None)
            value = 0.0
            for i in reversed(range(len(env.done))):
                value = env.rewards[i] + gamma * value
                action = list(map(int, env.done[i]))
                for part in _IGNORED.get(VERBS[action[0]], ()):
                    action[part] = -1
                rows.append((env.seen[i]["screen"], action, env.seen[i]["action_mask"], value))
    screens, actions, masks, values = zip(*rows, strict=True)
    return np.stack(screens), np.array(actions, np.int64), np.stack(masks), np.array(values, np.float32)


# -- scores ------------------------------------------------------------------------------------------------------------
def scored(act: Policy, template: str, split: str, episodes: int, level: int = 0) -> list[bool]:
    """Whether the verifier calls each episode a success; the same instances for all policies."""
    env, found = Desktop(template, split, observation="dict", level=level), []
    for episode in range(episodes):
        observation, _ = env.reset(seed=SCORING + episode)
        terminated = truncated = False
        while not (terminated or truncated):
            observation, _, terminated, truncated, _ = env.step(act(observation))
        found.append(bool(terminated and graded(reveal(env)).success))
    return found


def interval(successes: int, n: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    p, q = successes / n, z * z / n
    middle, half = p + q / 2, z * math.sqrt(p * (1 - p) / n + q / (4 * n))
    return (middle - half) / (1 + q), (middle + half) / (1 + q)


def scores(act: Policy, templates: Sequence[str], episodes: int) -> dict[str, dict[str, int]]:
    """Successes among so many episodes, by split and template; any level that a template has."""
    return {split: {name: sum(scored(act, name, split, episodes)) for name in templates} for split in SPLITS}


# -- training ----------------------------------------------------------------------------------------------------------
def train(
    templates: Sequence[str] = EASY,
    steps: int = 40_960,
    seed: int = 0,
    out: str | Path = "infogap-desktop",
    hyperparameters: Mapping[str, Any] | None = None,
    report: Callable[[str], None] = print,
) -> Path:
    """Train one policy for some templates, at any of their levels, on small worlds of the split ``train``.

    The folder `out` gets ``policy.npz`` (float16), ``imitation.npz`` (the warm start alone) and ``run.json`` (seed,
    settings, curve, versions), anew after each fifth of the run.

    Args:
        templates: Names of templates with the face ``"flat"``.
        steps: Environment steps of MaskablePPO; 0 for imitation alone.
        seed: Below 2^32.
        out: Folder.
        hyperparameters: In place of :data:`DEFAULTS`.
        report: Told how it goes.

    Returns:
        The path of ``policy.npz``, or without steps of MaskablePPO of ``imitation.npz``.

    Raises:
        MissingExtra: The extra ``sb3`` is not installed.
        UnknownOption: No such template or hyperparameter.
        InvalidOption: A template can't be solved through numbers, or a number is out of range.
        RecordingError: The folder can't be written.
    """
    settings = _settings(templates, hyperparameters)
    whole("steps", steps, 0, 2**40)
    whole("seed", seed, 0, 2**32 - 1)
    from .desktop_net import Desks, imitate, learner, weights_of

    folder, started = Path(out), time.perf_counter()
    gamma, shaping = settings["gamma"], settings["shaping"]
    names = [templates[i % len(templates)] for i in range(settings["envs"])]
    desks = Desks(
        [Shaped(Desktop(name, "train", observation="dict"), shaping, gamma) for name in names], seed * 1000 + 1
    )
    theirs = {k: v for k, v in settings.items() if k not in ("warm", "epochs", "imitation_rate", "shaping", "envs")}
    rate = theirs.pop("learning_rate")
    model = learner(desks, seed, {**theirs, "learning_rate": lambda left: rate * left})
    curve: list[dict[str, Any]] = []

    def note(done: int, loss: str = "") -> None:
        act = policy({k: v.astype(np.float16).astype(np.float32) for k, v in weights_of(model).items()})
        held = {name: sum(scored(act, name, "val", VALIDATION)) / VALIDATION for name in templates}
        ended, desks.ended = desks.ended, []
        sampled = {
            name: [won for i, won in ended if names[i] == name] for name in templates
        }  # by actions drawn, as in training
        curve.append(
            {
                "steps": done,
                "seconds": round(time.perf_counter() - started),
                "val": held,
                "train": {name: round(sum(won) / len(won), 3) if won else None for name, won in sampled.items()},
            }
        )
        report(json.dumps(curve[-1]))
        about = {
            "templates": list(templates),
            "seed": seed,
            "steps": steps,
            "settings": settings,
            "curve": curve,
            "versions": _versions(),
        }
        _write(folder / "run.json", json.dumps(about, indent=1).encode())
        _write(saved(done), packed(weights_of(model)))

    def saved(done: int) -> Path:
        return folder / ("policy.npz" if done or not settings["warm"] else "imitation.npz")

    if settings["warm"]:
        shown = demonstrations(templates, settings["warm"], seed, shaping, gamma)
        report(f"{len(shown[0])} steps of the oracle after {time.perf_counter() - started:.0f} s")
        imitate(model, *shown, settings["epochs"], settings["imitation_rate"], seed, report)
        del shown
    note(0)
    if steps:
        rollout = settings["n_steps"] * settings["envs"]
        every = max(1, steps // rollout // 5) * rollout
        model.learn(steps, callback=_every(every, note))
        if model.num_timesteps != curve[-1]["steps"]:
            note(model.num_timesteps)
    return saved(steps)


def train_id(env: str, steps: int, seed: int, out: str | Path | None, hyperparameters: Mapping[str, Any]) -> Path:
    """:func:`train` for an id: ``infogap/Desktop-v0`` learns :data:`EASY`, the id of a template that one."""
    template = DESKTOPS[env]
    place = out or f"infogap-desktop-{template}-{seed}"
    return train(EASY if template == "all" else (template,), steps, seed, place, hyperparameters)


VALIDATION = 25
"""Episodes of the split ``val`` for each point of the curve and template."""


def _every(steps: int, note: Callable[[int], None]) -> Callable[[dict[str, Any], dict[str, Any]], bool]:
    """A callback of Stable-Baselines3 that calls `note` about every so many steps, between rollouts."""
    last = [0]

    def call(local: dict[str, Any], _: dict[str, Any]) -> bool:
        model = local["self"]
        if local.get("n_steps", 1) == 0 and model.num_timesteps - last[0] > steps:
            last[0] = model.num_timesteps - model.n_envs
            note(last[0])
        return True

    return call


def packed(weights: Weights) -> bytes:
    """An ``.npz`` of float16."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **{key: array.astype(np.float16) for key, array in weights.items()})
    return buffer.getvalue()


def _settings(templates: Sequence[str], hyperparameters: Mapping[str, Any] | None) -> dict[str, Any]:
    given = dict(hyperparameters or {})
    if unknown := sorted(given.keys() - DEFAULTS.keys()):
        raise UnknownOption(f"unknown hyperparameter {unknown[0]!r}; expected one of {', '.join(DEFAULTS)}")
    for name in templates:
        if name not in TEMPLATES:
            raise UnknownOption(f"unknown template {name!r}; expected one of {', '.join(TEMPLATES)}")
        if "flat" not in TEMPLATES[name].faces:
            raise InvalidOption(f"template {name!r} can't be solved through numbers; expected one with the face 'flat'")
    for name, value in given.items():
        if isinstance(DEFAULTS[name], int):
            whole(name, value, 0 if name in MAY_BE_ZERO else 1, 2**31)
        else:
            number(name, value, 0, 1e6)
    return {**DEFAULTS, **given}


def _versions() -> dict[str, str]:
    packages = ("infogap", "numpy", "torch", "stable-baselines3", "sb3-contrib")
    return {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in packages}}


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise RecordingError(f"cannot write {path}: {error.strerror}; choose another folder") from error


def checksum(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
