"""Trials: the actions that leak checks draw, of which most do something on the screen as it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from infogap import reveal
from infogap.core.chance import Chance
from infogap.core.errors import ResetNeeded
from infogap.envs.desktop.desktop import Desktop, _judged
from infogap.envs.desktop.dice import Dice
from infogap.envs.desktop.grading import graded
from infogap.envs.desktop.twins import shuffled

FACES = ("flat", "dict", "text")


def played(face: str, draw: Any, turns: int = 400) -> dict[str, Any]:
    """What comes of as many turns, episode after episode."""
    env = Desktop(observation=face, split="all")
    env.action_space.seed(3)
    found: dict[str, Any] = {"errors": 0, "titles": set(), "written": 0, "ended": 0, "actions": []}
    env.reset(seed=0)
    for turn in range(turns):
        action = draw(env, Chance(turn))
        assert env.action_space.contains(action)
        found["actions"].append(str(action))
        _, _, terminated, truncated, _ = env.step(action)
        found["errors"] += bool(env._ui.error)
        found["titles"].add(env._tree.title)
        found["written"] += len(reveal(env).journal) > 0
        found["ended"] += terminated
        if terminated or truncated:
            env.reset()
    return found


@pytest.mark.parametrize("face", FACES)
def test_most_do_something_and_reach_more_than_blind_ones(face: str) -> None:
    trials = played(face, lambda env, chance: env.trial(chance))
    blind = played(face, lambda env, chance: env.action_space.sample())
    assert trials["errors"] < 0.2 * 400 < 0.5 * 400 < blind["errors"] + blind["ended"]
    assert len(trials["titles"]) > 2 * len(blind["titles"])
    assert trials["written"] > blind["written"]
    assert 0 < trials["ended"] < 0.2 * 400


@pytest.mark.parametrize("face", FACES)
def test_the_same_chance_draws_the_same(face: str) -> None:
    first, again = (played(face, lambda env, chance: env.trial(chance), 40)["actions"] for _ in range(2))
    assert first == again and len(set(first)) > 20


@pytest.mark.parametrize("face", FACES)
def test_every_verb_is_tried(face: str) -> None:
    actions = played(face, lambda env, chance: env.trial(chance))["actions"]
    verbs = (
        {action.split("(")[0] for action in actions} if face == "text" else {a.strip("[ ").split()[0] for a in actions}
    )
    calls = {"click", "fill", "select_option", "go_back", "goto", "noop", "send_msg_to_user", "report_infeasible"}
    assert verbs == (calls if face == "text" else set("0123456"))


def test_there_is_none_before_the_reset() -> None:
    with pytest.raises(ResetNeeded):
        Desktop().trial(Chance(0))


def test_numbers_are_of_the_type_that_the_space_has() -> None:
    env = Desktop()
    env.reset(seed=1)
    action = env.trial(Chance(1))
    assert action.dtype == env.action_space.dtype == np.int64 and action.shape == (3,)


def test_resampled_states_can_be_judged() -> None:
    """A document may be shuffled to the status that it should come to; then doing nothing would do."""
    env, unjudged = Desktop(template="hold_document"), 0
    for seed in range(12):
        env.reset(seed=seed)
        truth: Any = reveal(env)
        for word in range(25):
            chance = Chance(seed, word)
            other = env.resample(truth, "agent", chance)
            assert isinstance(other, type(truth)) and graded(other).success is False
            assert (other.goal, other.slots, other.skin) == (truth.goal, truth.slots, truth.skin)
            unjudged += not _judged(shuffled(truth, Dice(Chance(seed, word).word())))
    assert unjudged, "no shuffled state was without a verdict, so this test shows nothing"
