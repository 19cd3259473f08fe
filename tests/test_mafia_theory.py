"""Mafia: its values by two programmes and by play, and what claims tell."""

from __future__ import annotations

import itertools
import math
import random
from fractions import Fraction
from functools import lru_cache

import pytest
from mafia_deal import act, deal, play, share

import infogap
from infogap.envs.social import mafia
from infogap.envs.social.mafia_acts import DETECTIVE, MAFIA, VILLAGER, Kind, act_of
from infogap.envs.social.mafia_partners import decode
from infogap.envs.social.mafia_theory import assignments, claimed_bits, town_wins, town_wins_with_detective

PAPERS = {(4, 1): 0.467, (5, 2): 0.229, (6, 1): 0.543, (7, 2): 0.298, (8, 1): 0.594}  # reference values, 3 decimals


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


# -- claims ------------------------------------------------------------------------------------------------------------
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
