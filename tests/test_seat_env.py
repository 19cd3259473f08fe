"""Games from one seat: the rules of the view, its partners, and that nothing else differs from the game."""

from __future__ import annotations

import copy
import itertools
import json
import pickle
import warnings
from collections import Counter
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.envs.registration import EnvSpec
from gymnasium.utils.env_checker import check_env, data_equivalence

import infogap
from infogap.core.chance import PUBLIC, streams
from infogap.core.errors import (
    EpisodeOver,
    InvalidAction,
    InvalidOption,
    InvalidTruth,
    NotGranted,
    PartnerFault,
    ResetNeeded,
    SealedError,
    UnknownOption,
    Unsupported,
)
from infogap.core.game import Game
from infogap.core.judge import Verdict
from infogap.core.truth import ALL, OWN, Truth, release, seen_by
from infogap.envs import GAMES, ROLES
from infogap.envs.social import kuhn
from infogap.envs.social.kuhn_partners import POLICIES
from infogap.envs.social.pools import POOLS, Pool
from infogap.envs.social.seat import SeatEnv
from infogap.wrappers import RecordEpisodes, VerifierReward

every_role = pytest.mark.parametrize("role", sorted(ROLES))
every_game = pytest.mark.parametrize("game", sorted(g for g, spec in GAMES.items() if spec.regime == "private"))
copies = pytest.mark.parametrize("copied", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])


def fields(truth: Truth) -> dict[str, Any]:
    return {name: getattr(truth, name) for name in truth.names}


def template(env: SeatEnv) -> SeatEnv:
    env._door("template")
    return env


def rollout(env: Any, steps: int, seed: int | None = 0, choice: int = 0) -> list[Any]:
    """What legal play returns; resets at every end."""
    rng, seen = np.random.default_rng(choice), [env.reset(seed=seed)]
    for _ in range(steps):
        seen.append(env.step(int(rng.choice(np.flatnonzero(env.get_wrapper_attr("action_masks")())))))
        if seen[-1][2]:
            seen.append(env.reset())
    return seen


def same(first: Any, second: Any) -> bool:
    return data_equivalence(first, second, exact=True)


# -- the ids -----------------------------------------------------------------------------------------------------------
@every_game
def test_every_role_of_a_game_has_an_id(game):
    base, made = GAMES[game].base, GAMES[game].env()
    ids = {name: role for name, role in ROLES.items() if role.game == game}
    assert ids == {f"infogap/{base}{role}-v0": (game, seat) for role, seat in made.roles.items()}
    assert ids and set(ids) <= set(gym.registry)


@every_role
@pytest.mark.parametrize("observation", ["dict", "flat"])
def test_checkers_of_gymnasium_and_stable_baselines3(role, observation):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        env = gym.make(role, observation=observation)
        check_env(env.unwrapped)
        pytest.importorskip("stable_baselines3.common.env_checker").check_env(env)


@every_role
def test_spaces_seeds_and_specs(role):
    env = gym.make(role, partners="all")
    seen = rollout(env, 60)
    for observation, *rest in seen:
        assert env.observation_space.contains(observation)
        if len(rest) == 4:
            assert type(rest[0]) is float and type(rest[1]) is bool and rest[2] is False and rest[3] == {}
    assert same(seen, rollout(gym.make(role, partners="all"), 60))
    assert same(seen, rollout(gym.make(EnvSpec.from_json(env.spec.to_json())), 60))
    assert not same(seen, rollout(env, 60, seed=1))
    flat = rollout(gym.make(role, partners="all", observation="flat"), 60)
    for (one, *_), (other, *_) in zip(seen, flat, strict=True):
        assert (np.concatenate([one["observation"], one["action_mask"]]) == other).all()


def test_the_id_says_game_seat_and_regime():
    for options in ({"game": "infogap/Kuhn-mindreader-v0"}, {"seat": "player_1"}, {"regime": "script"}):
        with pytest.raises(InvalidOption, match=r"SeatEnv\(game='infogap/Kuhn-mindreader-v0', seat='player_0'\)"):
            gym.make("infogap/KuhnFirst-v0", **options)
    with pytest.raises(InvalidOption, match="infogap/Kuhn-mindreader-v0"):
        SeatEnv("infogap/Kuhn-v0", "player_0", regime="mindreader")
    assert SeatEnv("infogap/Kuhn-script-v0", "player_0").regime.name == "script"
    assert gym.make("infogap/KuhnFirst-v0").unwrapped.regime.name == "private"


