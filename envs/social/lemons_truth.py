"""Truths of the lemons market: what is hidden in it, and from whom."""

from __future__ import annotations

from typing import Any, ClassVar

from ...core.errors import InvalidTruth
from ...core.truth import ALL, OWN, Truth, release, seen_by
from .lemons_rules import BUYERS, PHASES, SELLER, Rules, masks, seats_of, step_of
from .lemons_theory import cost, worth

__all__ = ["CompetitionTruth", "LemonsTruth"]


def _whole(value: Any, low: int, high: int) -> bool:
    return type(value) is int and low <= value < high


class LemonsTruth(Truth):
    """The quality, and what has been said. With one buyer nothing is hidden from the seller."""

    seats: ClassVar[tuple[str, ...] | None] = (*BUYERS, SELLER)
    rules: ClassVar[Rules] = Rules()
    kind: int = seen_by(SELLER, "verifier", "critic", doc="the quality, by its place on the grid")
    said: int = seen_by(ALL, doc="-1 nothing yet, 0 silence, else 1 + the quality claimed or proved")
    backed: int = seen_by(ALL, doc="-1 not yet, 0 no warranty, 1 a warranty")
    prices: tuple[int, ...] = seen_by(ALL, doc="the buyers' prices, once all have posted")
    answer: int = seen_by(ALL, doc="-1 not yet, 0 refused, 1 accepted")

    def __post_init__(self) -> None:
        rules = self.rules
        if not _whole(self.kind, 0, rules.grid):
            raise InvalidTruth(f"kind is the place of the quality on the grid, an int in [0, {rules.grid})")
        said = {"none": (0,), "verifiable": (-1, 0, self.kind + 1), "cheap": range(-1, rules.grid + 1)}
        backed = (-1, 0, 1) if rules.warranty else (0,)
        if type(self.said) is not int or self.said not in said[rules.disclosure]:
            raise InvalidTruth("said is what the rules allow to say, an int, and a proof is true")
        if type(self.backed) is not int or self.backed not in backed:
            raise InvalidTruth(f"backed is one of {backed}")
        posted = self.prices
        if not isinstance(posted, tuple) or len(posted) not in (0, rules.buyers):
            raise InvalidTruth(f"prices are a tuple with one for each of {rules.buyers} buyers, or ()")
        if not all(_whole(price, 0, rules.prices) for price in posted) or not _whole(self.answer, -1, 2):
            raise InvalidTruth(f"a price is an int in [0, {rules.prices}), and the answer is -1, 0 or 1")
        spoken = self.said >= 0, self.backed >= 0 if rules.warranty else self.said >= 0
        steps = [*spoken, bool(posted), self.answer >= 0]
        if steps != sorted(steps, reverse=True):
            raise InvalidTruth(f"phases come in the order {', '.join(PHASES)}")

    def _phase(self) -> str:
        if self.answer >= 0:
            return "over"
        return "say" if self.said < 0 else "back" if self.backed < 0 else "answer" if self.prices else "offer"

    def _movers(self) -> tuple[str, ...]:
        phase = self._phase()
        return self._to_post() if phase == "offer" else () if phase == "over" else (SELLER,)

    def _free(self, seat: str) -> tuple[bool, ...]:
        phase = self._phase()
        acts = seat in self._to_post() if phase == "offer" else seat == SELLER
        return masks(self.rules)[phase if acts else "wait"]

    def _to_post(self) -> tuple[str, ...]:
        return BUYERS[:1]

    @release(ALL, of="answer", per_step=None)
    def over(self) -> bool:
        """Whether the seller has answered."""
        return self.answer >= 0

    @release(ALL, of="said backed prices answer", per_step=None)
    def to_move(self) -> tuple[str, ...]:
        """The seats that are to act: the seller, or the buyers who have not posted yet."""
        return self._movers()

    @release(OWN, of="said backed prices answer", per_step=None)
    def legal(self, seat: str) -> tuple[bool, ...]:
        """Which actions the seat may take now."""
        return self._free(seat)

    @release(ALL, of="prices", per_step=None)
    def chosen(self) -> int:
        """Number of the buyer whose price the seller answers; -1 before."""
        return 0 if self.prices else -1

    @release(OWN, of="kind backed prices answer", per_step=None)
    def payoff(self, seat: str) -> float:
        """Gain of a sale, zero before and without."""
        return self._gain(seat)

    def _gain(self, seat: str) -> float:
        if self.answer != 1 or seat not in (SELLER, BUYERS[self.chosen()]):
            return 0.0
        price, warranted = max(self.prices) * step_of(self.rules), self.backed == 1
        if seat == SELLER:
            return price - cost(self.rules, self.kind, warranted)
        return worth(self.rules, self.kind, warranted) - price

    @release(OWN, of="kind", per_step=None)
    def type_of(self, seat: str) -> tuple[int, ...]:
        """The quality, for the seller; nothing for a buyer."""
        return (self.kind,) if seat == SELLER else ()

    @release(OWN, of="prices", per_step=None)
    def own_bid(self, seat: str) -> int:
        """The own price, -1 before."""
        return self.prices[0] if self.prices and seat != SELLER else -1


