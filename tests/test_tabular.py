"""Tabular learners and exact methods: against Kuhn's own theory, by hand, and in play."""

from __future__ import annotations

import itertools
import json
import math
import random
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import infogap
from infogap.baselines.cfr import Tree, best_response, cfr, exploitability, values
from infogap.baselines.match import as_partner, evaluate_match, made_game
from infogap.baselines.tables import load_policies, save_policies, train_tables
from infogap.baselines.tabular import Policy, QLearner, RothErev, learn
from infogap.core.errors import (
    CheckpointError,
    InvalidOption,
    InvalidSeed,
    RecordingError,
    UnknownOption,
    Unsupported,
)
from infogap.envs import GAMES
from infogap.envs.social import kuhn
from infogap.envs.social.seat import SeatEnv

KUHN, REFERENCE = "infogap/Kuhn-v0", "infogap/ReferenceGame-v0"
PRIVATE = sorted(id for id, game in GAMES.items() if game.regime == "private")
HISTORIES = {"": (0, 0, 0), "c": (1, 0, 0), "b": (2, 0, 0), "cb": (1, 2, 0)}


def seen(card: int, history: str) -> bytes:
    """The observation of somebody who decides, written down by hand."""
    return np.array([*(int(card == c) for c in range(3)), *HISTORIES[history]], np.int8).tobytes()


def tables(first: dict[Any, float], second: dict[Any, float]) -> dict[str, Policy]:
    """Kuhn policies (chances to bet by card and history) as tables."""
    rows = [{seen(*at): np.array([1 - bet, bet]) for at, bet in chances.items()} for chances in (first, second)]
    return {seat: Policy(row) for seat, row in zip(kuhn.SEATS, rows, strict=True)}


def chances(policies: dict[str, Policy]) -> list[dict[Any, float]]:
    """The other way round."""
    where = [itertools.product(range(3), histories) for histories in (("", "cb"), ("c", "b"))]
    return [
        {at: float(policies[seat].table[seen(*at)][1]) for at in keys}
        for seat, keys in zip(kuhn.SEATS, where, strict=True)
    ]


def any_policies(seed: int) -> list[dict[Any, float]]:
    rng = random.Random(seed)
    return [{at: rng.random() for at in kuhn.equilibrium(seat)} for seat in kuhn.SEATS]


@pytest.fixture(scope="module")
def tree() -> Tree:
    return Tree(KUHN)


# -- exact -------------------------------------------------------------------------------------------------------------
def test_the_tree_of_kuhn_poker(tree):
    assert len(tree.roots) == 6 and [len(seen) for seen in tree.observations] == [6, 6]

    def count(node):
        return 1 + sum(map(count, node.children))

    assert sum(map(count, tree.roots)) == 6 * 9


@pytest.mark.parametrize("seed", range(4))
def test_values_and_exploitability_are_those_of_kuhns_theory(tree, seed):
    first, second = any_policies(seed)
    made = tables(first, second)
    value = kuhn.expected_payoff(first, second)
    assert values(tree, made) == pytest.approx({"player_0": value, "player_1": -value})
    assert exploitability(tree, made) == pytest.approx(kuhn.exploitability(first, second))
    for seat in kuhn.SEATS:
        best, policy = best_response(tree, made, seat)
        assert values(tree, {**made, seat: policy})[seat] == pytest.approx(best)


def test_equilibria_are_not_exploitable(tree):
    for alpha in (0.0, 0.2, 1 / 3):
        made = tables(kuhn.equilibrium("player_0", alpha), kuhn.equilibrium("player_1"))
        assert exploitability(tree, made) == pytest.approx(0, abs=1e-12)
        assert values(tree, made)["player_0"] == pytest.approx(-1 / 18)


def test_cfr_finds_an_equilibrium_of_kuhn_poker(tree):
    """Judged by Kuhn's own theory, which knows nothing of the tree; and it is one of Kuhn's family."""
    first, second = chances(cfr(tree, 300))
    assert kuhn.exploitability(first, second) < 0.002
    assert kuhn.expected_payoff(first, second) == pytest.approx(-1 / 18, abs=0.002)
    assert kuhn.exploitability(*chances(cfr(tree, 3))) > 0.02, "it takes iterations"
    alpha = first[0, ""]
    assert -0.01 < alpha < 1 / 3 + 0.01
    assert first[2, ""] == pytest.approx(3 * alpha, abs=0.05)
    assert first[1, "cb"] == pytest.approx(alpha + 1 / 3, abs=0.05)
    assert second == pytest.approx(kuhn.equilibrium("player_1"), abs=0.05)


