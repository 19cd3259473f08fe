"""Theory of the reference game: values of codes, best responses, equilibria, and learners that get stuck.

With n states, m messages and a uniform state, a speaker's policy is a row-stochastic array ``(n, m)``, a listener's
one ``(m, n)``. Where a context of k candidates is public, the game within it is the one with n = k and the candidates'
ranks for states.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from math import comb
from typing import Any

import numpy as np
import numpy.typing as npt

from ...core.errors import InvalidOption, shown

__all__ = [
    "babbling",
    "best_fixed_code",
    "best_listener",
    "best_speaker",
    "deviation_gain",
    "equilibrium",
    "first_best",
    "fixed_code_success",
    "mutual_information",
    "partial_pooling",
    "pure_equilibria",
    "reading",
    "reinforce",
    "roth_erev",
    "success",
]

Array = npt.NDArray[np.float64]


def _sizes(states: Any, messages: Any) -> None:
    for name, value, least in (("states", states, 2), ("messages", messages, 1)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise InvalidOption(f"{name} must be an int of at least {least}, got {shown(value)}")


def _policy(policy: Any, name: str) -> Array:
    """A policy, or a stack of them, as an array; rows must be distributions."""
    array = np.asarray(policy, np.float64)
    if array.ndim < 2 or not (np.all(array >= 0) and np.allclose(array.sum(-1), 1, atol=1e-9)):
        raise InvalidOption(f"a {name}'s policy has a row of probabilities for each input")
    return array


def _pair(speaker: Any, listener: Any) -> tuple[Array, Array]:
    s, r = _policy(speaker, "speaker"), _policy(listener, "listener")
    if s.shape[-2:] != r.shape[:-3:-1]:
        raise InvalidOption(f"a speaker of shape (n, m) meets a listener of shape (m, n), got {s.shape} and {r.shape}")
    return s, r


def reading(size: int, messages: int, message: int) -> range:
    """The ranks that send `message` under the known code, rank mod m; all ranks after a message that none sends.

    Args:
        size: Number of candidates (of states, where all are).
        messages: m.
        message: In [0, m).
    """
    return range(message, size, messages) if message < size else range(size)


# -- values ------------------------------------------------------------------------------------------------------------
def first_best(states: int, messages: int, candidates: int | None = None) -> float:
    """Success of the best pair of policies: min(m, k) / k, where k is the number of candidates (all states if None).

    Each message leads to one choice, so at most min(m, k) of the k equally likely targets are found.
    """
    _sizes(states, messages)
    k = states if candidates is None else candidates
    return min(messages, k) / k


def success(speaker: Any, listener: Any) -> Any:
    """Exact probability that the listener picks the target, in [0, 1].

    Args:
        speaker: Array ``(..., n, m)``: probability of each message in each state.
        listener: Array ``(..., m, n)``: probability of each choice after each message.

    Returns:
        A float, or an array of the leading shape.

    Raises:
        InvalidOption: Rows are no distributions, or the shapes do not fit.
    """
    s, r = _pair(speaker, listener)
    return np.einsum("...sm,...ms->...", s, r)[()] / s.shape[-2]


def best_listener(speaker: Any) -> tuple[Array, float]:
    """A pure best response to a speaker ``(n, m)``, as an array ``(m, n)``, and the success of the two.

    After each message it picks the state that sends it most often, the lowest of equals.
    """
    s = _policy(speaker, "speaker")
    reply = np.eye(s.shape[0])[s.argmax(0)]
    return reply, float(s.max(0).sum() / s.shape[0])


def best_speaker(listener: Any) -> tuple[Array, float]:
    """A pure best response to a listener ``(m, n)``, as an array ``(n, m)``, and the success of the two."""
    r = _policy(listener, "listener")
    reply = np.eye(r.shape[0])[r.argmax(0)]
    return reply, float(r.max(0).sum() / r.shape[1])


def deviation_gain(speaker: Any, listener: Any) -> float:
    """What the seat that can gain more gains by its best response, in probability of success; 0 in equilibrium."""
    value = success(speaker, listener)
    return max(best_listener(speaker)[1], best_speaker(listener)[1]) - float(value)


def mutual_information(speaker: Any) -> float:
    """I(state; message) in bits for a uniform state; at most log2 of the number of messages."""
    s = _policy(speaker, "speaker")
    share = s.mean(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(s > 0, s * np.log2(s / share), 0.0)
    return float(terms.sum() / s.shape[0])


# -- equilibria --------------------------------------------------------------------------------------------------------
def equilibrium(states: int, messages: int) -> tuple[Array, Array]:
    """The code that everybody knows, and the listener's reading of it: a most informative equilibrium.

    The speaker sends state mod m. The listener picks the lowest state that sends the message, and state 0 after a
    message that none sends. With m >= n it separates all states.
    """
    _sizes(states, messages)
    speaker = np.eye(messages)[np.arange(states) % messages]
    return speaker, best_listener(speaker)[0]


def babbling(states: int, messages: int) -> tuple[Array, Array]:
    """The equilibrium in which messages mean nothing and choices are random: success 1/n."""
    _sizes(states, messages)
    return np.full((states, messages), 1 / messages), np.full((messages, states), 1 / states)


def partial_pooling(states: int, mix: float = 0.5, pick: float = 0.5) -> tuple[Array, Array]:
    """An equilibrium of the game with n = m >= 3 that is neither pooling nor separating: success (n - 1) / n.

    States 0 and 1 both send message 0; state n - 1 mixes the last two messages, which it has to itself. Neither side
    can gain alone, for any `mix` and `pick`.

    Args:
        states: n, at least 3.
        mix: Probability in [0, 1] that state n - 1 sends message n - 1 and not n - 2.
        pick: Probability in [0, 1] that the listener picks state 0 after message 0, and not state 1.

    Raises:
        InvalidOption: Fewer than 3 states, or no probability.
    """
    _sizes(states, states)
    if states < 3 or not (0 <= mix <= 1 and 0 <= pick <= 1):
        raise InvalidOption(f"expected at least 3 states and probabilities, got {states}, {shown(mix)}, {shown(pick)}")
    speaker, listener = np.zeros((states, states)), np.zeros((states, states))
    speaker[0, 0] = speaker[1, 0] = 1
    for state in range(2, states - 1):
        speaker[state, state - 1] = listener[state - 1, state] = 1
    speaker[-1, -2:] = 1 - mix, mix
    listener[0, :2] = pick, 1 - pick
    listener[-2:, -1] = 1
    return speaker, listener


def pure_equilibria(states: int, messages: int) -> Iterator[tuple[tuple[int, ...], tuple[int, ...], float]]:
    """All equilibria in pure policies, by enumeration of the m**n * n**m pairs; for small games.

    Yields:
        The message of each state, the choice after each message, and their success.

    Raises:
        InvalidOption: More than a million pairs.
    """
    _sizes(states, messages)
    if messages**states * states**messages > 1_000_000:
        raise InvalidOption("the game has more than a million pairs of pure policies; take fewer states or messages")
    for listener in itertools.product(range(states), repeat=messages):
        reachable = len(set(listener))
        for speaker in itertools.product(range(messages), repeat=states):
            right = sum(listener[message] == state for state, message in enumerate(speaker))
            if right == reachable == len(set(speaker)):
                yield speaker, listener, right / states


# -- codes that ignore the context -----------------------------------------------------------------------------------
def fixed_code_success(code: Any, candidates: int) -> float:
    """Success of a pure code that ignores the context, with a listener that knows it and sees the context.

    Args:
        code: The message of each state.
        candidates: k: all contexts of k states are equally likely, and each of its states is the target equally often.

    Returns:
        Expected number of different messages in a context, over k. A message that s of the n states send occurs in
        a context with probability 1 - C(n - s, k) / C(n, k).
    """
    code = tuple(code)
    n, contexts = len(code), comb(len(code), candidates)
    missed = sum(comb(n - code.count(message), candidates) for message in set(code))
    return (len(set(code)) - missed / contexts) / candidates


def best_fixed_code(states: int, messages: int, candidates: int) -> tuple[tuple[int, ...], float]:
    """The best pure code that ignores the context, by enumeration of all ways to share messages; for small games.

    Returns:
        The message of each state, and its success.

    Raises:
        InvalidOption: More than ten states.
    """
    _sizes(states, messages)
    if states > 10:
        raise InvalidOption(f"codes are enumerated for up to ten states, got {states}")

    def shared(code: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        """Codes up to the names of the messages: each state uses a message in use, or the next new one."""
        if len(code) == states:
            yield code
            return
        for message in range(min(max(code, default=-1) + 2, messages)):
            yield from shared((*code, message))

    return max(((code, fixed_code_success(code, candidates)) for code in shared(())), key=lambda pair: pair[1])


# -- learners ----------------------------------------------------------------------------------------------------------
def reinforce(
    states: int, messages: int, runs: int = 100, steps: int = 3_000, rate: float = 0.3, seed: int = 0
) -> tuple[Array, Array]:
    """Independent tabular REINFORCE of both seats, many runs at once, from small random logits.

    A right choice adds ``rate * (chosen - probabilities)`` to the logits of the state and of the message that were
    met (Williams 1992). With n = m = 2 it separates. From n = 3 on, runs spend long in partial pooling, the more the
    larger n is; most leave it in the end.

    Args:
        states: n.
        messages: m.
        runs: Independent runs.
        steps: Rounds of a run.
        rate: Step size.
        seed: Of the NumPy generator.

    Returns:
        The policies learnt: speakers ``(runs, n, m)`` and listeners ``(runs, m, n)``.
    """
    _sizes(states, messages)
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 0.1, (runs, states, messages)), rng.normal(0, 0.1, (runs, messages, states))
    return _learnt(*logits, steps, rng, _softmax, lambda share, chosen: rate * (chosen - share))


def roth_erev(states: int, messages: int, runs: int = 100, steps: int = 3_000, seed: int = 0) -> tuple[Array, Array]:
    """Reinforcement learning by urns (Roth and Erev 1995), many runs at once, from one ball of each kind.

    Each state has an urn of messages and each message one of choices; balls are drawn, and put back with one more of
    their kind after a right choice. With n = m = 2 and even states it separates (Argiento, Pemantle, Skyrms and Volkov
    2009); from n = 3 on, some runs end in partial pooling (Hu, Skyrms and Tarrès 2011).

    Args:
        states: n.
        messages: m.
        runs: Independent runs.
        steps: Rounds of a run.
        seed: Of the NumPy generator.

    Returns:
        As of :func:`reinforce`.
    """
    _sizes(states, messages)
    balls = np.ones((runs, states, messages)), np.ones((runs, messages, states))
    rng = np.random.default_rng(seed)
    return _learnt(*balls, steps, rng, lambda b: b / b.sum(-1, keepdims=True), lambda share, chosen: chosen)


def _learnt(
    speaker: Array,
    listener: Array,
    steps: int,
    rng: np.random.Generator,
    shares: Callable[[Array], Array],
    lesson: Callable[[Array, Array], Array],
) -> tuple[Array, Array]:
    """Policies after `steps` rounds in each run.

    Args:
        speaker: Weights ``(runs, n, m)``, changed in place.
        listener: Weights ``(runs, m, n)``, changed in place.
        steps: Rounds of a run.
        rng: Draws states, messages and choices.
        shares: Makes weights into probabilities.
        lesson: What a right choice adds to weights, from their probabilities and what was drawn, one-hot.
    """
    runs, states, _ = speaker.shape
    rows = np.arange(runs)

    def drawn(weights: Array) -> tuple[npt.NDArray[np.int64], Array]:
        """A draw in each row, and its lesson."""
        share = shares(weights)
        draw = (share.cumsum(1) > rng.random((runs, 1))).argmax(1)
        return draw, lesson(share, np.eye(share.shape[1])[draw])

    for _ in range(steps):
        target = rng.integers(states, size=runs)
        message, says = drawn(speaker[rows, target])
        choice, picks = drawn(listener[rows, message])
        right = (choice == target)[:, None]
        speaker[rows, target] += right * says
        listener[rows, message] += right * picks
    return shares(speaker), shares(listener)


def _softmax(logits: Array) -> Array:
    weight = np.exp(logits - logits.max(-1, keepdims=True))
    return weight / weight.sum(-1, keepdims=True)
