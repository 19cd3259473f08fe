"""Chance: one counter-based generator, the same bits on every platform, as scalars and as arrays.

A stream is keyed once per (family, generator version, seed, stream name) and restarts at each (episode, turn), so it
cannot drift: what one turn draws never depends on what another drew. An environment has two, ``"world"`` (the initial
truth and its transitions) and ``"noise"`` (chance in what is shown). An agent's chance is not ours.

With the public key, a stream is SplitMix64 seeded with it, read at any place (Steele, Lea & Flood, "Fast splittable
pseudorandom number generators", OOPSLA 2014). It is fast and not cryptographic: the seed tells the secret. With an
evaluator's key, every word is a keyed BLAKE2b digest, and knowing the seed tells nothing.
"""

from __future__ import annotations

import bisect
import functools
import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import InvalidKey, InvalidOption, InvalidSeed, shown

__all__ = ["PUBLIC", "Chance", "check_key", "check_seed", "stream_key", "streams"]

PUBLIC = b"infogap public key"
"""The default key. Results repeat for everybody, and nothing is secret from somebody who knows the seed."""

_MASK = (1 << 64) - 1
_U = np.uint64
_SEED_BITS = 1024
_EPISODE, _TURN = 32, 8
"""A counter is ``episode << 32 | turn << 8 | lane``: 2**32 episodes of 2**24 turns with 256 words each."""
_GOLDEN = 0x9E3779B97F4A7C15
"""What SplitMix64's state advances by."""


def _mix(x: int) -> int:
    """SplitMix64 finaliser of an int in [0, 2**64)."""
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
    return x ^ (x >> 31)


def _mix_array(x: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The same over a uint64 array, equal bit for bit; in place where it can, since it is bound by memory."""
    y = x >> _U(30)
    y ^= x
    y *= _U(0xBF58476D1CE4E5B9)
    z = y >> _U(27)
    z ^= y
    z *= _U(0x94D049BB133111EB)
    y = z >> _U(31)
    y ^= z
    return y


@functools.lru_cache(maxsize=4096)
def _number_of(name: str) -> int:
    """64 bits that stand for a name."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big")


def check_seed(seed: Any) -> int | None:
    """A seed as a Python int, or None.

    Raises InvalidSeed for anything but an integer in [0, 2**1024) (bool is none).
    """
    if seed is None:
        return None
    if isinstance(seed, (bool, np.bool_)) or not isinstance(seed, (int, np.integer)):
        raise InvalidSeed(f"expected a non-negative int or None as seed, got {type(seed).__name__} {shown(seed)}")
    number = int(seed)
    if number < 0 or number.bit_length() > _SEED_BITS:
        raise InvalidSeed(f"expected a seed in [0, 2**{_SEED_BITS}), got {shown(seed)}")
    return number


def check_key(key: Any) -> bytes:
    """An evaluator's key, checked. BLAKE2b takes 1 to 64 bytes."""
    if not isinstance(key, bytes) or not 1 <= len(key) <= 64:
        raise InvalidKey(f"expected a key of 1 to 64 bytes, got {type(key).__name__}; use secrets.token_bytes(32)")
    return key


def stream_key(key: bytes, family: str, generator: int, seed: int, stream: str) -> bytes:
    """The 32-byte key of a stream."""
    label = f"{family}|{generator}|{seed}|{stream}".encode()
    return hashlib.blake2b(label, key=key, digest_size=32).digest()


