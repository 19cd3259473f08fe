"""infogap bench when the disk fails or somebody presses ctrl-C: finished cells are kept, whole."""

import os
import signal
import subprocess
import sys
import time

import pytest
from rich.console import Console

from infogap.benchmarks.bench import bench
from infogap.benchmarks.store import CellStore, write_file
from infogap.core.errors import RecordingError


def test_a_folder_that_can_not_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordingError, match="--out"):
        bench(tmp_path / "file" / "results", Console())


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root writes anywhere")
def test_a_read_only_folder(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(RecordingError, match="--out"):
            bench(tmp_path, Console())
    finally:
        tmp_path.chmod(0o700)


LIMITED = """
import resource, sys
from infogap.benchmarks.store import CellStore
from infogap.core.errors import RecordingError
store = CellStore(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
try:
    for number in range(100):
        store.add({"key": str(number), "returns": [0.5] * 50})
except RecordingError as error:
    print(number, error)
"""


@pytest.mark.skipif(os.name == "nt", reason="needs a limit on the size of files")
def test_a_full_disk_keeps_whole_cells(tmp_path):
    done = subprocess.run([sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, timeout=60)
    number, _, said = done.stdout.partition(" ")
    assert "free some space" in said, done.stderr
    assert int(number) > 1
    assert list(CellStore(tmp_path).cells) == [str(i) for i in range(int(number))]
    assert (tmp_path / "cells.jsonl").read_bytes().endswith(b"\n")


def test_files_are_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "results.json"
    write_file(path, "old")

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(RecordingError, match="No space left"):
        write_file(path, "new")
    assert path.read_text() == "old"


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of a terminal")
def test_ctrl_c_keeps_finished_cells_and_the_next_run_goes_on(tmp_path):
    def command(runs):
        options = ["--out", str(tmp_path), "--agents", "random", "--runs", str(runs), "--episodes", "5", "--jobs", "2"]
        return [sys.executable, "-m", "infogap.cli", "bench", *options]

    process = subprocess.Popen(
        command(500),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
    )
    path, deadline = tmp_path / "cells.jsonl", time.monotonic() + 60
    while time.monotonic() < deadline and not (path.exists() and path.read_bytes().count(b"\n") >= 3):
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the whole group
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "the same command goes on" in said and "Traceback" not in said
    kept = path.read_bytes()
    assert kept.count(b"\n") >= 3 and kept.endswith(b"\n")
    cells = CellStore(tmp_path).cells
    assert len(cells) == kept.count(b"\n"), "every line is a whole cell"
    finished = subprocess.run(command(1), capture_output=True, text=True, timeout=120)
    assert finished.returncode == 0, finished.stderr
    assert path.read_bytes().startswith(kept)
    assert (tmp_path / "report.html").exists()
