"""What the tests of mafia share: deals made by hand, and whole games between partners."""

from __future__ import annotations

import math

import infogap
from infogap.core.chance import Chance
from infogap.envs.social import mafia
from infogap.envs.social.mafia_acts import DETECTIVE, MAFIA, SEATS, VILLAGER, Kind, act_of

ROLES = (VILLAGER, DETECTIVE, VILLAGER, MAFIA, VILLAGER, MAFIA, VILLAGER)


def deal(roles=ROLES, **options) -> mafia.Mafia:
    env = mafia.env(players=len(roles), mafia=roles.count(MAFIA), detective=DETECTIVE in roles, **options)
    plant(env, roles)
    return env


def plant(env: mafia.Mafia, roles) -> None:
    env.reset(seed=0)
    start = infogap.reveal(env)
    fields = {name: getattr(start, name) for name in start.names}
    infogap.plant(env, env.truth_type(**{**fields, "role": dict(zip(env.possible_agents, roles, strict=True))}))
    env.reset()


def act(env: mafia.Mafia, kind: int, target: int = -1) -> None:
    env.step(act_of(kind, target, env.rules.players))


def vote(env: mafia.Mafia, targets: dict[int, int]) -> None:
    """All vote or choose; who is not named in `targets` is to pass."""
    for _ in range(len(infogap.view(env, "public").to_move())):
        own = SEATS.index(env.agent_selection)
        kind = Kind.NIGHT if len(infogap.view(env, "public").gone) % 2 else Kind.VOTE
        act(env, kind, targets[own]) if own in targets else act(env, Kind.PASS)


def quiet(env: mafia.Mafia) -> None:
    """All pass until the vote."""
    while env.observe(env.agent_selection)["action_mask"][Kind.PASS] and not len(infogap.view(env, "public").gone) % 2:
        act(env, Kind.PASS)


def play(env: mafia.Mafia, cast, key: int, episode: int) -> float:
    """An episode from its reset; `cast` gives a partner by role."""
    roles, turn = infogap.reveal(env).role, 0
    while not all(env.terminations.values()):
        seat = env.agent_selection
        env.step(cast[roles[seat]](seat, env.observe(seat), Chance(key, episode, turn)))
        turn += 1
    return infogap.outcome(env).score


def share(env: mafia.Mafia, town, mafiosi, games: int, seed: int = 3) -> tuple[float, float]:
    """Share of games that the town wins, and four standard errors at that share."""
    cast = {VILLAGER: town, DETECTIVE: town, MAFIA: mafiosi}
    env.reset(seed=seed)
    won = 0.0
    for episode in range(games):
        won += play(env, cast, seed, episode)
        env.reset()
    p = won / games
    return p, 4 * math.sqrt(max(p * (1 - p), 0.05) / games)
