"""Learners: the VecEnv, training, resuming, checkpoints, agents. Skipped where the extra `sb3` is not installed."""

import csv
import json
import random
import subprocess
import sys
import zipfile

import gymnasium as gym
import numpy as np
import pytest

from infogap import reveal, seal
from infogap.baselines import sb3
from infogap.baselines import train as training
from infogap.baselines.train import COLUMNS, train
from infogap.core.errors import (
    CheckpointError,
    InfogapError,
    InvalidOption,
    MissingExtra,
    RecordingError,
    UnknownOption,
    Unsupported,
)
from infogap.wrappers import BeliefReward

pytest.importorskip("torch")
pytest.importorskip("stable_baselines3")
pytest.importorskip("sb3_contrib")

from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import DummyVecEnv

from infogap.baselines.evaluate import Evaluation
from infogap.baselines.features import OneHot, is_codes
from infogap.baselines.sb3_vec import NativeVecEnv, make_vec_env

ID = "infogap/TwentyQuestions-v0"
ASK = {"actions": "ask"}
SMALL = {"n_steps": 10, "batch_size": 40, "n_epochs": 2, "features": 16, "net_arch": [16], "lstm_hidden_size": 8}
TINY = {"steps": 240, "n_envs": 8, "eval_every": 80, "progress": False, "hyperparameters": SMALL}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A finished run of PPO with belief rewards, of three segments."""
    out = tmp_path_factory.mktemp("run")
    train(ID, seed=3, env_kwargs=ASK, belief_weight=0.3, out=out, **TINY)
    return out


def lines_of(folder):
    with open(folder / "curve.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def tensors(path):
    return PPO.load(path, device="cpu").policy.state_dict()


# -- the VecEnv ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "kwargs",
    [
        {"actions": "ask"},
        {"actions": "ask", "masks": True, "observation": "log"},
        {"actions": "full", "noise": 0.1, "observation": "last", "costs": 0.01},
    ],
)
def test_the_native_vecenv_equals_dummyvecenv(kwargs):
    native = make_vec_env(ID, 5, kwargs, belief_weight=0.3)
    dummy = DummyVecEnv([lambda: BeliefReward(gym.make(ID, **kwargs), weight=0.3)] * 5)
    assert isinstance(native, NativeVecEnv)
    for seed in (7, 8, None):
        if seed is not None:
            native.seed(seed), dummy.seed(seed)
        assert np.array_equal(native.reset(), dummy.reset())
        rng, ends = np.random.default_rng(0), 0
        for _ in range(100):
            actions = rng.integers(0, dummy.action_space.n, 5)
            (obs, reward, done, infos), (obs_1, reward_1, done_1, infos_1) = native.step(actions), dummy.step(actions)
            assert obs.dtype == obs_1.dtype and np.array_equal(obs, obs_1)
            assert reward.dtype == reward_1.dtype and np.allclose(reward, reward_1, atol=1e-6)
            assert done.dtype == done_1.dtype and np.array_equal(done, done_1)
            ends += done.sum()
            for one, other in zip([*infos, *native.reset_infos], [*infos_1, *dummy.reset_infos], strict=True):
                assert one.keys() == other.keys()
                assert all(type(one[k]) is type(other[k]) and np.array_equal(one[k], other[k]) for k in one)
            if "masks" in kwargs:
                assert np.array_equal(native.env_method("action_masks"), dummy.env_method("action_masks"))
        assert ends > 10


def test_the_native_vecenv_marks_truncation():
    vector = gym.make_vec(ID, 2, "vector_entry_point", autoreset_mode="SameStep", max_episode_steps=3, **ASK)
    env = NativeVecEnv(vector)
    env.reset()
    late = [[info["TimeLimit.truncated"] for info in env.step(np.array([0, 1]))[3]] for _ in range(3)]
    assert late == [[False, False], [False, False], [True, True]]


def test_the_native_vecenv_refuses_what_it_cannot_do():
    env = make_vec_env(ID, 3, ASK)
    assert not env.has_attr("action_masks")
    assert make_vec_env(ID, 3, {**ASK, "masks": True}).has_attr("action_masks")
    assert env.get_attr("num_envs", indices=[0, 2]) == [3, 3]
    assert env.env_is_wrapped(gym.Wrapper, indices=1) == [False]
    with pytest.raises(Unsupported, match="budget"):
        env.set_attr("budget", 3)
    with pytest.raises(Unsupported, match="solve"):
        env.env_method("solve")
    with pytest.raises(Unsupported, match="SameStep"):
        NativeVecEnv(gym.make_vec(ID, 2, "vector_entry_point"))
    env.set_options({"item": 3})
    with pytest.raises(UnknownOption):
        env.reset()
    with pytest.raises(InvalidOption, match="belief_weight"):
        make_vec_env(ID, 3, ASK, belief_weight=-1)


# -- features ------------------------------------------------------------------------------------------------
def test_one_hot_is_a_linear_layer_over_indicators():
    import torch

    low, high = np.array([0, -1, 2]), np.array([3, 1, 2])
    space = gym.spaces.Box(low, high, dtype=np.int64)
    layer = OneHot(space, width=6)
    codes = np.array([[0, -1, 2], [3, -1, 2], [2, 1, 2], [0, 0, 2]])
    # Columns by hand: codes 1, 2, 3 of the first entry, then 0, 1 of the second; the third has one code only.
    indicators = np.array([[0, 0, 0, 0, 0], [0, 0, 1, 0, 0], [0, 1, 0, 0, 1], [0, 0, 0, 1, 0]])
    layer.bias.data.uniform_()
    expected = torch.tanh(torch.tensor(indicators, dtype=torch.float32) @ layer.layer.weight + layer.bias)
    assert torch.allclose(layer(torch.tensor(codes)), expected, atol=1e-6)


def test_which_spaces_are_codes():
    Box = gym.spaces.Box
    assert is_codes(Box(0, 3, (5,), np.int8)) and is_codes(Box(0, 300, (5, 2), np.int16))
    assert not is_codes(Box(0, 1, (5,), np.float32)) and not is_codes(gym.spaces.Discrete(3))
    assert not is_codes(Box(0, 255, (8, 8, 3), np.uint8)) and not is_codes(Box(-(2**62), 2**62, (1,), np.int64))


# -- evaluation ----------------------------------------------------------------------------------------------
class Fixed:
    """A policy that asks the same questions in every episode, and then commits."""

    def __init__(self, questions, commit):
        self.script, self.turn = [*questions, commit], 0

    def predict(self, observations, state=None, start=None, deterministic=True):
        self.turn = 0 if np.all(start) else self.turn + 1
        return np.full(len(observations), self.script[self.turn]), None


def test_an_evaluation_is_exact_where_answers_never_change():
    table = gym.make(ID, **ASK).unwrapped.table
    questions = [3, 50, 120]
    told_apart = len({tuple(row) for row in table.answers[:, questions].tolist()})
    scores = Evaluation(ID, ASK, episodes=9)(Fixed(questions, table.q))
    # One item of each class of items that answer alike is named.
    assert scores == {
        "success": pytest.approx(told_apart / table.n, abs=1e-6),
        "return": pytest.approx(told_apart / table.n, abs=1e-6),
        "length": pytest.approx(4),
        "episodes": table.n,
    }


def test_an_evaluation_under_noise_is_of_seeded_episodes_and_pays_no_shaping():
    kwargs = {**ASK, "noise": 0.2, "costs": 0.01}
    evaluation = Evaluation(ID, kwargs, episodes=40)
    commit = gym.make(ID, **kwargs).unwrapped.table.q
    first, again = (evaluation(Fixed([3, 50], commit)) for _ in range(2))
    assert first == again and first["episodes"] == 40
    assert first["return"] == pytest.approx(first["success"] - 0.02, abs=1e-5)


# -- training ------------------------------------------------------------------------------------------------
def test_what_a_run_leaves(run):
    lines = lines_of(run)
    assert tuple(lines[0]) == COLUMNS
    assert [int(line["steps"]) for line in lines] == [0, 80, 160, 240]
    assert all(0 <= float(line["success"]) <= 1 and float(line["episodes"]) == 118 for line in lines)
    note = json.loads((run / "run.json").read_text("utf-8"))
    assert note["status"] == "finished" and note["config"]["seed"] == 3 and note["steps"] == 240
    assert note["config"]["env_kwargs"] == ASK and note["environment"]["kwargs"]["world"] == "elements"
    assert {"infogap", "torch", "stable-baselines3", "numpy", "python"} <= note["versions"].keys()
    assert sorted(p.name for p in run.iterdir() if p.suffix != ".svg") == ["curve.csv", "model.zip", "run.json"]


def test_the_command_in_the_note_repeats_the_run(run):
    note = json.loads((run / "run.json").read_text("utf-8"))
    called = {}
    exec(note["command"].replace("infogap.baselines.train.train", "train"), {"train": called.update})
    assert called.pop("hyperparameters") == note["config"]["hyperparameters"]
    assert called == {k: v for k, v in note["config"].items() if k != "hyperparameters"}


def test_a_run_depends_on_its_seed_alone(run, tmp_path):
    import torch

    torch.manual_seed(99), np.random.seed(98), random.seed(97)
    train(ID, seed=3, env_kwargs=ASK, belief_weight=0.3, out=tmp_path / "same", **TINY)
    train(ID, seed=4, env_kwargs=ASK, belief_weight=0.3, out=tmp_path / "other", **TINY)
    first, same, other = (tensors(p / "model.zip") for p in (run, tmp_path / "same", tmp_path / "other"))
    assert all(torch.equal(first[k], same[k]) for k in first)
    assert not all(torch.equal(first[k], other[k]) for k in first)


@pytest.mark.parametrize("algo", ["ppo", "recurrent_ppo"])
def test_an_interrupted_run_resumes_to_the_same_model(algo, tmp_path, monkeypatch):

    whole, cut = tmp_path / "whole", tmp_path / "cut"
    arguments = {**TINY, "algo": algo, "seed": 5, "env_kwargs": ASK, "eval_every": 80}
    train(ID, out=whole, **arguments)
    save, saved = training.write_checkpoint, []

    def save_and_stop(*args):
        save(*args)
        saved.append(args)
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "write_checkpoint", save_and_stop)
    with pytest.raises(KeyboardInterrupt):
        train(ID, out=cut, **arguments)
    monkeypatch.setattr(training, "write_checkpoint", save)
    assert json.loads((cut / "run.json").read_text("utf-8"))["status"] == "interrupted"
    assert sb3.read_checkpoint(cut / "model.zip")[0]["steps"] == 80
    with pytest.raises(CheckpointError, match="resume"):
        train(ID, out=cut, **arguments)
    with pytest.raises(CheckpointError, match="seed"):
        train(ID, out=cut, resume=True, **{**arguments, "seed": 6})
    train(ID, out=cut, resume=True, **arguments)
    one, other = (sb3.read_checkpoint(p / "model.zip")[1] for p in (whole, cut))
    for member in one:
        a, b = (dict(flat(torch_load(data))) for data in (one[member], other[member]))
        assert a.keys() == b.keys() and all(np.array_equal(a[k], b[k]) for k in a)
    without_time = [[{k: v for k, v in line.items() if k != "seconds"} for line in lines_of(p)] for p in (whole, cut)]
    assert without_time[0] == without_time[1]


def torch_load(data):
    import io

    import torch

    return torch.load(io.BytesIO(data), weights_only=True)


def flat(value, path=""):
    """The leaves of nested dicts and lists."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{path}/{key}")
    elif isinstance(value, (list, tuple)):
        for key, inner in enumerate(value):
            yield from flat(inner, f"{path}/{key}")
    else:
        yield path, np.asarray(value)


