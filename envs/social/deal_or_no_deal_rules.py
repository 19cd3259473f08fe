"""Deal or no deal: the pool, the deals, the acts and how a seat perceives them. Pure tables, shared by all its parts.

Deals follow Lewis et al. 2017 (arXiv 1706.05125): 5 to 7 items of three types, 1 to 4 of each; each seat values the
whole pool at exactly 10 points. Two rules say which pairs of values can meet:

* ``"valued"``: somebody values each type. Section 10 of the reference values is drawn so.
* ``"contested"``: besides, both value some type, so that not both can get all they want. All 4,086 self-play contexts
  that the paper's authors published follow it.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

__all__ = [
    "ACCEPT",
    "ACTS",
    "ASK",
    "CONFIRM",
    "COUNTS",
    "INSTANCES",
    "LEAST",
    "MOST",
    "NONE",
    "POOL",
    "SEATS",
    "TYPES",
    "WALK",
    "WITHDRAW",
    "Scene",
    "Triple",
    "counterparts",
    "deals",
    "decode",
    "encode",
    "holds",
    "left",
    "mask",
    "proposal",
    "size",
    "split_of",
    "splits",
    "standing",
    "statement",
    "vectors",
    "worth",
]

Triple = tuple[int, int, int]
"""Numbers for books, hats and balls: how many there are or somebody takes, or points for one of each."""

SEATS = ("player_0", "player_1")
TYPES = ("book", "hat", "ball")
POOL = 10
"""Points that the whole pool is worth to each seat."""
INSTANCES = ("valued", "contested")
COUNTS: tuple[Triple, ...] = tuple(
    (a, b, c) for a, b, c in itertools.product(range(1, 5), repeat=3) if 5 <= a + b + c <= 7
)
"""The 28 pools."""

# Acts: 125 proposals, by what the speaker takes, then the others.
ACCEPT, WALK = 125, 126
MOST, LEAST, NONE = 127, 130, 133
"""First of three statements each, one a type: values it most, values it least, does not value it."""
ASK, CONFIRM, WITHDRAW = 136, 137, 138
ACTS = 139

_KINDS = (
    *[1] * ACCEPT,  # proposals
    2,
    3,
    *[4] * 3,
    *[5] * 3,
    *[6] * 3,
    7,
    8,
    9,
)
_HEAD = 12


# -- deals -------------------------------------------------------------------------------------------------------------
def worth(values: Sequence[int], share: Sequence[int]) -> int:
    """Points of a share, for somebody with these values."""
    return values[0] * share[0] + values[1] * share[1] + values[2] * share[2]


def left(counts: Triple, share: Triple) -> Triple:
    """What a share leaves for the other."""
    return counts[0] - share[0], counts[1] - share[1], counts[2] - share[2]


@functools.cache
def vectors(counts: Triple) -> tuple[Triple, ...]:
    """Every way to value the types, in whole points from 0, that makes the pool worth exactly 10. Sorted."""
    every = itertools.product(range(POOL + 1), repeat=3)
    return tuple((a, b, c) for a, b, c in every if worth(counts, (a, b, c)) == POOL)


def _can_meet(first: Triple, second: Triple, instances: str) -> bool:
    if not all(a or b for a, b in zip(first, second, strict=True)):
        return False
    return instances == "valued" or any(a and b for a, b in zip(first, second, strict=True))


@functools.cache
def counterparts(counts: Triple, own: Triple, instances: str = "valued") -> tuple[Triple, ...]:
    """The values that the other seat may have, all equally likely, given the pool and the own values. Sorted."""
    return tuple(other for other in vectors(counts) if _can_meet(own, other, instances))


@functools.cache
def deals(counts: Triple, instances: str = "valued") -> tuple[tuple[Triple, Triple], ...]:
    """Every pair of values that can meet over a pool. A deal is drawn by pool first, then by pair, each uniformly."""
    return tuple((own, other) for own in vectors(counts) for other in counterparts(counts, own, instances))


@functools.cache
def splits(counts: Triple) -> tuple[Triple, ...]:
    """Every share that somebody can take of the pool, from nothing to all of it. Sorted."""
    return tuple(itertools.product(*(range(n + 1) for n in counts)))  # type: ignore[arg-type]


# -- acts --------------------------------------------------------------------------------------------------------------
def proposal(share: Sequence[int]) -> int:
    """The act of proposing to take `share` (each 0..4)."""
    return 25 * share[0] + 5 * share[1] + share[2]


def split_of(act: int) -> Triple:
    """What the speaker of a proposal takes."""
    return act // 25, act // 5 % 5, act % 5


def standing(acts: Sequence[int]) -> tuple[int, int] | None:
    """The offer on the table: (number of the seat that made it, its act), or None.

    An offer stands until it is withdrawn or another one, of either seat, takes its place.
    """
    for i in range(len(acts) - 1, -1, -1):
        act = acts[i]
        if act < ACCEPT:
            return i & 1, act
        if act == WITHDRAW:
            return None
    return None


def statement(act: int) -> tuple[int, int] | None:
    """A statement about the own values as (:data:`MOST`, :data:`LEAST` or :data:`NONE`, type), or None."""
    if not MOST <= act < ASK:
        return None
    kind, about = divmod(act - MOST, 3)
    return MOST + 3 * kind, about


def holds(act: int, values: Triple) -> bool:
    """Whether a statement is true of these values. With ties, each of the best (or least) may be named."""
    said = statement(act)
    if said is None:
        raise ValueError(f"act {act} states nothing about values")
    kind, about = said
    return values[about] == {MOST: max(values), LEAST: min(values), NONE: 0}[kind]


@functools.cache
def mask(counts: Triple, offer: int) -> tuple[bool, ...]:
    """The acts that a seat may choose from.

    Args:
        counts: The pool.
        offer: Whose offer stands: 0 nobody's, 1 the seat's own, 2 the other's.
    """
    can = [all(taken <= there for taken, there in zip(split_of(act), counts, strict=True)) for act in range(ACCEPT)]
    return (*can, offer == 2, *[True] * (ASK + 1 - WALK), offer > 0, offer == 1)


# -- perception --------------------------------------------------------------------------------------------------------
class Scene(NamedTuple):
    """What a seat perceives.

    Attributes:
        seat: 0 or 1. Seat 0 acts first.
        own: Own values.
        counts: The pool.
        turn: Number of acts so far.
        turns: At most so many acts in all.
        offer: Whose offer stands: 0 nobody's, 1 the seat's own, 2 the other's.
        share: What the standing offer gives the seat; zeros without one.
        acts: All acts so far, as each speaker chose them.
    """

    seat: int
    own: Triple
    counts: Triple
    turn: int
    turns: int
    offer: int
    share: Triple
    acts: tuple[int, ...]


def size(turns: int) -> int:
    """Length of an observation."""
    return _HEAD + 4 * turns


@functools.cache
def _codes(counts: Triple, mine: bool) -> tuple[bytes, ...]:
    """Four bytes an act: its kind and, of a proposal, the perceiver's share, of a statement, the type one-hot."""
    codes = []
    for act, kind in enumerate(_KINDS):
        said = statement(act)
        numbers = [0, 0, 0]
        if act < ACCEPT and mask(counts, 0)[act]:
            numbers = list(split_of(act) if mine else left(counts, split_of(act)))
        elif said:
            numbers[said[1]] = 1
        codes.append(bytes((kind, *numbers)))
    return tuple(codes)


