"""PPO for all seats of a game: one policy for all, one for each, or one that meets copies of itself.

torch and Stable-Baselines3 (the extra ``sb3``) are imported when :func:`train_selfplay` is called.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ..core.chance import Chance, check_seed
from ..core.errors import InvalidOption, UnknownOption, Unsupported, shown
from ..core.game import Game, Partner
from ..envs.social.seat import EVERY_SEAT, SeatEnv
from .match import made_game
from .sb3 import imported, new_model
from .tabular import drawn
from .train import checked_hyperparameters, positive, segment_seed, torch_threads

__all__ = ["METHODS", "SELFPLAY", "NetworkAgent", "train_selfplay"]

METHODS: dict[str, str] = {
    "shared": "one policy acts for whichever seat is to move, and is paid the sum of the seats' rewards",
    "independent": "a policy for each seat, each paid its own; they meet what the others were in earlier rounds",
    "copies": "one policy for all seats, paid what its seat is; it meets what it was in earlier rounds",
}
"""Methods by name. "shared" is for common interest; in zero-sum games there is nothing to learn from a sum."""

SELFPLAY: dict[str, Any] = {
    "batch_size": 400,
    "ent_coef": 0.3,
    "features": 64,
    "gae_lambda": 1.0,
    "learning_rate": 0.01,
    "net_arch": [64],
}
"""Hyperparameters that differ from :data:`infogap.baselines.train.DEFAULTS`, found on the reference game.

