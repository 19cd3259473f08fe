"""Knowledge worlds: named items, yes/no questions about them, and the answers.

A world ships as one small binary file made by a script under ``tools/``. Sources and licences: ``DATA_LICENSES.md``.

File format ``INFOGAP1``: 8 bytes of magic that end in the format's version, 32 bytes of SHA-256 over all that follows,
then a ``.npz`` archive without pickles: the packed bits ``yes`` and ``unknown``, one float64 array for each prior, and
``meta``, a JSON object as UTF-8 bytes. Every byte is covered by the magic or by the digest, so no damage goes unseen.
"""

from __future__ import annotations

import functools
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ...core.errors import InvalidOption, UnknownOption, WorldFileError

__all__ = ["KINDS", "NO", "UNKNOWN", "UNKNOWN_POLICIES", "YES", "Knowledge", "load", "names", "save", "select"]

NO, YES, UNKNOWN = 0, 1, 2
ALPHABET = ("no", "yes", "unknown")
KINDS = ("taxonomy", "part", "substance", "gloss", "numeric", "relation", "spelling")
"""What a question may be about; a world uses some of them."""
UNKNOWN_POLICIES = ("honest", "redrawn", "none")

MAGIC = b"INFOGAP1"
DIGEST_BYTES = 32
DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, eq=False, repr=False)
class Knowledge:
    """A table of answers, one row for each item and one column for each question.

    Nothing in it can be changed: arrays are read-only and mappings are proxies.

    Attributes:
        name: The world's name.
        version: Version of the world's content, of the form "format.content".
        items: (N,) names of the items, all different.
        groups: (N,) the group of each item, for splits that hold out whole groups.
        questions: (Q,) questions in English, all different.
        kinds: (Q,) the kind of each question, out of `KINDS`.
        answers: (N, Q) int8, codes into `alphabet`; read-only.
        alphabet: What a code means: ("no", "yes", "unknown"), or ("no", "yes") in a closed world.
        priors: Name to (N,) float64 of positive probabilities that sum to 1; "uniform" is always there.
        budgets: Policy for unknown answers to the suggested number of questions, for the default kinds: what greedy
            search (maximum answer entropy, uniform prior, no noise) needs in the mean to isolate an item, rounded up,
            or down where greedy would then succeed in more than 95 % of the episodes.
        source: Where the facts come from, with its version.
        licence: The licence of the facts.
        notice: The notice that the licence asks for.

    Raises:
        InvalidOption: The parts do not fit together.
    """

    name: str
    version: str
    items: tuple[str, ...]
    groups: tuple[str, ...]
    questions: tuple[str, ...]
    kinds: tuple[str, ...]
    answers: NDArray[np.int8]
    alphabet: tuple[str, ...] = ALPHABET
    priors: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    budgets: Mapping[str, int] = field(default_factory=dict)
    source: str = ""
    licence: str = ""
    notice: str = ""

    def __post_init__(self) -> None:
        n, q = len(self.items), len(self.questions)
        answers = _frozen(self.answers, np.int8)
        priors = {"uniform": np.full(n, 1 / max(n, 1)), **self.priors}
        priors = {key: _frozen(value, np.float64) for key, value in priors.items()}
        faults = (
            (not n or len(set(self.items)) != n, "items are empty or repeated"),
            (len(set(self.questions)) != q, "questions are repeated"),
            (len(self.groups) != n, "there must be one group per item"),
            (len(self.kinds) != q or not set(self.kinds) <= set(KINDS), f"kinds must be one of {KINDS} per question"),
            (self.alphabet not in (ALPHABET, ALPHABET[:2]), f"the alphabet is {ALPHABET} or {ALPHABET[:2]}"),
            (answers.shape != (n, q), f"answers must have shape ({n}, {q}), not {answers.shape}"),
            (bool(((answers < 0) | (answers >= len(self.alphabet))).any()), "answers hold codes out of the alphabet"),
            (any(not _is_prior(value, n) for value in priors.values()), "a prior is N positive numbers that sum to 1"),
        )
        for bad, message in faults:
            if bad:
                raise InvalidOption(f"world {self.name!r}: {message}")
        object.__setattr__(self, "answers", answers)
        object.__setattr__(self, "priors", MappingProxyType(priors))
        object.__setattr__(self, "budgets", MappingProxyType(dict(self.budgets)))

    def __repr__(self) -> str:
        return f"Knowledge({self.name!r}, {len(self.items)} items, {len(self.questions)} questions)"

    def __reduce__(self) -> tuple[type[Knowledge], tuple[object, ...]]:
        # Proxies cannot be pickled, and pickled arrays come back writable: rebuild through the constructor.
        values = (getattr(self, f.name) for f in fields(self))
        return Knowledge, tuple(dict(value) if isinstance(value, MappingProxyType) else value for value in values)


