"""Desks as a native vector environment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode

from ...core.errors import EpisodeOver, InvalidAction, InvalidTruth, ResetNeeded, Unsupported
from ...core.rows import Rows
from ...core.truth import Truth, View, view_class
from ...core.vector import VectorEnv
from . import flat
from .desktop import COUNTS, Desktop
from .store import Desk

__all__ = ["DesktopVector"]


class DesktopVector(VectorEnv):
    """Native vector form of :class:`~infogap.envs.desktop.desktop.Desktop`, for numbers; takes the same arguments.

    Every row is a desk of its own, with a company of its own, so that worlds are dealt one by one. Saved is what
    single environments do around a turn: all actions are checked at once, and all screens are written into one array.

    Raises:
        Unsupported: ``observation="text"``.
    """

    single = Desktop
    _one: Desktop

    def __init__(self, num_envs: int = 1, **kwargs: Any) -> None:
        super().__init__(num_envs, **kwargs)
        if self._one.observed == "text":
            raise Unsupported("text has no native vector; use gymnasium.make_vec(..., vectorization_mode='sync')")
        options = {name: value for name, value in kwargs.items() if name not in ("max_episode_steps", "autoreset_mode")}
        self._desks = [self._one, *(Desktop(**options) for _ in range(self.num_envs - 1))]
        self._views: dict[str, View] = {}
        self._audit: Any = None

    # -- reset and step --------------------------------------------------------------------------------------------
    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Start episodes in all rows, or in those of ``options["reset_mask"]``; see :meth:`VectorEnv.reset`."""
        rows, seeds = self._reset_rows(options), self._row_seeds(seed)
        if rows.size < self.num_envs and not all(desk._world.started for desk in self._desks):
            raise ResetNeeded("the first reset must be of all rows; call reset() without reset_mask")
        for i in rows.tolist():
            self._desks[i].start(seeds[i])
        self._start[rows], self._ended[rows] = self._clock, False
        if self._pending is not None:
            left = np.setdiff1d(self._pending, rows)
            self._pending = left if left.size else None
        self._keep_views()
        return self.observation(), {}

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """Play one action in every row.

        Args:
            actions: Integers of shape (num_envs, 3): verbs, elements and arguments.

        Returns:
            Observations, rewards (float64), terminations (bool), truncations (bool) and infos, in fresh arrays.

        Raises:
            InvalidAction: Another dtype, shape or range; nothing has changed.
            ResetNeeded, EpisodeOver: A row has no running episode (``EpisodeOver`` only with autoreset disabled).
        """
        if not self._one._world.started:
            raise ResetNeeded("step() before reset(); call reset() first")
        given = self._three(actions)
        mode = self.autoreset_mode
        if mode is AutoresetMode.DISABLED and self._ended.any():
            raise EpisodeOver("some rows have ended; call reset(options={'reset_mask': ...}) for them first")
        self._clock += 1
        waiting = () if self._pending is None else self._pending.tolist()
        reward, over, late = self._play(given, frozenset(waiting))
        if waiting:
            self._again(self._pending)  # type: ignore[arg-type]
        if self._outer_limit is not None:  # as gymnasium.wrappers.TimeLimit, which truncates what has terminated, too
            limited = self._start <= self._clock - self._outer_limit
            limited[list(waiting)] = False
            late |= limited
        ended = over | late
        rows, info = ended.nonzero()[0], dict[str, Any]()
        self._pending = rows if rows.size and mode is AutoresetMode.NEXT_STEP else None
        if mode is AutoresetMode.DISABLED:
            self._ended = ended.copy()
        elif rows.size and mode is AutoresetMode.SAME_STEP:
            info = self._final_info(rows, ended)
            self._again(rows)
        self._keep_views()
        return self.observation(), reward, over, late, info

    def _play(
        self, given: list[list[int]], waiting: frozenset[int]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """One turn in every row that is not `waiting` for its reset: rewards, terminations and truncations."""
        n, act = self.num_envs, flat.act
        reward, over, late = np.zeros(n), np.zeros(n, np.bool_), np.zeros(n, np.bool_)
        for i, (desk, action) in enumerate(zip(self._desks, given, strict=True)):
            if i not in waiting:
                meant = act(action, desk._slots, desk._ui.clip)  # type: ignore[arg-type]
                got, terminated, truncated = desk.played(meant)
                if got or terminated or truncated:
                    reward[i], over[i], late[i] = got, terminated, truncated
        return reward, over, late

    def _three(self, actions: Any) -> list[list[int]]:
        expected = f"expected an integer array of shape ({self.num_envs}, 3)"
        try:
            a = np.asarray(actions)
        except ValueError:
            raise InvalidAction(f"{expected}, got ragged data") from None
        if a.dtype.kind not in "iu" or a.shape != (self.num_envs, 3):
            raise InvalidAction(f"{expected}, got {a.dtype} of shape {a.shape}")
        if a.min() < 0 or (a.max(0) >= COUNTS).any():
            raise InvalidAction(f"expected verbs, elements and arguments in [0, {COUNTS}), got one outside")
        found: list[list[int]] = a.tolist()
        return found

    def _again(self, rows: Rows) -> None:
        for i in rows.tolist():
            self._desks[i].start(None)
        self._start[rows] = self._clock

    def observation(self) -> Any:
        """The screens, in fresh arrays."""
        desks, n = self._desks, self.num_envs
        made = bytearray().join([desk._screen.numbers(desk._ui) for desk in desks])
        screen = np.frombuffer(made, np.int8).reshape(n, -1)
        turns = np.array([desk._world.turn for desk in desks])
        screen[:, -1] = 100 * (turns / self._limit)
        for i, desk in enumerate(desks):
            if desk._ui.error in flat.ERROR_AT:
                screen[i, flat.ERROR_AT[desk._ui.error]] = 1
        if self._one.observed == "flat":
            return screen
        mask = np.stack([desk._screen.mask(desk._ui, desk._slots) for desk in desks])
        return {"screen": screen, "action_mask": mask}

    # -- the door --------------------------------------------------------------------------------------------------
    def _door(self, verb: str, *args: Any) -> Any:
        kind, desks = self._one.truth_type, self._desks
        if verb == "reveal":
            return kind.stack(self._truths(bool(args and args[0])))
        if verb == "plant":
            return self._plant(args[0])
        if verb == "view":
            if args[0] not in self._views:
                self._views[args[0]] = view_class(kind, args[0], self._audit is not None)(args[0])
                self._views[args[0]]._audit = self._audit
                self._keep_views()
            return self._views[args[0]]
        if verb == "audit":
            self._audit = args[0]
            return self._views.clear()
        if verb == "rekey":
            for desk in desks:
                desk._door("rekey", *args)
            return None
        raise Unsupported(f"native vectors have no door {verb!r}")

    def _truths(self, final: bool) -> list[Truth]:
        """The truths of all rows; with `final` of each that has finished an episode the last one's."""
        found, missing = [], 0
        for desk in self._desks:
            try:
                found.append(desk._door("reveal", final))
            except ResetNeeded:
                missing += 1
                if missing == self.num_envs or not final:
                    raise
                found.append(desk._door("reveal", False))
        return found

    def _plant(self, truth: Truth) -> None:
        if not isinstance(truth, self._one.truth_type) or not isinstance(truth, Desk):
            raise InvalidTruth(
                f"expected a {self._one.truth_type.__qualname__} of arrays, got {type(truth).__qualname__}"
            )
        if any(getattr(getattr(truth, name), "shape", None) != (self.num_envs,) for name in truth.names):
            raise InvalidTruth(f"expected fields with {self.num_envs} rows each; use Desk.stack(truths)")
        fitting = [desk._world.fitting(truth.row(i), desk.truth_space) for i, desk in enumerate(self._desks)]
        for desk, one in zip(self._desks, fitting, strict=True):
            desk._world.plant(one)

    def _keep_views(self) -> None:
        """Bring the views up to date, if somebody holds one."""
        if self._views and self._one._world.started:
            now = self._door("reveal")
            for seen in self._views.values():
                seen._truth = now
