"""Grammars of letters: pieces with variants, joined at import, so that a mail takes one draw and one filling in.

Fields such as ``%(number)s`` are facts of the event that is reported and of what it is about; ``letters`` fills them.
Every line is a variant of its piece.
"""

from __future__ import annotations

from itertools import product

__all__ = ["Key", "Texts", "lines", "mix"]

Key = tuple[str, str]
"""The kind of an event, and its reason or topic where it has one."""
Texts = dict[Key, tuple[str, ...]]


def lines(text: str) -> tuple[str, ...]:
    """The variants of a piece."""
    return tuple(line.strip() for line in text.strip().splitlines())


def mix(*parts: str) -> tuple[str, ...]:
    """All ways to put together one line of each piece; a line ``-`` stands for nothing."""
    pieces = [lines(part) for part in parts]
    return tuple(" ".join(piece for piece in chosen if piece != "-") for chosen in product(*pieces))
