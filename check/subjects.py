"""What is checked: how it is made, who perceives it, and how its truth is dealt, planted and told."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import inspect
import random
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import gymnasium as gym
import pettingzoo
from gymnasium.wrappers import OrderEnforcing, PassiveEnvChecker
from pettingzoo import AECEnv, ParallelEnv

from ..core.chance import Chance
from ..core.env import Env
from ..core.errors import InvalidOption, Unsupported
from ..core.game import Game
from ..core.parallel import ParallelGame
from ..core.truth import ALL, OWN, Row, Truth, partition
from .canon import canon
from .fence import Call, Ledger

__all__ = ["CorePort", "ForeignPort", "Port", "Subject", "resolve"]

DEALS = 200
"""Deals after which a hidden field that never varies is taken for constant."""
VEIL = "veil"
AUTORESET = tuple(mode.value for mode in gym.vector.AutoresetMode)


class Port:
    """How the checker sets what is hidden in an environment, and learns what was told."""

    limits: Mapping[str, int | None] = {}
    veiled = False
    """Whether chance decides what is told of the others' types."""
    redraws = False
    """Whether the environment itself draws all truths that may be told alike, so that others need not be tried."""
    trials = False
    """Whether the environment itself draws actions that do something, since few of its action space do."""
    deals = True
    """Whether every reset deals a truth of its own, so that an episode that nobody planted depends on the seed only."""

    def deal(self, rng: random.Random) -> Any:
        """A truth as an episode might have it."""
        raise NotImplementedError

    def listen(self, env: Any, ledger: Ledger) -> None:
        """Let `ledger` hear what is told from now on."""

    def specify(self, env: Any) -> bool:
        """Make `env` run its specification instead of its fast path; whether it has one."""
        return False

    def before(self, env: Any, truth: Any) -> None:
        """Called before the reset that is to have `truth`."""

    def after(self, env: Any, truth: Any) -> None:
        """Called right after that reset."""

    def told(self, truth: Any, actions: Sequence[Any]) -> list[Call]:
        """What has been told after `actions`, where it is not heard by a ledger."""
        return []

    def current(self, env: Any, planted: Any) -> Any:
        """The truth that holds in `env` now. For planted leaks."""
        return planted

    def hidden(self, truth: Any, party: str) -> Any:
        """The part of `truth` that `party` does not hold, in canonical form."""
        return canon(truth)

    def secret(self, truth: Any, party: str) -> Any:
        """The same without what merely decides how much is told. Twins differ in it."""
        return self.hidden(truth, party)

    def differ(self, truth: Any, other: Any, party: str) -> bool:
        """Whether two truths are different secrets."""
        return bool(self.secret(truth, party) != self.secret(other, party))

    def alike(self, truth: Any, party: str, rng: random.Random) -> Any:
        """Another truth that `party` may not tell from `truth` at the reset; None where there is no way to draw one."""
        return None

    def trial(self, env: Any, rng: random.Random) -> Any:
        """An action that does something in `env` now. Only where there are :attr:`trials`."""
        raise NotImplementedError

    def plain(self, truth: Any) -> Any:
        """`truth` as a reproduction writes it."""
        return truth

    def again(self, plain: Any) -> Any:
        """The truth that a reproduction wrote."""
        return plain


