"""The desktop suite's cells: one agent on the test instances of one template and split, in any process."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import random
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from .. import baselines
from ..baselines.desktop_agents import solve
from ..baselines.desktop_deeds import Case
from ..baselines.desktop_panel import works
from ..core.errors import InvalidAction, Unsupported, VerifierFault
from ..core.judge import Verdict
from ..core.world import plant, reveal
from ..envs.desktop.desktop import Desktop
from ..envs.desktop.dice import Dice
from ..envs.desktop.grading import graded
from ..envs.desktop.skin import VARIANTS
from ..envs.desktop.splits import axes, skin_for
from ..envs.desktop.tasks import TEMPLATES
from .agents import AgentFault, AgentSpec, make_agent
from .cells import Cell

__all__ = ["EXPLOIT", "SCRIPTS", "DeskJob", "face_of", "play_desk", "seed_of"]

SCRIPTS = ("optimal", "oracle")
"""Oracles: with what an agent can know, and with the solution."""
EXPLOIT = "exploit "
"""What the names of exploits begin with, where agents are expected."""
PARTS = ("completion", "collateral", "integrity")


@dataclasses.dataclass(frozen=True)
class DeskJob:
    """A cell to be played.

    Attributes:
        agent: The agent; or an exploit of the panel, by :data:`EXPLOIT` and its name.
        template: Name of the template that is asked for; a split of twins deals its twin.
        split: The split.
        instances: Test instances.
        repeated: How many of them, from the first, are played `runs` times.
        runs: The first in the skin that was dealt, the others in other skins of the split; an agent's chance differs.
        size: Of the company.
        versions: Of the packages that the result depends on.
    """

    agent: AgentSpec
    template: str
    split: str
    instances: int
    repeated: int
    runs: int
    size: str
    versions: Mapping[str, str]

    @property
    def key(self) -> str:
        """Hash of all that is needed to repeat the cell."""
        return hashlib.sha256(json.dumps(dataclasses.asdict(self), sort_keys=True).encode()).hexdigest()[:32]


def seed_of(template: str, split: str, number: int) -> int:
    """Seed of an instance, in [0, 2^32). It does not depend on the agent: all meet the same ones."""
    return int.from_bytes(hashlib.sha256(f"desktop/{template}/{split}/{number}".encode()).digest()[:4], "big")


def face_of(agent: AgentSpec, template: str) -> str:
    """The form of observation an agent is given; its own, if it says one."""
    if agent.observation:
        return agent.observation
    if agent.source:
        return "flat"
    if agent.name == "random":
        return "dict" if "flat" in TEMPLATES[template].faces else "text"
    return "dict" if agent.name in policies() else "text"


@functools.cache
def policies() -> Mapping[str, Any]:
    """The committed policies by name; none where they can't be had."""
    try:
        from ..baselines.desktop import policies as committed
    except ImportError:
        return {}
    return committed()


def play_desk(job: DeskJob) -> Cell:
    """Play the episodes of a job.

    Returns:
        The cell, JSON only: ``key``, ``agent``, ``template``, ``split``; lists with an entry for each instance:
        ``levels``, and of each run ``success``, ``score``, ``completion``, ``collateral``, ``integrity`` and ``steps``
        (None where the verifier failed); ``seconds``. Of an exploit ``success`` alone. Where the agent does not apply
        there is ``skipped``, the reason, instead.

    Raises:
        AgentFault: The agent failed; the message names it.
    """
    cell: Cell = {"key": job.key, "agent": job.agent.name, "template": job.template, "split": job.split}
    started = time.process_time()
    if job.agent.name.startswith(EXPLOIT):
        cell["success"] = [[works(job.agent.name.removeprefix(EXPLOIT), case)] for case in _cases(job)]
        return {**cell, "seconds": round(time.process_time() - started, 3)}
    try:
        played = _played(job)
    except Unsupported as error:
        return {**cell, "skipped": str(error)}
    cell["levels"] = [level for level, _ in played]
    for name in ("success", "score", *PARTS, "steps"):
        cell[name] = [[run[name] for run in runs] for _, runs in played]
    return {**cell, "seconds": round(time.process_time() - started, 3)}


def _cases(job: DeskJob) -> list[Case]:
    """Instances in skins drawn over all levels, whatever the split."""
    chance = random.Random(0)
    return [
        Case(
            job.template,
            seed_of(job.template, job.split, number),
            split=job.split,
            size=job.size,
            skin=chance.randrange(VARIANTS**4),
        )
        for number in range(job.instances)
    ]


def _played(job: DeskJob) -> list[tuple[int, list[dict[str, Any]]]]:
    """Level and runs of each instance."""
    face = face_of(job.agent, job.template)
    env = Desktop(template=job.template, split=job.split, size=job.size, observation=face)
    names = env._choice.templates
    if any(("text" if face == "text" else "flat") not in TEMPLATES[name].faces for name in names):
        raise Unsupported(f"{job.template} can't be solved through observation={face!r}")
    seed = seed_of(job.template, job.split, 0)
    random.seed(seed)
    np.random.seed(seed)
    agent = None if job.agent.name in SCRIPTS and not job.agent.source else _agent(job, env, seed)
    found = []
    for number in range(job.instances):
        runs: list[dict[str, Any]] = []
        observation, info = env.reset(seed=seed_of(job.template, job.split, number))
        truth: Any = reveal(env)
        for run in range(job.runs if number < job.repeated else 1):
            if run:
                dice = Dice(seed_of(f"{job.template}/{run}", job.split, number))
                plant(env, truth.but(skin=skin_for(axes(job.split), dice).number))
                observation, info = env.reset()
            steps = _episode(job, env, agent, observation, info, number)
            runs.append({**_numbers(env), "steps": steps})
        found.append((dict(truth.task)["level"], runs))
    return found


def _agent(job: DeskJob, env: Desktop, seed: int) -> Any:
    if not job.agent.source and job.agent.name in policies():
        from ..baselines.desktop import Learned

        return Learned(policies()[job.agent.name])
    if not job.agent.source and job.agent.name in baselines.names(env):
        return baselines.make(job.agent.name, env, **({"seed": seed} if job.agent.name == "random" else {}))
    return make_agent(job.agent, env, seed)


def _episode(job: DeskJob, env: Desktop, agent: Any, observation: Any, info: Any, number: int) -> int:
    """Play an episode that has begun; its length."""
    if agent is None:
        return solve(env, privileged=job.agent.name == "oracle")
    where = f"(in {job.template}, split {job.split}, instance {number})"
    steps, over = 0, False
    try:
        agent.reset()
        while not over:
            action = agent.act(observation, info)
            observation, _, terminated, truncated, info = env.step(action)
            steps, over = steps + 1, terminated or truncated
    except InvalidAction as error:
        raise AgentFault(f"agent {job.agent.name!r} chose a refused action: {error} {where}") from error
    except VerifierFault:
        return steps
    except (Exception, SystemExit) as error:
        raise AgentFault(f"agent {job.agent.name!r} raised {type(error).__name__}: {error} {where}") from error
    return steps


def _numbers(env: Desktop) -> dict[str, Any]:
    """The verdict in numbers; None for all where the verifier failed: that is no score."""
    truth: Any = reveal(env)
    try:
        verdict: Verdict = graded(truth)
    except VerifierFault:
        return dict.fromkeys(("success", "score", *PARTS))
    parts = {name: round(float(verdict.checks[name]), 6) for name in PARTS}
    return {"success": int(verdict.success), "score": round(verdict.score, 6), **parts}
