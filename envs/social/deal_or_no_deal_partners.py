"""Deal or no deal: scripted players. Each reads a seat's own observation and remembers nothing else."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ...core.chance import Chance
from ...core.game import Game, Partner, PartnerMaker
from .deal_or_no_deal_rules import (
    ACCEPT,
    ASK,
    LEAST,
    MOST,
    NONE,
    POOL,
    Scene,
    Triple,
    counterparts,
    decode,
    holds,
    left,
    proposal,
    split_of,
    splits,
    statement,
    worth,
)

__all__ = [
    "HELD_OUT",
    "PARTNERS",
    "acceptor",
    "adversarial",
    "boulware",
    "naive",
    "prudent",
    "silent",
    "truthful",
    "weights",
]

Mind = Callable[[Scene, Chance], int]
DOUBT = 0.1
"""How likely the prudent player thinks a statement that is false, against one that is true."""
ENOUGH, MUCH = 5, 8
"""Points that the silent player and the acceptor insist on, and those of the adversary."""


# -- reading the other -------------------------------------------------------------------------------------------------
def weights(scene: Scene, doubt: float = DOUBT) -> list[tuple[Triple, float]]:
    """How likely each of the other's possible values is, by what it has offered and said.

    A guess, not a posterior: an offer counts for values in proportion to the square of what it would give its maker,
    a statement counts fully where it is true and `doubt` where it is false.

    Args:
        scene: What the seat perceives.
        doubt: In [0, 1]; 0 takes statements at their word.

    Returns:
        Values and their weights, which sum to 1.
    """
    rated = []
    for values in counterparts(scene.counts, scene.own):
        weight = 1.0
        for act in scene.acts[1 - scene.seat :: 2]:
            if act < ACCEPT:
                weight *= max(worth(values, split_of(act)), 0.5) ** 2
            elif statement(act) is not None and not holds(act, values):
                weight *= doubt
        rated.append((values, weight))
    total = sum(weight for _, weight in rated)
    if not total:  # its statements contradict each other or the deal
        return [(values, 1 / len(rated)) for values, _ in rated]
    return [(values, weight / total) for values, weight in rated]


def _expected(scene: Scene, doubt: float) -> list[tuple[int, float, Triple]]:
    """For every share that the seat could take: its points, those expected for the other, the share."""
    rated = weights(scene, doubt)
    mean = [sum(weight * values[i] for values, weight in rated) for i in range(3)]
    return [
        (worth(scene.own, share), sum(m * n for m, n in zip(mean, left(scene.counts, share), strict=True)), share)
        for share in splits(scene.counts)
    ]


def _offered(scene: Scene) -> int:
    """Points that the other's standing offer would give the seat; -1 without one."""
    return worth(scene.own, scene.share) if scene.offer == 2 else -1


def _last(scene: Scene) -> bool:
    """Whether this is the last act: what is not accepted now is lost."""
    return scene.turn == scene.turns - 1


def _own_acts(scene: Scene) -> Sequence[int]:
    return scene.acts[scene.seat :: 2]


def _greedy(scene: Scene) -> Triple:
    """All of each type that the seat values, and nothing else."""
    a, b, c = (n if value else 0 for n, value in zip(scene.counts, scene.own, strict=True))
    return a, b, c


# -- the players -------------------------------------------------------------------------------------------------------
def prudent(scene: Scene, chance: Chance) -> int:
    """Infers the other's values from what it offers and says; asks for 9, concedes a point a turn to the Nash split."""
    options = _expected(scene, DOUBT)
    nash = max(options, key=lambda o: (o[0] * o[1], o[0]))
    made = sum(act < ACCEPT for act in _own_acts(scene))
    late = scene.turn >= scene.turns - 3  # the last own proposal that can be answered
    aim = nash[0] if late else max(POOL - 1 - made, nash[0])
    ask = max((o for o in options if o[0] >= aim), key=lambda o: (o[1], o[0]))
    offered = _offered(scene)
    return ACCEPT if offered >= ask[0] or (offered > 0 and _last(scene)) else proposal(ask[2])


def truthful(scene: Scene, chance: Chance) -> int:
    """Tells its values truly, believes the other's statements, proposes the fairest split by them."""
    own, said, offered = scene.own, _own_acts(scene), _offered(scene)
    fair = max(_expected(scene, 0.0), key=lambda o: (min(o[0], o[1]), o[0] + o[1]))
    if offered > 0 and (_last(scene) or offered >= fair[0]):
        return ACCEPT
    true = [MOST + own.index(max(own)), *(NONE + i for i in range(3) if own[i] == 0), LEAST + own.index(min(own))]
    untold = [act for act in true if act not in said]
    if untold and (not said or (scene.acts and scene.acts[-1] == ASK)):
        return untold[0]
    return proposal(fair[2])


def silent(scene: Scene, chance: Chance) -> int:
    """Says nothing, always asks for all that it values, accepts what gives it half of its points."""
    return ACCEPT if _offered(scene) >= ENOUGH else proposal(_greedy(scene))


def adversarial(scene: Scene, chance: Chance) -> int:
    """Lies about what it values and holds out for nearly everything to the last."""
    own = scene.own
    if _offered(scene) >= MUCH:
        return ACCEPT
    asked = scene.acts and scene.acts[-1] == ASK
    if max(own) > min(own) and (asked or not _own_acts(scene)):
        return MOST + own.index(min(own))
    return proposal(_greedy(scene))


def naive(seat: str, observation: Mapping[str, npt.NDArray[Any]], chance: Chance) -> int:
    """Takes any legal act, all equally likely."""
    legal = np.flatnonzero(observation["action_mask"])
    return int(legal[chance.below(len(legal))])


def boulware(scene: Scene, chance: Chance) -> int:
    """Asks for all until late and then concedes fast, by the clock alone, down to 2 points.

    Time-dependent concession of Faratin, Sierra and Jennings (1998), with exponent 1/4. It knows nothing of the other
    and leaves it as many items as its aim allows.
    """
    aim = POOL - (POOL - 2) * (scene.turn / max(scene.turns - 1, 1)) ** 4
    if _offered(scene) >= aim:
        return ACCEPT
    fitting = [share for share in splits(scene.counts) if worth(scene.own, share) >= aim]
    fewest = min(map(sum, fitting))
    fitting = [share for share in fitting if sum(share) == fewest]
    return proposal(fitting[chance.below(len(fitting))])


def acceptor(scene: Scene, chance: Chance) -> int:
    """Never proposes: asks what the other wants and accepts what gives it half of its points."""
    return ACCEPT if _offered(scene) >= ENOUGH else ASK


# -- seats at the table ------------------------------------------------------------------------------------------------
def _play(mind: Mind, size: int, seat: str, observation: Mapping[str, npt.NDArray[Any]], chance: Chance) -> int:
    return mind(decode(observation["observation"][:size]), chance)


def _seated(mind: Mind, game: Game) -> Partner:
    """A partner for any seat of `game`; it looks at the seat's own part of the observation only."""
    return functools.partial(_play, mind, game.own_size)


def _naive(game: Game) -> Partner:
    return naive


PARTNERS: Mapping[str, PartnerMaker] = {
    **{mind.__name__: functools.partial(_seated, mind) for mind in (prudent, truthful, silent, adversarial)},
    "naive": _naive,
    **{mind.__name__: functools.partial(_seated, mind) for mind in (boulware, acceptor)},
}
"""Makers of all players, by name."""
HELD_OUT = frozenset({"boulware", "acceptor"})
"""Players that training never meets."""
