"""Mafia: its rules by hand-made games, its values by two programmes and by play, its words by tables."""

from __future__ import annotations

import itertools
import math
import pickle
import random
from collections import Counter
from fractions import Fraction
from functools import lru_cache

import numpy as np
import pytest

import infogap
from infogap.core.chance import Chance
from infogap.core.chat import Chat
from infogap.core.errors import EpisodeOver, InfogapError, InvalidAction, InvalidMessage, InvalidOption, InvalidTruth
from infogap.envs.social import mafia, mafia_text
from infogap.envs.social.mafia_acts import DETECTIVE, MAFIA, SEATS, VILLAGER, Kind, Rules, act_of, meaning
from infogap.envs.social.mafia_partners import decode
from infogap.envs.social.mafia_theory import assignments, claimed_bits, town_wins, town_wins_with_detective

PAPERS = {(4, 1): 0.467, (5, 2): 0.229, (6, 1): 0.543, (7, 2): 0.298, (8, 1): 0.594}  # reference values, 3 decimals
ROLES = (VILLAGER, DETECTIVE, VILLAGER, MAFIA, VILLAGER, MAFIA, VILLAGER)


def deal(roles=ROLES, **options) -> mafia.Mafia:
    env = mafia.env(players=len(roles), mafia=roles.count(MAFIA), detective=DETECTIVE in roles, **options)
    plant(env, roles)
    return env


def plant(env: mafia.Mafia, roles) -> None:
    env.reset(seed=0)
    start = infogap.reveal(env)
    fields = {name: getattr(start, name) for name in start.names}
    infogap.plant(env, env.truth_type(**{**fields, "role": dict(zip(env.possible_agents, roles, strict=True))}))
    env.reset()


def act(env: mafia.Mafia, kind: int, target: int = -1) -> None:
    env.step(act_of(kind, target, env.rules.players))


def vote(env: mafia.Mafia, targets: dict[int, int]) -> None:
    """All vote or choose; who is not named in `targets` is to pass."""
    for _ in range(len(infogap.view(env, "public").to_move())):
        own = SEATS.index(env.agent_selection)
        kind = Kind.NIGHT if len(infogap.view(env, "public").gone) % 2 else Kind.VOTE
        act(env, kind, targets[own]) if own in targets else act(env, Kind.PASS)


def quiet(env: mafia.Mafia) -> None:
    """All pass until the vote."""
    while env.observe(env.agent_selection)["action_mask"][Kind.PASS] and not len(infogap.view(env, "public").gone) % 2:
        act(env, Kind.PASS)


def play(env: mafia.Mafia, cast, key: int, episode: int) -> float:
    """An episode from its reset; `cast` gives a partner by role."""
    roles, turn = infogap.reveal(env).role, 0
    while not all(env.terminations.values()):
        seat = env.agent_selection
        env.step(cast[roles[seat]](seat, env.observe(seat), Chance(key, episode, turn)))
        turn += 1
    return infogap.outcome(env).score


def share(env: mafia.Mafia, town, mafiosi, games: int, seed: int = 3) -> tuple[float, float]:
    """Share of games that the town wins, and four standard errors at that share."""
    cast = {VILLAGER: town, DETECTIVE: town, MAFIA: mafiosi}
    env.reset(seed=seed)
    won = 0.0
    for episode in range(games):
        won += play(env, cast, seed, episode)
        env.reset()
    p = won / games
    return p, 4 * math.sqrt(max(p * (1 - p), 0.05) / games)


# -- values ------------------------------------------------------------------------------------------------------------
@lru_cache(None)
def labelled(alive: frozenset, bad: frozenset, known: frozenset, detective: int | None) -> Fraction:
    """Chance of the town at the start of a day, over sets of labelled players: a programme apart from the shipped one.

    `known` are the players that the detective has inspected. Everything that is drawn is enumerated.
    """
    if not alive & bad:
        return Fraction(1)
    if 2 * len(alive & bad) >= len(alive):
        return Fraction(0)
    found = sorted(known & bad & alive) if detective in alive else []
    lynched = found[:1] or sorted(alive)
    total = Fraction(0)
    for out in lynched:
        left = alive - {out}
        town = sorted(left - bad)
        if not left & bad or 2 * len(left & bad) >= len(left):
            total += Fraction(not left & bad)
            continue
        if found:
            total += labelled(left - {detective}, bad, known, None)
            continue
        fresh = sorted(left - known - {detective}) if detective in left else [None]
        for killed, seen in itertools.product(town, fresh):
            then = labelled(left - {killed}, bad, known | {seen} if seen is not None else known, detective)
            total += then / (len(town) * len(fresh))
    return total / len(lynched)


