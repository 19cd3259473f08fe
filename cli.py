"""The command line: ``infogap list | play | bench | train | check | replay``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from .core.errors import InfogapError, InvalidOption, RecordingError, UnknownOption
from .core.options import choice

__all__ = ["app", "main"]

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode="rich")
bench_app = typer.Typer(pretty_exceptions_enable=False)
app.add_typer(bench_app, name="bench")

TWENTY = "infogap/TwentyQuestions-v0"
LOADED = "infogap.baselines.sb3.load_agent(path, env)"
"""No suite of `infogap bench` holds games from one seat."""


def main() -> None:
    """The console entry point. Expected errors are one red line and exit code 2; ctrl-C is exit code 130."""
    try:
        app()
    except InfogapError as error:
        _print_error(error)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


def _print_error(error: InfogapError) -> None:
    said = escape(" ".join(str(error).split()))
    Console(stderr=True).print(f"[bold red]error:[/] {said}", soft_wrap=True, highlight=False)


def _stopped(what: str) -> None:
    Console(stderr=True).print(f"Stopped. {what}", soft_wrap=True, markup=False, highlight=False)


@app.callback()
def _infogap() -> None:
    """Reinforcement-learning environments with a declared, checked and measured information gap."""


# -- list ------------------------------------------------------------------------------------------------------------
@app.command("list")
def list_(
    card: Annotated[str | None, typer.Option(metavar="ID", help="Show the partition and rules of one.")] = None,
) -> None:
    """List the environments and the worlds of knowledge that come with them."""
    from .benchmarks import listing

    console = Console()
    if card is None:
        listing.show_all(console)
    else:
        listing.show_card(card, console)


# -- play and replay ---------------------------------------------------------------------------------------------------
@app.command()
def play(
    id: Annotated[str, typer.Argument(metavar="[ID]")] = TWENTY,
    world: Annotated[str | None, typer.Option(help="A world's name, or a path to a .world file.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the episode; a fresh one by default.")] = None,
    actions: Annotated[str | None, typer.Option(help="full: questions and guesses. ask: questions and commit.")] = None,
    budget: Annotated[int | None, typer.Option(help="Turns.")] = None,
    noise: Annotated[float | None, typer.Option(help="Chance that an answer is wrong.")] = None,
    prior: Annotated[str | None, typer.Option(help="Prior over the items.")] = None,
    unknown: Annotated[str | None, typer.Option(help="honest, redrawn or none.")] = None,
    hints: Annotated[bool, typer.Option("--hints", help="Tell how many candidates are left.")] = False,
    record: Annotated[Path | None, typer.Option(help="Append the episode to this file, for replay.")] = None,
    seat: Annotated[str | None, typer.Option(help="Of a game: your seat; the first by default.")] = None,
    partner: Annotated[str | None, typer.Option(help="Of a game: who plays the other seats; drawn by default.")] = None,
    option: Annotated[
        list[str] | None,
        typer.Option("--option", "-o", help="Of a game or a desktop: turns=4, size=full. Repeatable."),
    ] = None,
) -> None:
    """Play an episode in the terminal; also from standard input, one line a turn.

    Games seat you among scripted partners; the options of inquiries are not for them. Desktops show their screen.
    module:id imports the module first.
    """
    from .benchmarks import play as terminal
    from .benchmarks.play_desktop import is_desk, play_desktop
    from .benchmarks.terminal import named
    from .envs import GAMES, ROLES
    from .wrappers import RecordEpisodes

    id = named(id)
    if id in ROLES:
        game, own = ROLES[id]
        if seat not in (None, own):
            raise InvalidOption(f"{id} is the seat {own}; for another one: infogap play {game} --seat {seat}")
        id, seat = game, own

    given = {"world": world, "actions": actions, "budget": budget, "noise": noise, "prior": prior, "unknown": unknown}
    if id in GAMES:
        from .benchmarks.play_game import play_game

        wrong = [
            name for name, value in {**given, "record": record, "hints": hints or None}.items() if value is not None
        ]
        if wrong:
            raise UnknownOption(f"{id} takes --seat, --partner, --seed and --option, not {', '.join(wrong)}")
        play_game(id, seat, partner, seed, Console(), _options(option))
        return
    if seat is not None or partner is not None:
        raise UnknownOption(f"--seat and --partner are for games; {id} is none")
    desk = is_desk(id)
    if desk and (wrong := [name for name, value in {**given, "hints": hints or None}.items() if value is not None]):
        raise UnknownOption(f"{id} takes --seed, --record and --option, not {', '.join(wrong)}")
    if option and not desk:
        raise UnknownOption(f"--option is for games and desktops; {id} is none")
    by_hand = {"observation": "text", "render_mode": "ansi"} if desk else {}
    known = {name: value for name, value in given.items() if value is not None}
    env = terminal.make(id, {**by_hand, **known, **_options(option)})
    if record is not None:
        env = RecordEpisodes(env, record, agent="human")
    if desk:
        play_desktop(env, seed, Console())
    else:
        terminal.play(env, seed, hints, Console())
    env.close()


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="A file of recorded episodes.")],
    episode: Annotated[int | None, typer.Option(help="Which one, from 1; all by default.")] = None,
) -> None:
    """Show recorded episodes in words, deal their truth again and say whether they agree."""
    from .benchmarks import play as terminal
    from .core.episode import read_episodes

    console, shown = Console(), 0
    for number, one in enumerate(read_episodes(file), 1):
        if episode is None or number == episode:
            console.print(f"[bold]Episode {number}[/]")
            terminal.replay(one, console)
            shown += 1
    if not shown and episode is not None:
        raise InvalidOption(f"{file} has no episode {episode}; they are counted from 1")
    if not shown:
        raise RecordingError(f"{file} holds no whole episode")


# -- bench -----------------------------------------------------------------------------------------------------------
@bench_app.callback(invoke_without_command=True)
def bench(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="Results folder; a second run goes on from what it holds.")] = Path(
        "infogap-results"
    ),
    suite: Annotated[str, typer.Option(help="What to play: quick or desktop.")] = "quick",
    agents: Annotated[
        str | None,
        typer.Option(
            help="Baselines, separated by commas; the suite's own by default. Of quick, blind and optimal always play."
        ),
    ] = None,
    agent: Annotated[
        list[str] | None,
        typer.Option(help="Your agent beside them: module:Class, made as Class(env), or a saved model. Repeatable."),
    ] = None,
    runs: Annotated[
        int | None,
        typer.Option("--runs", "--seeds", help="Seeded runs per agent and environment: 10. Of desktop k of pass^k: 4."),
    ] = None,
    episodes: Annotated[
        int | None, typer.Option(help="Episodes per run: 200. Of desktop test instances a template: 100.")
    ] = None,
    jobs: Annotated[int | None, typer.Option(help="Processes; one for each core by default.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Play everything again.")] = False,
) -> None:
    """Benchmark agents against baselines: table, report.html and results.json.

    Exit code 4: an agent knows more than it was told (it is above the information ceiling), or an exploit works.
    """
    if context.invoked_subcommand is not None:
        return
    from .benchmarks.bench import ALARM_EXIT
    from .benchmarks.bench import bench as run_bench

    console = Console()
    sys.path.insert(0, "")  # so that an agent's module is found in the current folder
    names = None if agents is None else [name.strip() for name in agents.split(",") if name.strip()]
    try:
        results = run_bench(out, console, suite, names, agent or (), runs, episodes, jobs, fresh)
    except KeyboardInterrupt:
        _stopped(f"Finished cells are kept in {out}; the same command goes on from them.")
        raise typer.Exit(130) from None
    if results["alarms"]:
        raise typer.Exit(ALARM_EXIT)


@bench_app.command()
def throughput(
    out: Annotated[Path, typer.Option(help="Folder for throughput.json.")] = Path("infogap-results"),
    rounds: Annotated[int, typer.Option(help="Rounds in which all arms are run in turn.")] = 9,
    quick: Annotated[bool, typer.Option("--quick", help="Short rounds, to see that it runs.")] = False,
) -> None:
    """Measure steps per CPU second beside named peers."""
    from .benchmarks.throughput import throughput as run_throughput

    run_throughput(out, Console(), rounds, quick)


@bench_app.command()
def transfer(
    retrain: Annotated[
        bool, typer.Option("--retrain", help="Train and play all of it again (the extra sb3): 0.3 CPU hours.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Folder of --retrain; a stopped study goes on from what it holds.")] = Path(
        "infogap-transfer"
    ),
    jobs: Annotated[int, typer.Option(min=1, help="Processes of --retrain.")] = 1,
) -> None:
    """Print the transfer matrix: trained with the others' private information, played without it."""
    from .benchmarks import transfer as study

    console = Console()
    if not retrain:
        study.show(study.committed(), console)
        return
    from .baselines.transfer import retrain as run_study

    console.print(f"The committed results took {study.hours(study.committed()):.1f} CPU hours.", highlight=False)
    try:
        results = run_study(out, jobs, report=lambda line: console.print(line, style="dim", highlight=False))
    except KeyboardInterrupt:
        _stopped(f"Finished runs are kept in {out}; the same command goes on from them.")
        raise typer.Exit(130) from None
    study.show(results, console)


