"""Spaces of truths: what their fields may hold."""

from __future__ import annotations

import functools
from typing import Any

from gymnasium import spaces

from .schema import Office
from .store import Desk, desk_class

__all__ = ["Plain", "truth_space"]

_TYPES = {"goal": str, "skin": int, "today": int, "tick": int}


class Plain(spaces.Space[Any]):
    """Python values of one type. What a tuple may hold, the truth itself checks.

    Args:
        kind: ``int``, ``str`` or ``tuple``.
    """

    def __init__(self, kind: type) -> None:
        super().__init__()
        self.kind = kind

    def sample(self, mask: Any = None, probability: Any = None) -> Any:
        """The empty value: truths are dealt, not sampled."""
        return self.kind()

    def contains(self, x: Any) -> bool:
        """Whether `x` is of the type."""
        return type(x) is self.kind

    @property
    def is_np_flattenable(self) -> bool:
        """Never."""
        return False

    def __repr__(self) -> str:
        return f"Plain({self.kind.__name__})"

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, Plain) and self.kind is other.kind

    __hash__ = spaces.Space.__hash__


@functools.cache
def truth_space(office: Office) -> spaces.Dict:
    """The space of every field of an office's truths."""
    names = (*Desk.names, *(name for name in desk_class(office).names if name not in Desk.names))
    return spaces.Dict({name: Plain(_TYPES.get(name, tuple)) for name in names})