def names() -> tuple[str, ...]:
    """The names of the shipped worlds, sorted."""
    return tuple(sorted(path.stem for path in DATA.glob("*.world")))


def load(name: str) -> Knowledge:
    """The shipped world of that name (kept after the first call), or the world in a file.

    Args:
        name: One of `names()`, or a path that ends in ``.world``.

    Raises:
        UnknownOption: There is no shipped world of that name.
        WorldFileError: The file cannot be read, or is truncated, damaged, foreign or of another format version.
    """
    if isinstance(name, str) and name.endswith(".world"):
        return _read(Path(name))
    if not isinstance(name, str) or name not in names():
        known = ", ".join(names())
        raise UnknownOption(f"unknown world {name!r}; the shipped worlds are {known}; a file's path ends in '.world'")
    return _shipped(name)


def save(knowledge: Knowledge, path: str | Path) -> None:
    """Write a world file; equal knowledge makes equal bytes on every platform.

    Args:
        knowledge: What to write.
        path: Where to; `load` needs it to end in ``.world``.

    Raises:
        WorldFileError: The file cannot be written.
    """
    meta = {f.name: getattr(knowledge, f.name) for f in fields(knowledge) if f.name not in ("answers", "priors")}
    meta["budgets"] = dict(knowledge.budgets)
    arrays: dict[str, NDArray[np.generic]] = {
        "meta": np.frombuffer(json.dumps(meta, ensure_ascii=False, sort_keys=True).encode(), np.uint8),
        "yes": np.packbits(knowledge.answers == YES),
        "unknown": np.packbits(knowledge.answers == UNKNOWN),
    }
    arrays |= {f"prior_{key}": value for key, value in sorted(knowledge.priors.items()) if key != "uniform"}
    payload = _archive(arrays)
    try:
        Path(path).write_bytes(MAGIC + hashlib.sha256(payload).digest() + payload)
    except (OSError, ValueError) as error:
        raise WorldFileError(f"world file {Path(path).name!r} cannot be written: {error}") from error


def select(knowledge: Knowledge, kinds: Sequence[str] | None = None, unknown: str = "honest") -> Knowledge:
    """The world that remains with some kinds of questions and one policy for unknown answers.

    Questions of other kinds go, then questions that every item answers alike, then all but one of the items that answer
    every remaining question alike: nobody could tell those apart. Of such items the one with the greatest prior stays
    (by the world's own prior, the first that is not "uniform"; the first in order where that ties). Priors are
    normalised again; budgets stay as they are, and fit the default kinds only.

    Args:
        knowledge: The whole world; left as it is.
        kinds: The admissible kinds. None: all that the world has but "spelling".
        unknown: "honest": unknown is an answer of its own. "none": a closed world, where unknown counts as no and the
            alphabet has two answers. "redrawn": unknown cells stay marked for the caller, who fills them at random
            in each episode; questions whose known answers are all alike go.

    Returns:
        A new `Knowledge`; its questions and items keep their order.

    Raises:
        UnknownOption: A kind or a policy does not exist, or the world has no question of that kind.
        InvalidOption: No kind is given, or no question is left.
    """
    wanted = default_kinds(knowledge) if kinds is None else _checked_kinds(knowledge, kinds)
    if unknown not in UNKNOWN_POLICIES:
        raise UnknownOption(f"unknown must be one of {', '.join(UNKNOWN_POLICIES)}; got {unknown!r}")
    answers = knowledge.answers
    if unknown == "none":
        answers = np.where(answers == UNKNOWN, NO, answers).astype(np.int8)

    has = np.stack([(answers == code).any(axis=0) for code in (NO, YES, UNKNOWN)])
    varied = has[:2].all(axis=0) if unknown == "redrawn" else has.sum(axis=0) > 1
    columns = np.flatnonzero(varied & np.isin(knowledge.kinds, sorted(wanted)))
    if not len(columns):
        raise InvalidOption(f"world {knowledge.name!r} has no question left with kinds {sorted(wanted)}")
    answers = answers[:, columns]
    rows = _distinct_rows(answers, _own_prior(knowledge))
    return replace(
        knowledge,
        items=tuple(knowledge.items[i] for i in rows),
        groups=tuple(knowledge.groups[i] for i in rows),
        questions=tuple(knowledge.questions[j] for j in columns),
        kinds=tuple(knowledge.kinds[j] for j in columns),
        answers=answers[rows],
        alphabet=ALPHABET[:2] if unknown == "none" else knowledge.alphabet,
        priors={key: p[rows] / p[rows].sum() for key, p in knowledge.priors.items() if key != "uniform"},
    )


