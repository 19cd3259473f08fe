"""The transfer study: its learning environment, its learners, its command, and the results that are committed."""

import json
import re

import numpy as np
import pytest
from typer.testing import CliRunner

import infogap
from infogap import cli
from infogap.baselines import transfer as study
from infogap.baselines.transfer_env import GAMES, Tables, played, random_act, sampled_channel, scripted_act
from infogap.benchmarks import transfer as bench
from infogap.core.chance import Chance
from infogap.core.errors import MissingExtra, RecordingError, UnknownOption

TINY = study.Scale(2, dict.fromkeys(GAMES, 1), tables=8, steps=6, batch=48, watched=6, episodes=2)
BOTH = pytest.mark.parametrize("name", GAMES)


def types_of(game):
    """By seat, what the truth says its type is."""
    truth = infogap.reveal(game)
    return [truth.type_of(seat) for seat in game.possible_agents]


# -- what the learner reads --------------------------------------------------------------------------------------------
@BOTH
@pytest.mark.parametrize("fill", ["script", "mindreader"])
def test_the_channel_is_what_the_regime_tells(name, fill):
    tables, choose = Tables(name, fill, n=4, seed=3), random_act(0)
    for _ in range(25):
        for i, game in enumerate(tables.games):
            types, n, seat = types_of(game), tables.seats, int(tables.seat[i])
            assert game.agent_selection == game.possible_agents[seat]
            others = [c + 1 for k in range(1, n) for c in types[(seat + k) % n]]
            own, told, flag = np.split(tables.inputs[i], [tables.own, tables.own + tables.channel])
            assert told.tolist() == others
            assert flag.tolist() == [float(s == seat) for s in range(n)]
            seen = game.observe(game.agent_selection)
            assert own.tolist() == seen["observation"][: tables.own].tolist()
            assert tables.masks[i].tolist() == seen["action_mask"].astype(bool).tolist()
        tables.step(choose(tables.inputs, tables.masks, tables.seat))


@BOTH
def test_in_private_the_channel_is_zero_and_the_rest_the_same(name):
    told, private = Tables(name, "mindreader", n=3, seed=5), Tables(name, "zero", n=3, seed=5)
    choose = random_act(1)
    for _ in range(20):
        a, b = told.inputs.copy(), private.inputs.copy()
        a[:, told.own : told.own + told.channel] = 0.0
        assert (a == b).all() and (told.masks == private.masks).all()
        actions = choose(told.inputs, told.masks, told.seat)
        told.step(actions), private.step(actions)


@BOTH
def test_a_sample_is_possible_for_the_seat_and_drawn_once_an_episode(name):
    tables, choose = Tables(name, "sample", n=6, seed=2), random_act(2)
    channel = slice(tables.own, tables.own + tables.channel)
    drawn, wrong, ended = {}, 0, np.zeros(6, bool)
    for _ in range(40):
        for i, game in enumerate(tables.games):
            seat = int(tables.seat[i])
            told = tables.inputs[i, channel].copy()
            if ended[i]:
                drawn = {key: value for key, value in drawn.items() if key[0] != i}
            assert drawn.setdefault((i, seat), told.tolist()) == told.tolist(), "the same throughout the episode"
            types = types_of(game)
            others = [types[(seat + k) % tables.seats] for k in range(1, tables.seats)]
            wrong += [c + 1 for kind in others for c in kind] != told.tolist()
            if name == "mutual_friends":  # possible: three friends, of whom the seat knows one
                assert told.sum() - 8 == 3 and ((told == 2) & (np.array(types[seat]) == 1)).sum() == 1
        _, ended = tables.step(choose(tables.inputs, tables.masks, tables.seat))
    assert wrong > 100, "it is no report of the truth"


def test_samples_of_mutual_friends_follow_the_posterior():
    game = GAMES["mutual_friends"].make("private")
    game.reset(seed=1)
    truth = infogap.reveal(game)
    own = set(truth.friends["friend_0"])
    count = np.zeros(8)
    for k in range(3000):
        count += sampled_channel(game, truth, 0, Chance(9).at(k)) == 2
    # One of three own friends is mutual, and two of five strangers are known: 1/3 and 2/5.
    expected = np.array([1 / 3 if person in own else 2 / 5 for person in range(8)])
    assert np.abs(count / 3000 - expected).max() < 0.04


@BOTH
def test_dropout_hides_whole_episodes(name):
    tables, choose = Tables(name, "script", n=40, seed=1, dropout=0.5), random_act(0)
    hidden, seen = [set() for _ in range(40)], []
    for _ in range(60):
        for i in range(40):
            hidden[i].add(not tables.inputs[i, tables.own : tables.own + tables.channel].any())
        _, ended = tables.step(choose(tables.inputs, tables.masks, tables.seat))
        for i in np.flatnonzero(ended):
            assert len(hidden[i]) == 1, "either told or not, for all seats"
            seen.append(hidden[i].pop())
    assert 0.35 < np.mean(seen) < 0.65 and len(seen) > 200


