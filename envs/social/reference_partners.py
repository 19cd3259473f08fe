"""Scripted partners of the reference game. Each serves both seats and reads its observation only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...core.chance import Chance
from ...core.game import Partner, PartnerMaker
from .reference_theory import reading

if TYPE_CHECKING:
    from .reference_game import Rules

__all__ = ["HELD_OUT", "PARTNERS", "Seen", "seen"]


class Seen(NamedTuple):
    """What a seat has seen of one round; None for what it does not know.

    Attributes:
        candidates: States, in order.
        target: Rank of the target among the candidates.
        message: The message.
        choice: Rank of the choice among the candidates.
        right: Whether the choice was right.
    """

    candidates: tuple[int, ...]
    target: int | None
    message: int | None
    choice: int | None
    right: bool | None


def seen(rules: Rules, observation: npt.NDArray[Any]) -> list[Seen]:
    """The rounds that an observation shows, the current one last."""
    n, rounds = rules.states, []
    parts = [n, n * (rules.candidates < n), rules.messages, n, 2]
    cuts = np.cumsum(parts)[:-1]
    for at in range(1, 1 + rules.rounds * sum(parts), sum(parts)):
        target, context, message, choice, result = np.split(observation[at : at + sum(parts)], cuts)
        candidates = tuple(np.flatnonzero(context).tolist()) if len(context) else tuple(range(n))
        rank = {state: i for i, state in enumerate(candidates)}
        rounds.append(
            Seen(
                candidates,
                rank[int(target.argmax())] if target.any() else None,
                int(message.argmax()) if message.any() else None,
                rank[int(choice.argmax())] if choice.any() else None,
                bool(result[0]) if result.any() else None,
            )
        )
        if rounds[-1].right is None:
            break
    return rounds


# A speaker's script gives a message, a listener's the rank of its choice.
Script = Callable[["Rules", Sequence[Seen], Chance], int]


def _partner(speak: Script, listen: Script) -> PartnerMaker:
    def make(game: Any) -> Partner:
        rules: Rules = game.truth_type.rules

        def act(seat: str, observation: Mapping[str, npt.NDArray[Any]], chance: Chance) -> int:
            shown = observation["observation"]
            rounds = seen(rules, shown)
            if shown[0]:
                return speak(rules, rounds, chance)
            return rules.messages + rounds[-1].candidates[listen(rules, rounds, chance)]

        return act

    return make


def _pick(options: Sequence[int], chance: Chance) -> int:
    return options[chance.below(len(options))]


def _read(rules: Rules, rounds: Sequence[Seen]) -> range:
    """Ranks that the known code gives the message just heard."""
    message = rounds[-1].message
    assert message is not None
    return reading(rules.candidates, rules.messages, message)


def _coded(rules: Rules, rounds: Sequence[Seen]) -> int:
    """The message that the known code has for the target."""
    target = rounds[-1].target
    assert target is not None
    return target % rules.messages


def _literal(rules: Rules, rounds: Sequence[Seen], chance: Chance) -> int:
    now = rounds[-1]
    assert now.target is not None
    return now.candidates[now.target] % rules.messages


def _believe(rules: Rules, rounds: Sequence[Seen], chance: Chance) -> int:
    now = rounds[-1]
    meant = [i for i, state in enumerate(now.candidates) if state % rules.messages == now.message]
    return meant[0] if meant else chance.below(rules.candidates)


def _shift(rules: Rules, rounds: Sequence[Seen], chance: Chance) -> int:
    return (_coded(rules, rounds) + 1) % min(rules.messages, rules.candidates)


def _defy(rules: Rules, rounds: Sequence[Seen], chance: Chance) -> int:
    meant = _read(rules, rounds)
    return _pick([i for i in range(rules.candidates) if i not in meant] or meant, chance)


def _mirror(rules: Rules, rounds: Sequence[Seen], chance: Chance) -> int:
    return min(rules.messages, rules.candidates) - 1 - _coded(rules, rounds)


def _unmirror(rules: Rules, rounds: Sequence[Seen], chance: Chance) -> int:
    used, message = min(rules.messages, rules.candidates), rounds[-1].message
    assert message is not None
    return used - 1 - message if message < used else 0


def _keep_or_change(rules: Rules, rounds: Sequence[Seen], chance: Chance) -> int:
    """Repeat what was right for this target, leave what was wrong for it or right for another."""
    *past, now = rounds
    used = {r.message: r.target for r in past if r.right}
    for message, target in used.items():
        if target == now.target and message is not None:
            return message
    wrong = {r.message for r in past if r.target == now.target}
    free = [m for m in range(rules.messages) if m not in wrong and m not in used]
    code = _coded(rules, rounds)
    return code if code in free or not free else _pick(free, chance)


def _learn(rules: Rules, rounds: Sequence[Seen], chance: Chance) -> int:
    """Repeat what was right after this message, leave what was wrong after it or right after another."""
    *past, now = rounds
    meant = {r.choice: r.message for r in past if r.right}
    for choice, message in meant.items():
        if message == now.message and choice is not None:
            return choice
    wrong = {r.choice for r in past if r.message == now.message}
    free = [i for i in range(rules.candidates) if i not in wrong and i not in meant]
    read = [i for i in _read(rules, rounds) if i in free or not free]
    return read[0] if read else _pick(free, chance)


PARTNERS: Mapping[str, PartnerMaker] = {
    # Speaks and reads the known code: rank of the target among the candidates, mod m.
    "equilibrium": _partner(lambda u, r, c: _coded(u, r), lambda u, r, c: _read(u, r)[0]),
    # Names the state itself, mod m, whatever the context; believes the same of others.
    "truthful": _partner(_literal, _believe),
    # Always sends message 0; hears nothing and picks at random.
    "silent": _partner(lambda u, r, c: 0, lambda u, r, c: c.below(u.candidates)),
    # Sends the code of the next rank, so never the truth; picks what the code rules out.
    "adversarial": _partner(_shift, _defy),
    # Plays at random.
    "naive": _partner(lambda u, r, c: c.below(u.messages), lambda u, r, c: c.below(u.candidates)),
    # Speaks and reads the known code with its messages in reverse order.
    "permuted": _partner(_mirror, _unmirror),
    # Starts with the known code, keeps what was right in earlier rounds and changes what was wrong.
    "adaptive": _partner(_keep_or_change, _learn),
}
HELD_OUT = frozenset({"permuted", "adaptive"})
