"""Hidden profile: the members of a group hold facts that mislead each of them, and together the facts that don't."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from typing_extensions import Unpack

from ...core.chance import Chance
from ...core.errors import InvalidTruth
from ...core.game import Common, Game
from ...core.judge import Verdict
from ...core.parallel import ParallelGame
from ...core.truth import ALL, OWN, Truth, View, release, seen_by
from .hidden_profile_family import deal, read_deal, resampled, totals
from .hidden_profile_partners import HELD_OUT, PARTNERS, bounds, perceived
from .hidden_profile_rules import (
    NAMES,
    SEATS,
    Kind,
    Rules,
    act_of,
    ballots,
    check_rules,
    decision,
    legal,
    phrases,
    talk,
)
from .hidden_profile_text import described, read, signed, spoken
from .hidden_profile_theory import disclosed

__all__ = ["SEATS", "HiddenProfile", "HiddenProfileTruth", "Rules", "env", "parallel_env", "raw_env"]

_NUMBER = {seat: i for i, seat in enumerate(SEATS)}


def _ints(value: Any, low: int, high: int) -> bool:
    whole = isinstance(value, tuple) and all(isinstance(v, (int, np.integer)) and low <= v < high for v in value)
    return whole and not any(isinstance(v, bool) for v in value)


class HiddenProfileTruth(Truth):
    """Who holds which facts, what has been said, and the votes. Made by a game's ``truth_type``."""

    seats: ClassVar[tuple[str, ...] | None] = SEATS
    rules: ClassVar[Any] = None
    held: dict[str, tuple[int, ...]] = seen_by(
        OWN, "verifier", "critic", doc="by member and fact: its weight, 0 for a fact not held"
    )
    said: tuple[int, ...] = seen_by(ALL, doc="the discussion so far: acts, in turn")
    votes: dict[str, int] = seen_by(OWN, "verifier", "critic", doc="each member's vote, -1 before it")
    cast: int = seen_by(ALL, doc="how many members have voted")
    tally: tuple[int, ...] = seen_by(ALL, doc="all votes, once all have voted")

    def __post_init__(self) -> None:
        rules = self.rules
        if rules is None:
            raise InvalidTruth("make truths of hidden profile with the truth_type of an environment: it has the rules")
        for name, share in (("held", self.held), ("votes", self.votes)):
            if not isinstance(share, dict) or set(share) != set(rules.seats):
                raise InvalidTruth(f"{name} is a dict with an entry for each of {', '.join(rules.seats)}")
        if not all(_ints(share, -3, 4) and len(share) == rules.facts for share in self.held.values()):
            raise InvalidTruth(f"each member holds a tuple of {rules.facts} weights in [-3, 3], 0 for a fact not held")
        read_deal(rules, self.held)
        if not _ints(self.said, 0, rules.acts) or len(self.said) > rules.turns:
            raise InvalidTruth(f"said is a tuple of at most {rules.turns} acts")
        for t, act in enumerate(self.said):
            seat = rules.seats[t % rules.members]
            free = legal(rules, self.said[:t], self.held[seat])
            acts = {act_of(rules, a, self.held[seat]) for a, may in enumerate(free) if may}
            if act not in acts:
                raise InvalidTruth(f"the act of turn {t} is not legal there")
        votes = tuple(self.votes[seat] for seat in rules.seats)
        cast = self.cast if _ints((self.cast,), 0, rules.members + 1) and len(self.said) == rules.turns else 0
        fair = self.cast == cast and _ints(votes[:cast], 0, rules.options)
        if not fair or any(not _ints((v,), -1, 0) for v in votes[cast:]):
            raise InvalidTruth(
                "after the discussion members vote in turn, each for an option, -1 before; cast counts them"
            )
        if self.tally != (votes if cast == rules.members else ()):
            raise InvalidTruth("the tally holds all votes in order once all have voted, and nothing before")

    @release(ALL, of="tally", per_step=None)
    def over(self) -> bool:
        """Whether all have voted."""
        return bool(self.tally)

    @release(ALL, of="said cast", per_step=None)
    def to_move(self) -> tuple[str, ...]:
        """The member whose turn it is; after the discussion all who have not voted; none once over."""
        rules, turn = self.rules, len(self.said)
        if turn < rules.turns:
            return (SEATS[turn % rules.members],)
        return SEATS[self.cast : rules.members]

    @release(OWN, of="held said cast", per_step=None)
    def legal(self, seat: str) -> tuple[bool, ...]:
        """What the member may do now."""
        rules, who, turn = self.rules, _NUMBER[seat], len(self.said)
        if turn >= rules.turns:
            return ballots(rules, who >= self.cast)
        return legal(rules, self.said, self.held[seat]) if turn % rules.members == who else ballots(rules, False)

    @release(OWN, of="held tally", per_step=None)
    def payoff(self, seat: str) -> float:
        """1 once the group has chosen the option that all facts together favour, else 0."""
        return float(right(self.rules, self.held, self.tally)) if self.tally else 0.0

    @release(OWN, of="held", per_step=None)
    def type_of(self, seat: str) -> tuple[int, ...]:
        """For each fact its weight plus 3, so 3 for a fact not held."""
        return tuple([weight + 3 for weight in self.held[seat]])

    @release(OWN, of="held", per_step=None)
    def share(self, seat: str) -> tuple[int, ...]:
        """For each fact its weight, 0 for a fact not held."""
        return self.held[seat]

    @release(OWN, of="votes", per_step=None)
    def ballot(self, seat: str) -> int:
        """What the member has voted for, -1 before."""
        return self.votes[seat]