@BOTH
def test_a_scripted_team_that_reaches_the_optimum_gets_1(name):
    tables = Tables(name, n=20, seed=4, judged=True)
    assert played(tables, scripted_act(name, "prudent", 0), 3) == 1.0
    assert tables.paid == tables.ended, "the reward says what the verifier says"
    assert 0.0 < played(Tables(name, n=50, seed=4, judged=True), random_act(0), 4) < 0.6


@BOTH
def test_with_partners_the_learner_keeps_its_seat(name):
    tables, choose = Tables(name, n=6, seed=4, partners=study.held_out(name), judged=True), random_act(0)
    for _ in range(30):
        assert tables.seat.tolist() == [i % tables.seats for i in range(6)]
        tables.step(choose(tables.inputs, tables.masks, tables.seat))
    assert min(map(len, tables.successes)) > 2


def test_unknown_names_are_refused():
    with pytest.raises(UnknownOption, match="chess"):
        Tables("chess")
    with pytest.raises(UnknownOption, match="everything"):
        Tables("hidden_profile", "everything")


# -- learners ----------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def torch():
    """torch, where the extra sb3 is installed."""
    pytest.importorskip("sb3_contrib")
    return pytest.importorskip("torch")


def batch(torch, tables, seat):
    rows = np.random.default_rng(0).random((16, tables.width), np.float32)
    rows[:, -tables.seats :] = np.eye(tables.seats)[seat]
    return torch.as_tensor(rows)


@BOTH
@pytest.mark.parametrize("shared", [False, True])
def test_separate_networks_share_no_gradient(name, shared, torch):
    from infogap.baselines.transfer_net import learner

    tables = Tables(name, n=2)
    policy = learner(tables, shared, False, 0, TINY.learner(1e-3)).policy
    touched = []
    for seat in range(tables.seats):
        policy.zero_grad()
        values, log_prob, entropy = policy.evaluate_actions(
            batch(torch, tables, seat), torch.arange(16) % tables.actions
        )
        (values.sum() + log_prob.sum() + entropy.sum()).backward()
        grads = [p.grad for p in policy.parameters() if p.requires_grad]
        touched.append(torch.cat([torch.zeros(1) if g is None else g.ravel() for g in grads]) != 0)
    both = touched[0] & touched[1]
    assert touched[0].any() and touched[1].any()
    assert bool(both.any()) is shared


@BOTH
def test_an_agent_trained_in_private_cannot_read_the_channel(name, torch):
    from infogap.baselines.transfer_net import learner

    tables = Tables(name, n=2)
    columns = slice(tables.own, tables.own + tables.channel)
    for blind in (True, False):
        policy = learner(tables, False, blind, 0, TINY.learner(1e-3)).policy
        rows = batch(torch, tables, 1)
        other = rows.clone()
        other[:, columns] += 3.0
        same = [torch.equal(*pair) for pair in zip(logits(policy, rows), logits(policy, other), strict=True)]
        assert same == [blind, blind]


def logits(policy, rows):
    return policy.get_distribution(rows).distribution.logits, policy.predict_values(rows)


@pytest.mark.parametrize("name", ["mutual_friends", pytest.param("hidden_profile", marks=pytest.mark.full)])
def test_a_small_study_runs_and_goes_on_where_it_was(name, tmp_path, torch, monkeypatch):
    monkeypatch.setattr(study, "GAMES", {name: GAMES[name]})
    done = []
    results = study.retrain(tmp_path, scale=TINY, report=done.append)
    assert len(done) == 2 * len(study.ARMS) * 2
    assert json.loads((tmp_path / "transfer.json").read_text()) == json.loads(json.dumps(results))
    sound(results, 2, {name})

    lost = f"{name}-script-1"
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*-*.json")}
    for path in tmp_path.glob(f"{lost}*.json"):
        path.unlink()
    trained = []
    model = study._model
    monkeypatch.setattr(study, "_model", lambda *args: trained.append(args[:3]) or model(*args))
    again = study.retrain(tmp_path, scale=TINY, report=done.append)
    assert set(trained) == {(name, "script", seed) for seed in (0, 1)}, "only what was missing"
    assert before.keys() == {path.name for path in tmp_path.glob("*-*.json")}
    assert again["games"] == results["games"], "the same run, to the last bit on one machine"

    with pytest.raises(RecordingError, match="another study"):
        study.retrain(tmp_path, scale=TINY._replace(seeds=3))


