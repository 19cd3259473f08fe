"""Learners of the desktop family: the network in NumPy and torch, shaping, demonstrations, and what is committed."""

import hashlib
import json
import subprocess
import sys

import gymnasium as gym
import numpy as np
import pytest
from typer.testing import CliRunner

from infogap import cli
from infogap.baselines import desktop as learned
from infogap.baselines import desktop_study as study
from infogap.baselines import desktop_train as training
from infogap.core.errors import CheckpointError, InvalidOption, UnknownOption
from infogap.core.world import reveal
from infogap.envs.desktop import flat
from infogap.envs.desktop.desktop import Desktop
from infogap.envs.desktop.grading import graded
from infogap.envs.desktop.hands import Hands
from infogap.envs.desktop.shaping import Shaped
from infogap.envs.desktop.tasks import TEMPLATES

EASY = pytest.mark.parametrize("name", training.EASY)


@pytest.fixture(scope="module")
def screens():
    """Screens and masks of a few episodes at random."""
    found, chance = [], np.random.default_rng(0)
    for name in training.EASY:
        env = Desktop(name, "val", observation="dict")
        for seed in range(2):
            observation, _ = env.reset(seed=seed)
            for _ in range(12):
                found.append(observation)
                parts = np.split(observation["action_mask"], np.cumsum(learned.SIZES)[:-1])
                observation, _, terminated, _, _ = env.step([chance.choice(np.flatnonzero(part)) for part in parts])
                if terminated:
                    break
    return np.stack([one["screen"] for one in found]), np.stack([one["action_mask"] for one in found])


def drawn(seed, by=0.3):
    """Random weights, large enough that every part of the network counts."""
    chance = np.random.default_rng(seed)
    return {name: (by * chance.standard_normal(shape)).astype(np.float32) for name, shape in learned.SHAPES.items()}


# -- the network -------------------------------------------------------------------------------------------------------
def test_numpy_and_torch_take_the_same_actions(screens):
    pytest.importorskip("sb3_contrib")
    from infogap.baselines.desktop_net import Desks, learner, put, taken, weights_of

    desks = Desks([Desktop("due_date", observation="dict")], 0)
    model = learner(desks, 0, {"n_steps": 8, "batch_size": 8})
    every = [drawn(seed) for seed in range(3)] + [learned.load(name) for name in learned.records()]
    for weights in every:
        put(model, weights)
        assert all(np.array_equal(array, weights_of(model)[name]) for name, array in weights.items())
        act = learned.policy(weights)
        ours = [act({"screen": s, "action_mask": m}) for s, m in zip(*screens, strict=True)]
        assert np.array_equal(np.stack(ours), taken(model, *screens))
    assert len({tuple(one) for one in ours}) > 3


def test_masked_actions_are_never_taken(screens):
    for seed in range(3):
        act = learned.policy(drawn(seed))
        for screen, mask in zip(*screens, strict=True):
            parts = np.split(mask, np.cumsum(learned.SIZES)[:-1])
            action = act({"screen": screen, "action_mask": mask})
            assert all(part[one] for part, one in zip(parts, action, strict=True))


