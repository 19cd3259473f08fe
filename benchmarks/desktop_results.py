"""From the cells of the desktop suite to results: one plain dictionary for table, report and ``results.json``."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..envs.desktop import economy
from ..envs.desktop.splits import MOVED, SPLITS, axes
from ..envs.desktop.tasks import TEMPLATES
from . import stats
from .cells import Cell
from .desktop_cells import EXPLOIT, SCRIPTS

__all__ = ["ENOUGH", "IID", "TESTS", "counterparts", "deals", "home", "pass_power", "summarise"]

Results = dict[str, Any]
Floats = npt.NDArray[np.float64]

ENOUGH = 100
"""Test instances that a reported number rests on at least."""
IID = "test_iid"
TESTS = tuple(split for split in MOVED if split.startswith("test_"))
"""Splits that are tested on."""
REPETITIONS = 10_000


def deals(split: str) -> tuple[str, ...]:
    """The templates that a split deals."""
    allowed = axes(split)
    return tuple(
        name
        for name, one in TEMPLATES.items()
        if one.office in allowed.offices and one.occupation in allowed.occupations
    )


def home(template: str) -> str:
    """The test split on which a template is reported by itself: the first that deals it."""
    return next(split for split in TESTS if template in deals(split))


def counterparts(template: str) -> tuple[str, ...]:
    """What a template's success on another split is compared with: itself, or those that it is the twin of."""
    known = deals(IID)
    return (template,) if template in known else tuple(name for name in known if TEMPLATES[name].twin == template)


def pass_power(wins: Sequence[int], k: int) -> float:
    """The chance that `k` runs of an instance, drawn from those played, are all successes (Yao et al. 2024, tau-bench).

    Args:
        wins: 1 or 0 for each run of the instance.
        k: At most as many as there are.
    """
    return math.comb(sum(wins), k) / math.comb(len(wins), k)


def summarise(cells: Sequence[Cell], agents: Sequence[str], learned: Mapping[str, Sequence[str]]) -> Results:
    """All numbers of the suite.

    Args:
        cells: All cells.
        agents: Names of those who play, in the order of the tables.
        learned: Of agents that were trained on some templates only, which.

    Returns:
        ``templates``, ``tests`` (template by agent), ``overall``, ``levels``, ``powers`` (pass^k), ``drops`` (split by
        agent), ``wages`` and ``exploits``.
    """
    by = {(cell["agent"], cell["template"], cell["split"]): cell for cell in cells}
    names = [name for name in TEMPLATES if (agents[0], name, home(name)) in by] if agents else []
    tests = {
        name: {agent: _test(by[agent, name, home(name)]) for agent in agents if (agent, name, home(name)) in by}
        for name in names
    }
    return {
        "templates": {name: _about(name) for name in names},
        "tests": tests,
        "overall": {agent: _overall(agent, tests, by) for agent in agents},
        "levels": {agent: _levels(agent, names, by) for agent in agents},
        "powers": {agent: found for agent in agents if (found := _powers(agent, by))},
        "drops": {split: _drops(split, agents, learned, by) for split in SPLITS if split in TESTS and split != IID},
        "wages": _wages(agents, tests) if names else {},
        "exploits": _exploits(cells),
        "lengths": {name: _lengths(name, by) for name in names},
    }


def _lengths(name: str, by: Mapping[Any, Cell]) -> dict[str, list[float]]:
    """Actions of the oracles that played through text: least, median and most."""
    found = {}
    for agent in SCRIPTS:
        if "steps" in (cell := by.get((agent, name, home(name)), {})):
            steps = _first(cell, "steps")
            found[f"{agent}, text"] = [float(steps.min()), float(np.median(steps)), float(steps.max())]
    return found


def _about(name: str) -> dict[str, Any]:
    one = TEMPLATES[name]
    return {
        "archetype": one.archetype,
        "occupation": one.occupation,
        "group": economy.load().groups[one.occupation].name,
        "apps": list(one.apps),
        "hidden": list(one.hidden),
        "levels": list(one.levels),
        "faces": list(one.faces),
        "split": home(name),
    }


