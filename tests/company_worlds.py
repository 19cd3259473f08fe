"""Companies of many seeds, and how tests read them: apart from the code that made them."""

import datetime
import functools
from collections import defaultdict

from infogap.envs.desktop.company.letters import policy_pages, threads
from infogap.envs.desktop.company.log import make
from infogap.envs.desktop.company.model import TOPICS
from infogap.envs.desktop.dice import Dice

SEEDS = range(30)
WORLDS = [(size, seed) for size in ("small", "full") for seed in SEEDS]
START = datetime.date(2024, 1, 1)


@functools.cache
def world(size, seed):
    """A company, its mails and its pages."""
    dice = Dice(seed)
    company = make(dice, size)
    return company, threads(company, dice), policy_pages(company, dice)


def every(size=None):
    """All worlds, or those of a size."""
    return [world(*key) for key in WORLDS if size in (None, key[0])]


def date_of(day):
    """A day in words, apart from the code under test."""
    date = START + datetime.timedelta(days=day)
    return f"{date.day} {date:%B} {date.year}"


def amount(cents):
    """Cents in words, apart from the code under test."""
    return f"{cents / 100:.2f}"


def workdays(first, last):
    """Working days from `first` up to, but not including, `last`."""
    return sum(1 for day in range(first, last) if day % 7 < 5)


def by_order(company):
    """The events about each order."""
    told = defaultdict(list)
    for event in company.events:
        if not event.kind.startswith(("meeting", "minutes", "policy", "newsletter")):
            told[event.about].append(event)
    return told


def rule(company, topic, day):
    """The parameters of a topic on a day, by the definition."""
    number = TOPICS.index(topic)
    policies = [policy for policy in company.policies if policy.topic == number and policy.effective <= day]
    return max(policies, key=lambda policy: policy.effective).parameters
