"""What an app is made of, as data: tables, views and commands. An :class:`Office` is a set of apps that fits together.

Nothing here knows a particular app. Names of things that a person reads (``words``) are *concepts*; what is shown for
a concept is the skin's business.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ...core.errors import InvalidOption, UnknownOption

if TYPE_CHECKING:
    from .store import Draft

__all__ = [
    "Action",
    "App",
    "Column",
    "Command",
    "DetailView",
    "Field",
    "FormView",
    "InvalidSpec",
    "Link",
    "ListView",
    "Office",
    "Table",
]

KINDS = ("int", "money", "date", "time", "enum", "text", "ref", "refs", "bool")
"""What a cell can hold: a number; cents; a day number; minutes since midnight; an index into `of`; words; the row of
another table (-1 for none); a tuple of such rows; yes or no."""
WRITES = ("benign", "normal", "irreversible")
"""Classes of writes by whom they bother: nobody (read flags, drafts), those who must mend it, or for good."""
CELLS = 5
"""Columns of a list at most."""
NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


class InvalidSpec(InvalidOption):
    """A spec of an app or a template contradicts itself, or names what does not exist."""


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of a table, and a field of the truth.

    Attributes:
        name: Lower-case identifier.
        kind: One of :data:`KINDS`.
        of: The values of an enum by name, or the table that a ref or refs point into.
        shown: Whether software ever shows it. What is not shown is held by the verifier alone.
        write: One of :data:`WRITES`.
        doc: One line for the partition table.
    """

    name: str
    kind: str
    of: tuple[str, ...] | str = ()
    shown: bool = True
    write: str = "normal"
    doc: str = ""


