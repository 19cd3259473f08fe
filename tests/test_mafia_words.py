"""Mafia: its words by tables, and its scripted players."""

from __future__ import annotations

import math
import random
from collections import Counter

import pytest
from mafia_deal import deal, play

import infogap
from infogap.core.chance import Chance
from infogap.core.chat import Chat
from infogap.core.errors import InvalidAction, InvalidMessage
from infogap.envs.social import mafia, mafia_text
from infogap.envs.social.mafia_acts import DETECTIVE, MAFIA, SEATS, VILLAGER, Kind, act_of

# -- words -------------------------------------------------------------------------------------------------------------
VARIANTS = {
    "I accuse player 3.": ["I accuse player_3", "i suspect P3!", "Player 3 is mafia", "I think that 3 is guilty."],
    "I vouch for player 4.": [
        "i trust 4",
        "player 4 is innocent",
        "I believe player 4 is not mafia",
        "P4 is a villager",
    ],
    "My result: player 3 is mafia.": [
        "my result is that 3 is mafia",
        "I inspected player 3: mafia",
        "I found 3 is mafia",
    ],
    "My result: player 3 is not mafia.": ["I checked 3 and he is not mafia", "my inspection: player 3 is innocent"],
    "Player 2, please explain.": [
        "player 2, explain yourself",
        "Explain, player 2",
        "I ask player 2 to explain",
        "2, why?",
    ],
    "I am a villager.": ["I'm a villager", "i am just a plain villager", "I am  an innocent  VILLAGER!"],
    "I am the detective.": ["I'm the detective", "I am the seer."],
    "I agree with the last statement.": ["I agree", "agreed.", "I second that"],
    "I withdraw my last statement.": ["I take it back", "I withdraw that", "i retract my claim"],
    "I pass.": ["pass", "I say nothing", "skip"],
    "I vote for player 1.": ["I vote to lynch player 1", "lynch 1", "Let's lynch player 1"],
    "Tonight I choose player 5.": ["kill player 5", "I inspect 5 tonight", "Tonight 5"],
}
NOTHING = [
    "",
    " ",
    "...",
    "\x00",
    "accuse " * 20,
    "3" * 190,
    "x" * 10_000,
    "I accuse\n\n",
    "I accuse nobody",
    "3 is not",
]
NOTHING += [
    f"I accuse player {who}" for who in ("3 and player 4", "7", "99", "-1", "³³", "three", "3. I vote for player 1")
]
NOTHING += ["I do not accuse player 3", "player three is mafia", "I am mafia", "I am not a villager", "is 3 mafia?"]


def test_phrases_and_variants_are_understood():
    env = deal()
    view, rules = infogap.view(env, "player_0"), env.rules
    assert len(set(env.words)) == len(env.words) == 54 == env.action_space("player_0").n
    for action, phrase in enumerate(env.words):
        assert mafia_text.read(rules, 0, phrase) == action or phrase.startswith("Tonight")
    for phrase, others in VARIANTS.items():
        assert {env.read(other, view) for other in others} == {env.words.index(phrase)}, phrase
    assert mafia_text.read(rules, 1, "player 3") == act_of(Kind.VOTE, 3, 7) == mafia_text.read(rules, 1, "I choose 3.")
    assert mafia_text.read(rules, 2, "#3") == act_of(Kind.NIGHT, 3, 7)
    assert mafia_text.read(rules, 0, "player 3") is None


def test_anything_else_is_not_understood_and_nothing_raises():
    env = deal()
    view, rng = infogap.view(env, "player_0"), random.Random(0)
    for text in NOTHING:
        assert env.read(text, view) is None, text
    for thing in (None, 3, b"I pass.", ["I pass."], math.nan, object()):
        assert env.read(thing, view) is None
    letters = "accuse player 0123456789 is not mafia,:#_-'’²ß\u0130\u202e\n I inspected that and explain vote"
    for _ in range(3_000):
        said = env.read("".join(rng.choice(letters) for _ in range(rng.randrange(60))), view)
        assert said is None or 0 <= said < 54
    words = [*letters.split(), "mafia", "i", "am", "the", "a", "i'm", "3", "player 4", "kill"]
    for _ in range(3_000):
        said = env.read(" ".join(rng.choice(words) for _ in range(rng.randrange(9))), view)
        assert said is None or 0 <= said < 54


