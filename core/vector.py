"""The base of native vector environments: many episodes as arrays.

They equal ``SyncVectorEnv`` of the single environment step for step. An author writes ``begin(rows)``,
``turn(actions)`` and ``observation()`` over arrays; the Truth, its releases and
``initial`` are those of the single environment. Truths are dealt some episodes ahead for every row, which
counter-based chance allows.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space

from .belief import BatchBelief
from .chance import PUBLIC, Chance, KeyedChance, check_key, check_seed, streams
from .env import Env
from .errors import (
    EpisodeOver,
    InvalidAction,
    InvalidOption,
    InvalidSeed,
    InvalidTruth,
    ResetNeeded,
    UnknownOption,
    Unsupported,
    shown,
)
from .truth import Audit, Truth, View, view_class
from .world import check_options

__all__ = ["VectorEnv"]

AHEAD = 16
"""Episodes dealt ahead per row: enough to hide the call overhead, few enough to stay in cache."""

Rows = npt.NDArray[np.intp]


class VectorEnv(gym.vector.VectorEnv[Any, Any, Any]):
    """Base of native vector environments.

    Args:
        num_envs: Number of rows, at least 1.
        max_episode_steps: Given by ``gymnasium.make_vec`` where the spec has it; truncates on top of the rules.
        autoreset_mode: Any of Gymnasium's three modes, or its value as a string.
        **kwargs: Constructor arguments of the single environment.

    Class attribute to set: `single`, the environment class whose rows these are.
    """

    single: ClassVar[type[Env]]

    def __init__(
        self,
        num_envs: int = 1,
        *,
        max_episode_steps: int | None = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        **kwargs: Any,
    ) -> None:
        if isinstance(num_envs, bool) or not isinstance(num_envs, (int, np.integer)) or num_envs < 1:
            raise InvalidOption(f"num_envs must be a positive int, got {shown(num_envs)}")
        if max_episode_steps is not None and (type(max_episode_steps) is not int or max_episode_steps < 1):
            raise InvalidOption(f"max_episode_steps must be a positive int or None, got {shown(max_episode_steps)}")
        if kwargs.get("render_mode") is not None:
            raise Unsupported("native vectors do not render; use gymnasium.make_vec(..., vectorization_mode='sync')")
        self._one = self.single(**kwargs)
        self.num_envs = int(num_envs)
        self.single_observation_space = self._one.observation_space
        self.single_action_space = self._one.action_space
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        if autoreset_mode not in [m for mode in AutoresetMode for m in (mode, mode.value)]:
            raise UnknownOption(
                f"unknown autoreset_mode {autoreset_mode!r}; expected one of {[m.value for m in AutoresetMode]}"
            )
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        self.metadata = {**self._one.metadata, "render_modes": [], "autoreset_mode": self.autoreset_mode}
        self.render_mode = None
        self._limit, self._outer_limit = self._one.max_turns, max_episode_steps
        self._n = int(self.single_action_space.n) if isinstance(self.single_action_space, spaces.Discrete) else None

        self._key = PUBLIC
        self._seeds: list[int] | None = None
        self._stale = True
        self._clock = 0
        self._start = np.zeros(self.num_envs, np.int64)
        self._first = np.zeros(self.num_envs, np.uint64)
        self._origin = np.arange(self.num_envs, dtype=np.intp) * AHEAD
        self._at = self._origin.copy()
        self._ended = np.zeros(self.num_envs, np.bool_)
        self._pending: Rows | None = None
        self._truth: Truth | None = None
        # Truths that move or were planted can't be dealt again, so final ones are then kept as they go.
        self._dealable = self._one._still
        self._final: dict[str, npt.NDArray[Any]] | None = None
        self._past: tuple[npt.NDArray[np.uint64], npt.NDArray[np.bool_], dict[str, npt.NDArray[Any]]] | None = None
        self._planted: Truth | None = None
        self._views: dict[str, View] = {}
        self._auditor: Audit | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.num_envs}>"

    __str__ = __repr__

    # -- what an author writes ---------------------------------------------------------------------------------------
    def begin(self, rows: Rows) -> None:
        """Clear the public state of `rows`, whose truth is new."""
        raise NotImplementedError

    def turn(self, actions: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        """Play one action in every row: fresh rewards (float64) and terminations (bool), each of shape (num_envs,).

        Rows that wait for their reset are played too; what is written for them is cleared by :meth:`begin`.
        """
        raise NotImplementedError

    def observation(self) -> Any:
        """What the agents perceive, in fresh arrays."""
        raise NotImplementedError

    def info(self, rows: Rows | None = None) -> dict[str, Any]:
        """The agents' infos in Gymnasium's vector form: of `rows`, or of all."""
        return {}

    def told(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """What the last turn told in each row: fresh arrays of queries and answers, query -1 where nothing."""
        raise NotImplementedError

    def batch_belief(self) -> BatchBelief | None:
        """An exact belief per row at the start of an episode, or None."""
        return None

    def hypotheses(self) -> npt.NDArray[np.int64]:
        """Index of the hypothesis that holds in each row. Privileged: for rewards and checks."""
        if self._truth is None:
            raise ResetNeeded("there is no episode yet; call reset() first")
        return np.asarray(self._one.hypothesis(self._truth))

    # -- chance ----------------------------------------------------------------------------------------------------
    def turns(self) -> npt.NDArray[np.int64]:
        """Number of the current turn in each row, from 1 inside :meth:`turn`."""
        return self._clock - self._start

    def noise(self) -> Chance:
        """The noise streams of all rows at the current turn, as their single environments would have them."""
        return self._noise.at(self._episodes(), self.turns().astype(np.uint64))

    def _key_rows(self, rows: Rows) -> None:
        """Key the streams of `rows` from their seeds."""
        assert self._seeds is not None
        for i in rows.tolist():
            world, noise = streams(self._key, self._one.family, self._one.generator, self._seeds[i])
            self._world.key[i], self._noise.key[i] = world.key, noise.key

    def _episodes(self) -> npt.NDArray[np.uint64]:
        """Number of the current episode in each row."""
        return self._first + (self._at - self._origin).astype(np.uint64)

    def _deal_ahead(self) -> None:
        """Deal the current and the next episodes of every row."""
        self._first, self._at = self._episodes(), self._origin.copy()
        episodes = (self._first[:, None] + np.arange(AHEAD, dtype=np.uint64)).ravel()
        key = np.repeat(self._world.key, AHEAD)
        dealt = self._one.initial(type(self._world)(key, episodes, np.zeros(key.size, np.uint64)))
        # What initial() leaves a scalar is the same in every episode.
        self._pool = {name: values for name in dealt.names if np.ndim(values := getattr(dealt, name)) > 0}
        if self._truth is None:
            fields = {
                name: np.full(self.num_envs, getattr(dealt, name)) for name in dealt.names if name not in self._pool
            }
            fields.update({name: pool[self._at] for name, pool in self._pool.items()})
            self._truth = dataclasses.replace(dealt, **fields)  # type: ignore[type-var]

    def _next_truths(self, rows: Rows) -> None:
        """Put the next dealt truths into `rows`."""
        at = self._at[rows] + 1
        self._at[rows] = at
        if np.minimum.reduce(at & (AHEAD - 1)) == 0:  # a row has used up what was dealt for it
            self._deal_ahead()
            at = self._at[rows]
        for name, pool in self._pool.items():
            getattr(self._truth, name)[rows] = pool[at]

    # -- reset and step --------------------------------------------------------------------------------------------
    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Start episodes in all rows, or in those of ``options["reset_mask"]``.

        Args:
            seed: None, an int (row i gets ``seed + i``) or a list with a seed or None for each row.
            options: ``{"reset_mask": bool array of shape (num_envs,)}`` with at least one True, or nothing.

        Raises:
            InvalidSeed, UnknownOption, InvalidOption: What was given is none of these; nothing has changed.
        """
        rows = self._reset_rows(options)
        seeds = self._row_seeds(seed)
        if self._truth is None and rows.size < self.num_envs:
            raise ResetNeeded("the first reset must be of all rows; call reset() without reset_mask")
        if self._stale and self._truth is not None and rows.size < self.num_envs:
            raise ResetNeeded("the key has changed; the next reset must be of all rows")
        rewinds = self._stale or self._planted is not None or any(s is not None for s in seeds)
        past = self._past_of(rows) if rewinds and self._truth is not None else None
        self._keep_final(rows)
        self._seed_rows(rows, seeds)
        if past is not None:
            self._past = (self._episodes(), *past)
        if self._planted is not None and rows.size == self.num_envs:
            self._truth, self._planted = self._planted, None
            self._dealable = False
        if self._final is None and not self._dealable:
            kept = self._truth if past is None else self._one.truth_type(**past[1])
            self._final = {name: getattr(kept, name).copy() for name in self._one.truth_type.names}
        self._start[rows], self._ended[rows] = self._clock, False
        if self._pending is not None:
            left = np.setdiff1d(self._pending, rows)
            self._pending = left if left.size else None
        self._bind()
        self.begin(rows)
        return self.observation(), self.info(rows)

    def _reset_rows(self, options: Mapping[str, Any] | None) -> Rows:
        mask = check_options(options, "reset_mask").get("reset_mask")
        if mask is None:
            return np.arange(self.num_envs)
        if (
            not isinstance(mask, np.ndarray)
            or mask.dtype != np.bool_
            or mask.shape != (self.num_envs,)
            or not mask.any()
        ):
            raise InvalidOption(f"reset_mask must be a bool array of shape ({self.num_envs},) with at least one True")
        return np.flatnonzero(mask)

    def _row_seeds(self, seed: Any) -> list[int | None]:
        if isinstance(seed, Sequence) or np.ndim(seed) == 1:
            if len(seed) != self.num_envs:
                raise InvalidSeed(f"expected {self.num_envs} seeds, one for each row, got {len(seed)}")
            return [check_seed(s) for s in seed]
        first = check_seed(seed)
        return [None if first is None else first + i for i in range(self.num_envs)]

    def _seed_rows(self, rows: Rows, seeds: list[int | None]) -> None:
        """Move `rows` to the next episode of their streams, or to the first of their new seeds, and deal it."""
        first = self._seeds is None
        if self._seeds is None:
            self._seeds = [int.from_bytes(os.urandom(7), "big") for _ in range(self.num_envs)]
        fresh = rows[[first or seeds[i] is not None for i in rows.tolist()]]
        for i in fresh.tolist():
            given = seeds[i]
            if given is not None:
                self._seeds[i] = given
        if self._stale:
            kind, keys = (Chance, np.uint64) if self._key == PUBLIC else (KeyedChance, object)
            self._world, self._noise = (kind(np.zeros(self.num_envs, keys)) for _ in range(2))
            self._key_rows(np.arange(self.num_envs))
            self._stale = False
        else:
            self._key_rows(fresh)
        self._first = self._episodes()
        self._at = self._origin.copy()
        self._first[np.setdiff1d(rows, fresh)] += np.uint64(1)
        self._first[fresh] = 0
        self._deal_ahead()
        for name, pool in self._pool.items():
            getattr(self._truth, name)[rows] = pool[self._at[rows]]

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """Play one action in every row.

        Args:
            actions: Integer array of shape (num_envs,), for ``Discrete`` single actions.

        Returns:
            Observations, rewards (float64), terminations (bool), truncations (bool) and infos, in fresh arrays.

        Raises:
            InvalidAction: Another dtype, shape or range; nothing has changed.
            ResetNeeded, EpisodeOver: A row has no running episode (``EpisodeOver`` only with autoreset disabled).
        """
        if self._truth is None:
            raise ResetNeeded("step() before reset(); call reset() first")
        actions = self._checked(actions)
        mode = self.autoreset_mode
        if mode is AutoresetMode.DISABLED and self._ended.any():
            raise EpisodeOver("some rows have ended; call reset(options={'reset_mask': ...}) for them first")
        self._clock += 1
        reward, over = self.turn(actions)
        late = np.zeros(self.num_envs, np.bool_)
        if self._limit is not None:
            np.less_equal(self._start, self._clock - self._limit, out=late)
            late &= ~over
        if self._outer_limit is not None:  # as gymnasium.wrappers.TimeLimit, which truncates what has terminated, too
            late |= self._start <= self._clock - self._outer_limit
        waiting, self._pending = self._pending, None
        if waiting is not None:
            reward[waiting] = 0.0
            over[waiting] = False
            late[waiting] = False
            self._again(waiting)
        ended = over if self._limit is None and self._outer_limit is None else over | late
        info: dict[str, Any] = {}
        rows = ended.nonzero()[0]
        self._ended = ended.copy() if mode is AutoresetMode.DISABLED else self._ended
        if rows.size and mode is AutoresetMode.NEXT_STEP:
            self._pending = rows
        elif rows.size and mode is AutoresetMode.SAME_STEP:
            info = self._final_info(rows, ended)
            self._again(rows)
        return self.observation(), reward, over, late, {**info, **self.info()}

    def _checked(self, actions: Any) -> npt.NDArray[np.int64]:
        try:
            a = np.asarray(actions)
        except ValueError:
            raise InvalidAction(f"expected an integer array of shape ({self.num_envs},), got ragged data") from None
        if a.dtype.kind not in "iu" or a.shape != (self.num_envs,):
            raise InvalidAction(
                f"expected an integer array of shape ({self.num_envs},), got {a.dtype} of shape {a.shape}"
            )
        if a.dtype.kind == "u" or a.dtype != np.int64:
            a = a.astype(np.int64)
        # As unsigned numbers negative actions are huge, so one reduction checks both ends.
        if np.maximum.reduce(a.view(np.uint64)) >= self._n:
            raise InvalidAction(f"expected actions in [0, {self._n}), got one outside")
        return a

    def _again(self, rows: Rows) -> None:
        """Start the next episode in `rows`."""
        self._keep_final(rows)
        self._next_truths(rows)
        self._start[rows] = self._clock
        self.begin(rows)

    def _final_info(self, rows: Rows, ended: npt.NDArray[np.bool_]) -> dict[str, Any]:
        last = self.observation()
        final = np.full(self.num_envs, None, dtype=object)
        for i in rows.tolist():
            final[i] = last[i].copy() if isinstance(last, np.ndarray) else {k: v[i].copy() for k, v in last.items()}
        info = {"final_obs": final, "_final_obs": ended.copy()}
        return {**info, "final_info": self.info(rows), "_final_info": ended.copy()}

    # -- the door --------------------------------------------------------------------------------------------------
    def _keep_final(self, rows: Rows) -> None:
        """Keep the truths that are about to be replaced, where they can't be dealt again."""
        if self._final is not None:
            for name, kept in self._final.items():
                kept[rows] = getattr(self._truth, name)[rows]

    def _past_of(self, rows: Rows) -> tuple[npt.NDArray[np.bool_], dict[str, npt.NDArray[Any]]]:
        """Which rows will have had an episode, and its truth, after a reset of `rows` that moves their streams."""
        had = self._had()
        had[rows] = True
        old = {name: np.array(values) for name, values in (self._final or self._dealt_before()).items()}
        for name, values in old.items():
            values[rows] = getattr(self._truth, name)[rows]
        return had, old

    def _had(self) -> npt.NDArray[np.bool_]:
        """Which rows have had an episode before the current one."""
        now = self._episodes()
        if self._past is None:
            return now > 0
        at, had, _ = self._past
        past: npt.NDArray[np.bool_] = (now > 0) | ((now == at) & had)
        return past

    def _bind(self) -> None:
        for seen in self._views.values():
            seen._truth = self._truth

    def _door(self, verb: str, *args: Any) -> Any:
        doors: dict[str, Callable[..., Any]] = {
            "reveal": self._reveal,
            "view": self._view,
            "plant": self._plant,
            "rekey": self._rekey,
            "audit": self._audit,
        }
        return doors[verb](*args)

    def _reveal(self, final: bool = False) -> Truth:
        if self._truth is None:
            raise ResetNeeded("there is no episode yet; call reset() first")
        truth = self._truth
        now = {name: getattr(truth, name).copy() for name in truth.names}
        if final:
            running = ~self._ended
            if self._pending is not None:
                running[self._pending] = False
            rows = np.flatnonzero(running & self._had())
            if not rows.size and running.all():
                raise ResetNeeded("no episode has finished yet")
            old = self._final or self._dealt_before()
            for name, values in now.items():
                values[rows] = old[name][rows]
        return dataclasses.replace(truth, **now)  # type: ignore[type-var]

    def _dealt_before(self) -> dict[str, npt.NDArray[Any]]:
        """The truths of the episodes before the current ones, dealt again."""
        now = self._episodes()
        before = now - (now > 0)
        dealt = self._one.initial(self._world.at(before, np.zeros(self.num_envs, np.uint64)))
        old = {
            name: np.array(np.broadcast_to(getattr(dealt, name), np.shape(getattr(self._truth, name))))
            for name in dealt.names
        }
        if self._past is not None:
            at, _, past = self._past
            for name, values in old.items():
                values[now == at] = past[name][now == at]
        return old

    def _view(self, party: str) -> View:
        """Views over arrays. What is granted only at the end of an episode is not granted here: rows end apart."""
        if party not in self._views:
            seen = view_class(self._one.truth_type, party, self._auditor is not None)(party)
            seen._audit = self._auditor
            self._views[party] = seen
            self._bind()
        return self._views[party]

    def _plant(self, truth: Truth) -> None:
        if not isinstance(truth, self._one.truth_type):
            raise InvalidTruth(
                f"expected a {self._one.truth_type.__qualname__} of arrays, got {type(truth).__qualname__}"
            )
        fields = {name: np.array(getattr(truth, name)) for name in truth.names}
        if any(values.shape[:1] != (self.num_envs,) for values in fields.values()):
            raise InvalidTruth(
                f"expected fields with {self.num_envs} rows each; use {type(truth).__qualname__}.stack(truths)"
            )
        fields = {n: v.astype(np.int64) if v.dtype.kind in "iu" else v for n, v in fields.items()}
        space = self._one.truth_space
        if wrong := [name for name, values in fields.items() if not all(space[name].contains(v) for v in values)]:
            raise InvalidTruth(f"these fields are not in truth_space: {wrong}")
        self._planted = dataclasses.replace(truth, **fields)  # type: ignore[type-var]

    def _rekey(self, key: bytes) -> None:
        self._key, self._stale = check_key(key), True

    def _audit(self, audit: Audit | None) -> None:
        self._auditor = audit
        self._views.clear()
