"""The fast path of desks equals the template, screen by screen; what is kept never shows another truth."""

from __future__ import annotations

import copy
import pickle
import random
from typing import Any

import numpy as np
import pytest
from gymnasium.utils.env_checker import data_equivalence

import infogap
from infogap.core.env import use_template
from infogap.core.errors import InvalidAction
from infogap.envs.desktop import flat, screens
from infogap.envs.desktop.apps import OFFICES
from infogap.envs.desktop.desktop import Desktop
from infogap.envs.desktop.elements import COVERED, DISABLED, UI
from infogap.envs.desktop.hands import Hands
from infogap.envs.desktop.schema import ListView
from infogap.envs.desktop.skin import VARIANTS, Skin, manner
from infogap.envs.desktop.store import Order
from infogap.envs.desktop.tasks import TEMPLATES
from infogap.envs.desktop.tree import render, size_of

WORDS = ("Anna", "x", "2024-02-05", "10", "250.00", "Keller", "")
FACES = ("flat", "dict", "text")
NAMES = sorted(TEMPLATES)


def same(first: Any, second: Any) -> bool:
    return data_equivalence(first, second, exact=True)


def drawn(env: Desktop, chance: random.Random, ends: float = 0.02) -> Any:
    """An action at the screen as it is: mostly one that does something, rarely a submission."""
    elements = env._tree.elements
    verb = chance.choice((0, 1, 1, 1, 1, 2, 2, 3, 4)) if chance.random() >= ends else chance.choice((5, 6))
    usable = [i for i, e in enumerate(elements) if not e.flags & (COVERED | DISABLED)]
    boxes = [i for i in usable if elements[i].role == "textbox"]
    place = chance.choice(boxes if verb == 2 and boxes and chance.random() < 0.7 else usable)
    if chance.random() < 0.1:
        place = chance.randrange(flat.ELEMENTS)
    if env.observed != "text":
        return [verb, min(place, flat.ELEMENTS - 1), chance.randrange(flat.ARGUMENTS)]
    text = chance.choice((*WORDS, *env._own_view().slots))
    said = (
        *("noop()", f"click('{place}')", f"fill('{place}', {text!r})", f"select_option('{place}', {text!r})"),
        *("go_back()", f"send_msg_to_user({text!r})", "report_infeasible('not_found_error')"),
    )[verb]
    return chance.choice((said,) * 8 + ("goto('app://orders')", "goto('app://help')", "oops("))


def both(**options: Any) -> tuple[Desktop, Desktop]:
    quick, plain = Desktop(**options), Desktop(**options)
    use_template(plain)
    return quick, plain


def alike(quick: Desktop, plain: Desktop) -> None:
    """Everything that can be asked of both."""
    assert quick._tree == plain._tree and quick._ui == plain._ui
    if quick.observed != "text":
        assert (quick.action_masks() == plain.action_masks()).all()
    ours, theirs = infogap.reveal(quick), infogap.reveal(plain)
    assert all(getattr(ours, name) == getattr(theirs, name) for name in ours.names)


def played(chance: random.Random, steps: int, seed: int, looks: float, **options: Any) -> None:
    quick, plain = both(**options)
    assert same(quick.reset(seed=seed), plain.reset(seed=seed))
    for _ in range(steps):
        action = drawn(quick, chance)
        ours, theirs = quick.step(action), plain.step(action)
        assert same(ours, theirs), action
        if chance.random() < looks:
            alike(quick, plain)
        if ours[2] or ours[3]:
            alike(quick, plain)
            again = seed + 1 if chance.random() < 0.5 else None
            assert same(quick.reset(seed=again), plain.reset(seed=again))
            ended = [infogap.reveal(env, final=True) for env in (quick, plain)] if again is None else []
            assert len({(one.tick, one.status, one.ended) for one in ended}) <= 1
    assert quick._quick and not plain._quick


@pytest.mark.parametrize("face", FACES)
def test_random_play_equals_the_template(face):
    chance = random.Random(f"random {face}")
    for i, name in enumerate(chance.sample(NAMES, 5)):
        skin = None if i % 3 else chance.randrange(VARIANTS**4)
        size = "full" if i == 4 else "small"
        played(chance, 60, i, 0.1, template=name, skin=skin, observation=face, size=size, split="all")


@pytest.mark.full
@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("name", NAMES)
def test_random_play_of_every_template_equals_the_template(name, face):
    chance = random.Random(f"{name} {face}")
    for seed in range(6):
        skin = chance.randrange(VARIANTS**4)
        played(chance, 150, seed, 0.05, template=name, skin=skin, observation=face, split="all")


class Twice:
    """Plays the same on two desks and holds them equal."""

    def __init__(self, quick: Desktop, plain: Desktop) -> None:
        self.unwrapped, self._plain = quick, plain

    def step(self, action: Any) -> Any:
        ours, theirs = self.unwrapped.step(action), self._plain.step(action)
        assert same(ours, theirs), action
        assert self.unwrapped._tree == self._plain._tree
        return ours


