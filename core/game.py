"""The bases of turn-based games with private information: PettingZoo's AEC form, and the parallel form over it.

An author writes a Truth with the releases ``to_move``, ``over``, ``legal`` (own) and ``payoff`` (own), and
``initial``, ``transition`` and ``observation``. As in the single-agent base, only ``initial`` and ``transition``
touch a Truth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from pettingzoo import AECEnv, ParallelEnv

from .chance import Chance, check_seed
from .env import check_discrete
from .errors import EpisodeOver, InvalidAction, InvalidOption, InvalidTruth, ResetNeeded, UnknownOption, Unsupported
from .truth import Truth, View, held_by
from .world import World

__all__ = ["Game", "ParallelGame"]


class Game(AECEnv[str, Any, Any]):  # type: ignore[misc] # PettingZoo ships no types
    """Base of turn-based games in which each seat holds private information.

    Checks are made inside :meth:`step`, so that ``env()`` needs no order-enforcing or bounds-checking wrapper.

    Class attributes to set: `family`, `generator`, `truth_type`, `seats`, and ``metadata`` with a ``name``.
    Instance attributes to set in ``__init__``: `spaces_of_observation`, `spaces_of_action` (by seat), `truth_space`.
    """

    family: ClassVar[str]
    generator: ClassVar[int] = 0
    truth_type: ClassVar[type[Truth]]
    seats: ClassVar[tuple[str, ...]]
    truth_space: spaces.Dict
    spaces_of_observation: Mapping[str, spaces.Dict]
    spaces_of_action: Mapping[str, spaces.Discrete]

    # -- what an author writes ---------------------------------------------------------------------------------------
    def initial(self, chance: Chance) -> Truth:
        """Deal the hidden state of an episode."""
        raise NotImplementedError

    def transition(self, truth: Truth, seat: str, action: int, chance: Chance) -> Truth:
        """The truth after `seat` has played `action`."""
        raise NotImplementedError

    def observation(self, view: View) -> npt.NDArray[Any]:
        """What the seat ``view.party`` perceives: a fresh array."""
        raise NotImplementedError

    # -- the template ----------------------------------------------------------------------------------------------
    def __init__(self, render_mode: str | None = None) -> None:
        super().__init__()
        modes = self.metadata["render_modes"]
        if render_mode is not None and render_mode not in modes:
            raise UnknownOption(f"unknown render_mode {render_mode!r}; expected None or one of {modes}")
        self.render_mode = render_mode
        self._world = World(self.family, self.generator, self.truth_type, self.initial)
        self.possible_agents = list(self.seats)
        self.agents: list[str] = []

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    __str__ = __repr__

    def observation_space(self, agent: str) -> spaces.Dict:
        """Space of the seat's observations: ``observation`` and ``action_mask``."""
        return self.spaces_of_observation[agent]

    def action_space(self, agent: str) -> spaces.Discrete:
        """Space of the seat's actions."""
        return self.spaces_of_action[agent]

    def reset(self, seed: int | None = None, options: Mapping[str, Any] | None = None) -> None:
        """Start an episode.

        Args:
            seed: Non-negative int: restart the streams there. None: the next episode of the current streams.
            options: None or a mapping, which is ignored, as PettingZoo's api_test wants it: there are no options.

        Raises:
            InvalidSeed, InvalidOption: What was given is none of these.
        """
        seed = check_seed(seed)
        if options is not None and not isinstance(options, Mapping):
            raise InvalidOption(f"reset options must be a mapping or None, got {type(options).__name__}")
        self._world.open(seed)
        seats = self.possible_agents
        self.agents = seats[:]
        self._seat_views = {seat: self._world.view(seat) for seat in seats}
        self.rewards = dict.fromkeys(seats, 0.0)
        self._cumulative_rewards = dict.fromkeys(seats, 0.0)
        self._skip_agent_selection = None  # PettingZoo keeps it from an episode left while finished seats step
        self.terminations = dict.fromkeys(seats, False)
        self.truncations = dict.fromkeys(seats, False)
        self.infos: dict[str, dict[str, Any]] = {seat: {} for seat in seats}
        self.agent_selection = self._seat_views[seats[0]].to_move()

    def observe(self, agent: str) -> dict[str, npt.NDArray[Any]]:
        """What `agent` perceives now: ``{"observation": array, "action_mask": int8 of shape (n,)}``."""
        if not self._world.started:
            raise ResetNeeded("observe() before reset(); call reset() first")
        if agent not in self._seat_views:
            raise Unsupported(f"no seat {agent!r}; expected one of {self.possible_agents}")
        view = self._seat_views[agent]
        return {"observation": self.observation(view), "action_mask": np.array(view.legal(), np.int8)}

    def step(self, action: Any) -> None:
        """Play `action` for the seat to move. A finished seat steps with None.

        Raises:
            InvalidAction: Not a legal action; nothing has changed.
            ResetNeeded, EpisodeOver: There is no running episode.
        """
        if not self.agents:
            if not self._world.started:
                raise ResetNeeded("step() before reset(); call reset() first")
            raise EpisodeOver("the episode has ended; call reset() to start the next one")
        seat = self.agent_selection
        if self.terminations[seat]:
            if action is not None:
                raise InvalidAction(f"{seat} has finished; step with None")
            self._was_dead_step(None)
            return
        views, world = self._seat_views, self._world
        legal = views[seat].legal()
        action = check_discrete(action, len(legal))
        if not legal[action]:
            raise InvalidAction(
                f"{seat}: action {action} is not legal now; the mask in the observation tells which are"
            )
        world.tick()
        world.show(self.transition(world.truth, seat, action, world.dice))
        if views[seat].over():
            world.end()
            self.terminations = dict.fromkeys(self.agents, True)
        self._cumulative_rewards[seat] = 0.0
        totals = self._cumulative_rewards
        self.rewards = {s: float(view.payoff()) for s, view in views.items()}
        for s, reward in self.rewards.items():
            totals[s] += reward
        self.agent_selection = views[seat].to_move()

    def close(self) -> None:
        """Nothing to close."""

    def view_space(self, party: str) -> spaces.Dict:
        """Space of ``view(env, party).fields()``; of an own field, the share of the seat."""
        rows = [r for r in held_by(self.truth_type, party) if r.kind == "field"]
        return spaces.Dict({r.name: self._share(r.name, party, r.own and party in self.seats) for r in rows})

    def _share(self, name: str, party: str, own: bool) -> spaces.Space[Any]:
        space = self.truth_space[name]
        return space[party] if own and isinstance(space, spaces.Dict) else space

    def _door(self, verb: str, *args: Any) -> Any:
        world = self._world
        if verb == "reveal":
            return world.final_truth if args and args[0] else world.truth
        if verb == "position":
            return world.position
        if verb == "plant":
            if isinstance(args[0], self.truth_type) and args[0].over():  # type: ignore[attr-defined]
                raise InvalidTruth("a game that is over cannot be dealt")
            return world.plant(args[0], self.truth_space)
        doors: dict[str, Callable[..., Any]] = {"view": world.watch, "rekey": world.rekey, "audit": world.set_audit}
        return doors[verb](*args)


