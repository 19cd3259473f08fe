"""What the command line tells of environments: the list of all, and the card of one."""

from __future__ import annotations

import inspect
from typing import Any

import gymnasium as gym
from gymnasium.envs.registration import load_env_creator
from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.table import Table

from ..core.options import unknown
from ..core.regime import REGIMES
from ..core.truth import Truth, partition
from ..envs import DESKTOPS, GAMES, ROLES
from ..envs.inquiry.knowledge import load, names

__all__ = ["show_all", "show_card"]

OTHER = "infogap/Kuhn-mindreader-v0"
"""The example of a game in another regime than the private one."""
NARROW = {"always": 12, "reads": 9}
"""Widths in the table of a card, so that the column of meanings has room."""
CARD_SECTIONS = ("Description", "Hidden State", "Action Space", "Observation Space", "Rewards", "Episode End")


def show_all(console: Console) -> None:
    """The environments, and the worlds of knowledge that come with them."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("id", "interface"):
        table.add_column(name, no_wrap=True)
    table.add_column("what it is")
    for id, (kind, interface) in _kinds().items():
        table.add_row(id, interface, (inspect.getdoc(kind) or "").split("\n")[0])
    console.print(table)
    console.print(f"\nGames from one seat, as Gymnasium environments: {', '.join(ROLES)}.", highlight=False)
    tasks = ", ".join(id for id, template in DESKTOPS.items() if template != "all")
    console.print(f"\nSingle tasks of the desktop: {tasks}.", highlight=False)
    others = ", ".join(name for name in REGIMES if name != "private")
    console.print(
        f"\nThe plain id of a game is private: a seat knows its own type only. Other regimes, as in {OTHER}: {others}."
    )
    worlds = Table("world", "items", "questions", "priors", box=None, header_style="bold", pad_edge=False)
    for name in names():
        world = load(name)
        worlds.add_row(name, str(len(world.items)), str(len(world.questions)), ", ".join(sorted(world.priors)))
    console.print()
    console.print(worlds)
    console.print("\nRules and partition of one: infogap list --card ID", style="dim")


def _kinds() -> dict[str, tuple[Any, str]]:
    """Class and interface of the registered ids; of games the private one as a whole, of the desktop all tasks."""
    ours = {name: spec for name, spec in gym.registry.items() if name.startswith("infogap/")}
    single = {name: spec for name, spec in ours.items() if name not in ROLES and DESKTOPS.get(name, "all") == "all"}
    found = {name: (load_env_creator(str(spec.entry_point)), "Gymnasium") for name, spec in single.items()}
    games = {name: (type(game.env()), "PettingZoo") for name, game in GAMES.items() if game.regime == "private"}
    return {**found, **games}


def show_card(id: str, console: Console) -> None:
    """The partition table, the information regime and the rules of one environment.

    Raises:
        UnknownOption: There is no such id.
    """
    if id in GAMES:
        env, interface = GAMES[id].env(), "PettingZoo"
    elif id.startswith("infogap/") and id in gym.registry:
        env, interface = gym.make(id, disable_env_checker=True).unwrapped, "Gymnasium"
    else:
        ours = [name for name in gym.registry if name.startswith("infogap/")]
        raise unknown("id", id, [*ours, *GAMES], "infogap list shows all")
    console.print(f"[bold]{id}[/]  ({interface}, family {env.family})")
    regime = getattr(env, "regime", None)
    if regime is not None:
        console.print(f"Regime: [bold]{regime.name}[/]: {REGIMES[regime.name]}.", highlight=False)
    if id in ROLES:
        game, seat = ROLES[id]
        console.print(f"Seat: [bold]{seat}[/] of {game}; its rules: infogap list --card {game}", highlight=False)
    table = Table(title="Partition", box=None, header_style="bold", padding=(0, 1, 0, 0))
    for name in ("name", "kind", "always", "at end", "reads", "a step", "meaning"):
        table.add_column(name, max_width=NARROW.get(name))
    for row in _rows(env.truth_type):
        table.add_row(*row)
    console.print(table)
    sections = dict(part.partition("\n")[::2] for part in (inspect.getdoc(type(env)) or "").split("## ")[1:])
    text = "\n".join(f"## {name}\n{sections[name]}" for name in CARD_SECTIONS if name in sections)
    console.print(Markdown(text))


def _rows(truth: type[Truth]) -> list[tuple[str, ...]]:
    def parties(names: frozenset[str]) -> str:
        words = {"*": "everybody", "own": "each seat, its own"}
        return ", ".join(sorted(words.get(name, name) for name in names)) or "-"

    return [
        (
            row.name,
            row.kind,
            parties(row.to),
            parties(row.at_end),
            ", ".join(sorted(row.of)) if row.kind == "release" else "",
            "" if row.kind == "field" else "any" if row.per_step is None else str(row.per_step),
            escape(row.doc),
        )
        for row in partition(truth)
    ]
