"""Office software in a terminal: the screen as text, and actions as strings or in short."""

from __future__ import annotations

import functools
import inspect
import re
import textwrap
from typing import Any

import gymnasium as gym
from gymnasium.envs.registration import load_env_creator
from rich.console import Console
from rich.markup import escape

from ..core.errors import InvalidAction, Unsupported
from ..core.judge import judge
from ..core.world import view
from ..envs.desktop.answers import STATUSES
from ..envs.desktop.desktop import Desktop
from ..envs.desktop.strings import ACTIONS
from ..wrappers.verifier_reward import builder_for
from .terminal import reader, tell

__all__ = ["HELP", "is_desk", "meant", "play_desktop"]

_WRAPPED = functools.partial(textwrap.fill, width=78, break_on_hyphens=False)
HELP = f"""Say what you do:
  12               click element 12
  12: some text    type into it, or choose from it
  back             go back one page
  wait             do nothing for a turn
  answer TEXT      done; TEXT where an answer is asked for
  give up STATUS   it can't be done. STATUS is one of
{_WRAPPED(", ".join(STATUSES[1:]), initial_indent=" " * 19, subsequent_indent=" " * 19)}
  help             this text
  Ctrl-D           leave
{_WRAPPED(f"or in full: {', '.join(ACTIONS)}", subsequent_indent="  ")}"""
_CLICK, _TYPE = re.compile(r"[0-9]{1,6}"), re.compile(r"([0-9]{1,6})\s*:\s?(.*)")
_SAY, _LEAVE = re.compile(r"answer(?:\s+(.*))?", re.IGNORECASE), re.compile(r"give\s+up\s+(\S.*)", re.IGNORECASE)


def meant(line: str, choices: tuple[int, ...] = ()) -> str:
    """The action string that a line means; the line itself where it is no short form.

    Args:
        line: What a person typed.
        choices: Numbers of the elements that one chooses from rather than types into.
    """
    if _CLICK.fullmatch(line):
        return f"click({line!r})"
    if found := _TYPE.fullmatch(line):
        verb = "select_option" if int(found[1]) in choices else "fill"
        return f"{verb}({found[1]!r}, {found[2]!r})"
    if line.casefold() in ("back", "wait"):
        return "go_back()" if line.casefold() == "back" else "noop()"
    if found := _SAY.fullmatch(line):
        return f"send_msg_to_user({found[1] or ''!r})"
    if found := _LEAVE.fullmatch(line):
        return f"report_infeasible({found[1]!r})"
    return line


def is_desk(id: str) -> bool:
    """Whether an id is of a desktop: one that ships with infogap, or somebody's."""
    entry = gym.registry[id].entry_point if id in gym.registry else None
    kind: Any = load_env_creator(entry) if isinstance(entry, str) else entry
    return inspect.isclass(kind) and issubclass(kind, Desktop)


def play_desktop(env: gym.Env[Any, Any], seed: int | None, console: Console) -> bool:
    """One episode by hand, from the terminal or, where standard input is none, from its lines.

    Args:
        env: A made desktop with ``observation="text"`` and ``render_mode="ansi"``.
        seed: Seed of the episode; None for a fresh one.
        console: Where to write.

    Returns:
        Whether the episode was played to its end.

    Raises:
        Unsupported: It shows its screen in another form.
    """
    inner = env.unwrapped
    if not isinstance(inner, Desktop) or (inner.observed, inner.render_mode) != ("text", "ansi"):
        raise Unsupported("played by hand with observation='text' and render_mode='ansi' only")
    builder, read = builder_for(env), reader()
    observation, info = env.reset(seed=seed)
    builder.start(observation, seed)
    console.print(HELP, markup=False, highlight=False)
    turn, ended = 0, False
    _show(env, console)
    while not ended:
        try:
            line = read().strip()
        except EOFError:
            console.print("Left.")
            return False
        if line.casefold() in ("", "help", "?"):
            console.print(HELP, markup=False, highlight=False)
            continue
        choices = tuple(i for i, element in enumerate(inner._tree.elements) if element.role == "combobox")
        action = meant(line, choices)
        try:
            observation, reward, terminated, truncated, info = env.step(action)
        except InvalidAction as error:
            console.print(f"[yellow]{escape(str(error))}[/]", highlight=False)
            continue
        turn += 1
        builder.add(action, observation, float(reward), terminated, truncated, info)
        ended = terminated or truncated
        if not ended:
            _show(env, console, observation["last_action_error"], f"turn {turn} of {inner.max_turns}")
    verdict = judge(inner.verify, view(env, "verifier"), builder.build())
    if not terminated:
        console.print("The time is up.")
    tell(verdict, console, f", after {turn} turns")
    return True


def _show(env: gym.Env[Any, Any], console: Console, error: str = "", turn: str = "") -> None:
    screen: Any = env.render()
    console.print()
    if turn:
        console.print(f"[dim]{turn}[/]", highlight=False)
    console.print(screen, markup=False, highlight=False, soft_wrap=True)
    if error and error not in screen:
        console.print(f"[yellow]! {escape(error)}[/]", highlight=False)
