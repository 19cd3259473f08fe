"""The screen for people: what the text says, and that the picture shows it."""

from __future__ import annotations

import pickle
import sys

import gymnasium as gym
import numpy as np
import pytest

from infogap.core.errors import MissingExtra, ResetNeeded
from infogap.envs.desktop import Desktop, Hands
from infogap.envs.desktop.elements import Element, Tree
from infogap.envs.desktop.picture import as_text
from infogap.envs.desktop.skin import manner, skin_of


def made(mode, skin=0, seed=0):
    env = gym.make("infogap/DesktopDueDate-v0", observation="text", render_mode=mode, skin=skin)
    env.reset(seed=seed)
    return env


def test_the_text_shows_goal_page_and_every_element_that_can_be_used():
    env = made("ansi")
    said, desk = env.render(), env.unwrapped
    assert said.startswith("Goal: ") and f"=== {desk._tree.title} ===" in said
    for number, element in enumerate(desk._tree.elements):
        assert (f"({number})" in said) or element.role in ("text", "status") or "(-)" in said
        assert (element.label in said) or element.cells
    env.step("click('999')")
    assert env.render().endswith("! ValueError: Could not find element with this bid")


@pytest.mark.parametrize("skin", [0, 7, 991])
def test_a_list_says_what_its_columns_are_and_aligns_them(skin):
    env = made("ansi", skin)
    env.step("goto('app://orders')")
    desk = env.unwrapped
    rows = [(i, e) for i, e in enumerate(desk._tree.elements) if e.cells]
    said = env.render().split("\n")
    heads = [name for name, _ in rows[0][1].cells]
    (at,) = [i for i, line in enumerate(said) if [part.strip() for part in line.split(" | ")] == heads]
    starts = [said[at].index(f"| {head}") for head in heads[1:]]
    for line, (number, element) in zip(said[at + 1 :], rows, strict=False):
        assert line.startswith(f"({number}) {element.cells[0][1]}")
        assert all(
            line[start:].startswith(f"| {text}") for start, (_, text) in zip(starts, element.cells[1:], strict=True)
        )


def test_a_long_cell_is_cut_and_says_so():
    row = Element("row", "mails", "x", cells=(("Subject", "many words " * 9 + "\nand a line"), ("From", "Anna")))
    head, line = as_text("g", Tree("t", (row,)), "").split("\n")[2:]
    assert line == "(0)  many words many words many words many... | Anna" and head.index("| From") == line.index(
        "| Anna"
    )


def test_the_picture_has_columns_too():
    pytest.importorskip("PIL")
    env = made("rgb_array")
    env.step("goto('app://orders')")
    lines = [element for element in env.unwrapped._tree.elements if element.cells]
    frame = env.render()
    dark = (frame[: 720 // 14 * 14] < 100).all(axis=2).reshape(-1, 14, 960)
    bars = dark[:, 2:10].all(axis=1).sum(axis=0)  # an upright line through a whole line of text
    assert (bars[90:] >= len(lines)).any(), "one column of bars through all rows"


def test_the_picture_is_of_what_is_on_the_screen():
    pytest.importorskip("PIL")
    env = made("rgb_array")
    first = env.render()
    assert first.shape == (720, 960, 3) and first.dtype == np.uint8
    assert np.array_equal(first, env.render()) and np.array_equal(first, made("rgb_array").render())
    assert (first < 100).all(axis=2).sum() > 1000, "dark writing"
    first[:] = 0
    assert made("rgb_array").render().any(), "a frame is the caller's own"
    first, hands = env.render(), Hands(env)
    hands.go("order_list")
    assert not np.array_equal(first, env.render())


def test_the_frame_has_the_colour_of_the_skin():
    pytest.importorskip("PIL")
    import colorsys

    for skin in (0, 5, 11):
        corner = made("rgb_array", skin).render()[0, 500] / 255
        hue, lightness, _ = colorsys.rgb_to_hls(*corner)
        wanted = manner(skin_of(skin)).hue / 360
        assert min(abs(hue - wanted), 1 - abs(hue - wanted)) < 0.02 and abs(lightness - 0.85) < 0.02


def test_without_pillow_the_picture_says_what_to_install(monkeypatch):
    env = made("rgb_array", seed=77)  # painted by no other test
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(MissingExtra, match=r"pip install 'infogap\[render\]'") as caught:
        env.render()
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    assert isinstance(made("ansi").render(), str)


def test_nothing_is_rendered_where_nothing_was_asked_for():
    env = Desktop(template="due_date")
    env.reset(seed=0)
    assert env.render() is None


@pytest.mark.parametrize("mode", ["ansi", "rgb_array"])
def test_there_is_no_picture_before_the_reset(mode):
    with pytest.raises(ResetNeeded, match=r"render\(\) before reset"):
        Desktop(template="due_date", render_mode=mode).render()
