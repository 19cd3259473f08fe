"""``infogap bench --suite desktop``: agents on the test instances of every template, split by split."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from ..baselines.desktop_panel import EXPLOITS
from ..core.errors import InvalidOption, UnknownOption
from ..envs.desktop.tasks import TEMPLATES
from . import runner, stats
from .agents import AgentSpec, given, unique
from .desktop_cells import EXPLOIT, SCRIPTS, DeskJob, play_desk, policies
from .desktop_episode import chosen_case, side_by_side
from .desktop_programs import lengths, programs
from .desktop_report import render, show
from .desktop_results import IID, TESTS, Results, counterparts, deals, home, summarise
from .suite_run import finish, play_cells, record

__all__ = ["AGENTS", "MOST", "NAME", "bench_desktop", "planned"]

NAME = "desktop"
AGENTS = ("nothing", "random", "blind", "optimal", "oracle")
"""Baselines: submits at once; at random; without looking; by script, as an agent; by script, told the solution."""
FLOORS = ("nothing", "random", "blind")
"""Baselines that play each template on one split only: they have nothing to lose on another."""
EPISODES, RUNS = 100, 4
"""Test instances of each template, and runs of those that are repeated."""
REPEATED, AXIS, TRIED, MEASURED = 0.12, 2.0, 0.2, 0.2
"""As shares of the instances of a template: those played several times; those of a split, over its templates; those
that each exploit is tried on; those on which oracles are measured through numbers."""
MOST = 0.05
"""What an exploit may be worth."""


def bench_desktop(
    out: Path,
    console: Console,
    baselines: Sequence[str] | None = None,
    agents: Sequence[str] = (),
    runs: int | None = None,
    episodes: int | None = None,
    jobs: int | None = None,
    fresh: bool = False,
) -> Results:
    """Play the suite, show the tables and write ``cells.jsonl``, ``results.json`` and ``report.html``.

    Args:
        out: The results folder.
        console: Where tables and progress go.
        baselines: Baselines and committed policies to play; all by default.
        agents: Agents of others, as ``module:Class`` or the path of a saved model.
        runs: Runs of an instance that is repeated, for pass^k.
        episodes: Test instances of each template.
        jobs: Processes; by default one for each core.
        fresh: Play everything again.

    Raises:
        InfogapError: As its parts do; finished cells are kept.
    """
    stats.needed("jinja2")
    episodes, runs = EPISODES if episodes is None else episodes, RUNS if runs is None else runs
    for name, number in (("runs", runs), ("episodes", episodes)):
        if number < 1:
            raise InvalidOption(f"{name} must be at least 1, got {number}")
    specs = unique([*map(_baseline, (*AGENTS, *policies()) if baselines is None else baselines), *map(given, agents)])
    trained = _trained(specs)
    todo = planned(specs, trained, episodes, runs)
    cells = play_cells(
        *(todo, out, fresh, jobs, console),
        lambda job: f"{job.agent.name}: {job.template}, {job.split}",
        play_desk,
    )
    with console.status("reading the cells"):
        results = summarise(cells, [spec.name for spec in specs], trained)
        names = list(results["templates"])
        measured = max(1, round(MEASURED * episodes))
        for name in names:
            results["lengths"][name] |= lengths(name, measured, "small")
        results = {
            **record(NAME, specs, runs, episodes, agents),
            **results,
            "learned": {name: {"templates": list(of), "command": _command(name)} for name, of in trained.items()},
            "measured": measured,
            "programs": programs(names),
            "episode": side_by_side(chosen_case()),
            "alarms": _alarms(results),
            "seconds": sum(cell["seconds"] for cell in cells if "seconds" in cell),
        }
    show(results, console)
    finish(out, render(results), results, console)
    return results


def _baseline(name: str) -> AgentSpec:
    known = (*AGENTS, *policies())
    if name not in known:
        raise UnknownOption(
            f"unknown baseline {name!r}; the suite {NAME} has {', '.join(known)}; "
            "an agent of your own goes by --agent module:Class"
        )
    return AgentSpec(name)


def _trained(specs: Sequence[AgentSpec]) -> dict[str, tuple[str, ...]]:
    """Of the committed policies that play, the templates they were trained on."""
    if not policies():
        return {}
    from ..baselines.desktop import records

    said = records()
    return {spec.name: tuple(said[spec.name]["templates"]) for spec in specs if not spec.source and spec.name in said}


def _command(name: str) -> str:
    from ..baselines.desktop import records

    return str(records()[name].get("command", ""))


def planned(
    specs: Sequence[AgentSpec], trained: dict[str, tuple[str, ...]], episodes: int, runs: int, size: str = "small"
) -> list[DeskJob]:
    """All jobs in the order of play: agents given by the user come first, so that a broken one shows early.

    Every template is played on its own test split, `episodes` instances; the oracles, policies and given agents also
    on the other splits that deal it, whose templates share twice as many. Policies play other splits on what they were
    trained on. Exploits are tried on some instances of each template.
    """
    versions = {**runner.versions(), "desk": runner.digest("benchmarks/desktop_cells.py")}
    found = []
    for agent in sorted(specs, key=lambda spec: not spec.source):
        floor = agent.name in FLOORS and not agent.source
        script = agent.name in SCRIPTS and not agent.source
        for split in TESTS:
            away = [] if floor else [name for name in deals(split) if _takes_part(agent.name, name, trained)]
            share = -(-round(AXIS * episodes) // max(1, len(away)))
            for name in deals(split):
                own = split == home(name)
                if not own and name not in away:
                    continue
                several = split == IID and runs > 1 and not floor and (not script or agent.name == "optimal")
                repeated = min(episodes, max(1, round(REPEATED * episodes))) if several else 0
                instances = episodes if own else min(share, episodes)
                found.append(DeskJob(agent, name, split, instances, repeated, runs, size, versions))
    for exploit in EXPLOITS:
        if exploit != "answer_spam":  # its best guess is the blind agent
            for name in TEMPLATES:
                agent, some = AgentSpec(EXPLOIT + exploit), max(1, round(TRIED * episodes))
                found.append(DeskJob(agent, name, home(name), some, 0, 1, size, versions))
    return found


def _takes_part(agent: str, template: str, trained: dict[str, tuple[str, ...]]) -> bool:
    own = {template, *counterparts(template)}
    return agent not in trained or bool(own & set(trained[agent]))


def _alarms(results: Results) -> list[dict[str, Any]]:
    """Where the suite itself is unsound: an exploit works, or an oracle does not."""
    found = [
        {"what": f"exploit {name}", "template": template, "success": value}
        for name, one in results["exploits"].items()
        for template, value in one["templates"].items()
        if value > MOST
    ]
    for template, of in results["tests"].items():
        for name in SCRIPTS:
            if name in of and "skipped" not in of[name] and of[name]["success"] < 1:
                found.append({"what": name, "template": template, "success": of[name]["success"]})
    return found
