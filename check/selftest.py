"""The self-test: every kind of leak is planted in the environment at hand, and must be found."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .drivers import Driver, Planting
from .leaks import LEAKS, Leak, native_vector_only, undeclared_read
from .report import PartyReport
from .runner import Hunt
from .sites import NotApplicable, Reached, Site, number
from .subjects import Subject

__all__ = ["plant_all", "planting"]

BUDGET = 200
"""Effective pairs within which a planted leak must be found, unless the check itself has more."""


CONDITIONAL = ("exception_text", "final_info", "reward_negative_zero")
"""Leaks with nothing to find where no error is raised, no episode ends, no reward is zero."""

LATE = ("early_end", "final_info", "obs_rare_step", "obs_trigger_action", "reward_negative_zero", "reward_shape")
"""Leaks with nothing to find where pairs are told the same at the reset only."""


def planting(
    leak: Leak, salt: int, depth: int, shared: dict[str, Any] | None = None, reached: Reached = ()
) -> Planting:
    """What plants `leak` in every environment of one hunt, with the same details."""
    shared = {} if shared is None else shared

    def plant(driver: Driver, env: Any) -> None:
        site = Site(driver, env, salt, depth, shared, reached)
        if site.form == "vector" and leak is not native_vector_only:
            return
        try:
            leak(site)
        except NotApplicable:
            if driver.stack == driver.subject.stacks[0]:
                raise

    return plant


def _hunt(subject: Subject, party: str, seed: int, budget: int, plant: Planting | None) -> PartyReport | None:
    """The report of a hunt that stops at the first leak; None where the leak has no place in this environment."""
    hunt = Hunt(subject, party, seed, plant)
    try:
        hunt.go(budget)
    except NotApplicable:
        return None
    if hunt.case is not None:
        hunt.report.findings.append(hunt.finding(small=False))
    return hunt.report


def _salt(pairs: Sequence[tuple[Any, Any]], rng: random.Random) -> int:
    """A salt under which the leaked bit does depend on the truth: where there are few truths, it need not."""
    for _ in range(200):
        salt = rng.getrandbits(32)
        if 3 * sum((number(salt, x) ^ number(salt, y)) & 1 for x, y in pairs) >= len(pairs):
            break
    return salt


def _common(hunt: Hunt) -> list[tuple[int, int]]:
    """Turns and actions that one in fifty comparisons reached, or the ten that most did."""
    cells = hunt.reached.most_common()
    enough = 0.02 * (hunt.report.effective + hunt.report.probes)
    return [cell for cell, times in cells if times >= enough] or [cell for cell, _ in cells[:10]]


def plant_all(
    subject: Subject,
    party: str,
    pairs: int,
    seeds: Iterable[int],
    hunt: Hunt,
    progress: Callable[[str, int, int], None] | None = None,
    names: Iterable[str] | None = None,
) -> dict[str, tuple[int, int, int]]:
    """Plant every kind of leak with every seed, and look for it.

    Args:
        subject: A clean environment.
        party: Who would perceive the leak.
        pairs: The budget; at least BUDGET is used.
        seeds: Of the leaks' details and of the hunts.
        hunt: One that found no leak: how long episodes are, and what is reached, is known from it.
        progress: Called with (what, done, all).
        names: Only these kinds.

    Returns:
        By kind of leak: how often it was found, how often planted, and the most pairs it took. Kinds for which the
        environment has no place are left out.
    """
    budget, seeds = max(pairs, BUDGET), list(seeds)
    kinds = [*LEAKS, "undeclared_read"] if names is None else list(names)
    rare = hunt.report.effective // 20
    hopeless = [] if hunt.report.secret_acts > rare else ["secret_act"]  # nothing is done unseen
    hopeless += [] if hunt.finished > rare else ["final_info"]  # what is told until the end tells all
    hopeless += LATE if hunt.report.at_reset > hunt.report.effective // 5 else ()
    kinds = [kind for kind in kinds if kind not in hopeless or names is not None]
    reached = _common(hunt)
    table: dict[str, tuple[int, int, int]] = {}
    for done, name in enumerate(kinds):
        found = planted = most = 0
        for seed in seeds:
            salt = _salt(hunt.pairs, random.Random(f"{name}|{seed}|{party}"))
            if name == "undeclared_read":
                with contextlib.suppress(NotApplicable), undeclared_read(subject, party):
                    report = _hunt(subject, party, seed, budget, lambda driver, env: None)
                    assert report is not None
                    planted, found = planted + 1, found + bool(report.findings)
                    most = max(most, report.tried)
                continue
            shared: dict[str, Any] = {}
            report = _hunt(subject, party, seed, budget, planting(LEAKS[name], salt, hunt.longest, shared, reached))
            if report is None or (name in CONDITIONAL and not shared.get("met") and not report.findings):
                break
            planted, found, most = planted + 1, found + bool(report.findings), max(most, report.tried)
        if planted:
            table[name] = found, planted, most
        if progress is not None:
            progress(f"{party}, planted leaks", done + 1, len(kinds))
    return table
