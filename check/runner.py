"""The hunt for leaks: pairs of worlds through every stack, and probes for rare triggers."""

from __future__ import annotations

import dataclasses
import math
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from ..core.errors import InfogapError, NotGranted
from ..core.truth import OWN, Row
from .actions import BAD, Plan, legal_moves
from .canon import canon
from .cases import GLOBALS, TWICE, Case, code, fast_rule, fence, holes, shrink
from .drivers import Driver, Planting, drive
from .exits import listening
from .report import Finding, PartyReport
from .subjects import CorePort, Port, Subject
from .twins import twins
from .worlds import Difference, Past, Script, Trace, World, compare, horizon, play, rows, run, same

__all__ = ["Hunt"]

LENGTH = 8
PROBES = (4, 24)
"""Fewest and most probes per pair, each with up to TWINS twins: so many that 200 pairs try every discrete action about
three times at each early turn."""
TWINS = 3
PATIENCE = 12
"""Pairs tried for each effective pair asked for, before the check gives up as vacuous."""

Progress = Callable[[str, int, int], None]


class Hunt:
    """Looks for a leak to one party.

    Args:
        subject: What is checked.
        party: Who perceives it.
        seed: Of all the hunt's chance.
        planting: A leak to plant in every environment, for the self-test.
        secret_actions: Whether, where resets don't deal, the other seats' actions may differ between worlds.
    """

    def __init__(
        self, subject: Subject, party: str, seed: int, planting: Planting | None = None, secret_actions: bool = False
    ) -> None:
        self.subject, self.party, self.planting = subject, party, planting
        self.rng = random.Random(f"{seed}|{party}")
        self.report = PartyReport(party)
        self.case: tuple[Case, Difference] | None = None
        self.longest = 1
        self.answers: dict[str, Counter[Any]] = {}
        self.raised: str | None = None
        self._vary_others = subject.form != "gym" and (subject.port.deals or secret_actions)
        self._rotation = 0

    # -- parts -----------------------------------------------------------------------------------------------------
    def _run(self, stack: str, world: World, script: Script, listen: bool = False) -> Trace:
        return run(self.subject, stack, self.party, world, script, listen=listen, planting=self.planting)

    def _found(self, found: Difference | None, rule: str, stack: str, listen: bool, *rest: Any) -> bool:
        if found is not None and self.case is None:
            self.case = (Case(rule, stack, listen, *rest), found)
        return found is not None

    def _past(self) -> tuple[Past, ...]:
        """Earlier episodes: none, one or two; finished or not; with a bad action now and then."""
        rng, past = self.rng, []
        for _ in range(rng.choice((0, 1, 1, 2))):
            actions = [self.plan.any() for _ in range(rng.randrange(4))]
            if rng.random() < 0.2:
                actions.insert(0, rng.choice(BAD))
            past.append(Past(self.subject.port.deal(rng), tuple(actions), rng.randrange(100)))
        return tuple(past)

    def _script(self, truth: Any, bad: bool) -> Script:
        rng, port = self.rng, self.subject.port
        actions = self.plan.mixed(rng.randint(1, LENGTH), False)
        if self.subject.form == "aec" and rng.random() < 0.75:
            with listening():
                actions = tuple(legal_moves(self.probe, truth, LENGTH, rng)) or actions
        if bad and not port.deals:  # what an environment does after a bad action it accepts, `released` need not know
            actions = (*actions[: rng.randint(0, len(actions))], rng.choice(BAD))
        elif bad:
            at = rng.randint(0, len(actions))
            actions = (*actions[:at], *rng.sample(BAD, 2), *actions[at:])
        others = actions if self.subject.form != "gym" else ()
        tail = tuple(self.plan.any() for _ in range(2))
        mode = rng.choice(self.subject.modes)
        warm = None if rng.random() < 0.2 else (self.plan.any(),)
        return Script(actions, others, rng.randrange(1000), tail, mode, 0, port.deal(rng), warm)

    def _note(self, trace: Trace) -> None:
        """Keep what the summary needs: how long episodes last, and what was told."""
        over = [("bool", True) in (turn.seen.get("terminated"), turn.seen.get("truncated")) for turn in trace.turns]
        played = trace.turns[1 : over.index(True) + 1 if True in over else None]
        self.longest = max(self.longest, sum(not turn.refused for turn in played))
        for turn in trace.turns:
            for call in turn.told:
                if call.raw or call.args != ():
                    self.answers.setdefault(call.name, Counter())[call.answer] += 1

    # -- one pair ----------------------------------------------------------------------------------------------------
    def pair(self) -> bool:
        """Play one pair through the specification, the fast path and one more stack; whether it was effective."""
        subject, party, rng, port = self.subject, self.party, self.rng, self.subject.port
        first = subject.stacks[0]
        truth = port.deal(rng)
        script = self._script(truth, rng.random() < 0.3)
        fresh = script.warm is None
        a = World(truth, () if fresh else self._past())
        told_a = self._run(first, a, script, True)
        self._note(told_a)
        self.plan.learn(script.actions, told_a.ended)
        if self._broken(told_a, script) or self._found(fence(told_a), "fence", first, True, a, a, script):
            return False
        b, told_b, limit, effective = a, told_a, 0, False
        vary = self._vary_others and rng.random() < 0.25
        for twin in twins(port, truth, told_a, party, script.actions, rng, 3, 24) or [truth]:
            others = tuple(rng.choice((x, self.plan.any())) for x in script.others) if vary else None
            b = World(twin, () if fresh else self._past(), others)
            told_b = self._run(first, b, script, True)
            limit, found = horizon(told_a, told_b, party, vary)
            found = found or compare(told_a, told_b, limit, port.deals)
            if self._found(fence(told_b), "fence", first, True, b, b, script):
                return False
            if self._found(found, "pair", first, True, a, b, script):
                return False
            effective = twin is not truth and any(not turn.refused for turn in told_a.turns[1:limit])
            if effective:
                break
        if not effective:
            return False
        self._through_fast(a, b, script, told_a, limit)
        if self.case is None and len(subject.stacks) > 1:
            self._through_other(a, b, script, told_a, limit)
        return self.case is None

    def _broken(self, trace: Trace, script: Script) -> bool:
        """Whether the environment fails by itself; an error that differs between worlds is a leak and found before."""
        if trace.turns[0].refused:
            self.raised = f"reset raises {trace.turns[0].seen.get('exception', ('an error',))[0]}"
            return True
        if not self.subject.port.deals:
            return False
        for action, turn in zip(script.actions, trace.turns[1:], strict=False):
            error = turn.seen.get("exception", ("",))[0]
            # NotGranted is no refusal of an action: the rules read what the agent's view does not hold.
            known = any(error == kind.__name__ for kind in _typed(InfogapError) if kind is not NotGranted)
            if turn.refused and turn.own and not known and not _bad(action):
                self.raised = f"step({action!r:.40}), a valid action, raises {error}"
        return False

    def _through_fast(self, a: World, b: World, script: Script, told_a: Trace, limit: int) -> None:
        subject, first = self.subject, self.subject.stacks[0]
        fast_a, fast_b = self._run(first, a, script), self._run(first, b, script)
        self._count(first)
        found = compare(fast_a, fast_b, limit, subject.port.deals)
        if self._found(found, "pair", first, False, a, b, script):
            return
        if self._found(same(told_a, fast_a, fast_rule(subject)), "fast", first, False, a, a, script):
            return
        if self.report.tried % 4 == 0:
            shifted = dataclasses.replace(script, globals=script.globals + 1)
            found = same(fast_a, self._run(first, a, shifted), GLOBALS, ("global random",))
            self._found(found, "globals", first, False, a, a, script)

    def _through_other(self, a: World, b: World, script: Script, told_a: Trace, limit: int) -> None:
        subject = self.subject
        self._rotation += 1
        stack = subject.stacks[1 + self._rotation % (len(subject.stacks) - 1)]
        vector = stack.split(" ")[0] in ("sync", "native")
        if vector:
            if any(_bad(action) for action in script.actions):  # one bad action spoils the batch
                return
            script = dataclasses.replace(script, tail=None, mode=None)
        one, two = self._run(stack, a, script), self._run(stack, b, script)
        self._count(stack)
        if self._found(holes(one), "holes", stack, False, a, a, script):
            return
        if self._found(compare(one, two, limit, subject.port.deals, vector), "pair", stack, False, a, b, script):
            return
        if vector and subject.port.deals:
            self._found(rows(one, told_a), "rows", stack, False, a, a, script)

    def _count(self, stack: str) -> None:
        self.report.stacks[stack] = self.report.stacks.get(stack, 0) + 1

    # -- probes ------------------------------------------------------------------------------------------------------
    def probes(self, count: int) -> None:
        """Try early actions systematically on one environment that goes on, watching returned values only."""
        rng, port, party = self.rng, self.subject.port, self.party
        before: tuple[Past, ...] = ()
        for _ in range(count):
            truth = port.deal(rng)
            actions = self.plan.systematic()
            others = actions if self.subject.form != "gym" else ()
            script = Script(actions, others, rng.randrange(1000), None, None, 0, script_other(port, rng))
            a = World(truth)
            told_a = play(self.probe, a, script, None)
            self.plan.learn(actions, told_a.ended)
            self._note(told_a)
            if self._broken(told_a, script):
                return
            if self._found(fence(told_a), "fence", self.probe.stack, True, a, a, script):
                return
            last = truth
            for twin in twins(port, truth, told_a, party, actions, rng, TWINS, 12):
                b = World(twin)
                told_b = play(self.probe, b, script, None)
                limit, found = horizon(told_a, told_b, party)
                found = found or compare(told_a, told_b, limit, port.deals)
                worlds = World(truth, before), World(twin, (Past(last, actions, script.seed),))
                if self._found(found, "pair", self.probe.stack, True, *worlds, script):
                    return
                self.report.probes += any(not turn.refused for turn in told_a.turns[1:limit])
                last = twin
            before = (Past(last, actions, script.seed),)

    # -- the whole ---------------------------------------------------------------------------------------------------
    def go(self, pairs: int, progress: Progress | None = None) -> PartyReport:
        """Play `pairs` effective pairs, or up to the first leak."""
        report = self.report
        self.plan = Plan(self.subject.action_space(self.party), self.rng)
        with listening():
            self.probe: Driver = drive(
                self.subject, self.subject.stacks[0], self.party, listen=True, planting=self.planting
            )
        if self.planting is None and self._nondeterministic():
            return report
        cells = self.plan.n * self.plan.depth or 800
        probes = min(max(PROBES[0], cells * 3 // 200), PROBES[1])
        if self.planting is None and not self.subject.port.deals and self._lifeless():
            return report
        while report.effective < pairs and self.case is None:
            report.tried += 1
            report.effective += self.pair()
            if report.tried >= (PATIENCE * pairs if report.effective else 60):
                break
            if self.case is None:
                with listening():
                    self.probes(probes)
            if progress is not None:
                progress(self.party, report.effective, pairs)
        self.probe.close()
        self._conclude(pairs)
        return report

    def _nondeterministic(self) -> bool:
        """Whether one world played twice differs: then pairs of worlds mean nothing."""
        for _ in range(3):
            truth = self.subject.port.deal(self.rng)
            script, world = self._script(truth, False), World(truth)
            first = self.subject.stacks[0]
            found = same(self._run(first, world, script), self._run(first, world, script), TWICE)
            if found is not None:
                what = f"{found.exit}, turn {found.turn}: {found.what}"
                self.report.trouble = f"not repeatable: one world played twice differs at exit {what}"
                self.report.broken = True
                return True
        return False

    def _lifeless(self) -> bool:
        """Whether secrets that are set make no difference although different things should be told."""
        told = False
        for _ in range(30):
            a, b = (World(self.subject.port.deal(self.rng)) for _ in range(2))
            script = self._script(a.truth, False)
            one, two = (self._run(self.subject.stacks[0], world, script, True) for world in (a, b))
            if same(one, two, TWICE) is not None:
                return False
            told = told or horizon(one, two, self.party)[0] < min(len(one.turns), len(two.turns))
        if told:
            self.report.trouble = (
                "vacuous: worlds that should be told different things always look the same; "
                "set_secret does not reach what is perceived (see set_when)"
            )
        return told

    def _conclude(self, pairs: int) -> None:
        report = self.report
        for name, counts in self.answers.items():
            total = sum(counts.values())
            report.bits[name] = -sum(n / total * math.log2(n / total) for n in counts.values()) + 0.0
        if self.case is not None:
            return
        if self.raised:
            report.trouble, report.broken = f"the environment fails: {self.raised}", True
        elif report.effective < pairs:
            report.trouble = (
                f"vacuous: {report.effective} of {pairs} effective pairs after {report.tried} tried; "
                "releases tell every two truths apart at once, or there is only one truth"
            )

    def finding(self, small: bool = True) -> Finding:
        """The leak found, shrunk and written as code if `small`. There must be one."""
        assert self.case is not None
        case, seen = self.case
        if not small:
            return Finding(self.party, case.stack, seen.kind, seen.exit, seen.turn, seen.what)
        best, found = shrink(self.subject, self.party, case, self.planting)
        if found is None and any(w.past for w in (case.a, case.b)):
            bare = dataclasses.replace(
                case, a=dataclasses.replace(case.a, past=()), b=dataclasses.replace(case.b, past=())
            )
            best, found = shrink(self.subject, self.party, bare, self.planting)
        text = code(self.subject, self.party, best)
        seen = found or seen
        return Finding(self.party, best.stack, seen.kind, seen.exit, seen.turn, seen.what, text, found is not None)


def script_other(port: Port, rng: random.Random) -> Any:
    """A truth for the next episode, where resets don't deal."""
    return None if port.deals else port.deal(rng)


def _bad(action: Any) -> bool:
    return any(action is bad for bad in BAD)


def _typed(kind: type[BaseException]) -> list[type[BaseException]]:
    return [kind, *(sub for direct in kind.__subclasses__() for sub in _typed(direct))]


def _row(port: CorePort, name: str) -> Row:
    return next(row for row in port.rows if row.name == name)


def hides(subject: Subject, party: str, seed: int) -> bool | None:
    """Whether anything is hidden from `party`; None where nothing is, yet its view does not hold the whole truth."""
    port = subject.port
    if not isinstance(port, CorePort) or not port.hides_nothing(party):
        return True
    rng = random.Random(seed)
    env = subject.make(None)
    inner = getattr(env, "_game", env.unwrapped)
    for _ in range(10):
        truth = port.deal(rng)
        port.before(inner, truth)
        inner.reset(seed=0)
        whole = {row.name: getattr(truth, row.name) for row in port.rows if row.kind == "field"}
        alone = {n: v[party] if OWN in _row(port, n).to and party in subject.parties else v for n, v in whole.items()}
        if canon(inner._door("view", party).fields()) != canon(alone):
            return None
    return False