def test_values_without_talk_are_those_of_the_literature_and_of_an_enumeration():
    for (town, bad), value in PAPERS.items():
        assert town_wins(town, bad) == pytest.approx(value, abs=5e-4)
        if town + bad <= 8:
            apart = labelled(frozenset(range(town + bad)), frozenset(range(bad)), frozenset(), None)
            assert town_wins(town, bad) == pytest.approx(float(apart), abs=1e-12)
    assert town_wins(3, 0) == 1.0 and town_wins(2, 2) == 0.0 == town_wins(1, 1)


def test_the_detective_raises_the_value_by_as_much_as_an_enumeration_says():
    for town, bad in [(2, 1), (3, 1), (4, 1), (5, 1), (3, 2), (4, 2), (5, 2)]:
        n = town + bad
        apart = labelled(frozenset(range(n)), frozenset(range(bad)), frozenset(), n - 1)
        assert town_wins_with_detective(town, bad) == pytest.approx(float(apart), abs=1e-12)
    for town, bad in PAPERS:
        assert town_wins_with_detective(town, bad) > town_wins(town, bad) + 0.08
    assert [round(town_wins_with_detective(*size), 3) for size in PAPERS] == [0.556, 0.328, 0.655, 0.416, 0.712]


CASES = [((5, 2), "silent", 400), ((4, 1), "naive", 200), ((5, 2), "plain", 400)]
FULL = [
    pytest.param(size, name, 3_000, marks=pytest.mark.full) for size in PAPERS for name in ("silent", "plain", "naive")
]


@pytest.mark.parametrize(("size", "name", "games"), CASES + FULL)
def test_scripted_play_wins_as_often_as_the_programmes_say(size, name, games):
    town, bad = size
    env = mafia.env(players=town + bad, mafia=bad, statements=int(name != "silent"))
    value = town_wins_with_detective(town, bad) if name == "plain" else town_wins(town, bad)
    partner = env.partners[name](env)
    won, error = share(env, partner, partner, games)
    assert won == pytest.approx(value, abs=error)


