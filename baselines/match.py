"""Agents that play games against each other: score them, and seat them as partners."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import Any, Protocol

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from gymnasium.envs.registration import load_env_creator

from ..core.chance import Chance
from ..core.errors import InfogapError, InvalidOption, UnknownOption, shown
from ..core.game import Game, Partner
from ..core.options import choice, no_option, unknown
from ..core.world import outcome
from ..envs import GAMES, ROLES

__all__ = ["MATCH_SEED", "Mixed", "as_partner", "evaluate_match", "made_env", "made_game"]

MATCH_SEED = 2**40
"""Seed of matches; seeds of training lie below 2^32, so that no stream serves both."""


class Mixed(Protocol):
    """A player that says how likely it is to play what."""

    def probabilities(self, observation: Mapping[str, Any]) -> npt.NDArray[np.float64]:
        """The probability of each action, shape (n,)."""

    def act(self, observation: Mapping[str, Any], info: Any = None) -> int:
        """An action."""


def made_game(game: str | Game, **options: Any) -> Game:
    """A game, by its id.

    Raises:
        UnknownOption: There is no such id.
        InvalidOption: Options were given for a game that is made already.
    """
    if isinstance(game, Game):
        if options:
            raise InvalidOption(f"{game!r} is made already; give its id with options")
        return game
    if isinstance(game, str) and game in ROLES:
        raise UnknownOption(f"{game} is one seat of a game; expected the game, {ROLES[game].game}")
    choice("game", game, GAMES)
    made: Game = GAMES[game].env(**options)
    return made


def made_env(env_id: str, options: Mapping[str, Any], **more: Any) -> gym.Env[Any, Any]:
    """A registered environment of one agent.

    Args:
        env_id: Its id.
        options: Of the environment.
        more: Of ``gymnasium.make``.

    Raises:
        UnknownOption: Nothing is registered under this id, or it takes no such option.
    """
    if env_id in GAMES:
        seats = [id for id, role in ROLES.items() if GAMES[role.game].base == GAMES[env_id].base]
        raise UnknownOption(f"{env_id} is a game of several agents; from one seat it is {' or '.join(seats)}")
    try:
        return gym.make(env_id, **options, **more)
    except (gym.error.Error, ModuleNotFoundError) as error:
        ours = [name for name in gym.registry if name.startswith("infogap/")]
        raise unknown("id of Gymnasium", env_id, ours, "infogap list shows all") from error
    except InfogapError:
        raise
    except TypeError as error:
        entry = gym.spec(env_id).entry_point
        if isinstance(entry, str):
            kind: Any = load_env_creator(entry)
            if alien := sorted(options.keys() - inspect.signature(kind).parameters.keys()):
                raise no_option(kind, alien) from error
        raise UnknownOption(f"{env_id} cannot be made with {sorted(options)}: {error}") from error


def evaluate_match(
    game: str | Game, agents: Mapping[str, Any], episodes: int = 500, seed: int = MATCH_SEED
) -> dict[str, float]:
    """Means over episodes of what the verifier says, with one agent for each seat.

    Args:
        game: A game or its id.
        agents: By seat, anything with ``act(observation, info)``.
        episodes: How many.
        seed: Of the deals. The agents' chance is their own.

    Returns:
        ``success``, ``score``, the named measures of the game's verdicts, such as ``efficiency`` against the first
        best, and ``return_<seat>``.

    Raises:
        InvalidOption: There is not one agent for each seat, or `episodes` is no positive int.
    """
    made = made_game(game)
    seats = made.possible_agents
    given = agents if isinstance(agents, Mapping) else {}
    if given.keys() != set(seats) or not all(callable(getattr(agent, "act", None)) for agent in given.values()):
        raise InvalidOption(f"expected an agent with act(observation, info) for each of {', '.join(seats)}")
    if isinstance(episodes, bool) or not isinstance(episodes, int) or episodes < 1:
        raise InvalidOption(f"episodes must be an int >= 1, got {shown(episodes)}")
    sums: defaultdict[str, float] = defaultdict(float)
    for episode in range(episodes):
        position = made.start(None if episode else seed)
        for agent in agents.values():
            getattr(agent, "reset", lambda: None)()
        while not position.over:
            mover = position.movers[0]
            made._position = position = position.after(agents[mover].act(position.see(mover), {}))
            for seat, reward in (position.rewards or {}).items():
                sums[f"return_{seat}"] += reward
        made._world.done = True
        verdict = outcome(made)
        for name, value in {"success": verdict.success, "score": verdict.score, **verdict.checks}.items():
            sums[name] += float(value)
    return {name: total / episodes for name, total in sums.items()}


def as_partner(agents: Mapping[str, Mixed]) -> Callable[[Game], Partner]:
    """A maker of partners from agents, for ``SeatEnv(partners={name: maker})``.

    The agents' tables or networks are used, not their own chance: episodes repeat for a seed.

    Args:
        agents: By seat.
    """

    def maker(game: Game) -> Partner:
        def act(seat: str, observation: Mapping[str, npt.NDArray[Any]], chance: Chance) -> int:
            return chance.pick(list(accumulate(agents[seat].probabilities(observation).tolist())))

        return act

    return maker
