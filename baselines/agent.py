"""What an agent is, and how baselines are made by name."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from ..core.errors import UnknownOption, Unsupported

__all__ = ["Agent", "make", "names", "register"]


@runtime_checkable
class Agent(Protocol):
    """Anything that plays.

    ``reset()`` is called right after ``env.reset()``; then ``act`` once for each step, with the newest observation
    and info.
    """

    def reset(self) -> None:
        """Get ready for a new episode."""

    def act(self, observation: Any, info: Any) -> Any:
        """The next action."""


_FACTORIES: dict[type, dict[str, Callable[..., Agent]]] = {}
_LATER = {"infogap.envs.desktop.desktop": "infogap.baselines.desktop_agents"}
"""Modules of environments whose baselines are imported when they are asked for, and the modules of those."""


def register(kind: type, name: str, factory: Callable[..., Agent]) -> None:
    """Offer a baseline under a name.

    Args:
        kind: Class of environments it plays; compared with ``env.unwrapped``.
        name: The baseline's name.
        factory: Makes it from an environment (and keyword options).
    """
    _FACTORIES.setdefault(kind, {})[name] = factory


def names(env: Any = None) -> tuple[str, ...]:
    """Names of the baselines, sorted: those for `env`, or all.

    Raises:
        Unsupported: There are no baselines for this environment.
    """
    if env is not None:
        return tuple(sorted(_factories(env)))
    return tuple(sorted({name for offered in _FACTORIES.values() for name in offered}))


def make(name: str, env: Any, **options: Any) -> Agent:
    """Make a baseline for an environment.

    Args:
        name: One of ``names(env)``.
        env: A single environment or a PettingZoo game of infogap, wrapped or not. Not sealed: baselines read its
            public table.
        **options: Passed on; agents with chance of their own take ``seed``.

    Raises:
        UnknownOption: There is no baseline of that name for this environment.
        Unsupported: There are no baselines for this environment.
    """
    offered = _factories(env)
    if name not in offered:
        raise UnknownOption(f"unknown baseline {name!r}; this environment has {', '.join(sorted(offered))}")
    return offered[name](env, **options)


def _factories(env: Any) -> dict[str, Callable[..., Agent]]:
    inner = getattr(env, "unwrapped", env)
    for kind in type(inner).__mro__:
        if kind.__module__ in _LATER:
            importlib.import_module(_LATER[kind.__module__])
    offered: dict[str, Callable[..., Agent]] = {}
    for kind, factories in _FACTORIES.items():
        if isinstance(inner, kind):
            offered |= factories
    if not offered:
        kinds = ", ".join(kind.__name__ for kind in _FACTORIES)
        raise Unsupported(f"no baselines for {type(inner).__name__}; there are some for {kinds}, single and not sealed")
    return offered
