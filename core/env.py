"""The base of single-agent environments: a template over a :class:`~infogap.core.world.World`.

An author writes a Truth and ``initial``, ``begin``, ``turn``, ``observation`` (and ``transition`` where hidden state
moves). Only ``initial`` and ``transition`` touch a Truth, and they return nothing but a Truth; everything the agent
perceives is made from its View. The template :meth:`Env.step` is the specification of every environment: a hot one
may override it, and the tests hold both equal.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from .belief import Belief
from .chance import Chance, check_seed
from .episode import Episode
from .errors import EpisodeOver, InvalidAction, ResetNeeded, Unsupported, shown
from .judge import Verdict
from .options import choice
from .truth import Truth, View, held_by
from .world import World, check_options

__all__ = ["Env", "check_discrete", "use_template"]


def check_discrete(action: Any, n: int) -> int:
    """An action of ``Discrete(n)`` as an int.

    Python ints, NumPy integers and 0-d integer arrays are taken; bool, floats, strings, None and arrays of another
    shape are not.

    Raises:
        InvalidAction: Not such an integer, or out of range.
    """
    if type(action) is not int:
        whole = isinstance(action, np.integer) or (
            isinstance(action, np.ndarray) and action.shape == () and np.issubdtype(action.dtype, np.integer)
        )
        if not whole:
            shape = f" of shape {action.shape}" if isinstance(action, np.ndarray) else ""
            raise InvalidAction(f"expected an int in [0, {n}), got {type(action).__name__}{shape}")
        action = int(action)
    if not 0 <= action < n:
        raise InvalidAction(f"expected an int in [0, {n}), got {shown(action)}")
    return int(action)


class Env(gym.Env[Any, Any]):
    """Base of single-agent environments.

    Class attributes to set: `family` and `generator` (they key the streams; all faces of a task share them) and
    `truth_type`. Instance attributes to set in ``__init__``: `action_space`, `observation_space`, `truth_space`.
    """

    family: ClassVar[str]
    generator: ClassVar[int] = 0
    truth_type: ClassVar[type[Truth]]
    metadata: dict[str, Any] = {"render_modes": []}
    max_turns: int | None = None
    """Turns after which an episode is truncated; None where the rules end it."""
    truth_space: spaces.Dict
    """Space of every field of the Truth, by name; views' spaces are taken from it."""
    party: str = "agent"
    """Whose view the episode is played through."""

    # -- what an author writes ---------------------------------------------------------------------------------------
    def initial(self, chance: Chance) -> Truth:
        """Deal the hidden state of an episode. With array methods it also serves many episodes at once."""
        raise NotImplementedError

    def opening(self, truth: Truth, chance: Chance) -> Truth:
        """What happens before the agent's first turn, to a truth dealt or planted, where hidden state moves."""
        return truth

    def transition(self, truth: Truth, action: Any, chance: Chance) -> Truth:
        """Move the hidden state. The default leaves it alone."""
        return truth

    def resample(self, truth: Truth, party: str, chance: Chance) -> Truth:
        """Another truth that `party` could not tell from `truth` at the reset. For leak checks of large worlds.

        Raises:
            Unsupported: This environment offers none; parts of other deals are taken then.
        """
        raise Unsupported(f"{type(self).__name__} has no resample")

    def trial(self, chance: Chance) -> Any:
        """An action that does something now, drawn for leak checks, where few of a large action space do.

        Raises:
            Unsupported: This environment offers none; actions are taken from its space then.
        """
        raise Unsupported(f"{type(self).__name__} has no trial")

    def begin(self, view: View) -> None:
        """Clear the public state at the start of an episode."""

    def turn(self, view: View, action: Any, noise: Chance) -> tuple[float, bool]:
        """Play one action on the public state. Returns the reward and whether the episode has terminated."""
        raise NotImplementedError

    def observation(self, view: View) -> Any:
        """What the agent perceives: a fresh object at each call."""
        raise NotImplementedError

    def info(self, view: View) -> dict[str, Any]:
        """The agent's info: public, a fresh dict at each call. It never holds what the agent's view does not."""
        return {}

    def mask(self, view: View) -> npt.NDArray[np.int8] | None:
        """Which discrete actions are sensible, as int8 of shape (n,); None where there is no mask."""
        return None

    def belief(self) -> Belief | None:
        """An exact belief over this environment's hypotheses at the start of an episode, or None."""
        return None

    def told(self) -> tuple[int, int] | None:
        """What the last turn told the agent, as :meth:`belief` takes it: (query, answer), or None."""
        return None

    @staticmethod
    def hypothesis(truth: Truth) -> Any:
        """Index of the hypothesis of `truth` that holds, as :meth:`belief` counts; an array for arrays."""
        raise NotImplementedError

    def current_hypothesis(self) -> int:
        """The same of the current truth. Privileged: for rewards and checks."""
        return int(self.hypothesis(self._world.truth))

    @staticmethod
    def verify(view: View, episode: Episode) -> Verdict:
        """Judge a recorded episode: pure, repeatable offline, and apart from the reward."""
        raise NotImplementedError

    # -- the template ----------------------------------------------------------------------------------------------
    def __init__(self, render_mode: str | None = None) -> None:
        modes = self.metadata["render_modes"]
        self.render_mode = None if render_mode is None else choice("render_mode", render_mode, modes)
        self._world = World(self.family, self.generator, self.truth_type, self.initial)
        self._still = type(self).transition is Env.transition

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    __str__ = __repr__

    def reset(self, *, seed: int | None = None, options: Mapping[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start an episode.

        Args:
            seed: Non-negative int: restart both streams there. None: the next episode of the current streams.
            options: Must be empty; hidden values can't be set here, see :func:`infogap.plant`.

        Raises:
            InvalidSeed: Not a non-negative int.
            InvalidOption, UnknownOption: An option was given, or what was given is no mapping.
        """
        seed = check_seed(seed)
        check_options(options)
        if seed is not None:
            super().reset(seed=seed)
        self._world.open(seed)
        if not self._still:
            self._world.show(self.opening(self._world.truth, self._world.dice))
        view = self._own_view()
        self.begin(view)
        return self.observation(view), self.info(view)

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Play one action.

        Raises:
            InvalidAction: The action is not in the action space; nothing has changed.
            ResetNeeded, EpisodeOver: There is no running episode.
        """
        world = self._world
        if world.done:
            self._refuse_step()
        action = self._checked(action)
        turn = world.tick()
        view = self._own_view()
        if not self._still:
            world.show(self.transition(world.truth, action, world.dice))
        reward, terminated = self.turn(view, action, world.noise)
        truncated = self.max_turns is not None and turn >= self.max_turns and not terminated
        if terminated or truncated:
            world.end()
        return self.observation(view), float(reward), bool(terminated), truncated, self.info(view)

    def _own_view(self) -> View:
        """The view that the episode is played through now."""
        return self._world.view(self.party)

    def _refuse_step(self) -> None:
        if not self._world.started:
            raise ResetNeeded("step() before reset(); call reset() first")
        raise EpisodeOver("the episode has ended; call reset() to start the next one")

    def _checked(self, action: Any) -> Any:
        if isinstance(self.action_space, spaces.Discrete):
            return check_discrete(action, int(self.action_space.n))
        if not self.action_space.contains(action):
            raise InvalidAction(f"expected an element of {self.action_space}, got {type(action).__name__}")
        return action

    def action_masks(self) -> npt.NDArray[np.bool_]:
        """The mask as sb3-contrib's MaskablePPO asks for it: bool of shape (n,).

        Raises:
            Unsupported: This environment has no mask.
        """
        if not self._world.started:
            self._refuse_step()
        mask = self.mask(self._own_view())
        if mask is None:
            raise Unsupported(f"{type(self).__name__} has no action mask")
        return mask.astype(bool)

    def view_space(self, party: str) -> spaces.Dict:
        """Space of ``view(env, party).fields()``: the fields the partition grants it, at the end of an episode."""
        names = [r.name for r in held_by(self.truth_type, party) if r.kind == "field"]
        return spaces.Dict({name: self.truth_space[name] for name in names})

    # -- the door --------------------------------------------------------------------------------------------------
    def _door(self, verb: str, *args: Any) -> Any:
        world = self._world
        if verb == "reveal":
            return world.final_truth if args and args[0] else world.truth
        if verb == "template":
            return use_template(self)
        if verb == "position":
            return world.position
        if verb == "plant":
            return world.plant(world.fitting(args[0], self.truth_space))
        doors: dict[str, Callable[..., Any]] = {"view": world.watch, "rekey": world.rekey, "audit": world.set_audit}
        if verb not in doors:
            raise Unsupported(f"{type(self).__name__} has no {verb}: it is no game")
        return doors[verb](*args)


def use_template(env: Env) -> None:
    """Make `env` run the template ``reset`` and ``step``, its specification, instead of overrides. For checks."""
    for name in ("reset", "step"):
        setattr(env, name, types.MethodType(getattr(Env, name), env))
