"""Games from one seat: who knows what, the doors, and a game that is over before the agent has moved."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.utils.env_checker import check_env
from seats import every_role, fields, rollout, same, template

import infogap
from infogap.core.chance import PUBLIC, streams
from infogap.core.errors import (
    InvalidTruth,
    NotGranted,
    ResetNeeded,
    SealedError,
    Unsupported,
)
from infogap.core.game import Game
from infogap.core.judge import Verdict
from infogap.core.truth import ALL, OWN, Truth, release, seen_by
from infogap.envs import GAMES, ROLES
from infogap.envs.social import kuhn
from infogap.envs.social.seat import SeatEnv
from infogap.wrappers import RecordEpisodes, VerifierReward


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
