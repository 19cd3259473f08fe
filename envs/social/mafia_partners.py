"""Scripted players of mafia. All they know is the observation, which holds all that the seat has been told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...core.chance import Chance
from ...core.gamerules import Partner, PartnerMaker
from .mafia_acts import (
    DETECTIVE,
    MAFIA,
    TALK,
    VILLAGER,
    VOTE,
    Kind,
    Rules,
    Speech,
    act_of,
    living,
    meaning,
    order,
    speeches,
    standing,
)

__all__ = ["PARTNERS", "Seen", "decode", "suspicion"]


class Seen(NamedTuple):
    """An observation, taken apart. Players go by number.

    Attributes:
        own: The own seat.
        role: The own role.
        fellows: Fellow mafia.
        clear: Players that the own inspections showed not to be mafia.
        guilty: Players that they showed to be mafia.
        phase: 0 talk, 1 vote, 2 night.
        day: From 0.
        alive: The living, in order.
        shown: By seat, the role shown; -1 for the living.
        told: All statements, in order.
        votes: By finished day, the vote of each seat; -1 for none.
        legal: Legal acts.
    """

    own: int
    role: int
    fellows: frozenset[int]
    clear: frozenset[int]
    guilty: frozenset[int]
    phase: int
    day: int
    alive: tuple[int, ...]
    shown: tuple[int, ...]
    told: list[Speech]
    votes: tuple[tuple[int, ...], ...]
    legal: frozenset[int]

    @property
    def others(self) -> list[int]:
        """The living but oneself."""
        return [i for i in self.alive if i != self.own]

    @property
    def prey(self) -> list[int]:
        """The living that are no fellows, but oneself."""
        return [i for i in self.others if i not in self.fellows]

    @property
    def today(self) -> list[Speech]:
        """Today's statements."""
        return [speech for speech in self.told if speech.day == self.day]


def decode(rules: Rules, observation: Mapping[str, npt.NDArray[Any]]) -> Seen:
    """Take an observation apart; see :class:`infogap.envs.social.mafia.Mafia` for its parts."""
    n, days, seen = rules.players, rules.days, observation["observation"].tolist()
    at = 0

    def take(count: int) -> list[int]:
        nonlocal at
        at += count
        return seen[at - count : at]

    own, role = take(n).index(1), take(3).index(1)
    fellows, found = take(n), take(n)
    take(days + 1)  # own targets
    phases, (day,) = take(3), take(1)
    take(n)  # who is alive
    shown, eliminated = [r - 1 for r in take(n)], [i - 1 for i in take(2 * days) if i]
    said, size = [], n * rules.statements
    for d in range(day):
        pairs, speakers = take(2 * size), order(n, tuple(eliminated[: 2 * d]))
        spoken = [pairs[2 * (told * n + i) :][:2] for told in range(rules.statements) for i in speakers]
        said.append([act_of(kind - 1, target - 1, n) for kind, target in spoken if kind])
    take(2 * size * (days - day))
    votes = [tuple(vote - 1 for vote in take(n)) for _ in range(days)]
    return Seen(
        own,
        role,
        frozenset(i for i in range(n) if fellows[i]),
        frozenset(i for i in range(n) if found[i] == 1),
        frozenset(i for i in range(n) if found[i] == 2),
        phases.index(1),
        day - 1,
        living(n, tuple(eliminated)),
        tuple(shown),
        speeches(n, tuple(eliminated), said),
        tuple(row for row in votes if max(row) >= 0),
        frozenset(np.flatnonzero(observation["action_mask"]).tolist()),
    )


# -- judging others --------------------------------------------------------------------------------------------------
_KNOWN = 100.0
_CLAIMS = (Kind.DETECTIVE, Kind.GUILTY, Kind.CLEAR)


def _claimants(seen: Seen, claims: Sequence[Speech]) -> tuple[set[int], set[int]]:
    """Who claims to be the detective: those who may be, and those whom a role shown or the own role refutes."""
    claimed = {s.seat for s in claims if s.kind in _CLAIMS}
    real = {i for i, role in enumerate(seen.shown) if role == DETECTIVE}
    if seen.role == DETECTIVE:
        real = {seen.own}
    wrong = {
        s.seat
        for s in claims
        if s.target >= 0 and seen.shown[s.target] >= 0 and (seen.shown[s.target] == MAFIA) == (s.kind == Kind.CLEAR)
        if s.kind in (Kind.GUILTY, Kind.CLEAR)
    }
    liars = {i for i in claimed if seen.shown[i] in (VILLAGER, MAFIA) or i in wrong or (real and i not in real)}
    return claimed - liars, liars


