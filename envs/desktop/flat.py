"""The screen as numbers of fixed size, and actions as three of them.

What an element is called and holds is told by hashes of what is *shown*, never of what the app means by it: another
wording is another input. Whether a text equals a word of the goal or of the clipboard is told apart, since that is
what copying and pasting rest on.
"""

from __future__ import annotations

import functools
import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from .answers import STATUSES
from .tree import CHECKED, COVERED, DISABLED, REQUIRED, UI, Element, Tree
from .ui import Event

__all__ = ["ARGUMENTS", "ELEMENTS", "LITERALS", "SLOTS", "VERBS", "Flat", "act", "masks", "spaces_of"]

ELEMENTS = 48
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
CELLS, BITS = 4, 6
CELL = BITS + SLOTS + CLIPS
FEATURES = len(ROLES) + 3 + 8 + CELLS * CELL
GOAL = 32
GLOBALS = GOAL + (SLOTS + CLIPS) * (1 + BITS) + len(ERRORS) + 8 + 8 + 2


@functools.lru_cache(65536)
def bits(text: str, n: int) -> bytes:
    """`n` signs, as int8, that stand for a text; zeros for none."""
    if not text:
        return bytes(n)
    number = int.from_bytes(hashlib.blake2b(text.casefold().encode(), digest_size=8).digest(), "big")
    return bytes(1 if number >> i & 1 else 255 for i in range(n))


@functools.lru_cache(4096)
def _goal(text: str) -> bytes:
    """The words of a goal, as signs of a sum of hashes."""
    total = np.zeros(GOAL, np.int64)
    for word in text.split():
        total += np.frombuffer(bits(word.strip(".,;:?!"), GOAL), np.int8)
    return np.clip(total, -127, 127).astype(np.int8).tobytes()


class Flat:
    """Encodes the screens of one episode.

    Args:
        goal: What is asked, in words.
        slots: Words of the goal that can be typed.
    """

    def __init__(self, goal: str, slots: tuple[str, ...]) -> None:
        self._slots = tuple(slot.casefold() for slot in slots[:SLOTS])
        self._start = _goal(goal) + b"".join(
            bytes([bool(s)]) + bits(s, BITS) for s in (*slots[:SLOTS], *[""] * (SLOTS - len(slots)))
        )
        self._kept: dict[Any, bytes] = {}
        self._clip: tuple[str, ...] = ()

    def __call__(self, tree: Tree, ui: UI, note: str, spent: float) -> npt.NDArray[np.int8]:
        """The screen as int8 of shape ``(size,)``: elements, then goal, clipboard, errors, message, title, time."""
        if ui.clip != self._clip:
            self._clip, self._kept = ui.clip, {}
        kept, parts = self._kept, []
        for element in tree.elements[:ELEMENTS]:
            part = kept.get(element)
            if part is None:
                part = kept[element] = self._element(element)
            parts.append(part)
        parts.append(bytes((ELEMENTS - len(parts)) * FEATURES))
        parts.append(self._start)
        parts += [bytes([bool(text)]) + bits(text, BITS) for text in ui.clip]
        error = bytearray(len(ERRORS))
        if ui.error in ERRORS:
            error[ERRORS.index(ui.error)] = 1
        parts += [bytes(error), bits(note, 8), bits(tree.title, 8), bytes([bool(ui.dialog), int(100 * spent)])]
        return np.frombuffer(b"".join(parts), np.int8).copy()

    def _element(self, element: Element) -> bytes:
        if element.flags & COVERED:
            return bytes(FEATURES)
        role, flags = bytearray(len(ROLES)), element.flags
        role[ROLES.index(_AS.get(element.role, element.role))] = 1
        state = bytes([bool(flags & DISABLED), bool(flags & CHECKED), bool(flags & REQUIRED)])
        row = bool(element.cells)
        label = ",".join(name for name, _ in element.cells) if row else element.label
        texts = [text for _, text in element.cells[:CELLS]] if row else [element.value or element.label]
        cells = b"".join(map(self._cell, texts)) + bytes((CELLS - len(texts)) * CELL)
        return bytes(role) + state + bits(label, 8) + cells

    def _cell(self, text: str) -> bytes:
        said = text.casefold()
        clips = [bool(clip) and clip.casefold() == said for clip in self._clip] or [False] * CLIPS
        slots = [slot == said for slot in self._slots] + [False] * (SLOTS - len(self._slots))
        return bits(text, BITS) + bytes(slots) + bytes(clips)


def spaces_of(masked: bool) -> spaces.Space[Any]:
    """The observation space: a vector, or with masks a dict of it and the mask."""
    flat = spaces.Box(-128, 127, (ELEMENTS * FEATURES + GLOBALS,), np.int8)
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


def act(action: tuple[int, int, int], slots: tuple[str, ...], clip: tuple[str, ...]) -> Event | tuple[str, str] | str:
    """What an action means: an event, a submission ``(status, answer)``, or the code of an error."""
    verb, element = VERBS[action[0]], action[1]
    if verb in ("noop", "back"):
        return Event(verb)
    if verb == "click":
        return Event(verb, element)
    if verb == "copy":
        place = action[2] - SLOTS
        return Event(verb, element, str(place)) if 0 <= place < CLIPS else "no_argument"
    text = argument(action[2], slots, clip)
    if text is None:
        return "no_argument"
    if verb == "fill":
        return Event(verb, element, text)
    if verb == "answer":
        return STATUSES[0], text
    return (text, "") if text in STATUSES else "no_argument"


def masks(tree: Tree, ui: UI, slots: tuple[str, ...]) -> npt.NDArray[np.int8]:
    """Which verbs, elements and arguments are of use now, one after the other; int8 of shape ``(7 + 48 + 20,)``."""
    mask = np.ones(len(VERBS) + ELEMENTS + ARGUMENTS, np.int8)
    mask[VERBS.index("back")] = bool(ui.past) and not ui.dialog
    usable = [not e.flags & (COVERED | DISABLED) for e in tree.elements[:ELEMENTS]]
    mask[len(VERBS) : len(VERBS) + ELEMENTS] = usable + [False] * (ELEMENTS - len(usable))
    mask[len(VERBS) + ELEMENTS + len(slots[:SLOTS]) : len(VERBS) + ELEMENTS + SLOTS] = 0
    return mask