@pytest.mark.parametrize(
    ("error", "options"),
    [
        (UnknownOption, {"game": None}),
        (UnknownOption, {"game": "infogap/Nothing-v0"}),
        (UnknownOption, {"seat": None}),
        (UnknownOption, {"seat": "player_2"}),
        (UnknownOption, {"observation": "tuple"}),
        (UnknownOption, {"illegal": None}),
        (UnknownOption, {"render_mode": "human"}),
        (UnknownOption, {"partners": "nobody"}),
        (UnknownOption, {"partners": ["naive", "nobody"]}),
        (InvalidOption, {"partners": []}),
        (InvalidOption, {"partners": ["naive", "naive"]}),
        (InvalidOption, {"partners": [3]}),
        (InvalidOption, {"partners": None}),
        (InvalidOption, {"partners": {}}),
        (InvalidOption, {"partners": {"me": 3}}),
        (InvalidOption, {"seat": "all", "partners": "naive"}),
        (InvalidOption, {"penalty": float("inf")}),
        (InvalidOption, {"penalty": True}),
        (UnknownOption, {"role": "infogap/KuhnThird-v0"}),
        (InvalidOption, {"role": "infogap/KuhnFirst-v0"}),
        (TypeError, {"cards": 4}),
    ],
)
def test_options_that_make_no_sense(error, options):
    with pytest.raises(error):
        SeatEnv(**{"game": "infogap/Kuhn-v0", "seat": "player_0", **options})


# -- it is the game ----------------------------------------------------------------------------------------------------
def by_hand(role: str, seed: int, episodes: int) -> list[Any]:
    """The same, played with the game itself: the deal and each move at their places in the game's stream."""
    spec = ROLES[role]
    game = GAMES[spec.game].env()
    names = sorted(set(game.partners) - game.held_out)
    makers = {name: game.partners[name](game) for name in names}
    dice = streams(PUBLIC, game.family, game.generator, seed)[0]
    rng, seen = np.random.default_rng(0), []
    for episode in range(episodes):
        game.reset(seed=None if episode else seed)
        draws = dice.fork("partners").at(episode)
        cast = {seat: names[draws.below(len(names))] for seat in game.possible_agents if seat != spec.seat}
        moves, gained, turns = 0, 0.0, 0
        while not all(game.terminations.values()):
            mover = game.agent_selection
            if mover == spec.seat:
                seen.append((game.observe(mover), gained) if turns else (game.observe(mover),))
                gained, turns = gained if not turns else 0.0, turns + 1
                action = int(rng.choice(np.flatnonzero(game.observe(mover)["action_mask"])))
            else:
                chance = dice.fork("partners' moves").at(episode, moves + 1)
                action = makers[cast[mover]](mover, game.observe(mover), chance)
            game.step(action)
            moves += 1
            gained += game.rewards[spec.seat]
        if not turns:  # the partners have ended it: a step in which nothing happens
            now = game.observe(spec.seat)
            seen.append(({**now, "action_mask": np.ones_like(now["action_mask"])},))
            rng.choice(now["action_mask"].size)
        seen.append((game.observe(spec.seat), gained, infogap.outcome(game)))
    return seen


@every_role
@pytest.mark.parametrize("fast", [True, False])
def test_it_is_the_game_with_its_partners_played(role, fast):
    env = SeatEnv(role=role) if fast else template(SeatEnv(role=role))
    rng, seen, episodes = np.random.default_rng(0), [], 25
    for episode in range(episodes):
        observation, _ = env.reset(seed=None if episode else 5)
        seen.append((observation,))
        done = False
        while not done:
            action = int(rng.choice(np.flatnonzero(observation["action_mask"])))
            observation, reward, done, *_ = env.step(action)
            seen.append((observation, reward, infogap.outcome(env)) if done else (observation, reward))
    assert same(seen, by_hand(role, 5, episodes))


