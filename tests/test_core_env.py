"""The bases on environments of another kind than ours: hidden state that moves, time limits, rewards on the way.

What is registered so far never uses these paths, and later families will.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.utils.env_checker import check_env, data_equivalence
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers import TimeLimit

import infogap
from infogap import ALL, OWN, Truth, release, seen_by
from infogap.core.env import Env
from infogap.core.errors import EpisodeOver, InvalidAction, NotGranted, Unsupported
from infogap.core.game import Game
from infogap.core.judge import Verdict
from infogap.core.parallel import ParallelGame
from infogap.core.vector import VectorEnv

SIZE, TURNS = 9, 5


class Walker(Truth):
    """A place on a ring, moved by chance."""

    place: int = seen_by("verifier", at_end=("agent",), doc="where it is")

    @release("agent", of="place")
    def near(self, guess: Any) -> Any:
        """Whether it is within one step of the guess."""
        return (self.place - guess) % SIZE <= 1

    @release("agent", of="place")
    def here(self, guess: Any) -> Any:
        """Whether it is there."""
        return self.place == guess


class Hunt(Env):
    """Find a walker on a ring in five turns."""

    family = "test/hunt"
    truth_type = Walker
    max_turns = TURNS

    def __init__(self, render_mode: str | None = None) -> None:
        super().__init__(render_mode)
        self.action_space = spaces.Discrete(SIZE)
        self.observation_space = spaces.Box(0, 2, (1,), np.int8)
        self.truth_space = spaces.Dict(place=spaces.Discrete(SIZE))
        self._told = 0

    def initial(self, chance):
        return Walker(place=chance.below(SIZE))

    def transition(self, truth, action, chance):
        return Walker(place=(truth.place + chance.below(3)) % SIZE)

    def begin(self, view):
        self._told = 0

    def turn(self, view, action, noise):
        lie = noise.unit() < 0.2
        self._told = 1 + int(bool(view.near(action)) ^ bool(lie))
        found = bool(view.here(action))
        return float(found) - 0.1, found

    def observation(self, view):
        return np.array([self._told], np.int8)

    @staticmethod
    def verify(view, episode):
        found = bool(episode.actions) and episode.ended == "terminated" and episode.actions[-1] == view.place
        return Verdict(found, float(found))


class Still(Hunt):
    """The same with a walker that rests."""

    transition = Env.transition


class StillVector(VectorEnv):
    """Its native vector form."""

    single = Still

    def __init__(self, num_envs: int = 1, **kwargs: Any) -> None:
        super().__init__(num_envs, **kwargs)
        self._told = np.zeros(num_envs, np.int8)

    def begin(self, rows):
        self._told[rows] = 0

    def turn(self, actions):
        view = infogap.view(self, "agent")
        self._told = (1 + (view.near(actions) ^ (self.noise().unit() < 0.2))).astype(np.int8)
        found = view.here(actions)
        return found - 0.1, found

    def observation(self):
        return self._told[:, None].copy()


def same(first: Any, second: Any) -> bool:
    return data_equivalence(first, second, exact=True)


def walk(env: Hunt, actions: list[int]) -> list[Any]:
    """Steps and the places after each."""
    return [(env.step(a), infogap.reveal(env).place) for a in actions]


def test_gymnasium_check_env_accepts_the_template():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # it was not made by gym.make
        check_env(Hunt(), skip_render_check=True)


def test_hidden_state_moves_by_the_worlds_stream_and_repeats():
    first, second = Hunt(), Hunt()
    for env in (first, second):
        env.reset(seed=4)
    assert infogap.reveal(first).place == infogap.reveal(second).place
    moved = set()
    for a in range(TURNS):
        before = infogap.reveal(first).place
        if first._world.done:
            break
        assert same(first.step(a), second.step(a))
        assert infogap.reveal(first).place == infogap.reveal(second).place
        moved.add((infogap.reveal(first).place - before) % SIZE)
    assert moved <= {0, 1, 2}
    world = first._world
    expected = world.dice.at(0, 0).below(SIZE)
    for turn in range(1, world.turn + 1):
        expected = (expected + world.dice.at(0, turn).below(3)) % SIZE
    assert infogap.reveal(first).place == expected, "the walk written out by hand"


def test_max_turns_truncates_unless_the_rules_end_the_episode_then():
    truncated = terminated = 0
    env = Hunt()
    env.reset(seed=0)
    for _ in range(300):
        for turn in range(1, TURNS + 1):
            _, reward, done, late, _ = env.step(turn)
            assert type(done) is bool and type(late) is bool and type(reward) is float
            assert late == (turn == TURNS and not done)
            if done or late:
                break
        truncated, terminated = truncated + late, terminated + done
        with pytest.raises(EpisodeOver):
            env.step(0)
        env.reset()
    assert truncated > 20 and terminated > 20


def test_grants_at_the_end_begin_with_the_end_and_end_with_the_reset():
    env = Hunt()
    agent = infogap.view(env, "agent")
    env.reset(seed=1)
    for _ in range(3):
        ended = False
        while not ended:
            assert agent.fields() == {}
            with pytest.raises(NotGranted, match="once the episode has ended"):
                _ = agent.place
            ended = any(env.step(1)[2:4])
        assert agent.fields() == {"place": infogap.reveal(env).place}
        assert env.view_space("agent").contains(agent.fields())
        env.reset()


def test_final_truth_of_a_moving_world_is_where_it_ended():
    env = Hunt()
    env.reset(seed=2)
    for _ in range(5):
        while not any(env.step(3)[2:4]):
            pass
        last = infogap.reveal(env).place
        assert infogap.reveal(env, final=True).place == last
        env.reset()
        assert infogap.reveal(env, final=True).place == last


def test_what_is_missing_is_said():
    env = Hunt()
    env.reset(seed=1)
    with pytest.raises(Unsupported, match="mask"):
        env.action_masks()
    assert env.belief() is None and "agent" in repr(infogap.view(env, "agent"))


class Reach(Hunt):
    """Actions that are not discrete are checked by their space."""

    def __init__(self) -> None:
        super().__init__()
        self.action_space = spaces.MultiDiscrete([SIZE, 2])

    def turn(self, view, action, noise):
        return super().turn(view, int(action[0]), noise)


def test_other_action_spaces_are_checked_too():
    env, twin = Reach(), Reach()
    for one in (env, twin):
        one.reset(seed=3)
    for bad in (
        3,
        None,
        "a",
        np.array([9, 0]),
        np.array([0, 0, 0]),
        np.array([0.0, 0.0]),
        np.array([np.nan, 0]),
    ):
        with pytest.raises(InvalidAction):
            env.step(bad)
    assert same(env.step([1, 1]), twin.step(np.array([1, 1])))


# -- vectors ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("mode", list(AutoresetMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("limit", [None, 3, TURNS])
def test_native_vector_with_its_own_time_limit_equals_sync(mode, limit):
    """The environment's own max_turns truncates what the rules do not end; a wrapper's limit truncates always."""
    native = StillVector(6, autoreset_mode=mode, max_episode_steps=limit)
    sync = SyncVectorEnv([lambda: TimeLimit(Still(), limit) if limit else Still()] * 6, autoreset_mode=mode)
    assert same(native.reset(seed=1), sync.reset(seed=1))
    rng = np.random.default_rng(0)
    both = 0
    for _ in range(120):
        actions = rng.integers(0, SIZE, 6)
        ours, theirs = native.step(actions), sync.step(actions)
        assert same(ours, theirs)
        assert infogap.reveal(native).place.tolist() == [t.place for t in infogap.reveal(sync)]
        both += int((ours[2] & ours[3]).sum())
        ended = ours[2] | ours[3]
        if mode is AutoresetMode.DISABLED and ended.any():
            assert same(*(env.reset(options={"reset_mask": ended.copy()}) for env in (native, sync)))
    assert (both > 0) == (limit is not None)


def test_moving_truths_through_sync_vectors():
    env, singles = SyncVectorEnv([Hunt] * 3), [Hunt() for _ in range(3)]
    env.reset(seed=5)
    for i, single in enumerate(singles):
        single.reset(seed=5 + i)
    ended = np.zeros(3, bool)
    for _ in range(30):
        env_ended = np.logical_or(*env.step(np.array([1, 2, 3]))[2:4])
        for i, single in enumerate(singles):
            if ended[i]:
                single.reset()
                ended[i] = False
            else:
                ended[i] = any(single.step(i + 1)[2:4])
        assert (ended == env_ended).all()
        assert [t.place for t in infogap.reveal(env)] == [infogap.reveal(single).place for single in singles]


# -- games with rewards on the way -------------------------------------------------------------------------------------
class Pot(Truth):
    """Each seat's purse and how many moves were made; every move takes a chip from the other."""

    purse: dict[str, int] = seen_by(OWN, "verifier", doc="chips")
    moves: int = seen_by(ALL, doc="moves made")
    paid: dict[str, int] = seen_by(doc="what the last move paid")

    seats = ("player_0", "player_1")

    @release(ALL, of="moves", per_step=None)
    def over(self):
        return self.moves >= 4

    @release(ALL, of="moves", per_step=None)
    def to_move(self):
        return () if self.over() else (self.seats[self.moves % 2],)

    @release(OWN, of="moves", per_step=None)
    def legal(self, seat):
        mine = seat in self.to_move()
        return (mine, mine)

    @release(OWN, of="paid", per_step=None)
    def payoff(self, seat):
        return self.paid[seat]

    @release(OWN, of="purse", per_step=None)
    def type_of(self, seat):
        return (self.purse[seat] + 20,)


