"""What people write: mails of a company's log, and its policies in words."""

from __future__ import annotations

from ..dice import Dice
from .model import Company, Mail, Page

__all__ = ["policy_pages", "threads"]


def threads(company: Company, dice: Dice) -> list[Mail]:
    """The mails of `company.me`, in random order."""
    raise NotImplementedError


def policy_pages(company: Company, dice: Dice) -> list[Page]:
    """The company's policies in words, in the order of ``company.policies``."""
    raise NotImplementedError
