"""The desktop suite: ``infogap bench --suite desktop``, its numbers and its report; and desks in a terminal."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import re
import subprocess
import sys

import gymnasium as gym
import numpy as np
import pytest
from rich.console import Console

from infogap import cli
from infogap.baselines.desktop import DATA
from infogap.benchmarks import desktop, desktop_cells, desktop_episode, desktop_programs, desktop_report
from infogap.benchmarks import desktop_results as of
from infogap.benchmarks.agents import AgentFault, AgentSpec, given, make_agent
from infogap.benchmarks.desktop_cells import DeskJob, play_desk
from infogap.benchmarks.play_desktop import HELP, meant
from infogap.core.errors import CheckpointError, InvalidOption, UnknownOption, Unsupported
from infogap.envs.desktop import economy
from infogap.envs.desktop.answers import STATUSES
from infogap.envs.desktop.splits import axes
from infogap.envs.desktop.strings import ACTIONS, parse
from infogap.envs.desktop.tasks import TEMPLATES


def job(agent, template="due_date", split="test_iid", instances=3, repeated=0, runs=1, source="", observation=""):
    return DeskJob(AgentSpec(agent, source, "", observation), template, split, instances, repeated, runs, "small", {})


# -- cells -------------------------------------------------------------------------------------------------------------
def test_a_cell_can_be_repeated_and_holds_what_the_verifier_said():
    cell = play_desk(job("optimal", "move_meeting", repeated=2, runs=3))
    again = play_desk(job("optimal", "move_meeting", repeated=2, runs=3))
    assert {**cell, "seconds": 0} == {**again, "seconds": 0} == {**json.loads(json.dumps(cell)), "seconds": 0}
    assert cell["success"] == [[1, 1, 1], [1, 1, 1], [1]] and cell["collateral"][2] == [0]
    assert len(cell["levels"]) == 3 and all(min(steps) >= 5 for steps in cell["steps"])


def test_runs_of_an_instance_differ_in_the_skin_and_in_nothing_else(monkeypatch):
    seen = []
    monkeypatch.setattr(desktop_cells, "solve", lambda env, privileged: seen.append(env._world.truth) or 1)
    play_desk(job("oracle", instances=2, repeated=1, runs=3))
    first, second, third, other = seen
    allowed = axes("test_iid")
    assert len({truth.skin for truth in seen[:3]}) == 3 and other.goal != first.goal
    plain, *others = ({**truth.__dict__, "skin": 0} for truth in (first, second, third))
    assert others == [plain, plain]
    for truth in seen:
        look = truth.skin % 32, truth.skin // 32 % 32, truth.skin // 32**2 % 32, truth.skin // 32**3
        assert any(
            all(variant in getattr(allowed, level) for variant, level in zip(look, order, strict=True))
            for order in itertools.permutations(("look", "layout", "words", "workflow"))
        )


def test_all_agents_meet_the_same_instances_and_splits_share_none():
    seeds = [desktop_cells.seed_of("due_date", split, number) for split in of.TESTS for number in range(50)]
    assert len(set(seeds)) == len(seeds)
    said = hashlib.sha256(b"desktop/due_date/test_iid/7").hexdigest()
    assert desktop_cells.seed_of("due_date", "test_iid", 7) == int(said[:8], 16)


def test_an_agent_that_cannot_play_a_template_is_left_out_of_it():
    assert "can't be solved" in play_desk(job("Mine", "find_slot", source="x:y", observation="flat"))["skipped"]


class Clicker:
    """An agent of somebody's."""

    observation = "text"

    def __init__(self, env, seed=0):
        self.seed = seed

    def reset(self):
        self.turn = 0

    def act(self, observation, info):
        self.turn += 1
        assert set(observation) == {"axtree_txt", "goal", "last_action", "last_action_error"}
        return "click('2')" if self.turn < 3 else "send_msg_to_user('2024-01-01')"


class Broken(Clicker):
    def act(self, observation, info):
        return 7 if type(self) is Broken else 1 / 0


class Raising(Broken):
    pass


