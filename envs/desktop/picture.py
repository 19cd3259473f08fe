"""The screen for people: as text for a terminal, and as a picture."""

from __future__ import annotations

import functools
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ...core.errors import MissingExtra
from .elements import CHECKED, COVERED, DISABLED, Element, Tree
from .skin import Manner

__all__ = ["as_image", "as_text"]

WIDTH, HEIGHT, LINE = 960, 720, 14
HEAD = 2 * LINE + 4
"""The last row of the coloured bar at the top."""
COLUMNS = 150
"""Characters on a line of the picture."""
WIDEST, BETWEEN = 40, " | "
"""Characters of a cell of a list at most, and what stands between two."""


def as_text(goal: str, tree: Tree, error: str) -> str:
    """The screen as lines: the goal, the page, each element with its number, and over a list what its columns are."""
    lines = [f"Goal: {goal}", f"=== {tree.title} ==="]
    bar: list[str] = []
    heads: tuple[str, ...] = ()
    widths: list[int] = []
    for number, element in enumerate(tree.elements):
        if element.flags & COVERED:
            continue
        if element.role in ("tab", "link", "button", "option") and not element.cells:
            bar.append(_button(number, element))
            continue
        lines += _bar(bar)
        bar = []
        if not element.cells:
            lines += _line(number, element)
            continue
        here = tuple(name for name, _ in element.cells)
        if here != heads:
            heads, widths = here, _widths(here, tree)
            lines.append(_row("", heads, widths))
        lines.append(_row(f"({number})", [text for _, text in element.cells], widths))
    lines += _bar(bar)
    if error:
        lines.append(f"! {error}")
    return "\n".join(lines)


def _widths(heads: tuple[str, ...], tree: Tree) -> list[int]:
    """The width of each column under these heads."""
    rows = [e.cells for e in tree.elements if tuple(name for name, _ in e.cells) == heads]
    return [max(len(_cell(text)) for text in (head, *(row[i][1] for row in rows))) for i, head in enumerate(heads)]


def _row(number: str, texts: Sequence[str], widths: Sequence[int]) -> str:
    cells = BETWEEN.join(f"{_cell(text):<{width}}" for text, width in zip(texts, widths, strict=True))
    return f"{number:<4} {cells}".rstrip()


def _cell(text: str) -> str:
    """A text on one line, cut short where it is long."""
    return textwrap.shorten(text, WIDEST, placeholder="...") if len(text) > WIDEST or "\n" in text else text


def _button(number: int, e: Element) -> str:
    mark = "*" if e.flags & CHECKED else ""
    value = f": {e.value}" if e.value else ""
    return f"({number}) {mark}{e.label}{value}" if not e.flags & DISABLED else f"(-) {e.label}"


def _bar(buttons: list[str]) -> list[str]:
    return textwrap.wrap("   ".join(buttons), COLUMNS) if buttons else []


def _line(number: int, e: Element) -> list[str]:
    if e.role == "text":
        first, *rest = e.value.split("\n") or [""]
        return [f"{e.label}: {first}", *(f"    {line}" for line in rest)]
    if e.role == "status":
        return [f"-- {e.label}"]
    mark = " [x]" if e.flags & CHECKED else ""
    return [f"({number}) {e.label}: [{e.value}]{mark}"]


def as_image(text: str, how: Manner) -> npt.NDArray[np.uint8]:
    """The lines of :func:`as_text` as a picture: uint8 of shape (720, 960, 3).

    Raises:
        MissingExtra: Pillow is not installed.
    """
    wrapped = [part for line in text.split("\n") for part in (textwrap.wrap(line, COLUMNS) or [""])]
    shown = wrapped[: HEIGHT // LINE]
    shown += [""] * (HEIGHT // LINE + 1 - len(shown))
    strips = [_strip(line, how.hue, min(i, 3)) for i, line in enumerate(shown)]
    return np.concatenate(strips)[:HEIGHT]


@functools.lru_cache(1024)
def _strip(line: str, hue: int, place: int) -> npt.NDArray[np.uint8]:
    """One line of the picture: uint8 of shape (14, 960, 3). From the fourth on, all places look the same."""
    try:
        from PIL import Image, ImageDraw
    except ImportError:
        raise MissingExtra("Pillow", "render") from None
    strip, font = Image.new("RGB", (WIDTH, LINE), "white"), _font()
    draw = ImageDraw.Draw(strip)
    if place * LINE <= HEAD:
        draw.rectangle((0, 0, WIDTH, HEAD - place * LINE), fill=f"hsl({hue}, 60%, 85%)")
    said = line.encode("ascii", "replace").decode()
    first, *others = said.split(BETWEEN)
    places = np.cumsum([0, *(len(part) + len(BETWEEN) for part in (first, *others))]) * WIDTH / COLUMNS
    if said.startswith("("):
        width = places[-1] if others else draw.textlength(said, font=font)
        draw.rectangle((4, 1, 8 + width, LINE - 1), fill=f"hsl({hue}, 40%, 95%)")
    draw.text((6, 1), first, fill="black", font=font)
    for x, part in zip(places[1:], others, strict=False):  # in columns, which blanks of this font do not make
        draw.text((float(x), 1), f"| {part}", fill="black", font=font)
    return np.asarray(strip, np.uint8)


@functools.cache
def _font() -> Any:
    """Pillow's own font, which takes time to load."""
    from PIL import ImageFont

    return ImageFont.load_default()
