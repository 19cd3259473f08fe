"""The text face of games: one synchronous chat per seat.

A seat hears only what is new to it, and says one sentence a turn. Sentences are read by a grammar: the phrases of the
actions, and what else a game understands. The rules, the verifier and the instances are those of the array face.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .errors import EpisodeOver, InvalidAction, InvalidMessage, InvalidOption, ResetNeeded, Unsupported, shown
from .game import Game
from .gamerules import GameRules
from .regime import Regime, Seating
from .seal import handle
from .truth import View

__all__ = ["MAX_CHARS", "Chat", "Heard", "plain"]

MAX_CHARS = 300
"""Longest message, in characters, by default."""
EXAMPLES = 6
"""Legal phrases that an error shows at most."""


class Heard(NamedTuple):
    """What a seat hears.

    Attributes:
        messages: What is new since it listened last.
        reward: What it gained since then.
        terminated: Whether the episode has ended.
        truncated: Always False: deadlines are rules of the games.
        public: What everybody knows: ``turn``, ``to_move`` and, for this seat, ``your_turn``.
    """

    messages: tuple[str, ...]
    reward: float
    terminated: bool
    truncated: bool
    public: Mapping[str, Any]


def plain(text: str) -> str:
    """A sentence reduced to what counts: case, spaces and closing marks do not."""
    return " ".join(text.casefold().split()).strip(" .!")


class Chat:
    """A game as a conversation.

    Args:
        game: A game in its AEC form; it is played through here only.
        max_chars: Longest message.

    Raises:
        Unsupported: Not a game of infogap.
        InvalidOption: `max_chars` is no positive int.
    """

    def __init__(self, game: Any, max_chars: int = MAX_CHARS) -> None:
        inner = getattr(game, "unwrapped", game)
        if not isinstance(inner, Game):
            raise Unsupported(f"expected a game of infogap in its AEC form, got {type(inner).__name__}")
        if isinstance(max_chars, bool) or not isinstance(max_chars, int) or max_chars < 1:
            raise InvalidOption(f"max_chars must be a positive int, got {shown(max_chars)}")
        self._game, self._max_chars = inner, max_chars
        self._phrases = {plain(phrase): action for action, phrase in enumerate(inner.words)}
        self._waiting: dict[str, int] = {}
        self._heard: dict[str, list[str]] = {}
        self._owed: dict[str, float] = {}
        self._shown: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"<chat of {self._game!r}>"

    def reset(self, seed: int | None = None) -> None:
        """Start an episode; see :meth:`infogap.core.game.Game.reset`."""
        self._game.reset(seed)
        seats = self._game.possible_agents
        self._waiting = {}
        self._heard, self._owed = {seat: [] for seat in seats}, dict.fromkeys(seats, 0.0)
        self._shown = dict.fromkeys(seats, "")

    @property
    def to_move(self) -> tuple[str, ...]:
        """Seats that may speak now: several in a phase in which nobody hears the others before all have spoken."""
        position = self._game._position
        if position is None or not self._heard:
            raise ResetNeeded("there is no conversation yet; call reset() first")
        return tuple(seat for seat in position.movers if seat not in self._waiting)

    @property
    def over(self) -> bool:
        """Whether the episode has ended."""
        position = self._game._position
        return position is not None and position.over

    def seat(self, name: str) -> Any:
        """The handle of one seat: ``hear()``, ``say(text)``, ``phrases()`` and ``agent``; all else is refused.

        Raises:
            Unsupported: There is no such seat.
        """
        if name not in self._game.possible_agents:
            raise Unsupported(f"no seat {shown(name)}; expected one of {self._game.possible_agents}")
        methods: dict[str, Callable[..., Any]] = {
            "hear": lambda: self._hear(name),
            "say": lambda text: self._say(name, text),
            "phrases": lambda: self._legal_phrases(name),
        }
        return handle(object, methods, {"agent": name}, f"<chat seat {name}>")

    def act(self, seat: str, action: Any) -> None:
        """Let a seat play an action by its number: for scripted players. It is heard as if it had been said.

        Raises:
            InvalidAction: It is not the seat's turn, or the action is not legal; nothing has changed.
            EpisodeOver: The episode has ended.
        """
        if self.over:
            raise EpisodeOver("the episode has ended; call reset() to start the next one")
        if seat not in self.to_move:
            raise InvalidAction(f"it is not {seat}'s turn to speak; wait until hear() says your_turn")
        game = self._game
        assert game._position is not None
        self._waiting[seat] = game._position.check(seat, action)
        while (movers := game._position.movers) and movers[0] in self._waiting:
            game.step(self._waiting.pop(movers[0]))
            for other, reward in game.rewards.items():
                self._owed[other] += reward

    # -- behind the handles ----------------------------------------------------------------------------------------
    def _hear(self, seat: str) -> Heard:
        waiting = self.to_move
        game, known = self._game, self._heard[seat]
        lines = [*told_lines(game, seat), *game.lines(game.look(seat))]
        new = lines[len(known) :]
        known.extend(new)
        if type(game).lines is GameRules.lines and (now := game.picture(game.look("public"))) != self._shown[seat]:
            new.append(now)
            self._shown[seat] = now
        reward, self._owed[seat] = self._owed[seat], 0.0
        position = game._position
        assert position is not None
        public = {"turn": position.turn, "to_move": waiting, "your_turn": seat in waiting}
        return Heard(tuple(new), reward, position.over, False, public)

    def _legal_phrases(self, seat: str) -> tuple[str, ...]:
        if seat not in self.to_move:
            return ()
        legal = self._game.look(seat).legal()
        return tuple(phrase for phrase, may in zip(self._game.words, legal, strict=True) if may)

    def _say(self, seat: str, text: Any) -> Heard:
        action = self._understood(seat, text) if seat in self.to_move else None
        if action is not None and not self._game.look(seat).legal()[action]:
            raise InvalidAction(f"{self._game.words[action]!r} can't be said now; say {self._examples(seat)}")
        self.act(seat, action)
        return self._hear(seat)

    def _understood(self, seat: str, text: Any) -> int:
        """The action that a sentence names."""
        if not isinstance(text, str):
            raise InvalidMessage(f"a message is a string, got {type(text).__name__}")
        if len(text) > self._max_chars:
            raise InvalidMessage(f"a message has at most {self._max_chars} characters, got {len(text)}")
        said = plain(text)
        if not said:
            raise InvalidMessage("the message is empty; say one of the legal phrases")
        if not said.isprintable():
            raise InvalidMessage("the message holds control characters; say one of the legal phrases")
        action = self._phrases.get(said)
        if action is None:
            action = self._game.read(said, self._game.look(seat))
        if action is None:
            raise InvalidMessage(f"not understood; say {self._examples(seat)}")
        return action

    def _examples(self, seat: str) -> str:
        """Some of what a seat can say."""
        legal = self._legal_phrases(seat)
        some = legal[:: -(-len(legal) // EXAMPLES)]  # from all over, since phrases alike come together
        return "for instance: " + "; ".join(some) + ("; …" if len(legal) > EXAMPLES else "")


def told_lines(game: Game, seat: str) -> tuple[str, ...]:
    """What the regime tells a seat, in words."""
    regime, view = game.regime, game.look(seat)
    if regime.name == "private":
        return ()
    return tuple(_told(game, view, regime, game.seating))


def _told(game: Game, view: View, regime: Regime, seating: Seating) -> list[str]:
    own, seats, width = seating.seats.index(view.party), seating.seats, seating.width
    order = seats if regime.name == "script" else seats[own + 1 :] + seats[:own]
    channel, lines = view.told(), []
    for i, other in enumerate(order):
        size = len(seating.sizes[seats.index(other)])
        share = channel[i * width : i * width + size]
        if other == view.party or not any(share):
            continue
        if all(share):
            sure = f" (right with probability {regime.accuracy:g})" if regime.name == "noisy" else ""
            lines.append(f"You are told of {other}{sure}: {game.describe(other, tuple(c - 1 for c in share))}")
        else:
            known = game.describe_part(other, tuple(c - 1 if c else None for c in share))
            lines.append(f"You are told a part: {known}")
    return lines
