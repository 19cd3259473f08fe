"""The first-price sealed-bid auction; see :mod:`infogap.envs.social.auction`."""

from __future__ import annotations

from typing import Any

from ...core.parallel import ParallelGame
from .auction import FirstPriceAuction

__all__ = ["FirstPriceAuction", "env", "parallel_env", "raw_env"]


def raw_env(**kwargs: Any) -> FirstPriceAuction:
    """The AEC environment; checks are made inside ``step``, so it is the same as :func:`env`."""
    return FirstPriceAuction(**kwargs)


env = raw_env


def parallel_env(**kwargs: Any) -> ParallelGame:
    """The parallel form: all bid in one step."""
    return ParallelGame(FirstPriceAuction(**kwargs))
