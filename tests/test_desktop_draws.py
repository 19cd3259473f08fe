"""How companies are drawn: from the dice alone, alike everywhere, from the names that are given."""

import ast
import hashlib
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from company_worlds import SEEDS, every

from infogap.core.errors import UnknownOption
from infogap.envs.desktop import company as package
from infogap.envs.desktop.apps import OFFICE, columns
from infogap.envs.desktop.company.letters import policy_pages, threads
from infogap.envs.desktop.company.log import make
from infogap.envs.desktop.company.names import NAMES, Names
from infogap.envs.desktop.dice import Dice

DIGEST = {"small": "3fb242e0b0478d3e", "full": "975cd4d5fc2050f7"}
"""Of seed 5. Another digest is another generator: all tasks change, so the versions of their ids do too."""


def digest(size):
    dice = Dice(5)
    company = make(dice, size)
    whole = company, threads(company, dice), policy_pages(company, dice), dice.unit()
    return hashlib.sha256(repr(whole).encode()).hexdigest()[:16]


def test_the_same_seed_makes_the_same_company_everywhere():
    assert {size: digest(size) for size in DIGEST} == DIGEST
    code = "import test_desktop_draws as t; print(t.digest('small'))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parent,
        env={**os.environ, "PYTHONHASHSEED": "27"},
        capture_output=True,
        text=True,
    )
    assert run.stdout.strip() == DIGEST["small"], run.stderr


def test_seeds_make_different_companies():
    assert len({repr(company.orders) for company, _, _ in every("small")}) == len(SEEDS)


def test_nothing_is_drawn_but_from_the_dice():
    before = random.getstate(), np.random.get_state()[1].tobytes()
    company = make(dice := Dice(1))
    threads(company, dice)
    policy_pages(company, dice)
    assert (random.getstate(), np.random.get_state()[1].tobytes()) == before
    for path in Path(package.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            assert not {"random", "numpy", "time", "secrets", "os", "uuid"} & set(names), path


def test_rows_of_the_apps_tell_nothing():
    """Over many seeds, the row of a record says nothing about its date, kind or person."""
    watched = ("mails_sent", "mails_sender", "events_day", "orders_ordered", "orders_order_status", "people_own_card")
    watched += ("documents_issued", "documents_document_type", "policies_effective", "policies_topic", "customers_tier")
    pooled = {name: [] for name in watched}
    for seed in range(40):
        cells = columns(OFFICE, make(dice := Dice(1000 + seed)), dice)
        for name, found in pooled.items():
            column = np.array(cells[name], float)
            place = np.arange(len(column)) - (len(column) - 1) / 2
            found.append(
                place @ (column - column.mean()) / (np.linalg.norm(place) * np.linalg.norm(column - column.mean()))
            )
    for name, found in pooled.items():
        # a correlation of n random pairs has variance 1 / (n - 1)
        assert abs(np.mean(found)) < 4.5 * np.std(found) / np.sqrt(len(found)), name
        assert np.std(found) < 0.5, name


def test_names_can_be_restricted():
    for half in (0, 1):
        names = Names(*(values[half::2] for values in NAMES))
        for size in ("small", "full"):
            dice = Dice(9)
            company = make(dice, size, names)
            assert threads(company, dice)
            assert {person.first for person in company.people} <= set(names.first)
            assert {person.last for person in company.people} <= set(names.last)
            assert {customer.name.split()[0] for customer in company.customers} <= set(names.firms)
            assert {item.name for item in company.items} <= {name for name, _ in names.goods}
            assert {order.city for order in company.orders} <= set(names.cities)
            same = [n for n in Counter(person.name for person in company.people).values() if n > 1]
            assert same == [2] * (1 if size == "small" else 5)


@pytest.mark.parametrize("size", ["large", "", None, 3])
def test_unknown_sizes_are_refused(size):
    with pytest.raises(UnknownOption, match="size"):
        make(Dice(0), size)
