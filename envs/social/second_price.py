"""The second-price sealed-bid auction; see :mod:`infogap.envs.social.auction`."""

from __future__ import annotations

from typing import Any

from ...core.parallel import ParallelGame
from .auction import SecondPriceAuction

__all__ = ["SecondPriceAuction", "env", "parallel_env", "raw_env"]


def raw_env(**kwargs: Any) -> SecondPriceAuction:
    """The AEC environment; checks are made inside ``step``, so it is the same as :func:`env`."""
    return SecondPriceAuction(**kwargs)


env = raw_env


def parallel_env(**kwargs: Any) -> ParallelGame:
    """The parallel form: all bid in one step."""
    return ParallelGame(SecondPriceAuction(**kwargs))
