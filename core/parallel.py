"""The parallel form of a game: all live seats answer at each step, the seats to move are heard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy.typing as npt
from gymnasium import spaces
from pettingzoo import ParallelEnv

from .chance import check_seed
from .errors import EpisodeOver, InvalidAction, InvalidOption, ResetNeeded
from .game import Game

__all__ = ["ParallelGame"]

Results = tuple[dict[str, Any], dict[str, float], dict[str, bool], dict[str, bool], dict[str, dict[str, Any]]]


class ParallelGame(ParallelEnv[str, Any, Any]):  # type: ignore[misc] # PettingZoo ships no types
    """The parallel form of a game.

    Every live seat gives an action at each step. The actions of the seats to move are played (one seat in turn, or
    all of a simultaneous phase); the others have no legal action in their masks, and theirs are ignored, as in
    PettingZoo's ``turn_based_aec_to_parallel``.

    Args:
        game: The AEC form.
    """

    def __init__(self, game: Game) -> None:
        self._game = game
        self.metadata = {**game.metadata, "is_parallelizable": True}
        self.render_mode = game.render_mode
        self.possible_agents = game.possible_agents[:]
        self._known = frozenset(self.possible_agents)
        self.agents: list[str] = []
        self.state_space = game.state_space

    def __repr__(self) -> str:
        return f"<parallel {self._game!r}>"

    __str__ = __repr__

    def observation_space(self, agent: str) -> spaces.Dict:
        """Space of a seat's observations: ``observation`` and ``action_mask``."""
        return self._game.observation_space(agent)

    def action_space(self, agent: str) -> spaces.Discrete:
        """Space of a seat's actions."""
        return self._game.action_space(agent)

    def reset(
        self, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """Start an episode; see :meth:`Game.reset`."""
        if seed is not None:
            seed = check_seed(seed)
        if options is not None and not isinstance(options, Mapping):
            raise InvalidOption(f"reset options must be a mapping or None, got {type(options).__name__}")
        position = self._game.start(seed)
        self.agents = seats = self.possible_agents[:]
        return position.see_all(seats), {seat: {} for seat in seats}

    def step(self, actions: Mapping[str, Any]) -> Results:
        """Play the actions of the seats to move.

        Args:
            actions: One action for each live seat.

        Raises:
            InvalidAction: A seat to move gave no legal action, or there is no such seat; nothing has changed.
            ResetNeeded, EpisodeOver: There is no running episode.
        """
        game, seats = self._game, self.agents
        position, (nothing, no, yes) = game._position, game._dicts
        if not seats or position is None:
            if position is None:
                raise ResetNeeded("step() before reset(); call reset() first")
            raise EpisodeOver("the episode has ended; call reset() to start the next one")
        try:
            known = self._known.issuperset(actions)
        except TypeError:
            known = False
        if not known:
            raise InvalidAction(f"expected a mapping from seats to actions; the seats are {', '.join(seats)}")
        movers = position.movers
        if len(movers) == 1:
            try:
                action = actions[movers[0]]
            except (KeyError, TypeError, IndexError):
                raise InvalidAction(f"expected a mapping with an action for {movers[0]}") from None
            position = position.after(action)
            rewards = nothing.copy() if position.rewards is None else dict(position.rewards)
        else:
            if not isinstance(actions, Mapping) or any(seat not in actions for seat in movers):
                raise InvalidAction(f"expected a mapping with an action for each of {', '.join(movers)}")
            played = [position.check(seat, actions[seat]) for seat in movers]
            rewards = nothing.copy()
            for action in played:
                position = position.after(action)
                for seat, reward in (position.rewards or {}).items():
                    rewards[seat] += reward
        game._position = position
        over = position.over
        if over:
            game._world.done = True
            self.agents = []
        infos: dict[str, dict[str, Any]] = {seat: {} for seat in seats}
        return position.see_all(seats), rewards, (yes if over else no).copy(), no.copy(), infos

    def state(self) -> npt.NDArray[Any]:
        """See :meth:`Game.state`."""
        return self._game.state()

    def render(self) -> Any:
        """Render as the AEC form does."""
        return self._game.render()

    def close(self) -> None:
        """Nothing to close."""
        self._game.close()

    def view_space(self, party: str) -> spaces.Dict:
        """See :meth:`Game.view_space`."""
        return self._game.view_space(party)

    def _door(self, verb: str, *args: Any) -> Any:
        return self._game._door(verb, *args)
