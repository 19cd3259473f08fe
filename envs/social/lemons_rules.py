"""Rules of the lemons market: its options, seats, actions and phases."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from typing import NamedTuple

from ...core.options import choice, number, whole

__all__ = [
    "BUYERS",
    "PHASES",
    "SELLER",
    "Layout",
    "Rules",
    "check_rules",
    "layout",
    "masks",
    "phrases",
    "quality",
    "seats_of",
    "step_of",
]

SELLER = "seller_0"
BUYERS = ("buyer_0", "buyer_1", "buyer_2", "buyer_3")
DISCLOSURES = ("none", "verifiable", "cheap")
PHASES = ("say", "back", "offer", "answer")
"""What is done in turn: a statement and a warranty, where the rules have them, prices, and the answer to the best."""


class Rules(NamedTuple):
    """The public options of a lemons market; see :class:`~infogap.envs.social.lemons.Lemons`."""

    grid: int = 20
    top: float = 2.0
    multiplier: float = 1.5
    gain: float = 0.0
    disclosure: str = "none"
    warranty: float = 0.0
    buyers: int = 1

    @property
    def prices(self) -> int:
        """Number of prices: 0, step, ... up to the most that the good, with its warranty, can be worth to anybody."""
        most = max(self.multiplier * self.top, self.warranty) + self.gain
        return math.floor(most * self.grid / self.top + 1e-9) + 1


def step_of(rules: Rules) -> float:
    """Distance between neighbouring prices, and between neighbouring qualities."""
    return rules.top / rules.grid


def quality(rules: Rules, kind: int) -> float:
    """Quality of type `kind`: what the good is worth to the seller."""
    return (kind + 0.5) * step_of(rules)


class Layout(NamedTuple):
    """Where the actions of each phase begin; refusing is 0 and accepting 1."""

    offer: int
    say: int
    back: int
    total: int


@functools.lru_cache(maxsize=256)
def layout(rules: Rules) -> Layout:
    """The numbering of actions: refuse, accept, a price each, silence and statements, no warranty and warranty."""
    say = 2 + rules.prices
    back = say + {"none": 0, "verifiable": 2, "cheap": 1 + rules.grid}[rules.disclosure]
    return Layout(2, say, back, back + (2 if rules.warranty else 0))


def phrases(rules: Rules) -> tuple[str, ...]:
    """A phrase for each action."""
    h = step_of(rules)
    said: tuple[str, ...] = ()
    if rules.disclosure != "none":
        claims = [f"claim that the quality is {quality(rules, kind):.6g}" for kind in range(rules.grid)]
        said = ("say nothing", *(claims if rules.disclosure == "cheap" else ["prove the quality"]))
    backed = ("offer no warranty", "offer a warranty") if rules.warranty else ()
    return ("refuse", "accept", *(f"offer {price * h:.6g}" for price in range(rules.prices)), *said, *backed)


@functools.lru_cache(maxsize=256)
def masks(rules: Rules) -> Mapping[str, tuple[bool, ...]]:
    """What is legal in each phase for who is to act."""
    at = layout(rules)
    spans = {"answer": (0, 2), "offer": (at.offer, at.say), "say": (at.say, at.back), "back": (at.back, at.total)}
    return {
        **{phase: tuple(a <= i < b for i in range(at.total)) for phase, (a, b) in spans.items()},
        **dict.fromkeys(("wait", "over"), (False,) * at.total),
    }


def seats_of(rules: Rules) -> tuple[str, ...]:
    """The seats at a table: its buyers, then the seller."""
    return (*BUYERS[: rules.buyers], SELLER)


def check_rules(rules: Rules) -> Rules:
    """The rules with numbers as floats.

    Raises:
        InvalidOption: An option is not acceptable.
    """
    top = number("top", rules.top, 0.001, 1000.0)
    return Rules(
        grid=whole("grid", rules.grid, 2, 100),
        top=top,
        multiplier=number("multiplier", rules.multiplier, 1.0, 4.0),
        gain=number("gain", rules.gain, 0.0, 4 * top),
        disclosure=choice("disclosure", rules.disclosure, DISCLOSURES),
        warranty=number("warranty", rules.warranty, 0.0, 4 * top),
        buyers=whole("buyers", rules.buyers, 1, len(BUYERS)),
    )
