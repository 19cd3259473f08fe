"""Mafia: its rules and secrets by games made by hand."""

from __future__ import annotations

import pickle
import random
from collections import Counter

import numpy as np
import pytest
from mafia_deal import ROLES, act, deal, plant, quiet, vote

import infogap
from infogap.core.errors import EpisodeOver, InfogapError, InvalidAction, InvalidOption, InvalidTruth
from infogap.envs.social import mafia
from infogap.envs.social.mafia_acts import DETECTIVE, MAFIA, SEATS, VILLAGER, Kind, Rules, act_of, meaning
from infogap.envs.social.mafia_partners import decode


# -- rules -------------------------------------------------------------------------------------------------------------
def test_a_game_by_hand():
    env = deal()
    assert env.agent_selection == "player_0"
    for kind, target in [(Kind.ACCUSE, 3), (Kind.PASS, -1), (Kind.DEFEND, 0), (Kind.VILLAGER, -1), (Kind.CONFIRM, -1)]:
        act(env, kind, target)
    act(env, Kind.GUILTY, 1)
    assert env.agent_selection == "player_6"
    act(env, Kind.CLARIFY, 5)
    # The vote is secret until all have voted.
    before = str([env.observe(seat) for seat in env.possible_agents[1:]])
    act(env, Kind.VOTE, 3)
    after = [env.observe(seat) for seat in env.possible_agents[1:]]
    assert str(after) == before and env.agent_selection == "player_1"
    for target in (3, 3, 0, 3, 0):
        act(env, Kind.VOTE, target)
    assert infogap.view(env, "public").votes == ()
    act(env, Kind.VOTE, 0)
    public = infogap.view(env, "public")
    assert public.votes == ((3, 3, 3, 0, 3, 0, 0),) and public.gone == (3,) and public.shown[3] == MAFIA
    assert set(env.rewards.values()) == {0.0} and public.winner == 0
    # Night: all living move, villagers pass; mafia may not choose mafia; the detective learns in private.
    assert public.to_move() == tuple(s for s in env.possible_agents if s != "player_3")
    act(env, Kind.PASS)
    act(env, Kind.NIGHT, 5)
    act(env, Kind.PASS)
    act(env, Kind.PASS)
    act(env, Kind.NIGHT, 4)
    assert infogap.view(env, "player_1").learnt() == ()
    act(env, Kind.PASS)
    assert infogap.view(env, "player_1").learnt() == ((5, 2),)
    assert infogap.view(env, "player_5").learnt() == ((4, 0),) and infogap.view(env, "player_0").learnt() == ((-1, 0),)
    assert public.gone == (3, 4) and public.shown == (-1, -1, -1, MAFIA, VILLAGER, -1, -1)
    # The second day begins one living seat further on; the eliminated have no moves.
    assert env.agent_selection == "player_1"
    assert not env.observe("player_3")["action_mask"].any() and not env.observe("player_4")["action_mask"].any()
    act(env, Kind.GUILTY, 5)
    for _ in range(4):
        act(env, Kind.PASS)
    vote(env, {0: 5, 1: 5, 2: 5, 5: 0, 6: 5})
    assert all(env.terminations.values()) and not any(env.truncations.values()) and public.winner == 1
    assert env.rewards == {s: -1.0 if s in ("player_3", "player_5") else 1.0 for s in env.possible_agents}
    checks = infogap.outcome(env).checks
    assert infogap.outcome(env).success and (checks["correct"], checks["detection"]) == (1.0, 1.0)
    # Claims: 3's "villager" (false), 5's result against 1 (false), 1's against 5 (true).
    assert checks["claims"] == 3 and checks["deception"] == pytest.approx(2 / 3)
    assert (checks["clarify"], checks["confirm"], checks["repair"], checks["days"]) == (1, 1, 0, 2)
    assert checks["turns"] == 7 + 7 + 6 + 5 + 5
    assert (checks["payoff_player_0"], checks["payoff_player_5"]) == (1, -1)


def test_the_mafia_win_when_they_are_no_fewer():
    env = deal((VILLAGER, MAFIA, DETECTIVE, VILLAGER), statements=0)
    vote(env, {0: 2, 1: 0, 2: 0, 3: 0})
    assert env.rewards["player_0"] == 0.0
    vote(env, {1: 3, 2: 1})
    assert env.rewards == {"player_0": -1, "player_1": 1, "player_2": -1, "player_3": -1}
    assert infogap.view(env, "public").winner == 2 and not infogap.outcome(env).success
    env = deal((VILLAGER, MAFIA, VILLAGER), statements=0)  # a lynch can be enough
    vote(env, {0: 2, 1: 0, 2: 0})
    assert env.rewards == {"player_0": -1, "player_1": 1, "player_2": -1}


