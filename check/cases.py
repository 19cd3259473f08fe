"""Cases: one broken rule on one pair of worlds, which can be examined again, shrunk and written as code."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from .drivers import Planting
from .subjects import Subject
from .worlds import Difference, Past, Script, Trace, World, compare, horizon, rows, run, same

__all__ = [
    "GLOBALS",
    "PATHS",
    "TWICE",
    "Case",
    "code",
    "examine",
    "fast_rule",
    "fence",
    "holes",
    "literal",
    "show",
    "shrink",
]

FAST = "the fast path differs from its specification"
TWICE = "two runs of one world differ"
PATHS = ("dir", "unwrapped dir")
"""Exits in which a fast path may differ from its specification: each has attributes of its own."""
GLOBALS = "what is perceived depends on the global random states"


@dataclasses.dataclass(frozen=True)
class Case:
    """A rule and the worlds on which it is broken.

    Attributes:
        rule: ``"pair"``, ``"fast"``, ``"globals"``, ``"rows"``, ``"fence"`` or ``"holes"``.
        stack: How the environment is played.
        listen: Whether the specification is played, releases heard.
        a: The first world.
        b: The second; only the rule ``"pair"`` looks at it.
        script: What they share.
    """

    rule: str
    stack: str
    listen: bool
    a: World
    b: World
    script: Script


def _traces(
    subject: Subject, party: str, case: Case, planting: Planting | None
) -> tuple[Trace, Trace, Difference | None]:
    """The two traces that a case compares, and where they differ though they should not."""

    def go(stack: str, world: World, listen: bool, script: Script = case.script) -> Trace:
        return run(subject, stack, party, world, script, listen=listen, planting=planting)

    first = subject.stacks[0]
    if case.rule == "pair":
        a, b = go(first, case.a, True), go(first, case.b, True)
        limit, found = horizon(a, b, party, case.a.others != case.b.others)
        if found is None and not case.listen:
            a, b = go(case.stack, case.a, False), go(case.stack, case.b, False)
        vector = case.stack.split(" ")[0] in ("sync", "native")
        return a, b, found or compare(a, b, limit, subject.port.deals, vector)
    a = go(case.stack, case.a, case.listen)
    if case.rule == "fast":
        b = go(case.stack, case.a, True)
        return a, b, same(b, a, fast_rule(subject), PATHS)
    if case.rule == "globals":
        b = go(case.stack, case.a, case.listen, dataclasses.replace(case.script, globals=case.script.globals + 1))
        return a, b, same(a, b, GLOBALS, ("global random",))
    if case.rule == "rows":
        b = go(first, case.a, True)
        return a, b, rows(a, b)
    if case.rule == "fence":
        return a, a, fence(a)
    return a, a, holes(a)


def fast_rule(subject: Subject) -> str:
    """What it means that a run with releases heard differs from one without."""
    return FAST if subject.port.deals else TWICE


def fence(trace: Trace) -> Difference | None:
    """The fence or limit broken in a trace."""
    return (
        Difference("a release does not keep to its declaration", "release", 0, trace.broken[0])
        if trace.broken
        else None
    )


def holes(trace: Trace) -> Difference | None:
    """The hole in a sealed handle."""
    if not trace.holes:
        return None
    return Difference("a sealed handle gives more than the episode", "sealed", 0, "open: " + ", ".join(trace.holes))


def examine(subject: Subject, party: str, case: Case, planting: Planting | None = None) -> Difference | None:
    """Play a case on fresh environments; where the rule is broken, or None."""
    return _traces(subject, party, case, planting)[2]


def show(subject: Subject, party: str, case: Case) -> Difference | None:
    """Play a case and print what both worlds perceive at the exit where they differ, turn by turn."""
    a, b, found = _traces(subject, party, case, None)
    if found is None:
        print("no difference")
        return None
    print(f"{found.kind}; exit {found.exit}, turn {found.turn}: {found.what}")
    exit = found.exit.removeprefix("next episode: ")
    for label, first, second in (("turn", a.turns, b.turns), ("next episode, turn", a.tail, b.tail)):
        for t, (x, y) in enumerate(zip(first, second, strict=False)):
            one, two = x.seen.get(exit), y.seen.get(exit)
            print(f"{label} {t}: {one!r:.150}" + ("" if one == two else f"\n{' ' * len(label)}or {two!r:.150}"))
    return found


def _smaller(case: Case, turn: int) -> Iterator[Case]:
    """Simpler cases, the simplest first."""
    script, replace = case.script, dataclasses.replace

    def scripted(**new: Any) -> Case:
        return replace(case, script=replace(script, **new))

    if script.tail is not None:
        yield scripted(tail=None)
        if script.tail:
            yield scripted(tail=())
    if script.mode is not None:
        yield scripted(mode=None)
    if script.warm is not None:
        yield scripted(warm=None)
    for name in ("a", "b"):
        world: World = getattr(case, name)
        for i, past in enumerate(world.past):
            yield replace(case, **{name: replace(world, past=world.past[:i] + world.past[i + 1 :])})
            for n in {0, len(past.actions) // 2, len(past.actions) - 1} - {-1, len(past.actions)}:
                shorter = Past(past.truth, past.actions[:n], past.seed)
                yield replace(case, **{name: replace(world, past=(*world.past[:i], shorter, *world.past[i + 1 :]))})
    if case.a.others == case.b.others:
        for i in range(len(script.actions)):
            cut = slice(i, i + 1)
            actions, others = list(script.actions), list(script.others)
            del actions[cut], others[cut]
            yield scripted(actions=tuple(actions), others=tuple(others))


def shrink(
    subject: Subject, party: str, case: Case, planting: Planting | None = None, limit: int = 200
) -> tuple[Case, Difference | None]:
    """The smallest case found that breaks the rule at the same exit, and how (None: not on fresh environments)."""
    found = examine(subject, party, case, planting)
    if found is None:
        return case, None
    head = case.script.actions[: max(found.turn, 1)]
    short = dataclasses.replace(
        case, script=dataclasses.replace(case.script, actions=head, others=case.script.others[: len(head)])
    )
    shorter = [short] if len(head) < len(case.script.actions) else []
    candidates = iter([*shorter, *_smaller(case, found.turn)])
    for _ in range(limit):
        smaller = next(candidates, None)
        if smaller is None:
            break
        again = examine(subject, party, smaller, planting)
        if again is not None and (again.kind, again.exit) == (found.kind, found.exit):
            case, found = smaller, again
            candidates = _smaller(case, found.turn)
    return case, found


def literal(x: Any) -> str:
    """A value as Python source; arrays need ``import numpy as np``."""
    if isinstance(x, float) and not math.isfinite(x):
        return f"float({str(x)!r})"
    if isinstance(x, np.ndarray):
        return f"np.array({x.tolist()!r}, np.{x.dtype})"
    if isinstance(x, np.generic):
        return f"np.{x.dtype}({x.item()!r})"
    if isinstance(x, Mapping):
        return "{" + ", ".join(f"{literal(k)}: {literal(v)}" for k, v in x.items()) + "}"
    if type(x) is tuple:
        return "(" + "".join(f"{literal(v)}, " for v in x).rstrip(" ") + ")" if len(x) == 1 else f"({_joined(x)})"
    if type(x) is list:
        return f"[{_joined(x)}]"
    return repr(x)


def _joined(values: Any) -> str:
    return ", ".join(map(literal, values))


def _world(subject: Subject, world: World) -> dict[str, Any]:
    plain = subject.port.plain
    past = [(plain(p.truth), p.actions, p.seed) for p in world.past]
    return {
        "truth": None if world.truth is None and subject.port.deals else plain(world.truth),
        "past": past,
        "others": world.others,
    }


def code(subject: Subject, party: str, case: Case) -> str:
    """The case as runnable code. It names truths."""
    script = {f.name: getattr(case.script, f.name) for f in dataclasses.fields(case.script)}
    script["other"] = subject.port.plain(script["other"]) if script["other"] is not None else None
    importable = "<" not in subject.name and "__main__" not in subject.name and subject.port.deals
    lines = ["import numpy as np", "from infogap.check import replay", ""]
    given = [f"    {name}={source}," for name, source in subject.given.items()]
    if named := [name for name, source in subject.given.items() if source == name]:
        lines[2:] = [f"# {', '.join(named)}: what was given to check()", ""]
    if not importable:
        lines[2:2] = [f"# make: the maker given to check(), {subject.name}"]
    worlds = [literal(_world(subject, w)) for w in ((case.a, case.b) if case.rule == "pair" else (case.a,))]
    lines += [
        f"replay(\n    {repr(subject.name) if importable else 'make'},",
        f"    party={party!r}, rule={case.rule!r}, stack={case.stack!r}, listen={case.listen},",
        f"    script={literal(script)},",
        "    worlds=[",
        *(f"        {world}," for world in worlds),
        "    ],",
        *given,
        ")",
    ]
    return "\n".join(lines)
