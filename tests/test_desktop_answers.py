"""Typed answers: what is the same, what only looks like it, and what nobody should send."""

import datetime
import time
from decimal import Decimal

import pytest

from infogap.core.errors import InvalidOption, UnknownOption
from infogap.envs.desktop.answers import KINDS, STATUSES, Answer, matches, read_status, same, units
from infogap.envs.desktop.skin import BASE, write_date, write_money, write_time

SAME = [
    ("int", 25, [25, 25.0, "25", "25.0", " 25 ", "+25", "025"]),
    ("int", 1250, ["1,250", "1250", "1 250", "1'250", "1250.00", "1,250.0"]),
    ("int", 1_234_567, ["1,234,567", "1.234.567"]),
    ("int", -3, [-3, "-3", "−3"]),
    ("int", 0, [0, "0", -0.0]),
    ("money", 1250, ["$1,250.00", "1,250", "1250.00 USD", "usd 1250", "1.250,00 €", "1 250,00", "1250.000"]),
    ("money", "$1,250.00", [1250, 1250.0, "$1250", "1250 usd", "US$1,250", Decimal(1250)]),
    ("money", units(-525), ["-5.25", "-$5.25", "$-5.25", "-5,25", -5.25]),
    ("money", 0.3, [0.1 + 0.2, "0.30", "0.3"]),
    ("date", "2024-03-04", ["2024-03-04", "2024/3/4", "4 March 2024", "4th of March 2024", "4 mar 2024", "04.03.2024"]),
    ("date", "2024-03-04", ["March 4, 2024", "Mar 4 2024", "Mar. 4th, 2024", "Monday, 4 March 2024", "Mon 4 Mar 2024"]),
    ("date", datetime.date(2024, 2, 13), ["13/02/2024", "02/13/2024", "13-2-2024", "13-Feb-2024"]),
    ("date", datetime.date(2024, 9, 9), ["09/09/2024", "9 Sept 2024", "September 9, 2024"]),
    ("time", 870, ["14:30", "2:30 pm", "2:30PM", "2.30 p.m.", "14:30:00", "14h30"]),
    ("time", "00:30", ["0:30", "12:30 am"]),
    ("time", 720, ["12:00", "12 pm", "noon"]),
    ("identifier", "SO-1042", ["SO-1042", " so-1042\n", "SO‑1042"]),
    ("identifier", "1042", ["1042", 1042]),
    ("name", "Acme Ltd.", ["acme  LTD", "Acme Ltd", " Acme\tLtd. "]),
    ("name", "J. O'Neill", ["J O’Neill", "j. o'neill"]),
    ("name", "Zoë Ångström", ["ZOË ÅNGSTRÖM", "Zoe\u0308 A\u030angstro\u0308m"]),
    ("text", "On hold", ["on hold", "On  hold"]),
]
DIFFERENT = [
    ("int", 25, ["25 units", "twenty-five", "2 5", "25 or 26", "24, 25", "not 25", "2.5e1", 25.5, True, "", None]),
    ("int", 1250, ["1.250", "12,50", "1,25,0", "1,2500", ",1250", "1250,", "0x4e2"]),
    ("int", 1, [True, "true", "one"]),
    ("int", 250, ["0,250"]),
    ("money", 1250, ["1.250", "12.50", "1250.001", "$1250 or $1300", "$ $1250", "1250 xyz", "about 1250", "(1,250)"]),
    ("money", "$1250", ["€1250", "1250 eur", "£1,250.00"]),
    ("money", 5.25, [-5.25, "5.25-", "525", "not 5.25"]),
    ("date", "2024-04-03", ["03/04/2024", "04/03/2024", "3 April", "3/4/24", "2024-04", "Mon 3 Apr 2024", "tomorrow"]),
    ("date", "2024-04-03", ["2024-03-04", "2024-04-03 or 2024-04-04", "not 2024-04-03", "2024-04-31", "0000-00-00"]),
    ("date", datetime.date(1, 1, 1), [1, "1", "1-1-1"]),
    ("time", 870, ["2:30", "14:3", "14", "24:30", "14:30 pm", "0:30 pm", "14:30 or 15:30", 870, "14:30-15:30"]),
    (
        "identifier",
        "SO-1042",
        ["1042", "SO1042", "SO-1042 or SO-1043", "not SO-1042", "SO-1042.", "SO-10422", "SO-104"],
    ),
    ("identifier", "007", ["7", 7]),
    ("name", "Jane Doe", ["Jane", "Doe", "Jane Doe or John Doe", "Jane Doe, John Doe", "not Jane Doe", "Doe Jane"]),
    ("text", "approved", ["not approved", "approved?", "approved rejected", "disapproved", "", " ", "\u200bapproved"]),
]


@pytest.mark.parametrize(("kind", "expected", "given"), SAME)
def test_same(kind, expected, given):
    assert [one for one in given if not same(kind, expected, one)] == []


@pytest.mark.parametrize(("kind", "expected", "given"), DIFFERENT)
def test_different(kind, expected, given):
    assert [one for one in given if same(kind, expected, one)] == []


def test_what_skins_show_can_be_handed_in():
    for day in (0, 59, 60, 100, 200):
        date = datetime.date.fromordinal(BASE + day)
        assert all(same("date", date, write_date(how, day)) for how in ("iso", "day", "month", "dots", "long"))
    for cents in (0, 5, 125_000, 123_456_789):
        assert all(same("money", units(cents), write_money(how, cents)) for how in ("comma", "plain", "sign", "code"))
    for minutes in (0, 30, 719, 720, 870, 1439):
        assert all(same("time", minutes, write_time(clock24, minutes)) for clock24 in (True, False))


