"""Features of observations made of codes.

Importing this module needs the extra ``sb3``.
"""

from __future__ import annotations

import numpy as np
from gymnasium import spaces

from ..core.errors import MissingExtra

try:
    import torch
    from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
except ImportError as error:
    raise MissingExtra("stable-baselines3", "sb3") from error

__all__ = ["MAX_CODES", "Indicators", "OneHot", "is_codes"]

MAX_CODES = 100_000
"""Above so many codes :class:`OneHot` is not used; Stable-Baselines3 then takes them as numbers."""


def is_codes(space: spaces.Space) -> bool:
    """Whether :class:`OneHot` fits: a ``Box`` of bounded integers that is no image, of at most MAX_CODES codes."""
    if not isinstance(space, spaces.Box) or space.dtype.kind not in "iu" or space.dtype == np.uint8:
        return False
    return 0 < int((space.high.astype(np.int64) - space.low).sum()) <= MAX_CODES


class OneHot(BaseFeaturesExtractor):
    """A linear layer and tanh over the one-hot form of an integer observation, whose codes are names and not amounts.

    Each entry has one indicator per code above its lowest; the lowest code, which infogap uses for "nothing yet", is
    all zeros. Few entries differ from it, so the layer is computed as a sum of the weights of those that do.

    Args:
        observation_space: A space for which :func:`is_codes` holds.
        width: Features.
    """

    def __init__(self, observation_space: spaces.Box, width: int = 128) -> None:
        super().__init__(observation_space, width)
        low, high = (bound.astype(np.int64).ravel() for bound in (observation_space.low, observation_space.high))
        first = np.concatenate([[0], np.cumsum(high - low)])
        self.register_buffer("low", torch.as_tensor(low, dtype=torch.float32), persistent=False)
        self.register_buffer("first", torch.as_tensor(first[:-1]), persistent=False)
        self.layer = torch.nn.EmbeddingBag(int(first[-1]), width, mode="sum")
        torch.nn.init.normal_(self.layer.weight, std=width**-0.5)
        self.bias = torch.nn.Parameter(torch.zeros(width))

    def forward(self, observations: torch.Tensor) -> torch.Tensor:
        """Features in (-1, 1), float32 of shape (batch, width), from codes of shape (batch, ...)."""
        codes = observations.float().flatten(1) - self.low
        row, entry = codes.nonzero(as_tuple=True)
        indicator = self.first[entry] + codes[row, entry].long() - 1
        starts = torch.searchsorted(row, torch.arange(codes.shape[0], device=row.device))
        return torch.tanh(self.layer(indicator, starts) + self.bias)


class Indicators(BaseFeaturesExtractor):
    """The indicators into which Stable-Baselines3 itself turns a ``MultiDiscrete`` observation.

    Its own extractor counts them in the space's dtype, which is int16 here: RecurrentPPO refuses that, and it can
    overflow.

    Args:
        observation_space: A ``MultiDiscrete`` space.
    """

    def __init__(self, observation_space: spaces.MultiDiscrete) -> None:
        super().__init__(observation_space, int(observation_space.nvec.sum(dtype=np.int64)))

    def forward(self, observations: torch.Tensor) -> torch.Tensor:
        """Float32 of shape (batch, features)."""
        return observations.flatten(1)