@every_role
@pytest.mark.parametrize("options", [{"partners": "all"}, {"illegal": "end", "penalty": -3.0, "observation": "flat"}])
def test_the_fast_path_equals_the_template(role, options):
    fast, spec = SeatEnv(role=role, **options), template(SeatEnv(role=role, **options))
    rng = np.random.default_rng(1)
    ours, theirs = fast.reset(seed=2), spec.reset(seed=2)
    for i in range(120):
        assert same(ours, theirs) and same(fast.action_masks(), spec.action_masks())
        anything = options.get("illegal") == "end" and i % 9 == 0
        action = int(rng.integers(fast.action_space.n) if anything else rng.choice(np.flatnonzero(fast.action_masks())))
        ours, theirs = fast.step(action), spec.step(action)
        if ours[2]:
            assert same(ours, theirs)
            if i % 5 == 0:
                assert fields(infogap.reveal(fast)) == fields(infogap.reveal(spec))
                assert infogap.outcome(fast) == infogap.outcome(spec)
            ours, theirs = fast.reset(), spec.reset()
            if i % 7 == 0:
                assert same(*(fields(infogap.reveal(env, final=True)) for env in (fast, spec)))
        elif i % 11 == 0:
            assert same(*(fields(infogap.reveal(env)) for env in (fast, spec)))


def test_the_fast_path_is_taken():
    env = SeatEnv(role="infogap/KuhnFirst-v0")
    env.reset(seed=0)
    env.reset()
    assert env._position is not None
    infogap.reveal(env)
    assert env._position is None


@every_role
@copies
def test_copies_in_mid_episode_go_on_alike(role, copied):
    for env in (SeatEnv(role=role, partners="all"), template(SeatEnv(role=role, partners="all"))):
        rollout(env, 7)
        env.reset()
        other = copied(env)
        assert same(rollout(env, 30, None), rollout(other, 30, None))
        assert same(fields(infogap.reveal(env, final=True)), fields(infogap.reveal(other, final=True)))


# -- the agent of all seats --------------------------------------------------------------------------------------------
@every_game
def test_one_agent_for_all_seats_is_the_game(game):
    """It sees what the mover sees, and is paid the sum."""
    env, aec = SeatEnv(game, "all"), GAMES[game].env()
    rng = np.random.default_rng(3)
    for episode in range(20):
        observation, _ = env.reset(seed=None if episode else 4)
        aec.reset(seed=None if episode else 4)
        done = False
        while not done:
            assert same(observation, aec.observe(aec.agent_selection))
            assert same(env.action_masks(), observation["action_mask"].astype(bool))
            action = int(rng.choice(np.flatnonzero(observation["action_mask"])))
            observation, reward, done, *_ = env.step(action)
            aec.step(action)
            assert reward == pytest.approx(sum(aec.rewards.values()))
        assert infogap.outcome(env) == infogap.outcome(aec)


@every_game
@pytest.mark.parametrize("regime", ["private", "script", "noisy"])
def test_all_seats_on_the_fast_path_equal_the_template(game, regime):
    id = game if regime == "private" else game.replace("-v0", f"-{regime}-v0")
    assert same(rollout(SeatEnv(id, "all"), 60), rollout(template(SeatEnv(id, "all")), 60))


# -- partners ----------------------------------------------------------------------------------------------------------
@every_game
def test_pools_of_a_game(game):
    made = GAMES[game].env()
    pools = {name: set(Pool(made, name).names) for name in POOLS}
    assert pools["train"] | pools["held_out"] == pools["all"] == set(made.partners)
    assert not pools["train"] & pools["held_out"] and len(pools["held_out"]) >= 2
    assert {"truthful", "silent", "adversarial", "naive"} <= pools["all"]
    assert pools["all"] & {"equilibrium", "prudent"}


def drawn(env: SeatEnv, episodes: int) -> Counter[str]:
    """How often each partner sat down."""
    found: Counter[str] = Counter()
    for episode in range(episodes):
        env.reset(seed=None if episode else 0)
        found.update(infogap.view(env, "verifier").partner.values())
    return found


def test_partners_are_drawn_evenly_from_the_pool():
    env = SeatEnv(role="infogap/KuhnFirst-v0")
    counts = drawn(env, 1000)
    assert set(counts) == {"adversarial", "equilibrium", "naive", "silent", "truthful"}
    assert all(abs(n - 200) < 4 * np.sqrt(1000 * 0.2 * 0.8) for n in counts.values())
    assert set(drawn(SeatEnv(role="infogap/KuhnFirst-v0", partners="held_out"), 50)) == {"bold", "bluffing"}
    assert set(drawn(SeatEnv(role="infogap/KuhnFirst-v0", partners="naive"), 5)) == {"naive"}
    assert set(drawn(SeatEnv(role="infogap/KuhnFirst-v0", partners=("naive", "bold")), 50)) == {"naive", "bold"}
    mine = {"mine": lambda game: lambda seat, observation, chance: 1}
    assert set(drawn(SeatEnv(role="infogap/KuhnFirst-v0", partners=mine), 5)) == {"mine"}