def oracle(name: str, face: str, seed: int, skin: int) -> None:
    quick, plain = both(template=name, observation=face, skin=skin)
    assert same(quick.reset(seed=seed), plain.reset(seed=seed))
    hands = Hands(Twice(quick, plain))
    TEMPLATES[name].solve(hands, None)
    assert hands.over and hands.reward == 1
    alike(quick, plain)


def test_oracles_play_as_on_the_template():
    chance = random.Random(5)
    for face in FACES:
        able = [name for name in NAMES if ("text" if face == "text" else "flat") in TEMPLATES[name].faces]
        for name in chance.sample(able, min(3, len(able))):
            oracle(name, face, chance.randrange(100), chance.randrange(VARIANTS**4))


@pytest.mark.full
@pytest.mark.parametrize("name", NAMES)
def test_oracles_of_every_template_play_as_on_the_template(name):
    chance = random.Random(name)
    for face in TEMPLATES[name].faces:
        for seed in range(5):
            oracle(name, face, seed, chance.randrange(VARIANTS**4))


# -- others who act ----------------------------------------------------------------------------------------------------
def busy(seed: int) -> Any:
    """A truth in which others act, and the software interrupts, again and again."""
    env = Desktop(template="due_date", skin=0)
    env.reset(seed=seed)
    truth = infogap.reveal(env)
    chance = random.Random(seed)
    rows = len(truth.orders_order_number)
    agenda = [
        (tick, "somebody", Order("order_note", (("id", chance.randrange(rows)), ("note", f"note {tick}"))))
        for tick in range(1, 60, 2)
    ]
    return truth.but(agenda=tuple(agenda), alerts=(3, 11, 30))


@pytest.mark.parametrize("face", FACES)
def test_what_others_write_is_shown_at_once(face):
    quick, plain = both(template="due_date", observation=face, skin=0)
    chance, alerts = random.Random(1), 0
    for env in (quick, plain):
        infogap.plant(env, busy(2))
        env.reset(seed=0)
    for _ in range(60):
        action = drawn(quick, chance)
        ours, theirs = quick.step(action), plain.step(action)
        assert same(ours, theirs)
        if ours[2] or ours[3]:
            break
        alerts += quick._ui.dialog == ("alert",)
        alike(quick, plain)
    assert alerts and {entry.actor for entry in infogap.reveal(quick).journal} >= {"somebody"}


def test_a_page_that_is_kept_shows_what_has_changed_on_it():
    """The order's own page, seen before and after somebody else has written a note on it."""
    env = Desktop(template="due_date", observation="text", skin=0)
    truth = busy(3)
    infogap.plant(env, truth.but(agenda=((5, "somebody", truth.agenda[0][2]),), alerts=()))
    env.reset(seed=0)
    env.step("goto('app://orders')")
    number = truth.orders_order_number[dict(truth.agenda[0][2].arguments)["id"]]
    hands = Hands(env)
    hands.search(number)
    hands.open(hands.rows()[0])
    seen = [env.step("noop()")[0]["axtree_txt"] for _ in range(3)]
    assert "note 1" not in seen[0] and "note 1" in seen[1] and seen[1] == seen[2]


# -- nothing outlives its episode --------------------------------------------------------------------------------------
@pytest.mark.parametrize("face", FACES)
def test_another_truth_under_the_same_seed_shows_its_own_pages(face):
    """The same clicks in twin worlds: each shows what a fresh desk shows that never saw the other."""
    used = Desktop(template="due_date", observation=face, skin=0, max_turns=50)
    used.reset(seed=4)
    truth = infogap.reveal(used)
    twins = [truth, truth.but(**{n: tuple(reversed(getattr(truth, n))) for n in truth.names if n[:7] == "orders_"})]
    assert twins[0].orders_item != twins[1].orders_item
    chance, shown, script = random.Random(0), [], []
    for _ in range(40):
        script.append(drawn(used, chance, ends=0))
        used.step(script[-1])
    for twin in (twins[0], twins[1], twins[0]):
        fresh = Desktop(template="due_date", observation=face, skin=0, max_turns=50)
        views = []
        for one in (used, fresh):
            infogap.plant(one, twin)
            seen = [one.reset(seed=4)[0]]
            for action in script:
                step = one.step(action)
                seen.append(step[0])
            views.append(seen)
        assert same(*views)
        shown.append(views[0])
    assert same(shown[0], shown[2])


def test_what_is_kept_is_bounded():
    env = Desktop(template="due_date", observation="text", skin=0, max_turns=10_000)
    env.reset(seed=0)
    env.step("goto('app://orders')")
    box = next(i for i, e in enumerate(env._tree.elements) if e.concept == "search")
    for i in range(300):
        env.step(f"fill('{box}', 'word{i}')")
    assert len(env._screens._kept) <= screens.KEPT and len(env._screens._parts) <= screens.PARTS
    assert len(screens._shared) <= screens.SHARED
    episode = env._screens
    env.reset()
    assert env._screens is not episode and len(env._screens._kept) == 1


