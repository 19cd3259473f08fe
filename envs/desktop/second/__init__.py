"""The second verifier: judges written from goal text and what software shows, apart from the templates' own checks.

A judge takes an episode as :func:`seen` shows it and says whether it is a success: what was asked is done, and nothing
else has changed that must not. Judges know no template's solution; they read the goal as a careful person would.
"""

from __future__ import annotations

from collections.abc import Callable

from ..store import Desk
from .calendar import CALENDAR
from .closing import CLOSING
from .lookups import LOOKUPS
from .mail import MAIL
from .orders import ORDERS
from .papers import PAPERS
from .seen import Change, Record, Ref, Seen, seen
from .twins import TWINS

__all__ = ["SECOND", "Change", "Record", "Ref", "Seen", "agrees", "seen"]

SECOND: dict[str, Callable[[Seen], bool]] = {**LOOKUPS, **PAPERS, **CLOSING, **MAIL, **ORDERS, **CALENDAR, **TWINS}
"""A judge for each template, by the template's name."""


def agrees(truth: Desk, template: str, success: bool) -> bool:
    """Whether the second verifier says the same of an episode as the first one's `success`.

    Args:
        truth: The final state.
        template: Name of the template that dealt it.
        success: The first verifier's verdict.
    """
    return SECOND[template](seen(truth)) == success
