"""Every registered game, in every information regime, keeps PettingZoo's promises and ours."""

from __future__ import annotations

import copy
import pickle
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pettingzoo
import pytest
from gymnasium.utils.env_checker import data_equivalence
from registry_play import equal, fields, play_game, play_parallel

import infogap
from infogap.core.chance import Chance
from infogap.core.errors import InfogapError, InvalidAction, ResetNeeded
from infogap.core.truth import partition
from infogap.envs import GAMES

games = pytest.mark.parametrize("game_id", sorted(GAMES))
private = pytest.mark.parametrize("game_id", sorted(id for id, game in GAMES.items() if game.regime == "private"))
copies = pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))], ids=["deepcopy", "pickle"]
)
NONSENSE = (10**6, -1, None, True, 1.0, "0", np.nan, [0], {}, np.array([0]))


def legal_actions(env: Any, rng: np.random.Generator) -> dict[str, int]:
    """A random legal action for each seat that is to act; 0 for the others."""
    masks = {seat: np.flatnonzero(env.observe(seat)["action_mask"]) for seat in env.agents}
    return {seat: int(rng.choice(legal)) if legal.size else 0 for seat, legal in masks.items()}


def episodes(env: Any, count: int, seed: int = 0) -> Iterator[Any]:
    """Random legal episodes; yields the environment before each move and at the end of each."""
    rng = np.random.default_rng(seed)
    for episode in range(count):
        env.reset(seed=seed if episode == 0 else None)
        while not env._position.over:
            yield env
            env.step(legal_actions(env, rng)[env.agent_selection])
        yield env


# -- other people's checkers -------------------------------------------------------------------------------------------
@games
def test_pettingzoo_registry_makes_what_the_list_makes(game_id):
    if not hasattr(pettingzoo, "make"):
        pytest.skip("this PettingZoo has no registry")
    made, game = (pettingzoo.make("aec", game_id), pettingzoo.make("parallel", game_id)), GAMES[game_id]
    assert equal(play_game(made[0], 12), play_game(game.env(), 12))
    assert equal(play_parallel(made[1], 12), play_parallel(game.parallel_env(), 12))


@games
def test_pettingzoo_api_check_env(game_id, capsys):
    from pettingzoo.test import api_test, parallel_api_test, seed_test

    game = GAMES[game_id]
    with warnings.catch_warnings():
        for known in ("Observation space for each agent probably", "Observation is not a NumPy array", ".*deprecat"):
            warnings.filterwarnings("ignore", message=known)
        api_test(game.env(), num_cycles=30)
        parallel_api_test(game.parallel_env(), num_cycles=30)
        seed_test(game.env, num_cycles=20)
    capsys.readouterr()


# -- determinism -------------------------------------------------------------------------------------------------------
@games
def test_same_seed_same_game(game_id):
    """Whole rollouts: PettingZoo 1.27's own parallel_seed_test looks at one step only."""
    game = GAMES[game_id]
    assert equal(play_game(game.env(), 60), play_game(game.env(), 60))
    assert equal(play_parallel(game.parallel_env(), 40), play_parallel(game.parallel_env(), 40))
    assert not equal(play_game(game.env(), 60, seed=0), play_game(game.env(), 60, seed=1))


@games
@copies
@pytest.mark.parametrize("path", ["fast", "specification"])
def test_copies_of_a_game_go_on_alike(game_id, copied, path):
    env = GAMES[game_id].env()
    if path == "specification":
        env._door("template")
    walk = episodes(env, 2)
    for _ in range(2):
        next(walk)
    other = copied(env)
    rng = np.random.default_rng(1)
    for _ in range(20):
        if not env.agents:
            env.reset()
            other.reset()
        assert equal(env.last(), other.last()) and env.rewards == other.rewards
        done = env.terminations[env.agent_selection]
        action = None if done else legal_actions(env, rng)[env.agent_selection]
        env.step(action)
        other.step(action)


