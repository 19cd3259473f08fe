"""What the builders of knowledge worlds share: a table of questions, thresholds from data, and question budgets."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from infogap.envs.inquiry.knowledge import ALPHABET, NO, UNKNOWN, YES, Knowledge, save, select

DATA = Path(__file__).resolve().parents[1] / "envs" / "inquiry" / "data"
SATURATED = 0.95


class Table:
    """Questions gathered one at a time; `ids` are the items' keys in the source, in order."""

    def __init__(self, ids: Sequence) -> None:
        self.ids = list(ids)
        self.questions: list[str] = []
        self.kinds: list[str] = []
        self.columns: list[list[int]] = []

    def ask(self, kind: str, question: str, answer: Callable[[object], bool | None]) -> None:
        """Add a question; `answer(id)` is True, False or None where nobody knows."""
        codes = [UNKNOWN if (value := answer(i)) is None else YES if value else NO for i in self.ids]
        self.kinds.append(kind)
        self.questions.append(question)
        self.columns.append(codes)

    def member(self, kind: str, question: str, yes: Iterable, unknown: Iterable = ()) -> None:
        """Add a question from the set of ids that answer yes and the set whose answer is unknown or disputed."""
        yes, unknown = set(yes), set(unknown)
        strange = (yes | unknown) - set(self.ids)
        if strange or yes & unknown:
            raise ValueError(f"{question}: {strange or yes & unknown}")
        self.ask(kind, question, lambda i: None if i in unknown else i in yes)

    def above(self, question: str, values: Mapping, thresholds: Iterable[float]) -> None:
        """Add a numeric question for each threshold; `{}` in its text stands for the threshold."""
        for t in thresholds:
            self.ask(
                "numeric", question.format(number(t)), lambda i, t=t: None if (v := values.get(i)) is None else v > t
            )


def number(value: float) -> str:
    """A number as people write it: 1,500,000; 0.025; −130."""
    text = f"{value:,.0f}" if abs(value) >= 100 or float(value).is_integer() else f"{value:.6g}"
    return text.replace("-", "−")


def thresholds(values: Iterable[float | None], count: int) -> list[float]:
    """At most `count` thresholds near the quantiles of `values`, each a number of two significant digits.

    Of the two-digit numbers around a quantile the one farthest from any value is taken, so that no item sits so close
    to a threshold that another edition of the source would answer otherwise.
    """
    known = np.array(sorted({float(v) for v in values if v is not None}))
    every = np.array(sorted(float(v) for v in values if v is not None))
    found: list[float] = []
    for q in np.quantile(every, np.arange(1, count + 1) / (count + 1)):
        step = 10.0 ** (math.floor(math.log10(abs(q))) - 1) if q else 1.0
        base = round(q / step)
        options = [float(f"{(base + k) * step:.2g}") for k in (0, 1, -1, 2, -2)]
        found.append(max(options, key=lambda t: float(np.abs(known - t).min())))
    return sorted(set(found))


def build(
    table: Table, names: Sequence[str], groups: Sequence[str], priors: Mapping[str, Sequence[float]], **about: str
) -> Knowledge:
    """The whole world, spelling included, without repeated rows or columns, with priors and budgets.

    Dropped: questions that all items answer alike; a question whose column equals an earlier one, or is its complement
    under the same unknown cells (the earlier, more natural wording stays); items that agree with another on every
    question that is not about spelling (see `select`).
    """
    answers = np.array(table.columns, np.int8).T
    kept: dict[bytes, int] = {}
    for j, column in enumerate(answers.T):
        flipped = np.array([YES, NO, UNKNOWN], np.int8)[column]
        if len(set(column.tolist())) > 1 and flipped.tobytes() not in kept:
            kept.setdefault(column.tobytes(), j)
    columns = sorted(kept.values())
    dropped = [q for j, q in enumerate(table.questions) if j not in columns]
    whole = Knowledge(
        version="1.0",
        items=tuple(names),
        groups=tuple(groups),
        questions=tuple(table.questions[j] for j in columns),
        kinds=tuple(table.kinds[j] for j in columns),
        answers=answers[:, columns],
        alphabet=ALPHABET,
        priors={key: normalised(value) for key, value in priors.items()},
        **about,
    )
    same = set(whole.items) - set(select(whole).items)
    if same:  # a builder must add a question or leave such an item out by hand, so that the loss is seen
        raise ValueError(f"items that no question but spelling tells apart from another: {sorted(same)}")
    print(f"{whole!r}; {len(dropped)} constant or repeated questions dropped: {dropped}")
    budgets = {}
    for policy in ("honest", "none"):
        world = select(whole, unknown=policy)
        expected, success = greedy(world.answers)
        budgets[policy] = budget(expected, success)
        rates = {turns: round(success[turns], 3) for turns in (math.floor(expected), math.ceil(expected))}
        print(f"  {policy}: {world!r}, greedy needs {expected:.3f}, success {rates}, budget {budgets[policy]}")
    budgets["redrawn"] = budgets["none"]
    return Knowledge(**{**{f: getattr(whole, f) for f in whole.__dataclass_fields__}, "budgets": budgets})


def normalised(weights: Sequence[float]) -> np.ndarray:
    total = math.fsum(weights)  # exact, hence the same on every platform
    return np.array([w / total for w in weights])


def greedy(answers: np.ndarray) -> tuple[float, list[float]]:
    """Greedy search without noise, uniform prior: always the question of maximum answer entropy, first on ties.

    Returns:
        The expected number of questions until one item is left, and for t = 0, 1, ... the probability of naming the
        item after t questions and one guess among what is left.
    """
    n = len(answers)
    groups, depth_sum, success = [np.arange(n)], 0, []
    while True:
        success.append(len(groups) / n)
        open_groups = [g for g in groups if len(g) > 1]
        if not open_groups:
            return depth_sum / n, success + success[-1:] * 8
        depth_sum += sum(map(len, open_groups))
        groups = [g for g in groups if len(g) == 1]
        for g in open_groups:
            rows = answers[g]
            counts = np.stack([(rows == code).sum(axis=0) for code in (NO, YES, UNKNOWN)])
            # maximum entropy = minimum of sum c log c; rounded so that equal counts tie exactly
            cost = np.round((counts * np.log(np.maximum(counts, 1))).sum(axis=0), 9)
            best = int(cost.argmin())
            parts = [g[rows[:, best] == code] for code in (NO, YES, UNKNOWN)]
            parts = [p for p in parts if len(p)]
            if len(parts) == 1:
                raise ValueError(f"no question tells these rows apart: {g.tolist()}")
            groups += parts


def budget(expected: float, success: Sequence[float]) -> int:
    """`expected` rounded up, or down where greedy would nearly always succeed with it and the task would saturate."""
    turns = math.ceil(expected)
    return turns if success[turns] <= SATURATED else turns - 1


def write(knowledge: Knowledge) -> None:
    """Save to --out FOLDER, by default where the package keeps its worlds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=DATA)
    path = parser.parse_args().out / f"{knowledge.name}.world"
    save(knowledge, path)
    print(f"  {path.name}: {path.stat().st_size} bytes, {(knowledge.answers == UNKNOWN).mean():.1%} unknown")
