"""Pools of scripted partners: who is in one, who sits where, and what to do with a partner that fails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy.typing as npt

from ...core.chance import Chance
from ...core.env import check_discrete
from ...core.errors import InvalidOption, PartnerFault, UnknownOption, Unsupported, shown
from ...core.game import Game, Partner, PartnerMaker

__all__ = ["POOLS", "Pool", "Pooled"]

POOLS = ("train", "held_out", "all")
"""The pools every game has: the partners to train with, those that training never meets, and both."""

Pooled = str | Sequence[str] | Mapping[str, PartnerMaker]
"""A pool: one of :data:`POOLS`, a name, several names, or makers by name."""


class Pool:
    """The partners that may sit at the other seats of a game.

    Args:
        game: The game.
        partners: See :data:`Pooled`.

    Attributes:
        names: Their names, sorted.

    Raises:
        UnknownOption: The game has no partner of such a name.
        InvalidOption: The pool is empty, or `partners` is nothing of the kind.
        Unsupported: The game has no partners.
        PartnerFault: One can't be made.
    """

    def __init__(self, game: Game, partners: Pooled) -> None:
        self._game = game
        self._given = dict(partners) if isinstance(partners, Mapping) else None
        self.names = tuple(sorted(_named(game, partners)))
        self._made = self._make()

    def _make(self) -> dict[str, Partner]:
        makers, made = self._game.partners if self._given is None else self._given, {}
        for name in self.names:
            try:
                made[name] = makers[name](self._game)
            except (Exception, SystemExit) as error:
                raise PartnerFault(f"partner {name!r} can't be made: it raised {type(error).__name__}") from None
        return made

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_made": {}}  # partners are functions made by functions, so they are made again

    def cast(self, seats: Sequence[str], chance: Chance) -> dict[str, str]:
        """Who sits where: a name for each seat, all names equally likely and drawn apart."""
        names, n = self.names, len(self.names)
        return {seat: names[chance.below(n)] if n > 1 else names[0] for seat in seats}

    def act(self, name: str, seat: str, observation: Mapping[str, npt.NDArray[Any]], chance: Chance) -> int:
        """The action of a partner.

        Args:
            name: The partner's.
            seat: Where it sits.
            observation: What the seat perceives by itself, as in the private regime.
            chance: The partner's chance at this move.

        Raises:
            PartnerFault: It raised, or answered with something else than a legal action.
        """
        if not self._made:
            self._made = self._make()
        mask = observation["action_mask"].tolist()
        try:
            action = self._made[name](seat, observation, chance)
        except (Exception, SystemExit) as error:
            # The cause may quote hidden values, so only its type goes on.
            raise _fault(name, seat, f"raised {type(error).__name__}") from None
        try:
            chosen = check_discrete(action, len(mask))
        except ValueError:
            raise _fault(name, seat, f"answered with no action of the game, a {type(action).__name__}") from None
        if not mask[chosen]:
            raise _fault(name, seat, "answered with an action that is not legal now")
        return chosen


def _fault(name: str, seat: str, what: str) -> PartnerFault:
    return PartnerFault(
        f"partner {name!r} at {seat} {what}; the episode is invalid, call reset() to start the next one"
    )


def _named(game: Game, partners: Pooled) -> Iterable[str]:
    """The names in a pool."""
    if isinstance(partners, Mapping):
        if not partners or not all(isinstance(n, str) and callable(m) for n, m in partners.items()):
            raise InvalidOption("partners must be a mapping from names to makers, which are called with the game")
        return partners
    offered, held_out = game.partners, game.held_out
    if not offered:
        raise Unsupported(f"{type(game).__name__} has no scripted partners; give partners={{name: maker}}")
    if isinstance(partners, str) and partners in POOLS:
        names = [n for n in offered if partners == "all" or (n in held_out) == (partners == "held_out")]
        if not names:
            raise InvalidOption(f"{type(game).__name__} has no partners in the pool {partners!r}")
    else:
        names = [partners] if isinstance(partners, str) else _listed(partners)
    if unknown := [name for name in names if name not in offered]:
        raise UnknownOption(
            f"unknown partners {', '.join(map(shown, unknown))}; expected {', '.join(sorted(offered))} or one of the "
            f"pools {', '.join(POOLS)}"
        )
    return names


def _listed(partners: Any) -> list[str]:
    sound = isinstance(partners, (list, tuple)) and partners and all(isinstance(name, str) for name in partners)
    if not sound or len(set(partners)) < len(partners):
        raise InvalidOption(f"partners must be a pool, a name, or a list of different names, got {shown(partners)}")
    return list(partners)
