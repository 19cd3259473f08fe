"""The games of the transfer study as learning environments: one learner plays all seats in turn, for a team's reward.

Many tables are played side by side. What the learner reads has one layout whatever the regime: the seat's own
observation, a privileged channel (the types of the other seats in cyclic order, component + 1, 0 for unknown), and the
seat one-hot. The channel is cut out of what the game in the regime itself shows; in the private regime it is zero.
"""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..core.chance import Chance
from ..core.errors import UnknownOption
from ..core.game import Game, Partner
from ..core.world import outcome, reveal

__all__ = ["FILLS", "GAMES", "Study", "Tables", "channel_of", "played", "random_act", "sampled_channel", "scripted_act"]

Floats = npt.NDArray[np.float32]


class Study(NamedTuple):
    """A game of the study.

    Attributes:
        title: For people.
        module: Its module in :mod:`infogap.envs.social`.
        kind: The game's class.
        options: Its rules, where they are not the defaults.
    """

    title: str
    module: str
    kind: str
    options: dict[str, int]

    def make(self, regime: str) -> Game:
        """The AEC game in a regime."""
        module = importlib.import_module(f"..envs.social.{self.module}", __package__)
        game: Game = getattr(module, self.kind)(regime=regime, **self.options)
        return game


GAMES: dict[str, Study] = {
    "hidden_profile": Study("Hidden profile", "hidden_profile", "HiddenProfile", {}),
    "mutual_friends": Study(
        "Mutual friends", "mutual_friends", "MutualFriends", {"people": 8, "friends": 3, "turns": 6}
    ),
}
"""The games by name."""

FILLS = {
    "script": "what the regime `script` tells",
    "mindreader": "what the regime `mindreader` tells",
    "zero": "nothing: the private regime",
    "sample": "a deal drawn from what the seat can't tell from the true one, once for each episode and seat",
}
"""What the privileged channel may hold."""


