"""The study of ppo_elements.md: `python study.py tune|run|score RUNS`, where RUNS is a folder for the runs."""

import csv
import itertools
import json
import sys
from pathlib import Path

import gymnasium
import numpy as np

from infogap.baselines.train import train

HERE = Path(__file__).parent
ENV = {"world": "elements", "actions": "ask", "observation": "history"}
ARMS = {"shaped": 0.3, "sparse": 0.0}
FIXED = {
    "n_steps": 50,
    "batch_size": 1600,
    "n_epochs": 4,
    "gae_lambda": 0.95,
    "clip_range": 0.2,
    "anneal": True,
    "features": 128,
    "net_arch": [128],
}
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
        hyperparameters={**FIXED, **hyperparameters},
        n_envs=128,
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
            score = round(float(curve["success"][-3:].mean()), 4)
            row = {"arm": arm, **cell, "score": score, "last": float(curve["success"][-1])}
            rows.append({**row, "seconds": curve["seconds"][-1]})
            print(row, flush=True)
    with open(HERE / "tuning.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: (row["arm"], -row["score"])))


def chosen(arm):
    """The best cell of the grid for an arm, by tuning.csv."""
    with open(HERE / "tuning.csv", encoding="utf-8") as file:
        best = max((line for line in csv.DictReader(file) if line["arm"] == arm), key=lambda line: float(line["score"]))
    return {name: float(best[name]) for name in GRID}


def run(runs):
    """The study itself, seed by seed so that the arms stay level; writes curves.csv after each run."""
    rows = []
    for seed in SEEDS:
        for arm in ARMS:
            curve = learned(arm, seed, STEPS, chosen(arm), runs / f"{arm}-{seed}")
            for steps, success, seconds in zip(curve["steps"], curve["success"], curve["seconds"], strict=True):
                rows.append({"arm": arm, "seed": seed, "steps": int(steps), "success": success, "seconds": seconds})
            print(arm, seed, curve["success"][-1], curve["seconds"][-1], flush=True)
            with open(HERE / "curves.csv", "w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, rows[0], lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)


def random_success(answers, budget, draws=200_000):
    """Success of `budget` uniform questions, and its standard error: of items that answer alike one is named."""
    rng = np.random.default_rng(0)
    items, questions = answers.shape
    marks = rng.integers(0, 2**63, (questions, 4))[
        np.arange(questions), answers
    ].T  # a random word per question and answer
    named = []
    for _ in range(draws // 1000):
        asked = rng.integers(0, questions, (1000, budget))
        # A word per item for its answers to the different questions asked; asking again must not cancel.
        again = np.array([[q in line[:i] for i, q in enumerate(line)] for line in asked.tolist()])
        words = np.bitwise_xor.reduce(np.where(again[..., None], 0, marks.T[:, asked].transpose(1, 2, 0)), axis=1)
        words.sort(axis=1)
        named.append(1 + (words[:, 1:] != words[:, :-1]).sum(1))
    share = np.concatenate(named) / items
    return float(share.mean()), float(share.std() / np.sqrt(share.size))


def greedy_success(answers, budget):
    """Success of asking what gains most information, the first of equals: items told apart, as a share of all."""

    def leaves(left, turns):
        if turns == 0 or left.size == 1:
            return 1
        gains = []
        for question in range(answers.shape[1]):
            p = np.bincount(answers[left, question]) / left.size
            gains.append(round(-(p[p > 0] * np.log(p[p > 0])).sum(), 9))
        told = answers[left, int(np.argmax(gains))]
        return sum(leaves(left[told == letter], turns - 1) for letter in np.unique(told))

    return leaves(np.arange(answers.shape[0]), budget) / answers.shape[0]


def references():
    """The table's random and greedy success, and the threshold between them."""
    env = gymnasium.make("infogap/TwentyQuestions-v0", **ENV).unwrapped
    answers = env.table.answers.astype(np.int64)
    chance, error = random_success(answers, env.budget)
    greedy = greedy_success(answers, env.budget)
    return {
        "budget": env.budget,
        "random": round(chance, 4),
        "random_standard_error": round(error, 5),
        "greedy": round(greedy, 4),
        "threshold": round(chance + (greedy - chance) / 2, 4),
    }


def interval(values):
    """95 % percentile bootstrap of the mean over seeds."""
    rng = np.random.default_rng(0)
    means = rng.choice(values, (10_000, len(values))).mean(axis=1)
    return [round(float(bound), 4) for bound in np.quantile(means, [0.025, 0.975])]


def score(runs):
    """From curves.csv alone: result.json and curves.svg."""
    from matplotlib.figure import Figure

    with open(HERE / "curves.csv", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    result = references()
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    for arm, colour in zip(ARMS, ("C0", "C1"), strict=True):
        curves = [[line for line in lines if (line["arm"], line["seed"]) == (arm, str(seed))] for seed in SEEDS]
        success = np.array([[float(line["success"]) for line in curve] for curve in curves])
        steps = [int(line["steps"]) for line in curves[0]]
        bounds = [interval(success[:, i]) for i in range(len(steps))]
        axes.plot(steps, success.T, color=colour, alpha=0.25, linewidth=0.8)
        axes.plot(steps, success.mean(0), color=colour, label=f"PPO, {arm}: mean of {len(SEEDS)} seeds, 95 % bootstrap")
        axes.fill_between(steps, *np.array(bounds).T, color=colour, alpha=0.15, linewidth=0)
        result[arm] = {
            "hyperparameters": chosen(arm),
            "steps": steps[-1],
            "final": success[:, -1].tolist(),
            "mean": round(float(success[:, -1].mean()), 4),
            "interval": bounds[-1],
            "reached": bounds[-1][0] >= result["threshold"],
            "seconds": [float(curve[-1]["seconds"]) for curve in curves],
        }
    for name, style in (("greedy", "--"), ("threshold", "-."), ("random", ":")):
        axes.axhline(result[name], color="0.3", linestyle=style, linewidth=1)
        axes.annotate(f"{name} {result[name]:.3f}", (0, result[name]), (2, 3), textcoords="offset points", fontsize=8)
    axes.set(xlabel="environment steps", ylabel="success over all 118 elements", ylim=(0, 1), xlim=(0, None))
    axes.legend(loc="lower right", fontsize=8)
    figure.savefig(HERE / "curves.svg", metadata={"Date": None})
    (HERE / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    {"tune": tune, "run": run, "score": score}[sys.argv[1]](Path(sys.argv[2]))
