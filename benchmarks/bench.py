"""``infogap bench``: play a suite, print the table, write the results and the report."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from . import desktop, runner, stats
from .agents import REFERENCES, AgentSpec, baseline, given, unique
from .cells import Cell, Job
from .report import render
from .store import CellStore, write_file
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
    store = CellStore(out, fresh)
    try:
        cells = _play(planned, store, runner.cores() if jobs is None else jobs, console)
    finally:
        store.close()
    with console.status("reading the cells"):
        results = summarise(entries, specs, cells)
    results = {**_record(suite_name, specs, runs, episodes, agents), **results}
    show(results, console)
    with console.status("drawing the report"):
        _write(out, results, cells)
    console.print(f"\nOpen [bold]{escape(str(out / 'report.html'))}[/]; the numbers are in results.json beside it.")
    return results


def _ordered(names: Sequence[str]) -> list[str]:
    """The baselines to play: the references among them, in the usual order."""
    wanted = dict.fromkeys([*names, *REFERENCES])
    return sorted(
        wanted, key=lambda name: DEFAULT_AGENTS.index(name) if name in DEFAULT_AGENTS else len(DEFAULT_AGENTS)
    )


def _play(planned: Sequence[Job], store: CellStore, workers: int, console: Console) -> list[Cell]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("playing", total=len(planned))

        def tick(job: Job) -> None:
            progress.update(task, advance=1, description=f"{job.agent.name} in {job.entry.name}")

        return runner.play(planned, store, workers, tick)


def _record(
    suite_name: str, agents: Sequence[AgentSpec], runs: int, episodes: int, sources: Sequence[str]
) -> dict[str, Any]:
    """What is needed to repeat the results."""
    names = [agent.name for agent in agents if not agent.source]
    command = ["infogap bench", f"--suite {suite_name}", f"--runs {runs}", f"--episodes {episodes}"]
    command += [f"--agents {','.join(names)}", *(f"--agent {source}" for source in sources)]
    return {
        "suite": suite_name,
        "made": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "repeat": " ".join(command),
        "versions": runner.versions(),
        "machine": runner.machine(),
        "runs": runs,
        "episodes": episodes,
        "agents": [{"name": a.name, "source": a.source or "baseline", "sha256": a.digest} for a in agents],
    }


def _write(out: Path, results: Results, cells: Sequence[Cell]) -> None:
    runs = [{name: cell[name] for name in ("entry", "agent", "run", "seed")} for cell in cells]
    write_file(out / "report.html", render(results))
    write_file(out / "results.json", json.dumps({**results, "cells": runs}, indent=1) + "\n")