@pytest.mark.full
def test_cfr_to_a_tenthousandth(tree):
    assert kuhn.exploitability(*chances(cfr(tree, 20_000))) < 1e-4


def test_a_best_response_needs_no_policy_of_its_own(tree):
    silent = {"player_1": tables(*[dict.fromkeys(kuhn.equilibrium(seat), 0.0) for seat in kuhn.SEATS])["player_1"]}
    best, policy = best_response(tree, silent, "player_0")
    assert best == pytest.approx(1.0), "whoever never calls loses the ante to every bet and, with checks, some more"
    assert policy.act(tree.observations[0][0]) in (0, 1)


def test_what_cannot_be_enumerated():
    for game, nodes in (("infogap/DealOrNoDeal-v0", 10**6), ("infogap/Kuhn-noisy-v0", 5), (KUHN, 20)):
        with pytest.raises(Unsupported, match="enumerated"):
            Tree(game, nodes=nodes)
    for iterations in (0, True, 2.0):
        with pytest.raises(InvalidOption):
            cfr(Tree(KUHN), iterations)


# -- learners by hand --------------------------------------------------------------------------------------------------
def observed(what: int, legal: tuple[int, ...] = (1, 1)) -> dict[str, np.ndarray]:
    return {"observation": np.array([what], np.int8), "action_mask": np.array(legal, np.int8)}


def test_q_learning_by_hand():
    one = QLearner(rate=0.5, fall=0.25, explore=0.0, discount=0.5, seed=3)
    one.paid(100.0)  # before the first action: not its doing
    assert one.choose(observed(0, (0, 1))) == 1
    one.paid(1.0)
    one.paid(1.0)
    one.choose(observed(1, (0, 1)))
    table = {key[0]: entry for key, entry in one.table.items()}
    assert table == {0: [-math.inf, 1.0], 1: [-math.inf, 0.0]}, "half of 2"
    one.paid(4.0)
    one.end()
    assert table[1] == [-math.inf, 2.0]
    one.choose(observed(0, (0, 1)))
    one.choose(observed(1, (0, 1)))
    assert table[0][1] == 1.0, "0 + 0.5 * 2 is what it says already"
    one.paid(-2.0)
    one.end()
    assert table[1][1] == 1.0, "a quarter of the way from 2 to -2"
    one.end()
    assert table[1][1] == 1.0, "an episode ends once"
    assert one.probabilities(observed(1, (0, 1))).tolist() == [0.0, 1.0]
    assert one.probabilities(observed(7, (1, 1))).tolist() == [0.5, 0.5] and len(one.table) == 2
    assert one.policy().table[b"\x01"].tolist() == [0.0, 1.0]


def test_q_learning_explores_less_and_less_and_legally():
    one = QLearner(explore=1.0, seed=1)
    one.table[b"\x00"] = [5.0, 0.0, -math.inf]

    def worse(progress):
        one.progress = progress
        found = [one.choose(observed(0, (1, 1, 0))) for _ in range(400)]
        one.reset()
        assert 2 not in found
        return np.mean(found)

    one.paid(0)
    assert worse(0.0) == pytest.approx(0.5, abs=0.1) and worse(0.8) == pytest.approx(0.1, abs=0.06) and worse(1.0) == 0


def test_roth_erev_by_hand():
    one = RothErev(first=2.0, floor=-1.0, seed=0)
    first = one.choose(observed(0))
    one.paid(1.0)
    second = one.choose(observed(1, (1, 0)))
    one.paid(0.5)
    one.end()
    assert second == 0
    expected = [2.0, 2.0]
    expected[first] += 2.5
    assert one.table[b"\x00"] == expected and one.table[b"\x01"] == [4.5, 0.0]
    assert one.probabilities(observed(0)) == pytest.approx(np.array(expected) / 6.5)
    one.reset()
    one.choose(observed(1, (1, 0)))
    one.paid(-3.0)
    one.end()
    assert one.table[b"\x01"] == [4.5, 0.0], "nothing goes below the floor"
    counts = np.bincount([one.act(observed(0)) for _ in range(2000)]) / 2000
    assert counts == pytest.approx(np.array(expected) / 6.5, abs=0.05)


