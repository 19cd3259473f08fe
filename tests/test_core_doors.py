"""The doors: reveal, view, plant and rekey, on single, vector and PettingZoo environments, wrapped or not."""

from __future__ import annotations

import pickle

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AsyncVectorEnv, AutoresetMode, SyncVectorEnv
from gymnasium.wrappers import RecordEpisodeStatistics, TimeLimit

import infogap
from infogap.core.env import use_template
from infogap.core.errors import InvalidKey, InvalidTruth, NotGranted, ResetNeeded, Unsupported
from infogap.envs.inquiry.twenty_questions import TwentyQuestions
from infogap.envs.inquiry.vector import TwentyQuestionsVector
from infogap.envs.social import kuhn
from infogap.envs.social.kuhn import KuhnTruth

ID = "infogap/TwentyQuestions-v0"


def secret(item, fill=0, **options):
    return TwentyQuestions(**options).truth_type(item=item, fill=fill)


def single(kind: str):
    env = TwentyQuestions()
    if kind == "template":
        use_template(env)
    if kind == "wrapped":
        return RecordEpisodeStatistics(TimeLimit(gym.make(ID), 50))
    return env


def items(env, *, final: bool = False) -> list[int]:
    """Item of each row, however the truth of a vector comes."""
    truth = infogap.reveal(env, final=final)
    return [t.item for t in truth] if isinstance(truth, tuple) else np.asarray(truth.item).tolist()


def deals(seed: int) -> list[int]:
    """The items of the first four episodes of a seed."""
    env, dealt = TwentyQuestions(), []
    for episode in range(4):
        env.reset(seed=None if episode else seed)
        dealt.append(infogap.reveal(env).item)
    return dealt


ROWS = [deals(seed) for seed in (3, 4, 5)]


# -- single ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["fast", "template", "wrapped"])
def test_reveal_of_this_and_of_the_last_episode(kind):
    env = single(kind)
    for final in (False, True):
        with pytest.raises(ResetNeeded):
            infogap.reveal(env, final=final)
    env.reset(seed=3)
    with pytest.raises(ResetNeeded):
        infogap.reveal(env, final=True)
    assert infogap.reveal(env).item == ROWS[0][0]
    for episode in range(1, 4):
        env.reset()
        if episode % 2:
            assert infogap.reveal(env).item == ROWS[0][episode]
        assert infogap.reveal(env, final=True).item == ROWS[0][episode - 1]
    guess = env.unwrapped.table.q
    env.step(guess)  # an episode that has ended is the final one until the next reset
    assert infogap.reveal(env, final=True).item == ROWS[0][3]
    env.reset(seed=4)
    assert infogap.reveal(env, final=True).item == ROWS[0][3]
    assert infogap.reveal(env).item == ROWS[1][0]


@pytest.mark.parametrize("kind", ["fast", "template", "wrapped"])
@pytest.mark.parametrize("late", [False, True], ids=["at once", "after episodes nobody looked at"])
def test_views_are_of_the_current_episode(kind, late):
    env = single(kind)
    env.reset(seed=3)
    if late:
        env.reset()
        env.reset()
    table = env.unwrapped.table
    agent = infogap.view(env, "agent")
    told = [agent.answer(q) for q in range(table.q)]
    assert told == table.answers[infogap.reveal(env).item].tolist()
    verifier = infogap.view(env, "verifier")
    for _ in range(3):
        told = [agent.answer(q) for q in range(table.q)]  # before anybody else looks, who would deal the truth
        item = infogap.reveal(env).item
        assert told == table.answers[item].tolist()
        assert verifier.item == item and verifier.fields() == {"item": item, "fill": 0}
        assert agent.is_it(item) and not agent.is_it((item + 1) % table.n)
        with pytest.raises(NotGranted):
            _ = agent.item
        env.reset()


@pytest.mark.parametrize("kind", ["fast", "template", "wrapped"])
def test_plant_deals_once(kind):
    env = single(kind)
    env.reset(seed=3)
    infogap.plant(env, secret(17))
    assert infogap.reveal(env).item == ROWS[0][0], "not before the next reset"
    observation, _ = env.reset()
    assert not observation.any() and infogap.reveal(env).item == 17
    table = env.unwrapped.table
    assert env.step(0)[0][0] == table.answers[17, 0] + 1
    assert env.step(table.q + 17)[1] == 1.0
    env.reset()
    assert infogap.reveal(env).item == ROWS[0][2] and infogap.reveal(env, final=True).item == 17
    infogap.plant(env, secret(5))
    env.reset(seed=4)
    assert infogap.reveal(env).item == 5
    env.reset()
    assert infogap.reveal(env).item == ROWS[1][1]