def test_days_in_figures_with_an_order():
    assert same("date", "2024-04-03", "03/04/2024", order="dmy") and same(
        "date", "2024-03-04", "03/04/2024", order="mdy"
    )
    assert not same("date", "2024-03-04", "03/04/2024", order="dmy")
    assert not same("date", "2024-02-13", "13/02/2024", order="mdy"), "a day that does not fit the order is none"
    assert same("date", "2024-04-03", "03.04.2024", order="mdy"), "with dots the day comes first"


def test_lists():
    right = ["SO-1", "SO-2", "SO-3"]
    for given in (right, tuple(right[::-1]), "so-3, SO-1,SO-2", "SO-1; SO-2; SO-3", "SO-2\nSO-3\n\nSO-1\n"):
        assert same("list", right, given, of="identifier")
    wrong = ([], "", right[:2], [*right, "SO-4"], [*right, "SO-1"], ["SO-1", "SO-1", "SO-2"], [right], "SO-1 SO-2 SO-3")
    for given in (*wrong, "SO-1, SO-2 and SO-3", "SO-1; SO-2, SO-3", "SO-1,,SO-2,SO-3", {"SO-1", "SO-2", "SO-3"}, None):
        assert not same("list", right, given, of="identifier")
    assert same("list", right, "SO-1, SO-2, SO-3", of="identifier", ordered=True)
    assert not same("list", right, "SO-2, SO-1, SO-3", of="identifier", ordered=True)
    assert same("list", ["a", "a", "b"], "a, b, a") and not same("list", ["a", "a", "b"], "a, b, b")


def test_answering_everything_fails():
    everything = [f"SO-{n}" for n in range(200)]
    assert not same("list", everything[:50], everything, of="identifier")
    assert not same("identifier", "SO-7", ", ".join(everything)) and not same("identifier", "SO-7", everything)
    assert not same("identifier", "SO-7", ["SO-7"]), "a list is no identifier"


def test_lists_of_figures_and_days():
    assert same("list", [1250, 300.5], "$300.50, $1,250.00", of="money")
    assert same("list", [1250, 300], "1,250; 300", of="int") and same("list", [12, 15], "15,12", of="int")
    assert same("list", ["2024-03-05", "2024-03-06"], "March 5, 2024, March 6, 2024", of="date")
    assert same("list", ["2024-03-05", "2024-03-06"], "2024-03-06,2024-03-05", of="date")
    assert same("list", [600, 870], "10:00, 2:30 pm", of="time")
    assert not same("list", [5, 6], "$5, €6", of="money"), "two currencies"


class Odd(str):
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def strip(self, *_):
        raise RuntimeError


HOSTILE = [
    "9" * 3_000_000,
    "a" * 3_000_000,
    "1," * 1_000_000,
    " " * 3_000_000,
    "\n;," * 1_000_000,
    ["1"] * 1_000_000,
    [["1"] * 10] * 10,
    10**400,
    -(10**5000),
    "1e400",
    "1" + "0" * 400,
    float("nan"),
    float("inf"),
    "NaN",
    "inf",
    1e308,
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("1E+999999"),
    Decimal("1." + "0" * 50 + "1"),
    "\x00",
    "1\x00",
    "\x1b[31m1",
    "1\x1f",
    "\ud800",
    "\u202e1",
    "1\u200b",
    "\ufeff1",
    "١",
    "１",
    "²",
    "𝟏",
    "Ⅰ",
    "①",
    "1\u0301",
    b"1",
    {"1": 1},
    object(),
    Odd("1"),
    None,
    1j,
    range(3),
    "__import__('os')",
    "(" * 10_000,
]


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_answers_are_wrong(kind):
    expected = {"date": "2024-01-01", "time": "01:00", "list": ["1", "2"]}.get(
        kind, 1 if kind in ("int", "money") else "1"
    )
    started = time.process_time()
    assert [f"{type(one)}" for one in HOSTILE if same(kind, expected, one)] == []
    for of in KINDS[:-1] if kind == "list" else ():
        expected = {"date": "2024-01-01", "time": "01:00"}.get(of, "1")
        assert [f"{type(one)}" for one in HOSTILE if same("list", [expected], one, of=of)] == []
    assert time.process_time() - started < 2


def test_what_is_expected_must_make_sense():
    senseless = {"int": ["many", True], "date": ["03/04/2024"], "text": ["", None], "list": [[], ["a", ""]]}
    for kind, expected in [(kind, one) for kind, every in senseless.items() for one in every]:
        with pytest.raises(InvalidOption, match=kind):
            same(kind, expected, "1")
    with pytest.raises(InvalidOption, match="currencies"):
        same("list", ["$5", "€6"], "5", of="money")
    for bad in ({"kind": "number"}, {"kind": "list", "of": "list"}, {"kind": "date", "order": "ymd"}):
        with pytest.raises(UnknownOption):
            same(**{"kind": "text", **bad}, expected="1", given="1")


def test_statuses():
    assert len(STATUSES) == 6 and all(read_status(f" {status.upper()} ") == status for status in STATUSES)
    for bad in ("", "ok", "success!", "not_found", None, 1, ["success"], "success" * 10**6, "success or unknown_error"):
        assert read_status(bad) == ""


def test_status_and_value():
    right = Answer("success", "SO-1")
    assert matches("identifier", right, Answer("SUCCESS", "so-1"))
    assert not matches("identifier", right, Answer("success", "SO-2"))
    assert not matches("identifier", right, Answer("not_found_error", "SO-1"))
    missing = Answer("not_found_error")
    assert matches("identifier", missing, Answer("not_found_error", "there is none"))
    assert not matches("identifier", missing, Answer("success", ""))
    with pytest.raises(UnknownOption, match="not_found_error"):
        matches("text", Answer("missing"), Answer("missing"))
