import json
import sys

import check_worlds as worlds
import gymnasium as gym
import numpy as np
import pytest

from infogap.check import assert_no_leak, check, main, replay, selftest
from infogap.check.canon import canon
from infogap.check.cases import literal
from infogap.check.exits import quietly
from infogap.check.leaks import LEAKS
from infogap.check.runner import Hunt
from infogap.check.selftest import planting
from infogap.check.sites import Site
from infogap.check.subjects import resolve
from infogap.core.errors import InvalidOption, Unsupported

FOREIGN = {"set_secret": worlds.set_secret, "secrets": list(range(16)), "released": worlds.released}

TELL_NOTHING = sorted(set(LEAKS) - {"open_handle", "global_read"})


@pytest.mark.parametrize("name", TELL_NOTHING)
def test_planting_itself_is_not_what_is_found(name, monkeypatch):
    """The same injectors over a constant in place of the secret: no difference may be left."""
    monkeypatch.setattr(Site, "value", lambda self: 0)
    hunt = Hunt(resolve(worlds.Bits), "agent", 1, planting(LEAKS[name], 7, 4))
    with quietly():
        try:
            hunt.go(8)
        except Exception as error:
            assert type(error).__name__ == "NotApplicable"
            pytest.skip("this leak has no place here")
    assert hunt.case is None, hunt.case[1]


# -- leaks made by hand ------------------------------------------------------------
@pytest.mark.parametrize("maker", [worlds.Bits, worlds.Inbox])
def test_clean_ones_are_clean(maker):
    report = assert_no_leak(maker, pairs=30)
    assert all(party.effective >= 30 for party in report.parties)


LEAKING = [
    (worlds.LowBitOfReward, "agent", "reward"),
    (worlds.AsksInPairs, "agent", "reward"),
    (worlds.HardToReachButKnown, "agent", "reward"),
    (worlds.MaskRemovesWrongGuesses, "agent", "release"),
    (worlds.CarriesOver, "agent", "observation"),
    (worlds.TellsInErrors, "agent", "exception"),
    (worlds.AsksOtherwise, "agent", "release"),
    (worlds.AsksTwice, "agent", "release"),
    (worlds.FastPathLeaks, "agent", "reward"),
    (worlds.FastPathErrs, "agent", "reward"),
    (worlds.ReadsUndeclared, "agent", "release"),
    (worlds.UsesGlobalRandom, "agent", None),
    (worlds.SortedByPriority, "agent", None),
]


@pytest.mark.parametrize(("maker", "party", "exit"), LEAKING, ids=lambda x: getattr(x, "__name__", str(x)))
def test_leaks_made_by_hand_are_found_shrunk_and_reproduced(maker, party, exit, capsys):
    report = check(maker, party=party, pairs=200, self_test=0)
    assert report.exit_code == 1, report.text()
    finding = report.findings[0]
    assert exit is None or finding.exit == exit, report.text()
    assert finding.reproduced
    exec(compile(finding.code, "reproduction", "exec"), {})
    printed = capsys.readouterr().out
    assert finding.kind in printed and f"exit {finding.exit}" in printed


def test_trials_reach_what_blind_actions_do_not():
    """The leak is one and the same; only whether the environment draws actions that do something differs."""
    blind = check(worlds.HardToReach, pairs=30, self_test=0)
    assert blind.exit_code == 0 and not blind.parties[0].sampled and "a part of them" not in blind.text()
    known = check(worlds.HardToReachButKnown, pairs=30, self_test=0)
    assert known.exit_code == 1 and known.parties[0].tried <= 30


def test_what_takes_long_is_counted():
    (report,) = check("infogap/DesktopDueDate-v0", pairs=40, self_test=0).parties
    assert report.exit_code == 0 and report.effective == 40
    looked = report.sampled
    assert 0 < looked["pictures"] < 8 and 10 < looked["next_episode"] < 30 and looked["fast_path"] == 20
    assert "a part of them: pictures " in report.text() and "next episode" in report.text()


def test_a_finding_is_shrunk_to_what_it_needs():
    report = check(worlds.LowBitOfReward, pairs=200, self_test=0)
    code = report.findings[0].code
    actions = eval(code.split("'actions': ")[1].split(", 'others'")[0])
    assert len(actions) == 2 and set(actions) == {1, 3}
    assert code.count("'past': []") == 2


