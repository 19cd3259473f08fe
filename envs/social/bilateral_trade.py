"""Bilateral trade: a buyer and a seller with private values name a price each, at once. The k-double auction."""

from __future__ import annotations

import functools
import math
from typing import Any, ClassVar

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
from ...core.position import Dealer
from ...core.truth import ALL, OWN, Truth, View, release, seen_by
from .bilateral_trade_partners import HELD_OUT, PARTNERS
from .bilateral_trade_theory import LEVELS, Rules, level_of, price_of, value_of

__all__ = ["BilateralTrade", "BilateralTruth", "Rules", "env", "parallel_env", "raw_env"]

SEATS = BUYER, SELLER = ("buyer_0", "seller_0")
CLAIMS = ("nothing", "low", "middle", "high")


@functools.lru_cache(maxsize=256)
def _masks(rules: Rules) -> tuple[tuple[bool, ...], ...]:
    """What is legal: for who waits, who names a price, who speaks."""
    talks = (False,) * len(CLAIMS) if rules.messages else ()
    price, talk = (True,) * rules.prices, tuple(not no for no in talks)
    wait = (False,) * rules.prices
    return (wait + talks, price + talks, wait + talk)


def _whole(value: Any, low: int, high: int) -> bool:
    return type(value) is int and low <= value < high


class BilateralTruth(Truth):
    """The value, the cost, the claims and the prices."""

    seats: ClassVar[tuple[str, ...] | None] = SEATS
    rules: ClassVar[Rules] = Rules()
    deal: dict[str, tuple[int, ...]] = seen_by(OWN, "verifier", "critic", doc="the buyer's value, the seller's cost")
    said: tuple[int, ...] = seen_by(ALL, doc="claims in turn, the buyer first: 0 nothing, 1 low, 2 middle, 3 high")
    named: dict[str, int] = seen_by(OWN, "verifier", "critic", doc="each one's price, -1 before")
    posted: int = seen_by(ALL, doc="how many have named a price")
    prices: tuple[int, ...] = seen_by(ALL, doc="bid and ask, once both are named")

    def __post_init__(self) -> None:
        rules = self.rules
        for name, share in (("deal", self.deal), ("named", self.named)):
            if not isinstance(share, dict) or set(share) != set(SEATS):
                raise InvalidTruth(f"{name} must be a dict with an entry for each of {', '.join(SEATS)}")
        if not all(isinstance(t, tuple) and len(t) == 1 and _whole(t[0], 0, rules.grid) for t in self.deal.values()):
            raise InvalidTruth(f"each seat is dealt one number, an int in [0, {rules.grid})")
        said = self.said
        if not isinstance(said, tuple) or len(said) > 2 * rules.messages or not all(_whole(s, 0, 4) for s in said):
            raise InvalidTruth(f"said is a tuple of up to {2 * rules.messages} claims, ints in [0, 4)")
        named = (self.named[BUYER], self.named[SELLER])
        done = 0 if named[0] == -1 else 1 if named[1] == -1 else 2
        if any(price != -1 for price in named[done:]) or not all(_whole(p, 0, rules.prices) for p in named[:done]):
            raise InvalidTruth(f"the buyer's, then the seller's price is named, ints in [0, {rules.prices}), -1 before")
        if type(self.posted) is not int or self.posted != done or self.prices != (named if done == 2 else ()):
            raise InvalidTruth("posted counts the prices named; prices are both of them once both are named, else ()")
        if done and len(said) < 2 * rules.messages:
            raise InvalidTruth("claims are made before prices are named")

    @release(ALL, of="posted", per_step=None)
    def over(self) -> bool:
        """Whether both have named a price."""
        return self.posted == 2

    @release(ALL, of="said posted", per_step=None)
    def to_move(self) -> tuple[str, ...]:
        """The seats that are to act: who speaks next, or all who have not named a price yet."""
        if len(self.said) < 2 * self.rules.messages:
            return (SEATS[len(self.said) % 2],)
        return SEATS[self.posted :]

    @release(OWN, of="said posted", per_step=None)
    def legal(self, seat: str) -> tuple[bool, ...]:
        """Which actions the seat may take now."""
        if seat not in self.to_move():
            return _masks(self.rules)[0]
        return _masks(self.rules)[2 if len(self.said) < 2 * self.rules.messages else 1]

    @release(OWN, of="deal prices", per_step=None)
    def payoff(self, seat: str) -> float:
        """Gain of a trade, zero before and without."""
        if not self.prices or self.prices[0] < self.prices[1]:
            return 0.0
        price, own = _price(self.rules, self.prices), value_of(self.rules, self.deal[seat][0])
        return own - price if seat == BUYER else price - own

    @release(OWN, of="deal", per_step=None)
    def type_of(self, seat: str) -> tuple[int, ...]:
        """The own value or cost."""
        return self.deal[seat]

    @release(OWN, of="named", per_step=None)
    def own_price(self, seat: str) -> int:
        """The own price, -1 before."""
        return self.named[seat]


