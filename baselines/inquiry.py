"""Baselines for inquiry: what to ask, when to stop, what to guess.

All but the oracle know what is public (the table, the options) and what they were told. None of them minds the costs of
questions: they aim at success within the budget.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..core.errors import Unsupported
from ..core.world import view
from ..envs.inquiry.inquiry import Inquiry
from ..envs.inquiry.table import Pair, Table, first_of_best
from .agent import register
from .blind import best_fixed_questions
from .store import policy_tree

__all__ = ["Blind", "Greedy", "InquiryAgent", "Optimal", "Oracle", "Random", "Transcript", "posterior"]

Transcript = tuple[Pair, ...]
"""What was told so far: (question, answer), in order."""
Floats = npt.NDArray[np.float64]

SAME = 1e-9
"""Scores (nats, probabilities) closer than this are equal: the question of the lowest index is asked."""
REMEMBERED = 100_000
"""Decisions an agent keeps; then it forgets them all. Without noise a policy has fewer."""


def posterior(table: Table, told: Transcript) -> Floats:
    """Weights of the hypotheses after a transcript, summing to 1: float64 of shape (n,).

    Exact where no question is asked twice, or no cell is redrawn.
    """
    weight = table.prior.copy()
    for question, answer in told:
        weight *= table.likelihood[question, answer]
        weight /= weight.sum()
    return weight


def most_probable(table: Table, told: Transcript) -> int:
    """What :meth:`Table.best` says, without making a belief anew where there is noise."""
    return table.best(told) if table.exact else first_of_best(posterior(table, told))


def unpacked(env: Any) -> Inquiry:
    """The inquiry inside its wrappers.

    Raises:
        Unsupported: There is none.
    """
    inner = getattr(env, "unwrapped", env)
    if not isinstance(inner, Inquiry):
        raise Unsupported(
            f"expected an inquiry such as infogap/TwentyQuestions-v0, single and not sealed; got {type(inner).__name__}"
        )
    return inner


class InquiryAgent:
    """Base: keeps the transcript, and turns the choice of a question, or of none, into an action.

    Args:
        env: An inquiry, wrapped or not.

    Attributes:
        table: The public table.
        questions: How many it may ask: the budget, less one where the guess takes a turn (``actions="full"``).

    Raises:
        Unsupported: Not an inquiry.
    """

    def __init__(self, env: Any) -> None:
        inner = unpacked(env)
        self.table = inner.table
        self.full = inner.actions == "full"
        self.questions = inner.budget - self.full
        self._read = inner.read
        self.reset()

    def reset(self) -> None:
        """Forget the last episode."""
        self.told: Transcript = ()
        self._turn, self._last = 0, -1

    def act(self, observation: Any, info: Any) -> int:
        """Ask, or guess (commit, with ``actions="ask"``)."""
        self._hear(observation)
        question = self.choose(self.told) if len(self.told) < self.questions else None
        if question is None:
            action = self.table.q + (self.guess(self.told) if self.full else 0)
        else:
            action = question
        self._turn, self._last = self._turn + 1, action
        return action

    def _hear(self, observation: Any) -> None:
        if self._turn:
            pair = self._read(observation, self._last, self._turn)
            if pair is not None:
                self.told = (*self.told, pair)

    def choose(self, told: Transcript) -> int | None:
        """The question to ask after a transcript shorter than `questions`; None to stop."""
        raise NotImplementedError

    def guess(self, told: Transcript) -> int:
        """The item to name at the end."""
        return most_probable(self.table, told)


class Random(InquiryAgent):
    """The floor: actions drawn uniformly, out of those the mask in ``info`` allows where there is one.

    With ``actions="full"`` any action; with ``"ask"`` any question, and the end of the budget commits.

    Args:
        env: An inquiry.
        seed: Of the agent's own chance.
    """

    def __init__(self, env: Any, seed: int = 0) -> None:
        super().__init__(env)
        self._chance = np.random.default_rng(seed)
        self._actions = self.table.q + (self.table.n if self.full else 0)

    def act(self, observation: Any, info: Any) -> int:
        """Any action."""
        mask = info.get("action_mask")
        if mask is None:
            return int(self._chance.integers(self._actions))
        allowed = np.flatnonzero(np.asarray(mask)[: self._actions])
        return int(self._chance.choice(allowed)) if allowed.size else self.table.q


class Blind(InquiryAgent):
    """The best open-loop policy found: it ignores what it is told.

    With ``actions="full"`` it names the most probable item at once; of equals under the prior the one dealt most
    often, so that under a split the floor is no accident of order. With ``"ask"`` it asks a fixed set of questions,
    and the environment commits from the answers. The best set is a hard combinatorial problem: this one comes from a
    local search (:func:`~infogap.baselines.blind.best_fixed_questions`), so its value is a lower bound.
    """

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        self.asked = () if self.full else best_fixed_questions(self.table, self.questions)

    def choose(self, told: Transcript) -> int | None:
        """The next of the fixed questions."""
        return self.asked[len(told)] if len(told) < len(self.asked) else None

    def guess(self, told: Transcript) -> int:
        """The most probable item."""
        table = self.table
        return int(np.where(table.prior >= table.prior.max() * (1 - SAME), table.deal, -1.0).argmax())


class Greedy(InquiryAgent):
    """Asks the question of the greatest expected information gain about the item, under the prior and the noise.

    The rule is Lindley's ("On a measure of the information provided by an experiment", Ann. Math. Stat. 27, 1956).
    Ties go to the question of the lowest index. It stops when no question can tell anything, or when the guess is
    due.
    """

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        table = self.table
        self._flat = np.ascontiguousarray(table.likelihood.reshape(-1, table.n))
        self._given = _plogp(table.likelihood).sum(1)
        self._known: dict[Transcript, int | None] = {}

    def choose(self, told: Transcript) -> int | None:
        """The most informative question, remembered."""
        try:
            return self._known[told]
        except KeyError:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            return self._known.setdefault(told, self._decide(told))

    def gains(self, weight: Floats) -> Floats:
        """Expected information gain of each question, H(answer) - H(answer | item).

        Args:
            weight: The belief, float64 of shape (n,), summing to 1.

        Returns:
            In nats, float64 of shape (questions,).
        """
        told = (self._flat @ weight).reshape(self.table.q, -1)
        return self._given @ weight - _plogp(told).sum(1)

    def _decide(self, told: Transcript) -> int | None:
        gains = self.gains(posterior(self.table, told))
        self._forbid(gains, told)
        best = gains.max()
        return None if best <= SAME else int(np.flatnonzero(gains >= best - SAME)[0])

    def _forbid(self, scores: Floats, told: Transcript) -> None:
        """Never ask a redrawn question twice: its cells keep their answers, which :func:`posterior` does not know."""
        if self.table.redrawn:
            scores[[question for question, _ in told]] = 0.0


class Optimal(Greedy):
    """The best policy known on the agent's information.

    Where answers are exact, the prior is uniform and a policy for the table is shipped (the worlds' default kinds),
    it plays that policy; :func:`~infogap.baselines.bounds` tells whether it is proven optimal. Elsewhere it plays
    greedily but for the last question, which is the one that makes the final guess right most often: a lower bound of
    the optimum.

    Attributes:
        stored: Whether it plays a shipped policy.
    """

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        self._tree = policy_tree(self.table, self.questions)
        self.stored = self._tree is not None

    def _decide(self, told: Transcript) -> int | None:
        if self.stored:
            node = self._tree
            for _, answer in told:
                node = node[1 + answer]
            return None if node is None else int(node[0])
        if len(told) + 1 < self.questions:
            return super()._decide(told)
        weight = posterior(self.table, told)
        right = (self._flat * weight).max(1).reshape(self.table.q, -1).sum(1) - weight.max()
        self._forbid(right, told)
        if right.max() <= SAME:
            return super()._decide(told)
        return int(np.flatnonzero(right >= right.max() - SAME)[0])


class Oracle(InquiryAgent):
    """The privileged reference: it sees what the teacher sees.

    With ``actions="full"`` it names the item at once. With ``"ask"`` it asks what makes the item most probable, and
    commits as soon as the environment would guess it.
    """

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        self._view = view(unpacked(env), "teacher")
        table = self.table
        wrong = table.noise / (table.letters - 1)
        self._channel = np.where(np.eye(table.letters, dtype=bool), 1 - table.noise, wrong)
        self._flat = np.ascontiguousarray(table.likelihood.reshape(-1, table.n))
        self._known: dict[tuple[int, Transcript], int | None] = {}

    def choose(self, told: Transcript) -> int | None:
        """The question whose answer is expected to raise the log probability of the item most."""
        item, fill = int(self._view.item), int(self._view.fill)
        if self.full:
            return None
        if self.table.redrawn:
            return self._decide(told, item, fill)
        if (item, told) not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[item, told] = self._decide(told, item, fill)
        return self._known[item, told]

    def _decide(self, told: Transcript, item: int, fill: int) -> int | None:
        table = self.table
        if most_probable(table, told) == item:
            return None
        letters = [table.answer(item, fill, question) for question in range(table.q)]
        chance = self._channel[letters]  # [question, answer told]
        expected = (self._flat @ posterior(table, told)).reshape(table.q, -1)
        with np.errstate(divide="ignore", invalid="ignore"):
            gains = np.where(chance > 0, chance * np.log(table.likelihood[:, :, item] / expected), 0.0).sum(1)
        if table.redrawn:
            gains[[question for question, _ in told]] = -np.inf
        return int(np.flatnonzero(gains >= gains.max() - SAME)[0])

    def guess(self, told: Transcript) -> int:
        """The item itself."""
        return int(self._view.item)


def _plogp(p: Floats) -> Floats:
    return p * np.log(np.where(p > 0, p, 1.0))


register(Inquiry, "random", Random)
register(Inquiry, "blind", Blind)
register(Inquiry, "greedy", Greedy)
register(Inquiry, "optimal", Optimal)
register(Inquiry, "oracle", Oracle)
