"""Actions that do something on the screen as it is, drawn for leak checks: blind ones rarely leave the first page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from . import flat
from .answers import STATUSES
from .dice import Dice
from .elements import COVERED, DISABLED, Element

if TYPE_CHECKING:
    from .desktop import Desktop

__all__ = ["trial_in_numbers", "trial_in_words"]

LIKELY = {"click": 0.6, "fill": 0.14, "copy": 0.06, "back": 0.08, "noop": 0.04, "answer": 0.05, "give_up": 0.03}
"""How likely each verb is to be tried."""


def _verb(dice: Dice) -> str:
    u = dice.unit()
    for verb, share in LIKELY.items():
        if (u := u - share) < 0:
            return verb
    return "click"


def _usable(elements: tuple[Element, ...]) -> list[int]:
    return [i for i, e in enumerate(elements) if e.does and not e.flags & (COVERED | DISABLED)]


def trial_in_numbers(desk: Desktop, dice: Dice) -> npt.NDArray[np.int64]:
    """A verb, an element and an argument: int64 of shape (3,)."""
    verb, elements = _verb(dice), tuple(desk._tree.elements[: flat.ELEMENTS])
    places = _usable(elements)
    if verb == "fill":
        places = [i for i in places if elements[i].role == "textbox"] or places
    elif verb == "copy":
        places = [i for i, e in enumerate(elements) if not e.flags & COVERED]
    at = dice.pick(places) if places else 0
    if verb == "copy":
        argument = flat.SLOTS + dice.below(flat.CLIPS)
    else:
        known = [i for i in range(flat.ARGUMENTS) if flat.argument(i, desk._slots, desk._ui.clip) is not None]
        argument = dice.pick(known)
    return np.array([flat.VERBS.index(verb), at, argument])


def trial_in_words(desk: Desktop, dice: Dice) -> str:
    """An action string."""
    verb, elements = _verb(dice), tuple(desk._tree.elements)
    texts = [*desk._slots, *(e.value for e in elements if e.value), *(e.label for e in elements if e.label), ""]
    said = dice.pick(texts)[:100]
    places = _usable(elements)
    if verb == "back" or not places:
        return "go_back()"
    if verb in ("noop", "copy"):
        return dice.pick(("noop()", f"goto('app://{dice.pick(list(desk.office.app))}')"))
    if verb == "answer":
        return f"send_msg_to_user({said!r})"
    if verb == "give_up":
        return f"report_infeasible({dice.pick(STATUSES[1:])!r})"
    at = dice.pick(places)
    role = elements[at].role
    if role == "textbox":
        return f"fill('{at}', {said!r})"
    boxes = [i for i in places if elements[i].role == "combobox"]
    if verb == "fill" and boxes:
        return f"select_option('{dice.pick(boxes)}', {said!r})"
    return f"click('{at}')"
