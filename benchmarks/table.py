"""Results as tables in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from .summary import Results

__all__ = ["show"]


def show(results: Results, console: Console) -> None:
    """Print the table by environment and agent, the interquartile means, and the alarms.

    Args:
        results: As :func:`~infogap.benchmarks.summary.summarise` makes them.
        console: Where to.
    """
    table = Table(box=None, header_style="bold", pad_edge=False, collapse_padding=True)
    for name in ("environment", "agent"):
        table.add_column(name, no_wrap=True)
    for name in ("return", "success (95 %)", "turns", "gap closed (95 %)", "regret"):
        table.add_column(name, justify="right", no_wrap=True)
    for entry in results["entries"]:
        title = entry["name"]
        for name, numbers in entry["agents"].items():
            cells = ["does not apply"] if "skipped" in numbers else _cells(numbers)
            table.add_row(title, name, *cells, style="dim" if name in results["privileged"] else None)
            title = ""
        table.add_section()
        table.add_row()
    console.print(table)
    console.print(_references(results))
    means = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("agent", "IQM of gap closed", "95 % interval", "environments"):
        means.add_column(name, justify="left" if name == "agent" else "right")
    for name, numbers in sorted(results["overall"].items(), key=lambda item: -item[1]["iqm"]):
        low, high = numbers["interval"]
        means.add_row(name, f"{numbers['iqm']:.3f}", f"{low:.3f} to {high:.3f}", str(numbers["environments"]))
    console.print()
    console.print(means)
    for alarm in results["alarms"]:
        console.print(
            f"[bold red]ALARM[/]: {alarm['agent']} in {alarm['entry']}: success {alarm['rate']:.3f} by turn "
            f"{alarm['turn']} is {alarm['errors']:.1f} standard errors above the ceiling of {alarm['ceiling']:.3f}: "
            "the agent knows more than it was told.",
            highlight=False,
            soft_wrap=True,
        )


def _cells(numbers: Mapping[str, Any]) -> list[str]:
    success = "-"
    if "success" in numbers:
        low, high = numbers["success_interval"]
        success = f"{numbers['success']:.3f} ± {max(high - numbers['success'], numbers['success'] - low):.3f}"
    closed = "undefined"
    if numbers.get("gap_closed") is not None:
        low, high = numbers["gap_interval"]
        closed = f"{numbers['gap_closed']:.3f} [{low:.2f}, {high:.2f}]"
    regret = f"{numbers['regret']:.3f}" if "regret" in numbers else "-"
    return [f"{numbers['return']:.3f}", success, f"{numbers['length']:.1f}", closed, regret]


def _references(results: Results) -> Table:
    """What the scores are measured against."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("reference values", no_wrap=True)
    for name in ("blind", "optimal", "optimum within", "oracle's further gap"):
        table.add_column(name, justify="right", no_wrap=True)
    for entry in results["entries"]:
        known = entry["references"]
        cells = [
            f"{known[name]['value']:.4f} {known[name]['known']}" if name in known else "-"
            for name in ("blind", "optimal")
        ]
        bounds = known.get("optimal", {}).get("bounds")
        further = known.get("oracle", {}).get("further")
        within = "-" if bounds is None else f"[{bounds[0]:.4f}, {bounds[1]:.4f}]"
        table.add_row(entry["name"], *cells, within, "-" if further is None else f"{further:+.3f}")
    return table
