"""How a task is dealt on a company."""

import dataclasses

import pytest

from infogap.envs.desktop.desktop import Desktop
from infogap.envs.desktop.schema import InvalidSpec
from infogap.envs.desktop.tasks import TEMPLATES
from infogap.envs.desktop.tasks.base import Unfit


def test_a_task_that_a_company_has_no_place_for_is_dealt_in_another(monkeypatch):
    usual, tried = TEMPLATES["due_date"], []

    def picky(work, level):
        tried.append(work.company)
        if len(tried) < 3:
            raise Unfit
        usual.deal(work, level)

    monkeypatch.setitem(TEMPLATES, "due_date", dataclasses.replace(usual, deal=picky))
    assert Desktop("due_date").reset(seed=0) and len(tried) == 3 and tried[0] != tried[1] != tried[2]

    def never(work, level):
        raise Unfit

    monkeypatch.setitem(TEMPLATES, "due_date", dataclasses.replace(usual, deal=never))
    with pytest.raises(InvalidSpec, match="found no place"):
        Desktop("due_date").reset(seed=0)
