"""Results as tables in the terminal; they fit into 80 columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .summary import Results

__all__ = ["number", "show"]

WIDTHS = {"return": 7, "success (95 %)": 14, "turns": 5, "gap closed (95 %)": 22, "regret": 7}
NAME = 14
"""Width of the agents' names."""


def show(results: Results, console: Console) -> None:
    """Print a table for each environment, the interquartile means, and the alarms.

    Args:
        results: As :func:`~infogap.benchmarks.summary.summarise` makes them.
        console: Where to.
    """
    for i, entry in enumerate(results["entries"]):
        table = _table(header=i == 0)
        for name, numbers in entry["agents"].items():
            cells = ["", "does not apply"] if "skipped" in numbers else _cells(numbers)
            table.add_row(escape(name), *cells, style="dim" if name in results["privileged"] else None)
        console.print(f"\n[bold]{entry['name']}[/]  [dim]{_references(entry)}[/]", highlight=False)
        console.print(table)
    means = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("agent", "IQM of gap closed", "95 % interval", "environments"):
        means.add_column(name, justify="left" if name == "agent" else "right")
    for name, one in sorted(results["overall"].items(), key=lambda item: -item[1]["iqm"]):
        low, high = one["interval"]
        means.add_row(escape(name), number(one["iqm"]), f"{number(low)} to {number(high)}", str(one["environments"]))
    console.print()
    console.print(means)
    if results["runs"] == 1:
        console.print("One run tells nothing of how runs differ: its 95 % intervals of the gap closed are points.")
    for name, entries, why in _skipped(results):
        console.print(f"{name} does not apply to {', '.join(entries)}: {why}", markup=False, highlight=False)
    for alarm in results["alarms"]:
        console.print(
            f"[bold red]ALARM[/]: {escape(alarm['agent'])} in {alarm['entry']}: success {alarm['rate']:.3f} by turn "
            f"{alarm['turn']} is {alarm['errors']:.1f} standard errors above the ceiling of {alarm['ceiling']:.3f}: "
            "the agent knows more than it was told.",
            highlight=False,
            soft_wrap=True,
        )


def _skipped(results: Results) -> list[tuple[str, list[str], str]]:
    """Agents given by the user, the environments that they do not apply to, and why."""
    given = [agent["name"] for agent in results["agents"] if agent["source"] != "baseline"]
    found = dict[tuple[str, str], list[str]]()
    for entry in results["entries"]:
        for name in given:
            if why := entry["agents"][name].get("skipped"):
                found.setdefault((name, why), []).append(entry["name"])
    return [(name, entries, why) for (name, why), entries in found.items()]


def number(value: float, digits: int = 3) -> str:
    """A number for people: rounded, and never a negative zero."""
    return f"{round(value, digits) + 0.0:.{digits}f}"


def _table(header: bool) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, show_header=header)
    table.add_column("agent", no_wrap=True, width=NAME)
    for name, width in WIDTHS.items():
        table.add_column(name, justify="right", no_wrap=True, width=width)
    return table


def _cells(numbers: Mapping[str, Any]) -> list[str]:
    success = "-"
    if "success" in numbers:
        low, high = numbers["success_interval"]
        success = f"{numbers['success']:.3f} ± {max(high - numbers['success'], numbers['success'] - low):.3f}"
    closed = "undefined"
    if numbers.get("gap_closed") is not None:
        low, high = numbers["gap_interval"]
        closed = f"{number(numbers['gap_closed'], 2)} [{number(low, 2)}, {number(high, 2)}]"
    regret = number(numbers["regret"]) if "regret" in numbers else "-"
    return [number(numbers["return"]), success, number(numbers["length"], 1), closed, regret]


def _references(entry: Mapping[str, Any]) -> str:
    """What the scores are measured against, in a line."""
    known = entry["references"]
    said = [f"{name} {number(known[name]['value'], 4)}" for name in ("blind", "optimal") if name in known]
    if "bounds" in known.get("optimal", {}):
        low, high = known["optimal"]["bounds"]
        said[-1] += " (proven)" if low == high else f" (at most {number(high, 4)})"
    if known.get("oracle", {}).get("further") is not None:
        said.append(f"oracle +{number(known['oracle']['further'])}")
    return ", ".join(said)
