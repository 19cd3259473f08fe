"""What people write for the acts of mutual friends: a small grammar, bounded in length, that never raises."""

from __future__ import annotations

import functools
import re
from typing import Any

from .mutual_friends_acts import COMPANIES, HOBBIES, SCHOOLS, Acts, Kind

__all__ = ["LONGEST", "read"]

LONGEST = 400
"""Characters of a sentence that is read at all."""

_BLANKS = re.compile(r"\s+")
_AGAIN = re.compile(r"\b(again|repeat|pardon|clarify|rephrase|what did you say|didn't (?:get|catch|understand))\b")
_BACK = re.compile(
    r"\b(take (?:that|it|this|my last \w+|what i (?:said|just said)(?: last)?) back|take back (?:that|it|what i|my)"
    r"|withdraw|scratch that|correction|i was wrong|i made a mistake|i misspoke|disregard|forget what i said)\b"
)
_SELECT = re.compile(
    r"\b(?:(?:our|the) (?:mutual|common|shared) (?:friend|acquaintance|person|one)\b.*\b(?:is|must be|has to be)"
    r"|(?:is|must be|has to be) (?:our|the) (?:mutual|common|shared)"
    r"|i (?:select|choose|pick|go with|settle on)|i'll (?:select|choose|pick|go with)"
    r"|it(?:'s| is| must be| has to be)|(?:select|choose|pick)(?=\W))"
)
_KNOW = re.compile(
    r"\b(?:know|knows|friends? with|have|friends? of mine|acquainted with|friend is|friends are|my friends?)\b"
)
_NOT = re.compile(r"\b(?:not|don't|dont|doesn't|never|isn't|aren't|cannot|can't|nor|neither)\b")
_NONE = re.compile(r"\b(?:nobody|no one|noone|none|no friends?)\b|\b(?:not|don't|dont) (?:\w+ ){0,2}any(?:body|one)?\b")
_SOME = re.compile(
    r"\b(?:somebody|someone|(?<!no )(?:one|some|a friend|friends?) (?:of mine|i know|of my friends)|a friend)\b"
)
_ALL = re.compile(r"\b(?:everybody|everyone|all of them|all four)\b")
_ONLY = re.compile(
    r"\b(?:only|just|exactly|precisely|nobody else|no one else|noone else|no others?|and that is all|that's all)\b"
)
_TOO = re.compile(r"\b(?:too|as well|also|yes|yeah|yep|indeed)\b")
_NO = re.compile(r"^(?:no|nope)\b")
_PERSON = re.compile(r"\b(?:that person|them|him|her|this person|that one)\b")
_OTHERS = re.compile(r"\b(?:you|he|she|they|friend_\d+)\b")
_QUESTION = re.compile(r"\?\s*$")


@functools.cache
def _finders(acts: Acts) -> tuple[re.Pattern[str], dict[str, int], list[re.Pattern[str]], list[re.Pattern[str]]]:
    """A pattern of the people, their numbers by full and first name, and patterns of the schools and of the traits."""
    number: dict[str, int] = {}
    for p, name in enumerate(acts.names):
        number[name.casefold()] = number[name.split()[0].casefold()] = p
    longest_first = sorted(number, key=len, reverse=True)
    people = re.compile(rf"\b({'|'.join(map(re.escape, longest_first))})\b")
    schools = [re.compile(rf"\b{re.escape(name.casefold())}\b") for name in SCHOOLS[: acts.groups]]
    traits = [re.compile(_loose(phrase)) for phrase in HOBBIES[: acts.groups]]
    traits += [re.compile(rf"\b{name.casefold()}\b") for name in COMPANIES[: acts.groups]]
    return people, number, schools, traits


def _loose(phrase: str) -> str:
    """A pattern of a hobby's phrase in other forms: ``plays the cello``, ``play the cello``, ``playing the cello``."""
    verb, _, rest = phrase.partition(" ")
    stem = {"does": "do(?:es)?", "runs": "run(?:s|ning)?", "dances": "danc(?:e|es|ing)"}.get(verb)
    if stem is None:
        root = re.escape(verb[:-2] if verb.endswith("ches") else verb[:-1].rstrip("e"))
        stem = rf"{root}(?:e|es|s|ing)?"
    return rf"\b{stem} {re.escape(rest)}\b"


def read(acts: Acts, text: Any, named: int = -1) -> int | None:
    """The act that a sentence means.

    Args:
        acts: The public table.
        text: What was written; anything but a string of 1 to :data:`LONGEST` characters means nothing.
        named: The person that the other seat has just named, whom an answer is about; -1 for none.

    Returns:
        An action, or None where the sentence means none or could mean several. Nothing is raised.
    """
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST:
        return None
    said = _BLANKS.sub(" ", text.casefold().replace("’", "'")).strip()
    find, number, schools, traits = _finders(acts)
    people = sorted({number[name] for name in find.findall(said)})
    school = [g for g, pattern in enumerate(schools) if pattern.search(said)]
    trait = [i for i, pattern in enumerate(traits) if pattern.search(said)]
    if len(school) + len(trait) > 1 or ((school or trait or people) and _OTHERS.search(said)):
        return None
    if school:
        return _report(acts, said, people, school[0])
    if trait:
        return _trait(acts, said, people, trait[0])
    if people:
        return _about(acts, said, people, named)
    if _BACK.search(said):
        return acts.repair
    if _AGAIN.search(said):
        return acts.clarify
    if _PERSON.search(said) and _KNOW.search(said) and not _QUESTION.search(said):
        return acts.deny if _NOT.search(said) else acts.confirm
    return None


def _report(acts: Acts, said: str, people: list[int], group: int) -> int | None:
    members = acts.school(group)
    if _QUESTION.search(said) or not _KNOW.search(said) or any(p not in members for p in people):
        return None
    known = [0] * acts.people
    if people:
        if not _ONLY.search(said) or _ALL.search(said):
            return None
        for p in people:
            known[p] = 1
    elif _ALL.search(said) and not (_NOT.search(said) or _NONE.search(said)):
        known = [1] * acts.people
    elif not _NONE.search(said) or _SOME.search(said) or _ALL.search(said):
        return None
    return acts.reporting(group, known)


def _trait(acts: Acts, said: str, people: list[int], trait: int) -> int | None:
    none, some = bool(_NONE.search(said)), bool(_SOME.search(said))
    if people or none == some or _QUESTION.search(said) or (some and _NOT.search(said)):
        return None
    return acts.acts.index((Kind.NOBODY if none else Kind.SOMEBODY, trait + 1, 0))


def _about(acts: Acts, said: str, people: list[int], named: int) -> int | None:
    """One person, named, selected or answered for."""
    if len(people) > 1 or _QUESTION.search(said) or _ONLY.search(said):
        return None
    (person,) = people
    if _NOT.search(said) or _NO.search(said):
        knows = _KNOW.search(said) and not _SELECT.search(said)
        return acts.deny if knows and person == named else None
    if _SELECT.search(said):
        return acts.select + person
    if not _KNOW.search(said):
        return None
    return acts.confirm if person == named and _TOO.search(said) else person
