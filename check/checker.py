"""The public entrances: check, assert_no_leak, replay, and what ``infogap check`` runs."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..core.chance import check_seed
from ..core.errors import InfogapError, InvalidOption
from .cases import Case, literal, show
from .exits import quietly
from .hidden import hides
from .report import BROKEN, CLEAN, PartyReport, Report
from .runner import Hunt, Progress
from .subjects import ForeignPort, Subject, resolve
from .worlds import Difference, Past, Script, World

__all__ = ["assert_no_leak", "check", "main", "replay"]

Make = str | Callable[..., Any]


def _foreign(
    set_secret: Callable[[Any, Any], Any] | None, secrets: Any, released: Any, set_when: str
) -> ForeignPort | None:
    given = [x is not None for x in (set_secret, secrets, released)]
    if not any(given):
        return None
    if not all(given):
        raise InvalidOption("an environment not on infogap's core needs all of set_secret, secrets and released")
    assert set_secret is not None
    return ForeignPort(set_secret, secrets, released, set_when)


def _given(kwargs: Any, vector: Any, foreign: ForeignPort | None, set_when: str) -> dict[str, str]:
    """The arguments that a reproduction repeats; functions by their argument's name."""
    given = {"kwargs": literal(kwargs)} if kwargs else {}
    if vector is not None:
        given["vector"] = "vector"
    if foreign is not None:
        given |= {name: name for name in ("set_secret", "secrets", "released")} | {"set_when": repr(set_when)}
    return given


