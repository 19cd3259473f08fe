"""The base of games: regimes, positions, simultaneous phases, states, outcomes."""

from __future__ import annotations

import copy
import itertools
import pickle
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pytest
from gymnasium import spaces

import infogap
from infogap import ALL, OWN, Truth, Verdict, release, seen_by
from infogap.core.chance import Chance
from infogap.core.errors import (
    EpisodeOver,
    InvalidAction,
    InvalidOption,
    InvalidTruth,
    NotGranted,
    ResetNeeded,
    SealedError,
    UnknownOption,
    Unsupported,
    VerifierFault,
)
from infogap.core.game import Game
from infogap.core.parallel import ParallelGame
from infogap.core.position import Specified
from infogap.core.regime import REGIMES
from infogap.envs import GAMES
from infogap.envs.social import kuhn

SEATS = ("voter_0", "voter_1", "voter_2")


class Rules(NamedTuple):
    options: int


class Ballot(Truth):
    """A sealed vote: each seat has a taste, all vote at once, most votes win."""

    seats: ClassVar[tuple[str, ...] | None] = SEATS
    rules: ClassVar[Rules]
    taste: dict[str, tuple[int, int]] = seen_by(OWN, "verifier", doc="what each seat likes, and how much")
    votes: dict[str, int] = seen_by(OWN, "verifier", doc="votes; -1 before")
    voted: int = seen_by(ALL, doc="how many have voted")

    @release(ALL, of="voted", per_step=None)
    def over(self):
        return self.voted == len(SEATS)

    @release(ALL, of="voted", per_step=None)
    def to_move(self):
        return SEATS[self.voted :]

    @release(OWN, of="voted", per_step=None)
    def legal(self, seat):
        return (seat in self.to_move(),) * self.rules.options

    @release(OWN, of="taste votes voted", per_step=None)
    def payoff(self, seat):
        if not self.over():
            return 0.0
        votes = list(self.votes.values())
        return float(max(set(votes), key=votes.count) == self.taste[seat][0])

    @release(OWN, of="taste", per_step=None)
    def type_of(self, seat):
        return self.taste[seat]


class BallotGame(Game):
    """Three voters."""

    family = "test/ballot"
    truth_type = Ballot
    metadata = {"name": "ballot_v0", "render_modes": [], "is_parallelizable": True}

    def __init__(self, options: int = 3, **common: Any) -> None:
        votes = spaces.Dict({s: spaces.Discrete(options + 1, start=-1) for s in SEATS})
        tastes = spaces.Dict({s: spaces.Tuple([spaces.Discrete(options), spaces.Discrete(4)]) for s in SEATS})
        super().__init__(
            seats=SEATS,
            rules=Rules(options),
            observed=spaces.Box(0, 9, (3,), np.int8),
            actions=[f"I vote for {i}." for i in range(options)],
            truth_space=spaces.Dict(taste=tastes, votes=votes, voted=spaces.Discrete(4)),
            type_sizes=dict.fromkeys(SEATS, (options, 4)),
            **common,
        )

    def initial(self, chance):
        n = self.truth_type.rules.options
        return self.truth_type(
            taste={s: (chance.below(n), chance.below(4)) for s in SEATS}, votes=dict.fromkeys(SEATS, -1), voted=0
        )

    def transition(self, truth, seat, action, chance):
        return truth.but(votes={**truth.votes, seat: action}, voted=truth.voted + 1)

    def observation(self, view):
        return np.array((*view.type_of(), view.voted), np.int8)

    def outcome(self, view):
        return Verdict(True, 7.0) if view.votes["voter_0"] == 2 else Verdict(True, 1.0, {"turns": 3.0})


def dealt(env: Any) -> dict[str, Any]:
    return infogap.reveal(env).taste


# -- regimes -----------------------------------------------------------------------------------------------------------
def channel(env: Any, seat: str) -> list[int]:
    return env.observe(seat)["observation"][env.own_size :].tolist()


