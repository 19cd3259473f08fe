"""Deal or no deal in words: every phrase is read back, dozens of other wordings too, and hostile texts are not."""

from __future__ import annotations

import itertools
import random
import time

import pytest

import infogap
from infogap.envs.social import deal_or_no_deal as dond
from infogap.envs.social.deal_or_no_deal_rules import ACTS, COUNTS, mask
from infogap.envs.social.deal_or_no_deal_text import LONGEST, PHRASES, read

ACCEPT, WALK, ASK, CONFIRM, WITHDRAW = 125, 126, 136, 137, 138
MOST, LEAST, NONE = 127, 130, 133
BOOK, HAT, BALL = range(3)
POOL = (2, 1, 3)


def take(books: int, hats: int, balls: int) -> int:
    return 25 * books + 5 * hats + balls


def test_phrases_are_distinct_and_read_as_written():
    assert len(set(PHRASES)) == len(PHRASES) == ACTS
    assert PHRASES[take(2, 1, 0)] == "I take 2 books, 1 hat and 0 balls."
    for counts in COUNTS:
        legal = mask(counts, 0)
        for act, phrase in enumerate(PHRASES):
            assert read(phrase, counts) == (act if act >= ACCEPT or legal[act] else None)
            if act % 20 == 0 or act >= ACCEPT:
                for said in (phrase.upper(), f"  {phrase[:-1]} ", phrase.rstrip(".").casefold()):
                    assert read(said, counts) == read(phrase, counts)


