"""What the author of a game writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy.typing as npt
from typing_extensions import TypedDict

from .chance import Chance
from .errors import Unsupported
from .judge import Verdict
from .truth import ALL, Truth, View, partition

__all__ = ["MAX_DEALS", "Common", "GameRules", "Partner", "PartnerMaker"]

Partner = Callable[[str, Mapping[str, npt.NDArray[Any]], Chance], int]
"""A scripted player: ``act(seat, observation, chance)`` gives a legal action. It remembers nothing; observations hold
all that a seat has seen."""
PartnerMaker = Callable[..., Partner]
"""``maker(game)`` makes a partner for any seat of a game."""

MAX_DEALS = 4096
"""A game with at most so many deals may be played through a :class:`~infogap.core.position.Memo`."""


class Common(TypedDict, total=False):
    """Options that every game takes.

    Attributes:
        regime: What a seat is told of the others' types: ``"private"`` (default), ``"mindreader"``, ``"script"``,
            ``"noisy"`` or ``"partial"``.
        accuracy: Of ``"noisy"``: the probability in [0, 1] that a type told is right; default 0.8.
        share: Of ``"partial"``: the probability in [0, 1] that a component of a type is told; default 0.5.
        render_mode: None or ``"ansi"``.
    """

    regime: str
    accuracy: float
    share: float
    render_mode: str | None


class GameRules:
    """The part of a game that its author writes; :class:`~infogap.core.game.Game` plays it."""

    family: ClassVar[str]
    generator: ClassVar[int] = 0
    metadata: dict[str, Any]
    truth_type: type[Any]
    roles: ClassVar[Mapping[str, str]] = {}
    """Seats that are offered as single-agent environments, by the name of the role."""
    partners: ClassVar[Mapping[str, PartnerMaker]] = {}
    """Scripted players by name."""
    held_out: ClassVar[frozenset[str]] = frozenset()
    """Partners that training never meets."""
    lowest: float = -1.0
    """No seat is ever paid less in an episode; so that illegal actions, where they end one, are never worth while."""
    deals: int = 0
    """Number of equally likely initial truths, where :meth:`dealt` is written instead of :meth:`initial`."""
    memoised: ClassVar[bool] = False
    """Whether moves draw no chance, so that positions may be kept."""

    # -- what an author writes ---------------------------------------------------------------------------------------
    def initial(self, chance: Chance) -> Truth:
        """Deal the hidden state of an episode."""
        return self.dealt(chance.below(self.deals))

    def dealt(self, index: int) -> Truth:
        """The initial truth of deal `index`, in [0, deals)."""
        raise NotImplementedError

    def transition(self, truth: Any, seat: str, action: int, chance: Chance) -> Truth:
        """The truth after `seat` has played the legal `action`."""
        raise NotImplementedError

    def observation(self, view: View) -> npt.NDArray[Any]:
        """What the seat ``view.party`` perceives: a fresh array. Own fields are read through own releases."""
        raise NotImplementedError

    def outcome(self, view: View) -> Verdict:
        """What the verifier says of a finished episode, from its view alone."""
        raise Unsupported(f"{type(self).__name__} has no verifier")

    def describe(self, seat: str, kind: tuple[int, ...]) -> str:
        """A type of `seat` in words."""
        return f"Your private information: {', '.join(map(str, kind)) or 'none'}."

    def describe_part(self, seat: str, kind: tuple[int | None, ...]) -> str:
        """A type of `seat` in words, of which only some components are told; the others are None."""
        return f"{seat}'s private information: {', '.join('?' if c is None else str(c) for c in kind)}."

    def picture(self, view: View) -> str:
        """The public state in words, from the view of the public."""
        return repr(self)

    def lines(self, view: View) -> tuple[str, ...]:
        """All that the seat ``view.party`` has been told so far, in sentences; it only grows."""
        return (self.describe(view.party, view.type_of()),)

    def read(self, text: str, view: View) -> int | None:
        """The action that a sentence names, in other words than :attr:`words`; None where it names none."""
        return None

    def another(self, truth: Any, chance: Chance) -> Truth:
        """Another deal, of which the regime ``"noisy"`` reports types in place of true ones.

        Where public fields limit the types, it has the public fields of `truth`: others would show that they are false.
        """
        return self.initial(chance)

    def resample(self, truth: Any, seat: str, chance: Chance) -> Truth:
        """An initial truth drawn from what `seat` can't tell from `truth` at the deal, as likely as it believes.

        The default deals until one fits: the same own type and public fields.

        Raises:
            Unsupported: None fitted in 10,000 deals.
        """
        public = [row.name for row in partition(type(self).truth_type) if row.kind == "field" and ALL in row.to]
        known = truth.type_of(seat), *(getattr(truth, name) for name in public)
        for i in range(10_000):
            other: Any = self.initial(chance.fork(f"resample {i}"))
            if (other.type_of(seat), *(getattr(other, name) for name in public)) == known:
                return other  # type: ignore[no-any-return]
        raise Unsupported(f"{type(self).__name__} needs a resample() of its own: no deal fitted")
