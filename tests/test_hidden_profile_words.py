"""Hidden profile: its partners, its words and its bad input."""

from __future__ import annotations

import numpy as np
import pytest
from hidden_profile_deal import (
    ASK,
    COMMON,
    CONFIRM,
    FAVOUR,
    PASS,
    REPAIR,
    SEATS,
    VOTE,
    dealt,
    nonzero,
    parts,
    shares,
    truth,
)

import infogap
from infogap.core.chance import Chance
from infogap.core.errors import InvalidAction, InvalidOption, InvalidTruth, UnknownOption
from infogap.envs.social import hidden_profile

# -- partners ----------------------------------------------------------------------------------------------------------
OPTIONS = [{}, {"lying": True}, {"members": 2, "shared": 1}, {"members": 5, "options": 4, "rounds": 1}, {"rounds": 0}]
OPTIONS += [{"profile": "mixed", "regime": "mindreader"}, {"options": 2, "profile": "manifest", "rounds": 4}]


@pytest.mark.parametrize("options", OPTIONS)
def test_partners_play_legal_actions(options):
    """Groups of one kind, and mixed ones."""
    env = hidden_profile.env(**options)
    made = {name: maker(env) for name, maker in env.partners.items()}
    assert {"prudent", "truthful", "silent", "adversarial", "naive"} < set(made)
    assert len(env.held_out) >= 2 and env.held_out < set(made)
    names = list(made)
    groups = [[name] * env.rules.members for name in names]
    groups += [[names[(i + j) % len(names)] for j in range(env.rules.members)] for i in range(len(names))]
    env.reset(seed=2)
    for number, group in enumerate(groups):
        env.reset()
        turn = 0
        while env.agents and not any(env.terminations.values()):
            seat = env.agent_selection
            seen = env.observe(seat)
            action = made[group[env.possible_agents.index(seat)]](seat, seen, Chance(3, number, turn))
            assert seen["action_mask"][action] == 1
            env.step(action)
            turn += 1


def test_partners_do_what_is_said_of_them():
    def act(name, *moves, **options):
        env = dealt(*moves, **options)
        return env.partners[name](env)(env.agent_selection, env.observe(env.agent_selection), Chance(1))

    talked = (PASS,) * 6
    assert act("truthful") == 0 and act("truthful", 0) == 1 and act("truthful", ASK + 1) == 5
    assert act("silent") == PASS and act("silent", *talked) == act("adversarial", *talked) == VOTE
    assert act("adversarial") in {1, 5, 12}  # +2 on the lure, or -2 on another option
    assert act("naive") in {*COMMON, 2, 7, 12} and act("naive", *talked) == VOTE
    assert act("contrary", *talked) in (VOTE + 1, VOTE + 2) and act("contrary") in (7, 11)
    assert act("follower") == ASK and act("follower", 5) == CONFIRM
    assert act("follower", *(FAVOUR + 1,) * 6) == VOTE + 1
    # Once a +3 is known to be somebody's own, its option is best; were it shared, the other would be.
    assert act("prudent") in (7, 11) and act("prudent", 7) == FAVOUR + 1
    assert act("prudent", 11) == FAVOUR + 1 and act("prudent", 7, FAVOUR + 1) == FAVOUR + 1
    assert act("prudent", 7, *(PASS,) * 5, VOTE) == VOTE + 1  # member_1, who knows
    assert act("prudent", 7, *(FAVOUR + 1,) * 5) == VOTE + 1  # member_0, who trusts those who do
    # A lying adversary claims the most for the lure, or against the others.
    lie = act("adversarial", lying=True)
    assert lie % 6 == (5 if lie // 6 < 5 else 0)
    # Claims that contradict what one holds tell the prudent nothing: it goes on.
    assert act("prudent", 5 * 6 + 5, 7 * 6 + 2, lying=True) < 90 + 9


# -- words -------------------------------------------------------------------------------------------------------------
def test_words_for_people():
    env = dealt(7, ASK, 11, FAVOUR + 1, CONFIRM, REPAIR, render_mode="ansi")
    said = env.render()
    for sentence in (
        "member_0: Fact 8: option B has +3.",
        "member_1: Who knows more about option A?",
        "member_0: I favour option B.",
        "member_1: I can confirm fact 12.",
        "member_2: I take back fact 12.",
        "Now all vote.",
    ):
        assert sentence in said
    view = env.look("member_0")
    lines = env.lines(view)
    assert "member_0 holds: option A: fact 1 +1, fact 2 +2, fact 3 -1; option B: fact 6 -2" in lines[1]
    assert len(lines) == 2 + 6 + 1 and "fact 4 " not in lines[1]
    for _ in SEATS:
        env.step(VOTE + 1)
    after = env.lines(env.look("member_0"))
    assert after[: len(lines)] == lines and "The group chooses option B." in after[-1] == env.render().split("\n")[-1]
    assert len(set(env.words)) == len(env.words) == env.action_space("member_0").n


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("Fact 8: option B has +3.", 7),
        ("fact 8 says option b has plus 3", 7),
        ("I know fact 6: option B, minus 2", 5),
        ("Fact 8: option B has -3.", None),
        ("Fact 8: option A has +3.", None),
        ("Fact 9: option B has +3.", None),
        ("Fact 99: option B has +3.", None),
        ("Fact 8: +3, and fact 6: -2", None),
        ("I prefer B", FAVOUR + 1),
        ("I think option C is the best.", FAVOUR + 2),
        ("I do not favour B", None),
        ("A or B?", None),
        ("Does anyone know more about B?", ASK + 1),
        ("what about option a?", ASK),
        ("I know that too.", CONFIRM),
        ("I can confirm that", CONFIRM),
        ("Scratch that!", REPAIR),
        ("pass", PASS),
        ("My vote is B.", VOTE + 1),
        ("I choose option D", None),
        ("B", None),
        ("hello", None),
        ("", None),
        ("fact 8 " * 100, None),
        (None, None),
        (8, None),
        ("\ud800 fact 8", 7),
    ],
)
def test_other_words_are_read(text, action):
    env = dealt()
    assert env.read(text, env.look("member_0")) == action