def test_each_regime_tells_what_it_says():
    for seed in range(20):
        games = {name: BallotGame(regime=name, share=0.5, accuracy=0.7) for name in REGIMES}
        for env in games.values():
            env.reset(seed=seed)
        taste = dealt(games["private"])
        plus = {seat: [t + 1 for t in taste[seat]] for seat in SEATS}
        everybody = [t for seat in SEATS for t in plus[seat]]
        assert all(dealt(env) == taste for env in games.values())  # the regime changes nothing of the deal
        for i, seat in enumerate(SEATS):
            later = [SEATS[(i + k) % 3] for k in (1, 2)]
            assert channel(games["private"], seat) == []
            assert channel(games["mindreader"], seat) == [*plus[later[0]], *plus[later[1]]]
            assert channel(games["script"], seat) == [*everybody, *(int(s == seat) for s in SEATS)]
            told = channel(games["partial"], seat)
            assert all(t in (0, p) for t, p in zip(told, [*plus[later[0]], *plus[later[1]]], strict=True))
            assert len(channel(games["noisy"], seat)) == 4
        for env in games.values():
            assert all(env.observation_space(s).contains(env.observe(s)) for s in SEATS)
            assert env.state_space.contains(env.state())
            assert env.state().tolist() == [x for s in SEATS for x in (*taste[s], 0)]


def test_noise_and_shares_have_the_probabilities_they_say():
    n = 1_500
    right = shown = 0
    noisy, partial = BallotGame(regime="noisy", accuracy=0.7), BallotGame(regime="partial", share=0.3)
    noisy.reset(seed=1)
    partial.reset(seed=1)
    for _ in range(n):
        right += channel(noisy, "voter_0")[:2] == [t + 1 for t in dealt(noisy)["voter_1"]]
        shown += sum(x > 0 for x in channel(partial, "voter_0"))
        noisy.reset()
        partial.reset()
    chance_right = 0.7 + 0.3 / 12  # a false type is that of an independent deal, and 1 in 12 of those is the same
    assert abs(right / n - chance_right) < 4 * (chance_right * (1 - chance_right) / n) ** 0.5
    assert abs(shown / (4 * n) - 0.3) < 4 * (0.3 * 0.7 / (4 * n)) ** 0.5
    sure, silent = BallotGame(regime="noisy", accuracy=1), BallotGame(regime="partial", share=0)
    for seed in range(10):
        sure.reset(seed=seed)
        silent.reset(seed=seed)
        assert channel(sure, "voter_2")[:2] == [t + 1 for t in dealt(sure)["voter_0"]]
        assert channel(silent, "voter_2") == [0] * 4


def test_the_partition_says_the_regime():
    rows = {name: {r.name: r for r in infogap.partition(BallotGame(regime=name).truth_type)} for name in REGIMES}
    for name in ("private", "noisy", "partial"):
        assert rows[name]["taste"].to == {OWN, "verifier"}
    for name in ("mindreader", "script"):
        assert all(row.to == {ALL} for row in rows[name].values() if row.kind == "field")
    assert "told" not in rows["private"] and all(rows[n]["told"].to == {OWN} for n in REGIMES if n != "private")
    assert all(("veil" in rows[n]) == (n in ("noisy", "partial")) for n in REGIMES)
    env = BallotGame(regime="noisy")
    env.reset(seed=0)
    for name in ("veil", "taste"):
        if name == "veil":
            with pytest.raises(NotGranted):
                getattr(infogap.view(env, "voter_0"), name)
        else:
            assert infogap.view(env, "voter_0").taste == dealt(env)["voter_0"]
    open_game = BallotGame(regime="script")
    open_game.reset(seed=0)
    assert infogap.view(open_game, "voter_0").taste == dealt(open_game)


def test_ids_and_names_say_the_regime():
    for id, game in GAMES.items():
        env = game.env()
        assert env.regime.name == game.regime and game.regime in repr(env)
        assert (game.regime in id) == (game.regime in env.metadata["name"]) == (game.regime != "private")
        with pytest.raises(InvalidOption, match="says the regime"):
            game.env(regime="script")
    for bad in ("omniscient", "", None, 3, ["private"]):
        with pytest.raises(UnknownOption):
            BallotGame(regime=bad)
    for option in ("accuracy", "share"):
        for value in (-0.1, 1.1, float("nan"), "half", None, True):
            with pytest.raises(InvalidOption):
                BallotGame(regime="noisy", **{option: value})
    with pytest.raises(UnknownOption):
        BallotGame(render_mode="human")


