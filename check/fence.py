"""The ledger of what one party is told, and fences around the releases that tell it."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..core.truth import ALL, OWN, Row, Truth, partition
from .canon import canon

__all__ = ["Call", "Ledger"]


_NOTHING = canon(())
"""The arguments of a release asked without any."""


class Call(NamedTuple):
    """One grant that was read: a field (without arguments) or a release.

    Attributes:
        name: Of the field or release.
        args: Canonical arguments.
        answer: Canonical answer.
        own: Whether the share or the release was the party's own.
        raw: The arguments as given.
        truth: The truth it was read from.
        party: Whose view it was read through.
    """

    name: str
    args: Any
    answer: Any
    own: bool
    raw: tuple[Any, ...]
    truth: Truth
    party: str


class Ledger:
    """Records every grant that `party` reads or shares, through ``_door("audit", ledger.audit)``.

    Attributes:
        calls: What was told since the last :meth:`take`.
        broken: Fences broken and limits exceeded, in words.
    """

    def __init__(self, party: str) -> None:
        self.party = party
        self.calls: list[Call] = []
        self.broken: list[str] = []

    def audit(self, party: str, row: Row, truth: Truth, value: Any) -> Any:
        """The audit function of a world."""
        late = ALL in row.at_end and party not in row.to  # nobody can read it before the end
        shared = ALL in row.to or self.party in row.to or late
        if party != self.party and not shared:
            return value
        own = row.own and party not in row.to and ALL not in row.to
        if row.kind == "field":
            self.calls.append(Call(row.name, (), canon(value), own, (), truth, party))
            return value

        def told(*args: Any, **kwargs: Any) -> Any:
            method = getattr(type(truth), row.name)
            fenced = Fence(truth, row, party, self)
            answer = method(fenced, *((party,) if own else ()), *args, **kwargs)
            asked = canon((*args, *sorted(kwargs.items()))) if args or kwargs else _NOTHING
            self.calls.append(Call(row.name, asked, canon(answer), own, args, truth, party))
            return answer

        return told

    def complain(self, what: str) -> None:
        """Note a broken fence, once."""
        if what not in self.broken:
            self.broken.append(what)

    def take(self, limits: Mapping[str, int | None]) -> list[Call]:
        """What was told in the turn that ends now. Asking the same again tells nothing, and no limit counts it."""
        calls, self.calls = self.calls, []
        for name, limit in limits.items():
            if limit is not None and len({c.args for c in calls if c.name == name and c.party == self.party}) > limit:
                self.complain(f"release {name!r} was asked more than {limit} time(s) in one step")
        return calls


class Fence:
    """A Truth on which a release can read only the fields in its `of`, and what its receiver holds anyway.

    Reading beyond them is noted and answered: the finding is the note.
    """

    def __init__(self, truth: Truth, row: Row, party: str, ledger: Ledger) -> None:
        self._fenced = (truth, row, party, ledger)

    def __getattr__(self, name: str) -> Any:
        truth, row, party, ledger = object.__getattribute__(self, "_fenced")
        if name in row.of:
            return getattr(truth, name)
        if name in truth.names:
            value = getattr(truth, name)
            held = next(r for r in partition(type(truth)) if r.name == name).to
            if ALL in held or party in held:
                return value
            note = f"release {row.name!r} reads {name!r}, which is not in its `of`"
            if OWN in held and isinstance(value, Mapping):
                return _Share(value, party, ledger, note)
            ledger.complain(note)
            return value
        attribute = next((vars(kind)[name] for kind in type(truth).__mro__ if name in vars(kind)), None)
        if isinstance(attribute, types.FunctionType):
            return types.MethodType(attribute, self)
        if isinstance(attribute, property) and attribute.fget is not None:
            return attribute.fget(self)
        if name in vars(truth):
            ledger.complain(f"release {row.name!r} reads {name!r}, which is kept on the truth but is not a field")
            return getattr(truth, name)
        return getattr(type(truth), name)


class _Share(Mapping[Any, Any]):
    """An own field of which a release may read its receiver's share only."""

    def __init__(self, whole: Mapping[Any, Any], party: str, ledger: Ledger, note: str) -> None:
        self._whole, self._party, self._ledger, self._note = whole, party, ledger, note

    def __getitem__(self, key: Any) -> Any:
        if key != self._party:
            self._ledger.complain(self._note)
        return self._whole[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._whole)

    def __len__(self) -> int:
        return len(self._whole)
