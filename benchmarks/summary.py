"""From cells to results: one plain dictionary that the table, the report and ``results.json`` are made of."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..baselines import ceiling
from ..envs.inquiry.inquiry import Inquiry
from . import stats
from .agents import PRIVILEGED, AgentSpec
from .cells import Cell
from .references import references as reference_values
from .suites import Entry, make_env

__all__ = ["Results", "summarise"]

Results = dict[str, Any]
"""``entries``: for each its ``references`` and ``agents`` (numbers by agent); ``overall``: the interquartile mean by
agent; ``alarms``."""


def summarise(entries: Sequence[Entry], agents: Sequence[AgentSpec], cells: Sequence[Cell]) -> Results:
    """All numbers of a benchmark.

    Args:
        entries: What was played.
        agents: Who played.
        cells: All their cells.
    """
    names = [agent.name for agent in agents]
    privileged = [agent.name for agent in agents if agent.name in PRIVILEGED and not agent.source]
    described, scores = [], dict[str, list[Any]]()
    for entry in entries:
        of_entry = {name: [c for c in cells if c["entry"] == entry.name and c["agent"] == name] for name in names}
        one, closed = _entry(entry, of_entry, privileged)
        described.append(one)
        for name, values in closed.items():
            scores.setdefault(name, []).append(values)
    overall = {}
    for name, strata in scores.items():
        low, high = stats.bootstrap(strata, stats.iqm)
        overall[name] = {
            "iqm": float(stats.iqm(np.concatenate(strata))),
            "interval": [low, high],
            "environments": len(strata),
        }
    alarms = [
        {"entry": one["name"], "agent": name, **alarm}
        for one in described
        for name, numbers in one["agents"].items()
        for alarm in numbers.get("alarms", ())
    ]
    return {"entries": described, "overall": overall, "alarms": alarms, "privileged": privileged}


def _entry(
    entry: Entry, cells: Mapping[str, Sequence[Cell]], privileged: Sequence[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The numbers of one environment, and the runs' gap closed by agent where it is defined."""
    env = make_env(entry)
    facts = _facts(env)
    played = {name: some for name, some in cells.items() if not any("skipped" in cell for cell in some)}
    numbers: dict[str, dict[str, Any]] = {
        name: _numbers(some, facts, name in privileged) if name in played else {"skipped": some[0]["skipped"]}
        for name, some in cells.items()
    }
    references = reference_values(env, {name: one["return"] for name, one in numbers.items() if "return" in one})
    closed: dict[str, Any] = {}
    if {"blind", "optimal"} <= set(references):
        blind, optimal = (references[name]["value"] for name in ("blind", "optimal"))
        for name, some in played.items():
            runs = [stats.gap_closed(float(np.mean(cell["returns"])), blind, optimal) for cell in some]
            numbers[name]["regret"] = optimal - numbers[name]["return"]
            numbers[name]["gap_closed"] = stats.gap_closed(numbers[name]["return"], blind, optimal)
            if None not in runs:
                closed[name] = np.array(runs, np.float64)
                numbers[name]["gap_interval"] = list(stats.bootstrap([closed[name]], stats.mean))
    return {**dataclasses.asdict(entry), **facts, "references": references, "agents": numbers}, closed


def _facts(env: Any) -> dict[str, Any]:
    """What bounds the agents: turns, letters, and the ceiling where there is one."""
    inner = env.unwrapped
    if not isinstance(inner, Inquiry):
        return dict.fromkeys(("turns", "items", "questions", "letters", "ceiling"))
    table = inner.table
    return {
        "turns": inner.budget,
        "items": table.n,
        "questions": table.q,
        "letters": table.letters,
        "ceiling": [ceiling(env, turn) for turn in range(1, inner.budget + 1)],
    }


def _numbers(cells: Sequence[Cell], facts: Mapping[str, Any], privileged: bool) -> dict[str, Any]:
    """The numbers of one agent in one environment, over all its runs."""
    lengths = [length for cell in cells for length in cell["lengths"]]
    runs = np.array([np.mean(cell["returns"]) for cell in cells])
    n = len(lengths)
    numbers: dict[str, Any] = {
        "episodes": n,
        "return": float(np.mean([value for cell in cells for value in cell["returns"]])),
        "return_interval": list(stats.bootstrap([runs], stats.mean)),
        "length": float(np.mean(lengths)),
    }
    if all(cell["successes"] is not None for cell in cells):
        successes = [success for cell in cells for success in cell["successes"]]
        numbers["success"] = sum(successes) / n
        numbers["success_interval"] = list(stats.wilson(sum(successes), n))
        if facts["turns"] is not None:
            numbers["success_by_turn"] = stats.success_by_turn(successes, lengths, facts["turns"])
    if facts["ceiling"] is not None and not privileged:
        found = stats.alarms(numbers["success_by_turn"], facts["ceiling"], n)
        numbers["alarms"] = [alarm._asdict() for alarm in found]
    if all(cell["bits"] is not None for cell in cells):
        longest = max(len(cell["bits"]) for cell in cells)
        rows = [cell["bits"] + cell["bits"][-1:] * (longest - len(cell["bits"])) for cell in cells]
        weights = [len(cell["lengths"]) for cell in cells]
        numbers["bits"] = np.average(rows, axis=0, weights=weights).tolist()
    return numbers