class PotGame(Game):
    """Take one or two chips in turn, four moves."""

    family = "test/pot"
    truth_type = Pot
    metadata = {"name": "pot_v0", "render_modes": [], "is_parallelizable": True}
    seats = Pot.seats

    def __init__(self) -> None:
        purses = spaces.Dict({seat: spaces.Discrete(41, start=-20) for seat in self.seats})
        super().__init__(
            seats=self.seats,
            observed=spaces.Box(-20, 20, (2,), np.int8),
            actions=("take one", "take two"),
            truth_space=spaces.Dict(purse=purses, moves=spaces.Discrete(5), paid=purses),
            type_sizes=dict.fromkeys(self.seats, (41,)),
        )

    def initial(self, chance):
        rich = self.seats[chance.below(2)]
        return Pot(purse={s: 5 + (s == rich) for s in self.seats}, moves=0, paid=dict.fromkeys(self.seats, 0))

    def transition(self, truth, seat, action, chance):
        take = action + 1
        paid = {s: take if s == seat else -take for s in self.seats}
        return Pot(purse={s: truth.purse[s] + paid[s] for s in self.seats}, moves=truth.moves + 1, paid=paid)

    def observation(self, view):
        return np.array([view.type_of()[0] - 20, view.moves], np.int8)


def test_rewards_on_the_way_are_handed_out_once():
    """What a seat is paid between two of its moves is in the reward of its next last(); the sum is what it gained."""
    rng = np.random.default_rng(0)
    for seed in range(30):
        env = PotGame()
        env.reset(seed=seed)
        start = dict(infogap.reveal(env).purse)
        got = dict.fromkeys(env.seats, 0.0)
        since = dict.fromkeys(env.seats, 0.0)  # kept by hand
        for seat in env.agent_iter():
            _, reward, ended, _, _ = env.last()
            assert reward == since[seat]
            got[seat] += reward
            since[seat] = 0.0
            env.step(None if ended else int(rng.integers(2)))
            if not ended:
                for other in env.seats:
                    since[other] += env.rewards[other]
        end = infogap.reveal(env).purse
        assert got == {seat: end[seat] - start[seat] for seat in env.seats}
        assert sum(got.values()) == 0


