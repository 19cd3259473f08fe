"""Who plays: the baselines by name, anybody's class as ``module:Class``, or a saved model by its path."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pettingzoo import AECEnv

from .. import baselines
from ..baselines.sb3 import load_agent, read_checkpoint
from ..core.errors import CheckpointError, InfogapError, MissingExtra, UnknownOption, Unsupported
from ..envs.desktop.desktop import Desktop

__all__ = ["PRIVILEGED", "REFERENCES", "AgentFault", "AgentSpec", "baseline", "given", "make_agent", "unique"]

PRIVILEGED = ("oracle",)
"""Baselines that read the truth; the information ceiling does not bind them."""
REFERENCES = ("blind", "optimal")
"""Baselines that the scores are measured against; they always play."""
DESKTOP = ".npz"
"""How the file of a policy of the desktop ends."""
SEEDED = ("random",)
"""Baselines of single environments with chance of their own."""


class AgentFault(InfogapError, RuntimeError):
    """An agent could not be made, raised an exception, or chose an action that is refused."""


@dataclasses.dataclass(frozen=True)
class AgentSpec:
    """An agent by what makes it again in another process.

    Attributes:
        name: What results are shown under.
        source: Empty for a baseline; else ``module:Class`` or the path of a saved model.
        digest: SHA-256 of the source file, so that results of an older version of it are not taken for its own.
        observation: The form of observation it wants where there is a choice; empty for the environment's own.
    """

    name: str
    source: str = ""
    digest: str = ""
    observation: str = ""


def baseline(name: str) -> AgentSpec:
    """A baseline by name.

    Raises:
        UnknownOption: There is none of this name.
    """
    if name not in baselines.names():
        raise UnknownOption(
            f"unknown baseline {name!r}; expected one of {', '.join(baselines.names())}; "
            "an agent of your own goes by --agent module:Class"
        )
    return AgentSpec(name)


def given(source: str) -> AgentSpec:
    """An agent of somebody else: ``module:Class``, or the path of a model (of desktops an ``.npz``) that was trained.

    The class is made as ``Class(env)``, with ``seed=`` if it takes one. It may say ``observation = "log"`` (or another
    form) to be given that, and ``plays_games = True`` to be asked for PettingZoo games too.

    Raises:
        UnknownOption: Neither a file nor importable, or no class.
        CheckpointError: The file is no model saved by infogap.
    """
    path = Path(source)
    if path.is_file():
        if path.suffix == DESKTOP:
            from ..baselines.desktop import read

            read(path)
            observation = "dict"
        else:
            observation = (read_checkpoint(path)[0]["identity"]["kwargs"] or {}).get("observation", "")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return AgentSpec(path.parent.name or path.stem, str(path), digest, observation)
    kind = _class(source)
    try:
        digest = hashlib.sha256(Path(inspect.getfile(kind)).read_bytes()).hexdigest()
    except (OSError, TypeError):  # made in an interactive session
        digest = ""
    return AgentSpec(kind.__name__, source, digest, getattr(kind, "observation", ""))


def _class(source: str) -> Any:
    module, _, name = source.partition(":")
    if not module or not name:
        raise UnknownOption(f"--agent takes module:Class or the path of a saved model, got {source!r}")
    try:
        kind = getattr(importlib.import_module(module), name)
    except (Exception, SystemExit) as error:  # anything may go wrong in somebody's module
        raise UnknownOption(f"cannot import agent {source!r}: {type(error).__name__}: {error}") from error
    if not callable(kind) or not hasattr(kind, "__name__"):
        raise UnknownOption(f"agent {source!r} is no class; it is called as Class(env)")
    return kind


def unique(agents: Sequence[AgentSpec]) -> list[AgentSpec]:
    """The agents, with names made different where two are alike; the same agent twice is one."""
    named: dict[str, AgentSpec] = {}
    for agent in dict.fromkeys(agents):
        name, number = agent.name, 2
        while name in named:
            name, number = f"{agent.name}-{number}", number + 1
        named[name] = dataclasses.replace(agent, name=name)
    return list(named.values())


def make_agent(agent: AgentSpec, env: Any, seed: int) -> Any:
    """The agent, for one environment. Somebody's class plays PettingZoo games only if it says ``plays_games = True``.

    Args:
        agent: Which.
        env: What it will play.
        seed: For the agent's own chance, where it takes one.

    Raises:
        Unsupported: The agent does not apply to this environment.
        AgentFault: Somebody's agent could not be made.
    """
    game = isinstance(env, AECEnv)
    if not agent.source:
        if agent.name not in baselines.names(env):
            raise Unsupported(f"no baseline {agent.name!r} for this environment")
        return baselines.make(agent.name, env, **({"seed": seed} if game or agent.name in SEEDED else {}))
    if Path(agent.source).is_file():
        if game:
            raise Unsupported("saved models don't play games")
        if agent.source.endswith(DESKTOP):
            if not isinstance(env.unwrapped, Desktop):
                raise Unsupported("policies of desktops play desktops")
            from ..baselines.desktop import Learned, policy, read

            return Learned(policy(read(Path(agent.source))))
        try:
            return load_agent(agent.source, env)
        except CheckpointError as error:  # read_checkpoint has found the file whole: it is of another environment
            raise Unsupported(str(error)) from error
    kind = _class(agent.source)
    if game and not getattr(kind, "plays_games", False):
        raise Unsupported("the class does not say plays_games = True, without which it is not asked for games")
    try:
        made = kind(env, **({"seed": seed} if "seed" in inspect.signature(kind).parameters else {}))
    except (MissingExtra, Unsupported):
        raise
    except (Exception, SystemExit) as error:
        raise AgentFault(f"agent {agent.name!r} cannot be made: {type(error).__name__}: {error}") from error
    for method in ("reset", "act"):
        if not callable(getattr(made, method, None)):
            raise AgentFault(
                f"agent {agent.name!r} has no method {method!r}; it needs reset() and act(observation, info)"
            )
    return made
