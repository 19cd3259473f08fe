"""How a task is dealt on a company."""

import dataclasses

import pytest

from infogap.envs.desktop.desktop import Desktop
from infogap.envs.desktop.dice import Dice, TooFew
from infogap.envs.desktop.schema import InvalidSpec
from infogap.envs.desktop.tasks import TEMPLATES


def test_a_task_that_a_company_has_no_place_for_is_dealt_in_another(monkeypatch):
    usual, tried = TEMPLATES["due_date"], []

    def picky(work, level):
        tried.append(work.company)
        if len(tried) < 3:
            work.dice.pick(())
        usual.deal(work, level)

    monkeypatch.setitem(TEMPLATES, "due_date", dataclasses.replace(usual, deal=picky))
    assert Desktop("due_date").reset(seed=0) and len(tried) == 3 and tried[0] != tried[1] != tried[2]

    def never(work, level):
        work.dice.pick(())

    monkeypatch.setitem(TEMPLATES, "due_date", dataclasses.replace(usual, deal=never))
    with pytest.raises(InvalidSpec, match="found no place"):
        Desktop("due_date").reset(seed=0)


def test_what_is_not_there_can_not_be_drawn():
    dice = Dice(0)
    for draw in (lambda: dice.pick(""), lambda: dice.sample([1, 2], 3)):
        with pytest.raises(TooFew):
            draw()
    assert sorted(dice.sample([1, 2], 2)) == [1, 2] and dice.sample([], 0) == []
