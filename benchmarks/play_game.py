"""A game by hand: a person at one seat, scripted partners at the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape

from ..core.chance import check_seed, streams
from ..core.chat import Chat
from ..core.errors import InvalidAction, InvalidOption, UnknownOption
from ..core.game import Game
from ..core.world import outcome
from ..envs import GAMES
from .terminal import reader, tell

__all__ = ["play_game"]

HELP = "Say what you do, or the number of a phrase. help: what you can say. Ctrl-D leaves."
SHOWN = 40
"""Phrases shown at most."""


def play_game(
    id: str,
    seat: str | None,
    partner: str | None,
    seed: int | None,
    console: Console,
    options: Mapping[str, Any] | None = None,
) -> bool:
    """One episode by hand, from the terminal or, where standard input is none, from its lines.

    Args:
        id: A registered game.
        seat: The person's; the first by default.
        partner: Name of the scripted partners at the other seats; drawn from the game's pool by default.
        seed: Of the episode; None for a fresh one.
        console: Where to write.
        options: Of the game.

    Returns:
        Whether the episode was played to its end.

    Raises:
        UnknownOption: No such seat, partner or option.
        InvalidOption: The game has no partners, or an option makes no sense.
    """
    game: Game = GAMES[id].env(**(options or {}))
    seats = game.possible_agents
    me = seats[0] if seat is None else seat
    if me not in seats:
        raise UnknownOption(f"{id} has no seat {me!r}; expected one of {', '.join(seats)}")
    if not game.partners:
        raise InvalidOption(f"{id} has no scripted partners to play with")
    if partner is not None and partner not in game.partners:
        raise UnknownOption(f"{id} has no partner {partner!r}; expected one of {', '.join(game.partners)}")
    chat = Chat(game)
    chat.reset(check_seed(seed))
    drawn_seed, number = game._door("position")
    chance = streams(game._world.key, f"{game.family}/partner", game.generator, drawn_seed)[0].at(number)
    names = sorted(game.partners)
    cast = {other: partner or names[chance.below(len(names))] for other in seats if other != me}
    players = {other: game.partners[name](game) for other, name in cast.items()}
    console.print(f"You are [bold]{me}[/] of {', '.join(seats)}. {HELP}")
    person, read = chat.seat(me), reader()
    while True:
        heard = person.hear()
        for line in heard.messages:
            console.print(f"  {escape(line)}", highlight=False)
        if heard.terminated:
            break
        if heard.public["your_turn"]:
            if not _say(person, read, console):
                console.print("Left.")
                return False
            continue
        mover = heard.public["to_move"][0]
        turn = chance.at(number, heard.public["turn"] + 1).fork(mover)
        chat.act(mover, players[mover](mover, game.observe(mover), turn))
    tell(outcome(game), console)
    others = ", ".join(f"{seat} was {name}" for seat, name in cast.items())
    console.print(f"[dim]You were {me}; {others}.[/]", highlight=False)
    return True


def _say(person: Any, read: Callable[[], str], console: Console) -> bool:
    """Let the person say one sentence that is understood; whether there was one."""
    while True:
        try:
            line = read().strip()
        except EOFError:
            return False
        phrases = person.phrases()
        if line.casefold() in ("", "help", "?"):
            for i, phrase in enumerate(phrases[:SHOWN], 1):
                console.print(f"{i:>5}  {phrase}", markup=False, highlight=False)
            if len(phrases) > SHOWN:
                console.print(f"       and {len(phrases) - SHOWN} more like these")
            continue
        if line.isdecimal():
            if not 1 <= int(line[:9]) <= len(phrases):
                console.print(f"[yellow]There are phrases 1 to {len(phrases)} now; try help.[/]", highlight=False)
                continue
            line = phrases[int(line[:9]) - 1]
        try:
            heard = person.say(line)
        except InvalidAction as error:
            console.print(f"[yellow]{escape(str(error))}[/]", highlight=False)
            continue
        for message in heard.messages:
            console.print(f"  {escape(message)}", highlight=False)
        return True
