"""20 Questions on worlds of real knowledge."""

from __future__ import annotations

import dataclasses
import functools
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ...core.episode import Episode
from ...core.errors import InvalidOption, UnknownOption, shown
from ...core.judge import Verdict
from ...core.splits import DEFAULT_SHARES, split_mask
from ...core.truth import View
from .inquiry import Inquiry, Secret, secret_class
from .knowledge import Knowledge, load, select
from .table import MAX_NOISE, Table

__all__ = ["SPLITS", "TwentyQuestions", "truth_class"]

SPLITS = ("all", "train", "val", "test", "test_groups", "test_questions")
HELD = {"seen": 0.8, "held": 0.2}
"""Shares of groups and of questions that are held out."""


class TwentyQuestions(Inquiry):
    """Find the hidden item by asking questions with known answers.

    ## Description
    An item of a world (chemical elements, countries) is drawn. The agent asks questions from the world's list and is
    told yes, no or unknown; then it names the item. Asking well is worth more than guessing: the answers are public
    knowledge, the item is not.

    ## Action Space
    With Q questions and N items:
    * `actions="full"`: `Discrete(Q + N)`; `a < Q` asks question a, `Q + i` guesses item i.
    * `actions="ask"`: `Discrete(Q + 1)`; `a < Q` asks question a, `Q` commits: the environment guesses the exact
      posterior's best item (the most probable given the prior and all that was told; the first of equals).

    ## Observation Space
    * `observation="history"` (default): `Box(0, K, (Q,), int8)`; for each question 0 while unasked, else 1 + the last
      answer told.
    * `"last"`: `MultiDiscrete([Q + 1, K + 1], int16)`; 1 + question and 1 + answer of this turn, (0, 0) at the start
      and after a guess.
    * `"log"`: `Box(int16, (T, 2))`; the same pair for each turn, in order, zeros to come. T is the budget.

    Answers are coded 0 no, 1 yes, 2 unknown (K = 3, or K = 2 where there is no unknown).

    ## Starting State
    An item drawn from the prior, restricted to the split.

    ## Rewards
    A question pays minus its cost (0 by default). A right guess pays 1, a wrong guess 0. A timeout pays 0 with
    `actions="full"`; with `"ask"` it commits, and pays 1 if the commitment is right, on top of the last question's
    cost.

    ## Episode End
    A guess ends the episode. So does the last turn of the budget: the budget is a rule of the game and not a time
    limit put upon it, so the episode *terminates*; it never truncates. A guess uses a turn.

    ## Information
    `action_mask` (int8) with `masks=True`: questions asked already are masked where asking again tells nothing.
    `guess` at the end with `actions="ask"`: the item committed to. Nothing else.

    ## Hidden State
    The item, and with `unknown="redrawn"` the answers that unknown cells give in this episode.

    ## Arguments
    * `world`: `"elements"`, `"countries"`, or a path to a `.world` file.
    * `split`: `"all"` (default), `"train"`, `"val"`, `"test"` (new items), `"test_groups"` (items of unseen groups),
      `"test_questions"` (training items, unseen questions). The split decides what is dealt. It is not told: all
      items stay in the prior, in the action space and in the belief.
    * `budget`: turns; by default the world's own, near the expected number of greedy questions (one more with
      `"full"`, where a guess uses a turn).
    * `noise`: chance in [0, 0.5) that an answer told is another letter, drawn anew at every asking.
    * `costs`: price of a question, a number >= 0 or a mapping from kinds to numbers (kinds left out are free).
    * `prior`: `"uniform"` or a prior of the world's (`"population"` for countries).
    * `unknown`: `"honest"` tells unknown (missing facts then leak identity, and the reference scores count that);
      `"redrawn"` answers unknown cells by a coin with the question's own rate, fixed for the episode; `"none"`
      answers no to what is not known to be true.
    * `kinds`: the kinds of questions admitted; by default all but spelling.
    * `actions`, `observation`, `masks`, `render_mode` (None or `"ansi"`).

    ## Reference Scores
    Success by turn t is at most the mass of the best K^t items under what is dealt (K^(t-1) where guessing costs a
    turn). Scores of random, blind, greedy, optimal and oracle are computed by `infogap bench`.

    ## References
    Greedy information gain: Lindley, "On a measure of the information provided by an experiment", Ann. Math. Stat. 27
    (1956).

    ## Version History
    * v0: initial version.
    """

    family = "inquiry/twenty_questions"
    generator = 0

    def __init__(
        self,
        world: str = "elements",
        split: str = "all",
        budget: int | None = None,
        noise: float = 0.0,
        costs: float | Mapping[str, float] = 0.0,
        prior: str = "uniform",
        unknown: str = "honest",
        kinds: Sequence[str] | None = None,
        actions: str = "full",
        observation: str = "history",
        masks: bool = False,
        render_mode: str | None = None,
    ) -> None:
        truth = truth_class(*_table_arguments(world, split, noise, prior, unknown, kinds))
        knowledge = _knowledge(world, split, unknown, _kinds(kinds))
        if budget is None:
            suggested = knowledge.budgets.get(unknown, int(np.ceil(np.log2(len(knowledge.items)))))
            budget = suggested + (actions == "full")
        super().__init__(truth, budget, _costs(costs, knowledge), actions, observation, masks, render_mode)
        self.knowledge = knowledge

    @staticmethod
    def verify(view: View, episode: Episode) -> Verdict:
        """Success: the episode ended by a guess, or a commitment, that names the item."""
        arguments = dict(episode.kwargs)
        table = truth_class(*_table_arguments(**{k: v for k, v in arguments.items() if k in _TABLE_OPTIONS})).table
        guess: Any = None
        if episode.ended == "terminated" and episode.actions:
            last = int(episode.actions[-1])
            if arguments.get("actions", "full") == "ask":
                guess = episode.final_info.get("guess")
            elif last >= table.q:
                guess = last - table.q
        found = guess is not None and int(guess) == view.item
        return Verdict(found, float(found), {"found": float(found)})


