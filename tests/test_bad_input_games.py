"""Bad input to games, over the registry: each is refused with a typed error that helps, and changes nothing."""

from __future__ import annotations

import copy
import inspect
import pickle
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import infogap
from infogap.baselines.match import made_game
from infogap.core import errors
from infogap.core.chat import Chat
from infogap.envs import GAMES, ROLES
from infogap.envs.social.seat import SeatEnv

PRIVATE = [id for id, game in GAMES.items() if game.regime == "private"]
SOME = [id for id, game in GAMES.items() if id in PRIVATE or game.base in ("Kuhn", "Mafia", "Lemons")]
"""Every game, and some in every regime; test_games_registry.py holds the regimes to each other."""

JUNK = [None, "", "3", b"x", [], [1], (), {}, set(), object(), 1j, float("nan"), np.array([1, 2]), np.array(None)]
NUMBERS = [-1, 10**6, 10**30, 1.5, -0.5, float("inf"), -float("inf"), True]
NO_ACTIONS = [*JUNK, -1, 10**6, 10**30, 1.0, True, np.bool_(True), np.float64(0), np.array([0]), np.uint64(2**64 - 1)]
NO_SEATS = ["nobody", "public", None, 3, b"x", [], {}]
OTHER_RULES: dict[str, dict[str, Any]] = {
    **{"ReferenceGame": {"states": 4}, "MutualFriends": {"people": 8, "friends": 3}, "DealOrNoDeal": {"turns": 4}},
    **{"Lemons": {"buyers": 2}, "HiddenProfile": {"members": 2}, "BilateralTrade": {"grid": 6}},
    **{"CheapTalk": {"grid": 10}, "Mafia": {"players": 5, "mafia": 1}},
    **{auction: {"bidders": 3} for auction in ("FirstPriceAuction", "SecondPriceAuction")},
}
SAID = [*"\n.\x00\ud800", "", "  ", "x" * 301, "\u200b\u202e", "pass\x1b[31m", "{}", "-1", "2\u00b2", None, 3, b"x"]


def shown(env):
    seen = {seat: {k: v.tobytes() for k, v in env.observe(seat).items()} for seat in env.possible_agents}
    return seen, env.agent_selection, dict(env._cumulative_rewards), list(env.agents)


def legal(env, rng):
    return int(rng.choice(np.flatnonzero(env.observe(env.agent_selection)["action_mask"])))


def play(env, rng, moves=10**6):
    while moves and not all(env.terminations.values()):
        env.step(legal(env, rng))
        moves -= 1


def started(id, seed=3, **options):
    env = GAMES[id].env(**options)
    env.reset(seed=seed)
    return env


@pytest.mark.parametrize("id", PRIVATE)
def test_options_are_refused_or_played(id):
    game = GAMES[id]
    names = set(inspect.signature(type(game.env()).__init__).parameters) - {"self", "common"}
    for name in (*sorted(names), "accuracy", "share", "render_mode"):
        for value in (*JUNK, *NUMBERS, 0, 1, 2, 3):
            try:
                env = game.env(**{name: value})
            except errors.InvalidOption:
                continue
            env.reset(seed=0)
            play(env, np.random.default_rng(0))
            assert 0 <= infogap.outcome(env).score <= 1, (name, value)
    with pytest.raises(errors.InvalidOption, match="the id"):
        game.env(regime="private")
    for form in (game.env, game.parallel_env):
        with pytest.raises(errors.UnknownArgument, match="no option 'nonesuch'; expected one of") as caught:
            form(nonesuch=1)
        assert all(name in str(caught.value) for name in names)


@pytest.mark.parametrize("role", ROLES)
def test_options_of_single_seats_are_refused(role):
    with pytest.raises(errors.UnknownArgument, match="no option 'nonesuch'"):
        gym.make(role, nonesuch=1)


def test_names_that_do_not_exist_are_answered_with_the_closest():
    for id in ("infogap/DealOrNoDeal-omniscient-v0", "DealOrNoDeal", "infogap/dealornodeal-v0"):
        for refused in (lambda id=id: GAMES[id], lambda id=id: made_game(id), lambda id=id: SeatEnv(game=id)):
            with pytest.raises(errors.UnknownOption, match=r"the closest .*infogap/DealOrNoDeal-v0") as caught:
                refused()
            assert len(str(caught.value)) < 250, "not a list of all there are"
    with pytest.raises(errors.UnknownOption, match="expected the game, infogap/Kuhn-v0"):
        made_game("infogap/KuhnFirst-v0")
    assert GAMES.get("nothing") is None and "nothing" not in GAMES
    for junk in (None, 3, "", "x" * 10**5):
        with pytest.raises(errors.UnknownOption):
            GAMES[junk]


@pytest.mark.parametrize(("id", "name"), [("Mafia", "players"), ("FirstPriceAuction", "bidders"), ("Lemons", "buyers")])
def test_nobody_plays_alone(id, name):
    for few in (-1, 0):
        with pytest.raises(errors.InvalidOption, match=f"{name} must be an int from"):
            GAMES[f"infogap/{id}-v0"].env(**{name: few})


