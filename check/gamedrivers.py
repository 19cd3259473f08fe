"""Drivers of PettingZoo's forms, as one seat sees them, and the choice of a driver for each stack."""

from __future__ import annotations

from typing import Any

import numpy as np
from pettingzoo import AECEnv

from ..core.chat import Chat
from ..core.errors import InvalidAction
from ..core.parallel import ParallelGame
from ..core.seal import seal
from .canon import canon
from .drivers import Driver, GymDriver, Seen, VectorDriver
from .exits import about, attempts, global_random, own_random, refusals, spaces_of
from .subjects import CorePort, Subject

__all__ = ["drive"]


class AecDriver(Driver):
    """A PettingZoo AEC environment as one seat sees it, whole or through the seat's sealed handle."""

    def open(self) -> None:
        self.env = self.subject.make(self.mode)
        self.prepare(self.inner)
        self.handle = getattr(self, "as_handle", seal)(self.env, self.party) if self.stack == "sealed seat" else None
        # The state of games on infogap's core is for centralised critics; of others, nobody says whom it is for.
        core = isinstance(self.subject.port, CorePort)
        self._has_state = not core and type(self.inner).state is not AECEnv.state

    @property
    def inner(self) -> Any:
        return self.env.unwrapped

    def do_reset(self, seed: int | None) -> Seen:
        if not self.subject.port.deals:
            self.inner._skip_agent_selection = None  # see canon.DROPPED
        self.env.reset(seed=seed)
        return {}

    def mover(self) -> Any:
        env = self.env
        if not env.agents or env.terminations[env.agent_selection] or env.truncations[env.agent_selection]:
            return None
        return env.agent_selection

    def movers(self) -> tuple[Any, ...]:
        position = getattr(self.inner, "_position", None)
        return (self.mover(),) if position is None else tuple(position.movers)

    def legal(self, seat: Any) -> list[int]:
        return np.flatnonzero(self.env.observe(seat)["action_mask"]).tolist()

    def step(self, action: Any, other: Any) -> Seen:
        env = self.env
        seat = env.agent_selection
        self.own = seat == self.party
        dead = env.terminations[seat] or env.truncations[seat]
        move = None if dead else action if self.own else other
        if self.own and self.handle is not None:
            self.handle.step(move)
        else:
            env.step(move)
        self.turn += 1
        self.ended = not env.agents
        return {}

    def state(self) -> Seen:
        env, me = self.env, self.party
        seen: Seen = {
            "selection": (env.agent_selection, tuple(env.agents)),
            "spaces": spaces_of(env.action_space(me), env.observation_space(me)),
            "global random": global_random(),
            "random": own_random(self.inner),
        }
        if self.handle is not None:
            handle = self.handle
            return seen | attempts(observation=handle.observe, last=handle.last, selected=handle.selected)
        seen |= self.returned()
        if env.agents and env.agent_selection == me:
            seen |= attempts(last=env.last)
        if self._has_state:
            seen |= attempts(state=env.state)
        if self.mode is not None:
            seen |= attempts(render=env.render)
        return seen

    def returned(self) -> Seen:
        env, me = self.env, self.party
        return attempts(
            observation=lambda: env.observe(me),
            reward=lambda: (env.rewards.get(me), env._cumulative_rewards.get(me)),
            terminated=lambda: env.terminations.get(me),
            truncated=lambda: env.truncations.get(me),
            info=lambda: env.infos.get(me),
        )

    def about(self) -> Seen:
        if self.handle is None:
            return about(self.env)
        return {"sealed": (repr(self.handle), str(self.handle), tuple(dir(self.handle)))}

    def holes(self) -> list[str]:
        return [] if self.handle is None else [way for way, shut in refusals(self.handle).items() if not shut]

    def close(self) -> None:
        self.env.close()


