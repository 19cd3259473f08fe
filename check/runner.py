"""The hunt for leaks: pairs of worlds through every stack, and probes for rare triggers."""

from __future__ import annotations

import dataclasses
import math
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from ..core.errors import InfogapError, NotGranted
from .actions import Plan, is_bad
from .cases import GLOBALS, PATHS, TWICE, Case, code, fast_rule, fence, holes, shrink
from .drivers import Driver, Planting
from .exits import listening
from .gamedrivers import drive
from .report import Finding, PartyReport
from .scripts import PICTURE, Scripts
from .subjects import CorePort, Subject
from .twins import twins
from .worlds import Difference, Past, Script, Trace, Turn, World, compare, horizon, play, rows, run, same

__all__ = ["Hunt"]

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
        self.reached: Counter[tuple[int, int]] = Counter()
        self.finished = 0
        self.pairs: list[tuple[Any, Any]] = []
        self.answers: dict[str, Counter[Any]] = {}
        self.raised: str | None = None
        self._secret_actions = subject.form != "gym" and (subject.port.deals or secret_actions)
        self._acts_only = isinstance(subject.port, CorePort) and not subject.port.varies(party)
        self._partners = subject.form == "gym" and getattr(subject.port, "game", None) is not None
        self._rotation = 0

    # -- parts -----------------------------------------------------------------------------------------------------
    def _run(self, stack: str, world: World, script: Script, listen: bool = False) -> Trace:
        return run(self.subject, stack, self.party, world, script, listen=listen, planting=self.planting)

    def _found(self, found: Difference | None, rule: str, stack: str, listen: bool, *rest: Any) -> bool:
        if found is not None and self.case is None:
            self.case = (Case(rule, stack, listen, *rest), found)
        return found is not None

    def _note(self, trace: Trace) -> None:
        """Keep what the summary needs: how long episodes last, and what was told."""
        over = [_over(turn) for turn in trace.turns]
        played = trace.turns[1 : over.index(True) + 1 if True in over else None]
        self.longest = max(self.longest, sum(not turn.refused for turn in played))
        for turn in trace.turns:
            for call in turn.told:
                if call.raw or call.args != ():
                    self.answers.setdefault(call.name, Counter())[call.answer] += 1

    def _twins(self, truth: Any, trace: Trace, script: Script, want: int, tries: int, enough: int) -> list[Any]:
        """Truths that might be told the same. Where scripted partners move first, a reset shows which are."""
        rest = self.subject.port, truth, trace, self.party, script.actions, self.rng, want, tries, enough
        if not self._partners:
            return twins(*rest)
        bare, reset_only = dataclasses.replace(script, tail=None, mode=None, warm=None), []

        def fits(candidate: Any) -> bool:  # what scripted partners do, no release tells
            with listening():
                other = play(self.probe, World(candidate), bare, None)
            alike = _alike(trace, other)
            if alike == 1:
                reset_only.append(candidate)
            return alike > 1

        return twins(*rest, fits) or (reset_only[:want] if self.longest == 1 else [])

    def _reach(self, script: Script, trace: Trace, limit: int) -> None:
        """Keep which actions of a game were played at which turns while both worlds were told the same."""
        if self.scripts.masked and self.planting is None:
            accepted = 0
            for action, turn in zip(script.actions, trace.turns[1:limit], strict=False):
                accepted += not turn.refused
                if type(action) is int and not turn.refused:
                    self.reached[accepted, action] += 1
                if _over(turn):
                    break

    def _truth(self) -> Any:
        """A truth, preferably one for which there is another that is told alike at the reset."""
        port, rng = self.subject.port, self.rng
        for _ in range(6):
            truth = port.deal(rng)
            others = (port.alike(truth, self.party, rng) for _ in range(4))
            if not port.veiled or any(other is not None and self._tells(truth, other) for other in others):
                break
        return truth

    def _tells(self, truth: Any, other: Any) -> bool:
        """Whether a regime tells both truths alike, though they are different secrets."""
        port, party = self.subject.port, self.party
        alike: bool = truth.told(party) == other.told(party)
        return alike and port.secret(truth, party) != port.secret(other, party)

    # -- one pair ----------------------------------------------------------------------------------------------------
    def pair(self) -> bool:
        """Play one pair through the specification, the fast path and one more stack; whether it was effective."""
        subject, party, rng, port = self.subject, self.party, self.rng, self.subject.port
        first = subject.stacks[0]
        truth = self._truth()
        script = self.scripts.script(truth, rng.random() < 0.3)
        fresh = script.warm is None
        a = World(truth, () if fresh else self.scripts.past())
        told_a = self._run(first, a, script, True)
        self._note(told_a)
        self.plan.learn(script.actions, told_a.ended)
        if self._broken(told_a, script) or self._found(fence(told_a), "fence", first, True, a, a, script):
            return False
        b, told_b, limit, acts, effective, reset_only = a, told_a, 0, 0, False, False
        vary = self._acts_only or self.scripts.vary()
        for twin in self._twins(truth, told_a, script, 3, 16, 1 if port.redraws else 3) or ([truth] if vary else []):
            others = self.scripts.others(twin, script) if vary else None
            b = World(twin, () if fresh else self.scripts.past(), others)
            told_b = self._run(first, b, script, True)
            limit, found = horizon(told_a, told_b, party, vary)
            found = found or compare(told_a, told_b, limit, port.deals)
            if self._found(fence(told_b), "fence", first, True, b, b, script):
                return False
            if self._found(found, "pair", first, True, a, b, script):
                return False
            acts = self.scripts.hidden_acts(script, others or script.others, told_a, told_b, limit)
            effective = bool(twin is not truth or acts) and any(not turn.refused for turn in told_a.turns[1:limit])
            # Where one action ends every episode, and tells what the partners do, more can't be asked for.
            reset_only = not effective and self._partners and self.longest == 1 and limit == 1 and twin is not truth
            if effective or reset_only:
                break
        if not (effective or reset_only):
            return False
        self.report.at_reset += reset_only
        self.report.secret_acts += acts > 0
        if len(self.pairs) < 60:
            self.pairs.append((port.hidden(truth, party), port.hidden(b.truth, party)))
        self.finished += any(map(_over, told_a.turns[:limit]))
        self._reach(script, told_a, limit)
        self._count(first)
        fast, dealt = self._turns()
        if port.trials:
            self.report.look(pictures=script.mode == PICTURE, next_episode=script.tail is not None, fast_path=fast)
        if fast:
            self._through_fast(a, b, script, told_a, told_b, limit)
        elif dealt:  # what is planted plays the specification, and what the seed deals does not
            self._dealt()
        if self.case is None and len(subject.stacks) > 1:
            self._through_other(a, b, script, told_a, limit)
        return self.case is None

    def _turns(self) -> tuple[bool, bool]:
        """Whether this pair also goes through the fast path, and if not, whether a truth that the seed deals does."""
        tried = self.report.tried
        if self.subject.port.trials:
            return tried % 2 == 1, tried % 8 == 4
        if self.scripts.masked and self.subject.port.deals:
            return tried % 4 == 1, tried % 4 == 3
        return True, False

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
            if turn.refused and turn.own and not known and not is_bad(action):
                self.raised = f"step({action!r:.40}), a valid action, raises {error}"
        return False

    def _through_fast(self, a: World, b: World, script: Script, told_a: Trace, told_b: Trace, limit: int) -> None:
        """Play one of the two worlds as it is played without anybody listening, and the other where they differ."""
        subject, first = self.subject, self.subject.stacks[0]
        world, told = self.rng.choice(((a, told_a), (b, told_b)))
        fast = self._run(first, world, script)
        if found := same(told, fast, fast_rule(subject), PATHS):
            fast_a, fast_b = self._run(first, a, script), self._run(first, b, script)
            if self._found(compare(fast_a, fast_b, limit, subject.port.deals), "pair", first, False, a, b, script):
                return
            self._found(found, "fast", first, False, world, world, script)
            return
        if self.rng.random() < 0.25:
            shifted = dataclasses.replace(script, globals=script.globals + 1)
            found = same(fast, self._run(first, world, shifted), GLOBALS, ("global random",))
            self._found(found, "globals", first, False, world, world, script)

    def _dealt(self) -> None:
        """The fast path against the specification over a truth that nobody planted."""
        first, script = self.subject.stacks[0], self.scripts.script(None, self.rng.random() < 0.3)
        world = World(None, () if script.warm is None else self.scripts.past())
        told, fast = self._run(first, world, script, True), self._run(first, world, script)
        self._found(same(told, fast, fast_rule(self.subject), PATHS), "fast", first, False, world, world, script)

    def _through_other(self, a: World, b: World, script: Script, told_a: Trace, limit: int) -> None:
        subject = self.subject
        self._rotation += 1
        stack = subject.stacks[1 + self._rotation % (len(subject.stacks) - 1)]
        vector = stack.split(" ")[0] in ("sync", "native")
        if vector:
            if any(is_bad(action) for action in script.actions):  # one bad action spoils the batch
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
            script = self.scripts.systematic(truth)
            actions = script.actions
            a = World(truth)
            told_a = play(self.probe, a, script, None)
            self.plan.learn(actions, told_a.ended)
            self._note(told_a)
            if self._broken(told_a, script):
                return
            if self._found(fence(told_a), "fence", self.probe.stack, True, a, a, script):
                return
            last = truth
            for twin in self._twins(truth, told_a, script, TWINS, 8, TWINS):
                b = World(twin)
                told_b = play(self.probe, b, script, None)
                limit, found = horizon(told_a, told_b, party)
                found = found or compare(told_a, told_b, limit, port.deals)
                worlds = World(truth, before), World(twin, (Past(last, actions, script.seed),))
                if self._found(found, "pair", self.probe.stack, True, *worlds, script):
                    return
                self._reach(script, told_a, limit)
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
            scout = drive(self.subject, self.subject.stacks[0], self.party) if self.subject.port.trials else None
        self.scripts = Scripts(self.subject, self.rng, self.plan, self.probe, self._secret_actions, scout)
        if self.planting is None and self._nondeterministic():
            return report
        cells = self.plan.n * self.plan.depth or 800
        probes = min(max(PROBES[0], cells * 3 // 200), PROBES[1])
        if self.subject.port.trials:
            probes = PROBES[0]
        if self.scripts.masked:  # of the actions of a game, few are legal at a time
            probes = max(probes // 4, 2)
        if self.planting is None and not self.subject.port.deals and self._lifeless():
            return report
        while report.effective < pairs and self.case is None:
            report.tried += 1
            report.effective += self.pair()
            if report.tried >= (PATIENCE * pairs if report.effective else 60):
                break
            if self.case is None and not (self._partners and self.longest == 1):
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
            script, world = self.scripts.script(truth, False), World(truth)
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
            script = self.scripts.script(a.truth, False)
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
        if self._acts_only and not report.effective and not self.raised:
            report.nothing_hidden = True
            report.why = f"every deal hides the same from it, and no act of another seat in {report.tried} tries"
        elif self.raised:
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


def _over(turn: Turn) -> bool:
    return ("bool", True) in (turn.seen.get("terminated"), turn.seen.get("truncated"))


def _alike(a: Trace, b: Trace) -> int:
    """In how many turns two worlds are told the same, though one may have been looked at more closely."""
    for t, (x, y) in enumerate(zip(a.turns, b.turns, strict=False)):
        asked, told = {call[:2] for call in x.told}, {call[:3] for call in x.told}
        if x.refused != y.refused or any(call[:2] in asked and call[:3] not in told for call in y.told):
            return t
    return min(len(a.turns), len(b.turns))


def _typed(kind: type[BaseException]) -> list[type[BaseException]]:
    return [kind, *(sub for direct in kind.__subclasses__() for sub in _typed(direct))]
