"""The truth of an episode and the partition declared on it.

A :class:`Truth` is a frozen value holding everything that is hidden *now*. Its fields say who sees them
(:func:`seen_by`), its methods say what they release to whom (:func:`release`). Views, documentation, the leak checker
and exact inference all read this one declaration, through :func:`partition`.
"""

from __future__ import annotations

import copyreg
import dataclasses
import functools
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, TypeVar, cast

import numpy as np
from typing_extensions import dataclass_transform

from .errors import InvalidTruth, NotGranted, ResetNeeded, Unsupported, shown

__all__ = [
    "ALL",
    "OWN",
    "Audit",
    "Row",
    "Truth",
    "TruthKind",
    "View",
    "held_by",
    "partition",
    "release",
    "seen_by",
    "view_class",
]

ALL = "*"
"""Granted to every party."""
OWN = "own"
"""Granted to each seat for itself: a field is a mapping from seat to value, a release takes the seat first."""

Audit = Callable[[str, "Row", "Truth", Any], Any]
"""``audit(party, row, truth, value) -> value``: sees every grant that is read. Used by the leak checker only."""

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T", bound="Truth")


def _cached(function: F) -> F:
    """``functools.cache`` that keeps the signature: type checkers take classes of frozen dataclasses for unhashable."""
    return cast(F, functools.cache(function))


class Row(NamedTuple):
    """One line of a partition.

    Attributes:
        name: Field or method of the Truth.
        kind: ``"field"`` or ``"release"``.
        to: Parties that hold it at all times.
        at_end: Parties that hold it only once the episode has ended.
        of: Fields a release may depend on (besides what its receiver holds anyway).
        per_step: How often one step may ask a release; None means any number.
        doc: One line for people.
    """

    name: str
    kind: str
    to: frozenset[str]
    at_end: frozenset[str]
    of: frozenset[str]
    per_step: int | None
    doc: str

    def granted(self, party: str, done: bool = True) -> bool:
        """Whether `party` holds this row, during the episode (``done=False``) or at its end."""
        named = self.to | self.at_end if done else self.to
        return bool({ALL, OWN, party} & named)

    @property
    def own(self) -> bool:
        """Whether each seat holds its own share only."""
        return OWN in self.to | self.at_end


def seen_by(*to: str, at_end: Sequence[str] = (), doc: str = "") -> Any:
    """Declare a field of a Truth: who sees it always, and who once the episode has ended.

    Args:
        *to: Party names, :data:`ALL` or :data:`OWN`. None at all: nobody but :func:`infogap.reveal` sees it.
        at_end: Parties that see it after the end.
        doc: One line for the partition table.
    """
    return dataclasses.field(metadata={"to": frozenset(to), "at_end": frozenset(at_end), "doc": doc})


def release(*to: str, of: str = "", at_end: Sequence[str] = (), per_step: int | None = 1) -> Callable[[F], F]:
    """Declare a pure method of a Truth as something that `to` may be told.

    Written with NumPy indexing, the same method serves the single environment, the vector environment and exact
    inference over stacked hypotheses. The method may read the fields named in `of`, and what its receiver holds
    anyway, and nothing else; the leak checker fences it.

    Args:
        *to: Party names, :data:`ALL`, or :data:`OWN` (the method then takes the seat as its first argument).
        of: Names of the fields it may read, separated by blanks.
        at_end: Parties that may be told after the end.
        per_step: How often one step may ask it; None for any number.
    """

    def mark(method: F) -> F:
        method._release = (frozenset(to), frozenset(at_end), frozenset(of.split()), per_step)  # type: ignore[attr-defined]
        return method

    return mark


class TruthKind(type):
    """Type of Truth classes. Those made in a function are pickled by how they are made: their ``recipe``."""

    recipe: Any
    """``(function, arguments)`` that makes this class again; None for a class that can be imported by its name."""


copyreg.pickle(TruthKind, lambda kind: kind.recipe or kind.__qualname__)


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(seen_by,))
class Truth(metaclass=TruthKind):
    """All that is hidden in an episode, as a frozen value.

    Subclass with annotated fields. Instances compare by identity, and neither their ``repr`` nor their ``str`` shows
    a field. A ``__post_init__`` that raises ``ValueError`` is how a Truth refuses itself.
    """

    names: ClassVar[tuple[str, ...]] = ()
    """Names of the fields, in order."""
    seats: ClassVar[tuple[str, ...] | None] = None
    """The parties that :data:`OWN` stands for; None for any that asks."""
    rules: ClassVar[Any] = None
    """The public options under which truths of this class live; see :meth:`under`."""
    everything_shown: ClassVar[bool] = False
    """Whether every field is granted to everybody, whatever it declares (the regimes that hide nothing)."""
    recipe: ClassVar[Any] = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        dataclasses.dataclass(frozen=True, repr=False, eq=False)(cls)
        cls.names = tuple(f.name for f in dataclasses.fields(cls))  # type: ignore[arg-type]

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__}>"

    @classmethod
    def under(cls: type[T], rules: Any) -> type[T]:
        """The subclass whose :attr:`rules` are `rules`: public options, hashable. Asked again, it is the same class."""
        return cast("type[T]", _under(cls, rules))

    def but(self: T, **changes: Any) -> T:
        """This truth with some fields changed. For transitions: nothing is checked, which makes it fast."""
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__, **changes)
        return new

    @classmethod
    def stack(cls: type[T], truths: Sequence[T]) -> T:
        """Struct of arrays over `truths`: the form of a vector environment's truth and of a hypothesis set."""
        if not truths:
            raise InvalidTruth(f"{cls.__qualname__}.stack needs at least one truth")
        return cls(**{name: np.asarray([getattr(t, name) for t in truths]) for name in cls.names})

    def row(self: T, index: int) -> T:
        """The truth of row `index` of a struct of arrays, with Python scalars where the array is one-dimensional."""
        values = {}
        for name in self.names:
            value = np.asarray(getattr(self, name))[index]
            values[name] = value.item() if value.ndim == 0 else value.copy()
        return dataclasses.replace(self, **values)  # type: ignore[type-var]