@games
def test_copies_of_the_parallel_form_go_on_alike(game_id):
    env = GAMES[game_id].parallel_env()
    next(walk := play_parallel(env, 30))
    other = copy.deepcopy(pickle.loads(pickle.dumps(env)))
    kept = {seat: np.flatnonzero(env._game.observe(seat)["action_mask"]) for seat in env.agents}
    actions = {seat: int(legal[0]) if legal.size else 0 for seat, legal in kept.items()}
    assert equal(env.step(actions), other.step(actions))
    walk.close()


@games
def test_the_fast_way_is_the_specification(game_id):
    """Observations, masks, rewards, ends, errors and truths of whole episodes, in both forms."""
    fast, spec = GAMES[game_id].env(), GAMES[game_id].env()
    spec._door("template")
    rng = np.random.default_rng(2)
    for episode in range(6):
        for env in (fast, spec):
            env.reset(seed=episode if episode % 3 == 0 else None)
        while fast.agents:
            for seat in fast.agents:
                assert data_equivalence(fast.observe(seat), spec.observe(seat), exact=True)
            assert fast.agent_selection == spec.agent_selection and fast.agents == spec.agents
            assert fast.rewards == spec.rewards and fast._cumulative_rewards == spec._cumulative_rewards
            assert fast.terminations == spec.terminations and fast.truncations == spec.truncations
            done = fast.terminations[fast.agent_selection]
            bad = NONSENSE[int(rng.integers(len(NONSENSE)))] if not done else 0
            illegal = np.flatnonzero(fast.observe(fast.agent_selection)["action_mask"] == 0)
            for wrong in (bad, int(rng.choice(illegal)) if illegal.size else 10**9):
                said = []
                for env in (fast, spec):
                    with pytest.raises(InvalidAction) as error:
                        env.step(wrong)
                    said.append(str(error.value))
                assert said[0] == said[1]
            if episode % 3 == 2:  # looking moves the fast one to the specification
                truths = [fields(infogap.reveal(env)) for env in (fast, spec)]
                assert str(truths[0]) == str(truths[1])
            action = None if done else legal_actions(fast, rng)[fast.agent_selection]
            fast.step(action)
            spec.step(action)
        final = [fields(infogap.reveal(env, final=True)) for env in (fast, spec)]
        assert str(final[0]) == str(final[1])


@games
def test_the_fast_way_in_parallel_is_the_specification(game_id):
    fast, spec = GAMES[game_id].parallel_env(), GAMES[game_id].parallel_env()
    spec._door("template")
    rng = np.random.default_rng(2)
    for episode in range(4):
        seed = episode if episode % 2 == 0 else None
        ours, theirs = fast.reset(seed=seed), spec.reset(seed=seed)
        while fast.agents:
            assert data_equivalence(ours, theirs, exact=True)
            legal = {seat: np.flatnonzero(ours[0][seat]["action_mask"]) for seat in fast.agents}
            actions = {seat: int(rng.choice(moves)) if moves.size else 0 for seat, moves in legal.items()}
            movers = [seat for seat, moves in legal.items() if moves.size]
            for wrong in ({}, None, {**actions, movers[-1]: NONSENSE[int(rng.integers(len(NONSENSE)))]}):
                said = []
                for env in (fast, spec):
                    with pytest.raises(InvalidAction) as error:
                        env.step(wrong)
                    said.append(str(error.value))
                assert said[0] == said[1]
            ours, theirs = fast.step(actions), spec.step(dict(reversed(actions.items())))
            if episode == 3:
                assert str(fields(infogap.reveal(fast))) == str(fields(infogap.reveal(spec)))
        assert data_equivalence(ours, theirs, exact=True)


# -- rules of the interface --------------------------------------------------------------------------------------------
@games
def test_bombardment_with_legal_actions(game_id):
    """All that is returned stays in its space, and only the seats that are to act have legal moves."""
    env = GAMES[game_id].env()
    ends = 0
    for _ in episodes(env, 25):
        movers = env._position.movers
        for seat in env.agents:
            seen = env.observe(seat)
            assert env.observation_space(seat).contains(seen)
            assert seen["action_mask"].any() == (seat in movers)
        assert env.state_space.contains(env.state())
        if env._position.over:
            ends += 1
            assert movers == () and all(env.terminations.values())
            assert all(np.isfinite(reward) for reward in env._cumulative_rewards.values())
        else:
            assert env.agent_selection == movers[0] and not any(env.terminations.values())
    assert ends == 25


