"""The generated pages are up to date, and every environment says what it must."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from infogap.envs import GAMES, ROLES

ROOT = Path(__file__).resolve().parents[1]
SECTIONS = (
    "Description",
    "Action Space",
    "Observation Space",
    "Starting State",
    "Rewards",
    "Episode End",
    "Information",
    "Hidden State",
    "Partition",
    "Arguments",
    "Reference Scores",
    "References",
    "Version History",
)


def builder():
    """The module tools/build_docs.py."""
    spec = importlib.util.spec_from_file_location("build_docs", ROOT / "tools" / "build_docs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pages_are_as_committed():
    made = builder().pages()
    folder = ROOT / "docs" / "environments"
    assert {path.name for path in folder.glob("*.md")} == set(made)
    for name, text in made.items():
        assert (folder / name).read_text(encoding="utf-8") == text, f"{name} is old: run python tools/build_docs.py"


@pytest.mark.parametrize("name", [name for name in builder().pages() if name != "README.md"])
def test_page_has_every_section_in_order(name):
    text = builder().pages()[name]
    places = [text.find(f"\n## {section}\n") for section in SECTIONS]
    assert -1 not in places, f"missing: {[s for s, at in zip(SECTIONS, places, strict=True) if at < 0]}"
    assert places == sorted(places)


README = (ROOT / "README.md").read_text(encoding="utf-8")
CODE = [part.split("```")[0] for part in README.split("```python\n")[1:]]
SAYS = (
    "The hidden country is",
    "efficiency 1.00 of a first best of 1.0",
    "nash_share",
    "Verdict(success=True, score=1.0",
)


@pytest.mark.parametrize(("code", "says"), list(zip(CODE, SAYS, strict=True)), ids=SAYS)
def test_the_readme_examples_run_as_printed(capsys, code, says):
    assert len(code.strip().splitlines()) <= 13
    exec(compile(code, "README.md", "exec"), {})
    assert says in capsys.readouterr().out


def test_the_readme_counts_right():
    assert f"and {len(ROLES) - 1} more" in README
    private = [game for game in GAMES.values() if game.regime == "private"]
    assert len(private) == 11 and "Eleven games" in README
    assert all(f"`{id}`" in README or id.removeprefix("infogap/").partition("-")[0] in README for id in GAMES)


def test_the_readme_links_to_files_that_exist():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = [part.split(")")[0] for part in text.split("](")[1:]]
    assert targets
    for target in targets:
        assert (ROOT / target).is_file(), target