Much entropy at first, which ``anneal`` lowers with the learning rate, keeps pairs from settling on half a language.
"""

KEPT = 100_000
"""Observations whose probabilities a network keeps."""


class NetworkAgent:
    """A trained network as an agent: it takes a game's observations, with their masks.

    Args:
        policy: A maskable policy of Stable-Baselines3 over flat observations.
        seed: Of its own chance.

    Attributes:
        policy: The same.
    """

    def __init__(self, policy: Any, seed: int = 0) -> None:
        self.policy = policy
        self._chance = random.Random(seed)
        self._kept: dict[bytes, npt.NDArray[np.float64]] = {}

    def probabilities(self, observation: Mapping[str, Any]) -> npt.NDArray[np.float64]:
        """The probability of each action, shape (n,); 0 where the mask is."""
        seen, mask = observation["observation"], observation["action_mask"]
        flat = np.concatenate([seen, mask.astype(seen.dtype)])
        key = flat.tobytes()
        if key not in self._kept:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[key] = self._asked(flat, mask)
        return self._kept[key]

    def _asked(self, flat: npt.NDArray[Any], mask: npt.NDArray[np.int8]) -> npt.NDArray[np.float64]:
        no_grad = imported("torch:no_grad")
        with no_grad():
            tensor, _ = self.policy.obs_to_tensor(flat)
            chances = self.policy.get_distribution(tensor, mask.astype(bool)).distribution.probs[0].numpy()
        chances = chances.astype(np.float64) * mask
        return chances / chances.sum()

    def act(self, observation: Mapping[str, Any], info: Any = None) -> int:
        """Draw an action."""
        return drawn(self.probabilities(observation).tolist(), self._chance)


class _Seated:
    """What sits at the other seats during a round: earlier policies, which change between rounds."""

    def __init__(self, memory: int) -> None:
        self.names = [f"earlier {i}" for i in range(memory)]
        self.by_seat: dict[str, list[NetworkAgent]] = {}

    def makers(self) -> dict[str, Callable[[Game], Partner]]:
        """A maker for each of the earlier policies."""
        return {name: self._maker(i) for i, name in enumerate(self.names)}

    def _maker(self, place: int) -> Callable[[Game], Partner]:
        def act(seat: str, observation: Mapping[str, npt.NDArray[Any]], chance: Chance) -> int:
            agents = self.by_seat[seat]
            chances = agents[place % len(agents)].probabilities(observation)
            return chance.pick(np.cumsum(chances).tolist())

        return lambda game: act

    def push(self, seats: tuple[str, ...], policy: Any) -> None:
        """Let the policy as it is now sit at `seats`, in the place of the oldest."""
        frozen = type(policy)(**policy._get_constructor_parameters())
        frozen.load_state_dict(policy.state_dict())
        frozen.set_training_mode(False)
        agent = NetworkAgent(frozen)
        for seat in seats:
            self.by_seat[seat] = [agent, *self.by_seat.get(seat, [])][: len(self.names)]


def train_selfplay(
    game_id: str,
    steps: int = 100_000,
    seed: int = 0,
    method: str = "shared",
    options: Mapping[str, Any] | None = None,
    hyperparameters: Mapping[str, Any] | None = None,
    rounds: int = 20,
    memory: int = 4,
    n_envs: int = 16,
    threads: int = 1,
) -> dict[str, NetworkAgent]:
    """Train MaskablePPO for all seats of a game.

    In games of conflict the last policy is a response to earlier ones and stays exploitable; see
    :mod:`infogap.baselines.cfr` for small games.

    Args:
        game_id: A game's id, which also says the regime.
        steps: Decisions to learn from, of all policies together; rounded up to whole rollouts of each in each round.
        seed: Of the run.
        method: One of :data:`METHODS`.
        options: Of the game.
        hyperparameters: Replace some of :data:`infogap.baselines.train.DEFAULTS` and :data:`SELFPLAY`.
        rounds: Parts of the run. At the start of each the learning rate and the entropy's weight are lowered, and the
            policies that are met are replaced.
        memory: How many earlier rounds are met, all equally likely; 1 for the last only.
        n_envs: Environments side by side.
        threads: Threads of torch.

    Returns:
        An agent for each seat, for :func:`~infogap.baselines.match.evaluate_match`,
        :func:`~infogap.baselines.match.as_partner` and :func:`~infogap.baselines.cfr.exploitability`.

    Raises:
        MissingExtra: The extra ``sb3`` is not installed.
        UnknownOption, InvalidOption: An argument is not acceptable.
        Unsupported: Partners see what their seat does in the private regime, so only "shared" learns in others.
    """
    if method not in METHODS:
        raise UnknownOption(f"unknown method {shown(method)}; expected one of {', '.join(METHODS)}")
    if check_seed(seed) is None:
        raise InvalidOption("a run needs a seed, got None")
    game = made_game(game_id, **(options or {}))
    if method != "shared" and game.regime.name != "private":
        raise Unsupported(f"method {method!r} is for the private regime, {game_id} is in {game.regime.name!r}")
    hyper = checked_hyperparameters({**SELFPLAY, **(hyperparameters or {})})
    for name, value in (("steps", steps), ("rounds", rounds), ("memory", memory), ("n_envs", n_envs)):
        positive(name, value)
    imported("sb3_contrib:MaskablePPO")
    seats = tuple(game.possible_agents)
    groups = [(seat,) for seat in seats] if method == "independent" else [seats]
    seated = _Seated(memory)
    with torch_threads(positive("threads", threads)):
        models = [
            _model(game_id, options, method, group, n_envs, seated, hyper, segment_seed(seed, i))
            for i, group in enumerate(groups)
        ]
        each = -(-steps // (rounds * len(models)))
        for number in range(rounds):
            if method != "shared":
                for group, model in zip(groups, models, strict=True):
                    seated.push(group, model.policy)
            for model in models:
                if hyper["anneal"]:
                    model.learning_rate = hyper["learning_rate"] * (1 - number / rounds)
                    model.ent_coef = hyper["ent_coef"] * (1 - number / rounds)
                    model._setup_lr_schedule()
                model.learn(each, log_interval=None, reset_num_timesteps=False)
    found = {}
    for group, model in zip(groups, models, strict=True):
        model.policy.set_training_mode(False)
        model.env.close()
        found.update({seat: NetworkAgent(model.policy, seats.index(seat)) for seat in group})
    return {seat: found[seat] for seat in seats}


def _model(
    game_id: str,
    options: Mapping[str, Any] | None,
    method: str,
    group: tuple[str, ...],
    n_envs: int,
    seated: _Seated,
    hyper: Mapping[str, Any],
    seed: int,
) -> Any:
    """A learner and its environments; those of several seats take turns."""
    make_vec = imported("stable_baselines3.common.vec_env:DummyVecEnv")

    def maker(row: int) -> Callable[[], SeatEnv]:
        if method == "shared":
            return lambda: SeatEnv(game_id, EVERY_SEAT, observation="flat", **(options or {}))
        seat = group[row % len(group)]
        return lambda: SeatEnv(game_id, seat, seated.makers(), observation="flat", **(options or {}))

    rows = max(n_envs, len(group)) if method == "copies" else n_envs
    model = new_model("maskable_ppo", make_vec([maker(row) for row in range(rows)]), hyper, seed)
    return model