def test_belief_rewards_are_learnt_from_and_annealing_lowers_the_rate(tmp_path):
    import torch

    steady = {**TINY, "hyperparameters": {**SMALL, "anneal": False}}
    plain = train(ID, seed=3, env_kwargs=ASK, out=tmp_path / "plain", **steady)
    shaped = train(ID, seed=3, env_kwargs=ASK, belief_weight=0.3, out=tmp_path / "shaped", **TINY)
    a, b = tensors(plain), tensors(shaped)
    assert not all(torch.equal(a[k], b[k]) for k in a)
    rates = [
        torch_load(sb3.read_checkpoint(p)[1]["policy.optimizer.pth"])["param_groups"][0]["lr"] for p in (plain, shaped)
    ]
    assert rates == pytest.approx([3e-3, 1e-3])  # the third of three segments trains at a third of the rate


# -- agents --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("algo", ["ppo", "maskable_ppo", "recurrent_ppo"])
@pytest.mark.parametrize("observation", ["history", "last"])
def test_every_learner_trains_and_its_model_plays(algo, observation, tmp_path):
    kwargs = {**ASK, "observation": observation}
    arguments = {**TINY, "steps": 80}
    path = train(ID, algo, seed=0, env_kwargs=kwargs, out=tmp_path, **arguments)
    env = gym.make(ID, **kwargs)
    agent = sb3.load_agent(path, env)
    returns, asked = [], []
    for seed in (0, 1, 0):
        observation, info = env.reset(seed=seed)
        agent.reset()
        asked.append([])
        done = False
        while not done:
            action = agent.act(observation, info)
            assert type(action) is int
            asked[-1].append(action)
            observation, reward, done, _, info = env.step(action)
        returns.append(reward)
    assert asked[0] == asked[2] and returns[0] == returns[2]
    if algo == "maskable_ppo":
        assert all(len(set(questions)) == len(questions) for questions in asked)


