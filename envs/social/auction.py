"""Sealed-bid auctions: first-price and second-price, with their equilibria."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from typing_extensions import Unpack

from ...core.chance import Chance
from ...core.errors import InvalidOption, InvalidTruth, shown
from ...core.game import Common, Game, Partner
from ...core.judge import Verdict
from ...core.options import number, whole
from ...core.truth import ALL, OWN, Truth, View, release, seen_by
from .auction_theory import consistent_profiles, scripted_bids

__all__ = ["SEATS", "Auction", "AuctionTruth", "FirstPriceAuction", "Rules", "SecondPriceAuction"]

SEATS = tuple(f"bidder_{i}" for i in range(6))
LEVELS = 101
"""Levels of value at most."""
_EXTRA = 4
"""Numbers in an observation before the seats' shares."""


class Rules(NamedTuple):
    """The public options.

    Attributes:
        price: 1: the winner pays the highest bid; 2: the second-highest.
        bidders: Number of bidders.
        levels: Number of levels of value and of bid.
        reserve: Lowest level that can win.
    """

    price: int = 1
    bidders: int = 2
    levels: int = 21
    reserve: int = 0


def announced(rules: Rules, bids: Sequence[int]) -> tuple[int, tuple[int, ...]]:
    """Price and winners; -1 and none until all bids are made, and where none meets the reserve."""
    *_, second, best = sorted(bids)
    if min(bids) < 0 or best < rules.reserve:
        return -1, (0,) * len(bids)
    return best if rules.price == 1 else max(second, rules.reserve), tuple(int(bid == best) for bid in bids)


class AuctionTruth(Truth):
    """The values, the bids, and what the auctioneer has announced."""

    seats: ClassVar[tuple[str, ...] | None] = SEATS
    rules: ClassVar[Rules] = Rules()
    value: dict[str, int] = seen_by(OWN, "verifier", "critic", doc="each bidder's value, as a level")
    bid: dict[str, int] = seen_by(OWN, "verifier", doc="each bidder's bid, as a level; -1 before it is made")
    placed: int = seen_by(ALL, doc="bids made so far")
    price: int = seen_by(ALL, doc="level of the price announced; -1 before the end and where nothing was sold")
    winners: tuple[int, ...] = seen_by(ALL, doc="1 for each highest bidder announced, 0 for the others")

    def __post_init__(self) -> None:
        rules = self.rules
        seats, levels = SEATS[: rules.bidders], range(rules.levels)
        for share, allowed in ((self.value, levels), (self.bid, range(-1, rules.levels))):
            if not isinstance(share, dict) or list(share) != list(seats):
                raise InvalidTruth(f"values and bids are dicts over {', '.join(seats)}, in this order")
            if any(type(level) is not int or level not in allowed for level in share.values()):
                raise InvalidTruth(f"a value is a level in [0, {rules.levels}), a bid such a level or -1")
        if type(self.placed) is not int or [b >= 0 for b in self.bid.values()] != [
            i < self.placed for i in range(rules.bidders)
        ]:
            raise InvalidTruth("bids are made in the order of the seats, as many as `placed` says")
        if (self.price, self.winners) != announced(rules, list(self.bid.values())):
            raise InvalidTruth("price and winners are those of the bids, and -1 and zeros until all are made")

    @release(ALL, of="placed", per_step=None)
    def over(self) -> bool:
        """Whether all bids are made."""
        return self.placed == self.rules.bidders

    @release(ALL, of="placed", per_step=None)
    def to_move(self) -> tuple[str, ...]:
        """The seats that have not bid; none once over."""
        return SEATS[self.placed : self.rules.bidders]

    @release(OWN, of="placed", per_step=None)
    def legal(self, seat: str) -> tuple[bool, ...]:
        """All bids, before the seat has bid."""
        return (SEATS.index(seat) >= self.placed,) * self.rules.levels

    @release(OWN, of="value price winners", per_step=None)
    def payoff(self, seat: str) -> float:
        """Value less price where the seat has won, shared equally among the highest bidders; else 0."""
        if not self.winners[SEATS.index(seat)]:
            return 0.0
        return (self.value[seat] - self.price) / (self.rules.levels - 1) / sum(self.winners)

    @release(OWN, of="bid", per_step=None)
    def made(self, seat: str) -> int:
        """The own bid, as a level; -1 before it is made."""
        return self.bid[seat]

    @release(OWN, of="value", per_step=None)
    def type_of(self, seat: str) -> tuple[int]:
        """The own value, as a level."""
        return (self.value[seat],)