def test_agents_of_others_play_and_faults_name_them():
    here = f"{__name__}:"
    cell = play_desk(job("Clicker", instances=2, source=here + "Clicker", observation="text"))
    assert cell["steps"] == [[3], [3]] and cell["success"] == [[0], [0]]
    with pytest.raises(AgentFault, match=r"'Broken' chose a refused action.*in due_date, split test_iid, instance 0"):
        play_desk(job("Broken", source=here + "Broken", observation="text"))
    with pytest.raises(AgentFault, match="'Raising' raised ZeroDivisionError"):
        play_desk(job("Raising", source=here + "Raising", observation="text"))


def test_a_verifier_that_fails_gives_no_score(monkeypatch):
    from infogap.core.errors import VerifierFault

    def fails(truth):
        raise VerifierFault("no verdict")

    monkeypatch.setattr(desktop_cells, "graded", fails)
    cell = play_desk(job("optimal", instances=2))
    assert cell["success"] == [[None], [None]] and cell["collateral"] == [[None], [None]]
    test = of._test(cell)
    assert test["invalid"] == 2 and test["instances"] == 0


# -- the plan ----------------------------------------------------------------------------------------------------------
def test_every_number_by_template_rests_on_100_instances_and_every_split_on_as_many_pooled():
    plan = desktop.planned([AgentSpec("optimal"), AgentSpec("nothing")], {}, desktop.EPISODES, desktop.RUNS)
    own = {(one.agent.name, one.template): one for one in plan if one.split == of.home(one.template)}
    for name in TEMPLATES:
        assert own["optimal", name].instances == own["nothing", name].instances == of.ENOUGH
    for split in of.TESTS:
        assert sum(one.instances for one in plan if (one.agent.name, one.split) == ("optimal", split)) >= of.ENOUGH
    assert not any(one.agent.name == "nothing" and one.split == "test_words" for one in plan)
    assert len({one.key for one in plan}) == len(plan)


def test_policies_are_compared_on_what_they_were_trained_on_and_its_twins():
    plan = desktop.planned([AgentSpec("tidy")], {"tidy": ("triage_inbox",)}, 100, 1)
    away = {
        (one.template, one.split) for one in plan if one.agent.name == "tidy" and one.split != of.home(one.template)
    }
    assert away and {name for name, _ in away} == {"triage_inbox"}
    two = desktop.planned([AgentSpec("tidy")], {"tidy": ("triage_inbox", "due_date")}, 100, 1)
    assert sum(one.instances for one in two if (one.agent.name, one.split) == ("tidy", "test_words")) == 200


def test_the_suite_runs_without_committed_policies(monkeypatch):
    desktop_cells.policies.cache_clear()
    monkeypatch.setitem(sys.modules, "infogap.baselines.desktop", None)  # its import fails
    try:
        assert desktop_cells.policies() == {}
        assert desktop._trained([AgentSpec("optimal")]) == {}
    finally:
        desktop_cells.policies.cache_clear()


WITHOUT_TORCH = """
import sys
for name in ("torch", "stable_baselines3", "sb3_contrib"):
    sys.modules[name] = None
from infogap.benchmarks.agents import AgentSpec
from infogap.benchmarks.desktop_cells import DeskJob, play_desk, policies
for name in policies():
    cell = play_desk(DeskJob(AgentSpec(name), "due_date", "test_iid", 4, 0, 1, "small", {}))
    print(name, sum(won for won, in cell["success"]))
"""


def test_a_policy_that_was_trained_plays_by_its_path(tmp_path):
    """As the committed one, of which it is a copy; elsewhere than at a desk it does not play."""
    path = tmp_path / "mine" / "policy.npz"
    path.parent.mkdir()
    path.write_bytes((DATA / "maskable_ppo.npz").read_bytes())
    agent = given(str(path))
    assert (agent.name, agent.observation) == ("mine", "dict")
    mine = play_desk(job(agent.name, source=agent.source, observation=agent.observation))
    committed = play_desk(job("maskable_ppo"))
    assert {**mine, "seconds": 0, "key": "", "agent": ""} == {**committed, "seconds": 0, "key": "", "agent": ""}
    with pytest.raises(Unsupported, match="play desktops"):
        make_agent(agent, gym.make("infogap/TwentyQuestions-v0"), 0)