PROPOSALS = {
    "i'd like both books and the hat": (2, 1, 0),
    "I\u2019d like both books and the hat, please": (2, 1, 0),
    "give me 2 books 1 hat": (2, 1, 0),
    "give me 2 books & 1 hat": (2, 1, 0),
    "I'll take the books and you get the rest": (2, 0, 0),
    "you can have the balls, I take the rest.": (2, 1, 0),
    "You take everything": (0, 0, 0),
    "I want everything!": (2, 1, 3),
    "I take all of it": (2, 1, 3),
    "I get nothing": (0, 0, 0),
    "how about I get 2 books and you get the hat and the balls?": (2, 0, 0),
    "2 books and a hat for me, the rest for you": (2, 1, 0),
    "for me: one book; for you: everything else": (1, 0, 0),
    "me: 2 books, you: 1 hat and 3 balls": (2, 0, 0),
    "can I have all 3 balls?": (0, 0, 3),
    "could i have all of the balls": (0, 0, 3),
    "I want all the books and hats": (2, 1, 0),
    "i'd like the books and hats, you take the balls": (2, 1, 0),
    "I take one of each": (1, 1, 1),
    "you get everything else and I keep 1 ball": (0, 0, 1),
    "no, I need both books": (2, 0, 0),
    "ok, i keep two balls": (0, 0, 2),
    "I take 2 of the balls and a hat": (0, 1, 2),
    "I'll give you the hat": (2, 0, 3),
    "I propose that you get two books": (0, 1, 3),
    "my offer: i take the hat": (0, 1, 0),
    "what if you take both of the books and I get the rest": (0, 1, 3),
    "would you take the hat and one ball?": (2, 0, 2),
    "I want 1 book and no hats": (1, 0, 0),
    "let me have the hat and two balls": (0, 1, 2),
    "the balls for you and the rest for me": (2, 1, 0),
    "You can have the hat if I get the rest": (2, 0, 3),
    "hi, i would like to take three balls, thank you": (0, 0, 3),
    "how about you give me the hat": (0, 1, 0),
    "leave me the balls": (0, 0, 3),
    "I TAKE TWO BOOKS": (2, 0, 0),
}
OTHERS = {
    ACCEPT: """deal|Deal!|it's a deal|I accept|i accept your offer.|I agree to that|agreed|accepted|ok, deal
        yes, I accept|sounds good|That works for me|OK, sounds good!|you have a deal|fine by me|I'll take it
        i am happy with that|that's fair|let's do that|I accept your offer, thank you|great, deal|deal, thanks""",
    WALK: """no deal|No deal.|I walk away|i'm out|walk away|I quit|I'll walk away, no deal|the deal is off|I give up""",
    ASK: """which do you want most?|what do you value most|which type do you value the most?|What do you want?
        what's your favorite item?|what is most important to you?|which item matters most to you?
        what do you care most about?|tell me which you prefer|what are your priorities?|what are you looking for?
        what is worth most to you""",
    CONFIRM: """I restate the standing offer.|can you repeat your offer?|what was your offer again?
        let me repeat the offer|could you confirm the offer?|do I understand your offer right?
        have I got that right?""",
    WITHDRAW: """I withdraw my offer|i take it back|I take back my offer|scratch that|forget my last offer
        sorry... I withdraw|my offer is off the table|ignore my proposal|I withdraw that""",
    MOST + HAT: """I value hats most|i want the hat most|hats are worth the most to me|my favorite is hats
        I care most about the hats|The hat matters most to me|hats are the most important to me|I like hats best
        the hat is my top priority|I mostly-- no""",
    LEAST + BOOK: """I value books least|books are worth the least to me|I care least about the books
        books matter the least to me|my least favourite is books""",
    NONE + BALL: """I do not value balls|I don't want the balls|i don't care about balls|balls are worthless to me
        the balls are worth nothing to me|I have no use for balls|balls don't matter to me|I get nothing from balls
        i don't need any balls|balls mean nothing to me""",
}
WORDINGS = [
    (text, act) for act, texts in OTHERS.items() for text in map(str.strip, texts.replace("\n", "|").split("|"))
]
NOT_UNDERSTOOD = """deal?|yes|ok|okay|fine|no|sure|hmm|hello|thanks|i want hats|I want the ball|all three balls please
    I take 3 books|I take 5 balls|i take 99999999 books|i want both the book and the hat|both hats for me|I take both
    I don't want 2 books|I take 2 books, you take the hat|I take 2 books and you take 2 books|forget it
    i want 2 books or 1 hat|I take 2 books and 1 book|you give me the books, I give you the balls
    I take your offer or not
    deal, but I want the hat|no deal unless I get the hat|I don't accept|I do not agree|not a deal|I can't accept that
    I value hats most and books least|which do you value least?|do you want the books?|I take the rest|you get the rest
    I take the rest and you take the rest|books|2 books|2 books and a hat|I take|you|me|I|take 2 books
    i take two hats|I take -1 books|i take 1.5 books|I take 0x1 book|I take 2 apples|the hat is mine maybe
    maybe deal|perhaps I accept|I would accept if you gave me a hat|I accept. I walk away.|I value cats most
    2 books for me, 1 hat for me|I take 2 books I take 1 hat|I take you take|i take everything and the hat
    I confirm|i reject your offer|no thanks|one of each|4 of each for me|I want 2 of each|prefer|deal deal deal deal"""


@pytest.mark.parametrize("text", PROPOSALS)
def test_proposals_in_other_words(text):
    assert read(text, POOL) == take(*PROPOSALS[text])


@pytest.mark.parametrize(("text", "act"), [(t, a) for t, a in WORDINGS if "--" not in t])
def test_other_acts_in_other_words(text, act):
    assert read(text, POOL) == act


@pytest.mark.parametrize("text", [t.strip() for t in NOT_UNDERSTOOD.replace("\n", "|").split("|")] + ["I mostly-- no"])
def test_what_is_unclear_is_not_understood(text):
    assert read(text, POOL) is None


def test_words_follow_the_pool():
    assert read("I want both hats", (1, 2, 3)) == take(0, 2, 0)
    assert read("I want both hats", (1, 3, 3)) is None
    assert read("I want the hat", (1, 2, 3)) is None
    assert read("give me all the hats", (1, 3, 3)) == take(0, 3, 0)
    assert read("all four hats for me, please", (1, 4, 2)) == take(0, 4, 0)
    assert read("all four hats for me, please", (1, 3, 2)) is None
    assert read("you get 1 hat", (1, 4, 2)) == take(1, 3, 2)
    assert read("two of each for me", (2, 2, 3)) == take(2, 2, 2)


