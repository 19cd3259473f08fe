"""The study of learners in the desktop family: arms, runs, scores, and the record that is committed.

The protocol is in docs/desktop_learners.md. A study is a folder of finished runs, so that one that was stopped goes on
where it was: ``python -m infogap.baselines.desktop_study FOLDER``.
"""

from __future__ import annotations

import datetime
import json
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..core.world import reveal
from ..envs.desktop.desktop import Desktop
from ..envs.desktop.grading import graded
from ..envs.desktop.hands import Hands
from ..envs.desktop.tasks import TEMPLATES
from .desktop import DATA, Policy, policy, read
from .desktop_train import EASY, SCORING, SPLITS, checksum, scores, train

__all__ = ["ARMS", "COMMITTED", "Arm", "collected", "run", "unpacked"]


class Arm(NamedTuple):
    """A way to train.

    Attributes:
        templates: What is learned, by one policy.
        steps: Of MaskablePPO.
        seeds: A run each.
        hyperparameters: In place of the defaults.
        env: The id that ``infogap train`` is given for it.
    """

    templates: tuple[str, ...]
    steps: int
    seeds: tuple[int, ...]
    hyperparameters: Mapping[str, Any]
    env: str

    def command(self, seed: int) -> str:
        """The command that makes the run again."""
        hyper = "".join(f" --hyper {name}={value}" for name, value in self.hyperparameters.items())
        return f"infogap train --env {self.env} --algo maskable_ppo --steps {self.steps} --seed {seed}{hyper}"


SCRATCH = ("approve_bill",)
PLAIN = {"warm": 0, "ent_coef": 0.01, "learning_rate": 1e-3}
ARMS: dict[str, Arm] = {
    "warm": Arm(EASY, 40_960, (0, 1), {}, "infogap/Desktop-v0"),
    "scratch": Arm(SCRATCH, 61_440, (0,), PLAIN, "infogap/DesktopApproveBill-v0"),
    "sparse": Arm(SCRATCH, 20_480, (0,), {**PLAIN, "shaping": 0}, "infogap/DesktopApproveBill-v0"),
}
"""With a warm start by imitation and shaping; with shaping alone; and with neither. A fourth, ``imitation``, is the
first before its first step of MaskablePPO."""
COMMITTED = {"maskable_ppo": ("warm", 0, "policy.npz")}
"""The policies that are committed: arm, seed, file. Fixed beforehand: the first seed, not the best."""
EPISODES = 200
"""Scored of each template and split."""


def run(folder: Path, report: Callable[[str], None] = print, episodes: int = EPISODES) -> Path:
    """Do what is missing of the study in a folder.

    Args:
        folder: Of the runs.
        report: Told how it goes.
        episodes: Scored of each template and split.

    Returns:
        The path of ``record.json``, which lies in the folder with the policies that are to be committed.
    """
    for name, arm in ARMS.items():
        for seed in arm.seeds:
            place = folder / f"{name}-{seed}"
            if not (place / "scores.json").exists():
                report(f"{name}, seed {seed}: {arm.command(seed)}")
                train(arm.templates, arm.steps, seed, place, arm.hyperparameters, report)
                found = {}
                for file in ("policy.npz", "imitation.npz"):
                    if (place / file).exists():
                        found[file] = scores(unpacked(place / file), arm.templates, episodes)
                (place / "scores.json").write_text(json.dumps(found), encoding="utf-8")
                report(json.dumps(found))
    record = collected(folder, episodes)
    path = folder / "record.json"
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    for name, (arm_name, seed, file) in COMMITTED.items():
        shutil.copyfile(folder / f"{arm_name}-{seed}" / file, folder / f"{name}.npz")
    return path


def unpacked(path: Path) -> Policy:
    """The policy of an ``.npz`` that training wrote."""
    return policy(read(path))


def oracle(templates: Sequence[str], split: str, episodes: int) -> dict[str, int]:
    """Successes of the agent-information oracle on the instances that policies are scored on."""
    found = {}
    for name in templates:
        env, found[name] = Desktop(name, split, observation="dict"), 0
        for episode in range(episodes):
            env.reset(seed=SCORING + episode)
            TEMPLATES[name].solve(Hands(env), None)
            found[name] += bool(graded(reveal(env)).success)
    return found


def collected(folder: Path, episodes: int = EPISODES) -> dict[str, Any]:
    """The record of a finished study."""
    arms: dict[str, Any] = {}
    for name, arm in ARMS.items():
        for seed in arm.seeds:
            place = folder / f"{name}-{seed}"
            made, found = (json.loads((place / file).read_text()) for file in ("run.json", "scores.json"))
            one = {"seed": seed, "command": arm.command(seed), "curve": made["curve"], "scores": found["policy.npz"]}
            arms.setdefault(name, []).append(one)
            if "imitation.npz" in found:
                arms.setdefault("imitation", []).append({"seed": seed, "scores": found["imitation.npz"]})
    policies: dict[str, Any] = {}
    for name, (arm_name, seed, file) in COMMITTED.items():
        place, arm = folder / f"{arm_name}-{seed}", ARMS[arm_name]
        made = json.loads((place / "run.json").read_text())
        policies[name] = {
            "sha256": checksum(place / file),
            "command": arm.command(seed),
            **{key: made[key] for key in ("templates", "seed", "steps", "settings", "versions")},
            "seconds": made["curve"][-1]["seconds"],
        }
    return {
        "made": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "command": "python -m infogap.baselines.desktop_study",
        "episodes": episodes,
        "size": "small",
        "splits": list(SPLITS),
        "oracle": {"test_iid": oracle(EASY, "test_iid", episodes)},
        "policies": policies,
        "arms": arms,
    }


def publish(folder: Path) -> None:
    """Copy record and policies into the package."""
    for path in (folder / "record.json", *folder.glob("*.npz")):
        shutil.copyfile(path, DATA / path.name)


if __name__ == "__main__":
    print(run(Path(sys.argv[1]), lambda line: print(line, flush=True)))
