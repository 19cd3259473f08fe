"""Sealed handles: the episode and nothing else."""

from __future__ import annotations

import copy
import pickle

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import data_equivalence
from gymnasium.wrappers import FlattenObservation, FrameStackObservation, RecordEpisodeStatistics, TimeLimit
from registry_play import chooser, legal_batch

import infogap
from infogap.core.errors import (
    EpisodeOver,
    InvalidAction,
    InvalidOption,
    ResetNeeded,
    SealedError,
    UnknownOption,
    Unsupported,
)
from infogap.envs import GAMES, ROLES
from infogap.envs.social import kuhn

OFFERED = {
    "reset",
    "step",
    "render",
    "close",
    "action_space",
    "observation_space",
    "metadata",
    "render_mode",
    "spec",
    "action_masks",
    "words",
    "get_wrapper_attr",
    "has_wrapper_attr",
    "unwrapped",
}


def test_the_episode_is_that_of_the_environment(env_id):
    bare, sealed = gym.make(env_id), infogap.seal(gym.make(env_id))
    assert isinstance(sealed, gym.Env)
    choose = chooser(bare)
    ours, theirs = sealed.reset(seed=4), bare.reset(seed=4)
    for _ in range(60):
        assert data_equivalence(ours, theirs, exact=True)
        action = choose()
        ours, theirs = sealed.step(action), bare.step(action)
        if ours[2] or ours[3]:
            ours, theirs = sealed.reset(), bare.reset()


def test_everything_else_is_refused(env_id):
    env = gym.make(env_id)
    sealed = infogap.seal(env)
    sealed.reset(seed=0)
    assert set(dir(sealed)) <= OFFERED and sealed.unwrapped is sealed
    public = {name for level in (env, env.unwrapped) for name in dir(level)}
    refusing = {"__reduce__", "__reduce_ex__", "__getstate__"}
    held = public - OFFERED - {"__class__", "__doc__", "__module__"} - refusing
    assert {"_world", "_door", "np_random", "__dict__"} <= held
    for name in refusing & set(dir(object)):
        with pytest.raises(SealedError):
            getattr(sealed, name)(4)
    for name in held | {"env", "table", "truth", "_env", "__wrapped__", "_cached_spec"}:
        with pytest.raises(SealedError):
            getattr(sealed, name)
        with pytest.raises(SealedError):
            sealed.get_wrapper_attr(name)
        assert not sealed.has_wrapper_attr(name)
    for do in (
        lambda: setattr(sealed, "step", None),
        lambda: setattr(sealed, "x", 1),
        lambda: delattr(sealed, "step"),
        lambda: vars(sealed),
        lambda: copy.copy(sealed),
        lambda: copy.deepcopy(sealed),
        lambda: pickle.dumps(sealed),
        lambda: sealed.set_wrapper_attr("x", 1),
    ):
        with pytest.raises((SealedError, TypeError)):
            do()
    for door in (
        lambda: infogap.reveal(sealed),
        lambda: infogap.reveal(sealed, final=True),
        lambda: infogap.view(sealed, "verifier"),
        lambda: infogap.plant(sealed, infogap.reveal(env)),
        lambda: infogap.rekey(sealed, b"key"),
    ):
        with pytest.raises((Unsupported, SealedError)):
            door()
    assert infogap.reveal(env) is not None  # the evaluator's own doors stay open


def test_what_it_shows_of_itself_says_nothing(env_id):
    shown = set()
    for seed in range(4):
        sealed = infogap.seal(gym.make(env_id))
        sealed.reset(seed=seed)
        shown.add(
            f"{sealed!r} {sealed} {sealed.spec} {sealed.metadata} {sealed.action_space} {sealed.observation_space}"
        )
    assert len(shown) == 1
    assert env_id in shown.pop()


def test_spec_is_redacted():
    env = gym.make("infogap/TwentyQuestions-v0", split="test", noise=0.1, render_mode="ansi")
    spec = infogap.seal(env).spec
    assert spec.id == "infogap/TwentyQuestions-v0"
    assert not spec.kwargs and not spec.additional_wrappers and spec.vector_entry_point is None
    assert env.spec.kwargs["split"] == "test"  # the environment keeps its own


