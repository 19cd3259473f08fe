"""What the tests of the auctions share: planted values, plain settlement, and play between partners."""

from __future__ import annotations

from fractions import Fraction

import infogap
from infogap.core.chance import Chance
from infogap.envs.social import first_price, second_price
from infogap.envs.social.auction import Auction

MODULES = {1: first_price, 2: second_price}
RULES = sorted(MODULES)


def deal(rule: int, values: tuple[int, ...], **options) -> Auction:
    env = MODULES[rule].env(bidders=len(values), **options)
    plant(env, values)
    return env


def plant(env: Auction, values: tuple[int, ...]) -> None:
    seats = env.possible_agents
    truth = env.truth_type(
        value=dict(zip(seats, values, strict=True)),
        bid=dict.fromkeys(seats, -1),
        placed=0,
        price=-1,
        winners=(0,) * len(seats),
    )
    infogap.plant(env, truth)
    env.reset()


def settled(rule: int, values: tuple[int, ...], bids: tuple[int, ...], reserve: int, top: int) -> list[Fraction]:
    """Payoffs, written down again from the rules: the mean over fair draws among the highest bidders."""
    gains = [Fraction(0)] * len(values)
    if max(bids) >= reserve:
        best = [i for i, bid in enumerate(bids) if bid == max(bids)]
        for winner in best:
            others = max(bid for i, bid in enumerate(bids) if i != winner)
            paid = bids[winner] if rule == 1 else max(others, reserve)
            gains[winner] += Fraction(values[winner] - paid, top * len(best))
    return gains


def play(env: Auction, names: list[str], chance: Chance) -> dict[str, float]:
    actors = [env.partners[name](env) for name in names]
    for turn, (seat, act) in enumerate(zip(env.possible_agents, actors, strict=True)):
        assert env.agent_selection == seat
        env.step(act(seat, env.observe(seat), chance.at(chance.episode, turn)))
    return dict(env.rewards)
