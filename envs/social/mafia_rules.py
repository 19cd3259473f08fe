"""The truth of a game of mafia: who knows what, whose turn it is, and what may be done."""

from __future__ import annotations

import functools
from typing import ClassVar

from ...core.errors import InvalidTruth
from ...core.truth import ALL, OWN, Truth, release, seen_by
from .mafia_acts import (
    ASSERTIVE,
    DETECTIVE,
    INDEX,
    MAFIA,
    MAFIA_WON,
    NIGHT,
    SEATS,
    TALK,
    VILLAGER,
    VOTE,
    Kind,
    Rules,
    act_of,
    living,
    meaning,
    order,
    phase_of,
)
from .mafia_record import fault

__all__ = ["MafiaTruth"]

_OPINIONS = (Kind.ACCUSE, Kind.DEFEND, Kind.CLARIFY)
_ABOUT = (Kind.ACCUSE, Kind.DEFEND, Kind.GUILTY, Kind.CLEAR, Kind.CLARIFY)


# -- masks -----------------------------------------------------------------------------------------------------------
@functools.cache
def _only(acts: int, *free: int) -> tuple[bool, ...]:
    return tuple(act in free for act in range(acts))


@functools.lru_cache(1 << 14)
def _targets(rules: Rules, kinds: tuple[int, ...], seats: tuple[int, ...], more: tuple[int, ...]) -> tuple[bool, ...]:
    free = [False] * rules.acts
    for act in (*more, *(act_of(kind, target, rules.players) for kind in kinds for target in seats)):
        free[act] = True
    return tuple(free)


@functools.lru_cache(1 << 14)
def _names(numbers: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(SEATS[i] for i in numbers)


@functools.lru_cache(1 << 14)
def _others(seats: tuple[int, ...], own: int) -> tuple[int, ...]:
    return tuple(i for i in seats if i != own)


class MafiaTruth(Truth):
    """The roles, the hidden acts, and all that has been said and done in public."""

    seats: ClassVar[tuple[str, ...] | None] = SEATS
    rules: ClassVar[Rules] = Rules()
    role: dict[str, int] = seen_by(OWN, "verifier", "critic", doc="0 villager, 1 detective, 2 mafia")
    choice: dict[str, int] = seen_by(OWN, "verifier", doc="target of the vote or night act just made; -1 for none")
    nights: dict[str, tuple[int, ...]] = seen_by(OWN, "verifier", doc="targets of the night acts so far; -1 for none")
    acted: int = seen_by(ALL, doc="seats that have acted in the vote or night that goes on")
    gone: tuple[int, ...] = seen_by(ALL, doc="seats eliminated, in order: lynched, killed, lynched, ...")
    shown: tuple[int, ...] = seen_by(ALL, doc="by seat, the role that its elimination showed; -1 for the living")
    said: tuple[tuple[int, ...], ...] = seen_by(ALL, doc="by day, the statements in order of speaking, as acts")
    votes: tuple[tuple[int, ...], ...] = seen_by(ALL, doc="by finished day, the vote of each seat; -1 for none")
    winner: int = seen_by(ALL, doc="0 nobody yet, 1 the town, 2 the mafia")

    def __post_init__(self) -> None:
        seats = list(SEATS[: self.rules.players])
        for field in (self.role, self.choice, self.nights):
            if not isinstance(field, dict) or list(field) != seats:
                raise InvalidTruth(f"roles and hidden acts are dicts over {seats[0]} to {seats[-1]}, in this order")
        if wrong := fault(self.rules, **{name: getattr(self, name) for name in MafiaTruth.names}):
            raise InvalidTruth(f"no game of mafia comes to this: {wrong}")

    def phase(self) -> int:
        """See :func:`phase_of`."""
        return phase_of(self.rules, self.gone, self.said)

    @release(ALL, of="winner", per_step=None)
    def over(self) -> bool:
        """Whether one side has won."""
        return self.winner != 0

    @release(ALL, of="gone said acted winner", per_step=None)
    def to_move(self) -> tuple[str, ...]:
        """The next speaker; in a vote or at night all living seats that have not acted; none once over.

        At night villagers pass, so that who moves tells nothing.
        """
        if self.winner:
            return ()
        n, gone = self.rules.players, self.gone
        if self.phase() == TALK:
            speakers = order(n, gone)
            return (SEATS[speakers[len(self.said[-1]) % len(speakers)]],)
        return _names(living(n, gone)[self.acted :])

    @release(OWN, of="role gone said acted winner", per_step=None)
    def legal(self, seat: str) -> tuple[bool, ...]:
        """Statements while the seat has the word; a vote; at night a victim, somebody to inspect, or to pass."""
        rules = self.rules
        if seat not in self.to_move():
            return _only(rules.acts)
        n, own, phase = rules.players, INDEX[seat], self.phase()
        others = _others(living(n, self.gone), own)
        if phase == VOTE:
            return _targets(rules, (Kind.VOTE,), others, ())
        if phase == NIGHT:
            role = self.role
            if role[seat] == MAFIA:
                others = tuple(i for i in others if role[SEATS[i]] != MAFIA)
            return (
                _only(rules.acts, Kind.PASS) if role[seat] == VILLAGER else _targets(rules, (Kind.NIGHT,), others, ())
            )
        more = [Kind.PASS, Kind.VILLAGER, *([Kind.DETECTIVE] if rules.detective else [])]
        said = self.said[-1]
        if said and meaning(said[-1], n)[0] in ASSERTIVE:
            more.append(Kind.CONFIRM)
        if self._last_kind(own) in ASSERTIVE:
            more.append(Kind.REPAIR)
        return _targets(rules, _ABOUT if rules.detective else _OPINIONS, others, tuple(more))

    def _last_kind(self, own: int) -> int:
        """Kind of the last statement of a living seat; -1 if it has said nothing yet."""
        n, gone, said = self.rules.players, self.gone, self.said
        for day in range(len(said) - 1, -1, -1):
            speakers = order(n, gone[: 2 * day])
            count, row = len(speakers), said[day]
            rounds = (len(row) + count - 1 - speakers.index(own)) // count
            if rounds:
                return meaning(row[(rounds - 1) * count + speakers.index(own)], n)[0]
        return -1

    @release(OWN, of="role winner", per_step=None)
    def payoff(self, seat: str) -> float:
        """+1 to each seat of the side that has won, -1 to the others, eliminated or not; 0 before."""
        if not self.winner:
            return 0.0
        return 1.0 if (self.role[seat] == MAFIA) == (self.winner == MAFIA_WON) else -1.0

    @release(OWN, of="role", per_step=None)
    def type_of(self, seat: str) -> tuple[int, ...]:
        """The own role; then, by seat, whether it is a fellow of the mafia, which only the mafia know."""
        own, role = self.role[seat], self.role
        if own != MAFIA:
            return (own, *(0,) * self.rules.players)
        return (own, *(int(r == MAFIA and other != seat) for other, r in role.items()))

    @release(OWN, of="choice", per_step=None)
    def chosen(self, seat: str) -> int:
        """Target of the own vote or night act just made; -1 for none."""
        return self.choice[seat]

    @release(OWN, of="role nights", per_step=None)
    def learnt(self, seat: str) -> tuple[tuple[int, int], ...]:
        """The own night acts so far: the target (-1 for none), and what it told: 0 nothing, 1 not mafia, 2 mafia."""
        role, acts = self.role, self.nights[seat]
        if role[seat] != DETECTIVE:
            return tuple((target, 0) for target in acts)
        return tuple((target, 1 + (role[SEATS[target]] == MAFIA) if target >= 0 else 0) for target in acts)