@pytest.mark.parametrize("what", [b"", b"PK\x03\x04", b"nonsense", "array", "others"])
def test_a_file_that_holds_no_policy_is_refused(tmp_path, what):
    path = tmp_path / "policy.npz"
    if isinstance(what, bytes):
        path.write_bytes(what)
    else:
        with path.open("wb") as file:
            np.save(file, np.zeros(3)) if what == "array" else np.savez(file, label=np.zeros(3))
    with pytest.raises(CheckpointError, match=r"policy\.npz"):
        given(str(path))


def test_committed_policies_play_without_torch():
    said = subprocess.run([sys.executable, "-c", WITHOUT_TORCH], capture_output=True, text=True, check=True).stdout
    won = {name: int(count) for name, count in map(str.split, said.splitlines())}
    assert set(won) == set(desktop_cells.policies()) and max(won.values()) >= 3


# -- numbers -----------------------------------------------------------------------------------------------------------
def test_pass_power_is_the_share_of_groups_of_k_runs_that_all_succeed():
    for wins in itertools.product((0, 1), repeat=4):
        for k in range(1, 5):
            groups = list(itertools.combinations(wins, k))
            assert of.pass_power(wins, k) == pytest.approx(sum(all(group) for group in groups) / len(groups))


def cell(agent, template, split, wins, **more):
    runs = [win if isinstance(win, list) else [win] for win in wins]
    parts = {name: [[1.0] * len(one) for one in runs] for name in ("score", "completion", "integrity", "steps")}
    damage = {"collateral": [[2.0 * (not win) for win in one] for one in runs]}
    return {
        "key": f"{agent}{template}{split}", "agent": agent, "template": template, "split": split,
        "levels": [1 + i % 2 for i in range(len(wins))], "success": runs, **parts, **damage, "seconds": 0.1, **more,
    }  # fmt: skip


def study(wins_away=(1, 0, 0, 0)):
    """An agent that solves look-ups and triage only, and half as often in other words."""
    cells = []
    for name in TEMPLATES:
        good = name in ("due_date", "triage_inbox")
        wins = [1, 1, 0, 1] if good else [0, 0, 0, 0]
        if of.home(name) == "test_iid":
            wins = [[wins[0], 1, 0], *wins[1:]] if good else wins
        if name == "recall":
            cells.append({"key": "r", "agent": "a", "template": name, "split": of.home(name), "skipped": "no"})
            continue
        cells.append(cell("a", name, of.home(name), wins))
    cells += [cell("a", name, "test_words", wins_away) for name in ("due_date", "triage_inbox")]
    return cells


def test_means_count_what_an_agent_cannot_play_as_failed():
    found = of.summarise(study(), ["a"], {})
    overall = found["overall"]["a"]
    assert overall["success"] == pytest.approx(2 * 0.75 / len(TEMPLATES))
    assert overall["templates"] == len(TEMPLATES) - 1 and overall["damaged"] > 0.5
    low, high = overall["success_interval"]
    assert low < overall["success"] < high
    assert found["tests"]["recall"]["a"] == {"skipped": "no"}
    assert found["tests"]["due_date"]["a"]["success"] == 0.75
    assert found["levels"]["a"]["1"]["instances"] == 2 * (len(TEMPLATES) - 1)


def test_losses_compare_a_template_with_itself():
    drop = of.summarise(study(), ["a"], {})["drops"]["test_words"]["agents"]["a"]
    assert (drop["iid"], drop["success"], drop["drop"], drop["instances"]) == (0.75, 0.25, 0.5, 8)
    assert drop["alike"] and drop["drop_interval"][0] < 0.5 < drop["drop_interval"][1]
    none = of.summarise(study((1, 1, 0, 1)), ["a"], {})["drops"]["test_words"]["agents"]["a"]
    assert none["drop"] == 0 and none["drop_interval"][0] < 0 < none["drop_interval"][1]


