"""The dice of generators: thousands of draws from one word of a stream, the same on every platform and Python."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

__all__ = ["Dice", "TooFew"]

T = TypeVar("T")


class TooFew(IndexError):
    """There is less than is to be drawn. A company in which a task finds too little is drawn again."""


class Dice:
    """Draws made of ``random.Random(seed).random()`` alone, whose sequence Python promises to keep.

    Args:
        seed: 64 random bits, as of ``chance.word()``.
    """

    __slots__ = ("_random",)

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random

    def unit(self) -> float:
        """A number in [0, 1)."""
        return self._random()

    def below(self, n: int) -> int:
        """An integer in [0, n)."""
        return int(self._random() * n)

    def between(self, low: int, high: int) -> int:
        """An integer from `low` to `high`, both included."""
        return low + int(self._random() * (high - low + 1))

    def flip(self, p: float) -> bool:
        """True with probability `p`."""
        return self._random() < p

    def pick(self, things: Sequence[T]) -> T:
        """One of `things`; TooFew if there is none."""
        try:
            return things[int(self._random() * len(things))]
        except IndexError:
            raise TooFew("nothing to pick from") from None

    def sample(self, things: Sequence[T], n: int) -> list[T]:
        """`n` different places of `things`, in random order; TooFew if there are less."""
        if n > len(things):
            raise TooFew(f"{len(things)} things to draw {n} from")
        left, size, unit = list(things), len(things), self._random
        for i in range(n):
            j = i + int(unit() * (size - i))
            left[i], left[j] = left[j], left[i]
        return left[:n]

    def shuffled(self, things: Sequence[T]) -> list[T]:
        """All of `things` in random order."""
        return self.sample(things, len(things))
