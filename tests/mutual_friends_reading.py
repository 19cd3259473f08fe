"""What the tests of mutual friends share: a deal, and the rules once more, read from the game's sentences."""

from __future__ import annotations

import infogap
from infogap.envs.social import mutual_friends as game
from infogap.envs.social.mutual_friends_acts import COMPANIES, HOBBIES, SCHOOLS

SEATS = ("friend_0", "friend_1")
SMALL = {"people": 8, "friends": 3, "turns": 8}
OWN = ((0, 1, 2), (2, 4, 7))  # of SMALL: person 2 is the mutual friend


def dealt(deal=OWN, acts=(), **options):
    """A game with these friends, after these acts."""
    env = game.env(**{**SMALL, **options})
    infogap.plant(env, env.truth_type(friends=dict(zip(SEATS, deal, strict=True)), acts=()))
    env.reset()
    for act in acts:
        env.step(number(env, act))
    return env


def number(env, act):
    """An action by its sentence."""
    return env.words.index(act) if isinstance(act, str) else act


def listing(text, acts):
    """The people that a phrase lists."""
    return {acts.names.index(name) for name in text.replace(" and ", ", ").split(", ")}


def said_by(acts, sentence):
    """A sentence of the game as (kind, subject, people): a reading that knows the words only."""
    body = sentence[:-1]
    if body.startswith("I know that person"):
        return "yes", None, None
    if body.startswith("I know "):
        return "name", acts.names.index(body[7:]), None
    if body.startswith("From "):
        school, whom = body[5:].split(" I know ")
        members = set(acts.school(SCHOOLS.index(school)))
        known = set() if whom == "nobody" else members if whom == "everybody" else listing(whom[5:], acts)
        return "report", members, known
    if body.startswith(("Somebody", "Nobody")):
        phrase = body.split(" I know ")[1]
        company = phrase.startswith("works for ")
        trait = acts.groups + COMPANIES.index(phrase[10:]) if company else HOBBIES.index(phrase)
        return body.split()[0].lower(), set(acts.bearers(trait)), None
    if body.startswith("Our mutual friend is "):
        return "select", acts.names.index(body[21:]), None
    return {"I do not know that person": "no", "Please say that again": "again"}.get(body, "back"), None, None


def is_true(said, own, pending):
    kind, subject, known = said
    if kind in ("name", "select"):
        return subject in own
    if kind in ("yes", "no"):
        return (pending in own) == (kind == "yes")
    if kind == "report":
        return own & subject == known
    return bool(own & subject) == (kind == "somebody")


class Reading:
    """The rules once more, from sentences."""

    def __init__(self, acts, friends, turns, lying):
        self.acts, self.own, self.turns, self.lying = acts, [set(f) for f in friends], turns, lying
        self.history, self.claims = [], ([], [])

    def over(self):
        kinds = [said[0] for said, _ in self.history]
        return len(kinds) == self.turns or kinds[-2:-1] == ["select"]

    def pending(self):
        return self.history[-1][0][1] if self.history and self.history[-1][0][0] == "name" else None

    def may(self, sentence):
        seat, said = len(self.history) % 2, said_by(self.acts, sentence)
        if self.history and self.history[-1][0][0] == "select":
            return said[0] == "select" and (self.lying or is_true(said, self.own[seat], None))
        if said[0] in ("yes", "no") and self.pending() is None:
            return False
        if said[0] == "again":
            return bool(self.history)
        if said[0] == "back":
            return bool(self.claims[seat])
        return self.lying or is_true(said, self.own[seat], self.pending())

    def play(self, sentence):
        seat, said, pending = len(self.history) % 2, said_by(self.acts, sentence), self.pending()
        if said[0] == "back":
            self.claims[seat].pop()
        elif said[0] not in ("again", "select"):
            self.claims[seat].append((said, pending))
        self.history.append((said, pending))

    def told(self, seat):
        """What a seat stands by, by person."""
        signs = [0] * self.acts.people
        for (kind, subject, known), pending in self.claims[seat]:
            if kind in ("yes", "no"):
                signs[pending] = 1 if kind == "yes" else -1
            elif kind == "name":
                signs[subject] = 1
            elif kind == "report":
                for person in subject:
                    signs[person] = 1 if person in known else -1
            elif kind == "nobody":
                for person in subject:
                    signs[person] = -1
        for t, ((kind, subject, _), _) in enumerate(self.history):
            if kind == "select" and t % 2 == seat:
                signs[subject] = 2
        return signs
