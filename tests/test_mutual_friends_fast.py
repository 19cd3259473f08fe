"""Mutual friends on its fast path, held equal to the specification in all it shows, refuses and reveals."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from mutual_friends_reading import OWN, SEATS, SMALL, dealt

import infogap
from infogap.core.errors import EpisodeOver, InvalidAction, ResetNeeded, Unsupported
from infogap.core.parallel import ParallelGame
from infogap.core.position import Specified
from infogap.envs.social import mutual_friends as game
from infogap.envs.social.mutual_friends_fast import AHEAD, FastParallel, FastPosition

OPTIONS = [
    {},
    {"lying": True},
    {"regime": "mindreader"},
    {"regime": "script", "lying": True},
    {"people": 7, "friends": 4, "turns": 6},
    {"people": 30, "friends": 5, "turns": 7, "regime": "script"},
    {"people": 2, "friends": 1, "turns": 3},
    {"people": 64, "friends": 20, "turns": 40, "lying": True},
]


def specification(**options):
    env = game.env(**options)
    env._door("template")
    return env


def plain(x):
    """Nested results with bytes in place of arrays, which compare fast; all arrays are int8."""
    if isinstance(x, np.ndarray):
        assert x.dtype == np.int8 and x.ndim == 1
        return x.tobytes()
    if isinstance(x, dict):
        return {key: plain(value) for key, value in x.items()}
    return tuple(map(plain, x)) if isinstance(x, (tuple, list)) else x


def everything(env):
    """All that anybody gets of an AEC game at this moment."""
    flags = env.terminations, env.truncations, env.rewards, env._cumulative_rewards, env.infos, env.agents
    where = env.agent_selection, env._position.movers, env._position.turn, env._position.over
    return copy.deepcopy(plain(({seat: env.observe(seat) for seat in SEATS}, env.state(), flags, where)))


def refusal(env, action):
    with pytest.raises(InvalidAction) as error:
        env.step(action)
    return str(error.value)


def chosen(rng, acts, mask):
    """A legal action: answers, withdrawals and requests often, selections rarely."""
    legal = np.flatnonzero(mask)
    weight = np.where(legal >= acts.select, 0.03, np.where(legal >= acts.confirm, 3.0, 1.0))
    action = rng.choice(legal, p=weight / weight.sum())
    return action if rng.random() < 0.1 else int(action)  # NumPy integers are taken, too


def held_equal(options, episodes, seed):
    fast, slow, rng = game.env(**options), specification(**options), np.random.default_rng(seed)
    kinds = np.zeros(10, int)
    for episode in range(episodes):
        start = seed + episode if episode % 11 == 0 else None
        fast.reset(seed=start)
        slow.reset(seed=start)
        assert isinstance(fast._position, FastPosition) and isinstance(slow._position, Specified)
        while True:
            assert everything(fast) == everything(slow)
            if fast._position.over:
                break
            mask = fast.observe(fast.agent_selection)["action_mask"]
            illegal = np.flatnonzero(mask == 0)
            for action in [
                *rng.choice(illegal, min(2, len(illegal)), replace=False).tolist(),
                -1,
                len(mask),
                0.0,
                True,
            ]:
                assert refusal(fast, action) == refusal(slow, action)
            action = chosen(rng, fast.acts, mask)
            kinds[fast.acts.acts[action].kind] += 1
            fast.step(action)
            slow.step(action)
        truth, same = fast._position.truth, infogap.reveal(slow)
        assert truth.friends == same.friends and truth.acts == same.acts and type(truth) is type(same)
        if episode % 3 == 0:
            assert infogap.outcome(fast) == infogap.outcome(slow)
        if episode % 5 == 0:
            one, two = copy.deepcopy(fast), copy.deepcopy(slow)  # who is looked at stays on its specification
            for party in (*SEATS, "verifier", "stranger"):
                assert infogap.view(one, party).fields() == infogap.view(two, party).fields()
    return kinds


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_fast_path_equals_the_specification(options):
    kinds = held_equal(options, 12, seed=5)
    assert kinds[1:5].all() or options.get("people", 32) < 8


@pytest.mark.full
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_fast_path_equals_the_specification_over_many_seeds(options):
    kinds = held_equal(options, 600, seed=1000)
    assert kinds[1:].all() or options.get("people") == 2  # where everybody has the only hobby


def test_deals_drawn_ahead_equal_the_specification():
    """Beyond a block's end, and after episodes that were left, skipped or begun again."""
    fast, slow = game.env(), specification()
    for env in (fast, slow):
        env.reset(seed=7)
    for i in range(2 * AHEAD + 5):
        if i % 100 == 0 or i > 2 * AHEAD:
            assert fast._position.truth.friends == infogap.reveal(slow).friends, i
        if i == AHEAD // 2:
            fast.reset(seed=8)
            slow.reset(seed=8)
        fast.reset()
        slow.reset()
    parallel = game.parallel_env()
    parallel.reset(seed=7)
    fast.reset(seed=7)
    for _ in range(5):
        seen, _ = parallel.reset()
        fast.reset()
        assert plain(seen) == plain({seat: fast.observe(seat) for seat in SEATS})


