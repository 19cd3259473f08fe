"""Deal or no deal in words: a phrase for each act, and a bounded reader of other wordings.

The reader is made of alternations of fixed words over a text of at most 200 characters, so it takes time in proportion
to the text. It understands one act a text, and rather nothing than the wrong thing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .deal_or_no_deal_rules import (
    ACCEPT,
    ACTS,
    ASK,
    CONFIRM,
    LEAST,
    MOST,
    NONE,
    TYPES,
    WALK,
    WITHDRAW,
    Triple,
    left,
    proposal,
    split_of,
    standing,
)

__all__ = ["LONGEST", "PHRASES", "amounts", "read"]

LONGEST = 200
"""Characters of a text that is read at all."""


# -- phrases -----------------------------------------------------------------------------------------------------------
def amounts(share: Sequence[int]) -> str:
    """A share in words: ``"2 books, 1 hat and 0 balls"``."""
    books, hats, balls = (f"{n} {name}{'' if n == 1 else 's'}" for n, name in zip(share, TYPES, strict=True))
    return f"{books}, {hats} and {balls}"


def _phrase(act: int) -> str:
    if act < ACCEPT:
        return f"I take {amounts(split_of(act))}."
    name = f"{TYPES[(act - MOST) % 3]}s"
    if MOST <= act < ASK:
        return (f"I value {name} most.", f"I value {name} least.", f"I do not value {name}.")[(act - MOST) // 3]
    return {
        ACCEPT: "I accept your offer.",
        WALK: "I walk away; no deal.",
        ASK: "Which do you value most?",
        CONFIRM: "I restate the standing offer.",
        WITHDRAW: "I withdraw my offer.",
    }[act]


PHRASES: tuple[str, ...] = tuple(map(_phrase, range(ACTS)))
"""The canonical phrase of each act."""

# -- plain words -------------------------------------------------------------------------------------------------------
_SHORT = {
    "i'd": "i would",
    "i'll": "i will",
    "i'm": "i am",
    "you'd": "you would",
    "you'll": "you will",
    "you're": "you are",
    "that's": "that is",
    "what's": "what is",
    "it's": "it is",
    "let's": "let us",
    "don't": "do not",
    "dont": "do not",
    "doesn't": "does not",
    "can't": "can not",
    "favorite": "favourite",
    "lets": "let us",
    "whats": "what is",
}
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+|-(?=[0-9])|[^\s.,;:!()\-]")
_FILL = {
    "please",
    "thanks",
    "well",
    "hmm",
    "hi",
    "hello",
    "hey",
    "just",
    "so",
    "then",
    "oh",
    "um",
    "also",
    "sorry",
    "only",
    "too",
}


def _plain(text: str) -> str:
    """The words in lower case, contractions spelled out, fillers and punctuation dropped; question marks are words."""
    text = text.casefold().replace("\u2019", "'").replace("&", " and ")
    words = _WORD.findall(text.replace("thank you", " "))
    return " ".join(_SHORT.get(word, word) for word in words if word not in _FILL)


# -- acts other than proposals -----------------------------------------------------------------------------------------
_OFFER = (
    r"(?:that|this|it|(?:that|this|the|your|my|our) (?:standing |current |last |own )?(?:offer|deal|proposal|split))"
)
_ACCEPTS = (
    r"(?:(?:it|that) is a |you have a |we have a )?deal",
    rf"i (?:will )?(?:accept|agree)(?: (?:to |with )?{_OFFER})?",
    r"accept|accepted|agreed|agree|done deal|you are on",
    r"i (?:will )?take (?:it|that|that deal|the deal|your offer|that offer|the offer)",
    r"(?:(?:that|this|it) )?(?:sounds|looks|seems) (?:good|great|fine|fair|perfect|acceptable)(?: to me)?",
    r"(?:that|this|it) is (?:good|great|fine|fair|perfect|acceptable)(?: (?:to|for|with|by) me)?",
    r"(?:(?:that|this|it) )?works(?: for me)?",
    r"(?:fine|good|ok|okay) (?:by|with|for) me",
    rf"i am (?:fine|ok|okay|good|happy) with {_OFFER}",
    r"let us (?:do|go with) (?:it|that|this)",
)
_WALKS = (
    r"(?:there is |we have |it is )?no deal",
    r"(?:i (?:will |would rather |am going to )?)?walk away",
    r"i (?:will )?(?:walk|walk out|leave|quit|give up|am out|am leaving|am walking away)",
    r"the deal is off|no agreement|i end (?:the|this) negotiation",
)
_VALUE = r"(?:value|want|like|prefer|need)"
_ASKS = (
    rf"(?:which|what)(?: (?:type|types|kind|item|items|thing|things|one|ones))?(?: of item)? (?:do|would) you {_VALUE}"
    r"(?: (?:the )?(?:most|best))?",
    rf"(?:can you )?tell me (?:which|what)(?: (?:type|item|items|one))? you {_VALUE}(?: (?:the )?(?:most|best))?",
    r"(?:which|what)(?: (?:type|item|one))? do you care (?:the )?most about",
    r"(?:which|what)(?: (?:type|item|items|one))? (?:is|are) (?:worth )?(?:the )?most(?: valuable| important)?"
    r" (?:to|for) you",
    r"(?:which|what)(?: (?:type|item|one))? matters (?:the )?most to you",
    r"(?:which|what)(?: (?:type|item|items|one))? (?:is|are) your (?:favourite|priority|top priority|priorities|values|"
    r"preference|preferences)(?: (?:type|item))?",
    r"what are you (?:after|looking for)",
)
_CONFIRMS = (
    rf"(?:let me |i (?:will )?)?(?:restate|repeat|confirm|recap|summarise|summarize) {_OFFER}",
    rf"(?:can|could|would|will) you (?:confirm|repeat|restate) {_OFFER}",
    r"what (?:is|was) (?:the|your) (?:standing |current |last )?offer(?: again)?",
    rf"do i understand (?:you|{_OFFER})(?: right| correctly)?",
    r"(?:let me get|have i got|did i get) (?:this|that) (?:straight|right)",
)
_WITHDRAWS = (
    r"i (?:withdraw|retract|revoke|cancel|rescind|take back) (?:it|that|(?:my|that|the) (?:standing |last )?"
    r"(?:offer|proposal))",
    r"i (?:withdraw|retract)|i take (?:it|that|my offer|my proposal|my last offer) back",
    r"scratch that|(?:forget|ignore|disregard|never mind|scratch) my (?:last |standing )?(?:offer|proposal)",
    r"my (?:last )?offer is (?:off|withdrawn|off the table|cancelled)",
)
_X = r"(?:the |my )?(?P<type>book|hat|ball)s?"
_FOR_ME = r"(?: (?:to|for) me)?"
_RANKS = (
    rf"i (?:value|want|like|prefer|need) {_X} (?:the )?(?:RANK|BEST)",
    rf"i care (?:the )?RANK about {_X}",
    rf"i RANK (?:value|want|need|like) {_X}",
    rf"{_X} (?:is|are) worth (?:the )?RANK{_FOR_ME}",
    rf"{_X} matters? (?:the )?RANK{_FOR_ME}",
    rf"{_X} (?:is|are) (?:the )?RANK (?:valuable|important){_FOR_ME}",
    rf"{_X} (?:is|are) my (?:FAVOURITE)",
    rf"my (?:FAVOURITE|RANK (?:valuable|valued|important))(?: (?:type|item|items))? (?:is|are) {_X}",
)
_ZEROS = (
    rf"i (?:do not|can not) (?:value|want|need|like|care about|care for|have any use for) (?:any )?{_X}(?: at all)?",
    rf"i have no (?:use|need|interest) (?:for|in) {_X}",
    rf"{_X} (?:is|are) (?:worthless|useless|worth (?:nothing|zero|0)|of no (?:value|use)|not worth anything){_FOR_ME}",
    rf"{_X} (?:do|does) not matter{_FOR_ME}",
    rf"{_X} means? nothing{_FOR_ME}",
    rf"i get (?:nothing|0 points|no points|zero points) (?:from|for) {_X}",
)


def _ranked(rank: str, best: str, favourite: str) -> tuple[str, ...]:
    return tuple(p.replace("RANK", rank).replace("BEST", best).replace("FAVOURITE", favourite) for p in _RANKS)


def _compiled(patterns: Sequence[str], times: int = 1) -> re.Pattern[str]:
    """Any of the patterns, up to `times` in a row."""
    every = "|".join(f"(?:{p})" for p in patterns)
    return re.compile(f"(?:{every})(?: (?:{every})){{0,{times - 1}}}")


_AGREEING = re.compile(r"(?:(?:yes|yeah|yep|ok|okay|sure|alright|great|perfect|fine|good|cool) ){1,3}")
_SIMPLE = {
    ACCEPT: _compiled(_ACCEPTS, 2),
    WALK: _compiled(_WALKS, 2),
    ASK: _compiled(_ASKS),
    CONFIRM: _compiled(_CONFIRMS),
    WITHDRAW: _compiled(_WITHDRAWS, 2),
}
_QUESTIONS = (ASK, CONFIRM)
_STATED = {
    first: tuple(map(re.compile, patterns))
    for first, patterns in (
        (MOST, _ranked("most", "best|more than anything", "favourites?|priority|top priority")),
        (LEAST, _ranked("least", "least", "least favourites?|lowest priority")),
        (NONE, _ZEROS),
    )
}


def _simple(words: str) -> set[int]:
    """Acts other than proposals that the words name."""
    question = words.endswith(" ?")
    plain = words[:-2] if question else words
    found = {act for act, p in _SIMPLE.items() if p.fullmatch(plain) and (not question or act in _QUESTIONS)}
    if not question:
        for first, patterns in _STATED.items():
            types = {m["type"] for m in (p.fullmatch(plain) for p in patterns) if m}
            found |= {first + TYPES.index(name) for name in types}
    return found


# -- proposals ---------------------------------------------------------------------------------------------------------
_NUMBERS = {"no": 0, "zero": 0, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4}
_N = rf"(?:{'|'.join(_NUMBERS)}|[0-9]{{1,3}})"
_TAKE = r"(?:take|get|have|keep|receive)"
_WILL = r"(?:will|would|can|could|may|shall|should|must)"
_LEXEMES = re.compile(
    "|".join(
        f"(?P<{name}>(?:{'|'.join(patterns)}))(?= |$)"
        for name, patterns in {
            "for_me": ("for me",),
            "for_you": ("for you",),
            "me": (
                rf"{_WILL} i {_TAKE}",
                rf"i(?: {_WILL})?(?: (?:like|want|need) to)? {_TAKE}",
                "i (?:would like|want|need)",
                r"(?:(?:(?:can|could) )?you )?(?:can )?(?:give|leave) me",
                rf"let me {_TAKE}",
                "me",
            ),
            "you": (
                rf"(?:{_WILL} )?you(?: {_WILL})?(?: like to)? {_TAKE}",
                rf"(?:i (?:{_WILL} )?)?(?:give|leave|offer) you",
                "you",
            ),
            "rest": ("(?:all )?the (?:rest|others?|remaining items?)", "everything else", "what(?:ever)? is left"),
            "each": (f"{_N} of each",),
            "goods": (
                r"(?:(?:both|all|the)(?: of)?(?: (?:the|your|my|those|these))? )?"
                rf"(?:{_N} (?:of (?:the |your )?)?)?(?:books?|hats?|balls?)",
            ),
            "all": ("everything", r"all(?: of)? (?:it|them|the items|items)", "all"),
            "none": ("nothing", "none"),
            "and": ("and", "if", "but", "with", "while"),
        }.items()
    )
)
_LEADS = re.compile(
    r"(?:(?:yes|yeah|ok|okay|sure|alright|no|great|fine|good|but|and) ){0,3}"
    r"(?:(?:how|what) about |what if |let us say |i (?:would like to )?(?:propose|suggest|offer) (?:that )?|"
    r"(?:my|new) (?:offer|proposal) (?:is )?(?:that )?|(?:is it|would it be) (?:ok|okay) if )?"
)
Amounts = dict[str, int]


def _goods(words: str, counts: Triple, of_all: bool) -> tuple[Amounts, bool] | None:
    """One entry of a list: the amount of its type, and whether it names all of one; None where that is unclear.

    `of_all` says that the list so far speaks of all of each type, as in "the books and hats".
    """
    *before, noun = words.split()
    name = noun.removesuffix("s")
    there, plural = counts[TYPES.index(name)], noun != name
    numbers = [_NUMBERS[w] if w in _NUMBERS else int(w) for w in before if w in _NUMBERS or w.isdecimal()]
    if "both" in before:
        return ({name: 2}, True) if there == 2 and plural and not numbers else None
    if "all" in before:
        return ({name: there}, True) if not numbers or numbers == [there] else None
    if numbers:
        return ({name: numbers[0]}, False) if numbers[0] <= there else None
    named = "the" in before or of_all
    return ({name: there}, True) if named and (plural or there == 1) else None


def _side(lexemes: list[tuple[str, str]], counts: Triple) -> Triple | str | None:
    """What one side gets: a share, ``"rest"``, or None where that is unclear."""
    kinds = [kind for kind, _ in lexemes]
    if len(kinds) == 1 and kinds[0] != "goods":
        kind, words = lexemes[0]
        if kind == "each":
            n = words.split()[0]
            each = _NUMBERS[n] if n in _NUMBERS else int(n)
            return (each, each, each) if each <= min(counts) else None
        alone: dict[str, Triple | str] = {"rest": "rest", "all": counts, "none": (0, 0, 0)}
        return alone.get(kind)
    got: Amounts = {}
    of_all = False
    for kind, words in lexemes:
        entry = _goods(words, counts, of_all) if kind == "goods" else None
        if entry is None or entry[0].keys() & got.keys():
            return None
        got.update(entry[0])
        of_all = entry[1]
    return (got.get("book", 0), got.get("hat", 0), got.get("ball", 0)) if got else None


def _sides(lexemes: list[tuple[str, str]]) -> dict[str, list[tuple[str, str]]] | None:
    """The lexemes of each side, whose name stands before its goods or, as "for me" and "for you", after them."""
    after = lexemes[0][0] not in ("me", "you", "for_me", "for_you")
    sides: dict[str, list[tuple[str, str]]] = {}
    gathered: list[tuple[str, str]] = []
    name = ""
    for kind, words in lexemes:
        marker = kind.removeprefix("for_")
        if marker not in ("me", "you"):
            gathered.append((kind, words))
        elif after:
            if kind == marker or marker in sides:
                return None
            sides[marker], gathered = gathered, []
        else:
            if name:
                sides[name], gathered = gathered, []
            elif gathered:
                return None
            if marker in sides:
                return None
            name = marker
    if after:
        return sides if not gathered else None
    sides[name] = gathered
    return sides


def _proposed(words: str, counts: Triple) -> Triple | None:
    """What the speaker takes by a proposal; None where the words are none, or leave open who gets what."""
    words = words.removesuffix(" ?")
    lead = _LEADS.match(words)
    at, lexemes = lead.end() if lead else 0, []
    while at < len(words):
        found = _LEXEMES.match(words, at)
        if not found:
            return None
        if found.lastgroup != "and":
            lexemes.append((str(found.lastgroup), found[0]))
        at = found.end() + 1
    if not lexemes:
        return None
    sides = _sides(lexemes)
    if not sides:
        return None
    got = {name: _side(goods, counts) for name, goods in sides.items()}
    mine, yours = got.get("me"), got.get("you")
    if None in got.values() or (isinstance(mine, str) and not isinstance(yours, tuple)):
        return None
    if isinstance(yours, str) and not isinstance(mine, tuple):
        return None
    if isinstance(mine, tuple) and isinstance(yours, tuple) and left(counts, mine) != yours:
        return None
    if isinstance(mine, tuple):
        return mine
    return left(counts, yours) if isinstance(yours, tuple) else None


_CONFIRMING = re.compile(
    r"(?:to (?:confirm|be clear)|let me (?:confirm|restate|recap)|if i understand you right) (?:that )?"
)


def read(text: Any, counts: Triple, acts: Sequence[int] = ()) -> int | None:
    """The act that a text names in words of its own, or None.

    A list of goods for one side gives all else to the other ("give me 2 books and a hat"). Where both sides are named
    they must add up. "The books" and "both" mean all of that type, "the hat" means the only one; a bare plural, a
    number beyond the pool, two acts at once or an unknown word mean nothing.

    Args:
        text: Anything; what is no str, or longer than :data:`LONGEST`, is not read.
        counts: The pool.
        acts: All acts so far. The speaker is the seat whose turn it is.
    """
    if not isinstance(text, str) or len(text) > LONGEST:
        return None
    words = _plain(text)
    found = _simple(words)
    if not found and (agreeing := _AGREEING.match(words)):
        found = _simple(words[agreeing.end() :])
    if (share := _proposed(words, counts)) is not None:
        found.add(proposal(share))
    if (confirming := _CONFIRMING.match(words)) and (offer := standing(acts)):
        by, act = offer
        share = split_of(act) if by == len(acts) % 2 else left(counts, split_of(act))
        if _proposed(words[confirming.end() :], counts) == share:
            found.add(CONFIRM)
    return found.pop() if len(found) == 1 else None
