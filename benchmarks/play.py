"""Inquiries in a terminal: play an episode by hand, and show recorded ones in words."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium as gym
import numpy as np
from rich.console import Console
from rich.markup import escape

from ..baselines.match import made_env
from ..core.belief import Belief, entropy_bits
from ..core.env import Env
from ..core.episode import Episode
from ..core.errors import RecordingError, Unsupported
from ..core.judge import judge
from ..core.world import view
from ..envs.inquiry.inquiry import Inquiry
from ..wrappers.verifier_reward import builder_for
from .terminal import reader

__all__ = ["make", "matches", "play", "replay"]

SHOWN = 12
"""Matches listed at once."""

HELP = """Type a question, or a part of it if only one question fits, or its number.
  ?words        questions that contain the words        ?  all questions
  guess NAME    name the item, which ends the game      !words  items that contain the words
  left          how many candidates are left            help   this text
Ctrl-D leaves the game."""
HELP_ASK = HELP.replace(
    "  guess NAME    name the item, which ends the game      !words  items that contain the words",
    "  commit        let the likeliest item be named, which ends the game",
)


def make(id: str, kwargs: Mapping[str, Any]) -> gym.Env[Any, Any]:
    """A registered environment of one agent; see :func:`~infogap.baselines.match.made_env`."""
    return made_env(id, kwargs, disable_env_checker=True)


def matches(text: str, options: Sequence[str]) -> list[int]:
    """Indices of the options with all words of `text`: an exact one alone, near spellings where there is none."""
    wanted = text.casefold().strip(" ?!.")
    folded = [option.casefold().strip(" ?") for option in options]
    if wanted in folded:
        return [folded.index(wanted)]
    found = [i for i, option in enumerate(folded) if all(word in option for word in wanted.split())]
    return found or [folded.index(near) for near in difflib.get_close_matches(wanted, folded, 3)]


def play(env: gym.Env[Any, Any], seed: int | None, hints: bool, console: Console) -> bool:
    """One episode by hand, from the terminal or, where standard input is none, from its lines.

    Args:
        env: A made inquiry, such as 20 Questions.
        seed: Seed of the episode; None for a fresh one.
        hints: Tell after each answer how many candidates are left.
        console: Where to write.

    Returns:
        Whether the episode was played to its end.

    Raises:
        Unsupported: Not an inquiry.
    """
    inner = _inquiry(env)
    table, commits = inner.table, inner.actions == "ask"
    builder = builder_for(env)
    observation, info = env.reset(seed=seed)
    builder.start(observation, seed)
    console.print(f"I think of one of [bold]{table.n}[/] items. You have [bold]{inner.budget}[/] turns; type help.")
    read, belief, turn, ended = reader("? ", _words_of(inner)), inner.belief(), 0, False
    while not ended:
        try:
            line = read().strip()
        except EOFError:
            console.print("Left.")
            return False
        action = _action(line, inner, belief, console)
        if action is None:
            continue
        turn += 1
        observation, reward, terminated, truncated, info = env.step(action)
        builder.add(action, observation, float(reward), terminated, truncated, info)
        ended = terminated or truncated
        told = inner.told()
        if told is not None:
            belief.update(*told)
            left = f"  [dim]{_left(belief)}[/]" if hints else ""
            console.print(f"{turn:>3}. {escape(table.questions[told[0]])} [bold]{table.alphabet[told[1]]}[/]{left}")
    secret = view(env, "verifier")
    verdict = judge(inner.verify, secret, builder.build())
    if commits:
        console.print(f"The likeliest item is named: {escape(table.items[info['guess']])}.")
    style, word = ("green", "Right") if verdict.success else ("red", "Not found")
    console.print(f"[{style} bold]{word}[/]: it was [bold]{escape(table.items[secret.item])}[/].")
    return True


def _inquiry(env: gym.Env[Any, Any]) -> Inquiry:
    inner = env.unwrapped
    if not isinstance(inner, Inquiry):
        raise Unsupported(f"only inquiries can be played in a terminal, {type(inner).__name__} is none")
    return inner


def _words_of(inner: Inquiry) -> list[str]:
    """What a person may say, for a search over it."""
    guesses = ["commit"] if inner.actions == "ask" else [f"guess {item}" for item in inner.table.items]
    return [*inner.table.questions, *guesses, "left", "help"]


def _action(line: str, inner: Inquiry, belief: Belief, console: Console) -> int | None:
    """The action a line means; None after having answered or explained something that is no turn."""
    table, asks = inner.table, inner.actions == "ask"
    word, _, rest = line.partition(" ")
    if not line or word == "help":
        console.print(HELP_ASK if asks else HELP, markup=False)
    elif word == "left":
        console.print(_left(belief))
    elif line.startswith("?"):
        _show(matches(line[1:], table.questions), table.questions, console)
    elif line.startswith("!") and not asks:
        _show(matches(line[1:], table.items), table.items, console)
    elif word == "commit" and asks:
        return table.q
    elif word == "guess" and not asks:
        item = _only(matches(rest, table.items), table.items, "item", console)
        return None if item is None else table.q + item
    elif line.isdecimal():
        if 1 <= int(line) <= table.q:
            return int(line) - 1
        console.print(f"Questions are numbered 1 to {table.q}.")
    else:
        return _only(matches(line, table.questions), table.questions, "question", console)
    return None


def _only(found: list[int], options: Sequence[str], what: str, console: Console) -> int | None:
    if len(found) == 1:
        return found[0]
    console.print(f"Which {what}?" if found else f"No such {what}; type help.")
    _show(found, options, console)
    return None


def _show(found: list[int], options: Sequence[str], console: Console) -> None:
    shown = found if len(found) == len(options) else found[:SHOWN]
    for i in shown:
        console.print(f"{i + 1:>5}  {options[i]}", markup=False, highlight=False)
    if len(found) > len(shown):
        console.print(f"       and {len(found) - len(shown)} more")


def _left(belief: Belief) -> str:
    p = belief.probabilities()
    live = p[p > 0]
    if np.ptp(live) < 1e-12:
        return f"{live.size} left"
    return f"{live.size} left, as uncertain as {2 ** entropy_bits(p):.1f} equally likely ones"


# -- replay ----------------------------------------------------------------------------------------------------------
def replay(episode: Episode, console: Console) -> None:
    """Show a recorded episode in words; deal its truth again, play it again and judge it.

    Args:
        episode: As recorded.
        console: Where to write.

    Raises:
        UnknownOption: Its environment is not registered here.
        RecordingError: It does not fit its environment.
    """
    env = make(episode.id, episode.kwargs)
    inner = env.unwrapped
    options = ", ".join(f"{k}={v!r}" for k, v in episode.kwargs.items())
    by = f" by {episode.agent}" if episode.agent else ""
    console.print(f"{episode.id}({options}), seed {episode.seed}, episode {episode.number}{by}", markup=False)
    if len(episode.observations) != len(episode.actions) + 1 or len(episode.rewards) != len(episode.actions):
        raise RecordingError("the episode is inconsistent: it needs one observation more than actions and rewards")
    try:
        for turn, (action, reward) in enumerate(zip(episode.actions, episode.rewards, strict=True), 1):
            words = _words(inner, episode.observations[turn], action, turn)
            paid = f"  (reward {reward:g})" if reward else ""
            console.print(f"{turn:>3}. {words}{paid}", markup=False)
        if "guess" in episode.final_info and isinstance(inner, Inquiry):
            console.print(f"     committed to {inner.table.items[episode.final_info['guess']]}", markup=False)
    except (IndexError, TypeError, ValueError) as error:
        raise RecordingError(f"the episode does not fit {episode.id}: {error}") from None
    console.print(f"Return {sum(episode.rewards):g}, {episode.ended or 'left before its end'}.")
    if episode.seed is None:
        console.print("The environment drew its own seed, so the truth cannot be dealt again.")
    elif isinstance(inner, Env):
        _again(env, inner, episode, console)


def _words(inner: Any, observation: Any, action: Any, turn: int) -> str:
    """One turn in words."""
    if isinstance(observation, Mapping) and "axtree_txt" in observation:  # office software: the screen is long
        error = observation["last_action_error"]
        return f"{action}  ! {error}" if error else str(action)
    if not isinstance(inner, Inquiry):
        return f"action {action}, observation {observation}"
    table = inner.table
    told = inner.read(np.asarray(observation), action, turn)
    if told is not None:
        return f"{table.questions[told[0]]} {table.alphabet[told[1]]}"
    return "commit" if inner.actions == "ask" else f"guess: {table.items[action - table.q]}"


def _again(env: gym.Env[Any, Any], inner: Env, episode: Episode, console: Console) -> None:
    """Deal the truth again, compare what is played on it with the record, and judge the record."""
    observation, _ = env.reset(seed=episode.seed)
    for _ in range(episode.number):
        observation, _ = env.reset()
    differs = None if np.array_equal(observation, episode.observations[0]) else 0
    for turn, action in enumerate(episode.actions, 1):
        if differs is not None:
            break
        observation, reward, terminated, truncated, _ = env.step(action)
        same = np.array_equal(observation, episode.observations[turn]) and float(reward) == episode.rewards[turn - 1]
        if not same or (terminated or truncated) != (turn == len(episode.actions) and bool(episode.ended)):
            differs = turn
    if differs is not None:
        console.print(
            f"[yellow]Played again from the seed it differs at turn {differs}[/]: recorded under an evaluator's key or "
            "with another version, or altered. The truth is not known, and there is no verdict."
        )
        return
    secret = view(env, "verifier")
    if isinstance(inner, Inquiry):
        console.print(f"Hidden was [bold]{escape(inner.table.items[secret.item])}[/].")
    verdict = judge(inner.verify, secret, episode)
    console.print(
        f"Played again from the seed it is the same. Verdict: "
        f"{'[green]success[/]' if verdict.success else '[red]no success[/]'} (score {verdict.score:g})."
    )
