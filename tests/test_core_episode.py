"""The episode record: whole after a kill, a torn line, damage, a full disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infogap.core.episode import Episode, EpisodeBuilder, EpisodeWriter, jsonable, read_episodes
from infogap.core.errors import RecordingError

posix = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")


def episode(number: int) -> Episode:
    seen = tuple(np.full(3, i, np.int8) for i in range(3))
    return Episode(
        "test/Env-v0", {"noise": 0.1, "kinds": ("a", "b")}, 7, number, seen, (1, 2), (0.0, 1.0), "terminated"
    )


def written(path, count: int) -> bytes:
    writer = EpisodeWriter(path)
    for number in range(count):
        writer.write(episode(number))
    writer.close()
    return path.read_bytes()


def test_what_is_written_is_read(tmp_path):
    file = tmp_path / "new" / "folder" / "run.jsonl"
    written(file, 3)
    read = list(read_episodes(file))
    assert [e.number for e in read] == [0, 1, 2]
    assert read[0].observations == ([0, 0, 0], [1, 1, 1], [2, 2, 2])
    assert read[0].kwargs == {"noise": 0.1, "kinds": ["a", "b"]} and read[0].ended == "terminated"
    assert read[0].actions == (1, 2) and read[0].rewards == (0.0, 1.0) and read[0].seed == 7
    written(file, 2)  # a second run appends
    assert [e.number for e in read_episodes(file)] == [0, 1, 2, 0, 1]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kwargs=st.dictionaries(st.text(), json_values, max_size=4),
    observations=st.lists(json_values, max_size=4),
    rewards=st.lists(st.floats(allow_nan=False), max_size=4),
    agent=st.text(),
)
def test_any_json_survives_the_round_trip(tmp_path, kwargs, observations, rewards, agent):
    """Newlines, quotes, surrogates, huge integers: one line stays one line."""
    file = tmp_path / "any.jsonl"
    file.unlink(missing_ok=True)
    given = Episode("x", kwargs, None, 0, tuple(observations), (), tuple(rewards), "", {}, agent)
    writer = EpisodeWriter(file)
    writer.write(given)
    writer.close()
    assert file.read_bytes().count(b"\n") == 1
    assert list(read_episodes(file)) == [given]


def test_jsonable_turns_numpy_into_plain_types():
    value = {1: np.int64(3), "a": (np.float32(0.5), np.array([[1, 2]], np.int8)), "b": [np.bool_(True), None, "x"]}
    assert jsonable(value) == {"1": 3, "a": [0.5, [[1, 2]]], "b": [True, None, "x"]}


def test_a_torn_last_line_is_left_out_and_then_cut_off(tmp_path):
    file = tmp_path / "run.jsonl"
    whole = written(file, 3)
    start = whole[:-1].rfind(b"\n") + 1
    for end in (start + 1, start + 9, (start + len(whole)) // 2, len(whole) - 1):
        file.write_bytes(whole[:end])
        with pytest.warns(UserWarning, match="incomplete"):
            assert [e.number for e in read_episodes(file)] == [0, 1]
        writer = EpisodeWriter(file)
        writer.write(episode(9))
        writer.close()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert [e.number for e in read_episodes(file)] == [0, 1, 9]


def test_every_truncation_reads_up_to_the_last_whole_episode(tmp_path):
    file = tmp_path / "run.jsonl"
    whole = written(file, 4)
    for end in range(0, len(whole), 13):
        file.write_bytes(whole[:end])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert len(list(read_episodes(file))) == whole[:end].count(b"\n")


def test_bit_flips_are_never_read_as_something_else(tmp_path):
    """A flip raises, or tears the last line; it is silent only where the line still says the same (1e-05 and 1E-05)."""
    file = tmp_path / "run.jsonl"
    whole = written(file, 3)
    original = list(read_episodes(file))
    rng = np.random.default_rng(0)
    found = 0
    for offset in rng.choice(len(whole), 400, replace=False):
        damaged = bytearray(whole)
        damaged[offset] ^= 1 << int(rng.integers(8))
        file.write_bytes(damaged)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read = []
            try:
                for one in read_episodes(file):
                    read.append(one)
            except RecordingError as error:
                found += 1
                assert "damaged" in str(error) and "line" in str(error)
        assert read == original[: len(read)]
    assert found > 380


def test_damage_in_the_middle_names_its_line(tmp_path):
    file = tmp_path / "run.jsonl"
    lines = written(file, 4).split(b"\n")
    lines[2] = lines[2].replace(b'"number":2', b'"number":5')
    file.write_bytes(b"\n".join(lines))
    reader = read_episodes(file)
    assert [next(reader).number, next(reader).number] == [0, 1]
    with pytest.raises(RecordingError, match="line 3 is damaged; the 2 lines"):
        next(reader)


WRITE_FOREVER = """
import sys
from infogap.core.episode import Episode, EpisodeWriter
writer = EpisodeWriter(sys.argv[1])
number = 0
while True:
    writer.write(Episode("x", {}, 1, number, tuple(range(2000)), (), ()))
    number += 1