# -- doors, copies, errors ---------------------------------------------------------------------------------------------
def test_whoever_looks_finds_the_truth_up_to_date():
    env = Desktop(template="due_date", skin=0)
    env.reset(seed=1)
    for _ in range(3):
        env.step([0, 0, 0])
    assert infogap.reveal(env).tick == 3
    view = infogap.view(env, "verifier")
    for tick in (4, 5):
        env.step([0, 0, 0])
        assert view.tick == tick
    assert env._quick


def test_the_template_can_be_asked_for_in_the_middle():
    quick, plain = both(template="due_date", skin=0, max_turns=50)
    chance = random.Random(3)
    quick.reset(seed=1), plain.reset(seed=1)
    for i in range(20):
        if i == 10:
            infogap.core.world._through(quick, "template")
        action = drawn(quick, chance, ends=0)
        assert same(quick.step(action), plain.step(action))
        alike(quick, plain)
    assert not quick._quick


def test_a_rule_of_ones_own_is_kept():
    class Generous(Desktop):
        def turn(self, view: Any, action: Any, noise: Any) -> tuple[float, bool]:
            reward, over = super().turn(view, action, noise)
            return reward + 0.5, over

    env = Generous(template="due_date", skin=0)
    env.reset(seed=1)
    assert env.step([0, 0, 0])[1] == 0.5


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])
def test_a_copy_goes_on_by_itself(copied):
    env = Desktop(template="due_date", skin=0)
    env.reset(seed=1)
    for action in ([1, 3, 0], [0, 0, 0], [1, 0, 0]):
        env.step(action)
    other = copied(env)
    other.step([1, 1, 0])
    assert other._tree != env._tree and infogap.reveal(other).tick == infogap.reveal(env).tick + 1
    assert same(env.step([1, 1, 0])[:4], copied(other).step([0, 0, 0])[:4]) is False
    other = copied(env)
    assert same(env.step([1, 2, 0]), other.step([1, 2, 0]))
    alike(env, other)


@pytest.mark.parametrize(
    "bad", [None, 3, [0, 0], [7, 0, 0], [0, 48, 0], [0, 0, True], [0, 0, 0.0], np.zeros(3), "noop()"]
)
def test_a_refused_action_changes_nothing(bad):
    quick, plain = both(template="due_date", skin=0)
    quick.reset(seed=1), plain.reset(seed=1)
    for env in (quick, plain):
        with pytest.raises(InvalidAction):
            env.step(bad)
    assert same(quick.step([1, 2, 0]), plain.step([1, 2, 0]))
    assert same(quick.step(np.array([0, 0, 0], np.int8)), plain.step((np.int64(0), 0, 0)))
    alike(quick, plain)


# -- what has a place --------------------------------------------------------------------------------------------------
def longest(office: Any, skin: Skin, view: Any) -> int:
    """Elements of the longest screen of a page: a full list, searched, with a message and, where there is one, undo."""
    zero = {"text": "", "ref": "", "refs": "", "bool": False}

    def read(query: tuple[Any, ...]) -> Any:
        if query[0] == "list":
            columns = [office.column(view.table, name) for name in view.columns]
            return 100, tuple((i, *(zero.get(c.kind, 0) for c in columns)) for i in range(query[5] - query[4]))
        if query[0] == "record":
            return tuple(zero.get(office.column(view.table, n).kind, 0) for n in view.fields), (0,) * len(view.links)
        return tuple(zero.get(f.kind, 0) for f in view.fields)

    ui = UI(view.name, 0, note=("done", ""), undo=True, past=((view.name, 0, 0, "", ()),))
    if isinstance(view, ListView):
        ui = ui._replace(search="x")
    return len(render(office, skin, read, ui).elements)


@pytest.mark.parametrize("office", OFFICES.values(), ids=list(OFFICES))
def test_everything_that_acts_has_a_place(office):
    """In every skin; a skin's words don't matter here. Distinct manners only, since skins share them."""
    look = next(look for look in range(VARIANTS) if manner(Skin(look)).size == 25)
    seen = set()
    for layout in range(VARIANTS):
        for work in range(VARIANTS):
            how = manner(Skin(look, layout, 0, work))
            kind = how.nav, how.buttons, how.confirm, how.wizard, how.picker
            if kind not in seen:
                seen.add(kind)
                for view in office.views.values():
                    assert longest(office, Skin(look, layout, 0, work), view) <= flat.ELEMENTS, (view.name, how)
    assert len(seen) > 40


def test_pages_are_as_long_as_the_skin_says_where_they_fit():
    shorter = set()
    for office in OFFICES.values():
        for look in range(VARIANTS):
            for layout in range(VARIANTS):
                how = manner(Skin(look, layout))
                for view in office.views.values():
                    if isinstance(view, ListView) and size_of(office, how, view.name) < how.size:
                        shorter.add((view.name, how.size - size_of(office, how, view.name)))
    assert {name for name, _ in shorter} <= {"customer_list", "help_desk"} and all(by <= 2 for _, by in shorter)
