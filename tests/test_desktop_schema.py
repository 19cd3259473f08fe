"""Specs of apps: every fault in one is refused when an office is put together, not when somebody meets it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from infogap.core.errors import InvalidOption
from infogap.envs.desktop.schema import (
    Action,
    App,
    Column,
    Command,
    DetailView,
    Field,
    FormView,
    InvalidSpec,
    Link,
    ListView,
    Office,
    Table,
)

COLUMNS = (
    Column("title", "text"),
    Column("colour", "enum", ("red", "blue")),
    Column("owner", "ref", "things"),
    Column("weight", "int", shown=False),
)
LIST = ListView(
    "all_things", "things", ("title", "colour"), "thing", sort="-title colour", filters=("colour",), new="new_thing"
)
DETAIL = DetailView(
    "thing",
    "things",
    ("title", "colour", "owner"),
    actions=(Action("paint", "thing_paint", sets=(("colour", "red"),)), Action("edit", form="edit_thing")),
    links=(Link("owned", "all_things", "owner"), Link("owner_page", "thing", via="owner")),
    marks="thing_look",
)
NEW = FormView("new_thing", "thing_make", (Field("title", "text"), Field("owner", "ref", "things", required=False)))
EDIT = FormView("edit_thing", "thing_edit", (Field("title", "text", default="title"),), about="things")
NAMES = (
    *("shop", "all_things", "thing", "new_thing", "edit_thing", "title", "colour", "owner", "red", "blue"),
    *("paint", "edit", "owned", "owner_page", "done", "undone"),
)
SHOP = App(
    "shop",
    (Table("things", "title", COLUMNS),),
    (LIST, DETAIL, NEW, EDIT),
    tuple(Command(f"thing_{name}", lambda draft, given: None) for name in ("make", "edit", "paint", "look")),
    {name: (name.title(),) for name in NAMES},
)


def table(**changes: object) -> App:
    return dataclasses.replace(SHOP, tables=(dataclasses.replace(SHOP.tables[0], **changes),))  # type: ignore[arg-type]


def column(which: str, **changes: object) -> App:
    return table(
        columns=tuple(dataclasses.replace(c, **changes) if c.name == which else c for c in COLUMNS)  # type: ignore[arg-type]
    )


def view(old: ListView | DetailView | FormView, **changes: object) -> App:
    views = tuple(dataclasses.replace(v, **changes) if v is old else v for v in SHOP.views)  # type: ignore[arg-type]
    return dataclasses.replace(SHOP, views=views)


def action(**changes: object) -> App:
    return view(DETAIL, actions=(dataclasses.replace(DETAIL.actions[0], **changes), DETAIL.actions[1]))  # type: ignore[arg-type]


def link(which: int, **changes: object) -> App:
    links = list(DETAIL.links)
    links[which] = dataclasses.replace(links[which], **changes)  # type: ignore[arg-type]
    return view(DETAIL, links=tuple(links))


def field(which: int, **changes: object) -> App:
    fields = list(NEW.fields)
    fields[which] = dataclasses.replace(fields[which], **changes)  # type: ignore[arg-type]
    return view(NEW, fields=tuple(fields))


def words(**changes: tuple[str, ...]) -> App:
    return dataclasses.replace(SHOP, words={**SHOP.words, **changes})


FAULTS: dict[str, Callable[[], App | tuple[App, ...]]] = {
    "two tables of one name": lambda: dataclasses.replace(SHOP, tables=SHOP.tables * 2),
    "two views of one name": lambda: dataclasses.replace(SHOP, views=(*SHOP.views, DETAIL)),
    "two commands of one name": lambda: dataclasses.replace(SHOP, commands=SHOP.commands * 2),
    "two apps of one name": lambda: (SHOP, SHOP),
    "two columns of one name": lambda: table(columns=(*COLUMNS, COLUMNS[0])),
    "two forms for one command": lambda: view(EDIT, command="thing_make"),
    "app that is no identifier": lambda: dataclasses.replace(SHOP, name="Shop!"),
    "column that is no identifier": lambda: column("weight", name="a b"),
    "label that is no column": lambda: table(label="number"),
    "column of no known kind": lambda: column("weight", kind="float"),
    "class of writes unknown": lambda: column("weight", write="rare"),
    "enum without values": lambda: column("colour", of=()),
    "enum of a table": lambda: column("colour", of="things"),
    "column with a dangling ref": lambda: column("owner", of="people"),
    "column with dangling refs": lambda: column("owner", kind="refs", of="people"),
    "app that opens with a record": lambda: dataclasses.replace(SHOP, views=(DETAIL, LIST, NEW, EDIT)),
    "list of no table": lambda: view(LIST, table="stuff"),
    "list that shows no such column": lambda: view(LIST, columns=("title", "size")),
    "list that shows a hidden column": lambda: view(LIST, columns=("title", "weight")),
    "list that shows nothing": lambda: view(LIST, columns=()),
    "list that shows six columns": lambda: view(LIST, columns=("title", "colour", "owner") * 2),
    "list sorted by no column": lambda: view(LIST, sort="title -size"),
    "list where no such column": lambda: view(LIST, where=(("size", (1,)),)),
    "list that filters by no column": lambda: view(LIST, filters=("size",)),
    "list that filters by a hidden column": lambda: view(LIST, filters=("weight",)),
    "list that searches a hidden column": lambda: view(LIST, search=("weight",)),
    "list that opens a list": lambda: view(LIST, opens="all_things"),
    "list that opens nothing": lambda: view(LIST, opens="page"),
    "list whose new is no form": lambda: view(LIST, new="thing"),
    "record of no table": lambda: view(DETAIL, table="stuff"),
    "record that shows no such column": lambda: view(DETAIL, fields=("title", "size")),
    "record that shows a hidden column": lambda: view(DETAIL, fields=("title", "weight")),
    "button that does nothing": lambda: action(command=""),
    "button that does two things": lambda: action(form="edit_thing"),
    "button with no such command": lambda: action(command="thing_sell"),
    "button that opens no form": lambda: action(command="", form="thing"),
    "mark by no such command": lambda: view(DETAIL, marks="thing_sell"),
    "link to nowhere": lambda: link(0, view="stock"),
    "link to a form": lambda: link(0, view="new_thing"),
    "link by no such column": lambda: link(0, column="size"),
    "link via no such column": lambda: link(1, via="size"),
    "link via a hidden column": lambda: link(1, via="weight"),
    "form with no such command": lambda: view(NEW, command="thing_sell"),
    "form about no table": lambda: view(EDIT, about="stuff"),
    "field of no known kind": lambda: field(0, kind="float"),
    "field with a dangling ref": lambda: field(1, of="people"),
    "field that lists no values": lambda: field(0, kind="enum", of=()),
    "field that starts with no column": lambda: view(EDIT, fields=(Field("title", "text", default="size"),)),
    "field that starts with a hidden column": lambda: view(EDIT, fields=(Field("title", "text", default="weight"),)),
    "app without pages": lambda: dataclasses.replace(SHOP, views=()),
    "label that is no text": lambda: table(label="colour"),
    "enum with a value twice": lambda: column("colour", of=("red", "red")),
    "list that filters by text": lambda: view(LIST, filters=("title",)),
    "list that searches an enum": lambda: view(LIST, search=("colour",)),
    "list where no such value": lambda: view(LIST, where=(("colour", (0, 2)),)),
    "list that opens another table's record": lambda: view(DETAIL, table="stuff"),
    "list whose new is about a record": lambda: view(LIST, new="edit_thing"),
    "button that sets no such value": lambda: action(sets=(("colour", "green"),)),
    "button whose form is about nothing": lambda: action(command="", form="new_thing"),
    "link via no ref": lambda: link(1, via="colour"),
    "link by no ref": lambda: link(0, column="title"),
    "two fields of one name": lambda: view(NEW, fields=NEW.fields * 2),
    "field with no such key": lambda: field(1, key="size"),
    "field whose key is no text": lambda: field(1, key="colour"),
    "field that starts with another kind": lambda: view(EDIT, fields=(Field("title", "text", default="colour"),)),
    "field that starts with nothing's column": lambda: field(0, default="title"),
    "concept without words": lambda: dataclasses.replace(SHOP, words={"shop": ("Shop",)}),
    "concept with no word": lambda: words(paint=()),
}


def test_the_sound_spec_is_taken() -> None:
    office = Office("mini", (SHOP,))
    assert repr(office) == "<Office mini: shop>" and office.home == {"shop": "all_things"}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_refused(fault: str) -> None:
    made = FAULTS[fault]()
    with pytest.raises(InvalidSpec, match="'mini' does not fit together") as error:
        Office("mini", made if isinstance(made, tuple) else (made,))
    assert isinstance(error.value, InvalidOption)
