"""Leaks to plant in what an environment returns."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from gymnasium import spaces

from .canon import canon
from .sites import NotApplicable, Out, Site, twist

__all__ = [
    "carry_over",
    "class_cache",
    "early_end",
    "final_info",
    "info_hashed",
    "info_nested",
    "info_order",
    "info_value",
    "last_only",
    "mask_bit",
    "obs_dtype",
    "obs_low_bit",
    "obs_rare_step",
    "obs_trigger_action",
    "other_seat",
    "reward_negative_zero",
    "reward_shape",
]


def obs_low_bit(site: Site) -> None:
    """The lowest bit of the last entry, at every turn."""
    _obs(site, lambda turn, action: True)


def obs_rare_step(site: Site) -> None:
    """The same at one turn only."""
    early = sorted({turn for turn, _ in site.reached if turn <= 3})
    when = site.rng.choice(early) if early else site.rng.randint(1, max(1, min(3, site.depth)))
    _obs(site, lambda turn, action: turn == when)


def obs_trigger_action(site: Site) -> None:
    """The same after one action at one turn only."""
    party = site.driver.party
    space = site.env.action_space if site.form == "gym" else site.env.action_space(party)
    when = site.rng.randint(1, max(1, min(4, site.depth - 1)))
    early = sorted((turn, action) for turn, action in site.reached if turn <= 4)
    if early:
        when, which = site.rng.choice(early)
        _obs(site, lambda turn, action: turn == when and action is not None and action == which)
    elif isinstance(space, spaces.Discrete):
        which = int(space.start) + site.rng.randrange(int(space.n))
        _obs(site, lambda turn, action: turn == when and action is not None and action == which)
    else:
        _obs(site, lambda turn, action: turn == when and zlib.crc32(repr(canon(action)).encode()) % 4 == 0)


def _obs(site: Site, when: Callable[[int, Any], bool]) -> None:
    def change(out: Out, turn: int, action: Any) -> None:
        if "observation" in out and when(turn, action):
            out["observation"] = twist(out["observation"], site.bit())

    site.outputs(change)


def obs_dtype(site: Site) -> None:
    """The type, not the value."""

    def other(x: Any) -> Any:
        if isinstance(x, dict):
            return {k: other(v) for k, v in x.items()}
        if isinstance(x, np.ndarray):
            return x.astype(np.float64 if x.dtype != np.float64 else np.float32)
        return np.asarray(x)

    def change(out: Out, turn: int, action: Any) -> None:
        if "observation" in out and turn and site.bit():
            out["observation"] = other(out["observation"])

    site.outputs(change)


def _info(site: Site, value: Callable[[], dict[str, Any]], late: bool = False) -> None:
    def change(out: Out, turn: int, action: Any) -> None:
        if "info" in out and (not late or site.meets(bool(out.get("terminated") or out.get("truncated")))):
            out["info"] = {**out["info"], **value()}

    site.outputs(change)


def info_order(site: Site) -> None:
    """Which of two constant keys comes first."""
    _info(site, lambda: {k: 0 for k in (("a", "b") if site.bit() else ("b", "a"))})


def info_value(site: Site) -> None:
    """A number."""
    _info(site, lambda: {"state": site.token()})


def info_hashed(site: Site) -> None:
    """A salted hash."""
    _info(site, lambda: {"id": hashlib.sha256(f"salt{site.value()}".encode()).hexdigest()})


def info_nested(site: Site) -> None:
    """Deep inside."""
    _info(site, lambda: {"debug": {"levels": [{"deep": (1, {"er": np.float32(site.token())})}]}})


def final_info(site: Site) -> None:
    """The answer, once it is too late; it never was declared."""
    _info(site, lambda: {"answer": site.token()}, late=True)


def reward_shape(site: Site) -> None:
    """1e-12 more."""

    def change(out: Out, turn: int, action: Any) -> None:
        if "reward" in out:
            out["reward"] = out["reward"] + 1e-12 * site.bit()

    site.outputs(change)


def reward_negative_zero(site: Site) -> None:
    """-0.0 for 0.0."""

    def change(out: Out, turn: int, action: Any) -> None:
        if site.meets(out.get("reward") == 0.0) and site.bit():
            out["reward"] = -0.0

    site.outputs(change)


def early_end(site: Site) -> None:
    """Truncated at the first turn, in some worlds."""

    def change(out: Out, turn: int, action: Any) -> None:
        if "truncated" in out and turn == 1 and site.bit():
            out["truncated"] = True

    site.outputs(change)


def mask_bit(site: Site) -> None:
    """One action more, or less, in the mask."""

    def masks(original: Any) -> Any:
        try:
            mask = original()
        except Exception:  # an environment without masks gets one
            mask = np.ones(2, np.bool_)
        return twist(mask, site.bit())

    if hasattr(site.env, "action_masks"):
        site.wrap("action_masks", masks)
        return

    def change(out: Out, turn: int, action: Any) -> None:
        if isinstance(out.get("observation"), dict) and "action_mask" in out["observation"]:
            seen = out["observation"]
            out["observation"] = {**seen, "action_mask": twist(seen["action_mask"], site.bit())}
        elif "info" in out:
            out["info"] = {**out["info"], "action_mask": np.array([1, site.bit()], np.int8)}

    site.outputs(change)


def carry_over(site: Site) -> None:
    """The truth of this environment's last episode, in the first observation of the next."""
    _carried(site, {})


def class_cache(site: Site) -> None:
    """The same through state shared by all environments, as in a class attribute or a cache."""
    _carried(site, site.shared)


def _carried(site: Site, kept: dict[str, Any]) -> None:
    def change(out: Out, turn: int, action: Any) -> None:
        if turn == 0 and "observation" in out:
            out["observation"] = twist(out["observation"], kept.get("before", 0))

    site.outputs(change)

    def reset(original: Any, *args: Any, **kwargs: Any) -> Any:
        kept["before"] = kept.get("bit", 0)
        out = original(*args, **kwargs)
        kept["bit"] = site.bit()
        return out

    site.wrap("reset", reset)


def last_only(site: Site) -> None:
    """In what last() gives, not in what observe() does."""
    if site.form != "aec":
        raise NotApplicable

    def last(original: Any, *args: Any) -> Any:
        observation, *rest = original(*args)
        return (twist(observation, site.bit()), *rest)

    site.wrap("last", last)


def other_seat(site: Site) -> None:
    """What another seat observes, in the party's info."""
    env = site.env
    observe = getattr(getattr(env, "_game", env), "observe", None)
    if site.form == "gym" or observe is None:
        raise NotApplicable
    peer = next(seat for seat in env.possible_agents if seat != site.driver.party)
    _info(site, lambda: {"peer": observe(peer)})
