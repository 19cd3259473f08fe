"""Deal or no deal: two seats with private values divide books, hats and balls by offers and cheap talk."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from typing_extensions import Unpack

from ...core.chance import Chance
from ...core.errors import InvalidTruth
from ...core.game import Common, Game
from ...core.judge import Verdict
from ...core.options import choice, whole
from ...core.parallel import ParallelGame
from ...core.truth import ALL, OWN, Truth, View, release, seen_by
from .deal_or_no_deal_partners import HELD_OUT, PARTNERS
from .deal_or_no_deal_rules import (
    ACCEPT,
    ACTS,
    ASK,
    CONFIRM,
    COUNTS,
    INSTANCES,
    POOL,
    SEATS,
    TYPES,
    WALK,
    WITHDRAW,
    Triple,
    counterparts,
    deals,
    encode,
    holds,
    left,
    mask,
    size,
    split_of,
    standing,
    statement,
    worth,
)
from .deal_or_no_deal_text import PHRASES, amounts, read
from .deal_or_no_deal_theory import disclosed, solve

__all__ = ["DealOrNoDeal", "DealTruth", "Rules", "env", "parallel_env", "raw_env"]

LONGEST_GAME = 100
_NOTHING = (False,) * ACTS
_MOVERS = tuple((seat,) for seat in SEATS)
_SEAT = {seat: i for i, seat in enumerate(SEATS)}


class Rules(NamedTuple):
    """The public options: the deadline in acts, and which values can meet."""

    turns: int = 10
    instances: str = "valued"


def _triple(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 3 and all(type(n) is int for n in value)


class DealTruth(Truth):
    """The pool, the values and what has been said and done."""

    seats: ClassVar[tuple[str, ...] | None] = SEATS
    rules: ClassVar[Rules] = Rules()
    values: dict[str, Triple] = seen_by(OWN, "verifier", "critic", doc="each seat's points for a book, a hat, a ball")
    counts: Triple = seen_by(ALL, doc="how many books, hats and balls there are")
    acts: tuple[int, ...] = seen_by(ALL, doc="all acts so far, of the two seats in turn")

    def __post_init__(self) -> None:
        if not _triple(self.counts) or self.counts not in COUNTS:
            raise InvalidTruth("a pool is a tuple of 1 to 4 books, hats and balls each, 5 to 7 in all")
        if not isinstance(self.values, dict) or self.values.keys() != set(SEATS):
            raise InvalidTruth(f"values are a dict with a tuple for each of {SEATS}")
        for own in self.values.values():
            if not _triple(own) or min(own) < 0 or worth(own, self.counts) != POOL:
                raise InvalidTruth(f"values are three ints from 0 that make the whole pool worth {POOL}")
        if self.values[SEATS[1]] not in counterparts(self.counts, self.values[SEATS[0]], self.rules.instances):
            also = "" if self.rules.instances == "valued" else ", and some type must be valued by both"
            raise InvalidTruth(f"somebody must value each type{also}")
        if not isinstance(self.acts, tuple) or not _playable(self.counts, self.acts, self.rules.turns):
            raise InvalidTruth("acts are a tuple of ints, each legal at its turn")

    @release(ALL, of="acts", per_step=None)
    def over(self) -> bool:
        """Whether there is a deal, somebody has walked away, or the deadline has passed."""
        acts = self.acts
        return bool(acts) and (ACCEPT <= acts[-1] <= WALK or len(acts) >= self.rules.turns)

    @release(ALL, of="acts", per_step=None)
    def to_move(self) -> tuple[str, ...]:
        """The seat that acts next; none once over."""
        return () if self.over() else _MOVERS[len(self.acts) & 1]

    @release(OWN, of="counts acts", per_step=None)
    def legal(self, seat: str) -> tuple[bool, ...]:
        """Which of the acts the seat may choose now."""
        mine = _SEAT[seat]
        if len(self.acts) & 1 != mine or self.over():
            return _NOTHING
        offer = standing(self.acts)
        return mask(self.counts, 0 if offer is None else 1 if offer[0] == mine else 2)

    @release(OWN, of="values counts acts", per_step=None)
    def payoff(self, seat: str) -> float:
        """Points of the own share once there is a deal, else zero."""
        share = _share(self.counts, self.acts, _SEAT[seat])
        return 0.0 if share is None else float(worth(self.values[seat], share))

    @release(OWN, of="values", per_step=None)
    def type_of(self, seat: str) -> Triple:
        """The own points for a book, a hat, a ball."""
        return self.values[seat]


def _share(counts: Triple, acts: tuple[int, ...], seat: int) -> Triple | None:
    """What a seat got, once its or the other's offer has been accepted."""
    if not acts or acts[-1] != ACCEPT:
        return None
    offer = standing(acts)
    assert offer is not None  # or it could not have been accepted
    by, act = offer
    return split_of(act) if by == seat else left(counts, split_of(act))