def test_no_weight_knows_an_element_s_place():
    """Elements moved two places down, with the gap they leave empty, score the same two places down."""
    weights, chance = drawn(1), np.random.default_rng(2)
    screen = np.zeros(flat.ELEMENTS * flat.FEATURES + flat.GLOBALS, np.int8)
    block = chance.choice([-1, 1], (6, flat.FEATURES)).astype(np.int8)
    block[:, : len(flat.ROLES)] = 0
    block[np.arange(6), chance.integers(len(flat.ROLES), size=6)] = 1
    screen[flat.ELEMENTS * flat.FEATURES :] = chance.choice([-1, 1], flat.GLOBALS)
    near, far = screen.copy(), screen.copy()
    near[3 * flat.FEATURES : 9 * flat.FEATURES] = block.ravel()
    far[20 * flat.FEATURES : 26 * flat.FEATURES] = block.ravel()
    one, other = learned.logits(weights, near), learned.logits(weights, far)
    verbs = len(flat.VERBS)
    np.testing.assert_allclose(one[verbs + 3 : verbs + 9], other[verbs + 20 : verbs + 26], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(one[:verbs], other[:verbs], rtol=1e-4, atol=1e-4)


def test_codes_are_the_signs_read_as_bits():
    signs = np.array([[1, -1, -1, -1, -1, -1, -1, -1], [-1, 1, -1, -1, -1, -1, -1, 1], [0] * 8], np.int8)
    assert learned.codes(signs).tolist() == [1, 130, 0]


def test_what_is_looked_up_are_label_note_and_title():
    """The places of the signs, found by changing the screen's words alone."""
    env = Desktop("approve_bill", observation="dict", skin=0)
    screen = env.reset(seed=0)[0]["screen"]
    first = env._tree.elements[0]
    assert screen[learned.LABEL :][:8].tobytes() == flat.bits(first.label, 8)
    beside = screen[flat.ELEMENTS * flat.FEATURES :]
    assert beside[learned.TITLE :][:8].tobytes() == flat.bits(env._tree.title, 8)
    assert not beside[learned.NOTE :][:8].any()
    hands = Hands(env)
    hands.go("document_list")
    hands.search(hands.view.slots[0])
    hands.open(hands.rows()[0])
    hands.press("approve")
    beside = env.observation(hands.view)["screen"]
    beside = beside[flat.ELEMENTS * flat.FEATURES :]
    assert beside[learned.NOTE :][:8].tobytes() == flat.bits(env._ui.note[0], 8) != bytes(8)


# -- shaping -----------------------------------------------------------------------------------------------------------
@EASY
@pytest.mark.parametrize("gamma", [1.0, 0.9])
def test_shaping_leaves_the_return_as_it_is(name, gamma):
    """Potentials cancel over any episode, since they are 0 at its start and at its end."""
    env, chance = Shaped(Desktop(name, observation="dict"), 0.7, gamma), np.random.default_rng(5)
    for episode in range(3):
        observation, _ = env.reset(seed=episode)
        total, plain, discount, over = 0.0, 0.0, 1.0, False
        while not over:
            parts = np.split(observation["action_mask"], np.cumsum(learned.SIZES)[:-1])
            action = [chance.choice(np.flatnonzero(part)) for part in parts]
            observation, reward, terminated, truncated, _ = env.step(action)
            over = terminated or truncated
            total += discount * reward
            plain += discount * float(terminated and graded(reveal(env)).success)
            discount *= gamma
        assert total == pytest.approx(plain, abs=1e-9)


@EASY
def test_the_oracle_s_way_pays_at_every_step_and_nothing_pays_twice(name):
    env = Shaped(Desktop(name, observation="dict"), 0.5)
    rewards = []
    env_step = env.step
    env.step = lambda action: rewards.append(env_step(action)) or rewards[-1]
    for seed in range(4):
        rewards.clear()
        env.reset(seed=seed)
        TEMPLATES[name].solve(Hands(env), None)
        gains = [float(one[1]) for one in rewards]
        assert min(gains) >= 0 and sum(gains[:-1]) == pytest.approx(0.5) and gains[-1] == pytest.approx(0.5)
    env.reset(seed=1)
    first = [float(env_step([0, 0, 0])[1]) for _ in range(3)]
    assert first == [0, 0, 0]


def test_shaping_changes_rewards_only():
    plain, shaped = Desktop("due_date", observation="dict"), Shaped(Desktop("due_date", observation="dict"))
    chance = np.random.default_rng(1)
    seen, other = plain.reset(seed=3)[0], shaped.reset(seed=3)[0]
    for _ in range(20):
        assert all(np.array_equal(seen[key], other[key]) for key in seen)
        parts = np.split(seen["action_mask"], np.cumsum(learned.SIZES)[:-1])
        action = [chance.choice(np.flatnonzero(part)) for part in parts]
        (seen, _, *ends, info), (other, _, *same, others) = plain.step(action), shaped.step(action)
        assert ends == same and info == others
        if any(ends):
            break


@pytest.mark.parametrize("weight,gamma", [(-0.1, 1.0), (float("nan"), 1.0), (0.5, 0.0), (0.5, 1.1)])
def test_shaping_refuses_what_makes_no_sense(weight, gamma):
    with pytest.raises(InvalidOption):
        Shaped(Desktop("due_date"), weight, gamma)


def test_shaping_is_for_desks():
    with pytest.raises(InvalidOption):
        Shaped(gym.make("infogap/TwentyQuestions-v0"))


# -- training ----------------------------------------------------------------------------------------------------------
def test_demonstrations_are_replayed_to_success():
    screens, actions, masks, values = training.demonstrations(("due_date",), 2, 4, 0.5, 0.9)
    assert len(screens) == len(actions) == len(masks) == len(values) and (actions[:, 0] >= 0).all()
    env = Desktop("due_date", "train", observation="dict")
    ends = np.flatnonzero(actions[:, 0] == flat.VERBS.index("answer"))
    assert len(ends) == 2
    assert values[ends] == pytest.approx([1 - 0.5, 1 - 0.5])  # the reward, less the potential that the end takes away
    observation, _ = env.reset(seed=training.SHOWING + 4 * 10**6)
    rows = [i for i in range(len(screens)) if np.array_equal(screens[i], observation["screen"])]
    assert rows


def test_a_short_run_learns_from_demonstrations_and_writes_what_numpy_reads(tmp_path):
    pytest.importorskip("sb3_contrib")
    small = {"warm": 4, "epochs": 2, "envs": 4, "n_steps": 16, "batch_size": 32}
    path = training.train(("approve_bill",), 64, 3, tmp_path / "a", small, lambda line: None)
    again = training.train(("approve_bill",), 64, 3, tmp_path / "b", small, lambda line: None)
    made = json.loads((tmp_path / "a" / "run.json").read_text())
    assert made["curve"][-1]["steps"] == 64 and made["settings"]["envs"] == 4
    assert training.checksum(path) == training.checksum(again)
    act = study.unpacked(path)
    assert training.scored(act, "approve_bill", "val", 2) in ([False] * 2, [True, False], [False, True], [True] * 2)


@pytest.mark.parametrize(
    "templates,hyper,error",
    [
        (("nothing",), {}, UnknownOption),
        (("month_end",), {}, InvalidOption),
        (("due_date",), {"depth": 3}, UnknownOption),
        (("due_date",), {"learning_rate": "abc"}, InvalidOption),
        (("due_date",), {"gamma": float("nan")}, InvalidOption),
        (("due_date",), {"envs": 0}, InvalidOption),
        (("due_date",), {"batch_size": 2.5}, InvalidOption),
        (("due_date",), {"warm": -1}, InvalidOption),
    ],
)
def test_training_refuses_what_it_cannot_do(tmp_path, templates, hyper, error):
    with pytest.raises(error):
        training.train(templates, 64, 0, tmp_path, hyper)


@pytest.mark.parametrize("wrong", [{"steps": -5}, {"steps": 1e3}, {"seed": -1}, {"seed": 2**32}])
def test_training_refuses_numbers_out_of_range(tmp_path, wrong):
    with pytest.raises(InvalidOption, match=next(iter(wrong))):
        training.train(("due_date",), **{"steps": 64, "out": tmp_path, **wrong})
    assert not [*tmp_path.iterdir()]


def test_imitation_alone_says_where_it_is_saved(tmp_path):
    pytest.importorskip("sb3_contrib")
    path = training.train_id("infogap/DesktopApproveBill-v0", 0, 3, tmp_path, {"warm": 2, "epochs": 1, "envs": 2})
    assert path.name == "imitation.npz" and path.exists()


def test_intervals_are_wilson_s():
    """Roots of (p - s/n)^2 = z^2 p (1 - p) / n, found apart."""
    for successes, n in ((0, 10), (9, 10), (163, 200), (200, 200)):
        z, p = 1.959964, successes / n
        roots = np.roots([1 + z * z / n, -(2 * p + z * z / n), p * p])
        assert training.interval(successes, n) == pytest.approx(sorted(roots.real), abs=1e-6)


SMALL = {"warm": 2, "epochs": 1, "envs": 2, "n_steps": 16, "batch_size": 32}


def test_the_study_runs_records_and_goes_on(tmp_path, monkeypatch):
    pytest.importorskip("sb3_contrib")
    arm = study.Arm(("due_date",), 32, (0,), SMALL, "infogap/DesktopDueDate-v0")
    monkeypatch.setattr(study, "ARMS", {"warm": arm})
    path, said = study.run(tmp_path, lambda line: None, 1), []
    assert study.run(tmp_path, said.append, 1) == path and not said  # nothing is trained twice
    record = json.loads(path.read_text())
    assert record["oracle"] == {"test_iid": dict.fromkeys(training.EASY, 1)}
    assert set(record["arms"]) == {"warm", "imitation"} and record["policies"]["maskable_ppo"]["steps"] == 32
    monkeypatch.setattr(learned, "DATA", tmp_path)
    monkeypatch.setattr(learned, "records", lambda: record["policies"])
    observation, _ = Desktop("due_date", observation="dict").reset(seed=0)
    action = learned.policies()["maskable_ppo"](observation)
    assert np.array_equal(action, study.unpacked(tmp_path / "warm-0" / "policy.npz")(observation))


def test_the_command_line_trains_desktops(tmp_path):
    pytest.importorskip("sb3_contrib")
    about = ["train", "--env", "infogap/DesktopApproveBill-v0", "--algo", "maskable_ppo", "--steps", "32"]
    hyper = [part for name, value in SMALL.items() for part in ("--hyper", f"{name}={value}")]
    result = CliRunner().invoke(cli.app, [*about, *hyper, "--out", str(tmp_path / "run")])
    assert result.exit_code == 0 and (tmp_path / "run" / "policy.npz").exists(), result.output
    refused = CliRunner().invoke(cli.app, [*about, "-o", "size=full", "--out", str(tmp_path / "no")])
    assert refused.exit_code and not (tmp_path / "no").exists()


# -- what is committed -------------------------------------------------------------------------------------------------
def test_committed_policies_are_those_recorded():
    for name, one in learned.records().items():
        path = learned.DATA / f"{name}.npz"
        assert hashlib.sha256(path.read_bytes()).hexdigest() == one["sha256"]
        assert path.stat().st_size <= 200_000
        assert one["command"].startswith("infogap train ") and one["steps"] and one["templates"]


@EASY
@pytest.mark.parametrize("episodes", [10, pytest.param(100, marks=pytest.mark.full)])
def test_the_committed_policy_still_does_its_tasks(name, episodes):
    """Four fifths of what the oracle does, which is all; a change of screens or worlds that breaks it shows here."""
    won = training.scored(learned.policies()["maskable_ppo"], name, "test_iid", episodes)
    assert sum(won) >= 0.8 * episodes


def test_a_damaged_or_unknown_policy_is_refused(tmp_path, monkeypatch):
    with pytest.raises(CheckpointError):
        learned.load("nobody")
    (tmp_path / "x.npz").write_bytes(b"PK")
    monkeypatch.setattr(learned, "DATA", tmp_path)
    monkeypatch.setattr(learned, "records", lambda: {"x": {"sha256": "0" * 64}})
    with pytest.raises(CheckpointError):
        learned.load("x")


def test_policies_need_no_torch():
    code = "import sys; from infogap.baselines.desktop import policies; policies(); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
