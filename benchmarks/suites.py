"""Suites as data: what is played, under which name."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from typing import Any

import gymnasium as gym

from ..core.errors import UnknownOption
from ..envs import GAMES

__all__ = ["SUITES", "Entry", "make_env", "run_seed", "suite"]

TWENTY = "infogap/TwentyQuestions-v0"


@dataclasses.dataclass(frozen=True)
class Entry:
    """One environment of a suite.

    Attributes:
        name: Short and unique; results are kept under it.
        id: Registered id.
        title: For people.
        kwargs: Constructor arguments, JSON only.
        times: Factor of the number of episodes, where single ones are short and tell little.
    """

    name: str
    id: str
    title: str
    kwargs: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    times: int = 1


def _twenty(name: str, title: str, **kwargs: Any) -> Entry:
    return Entry(name, TWENTY, title, kwargs)


SUITES: Mapping[str, tuple[Entry, ...]] = {
    "quick": (
        _twenty("elements", "Elements", world="elements"),
        _twenty("elements-ask", "Elements, ask only", world="elements", actions="ask"),
        _twenty("elements-noisy", "Elements, ask only, 10 % noise", world="elements", actions="ask", noise=0.1),
        _twenty("elements-redrawn", "Elements, unknowns redrawn", world="elements", unknown="redrawn"),
        _twenty("countries", "Countries", world="countries"),
        _twenty("countries-ask", "Countries, ask only", world="countries", actions="ask"),
        _twenty("countries-population", "Countries by population", world="countries", prior="population"),
        Entry("kuhn", "infogap/Kuhn-v0", "Kuhn poker against an equilibrium", times=12),
    ),
}
"""Every suite by name. Changed content of an entry changes the keys of its cells, so old results are never mixed in."""


def suite(name: str) -> tuple[Entry, ...]:
    """The entries of a suite.

    Raises:
        UnknownOption: There is no such suite.
    """
    if name not in SUITES:
        raise UnknownOption(f"unknown suite {name!r}; expected one of {sorted([*SUITES, 'desktop'])}")
    return SUITES[name]


def make_env(entry: Entry, observation: str = "") -> Any:
    """The environment of an entry: Gymnasium's, without the passive checker, or a PettingZoo game in its AEC form.

    Args:
        entry: Which.
        observation: The form of observation, where the environment has several; empty for the entry's own.
    """
    if entry.id in GAMES:
        return GAMES[entry.id].env(**entry.kwargs)
    form = {"observation": observation} if observation else {}
    return gym.make(entry.id, disable_env_checker=True, **{**entry.kwargs, **form})


def run_seed(entry: Entry, run: int) -> int:
    """Seed of the first episode of a run, in [0, 2^32); the episodes after it continue its streams.

    It depends on the entry's name, so that environments with the same items don't deal the same ones, and not on the
    agent: all agents meet the same hidden items.
    """
    return int.from_bytes(hashlib.sha256(f"{entry.name}/{run}".encode()).digest()[:4], "big")
