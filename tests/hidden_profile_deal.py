"""A hidden profile made by hand, for the tests."""

from __future__ import annotations

import infogap
from infogap.envs.social import hidden_profile

# Every member holds weights {-1, 1, 2} on A (the lure: +2), and {-2, -1, 3} on B and C (0). Their own facts: -1 on A,
# +3 on B, -2 on C. So A is worth 1 + 2 - 3 = 0, B -3 + 9 = 6 (the best), C 2 - 6 = -4.
COMMON = {0: 1, 1: 2, 5: -2, 6: -1, 10: -1, 11: 3}
OWN = {2: -1, 7: 3, 12: -2}  # member_i holds facts 2 + i, 7 + i and 12 + i
SEATS = ("member_0", "member_1", "member_2")
FAVOUR, ASK, CONFIRM, REPAIR, PASS, VOTE = 15, 18, 21, 22, 23, 24


def shares() -> dict[str, tuple[int, ...]]:
    held = {}
    for i, seat in enumerate(SEATS):
        mine = {**COMMON, **{fact + i: weight for fact, weight in OWN.items()}}
        held[seat] = tuple(mine.get(f, 0) for f in range(15))
    return held


def dealt(*moves: int, **options):
    """The deal above, after some moves of the members in turn."""
    env = hidden_profile.env(**options)
    votes = dict.fromkeys(SEATS, -1)
    infogap.plant(env, env.truth_type(held=shares(), said=(), votes=votes, cast=0, tally=()))
    env.reset(seed=1)
    for move in moves:
        env.step(move)
    return env


def parts(env, seat):
    """The parts of an observation, by the documentation."""
    seen = env.observe(seat)["observation"].tolist()
    sizes = {"seat": 3, "left": 1, "phase": 1, "own": 15, "news": 15, "echo": 15, "told": 15, "favours": 9, "votes": 9}
    found, at = {}, 0
    for name, size in {**sizes, "log": 18}.items():
        found[name], at = seen[at : at + size], at + size
    assert at == len(seen) == 101
    return found


def nonzero(values):
    return {i: v for i, v in enumerate(values) if v}


def truth(env, **changes):
    fields = {"held": shares(), "said": (), "votes": dict.fromkeys(SEATS, -1), "cast": 0, "tally": (), **changes}
    return env.truth_type(**fields)