def check(
    subject: Make,
    *,
    party: str | None = None,
    pairs: int = 200,
    seed: int = 0,
    self_test: int = 1,
    full: bool = False,
    kwargs: Mapping[str, Any] | None = None,
    vector: Callable[..., Any] | None = None,
    set_secret: Callable[[Any, Any], Any] | None = None,
    secrets: Callable[[Any], Any] | Sequence[Any] | None = None,
    released: Callable[[Any, tuple[Any, ...]], Hashable] | None = None,
    set_when: str = "after",
    secret_actions: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Check that an environment tells a party no more than its partition declares.

    The property: play the same actions in two worlds with different truths. As long as the declared releases give the
    same answers, everything that leaves the environment is the same, byte for byte; and what is asked of the truth
    doesn't depend on what is hidden.

    Args:
        subject: An id of Gymnasium or PettingZoo, ``"module:attribute"``, or a callable that makes a fresh environment
            at each call.
        party: ``"agent"`` or a seat; None for all who perceive the environment.
        pairs: Effective pairs (two different truths whose releases agree through at least one action) for each party.
        seed: Of the checker's chance.
        self_test: Seeds with which each kind of leak is planted in the environment, and must be found; 0 for none.
        full: Also run in fresh interpreters under several hash seeds (for subjects given by name, without kwargs).
        kwargs: Arguments for the maker.
        vector: For makers: ``vector(num_envs=..., autoreset_mode=...)`` makes the native vector form.
        set_secret: For environments not on infogap's core: ``set_secret(env, secret)`` on the unwrapped environment.
        secrets: With it: ``secrets(rng: random.Random) -> secret``, or a sequence of secrets.
        released: With it: ``released(secret, actions) -> hashable``, all that may have been told after these actions.
        set_when: ``"after"`` (default) or ``"before"`` the reset whose episode is to have the secret.
        secret_actions: With it: actions of other seats are not public, so they may differ between worlds.
        progress: Called with (party, effective pairs, pairs wanted).

    Returns:
        A Report; its ``exit_code`` is 0 clean, 1 leak, 2 vacuous, 3 broken.

    Raises:
        InvalidOption, Unsupported: The subject or an option is not acceptable.
    """
    if isinstance(pairs, bool) or not isinstance(pairs, int) or pairs < 1:
        raise InvalidOption(f"pairs must be a positive int, got {pairs!r}")
    check_seed(seed)
    start = time.perf_counter()
    foreign = _foreign(set_secret, secrets, released, set_when)
    settings = {"pairs": pairs, "seed": seed, "self_test": self_test, "full": full, "kwargs": dict(kwargs or {})}
    with quietly():
        try:
            what = resolve(subject, kwargs=kwargs, vector=vector, foreign=foreign)
            what.given = _given(kwargs, vector, foreign, set_when)
        except InfogapError:
            raise
        except Exception as error:
            broken = PartyReport(
                party or "all", trouble=f"it can't be made: {type(error).__name__}: {error}", broken=True
            )
            return Report(str(subject), [broken], time.perf_counter() - start, settings)
        if party == "agent" and what.form == "gym":
            party = what.parties[0]  # the agent's seat, where it has one
        parties = what.parties if party is None else (party,)
        reports = [
            _check_party(what, p, pairs, seed, self_test, full, secret_actions, progress, kwargs) for p in parties
        ]
    return Report(what.name, reports, time.perf_counter() - start, settings)


def _check_party(
    subject: Subject,
    party: str,
    pairs: int,
    seed: int,
    self_test: int,
    full: bool,
    secret_actions: bool,
    progress: Progress | None,
    kwargs: Mapping[str, Any] | None,
) -> PartyReport:
    hidden = hides(subject, party, seed)
    if hidden is None:
        return PartyReport(
            party, broken=True, trouble="nothing is hidden from it, yet its view does not hold the truth"
        )
    if not hidden:
        return PartyReport(party, nothing_hidden=True)
    if party not in subject.parties:
        raise InvalidOption(
            f"{party!r} perceives {subject.name} through its view only; parties that perceive it are {subject.parties}"
        )
    hunt = Hunt(subject, party, seed, secret_actions=secret_actions)
    try:
        report = hunt.go(pairs, progress)
    except Exception as error:
        report = hunt.report
        at = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__} in {at.name}, {Path(at.filename).name} line {at.lineno}"
        report.trouble, report.broken = f"the environment fails: {where}", True
        return report
    if hunt.case is not None:
        report.findings.append(hunt.finding())
    if report.nothing_hidden:
        return report
    if report.exit_code == CLEAN and full and kwargs is None:
        from .hashseeds import hash_seeds

        report.findings += hash_seeds(subject, party, seed)
    if report.exit_code == CLEAN and self_test:
        from .selftest import plant_all

        report.planted = plant_all(subject, party, pairs, range(seed, seed + self_test), hunt, progress)
    return report


def assert_no_leak(subject: Make, *, pairs: int = 200, self_test: int = 0, **options: Any) -> Report:
    """For tests: :func:`check`, and an AssertionError with the report unless it is clean.

    Args:
        subject: As for :func:`check`.
        pairs: Effective pairs for each party.
        self_test: Seeds of the planted leaks; none by default, since tests run often.
        **options: The other options of :func:`check`.
    """
    report = check(subject, pairs=pairs, self_test=self_test, **options)
    if not report.ok:
        raise AssertionError(report.text())
    return report


def replay(
    subject: Make,
    *,
    party: str,
    rule: str,
    stack: str,
    listen: bool,
    script: Mapping[str, Any],
    worlds: Sequence[Mapping[str, Any]],
    kwargs: Mapping[str, Any] | None = None,
    vector: Callable[..., Any] | None = None,
    set_secret: Callable[[Any, Any], Any] | None = None,
    secrets: Any = None,
    released: Any = None,
    set_when: str = "after",
) -> Difference | None:
    """Play a reported case again and print what both worlds perceive. Reports hold calls of this, ready to run."""
    with quietly():
        what = resolve(subject, kwargs=kwargs, vector=vector, foreign=_foreign(set_secret, secrets, released, set_when))
        port = what.port

        def again(plain: Any) -> Any:
            return None if plain is None and port.deals else port.again(plain)

        made = [
            World(again(w["truth"]), tuple(Past(again(t), tuple(a), s) for t, a, s in w["past"]), w["others"])
            for w in worlds
        ]
        shared = Script(**{**script, "other": None if script["other"] is None else again(script["other"])})
        return show(what, party, Case(rule, stack, listen, made[0], made[-1], shared))


def main(
    subject: str,
    *,
    pairs: int = 200,
    party: str | None = None,
    seed: int = 0,
    full: bool = False,
    json: str | Path | None = None,
    self_test: int | None = None,
    quiet: bool = False,
) -> int:
    """What ``infogap check`` runs: check, print the report, write JSON, and give the exit code."""
    shown = sys.stderr.isatty() and not quiet

    def progress(who: str, done: int, wanted: int) -> None:
        print(f"\r{who}: {done} of {wanted}   ", end="", file=sys.stderr, flush=True)

    seeds = (10 if full else 1) if self_test is None else self_test
    try:
        report = check(
            subject,
            party=party,
            pairs=pairs,
            seed=seed,
            self_test=seeds,
            full=full,
            progress=progress if shown else None,
        )
    except InfogapError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return BROKEN
    if shown:
        print("\r" + " " * 60 + "\r", end="", file=sys.stderr)
    print(report.text())
    if json is not None:
        Path(json).write_text(report.json(), encoding="utf-8")
    return report.exit_code
