"""Mafia: acts, phases, who speaks when, what still stands, and who has won."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import NamedTuple

__all__ = [
    "ASSERTIVE",
    "DETECTIVE",
    "INDEX",
    "KINDS",
    "MAFIA",
    "MAFIA_WON",
    "NIGHT",
    "SEATS",
    "TALK",
    "TOWN_WON",
    "VILLAGER",
    "VOTE",
    "Kind",
    "Rules",
    "Speech",
    "act_of",
    "living",
    "meaning",
    "order",
    "phase_of",
    "speeches",
    "standing",
    "tied",
    "winner_of",
]

SEATS = tuple(f"player_{i}" for i in range(15))
INDEX = {seat: i for i, seat in enumerate(SEATS)}
VILLAGER, DETECTIVE, MAFIA = range(3)
"""Roles."""
TALK, VOTE, NIGHT = range(3)
"""Phases of a day."""
TOWN_WON, MAFIA_WON = 1, 2


class Kind:
    """Kinds of acts: five without a target, then seven with one."""

    PASS, VILLAGER, DETECTIVE, CONFIRM, REPAIR, ACCUSE, DEFEND, GUILTY, CLEAR, CLARIFY, VOTE, NIGHT = range(12)


KINDS = 12
_PLAIN = Kind.ACCUSE
ASSERTIVE = frozenset({Kind.VILLAGER, Kind.DETECTIVE, Kind.ACCUSE, Kind.DEFEND, Kind.GUILTY, Kind.CLEAR})
"""Kinds of statements that say something, which can be agreed with and withdrawn."""


class Rules(NamedTuple):
    """The public options.

    Attributes:
        players: Number of seats.
        mafia: How many of them are mafia.
        detective: Whether one of the others is the detective.
        statements: Statements of each living seat a day.
    """

    players: int = 7
    mafia: int = 2
    detective: bool = True
    statements: int = 1

    @property
    def days(self) -> int:
        """Days at most: each costs two lives but the last, and three are needed for a lynch to matter."""
        return (self.players - 1) // 2

    @property
    def acts(self) -> int:
        """Number of acts."""
        return _PLAIN + (KINDS - _PLAIN) * self.players


# -- acts ------------------------------------------------------------------------------------------------------------
def act_of(kind: int, target: int, players: int) -> int:
    """The number of an act; `target` is ignored by the kinds that have none."""
    return kind if kind < _PLAIN else _PLAIN + (kind - _PLAIN) * players + target


@functools.cache
def meaning(act: int, players: int) -> tuple[int, int]:
    """Kind and target of an act; the target is -1 where there is none."""
    if act < _PLAIN:
        return act, -1
    block, target = divmod(act - _PLAIN, players)
    return _PLAIN + block, target


# -- who is there, and who speaks when -------------------------------------------------------------------------------
@functools.lru_cache(1 << 14)
def living(players: int, gone: tuple[int, ...]) -> tuple[int, ...]:
    """Seats still in the game, by number, in order."""
    return tuple(i for i in range(players) if i not in gone)


@functools.lru_cache(1 << 14)
def order(players: int, gone: tuple[int, ...]) -> tuple[int, ...]:
    """The order of speaking on the day that begins with `gone`: that of the seats, one further on each day."""
    seats = living(players, gone)
    first = len(gone) // 2 % len(seats)
    return seats[first:] + seats[:first]


def phase_of(rules: Rules, gone: tuple[int, ...], said: tuple[tuple[int, ...], ...]) -> int:
    """0 talk, 1 vote, 2 night: an odd number has gone between a lynch and the kill of its night."""
    if len(gone) % 2:
        return NIGHT
    return TALK if len(said[-1]) < rules.statements * (rules.players - len(gone)) else VOTE


class Speech(NamedTuple):
    """A statement: the day from 0, the speaker, the kind, and the target or -1."""

    day: int
    seat: int
    kind: int
    target: int


def speeches(players: int, gone: tuple[int, ...], said: Sequence[Sequence[int]]) -> list[Speech]:
    """All statements in order; `said` holds those of each day as acts."""
    told = []
    for day, row in enumerate(said):
        speakers = order(players, gone[: 2 * day])
        n = len(speakers)
        told += [Speech(day, speakers[i % n], *meaning(act, players)) for i, act in enumerate(row)]
    return told


def standing(told: Sequence[Speech]) -> list[Speech]:
    """The assertive statements that their speakers have not withdrawn: a repair takes back the speaker's last one."""
    kept: list[Speech] = []
    for speech in told:
        if speech.kind in ASSERTIVE:
            kept.append(speech)
        elif speech.kind == Kind.REPAIR:
            del kept[max(i for i, other in enumerate(kept) if other.seat == speech.seat)]
    return kept


# -- counting ----------------------------------------------------------------------------------------------------------
def tied(targets: Sequence[int]) -> list[int]:
    """Who is named most often, in order; -1 names nobody."""
    named = [target for target in targets if target >= 0]
    best = max(map(named.count, named), default=0)
    return sorted({target for target in named if named.count(target) == best})


def winner_of(roles: Sequence[int], gone: Sequence[int]) -> int:
    """Who has won when these are gone: 0 nobody yet, 1 the town, 2 the mafia."""
    mafia = sum(role == MAFIA and i not in gone for i, role in enumerate(roles))
    if mafia == 0:
        return TOWN_WON
    return MAFIA_WON if 2 * mafia >= len(roles) - len(gone) else 0