def test_an_evaluators_key_deals_other_friends_alike_on_both_paths():
    fast, slow, public = game.env(), specification(), game.env()
    public.reset(seed=3)
    for env in (fast, slow):
        env.reset(seed=3)
        infogap.rekey(env, b"evaluator")
    for _ in range(3):
        fast.reset()
        slow.reset()
        public.reset()
        assert isinstance(fast._position, FastPosition)
        assert fast._position.truth.friends == infogap.reveal(slow).friends != public._position.truth.friends


def test_looking_moves_to_the_specification_and_nothing_changes():
    fast, plain = game.env(), game.env()
    rng = np.random.default_rng(2)
    for seed in range(10):
        fast.reset(seed=seed)
        plain.reset(seed=seed)
        for t in range(10):
            before = everything(plain)
            if t == seed % 5:
                truth = infogap.reveal(fast)
                assert truth.friends == plain._position.truth.friends and truth.acts == plain._position.truth.acts
                assert isinstance(fast._position, Specified)
            assert everything(fast) == before
            if plain._position.over:
                break
            action = int(chosen(rng, plain.acts, plain.observe(plain.agent_selection)["action_mask"]))
            fast.step(action)
            plain.step(action)
        fast.reset()
        plain.reset()
        assert isinstance(fast._position, FastPosition) and everything(fast) == everything(plain)
        final, same = infogap.reveal(fast, final=True), infogap.reveal(plain, final=True)
        assert final.friends == same.friends


@pytest.mark.parametrize("again", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))], ids=["copy", "pickle"])
def test_a_copy_goes_on_alike(again):
    env = game.env()
    env.reset(seed=4)
    env.step(int(np.flatnonzero(env.observe("friend_0")["action_mask"])[0]))
    twin = again(env)
    for _ in range(3):
        while not env._position.over:
            assert everything(env) == everything(twin)
            action = int(np.flatnonzero(env.observe(env.agent_selection)["action_mask"])[-1])
            env.step(action)
            twin.step(action)
        env.reset()
        twin.reset()
        assert env._position.truth.friends == twin._position.truth.friends


def test_a_planted_deal_is_played_and_the_next_is_fast_again():
    env = dealt()
    assert isinstance(env._position, Specified) and infogap.reveal(env).friends["friend_1"] == OWN[1]
    env.reset()
    assert isinstance(env._position, FastPosition)


def test_arrays_are_fresh():
    for env in (game.env(), game.env(regime="script")):
        env.reset(seed=1)
        before = everything(env)
        for seat in SEATS:
            for array in env.observe(seat).values():
                array += 7
        assert everything(env) == before
        for _ in range(200):  # masks of the seat that waits are rows of one block
            assert not env.observe("friend_1")["action_mask"].any()
            env.observe("friend_1")["action_mask"][:] = 1


# -- the parallel form -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("options", OPTIONS[:5], ids=str)
def test_parallel_form_equals_the_base_and_the_aec_form(options):
    fast, base, aec = game.parallel_env(**options), ParallelGame(specification(**options)), game.env(**options)
    assert isinstance(fast, FastParallel) and fast.metadata == base.metadata
    rng = np.random.default_rng(0)
    for episode in range(25):
        seed = 50 + episode if episode % 6 == 0 else None
        seen = fast.reset(seed=seed)
        assert plain(seen) == plain(base.reset(seed=seed))
        aec.reset(seed=seed)
        observations = seen[0]
        while fast.agents:
            mover = aec.agent_selection
            for bad in ({}, None, 3, [0], {"friend_9": 0}, {mover: None}, {mover: -1}, {mover: 10**6}):
                for env in (fast, base):
                    with pytest.raises(InvalidAction):
                        env.step(bad)
            action = int(chosen(rng, aec.acts, observations[mover]["action_mask"]))
            joint = {seat: action if seat == mover else object() for seat in SEATS}  # the other is not heard
            results = fast.step(joint)
            assert plain(results) == plain(base.step(joint)) and fast.agents == base.agents
            assert (fast.state() == base.state()).all()
            aec.step(action)
            observations = results[0]
            assert plain(observations) == plain({seat: aec.observe(seat) for seat in SEATS})
            assert results[1] == aec.rewards and results[2] == aec.terminations and results[3] == aec.truncations
        assert infogap.outcome(fast) == infogap.outcome(base)
        for env in (fast, base):
            with pytest.raises(EpisodeOver):
                env.step({seat: 0 for seat in SEATS})


def test_calls_out_of_order_are_refused():
    parallel, env = game.parallel_env(**SMALL), game.env(**SMALL)
    with pytest.raises(ResetNeeded):
        parallel.step({seat: 0 for seat in SEATS})
    for call in (lambda: env.step(0), lambda: env.observe("friend_0"), env.state):
        with pytest.raises(ResetNeeded):
            call()
    env.reset(seed=0)
    for seat in ("friend_2", "", 0, None):
        with pytest.raises(Unsupported):
            env.observe(seat)
    for _ in SEATS:
        env.step(int(np.flatnonzero(env.observe(env.agent_selection)["action_mask"])[-1]))
    with pytest.raises(InvalidAction):
        env.step(0)
    env.step(None)
    env.step(None)
    with pytest.raises(EpisodeOver):
        env.step(0)
