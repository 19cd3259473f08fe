"""Every registered environment keeps its secrets, and leaks planted in it are found.

By default 200 pairs for the first and the last seat of each game, and for the last in the regimes that tell a part,
which the base draws for all games. `pytest -m full` checks all seats, longer.
"""

from __future__ import annotations

from functools import cache

import pytest

from infogap.check import assert_no_leak
from infogap.check.exits import quietly
from infogap.check.runner import Hunt
from infogap.check.selftest import plant_all
from infogap.check.subjects import resolve
from infogap.envs import DESKTOPS, GAMES, GYMNASIUM_IDS, ROLES

TELL_ALL = {("infogap/ReferenceGame-v0", "speaker_0"), ("infogap/CheapTalk-v0", "sender_0")}
TELL_ALL |= {("infogap/Lemons-v0", "seller_0")}
"""Seats from which nothing is hidden: they alone hold private information, and all acts are public."""
UNSEEN_ACTS = {("BilateralTrade", "seller_0"), ("FirstPriceAuction", "bidder_1"), ("SecondPriceAuction", "bidder_1")}
UNSEEN_ACTS |= {("Mafia", "player_6")}
"""Seats that are told nothing of some act of another for a while."""
INQUIRIES = sorted(set(GYMNASIUM_IDS) - set(ROLES) - set(DESKTOPS))
ONLY = {"parallel_form_only", "sealed_seat_only", "text_face_only"}


@cache
def subject(name):
    maker = f"{GAMES[name].module}:env" if name in GAMES else name
    return resolve(maker, kwargs={"regime": GAMES[name].regime} if name in GAMES else None)


def cases(*regimes, at=()):
    """Games and seats; all are marked `full` but those seats that are named by their place."""
    made = []
    for name in (name for name, game in GAMES.items() if game.regime in regimes):
        seats = subject(name).parties
        usual = {seats[i] for i in at}
        made += [pytest.param(name, seat, marks=[] if seat in usual else pytest.mark.full) for seat in seats]
    return pytest.mark.parametrize(("name", "seat"), made)


def keeps_its_secrets(name, seat, pairs):
    (report,) = assert_no_leak(name, party=seat, pairs=pairs).parties
    assert report.nothing_hidden == ((name, seat) in TELL_ALL), report.text()
    if report.nothing_hidden:
        return
    assert report.effective >= pairs and set(report.stacks) == {"aec", "parallel", "sealed seat", "chat"}
    assert min(report.stacks.values()) >= pairs // 3 - 1
    assert report.secret_acts or (GAMES[name].base, seat) not in UNSEEN_ACTS


@cases("private", at=(0, -1))
def test_games_keep_their_secrets(name, seat):
    keeps_its_secrets(name, seat, 200)


@cases("noisy", "partial", at=(-1,))
def test_games_that_tell_a_part_keep_the_rest(name, seat):
    keeps_its_secrets(name, seat, 200)


@pytest.mark.full
@cases("private", "noisy", "partial")
def test_games_keep_their_secrets_in_2000_pairs(name, seat):
    keeps_its_secrets(name, seat, 2_000)


@pytest.mark.parametrize("name", [name for name, game in GAMES.items() if game.regime in ("mindreader", "script")])
def test_open_regimes_hide_nothing(name):
    report = assert_no_leak(name)
    assert len(report.parties) == len(subject(name).parties) and all(p.nothing_hidden for p in report.parties)
    assert report.exit_code == 0 and report.text().count("nothing hidden") == len(report.parties)


@pytest.mark.parametrize("name", sorted(ROLES))
def test_games_from_one_seat_keep_their_secrets(name):
    report = assert_no_leak(name, pairs=25)
    assert report.parties[0].party == ROLES[name].seat and report.parties[0].effective == 25


@pytest.mark.full
@pytest.mark.parametrize("name", sorted(ROLES))
def test_games_from_one_seat_keep_their_secrets_in_500_pairs(name):
    assert_no_leak(name, pairs=500, full=True)


@pytest.mark.parametrize("name", INQUIRIES)
def test_inquiries_keep_their_secrets(name):
    report = assert_no_leak(name, pairs=200)
    assert report.parties[0].effective >= 200
    assert all(pairs >= 10 for pairs in report.parties[0].stacks.values())


@pytest.mark.full
@pytest.mark.parametrize("name", INQUIRIES)
def test_inquiries_keep_their_secrets_in_2000_pairs(name):
    assert assert_no_leak(name, pairs=2_000, full=True).parties[0].effective >= 2_000


@pytest.mark.parametrize("name", sorted(DESKTOPS))
def test_desktops_keep_their_secrets(name):
    report = assert_no_leak(name, pairs=200)
    assert report.parties[0].effective >= 200


@pytest.mark.parametrize("face", ["dict", "text"])
def test_desktops_keep_their_secrets_in_other_observations(face):
    report = assert_no_leak("infogap/Desktop-v0", kwargs={"observation": face}, pairs=100)
    assert report.parties[0].effective >= 100


@pytest.mark.full
@pytest.mark.parametrize(
    ("name", "face"),
    [*((name, "flat") for name in sorted(DESKTOPS)), ("infogap/Desktop-v0", "dict"), ("infogap/Desktop-v0", "text")],
)
def test_desktops_keep_their_secrets_in_2000_pairs(name, face):
    report = assert_no_leak(name, kwargs={"observation": face}, pairs=2_000, full=True)
    assert report.parties[0].effective >= 2_000


# -- the self-test -----------------------------------------------------------------------------------------------------
def plant(name, party, seeds, least=25):
    seen = subject(name)
    with quietly():
        hunt = Hunt(seen, party, 0)
        hunt.go(40)
        assert hunt.case is None
        if hunt.report.nothing_hidden:
            assert (name, party) in TELL_ALL
            return
        # The rarest leak shows at one action in one turn: where many are legal, 200 pairs may miss it.
        table = plant_all(seen, party, 200 if len(seeds) < 10 else 2_000, seeds, hunt)
    assert len(table) >= least
    assert {leak: row for leak, row in table.items() if row[0] < len(seeds)} == {}
    if name in GAMES:
        assert {"obs_low_bit", "mask_bit", "last_only", "other_seat", *ONLY} <= set(table)


@cases("private", at=(0,))
def test_leaks_planted_in_games_are_found(name, seat):
    plant(name, seat, [100])


@pytest.mark.parametrize("name", ["infogap/TwentyQuestions-v0", "infogap/KuhnFirst-v0", "infogap/Desktop-v0"])
def test_leaks_planted_in_other_environments_are_found(name):
    plant(name, subject(name).parties[0], [101, 102])


@pytest.mark.full
@cases("private", "noisy", "partial")
def test_leaks_planted_in_games_are_found_in_10_of_10_seeds(name, seat):
    plant(name, seat, range(10))


@pytest.mark.full
@pytest.mark.parametrize("name", sorted(GYMNASIUM_IDS))
def test_leaks_planted_in_other_environments_are_found_in_10_of_10_seeds(name):
    plant(name, subject(name).parties[0], range(10))