def test_reading_follows_the_phase_and_the_rules():
    env = dealt(*[PASS] * 6)
    view = env.look("member_0")
    assert [env.read(t, view) for t in ("B", "option b", "I favour B", "I vote B")] == [VOTE + 1] * 4
    env = dealt(11)
    assert env.read("I can confirm fact 12", env.look("member_1")) == CONFIRM
    assert env.read("I can confirm fact 11", env.look("member_1")) is None
    env = dealt(lying=True)
    assert env.read("Fact 9: option B has -3", env.look("member_0")) == 8 * 6
    assert env.read("Fact 9: option B has -4", env.look("member_0")) is None


def test_reading_never_raises():
    env, rng = dealt(5), np.random.default_rng(0)
    view = env.look("member_1")
    words = ["fact", "8", "option", "b", "+3", "-", "i", "favour", "who", "knows", "a", "?", "not", "confirm", "take"]
    words += ["back", "vote", "pass", "or", "99", "#"]
    for _ in range(500):
        text = " ".join(rng.choice(words, rng.integers(1, 12)))
        action = env.read(text, view)
        assert action is None or 0 <= action < 27


# -- bad input ---------------------------------------------------------------------------------------------------------
def test_illegal_moves_are_refused_and_change_nothing():
    env, twin = dealt(), dealt()
    for bad in (
        3,
        4,
        8,
        9,
        CONFIRM,
        REPAIR,
        VOTE,
        27,
        -1,
        1.0,
        True,
        None,
        "0",
        np.array([1]),
        np.nan,
        10**5000,
        [1],
        {},
    ):
        with pytest.raises(InvalidAction):
            env.step(bad)
    for moves in ((5,), (FAVOUR,), (7 + 2,), (PASS,), (PASS,), (PASS,), (VOTE,), (VOTE,), (VOTE + 1,)):
        for move in moves:
            env.step(move)
            twin.step(move)
        assert str(env.last()) == str(twin.last())


BAD = {"members": (1, 7, -3, 3.0, True, None), "options": (0, 1, 7, "3"), "shared": (0, 5, -1), "lying": (1, "no")}
BAD |= {"rounds": (-1, 13, float("nan")), "profile": ("open", None), "regime": ("all",), "render_mode": ("human",)}


@pytest.mark.parametrize("options", [{name: value} for name, values in BAD.items() for value in values])
def test_options_out_of_range_are_refused(options):
    with pytest.raises(InvalidOption):
        hidden_profile.env(**options)
    if "profile" in options:
        with pytest.raises(UnknownOption):
            hidden_profile.env(**options)


def test_a_deal_refuses_itself():
    env, held = hidden_profile.env(), shares()
    assert truth(env).held == held

    def changed(**facts):
        share = list(held["member_1"])
        for fact, weight in facts.items():
            share[int(fact[1:])] = weight
        return {**held, "member_1": tuple(share)}

    for bad in (
        {"held": 3},
        {"held": {seat: held[seat] for seat in SEATS[:2]}},
        {"held": {**held, "member_3": held["member_0"]}},
        {"held": {**held, "member_1": list(held["member_1"])}},
        {"held": changed(f3=0)},
        {"held": changed(f3=0, f2=-1)},  # not its own any more
        {"held": changed(f3=-4)},
        {"held": changed(f3=1.0)},
        {"held": changed(f3=True)},
        {"held": changed(f3=-2)},  # own facts of different weights
        {"held": changed(f0=2)},  # two weights of one fact
        {"held": dict.fromkeys(SEATS, held["member_0"])},
        {"said": [5]},
        {"said": (99,)},
        {"said": (-1,)},
        {"said": (3 * 6 + 2,)},  # tells a fact that it doesn't hold
        {"said": (5 * 6 + 5,)},  # tells another weight than it holds
        {"said": (96,)},  # confirms nothing
        {"said": (98,) * 7},
        {"votes": {"member_0": 0, "member_1": -1, "member_2": -1}},
        {"said": (98,) * 6, "votes": {"member_0": -1, "member_1": 0, "member_2": -1}, "cast": 1},
        {"said": (98,) * 6, "votes": {"member_0": 3, "member_1": -1, "member_2": -1}, "cast": 1},
        {"said": (98,) * 6, "votes": dict.fromkeys(SEATS, 0), "cast": 3},
        {"said": (98,) * 6, "votes": dict.fromkeys(SEATS, 0), "cast": 3, "tally": (0, 0, 1)},
        {"cast": None},
    ):
        with pytest.raises(InvalidTruth):
            truth(env, **bad)
    with pytest.raises(InvalidTruth):
        truth(hidden_profile.env(profile="manifest"))
    with pytest.raises(InvalidTruth):
        hidden_profile.HiddenProfileTruth(held=held, said=(), votes=dict.fromkeys(SEATS, -1), cast=0, tally=())
    over = truth(env, said=(98,) * 6, votes=dict.fromkeys(SEATS, 0), cast=3, tally=(0, 0, 0))
    with pytest.raises(InvalidTruth, match="over"):
        infogap.plant(env, over)
    infogap.plant(env, truth(env, said=(5 * 6 + 1, 96)))
    env.reset()
    assert env.agent_selection == "member_2" and nonzero(parts(env, "member_0")["echo"]) == {5: -2}