def test_ties_are_drawn_uniformly():
    seen: Counter[int] = Counter()
    killed: Counter[int] = Counter()
    env = deal(statements=0)
    roles = dict(zip(env.possible_agents, ROLES, strict=True))
    for seed in range(600):
        infogap.plant(env, infogap.reveal(env).but(role=roles))
        env.reset(seed=seed)
        vote(env, {0: 1, 1: 0, 2: 0, 3: 1, 4: 2, 5: 2, 6: 4})
        gone = infogap.view(env, "public").gone
        seen[gone[0]] += 1
        others = [i for i in range(7) if i not in (3, 5, *gone)]
        vote(env, {3: others[0], 5: others[1]} | ({1: 0 if gone != (0,) else 2} if gone != (1,) else {}))
        killed[[others[0], others[1]].index(infogap.view(env, "public").gone[1])] += 1
        plant(env, ROLES)
    assert set(seen) == {0, 1, 2} and sum((c - 200) ** 2 / 200 for c in seen.values()) < 18.4  # 0.9999 quantiles
    assert set(killed) == {0, 1} and sum((c - 300) ** 2 / 300 for c in killed.values()) < 15.1


def test_roles_are_dealt_uniformly():
    env = mafia.env(players=4, mafia=1)
    env.reset(seed=0)
    seen = Counter()
    for _ in range(2_400):
        seen[tuple(infogap.reveal(env).role.values())] += 1
        env.reset()
    assert len(seen) == 12 and sum((count - 200) ** 2 / 200 for count in seen.values()) < 37.4  # 11 degrees of freedom


def test_what_may_be_said():
    env = deal(statements=2)

    def legal() -> set[tuple[int, int]]:
        mask = env.observe(env.agent_selection)["action_mask"]
        return {meaning(a, env.rules.players) for a in np.flatnonzero(mask).tolist()}

    about = (Kind.ACCUSE, Kind.DEFEND, Kind.GUILTY, Kind.CLEAR, Kind.CLARIFY)
    free = {(Kind.PASS, -1), (Kind.VILLAGER, -1), (Kind.DETECTIVE, -1)}
    assert legal() == free | {(kind, i) for kind in about for i in range(1, 7)}  # the same whatever the role
    act(env, Kind.ACCUSE, 3)
    assert (Kind.CONFIRM, -1) in legal() and (Kind.REPAIR, -1) not in legal()
    act(env, Kind.CLARIFY, 3)
    assert (Kind.CONFIRM, -1) not in legal()  # a question says nothing to agree with
    for _ in range(5):
        act(env, Kind.PASS)
    assert env.agent_selection == "player_0" and (Kind.REPAIR, -1) in legal()
    act(env, Kind.REPAIR)
    for _ in range(6):
        act(env, Kind.PASS)
    vote(env, dict.fromkeys(range(7), 6) | {6: 0})
    vote(env, {3: 4, 5: 4, 1: 0})
    assert env.agent_selection == "player_1"
    assert {i for kind, i in legal() if kind == Kind.ACCUSE} == {0, 2, 3, 5}  # not the dead, not oneself
    for _ in range(4):
        act(env, Kind.PASS)
    assert env.agent_selection == "player_0" and (Kind.REPAIR, -1) not in legal()  # withdrawn already
    env = deal((VILLAGER, VILLAGER, MAFIA, VILLAGER))
    assert not {kind for kind, _ in legal()} & {Kind.DETECTIVE, Kind.GUILTY, Kind.CLEAR}


def test_who_moves_and_what_is_legal_tells_no_role():
    """Talk and vote masks depend on nothing hidden; at night all living seats move, in order of seats."""
    traces = []
    for roles in (ROLES, ROLES[::-1], (MAFIA, MAFIA, VILLAGER, VILLAGER, VILLAGER, VILLAGER, DETECTIVE)):
        env, trace = deal(roles), []
        for turn in range(14):
            trace.append((env.agent_selection, env.observe(env.agent_selection)["action_mask"].tolist()))
            act(env, *((Kind.PASS, -1) if turn < 7 else (Kind.VOTE, (turn - 6) % 7)))
        traces.append(trace)
    assert traces[0] == traces[1] == traces[2]


