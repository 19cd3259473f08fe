"""Mafia in words: a phrase for each act, the story so far, and a bounded reader of other wordings.

The reader is made of alternations of fixed words over a text of at most 200 characters, so it takes time in proportion
to the text. It understands one act a text, and rather nothing than the wrong thing.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from .mafia_acts import MAFIA_WON, NIGHT, TALK, VOTE, Kind, Rules, act_of, living, meaning, phase_of, speeches

__all__ = ["LONGEST", "ROLES", "part_of", "phrases", "read", "role_of", "scene", "story"]

LONGEST = 200
"""Characters of a text that is read at all."""
ROLES = ("a villager", "the detective", "mafia")
_PHASES = ("talk", "vote", "night")
_PHRASES = {
    Kind.PASS: "I pass.",
    Kind.VILLAGER: "I am a villager.",
    Kind.DETECTIVE: "I am the detective.",
    Kind.CONFIRM: "I agree with the last statement.",
    Kind.REPAIR: "I withdraw my last statement.",
    Kind.ACCUSE: "I accuse player {}.",
    Kind.DEFEND: "I vouch for player {}.",
    Kind.GUILTY: "My result: player {} is mafia.",
    Kind.CLEAR: "My result: player {} is not mafia.",
    Kind.CLARIFY: "Player {}, please explain.",
    Kind.VOTE: "I vote for player {}.",
    Kind.NIGHT: "Tonight I choose player {}.",
}


def _phrase(kind: int, target: int) -> str:
    return _PHRASES[kind].format(target)


def phrases(rules: Rules) -> list[str]:
    """A phrase for each act."""
    return [_phrase(*meaning(act, rules.players)) for act in range(rules.acts)]


# -- the story -------------------------------------------------------------------------------------------------------
def role_of(number: int, kind: tuple[int, ...]) -> str:
    """A type in words: the role, and to the mafia their fellows."""
    fellows = [f"player {i}" for i, fellow in enumerate(kind[1:]) if fellow]
    return f"player {number} is {ROLES[kind[0]]}{' with ' if fellows else ''}{' and '.join(fellows)}."


def part_of(number: int, kind: tuple[int | None, ...]) -> str:
    """A part of a type in words: the role, and who is a fellow of the mafia or not, as far as they are told."""
    role, *fellows = kind
    told = [] if role is None else [f"is {ROLES[role]}"]
    for says, is_fellow in (("in the mafia with", 1), ("not in the mafia with", 0)):
        if them := [str(i) for i, fellow in enumerate(fellows) if fellow == is_fellow and i != number]:
            told.append(f"is {says} player{'s' * (len(them) > 1)} {', '.join(them)}")
    return f"player {number} {'; '.join(told) or 'is alive'}."


def _task(rules: Rules) -> str:
    one = ", and one is the detective, who learns of a player each night whether it is mafia" if rules.detective else ""
    return (
        f"{rules.mafia} of the {rules.players} players {'is' if rules.mafia == 1 else 'are'} mafia{one}. The town wins "
        "when no mafia is left, the mafia win when they are no fewer than the town."
    )


def _day(rules: Rules, view: Any, day: int) -> list[str]:
    """What has been said and done in public on a day, and in the night after it."""
    players, gone = rules.players, view.gone
    told = speeches(players, gone, view.said)
    lines = [f"Player {s.seat}: {_phrase(s.kind, s.target)}" for s in told if s.day == day]
    if phase_of(rules, gone[: 2 * day], view.said[: day + 1]) == VOTE:
        lines.append("The living now vote on whom to lynch.")
    if day < len(view.votes):
        cast = [f"{i} for {vote}" for i, vote in enumerate(view.votes[day]) if vote >= 0]
        lynched = gone[2 * day]
        lines.append(f"Votes of the players: {', '.join(cast)}.")
        lines.append(f"Player {lynched} is lynched and was {ROLES[view.shown[lynched]]}.")
    return lines


def story(rules: Rules, view: Any) -> tuple[str, ...]:
    """All that a seat has been told so far; it only grows."""
    own = int(view.party.rpartition("_")[2])
    lines, learnt = [f"You are {role_of(own, view.type_of()).replace(' is ', ', ', 1)}", _task(rules)], view.learnt()
    for day in range(len(view.said)):
        alive = living(rules.players, view.gone[: 2 * day])
        lines.append(f"Day {day + 1}. Alive: players {', '.join(map(str, alive))}.")
        lines += _day(rules, view, day)
        dark = 2 * day + 1 < len(view.gone)
        if dark or (2 * day < len(view.gone) and not view.winner):
            lines.append(f"Night {day + 1} falls.")
        if dark:
            target, told = learnt[day]
            if told:
                lines.append(f"You have learnt that player {target} is {'mafia' if told == 2 else 'not mafia'}.")
            killed = view.gone[2 * day + 1]
            lines.append(f"In the night player {killed} is killed, and was {ROLES[view.shown[killed]]}.")
    if view.winner:
        lines.append(_end(view.winner))
    return tuple(lines)


def _end(winner: int) -> str:
    return f"The {'mafia' if winner == MAFIA_WON else 'town'} wins."


def scene(rules: Rules, view: Any) -> str:
    """The public state: who is there, and what happened today."""
    day = len(view.said) - 1
    alive = ", ".join(map(str, living(rules.players, view.gone)))
    now = _end(view.winner) if view.winner else f"Phase: {_PHASES[phase_of(rules, view.gone, view.said)]}."
    gone = ", ".join(f"{i} ({ROLES[view.shown[i]]})" for i in view.gone) or "nobody"
    return "\n".join([f"Day {day + 1}. {now} Alive: {alive}. Gone: {gone}.", *_day(rules, view, day)])


# -- the reader ------------------------------------------------------------------------------------------------------
_WHO = r"(?:player ?|p ?|number |# ?)?(?P<who>[0-9]{1,2})"
_GUILT = r"(?:(?:a |the )?mafia|(?:a |in the )?mafia member|in the mafia|with the mafia|one of the mafia|guilty)"
_CLEAN = r"(?:(?:a )?villager|innocent|clean|town|on our side|not (?:(?:a |the )?mafia|in the mafia|guilty))"
_FOUND = r"(?:my (?:result|finding|inspection)(?: is)?(?: that)?[:,]?|i (?:have )?(?:found|learnt)(?: out)?(?: that)?) "
_INSPECTED = (
    rf"i (?:have )?(?:inspected|investigated|checked) {_WHO}[:,;]?(?: and)?(?: (?:he|she|it|they))?(?: (?:is|are))? "
)
_READER: tuple[tuple[int, str], ...] = (
    (Kind.PASS, r"(?:i )?(?:pass|skip|sleep|wait|say nothing|do nothing|stay silent|have nothing to say)|nothing"),
    (
        Kind.VILLAGER,
        r"i am (?:just |only )?(?:(?:a|an) )?(?:plain |simple |innocent )?(?:villager|townsperson|citizen)",
    ),
    (Kind.DETECTIVE, r"i am (?:the |a )?(?:detective|cop|sheriff|seer|investigator)"),
    (
        Kind.CONFIRM,
        r"(?:i (?:agree|confirm)|agreed|i second)(?: (?:with )?(?:that|this|it|the last (?:statement|speaker)))?",
    ),
    (
        Kind.REPAIR,
        r"i (?:withdraw|retract|take back) (?:it|that|this|my (?:last )?(?:statement|claim|accusation|words))",
    ),
    (Kind.REPAIR, r"i take (?:it|that|this) back"),
    (Kind.GUILTY, rf"{_FOUND}{_WHO} is {_GUILT}"),
    (Kind.GUILTY, rf"{_INSPECTED}{_GUILT}"),
    (Kind.CLEAR, rf"{_FOUND}{_WHO} is {_CLEAN}"),
    (Kind.CLEAR, rf"{_INSPECTED}{_CLEAN}"),
    (Kind.ACCUSE, rf"i (?:accuse|suspect|distrust|blame) {_WHO}"),
    (Kind.ACCUSE, rf"(?:i (?:think|believe|say|am sure)(?: that)? )?{_WHO} is (?:{_GUILT}|lying|a liar|suspicious)"),
    (Kind.DEFEND, rf"i (?:vouch for|defend|trust|support) {_WHO}"),
    (Kind.DEFEND, rf"(?:i (?:think|believe|say|am sure)(?: that)? )?{_WHO} is {_CLEAN}"),
    (Kind.CLARIFY, rf"{_WHO},? (?:please )?(?:explain|explain yourself|what do you mean|why)"),
    (Kind.CLARIFY, rf"(?:please )?explain(?: yourself)?,? {_WHO}|i ask {_WHO.replace('who', 'ask')} to explain"),
    (Kind.VOTE, rf"(?:i )?(?:vote|vote for|vote against|vote to lynch|vote out|lynch|hang) {_WHO}"),
    (Kind.VOTE, rf"(?:let us|we should) (?:lynch|hang|vote out|vote for) {_WHO}"),
    (Kind.NIGHT, rf"(?:tonight )?(?:i )?(?:kill|murder|inspect|investigate|check|visit) {_WHO}(?: tonight)?"),
    (Kind.NIGHT, rf"tonight {_WHO}"),
)
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _READER)
_BARE = re.compile(rf"(?:i (?:choose|pick|take) )?{_WHO}")


def read(rules: Rules, phase: int, text: Any) -> int | None:
    """The act that a text names; None where it names none, or more than one, or a player that does not exist.

    A player alone, as in ``"3"``, is a vote or a choice in the night. Whether the act is legal is not asked here.

    Args:
        rules: The rules of the game.
        phase: 0 talk, 1 vote, 2 night.
        text: Anything; only a str of at most :data:`LONGEST` characters is read.
    """
    if not isinstance(text, str) or len(text) > LONGEST:
        return None
    said = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("_", " ")
    said = said.replace("i'm", "i am").replace("isn't", "is not").replace("let's", "let us")
    said = " ".join(said.split()).strip(" .!?")
    for kind, pattern in _PATTERNS:
        if found := pattern.fullmatch(said):
            return _named(rules, kind, found)
    if phase != TALK and (found := _BARE.fullmatch(said)):
        return _named(rules, {VOTE: Kind.VOTE, NIGHT: Kind.NIGHT}[phase], found)
    return None


def _named(rules: Rules, kind: int, found: re.Match[str]) -> int | None:
    named = found.groupdict()
    who = named.get("who") or named.get("ask")
    if who is None:
        return act_of(kind, -1, rules.players)
    return act_of(kind, int(who), rules.players) if int(who) < rules.players else None
