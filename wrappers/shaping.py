"""What the single and the vector form of belief rewards share."""

from __future__ import annotations

import math
from typing import Any

from ..core.errors import InvalidOption

__all__ = ["MIN_PROBABILITY", "check_shaping"]

MIN_PROBABILITY = 1e-12
"""Floor of an agent-supplied probability, so that one zero costs 27.6 nats and not everything."""


def check_shaping(weight: Any, clip: Any, potential: Any, gamma: Any) -> None:
    """Refuse shaping options that make no sense.

    Raises:
        InvalidOption: A value is out of range, or potential-based shaping is clipped (which would break its guarantee).
    """
    numbers = {"weight": weight, "gamma": gamma, **({} if clip is None else {"clip": clip})}
    for name, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise InvalidOption(f"{name} must be a finite number, got {value!r}")
    if clip is not None and clip <= 0:
        raise InvalidOption(f"clip must be positive or None, got {clip!r}")
    if not 0 <= gamma <= 1:
        raise InvalidOption(f"gamma must be in [0, 1], got {gamma!r}")
    if potential and clip is not None:
        raise InvalidOption("potential-based shaping can't be clipped; drop clip or potential")