@pytest.mark.parametrize(
    ("party", "worlds"),
    [
        (
            0,
            [
                {1: DETECTIVE, 3: MAFIA, 5: MAFIA},
                {3: DETECTIVE, 1: MAFIA, 5: MAFIA},
                {5: DETECTIVE, 2: MAFIA, 3: MAFIA},
            ],
        ),
        (
            3,
            [
                {1: DETECTIVE, 3: MAFIA, 5: MAFIA},
                {0: DETECTIVE, 3: MAFIA, 5: MAFIA},
                {2: DETECTIVE, 3: MAFIA, 5: MAFIA},
            ],
        ),
        (
            1,
            [
                {1: DETECTIVE, 3: MAFIA, 5: MAFIA},
                {1: DETECTIVE, 2: MAFIA, 3: MAFIA},
                {1: DETECTIVE, 0: MAFIA, 5: MAFIA},
            ],
        ),
    ],
)
def test_a_seat_perceives_nothing_of_hidden_roles_and_acts(party, worlds):
    """The same public course, but other hidden roles and inspections: nothing that the seat perceives differs."""
    seat, traces = SEATS[party], []
    for i, special in enumerate(worlds):
        env, trace = deal(tuple(special.get(j, VILLAGER) for j in range(7)), render_mode="ansi"), []

        def look(env=env, trace=trace) -> None:
            known = infogap.view(env, seat).fields()
            lines = env.lines(infogap.view(env, seat))
            trace.append(str((env.observe(seat), env.infos, known, env.rewards, env.render(), lines)))

        for speaker in range(7):
            act(env, Kind.ACCUSE, (speaker + 3) % 7)
            look()
        for voter in range(7):
            act(env, Kind.VOTE, 6 if voter != 6 else 0)
            look()
        inspected = 4 if party == 1 else min(j for j in range(6) if special.get(j) != DETECTIVE and j != i)
        vote(env, {j: 4 if role == MAFIA else inspected for j, role in special.items()})
        look()
        traces.append(trace)
    assert traces[0] == traces[1] == traces[2]


def test_observations_hold_all_that_a_seat_has_been_told():
    """Random games: taken apart, each observation gives back the public record and the own part of the hidden one."""
    rng = random.Random(5)
    for options in ({}, {"players": 12, "mafia": 4, "statements": 2}, {"players": 5, "mafia": 1, "statements": 0}):
        env = mafia.env(**options)
        env.reset(seed=8)
        for _ in range(2):
            while not all(env.terminations.values()):
                truth = infogap.reveal(env)
                for i, seat in enumerate(env.possible_agents):
                    given = env.observe(seat)
                    seen, n = decode(env.rules, given), env.rules.players
                    assert env.observation_space(seat).contains(given)
                    assert (seen.own, seen.role) == (i, truth.role[seat])
                    fellows = {j for j in range(n) if j != i and truth.role[SEATS[j]] == MAFIA}
                    assert seen.fellows == (fellows if seen.role == MAFIA else set())
                    assert seen.told == mafia.speeches(n, truth.gone, truth.said) and seen.votes == truth.votes
                    assert set(seen.alive) == set(range(n)) - set(truth.gone) and seen.shown == truth.shown
                    assert (seen.phase, seen.day) == (truth.phase(), len(truth.said) - 1)
                    learnt = truth.learnt(seat)
                    assert seen.guilty == {j for j, told in learnt if told == 2}
                    assert seen.clear == {j for j, told in learnt if told == 1}
                    at = 3 * n + 3
                    own = given["observation"][at : at + env.rules.days + 1].tolist()
                    padding = [0] * (env.rules.days - len(learnt))
                    assert own == [j + 1 for j, _ in learnt] + padding + [truth.choice[seat] + 1]
                legal = np.flatnonzero(env.observe(env.agent_selection)["action_mask"])
                env.step(rng.choice(legal.tolist()))
            env.reset()


def test_the_parallel_form_is_the_same_game():
    for seed in range(4):
        env, aec = mafia.parallel_env(), mafia.env()
        seen, _ = env.reset(seed=seed)
        aec.reset(seed=seed)
        rng = random.Random(seed)
        while env.agents:
            moves = {}
            for seat in env.agents:
                legal = np.flatnonzero(seen[seat]["action_mask"]).tolist()
                moves[seat] = rng.choice(legal) if legal else 0
            movers = infogap.view(aec, "public").to_move()
            assert set(movers) == {seat for seat in env.agents if seen[seat]["action_mask"].any()}
            seen, rewards, *_ = env.step(moves)
            for seat in movers:
                aec.step(moves[seat])
            assert rewards == aec.rewards
            for seat in aec.possible_agents:
                assert str(seen[seat]) == str(aec.observe(seat))


# -- bad input ---------------------------------------------------------------------------------------------------------
def test_bad_options_are_refused():
    for bad in (
        {"players": 2, "mafia": 1},
        {"players": 1},
        {"players": 16},
        {"players": -7},
        {"players": 7.0},
        {"players": True},
        {"mafia": 0},
        {"mafia": -1},
        {"mafia": 4},
        {"players": 6, "mafia": 3},
        {"mafia": "2"},
        {"detective": 1},
        {"detective": None},
        {"statements": -1},
        {"statements": 5},
        {"statements": 0.5},
    ):
        with pytest.raises(InvalidOption):
            mafia.env(**bad)
    assert mafia.env(players=3, mafia=1).rules == Rules(3, 1, True, 1)


