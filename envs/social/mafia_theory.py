"""What can be said exactly of mafia: values without talk, with a simple use of the detective, and what claims tell.

No equilibrium of the game with talk is known.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable

__all__ = ["assignments", "claimed_bits", "town_wins", "town_wins_with_detective"]


@functools.cache
def town_wins(town: int, mafia: int) -> float:
    """Chance of the town when lynches and kills are drawn uniformly.

    Each day a living player is lynched, each night one of the town is killed; the town win when no mafia is left, and
    the mafia once they are no fewer than the town.

    Args:
        town: Living players that are not mafia.
        mafia: Living mafia.
    """
    if mafia == 0:
        return 1.0
    if mafia >= town:
        return 0.0
    hit = mafia / (town + mafia)
    return hit * _after_kill(town, mafia - 1) + (1 - hit) * _after_kill(town - 1, mafia)


def _after_kill(town: int, mafia: int) -> float:
    """Chance of the town after a lynch that left so many: it has won, or lost, or loses one more at night."""
    if mafia == 0:
        return 1.0
    return 0.0 if mafia >= town else town_wins(town - 1, mafia)


def town_wins_with_detective(town: int, mafia: int) -> float:
    """The same when a detective uses a simple strategy (the partner ``plain``), and everybody knows it.

    Each night it inspects one of the living it has not inspected, each equally likely. On the day after it found a
    mafia member it says so, and the town, who are more, lynch that member; the mafia then kill the detective. Until
    then lynches and kills are drawn uniformly.

    Args:
        town: Living players that are not mafia, the detective included.
        mafia: Living mafia.
    """
    return _day(town, mafia, 0) if 0 < mafia < town else float(mafia == 0)


@functools.cache
def _day(town: int, mafia: int, cleared: int) -> float:
    """A day on which the living detective has found no mafia, and knows `cleared` of the living to be town."""
    if mafia == 0 or mafia >= town:
        return float(mafia == 0)
    unknown = town - 1 - cleared
    value = mafia * _night(town, mafia - 1, cleared) + _after_kill(town - 1, mafia)
    if cleared:
        value += cleared * _night(town - 1, mafia, cleared - 1)
    if unknown:
        value += unknown * _night(town - 1, mafia, cleared)
    return value / (town + mafia)


@functools.cache
def _night(town: int, mafia: int, cleared: int) -> float:
    """The night after such a day: one of the town dies while the detective inspects somebody."""
    if mafia == 0 or mafia >= town:
        return float(mafia == 0)
    unknown = town - 1 - cleared
    found = mafia / (mafia + unknown)
    # The detective dies, one whom it has cleared, or one unknown, whom it may be inspecting.
    value = town_wins(town - 1, mafia)
    named = _named(town - 1, mafia)
    if cleared:
        value += cleared * (found * named + (1 - found) * _day(town - 1, mafia, cleared))
    if unknown:
        wasted, useful = 1 / (mafia + unknown), (unknown - 1) / (mafia + unknown)
        value += unknown * (
            found * named + wasted * _day(town - 1, mafia, cleared) + useful * _day(town - 1, mafia, cleared + 1)
        )
    return value / town


def _named(town: int, mafia: int) -> float:
    """A day on which the detective names a member of the mafia: it is lynched, then the detective is killed."""
    return 0.0 if mafia >= town else _after_kill(town, mafia - 1)


# -- what claims tell ------------------------------------------------------------------------------------------------
def assignments(
    players: int,
    mafia: int,
    detective: bool,
    is_mafia: Iterable[int] = (),
    not_mafia: Iterable[int] = (),
    villagers: Iterable[int] = (),
    detectives: Iterable[int] = (),
) -> int:
    """How many ways there are to give the roles, when this is known of some seats.

    Args:
        players: Number of seats.
        mafia: How many are mafia.
        detective: Whether one of the others is the detective.
        is_mafia: Seats known to be mafia.
        not_mafia: Seats known not to be.
        villagers: Seats known to be villagers.
        detectives: Seats known to be the detective.
    """
    guilty, villager, named = set(is_mafia), set(villagers), set(detectives)
    clear = set(not_mafia) | villager | named
    if guilty & clear or named & villager or len(named) > int(detective) or len(guilty) > mafia:
        return 0
    rest = mafia - len(guilty)
    if not detective or named:
        return math.comb(players - len(guilty) - len(clear), rest)
    # The detective is one of the cleared who need not be villagers, or one of whom nothing is known.
    free = players - len(guilty) - len(clear)
    return len(clear - villager) * math.comb(free, rest) + free * (math.comb(free - 1, rest) if free else 0)


def claimed_bits(players: int, mafia: int, detective: bool, claims: Iterable[tuple[str, int]]) -> float:
    """Bits that claims tell of the roles when each is believed unless it contradicts those believed before it.

    Args:
        players: Number of seats.
        mafia: How many are mafia.
        detective: Whether one of the others is the detective.
        claims: Facts in order, as (what, seat); `what` is an argument of :func:`assignments` such as ``"villagers"``.
    """
    believed: dict[str, list[int]] = {"is_mafia": [], "not_mafia": [], "villagers": [], "detectives": []}
    total = left = assignments(players, mafia, detective)
    for what, seat in claims:
        count = assignments(players, mafia, detective, **{**believed, what: [*believed[what], seat]})
        if count:
            believed[what].append(seat)
            left = count
    return math.log2(total / left)
