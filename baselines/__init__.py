"""Agents that need no learning, by name: random, blind, greedy, optimal and oracle."""

from . import inquiry as _inquiry  # noqa: F401 - registers its agents
from . import kuhn as _kuhn  # noqa: F401
from .agent import Agent, make, names, register
from .bounds import Bounds, Value, bounds, ceiling, evaluate_exact, random_success
from .kuhn import kuhn_scores, kuhn_values, play

__all__ = [
    "Agent",
    "Bounds",
    "Value",
    "bounds",
    "ceiling",
    "evaluate_exact",
    "kuhn_scores",
    "kuhn_values",
    "make",
    "names",
    "play",
    "random_success",
    "register",
]
