"""Whether the record of a game of mafia could have come about: what its truth refuses itself by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .mafia_acts import (
    ASSERTIVE,
    DETECTIVE,
    MAFIA,
    NIGHT,
    TALK,
    VILLAGER,
    VOTE,
    Kind,
    Rules,
    living,
    order,
    phase_of,
    speeches,
    tied,
    winner_of,
)

__all__ = ["fault"]

_DETECTION = (Kind.DETECTIVE, Kind.GUILTY, Kind.CLEAR)


def fault(
    rules: Rules,
    role: Mapping[str, int],
    choice: Mapping[str, int],
    nights: Mapping[str, tuple[int, ...]],
    acted: int,
    gone: tuple[int, ...],
    shown: tuple[int, ...],
    said: tuple[tuple[int, ...], ...],
    votes: tuple[tuple[int, ...], ...],
    winner: int,
) -> str | None:
    """What is wrong with the fields of a truth, in words that name no role; None where nothing is."""
    n = rules.players
    roles = tuple(role.values())
    detectives = int(rules.detective)
    town = [VILLAGER] * (n - rules.mafia - detectives) + [DETECTIVE] * detectives
    if not _whole(roles, range(3)) or sorted(roles) != town + [MAFIA] * rules.mafia:
        return f"expected {rules.mafia} mafia and {detectives} detective among {n} players"
    if not _whole(gone, range(n)) or len(set(gone)) < len(gone):
        return "`gone` holds different players"
    if winner != winner_of(roles, gone) or any(winner_of(roles, gone[:i]) for i in range(len(gone))):
        return "`winner` is who has won by the roles and `gone`, and the game ends there"
    if shown != tuple(r if i in gone else -1 for i, r in enumerate(roles)):
        return "`shown` holds the roles of those who are gone, and -1 for the others"
    days = len(gone) // 2 + (len(gone) % 2 if winner else 1)
    if type(said) is not tuple or len(said) != days or not _talked(rules, gone, said):
        return "`said` holds the statements of each day, by the living in turn, about other living players"
    if type(votes) is not tuple or len(votes) != (len(gone) + 1) // 2:
        return "`votes` holds those of each finished day"
    if any(type(row) is not tuple or len(row) != len(gone) // 2 for row in nights.values()):
        return "`nights` holds a target of each seat for each finished night"
    for day, row in enumerate(votes):
        before = gone[: 2 * day]
        if not _acts(rules, roles, before, VOTE, row) or gone[2 * day] not in tied(row):
            return "a vote is by each living player for another one, and who has most votes is lynched"
    for night, row in enumerate(zip(*nights.values(), strict=True)):
        before = gone[: 2 * night + 1]
        killers = [target for target, r in zip(row, roles, strict=True) if r == MAFIA]
        if not _acts(rules, roles, before, NIGHT, row) or gone[2 * night + 1] not in tied(killers):
            return "at night living mafia choose of the town, the detective another player, and villagers nobody"
    phase = TALK if winner else phase_of(rules, gone, said)
    hidden, alive = tuple(choice.values()), living(n, gone)
    if type(acted) is not int or not 0 <= acted < (1 if phase == TALK else len(alive)):
        return "`acted` counts who of the living has acted in a vote or night that goes on"
    done = set(alive[:acted])
    if not _acts(rules, roles, tuple(i for i in range(n) if i not in done), phase, hidden, alive):
        return "`choice` holds the hidden acts of those who have acted, and -1 for the others"
    return None


def _whole(values: Iterable[Any], allowed: range) -> bool:
    return type(values) is tuple and all(type(value) is int and value in allowed for value in values)


def _talked(rules: Rules, gone: tuple[int, ...], said: Sequence[tuple[int, ...]]) -> bool:
    """Whether the statements are in turn, on days that were full, and about others who lived."""
    n = rules.players
    for day, row in enumerate(said):
        most = rules.statements * len(order(n, gone[: 2 * day]))
        finished = day < (len(gone) + 1) // 2
        if not _whole(row, range(rules.acts)) or len(row) > most or (finished and len(row) < most):
            return False
    last: dict[int, int] = {}
    day, before = -1, -1
    for speech in speeches(n, gone, said):
        day, before = (day, before) if speech.day == day else (speech.day, -1)
        about = speech.target < 0 or (speech.target != speech.seat and speech.target not in gone[: 2 * day])
        if speech.kind >= Kind.VOTE or not about or (not rules.detective and speech.kind in _DETECTION):
            return False
        meant = {Kind.REPAIR: last.get(speech.seat, -1), Kind.CONFIRM: before}
        if speech.kind in meant and meant[speech.kind] not in ASSERTIVE:
            return False
        last[speech.seat] = before = speech.kind
    return True


def _acts(
    rules: Rules,
    roles: Sequence[int],
    absent: Sequence[int],
    phase: int,
    row: Any,
    alive: Sequence[int] | None = None,
) -> bool:
    """Whether a row of hidden acts fits its phase: -1 for the absent, else another living player, as roles allow."""
    if not _whole(row, range(-1, rules.players)) or len(row) != rules.players:
        return False
    present = [i for i in range(rules.players) if i not in absent]
    there = present if alive is None else alive
    for i, target in enumerate(row):
        acts = i in present and not (phase == NIGHT and roles[i] == VILLAGER)
        if acts != (target >= 0) or (acts and (target == i or target not in there)):
            return False
        if acts and phase == NIGHT and roles[i] == MAFIA == roles[target]:
            return False
    return True
