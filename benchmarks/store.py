"""Finished cells on disk: appended at once as whole lines with a checksum, so that none is lost and none is half."""

from __future__ import annotations

import contextlib
import json
import os
import warnings
import zlib
from pathlib import Path
from typing import Any

from ..core.errors import RecordingError
from .cells import Cell

__all__ = ["CellStore", "make_folder", "write_file"]


class CellStore:
    """The cells of a results folder, ``cells.jsonl``.

    Args:
        folder: Made where it is missing.
        fresh: Leave out what was stored before.

    Attributes:
        cells: The finished cells by key.

    Raises:
        RecordingError: The folder can't be written. Cells stored before it stay readable.
    """

    def __init__(self, folder: str | os.PathLike[str], fresh: bool = False) -> None:
        self.path = Path(folder) / "cells.jsonl"
        self.cells: dict[str, Cell] = {}
        make_folder(self.path.parent)
        try:
            self._file = open(self.path, "w+b" if fresh else "a+b", buffering=0)  # noqa: SIM115 - lives as long as the store
            self._file.seek(0)
            data = self._file.read()
            whole = data.rfind(b"\n") + 1
            if whole < len(data):  # killed while writing it
                self._file.truncate(whole)
        except OSError as error:
            raise _cannot(self.path, error) from error
        damaged = 0
        for line in data[:whole].splitlines():
            cell = _parsed(line)
            if cell is None:
                damaged += 1
            else:
                self.cells[cell["key"]] = cell
        if damaged:
            warnings.warn(f"{self.path}: {damaged} damaged lines were left out and will be played again", stacklevel=2)

    def add(self, cell: Cell) -> None:
        """Keep a cell.

        Raises:
            RecordingError: It can't be written; those before it are kept.
        """
        body = _plain(cell)
        data = f'{{"crc":{zlib.crc32(body.encode())},"cell":{body}}}\n'.encode()
        start = self._file.seek(0, os.SEEK_END)
        try:
            written = 0
            while written < len(data):
                written += self._file.write(data[written:])
        except OSError as error:
            with contextlib.suppress(OSError):
                self._file.truncate(start)
            raise _cannot(self.path, error) from error
        self.cells[cell["key"]] = cell

    def close(self) -> None:
        """Close the file. May be called twice."""
        self._file.close()


def _plain(cell: Cell) -> str:
    return json.dumps(cell, separators=(",", ":"), sort_keys=True)


def _parsed(line: bytes) -> Cell | None:
    """The cell of a line; None where it is damaged."""
    try:
        outer: Any = json.loads(line)
        cell: Cell = outer["cell"]
        return cell if zlib.crc32(_plain(cell).encode()) == outer["crc"] and "key" in cell else None
    except (ValueError, KeyError, TypeError):
        return None


def make_folder(path: Path) -> None:
    """Make a folder where it is missing.

    Raises:
        RecordingError: It can't be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot(path, error) from error


def write_file(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        RecordingError: It can't be written; what stood there before is untouched.
    """
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)
    except OSError as error:
        raise _cannot(path, error) from error


def _cannot(path: Path, error: OSError) -> RecordingError:
    return RecordingError(
        f"cannot write {path}: {error.strerror}; free some space or choose a folder that can be written with --out. "
        "Finished cells are kept, and the same command goes on from them."
    )