def suspicion(seen: Seen, private: bool = True) -> dict[int, float]:
    """How likely the living look to be mafia, in weights without a unit; `private` counts own inspections in.

    A result weighs most, if only one claims to be the detective and nothing refutes it; then a refuted claim; then
    who voted for whom and who accused whom, in the light of the roles shown.
    """
    claims = standing(seen.told)
    credible, liars = _claimants(seen, claims)
    weight = 8.0 if len(credible) == 1 else 2.0
    level = dict.fromkeys(seen.alive, 0.0)

    def add(seat: int, amount: float) -> None:
        if seat in level:
            level[seat] += amount

    for seat in liars:
        add(seat, 6.0)
    for seat in credible:
        add(seat, -5.0 if len(credible) == 1 else 2.0)
    for speech in claims:
        if speech.seat in credible and speech.kind in (Kind.GUILTY, Kind.CLEAR):
            add(speech.target, weight if speech.kind == Kind.GUILTY else -weight / 2)
        elif speech.kind == Kind.ACCUSE:
            shown = seen.shown[speech.target]
            add(speech.target, 0.2)
            add(speech.seat, 0.0 if shown < 0 else -0.5 if shown == MAFIA else 0.3)
        elif speech.kind == Kind.DEFEND and seen.shown[speech.target] == MAFIA:
            add(speech.seat, 1.0)
    for row in seen.votes:
        for seat, target in enumerate(row):
            if target >= 0 and seen.shown[target] >= 0:
                add(seat, -0.5 if seen.shown[target] == MAFIA else 0.2)
    if private:
        for seat in seen.guilty:
            add(seat, _KNOWN)
        for seat in seen.clear:
            add(seat, -_KNOWN)
    return level


# -- players ---------------------------------------------------------------------------------------------------------
Move = tuple[int, int]
"""A kind and a target, -1 for none."""
Brain = Callable[[Rules, Seen, Chance], Move]
_PASS: Move = (Kind.PASS, -1)


def _draw(chance: Chance, targets: Collection[int]) -> int:
    """One of the targets, each equally likely."""
    return sorted(targets)[chance.below(len(targets))]


def _top(chance: Chance, seats: Sequence[int], level: Mapping[int, float]) -> int:
    """The seat with the highest level; a tie is drawn."""
    best = max(level[seat] for seat in seats)
    return _draw(chance, [seat for seat in seats if level[seat] == best])


def _partner(brain: Brain) -> PartnerMaker:
    """A maker of partners from what to do; a move that is not legal becomes a pass, or is drawn where none is."""

    def maker(game: Any) -> Partner:
        rules: Rules = game.rules

        def act(seat: str, observation: Mapping[str, npt.NDArray[Any]], chance: Chance) -> int:
            seen = decode(rules, observation)
            chosen = act_of(*brain(rules, seen, chance), rules.players)
            if chosen in seen.legal:
                return chosen
            return Kind.PASS if Kind.PASS in seen.legal else _draw(chance, seen.legal)

        return act

    maker.__doc__ = brain.__doc__
    return maker


def _at_random(seen: Seen, chance: Chance) -> Move:
    """A vote or a night act on anybody it may concern."""
    if seen.phase == VOTE:
        return Kind.VOTE, _draw(chance, seen.others)
    return (Kind.NIGHT, _draw(chance, seen.prey)) if seen.role != VILLAGER else _PASS


def _inspect(seen: Seen, chance: Chance) -> Move:
    """Inspect somebody not yet inspected."""
    fresh = [i for i in seen.others if i not in seen.clear | seen.guilty]
    return Kind.NIGHT, _draw(chance, fresh or seen.others)


def _named(seen: Seen, speeches: Sequence[Speech]) -> list[int]:
    """The living that these statements call mafia by a result."""
    return sorted({s.target for s in speeches if s.kind == Kind.GUILTY and s.target in seen.alive})


def _naive(rules: Rules, seen: Seen, chance: Chance) -> Move:
    """Does anything legal, each act equally likely."""
    return meaning(_draw(chance, seen.legal), rules.players)