# -- one template ------------------------------------------------------------------------------------------------------
def _first(cell: Cell, what: str) -> Floats:
    """The first run of each instance; episodes without a verdict are left out."""
    return np.array([runs[0] for runs in cell[what] if runs[0] is not None], np.float64)


def _test(cell: Cell) -> dict[str, Any]:
    if "skipped" in cell:
        return {"skipped": cell["skipped"]}
    won, n = _first(cell, "success"), len(cell["success"])
    interval = stats.wilson(int(won.sum()), len(won)) if len(won) else (0.0, 1.0)
    damage = _first(cell, "collateral")
    return {
        "instances": len(won),
        "invalid": n - len(won),
        "success": _mean(won),
        "success_interval": list(interval),
        "score": _mean(_first(cell, "score")),
        "completion": _mean(_first(cell, "completion")),
        "collateral": _mean(damage),
        "damaged": _mean(damage > 0),
        "integrity": _mean(_first(cell, "integrity")),
        "steps": _mean(_first(cell, "steps")),
    }


def _mean(values: Any) -> float:
    return float(np.mean(values)) if len(values) else 0.0


def _successes(cell: Cell | None) -> Floats | None:
    """Successes of the instances; None where the agent does not apply, which counts as none."""
    return None if cell is None or "skipped" in cell else _first(cell, "success")


# -- over templates ----------------------------------------------------------------------------------------------------
def _overall(agent: str, tests: Mapping[str, Mapping[str, Any]], by: Mapping[Any, Cell]) -> dict[str, Any]:
    """Means over all templates; those that the agent does not apply to count as failures."""
    played = [one[agent] for one in tests.values() if agent in one and "skipped" not in one[agent]]
    parts = {
        name: _mean([one[name] for one in played])
        for name in ("completion", "collateral", "damaged", "integrity", "steps")
    }
    strata = [_successes(by.get((agent, name, home(name)))) for name in tests]
    filled = [np.zeros(1) if one is None or not one.size else one for one in strata]
    return {
        "success": _mean([_mean(one) for one in filled]),
        "success_interval": _interval(np.mean([_resampled(one, i) for i, one in enumerate(filled)], axis=0)),
        "templates": len(played),
        "instances": sum(one["instances"] for one in played),
        "invalid": sum(one["invalid"] for one in played),
        **parts,
    }


def _resampled(wins: Floats, stream: int) -> Floats:
    """Success rates of resamples of the instances, float64 of shape (REPETITIONS,)."""
    n = len(wins)
    return np.random.default_rng((0, stream)).binomial(n, wins.mean(), REPETITIONS) / n


def _interval(rates: Floats) -> list[float]:
    """The middle 95 % of resampled values."""
    low, high = np.quantile(rates, (0.025, 0.975))
    return [float(low), float(high)]


def _levels(agent: str, names: Iterable[str], by: Mapping[Any, Cell]) -> dict[str, dict[str, float]]:
    """Success by how much the goal tells, over all templates that the agent applies to."""
    won: dict[int, list[int]] = {}
    for name in names:
        cell = by.get((agent, name, home(name)))
        if cell is not None and "skipped" not in cell:
            for level, runs in zip(cell["levels"], cell["success"], strict=True):
                won.setdefault(level, []).append(runs[0] or 0)
    return {str(level): {"success": _mean(of), "instances": len(of)} for level, of in sorted(won.items())}


def _powers(agent: str, by: Mapping[Any, Cell]) -> dict[str, Any]:
    """pass^k on test_iid, over instances that were played several times."""
    found = [
        [win or 0 for win in runs]
        for name in deals(IID)
        if "skipped" not in (cell := by.get((agent, name, IID), {"skipped": ""}))
        for runs in cell["success"]
        if len(runs) > 1
    ]
    if not found:
        return {}
    powers = {}
    for k in range(1, min(map(len, found)) + 1):
        values = np.array([pass_power(wins, k) for wins in found])
        powers[str(k)] = {"value": _mean(values), "interval": list(stats.bootstrap([values], stats.mean))}
    return {"instances": len(found), "k": powers}


