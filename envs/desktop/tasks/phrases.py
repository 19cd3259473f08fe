"""Sentences with blanks: said by who writes goals and mails, heard by who reads them. One table serves both."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from ..dice import Dice

__all__ = ["hear", "say"]

_DAY = r"[0-9]{1,2} [A-Z][a-z]{2,8} [0-9]{4}"
_LIKE = {
    "number": r"SO-[0-9]+",
    "amount": r"[0-9][0-9,]*\.[0-9]{2}",
    "quantity": r"[0-9]+",
    "day": _DAY,
    "before": _DAY,
}
"""What stands in a blank, by its name; in any other stand words up to what follows."""
_WORDS = r"[^\n]+?"
_BLANK = re.compile(r"\{([a-z_]+)\}")


def say(dice: Dice, phrases: tuple[str, ...], **facts: object) -> str:
    """One of the sentences, its blanks filled."""
    return dice.pick(phrases).format(**facts)


def hear(phrases: Iterable[str], text: str) -> dict[str, str] | None:
    """What is said in the blanks of the first of these sentences that occurs in a text; None if none does."""
    for phrase in phrases:
        if found := _pattern(phrase).search(text):
            return found.groupdict()
    return None


@functools.cache
def _pattern(phrase: str) -> re.Pattern[str]:
    """A sentence as a pattern; a blank that occurs twice says the same twice."""
    made, known = "", set()
    for i, part in enumerate(_BLANK.split(phrase)):
        if i % 2 == 0:
            made += re.escape(part)
        elif part in known:
            made += f"(?P={part})"
        else:
            known.add(part)
            made += f"(?P<{part}>{_LIKE.get(part, _WORDS)})"
    return re.compile(rf"(?<![A-Za-z0-9]){made}(?![A-Za-z0-9])")