def _silent(rules: Rules, seen: Seen, chance: Chance) -> Move:
    """Never speaks; votes and chooses at random."""
    return _PASS if seen.phase == TALK else _at_random(seen, chance)


def _plain(rules: Rules, seen: Seen, chance: Chance) -> Move:
    """Passes, but for a detective that has found mafia; the town lynch who is so named, the mafia kill who named it."""
    if seen.phase == TALK:
        found = sorted(seen.guilty & set(seen.alive))
        return (Kind.GUILTY, found[0]) if found else _PASS
    if seen.phase == VOTE:
        named = [i for i in _named(seen, seen.today) if i != seen.own]
        return (Kind.VOTE, named[0]) if named and seen.role != MAFIA else _at_random(seen, chance)
    if seen.role == DETECTIVE:
        return _inspect(seen, chance)
    informers = [s.seat for s in seen.told if s.kind == Kind.GUILTY and s.seat in seen.prey]
    return (Kind.NIGHT, informers[0]) if informers and seen.role == MAFIA else _at_random(seen, chance)


def _truthful(rules: Rules, seen: Seen, chance: Chance) -> Move:
    """Claims its role and results as they are, and believes results; mafia vouch for a fellow."""
    alive = set(seen.alive)
    if seen.phase == TALK:
        if seen.role == MAFIA:
            fellows = seen.fellows & alive
            return (Kind.DEFEND, _draw(chance, fellows)) if fellows else _PASS
        if seen.role == VILLAGER:
            mine = [s for s in seen.told if s.seat == seen.own]
            return _PASS if mine else (Kind.VILLAGER, -1)
        for kind, known in ((Kind.GUILTY, seen.guilty), (Kind.CLEAR, seen.clear)):
            if known & alive:
                return kind, _draw(chance, known & alive)
        return Kind.DETECTIVE, -1
    if seen.phase != VOTE or seen.role == MAFIA:
        return _inspect(seen, chance) if seen.role == DETECTIVE else _hunt(seen, chance)
    level = suspicion(seen)
    named = [i for i in _named(seen, standing(seen.told)) if i != seen.own]
    return Kind.VOTE, _top(chance, named or seen.others, level)


def _hunt(seen: Seen, chance: Chance) -> Move:
    """What mafia that do not think ahead vote for and kill: any of the town."""
    if seen.role == VILLAGER:
        return _PASS
    return (Kind.VOTE if seen.phase == VOTE else Kind.NIGHT), _draw(chance, seen.prey)


def _adversarial(rules: Rules, seen: Seen, chance: Chance) -> Move:
    """Mafia claim false results against the town and vote for their victims; the town accuse and vote at random."""
    if seen.role != MAFIA:
        return (Kind.ACCUSE, _draw(chance, seen.others)) if seen.phase == TALK else _at_random(seen, chance)
    named = [i for i in _named(seen, seen.today) if i in seen.prey]
    if seen.phase == TALK:
        return (Kind.GUILTY if rules.detective else Kind.ACCUSE), named[0] if named else _draw(chance, seen.prey)
    if seen.phase == VOTE and named:
        return Kind.VOTE, named[0]
    return _hunt(seen, chance)


def _prudent(rules: Rules, seen: Seen, chance: Chance) -> Move:
    """The town weigh evidence, the detective tells what it has found; mafia lie low, frame others, kill who knows."""
    if seen.role == MAFIA:
        return _prudent_mafia(seen, chance)
    level = suspicion(seen)
    suspect = _top(chance, seen.others, level)
    if seen.phase == VOTE:
        return Kind.VOTE, suspect
    if seen.phase != TALK:
        if seen.role == VILLAGER:
            return _PASS
        fresh = [i for i in seen.others if i not in seen.clear | seen.guilty]
        return Kind.NIGHT, _top(chance, fresh or seen.others, suspicion(seen, private=False))
    if seen.role == DETECTIVE and (move := _tell(seen)):
        return move
    mine = [s for s in seen.told if s.seat == seen.own]
    if mine and mine[-1].kind == Kind.ACCUSE and seen.shown[mine[-1].target] in (VILLAGER, DETECTIVE):
        return Kind.REPAIR, -1
    if level[suspect] >= 2.0 and seen.role == VILLAGER:
        last = seen.told[-1] if seen.today else None
        agrees = last is not None and last.target == suspect and last.kind in (Kind.ACCUSE, Kind.GUILTY)
        return (Kind.CONFIRM, -1) if agrees else (Kind.ACCUSE, suspect)
    if any(s.target == seen.own and s.kind in (Kind.ACCUSE, Kind.GUILTY) for s in seen.today):
        return (Kind.VILLAGER if seen.role == VILLAGER else Kind.DETECTIVE), -1
    accusers = [s.seat for s in seen.today if s.kind == Kind.ACCUSE and s.seat != seen.own]
    asked = any(s.kind == Kind.CLARIFY for s in seen.today)
    return (Kind.CLARIFY, accusers[0]) if accusers and not asked else _PASS


