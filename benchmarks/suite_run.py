"""What every suite does around its cells: play them beside a bar of progress, say how to repeat it, write it down."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from . import runner
from .agents import AgentSpec
from .cells import Cell
from .store import CellStore, write_file

__all__ = ["finish", "play_cells", "record"]


def play_cells(
    jobs: Sequence[Any],
    out: Path,
    fresh: bool,
    workers: int | None,
    console: Console,
    said: Callable[[Any], str],
    how: Callable[[Any], Cell] | None = None,
) -> list[Cell]:
    """The cells of a suite's jobs, played beside a bar of progress; those that are in the folder are kept.

    Args:
        jobs: What to play; each has a ``key``.
        out: The results folder.
        fresh: Play everything again.
        workers: Processes; None for one a core.
        console: Where the bar goes.
        said: What stands beside it after a job.
        how: What plays a job; see :func:`.runner.play`.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    store = CellStore(out, fresh)
    try:
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("playing", total=len(jobs))

            def tick(job: Any) -> None:
                progress.update(task, advance=1, description=said(job))

            return runner.play(jobs, store, runner.cores() if workers is None else workers, tick, how)
    finally:
        store.close()


def record(suite: str, agents: Sequence[AgentSpec], runs: int, episodes: int, sources: Sequence[str]) -> dict[str, Any]:
    """What is needed to repeat a suite's results; `sources` are the agents of others as they were given."""
    names = [agent.name for agent in agents if not agent.source]
    command = ["infogap bench", f"--suite {suite}", f"--runs {runs}", f"--episodes {episodes}"]
    command += [f"--agents {','.join(names)}", *(f"--agent {source}" for source in sources)]
    return {
        "suite": suite,
        "made": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "repeat": " ".join(command),
        "versions": runner.versions(),
        "machine": runner.machine(),
        "runs": runs,
        "episodes": episodes,
        "agents": [{"name": a.name, "source": a.source or "baseline", "sha256": a.digest} for a in agents],
    }


def finish(out: Path, report: str, results: Any, console: Console) -> None:
    """Write a suite's report and results, and say where they are."""
    write_file(out / "report.html", report)
    write_file(out / "results.json", json.dumps(results, indent=1) + "\n")
    console.print(f"\nOpen [bold]{escape(str(out / 'report.html'))}[/]; the numbers are in results.json beside it.")
