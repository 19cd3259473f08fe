"""What a check reports."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from .canon import DROPPED
from .exits import COVERED

__all__ = ["BLIND", "BROKEN", "CLEAN", "LEAK", "VACUOUS", "Finding", "PartyReport", "Report"]

CLEAN, LEAK, VACUOUS, BROKEN = 0, 1, 2, 3

BLIND = (
    "releases that tell too much: they are declared, and what they tell is no finding "
    "(compare the bits per release with what the task is meant to tell)",
    "hostile Python in this process: frames, closures and memory reach everything (tier L0)",
    "timing, files, sockets, and what native code writes to file descriptors",
    "stacks not named here, such as AsyncVectorEnv and other libraries' vectors",
    "leaks whose trigger no tried action sequence met",
)
"""What the checker cannot see."""


@dataclasses.dataclass
class Finding:
    """One leak.

    Attributes:
        party: Who perceives it.
        stack: How the environment was played.
        kind: What rule was broken.
        exit: Where it left.
        turn: When: 0 is the reset.
        what: The two values, shortened.
        code: A reproduction as runnable code. It names truths: it is for evaluators.
        reproduced: Whether the shrunk reproduction shows the finding on fresh environments.
    """

    party: str
    stack: str
    kind: str
    exit: str
    turn: int
    what: str
    code: str = ""
    reproduced: bool = True

    def text(self) -> str:
        """The finding for people."""
        lines = [f"LEAK ({self.party}, {self.stack}) {self.kind}", f"  exit {self.exit}, turn {self.turn}: {self.what}"]
        if not self.reproduced:
            lines.append(
                "  not reproduced on a fresh environment: state of the class, module or process has a part in it"
            )
        if self.code:
            lines.append("  reproduction, for evaluators only (it names truths):")
            lines += ["    " + line for line in self.code.splitlines()]
        return "\n".join(lines)


@dataclasses.dataclass
class PartyReport:
    """What one party was found to perceive.

    Attributes:
        party: Its name.
        effective: Pairs of two different truths whose releases agreed through at least one action.
        tried: All pairs played with every exit watched.
        probes: Further effective pairs with only returned values watched, for rare triggers.
        stacks: Effective pairs by stack.
        secret_acts: Effective pairs in which, moreover, other seats acted otherwise without its being told.
        at_reset: Of the effective pairs, those told the same at the reset only: games from one seat in which the first
            action ends every episode and tells what the partners do.
        sampled: Effective pairs that looked at what takes long, by what that is; empty where all did.
        findings: Leaks.
        trouble: Why it could not be checked, or "".
        nothing_hidden: Whether nothing is hidden from it.
        why: Why nothing is.
        bits: Estimated bits per release: entropy of the answers told, per asking; over the truths that were dealt.
        planted: Planted leak -> (times found, times planted, effective pairs needed at most).
    """

    party: str
    effective: int = 0
    tried: int = 0
    probes: int = 0
    secret_acts: int = 0
    at_reset: int = 0
    stacks: dict[str, int] = dataclasses.field(default_factory=dict)
    sampled: dict[str, int] = dataclasses.field(default_factory=dict)
    findings: list[Finding] = dataclasses.field(default_factory=list)
    trouble: str = ""
    broken: bool = False
    nothing_hidden: bool = False
    why: str = "the partition grants every field, and the view holds the whole truth"
    bits: dict[str, float] = dataclasses.field(default_factory=dict)
    planted: dict[str, tuple[int, int, int]] = dataclasses.field(default_factory=dict)

    def look(self, **at: bool) -> None:
        """Count what one pair looks at of what takes long."""
        self.sampled = {what: self.sampled.get(what, 0) + there for what, there in at.items()}

    @property
    def missed(self) -> list[str]:
        """Planted leaks that were not always found."""
        return [name for name, (found, times, _) in self.planted.items() if found < times]

    @property
    def exit_code(self) -> int:
        """0 clean, 1 leak, 2 vacuous, 3 broken."""
        if self.findings:
            return LEAK
        if self.broken:
            return BROKEN
        return VACUOUS if self.trouble or self.missed else CLEAN

    def text(self) -> str:
        """The report of this party for people."""
        if self.nothing_hidden:
            return f"{self.party}: nothing hidden ({self.why})"
        word = ("clean", "LEAK", "VACUOUS", "BROKEN")[self.exit_code]
        lines = [f"{self.party}: {word}, {self.effective} effective pairs of {self.tried}, {self.probes} probes"]
        if self.trouble:
            lines.append(f"  {self.trouble}")
        if self.missed:
            lines.append(f"  planted leaks not found: {', '.join(self.missed)}")
        if self.secret_acts:
            lines.append(f"  in {self.secret_acts} of them other seats acted otherwise, too, without its being told")
        if self.at_reset:
            lines.append(f"  {self.at_reset} of them were told the same at the reset only, which one action ends")
        if self.stacks:
            lines.append("  effective pairs by stack: " + ", ".join(f"{k} {v}" for k, v in self.stacks.items()))
        if self.sampled:
            looked = ", ".join(f"{what.replace('_', ' ')} {pairs}" for what, pairs in self.sampled.items())
            lines.append(f"  what takes long was looked at in a part of them: {looked}")
        if self.bits:
            told = ", ".join(f"{name} {bits:.2f}" for name, bits in sorted(self.bits.items()))
            lines.append(f"  bits per release, estimated: {told}")
        if self.planted:
            lines.append("  planted leaks found (times found / planted, effective pairs until found at most):")
            lines += [f"    {name:26} {f:2} / {n:<2} {most:5}" for name, (f, n, most) in self.planted.items()]
        if self.effective and not self.findings:
            seen = 3 / (self.effective + self.probes)
            lines.append(f"  a leak met by {seen:.2%} of sampled pairs would have been seen with 95 % (rule of three)")
        lines += [finding.text() for finding in self.findings]
        return "\n".join(lines)


@dataclasses.dataclass
class Report:
    """What a check found.

    Attributes:
        subject: What was checked.
        parties: One report for each party.
        seconds: Wall time.
        settings: What repeats the check.
    """

    subject: str
    parties: list[PartyReport]
    seconds: float = 0.0
    settings: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0 clean, 1 leak, 2 vacuous, 3 broken. A leak outweighs a broken party, and that a vacuous one."""
        codes = {party.exit_code for party in self.parties}
        return next((code for code in (LEAK, BROKEN, VACUOUS) if code in codes), CLEAN)

    @property
    def ok(self) -> bool:
        """Whether the check is clean."""
        return self.exit_code == CLEAN

    @property
    def findings(self) -> list[Finding]:
        """All leaks found."""
        return [finding for party in self.parties for finding in party.findings]

    def text(self) -> str:
        """The whole report for people."""
        word = ("clean", "LEAK", "VACUOUS", "BROKEN")[self.exit_code]
        lines = [f"{self.subject}: {word} ({self.seconds:.1f} s)", *(party.text() for party in self.parties)]
        if not all(party.nothing_hidden for party in self.parties):
            lines += ["exits watched: " + ", ".join(COVERED), "not compared:"]
            lines += [f"  {what}" for what in DROPPED] + ["cannot see:"] + [f"  {what}" for what in BLIND]
        return "\n".join(lines)

    def json(self) -> str:
        """The report as JSON. Reproductions in it name truths."""
        whole = dataclasses.asdict(self)
        whole |= {"exit_code": self.exit_code, "exits": COVERED, "dropped": DROPPED, "cannot_see": BLIND}
        for mine, party in zip(whole["parties"], self.parties, strict=True):
            mine |= {"exit_code": party.exit_code, "missed": party.missed}
        return json.dumps(whole, indent=2, default=repr)