class CorePort(Port):
    """The port of environments on infogap's core: everything goes through their doors."""

    def __init__(self, env: Any) -> None:
        self._base: Env | Game = env._game if isinstance(env, ParallelGame) else env
        game = getattr(env, "_game", env)
        self.game: Game | None = game if isinstance(game, Game) else None
        """The game that is played, all of it or from one seat."""
        self.kind: type[Truth] = self._base.truth_type
        self.rows: tuple[Row, ...] = partition(self.kind)
        self.limits = {row.name: row.per_step for row in self.rows}
        self._only_veiled: dict[str, bool] = {}
        self._deals: list[Any] = []
        self.veiled = VEIL in self.kind.names
        self.redraws = self.game is None and type(self._base).resample is not Env.resample
        self.trials = self.game is None and type(self._base).trial is not Env.trial

    def deal(self, rng: random.Random) -> Any:
        chance, base = Chance(rng.getrandbits(64)), self._base
        truth: Any = base.deal(chance) if isinstance(base, Game) else base.initial(chance)
        regime = None if self.game is None else self.game.regime
        if regime is not None and regime.name == "partial" and regime.share < 1 and rng.random() < 0.5:
            # Told less than usual: few other truths are told the same where much is told.
            keep = rng.choice((0.0, 0.3))
            veil = {seat: tuple(s * (rng.random() < keep) for s in shows) for seat, shows in truth.veil.items()}
            truth = truth.but(veil=veil)
        return truth

    def alike(self, truth: Any, party: str, rng: random.Random) -> Any:
        game = self.game
        try:
            drawn: Any = (self._base if game is None else game).resample(truth, party, Chance(rng.getrandbits(64)))
        except Unsupported:
            return None
        if game is None:
            return drawn
        # What is added to the game's truth, as who plays the other seats, does not depend on it.
        if not self._deals:
            self._deals = [self.deal(random.Random(i)) for i in range(30)]
        fresh = rng.choice(self._deals)
        new = {name: getattr(fresh, name) for name in self.kind.names if rng.random() < 0.7}
        other = truth.but(**{**new, **{name: getattr(drawn, name) for name in game.truth_type.names if name != VEIL}})
        if self.veiled:
            other = other.but(veil={**self._veil(game, truth, party, rng), party: fresh.veil[party]})
        return other

    def trial(self, env: Any, rng: random.Random) -> Any:
        return env.trial(Chance(rng.getrandbits(64)))

    def _veil(self, game: Game, truth: Any, party: str, rng: random.Random) -> dict[str, tuple[int, ...]]:
        """A veil under which another truth may be told as `truth` is: what is told, whatever the types are."""
        (seats, sizes), veil, regime = game.seating, dict(truth.veil), game.regime
        if regime.name == "noisy" and regime.accuracy < 1:
            own, told, width = seats.index(party), truth.told(party), game.seating.width
            for i, seat in enumerate(seats[own + 1 :] + seats[:own]):
                share = told[i * width : i * width + len(sizes[seats.index(seat)])]
                if rng.random() < 0.9:
                    veil[seat] = share
        return veil

    def listen(self, env: Any, ledger: Ledger) -> None:
        env._door("audit", ledger.audit)

    def specify(self, env: Any) -> bool:
        env._door("template")
        return True

    def before(self, env: Any, truth: Any) -> None:
        if truth is not None:
            env._door("plant", truth)

    def current(self, env: Any, planted: Any) -> Any:
        return env._door("reveal")

    def _hides(self, party: str) -> list[Row]:
        """The fields that `party` does not hold, or not all of."""
        return [row for row in self.rows if row.kind == "field" and not {ALL, party} & row.to]

    def hidden(self, truth: Any, party: str) -> Any:
        return tuple([(row.name, canon(_of_others(row, truth, party))) for row in self._hides(party)])

    def secret(self, truth: Any, party: str) -> Any:
        return tuple(part for part in self.hidden(truth, party) if part[0] != VEIL or self.only_veiled(party))

    def differ(self, truth: Any, other: Any, party: str) -> bool:
        for row in self._hides(party):
            if getattr(truth, row.name) is getattr(other, row.name):
                continue
            if row.name == VEIL and not self.only_veiled(party):
                continue
            if canon(_of_others(row, truth, party)) != canon(_of_others(row, other, party)):
                return True
        return False

    def varies(self, party: str) -> bool:
        """Whether deals differ in what they hide from `party`."""
        rng = random.Random(0)
        first = self.hidden(self.deal(rng), party)
        return any(self.hidden(self.deal(rng), party) != first for _ in range(DEALS - 1))

    def only_veiled(self, party: str) -> bool:
        """Whether no deal hides anything from `party` but what others are told of it."""
        if party not in self._only_veiled:
            rng = random.Random(0)
            found = {self.hidden(self.deal(rng), party)[:-1] for _ in range(DEALS)} if self.veiled else ()
            self._only_veiled[party] = len(found) == 1
        return self._only_veiled[party]

    def hides_nothing(self, party: str) -> bool:
        """Whether `party` holds every field at all times."""
        alone = self.kind.seats == (party,)
        fields = [row for row in self.rows if row.kind == "field"]
        return all(ALL in row.to or party in row.to or (OWN in row.to and alone) for row in fields)

    def plain(self, truth: Any) -> Any:
        return {name: getattr(truth, name) for name in truth.names}

    def again(self, plain: Any) -> Any:
        return self.kind(**plain)