def test_numpy_numbers_are_numbers():
    rules = GAMES["infogap/Lemons-v0"].env(grid=np.uint8(3), top=np.float32(3)).rules
    assert rules == (3, 3.0, 1.5, 0.0, "none", 0.0, 1) and type(rules.grid) is int


@pytest.mark.parametrize("watched", [False, True])
@pytest.mark.parametrize("id", SOME)
def test_illegal_actions_change_nothing(id, watched):
    env, rng = started(id), np.random.default_rng(0)
    if watched:  # and so played by the specification
        infogap.view(env, "verifier")
    for _ in range(3):
        before, mask = shown(env), env.observe(env.agent_selection)["action_mask"]
        for action in (*NO_ACTIONS, *np.flatnonzero(mask == 0)[:4].tolist(), len(mask)):
            with pytest.raises(errors.InvalidAction):
                env.step(action)
        assert repr(shown(env)) == repr(before)
        env.step(legal(env, rng))
        if all(env.terminations.values()):
            break
    play(env, rng)
    for action in (0, "x"):
        with pytest.raises(errors.InvalidAction, match="has finished; step with None"):
            env.step(action)
    for _ in env.possible_agents:
        env.step(None)
    for action in (None, 0):
        with pytest.raises(errors.EpisodeOver):
            env.step(action)
    for seat in NO_SEATS:
        with pytest.raises(errors.Unsupported):
            env.observe(seat)


@pytest.mark.parametrize("id", SOME)
def test_parallel_actions_are_refused(id):
    env = GAMES[id].parallel_env()
    with pytest.raises(errors.ResetNeeded):
        env.step({})
    seen, _ = env.reset(seed=1)
    good = {seat: int(one["action_mask"].argmax()) for seat, one in seen.items()}
    movers = [seat for seat, one in seen.items() if one["action_mask"].any()]
    wrong = [{**good, movers[0]: action} for action in NO_ACTIONS]
    missing = {seat: action for seat, action in good.items() if seat != movers[0]}
    for actions in (*wrong, missing, {**good, "nobody": 0}, {**missing, "nobody": 0}, *JUNK, 3, list(good)):
        with pytest.raises(errors.InvalidAction):
            env.step(actions)
    again = GAMES[id].parallel_env()
    again.reset(seed=1)
    assert repr(env.step(good)) == repr(again.step(good)), "refused actions left something behind"


@pytest.mark.parametrize("id", PRIVATE)
def test_handles_serve_their_seat_only(id):
    env = started(id)
    mover = env.agent_selection
    other = next(seat for seat in env.possible_agents if seat != mover)
    handle, before = infogap.seal(env, other), shown(env)
    for refused in (lambda: handle.step(0), lambda: handle.observe(mover), lambda: handle.state(), lambda: handle.env):
        with pytest.raises(errors.SealedError):
            refused()
    for door in (infogap.reveal, lambda sealed: infogap.view(sealed, mover), pickle.dumps, copy.deepcopy):
        with pytest.raises((errors.SealedError, errors.Unsupported)):
            door(handle)
    for seat in NO_SEATS:
        with pytest.raises(errors.Unsupported):
            infogap.seal(env, seat)
    assert shown(env) == before


@pytest.mark.parametrize("id", SOME)
def test_messages_that_say_nothing(id):
    chat = Chat(GAMES[id].env())
    with pytest.raises(errors.ResetNeeded):
        chat.seat(chat._game.possible_agents[0]).say("hello")
    chat.reset(seed=4)
    mover = chat.to_move[0]
    person, turn = chat.seat(mover), chat._game._position.turn
    phrase = person.phrases()[0]
    for text in (*SAID, f"\u202e{phrase}", f"{phrase}\u200b!", f"{phrase} " * 99):
        with pytest.raises(errors.InvalidMessage):
            person.say(text)
    for seat in set(chat._game.possible_agents) - set(chat.to_move):
        with pytest.raises(errors.InvalidAction, match="turn"):
            chat.seat(seat).say(phrase)
    assert chat._game._position.turn == turn and mover in chat.to_move
    for seat in NO_SEATS:
        with pytest.raises(errors.Unsupported):
            chat.seat(seat)


def raises(game):
    def partner(seat, observation, chance):
        raise RuntimeError(f"the type is {observation['observation']}")

    return partner


def answers(value):
    return lambda game: lambda seat, observation, chance: value


@pytest.mark.parametrize("maker", [raises, lambda game: None, *map(answers, NO_ACTIONS)])
@pytest.mark.parametrize("role", ["infogap/LemonsBuyer-v0", "infogap/MutualFriendsFirst-v0", "infogap/MafiaPlayer-v0"])
def test_faulty_partners_end_the_episode_without_a_score(role, maker):
    env = SeatEnv(role=role, partners={"faulty": maker})
    with pytest.raises(errors.PartnerFault) as caught:
        for seed in range(9):
            env.reset(seed=seed)
            while not env.step(int(env.action_masks().argmax()))[2]:
                pass
    assert "the type is" not in str(caught.value) and caught.value.__cause__ is None
    for after in (lambda: env.step(0), lambda: infogap.outcome(env)):
        with pytest.raises(errors.InfogapError):
            after()


