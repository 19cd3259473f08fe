"""infogap bench: cells, runs, agents of others, the alarm."""

import json
import os
import warnings

import numpy as np
import pytest
from rich.console import Console

import infogap
from infogap import baselines
from infogap.benchmarks import bench as bench_module
from infogap.benchmarks import runner, suites
from infogap.benchmarks.agents import AgentFault, AgentSpec, given, unique
from infogap.benchmarks.cells import Job, play_cell
from infogap.benchmarks.store import CellStore
from infogap.core.errors import CheckpointError, InvalidOption, UnknownOption

ELEMENTS = suites.Entry("small", "infogap/TwentyQuestions-v0", "Small", {"world": "elements", "budget": 4})
ASK = suites.Entry("ask", "infogap/TwentyQuestions-v0", "Ask", {"world": "elements", "actions": "ask", "budget": 3})
KUHN = suites.Entry("kuhn", "infogap/Kuhn-v0", "Kuhn", {}, 3)

AGENTS = """
import numpy as np
import infogap

class First:
    "Names the first item at once."
    def __init__(self, env):
        self.action = env.unwrapped.table.q
    def reset(self):
        pass
    def act(self, observation, info):
        return self.action

class Cheat(First):
    "Reads the truth through the door."
    def __init__(self, env):
        self.env = env
    def act(self, observation, info):
        return self.env.unwrapped.table.q + infogap.reveal(self.env).item

class Raises(First):
    def act(self, observation, info):
        raise RuntimeError("lost the thread")

class Asks(First):
    def __init__(self, env):
        super().__init__(env)
        self.env = infogap.seal(env)
    def act(self, observation, info):
        return self.env.table

class Leaves(First):
    def act(self, observation, info):
        raise SystemExit(0)

class Refused(First):
    def act(self, observation, info):
        return 10**6

class Unmade(First):
    def __init__(self, env):
        raise OSError("no weights")

class NoAct:
    def __init__(self, env):
        pass

class Log(First):
    observation = "log"
    def act(self, observation, info):
        assert observation.shape == (4, 2), observation.shape
        return self.action

class Gambler:
    plays_games = True
    def __init__(self, env, seed):
        self.chance = np.random.default_rng(seed)
    def reset(self):
        pass
    def act(self, observation, info):
        return int(self.chance.integers(2)) if isinstance(observation, dict) else 0

class Quits(First):
    def act(self, observation, info):
        import os
        os._exit(3)

not_a_class = 3
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A module of somebody's agents, importable by the name returned."""
    name = f"agents_of_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(AGENTS)
    monkeypatch.syspath_prepend(str(tmp_path))
    return name


@pytest.fixture
def small(monkeypatch):
    """A suite of three small environments."""
    monkeypatch.setattr(suites, "SUITES", {"small": (ELEMENTS, ASK, KUHN)})


def run(out, **options):
    with open(os.devnull, "w") as nowhere:
        settings = {"suite_name": "small", "runs": 2, "episodes": 6, "jobs": 1, **options}
        return bench_module.bench(out, Console(file=nowhere), **settings)


def job(agent, entry=ELEMENTS, number=0, episodes=5):
    return Job(entry, agent if isinstance(agent, AgentSpec) else AgentSpec(agent), number, episodes, runner.versions())


# -- a cell ------------------------------------------------------------------------------------------------------------
def test_a_cell_is_what_playing_by_hand_gives():
    cell = play_cell(job("greedy", episodes=8))
    env = suites.make_env(ELEMENTS)
    agent = baselines.make("greedy", env)
    observation, info = env.reset(seed=suites.run_seed(ELEMENTS, 0))
    for number in range(8):
        if number:
            observation, info = env.reset()
        agent.reset()
        total, length, ended = 0.0, 0, False
        while not ended:
            observation, reward, ended, _, info = env.step(agent.act(observation, info))
            total, length = total + reward, length + 1
        assert cell["returns"][number] == total
        assert cell["lengths"][number] == length
        assert cell["successes"][number] == (total == 1.0)  # without costs


def test_the_seed_of_a_run_is_as_documented():
    import hashlib

    assert suites.run_seed(ELEMENTS, 7) == int(hashlib.sha256(b"small/7").hexdigest()[:8], 16)


