"""One cell of a benchmark: one agent in one environment for one run of episodes, in any process."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import itertools
import json
import random
import time
from collections.abc import Mapping
from typing import Any

import gymnasium as gym
import numpy as np
from pettingzoo import AECEnv

from .. import baselines
from ..core.belief import Belief, entropy_bits
from ..core.env import Env
from ..core.errors import InvalidAction, UnknownOption, Unsupported
from ..core.judge import judge
from ..core.world import plant, view
from ..envs.social.kuhn import SEATS, KuhnPoker, KuhnTruth
from ..wrappers.verifier_reward import builder_for
from .agents import AgentFault, AgentSpec, make_agent
from .suites import Entry, make_env, run_seed

__all__ = ["Cell", "Job", "play_cell"]

Cell = dict[str, Any]
"""A finished cell, JSON only:

``key``, ``entry``, ``agent``, ``run``, ``seed``; ``returns``, ``lengths`` and ``successes`` (by the verifier; None
where there is none), one for each episode; ``bits``, the mean entropy of the exact belief after turn 0, 1, ... (None
where there is none; an episode that has ended keeps its last); ``seconds`` of CPU time. Where the agent does not apply
there is ``skipped``, the reason, instead.
"""

DEALS = tuple(itertools.permutations(range(3), 2))


@dataclasses.dataclass(frozen=True)
class Job:
    """A cell to be played.

    Attributes:
        entry: The environment.
        agent: The agent.
        run: Number of the run, from 0.
        episodes: Episodes in the run.
        versions: Of the packages that the result depends on.
    """

    entry: Entry
    agent: AgentSpec
    run: int
    episodes: int
    versions: Mapping[str, str]

    @property
    def seed(self) -> int:
        """Seed of the run."""
        return run_seed(self.entry, self.run)

    @property
    def key(self) -> str:
        """Hash of all that is needed to repeat the cell."""
        said = {**dataclasses.asdict(self), "seed": self.seed}
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]


def play_cell(job: Job) -> Cell:
    """Play the episodes of a job.

    Raises:
        AgentFault: The agent failed; the message names it.
        VerifierFault: The verifier failed.
    """
    cell: Cell = {"key": job.key, "entry": job.entry.name, "agent": job.agent.name, "run": job.run, "seed": job.seed}
    started = time.process_time()
    try:
        env = make_env(job.entry, job.agent.observation)
    except UnknownOption as error:  # the environment has no such form of observation
        return {**cell, "skipped": str(error)}
    # Agents' chance is not ours, but what they draw from the common generators can be repeated.
    random.seed(job.seed)
    np.random.seed(job.seed)
    try:
        agent = make_agent(job.agent, env, job.seed)
    except Unsupported as error:
        return {**cell, "skipped": str(error)}
    played: list[Any]
    if isinstance(env, AECEnv):
        partner = baselines.make("equilibrium", env, seed=job.seed + 2**32)
        played = [_game(env, agent, partner, job, number) for number in range(job.episodes)]
    else:
        env.action_space.seed(job.seed)
        belief = env.unwrapped.belief()
        played = [_episode(env, agent, belief, job, number) for number in range(job.episodes)]
    env.close()
    returns, successes, lengths, bits = zip(*played, strict=True)
    cell.update(returns=returns, lengths=lengths, successes=None if None in successes else successes)
    cell.update(bits=None if None in bits else _mean_by_turn(bits), seconds=round(time.process_time() - started, 3))
    return json.loads(json.dumps(cell))  # the same, whether it comes from this process, another one or the file


def _episode(
    env: gym.Env[Any, Any], agent: Any, belief: Belief | None, job: Job, number: int
) -> tuple[float, bool | None, int, Any]:
    """Return, success, length and bits left by turn of one episode."""
    builder = builder_for(env, job.agent.name)
    observation, info = env.reset(seed=job.seed if number == 0 else None)
    builder.start(observation, job.seed, number)
    inner: Any = env.unwrapped
    bits = []
    if belief is not None:
        belief.reset()
        bits.append(_bits(belief))
    _asked(agent.reset, job, number, 0)
    total, ended = 0.0, False
    while not ended:
        action = _asked(functools.partial(agent.act, observation, info), job, number, builder.steps + 1)
        try:
            observation, reward, terminated, truncated, info = env.step(action)
        except InvalidAction as error:
            raise _fault(job, number, builder.steps + 1, f"chose a refused action: {error}") from error
        builder.add(action, observation, float(reward), terminated, truncated, info)
        total, ended = total + float(reward), terminated or truncated
        if belief is not None:
            told = inner.told()
            if told is not None:
                belief.update(*told)
            bits.append(_bits(belief) if told is not None else bits[-1])
    judged = type(inner).verify is not Env.verify
    success = judge(inner.verify, view(env, "verifier"), builder.build()).success if judged else None
    return total, success, builder.steps, bits if belief is not None else None


def _game(env: Any, agent: Any, partner: Any, job: Job, number: int) -> tuple[float, None, int, None]:
    """Return and own moves of one game against a partner; the seats are changed after each game.

    Kuhn's six deals are planted in turn, each in both seats: luck of the cards would hide what a player is worth.
    """
    if isinstance(env, KuhnPoker):
        plant(env, KuhnTruth(card=dict(zip(SEATS, DEALS[number // 2 % len(DEALS)], strict=True)), history=""))
    env.reset(seed=job.seed if number == 0 else None)
    own = env.possible_agents[number % len(env.possible_agents)]
    _asked(agent.reset, job, number, 0)
    partner.reset()
    moves = 0
    while not env.terminations[own]:
        seat = env.agent_selection
        observation, info = env.observe(seat), env.infos[seat]
        if seat != own:
            env.step(partner.act(observation, info))
            continue
        moves += 1
        action = _asked(functools.partial(agent.act, observation, info), job, number, moves)
        try:
            env.step(action)
        except InvalidAction as error:
            raise _fault(job, number, moves, f"chose a refused action: {error}") from error
    return float(env.rewards[own]), None, moves, None


def _bits(belief: Belief) -> float:
    return entropy_bits(belief.probabilities())


def _asked(call: Any, job: Job, number: int, turn: int) -> Any:
    """What the agent answers, or an AgentFault that names it."""
    try:
        return call()
    except (Exception, SystemExit) as error:
        raise _fault(job, number, turn, f"raised {type(error).__name__}: {error}") from error


def _fault(job: Job, number: int, turn: int, what: str) -> AgentFault:
    return AgentFault(
        f"agent {job.agent.name!r} {what} "
        f"(in {job.entry.name}, run {job.run}, seed {job.seed}, episode {number}, turn {turn})"
    )


def _mean_by_turn(bits: tuple[list[float], ...]) -> list[float]:
    longest = max(map(len, bits))
    filled = np.array([row + [row[-1]] * (longest - len(row)) for row in bits])
    return [round(float(mean), 6) for mean in filled.mean(0)]