def test_a_twin_is_compared_with_what_it_is_the_twin_of():
    assert of.counterparts("triage_queue") == ("triage_inbox",) and of.counterparts("due_date") == ("due_date",)
    assert of.counterparts("month_end") == ()
    drops = of.summarise(study(), ["a"], {"a": ("triage_inbox",)})["drops"]
    assert drops["test_app"]["agents"]["a"]["iid"] == 0.75 and drops["test_app"]["agents"]["a"]["templates"] == 1
    assert "a" not in drops["test_occupation"]["agents"]


def test_intervals_resample_instances_within_templates():
    rates = of._resampled(np.array([1.0] * 30 + [0.0] * 10), 3)
    assert rates.mean() == pytest.approx(0.75, abs=0.01) and rates.std() == pytest.approx(
        (0.75 * 0.25 / 40) ** 0.5, rel=0.05
    )


def test_wages_weigh_groups_and_say_what_they_cover():
    cells = study() + [{**one, "agent": "b", "key": f"b{one['key']}"} for one in study()]
    for one in cells:
        if one["agent"] == "b" and "success" in one:
            one["success"] = [[int(one["template"] == "wait_for_shipment")] * len(runs) for runs in one["success"]]
    wages = of.summarise(cells, ["a", "b"], {})["wages"]
    bill = economy.load().groups
    socs = {one.occupation for one in TEMPLATES.values()}
    assert set(wages["groups"]) == socs
    assert wages["coverage"] == pytest.approx(
        sum(bill[soc].wage_bill_bn for soc in socs) / sum(group.wage_bill_bn for group in bill.values())
    )
    by = {one["agent"]: one for one in wages["ranks"]}
    office = [name for name, one in TEMPLATES.items() if one.occupation == "43"]
    assert by["a"]["means"][0] == pytest.approx(2 * 0.75 / len(office) / len(socs))
    total = sum(bill[soc].wage_bill_bn for soc in socs)
    assert by["b"]["means"] == pytest.approx([1 / len(socs), bill["53"].wage_bill_bn / total])
    assert by["b"]["ranks"][0] == 1


def test_exploits_that_work_and_oracles_that_do_not_raise_the_alarm():
    exploit = {**cell("exploit partial", "recall", "test_all", [1, 0]), "levels": []}
    results = of.summarise(
        [*(cell("oracle", n, of.home(n), [1, n != "recall"]) for n in TEMPLATES), exploit], ["oracle"], {}
    )
    assert results["exploits"]["partial"]["worst"] == ("recall", 0.5)
    assert [(one["what"], one["template"]) for one in desktop._alarms(results)] == [
        ("exploit partial", "recall"), ("oracle", "recall"),
    ]  # fmt: skip


# -- programs and the episode ------------------------------------------------------------------------------------------
def test_programs_of_two_tasks_are_further_apart_than_of_two_worlds():
    found = desktop_programs.programs(["due_date", "triage_inbox", "move_meeting"])
    apart = np.array(found["distance"])
    assert np.allclose(apart, apart.T) and np.diag(apart).max() < 0.5 < (apart + np.eye(3)).min()
    assert found["nearest"][0]["distance"] == apart[~np.eye(3, dtype=bool)].min()
    assert desktop_programs.lengths("find_slot", 1, "small") == {}
    low, middle, high = desktop_programs.lengths("due_date", 4, "small")["optimal, flat"]
    assert 4 <= low <= middle <= high <= 12


def test_an_episode_is_told_from_both_sides():
    case = desktop_episode.chosen_case()
    told = desktop_episode.side_by_side(case)
    assert told["verdict"]["success"] and len(told["steps"]) in desktop_episode.STEPS
    screens = "\n".join(step["screen"] for step in told["steps"])
    hidden = "\n".join(
        f"{name}: {value}" for step in told["steps"] for part in step["true"] for name, value in part["facts"]
    )
    answer = dict(told["secret"])["answer"]
    assert f"true_due (never shown): {answer}" in hidden and "bait" in hidden and "true_due" not in screens
    assert told["steps"][-1]["action"].startswith("send_msg_to_user")
    json.dumps(told)


