"""Recorded episodes: what an agent saw and did, as one JSON line each.

The truth is never stored: it is dealt again from (id, kwargs, seed, number) and, where an evaluator used one, the
key. Each line is appended and flushed whole, and carries a checksum, so that a file is readable up to its last whole
episode after a kill.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import warnings
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .errors import RecordingError

__all__ = ["Episode", "EpisodeBuilder", "EpisodeWriter", "jsonable", "read_episodes"]


@dataclasses.dataclass(frozen=True)
class Episode:
    """What an agent saw and did in one episode.

    Attributes:
        id: Registered id of the environment.
        kwargs: Its constructor arguments.
        seed: Seed of the streams, given or drawn; None where the truth was planted and cannot be dealt again.
        number: Episodes since that reset, from 0.
        observations: One more than actions: the reset's observation first.
        actions: The actions, in order.
        rewards: The rewards, in order.
        ended: ``"terminated"``, ``"truncated"``, or ``""`` for an episode that was left.
        final_info: The info of the last step, which every party may read.
        agent: Who acted, if known.
    """

    id: str
    kwargs: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    seed: int | None = None
    number: int = 0
    observations: tuple[Any, ...] = ()
    actions: tuple[Any, ...] = ()
    rewards: tuple[float, ...] = ()
    ended: str = ""
    final_info: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    agent: str = ""


class EpisodeBuilder:
    """Collects one episode as it happens. Observations are copied, so later changes to them do no harm."""

    def __init__(self, id: str, kwargs: Mapping[str, Any], agent: str = "") -> None:
        self._id, self._kwargs, self._agent = id, dict(kwargs), agent
        self.start(None)

    def start(self, observation: Any, seed: int | None = None, number: int = 0) -> None:
        """Begin a new episode with the observation of its reset."""
        self._seed, self._number = seed, number
        self._observations, self._actions, self._rewards = [_copied(observation)], list[Any](), list[float]()
        self._ended, self._info = "", dict[str, Any]()

    def add(
        self, action: Any, observation: Any, reward: float, terminated: bool, truncated: bool, info: Mapping[str, Any]
    ) -> None:
        """Add one step."""
        self._actions.append(_copied(action))
        self._observations.append(_copied(observation))
        self._rewards.append(float(reward))
        if terminated or truncated:
            self._ended, self._info = ("terminated" if terminated else "truncated"), _copied(dict(info))

    @property
    def steps(self) -> int:
        """Number of steps so far."""
        return len(self._actions)

    def build(self) -> Episode:
        """The episode so far."""
        return Episode(
            self._id,
            self._kwargs,
            self._seed,
            self._number,
            tuple(self._observations),
            tuple(self._actions),
            tuple(self._rewards),
            self._ended,
            self._info,
            self._agent,
        )


def _copied(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, dict):
        return {k: _copied(v) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(_copied(v) for v in value)
    return value


def jsonable(value: Any) -> Any:
    """Plain JSON types for NumPy scalars and arrays, tuples and mappings; anything else passes through."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {str(k): jsonable(v) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return [jsonable(v) for v in value]
    return value


def _line(episode: Episode) -> str:
    body = json.dumps(jsonable(dataclasses.asdict(episode)), separators=(",", ":"), sort_keys=True)
    return f'{{"crc":{zlib.crc32(body.encode())},"episode":{body}}}\n'


def _parsed(line: bytes) -> Episode:
    outer = json.loads(line)
    body = json.dumps(outer["episode"], separators=(",", ":"), sort_keys=True)
    if zlib.crc32(body.encode()) != outer["crc"]:
        raise ValueError("checksum")
    fields = outer["episode"]
    for name in ("observations", "actions", "rewards"):
        fields[name] = tuple(fields[name])
    return Episode(**fields)


_START = b'{"crc":'


class EpisodeWriter:
    """Appends episodes to a JSONL file, one whole line per episode, flushed to the operating system at each.

    Args:
        path: The file. Its folder is made; an existing file is appended to, after a torn last line has been cut off.

    Raises:
        RecordingError: The file cannot be opened or written. Whole episodes written before stay readable.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = open(self.path, "a+b", buffering=0)  # noqa: SIM115 - lives as long as the writer
            self._cut_torn_line()
        except (OSError, ValueError) as error:  # ValueError: a path no file can have
            raise RecordingError(f"cannot record to {self.path}: {error}; choose another path") from error

    def _cut_torn_line(self) -> None:
        self._file.seek(0)
        data = self._file.read()
        if not (data.startswith(_START) or _START.startswith(data)):
            self._file.close()
            raise OSError("it holds something else than episodes")
        if data and not data.endswith(b"\n"):
            self._file.truncate(data.rfind(b"\n") + 1)

    def write(self, episode: Episode) -> None:
        """Append one episode."""
        try:
            data = _line(episode).encode()
        except (TypeError, ValueError) as error:
            raise RecordingError(f"an episode of {episode.id} holds what JSON cannot: {error}") from None
        if self._file.closed:
            raise RecordingError(f"cannot record to {self.path}: the writer is closed")
        start = self._file.seek(0, os.SEEK_END)
        try:
            written = 0
            while written < len(data):
                written += self._file.write(data[written:]) or 0
        except OSError as error:
            with contextlib.suppress(OSError):
                self._file.truncate(start)
            raise RecordingError(
                f"cannot record to {self.path}: {error.strerror}; whole episodes before it are kept"
            ) from error

    def close(self) -> None:
        """Close the file. May be called twice."""
        self._file.close()


def read_episodes(path: str | os.PathLike[str]) -> Iterator[Episode]:
    """Episodes of a file written by :class:`EpisodeWriter`.

    A torn last line (the process was killed while writing it) is left out with a warning; damage anywhere else raises.

    Raises:
        RecordingError: No such file, or a damaged line, named by its number.
    """
    try:
        lines = Path(path).read_bytes().split(b"\n")
    except (OSError, ValueError) as error:
        raise RecordingError(f"cannot read {path}: {error}") from error
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        if number == len(lines):  # every whole line ends in a newline
            warnings.warn(f"{path}: the last line is incomplete and was left out", stacklevel=2)
            return
        try:
            episode = _parsed(line)
        except (ValueError, KeyError, TypeError):
            raise RecordingError(
                f"{path}: line {number} is damaged; the {number - 1} lines before it are whole"
            ) from None
        yield episode
