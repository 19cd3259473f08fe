"""The screen as numbers of fixed size, and actions as three of them.

What an element is called and holds is told by hashes of what is *shown*, never of what the app means by it: another
wording is another input. Whether a text equals a word of the goal or of the clipboard is told apart, since that is
what copying and pasting rest on.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from .answers import STATUSES
from .elements import CHECKED, COVERED, DISABLED, PLACES, REQUIRED, ROOM, UI, Element
from .ui import Event

__all__ = [
    "ARGUMENTS",
    "ELEMENTS",
    "LITERALS",
    "SLOTS",
    "VERBS",
    "Flat",
    "act",
    "head",
    "idle",
    "masks",
    "said",
    "said_in",
    "spaces_of",
    "uses",
]

ELEMENTS = PLACES
"""Elements that have a place."""
SLOTS, CLIPS = 8, 4
"""Words of the goal and of the clipboard that have a place."""
LITERALS = ("", *STATUSES[1:], "1", "2", "3")
"""Arguments that are always there: nothing, the statuses of giving up, and small numbers."""
ARGUMENTS = SLOTS + CLIPS + len(LITERALS)
VERBS = ("noop", "click", "fill", "copy", "back", "answer", "give_up")
ROLES = ("tab", "link", "button", "textbox", "combobox", "option", "row", "text", "status")
_AS = {"card": "row", "radio": "option", "checkbox": "option"}
ERRORS = ("no_element", "hidden_element", "disabled_element", "not_clickable", "not_editable", "no_argument")
CELLS, BITS = ROOM, 6
CELL = BITS + SLOTS + CLIPS
HEAD = len(ROLES) + 3 + 8
"""Numbers that say what an element is, before those that say what it holds."""
FEATURES = HEAD + CELLS * CELL
GOAL = 32
GLOBALS = GOAL + (SLOTS + CLIPS) * (1 + BITS) + len(ERRORS) + 8 + 8 + 2
CLIP = HEAD + BITS + SLOTS
"""Where an element's first cell tells whether it equals a copied text."""
BODY = ELEMENTS * FEATURES
"""Numbers that say what the elements are."""
_INT8 = np.dtype(np.int8)
_SIGNS = [bytes(1 if byte >> i & 1 else 255 for i in range(8)) for byte in range(256)]
"""For each byte the signs, as int8, that stand for its bits."""
ERROR_AT = {code: BODY + GLOBALS - 2 - 8 - 8 - len(ERRORS) + i for i, code in enumerate(ERRORS)}
"""Where an error is told."""
LONG = 200
"""Characters of a text whose hash is not kept."""
KEPT = 4096
"""Texts of an episode that are kept."""


def bits(text: str, n: int) -> bytes:
    """`n` signs, as int8, that stand for a text; zeros for none."""
    return _bits(text, n) if len(text) < LONG else _bits.__wrapped__(text, n)


@functools.lru_cache(65536)
def _bits(text: str, n: int) -> bytes:
    if not text:
        return bytes(n)
    number = hashlib.blake2b(text.casefold().encode(), digest_size=8).digest()
    return _SIGNS[number[7]][:n] if n <= 8 else b"".join([_SIGNS[byte] for byte in reversed(number)])[:n]


@functools.lru_cache(4096)
def _goal(text: str) -> bytes:
    """The words of a goal, as signs of a sum of hashes."""
    signs = np.frombuffer(b"".join(map(_word, text.split())), _INT8).reshape(-1, GOAL)
    total = np.add.reduce(signs, 0, np.int64)
    return np.minimum(np.maximum(total, -127), 127).astype(_INT8).tobytes()


@functools.lru_cache(16384)
def _word(word: str) -> bytes:
    """A word of a goal, without what may stand at its ends."""
    return bits(word.strip(".,;:?!"), GOAL)


@functools.lru_cache(8192)
def head(role: str, flags: int, label: str | tuple[str, ...]) -> bytes:
    """What an element is: its role, state, and label, or the labels of its cells."""
    kind = _AS.get(role, role)
    state = bytes([kind == one for one in ROLES]) + bytes(bool(flags & one) for one in (DISABLED, CHECKED, REQUIRED))
    return state + bits(label if isinstance(label, str) else ",".join(label), 8)


@functools.lru_cache(4096)
def _clipboard(clip: tuple[str, ...]) -> bytes:
    """What has been copied."""
    return b"".join(bytes([bool(text)]) + bits(text, BITS) for text in clip)