def test_kuhn_partners_play_their_policies():
    """Frequencies of a partner's first move against its policy, by the card it holds."""
    for name, policy in POLICIES.items():
        env = SeatEnv(role="infogap/KuhnSecond-v0", partners=name)
        bets: dict[int, list[int]] = {0: [], 1: [], 2: []}
        for episode in range(300):
            env.reset(seed=None if episode else 1)
            truth = infogap.reveal(env)
            bets[truth.card["player_0"]].append(truth.history == "b")
        for card, found in bets.items():
            p = policy[card, ""]
            assert abs(np.mean(found) - p) <= 4 * np.sqrt(p * (1 - p) / len(found))


def test_kuhn_adversary_is_a_best_response_to_the_truthful():
    policy = {name: dict(chances) for name, chances in POLICIES.items()}
    keys = [list(kuhn.equilibrium(seat)) for seat in kuhn.SEATS]
    assert all(set(keys[0] + keys[1]) == set(p) for p in policy.values())
    honest, adversary = policy["truthful"], policy["adversarial"]
    pure = [[dict(zip(k, map(float, b), strict=True)) for b in itertools.product((0, 1), repeat=6)] for k in keys]
    best = max(kuhn.expected_payoff(one, honest) for one in pure[0])
    assert kuhn.expected_payoff(adversary, honest) == pytest.approx(best)
    assert kuhn.expected_payoff(honest, adversary) == pytest.approx(
        min(kuhn.expected_payoff(honest, p) for p in pure[1])
    )
    for name in ("equilibrium", "bold"):
        assert kuhn.exploitability(policy[name], policy[name]) == pytest.approx(0, abs=1e-12)


def test_partners_see_the_private_part_only_and_play_alike_in_every_regime():
    ids = ["infogap/Kuhn-v0", "infogap/Kuhn-mindreader-v0", "infogap/Kuhn-script-v0", "infogap/Kuhn-noisy-v0"]
    sizes = set()

    def spy(game):
        def act(seat, observation, chance):
            sizes.add(observation["observation"].size)
            return int(chance.unit() < 0.5)

        return act

    def histories(id):
        env, found = SeatEnv(id, "player_1", partners={"spy": spy}), []
        for episode in range(30):
            env.reset(seed=None if episode else 3)
            found.append((infogap.reveal(env).history, infogap.reveal(env).card))
        return found

    assert all(histories(id) == histories(ids[0]) for id in ids[1:])
    assert sizes == {6}
    told, _ = SeatEnv(ids[1], "player_0").reset(seed=3)
    assert told["observation"].size == 7


def _raises(seat, observation, chance):
    raise KeyError("the card is K")


def _grows(seat, observation, chance):
    observation["observation"][...] = 9
    observation["action_mask"][...] = 9
    return 0


FAULTY = {
    "raises": _raises,
    "exits": lambda *_: [][0],
    "none": lambda *_: None,
    "bool": lambda *_: True,
    "float": lambda *_: 1.0,
    "text": lambda *_: "bet",
    "array": lambda *_: np.array([1]),
    "negative": lambda *_: -1,
    "large": lambda *_: 2,
}


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("name", FAULTY)
def test_a_partner_that_fails_makes_the_episode_invalid(name, fast):
    act = FAULTY[name]
    env = SeatEnv(role="infogap/KuhnFirst-v0", partners={name: lambda game: act})
    if not fast:
        template(env)
    for _ in range(3):
        env.reset(seed=None if env._world.started else 0)
        with pytest.raises(PartnerFault, match=f"partner '{name}' at player_1") as caught:
            env.step(0)
        assert (caught.value.__cause__ is None and caught.value.__suppress_context__) or name not in ("raises", "exits")
        assert "K" not in str(caught.value).replace("KeyError", "")
        for attempt in (lambda: env.step(0), lambda: infogap.outcome(env)):
            with pytest.raises(PartnerFault, match="invalid"):
                attempt()
        assert infogap.reveal(env).history == "c", "the truth stands where the partner was to move"
    second = SeatEnv(role="infogap/KuhnSecond-v0", partners={name: lambda game: act})
    for seed in (0, None):
        with pytest.raises(PartnerFault, match="player_0"):
            second.reset(seed=seed)
        with pytest.raises(PartnerFault):
            second.step(0)


