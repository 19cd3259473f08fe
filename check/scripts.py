"""What a hunt plays: scripts for pairs and probes, earlier episodes, and what other seats do instead."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from .actions import BAD, Plan, legal_moves, trials, varied_moves
from .drivers import Driver
from .exits import listening
from .subjects import Subject
from .worlds import Past, Script, Trace

__all__ = ["PICTURE", "Scripts"]

LENGTH = 8
LONG = 48
"""Turns that a script of legal moves may have, now and then."""
PICTURE, PICTURES = "rgb_array", 0.05
"""The render mode that takes longest, and the share of pairs that look at it, at every turn."""
LENGTHY = 0.25
"""Share of scripts of trials that are long."""
DEPICTED = 3
"""Turns that scripts of trials have where pictures are looked at."""
RECENT = 20
"""How many scripts and truths played lately are kept, for what comes before and after the episodes compared."""
TAILS = 0.5
"""Share of pairs that look into the next episode where deals take long; earlier episodes are there in any case."""
TRIALS = 0.75
"""Share of what is played that does something, where the environment draws such actions."""


class Scripts:
    """Draws scripts for one party.

    Args:
        subject: What is played.
        rng: All its chance.
        plan: Draws single actions.
        probe: An environment of its own, on which legal moves are found.
        secret_actions: Whether the other seats' actions may differ between worlds.
        scout: Another, on which actions that do something are found; None where there are no trials.
    """

    def __init__(
        self,
        subject: Subject,
        rng: random.Random,
        plan: Plan,
        probe: Driver,
        secret_actions: bool,
        scout: Driver | None = None,
    ) -> None:
        self.subject, self.rng, self.plan, self.probe, self.scout = subject, rng, plan, probe, scout
        self._lately: list[tuple[Any, tuple[Any, ...]]] = []
        self.masked = subject.form == "aec" or getattr(subject.port, "game", None) is not None
        self.secret_actions = secret_actions
        self._kept: dict[int, list[int]] = {}
        self._at_once = False

    # -- what is played ----------------------------------------------------------------------------------------------
    def _moves(self, truth: Any, length: int, seed: int, skip: int = 0, systematic: bool = False) -> tuple[Any, ...]:
        """Legal moves of all seats; none for environments without turns or masks. Trials where there are some."""
        if self.scout is not None:
            return self._trials(truth, length, seed)
        if not self.masked or not length or self.subject.form == "parallel":
            return ()
        pick = self.plan.least_tried_of if systematic else lambda turn, legal: self.rng.choice(legal)
        with listening():
            return legal_moves(self.probe, truth, length, pick, seed, skip)

    def _trials(self, truth: Any, length: int, seed: int) -> tuple[Any, ...]:
        """Actions that do something, or none, so that blind ones are played, too. After an episode come old ones."""
        assert self.scout is not None
        if not length or self.rng.random() > TRIALS:
            return ()
        if truth is None:
            return self.rng.choice(self._lately)[1][:length] if self._lately else ()
        with listening():
            actions = trials(self.scout, truth, length, self.rng, seed)
        if len(actions) < length and self._lately:  # where the next episode follows at once, as in vectors
            actions += self.rng.choice(self._lately)[1][:2]
        self._lately = [*self._lately[1 - RECENT :], (truth, actions)]
        return actions

    def past(self) -> tuple[Past, ...]:
        """Earlier episodes: none, one or two; finished or not; with a bad action now and then."""
        rng, past = self.rng, []
        for _ in range(rng.choice((0, 1, 1, 2))):
            (truth, known), seed, length = self._another(), rng.randrange(100), rng.randrange(4)
            moves = known[:length] if known else self._moves(truth, length, seed)
            actions = list(moves or (self.plan.any() for _ in range(length)))
            if rng.random() < 0.2:
                actions.insert(0, rng.choice(BAD))
            past.append(Past(truth, tuple(actions), seed))
        return tuple(past)

    def _another(self) -> tuple[Any, tuple[Any, ...]]:
        """A truth for what is not compared; where deals take long, one of those played lately, with its actions."""
        if self.scout is None or len(self._lately) < RECENT:
            return self.subject.port.deal(self.rng), ()
        return self.rng.choice(self._lately)

    def script(self, truth: Any, bad: bool) -> Script:
        """A script of any kind for a truth; for that of the seed where it is None; with bad actions if `bad`."""
        rng, port, seed = self.rng, self.subject.port, self.rng.randrange(1000)
        actions: tuple[Any, ...] = ()
        if rng.random() < 0.9:
            length = self._length()
            actions = self._moves(truth, length, seed, systematic=rng.random() < 0.6)
            if 0 < len(actions) < length and self.subject.form == "aec":  # finished seats step, too
                actions += (0,) * len(self.subject.parties)
            if rng.random() < 0.2:
                actions = actions[: rng.randint(1, LENGTH)]
        actions = actions or self.plan.mixed(rng.randint(1, LENGTH), False)
        if bad and not port.deals:  # what an environment does after a bad action it accepts, `released` need not know
            actions = (*actions[: rng.randint(0, len(actions))], rng.choice(BAD))
        elif bad:
            at = rng.randint(0, len(actions))
            actions = (*actions[:at], *rng.sample(BAD, 2), *actions[at:])
        others = actions if self.subject.form != "gym" else ()
        tail: tuple[Any, ...] | None = (port.deals and self._moves(None, 2, seed, 1)) or (
            self.plan.any(),
            self.plan.any(),
        )
        if self.scout is not None and rng.random() > TAILS:
            tail = None
        mode = self._mode()
        if mode == PICTURE and self.scout is not None:
            actions, tail = actions[:DEPICTED], None
        warm = None if rng.random() < 0.2 else (self._moves(None, 1, 0) if port.deals else ()) or (self.plan.any(),)
        return Script(actions, others, seed, tail, mode, 0, self._another()[0], warm)

    def _length(self) -> int:
        """Turns of a script. Where deals take long, so do turns: as many are long as elsewhere, the others shorter."""
        if self.scout is None:
            return self.rng.choice((LENGTH, LENGTH, LENGTH, LONG))
        return LONG if self.rng.random() < LENGTHY else self.rng.randint(1, LENGTH)

    def _mode(self) -> str | None:
        """A render mode; pictures less often."""
        modes = self.subject.modes
        if PICTURE not in modes:
            return self.rng.choice(modes)
        return PICTURE if self.rng.random() < PICTURES else self.rng.choice([m for m in modes if m != PICTURE])

    def systematic(self, truth: Any) -> Script:
        """A short script that ends with what was tried least at its last turn."""
        rng, port, seed = self.rng, self.subject.port, self.rng.randrange(1000)
        moves = self._moves(truth, rng.randint(1, self.plan.depth), seed, systematic=True)
        actions = moves or self.plan.systematic()
        others = actions if self.subject.form != "gym" else ()
        return Script(actions, others, seed, None, None, 0, None if port.deals else port.deal(rng))

    # -- what others play instead --------------------------------------------------------------------------------------
    def vary(self) -> bool:
        """Whether, this time, the other seats are to play otherwise in the second world."""
        if not self.secret_actions:
            return False
        kept, tried = (sum(counts) for counts in zip(*self._kept.values(), strict=True)) if self._kept else (0, 0)
        return self.rng.random() < 0.1 + 0.6 * (kept + 1) / (tried + 1)

    def others(self, truth: Any, script: Script) -> tuple[Any, ...]:
        """What the other seats play in a second world; more often where it was not told at once before."""
        if self.subject.form != "aec":
            return tuple(self.rng.choice((x, self.plan.any())) for x in script.others)

        only_together = self._at_once and self.rng.random() < 0.7

        def likely(turn: int, together: bool) -> float:
            self._at_once = self._at_once or together
            kept, tried = self._kept.get(turn, (0, 0))
            if only_together and not (together or kept):
                return 0.0
            hoped = 2 if together else 1  # acts at once are hidden for a while
            return 0.02 + 0.9 * (kept + hoped) / (tried + 3)

        with listening():
            probe, first = self.probe, (script.actions, script.others)
            return varied_moves(probe, truth, *first, self.rng, likely, script.seed) or script.others

    def hidden_acts(self, script: Script, others: Sequence[Any], a: Trace, b: Trace, limit: int) -> int:
        """How many acts of the other seats differ in the turns in which both worlds were told the same."""
        acts, differ = 0, False
        for i, (one, two) in enumerate(zip(script.others, others, strict=False)):
            if i + 1 >= min(len(a.turns), len(b.turns)):
                break
            x, y = a.turns[i + 1], b.turns[i + 1]
            if x.own or x.refused or y.refused or one is two or (type(one) is type(two) is int and one == two):
                continue
            if not differ:  # what comes after the first act told is no experience
                counts = self._kept.setdefault(i, [0, 0])
                counts[0] += i + 1 < limit
                counts[1] += 1
            differ = i + 1 >= limit
            acts += i + 1 < limit
        return acts
