"""Canonical forms: two values are the same to an agent exactly where their canonical forms are equal."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium import spaces

from ..core.truth import Truth

__all__ = ["DROPPED", "canon", "canon_space", "difference", "without_clock"]

DROPPED = (
    "info['episode']['t'] of RecordEpisodeStatistics: wall time",
    "PettingZoo's _skip_agent_selection, which its base class carries over from an episode left between the steps of "
    "finished seats: cleared before each reset of environments not on infogap's core",
    "the environment's own address in its repr",
    "generators of the spaces of vectors: Gymnasium seeds them from entropy",
)
"""What is not compared, by name. Everything else counts."""

_PLAIN = frozenset((bool, int, str, bytes, type(None)))


def canon(x: Any) -> Any:
    """A value as nested tuples in which type, dtype, shape, every bit and the order of keys count.

    Floats are spelt in hexadecimal, so that -0.0, low bits and NaN are seen. Sets are sorted: their order is the
    interpreter's.
    """
    kind = type(x)
    if kind in _PLAIN:
        return kind.__name__, x
    if kind is tuple or kind is list:
        kinds = set(map(type, x))
        if len(kinds) == 1 and not kinds.isdisjoint(_PLAIN):  # long masks and histories
            return kind.__name__, kinds.pop().__name__, tuple(x)
        return kind.__name__, *[canon(v) for v in x]
    if kind is dict:
        return "dict", *[(canon(k), canon(v)) for k, v in x.items()]
    if kind is float:
        return "float", x.hex()
    if kind is np.ndarray and x.dtype != object:
        return "ndarray", x.dtype.str, x.shape, x.tobytes()
    return _canon_rare(kind, x)


def _canon_rare(kind: type, x: Any) -> Any:
    if isinstance(x, np.ndarray):
        if x.dtype == object:
            return "ndarray", "object", x.shape, tuple(canon(v) for v in x.ravel().tolist())
        return "ndarray", x.dtype.str, x.shape, x.tobytes()
    if isinstance(x, np.generic):
        return "scalar", x.dtype.str, x.tobytes()
    if isinstance(x, Truth):
        return "truth", *((name, canon(getattr(x, name))) for name in x.names)
    if isinstance(x, Mapping):
        return kind.__name__, *((canon(k), canon(v)) for k, v in x.items())
    if isinstance(x, (list, tuple)):
        return kind.__name__, *map(canon, x)
    if isinstance(x, (set, frozenset)):
        return kind.__name__, *sorted((canon(v) for v in x), key=repr)
    if isinstance(x, spaces.Space):
        return canon_space(x)
    if isinstance(x, BaseException):
        return kind.__name__, str(x)
    if dataclasses.is_dataclass(x) and not isinstance(x, type):
        return kind.__name__, *((f.name, canon(getattr(x, f.name))) for f in dataclasses.fields(x))
    if isinstance(x, (types.FunctionType, types.MethodType, type)):
        return kind.__name__, x.__qualname__
    return kind.__qualname__, repr(x)


def canon_space(space: spaces.Space[Any], generator: bool = True) -> Any:
    """A space, with the bits of its bounds, which its repr rounds, and the state of its generator."""
    inner: tuple[Any, ...] = ()
    if isinstance(space, spaces.Box):  # its repr is slow, and all of it is here
        inner = (space.shape, space.dtype.str, space.low.tobytes(), space.high.tobytes())
    elif isinstance(space, spaces.Dict):
        inner = tuple([(key, canon_space(value, generator)) for key, value in space.spaces.items()])
    elif isinstance(space, spaces.Tuple):
        inner = tuple([canon_space(value, generator) for value in space.spaces])
    elif type(space) is spaces.MultiDiscrete:
        inner = (canon(space.nvec), canon(space.start), space.dtype.str)
    drawn = space._np_random if generator else None  # a seeded space would tell its seed by what it samples
    state = None if drawn is None else canon(drawn.bit_generator.state)
    return type(space).__name__, repr(space) if type(space) not in _SPELT else "", inner, state


_SPELT = frozenset((spaces.Box, spaces.Dict, spaces.Tuple, spaces.MultiDiscrete))
"""Spaces that are told in full without their repr."""


def without_clock(info: Any) -> Any:
    """An info without the wall time that RecordEpisodeStatistics puts there, also inside ``final_info``."""
    if not isinstance(info, dict):
        return info
    kept = {key: without_clock(value) if key == "final_info" else value for key, value in info.items()}
    episode = kept.get("episode")
    if isinstance(episode, dict) and {"r", "l", "t"} <= set(episode):
        kept["episode"] = {key: value for key, value in episode.items() if key not in ("t", "_t")}
    return kept


def difference(a: Any, b: Any, width: int = 100) -> str:
    """Where two canonical values part, for people: the innermost pair that differs, shortened."""
    while isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        at = next((i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y), None)
        if at is None:
            break
        a, b = a[at], b[at]
    if isinstance(a, bytes) and isinstance(b, bytes) and len(a) == len(b):
        at = next(i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y)
        return f"byte {at} of {len(a)}: {a[at]:#04x} or {b[at]:#04x}"
    first, second = (repr(x) if len(repr(x)) <= width else repr(x)[: width - 3] + "..." for x in (a, b))
    return f"{first} or {second}"