def test_a_fault_is_no_score_and_the_next_episode_is_sound():
    fails = {"now": True}

    def sometimes(game):
        return lambda seat, observation, chance: None if fails["now"] else 0

    env = VerifierReward(gym.make("infogap/KuhnFirst-v0", partners={"sometimes": sometimes}))
    env.reset(seed=0)
    with pytest.raises(PartnerFault):
        env.step(1)
    fails["now"] = False
    env.reset()
    assert env.step(1)[4] == {"success": True, "score": 0.75}, "bet and fold: a gain of 1 of [-2, 2]"
    assert infogap.outcome(env).success


def test_a_partner_out_of_its_mask_and_one_that_scribbles():
    env = SeatEnv("infogap/DealOrNoDeal-v0", "player_0", partners={"out": lambda game: lambda s, o, c: _illegal(o)})
    observation, _ = env.reset(seed=0)
    with pytest.raises(PartnerFault, match="not legal"):
        env.step(int(observation["action_mask"].argmax()))
    scribbler = SeatEnv(role="infogap/KuhnFirst-v0", partners={"grows": lambda game: _grows})
    folder = SeatEnv(role="infogap/KuhnFirst-v0", partners={"grows": lambda game: lambda *_: 0})
    assert same(rollout(scribbler, 60), rollout(folder, 60))


def _illegal(observation: Any) -> int:
    return int(np.flatnonzero(observation["action_mask"] == 0)[0])


def test_a_partner_that_cannot_be_made():
    def broken(game):
        raise OSError("no file")

    with pytest.raises(PartnerFault, match="'broken' can't be made: it raised OSError"):
        SeatEnv(role="infogap/KuhnFirst-v0", partners={"broken": broken})


# -- actions -----------------------------------------------------------------------------------------------------------
@every_role
@pytest.mark.parametrize("fast", [True, False])
def test_an_illegal_action_changes_nothing(role, fast):
    env, twin = SeatEnv(role=role, illegal="error"), SeatEnv(role=role, illegal="error")
    if not fast:
        template(env)
    with pytest.raises(ResetNeeded):
        env.step(0)
    rng, refused = np.random.default_rng(0), 0
    env.reset(seed=1), twin.reset(seed=1)
    for _ in range(40):
        mask = env.action_masks()
        for action in (*np.flatnonzero(~mask)[:3].tolist(), -1, mask.size, 0.0, True, None, "0", [0]):
            with pytest.raises(InvalidAction):
                env.step(action)
            refused += type(action) is int
        chosen = int(rng.choice(np.flatnonzero(mask)))
        ours, theirs = env.step(chosen), twin.step(chosen)
        assert same(ours, theirs)
        if ours[2]:
            with pytest.raises(EpisodeOver):
                env.step(0)
            env.reset(), twin.reset()
    assert refused >= 80


def test_illegal_actions_may_end_the_episode():
    for penalty, options in ((-1.0, {}), (-7.0, {"penalty": -7})):
        env = SeatEnv("infogap/DealOrNoDeal-v0", "player_0", illegal="end", **options)
        for start in (0, None, None):
            observation, _ = env.reset(seed=start)
            ended = env.step(_illegal(observation))
            assert ended[1:] == (penalty, True, False, {})
            assert infogap.outcome(env) == Verdict(False, 0.0, {"unfinished": 1.0, "illegal": 1.0})
            with pytest.raises(InvalidAction):
                env.reset(), env.step(env.action_space.n)


@every_role
def test_an_illegal_action_is_never_worth_while(role):
    """No play pays less than what it costs, neither of the game with its defaults nor by a step of it."""
    env = SeatEnv(role=role, partners="all")
    game, lowest, total = env._game, 0.0, 0.0
    for step in rollout(env, 300, choice=4):
        if len(step) == 5:
            total += step[1]
            lowest = min(lowest, total, step[1])
            total = 0.0 if step[2] else total
    assert lowest >= game.lowest == env._penalty and game.lowest <= -1.0


def test_returned_arrays_are_not_reused():
    env = SeatEnv(role="infogap/KuhnFirst-v0")
    twin = SeatEnv(role="infogap/KuhnFirst-v0")
    for episode in range(40):
        ours, theirs = env.reset(seed=None if episode else 0)[0], twin.reset(seed=None if episode else 0)[0]
        assert same(ours, theirs)
        ours["observation"][...] = ours["action_mask"][...] = 1
        step, other = env.step(episode % 2), twin.step(episode % 2)
        assert same(step, other)
        step[0]["observation"][...] = 7


