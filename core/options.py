"""Checks of options: what environments are made with."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterable
from typing import Any

import numpy as np

from .errors import InvalidOption, UnknownArgument, UnknownOption, shown

__all__ = ["choice", "flag", "no_option", "number", "unknown", "whole"]

MANY = 12
"""More names than these are not all told in an error."""


def whole(name: str, value: Any, low: int, high: int) -> int:
    """A whole number from `low` to `high`, Python's or NumPy's, as an int; InvalidOption for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not low <= value <= high:
        raise InvalidOption(f"{name} must be an int from {low} to {high}, got {shown(value)}")
    return int(value)


def number(name: str, value: Any, low: float, high: float) -> float:
    """A number from `low` to `high`, Python's or NumPy's, as a float; InvalidOption for anything else."""
    real = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if not real or not low <= value <= high:
        raise InvalidOption(f"{name} must be a number from {low:g} to {high:g}, got {shown(value)}")
    return float(value)


def flag(name: str, value: Any) -> bool:
    """True or False, Python's or NumPy's, as a bool; InvalidOption for anything else."""
    if not isinstance(value, (bool, np.bool_)):
        raise InvalidOption(f"{name} must be True or False, got {shown(value)}")
    return bool(value)


def choice(name: str, value: Any, allowed: Iterable[str]) -> str:
    """One of the strings in `allowed`; UnknownOption for anything else."""
    allowed = tuple(allowed)
    if not isinstance(value, str) or value not in allowed:
        raise unknown(name, value, allowed)
    return value


def unknown(name: str, value: Any, allowed: Iterable[str], more: str = "") -> UnknownOption:
    """The error of a name that does not exist: it tells all names that do or, of many, the closest.

    Args:
        name: What the name is of.
        value: What was given.
        allowed: The names that exist.
        more: Where to find all of many.
    """
    names = tuple(dict.fromkeys(allowed))
    said = f"expected one of {', '.join(names)}"
    if len(names) > MANY:
        near = difflib.get_close_matches(value[:100] if isinstance(value, str) else "", names, 3, 0.0)
        said = f"the closest of {len(names)} are {', '.join(near)}" + (f"; {more}" if more else "")
    return UnknownOption(f"unknown {name} {shown(value)}; {said}")


def no_option(kind: type, given: Iterable[str], common: Iterable[str] = ()) -> UnknownArgument:
    """The error of options that a class does not take.

    Args:
        kind: The class.
        given: Names of the options that it does not take.
        common: Names that it hands on to a base class.
    """
    taken = inspect.signature(kind).parameters.values()
    own = [one.name for one in taken if one.kind is not one.VAR_KEYWORD]
    said = ", ".join(dict.fromkeys([*own, *common]))
    return UnknownArgument(f"{kind.__name__} takes no option {', '.join(map(repr, given))}; expected one of {said}")
