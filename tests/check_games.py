"""Small games for tests/test_check*.py: clean ones, and ones that leak in one way."""

from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces

from infogap import ALL, OWN, Truth, release, seen_by
from infogap.core.game import Game
from infogap.core.parallel import ParallelGame
from infogap.core.position import Memo
from infogap.envs.social.kuhn import KuhnPoker, KuhnTruth

SEATS = ("player_0", "player_1")


# -- Kuhn poker that leaks ---------------------------------------------------------------------------------------------
class PeeksAtCards(KuhnPoker):
    """The other's card in a cell, after a bet."""

    memoised = False

    def observation(self, view):
        seen, (mine,) = super().observation(view), view.type_of()
        if view.history == "b":
            seen[5] = mine != 2 and max(self._world.truth.card.values()) == 2
        return seen


class PeekingTruth(KuhnTruth):
    @release(OWN, of="history", per_step=None)
    def legal(self, seat):
        first, second = KuhnTruth.legal(self, seat)
        return first, second and self.card["player_0"] < 3


class PeekingMask(KuhnPoker):
    """A mask that reads a card, though it declares the history only."""

    truth_type = PeekingTruth


class WrongMemo(Memo):
    def keep(self, truth, turn):
        kept = super().keep(truth, turn)
        if turn == 2 and truth.card["player_0"] == 2:
            kept.seen["player_1"][0][5] = 1
        return kept


class FastPathPeeks(KuhnPoker):
    """The first player's king, in the second's observation, where positions are kept."""

    def dealer(self):
        return WrongMemo(self)


class ParallelPeeks(ParallelGame):
    """The first player's king, in the second's info, in the parallel form."""

    def __init__(self):
        super().__init__(KuhnPoker())

    def step(self, actions):
        *results, infos = super().step(actions)
        infos["player_1"]["king"] = self._door("reveal").card["player_0"] == 2
        return (*results, infos)


# -- secret acts -------------------------------------------------------------------------------------------------------
class Vote(Truth):
    """What seats have played is hidden until all have played."""

    seats: ClassVar[tuple[str, ...] | None] = SEATS
    kind: dict[str, int] = seen_by(OWN)
    played: dict[str, int] = seen_by(OWN)
    turn: int = seen_by(ALL)

    @release(ALL, of="turn", per_step=None)
    def to_move(self):
        return () if self.turn >= 4 else (SEATS[self.turn % 2],)

    @release(ALL, of="turn", per_step=None)
    def over(self):
        return self.turn >= 4

    @release(OWN, of="turn", per_step=None)
    def legal(self, seat):
        mine = seat in self.to_move()
        return (mine, mine)

    @release(OWN, of="turn", per_step=None)
    def payoff(self, seat):
        return 0.0

    @release(OWN, of="kind", per_step=None)
    def type_of(self, seat):
        return (self.kind[seat],)

    @release(OWN, of="played", per_step=None)
    def own(self, seat):
        return self.played[seat]


class AtOnce(Vote):
    """The same with both voting at once, twice."""

    @release(ALL, of="turn", per_step=None)
    def to_move(self):
        return () if self.turn >= 4 else SEATS[self.turn % 2 :]


class OneKind(Vote):
    """Nobody has a kind: votes are all there is to hide."""


class SecretBallot(Game):
    """Two seats vote in turn; nobody is told how the other voted."""

    family = "test/ballot"
    metadata: ClassVar[dict[str, Any]] = {"name": "ballot_v0", "render_modes": [], "is_parallelizable": True}
    truth_type: ClassVar[type[Truth]] = Vote
    shows_votes = False

    def __init__(self, **common):
        each = spaces.Dict({s: spaces.Discrete(3) for s in SEATS})
        super().__init__(
            seats=SEATS,
            observed=spaces.Box(0, 9, (5,), np.int8),
            actions=("for", "against"),
            truth_space=spaces.Dict(kind=each, played=each, turn=spaces.Discrete(5)),
            type_sizes=dict.fromkeys(SEATS, (3,)),
            **common,
        )

    def initial(self, chance):
        kinds = {s: 0 if issubclass(self.truth_type, OneKind) else chance.below(3) for s in SEATS}
        return self.truth_type(kind=kinds, played=dict.fromkeys(SEATS, 0), turn=0)

    def transition(self, truth, seat, action, chance):
        return truth.but(played={**truth.played, seat: action + 1}, turn=truth.turn + 1)

    def observation(self, view):
        shown = self._world.truth.played["player_0"] if self.shows_votes else 0
        return np.array((view.type_of()[0], view.own(), view.turn, shown, view.party == "player_1"), np.int8)


class OpenBallot(SecretBallot):
    """The same, but the first seat's vote is shown."""

    shows_votes = True


class VoteAtOnce(SecretBallot):
    truth_type = AtOnce


class OpenVoteAtOnce(OpenBallot):
    """The first seat's vote is shown to the second, who has not voted yet."""

    truth_type = AtOnce


class OnlyVotes(SecretBallot):
    truth_type = OneKind


class OpenVotes(OpenBallot):
    truth_type = OneKind


class OneSided(KuhnPoker):
    """The second player is always dealt the jack: nothing is hidden from the first."""

    memoised, deals = False, 2

    def dealt(self, index):
        return self.truth_type(card={"player_0": 1 + index, "player_1": 0}, history="")


def at_once_in_parallel():
    return ParallelGame(VoteAtOnce())


def open_at_once_in_parallel():
    """The first vote of the second round is shown to the second seat once cast."""
    return ParallelGame(OpenVoteAtOnce())
