"""Lemons market: a seller knows the quality of its good, buyers do not. With disclosure, warranty and competition."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from typing_extensions import Unpack

from ...core.chance import Chance
from ...core.game import Common, Game
from ...core.judge import Verdict
from ...core.parallel import ParallelGame
from ...core.position import Dealer
from ...core.truth import Truth, View
from .lemons_partners import HELD_OUT, PARTNERS
from .lemons_rules import BUYERS, SELLER, Rules, check_rules, layout, phrases, quality, seats_of, step_of
from .lemons_theory import cost, worth
from .lemons_truth import CompetitionTruth, LemonsTruth

__all__ = ["CompetitionTruth", "Lemons", "LemonsTruth", "Rules", "env", "parallel_env", "raw_env"]


class Lemons(Game):
    """Akerlof's market for lemons: only the seller knows what the good is worth.

    ## Description
    The good has a quality q, uniform on [0, `top`]. It is worth q to the seller and `multiplier` q + `gain` to a buyer,
    so every sale gains. The seller may speak and offer a warranty, if the rules let it. Then each buyer posts a price,
    all at once, and the seller accepts the best one or keeps the good. Ties between buyers are broken by lot.

    Qualities are the midpoints of `grid` equal cells and prices the cells' edges, so the mean quality of what is sold
    at a price p is p / 2 exactly. By default a price attracts the goods below it, worth 1.5 p / 2 < p on average: every
    price above zero loses, and the market collapses although each sale would gain q / 2.

    - `disclosure="verifiable"`: the seller says nothing or proves its quality. Silence is bad news, so it unravels.
    - `disclosure="cheap"`: the seller says nothing or claims any quality on the grid. Claims bind nobody.
    - `warranty=w` > 0: the seller offers a warranty or none. A good fails with the probability 1 - q / `top`, and a
      warranty then pays w to the buyer; payoffs take the mean. It costs the seller of a bad good more, so it signals.
    - `buyers` > 1: buyers compete the price up to where they break even (Akerlof's market); one buyer is a monopsony
      ("Acquiring a Company").

    ## Action Space
    `Discrete(n)`: 0 refuse, 1 accept, then one action for each price 0, `top` / `grid`, ... up to the most that the
    good can be worth; then, with disclosure, silence and the proof or the claims in order of quality; then, with a
    warranty, none and a warranty. 33 by default.

    ## Observation Space
    `Dict(observation=Box(-1, 1, (6 + buyers,), float32), action_mask=Box(0, 1, (n,), int8))`: whether the seat is a
    buyer; its quality / `top`, 0 for a buyer; what was said (-1 nothing yet, 0 silence, else quality / `top`); the
    warranty (-1, 0 no, 1 yes); each buyer's price / the highest one, -1 before it is known (the own one first, then
    in cyclic order); whether the own price is the one that is answered (-1 not yet, 0, 1; 1 for the seller); the
    answer (-1, 0, 1).

    ## Starting State
    All qualities equally likely.

    ## Rewards
    At the end. Without a sale nothing; with one at price p the seller gets p - q and the buyer
    `multiplier` q + `gain` - p; a warranty moves w (1 - q / `top`) from seller to buyer.

    ## Episode End
    Terminates with the seller's answer. Never truncates.

    ## Information
    Empty.

    ## Hidden State
    The quality, which the seller knows; prices until all buyers have posted; the lot. A buyer's payoff tells it the
    quality of what it bought.

    ## Arguments
    `grid` (20): number of qualities, 2 to 100. `top` (2.0). `multiplier` (1.5): 1 to 4. `gain` (0.0): 0 to 4 `top`.
    `disclosure` ("none"), `warranty` (0.0, at most 4 `top`), `buyers` (1, at most 4): see above. `regime`,
    `accuracy`, `share`: what buyers are told of the quality. `render_mode`: None or `"ansi"`.

    ## Reference Scores
    By default first best is 0.5 and equilibrium play realises 0: no price above zero pays. One buyer's profit with
    `top=1` is p^2 (k / 2 - 1), so there is trade for k > 2 only. With `multiplier=1, top=1, gain=g` <= 0.5 one buyer
    posts g, earning g^2 / 2; two post 2 g. Proofs restore all trade that the price grid can carry: all but the lowest
    quality by default. With `warranty=3` the better half offers it and sells at 2.5. See
    :func:`~infogap.envs.social.lemons_theory.solve`.

    ## References
    G. A. Akerlof, "The market for 'lemons'", QJE 84 (1970). W. F. Samuelson and M. H. Bazerman, "The winner's curse in
    bilateral negotiations" (1985). S. J. Grossman, "The informational role of warranties and private disclosure about
    product quality", J. Law Econ. 24 (1981). P. R. Milgrom, "Good news and bad news", Bell J. Econ. 12 (1981).

    ## Version History
    * v0: initial version.
    """

    family: ClassVar[str] = "social/lemons"
    truth_type: type[Truth] = LemonsTruth
    metadata = {
        "name": "lemons_v0",
        "render_modes": ["ansi"],
        "render_fps": 4,
        "is_parallelizable": True,
    }
    roles = {"Buyer": BUYERS[0], "Seller": SELLER}
    partners = PARTNERS
    held_out = HELD_OUT
    memoised = True

    def __init__(
        self,
        grid: int = 20,
        top: float = 2.0,
        multiplier: float = 1.5,
        gain: float = 0.0,
        disclosure: str = "none",
        warranty: float = 0.0,
        buyers: int = 1,
        **common: Unpack[Common],
    ) -> None:
        self.rules = rules = check_rules(Rules(grid, top, multiplier, gain, disclosure, warranty, buyers))
        self.seats = seats = seats_of(rules)
        self.deals = rules.grid * rules.buyers
        dearest = max(cost(rules, kind, warranted) for kind in range(rules.grid) for warranted in (False, True))
        self.lowest = -max((rules.prices - 1) * step_of(rules), dearest)
        self._acts, self._highest = layout(rules), max(1, rules.prices - 1)
        several = rules.buyers > 1
        self.truth_type = CompetitionTruth if several else LemonsTruth
        truth_space: dict[str, spaces.Space[Any]] = {
            "kind": spaces.Discrete(rules.grid),
            "said": spaces.Discrete(rules.grid + 2, start=-1),
            "backed": spaces.Discrete(3, start=-1),
            "prices": spaces.Sequence(spaces.Discrete(rules.prices)),
            "answer": spaces.Discrete(3, start=-1),
        }
        if several:
            bid = spaces.Discrete(rules.prices + 1, start=-1)
            truth_space["first"] = spaces.Discrete(rules.buyers)
            truth_space["bids"] = spaces.Dict(dict.fromkeys(seats, bid))
            truth_space["posted"] = spaces.Discrete(rules.buyers + 1)
        super().__init__(
            seats=seats,
            observed=spaces.Box(-1, 1, (6 + rules.buyers,), np.float32),
            actions=phrases(rules),
            truth_space=spaces.Dict(truth_space),
            type_sizes={seat: (rules.grid,) if seat == SELLER else () for seat in seats},
            rules=rules,
            **common,
        )
        said, backed = 0 if rules.disclosure == "none" else -1, -1 if rules.warranty else 0
        secret: dict[str, Any] = {"first": 0, "bids": dict.fromkeys(seats, -1), "posted": 0} if several else {}
        self._opening: Any = self.truth_type(kind=0, said=said, backed=backed, prices=(), answer=-1, **secret)

    def dealer(self) -> Dealer | None:
        """Positions are kept where there are few; in a larger game hardly any is met twice."""
        return super().dealer() if self.deals * len(self.words) < 2_000 and self.rules.buyers == 1 else None

    def dealt(self, index: int) -> LemonsTruth:
        """A quality and a lot."""
        first, kind = divmod(index, self.rules.grid)
        if self.rules.buyers == 1:
            return self._opening.but(kind=kind)
        return self._opening.but(kind=kind, first=first, bids=dict.fromkeys(self.seats, -1))

    def transition(self, truth: LemonsTruth, seat: str, action: int, chance: Chance) -> LemonsTruth:
        """Say, back, post or answer."""
        at = self._acts
        if action < at.offer:
            return truth.but(answer=action)
        if action < at.say and isinstance(truth, CompetitionTruth):
            bids = {**truth.bids, seat: action - at.offer}
            complete = truth.posted + 1 == self.rules.buyers
            prices = tuple(bids[buyer] for buyer in self.seats[:-1]) if complete else ()
            return truth.but(bids=bids, posted=truth.posted + 1, prices=prices)
        if action < at.say:
            return truth.but(prices=(action - at.offer,))
        if action < at.back:
            claimed = action - at.say
            proof = self.rules.disclosure == "verifiable" and claimed
            return truth.but(said=truth.kind + 1 if proof else claimed)
        return truth.but(backed=action - at.back)

    def observation(self, view: View) -> npt.NDArray[np.float32]:
        """The own quality, what was said and offered, and the answer."""
        grid, n, most, party = self.rules.grid, self.rules.buyers, self._highest, view.party
        kind, said, chosen, prices = view.type_of(), view.said, view.chosen(), view.prices
        if party == SELLER:
            me, shown_prices = 0, prices or (-1,) * n
        else:
            me = self.seats.index(party)
            shown_prices = prices[me:] + prices[:me] if prices else (view.own_bid(),) + (-1,) * (n - 1)
        return np.array(
            (
                party != SELLER,
                (kind[0] + 0.5) / grid if kind else 0,
                (said - 0.5) / grid if said > 0 else said,
                view.backed,
                *(price if price < 0 else price / most for price in shown_prices),
                -1 if chosen < 0 else party == SELLER or chosen == me,
                view.answer,
            ),
            np.float32,
        )

    def outcome(self, view: View) -> Verdict:
        """Efficiency is what the sale gained of what it could; success is a sale wherever it gains.

        `disclosure_bits` counts all bits of the quality if it was stated, true or not, else what the answer tells of a
        seller who sells exactly if that pays. `deception` is 1 for a claim that was false.
        """
        rules, kind = self.rules, view.kind
        price, warranted, sold = max(view.prices) * step_of(rules), view.backed == 1, view.answer == 1
        first_best = worth(rules, kind) - cost(rules, kind)
        best = first_best > 0
        efficiency = float(sold) if best else 1.0
        payoffs = {f"payoff_{seat}": 0.0 for seat in self.seats}
        if sold:
            payoffs[f"payoff_{SELLER}"] = price - cost(rules, kind, warranted)
            payoffs[f"payoff_{BUYERS[view.chosen()]}"] = worth(rules, kind, warranted) - price
        selling = sum(cost(rules, j, warranted) <= price + 1e-9 for j in range(rules.grid))
        fitting = 1 if view.said > 0 else (selling if sold else rules.grid - selling) or rules.grid
        checks = {
            "efficiency": efficiency,
            "first_best": first_best,
            "surplus": first_best * sold,
            "trade": float(sold),
            "price": price,
            "pareto": efficiency,
            "disclosure_bits": math.log2(rules.grid / fitting),
            "deception": float(view.said > 0 and view.said != kind + 1),
            **payoffs,
        }
        return Verdict(efficiency == 1.0, efficiency, checks)

    def describe(self, seat: str, kind: tuple[int, ...]) -> str:
        """The quality of the good."""
        if not kind:
            return f"{seat} does not know the quality of the good."
        return f"The good has the quality {quality(self.rules, kind[0]):.6g} on a scale from 0 to {self.rules.top:.6g}."

    def picture(self, view: View) -> str:
        """What has been said, offered and answered."""
        rules, h = self.rules, step_of(self.rules)
        lines = []
        if rules.disclosure != "none" and view.said >= 0:
            verb = "proves" if rules.disclosure == "verifiable" else "claims"
            stated = f"{verb} the quality {quality(rules, view.said - 1):.6g}" if view.said else "says nothing"
            lines.append(f"{SELLER} {stated}")
        if rules.warranty and view.backed >= 0:
            lines.append(f"{SELLER} offers {'a' if view.backed else 'no'} warranty")
        lines += [f"{BUYERS[b]} offers {price * h:.6g}" for b, price in enumerate(view.prices)]
        if view.answer >= 0:
            buyer = BUYERS[view.chosen()]
            lines.append(f"{SELLER} {'sells to' if view.answer else 'refuses'} {buyer}")
        return "; ".join(lines) or "nothing has been said"


def raw_env(**kwargs: Any) -> Lemons:
    """The AEC environment; checks are made inside ``step``, so it is the same as :func:`env`."""
    return Lemons(**kwargs)


env = raw_env


def parallel_env(**kwargs: Any) -> ParallelGame:
    """The parallel form: buyers post at once."""
    return ParallelGame(Lemons(**kwargs))
