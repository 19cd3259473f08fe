"""Leaks to plant: positive controls, which the checker must find in the very environment it checks.

A leak is a function that wraps methods of one environment instance, so that what a party perceives depends on what is
hidden from it.
"""

from __future__ import annotations

import contextlib
import functools
import random
from collections.abc import Callable, Iterator
from typing import Any

from ..core.truth import ALL, OWN, Row
from . import leaks_returned, leaks_said
from .sites import NotApplicable, Site, number, twist
from .subjects import CorePort, Subject

__all__ = ["LEAKS", "Leak", "native_vector_only", "undeclared_read"]


def _answers(port: CorePort, row: Row, party: str) -> bool:
    """Whether a release can be asked without an argument, or with 0."""
    mine = (party,) if row.own and not {ALL, party} & row.to else ()
    ask = functools.partial(getattr(port.deal(random.Random(0)), row.name), *mine)
    for given in ((), (0,)):
        with contextlib.suppress(Exception):
            ask(*given)
            return True
    return False


def laundering(site: Site) -> None:
    """A declared release is asked once more in some worlds."""
    port, party = site.driver.subject.port, site.driver.party
    if not isinstance(port, CorePort) or site.form == "vector":
        raise NotApplicable
    env: Any = site.env
    told = [r for r in port.rows if r.kind == "release" and ({ALL, OWN, party} & r.to)]
    names = [r.name for r in told if _answers(port, r, party)]
    if not names:
        raise NotApplicable
    name = site.rng.choice(names)
    world = (env if hasattr(env, "_world") else env._game)._world

    def again(turn: int, action: Any) -> None:
        if site.bit():
            ask = getattr(world.view(party), name)
            with contextlib.suppress(Exception):
                try:
                    ask()
                except TypeError:
                    ask(0)

    site.after(again)


def fast_path_only(site: Site) -> None:
    """In the fast path, while the specification is clean."""
    if not isinstance(site.driver.subject.port, CorePort) or site.form not in ("gym", "aec"):
        raise NotApplicable
    if site.driver.ledger is None:
        leaks_returned.obs_low_bit(site)


def secret_act(site: Site) -> None:
    """What others have done unseen, in the info; types alone do not tell it."""
    port = site.driver.subject.port
    if not isinstance(port, CorePort) or site.form == "gym":
        raise NotApplicable
    party, start = site.driver.party, {}

    def parts() -> dict[str, Any]:
        return dict(port.hidden(port.current(site.env, site.driver.planted), party))

    def change(out: Any, turn: int, action: Any) -> None:
        if turn == 0:
            start.update(parts())
        moved = [] if turn == 0 else [pair for pair in parts().items() if pair[1] != start[pair[0]]]
        if "info" in out and moved:
            out["info"] = {**out["info"], "seen": number(site.salt, moved) % 97}

    site.outputs(change)


def native_vector_only(site: Site) -> None:
    """In the native vector form only."""
    if not any(stack.startswith("native") for stack in site.driver.subject.stacks):
        raise NotApplicable
    if site.form == "vector":

        def step(original: Any, actions: Any) -> Any:
            observation, *rest = original(actions)
            return (twist(observation, site.bit()), *rest)

        site.wrap("step", step)


def parallel_form_only(site: Site) -> None:
    """In the parallel form of a turn-based game only."""
    _in_one_stack(site, "parallel")


def sealed_seat_only(site: Site) -> None:
    """Through a seat's sealed handle only."""
    _in_one_stack(site, "sealed seat")


def text_face_only(site: Site) -> None:
    """A blank at the end of what a seat hears."""
    if "chat" not in site.driver.subject.stacks[1:]:
        raise NotApplicable

    def lines(original: Any, view: Any) -> Any:
        said = original(view)
        return twist(said, site.bit()) if said and view.party == site.driver.party else said

    if site.driver.stack == "chat":
        site.wrap("lines", lines)


def _in_one_stack(site: Site, stack: str) -> None:
    if stack not in site.driver.subject.stacks[1:]:
        raise NotApplicable
    if site.driver.stack == stack:
        leaks_returned.obs_low_bit(site)


@contextlib.contextmanager
def undeclared_read(subject: Subject, party: str) -> Iterator[None]:
    """A release that also reads a hidden field which it does not declare. Changes the Truth class while it lasts."""
    port = subject.port
    if not isinstance(port, CorePort):
        raise NotApplicable
    for row in port.rows:
        if row.kind != "release" or not ({ALL, OWN, party} & row.to):
            continue
        for field in port.rows:
            hidden = field.kind == "field" and not ({ALL, party} & field.to) and field.name not in row.of
            if not hidden or (OWN in field.to and len(subject.parties) < 2):
                continue
            original = getattr(port.kind, row.name)
            name = field.name

            @functools.wraps(original)
            def reads(self: Any, *args: Any, **kwargs: Any) -> Any:
                value = getattr(self, name)  # noqa: B023 - patched and restored within this iteration
                if hasattr(value, "values"):
                    list(value.values())
                return original(self, *args, **kwargs)  # noqa: B023

            own = row.name in vars(port.kind)
            setattr(port.kind, row.name, reads)
            try:
                yield
            finally:
                if own:
                    setattr(port.kind, row.name, original)
                else:
                    delattr(port.kind, row.name)
            return
    raise NotApplicable


Leak = Callable[[Site], None]

_RETURNED = [getattr(leaks_returned, name) for name in leaks_returned.__all__]
_SAID = [getattr(leaks_said, name) for name in leaks_said.__all__]
_HERE = (
    laundering,
    fast_path_only,
    secret_act,
    native_vector_only,
    parallel_form_only,
    sealed_seat_only,
    text_face_only,
)
LEAKS: dict[str, Leak] = {leak.__name__: leak for leak in (*_RETURNED, *_SAID, *_HERE)}
"""Kinds of leaks by name; :func:`undeclared_read` is planted too."""