def _tell(seen: Seen) -> Move | None:
    """What a prudent detective reveals: mafia found; its role if another claims it; near the end, who is cleared."""
    alive = set(seen.alive)
    if seen.guilty & alive:
        return Kind.GUILTY, min(seen.guilty & alive)
    if any(s.kind in _CLAIMS and s.seat != seen.own for s in seen.told):
        return Kind.DETECTIVE, -1
    clear = seen.clear & alive
    return (Kind.CLEAR, min(clear)) if clear and len(alive) <= 4 else None


def _prudent_mafia(seen: Seen, chance: Chance) -> Move:
    level = suspicion(seen)
    if seen.phase == VOTE:
        return Kind.VOTE, _top(chance, seen.prey, level)
    credible, _ = _claimants(seen, standing(seen.told))
    if seen.phase != TALK:
        known = [i for i in seen.prey if i in credible]
        return Kind.NIGHT, _draw(chance, known) if known else _top(chance, seen.prey, {i: -level[i] for i in seen.prey})
    if any(s.target == seen.own and s.kind in (Kind.ACCUSE, Kind.GUILTY) for s in seen.today):
        return Kind.VILLAGER, -1
    framed = [s.target for s in seen.today if s.kind in (Kind.ACCUSE, Kind.GUILTY) and s.target in seen.prey]
    return (Kind.ACCUSE, framed[-1]) if framed else _PASS


def _follower(rules: Rules, seen: Seen, chance: Chance) -> Move:
    """Held out. Agrees with the last speaker, else accuses and votes for whom most have accused today."""
    if seen.phase not in (TALK, VOTE):
        return _inspect(seen, chance) if seen.role == DETECTIVE else _hunt(seen, chance)
    if seen.phase == TALK and Kind.CONFIRM in seen.legal:
        return Kind.CONFIRM, -1
    accused = [s.target for s in seen.today if s.kind in (Kind.ACCUSE, Kind.GUILTY) and s.target in seen.prey]
    if not accused:
        return _PASS if seen.phase == TALK else _at_random(seen, chance)
    target = _top(chance, sorted(set(accused)), {i: float(accused.count(i)) for i in accused})
    return (Kind.ACCUSE if seen.phase == TALK else Kind.VOTE), target


def _contrarian(rules: Rules, seen: Seen, chance: Chance) -> Move:
    """Held out. Distrusts the loud: accuses and votes for who has accused most, vouches for who is accused."""
    if seen.phase not in (TALK, VOTE):
        return _inspect(seen, chance) if seen.role == DETECTIVE else _hunt(seen, chance)
    loud = [s.seat for s in seen.told if s.kind in (Kind.ACCUSE, Kind.GUILTY) and s.seat in seen.prey]
    accused = [s.target for s in seen.today if s.kind in (Kind.ACCUSE, Kind.GUILTY) and s.target in seen.others]
    if seen.phase == TALK and accused:
        return Kind.DEFEND, accused[-1]
    if not loud:
        return _PASS if seen.phase == TALK else _at_random(seen, chance)
    target = _top(chance, sorted(set(loud)), {i: float(loud.count(i)) for i in loud})
    return (Kind.ACCUSE if seen.phase == TALK else Kind.VOTE), target


PARTNERS: Mapping[str, PartnerMaker] = {
    "prudent": _partner(_prudent),
    "truthful": _partner(_truthful),
    "silent": _partner(_silent),
    "adversarial": _partner(_adversarial),
    "naive": _partner(_naive),
    "plain": _partner(_plain),
    "follower": _partner(_follower),
    "contrarian": _partner(_contrarian),
}
"""Scripted players by name."""
