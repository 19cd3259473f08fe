"""``infogap bench throughput``: steps per CPU second beside named peers, as ratios inside one run.

Absolute rates mean nothing on shared machines, whose clocks change under the run. So an arm and its reference play in
turn, round after round; a rate is steps over the process's CPU time, and a ratio is the median over rounds of the ratio
inside a round. Elements, masks off, 5 % of the actions are guesses.
"""

from __future__ import annotations

import gc
import itertools
import json
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from ..core.errors import InvalidOption
from ..envs import GAMES
from ..wrappers import BeliefReward
from ..wrappers.vector import BeliefReward as VectorBeliefReward
from .runner import machine, versions
from .store import make_folder, write_file
from .suites import TWENTY
from .throughput_desktop import BROWSER, HISTORY, ROWS, Timed, desktop_arms, reset_notes
from .throughput_games import HOT, PARALLEL, PEER, game_arms

__all__ = ["GOALS", "Goal", "arms", "measure", "throughput"]

GUESSES = 0.05
"""Share of actions that name an item."""
FORMS = ("last", "log", "history")
SIZES = (256, 1024, 4096)
TURNS = 3
"""How often the two arms of a goal change places in a round."""
POOL = 64
"""Batches of actions drawn ahead for a vector environment."""

Arm = Callable[[], int | Timed]
"""Plays for a while and returns the number of steps, and the time they took where that is not all it took."""


class Goal(NamedTuple):
    """A ratio to be reached.

    Attributes:
        arm: The arm measured.
        reference: The arm it is compared with.
        least: The ratio to be reached; None where it is only shown.
    """

    arm: str
    reference: str
    least: float | None


GOALS = (
    Goal("last", "CartPole-v1", 10),
    Goal("log", "CartPole-v1", None),
    Goal("history", "CartPole-v1", 6),
    Goal("last, gym.make", "CartPole-v1", 8),
    Goal("log, gym.make", "CartPole-v1", None),
    Goal("history, gym.make", "CartPole-v1", None),
    *(
        Goal(f"{form} x {size}", f"CartPoleVectorEnv x {size}", goal if size == 4096 else None)
        for size in SIZES
        for form, goal in zip(FORMS, (3, 1.5, 0.5), strict=True)
    ),
    Goal("last x 256", "last x 256, SyncVectorEnv", 20),
    Goal("history + belief", "history", 0.5),
    Goal("history + belief, noise", "history, noise", 0.15),
    Goal("history x 1024 + belief", "history x 1024", 0.3),
    *(
        Goal(f"{game.base} AEC", PEER, 8 if game.base in HOT else 1)
        for game in GAMES.values()
        if game.regime == "private"
    ),
    *(Goal(f"{game} parallel", PARALLEL, 20) for game in HOT),
    Goal("desktop flat", HISTORY, 0.1),
    Goal("desktop flat, to the limit", HISTORY, None),
    Goal("desktop flat, masked", HISTORY, None),
    Goal("desktop flat, oracles", HISTORY, None),
    Goal("desktop text", HISTORY, 0.03),
    Goal("desktop text, to the limit", HISTORY, None),
    Goal("desktop text, masked", HISTORY, None),
    Goal("desktop text, oracles", HISTORY, None),
    Goal("desktop text", "desktop text, rebuilt", 3),
    *(Goal(f"desktop {face} x {ROWS}", f"desktop {face}", 5) for face in ("flat", "dict")),
    Goal("desktop flat", BROWSER, 1e4),
    Goal("desktop text", BROWSER, 1e3),
)
"""What is compared with what. All arms of a goal are measured in one run."""


