"""Scripted members of a group with a hidden profile. They remember nothing: observations hold all that a seat has seen.

Most of them vote by the *evidence*: the option with the greatest sum of the weights of all facts that they hold or that
stand on the table; of several such the first. `prudent` weighs by Bayes' rule what it may mean that others hold a fact
or not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...core.chance import Chance
from ...core.game import Partner, PartnerMaker
from .hidden_profile_family import Shape, masses, sets_of
from .hidden_profile_rules import WEIGHTS, Kind, Rules, Talk

if TYPE_CHECKING:
    from .hidden_profile import HiddenProfile

__all__ = ["HELD_OUT", "PARTNERS", "Seen", "bounds", "perceived"]


def bounds(rules: Rules) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
    """The least and the greatest values of an observation."""
    n, m, f, t = rules.members, rules.options, rules.facts, rules.turns
    low = [0] * n + [0, 0] + [-3] * 4 * f + [0] * 2 * n * m + [0, 0, -3] * t
    high = [1] * n + [t, 2] + [3] * 4 * f + [1] * 2 * n * m + [len(Kind) - 1, max(f, m), 3] * t
    return np.array(low, np.int8), np.array(high, np.int8)


def perceived(
    rules: Rules, public: Talk, who: int, own: Sequence[int], ballot: int, tally: Sequence[int]
) -> npt.NDArray[np.int8]:
    """An observation.

    Args:
        rules: The public options.
        public: What has been said.
        who: Number of the seat.
        own: By fact the weight that the seat holds, 0 for none.
        ballot: What it has voted for, -1 for nothing.
        tally: All votes, once all have voted.
    """
    n, m, f, log = rules.members, rules.options, rules.facts, public.log
    parts = [0] * (n + 2 + 4 * f + 2 * n * m + 3 * rules.turns)
    parts[who] = 1
    left = parts[n] = rules.turns - len(log)
    parts[n + 1] = 2 if tally else int(not left)
    at = n + 2
    parts[at : at + f] = own
    others = ~(1 << who)
    for fact, (weight, backers) in public.table.items():
        channel = 1 if not own[fact] else 2 if backers & others else 3
        parts[at + channel * f + fact] = weight
    at += 4 * f
    for seat, favourite in enumerate(public.favours):
        if favourite >= 0:
            parts[at + (seat - who) % n * m + favourite] = 1
    at += n * m
    if tally:
        for seat, vote in enumerate(tally):
            parts[at + (seat - who) % n * m + vote] = 1
    elif ballot >= 0:
        parts[at + ballot] = 1
    at += n * m
    for entry in log:
        parts[at : at + 3] = entry
        at += 3
    return np.array(parts, np.int8)


class Seen(NamedTuple):
    """An observation, taken apart.

    Attributes:
        who: Number of the seat.
        left: Turns of discussion left.
        own: By fact the weight that the seat holds, 0 for none.
        news: What stands on the table of the facts that it does not hold.
        echo: What others have put on the table, or confirmed, of the facts that it holds.
        told: What stands on the table by its own word only, of the facts that it holds.
        favours: What each member says it favours, the seat first and then in order; -1 for nothing.
        log: Kind, subject and weight of the act of each turn.
        mask: What is legal.
    """

    who: int
    left: int
    own: tuple[int, ...]
    news: tuple[int, ...]
    echo: tuple[int, ...]
    told: tuple[int, ...]
    favours: list[int]
    log: list[list[int]]
    mask: list[int]

    @classmethod
    def of(cls, rules: Rules, observation: Mapping[str, npt.NDArray[Any]]) -> Seen:
        """The parts of an observation; what the regime appends is left out."""
        n, m, f = rules.members, rules.options, rules.facts
        seen = observation["observation"]
        own, news, echo, told = map(tuple, seen[n + 2 : n + 2 + 4 * f].astype(int).reshape(4, f).tolist())
        at = n + 2 + 4 * f
        favours = [row.index(1) if 1 in row else -1 for row in seen[at : at + n * m].reshape(n, m).tolist()]
        at += 2 * n * m
        log = seen[at : at + 3 * rules.turns].reshape(rules.turns, 3).tolist()
        who, left = seen[:n].tolist().index(1), int(seen[n])
        return cls(who, left, own, news, echo, told, favours, log, observation["action_mask"].tolist())

    def sums(self, rules: Rules) -> list[int]:
        """By option the sum of the weights of the facts that the seat holds or that stand on the table."""
        b = rules.block
        return [sum(self.own[f] + self.news[f] for f in range(o * b, (o + 1) * b)) for o in range(rules.options)]

    def evidence(self, rules: Rules) -> int:
        """The option with the greatest sum."""
        sums = self.sums(rules)
        return sums.index(max(sums))

    def alone(self, rules: Rules) -> int:
        """The option that the own facts favour."""
        return sets_of(rules, self.own)[1]

    def tellable(self, rules: Rules) -> list[int]:
        """Facts that the seat holds and may tell as they are."""
        if not rules.lying:
            return [f for f in range(rules.facts) if self.mask[f]]
        return [f for f, w in enumerate(self.own) if w and self.mask[telling(rules, f, w)]]


def telling(rules: Rules, fact: int, weight: int) -> int:
    """The action that tells a fact."""
    return fact * len(WEIGHTS) + WEIGHTS.index(weight) if rules.lying else fact


Speak = Callable[[Rules, Seen, Chance], int]
Vote = Callable[[Rules, Seen], int]


def _partner(speak: Speak, vote: Vote) -> PartnerMaker:
    def make(game: HiddenProfile) -> Partner:
        rules = game.rules

        def act(seat: str, observation: Mapping[str, npt.NDArray[Any]], chance: Chance) -> int:
            seen = Seen.of(rules, observation)
            return speak(rules, seen, chance) if seen.left else rules.votes + vote(rules, seen)

        return act

    return make


def _favour(rules: Rules, option: int) -> int:
    return rules.tells + option


def _pass(rules: Rules) -> int:
    return rules.votes - 1


def _against(rules: Rules, seen: Seen, favourite: int) -> list[int]:
    """Facts that may be told, by how much they speak against an option: its low weights, and high ones of others."""
    facts = seen.tellable(rules)
    return sorted(facts, key=lambda f: seen.own[f] if f // rules.block == favourite else -seen.own[f])


# -- prudent -----------------------------------------------------------------------------------------------------------
def _possible(rules: Rules, seen: Seen) -> tuple[Shape, int, list[tuple[int, ...]]]:
    """Shape, lure, and by option the weights that the members' own facts may have, by what has been said.

    A fact that I don't hold is somebody's own; a fact that I hold and somebody else as well is shared.
    """
    shape, lure = sets_of(rules, seen.own)
    possible = []
    for o in range(rules.options):
        own = shape[o != lure]
        block = range(o * rules.block, (o + 1) * rules.block)
        news, shared = {seen.news[f] for f in block} - {0}, {seen.echo[f] for f in block}
        fits = tuple(w for w in own if w not in shared and (not news or news == {w}))
        possible.append(fits or own)  # lies may contradict each other; then they tell nothing
    return shape, lure, possible


def _prudent_vote(rules: Rules, seen: Seen) -> int:
    shape, lure, possible = _possible(rules, seen)
    mass = masses(rules, shape, lure, tuple(possible))
    if sum(mass) == 0:
        return seen.evidence(rules)
    if sum(p > 0 for p in mass) > 1:
        trusted = [o for o in seen.favours[1:] if o >= 0 and mass[o] > 0]
        if trusted:
            return max(trusted, key=trusted.count)
    return mass.index(max(mass))


def _prudent(rules: Rules, seen: Seen, chance: Chance) -> int:
    """Says what it favours once it is sure; before, it tells the fact that makes the others surest in the mean."""
    shape, lure, possible = _possible(rules, seen)
    mass = masses(rules, shape, lure, tuple(possible))
    if sum(p > 0 for p in mass) == 1:
        sure = mass.index(max(mass))
        return _favour(rules, sure) if seen.favours[0] != sure else _pass(rules)

    def surest(fact: int) -> float:
        option, weight = fact // rules.block, seen.own[fact]
        value = 0.0
        for fits in (
            [w for w in possible[option] if w == weight],  # the others don't hold it
            [w for w in possible[option] if w != weight],  # they do
        ):
            value += max(masses(rules, shape, lure, (*possible[:option], tuple(fits), *possible[option + 1 :])))
        return value

    ranked = _against(rules, seen, seen.evidence(rules))
    if not ranked:
        return _pass(rules)
    best = max(ranked, key=surest)
    return telling(rules, best, seen.own[best])


def _by_evidence(rules: Rules, seen: Seen) -> int:
    return seen.evidence(rules)


def _by_own_facts(rules: Rules, seen: Seen) -> int:
    return seen.alone(rules)


# -- the others --------------------------------------------------------------------------------------------------------
def _truthful(rules: Rules, seen: Seen, chance: Chance) -> int:
    asked = seen.log[rules.turns - seen.left - 1] if seen.left < rules.turns else [0, 0, 0]
    facts = seen.tellable(rules)
    if asked[0] == Kind.ASK:
        facts.sort(key=lambda f: f // rules.block != asked[1] - 1)
    return telling(rules, facts[0], seen.own[facts[0]]) if facts else _pass(rules)


def _silent(rules: Rules, seen: Seen, chance: Chance) -> int:
    return _pass(rules)


def _naive(rules: Rules, seen: Seen, chance: Chance) -> int:
    held = [f for f, w in enumerate(seen.own) if w]
    fact = held[chance.below(len(held))]
    action = telling(rules, fact, seen.own[fact])
    return action if seen.mask[action] else _pass(rules)


def _adversarial(rules: Rules, seen: Seen, chance: Chance) -> int:
    lure = seen.alone(rules)
    if rules.lying:
        worst = [telling(rules, f, 3 if f // rules.block == lure else -3) for f in range(rules.facts)]
        free = [action for action in worst if seen.mask[action]]
        return free[chance.below(len(free))] if free else _favour(rules, lure)
    pushing = [f for f in _against(rules, seen, lure)[::-1] if (seen.own[f] > 0) == (f // rules.block == lure)]
    return pushing[0] if pushing else _favour(rules, lure)


def _contrary(rules: Rules, seen: Seen, chance: Chance) -> int:
    facts = _against(rules, seen, seen.evidence(rules))
    return telling(rules, facts[0], seen.own[facts[0]]) if facts else _pass(rules)


def _contrary_vote(rules: Rules, seen: Seen) -> int:
    sums, lure = seen.sums(rules), seen.alone(rules)
    return max((o for o in range(rules.options) if o != lure), key=sums.__getitem__)


def _follower(rules: Rules, seen: Seen, chance: Chance) -> int:
    confirm = rules.votes - 3
    if seen.mask[confirm]:
        return confirm
    option = seen.evidence(rules)
    return rules.tells + rules.options + option if seen.left == rules.turns - seen.who else _favour(rules, option)


def _follower_vote(rules: Rules, seen: Seen) -> int:
    named = [o for o in seen.favours[1:] if o >= 0]
    return max(named, key=named.count) if named else seen.evidence(rules)


PARTNERS: Mapping[str, PartnerMaker] = {
    "prudent": _partner(_prudent, _prudent_vote),  # tells what tells most; Bayes' rule over the family of deals
    "truthful": _partner(_truthful, _by_evidence),  # tells its facts in order, those asked for first
    "silent": _partner(_silent, _by_own_facts),  # passes, and votes by its own facts
    "adversarial": _partner(_adversarial, _by_own_facts),  # tells what speaks for the lure, and votes for it
    "naive": _partner(_naive, _by_evidence),  # a random fact that it holds; nothing where that is told already
    "contrary": _partner(_contrary, _contrary_vote),  # tells what speaks against its favourite, and votes for another
    "follower": _partner(_follower, _follower_vote),  # asks, confirms, and votes as most say they favour
}
"""Scripted members by name."""
HELD_OUT = frozenset({"contrary", "follower"})
"""Those that training never meets."""
