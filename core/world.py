"""The running episode behind an environment, and the doors to it.

A :class:`World` is held privately by the bases. Because chance is counter-based, the initial truth of an episode is a
pure function of (key, seed, episode): a world may leave it undealt until somebody looks, which is what hot
environments use.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gymnasium import spaces

from .chance import PUBLIC, Chance, check_key, streams
from .errors import InvalidOption, InvalidTruth, ResetNeeded, SealedError, UnknownOption, Unsupported
from .truth import Audit, Truth, View, view_class

__all__ = ["World", "check_options", "outcome", "plant", "rekey", "remade", "reveal", "view"]


def check_options(options: Any, *allowed: str) -> dict[str, Any]:
    """The options of a reset as a dict.

    Raises:
        InvalidOption: Not a mapping.
        UnknownOption: One that is not in `allowed`.
    """
    if options is not None and not isinstance(options, Mapping):
        raise InvalidOption(f"reset options must be a mapping or None, got {type(options).__name__}")
    given = dict(options or {})
    if unknown := sorted(map(str, given.keys() - set(allowed))):
        raise UnknownOption(f"unknown reset options {unknown}; expected {' or '.join(allowed) or 'none'}")
    return given


def remade(kind: type[Truth], truth: Truth) -> Any:
    """A truth of class `kind` with the fields that `truth` has of it; InvalidTruth where it refuses itself."""
    names = kind.names if kind is type(truth) else set(kind.names).intersection(truth.names)
    try:
        return kind(**{name: getattr(truth, name) for name in names})
    except InvalidTruth:
        raise
    except Exception as error:
        raise InvalidTruth(f"the truth refuses itself: {type(error).__name__}, {error}") from None


def _contains(space: spaces.Space[Any], value: Any) -> bool:
    try:
        return bool(space.contains(value))
    except (TypeError, ValueError):  # Gymnasium's Tuple iterates over arrays without a dimension
        return False


class World:
    """One running episode.

    Args:
        family: Name of the instance family; all faces of a task share it, so that one seed holds the same secret in
            all.
        generator: Version of the family's generator.
        kind: The Truth class.
        initial: Deals the initial truth from the world's stream.
    """

    def __init__(self, family: str, generator: int, kind: type[Truth], initial: Callable[[Chance], Truth]) -> None:
        self.family, self.generator, self.kind = family, generator, kind
        self._initial = initial
        self.key = PUBLIC
        self.seed: int | None = None
        self.episode = -1
        self.turn = 0
        self.done = True
        self.dice: Chance
        self.noise: Chance
        self.audit: Audit | None = None
        self._truth: Truth | None = None
        self._previous: tuple[int, Truth | Chance] | None = None
        self._planted: Truth | None = None
        self._stale = True
        self._views: dict[str, View] = {}
        self.watched = False
        self._given = False
        self.plain = False
        """Whether the next episode may stay undealt: nothing planted or rekeyed, and nobody outside holds a view."""

    # -- for the bases ---------------------------------------------------------------------------------------------
    @property
    def started(self) -> bool:
        """Whether there has been a reset."""
        return self.episode >= 0

    def seeded(self, seed: int | None) -> None:
        """Go to the next episode, or to the first of `seed`; deal nothing yet."""
        before = (self._truth if self._truth is not None else self.dice.at(self.episode)) if self.started else None
        if seed is not None or self.seed is None or self._stale:
            fresh = seed is not None or self.seed is None
            if seed is None:
                seed = int.from_bytes(os.urandom(7), "big") if self.seed is None else self.seed
            self.seed = seed
            self.dice, self.noise = streams(self.key, self.family, self.generator, seed)
            self.episode, self._stale = (0 if fresh else self.episode + 1), False
        else:
            self.episode += 1
        if before is not None:
            self._previous = (self.episode - 1, before)
        self.turn, self._truth, self.done = 0, None, False

    def open(self, seed: int | None) -> None:
        """Start the next episode and deal its truth, or the planted one."""
        self.arrive(seed)
        self.deal()

    def arrive(self, seed: int | None) -> None:
        """Start the next episode; whether it may stay undealt, `plain` tells."""
        self.seeded(seed)
        self._move_streams()
        self._given = self._planted is not None
        self.plain = not (self._given or self.watched)

    def deal(self) -> None:
        """Deal the truth of the episode just started, or the planted one."""
        planted, self._planted = self._planted, None
        self.show(planted if planted is not None else self._deal(self.dice))

    def skip(self) -> None:
        """Start the next episode and leave it undealt; allowed while `plain`."""
        if self._truth is not None:
            self._previous = (self.episode, self._truth)
            self._truth = None
        self.done = False
        self.episode += 1

    def tick(self) -> int:
        """Start the next turn: both streams restart at it. Returns its number, from 1."""
        self.turn += 1
        self._move_streams()
        return self.turn

    def _move_streams(self) -> None:
        for stream in (self.dice, self.noise):
            stream.episode, stream.turn, stream.lane = self.episode, self.turn, 0

    def show(self, truth: Truth) -> None:
        """Make `truth` the current one, for all views."""
        self._truth = truth
        for seen in self._views.values():
            seen._truth, seen._done = truth, self.done

    def end(self) -> None:
        """End the episode: grants at the end take effect."""
        self.done = True
        for seen in self._views.values():
            seen._truth, seen._done = self.truth, True

    def _deal(self, chance: Chance) -> Truth:
        truth = self._initial(chance)
        if not isinstance(truth, self.kind):
            raise InvalidTruth(f"initial() must return a {self.kind.__qualname__}, got {type(truth).__qualname__}")
        return truth

    # -- behind the doors ------------------------------------------------------------------------------------------
    @property
    def truth(self) -> Truth:
        """The current truth, dealt now if nobody looked before."""
        if self._truth is None:
            if not self.started:
                raise ResetNeeded("there is no episode yet; call reset() first")
            self.show(self._deal(self.dice.at(self.episode)))
        return self._truth  # type: ignore[return-value]

    @property
    def final_truth(self) -> Truth:
        """The truth of the episode just finished: the current one if it has ended, else the one before it."""
        if self.started and self.done:
            return self.truth
        number, before = self._previous if self._previous is not None else (-2, None)
        if self.episode <= 0 and before is None:
            raise ResetNeeded("no episode has finished yet")
        if number != self.episode - 1:  # nobody looked at the last one while it ran
            before = self.dice.at(self.episode - 1)
        if isinstance(before, Chance):
            before = self._deal(before)
            self._previous = (self.episode - 1, before)
        assert before is not None
        return before

    def view(self, party: str) -> View:
        """The view of `party`; it stays current from now on."""
        if party not in self._views:
            seen = view_class(self.kind, party, self.audit is not None)(party)
            seen._audit = self.audit
            self._views[party] = seen
            seen._truth, seen._done = (self.truth if self.started else None), self.done
        elif self._truth is None and self.started:  # an episode left undealt has told no view
            self._views[party]._truth = self.truth
        return self._views[party]

    @property
    def position(self) -> tuple[int | None, int]:
        """Seed and number of the episode, from which it can be dealt again; the seed is None for a planted truth."""
        return (None if self._given else self.seed), self.episode

    def watch(self, party: str) -> View:
        """The view of `party` for somebody outside. Truths are dealt at once from now on."""
        self.watched, self.plain = True, False
        seen = self.view(party)
        seen._done = self.done
        return seen

    def fitting(self, truth: Any, space: spaces.Dict) -> Any:
        """`truth`, made anew, so that it may refuse itself even if :meth:`Truth.but` made it.

        Raises:
            InvalidTruth: It is of another class, has fields that are not in `space`, or refuses itself.
        """
        if not isinstance(truth, self.kind):
            raise InvalidTruth(f"expected a {self.kind.__qualname__}, got {type(truth).__qualname__}")
        if wrong := [name for name in truth.names if not _contains(space[name], getattr(truth, name))]:
            raise InvalidTruth(f"these fields are not in truth_space: {wrong}")
        return remade(type(truth), truth)

    def plant(self, truth: Truth) -> None:
        """Deal `truth`, which is :meth:`fitting`, at the next reset."""
        self._planted, self.plain = truth, False

    def rekey(self, key: bytes) -> None:
        """Use an evaluator's key from the next reset on."""
        self.key, self._stale, self.plain = check_key(key), True, False

    def set_audit(self, audit: Audit | None) -> None:
        """Let `audit` see every grant read from now on. Views are made anew."""
        self.audit = audit
        self._views.clear()