def _price(rules: Rules, prices: tuple[int, ...]) -> float:
    bid, ask = (price_of(rules, price) for price in prices)
    return rules.k * bid + (1 - rules.k) * ask


def _checked(rules: Rules) -> Rules:
    """The rules, with k as a float.

    Raises:
        InvalidOption: An option is not acceptable.
    """
    grid, k, messages = rules
    return Rules(whole("grid", grid, 2, 64), number("k", k, 0, 1), whole("messages", messages, 0, 3))


class BilateralTrade(Game):
    """Chatterjee and Samuelson's k-double auction.

    ## Description
    A buyer with value v and a seller with cost c, both uniform on [0, 1] and private, name a price each, at once. If
    the bid is at least the ask they trade at `k` bid + (1 - `k`) ask. Each gains by shading, so trades are lost: no
    mechanism could do better than 84.4 percent of what trade could gain (Myerson and Satterthwaite 1983).

    Values and costs are the midpoints of `grid` equal cells, prices those of half as many cells again. With `messages`
    the two first take turns, the buyer first, to claim that the own number is low, middle or high, or to say nothing.
    Claims bind nobody.

    ## Action Space
    `Discrete(n)`: the prices in order, 60 by default; then, with messages, saying nothing and claiming low, middle and
    high.

    ## Observation Space
    `Dict(observation=Box(-1, 1, (4 + 2 messages,), float32), action_mask=Box(0, 1, (n,), int8))`: whether the seat is
    the buyer; its value or cost; its own price and the other's, -1 before it is known; the claims in order, -1 not made
    yet, 0 nothing, else 1/3, 2/3, 1.

    ## Starting State
    All pairs of a value and a cost equally likely.

    ## Rewards
    At the end: v - price and price - c if they trade, nothing otherwise.

    ## Episode End
    Terminates when both have named a price. Never truncates.

    ## Information
    Empty.

    ## Hidden State
    Value and cost; the price of who names it first, until both have. Afterwards both prices are public.

    ## Arguments
    `grid` (40): 2 to 64. `k` (0.5): in [0, 1]. `messages` (0): claims each may make, at most 3. `regime`, `accuracy`,
    `share`: what a seat is told of the other's number. `render_mode`: None or `"ansi"`.

    ## Reference Scores
    First best: a mean surplus of 1/6, less 1 / (6 grid^2) on the grid. The linear equilibrium, bid 2v/3 + 1/12 and ask
    2c/3 + 1/4, trades where v - c >= 1/4 and has a surplus of 9/64, and with `grid` a multiple of 8 of 9/64 +
    3 / (32 grid) - 1 / (8 grid^2); there it is an exact equilibrium on the grid, elsewhere one up to
    :func:`~infogap.envs.social.bilateral_trade_theory.deviation_bound`. Claims change nothing in it.

    ## References
    K. Chatterjee and W. Samuelson, "Bargaining under incomplete information", Operations Research 31 (1983).
    R. B. Myerson and M. A. Satterthwaite, "Efficient mechanisms for bilateral trading", J. Econ. Theory 29 (1983).

    ## Version History
    * v0: initial version.
    """

    family: ClassVar[str] = "social/bilateral_trade"
    truth_type = BilateralTruth
    metadata = {
        "name": "bilateral_trade_v0",
        "render_modes": ["ansi"],
        "render_fps": 4,
        "is_parallelizable": True,
    }
    roles = {"Buyer": BUYER, "Seller": SELLER}
    partners = PARTNERS
    held_out = HELD_OUT
    memoised = True

    def __init__(self, grid: int = 40, k: float = 0.5, messages: int = 0, **common: Unpack[Common]) -> None:
        self.rules = rules = _checked(Rules(grid, k, messages))
        self.deals = grid * grid
        named = [f"name the price {price_of(rules, index):.4f}" for index in range(rules.prices)]
        claims = ["say nothing", *(f"claim that it is {level}" for level in CLAIMS[1:])] if messages else []
        kinds = spaces.Tuple([spaces.Discrete(grid)])
        super().__init__(
            seats=SEATS,
            observed=spaces.Box(-1, 1, (4 + 2 * messages,), np.float32),
            actions=(*named, *claims),
            truth_space=spaces.Dict(
                deal=spaces.Dict(dict.fromkeys(SEATS, kinds)),
                said=spaces.Sequence(spaces.Discrete(len(CLAIMS))),
                named=spaces.Dict(dict.fromkeys(SEATS, spaces.Discrete(rules.prices + 1, start=-1))),
                posted=spaces.Discrete(3),
                prices=spaces.Sequence(spaces.Discrete(rules.prices)),
            ),
            type_sizes=dict.fromkeys(SEATS, (grid,)),
            rules=rules,
            **common,
        )
        self._opening: BilateralTruth = self.truth_type(
            deal=dict.fromkeys(SEATS, (0,)), said=(), named=dict.fromkeys(SEATS, -1), posted=0, prices=()
        )

    def dealer(self) -> Dealer | None:
        """Positions are kept where there are few; in a larger game hardly any is met twice."""
        few = not self.rules.messages and self.deals * self.rules.prices**2 < 20_000
        return super().dealer() if few else None

    def dealt(self, index: int) -> BilateralTruth:
        """A value and a cost."""
        value, cost = divmod(index, self.rules.grid)
        return self._opening.but(deal={BUYER: (value,), SELLER: (cost,)}, named=dict.fromkeys(SEATS, -1))

    def transition(self, truth: BilateralTruth, seat: str, action: int, chance: Chance) -> BilateralTruth:
        """Claim, or name a price."""
        if action >= self.rules.prices:
            return truth.but(said=(*truth.said, action - self.rules.prices))
        named = {**truth.named, seat: action}
        prices = (named[BUYER], named[SELLER]) if truth.posted else ()
        return truth.but(named=named, posted=truth.posted + 1, prices=prices)

    def observation(self, view: View) -> npt.NDArray[np.float32]:
        """The own number, the prices and the claims."""
        rules, buyer, prices, said = self.rules, view.party == BUYER, view.prices, view.said
        own = view.own_price()
        other = prices[1 if buyer else 0] if prices else -1
        numbers = [
            float(buyer),
            value_of(rules, view.type_of()[0]),
            own if own < 0 else price_of(rules, own),
            other if other < 0 else price_of(rules, other),
        ]
        if rules.messages:
            numbers += [claim / LEVELS for claim in said] + [-1.0] * (2 * rules.messages - len(said))
        return np.array(numbers, np.float32)

    def outcome(self, view: View) -> Verdict:
        """Efficiency is what the trade gained of what it could, and 0 for a trade that loses.

        Success is a trade exactly where it gains. `disclosure_bits` counts, over both seats, how far a bid (no higher
        than the value) or an ask (no lower than the cost) and the last claim, both taken at their word, narrow the
        types; where they contradict each other the claim counts. `deception` is the share of false claims among those
        made.
        """
        rules, prices = self.rules, view.prices
        value, cost = (value_of(rules, view.deal[seat][0]) for seat in SEATS)
        price, sold = _price(rules, prices), prices[0] >= prices[1]
        first_best = max(value - cost, 0.0)
        surplus = value - cost if sold else 0.0
        efficiency = float(sold) if first_best > 0 else float(surplus >= 0)
        nash = 4 * max(value - price, 0.0) * max(price - cost, 0.0) / first_best**2 if first_best > 0 else 1.0
        spoken = [(claim, SEATS[i % 2]) for i, claim in enumerate(view.said) if claim]
        false = sum(claim - 1 != level_of(rules, view.deal[seat][0]) for claim, seat in spoken)
        checks = {
            "efficiency": efficiency,
            "first_best": first_best,
            "surplus": surplus,
            "trade": float(sold),
            "price": price if sold else 0.0,
            "pareto": efficiency,
            "nash_share": (nash if sold else 0.0) if first_best > 0 else efficiency,
            "disclosure_bits": sum(_bits(rules, view.said[i::2], prices[i], i == 0) for i in range(2)),
            "deception": false / len(spoken) if spoken else 0.0,
            f"payoff_{BUYER}": value - price if sold else 0.0,
            f"payoff_{SELLER}": price - cost if sold else 0.0,
        }
        return Verdict(efficiency == 1.0, efficiency, checks)

    def describe(self, seat: str, kind: tuple[int, ...]) -> str:
        """The value or the cost."""
        number = f"{value_of(self.rules, kind[0]):.4f}"
        return f"The good is worth {number} to {seat}." if seat == BUYER else f"The good costs {seat} {number}."

    def picture(self, view: View) -> str:
        """What has been claimed, and the prices once both are named."""
        lines = [f"{SEATS[i % 2]} says {CLAIMS[claim]}" for i, claim in enumerate(view.said)]
        if view.prices:
            bid, ask = view.prices
            lines.append(f"{BUYER} bids {price_of(self.rules, bid):.4f}, {SELLER} asks {price_of(self.rules, ask):.4f}")
            sold = f"they trade at {_price(self.rules, view.prices):.4f}"
            lines.append(sold if bid >= ask else "they do not trade")
        return "; ".join(lines) or "nothing has been said"


def _bits(rules: Rules, said: tuple[int, ...], index: int, buyer: bool) -> float:
    """Bits told of a type by its last claim and its price, both believed."""
    claim, price = next((c for c in reversed(said) if c), 0), price_of(rules, index)
    claimed = [kind for kind in range(rules.grid) if not claim or level_of(rules, kind) == claim - 1]
    fitting = [k for k in claimed if (value_of(rules, k) >= price if buyer else value_of(rules, k) <= price)] or claimed
    return math.log2(rules.grid / len(fitting)) if fitting else 0.0


def raw_env(**kwargs: Any) -> BilateralTrade:
    """The AEC environment; checks are made inside ``step``, so it is the same as :func:`env`."""
    return BilateralTrade(**kwargs)


env = raw_env


def parallel_env(**kwargs: Any) -> ParallelGame:
    """The parallel form: both name their price at once."""
    return ParallelGame(BilateralTrade(**kwargs))
