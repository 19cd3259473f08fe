"""infogap bench throughput runs; its figures are printed by the command and are no business of the tests."""

import json

import pytest
from rich.console import Console

from infogap.benchmarks import throughput
from infogap.core.errors import InvalidOption, RecordingError


@pytest.mark.slow
def test_every_goal_of_a_complete_machine_is_measured(tmp_path):
    console = Console(record=True, width=140)
    result = throughput.throughput(tmp_path, console, rounds=1, quick=True)
    pytest.importorskip("pygame", reason="tictactoe_v3 needs it")
    assert [(one["arm"], one["reference"]) for one in result["goals"]] == [goal[:2] for goal in throughput.GOALS]
    assert all(one["ratio"] > 0 for one in result["goals"])
    written = json.loads((tmp_path / "throughput.json").read_text())
    assert written["versions"] and len(written["goals"]) == len(throughput.GOALS)
    said = console.export_text()
    assert "CartPoleVectorEnv x 4096" in said and "no measurement" in said


def test_an_arm_that_can_not_run_is_named_and_left_out(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "pettingzoo.classic", None)
    played, notes = throughput.arms(100)
    assert throughput.PEER not in played and throughput.PARALLEL not in played and "Kuhn AEC" in played
    assert "pygame" in notes[0]


def test_actions_are_guesses_at_the_stated_rate():
    env = throughput._twenty("last")
    actions = throughput._drawn(env, env.action_space, 20_000)
    assert actions.min() >= 0 and actions.max() < env.action_space.n
    assert (actions >= env.unwrapped.table.q).mean() == pytest.approx(0.05, abs=0.006)


def test_rates_are_steps_over_cpu_time(monkeypatch):
    """With a clock that each arm moves on by a known time, rates and ratios are known too."""
    clock = [0.0]
    monkeypatch.setattr(throughput.time, "process_time", lambda: clock[0])

    def arm(steps, seconds):
        def play():
            clock[0] += seconds
            return steps

        return play

    monkeypatch.setattr(throughput, "GOALS", (throughput.Goal("a", "b", 3.0), throughput.Goal("a", "missing", 1.0)))
    (result,) = throughput.measure({"a": arm(100, 0.5), "b": arm(100, 2.0)}, 2, Console(quiet=True))
    assert result["rates"] == [(pytest.approx(200), pytest.approx(50))] * 2
    assert result["ratio"] == pytest.approx(4.0) and result["reached"] is True


def test_every_arm_and_verdict_fits_a_terminal(capsys):
    one = {"ratio": 9.999, "spread": [0.999, 10.99], "least": 0.15, "reached": False}
    goals = [{**goal._asdict(), **one} for goal in throughput.GOALS]
    throughput._show({"goals": goals, "notes": [], "quick": False, "rounds": 9}, Console(width=80))
    said = capsys.readouterr().out
    assert said.count("missed") == len(goals) and "…" not in said


def test_bad_input(tmp_path):
    with pytest.raises(InvalidOption, match="rounds"):
        throughput.measure({}, 0, Console(quiet=True))
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordingError):
        throughput.throughput(tmp_path / "file" / "below", Console(quiet=True), rounds=1, quick=True)
