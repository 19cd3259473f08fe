"""Exact methods for small games: the whole tree, best responses, and counterfactual regret minimisation."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ..core.errors import InvalidOption, Unsupported, shown
from ..core.game import Game
from ..core.truth import view_class
from .match import Mixed, made_game
from .tabular import Policy, Probabilities, key_of

__all__ = ["NODES", "Tree", "best_response", "cfr", "exploitability", "values"]

NODES = 200_000
"""Positions of a tree at most."""
Values = npt.NDArray[np.float64]


@dataclasses.dataclass
class Node:
    """A position.

    Attributes:
        paid: What the move into it paid each seat, shape (seats,).
        mover: Index of the seat to act; -1 at the end.
        known: Index of what the mover knows: of its information set.
        legal: The legal actions.
        children: The positions they lead to.
    """

    paid: Values
    mover: int
    known: int
    legal: tuple[int, ...]
    children: list[Node]


class Tree:
    """All positions of a game whose deals can be enumerated and whose moves draw no chance.

    Args:
        game: A game or its id; its ``deals`` are equally likely and it is ``memoised``.
        nodes: Positions at most.

    Attributes:
        game: The game.
        seats: Its seats.
        roots: One position for each deal.
        observations: By seat, what it may have seen when it acts, in the order of their indices.

    Raises:
        Unsupported: The game has no such tree, or a larger one.
    """

    def __init__(self, game: str | Game, nodes: int = NODES) -> None:
        made = made_game(game)
        if not (made.memoised and 0 < made.deals <= nodes):
            raise Unsupported(f"{made!r} can't be enumerated: it has too many deals, or its moves draw chance")
        self.game, self.seats = made, tuple(made.possible_agents)
        self.observations: list[list[Mapping[str, Any]]] = [[] for _ in self.seats]
        self._known: list[dict[bytes, int]] = [{} for _ in self.seats]
        self._views = [view_class(made.truth_type, seat)(seat) for seat in self.seats]
        self._left = nodes
        self.roots = [self._grown(made.dealt(i), np.zeros(len(self.seats))) for i in range(made.deals)]

    def _grown(self, truth: Any, paid: Values) -> Node:
        self._left -= 1
        if self._left < 0:
            raise Unsupported(f"the tree of {self.game!r} is too large to be enumerated")
        if truth.over():
            return Node(paid, -1, -1, (), [])
        seat = truth.to_move()[0]
        mover = self.seats.index(seat)
        view = self._views[mover]
        view._truth = truth
        seen = self.game.perceived(view)
        known = self._known[mover].setdefault(key_of(seen), len(self.observations[mover]))
        if known == len(self.observations[mover]):
            self.observations[mover].append(seen)
        legal = tuple(np.flatnonzero(seen["action_mask"]).tolist())
        children = []
        for action in legal:
            after: Any = self.game.transition(truth, seat, action, None)  # type: ignore[arg-type] # draws none
            children.append(self._grown(after, np.array([float(after.payoff(s)) for s in self.seats])))
        return Node(paid, mover, known, legal, children)

    def strategies(self, policies: Mapping[str, Mixed]) -> list[list[Values]]:
        """By seat and information set, the probabilities of the legal actions."""
        rows = []
        for seat, seen in zip(self.seats, self.observations, strict=True):
            rows.append([policies[seat].probabilities(o)[np.flatnonzero(o["action_mask"])] for o in seen])
        return rows

    def policies(self, strategies: list[list[Values]]) -> dict[str, Policy]:
        """The same as tables."""
        made = {}
        for i, (seat, rows) in enumerate(zip(self.seats, strategies, strict=True)):
            table: dict[bytes, Probabilities] = {}
            for seen, row in zip(self.observations[i], rows, strict=True):
                whole = np.zeros(seen["action_mask"].size)
                whole[np.flatnonzero(seen["action_mask"])] = row
                table[key_of(seen)] = whole
            made[seat] = Policy(table, i)
        return made


def values(tree: Tree, policies: Mapping[str, Mixed]) -> dict[str, float]:
    """Exact expected return of each seat."""
    strategies = tree.strategies(policies)

    def value(node: Node) -> Values:
        if node.mover < 0:
            return node.paid
        row = strategies[node.mover][node.known]
        return node.paid + sum(p * value(child) for p, child in zip(row, node.children, strict=True) if p > 0)

    found = np.mean([value(root) for root in tree.roots], axis=0)
    return dict(zip(tree.seats, found.tolist(), strict=True))


def best_response(tree: Tree, policies: Mapping[str, Mixed], seat: str) -> tuple[float, Policy]:
    """The most that `seat` can get against the others' policies, and a policy that gets it.

    Args:
        tree: The game, of perfect recall.
        policies: The others' (that of `seat` may be missing).
        seat: Who responds.
    """
    me = tree.seats.index(seat)
    others = {s: policies[s] if s != seat else Policy({}) for s in tree.seats}
    strategies = tree.strategies(others)
    members: list[list[tuple[Node, float]]] = [[] for _ in tree.observations[me]]

    def spread(node: Node, reach: float) -> None:
        """Note how likely the others and the deal make each of the seat's positions."""
        if node.mover < 0 or reach == 0:
            return
        if node.mover == me:
            members[node.known].append((node, reach))
            for child in node.children:
                spread(child, reach)
        else:
            for p, child in zip(strategies[node.mover][node.known], node.children, strict=True):
                spread(child, reach * float(p))

    for root in tree.roots:
        spread(root, 1 / len(tree.roots))
    chosen: dict[int, int] = {}

    def choice(known: int) -> int:
        if known not in chosen:
            n = len(members[known][0][0].children)
            gains = [sum(reach * value(node.children[a]) for node, reach in members[known]) for a in range(n)]
            chosen[known] = int(np.argmax(gains))
        return chosen[known]

    def value(node: Node) -> float:
        here = float(node.paid[me])
        if node.mover < 0:
            return here
        if node.mover == me:
            return here + value(node.children[choice(node.known)]) if members[node.known] else here
        row = strategies[node.mover][node.known]
        return here + sum(float(p) * value(child) for p, child in zip(row, node.children, strict=True) if p > 0)

    best = sum(value(root) for root in tree.roots) / len(tree.roots)
    rows = [np.full(int(o["action_mask"].sum()), 0.0) for o in tree.observations[me]]
    for known, row in enumerate(rows):
        row[choice(known) if members[known] else 0] = 1.0
    own = [rows if s == seat else strategies[i] for i, s in enumerate(tree.seats)]
    return best, tree.policies(own)[seat]


