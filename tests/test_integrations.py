"""RLlib and Tianshou: their examples run where they are installed, and elsewhere the error says what to install."""

from __future__ import annotations

import importlib.util
import runpy
from pathlib import Path

import numpy as np
import pytest

from infogap.core.errors import MissingExtra, UnknownOption
from infogap.envs import GAMES
from infogap.integrations import rllib, tianshou

EXAMPLES = Path(__file__).resolve().parents[1] / "docs" / "examples"
PACKAGES = {"rllib": "ray", "tianshou": "tianshou"}
PRIVATE = sorted(id for id, game in GAMES.items() if game.regime == "private")


def installed(extra: str) -> bool:
    """Whether there is a package; a mere folder of its name has no origin."""
    spec = importlib.util.find_spec(PACKAGES[extra])
    return spec is not None and spec.origin is not None


def needs(extra: str) -> None:
    if not installed(extra):
        pytest.skip(f"{PACKAGES[extra]} is not installed: pip install 'infogap[{extra}]'")


@pytest.mark.parametrize(
    ("extra", "attempt"),
    [
        ("rllib", lambda: rllib.make_env("infogap/Kuhn-v0")),
        ("rllib", rllib.masked_module),
        ("rllib", lambda: rllib.ppo_config("infogap/Kuhn-v0")),
        ("tianshou", lambda: tianshou.make_env("infogap/Kuhn-v0")),
        ("tianshou", lambda: tianshou.dqn(None)),
    ],
)
def test_without_the_extra_it_says_what_to_install(extra, attempt):
    if installed(extra):
        pytest.skip(f"{extra} is installed")
    with pytest.raises(MissingExtra, match=rf"pip install 'infogap\[{extra}\]'"):
        attempt()


@pytest.mark.parametrize("game", PRIVATE)
def test_flat_games_are_the_game_in_one_array(game):
    """For RLlib; needs no RLlib."""
    flat, made = rllib.FlatGame(GAMES[game].env()), GAMES[game].env()
    rng = np.random.default_rng(0)
    seats = made.possible_agents
    assert all(flat.observation_space(seat) is flat.observation_space(seats[0]) for seat in seats)
    for episode in range(3):
        flat.reset(seed=episode), made.reset(seed=episode)
        while made.agents:
            seen, *ours = flat.last()
            theirs, *rest = made.last()
            assert ours == rest and flat.observation_space(made.agent_selection).contains(seen)
            assert (seen == np.concatenate([theirs["observation"], theirs["action_mask"]])).all()
            legal = np.flatnonzero(theirs["action_mask"])
            action = int(rng.choice(legal)) if legal.size else None
            flat.step(action), made.step(action)


def test_rllib_takes_every_game_by_turns():
    needs("rllib")
    with pytest.raises(UnknownOption):
        rllib.make_env("infogap/Nothing-v0")
    rng = np.random.default_rng(0)
    for game in PRIVATE:
        env = rllib.make_env(game)
        observations, _ = env.reset(seed=1)
        done = {"__all__": False}
        while not done["__all__"]:
            ((seat, seen),) = observations.items()
            assert env.observation_space[seat].contains(seen)
            n = int(env.action_space[seat].n)
            observations, _, done, _, _ = env.step({seat: int(rng.choice(np.flatnonzero(seen[-n:])))})


def test_tianshou_takes_every_game():
    needs("tianshou")
    with pytest.raises(UnknownOption):
        tianshou.make_env("infogap/Nothing-v0")
    rng = np.random.default_rng(0)
    for game in PRIVATE:
        env, done = tianshou.make_env(game), False
        seen, _ = env.reset(seed=1)
        while not done:
            seen, rewards, done, _, _ = env.step(int(rng.choice(np.flatnonzero(seen["mask"]))))
            assert len(rewards) == len(env.agents)


def test_the_rllib_example_runs():
    needs("rllib")
    assert 0 <= runpy.run_path(str(EXAMPLES / "rllib_game.py"))["main"](iterations=1) <= 1


def test_the_tianshou_example_runs():
    needs("tianshou")
    assert 0 <= runpy.run_path(str(EXAMPLES / "tianshou_game.py"))["main"](epochs=1) <= 1


@pytest.mark.full
@pytest.mark.parametrize("extra", PACKAGES)
def test_the_examples_learn_a_language(extra):
    needs(extra)
    assert runpy.run_path(str(EXAMPLES / f"{extra}_game.py"))["main"]() > 0.9
