"""The rules of hidden profile that need no truth: public options, what can be said, and what stands on the table.

What is said in public is coded by *acts*, the same with and without lying: a claim holds the fact and the weight
claimed. What a seat plays are *actions*; without lying, the action "tell a fact" leaves the weight to the truth.
"""

from __future__ import annotations

import functools
import string
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, NamedTuple

from ...core.options import choice, flag, whole

__all__ = ["PROFILES", "SEATS", "WEIGHTS", "Entry", "Kind", "Rules", "Talk", "check_rules", "legal", "phrases", "talk"]

SEATS = tuple(f"member_{i}" for i in range(6))
"""All seats that a group may have."""
WEIGHTS = (-3, -2, -1, 1, 2, 3)
"""What a fact may say for (positive) or against (negative) its option."""
PROFILES = ("hidden", "manifest", "mixed")
NAMES = string.ascii_uppercase
"""Names of the options."""


class Kind(IntEnum):
    """Kinds of acts, as the log of an observation has them."""

    NONE, TELL, FAVOUR, ASK, CONFIRM, REPAIR, PASS = range(7)


class Rules(NamedTuple):
    """The public options, and what follows from them; :func:`check_rules` makes them.

    Facts are numbered by option: those of option `o` are ``range(o * block, (o + 1) * block)``.

    Attributes:
        members: Members of the group.
        options: Options to choose from.
        shared: Facts about each option that all members hold.
        rounds: Turns of each member.
        profile: One of :data:`PROFILES`.
        lying: Whether claims may be false.
        block: Facts about one option: the shared ones, and one of each member's own.
        facts: All facts.
        turns: Turns of discussion.
        tells: Actions that tell a fact; the codes of the other actions follow.
        votes: The first action that is a vote.
        actions: All actions.
        claims: Acts that are claims; the codes of the other acts follow.
        acts: All acts of the discussion.
    """

    members: int
    options: int
    shared: int
    rounds: int
    profile: str
    lying: bool
    block: int
    facts: int
    turns: int
    tells: int
    votes: int
    actions: int
    claims: int
    acts: int

    @property
    def seats(self) -> tuple[str, ...]:
        """The seats taken."""
        return SEATS[: self.members]


def check_rules(
    members: Any = 3, options: Any = 3, shared: Any = 2, rounds: Any = 2, profile: Any = "hidden", lying: Any = False
) -> Rules:
    """The options of a game, checked.

    Raises:
        InvalidOption: A number is out of range, or none; `lying` is no bool.
        UnknownOption: No such profile.
    """
    n, m = whole("members", members, 2, 6), whole("options", options, 2, 6)
    s, r = whole("shared", shared, 1, 4), whole("rounds", rounds, 0, 12)
    profile, lying = choice("profile", profile, PROFILES), flag("lying", lying)
    facts = m * (s + n)
    claims, more = facts * len(WEIGHTS), 2 * m + 3
    tells = claims if lying else facts
    votes = tells + more
    return Rules(n, m, s, r, profile, bool(lying), s + n, facts, r * n, tells, votes, votes + m, claims, claims + more)


def signed(weight: int) -> str:
    """A weight in a sentence: ``+2``, ``-1``."""
    return f"{weight:+d}"


@functools.cache
def phrases(rules: Rules) -> tuple[str, ...]:
    """A sentence for each action."""
    letters = NAMES[: rules.options]
    if rules.lying:
        tells = [told(rules, f, w) for f in range(rules.facts) for w in WEIGHTS]
    else:
        tells = [f"I tell fact {f + 1}." for f in range(rules.facts)]
    return (
        *tells,
        *(f"I favour option {o}." for o in letters),
        *(f"Who knows more about option {o}?" for o in letters),
        "I can confirm the last fact.",
        "I take back my last statement.",
        "I have nothing to add.",
        *(f"I vote for option {o}." for o in letters),
    )


def told(rules: Rules, fact: int, weight: int) -> str:
    """A fact in words."""
    return f"Fact {fact + 1}: option {NAMES[fact // rules.block]} has {signed(weight)}."


class Entry(NamedTuple):
    """What was done in a turn.

    Attributes:
        kind: A :class:`Kind`.
        what: 1 + the fact told, confirmed or taken back, or 1 + the option favoured, asked for or no longer favoured;
            else 0.
        weight: The weight claimed, confirmed or taken back; else 0.
    """

    kind: int
    what: int
    weight: int


