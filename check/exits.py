"""Exits beside the return values: warnings, logs, streams, random states, and what an environment says of itself."""

from __future__ import annotations

import contextlib
import copy
import ctypes
import dataclasses
import io
import logging
import pickle
import random
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..core.errors import InfogapError
from .canon import canon, canon_space

__all__ = [
    "COVERED",
    "Side",
    "about",
    "attempts",
    "global_random",
    "listening",
    "own_random",
    "quietly",
    "refusals",
    "spaces_of",
]

COVERED = {
    "observation": "bytes, dtype, shape, order of keys",
    "info": "of reset and step, final_info, final_obs, action_mask, order of keys, statistics",
    "reward": "all bits, -0.0, type",
    "ending": "terminated and truncated, and when",
    "masks": "action_masks()",
    "spaces": "each turn, with the bits of bounds and the state of their generators",
    "render": "in every mode that opens no window",
    "random": "np_random, np_random_seed; the global states of random and NumPy, read and drawn from",
    "about": "spec, kwargs, to_json, repr, str, len, hash, dir, metadata",
    "exception": "type and text, for bad actions too",
    "warnings": "category and text",
    "log": "records of all loggers",
    "streams": "sys.stdout and sys.stderr",
    "text": "what a seat of a game hears in words, and the phrases it may say",
    "sealed": "pickle and copy refused, nothing but the episode on the handle",
    "carry-over": "earlier episodes: other truths, another number, unfinished, after an error",
    "seats": "observe, last, rewards, infos of one seat while the others' truths and actions vary, in turns and in "
    "parallel; state too, unless it is for critics as that of games on infogap's core is",
}
"""Exits by name, and what is looked at."""


class Side:
    """What leaves through the side doors while one world runs; :meth:`take` gives what is new since the last call."""

    def __init__(self, warned: list[warnings.WarningMessage]) -> None:
        self._warned = warned
        self.records: list[tuple[str, str, str]] = []
        self.out, self.err = io.StringIO(), io.StringIO()
        self._seen = [0, 0, 0, 0]

    def take(self) -> dict[str, Any]:
        """New warnings, log records and output, without what is empty."""
        w, r, o, e = self._seen
        out, err = self.out.getvalue(), self.err.getvalue()
        new = {
            "warnings": tuple((m.category.__name__, str(m.message)) for m in self._warned[w:]),
            "log": tuple(self.records[r:]),
            "stdout": out[o:],
            "stderr": err[e:],
        }
        self._seen = [len(self._warned), len(self.records), len(out), len(err)]
        return {name: value for name, value in new.items() if value}


class _Handler(logging.Handler):
    def __init__(self) -> None:
        super().__init__(0)
        self.side: Side | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if self.side is not None:
            error = str(record.exc_info[1]) if record.exc_info else ""
            self.side.records.append((record.name, record.levelname, record.getMessage() + error))


_handler = _Handler()


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """For a whole check: log records go to the checker only; global random states are restored at the end."""
    root, states = logging.getLogger(), (random.getstate(), np.random.get_state())
    loggers = [root, *(x for x in logging.Logger.manager.loggerDict.values() if isinstance(x, logging.Logger))]
    before = [(x, x.level, x.handlers, x.propagate, x.disabled) for x in loggers]
    disabled = logging.root.manager.disable
    for x in loggers:
        x.setLevel(1 if x is root else logging.NOTSET)
        x.handlers, x.propagate, x.disabled = ([_handler] if x is root else []), True, False
    logging.disable(logging.NOTSET)
    try:
        yield
    finally:
        for x, level, handlers, propagate, off in before:
            x.setLevel(level)
            x.handlers, x.propagate, x.disabled = handlers, propagate, off
        logging.disable(disabled)
        random.setstate(states[0])
        np.random.set_state(states[1])