# -- partners ---------------------------------------------------------------------------------------------------------
def _player(bid: Callable[[Rules, int, Chance], int]) -> Callable[[Auction], Partner]:
    """A maker of partners from a function of the rules, the own value's level and chance."""

    def maker(game: Auction) -> Partner:
        top, rules = game.rules.levels - 1, game.rules

        def act(seat: str, observation: Mapping[str, npt.NDArray[Any]], chance: Chance) -> int:
            return bid(rules, round(float(observation["observation"][0]) * top), chance)

        return act

    maker.__doc__ = bid.__doc__
    return maker


def _equilibrium(game: Auction) -> Partner:
    """The equilibrium on the grid: the own value in the second-price, a shaded one in the first-price auction."""
    rules = game.rules
    bids = scripted_bids(rules.price, rules.bidders, rules.levels, rules.reserve)
    return _player(lambda _, value, chance: bids[value])(game)


def _truthful(rules: Rules, value: int, chance: Chance) -> int:
    """Bids the own value."""
    return value


def _silent(rules: Rules, value: int, chance: Chance) -> int:
    """Bids 0."""
    return 0


def _adversarial(rules: Rules, value: int, chance: Chance) -> int:
    """Overbids out of spite: half-way between the own value and the top, so that others win less or pay more."""
    return (value + rules.levels) // 2


def _naive(rules: Rules, value: int, chance: Chance) -> int:
    """Bids any level, all equally likely."""
    return int(chance.below(rules.levels))


def _shader(rules: Rules, value: int, chance: Chance) -> int:
    """Held out. Bids three quarters of the own value, whoever else bids and whatever is paid."""
    return 3 * value // 4


def _constrained(rules: Rules, value: int, chance: Chance) -> int:
    """Held out. Any level up to the own value: the "zero intelligence" trader of Gode & Sunder (1993)."""
    return int(chance.below(value + 1))


