"""Plays the cells of a benchmark over the machine's cores; finished ones are kept at once and never played again."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.metadata
import itertools
import multiprocessing
import os
import platform
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from ..core.errors import InvalidOption
from .agents import AgentFault, AgentSpec
from .cells import Cell, Job, play_cell
from .store import CellStore
from .suites import Entry

__all__ = ["cores", "digest", "jobs_of", "machine", "play", "versions"]

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


PLAYED = ("core", "envs", "baselines", "benchmarks/cells.py")
"""The parts of the package that a cell's result depends on."""


def versions() -> dict[str, str]:
    """Versions that a cell's result depends on; ``code`` tells versions of a checkout apart."""
    said = {name: importlib.metadata.version(name) for name in ("infogap", "gymnasium", "numpy")}
    return {**said, "code": _code()}


@functools.cache
def _code() -> str:
    return digest(*PLAYED)


def digest(*parts: str) -> str:
    """Hash of files of the package, and of folders with all in them, that are played."""
    root = Path(__file__).parents[1]
    said = hashlib.sha256()
    for part in parts:
        path = root / part
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            if file.suffix in (".py", ".json", ".world", ".npz", ".gz", ".csv"):
                said.update(file.relative_to(root).as_posix().encode() + hashlib.sha256(file.read_bytes()).digest())
    return said.hexdigest()[:12]


def machine() -> dict[str, str]:
    """What else ran, for the record; results don't depend on it."""
    return {"python": platform.python_version(), "platform": platform.platform()}


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def jobs_of(entries: Sequence[Entry], agents: Sequence[AgentSpec], runs: int, episodes: int) -> list[Job]:
    """All jobs in the order of play: agents given by the user come first, so that a broken one shows early.

    Raises:
        InvalidOption: A number below 1.
    """
    for name, number in (("runs", runs), ("episodes", episodes)):
        if number < 1:
            raise InvalidOption(f"{name} must be at least 1, got {number}")
    said = versions()
    order = sorted(agents, key=lambda agent: not agent.source)
    return [Job(e, a, run, episodes * e.times, said) for a, e, run in itertools.product(order, entries, range(runs))]


def play(
    jobs: Sequence[Any],
    store: CellStore,
    workers: int,
    tick: Callable[[Any], None] = lambda job: None,
    how: Callable[[Any], Cell] | None = None,
) -> list[Cell]:
    """Play all jobs whose cells are not in the store yet.

    Args:
        jobs: What to play; each has a ``key``.
        store: Where cells are kept.
        workers: Processes; 1 plays in this one.
        tick: Called for each job whose cell is there.
        how: What plays a job, a function of a module, since other processes import it; by default
            :func:`~infogap.benchmarks.cells.play_cell`.

    Returns:
        The cells in the order of the jobs.

    Raises:
        AgentFault: An agent failed, or took its process with it.
        RecordingError: A cell could not be kept.
        KeyboardInterrupt: As it came. Finished cells are kept.
    """
    if workers < 1:
        raise InvalidOption(f"jobs must be at least 1, got {workers}")
    how = how or play_cell
    open_jobs = []
    for job in jobs:
        if job.key in store.cells:
            tick(job)
        else:
            open_jobs.append(job)
    played = _in_order(open_jobs, how) if workers == 1 or len(open_jobs) < 2 else _in_pool(open_jobs, workers, how)
    with contextlib.closing(played):
        for job, cell in played:
            store.add(cell)
            tick(job)
    return [store.cells[job.key] for job in jobs]


def _in_order(jobs: Sequence[Any], how: Callable[[Any], Cell]) -> Generator[tuple[Any, Cell], None, None]:
    for job in jobs:
        yield job, how(job)


def _in_pool(jobs: Sequence[Any], workers: int, how: Callable[[Any], Cell]) -> Generator[tuple[Any, Cell], None, None]:
    """Cells as they are finished. Spawned workers behave alike on all platforms and inherit no threads."""
    before = set(multiprocessing.active_children())
    with _one_thread_each():
        pool = ProcessPoolExecutor(min(workers, len(jobs)), multiprocessing.get_context("spawn"), _ignore_interrupts)
        try:
            with _interrupts_held():
                futures = {pool.submit(how, job): job for job in jobs}
            for future in as_completed(futures):
                try:
                    yield futures[future], future.result()
                except BrokenProcessPool as error:
                    raise AgentFault(
                        "a worker process died; an agent may have ended it, or memory ran out (try fewer --jobs)"
                    ) from error
            pool.shutdown()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in set(multiprocessing.active_children()) - before:
                worker.terminate()
            raise


@contextlib.contextmanager
def _one_thread_each() -> Iterator[None]:
    """Let workers use one BLAS thread each: they are many already."""
    kept = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C waits until the block is left. Workers started in it inherit that, so that only the parent answers it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
