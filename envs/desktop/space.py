"""Spaces of truths: what their fields may hold."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from functools import partial
from typing import Any

from gymnasium import spaces

from .schema import Office
from .skin import VARIANTS
from .store import Entry, Order, desk_class
from .strings import CHARACTERS, GOAL
from .tasks import TEMPLATES

__all__ = ["Plain", "truth_space"]

Sound = Callable[[Any], bool]


class Plain(spaces.Space[Any]):
    """Python values of one type. What columns hold, the truth itself checks.

    Args:
        kind: ``int``, ``str`` or ``tuple``.
        sound: Whether a value of this type will do; None for any.
    """

    def __init__(self, kind: type, sound: Sound | None = None) -> None:
        super().__init__()
        self.kind, self.sound = kind, sound

    def sample(self, mask: Any = None, probability: Any = None) -> Any:
        """The empty value: truths are dealt, not sampled."""
        return self.kind()

    def contains(self, x: Any) -> bool:
        """Whether `x` is of the type, and sound."""
        return type(x) is self.kind and (self.sound is None or self.sound(x))

    @property
    def is_np_flattenable(self) -> bool:
        """Never."""
        return False

    def __repr__(self) -> str:
        return f"Plain({self.kind.__name__})"

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, Plain) and self.kind is other.kind

    __hash__ = spaces.Space.__hash__


# Partial functions and no closures, so that spaces can be pickled.
def _number(low: int, high: float, x: int) -> bool:
    return low <= x < high


def _sayable(x: str) -> bool:
    return len(x) <= GOAL and CHARACTERS.issuperset(x)


def _are(kinds: tuple[type, ...], x: Any) -> bool:
    return type(x) is tuple and tuple(map(type, x)) == kinds


def _each(kind: type, xs: tuple[Any, ...]) -> bool:
    return all(type(x) is kind for x in xs)


def _tuples(kinds: tuple[type, ...], xs: tuple[Any, ...]) -> bool:
    return all(_are(kinds, x) for x in xs)


def _planned(office: Office, xs: tuple[Any, ...]) -> bool:
    return _tuples((int, str, Order), xs) and all(order.command in office.commands for _, _, order in xs)


def _posed(office: Office, xs: tuple[Any, ...]) -> bool:
    if not all(type(x) is tuple and len(x) == 2 and type(x[0]) is str for x in xs):
        return False
    template = dict(xs).get("template")
    return isinstance(template, str) and template in TEMPLATES and TEMPLATES[template].office == office.name


@functools.cache
def truth_space(office: Office) -> spaces.Dict:
    """The space of every field of an office's truths."""
    pairs = partial(_tuples, (str, str))
    plain: dict[str, Plain] = {
        "goal": Plain(str, _sayable),
        "slots": Plain(tuple, partial(_each, str)),
        "skin": Plain(int, partial(_number, 0, VARIANTS**4)),
        "today": Plain(int),
        "tick": Plain(int, partial(_number, 0, math.inf)),
        "status": Plain(tuple, partial(_are, (str, str, int))),
        "said": Plain(tuple, pairs),
        "ended": Plain(tuple, partial(_are, (str, str))),
        "answers": Plain(tuple, pairs),
        "task": Plain(tuple, partial(_posed, office)),
        "agenda": Plain(tuple, partial(_planned, office)),
        "alerts": Plain(tuple, partial(_each, int)),
        "journal": Plain(tuple, partial(_each, Entry)),
    }
    columns = {name: Plain(tuple) for name in desk_class(office).names if name not in plain}
    return spaces.Dict({**plain, **columns})
