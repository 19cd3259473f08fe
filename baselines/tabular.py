"""Independent tabular learners of games: each seat keeps a table by what it has seen, and knows nothing of the others.

Observations hold all that a seat has seen, so a table over them is a policy of the game. NumPy is enough.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt

from ..core.chance import check_seed
from ..core.errors import InvalidOption, shown
from ..core.game import Game
from .match import made_game

__all__ = ["LEARNERS", "Learner", "Policy", "QLearner", "RothErev", "learn"]

Probabilities = npt.NDArray[np.float64]


def key_of(observation: Mapping[str, Any]) -> bytes:
    """What a table knows an observation by."""
    return bytes(observation["observation"].tobytes())


class Policy:
    """A table of probabilities by observation; uniform over the legal actions where it has no entry.

    Args:
        table: Probabilities of shape (n,) by the bytes of the observation.
        seed: Of its own chance.
    """

    def __init__(self, table: Mapping[bytes, Probabilities], seed: int = 0) -> None:
        self.table = dict(table)
        self._chance = random.Random(seed)

    def probabilities(self, observation: Mapping[str, Any]) -> Probabilities:
        """The probability of each action, shape (n,)."""
        found = self.table.get(key_of(observation))
        if found is not None:
            return found
        mask = observation["action_mask"].astype(np.float64)
        return mask / mask.sum()

    def act(self, observation: Mapping[str, Any], info: Any = None) -> int:
        """Draw an action."""
        return drawn(self.probabilities(observation).tolist(), self._chance)


def drawn(weights: list[float], chance: random.Random) -> int:
    """An index drawn by weights >= 0."""
    return chance.choices(range(len(weights)), cum_weights=list(accumulate(weights)))[0]


class Learner:
    """A learner for one seat: the table and the episode so far.

    Attributes:
        table: A value for each action by what was seen; ``-inf`` or 0 where it is illegal, as the learner has it.
        progress: From 0 to 1: how much of the training has passed.
    """

    def __init__(self, seed: int = 0) -> None:
        self.table: dict[bytes, list[float]] = {}
        self.progress = 0.0
        self._chance = random.Random(seed)

    def _fresh(self, legal: list[int]) -> list[float]:
        """A new entry."""
        raise NotImplementedError

    def _entry(self, observation: Mapping[str, Any]) -> list[float]:
        key = key_of(observation)
        found = self.table.get(key)
        if found is None:
            found = self.table[key] = self._fresh(observation["action_mask"].tolist())
        return found

    def reset(self) -> None:
        """Get ready for a new episode."""
        raise NotImplementedError

    def choose(self, observation: Mapping[str, Any]) -> int:
        """An action to learn from."""
        raise NotImplementedError

    def paid(self, reward: float) -> None:
        """The seat has gained something, since its last action or before its first."""
        raise NotImplementedError

    def end(self) -> None:
        """The episode has ended: learn."""
        raise NotImplementedError

    def probabilities(self, observation: Mapping[str, Any]) -> Probabilities:
        """What has been learnt: the probability of each action, shape (n,)."""
        raise NotImplementedError

    def act(self, observation: Mapping[str, Any], info: Any = None) -> int:
        """Play what has been learnt."""
        return drawn(self.probabilities(observation).tolist(), self._chance)

    def policy(self) -> Policy:
        """What has been learnt, as a table of probabilities."""
        return Policy({key: self._played(entry) for key, entry in self.table.items()})

    def _played(self, entry: list[float]) -> Probabilities:
        raise NotImplementedError


class QLearner(Learner):
    """Q-learning between the seat's own turns, epsilon-greedy, with exploration lowered linearly to nothing.

    Args:
        rate: Step size, in [0, 1].
        fall: Step size for a value that falls; None for `rate`. Where it is smaller, the learner is an optimist: what
            others explore harms an action less, which can keep players with a common interest out of poor equilibria.
        explore: Probability of a random legal action at the start.
        discount: Of the next turn's value.
        seed: Of its own chance.

    References:
        L. Matignon, G. Laurent, N. Le Fort-Piat, "Hysteretic Q-learning", IROS 2007.
    """

    def __init__(
        self, rate: float = 0.2, fall: float | None = None, explore: float = 0.2, discount: float = 1.0, seed: int = 0
    ) -> None:
        super().__init__(seed)
        fall = rate if fall is None else fall
        for name, value in (("rate", rate), ("fall", fall), ("explore", explore), ("discount", discount)):
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
                raise InvalidOption(f"{name} must be a number in [0, 1], got {shown(value)}")
        self._rate, self._fall, self._explore, self._discount = rate, fall, explore, discount
        self.reset()

    def _fresh(self, legal: list[int]) -> list[float]:
        return [0.0 if free else -math.inf for free in legal]

    def reset(self) -> None:
        """Forget the episode before."""
        self._last: tuple[list[float], int] | None = None
        self._gained = 0.0

    def choose(self, observation: Mapping[str, Any]) -> int:
        """Learn from what came of the last action, and take the best, or now and then any."""
        entry = self._entry(observation)
        self._update(self._discount * max(entry))
        if self._chance.random() < self._explore * (1 - self.progress):
            action = self._chance.choice([i for i, value in enumerate(entry) if value > -math.inf])
        else:
            action = self._best(entry)
        self._last = entry, action
        return action

    def _best(self, entry: list[float]) -> int:
        most = max(entry)
        best = [i for i, value in enumerate(entry) if value == most]
        return best[0] if len(best) == 1 else self._chance.choice(best)

    def paid(self, reward: float) -> None:
        """Add to what the last action brought; what comes before the first is not the seat's doing."""
        if self._last is not None:
            self._gained += reward

    def _update(self, later: float) -> None:
        if self._last is None:
            return
        entry, action = self._last
        error = self._gained + later - entry[action]
        entry[action] += (self._rate if error > 0 else self._fall) * error
        self._gained = 0.0

    def end(self) -> None:
        """Learn from what came of the last action."""
        self._update(0.0)
        self._last = None

    def probabilities(self, observation: Mapping[str, Any]) -> Probabilities:
        """All on the best actions; nothing is added to the table."""
        found = self.table.get(key_of(observation)) or self._fresh(observation["action_mask"].tolist())
        return self._played(found)

    def _played(self, entry: list[float]) -> Probabilities:
        best = np.array(entry) == max(entry)
        return best / best.sum()


