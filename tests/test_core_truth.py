"""The partition: what is declared is what is granted, and nothing else."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import numpy as np
import pytest

from infogap import ALL, OWN, Truth, partition, release, seen_by
from infogap.core.errors import InvalidTruth, NotGranted, ResetNeeded
from infogap.core.truth import View, held_by, view_class


class Box(Truth):
    """A truth with every kind of grant."""

    secret: int = seen_by(doc="nobody's")
    item: int = seen_by("verifier", "critic", doc="the thing")
    score: float = seen_by("verifier", at_end=("agent",), doc="known afterwards")
    board: str = seen_by(ALL, doc="public")
    hand: dict[str, int] = seen_by(OWN, "verifier", doc="own cards")

    seats = ("a", "b")

    def __post_init__(self):
        if np.any(np.asarray(self.item) < 0):
            raise InvalidTruth("item must not be negative")

    @release("agent", of="item")
    def is_it(self, guess):
        """Whether it is.

        More text."""
        return self.item == guess

    @release(at_end=("agent",), of="item score", per_step=None)
    def story(self):
        return self.item, self.score

    @release(OWN, of="hand")
    def points(self, seat):
        return self.hand[seat]

    def helper(self):
        return self.secret


BOX = Box(secret=5, item=3, score=0.5, board="x", hand={"a": 1, "b": 2})


def seen(party: str, done: bool = False, audited: bool = False) -> View:
    view = view_class(Box, party, audited)(party)
    view._truth, view._done = BOX, done
    return view


def test_partition_lists_every_row():
    rows = {row.name: row for row in partition(Box)}
    assert list(rows) == ["secret", "item", "score", "board", "hand", "is_it", "points", "story"]
    assert rows["secret"].to == frozenset() and rows["item"].to == {"verifier", "critic"}
    assert rows["score"].at_end == {"agent"} and rows["is_it"].of == {"item"} and rows["is_it"].per_step == 1
    assert rows["story"].per_step is None and rows["is_it"].doc == "Whether it is."
    assert rows["hand"].own and not rows["item"].own
    assert [row.kind for row in rows.values()] == ["field"] * 5 + ["release"] * 3
    assert partition(Box) is partition(Box)


GRANTS = {  # party: rows held during the episode, and those more at its end
    "agent": ({"board", "is_it"}, {"score", "story"}),
    "verifier": ({"item", "score", "board", "hand"}, set()),
    "critic": ({"item", "board"}, set()),
    "a": ({"board", "hand", "points"}, set()),
    "stranger": ({"board"}, set()),
}


@pytest.mark.parametrize("party", GRANTS)
@pytest.mark.parametrize("audited", [False, True])
def test_views_grant_just_that(party, audited):
    always, late = GRANTS[party]
    assert {row.name for row in held_by(Box, party)} == always | late
    for done in (False, True):
        view = seen(party, done, audited)
        granted = always | (late if done else set())
        for name in (*Box.names, "is_it", "points", "story", "helper", "names", "nonsense"):
            if name in granted:
                getattr(view, name)
            else:
                with pytest.raises(NotGranted) as caught:
                    getattr(view, name)
                assert "5" not in str(caught.value) and repr(party) in str(caught.value)
        assert set(view.fields()) == granted & set(Box.names)


def test_shares_are_the_seats_own():
    assert seen("a").hand == 1 and seen("b").hand == 2 and seen("verifier").hand == {"a": 1, "b": 2}
    assert seen("a").points() == 1 and seen("b").points() == 2


def test_an_audit_sees_every_grant_that_is_read_and_may_replace_it():
    heard = []
    view = seen("agent", done=True, audited=True)
    view._audit = lambda party, row, truth, value: heard.append((party, row.name)) or value
    assert view.is_it(3) and view.board == "x"
    view.fields()
    assert heard == [("agent", "is_it"), ("agent", "board"), ("agent", "score"), ("agent", "board")]
    view._audit = lambda party, row, truth, value: "other"
    assert view.board == "other"


def test_views_cannot_be_written_and_show_nothing():
    view = seen("verifier")
    for name in ("item", "nonsense"):
        with pytest.raises(AttributeError):
            setattr(view, name, 1)
    assert repr(view) == "<BoxView of 'verifier'>"
    empty = view_class(Box, "agent")("agent")
    with pytest.raises(ResetNeeded):
        _ = empty.board


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))])
def test_views_can_be_copied_and_pickled(again):
    view = again(seen("agent", done=True))
    assert view.party == "agent" and view.story() == (3, 0.5) and view.fields() == {"score": 0.5, "board": "x"}
    with pytest.raises(NotGranted):
        _ = view.item


def test_a_truth_is_frozen_and_silent():
    for name in Box.names:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(BOX, name, 0)
    assert repr(BOX) == str(BOX) == "<Box>" and Box(5, 3, 0.5, "x", {"a": 1, "b": 2}) != BOX
    with pytest.raises(InvalidTruth):
        Box(secret=5, item=-1, score=0.5, board="x", hand={})
    with pytest.raises(InvalidTruth):
        dataclasses.replace(BOX, item=-1)


def test_stack_and_row_are_inverse():
    class Cell(Truth):
        place: int = seen_by()
        grid: np.ndarray = seen_by()

    cells = [Cell(place=i, grid=np.full((2, 2), i)) for i in range(3)]
    stacked = Cell.stack(cells)
    assert stacked.place.tolist() == [0, 1, 2] and stacked.grid.shape == (3, 2, 2)
    for i, cell in enumerate(cells):
        row = stacked.row(i)
        assert type(row.place) is int and row.place == cell.place and (row.grid == cell.grid).all()
        row.grid[:] = 9
    assert stacked.grid.max() == 2
    with pytest.raises(InvalidTruth):
        Cell.stack([])


def test_a_release_of_an_unknown_field_is_refused():
    class Wrong(Truth):
        item: int = seen_by()

        @release("agent", of="itme")
        def answer(self):
            return self.item

    with pytest.raises(InvalidTruth, match="itme"):
        partition(Wrong)


def test_a_release_that_fails_says_so_without_the_secret():
    class Broken(Truth):
        item: int = seen_by("agent")
        odd: dict = seen_by(OWN)

        @release("agent", of="item")
        def answer(self):
            return self.item.nothing

    view = view_class(Broken, "agent")("agent")
    view._truth = Broken(item=77, odd={})
    with pytest.raises((AttributeError, InvalidTruth)) as caught:
        view.answer()
    assert "77" not in str(caught.value)