class CompetitionTruth(LemonsTruth):
    """With several buyers: their prices while they are secret, and the lot that breaks ties."""

    first: int = seen_by("verifier", "critic", doc="the buyer who comes first in the cyclic order that breaks ties")
    bids: dict[str, int] = seen_by(OWN, "verifier", "critic", doc="each buyer's price, -1 before; of the seller, -1")
    posted: int = seen_by(ALL, doc="how many buyers have posted")

    def __post_init__(self) -> None:
        super().__post_init__()
        rules, seats = self.rules, seats_of(self.rules)
        if not _whole(self.first, 0, rules.buyers):
            raise InvalidTruth(f"first is the number of a buyer, an int in [0, {rules.buyers})")
        if not isinstance(self.bids, dict) or set(self.bids) != set(seats):
            raise InvalidTruth(f"bids must be a dict with an entry for each of {', '.join(seats)}")
        bids = tuple(self.bids[seat] for seat in seats)
        done = rules.buyers - bids[:-1].count(-1)
        in_order = all(_whole(bid, 0, rules.prices) for bid in bids[:done]) and set(bids[done:]) == {-1}
        if not in_order or type(self.posted) is not int or self.posted != done:
            raise InvalidTruth(f"buyers post prices in [0, {rules.prices}) in turn, -1 before; posted counts them")
        if self.prices != (bids[:-1] if done == rules.buyers else ()) or (done and min(self.said, self.backed) < 0):
            raise InvalidTruth("prices are all bids in order, once all buyers have posted, and () before")

    def _to_post(self) -> tuple[str, ...]:
        return BUYERS[self.posted : self.rules.buyers]

    @release(ALL, of="said backed prices answer posted", per_step=None)
    def to_move(self) -> tuple[str, ...]:
        """The seats that are to act: the seller, or the buyers who have not posted yet."""
        return self._movers()

    @release(OWN, of="said backed prices answer posted", per_step=None)
    def legal(self, seat: str) -> tuple[bool, ...]:
        """Which actions the seat may take now."""
        return self._free(seat)

    @release(ALL, of="prices first", per_step=None)
    def chosen(self) -> int:
        """Number of the buyer whose price the seller answers, the highest; -1 before."""
        if not self.prices:
            return -1
        most, n = max(self.prices), len(self.prices)
        return next(b % n for b in range(self.first, self.first + n) if self.prices[b % n] == most)

    @release(OWN, of="kind backed prices answer first", per_step=None)
    def payoff(self, seat: str) -> float:
        """Gain of a sale, zero before and without."""
        return self._gain(seat)

    @release(OWN, of="bids", per_step=None)
    def own_bid(self, seat: str) -> int:
        """The own price, -1 before."""
        return self.bids[seat]