@contextlib.contextmanager
def listening() -> Iterator[Side]:
    """For one world: its warnings, records and output are caught."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        side = Side(warned)
        out, err, earlier = sys.stdout, sys.stderr, _handler.side
        sys.stdout, sys.stderr, _handler.side = side.out, side.err, side
        try:
            yield side
        finally:
            sys.stdout, sys.stderr, _handler.side = out, err, earlier


def global_random() -> Any:
    """Positions in the global states of ``random`` and ``numpy.random``, and a word of each: drawing changes them."""
    ours = random.getstate()[1]
    return ours[-1], ours[0], _numpy_random()


def _numpy_random() -> Any:
    generator = np.random.get_bit_generator()  # type: ignore[attr-defined] # from NumPy 1.24 on
    if type(generator) is not np.random.MT19937:
        return canon(generator.state)
    at = generator.ctypes.state_address  # 624 words, then the position; asking for the state copies them all
    return ctypes.string_at(at, 4), ctypes.string_at(at + 624 * 4, 4)


def own_random(env: Any) -> Any:
    """State and seed of the environment's own generator, where it has been made."""
    generator = getattr(env, "_np_random", None)
    state = None if generator is None else canon(generator.bit_generator.state)
    return state, canon(getattr(env, "_np_random_seed", None))


def attempts(**reads: Callable[[], Any]) -> dict[str, Any]:
    """What each of some exits gives, in canonical form, or the error it raises."""
    return {name: _attempt(read) for name, read in reads.items()}


def _attempt(f: Callable[[], Any]) -> Any:
    try:
        return canon(f())
    except Exception as error:
        return type(error).__name__, str(error)


def _spec(env: Any) -> Any:
    spec = getattr(env, "spec", None)
    if spec is None:
        return None
    whole = canon(spec) if dataclasses.is_dataclass(spec) else repr(spec)
    return whole, _attempt(spec.to_json) if hasattr(spec, "to_json") else None


def _unplaced(text: str, x: Any) -> str:
    """`text` without the address of `x`, which the default repr shows."""
    return re.sub(rf"0x0*{id(x):x}\b", "(address)", text, flags=re.IGNORECASE)


def about(env: Any) -> dict[str, Any]:
    """What an environment says of itself without being played."""
    inner = getattr(env, "unwrapped", env)
    said: dict[str, Any] = {}
    for label, x in (("", env), ("unwrapped ", inner)):
        kind = type(x)
        said[f"{label}repr"] = _attempt(lambda x=x: tuple(_unplaced(text, inner) for text in (repr(x), str(x))))  # type: ignore[misc]
        said[f"{label}dir"] = tuple(dir(x))
        said[f"{label}spec"] = _spec(x)
        said[f"{label}metadata"] = canon(getattr(x, "metadata", None))
        if hasattr(kind, "__len__"):
            said[f"{label}len"] = _attempt(lambda x=x: len(x))  # type: ignore[misc]
        if getattr(kind, "__hash__", None) is not getattr(object, "__hash__"):  # noqa: B009 - mypy compares types
            said[f"{label}hash"] = _attempt(lambda x=x: hash(x))  # type: ignore[misc]
        if x is inner:
            break
    return said


_PRIVATE = (
    "__dict__",
    "_world",
    "env",
    "np_random",
    "np_random_seed",
    "_np_random",
    "_door",
    "get_attr",
    "call",
    "truth",
)


def refusals(handle: Any) -> dict[str, bool]:
    """For each way past a sealed handle, whether it is refused."""
    ways: dict[str, Callable[[], Any]] = {
        "pickle": lambda: pickle.dumps(handle),
        "copy": lambda: copy.copy(handle),
        "deepcopy": lambda: copy.deepcopy(handle),
        **{name: (lambda name=name: getattr(handle, name)) for name in _PRIVATE},  # type: ignore[misc]
    }
    refused = {}
    for name, way in ways.items():
        try:
            way()
            refused[name] = False
        except InfogapError:
            refused[name] = True
        except Exception:
            refused[name] = False
    refused["unwrapped"] = getattr(handle, "unwrapped", handle) is handle
    return refused


def spaces_of(*spaces: Any, generators: bool = True) -> Any:
    """Canonical spaces; without their generators where Gymnasium seeds them from entropy, as it does batched spaces."""
    return tuple(canon_space(space, generators) for space in spaces)