def test_bits_left_by_hand():
    """Count the items that answer as the hidden one does, and take the logarithm."""
    env = suites.make_env(ELEMENTS)
    observation, info = env.reset(seed=suites.run_seed(ELEMENTS, 0))
    answers, item = env.unwrapped.table.answers, infogap.reveal(env).item
    agent = baselines.make("greedy", env)
    agent.reset()
    left, bits = np.arange(118), [np.log2(118)]
    for _ in range(3):
        question = agent.act(observation, info)
        left = left[answers[left, question] == answers[item, question]]
        bits.append(np.log2(left.size))
        observation, _, _, _, info = env.step(question)
    assert play_cell(job("greedy", episodes=1))["bits"] == pytest.approx([*bits, bits[-1]], abs=1e-5)
    # The oracle names the item at once: nothing is learnt.
    assert play_cell(job("oracle"))["bits"] == pytest.approx([np.log2(118)] * 2, abs=1e-5)


def test_all_agents_meet_the_same_items():
    first, second = play_cell(job("oracle", ASK)), play_cell(job("oracle", ASK))
    assert first["lengths"] == second["lengths"] and first["seed"] == second["seed"]
    assert (
        play_cell(job("oracle", ASK, number=1, episodes=20))["lengths"]
        != play_cell(job("oracle", ASK, number=2, episodes=20))["lengths"]
    )


def test_kuhn_plays_every_deal_in_both_seats():
    """Over the twelve deals and seats the oracle never loses on average; the exact mean of it is published."""
    cells = [play_cell(job("oracle", KUHN, run, 240)) for run in range(4)]
    mean = np.mean([value for cell in cells for value in cell["returns"]])
    error = np.std([value for cell in cells for value in cell["returns"]]) / np.sqrt(960)
    assert abs(mean - baselines.kuhn_scores()["oracle"]) < 4 * error
    assert cells[0]["successes"] is None and cells[0]["bits"] is None
    assert "skipped" in play_cell(job("greedy", KUHN))
    flat = AgentSpec("flat", "some:Agent", observation="flat")
    assert "unknown observation 'flat'" in play_cell(job(flat))["skipped"], "such as a model of a game from one seat"


def test_keys_tell_everything_apart():
    jobs = [
        job("greedy"),
        job("random"),
        job("greedy", ASK),
        job("greedy", number=1),
        job("greedy", episodes=6),
        job(AgentSpec("greedy", "module:Class")),
        job(AgentSpec("greedy", "module:Class", "digest")),
        Job(ELEMENTS, AgentSpec("greedy"), 0, 5, {**runner.versions(), "numpy": "0"}),
    ]
    assert len({one.key for one in jobs}) == len(jobs)
    assert jobs[0].key == job("greedy").key


# -- the run -----------------------------------------------------------------------------------------------------------
def test_results_hold_what_is_needed_to_repeat_them(tmp_path, small):
    run(tmp_path)
    results = json.loads((tmp_path / "results.json").read_text())
    assert results["versions"]["infogap"] == infogap.__version__
    assert {"gymnasium", "numpy"} <= set(results["versions"])
    assert len(results["cells"]) == 3 * 5 * 2
    assert all(isinstance(cell["seed"], int) for cell in results["cells"])
    assert "--runs 2" in results["repeat"] and "--episodes 6" in results["repeat"]
    entry = results["entries"][0]
    assert entry["references"]["blind"]["value"] == pytest.approx(1 / 118)
    assert entry["agents"]["oracle"]["success"] == 1.0
    assert entry["ceiling"][-1] == pytest.approx(27 / 118), "three questions of three answers, then the guess"
    assert results["entries"][2]["agents"]["greedy"] == {
        "skipped": results["entries"][2]["agents"]["greedy"]["skipped"]
    }


def test_two_processes_give_what_one_gives(tmp_path, small):
    run(tmp_path / "one", baselines=("random",))
    run(tmp_path / "two", baselines=("random",), jobs=2)

    def cells(folder):
        found = CellStore(folder).cells.values()
        return {cell["key"]: {name: value for name, value in cell.items() if name != "seconds"} for cell in found}

    assert cells(tmp_path / "one") == cells(tmp_path / "two")


def test_a_second_run_plays_nothing_again(tmp_path, small, monkeypatch):
    first = run(tmp_path)
    before = (tmp_path / "cells.jsonl").read_bytes()
    played = []
    monkeypatch.setattr(runner, "play_cell", lambda job: played.append(job) or play_cell(job))
    second = run(tmp_path)
    assert played == []
    assert (tmp_path / "cells.jsonl").read_bytes() == before
    assert second["entries"] == first["entries"] and second["overall"] == first["overall"]
    run(tmp_path, runs=3)
    assert {job.run for job in played} == {2}
    run(tmp_path, fresh=True)
    assert len(played) == 15 + 30