# -- who knows what ----------------------------------------------------------------------------------------------------
def test_the_partner_is_hidden_and_the_rest_is_the_games():
    env = SeatEnv(role="infogap/KuhnFirst-v0")
    env.reset(seed=0)
    for party in ("agent", "player_0"):
        seen = infogap.view(env, party)
        assert set(seen.fields()) == {"card", "history", "gained", "spoiled"}
        assert env.view_space(party).contains(seen.fields())
        for name in ("partner", "moves"):
            with pytest.raises(NotGranted):
                getattr(seen, name)
    assert isinstance(infogap.view(env, "agent").card, int), "the own card only"
    for party in ("verifier", "critic"):
        fields = infogap.view(env, party).fields()
        assert {"card", "partner", "moves"} <= set(fields) and env.view_space(party).contains(fields)
    assert env.party == env.seat == "player_0"
    assert env.truth_space.contains({name: getattr(infogap.reveal(env), name) for name in env.truth_type.names})


@pytest.mark.parametrize("fast", [True, False])
def test_twin_worlds_look_the_same_until_they_are_told_apart(fast):
    """Another card and another partner at the other seat, and the same moves: the same episode up to the showdown."""
    env = SeatEnv(role="infogap/KuhnFirst-v0", partners=["silent", "truthful", "equilibrium"])
    seen = []
    for card, partner in ((1, "silent"), (2, "silent"), (1, "truthful"), (1, "equilibrium")):
        truth = env.truth_type(
            card={"player_0": 0, "player_1": card}, history="", partner={"player_1": partner}, moves=0, gained=0.0
        )
        infogap.plant(env, truth)
        start = env.reset(seed=9)
        seen.append((start, env.step(0) if fast else template(env).step(0), env.action_masks()))
    assert all(same(seen[0], other) for other in seen[1:])


def test_a_sealed_handle_is_the_episode_and_nothing_else():
    env = gym.make("infogap/KuhnFirst-v0", partners="all")
    handle = infogap.seal(env)
    seen = []
    for seed in (3, None):
        seen.append(handle.reset(seed=seed))
        assert handle.action_masks().all()
        seen.append(handle.step(1))
    other = gym.make("infogap/KuhnFirst-v0", partners="all")
    assert same(seen, [x for seed in (3, None) for x in (other.reset(seed=seed), other.step(1))])
    assert handle.spec.kwargs == {}
    for name in ("_pool", "_game", "_world", "seat", "truth_type"):
        with pytest.raises(SealedError):
            getattr(handle, name)


@every_role
def test_public_text_shows_no_truth(role):
    shown = set()
    for seed in range(4):
        env = gym.make(role, partners="all")
        env.reset(seed=seed)
        shown.add((repr(env.unwrapped), str(infogap.reveal(env)), json.dumps(env.spec.kwargs)))
    assert len(shown) == 1


@every_role
def test_render_says_what_the_seat_knows(role):
    env = gym.make(role, render_mode="ansi", partners="all")
    with pytest.raises(Exception, match="reset"):
        env.render()
    env.reset(seed=0)
    text = env.render()
    assert text.startswith(f"You are {ROLES[role].seat}. ")
    assert not any(name in text for name in env.unwrapped._pool.names if name not in ("silent", "truthful"))
    assert gym.make(role).unwrapped.render() is None


# -- doors -------------------------------------------------------------------------------------------------------------
def kuhn_truth(first: int, second: int, history: str = "") -> kuhn.KuhnTruth:
    return kuhn.KuhnTruth(card={"player_0": first, "player_1": second}, history=history)


@pytest.mark.parametrize("fast", [True, False])
def test_planting_a_truth_of_the_game_or_one_that_names_the_partner(fast):
    env = SeatEnv(role="infogap/KuhnFirst-v0")
    if not fast:
        template(env)
    env.reset(seed=0)
    found = set()
    for _ in range(30):
        infogap.plant(env, kuhn_truth(2, 0))
        env.reset()
        assert infogap.reveal(env).card == {"player_0": 2, "player_1": 0}
        found |= set(infogap.reveal(env).partner.values())
        assert env._door("position")[0] is None
    assert len(found) == 5, "the partner is drawn where none is named"
    infogap.plant(env, kuhn_truth(1, 0, "cb"))
    assert env.reset()[0]["observation"].tolist() == [0, 1, 0, 1, 2, 0]
    assert env.step(1)[1] == 2.0
    env.reset()
    assert env._door("position") == (0, 32), "the stream goes on"
    aec = kuhn.env()
    aec.reset(seed=5)
    infogap.plant(env, infogap.reveal(aec))
    env.reset()
    assert infogap.reveal(env).card == infogap.reveal(aec).card


