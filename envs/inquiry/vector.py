"""20 Questions as a native vector environment."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ...core.belief import BatchBelief
from ...core.rows import Rows
from ...core.vector import VectorEnv
from .inquiry import Inquiry
from .twenty_questions import TwentyQuestions

__all__ = ["TwentyQuestionsVector"]


class TwentyQuestionsVector(VectorEnv):
    """Native vector form of :class:`~infogap.envs.inquiry.twenty_questions.TwentyQuestions`; takes the same arguments.

    One gather from a ready-made table answers all rows; rewards and ends cost a few more array operations.
    """

    single = TwentyQuestions
    _one: Inquiry

    def __init__(self, num_envs: int = 1, **kwargs: Any) -> None:
        super().__init__(num_envs, **kwargs)
        one, rows = self._one, self.num_envs
        table = self.table = one.table
        self._q, self._k = table.q, table.letters
        self._budget, self._asks, self._observed = one.budget, one.actions == "ask", one.observed
        self._logs = self._asks or self._observed == "log"
        self._histories = self._observed == "history" or one.masks
        self._width = self._q + 1
        # One row of cells per hypothesis; the last cell stands for a guess, which tells nothing.
        marks = np.zeros((table.n, self._width), np.int8)
        marks[:, : self._q] = np.where(table.answers < 0, 0, table.answers + 1)
        pairs = np.zeros((table.n, self._width, 2), np.int16)
        pairs[:, : self._q, 0] = np.arange(1, self._q + 1)
        pairs[..., 1] = marks
        self._marks, self._codes = marks.ravel(), pairs.view(np.int32).ravel()
        self._free = not one.cost.any()
        self._cost = np.append(one.cost, 0.0)
        self._log = np.zeros((rows, self._budget), np.int32)
        self._history = np.zeros((rows, self._q), np.int8)
        self._log_at = np.arange(rows, dtype=np.int64) * self._budget
        self._history_at = np.arange(rows, dtype=np.int64) * self._q
        self._last = np.zeros(rows, np.int32)
        self._code = self._last
        self._guess = np.full(rows, -1, np.int64)

    def begin(self, rows: Rows) -> None:
        """Forget the last episode of `rows`."""
        if self._observed == "last":
            self._last[rows] = 0
        if self._logs:
            self._log[rows] = 0
        if self._histories:
            self._history[rows] = 0
        if self._asks:
            self._guess[rows] = -1

    def turn(self, actions: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        """Answer the questions, score the guesses, end the episodes whose budget is used up."""
        item: npt.NDArray[np.int64] = self._world.truth.item
        guesses = actions >= self._q
        guessing = guesses.nonzero()[0]
        questions = actions
        if guessing.size and not self._asks:
            questions = actions.copy()
            questions[guessing] = self._q
        cells = item * self._width
        cells += questions
        self._code = code = self._codes.take(cells) if self.table.exact else self._noisy_codes(questions, guesses)
        if self._observed == "last":
            self._last = code.copy()
        if self._logs:
            # Rows that wait for their reset have used up their turns; what they write is cleared.
            self._log.ravel()[self._log_at + np.minimum(self.turns() - 1, self._budget - 1)] = code
        if self._histories:
            self._mark(cells, questions, guesses, code)
        over = np.less_equal(self._start, self._clock - self._budget)
        over |= guesses
        if self._asks:
            reward = self._commit(over)
        else:
            reward = np.zeros(self.num_envs)
            reward[guessing] = actions[guessing] - self._q == item[guessing]
        if not self._free:
            reward -= self._cost[questions]
        return reward, over

    def _noisy_codes(self, questions: npt.NDArray[np.int64], guesses: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
        """Codes of what is told where answers are redrawn or noisy."""
        asked = np.minimum(questions, self._q - 1)
        truth: Any = self._world.truth
        answers = self.table.told(truth.answer(asked), self.noise())
        pairs = np.stack([questions + 1, answers + 1], axis=1).astype(np.int16)
        pairs[guesses] = 0
        return pairs.view(np.int32).ravel()

    def _mark(self, cells: Any, questions: Any, guesses: Any, code: npt.NDArray[np.int32]) -> None:
        """Write the answers into the histories. A guess tells nothing, so its row is left alone."""
        marks = self._marks.take(cells) if self.table.exact else code.view(np.int16)[1::2].astype(np.int8)
        flat = self._history.ravel()
        at = self._history_at + questions
        if guesses.any():
            asking = np.flatnonzero(~guesses)
            flat[at[asking]] = marks[asking]
        else:
            flat[at] = marks

    def _commit(self, over: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        """Rewards of the rows that end: whether the exact posterior's best is right."""
        reward = np.zeros(self.num_envs)
        ending = over.copy()
        if self._pending is not None:
            ending[self._pending] = False
        rows = np.flatnonzero(ending)
        if rows.size:
            self._guess[rows] = guess = self._best(rows)
            reward[rows] = guess == self._world.truth.item[rows]
        return reward

    def _best(self, rows: Rows) -> npt.NDArray[np.int64]:
        """The exact posterior's best for each of `rows`, from what was told there."""
        told = self._log[rows].view(np.int16).reshape(rows.size, self._budget, 2)
        best = self.table.best
        return np.array([best([(q - 1, a - 1) for q, a in row if q]) for row in told.tolist()], np.int64)

    def observation(self) -> npt.NDArray[Any]:
        """What has been told so far, in the form chosen."""
        if self._observed == "history":
            return self._history.copy()
        if self._observed == "log":
            return self._log.copy().view(np.int16).reshape(self.num_envs, self._budget, 2)
        return self._last.copy().view(np.int16).reshape(self.num_envs, 2)

    def info(self, rows: Rows | None = None) -> dict[str, Any]:
        """Masks where they are switched on; commitments of the rows that have just ended."""
        info: dict[str, Any] = {}
        if not (self._one.masks or self._asks):
            return info
        here = np.ones(self.num_envs, np.bool_)
        if rows is not None:
            here[:] = False
            here[rows] = True
        if self._one.masks:
            info["action_mask"] = self._mask_of(here)
            info["_action_mask"] = here
        committed = here & (self._guess >= 0)
        if committed.any():
            info["guess"] = np.where(committed, self._guess, 0)
            info["_guess"] = committed
        return info

    def _mask_of(self, here: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
        mask = np.ones((self.num_envs, self._n or 0), np.int8)
        if self.table.noise == 0.0:
            mask[:, : self._q] = self._history == 0
            mask[~mask.any(1)] = 1
        mask[~here] = 0
        return mask

    def told(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """What the last turn told in each row: questions and answers, -1 where nothing."""
        pairs = self._code.view(np.int16).reshape(self.num_envs, 2).astype(np.int64) - 1
        if self._silent is not None:
            pairs[self._silent] = -1
        return pairs[:, 0], pairs[:, 1]

    def batch_belief(self) -> BatchBelief:
        """The exact belief of agents that assume the prior."""
        return self.table.batch_belief(self.num_envs)
