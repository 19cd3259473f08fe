"""Checkpoints of learners, and the agents they hold.

A checkpoint is the zip file of Stable-Baselines3's ``model.save``, so that ``PPO.load`` reads it too, with one more
member, ``infogap.json``: the environment it was trained on, the configuration, the curve so far, and checksums of the
parameters. infogap itself reads only that member and tensors (``weights_only``): it never unpickles, so a checkpoint
from elsewhere can be wrong but can't run code.

torch and Stable-Baselines3 (the extra ``sb3``) are imported when a function needs them.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import inspect
import io
import json
import os
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np

from ..core.episode import jsonable
from ..core.errors import CheckpointError, MissingExtra, RecordingError, UnknownOption

__all__ = ["ALGORITHMS", "LearnedAgent", "identity", "load_agent", "read_checkpoint", "write_checkpoint"]

ALGORITHMS: dict[str, tuple[str, str, str]] = {
    "ppo": ("stable_baselines3:PPO", "stable_baselines3.common.policies:ActorCriticPolicy", "MlpPolicy"),
    "maskable_ppo": (
        "sb3_contrib:MaskablePPO",
        "sb3_contrib.common.maskable.policies:MaskableActorCriticPolicy",
        "MlpPolicy",
    ),
    "recurrent_ppo": (
        "sb3_contrib:RecurrentPPO",
        "sb3_contrib.common.recurrent.policies:RecurrentActorCriticPolicy",
        "MlpLstmPolicy",
    ),
}
"""For each learner its class, the class of its policy, and the policy's name in Stable-Baselines3."""

FORMAT = 1
META, POLICY, OPTIMIZER = "infogap.json", "policy.pth", "policy.optimizer.pth"
NOT_THE_TASK = ("illegal", "masks", "partners", "penalty", "render_mode", "split")
"""Arguments that may differ between training and use: what is shown besides, which instances are dealt, whom one meets,
and what becomes of illegal actions."""


def imported(path: str) -> Any:
    """An object of an optional package, by ``module:name``.

    Raises:
        MissingExtra: The package is not installed.
    """
    module, name = path.split(":")
    try:
        return getattr(importlib.import_module(module), name)
    except ImportError as error:
        package = "sb3-contrib" if module.startswith("sb3_contrib") else "stable-baselines3"
        raise MissingExtra(package, "sb3") from error


def checked_algorithm(algo: str) -> tuple[str, str, str]:
    """The entry of :data:`ALGORITHMS`.

    Raises:
        UnknownOption: No such learner.
    """
    if algo not in ALGORITHMS:
        raise UnknownOption(f"unknown algo {algo!r}; expected one of {tuple(ALGORITHMS)}")
    return ALGORITHMS[algo]


def identity(env: gym.Env[Any, Any]) -> dict[str, Any]:
    """What makes an environment the one a model was trained for: id, arguments with their defaults, and spaces.

    A sealed handle does not tell its arguments; then they are None.
    """
    spec = env.spec
    kwargs: dict[str, Any] | None = None
    if spec is not None and spec.entry_point is not None and hasattr(env.unwrapped, "_door"):
        parameters = inspect.signature(type(env.unwrapped)).parameters.values()
        defaults = {p.name: p.default for p in parameters if p.default is not p.empty}
        kwargs = jsonable({k: v for k, v in {**defaults, **spec.kwargs}.items() if k not in NOT_THE_TASK})
    return {
        "id": None if spec is None else spec.id,
        "kwargs": kwargs,
        "observation_space": str(env.observation_space),
        "action_space": str(env.action_space),
    }


def policy_kwargs(algo: str, hyperparameters: Mapping[str, Any], space: gym.Space[Any]) -> dict[str, Any]:
    """Arguments of the policy's constructor."""
    from .features import Indicators, OneHot, is_codes

    layers = list(hyperparameters["net_arch"])
    kwargs: dict[str, Any] = {"net_arch": {"pi": layers, "vf": layers}}
    if is_codes(space):
        kwargs["features_extractor_class"] = OneHot
        kwargs["features_extractor_kwargs"] = {"width": int(hyperparameters["features"])}
    elif isinstance(space, gym.spaces.MultiDiscrete):
        kwargs["features_extractor_class"] = Indicators
    if algo == "recurrent_ppo":
        kwargs["lstm_hidden_size"] = int(hyperparameters["lstm_hidden_size"])
    return kwargs


def new_model(algo: str, venv: Any, hyperparameters: Mapping[str, Any], seed: int) -> Any:
    """A model of Stable-Baselines3.

    Args:
        algo: One of :data:`ALGORITHMS`.
        venv: Its ``VecEnv``.
        hyperparameters: All of :data:`infogap.baselines.train.DEFAULTS`.
        seed: Below 2^32.
    """
    name, _, policy = ALGORITHMS[algo]
    kwargs = policy_kwargs(algo, hyperparameters, venv.observation_space)
    ours = ("anneal", "features", "net_arch", "lstm_hidden_size")
    theirs = {key: value for key, value in hyperparameters.items() if key not in ours}
    return imported(name)(policy, venv, seed=seed, device="cpu", policy_kwargs=kwargs, **theirs)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        RecordingError: The disk is full, or the folder can't be written; what stood there before still stands.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise RecordingError(f"cannot write {path}: {error.strerror}; choose a folder that can be written") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def write_checkpoint(path: Path, model: Any, meta: Mapping[str, Any]) -> None:
    """Save a model.

    Args:
        path: The file, replaced at once.
        model: A Stable-Baselines3 model.
        meta: JSON values to keep with it; ``algo``, ``config`` and ``identity`` are needed by :func:`load_agent`.

    Raises:
        RecordingError: It can't be written.
    """
    buffer = io.BytesIO()
    model.save(buffer, exclude=["_last_obs", "_last_original_obs", "_last_episode_starts", "_last_lstm_states"])
    with zipfile.ZipFile(buffer, "a") as archive:
        sums = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in (POLICY, OPTIMIZER)}
        archive.writestr(META, json.dumps({**jsonable(meta), "format": FORMAT, "sha256": sums}, indent=1))
    write_bytes(path, buffer.getvalue())