@games
def test_ids_names_and_truths_agree_on_the_regime(game_id):
    env, parallel = GAMES[game_id].env(), GAMES[game_id].parallel_env()
    regime = GAMES[game_id].regime
    assert env.regime.name == regime and env.metadata["name"] == parallel.metadata["name"]
    assert (f"-{regime}-" in game_id) == (f"_{regime}_" in env.metadata["name"]) == (regime != "private")
    assert env.metadata["name"].endswith("_v0") and parallel.metadata["is_parallelizable"]
    hidden = [row.name for row in partition(env.truth_type) if row.kind == "field" and infogap.ALL not in row.to]
    assert bool(hidden) != (regime in ("mindreader", "script"))


@games
def test_in_turns_and_in_parallel_it_is_the_same_game(game_id):
    """The same actions: what seats see after each step, what they are paid, and how it ends, bit for bit."""
    turns, parallel = GAMES[game_id].env(), GAMES[game_id].parallel_env()
    rng = np.random.default_rng(3)
    for episode in range(8):
        turns.reset(seed=episode)
        seen, _ = parallel.reset(seed=episode)
        while parallel.agents:
            assert all(data_equivalence(seen[s], turns.observe(s), exact=True) for s in parallel.agents)
            actions = legal_actions(turns, rng)
            paid = dict.fromkeys(turns.agents, 0.0)
            for seat in turns._position.movers:
                assert turns.agent_selection == seat
                turns.step(actions[seat])
                paid = {s: paid[s] + turns.rewards[s] for s in paid}
            seen, rewards, terminations, truncations, infos = parallel.step(dict(reversed(actions.items())))
            assert rewards == paid and terminations == turns.terminations and truncations == turns.truncations
            assert set(infos) == set(seen) == set(turns.possible_agents)
        assert turns._position.over and data_equivalence(
            seen, {s: turns.observe(s) for s in turns.possible_agents}, exact=True
        )


@private
def test_there_and_back_again_is_the_same_game(game_id):
    """PettingZoo's parallel_to_aec over the parallel form: rounds of all seats, the same observations and rewards."""
    from pettingzoo.utils.conversions import parallel_to_aec

    parallel, back = GAMES[game_id].parallel_env(), parallel_to_aec(GAMES[game_id].parallel_env())
    rng = np.random.default_rng(4)
    for episode in range(4):
        seen, _ = parallel.reset(seed=episode)
        back.reset(seed=episode)
        total = dict.fromkeys(parallel.possible_agents, 0.0)
        while parallel.agents:
            legal = {s: np.flatnonzero(seen[s]["action_mask"]) for s in parallel.agents}
            actions = {s: int(rng.choice(moves)) if moves.size else 0 for s, moves in legal.items()}
            for seat in parallel.agents:
                assert back.agent_selection == seat and data_equivalence(back.observe(seat), seen[seat], exact=True)
                back.step(actions[seat])
            seen, rewards, *_ = parallel.step(actions)
            assert {s: back.rewards[s] for s in rewards} == rewards
            total = {s: total[s] + rewards[s] for s in total}
        assert all(back.terminations.values())


@games
def test_returned_data_is_not_reused(game_id):
    """Whoever scribbles on what it was given changes nothing."""
    env, twin = GAMES[game_id].env(), GAMES[game_id].env()
    for ours, theirs in zip(episodes(env, 4), episodes(twin, 4), strict=True):
        for seat in ours.agents:
            seen = ours.observe(seat)
            assert data_equivalence(seen, theirs.observe(seat), exact=True)
            for array in (*seen.values(), ours.state()):
                array[...] = 1


# -- the contract ------------------------------------------------------------------------------------------------------
@games
def test_views_and_truths_hold_what_their_spaces_say(game_id):
    env = GAMES[game_id].env()
    named = set().union(*(row.to | row.at_end for row in partition(env.truth_type))) - {infogap.ALL, infogap.OWN}
    parties = sorted({*named, "verifier", "stranger", *env.possible_agents})
    for _ in episodes(env, 3):
        for party in parties:
            seen = infogap.view(env, party).fields()
            if env._position.over:
                assert env.view_space(party).contains(seen), party
        assert env.truth_space.contains(fields(infogap.reveal(env)))