@dataclasses.dataclass(frozen=True)
class Table:
    """Records of one kind. Rows are never removed; what is deleted says so in a column.

    Attributes:
        name: Plural, such as ``"orders"``; unique in an office.
        label: The column that names a record where another one refers to it.
        columns: Its columns.
    """

    name: str
    label: str
    columns: tuple[Column, ...]

    @functools.cached_property
    def _named(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @functools.cached_property
    def fields(self) -> list[tuple[str, Column]]:
        """The columns by the name of their field of a truth."""
        return [(f"{self.name}_{column.name}", column) for column in self.columns]

    def __getitem__(self, name: str) -> Column:
        return self._named[name]


@dataclasses.dataclass(frozen=True)
class Action:
    """A button on a record's page.

    Attributes:
        name: Concept of its label.
        command: The command it gives, with the record as ``id``; or
        form: the form it opens, about that record.
        sets: Arguments of the command that the button fixes, as pairs.
    """

    name: str
    command: str = ""
    form: str = ""
    sets: tuple[tuple[str, str], ...] = ()


@dataclasses.dataclass(frozen=True)
class Link:
    """A way from a record to a list of others: those of `view` whose `column` refers to it.

    With `via`, the list is of those that refer to what the record's column `via` refers to. A `view` that is a
    detail view opens the record in `via` itself.
    """

    name: str
    view: str
    column: str = ""
    via: str = ""


@dataclasses.dataclass(frozen=True)
class ListView:
    """A page of records.

    Attributes:
        name: Concept of its title; unique in an office.
        table: Whose records.
        columns: Up to five columns shown, the first being the link that opens the record. Numbers show the first four.
        opens: The detail view of a record.
        where: Conditions ``(column, values)``: a record is listed if its cell is among the values (enums by index).
        sort: Columns separated by blanks, each with a minus for falling order; ties by row.
        filters: Enum columns that can be narrowed to one value.
        search: Text and ref columns that the search box looks into; empty for no search box.
        new: Form that makes a new record, or empty.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    opens: str
    where: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    sort: str = ""
    filters: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    new: str = ""


@dataclasses.dataclass(frozen=True)
class DetailView:
    """The page of one record.

    Attributes:
        name: Concept of its title; unique in an office.
        table: Whose record.
        fields: Columns shown, in order.
        actions: Its buttons.
        links: Ways to other pages.
        marks: A command given, with the record as ``id``, whenever the page is opened: what the software notes by
            itself, such as that a mail has been read. It must write benign columns only.
    """

    name: str
    table: str
    fields: tuple[str, ...]
    actions: tuple[Action, ...] = ()
    links: tuple[Link, ...] = ()
    marks: str = ""


@dataclasses.dataclass(frozen=True)
class Field:
    """A field of a form, and an argument of its command.

    Attributes:
        name: Name of the argument and concept of its label.
        kind: One of :data:`KINDS`.
        of: Values of an enum, or the table a ref or refs point into (typed in by label, or by `key`).
        key: Another column of that table by which a record can be named without doubt, such as a mail address.
        required: Whether it must be filled.
        default: Column of the form's record that it starts with; empty for none.
    """

    name: str
    kind: str
    of: tuple[str, ...] | str = ()
    key: str = ""
    required: bool = True
    default: str = ""


@dataclasses.dataclass(frozen=True)
class FormView:
    """A page on which fields are filled in and a command is given.

    Attributes:
        name: Concept of its title; unique in an office.
        command: The command that saving gives. Its arguments are the fields, and ``id`` where the form is about a
            record.
        fields: What is to be filled in.
        about: The table of the record it is about, or empty.
    """

    name: str
    command: str
    fields: tuple[Field, ...]
    about: str = ""


@dataclasses.dataclass(frozen=True)
class Command:
    """Something software can be told to do. The only way in which app state changes.

    Attributes:
        name: Unique in an office, such as ``"mail_send"``.
        effect: ``effect(draft, arguments)`` writes to the draft or raises :class:`~.store.Refused`. Pure otherwise.
        severity: What an unwanted one costs: 1 edit or create, 3 delete or cancel, 5 what leaves the house.
        reversible: Whether software offers to undo it.
        confirm: Whether software that asks for confirmation asks here.
        done: Concept of the message that it was carried out.
    """

    name: str
    effect: Callable[[Draft, Mapping[str, Any]], None]
    severity: int = 1
    reversible: bool = True
    confirm: bool = False
    done: str = "done"


@dataclasses.dataclass(frozen=True)
class App:
    """One piece of software.

    Attributes:
        name: Lower-case identifier; also the release through which the agent's view reads its pages.
        tables: Its own tables.
        views: Its pages; the first is where it opens.
        commands: What it can be told.
        words: What each concept may be called, by concept: the usual word first, then others that skins choose from.
        twin: The app that does the same job for other people, if this is a twin.
    """

    name: str
    tables: tuple[Table, ...]
    views: tuple[ListView | DetailView | FormView, ...]
    commands: tuple[Command, ...]
    words: Mapping[str, tuple[str, ...]]
    twin: str = ""


class Office:
    """Apps that fit together.

    Args:
        name: Names it in messages.
        apps: The apps.
        messages: What the software's messages may be called, by concept.

    Raises:
        InvalidSpec: They don't fit: something is named twice, or names what does not exist.
    """

    def __init__(self, name: str, apps: tuple[App, ...], messages: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self.name, self.apps = name, apps
        self.app = {app.name: app for app in apps}
        self.tables = {table.name: table for app in apps for table in app.tables}
        self.views: dict[str, ListView | DetailView | FormView] = {v.name: v for app in apps for v in app.views}
        self.commands = {command.name: command for app in apps for command in app.commands}
        self.home = {app.name: app.views[0].name for app in apps if app.views}
        self.app_of = {view.name: app.name for app in apps for view in app.views}
        self.forms = {view.command: view for view in self.views.values() if isinstance(view, FormView)}
        self.sets = {
            (action.command, name): self.tables[view.table][name]
            for view in self.views.values()
            if isinstance(view, DetailView) and view.table in self.tables
            for action in view.actions
            for name, _ in action.sets
            if name in [column.name for column in self.tables[view.table].columns]
        }
        self.words = {concept: said for app in apps for concept, said in app.words.items()} | dict(messages or {})
        self.done = {command.done for command in self.commands.values()} | {"undone"}
        from .faults import faults  # it knows the classes above

        if found := list(faults(self)):
            raise InvalidSpec(f"office {name!r} does not fit together: {'; '.join(found[:5])}")

    def __reduce_ex__(self, protocol: Any) -> Any:
        """A registered office is one object, in copies and from pickles too, since a Truth class belongs to it."""
        from .apps import OFFICES  # they are made of the classes above

        return (_registered, (self.name,)) if OFFICES.get(self.name) is self else super().__reduce_ex__(protocol)

    def __repr__(self) -> str:
        return f"<Office {self.name}: {', '.join(self.app)}>"

    def column(self, table: str, name: str) -> Column:
        """A column by the names of table and column."""
        return self.tables[table][name]


def _registered(name: str) -> Office:
    from .apps import OFFICES

    if name not in OFFICES:
        raise UnknownOption(f"no office {name!r} is registered here; import the module that registers it first")
    return OFFICES[name]


def concepts(office: Office) -> tuple[str, ...]:
    """All concepts for which an office needs words: apps, views, columns, enum values, fields, buttons and links."""
    found: dict[str, None] = dict.fromkeys([*office.app, *office.views, *sorted(office.done)])
    for table in office.tables.values():
        for column in table.columns:
            if column.shown:
                found[column.name] = None
                found.update(dict.fromkeys(column.of if column.kind == "enum" else ()))
    for view in office.views.values():
        if isinstance(view, DetailView):
            found.update(dict.fromkeys([a.name for a in view.actions] + [link.name for link in view.links]))
        if isinstance(view, FormView):
            for field in view.fields:
                found[field.name] = None
                found.update(dict.fromkeys(field.of if field.kind == "enum" else ()))
    return tuple(found)
