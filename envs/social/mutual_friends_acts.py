"""What can be said in the game of mutual friends: the people, the acts, and what a sequence of acts has told.

All of this is public. A :func:`table` is the same in every process, a pure function of the number of people.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...core.chance import Chance

__all__ = [
    "CONTENTS",
    "GROUP",
    "KINDS",
    "Act",
    "Acts",
    "Kind",
    "entry",
    "last_named",
    "said",
    "standing",
    "table",
    "told",
]

GROUP = 4
"""People of one school, of one hobby, and of one company."""
CONTENTS = 2**GROUP
KINDS = ("nothing", "name", "report", "somebody", "nobody", "confirm", "deny", "clarify", "repair", "select")


class Kind:
    """Kinds of acts, as they stand in the log of an observation; 0 is a turn not played yet."""

    NAME, REPORT, SOMEBODY, NOBODY, CONFIRM, DENY, CLARIFY, REPAIR, SELECT = range(1, 10)


_PEOPLE = (
    "Alice Archer, Bruno Barlow, Clara Conway, Derek Dalton, Elena Ellis, Felix Fraser, Greta Gibson, Hugo Harper, "
    "Irene Ingram, Jonas Jarvis, Katya Kendall, Lucas Lambert, Mira Mercer, Nolan Norris, Olive Osborne, Pablo "
    "Porter, Quinn Quigley, Rosa Rowland, Simon Sawyer, Tessa Turner, Umar Upton, Vera Vaughan, Walter Weaver, Ximena "
    "Xavier, Yusuf Yates, Zelda Zimmer, Anton Abbott, Bella Bishop, Cyril Carver, Daphne Doyle, Edgar Emerson, Flora "
    "Foster, Gavin Grimes, Hazel Hooper, Isaac Irving, Joyce Jordan, Kevin Keller, Lydia Lowell, Marco Morton, Nadia "
    "Newton, Oscar Orwell, Paula Parish, Quentin Quimby, Renata Ripley, Stefan Sutton, Thelma Thorne, Ursula Usher, "
    "Victor Vickers, Wanda Winslow, Xavi Xander, Yvonne Yorke, Zachary Zeller, Amos Ashby, Bianca Bolton, Conrad "
    "Cooper, Delia Draper, Ernest Eaton, Fiona Farmer, Gilbert Garner, Helga Hobson, Ivan Irons, Judith Jessop, Klaus "
    "Kirby, Leona Leland"
)
_SCHOOLS = (
    "Ashford, Birchwood, Cedarville, Dunmore, Eastgate, Fairview, Glenwood, Hillcrest, Ivybridge, Junction Road, "
    "Kingsley, Lakeside, Maplewood, Northfield, Oakdale, Riverside"
)
_HOBBIES = (
    "plays chess, paints landscapes, runs marathons, bakes bread, sings in a choir, collects stamps, climbs mountains, "
    "keeps bees, plays the cello, grows roses, sails boats, writes poems, does magic tricks, watches birds, "
    "dances tango, builds kites"
)
_COMPANIES = (
    "Adlin, Borelli, Corvex, Dunlin, Everly, Fennick, Garrod, Halden, Isora, Jessamy, Kestrel, Lumeo, Marlow, Nimbra, "
    "Orrin, Pallas"
)
PEOPLE, SCHOOLS, HOBBIES, COMPANIES = (tuple(text.split(", ")) for text in (_PEOPLE, _SCHOOLS, _HOBBIES, _COMPANIES))
TRAITS = (HOBBIES, tuple(f"works for {company}" for company in COMPANIES))
"""Verb phrases of the two kinds of traits: hobby and company."""
MOST = len(PEOPLE)
"""Most people there can be."""
_KEY = 0x6D757475616C
"""Key of the public draw that gives people their traits."""


_MODULUS = 19
"""The 16 words of four bytes that are 0 or 1 differ by their remainders, in either order of bytes."""
_SUBSETS = (np.arange(CONTENTS)[:, None] >> np.arange(GROUP) & 1).astype(np.int8)
_REPORTS = np.zeros(_MODULUS, f"V{CONTENTS}")
"""By remainder of a school's word, the mask of its reports, as one item each: that makes lookups fast."""
_REPORTS[_SUBSETS.view(np.int32).ravel() % _MODULUS] = np.eye(CONTENTS, dtype=np.int8).view(_REPORTS.dtype).ravel()


