"""Sealed handles: an environment reduced to the episode, for code that must not see more.

A handle keeps the environment in closures and refuses everything but the episode. This is tier L0: it stops learning
code, recorders, info-hungry wrappers and accidents. It cannot stop hostile Python in the same process, which can walk
closures, frames and memory.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

import gymnasium as gym
from pettingzoo import AECEnv, ParallelEnv

from .errors import EpisodeOver, SealedError, Unsupported
from .world import check_options

__all__ = ["handle", "seal"]


def _refused(name: str) -> NoReturn:
    raise SealedError(
        f"{name!r} is not on a sealed handle; it offers the episode only: reset, step, render, close and the spaces"
    )


def handle(base: type, methods: dict[str, Callable[..., Any]], values: dict[str, Any], label: str) -> Any:
    """An instance of a subclass of `base` on which only `methods` and `values` can be read."""
    allowed = {**methods, **values}

    def __getattribute__(self: Any, name: str) -> Any:
        if name in allowed:
            return allowed[name]
        if name == "unwrapped":
            return self
        if name in ("__class__", "__doc__", "__module__"):
            return object.__getattribute__(self, name)
        if name in ("__reduce__", "__reduce_ex__", "__deepcopy__", "__copy__", "__getstate__"):
            return lambda *args: _refused("a copy or pickle")
        _refused(name)

    def get_wrapper_attr(name: str) -> Any:
        return allowed[name] if name in allowed else _refused(name)

    allowed["get_wrapper_attr"] = get_wrapper_attr
    allowed["has_wrapper_attr"] = allowed.__contains__

    namespace: dict[str, Any] = {
        "__init__": lambda self: None,
        "__getattribute__": __getattribute__,
        "__setattr__": lambda self, name, value: _refused(f"setting {name}"),
        "__delattr__": lambda self, name: _refused(f"deleting {name}"),
        "__dir__": lambda self: sorted({*allowed, "unwrapped"}),
        "__repr__": lambda self: label,
        "__str__": lambda self: label,
        "__reduce_ex__": lambda self, protocol: _refused("a pickle"),
        "__copy__": lambda self: _refused("a copy"),
        "__deepcopy__": lambda self, memo: _refused("a copy"),
        "__enter__": lambda self: self,
        "__exit__": lambda self, *args: self.close(),
    }
    return type("Sealed", (base,), namespace)()


def _without_options(reset: Callable[..., Any]) -> Callable[..., Any]:
    """A reset that takes a seed, and of the options only ``reset_mask``."""

    def sealed_reset(*, seed: Any = None, options: Any = None) -> Any:
        check_options(options, "reset_mask")
        return reset(seed=seed, options=options)

    return sealed_reset


def _forward(env: Any, names: Iterable[str]) -> dict[str, Callable[..., Any]]:
    """Plain functions that call `env`; bound methods would carry it in ``__self__``."""

    def make(name: str) -> Callable[..., Any]:
        return lambda *args, **kwargs: getattr(env, name)(*args, **kwargs)

    return {name: make(name) for name in names}


def seal(env: Any, seat: str | None = None) -> Any:
    """The agent's handle on an environment.

    Args:
        env: A Gymnasium environment, single or vector, or with `seat` a PettingZoo AEC environment.
        seat: The agent whose handle this is; it can observe and act for itself only.

    Returns:
        For Gymnasium: an ``Env`` or ``VectorEnv`` with ``reset, step, render, close``, the spaces, ``metadata``,
        ``render_mode`` and, where there is one, ``action_masks``; ``unwrapped`` is the handle itself and ``spec`` is
        redacted to its id.
        For a seat: ``observe()``, ``last()``, ``step(action)``, ``action_space``, ``observation_space``, ``agent``,
        ``selected()``. ``observe`` also takes the seat's own name; another's raises SealedError.
        Where actions have phrases, ``words`` holds them. Anything else raises SealedError, and handles can't be copied
        or pickled.

    Raises:
        Unsupported: `env` is none of these, or the seat does not exist.
    """
    if isinstance(env, AECEnv):
        return _seal_seat(env, seat)
    if isinstance(env, ParallelEnv):
        raise Unsupported(
            "one step of the parallel form takes the actions of all seats, so no seat has a handle on it; "
            "seal the seats of the turn-based form"
        )
    if seat is not None:
        raise Unsupported(f"seats are for PettingZoo environments; {type(env).__name__} has one agent")
    base: type
    if isinstance(env, gym.vector.VectorEnv):
        base = gym.vector.VectorEnv
    elif isinstance(env, gym.Env):
        base = gym.Env
    else:
        raise Unsupported(f"expected a Gymnasium or PettingZoo AEC environment, got {type(env).__name__}")
    methods = _forward(env, ("step", "render", "close"))
    methods["reset"] = _without_options(env.reset)
    if not isinstance(env, gym.vector.VectorEnv) and env.has_wrapper_attr("action_masks"):
        masks = env.get_wrapper_attr("action_masks")
        methods["action_masks"] = lambda: masks()
    names = ["action_space", "observation_space", "metadata", "render_mode"]
    if base is gym.vector.VectorEnv:
        names += ["single_observation_space", "single_action_space", "num_envs"]
    values = {**_words(env), **{name: getattr(env, name) for name in names}}
    spec = env.spec
    values["spec"] = (
        None if spec is None else dataclasses.replace(spec, kwargs={}, additional_wrappers=(), vector_entry_point=None)
    )
    return handle(base, methods, values, f"<sealed {'environment' if spec is None else spec.id}>")


def _seal_seat(env: AECEnv[Any, Any, Any], seat: str | None) -> Any:
    if seat not in env.possible_agents:
        raise Unsupported(f"no seat {seat!r}; expected one of {env.possible_agents}")

    def selected() -> bool:
        return bool(env.agents) and env.agent_selection == seat

    def step(action: Any) -> None:
        if not selected():
            last()  # says so where there is no episode yet, or none any more
            raise SealedError(f"it is not {seat}'s turn; wait until selected() is true")
        env.step(action)

    def last() -> tuple[Any, float, bool, bool, dict[str, Any]]:
        observation = env.observe(seat)
        if seat not in env.agents:
            raise EpisodeOver("the episode has ended")
        return (
            observation,
            env._cumulative_rewards[seat],
            env.terminations[seat],
            env.truncations[seat],
            dict(env.infos[seat]),
        )

    def observe(agent: Any = seat) -> Any:
        if agent != seat:
            raise SealedError(f"this is the handle of {seat}; it observes for no other seat")
        return env.observe(seat)

    methods: dict[str, Callable[..., Any]] = {
        "observe": observe,
        "last": last,
        "step": step,
        "selected": selected,
    }
    values = {"action_space": env.action_space(seat), "observation_space": env.observation_space(seat), "agent": seat}
    return handle(object, methods, {**_words(env), **values}, f"<sealed seat {seat}>")


def _words(env: Any) -> dict[str, Any]:
    """The phrases of the actions, which are public, where there are some."""
    words = getattr(env.unwrapped, "words", None)
    return {"words": words} if isinstance(words, tuple) and all(type(word) is str for word in words) else {}