_TABLE_OPTIONS = ("world", "split", "noise", "prior", "unknown", "kinds")


def _table_arguments(
    world: str = "elements",
    split: str = "all",
    noise: float = 0.0,
    prior: str = "uniform",
    unknown: str = "honest",
    kinds: Sequence[str] | None = None,
) -> tuple[Any, ...]:
    """The options that make a table, checked and hashable."""
    if split not in SPLITS:
        raise UnknownOption(f"unknown split {split!r}; expected one of {SPLITS}")
    if isinstance(noise, bool) or not isinstance(noise, (int, float, np.floating)) or not 0.0 <= noise < MAX_NOISE:
        raise InvalidOption(f"noise must be a number in [0, {MAX_NOISE}), got {shown(noise)}")
    for name, value in (("world", world), ("prior", prior), ("unknown", unknown)):
        if not isinstance(value, str):
            raise UnknownOption(f"{name} is named by a string, got {value!r}")
    return world, split, float(noise), prior, unknown, _kinds(kinds)


def _kinds(kinds: Sequence[str] | None) -> tuple[str, ...] | None:
    if kinds is None:
        return None
    if isinstance(kinds, str) or not isinstance(kinds, Sequence) or not all(isinstance(k, str) for k in kinds):
        raise InvalidOption(f"kinds must be a sequence of names, got {kinds!r}")
    return tuple(kinds)


@functools.cache
def _knowledge(world: str, split: str, unknown: str, kinds: tuple[str, ...] | None) -> Knowledge:
    """The admissible part of a world.

    Held-out questions go, items stay, so that guesses mean the same in every split.
    """
    whole = select(load(world), kinds, unknown)
    if split == "all":
        return whole
    held = split_mask(whole.questions, "held", f"{whole.name}/questions", HELD)
    kept = np.flatnonzero(held if split == "test_questions" else ~held)
    if not kept.size:
        raise InvalidOption(f"split {split!r} of world {whole.name!r} has no question with these kinds")
    return dataclasses.replace(
        whole,
        questions=tuple(whole.questions[i] for i in kept),
        kinds=tuple(whole.kinds[i] for i in kept),
        answers=whole.answers[:, kept],
    )


def _dealt_items(knowledge: Knowledge, split: str) -> npt.NDArray[np.bool_]:
    """Which items a split deals: groups are held out first, then items by their own name."""
    if split == "all":
        return np.ones(len(knowledge.items), np.bool_)
    held = split_mask(knowledge.groups, "held", f"{knowledge.name}/groups", HELD)
    if split == "test_groups":
        return held
    share = "train" if split == "test_questions" else split
    return ~held & split_mask(knowledge.items, share, f"{knowledge.name}/items", DEFAULT_SHARES)


@functools.cache
def truth_class(
    world: str, split: str, noise: float, prior: str, unknown: str, kinds: tuple[str, ...] | None
) -> type[Secret]:
    """The Truth class of one choice of table options; equal environments share one."""
    knowledge = _knowledge(world, split, unknown, kinds)
    if prior not in knowledge.priors:
        raise UnknownOption(f"unknown prior {prior!r}; world {knowledge.name!r} has {sorted(knowledge.priors)}")
    p = np.asarray(knowledge.priors[prior], np.float64)
    deal = np.where(_dealt_items(knowledge, split), p, 0.0)
    if not deal.sum() > 0:
        raise InvalidOption(f"split {split!r} of world {knowledge.name!r} deals no item with these options")
    answers, alphabet = knowledge.answers, knowledge.alphabet
    if unknown == "redrawn":
        answers, alphabet = np.where(answers == 2, -1, answers).astype(np.int8), alphabet[:2]
    table = Table(answers, alphabet, p, deal / deal.sum(), noise, knowledge.items, knowledge.questions)
    return secret_class(table, (truth_class, (world, split, noise, prior, unknown, kinds)))


def _costs(costs: float | Mapping[str, float], knowledge: Knowledge) -> npt.NDArray[np.float64]:
    """Price of each question."""
    by_kind = costs if isinstance(costs, Mapping) else dict.fromkeys(knowledge.kinds, costs)
    if unknown := sorted(map(str, by_kind.keys() - set(knowledge.kinds))):
        raise UnknownOption(f"costs name unknown kinds {unknown}; this world has {sorted(set(knowledge.kinds))}")
    for price in by_kind.values():
        number = isinstance(price, (int, float, np.integer, np.floating)) and not isinstance(price, bool)
        if not number or not 0 <= price <= sys.float_info.max:
            raise InvalidOption(f"costs must be finite numbers >= 0, got {shown(price)}")
    return np.array([float(by_kind.get(kind, 0.0)) for kind in knowledge.kinds])