@pytest.mark.parametrize("role", [*ROLES][::4])
def test_arguments_of_single_seats(role):
    for name in ("observation", "illegal", "partners"):
        for value in (*JUNK, True):
            with pytest.raises(errors.InvalidOption):
                SeatEnv(role=role, **{name: value})
    for value in ("x", [], float("nan"), float("inf"), 10**400, True):
        with pytest.raises(errors.InvalidOption):
            SeatEnv(role=role, penalty=value)
    for given in ({"role": []}, {"role": 3}, {"game": []}, {"game": 3}, {"game": ROLES[role].game, "seat": np.ones(2)}):
        with pytest.raises(errors.UnknownOption):
            SeatEnv(**given)
    with pytest.raises(errors.Unsupported):
        SeatEnv(game=lambda: 3, seat=ROLES[role].seat)


def spoiled(value):
    """Values of the same kind with one part that does not fit."""
    if isinstance(value, dict):
        for key in value:
            yield {k: v for k, v in value.items() if k != key}
            yield from ({**value, key: junk} for junk in (*JUNK[3:], -7, 99, 1.5))
        yield {**value, "nobody": next(iter(value.values()))}
    elif isinstance(value, tuple):
        yield from (
            (*value[:i], junk, *value[i + 1 :]) for i in range(len(value)) for junk in (None, -7, 999, "x", 1.5)
        )
    elif isinstance(value, str):
        yield from (value + "q", "pbp")


@pytest.mark.parametrize("moves", [0, 2])
@pytest.mark.parametrize("id", SOME)
def test_malformed_truths_are_refused_or_played(id, moves):
    env, rng = started(id, seed=5), np.random.default_rng(1)
    play(env, rng, moves)
    if all(env.terminations.values()):
        env.reset()
    truth = infogap.reveal(env)
    infogap.plant(env, truth)
    for name in truth.names:
        for value in (*JUNK[:6], *JUNK[7:], -7, 999, 10**30, 1.5, *spoiled(getattr(truth, name))):
            try:
                infogap.plant(env, truth.but(**{name: value}))  # but() checks nothing, so that planting must
            except errors.InvalidTruth:
                continue
            env.reset()
            while not all(env.terminations.values()):
                assert env.observation_space("").contains(env.observe(env.agent_selection)), (name, value)
                env.step(legal(env, rng))
            assert 0 <= infogap.outcome(env).score <= 1, (name, value)


@pytest.mark.parametrize("id", PRIVATE)
def test_truths_of_other_games_and_rules(id):
    env = started(id)
    ours = infogap.reveal(env)
    strangers = [infogap.reveal(started(other)) for other in PRIVATE if other != id]
    if (base := GAMES[id].base) in OTHER_RULES:
        strangers.append(infogap.reveal(started(id, **OTHER_RULES[base])))
    play(env, np.random.default_rng(0))
    for truth in (*strangers, infogap.reveal(env), type(ours), None, 3, "x", {}):
        with pytest.raises(errors.InvalidTruth):
            infogap.plant(env, truth)
    with pytest.raises(errors.InvalidTruth, match="also has veil"):
        infogap.plant(started(id.replace("-v0", "-noisy-v0")), ours)


@pytest.mark.parametrize("form", ["env", "parallel_env"])
@pytest.mark.parametrize("id", PRIVATE)
def test_seeds_options_and_keys(id, form):
    env = getattr(GAMES[id], form)()
    for seed in (-1, 1.5, "0", True, [], np.array([1]), 2**1024, float("nan"), np.float64(1)):
        with pytest.raises(errors.InvalidSeed):
            env.reset(seed=seed)
    for options in (3, "x", [1], True):
        with pytest.raises(errors.InvalidOption):
            env.reset(options=options)
    for key in (None, "", b"", b"x" * 65, "key", 1, bytearray(b"x")):
        with pytest.raises(errors.InvalidKey):
            infogap.rekey(env, key)
    with pytest.raises(errors.ResetNeeded):
        infogap.outcome(env)
    env.reset(seed=np.int64(3), options={})


@pytest.mark.parametrize("id", SOME)
def test_copies_and_neighbours_go_their_own_way(id):
    env, other, rng = started(id, 1), started(id, 2), np.random.default_rng(0)
    played = []
    while not all(env.terminations.values()):
        twins = copy.deepcopy(env), pickle.loads(pickle.dumps(env))
        played.append(legal(env, rng))
        for one in (env, *twins):
            one.step(played[-1])
        assert repr(shown(env)) == repr(shown(twins[0])) == repr(shown(twins[1]))
        other.reset() if all(other.terminations.values()) else other.step(legal(other, rng))
    alone = started(id, 1)
    for action in played:
        alone.step(action)
    assert repr(shown(alone)) == repr(shown(env)) and infogap.outcome(alone) == infogap.outcome(env)