def test_reset_options_are_refused(env_id):
    sealed = infogap.seal(gym.make(env_id))
    with pytest.raises(UnknownOption):
        sealed.reset(options={"item": 3})
    with pytest.raises(InvalidOption):
        sealed.reset(options=3)
    sealed.reset(seed=np.int64(3), options={})


def test_gymnasium_wrappers_go_round_a_handle(env_id):
    env = gym.make(env_id)
    wrapped = RecordEpisodeStatistics(TimeLimit(infogap.seal(env), 5))
    if isinstance(env.observation_space, gym.spaces.Box):
        wrapped = FrameStackObservation(FlattenObservation(wrapped), 2)
    wrapped.reset(seed=1)
    choose = chooser(env)
    for _ in range(5):
        *_, terminated, truncated, info = wrapped.step(choose())
        if terminated or truncated:
            assert "episode" in info
            break
    assert wrapped.unwrapped is not env.unwrapped
    with pytest.raises((SealedError, Unsupported)):
        infogap.reveal(wrapped)


def test_native_and_sync_vectors_can_be_sealed(env_id):
    native = gym.spec(env_id).vector_entry_point is not None
    for mode in ("vector_entry_point", "sync") if native else ("sync",):
        env = gym.make_vec(env_id, 3, vectorization_mode=mode)
        sealed = infogap.seal(env)
        assert isinstance(sealed, gym.vector.VectorEnv) and sealed.num_envs == 3
        observation, _ = sealed.reset(seed=1)
        assert sealed.observation_space.contains(observation)
        sealed.step(legal_batch(env) if mode == "sync" else sealed.action_space.sample())
        for name in ("envs", "_truth", "_one", "call", "get_attr", "_door", "table"):
            with pytest.raises(SealedError):
                getattr(sealed, name)
        with pytest.raises((SealedError, Unsupported)):
            infogap.reveal(sealed)
    inner = gym.vector.SyncVectorEnv([lambda: infogap.seal(gym.make(env_id))] * 2)
    inner.reset(seed=1)
    with pytest.raises(SealedError):
        infogap.reveal(inner)


def test_masks_are_part_of_the_episode():
    sealed = infogap.seal(gym.make("infogap/TwentyQuestions-v0", masks=True))
    _, info = sealed.reset(seed=1)
    sealed.step(3)
    masks = sealed.action_masks()
    assert masks.dtype == bool and not masks[3] and info["action_mask"].all()


@pytest.mark.parametrize("thing", [None, 3, object(), gym.spaces.Discrete(2)])
def test_only_environments_can_be_sealed(thing):
    with pytest.raises(Unsupported):
        infogap.seal(thing)


@pytest.mark.parametrize("seat", [None, "player_0"])
def test_the_parallel_form_has_no_handles(seat):
    with pytest.raises(Unsupported, match="turn-based form"):
        infogap.seal(kuhn.parallel_env(), seat)


def test_seats_are_for_games(env_id):
    with pytest.raises(Unsupported):
        infogap.seal(gym.make(env_id), "player_0")
    for seat in (None, "player_9", 0):
        with pytest.raises(Unsupported):
            infogap.seal(kuhn.env(), seat)


def test_sealed_seats_play_a_game():
    env = kuhn.env()
    seats = {seat: infogap.seal(env, seat) for seat in env.possible_agents}
    for seat in seats.values():
        assert not seat.selected()
        with pytest.raises(ResetNeeded):
            seat.observe()
    env.reset(seed=3)
    first, second = seats.values()
    assert first.selected() and not second.selected()
    with pytest.raises(SealedError):
        second.step(0)
    with pytest.raises(InvalidAction):
        first.step(5)
    first.step(1)
    second.step(1)
    for name, seat in seats.items():
        observation, reward, terminated, truncated, info = seat.last()
        assert data_equivalence(observation, env.observe(name), exact=True)
        assert terminated and not truncated and info == {} and abs(reward) == 2
        assert seat.agent == name and seat.action_space.n == 2 and seat.observation_space.contains(observation)
    while env.agents:
        seats[env.agent_selection].step(None)
    with pytest.raises(EpisodeOver):
        first.last()


SEAT_OFFERED = {"observe", "last", "step", "selected", "action_space", "observation_space", "agent", "words"}