def arms(steps: int) -> tuple[dict[str, Arm], list[str]]:
    """Every arm by name, and notes on those that can't run here.

    Args:
        steps: Steps of a single environment in a round; vectors take more.
    """
    found: dict[str, Arm] = {"CartPole-v1": _single(gym.make("CartPole-v1"), steps // 4)}
    for form in FORMS:
        found[form] = _single(_twenty(form).unwrapped, steps)
        found[f"{form}, gym.make"] = _single(_twenty(form), steps)
    for size in SIZES:
        batches = max(1, 10 * steps // size)
        native = gym.make_vec("CartPole-v1", size, vectorization_mode="vector_entry_point")
        found[f"CartPoleVectorEnv x {size}"] = _vector(native, batches)
        for form in FORMS:
            found[f"{form} x {size}"] = _vector(_twenty_vector(form, size), batches)
    sync = gym.vector.SyncVectorEnv([lambda: _twenty("last")] * 256)
    found["last x 256, SyncVectorEnv"] = _vector(sync, max(1, steps // 512))
    found["history + belief"] = _single(BeliefReward(_twenty("history").unwrapped), steps)
    found["history, noise"] = _single(_twenty("history", noise=0.1).unwrapped, steps // 2)
    found["history + belief, noise"] = _single(BeliefReward(_twenty("history", noise=0.1).unwrapped), steps // 2)
    found["history x 1024 + belief"] = _vector(
        VectorBeliefReward(_twenty_vector("history", 1024)), max(1, steps // 256)
    )
    games, notes = game_arms(steps // 2)
    return found | games | desktop_arms(steps), notes


def _twenty(form: str, **kwargs: Any) -> gym.Env[Any, Any]:
    return gym.make(TWENTY, disable_env_checker=True, world="elements", observation=form, **kwargs)


def _twenty_vector(form: str, size: int) -> gym.vector.VectorEnv[Any, Any, Any]:
    return gym.make_vec(TWENTY, size, vectorization_mode="vector_entry_point", world="elements", observation=form)


def _drawn(env: Any, space: Any, shape: Any) -> np.ndarray[Any, Any]:
    """Actions: uniform, but for inquiries 5 % guesses among questions."""
    chance = np.random.default_rng(0)
    inner = env.unwrapped
    table = getattr(getattr(inner, "_one", inner), "table", None)
    if table is None:
        return chance.integers(space.n, size=shape)
    guesses = chance.random(shape) < GUESSES
    return np.where(guesses, table.q + chance.integers(table.n, size=shape), chance.integers(table.q, size=shape))


def _single(env: gym.Env[Any, Any], steps: int) -> Arm:
    actions: list[int] = _drawn(env, env.action_space, steps).tolist()
    env.reset(seed=0)

    def play() -> int:
        step, reset = env.step, env.reset
        reset()
        for action in actions:
            _, _, terminated, truncated, _ = step(action)
            if terminated or truncated:
                reset()
        return steps

    return play


def _vector(env: gym.vector.VectorEnv[Any, Any, Any], batches: int) -> Arm:
    pool = list(_drawn(env, env.single_action_space, (POOL, env.num_envs)))
    env.reset(seed=0)

    def play() -> int:
        step = env.step
        for actions in itertools.islice(itertools.cycle(pool), batches):
            step(actions)
        return batches * env.num_envs

    return play


def measure(played: Mapping[str, Arm], rounds: int, console: Console) -> list[dict[str, Any]]:
    """Measure every goal whose arms are there: in each round the reference and the arm play in turn, some times over.

    Args:
        played: The arms by name; each is run once before, to warm up.
        rounds: How often.
        console: For the progress bar.

    Returns:
        For each goal its fields, the ``rates`` of arm and reference (steps per CPU second, by round), the median
        ``ratio``, its ``spread`` and whether the goal is ``reached``.

    Raises:
        InvalidOption: No round.
    """
    if rounds < 1:
        raise InvalidOption(f"rounds must be at least 1, got {rounds}")
    for arm in played.values():
        arm()
    goals = [goal for goal in GOALS if goal.arm in played and goal.reference in played]
    rates: list[list[tuple[float, float]]] = [[] for _ in goals]
    was_on = gc.isenabled()
    gc.disable()
    try:
        for _ in track(range(rounds), "measuring", console=console, transient=True):
            for goal, found in zip(goals, rates, strict=True):
                found.append(_in_turn(played[goal.arm], played[goal.reference]))
                gc.collect()
    finally:
        if was_on:
            gc.enable()
    return [_result(goal, found) for goal, found in zip(goals, rates, strict=True)]


def _in_turn(arm: Arm, reference: Arm) -> tuple[float, float]:
    """Rates of two arms that play in turn, so that both meet the same clock and the same neighbours."""
    steps, seconds = [0, 0], [1e-9, 1e-9]
    for _ in range(TURNS):
        for i, play in enumerate((arm, reference)):
            start = time.process_time()
            done = play()
            spent = time.process_time() - start
            played = done if isinstance(done, Timed) else Timed(done, spent)
            steps[i] += played.steps
            seconds[i] += played.seconds
    return steps[0] / seconds[0], steps[1] / seconds[1]


def _result(goal: Goal, rates: list[tuple[float, float]]) -> dict[str, Any]:
    ratios = [arm / reference for arm, reference in rates]
    ratio = statistics.median(ratios)
    return {
        **goal._asdict(),
        "rates": rates,
        "ratio": ratio,
        "spread": [min(ratios), max(ratios)],
        "reached": None if goal.least is None else ratio >= goal.least,
    }


def throughput(out: Path, console: Console, rounds: int = 9, quick: bool = False) -> dict[str, Any]:
    """Measure, print the table and write ``throughput.json``.

    Args:
        out: Folder for the file.
        console: Where the table goes.
        rounds: Rounds; at least 7 for figures that mean something.
        quick: Short rounds, to see that it runs.

    Returns:
        What is written: ``goals`` as measured (see :func:`measure`), versions and machine.

    Raises:
        RecordingError: The folder can't be written.
    """
    make_folder(out)
    played, notes = arms(800 if quick else 20_000)
    result = {
        "goals": measure(played, rounds, console),
        "rounds": rounds,
        "quick": quick,
        "notes": [*notes, *reset_notes(quick)],
        "versions": versions(),
        "machine": machine(),
    }
    _show(result, console)
    write_file(out / "throughput.json", json.dumps(result, indent=1) + "\n")
    console.print(f"Written to {out / 'throughput.json'}", soft_wrap=True)
    return result


def _show(result: Mapping[str, Any], console: Console) -> None:
    table = Table(box=None, header_style="bold", padding=(0, 1, 0, 0))
    table.add_column("arm", max_width=20)
    table.add_column("beside")
    for name in ("ratio", "least to most", "goal", ""):
        table.add_column(name, justify="right", no_wrap=True)
    for one in result["goals"]:
        low, high = one["spread"]
        word = {None: "", True: "[green]reached[/]", False: "[red]missed[/]"}[one["reached"]]
        goal = "" if one["least"] is None else f"{one['least']:g}"
        spread = f"{low:.3g} to {high:.3g}"
        table.add_row(one["arm"], one["reference"], f"{one['ratio']:.3g}", spread, goal, word)
    console.print(table)
    for note in result["notes"]:
        console.print(f"Note: {note}", markup=False)
    if result["quick"] or result["rounds"] < 7:
        console.print("Note: fewer than seven full rounds are no measurement.")
