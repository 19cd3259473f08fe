"""Worlds: one planted truth and its past, played; and the rule by which two of them must look the same."""

from __future__ import annotations

import contextlib
import dataclasses
import random
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

import numpy as np

from .canon import difference
from .drivers import Driver, Planting, Seen
from .exits import Side, listening
from .fence import Call
from .gamedrivers import drive
from .subjects import Port, Subject

__all__ = ["Difference", "Past", "Script", "Trace", "Turn", "World", "compare", "play", "run", "same"]


class Past(NamedTuple):
    """An earlier episode: its truth, what was played (perhaps not to its end), and its seed."""

    truth: Any
    actions: tuple[Any, ...]
    seed: int | None = None


@dataclasses.dataclass(frozen=True)
class World:
    """What may differ between two worlds: the truth, what happened before, and what the other seats play.

    A truth of None is the one that the seed deals, on the core.
    """

    truth: Any
    past: tuple[Past, ...] = ()
    others: tuple[Any, ...] | None = None


@dataclasses.dataclass(frozen=True)
class Script:
    """What two worlds share.

    Attributes:
        actions: Of the party, one a turn.
        others: Of the other seats, one a turn, unless a world has its own.
        seed: Of the reset that starts the episode.
        tail: Actions in the next episode, which starts without a seed; None to stop after the first.
        mode: Render mode.
        globals: Seed of the global random states.
        other: Truth of the second row of vectors, of the first episode, and of the next one where resets don't deal.
        warm: Actions of a first episode, the same in both worlds, in which wrappers say what they say only once; None
            for none.
    """

    actions: tuple[Any, ...]
    others: tuple[Any, ...] = ()
    seed: int = 1
    tail: tuple[Any, ...] | None = None
    mode: str | None = None
    globals: int = 0
    other: Any = None
    warm: tuple[Any, ...] | None = None


class Turn(NamedTuple):
    """One turn: what was told, what was perceived by exit, whose error it was, and whether there was one."""

    told: list[Call]
    seen: Seen
    own: bool
    refused: bool


@dataclasses.dataclass
class Trace:
    """What a world gave: turns of the episode (the reset is turn 0) and of the next one, faults, and where it ended."""

    turns: list[Turn]
    tail: list[Turn]
    broken: list[str]
    holes: list[str]
    ended: int | None


def _turn(driver: Driver, side: Side | None, call: Any, look: bool) -> Turn:
    refused = False
    try:
        seen = call()
    except Exception as error:
        refused, seen = True, {}
        if driver.own:
            seen["exception"] = (type(error).__name__, str(error))
    if side is not None:
        try:
            seen.update(driver.state())
            if look:
                seen.update(driver.about())
        except Exception as error:
            seen["exception when looking"] = (type(error).__name__, str(error))
        seen.update(side.take())
    else:
        try:
            seen.update(driver.returned())
        except Exception as error:
            seen["exception when looking"] = (type(error).__name__, str(error))
    ledger = driver.ledger
    told = [] if ledger is None else ledger.take(driver.subject.port.limits)
    return Turn(told, seen, driver.own, refused)


def play(driver: Driver, world: World, script: Script, side: Side | None) -> Trace:
    """Play `script` in `world`. Without a `side`, only what is returned is looked at."""
    port = driver.subject.port
    first = [] if script.warm is None else [Past(script.other, script.warm, 0)]
    for past in (*first, *world.past):
        driver.plant(past.truth)
        driver.reset(past.seed)
        for action in past.actions:
            with contextlib.suppress(Exception):
                driver.step(action, action)
        if side is not None and driver.mode is not None:
            driver.state()
    random.seed(script.globals)
    np.random.seed(script.globals)
    if driver.ledger is not None:
        driver.ledger.take({})
        driver.ledger.broken.clear()
    if side is not None:
        side.take()
    full = side is not None
    others = world.others if world.others is not None else script.others
    driver.plant(world.truth)
    turns = [_turn(driver, side, lambda: driver.reset(script.seed), full)]
    accepted: list[Any] = []
    ended = None
    asks = driver.ledger is not None and not port.deals
    if asks:
        turns[0].told.extend(port.told(world.truth, ()))  # must not fail
    for i, action in enumerate(script.actions):
        other = others[i] if i < len(others) else action
        turn = _turn(driver, side, lambda a=action, o=other: driver.step(a, o), full and i % 3 == 2)
        turns.append(turn)
        if asks:
            if not turn.refused:
                accepted.append(action if turn.own else other)
            turn.told.extend(_asked(port, world.truth, accepted))
        if driver.ended and ended is None:
            ended = i + 1
            if driver.stack.split(" ")[0] not in ("sync", "native"):
                break
    if full and ended is not None and port.deals and driver.subject.form == "gym" and ended < len(turns):
        turns.append(_turn(driver, side, lambda: driver.step(script.actions[0], None), True))
    tail = list(_tail(driver, script, side)) if script.tail is not None else []
    broken = list(driver.ledger.broken) if driver.ledger is not None else []
    return Trace(turns, tail, broken, driver.holes() if full else [], ended)


