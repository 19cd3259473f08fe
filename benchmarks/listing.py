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

from ..core.env import Env
from ..core.errors import Unsupported
from ..core.game import Game
from ..core.options import unknown
from ..core.regime import REGIMES
from ..core.truth import Row, partition
from ..envs import DESKTOPS, GAMES, ROLES
from ..envs.inquiry.knowledge import load, names
from .terminal import named

__all__ = ["show_all", "show_card"]

OTHER = "infogap/Kuhn-mindreader-v0"
"""The example of a game in another regime than the private one."""
NARROW = {"always": 12, "reads": 9}
"""Widths in the table of a card, so that the column of meanings has room."""
CELLS = ("name", "kind", "always", "at end", "reads", "a step", "meaning")
LONG = 40
"""Rows of a partition from which on the columns of a table are one row of the card."""
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
        UnknownOption: There is no such id, or no such module in ``module:id``.
        Unsupported: It is no environment of infogap.
    """
    theirs, id = ":" in id, named(id)
    if id in GAMES:
        env, interface = GAMES[id].env(), "PettingZoo"
    elif (theirs or id.startswith("infogap/")) and id in gym.registry:
        env, interface = gym.make(id, disable_env_checker=True).unwrapped, "Gymnasium"
    else:
        ours = [name for name in gym.registry if name.startswith("infogap/")]
        raise unknown("id", id, [*ours, *GAMES], "infogap list shows all")
    if not isinstance(env, (Env, Game)):
        raise Unsupported(f"{id} is no environment of infogap: it declares no partition")
    console.print(f"[bold]{id}[/]  ({interface}, family {env.family})")
    regime = getattr(env, "regime", None)
    if regime is not None:
        console.print(f"Regime: [bold]{regime.name}[/]: {REGIMES[regime.name]}.", highlight=False)
    if id in ROLES:
        game, seat = ROLES[id]
        console.print(f"Seat: [bold]{seat}[/] of {game}; its rules: infogap list --card {game}", highlight=False)
    _show_partition(partition(env.truth_type), console)
    sections = dict(part.partition("\n")[::2] for part in (inspect.getdoc(type(env)) or "").split("## ")[1:])
    text = "\n".join(f"## {name}\n{sections[name]}" for name in CARD_SECTIONS if name in sections)
    console.print(Markdown(text))


def _show_partition(rows: tuple[Row, ...], console: Console) -> None:
    long = len(rows) > LONG
    names = [name for name in CELLS if not long or name != "reads"]
    if long:
        rows = _folded(rows)
    table = Table(title="Partition", box=None, header_style="bold", padding=(0, 1, 0, 0))
    for name in names:
        table.add_column(name, max_width=NARROW.get(name))
    for row in rows:
        reads = ", ".join(sorted(row.of)) if row.kind == "release" else ""
        many = "" if row.kind == "field" else "any" if row.per_step is None else str(row.per_step)
        said = f"{row.doc} Reads {reads}." if long and reads else row.doc
        cells = [row.name, row.kind, _parties(row.to), _parties(row.at_end), reads, many, escape(said)]
        table.add_row(*(cell for name, cell in zip(CELLS, cells, strict=True) if name in names))
    console.print(table)


def _parties(names: frozenset[str]) -> str:
    words = {"*": "everybody", "own": "each seat, its own"}
    return ", ".join(sorted(words.get(name, name) for name in names)) or "-"


def _folded(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The same with the columns of a table in one row: fields that begin with one word and are known to the same."""
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        table = row.name.partition("_")[0]
        alike = row.kind == "field" and table != row.name
        groups.setdefault((table, row.to, row.at_end) if alike else row.name, []).append(row)
    folded, short = [], {}
    for first, *others in groups.values():
        table = first.name.partition("_")[0]
        if others:
            columns = ", ".join(one.name.removeprefix(f"{table}_") for one in (first, *others))
            short[f"{table}_*"] = {one.name for one in (first, *others)}
            first = first._replace(name=f"{table}_*", doc=columns)
        folded.append(first)
    return tuple(row._replace(of=_shortened(row.of, short)) for row in folded)


def _shortened(reads: frozenset[str], short: dict[str, set[str]]) -> frozenset[str]:
    """Names of fields, those of a table as one: ``orders_* but orders_true_due``."""
    found = set(reads)
    for name, fields in short.items():
        missing = sorted(fields - reads)
        if len(missing) * 3 < len(fields):
            found = (found - fields) | {f"{name} but {' and '.join(missing)}" if missing else name}
    return frozenset(found)