class Auction(Game):
    """Base of the sealed-bid auctions; a subclass says which price is paid."""

    truth_type = AuctionTruth
    paid: ClassVar[int]
    roles = {"Bidder": SEATS[0]}
    partners = {
        "equilibrium": _equilibrium,
        "truthful": _player(_truthful),
        "silent": _player(_silent),
        "adversarial": _player(_adversarial),
        "naive": _player(_naive),
        "shader": _player(_shader),
        "constrained": _player(_constrained),
    }
    held_out = frozenset({"shader", "constrained"})

    def __init__(self, bidders: int = 2, levels: int = 21, reserve: float = 0.0, **common: Unpack[Common]) -> None:
        bidders, levels = whole("bidders", bidders, 2, len(SEATS)), whole("levels", levels, 2, LEVELS)
        reserve, top = number("reserve", reserve, 0, 1), levels - 1
        if abs(reserve * top - round(reserve * top)) > 1e-9:
            raise InvalidOption(f"reserve must be a level, k/{top} for k from 0 to {top}, got {shown(reserve)}")
        self.rules = Rules(self.paid, bidders, levels, round(reserve * top))
        seats = SEATS[:bidders]
        bids = spaces.Discrete(levels + 1, start=-1)
        super().__init__(
            seats=seats,
            rules=self.rules,
            observed=spaces.Box(-1.0, 1.0, (_EXTRA + bidders,), np.float32),
            actions=[f"I bid {level / top:.4g}." for level in range(levels)],
            truth_space=spaces.Dict(
                value=spaces.Dict({seat: spaces.Discrete(levels) for seat in seats}),
                bid=spaces.Dict(dict.fromkeys(seats, bids)),
                placed=spaces.Discrete(bidders + 1),
                price=bids,
                winners=spaces.Tuple([spaces.Discrete(2)] * bidders),
            ),
            type_sizes=dict.fromkeys(seats, (levels,)),
            **common,
        )

    def _fresh(self, values: Mapping[str, int]) -> AuctionTruth:
        seats = self.possible_agents
        return self.truth_type(
            value=dict(values), bid=dict.fromkeys(seats, -1), placed=0, price=-1, winners=(0,) * len(seats)
        )

    def initial(self, chance: Chance) -> AuctionTruth:
        """A level for each bidder, independent and all equally likely."""
        return self._fresh({seat: chance.below(self.rules.levels) for seat in self.possible_agents})

    def resample(self, truth: AuctionTruth, seat: str, chance: Chance) -> AuctionTruth:
        """Deal the others again: values are independent."""
        return self._fresh({**self.initial(chance).value, seat: truth.value[seat]})

    def transition(self, truth: AuctionTruth, seat: str, action: int, chance: Chance) -> AuctionTruth:
        """Keep the bid sealed; after the last one, announce who has won and at what price."""
        bid = {**truth.bid, seat: action}
        price, winners = announced(self.rules, list(bid.values()))
        return truth.but(bid=bid, placed=truth.placed + 1, price=price, winners=winners)

    def observation(self, view: View) -> npt.NDArray[np.float32]:
        """The own value and bid, the announced price and shares; see the class."""
        rules, own = self.rules, SEATS.index(view.party)
        top, count, winners = rules.levels - 1, sum(view.winners) or 1, view.winners
        (value,), bid, price = view.type_of(), view.made(), view.price
        told = float(view.placed == rules.bidders)
        seen = [value / top, bid / top if bid >= 0 else -1.0, told, price / top if price >= 0 else -1.0]
        return np.array(seen + [won / count for won in winners[own:] + winners[:own]], np.float32)

    def outcome(self, view: View) -> Verdict:
        """Success is that a bidder with the highest value has won; the score is the efficiency.

        Efficiency is the (mean) value of the winners over the highest value. The bits disclosed are what the announced
        result would tell of the values if every bid were the own value.
        """
        rules, winners = self.rules, view.winners
        n, top, count = rules.bidders, rules.levels - 1, sum(winners)
        values = [view.value[seat] for seat in self.possible_agents]
        gained = sum(v for v, won in zip(values, winners, strict=True) if won) / count if count else 0.0
        efficiency = gained / max(values) if max(values) else 1.0
        consistent = consistent_profiles(rules.price, rules.levels, rules.reserve, view.price, winners)
        payoffs = {
            f"payoff_{seat}": won * (value - view.price) / top / count if count else 0.0
            for seat, value, won in zip(self.possible_agents, values, winners, strict=True)
        }
        checks = {
            "efficiency": efficiency,
            "first_best": max(values) / top,
            "pareto": float(efficiency == 1.0),
            "revenue": view.price / top if count else 0.0,
            "sold": float(count > 0),
            "disclosure_bits": n * math.log2(rules.levels) - math.log2(consistent),
            "turns": float(view.placed),
        }
        return Verdict(efficiency == 1.0, efficiency, {**checks, **payoffs})

    def describe(self, seat: str, kind: tuple[int, ...]) -> str:
        """The own value."""
        return f"The item is worth {kind[0] / (self.rules.levels - 1):.4g} to {seat}."

    def picture(self, view: View) -> str:
        """How many bids are in, or the result."""
        rules = self.rules
        if view.placed < rules.bidders:
            return f"{view.placed} of {rules.bidders} sealed bids are in."
        if view.price < 0:
            return "No bid met the reserve price; the item is not sold."
        won = [seat for seat, share in zip(self.possible_agents, view.winners, strict=True) if share]
        return f"{' and '.join(won)} won at the price {view.price / (rules.levels - 1):.4g}."


