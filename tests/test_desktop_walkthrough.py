"""The page that adds an app and a task to the desktop: its code is taken from it, run, and held to what it says."""

from __future__ import annotations

import dataclasses
import importlib.util
import itertools
import random
import subprocess
import sys
from pathlib import Path

import gymnasium as gym
import pytest

import infogap
import infogap.check
from infogap.core.errors import InvalidOption
from infogap.envs.desktop import (
    MESSAGES,
    OFFICES,
    TEMPLATES,
    Desktop,
    Hands,
    Office,
    Order,
    Stuck,
    apps,
    graded,
    register,
    register_office,
)
from infogap.envs.desktop.apps.orders import ORDERS
from infogap.envs.desktop.generate import chosen
from infogap.envs.desktop.schema import InvalidSpec
from infogap.envs.desktop.shell import SHELL_WORDS
from infogap.envs.desktop.splits import SPLITS
from infogap.envs.desktop.store import AGENT, apply, commit

PAGE = Path(__file__).resolve().parents[1] / "docs" / "desktop_walkthrough.md"
BLOCKS = [part.split("```")[0] for part in PAGE.read_text(encoding="utf-8").split("```python\n")[1:]]
CODE = "\n\n".join(block.strip() for block in BLOCKS) + "\n"


@pytest.fixture(scope="module")
def stock(tmp_path_factory):
    """The module my_stock, as a reader saves it; what it registers is taken back at the end."""
    path = tmp_path_factory.mktemp("reader") / "my_stock.py"
    path.write_text(CODE, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("my_stock", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["my_stock"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["my_stock"], TEMPLATES["restock"], OFFICES["warehouse"], apps._ROWS["stock"]
    gym.registry.pop("Restock-v0")


def made(seed, face="text", **options):
    env = Desktop(template="restock", observation=face, **options)
    env.reset(seed=seed)
    return env


def skins(n):
    chance = random.Random(3)
    return [0, 4242, *(chance.randrange(32**4) for _ in range(n))]


def test_it_is_short():
    assert len(CODE.splitlines()) < 150 and max(map(len, CODE.splitlines())) <= 120


def test_importing_infogap_loads_no_desk():
    """Whoever plays something else does not wait for it; nor does whoever needs no pictures wait for Pillow."""
    program = (
        "import sys, infogap; assert not any('envs.desktop' in name for name in sys.modules); "
        "import infogap.envs.desktop; assert 'PIL' not in sys.modules"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("face", ["flat", "text"])
@pytest.mark.parametrize("level", [2, 3])
@pytest.mark.parametrize(("size", "seeds"), [("small", 3), ("full", 1)])
def test_both_oracles_score_1_in_every_skin(stock, size, seeds, level, face):
    for seed, skin, privileged in itertools.product(range(seeds), skins(3), (False, True)):
        env = made(seed, face, size=size, level=level, skin=skin)
        hands = Hands(env)
        stock.solve(hands, dict(infogap.reveal(env).task) if privileged else None)
        verdict = graded(infogap.reveal(env))
        assert verdict.success and verdict.score == 1 == hands.reward, (seed, skin, privileged)


def test_its_last_part_prints_the_verdict(stock, capsys):
    exec(compile(BLOCKS[-1], str(PAGE), "exec"), {**vars(stock), "__name__": "__main__"})
    said = capsys.readouterr().out
    assert "RootWebArea" in said and "Verdict(success=True, score=1.0" in said


def test_its_id_makes_it(stock):
    env = gym.make("Restock-v0", observation="text")
    env.reset(seed=0)
    assert dict(infogap.reveal(env).task)["template"] == "restock"


def test_doing_nothing_scores_0(stock):
    for seed in range(4):
        env = made(seed)
        env.step("send_msg_to_user('done')")
        verdict = graded(infogap.reveal(env))
        assert not verdict.success and verdict.score == 0


def written(env, row, pieces):
    """The verdict after pieces have been reordered for a shelf and the work has been handed in."""
    truth = infogap.reveal(env)
    given = Order("stock_reorder", (("id", row), ("pieces", pieces)))
    truth = commit(truth, apply(truth, given, AGENT))
    return graded(truth.but(ended=("success", "")))


@pytest.mark.parametrize("level", [2, 3])
def test_one_wrong_write_is_no_success(stock, level):
    for seed in range(4):
        env = made(seed, level=level)
        truth = infogap.reveal(env)
        task = dict(truth.task)
        row, pieces = task["row"], task["pieces"]
        assert written(env, row, pieces).success
        product = truth.shelves_product
        twin = next(r for r, held in enumerate(product) if held == product[row] and r != row)
        for where, many in ((row, pieces + 1), (twin, pieces), (twin, truth.shelves_sold[twin] or 1)):
            verdict = written(env, where, many)
            assert not verdict.success and verdict.score == 0
        stock.solve(Hands(env), None)
        truth = infogap.reveal(env)
        for order in (
            Order("stock_reorder", (("id", twin), ("pieces", 1))),
            Order("order_note", (("id", 0), ("note", "x"))),
        ):
            spoilt = graded(commit(truth, apply(truth, order, AGENT)))
            assert not spoilt.success and spoilt.checks["collateral"] == 1 and spoilt.score < 0.5


def test_its_rule_holds_on_the_screen(stock):
    """What is on its way already can't be reordered; the software says so and nothing is written."""
    env = made(0, level=2, skin=0)
    hands = Hands(env)
    named, pieces = hands.view.slots
    hands.go("shelf_list")
    hands.search(named)
    hands.open_where(lambda row: row["shelf"] == named)
    for _ in range(2):
        hands.click("reorder")
        hands.fill("pieces", pieces)
        hands.save()
    assert len(infogap.reveal(env).journal) == 1 and env._ui.note[0] == "not_allowed"
    with pytest.raises(Stuck):
        hands.click("product_page")  # the form is still open


def test_sold_is_what_the_log_says(stock):
    """Counted apart from the page: every order that was not cancelled, in the shelf of its item and urgency."""
    truth = infogap.reveal(made(5))
    cancelled = truth.office.column("orders", "order_status").of.index("cancelled")
    for row, item in enumerate(truth.shelves_product):
        orders = [
            quantity
            for sku, quantity, priority, status in zip(
                truth.orders_sku, truth.orders_quantity, truth.orders_priority, truth.orders_order_status, strict=True
            )
            if sku == truth.items_sku[item] and priority == truth.shelves_zone[row] and status != cancelled
        ]
        assert truth.shelves_sold[row] == sum(orders)


def test_its_words_are_its_own(stock):
    others = {**dict(SHELL_WORDS), **stock.WAREHOUSE.words}
    seen = {}
    for concept in dict.fromkeys([*dict(SHELL_WORDS), "orders", *MESSAGES, *stock.STOCK.words]):
        said = others[concept]
        assert len({word.casefold() for word in said}) == len(said) >= 4, concept
        for word in said:
            assert seen.setdefault(word.casefold(), concept) == concept, word


def test_it_leaves_what_ships_alone(stock):
    assert "restock" not in chosen("all", "train")[0] + chosen("all", "all")[0]
    assert chosen("restock", None) == (("restock",), "train")
    with pytest.raises(InvalidOption, match="does not deal template 'restock'"):
        Desktop(template="restock", split="test_app")


def test_a_task_at_the_main_office_leaves_all_what_it_was(stock):
    before = {split: chosen("all", split) for split in SPLITS}
    mine = register(dataclasses.replace(TEMPLATES["due_date"], name="mine"))
    try:
        assert {split: chosen("all", split) for split in before} == before
        assert chosen("mine", None) == (("mine",), "train")
        env = Desktop(template="mine")
        env.reset(seed=0)
        assert dict(infogap.reveal(env).task)["template"] == "mine"
    finally:
        del TEMPLATES[mine.name]


def test_what_does_not_fit_is_refused(stock):
    """Each is said when it is registered, and leaves the registries as they are."""
    again, offices, templates = dataclasses.replace, dict(OFFICES), dict(TEMPLATES)

    def refused(match, office=None, rows=None, template=None):
        with pytest.raises(InvalidSpec, match=match):
            register_office(office, rows) if template is None else register(template)
        assert offices == OFFICES and templates == TEMPLATES

    named = again(stock.STOCK, name="depot", words={**stock.STOCK.words, "depot": ("Depot",)})
    depot = Office("depots", (named, ORDERS), MESSAGES)
    refused("already", stock.WAREHOUSE, {"stock": stock.rows})
    refused(r"no rows for the apps \['depot'\]", depot)
    refused("already", depot, {"depot": stock.rows, "orders": stock.rows})
    refused("beyond its columns: shelves_sold", depot, {"depot": lambda c, d: without(stock.rows(c, d))})
    refused("shelves_zone", depot, {"depot": lambda c, d: {**stock.rows(c, d), "shelves_zone": [2] * 28}})
    refused("shelves_zone", depot, {"depot": lambda c, d: {**stock.rows(c, d), "shelves_zone": [0]}})
    refused("already", template=stock.RESTOCK)
    refused("no office 'depots'", template=again(stock.RESTOCK, name="other", office="depots"))
    refused(r"no apps \['mail'\]", template=again(stock.RESTOCK, name="other", apps=("mail",)))
    refused("no occupation group '99'", template=again(stock.RESTOCK, name="other", occupation="99"))


def without(columns):
    del columns["shelves_sold"]
    return columns


@pytest.mark.full
def test_it_does_not_leak(stock):
    assert infogap.check.main("my_stock:Restock-v0", pairs=20, self_test=0) == 0