@functools.lru_cache(65536)
def _cell(text: str) -> bytes:
    """A text in a cell, if it is no word of the goal and has not been copied."""
    return _bits.__wrapped__(text, BITS) + bytes(SLOTS + CLIPS)


def forget() -> None:
    """Forget the texts that have been met. For measurements: what a text looks like never changes."""
    for kept in (_bits, _cell, _goal, _word, _clipboard):
        kept.cache_clear()


class _Cells(dict[str, bytes]):
    """What a text looks like in an episode whose goal has these words; nothing has been copied."""

    def __init__(self, slots: Sequence[str]) -> None:
        super().__init__()
        said = [slot.casefold() for slot in slots]
        self._slots = {one: bytes(one == other for other in said).ljust(SLOTS + CLIPS, b"\0") for one in said}

    def __missing__(self, text: str) -> bytes:
        if len(self) >= KEPT:
            self.clear()
        made = _cell(text) if len(text) < LONG else _cell.__wrapped__(text)
        if text.casefold() in self._slots:
            made = made[:BITS] + self._slots[text.casefold()]
        self[text] = made
        return made


class Flat:
    """Encodes the screens of one episode.

    Args:
        goal: What is asked, in words.
        slots: Words of the goal that can be typed.
    """

    def __init__(self, goal: str, slots: tuple[str, ...]) -> None:
        self.slots = frozenset(slot.casefold() for slot in slots[:SLOTS])
        """The words, as texts are compared with them."""
        self.cells = _Cells(slots[:SLOTS])
        """What each text looks like in a cell, by text."""
        self._start = _goal(goal) + b"".join(
            bytes([bool(s)]) + bits(s, BITS) for s in (*slots[:SLOTS], *[""] * (SLOTS - len(slots)))
        )

    def whole(self, parts: Sequence[bytes], tail: bytes, ui: UI) -> bytes:
        """A screen but for error and time: elements, then goal, clipboard, errors, message, title and time.

        Args:
            parts: The elements, with marks where a text equals a copied one.
            tail: Message and title, as :meth:`tail` writes them.
            ui: The UI.
        """
        size = sum(map(len, parts))
        if size > BODY:
            parts = [b"".join(parts)[:BODY]]
        rest = bytes(max(BODY - size, 0)), self._start, _clipboard(ui.clip), bytes(len(ERRORS)), tail
        return b"".join((*parts, *rest, b"\0"))

    @staticmethod
    def tail(title: str, ui: UI) -> bytes:
        """Message and title, and whether something lies over the page."""
        return bits(ui.note[0], 8) + bits(title, 8) + bytes((bool(ui.dialog),))

    def part(self, elements: Iterable[Element]) -> bytes:
        """Some elements, as if nothing had been copied."""
        return b"".join([self._element(element) for element in elements])

    def _element(self, element: Element) -> bytes:
        role, _, label, value, _, pairs, flags = element
        cells = self.cells
        if flags & COVERED:
            return bytes(FEATURES)
        if not pairs:
            return b"".join((head(role, flags, label), cells[value or label], bytes(FEATURES - HEAD - CELL)))
        names, texts = zip(*pairs, strict=True)
        made = b"".join([head(role, flags, names), *[cells[text] for text in texts[:CELLS]]])
        return made.ljust(FEATURES, b"\0")


def at_time(whole: bytes, error: str, spent: float) -> npt.NDArray[np.int8]:
    """A screen as int8 of shape ``(size,)``, after an error and when a share of the turns has been used up."""
    made = bytearray(whole)
    made[-1] = int(100 * spent)
    if error in ERROR_AT:
        made[ERROR_AT[error]] = 1
    return np.frombuffer(made, _INT8)


Said = list[tuple[list[str], Sequence[int]]]
"""Texts as they are compared, and for each where it is told whether it equals a copied one."""


def said(elements: Sequence[Element]) -> Said:
    """The texts of elements, and where in their numbers copies of them are marked."""
    texts, places = list[str](), list[int]()
    for number, element in enumerate(elements):
        if not element.flags & COVERED:
            here = [text.casefold() for _, text in element.cells[:CELLS]] or [
                (element.value or element.label).casefold()
            ]
            texts += here
            places += [number * FEATURES + i * CELL + CLIP for i in range(len(here))]
    return [(texts, places)]


