"""Drivers: play an environment through one of its stacks and read every exit at each turn.

Those of PettingZoo's forms are in :mod:`infogap.check.gamedrivers`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.vector import SyncVectorEnv
from gymnasium.vector.utils import concatenate, create_empty_array
from gymnasium.wrappers import RecordEpisodeStatistics

from ..core.seal import seal
from .canon import canon, without_clock
from .exits import about, attempts, global_random, own_random, refusals, spaces_of
from .fence import Ledger
from .subjects import Subject

__all__ = ["Driver", "GymDriver", "Planting", "Seen", "VectorDriver"]

Seen = dict[str, Any]
Planting = Callable[["Driver", Any], None]
"""``planting(driver, env)``: plants a leak in the innermost environment of a driver."""


class Driver:
    """One environment played through one stack, as one party sees it.

    Attributes:
        ended: Whether the episode has ended.
        own: Whether the last step was the party's own, so that its error is the party's to see.
        planted: The truth planted last.
        ledger: Hears what is told; None where nobody listens.
    """

    def __init__(
        self,
        subject: Subject,
        stack: str,
        party: str,
        *,
        listen: bool = False,
        mode: str | None = None,
        planting: Planting | None = None,
        other: Any = None,
    ) -> None:
        self.subject, self.stack, self.party, self.mode, self.other = subject, stack, party, mode, other
        self.listen, self.planting = listen, planting
        self.ended, self.own, self.planted = False, True, None
        self.turn = 0
        self.ledger = Ledger(party) if listen else None
        self.open()

    def prepare(self, inner: Any) -> None:
        """Make the innermost environment ready: specification, ledger, planted leak."""
        port = self.subject.port
        if self.ledger is not None:
            port.specify(inner)
            port.listen(inner, self.ledger)
        if self.planting is not None:
            self.planting(self, self.site(inner))

    def site(self, inner: Any) -> Any:
        """The environment in which leaks are planted."""
        return inner

    def open(self) -> None:
        raise NotImplementedError

    def plant(self, truth: Any) -> None:
        """The next reset deals `truth`; any where it is None."""
        self.planted = truth
        self.subject.port.before(self.inner, truth)

    @property
    def inner(self) -> Any:
        """The innermost environment."""
        raise NotImplementedError

    def reset(self, seed: int | None, planted: bool = True) -> Seen:
        """Start an episode, with the truth planted before it if `planted`."""
        self.turn, self.ended, self.own = 0, False, True
        if not planted and self.subject.port.deals:
            self.planted = None
        out = self.do_reset(seed)
        if planted:
            self.subject.port.after(self.inner, self.planted)
        return out

    def do_reset(self, seed: int | None) -> Seen:
        raise NotImplementedError

    def step(self, action: Any, other: Any) -> Seen:
        """Play one turn: `action` for the party, `other` for anybody else."""
        raise NotImplementedError

    def mover(self) -> Any:
        """Who acts next; None where nobody does."""
        return None if self.ended else self.party

    def movers(self) -> tuple[Any, ...]:
        """All who act next at once, as far as it is known."""
        return (self.mover(),)

    def legal(self, seat: Any) -> list[int]:
        """The actions that a mask shows as legal."""
        raise NotImplementedError

    def state(self) -> Seen:
        """Exits that can be read at any time."""
        raise NotImplementedError

    def returned(self) -> Seen:
        """What PettingZoo's AEC form returns by attributes; other forms return it by reset and step."""
        return {}

    def about(self) -> Seen:
        """Exits that are costly to read."""
        return about(self.inner)

    def holes(self) -> list[str]:
        """Ways past a sealed handle that are open."""
        return []

    def close(self) -> None:
        raise NotImplementedError


class GymDriver(Driver):
    """A single environment through Gymnasium's default wrappers, its statistics wrapper, or a sealed handle."""

    def open(self) -> None:
        env = self.subject.make(self.mode)
        self._inner = env.unwrapped
        self.prepare(self._inner)
        if self.stack == "statistics":
            env = RecordEpisodeStatistics(env)
        self.handle = getattr(self, "as_handle", seal)(env) if self.stack == "sealed" else env
        self._masks = hasattr(self._inner, "action_masks")

    @property
    def inner(self) -> Any:
        return self._inner

    def do_reset(self, seed: int | None) -> Seen:
        observation, info = self.handle.reset(seed=seed)
        return {"observation": canon(observation), "info": canon(info)}

    def legal(self, seat: Any) -> list[int]:
        return _legal(self._inner)

    def step(self, action: Any, other: Any) -> Seen:
        observation, reward, terminated, truncated, info = self.handle.step(action)
        self.turn += 1
        self.ended = bool(terminated or truncated)
        return _stepped(observation, reward, terminated, truncated, info)

    def state(self) -> Seen:
        env, inner = self.handle, self._inner
        seen = {
            "spaces": spaces_of(env.action_space, env.observation_space),
            "random": own_random(inner),
            "global random": global_random(),
        }
        if self._masks:
            seen |= attempts(mask=lambda: (env if self.stack == "sealed" else inner).action_masks())
        if self.mode is not None:
            seen |= attempts(render=env.render)
        return seen

    def about(self) -> Seen:
        if self.stack != "sealed":
            return about(self.handle)
        spec, handle = self.handle.spec, self.handle
        shown = (repr(handle), str(handle), tuple(dir(handle)), repr(spec), canon(handle.metadata), handle.render_mode)
        return {"sealed": shown}

    def holes(self) -> list[str]:
        return [way for way, shut in refusals(self.handle).items() if not shut] if self.stack == "sealed" else []

    def close(self) -> None:
        self.handle.close()


