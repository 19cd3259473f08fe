"""Task templates, by name."""

from __future__ import annotations

from ..apps import OFFICES
from ..economy import load
from ..schema import InvalidSpec
from .absence import ABSENCE
from .base import Template
from .bill_jobs import BILL_JOBS
from .bills import BILLS
from .closing import CLOSING
from .credit import CREDITS
from .injected import INJECTED
from .ledgers import LEDGERS
from .lookups import LOOKUPS
from .mailing import MAILING
from .matching import MATCHING
from .ordering import ORDERING
from .recall import RECALLS
from .redirecting import REDIRECTING
from .refunds import REFUNDING
from .scheduling import SCHEDULING
from .shift_jobs import SHIFT_JOBS
from .slots import SLOTS
from .triage import TRIAGE
from .twin_jobs import TWIN_JOBS
from .watching import WATCHING

__all__ = ["SHIPPED", "TEMPLATES", "register"]

TEMPLATES: dict[str, Template] = {}
"""Every template by name, in the order in which they were registered."""


def register(template: Template) -> Template:
    """Make a template known, so that environments can deal it.

    Raises:
        InvalidSpec: There is one of this name, or it is about an office or apps that don't exist.
    """
    if template.name in TEMPLATES:
        raise InvalidSpec(f"there is a template {template.name!r} already; choose another name")
    if template.office not in OFFICES:
        raise InvalidSpec(f"template {template.name!r}: no office {template.office!r}; register that first")
    if unknown := sorted({*template.apps} - {*OFFICES[template.office].app}):
        raise InvalidSpec(f"template {template.name!r}: office {template.office!r} has no apps {unknown}")
    if template.occupation not in load().groups:
        known = ", ".join(load().groups)
        raise InvalidSpec(f"template {template.name!r}: no occupation group {template.occupation!r}; one of {known}")
    TEMPLATES[template.name] = template
    return template


for _template in (
    *LOOKUPS,
    *LEDGERS,
    *CREDITS,
    *BILLS,
    *CLOSING,
    *MAILING,
    *INJECTED,
    *MATCHING,
    *ORDERING,
    *REDIRECTING,
    *REFUNDING,
    *SCHEDULING,
    *SLOTS,
    *TRIAGE,
    *WATCHING,
    *ABSENCE,
    *RECALLS,
    *TWIN_JOBS,
    *BILL_JOBS,
    *SHIFT_JOBS,
):
    register(_template)

SHIPPED = tuple(TEMPLATES)
"""Names of those that ship with infogap: what ``template="all"`` means, whatever else is registered."""
