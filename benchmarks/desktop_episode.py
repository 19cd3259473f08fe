"""One episode at a desk, step by step: what the agent saw, and what was true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..baselines.desktop_deeds import Case
from ..core.world import reveal
from ..envs.desktop.desktop import Desktop
from ..envs.desktop.elements import HELP
from ..envs.desktop.grading import graded
from ..envs.desktop.schema import Column, DetailView, ListView
from ..envs.desktop.shell import SHELL_WORDS
from ..envs.desktop.skin import labels, shown_value, skin_of, write_date
from ..envs.desktop.store import NEW, Desk, Entry
from ..envs.desktop.tasks import TEMPLATES
from .desktop_cells import seed_of
from .desktop_results import home

__all__ = ["chosen_case", "side_by_side"]

ROWS = 6
"""Records of a list whose hidden cells are told."""
LONGEST = 90
"""Characters of a hidden cell that are told."""
STEPS = range(7, 16)
"""Actions of an episode that is worth showing."""
TRIED = 40
DONE = ("sent", "ordered", "issued")
"""Columns that say when something was done; that one equals bait is chance."""


def chosen_case(template: str = "promised_date", size: str = "small") -> Case:
    """The first test instance whose goal tells least, and that takes neither few nor many steps; in the plain skin."""
    split, found = home(template), []
    for number in range(TRIED):
        case = Case(template, seed_of(template, split, number), split=split, size=size, skin=0)
        found.append(case)
        if case.task["level"] == max(case.template.levels) and len(case.solved(False).actions) in STEPS:
            return case
    return found[0]


def side_by_side(case: Case) -> dict[str, Any]:
    """What the agent-information oracle saw and did, and beside it the true state.

    Returns:
        ``template``, ``archetype``, ``level``, ``skin`` and ``goal``; ``secret``, what is right and what is bait, as
        pairs; ``steps``, each with ``screen`` (as people see it), ``action``, ``true`` (titled lists of hidden facts)
        and ``written`` (what has changed); and ``verdict``.
    """
    actions = case.solved(privileged=False).actions
    env = Desktop(template=case.name, observation="text", render_mode="ansi", **case.options)
    env.reset(seed=case.seed)
    steps = []
    for action in actions:
        truth = _truth(env)
        screen, facts = env.render(), _facts(env, truth)
        env.step(action)
        new = _truth(env).journal[len(truth.journal) :]
        steps.append({"screen": screen, "action": action, "true": facts, "written": [*map(_entry, new)]})
    end = _truth(env)
    verdict = graded(end)
    return {
        "template": case.template.name,
        "archetype": TEMPLATES[case.template.name].archetype,
        "level": case.task["level"],
        "skin": end.skin,
        "goal": end.goal,
        "secret": [[name, _plain(value)] for name, value in case.task.items() if name not in ("template", "level")],
        "steps": steps,
        "verdict": {"success": verdict.success, "score": verdict.score, "checks": dict(verdict.checks)},
    }


def _truth(env: Any) -> Desk:
    truth = reveal(env)
    assert isinstance(truth, Desk)
    return truth


def _facts(env: Desktop, truth: Desk) -> list[dict[str, Any]]:
    """What is true and not on the screen."""
    found = [
        {"title": "On this page, and not what it seems", "facts": [*_bait(env, truth)]},
        *_of_page(env, truth),
        {"title": "Still to come", "facts": [*_coming(truth)]},
    ]
    return [part for part in found if part["facts"]]


def _bait(env: Desktop, truth: Desk) -> Iterator[list[str]]:
    """Cells of the record on the screen that equal bait or the answer."""
    ui, task = env._ui, dict(truth.task)
    view = env.office.views.get(ui.view)
    bait = {str(one) for one in task.get("decoys") or () if isinstance(one, str)}
    if isinstance(view, DetailView):
        for name in view.fields:
            column = env.office.column(view.table, name)
            cell = truth.cells(view.table, name)[ui.row]
            said = write_date("iso", cell) if column.kind == "date" else str(cell)
            if said == task.get("answer"):
                yield [name, f"{said}: this is the answer"]
            elif said in bait and name not in DONE:
                yield [name, f"{said}: bait, it is not what was asked for"]


def _of_page(env: Desktop, truth: Desk) -> Iterator[dict[str, Any]]:
    ui = env._ui
    view = env.office.views.get(ui.view)
    if isinstance(view, DetailView):
        yield {"title": f"Not on this page of {view.table}", "facts": _cells(truth, view.table, ui.row, view.fields)}
    if isinstance(view, ListView):
        rows = [e.does[2] for e in env._tree.elements if e.cells and e.does and e.does[0] == "open"]
        table = env.office.tables[view.table]
        never = [column.name for column in table.columns if not column.shown]
        size = len(truth.cells(table.name, table.label))
        facts = [["records", f"{size} in all, {len(rows)} on this page"]]
        for row in rows[:ROWS] if never else ():
            told = ", ".join(f"{name}: {said}" for name, said in _cells(truth, table.name, row, (), never))
            facts.append([_cell(truth, table[table.label], truth.cells(table.name, table.label)[row]), told])
        if never and len(rows) > ROWS:
            facts.append(["…", f"and {len(rows) - ROWS} more"])
        yield {"title": f"Never shown of {table.name}" if never else f"Records of {table.name}", "facts": facts}
    if ui.view == HELP:
        yield {"title": "What the principal would answer", "facts": [list(pair) for pair in truth.answers]}


def _cells(truth: Desk, table: str, row: int, shown: tuple[str, ...], only: list[str] | None = None) -> list[list[str]]:
    """Cells of a record that a page leaves out, in words."""
    return [
        [
            column.name if column.shown or only else f"{column.name} (never shown)",
            _cell(truth, column, truth.cells(table, column.name)[row]),
        ]
        for column in truth.office.tables[table].columns
        if column.name not in shown and (only is None or column.name in only)
    ]


def _cell(truth: Desk, column: Column, cell: Any) -> str:
    if column.kind in ("ref", "refs"):
        other = truth.office.tables[str(column.of)]
        names = truth.cells(other.name, other.label)
        rows = cell if column.kind == "refs" else (cell,)
        return _cut(", ".join(str(names[row]) for row in rows if row >= 0) or "nobody")
    words: Mapping[str, str] = labels(truth.office, 0, SHELL_WORDS)
    return _cut(shown_value(skin_of(0), words, column, cell))


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _coming(truth: Desk) -> Iterator[list[str]]:
    for tick, actor, order in truth.agenda:
        if tick > truth.tick:
            yield [f"step {tick}", f"{actor}: {order.command} {_plain(dict(order.arguments))}"]
    for tick in truth.alerts:
        if tick > truth.tick:
            yield [f"step {tick}", "the software interrupts"]


def _entry(entry: Entry) -> str:
    what = "a new record" if entry.column == NEW else f"{entry.column}: {_plain(entry.old)} → {_plain(entry.new)}"
    return f"{entry.actor}, {entry.command}: {entry.table} {entry.row}, {what}"


def _plain(value: Any) -> str:
    return _cut(str(value))
