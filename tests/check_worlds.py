"""Small environments for tests/test_check.py: clean ones, on infogap's core and not, and ones that leak in one way.

Games on the core are in check_games.py.
"""

import random
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from pettingzoo import AECEnv, ParallelEnv

from infogap import Truth, release, seen_by
from infogap.core.env import Env

N, Q = 24, 5


class Number(Truth):
    number: int = seen_by("verifier")
    tint: int = seen_by("verifier")

    @release("agent", of="number")
    def bit(self, i: int) -> int:
        return self.number >> i & 1

    @release("agent", of="number")
    def is_it(self, guess: int) -> bool:
        return self.number == guess


class Bits(Env):
    """Ask for the bits of a number below 24, then name it."""

    family = "test/bits"
    truth_type: ClassVar[type[Truth]] = Number
    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["ansi"], "render_fps": 1}

    def __init__(self, render_mode: str | None = None) -> None:
        super().__init__(render_mode)
        self.action_space = spaces.Discrete(Q + N)
        self.observation_space = spaces.Box(0, 2, (Q,), np.int8)
        self.truth_space = spaces.Dict(number=spaces.Discrete(N), tint=spaces.Discrete(4))
        self.seen = np.zeros(Q, np.int8)

    def initial(self, chance):
        return self.truth_type(number=chance.below(N), tint=chance.below(4))

    def begin(self, view):
        self.seen, self.count = np.zeros(Q, np.int8), 0

    def turn(self, view, action, noise):
        self.count += 1
        if action >= Q:
            return float(view.is_it(action - Q)), True
        self.seen[action] = 1 + view.bit(action)
        return 0.0, self.count >= 6

    def observation(self, view):
        return self.seen.copy()

    def render(self):
        return str(self.seen.tolist())


class LowBitOfReward(Bits):
    """A tiny difference in the reward, after one question, once another has been asked."""

    def turn(self, view, action, noise):
        reward, over = super().turn(view, action, noise)
        return reward + 1e-12 * (self._world.truth.number > 11 and action == 3 and self.seen[1] > 0), over


class AsksInPairs(Bits):
    """A difference in the reward of all turns but the first, in a world whose actions are arrays."""

    def __init__(self, render_mode: str | None = None) -> None:
        super().__init__(render_mode)
        self.action_space = spaces.MultiDiscrete([Q + N, 2])

    def _checked(self, action):
        return int(np.asarray(action)[0])

    def turn(self, view, action, noise):
        reward, over = super().turn(view, action, noise)
        return reward + 1e-12 * (self._world.truth.number > 11 and self.count > 1), over


class HardToReach(Bits):
    """A difference in the reward where one question follows another, which few of all actions ask."""

    def __init__(self, render_mode: str | None = None) -> None:
        super().__init__(render_mode)
        self.action_space = spaces.MultiDiscrete([Q, 1000])

    def _checked(self, action):
        return int(action[0]) if action[1] == 500 else -1

    def turn(self, view, action, noise):
        if action < 0:
            self.count += 1
            return 0.0, self.count >= 6
        reward, over = super().turn(view, action, noise)
        return reward + 1e-12 * (self._world.truth.number > 11 and action == 3 and self.seen[1] > 0), over


class HardToReachButKnown(HardToReach):
    """The same where the environment draws actions that do something."""

    def trial(self, chance):
        return np.array([chance.below(Q), 500])


class MaskRemovesWrongGuesses(Bits):
    """A mask made by asking a declared release about every guess."""

    def mask(self, view):
        wrong = [not view.is_it(g) and g % 2 == 0 for g in range(N)]
        return np.array([1] * Q + [not w for w in wrong], np.int8)


class CarriesOver(Bits):
    """The last number, in the first observation of the next episode."""

    last = 0

    def begin(self, view):
        super().begin(view)
        self.seen[0] = self.last

    def turn(self, view, action, noise):
        self.last = self._world.truth.number % 3
        return super().turn(view, action, noise)


class TellsInErrors(Bits):
    """A fault whose message shows the truth."""

    def turn(self, view, action, noise):
        if action == 4:
            raise RuntimeError(f"bad state {vars(self._world.truth)}")
        return super().turn(view, action, noise)


class Fails(Bits):
    """The same fault with a discreet message."""

    def turn(self, view, action, noise):
        if action == 4:
            raise RuntimeError("bad state")
        return super().turn(view, action, noise)