def test_restating_an_offer_in_full_confirms_it():
    mine = (ASK, take(2, 0, 1))  # the other takes two books and a ball
    for text in ("To confirm: you take 2 books and 1 ball", "so, to be clear: I take the hat and 2 balls"):
        assert read(text, POOL, mine) == CONFIRM
        assert read(text, POOL) is None and read(text, POOL, (*mine, WITHDRAW)) is None
    assert read("to confirm: I take 2 books and 1 ball", POOL, mine) is None
    assert read("to confirm: I take 2 books and 1 ball", POOL, (*mine, ASK)) == CONFIRM


def test_read_of_the_environment_takes_any_view():
    env = dond.env()
    truth = env.truth_type(values={"player_0": (0, 4, 2), "player_1": (2, 0, 2)}, counts=POOL, acts=())
    infogap.plant(env, truth)
    env.reset()
    env.step(take(0, 1, 2))
    for party in ("player_0", "player_1", "verifier", "public"):
        view = infogap.view(env, party)
        assert env.read("both books for me", view) == take(2, 0, 0)
        assert env.read("to confirm: you take the hat and two balls", view) == CONFIRM
        assert env.read("blah", view) is None


def hostile():
    yield from (
        "",
        " ",
        "\n",
        "\0",
        "?",
        "???",
        "...",
        "'",
        "i'",
        "'i",
        "\ud800",
        "\u202edeal",
        "deal\u200b",
        "d\u00e9al",
    )
    yield from ("deal\x00", "deal\x1b[2J", "I take 2 books\x00", "{0}", "%s", "$(rm)", "<b>deal</b>", '{"act": 125}')
    yield from (
        "I take \u0663 books",
        "I take \u00b2 books",
        "I take \u2161 books",
        "I take \uff12 books",
        "\u0456 take 2 books",
    )
    for piece in (
        "a",
        " ",
        "i take ",
        "the ",
        "all ",
        "2 ",
        "and ",
        "you ",
        "for me ",
        "(",
        "\ufdfa",
        "9",
        "yes ",
        "1 book ",
    ):
        for size in (20, LONGEST // len(piece), 10_000, 1_000_000):
            yield piece * size
    yield from (None, 7, 1.5, b"deal", ["deal"], {"deal": 1}, object(), True)


def test_hostile_texts_are_refused_in_no_time():
    start = time.process_time()
    for text in hostile():
        for counts in (POOL, (1, 1, 3)):
            assert read(text, counts, (take(1, 0, 0),)) is None
    assert time.process_time() - start < 2.0


def test_random_sentences_never_raise_and_never_name_what_the_pool_does_not_hold():
    pieces = (
        "i take|you get|give me|for you|for me|2 books|the hat|the balls|a ball|both books|all|everything|the rest|of"
    )
    pieces += (
        "|and|if|no|deal|i accept|walk away|i value|i do not value|hats|most|least|my|offer|what|do you|?|,|worth|it"
    )
    rng = random.Random(4)
    understood = set()
    for _ in range(20_000):
        text = " ".join(rng.choices(pieces.split("|"), k=rng.randint(1, 5)))
        act = read(text, POOL, (take(1, 0, 0),))
        if act is not None:
            assert mask(POOL, 2)[act] or mask(POOL, 1)[act]
            understood.add(act)
    assert len(understood) > 15


def test_longest_sentence_of_the_grammar_is_quick():
    text = "yes how about i would like to take 2 of the books and 1 of the hats and 3 of the balls if you get nothing"
    assert read(text, POOL) == take(2, 1, 3) and len(text) < LONGEST
    shares = itertools.product(range(3), range(2), range(4))
    start = time.process_time()
    for b, h, k in shares:
        assert read(f"you get {b} books, {h} hats and {k} balls", POOL) == take(2 - b, 1 - h, 3 - k)
    assert time.process_time() - start < 0.5