def test_illegal_acts_are_refused_and_change_nothing():
    env, twin = deal(), deal()
    dead = [(Kind.ACCUSE, 6), (Kind.DEFEND, 6), (Kind.CLARIFY, 6), (Kind.GUILTY, 6)]

    def refused(acts) -> None:
        for bad in acts:
            with pytest.raises(InvalidAction):
                env.step(act_of(*bad, 7) if isinstance(bad, tuple) else bad)
        assert str(env.last()) == str(twin.last())

    refused(
        [-1, 54, None, 1.0, "I pass.", [0], True, (Kind.ACCUSE, 0), (Kind.VOTE, 1), (Kind.NIGHT, 1), (Kind.CONFIRM, -1)]
    )
    for game in (env, twin):
        quiet(game)
    refused([(Kind.PASS, -1), (Kind.VOTE, 0), (Kind.NIGHT, 1)])
    for game in (env, twin):
        vote(game, dict.fromkeys(range(6), 6) | {6: 0})
    refused([(Kind.NIGHT, 1), (Kind.VOTE, 1)])  # player_0 is a villager
    for game in (env, twin):
        act(game, Kind.PASS)
        act(game, Kind.NIGHT, 3)
        act(game, Kind.PASS)
    refused([(Kind.PASS, -1), (Kind.NIGHT, 5), (Kind.NIGHT, 6), (Kind.NIGHT, 3)])  # player_3 is mafia, 5 its fellow
    for game in (env, twin):
        vote(game, {3: 4, 5: 4})
    refused(dead)
    parallel = mafia.parallel_env()
    parallel.reset(seed=0)
    for bad in ({}, None, {"player_1": 0}, {"player_0": 53}, {"player_0": None}):
        with pytest.raises(InvalidAction):
            parallel.step(bad)
    for game in (env,):
        while not all(game.terminations.values()):
            mask = np.flatnonzero(game.observe(game.agent_selection)["action_mask"])
            game.step(int(mask[0]))
        for _ in range(7):
            with pytest.raises(InvalidAction):
                game.step(0)
            game.step(None)
        with pytest.raises(EpisodeOver):
            game.step(0)


def test_a_truth_that_cannot_be_refuses_itself():
    env = deal()
    for speaker in range(7):
        act(env, Kind.ACCUSE, (speaker + 1) % 7)
    vote(env, dict.fromkeys(range(6), 6) | {6: 0})
    vote(env, {1: 3, 3: 4, 5: 4})
    act(env, Kind.REPAIR)
    good = infogap.reveal(env)
    fields = {name: getattr(good, name) for name in good.names}
    env.truth_type(**fields)  # planted in the middle of a game, it goes on there
    infogap.plant(env, good)
    env.reset()
    assert env.agent_selection == "player_2" and not env.observe("player_6")["action_mask"].any()
    first = fields["said"][0]

    def about(target: int) -> int:
        return act_of(Kind.ACCUSE, target, 7)

    bad = {
        "role": [
            dict.fromkeys(fields["role"], 0),
            {**fields["role"], "player_0": 7},
            {**fields["role"], "player_0": "mafia"},
            {"player_0": 2},
            list(fields["role"].values()),
            {**fields["role"], "player_0": MAFIA, "player_3": VILLAGER},  # 3 has killed
        ],
        "gone": [(), (6,), (6, 6), (6, 9), [6, 4], (6, 3), (6, 4, 5)],
        "shown": [(-1,) * 7, (0,) * 7, None],
        "winner": [1, 2, None],
        "said": [
            *((), ((), ()), (first,), 3, ((about(0), *first[1:]), ()), ((Kind.REPAIR, *first[1:]), ())),
            *((first, row) for row in ((about(6),), (4, 3), (99,), (act_of(Kind.VOTE, 0, 7),), (Kind.CONFIRM,), None)),
        ],
        "votes": [(), ((6,) * 7,), ((1, 0, 0, 0, 0, 0, 0),), (None,)],
        "nights": [
            *(dict.fromkeys(fields["role"], row) for row in ((), (4,), 0)),
            {**fields["nights"], "player_3": (5,)},
            {**fields["nights"], "player_0": (1,)},
        ],
        "acted": [1, -1, True],
        "choice": [dict.fromkeys(fields["role"], 0), {**fields["choice"], "player_0": 1}, {}],
    }
    for name, values in bad.items():
        for value in values:
            with pytest.raises(InvalidTruth):
                env.truth_type(**{**fields, name: value})
    with pytest.raises(InfogapError):
        infogap.outcome(env)


def test_games_pickle_in_the_middle():
    env = deal()
    act(env, Kind.ACCUSE, 3)
    again = pickle.loads(pickle.dumps(env))
    for game in (env, again):
        act(game, Kind.CONFIRM)
    assert str(again.observe("player_3")) == str(env.observe("player_3"))
    assert again.truth_type is env.truth_type
