"""Theory of cheap talk with quadratic loss: Crawford and Sobel's partitions, and the same game on a grid.

The state is uniform on [0, 1], the sender wants the action state + bias, the receiver wants the state. On a grid of G
states, the points are the midpoints (i + 1/2) / G and the actions are k / (2 G), k = 0..2 G, among which is the mean
of every run of neighbouring states. A sender's policy is a row-stochastic array ``(G, m)``, a receiver's one
``(m, 2 G + 1)``.

What the grid changes. Let N be the number of cells, w their widths and d the shifts of the boundaries by rounding, at
most 1/(2 G) each.

* **Deviations: nothing.** The action after a cell is the exact mean of its states, so the receiver cannot gain. The
  sender is indifferent between the actions after neighbouring cells at a state that differs from the rounded boundary
  between them by (d_before - 2 d + d_after) / 4, so by at most 1/(2 G); no grid point is nearer to the boundary. Its
  gain from any other message is a sum of such comparisons, each at most zero. So Crawford and Sobel's partition,
  rounded, is an exact equilibrium of the game on the grid.
* **Value.** On the grid the receiver loses the sum of (w + e)**3 / 12, less 1/(12 G**2), where e are the errors of the
  widths, at most 1/G. Against the continuum's sum of w**3 / 12, the term of first order is at most bias/G (cells grow
  by 4 bias from one to the next), the second at most 1/(4 G**2), the third at most N/(12 G**3); see
  :func:`value_bound`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from ...core.errors import InvalidOption, shown

__all__ = [
    "actions",
    "best_receiver",
    "best_sender",
    "boundaries",
    "cells",
    "deviation_gains",
    "equilibrium",
    "expected_payoffs",
    "literal",
    "partition",
    "points",
    "receiver_value",
    "sender_value",
    "value_bound",
]

Array = npt.NDArray[np.float64]


def _bias(bias: Any) -> float:
    if isinstance(bias, bool) or not isinstance(bias, (int, float, np.number)) or not 0 <= bias < math.inf:
        raise InvalidOption(f"the bias must be a finite number of at least 0, got {shown(bias)}")
    return float(bias)


# -- Crawford and Sobel on the continuum -------------------------------------------------------------------------------
def cells(bias: float, at_most: int = 1_000_000) -> int:
    """Most cells that an equilibrium can have: the largest N with 2 N (N - 1) bias < 1, as far as `at_most`.

    That is ceil(-1/2 + 1/2 sqrt(1 + 2/bias)) (Crawford and Sobel 1982, section 4), without its rounding errors.
    """
    bias, n = _bias(bias), 1
    if bias == 0:
        return at_most
    while n < at_most and 2 * (n + 1) * n * bias < 1:
        n += 1
    return n


def boundaries(bias: float, n: int) -> Array:
    """The n + 1 boundaries of the equilibrium with n cells: i/n - 2 bias i (n - i), from 0 to 1.

    Raises:
        InvalidOption: No equilibrium has n cells.
    """
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or not 1 <= n <= cells(bias, max(int(n), 1)):
        raise InvalidOption(f"with this bias there are 1 to {cells(bias)} cells, got {shown(n)}")
    i = np.arange(n + 1)
    return i / n - 2 * bias * i * (n - i)


def receiver_value(bias: float, n: int | None = None) -> float:
    """The receiver's expected payoff in the equilibrium with n cells (None: most): -1/(12 n^2) - bias^2 (n^2 - 1)/3."""
    n = cells(bias) if n is None else n
    return -1 / (12 * n**2) - _bias(bias) ** 2 * (n**2 - 1) / 3


def sender_value(bias: float, n: int | None = None) -> float:
    """The sender's: the receiver's less bias^2, since the receiver is right in the mean."""
    return receiver_value(bias, n) - bias**2


# -- the grid ----------------------------------------------------------------------------------------------------------
def points(grid: int) -> Array:
    """The states (i + 1/2) / G, shape ``(G,)``."""
    return (np.arange(grid) + 0.5) / grid


def actions(grid: int) -> Array:
    """The receiver's actions k / (2 G), shape ``(2 G + 1,)``."""
    return np.arange(2 * grid + 1) / (2 * grid)