def _of_others(row: Row, truth: Any, party: str) -> Any:
    """A field without the party's own share."""
    value = getattr(truth, row.name)
    if OWN in row.to and isinstance(value, Mapping):
        return {seat: share for seat, share in value.items() if seat != party}
    return value


class ForeignPort(Port):
    """The port of environments not written on infogap's core.

    Args:
        set_secret: ``set_secret(env, secret)`` on the unwrapped environment.
        secrets: ``secrets(rng) -> secret``, or a sequence of secrets to draw from.
        released: ``released(secret, actions) -> hashable``: all that may have been told after these (accepted) actions.
        when: ``"after"`` the reset that is to have the secret, or ``"before"`` it.
    """

    deals = False

    def __init__(
        self,
        set_secret: Callable[[Any, Any], Any],
        secrets: Callable[[random.Random], Any] | Sequence[Any],
        released: Callable[[Any, tuple[Any, ...]], Hashable],
        when: str = "after",
    ) -> None:
        if when not in ("after", "before"):
            raise InvalidOption(f"set_when must be 'after' or 'before' the reset, got {when!r}")
        if not callable(secrets) and len(set(map(canon, secrets))) < 2:
            raise InvalidOption("secrets must be a function of a random.Random, or at least two different secrets")
        self._set, self._released, self._when = set_secret, released, when
        self._secrets = secrets

    def deal(self, rng: random.Random) -> Any:
        return self._secrets(rng) if callable(self._secrets) else rng.choice(self._secrets)

    def before(self, env: Any, truth: Any) -> None:
        if self._when == "before":
            self._set(env, truth)

    def after(self, env: Any, truth: Any) -> None:
        if self._when == "after":
            self._set(env, truth)

    def told(self, truth: Any, actions: Sequence[Any]) -> list[Call]:
        answer = canon(self._released(truth, tuple(actions)))
        return [Call("released", (), answer, False, (), truth, "")]


@dataclasses.dataclass
class Subject:
    """An environment to check.

    Attributes:
        name: How a reproduction calls it.
        make: ``make(render_mode) -> env``; a fresh one at each call.
        make_vector: ``make_vector(num_envs, autoreset_mode) -> env``, or None.
        port: How its truth is dealt, planted and told.
        form: ``"gym"``, ``"aec"`` or ``"parallel"``.
        parties: Who perceives it.
        stacks: The ways to play it that are compared, the first being the one on which releases are heard.
        modes: Render modes that open no window.
        given: Further arguments of :func:`infogap.check.check` that a reproduction needs, as source by name.
    """

    name: str
    make: Callable[[str | None], Any]
    make_vector: Callable[[int, str], Any] | None
    port: Port
    form: str
    parties: tuple[str, ...]
    stacks: tuple[str, ...]
    modes: tuple[str | None, ...]
    given: dict[str, str] = dataclasses.field(default_factory=dict)

    def action_space(self, party: str) -> Any:
        """The space of what `party` can do."""
        env = self.make(None)
        return env.action_space if self.form == "gym" else env.action_space(party)


