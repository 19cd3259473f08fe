"""Verdicts and feedback: what a verifier says, and what a teacher says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .episode import Episode
from .errors import InfogapError, VerifierFault
from .truth import View

__all__ = ["Feedback", "Verdict", "checked", "judge"]


class Verdict(NamedTuple):
    """What a verifier says of an episode; separate from reward.

    Attributes:
        success: Whether the task was done. Not the same as ``reward > 0``.
        score: Degree of success in [0, 1].
        checks: The parts the score was made of, by name.
    """

    success: bool
    score: float
    checks: Mapping[str, float] = {}


class Feedback(NamedTuple):
    """A teacher's word on one action: two channels that can be switched, delayed, noised or budgeted apart.

    Attributes:
        evaluative: How well, a float.
        directive: Which way: an action, a message, or None.
    """

    evaluative: float
    directive: Any = None


def judge(verify: Callable[[View, Episode], Verdict], view: View, episode: Episode) -> Verdict:
    """Ask a verifier, and turn whatever goes wrong in it into a VerifierFault: an error is never a score.

    Args:
        verify: Pure function of the verifier's view and the recorded episode.
        view: The verifier's view at the end of the episode.
        episode: What the agent saw and did.

    Returns:
        The verdict, checked: a bool success and a finite score in [0, 1].

    Raises:
        VerifierFault: The verifier raised, or returned something else than such a verdict.
    """
    return checked(lambda: verify(view, episode))


def checked(ask: Callable[[], Verdict]) -> Verdict:
    """What `ask` answers, or a VerifierFault; see :func:`judge`."""
    try:
        verdict = ask()
        sound = isinstance(verdict, Verdict) and isinstance(verdict.success, bool) and 0.0 <= verdict.score <= 1.0
    except InfogapError:
        raise
    except Exception as error:
        # The cause may quote hidden values, so only its type goes on.
        raise VerifierFault(f"the verifier raised {type(error).__name__}; the episode has no verdict") from None
    if not sound:
        raise VerifierFault(
            "the verifier must return Verdict(success: bool, score in [0, 1]); the episode has no verdict"
        )
    return verdict
