"""Scripted partners of the cheap-talk game. Each serves both seats and reads its observation only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...core.chance import Chance
from ...core.game import Partner, PartnerMaker
from .cheap_talk_theory import equilibrium, literal

if TYPE_CHECKING:
    from .cheap_talk import Rules

__all__ = ["HELD_OUT", "PARTNERS"]

Tables = Callable[["Rules"], tuple[npt.NDArray[Any], npt.NDArray[Any]]]
"""The sender's messages by state, and the receiver's actions by message; a number below 0 is a random one."""


def _partner(tables: Tables) -> PartnerMaker:
    def make(game: Any) -> Partner:
        rules: Rules = game.truth_type.rules
        grid, messages = rules.grid, rules.messages
        says, acts = (table.tolist() for table in tables(rules))

        def act(seat: str, observation: Mapping[str, npt.NDArray[Any]], chance: Chance) -> int:
            shown = observation["observation"]
            if shown[0]:
                chosen = says[round(float(shown[1]) * grid - 0.5)]
                return chosen if chosen >= 0 else chance.below(messages)
            chosen = acts[int(shown[2 : 2 + messages].argmax())]
            return messages + (chosen if chosen >= 0 else chance.below(2 * grid + 1))

        return act

    return make


def _equilibrium(rules: Rules) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    says, acts = equilibrium(rules.bias, rules.grid, rules.messages)
    return says.argmax(1), acts.argmax(1)


def _literal(rules: Rules) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    says, acts = literal(rules.grid, rules.messages)
    return says.argmax(1), acts.argmax(1)


def _silent(rules: Rules) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    return np.zeros(rules.grid, int), np.full(rules.messages, rules.grid)


def _adversarial(rules: Rules) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    low = np.arange(rules.grid) < rules.grid / 2
    return np.where(low, rules.messages - 1, 0), np.where(_literal(rules)[1] < rules.grid, 2 * rules.grid, 0)


def _naive(rules: Rules) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    return np.full(rules.grid, -1), np.full(rules.messages, -1)


def _exaggerating(rules: Rules) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    says, acts = _literal(rules)
    shift = round(rules.bias * rules.grid)
    claimed = np.minimum(np.arange(rules.grid) + shift, rules.grid - 1)
    return says[claimed], np.maximum(acts - 2 * shift, 0)


def _permuted(rules: Rules) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    says, acts = _equilibrium(rules)
    return rules.messages - 1 - says, acts[::-1]


PARTNERS: Mapping[str, PartnerMaker] = {
    # The most informative equilibrium that the messages can tell.
    "equilibrium": _partner(_equilibrium),
    # Names the state's cell of m equal ones; believes the same of others.
    "truthful": _partner(_literal),
    # Always sends message 0; plays 1/2 whatever it hears, as nothing has been said.
    "silent": _partner(_silent),
    # Claims the far end of the scale; plays the end far from what it hears.
    "adversarial": _partner(_adversarial),
    # Plays at random.
    "naive": _partner(_naive),
    # Claims what it would like to be true, the state plus the bias; discounts claims by the bias.
    "exaggerating": _partner(_exaggerating),
    # The most informative equilibrium with its messages in reverse order.
    "permuted": _partner(_permuted),
}
HELD_OUT = frozenset({"exaggerating", "permuted"})