# -- check and train ---------------------------------------------------------------------------------------------------
@app.command()
def check(
    id: Annotated[str, typer.Argument(help="A registered id; module:id imports the module first.")],
    party: Annotated[
        str | None, typer.Option(help="The party that must not know; all who perceive by default.")
    ] = None,
    pairs: Annotated[int, typer.Option(help="Effective pairs of twin worlds for each party.")] = 200,
    seed: Annotated[int, typer.Option(help="Of the checker's chance.")] = 0,
    full: Annotated[
        bool, typer.Option("--full", help="Also under several hash seeds, with more planted leaks.")
    ] = False,
    json: Annotated[Path | None, typer.Option(help="Write the report to this file too.")] = None,
) -> None:
    """Look for leaks with twin worlds. Exit code 0 clean, 1 leak, 2 vacuous, 3 broken."""
    from .check import main as run_check

    sys.path.insert(0, "")  # so that a module in the current folder is found
    try:
        code = run_check(id, pairs=pairs, party=party, seed=seed, full=full, json=json)
    except OSError as error:
        if json is None:
            raise
        _print_error(RecordingError(f"cannot write {json}: {error.strerror}; choose another place"))
        code = 3  # 2 means vacuous here
    raise typer.Exit(code)


@app.command()
def train(
    env: Annotated[str, typer.Option(help="A registered id; of a game for q, roth_erev and cfr.")] = TWENTY,
    algo: Annotated[str, typer.Option(help="ppo, maskable_ppo, recurrent_ppo; of games q, roth_erev, cfr.")] = "ppo",
    steps: Annotated[
        int | None, typer.Option(help="Environment steps, a million by default; of games episodes or iterations.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the run.")] = 0,
    option: Annotated[
        list[str] | None, typer.Option("--option", "-o", help="Argument of the environment: actions=ask. Repeatable.")
    ] = None,
    hyper: Annotated[
        list[str] | None, typer.Option(help="Hyperparameter of the learner: learning_rate=0.001. Repeatable.")
    ] = None,
    belief_weight: Annotated[float, typer.Option(help="Weight of the belief's reward, in return per nat.")] = 0.0,
    n_envs: Annotated[int, typer.Option(help="Environments side by side.")] = 128,
    out: Annotated[Path | None, typer.Option(help="Folder of the run.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the checkpoint in the folder.")] = False,
) -> None:
    """Train a learner of Stable-Baselines3 (the extra sb3), or tables for all seats of a game (no extra).

    What the former saves is an agent for `infogap bench --agent`.
    """
    from .baselines.sb3 import ALGORITHMS
    from .baselines.tables import TABULAR, train_tables
    from .baselines.train import train as run_training
    from .envs import DESKTOPS, ROLES

    choice("algo", algo, [*ALGORITHMS, *TABULAR])
    if algo in TABULAR:
        path, scores = train_tables(env, algo, steps, seed, _options(option), _options(hyper), out)
        said = ", ".join(f"{name} {value:.3g}" for name, value in scores.items())
        Console().print(f"Saved as {path}. Over 1,000 episodes: {said}.", markup=False, highlight=False)
        return
    if env in DESKTOPS and algo == "maskable_ppo":
        from .baselines.desktop_train import train_id

        if option or belief_weight or resume:
            raise InvalidOption("desktop learners take --steps, --seed, --hyper and --out only")
        path = train_id(env, 40_960 if steps is None else steps, seed, out, _options(hyper))
        Console().print(f"Saved as {path}. {_beside(env, path)}", markup=False, highlight=False, soft_wrap=True)
        return
    try:
        path = run_training(
            env,
            algo,
            1_000_000 if steps is None else steps,
            seed,
            env_kwargs=_options(option),
            belief_weight=belief_weight,
            out=out,
            resume=resume,
            n_envs=n_envs,
            hyperparameters=_options(hyper),
        )
    except KeyboardInterrupt:
        _stopped("The last checkpoint is kept; the same command with --resume goes on from it.")
        raise typer.Exit(130) from None
    more = f"It plays by {LOADED}." if env in ROLES else _beside(env, path)
    Console().print(f"Saved as {path}. {more}", markup=False, highlight=False, soft_wrap=True)


def _beside(env: str, path: Path) -> str:
    from .envs import DESKTOPS

    suite = " --suite desktop" if env in DESKTOPS else ""
    return f"Beside the baselines: infogap bench{suite} --agent {path}"


def _options(given: list[str] | None) -> dict[str, Any]:
    """``name=value`` pairs; values are read as JSON where they are, else as text."""
    import json

    options: dict[str, Any] = {}
    for pair in given or ():
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise InvalidOption(f"expected name=value, got {pair!r}")
        try:
            options[name] = json.loads(value)
        except ValueError:
            options[name] = value
    return options


if __name__ == "__main__":
    main()
