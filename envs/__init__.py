"""The environments, by family, and their registration."""

from __future__ import annotations

import dataclasses
import importlib
from typing import Any, NamedTuple

import gymnasium as gym
import pettingzoo

from ..core.errors import InvalidOption
from ..core.options import unknown
from ..core.regime import REGIMES

__all__ = ["DESKTOPS", "GAMES", "GYMNASIUM_IDS", "ROLES", "GameSpec", "Role", "register_envs"]


@dataclasses.dataclass(frozen=True)
class GameSpec:
    """A registered game.

    Attributes:
        id: Its PettingZoo id, which says the information regime unless that is the private one.
        module: The module that offers ``env``, ``raw_env`` and ``parallel_env``.
        regime: The information regime.
    """

    id: str
    module: str
    regime: str

    def env(self, **options: Any) -> Any:
        """The AEC form.

        Raises:
            InvalidOption: A regime was given: the id says it.
        """
        return self._make("env", options)

    def parallel_env(self, **options: Any) -> Any:
        """The parallel form; see :meth:`env`."""
        return self._make("parallel_env", options)

    def _make(self, form: str, options: dict[str, Any]) -> Any:
        if "regime" in options:
            raise InvalidOption(
                f"the id {self.id} says the regime; take an id such as {_named(self.base, 'mindreader')}"
            )
        return getattr(importlib.import_module(self.module), form)(regime=self.regime, **options)

    @property
    def base(self) -> str:
        """The id's name without family, regime and version, such as ``"Kuhn"``."""
        return self.id.partition("/")[2].split("-")[0]


def _named(base: str, regime: str) -> str:
    return f"infogap/{base}-v0" if regime == "private" else f"infogap/{base}-{regime}-v0"


_GAMES: dict[str, str] = {
    "ReferenceGame": "reference_game",
    "MutualFriends": "mutual_friends",
    "DealOrNoDeal": "deal_or_no_deal",
    "Lemons": "lemons",
    "HiddenProfile": "hidden_profile",
    "BilateralTrade": "bilateral_trade",
    "CheapTalk": "cheap_talk",
    "Mafia": "mafia",
    "FirstPriceAuction": "first_price",
    "SecondPriceAuction": "second_price",
    "Kuhn": "kuhn",
}
"""Name in the ids, and module in :mod:`infogap.envs.social`."""


class _Games(dict[str, GameSpec]):
    def __missing__(self, id: Any) -> GameSpec:
        raise unknown("game", id, self, "infogap list shows all")


GAMES: dict[str, GameSpec] = _Games(
    (_named(base, regime), GameSpec(_named(base, regime), f"infogap.envs.social.{module}", regime))
    for base, module in _GAMES.items()
    for regime in REGIMES
)
"""PettingZoo ids: every game in every information regime."""


class Role(NamedTuple):
    """A game from one seat, in the private regime.

    Attributes:
        game: The game's id.
        seat: The agent's seat.
    """

    game: str
    seat: str

    @property
    def told(self) -> str:
        """The game's id in the regime in which seats are told each other's types."""
        return _named(GAMES[self.game].base, "mindreader")


_ROLES: dict[str, dict[str, str]] = {
    "ReferenceGame": {"Speaker": "speaker_0", "Listener": "listener_0"},
    "MutualFriends": {"First": "friend_0", "Second": "friend_1"},
    "DealOrNoDeal": {"First": "player_0", "Second": "player_1"},
    "Lemons": {"Buyer": "buyer_0", "Seller": "seller_0"},
    "HiddenProfile": {"Member": "member_0"},
    "BilateralTrade": {"Buyer": "buyer_0", "Seller": "seller_0"},
    "CheapTalk": {"Sender": "sender_0", "Receiver": "receiver_0"},
    "Mafia": {"Player": "player_0"},
    "FirstPriceAuction": {"Bidder": "bidder_0"},
    "SecondPriceAuction": {"Bidder": "bidder_0"},
    "Kuhn": {"First": "player_0", "Second": "player_1"},
}
"""Of each game the seats offered as single-agent environments, by role: its class's ``roles``, without importing it."""

ROLES: dict[str, Role] = {
    f"infogap/{base}{role}-v0": Role(_named(base, "private"), seat)
    for base in _GAMES
    for role, seat in _ROLES.get(base, {}).items()
}
"""Single-agent ids of games."""

_TASKS = (
    *("due_date", "contact_phone", "promised_date", "apply_payments", "wrong_totals", "credit_limit", "approve_bill"),
    *("hold_document", "month_end", "which_maria", "injected", "three_way_match", "order_from_mail", "change_address"),
    *("refund_reply", "move_meeting", "find_slot", "triage_inbox", "wait_for_shipment", "cancel_day", "recall"),
    *("triage_queue", "match_tickets", "cover_shift"),
)
"""Templates of :mod:`infogap.envs.desktop.tasks`, without importing them."""

DESKTOPS: dict[str, str] = {
    "infogap/Desktop-v0": "all",
    **{f"infogap/Desktop{name.title().replace('_', '')}-v0": name for name in _TASKS},
}
"""Ids of mock office software, and the template of each."""

_SINGLE: dict[str, dict[str, Any]] = {
    "infogap/TwentyQuestions-v0": {
        "entry_point": "infogap.envs.inquiry.twenty_questions:TwentyQuestions",
        "vector_entry_point": "infogap.envs.inquiry.vector:TwentyQuestionsVector",
    },
    **{id: {"entry_point": "infogap.envs.social.seat:SeatEnv", "kwargs": {"role": id}} for id in ROLES},
    **{
        id: {
            "entry_point": "infogap.envs.desktop.desktop:Desktop",
            "vector_entry_point": "infogap.envs.desktop.vector:DesktopVector",
            "kwargs": {"template": template},
        }
        for id, template in DESKTOPS.items()
    },
}
GYMNASIUM_IDS: tuple[str, ...] = tuple(_SINGLE)
"""Ids registered with Gymnasium."""


def register_envs() -> None:
    """Register all environments; may be called again.

    PettingZoo has a registry from 1.27 on; before it, use :data:`GAMES`: ``GAMES[id].env()``.
    """
    for id, given in _SINGLE.items():
        if id not in gym.registry:
            # The environments enforce the order of calls themselves, with errors that say more.
            gym.register(id, order_enforce=False, **given)
    if not hasattr(pettingzoo, "register"):
        return
    for id, game in GAMES.items():
        if id not in pettingzoo.aec_registry:
            pettingzoo.register("aec", id, entry_point=game.env)
        if id not in pettingzoo.parallel_registry:
            pettingzoo.register("parallel", id, entry_point=game.parallel_env)
