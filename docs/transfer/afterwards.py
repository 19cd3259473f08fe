"""What transfer.md says under *Afterwards*: `python afterwards.py` writes afterwards.json; stopped, it goes on."""

import json
from pathlib import Path

from infogap.baselines import transfer as study
from infogap.baselines.transfer_env import GAMES, Tables
from infogap.baselines.transfer_net import acting, learner

OUT = Path(__file__).parent / "afterwards.json"
FULL = study.FULL


def success(game, fill, seed, model):
    return study._success(game, fill, seed, FULL, acting([model.policy] * model.env.tables.seats, seed))


def shared(game, seed):
    """The private arm with one network for all seats."""
    tables = Tables(game, "zero", FULL.tables, seed)
    model = learner(tables, True, True, seed, FULL.learner(study.CHOSEN[game]["private"]))
    for _ in range(10):
        study._learn(model, FULL.tenth[game], FULL)
    return {"private": success(game, "zero", seed, model)}


def longer(arm, seed):
    """An arm on the hidden profile with four times the steps: success after each of the four."""
    model = study._model("hidden_profile", arm, seed, FULL, study.CHOSEN["hidden_profile"][arm])
    fills = {"told": arm, "sample": "sample", "private": "zero"}
    course = []
    for _ in range(4):
        study._learn(model, 10 * FULL.tenth["hidden_profile"], FULL)
        course.append({name: success("hidden_profile", fill, seed, model) for name, fill in fills.items()})
    return {name: [one[name] for one in course] for name in fills}


def main():
    study._single_thread()
    found = json.loads(OUT.read_text("utf-8")) if OUT.exists() else {}
    calls = {f"shared {game} {seed}": (shared, game, seed) for game in GAMES for seed in range(10)}
    longest = [("script", 0), ("script", 1), ("script", 2), ("mindreader", 0)]
    calls |= {f"longer {arm} {seed}": (longer, arm, seed) for arm, seed in longest}
    for name, (work, *arguments) in calls.items():
        if name not in found:
            found[name] = work(*arguments)
            OUT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
            print(name, found[name], flush=True)


if __name__ == "__main__":
    main()