def test_truths_of_rules_and_regimes_are_the_same_classes_again():
    for regime in REGIMES:
        one, two = BallotGame(regime=regime), BallotGame(regime=regime)
        assert one.truth_type is two.truth_type and one.truth_type is not BallotGame(4, regime=regime).truth_type
        one.reset(seed=3)
        truth = infogap.reveal(one)
        again = pickle.loads(pickle.dumps(truth))
        assert type(again) is type(truth) and again.taste == truth.taste and pickle.loads(pickle.dumps(type(truth)))
        infogap.plant(two, again)
        two.reset()
        assert dealt(two) == truth.taste
    private, noisy, other = BallotGame(), BallotGame(regime="noisy"), BallotGame(4)
    private.reset(seed=0)
    truth = infogap.reveal(private)
    infogap.plant(BallotGame(regime="script"), truth)  # of another regime, where it says all there is to say
    for env in (noisy, other):
        with pytest.raises(InvalidTruth):
            infogap.plant(env, truth)


def test_planted_deals_carry_what_is_told():
    env = BallotGame(regime="partial")
    env.reset(seed=1)
    truth = infogap.reveal(env)
    infogap.plant(env, truth.but(veil=dict.fromkeys(SEATS, (1, 0))))
    env.reset()
    assert channel(env, "voter_0") == [dealt(env)["voter_1"][0] + 1, 0, dealt(env)["voter_2"][0] + 1, 0]
    with pytest.raises(InvalidTruth):
        infogap.plant(env, truth.but(veil={}))


def test_forks_are_streams_of_their_own():
    chance = Chance(7, 3, 2)
    assert chance.fork("a").word() == Chance(7, 3, 2).fork("a").word() != chance.fork("b").word() != chance.word()
    assert chance.fork("a").word() != chance.at(3, 3).fork("a").word()