def test_an_agent_plays_as_the_curve_says(run):
    env = gym.make(ID, **ASK)
    agent = sb3.load_agent(run / "model.zip", env)
    won = {}
    env.reset(seed=0)
    while len(won) < 118:
        observation, info = env.reset()
        item = reveal(env).item
        if item in won:
            continue
        agent.reset()
        done = False
        while not done:
            observation, reward, done, _, info = env.step(agent.act(observation, info))
        won[item] = reward
    assert np.mean(list(won.values())) == pytest.approx(float(lines_of(run)[-1]["success"]), abs=1e-5)


def test_a_stochastic_agent_varies(run):
    env = gym.make(ID, **ASK)
    agent = sb3.load_agent(run / "model.zip", env, deterministic=False)
    observation, info = env.reset(seed=0)
    assert len({agent.act(observation, info) for _ in range(50)}) > 5


@pytest.mark.parametrize(
    ("kwargs", "named"),
    [
        ({"actions": "full"}, "kwargs"),
        ({"actions": "ask", "budget": 9}, "kwargs"),
        ({"actions": "ask", "observation": "log"}, "kwargs"),
        ({"actions": "ask", "split": "train"}, "observation_space"),
    ],
)
def test_a_foreign_environment_is_refused(run, kwargs, named):
    with pytest.raises(CheckpointError, match=named):
        sb3.load_agent(run / "model.zip", gym.make(ID, **kwargs))
    with pytest.raises(CheckpointError, match="id"):
        sb3.load_agent(run / "model.zip", gym.make("CartPole-v1"))


