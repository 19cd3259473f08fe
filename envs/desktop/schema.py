"""What an app is made of, as data: tables, views and commands. An :class:`Office` is a set of apps that fits together.

Nothing here knows a particular app. Names of things that a person reads (``words``) are *concepts*; what is shown for
a concept is the skin's business.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ...core.errors import InvalidOption

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

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


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
        columns: Up to five columns shown, the first being the link that opens the record.
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
        self.home = {app.name: app.views[0].name for app in apps}
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
        if faults := list(_faults(self)):
            raise InvalidSpec(f"office {name!r} does not fit together: {'; '.join(faults[:5])}")

    def __repr__(self) -> str:
        return f"<Office {self.name}: {', '.join(self.app)}>"

    def column(self, table: str, name: str) -> Column:
        """A column by the names of table and column."""
        return self.tables[table][name]


def _faults(office: Office) -> Iterator[str]:
    """What does not fit, in words."""
    for what in ("tables", "views", "commands"):
        names = [thing.name for app in office.apps for thing in getattr(app, what)]
        yield from (f"two {what} are called {name!r}" for name in sorted({n for n in names if names.count(n) > 1}))
    if len(office.app) < len(office.apps):
        yield "two apps have one name"
    every = [*office.app, *office.tables, *office.views, *office.commands]
    yield from (f"{name!r} is no lower-case identifier" for name in every if not NAME.match(name))
    for table in office.tables.values():
        yield from _table_faults(office, table)
    for app in office.apps:
        if not isinstance(app.views[0], ListView):
            yield f"app {app.name!r} opens with no list"
        for view in app.views:
            yield from (f"view {view.name!r}: {fault}" for fault in _view_faults(office, view))
    commands = [view.command for view in office.views.values() if isinstance(view, FormView)]
    yield from (f"two forms give {name!r}" for name in sorted({n for n in commands if commands.count(n) > 1}))
    said = {name for name, words in office.words.items() if words}
    yield from (f"no word for {concept!r}" for concept in concepts(office) if concept not in said)


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


def _table_faults(office: Office, table: Table) -> Iterator[str]:
    names = [column.name for column in table.columns]
    if table.label not in names:
        yield f"table {table.name!r} has no column {table.label!r}"
    if len(set(names)) < len(names):
        yield f"table {table.name!r} has two columns of one name"
    for column in table.columns:
        here = f"{table.name}.{column.name}"
        if not NAME.match(column.name) or column.kind not in KINDS or column.write not in WRITES:
            yield f"{here} has a bad name, kind or class of writes"
        elif column.kind == "enum" and (isinstance(column.of, str) or not column.of):
            yield f"{here} lists no values"
        elif column.kind in ("ref", "refs") and column.of not in office.tables:
            yield f"{here} refers to table {column.of!r}, which does not exist"


def _view_faults(office: Office, view: ListView | DetailView | FormView) -> Iterator[str]:
    table = office.tables.get(view.about if isinstance(view, FormView) else view.table)
    shown = {column.name for column in table.columns if column.shown} if table else set()
    if table is None and (not isinstance(view, FormView) or view.about):
        yield "its table does not exist"
        return
    if isinstance(view, FormView):
        yield from _form_faults(office, view, shown)
        return
    used = set(view.fields) if isinstance(view, DetailView) else {*view.columns, *view.filters, *view.search}
    yield from (f"shows {name!r}, which is no shown column" for name in sorted(used - shown))
    if isinstance(view, ListView):
        columns = {column.name for column in table.columns} if table else set()
        needed = {name for name, _ in view.where} | {name.lstrip("-") for name in view.sort.split()}
        yield from (f"sorts or chooses by {name!r}, which does not exist" for name in sorted(needed - columns))
        if not 1 <= len(view.columns) <= CELLS:
            yield f"must show 1 to {CELLS} columns"
        if not isinstance(office.views.get(view.opens), DetailView):
            yield f"opens {view.opens!r}, which is no page of a record"
        if view.new and not isinstance(office.views.get(view.new), FormView):
            yield f"makes new records with {view.new!r}, which is no form"
        return
    for action in view.actions:
        if bool(action.command) == bool(action.form):
            yield f"button {action.name!r} must give a command or open a form"
        if action.command and action.command not in office.commands:
            yield f"button {action.name!r} gives {action.command!r}, which does not exist"
        if action.form and not isinstance(office.views.get(action.form), FormView):
            yield f"button {action.name!r} opens {action.form!r}, which is no form"
    if view.marks and view.marks not in office.commands:
        yield f"marks by {view.marks!r}, which does not exist"
    for link in view.links:
        target = office.views.get(link.view)
        if target is None or isinstance(target, FormView):
            yield f"link {link.name!r} leads to {link.view!r}, which is no list or page of a record"
        elif link.via and link.via not in shown:
            yield f"link {link.name!r} goes via {link.via!r}, which is no shown column"
        elif isinstance(target, ListView) and link.column not in {c.name for c in office.tables[target.table].columns}:
            yield f"link {link.name!r} chooses by {link.column!r}, which does not exist"


def _form_faults(office: Office, view: FormView, shown: set[str]) -> Iterator[str]:
    if view.command not in office.commands:
        yield f"gives {view.command!r}, which does not exist"
    for field in view.fields:
        if field.kind not in KINDS:
            yield f"field {field.name!r} is of no known kind"
        if field.kind in ("ref", "refs") and field.of not in office.tables:
            yield f"field {field.name!r} refers to {field.of!r}, which does not exist"
        if field.kind == "enum" and (isinstance(field.of, str) or not field.of):
            yield f"field {field.name!r} lists no values"
        if field.default and field.default not in shown:
            yield f"field {field.name!r} starts with {field.default!r}, which is no shown column"