def test_planting_what_does_not_fit():
    env = SeatEnv(role="infogap/KuhnFirst-v0")
    kind = env.truth_type
    card = {"player_0": 0, "player_1": 1}
    for bad in ({"player_1": "bold"}, {"player_0": "naive"}, {"player_1": "naive", "player_0": "naive"}, "naive"):
        with pytest.raises(InvalidTruth):
            infogap.plant(env, kind(card=card, history="", partner=bad))
    for bad in ({"moves": -1}, {"gained": float("nan")}, {"gained": "1"}, {"spoiled": 2}):
        with pytest.raises(InvalidTruth):
            infogap.plant(env, kind(card=card, history="", **bad))
    with pytest.raises(InvalidTruth, match="over"):
        infogap.plant(env, kuhn_truth(0, 1, "bp"))
    with pytest.raises(InvalidTruth, match="veil"):
        infogap.plant(SeatEnv("infogap/Kuhn-noisy-v0", "player_0"), kuhn_truth(0, 1))
    with pytest.raises(InvalidTruth):
        infogap.plant(env, GAMES["infogap/DealOrNoDeal-v0"].env().initial(streams(PUBLIC, "x", 0, 0)[0]))
    env.reset(seed=0)


def test_positions_rekeying_and_reveal_of_the_last_episode():
    env = SeatEnv(role="infogap/KuhnSecond-v0")
    for final in (False, True):
        with pytest.raises(ResetNeeded):
            infogap.reveal(env, final=final)
    with pytest.raises(ResetNeeded):
        infogap.outcome(env)
    truths = []
    for episode in range(6):
        env.reset(seed=None if episode else 2)
        assert env._door("position") == (2, episode)
        if episode:
            assert fields(infogap.reveal(env, final=True)) == truths[-1]
        if episode < 4:
            env.step(0)
        truths.append(fields(infogap.reveal(env)))
        if episode % 2:
            env.reset(seed=2)
            for _ in range(episode):
                env.reset()
            if episode < 4:
                env.step(0)
    infogap.rekey(env, b"an evaluator's key")
    first = rollout(env, 50, seed=2)
    infogap.rekey(env, b"another key")
    assert not same(first, rollout(env, 50, seed=2))
    infogap.rekey(env, b"an evaluator's key")
    assert same(first, rollout(env, 50, seed=2))


def test_an_audit_hears_what_the_seat_is_told_and_nothing_of_the_partners():
    env = SeatEnv(role="infogap/KuhnSecond-v0")
    heard: list[tuple[str, str]] = []

    def audit(party, row, truth, value):
        heard.append((party, row.name))
        return value

    env._door("audit", audit)
    seen = rollout(env, 20)
    env._door("audit", None)
    assert {party for party, _ in heard} == {"player_1"}
    assert {name for _, name in heard} == {"history", "type_of", "legal", "over", "gained"}
    assert same(seen, rollout(SeatEnv(role="infogap/KuhnSecond-v0"), 20))


def test_vectors_wrappers_and_records(tmp_path):
    vector = gym.make_vec("infogap/KuhnFirst-v0", 3)
    vector.reset(seed=[1, 2, 3])
    truths = infogap.reveal(vector)
    alone = []
    for seed in (1, 2, 3):
        env = gym.make("infogap/KuhnFirst-v0")
        env.reset(seed=seed)
        alone.append(fields(infogap.reveal(env)))
    assert [fields(truth) for truth in truths] == alone
    env = VerifierReward(gym.make("infogap/KuhnFirst-v0", partners="naive"))
    recorded = RecordEpisodes(gym.make("infogap/KuhnFirst-v0"), tmp_path / "episodes.jsonl")
    for wrapped in (env, recorded):
        for _ in range(5):
            wrapped.reset()
            done = False
            while not done:
                _, reward, done, _, info = wrapped.step(1)
            if wrapped is env:
                assert reward == info["score"] in {0.0, 0.75, 1.0}
    recorded.close()
    from infogap.core.episode import read_episodes

    assert len(list(read_episodes(tmp_path / "episodes.jsonl"))) == 5


