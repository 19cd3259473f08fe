"""Mutual friends without a Truth: positions as a few arrays, equal to the specification in all they show.

Deals are drawn ahead as arrays from the same stream. A deal is the two seats' observations and masks, which its episode
changes in place: through memoryviews, which store faster than arrays do, and four bytes at once where they stand
together.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from ...core.chance import Chance
from ...core.env import check_discrete
from ...core.parallel import ParallelGame, Results
from ...core.position import Perceived, Position, refuse
from ...core.truth import Truth
from .mutual_friends_acts import GROUP, Kind, standing, told

if TYPE_CHECKING:
    from .mutual_friends import MutualFriends

__all__ = ["FastDeals", "FastParallel", "FastPosition"]

AHEAD = 256
"""Deals drawn ahead at once as arrays."""

_SEATS = ("friend_0", "friend_1")
_MOVERS: tuple[tuple[str, ...], ...] = (("friend_0",), ("friend_1",), ())
_NOTHING, _NO, _YES = dict.fromkeys(_SEATS, 0.0), dict.fromkeys(_SEATS, False), dict.fromkeys(_SEATS, True)
_INDEX = {"friend_0": 0, "friend_1": 1}
_WON = {"friend_0": 1.0, "friend_1": 1.0}
_NAME, _REPORT, _SOMEBODY, _SELECT = Kind.NAME, Kind.REPORT, Kind.SOMEBODY, Kind.SELECT
_ELSEWHERE = (AttributeError, KeyError, TypeError, IndexError)
_OVER = 2
"""Who is to move once over: nobody."""


def _size(space: spaces.Dict) -> int:
    return int(space["observation"].shape[0])  # type: ignore[index]


def _packed(rows: Any) -> tuple[int, ...]:
    """Rows of four int8 as one int32 each."""
    return tuple(np.array(rows, np.int8).reshape(-1, 4).view(np.int32).ravel().tolist())


class FastDeals:
    """Deals first positions, some hundred episodes at once, and holds what all positions look up."""

    def __init__(self, game: MutualFriends) -> None:
        acts, rules = game.acts, game.rules
        self.game, self.acts, self.rules, self.actions = game, acts, rules, len(acts.acts)
        self.width = _size(game.observation_space("friend_0"))
        self.row = -(-self.width // 4) * 4  # bytes of one seat's observation as it is kept; the rows stand side by side
        self.log = 3 * acts.padded // 4
        self.masks = (2 * self.row, 2 * self.row + self.actions)  # where the masks begin, after the two rows
        self.block = -(-(self.masks[1] + self.actions) // 4) * 4
        plans = (self._plans(0), self._plans(1))
        self.hot = (self.actions, self.row // 4, self.masks, plans, self.log + 1, self.log + rules.turns)
        self.action_of = {words: action for plan in plans for action, (words, *_) in enumerate(plan)}
        self.nothing = self._rows_of_zeros()
        self.closed = np.zeros(acts.select, np.int8).data
        self._batch: tuple[Any, ...] = ()
        self._from = self._next = self._end = 0

    def _rows_of_zeros(self) -> Iterator[npt.NDArray[np.int8]]:
        """Fresh masks of nothing, without end; rows of a block cost half of a copy."""
        return itertools.chain.from_iterable(np.zeros((64, self.actions), np.int8) for _ in itertools.repeat(None))

    def _plans(self, who: int) -> list[tuple[Any, ...]]:
        """What each act of seat `who` changes: its entries in the two logs, then its kind, two places and a value.

        The rows are those of friend_0 and friend_1; a place in bytes, of a report in words. Last, where in the masks it
        stands whether the seat may take a claim back.
        """
        acts, width = self.acts, self.acts.padded
        log_0, log_1 = (_packed([(*act, 1 + (who != row)) for act in acts.acts]) for row in (0, 1))
        mine, theirs = who * self.row + width, (1 - who) * self.row + 2 * width
        back = self.masks[who] + acts.repair
        plans: list[tuple[Any, ...]] = []
        for action, act in enumerate(acts.acts):
            about = act.what - 1
            value: Any = 0
            person = about if act.kind in (Kind.NAME, Kind.SELECT) else 0
            here, there = mine + person, theirs + person
            if act.kind == Kind.REPORT:
                here, there = mine // 4 + about, theirs // 4 + about
                told = dict(acts.effects[action])
                (value,) = _packed([told.get(about * GROUP + i, 0) for i in range(GROUP)])
            elif act.kind == Kind.NOBODY:
                value = [place + p for p, _ in acts.effects[action] for place in (mine, theirs)]
            plans.append((log_0[action], log_1[action], act.kind, here, there, value, back))
        return plans

    def start(self, dice: Chance, episode: int, fresh: bool) -> FastPosition:
        """See :meth:`infogap.core.position.Dealer.start`."""
        if fresh or episode != self._next or episode >= self._end:
            count = 1 if fresh else AHEAD  # whoever seeds each episode needs one deal only
            self._batch, self._from, self._end = self.deal(dice, episode, count), episode, episode + count
        self._next = episode + 1
        return FastPosition(self, self._batch, episode - self._from)

    def deal(self, dice: Chance, episode: int, count: int) -> tuple[Any, ...]:
        """What `count` episodes start from, a row each: the seats' observations and masks, and memoryviews of all rows.

        A row holds the two observations and the two masks; the views are of its bytes and its words.
        """
        n, people, own_size = self.rules.friends, self.rules.people, self.game.own_size
        at = dice.at(np.arange(episode, episode + count, dtype=np.uint64)) if count > 1 else dice.at(episode)
        order, i = np.reshape(at.permutation(people), (count, people)), np.arange(count)[:, None]
        block = np.zeros((count, self.block), np.int8)
        seen = block[:, : 2 * self.row].reshape(count, 2, self.row)[:, :, : self.width]
        masks = block[:, self.masks[0] : self.masks[1] + self.actions].reshape(count, 2, self.actions)
        seen[i, 0, order[:, :n]] = seen[i, 1, order[:, n - 1 : 2 * n - 1]] = 1
        known, told = seen[:, :, :people], seen[:, :, own_size:]
        seen[:, :, own_size - 2 : own_size] = np.eye(2)
        if self.game.regime.name == "mindreader":
            told[...] = known[:, ::-1] + 1
        elif self.game.regime.name == "script":
            told[:, :, :-2] = known.reshape(count, 1, 2 * people) + 1
            told[:, :, -2:] = np.eye(2)
        if self.rules.lying:
            masks[...] = 1
            masks[:, :, self.acts.confirm : self.acts.select] = 0
        else:
            self.acts.truthful(known, masks)
        masks[:, 1, self.acts.clarify] = 1  # friend_0 will have spoken
        flat = block.reshape(-1)
        return seen[:, 0], seen[:, 1], masks[:, 0], masks[:, 1], flat.data, flat.view(np.int32).data


class FastPosition(Position):
    """A position that moves along in place."""

    __slots__ = (
        *("deals", "first", "log", "mask_0", "mask_1", "named", "over"),
        *("rewards", "seen_0", "seen_1", "stored", "who", "words"),
    )

    def __init__(self, deals: FastDeals, batch: tuple[Any, ...], at: int) -> None:
        seen_0, seen_1, mask_0, mask_1, stored, words = batch
        self.seen_0, self.seen_1, self.mask_0, self.mask_1 = seen_0[at], seen_1[at], mask_0[at], mask_1[at]
        start = deals.block * at
        end = start + deals.block
        self.stored, self.words = stored[start:end], words[start // 4 : end // 4]
        self.deals, self.log, self.over = deals, deals.log, False
        self.who, self.named, self.first = 0, -1, -1  # who is to move; whom the last act named; the first selection
        self.rewards: Mapping[str, float] | None = None

    @property
    def movers(self) -> tuple[str, ...]:  # type: ignore[override]
        """The seat to move."""
        return _MOVERS[self.who]

    @property
    def turn(self) -> int:  # type: ignore[override]
        """Moves made so far."""
        return self.log - self.deals.log

    @property
    def played(self) -> list[int]:
        """The actions so far, read from friend_0's log."""
        deals, entries = self.deals, self.words[self.deals.log : self.log].tolist()
        kinds = self.stored[4 * deals.log : 4 * self.log : 4].tolist()
        return [
            deals.action_of.get(entry, deals.acts.confirm + kind - Kind.CONFIRM)
            for entry, kind in zip(entries, kinds, strict=True)
        ]

    @property
    def truth(self) -> Truth:
        """The truth, made now."""
        people = self.deals.rules.people
        friends = [np.flatnonzero(seen[:people]).tolist() for seen in (self.seen_0, self.seen_1)]
        return self.deals.game.deal_truth(*friends).but(acts=tuple(self.played))

    def see(self, seat: str) -> Perceived:
        """What a seat perceives."""
        i = _INDEX[seat]
        if i != self.who:
            mask = next(self.deals.nothing)
        else:
            mask = (self.mask_1 if i else self.mask_0).copy()
            if self.named >= 0:
                self._answers(mask)
        return {"observation": (self.seen_1 if i else self.seen_0).copy(), "action_mask": mask}

    def see_all(self, seats: Sequence[str] = ()) -> dict[str, Perceived]:
        """What both seats perceive."""
        who, nothing = self.who, self.deals.nothing
        if who == 0:
            mask_0, mask_1 = self.mask_0.copy(), next(nothing)
        elif who == 1:
            mask_0, mask_1 = next(nothing), self.mask_1.copy()
        else:
            mask_0, mask_1 = next(nothing), next(nothing)
        if self.named >= 0:
            self._answers(mask_1 if who else mask_0)
        return {
            "friend_0": {"observation": self.seen_0.copy(), "action_mask": mask_0},
            "friend_1": {"observation": self.seen_1.copy(), "action_mask": mask_1},
        }

    def _answers(self, mask: npt.NDArray[np.int8]) -> None:
        """Let the seat to move answer whether it knows the person just named."""
        deals, named = self.deals, self.named
        knows = self.stored[self.who * deals.row + named]
        mask[deals.acts.confirm] = deals.rules.lying or knows
        mask[deals.acts.deny] = deals.rules.lying or not knows

    def check(self, seat: str, action: Any) -> int:
        """See :meth:`infogap.core.position.Position.check`."""
        chosen = check_discrete(action, self.deals.actions)
        if _INDEX[seat] != self.who or not self.see(seat)["action_mask"][chosen]:
            raise refuse(seat, chosen, self.deals.game.words)
        return chosen

    def after(self, action: Any) -> FastPosition:
        """Let the mover act."""
        who, stored = self.who, self.stored
        actions, row, masks, plans, second, end = self.deals.hot
        if type(action) is not int or not 0 <= action < actions or not stored[masks[who] + action]:
            action = self.check(_SEATS[who], action)
        log_0, log_1, kind, here, there, value, back = plans[who][action]
        words, log = self.words, self.log
        words[log], words[row + log] = log_0, log_1
        self.log = log = log + 1
        named, self.named = self.named, -1
        if kind == _REPORT:
            words[here] = words[there] = value
            stored[back] = 1
        elif kind == _NAME:
            stored[here] = stored[there] = stored[back] = 1
            self.named = action
        elif kind == _SOMEBODY:
            stored[back] = 1
        elif kind == _SELECT:
            stored[here] = stored[there] = 2
            if self._select(action):
                log = end
        else:
            self._say(kind, named, here, there, value, back)
        if log == end:
            self.over, self.who, self.named = True, _OVER, -1
            return self
        if log == second:
            stored[masks[0] + self.deals.acts.clarify] = 1  # friend_1 will have spoken at friend_0's next turn
        self.who = 1 - who
        return self

    def _say(self, kind: int, named: int, here: int, there: int, value: Any, back: int) -> None:
        """Play an act that is rare: what comes after the action has the meaning that a plan gives it."""
        stored, deals = self.stored, self.deals
        if kind == Kind.NOBODY:
            for place in value:
                stored[place] = -1
            stored[back] = 1
        elif kind in (Kind.CONFIRM, Kind.DENY):
            stored[here + named] = stored[there + named] = 1 if kind == Kind.CONFIRM else -1
            for row in (0, deals.row):
                stored[row + 4 * (self.log - 1) + 1] = named + 1
            stored[back] = 1
        elif kind == Kind.REPAIR:
            acts, played, who = deals.acts, self.played, self.who
            *left, gone = standing(acts, played[:-1], who)
            signs = {person: sign for turn in left for person, sign in told(acts, played, turn)}
            for person, _ in told(acts, played, gone):
                stored[here + person] = stored[there + person] = signs.get(person, 0)
            stored[back] = bool(left)

    def _select(self, action: int) -> bool:
        """Note a selection: whether it was the second."""
        deals, select = self.deals, self.deals.acts.select
        if self.first < 0:
            self.first, start = action, deals.masks[1 - self.who]
            self.stored[start : start + select] = deals.closed
            return False
        person = action - select
        if action == self.first and self.stored[person] and self.stored[deals.row + person]:
            self.rewards = _WON
        return True


class FastParallel(ParallelGame):
    """The parallel form of two seats, with a step of its own for fast positions."""

    def reset(
        self, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """See :meth:`infogap.core.parallel.ParallelGame.reset`."""
        if seed is not None or options is not None:
            return super().reset(seed, options)
        self.agents = [*_SEATS]
        return self._game.start(None).see_all(_SEATS), {"friend_0": {}, "friend_1": {}}

    def step(self, actions: Mapping[str, Any]) -> Results:
        """See :meth:`infogap.core.parallel.ParallelGame.step`."""
        game = self._game
        position: Any = game._position
        try:
            action = (actions["friend_0"], actions["friend_1"])[position.who]
        except _ELSEWHERE:  # another kind of position, or nobody's turn, or no such mapping
            return super().step(actions)
        if len(actions) != 2:
            return super().step(actions)
        position.after(action)
        if position.over:
            game._world.done, self.agents = True, []
            rewards, over = dict(position.rewards or _NOTHING), _YES.copy()
        else:
            rewards, over = _NOTHING.copy(), _NO.copy()
        return position.see_all(), rewards, over, _NO.copy(), {"friend_0": {}, "friend_1": {}}