def exploitability(tree: Tree, policies: Mapping[str, Mixed]) -> float:
    """Mean over the seats of what a best response gains; zero exactly at an equilibrium."""
    now = values(tree, policies)
    return sum(best_response(tree, policies, seat)[0] - now[seat] for seat in tree.seats) / len(tree.seats)


def cfr(tree: Tree, iterations: int = 1000) -> dict[str, Policy]:
    """Counterfactual regret minimisation, with regrets kept at 0 or above and later iterations weighing more (CFR+).

    In zero-sum games of two seats the average comes close to an equilibrium. In others nothing is promised; see
    :func:`exploitability`.

    Args:
        tree: The game.
        iterations: Each updates all seats in turn.

    References:
        M. Zinkevich, M. Johanson, M. Bowling, C. Piccione, "Regret minimization in games with incomplete information",
        NeurIPS 2007. O. Tammelin, "Solving large imperfect information games using CFR+" (2014).
    """
    if isinstance(iterations, bool) or not isinstance(iterations, int) or iterations < 1:
        raise InvalidOption(f"iterations must be a positive int, got {shown(iterations)}")
    sizes = [[int(o["action_mask"].sum()) for o in seen] for seen in tree.observations]
    regrets = [[np.zeros(n) for n in rows] for rows in sizes]
    sums = [[np.zeros(n) for n in rows] for rows in sizes]
    now = [[np.full(n, 1 / n) for n in rows] for rows in sizes]

    def walk(node: Node, me: int, own: float, others: float, weight: int) -> float:
        here = float(node.paid[me])
        if node.mover < 0:
            return here
        row = now[node.mover][node.known]
        if node.mover != me:
            return here + sum(
                float(p) * walk(child, me, own, others * float(p), weight)
                for p, child in zip(row, node.children, strict=True)
                if p > 0
            )
        gains = np.array([walk(c, me, own * float(p), others, weight) for p, c in zip(row, node.children, strict=True)])
        mean = float(row @ gains)
        gathered[node.known] += others * (gains - mean)
        sums[me][node.known] += weight * own * row
        return here + mean

    for iteration in range(1, iterations + 1):
        for me in range(len(tree.seats)):
            gathered = [np.zeros(n) for n in sizes[me]]
            for root in tree.roots:
                walk(root, me, 1.0, 1 / len(tree.roots), iteration)
            for known, gain in enumerate(gathered):
                regret = regrets[me][known] = np.maximum(regrets[me][known] + gain, 0.0)
                total = regret.sum()
                now[me][known] = regret / total if total > 0 else np.full(regret.size, 1 / regret.size)
    averages = [
        [row / row.sum() if row.sum() > 0 else np.full(row.size, 1 / row.size) for row in rows] for rows in sums
    ]
    return tree.policies(averages)