@pytest.mark.parametrize(
    "make",
    [
        lambda: QLearner(rate=2),
        lambda: QLearner(fall=-0.1),
        lambda: QLearner(explore=True),
        lambda: QLearner(discount="1"),
        lambda: RothErev(first=0),
        lambda: RothErev(first="x"),
        lambda: RothErev(first=True),
        lambda: RothErev(floor=float("nan")),
        lambda: learn(KUHN, {"player_0": QLearner()}, 1),
        lambda: learn(KUHN, dict.fromkeys(kuhn.SEATS, QLearner()), 1),
        lambda: learn(KUHN, {seat: QLearner() for seat in kuhn.SEATS}, -1),
        lambda: learn(KUHN, {seat: QLearner() for seat in kuhn.SEATS}, 1.5),
        lambda: learn(KUHN, {"player_0": QLearner(), "player_1": 3}, 1),
        lambda: learn(KUHN, [QLearner(), QLearner()], 1),
        lambda: learn("infogap/Nothing-v0", {}, 1),
        lambda: evaluate_match(KUHN, {}),
        lambda: evaluate_match(KUHN, None),
        lambda: evaluate_match(KUHN, {"player_0": Policy({}), "player_1": None}),
        lambda: evaluate_match(KUHN, {seat: Policy({}) for seat in kuhn.SEATS}, 0),
        lambda: evaluate_match(KUHN, {seat: Policy({}) for seat in kuhn.SEATS}, 1.5),
        lambda: made_game(GAMES[KUHN].env(), regime="script"),
    ],
)
def test_options_that_make_no_sense(make):
    with pytest.raises(InvalidOption):
        make()


# -- learners in play --------------------------------------------------------------------------------------------------
def trained(game: str, episodes: int, seed: int = 0, kind: Any = QLearner) -> dict[str, Any]:
    seats = GAMES[game].env().possible_agents
    made = {seat: kind(seed=10 * seed + i) for i, seat in enumerate(seats)}
    learn(game, made, episodes, seed)
    return made


@pytest.mark.parametrize("seed", range(3))
def test_two_q_learners_agree_on_a_language(seed):
    assert evaluate_match(REFERENCE, trained(REFERENCE, 0, seed))["efficiency"] < 0.3
    scores = evaluate_match(REFERENCE, trained(REFERENCE, 20_000, seed))
    assert scores["efficiency"] > 0.95 and scores["return_speaker_0"] == scores["success"] == scores["efficiency"]


def test_roth_erev_learners_do_better_than_babblers():
    scores = evaluate_match(REFERENCE, trained(REFERENCE, 5_000, kind=RothErev))
    assert scores["efficiency"] > 0.5


def test_a_q_learner_finds_the_best_response_to_a_scripted_partner():
    """Against the silent, who never calls, bets win the ante: 1 a game."""

    class Silent(Policy):
        def choose(self, observation):
            return 0

        paid = end = reset = lambda self, *_: None
        progress = 0.0

    learner = QLearner(rate=0.05, seed=0)
    learn(KUHN, {"player_0": learner, "player_1": Silent({})}, 3000)
    env = SeatEnv(KUHN, "player_0", partners="silent")
    gains = []
    for episode in range(60):
        observation, _ = env.reset(seed=None if episode else 1)
        done = False
        while not done:
            observation, reward, done, *_ = env.step(learner.act(observation))
        gains.append(reward)
    assert np.mean(gains) == 1.0


@pytest.mark.parametrize("game", PRIVATE)
@pytest.mark.parametrize("kind", [QLearner, RothErev])
def test_learners_play_every_game(game, kind):
    made = trained(game, 10, kind=kind)
    scores = evaluate_match(game, made, 5)
    assert 0 <= scores["score"] <= 1 and all(math.isfinite(value) for value in scores.values())
    assert all(one.table for one in made.values())


def test_same_seed_same_tables():
    one, other, another = (trained(KUHN, 300, seed) for seed in (1, 1, 2))
    assert all(one[seat].table == other[seat].table for seat in kuhn.SEATS)
    assert any(one[seat].table != another[seat].table for seat in kuhn.SEATS)