@pytest.mark.parametrize("regime", ["script", "mindreader"])
@pytest.mark.parametrize(("players", "bad"), [(3, 1), (7, 2), (9, 4), (15, 7)])
def test_a_town_that_knows_the_roles_always_wins(regime, players, bad):
    """Every day the living town, who are more, vote for the first living member of the mafia: m lynches come first."""
    env = mafia.env(players=players, mafia=bad, regime=regime)
    rules, size, width = env.rules, env.own_size, players + 1

    def omniscient(seat, observation, chance):
        seen = decode(rules, observation)
        if seen.phase != 1:
            return sorted(seen.legal)[0]
        told, own = observation["observation"][size:], seen.own
        channel = told[: players * width] if regime == "script" else told
        order = range(players) if regime == "script" else [(own + 1 + i) % players for i in range(players - 1)]
        bad_ones = [i for i, at in zip(order, channel[::width], strict=True) if at == MAFIA + 1 and i in seen.alive]
        return act_of(Kind.VOTE, min(bad_ones), players)

    for name in ("prudent", "adversarial", "plain"):
        games = max(2, 60 // players)
        assert share(env, omniscient, env.partners[name](env), games)[0] == 1.0


def test_evidence_helps_a_prudent_town():
    """Prudent players beat the silent value, and see through mafia that claim false results."""
    env = mafia.env()
    prudent, adversarial = env.partners["prudent"](env), env.partners["adversarial"](env)
    assert share(env, prudent, prudent, 150)[0] > town_wins(5, 2) + 0.1
    assert share(env, prudent, adversarial, 30)[0] > 0.9
    assert share(env, env.partners["plain"](env), adversarial, 50)[0] < 0.15  # who believes anything is lost


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


# -- words -------------------------------------------------------------------------------------------------------------
VARIANTS = {
    "I accuse player 3.": ["I accuse player_3", "i suspect P3!", "Player 3 is mafia", "I think that 3 is guilty."],
    "I vouch for player 4.": [
        "i trust 4",
        "player 4 is innocent",
        "I believe player 4 is not mafia",
        "P4 is a villager",
    ],
    "My result: player 3 is mafia.": [
        "my result is that 3 is mafia",
        "I inspected player 3: mafia",
        "I found 3 is mafia",
    ],
    "My result: player 3 is not mafia.": ["I checked 3 and he is not mafia", "my inspection: player 3 is innocent"],
    "Player 2, please explain.": [
        "player 2, explain yourself",
        "Explain, player 2",
        "I ask player 2 to explain",
        "2, why?",
    ],
    "I am a villager.": ["I'm a villager", "i am just a plain villager", "I am  an innocent  VILLAGER!"],
    "I am the detective.": ["I'm the detective", "I am the seer."],
    "I agree with the last statement.": ["I agree", "agreed.", "I second that"],
    "I withdraw my last statement.": ["I take it back", "I withdraw that", "i retract my claim"],
    "I pass.": ["pass", "I say nothing", "skip"],
    "I vote for player 1.": ["I vote to lynch player 1", "lynch 1", "Let's lynch player 1"],
    "Tonight I choose player 5.": ["kill player 5", "I inspect 5 tonight", "Tonight 5"],
}
NOTHING = [
    "",
    " ",
    "...",
    "\x00",
    "accuse " * 20,
    "3" * 190,
    "x" * 10_000,
    "I accuse\n\n",
    "I accuse nobody",
    "3 is not",
]
NOTHING += [
    f"I accuse player {who}" for who in ("3 and player 4", "7", "99", "-1", "³³", "three", "3. I vote for player 1")
]
NOTHING += ["I do not accuse player 3", "player three is mafia", "I am mafia", "I am not a villager", "is 3 mafia?"]


def test_phrases_and_variants_are_understood():
    env = deal()
    view, rules = infogap.view(env, "player_0"), env.rules
    assert len(set(env.words)) == len(env.words) == 54 == env.action_space("player_0").n
    for action, phrase in enumerate(env.words):
        assert mafia_text.read(rules, 0, phrase) == action or phrase.startswith("Tonight")
    for phrase, others in VARIANTS.items():
        assert {env.read(other, view) for other in others} == {env.words.index(phrase)}, phrase
    assert mafia_text.read(rules, 1, "player 3") == act_of(Kind.VOTE, 3, 7) == mafia_text.read(rules, 1, "I choose 3.")
    assert mafia_text.read(rules, 2, "#3") == act_of(Kind.NIGHT, 3, 7)
    assert mafia_text.read(rules, 0, "player 3") is None


def test_anything_else_is_not_understood_and_nothing_raises():
    env = deal()
    view, rng = infogap.view(env, "player_0"), random.Random(0)
    for text in NOTHING:
        assert env.read(text, view) is None, text
    for thing in (None, 3, b"I pass.", ["I pass."], math.nan, object()):
        assert env.read(thing, view) is None
    letters = "accuse player 0123456789 is not mafia,:#_-'’²ß\u0130\u202e\n I inspected that and explain vote"
    for _ in range(3_000):
        said = env.read("".join(rng.choice(letters) for _ in range(rng.randrange(60))), view)
        assert said is None or 0 <= said < 54
    words = [*letters.split(), "mafia", "i", "am", "the", "a", "i'm", "3", "player 4", "kill"]
    for _ in range(3_000):
        said = env.read(" ".join(rng.choice(words) for _ in range(rng.randrange(9))), view)
        assert said is None or 0 <= said < 54


def test_a_seat_can_be_played_by_talking():
    chat = Chat(mafia.env(render_mode="ansi"))
    chat.reset(seed=4)
    person = chat.seat("player_0")
    first = person.hear().messages
    assert first[0].startswith("You are player 0, ") and "Day 1." in first[1]
    with pytest.raises(InvalidMessage):
        person.say("I accuse everybody")
    person.say("I suspect player 3!")
    assert "Player 0: I accuse player 3." in chat.seat("player_5").hear().messages
    with pytest.raises(InvalidAction):
        person.say("I pass.")


def test_the_story_only_grows_and_pictures_are_public():
    env = mafia.env(render_mode="ansi")
    partner = env.partners["prudent"](env)
    for seed in range(4):
        env.reset(seed=seed)
        told = dict.fromkeys(env.possible_agents, ())
        turn = 0
        while not all(env.terminations.values()):
            for seat in env.possible_agents:
                lines = env.lines(infogap.view(env, seat))
                assert lines[: len(told[seat])] == told[seat]
                told[seat] = lines
            assert env.render().startswith("Day ")
            env.step(partner(env.agent_selection, env.observe(env.agent_selection), Chance(1, seed, turn)))
            turn += 1
        for seat in env.possible_agents:
            end = env.lines(infogap.view(env, seat))
            assert end[: len(told[seat])] == told[seat] and end[-1] in ("The town wins.", "The mafia wins.")
    env = deal()
    assert env.describe("player_3", infogap.reveal(env).type_of("player_3")) == "player 3 is mafia with player 5."
    assert env.describe("player_1", (DETECTIVE, *(0,) * 7)) == "player 1 is the detective."


# -- partners, posteriors, claims --------------------------------------------------------------------------------------
def test_every_partner_plays_every_table():
    assert {"prudent", "truthful", "silent", "adversarial", "naive"} <= mafia.PARTNERS.keys() - mafia.Mafia.held_out
    assert len(mafia.Mafia.held_out) >= 2 and mafia.Mafia.held_out <= mafia.PARTNERS.keys()
    tables = [{}, {"players": 3, "mafia": 1}, {"players": 15, "mafia": 7}, {"detective": False}, {"statements": 0}]
    for options in [*tables, {"statements": 3}, {"regime": "partial"}]:
        env = mafia.env(**options)
        makers = {name: maker(env) for name, maker in env.partners.items()}
        for i, (name, partner) in enumerate(makers.items()):
            assert mafia.PARTNERS[name].__doc__
            other = makers[sorted(makers)[i]]
            env.reset(seed=i)
            play(env, {VILLAGER: partner, DETECTIVE: partner, MAFIA: other}, 1, i)


def test_truthful_and_silent_partners_are_what_they_say():
    env = mafia.env()
    partners = {name: maker(env) for name, maker in env.partners.items()}
    lies = Counter()
    env.reset(seed=1)
    for name in ("truthful", "silent", "adversarial"):
        for episode in range(25):
            play(env, dict.fromkeys((VILLAGER, DETECTIVE, MAFIA), partners[name]), 2, episode)
            checks = infogap.outcome(env).checks
            lies[name] += checks["deception"]
            assert name != "silent" or checks["claims"] == 0 == checks["disclosure_bits"]
            assert name != "truthful" or checks["claims"] >= 4
            env.reset()
    assert lies["truthful"] == 0 and lies["adversarial"] > 20


def test_posterior_samples_keep_what_the_seat_knows():
    env = deal()
    truth = infogap.reveal(env)
    for seat, known in (("player_3", (3, 5)), ("player_1", (1,)), ("player_0", (0,))):
        drawn = [env.resample(truth, seat, Chance(key)) for key in range(300)]
        assert {t.type_of(seat) for t in drawn} == {truth.type_of(seat)}
        found = Counter(SEATS.index(s) for t in drawn for s, role in t.role.items() if role == MAFIA)
        free = [i for i in range(7) if i not in known]
        if seat == "player_3":
            assert set(found) == {3, 5}
            assert len({tuple(t.role.values()).index(DETECTIVE) for t in drawn}) == 5
        else:
            assert set(found) == set(free) and min(found.values()) > 55  # 100 each is expected


def test_claims_tell_bits():
    """Against all ways to give the roles, listed."""
    rng = random.Random(2)
    for n, bad, detective in [(5, 1, True), (6, 2, True), (5, 2, False), (7, 3, True)]:
        cards = [MAFIA] * bad + [DETECTIVE] * detective + [VILLAGER] * (n - bad - detective)
        deals = sorted(set(itertools.permutations(cards)))
        fits = {
            "is_mafia": lambda roles, i: roles[i] == MAFIA,
            "not_mafia": lambda roles, i: roles[i] != MAFIA,
            "villagers": lambda roles, i: roles[i] == VILLAGER,
            "detectives": lambda roles, i: roles[i] == DETECTIVE,
        }
        for _ in range(60):
            claims = [(rng.choice(sorted(fits)), rng.randrange(n)) for _ in range(rng.randrange(6))]
            known = {what: [i for kind, i in claims if kind == what] for what in fits}
            left = [roles for roles in deals if all(fits[what](roles, i) for what, i in claims)]
            assert assignments(n, bad, detective, **known) == len(left)
            believed = deals
            for what, i in claims:
                believed = [roles for roles in believed if fits[what](roles, i)] or believed
            assert claimed_bits(n, bad, detective, claims) == pytest.approx(math.log2(len(deals) / len(believed)))
    env = deal(statements=2)  # claims that are withdrawn tell nothing
    act(env, Kind.VILLAGER)
    for _ in range(6):
        act(env, Kind.PASS)
    act(env, Kind.REPAIR)
    for _ in range(6):
        act(env, Kind.PASS)
    partner = env.partners["silent"](env)
    play(env, dict.fromkeys((VILLAGER, DETECTIVE, MAFIA), partner), 1, 1)
    checks = infogap.outcome(env).checks
    assert (checks["claims"], checks["disclosure_bits"], checks["repair"]) == (0, 0, 1)


def test_games_pickle_in_the_middle():
    env = deal()
    act(env, Kind.ACCUSE, 3)
    again = pickle.loads(pickle.dumps(env))
    for game in (env, again):
        act(game, Kind.CONFIRM)
    assert str(again.observe("player_3")) == str(env.observe("player_3"))
    assert again.truth_type is env.truth_type
