"""Mutual friends: two seats know some people each, one of them in common, and must find out whom by talking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from typing_extensions import Unpack

from ...core.chance import Chance
from ...core.errors import InvalidOption, InvalidTruth
from ...core.game import Common, Game
from ...core.judge import Verdict
from ...core.options import flag, whole
from ...core.parallel import ParallelGame
from ...core.truth import ALL, OWN, Truth, View, release, seen_by
from .mutual_friends_acts import (
    CONTENTS,
    GROUP,
    MOST,
    SCHOOLS,
    Act,
    Acts,
    Kind,
    entry,
    last_named,
    listed,
    said,
    standing,
    table,
)
from .mutual_friends_fast import FastDeals, FastParallel
from .mutual_friends_partners import HELD_OUT, PARTNERS
from .mutual_friends_text import read
from .mutual_friends_theory import disclosed_bits

__all__ = ["SEATS", "MutualFriends", "MutualFriendsTruth", "Rules", "env", "parallel_env", "raw_env"]

SEATS = ("friend_0", "friend_1")


class Rules(NamedTuple):
    """The public options.

    Attributes:
        people: People there are.
        friends: People that each seat knows.
        turns: Turns at most, of both seats together.
        lying: Whether seats may say what is false.
    """

    people: int
    friends: int
    turns: int
    lying: bool

    @property
    def acts(self) -> Acts:
        """The public table."""
        return table(self.people)


def finished(rules: Rules, acts: Sequence[int]) -> bool:
    """Whether the second selection has been made, or the turns are used up."""
    return len(acts) >= rules.turns or (len(acts) > 1 and acts[-2] >= rules.acts.select)


def legal_acts(rules: Rules, acts: Sequence[int], who: int, known: npt.NDArray[Any]) -> npt.NDArray[np.int8]:
    """The mask of seat `who`, who knows the people with a 1 in `known` (shape (people,)); int8 of shape (acts,)."""
    public = rules.acts
    mask = np.zeros(len(public.acts), np.int8)
    if finished(rules, acts) or len(acts) % 2 != who:
        return mask
    if rules.lying:
        mask[:] = 1
    else:
        public.truthful(np.asarray(known, np.int8), mask)
    if acts and acts[-1] >= public.select:
        mask[: public.select] = 0
        return mask
    named = last_named(public, acts)
    asked = named >= 0
    mask[public.confirm] = asked and (rules.lying or known[named])
    mask[public.deny] = asked and (rules.lying or not known[named])
    mask[public.clarify] = bool(acts)
    mask[public.repair] = bool(standing(public, acts, who))
    return mask


class MutualFriendsTruth(Truth):
    """Whom each seat knows, and what has been said. Made by a game's ``truth_type``, which knows the rules."""

    seats: ClassVar[tuple[str, ...] | None] = SEATS
    rules: ClassVar[Any] = None
    friends: dict[str, tuple[int, ...]] = seen_by(
        OWN, "verifier", "critic", doc="the people that each seat knows, by number, ascending"
    )
    acts: tuple[int, ...] = seen_by(ALL, doc="what has been said and selected: the actions, in turn")

    def __post_init__(self) -> None:
        rules = self.rules
        if rules is None:
            raise InvalidTruth("make truths of mutual friends with the truth_type of an environment: it has the rules")
        if not isinstance(self.friends, dict) or self.friends.keys() != set(SEATS):
            raise InvalidTruth(f"friends is a dict with the people of each of {SEATS}")
        for people in self.friends.values():
            whole = isinstance(people, tuple) and all(isinstance(p, (int, np.integer)) for p in people)
            if not whole or len(people) != rules.friends or list(people) != sorted(set(people)):
                raise InvalidTruth(f"a seat knows {rules.friends} different people, a tuple of ints in ascending order")
            if not 0 <= people[0] <= people[-1] < rules.people:
                raise InvalidTruth(f"people are numbers in [0, {rules.people})")
        if len(set(self.friends[SEATS[0]]) & set(self.friends[SEATS[1]])) != 1:
            raise InvalidTruth("the seats know exactly one person in common")
        if not isinstance(self.acts, tuple):
            raise InvalidTruth(f"acts is a tuple of actions, got {type(self.acts).__name__}")
        for t, act in enumerate(self.acts):
            mask = legal_acts(rules, self.acts[:t], t % 2, np.array(self.type_of(SEATS[t % 2])))
            if not isinstance(act, (int, np.integer)) or not 0 <= act < len(mask) or not mask[act]:
                raise InvalidTruth(f"the act of turn {t} is not legal there")

    @release(ALL, of="acts", per_step=None)
    def over(self) -> bool:
        """Whether both have selected, or the turns are used up."""
        return finished(self.rules, self.acts)

    @release(ALL, of="acts", per_step=None)
    def to_move(self) -> tuple[str, ...]:
        """The seat whose turn it is; none once over."""
        return () if finished(self.rules, self.acts) else (SEATS[len(self.acts) % 2],)

    @release(OWN, of="friends acts", per_step=None)
    def legal(self, seat: str) -> tuple[bool, ...]:
        """What the seat may say now: without lying, what is true of its own friends."""
        mask = legal_acts(self.rules, self.acts, SEATS.index(seat), np.array(self.type_of(seat)))
        return tuple(mask.astype(bool).tolist())

    @release(OWN, of="friends acts", per_step=None)
    def payoff(self, seat: str) -> float:
        """1 once both have selected the mutual friend, else 0."""
        return float(found(self.rules, self.acts, self.friends))

    @release(OWN, of="friends", per_step=None)
    def type_of(self, seat: str) -> tuple[int, ...]:
        """For each person whether the seat knows them: 1 or 0."""
        known = set(self.friends[seat])
        return tuple(int(p in known) for p in range(self.rules.people))


