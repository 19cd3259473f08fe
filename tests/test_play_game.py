"""``infogap play`` with games: a person among scripted partners."""

from __future__ import annotations

import io
import sys

import pytest

import infogap
from infogap import cli
from infogap.envs import GAMES, ROLES

PRIVATE = [id for id, game in GAMES.items() if game.regime == "private"]


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


@pytest.mark.parametrize("id", PRIVATE)
def test_every_game_seats_a_person(play, id):
    """Whoever always takes the first legal phrase comes to the end, in every seat at an end of the table."""
    seats = GAMES[id].env().possible_agents
    for seat in (seats[0], seats[-1]):
        code, out, err = play(id, "--seat", seat, "--seed", 4, said="1\n" * 200)
        assert code == 0 and not err
        assert f"You are {seat}" in out and "score" in out and "uccess" in out


@pytest.mark.parametrize("id", PRIVATE)
def test_the_same_seed_plays_the_same(play, id):
    assert play(id, "--seed", 7, said="1\n" * 200) == play(id, "--seed", 7, said="1\n" * 200)


@pytest.mark.parametrize("id", PRIVATE)
def test_a_person_is_told_the_own_type_only(play, id):
    """What is shown before the first move describes the own type, and no other seat's."""
    game = GAMES[id].env()
    game.reset(seed=11)
    truth, seats = infogap.reveal(game), game.possible_agents
    _, out, _ = play(id, "--seed", 11, said="")
    start = out.partition("Left.")[0]
    own = game.lines(game.look(seats[0]))
    others = {game.describe(seat, truth.type_of(seat)) for seat in seats[1:]} - {*own}
    assert own[0] in " ".join(start.split())
    assert not any(other in start for other in others)


def test_a_person_can_ask_for_help_be_misunderstood_and_leave(play):
    code, out, _ = play("infogap/Kuhn-v0", "--seed", 1, said="help\nnonsense\n99\n0\n\n")
    assert code == 0 and "bet or call" in out and out.count("not understood") == 1 and "Left." in out
    assert out.count("phrases 1 to 2 now") == 2


def test_games_take_options(play):
    code, out, _ = play("infogap/DealOrNoDeal-v0", "--option", "turns=4", "--seed", 1)
    assert code == 0 and "at most 4 turns" in out
    code, out, _ = play("infogap/MafiaPlayer-v0", "-o", "players=5", "-o", "mafia=1", "--seed", 1)
    assert code == 0 and "player_4." in out and "player_5" not in out
    for refused in ("turns=0", "turn=4", "turns", "regime=script"):
        code, _, err = play("infogap/DealOrNoDeal-v0", "--option", refused)
        assert code == 2 and err.startswith("error:") and len(err.splitlines()) == 1, refused


def test_single_agent_ids_seat_the_person_there(play):
    for id in list(ROLES)[:4]:
        code, out, _ = play(id, "--seed", 2, said="1\n" * 200)
        assert code == 0 and f"You are {ROLES[id].seat}" in out


@pytest.mark.skipif("infogap/DealOrNoDeal-v0" not in GAMES, reason="not here")
def test_a_deal_in_plain_words(play):
    said = "what matters most to you?\ni'd like everything\n" + "deal\nno deal\n" * 20
    code, out, err = play("infogap/DealOrNoDeal-v0", "--partner", "prudent", "--seed", 3, said=said)
    assert code == 0 and not err
    assert "efficiency" in out and "nash_share" in out and "was prudent" in out
