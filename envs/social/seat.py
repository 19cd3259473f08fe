"""A game as a single-agent environment: the agent in one seat, scripted partners in the others."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from ...core.chance import check_seed
from ...core.env import check_discrete, use_template
from ...core.errors import InvalidAction, InvalidTruth
from ...core.judge import Verdict
from ...core.position import Dealer, Position
from ...core.truth import ALL, OWN, Row, Truth, held_by
from ...core.world import check_options, remade
from .seat_rules import EVERY_SEAT, SeatRules
from .seat_truth import NOTHING_ADDED

__all__ = ["EVERY_SEAT", "SeatEnv"]

Step = tuple[Any, float, bool, bool, dict[str, Any]]


class SeatEnv(SeatRules):
    """A social game from one seat: scripted partners, drawn anew for each episode, play the others.

    ## Description
    Every game of infogap as a plain Gymnasium environment. The agent sits in one seat, with what that seat knows and
    no more. Who sits in the others is drawn at each reset from a pool of scripted partners, and is hidden. A step plays
    the agent's action and then the partners', up to the agent's next turn. With `seat="all"` the agent acts for
    whichever seat is to move, and sees what that seat sees: one policy for all seats.

    The ids `infogap/<Game><Role>-v0` are in the private regime. Other regimes, in which a seat is told of the others'
    types, are named through the game: `SeatEnv(game="infogap/Kuhn-mindreader-v0", seat="player_0")`.

    ## Action Space
    That of the game's seats, `Discrete(n)`; `words` has a phrase for each. `action_masks()` and the observation say
    which are legal. An illegal one ends the episode, as Gymnasium's checkers and learners without masks need it; with
    `illegal="error"` it raises `InvalidAction` and changes nothing.

    ## Observation Space
    `Dict(observation, action_mask)` as the game's page has it, or with `observation="flat"` one `Box`: the observation,
    then the mask.

    ## Starting State
    The game's deal, the same as that of the game with the same seed. The partners, each by itself and all names of the
    pool equally likely; and what they do before the agent's first turn. Where they end the game before it, the agent
    has one step, in which any action does and nothing happens.

    ## Rewards
    What the seat is paid between one of its turns and the next; with `seat="all"` the sum over all seats.

    ## Episode End
    Terminates with the game. Never truncates.

    ## Information
    Empty.

    ## Hidden State
    That of the game, and who the partners are. Partners remember nothing and see what their seat sees by itself,
    whatever the regime; their chance comes from a stream of its own, keyed by episode and move.

    ## Arguments
    * `role`: a single-agent id such as `"infogap/KuhnFirst-v0"`, which says game and seat. The ids give it.
    * `game`: a game's id, or a function that makes one from its options.
    * `seat`: the agent's, or `"all"`.
    * `partners`: `"train"` (default; all but those held out), `"held_out"`, `"all"`, a name, a list of names, or a
      mapping from names to makers of partners.
    * `observation`: `"dict"` (default) or `"flat"`.
    * `illegal`: `"end"` (default): an illegal action ends the episode with the reward `penalty`, success False and
      score 0. `"error"`: it raises `InvalidAction`.
    * `penalty`: that reward; by default the lowest that the game pays.
    * `render_mode`: None or `"ansi"`: the seat, what it was dealt, and what is public.
    * `options`: any others are the game's.

    ## Reference Scores
    Those of the game. What they are against a pool depends on the pool.

    ## References
    As for the game.

    ## Version History
    * v0: initial version.
    """

    # The methods below are the fast path: equal to the template, held so by the tests.
    _hot = True
    _position: Position | None = None
    _before: tuple[int, Callable[[], Truth]] | None = None
    _fresh = True

    @property
    def _dealer(self) -> Dealer | None:
        return self._game._dealer if self._hot else None

    def reset(self, *, seed: int | None = None, options: Mapping[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start an episode; see :meth:`infogap.core.env.Env.reset`."""
        world, dealer = self._world, self._dealer
        if seed is not None or options or dealer is None or not world.plain or world.audit is not None:
            check_seed(seed), check_options(options)
            self._specify()  # the episode before this one may still be asked for
            self._before, self._fresh = None, True
            return super().reset(seed=seed, options=options)
        if self._position is not None:
            self._before = world.episode, self._here()
        world.skip()
        self._fault, self._spoiled, self._turns, self._gained = "", False, 0, 0.0
        self._position = dealer.start(world.dice, world.episode, self._fresh)
        self._fresh = False
        self._seated = self._cast(world.dice.at(world.episode))
        position = self._run(self._position)
        return self._shown(position.see(self._mover(position)), position.over), {}

    def action_masks(self) -> npt.NDArray[np.bool_]:
        """The legal actions, bool of shape (n,), as sb3-contrib's MaskablePPO asks for them."""
        position = self._position
        if position is None:
            return super().action_masks()
        if position.over and not self._world.done:
            return np.ones(self._n, np.bool_)
        return position.see(self._mover(position))["action_mask"].astype(np.bool_)

    def judged(self) -> Verdict:
        """The verdict on the episode that has just ended; see :func:`infogap.outcome`."""
        self._specify()
        return super().judged()

    def render(self) -> str | None:
        """The seat, what it was dealt, and what is public; for ``render_mode="ansi"``."""
        if self.render_mode is not None:
            self._specify()
        return super().render()

    def _mover(self, position: Position) -> str:
        return position.movers[0] if self._every and position.movers else self.party

    def _run(self, position: Position) -> Position:
        """Let the partners move on from `position` until it is the agent's turn."""
        self._position = position
        if self._every:
            return position
        dice, size = self._world.dice.at(self._world.episode), self._game.own_size
        while not position.over and position.movers[0] != self.seat:
            mover = position.movers[0]
            seen = position.see(mover)
            own = {"observation": seen["observation"][:size], "action_mask": seen["action_mask"]}
            try:
                action = self._answer(self._seated[mover], mover, own, dice, position.turn + 1)
            except BaseException:
                self._world.done = True
                raise
            self._position = position = position.after(action)
            if position.rewards is not None:
                self._gained += position.rewards[self.seat]
        return position

    def step(self, action: Any) -> Step:
        """Play one action; see :meth:`infogap.core.env.Env.step`."""
        position, world = self._position, self._world
        if position is None or world.done:
            return super().step(action)
        if position.over:
            check_discrete(action, self._n)
            self._turns += 1
            return self._ended(position)
        mover = position.movers[0]
        try:
            position.check(mover, action)
        except InvalidAction:
            chosen = check_discrete(action, self._n)
            if not self._illegal_ends:
                raise self._refused(chosen) from None
            self._turns, self._spoiled, self._gained = self._turns + 1, True, self._penalty
            return self._ended(position)
        if self._turns:
            self._gained = 0.0
        self._turns += 1
        self._position = position = position.after(action)
        rewards = position.rewards
        if rewards is not None:
            self._gained += sum(rewards.values()) if self._every else rewards[self.seat]
        position = self._run(position)
        if position.over:
            return self._ended(position)
        return self._shown(position.see(self._mover(position)), False), float(self._gained), False, False, {}

    def _ended(self, position: Position) -> Step:
        self._world.done = True
        seen = self._shown(position.see(self._mover(position)), False)
        return seen, float(self._gained), True, False, {}

    def _here(self) -> Callable[[], Truth]:
        """What makes the truth of this point of the episode."""
        assert self._position is not None
        position = self._position
        added = {"partner": self._seated, "gained": float(self._gained), "spoiled": self._spoiled}
        return functools.cache(lambda: self._lifted(position.truth, moves=position.turn, **added))

    def _specify(self) -> None:
        """Go on from here on the specification, because somebody looks."""
        if self._position is None:
            return
        world, here = self._world, self._here()
        self._position = None
        world.turn = self._turns
        world.show(here())
        if world.done:
            world.end()

    # -- doors and copies --------------------------------------------------------------------------------------------
    def __getstate__(self) -> dict[str, Any]:
        self._specify()
        if self._before is not None and self._before[0] == self._world.episode - 1:
            self._world._previous = self._before[0], self._before[1]()
        self._before = None
        return {**self.__dict__, "_eyes": {}}

    def view_space(self, party: str) -> spaces.Dict:
        """Space of ``view(env, party).fields()``; of an own field, the share of the seat."""
        party = self._named(party)
        rows = [row for row in held_by(self.truth_type, party) if row.kind == "field"]
        return spaces.Dict({row.name: self._share(row, party) for row in rows})

    def _share(self, row: Row, party: str) -> spaces.Space[Any]:
        space = self.truth_space[row.name]
        own = OWN in row.to | row.at_end and not {ALL, party} & (row.to | row.at_end)
        return space[party] if own and isinstance(space, spaces.Dict) else space

    def _final(self) -> Truth:
        """The truth of the episode just finished."""
        world = self._world
        if not world.done and self._before is not None and self._before[0] == world.episode - 1:
            return self._before[1]()
        return world.final_truth

    def _fitted(self, truth: Any) -> Any:
        """A truth of the game, whatever its regime or pool, as one of this environment."""
        kind = self.truth_type
        base: type[Truth] = next(k for k in kind.__mro__ if "recipe" not in vars(k))  # not made by a function
        if type(truth) is kind or not isinstance(truth, base) or truth.rules != kind.rules:
            return truth
        if missing := [name for name in kind.names if name not in truth.names and name not in NOTHING_ADDED]:
            raise InvalidTruth(f"a truth of the regime {self.regime.name!r} also has {', '.join(missing)}")
        return remade(kind, truth)

    def _door(self, verb: str, *args: Any) -> Any:
        world = self._world
        if verb in ("reveal", "view", "audit", "template"):
            self._specify()
        if verb == "reveal":
            return self._final() if args and args[0] else world.truth
        if verb == "view":
            return world.watch(self._own_view().party if args[0] == "agent" and world.started else self._named(args[0]))
        if verb == "plant":
            truth = world.fitting(self._fitted(args[0]), self.truth_space)
            if truth.over():
                raise InvalidTruth("a game that is over cannot be dealt")
            return world.plant(truth)
        if verb == "template":
            self._hot = False
            return use_template(self)
        if verb == "outcome":
            return self.judged()
        return super()._door(verb, *args)

    def _named(self, party: str) -> str:
        return self.party if party == "agent" else party
