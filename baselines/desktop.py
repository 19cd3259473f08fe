"""Learned policies of the desktop family, run by NumPy alone.

A policy reads the observation of ``observation="dict"`` and gives the three numbers of an action. Its weights lie in
``data/desktop/<name>.npz`` (float16), and ``record.json`` beside them says how each was trained: command, seed, steps,
curve, SHA-256, scores. :mod:`.desktop_train` makes them, with torch and Stable-Baselines3 (the extra ``sb3``).

The network reads each of the 48 elements with the same weights, mixes in its two neighbours and what is said beside the
elements (goal, clipboard, messages), pools, and then scores elements, verbs and arguments.
"""

from __future__ import annotations

import functools
import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..core.errors import CheckpointError
from ..envs.desktop.flat import ARGUMENTS, ELEMENTS, FEATURES, GLOBALS, GOAL, ROLES, VERBS

__all__ = ["DATA", "SHAPES", "SIZES", "Learned", "logits", "policies", "policy", "read", "records", "scale"]

DATA = Path(__file__).parent / "data" / "desktop"
Floats = npt.NDArray[np.float32]
Weights = Mapping[str, Floats]
Policy = Callable[[Mapping[str, Any]], "npt.NDArray[np.int64]"]

SIZES = (len(VERBS), ELEMENTS, ARGUMENTS)
"""Of the three parts of an action."""
WIDE, SAID, POOLED, POINT = 64, 48, 96, 32
"""Widths: of an element, of what is beside the elements, of the whole screen, of the pointer."""
LABEL, NOTE, TITLE = len(ROLES) + 3, GLOBALS - 18, GLOBALS - 10
"""Where the eight signs begin that stand for an element's label, the software's message, and the page's title."""
SHAPES: dict[str, tuple[int, ...]] = {
    "label": (256, WIDE),
    "note": (256, SAID),
    "title": (256, SAID),
    "element": (FEATURES, WIDE),
    "element_bias": (WIDE,),
    "beside": (GLOBALS, SAID),
    "beside_bias": (SAID,),
    "same": (WIDE, WIDE),
    "above": (WIDE, WIDE),
    "below": (WIDE, WIDE),
    "told": (SAID, WIDE),
    "mixed_bias": (WIDE,),
    "pool": (2 * WIDE + SAID, POOLED),
    "pool_bias": (POOLED,),
    "point": (WIDE, POINT),
    "aim": (POOLED, POINT),
    "aim_bias": (POINT,),
    "score": (POINT,),
    "head": (POOLED, len(VERBS) + ARGUMENTS),
    "head_bias": (len(VERBS) + ARGUMENTS,),
}
"""The arrays of a policy. The first three are looked up by a hash shown; layers are ``x @ weights + bias``, with ReLU
between them."""


def scale() -> Floats:
    """What the numbers beside the elements are multiplied by: the goal's are sums, the time is in hundredths."""
    by = np.ones(GLOBALS, np.float32)
    by[:GOAL], by[-1] = 1 / 4, 1 / 100
    return by


def codes(signs: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """The number in [0, 256) that eight signs (the last axis) stand for."""
    return np.asarray((signs > 0) @ (1 << np.arange(8)), np.int64)


def logits(weights: Weights, screen: npt.NDArray[np.int8]) -> Floats:
    """Scores of verbs, elements and arguments, one after the other, before masks.

    Args:
        weights: Arrays of :data:`SHAPES`, float32.
        screen: The observation's ``screen``.

    Returns:
        Of shape ``(7 + 48 + 21,)``.
    """
    w = weights
    elements = screen[: ELEMENTS * FEATURES].reshape(ELEMENTS, FEATURES).astype(np.float32)
    beside = screen[ELEMENTS * FEATURES :].astype(np.float32) * scale()
    there = elements[:, : len(ROLES)].sum(1, keepdims=True)  # 1 where an element can be seen
    label = w["label"][codes(elements[:, LABEL : LABEL + 8])]
    own = np.maximum(elements @ w["element"] + label + w["element_bias"], 0) * there
    note, title = (w[name][codes(beside[at : at + 8])] for name, at in (("note", NOTE), ("title", TITLE)))
    said = np.maximum(beside @ w["beside"] + note + title + w["beside_bias"], 0)
    mixed = own @ w["same"] + said @ w["told"] + w["mixed_bias"]
    mixed[1:] += own[:-1] @ w["above"]
    mixed[:-1] += own[1:] @ w["below"]
    mixed = np.maximum(mixed, 0) * there
    pooled = np.concatenate([mixed.max(0), mixed.sum(0) / 16, said])
    whole = np.maximum(pooled @ w["pool"] + w["pool_bias"], 0)
    pointed = np.maximum(mixed @ w["point"] + (whole @ w["aim"] + w["aim_bias"]), 0) @ w["score"]
    head = whole @ w["head"] + w["head_bias"]
    verbs = len(VERBS)
    return np.concatenate([head[:verbs], pointed, head[verbs:]])


def chosen(scores: Floats, mask: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """The best verb, element and argument of those the mask allows."""
    allowed = np.where(mask.astype(bool), scores, -np.inf)
    parts = np.split(allowed, np.cumsum(SIZES)[:-1])
    return np.array([part.argmax() for part in parts], np.int64)


def policy(weights: Weights) -> Policy:
    """The policy of some weights: from an observation, ``screen`` and ``action_mask``, to an action of three ints."""

    def act(observation: Mapping[str, Any]) -> npt.NDArray[np.int64]:
        return chosen(logits(weights, observation["screen"]), observation["action_mask"])

    return act


@functools.cache
def records() -> dict[str, Any]:
    """How the committed policies were trained, by name."""
    path = DATA / "record.json"
    if not path.exists():
        return {}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["policies"]
    return found


def load(name: str) -> Weights:
    """The weights of a committed policy.

    Raises:
        CheckpointError: There is none of this name, or its file is not the one that was recorded.
    """
    if name not in records():
        raise CheckpointError(f"no policy {name!r}; expected one of {tuple(records())}")
    path = DATA / f"{name}.npz"
    if hashlib.sha256(path.read_bytes()).hexdigest() != records()[name]["sha256"]:
        raise CheckpointError(f"{path.name} is damaged: its SHA-256 is not the recorded one")
    return read(path)


def read(path: Path) -> Weights:
    """The weights that ``infogap train`` has saved as an ``.npz``.

    Raises:
        CheckpointError: The file is damaged, or holds something else.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            weights = {key: arrays[key].astype(np.float32) for key in arrays.files}
    except (OSError, EOFError, ValueError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise CheckpointError(f"{path} is damaged or no policy of the desktop: {error}") from error
    if {key: array.shape for key, array in weights.items()} != SHAPES:
        raise CheckpointError(f"{path} does not hold the arrays of a policy of the desktop")
    return weights


class Learned:
    """A policy as an agent."""

    def __init__(self, choose: Policy) -> None:
        self._choose = choose

    def reset(self) -> None:
        """It keeps nothing."""

    def act(self, observation: Any, info: Any) -> Any:
        """The next action."""
        return self._choose(observation)


def policies() -> dict[str, Policy]:
    """The committed policies by name, each from an observation of ``observation="dict"`` to an action. No torch.

    ``records()[name]["templates"]`` names the templates that a policy was trained on.
    """
    return {name: policy(load(name)) for name in records()}
