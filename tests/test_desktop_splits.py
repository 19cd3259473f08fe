"""Splits: which side everything is on, that one axis moves at a time, and that no instance is in two."""

import hashlib
import random

import pytest

from infogap.core.errors import InvalidOption, UnknownOption
from infogap.envs.desktop import splits
from infogap.envs.desktop.company import names
from infogap.envs.desktop.company.log import make
from infogap.envs.desktop.dice import Dice
from infogap.envs.desktop.skin import LEVELS, VARIANTS, skin_of
from infogap.envs.desktop.splits import SPLITS, axes, pool, salted, skin_for

AXES = ("content", *LEVELS, "offices", "occupations")
TESTS = {
    "test_content": {"content"},
    "test_skin": {"look"},
    "test_words": {"words"},
    "test_layout": {"layout"},
    "test_workflow": {"workflow"},
    "test_app": {"offices"},
    "test_occupation": {"occupations"},
    "test_all": set(AXES),
}


def moved(split: str) -> set[str]:
    """The axes on which a split differs from training."""
    return {axis for axis in AXES if getattr(axes(split), axis) != getattr(axes("train"), axis)}


def test_the_splits_are_those_of_the_issue():
    assert list(SPLITS) == ["train", "val", "test_iid", *TESTS, "all"]


def test_one_axis_moves_at_a_time():
    assert moved("train") == moved("val") == moved("test_iid") == set()
    assert {split: moved(split) for split in TESTS} == TESTS


def test_what_moves_shares_nothing_with_training():
    train, everything = axes("train"), axes("all")
    for split, names_of in TESTS.items():
        for axis in names_of - {"content"}:
            held = set(getattr(axes(split), axis))
            assert held and held.isdisjoint(getattr(train, axis))
            assert held | set(getattr(train, axis)) == set(getattr(everything, axis))
    assert (train.content, axes("test_content").content, everything.content) == ("seen", "held", "any")
    assert axes("test_app").offices == ("twins",) and train.offices == ("office",)


def test_about_a_quarter_of_variants_and_groups_is_held_out():
    for level in LEVELS:
        assert 7 <= len(getattr(axes("test_all"), level)) <= 9
        assert getattr(axes("all"), level) == tuple(range(VARIANTS))
        assert 0 in getattr(axes("train"), level), "the plain variant is trained on"
    held = axes("test_occupation").occupations
    assert 3 <= len(held) <= 8 and "43" not in held and len({"11", "13", "41"} & set(held)) == 1


def test_sides_follow_from_names_alone():
    # By the definition of the hash, apart from the code: BLAKE2b of "salt|name", eight bytes, big-endian.
    def share(name: str) -> float:
        digest = hashlib.blake2b(f"{splits.SALT}|{name}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64

    assert all(
        (number in getattr(axes("test_all"), level)) == (share(f"{level}/{number}") < 0.25)
        for level in LEVELS
        for number in range(VARIANTS)
    )
    assert all(
        (soc in axes("test_all").occupations) == (share(f"occupation/{soc}") < 0.25) for soc in axes("all").occupations
    )
    shuffled = random.Random(0).sample(names.LAST, len(names.LAST))
    assert (
        set(pool(shuffled, "held"))
        == set(pool(names.LAST, "held"))
        == {n for n in names.LAST if share(f"content/{n}") < 0.5}
    )
    assert pool(names.LAST[:40], "seen") == tuple(n for n in names.LAST[:40] if n in pool(names.LAST, "seen"))


def test_pools():
    for listed in (names.FIRST, names.LAST, names.FIRMS, names.CITIES, names.GOODS, names.HOUSES, names.SUPPLIERS):
        seen, held = pool(listed, "seen"), pool(listed, "held")
        assert set(seen).isdisjoint(held) and set(seen) | set(held) == set(listed) == set(pool(listed, "any"))
        assert min(len(seen), len(held)) >= 0.3 * len(listed)
    goods = pool(names.GOODS, "held")
    assert {name for name, _ in goods} == set(pool([name for name, _ in names.GOODS], "held"))


@pytest.mark.parametrize("size", ["small", "full"])
def test_companies_of_held_out_names_share_none_with_training(size):
    def said(content):
        made = make(Dice(1), size, names.Names(*(pool(listed, content) for listed in names.NAMES)))
        people = {part for person in made.people for part in (person.first, person.last)}
        return people | {item.name for item in made.items} | {firm.name.split()[0] for firm in made.customers}

    seen, held = said("seen"), said("held")
    assert len(seen) > 40 < len(held) and seen.isdisjoint(held)


def test_skins_are_drawn_from_what_is_allowed():
    for split in SPLITS:
        allowed, dice = axes(split), Dice(1)
        skins = [skin_for(allowed, dice) for _ in range(600)]
        for level in LEVELS:
            assert {getattr(skin, level) for skin in skins} == set(getattr(allowed, level))
        assert all(skin_of(skin.number) == skin for skin in skins)
    first, again = (skin_for(axes("test_words"), Dice(7)) for _ in range(2))
    assert first == again


def test_no_instance_is_in_two_splits():
    words = [0, 1, 2**32, 2**64 - 1]
    seeds = [salted(split, word) for split in SPLITS for word in words]
    assert len(set(seeds)) == len(seeds)
    ranges = {split: {salted(split, word) >> 64 for word in words} for split in SPLITS}
    assert all(len(one) == 1 for one in ranges.values()) and len(set.union(*ranges.values())) == len(SPLITS)
    rolls = {tuple(Dice(salted(split, 5)).below(1000) for _ in range(3)) for split in SPLITS}
    assert len(rolls) == len(SPLITS)


def test_splits_stay_what_they_are():
    # Published results depend on them: a change is a new version of the environments.
    record = repr([axes(split) for split in SPLITS] + [salted(split, 1) for split in SPLITS])
    assert hashlib.sha256(record.encode()).hexdigest()[:16] == "b9b31bef9dce40d9"


def test_bad_input():
    for bad in ("test", "", None, "Train"):
        with pytest.raises(UnknownOption, match="test_workflow"):
            axes(bad)
        with pytest.raises(UnknownOption):
            salted(bad, 1)
    for word in (-1, 2**64):
        with pytest.raises(InvalidOption, match="2\\*\\*64"):
            salted("train", word)
    with pytest.raises(UnknownOption, match="seen, held or any"):
        pool(["a"], "train")
    with pytest.raises(InvalidOption, match="short list"):
        pool([], "held")
