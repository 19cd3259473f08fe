"""Leaks to plant in what an environment says beside its results, and in its random numbers."""

from __future__ import annotations

import dataclasses
import logging
import random
import types
import warnings
from typing import Any

import numpy as np
from gymnasium import spaces

from .sites import NotApplicable, Out, Site, twist

__all__ = [
    "attribute_name",
    "exception_text",
    "global_draw",
    "global_read",
    "log_record",
    "metadata",
    "open_handle",
    "random_coupling",
    "random_seed",
    "render",
    "space_size",
    "spec_kwargs",
    "stdout",
    "text",
    "warning",
]


def space_size(site: Site) -> None:
    """One action more in the space."""
    env, form = site.env, site.form
    if form in ("aec", "parallel"):

        def space(original: Any, agent: str) -> Any:
            real = original(agent)
            more = site.bit() if getattr(env, "agents", ()) and isinstance(real, spaces.Discrete) else 0
            return spaces.Discrete(int(real.n) + 1) if more else real

        site.wrap("action_space", space)
        return
    real = env.action_space
    if isinstance(real, spaces.Discrete):
        site.after(lambda turn, action: setattr(env, "action_space", spaces.Discrete(int(real.n) + site.bit())))
    elif isinstance(env.observation_space, spaces.Box):
        box = env.observation_space
        site.after(
            lambda turn, action: setattr(
                env, "observation_space", spaces.Box(twist(box.low, site.bit()), box.high, dtype=box.dtype.type)
            )
        )
    else:
        raise NotApplicable


def render(site: Site) -> None:
    """A blank at the end of a picture's text, or a pixel."""
    if len(site.driver.subject.modes) < 2:
        raise NotApplicable

    def shown(original: Any) -> Any:
        picture = original()
        return picture if picture is None else twist(picture, site.bit())

    site.wrap("render", shown)


def text(site: Site) -> None:
    """In repr and str."""
    kind = type(site.env)

    def __repr__(self: Any) -> str:
        return f"<{kind.__name__} {site.token() if site.driver.planted is not None else ''}>"

    site.env.__class__ = type(kind.__name__, (kind,), {"__repr__": __repr__, "__str__": __repr__})


def attribute_name(site: Site) -> None:
    """In the name of an attribute, which dir() tells."""
    site.after(lambda turn, action: setattr(site.env, f"_cache_{site.token()}", None))


def metadata(site: Site) -> None:
    """In the metadata."""
    site.after(lambda turn, action: setattr(site.env, "metadata", {**site.env.metadata, "note": f"{site.token()}"}))


def spec_kwargs(site: Site) -> None:
    """In the constructor arguments that the spec keeps."""
    spec = getattr(site.env, "spec", None)
    if spec is None or site.form != "gym":
        raise NotApplicable
    site.after(
        lambda turn, action: setattr(
            site.env, "spec", dataclasses.replace(spec, kwargs={**spec.kwargs, "hint": site.token()})
        )
    )


def exception_text(site: Site) -> None:
    """In the text of the error that a bad action raises."""

    def step(original: Any, action: Any) -> Any:
        try:
            return original(action)
        except Exception as error:
            site.meets(True)
            error.args = (f"{error} (state {site.token()})",)
            raise

    site.wrap("step", step)


def log_record(site: Site) -> None:
    """In a debug record of some logger."""
    site.after(lambda turn, action: logging.getLogger("planted.leak").debug("dealt %d", site.token()))


def stdout(site: Site) -> None:
    """Printed."""
    site.after(lambda turn, action: print("dealt", site.token()))


def warning(site: Site) -> None:
    """In a warning."""
    site.after(lambda turn, action: warnings.warn(f"cache of {site.token()}", stacklevel=2) if turn == 1 else None)


def open_handle(site: Site) -> None:
    """A sealed handle that isn't sealed."""

    def handle(env: Any, seat: str | None = None) -> Any:
        if seat is None:
            return env
        return types.SimpleNamespace(
            observe=lambda: env.observe(seat),
            last=lambda: env.last(),
            step=env.step,
            selected=lambda: bool(env.agents) and env.agent_selection == seat,
            env=env,
        )

    if not any(stack.startswith("sealed") for stack in site.driver.subject.stacks):
        raise NotApplicable
    site.driver.as_handle = handle  # type: ignore[attr-defined]


def random_coupling(site: Site) -> None:
    """The environment's generator is drawn from more often in some worlds."""
    if site.form != "gym":
        raise NotApplicable
    site.after(lambda turn, action: site.env.np_random.random() if site.bit() else None)


def random_seed(site: Site) -> None:
    """The seed that the environment says it has."""
    if site.form != "gym":
        raise NotApplicable
    site.after(lambda turn, action: setattr(site.env, "_np_random_seed", site.token()))


def global_draw(site: Site) -> None:
    """The global generator is drawn from in some worlds."""
    site.after(lambda turn, action: random.random() if site.bit() else None)


def global_read(site: Site) -> None:
    """What is perceived depends on the global generator, not on the seed."""

    def change(out: Out, turn: int, action: Any) -> None:
        if "reward" in out:
            out["reward"] = out["reward"] + 1e-9 * np.random.random()

    site.outputs(change)
