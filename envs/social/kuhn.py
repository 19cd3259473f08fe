"""Kuhn poker: two players, three cards, one bet. With its equilibria and exact exploitability."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from typing_extensions import Unpack

from ...core.chance import Chance
from ...core.errors import InvalidOption, InvalidTruth
from ...core.game import Common, Game, PartnerMaker
from ...core.judge import Verdict
from ...core.parallel import ParallelGame
from ...core.truth import ALL, OWN, Truth, View, release, seen_by
from .kuhn_partners import HELD_OUT, PARTNERS

__all__ = [
    "GAME_VALUE",
    "KuhnPoker",
    "KuhnTruth",
    "env",
    "equilibrium",
    "expected_payoff",
    "exploitability",
    "parallel_env",
    "raw_env",
]

SEATS = ("player_0", "player_1")
STAKES: Mapping[str, int] = {"cc": 1, "bp": 1, "bb": 2, "cbp": 1, "cbb": 2}
"""Finished histories and what the winner gains: c check, b bet or call, p fold."""
GAME_VALUE = -1 / 18
"""Expected payoff of player_0 between equilibrium players (Kuhn 1950, "A simplified two-person poker")."""

Policy = Mapping[tuple[int, str], float]
"""Probability to bet or call, by (card 0..2, history)."""

_MOVES = {
    h: tuple(0 if i >= len(h) else 2 if h[i] == "b" else 1 for i in range(3)) for h in ("", "c", "b", "cb", *STAKES)
}
_MOVERS: Mapping[str, tuple[str, ...]] = {h: () if h in STAKES else (SEATS[len(h) % 2],) for h in _MOVES}
_FREE, _NOTHING = (True, True), (False, False)
_DEALS = tuple(itertools.permutations(range(3), 2))


def payoff_of_first(cards: tuple[int, int], history: str) -> int:
    """Chips that player_0 gains at the end of `history`; both ante one chip."""
    stake = STAKES[history]
    if history.endswith("p"):
        return stake if len(history) % 2 == 0 else -stake
    return stake if cards[0] > cards[1] else -stake


class KuhnTruth(Truth):
    """The deal and what has been played."""

    seats: ClassVar[tuple[str, ...] | None] = SEATS
    card: dict[str, int] = seen_by(OWN, "verifier", "critic", doc="each player's card: 0 J, 1 Q, 2 K")
    history: str = seen_by(ALL, doc="moves so far: c check, b bet or call, p fold")

    def __post_init__(self) -> None:
        if not isinstance(self.card, dict) or self.card.keys() != set(SEATS):
            raise InvalidTruth("a Kuhn deal is a dict with a card for each player")
        first, second = self.card.values()
        if first not in (0, 1, 2) or second not in (0, 1, 2) or first == second:
            raise InvalidTruth("a Kuhn deal gives the two players two different cards out of 0, 1, 2")
        if not isinstance(self.history, str) or self.history not in _MOVES:
            raise InvalidTruth(f"{self.history!r} is not a history of Kuhn poker")

    @release(ALL, of="history", per_step=None)
    def over(self) -> bool:
        """Whether the game has ended."""
        return self.history in STAKES

    @release(ALL, of="history", per_step=None)
    def to_move(self) -> tuple[str, ...]:
        """The seat that moves next; none once over."""
        return _MOVERS[self.history]

    @release(OWN, of="history", per_step=None)
    def legal(self, seat: str) -> tuple[bool, bool]:
        """Which of the two actions the seat may play now."""
        return _FREE if seat in _MOVERS[self.history] else _NOTHING

    @release(OWN, of="card history", per_step=None)
    def payoff(self, seat: str) -> int:
        """Chips gained, zero before the end. A showdown tells who holds more."""
        if self.history not in STAKES:
            return 0
        gain = payoff_of_first((self.card[SEATS[0]], self.card[SEATS[1]]), self.history)
        return gain if seat == SEATS[0] else -gain

    @release(OWN, of="card", per_step=None)
    def type_of(self, seat: str) -> tuple[int]:
        """The own card."""
        return (self.card[seat],)


class KuhnPoker(Game):
    """Kuhn poker, the smallest poker with bluffing.

    ## Description
    Each player antes one chip and gets one of the cards J, Q, K. The first player checks or bets one chip; facing a
    bet a player folds or calls; a bet after a check gives the first player the last word. The higher card wins a
    showdown.

    ## Action Space
    `Discrete(2)`: 0 check (or fold, facing a bet), 1 bet (or call). The mask is all zero for the seat that is not to
    move.

    ## Observation Space
    `Dict(observation=Box(0, 2, (6,), int8), action_mask=Box(0, 1, (2,), int8))`. The observation is the own card
    one-hot (J, Q, K), then the three possible moves in order: 0 not played, 1 check or fold, 2 bet or call.

    ## Starting State
    Two different cards, all six deals equally likely.

    ## Rewards
    At the end: chips won or lost, +-1 or +-2. Zero-sum.

    ## Episode End
    Terminates after a fold, a call or two checks. Never truncates.

    ## Information
    Empty.

    ## Hidden State
    The deal. A seat sees its own card only; after a showdown its payoff tells who held more, never the card itself.

    ## Arguments
    `regime`, `accuracy`, `share`: what a seat is told of the other's card. `render_mode`: None or `"ansi"` (the public
    moves and pot).

    ## Reference Scores
    Value for player_0 between equilibrium players: -1/18. Equilibria: player_0 plays one of a family with alpha in
    [0, 1/3] (bets J with alpha, K with 3 alpha, calls with Q with alpha + 1/3); player_1's is unique. See
    :func:`equilibrium` and :func:`exploitability`.

    ## References
    H. W. Kuhn, "A simplified two-person poker", Contributions to the Theory of Games I (1950), pp. 97-103.

    ## Version History
    * v0: initial version.
    """

    family: ClassVar[str] = "social/kuhn"
    generator: ClassVar[int] = 1
    truth_type = KuhnTruth
    metadata = {
        "name": "kuhn_v0",
        "render_modes": ["ansi"],
        "render_fps": 4,
        "is_parallelizable": True,
    }
    roles = {"First": SEATS[0], "Second": SEATS[1]}
    partners: ClassVar[Mapping[str, PartnerMaker]] = PARTNERS
    held_out = HELD_OUT
    lowest = -2.0
    deals = len(_DEALS)
    memoised = True

    def __init__(self, **common: Unpack[Common]) -> None:
        cards = spaces.Dict({seat: spaces.Discrete(3) for seat in SEATS})
        super().__init__(
            seats=SEATS,
            observed=spaces.Box(0, 2, (6,), np.int8),
            actions=("check or fold", "bet or call"),
            truth_space=spaces.Dict(card=cards, history=spaces.Text(3, min_length=0, charset="bcp")),
            type_sizes=dict.fromkeys(SEATS, (3,)),
            **common,
        )

    def dealt(self, index: int) -> KuhnTruth:
        """Two of the three cards."""
        return self.truth_type(card=dict(zip(SEATS, _DEALS[index], strict=True)), history="")

    def transition(self, truth: KuhnTruth, seat: str, action: int, chance: Chance) -> KuhnTruth:
        """Append the move."""
        played = "b" if action else ("p" if truth.history.endswith("b") else "c")
        return truth.but(history=truth.history + played)

    def observation(self, view: View) -> npt.NDArray[np.int8]:
        """The own card one-hot and the moves."""
        (card,) = view.type_of()
        return np.array((card == 0, card == 1, card == 2, *_MOVES[view.history]), np.int8)

    def outcome(self, view: View) -> Verdict:
        """Zero-sum, so every outcome is Pareto-optimal: success is that player_0 won, the score its share of 4."""
        cards = view.card[SEATS[0]], view.card[SEATS[1]]
        gain = payoff_of_first(cards, view.history)
        payoffs = {f"payoff_{seat}": float(g) for seat, g in zip(SEATS, (gain, -gain), strict=True)}
        return Verdict(gain > 0, (gain + 2) / 4, {**payoffs, "pareto": 1.0, "turns": float(len(view.history))})

    def describe(self, seat: str, kind: tuple[int, ...]) -> str:
        """The card."""
        return f"{seat} holds the card {'JQK'[kind[0]]}."

    def read(self, text: str, view: View) -> int | None:
        """The action by its name at this point: check or bet, or facing a bet fold or call."""
        names = ("fold", "call") if view.history.endswith("b") else ("check", "bet")
        said = text.removeprefix("i ")
        return names.index(said) if said in names else None

    def picture(self, view: View) -> str:
        """The public moves and the pot."""
        history = view.history
        words = {"c": "checks", "b": "bets or calls", "p": "folds"}
        said = [f"{SEATS[i % 2]} {words[move]}" for i, move in enumerate(history)]
        return "; ".join([*said, f"pot {2 + history.count('b')}"])


def raw_env(**kwargs: Any) -> KuhnPoker:
    """The AEC environment; checks are made inside ``step``, so it is the same as :func:`env`."""
    return KuhnPoker(**kwargs)


env = raw_env


def parallel_env(**kwargs: Any) -> ParallelGame:
    """The parallel form: all seats answer, the seat to move is heard."""
    return ParallelGame(KuhnPoker(**kwargs))


# -- the game's theory -----------------------------------------------------------------------------------------------
def equilibrium(seat: str, alpha: float = 0.0) -> dict[tuple[int, str], float]:
    """An equilibrium policy of one seat: probability to bet or call by (card, history).

    Args:
        seat: ``"player_0"`` or ``"player_1"`` (whose equilibrium is unique; `alpha` is ignored).
        alpha: In [0, 1/3], picks one of player_0's equilibria.

    Raises:
        InvalidOption: No such seat, or alpha is outside [0, 1/3].
    """
    if seat not in SEATS or not isinstance(alpha, (int, float)) or not 0.0 <= alpha <= 1 / 3:
        raise InvalidOption(f"expected a seat of {SEATS} and alpha in [0, 1/3], got {seat!r} and {alpha!r}")
    if seat == SEATS[1]:
        return {(0, "c"): 1 / 3, (1, "c"): 0.0, (2, "c"): 1.0, (0, "b"): 0.0, (1, "b"): 1 / 3, (2, "b"): 1.0}
    return {(0, ""): alpha, (1, ""): 0.0, (2, ""): 3 * alpha, (0, "cb"): 0.0, (1, "cb"): alpha + 1 / 3, (2, "cb"): 1.0}


def expected_payoff(first: Policy, second: Policy) -> float:
    """Exact expected payoff of player_0 when `first` meets `second`, over the six deals."""

    def value(cards: tuple[int, int], history: str) -> float:
        if history in STAKES:
            return float(payoff_of_first(cards, history))
        mover = len(history) % 2
        bet = (first, second)[mover][cards[mover], history]
        other = "p" if history.endswith("b") else "c"
        return bet * value(cards, history + "b") + (1 - bet) * value(cards, history + other)

    deals = list(itertools.permutations(range(3), 2))
    return sum(value((a, b), "") for a, b in deals) / len(deals)


def exploitability(first: Policy, second: Policy) -> float:
    """Mean gain of a best response over the two seats, in chips; zero at equilibrium.

    That is (max_a u0(a, second) - min_b u0(first, b)) / 2. Best responses are found by trying all 64 pure policies.
    """
    pure = [
        [dict(zip(equilibrium(seat), map(float, bets), strict=True)) for bets in itertools.product((0, 1), repeat=6)]
        for seat in SEATS
    ]
    best_first = max(expected_payoff(policy, second) for policy in pure[0])
    best_second = min(expected_payoff(first, policy) for policy in pure[1])
    return (best_first - best_second) / 2
