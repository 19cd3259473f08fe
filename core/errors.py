"""Every error infogap raises on purpose.

One base class, so that ``except InfogapError`` catches all of them; each also derives from the builtin that fits, so
that ordinary handlers work too. A message says what was wrong, what was expected and what to do. It never holds a
hidden value.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "CheckpointError",
    "EpisodeOver",
    "InfogapError",
    "InvalidAction",
    "InvalidKey",
    "InvalidMessage",
    "InvalidOption",
    "InvalidSeed",
    "InvalidTruth",
    "MissingExtra",
    "NotGranted",
    "PartnerFault",
    "RecordingError",
    "ResetNeeded",
    "SealedError",
    "UnknownArgument",
    "UnknownOption",
    "Unsupported",
    "VerifierFault",
    "WorldFileError",
    "shown",
]


def shown(value: Any) -> str:
    """What was given, for a message: its repr cut short, or its type where Python refuses to print it."""
    try:
        return f"{value!r:.60}"
    except Exception:
        return f"a {type(value).__name__}"


class InfogapError(Exception):
    """Base of every error raised by infogap."""


class NotGranted(InfogapError, AttributeError):
    """A party asked its view for something the partition does not grant it."""


class SealedError(InfogapError, AttributeError):
    """A sealed handle offers nothing but the episode."""


class InvalidAction(InfogapError, ValueError):
    """The action was refused; nothing changed."""


class InvalidMessage(InvalidAction):
    """A message was not understood, is empty, too long or holds control characters; nothing changed."""


class ResetNeeded(InfogapError, RuntimeError):
    """``step`` was called before the first ``reset``."""


class EpisodeOver(ResetNeeded):
    """``step`` was called after the end of the episode."""


class InvalidSeed(InfogapError, ValueError):
    """A seed is a non-negative integer or None."""


class InvalidKey(InfogapError, TypeError):
    """An evaluator's key is ``bytes`` of 1 to 64 bytes."""


class InvalidOption(InfogapError, ValueError):
    """An option is known but its value is not acceptable."""


class UnknownOption(InvalidOption):
    """An option, or a name given as an option's value, does not exist."""


class UnknownArgument(UnknownOption, TypeError):
    """A class was given an option that it does not take."""


class InvalidTruth(InfogapError, ValueError):
    """A truth refuses itself or does not fit the environment it was planted in."""


class Unsupported(InfogapError, TypeError):
    """A door or wrapper was given an object that does not honour the contract."""


class VerifierFault(InfogapError, RuntimeError):
    """A verifier failed. The episode is invalid; this is never a score."""


class PartnerFault(InfogapError, RuntimeError):
    """A partner failed or gave no legal action. The episode is invalid; this is never a score."""


class RecordingError(InfogapError, OSError):
    """An episode or result could not be written or read."""


class WorldFileError(InfogapError, ValueError):
    """A world file is truncated, damaged, foreign or of another format version."""


class CheckpointError(InfogapError, ValueError):
    """A saved model or result cannot be used here."""


class MissingExtra(InfogapError, ImportError):
    """An optional dependency is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"{package!r} is not installed; run: pip install 'infogap[{extra}]'", name=package)
        self.package, self.extra = package, extra

    def __reduce__(self) -> tuple[type[MissingExtra], tuple[str, str]]:
        return type(self), (self.package, self.extra)
