"""Train a learner of Stable-Baselines3 on an environment: curve, checkpoints, resume.

A run is cut into segments. At the start of each one all chance is seeded from (seed, segment) and fresh episodes begin;
at its end the policy is evaluated on the task's own reward and a checkpoint is written. So a run that was stopped and
resumed is the same run, to the last bit on one machine.

torch and Stable-Baselines3 (the extra ``sb3``) are imported when :func:`train` is called.
"""

from __future__ import annotations

import csv
import datetime
import importlib.metadata
import importlib.util
import io
import json
import platform
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from ..core.chance import check_seed
from ..core.env import Env
from ..core.episode import jsonable
from ..core.errors import CheckpointError, InvalidOption, UnknownOption, Unsupported
from ..envs import ROLES
from .evaluate import Evaluation
from .match import made_env
from .sb3 import (
    ALGORITHMS,
    OPTIMIZER,
    POLICY,
    checked_algorithm,
    identity,
    imported,
    load_state,
    new_model,
    read_checkpoint,
    write_bytes,
    write_checkpoint,
)

__all__ = ["COLUMNS", "DEFAULTS", "train"]

DEFAULTS: dict[str, Any] = {
    "n_steps": 50,
    "batch_size": 1600,
    "n_epochs": 4,
    "learning_rate": 3e-3,
    "anneal": True,
    "ent_coef": 0.003,
    "gamma": 1.0,
    "gae_lambda": 0.95,
    "clip_range": 0.2,
    "features": 128,
    "net_arch": [128],
    "lstm_hidden_size": 128,
}
"""Hyperparameters and their defaults, found on 20 Questions (docs/ppo_elements.md). Named as in Stable-Baselines3, and:

* ``anneal``: lower the learning rate linearly to 0, in steps of one segment.
* ``features``: width of the layer over one-hot observations (:class:`infogap.baselines.features.OneHot`), shared by
  actor and critic.
* ``net_arch``: widths of the layers of actor and critic.
* ``lstm_hidden_size``: width of the LSTM, ``recurrent_ppo`` only.
"""

COLUMNS = ("steps", "success", "return", "length", "episodes", "seconds")
"""Columns of ``curve.csv``."""


