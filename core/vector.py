"""The base of native vector environments: many episodes as arrays.

They equal ``SyncVectorEnv`` of the single environment step for step. An author writes ``begin(rows)``,
``turn(actions)`` and ``observation()`` over arrays; the Truth, its releases and ``initial`` are those of the single
environment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space

from .belief import BatchBelief
from .chance import Chance, check_seed
from .env import Env
from .errors import (
    EpisodeOver,
    InvalidAction,
    InvalidOption,
    InvalidSeed,
    ResetNeeded,
    UnknownOption,
    Unsupported,
    shown,
)
from .rows import Rows, RowWorld
from .world import check_options

__all__ = ["VectorEnv"]


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

        one = self._one
        self._world = RowWorld(self.num_envs, one.family, one.generator, one.truth_type, one.initial)
        self._clock = 0
        self._start = np.zeros(self.num_envs, np.int64)
        self._ended = np.zeros(self.num_envs, np.bool_)
        self._pending: Rows | None = None  # rows that are reset by the next step
        self._silent: Rows | None = None  # rows that were reset since the last turn: nothing has been told there

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
        if self._world.truth is None:
            raise ResetNeeded("there is no episode yet; call reset() first")
        return np.asarray(self._one.hypothesis(self._world.truth))

    def turns(self) -> npt.NDArray[np.int64]:
        """Number of the current turn in each row, from 1 inside :meth:`turn`."""
        return self._clock - self._start

    def noise(self) -> Chance:
        """The noise streams of all rows at the current turn."""
        return self._world.noise(self.turns())

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
        self._world.open(rows, seeds)
        self._start[rows], self._ended[rows] = self._clock, False
        if self._pending is not None:
            left = np.setdiff1d(self._pending, rows)
            self._pending = left if left.size else None
        self._silent = rows if self._silent is None else np.union1d(self._silent, rows)
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
        if not self._world.started:
            raise ResetNeeded("step() before reset(); call reset() first")
        actions = self._checked(actions)
        mode = self.autoreset_mode
        if mode is AutoresetMode.DISABLED and self._ended.any():
            raise EpisodeOver("some rows have ended; call reset(options={'reset_mask': ...}) for them first")
        self._clock += 1
        reward, over = self.turn(actions)
        late = np.zeros(self.num_envs, np.bool_)
        limited = self._limit is not None or self._outer_limit is not None
        if self._limit is not None:
            np.less_equal(self._start, self._clock - self._limit, out=late)
            late &= ~over
        if self._outer_limit is not None:  # as gymnasium.wrappers.TimeLimit, which truncates what has terminated, too
            late |= self._start <= self._clock - self._outer_limit
        waiting, self._pending = self._pending, None
        self._silent = waiting
        if waiting is not None:
            reward[waiting] = 0.0
            over[waiting] = False
            if limited:
                late[waiting] = False
            self._again(waiting)
        ended = over | late if limited else over
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
        if np.minimum.reduce(a) < 0 or np.maximum.reduce(a) >= self._n:
            raise InvalidAction(f"expected actions in [0, {self._n}), got one outside")
        return a

    def _again(self, rows: Rows) -> None:
        """Start the next episode in `rows`."""
        self._world.again(rows)
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
    def _door(self, verb: str, *args: Any) -> Any:
        world = self._world
        if verb == "reveal":
            return world.reveal(self._running() if args and args[0] else None)
        if verb == "plant":
            return world.plant(args[0], self._one.truth_space)
        doors: dict[str, Callable[..., Any]] = {"view": world.view, "rekey": world.rekey, "audit": world.set_audit}
        if verb not in doors:
            raise Unsupported(f"{type(self).__name__} has no {verb}: it is no game")
        return doors[verb](*args)

    def _running(self) -> npt.NDArray[np.bool_]:
        """Which rows are in the middle of an episode: not ended, and not waiting for their reset."""
        running = ~self._ended
        if self._pending is not None:
            running[self._pending] = False
        return running
