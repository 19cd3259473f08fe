"""Positions: the points that an episode of a game passes through.

The bases of games drive positions and know nothing else of the rules. There are three kinds, equal in all they show:
:class:`Specified` plays the Truth through the seats' views and is the specification; :class:`Memo` keeps what the
specification said of each position, for games with few deals; a game with many deals that must be fast brings its own.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from .chance import Chance
from .env import check_discrete
from .errors import InvalidAction
from .truth import Truth, view_class

if TYPE_CHECKING:
    from .game import Game

__all__ = ["Dealer", "Memo", "Position", "Specified"]

Perceived = dict[str, npt.NDArray[Any]]
AHEAD = 256
"""Deals drawn ahead at once as arrays."""
LIMIT = 100_000
"""Positions kept at most."""


class Position:
    """A point in an episode.

    Attributes:
        turn: Moves made so far.
        movers: Seats that are to act now, in order; several are a simultaneous phase, of which the first acts next.
            Empty once over.
        over: Whether the episode has ended.
        rewards: What the last move gave each seat; None where it gave nobody anything.
        truth: The Truth of this position.
    """

    __slots__ = ()
    turn: int
    movers: tuple[str, ...]
    over: bool
    rewards: Mapping[str, float] | None

    @property
    def truth(self) -> Truth:
        """The truth now."""
        raise NotImplementedError

    def see(self, seat: str) -> Perceived:
        """What a seat perceives: fresh arrays. KeyError where there is no such seat."""
        raise NotImplementedError

    def see_all(self, seats: Sequence[str]) -> dict[str, Perceived]:
        """What all seats perceive."""
        return {seat: self.see(seat) for seat in seats}

    def check(self, seat: str, action: Any) -> int:
        """The action as an int; InvalidAction unless it is legal for the seat now."""
        raise NotImplementedError

    def after(self, action: Any) -> Position:
        """The position after the first mover's action; this one need not be usable any more."""
        raise NotImplementedError


class Dealer(Protocol):
    """Deals the first positions of episodes by themselves, without a Truth."""

    def start(self, dice: Chance, episode: int, fresh: bool) -> Position:
        """The first position of an episode.

        Args:
            dice: The world's stream.
            episode: The number of the episode.
            fresh: Whether the stream is a new one.
        """


def refuse(seat: str, action: int, words: tuple[str, ...]) -> InvalidAction:
    """The error of an action that is not legal now."""
    return InvalidAction(
        f"{seat}: action {action} ({words[action]!r}) is not legal now; the mask in the observation tells which are"
    )


class Specified(Position):
    """The position of the truth that a game's world holds; it moves along."""

    def __init__(self, game: Game) -> None:
        self._game, self._world = game, game._world
        self._views = {seat: self._world.view(seat) for seat in game.possible_agents}
        self._first = self._views[game.possible_agents[0]]
        self._told: dict[str, npt.NDArray[Any]] = {}
        self.turn, self.over, self.rewards = self._world.turn, bool(self._first.over()), None
        self.movers = self._first.to_move()

    @property
    def truth(self) -> Truth:
        """The truth of the world."""
        return self._world.truth

    def see(self, seat: str) -> Perceived:
        """What a seat perceives, from its view."""
        view, told = self._views[seat], None
        if self._game.tells and self._world.audit is None:
            told = self._told.get(seat)
            if told is None:
                told = self._told[seat] = np.array(view.told())
        return self._game.perceived(view, told)

    def check(self, seat: str, action: Any) -> int:
        """See :meth:`Position.check`."""
        legal = self._views[seat].legal()
        chosen = check_discrete(action, len(legal))
        if not legal[chosen]:
            raise refuse(seat, chosen, self._game.words)
        return chosen

    def after(self, action: Any) -> Specified:
        """Move the world's truth."""
        world, seat = self._world, self.movers[0]
        action = self.check(seat, action)
        self.turn = world.tick()
        world.show(self._game.transition(world.truth, seat, action, world.dice))
        if self._first.over():
            world.end()
            self.over = True
        rewards = {s: float(view.payoff()) for s, view in self._views.items()}
        self.rewards = rewards if any(rewards.values()) else None
        self.movers = self._first.to_move()
        return self