class FirstPriceAuction(Auction):
    """Sealed-bid auction in which the winner pays the own bid.

    ## Description
    Each bidder knows what one item is worth to it and makes one sealed bid, all at the same time. The highest bidder
    gets the item and pays its bid, so that it is wise to bid less than the own value. Several highest bidders share
    the gain equally (the expected payoff of a fair draw).

    ## Action Space
    `Discrete(levels)`: action k bids k / (levels - 1). All bids are legal once; the mask of a seat that has bid is all
    zero. A bid below the reserve price cannot win.

    ## Observation Space
    `Dict(observation=Box(-1, 1, (4 + bidders,), float32), action_mask=Box(0, 1, (levels,), int8))`: own value; own
    bid, or -1 before it is made; whether the result is announced; the price, or -1 (not announced, or not sold); the
    share won of each seat, the own one first, then in order of seats.

    ## Starting State
    Values are independent and uniform over the levels k / (levels - 1).

    ## Rewards
    At the end: value less price for the winner, divided by the number of highest bidders; 0 for the others.

    ## Episode End
    Terminates when all have bid. Never truncates.

    ## Information
    Empty.

    ## Hidden State
    The values, and the bids, which stay sealed. Announced at the end: who bid highest, and the price.

    ## Arguments
    `bidders` (2 to 6, default 2), `levels` (2 to 101, default 21), `reserve` (lowest price, on the grid, default 0),
    `regime`, `accuracy`, `share`, `render_mode`.

    ## Reference Scores
    With values uniform on [0, 1] the symmetric equilibrium bids (n-1)v/n and the revenue is (n-1)/(n+1), the same as in
    the second-price auction. On the grid that bid, rounded half up, is an equilibrium but for a gain of a best response
    of at most 0.0056 for any value, and 0.0006 in the mean (21 levels, 2 to 6 bidders, enumerated); the bound derived
    from the grid is :func:`~infogap.envs.social.auction_theory.grid_error`.

    ## References
    W. Vickrey, "Counterspeculation, auctions, and competitive sealed tenders", Journal of Finance 16 (1961); J. Riley
    and W. Samuelson, "Optimal auctions", American Economic Review 71 (1981).

    ## Version History
    * v0: initial version.
    """

    family = "social/first_price"
    paid = 1
    metadata = {"name": "first_price_v0", "render_modes": ["ansi"], "render_fps": 4, "is_parallelizable": True}


class SecondPriceAuction(Auction):
    """Sealed-bid auction in which the winner pays the second-highest bid.

    ## Description
    Each bidder knows what one item is worth to it and makes one sealed bid, all at the same time. The highest bidder
    gets the item and pays the second-highest bid (or the reserve price, if that is higher), so that nothing is better
    than to bid the own value, whatever the others do. Several highest bidders share the gain equally (the expected
    payoff of a fair draw).

    ## Action Space
    `Discrete(levels)`: action k bids k / (levels - 1). All bids are legal once; the mask of a seat that has bid is all
    zero. A bid below the reserve price cannot win.

    ## Observation Space
    `Dict(observation=Box(-1, 1, (4 + bidders,), float32), action_mask=Box(0, 1, (levels,), int8))`: own value; own
    bid, or -1 before it is made; whether the result is announced; the price, or -1 (not announced, or not sold); the
    share won of each seat, the own one first, then in order of seats.

    ## Starting State
    Values are independent and uniform over the levels k / (levels - 1).

    ## Rewards
    At the end: value less price for the winner, divided by the number of highest bidders; 0 for the others.

    ## Episode End
    Terminates when all have bid. Never truncates.

    ## Information
    Empty.

    ## Hidden State
    The values, and the bids, of which the price tells the second-highest. Announced at the end: who bid highest, and
    the price.

    ## Arguments
    `bidders` (2 to 6, default 2), `levels` (2 to 101, default 21), `reserve` (lowest price, on the grid, default 0),
    `regime`, `accuracy`, `share`, `render_mode`.

    ## Reference Scores
    Bidding the own value is weakly dominant, on the grid too. With values uniform on [0, 1] the revenue is
    (n-1)/(n+1); on 21 levels 0.3254 for two bidders (enumerated).

    ## References
    W. Vickrey, "Counterspeculation, auctions, and competitive sealed tenders", Journal of Finance 16 (1961).

    ## Version History
    * v0: initial version.
    """

    family = "social/second_price"
    paid = 2
    metadata = {"name": "second_price_v0", "render_modes": ["ansi"], "render_fps": 4, "is_parallelizable": True}
