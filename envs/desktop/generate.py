"""Deals the truth of an episode: a company, its columns, and a task on them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

from ...core.errors import InvalidOption
from ...core.options import choice as one_of
from .apps import OFFICES, columns
from .company.log import make
from .company.names import NAMES, Names
from .dice import Dice, TooFew
from .economy import weights
from .flat import SLOTS
from .schema import InvalidSpec
from .splits import OFFICES as SPLIT_OFFICES
from .splits import SPLITS, axes, pool, salted, skin_for
from .store import Desk, desk_class
from .strings import CHARACTERS, GOAL
from .tasks import SHIPPED, TEMPLATES
from .tasks.base import Deal, Template

__all__ = ["Choice", "check_choice", "chosen", "deal", "instance", "names_of"]

INTERRUPTION = 0.3
"""Chance that the software interrupts an episode; when it does, within the first INTERRUPTED turns."""
INTERRUPTED = 30
COMPANIES = 100
"""Companies that are drawn at most until a task fits one."""


class Choice(NamedTuple):
    """What an environment deals: the options that say so.

    Attributes:
        templates: Names of templates.
        split: Which contents, skins and apps.
        size: ``"small"`` or ``"full"``.
        level: Level of information; 0 for any that a template has.
        weights: How templates are drawn: ``"equal"``, or by the ``"wage_bill"`` of their occupations.
        skin: Number of a skin, or -1 for those of the split.
    """

    templates: tuple[str, ...]
    split: str = "train"
    size: str = "small"
    level: int = 0
    weights: str = "equal"
    skin: int = -1


def chosen(template: str, split: str | None) -> tuple[tuple[str, ...], str]:
    """The templates that a split deals, and the split.

    Args:
        template: A name, or ``"all"`` for all that ship with infogap and that the split deals; of split ``"all"``
            those of the main office, since an environment has one office.
        split: A split's name. A template it does not deal stands for its twin, if it deals that one. None means
            ``"train"``, or for a template that is never trained on the test split that deals it.

    Raises:
        UnknownOption: No such template or split.
        InvalidOption: The split deals no template, or neither this one nor its twin.
    """
    name = one_of("template", template, ("all", *TEMPLATES))
    split = split if split is None else one_of("split", split, SPLITS)
    if name == "all":
        split = split or "train"
        office = axes(split).offices[0]
        names = tuple(one for one in SHIPPED if _dealt_in(one, split) and TEMPLATES[one].office == office)
        if not names:
            raise InvalidOption(f"split {split!r} deals none of the templates; expected another split")
        return names, split
    into = [one for one in SPLITS if _dealt_in(name, one)]
    if split is None or split in into:
        return (name,), split or into[0]
    twin = TEMPLATES[name].twin
    if _dealt_in(twin, split):
        return (twin,), split
    kind = TEMPLATES[name]
    raise InvalidOption(
        f"split {split!r} does not deal template {name!r} (office {kind.office!r}, occupation group {kind.occupation}) "
        f"nor a twin of it; expected one of {', '.join(into)}, or template='all'"
    )


def _dealt_in(name: str, split: str) -> bool:
    allowed, template = axes(split), TEMPLATES.get(name)
    if template is None:
        return False
    office = template.office if template.office in SPLIT_OFFICES else SPLIT_OFFICES[0]  # a user's counts as trained on
    return office in allowed.offices and template.occupation in allowed.occupations


@functools.cache
def names_of(content: str) -> Names:
    """The names of people, firms, places and goods that an :attr:`~.splits.Axes.content` allows."""
    kept: Any = [pool(values, content) for values in NAMES]
    return Names(*kept)


def instance(choice: Choice, word: int) -> Desk:
    """A truth that 64 bits of chance make; no two splits share one."""
    return deal(choice, Dice(salted(choice.split, word)))


def deal(choice: Choice, dice: Dice) -> Desk:
    """A truth, drawn."""
    allowed = axes(choice.split)
    template = TEMPLATES[_drawn(choice, dice)]
    levels = [level for level in template.levels if choice.level in (0, level)]
    level = dice.pick(levels)
    work = _prepared(template, level, choice.size, names_of(allowed.content), dice)
    if not work.alerts and dice.flip(INTERRUPTION):
        work.alerts = [dice.between(2, INTERRUPTED)]
    skin = choice.skin if choice.skin >= 0 else skin_for(allowed, dice).number
    return desk_class(work.office).made(
        goal=work.goal,
        slots=tuple(work.slots),
        skin=skin,
        today=work.today,
        tick=0,
        status=("", "", -1),
        said=(),
        ended=("", ""),
        answers=tuple(sorted(work.answers.items())),
        task=tuple({"template": template.name, "level": level, **work.task}.items()),
        agenda=tuple(sorted(work.agenda, key=lambda planned: planned[0])),
        alerts=tuple(work.alerts),
        journal=(),
        **{name: tuple(cells) for name, cells in work.columns.items()},
    )


def _prepared(template: Template, level: int, size: str, names: Names, dice: Dice) -> Deal:
    """The task, on a company that has a place for it."""
    office = OFFICES[template.office]
    for _ in range(COMPANIES):
        work = Deal(office, make(dice, size, names), dice, size, names)
        try:
            if template.log is not None:
                template.log(work, level)
            work.columns = {name: list(cells) for name, cells in columns(office, work.company, dice).items()}
            template.deal(work, level)
        except TooFew:
            continue
        _check_dealt(template.name, work)
        return work
    raise InvalidSpec(f"template {template.name!r} found no place in {COMPANIES} companies")


def _check_dealt(name: str, work: Deal) -> None:
    """Refuse a task that observations have no room for."""
    said = work.goal, *work.slots
    if not all(isinstance(text, str) and text and CHARACTERS.issuperset(text) for text in said):
        raise InvalidSpec(f"template {name!r} dealt a goal or slot that is no text, empty, or not printable ASCII")
    if len(work.goal) > GOAL or len(work.slots) > SLOTS:
        raise InvalidSpec(f"template {name!r} dealt a goal of more than {GOAL} characters, or more than {SLOTS} slots")
    if not isinstance(work.task, dict):
        raise InvalidSpec(f"template {name!r} dealt a task that is no dict of names and plain values")


def _drawn(choice: Choice, dice: Dice) -> str:
    """A template's name, drawn by the weights."""
    names = choice.templates
    if len(names) == 1:
        return names[0]
    share = _shares(names, choice.weights)
    u = dice.unit() * sum(share)
    for name, p in zip(names, share, strict=True):
        if (u := u - p) < 0:
            return name
    return names[-1]


def _shares(names: Sequence[str], how: str) -> list[float]:
    """The weight of each template: its occupation's, shared among the templates of that occupation."""
    groups = [TEMPLATES[name].occupation for name in names]
    by_group = weights(groups, how)
    return [1.0 if how == "equal" else by_group[group] / groups.count(group) for group in groups]


def check_choice(choice: Choice) -> None:
    """Refuse options under which nothing can be dealt.

    Raises:
        InvalidOption: A template lacks the level.
    """
    for name in choice.templates:
        template: Template = TEMPLATES[name]
        if choice.level and choice.level not in template.levels:
            every = "" if len(choice.templates) == 1 else "; for several templates take level 0, any that they have"
            raise InvalidOption(f"template {name!r} has levels {template.levels}, not {choice.level}{every}")