def channel_of(game: Game, seat: int, observation: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The types of the others in cyclic order, cut out of an observation in the regime `script` or `mindreader`."""
    told = observation[game.own_size :]
    if game.regime.name == "mindreader":
        return told
    n, width = len(game.possible_agents), game.seating.width
    types = told[: n * width].reshape(n, width)
    return np.concatenate([types[seat + 1 :], types[:seat]]).ravel()


def sampled_channel(game: Game, truth: Any, seat: int, chance: Chance) -> npt.NDArray[Any]:
    """The channel as it would be in a deal drawn from the seat's posterior at the deal.

    Args:
        game: The game in the private regime.
        truth: The initial truth.
        seat: Number of the seat.
        chance: The draw's own.
    """
    seats = game.possible_agents
    other: Any = game.resample(truth, seats[seat], chance)
    order = seats[seat + 1 :] + seats[:seat]
    return np.array([[c + 1 for c in other.type_of(s)] for s in order], np.float32).ravel()


class Tables:
    """Some tables of one game, all seats played by the learner, or one seat with scripted partners in the others.

    Args:
        name: One of :data:`GAMES`.
        fill: One of :data:`FILLS`.
        n: Number of tables.
        seed: Table i restarts its streams at ``seed * 100_000 + i``.
        dropout: Probability that an episode's channel is zero throughout, for all seats.
        partners: Names of scripted partners. The learner then plays seat i % seats at table i, and the partner with
            number i // seats (counted round) plays the others.
        judged: Note of each finished episode whether the verifier says that it succeeded.

    Attributes:
        inputs: What the learner reads, float32 of shape (n, width).
        masks: What is legal, bool of shape (n, actions).
        seat: Number of the seat to move at each table, int64 of shape (n,).
        successes: By table, the verdicts of its episodes, if `judged`.
        paid: The team's rewards so far, summed over tables.
        ended: Episodes that have ended so far.
    """

    def __init__(
        self,
        name: str,
        fill: str = "zero",
        n: int = 64,
        seed: int = 0,
        dropout: float = 0.0,
        partners: Sequence[str] = (),
        judged: bool = False,
    ) -> None:
        if name not in GAMES or fill not in FILLS:
            raise UnknownOption(f"unknown game {name!r} or fill {fill!r}; expected {tuple(GAMES)} and {tuple(FILLS)}")
        regime = "private" if fill in ("zero", "sample") else fill
        self.games = [GAMES[name].make(regime) for _ in range(n)]
        self.name, self.fill, self.n, self.seed = name, fill, n, seed
        self.dropout, self.judged = dropout, judged
        game = self.games[0]
        self.seats = len(game.possible_agents)
        self.own, self.channel = game.own_size, (self.seats - 1) * game.seating.width
        self.width, self.actions = self.own + self.channel + self.seats, len(game.words)
        self.inputs = np.zeros((n, self.width), np.float32)
        self.masks = np.zeros((n, self.actions), np.bool_)
        self.seat = np.zeros(n, np.int64)
        self.successes: list[list[bool]] = [[] for _ in range(n)]
        self.paid, self.ended = 0.0, 0
        self._made: list[Partner] = [game.partners[partner](game) for partner in partners]
        self._index = {seat: i for i, seat in enumerate(game.possible_agents)}
        self._chance = [Chance(int(k)) for k in np.random.SeedSequence([seed, 7]).generate_state(n, np.uint64)]
        self._episode = [0] * n
        self._drawn: list[Any] = [None] * n
        for i, table in enumerate(self.games):
            table.reset(seed=seed * 100_000 + i)
            self._begin(i)

    def _begin(self, i: int) -> None:
        """After a reset: the channel of the episode, and the partners' first moves."""
        chance = self._chance[i].at(self._episode[i])
        if self.fill == "zero" or (self.dropout and chance.unit() < self.dropout):
            self._drawn[i] = ()
        elif self.fill == "sample":
            truth, game = reveal(self.games[i]), self.games[i]
            self._drawn[i] = [sampled_channel(game, truth, s, chance.fork(f"seat {s}")) for s in range(self.seats)]
        else:
            self._drawn[i] = None
        self._look(i)

    def _look(self, i: int) -> None:
        """Let partners move until it is the learner's turn, then write what it reads."""
        game = self.games[i]
        seat = self._index[game.agent_selection]
        while self._made and seat != i % self.seats and not game.terminations[game.agent_selection]:
            partner, turn = self._made[i // self.seats % len(self._made)], game._position.turn  # type: ignore[union-attr]
            chance = self._chance[i].at(self._episode[i], turn + 1)
            game.step(partner(game.agent_selection, game.observe(game.agent_selection), chance))
            seat = self._index[game.agent_selection]
        seen = game.observe(game.agent_selection)
        observation, row, drawn = seen["observation"], self.inputs[i], self._drawn[i]
        row[: self.own] = observation[: self.own]
        told: Any = channel_of(game, seat, observation) if drawn is None else drawn[seat] if drawn else 0.0
        row[self.own : self.own + self.channel] = told
        row[self.own + self.channel :] = 0.0
        row[self.own + self.channel + seat] = 1.0
        self.masks[i], self.seat[i] = seen["action_mask"], seat

    def step(self, actions: Any) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Play one action at each table; a finished episode is followed by the next one at once.

        Args:
            actions: One legal action for each table, integers of shape (n,).

        Returns:
            The team's reward (the mean over seats), float32, and whether the episode has ended, both of shape (n,).
        """
        rewards, ended = np.zeros(self.n, np.float32), np.zeros(self.n, np.bool_)
        for i, game in enumerate(self.games):
            game.step(int(actions[i]))
            if not game.terminations[game.agent_selection]:
                self._look(i)
            if game.terminations[game.agent_selection]:
                rewards[i] = sum(game.rewards.values()) / self.seats
                ended[i] = True
                self.paid, self.ended = self.paid + float(rewards[i]), self.ended + 1
                if self.judged:
                    self.successes[i].append(bool(outcome(game).success))
                self._episode[i] += 1
                game.reset()
                self._begin(i)
        return rewards, ended


Act = Callable[[Floats, npt.NDArray[np.bool_], npt.NDArray[np.int64]], npt.NDArray[Any]]
"""From inputs, masks and numbers of the seats to actions, one for each table."""


def played(tables: Tables, act: Act, episodes: int) -> float:
    """Success over the first `episodes` of each table: an equal number from each, so that short ones count no more."""
    while min(map(len, tables.successes)) < episodes:
        tables.step(act(tables.inputs, tables.masks, tables.seat))
    return float(np.mean([won[:episodes] for won in tables.successes]))


def random_act(seed: int) -> Act:
    """Random legal play."""
    rng = np.random.default_rng(seed)

    def act(inputs: Floats, masks: npt.NDArray[np.bool_], seat: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
        return np.asarray(np.where(masks, rng.random(masks.shape), -1.0).argmax(1))

    return act


def scripted_act(name: str, partner: str, seed: int) -> Act:
    """A scripted partner of a game in the learner's place; it reads the own observation alone."""
    game = GAMES[name].make("private")
    player, seats, own = game.partners[partner](game), game.possible_agents, game.own_size
    chance, calls = Chance(seed), itertools.count()

    def act(inputs: Floats, masks: npt.NDArray[np.bool_], seat: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
        seen = inputs[:, :own].astype(np.int8)
        return np.array(
            [
                player(seats[s], {"observation": row, "action_mask": mask.astype(np.int8)}, chance.at(next(calls)))
                for row, mask, s in zip(seen, masks, seat.tolist(), strict=True)
            ]
        )

    return act