def test_an_episode_that_writes_says_what_was_written():
    case = desktop_episode.chosen_case("move_meeting")
    told = desktop_episode.side_by_side(case)
    assert any("event_change: events" in line for step in told["steps"] for line in step["written"])


# -- the whole ---------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A suite of three templates, two instances each."""
    out = tmp_path_factory.mktemp("desk")
    kept = {name: TEMPLATES[name] for name in ("due_date", "move_meeting", "triage_queue")}
    with pytest.MonkeyPatch.context() as patch:
        for module in (desktop, of, desktop_programs):
            patch.setattr(module, "TEMPLATES", kept)
        patch.setattr(desktop, "chosen_case", lambda: desktop_episode.chosen_case("move_meeting"))
        patch.setattr(of, "TESTS", ("test_iid", "test_words", "test_app"))
        patch.setattr(desktop, "TESTS", ("test_iid", "test_words", "test_app"))
        patch.setattr(desktop_report, "AXES", {"test_words": "words", "test_app": "apps"})
        console = Console(file=io.StringIO(), width=80)
        names = ("nothing", "random", "optimal", "oracle")
        results = desktop.bench_desktop(out, console, names, [f"{__name__}:Clicker"], runs=2, episodes=2, jobs=1)
        again = desktop.bench_desktop(out, Console(file=io.StringIO()), names, [f"{__name__}:Clicker"], 2, 2, jobs=1)
    return out, results, again, console.file.getvalue()


def test_the_suite_writes_table_report_and_results(small):
    out, results, again, said = small
    read = json.loads((out / "results.json").read_text())
    assert read["overall"]["optimal"]["success"] == read["overall"]["oracle"]["success"] == 1
    assert read["overall"]["nothing"]["success"] == read["overall"]["Clicker"]["success"] == 0
    assert results["powers"]["optimal"]["k"]["2"]["value"] == 1 and "random" not in results["powers"]
    assert results["drops"]["test_words"]["agents"]["optimal"]["drop"] == 0 and not results["alarms"]
    assert "optimal" in said and "edit distance" in said and max(map(len, said.splitlines())) <= 80
    assert again["overall"] == results["overall"] and again["exploits"] == results["exploits"]


def test_the_report_shows_what_was_seen_and_what_was_true(small):
    page = (small[0] / "report.html").read_text()
    for said in (
        "too few",
        "pass^k",
        "=== Event ===",
        "Not on this page of events",
        "written: agent, event_change",
        "Wilson",
        "by wage bill",
        "few",
    ):
        assert said in page, said
    assert "None" not in re.sub(r"<pre>.*?</pre>|<table>.*?</table>", "", page, flags=re.DOTALL)
    assert not re.search(r"https?://(?!www\.w3\.org)", page)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"baselines": ["greedy"]}, UnknownOption),
        ({"runs": 0}, InvalidOption),
        ({"episodes": 0}, InvalidOption),
        ({"agents": ["nowhere:Agent"]}, UnknownOption),
    ],
)
def test_wrong_options_are_refused(options, error, tmp_path):
    with pytest.raises(error):
        desktop.bench_desktop(tmp_path, Console(file=io.StringIO()), **options)


