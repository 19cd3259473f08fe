"""Bad actions of every kind: an error that says what was wrong, and nothing else happens.

Commands with bad arguments stand in test_desktop_commands.
"""

from __future__ import annotations

import math
import time
import warnings

import numpy as np
import pytest

import infogap
from infogap.core.chance import Chance
from infogap.core.errors import InfogapError, InvalidAction
from infogap.envs.desktop import Desktop, Hands, Stuck
from infogap.envs.desktop.strings import CHARACTERS


def made(observation="text", seed=0, **options):
    env = Desktop(**{"template": "due_date", "observation": observation, "skin": 0, **options})
    env.reset(seed=seed)
    return env


def place(env, role="", concept=""):
    """Number of the first element of a role or concept."""
    return next(i for i, e in enumerate(env._tree.elements) if role in ("", e.role) and concept in ("", e.concept))


def standing(env):
    """All that an action could change, but the clock and the error."""
    truth = infogap.reveal(env)
    return env._tree, env._ui._replace(error=""), [getattr(truth, name) for name in truth.names if name != "tick"]


# -- action strings ----------------------------------------------------------------------------------------------------
MALFORMED = {
    "a call in a call": "click(fill('4', 'x'))",
    "a call for an argument": "fill('4', str(1))",
    "import": "__import__('os').system('true')",
    "import as an argument": "click(__import__('os'))",
    "dunder": "click.__class__('4')",
    "subclasses": "().__class__.__base__.__subclasses__()",
    "eval": "eval('1')",
    "exec": "exec('import os')",
    "two calls": "click('4')\nclick('5')",
    "a tuple of calls": "click('4'), click('5')",
    "an assignment": "x = click('4')",
    "a walrus": "click(x := '4')",
    "a lambda": "click(lambda: '4')",
    "a comprehension": "click([c for c in '4'])",
    "a formatted text": "click(f'{4}')",
    "a conditional": "click('4' if 1 else '5')",
    "a sum": "click('4' + '5')",
    "bytes": "click(b'4')",
    "a list": "click(['4'])",
    "none": "click(None)",
    "true": "click(True)",
    "a number for a text": "fill('4', 5)",
    "a complex number": "fill('4', 5j)",
    "an ellipsis": "click(...)",
    "no argument": "click()",
    "an argument too many": "go_back('4', '5')",
    "a name unknown": "click(number='4')",
    "a name twice": "click(bid='4', bid='5')",
    "unpacked": "click(*'4')",
    "unpacked by name": "click(**{'bid': '4'})",
    "a foreign url": "goto('https://example.org/app://mail')",
    "a script": "goto('javascript:alert(1)')",
    "a file": "goto('file:///etc/passwd')",
    "no scheme": "goto('mail')",
    "another action": "upload_file('4', '/etc/passwd')",
    "another case": "Click('4')",
    "a comment": "# click('4')",
    "blanks": "  \n\t ",
    "an open text": "click('4",
    "parentheses": "(" * 4000,
    "brackets": "click(" + "[" * 3990,
    "signs": "click(" + "-" * 3990 + "1)",
    "negations": "click(" + "not " * 990 + "1)",
    "nested calls": "click(" * 500 + ")" * 500,
    "attributes": "a" + ".a" * 1990,
    "a long number": "click(" + "9" * 3990 + ")",
    "an escaped NUL": r"fill('4', '\x00')",
    "an escaped bell": r"send_msg_to_user('\a')",
    "an escaped carriage return": r"fill('4', '\r')",
    "escaped reversed text": r"fill('4', '\u202eabc')",
    "an escaped emoji": r"fill('4', '\U0001F600')",
    "half a surrogate": r"fill('4', '\ud800')",
    "an escaped url": r"goto('\x68ttps://example.org')",
    "another button": "click('4', button='right')",
    "a button that is code": "click('4', button='__import__')",
    "a number for a button": "click('4', 1)",
    "a text to wait": "noop(wait_ms='x')",
    "a text to scroll": "scroll('a', 0)",
    "truth to wait": "noop(True)",
    "no status": "report_infeasible('')",
    "a status unknown": "report_infeasible('too_hard')",
    "success as a failure": "report_infeasible('success')",
    "a number for an answer": "send_msg_to_user(3)",
    "nothing for an answer": "send_msg_to_user(None)",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_action_costs_its_turn_and_nothing_else(name):
    env = made()
    before = standing(env)
    observation, reward, terminated, truncated, _ = env.step(MALFORMED[name])
    said = observation["last_action_error"]
    assert said.partition(":")[0] in ("SyntaxError", "NameError", "TypeError", "ValueError") and len(said) < 300
    assert (reward, terminated, truncated) == (0.0, False, False)
    assert standing(env) == before and infogap.reveal(env).tick == 1
    assert env.observation_space.contains(observation)
    assert not env.step("noop()")[0]["last_action_error"], "the error is gone with the next action"


REFUSED = {
    "a megabyte": "fill('4', '" + "x" * 10**6 + "')",
    "megabytes of parentheses": "(" * 10**7,
    "one character too many": "click('4')" + " " * 3991,
    "NUL": "click('4\x00')",
    "escape": "click('\x1b[2J')",
    "carriage return": "click('4')\r",
    "full-width digits": "click('\uff14')",
    "half a surrogate": "click('\ud800')",
    "bytes": b"click('4')",
    "a list": ["click('4')"],
    "a number": 4,
    "nothing": None,
    "an empty text": "",
    "an array": np.array("click('4')"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_action_string_is_refused(name):
    env = made()
    before = standing(env)
    start = time.perf_counter()
    with pytest.raises(InvalidAction, match="expected") as caught:
        env.step(REFUSED[name])
    assert time.perf_counter() - start < 0.5 and len(str(caught.value)) < 200
    assert standing(env) == before and infogap.reveal(env).tick == 0


def test_what_is_typed_comes_back_within_the_observation_space():
    env = made()
    box = place(env, "textbox")
    hostile = "".join(sorted(CHARACTERS)) + "'] button 'Send"
    observation, *_ = env.step(f"fill('{box}', {hostile!r})")
    assert env.observation_space.contains(observation) and not observation["last_action_error"]
    lines = observation["axtree_txt"].split("\n")
    assert len(lines) == 1 + len(env._tree.elements), "a text can't forge an element"


def test_what_is_typed_is_cut_where_the_field_ends():
    env = made()
    box = place(env, "textbox")
    env.step(f"fill('{box}', '{'x' * 3900}')")
    assert len(env._ui.search) == 2000


def test_filters_of_warnings_do_not_change_what_an_action_means():
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        env = made()
        box = place(env, "textbox")
        env.step(rf"fill('{box}', 'a\d')")
    assert env._ui.search == r"a\d" and not said
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        env = made()
        env.step(rf"fill('{box}', 'b\d')")
    assert env._ui.search == r"b\d"


class Forged(str):
    """Looks short and harmless, and is neither."""

    def __len__(self):
        return 6

    def strip(self, *given):
        return "noop()"


def test_a_text_of_another_class_counts_as_what_it_holds():
    env = made()
    observation = env.step(np.str_("noop()"))[0]
    assert type(observation["last_action"]) is str and observation["last_action_error"] == ""
    assert "SyntaxError" in env.step(Forged("nonsense nonsense"))[0]["last_action_error"]
    with pytest.raises(InvalidAction, match="got 4001 characters"):
        env.step(Forged("x" * 4001))


def test_an_error_says_the_form_of_the_action():
    env = made()
    for action, form in {
        "noop('x')": "noop(wait_ms=1000) with a number",
        "scroll(1)": "scroll(delta_x, delta_y) with numbers",
        "go_back(1)": "go_back()",
        "fill('4')": "fill(bid, value) with texts",
    }.items():
        assert env.step(action)[0]["last_action_error"] == f"TypeError: expected {form}"


# -- numbers -----------------------------------------------------------------------------------------------------------
NO_TRIPLES = {
    "a number": 1,
    "two numbers": (1, 2),
    "four numbers": (1, 2, 0, 0),
    "a million numbers": [0] * 10**6,
    "a verb too high": (7, 0, 0),
    "an element too high": (1, 48, 0),
    "an argument too high": (2, 0, 21),
    "a negative element": (1, -1, 0),
    "a huge element": (1, 10**30, 0),
    "a float": (1, 2.0, 0),
    "nan": (1, math.nan, 0),
    "a digit": (1, "2", 0),
    "a truth value": (True, 0, 0),
    "a set": {1, 2, 3},
    "a dict": {0: 1, 1: 2, 2: 0},
    "a text": "123",
    "floats": np.zeros(3),
    "a matrix": np.zeros((1, 3), int),
    "objects": np.array([1, None, 0], object),
    "truth values": np.zeros(3, bool),
    "a negative array": np.array([0, -1, 0]),
}


@pytest.mark.parametrize("observation", ["flat", "dict"])
@pytest.mark.parametrize("name", NO_TRIPLES)
def test_what_is_no_triple_is_refused(name, observation):
    env = made(observation)
    before = standing(env)
    with pytest.raises(InvalidAction) as caught:
        env.step(NO_TRIPLES[name])
    assert len(str(caught.value)) < 300
    assert standing(env) == before and infogap.reveal(env).tick == 0


@pytest.mark.parametrize("action", [[2, 0, 7], [2, 0, 8], [5, 0, 7], [3, 0, 0], [3, 0, 12], [6, 0, 12], [6, 0, 18]])
def test_an_argument_that_is_not_there_costs_its_turn_and_nothing_else(action):
    """A word the goal lacks, an empty clipboard, nothing to copy to, a status that is none."""
    env = made("flat")
    before = standing(env)
    _, reward, over, *_ = env.step(action)
    assert env._ui.error == "no_argument" and standing(env) == before and (reward, over) == (0.0, False)


# -- elements ----------------------------------------------------------------------------------------------------------
def test_what_can_not_be_used_says_why_in_a_way_of_its_own():
    env = made()
    missing, text, box, back = 999, place(env, "text"), place(env, "textbox"), place(env, concept="back")
    drop = place(env, "combobox")
    wrong = {
        "no_element": f"click('{missing}')",
        "disabled_element": f"click('{back}')",
        "not_clickable": f"click('{text}')",
        "not_editable": f"fill('{text}', 'x')",
        "no_option": f"select_option('{drop}', 'Nothing of the kind')",
        "no_app": "goto('app://spreadsheet')",
    }
    before, said = standing(env), {}
    for code, action in wrong.items():
        observation, reward, over, *_ = env.step(action)
        said[code] = observation["last_action_error"]
        assert env._ui.error == code and standing(env) == before and (reward, over) == (0.0, False), action
    env.step(f"click('{drop}')")
    opened = standing(env)
    for action in (f"click('{box}')", f"fill('{box}', 'x')", f"select_option('{drop}', 'All')", "goto('app://mail')"):
        said["hidden_element"] = env.step(action)[0]["last_action_error"]
        assert env._ui.error == "hidden_element" and standing(env) == opened, action
    assert all(said.values()) and len(set(said.values())) == 7


def test_missing_hidden_and_disabled_differ_in_numbers_too():
    env = made("flat")
    drop, back = place(env, "combobox"), place(env, concept="back")
    missing, disabled = env.step([1, 47, 0])[0], env.step([1, back, 0])[0]
    env.step([1, drop, 0])
    over = env.step([0, 0, 0])[0]
    hidden = env.step([1, drop, 0])[0]
    assert env._ui.error == "hidden_element"
    clock = {len(missing) - 1}  # the turns that are spent
    differing = set(np.flatnonzero(missing != disabled)) - clock
    assert len(differing) == 2, "one flag each"
    new = set(np.flatnonzero(hidden != over)) - clock
    assert len(new) == 1 and not new & differing, "and a third one"


@pytest.mark.parametrize("bid", ["-1", "4.0", " 4", "0x4", "1e1", "", "4 ", "99999999999", "four"])
def test_what_is_no_number_of_an_element_finds_none(bid):
    env = made()
    before = standing(env)
    assert "Could not find" in env.step(f"click({bid!r})")[0]["last_action_error"] and standing(env) == before


def test_hands_say_what_they_can_not_do():
    hands = Hands(made())
    for wrong in (
        lambda: hands.go("spreadsheet"),
        lambda: hands.click("nothing"),
        lambda: hands.read("due"),
        lambda: hands.open_where(lambda row: False),
    ):
        with pytest.raises(Stuck, match="no "):
            wrong()


# -- traces ------------------------------------------------------------------------------------------------------------
def refused(env, number):
    """What is refused, some of it each time: actions, seeds, options, truths, keys, doors."""
    actions = [*(REFUSED if env.observed == "text" else NO_TRIPLES).values()]
    for wrong in (
        *[lambda action=action: env.step(action) for action in actions[number % 5 :: 5]],
        lambda: env.reset(seed=-1),
        lambda: env.reset(seed=1, options={"skin": 1}),
        lambda: infogap.plant(env, infogap.reveal(env).but(skin=-1)),
        lambda: infogap.rekey(env, b""),
        lambda: infogap.view(env, "agent").task,
        lambda: infogap.seal(env).unwrapped.initial,
    ):
        with pytest.raises(InfogapError):
            wrong()


@pytest.mark.parametrize("observation", ["flat", "dict", "text"])
@pytest.mark.parametrize("template", ["apply_payments", "wait_for_shipment", "cover_shift"])
def test_what_was_refused_leaves_no_trace_in_what_follows(template, observation):
    """Of two desks of one seed one is disturbed at every step; also after the end, and in the next episode."""
    calm, disturbed = (made(observation, 3, template=template, skin=None, max_turns=12) for _ in range(2))
    for episode in range(2):
        over, number = False, 0
        while not over:
            refused(disturbed, number)
            action, number = calm.trial(Chance(100 * episode + number)), number + 1
            one, other = calm.step(action), disturbed.step(action)
            assert str(one) == str(other) and np.array_equal(numbers(one[0]), numbers(other[0]))
            over = one[2] or one[3]
        refused(disturbed, number)
        assert vars(infogap.reveal(calm)) == vars(infogap.reveal(disturbed))
        first, second = calm.reset()[0], disturbed.reset()[0]
        assert np.array_equal(numbers(first), numbers(second))


def numbers(observation):
    return observation if isinstance(observation, np.ndarray) else np.hstack([*observation.values()])


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_action_is_as_waiting(name):
    wrong, waiting = made(seed=5, template="wait_for_shipment"), made(seed=5, template="wait_for_shipment")
    for _ in range(3):
        one, other = wrong.step(MALFORMED[name]), waiting.step("noop()")
        assert one[0]["axtree_txt"] == other[0]["axtree_txt"] and one[1:] == other[1:]
    assert vars(infogap.reveal(wrong)) == vars(infogap.reveal(waiting))


# -- secrets -----------------------------------------------------------------------------------------------------------
def messages(seed):
    """What mistakes are answered in one world; each is the first action, before anything interrupts."""
    back, said = place(made(seed=seed), concept="back"), []
    for wrong in (*MALFORMED.values(), "click('999')", "goto('app://x')", f"click('{back}')"):
        said.append(made(seed=seed).step(wrong)[0]["last_action_error"])
    for bad in REFUSED.values():
        with pytest.raises(InvalidAction) as caught:
            made(seed=seed).step(bad)
        said.append(str(caught.value))
    return said


def test_errors_hold_no_secret():
    assert messages(1) == messages(2) == messages(3)


def test_a_submission_leaves_no_error_of_the_action_before():
    env = Desktop(observation="text")
    env.reset(seed=0)
    assert env.step("click('999')")[0]["last_action_error"]
    assert env.step("send_msg_to_user('x')")[0]["last_action_error"] == ""
