"""Which actions are tried: every discrete action at every early turn, repeats, boundaries, bad ones, early quits."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from ..core.errors import InvalidAction
from .drivers import Driver

__all__ = ["BAD", "Plan", "is_bad", "legal_moves", "trials", "varied_moves"]

BAD: tuple[Any, ...] = (99999, -1, None, float("nan"), "a")
"""Actions no discrete space holds. The exits must tell the same of them, too."""
DEPTH = 5
"""Turns within which every discrete action is tried as often as any other."""


def is_bad(action: Any) -> bool:
    """Whether an action is one of BAD."""
    return any(action is bad for bad in BAD)


class Plan:
    """Draws action sequences for one action space, and keeps count of what has been tried when.

    Args:
        space: The action space of the party.
        rng: All its chance.
        depth: Turns that a systematic sequence may take.
    """

    def __init__(self, space: spaces.Space[Any], rng: random.Random, depth: int = DEPTH) -> None:
        self.space, self.rng, self.depth = space, rng, depth
        self.n = int(space.n) if isinstance(space, spaces.Discrete) else 0
        self.start = int(space.start) if isinstance(space, spaces.Discrete) else 0
        self.tried: npt.NDArray[np.float64] = np.zeros((depth, max(self.n, 1)))
        self.ends = np.zeros(max(self.n, 1), np.bool_)
        self._draws = np.random.default_rng(rng.getrandbits(32))
        space.seed(rng.getrandbits(31))

    def any(self) -> Any:
        """An action, uniformly."""
        return self.start + self.rng.randrange(self.n) if self.n else self.space.sample()

    def boundary(self) -> Any:
        """An action at an end of the space."""
        if self.n:
            return self.start + self.rng.choice((0, self.n - 1, self.n // 2))
        if isinstance(self.space, spaces.Box):
            bound = self.rng.choice((self.space.low, self.space.high))
            return np.where(np.isfinite(bound), bound, 0).astype(self.space.dtype)
        return self.space.sample()

    def least_tried(self, turn: int, going_on: bool) -> Any:
        """The action tried least often at `turn` (from 0); one that is not known to end episodes if `going_on`."""
        if not self.n:
            return self.space.sample()
        counts = self.tried[min(turn, self.depth - 1)] + self._draws.random(self.n) * 0.5
        if going_on and not self.ends.all():
            counts = np.where(self.ends, np.inf, counts)
        return self.start + int(np.argmin(counts))

    def least_tried_of(self, turn: int, legal: Sequence[int]) -> int:
        """The legal action tried least often at `turn` (from 0)."""
        row = self.tried[min(turn, self.depth - 1)]
        return min(legal, key=lambda action: row[action - self.start] + self.rng.random() * 0.5)

    def systematic(self) -> tuple[Any, ...]:
        """A sequence that ends with what was tried least at its last turn."""
        length = self.rng.randint(1, self.depth)
        return tuple(self.least_tried(turn, turn < length - 1) for turn in range(length))

    def mixed(self, length: int, bad: bool) -> tuple[Any, ...]:
        """A sequence of any kind, up to `length`, perhaps cut short; with bad actions in between if `bad`."""
        kind = self.rng.random()
        if kind < 0.5:
            actions = [self.least_tried(turn, True) for turn in range(length - 1)]
            actions.append(self.least_tried(length - 1, False))
        elif kind < 0.7:
            actions = [self.any() for _ in range(length)]
        elif kind < 0.85:
            few = [self.any(), self.any()]
            actions = [self.rng.choice(few) for _ in range(length)]
        else:
            actions = [self.boundary() if self.rng.random() < 0.5 else self.any() for _ in range(length)]
        if self.rng.random() < 0.3:
            actions = actions[: self.rng.randint(1, length)]
        if bad:
            for action in self.rng.sample(BAD, 2):
                actions.insert(self.rng.randint(0, len(actions)), action)
        return tuple(actions)

    def learn(self, actions: Sequence[Any], ended: int | None) -> None:
        """Count `actions` as played, up to the turn at which the episode ended."""
        if not self.n:
            return
        for turn, action in enumerate(actions[:ended]):
            if type(action) is int and 0 <= action - self.start < self.n:
                if turn < self.depth:
                    self.tried[turn, action - self.start] += 1
                if ended == turn + 1 and turn + 1 < 3:
                    self.ends[action - self.start] = True


Pick = Callable[[int, "list[int]"], int]
"""``pick(turn, legal)``: which of the legal actions to play at a turn, from 0."""


def legal_moves(driver: Driver, truth: Any, length: int, pick: Pick, seed: int = 0, skip: int = 0) -> tuple[Any, ...]:
    """What a game of legal moves may look like, from the masks in its observations; empty where it has none.

    Args:
        driver: Of an environment with masks, and with turns if it has several seats.
        truth: To plant; None for the one that the seed deals.
        length: Moves at most.
        pick: Chooses among the legal actions.
        seed: Of the reset.
        skip: Episodes to leave at once before the one that is played.
    """
    moves: list[Any] = []

    def move(turn: int, legal: list[int], seat: str) -> Any:
        moves.append(pick(turn, legal))
        return moves[-1]

    _walk(driver, truth, length, move, seed, skip)
    return tuple(moves)


def trials(driver: Driver, truth: Any, length: int, rng: random.Random, seed: int) -> tuple[Any, ...]:
    """Actions that each do something where they are played, from the environment's own draws.

    Args:
        driver: Of an environment that draws some.
        truth: To plant.
        length: Actions at most.
        rng: All their chance.
        seed: Of the reset.
    """
    actions: list[Any] = []
    with contextlib.suppress(Exception):
        driver.plant(truth)
        driver.reset(seed)
        while len(actions) < length and not driver.ended:
            actions.append(driver.subject.port.trial(driver.inner, rng))
            driver.step(actions[-1], None)
    return tuple(actions)


def varied_moves(
    driver: Driver,
    truth: Any,
    actions: Sequence[Any],
    others: Sequence[Any],
    rng: random.Random,
    likely: Callable[[int, bool], float],
    seed: int,
) -> tuple[Any, ...]:
    """`others` with some of the other seats' moves replaced by other legal ones.

    Each is replaced with the probability ``likely(turn, together)``, where `together` says whether seats act at once.
    """
    played = list(others)
    phase: tuple[Any, ...] = ()

    def move(turn: int, legal: list[int], seat: str) -> Any:
        nonlocal phase
        movers = driver.movers()
        together = len(movers) > 1 or (len(phase) > 1 and movers == phase[1:])
        phase = movers
        if seat == driver.party:
            return actions[turn]
        same = others[turn]
        rest = [] if is_bad(same) else [x for x in legal if x != same]
        if rest and (same not in legal or rng.random() < likely(turn, together)):
            same = rng.choice(rest)
        played[turn] = same
        return same

    _walk(driver, truth, len(others), move, seed, 0)
    return tuple(played)


def _walk(
    driver: Driver, truth: Any, length: int, move: Callable[[int, list[int], str], Any], seed: int, skip: int
) -> None:
    """Play an episode; moves that are refused count as turns."""
    with contextlib.suppress(Exception):
        driver.plant(truth)
        driver.reset(seed)
        for _ in range(skip):
            driver.reset(None, False)
        for turn in range(length):
            seat = driver.mover()
            if seat is None:
                break
            action = move(turn, driver.legal(seat), seat)
            with contextlib.suppress(InvalidAction):
                driver.step(action, action)