# -- the doors ---------------------------------------------------------------------------------------------------------
def _through(env: Any, verb: str, *args: Any, each: Sequence[Any] | None = None) -> Any:
    """Go through the door of one environment, or of each in a vector of environments (as a tuple).

    Every base has a method ``_door(verb, *args)``. Vectors of environments reach it as they reach any method:
    ``call`` (Gymnasium's Sync and Async) or ``env_method`` (Stable-Baselines3's Dummy and Subproc).
    """
    inner = getattr(env, "unwrapped", env)
    try:
        door = inner._door
    except SealedError:
        raise SealedError("the doors are closed on a sealed handle; they open on the environment itself") from None
    except AttributeError:
        door = None
    if door is not None:
        return door(verb, *(args if each is None else (each,)))
    if hasattr(env, "env_method"):
        if each is None:
            return tuple(env.env_method("_door", verb, *args))
        if len(each) != env.num_envs:
            raise InvalidTruth(f"expected {env.num_envs} truths, one for each environment, got {len(each)}")
        return tuple(env.env_method("_door", verb, one, indices=i)[0] for i, one in enumerate(each))
    if hasattr(inner, "call"):
        if each is None:
            return tuple(inner.call("_door", verb, *args))
        raise Unsupported("plant the environments one by one, before they are put into a Gymnasium vector")
    raise Unsupported(f"{type(env).__qualname__} is not an infogap environment, or it is sealed")


