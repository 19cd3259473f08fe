"""The leak checker on games: simultaneous phases, secret acts, regimes, kept positions, the parallel form."""

import check_games as games
import pytest

from infogap.check import assert_no_leak, check
from infogap.check.exits import quietly
from infogap.check.leaks import LEAKS
from infogap.check.runner import Hunt
from infogap.check.selftest import planting
from infogap.check.sites import Site
from infogap.check.subjects import resolve
from infogap.envs.social.kuhn import KuhnPoker


@pytest.mark.parametrize("maker", [games.SecretBallot, games.VoteAtOnce, games.OnlyVotes, games.at_once_in_parallel])
def test_clean_games_are_clean(maker):
    report = assert_no_leak(maker, pairs=30)
    assert all(party.effective >= 30 for party in report.parties)
    assert sum(party.secret_acts for party in report.parties) > (5 if maker is games.at_once_in_parallel else 12)


LEAKING = [
    (games.PeeksAtCards, "player_1", "observation", "worlds told the same look different"),
    (games.PeekingMask, "player_1", "release", "a release does not keep to its declaration"),
    (games.FastPathPeeks, "player_1", "observation", "the fast path differs from its specification"),
    (games.ParallelPeeks, "player_1", "info", "worlds told the same look different"),
    (games.OpenBallot, "player_1", "observation", "worlds told the same look different"),
    (games.OpenVoteAtOnce, "player_1", "observation", "worlds told the same look different"),
    (games.OpenVotes, "player_1", "observation", "worlds told the same look different"),
    (games.open_at_once_in_parallel, "player_1", "observation", "worlds told the same look different"),
]


@pytest.mark.parametrize(("maker", "party", "exit", "kind"), LEAKING, ids=lambda x: getattr(x, "__name__", ""))
def test_leaks_made_by_hand_are_found_shrunk_and_reproduced(maker, party, exit, kind, capsys):
    report = check(maker, party=party, pairs=200, self_test=0)
    assert report.exit_code == 1, report.text()
    finding = report.findings[0]
    assert (finding.exit.removeprefix("next episode: "), finding.kind) == (exit, kind), report.text()
    assert finding.reproduced
    exec(compile(finding.code, "reproduction", "exec"), {"make": maker})
    printed = capsys.readouterr().out
    assert finding.kind in printed and f"exit {finding.exit}" in printed


@pytest.mark.parametrize("maker", [games.OpenBallot, games.OpenVoteAtOnce, games.OpenVotes])
def test_a_ballot_is_found_open_only_because_other_seats_play_otherwise(maker):
    """The first seat's vote is its secret act: with equal votes in both worlds nothing would differ."""
    report = check(maker, party="player_1", pairs=100, self_test=0)
    assert "'others': (" in report.findings[0].code


def test_the_seat_that_is_told_everything_is_not_vacuous():
    """Every deal hides the same from it, and every act is public; that is no leak and no failure."""
    report = check(games.OneSided, party="player_0", pairs=20)
    assert report.exit_code == 0 and report.parties[0].nothing_hidden and "nothing hidden" in report.text()
    assert check(games.OneSided, party="player_1", pairs=20, self_test=0).parties[0].effective == 20


@pytest.mark.parametrize("regime", ["mindreader", "script"])
@pytest.mark.parametrize("maker", [KuhnPoker, games.SecretBallot])
def test_open_regimes_hide_nothing(maker, regime):
    report = check(maker, kwargs={"regime": regime}, pairs=5)
    assert report.exit_code == 0 and all(party.nothing_hidden for party in report.parties)
    assert report.text().count("nothing hidden") == 2


@pytest.mark.parametrize(
    "options", [{"regime": "noisy", "accuracy": 0.95}, {"regime": "partial", "share": 0.9}], ids=str
)
@pytest.mark.parametrize("maker", [KuhnPoker, games.SecretBallot])
def test_twins_are_found_where_almost_all_is_told(maker, options):
    report = assert_no_leak(maker, kwargs=options, pairs=30)
    assert all(party.effective == 30 and party.tried < 120 for party in report.parties), report.text()


@pytest.mark.parametrize(
    "options", [{"regime": "noisy", "accuracy": 1.0}, {"regime": "partial", "share": 1.0}], ids=str
)
def test_regimes_that_tell_all_by_their_numbers_are_vacuous(options):
    """The partition hides what chance never does."""
    report = check(games.SecretBallot, kwargs=options, pairs=5, self_test=0)
    assert report.exit_code in (0, 2)
    assert all(party.effective == 0 or party.secret_acts for party in report.parties), report.text()


@pytest.mark.parametrize(
    "name", ["last_only", "parallel_form_only", "sealed_seat_only", "text_face_only", "secret_act"]
)
def test_planting_itself_is_not_what_is_found(name, monkeypatch):
    """The same injectors over a constant in place of the secret: no difference may be left."""
    monkeypatch.setattr(Site, "value", lambda self: 0)
    monkeypatch.setattr("infogap.check.leaks.number", lambda salt, hidden: 0)
    hunt = Hunt(resolve(games.VoteAtOnce), "player_0", 1, planting(LEAKS[name], 7, 4))
    with quietly():
        hunt.go(20)
    assert hunt.case is None, hunt.case[1]