def test_pettingzoo_accepts_games_with_rewards_on_the_way(capsys):
    from pettingzoo.test import api_test, parallel_api_test

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        api_test(PotGame(), num_cycles=50)
        parallel_api_test(ParallelGame(PotGame()), num_cycles=50)
    capsys.readouterr()


def test_parallel_rewards_are_those_of_the_turn():
    turns, parallel = PotGame(), ParallelGame(PotGame())
    turns.reset(seed=3)
    observations, _ = parallel.reset(seed=3)
    for action in (0, 1, 1, 0):
        assert all(same(observations[s], turns.observe(s)) for s in turns.seats)
        turns.step(action)
        observations, rewards, terminations, truncations, _ = parallel.step(dict.fromkeys(parallel.agents, action))
        assert rewards == turns.rewards and terminations == turns.terminations and truncations == turns.truncations
    assert not parallel.agents


def test_views_of_seats_and_of_others():
    env = PotGame()
    env.reset(seed=3)
    purse = infogap.reveal(env).purse
    for seat in env.seats:
        assert infogap.view(env, seat).fields() == {"purse": purse[seat], "moves": 0}
        assert env.view_space(seat).contains(infogap.view(env, seat).fields())
    assert infogap.view(env, "verifier").fields() == {"purse": purse, "moves": 0}
    assert infogap.view(env, "critic").fields() == {"moves": 0}