def reveal(env: Any, *, final: bool = False) -> Any:
    """The door to ground truth. For code about the partition; everything else uses :func:`view`.

    Args:
        env: Any infogap environment: single, vector or PettingZoo, wrapped or not; or a Gymnasium or
            Stable-Baselines3 vector of them.
        final: The truth of the episode just finished (per row where rows end apart), which autoreset would have
            replaced.

    Returns:
        A Truth; for native vector environments a struct of arrays; for vectors of environments a tuple of Truths.

    Raises:
        ResetNeeded: There is no such episode yet.
        Unsupported: Not an infogap environment, or a sealed one.
    """
    return _through(env, "reveal", final)


def view(env: Any, party: str) -> Any:
    """What `party` may know now.

    Args:
        env: As for :func:`reveal`, but in this process.
        party: ``"agent"``, ``"verifier"``, ``"teacher"``, ``"critic"``, ``"auditor"``, or a seat by name.

    Returns:
        A View that stays current; for native vectors over arrays; for vectors of environments a tuple of Views.
    """
    if not isinstance(party, str):
        raise Unsupported(f"a party is named by a string, got {type(party).__name__}")
    return _through(env, "view", party)


def outcome(env: Any) -> Any:
    """What the verifier of a game says of the episode that has just ended.

    Args:
        env: A game: AEC, parallel or seen from one seat.

    Returns:
        A :class:`~infogap.Verdict`: success, a score in [0, 1], and named measures such as efficiency or Pareto share.

    Raises:
        ResetNeeded: There is no finished episode.
        VerifierFault: The verifier failed.
        Unsupported: Not a game of infogap.
    """
    return _through(env, "outcome")


def plant(env: Any, truth: Any) -> None:
    """The next reset deals `truth`. For leak checks, curricula and replays; closed on sealed handles.

    Args:
        env: As for :func:`reveal`.
        truth: A Truth of the environment's class; a struct of arrays for native vectors; one Truth each for vectors
            of environments.

    Raises:
        InvalidTruth: It does not fit the environment.
    """
    if isinstance(truth, Truth):
        _through(env, "plant", truth)
    elif isinstance(truth, (list, tuple)):
        _through(env, "plant", each=truth)
    else:
        raise InvalidTruth(f"expected a Truth, or one for each environment, got {type(truth).__name__}")


def rekey(env: Any, key: bytes) -> None:
    """Evaluation mode: from the next reset on, both streams depend on a key that only the evaluator holds.

    Args:
        env: As for :func:`reveal`.
        key: 1 to 64 bytes, for instance ``secrets.token_bytes(32)``.
    """
    _through(env, "rekey", check_key(key))
