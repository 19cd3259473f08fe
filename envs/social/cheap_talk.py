"""Cheap talk (Crawford and Sobel 1982): a biased sender knows the state, a receiver acts on a costless message."""

from __future__ import annotations

import bisect
from math import log2
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from typing_extensions import Unpack

from ...core.chance import Chance
from ...core.errors import InvalidTruth
from ...core.game import Common, Game
from ...core.judge import Verdict
from ...core.options import number, whole
from ...core.parallel import ParallelGame
from ...core.truth import ALL, OWN, Truth, View, release, seen_by
from .cheap_talk_partners import HELD_OUT, PARTNERS
from .cheap_talk_theory import actions, partition, points

__all__ = ["CheapTalk", "CheapTalkTruth", "Rules", "env", "parallel_env", "raw_env"]

SENDER, RECEIVER = SEATS = ("sender_0", "receiver_0")
_CLOSE = 1e-12


class Rules(NamedTuple):
    """The public options of a game.

    Attributes:
        bias: By how much the sender wants the action to be above the state.
        grid: G, number of states.
        messages: m.
    """

    bias: float
    grid: int
    messages: int


class CheapTalkTruth(Truth):
    """The state, the message and the action."""

    seats: ClassVar[tuple[str, ...] | None] = SEATS
    rules: ClassVar[Rules] = Rules(0.1, 60, 8)
    deal: dict[str, tuple[int, ...]] = seen_by(
        OWN, "verifier", "critic", doc="the sender's state i, which stands for (i + 1/2) / G; the receiver has nothing"
    )
    message: int = seen_by(ALL, doc="the message sent, -1 before")
    action: int = seen_by(ALL, doc="the receiver's action k, which stands for k / (2 G); -1 before")

    def __post_init__(self) -> None:
        _, grid, messages = self.rules
        if not isinstance(self.deal, dict) or self.deal.keys() != set(SEATS) or self.deal[RECEIVER] != ():
            raise InvalidTruth("a deal is a dict with the state for the sender and () for the receiver")
        state = self.deal[SENDER]
        if not (isinstance(state, tuple) and len(state) == 1 and type(state[0]) is int and 0 <= state[0] < grid):
            raise InvalidTruth(f"the sender has one state in [0, {grid})")
        if type(self.message) is not int or not -1 <= self.message < messages:
            raise InvalidTruth(f"the message is an int in [0, {messages}), or -1 before")
        if type(self.action) is not int or not -1 <= self.action <= 2 * grid:
            raise InvalidTruth(f"the action is an int in [0, {2 * grid}], or -1 before")
        if self.action >= 0 > self.message:
            raise InvalidTruth("the action comes after the message")

    @release(ALL, of="action", per_step=None)
    def over(self) -> bool:
        """Whether the receiver has acted."""
        return self.action >= 0

    @release(ALL, of="message action", per_step=None)
    def to_move(self) -> tuple[str, ...]:
        """The sender, then the receiver."""
        return (SENDER,) if self.message < 0 else (RECEIVER,) if self.action < 0 else ()

    @release(OWN, of="message action", per_step=None)
    def legal(self, seat: str) -> tuple[bool, ...]:
        """All messages for the sender in its turn, all actions for the receiver in its."""
        _, grid, messages = self.rules
        turn = seat in self.to_move()
        return (turn and seat == SENDER,) * messages + (turn and seat == RECEIVER,) * (2 * grid + 1)

    @release(OWN, of="deal action", per_step=None)
    def payoff(self, seat: str) -> float:
        """Minus the squared distance of the action from what the seat wants; it tells the receiver that distance."""
        if self.action < 0:
            return 0.0
        bias, grid, _ = self.rules
        wanted = (self.deal[SENDER][0] + 0.5) / grid + (bias if seat == SENDER else 0.0)
        return -((self.action / (2 * grid) - wanted) ** 2)

    @release(OWN, of="deal", per_step=None)
    def type_of(self, seat: str) -> tuple[int, ...]:
        """The sender's state."""
        return self.deal[seat]


