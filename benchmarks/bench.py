"""``infogap bench``: play a suite, print the table, write the results and the report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from . import desktop, runner, stats
from .agents import REFERENCES, baseline, given, unique
from .report import render
from .suite_run import finish, play_cells, record
from .suites import suite
from .summary import Results, summarise
from .table import show

__all__ = ["ALARM_EXIT", "bench"]

ALARM_EXIT = 4
"""Exit code where an agent is above the information ceiling."""
RUNS, EPISODES = 10, 200
DEFAULT_AGENTS = ("random", "blind", "greedy", "optimal", "oracle")


def bench(
    out: Path,
    console: Console,
    suite_name: str = "quick",
    baselines: Sequence[str] | None = None,
    agents: Sequence[str] = (),
    runs: int | None = None,
    episodes: int | None = None,
    jobs: int | None = None,
    fresh: bool = False,
) -> Results:
    """Play a suite, show the table and write ``cells.jsonl``, ``results.json`` and ``report.html``.

    Args:
        out: The results folder.
        console: Where the table and the progress go.
        suite_name: A suite's name.
        baselines: Baselines to play, by default the suite's own; the references always do.
        agents: Agents of others, as ``module:Class`` or the path of a saved model.
        runs: Seeded runs for each agent and environment, 10 by default.
        episodes: Episodes in a run, 200 by default.
        jobs: Processes; by default one for each core.
        fresh: Play everything again.

    Raises:
        InfogapError: As its parts do; finished cells are kept.
    """
    if suite_name == desktop.NAME:
        return desktop.bench_desktop(out, console, baselines, agents, runs, episodes, jobs, fresh)
    for module in ("scipy.stats", "jinja2", "matplotlib"):
        stats.needed(module)
    entries = suite(suite_name)
    runs, episodes = RUNS if runs is None else runs, EPISODES if episodes is None else episodes
    specs = unique([*map(baseline, _ordered(DEFAULT_AGENTS if baselines is None else baselines)), *map(given, agents)])
    planned = runner.jobs_of(entries, specs, runs, episodes)
    cells = play_cells(planned, out, fresh, jobs, console, lambda job: f"{job.agent.name} in {job.entry.name}")
    with console.status("reading the cells"):
        results = summarise(entries, specs, cells)
    results = {**record(suite_name, specs, runs, episodes, agents), **results}
    show(results, console)
    with console.status("drawing the report"):
        report = render(results)
    played = [{name: cell[name] for name in ("entry", "agent", "run", "seed")} for cell in cells]
    finish(out, report, {**results, "cells": played}, console)
    return results


def _ordered(names: Sequence[str]) -> list[str]:
    """The baselines to play: the references among them, in the usual order."""
    wanted = dict.fromkeys([*names, *REFERENCES])
    return sorted(
        wanted, key=lambda name: DEFAULT_AGENTS.index(name) if name in DEFAULT_AGENTS else len(DEFAULT_AGENTS)
    )
