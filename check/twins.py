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

__all__ = ["Agreement", "mix", "twins"]


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


def _changes(start: Truth, now: Truth) -> dict[str, Any]:
    """The fields that have moved since `start`, as they are now."""
    if now is start:
        return {}
    pairs = ((name, getattr(start, name), getattr(now, name)) for name in now.names)
    return {name: new for name, old, new in pairs if old is not new and canon(old) != canon(new)}


def _moved(candidate: Truth, changes: dict[str, Any], unchecked: bool) -> Truth:
    """`candidate` with what has moved moved alike; a guess where hidden state moves by itself."""
    if not changes:
        return candidate
    if unchecked:
        return candidate.but(**changes)
    return dataclasses.replace(candidate, **changes)  # type: ignore[type-var]


class Agreement:
    """How far candidates would be told the same as what one trace records.

    Args:
        start: The truth at the reset.
        trace: What was told.
        party: Whom.
        unchecked: Whether candidates whose state has moved need not refuse themselves: those that the environment
            redraws can't.
    """

    def __init__(self, start: Truth, trace: Trace, party: str, unchecked: bool = False) -> None:
        self.start, self.trace, self.party, self.unchecked = start, trace, party, unchecked
        self._changes: dict[int, dict[str, Any]] = {}
        """What has moved, by the identity of a truth of the trace."""

    def _changed(self, now: Truth) -> dict[str, Any]:
        if id(now) not in self._changes:
            self._changes[id(now)] = _changes(self.start, now)
        return self._changes[id(now)]

    def of(self, candidate: Truth) -> int:
        """How many of the calls recorded the candidate would answer alike before the first that it would not."""
        count, party = 0, self.party
        moved: tuple[Any, Any] = self.start, candidate
        for turn in self.trace.turns:
            for call in turn.told:
                try:
                    if call.truth is not moved[0]:
                        moved = call.truth, _moved(candidate, self._changed(call.truth), self.unchecked)
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
    enough: int,
    fits: Callable[[Any], bool] | None = None,
) -> list[Any]:
    """Up to `want` truths with another secret than `truth`, first those that would be told the same longest.

    It stops as soon as `enough` of them would be told all the same.

    Those that would be told something else at the reset are left out, as far as releases of the truth or `fits` say so.
    """
    ranked: list[tuple[float, Any]] = []
    secrets = [truth]
    least, most, perfect = len(trace.turns[0].told), sum(len(turn.told) for turn in trace.turns), 0
    told = Agreement(truth, trace, party, port.redraws) if isinstance(truth, Truth) else None
    for i in range(tries):
        candidate = _candidate(port, truth, party, rng, i % 2 > 0)
        if not all(port.differ(candidate, other, party) for other in secrets):
            continue
        agreed = _foreign(port, candidate, truth, actions) if told is None else told.of(candidate)
        if agreed >= least and (fits is None or fits(candidate)):
            secrets.append(candidate)
            ranked.append((agreed + rng.random(), candidate))
            perfect += agreed == most
        if perfect >= enough:
            break
    best = sorted(ranked, key=lambda pair: -pair[0])
    return [candidate for _, candidate in best[:want]]


def _candidate(port: Port, truth: Any, party: str, rng: random.Random, alike: bool) -> Any:
    """A truth that might be told as `truth` is: one drawn for that if `alike`, else `truth` with parts of another."""
    if not isinstance(truth, Truth):
        return port.deal(rng)
    if port.redraws:  # what is mixed of two of its truths need not be one
        return port.alike(truth, party, rng)
    other = port.alike(truth, party, rng) if alike else None
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