def read_checkpoint(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, bytes]]:
    """What was kept with a model, and its parameters as bytes, checked.

    Raises:
        CheckpointError: No such file, truncated, damaged, not written by infogap, or of another format.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in (META, POLICY, OPTIMIZER)}
    except FileNotFoundError as error:
        raise CheckpointError(f"no checkpoint at {path}") from error
    except KeyError as error:
        raise CheckpointError(f"{path} was not written by `infogap train`: it lacks a member") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise CheckpointError(f"{path} is truncated, damaged or no checkpoint: {error}") from error
    try:
        meta = json.loads(members.pop(META))
        version, sums = meta["format"], dict(meta["sha256"])
        whole = {"algo", "config", "identity"} <= meta.keys()
    except (ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{path} is damaged: its description can't be read") from error
    if version != FORMAT:
        raise CheckpointError(f"{path} has format {version!r}, expected {FORMAT}; use the infogap that wrote it")
    if not whole:
        raise CheckpointError(f"{path} is damaged: its description is not complete")
    for name, data in members.items():
        if hashlib.sha256(data).hexdigest() != sums.get(name):
            raise CheckpointError(f"{path} is damaged: the checksum of {name} differs")
    return meta, members


def load_state(module: Any, data: bytes, path: Any) -> None:
    """Load tensors into a module or an optimizer.

    Raises:
        CheckpointError: They don't fit.
    """
    torch_load = imported("torch:load")
    try:
        module.load_state_dict(torch_load(io.BytesIO(data), map_location="cpu", weights_only=True))
    except Exception as error:
        raise CheckpointError(f"{path}: its parameters do not fit the model: {type(error).__name__}") from error


def refuse_foreign(meta: Mapping[str, Any], env: gym.Env[Any, Any], path: Any) -> None:
    """Refuse an environment other than the one trained on.

    Raises:
        CheckpointError: It is another one; the message says in what.
    """
    trained, here = meta["identity"], identity(env)
    for name, expected in trained.items():
        if here[name] is None and name in ("id", "kwargs"):
            continue
        if here[name] != expected:
            raise CheckpointError(f"{path} was trained with {name} {expected}, this environment has {here[name]}")


class LearnedAgent:
    """A trained policy as an agent.

    Args:
        policy: A Stable-Baselines3 policy.
        env: Where it acts; asked for action masks by a maskable policy whose info carries none.
        maskable: Whether the policy takes masks.
        deterministic: Take the most probable action; else draw one from torch's generator.
    """

    def __init__(self, policy: Any, env: gym.Env[Any, Any], maskable: bool = False, deterministic: bool = True) -> None:
        self._policy, self._env = policy, env
        self._maskable, self._deterministic = maskable, deterministic
        self._discrete = isinstance(env.action_space, gym.spaces.Discrete)
        self.reset()

    def reset(self) -> None:
        """Forget the last episode."""
        self._state: Any = None
        self._start = np.ones(1, np.bool_)

    def act(self, observation: Any, info: Mapping[str, Any]) -> Any:
        """The policy's action: an int for ``Discrete`` spaces."""
        masks = {}
        if self._maskable:
            mask = info.get("action_mask")
            masks["action_masks"] = self._env.get_wrapper_attr("action_masks")() if mask is None else mask.astype(bool)
        action, self._state = self._policy.predict(
            observation, self._state, self._start, deterministic=self._deterministic, **masks
        )
        self._start = np.zeros(1, np.bool_)
        return int(action) if self._discrete else action


def load_agent(path: str | os.PathLike[str], env: gym.Env[Any, Any], deterministic: bool = True) -> LearnedAgent:
    """The agent of a saved model, for ``infogap bench --agent model.zip``.

    Args:
        path: ``model.zip`` of a run of :func:`infogap.baselines.train.train`.
        env: An environment like the one it was trained on; its split may differ.
        deterministic: Take the most probable action.

    Raises:
        CheckpointError: The file is unusable, or was trained on another environment.
        MissingExtra: The extra ``sb3`` is not installed.
    """
    meta, members = read_checkpoint(path)
    algo = meta["algo"]
    if algo not in ALGORITHMS:
        raise CheckpointError(f"{path} holds an unknown learner {algo!r}; expected one of {tuple(ALGORITHMS)}")
    refuse_foreign(meta, env, path)
    policy_class = imported(ALGORITHMS[algo][1])
    kwargs = policy_kwargs(algo, meta["config"]["hyperparameters"], env.observation_space)
    policy = policy_class(env.observation_space, env.action_space, lambda _: 0.0, **kwargs)
    load_state(policy, members[POLICY], path)
    policy.set_training_mode(False)
    return LearnedAgent(policy, env, algo == "maskable_ppo", deterministic)
