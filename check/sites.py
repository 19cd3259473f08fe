"""Sites: where a leak is planted, and the means to change what leaves an environment there."""

from __future__ import annotations

import functools
import hashlib
import random
from collections.abc import Callable, Collection
from typing import Any

import gymnasium as gym
import numpy as np
from pettingzoo import AECEnv, ParallelEnv

from .drivers import Driver
from .subjects import CorePort

__all__ = ["NotApplicable", "Out", "Reached", "Site", "number", "twist"]

Out = dict[str, Any]
Reached = Collection[tuple[int, int]]


class NotApplicable(Exception):
    """The environment has no place for this leak."""


def number(salt: int, hidden: Any) -> int:
    """A number that depends on what is hidden; another dependence for each salt."""
    return int.from_bytes(hashlib.blake2b(f"{salt}|{hidden!r}".encode(), digest_size=4).digest(), "big")


class Site:
    """Where a leak is planted: one environment of one driver.

    Attributes:
        driver: It plays the environment.
        env: The innermost environment.
        rng: Chooses details of the leak; the same in all environments of one hunt.
        shared: State that outlives environments.
        depth: Turns that episodes are known to take.
        reached: Turns and actions known to be reached while two worlds are told the same; empty where it is not known.
    """

    def __init__(
        self, driver: Driver, env: Any, salt: int, depth: int, shared: dict[str, Any], reached: Reached = ()
    ) -> None:
        self.driver, self.env, self.salt, self.depth, self.shared = driver, env, salt, depth, shared
        self.reached = reached
        self.rng = random.Random(salt)
        forms = {gym.vector.VectorEnv: "vector", gym.Env: "gym", AECEnv: "aec", ParallelEnv: "parallel"}
        self.form = next(form for kind, form in forms.items() if isinstance(env, kind))

        self._dealt: Any = None
        if isinstance(driver.subject.port, CorePort):
            self.wrap("reset", self._remember)

    def _remember(self, original: Any, *args: Any, **kwargs: Any) -> Any:
        out = original(*args, **kwargs)
        self._dealt = self.driver.subject.port.current(self.env, self.driver.planted)
        return out

    def value(self) -> int:
        """A number that depends on what was hidden from the party at the deal."""
        driver = self.driver
        truth = self._dealt if driver.planted is None else driver.planted
        return number(self.salt, driver.subject.port.hidden(truth, driver.party))

    def meets(self, condition: bool) -> bool:
        """Note that the leak's condition has been met, without which there is nothing to find."""
        self.shared["met"] = self.shared.get("met", False) or condition
        return condition

    def bit(self) -> int:
        """One bit of it."""
        return self.value() & 1

    def token(self) -> int:
        """A small number that depends on it. Even in size, so that it differs wherever the bit does."""
        return self.value() % 96

    def wrap(self, name: str, around: Callable[..., Any]) -> None:
        """Replace a method of the instance by ``around(original, *args, **kwargs)``."""
        if not hasattr(self.env, name):
            raise NotApplicable
        setattr(self.env, name, functools.partial(around, getattr(self.env, name)))

    def after(self, act: Callable[[int, Any], object]) -> None:
        """Call ``act(turn, action)`` after every reset (turn 0) and step."""
        turn = 0

        def reset(original: Any, *args: Any, **kwargs: Any) -> Any:
            nonlocal turn
            turn = 0
            out = original(*args, **kwargs)
            act(0, None)
            return out

        def step(original: Any, action: Any) -> Any:
            nonlocal turn
            out = original(action)
            turn += 1
            act(turn, action)
            return out

        self.wrap("reset", reset)
        self.wrap("step", step)

    def outputs(self, change: Callable[[Out, int, Any], None]) -> None:
        """Let ``change(out, turn, action)`` alter what the party is given: `out` holds some of the five results."""
        if self.form == "gym":
            self._gym_outputs(change)
        elif self.form == "aec":
            self._aec_outputs(change)
        elif self.form == "parallel":
            self._parallel_outputs(change)
        else:
            raise NotApplicable

    def _parallel_outputs(self, change: Callable[[Out, int, Any], None]) -> None:
        turn, me = 0, self.driver.party

        def altered(results: Any, names: tuple[str, ...], action: Any) -> Any:
            out = {name: result[me] for name, result in zip(names, results, strict=True) if me in result}
            change(out, turn, action)
            return tuple(
                {**result, me: out[name]} if me in result else result
                for name, result in zip(names, results, strict=True)
            )

        def reset(original: Any, **kwargs: Any) -> Any:
            nonlocal turn
            turn = 0
            return altered(original(**kwargs), ("observation", "info"), None)

        def step(original: Any, actions: Any) -> Any:
            nonlocal turn
            turn += 1
            names = ("observation", "reward", "terminated", "truncated", "info")
            return altered(original(actions), names, actions.get(me))

        self.wrap("reset", reset)
        self.wrap("step", step)

    def _gym_outputs(self, change: Callable[[Out, int, Any], None]) -> None:
        turn = 0

        def reset(original: Any, **kwargs: Any) -> Any:
            nonlocal turn
            turn = 0
            out = dict(zip(("observation", "info"), original(**kwargs), strict=True))
            change(out, 0, None)
            return tuple(out.values())

        def step(original: Any, action: Any) -> Any:
            nonlocal turn
            out = dict(zip(("observation", "reward", "terminated", "truncated", "info"), original(action), strict=True))
            turn += 1
            change(out, turn, action)
            return tuple(out.values())

        self.wrap("reset", reset)
        self.wrap("step", step)

    def _aec_outputs(self, change: Callable[[Out, int, Any], None]) -> None:
        env, me = self.env, self.driver.party
        now: list[Any] = [0, None]

        def given(turn: int, action: Any) -> None:
            now[:] = [turn, action]
            tables = {
                "reward": env.rewards,
                "terminated": env.terminations,
                "truncated": env.truncations,
                "info": env.infos,
            }
            out = {name: table[me] for name, table in tables.items() if me in table}
            if "info" in out:
                out["info"] = {}
            change(out, turn, action)
            for name, value in out.items():
                tables[name][me] = value

        def observe(original: Any, agent: str) -> Any:
            out = {"observation": original(agent)}
            if agent == me:
                change(out, *now)
            return out["observation"]

        self.after(given)
        self.wrap("observe", observe)


def twist(x: Any, bit: int) -> Any:
    """`x` with its lowest bit changed where `bit` is 1: of the last entry of an array, of a number, of a text."""
    if not bit:
        return x
    if isinstance(x, dict):
        first = next(iter(x))
        return {**x, first: twist(x[first], bit)}
    if isinstance(x, tuple):
        return (*x[:-1], twist(x[-1], bit))
    if isinstance(x, str):
        return x + " "
    array = np.array(x)
    flat = array.reshape(-1)
    if array.dtype.kind == "f":
        flat[-1] = np.nextafter(flat[-1], np.inf, dtype=array.dtype)
    elif array.dtype.kind == "b":
        flat[-1] = not flat[-1]
    else:
        flat[-1] ^= 1
    return (
        array if isinstance(x, np.ndarray) else array.dtype.type(array) if isinstance(x, np.generic) else type(x)(array)
    )