def test_a_planted_truth_is_refused_where_it_does_not_fit():
    env = TwentyQuestions()
    env.reset(seed=3)
    for wrong in (
        secret(1, noise=0.1),  # the class of another table
        KuhnTruth(card={"player_0": 0, "player_1": 1}, history=""),
        secret(np.arange(3), np.zeros(3, int)),
        secret(1, -1),
        secret(1, 0.5),
        secret(1, "x"),
        [secret(1)],
        None,
        17,
        {"item": 3},
    ):
        with pytest.raises(InvalidTruth):
            infogap.plant(env, wrong)
    for item in (-1, 118, 1.0, True, "a", None, np.array([]), [1, 200]):
        with pytest.raises(InvalidTruth):
            secret(item)
    env.reset()
    assert infogap.reveal(env).item == ROWS[0][1], "nothing was planted"


@pytest.mark.parametrize("options", [{}, {"unknown": "redrawn"}, {"noise": 0.2}, {"masks": True}])
def test_planted_numpy_integers_are_as_good_as_ints(options):
    plain, numpy, zero = (TwentyQuestions(budget=300, observation="last", **options) for _ in range(3))
    item, fill = 110, 12345 if options.get("unknown") else 0
    infogap.plant(plain, plain.truth_type(item=item, fill=fill))
    infogap.plant(numpy, plain.truth_type(item=np.int64(item), fill=np.int64(fill)))
    infogap.plant(zero, plain.truth_type(item=np.array(item), fill=np.array(fill)))
    for env in (plain, numpy, zero):
        env.reset(seed=1)
    for question in range(plain.table.q):
        a, b, c = (env.step(question) for env in (plain, numpy, zero))
        assert (a[0] == b[0]).all() and (a[0] == c[0]).all() and a[1:4] == b[1:4] == c[1:4]
    assert [env.step(plain.table.q + item)[1] for env in (plain, numpy, zero)] == [1.0] * 3
    if fill:
        others = [plain.table.answer(item, 0, q) != plain.table.answer(item, fill, q) for q in range(plain.table.q)]
        assert any(others), "the fill decides something"


def test_a_truth_can_be_pickled():
    for options in ({}, {"world": "countries", "noise": 0.1}, {"unknown": "redrawn"}):
        env = TwentyQuestions(**options)
        env.reset(seed=2)
        truth = infogap.reveal(env)
        again = pickle.loads(pickle.dumps(truth))
        assert type(again) is type(truth) and (again.item, again.fill) == (truth.item, truth.fill)
        assert len(pickle.dumps(truth)) < 1_000, "the public table does not travel along"


@pytest.mark.parametrize("kind", ["fast", "template", "wrapped"])
def test_rekey_changes_what_the_seed_deals(kind):
    first, second, third = (single(kind) for _ in range(3))
    infogap.rekey(first, b"one")
    infogap.rekey(second, b"one")
    infogap.rekey(third, b"two")
    dealt = []
    for env in (first, second, third, single(kind)):
        env.reset(seed=3)
        dealt.append([infogap.reveal(env).item for _ in range(12) if env.reset()])
    assert dealt[0] == dealt[1]
    assert dealt[0] != dealt[2] and dealt[0] != dealt[3] and dealt[2] != dealt[3]
    infogap.rekey(first, b"two")
    assert infogap.reveal(first).item == dealt[0][-1], "not before the next reset"
    first.reset()
    assert infogap.reveal(first, final=True).item == dealt[0][-1]
    first.reset(seed=3)
    assert [infogap.reveal(first).item for _ in range(12) if first.reset()] == dealt[2]
    for bad in (b"", "text", None, 1, b"x" * 65):
        with pytest.raises(InvalidKey):
            infogap.rekey(first, bad)


def test_noise_is_rekeyed_too():
    env, keyed = (
        TwentyQuestions(noise=0.3, budget=400, observation="log"),
        TwentyQuestions(noise=0.3, budget=400, observation="log"),
    )
    infogap.rekey(keyed, b"k")
    told = []
    for one in (env, keyed):
        infogap.plant(one, one.truth_type(item=3, fill=0))
        one.reset(seed=1)
        told.append([one.step(0)[0][i, 1] for i in range(200)])
    assert told[0] != told[1]


@pytest.mark.parametrize("thing", [None, 3, gym.make("CartPole-v1"), object()])
def test_doors_need_an_environment_of_ours(thing):
    for door in (
        lambda: infogap.reveal(thing),
        lambda: infogap.view(thing, "agent"),
        lambda: infogap.plant(thing, secret(1)),
        lambda: infogap.rekey(thing, b"k"),
    ):
        with pytest.raises(Unsupported):
            door()


def test_parties_have_names():
    env = TwentyQuestions()
    for party in (None, 3, ["agent"]):
        with pytest.raises(Unsupported):
            infogap.view(env, party)