def test_matches_have_their_expectation():
    first, second = any_policies(5)
    scores = evaluate_match(KUHN, tables(first, second), 4000)
    assert scores["return_player_0"] == pytest.approx(
        kuhn.expected_payoff(first, second), abs=4 * 1.2 / math.sqrt(4000)
    )
    assert scores["payoff_player_0"] == scores["return_player_0"] == -scores["return_player_1"]


def test_agents_as_partners_are_drawn_from_the_environments_chance():
    made = tables(kuhn.equilibrium("player_0"), kuhn.equilibrium("player_1"))
    pool = {"mine": as_partner(made)}
    bets, ends = [], []
    for _ in range(2):
        env = SeatEnv(KUHN, "player_0", partners=pool)
        for episode in range(400):
            env.reset(seed=None if episode else 8)
            env.step(0)
            truth = infogap.reveal(env)
            ends.append((truth.history, truth.card))
            if truth.card["player_1"] == 0:
                bets.append(truth.history == "cb")
    assert ends[:400] == ends[400:]
    assert np.mean(bets) == pytest.approx(1 / 3, abs=4 * math.sqrt(2 / 9 / (len(bets) / 2)))


# -- files -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("algo", ["q", "roth_erev", "cfr"])
def test_training_tables_to_a_file(tmp_path, algo):
    path, scores = train_tables(KUHN, algo, episodes=50, out=tmp_path)
    assert path == tmp_path / "policies.json" and {"success", "score"} <= set(scores)
    assert (algo == "cfr") == ("exploitability" in scores) and scores.get("exploitability", 0) < 0.01
    kept = path.read_bytes()
    with pytest.raises(RecordingError, match="already"):
        train_tables(KUHN, algo, episodes=1, out=tmp_path)
    assert path.read_bytes() == kept
    made = load_policies(path, KUHN)
    again = load_policies(train_tables(KUHN, algo, episodes=50, out=tmp_path / "again")[0], KUHN)
    for seat in kuhn.SEATS:
        assert made[seat].table.keys() == again[seat].table.keys()
        assert all((made[seat].table[key] == again[seat].table[key]).all() for key in made[seat].table)


def test_files_that_cannot_be_used(tmp_path):
    path = tmp_path / "policies.json"
    for attempt in (lambda: load_policies(path, KUHN), lambda: load_policies(tmp_path, KUHN)):
        with pytest.raises(CheckpointError):
            attempt()
    save_policies(path, KUHN, {"player_0": Policy({b"\x01": np.array([0.5, 0.5])})})
    with pytest.raises(CheckpointError, match="expected 'infogap/Other-v0'"):
        load_policies(path, "infogap/Other-v0")
    whole = path.read_text()
    foreign = json.dumps({**json.loads(whole), "format": 2})
    for text in ("", "[]", "{}", whole[:-5], whole.replace("01", "0x"), foreign):
        path.write_text(text)
        with pytest.raises(CheckpointError):
            load_policies(path, KUHN)
    with pytest.raises(RecordingError):
        save_policies(path / "below", KUHN, {})


@pytest.mark.parametrize(
    ("error", "options"),
    [
        (UnknownOption, {"algo": "ppo"}),
        (UnknownOption, {"hyperparameters": {"speed": 1}}),
        (UnknownOption, {"algo": "cfr", "hyperparameters": {"rate": 1}}),
        (UnknownOption, {"game_id": "infogap/KuhnFirst-v0"}),
        (UnknownOption, {"options": {"speed": 1}}),
        (InvalidOption, {"hyperparameters": {"rate": 7}}),
        (InvalidOption, {"episodes": -1}),
        (InvalidOption, {"seed": None}),
        (InvalidSeed, {"seed": -1}),
        (Unsupported, {"game_id": "infogap/DealOrNoDeal-v0", "algo": "cfr"}),
    ],
)
def test_runs_that_make_no_sense(tmp_path, error, options):
    with pytest.raises((error, ValueError)) as caught:
        train_tables(**{"game_id": KUHN, "episodes": 1, "out": tmp_path, **options})
    assert isinstance(caught.value, error) and not list(tmp_path.iterdir())


def test_the_example_of_two_agents(capsys):
    path = Path(__file__).resolve().parents[1] / "docs" / "examples" / "two_agents.py"
    code = [line for line in path.read_text().splitlines() if line.strip() and not line.startswith('"""')]
    assert len(code) <= 10
    runpy.run_path(str(path))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3 and "efficiency 1.00 of a first best of 1.0" in lines[-1]