def _named(
    name: str, kwargs: Mapping[str, Any]
) -> tuple[Callable[[str | None], Any], Callable[[int, str], Any] | None]:
    """The makers of an id or of ``module:attribute``."""

    def options(mode: str | None) -> dict[str, Any]:
        return {**kwargs, **({} if mode is None else {"render_mode": mode})}

    module, _, attribute = name.partition(":")
    if attribute and "/" not in attribute and not attribute.rpartition("-v")[2].isdigit():
        maker = getattr(importlib.import_module(module), attribute)
        return (lambda mode: maker(**options(mode))), None
    if attribute:
        importlib.import_module(module)
    id = attribute or name
    if id in gym.registry:
        vector = None
        if gym.registry[id].vector_entry_point is not None:

            def vector(rows: int, autoreset: str) -> Any:
                how = {**kwargs, "autoreset_mode": autoreset}
                return gym.make_vec(id, num_envs=rows, vectorization_mode="vector_entry_point", **how)

        return (lambda mode: gym.make(id, **options(mode))), vector
    for form in ("aec", "parallel"):
        if id in getattr(pettingzoo, f"{form}_registry", {}):
            return functools.partial(_make_game, form, id, options), None
    raise InvalidOption(
        f"{name!r} is no id registered with Gymnasium or PettingZoo and no 'module:attribute'; "
        "before PettingZoo 1.27 name a game by its module, as in 'infogap.envs.social.kuhn:env'"
    )


def _make_game(form: Any, id: str, options: Callable[[str | None], dict[str, Any]], mode: str | None) -> Any:
    return pettingzoo.make(form, id, **options(mode))


def _takes_mode(maker: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(maker).parameters.values()
    except (TypeError, ValueError):
        return False
    return any(p.name == "render_mode" or p.kind is p.VAR_KEYWORD for p in parameters)


def _offered(make_vector: Callable[[int, str], Any]) -> bool:
    """Whether there is a native vector form for these options."""
    try:
        make_vector(1, AUTORESET[0]).close()
    except Unsupported:
        return False
    return True


def resolve(
    subject: str | Callable[..., Any],
    *,
    kwargs: Mapping[str, Any] | None = None,
    vector: Callable[..., Any] | None = None,
    foreign: ForeignPort | None = None,
) -> Subject:
    """The Subject that an id, ``module:attribute`` or maker names.

    Raises:
        InvalidOption: No such id.
        Unsupported: What is made is no environment, or not on infogap's core while `foreign` is missing.
    """
    options = dict(kwargs or {})
    if isinstance(subject, str):
        name, (make, make_vector) = subject, _named(subject, options)
    else:
        name = f"{getattr(subject, '__module__', '?')}:{getattr(subject, '__qualname__', repr(subject))}"
        maker = functools.partial(subject, **options)
        make, make_vector = (lambda mode: maker() if mode is None else maker(render_mode=mode)), None
    if vector is not None:
        make_vector = lambda rows, autoreset: vector(num_envs=rows, autoreset_mode=autoreset, **options)  # noqa: E731
    env = make(None)
    inner = getattr(env, "unwrapped", env)
    if not isinstance(env, (gym.Env, gym.vector.VectorEnv, AECEnv, ParallelEnv)):
        raise Unsupported(f"{name} makes a {type(env).__name__}, which is no Gymnasium or PettingZoo environment")
    if foreign is None and not hasattr(inner, "_door"):
        raise Unsupported(
            f"{name} is not on infogap's core; give set_secret, secrets and released, see infogap.check.check"
        )
    port: Port = CorePort(inner) if foreign is None else foreign
    modes = (None, *(m for m in inner.metadata.get("render_modes", ()) if m != "human"))
    if not isinstance(subject, str) and not _takes_mode(subject):
        modes = (None,)
    if isinstance(env, gym.vector.VectorEnv):
        raise Unsupported(f"{name} makes a vector environment; give the single one, and this as vector=...")
    if isinstance(env, gym.Env):
        stacks = ["make", "statistics", "sealed", *(f"sync {mode}" for mode in AUTORESET)]
        if make_vector is not None and not _offered(make_vector):
            make_vector = None
        stacks += [f"native {mode}" for mode in AUTORESET] if make_vector else []
        whole = make if env is not inner else (lambda mode: OrderEnforcing(PassiveEnvChecker(make(mode))))
        return Subject(name, whole, make_vector, port, "gym", (getattr(inner, "party", "agent"),), tuple(stacks), modes)
    if isinstance(env, AECEnv):
        extra = ("parallel", "chat") if isinstance(inner, Game) else ()
        parties = tuple(env.possible_agents)
        return Subject(name, make, None, port, "aec", parties, ("aec", "sealed seat", *extra), modes)
    return Subject(name, make, None, port, "parallel", tuple(env.possible_agents), ("parallel",), modes)