def test_torn_and_damaged_lines_cost_their_cells_only(tmp_path, small, monkeypatch):
    first = run(tmp_path)
    path = tmp_path / "cells.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[3] = lines[3].replace(b'"run":', b'"rum":')
    path.write_bytes(b"".join(lines[:-1]) + lines[-1][:-20])
    played = []
    monkeypatch.setattr(runner, "play_cell", lambda job: played.append(job) or play_cell(job))
    with pytest.warns(UserWarning, match="1 damaged"):
        second = run(tmp_path)
    assert len(played) == 2
    assert second["entries"] == first["entries"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert len(CellStore(tmp_path).cells) == 30


def test_references_always_play(tmp_path, small):
    results = run(tmp_path, baselines=("random",))
    assert [agent["name"] for agent in results["agents"]] == ["random", "blind", "optimal"]
    assert set(results["overall"]) == {"random", "blind", "optimal"}


@pytest.mark.parametrize(
    "options", [{"suite_name": "none"}, {"baselines": ("best",)}, {"runs": 0}, {"episodes": 0}, {"jobs": -1}]
)
def test_bad_options_are_refused(tmp_path, small, options):
    with pytest.raises(InvalidOption):
        run(tmp_path, **options)


# -- agents of others --------------------------------------------------------------------------------------------------
def test_somebodys_agent_plays_beside_the_baselines(tmp_path, small, module):
    results = run(tmp_path, agents=(f"{module}:First", f"{module}:Gambler"))
    assert results["entries"][0]["agents"]["First"]["length"] == 1.0
    assert "skipped" in results["entries"][2]["agents"]["First"], "it does not say that it plays games"
    assert "return" in results["entries"][2]["agents"]["Gambler"]
    assert f"--agent {module}:First" in results["repeat"]
    assert results["agents"][-2]["sha256"]


def test_an_agent_gets_the_observation_it_asks_for(module):
    assert play_cell(job(given(f"{module}:Log")))["lengths"] == [1] * 5


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Raises", "'Raises' raised RuntimeError: lost the thread"),
        ("Asks", "'Asks' raised SealedError"),
        ("Leaves", "'Leaves' raised SystemExit"),
        ("Refused", "'Refused' chose a refused action"),
        ("Unmade", "'Unmade' cannot be made: OSError: no weights"),
        ("NoAct", "'NoAct' has no method"),
    ],
)
def test_a_faulty_agent_is_named(tmp_path, small, module, name, said):
    with pytest.raises(AgentFault, match=said):
        run(tmp_path, agents=(f"{module}:{name}",))


def test_a_fault_comes_through_from_another_process(tmp_path, small, module):
    with pytest.raises(AgentFault, match="'Raises' raised RuntimeError"):
        run(tmp_path, agents=(f"{module}:Raises",), jobs=2)


def test_an_agent_that_ends_its_process_is_an_error(tmp_path, small, module):
    with pytest.raises(AgentFault, match="worker process died"):
        run(tmp_path, agents=(f"{module}:Quits",), jobs=2)


@pytest.mark.parametrize("source", ["nothing", ":", "no_such_module:Agent", "json:NoSuchAgent"])
def test_agents_that_are_not_there(source):
    with pytest.raises(UnknownOption, match="agent"):
        given(source)


def test_agents_that_are_no_class_or_no_model(module, tmp_path):
    with pytest.raises(UnknownOption, match="no class"):
        given(f"{module}:not_a_class")
    (tmp_path / "model.zip").write_bytes(b"something else")
    with pytest.raises(CheckpointError):
        given(str(tmp_path / "model.zip"))


def test_names_are_made_different():
    same = AgentSpec("greedy", "mine:greedy")
    assert [agent.name for agent in unique([AgentSpec("greedy"), same, same])] == ["greedy", "greedy-2"]


def test_a_leak_raises_the_alarm(tmp_path, monkeypatch, module):
    monkeypatch.setattr(suites, "SUITES", {"small": (ELEMENTS,)})
    results = run(tmp_path, agents=(f"{module}:Cheat",), episodes=20)
    # 118 items and a guess without an answer: ceiling c = 1/118. 40 of 40 are 1 - c above, SE = sqrt(c (1 - c) / 40).
    alarm = results["alarms"][0]
    assert (alarm["agent"], alarm["entry"], alarm["turn"]) == ("Cheat", "small", 1)
    assert alarm["errors"] == pytest.approx((117 / 118) / np.sqrt(117 / 118**2 / 40))
    assert {alarm["agent"] for alarm in results["alarms"]} == {"Cheat"}, "the oracle may be above, the others are not"
