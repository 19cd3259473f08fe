"""Native infogap vector environments for Stable-Baselines3.

Importing this module needs the extra ``sb3``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode

from ..core.errors import InvalidOption, MissingExtra, UnknownOption, Unsupported
from ..wrappers import BeliefReward
from ..wrappers.vector import BeliefReward as VectorBeliefReward

try:
    from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv
except ImportError as error:
    raise MissingExtra("stable-baselines3", "sb3") from error

__all__ = ["NativeVecEnv", "make_vec_env"]


class NativeVecEnv(VecEnv):
    """A Gymnasium vector environment as Stable-Baselines3's ``VecEnv``.

    Equal to ``DummyVecEnv`` of its single environments, and faster: about three times with 128 rows of 20 Questions.

    Args:
        env: A vector environment with ``AutoresetMode.SAME_STEP``.

    Raises:
        Unsupported: Another autoreset mode: SB3 expects the next episode's observation from the step that ends one.
    """

    def __init__(self, env: gym.vector.VectorEnv[Any, Any, Any]) -> None:
        if env.metadata.get("autoreset_mode") is not AutoresetMode.SAME_STEP:
            raise Unsupported(f"expected a vector environment with autoreset_mode 'SameStep', got {env}")
        self.env = env
        self._masks: npt.NDArray[np.bool_] | None = None
        super().__init__(env.num_envs, env.single_observation_space, env.single_action_space)

    def reset(self) -> Any:
        """Start episodes in all rows, with the seeds given by :meth:`seed`."""
        if any(self._options):
            raise UnknownOption("infogap environments take no reset options")
        seeds: Any = list(self._seeds)  # Gymnasium types one seed only; infogap takes one for each row
        observation, info = self.env.reset(seed=seeds)
        self._reset_seeds()
        self.reset_infos = self._rows(info)
        self._keep_masks(info)
        return observation

    def step_async(self, actions: npt.NDArray[Any]) -> None:
        """Keep the actions for :meth:`step_wait`."""
        self._actions = actions

    def step_wait(self) -> tuple[Any, npt.NDArray[np.float32], npt.NDArray[np.bool_], list[dict[str, Any]]]:
        """Play the actions. Rows that end start their next episode at once."""
        observation, reward, terminated, truncated, info = self.env.step(self._actions)
        done = terminated | truncated
        final_obs, final_info = info.pop("final_obs", None), info.pop("final_info", None)
        info.pop("_final_obs", None), info.pop("_final_info", None)
        infos = self._rows(info)
        if done.any():
            finals = self._rows(final_info or {})
            for row in np.flatnonzero(done).tolist():
                self.reset_infos[row] = infos[row]
                infos[row] = {**finals[row], "terminal_observation": final_obs[row]}
        late = (truncated & ~terminated).tolist()
        for row, one in enumerate(infos):
            one["TimeLimit.truncated"] = late[row]
        self._keep_masks(info)
        return observation, reward.astype(np.float32), done, infos

    def _rows(self, info: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Gymnasium's infos of a vector, one dict per row."""
        rows: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        for name, values in info.items():
            if name.startswith("_"):
                continue
            for row in np.flatnonzero(info.get(f"_{name}", np.ones(self.num_envs, np.bool_))).tolist():
                value = values[row]
                rows[row][name] = value.item() if isinstance(value, np.generic) else value
        return rows

    def _keep_masks(self, info: Mapping[str, Any]) -> None:
        masks = info.get("action_mask")
        self._masks = None if masks is None else masks.astype(np.bool_)

    def close(self) -> None:
        """Close the vector environment."""
        self.env.close()

    def _mask(self, row: int) -> npt.NDArray[np.bool_]:
        if self._masks is None:
            raise AttributeError("no action masks; make the environment with masks=True and reset it")
        return self._masks[row]

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """The attribute for each of `indices`; what is not a row's own is that of the whole vector environment."""
        rows = self._get_indices(indices)
        if attr_name == "action_masks":
            return [self._masker(row) for row in rows]
        return [getattr(self.env, attr_name) for _ in rows]

    def _masker(self, row: int) -> Callable[[], npt.NDArray[np.bool_]]:
        # The rows share one object, so whether there are masks is known from its options before the first reset.
        if self._masks is None and not getattr(getattr(self.env.unwrapped, "_one", None), "masks", False):
            raise AttributeError("no action masks; make the environment with masks=True")
        return lambda: self._mask(row)

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """Refused: rows of a native vector environment have no attributes of their own."""
        raise Unsupported(f"can't set {attr_name!r} on rows of a native vector environment")

    def env_method(self, method_name: str, *method_args: Any, indices: Any = None, **method_kwargs: Any) -> list[Any]:
        """Call a method of each row; there is ``action_masks``."""
        if method_name != "action_masks":
            raise Unsupported(f"rows of a native vector environment have no method {method_name!r} of their own")
        return [method() for method in self.get_attr(method_name, indices)]

    def env_is_wrapped(self, wrapper_class: type[gym.Wrapper[Any, Any, Any, Any]], indices: Any = None) -> list[bool]:
        """Rows are not wrapped one by one."""
        return [False for _ in self._get_indices(indices)]

    def _get_indices(self, indices: int | Sequence[int] | None) -> list[int]:
        return list(super()._get_indices(indices))


def make_vec_env(
    env_id: str, n_envs: int, env_kwargs: Mapping[str, Any] | None = None, belief_weight: float = 0.0
) -> VecEnv:
    """A ``VecEnv`` of an infogap id: native where there is a native vector form, else ``DummyVecEnv``.

    Args:
        env_id: Registered Gymnasium id.
        n_envs: Number of rows.
        env_kwargs: Constructor arguments of the environment.
        belief_weight: Weight of the belief reward (:class:`infogap.wrappers.BeliefReward`) added to the task's own; 0
            for none.

    Raises:
        InvalidOption: `belief_weight` is negative or no number.
        Unsupported: There is no exact belief to take rewards from.
    """
    if isinstance(belief_weight, bool) or not isinstance(belief_weight, (int, float)) or not 0 <= belief_weight < 1e6:
        raise InvalidOption(f"belief_weight must be a number >= 0, got {belief_weight!r}")
    kwargs = dict(env_kwargs or {})
    if gym.spec(env_id).vector_entry_point is not None:
        env = gym.make_vec(env_id, n_envs, "vector_entry_point", autoreset_mode=AutoresetMode.SAME_STEP, **kwargs)
        return NativeVecEnv(VectorBeliefReward(env, weight=float(belief_weight)) if belief_weight else env)

    def make() -> gym.Env[Any, Any]:
        one = gym.make(env_id, **kwargs)
        return BeliefReward(one, weight=float(belief_weight)) if belief_weight else one

    return DummyVecEnv([make for _ in range(n_envs)])
