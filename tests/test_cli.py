"""The command line: what it prints, its exit codes, and that no expected error shows a traceback."""

import inspect
import io
import json
import re
import subprocess
import sys

import gymnasium as gym
import numpy as np
import pytest
from rich.console import Console

import infogap
from infogap import cli
from infogap.baselines.match import made_env
from infogap.benchmarks import suites
from infogap.benchmarks.play import matches
from infogap.core.errors import MissingExtra, UnknownOption
from infogap.core.regime import REGIMES
from infogap.envs import GAMES

TWENTY = "infogap/TwentyQuestions-v0"


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command in this process: (exit code, standard output, standard error)."""

    def command(*arguments, stdin=""):
        monkeypatch.setattr(sys, "argv", ["infogap", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        monkeypatch.setattr(sys, "path", list(sys.path))
        monkeypatch.setenv("COLUMNS", "160")
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capsys.readouterr()
        return left.value.code or 0, out, err

    return command


# -- list ------------------------------------------------------------------------------------------------------------
def test_list_names_every_id_and_world(run, ids):
    code, out, _ = run("list")
    assert code == 0
    private = [id for id, game in GAMES.items() if game.regime == "private"]
    for name in [*ids, *private, *REGIMES, "elements", "countries"]:
        assert name in out


@pytest.mark.parametrize(
    ("id", "hidden"), [(TWENTY, "item"), ("infogap/Kuhn-v0", "card"), ("infogap/LemonsBuyer-v0", "quality")]
)
def test_card_shows_partition_and_rules(run, id, hidden):
    code, out, _ = run("list", "--card", id)
    assert code == 0
    assert hidden in out and "verifier" in out and "release" in out and "Episode End" in out


def test_the_card_of_a_seat_says_which_and_where_its_rules_are(run):
    _, out, _ = run("list", "--card", "infogap/LemonsBuyer-v0")
    assert "buyer_0 of infogap/Lemons-v0" in out and "infogap list --card infogap/Lemons-v0" in out


@pytest.mark.parametrize("id", [id for id, game in GAMES.items() if game.regime == "private"])
def test_cards_fit_a_terminal_and_render_as_they_are_meant(run, id, monkeypatch):
    """In 80 columns no word of the partition is cut; no line that wraps before a minus becomes a list of its own."""
    monkeypatch.setattr(cli, "Console", lambda **options: Console(width=80))
    _, out, _ = run("list", "--card", id)
    assert "…" not in out and max(map(len, out.splitlines())) <= 80
    doc = inspect.cleandoc(type(GAMES[id].env()).__doc__).splitlines()
    bullets = [i for i, line in enumerate(doc) if line.startswith(("- ", "+ ", "* "))]
    assert all(not doc[i - 1] or doc[i - 1].startswith(("#", "- ", "+ ", "* ", "  ")) for i in bullets)


def test_the_card_of_a_long_partition_folds_the_columns_of_a_table(run, monkeypatch):
    monkeypatch.setattr(cli, "Console", lambda **options: Console(width=80))
    _, out, _ = run("list", "--card", "infogap/Desktop-v0")
    assert "…" not in out and max(map(len, out.splitlines())) <= 80 and len(out.splitlines()) < 200
    said = " ".join(re.findall(r"(?<= )\S+", re.sub(r" +", " ", out)))
    env = gym.make("infogap/Desktop-v0").unwrapped
    for table in env.office.tables.values():
        assert f"{table.name}_*" in said and all(column.name in said for column in table.columns)
    assert "Reads customers_*, items_*, orders_* but orders_true_due." in said, "what is never shown is not read"
    assert "people_name." in said, "of a table of which little is read each column is named"


@pytest.fixture
def somebodys(tmp_path, monkeypatch):
    """A module in the current folder that registers a desktop."""
    lines = "import gymnasium", "entry = 'infogap.envs.desktop:Desktop'", "gymnasium.register('Mine-v0', entry)"
    (tmp_path / "my_desk.py").write_text("\n".join(lines))
    (tmp_path / "my_fault.py").write_text("1 / 0")
    monkeypatch.chdir(tmp_path)
    yield "my_desk:Mine-v0"
    sys.modules.pop("my_desk", None)
    gym.registry.pop("Mine-v0", None)


def test_an_id_of_another_module_is_played_and_described(run, somebodys):
    code, out, _ = run("play", somebodys, "-o", "template=due_date", stdin="?\nwait\n")
    assert code == 0 and out.count("give up STATUS") == 2 and "turn 1 of 20" in out and "Left." in out
    code, out, _ = run("list", "--card", somebodys)
    assert code == 0 and "Mine-v0  (Gymnasium, family desktop)" in out


@pytest.mark.parametrize("command", [("play",), ("list", "--card")])
@pytest.mark.parametrize(
    ("id", "said"),
    [
        ("nonesuch:Mine-v0", "No module named 'nonesuch'"),
        ("my_fault:Mine-v0", "ZeroDivisionError"),
        ("my_desk:Yours-v0", "unknown id"),
        ("gymnasium:CartPole-v1", "CartPole"),
    ],
)
def test_an_id_of_another_module_that_is_not_there_is_refused(run, somebodys, command, id, said):
    code, _, err = run(*command, id)
    assert code == 2 and said in err and "Traceback" not in err


@pytest.mark.parametrize("id", ["infogap/Desktop-v0", TWENTY])
def test_an_option_that_an_environment_does_not_take_is_named_alone(id):
    with pytest.raises(UnknownOption, match=r"takes no option 'nonesuch'; expected one of .*render_mode"):
        made_env(id, {"nonesuch": 1, "render_mode": "ansi"})


@pytest.mark.parametrize("id", [id for id in GAMES if "DealOrNoDeal" in id])
def test_card_says_the_regime(run, id):
    """In an omniscient regime the values are everybody's; in the others each seat's own."""
    regime = GAMES[id].regime
    code, out, _ = run("list", "--card", id)
    assert code == 0 and f"Regime: {regime}: {REGIMES[regime]}" in " ".join(out.split())
    line = next(line for line in out.splitlines() if "values" in line and "field" in line)
    assert ("everybody" in line) == (regime in ("mindreader", "script"))
    assert ("told" in out) == (regime != "private")


def test_help_and_list_stay_light():
    code = (
        "import sys, infogap.cli as c\nsys.argv = ['infogap', sys.argv[1]]\n"
        "try:\n    c.main()\nexcept SystemExit:\n    pass\n"
        "print('HEAVY', [m for m in ('matplotlib', 'scipy', 'torch', 'jinja2') if m in sys.modules])"
    )
    for argument in ("--help", "list"):
        done = subprocess.run([sys.executable, "-c", code, argument], capture_output=True, text=True, timeout=60)
        assert "HEAVY []" in done.stdout, done.stdout + done.stderr


# -- play ------------------------------------------------------------------------------------------------------------
def truth(seed, **kwargs):
    env = suites.make_env(suites.Entry("", TWENTY, "", kwargs))
    env.reset(seed=seed)
    return env.unwrapped.table, infogap.reveal(env).item


def test_play_from_standard_input(run):
    table, item = truth(3)
    question = table.questions[10]
    code, out, _ = run(
        "play",
        "--seed",
        3,
        "--hints",
        stdin=f"?noble gas\n!{table.items[item]}\n{question}\n2\nguess {table.items[item]}\n",
    )
    assert code == 0
    assert "Is it a noble gas?" in out
    assert f"1. {question} {table.alphabet[table.answers[item, 10]]}" in out
    assert f"2. {table.questions[1]} {table.alphabet[table.answers[item, 1]]}" in out
    left = np.sum((table.answers[:, [10, 1]] == table.answers[item, [10, 1]]).all(1))
    assert f"{left} left" in out
    assert f"Right: it was {table.items[item]}" in out


def test_play_until_the_budget_is_used_up(run):
    _, out, _ = run("play", "--seed", 1, "--budget", 2, "--actions", "ask", "--world", "countries", stdin="1\n2\n3\n")
    assert "2." in out and "The likeliest item is named" in out and " 3." not in out.partition("likeliest")[0]
    assert "Not found" in out or "Right" in out


def test_play_can_be_left_and_explains_itself(run):
    code, out, _ = run(
        "play", "--seed", 1, stdin="help\nleft\nguess\nis it\n0\n99999\nno such question at all\n?zzz\n\n"
    )
    assert code == 0
    assert "Ctrl-D" in out and "118 left" in out and "Which question?" in out and "Left." in out
    assert "numbered 1 to" in out and "No such question" in out
    assert infogap.reveal is not None and "it was" not in out, "the item is told at the end only"


def test_matches():
    options = ("Is it a gas?", "Is it a noble gas?", "Is it heavy?")
    assert matches("is it a gas", options) == [0], "an exact one alone"
    assert matches("gas", options) == [0, 1]
    assert matches("NOBLE is", options) == [1]
    assert matches("is it heavi", options)[0] == 2
    assert matches("qqq", options) == []


# -- replay ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def recorded(tmp_path, run):
    """A file of two recorded episodes of seed 3: a wrong guess, and the right one."""
    table, item = truth(3)
    path = tmp_path / "episodes.jsonl"
    wrong = table.items[(item + 1) % table.n]
    for guess in (wrong, table.items[item]):
        run("play", "--seed", 3, "--record", path, stdin=f"11\nguess {guess}\n")
    return path


def test_replay_shows_episodes_and_agrees(run, recorded):
    table, item = truth(3)
    code, out, _ = run("replay", recorded)
    assert code == 0
    assert out.count(f"1. {table.questions[10]} {table.alphabet[table.answers[item, 10]]}") == 2
    assert out.count(f"Hidden was {table.items[item]}") == 2
    assert out.count("it is the same") == 2 and out.count("no success") == 1
    code, out, _ = run("replay", recorded, "--episode", 2)
    assert "Episode 2" in out and "Episode 1" not in out and "no success" not in out
    assert run("replay", recorded, "--episode", 3)[0] == 2


def test_replay_of_later_episodes_of_a_stream(run, tmp_path):
    from infogap.wrappers import RecordEpisodes

    path = tmp_path / "stream.jsonl"
    env = RecordEpisodes(suites.make_env(suites.Entry("", TWENTY, "", {"noise": 0.2, "actions": "ask"})), path)
    env.reset(seed=5)
    for _ in range(3):
        ended = False
        while not ended:
            ended = env.step(7)[2]
        env.reset()
    env.close()
    code, out, _ = run("replay", path)
    assert code == 0
    assert out.count("it is the same") == 3 and out.count("committed to") == 3


def test_replay_notices_what_was_altered(run, recorded, tmp_path):
    """With a valid checksum, but another answer than the truth gives."""
    import zlib

    line = json.loads(recorded.read_bytes().splitlines()[0])
    line["episode"]["observations"][1][10] = 3 - min(line["episode"]["observations"][1][10], 2)
    body = json.dumps(line["episode"], separators=(",", ":"), sort_keys=True)
    altered = tmp_path / "altered.jsonl"
    altered.write_text(json.dumps({"crc": zlib.crc32(body.encode()), "episode": line["episode"]}) + "\n")
    code, out, _ = run("replay", altered)
    assert code == 0
    assert "differs at turn 1" in out and "Hidden was" not in out


@pytest.mark.parametrize("damage", ["missing", "empty", "flipped", "foreign id", "no actions"])
def test_replay_of_damaged_files_is_a_typed_error(run, recorded, damage):
    import zlib

    lines = recorded.read_bytes().splitlines(keepends=True)
    if damage == "missing":
        recorded.unlink()
    elif damage == "empty":
        recorded.write_bytes(b"")
    elif damage == "flipped":
        recorded.write_bytes(lines[0].replace(b'"seed":3', b'"seed":4') + lines[1])
    else:
        episode = json.loads(lines[0])["episode"]
        if damage == "foreign id":
            episode["id"] = "os:Nothing-v0"
        else:
            episode["actions"] = []
        body = json.dumps(episode, separators=(",", ":"), sort_keys=True)
        recorded.write_text(json.dumps({"crc": zlib.crc32(body.encode()), "episode": episode}) + "\n")
    code, _, err = run("replay", recorded)
    assert code == 2
    assert err.startswith("error:") and "Traceback" not in err and len(err.splitlines()) == 1


# -- errors and exit codes -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "arguments",
    [
        ("play", "no-such-id"),
        ("play", "--world", "atlantis"),
        ("play", "--seed", "-1"),
        ("play", "--budget", "0"),
        ("play", "--noise", "0.5"),
        ("play", "CartPole-v1"),
        ("play", "infogap/Kuhn-v0", "--budget", "3"),
        ("play", "infogap/Kuhn-v0", "--hints"),
        ("play", "infogap/Kuhn-v0", "--seat", "nobody"),
        ("play", "infogap/Kuhn-v0", "--partner", "nobody"),
        ("play", "infogap/Kuhn-v0", "--seed", "-3"),
        ("play", "--seat", "player_0"),
        ("play", "infogap/Kuhn"),
        ("play", "infogap/KuhnFirst-v0", "--seat", "player_1"),
        ("train", "--algo", "q", "--env", "infogap/Kuhn-v0", "--option", "no_such=1"),
        ("train", "--algo", "q", "--env", "infogap/KuhnFirst-v0"),
        ("train", "--algo", "roth_erev", "--env", "infogap/Kuhn-v0", "--hyper", "first=x"),
        ("train", "--env", "infogap/KuhnFirst-v0", "--option", "no_such=1"),
        ("train", "--env", "infogap/Kuhn-v0"),
        ("train", "--env", "no-such-id"),
        ("list", "--card", "no-such-id"),
        ("bench", "--suite", "none"),
        ("bench", "--agents", "nobody"),
        ("bench", "--agent", "nowhere"),
        ("train", "--option", "actions"),
        ("train", "--algo", "none"),
        ("train", "--algo", "cfr"),
        ("train", "--algo", "cfr", "--env", "infogap/MutualFriends-v0"),
        ("train", "--algo", "q", "--env", "infogap/Kuhn-v0", "--hyper", "no_such=1"),
    ],
)
def test_expected_errors_are_one_line(run, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    code, _, err = run(*arguments)
    assert code == 2
    assert err.startswith("error:") and len(err.splitlines()) == 1 and len(err) < 400


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("train", "--algo", "none"), "q, roth_erev, cfr"),
        (("play", "infogap/KuhnFirst-v0", "--seat", "player_1"), "infogap play infogap/Kuhn-v0 --seat player_1"),
        (("list", "--card", "infogap/Mafia"), "infogap/Mafia-v0"),
        (("play", "infogap/Mafia"), "infogap/Mafia"),
    ],
)
def test_errors_say_what_to_do(run, arguments, said):
    assert said in run(*arguments)[2]


def test_an_interrupt_is_130(run, monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("infogap.benchmarks.play.play", interrupted)
    assert run("play")[0] == 130


def test_bench_from_the_command_line(run, tmp_path, monkeypatch):
    entry = suites.Entry("small", TWENTY, "Small", {"world": "elements", "budget": 2})
    monkeypatch.setattr(suites, "SUITES", {"quick": (entry,)})
    out = tmp_path / "results"
    options = ("bench", "--out", out, "--runs", 2, "--episodes", 20, "--jobs", 1)
    code, said, _ = run(*options)
    assert code == 0 and "report.html" in said and "greedy" in said
    assert {path.name for path in out.iterdir()} == {"cells.jsonl", "results.json", "report.html"}
    # An agent that reads the truth: the alarm has an exit code of its own. The module is found in the current folder.
    (tmp_path / "cheats.py").write_text(
        "import infogap\nclass Cheat:\n    def __init__(self, env): self.env = env\n    def reset(self): pass\n"
        "    def act(self, o, i): return self.env.unwrapped.table.q + infogap.reveal(self.env).item\n"
    )
    monkeypatch.chdir(tmp_path)
    code, said, _ = run(*options, "--agent", "cheats:Cheat")
    assert code == 4 and "ALARM" in said


def test_missing_extras_say_what_to_install(run, monkeypatch, tmp_path):
    monkeypatch.setattr(
        "infogap.benchmarks.stats.needed", lambda module: (_ for _ in ()).throw(MissingExtra(module, "bench"))
    )
    code, _, err = run("bench", "--out", tmp_path)
    assert code == 2 and "pip install 'infogap[bench]'" in err
    monkeypatch.setitem(sys.modules, "stable_baselines3", None)
    code, _, err = run("train", "--out", tmp_path)
    assert code == 2 and "pip install 'infogap[sb3]'" in err


def test_check_reports_and_keeps_its_exit_codes(run, monkeypatch, tmp_path):
    code, out, _ = run("check", TWENTY, "--pairs", 5, "--json", tmp_path / "report.json")
    assert code == 0 and out
    assert json.loads((tmp_path / "report.json").read_text())
    assert run("check", "infogap/Nothing-v0")[0] == 3
    assert run("check", TWENTY, "--pairs", 0)[0] == 3
    for expected in range(4):
        monkeypatch.setattr("infogap.check.main", lambda *a, expected=expected, **k: expected)
        assert run("check", TWENTY)[0] == expected


def test_train_tables_of_a_game(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = run("train", "--env", "infogap/Kuhn-v0", "--algo", "cfr", "--steps", 100)
    assert code == 0 and not err and (tmp_path / "runs").is_dir()
    assert float(out.partition("exploitability ")[2].split(",")[0].rstrip(". \n")) < 0.01
