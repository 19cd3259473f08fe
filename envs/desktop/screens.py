"""The screens of an episode, kept in parts, so that a step makes only what has not been on the screen before.

A part is decided by its call: a function, the style, and arguments that hold all it shows (see :func:`.tree.calls`).
So a part that is kept can't be out of date. What the pages answered is kept with whole screens only, and these are
dropped as soon as the journal is another one. Of what shows app state nothing outlives its episode.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from . import flat, strings
from .elements import UI, Call, Element, Read, Style, Tree, covered
from .parts import Fixed, Kind, Like, Part, Record, Rows, lazy
from .tree import apps, calls, day, deeds, dialog, note, pages, record, rows, title_of, tools, ways

__all__ = ["Screen", "Screens"]

PARTS, KEPT, SHARED = 512, 32, 4096
"""Parts and screens of an episode that are kept at most, and parts that episodes share."""
_BLANK = flat.Flat("", ())
_STATIC: dict[Any, Callable[[Style], tuple[Any, ...]]] = {
    apps: lambda s: (s.how.nav,),
    day: lambda s: (s.how.dates, s.today),
    ways: lambda s: (),
    note: lambda s: (),
    tools: lambda s: (s.how.buttons,),
    pages: lambda s: (),
    deeds: lambda s: (),
}
"""Parts without a cell of app state, and what of the style they depend on, its words apart."""
_shared: dict[Any, Part] = {}


class Screen:
    """A screen, in the forms that it is asked for.

    Args:
        title: What the page is called.
        over: What lies over the page, or None.
        parts: The parts of the page.
        encode: What makes numbers of elements.
        tail: Message and title, as :meth:`.flat.Flat.tail` writes them.
    """

    def __init__(self, title: str, over: Part | None, parts: list[Part], encode: flat.Flat, tail: bytes) -> None:
        self._title, self._over, self.parts, self._encode, self._tail = title, over, parts, encode, tail
        self._shown = parts if over is None else [over]  # what can be seen comes first
        self._clip: tuple[str, ...] = ()
        self._whole = b""

    @classmethod
    def of(cls, tree: Tree, ui: UI, encode: flat.Flat) -> Screen:
        """The screen that a tree rendered of `ui` is."""
        return cls(tree.title, None, [Fixed(tree.elements, encode)], encode, encode.tail(tree.title, ui))

    @lazy
    def tree(self) -> Tree:
        """The screen as a tree."""
        if self._over is None:
            return Tree(self._title, tuple([e for part in self.parts for e in part.elements]))
        return Tree(self._title, self._over.elements + tuple([e for part in self.parts for e in part.under]))

    @lazy
    def here(self) -> Tree:
        """The screen as a tree whose elements are made when they are looked at."""
        return Tree(self._title, _Elements(self._over, self.parts))  # type: ignore[arg-type]

    @lazy
    def uses(self) -> bytes:
        """What can be done with each element; see :func:`.flat.uses`."""
        if self._over is None:
            return b"".join([part.uses for part in self.parts])
        return self._over.uses + bytes((flat.HIDDEN,)) * sum([part.size for part in self.parts])

    @lazy
    def words(self) -> str:
        """The screen as an accessibility tree."""
        return strings.written(self._title, [line for part in self._shown for line in part.lines])

    def numbers(self, ui: UI) -> bytes:
        """The screen as numbers but for error and time; see :mod:`.flat`."""
        if ui.clip != self._clip or not self._whole:
            self._clip = ui.clip
            self._whole = self._encode.whole(self._marked(ui.clip), self._tail, ui)
        return self._whole

    def _marked(self, clip: tuple[str, ...]) -> list[bytes]:
        """The parts as numbers, with marks where a text equals a copied one."""
        texts = [(place, text.casefold()) for place, text in enumerate(clip) if text]
        return [_with_marks(part, texts) if texts else part.numbers for part in self._shown]

    def mask(self, ui: UI, slots: tuple[str, ...]) -> npt.NDArray[np.int8]:
        """Which verbs, elements and arguments are of use; see :func:`.flat.masks`."""
        return flat.masks(self.uses, ui, slots)


def _with_marks(part: Part, texts: list[tuple[int, str]]) -> bytes:
    """A part as numbers, with marks where a text equals a copied one."""
    if all(text not in part.every for _, text in texts):
        return part.numbers
    made = bytearray(part.numbers)
    for clip, text in texts:
        for said, places in part.said:
            for place, one in zip(places, said, strict=True):
                if one == text:
                    made[place + clip] = 1
    return bytes(made)


class _Elements(Sequence[Element]):
    """The elements of a screen, made when they are looked at."""

    def __init__(self, over: Part | None, parts: list[Part]) -> None:
        self._over, self._parts = over, parts

    def __len__(self) -> int:
        return sum([part.size for part in self._parts]) + (0 if self._over is None else self._over.size)

    @overload
    def __getitem__(self, place: int) -> Element: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Element, ...]: ...
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice) or place < 0:
            return tuple(self)[place]
        if self._over is not None:
            if place < self._over.size:
                return self._over.element(place)
            place -= self._over.size
        for part in self._parts:
            if place < part.size:
                return part.element(place) if self._over is None else covered(part.element(place))
            place -= part.size
        raise IndexError(place)


class Screens:
    """The screens of one episode.

    Args:
        style: What all of them have in common.
        read: Answers the queries of :mod:`.pages` for the agent's view.
        encode: What makes numbers of elements.
    """

    def __init__(self, style: Style, read: Read, encode: flat.Flat) -> None:
        self._style, self._read, self._encode = style, read, encode
        self._parts: dict[Call, Part] = {}
        self._kept: dict[Any, Screen] = {}
        self._kinds: dict[str, Kind] = {}
        self._journal: Any = None
        self._static = {make: (style.office, style.skin.words, *depends(style)) for make, depends in _STATIC.items()}

    def at(self, ui: UI, said: tuple[tuple[str, str], ...], journal: tuple[Any, ...]) -> Screen:
        """The screen of a UI.

        Args:
            ui: The UI.
            said: Questions asked of the principal and the answers.
            journal: The journal of the truth that is read; another one is another truth.
        """
        if journal is not self._journal or len(self._kept) >= KEPT:
            self._journal, self._kept = journal, {}
        # The clipboard and the error are no part of what is kept, and of the pages before this, whether there are any.
        key = ui[:8], ui[10:12], bool(ui.past), said
        screen = self._kept.get(key)
        if screen is None:
            screen = self._kept[key] = self._made(ui, said)
        return screen

    def _made(self, ui: UI, said: tuple[tuple[str, str], ...]) -> Screen:
        """The screen of a UI, put together of parts."""
        if len(self._parts) >= PARTS:
            self._parts.clear()
        title, encode, kept = title_of(self._style, ui), self._encode, self._parts
        if ui.dialog:  # over a page that mostly has just been on the screen
            call = (dialog, ui.view, ui.dialog)
            over = kept.get(call) or self._part(call)
            below = self.at(ui._replace(dialog=()), said, self._journal)
            return Screen(title, over, below.parts, encode, encode.tail(title, ui))
        shown = [kept.get(call) or self._part(call) for call in calls(self._style, self._read, ui, said)]
        return Screen(title, None, shown, encode, encode.tail(title, ui))

    def _part(self, call: Call) -> Part:
        """A part that is not kept yet."""
        make, style, encode = call[0], self._style, self._encode
        if make is rows or make is record:
            kind = self._kinds.get(call[1])
            if kind is None:
                kind = self._kinds[call[1]] = Kind(style, call[1])
            part: Part = (Rows if make is rows else Record)(style, call, encode, kind)
        elif make is deeds:
            leads = tuple([0 if target >= 0 else -1 for target in call[3]])
            part = Like(style, call, encode, self._shared((deeds, call[1], 0, leads)))
        elif make in self._static:
            part = self._shared(call)
        else:
            part = Part(style, call, encode)
        self._parts[call] = part
        return part

    def _shared(self, call: Call) -> Part:
        """A part that other episodes have, too, unless it says a word of this goal."""
        key = self._static[call[0]], call
        part = _shared.get(key)
        if part is None:
            if len(_shared) >= SHARED:
                _shared.clear()
            part = _shared[key] = Part(self._style, call, _BLANK)
        words = self._encode.slots
        if words.isdisjoint(part.every):
            return part
        return Part(self._style, call, self._encode)