class CheapTalk(Game):
    """Crawford and Sobel's cheap talk: how much can an expert say who wants something else?

    ## Description
    The sender sees the state, one of G equally likely points (i + 1/2) / G of [0, 1], and sends one of m messages,
    which cost nothing and bind nobody. The receiver hears the message and chooses an action k / (2 G) in [0, 1]. The
    receiver wants the action to be the state, the sender wants it `bias` above. Both lose the square of what is
    missed. The larger the bias, the coarser the most that can be told in equilibrium.

    ## Action Space
    `Discrete(m + 2 G + 1)`: messages 0..m-1 of the sender, then the receiver's actions k = 0..2 G. The mask allows
    all messages or all actions in turn, and nothing for the seat that is not to move.

    ## Observation Space
    `Dict(observation=Box(0, 1, (m + 4,), float32), action_mask=Box(0, 1, (m + 2 G + 1,), int8))`: 1 for the sender
    and 0 for the receiver; the state (the sender's only; else 0); the message one-hot (m; all zero before); whether
    the receiver has acted; its action in [0, 1] (0 before).

    ## Starting State
    All G states equally likely.

    ## Rewards
    At the end: -(action - state - bias)^2 to the sender, -(action - state)^2 to the receiver.

    ## Episode End
    Terminates when the receiver has acted. Never truncates.

    ## Information
    Empty.

    ## Hidden State
    The state. The receiver learns from its payoff, at the end, how far it was off.

    ## Arguments
    `bias` (0 to 1; 0.1), `grid` G (2 to 500; 60), `messages` m (1 to 64; 8). `regime`, `accuracy`, `share`: what the
    receiver is told of the state. `render_mode`: None or `"ansi"`.

    ## Reference Scores
    On the continuum the most informative equilibrium has N = ceil(-1/2 + 1/2 sqrt(1 + 2/bias)) cells and gives the
    receiver -1/(12 N^2) - bias^2 (N^2 - 1)/3; the sender gets bias^2 less. By default N = 2, with values -0.0308 and
    -0.0408; babbling gives the receiver -1/12, full information 0. On the grid the same partition, its boundaries
    rounded to whole states, is an exact equilibrium, and values differ by at most
    :func:`~infogap.envs.social.cheap_talk_theory.value_bound`, whose docstring derives both. With the default G = 60
    boundaries are exact for biases 0.25, 0.1 and 0.05, and the values differ by 1/(12 G^2) = 0.00002.

    The verdict: success, and `correct`, if the action lies in the state's cell of that partition; the score is
    1 - (action - state)^2. `efficiency` is 1 - (action - state)^2 / variance of the state: its mean is 0 for the best
    action without information, 1 with full information, 0.63 in equilibrium; one episode may be far below 0.
    `disclosure_bits`: log2 of G over the states in the message's cell of the partition, 0 where the state is not
    among them; `deception` is 1 where it is not. `pareto`: whether no action is better for one and no worse for the
    other.

    ## References
    V. P. Crawford, J. Sobel, "Strategic information transmission", Econometrica 50 (1982), pp. 1431-1451.

    ## Version History
    * v0: initial version.
    """

    family: ClassVar[str] = "social/cheap_talk"
    truth_type = CheapTalkTruth
    metadata = {
        "name": "cheap_talk_v0",
        "render_modes": ["ansi"],
        "render_fps": 4,
        "is_parallelizable": True,
    }
    roles = {"Sender": SENDER, "Receiver": RECEIVER}
    partners = PARTNERS
    held_out = HELD_OUT

    def __init__(self, bias: float = 0.1, grid: int = 60, messages: int = 8, **common: Unpack[Common]) -> None:
        bias, grid = number("bias", bias, 0, 1), whole("grid", grid, 2, 500)
        messages = whole("messages", messages, 1, 64)
        self.rules = Rules(bias, grid, messages)
        self.deals = grid
        self.lowest = -((1 + bias) ** 2)
        self._points, self._actions = points(grid).tolist(), actions(grid).tolist()
        self._cells = partition(bias, grid, messages)
        super().__init__(
            seats=SEATS,
            observed=spaces.Box(0, 1, (messages + 4,), np.float32),
            actions=(*(f"say m{i}" for i in range(messages)), *(f"act on {y:.4f}" for y in self._actions)),
            truth_space=spaces.Dict(
                deal=spaces.Dict({SENDER: spaces.Tuple([spaces.Discrete(grid)]), RECEIVER: spaces.Tuple([])}),
                message=spaces.Discrete(messages + 1, start=-1),
                action=spaces.Discrete(2 * grid + 2, start=-1),
            ),
            type_sizes={SENDER: (grid,), RECEIVER: ()},
            rules=self.rules,
            **common,
        )

    def dealt(self, index: int) -> CheapTalkTruth:
        """One of the states."""
        return self.truth_type(deal={SENDER: (index,), RECEIVER: ()}, message=-1, action=-1)

    def transition(self, truth: CheapTalkTruth, seat: str, action: int, chance: Chance) -> CheapTalkTruth:
        """Send the message, or act."""
        return truth.but(message=action) if seat == SENDER else truth.but(action=action - self.rules.messages)

    def observation(self, view: View) -> npt.NDArray[np.float32]:
        """The own state, the message and the action."""
        seen = np.zeros(self.rules.messages + 4, np.float32)
        if view.party == SENDER:
            seen[0], seen[1] = 1, self._points[view.type_of()[0]]
        if view.message >= 0:
            seen[2 + view.message] = 1
        if view.action >= 0:
            seen[-2:] = 1, self._actions[view.action]
        return seen

    def outcome(self, view: View) -> Verdict:
        """Whether the action lies in the state's cell; see the class for the measures."""
        bias, grid, _ = self.rules
        (state,), cells = view.deal[SENDER], self._cells
        point, action = self._points[state], self._actions[view.action]
        cell, told = bisect.bisect_right(cells, state) - 1, min(view.message, len(cells) - 2)
        loss = (action - point) ** 2
        correct = cells[cell] <= action * grid <= cells[cell + 1]
        losses = np.subtract.outer([point + bias, point], self._actions) ** 2
        gains = losses[:, [view.action]] - losses  # of each seat by each other action
        better = (gains > -_CLOSE).all(0) & (gains > _CLOSE).any(0)
        checks = {
            "correct": float(correct),
            "pareto": float(not better.any()),
            "efficiency": 1 - loss * 12 / (1 - 1 / grid**2),
            "disclosure_bits": log2(grid / (cells[told + 1] - cells[told])) if told == cell else 0.0,
            "deception": float(told != cell),
            "turns": 2.0,
            f"payoff_{SENDER}": -((action - point - bias) ** 2),
            f"payoff_{RECEIVER}": -loss,
        }
        return Verdict(correct, 1 - loss, checks)

    def resample(self, truth: CheapTalkTruth, seat: str, chance: Chance) -> CheapTalkTruth:
        """Any state for the receiver; the sender knows all."""
        return self.dealt(truth.deal[SENDER][0] if seat == SENDER else chance.below(self.rules.grid))

    def describe(self, seat: str, kind: tuple[int, ...]) -> str:
        """The state."""
        return f"{seat} knows the state {self._points[kind[0]]:.4f}." if kind else f"{seat} does not know the state."

    def picture(self, view: View) -> str:
        """The message and the action."""
        said = [f"m{view.message}"] if view.message >= 0 else ["nothing has been said"]
        return "; ".join(said + ([f"action {self._actions[view.action]:.4f}"] if view.action >= 0 else []))


def raw_env(**kwargs: Any) -> CheapTalk:
    """The AEC environment; checks are made inside ``step``, so it is the same as :func:`env`."""
    return CheapTalk(**kwargs)


env = raw_env


def parallel_env(**kwargs: Any) -> ParallelGame:
    """The parallel form: all seats answer, the seat to move is heard."""
    return ParallelGame(CheapTalk(**kwargs))
