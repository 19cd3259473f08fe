"""The screen as an accessibility tree in BrowserGym's form, and action strings. Parsed, never executed."""

from __future__ import annotations

import ast
import functools
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from gymnasium import spaces

from .answers import STATUSES
from .elements import CHECKED, COVERED, DISABLED, REQUIRED, Element, Tree
from .ui import Event

__all__ = ["ACTIONS", "LONGEST", "Malformed", "axtree", "lines", "parse", "written"]

LONGEST, SHORT = 4000, 100
"""Characters of an action string, and of one whose meaning is kept."""
SCHEME = "app://"
CHARACTERS = frozenset(map(chr, range(32, 127))) | {"\n", "\t"}
"""What texts may hold: printable ASCII, new lines and tabs."""
SCREEN, GOAL = 40_000, 4_000
"""Characters of a screen and of a goal at most."""
ERRORS = {
    "no_element": "ValueError: Could not find element with this bid",
    "hidden_element": "ValueError: What is meant is covered by a dialog; answer that first",
    "disabled_element": "ValueError: The element with this bid is disabled",
    "not_clickable": "ValueError: The element with this bid does nothing when clicked",
    "not_editable": "ValueError: The element with this bid takes no text or option",
    "no_option": "ValueError: The element with this bid has no such option",
    "no_argument": "ValueError: There is no such argument",
    "no_app": "ValueError: There is no app of this name to go to",
}
"""What is said about an action that did nothing, by code."""


class Malformed(Exception):
    """An action string that means nothing here; its text says why."""


def observation_space() -> spaces.Dict:
    """Space of observations in words, by BrowserGym's names."""

    def text(longest: int) -> spaces.Text:
        return spaces.Text(longest, min_length=0, charset=CHARACTERS)

    return spaces.Dict(
        axtree_txt=text(SCREEN), goal=text(GOAL), last_action=text(LONGEST), last_action_error=text(GOAL)
    )


def action_space() -> spaces.Text:
    """Space of action strings."""
    return spaces.Text(LONGEST, min_length=1, charset=CHARACTERS)


def axtree(tree: Tree) -> str:
    """The screen in words, one line an element: ``[12] button 'Send', disabled``."""
    return written(tree.title, lines(tree.elements))


def written(title: str, said: Iterable[str]) -> str:
    """The screen in words, of the lines of its elements; what is covered has an empty one."""
    numbered = [f"\t[{number}] {line}" for number, line in enumerate(said) if line]
    return "\n".join([f"RootWebArea '{_plain(title)}', focused", *numbered])


def lines(elements: Iterable[Element]) -> list[str]:
    """Elements in words, without their numbers; empty for what is covered."""
    return ["" if element.flags & COVERED else _line(element) for element in elements]


_ROLES = {"text": "StaticText", "row": "row", "card": "article"}


def _line(e: Element) -> str:
    if e.cells:
        said = line_of_cells(e.role, [name for name, _ in e.cells], [text for _, text in e.cells], e.label)
    elif e.role == "text":
        said = line_of_text(e.label, e.value)
    else:
        said = f"{_ROLES.get(e.role, e.role)} '{_plain(e.label)}'"
        if e.value or e.role in ("textbox", "combobox"):
            said += f" value='{_plain(e.value)}'"
    if e.flags & CHECKED:
        said += ", selected" if e.role == "tab" else ", checked"
    if e.flags & REQUIRED:
        said += ", required"
    if e.flags & DISABLED:
        said += ", disabled"
    return said


def line_of_cells(role: str, names: Sequence[str], texts: Sequence[str], label: str | None = None) -> str:
    """A row in words; its label is the first text if no other is given."""
    cells = "".join([f", {_plain(name)}='{_plain(text)}'" for name, text in zip(names, texts, strict=True)])
    return f"{_ROLES.get(role, role)} '{_plain(texts[0] if label is None else label)}'{cells}"


def line_of_text(label: str, value: str) -> str:
    """A text in words."""
    return f"StaticText '{_plain(label)}' value='{_plain(value)}'" if value else f"StaticText '{_plain(label)}'"


def _plain(text: str) -> str:
    """A text on one line, so that no cell can forge an element."""
    return text.translate(_ESCAPES) if "\\" in text or "\n" in text or "'" in text else text