def test_what_is_not_the_task_may_differ(run):
    for kwargs in ({"masks": True}, {"render_mode": "ansi"}, {"world": "elements", "noise": 0.0}):
        assert sb3.load_agent(run / "model.zip", gym.make(ID, **ASK, **kwargs))


def test_an_agent_plays_on_a_sealed_handle(tmp_path):
    path = train(ID, "maskable_ppo", env_kwargs=ASK, out=tmp_path, **{**TINY, "steps": 80})
    env = seal(gym.make(ID, **ASK))
    agent = sb3.load_agent(path, env)
    observation, info = env.reset(seed=0)
    agent.reset()
    assert 0 <= agent.act(observation, info) < 226
    with pytest.raises(CheckpointError, match="action_space"):
        sb3.load_agent(path, seal(gym.make(ID)))


# -- bad input -----------------------------------------------------------------------------------------------
def test_a_truncated_checkpoint_is_refused(run, tmp_path):
    data = (run / "model.zip").read_bytes()
    env = gym.make(ID, **ASK)
    for size in (0, 1, 100, len(data) // 2, len(data) - 1):
        (tmp_path / "model.zip").write_bytes(data[:size])
        with pytest.raises(CheckpointError):
            sb3.load_agent(tmp_path / "model.zip", env)


def test_a_flipped_bit_is_found_or_harmless(run, tmp_path):
    data = (run / "model.zip").read_bytes()
    whole = sb3.read_checkpoint(run / "model.zip")
    rng, refused = random.Random(0), 0
    for _ in range(200):
        damaged = bytearray(data)
        damaged[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        (tmp_path / "model.zip").write_bytes(damaged)
        try:
            assert sb3.read_checkpoint(tmp_path / "model.zip") == whole
        except CheckpointError:
            refused += 1
    assert refused > 100


def test_foreign_files_are_refused(run, tmp_path):
    env = gym.make(ID, **ASK)
    PPO("MlpPolicy", env, n_steps=8, batch_size=8, device="cpu").save(tmp_path / "theirs.zip")
    (tmp_path / "text.zip").write_text("not a zip file")
    for name, reason in (("theirs.zip", "not written by"), ("text.zip", "damaged"), ("none.zip", "no checkpoint")):
        with pytest.raises(CheckpointError, match=reason):
            sb3.load_agent(tmp_path / name, env)
    # Parameters of a policy of other widths under this description.
    with zipfile.ZipFile(tmp_path / "theirs.zip") as theirs, zipfile.ZipFile(run / "model.zip") as ours:
        forged = {**{n: ours.read(n) for n in ours.namelist()}, "policy.pth": theirs.read("policy.pth")}
    for fix_sum, reason in ((False, "checksum"), (True, "do not fit")):
        if fix_sum:
            import hashlib

            meta = json.loads(forged["infogap.json"])
            meta["sha256"]["policy.pth"] = hashlib.sha256(forged["policy.pth"]).hexdigest()
            forged["infogap.json"] = json.dumps(meta).encode()
        with zipfile.ZipFile(tmp_path / "forged.zip", "w") as archive:
            for name, data in forged.items():
                archive.writestr(name, data)
        with pytest.raises(CheckpointError, match=reason):
            sb3.load_agent(tmp_path / "forged.zip", env)


def test_a_damaged_description_is_refused(run, tmp_path):
    with zipfile.ZipFile(run / "model.zip") as ours:
        members = {n: ours.read(n) for n in ours.namelist()}
    meta = json.loads(members["infogap.json"])
    changes = {
        "format 2": {**meta, "format": 2},
        "not complete": {k: v for k, v in meta.items() if k != "identity"},
        "can't be read": [],
        "checksum": {**meta, "sha256": {}},
        "unknown learner": {**meta, "algo": "dqn"},
    }
    for reason, changed in changes.items():
        with zipfile.ZipFile(tmp_path / "changed.zip", "w") as archive:
            for name, data in {**members, "infogap.json": json.dumps(changed).encode()}.items():
                archive.writestr(name, data)
        with pytest.raises(CheckpointError, match=reason):
            sb3.load_agent(tmp_path / "changed.zip", gym.make(ID, **ASK))


def test_a_pickle_in_a_checkpoint_is_not_run(run, tmp_path):
    import hashlib
    import pickle

    class Bomb:
        def __reduce__(self):
            return (open, (str(tmp_path / "boom"), "w"))

    with zipfile.ZipFile(run / "model.zip") as ours:
        members = {n: ours.read(n) for n in ours.namelist()}
    members["policy.pth"] = pickle.dumps(Bomb(), protocol=2)
    meta = json.loads(members["infogap.json"])
    meta["sha256"]["policy.pth"] = hashlib.sha256(members["policy.pth"]).hexdigest()
    members["infogap.json"] = json.dumps(meta).encode()
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    with pytest.raises(CheckpointError):
        sb3.load_agent(tmp_path / "bomb.zip", gym.make(ID, **ASK))
    assert not (tmp_path / "boom").exists()


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        ({"algo": "dqn"}, UnknownOption),
        ({"env_id": "infogap/None-v0"}, UnknownOption),
        ({"steps": 0}, InvalidOption),
        ({"steps": True}, InvalidOption),
        ({"n_envs": 1.5}, InvalidOption),
        ({"seed": -1}, InfogapError),
        ({"seed": None}, InvalidOption),
        ({"belief_weight": -0.1}, InvalidOption),
        ({"belief_weight": float("nan")}, InvalidOption),
        ({"env_kwargs": {"world": "atlantis"}}, InfogapError),
        ({"env_kwargs": {"actions": {"ask"}}}, InvalidOption),
        ({"hyperparameters": {"learning_rat": 1e-3}}, UnknownOption),
        ({"hyperparameters": {"learning_rate": -1}}, InvalidOption),
        ({"hyperparameters": {"net_arch": 64}}, InvalidOption),
        ({"threads": 0}, InvalidOption),
        ({"algo": "maskable_ppo", "env_id": "CartPole-v1"}, InfogapError),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_written(bad, error, tmp_path):
    with pytest.raises(error):
        train(**{"env_id": ID, "out": tmp_path / "run", **TINY, **bad})
    assert not (tmp_path / "run").exists()


def test_a_folder_that_cannot_be_written_is_a_recording_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RecordingError, match="choose a folder"):
        train(ID, env_kwargs=ASK, out=tmp_path / "file" / "run", **TINY)


def test_a_failed_write_keeps_the_last_checkpoint(run, tmp_path, monkeypatch):
    path = tmp_path / "model.zip"
    sb3.write_bytes(path, b"first")

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sb3.os, "fsync", full)
    with pytest.raises(RecordingError, match="No space left"):
        sb3.write_bytes(path, b"second")
    assert path.read_bytes() == b"first" and [p.name for p in tmp_path.iterdir()] == ["model.zip"]