# -- vectors -----------------------------------------------------------------------------------------------------------
def vectors(kind: str, n: int = 3, **options):
    make = [lambda: gym.make(f"infogap:{ID}", **options)] * n  # workers that are not forked have to import us
    if kind == "native":
        return gym.make_vec(ID, n, **options)
    if kind == "sync":
        return SyncVectorEnv(make)
    if kind == "async":
        return AsyncVectorEnv(make)
    vec_env = pytest.importorskip("stable_baselines3.common.vec_env")
    return vec_env.DummyVecEnv(make) if kind == "dummy" else vec_env.SubprocVecEnv(make)


def reset(env, seed: int) -> None:
    if hasattr(env, "env_method"):
        env.seed(seed)
        env.reset()
    else:
        env.reset(seed=seed)


@pytest.mark.parametrize("kind", ["native", "sync", "async", "dummy", pytest.param("subproc", marks=pytest.mark.slow)])
def test_reveal_and_rekey_through_every_vector(kind):
    env = vectors(kind)
    try:
        reset(env, 3)
        assert items(env) == [row[0] for row in ROWS]
        guess = np.full(3, TwentyQuestions().table.q)
        env.step(guess)  # a guess ends every episode
        assert items(env, final=True) == [row[0] for row in ROWS]
        env.step(guess)  # Gymnasium's autoreset in the next step; Stable-Baselines3's is in the same
        if kind in ("dummy", "subproc"):
            assert items(env, final=True) == [row[1] for row in ROWS]
            assert items(env) == [row[2] for row in ROWS]
        else:
            assert items(env, final=True) == [row[0] for row in ROWS]
            assert items(env) == [row[1] for row in ROWS]
        infogap.rekey(env, b"key")
        reset(env, 3)
        lone = TwentyQuestions()
        infogap.rekey(lone, b"key")
        expected = []
        for seed in (3, 4, 5):
            lone.reset(seed=seed)
            expected.append(infogap.reveal(lone).item)
        assert items(env) == expected
    finally:
        env.close()


@pytest.mark.parametrize("kind", ["native", "sync", "dummy"])
def test_views_through_vectors(kind):
    env = vectors(kind)
    reset(env, 3)
    expected = [row[0] for row in ROWS]
    seen = infogap.view(env, "verifier")
    assert (seen.item.tolist() if kind == "native" else [v.item for v in seen]) == expected
    agent = infogap.view(env, "agent")
    table = TwentyQuestions().table
    told = agent.answer(np.array([5, 6, 7])) if kind == "native" else [v.answer(5 + i) for i, v in enumerate(agent)]
    assert list(told) == [table.answers[item, 5 + i] for i, item in enumerate(expected)]
    with pytest.raises(NotGranted):
        _ = agent.item if kind == "native" else agent[0].item
    guess = np.full(3, table.q)
    for _ in range(2):
        env.step(guess)
    assert (seen.item.tolist() if kind == "native" else [v.item for v in seen]) == items(env), "a view stays current"


def test_plant_through_vectors():
    dummy = vectors("dummy")
    reset(dummy, 3)
    infogap.plant(dummy, [secret(i) for i in (7, 8, 9)])
    dummy.reset()
    assert items(dummy) == [7, 8, 9]
    for wrong in ([secret(1)], [secret(1)] * 4, 5, None, [1, 2, 3]):
        with pytest.raises(InvalidTruth):
            infogap.plant(dummy, wrong)
    sync = vectors("sync")
    with pytest.raises(Unsupported):
        infogap.plant(sync, [secret(i) for i in (7, 8, 9)])
    infogap.plant(sync, secret(11))  # one truth for all
    sync.reset(seed=1)
    assert items(sync) == [11] * 3
    for i, env in enumerate(sync.envs):
        infogap.plant(env, secret(i))
    sync.reset()
    assert items(sync) == [0, 1, 2]


def test_plant_in_native_vectors():
    env = TwentyQuestionsVector(3)
    env.reset(seed=3)
    for wrong in (
        secret(5),
        secret(np.arange(2), np.zeros(2, int)),
        secret(np.arange(3), np.full(3, 7)),
        secret(np.arange(3), np.zeros(3)),
        secret(np.arange(3), 0),
        [secret(1)] * 3,
        secret(np.arange(3), np.zeros(3, int), noise=0.1),
        None,
    ):
        with pytest.raises(InvalidTruth):
            infogap.plant(env, wrong)
    planted = np.array([10, 20, 117], np.int8)
    infogap.plant(env, secret(planted, np.zeros(3, np.uint8)))
    planted[:] = 0
    assert items(env) == [row[0] for row in ROWS]
    env.reset()
    assert items(env) == [10, 20, 117] and items(env, final=True) == [row[0] for row in ROWS]
    right = env.table.q + np.array([10, 20, 117])
    assert env.step(right)[1].tolist() == [1.0] * 3
    env.step(right)
    assert items(env) == [row[2] for row in ROWS] and items(env, final=True) == [10, 20, 117]