# -- the other verdicts ------------------------------------------------------------
def test_nothing_hidden():
    report = check(worlds.NothingHidden)
    assert report.exit_code == 0 and report.parties[0].nothing_hidden
    assert "nothing hidden" in report.text()
    assert check("infogap/TwentyQuestions-v0", party="verifier").parties[0].nothing_hidden


def test_a_party_that_perceives_through_its_view_only_is_refused():
    with pytest.raises(InvalidOption, match="view"):
        check(worlds.Inbox, party="stranger")


def test_vacuous_where_no_two_truths_are_told_the_same():
    report = check(worlds.TellsAllAtOnce, pairs=20)
    assert report.exit_code == 2 and "vacuous" in report.text()


@pytest.mark.parametrize(
    ("maker", "why"),
    [
        (worlds.Noisy, "not repeatable"),
        (worlds.Fails, "RuntimeError"),
        (worlds.ReadsWhatIsNotGranted, "NotGranted"),
    ],
)
def test_broken(maker, why):
    report = check(maker, pairs=10, self_test=0)
    assert report.exit_code == 3
    assert why in report.text()


def test_broken_where_it_cannot_be_made():
    def maker():
        raise OSError("no such file")

    assert check(maker).exit_code == 3


def test_a_missed_planted_leak_makes_a_check_vacuous(monkeypatch):
    monkeypatch.setitem(LEAKS, "silent", lambda site: None)
    monkeypatch.setattr(selftest, "BUDGET", 5)

    subject = resolve(worlds.Bits)
    with quietly():
        hunt = Hunt(subject, "agent", 0)
        table = selftest.plant_all(subject, "agent", 1, [0], hunt, names=["silent"])
    assert table["silent"][:2] == (0, 1)
    report = check(worlds.Bits, pairs=5, self_test=0)
    report.parties[0].planted = table
    assert report.exit_code == 2 and "silent" in report.text()


def test_hash_order_is_found_in_fresh_interpreters():
    report = check("check_worlds:HashOrder", pairs=5, self_test=0, full=True)
    assert report.exit_code == 1
    assert "hash seed" in report.findings[0].kind
    assert check("check_worlds:Bits", pairs=5, self_test=0, full=True).exit_code == 0


# -- not on infogap's core ------------------------------------------------------------
def test_a_foreign_environment():
    assert check(worlds.HighLow, pairs=50, self_test=1, **FOREIGN).exit_code == 0
    report = check(worlds.HighLowHints, pairs=100, self_test=0, **FOREIGN)
    assert report.exit_code == 1 and report.findings[0].exit == "info" and report.findings[0].turn == 3
    names = {"make": worlds.HighLowHints, **FOREIGN}
    exec(compile(report.findings[0].code, "reproduction", "exec"), names)


def test_a_foreign_environment_whose_secret_is_set_before_reset():
    before = {**FOREIGN, "set_secret": worlds.choose, "set_when": "before"}
    assert check(worlds.HighLowFixed, pairs=30, self_test=0, **before).exit_code == 0
    report = check(worlds.HighLowFixed, pairs=30, self_test=0, **{**before, "set_when": "after"})
    assert report.exit_code == 1  # the secret set after one reset is that of the next: carry-over


def test_a_secret_that_is_not_really_set_is_vacuous():
    nothing = {**FOREIGN, "set_secret": lambda env, secret: None}
    report = check(worlds.HighLow, pairs=30, self_test=0, **nothing)
    assert report.exit_code == 2 and "set_secret" in report.text()


def test_released_too_little_is_a_leak():
    report = check(worlds.HighLow, pairs=30, self_test=0, **{**FOREIGN, "released": lambda secret, actions: 0})
    assert report.exit_code == 1


@pytest.mark.parametrize(
    ("clean", "leaking"),
    [(worlds.Coins, worlds.CoinsShown), (worlds.CoinsAtOnce, lambda: worlds.CoinsAtOnce(shows=True))],
)
def test_foreign_games(clean, leaking):
    foreign = {"set_secret": worlds.set_coins, "secrets": worlds.draw_coins, "released": worlds.heard_by_a}
    assert check(clean, party="a", pairs=30, self_test=1, **foreign).exit_code == 0
    assert check(leaking, party="a", pairs=30, self_test=0, **foreign).exit_code == 1


