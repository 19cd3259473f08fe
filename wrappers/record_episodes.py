"""Episodes to a file."""

from __future__ import annotations

import os
import warnings
from typing import Any

import gymnasium as gym

from ..core.episode import EpisodeWriter
from ..core.errors import RecordingError, UnknownOption
from .verifier_reward import builder_for

__all__ = ["RecordEpisodes"]


class RecordEpisodes(gym.Wrapper[Any, Any, Any, Any], gym.utils.RecordConstructorArgs):
    """Appends each finished episode to a JSONL file, one flushed line each. ``infogap replay FILE`` shows them.

    The file holds the seed, from which the truth can be dealt again: it belongs to the evaluator.

    Args:
        env: An infogap environment made by ``gymnasium.make``.
        path: The file, appended to.
        agent: Name of who acts.
        on_error: ``"raise"`` stops at a full or read-only disk; ``"warn"`` goes on without recording.

    Raises:
        RecordingError: The file can't be written, with ``on_error="raise"``. Whole episodes before it stay readable.
    """

    def __init__(
        self, env: gym.Env[Any, Any], path: str | os.PathLike[str], agent: str = "", on_error: str = "raise"
    ) -> None:
        if on_error not in ("raise", "warn"):
            raise UnknownOption(f"unknown on_error {on_error!r}; expected 'raise' or 'warn'")
        gym.utils.RecordConstructorArgs.__init__(self, path=os.fspath(path), agent=agent, on_error=on_error)
        gym.Wrapper.__init__(self, env)
        self._builder = builder_for(env, agent)
        self._on_error = on_error
        self._writer: EpisodeWriter | None = None
        self._guarded(lambda: setattr(self, "_writer", EpisodeWriter(path)))

    def _guarded(self, write: Any) -> None:
        try:
            write()
        except RecordingError as error:
            if self._on_error == "raise":
                raise
            self._writer = None
            warnings.warn(f"recording stopped: {error}", stacklevel=3)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start an episode. One that was left before its end is not recorded."""
        observation, info = self.env.reset(seed=seed, options=options)
        self._builder.start(observation, *self.env.unwrapped._door("position"))  # type: ignore[attr-defined]
        return observation, info

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Play one action; write the episode at its end."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        self._builder.add(action, observation, float(reward), terminated, truncated, info)
        writer = self._writer
        if writer is not None and (terminated or truncated):
            self._guarded(lambda: writer.write(self._builder.build()))
        return observation, reward, terminated, truncated, info

    def close(self) -> None:
        """Close the file and the environment."""
        if self._writer is not None:
            self._writer.close()
        super().close()