class Claim(NamedTuple):
    """A claim that stands on the table.

    Attributes:
        weight: The weight that the fact has by it.
        backers: The seats that stand for it, as bits.
    """

    weight: int
    backers: int


class Talk(NamedTuple):
    """What everybody knows of a discussion.

    Attributes:
        log: An entry for each turn played.
        table: The claims that stand, by fact.
        favours: By seat the option it favours by its own words, -1 for none.
        last: The fact told last, if it stands; else -1.
    """

    log: tuple[Entry, ...]
    table: Mapping[int, Claim]
    favours: tuple[int, ...]
    last: int

    def undoes(self, who: int, members: int) -> bool:
        """Whether the seat's last statement stands, so that it can be taken back."""
        if len(self.log) < members:
            return False
        kind, what, weight = self.log[-members]
        if kind == Kind.FAVOUR:
            return self.favours[who] == what - 1
        stands = self.table.get(what - 1) if kind in (Kind.TELL, Kind.CONFIRM) else None
        return stands is not None and stands.weight == weight and bool(stands.backers >> who & 1)


@functools.lru_cache(maxsize=8192)
def talk(rules: Rules, said: tuple[int, ...]) -> Talk:
    """What everybody knows after these acts."""
    if not said:
        return Talk((), {}, (-1,) * rules.members, -1)
    before, act = talk(rules, said[:-1]), said[-1]
    log, table, favours, last = before
    who, m = len(log) % rules.members, rules.options
    if act < rules.claims:
        last, weight = act // len(WEIGHTS), WEIGHTS[act % len(WEIGHTS)]
        table = {**table, last: Claim(weight, 1 << who)}
        return Talk((*log, Entry(Kind.TELL, last + 1, weight)), table, favours, last)
    act -= rules.claims
    entry = Entry(Kind.PASS, 0, 0)
    if act < m:
        favours, entry = (*favours[:who], act, *favours[who + 1 :]), Entry(Kind.FAVOUR, act + 1, 0)
    elif act < 2 * m:
        entry = Entry(Kind.ASK, act - m + 1, 0)
    elif act == 2 * m:
        weight, backers = table[last]
        table, entry = {**table, last: Claim(weight, backers | 1 << who)}, Entry(Kind.CONFIRM, last + 1, weight)
    elif act == 2 * m + 1:
        kind, what, weight = log[-rules.members]
        entry = Entry(Kind.REPAIR, what, weight)
        if kind == Kind.FAVOUR:
            favours = (*favours[:who], -1, *favours[who + 1 :])
        elif left := table[what - 1].backers & ~(1 << who):
            table = {**table, what - 1: Claim(weight, left)}
        else:
            table = {fact: claim for fact, claim in table.items() if fact != what - 1}
            last = last if last in table else -1
    return Talk((*log, entry), table, favours, last)


@functools.lru_cache(maxsize=8192)
def legal(rules: Rules, said: tuple[int, ...], own: tuple[int, ...]) -> tuple[bool, ...]:
    """What the member whose turn it is may do, after the acts `said`, holding facts of weights `own` (0: not held)."""
    public, who = talk(rules, said), len(said) % rules.members
    table, last = public.table, public.last
    if rules.lying:
        tells = [True] * rules.claims
        for fact, claim in table.items():
            tells[fact * len(WEIGHTS) + WEIGHTS.index(claim.weight)] = False
    else:
        tells = list(map(bool, own))
        for fact in table:
            tells[fact] = False
    confirms = last >= 0 and (rules.lying or own[last] != 0) and not table[last].backers >> who & 1
    no, free = (False,) * rules.options, (True,) * (2 * rules.options)
    return (*tells, *free, confirms, public.undoes(who, rules.members), True, *no)


@functools.cache
def ballots(rules: Rules, free: bool) -> tuple[bool, ...]:
    """What a member may do who is not to speak: vote for any option, or nothing."""
    return (False,) * rules.votes + (free,) * rules.options


def act_of(rules: Rules, action: int, own: tuple[int, ...]) -> int:
    """The act of an action in the discussion, of a seat that holds facts of weights `own`."""
    if rules.lying:
        return action
    if action < rules.facts:
        return action * len(WEIGHTS) + WEIGHTS.index(own[action])
    return action - rules.facts + rules.claims


def decision(rules: Rules, tally: tuple[int, ...]) -> int:
    """The option with most votes, of several the first in the alphabet; -1 while there are no votes."""
    if not tally:
        return -1
    counts = [tally.count(o) for o in range(rules.options)]
    return counts.index(max(counts))