@pytest.mark.parametrize("game_id", GAMES)
def test_sealed_seats_offer_nothing_else(game_id):
    env = GAMES[game_id].env()
    env.reset(seed=3)
    held = {name for name in dir(env) if not name.startswith("__")} - SEAT_OFFERED
    assert {"_world", "_door", "_position", "state", "infos", "rewards", "seating", "reset", "look"} <= held
    for seat in env.possible_agents:
        sealed = infogap.seal(env, seat)
        assert set(dir(sealed)) - {"get_wrapper_attr", "has_wrapper_attr", "unwrapped"} == SEAT_OFFERED
        assert sealed.words == env.words and sealed.unwrapped is sealed
        for name in (held | {"env", "aec_env", "unwrap", "__dict__", "seats"}) - {"unwrapped"}:
            with pytest.raises(SealedError):
                getattr(sealed, name)
        for copied in (copy.copy, copy.deepcopy, pickle.dumps):
            with pytest.raises(SealedError):
                copied(sealed)
        assert seat in repr(sealed) and env.possible_agents[0] not in repr(sealed).replace(seat, "")


@pytest.mark.parametrize("game_id", GAMES)
def test_a_handle_observes_for_its_own_seat_only(game_id):
    env = GAMES[game_id].env()
    env.reset(seed=3)
    for seat in env.possible_agents:
        sealed = infogap.seal(env, seat)
        assert data_equivalence(sealed.observe(), env.observe(seat), exact=True)
        assert data_equivalence(sealed.observe(seat), env.observe(seat), exact=True)
        for other in (*(s for s in env.possible_agents if s != seat), "verifier", "nobody_0", None, 3):
            with pytest.raises(SealedError) as caught:
                sealed.observe(other)
            assert str(caught.value).count(seat) == 1
            if isinstance(other, str):
                with pytest.raises(SealedError):
                    infogap.view(sealed, other)
        for door in (
            lambda s=sealed: infogap.reveal(s),
            lambda s=sealed: infogap.outcome(s),
            lambda s=sealed: infogap.rekey(s, b"key"),
            lambda s=sealed: infogap.plant(s, infogap.reveal(env)),
        ):
            with pytest.raises(SealedError):
                door()


@pytest.mark.parametrize("game_id", [game_id for game_id, game in GAMES.items() if game.regime == "private"])
def test_handles_play_whole_episodes_of_every_game(game_id):
    """The same episode through the handles of all seats as through the environment; in turn, also at once."""
    bare, env = GAMES[game_id].env(), GAMES[game_id].env()
    seats = {seat: infogap.seal(env, seat) for seat in env.possible_agents}
    rng = np.random.default_rng(5)
    for episode in range(4):
        bare.reset(seed=episode)
        env.reset(seed=episode)
        while bare.agents:
            seat = bare.agent_selection
            assert [name for name, sealed in seats.items() if sealed.selected()] == [seat]
            assert data_equivalence(seats[seat].last(), bare.last(), exact=True)
            done = bare.terminations[seat] or bare.truncations[seat]
            action = None if done else int(rng.choice(np.flatnonzero(bare.observe(seat)["action_mask"])))
            bare.step(action)
            seats[seat].step(action)
        for sealed in seats.values():
            with pytest.raises(EpisodeOver):
                sealed.last()


# -- Stable-Baselines3 -------------------------------------------------------------------------------------------------
@pytest.mark.slow
def test_stable_baselines3_trains_on_handles(env_id):
    pytest.importorskip("torch")
    sb3 = pytest.importorskip("stable_baselines3")
    from stable_baselines3.common.vec_env import DummyVecEnv

    if isinstance(gym.make(env_id).observation_space, gym.spaces.Text):
        pytest.skip("text faces need a tokeniser")
    options = {"illegal": "end"} if env_id in ROLES else {}
    vector = DummyVecEnv([lambda: infogap.seal(gym.make(env_id, **options))] * 2)
    policy = "MultiInputPolicy" if options else "MlpPolicy"
    model = sb3.PPO(policy, vector, n_steps=16, batch_size=16, n_epochs=1, device="cpu", seed=0)
    model.learn(64)
    with pytest.raises((SealedError, Unsupported)):
        infogap.reveal(vector)
