"""Mutual friends in words, and its scripted partners."""

from __future__ import annotations

import numpy as np
import pytest
from mutual_friends_reading import OWN, SEATS, SMALL, said_by

import infogap
from infogap.core.chance import Chance
from infogap.core.chat import Chat
from infogap.core.errors import InvalidAction, InvalidMessage
from infogap.envs.social import mutual_friends as game
from infogap.envs.social.mutual_friends_acts import HOBBIES, SCHOOLS, table
from infogap.envs.social.mutual_friends_partners import Seen
from infogap.envs.social.mutual_friends_text import LONGEST, read

ACTS = table(32)
SAID = {
    # another way to say it -> the canonical sentence
    "i know alice": "I know Alice Archer.",
    "One of my friends is Bruno Barlow!": "I know Bruno Barlow.",
    "  Well,  I'm friends with GRETA. ": "I know Greta Gibson.",
    "A friend of mine is Hugo": "I know Hugo Harper.",
    "I have Irene Ingram on my list": "I know Irene Ingram.",
    "I select Alice Archer": "Our mutual friend is Alice Archer.",
    "It's Bruno!": "Our mutual friend is Bruno Barlow.",
    "Our common friend must be Clara": "Our mutual friend is Clara Conway.",
    "Derek is our mutual friend": "Our mutual friend is Derek Dalton.",
    "I think the shared friend is Elena Ellis.": "Our mutual friend is Elena Ellis.",
    "I'll go with Felix": "Our mutual friend is Felix Fraser.",
    "I don't know anyone from Ashford": "From Ashford I know nobody.",
    "I know no one from Birchwood.": "From Birchwood I know nobody.",
    "None of my friends is from Cedarville": "From Cedarville I know nobody.",
    "At Ashford I know everyone": "From Ashford I know everybody.",
    "From Ashford, I just know Alice": "From Ashford I know only Alice Archer.",
    "at Ashford I know exactly Alice and Clara.": "From Ashford I know only Alice Archer and Clara Conway.",
    "From Ashford I know Bruno, Clara and Derek, nobody else": (
        "From Ashford I know only Bruno Barlow, Clara Conway and Derek Dalton."
    ),
    "One of my friends plays chess": "Somebody I know plays chess.",
    "I know someone who sings in a choir": "Somebody I know sings in a choir.",
    "I don't know anybody who plays chess": "Nobody I know plays chess.",
    "No one I know works for Adlin": "Nobody I know works for Adlin.",
    "A friend of mine works for Dunlin": "Somebody I know works for Dunlin.",
    "No friend of mine keeps bees": "Nobody I know keeps bees.",
    "none of my friends keeps bees": "Nobody I know keeps bees.",
    "Do not know anyone baking bread": "Nobody I know bakes bread.",
    "I know somebody running marathons": "Somebody I know runs marathons.",
    "Can you repeat that?": "Please say that again.",
    "Pardon?": "Please say that again.",
    "What did you say?": "Please say that again.",
    "Sorry, I take that back": "I take back what I said last.",
    "Scratch that.": "I take back what I said last.",
    "I was wrong": "I take back what I said last.",
    "I know them too": "I know that person too.",
    "Yes, I know her as well!": "I know that person too.",
    "I don't know him": "I do not know that person.",
    "No, I do not know that person": "I do not know that person.",
}
UNCLEAR = [
    *("", " ", "hello", "yes", "no", "I know", "I know nobody", "friend", "?!", "\n\n", "\x00", "I know Zaphod"),
    "Do you know Alice?",  # a question claims nothing
    "I know Alice and Bruno",  # two names are two acts
    "I do not know Alice",  # an answer, but nobody has named her
    "Our mutual friend is not Alice",
    "It's Alice or Bruno",
    "From Ashford I know Alice",  # only her?
    "From Ashford I know only Elena",  # she is from Birchwood
    "From Ashford and Birchwood I know nobody",
    "Somebody I know from Ashford plays chess",
    "Nobody I know plays chess or keeps bees",
    "Somebody plays chess and nobody keeps bees",
    "Alice plays chess",
    "Is our mutual friend Alice?",
    "I know everybody",
    "From Ashford I do not know everybody",
    "From Ashford I know",
    "plays chess",
    "friend_1 knows Alice",
    "You know Alice",
    "They know nobody from Ashford",
]


def word(sentence):
    return ACTS.words.index(sentence)


@pytest.mark.parametrize("text", SAID)
def test_natural_sentences_are_read(text):
    assert read(ACTS, text) == word(SAID[text])
    assert read(ACTS, f"  {text.upper()}  ") == word(SAID[text])


@pytest.mark.parametrize("text", UNCLEAR, ids=repr)
def test_what_is_not_clear_is_not_read(text):
    assert read(ACTS, text) is None


@pytest.mark.parametrize("people", [2, 7, 32, 64])
def test_every_canonical_sentence_reads_as_itself(people):
    acts = table(people)
    for action, sentence in enumerate(acts.words):
        assert read(acts, sentence) == action, sentence
        assert read(acts, sentence.casefold().rstrip(".")) == action, sentence


def test_answers_by_name_are_about_the_person_just_named():
    alice = 0
    assert read(ACTS, "I know Alice too", alice) == ACTS.confirm
    assert read(ACTS, "Yes, I know Alice", alice) == ACTS.confirm
    assert read(ACTS, "I do not know Alice Archer", alice) == ACTS.deny
    assert read(ACTS, "No, I don't know Alice", alice) == ACTS.deny
    assert read(ACTS, "I know Alice", alice) == alice
    assert read(ACTS, "I know Bruno too", alice) == 1  # Bruno is named anew
    assert read(ACTS, "I do not know Bruno", alice) is None