class ReadsWhatIsNotGranted(Bits):
    """Rules that ask the agent's view for the number itself."""

    def turn(self, view, action, noise):
        if view.number:
            pass
        return super().turn(view, action, noise)


class AsksOtherwise(Bits):
    """Which question is asked depends on the number; the answer shown does not."""

    def turn(self, view, action, noise):
        if action < Q:
            view.bit(action if self._world.truth.number % 2 else (action + 1) % Q)
        return 0.0, action >= Q


class AsksTwice(Bits):
    """Two questions for the price of one."""

    def turn(self, view, action, noise):
        if action < Q:
            self.seen[(action + 1) % Q] = 1 + view.bit((action + 1) % Q)
        return super().turn(view, action, noise)


class FastPathLeaks(Bits):
    """A fast step that rewards what the specification does not."""

    def step(self, action):
        observation, reward, *rest = super().step(action)
        return observation, reward + (self._world.truth.number % 2) * 1e-9, *rest


class FastPathErrs(Bits):
    """A fast step that is wrong without telling anything."""

    def step(self, action):
        observation, reward, *rest = super().step(action)
        return observation, reward - 0.25, *rest


class TooGenerous(Number):
    @release("agent", of="number")
    def bit(self, i: int) -> int:
        return (self.number >> i & 1) + 0 * self.tint


class ReadsUndeclared(Bits):
    """A release that reads a column it does not declare."""

    truth_type = TooGenerous


class Noisy(Bits):
    """Uncontrolled chance."""

    def observation(self, view):
        return self.seen + np.int8(random.SystemRandom().randrange(2))


class UsesGlobalRandom(Bits):
    """Chance from the global generator."""

    def turn(self, view, action, noise):
        reward, over = super().turn(view, action, noise)
        return reward + 1e-6 * np.random.random(), over


class HashOrder(Bits):
    """An order that the hash seed decides."""

    def info(self, view):
        return dict.fromkeys({"alpha", "beta", "gamma", "delta", "epsilon"}, 0)


class Told(Truth):
    number: int = seen_by("agent", "verifier")


class NothingHidden(Bits):
    """The agent is told everything."""

    truth_type = Told

    def initial(self, chance):
        return Told(number=chance.below(N))

    def turn(self, view, action, noise):
        return float(action - Q == view.number), True


class ToldAtOnce(Truth):
    number: int = seen_by("verifier")

    @release("agent", of="number")
    def all(self) -> int:
        return self.number


class TellsAllAtOnce(Bits):
    """Everything is released in the first observation, so that no two truths are ever told the same."""

    truth_type = ToldAtOnce

    def initial(self, chance):
        return ToldAtOnce(number=chance.below(N))

    def observation(self, view):
        return np.full(Q, view.all() % 3, np.int8)

    def turn(self, view, action, noise):
        return 0.0, action >= Q


class Letters(Truth):
    subject: dict[str, str] = seen_by("agent")
    priority: dict[str, int] = seen_by("verifier")

    @release("agent", of="subject")
    def body(self, mail: str) -> str:
        return "about " + self.subject[mail]


class Inbox(Env):
    """A list of letters, to be opened by number."""

    family = "test/inbox"
    truth_type: ClassVar[type[Truth]] = Letters

    def __init__(self) -> None:
        super().__init__()
        self.action_space = spaces.Discrete(3)
        self.observation_space = spaces.Text(200)
        each = spaces.Dict({k: spaces.Text(9) for k in "abc"})
        ranks = spaces.Dict({k: spaces.Discrete(5) for k in "abc"})
        self.truth_space = spaces.Dict(subject=each, priority=ranks)

    def initial(self, chance):
        return Letters(
            subject={k: ("bill", "offer", "party")[chance.below(3)] for k in "abc"},
            priority={k: chance.below(5) for k in "abc"},
        )

    def begin(self, view):
        self.shown, self.count = "", 0

    def order(self, view):
        return sorted(view.subject)

    def turn(self, view, action, noise):
        self.count += 1
        self.shown = view.body(self.order(view)[action])
        return 0.0, self.count >= 4

    def observation(self, view):
        return "\n".join([*(view.subject[k] for k in self.order(view)), self.shown])


class SortedByPriority(Inbox):
    """The order of a list, by a hidden column."""

    def order(self, view):
        return sorted(view.subject, key=lambda k: self._world.truth.priority[k])


