"""The transfer matrix: what is learned with the others' private information, and what it is worth without it.

The results are committed (``data/transfer.json``); docs/transfer.md has the protocol they were made by.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

from . import stats
from .table import number

__all__ = ["ARMS", "COLUMNS", "CONTRASTS", "CONTROLS", "DATA", "committed", "hours", "show", "summarised"]

DATA = Path(__file__).parent / "data" / "transfer.json"
ARMS = {
    "script": "script",
    "mindreader": "mindreader",
    "private": "private",
    "script_dropout": "script, dropout",
}
"""Names of the rows: how agents were trained."""
COLUMNS = {"script": "script", "mindreader": "mindreader", "private": "private"}
"""Names of the columns: where they are evaluated."""
CONTROLS = {
    "sample": "posterior sample",
    "strangers": "strangers",
    "partners": "held-out partners",
    "short": "after 10 % in private",
}
"""Names of the controls, all in the private regime."""

CONTRASTS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "script-trained: script − private": (("script", "script"), ("script", "private")),
    "mindreader-trained: mindreader − private": (("mindreader", "mindreader"), ("mindreader", "private")),
    "in private: private- − script-trained": (("private", "private"), ("script", "private")),
}
"""What the decision rule looks at: success of one (arm, column) less that of another."""


class Cell(NamedTuple):
    """A mean over seeds and its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


def committed(path: Path = DATA) -> dict[str, Any]:
    """The committed results, as :func:`infogap.baselines.transfer.retrain` makes them."""
    results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return results


def hours(results: Mapping[str, Any]) -> float:
    """CPU hours that training and evaluation took."""
    return float(sum(results["cpu_hours"].values()))


def _cell(values: Sequence[float]) -> Cell:
    scores = np.asarray(values, np.float64)
    return Cell(float(scores.mean()), *stats.bootstrap([scores], stats.mean))


def summarised(results: Mapping[str, Any]) -> dict[str, Any]:
    """Means and intervals of all cells, and the contrasts that decide.

    Args:
        results: As of :func:`committed`.

    Returns:
        ``about`` and ``games``; each game with ``cells`` (by arm and column), ``references``, ``contrasts`` (with
        ``holds``: the interval lies above 0) and ``holds``, if all of them do.
    """
    games = {}
    for name, game in results["games"].items():
        values = {
            arm: {
                ("short" if cell in ("finetuned", "scratch") else cell): scores for cell, scores in one["cells"].items()
            }
            for arm, one in game["arms"].items()
        }
        contrasts = {}
        for title, ((arm, column), (other, where)) in CONTRASTS.items():
            cell = _cell(np.subtract(values[arm][column], values[other][where]).tolist())
            contrasts[title] = {"cell": cell, "holds": cell.low > 0}
        games[name] = {
            "title": game["title"],
            "options": ", ".join(f"{option}={value}" for option, value in game["options"].items()) or "default rules",
            "steps": game["steps"],
            "cells": {arm: {column: _cell(scores) for column, scores in row.items()} for arm, row in values.items()},
            "references": {reference: _cell(scores) for reference, scores in game["references"].items()},
            "contrasts": contrasts,
            "holds": all(one["holds"] for one in contrasts.values()),
        }
    about = {key: value for key, value in results.items() if key != "games"}
    return {"about": {**about, "hours": hours(results)}, "games": games}


# -- the terminal ------------------------------------------------------------------------------------------------------
def show(results: Mapping[str, Any], console: Console) -> None:
    """Print the matrix of each game, its controls and the decision; it fits into 80 columns.

    Args:
        results: As of :func:`committed`.
        console: Where to.
    """
    summary = summarised(results)
    about = summary["about"]
    console.print(
        "Transfer: success of agents trained in one information regime and evaluated in another. Made "
        f"{about['made']} by `{about['command']}` in {about['hours']:.1f} CPU hours: {about['seeds']} seeds, "
        f"{about['episodes']:,} episodes a cell and seed. In brackets 95 % bootstrap intervals over seeds.",
        markup=False,
        highlight=False,
    )
    for game in summary["games"].values():
        console.print(
            f"\n[bold]{game['title']}[/]  [dim]{game['options']}; {game['steps']:,} steps a run[/]", highlight=False
        )
        console.print(_matrix(game["cells"], COLUMNS, "evaluated in", " "))
        console.print(_matrix(game["cells"], CONTROLS, "in private, with", "\n"))
        told = ", ".join(f"{_reference(name)} {number(cell.mean)}" for name, cell in game["references"].items())
        console.print(f"[dim]without learning: {told}[/]", highlight=False)
        for title, one in game["contrasts"].items():
            cell, holds = one["cell"], "above 0" if one["holds"] else "not above 0"
            console.print(f"{title}: {_text(cell)}, {holds}", markup=False, highlight=False)
        told = "holds: all three are above 0" if game["holds"] else "does not hold: not all three are above 0"
        console.print(f"omniscient simulation misleads: {told}", style="bold", markup=False, highlight=False)


def _reference(name: str) -> str:
    return name.replace("_partners", " with held-out partners")


def _text(cell: Cell) -> str:
    return f"{number(cell.mean)} [{number(cell.low)}, {number(cell.high)}]"


def _matrix(cells: Mapping[str, Mapping[str, Cell]], columns: Mapping[str, str], head: str, gap: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, title=head, title_justify="left", title_style="italic")
    table.add_column("trained in", no_wrap=True)
    for title in columns.values():
        table.add_column(title, justify="right")
    for arm, name in ARMS.items():
        row = [cells[arm].get(column) for column in columns]
        table.add_row(name, *("–" if c is None else f"{c.mean:.2f}{gap}[{c.low:.2f}, {c.high:.2f}]" for c in row))
    return table
