"""Checks of options: what environments are made with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .errors import InvalidOption, UnknownOption, shown

__all__ = ["choice", "flag", "number", "whole"]


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
        raise UnknownOption(f"unknown {name} {shown(value)}; expected one of {', '.join(allowed)}")
    return value
