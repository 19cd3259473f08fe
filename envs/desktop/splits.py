"""Splits: what each of them deals on each axis. Every test split but the last moves one axis away from training.

What belongs where follows from a hash of its own name, never from its place in a list: a name of a person or a firm, a
variant of a skin, an occupation group. Instances of different splits have seeds of different ranges, so that none is
ever dealt in two.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

from ...core.errors import InvalidOption, UnknownOption, shown
from ...core.splits import fraction
from .dice import Dice
from .economy import load
from .skin import LEVELS, VARIANTS, Skin

__all__ = ["OFFICES", "SPLITS", "Axes", "axes", "content_of", "group_of", "pool", "salted", "skin_for", "variant_of"]

T = TypeVar("T")
SEEN, HELD, ANY = "seen", "held", "any"
"""What training sees, what it never sees, and both."""
OFFICES = ("office", "twins")
"""The office that is trained on, and the one of the twin apps."""
SALT = "desktop/27"
"""The first of desktop/0, desktop/1, … under which every level holds out 7 to 9 variants, variants 0 (the plain ones)
and office work (43) are trained on, and just one of management, business and sales (11, 13, 41) is held out."""
VARIANTS_HELD = GROUPS_HELD = 0.25
"""Share of variants and of occupation groups that is held out."""
CONTENT_HELD = 0.5
"""Share of names that is held out: large, so that a company can be made of held-out names alone."""

MOVED: dict[str, tuple[str, ...]] = {
    "train": (),
    "val": (),
    "test_iid": (),
    "test_content": ("content",),
    "test_skin": ("look",),
    "test_words": ("words",),
    "test_layout": ("layout",),
    "test_workflow": ("workflow",),
    "test_app": ("office",),
    "test_occupation": ("occupation",),
    "test_all": ("content", *LEVELS, "office", "occupation"),
}
"""The axes on which a split deals what is held out."""
SPLITS = (*MOVED, "all")
"""``all`` deals everything."""


class Axes(NamedTuple):
    """What a split may deal.

    Attributes:
        split: Its name.
        content: Which names of people, firms, places and goods: ``"seen"``, ``"held"`` or ``"any"``; see :func:`pool`.
        look, layout, words, workflow: Numbers of a skin's variants at each level, ascending.
        offices: Names of offices, of :data:`OFFICES`.
        occupations: SOC codes of occupation groups, ascending.
    """

    split: str
    content: str
    look: tuple[int, ...]
    layout: tuple[int, ...]
    words: tuple[int, ...]
    workflow: tuple[int, ...]
    offices: tuple[str, ...]
    occupations: tuple[str, ...]


@functools.cache
def axes(split: str) -> Axes:
    """What `split` may deal.

    Raises:
        UnknownOption: No such split.
    """
    side = {axis: _side(split, axis) for axis in ("content", *LEVELS, "office", "occupation")}
    variants = {
        level: tuple(n for n in range(VARIANTS) if side[level] in (ANY, variant_of(level, n))) for level in LEVELS
    }
    return Axes(
        split=split,
        content=side["content"],
        **variants,
        offices={SEEN: OFFICES[:1], HELD: OFFICES[1:], ANY: OFFICES}[side["office"]],
        occupations=tuple(soc for soc in sorted(load().groups) if side["occupation"] in (ANY, group_of(soc))),
    )


def _side(split: str, axis: str) -> str:
    if split not in SPLITS:
        raise UnknownOption(f"unknown split {shown(split)}; expected one of {', '.join(SPLITS)}")
    return ANY if split == "all" else HELD if axis in MOVED[split] else SEEN


def salted(split: str, word: int) -> int:
    """The seed of an instance's dice, from the split and 64 bits of chance. No two splits share one.

    Raises:
        UnknownOption: No such split.
        InvalidOption: `word` is not in [0, 2**64).
    """
    if not 0 <= word < 2**64:
        raise InvalidOption(f"expected a word in [0, 2**64), got {shown(word)}")
    return _range_of(split) << 64 | word


@functools.cache
def _range_of(split: str) -> int:
    """32 bits that stand for a split; a test holds them apart."""
    axes(split)
    return int(fraction(f"split/{split}", SALT) * 2**32)


def skin_for(allowed: Axes, dice: Dice) -> Skin:
    """A skin of those that are allowed; each level is drawn alone."""
    pick = dice.pick
    return Skin(pick(allowed.look), pick(allowed.layout), pick(allowed.words), pick(allowed.workflow))


def pool(values: Sequence[T], content: str) -> tuple[T, ...]:
    """Those of `values` that a split's :attr:`Axes.content` allows, in their order.

    Args:
        values: Names, or tuples that begin with one.
        content: ``"seen"``, ``"held"`` or ``"any"``.

    Raises:
        UnknownOption: Another content.
        InvalidOption: None is left.
    """
    if content not in (SEEN, HELD, ANY):
        raise UnknownOption(f"unknown content {shown(content)}; expected seen, held or any")
    left = tuple(values) if content == ANY else tuple(v for v in values if content_of(_name(v)) == content)
    if not left:
        raise InvalidOption(f"none of {len(values)} values is {content}; such a short list can't be split by names")
    return left


def _name(value: Any) -> str:
    return value if isinstance(value, str) else value[0]


def content_of(name: str) -> str:
    """Whether a name is ``"seen"`` in training or ``"held"`` out."""
    return HELD if fraction(f"content/{name}", SALT) < CONTENT_HELD else SEEN


def variant_of(level: str, number: int) -> str:
    """Whether a skin's variant at one of the levels is ``"seen"`` in training or ``"held"`` out."""
    return HELD if fraction(f"{level}/{number}", SALT) < VARIANTS_HELD else SEEN


def group_of(soc: str) -> str:
    """Whether an occupation group is ``"seen"`` in training or ``"held"`` out."""
    return HELD if fraction(f"occupation/{soc}", SALT) < GROUPS_HELD else SEEN