# -- simultaneous phases -----------------------------------------------------------------------------------------------
def test_a_phase_is_one_step_in_parallel_and_several_in_turns():
    turns, parallel = BallotGame(), ParallelGame(BallotGame())
    for seed in range(10):
        votes = dict(zip(SEATS, (seed % 3, seed // 2 % 3, 1), strict=True))
        turns.reset(seed=seed)
        first, _ = parallel.reset(seed=seed)
        assert all(o["action_mask"].all() for o in first.values())
        for i, seat in enumerate(SEATS):
            assert turns.agent_selection == seat and not any(turns.terminations.values())
            assert turns.observe(SEATS[0])["observation"][2] == i
            masks = [bool(turns.observe(s)["action_mask"].any()) for s in SEATS]
            assert masks == [k >= i for k in range(3)]
            turns.step(votes[seat])
        seen, rewards, terminated, truncated, _ = parallel.step(votes)
        assert rewards == turns.rewards and all(terminated.values()) and not any(truncated.values())
        assert all((seen[s]["observation"] == turns.observe(s)["observation"]).all() for s in SEATS)
        assert not parallel.agents


def test_a_phase_with_one_bad_action_changes_nothing():
    env, twin = ParallelGame(BallotGame()), ParallelGame(BallotGame())
    env.reset(seed=2)
    twin.reset(seed=2)
    good = dict.fromkeys(SEATS, 1)
    for bad in ({**good, "voter_2": 9}, {**good, "voter_1": None}, {"voter_0": 1}, None, 3, [1, 1, 1]):
        with pytest.raises(InvalidAction):
            env.step(bad)
        assert infogap.reveal(env).voted == 0 and len(env.agents) == 3
    assert str(env.step(good)) == str(twin.step(good))


def test_secret_votes_stay_secret_until_told():
    env = BallotGame()
    env.reset(seed=0)
    env.step(2)
    assert infogap.view(env, "voter_0").votes == 2 and infogap.view(env, "voter_1").votes == -1
    assert infogap.view(env, "stranger").fields() == {"voted": 1}


# -- the seats and their exits -----------------------------------------------------------------------------------------
def test_whoever_looks_moves_the_game_to_its_specification_and_changes_nothing():
    for look in (infogap.reveal, lambda e: infogap.view(e, "player_1"), copy.deepcopy, lambda e: e.state()):
        env, twin = kuhn.env(), kuhn.env()
        env.reset(seed=4)
        twin.reset(seed=4)
        for action in (0, 1, 1):
            look(env)
            assert str(env.last()) == str(twin.last())
            env.step(action)
            twin.step(action)
        assert str(env.last()) == str(twin.last()) and env.rewards == twin.rewards
        env.reset()
        twin.reset()
        assert str(env.last()) == str(twin.last())
    env.reset(seed=4)
    infogap.view(env, "verifier")
    assert isinstance(env._position, Specified) and not isinstance(twin._position, Specified)


def test_a_revealed_truth_is_the_callers_to_spoil():
    env, twin = kuhn.env(), kuhn.env()
    for e in (env, twin):
        e.reset(seed=4)
    infogap.reveal(env).card.update(player_0=9, player_1=9)
    for _ in range(12):
        for e in (env, twin):
            e.reset()
        assert str(env.observe("player_0")) == str(twin.observe("player_0"))


def test_unknown_seats_and_missing_resets():
    env = BallotGame()
    handle = infogap.seal(env, "voter_0")
    calls = (lambda: env.observe("voter_0"), env.state, lambda: env.step(0), lambda: infogap.outcome(env))
    for exit in (*calls, env.last, env.agent_iter, handle.last, lambda: handle.step(0)):
        with pytest.raises(ResetNeeded):
            exit()
    env.reset(seed=0)
    assert list(itertools.islice(env.agent_iter(), 2)) == ["voter_0"] * 2 and not env.last(observe=False)[0]
    for seat in ("voter_9", None, 0, ["voter_0"]):
        with pytest.raises(Unsupported):
            env.observe(seat)


def test_handles_say_that_the_episode_has_ended():
    env = BallotGame()
    env.reset(seed=0)
    handles = {seat: infogap.seal(env, seat) for seat in env.possible_agents}
    with pytest.raises(SealedError, match="not voter_1's turn"):
        handles["voter_1"].step(0)
    for action in (0, 0, 1, None, None, None):
        handles[env.agent_selection].step(action)
    for exit in (env.last, lambda: env.step(None), *(handle.last for handle in handles.values())):
        with pytest.raises(EpisodeOver):
            exit()
    for handle in handles.values():
        with pytest.raises(EpisodeOver):
            handle.step(None)
    assert not list(env.agent_iter())


def test_outcomes_are_sound_or_faults():
    env = BallotGame()
    env.reset(seed=0)
    with pytest.raises(ResetNeeded):
        infogap.outcome(env)
    for vote in (0, 0, 1):
        env.step(vote)
    assert infogap.outcome(env) == Verdict(True, 1.0, {"turns": 3.0})
    assert infogap.outcome(env) == infogap.outcome(env)
    env.reset(seed=0)
    for vote in (2, 0, 1):
        env.step(vote)
    with pytest.raises(VerifierFault):  # a score of seven
        infogap.outcome(env)
    for thing in (infogap.seal(env, "voter_0"), object()):
        with pytest.raises((Unsupported, AttributeError)):
            infogap.outcome(thing)


def test_resample_keeps_what_the_seat_knows():
    env = BallotGame()
    env.reset(seed=5)
    truth, seen = infogap.reveal(env), set()
    for i in range(60):
        other = env.resample(truth, "voter_1", Chance(i))
        assert other.taste["voter_1"] == truth.taste["voter_1"] and other.voted == 0
        seen.add(other.taste["voter_0"])
    assert len(seen) > 8


def test_every_way_of_playing_deals_the_same_episodes():
    """Dealt ahead, from the truth, audited, seeded again and after a planted deal."""
    plain, spec, audited = kuhn.env(), kuhn.env(), kuhn.env()
    spec._door("template")
    for env in (plain, spec, audited):
        env.reset(seed=9)
    audited._door("audit", lambda party, row, truth, value: value)
    for k in range(300):
        seen = {str([env.observe(seat) for seat in env.possible_agents]) for env in (plain, spec, audited)}
        assert len(seen) == 1
        for env in (plain, spec, audited):
            if k % 50 == 20:
                infogap.plant(env, kuhn.KuhnTruth(card={"player_0": 2, "player_1": 0}, history="c"))
            env.reset(seed=k if k % 40 == 5 else None)
    pools = [BallotGame(), BallotGame()]
    pools[0].reset(seed=1)
    pools[1].reset(seed=1)
    deals = set()
    for _ in range(30):
        pools[0].reset()
        pools[1].reset()
        deals.add(str(dealt(pools[0])))
        assert dealt(pools[0]) == dealt(pools[1])
    assert len(deals) > 20