def right(rules: Rules, held: dict[str, tuple[int, ...]], tally: tuple[int, ...]) -> bool:
    """Whether the group has chosen the best option."""
    worth = totals(rules, tuple(held.values()))
    return worth.index(max(worth)) == decision(rules, tally)


class HiddenProfile(Game):
    """Decide as a group whose members each hold facts that favour the wrong option.

    ## Description
    There are three options, and facts that speak for or against them, with weights from -3 to +3. What an option is
    worth is the sum of all facts about it. About each option there are two facts that all members hold, and one fact
    of each member's own. Members know the facts that they hold, and not which of them others hold as well. All of
    them hold the same weights, which favour one option, the *lure*; all facts together favour another one. In the
    discussion the members speak in turn, `member_0` first: tell a fact, say which option they favour, ask for more
    about an option, confirm that they hold the fact told last, take back their last statement, or say nothing new.
    Then all vote, without seeing each other's votes. The option with most votes is chosen; of several such, the first
    in the alphabet.

    Two rounds give six turns for fifteen facts, so it matters which ones are told. A fact that all members hold is
    told by somebody more often than one that a single member holds, and adds nothing to what the others hold.

    ## Action Space
    `Discrete(27)`, in general facts + 3 * options + 3: tell each of the facts, which are numbered by option; favour
    each option; ask for each option; confirm the fact told last; take back what was said in the own last turn (a
    fact, a confirmation or a favourite); nothing to add; vote for each option. `words` has the sentences. The mask
    allows facts that the member holds and that don't stand on the table. With `lying=True` a claim names any fact and
    weight: 6 actions a fact, legal unless just that stands on the table; a claim replaces what stood there of the
    fact.

    ## Observation Space
    `Dict(observation=Box(-3, 15, (101,), int8), action_mask=Box(0, 1, (27,), int8))`. In order: the seat one-hot;
    turns of discussion left; phase (0 discussion, 1 vote, 2 over); four numbers a fact, all zero for none: the
    weights of the own facts, then of what stands on the table of the facts not held, of those held that others told
    or confirmed, and of those held that only the member itself told; the favourites told, one-hot for each member,
    the own first and then in order; votes likewise, the own once made and those of the others after the end; the log,
    three numbers a turn: kind of act (0 for a turn not played yet; see `hidden_profile_rules.Kind`), 1 + the fact or
    option it was about, and the weight claimed. `hidden_profile_partners.Seen` takes it apart.

    ## Starting State
    Drawn from a family that :mod:`infogap.envs.social.hidden_profile_family` defines. On every option the own facts
    of all members have one weight, out of the three weights that each of them holds on it; the weights held are the
    same on all options but the lure. So what members hold says nothing of which other option is best, and everything
    is in what they hold *in common*.

    ## Rewards
    1 for all members at the end if the group has chosen the best option, else 0.

    ## Episode End
    Terminates with the last vote. Never truncates.

    ## Information
    Empty.

    ## Hidden State
    Which facts the other members hold, and their votes until all have voted.

    ## Arguments
    `members` in [2, 6]; `options` in [2, 6]; `shared` in [1, 4]: facts about each option that all members hold;
    `rounds` in [0, 12]: turns of each member; `profile`: `"hidden"` as above, `"manifest"` (the control: the lure is
    the best option), or `"mixed"` (hidden with probability (m - 1) / m for m options; then the own facts tell nothing
    of what is best); `lying`; `regime`, `accuracy`, `share`: what a member is told of the others' facts;
    `render_mode`: None or `"ansi"` (the discussion, and the votes at the end).

    ## Reference Scores
    Success, hidden profile. The optimum by the default rules is 1, exactly: groups of `prudent` reach it in every
    deal. Interests are common, so that is an equilibrium as well, and no other one is given. Groups of `truthful`
    reach 1 once each member has as many turns as it holds facts (full pooling). In general the optimum lies between
    what `prudent` reaches and 1. *Script* and *mindreader*: 1, without discussion. Votes by the own facts (groups of
    `silent`): 0; in a manifest profile 1. Random votes: 1/3, exactly, because ties go by the alphabet and labels are
    random. A single member's best vote without discussion: 1/2, exactly, for it can rule out the lure, if it knows
    the family, and nothing else; 1/3 in a mixed profile; 1 with two options, where nothing else is left. A group
    without discussion reaches as much by a common rule; the most that it can reach is not known. Groups of `naive`
    (random facts, votes by the sums): 0.271, exactly, in two rounds, by
    :func:`~infogap.envs.social.hidden_profile_theory.naive_success`.

    ## References
    G. Stasser and W. Titus, "Pooling of unshared information in group decision making: Biased information sampling
    during discussion", Journal of Personality and Social Psychology 48 (1985). Y. Li, A. Naito and H. Shirado,
    "HiddenBench" (arXiv 2505.11556; the formal version, there with language).

    ## Version History
    * v0: initial version.
    """

    family: ClassVar[str] = "social/hidden_profile"
    truth_type = HiddenProfileTruth
    metadata = {
        "name": "hidden_profile_v0",
        "render_modes": ["ansi"],
        "render_fps": 4,
        "is_parallelizable": True,
    }
    roles = {"Member": SEATS[0]}
    partners = PARTNERS
    held_out = HELD_OUT

    def __init__(
        self,
        members: int = 3,
        options: int = 3,
        shared: int = 2,
        rounds: int = 2,
        profile: str = "hidden",
        lying: bool = False,
        **common: Unpack[Common],
    ) -> None:
        self.rules = rules = check_rules(members, options, shared, rounds, profile, lying)
        self._sound: Any = None
        low, high = bounds(rules)
        share = spaces.Tuple([spaces.Discrete(7, start=-3)] * rules.facts)
        vote = spaces.Discrete(rules.options + 1, start=-1)
        super().__init__(
            seats=rules.seats,
            observed=spaces.Box(low, high, dtype=np.int8),
            actions=phrases(rules),
            truth_space=spaces.Dict(
                held=spaces.Dict(dict.fromkeys(rules.seats, share)),
                said=spaces.Sequence(spaces.Discrete(rules.acts)),
                votes=spaces.Dict(dict.fromkeys(rules.seats, vote)),
                cast=spaces.Discrete(rules.members + 1),
                tally=spaces.Sequence(spaces.Discrete(rules.options)),
            ),
            type_sizes=dict.fromkeys(rules.seats, (7,) * rules.facts),
            rules=rules,
            **common,
        )

    def initial(self, chance: Chance) -> HiddenProfileTruth:
        """Draw a deal from the family."""
        return self._opening(deal(self.rules, chance))

    def resample(self, truth: Any, seat: str, chance: Chance) -> HiddenProfileTruth:
        """Given the own facts: the family's posterior over those of the others, drawn exactly."""
        return self._opening(resampled(self.rules, truth.held[seat], seat, chance))

    def _opening(self, held: dict[str, tuple[int, ...]]) -> HiddenProfileTruth:
        votes = dict.fromkeys(self.rules.seats, -1)
        if self._sound is None:  # the first deal is checked, as planted ones are; the others are made like it
            self._sound = self.truth_type(held=held, said=(), votes={**votes}, cast=0, tally=())
        return self._sound.but(held=held, votes=votes)

    def transition(self, truth: HiddenProfileTruth, seat: str, action: int, chance: Chance) -> HiddenProfileTruth:
        """Say something, or vote; the last vote makes all of them public."""
        rules = self.rules
        if action < rules.votes:
            return truth.but(said=(*truth.said, act_of(rules, int(action), truth.held[seat])))
        votes = {**truth.votes, seat: int(action) - rules.votes}
        cast = truth.cast + 1
        return truth.but(votes=votes, cast=cast, tally=tuple(votes.values()) if cast == rules.members else ())

    def observation(self, view: View) -> npt.NDArray[np.int8]:
        """The own facts, the table, and all that was said and done."""
        rules, said, who = self.rules, view.said, _NUMBER[view.party]
        ballot = view.ballot() if len(said) >= rules.turns else -1
        return perceived(rules, talk(rules, said), who, view.share(), ballot, view.tally)

    def outcome(self, view: View) -> Verdict:
        """Success is that the group chose the best option; so are the score and the efficiency, for the best is 1.

        ``pooled`` is the share of the unshared facts that their holders told; ``disclosure_bits`` is defined at
        :func:`~infogap.envs.social.hidden_profile_theory.disclosed`. ``decoy`` is whether the group chose the option
        that each member's own facts favour. ``deception`` is the share of claims that name another weight than the fact
        has.
        """
        rules, held, log = self.rules, view.held, talk(self.rules, view.said).log
        found, chosen = read_deal(rules, held), decision(rules, view.tally)
        kinds = Counter(entry.kind for entry in log)
        value = float(chosen == found.best)
        claims = [(t % rules.members, e) for t, e in enumerate(log) if e.kind in (Kind.TELL, Kind.CONFIRM)]
        union = [next(w for w in weights if w) for weights in zip(*held.values(), strict=True)]
        true = {(who, e.what - 1) for who, e in claims if held[SEATS[who]][e.what - 1] == e.weight}
        alone = {(w, f) for w, f in true if sum(1 for share in held.values() if share[f]) == 1}
        false = sum(1 for _, e in claims if e.weight != union[e.what - 1])
        checks = {
            "efficiency": value,
            "first_best": 1.0,
            "pareto": value,
            "correct": value,
            "decoy": float(chosen == found.lure),
            "unanimous": float(len(set(view.tally)) == 1),
            "turns": float(len(log)),
            "pooled": len(alone) / (rules.members * rules.options),
            "disclosure_bits": disclosed(rules, held, true),
            "deception": false / len(claims) if claims else 0.0,
            "clarify": float(kinds[Kind.ASK]),
            "confirm": float(kinds[Kind.CONFIRM]),
            "repair": float(kinds[Kind.REPAIR]),
        }
        return Verdict(bool(value), value, {**checks, **{f"payoff_{seat}": value for seat in rules.seats}})

    def describe(self, seat: str, kind: tuple[int, ...]) -> str:
        """The facts held, by option."""
        return f"{seat} holds: {described(self.rules, [c - 3 for c in kind])}."

    def describe_part(self, seat: str, kind: tuple[int | None, ...]) -> str:
        """Facts told, and facts told to be missing."""
        told = [(f + 1, signed(c - 3) if c != 3 else "not held") for f, c in enumerate(kind) if c is not None]
        return f"{seat}: {', '.join(f'fact {fact} {weight}' for fact, weight in told)}."

    def picture(self, view: View) -> str:
        """The discussion, and the votes at the end."""
        left = self.rules.turns - len(view.said)
        state = () if view.tally else (f"Turns of discussion left: {left}." if left else "Now all vote.",)
        return "\n".join([*self._spoken(view), *state])

    def lines(self, view: View) -> tuple[str, ...]:
        """The rules and the own facts, the discussion, and the votes at the end."""
        rules = self.rules
        asked = (
            f"{rules.members} members choose one of the options {', '.join(NAMES[: rules.options])}: the one with the "
            f"greatest sum of all facts. About each, all members hold the same {rules.shared} facts, and each one more "
            f"of its own. After {rules.turns} turns of discussion all vote."
        )
        now = () if len(view.said) < rules.turns else ("The discussion is over; vote now.",)
        said = self._spoken(view)
        return (asked, self.describe(view.party, view.type_of()), *said[: rules.turns], *now, *said[rules.turns :])

    def _spoken(self, view: View) -> list[str]:
        rules = self.rules
        said = spoken(rules, talk(rules, view.said).log)
        lines = [f"{SEATS[t % rules.members]}: {sentence}" for t, sentence in enumerate(said)]
        if view.tally:
            votes = ", ".join(f"{seat} {NAMES[vote]}" for seat, vote in zip(rules.seats, view.tally, strict=True))
            lines.append(f"Votes: {votes}. The group chooses option {NAMES[decision(rules, view.tally)]}.")
        return lines

    def read(self, text: str, view: View) -> int | None:
        """The action that a sentence means in other words than the canonical ones; None where it is not clear."""
        rules, said = self.rules, view.said
        return read(rules, text, view.share(), talk(rules, said).last, len(said) >= rules.turns)


def raw_env(**kwargs: Any) -> HiddenProfile:
    """The AEC environment; checks are made inside ``step``, so it is the same as :func:`env`."""
    return HiddenProfile(**kwargs)


env = raw_env


def parallel_env(**kwargs: Any) -> ParallelGame:
    """The parallel form: the member whose turn it is is heard, and at the end all vote at once."""
    return ParallelGame(HiddenProfile(**kwargs))
