"""The transfer study: train with and without the others' private information, and play with and without it.

The protocol is in docs/transfer.md. A study is a folder of finished runs, so that one that was stopped goes on where it
was. torch and Stable-Baselines3 (the extra ``sb3``) are imported when something is trained.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from ..core.errors import MissingExtra, RecordingError
from .transfer_env import GAMES, Act, Tables, played, random_act, scripted_act

__all__ = ["ARMS", "COLUMNS", "CONTROLS", "FULL", "RATES", "Arm", "Scale", "retrain", "tune"]


class Arm(NamedTuple):
    """A way to train.

    Attributes:
        fill: What the privileged channel holds; see :data:`infogap.baselines.transfer_env.FILLS`.
        shared: One network for all seats, else one for each.
        dropout: Probability that an episode's channel is zero throughout.
        rate_of: The arm whose learning rate it takes.
        own: The column that is its own regime.
    """

    fill: str
    shared: bool
    dropout: float
    rate_of: str
    own: str


ARMS: dict[str, Arm] = {
    "script": Arm("script", True, 0.0, "script", "script"),
    "mindreader": Arm("mindreader", False, 0.0, "mindreader", "mindreader"),
    "private": Arm("zero", False, 0.0, "private", "private"),
    "script_dropout": Arm("script", True, 0.5, "script", "script"),
}
"""The arms by name."""

COLUMNS: dict[str, tuple[str, bool]] = {
    "script": ("script", False),
    "mindreader": ("mindreader", True),
    "private": ("zero", False),
}
"""The regimes of evaluation: what fills the channel, and whether the seats come from different runs."""

CONTROLS: dict[str, tuple[str, bool]] = {
    "strangers": ("zero", True),
    "sample": ("sample", False),
}
"""Controls that are evaluations of the same kind. Those beside them: ``partners``, ``finetuned`` and ``scratch``."""

RATES = (1e-3, 2e-3, 4e-3)
"""The grid of learning rates."""

CHOSEN: dict[str, dict[str, float]] = {
    "hidden_profile": {"script": 2e-3, "mindreader": 2e-3, "private": 2e-3},
    "mutual_friends": {"script": 2e-3, "mindreader": 2e-3, "private": 4e-3},
}
"""Learning rates chosen on the tuning seed; docs/transfer/tuning.csv has the grid."""

TUNING_SEED = 100


class Scale(NamedTuple):
    """How much is run.

    Attributes:
        seeds: Runs of each arm; seeds count from 0.
        tenth: Rollouts in a tenth of a run, by game. The short budget is one tenth.
        tables: Episodes side by side in training.
        steps: Steps of each table in a rollout.
        batch: Steps in a minibatch.
        watched: Tables in evaluation.
        episodes: Episodes of each of these.
    """

    seeds: int = 10
    tenth: Mapping[str, int] = {"hidden_profile": 5, "mutual_friends": 4}
    tables: int = 128
    steps: int = 18
    batch: int = 576
    watched: int = 100
    episodes: int = 10

    def learner(self, rate: float) -> dict[str, Any]:
        """Arguments of MaskablePPO."""
        return {
            "n_steps": self.steps,
            "batch_size": self.batch,
            "n_epochs": 4,
            "learning_rate": rate,
            "gamma": 1.0,
            "gae_lambda": 0.95,
            "ent_coef": 0.01,
        }


FULL = Scale()
"""The study."""


def _single_thread() -> None:
    from .sb3 import imported

    imported("torch:set_num_threads")(1)


def _write(path: Path, value: Any) -> None:
    temporary = path.with_suffix(".part")
    try:
        temporary.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise RecordingError(f"cannot write {path}: {error.strerror}; choose another folder") from error


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _stem(folder: Path, game: str, arm: str, seed: int) -> Path:
    return folder / f"{game}-{arm}-{seed}"


# -- training ----------------------------------------------------------------------------------------------------------
def _model(game: str, arm: str, seed: int, scale: Scale, rate: float) -> Any:
    from .transfer_net import learner

    _single_thread()
    of = ARMS[arm]
    tables = Tables(game, of.fill, scale.tables, seed, of.dropout)
    return learner(tables, of.shared, arm == "private", seed, scale.learner(rate))


def _learn(model: Any, rollouts: int, scale: Scale) -> float:
    """Learn for some rollouts; the share of the episodes in them that paid."""
    tables = model.env.tables
    tables.paid, tables.ended = 0.0, 0
    model.learn(rollouts * scale.tables * scale.steps, reset_num_timesteps=False, log_interval=None)
    return float(tables.paid / max(tables.ended, 1))


def train(folder: Path, game: str, arm: str, seed: int, scale: Scale = FULL) -> None:
    """Train one run, keep its policy, fine-tune a copy in private, keep that; nothing where this was done before.

    Args:
        folder: Of the study.
        game: One of the games.
        arm: One of the arms.
        seed: Of the run.
        scale: How much.
    """
    stem = _stem(folder, game, arm, seed)
    if stem.with_suffix(".json").exists():
        return
    from .transfer_net import TablesVec, saved

    start, tenth = time.process_time(), scale.tenth[game]
    model = _model(game, arm, seed, scale, CHOSEN[game][ARMS[arm].rate_of])
    curve = []
    for part in range(10):
        curve.append(_learn(model, tenth, scale))
        if part == 0:
            saved(model, stem.with_name(stem.name + "-short.pt"))
    saved(model, stem.with_name(stem.name + ".pt"))
    if arm != "private":
        model.set_env(TablesVec(Tables(game, "zero", scale.tables, 2000 + seed)))
        curve.append(_learn(model, tenth, scale))
        saved(model, stem.with_name(stem.name + "-finetuned.pt"))
    _write(stem.with_suffix(".json"), {"curve": curve, "seconds": round(time.process_time() - start, 1)})


# -- evaluation --------------------------------------------------------------------------------------------------------
def _success(
    game: str, fill: str, seed: int, scale: Scale, act: Act, partners: Sequence[str] = (), chance: int = 1000
) -> float:
    tables = Tables(game, fill, scale.watched, chance + seed, partners=partners, judged=True)
    return round(played(tables, act, scale.episodes), 6)


def evaluate(folder: Path, game: str, arm: str, seed: int, scale: Scale = FULL) -> None:
    """All evaluations of one run, once all runs of its arm are there; nothing where this was done before."""
    path = _stem(folder, game, arm, seed)
    path = path.with_name(path.name + "-cells.json")
    if path.exists():
        return
    from .transfer_net import acting, restored

    start, seats = time.process_time(), len(GAMES[game].make("private").possible_agents)

    def policy(number: int, which: str = "") -> Any:
        stem = _stem(folder, game, arm, number)
        small = scale._replace(tables=1)
        return restored(_model(game, arm, number, small, 1e-3), stem.with_name(f"{stem.name}{which}.pt")).policy

    team = [policy(seed)] * seats
    strangers = [team[0], *(policy((seed + s) % scale.seeds) for s in range(1, seats))]

    def success(policies: Sequence[Any], fill: str, partners: Sequence[str] = ()) -> float:
        return _success(game, fill, seed, scale, acting(policies, seed), partners)

    cells: dict[str, float] = {}
    for column, (fill, apart) in {**COLUMNS, **CONTROLS}.items():
        if arm == "private" and fill != "zero":
            continue  # it has no channel: filled in below
        cells[column] = success(strangers if apart else team, fill)
    if arm == "private":
        cells |= {c: cells["private"] for c in ("script", "sample")}
        cells |= {"mindreader": cells["strangers"]}
    cells["partners"] = success(team, "zero", held_out(game))
    if arm != "private":
        cells["finetuned"] = success([policy(seed, "-finetuned")] * seats, "zero")
    else:
        cells["scratch"] = success([policy(seed, "-short")] * seats, "zero")
    _write(path, {"cells": cells, "seconds": round(time.process_time() - start, 1)})


def held_out(game: str) -> list[str]:
    """Names of the partners that training never meets."""
    return sorted(GAMES[game].make("private").held_out)


def references(game: str, scale: Scale = FULL) -> dict[str, list[float]]:
    """Success by seed of random legal play and of the scripted `prudent`, alone and with the held-out partners."""
    players = {"random": random_act, "prudent": lambda seed: scripted_act(game, "prudent", seed)}
    return {
        name + among: [_success(game, "zero", seed, scale, make(seed), partners) for seed in range(scale.seeds)]
        for name, make in players.items()
        for among, partners in (("", ()), ("_partners", held_out(game)))
    }


# -- the whole ---------------------------------------------------------------------------------------------------------
def _tasks(scale: Scale) -> Iterator[tuple[str, str, int]]:
    """Game by game, and in each seed by seed, so that the arms stay level."""
    for game in GAMES:
        for seed in range(scale.seeds):
            for arm in ARMS:
                yield game, arm, seed


Report = Callable[[str], None]


def _all(jobs: int, work: Callable[..., Any], calls: Sequence[tuple[Any, ...]], report: Report) -> None:
    """Do the calls, in processes of their own if there are to be several."""
    if jobs == 1:
        for number, call in enumerate(calls, 1):
            work(*call)
            report(f"{work.__name__} {number}/{len(calls)}: {' '.join(map(str, call[1:4]))}")
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        futures = {pool.submit(work, *call): call for call in calls}
        for number, future in enumerate(as_completed(futures), 1):
            future.result()
            report(f"{work.__name__} {number}/{len(calls)}: {' '.join(map(str, futures[future][1:4]))}")


def retrain(folder: Path, jobs: int = 1, scale: Scale = FULL, report: Report = print) -> dict[str, Any]:
    """Run the study, or what is missing of it in the folder.

    Args:
        folder: Of finished runs; ``transfer.json`` is written there.
        jobs: Processes.
        scale: How much.
        report: Told of each finished part.

    Returns:
        The results, as in ``transfer.json``.

    Raises:
        MissingExtra: The extra ``sb3`` is not installed.
        RecordingError: The folder can't be written, or holds a study of another scale.
    """
    _needed()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordingError(f"cannot write {folder}: {error.strerror}; choose another folder") from error
    described: dict[str, Any] = json.loads(json.dumps({"scale": scale._asdict(), "rates": CHOSEN}))
    note = folder / "study.json"
    if note.exists() and _read(note) != described:
        raise RecordingError(f"{folder} holds another study; choose another folder")
    _write(note, described)
    calls = [(folder, *task, scale) for task in _tasks(scale)]
    _all(jobs, train, calls, report)
    _all(jobs, evaluate, calls, report)
    results = collected(folder, scale)
    _write(folder / "transfer.json", results)
    return results


def collected(folder: Path, scale: Scale = FULL) -> dict[str, Any]:
    """The results of a finished study."""
    games: dict[str, Any] = {}
    seconds = {"training": 0.0, "evaluation": 0.0}
    for game, (title, _, _, options) in GAMES.items():
        arms: dict[str, Any] = {}
        for arm in ARMS:
            stems = [_stem(folder, game, arm, seed) for seed in range(scale.seeds)]
            runs = [_read(stem.with_suffix(".json")) for stem in stems]
            played = [_read(stem.with_name(stem.name + "-cells.json")) for stem in stems]
            seconds["training"] += sum(run["seconds"] for run in runs)
            seconds["evaluation"] += sum(one["seconds"] for one in played)
            arms[arm] = {
                "rate": CHOSEN[game][ARMS[arm].rate_of],
                "curves": [[round(v, 4) for v in run["curve"]] for run in runs],
                "cells": {cell: [one["cells"][cell] for one in played] for cell in played[0]["cells"]},
            }
        games[game] = {
            "title": title,
            "options": options,
            "steps": 10 * scale.tenth[game] * scale.tables * scale.steps,
            "short": scale.tenth[game] * scale.tables * scale.steps,
            "arms": arms,
            "references": references(game, scale),
        }
    packages = ("infogap", "numpy", "torch", "stable-baselines3", "sb3-contrib")
    return {
        "made": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "command": "infogap bench transfer --retrain",
        "seeds": scale.seeds,
        "episodes": scale.watched * scale.episodes,
        "cpu_hours": {name: round(value / 3600, 3) for name, value in seconds.items()},
        "versions": {"python": platform.python_version(), **{p: importlib.metadata.version(p) for p in packages}},
        "games": games,
    }


def _needed() -> None:
    try:
        from . import transfer_net  # noqa: F401
    except MissingExtra:
        raise
    _single_thread()


# -- tuning ------------------------------------------------------------------------------------------------------------
def _tuned(folder: Path, game: str, arm: str, rate: float, scale: Scale) -> None:
    path = folder / f"tune-{game}-{arm}-{rate:g}.json"
    if path.exists():
        return
    from .transfer_net import acting

    model = _model(game, arm, TUNING_SEED, scale, rate)
    start, tenth = time.process_time(), scale.tenth[game]
    curve = [round(_learn(model, tenth, scale), 4) for _ in range(5)]
    policies = [model.policy] * len(model.env.tables.games[0].possible_agents)
    score = _success(game, ARMS[arm].fill, TUNING_SEED, scale, acting(policies, TUNING_SEED))
    seconds = round(time.process_time() - start, 1)
    _write(path, {"game": game, "arm": arm, "rate": rate, "success": score, "last": curve[-1], "seconds": seconds})


def tune(folder: Path, jobs: int = 1, scale: Scale = FULL, report: Report = print) -> list[dict[str, Any]]:
    """The grid on the tuning seed: half a run of each arm without dropout, judged in its own regime, seats together."""
    _needed()
    folder.mkdir(parents=True, exist_ok=True)
    plain = [arm for arm, of in ARMS.items() if of.rate_of == arm]
    calls = [(folder, game, arm, rate, scale) for game in GAMES for arm in plain for rate in RATES]
    _all(jobs, _tuned, calls, report)
    return [_read(folder / f"tune-{game}-{arm}-{rate:g}.json") for _, game, arm, rate, _ in calls]