def test_a_seat_can_be_played_by_talking():
    chat = Chat(mafia.env(render_mode="ansi"))
    chat.reset(seed=4)
    person = chat.seat("player_0")
    first = person.hear().messages
    assert first[0].startswith("You are player 0, ") and "2 of the 7 players" in first[1] and "Day 1." in first[2]
    with pytest.raises(InvalidMessage):
        person.say("I accuse everybody")
    person.say("I suspect player 3!")
    assert "Player 0: I accuse player 3." in chat.seat("player_5").hear().messages
    with pytest.raises(InvalidAction):
        person.say("I pass.")


def test_the_story_only_grows_and_pictures_are_public():
    env = mafia.env(render_mode="ansi")
    partner = env.partners["prudent"](env)
    for seed in range(4):
        env.reset(seed=seed)
        told = dict.fromkeys(env.possible_agents, ())
        turn = 0
        while not all(env.terminations.values()):
            for seat in env.possible_agents:
                lines = env.lines(infogap.view(env, seat))
                assert lines[: len(told[seat])] == told[seat]
                told[seat] = lines
            assert env.render().startswith("Day ")
            env.step(partner(env.agent_selection, env.observe(env.agent_selection), Chance(1, seed, turn)))
            turn += 1
        for seat in env.possible_agents:
            end = env.lines(infogap.view(env, seat))
            assert end[: len(told[seat])] == told[seat] and end[-1] in ("The town wins.", "The mafia wins.")
    env = deal()
    assert env.describe("player_3", infogap.reveal(env).type_of("player_3")) == "player 3 is mafia with player 5."
    assert env.describe("player_1", (DETECTIVE, *(0,) * 7)) == "player 1 is the detective."


# -- partners, posteriors, claims --------------------------------------------------------------------------------------
def test_every_partner_plays_every_table():
    assert {"prudent", "truthful", "silent", "adversarial", "naive"} <= mafia.PARTNERS.keys() - mafia.Mafia.held_out
    assert len(mafia.Mafia.held_out) >= 2 and mafia.Mafia.held_out <= mafia.PARTNERS.keys()
    tables = [{}, {"players": 3, "mafia": 1}, {"players": 15, "mafia": 7}, {"detective": False}, {"statements": 0}]
    for options in [*tables, {"statements": 3}, {"regime": "partial"}]:
        env = mafia.env(**options)
        makers = {name: maker(env) for name, maker in env.partners.items()}
        for i, (name, partner) in enumerate(makers.items()):
            assert mafia.PARTNERS[name].__doc__
            other = makers[sorted(makers)[i]]
            env.reset(seed=i)
            play(env, {VILLAGER: partner, DETECTIVE: partner, MAFIA: other}, 1, i)


def test_truthful_and_silent_partners_are_what_they_say():
    env = mafia.env()
    partners = {name: maker(env) for name, maker in env.partners.items()}
    lies = Counter()
    env.reset(seed=1)
    for name in ("truthful", "silent", "adversarial"):
        for episode in range(25):
            play(env, dict.fromkeys((VILLAGER, DETECTIVE, MAFIA), partners[name]), 2, episode)
            checks = infogap.outcome(env).checks
            lies[name] += checks["deception"]
            assert name != "silent" or checks["claims"] == 0 == checks["disclosure_bits"]
            assert name != "truthful" or checks["claims"] >= 4
            env.reset()
    assert lies["truthful"] == 0 and lies["adversarial"] > 20


def test_posterior_samples_keep_what_the_seat_knows():
    env = deal()
    truth = infogap.reveal(env)
    for seat, known in (("player_3", (3, 5)), ("player_1", (1,)), ("player_0", (0,))):
        drawn = [env.resample(truth, seat, Chance(key)) for key in range(300)]
        assert {t.type_of(seat) for t in drawn} == {truth.type_of(seat)}
        found = Counter(SEATS.index(s) for t in drawn for s, role in t.role.items() if role == MAFIA)
        free = [i for i in range(7) if i not in known]
        if seat == "player_3":
            assert set(found) == {3, 5}
            assert len({tuple(t.role.values()).index(DETECTIVE) for t in drawn}) == 5
        else:
            assert set(found) == set(free) and min(found.values()) > 55  # 100 each is expected
