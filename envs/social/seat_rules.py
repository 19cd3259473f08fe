"""How a game is played from one seat: the specification of :class:`~infogap.envs.social.seat.SeatEnv`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from ...core.chance import Chance
from ...core.env import Env, check_discrete
from ...core.episode import Episode
from ...core.errors import InvalidAction, InvalidOption, PartnerFault, ResetNeeded, Unsupported
from ...core.game import Game
from ...core.judge import Verdict, checked
from ...core.options import choice, number
from ...core.truth import ALL, Truth, View, view_class
from ...core.world import World
from .. import GAMES, ROLES
from .pools import Pool, Pooled
from .seat_truth import NOTHING_ADDED, added_spaces, seated

__all__ = ["EVERY_SEAT", "SeatRules"]

EVERY_SEAT = "all"
"""The seat of an agent that plays them all."""


class SeatRules(Env):
    """A game from one seat, as a template. See :class:`~infogap.envs.social.seat.SeatEnv`."""

    family = "social"
    metadata: dict[str, Any] = {"render_modes": ["ansi"], "render_fps": 4}

    def __init__(
        self,
        game: str | Callable[..., Game] | None = None,
        seat: str | None = None,
        partners: Pooled = "train",
        observation: str = "dict",
        illegal: str = "end",
        penalty: float | None = None,
        render_mode: str | None = None,
        *,
        role: str | None = None,
        **options: Any,
    ) -> None:
        choice("observation", observation, ("dict", "flat")), choice("illegal", illegal, ("error", "end"))
        self._game = made = _made(game, seat, role, options)
        seat = ROLES[role].seat if role is not None else seat
        seats = made.possible_agents
        self.seat = seat = choice("seat", seat, (*seats, EVERY_SEAT))
        self._every = seat == EVERY_SEAT
        if self._every and not (isinstance(partners, str) and partners == "train"):
            raise InvalidOption(f"with seat={EVERY_SEAT!r} there are no partners")
        self._others = () if self._every else tuple(s for s in seats if s != seat)
        self._pool = Pool(made, partners) if self._others else None
        names = self._pool.names if self._pool is not None else ()
        me = ALL if self._every else self.seat
        self.truth_type = seated(made.truth_type, me, self._others, names)  # type: ignore[misc]
        self.truth_space = spaces.Dict({**made.truth_space.spaces, **added_spaces(self._others, names)})
        self.party = seats[0] if self._every else self.seat
        super().__init__(render_mode)
        self._world = World(made.family, made.generator, self.truth_type, self.initial)
        self.words, self.regime = made.words, made.regime
        self._illegal_ends = illegal == "end"
        self._penalty = made.lowest if penalty is None else number("penalty", penalty, -1e9, 1e9)
        self._flat = observation == "flat"
        self.action_space = spaces.Discrete(len(made.words))
        self._n = len(made.words)
        self.observation_space = _flat_space(made) if self._flat else made.observation_space(seats[0])
        self._eyes: dict[str, View] = {}
        self._drawn: tuple[Any, Chance, Chance] | None = None
        self._fault = ""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {type(self._game).__name__}, {self.seat}, {self.regime.name}>"

    __str__ = __repr__

    # -- the specification -----------------------------------------------------------------------------------------
    def initial(self, chance: Chance) -> Truth:
        """The game's deal, and who sits where."""
        return self._lifted(self._game.deal(chance), partner=self._cast(chance))

    def _lifted(self, truth: Any, **added: Any) -> Any:
        """A truth of the game with what is added to it here. Nothing is checked."""
        lifted = object.__new__(self.truth_type)
        lifted.__dict__.update(NOTHING_ADDED, **truth.__dict__)
        lifted.__dict__.update(added)
        return lifted

    def opening(self, truth: Any, chance: Chance) -> Truth:
        """The partners' moves before the agent's first turn."""
        self._fault = ""
        if not truth.partner:
            truth = truth.but(partner=self._cast(chance))
        return truth if truth.over() else self._up_to_the_agent(truth, 0.0, chance)

    def transition(self, truth: Any, action: Any, chance: Chance) -> Truth:
        """The agent's move and the partners' after it."""
        gained = truth.gained if chance.turn == 1 else 0.0  # the first turn is paid what came before it
        if truth.over():
            return truth  # before the agent's first turn
        mover = truth.to_move()[0]
        if not truth.legal(mover)[action]:
            return truth.but(gained=self._penalty, spoiled=True)
        truth, gained = self._moved(truth, mover, action, gained, chance)
        return self._up_to_the_agent(truth, gained, chance)

    def _up_to_the_agent(self, truth: Any, gained: float, chance: Chance) -> Truth:
        """Let the partners move until it is the agent's turn."""
        while not (self._every or truth.over()):
            mover = truth.to_move()[0]
            if mover == self.seat:
                break
            seen = {"observation": self._game.observation(self._eye(mover, truth)), "action_mask": _mask(truth, mover)}
            try:
                action = self._answer(truth.partner[mover], mover, seen, chance, truth.moves + 1)
            except BaseException:
                self._world.show(truth.but(gained=gained))
                self._world.end()
                raise
            truth, gained = self._moved(truth, mover, action, gained, chance)
        return truth.but(gained=gained)

    def _moved(self, truth: Any, mover: str, action: int, gained: float, chance: Chance) -> tuple[Any, float]:
        """The truth after one move, and what the agent has gained with it. Each move has a turn of the stream."""
        move = truth.moves + 1
        moved = self._game.transition(truth, mover, action, chance.at(chance.episode, move))
        after = self._lifted(moved, moves=move, partner=truth.partner)
        paid = self._game.possible_agents if self._every else (self.seat,)
        return after, gained + sum(float(after.payoff(seat)) for seat in paid)

    def _eye(self, seat: str, truth: Truth) -> View:
        """A partner's view, which no audit hears: what a partner sees is not told to the agent."""
        if seat not in self._eyes:
            self._eyes[seat] = view_class(self.truth_type, seat)(seat)
        self._eyes[seat]._truth = truth
        return self._eyes[seat]

    def _streams(self, chance: Chance) -> tuple[Chance, Chance]:
        """The streams of who sits where, and of what partners do."""
        drawn = self._drawn
        if drawn is None or drawn[0] != chance.key:
            drawn = self._drawn = chance.key, chance.fork("partners"), chance.fork("partners' moves")
        return drawn[1:]

    def _cast(self, chance: Chance) -> dict[str, str]:
        if self._pool is None:
            return {}
        return self._pool.cast(self._others, self._streams(chance)[0].at(chance.episode))

    def _answer(self, name: str, mover: str, seen: Mapping[str, Any], chance: Chance, move: int) -> int:
        """A partner's action."""
        assert self._pool is not None
        try:
            return self._pool.act(name, mover, seen, self._streams(chance)[1].at(chance.episode, move))
        except BaseException as fault:  # ctrl-C too: the agent must not go on in the partner's place
            ours = isinstance(fault, PartnerFault)
            self._fault = str(fault) if ours else "interrupted in a partner's move; call reset() to start the next one"
            raise

    def _own_view(self) -> View:
        if not self._every:
            return self._world.view(self.party)
        movers = self._world.view(self.party).to_move()
        return self._world.view(movers[0] if movers else self.party)

    def _checked(self, action: Any) -> int:
        """The action, if it may be played; any action may where partners have ended the game already."""
        chosen = check_discrete(action, self._n)
        view = self._own_view()
        if not (self._illegal_ends or view.over() or view.legal()[chosen]):
            raise self._refused(chosen)
        return chosen

    def _refused(self, action: int) -> InvalidAction:
        return InvalidAction(
            f"action {action} ({self.words[action]!r}) is not legal now; the mask in the observation tells which are"
        )

    def _refuse_step(self) -> None:
        if self._fault:
            raise PartnerFault(self._fault)
        super()._refuse_step()

    def turn(self, view: View, action: Any, noise: Chance) -> tuple[float, bool]:
        """What the agent has gained, and whether the game has ended."""
        return view.gained, view.over() or view.spoiled

    def observation(self, view: View) -> Any:
        """What the seat perceives; with `seat="all"` what the seat to move does."""
        view = self._own_view()
        return self._shown(self._game.perceived(view), view.over() and not self._world.done)

    def _shown(self, seen: dict[str, npt.NDArray[Any]], free: bool) -> Any:
        mask = seen["action_mask"]
        if free:
            mask[:] = 1
        return np.concatenate([seen["observation"], mask.astype(seen["observation"].dtype)]) if self._flat else seen

    def mask(self, view: View) -> npt.NDArray[np.int8]:
        """The legal actions."""
        if view.over() and not self._world.done:
            return np.ones(self._n, np.int8)
        return np.array(view.legal(), np.int8)

    def verify(self, view: View, episode: Episode | None = None) -> Verdict:  # type: ignore[override]
        """The game's verdict; an episode that did not come to the game's end has score 0."""
        if not view.over():
            return Verdict(False, 0.0, {"unfinished": 1.0, "illegal": float(view.spoiled)})
        return self._game.outcome(view)

    def judged(self) -> Verdict:
        """The verdict on the episode that has just ended; see :func:`infogap.outcome`."""
        if self._fault:
            raise PartnerFault(self._fault)
        if not (self._world.started and self._world.done):
            raise ResetNeeded("there is no finished episode to judge; play one to its end")
        view = self._world.view("verifier")
        return checked(lambda: self.verify(view))

    def render(self) -> str | None:
        """The seat, what it was dealt, and what is public; for ``render_mode="ansi"``."""
        if self.render_mode is None:
            return None
        if not self._world.started:
            raise ResetNeeded("render() before reset(); call reset() first")
        view = self._own_view()
        own = self._game.describe(view.party, view.type_of())
        return f"You are {view.party}. {own}\n{self._game.picture(self._world.view('public'))}"


