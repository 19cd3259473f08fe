"""The text face of games: the same rules, in sentences."""

from __future__ import annotations

import numpy as np
import pytest

import infogap
from infogap.core.chance import Chance
from infogap.core.chat import Chat, plain
from infogap.core.errors import (
    EpisodeOver,
    InvalidAction,
    InvalidMessage,
    InvalidOption,
    ResetNeeded,
    SealedError,
    Unsupported,
)
from infogap.core.gamerules import GameRules
from infogap.envs import GAMES
from infogap.envs.social import kuhn

TALKING = [f"infogap/{name}-v0" for name in ("DealOrNoDeal", "MutualFriends", "HiddenProfile", "Mafia")]
TALKING = [id for id in TALKING if id in GAMES]
PRIVATE = [id for id, game in GAMES.items() if game.regime == "private"]


def converse(id: str, seed: int, **options):
    """A conversation of random legal phrases, and the same actions played in the array face."""
    chat, game = Chat(GAMES[id].env(**options)), GAMES[id].env(**options)
    chat.reset(seed=seed)
    game.reset(seed=seed)
    rng = np.random.default_rng(seed)
    heard = {seat: [] for seat in game.possible_agents}
    gained = dict.fromkeys(game.possible_agents, 0.0)
    handles = {seat: chat.seat(seat) for seat in game.possible_agents}
    while not chat.over:
        seat = chat.to_move[0]
        assert seat == game.agent_selection
        legal = np.flatnonzero(game.observe(seat)["action_mask"])
        assert handles[seat].phrases() == tuple(game.words[i] for i in legal)
        action = int(rng.choice(legal))
        said = handles[seat].say(game.words[action].upper() + " ")
        heard[seat] += said.messages
        gained[seat] += said.reward
        game.step(action)
        for other, handle in handles.items():
            new = handle.hear()
            heard[other] += new.messages
            gained[other] += new.reward
    return chat, game, heard, gained


@pytest.mark.parametrize("id", PRIVATE)
def test_phrases_play_the_same_game(id):
    for seed in range(4):
        chat, game, heard, gained = converse(id, seed)
        assert gained == game._cumulative_rewards
        verdict = infogap.outcome(game)
        assert verdict == infogap.outcome(chat._game)
        assert all(isinstance(line, str) and line for lines in heard.values() for line in lines)


@pytest.mark.parametrize("id", PRIVATE)
def test_every_action_has_a_phrase_of_its_own(id):
    words = GAMES[id].env().words
    assert len({plain(word) for word in words}) == len(words)
    assert all(plain(word) and plain(word).isprintable() and len(word) < 200 for word in words)


@pytest.mark.parametrize("id", TALKING)
def test_lines_only_grow_and_are_of_the_own_view(id):
    """Worlds that a seat can't tell apart are told in the same words, turn by turn, while it is told the same."""
    assert type(GAMES[id].env()).lines is not GameRules.lines
    game = GAMES[id].env()
    rng = np.random.default_rng(1)
    told_later = 0
    for seed in range(12):
        game.reset(seed=seed)
        truth = infogap.reveal(game)
        for seat in game.possible_agents[:2]:
            other = game.resample(truth, seat, Chance(seed))
            one, two = GAMES[id].env(), GAMES[id].env()
            for env, world in ((one, truth), (two, other)):
                infogap.plant(env, world)
                env.reset()
            before: tuple[str, ...] = ()
            while not (one._position.over or two._position.over):
                seen = [env.observe(seat) for env in (one, two)]
                if str(seen[0]) != str(seen[1]):
                    break
                lines = [env.lines(env.look(seat)) for env in (one, two)]
                assert lines[0] == lines[1] and lines[0][: len(before)] == before
                told_later += len(lines[0]) > len(before) > 0
                before = lines[0]
                mover = one.agent_selection
                both = np.flatnonzero(one.observe(mover)["action_mask"] & two.observe(mover)["action_mask"])
                if mover != two.agent_selection or not both.size:
                    break
                action = int(rng.choice(both))
                one.step(action)
                two.step(action)
    assert told_later > 10