def default_kinds(knowledge: Knowledge) -> tuple[str, ...]:
    """The kinds of questions of a world but "spelling", which would make any world an alphabetical search."""
    return tuple(kind for kind in KINDS if kind in knowledge.kinds and kind != "spelling")


def _checked_kinds(knowledge: Knowledge, kinds: Sequence[str]) -> tuple[str, ...]:
    known = [kind for kind in KINDS if kind in knowledge.kinds]
    if isinstance(kinds, str) or not kinds:
        raise InvalidOption(f"kinds must be a non-empty sequence out of {', '.join(known)}; got {kinds!r}")
    for kind in kinds:
        if kind not in known:
            raise UnknownOption(f"unknown kind {kind!r}; world {knowledge.name!r} has {', '.join(known)}")
    return tuple(kinds)


def _own_prior(knowledge: Knowledge) -> NDArray[np.float64]:
    return next((p for key, p in knowledge.priors.items() if key != "uniform"), knowledge.priors["uniform"])


def _distinct_rows(answers: NDArray[np.int8], prior: NDArray[np.float64]) -> list[int]:
    best: dict[bytes, int] = {}
    for i, row in enumerate(answers):
        kept = best.setdefault(row.tobytes(), i)
        if prior[i] > prior[kept]:
            best[row.tobytes()] = i
    return sorted(best.values())


@functools.cache
def _shipped(name: str) -> Knowledge:
    return _read(DATA / f"{name}.world")


def _read(path: Path) -> Knowledge:
    try:
        blob = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a path no file can have
        raise WorldFileError(f"world file {path.name!r} cannot be read: {error}") from error
    found = blob[: len(MAGIC)]
    if found != MAGIC:
        if len(found) == len(MAGIC) and found[:-1] == MAGIC[:-1]:
            raise WorldFileError(f"world file {path.name!r} has another format version; this infogap reads {MAGIC!r}")
        raise WorldFileError(f"{path.name!r} is not a world file: it does not begin with {MAGIC!r}")
    payload = blob[len(MAGIC) + DIGEST_BYTES :]
    if hashlib.sha256(payload).digest() != blob[len(MAGIC) : len(MAGIC) + DIGEST_BYTES]:
        raise WorldFileError(f"world file {path.name!r} is truncated or damaged; make it or install infogap again")
    try:
        return _decode(payload)
    except (InvalidOption, KeyError, TypeError, ValueError, zipfile.BadZipFile, OSError, EOFError) as error:
        raise WorldFileError(f"world file {path.name!r} has the right digest but not the right content") from error


def _decode(payload: bytes) -> Knowledge:
    with np.load(io.BytesIO(payload), allow_pickle=False) as archive:
        arrays = dict(archive)
    meta = json.loads(arrays.pop("meta").tobytes())
    shape = len(meta["items"]), len(meta["questions"])
    yes, unknown = (_unpacked(arrays.pop(key), shape) for key in ("yes", "unknown"))
    meta = {key: tuple(value) if isinstance(value, list) else value for key, value in meta.items()}
    priors = {key.removeprefix("prior_"): value for key, value in arrays.items()}
    return Knowledge(answers=yes * np.int8(YES) + unknown * np.int8(UNKNOWN), priors=priors, **meta)


def _unpacked(bits: NDArray[np.uint8], shape: tuple[int, int]) -> NDArray[np.int8]:
    return np.unpackbits(bits, count=shape[0] * shape[1]).reshape(shape).astype(np.int8)


def _archive(arrays: Mapping[str, NDArray[np.generic]]) -> bytes:
    # np.savez lets the platform into the archive's headers, and compressed bytes differ between zlib versions.
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for key, value in arrays.items():
            entry = zipfile.ZipInfo(f"{key}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o600 << 16
            member = io.BytesIO()
            np.save(member, value, allow_pickle=False)
            archive.writestr(entry, member.getvalue())
    return buffer.getvalue()


def _frozen(values: NDArray[np.generic], dtype: type[np.generic]) -> NDArray:
    array = np.array(values, dtype, order="C")
    array.flags.writeable = False
    return array


def _is_prior(values: NDArray[np.float64], n: int) -> bool:
    return values.shape == (n,) and bool((values > 0).all()) and abs(float(values.sum()) - 1) < 1e-9