class Memo:
    """The positions of a game with few deals whose moves draw no chance, each made once by the specification."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._views = {seat: view_class(game.truth_type, seat)(seat) for seat in game.possible_agents}
        self._roots: dict[int, _Kept] = {}
        self._ahead: list[int] = []
        self._from = 0
        self._count = 0

    def start(self, dice: Chance, episode: int, fresh: bool) -> Position:
        """The position of the episode's deal."""
        at = episode - self._from
        if fresh or not 0 <= at < len(self._ahead):
            # Whoever seeds each episode needs one deal only.
            episodes = np.arange(episode, episode + (1 if fresh else AHEAD), dtype=np.uint64)
            self._ahead, self._from, at = dice.at(episodes).below(self._game.deals).tolist(), episode, 0
        index = self._ahead[at]
        try:
            return self._roots[index]
        except KeyError:
            root = self._roots[index] = self.keep(self._game.dealt(index), 0)
            return root

    def keep(self, truth: Truth, turn: int) -> _Kept:
        """A position after `turn` moves, as the specification has it."""
        if self._count >= LIMIT:
            self._roots, self._count = {}, 0
        self._count += 1
        views = self._views
        for view in views.values():
            view._truth = truth
        first = next(iter(views.values()))
        over = bool(first.over())
        for view in views.values():
            view._done = over
        rewards = {s: float(view.payoff()) for s, view in views.items()} if turn else {}
        kept = _Kept()
        kept.memo, kept.held, kept.turn, kept.over, kept.movers = self, truth, turn, over, first.to_move()
        kept.rewards = rewards if any(rewards.values()) else None
        kept.legal = {seat: view.legal() for seat, view in views.items()}
        perceived = {seat: self._game.perceived(view) for seat, view in views.items()}
        kept.seen = {seat: (p["observation"], p["action_mask"]) for seat, p in perceived.items()}
        kept.shown = tuple((seat, *pair) for seat, pair in kept.seen.items())
        kept.children = {}
        return kept


class _Kept(Position):
    """A position kept by a :class:`Memo`. It never changes, and episodes share it."""

    __slots__ = ("children", "held", "legal", "memo", "movers", "over", "rewards", "seen", "shown", "turn")
    memo: Memo
    held: Any
    legal: dict[str, tuple[bool, ...]]
    seen: dict[str, tuple[npt.NDArray[Any], npt.NDArray[np.int8]]]
    shown: tuple[tuple[str, npt.NDArray[Any], npt.NDArray[np.int8]], ...]
    children: dict[int, _Kept]

    @property
    def truth(self) -> Truth:
        """A copy, since episodes share the position."""
        truth: Truth = copy.deepcopy(self.held)
        return truth

    def see(self, seat: str) -> Perceived:
        """Copies of what is kept."""
        observation, mask = self.seen[seat]
        return {"observation": observation.copy(), "action_mask": mask.copy()}

    def see_all(self, seats: Sequence[str]) -> dict[str, Perceived]:
        """Copies of what is kept, for all seats."""
        return {s: {"observation": seen.copy(), "action_mask": mask.copy()} for s, seen, mask in self.shown}

    def check(self, seat: str, action: Any) -> int:
        """See :meth:`Position.check`."""
        legal = self.legal[seat]
        chosen = check_discrete(action, len(legal))
        if not legal[chosen]:
            raise refuse(seat, chosen, self.memo._game.words)
        return chosen

    def after(self, action: Any) -> _Kept:
        """The position kept for the action, made now if it is the first time."""
        if type(action) is int and action in self.children:
            return self.children[action]
        seat = self.movers[0]
        action = self.check(seat, action)
        if action not in self.children:
            game = self.memo._game
            moved = game.transition(self.held, seat, action, None)  # type: ignore[arg-type] # draws none, it says
            self.children[action] = self.memo.keep(moved, self.turn + 1)
        return self.children[action]