@pytest.mark.parametrize("id", PRIVATE)
def test_messages_that_are_none(id):
    env = GAMES[id].env()
    chat = Chat(env)
    chat.reset(seed=3)
    seat = chat.to_move[0]
    me = chat.seat(seat)
    before = str(env.observe(seat))
    for bad in ("", "   ", "\n", "lorem ipsum dolor", "x" * 301, "a" * 10**6, "\x00\x07", "‮‮", 3, None, b"bet", ["bet"]):
        with pytest.raises(InvalidMessage):
            me.say(bad)
    for other in (s for s in env.possible_agents if s not in chat.to_move):
        with pytest.raises(InvalidAction, match="turn"):
            chat.seat(other).say(env.words[0])
    illegal = np.flatnonzero(env.observe(seat)["action_mask"] == 0)
    if illegal.size:
        with pytest.raises(InvalidAction, match="be said now"):
            me.say(env.words[illegal[0]])
    assert str(env.observe(seat)) == before and chat.to_move[0] == seat


@pytest.mark.parametrize("id", TALKING)
def test_hostile_sentences_are_read_by_no_grammar(id):
    """Whatever is said, reading it raises nothing and says an action or None."""
    game = GAMES[id].env()
    game.reset(seed=0)
    view = game.look(game.possible_agents[0])
    rng = np.random.default_rng(0)
    words = sorted({w for phrase in game.words for w in plain(phrase).split()})
    for _ in range(400):
        text = " ".join(rng.choice(words, size=rng.integers(1, 14)))
        action = game.read(plain(text), view)
        assert action is None or (type(action) is int and 0 <= action < len(game.words))
    for text in (
        "9" * 250,
        "٣ books",
        "player_99 is mafia",
        "(((((((",
        ", " * 100,
        "i take -3 books",
        "1e9 books",
        "{0.__class__}",
    ):
        action = game.read(plain(text), view)
        assert action is None or 0 <= action < len(game.words)


def test_a_handle_is_one_seat_and_nothing_else():
    chat = Chat(kuhn.env())
    me = chat.seat("player_0")
    with pytest.raises(ResetNeeded):
        me.hear()
    chat.reset(seed=0)
    assert me.agent == "player_0" and "player_0" in repr(me)
    for name in ("_game", "game", "chat", "act", "step", "__dict__", "_world"):
        with pytest.raises(SealedError):
            getattr(me, name)
    for bad in ("player_9", None, 0):
        with pytest.raises(Unsupported):
            chat.seat(bad)
    for bad in (infogap.seal(kuhn.env(), "player_0"), object(), None, kuhn.parallel_env()):
        with pytest.raises((Unsupported, AttributeError)):
            Chat(bad)
    for bad in (0, -1, 1.5, True, None):
        with pytest.raises(InvalidOption):
            Chat(kuhn.env(), max_chars=bad)


def test_rewards_are_heard_once_and_the_end_is_final():
    chat = Chat(kuhn.env())
    chat.reset(seed=0)
    first, second = chat.seat("player_0"), chat.seat("player_1")
    first.say("bet or call")
    last = second.say("check or fold")
    assert last.terminated and last.reward == -1.0 and second.hear().reward == 0.0
    assert first.hear().reward == 1.0 and first.phrases() == ()
    assert first.hear().public == {"turn": 2, "to_move": (), "your_turn": False}
    for late in (lambda: first.say("bet or call"), lambda: chat.act("player_0", 1)):
        with pytest.raises(EpisodeOver):
            late()


def test_regimes_are_told_in_words():
    for regime, words in (("mindreader", "You are told of player_1:"), ("noisy", "right with probability 0.8")):
        chat = Chat(kuhn.env(regime=regime))
        chat.reset(seed=0)
        assert any(words in line for line in chat.seat("player_0").hear().messages)
    chat = Chat(kuhn.env())
    chat.reset(seed=0)
    assert not any("told" in line for line in chat.seat("player_0").hear().messages)