# -- not on infogap's core ------------------------------------------------------------
class HighLow(gym.Env):
    """Guess a number below 16 by higher or lower; drawn in reset."""

    action_space = spaces.Discrete(16)
    observation_space = spaces.Box(0, 2, (1,), np.int8)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.secret, self.count = int(self.np_random.integers(16)), 0
        return np.zeros(1, np.int8), {}

    def step(self, action):
        if not self.action_space.contains(action):
            raise ValueError(f"bad action {action!r}")
        self.count += 1
        right = bool(action == self.secret)
        return np.array([1 + (action < self.secret)], np.int8), float(right), right, self.count >= 6, self.said()

    def said(self):
        return {}


class HighLowHints(HighLow):
    """A hint at the third turn."""

    def said(self):
        return {"odd": self.secret % 2} if self.count == 3 else {}


class HighLowFixed(HighLow):
    """The secret is an option of the constructor's making, read at reset."""

    chosen = 3

    def reset(self, *, seed=None, options=None):
        observation, info = super().reset(seed=seed)
        self.secret = self.chosen
        return observation, info


def set_secret(env, secret):
    env.secret = secret


def choose(env, secret):
    env.chosen = secret


def released(secret, actions):
    return tuple((a < secret, a == secret) for a in actions)


class Coins(AECEnv):
    """Two seats, each with a coin of its own, say heads or tails in turn; both hear what is said."""

    metadata: ClassVar[dict[str, Any]] = {"name": "coins_v0", "render_modes": []}
    shows = False

    def __init__(self):
        super().__init__()
        self.possible_agents = ["a", "b"]
        self.render_mode = None

    def observation_space(self, agent):
        return spaces.Box(0, 9, (4,), np.int8)

    def action_space(self, agent):
        return spaces.Discrete(2)

    def reset(self, seed=None, options=None):
        rng = np.random.default_rng(seed)
        self.coin = {s: int(rng.integers(2)) for s in "ab"}
        self.said = []
        self.agents = ["a", "b"]
        self.agent_selection = "a"
        for name, value in (("rewards", 0.0), ("_cumulative_rewards", 0.0), ("terminations", False)):
            setattr(self, name, dict.fromkeys("ab", value))
        self.truncations, self.infos = dict.fromkeys("ab", False), {"a": {}, "b": {}}

    def observe(self, agent):
        peek = self.coin["b"] if self.shows and len(self.said) == 2 else 0
        return np.array([self.coin[agent], len(self.said), sum(self.said), peek], np.int8)

    def step(self, action):
        if self.terminations[self.agent_selection]:
            return self._was_dead_step(action)
        self.said.append(int(action))
        self.agent_selection = "ab"[len(self.said) % 2]
        if len(self.said) == 4:
            self.terminations = dict.fromkeys("ab", True)


class CoinsShown(Coins):
    """The other's coin shows, once."""

    shows = True


class CoinsAtOnce(ParallelEnv):
    """The same with all speaking at once."""

    metadata: ClassVar[dict[str, Any]] = {"name": "coins_at_once_v0", "render_modes": []}

    def __init__(self, shows=False):
        self.possible_agents, self.shows, self.render_mode = ["a", "b"], shows, None

    def observation_space(self, agent):
        return spaces.Box(0, 9, (3,), np.int8)

    def action_space(self, agent):
        return spaces.Discrete(2)

    def reset(self, seed=None, options=None):
        rng = np.random.default_rng(seed)
        self.coin, self.count, self.agents = {s: int(rng.integers(2)) for s in "ab"}, 0, ["a", "b"]
        return {s: self.observe(s) for s in "ab"}, {"a": {}, "b": {}}

    def observe(self, agent):
        return np.array([self.coin[agent], self.count, self.shows * (self.count == 2) * self.coin["b"]], np.int8)

    def step(self, actions):
        self.count += 1
        over = self.count == 4
        result = {s: self.observe(s) for s in "ab"}
        self.agents = [] if over else self.agents
        ends = dict.fromkeys("ab", over)
        return result, dict.fromkeys("ab", 0.0), ends, dict.fromkeys("ab", False), {"a": {}, "b": {}}


def set_coins(env, coins):
    env.coin = dict(coins)


def draw_coins(rng):
    return {"a": 0, "b": rng.randrange(2)}


def heard_by_a(coins, actions):
    return coins["a"], tuple(map(str, actions))