def found(rules: Rules, acts: Sequence[int], friends: dict[str, tuple[int, ...]]) -> bool:
    """Whether both seats have selected the same person, and both know them."""
    if len(acts) < 2 or acts[-1] != acts[-2] or acts[-1] < rules.acts.select:
        return False
    return all(acts[-1] - rules.acts.select in friends[seat] for seat in SEATS)


class MutualFriends(Game):
    """Find the one person whom both know, by talking.

    ## Description
    There are 32 people. Everybody knows their names, schools, hobbies and companies; four people share a school, four a
    hobby, four a company. Each seat knows 8 of them, and exactly one is known to both. The seats speak in turn,
    `friend_0` first. A seat may name somebody it knows, report exactly whom it knows from a school, say that somebody
    or nobody it knows has a hobby or a company, answer whether it knows the person just named, ask the other to say it
    again, take back its own last claim, or select somebody as the mutual friend. Selections are public and final, and
    the other seat must answer one by its own at once: that ends the game. It is won if both have selected the mutual
    friend, so a wrong selection loses.

    ## Action Space
    `Discrete(228)`, by index: "I know P" for each person; for each school the 16 reports "From S I know only ..."; for
    each hobby "Somebody I know ...", for each hobby "Nobody I know ...", the same for the companies; "I know that
    person too", "I do not know that person" (right after a name); "Please say that again" (once the other has spoken);
    "I take back what I said last" (while a claim stands); "Our mutual friend is P" for each person. `words` has the
    sentences. With `lying=False` the mask allows what is true of the own friends only.

    ## Observation Space
    `Dict(observation=Box(-1, 32, (138,), int8), action_mask=Box(0, 1, (228,), int8))`; the space has the bounds of each
    number, which learners may scale by. In order: for each person
    whether the seat knows them; for each person what the seat has told (1 known, -1 not known, 2 selected, 0 nothing);
    the same of the other seat; the log, four numbers a turn: the kind of act (0 for a turn not played yet; see
    `mutual_friends_acts.Kind`), 1 + the person, school or trait it is about, of a report the bits of the people known,
    and 1 for an own act or 2 for the other's; the seat, one-hot. What was taken back stands in the log only. Entries
    for people are padded to whole schools. `mutual_friends_partners.Seen` takes an observation apart.

    ## Starting State
    All pairs of 8 people with exactly one in common are equally likely.

    ## Rewards
    1 for both at the end if both have selected the mutual friend, else 0. Talking costs nothing but turns.

    ## Episode End
    Terminates with the second selection, or after 10 turns. Never truncates.

    ## Information
    Empty.

    ## Hidden State
    Whom the other seat knows. With `lying=False` whatever is said is true.

    ## Arguments
    `people` in [2, 64]; `friends`, at least 1 and at most (people + 1) / 2; `turns` in [2, 40], of both seats together;
    `lying`; `regime`, `accuracy`, `share`: what a seat is told of the other's friends; `render_mode`: None or `"ansi"`
    (the people and what was said).

    ## Reference Scores
    Success, with `lying=False`. *Script* and *mindreader*: 1, in two turns. *Private* optimum: 1, exactly: eight
    reports tell everything, and ten turns hold them and the selections (pairs of `prudent` reach it). Naming the own
    friends in random order (pairs of `truthful`): 13/16, and 499/64 turns without a deadline; one seat alone needs (n +
    1) / 2 names on average. Saying nothing (a guess, which the other follows): 1/8. With 2 turns the optimum is 1/8;
    with 3 it lies in [0.384, 0.951]; with 4 to 9 it is not known, and `mutual_friends_theory.bounds` has what reports
    and names reach.

    ## References
    H. He, A. Balakrishnan, M. Eric and P. Liang, "Learning Symmetric Collaborative Dialogue Agents with Dynamic
    Knowledge Graph Embeddings", ACL 2017 (the task, there in free text). X. Zhou et al., "Is this the real life? Is
    this just fantasy?", EMNLP 2024 (the information regimes).

    ## Version History
    * v0: initial version.
    """

    family: ClassVar[str] = "social/mutual_friends"
    truth_type = MutualFriendsTruth
    metadata = {
        "name": "mutual_friends_v0",
        "render_modes": ["ansi"],
        "render_fps": 4,
        "is_parallelizable": True,
    }
    roles = {"First": SEATS[0], "Second": SEATS[1]}
    partners = PARTNERS
    held_out = HELD_OUT

    def __init__(
        self, people: int = 32, friends: int = 8, turns: int = 10, lying: bool = False, **common: Unpack[Common]
    ) -> None:
        people, friends = whole("people", people, 2, MOST), whole("friends", friends, 1, 32)
        turns, lying = whole("turns", turns, 2, 40), flag("lying", lying)
        if 2 * friends - 1 > people:
            raise InvalidOption(
                f"two seats with {friends} friends, one in common, need {2 * friends - 1} people; got {people}"
            )
        self.rules = rules = Rules(people, friends, turns, lying)
        self.acts = acts = rules.acts
        n, m, t = rules.people, acts.padded, rules.turns
        low = np.array([0] * m + [-1] * 2 * m + [0] * (4 * t + 2), np.int8)
        high = np.array([1] * m + [2] * 2 * m + [Kind.SELECT, n, CONTENTS - 1, 2] * t + [1, 1], np.int8)
        share = spaces.Tuple([spaces.Discrete(n)] * rules.friends)
        super().__init__(
            seats=SEATS,
            observed=spaces.Box(low, high, dtype=np.int8),
            actions=acts.words,
            truth_space=spaces.Dict(
                friends=spaces.Dict(dict.fromkeys(SEATS, share)),
                acts=spaces.Sequence(spaces.Discrete(len(acts.acts))),
            ),
            type_sizes=dict.fromkeys(SEATS, (2,) * n),
            rules=rules,
            **common,
        )

    def initial(self, chance: Chance) -> MutualFriendsTruth:
        """In a random order of the people the first n are friend_0's; the n from the last of these on, friend_1's."""
        order, n = chance.permutation(self.rules.people), self.rules.friends
        return self.deal_truth(order[:n], order[n - 1 : 2 * n - 1])

    def deal_truth(self, first: Sequence[int], second: Sequence[int]) -> MutualFriendsTruth:
        """The initial truth in which the seats know these people."""
        friends = {seat: tuple(sorted(people)) for seat, people in zip(SEATS, (first, second), strict=True)}
        return self.truth_type(friends=friends, acts=())

    def resample(self, truth: Any, seat: str, chance: Chance) -> MutualFriendsTruth:
        """Given the own friends: one of them, and n - 1 people whom the seat does not know, are the other's."""
        own, n = truth.friends[seat], self.rules.friends
        strangers = [p for p in range(self.rules.people) if p not in own]
        mutual = own[chance.below(n)]
        other = [mutual, *(strangers[i] for i in chance.permutation(len(strangers))[: n - 1])]
        return self.deal_truth(own, other) if seat == SEATS[0] else self.deal_truth(other, own)

    def dealer(self) -> FastDeals | None:
        """Episodes without a Truth, unless the regime draws what is told."""
        return None if self.regime.name in ("noisy", "partial") else FastDeals(self)

    def transition(self, truth: MutualFriendsTruth, seat: str, action: int, chance: Chance) -> MutualFriendsTruth:
        """Append the act."""
        return truth.but(acts=(*truth.acts, int(action)))

    def observation(self, view: View) -> npt.NDArray[np.int8]:
        """The own friends and all that was said."""
        acts, who, public = view.acts, SEATS.index(view.party), self.acts
        own, log = np.zeros(public.padded, np.int8), np.zeros((self.rules.turns, 4), np.int8)
        own[: public.people] = view.type_of()
        for t in range(len(acts)):
            log[t] = (*entry(public, acts, t), 1 if t % 2 == who else 2)
        seat = np.array([1 - who, who], np.int8)
        return np.concatenate([own, said(public, acts, who), said(public, acts, 1 - who), log.ravel(), seat])

    def outcome(self, view: View) -> Verdict:
        """Success is that both selected the mutual friend; so are the score and the efficiency, for the best is 1.

        Claims are read as if true: ``disclosure_bits`` is how much fewer sets of friends fit what was said at the end,
        summed over the seats. ``deception`` is the share of claims that were false.
        """
        acts, public, rules = view.acts, self.acts, self.rules
        success = found(rules, acts, view.friends)
        both = len(acts) > 1 and min(acts[-2:]) >= public.select
        kinds = Counter(public.acts[a].kind for a in acts)
        false = claims = 0
        for t, action in enumerate(acts):
            if public.claims[action]:
                claims += 1
                false += not self._true(view.friends[SEATS[t % 2]], entry(public, acts, t))
        bits = [disclosed_bits(public, rules.friends, acts, who) for who in (0, 1)]
        value = float(success)
        checks = {
            "efficiency": value,
            "first_best": 1.0,
            "pareto": value,
            "correct": value,
            "unanimous": float(both and acts[-1] == acts[-2]),
            "turns": float(len(acts)),
            "disclosure_bits": sum(bits),
            "deception": false / claims if claims else 0.0,
            "clarify": float(kinds[Kind.CLARIFY]),
            "confirm": float(kinds[Kind.CONFIRM] + kinds[Kind.DENY]),
            "repair": float(kinds[Kind.REPAIR]),
        }
        return Verdict(success, value, {**checks, **{f"payoff_{seat}": value for seat in SEATS}})

    def _true(self, friends: Sequence[int], act: Act) -> bool:
        """Whether a claim is true of somebody with these friends."""
        public, about = self.acts, act.what - 1
        if act.kind in (Kind.NAME, Kind.CONFIRM, Kind.DENY):
            return (about in friends) == (act.kind != Kind.DENY)
        if act.kind == Kind.REPORT:
            return all((p in friends) == bool(act.content >> i & 1) for i, p in enumerate(public.school(about)))
        return any(p in friends for p in public.bearers(about)) == (act.kind == Kind.SOMEBODY)

    def describe(self, seat: str, kind: tuple[int, ...]) -> str:
        """The friends by name, with their traits."""
        return f"{seat} knows {listed([self._person(p) for p, knows in enumerate(kind) if knows])}."

    def describe_part(self, seat: str, kind: tuple[int | None, ...]) -> str:
        """Whom the seat is told to know, and whom not."""
        names = [[self.acts.names[p] for p, knows in enumerate(kind) if knows == k] for k in (1, 0)]
        told = [f"{verb} {listed(who)}" for verb, who in zip(("knows", "does not know"), names, strict=True) if who]
        return f"{seat} {'; '.join(told)}."

    def _person(self, person: int) -> str:
        return f"{self.acts.names[person]} (from {SCHOOLS[person // GROUP]}, {self.acts.traits(person)})"

    def picture(self, view: View) -> str:
        """The people, what was said, and the turns left."""
        left = self.rules.turns - len(view.acts)
        return "\n".join([*self._people(), *self._spoken(view), f"Turns left: {left}."])

    def lines(self, view: View) -> tuple[str, ...]:
        """The people, the task, the own friends, and what was said."""
        rules = self.rules
        task = (
            f"{SEATS[0]} and {SEATS[1]} know {rules.friends} of these people each, and exactly one is known to both. "
            f"Find out whom, and both select that person, within {rules.turns} turns of both together."
        )
        return (*self._people(), task, self.describe(view.party, view.type_of()), *self._spoken(view))

    def _people(self) -> list[str]:
        acts = self.acts
        return [
            f"From {SCHOOLS[g]}: " + "; ".join(f"{acts.names[p]} ({acts.traits(p)})" for p in acts.school(g)) + "."
            for g in range(acts.groups)
        ]

    def _spoken(self, view: View) -> list[str]:
        return [f"{SEATS[t % 2]}: {self.words[act]}" for t, act in enumerate(view.acts)]

    def read(self, text: str, view: View) -> int | None:
        """The act that a sentence means in other words than the canonical ones; None where it is not clear."""
        return read(self.acts, text, last_named(self.acts, view.acts))


def raw_env(**kwargs: Any) -> MutualFriends:
    """The AEC environment; checks are made inside ``step``, so it is the same as :func:`env`."""
    return MutualFriends(**kwargs)


env = raw_env


def parallel_env(**kwargs: Any) -> ParallelGame:
    """The parallel form: both seats answer, the seat to move is heard."""
    return FastParallel(MutualFriends(**kwargs))