class RothErev(Learner):
    """Reinforcement by Roth and Erev: an action is as likely as what it has brought, all in all.

    Args:
        first: What every legal action has to its credit at the start, positive.
        floor: Taken off each episode's return, so that it is not negative: the lowest return of the game.
        seed: Of its own chance.

    References:
        A. Roth, I. Erev, "Learning in extensive-form games", Games and Economic Behavior 8 (1995).
    """

    def __init__(self, first: float = 1.0, floor: float = 0.0, seed: int = 0) -> None:
        super().__init__(seed)
        for name, value in (("first", first), ("floor", floor)):
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
                raise InvalidOption(f"{name} must be a finite number, got {shown(value)}")
        if not first > 0:
            raise InvalidOption(f"first must be positive, got {shown(first)}")
        self._first, self._floor = first, floor
        self.reset()

    def _fresh(self, legal: list[int]) -> list[float]:
        return [self._first * bool(free) for free in legal]

    def reset(self) -> None:
        """Forget the episode before."""
        self._played_so_far: list[tuple[list[float], int]] = []
        self._gained = 0.0

    def choose(self, observation: Mapping[str, Any]) -> int:
        """Draw by what actions have brought."""
        entry = self._entry(observation)
        action = drawn(entry, self._chance)
        self._played_so_far.append((entry, action))
        return action

    def paid(self, reward: float) -> None:
        """Add to the return."""
        self._gained += reward

    def end(self) -> None:
        """Credit every action of the episode with its return."""
        for entry, action in self._played_so_far:
            entry[action] += max(0.0, self._gained - self._floor)

    def probabilities(self, observation: Mapping[str, Any]) -> Probabilities:
        """In proportion to what actions have brought; nothing is added to the table."""
        found = self.table.get(key_of(observation)) or self._fresh(observation["action_mask"].tolist())
        return self._played(found)

    def _played(self, entry: list[float]) -> Probabilities:
        weights = np.array(entry)
        return weights / weights.sum()


LEARNERS: dict[str, Callable[..., Learner]] = {"q": QLearner, "roth_erev": RothErev}
"""Learners by name."""


def learn(game: str | Game, learners: Mapping[str, Learner], episodes: int, seed: int = 0) -> None:
    """Let learners play a game against each other, each learning by itself.

    Args:
        game: A game or its id.
        learners: One for each seat.
        episodes: How many.
        seed: Of the deals.

    Raises:
        InvalidOption: There is not a learner of its own for each seat, or the number of episodes is negative.
    """
    made = made_game(game)
    seats, given = made.possible_agents, learners.values() if isinstance(learners, Mapping) else ()
    learning = all(callable(getattr(one, name, None)) for one in given for name in ("reset", "choose", "paid", "end"))
    if not learning or len(set(map(id, given))) < len(seats) or learners.keys() != set(seats):
        raise InvalidOption(f"expected a learner of its own, such as QLearner(), for each of {', '.join(seats)}")
    if isinstance(episodes, bool) or not isinstance(episodes, int) or episodes < 0:
        raise InvalidOption(f"episodes must be an int >= 0, got {shown(episodes)}")
    check_seed(seed)
    for episode in range(episodes):
        position = made.start(None if episode else seed)
        for learner in learners.values():
            learner.progress = episode / episodes
            learner.reset()
        while not position.over:
            mover = position.movers[0]
            position = position.after(learners[mover].choose(position.see(mover)))
            if position.rewards is not None:
                for seat, reward in position.rewards.items():
                    learners[seat].paid(reward)
        made._world.done = True
        for learner in learners.values():
            learner.end()
    for learner in learners.values():
        learner.progress = 1.0
