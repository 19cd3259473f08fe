"""The desktop suite's results for people: tables in the terminal, and one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .desktop_results import ENOUGH, IID, Results
from .report import page
from .table import number

__all__ = ["render", "show"]

AXES = {
    "test_content": "names",
    "test_skin": "look",
    "test_words": "words",
    "test_layout": "layout",
    "test_workflow": "workflow",
    "test_app": "apps",
    "test_occupation": "occupation",
    "test_all": "all",
}
"""What each split moves away from training, in a word."""


def render(results: Results) -> str:
    """The page.

    Raises:
        MissingExtra: The extra `bench` is not installed.
    """
    few = {split: _few(one) for split, one in results["drops"].items()}
    return page("desktop.html", r=results, axes=AXES, iid=IID, enough=ENOUGH, few=few)


def _few(split: Mapping[str, Any]) -> int:
    """The fewest instances behind a number of a split."""
    return min((one["instances"] for one in split["agents"].values()), default=0)


def show(results: Results, console: Console) -> None:
    """Print what matters; it fits into 80 columns."""
    console.print(
        f"\n[bold]desktop[/]: {len(results['templates'])} templates, {results['episodes']} test instances each; "
        "means over templates, those an agent can't play count as failed.",
        highlight=False,
    )
    console.print(_overall(results))
    if any(split["agents"] for split in results["drops"].values()):
        console.print(f"\nLoss of success from [bold]{IID}[/] where one axis moves away from training", highlight=False)
        console.print(_drops(results))
    if results["exploits"]:
        said = ", ".join(f"{name} {number(one['success'])}" for name, one in results["exploits"].items())
        console.print(f"\nExploits, share of instances they solve: {said}", markup=False, highlight=False)
    near = results["programs"]["nearest"][0] if results["programs"]["nearest"] else None
    if near is not None:
        console.print(
            f"Most alike of all oracle programs: {near['pair'][0]} and {near['pair'][1]}, edit distance "
            f"{number(near['distance'], 2)}",
            markup=False,
            highlight=False,
        )
    for alarm in results["alarms"]:
        console.print(
            f"[bold red]ALARM[/]: {escape(alarm['what'])} on {escape(alarm['template'])}: success "
            f"{number(alarm['success'])}; the suite is unsound there.",
            highlight=False,
        )


def _table(first: str, *columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(first, no_wrap=True)
    for name in columns:
        table.add_column(name, justify="right")
    return table


def _overall(results: Results) -> Table:
    powers = [k for one in results["powers"].values() for k in one["k"]]
    most = max(powers, key=int, default="1")
    table = _table("agent", "success (95 %)", "part", "damage", "integ.", "steps", f"pass^{most}", "wages", "rank")
    ranks = {one["agent"]: one for one in results["wages"].get("ranks", ())}
    for name, one in results["overall"].items():
        low, high = one["success_interval"]
        power = results["powers"].get(name, {}).get("k", {}).get(most)
        rank = ranks.get(name)
        table.add_row(
            escape(name),
            f"{number(one['success'])} ±{number(max(high - one['success'], one['success'] - low))}",
            number(one["completion"], 2),
            number(one["collateral"], 2),
            number(one["integrity"], 2),
            number(one["steps"], 1),
            "–" if power is None else number(power["value"], 2),
            "–" if rank is None else number(rank["means"][1]),
            "–" if rank is None else f"{rank['ranks'][0]} → {rank['ranks'][1]}",
        )
    return table


def _drops(results: Results) -> Table:
    splits = [split for split in AXES if results["drops"][split]["agents"]]
    table = _table("agent", *(AXES[split] for split in splits))
    agents = dict.fromkeys(name for split in splits for name in results["drops"][split]["agents"])
    for name in agents:
        of = [results["drops"][split]["agents"].get(name) for split in splits]
        table.add_row(escape(name), *("–" if one is None else number(one["drop"], 2) for one in of))
    return table