class VectorDriver(Driver):
    """Two rows: the planted truth in row 0, a fixed one in row 1; Gymnasium's SyncVectorEnv or the native form."""

    def open(self) -> None:
        kind, self.autoreset = self.stack.split(" ")
        subject = self.subject
        self.native = kind == "native"
        if self.native:
            assert subject.make_vector is not None
            self.env = subject.make_vector(2, self.autoreset)
            self.rows: list[Any] = []
            if self.planting is not None:
                self.planting(self, self.env)
        else:
            mode = gym.vector.AutoresetMode(self.autoreset)
            self.env = SyncVectorEnv([lambda: subject.make(None)] * 2, autoreset_mode=mode)
            self.rows = [env.unwrapped for env in self.env.envs]
            for row in self.rows:
                self.prepare(row)
        self._over = np.zeros(2, np.bool_)

    @property
    def inner(self) -> Any:
        return self.env.unwrapped if self.native else self.rows[0]

    def plant(self, truth: Any) -> None:
        self.planted = truth
        if self.native:
            self.env.unwrapped._door("plant", type(truth).stack([truth, self.other]))
            return
        for row, value in zip(self.rows, (truth, self.other), strict=True):
            self.subject.port.before(row, value)

    def reset(self, seed: int | None, planted: bool = True) -> Seen:
        self.turn, self.ended, self.own = 0, False, True
        self._over[:] = False
        if not planted and self.subject.port.deals:
            self.planted = None
        observation, info = self.env.reset(seed=seed)
        if planted and not self.native:
            for row, value in zip(self.rows, (self.planted, self.other), strict=True):
                self.subject.port.after(row, value)
        return {"observation": canon(observation), "info": canon(info)}

    def step(self, action: Any, other: Any) -> Seen:
        if self.autoreset == "Disabled" and self._over.any():
            observation, info = self.env.reset(options={"reset_mask": self._over.copy()})
            row_0, self._over[:] = self._over[0], False
            if row_0:
                self.turn += 1
                return {"observation": canon(observation), "info": canon(info)}
        space = self.env.single_action_space
        actions = concatenate(space, [action, self._second(action)], create_empty_array(space, 2))  # type: ignore[arg-type]
        observation, reward, terminated, truncated, info = self.env.step(actions)
        self.turn += 1
        self._over = np.logical_or(terminated, truncated)
        self.ended = self.ended or bool(self._over[0])
        return {
            **_stepped(observation, reward, terminated, truncated, info),
            "row": _row(
                observation, reward, terminated, truncated, bool(self._over[0]) and self.autoreset == "SameStep"
            ),
        }

    def _second(self, action: Any) -> Any:
        """What row 1 plays: the same, or something legal in a game."""
        if getattr(self.subject.port, "game", None) is None or self.native:
            return action
        legal = _legal(self.rows[1])
        return action if action in legal or not legal else legal[0]

    def state(self) -> Seen:
        env = self.env
        return {
            "spaces": spaces_of(
                env.action_space,
                env.observation_space,
                env.single_action_space,
                env.single_observation_space,
                generators=False,
            ),
            "global random": global_random(),
        }

    def about(self) -> Seen:
        return about(self.env)

    def close(self) -> None:
        self.env.close()


def _legal(env: Any) -> list[int]:
    return np.flatnonzero(env.action_masks()).tolist()


def _stepped(observation: Any, reward: Any, terminated: Any, truncated: Any, info: Any) -> Seen:
    """What a step returned, byte for byte."""
    return {
        "observation": canon(observation),
        "reward": canon(reward),
        "terminated": canon(terminated),
        "truncated": canon(truncated),
        "info": canon(without_clock(info)),
    }


def _first(batch: Any) -> Any:
    """Row 0 of a batch of observations; None for what is not made of arrays and texts."""
    if isinstance(batch, dict):
        return {key: _first(value) for key, value in batch.items()}
    texts = isinstance(batch, tuple) and all(isinstance(one, str) for one in batch)
    return batch[0] if texts or isinstance(batch, np.ndarray) else None


def _row(observation: Any, reward: Any, terminated: Any, truncated: Any, replaced: bool) -> Any:
    """What row 0 was given, as its single environment says it; the observation unless autoreset has replaced it."""
    first = None if replaced else _first(observation)
    seen = None if first is None else canon(first)
    return seen, float(reward[0]).hex(), bool(terminated[0]), bool(truncated[0])