def said_in(columns: Sequence[Sequence[str]]) -> Said:
    """The same for rows, whose texts are given column by column."""
    starts = range(CLIP, FEATURES, CELL)
    return [
        (list(map(str.casefold, texts)), range(start, start + FEATURES * len(texts), FEATURES))
        for texts, start in zip(columns[:CELLS], starts, strict=False)
    ]


def spaces_of(masked: bool) -> spaces.Space[object]:
    """The observation space: a vector, or with masks a dict of it and the mask."""
    flat = spaces.Box(-128, 127, (BODY + GLOBALS,), np.int8)
    if not masked:
        return flat
    return spaces.Dict(screen=flat, action_mask=spaces.MultiBinary(len(VERBS) + ELEMENTS + ARGUMENTS))


def argument(index: int, slots: tuple[str, ...], clip: tuple[str, ...]) -> str | None:
    """The text of an argument; None where there is none."""
    if index < SLOTS:
        return slots[index] if index < len(slots) else None
    if index < SLOTS + CLIPS:
        return clip[index - SLOTS] or None
    return LITERALS[index - SLOTS - CLIPS]


_AT_ALL = {verb: Event(verb) for verb in ("noop", "back")}
_CLICKS = [Event("click", element) for element in range(ELEMENTS)]
_COPIES = [[Event("copy", element, str(place)) for element in range(ELEMENTS)] for place in range(CLIPS)]


def act(action: tuple[int, int, int], slots: tuple[str, ...], clip: tuple[str, ...]) -> Event | tuple[str, str] | str:
    """What an action means: an event, a submission ``(status, answer)``, or the code of an error."""
    verb, element = VERBS[action[0]], action[1]
    if verb in _AT_ALL:
        return _AT_ALL[verb]
    if verb == "click":
        return _CLICKS[element]
    if verb == "copy":
        place = action[2] - SLOTS
        return _COPIES[place][element] if 0 <= place < CLIPS else "no_argument"
    text = argument(action[2], slots, clip)
    if text is None:
        return "no_argument"
    if verb == "fill":
        return Event(verb, element, text)
    if verb == "answer":
        return STATUSES[0], text
    return (text, "") if text in STATUSES else "no_argument"


NONE, HIDDEN, DEAD, BOX, DOES, SHOWS = range(6)
"""What can be done with an element: there is none, it is covered or disabled, it takes a text, it does something when
clicked, or it only shows something."""
_USABLE = bytes(use >= BOX for use in range(256))
_REFUSED = {
    verb: {NONE: "no_element", HIDDEN: "hidden_element", DEAD: "disabled_element", **more}
    for verb, more in (
        ("click", {SHOWS: "not_clickable"}),
        ("fill", {DOES: "not_editable", SHOWS: "not_editable"}),
        ("copy", {}),
    )
}


def uses(elements: Iterable[Element]) -> bytes:
    """What can be done with each element."""
    return bytes(map(_use, elements))


def _use(element: Element) -> int:
    if element.flags & COVERED:
        return HIDDEN
    if element.flags & DISABLED:
        return DEAD
    return BOX if element.role == "textbox" else DOES if element.does else SHOWS


def idle(meant: Any, uses: bytes, ui: UI) -> str | None:
    """The error of what does nothing but count as a turn, empty for resting; None for everything else.

    Args:
        meant: An event, a submission or the code of an error.
        uses: What can be done with each element.
        ui: The UI.
    """
    if type(meant) is not Event:
        return meant if type(meant) is str else None
    verb, element, _ = meant
    why = _REFUSED.get(verb)
    if why is not None:
        return why.get(uses[element] if 0 <= element < len(uses) else NONE)
    if verb == "noop":
        return ""
    return "disabled_element" if verb == "back" and (ui.dialog or not ui.past) else None


def masks(uses: bytes, ui: UI, slots: tuple[str, ...]) -> npt.NDArray[np.int8]:
    """Which verbs, elements and arguments are of use now, one after the other; int8 of shape ``(7 + 48 + 20,)``.

    Args:
        uses: What can be done with each element.
        ui: The UI.
        slots: Words of the goal that can be typed.
    """
    verbs = bytes([verb != "back" or (bool(ui.past) and not ui.dialog) for verb in VERBS])
    words = min(len(slots), SLOTS)
    texts = b"\1" * words + bytes(SLOTS - words) + b"\1" * (ARGUMENTS - SLOTS)
    return np.frombuffer(bytearray(verbs + uses[:ELEMENTS].translate(_USABLE).ljust(ELEMENTS, b"\0") + texts), _INT8)
