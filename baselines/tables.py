"""Train tables for the seats of a game, and keep them in a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..core.chance import check_seed
from ..core.errors import CheckpointError, InvalidOption, RecordingError, UnknownOption, shown
from .cfr import Tree, cfr, exploitability
from .match import evaluate_match, made_game
from .tabular import LEARNERS, Policy, learn

__all__ = ["TABULAR", "load_policies", "save_policies", "train_tables"]

TABULAR: dict[str, int] = {"q": 50_000, "roth_erev": 50_000, "cfr": 1_000}
"""Algorithms by name, and their default number of episodes (of iterations: cfr)."""
FORMAT = 1


def train_tables(
    game_id: str,
    algo: str = "q",
    episodes: int | None = None,
    seed: int = 0,
    options: Mapping[str, Any] | None = None,
    hyperparameters: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
) -> tuple[Path, dict[str, float]]:
    """Train a table for each seat of a game, score them together, and write them to ``policies.json``.

    Args:
        game_id: A game's id.
        algo: ``"q"`` or ``"roth_erev"``, independent learners; or ``"cfr"``, exact, for small games.
        episodes: How many, or iterations of cfr; see :data:`TABULAR`.
        seed: Of the run.
        options: Of the game.
        hyperparameters: Of the learners.
        out: Folder of the run; by default ``runs/<game>-<algo>-seed<seed>``.

    Returns:
        The file, and the scores of 1,000 episodes (:func:`~infogap.baselines.match.evaluate_match`); with cfr also the
        ``exploitability``.

    Raises:
        UnknownOption, InvalidOption: An argument is not acceptable.
        Unsupported: With cfr: the game can't be enumerated.
        RecordingError: The file is there already, or can't be written.
    """
    if algo not in TABULAR:
        raise UnknownOption(f"unknown algo {shown(algo)}; expected one of {', '.join(TABULAR)}")
    if check_seed(seed) is None:
        raise InvalidOption("a run needs a seed, got None")
    game, count = made_game(game_id, **(options or {})), TABULAR[algo] if episodes is None else episodes
    slug = game_id.rpartition("/")[2].lower()
    path = (Path(out) if out is not None else Path("runs") / f"{slug}-{algo}-seed{seed}") / "policies.json"
    if path.exists():
        raise RecordingError(f"{path} holds tables already; choose another folder")
    more: dict[str, float] = {}
    if algo == "cfr":
        if hyperparameters:
            raise UnknownOption(f"cfr takes no hyperparameters, got {', '.join(hyperparameters)}")
        tree = Tree(game)
        policies = cfr(tree, count)
        more["exploitability"] = exploitability(tree, policies)
    else:
        try:
            made = [LEARNERS[algo](seed=seed + i, **(hyperparameters or {})) for i in range(len(game.possible_agents))]
        except TypeError as error:
            raise UnknownOption(f"unknown hyperparameters for {algo}: {error}") from error
        learners = dict(zip(game.possible_agents, made, strict=True))
        learn(game, learners, count, seed)
        policies = {seat: one.policy() for seat, one in learners.items()}
    scores = evaluate_match(game, policies, 1000) | more
    save_policies(path, game_id, policies)
    return path, scores


def save_policies(path: str | Path, game: str, policies: Mapping[str, Policy]) -> None:
    """Write tables to a JSON file.

    Raises:
        RecordingError: It can't be written.
    """
    tables = {s: {key.hex(): p.tolist() for key, p in sorted(one.table.items())} for s, one in policies.items()}
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(json.dumps({"format": FORMAT, "game": game, "policies": tables}), encoding="utf-8")
    except OSError as error:
        raise RecordingError(f"cannot write {path}: {error.strerror}; choose another place") from error


def load_policies(path: str | Path, game: str, seed: int = 0) -> dict[str, Policy]:
    """Read tables written by :func:`save_policies`.

    Args:
        path: The file.
        game: Id of the game they are for.
        seed: Of the policies' own chance.

    Raises:
        CheckpointError: There are none at `path`, they are damaged, or they are of another game.
    """
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
        version, name = found["format"], found["game"]
        tables = {
            seat: {bytes.fromhex(key): np.array(p, np.float64) for key, p in table.items()}
            for seat, table in found["policies"].items()
        }
    except OSError as error:
        raise CheckpointError(f"no policies at {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(f"{path} is damaged, or holds no policies") from error
    if version != FORMAT or name != game:
        raise CheckpointError(f"{path} holds policies of {name!r} in format {version!r}, expected {game!r}, {FORMAT}")
    return {seat: Policy(table, seed + i) for i, (seat, table) in enumerate(tables.items())}
