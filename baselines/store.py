"""Shipped results of the offline solver (tools/solve_inquiry.py)."""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from ..envs.inquiry.table import Table

__all__ = ["checksum", "named_items", "policy_tree", "solutions"]

DATA = Path(__file__).parent / "data"


def checksum(table: Table) -> str:
    """SHA-256 over the size and the content of a table's answers, in hexadecimal."""
    size = f"{table.n} {table.q} {table.letters} ".encode()
    return hashlib.sha256(size + np.ascontiguousarray(table.answers, np.int8).tobytes()).hexdigest()


@functools.cache
def solutions() -> dict[tuple[str, int], dict[str, Any]]:
    """Every shipped solution, by checksum of the table and number of questions."""
    found = {}
    for path in sorted(DATA.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        for solution in content["solutions"]:
            found[content["checksum"], solution["questions"]] = solution
    return found


def policy_tree(table: Table, questions: int) -> Any:
    """The shipped policy for a table, or None.

    A policy is ``None`` (stop and guess) or ``[question, policy after letter 0, after letter 1, ...]``. Policies are
    made for exact answers and a uniform prior; elsewhere there is none.

    Args:
        table: The table.
        questions: How many may be asked.
    """
    if not table.exact or not np.allclose(table.prior, 1 / table.n, rtol=1e-9, atol=0):
        return None
    key, found = checksum(table), solutions()
    if (key, questions) in found:
        return found[key, questions]["tree"]
    # A policy that names every item within fewer questions is as good with more.
    complete = [t for k, t in found if k == key and t < questions and found[k, t]["lower"] == found[k, t]["distinct"]]
    return found[key, min(complete)]["tree"] if complete else None


def named_items(table: Table, questions: int) -> tuple[int, str]:
    """How many items any policy can name at most with so many questions, and why.

    Noise cannot help: a policy under noise is a mixture of policies without. Redrawn answers make another table in each
    episode; then only the size of the alphabet counts.
    """
    n, capacity = table.n, table.letters ** min(questions, 64)
    most, why = (n, "all items") if n <= capacity else (capacity, f"{table.letters}^{questions} transcripts")
    if not table.redrawn:
        key = checksum(table)
        for (k, t), solution in solutions().items():
            if k == key and t >= questions and solution["upper"] < most:
                most, why = solution["upper"], "shipped search over decision trees"
    return most, why
