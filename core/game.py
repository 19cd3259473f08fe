"""The base of games with private information in PettingZoo's AEC form.

An author writes a Truth with the releases ``to_move``, ``over``, ``legal``, ``payoff`` and ``type_of`` (the last three
own), and ``initial`` (or ``deals`` and ``dealt``), ``transition`` and ``observation``. As in the single-agent base,
only ``initial``, ``dealt`` and ``transition`` touch a Truth. The parallel form is in :mod:`infogap.core.parallel`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from pettingzoo import AECEnv

from .chance import Chance, check_seed
from .errors import EpisodeOver, InvalidAction, InvalidOption, InvalidTruth, ResetNeeded, Unsupported
from .gamerules import MAX_DEALS, Common, GameRules, Partner, PartnerMaker
from .judge import Verdict, checked
from .options import choice, no_option
from .position import Dealer, Memo, Position, Specified
from .regime import Seating, channel_size, check_regime, informed, veiled
from .truth import Truth, View, held_by
from .world import World, remade

__all__ = ["Common", "Game", "Partner", "PartnerMaker"]

MASKS = 1024
"""Masks kept as arrays at most."""


class Game(GameRules, AECEnv[str, Any, Any]):  # type: ignore[misc] # PettingZoo ships no types
    """Base of turn-based games in which each seat holds private information.

    Checks are made inside :meth:`step`, so that ``env()`` needs no order-enforcing or bounds-checking wrapper. All
    seats share one observation space and one action space; masks tell what is legal.

    Class attributes to set: `family`, `generator`, `truth_type`, ``metadata`` with a ``name``, and `roles`,
    `partners`, `held_out` for the single-agent form.

    Args:
        seats: Names of the seats, in order.
        observed: Space of what a seat observes by itself, a one-dimensional Box.
        actions: A phrase for each action.
        truth_space: Space of each field of the Truth.
        type_sizes: By seat, the sizes of the components of its type.
        rules: The public options, for ``truth_type.rules``; hashable.
        regime: See :class:`Common`; so are the rest.
        accuracy: As above.
        share: As above.
        render_mode: As above.
        unknown: Nothing: an option that does not exist raises UnknownArgument.

    Attributes:
        words: A phrase for each action.
        regime: The information regime.
        seating: The seats and the sizes of their types.
        tells: Whether the regime appends anything to the observations.
        own_size: How many numbers of an observation are the seat's own; the rest are what the regime tells.
        state_space: Space of :meth:`state`.
    """

    possible_agents: list[str]
    _world: World

    # -- the template ----------------------------------------------------------------------------------------------
    def __init__(
        self,
        *,
        seats: Sequence[str],
        observed: spaces.Box,
        actions: Sequence[str],
        truth_space: spaces.Dict,
        type_sizes: Mapping[str, tuple[int, ...]],
        rules: Any = None,
        regime: str = "private",
        accuracy: float = 0.8,
        share: float = 0.5,
        render_mode: str | None = None,
        **unknown: Any,
    ) -> None:
        super().__init__()
        if unknown:
            raise no_option(type(self), unknown, Common.__annotations__)
        modes = self.metadata["render_modes"]
        self.render_mode = None if render_mode is None else choice("render_mode", render_mode, modes)
        self.regime = check_regime(regime, accuracy, share)
        if regime != "private":
            name, _, version = self.metadata["name"].rpartition("_")
            self.metadata = {**self.metadata, "name": f"{name}_{regime}_{version}"}
        self.possible_agents, self.words = list(seats), tuple(actions)
        self.agents: list[str] = []
        self.seating = Seating(tuple(seats), tuple(type_sizes[seat] for seat in seats))
        kind = self.truth_type if rules is None else self.truth_type.under(rules)
        self.truth_type = informed(kind, self.regime, self.seating)
        self.truth_space = self._with_veil(truth_space)
        self._make_spaces(observed)
        self._world = World(self.family, self.generator, self.truth_type, self.deal)
        self._position: Position | None = None
        self._before: tuple[int, Position] | None = None
        self._masks: dict[tuple[bool, ...], npt.NDArray[np.int8]] = {}
        self._dealer = self.dealer()
        self._dicts = dict.fromkeys(seats, 0.0), dict.fromkeys(seats, False), dict.fromkeys(seats, True)

    def _with_veil(self, space: spaces.Dict) -> spaces.Dict:
        if "veil" not in self.truth_type.names:
            return space
        (seats, sizes), partial = self.seating, self.regime.name == "partial"
        shares: dict[str, spaces.Space[Any]] = {
            seat: spaces.Tuple([spaces.Discrete(2 if partial else size + 1) for size in own])
            for seat, own in zip(seats, sizes, strict=True)
        }
        return spaces.Dict({**space.spaces, "veil": spaces.Dict(shares)})

    def _make_spaces(self, observed: spaces.Box) -> None:
        more, dtype = channel_size(self.regime, self.seating), observed.dtype
        most = max((size for sizes in self.seating.sizes for size in sizes), default=0)
        n, seats = len(self.words), len(self.possible_agents)
        low = np.concatenate([observed.low, np.zeros(more, dtype)])
        high = np.concatenate([observed.high, np.full(more, most, dtype)])
        whole = spaces.Box(low, high, dtype=dtype.type)
        self.tells = bool(more)
        self.own_size, self._size = int(observed.shape[0]), int(whole.shape[0])
        mask = spaces.Box(0, 1, (n,), np.int8)
        self._observation_space = spaces.Dict(observation=whole, action_mask=mask)
        self._action_space = spaces.Discrete(n)
        self.state_space = spaces.Box(np.tile(observed.low, seats), np.tile(observed.high, seats), dtype=dtype.type)

    def dealer(self) -> Dealer | None:
        """What deals positions without a Truth; None where the specification is all there is."""
        small = self.memoised and 0 < self.deals <= MAX_DEALS
        return Memo(self) if small and "veil" not in self.truth_type.names else None

    def deal(self, chance: Chance) -> Truth:
        """The hidden state of an episode, with what the regime draws."""
        truth = self.initial(chance)
        return veiled(truth, self.regime, self.seating, chance, functools.partial(self.another, truth))  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, {self.regime.name}>"

    __str__ = __repr__

    def __getstate__(self) -> dict[str, Any]:
        self._specify()
        if self._before is not None:
            self._world._previous, self._before = (self._before[0], self._before[1].truth), None
        return {**self.__dict__, "_dealer": None, "_masks": {}}  # kept positions are many, and made again at need

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._dealer = self.dealer()

    def observation_space(self, agent: str) -> spaces.Dict:
        """Space of a seat's observations: ``observation`` and ``action_mask``; the same for all seats."""
        return self._observation_space

    def action_space(self, agent: str) -> spaces.Discrete:
        """Space of a seat's actions; the same for all seats."""
        return self._action_space

    # -- episodes ----------------------------------------------------------------------------------------------------
    def start(self, seed: int | None) -> Position:
        """Start an episode: its first position. See :meth:`reset`, which also sets PettingZoo's attributes."""
        world, position = self._world, self._position
        if position is not None and not isinstance(position, Specified):
            self._before = world.episode, position
        fresh = seed is not None or not world.plain
        dealer = self._dealer if world.audit is None else None
        if fresh or dealer is None:
            world.arrive(seed)
        else:
            world.skip()
        if dealer is not None and world.plain:
            position = dealer.start(world.dice, world.episode, fresh)
        else:
            world.deal()
            position = Specified(self)
        self._position = position
        return position

    def reset(self, seed: int | None = None, options: Mapping[str, Any] | None = None) -> None:
        """Start an episode.

        Args:
            seed: Non-negative int: restart the streams there. None: the next episode of the current streams.
            options: None or a mapping, which is ignored, as PettingZoo's api_test wants it: there are no options.

        Raises:
            InvalidSeed, InvalidOption: What was given is none of these.
        """
        if seed is not None:
            seed = check_seed(seed)
        if options is not None and not isinstance(options, Mapping):
            raise InvalidOption(f"reset options must be a mapping or None, got {type(options).__name__}")
        position = self.start(seed)
        nothing, no, _ = self._dicts
        self.agents = self.possible_agents[:]
        self.rewards = nothing.copy()
        self._cumulative_rewards = nothing.copy()
        self.terminations = no.copy()
        self.truncations = no.copy()
        self.infos: dict[str, dict[str, Any]] = {seat: {} for seat in self.agents}
        self.agent_selection = position.movers[0]

    def perceived(self, view: View, told: npt.NDArray[Any] | None = None) -> dict[str, npt.NDArray[Any]]:
        """What a seat perceives, from its view: ``observation`` and ``action_mask`` (int8).

        Args:
            view: The seat's.
            told: What the regime tells it, where that is known already: it is the same throughout an episode.
        """
        seen, n = self.observation(view), self.own_size
        if self.tells:
            whole = np.empty(self._size, seen.dtype)
            whole[:n], whole[n:] = seen, view.told() if told is None else told
            seen = whole
        return {"observation": seen, "action_mask": self._mask(view.legal()).copy()}

    def _mask(self, legal: tuple[bool, ...]) -> npt.NDArray[np.int8]:
        """A mask as an array, kept: few masks occur often."""
        try:
            return self._masks[legal]
        except KeyError:
            if len(self._masks) >= MASKS:
                self._masks.clear()
            mask = self._masks[legal] = np.array(legal, np.int8)
            return mask

    def observe(self, agent: str) -> dict[str, npt.NDArray[Any]]:
        """What `agent` perceives now: ``{"observation": array, "action_mask": int8 of shape (n,)}``."""
        try:
            return self._position.see(agent)  # type: ignore[union-attr]
        except (AttributeError, KeyError, TypeError):
            if self._position is None:
                raise ResetNeeded("observe() before reset(); call reset() first") from None
            if agent in self.possible_agents:
                raise
            raise Unsupported(f"no seat {agent!r}; expected one of {self.possible_agents}") from None

    def last(self, observe: bool = True) -> Any:
        """What the seat to move perceives, its reward, whether it has finished, and its info; see PettingZoo."""
        try:
            seat = self.agent_selection
            reward, over, cut = self._cumulative_rewards[seat], self.terminations[seat], self.truncations[seat]
        except (AttributeError, KeyError):
            self._need_reset("last()", running=True)
            raise
        return self.observe(seat) if observe else None, reward, over, cut, self.infos[seat]

    def agent_iter(self, max_iter: int = 2**63) -> Any:
        """The seats to move, one after the other; see PettingZoo."""
        self._need_reset("agent_iter()")
        return super().agent_iter(max_iter)

    def _need_reset(self, call: str, running: bool = False) -> None:
        if self._position is None:
            raise ResetNeeded(f"{call} before reset(); call reset() first")
        if running and not self.agents:
            raise EpisodeOver("the episode has ended; call reset() to start the next one")

    def state(self) -> npt.NDArray[Any]:
        """The own observations of all seats, one after the other: for centralised critics, never for a seat."""
        self._need_reset("state()")
        assert self._position is not None
        see, n = self._position.see, self.own_size
        return np.concatenate([see(seat)["observation"][:n] for seat in self.possible_agents])

    def step(self, action: Any) -> None:
        """Play `action` for the seat to move. A finished seat steps with None.

        Raises:
            InvalidAction: Not a legal action; nothing has changed.
            ResetNeeded, EpisodeOver: There is no running episode.
        """
        position = self._position
        if position is None or position.over:
            self._leave(action)
            return
        seat = self.agent_selection
        self._position = position = position.after(action)
        totals = self._cumulative_rewards
        totals[seat] = 0.0
        nothing, _, yes = self._dicts
        rewards = position.rewards
        if rewards is None:
            self.rewards = nothing.copy()
        else:
            self.rewards = dict(rewards)
            for s, reward in rewards.items():
                totals[s] += reward
        if position.over:
            self._world.done = True
            self.terminations = yes.copy()
            self.agent_selection = self.agents[0]
        else:
            self.agent_selection = position.movers[0]

    def _leave(self, action: Any) -> None:
        """Let a finished seat go, as PettingZoo has it."""
        self._need_reset("step()", running=True)
        agents, seat = self.agents, self.agent_selection
        if action is not None:
            raise InvalidAction(f"{seat} has finished; step with None")
        del self.terminations[seat], self.truncations[seat], self._cumulative_rewards[seat], self.infos[seat]
        agents.remove(seat)
        self.rewards = dict.fromkeys(agents, 0.0)
        if agents:
            self.agent_selection = agents[0]

    def render(self) -> str | None:
        """What is public, for ``render_mode="ansi"``."""
        if self.render_mode is None:
            return None
        self._need_reset("render()")
        return self.picture(self.look("public"))

    def close(self) -> None:
        """Nothing to close."""

    # -- doors -----------------------------------------------------------------------------------------------------
    def _specify(self) -> None:
        """Go on from here on the specification, because somebody looks."""
        position = self._position
        if position is not None and not isinstance(position, Specified):
            world = self._world
            world.turn = position.turn
            world.show(position.truth)
            if position.over:
                world.end()
            self._position = Specified(self)
            self._position.rewards = position.rewards

    def look(self, party: str) -> View:
        """The view of a party at this moment; it does not stay current."""
        self._specify()
        view = self._world.view(party)
        view._done = self._world.done
        return view

    def judged(self) -> Verdict:
        """The verdict on the episode that has just ended; see :func:`infogap.outcome`."""
        if self._position is None or not self._position.over:
            raise ResetNeeded("there is no finished episode to judge; play one to its end")
        view = self.look("verifier")
        return checked(lambda: self.outcome(view))

    def view_space(self, party: str) -> spaces.Dict:
        """Space of ``view(env, party).fields()``; of an own field, the share of the seat."""
        rows = [r for r in held_by(self.truth_type, party) if r.kind == "field"]
        return spaces.Dict({r.name: self._share(r.name, party, r.own and party in self.seating.seats) for r in rows})

    def _share(self, name: str, party: str, own: bool) -> spaces.Space[Any]:
        space = self.truth_space[name]
        return space[party] if own and isinstance(space, spaces.Dict) else space

    def _final(self) -> Truth:
        """The truth of the episode just finished."""
        world = self._world
        if not world.done and self._before is not None and self._before[0] == world.episode - 1:
            return self._before[1].truth
        return world.final_truth

    def _fitted(self, truth: Any) -> Any:
        """A truth of the same game and rules as one of this regime, if it has all fields of one."""
        kind, base = self.truth_type, type(self).truth_type
        if type(truth) is kind or not isinstance(truth, base) or truth.rules != kind.rules:
            return truth
        if missing := [name for name in kind.names if name not in truth.names]:
            raise InvalidTruth(f"a truth of the regime {self.regime.name!r} also has {', '.join(missing)}")
        return remade(kind, truth)

    def _door(self, verb: str, *args: Any) -> Any:
        world = self._world
        if verb in ("reveal", "view", "audit"):
            self._specify()
        if verb == "reveal":
            return self._final() if args and args[0] else world.truth
        if verb == "position":
            return world.position
        if verb == "plant":
            truth = world.fitting(self._fitted(args[0]), self.truth_space)
            if truth.over():
                raise InvalidTruth("a game that is over cannot be dealt")
            return world.plant(truth)
        if verb == "audit":
            world.set_audit(*args)
            if self._position is not None:
                self._position = Specified(self)  # the views were made anew
            return None
        if verb == "template":
            self._specify()
            self._dealer = None
            return None
        doors: dict[str, Callable[..., Any]] = {"view": world.watch, "rekey": world.rekey, "outcome": self.judged}
        return doors[verb](*args)