class ParallelGame(ParallelEnv[str, Any, Any]):  # type: ignore[misc] # PettingZoo ships no types
    """The parallel form of a turn-based game: all seats answer, the seat to move is heard.

    Every live seat gives an action at each step. The seat to move has at least one legal action in its mask and that
    action is played; the others have none, and theirs are ignored, as in PettingZoo's ``turn_based_aec_to_parallel``.

    Args:
        game: The AEC form.
    """

    def __init__(self, game: Game) -> None:
        self._game = game
        self.metadata = {**game.metadata, "is_parallelizable": True}
        self.render_mode = game.render_mode
        self.possible_agents = game.possible_agents[:]
        self.agents: list[str] = []

    def __repr__(self) -> str:
        return f"<parallel {self._game!r}>"

    __str__ = __repr__

    def observation_space(self, agent: str) -> spaces.Dict:
        """Space of the seat's observations: ``observation`` and ``action_mask``."""
        return self._game.observation_space(agent)

    def action_space(self, agent: str) -> spaces.Discrete:
        """Space of the seat's actions."""
        return self._game.action_space(agent)

    def reset(
        self, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """Start an episode; see :meth:`Game.reset`."""
        game = self._game
        game.reset(seed, options)
        self.agents = game.agents[:]
        return {seat: game.observe(seat) for seat in self.agents}, {seat: {} for seat in self.agents}

    def step(
        self, actions: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, float], dict[str, bool], dict[str, bool], dict[str, Any]]:
        """Play the action of the seat to move.

        Args:
            actions: One action for each live seat.

        Raises:
            InvalidAction: The seat to move gave no legal action; nothing has changed.
            ResetNeeded, EpisodeOver: There is no running episode.
        """
        game, seats = self._game, self.agents
        if not seats:
            if not game._world.started:
                raise ResetNeeded("step() before reset(); call reset() first")
            raise EpisodeOver("the episode has ended; call reset() to start the next one")
        mover = game.agent_selection
        if not isinstance(actions, Mapping) or mover not in actions:
            raise InvalidAction(f"expected a mapping with an action for {mover}")
        game.step(actions[mover])
        if game._world.done:
            self.agents = []
        observations = {seat: game.observe(seat) for seat in seats}
        infos: dict[str, Any] = {seat: {} for seat in seats}
        return observations, game.rewards.copy(), game.terminations.copy(), game.truncations.copy(), infos

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