def train(
    env_id: str,
    algo: str = "ppo",
    steps: int = 1_000_000,
    seed: int = 0,
    env_kwargs: Mapping[str, Any] | None = None,
    belief_weight: float = 0.0,
    out: str | Path | None = None,
    resume: bool = False,
    n_envs: int = 128,
    hyperparameters: Mapping[str, Any] | None = None,
    eval_every: int | None = None,
    eval_episodes: int = 256,
    progress: bool = True,
    threads: int = 1,
) -> Path:
    """Train a policy, and save it as an agent.

    The folder `out` gets ``model.zip`` (the last checkpoint, see :func:`infogap.baselines.sb3.load_agent`),
    ``curve.csv``, ``curve.svg`` where matplotlib is installed, and ``run.json`` (versions, seed, arguments, command).
    Ctrl-C keeps the last checkpoint.

    Args:
        env_id: A registered single-agent id.
        algo: ``"ppo"``, ``"maskable_ppo"`` or ``"recurrent_ppo"``.
        steps: Environment steps in all, at most; rounded down to whole rollouts of ``n_envs * n_steps``, at least one.
        seed: Non-negative int; fixes the run.
        env_kwargs: Constructor arguments of the environment, JSON values. Games from one seat get
            ``observation="flat"``.
        belief_weight: Weight of the exact belief's reward, in units of return per nat; 0 trains on the task's reward
            alone. The curve is always of the task itself.
        out: Folder of the run; by default ``runs/<environment>-<algo>-seed<seed>``.
        resume: Go on from the checkpoint in `out`; the other arguments must be those of its run. Where there is no
            checkpoint the run starts.
        n_envs: Rows of the vector environment.
        hyperparameters: Replace some of :data:`DEFAULTS`.
        eval_every: Steps between evaluations and checkpoints, rounded up to whole rollouts; by default a twentieth of
            `steps`.
        eval_episodes: Episodes of an evaluation. Where answers never change all dealt items are played instead, which
            makes it exact.
        progress: Show a progress bar on stderr.
        threads: Threads of torch; one is fastest for these small networks.

    Returns:
        Path of ``model.zip``.

    Raises:
        MissingExtra: The extra ``sb3`` is not installed.
        UnknownOption, InvalidOption: An argument is not acceptable.
        Unsupported: Not an environment of infogap, or one without what `algo` or `belief_weight` needs.
        CheckpointError: There is a run in `out` already, or with `resume` its checkpoint is damaged or of another run.
        RecordingError: `out` can't be written.
    """
    checked_algorithm(algo)
    if importlib.util.find_spec("stable_baselines3") is None:
        imported(ALGORITHMS["ppo"][0])
    given = {
        "env_id": env_id,
        "algo": algo,
        "steps": positive("steps", steps),
        "seed": check_seed(seed),
        "env_kwargs": _suited(env_id, dict(env_kwargs or {})),
        "belief_weight": belief_weight,
        "n_envs": positive("n_envs", n_envs),
        "hyperparameters": checked_hyperparameters(hyperparameters),
        "eval_every": None if eval_every is None else positive("eval_every", eval_every),
        "eval_episodes": positive("eval_episodes", eval_episodes),
    }
    if seed is None:
        raise InvalidOption("a run needs a seed, got None")
    try:
        config = json.loads(json.dumps(jsonable(given), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise InvalidOption(f"env_kwargs and hyperparameters must be JSON values: {error}") from error
    slug = env_id.rpartition("/")[2].lower()
    run = _Run(config, Path(out) if out is not None else Path("runs") / f"{slug}-{algo}-seed{seed}")
    with torch_threads(positive("threads", threads)):
        return run.go(resume, progress)


class _Run:
    """One run: its files, its model, its segments."""

    def __init__(self, config: dict[str, Any], out: Path) -> None:
        self.config, self.out, self.path = config, out, out / "model.zip"
        hyper = config["hyperparameters"]
        self.rollout = config["n_envs"] * hyper["n_steps"]
        rollouts = max(1, config["steps"] // self.rollout)
        every = config["eval_every"] or -(-config["steps"] // 20)
        per_segment = -(-every // self.rollout)
        self.ends = [self.rollout * min(r + per_segment, rollouts) for r in range(0, rollouts, per_segment)]
        probe = made_env(config["env_id"], config["env_kwargs"])
        if not isinstance(probe.unwrapped, Env):
            raise Unsupported(f"{config['env_id']} is no environment of infogap; success is judged by its verifier")
        self.identity = identity(probe)
        self.maskable = config["algo"] == "maskable_ppo"
        self.curve: list[dict[str, Any]] = []
        self.seconds = 0.0

    def go(self, resume: bool, progress: bool) -> Path:
        from .sb3_vec import make_vec_env

        if self.path.exists() and not resume:
            raise CheckpointError(f"{self.out} holds a run already; resume it, or choose another folder")
        kwargs = dict(self.config["env_kwargs"])
        if self.maskable and self.config["env_id"] not in ROLES:
            kwargs["masks"] = True
        venv = make_vec_env(self.config["env_id"], self.config["n_envs"], kwargs, self.config["belief_weight"])
        try:
            model = self._model(venv)
            if self.path.exists():
                self._continue(model)
            self._note("running")
            self._segments(model, progress)
        except KeyboardInterrupt:
            self._files("interrupted")
            raise
        finally:
            venv.close()
        self._files("finished")
        return self.path

    def _model(self, venv: Any) -> Any:
        seed = segment_seed(self.config["seed"], 0)
        return new_model(self.config["algo"], venv, self.config["hyperparameters"], seed)

    def _continue(self, model: Any) -> None:
        """Take up the checkpoint."""
        meta, members = read_checkpoint(self.path)
        theirs = meta.get("config", {})
        if different := sorted(k for k in {*theirs, *self.config} if theirs.get(k) != self.config.get(k)):
            raise CheckpointError(f"{self.path} is of a run with other {', '.join(different)}; give the same arguments")
        if meta["identity"] != self.identity:
            raise CheckpointError(f"{self.path} was trained on another environment: {meta['identity']}")
        load_state(model.policy, members[POLICY], self.path)
        load_state(model.policy.optimizer, members[OPTIMIZER], self.path)
        model.num_timesteps, model._n_updates = meta["steps"], meta["n_updates"]
        self.curve, self.seconds = meta["curve"], meta["seconds"]

    def _segments(self, model: Any, progress: bool) -> None:
        evaluation = Evaluation(
            self.config["env_id"], self.config["env_kwargs"], self.config["eval_episodes"], self.maskable
        )
        start, before = time.monotonic(), self.seconds
        if not self.curve:
            self._evaluated(model, evaluation)
        rate = self.config["hyperparameters"]["learning_rate"]
        with _bar(progress, self.config, self.ends[-1]) as show:
            show(model.num_timesteps, self.curve[-1])
            for segment, end in enumerate(self.ends):
                if end <= model.num_timesteps:
                    continue
                if self.config["hyperparameters"]["anneal"]:
                    model.learning_rate = rate * (1 - segment / len(self.ends))
                    model._setup_lr_schedule()
                model.set_random_seed(segment_seed(self.config["seed"], segment + 1))
                model._last_obs = None  # makes learn() reset the environments, with the new seeds
                left = end - model.num_timesteps
                model.learn(left, _shown(show, self.curve[-1]), log_interval=None, reset_num_timesteps=False)
                self.seconds = before + time.monotonic() - start
                self._evaluated(model, evaluation)
                self._save(model)
                show(model.num_timesteps, self.curve[-1])

    def _evaluated(self, model: Any, evaluation: Evaluation) -> None:
        scores = evaluation(model.policy)
        self.curve.append({"steps": model.num_timesteps, **scores, "seconds": round(self.seconds, 1)})

    def _save(self, model: Any) -> None:
        meta = {
            "algo": self.config["algo"],
            "config": self.config,
            "identity": self.identity,
            "steps": model.num_timesteps,
            "n_updates": model._n_updates,
            "curve": self.curve,
            "seconds": self.seconds,
            "versions": _versions(),
        }
        write_checkpoint(self.path, model, meta)
        write_bytes(self.out / "curve.csv", _csv(self.curve))

    def _note(self, status: str) -> None:
        note = {
            "status": status,
            "command": _command(self.config),
            "config": self.config,
            "environment": self.identity,
            "steps": self.curve[-1]["steps"] if self.curve else 0,
            "seconds": round(self.seconds, 1),
            "written": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            "versions": _versions(),
        }
        write_bytes(self.out / "run.json", (json.dumps(note, indent=1) + "\n").encode())

    def _files(self, status: str) -> None:
        self._note(status)
        if self.curve:
            write_bytes(self.out / "curve.csv", _csv(self.curve))
            if importlib.util.find_spec("matplotlib") is not None:
                write_bytes(self.out / "curve.svg", _plot(self.curve, self.config))


# -- arguments -----------------------------------------------------------------------------------------------
def positive(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise InvalidOption(f"{name} must be a positive int, got {value!r}")
    return int(value)


def checked_hyperparameters(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """The defaults, with what was given in their place."""
    if unknown := sorted(set(given or {}) - set(DEFAULTS)):
        raise UnknownOption(f"unknown hyperparameters {unknown}; expected some of {sorted(DEFAULTS)}")
    values = {**DEFAULTS, **(given or {})}
    for name in ("n_steps", "batch_size", "n_epochs", "features", "lstm_hidden_size"):
        positive(name, values[name])
    for name in ("learning_rate", "ent_coef", "gamma", "gae_lambda", "clip_range"):
        value = values[name]
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e6:
            raise InvalidOption(f"{name} must be a number >= 0, got {value!r}")
    if not isinstance(values["anneal"], bool):
        raise InvalidOption(f"anneal must be a bool, got {values['anneal']!r}")
    if not isinstance(values["net_arch"], (list, tuple)):
        raise InvalidOption(f"net_arch must be a list of widths, got {values['net_arch']!r}")
    return {**values, "net_arch": [positive("net_arch", width) for width in values["net_arch"]]}


def _suited(env_id: str, env_kwargs: dict[str, Any]) -> dict[str, Any]:
    """A game from one seat as learners take it: observation and mask in one array."""
    if env_id not in ROLES:
        return env_kwargs
    if env_kwargs.get("observation", "flat") != "flat":
        raise Unsupported(f"learners of {env_id} take observation='flat', got {env_kwargs['observation']!r}")
    return {"observation": "flat", **env_kwargs}


def segment_seed(seed: int, segment: int) -> int:
    """Seed of a segment's chance; below 2^31 since NumPy's global generator takes 32 bits and rows count up from it."""
    return int(np.random.SeedSequence([seed, segment]).generate_state(1)[0] >> 1)


@contextmanager
def torch_threads(number: int) -> Iterator[None]:
    """Run with so many threads of torch."""
    get, put = imported("torch:get_num_threads"), imported("torch:set_num_threads")
    before = get()
    put(number)
    try:
        yield
    finally:
        put(before)


# -- what is shown and written -------------------------------------------------------------------------------
@contextmanager
def _bar(visible: bool, config: Mapping[str, Any], total: int) -> Iterator[Any]:
    """A progress bar. Yields a function of the steps done and the last line of the curve."""
    columns = ("[progress.description]{task.description}", "{task.completed:,.0f}/{task.total:,.0f} steps")
    fields = (TextColumn(columns[0]), BarColumn(), TextColumn(columns[1]), TimeRemainingColumn())
    last = TextColumn("success {task.fields[success]:.3f}")
    with Progress(*fields, last, console=Console(stderr=True), disable=not visible) as bar:
        task = bar.add_task(f"{config['algo']} seed {config['seed']}", total=total, success=0.0)
        yield lambda steps, line: bar.update(task, completed=steps, success=line["success"])


def _shown(show: Any, line: Mapping[str, Any]) -> Any:
    """A callback that moves the progress bar after each rollout."""
    from stable_baselines3.common.callbacks import BaseCallback

    class Shown(BaseCallback):
        def _on_step(self) -> bool:
            return True

        def _on_rollout_end(self) -> None:
            show(self.num_timesteps, line)

    return Shown()


def _csv(curve: list[dict[str, Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(curve)
    return text.getvalue().encode()


def _plot(curve: list[dict[str, Any]], config: Mapping[str, Any]) -> bytes:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3.5), layout="constrained")
    axes = figure.subplots()
    axes.plot([line["steps"] for line in curve], [line["success"] for line in curve])
    axes.set(xlabel="environment steps", ylabel="success on the task itself", ylim=(-0.02, 1.02))
    axes.set_title(
        f"{config['env_id']}, {config['algo']}, seed {config['seed']}, belief weight {config['belief_weight']:g}"
    )
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def _versions() -> dict[str, str]:
    packages = ("infogap", "gymnasium", "numpy", "stable-baselines3", "sb3-contrib", "torch")
    versions = {"python": platform.python_version(), "system": f"{platform.system()} {platform.machine()}"}
    for package in packages:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            versions[package] = "not installed"
    return versions


def _command(config: Mapping[str, Any]) -> str:
    """The call that makes this run again, as Python."""
    arguments = ", ".join(f"{name}={value!r}" for name, value in config.items())
    return f"infogap.baselines.train.train({arguments})"