def test_without_the_extra_the_error_says_what_to_install():
    script = (
        "import sys; sys.modules['stable_baselines3'] = sys.modules['torch'] = None\n"
        "from infogap.baselines.train import train\n"
        "from infogap.core.errors import MissingExtra\n"
        "for call in (lambda: train('infogap/TwentyQuestions-v0'), lambda: __import__('infogap.baselines.sb3_vec'),\n"
        "             lambda: __import__('infogap.baselines.features')):\n"
        "    try:\n"
        "        call()\n"
        "    except MissingExtra as error:\n"
        "        print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["'stable-baselines3' is not installed; run: pip install 'infogap[sb3]'"] * 3
    assert issubclass(MissingExtra, ImportError)


# -- games from one seat -------------------------------------------------------------------------------------
@pytest.mark.parametrize("algo", ["ppo", "maskable_ppo", "recurrent_ppo"])
def test_learners_play_a_game_from_one_seat(tmp_path, algo):
    role = "infogap/DealOrNoDealFirst-v0"
    path = train(role, algo, out=tmp_path, **{**TINY, "eval_episodes": 8})
    config = json.loads((tmp_path / "run.json").read_text())["config"]
    assert config["env_kwargs"] == {"observation": "flat"}
    assert all(0 <= float(line["success"]) <= 1 for line in lines_of(tmp_path))
    env = gym.make(role, observation="flat", partners="held_out")
    agent = sb3.load_agent(path, env)
    observation, info = env.reset(seed=0)
    agent.reset()
    done = False
    while not done:
        observation, _, done, _, info = env.step(agent.act(observation, info))
    with pytest.raises(CheckpointError, match="was trained with id"):
        sb3.load_agent(path, gym.make("infogap/DealOrNoDealSecond-v0", observation="flat"))
    with pytest.raises(Unsupported, match="flat"):
        train(role, algo, out=tmp_path / "other", env_kwargs={"observation": "dict"}, **TINY)