@functools.cache
def _head(seat: int, own: Triple, counts: Triple) -> bytes:
    return bytes((seat, *own, *counts))


def encode(seat: int, own: Triple, counts: Triple, acts: Sequence[int], turns: int) -> bytearray:
    """A seat's observation as bytes, each at most 10 or `turns`; see the environment's Observation Space."""
    codes = _codes(counts, seat == 0), _codes(counts, seat == 1)
    offer = standing(acts)
    if offer is None:
        table = b"\0\0\0\0"
    else:
        by, act = offer
        table = (b"\1" if by == seat else b"\2") + codes[by][act][1:]
    played = [codes[i & 1][act] for i, act in enumerate(acts)]
    rest = bytes(4 * (turns - len(acts)))
    return bytearray(b"".join((_head(seat, own, counts), bytes((len(acts),)), table, *played, rest)))


def decode(observation: Iterable[int]) -> Scene:
    """What :func:`encode` told, from the numbers of an observation."""
    numbers = [int(n) for n in observation]
    seat, turn = numbers[0], numbers[7]
    counts = (numbers[4], numbers[5], numbers[6])
    acts = []
    for i in range(turn):
        kind, a, b, c = numbers[_HEAD + 4 * i : _HEAD + 4 * i + 4]
        if kind == 1:
            share = (a, b, c)
            acts.append(proposal(share if i % 2 == seat else left(counts, share)))
        elif 4 <= kind <= 6:
            acts.append(MOST + 3 * (kind - 4) + (a, b, c).index(1))
        else:
            acts.append(_KINDS.index(kind))
    return Scene(
        seat=seat,
        own=(numbers[1], numbers[2], numbers[3]),
        counts=counts,
        turn=turn,
        turns=(len(numbers) - _HEAD) // 4,
        offer=numbers[8],
        share=(numbers[9], numbers[10], numbers[11]),
        acts=tuple(acts),
    )