def partition(bias: float, grid: int, messages: int) -> tuple[int, ...]:
    """The most informative partition that m messages can tell, its boundaries rounded to whole states.

    Returns:
        First state of each cell, then G. Cells that are rounded to nothing are left out.
    """
    exact = boundaries(bias, cells(bias, messages))
    return tuple(sorted({math.floor(b * grid + 0.5) for b in exact.tolist()}))


def _code(bounds: tuple[int, ...], messages: int) -> tuple[Array, Array]:
    """Sender and receiver of a partition: cell j sends message j, unused messages are read as the last one."""
    grid, count = bounds[-1], len(bounds) - 1
    sender = np.eye(messages)[np.repeat(np.arange(count), np.diff(bounds))]
    meant = np.minimum(np.arange(messages), count - 1)
    return sender, np.eye(2 * grid + 1)[np.add(bounds[:-1], bounds[1:])[meant]]


def equilibrium(bias: float, grid: int, messages: int) -> tuple[Array, Array]:
    """The scripted equilibrium: the rounded partition and its exact means. Nobody can gain alone.

    Returns:
        Sender ``(G, m)`` and receiver ``(m, 2 G + 1)``.
    """
    return _code(partition(bias, grid, messages), messages)


def literal(grid: int, messages: int) -> tuple[Array, Array]:
    """Plain speech: m cells of equal width, the message names the cell, the receiver believes it.

    Under a bias of some size it is no equilibrium: the sender would name a higher cell.
    """
    bounds = sorted({math.floor(j * grid / messages + 0.5) for j in range(messages + 1)})
    return _code(tuple(bounds), messages)


def _loss(grid: int, bias: float) -> Array:
    """(action - state - bias)**2, shape ``(G, 2 G + 1)``."""
    return (actions(grid) - points(grid)[:, None] - bias) ** 2


def _policies(sender: Any, receiver: Any) -> tuple[Array, Array]:
    s, r = np.asarray(sender, np.float64), np.asarray(receiver, np.float64)
    if s.ndim != 2 or r.shape != (s.shape[1], 2 * s.shape[0] + 1):
        raise InvalidOption(f"a sender (G, m) meets a receiver (m, 2 G + 1), got {s.shape} and {r.shape}")
    if any(not (np.all(p >= 0) and np.allclose(p.sum(1), 1, atol=1e-9)) for p in (s, r)):
        raise InvalidOption("a policy has a row of probabilities for each input")
    return s, r


def expected_payoffs(sender: Any, receiver: Any, bias: float) -> tuple[float, float]:
    """Expected payoffs of sender and receiver on the grid, by enumeration of states, messages and actions."""
    s, r = _policies(sender, receiver)
    played = s @ r / len(s)
    return -float((played * _loss(len(s), _bias(bias))).sum()), -float((played * _loss(len(s), 0)).sum())


def best_sender(receiver: Any, bias: float) -> tuple[Array, float]:
    """A pure best response to a receiver ``(m, 2 G + 1)``, as an array ``(G, m)``, and the sender's payoff."""
    r = np.asarray(receiver, np.float64)
    payoff = -_loss((r.shape[1] - 1) // 2, _bias(bias)) @ r.T
    return np.eye(len(r))[payoff.argmax(1)], float(payoff.max(1).mean())


def best_receiver(sender: Any) -> tuple[Array, float]:
    """A pure best response to a sender ``(G, m)``, as an array ``(m, 2 G + 1)``, and the receiver's payoff."""
    s = np.asarray(sender, np.float64)
    payoff = -s.T @ _loss(len(s), 0) / len(s)
    return np.eye(payoff.shape[1])[payoff.argmax(1)], float(payoff.max(1).sum())


def deviation_gains(sender: Any, receiver: Any, bias: float) -> tuple[float, float]:
    """What sender and receiver gain in the mean by a best response, each alone."""
    s, r = _policies(sender, receiver)
    now = expected_payoffs(s, r, bias)
    return best_sender(r, bias)[1] - now[0], best_receiver(s)[1] - now[1]


def value_bound(bias: float, grid: int, messages: int) -> float:
    """Most by which the receiver's value on the grid is off the continuum's. See the module's docstring."""
    return bias / grid + 1 / (3 * grid**2) + cells(bias, messages) / (12 * grid**3)