# -- a game that may be over before the agent has moved ----------------------------------------------------------------
class DoorTruth(Truth):
    seats: ClassVar[tuple[str, ...] | None] = ("host_0", "guest_0")
    mood: dict[str, int] = seen_by(OWN, "verifier", doc="whether the host opens")
    said: tuple[int, ...] = seen_by(ALL, doc="acts so far")

    @release(ALL, of="said", per_step=None)
    def over(self) -> bool:
        return self.said[:1] == (0,) or len(self.said) == 3

    @release(ALL, of="said", per_step=None)
    def to_move(self) -> tuple[str, ...]:
        return () if self.over() else (("host_0", "guest_0", "host_0")[len(self.said)],)

    @release(OWN, of="said", per_step=None)
    def legal(self, seat: str) -> tuple[bool, ...]:
        return (True, True) if seat in self.to_move() else (False, False)

    @release(OWN, of="said", per_step=None)
    def payoff(self, seat: str) -> float:
        """The guest gains 1 for each act of the host, the host 1/2 for each of the guest."""
        host_acted = len(self.said) in (1, 3)
        return float(host_acted) if seat == "guest_0" else (0.5 if len(self.said) == 2 else 0.0)

    @release(OWN, of="mood", per_step=None)
    def type_of(self, seat: str) -> tuple[int, ...]:
        return (self.mood[seat],) if seat == "host_0" else ()


class Knock(Game):
    """The host opens (1) or not (0, which ends it); the guest says something; the host answers."""

    family, truth_type = "test/door", DoorTruth
    metadata = {"name": "door_v0", "render_modes": ["ansi"], "render_fps": 4, "is_parallelizable": True}

    def __init__(self, **common: Any) -> None:
        super().__init__(
            seats=("host_0", "guest_0"),
            observed=spaces.Box(-1, 1, (3,), np.int8),
            actions=("no", "yes"),
            truth_space=spaces.Dict(
                mood=spaces.Dict({s: spaces.Discrete(2) for s in ("host_0", "guest_0")}),
                said=spaces.Sequence(spaces.Discrete(2)),
            ),
            type_sizes={"host_0": (2,), "guest_0": ()},
            **common,
        )

    def initial(self, chance):
        return self.truth_type(mood={"host_0": chance.below(2), "guest_0": 0}, said=())

    def transition(self, truth, seat, action, chance):
        return truth.but(said=(*truth.said, action))

    def observation(self, view):
        said = (*view.said, -1, -1, -1)[:2]
        return np.array([*said, *view.type_of(), 0][:3], np.int8)

    def outcome(self, view):
        return Verdict(len(view.said) == 3, len(view.said) / 3)


def host(game):
    return lambda seat, observation, chance: int(observation["observation"][2])


def test_a_game_that_partners_end_before_the_agents_turn():
    """There is one step, in which anything may be played and nothing happens; it is paid what was gained."""
    with pytest.raises(Unsupported):
        SeatEnv(Knock, "guest_0")
    env = SeatEnv(Knock, "guest_0", partners={"host": host})
    shut = open_ = 0
    for episode in range(40):
        observation, _ = env.reset(seed=None if episode else 0)
        assert observation["action_mask"].tolist() == [1, 1] and env.action_masks().all()
        opened = infogap.reveal(env).mood["host_0"]
        observation, reward, terminated, *_ = env.step(episode % 2)
        assert terminated and observation["action_mask"].tolist() == [0, 0]
        assert len(infogap.reveal(env).said) == (3 if opened else 1)
        assert infogap.outcome(env).success == bool(opened)
        assert reward == (2.0 if opened else 1.0), "what came before the first turn is paid with it"
        shut, open_ = shut + (not opened), open_ + opened
    assert shut and open_
    check_env(env, skip_render_check=True)


def test_the_host_is_paid_between_its_turns():
    env = SeatEnv(Knock, "host_0", partners={"guest": lambda game: lambda seat, observation, chance: 1})
    env.reset(seed=0)
    assert env.step(1)[1:3] == (0.5, False)
    assert env.step(0)[1:3] == (0.0, True)
    env.reset()
    assert env.step(0)[1:3] == (0.0, True)
    every = SeatEnv(Knock, "all")
    every.reset(seed=0)
    assert [every.step(1)[1] for _ in range(3)] == [1.0, 0.5, 1.0]
