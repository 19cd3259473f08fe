"""Find the best decision trees for the shipped worlds: writes baselines/data/*.json.

For each world, policy for unknown answers that leaves answers exact, and set of questions that a split leaves:
the best policy for every number of questions up to the one that names all items (all questions), or for the default
budget (the splits). Prior: uniform. One core, and at most ``--seconds`` for each number of questions; where a search is
finished its result does not depend on the machine.

Usage: python tools/solve_inquiry.py [--seconds 600] [--out FOLDER] [--only PREFIX]
"""

import argparse
import itertools
import json
import time
from pathlib import Path

from infogap.baselines.solver import Solution, solve
from infogap.baselines.store import DATA, checksum
from infogap.envs.inquiry.twenty_questions import TwentyQuestions

WORLDS = ("elements", "countries")
UNKNOWN = ("honest", "none")
SPLITS = {"all": "all", "seen": "train", "held": "test_questions"}
"""Sets of questions, and a split that leaves them."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--out", type=Path, default=DATA)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    for world, unknown, questions in itertools.product(WORLDS, UNKNOWN, SPLITS):
        name = f"{world}_{unknown}_{questions}"
        if name.startswith(options.only):
            found = solve_world(world, unknown, questions, options.seconds)
            path = options.out / f"{name}.json"
            path.write_text(
                json.dumps(found, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8", newline="\n"
            )
            print(f"{path.name}: {path.stat().st_size} bytes", flush=True)


def solve_world(world: str, unknown: str, questions: str, seconds: float) -> dict:
    env = TwentyQuestions(world=world, unknown=unknown, split=SPLITS[questions], actions="ask")
    table = env.table
    counts = itertools.count(1) if questions == "all" else iter([env.budget])
    solutions = []
    for count in counts:
        start = time.monotonic()
        solution = solve(table.answers, table.letters, count, seconds)
        spent = time.monotonic() - start
        print(f"{world} {unknown} {questions}, {count} questions: {told(solution)} ({spent:.0f} s)", flush=True)
        solutions.append({"questions": count, **vars(solution)})
        if solution.lower == solution.distinct:
            break
    return {
        "world": world,
        "version": env.knowledge.version,
        "unknown": unknown,
        "question_set": questions,
        "prior": "uniform",
        "items": table.n,
        "method": "branch and bound over decision trees (baselines/solver.py)",
        "checksum": checksum(table),
        "solutions": solutions,
    }


def told(solution: Solution) -> str:
    if solution.lower == solution.upper:
        return f"names {solution.lower} of {solution.distinct}, proven"
    return f"names {solution.lower} to {solution.upper} of {solution.distinct}"


if __name__ == "__main__":
    main()
