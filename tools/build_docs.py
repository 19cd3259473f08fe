"""Write the environment pages in ``docs/environments/`` from docstrings and partitions.

Run ``python tools/build_docs.py`` after a docstring or a partition has changed; a test compares the pages with what
this makes.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any

import gymnasium as gym
from gymnasium import spaces

import infogap
from infogap.core.env import Env
from infogap.core.game import Game
from infogap.core.truth import Row
from infogap.envs import DESKTOPS, GAMES, GYMNASIUM_IDS, ROLES
from infogap.envs.desktop.tasks import TEMPLATES

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "environments"
SEAT = "infogap/KuhnFirst-v0"
"""The example of a game from one seat."""
DESKTOP = "infogap/Desktop-v0"
"""The id of all tasks of the desktop; those of single tasks are told on its page."""
NOTE = "<!-- Made by tools/build_docs.py from the class's docstring and partition; edit those instead. -->"


def environments() -> dict[str, Env | Game]:
    """One instance of every environment by id: of games the private one, of kinds with many ids an example."""
    ids = [id for id in GYMNASIUM_IDS if id not in ROLES and (id == DESKTOP or id not in DESKTOPS)]
    single: dict[str, Any] = {id: gym.make(id, disable_env_checker=True).unwrapped for id in [*ids, SEAT]}
    games = {id: game.env() for id, game in GAMES.items() if game.regime == "private"}
    return {**single, **games}


def partition_table(env: Env | Game) -> str:
    """The partition as a Markdown table."""
    lines = [
        "| what | kind | always known to | known at the end to | depends on | per step | |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += ["| " + " | ".join(_cells(row)) + " |" for row in infogap.partition(env.truth_type)]
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, ...]:
    words = {"*": "all", "own": "each seat its own"}

    def parties(names: frozenset[str]) -> str:
        return ", ".join(words.get(name, name) for name in sorted(names)) or "-"

    of = ", ".join(f"`{name}`" for name in sorted(row.of)) if row.kind == "release" else "-"
    times = "-" if row.kind == "field" else "any" if row.per_step is None else str(row.per_step)
    return f"`{row.name}`", row.kind, parties(row.to), parties(row.at_end), of, times, row.doc


def page(id: str, env: Env | Game) -> str:
    """The page of one environment."""
    doc = inspect.cleandoc(type(env).__doc__ or "")
    summary, _, rest = doc.partition("\n\n")
    if isinstance(env, Game):
        package, _, name = GAMES[id].module.rpartition(".")
        facts = {
            "AEC": f"`from {package} import {name}`, then `{name}.env()`",
            "Parallel": "`parallel_env()` of the same module",
            "With PettingZoo 1.27 or later": f'`pettingzoo.make("aec", "{id}")`, `pettingzoo.make("parallel", "{id}")`',
            "Other regimes": ", ".join(f"`{g.id}`" for g in GAMES.values() if g.base == GAMES[id].base and g.id != id),
            "Seats": ", ".join(f"`{seat}`" for seat in env.possible_agents),
            "Single-agent": ", ".join(f"`{single}` ({seat})" for single, seat in _single(GAMES[id].base, env)) or "-",
            "Partners": ", ".join(f"{n} (held out)" if n in env.held_out else n for n in env.partners) or "-",
            "Action space": f"`{env.action_space(env.possible_agents[0])}`",
            "Observation space": f"`{_plain(env.observation_space(env.possible_agents[0]))}`",
        }
    else:
        facts = {
            **({"All of this kind": ", ".join(f"`{one}`" for one in ROLES)} if id == SEAT else {}),
            "Make": f'`gymnasium.make("{id}")`'
            + (
                f', natively vectorised: `gymnasium.make_vec("{id}", num_envs)`'
                if gym.spec(id).vector_entry_point
                else ""
            ),
            "Default action space": f"`{env.action_space}`",
            "Default observation space": f"`{env.observation_space}`",
        }
    table = "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts.items())])
    partition = (
        "## Partition\nWho is granted what of the hidden state, and how often a step may ask it.\n\n"
        + partition_table(env)
        + "\n\n"
    )
    before, heading, after = rest.partition("## Arguments")
    partition += task_table() if id == DESKTOP else ""
    return f"{NOTE}\n\n# {id}\n\n{summary}\n\n{table}\n\n{before}{partition}{heading}{after}\n"


def task_table() -> str:
    """The tasks of the desktop as a Markdown table."""
    lines = [
        "## Tasks",
        "",
        "| id | kind of work | apps | levels | observations | occupations |",
        "|---|---|---|---|---|---|",
    ]
    for id, name in DESKTOPS.items():
        if id != DESKTOP:
            one = TEMPLATES[name]
            levels = ", ".join(map(str, one.levels))
            # A task that can be done by numbers alone can be by numbers with a mask, too.
            faces = ", ".join(f"`{face}`" for f in one.faces for face in ((f, "dict") if f == "flat" else (f,)))
            cells = (f"`{id}`", one.archetype, ", ".join(one.apps), levels, faces, f"SOC {one.occupation}")
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n\n"


def _plain(space: Any) -> str:
    """The observation space of a game, with its least and greatest bound where those of the numbers differ."""
    box, mask = space["observation"], space["action_mask"]
    shown = spaces.Box(box.low.min(), box.high.max(), box.shape, box.dtype.type)
    return str(spaces.Dict(observation=shown, action_mask=mask))


def _single(base: str, env: Game) -> list[tuple[str, str]]:
    """The single-agent ids of a game that are registered, and their seats."""
    ids = [(f"infogap/{base}{role}-v0", seat) for role, seat in env.roles.items()]
    return [(id, seat) for id, seat in ids if id in gym.registry]


def pages() -> dict[str, str]:
    """All pages, by file name."""
    made = {}
    rows = []
    for id, env in environments().items():
        name = id.split("/")[1].rsplit("-", 1)[0]
        made[f"{name}.md"] = page(id, env)
        summary = inspect.cleandoc(type(env).__doc__ or "").split("\n")[0]
        kind = "PettingZoo" if isinstance(env, Game) else "Gymnasium"
        rows.append(f"| [{id}]({name}.md) | {kind} | {env.family} | {summary} |")
    index = ["| id | interface | family | |", "|---|---|---|---|", *rows]
    made["README.md"] = f"{NOTE}\n\n# Environments\n\n" + "\n".join(index) + "\n"
    return made


def main() -> None:
    """Write the pages, and remove those that nothing makes any more."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = pages()
    for old in FOLDER.glob("*.md"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
    sys.stdout.write(f"{len(made)} pages in {FOLDER.name}\n")


if __name__ == "__main__":
    main()
