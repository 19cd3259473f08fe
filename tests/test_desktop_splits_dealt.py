"""What splits deal: over dealt worlds, each moves just its own axis away from training."""

import functools
import hashlib
import re

import pytest

import infogap
from infogap.core.errors import InvalidOption, UnknownOption
from infogap.envs.desktop import splits
from infogap.envs.desktop.company import names
from infogap.envs.desktop.desktop import Desktop
from infogap.envs.desktop.economy import coverage
from infogap.envs.desktop.generate import Choice, chosen, instance
from infogap.envs.desktop.skin import LEVELS, skin_of
from infogap.envs.desktop.splits import SPLITS
from infogap.envs.desktop.tasks import TEMPLATES

AXES = ("content", *LEVELS, "office", "occupation")
MOVED = {
    **{"train": set(), "val": set(), "test_iid": set(), "test_content": {"content"}, "test_skin": {"look"}},
    **{"test_words": {"words"}, "test_layout": {"layout"}, "test_workflow": {"workflow"}, "test_app": {"office"}},
    **{"test_occupation": {"occupation"}, "test_all": set(AXES)},
}
TESTS = [split for split in SPLITS if split.startswith("test_")]
CELLS = 100
"""Different instances that a reported cell has at least."""


def held(name, share):
    """Whether a name is held out: by BLAKE2b of "salt|name", eight bytes, big-endian, apart from the code."""
    digest = hashlib.blake2b(f"{splits.SALT}|{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64 < share


def sides(truth):
    """The sides that a world is on, by axis: sets of True (held out) and False."""
    skin, template = skin_of(truth.skin), TEMPLATES[dict(truth.task)["template"]]
    words = {word for name in (*truth.customers_customer_name, *truth.customers_contact_name) for word in name.split()}
    known = {*names.FIRST, *names.LAST, *names.FIRMS}
    said = (words & known) | {*truth.orders_item} | {*truth.orders_ship_city, *truth.customers_customer_city}
    return {
        "content": {held(f"content/{name}", 0.5) for name in said},
        **{level: {held(f"{level}/{getattr(skin, level)}", 0.25)} for level in LEVELS},
        "office": {template.office != "office"},
        "occupation": {held(f"occupation/{template.occupation}", 0.25)},
    }


@functools.cache
def dealt(split):
    choice = Choice(chosen("all", split)[0], split)
    return [instance(choice, word * 0x9E3779B97F4A7C15 % 2**64) for word in range(48 if split == "all" else 12)]


@pytest.mark.parametrize("split", MOVED)
def test_every_split_moves_its_own_axis_and_no_other(split):
    for truth in dealt(split):
        assert sides(truth) == {axis: {axis in MOVED[split]} for axis in AXES}


def test_everything_is_dealt_in_all():
    found = [sides(truth) for truth in dealt("all")]
    for axis in set(AXES) - {"office"}:
        assert set.union(*(one[axis] for one in found)) == {False, True}, axis


def test_cities_that_tasks_add_are_those_of_the_split():
    for name in ("order_from_mail", "change_address"):
        for split in ("train", "test_content"):
            for word in range(20):
                truth = instance(Choice((name,), split), word)
                texts = " ".join((truth.goal, *truth.mails_body))
                said = {city for city in names.CITIES if re.search(rf"\b{city}\b", texts)}
                assert {held(f"content/{city}", 0.5) for city in said} == {split == "test_content"}


def test_the_same_word_makes_other_instances_in_other_splits():
    for word in (0, 1, 2**64 - 1):
        worlds = {instance(Choice(("due_date",), split, skin=0), word).orders_order_number for split in SPLITS}
        assert len(worlds) == len(SPLITS)


@pytest.mark.parametrize("split", TESTS)
def test_a_cell_has_a_hundred_instances(split):
    choice = Choice(chosen("all", split)[0], split, skin=0)
    assert instances(choice) >= CELLS


@pytest.mark.full
@pytest.mark.parametrize("split", TESTS)
@pytest.mark.parametrize("name", TEMPLATES)
def test_a_cell_of_a_template_has_a_hundred_instances(name, split):
    try:
        one, split = chosen(name, split)
    except InvalidOption:
        pytest.skip("not dealt")
    assert instances(Choice(one, split, skin=0)) >= CELLS


def instances(choice):
    """How many of a hundred words make tasks that differ in goal or solution."""
    worlds = (instance(choice, word) for word in range(CELLS))
    return len({(world.goal, world.task, world.orders_order_number) for world in worlds})


# -- templates by split ------------------------------------------------------------------------------------------------
def group(name):
    template = TEMPLATES[name]
    return template.office, held(f"occupation/{template.occupation}", 0.25)


def test_all_is_what_a_split_deals():
    main = [name for name, one in TEMPLATES.items() if one.office == "office"]
    for split, moved in MOVED.items():
        want = [
            name
            for name in TEMPLATES
            if group(name) == ("twins" if "office" in moved else "office", "occupation" in moved)
        ]
        if want:
            assert chosen("all", split) == (tuple(want), split)
    assert chosen("all", "all") == (tuple(main), "all") and chosen("all", None)[1] == "train"


def test_enough_is_held_out():
    groups = [group(name) for name in TEMPLATES]
    assert groups.count(("office", True)) >= 2 and groups.count(("twins", True)) >= 1
    assert groups.count(("office", False)) >= 14 and groups.count(("twins", False)) >= 2


def test_what_the_templates_cover_of_all_wages():
    covered = {template.occupation for template in TEMPLATES.values()}
    assert covered == {"11", "13", "41", "43", "53"}
    # May 2024: 14.84 + 9.26 + 6.89 + 8.73 + 6.35 percent
    assert coverage(covered) == pytest.approx(0.4607, abs=1e-4)


def test_named_templates_are_dealt_where_they_belong():
    for name, template in TEMPLATES.items():
        own = {("office", False): "train", ("office", True): "test_occupation"}
        own |= {("twins", False): "test_app", ("twins", True): "test_all"}
        assert chosen(name, None) == ((name,), own[group(name)])
        assert chosen(name, "all") == ((name,), "all")
        for split, moved in MOVED.items():
            here = ("twins" if "office" in moved else "office", "occupation" in moved)
            if group(name) == here:
                assert chosen(name, split) == ((name,), split)
            elif template.twin and group(template.twin) == here:
                assert chosen(name, split) == ((template.twin,), split)
            else:
                with pytest.raises(InvalidOption, match=rf"'{name}'.*{own[group(name)]}"):
                    chosen(name, split)


def test_twins_ask_for_the_same_job():
    twins = {one.twin for one in TEMPLATES.values() if one.twin}
    assert twins == {name for name, one in TEMPLATES.items() if one.office == "twins"}
    for name, one in TEMPLATES.items():
        if one.twin:
            assert one.office == "office" and group(one.twin) == ("twins", group(name)[1])
            assert TEMPLATES[one.twin].archetype == one.archetype


def test_environments_deal_what_was_chosen():
    env = Desktop(template="month_end")
    env.reset(seed=0)
    assert dict(infogap.reveal(env).task)["template"] == "month_end"
    with pytest.raises(InvalidOption, match="test_occupation, all"):
        Desktop(template="month_end", split="train")
    with pytest.raises(InvalidOption, match="train, val"):
        Desktop(template="due_date", split="test_occupation")


@pytest.mark.parametrize(("template", "split"), [("nothing", "train"), ("due_date", "test"), (None, "train")])
def test_bad_input(template, split):
    with pytest.raises(UnknownOption):
        chosen(template, split)