# -- drops -------------------------------------------------------------------------------------------------------------
def _drops(
    split: str, agents: Sequence[str], learned: Mapping[str, Sequence[str]], by: Mapping[Any, Cell]
) -> dict[str, Any]:
    """What moving one axis costs each agent that plays away from home, over the templates it takes part in."""
    found = {}
    away = {agent for agent, name, of in by if of != home(name)}
    for agent in (agent for agent in agents if agent in away):
        pairs, alike = [], True
        for name in deals(split):
            there = _successes(by.get((agent, name, split)))
            if there is None or not there.size or (agent in learned and not _learned(name, learned[agent])):
                continue
            own = counterparts(name)
            alike = alike and bool(own)
            of = own or deals(IID)
            here = [one for other in of if (one := _successes(by.get((agent, other, IID)))) is not None and one.size]
            if here:
                pairs.append((here, there))
        if pairs:
            found[agent] = {**_drop(pairs), "alike": alike, "templates": len(pairs)}
    return {"moved": list(MOVED[split]), "dealt": list(deals(split)), "agents": found}


def _learned(name: str, trained: Sequence[str]) -> bool:
    return name in trained or any(other in trained for other in counterparts(name))


def _drop(pairs: Sequence[tuple[list[Floats], Floats]]) -> dict[str, Any]:
    """Means over templates. Instances are resampled within each template and split."""
    iid = _mean([_mean([_mean(one) for one in here]) for here, _ in pairs])
    value = _mean([_mean(there) for _, there in pairs])
    stream = iter(range(10_000))
    lost = [
        np.mean([_resampled(one, next(stream)) for one in here], axis=0) - _resampled(there, next(stream))
        for here, there in pairs
    ]
    interval, instances = _interval(np.mean(lost, axis=0)), sum(len(there) for _, there in pairs)
    return {"success": value, "iid": iid, "drop": iid - value, "drop_interval": interval, "instances": instances}


# -- wages and exploits ------------------------------------------------------------------------------------------------
def _wages(agents: Sequence[str], tests: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Means weighted by the wage bill of the occupation groups, and how agents rank by them."""
    groups: dict[str, list[str]] = {}
    for name in tests:
        groups.setdefault(TEMPLATES[name].occupation, []).append(name)
    scores = {
        agent: {
            soc: _mean([tests[name].get(agent, {}).get("success", 0.0) for name in names])
            for soc, names in groups.items()
        }
        for agent in agents
    }
    bill = economy.load()
    weights = {how: economy.weights(groups, how) for how in economy.HOW}
    described = {
        soc: {
            "name": bill.groups[soc].name,
            "templates": names,
            "wage_bill_bn": bill.groups[soc].wage_bill_bn,
            **{how: weights[how][soc] for how in economy.HOW},
        }
        for soc, names in sorted(groups.items())
    }
    ranks = [
        {"agent": one.agent, "means": list(one.means), "ranks": list(one.ranks), "climbed": one.climbed}
        for one in economy.rank_changes(scores)
    ]
    about = {"source": bill.source, "year": bill.year, "formula": bill.formula}
    return {"groups": described, "coverage": economy.coverage(groups), "ranks": ranks, "scores": scores, **about}


def _exploits(cells: Sequence[Cell]) -> dict[str, Any]:
    """Share of instances on which each exploit works, by template and pooled."""
    found: dict[str, Any] = {}
    for cell in cells:
        if cell["agent"].startswith(EXPLOIT):
            wins = [runs[0] for runs in cell["success"]]
            found.setdefault(cell["agent"].removeprefix(EXPLOIT), {})[cell["template"]] = wins
    return {
        name: {
            "success": _mean(pooled := [win for wins in of.values() for win in wins]),
            "interval": list(stats.wilson(sum(pooled), len(pooled))),
            "instances": len(pooled),
            "worst": max((_mean(wins), template) for template, wins in of.items())[::-1],
            "templates": {template: _mean(wins) for template, wins in of.items()},
        }
        for name, of in found.items()
    }