@games
def test_types_are_in_their_sizes_and_stay_as_dealt(game_id):
    env = GAMES[game_id].env()
    before: dict[str, Any] = {}
    number = -1
    for _ in episodes(env, 6):
        truth = infogap.reveal(env)
        if env._world.episode != number:
            number, before = env._world.episode, {}
        for seat, sizes in zip(*env.seating, strict=True):
            kind = truth.type_of(seat)
            assert len(kind) == len(sizes) and all(0 <= c < size for c, size in zip(kind, sizes, strict=True))
            assert before.setdefault(seat, kind) == kind
            assert isinstance(env.describe(seat, kind), str)


@private
def test_resample_deals_what_a_seat_can_not_tell_apart(game_id):
    env, twin = GAMES[game_id].env(), GAMES[game_id].env()
    others = 0
    for seed in range(8):
        env.reset(seed=seed)
        truth = infogap.reveal(env)
        for seat in env.possible_agents:
            other = env.resample(truth, seat, Chance(seed))
            infogap.plant(twin, other)
            twin.reset()
            assert data_equivalence(twin.observe(seat), env.observe(seat), exact=True)
            others += any(other.type_of(s) != truth.type_of(s) for s in env.possible_agents if s != seat)
    assert others > 4


@games
def test_the_verifier_judges_every_finished_game(game_id):
    env = GAMES[game_id].env()
    with pytest.raises(ResetNeeded):
        infogap.outcome(env)
    names = None
    for _ in episodes(env, 10):
        if not env._position.over:
            with pytest.raises(ResetNeeded):
                infogap.outcome(env)
            continue
        verdict = infogap.outcome(env)
        assert type(verdict.success) is bool and 0.0 <= verdict.score <= 1.0
        assert all(type(value) in (float, int, bool) and np.isfinite(value) for value in verdict.checks.values())
        assert names is None or set(verdict.checks) == names
        names = set(verdict.checks)
        for seat in env.possible_agents:
            assert verdict.checks[f"payoff_{seat}"] == pytest.approx(env._cumulative_rewards[seat])
    assert "pareto" in names or "correct" in names


@private
def test_partners_play_legally_and_some_are_held_out(game_id):
    game = GAMES[game_id].env()
    assert {"truthful", "silent", "adversarial", "naive"} <= set(game.partners)
    assert {"equilibrium", "prudent"} & set(game.partners)
    assert len(game.held_out) >= 2 and game.held_out < set(game.partners)
    for name, maker in game.partners.items():
        act, chance = maker(game), Chance(1)
        for episode in range(20):
            game.reset(seed=episode)
            turn = 0
            while not game._position.over:
                seat, turn = game.agent_selection, turn + 1
                seen = game.observe(seat)
                action = act(seat, seen, chance.at(episode, turn))
                assert seen["action_mask"][action], f"{name} at {seat}"
                assert action == act(seat, game.observe(seat), chance.at(episode, turn)), "partners remember nothing"
                game.step(action)


@private
def test_roles_seats_and_words(game_id):
    game = GAMES[game_id].env()
    assert game.roles and set(game.roles.values()) <= set(game.possible_agents)
    assert len(game.words) == game.action_space(game.possible_agents[0]).n
    assert "-" not in GAMES[game_id].base
    for module_form in ("env", "raw_env", "parallel_env"):
        import importlib

        assert callable(getattr(importlib.import_module(GAMES[game_id].module), module_form))


@games
def test_errors_are_of_this_package(game_id):
    env = GAMES[game_id].env()
    for broken in (lambda: env.observe("nobody_9"), lambda: env.step(0), env.state, lambda: env.reset(seed=-1)):
        with pytest.raises(InfogapError):
            broken()
    for option in ({"regime": "script"}, {"render_mode": "human"}, {"accuracy": 2.0}):
        with pytest.raises(InfogapError):
            GAMES[game_id].env(**option)
    with pytest.raises(TypeError):
        GAMES[game_id].env(no_such_option=1)
