"""The study of ppo_elements.md: `python study.py tune|run|score RUNS`, where RUNS is a folder for the runs."""

import csv
import itertools
import json
import sys
from pathlib import Path

import numpy as np

from infogap.baselines.train import train

HERE = Path(__file__).parent
ENV = {"world": "elements", "actions": "ask", "observation": "history"}
ARMS = {"shaped": 0.3, "sparse": 0.0}
GRID = {"gamma": [0.5, 1.0], "ent_coef": [0.003, 0.01], "learning_rate": [1e-3, 3e-3]}
TUNING_SEED, TUNING_STEPS = 100, 400_000
SEEDS, STEPS = range(5), 1_000_000


def curve_of(folder):
    """Columns of a curve as float arrays."""
    with open(folder / "curve.csv", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    return {name: np.array([float(line[name]) for line in lines]) for name in lines[0]}


def learned(arm, seed, steps, hyperparameters, folder):
    """Train one run, or finish one that was stopped."""
    finished = folder / "run.json"
    if finished.exists() and json.loads(finished.read_text("utf-8"))["status"] == "finished":
        return curve_of(folder)
    train(
        "infogap/TwentyQuestions-v0",
        "ppo",
        steps=steps,
        seed=seed,
        env_kwargs=ENV,
        belief_weight=ARMS[arm],
        out=folder,
        resume=True,
        hyperparameters={"anneal": True, **hyperparameters},
        progress=False,
    )
    return curve_of(folder)


def tune(runs):
    """Every cell of the grid once in both arms; writes tuning.csv."""
    rows = []
    for number, values in enumerate(itertools.product(*GRID.values())):
        cell = dict(zip(GRID, values, strict=True))
        for arm in ARMS:
            curve = learned(arm, TUNING_SEED, TUNING_STEPS, cell, runs / f"tune-{arm}-{number}")
            row = {"arm": arm, **cell, "score": round(curve["success"][-3:].mean(), 4), "last": curve["success"][-1]}
            rows.append({**row, "seconds": curve["seconds"][-1]})
            print(row, flush=True)
    with open(HERE / "tuning.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: (row["arm"], -row["score"])))


if __name__ == "__main__":
    {"tune": tune}[sys.argv[1]](Path(sys.argv[2]))
