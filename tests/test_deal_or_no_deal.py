"""Deal or no deal: its rules, observations, deals and verdicts, on hand-made episodes."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import numpy as np
import pytest

import infogap
from infogap.core.chance import Chance
from infogap.core.errors import InfogapError, InvalidAction, InvalidOption, InvalidTruth, UnknownOption
from infogap.envs.social import deal_or_no_deal as dond
from infogap.envs.social import deal_or_no_deal_rules as rules
from infogap.envs.social import deal_or_no_deal_theory as theory
from infogap.envs.social.deal_or_no_deal import DealTruth

SEATS = ("player_0", "player_1")
ACCEPT, WALK, ASK, CONFIRM, WITHDRAW = 125, 126, 136, 137, 138
MOST, LEAST, NONE = 127, 130, 133
BOOK, HAT, BALL = range(3)
# Two books, a hat, three balls. player_0 wants the hat and the balls, player_1 the books and some balls.
COUNTS, FIRST, SECOND = (2, 1, 3), (0, 4, 2), (2, 0, 2)


def take(books: int, hats: int, balls: int) -> int:
    return 25 * books + 5 * hats + balls


def planted(first=FIRST, second=SECOND, counts=COUNTS, env=None, acts=()):
    env = env or dond.env()
    infogap.plant(env, env.truth_type(values=dict(zip(SEATS, (first, second), strict=True)), counts=counts, acts=acts))
    env.reset()
    return env


def played(*acts, **options):
    env = planted(**options)
    for act in acts:
        env.step(act)
    return env


# -- playing -----------------------------------------------------------------------------------------------------------
def test_a_deal_pays_each_seat_its_own_value_of_its_own_share():
    env = played(take(0, 1, 2), ACCEPT)
    assert env.rewards == {"player_0": 8.0, "player_1": 6.0} and all(env.terminations.values())
    # The other way round: player_1 proposes what player_1 takes.
    env = played(ASK, take(1, 0, 3), ACCEPT)
    assert env.rewards == {"player_0": 4.0, "player_1": 8.0}
    assert not any(env.truncations.values())


def test_without_a_deal_nobody_gets_anything():
    for acts in [(WALK,), (take(2, 1, 3), WALK), (take(0, 1, 2), *[ASK] * 9)]:
        env = played(*acts)
        assert env.rewards == {"player_0": 0.0, "player_1": 0.0} and all(env.terminations.values())


def test_the_deadline_is_a_rule_of_the_game():
    for turns in (2, 3, 10, 11):
        env = planted(env=dond.env(turns=turns))
        for turn in range(turns):
            assert not any(env.terminations.values()) and env.agent_selection == SEATS[turn % 2]
            env.step(ASK)
        assert all(env.terminations.values()) and not any(env.truncations.values())
    env = played(*[ASK] * 8, take(0, 1, 0), ACCEPT)  # the last act may accept
    assert env.rewards == {"player_0": 4.0, "player_1": 10.0}


def test_the_mask_follows_the_pool_and_the_standing_offer():
    def legal(*acts):
        env = played(*acts)
        mask = env.observe(env.agent_selection)["action_mask"]
        other = SEATS[1 - SEATS.index(env.agent_selection)]
        assert not env.observe(other)["action_mask"].any()
        proposals = {take(*share) for share in itertools.product(range(3), range(2), range(4))}
        assert set(np.flatnonzero(mask[:125])) == proposals
        assert mask[WALK : ASK + 1].all()
        return mask[ACCEPT], mask[CONFIRM], mask[WITHDRAW]

    offer = take(1, 1, 1)
    assert legal() == (0, 0, 0)
    assert legal(offer) == (1, 1, 0)  # the other's
    assert legal(offer, ASK) == (0, 1, 1)  # the own
    assert legal(offer, ASK, ASK) == (1, 1, 0)
    assert legal(offer, ASK, WITHDRAW) == (0, 0, 0)
    assert legal(offer, take(0, 0, 3)) == (1, 1, 0)  # the counter-offer takes its place
    assert legal(offer, take(0, 0, 3), ASK) == (0, 1, 1)
    assert legal(offer, MOST, WITHDRAW, offer, CONFIRM) == (0, 1, 1)


def test_the_offer_that_counts_is_the_standing_one():
    env = played(take(0, 1, 3), take(2, 0, 1), ACCEPT)
    assert env.rewards == {"player_0": 8.0, "player_1": 6.0}
    env = played(take(0, 1, 3), ASK, MOST + HAT, ACCEPT)  # talk leaves it standing
    assert env.rewards == {"player_0": 10.0, "player_1": 4.0}


def test_observation_by_hand():
    env = played(take(0, 1, 2), NONE + HAT, ASK, take(2, 0, 1))
    history = [1, 0, 1, 2, 6, 0, 1, 0, 7, 0, 0, 0, 1, 0, 1, 2]
    expected = [0, *FIRST, *COUNTS, 4, 2, 0, 1, 2, *history, *[0] * 24]
    assert env.observe("player_0")["observation"].tolist() == expected
    # player_1 gets the rest of what the other takes, and what it takes itself.
    history = [1, 2, 0, 1, 6, 0, 1, 0, 7, 0, 0, 0, 1, 2, 0, 1]
    expected = [1, *SECOND, *COUNTS, 4, 1, 2, 0, 1, *history, *[0] * 24]
    assert env.observe("player_1")["observation"].tolist() == expected


def test_observations_hold_all_that_was_seen():
    env = dond.env()
    rng = np.random.default_rng(1)
    for episode in range(60):
        env.reset(seed=episode)
        while not any(env.terminations.values()):
            for i, seat in enumerate(SEATS):
                seen = env.observe(seat)
                assert env.observation_space(seat).contains(seen)
                scene, truth = rules.decode(seen["observation"]), infogap.reveal(env)
                offer = rules.standing(truth.acts)
                assert (scene.seat, scene.own, scene.counts) == (i, truth.values[seat], truth.counts)
                assert (scene.turn, scene.turns, scene.acts) == (len(truth.acts), 10, truth.acts)
                assert scene.offer == (0 if offer is None else 1 if offer[0] == i else 2)
            mask = env.observe(env.agent_selection)["action_mask"]
            env.step(int(rng.choice(np.flatnonzero(mask))))


def test_observations_are_fresh_and_writable():
    env = planted()
    first = env.observe("player_0")["observation"]
    first[:] = 9
    assert env.observe("player_0")["observation"].tolist()[:7] == [0, *FIRST, *COUNTS]


# -- who knows what ----------------------------------------------------------------------------------------------------
def test_a_seat_sees_nothing_of_the_others_values():
    for counts in [(1, 1, 3), (2, 1, 3)]:
        for own in rules.vectors(counts)[::9]:
            for i, seat in enumerate(SEATS):
                seen = set()
                for other in rules.counterparts(counts, own):
                    pair = (own, other) if i == 0 else (other, own)
                    env = played(take(1, 1, 1), MOST + HAT, CONFIRM, first=pair[0], second=pair[1], counts=counts)
                    view = infogap.view(env, seat)
                    seen.add(str((env.observe(seat), env.infos[seat], view.fields(), view.legal(), env.rewards)))
                assert len(seen) == 1


def test_who_is_granted_what():
    env = planted()
    assert infogap.view(env, "player_0").values == FIRST and infogap.view(env, "player_1").values == SECOND
    for party in ("verifier", "critic"):
        assert infogap.view(env, party).values == {"player_0": FIRST, "player_1": SECOND}
    for party in ("stranger", "auditor", "player_2", "public"):
        view = infogap.view(env, party)
        assert view.fields() == {"counts": COUNTS, "acts": ()}
        for name in ("values", "payoff", "legal", "type_of"):
            with pytest.raises(InfogapError):
                getattr(view, name)


def test_pictures_and_lines():
    pictures = set()
    for first, second in rules.deals(COUNTS)[::40]:
        env = played(take(1, 1, 0), CONFIRM, first=first, second=second, env=dond.env(render_mode="ansi"))
        pictures.add(env.render())
        lines = env.lines(infogap.view(env, "player_1"))
        assert lines[1] == env.describe("player_1", second)
    assert pictures == {
        "There are 2 books, 1 hat and 3 balls, and at most 10 turns of both together.\n"
        "player_0: I take 1 book, 1 hat and 0 balls.\n"
        "player_1: I restate the standing offer. player_0 takes 1 book, 1 hat and 0 balls."
    }
    assert dond.env().describe("player_0", (0, 4, 2)) == "Points to player_0 for one of each: book 0, hat 4, ball 2."


def test_noisy_reports_are_of_the_same_pool():
    env = dond.env(regime="noisy", accuracy=0.0)
    wrong = 0
    for seed in range(60):
        env.reset(seed=seed)
        truth = infogap.reveal(env)
        for i, seat in enumerate(SEATS):
            told = tuple(int(n) - 1 for n in env.observe(seat)["observation"][-3:])
            other = truth.values[SEATS[1 - i]]
            assert rules.worth(told, truth.counts) == 10
            wrong += told != other
    assert wrong > 100
    seen = planted(env=dond.env(regime="mindreader")).observe("player_0")["observation"]
    assert seen[-3:].tolist() == [n + 1 for n in SECOND] and len(seen) == 55


# -- deals -------------------------------------------------------------------------------------------------------------
def test_pools_are_uniform_and_so_are_values_within_a_pool():
    env = dond.env()
    drawn = [env.initial(Chance(7, episode)) for episode in range(20_000)]
    pools = Counter(truth.counts for truth in drawn)
    n = len(drawn)
    chi_square = sum((pools[counts] - n / 28) ** 2 / (n / 28) for counts in rules.COUNTS)
    assert chi_square < 66.0  # 0.9999 quantile with 27 degrees of freedom
    rarest = min(rules.COUNTS, key=lambda counts: len(rules.deals(counts)))
    met = Counter(tuple(truth.values.values()) for truth in drawn if truth.counts == rarest)
    pairs = rules.deals(rarest)
    each = pools[rarest] / len(pairs)
    assert set(met) <= set(pairs)
    spread = sum((met[pair] - each) ** 2 / each for pair in pairs)
    df = len(pairs) - 1
    assert abs(spread - df) < 5 * math.sqrt(2 * df)


def test_contested_deals_are_contested():
    env = dond.env(instances="contested")
    for episode in range(300):
        truth = env.initial(Chance(3, episode))
        assert any(a and b for a, b in zip(*truth.values.values(), strict=True))
    assert any(
        not any(a and b for a, b in zip(*dond.env().initial(Chance(3, e)).values.values(), strict=True))
        for e in range(300)
    )


@pytest.mark.parametrize("instances", rules.INSTANCES)
@pytest.mark.parametrize("seat", SEATS)
def test_resample_draws_from_the_posterior(seat, instances):
    """Bayes by hand: given the pool all pairs are equally likely, so the posterior is uniform over what can be met."""
    env = dond.env(instances=instances)
    i = SEATS.index(seat)
    truth = planted(env=env)._world.truth
    pairs = [pair for pair in rules.deals(COUNTS, instances) if pair[i] == (FIRST, SECOND)[i]]
    drawn = Counter()
    n = 3_000
    for episode in range(n):
        other = env.resample(truth, seat, Chance(5, episode))
        assert other.counts == COUNTS and other.acts == () and type(other) is type(truth)
        drawn[tuple(other.values.values())] += 1
    assert set(drawn) == set(pairs)
    df = len(pairs) - 1
    chi_square = sum((drawn[pair] - n / len(pairs)) ** 2 / (n / len(pairs)) for pair in pairs)
    assert chi_square < df + 5 * math.sqrt(2 * df)


# -- verdicts ----------------------------------------------------------------------------------------------------------
def test_the_verdict_on_a_perfect_deal():
    verdict = infogap.outcome(played(take(0, 1, 2), ACCEPT))
    assert verdict.success and verdict.score == 1.0
    assert verdict.checks == {
        "efficiency": 1.0,
        "first_best": 14.0,
        "pareto": 1.0,
        "nash_share": 1.0,
        "disclosure_bits": 0.0,
        "disclosure_bits_player_0": 0.0,
        "disclosure_bits_player_1": 0.0,
        "deception": 0.0,
        "clarify": 0.0,
        "confirm": 0.0,
        "repair": 0.0,
        "turns": 2.0,
        "payoff_player_0": 8.0,
        "payoff_player_1": 6.0,
    }


def test_verdicts_of_other_ends():
    # Wrong goods: player_0 takes the books, which it does not value; 6 + 4 of 14.
    wasted = infogap.outcome(played(take(2, 0, 3), ACCEPT))
    assert wasted.success and wasted.score == pytest.approx(6 / 14)
    assert wasted.checks["pareto"] == 0.0 and wasted.checks["nash_share"] == 0.0
    # Efficient but one-sided.
    greedy = infogap.outcome(played(take(0, 1, 3), ACCEPT))
    assert greedy.score == 1.0 and greedy.checks["pareto"] == 1.0
    assert greedy.checks["nash_share"] == pytest.approx(40 / 48)
    for acts in [(WALK,), [ASK] * 10, (take(0, 1, 2), WALK)]:
        verdict = infogap.outcome(played(*acts))
        assert not verdict.success and verdict.score == 0.0
        assert verdict.checks["pareto"] == verdict.checks["nash_share"] == verdict.checks["payoff_player_1"] == 0.0
    counted = infogap.outcome(played(ASK, take(2, 0, 1), CONFIRM, WITHDRAW, ASK, take(2, 0, 1), ACCEPT))
    names = ("clarify", "confirm", "repair", "turns")
    assert [counted.checks[name] for name in names] == [2.0, 1.0, 1.0, 7.0]


def test_lies_and_disclosure_by_hand():
    """Of the ways to make 2 books, a hat and 3 balls worth 10, statements leave those that they are true of."""
    every = [v for v in itertools.product(range(11), repeat=3) if 2 * v[0] + v[1] + 3 * v[2] == 10]
    no_books = [v for v in every if v[0] == 0]
    hats_too = [v for v in no_books if v[1] == max(v)]
    true = played(NONE + BOOK, ASK, MOST + HAT, WALK)
    checks = infogap.outcome(true).checks
    assert checks["deception"] == 0.0 and checks["disclosure_bits_player_1"] == 0.0
    assert checks["disclosure_bits"] == pytest.approx(math.log2(len(every) / len(hats_too)))
    # player_0 lies once in two, player_1 (books and balls at 2) tells the truth with a tie.
    half = infogap.outcome(played(NONE + HAT, MOST + BALL, LEAST + BOOK, WALK)).checks
    assert half["deception"] == pytest.approx(1 / 3)
    balls_most = [v for v in every if v[2] == max(v)]
    assert half["disclosure_bits_player_1"] == pytest.approx(math.log2(len(every) / len(balls_most)))
    # A statement that nothing could agree with tells nothing more.
    assert theory.consistent(COUNTS, [MOST + BOOK, NONE + BOOK]) == theory.consistent(COUNTS, [MOST + BOOK])
    assert theory.disclosed(COUNTS, [take(1, 0, 0), ASK, ACCEPT]) == 0.0


def test_every_split_of_some_deals_is_judged_right():
    """Efficiency, Pareto and Nash share of all outcomes, against formulas written out here."""
    for counts in [(2, 1, 3), (1, 4, 2), (3, 3, 1)]:
        first, second = rules.deals(counts)[-3]
        points = theory.payoffs(counts, first, second)
        best, product = max(map(sum, points)), max(math.prod(p) for p in points)
        for share, (a, b) in zip(rules.splits(counts), points, strict=True):
            env = played(rules.proposal(share), ACCEPT, first=first, second=second, counts=counts)
            verdict = infogap.outcome(env)
            assert verdict.score == pytest.approx((a + b) / best)
            assert verdict.checks["nash_share"] == pytest.approx(a * b / product)
            better = any(q != (a, b) and q[0] >= a and q[1] >= b for q in points)
            assert verdict.checks["pareto"] == float(not better)
            assert env.rewards == {"player_0": float(a), "player_1": float(b)}


# -- bad input ---------------------------------------------------------------------------------------------------------
def test_illegal_acts_are_refused_and_change_nothing():
    env = planted()
    before = str(env.observe("player_0"))
    beyond = (take(3, 0, 0), take(0, 2, 0), take(0, 0, 4), take(4, 4, 4))
    for bad in (*beyond, ACCEPT, CONFIRM, WITHDRAW, 139, -1, 1.5, None, "deal", True, np.nan, [1], 10**5000):
        with pytest.raises(InvalidAction):
            env.step(bad)
        assert str(env.observe("player_0")) == before and env.agent_selection == "player_0"
    env.step(take(1, 0, 0))
    with pytest.raises(InvalidAction):
        env.step(WITHDRAW)  # the other's offer
    env.step(WALK)
    with pytest.raises(InvalidAction):
        env.step(ASK)


def test_a_deal_refuses_itself():
    good = {"player_0": FIRST, "player_1": SECOND}
    for values, counts, acts in [
        (good, (0, 0, 0), ()),  # nothing to divide
        (good, (2, 0, 3), ()),  # no hats
        (good, (1, 1, 1), ()),  # too few
        (good, (4, 4, 4), ()),  # too many
        (good, [2, 1, 3], ()),
        (good, (2, 1), ()),
        (good, (2, 1, 3.0), ()),
        (good, None, ()),
        ({"player_0": FIRST}, COUNTS, ()),  # one player
        ({**good, "player_2": FIRST}, COUNTS, ()),
        ({"player_0": FIRST, "player_1": (-1, 3, 3)}, COUNTS, ()),  # negative: -2 + 3 + 9 = 10
        ({"player_0": FIRST, "player_1": (2, 0, 1)}, COUNTS, ()),  # not 10
        ({"player_0": FIRST, "player_1": (0, 0, 0)}, COUNTS, ()),
        ({"player_0": FIRST, "player_1": (0, 10, 0)}, COUNTS, ()),  # nobody values books
        ({"player_0": FIRST, "player_1": [2, 0, 2]}, COUNTS, ()),
        ({"player_0": FIRST, "player_1": (2.0, 0, 2)}, COUNTS, ()),
        ({"player_0": FIRST, "player_1": (True, 8, 0)}, COUNTS, ()),
        (7, COUNTS, ()),
        (good, COUNTS, None),
        (good, COUNTS, [ASK]),
        (good, COUNTS, (ACCEPT,)),
        (good, COUNTS, (take(3, 0, 0),)),
        (good, COUNTS, (WALK, ASK)),
        (good, COUNTS, (take(1, 0, 0), ACCEPT, ASK)),
        (good, COUNTS, (ASK,) * 11),
        (good, COUNTS, ("deal",)),
        (good, COUNTS, (139,)),
    ]:
        with pytest.raises(InvalidTruth) as error:
            DealTruth(values=values, counts=counts, acts=acts)
        assert str(SECOND) not in str(error.value) and str(FIRST) not in str(error.value)
    apart = {"player_0": (0, 10, 0), "player_1": (2, 0, 2)}
    DealTruth(values=apart, counts=COUNTS, acts=())
    with pytest.raises(InvalidTruth, match="both"):
        dond.env(instances="contested").truth_type(values=apart, counts=COUNTS, acts=())
    with pytest.raises(InvalidTruth, match="over"):
        infogap.plant(dond.env(), DealTruth.under(dond.Rules())(values=good, counts=COUNTS, acts=(WALK,)))


def test_planted_negotiations_go_on_where_they_stand():
    env = planted(acts=(ASK, take(2, 0, 1)))
    assert env.agent_selection == "player_0"
    env.step(ACCEPT)
    assert env.rewards == {"player_0": 8.0, "player_1": 6.0}


def test_options_are_checked():
    for turns in (1, 0, -3, 101, 2.0, True, "10", None):
        with pytest.raises(InvalidOption):
            dond.env(turns=turns)
    for instances in ("any", None, 3):
        with pytest.raises(UnknownOption):
            dond.env(instances=instances)
    with pytest.raises(TypeError):
        dond.env(players=1)