def _asked(port: Port, truth: Any, accepted: list[Any]) -> list[Call]:
    """What was told, where it must be asked for; something of its own where `released` does not know an action."""
    try:
        return port.told(truth, accepted)
    except Exception as error:
        return [Call("released", (), (type(error).__name__, object()), False, (), truth, "")]


def _tail(driver: Driver, script: Script, side: Side | None) -> Iterator[Turn]:
    """The next episode: of a truth that the seed deals, or of a planted one where resets don't deal."""
    deals = driver.subject.port.deals
    if not deals:
        driver.plant(script.other)
    yield _turn(driver, side, lambda: driver.reset(None if deals else script.seed + 1, not deals), side is not None)
    for action in script.tail or ():
        if driver.ended:
            break
        yield _turn(driver, side, lambda a=action: driver.step(a, a), False)


def run(
    subject: Subject,
    stack: str,
    party: str,
    world: World,
    script: Script,
    *,
    listen: bool = False,
    planting: Planting | None = None,
) -> Trace:
    """Play `script` in `world` on a fresh environment, all exits watched."""
    with listening() as side:
        driver = drive(subject, stack, party, listen=listen, mode=script.mode, planting=planting, other=script.other)
        try:
            return play(driver, world, script, side)
        finally:
            driver.close()


class Difference(NamedTuple):
    """Where two worlds differ that should not."""

    kind: str
    exit: str
    turn: int
    what: str


def _differs(a: Seen, b: Seen, without: Sequence[str] = ()) -> tuple[str, str] | None:
    if a == b and list(a) == list(b):
        return None
    for name in [*a, *(n for n in b if n not in a)]:
        if name not in without and (name not in a or name not in b or a[name] != b[name]):
            return name, difference(a.get(name, "nothing"), b.get(name, "nothing"))
    return None


def same(a: Trace, b: Trace, kind: str, without: Sequence[str] = ()) -> Difference | None:
    """Where two runs of one world differ, told or not."""
    for label, first, second in (("", a.turns, b.turns), ("next episode: ", a.tail, b.tail)):
        for t, (x, y) in enumerate(zip(first, second, strict=False)):
            if found := _differs(x.seen, y.seen, without):
                return Difference(kind, label + found[0], t, found[1])
        if len(first) != len(second):
            return Difference(
                kind, label + "ending", min(len(first), len(second)), f"{len(first)} or {len(second)} turns"
            )
    return None


def horizon(a: Trace, b: Trace, party: str, others_differ: bool = False) -> tuple[int, Difference | None]:
    """The number of turns in which both worlds were told the same, or where what was asked depends on the secret."""
    t = 0
    for t, (x, y) in enumerate(zip(a.turns, b.turns, strict=False)):
        if x.refused != y.refused and not (x.own and y.own):
            return t, None
        for one, two in zip_longest(x.told, y.told):
            if one is None or two is None or one[:2] != two[:2]:
                if others_differ and any(c is not None and c.party != party for c in (one, two)):
                    return t, None
                asked = [("nothing" if c is None else f"{c.name}{_shown(c.raw)}") for c in (one, two)]
                return t, Difference("what is asked depends on the secret", "release", t, " or ".join(asked))
            if one.answer != two.answer:
                return t, None
    return t + 1, None


def _shown(args: tuple[Any, ...]) -> str:
    return "(" + ", ".join(f"{a!r:.40}" for a in args) + ")"


def compare(a: Trace, b: Trace, limit: int, deals: bool, vector: bool = False) -> Difference | None:
    """The rule: in the first `limit` turns, and in the next episode, the two worlds look the same.

    The turns of vectors after row 0 has ended belong to the next episode, provided that both worlds ended together.
    """
    kind = "worlds told the same look different"
    for t, (x, y) in enumerate(zip(a.turns, b.turns, strict=False)):
        after = vector and a.ended is not None and a.ended == b.ended and t > a.ended
        if (t < limit or (after and deals)) and (found := _differs(x.seen, y.seen)):
            return Difference(
                "carry-over into the next episode" if after and t >= limit else kind, found[0], t, found[1]
            )
    if limit >= max(len(a.turns), len(b.turns)) and len(a.turns) != len(b.turns):
        return Difference(kind, "ending", min(len(a.turns), len(b.turns)), "one episode goes on")
    for t, (x, y) in enumerate(zip(a.tail, b.tail, strict=False)):
        if found := _differs(x.seen, y.seen):
            return Difference("carry-over into the next episode", found[0], t, found[1])
    return None


def rows(vector: Trace, single: Trace) -> Difference | None:
    """Where row 0 of a vector differs from the single environment it stands for, up to the end of its episode."""
    for t, (x, y) in enumerate(zip(vector.turns, single.turns, strict=False)):
        row = x.seen.get("row")
        if row is None or y.refused:
            continue
        there = y.seen["observation"], y.seen["reward"][-1], y.seen["terminated"][-1], y.seen["truncated"][-1]
        if row[1:] != there[1:] or (row[0] is not None and row[0] != there[0]):
            return Difference("the vector differs from its single environment", "row 0", t, difference(row, there))
        if single.ended == t:
            break
    return None
