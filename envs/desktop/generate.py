"""Deals the truth of an episode: a company, its columns, and a task on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ...core.errors import InvalidOption
from .apps import OFFICES, columns
from .company.log import make
from .dice import Dice
from .economy import weights
from .splits import axes, skin_for
from .store import Desk, desk_class
from .tasks import TEMPLATES
from .tasks.base import Deal, Template

__all__ = ["Choice", "deal"]

INTERRUPTION = 0.3
"""Chance that the software interrupts an episode; when it does, within the first INTERRUPTED turns."""
INTERRUPTED = 30


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


def deal(choice: Choice, dice: Dice) -> Desk:
    """A truth, drawn."""
    allowed = axes(choice.split)
    template = TEMPLATES[_drawn(choice, dice)]
    levels = [level for level in template.levels if choice.level in (0, level)]
    level = dice.pick(levels)
    office = OFFICES[template.office]
    company = make(dice, choice.size)
    work = Deal(office, company, dice, choice.size)
    if template.log is not None:
        template.log(work, level)
    work.columns = {name: list(cells) for name, cells in columns(office, work.company, dice).items()}
    template.deal(work, level)
    if not work.alerts and dice.flip(INTERRUPTION):
        work.alerts = [dice.between(2, INTERRUPTED)]
    skin = choice.skin if choice.skin >= 0 else skin_for(allowed, dice).number
    return desk_class(office).made(
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
        InvalidOption: No template has the level.
    """
    for name in choice.templates:
        template: Template = TEMPLATES[name]
        if choice.level and choice.level not in template.levels:
            raise InvalidOption(f"template {name!r} has levels {template.levels}, not {choice.level}")