# -- the committed results ---------------------------------------------------------------------------------------------
def sound(results, seeds, games=frozenset(GAMES)):
    """Every arm, seed and cell is there, and what is equal by construction is."""
    assert set(results["games"]) == set(games)
    for name, game in results["games"].items():
        assert set(game["arms"]) == set(study.ARMS) == set(bench.ARMS)
        assert game["options"] == GAMES[name].options
        for arm, one in game["arms"].items():
            last = "scratch" if arm == "private" else "finetuned"
            assert set(one["cells"]) == {"script", "mindreader", "private", "strangers", "sample", "partners", last}
            for values in one["cells"].values():
                assert len(values) == seeds and all(0 <= v <= 1 for v in values)
        private = game["arms"]["private"]["cells"]
        assert private["script"] == private["sample"] == private["private"]
        assert private["mindreader"] == private["strangers"]
        assert set(game["references"]["prudent"]) == {1.0}


def test_the_committed_results_are_whole():
    results = bench.committed()
    sound(results, 10)
    assert results["episodes"] == study.FULL.watched * study.FULL.episodes == 1000
    assert 0 < sum(results["cpu_hours"].values()) < 5
    for name, game in results["games"].items():
        rates = {arm: one["rate"] for arm, one in game["arms"].items()}
        assert rates == {arm: study.CHOSEN[name][of.rate_of] for arm, of in study.ARMS.items()}
        assert game["steps"] == 10 * study.FULL.tenth[name] * study.FULL.tables * study.FULL.steps


def test_intervals_are_those_of_a_bootstrap_over_seeds():
    summary, results = bench.summarised(bench.committed()), bench.committed()
    rng = np.random.default_rng(123)
    for name, game in summary["games"].items():
        for arm, row in game["cells"].items():
            for column, cell in row.items():
                raw = results["games"][name]["arms"][arm]["cells"]
                values = raw[column if column in raw else "scratch" if arm == "private" else "finetuned"]
                check(cell, np.array(values), rng)
        arms = {
            arm: {c: np.array(v) for c, v in one["cells"].items()}
            for arm, one in results["games"][name]["arms"].items()
        }
        by_hand = (
            arms["script"]["script"] - arms["script"]["private"],
            arms["mindreader"]["mindreader"] - arms["mindreader"]["private"],
            arms["private"]["private"] - arms["script"]["private"],
        )
        for one, values in zip(game["contrasts"].values(), by_hand, strict=True):
            check(one["cell"], values, rng)
            assert one["holds"] == (one["cell"].low > 0)
        assert game["holds"] == all(one["holds"] for one in game["contrasts"].values())


def check(cell, values, rng):
    """Resampled by weights, with other chance."""
    assert cell.mean == pytest.approx(values.mean())
    weights = rng.multinomial(len(values), np.full(len(values), 1 / len(values)), size=10_000) / len(values)
    low, high = np.quantile(weights @ values, [0.025, 0.975])
    assert cell.low == pytest.approx(low, abs=0.02) and cell.high == pytest.approx(high, abs=0.02)
    assert cell.low <= cell.mean + 1e-9 and cell.mean <= cell.high + 1e-9


# -- the command -------------------------------------------------------------------------------------------------------
def test_the_command_prints_the_matrix():
    ran = CliRunner().invoke(cli.app, ["bench", "transfer"], env={"COLUMNS": "80"})
    assert ran.exit_code == 0
    assert "…" not in ran.output and max(map(len, ran.output.splitlines())) <= 80
    summary = bench.summarised(bench.committed())
    assert ran.output.count("simulation misleads: holds") == sum(game["holds"] for game in summary["games"].values())
    for game in summary["games"].values():
        assert game["title"] in ran.output
        for arm, name in bench.ARMS.items():
            shown = [
                f"{c.mean:.2f} [{c.low:.2f}, {c.high:.2f}]" for c in (game["cells"][arm][k] for k in bench.COLUMNS)
            ]
            assert re.search(rf"^{name} +" + " +".join(map(re.escape, shown)), ran.output, re.MULTILINE)


def test_retraining_without_the_extra_says_what_to_install(tmp_path, monkeypatch):
    def missing(*args):
        raise MissingExtra("sb3-contrib", "sb3")

    monkeypatch.setattr(study, "_needed", missing)
    ran = CliRunner().invoke(cli.app, ["bench", "transfer", "--retrain", "--out", str(tmp_path / "new")])
    assert isinstance(ran.exception, MissingExtra)
    assert "pip install 'infogap[sb3]'" in str(ran.exception)
    assert not (tmp_path / "new").exists(), "nothing is begun"