_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "'": "\\'"})


ACTIONS = (
    "noop(wait_ms=1000)",
    "click(bid)",
    "fill(bid, value)",
    "clear(bid)",
    "select_option(bid, option)",
    "go_back()",
    "goto(url)",
    "scroll(delta_x, delta_y)",
    "send_msg_to_user(text)",
    "report_infeasible(reason)",
)
"""Actions by name and arguments, as BrowserGym calls them."""


def parse(text: str) -> Any:
    """What an action string means: an event or a submission ``(status, answer)``.

    Short ones are kept, since they come again and again.

    Args:
        text: One call with literal arguments, such as ``fill('12', 'Anna Keller')``.

    Raises:
        Malformed: It is no such call.
    """
    return _kept(text) if len(text) <= SHORT else _parsed(text)


def _parsed(text: str) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a string means must not hang on the process's filters
            tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise Malformed("SyntaxError: expected one call such as click('12')") from None
    if not (isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name)) or tree.func.id not in _MEANING:
        known = ", ".join(name.split("(")[0] for name in ACTIONS)
        raise Malformed(f"NameError: expected one call of {known}")
    if any(keyword.arg is None for keyword in tree.keywords):
        raise Malformed("TypeError: ** is not taken")
    if len({keyword.arg for keyword in tree.keywords}) < len(tree.keywords):
        raise Malformed("TypeError: expected each argument once")
    values = [_literal(node) for node in tree.args]
    named = {str(keyword.arg): _literal(keyword.value) for keyword in tree.keywords}
    try:
        return _MEANING[tree.func.id](*values, **named)
    except (TypeError, AttributeError):
        form = next(form for form in ACTIONS if form.startswith(tree.func.id + "("))
        kind = {"noop": " with a number", "go_back": "", "scroll": " with numbers"}.get(tree.func.id, " with texts")
        raise Malformed(f"TypeError: expected {form}{kind}") from None


_kept = functools.lru_cache(8192)(_parsed)


def _literal(node: ast.expr) -> Any:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        node = node.operand
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, int, float)):
        return node.value
    raise Malformed("TypeError: arguments must be plain texts or numbers")


def _number(bid: str) -> int:
    if not isinstance(bid, str):
        raise TypeError
    return int(bid) if bid.isascii() and bid.isdigit() and len(bid) <= 6 else -1


def _text(value: str) -> str:
    """A text as it may be typed; escapes could bring in what no observation can hold."""
    if not isinstance(value, str):
        raise TypeError
    if not CHARACTERS.issuperset(value):
        raise Malformed("ValueError: texts must be printable ASCII, with new lines and tabs; write others in words")
    return value


def _nothing(*numbers: float) -> Event:
    if any(type(number) not in (int, float) for number in numbers):
        raise TypeError
    return Event("noop")


def _click(bid: str, button: str = "left") -> Event:
    if _text(button) != "left":
        raise Malformed("ValueError: only the left button can be clicked with")
    return Event("click", _number(bid))


def _goto(url: str) -> Event:
    if not _text(url).startswith(SCHEME):
        raise Malformed(f"ValueError: only {SCHEME}<name of an app> can be gone to")
    return Event("goto", text=url.removeprefix(SCHEME))


def _gave_up(reason: str) -> tuple[str, str]:
    status = _text(reason).split(":")[0].strip().casefold()
    if status not in STATUSES[1:]:
        raise Malformed(f"ValueError: begin the reason with one of {', '.join(STATUSES[1:])}")
    return status, ""


_MEANING: dict[str, Callable[..., Any]] = {
    "noop": lambda wait_ms=1000: _nothing(wait_ms),
    "click": _click,
    "fill": lambda bid, value: Event("fill", _number(bid), _text(value)),
    "clear": lambda bid: Event("fill", _number(bid), ""),
    "select_option": lambda bid, option: Event("select", _number(bid), _text(option)),
    "go_back": lambda: Event("back"),
    "goto": _goto,
    "scroll": lambda delta_x, delta_y: _nothing(delta_x, delta_y),
    "send_msg_to_user": lambda text: (STATUSES[0], _text(text)),
    "report_infeasible": _gave_up,
}
