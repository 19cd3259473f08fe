"""Parts of a screen, and what they look like in each form of observation.

Elements are made only where somebody looks at them: lists and records, which are most of what is shown, are written
straight from their cells, column by column. Everything else goes by its elements.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

from . import flat, strings
from .elements import Call, Element, Style, covered
from .skin import writer
from .tree import columns_of, row_of, turned

__all__ = ["Fixed", "Kind", "Like", "Part", "Record", "Rows", "lazy"]

_PAD = bytes(flat.FEATURES - flat.HEAD - flat.CELL)
"""What follows the cell of an element that has one."""


T = TypeVar("T")


class lazy(Generic[T]):
    """An attribute that is made when it is first asked for; without the lock of Python 3.11's ``cached_property``."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make, self._name, self.__doc__ = make, make.__name__, make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, one: None, owner: type) -> lazy[T]: ...
    @overload
    def __get__(self, one: object, owner: type) -> T: ...
    def __get__(self, one: object | None, owner: type) -> Any:
        if one is None:
            return self
        made = one.__dict__[self._name] = self._make(one)
        return made


class Part:
    """Some elements.

    Args:
        style: The style of the episode.
        call: What decides them.
        encode: What makes numbers of them.
    """

    def __init__(self, style: Style, call: Call, encode: flat.Flat) -> None:
        self._style, self._call, self._encode = style, call, encode

    @lazy
    def elements(self) -> tuple[Element, ...]:
        """The elements."""
        return tuple(self._call[0](self._style, *self._call[1:]))

    def element(self, place: int) -> Element:
        """One of the elements."""
        return self.elements[place]

    @lazy
    def under(self) -> tuple[Element, ...]:
        """The elements with something over them."""
        return tuple(map(covered, self.elements))

    @lazy
    def size(self) -> int:
        """Number of elements."""
        return len(self.elements)

    @lazy
    def numbers(self) -> bytes:
        """The elements as numbers, as if nothing had been copied."""
        return self._encode.part(self.elements)

    @lazy
    def lines(self) -> list[str]:
        """The elements in words; see :func:`.strings.lines`."""
        return strings.lines(self.elements)

    @lazy
    def uses(self) -> bytes:
        """What can be done with each element; see :func:`.flat.uses`."""
        return flat.uses(self.elements)

    @lazy
    def every(self) -> frozenset[str]:
        """All texts, as they are compared."""
        return frozenset().union(*[texts for texts, _ in self.said])

    @lazy
    def said(self) -> flat.Said:
        """The texts; see :func:`.flat.said`."""
        return flat.said(self.elements)


class Fixed(Part):
    """The elements of a tree that has been rendered whole."""

    def __init__(self, elements: tuple[Element, ...], encode: flat.Flat) -> None:
        self.elements, self._encode = elements, encode


class Like(Part):
    """Elements that look like those of another part and do something else.

    Args:
        style, call, encode: As of any part.
        other: What they look like.
    """

    def __init__(self, style: Style, call: Call, encode: flat.Flat, other: Part) -> None:
        self._style, self._call, self._encode = style, call, encode
        self.size, self.numbers, self.said = other.size, other.numbers, other.said
        self._other = other

    @lazy
    def every(self) -> frozenset[str]:
        """All texts, as they are compared."""
        return self._other.every

    @lazy
    def lines(self) -> list[str]:
        """The elements in words."""
        return self._other.lines

    @lazy
    def uses(self) -> bytes:
        """What can be done with each element."""
        return self._other.uses


class Kind:
    """What all rows of a list, or all records of a page, have in common in an episode.

    Args:
        style: The style of the episode.
        name: The list's or the page's name.
    """

    def __init__(self, style: Style, name: str) -> None:
        columns = columns_of(style.office, name)
        order = turned(style, name)
        self.cells = [(i, writer(style.skin, style.say, columns[i])) for i in order]
        """Where the cells stand, and how they are written."""
        self.role = "card" if style.how.cards else "row"
        self.labels, self.head, self.fields = _heads(tuple([style.say[columns[i].name] for i in order]), self.role)


@functools.lru_cache(2048)
def _heads(labels: tuple[str, ...], role: str) -> tuple[tuple[str, ...], bytes, list[bytes]]:
    """The labels, what all rows begin with, and what each field begins with."""
    return labels, flat.head(role, 0, labels), [flat.head("text", 0, label) for label in labels]


class Rows(Part):
    """The records in a list.

    Args:
        style, call, encode: As of any part.
        kind: What all rows of the list have in common.
    """

    def __init__(self, style: Style, call: Call, encode: flat.Flat, kind: Kind) -> None:
        self._style, self._call, self._encode, self._kind = style, call, encode, kind
        self.size = len(call[2])
        self._columns: Any = list(zip(*call[2], strict=True)) or [()] * (1 + len(kind.cells))

    def _written(self, most: int) -> list[list[str]]:
        """The texts of the first columns."""
        return [list(map(write, self._columns[i + 1])) for i, write in self._kind.cells[:most]]

    @lazy
    def _first(self) -> list[list[str]]:
        """The texts of the columns that have a place in numbers."""
        return self._written(flat.CELLS)

    def element(self, place: int) -> Element:
        """One of the elements, made alone."""
        cells = self._call[2][place]
        texts = [write(cells[i + 1]) for i, write in self._kind.cells]
        return row_of(self._style, self._call[1], cells[0], texts)

    def _numbers(self) -> bytes:
        cell = self._encode.cells.__getitem__
        columns = [map(cell, texts) for texts in self._first]
        after = bytes((flat.CELLS - len(columns)) * flat.CELL)
        head = after + self._kind.head  # what ends a row and begins the next
        made = head.join([b"", *map(b"".join, zip(*columns, strict=True))]) + after
        return made[len(after) :]

    def _lines(self) -> list[str]:
        said = functools.partial(strings.line_of_cells, self._kind.role, self._kind.labels)
        return list(map(said, zip(*self._written(len(self._kind.cells)), strict=True)))

    def _uses(self) -> bytes:
        return bytes((flat.DOES,)) * self.size

    def _said(self) -> flat.Said:
        return flat.said_in(self._first)

    numbers = lazy(_numbers)
    lines = lazy(_lines)
    uses = lazy(_uses)
    said = lazy(_said)


class Record(Part):
    """The fields of a record.

    Args:
        style, call, encode: As of any part.
        kind: What all records of the page have in common.
    """

    def __init__(self, style: Style, call: Call, encode: flat.Flat, kind: Kind) -> None:
        self._style, self._call, self._encode, self._kind = style, call, encode, kind
        cells = call[2]
        self._texts = [write(cells[i]) for i, write in kind.cells]
        self.size = len(self._texts)

    def _numbers(self) -> bytes:
        cell, made = self._encode.cells, list[bytes]()
        for head, label, text in zip(self._kind.fields, self._kind.labels, self._texts, strict=True):
            made += (head, cell[text or label], _PAD)
        return b"".join(made)

    def _lines(self) -> list[str]:
        return list(map(strings.line_of_text, self._kind.labels, self._texts))

    def _uses(self) -> bytes:
        return bytes((flat.SHOWS,)) * self.size

    def _said(self) -> flat.Said:
        shown = [text or label for label, text in zip(self._kind.labels, self._texts, strict=True)]
        return flat.said_in([shown])

    numbers = lazy(_numbers)
    lines = lazy(_lines)
    uses = lazy(_uses)
    said = lazy(_said)