class Act(NamedTuple):
    """An act, as the log of an observation shows it.

    Attributes:
        kind: One of :class:`Kind`.
        what: 1 + the person, school or trait (hobbies, then companies) it is about; 0 for none.
        content: Of a report: which people of the school are known, as bits.
    """

    kind: int
    what: int = 0
    content: int = 0


@dataclasses.dataclass(frozen=True, eq=False)
class Acts:
    """The public table of a number of people: who they are, and the acts about them.

    Attributes:
        people: How many.
        names: Of each person.
        orders: For hobbies and for companies, the people sorted by it, :data:`GROUP` of them sharing one; int64 of
            shape (2, people). Those of one school stand side by side by number.
        acts: All acts; an action is an index of it.
        words: Their canonical sentences.
        effects: By act, what it says of whom: pairs (person, 1 known or -1 unknown or 2 selected). Empty for answers,
            whose person is the one named last.
        claims: By act, whether it is a claim that can be withdrawn.
        report: The first report; names come before it, and name `p` is action `p`.
        confirm: The action "I know that person too"; `deny`, `clarify` and `repair` come after it.
        select: The first selection, after all else.
    """

    people: int
    names: tuple[str, ...]
    orders: npt.NDArray[np.int64]
    acts: tuple[Act, ...]
    words: tuple[str, ...]
    effects: tuple[tuple[tuple[int, int], ...], ...]
    claims: tuple[bool, ...]
    report: int
    confirm: int
    select: int

    @property
    def deny(self) -> int:
        """The action "I do not know that person"."""
        return self.confirm + 1

    @property
    def clarify(self) -> int:
        """The action that asks the other seat to say it again."""
        return self.confirm + 2

    @property
    def repair(self) -> int:
        """The action that withdraws the own last claim."""
        return self.confirm + 3

    @property
    def somebody(self) -> int:
        """The first act about a trait, after the reports: of hobbies and companies, "somebody" and then "nobody"."""
        return self.confirm - 2 * len(TRAITS) * self.groups

    @property
    def padded(self) -> int:
        """People, rounded up to whole schools: entries for each in an observation."""
        return self.groups * GROUP

    @property
    def groups(self) -> int:
        """Number of schools, of hobbies and of companies."""
        return -(-self.people // GROUP)

    def school(self, group: int) -> range:
        """The people of a school."""
        return range(group * GROUP, min((group + 1) * GROUP, self.people))

    def bearers(self, trait: int) -> list[int]:
        """The people of a hobby (the first `groups` traits) or a company (the others)."""
        kind, group = divmod(trait, self.groups)
        return self.orders[kind, group * GROUP : (group + 1) * GROUP].tolist()

    def traits(self, person: int) -> str:
        """Hobby and company of a person, as a phrase: ``plays chess, works for Adlin``."""
        places = np.argwhere(self.orders == person)[:, 1] // GROUP
        return ", ".join(phrases[place] for phrases, place in zip(TRAITS, places, strict=True))

    def reporting(self, group: int, known: Sequence[int] | npt.NDArray[Any]) -> int:
        """The report that, of a school, just the people with a true entry in `known` (shape (people,)) are known."""
        bits = sum(1 << i for i, p in enumerate(self.school(group)) if known[p])
        return self.report + group * CONTENTS + bits

    def truthful(self, bits: npt.NDArray[np.int8], free: npt.NDArray[np.int8]) -> None:
        """Mark which acts somebody may use truthfully, answers, requests and withdrawals aside.

        Args:
            bits: Whom they know, 0 or 1, int8 of shape (..., people).
            free: The marks, int8 of shape (..., acts), all 0.
        """
        groups, end = self.groups, self.report
        free[..., :end] = free[..., self.select :] = bits
        known = self._by_four(bits)
        free[..., end : self.somebody] = _REPORTS.take(known % _MODULUS).view(np.int8)[..., : self.somebody - end]
        some = self._by_four(bits[..., self.orders]) != 0
        traits = free[..., self.somebody : self.confirm].reshape(*free.shape[:-1], len(TRAITS), 2, groups)
        traits[..., 0, :], traits[..., 1, :] = some, ~some

    def _by_four(self, bits: npt.NDArray[np.int8]) -> npt.NDArray[np.int32]:
        """The last axis as int32 of four people each, zeros at the end."""
        if missing := self.padded - self.people:
            bits = np.concatenate([bits, np.zeros((*bits.shape[:-1], missing), np.int8)], axis=-1)
        return np.ascontiguousarray(bits).view(np.int32)


@functools.cache
def table(people: int) -> Acts:
    """The public table for a number of people, at least 2 and at most :data:`MOST`."""
    groups = -(-people // GROUP)
    names = PEOPLE[:people]
    draw = Chance(_KEY)
    orders = np.array([draw.permutation(people) for _ in TRAITS])
    acts, words, effects = list[Act](), list[str](), list[tuple[tuple[int, int], ...]]()

    def add(act: Act, sentence: str, *effect: tuple[int, int]) -> None:
        acts.append(act)
        words.append(sentence)
        effects.append(effect)

    for p in range(people):
        add(Act(Kind.NAME, p + 1), f"I know {names[p]}.", (p, 1))
    report = len(acts)
    for group in range(groups):
        members = range(group * GROUP, min((group + 1) * GROUP, people))
        for bits in range(2 ** len(members)):
            told = [(p, 1 if bits >> i & 1 else -1) for i, p in enumerate(members)]
            known = [names[p] for p, sign in told if sign > 0]
            whom = "nobody" if not known else "everybody" if len(known) == len(members) else f"only {listed(known)}"
            add(Act(Kind.REPORT, group + 1, bits), f"From {SCHOOLS[group]} I know {whom}.", *told)
    for i, (phrases, order) in enumerate(zip(TRAITS, orders.tolist(), strict=True)):
        for trait, phrase in enumerate(phrases[:groups]):
            add(Act(Kind.SOMEBODY, 1 + i * groups + trait), f"Somebody I know {phrase}.")
        for trait, phrase in enumerate(phrases[:groups]):
            bearers = order[trait * GROUP : (trait + 1) * GROUP]
            add(Act(Kind.NOBODY, 1 + i * groups + trait), f"Nobody I know {phrase}.", *((p, -1) for p in bearers))
    confirm = len(acts)
    add(Act(Kind.CONFIRM), "I know that person too.")
    add(Act(Kind.DENY), "I do not know that person.")
    add(Act(Kind.CLARIFY), "Please say that again.")
    add(Act(Kind.REPAIR), "I take back what I said last.")
    select = len(acts)
    for p in range(people):
        add(Act(Kind.SELECT, p + 1), f"Our mutual friend is {names[p]}.", (p, 2))
    claims = tuple(act.kind <= Kind.DENY for act in acts)
    return Acts(
        people,
        names,
        orders,
        tuple(acts),
        tuple(words),
        tuple(effects),
        claims,
        report,
        confirm,
        select,
    )


def listed(names: Sequence[str]) -> str:
    """Names as a phrase: ``a, b and c``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


# -- what a sequence of acts has told: turn t, from 0, is that of seat t % 2 -------------------------------------------
def last_named(acts: Acts, played: Sequence[int]) -> int:
    """The person that the last act named, or -1: whom an answer is about."""
    return played[-1] if played and played[-1] < acts.report else -1


def standing(acts: Acts, played: Sequence[int], who: int) -> list[int]:
    """The turns of the claims of seat `who` that it has not withdrawn."""
    turns: list[int] = []
    for t in range(who, len(played), 2):
        if acts.claims[played[t]]:
            turns.append(t)
        elif played[t] == acts.repair:
            turns.pop()
    return turns


def entry(acts: Acts, played: Sequence[int], turn: int) -> Act:
    """The act of a turn, with the person that an answer is about."""
    act = acts.acts[played[turn]]
    if act.kind in (Kind.CONFIRM, Kind.DENY):
        return act._replace(what=played[turn - 1] + 1)
    return act


def told(acts: Acts, played: Sequence[int], turn: int) -> tuple[tuple[int, int], ...]:
    """What the act of a turn says of whom: pairs (person, 1 known or -1 not known or 2 selected)."""
    action = played[turn]
    if acts.confirm <= action <= acts.deny:
        return ((played[turn - 1], 1 if action == acts.confirm else -1),)
    return acts.effects[action]


def said(acts: Acts, played: Sequence[int], who: int) -> npt.NDArray[np.int8]:
    """What seat `who` stands by, by person: 1 known, -1 not known, 2 selected, 0 nothing; int8 of shape (padded,)."""
    signs = np.zeros(acts.padded, np.int8)
    for t in standing(acts, played, who) + [t for t in range(who, len(played), 2) if played[t] >= acts.select]:
        for person, sign in told(acts, played, t):
            signs[person] = sign
    return signs
