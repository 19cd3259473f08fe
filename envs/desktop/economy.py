"""What work is paid: the wage bill by occupation group, and scores weighted by it.

The table ships with its source and year in ``data/wage_bill.csv``. A group is named by its SOC code, such as ``"43"``
for office and administrative support.
"""

from __future__ import annotations

import csv
import functools
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from ...core.errors import InvalidOption, UnknownOption, shown

__all__ = ["HOW", "Group", "RankChange", "WageBill", "coverage", "load", "rank_changes", "weighted_mean", "weights"]

HOW = ("equal", "wage_bill")
"""Ways to weight groups: all alike, or by what their work is paid in total."""
DATA = Path(__file__).parent / "data" / "wage_bill.csv"
DIGITS = 12
"""Means that agree in so many decimal places tie: they differ by rounding only."""


class Group(NamedTuple):
    """A major group of the Standard Occupational Classification.

    Attributes:
        soc: Its two-digit code.
        name: What it is called.
        wage_bill_bn: Jobs times their annual mean wage, in billions of US dollars.
        share_of_wages_percent: Its share of all wages.
        share_of_jobs_percent: Its share of all jobs.
    """

    soc: str
    name: str
    wage_bill_bn: float
    share_of_wages_percent: float
    share_of_jobs_percent: float


class WageBill(NamedTuple):
    """The table and where it is from. `groups` is by SOC code, in falling order of the wage bill."""

    source: str
    year: int
    formula: str
    licence: str
    note: str
    groups: Mapping[str, Group]


class RankChange(NamedTuple):
    """An agent under two weightings: its means, and its ranks from 1 (ties share the better one)."""

    agent: str
    means: tuple[float, float]
    ranks: tuple[int, int]

    @property
    def climbed(self) -> int:
        """Places gained from the first weighting to the second."""
        return self.ranks[0] - self.ranks[1]


@functools.cache
def load() -> WageBill:
    """The shipped table."""
    lines = DATA.read_text(encoding="utf-8").splitlines()
    head = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
    groups = {
        row["soc"]: Group(
            row["soc"],
            row["group"],
            float(row["wage_bill_bn"]),
            float(row["share_of_wages_percent"]),
            float(row["share_of_jobs_percent"]),
        )
        for row in csv.DictReader(line for line in lines if not line.startswith("#"))
    }
    return WageBill(
        source=head["source"],
        year=int(head["year"]),
        formula=head["formula"],
        licence=head["licence"],
        note=head["note"],
        groups=MappingProxyType(groups),
    )


def weights(groups: Iterable[str], how: str) -> dict[str, float]:
    """The weight of each group, in the order given; they sum to 1. A group named twice counts once.

    Args:
        groups: SOC codes of the groups that are covered.
        how: One of :data:`HOW`.

    Raises:
        UnknownOption: No such group, or no such way.
        InvalidOption: No groups.
    """
    if how not in HOW:
        raise UnknownOption(f"unknown weights {shown(how)}; expected one of {', '.join(HOW)}")
    covered = _known(groups)
    bill = {group.soc: group.wage_bill_bn if how == "wage_bill" else 1.0 for group in covered}
    total = math.fsum(bill.values())
    return {soc: part / total for soc, part in bill.items()}


def coverage(groups: Iterable[str]) -> float:
    """The share of all wages, in (0, 1], that is paid in `groups`.

    Raises:
        UnknownOption: No such group.
        InvalidOption: No groups.
    """
    return math.fsum(group.wage_bill_bn for group in _known(groups)) / math.fsum(
        group.wage_bill_bn for group in load().groups.values()
    )


def weighted_mean(scores: Mapping[str, float], how: str) -> float:
    """The mean of the `scores` of groups under a weighting.

    Args:
        scores: One score for each group that is covered, by SOC code.
        how: One of :data:`HOW`.

    Raises:
        UnknownOption: No such group, or no such way.
        InvalidOption: No scores, or one that is not finite: an invalid episode is no score.
    """
    if bad := [soc for soc, score in scores.items() if not math.isfinite(score)]:
        raise InvalidOption(f"the scores of groups {', '.join(bad)} are not finite; leave invalid episodes out")
    return math.fsum(weight * scores[soc] for soc, weight in weights(scores, how).items())


def rank_changes(
    scores: Mapping[str, Mapping[str, float]], before: str = "equal", after: str = "wage_bill"
) -> list[RankChange]:
    """How agents rank under two weightings, best first under the second.

    Args:
        scores: Scores by group, by agent. All agents have scores of the same groups.
        before: The first weighting, one of :data:`HOW`.
        after: The second.

    Raises:
        UnknownOption: No such group, or no such way.
        InvalidOption: Agents were scored on different groups, or scores are missing or not finite.
    """
    if len({frozenset(of_agent) for of_agent in scores.values()}) > 1:
        raise InvalidOption("agents were scored on different groups; their means can't be compared")
    first, second = ({agent: weighted_mean(of, how) for agent, of in scores.items()} for how in (before, after))
    ranks, later = _ranks(first), _ranks(second)
    changes = [RankChange(agent, (first[agent], second[agent]), (ranks[agent], later[agent])) for agent in scores]
    return sorted(changes, key=lambda change: change.ranks[1])


def _ranks(means: Mapping[str, float]) -> dict[str, int]:
    rounded = {agent: round(mean, DIGITS) for agent, mean in means.items()}
    return {agent: 1 + sum(other > mean for other in rounded.values()) for agent, mean in rounded.items()}


def _known(groups: Iterable[str]) -> list[Group]:
    table = load().groups
    covered = list(dict.fromkeys(groups))
    if unknown := [group for group in covered if group not in table]:
        raise UnknownOption(f"unknown occupation group {shown(unknown[0])}; expected SOC codes such as '43'")
    if not covered:
        raise InvalidOption("no occupation group is covered; expected at least one SOC code")
    return [table[group] for group in covered]
