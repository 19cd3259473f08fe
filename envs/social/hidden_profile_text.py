"""What people write in a hidden profile's discussion: a small grammar, bounded in length, that never raises."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .hidden_profile_rules import NAMES, WEIGHTS, Entry, Kind, Rules, signed, told

__all__ = ["LONGEST", "described", "read", "spoken"]

LONGEST = 300
"""Characters of a sentence that is read at all."""

_WORDS = {"plus ": "+", "minus ": "-", "−": "-", "–": "-", "’": "'"}  # what people type
_FACT = re.compile(r"\bfact (?:number |no\.? ?)?#?(\d{1,3})\b")
_OPTION = re.compile(r"\boption ([a-z])\b")
_LETTER = re.compile(r"(?<![\w'])([a-z])(?![\w'])")
_WEIGHT = re.compile(r"(?<![\w.])[+-]? ?\d{1,2}(?![\w.])")
_BACK = re.compile(
    r"\b(?:take (?:it|that|this|my last \w+|what i (?:just )?said(?: last)?) back|take back|withdraw|scratch that"
    r"|i was wrong|i made a mistake|i misspoke|forget what i said)\b"
)
_CONFIRM = re.compile(
    r"\b(?:confirm(?:ed)?|same here"
    r"|i (?:have|know|hold) (?:about )?(?:that|it|this)(?: (?:fact|one|too|as well)){0,2})\b"
)
_NOTHING = re.compile(
    r"^(?:pass|i pass|i'll pass|skip|no comment|(?:i have )?nothing (?:more |else |new )?(?:to (?:add|say))?)$"
)
_ASK = re.compile(
    r"\b(?:who knows|who has|what do (?:you|we|others|the others)|does any\w+|do any|any(?:body|one|thing)"
    r"|tell (?:me|us)|what about|more (?:facts )?(?:about|on)|know (?:more )?(?:about|on))\b"
)
_VOTE = re.compile(r"\b(?:vote|my vote|choose|pick|select)\b")
_FAVOUR = re.compile(r"\b(?:favou?r|prefer|lean(?:ing)?|support|think|believe|best)\b")
_NOT = re.compile(r"\b(?:not|don't|dont|doesn't|isn't|never|cannot|can't|nor|neither|no longer)\b")
_FOLLOWS = re.compile(r"\b(?:but|however|although|unless|except|or|if|versus|vs)\b")


def read(rules: Rules, text: Any, own: Sequence[int], last: int, voting: bool = False) -> int | None:
    """The action that a sentence means.

    Args:
        rules: The public options.
        text: What was written; anything but a string of 1 to :data:`LONGEST` characters means nothing.
        own: By fact the weight that the speaker holds, 0 for none.
        last: The fact told last, if it stands; else -1.
        voting: Whether it is time to vote: then naming an option is a vote.

    Returns:
        An action, or None where the sentence means none or could mean several; also where it tells a fact with another
        weight than it has, and the rules are without lying. Nothing is raised.
    """
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST:
        return None
    said = " ".join(text.casefold().split())
    for word, sign in _WORDS.items():
        said = said.replace(word, sign)
    question = said.endswith("?")
    said = said.strip(" .!?")
    facts = {int(number) for number in _FACT.findall(said)}
    options = _options(rules, said)
    if len(facts) > 1 or len(options) > 1 or _FOLLOWS.search(said):
        return None
    option = next(iter(options), None)
    if _BACK.search(said):
        return rules.votes - 2
    if _NOT.search(said):
        return None
    if facts:
        return None if question else _fact(rules, said, facts.pop() - 1, option, own, last)
    if option is not None:
        return _about(rules, said, option, question, voting)
    if question:
        return None
    if _CONFIRM.search(said):
        return rules.votes - 3
    return rules.votes - 1 if _NOTHING.search(said) else None


def _options(rules: Rules, said: str) -> set[int]:
    """The options that are named; ``a`` counts only after ``option`` or by itself, for it is an article."""
    named = {NAMES.lower().index(letter) for letter in _OPTION.findall(said)}
    if not named:
        letters = set(_LETTER.findall(said)) - {"i"}
        if len(said.split()) > 1 and not re.search(
            r"\b(?:vote|for|favou?r|prefer|choose|pick|select|about|on) a$", said
        ):
            letters -= {"a"}
        named = {NAMES.lower().index(letter) for letter in letters}
    return {o for o in named if o < rules.options} if all(o < rules.options for o in named) else {-1, -2}


def _fact(rules: Rules, said: str, fact: int, option: int | None, own: Sequence[int], last: int) -> int | None:
    """A fact told or confirmed."""
    if not 0 <= fact < rules.facts or option not in (None, fact // rules.block):
        return None
    rest = _FACT.sub(" ", said)
    numbers = {int(number.replace(" ", "")) for number in _WEIGHT.findall(rest)}
    if not numbers and _CONFIRM.search(said):
        return rules.votes - 3 if fact == last else None
    if rules.lying:
        return (
            fact * len(WEIGHTS) + WEIGHTS.index(numbers.pop()) if len(numbers) == 1 and numbers < set(WEIGHTS) else None
        )
    return fact if numbers in (set(), {own[fact]}) and not _ASK.search(said) else None


def _about(rules: Rules, said: str, option: int, question: bool, voting: bool) -> int | None:
    """An option asked for, voted for or favoured."""
    if question or _ASK.search(said):
        return rules.tells + rules.options + option
    favoured = _FAVOUR.search(said)
    if _VOTE.search(said) or (voting and (favoured or re.fullmatch(r"(?:option )?[a-z]", said))):
        return rules.votes + option
    return rules.tells + option if favoured else None


def spoken(rules: Rules, log: Sequence[Entry]) -> tuple[str, ...]:
    """A sentence for each act of a discussion."""
    return tuple(_sentence(rules, entry) for entry in log)


def _sentence(rules: Rules, entry: Entry) -> str:
    kind, what, weight = entry
    if kind == Kind.TELL:
        return told(rules, what - 1, weight)
    if kind == Kind.FAVOUR:
        return f"I favour option {NAMES[what - 1]}."
    if kind == Kind.ASK:
        return f"Who knows more about option {NAMES[what - 1]}?"
    if kind == Kind.CONFIRM:
        return f"I can confirm fact {what}."
    if kind == Kind.REPAIR:
        return f"I take back fact {what}." if weight else f"I no longer favour option {NAMES[what - 1]}."
    return "I have nothing to add."


def described(rules: Rules, share: Sequence[int]) -> str:
    """What a member holds."""
    lines = []
    for o in range(rules.options):
        held = [f for f in range(o * rules.block, (o + 1) * rules.block) if share[f]]
        facts = ", ".join(f"fact {f + 1} {signed(share[f])}" for f in held)
        lines.append(f"option {NAMES[o]}: {facts or 'nothing'}")
    return "; ".join(lines)