def test_what_can_not_be_checked_is_refused():
    with pytest.raises(Unsupported, match="set_secret"):
        check(worlds.HighLow)
    with pytest.raises(InvalidOption, match="all of"):
        check(worlds.HighLow, set_secret=worlds.set_secret)
    with pytest.raises(InvalidOption, match="two different"):
        check(worlds.HighLow, **{**FOREIGN, "secrets": [1, 1]})
    with pytest.raises(InvalidOption, match="no id"):
        check("infogap/Nothing-v0")
    with pytest.raises(InvalidOption, match="pairs"):
        check(worlds.Bits, pairs=0)
    with pytest.raises(Unsupported, match="no Gymnasium"):
        check(dict, **FOREIGN)


# -- the report and the command ------------------------------------------------------------
def test_the_command(tmp_path, capsys):
    file = tmp_path / "report.json"
    assert main("check_worlds:Bits", pairs=5, json=file, quiet=True) == 0
    text = capsys.readouterr().out
    assert "clean" in text and "cannot see" in text and "obs_trigger_action" in text
    data = json.loads(file.read_text())
    party = data["parties"][0]
    assert data["exit_code"] == 0 and party["effective"] == 5 and len(party["planted"]) >= 20
    assert {"observation", "carry-over"} <= set(data["exits"]) and data["cannot_see"]
    assert main("check_worlds:CarriesOver", pairs=20, quiet=True, self_test=0) == 1
    assert main("infogap/Nothing-v0") == 3
    assert "no id" in capsys.readouterr().err


def test_assert_no_leak_raises_with_the_report():
    with pytest.raises(AssertionError, match="replay"):
        assert_no_leak(worlds.CarriesOver, pairs=50)


def test_checks_repeat():
    texts = [check(worlds.LowBitOfReward, pairs=50, self_test=0, seed=3).findings[0].code for _ in range(2)]
    assert texts[0] == texts[1]


def test_replay_shows_no_difference_where_there_is_none(capsys):
    script = {"actions": (1, 2), "others": (), "seed": 1, "tail": None, "mode": None, "globals": 0, "other": None}
    same = {"truth": {"number": 3, "tint": 0}, "past": [], "others": None}
    found = replay(
        worlds.Bits, party="agent", rule="pair", stack="make", listen=False, script=script, worlds=[same, same]
    )
    assert found is None and "no difference" in capsys.readouterr().out


def test_the_process_is_left_as_it_was():
    import logging
    import random

    logger = logging.getLogger("some.library")
    logger.setLevel(logging.ERROR)
    root, handlers = logging.getLogger().level, logging.getLogger().handlers[:]
    states, out = (random.getstate(), np.random.get_state()[1].copy()), sys.stdout
    check(worlds.Bits, pairs=3, self_test=0)
    assert (logging.getLogger().level, logging.getLogger().handlers) == (root, handlers)
    assert logger.level == logging.ERROR and sys.stdout is out
    assert random.getstate() == states[0] and (np.random.get_state()[1] == states[1]).all()


def test_canonical_forms_tell_apart_what_an_agent_could():
    pairs = [
        (0.0, -0.0),
        (1, True),
        (1, 1.0),
        (1.0, np.float64(1.0)),
        (np.int8(1), np.int16(1)),
        (np.zeros(2, np.int8), np.zeros((2, 1), np.int8)),
        (np.float32("nan"), -np.float32("nan")),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ((1,), [1]),
        (gym.spaces.Box(0, 1, (2,)), gym.spaces.Box(0, np.float32(1.0000001), (2,))),
    ]
    for a, b in pairs:
        assert canon(a) != canon(b), (a, b)
    assert canon({"x", "y", "z"}) == canon({"z", "y", "x"})
    assert canon(np.arange(6)[::2]) == canon(np.array([0, 2, 4]))


@pytest.mark.parametrize("x", [float("nan"), -1, "a'b", None, (1,), {"k": [1, (2.5,)]}, np.arange(3, dtype=np.int8)])
def test_literals_are_source(x):
    assert canon(eval(literal(x), {"np": np})) == canon(x)
