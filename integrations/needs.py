"""What integrations need: a framework, or a word on what to install; and a game."""

from __future__ import annotations

import importlib
from typing import Any

from ..core.errors import MissingExtra
from ..core.game import Game
from ..core.options import choice
from ..envs import GAMES

__all__ = ["made_game", "needed"]


def needed(path: str, package: str, extra: str) -> Any:
    """An object of a framework.

    Args:
        path: ``module:name``.
        package: What pip calls it.
        extra: The extra of infogap that installs it.

    Raises:
        MissingExtra: It is not installed.
    """
    module, _, name = path.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except ImportError as error:
        raise MissingExtra(package, extra) from error


def made_game(game_id: str, **options: Any) -> Game:
    """A game, by its id.

    Raises:
        UnknownOption: There is no such id.
    """
    made: Game = GAMES[choice("game", game_id, GAMES)].env(**options)
    return made
