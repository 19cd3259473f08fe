"""The leak checker: two worlds that are told the same must look the same."""

from .checker import assert_no_leak, check, main, replay
from .report import Finding, PartyReport, Report

__all__ = ["Finding", "PartyReport", "Report", "assert_no_leak", "check", "main", "replay"]
