"""How long the oracles' programs are through each face, and how distinct those of the templates are."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..baselines.desktop_deeds import Case, distance, jaccard
from ..envs.desktop.schema import DetailView, FormView, ListView, Office
from ..envs.desktop.tasks import TEMPLATES
from .desktop_cells import seed_of
from .desktop_results import home

__all__ = ["lengths", "programs", "steps_of"]

Program = tuple[str, ...]
WORLDS = 3
"""Instances whose programs stand for a template, in the plain skin."""


def lengths(template: str, instances: int, size: str) -> dict[str, list[float]]:
    """Actions of both oracles through numbers: least, median and most; empty where the template declares no such face.

    Args:
        template: Its name.
        instances: How many, in skins of its test split.
        size: Of the company.
    """
    if "flat" not in TEMPLATES[template].faces:
        return {}
    found = {}
    for name, privileged in (("optimal", False), ("oracle", True)):
        cases = [_case(template, number, size) for number in range(instances)]
        steps = [len(case.solved(privileged, "flat").actions) for case in cases]
        found[f"{name}, flat"] = [float(min(steps)), float(np.median(steps)), float(max(steps))]
    return found


def _case(template: str, number: int, size: str = "small", **options: Any) -> Case:
    split = home(template)
    return Case(template, seed_of(template, split, number), split=split, size=size, **options)


def steps_of(case: Case) -> Program:
    """What the agent-information oracle does, without what interrupts it: app, kind of page, verb and element.

    Pages go by their kind (list, record, form) alone, so that two lists of an app are not two programs.
    """
    office = case.start.office
    program = case.solved(privileged=False).program
    return tuple(_plain(office, word) for word in program if not word.endswith(" dismiss"))


def _plain(office: Office, word: str) -> str:
    page, _, done = word.partition(": ")
    kinds = {ListView: "list", DetailView: "record", FormView: "form"}
    kind = kinds.get(type(office.views.get(page)), page)
    return f"{office.app_of.get(page, page)} {kind}: {done}"


def programs(names: Sequence[str]) -> dict[str, Any]:
    """How distinct templates are by what their oracle does.

    Returns:
        ``names``; ``distance``, the mean normalised edit distance of programs of two templates (on the diagonal of
        different worlds of one); ``shared``, the mean share of runs of three steps they have in common; ``nearest``,
        the pair with the least distance; ``within``, the mean of the diagonal.
    """
    known = {name: [steps_of(_case(name, number, skin=0)) for number in range(WORLDS)] for name in names}
    size = len(names)
    apart, shared = np.zeros((size, size)), np.zeros((size, size))
    for i, j in itertools.combinations_with_replacement(range(size), 2):
        first, second = known[names[i]], known[names[j]]
        pairs = list(itertools.product(first, second) if i != j else itertools.combinations(first, 2))
        apart[i, j] = apart[j, i] = np.mean([distance(a, b) for a, b in pairs])
        shared[i, j] = shared[j, i] = np.nanmean([jaccard(a, b) for a, b in pairs])
    ranked = sorted((apart[i, j], names[i], names[j]) for i, j in itertools.combinations(range(size), 2))
    return {
        "names": list(names),
        "distance": apart.round(3).tolist(),
        "shared": shared.round(3).tolist(),
        "nearest": [{"pair": [a, b], "distance": round(float(d), 3)} for d, a, b in ranked[:5]],
        "within": round(float(np.mean(np.diag(apart))), 3),
    }
