"""What does not fit together in a spec, in words. An office refuses itself over the first of these."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .schema import (
    CELLS,
    KINDS,
    NAME,
    WRITES,
    Action,
    Column,
    DetailView,
    Field,
    FormView,
    Link,
    ListView,
    Office,
    Table,
    concepts,
)

__all__ = ["faults"]

REFS = ("ref", "refs")
LISTED = ("text", *REFS)
"""Kinds that a search box looks into."""


def faults(office: Office) -> Iterator[str]:
    """All faults of an office."""
    for what in ("tables", "views", "commands"):
        names = [thing.name for app in office.apps for thing in getattr(app, what)]
        yield from (f"two {what} are called {name!r}" for name in _twice(names))
    if len(office.app) < len(office.apps):
        yield "two apps have one name"
    if not office.apps:
        yield "it has no app"
    every = [office.name, *office.app, *office.tables, *office.views, *office.commands]
    yield from (f"{name!r} is no lower-case identifier" for name in every if not NAME.match(str(name)))
    for table in office.tables.values():
        yield from _table_faults(office, table)
    for app in office.apps:
        if not app.views or not isinstance(app.views[0], ListView):
            yield f"app {app.name!r} opens with no list"
    for view in office.views.values():
        found = _form_faults(office, view) if isinstance(view, FormView) else _page_faults(office, view)
        yield from (f"view {view.name!r}: {fault}" for fault in found)
    commands = [view.command for view in office.views.values() if isinstance(view, FormView)]
    yield from (f"two forms give {name!r}" for name in _twice(commands))
    said = {name for name, words in office.words.items() if words}
    yield from (f"no word for {concept!r}" for concept in concepts(office) if concept not in said)


def _twice(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _columns(office: Office, table: str, shown: bool = True) -> dict[str, Column]:
    """The columns of a table by name, of none if there is no such table."""
    found = office.tables.get(table)
    return {c.name: c for c in found.columns if c.shown or not shown} if found else {}


def _kind_faults(office: Office, here: str, thing: Column | Field) -> Iterator[str]:
    if thing.kind not in KINDS:
        yield f"{here} is of no known kind"
    elif thing.kind in REFS and thing.of not in office.tables:
        yield f"{here} refers to table {thing.of!r}, which does not exist"
    elif thing.kind == "enum" and (isinstance(thing.of, str) or not thing.of or _twice([*thing.of])):
        yield f"{here} must list its values, each once"


def _table_faults(office: Office, table: Table) -> Iterator[str]:
    kinds = {column.name: column.kind for column in table.columns}
    if kinds.get(table.label) != "text":
        yield f"table {table.name!r} has no text column {table.label!r} to be named by"
    if len(kinds) < len(table.columns):
        yield f"table {table.name!r} has two columns of one name"
    for column in table.columns:
        here = f"{table.name}.{column.name}"
        if not NAME.match(column.name) or column.write not in WRITES:
            yield f"{here} has a bad name or class of writes"
        yield from _kind_faults(office, here, column)


# -- lists and records -------------------------------------------------------------------------------------------------
def _page_faults(office: Office, view: ListView | DetailView) -> Iterator[str]:
    if view.table not in office.tables:
        yield "its table does not exist"
        return
    shown = _columns(office, view.table)
    used = view.fields if isinstance(view, DetailView) else (*view.columns, *view.filters, *view.search)
    yield from (f"shows {name!r}, which is no shown column" for name in sorted({*used} - {*shown}))
    if isinstance(view, ListView):
        yield from _list_faults(office, view, shown)
        return
    if view.marks and view.marks not in office.commands:
        yield f"marks by {view.marks!r}, which does not exist"
    for action in view.actions:
        yield from (f"button {action.name!r} {fault}" for fault in _action_faults(office, view, action))
    for link in view.links:
        yield from (f"link {link.name!r} {fault}" for fault in _link_faults(office, view, link))


def _list_faults(office: Office, view: ListView, shown: dict[str, Column]) -> Iterator[str]:
    every = _columns(office, view.table, shown=False)
    needed = {name for name, _ in view.where} | {name.lstrip("-") for name in view.sort.split()}
    yield from (f"sorts or chooses by {name!r}, which does not exist" for name in sorted(needed - {*every}))
    for name, values in view.where:
        if name in every and every[name].kind == "enum" and not {*values} <= {*range(len(every[name].of))}:
            yield f"chooses by values that {name!r} never has"
    if not 1 <= len(view.columns) <= CELLS:
        yield f"must show 1 to {CELLS} columns"
    yield from (f"filters by {n!r}, which is no enum" for n in view.filters if n in shown and shown[n].kind != "enum")
    unread = [name for name in view.search if name in shown and shown[name].kind not in LISTED]
    yield from (f"searches {name!r}, which is no text" for name in unread)
    opens = office.views.get(view.opens)
    if not isinstance(opens, DetailView) or opens.table != view.table:
        yield f"opens {view.opens!r}, which is no page of its records"
    form = office.views.get(view.new)
    if view.new and (not isinstance(form, FormView) or form.about):
        yield f"makes new records with {view.new!r}, which is no form for that"


def _action_faults(office: Office, view: DetailView, action: Action) -> Iterator[str]:
    if bool(action.command) == bool(action.form):
        yield "must give a command or open a form"
    if action.command and action.command not in office.commands:
        yield f"gives {action.command!r}, which does not exist"
    form = office.views.get(action.form)
    if action.form and (not isinstance(form, FormView) or form.about != view.table):
        yield f"opens {action.form!r}, which is no form about its record"
    columns = _columns(office, view.table, shown=False)
    for name, value in action.sets:
        if name in columns and columns[name].kind == "enum" and value not in columns[name].of:
            yield f"sets {name!r} to {value!r}, which it never is"


def _link_faults(office: Office, view: DetailView, link: Link) -> Iterator[str]:
    target = office.views.get(link.view)
    if not isinstance(target, (ListView, DetailView)):
        yield f"leads to {link.view!r}, which is no list or page of a record"
        return
    about = view.table
    if link.via:
        via = _columns(office, view.table).get(link.via)
        if via is None or via.kind != "ref":
            yield f"goes via {link.via!r}, which is no shown ref"
            return
        about = str(via.of)
    if isinstance(target, DetailView):
        if target.table != about:
            yield f"opens {link.view!r}, which is no page of {about}"
        return
    column = _columns(office, target.table, shown=False).get(link.column)
    if column is None or column.kind not in REFS or column.of != about:
        yield f"chooses by {link.column!r}, which does not refer to {about}"


# -- forms -------------------------------------------------------------------------------------------------------------
def _form_faults(office: Office, view: FormView) -> Iterator[str]:
    if view.about and view.about not in office.tables:
        yield "its table does not exist"
    if view.command not in office.commands:
        yield f"gives {view.command!r}, which does not exist"
    yield from (f"two fields are called {name!r}" for name in _twice([field.name for field in view.fields]))
    shown = _columns(office, view.about)
    for field in view.fields:
        here = f"field {field.name!r}"
        yield from _kind_faults(office, here, field)
        if field.default and _kind(shown.get(field.default)) != _kind(field):
            yield f"{here} starts with {field.default!r}, which is no shown column of its kind"
        key = _columns(office, str(field.of)).get(field.key)
        if field.key and (key is None or key.kind != "text"):
            yield f"{here} finds records by {field.key!r}, which is no shown text"


def _kind(thing: Column | Field | None) -> Any:
    return thing and (thing.kind, thing.of)
