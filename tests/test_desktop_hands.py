"""What hands at a desk see: as much as the form of observation shows, and no more."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

import infogap
from infogap.envs.desktop import Desktop, Hands, Stuck, flat
from infogap.envs.desktop.elements import Element, Tree
from infogap.envs.desktop.grading import graded
from infogap.envs.desktop.schema import ListView
from infogap.envs.desktop.skin import VARIANTS, Skin, manner
from infogap.envs.desktop.tasks import TEMPLATES

NUMERIC = [name for name, template in TEMPLATES.items() if "flat" in template.faces]
NAMED = {"office": "hold_document", "twins": "triage_queue"}
"""A task that can be done through numbers, by office."""


def skin_with(level, trait, value):
    """The first skin of a level that has a trait, or has it not."""
    return next(skin for i in range(VARIANTS) if getattr(manner(skin := Skin(**{level: i})), trait) is value)


STRAIGHT, TURNED = (skin_with("layout", "turned", value) for value in (False, True))
PICKED = skin_with("workflow", "picker", True)


def lists(office, face, skin):
    """For each list of an office its first row as hands see it, and as its cells' signs among the numbers."""
    env = Desktop(template=NAMED[office], observation=face, skin=skin.number, max_turns=200)
    env.reset(seed=0)
    hands, rows, signs = Hands(env), {}, {}
    for name in [view.name for view in env.office.views.values() if isinstance(view, ListView)]:
        hands.go(name)
        found = hands.rows()
        if found and len(env.office.views[name].columns) >= 4:
            rows[name] = found[0]
            if face == "flat":
                screen = env.step([0, 0, 0])[0].tolist()
                starts = [found[0].element * flat.FEATURES + flat.HEAD + i * flat.CELL for i in range(4)]
                signs[name] = [screen[start : start + 6] for start in starts]
    return env, rows, signs


@pytest.mark.parametrize("office", NAMED)
def test_a_fifth_cell_is_seen_in_text_alone(office):
    for skin in (STRAIGHT, TURNED):
        (env, numbers, _), (_, text, _) = lists(office, "flat", skin), lists(office, "text", skin)
        assert set(numbers) == set(text) and len(numbers) > 5
        for name, row in numbers.items():
            columns = env.office.views[name].columns
            assert set(row) == set(columns[:4]) and set(text[name]) == set(columns), (name, skin)
            assert {column: text[name][column] for column in row} == row


@pytest.mark.parametrize("face", ["text", "flat", "dict"])
def test_a_solution_that_reads_a_fifth_cell_fails_through_numbers(face):
    env = Desktop(template="contact_phone", observation=face)
    env.reset(seed=0)
    hands, fifth = Hands(env), env.office.views["contacts"].columns[4]
    hands.go("contacts")
    if face == "text":
        assert hands.open_where(lambda row: bool(row[fifth]))[fifth]
    else:
        with pytest.raises(KeyError):
            hands.open_where(lambda row: bool(row[fifth]))


@pytest.mark.parametrize("office", NAMED)
def test_a_turned_list_tells_the_same_in_numbers(office):
    """By the numbers alone: the second and the fourth cell of a row change places, and the fifth stays away."""
    straight, turned = (lists(office, "flat", skin)[2] for skin in (STRAIGHT, TURNED))
    assert set(straight) == set(turned)
    for name, (first, second, third, fourth) in straight.items():
        assert turned[name] == [first, fourth, third, second], name


def test_what_has_no_place_in_numbers_is_not_there():
    tree = Tree("", tuple(Element("button", f"button_{i}", str(i), does=("back",)) for i in range(50)))
    for face, there in (("text", True), ("flat", False), ("dict", False)):
        desk = SimpleNamespace(observed=face, _tree=tree, office=None)
        hands = Hands(SimpleNamespace(unwrapped=desk))
        assert hands.has("button_47") and hands.place("button_47") == 47
        assert hands.has("button_48") is there
        if not there:
            with pytest.raises(Stuck):
                hands.place("button_48")


class Plain(Hands):
    """Hands that are not told what using an element would do."""

    @property
    def elements(self):
        return tuple(element._replace(does=()) for element in super().elements)


@pytest.mark.parametrize("name", [*NUMERIC, "credit_limit", "cancel_day"])
def test_oracles_go_by_what_is_shown_alone(name):
    env = Desktop(template=name, observation=TEMPLATES[name].faces[0], skin=PICKED.number)
    env.reset(seed=1)
    TEMPLATES[name].solve(Plain(env), None)
    assert graded(infogap.reveal(env)).success