def _made(game: str | Callable[..., Game] | None, seat: str | None, role: str | None, options: dict[str, Any]) -> Game:
    """The game that the arguments name."""
    if role is not None:
        choice("role", role, ROLES)
        if game is not None or seat is not None or "regime" in options:
            raise InvalidOption(
                f"the id {role} says the game, the seat and that information is private; for another make "
                f"SeatEnv(game={ROLES[role].told!r}, seat={ROLES[role].seat!r})"
            )
        game = ROLES[role].game
    if callable(game):
        made = game(**options)
        if not isinstance(made, Game):
            raise Unsupported(f"expected a function that makes a game in its AEC form, it made a {type(made).__name__}")
        return made
    made = GAMES[choice("game", game, GAMES)].env(**options)
    return made


def _mask(truth: Any, seat: str) -> npt.NDArray[np.int8]:
    return np.array(truth.legal(seat), np.int8)


def _flat_space(game: Game) -> spaces.Box:
    """The observation and the mask in one."""
    seen: Any = game.observation_space(game.possible_agents[0])["observation"]
    n = len(game.words)
    low, high = np.zeros(n, seen.dtype), np.ones(n, seen.dtype)
    return spaces.Box(np.concatenate([seen.low, low]), np.concatenate([seen.high, high]), dtype=seen.dtype.type)