class ParallelDriver(Driver):
    """A PettingZoo parallel environment as one agent sees it.

    Scripts count turns as the AEC form does. Of games on infogap's core, a step is taken once all seats to move have an
    action, or one that is refused.
    """

    def open(self) -> None:
        env = self.subject.make(self.mode)
        self.env = ParallelGame(env.unwrapped) if self.subject.form == "aec" else env
        self._game = getattr(self.env, "_game", None)
        self._given: dict[Any, Any] = {}
        self.prepare(self.inner)

    @property
    def inner(self) -> Any:
        return self.env.unwrapped if self._game is None else self._game

    def site(self, inner: Any) -> Any:
        return self.env.unwrapped

    def do_reset(self, seed: int | None) -> Seen:
        self._given = {}
        observations, infos = self.env.reset(seed=seed)
        return {"observation": canon(observations.get(self.party)), "info": canon(infos.get(self.party))}

    def step(self, action: Any, other: Any) -> Seen:
        env, me = self.env, self.party
        if self._game is None:
            return self._play({seat: action if seat == me else other for seat in env.agents})
        position = self._game._position
        mover = position.movers[len(self._given)] if position.movers else me
        self.own = mover == me
        move = action if self.own else other
        given = {**self._given, mover: move}
        if len(given) < len(position.movers) and _accepted(position, mover, move):
            self._given = given
            self.turn += 1
            return {}
        seen = self._play({seat: given.get(seat, 0) for seat in env.agents})
        self._given = {}
        return seen

    def _play(self, actions: dict[Any, Any]) -> Seen:
        results = self.env.step(actions)
        self.turn += 1
        self.ended = not self.env.agents
        names = ("observation", "reward", "terminated", "truncated", "info")
        return {name: canon(result.get(self.party)) for name, result in zip(names, results, strict=True)}

    def state(self) -> Seen:
        env, me = self.env, self.party
        seen = {
            "agents": tuple(env.agents),
            "spaces": spaces_of(env.action_space(me), env.observation_space(me)),
            "global random": global_random(),
        }
        if self.mode is not None:
            seen |= attempts(render=env.render)
        return seen

    def about(self) -> Seen:
        return about(self.env)

    def close(self) -> None:
        self.env.close()


class ChatDriver(Driver):
    """A game on infogap's core as one seat hears it in words, through its handle; others act by number."""

    def open(self) -> None:
        self.env = self.subject.make(self.mode)
        self.prepare(self.inner)
        self.chat = Chat(self.env)
        self.handle = self.chat.seat(self.party)

    @property
    def inner(self) -> Any:
        return self.env.unwrapped

    def do_reset(self, seed: int | None) -> Seen:
        self.chat.reset(seed)
        return {}

    def step(self, action: Any, other: Any) -> Seen:
        chat, words = self.chat, self.inner.words
        mover = (chat.to_move or (self.party,))[0]
        self.own = mover == self.party
        if self.own:
            known = type(action) is int and 0 <= action < len(words)
            said = words[action] if known else None if type(action) is int else ""  # a bad action must stay one
            seen = {"said": canon(self.handle.say(said))}
        else:
            seen = {}
            chat.act(mover, other)
        self.turn += 1
        self.ended = chat.over
        return seen

    def state(self) -> Seen:
        return attempts(hear=self.handle.hear, phrases=self.handle.phrases) | {"global random": global_random()}

    def about(self) -> Seen:
        return {"sealed": (repr(self.handle), str(self.handle), tuple(dir(self.handle)))}

    def holes(self) -> list[str]:
        return [way for way, shut in refusals(self.handle).items() if not shut]

    def close(self) -> None:
        self.env.close()


def _accepted(position: Any, seat: str, action: Any) -> bool:
    try:
        position.check(seat, action)
    except InvalidAction:
        return False
    return True


_FORMS: dict[str, type[Driver]] = {
    "aec": AecDriver,
    "sealed seat": AecDriver,
    "parallel": ParallelDriver,
    "chat": ChatDriver,
    "sync": VectorDriver,
    "native": VectorDriver,
}


def drive(subject: Subject, stack: str, party: str, **how: Any) -> Driver:
    """The driver of `stack`, over a fresh environment."""
    return _FORMS.get(stack if stack in _FORMS else stack.split(" ")[0], GymDriver)(subject, stack, party, **how)
