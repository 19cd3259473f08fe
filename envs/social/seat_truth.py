"""The Truth of a game that is played from one seat: the game's own, and who else sits there."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

import numpy as np
from gymnasium import spaces

from ...core.errors import InvalidTruth
from ...core.truth import ALL, Truth, TruthKind, _cached

__all__ = ["NOTHING_ADDED", "CastSpace", "NumberSpace", "added_spaces", "seated"]

NOTHING_ADDED: Mapping[str, Any] = MappingProxyType({"partner": {}, "moves": 0, "gained": 0.0, "spoiled": False})
"""What :func:`seated` adds to a game's Truth, as it is before anybody has been seated."""
MOST_MOVES = 2**24
NAME = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-. "


@_cached
def seated(kind: type[Truth], me: str, others: tuple[str, ...], names: tuple[str, ...]) -> type[Truth]:
    """The Truth of a game played from the seat `me`.

    Args:
        kind: The game's Truth.
        me: The agent's seat; :data:`~infogap.core.truth.ALL` if it plays them all.
        others: The partners' seats.
        names: Partners that may sit there.
    """

    def __post_init__(self: Any) -> None:
        check = getattr(kind, "__post_init__", None)
        if check is not None:
            check(self)
        cast_ = self.partner
        if not isinstance(cast_, dict) or (cast_ and cast_.keys() != set(others)):
            raise InvalidTruth(f"partner must name one for each of {', '.join(others)}, or be empty to have them drawn")
        if unknown := [seat for seat, name in cast_.items() if name not in names]:
            raise InvalidTruth(f"the partners of {', '.join(unknown)} are not in the pool of {', '.join(names)}")

    def field(*to: str, doc: str, **default: Any) -> Any:
        nobody: frozenset[str] = frozenset()
        return dataclasses.field(metadata={"to": frozenset(to), "at_end": nobody, "doc": doc}, **default)

    reward = "sum of all seats' rewards" if me == ALL else "reward"
    own: dict[str, Any] = {
        "__module__": kind.__module__,
        "__doc__": kind.__doc__,
        "__annotations__": {"partner": "dict[str, str]", "moves": "int", "gained": "float", "spoiled": "bool"},
        "__post_init__": __post_init__,
        "recipe": (seated, (kind, me, others, names)),
        "partner": field("verifier", "critic", doc="by seat, the scripted partner that plays it", default_factory=dict),
        "moves": field("verifier", "critic", doc="moves made so far by all seats", default=0),
        "gained": field(me, "verifier", "critic", doc=f"{reward} since the agent's last turn", default=0.0),
        "spoiled": field(me, "verifier", "critic", doc="whether an illegal action has ended it", default=False),
    }
    return cast("type[Truth]", TruthKind(kind.__name__, (kind,), own))


class CastSpace(spaces.Dict):
    """Names by seat, or none at all: then they are drawn at the reset."""

    def contains(self, x: Any) -> bool:
        """Whether `x` is such a mapping."""
        return (isinstance(x, dict) and not x) or super().contains(x)


class NumberSpace(spaces.Box):
    """Finite numbers, as Python has them."""

    def contains(self, x: Any) -> bool:
        """Whether `x` is one."""
        return isinstance(x, (int, float)) and math.isfinite(x)


def added_spaces(others: tuple[str, ...], names: tuple[str, ...]) -> dict[str, spaces.Space[Any]]:
    """Spaces of the fields that :func:`seated` adds."""
    charset = "".join(sorted({*NAME, *"".join(names)}))
    longest = max(map(len, names), default=1)
    return {
        "partner": CastSpace({seat: spaces.Text(longest, charset=charset) for seat in others}),
        "moves": spaces.Discrete(MOST_MOVES),
        "gained": NumberSpace(-np.inf, np.inf, (), np.float64),
        "spoiled": spaces.Discrete(2),
    }
