"""Information regimes: what a seat of a game is told of the other seats' types.

A regime is part of the partition: :func:`informed` derives from a game's Truth the one whose partition says what is
told. The names follow Zhou et al., "Is this the real life? Is this just fantasy? The misleading success of simulating
social interactions with LLMs" (EMNLP 2024), where *script* is one policy with all information and *mindreaders* are
separate policies who see each other's secrets.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any, NamedTuple, cast

from .chance import Chance
from .errors import InvalidTruth
from .options import choice, number
from .truth import OWN, Truth, TruthKind, _cached, release

__all__ = ["REGIMES", "Regime", "Seating", "channel_size", "check_regime", "informed", "veiled"]

REGIMES: dict[str, str] = {
    "private": "each seat knows its own type only",
    "mindreader": "separate policies, and each is told the types of all others",
    "script": "one policy for all seats, which is told all types",
    "noisy": "each is told the types of the others, and each type is right with a known probability only",
    "partial": "each is told some components of the types of the others",
}
"""Regimes by name, and what they mean."""
HIDES_NOTHING = ("mindreader", "script")


class Regime(NamedTuple):
    """A regime and its parameters.

    Attributes:
        name: One of :data:`REGIMES`.
        accuracy: Of ``"noisy"``: the probability that a type told is the true one; else it is that of another deal.
        share: Of ``"partial"``: the probability that a component is told.
    """

    name: str = "private"
    accuracy: float = 0.8
    share: float = 0.5

    @property
    def hides_nothing(self) -> bool:
        """Whether every seat may know everything."""
        return self.name in HIDES_NOTHING


class Seating(NamedTuple):
    """The seats of a game, and of each the sizes of its type's components."""

    seats: tuple[str, ...]
    sizes: tuple[tuple[int, ...], ...]

    @property
    def width(self) -> int:
        """Components of the longest type."""
        return max(map(len, self.sizes))


def check_regime(name: Any, accuracy: Any, share: Any) -> Regime:
    """The regime that the options of a game name.

    Raises:
        UnknownOption: No such regime.
        InvalidOption: A probability is not in [0, 1].
    """
    return Regime(choice("regime", name, REGIMES), number("accuracy", accuracy, 0, 1), number("share", share, 0, 1))


def channel_size(regime: Regime, seating: Seating) -> int:
    """How many numbers a regime appends to each observation."""
    n = len(seating.seats)
    return {"private": 0, "script": n * seating.width + n}.get(regime.name, (n - 1) * seating.width)


def _known(truth: Any, seat: str) -> tuple[int, ...]:
    return tuple(c + 1 for c in truth.type_of(seat))


def _noisy(truth: Any, seat: str) -> tuple[int, ...]:
    false: tuple[int, ...] = truth.veil.get(seat, ())
    return false if any(false) else _known(truth, seat)


def _partial(truth: Any, seat: str) -> tuple[int, ...]:
    shows = truth.veil.get(seat, ())
    return tuple(c * s for c, s in zip(_known(truth, seat), shows, strict=True)) if shows else ()


_TELLS: dict[str, Callable[[Any, str], tuple[int, ...]]] = {
    "mindreader": _known,
    "script": _known,
    "noisy": _noisy,
    "partial": _partial,
}


def _check_veil(truth: Any, kind: Any) -> None:
    """What a truth with a veil refuses; Gymnasium's Tuple takes arrays for tuples."""
    if hasattr(kind, "__post_init__"):
        kind.__post_init__(truth)
    veil = truth.veil
    if not isinstance(veil, dict) or not all(isinstance(share, tuple) for share in veil.values()):
        raise InvalidTruth("a veil is a mapping from seats to tuples")


@_cached
def informed(kind: type[Truth], regime: Regime, seating: Seating) -> type[Truth]:
    """The Truth of a game in a regime: with the release ``told``, and a field ``veil`` where chance decides of it.

    Args:
        kind: The game's Truth, with the release ``type_of``.
        regime: The regime; the private one changes nothing.
        seating: The game's seats.
    """
    if regime.name == "private":
        return kind
    seats, width, tell = seating.seats, seating.width, _TELLS[regime.name]
    script = regime.name == "script"
    fields = " ".join(kind.names) + ("" if regime.hides_nothing else " veil")

    def told(self: Any, seat: str) -> tuple[int, ...]:
        own = seats.index(seat)
        order = seats if script else seats[own + 1 :] + seats[:own]
        known = [tell(self, other) for other in order]
        told = tuple(c for share in known for c in (*share, *(0,) * (width - len(share))))
        return told + tuple(int(s == seat) for s in seats) if script else told

    told.__doc__ = f"Types of {'all seats' if script else 'the other seats'}: component + 1, or 0 for unknown."
    own: dict[str, Any] = {
        "__module__": kind.__module__,
        "__doc__": kind.__doc__,
        "recipe": (informed, (kind, regime, seating)),
        "everything_shown": regime.hides_nothing,
        "told": release(OWN, of=fields, per_step=None)(told),
    }
    if not regime.hides_nothing:
        doc = "by seat, what is told instead of its type" if regime.name == "noisy" else "by seat, what is told of it"
        nobody: frozenset[str] = frozenset()
        own["__annotations__"] = {"veil": "dict[str, tuple[int, ...]]"}
        own["__post_init__"] = functools.partialmethod(_check_veil, kind)
        own["veil"] = dataclasses.field(
            default_factory=dict, metadata={"to": frozenset({"verifier"}), "at_end": nobody, "doc": doc}
        )
    return cast("type[Truth]", TruthKind(kind.__name__, (kind,), own))


def veiled(truth: Any, regime: Regime, seating: Seating, chance: Chance, another: Callable[[Chance], Any]) -> Any:
    """The truth just dealt, with its veil drawn.

    Args:
        truth: The truth.
        regime: The regime.
        seating: The game's seats.
        chance: The stream it was dealt from.
        another: Deals a truth.
    """
    if regime.name not in ("noisy", "partial"):
        return truth
    veil: dict[str, tuple[int, ...]] = {}
    false: Any = None
    for seat, sizes in zip(seating.seats, seating.sizes, strict=True):
        draws = chance.fork(f"veil of {seat}")
        if regime.name == "partial":
            veil[seat] = tuple([int(draws.unit() < regime.share) for _ in sizes])
        elif draws.unit() < regime.accuracy:
            veil[seat] = (0,) * len(sizes)
        else:
            false = false or another(chance.fork("another deal"))
            veil[seat] = _known(false, seat)
    return truth.but(veil=veil)