class Chance:
    """A stream at an (episode, turn). Scalar where `episode` is an int, one row per entry where it is a uint64 array.

    Args:
        key: 64-bit key, an int or a uint64 array of shape ``(rows,)``.
        episode: Number of the episode since the last seeding, from 0.
        turn: Number of the turn; 0 is the reset.
    """

    __slots__ = ("episode", "key", "lane", "turn")

    def __init__(self, key: Any, episode: Any = 0, turn: Any = 0) -> None:
        self.key, self.episode, self.turn, self.lane = key, episode, turn, 0

    def at(self, episode: Any, turn: Any = 0) -> Chance:
        """The same stream elsewhere."""
        return type(self)(self.key, episode, turn)

    def fork(self, name: str) -> Chance:
        """A stream of its own beside this one, at the same episode and turn. Scalar streams only."""
        key = self.key
        if isinstance(key, bytes):
            forked: Any = hashlib.blake2b(name.encode(), key=key, digest_size=32).digest()
        else:
            forked = _mix(key ^ _number_of(name))
        return type(self)(forked, self.episode, self.turn)

    def rows(self, index: Any) -> Chance:
        """The streams of some rows, at their episode and turn."""
        return type(self)(self.key[index], self.episode[index], self.turn[index])

    def _next_lane(self) -> int:
        lane = self.lane
        if lane > 255:
            raise InvalidOption("one turn may draw 256 words of a stream; use chance.generator() where it needs more")
        self.lane = lane + 1
        return lane

    def word(self) -> Any:
        """Next 64 random bits: an int, or a uint64 array with one entry per row."""
        lane = self._next_lane()
        key, episode, turn = self.key, self.episode, self.turn
        if isinstance(episode, int) and isinstance(turn, int) and isinstance(key, int):
            return _mix(key + ((episode << _EPISODE | turn << _TURN | lane) + 1) * _GOLDEN & _MASK)
        return _mix_array(self._states(lane))

    def _states(self, lane: int) -> npt.NDArray[np.uint64]:
        """SplitMix64's state at a lane, one per row."""
        state, arrays = (lane + 1) * _GOLDEN, []
        for value, step in ((self.key, 1), (self.episode, _GOLDEN << _EPISODE), (self.turn, _GOLDEN << _TURN)):
            if np.ndim(value):
                arrays.append(np.asarray(value, _U) * _U(step & _MASK))
            else:
                state += int(value) * step
        states: npt.NDArray[np.uint64] = _U(state & _MASK) + np.atleast_1d(arrays[0] if arrays else _U(0))
        for array in arrays[1:]:
            states = states + array
        return states

    def _words(self, n: int) -> Any:
        """The next `n` words: a list, or a uint64 array of shape (rows, n)."""
        if all(isinstance(value, int) for value in (self.key, self.episode, self.turn)):
            return [self.word() for _ in range(n)]
        lanes = [self._next_lane() for _ in range(n)]
        return _mix_array(self._states(lanes[0])[:, None] + np.arange(n, dtype=_U) * _U(_GOLDEN))

    def below(self, n: int) -> Any:
        """Integer in [0, n), for n < 2**31: an int, or an int64 array."""
        w = self.word()
        if isinstance(w, int):
            return (w >> 32) * n >> 32
        w = w >> _U(32)
        w *= _U(n)
        w >>= _U(32)
        return w.view(np.int64)

    def unit(self) -> Any:
        """Float in [0, 1) with 53 random bits: a float, or a float64 array."""
        w = self.word()
        return (w >> 11) * 2.0**-53 if isinstance(w, int) else (w >> _U(11)) * 2.0**-53

    def pick(self, cumulative: Sequence[float]) -> Any:
        """Index drawn by cumulative weights that end at 1: an int, or an int64 array."""
        u = self.unit()
        if isinstance(u, float):
            return min(bisect.bisect_right(cumulative, u), len(cumulative) - 1)
        return np.minimum(np.searchsorted(np.asarray(cumulative), u, side="right"), len(cumulative) - 1)

    def permutation(self, n: int) -> Any:
        """Random order of range(n), for n <= 256: a list, or an int64 array of shape (rows, n)."""
        words = self._words(n)
        if isinstance(words, list):
            return sorted(range(n), key=words.__getitem__)
        return np.argsort(words, axis=1)

    def generator(self) -> np.random.Generator:
        """A NumPy generator seeded from this stream (about 25 us), where a truth needs many draws.

        Scalar streams only.
        """
        w = self.word()
        if not isinstance(w, int):
            raise InvalidOption("chance.generator() serves one episode; draw arrays with word(), below() or unit()")
        return np.random.Generator(np.random.PCG64(w))


class KeyedChance(Chance):
    """A stream under an evaluator's key: every word is a BLAKE2b digest of the counter.

    `key` is bytes, or an object array of bytes.
    """

    __slots__ = ()

    def word(self) -> Any:
        """Next 64 random bits."""
        lane = self._next_lane()
        if isinstance(self.episode, int) and isinstance(self.turn, int) and isinstance(self.key, bytes):
            return _digest(self.key, self.episode << _EPISODE | self.turn << _TURN | lane)
        keys, episodes, turns = np.broadcast_arrays(np.asarray(self.key, object), self.episode, self.turn)
        counters = (int(e) << _EPISODE | int(t) << _TURN | lane for e, t in zip(episodes, turns, strict=True))
        return np.fromiter((_digest(k, c) for k, c in zip(keys, counters, strict=True)), np.uint64, len(keys))

    def _words(self, n: int) -> Any:
        words = [self.word() for _ in range(n)]
        return words if isinstance(words[0], int) else np.stack(words, axis=1)


def _digest(key: bytes, counter: int) -> int:
    return int.from_bytes(hashlib.blake2b(counter.to_bytes(8, "big"), key=key, digest_size=8).digest(), "big")


def streams(key: bytes, family: str, generator: int, seed: int) -> tuple[Chance, Chance]:
    """The world's and the noise's stream of one seed, at episode 0, turn 0."""
    keys = [stream_key(key, family, generator, seed, name) for name in ("world", "noise")]
    if key == PUBLIC:
        world, noise = (Chance(int.from_bytes(k[:8], "big")) for k in keys)
        return world, noise
    world, noise = (KeyedChance(k) for k in keys)
    return world, noise
