"""The screen for people: as text for a terminal, and as a picture."""

from __future__ import annotations

import functools
import textwrap
from typing import Any

import numpy as np
import numpy.typing as npt

from ...core.errors import MissingExtra
from .skin import Manner
from .tree import CHECKED, COVERED, DISABLED, Element, Tree

__all__ = ["as_image", "as_text"]

WIDTH, HEIGHT, LINE = 960, 720, 14
COLUMNS = 150
"""Characters on a line of the picture."""


def as_text(goal: str, tree: Tree, error: str) -> str:
    """The screen as lines: the goal, the page, each element with its number."""
    lines = [f"Goal: {goal}", f"=== {tree.title} ==="]
    bar: list[str] = []
    for number, element in enumerate(tree.elements):
        if element.flags & COVERED:
            continue
        if element.role in ("tab", "link", "button", "option") and not element.cells:
            bar.append(_button(number, element))
            continue
        lines += _bar(bar)
        bar = []
        lines += _line(number, element)
    lines += _bar(bar)
    if error:
        lines.append(f"! {error}")
    return "\n".join(lines)


def _button(number: int, e: Element) -> str:
    mark = "*" if e.flags & CHECKED else ""
    value = f": {e.value}" if e.value else ""
    return f"({number}) {mark}{e.label}{value}" if not e.flags & DISABLED else f"(-) {e.label}"


def _bar(buttons: list[str]) -> list[str]:
    return textwrap.wrap("   ".join(buttons), COLUMNS) if buttons else []


def _line(number: int, e: Element) -> list[str]:
    if e.cells:
        return [f"({number}) " + " | ".join(f"{text:<24.40}" for _, text in e.cells).rstrip()]
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
    return _painted(text, how.hue).copy()


@functools.lru_cache(32)
def _painted(text: str, hue: int) -> npt.NDArray[np.uint8]:
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ImportError:
        raise MissingExtra("Pillow", "render") from None
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw: Any = ImageDraw.Draw(image)
    font = ImageFont.load_default()
    draw.rectangle((0, 0, WIDTH, 2 * LINE + 4), fill=f"hsl({hue}, 60%, 85%)")
    wrapped = [part for line in text.split("\n") for part in (textwrap.wrap(line, COLUMNS) or [""])]
    for i, line in enumerate(wrapped[: HEIGHT // LINE]):
        said = line.encode("ascii", "replace").decode()
        if said.startswith("("):
            width = draw.textlength(said, font=font)
            draw.rectangle((4, i * LINE + 1, 8 + width, (i + 1) * LINE - 1), fill=f"hsl({hue}, 40%, 95%)")
        draw.text((6, i * LINE + 1), said, fill="black", font=font)
    return np.asarray(image, np.uint8)