@pytest.mark.parametrize("how", ["plain", "seed", "rekey", "plant", "some seeds"])
def test_final_truths_of_native_vectors_equal_those_of_single_environments(how):
    """Whatever takes the streams elsewhere, the final truths are those of the episodes before it."""
    native = TwentyQuestionsVector(3, autoreset_mode=AutoresetMode.DISABLED)
    singles = [TwentyQuestions() for _ in range(3)]
    native.reset(seed=3)
    for i, env in enumerate(singles):
        env.reset(seed=3 + i)
    rng = np.random.default_rng(0)
    for round in range(12):
        mask = rng.random(3) < 0.6
        mask[round % 3] = True
        seeds = [None] * 3
        if round in (4, 8):
            if how in ("rekey", "plant"):
                mask[:] = True
            if how == "rekey":
                for env in (native, *singles):
                    infogap.rekey(env, bytes([round]))
            if how == "plant":
                infogap.plant(native, secret(np.arange(3), np.zeros(3, int)))
                for i, env in enumerate(singles):
                    infogap.plant(env, secret(i))
            if how == "seed":
                seeds = [50 + round + i for i in range(3)]
            if how == "some seeds":
                seeds = [None, 60 + round, None]
        native.reset(seed=seeds, options={"reset_mask": mask})
        for i in np.flatnonzero(mask):
            singles[i].reset(seed=seeds[i])
        assert items(native) == [infogap.reveal(env).item for env in singles]
        if round < 2 and not all(env._world.episode for env in singles):
            continue
        assert items(native, final=True) == [infogap.reveal(env, final=True).item for env in singles], round


def test_what_native_vectors_reveal_is_a_copy():
    env = TwentyQuestionsVector(3)
    with pytest.raises(ResetNeeded):
        infogap.reveal(env)
    with pytest.raises(ResetNeeded):
        infogap.reveal(env, final=True)
    env.reset(seed=3)
    with pytest.raises(ResetNeeded):
        infogap.reveal(env, final=True)
    infogap.reveal(env).item[:] = 0
    assert items(env) == [row[0] for row in ROWS]


# -- games -------------------------------------------------------------------------------------------------------------
def test_only_games_have_an_outcome():
    id = "infogap/TwentyQuestions-v0"
    for env in (gym.make(id), gym.make_vec(id, 2), gym.make_vec(id, 2, vectorization_mode="sync")):
        env.reset(seed=0)
        with pytest.raises(Unsupported, match="has no outcome"):
            infogap.outcome(env)


@pytest.mark.parametrize("form", ["aec", "parallel"])
def test_doors_of_games(form):
    env = kuhn.env() if form == "aec" else kuhn.parallel_env()
    with pytest.raises(ResetNeeded):
        infogap.reveal(env)
    env.reset(seed=1)
    first = infogap.reveal(env)
    assert first.history == "" and set(first.card) == {"player_0", "player_1"}
    infogap.plant(env, KuhnTruth(card={"player_0": 2, "player_1": 0}, history=""))
    assert infogap.reveal(env) is first
    env.reset()
    assert infogap.reveal(env).card == {"player_0": 2, "player_1": 0}
    assert infogap.reveal(env, final=True) is first
    views = {party: infogap.view(env, party) for party in ("player_0", "player_1", "verifier")}
    for action in (1, 1):
        env.step(action if form == "aec" else {"player_0": action, "player_1": action})
    assert {view.history for view in views.values()} == {"bb"} and views["player_0"].payoff() == 2
    with pytest.raises(InvalidTruth):
        infogap.plant(env, secret(1))
    dealt = set()
    for key in (b"a", b"b", None):
        if key:
            infogap.rekey(env, key)
        else:
            env = type(env)() if form == "aec" else kuhn.parallel_env()
        env.reset(seed=5)
        cards = []
        for _ in range(20):
            env.reset()
            cards.append(tuple(infogap.reveal(env).card.values()))
        dealt.add(tuple(cards))
    assert len(dealt) == 3


def test_doors_through_pettingzoo_wrappers():
    from pettingzoo.utils.wrappers import AssertOutOfBoundsWrapper, OrderEnforcingWrapper

    env = OrderEnforcingWrapper(AssertOutOfBoundsWrapper(kuhn.env()))
    infogap.plant(env, KuhnTruth(card={"player_0": 1, "player_1": 0}, history=""))
    env.reset(seed=1)
    assert infogap.reveal(env).card == {"player_0": 1, "player_1": 0}
    assert infogap.view(env, "player_1").card == 0
    seat = infogap.seal(env, "player_0")
    assert seat.last()[0]["observation"].tolist() == [0, 1, 0, 0, 0, 0]
