"""The hash-seed matrix: what is perceived must not depend on the order in which an interpreter keeps its sets."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys

from .actions import Plan
from .exits import quietly
from .report import Finding
from .subjects import Subject, resolve
from .worlds import Script, World, run

__all__ = ["SEEDS", "fingerprint", "hash_seeds"]

SEEDS = ("0", "1", "12345")
ROUNDS = 20


def fingerprint(name: str, party: str, seed: int) -> list[str]:
    """Digests of everything `party` perceives in some worlds, by exit."""
    subject = resolve(name)
    rng = random.Random(f"{seed}|{party}|fingerprint")
    plan = Plan(subject.action_space(party), rng)
    digests: dict[str, hashlib._Hash] = {}
    with quietly():
        for _ in range(ROUNDS):
            actions = plan.mixed(6, False)
            script = Script(actions, actions, rng.randrange(1000), (), None)
            trace = run(subject, subject.stacks[0], party, World(subject.port.deal(rng)), script)
            for turn in (*trace.turns, *trace.tail):
                for exit, value in turn.seen.items():
                    if not exit.endswith("hash"):
                        digests.setdefault(exit, hashlib.sha256()).update(repr(value).encode())
    return [f"{exit} {digest.hexdigest()}" for exit, digest in digests.items()]


def hash_seeds(subject: Subject, party: str, seed: int) -> list[Finding]:
    """Findings from fresh interpreters under several hash seeds; none for subjects that can't be imported there."""
    if "<" in subject.name or "__main__" in subject.name or not subject.port.deals:
        return []
    program = (
        "import sys; from infogap.check.hashseeds import fingerprint; "
        "print(*fingerprint(*sys.argv[1:3], int(sys.argv[3])), sep='\\n')"
    )
    outputs = []
    for hashed in SEEDS:
        environment = {**os.environ, "PYTHONHASHSEED": hashed, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-c", program, subject.name, party, str(seed)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
        )
        if done.returncode:
            lines = done.stderr.strip().splitlines() or ["no message"]
            return [Finding(party, "a fresh interpreter", "it fails there", "exception", 0, lines[-1][:200])]
        outputs.append(done.stdout.splitlines())
    for line, *others in zip(*outputs, strict=False):
        if any(other != line for other in others):
            exit = line.rpartition(" ")[0]
            what = f"differs between PYTHONHASHSEED {', '.join(SEEDS)}"
            return [Finding(party, "fresh interpreters", "what is perceived depends on the hash seed", exit, 0, what)]
    return []