@_cached
def _under(kind: type[Truth], rules: Any) -> type[Truth]:
    own = {"__module__": kind.__module__, "__doc__": kind.__doc__, "rules": rules, "recipe": (_under, (kind, rules))}
    return TruthKind(kind.__name__, (kind,), own)  # type: ignore[return-value]


@_cached
def partition(truth: type[Truth]) -> tuple[Row, ...]:
    """The partition of a Truth class: fields in order of declaration, then releases by name.

    Raises:
        Unsupported: Not a subclass of Truth.
        InvalidTruth: A release names a field that does not exist.
    """
    if not (isinstance(truth, type) and issubclass(truth, Truth)):
        raise Unsupported(f"expected a subclass of Truth, got {shown(truth)}; an environment's is env.truth_type")
    nobody: frozenset[str] = frozenset()
    rows = [
        Row(
            f.name,
            "field",
            frozenset({ALL}) if truth.everything_shown else f.metadata.get("to", nobody),
            f.metadata.get("at_end", nobody),
            frozenset({f.name}),
            None,
            f.metadata.get("doc", ""),
        )
        for f in dataclasses.fields(truth)  # type: ignore[arg-type]
    ]
    known = {row.name for row in rows}
    for name in dir(truth):
        method = getattr(truth, name)
        if hasattr(method, "_release"):
            to, at_end, of, per_step = method._release
            if unknown := of - known:
                raise InvalidTruth(f"release {name!r} of {truth.__qualname__} names no field: {sorted(unknown)}")
            doc = (method.__doc__ or "").strip().split("\n")[0]
            rows.append(Row(name, "release", to, at_end, of, per_step, doc))
    return tuple(rows)


class View:
    """What one party may know of the current Truth: its granted fields and releases, and ``party``.

    Compiled from the partition. Grants are read through, so a view costs nothing to keep current.
    """

    __slots__ = ("_audit", "_done", "_truth", "party")
    _rows: ClassVar[tuple[Row, ...]] = ()
    _made_by: ClassVar[tuple[Any, ...]] = ()

    def __init__(self, party: str) -> None:
        self.party = party
        self._truth: Any = None
        self._done = False
        self._audit: Audit | None = None

    def __getattr__(self, name: str) -> Any:
        """Reached only when a property failed or does not exist."""
        row = next((r for r in self._rows if r.name == name), None)
        if row is None:
            raise NotGranted(f"{self.party!r} is not granted {name!r}; it holds {sorted(r.name for r in self._rows)}")
        if self._truth is None:
            raise ResetNeeded("there is no episode to look at yet; call reset() first")
        if not row.granted(self.party, self._done):
            raise NotGranted(f"{self.party!r} is granted {name!r} only once the episode has ended")
        raise InvalidTruth(
            f"{name!r} of {type(self._truth).__qualname__} raised AttributeError, or holds nothing for {self.party!r}"
        )

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__} of {self.party!r}>"

    def __reduce__(self) -> tuple[Any, ...]:
        truth, audited = self._made_by
        return _view_again, (truth, self.party, audited), (None, {name: getattr(self, name) for name in View.__slots__})

    def fields(self) -> dict[str, Any]:
        """The fields this party holds now, by name. Releases are not asked."""
        return {
            r.name: getattr(self, r.name) for r in self._rows if r.kind == "field" and r.granted(self.party, self._done)
        }


def _grant(row: Row, party: str, audited: bool) -> property:
    """The property through which `party` reads `row`.

    The plain case is a C-level attribute chain: hot loops read it.
    """
    late, own = not row.granted(party, done=False), row.own and party not in row.to and ALL not in row.to
    if not (late or own or audited):
        return property(operator.attrgetter(f"_truth.{row.name}"))

    if not (late or audited):
        name = row.name
        if row.kind == "field":
            return property(lambda view: getattr(view._truth, name)[party])
        return property(lambda view: functools.partial(getattr(view._truth, name), party))

    def read(view: View) -> Any:
        if late and not view._done:
            raise AttributeError  # answered by View.__getattr__
        value = getattr(view._truth, row.name)
        if own:
            value = value[party] if row.kind == "field" else functools.partial(value, party)
        return value if view._audit is None else view._audit(party, row, view._truth, value)

    return property(read)


def held_by(truth: type[Truth], party: str) -> tuple[Row, ...]:
    """The rows of the partition that `party` holds, always or once the episode has ended."""
    seats = truth.seats
    seated = seats is None or party in seats
    return tuple(r for r in partition(truth) if r.granted(party) and (seated or {ALL, party} & (r.to | r.at_end)))


@_cached
def view_class(truth: type[Truth], party: str, audited: bool = False) -> type[View]:
    """The column of the partition that belongs to `party`, as a class with one property per grant."""
    rows = held_by(truth, party)
    grants: Mapping[str, Any] = {r.name: _grant(r, party, audited) for r in rows}
    own = {"__slots__": (), "_rows": rows, "_made_by": (truth, audited)}
    return type(f"{truth.__qualname__}View", (View,), {**own, **grants})


def _view_again(truth: type[Truth], party: str, audited: bool) -> View:
    return view_class(truth, party, audited)(party)
