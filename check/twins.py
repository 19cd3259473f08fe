"""Twins: another truth that would have been told the same for as long as possible.

Only how much a check sees depends on the choice; that what it reports is right does not.
"""

from __future__ import annotations

import contextlib
import dataclasses
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..core.truth import Truth
from .canon import canon
from .subjects import Port
from .worlds import Trace

__all__ = ["agreement", "mix", "twins"]


def mix(x: Any, y: Any, rng: random.Random) -> Any:
    """`x` with some parts of `y`: fields of a truth, keys of a mapping, entries of arrays, tuples and lists."""
    if isinstance(x, Truth) and type(x) is type(y):
        share = rng.choice((0.2, 0.5, 1.0))
        new = {name: mix(getattr(x, name), getattr(y, name), rng) for name in x.names if rng.random() < share}
        try:
            return dataclasses.replace(x, **new)  # type: ignore[type-var]
        except ValueError:  # a Truth that refuses itself
            return x
    if rng.random() < 0.5:
        return y
    if isinstance(x, Mapping) and isinstance(y, Mapping) and set(x) == set(y):
        return type(x)({k: y[k] if rng.random() < 0.5 else v for k, v in x.items()})  # type: ignore[call-arg]
    if isinstance(x, np.ndarray) and isinstance(y, np.ndarray) and x.shape == y.shape:
        taken = np.random.default_rng(rng.getrandbits(32)).random(x.shape) < 0.5
        return np.where(taken, y, x)
    if isinstance(x, (tuple, list)) and type(x) is type(y) and len(x) == len(y):
        return type(x)(b if rng.random() < 0.5 else a for a, b in zip(x, y, strict=True))
    return y


def _moved(candidate: Truth, start: Truth, now: Truth) -> Truth:
    """`candidate` with what has moved since `start` moved alike; a guess where hidden state moves by itself."""
    if now is start:
        return candidate
    new = {}
    for name in now.names:
        before, after = getattr(start, name), getattr(now, name)
        if before is not after and canon(before) != canon(after):
            new[name] = after
    return dataclasses.replace(candidate, **new) if new else candidate  # type: ignore[type-var]


def agreement(candidate: Any, start: Any, trace: Trace, party: str) -> int:
    """How many of the calls recorded in `trace` the candidate would answer alike before the first that it would not."""
    count = 0
    moved: tuple[Any, Any] = start, candidate
    for turn in trace.turns:
        for call in turn.told:
            try:
                if call.truth is not moved[0]:
                    moved = call.truth, _moved(candidate, start, call.truth)
                value = getattr(moved[1], call.name)
                if call.args == () and not callable(value):
                    answer = value[party] if call.own else value
                else:
                    answer = value(*((call.party,) if call.own else ()), *call.raw)
            except Exception:
                return count
            if canon(answer) != call.answer:
                return count
            count += 1
    return count


def twins(
    port: Port,
    truth: Any,
    trace: Trace,
    party: str,
    actions: Sequence[Any],
    rng: random.Random,
    want: int,
    tries: int,
    fits: Callable[[Any], bool] | None = None,
) -> list[Any]:
    """Up to `want` truths with another secret than `truth`, first those that would be told the same longest.

    Those that would be told something else at the reset are left out, as far as releases of the truth or `fits` say so.
    """
    ranked: dict[Any, tuple[float, Any]] = {}
    own = port.secret(truth, party)
    least, most, perfect = len(trace.turns[0].told), sum(len(turn.told) for turn in trace.turns), 0
    for i in range(tries):
        candidate = _candidate(port, truth, party, rng, i % 2 > 0)
        name = port.secret(candidate, party)
        if name == own or name in ranked:
            continue
        if isinstance(truth, Truth):
            agreed = agreement(candidate, truth, trace, party)
        else:
            agreed = _foreign(port, candidate, truth, actions)
        if agreed >= least and (fits is None or fits(candidate)):
            ranked[name] = (agreed + rng.random(), candidate)
            perfect += agreed == most
        if perfect >= want:
            break
    best = sorted(ranked.values(), key=lambda pair: -pair[0])
    return [candidate for _, candidate in best[:want]]


def _candidate(port: Port, truth: Any, party: str, rng: random.Random, alike: bool) -> Any:
    """A truth that might be told as `truth` is: one drawn for that if `alike`, else `truth` with parts of another."""
    if not isinstance(truth, Truth):
        return port.deal(rng)
    other = port.alike(truth, party, rng) if alike or port.redraws else None
    if other is None:
        return mix(truth, port.deal(rng), rng)
    return other if rng.random() < 0.7 else mix(truth, other, rng)


def _foreign(port: Port, candidate: Any, truth: Any, actions: Sequence[Any]) -> int:
    count = 0
    with contextlib.suppress(Exception):
        for t in range(len(actions) + 1):
            if port.told(candidate, actions[:t])[0].answer != port.told(truth, actions[:t])[0].answer:
                break
            count += 1
    return count