"""


@posix
def test_kill_in_the_middle_of_writing_loses_the_open_episode_at_most(tmp_path):
    file = tmp_path / "run.jsonl"
    expected = 0
    for _ in range(2):
        process = subprocess.Popen([sys.executable, "-c", WRITE_FOREVER, str(file)])
        before = file.stat().st_size if file.exists() else 0
        deadline = time.monotonic() + 60
        while not file.exists() or file.stat().st_size < before + 300_000:
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read = [e.number for e in read_episodes(file)]
        runs = read[expected:]
        assert runs == list(range(len(runs))) and len(runs) > 10
        assert read.count(0) == (1 if expected == 0 else 2)
        expected = len(read)


@posix
def test_a_full_disk_is_a_typed_error_and_keeps_what_is_whole(tmp_path):
    file = tmp_path / "run.jsonl"
    code = """
import resource, sys
from infogap.core.episode import Episode, EpisodeWriter, read_episodes
from infogap.core.errors import RecordingError
writer = EpisodeWriter(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
written = 0
try:
    while True:
        writer.write(Episode("x", {}, 1, written, tuple(range(500)), (), ()))
        written += 1
except RecordingError as error:
    assert "whole episodes before it are kept" in str(error), error
    assert sys.argv[1] in str(error)
assert len(list(read_episodes(sys.argv[1]))) == written > 3
for _ in range(2):  # it stays so, and the file stays whole
    try:
        writer.write(Episode("x", {}, 1, 0, tuple(range(5_000)), (), ()))
    except RecordingError:
        pass
    else:
        raise AssertionError
    assert len(list(read_episodes(sys.argv[1]))) == written
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
writer.write(Episode("x", {}, 1, written))
assert [e.number for e in read_episodes(sys.argv[1])] == list(range(written + 1))
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code, str(file)], check=True, timeout=60)


@posix
def test_a_read_only_folder_is_a_typed_error(tmp_path):
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0o500)
    try:
        if os.geteuid() == 0:
            pytest.skip("root may write anywhere")
        with pytest.raises(RecordingError, match="cannot record"):
            EpisodeWriter(folder / "run.jsonl")
    finally:
        folder.chmod(0o700)


def test_paths_that_cannot_be_written_are_typed_errors(tmp_path):
    (tmp_path / "file").write_text("x")
    for path in (tmp_path, tmp_path / "file" / "run.jsonl", "a\0b"):
        with pytest.raises(RecordingError):
            EpisodeWriter(path)
    for path in (tmp_path / "none.jsonl", tmp_path, "a\0b"):
        with pytest.raises(RecordingError):
            list(read_episodes(path))


@pytest.mark.parametrize("content", ["my diary\nwithout a newline at the end", "diary\n", "x", "{}\n"])
def test_files_of_other_kinds_are_left_alone(tmp_path, content):
    file = tmp_path / "diary.txt"
    file.write_text(content)
    with pytest.raises(RecordingError, match="something else"):
        EpisodeWriter(file)
    assert file.read_text() == content


def test_bad_episodes_and_closed_writers_change_nothing(tmp_path):
    file = tmp_path / "run.jsonl"
    whole = written(file, 2)
    writer = EpisodeWriter(file)
    with pytest.raises(RecordingError, match="JSON"):
        writer.write(Episode("x", {"thing": object()}))
    writer.close()
    writer.close()
    with pytest.raises(RecordingError, match="closed"):
        writer.write(episode(1))
    assert file.read_bytes() == whole


def test_builder_keeps_copies():
    builder = EpisodeBuilder("x", {})
    observation, info = np.zeros(2), {"mask": np.zeros(2), "nested": {"list": [np.zeros(1)]}}
    action = np.array(3)
    builder.start({"seen": observation}, seed=4, number=2)
    builder.add(action, observation, 1, True, False, info)
    observation[:] = 9
    info["mask"][:] = 9
    info["nested"]["list"][0][:] = 9
    action[...] = 9
    built = builder.build()
    assert jsonable(built.observations) == [{"seen": [0.0, 0.0]}, [0.0, 0.0]] and built.actions[0] == 3
    assert jsonable(built.final_info) == {"mask": [0.0, 0.0], "nested": {"list": [[0.0]]}}
    assert (built.seed, built.number, built.ended, built.rewards, builder.steps) == (4, 2, "terminated", (1.0,), 1)
    builder.start(observation)
    assert builder.build().actions == () and builder.build().ended == ""
