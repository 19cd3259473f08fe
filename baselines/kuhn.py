"""Baselines for Kuhn poker, and their exact values against an equilibrium opponent."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..core.errors import UnknownOption, Unsupported
from ..core.parallel import ParallelGame
from ..core.world import view
from ..envs.social.kuhn import SEATS, STAKES, KuhnPoker, equilibrium, payoff_of_first
from .agent import Agent, register

__all__ = ["KUHN_BASELINES", "KuhnAgent", "kuhn_scores", "kuhn_values", "play"]

Cards = tuple[int, int]
Rule = Callable[[Cards, str], float]
"""Probability to bet or call, by the deal and the history; most rules look at their own card alone."""

HISTORIES: Mapping[str, tuple[str, ...]] = {SEATS[0]: ("", "cb"), SEATS[1]: ("c", "b")}
"""Where each seat decides."""
DEALS: tuple[Cards, ...] = tuple((a, b) for a, b in itertools.permutations(range(3), 2))


def _random(seat: str) -> Rule:
    return lambda cards, history: 0.5


def _equilibrium(seat: str) -> Rule:
    policy, own = equilibrium(seat), SEATS.index(seat)
    return lambda cards, history: policy[cards[own], history]


def _blind(seat: str) -> Rule:
    """The best fixed sequence of actions, whatever the card and the other's moves."""

    def sequence(moves: tuple[float, ...]) -> Rule:
        return lambda cards, history: moves[len(history) // 2]

    return max(map(sequence, itertools.product((0.0, 1.0), repeat=2)), key=lambda rule: _value(seat, rule))


def _oracle(seat: str) -> Rule:
    """The best response of a player who sees both cards, to an opponent who does not know that."""
    best: dict[tuple[Cards, str], float] = {}
    for cards in DEALS:
        first, second = HISTORIES[seat]
        plans = [{first: a, second: b} for a, b in itertools.product((0.0, 1.0), repeat=2)]
        plan = max(plans, key=lambda plan: _value(seat, _following(plan), (cards,)))
        best |= {(cards, history): bet for history, bet in plan.items()}
    return lambda cards, history: best[cards, history]


def _following(plan: Mapping[str, float]) -> Rule:
    return lambda cards, history: plan[history]


KUHN_BASELINES: Mapping[str, Callable[[str], Rule]] = {
    "random": _random,
    "blind": _blind,
    "optimal": _equilibrium,
    "equilibrium": _equilibrium,
    "oracle": _oracle,
}
"""By name: the rule of a seat. "optimal" is "equilibrium": on the own card alone nobody does better against one."""


def _value(seat: str, rule: Rule, deals: tuple[Cards, ...] = DEALS) -> float:
    """Exact mean payoff of `seat` over some deals, when the other plays :func:`equilibrium` (alpha = 0)."""
    other = _equilibrium(SEATS[1 - SEATS.index(seat)])
    rules = (rule, other) if seat == SEATS[0] else (other, rule)
    sign = 1 if seat == SEATS[0] else -1

    def walk(cards: Cards, history: str) -> float:
        if history in STAKES:
            return float(payoff_of_first(cards, history))
        bet = rules[len(history) % 2](cards, history)
        passed = history + ("p" if history.endswith("b") else "c")
        return bet * walk(cards, history + "b") + (1 - bet) * walk(cards, passed)

    return sign * sum(walk(cards, "") for cards in deals) / len(deals)


def _rule(name: str, seat: str) -> Rule:
    if name not in KUHN_BASELINES:
        raise UnknownOption(f"unknown baseline {name!r}; Kuhn poker has {', '.join(sorted(KUHN_BASELINES))}")
    return KUHN_BASELINES[name](seat)


def kuhn_values(name: str) -> tuple[float, float]:
    """Exact expected payoffs of a baseline as player_0 and as player_1, in chips a game.

    The opponent plays :func:`~infogap.envs.social.kuhn.equilibrium` with alpha = 0.

    Raises:
        UnknownOption: No such baseline.
    """
    first, second = (_value(seat, _rule(name, seat)) for seat in SEATS)
    return first, second


def kuhn_scores() -> dict[str, float]:
    """Of each baseline the exact expected payoff, the mean over both seats."""
    return {name: sum(kuhn_values(name)) / 2 for name in KUHN_BASELINES}


class KuhnAgent:
    """Plays a rule at whichever seat it is asked for: card, history and seat are read off the observation.

    Args:
        env: Kuhn poker, AEC or parallel.
        name: One of :data:`KUHN_BASELINES`.
        seed: Of its own chance.

    Raises:
        Unsupported: Not Kuhn poker.
        UnknownOption: No such baseline.
    """

    def __init__(self, env: Any, name: str = "equilibrium", seed: int = 0) -> None:
        game = _game(env)
        self._rules = {seat: _rule(name, seat) for seat in SEATS}
        self._view = view(game, "critic") if name == "oracle" else None
        self._chance = np.random.default_rng(seed)

    def reset(self) -> None:
        """Nothing to forget: an observation holds all that was said."""

    def act(self, observation: Any, info: Any) -> int:
        """Check or fold (0), bet or call (1)."""
        seen = np.asarray(observation["observation"])
        history = history_of(seen[3:])
        own = len(history) % 2
        card = int(seen[:3].argmax())
        cards = (card, card)
        if self._view is not None:
            dealt = self._view.card
            cards = (dealt[SEATS[0]], dealt[SEATS[1]])
        return int(self._chance.random() < self._rules[SEATS[own]](cards, history))


def history_of(moves: Any) -> str:
    """The history told by the three moves of an observation: 0 not played, 1 check or fold, 2 bet or call."""
    history = ""
    for move in moves:
        if move:
            history += "b" if move == 2 else ("p" if history.endswith("b") else "c")
    return history


def play(env: Any, agents: Mapping[str, Agent], seed: int | None = None) -> dict[str, float]:
    """Play one episode of a PettingZoo AEC game.

    Args:
        env: The game.
        agents: One agent for each seat.
        seed: Passed on to ``env.reset``.

    Returns:
        Each seat's undiscounted return.
    """
    env.reset(seed=seed)
    for agent in agents.values():
        agent.reset()
    returns = dict.fromkeys(agents, 0.0)
    for seat in env.agent_iter():
        observation, reward, terminated, truncated, info = env.last()
        returns[seat] += reward
        env.step(None if terminated or truncated else agents[seat].act(observation, info))
    return returns


def _game(env: Any) -> KuhnPoker:
    inner = getattr(env, "unwrapped", env)
    if isinstance(inner, ParallelGame):
        inner = inner._game
    if not isinstance(inner, KuhnPoker):
        raise Unsupported(f"expected infogap/Kuhn-v0, got {type(inner).__name__}")
    return inner


def _factory(name: str) -> Callable[..., Agent]:
    return lambda env, seed=0: KuhnAgent(env, name, seed)


for _name in KUHN_BASELINES:
    register(KuhnPoker, _name, _factory(_name))
    register(ParallelGame, _name, _factory(_name))