def _playable(counts: Triple, acts: tuple[Any, ...], turns: int) -> bool:
    """Whether each act was legal at its turn, and none came after the end."""
    for i, act in enumerate(acts):
        offer = standing(acts[:i])
        can = mask(counts, 0 if offer is None else 1 if offer[0] == i & 1 else 2)
        if type(act) is not int or not 0 <= act < ACTS or not can[act] or i >= turns:
            return False
        if ACCEPT <= act <= WALK and i < len(acts) - 1:
            return False
    return True


TASK = "Say what you take of them; the other gets the rest. Without a deal nobody gets anything."


class DealOrNoDeal(Game):
    """Deal or no deal: who gets which of the books, hats and balls?

    ## Description
    There are 5 to 7 items of three types. Each seat values the whole pool at exactly 10 points, and neither knows how
    the other values the types. They act in turn: propose who gets what, accept the other's standing offer, walk away,
    or talk. Talk is cheap: what a seat says of its values need not be true, and binds nobody.

    ## Action Space
    `Discrete(139)`. With b, h and l from 0 to 4:

    | action | act |
    |---|---|
    | 25 b + 5 h + l | propose that the speaker takes b books, h hats and l balls, and the other all else |
    | 125 | accept the other's standing offer |
    | 126 | walk away |
    | 127 to 129 | say that one values books, hats or balls most |
    | 130 to 132 | say that one values books, hats or balls least |
    | 133 to 135 | say that one does not value books, hats or balls |
    | 136 | ask which type the other values most (clarify) |
    | 137 | restate the standing offer (confirm) |
    | 138 | withdraw the own standing offer (repair) |

    An offer stands until it is withdrawn or either seat makes another one. The mask allows proposals within the pool,
    137 while an offer stands, 125 while it is the other's, 138 while it is the own. It is all zero for the seat that
    does not act. Each act has a phrase (``env.words``), and ``env.read`` understands other wordings.

    ## Observation Space
    `Dict(observation=Box(0, max(10, turns), (12 + 4 turns,), int8), action_mask=Box(0, 1, (139,), int8))`:

    | numbers | meaning |
    |---|---|
    | 0 | own seat; seat 0 acts first |
    | 1-3 | own points for a book, a hat, a ball |
    | 4-6 | how many books, hats and balls there are |
    | 7 | acts so far |
    | 8 | standing offer: 0 none, 1 the own, 2 the other's |
    | 9-11 | what the standing offer gives the seat |
    | 12.. | four numbers for each act in order, zeros for those to come |

    Of the four, the first is 1 proposal, 2 accept, 3 walk away, 4 values most, 5 values least, 6 does not value, 7 ask,
    8 restate, 9 withdraw; the others are what a proposal gives this seat, or the type of a statement one-hot.

    ## Starting State
    A pool out of the 28 with 1 to 4 of each type and 5 to 7 items in all; then a pair of values out of all pairs that
    make the pool worth 10 to each and in which somebody values each type. Both are drawn uniformly. With
    `instances="contested"`, moreover, both value some type, as in the data of Lewis et al.; there, not both can
    have 10.

    ## Rewards
    At the end: each seat's points for its share, 0 to 10. Without a deal, 0 for both.

    The verifier's success is a deal, its score `efficiency`: total points over the largest possible. `nash_share` is
    the product of the points over the largest possible, `pareto` 1 if no split is better for one seat and no worse for
    the other. `disclosure_bits` (and `disclosure_bits_<seat>`): log2 of how far the statements, taken at their word,
    shrink the set of values that make the pool worth 10; offers do not count, and a statement that contradicts earlier
    ones is passed over. `deception`: share of statements that were false. `clarify`, `confirm` and `repair` count acts.

    ## Episode End
    Terminates when an offer is accepted, when a seat walks away, or after `turns` acts. Never truncates.

    ## Information
    Empty.

    ## Hidden State
    The values. A seat sees its own, the pool and all acts. Its reward tells nothing new.

    ## Arguments
    `turns`: deadline in acts, 2 to 100, default 10. `instances`: `"valued"` (default) or `"contested"`. `regime`,
    `accuracy`, `share`: what a seat is told of the other's values; under `"noisy"` a false report is what another deal
    of the same pool would have given. `render_mode`: None or `"ansi"` (the pool and the acts).

    ## Reference Scores
    No equilibrium is known under private values, but for `turns=2`. Exact, by enumeration; mean points over the deals
    (`"valued"`, then `"contested"`):

    | | valued | contested |
    |---|---|---|
    | largest total | 15.451 | 15.178 |
    | root of the largest Nash product, per seat | 7.587 | 7.442 |
    | points at the Nash solution, per seat | 7.705 | 7.567 |
    | largest minimum | 6.877 | 6.690 |
    | everything handed out at random, total | 10 | 10 |
    | two turns, private values: proposer, if the other takes whatever beats nothing | 9.020 | 8.963 |
    | values known: last to propose, other; ties broken for the other | 10, 3.420 | 10, 3.031 |
    | values known: last to propose, other; ties broken against the other | 9.527, 2.579 | 9.501, 2.480 |
    | best response to `acceptor`, who takes 5 points or more, in 5 proposals | 7.999 | 7.884 |

    See :mod:`infogap.envs.social.deal_or_no_deal_theory`.

    ## References
    M. Lewis, D. Yarats, Y. Dauphin, D. Parikh, D. Batra, "Deal or No Deal? End-to-End Learning of Negotiation
    Dialogues", EMNLP 2017, arXiv 1706.05125. J. Nash, "The Bargaining Problem", Econometrica 18 (1950).

    ## Version History
    * v0: initial version.
    """

    family: ClassVar[str] = "social/deal_or_no_deal"
    truth_type = DealTruth
    metadata = {
        "name": "deal_or_no_deal_v0",
        "render_modes": ["ansi"],
        "render_fps": 4,
        "is_parallelizable": True,
    }
    roles = {"First": SEATS[0], "Second": SEATS[1]}
    partners = PARTNERS
    held_out = HELD_OUT

    def __init__(self, turns: int = 10, instances: str = "valued", **common: Unpack[Common]) -> None:
        self.turns = turns = whole("turns", turns, 2, LONGEST_GAME)
        self.instances = choice("instances", instances, INSTANCES)
        points = spaces.Tuple([spaces.Discrete(POOL + 1)] * 3)
        super().__init__(
            seats=SEATS,
            rules=Rules(turns, instances),
            observed=spaces.Box(0, max(POOL, turns), (size(turns),), np.int8),
            actions=PHRASES,
            truth_space=spaces.Dict(
                values=spaces.Dict(dict.fromkeys(SEATS, points)),
                counts=spaces.Tuple([spaces.Discrete(4, start=1)] * 3),
                acts=spaces.Sequence(spaces.Discrete(ACTS)),
            ),
            type_sizes=dict.fromkeys(SEATS, (POOL + 1,) * 3),
            **common,
        )

    # -- dealing -----------------------------------------------------------------------------------------------------
    def initial(self, chance: Chance) -> DealTruth:
        """A pool, then the values."""
        return self._over(COUNTS[chance.below(len(COUNTS))], chance)

    def _over(self, counts: Triple, chance: Chance) -> DealTruth:
        """Values over a given pool."""
        pairs = deals(counts, self.instances)
        return self._dealt(counts, pairs[chance.below(len(pairs))])

    def _dealt(self, counts: Triple, pair: tuple[Triple, ...]) -> DealTruth:
        truth: DealTruth = self.truth_type(values=dict(zip(SEATS, pair, strict=True)), counts=counts, acts=())
        return truth

    def another(self, truth: DealTruth, chance: Chance) -> DealTruth:
        """Other values over the same pool."""
        return self._over(truth.counts, chance)

    def resample(self, truth: DealTruth, seat: str, chance: Chance) -> DealTruth:
        """The other's values drawn from those that can meet the own, all equally likely."""
        own = truth.values[seat]
        others = counterparts(truth.counts, own, self.instances)
        other = others[chance.below(len(others))]
        return self._dealt(truth.counts, (own, other) if seat == SEATS[0] else (other, own))

    # -- playing -----------------------------------------------------------------------------------------------------
    def transition(self, truth: DealTruth, seat: str, action: int, chance: Chance) -> DealTruth:
        """Append the act."""
        return truth.but(acts=(*truth.acts, action))

    def observation(self, view: View) -> npt.NDArray[np.int8]:
        """The own values, the pool, the standing offer and all acts."""
        return np.frombuffer(encode(_SEAT[view.party], view.type_of(), view.counts, view.acts, self.turns), np.int8)

    def outcome(self, view: View) -> Verdict:
        """See the class: success is a deal, the score its efficiency."""
        counts, acts = view.counts, view.acts
        first, second = (view.values[seat] for seat in SEATS)
        found, share = solve(counts, first, second), _share(counts, acts, 0)
        points = (0, 0) if share is None else (worth(first, share), POOL - worth(second, share))
        said = [(act, i & 1) for i, act in enumerate(acts) if statement(act) is not None]
        lies = sum(not holds(act, (first, second)[by]) for act, by in said)
        told = [disclosed(counts, acts[i::2]) for i in (0, 1)]
        efficiency = sum(points) / found.first_best
        checks = {
            "efficiency": efficiency,
            "first_best": float(found.first_best),
            "pareto": float(points in found.pareto),
            "nash_share": points[0] * points[1] / (found.nash[0] * found.nash[1]),
            "disclosure_bits": sum(told),
            "deception": lies / len(said) if said else 0.0,
            "clarify": float(acts.count(ASK)),
            "confirm": float(acts.count(CONFIRM)),
            "repair": float(acts.count(WITHDRAW)),
            "turns": float(len(acts)),
        }
        for i, seat in enumerate(SEATS):
            checks |= {f"payoff_{seat}": float(points[i]), f"disclosure_bits_{seat}": told[i]}
        return Verdict(share is not None, efficiency, checks)

    # -- in words ----------------------------------------------------------------------------------------------------
    def read(self, text: str, view: View) -> int | None:
        """The act that a text names; `view` is of any party. See :func:`.deal_or_no_deal_text.read`."""
        return read(text, view.counts, view.acts)

    def describe(self, seat: str, kind: tuple[int, ...]) -> str:
        """The points for one of each type."""
        return self.describe_part(seat, kind)

    def describe_part(self, seat: str, kind: tuple[int | None, ...]) -> str:
        """Values, with a question mark for those not told."""
        each = ", ".join(f"{name} {'?' if n is None else n}" for name, n in zip(TYPES, kind, strict=True))
        return f"Points to {seat} for one of each: {each}."

    def picture(self, view: View) -> str:
        """The pool and all acts."""
        return "\n".join(self._story(view))

    def lines(self, view: View) -> tuple[str, ...]:
        """The pool, the own values, the task, all acts."""
        pool, *acts = self._story(view)
        return pool, self.describe(view.party, view.type_of()), TASK, *acts

    def _story(self, view: View) -> list[str]:
        """What everybody has heard."""
        acts, counts = view.acts, view.counts
        told = [f"There are {amounts(counts)}, and at most {self.turns} turns of both together."]
        for i, act in enumerate(acts):
            told.append(f"{SEATS[i & 1]}: {PHRASES[act]}")
            if act == CONFIRM and (offer := standing(acts[:i])):
                told[-1] += f" {SEATS[offer[0]]} takes {amounts(split_of(offer[1]))}."
        return told


def raw_env(**kwargs: Any) -> DealOrNoDeal:
    """The AEC environment; checks are made inside ``step``, so it is the same as :func:`env`."""
    return DealOrNoDeal(**kwargs)


env = raw_env


def parallel_env(**kwargs: Any) -> ParallelGame:
    """The parallel form: all seats answer, the seat to move is heard."""
    return ParallelGame(DealOrNoDeal(**kwargs))