def test_nothing_makes_reading_fail():
    rng = np.random.default_rng(0)
    bits = [w.strip(".") for w in ACTS.words[::9]] + ["not", "only", "?", "’", "é", "know", "\n", "((", "\\", "nobody"]
    for _ in range(2000):
        text = " ".join(rng.choice(bits, rng.integers(1, 7)))
        action = read(ACTS, text, int(rng.integers(-1, 32)))
        assert action is None or 0 <= action < 228
    for text in (None, 7, b"I know Alice", ["I know Alice"], "I know Alice " + "x" * LONGEST, "a" * 10**6, "\ud800"):
        assert read(ACTS, text) is None


def test_two_people_talk():
    """The text face: in other words than the canonical ones, with a claim that is not true refused."""
    env = game.env(**SMALL)
    infogap.plant(env, env.truth_type(friends=dict(zip(SEATS, OWN, strict=True)), acts=()))
    talk = Chat(env)
    talk.reset()
    first, second = talk.seat("friend_0"), talk.seat("friend_1")
    told = "\n".join(first.hear().messages)
    assert "friend_0 knows Alice Archer (from Ashford" in told and "friend_1 knows" not in told
    assert all(f"From {school}:" in told for school in SCHOOLS[:2]) and HOBBIES[0] in told
    for text, error in [
        ("I know Elena", InvalidAction),  # a stranger
        ("I know Elena too", InvalidAction),
        ("gibberish", InvalidMessage),
        ("", InvalidMessage),
        ("I know Alice" + " indeed" * 100, InvalidMessage),
        ("friend_1 knows Greta", InvalidMessage),
    ]:
        with pytest.raises(error):
            first.say(text)
    with pytest.raises(InvalidAction):
        second.say("I know Elena")  # out of turn
    first.say("I'm friends with Clara")
    assert second.hear().messages[-1] == "friend_0: I know Clara Conway."
    second.say("It's Clara!")
    heard = first.say("yes, our mutual friend is Clara")
    assert heard.terminated and heard.reward == 1.0 and talk.over


# -- partners --------------------------------------------------------------------------------------------------------
def play(pair, episodes=60, seed=0, **options):
    """Success, and all acts, of pairs of partners; every act must be legal."""
    env = game.env(**options)
    act, won, lines = [env.partners[name](env) for name in pair], [], []
    for episode in range(episodes):
        env.reset(seed=seed if episode == 0 else None)
        line = []
        while not env._position.over:
            seat = env.agent_selection
            observed = env.observe(seat)
            action = act[SEATS.index(seat)](seat, observed, Chance(seed, episode, len(line)))
            assert type(action) is int and observed["action_mask"][action]
            line.append(action)
            env.step(action)
        won.append(env.rewards["friend_0"])
        lines.append([env.words[action] for action in line])
    return np.mean(won), lines


@pytest.mark.parametrize(
    "options", [{}, SMALL, {"lying": True}, {"regime": "script"}, {"people": 3, "friends": 2}], ids=str
)
def test_all_pairs_of_partners_play_legally(options):
    names = game.MutualFriends.partners
    assert {"prudent", "truthful", "silent", "adversarial", "naive"} <= set(names)
    assert len(game.MutualFriends.held_out) >= 2 and game.MutualFriends.held_out < set(names)
    for first in names:
        for second in names:
            play((first, second), episodes=4, **options)


def test_what_partners_do():
    success = {name: play((name, name), episodes=120) for name in game.MutualFriends.partners}
    assert success["prudent"][0] == success["shuffled"][0] == 1.0
    assert 0.7 < success["truthful"][0] < 0.95 and 0.4 < success["answering"][0] < 0.8
    assert success["silent"][0] < 0.3 and success["adversarial"][0] == 0.0 and success["naive"][0] < 0.2
    kinds = {name: {said_by(ACTS, w)[0] for line in lines for w in line} for name, (_, lines) in success.items()}
    assert kinds["prudent"] == kinds["shuffled"] == {"report", "select"}
    assert kinds["truthful"] == {"name", "select"} and kinds["answering"] == {"name", "no", "select"}
    assert kinds["silent"] == {"select"} and len(kinds["naive"]) >= 7


def test_a_prudent_seat_does_well_with_whoever_means_well():
    for other in ("prudent", "shuffled", "truthful", "answering"):
        for pair in (("prudent", other), (other, "prudent")):
            assert play(pair, episodes=120)[0] > 0.85, pair
    assert play(("prudent", "silent"), episodes=120)[0] > 0.7  # it listens
    for pair in (("prudent", "adversarial"), ("adversarial", "prudent")):
        assert play(pair, episodes=120)[0] < 0.1


def test_an_adversary_lies_where_it_may():
    _, lines = play(("adversarial", "truthful"), episodes=30, lying=True)
    assert all(said_by(ACTS, line[0])[0] == "name" for line in lines)
    env = game.env(lying=True)
    act = env.partners["adversarial"](env)
    for seed in range(20):
        env.reset(seed=seed)
        observed = env.observe("friend_0")
        assert not Seen.of(observed["observation"], env).own[act("friend_0", observed, Chance(1))]


def test_partners_read_the_private_part_only():
    """In an omniscient regime a partner plays as in the private one."""
    for name in game.MutualFriends.partners:
        assert play((name, name), episodes=10)[1] == play((name, name), episodes=10, regime="mindreader")[1]
