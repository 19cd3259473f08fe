"""Splits by a stable hash of an instance's own name, never by its position."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from .errors import UnknownOption

__all__ = ["DEFAULT_SHARES", "fraction", "split_mask", "split_of"]

DEFAULT_SHARES: Mapping[str, float] = {"train": 0.7, "val": 0.1, "test": 0.2}


def fraction(name: str, salt: str = "v0") -> float:
    """A number in [0, 1) that depends on `salt` and `name` alone (BLAKE2b, the same on every platform)."""
    digest = hashlib.blake2b(f"{salt}|{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def split_of(name: str, salt: str = "v0", shares: Mapping[str, float] = DEFAULT_SHARES) -> str:
    """The split that the instance called `name` belongs to.

    Example:
        >>> split_of("gold") in {"train", "val", "test"}
        True
    """
    u = fraction(name, salt) * sum(shares.values())
    for split, share in shares.items():
        if (u := u - share) < 0:
            return split
    return split


def split_mask(
    names: Iterable[str], split: str, salt: str = "v0", shares: Mapping[str, float] = DEFAULT_SHARES
) -> npt.NDArray[np.bool_]:
    """Which of `names` are in `split`, as a bool array of shape ``(len(names),)``."""
    if split not in shares:
        raise UnknownOption(f"unknown split {split!r}; expected one of {sorted(shares)}")
    return np.array([split_of(name, salt, shares) == split for name in names], dtype=bool)
