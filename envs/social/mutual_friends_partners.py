"""Scripted players of mutual friends. They remember nothing: observations hold all that a seat has seen.

All but the naive one select as soon as they know, and guess in the last turn in which a selection can be answered; how
they talk before is what tells them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...core.chance import Chance
from ...core.game import Partner, PartnerMaker
from .mutual_friends_acts import GROUP, Kind

if TYPE_CHECKING:
    from .mutual_friends import MutualFriends

__all__ = ["HELD_OUT", "PARTNERS", "Seen"]


class Seen(NamedTuple):
    """An observation, taken apart.

    Attributes:
        who: Number of the seat, 0 or 1.
        turn: Turns played.
        own: Whether the seat knows each person; bool of shape (people,).
        mine: What it has told of each: 1 known, -1 not known, 2 selected, 0 nothing; int8 of shape (people,).
        theirs: What the other seat has told of each.
        log: Of each turn the kind of act, its subject, its content and whose it was; int8 of shape (turns, 4).
    """

    who: int
    turn: int
    own: npt.NDArray[np.bool_]
    mine: npt.NDArray[np.int8]
    theirs: npt.NDArray[np.int8]
    log: npt.NDArray[np.int8]

    @classmethod
    def of(cls, observation: npt.NDArray[Any], game: MutualFriends) -> Seen:
        """The parts of an observation's array; what the regime appends is left out."""
        width, turns, people = game.acts.padded, game.rules.turns, game.rules.people
        own, mine, theirs = observation[: 3 * width].reshape(3, width)[:, :people]
        log = observation[3 * width :][: 4 * turns].reshape(turns, 4)
        who = int(observation[3 * width + 4 * turns + 1])
        return cls(who, int(np.count_nonzero(log[:, 0])), own > 0, mine, theirs, log)

    @property
    def asked(self) -> bool:
        """Whether the other seat has just named a person."""
        return self.turn > 0 and self.log[self.turn - 1, 0] == Kind.NAME

    def mutual(self) -> int:
        """The person whom both know by what was said, the selected one first, or -1."""
        both = np.where(self.own, self.theirs, 0)
        return int(both.argmax()) if both.max() > 0 else -1

    def candidates(self) -> list[int]:
        """Own friends that may still be mutual, if the other seat would have selected one that it was told.

        Where that leaves nobody, the other seat did not listen, and those it has not ruled out come back.
        """
        possible = self.own & (self.theirs >= 0)
        silent = possible & (self.mine == 0)
        return np.flatnonzero(silent if silent.any() else possible if possible.any() else self.own).tolist()


Talk = Callable[["MutualFriends", Seen, list[int], npt.NDArray[Any], Chance], int]
"""What to say while the mutual friend is not known: an action."""


def _cooperative(talk: Talk) -> PartnerMaker:
    def make(game: MutualFriends) -> Partner:
        rules, acts = game.rules, game.acts

        def act(seat: str, observation: Mapping[str, npt.NDArray[Any]], chance: Chance) -> int:
            seen, mask = Seen.of(observation["observation"], game), observation["action_mask"]
            person = seen.mutual()
            if person < 0:
                left = seen.candidates()
                if len(left) > 1 and seen.turn < rules.turns - 2 and mask[: acts.select].any():
                    return talk(game, seen, left, mask, chance)
                person = left[chance.below(len(left))]
            return acts.select + person

        return act

    return make


def _prudent(game: MutualFriends, seen: Seen, left: list[int], mask: npt.NDArray[Any], chance: Chance) -> int:
    counts = np.bincount([p // GROUP for p in left])
    return game.acts.reporting(int(counts.argmax()), seen.own)


def _shuffled(game: MutualFriends, seen: Seen, left: list[int], mask: npt.NDArray[Any], chance: Chance) -> int:
    return game.acts.reporting(left[chance.below(len(left))] // GROUP, seen.own)


def _truthful(game: MutualFriends, seen: Seen, left: list[int], mask: npt.NDArray[Any], chance: Chance) -> int:
    return left[chance.below(len(left))]


def _answering(game: MutualFriends, seen: Seen, left: list[int], mask: npt.NDArray[Any], chance: Chance) -> int:
    return game.acts.deny if seen.asked else left[0]


def _silent(game: MutualFriends, seen: Seen, left: list[int], mask: npt.NDArray[Any], chance: Chance) -> int:
    clarify = game.acts.clarify
    return clarify if mask[clarify] else game.acts.select + left[chance.below(len(left))]


def _adversarial(game: MutualFriends) -> Partner:
    """Tells nothing that helps: lies where it may, takes back what it said, and selects somebody else."""
    rules, acts = game.rules, game.acts

    def act(seat: str, observation: Mapping[str, npt.NDArray[Any]], chance: Chance) -> int:
        seen, mask = Seen.of(observation["observation"], game), observation["action_mask"]
        if not mask[: acts.select].any() or seen.turn >= rules.turns - 2:
            wrong = np.flatnonzero(mask[acts.select :] & (seen.theirs <= 0))
            wrong = wrong if wrong.size else np.flatnonzero(mask[acts.select :])
            return acts.select + int(wrong[chance.below(len(wrong))])
        if mask[acts.repair]:
            return acts.repair
        if rules.lying:
            if seen.asked:
                return acts.deny if seen.own[seen.log[seen.turn - 1, 1] - 1] else acts.confirm
            strangers = np.flatnonzero(~seen.own)
            return int(strangers[chance.below(len(strangers))])
        if mask[acts.clarify]:
            return acts.clarify
        somebody = np.flatnonzero(mask[: acts.confirm])[::-1]  # what tells least stands last
        return int(next(a for a in somebody if acts.acts[a].kind in (Kind.SOMEBODY, Kind.NOBODY)))

    return act


def _naive(game: MutualFriends) -> Partner:
    def act(seat: str, observation: Mapping[str, npt.NDArray[Any]], chance: Chance) -> int:
        legal = np.flatnonzero(observation["action_mask"])
        return int(legal[chance.below(len(legal))])

    return act


PARTNERS: Mapping[str, PartnerMaker] = {
    "prudent": _cooperative(_prudent),  # reports the school with most of its candidates; pairs of it never fail
    "truthful": _cooperative(_truthful),  # names its friends one by one, in random order
    "silent": _cooperative(_silent),  # tells nothing; asks to hear it again while it can, then guesses
    "adversarial": _adversarial,  # misleads as far as the mask lets it, and selects somebody else
    "naive": _naive,  # any legal act
    "shuffled": _cooperative(_shuffled),  # reports schools in random order
    "answering": _cooperative(_answering),  # denies whom it does not know, and names its friends in ascending order
}
"""Scripted players by name."""
HELD_OUT = frozenset({"shuffled", "answering"})
"""Those that training never meets."""
