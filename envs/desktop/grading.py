"""The verdict of a task's own template."""

from __future__ import annotations

from ...core.errors import VerifierFault
from ...core.judge import Verdict
from .store import Desk
from .tasks import TEMPLATES
from .verify import grade

__all__ = ["graded"]


def graded(state: Desk) -> Verdict:
    """The verdict of the task's template on a state.

    Raises:
        VerifierFault: The verifier failed; the cause is named by its type only, since it may quote what is hidden.
    """
    task = dict(state.task)
    template = TEMPLATES[task["template"]]
    try:
        return grade(state, template.checks, template.writes, task.get("status", "success"))
    except VerifierFault:
        raise
    except Exception as error:
        raise VerifierFault(f"the verifier raised {type(error).__name__}; the episode has no verdict") from None
