"""Whether anything is hidden from a party."""

from __future__ import annotations

import random

from ..core.truth import OWN, Row
from .canon import canon
from .subjects import CorePort, Subject

__all__ = ["hides"]


def _row(port: CorePort, name: str) -> Row:
    return next(row for row in port.rows if row.name == name)


def hides(subject: Subject, party: str, seed: int) -> bool | None:
    """Whether anything is hidden from `party`; None where nothing is, yet its view does not hold the whole truth."""
    port = subject.port
    if not isinstance(port, CorePort) or not port.hides_nothing(party):
        return True
    rng = random.Random(seed)
    env = subject.make(None)
    inner = getattr(env, "_game", env.unwrapped)
    for _ in range(10):
        truth = port.deal(rng)
        port.before(inner, truth)
        inner.reset(seed=0)
        whole = {row.name: getattr(truth, row.name) for row in port.rows if row.kind == "field"}
        alone = {n: v[party] if OWN in _row(port, n).to and party in subject.parties else v for n, v in whole.items()}
        if canon(inner._door("view", party).fields()) != canon(alone):
            return None
    return False