# -- in a terminal -----------------------------------------------------------------------------------------------------
@pytest.fixture
def play(monkeypatch, capsys):
    """Run ``infogap play`` in this process: (exit code, standard output, standard error)."""

    def command(*arguments, said=""):
        monkeypatch.setattr(sys, "argv", ["infogap", "play", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(said))
        monkeypatch.setenv("COLUMNS", "160")
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capsys.readouterr()
        return left.value.code or 0, out, err

    return command


DUE = "infogap/DesktopDueDate-v0"


def test_a_person_can_do_a_task(play):
    """Search, open, read the day, answer."""
    code, out, _ = play(DUE, "--seed", 3, "-o", "skin=0", said="help\n2\n")
    number = re.search(r"SO-\d+", out)[0]
    assert code == 0 and "=== All orders ===" in out and "Left." in out and "turn 1 of 20" in out
    box = re.findall(r"\((\d+)\) Search:", out)[-1]
    lines = ["2", f"{box}: {number}"]
    out = play(DUE, "--seed", 3, "-o", "skin=0", said="\n".join([*lines, ""]))[1]
    row = re.findall(rf"\((\d+)\) {number}", out)[-1]
    out = play(DUE, "--seed", 3, "-o", "skin=0", said="\n".join([*lines, row, ""]))[1]
    day = re.findall(r"Due: (\S+)|Due date: (\S+)|Delivery date: (\S+)", out)[-1]
    answer = f"answer {''.join(day)}"
    code, out, _ = play(DUE, "--seed", 3, "-o", "skin=0", said="\n".join([*lines, row, answer, ""]))
    assert code == 0 and "Success, score 1.00, after 4 turns." in out and re.search(r"collateral +0\n", out)


def test_mistakes_are_explained_and_the_game_goes_on(play):
    said = "\n\x07\nclick('é')\nclick(\n999\nback\nwait\nclick('2')\ngive up not_found_error\n"
    code, out, _ = play("infogap/Desktop-v0", "--seed", 1, said=said)
    assert code == 0 and "write others in words" in out and "SyntaxError" in out and "Could not find element" in out
    assert "No success, score 0.00" in out and "Say what you do" in out


def test_no_line_ends_the_game_but_its_own_end(play):
    lines = [
        "9" * 5000 + ": x",
        "9" * 5000,
        "\uff11",
        "\u00b2: x",
        "-1",
        "12:",
        "answer" * 900,
        "give up",
        "[/]",
        "'",
        "{task}",
    ]
    code, out, err = play(DUE, "--seed", 1, "-o", "max_turns=99", said="\n".join([*lines, ""]))
    assert code == 0 and out.endswith("Left.\n") and not err


def test_time_runs_out(play):
    code, out, _ = play(DUE, "--seed", 1, "-o", "max_turns=2", said="wait\nwait\n")
    assert code == 0 and "The time is up." in out


def test_recorded_episodes_can_be_replayed(play, tmp_path, monkeypatch, capsys):
    file = tmp_path / "mine.jsonl"
    assert play(DUE, "--seed", 4, "--record", file, said="wait\n999\nanswer 2024-01-01\n")[0] == 0
    monkeypatch.setattr(sys, "argv", ["infogap", "replay", str(file)])
    with pytest.raises(SystemExit):
        cli.main()
    out = capsys.readouterr().out
    assert re.search(r"1. noop\(\)\n *2. click\('999'\) +! ValueError", out) and "RootWebArea" not in out
    assert "it is the same. Verdict: no success" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ("--hints",),
        ("--budget", 3),
        ("--seat", "x"),
        ("-o", "skin=-1"),
        ("-o", "nonsense=1"),
        ("-o", "observation"),
        ("-o", "observation=flat"),
        ("-o", "render_mode=rgb_array"),
    ],
)
def test_options_that_desktops_do_not_take_are_refused(play, arguments):
    code, _, err = play(DUE, *arguments)
    assert code == 2 and "error:" in err


def test_help_fits_a_terminal():
    assert max(map(len, HELP.splitlines())) <= 80
    assert all(word in HELP for word in (*STATUSES[1:], *ACTIONS))


def test_inquiries_take_no_options_of_desktops(play):
    code, _, err = play("infogap/TwentyQuestions-v0", "-o", "size=full")
    assert code == 2 and "--option is for" in err


@pytest.mark.parametrize(
    ("line", "action"),
    [
        ("12", "click('12')"),
        ('7: Anna\'s "own"', "fill('7', 'Anna\\'s \"own\"')"),
        ("8: Open", "select_option('8', 'Open')"),
        ("back", "go_back()"),
        ("wait", "noop()"),
        ("answer", "send_msg_to_user('')"),
        ("Answer 12 March", "send_msg_to_user('12 March')"),
        ("give up not_found_error", "report_infeasible('not_found_error')"),
        ("click('3')", "click('3')"),
        ("__import__('os')", "__import__('os')"),
    ],
)
def test_short_forms_are_action_strings(line, action):
    assert meant(line, choices=(8,)) == action
    if "import" not in line:
        parse(meant(line))
