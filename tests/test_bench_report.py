"""The report: self-contained, readable by screen readers, right where there is nothing to show."""

import html.parser
import json
import re

import pytest
from rich.console import Console

from infogap.benchmarks import plots, report, suites, table, transfer
from infogap.benchmarks.bench import bench

SMALL = (
    suites.Entry("small", "infogap/TwentyQuestions-v0", 'Small & "quoted"', {"world": "elements", "budget": 3}),
    suites.Entry("kuhn", "infogap/Kuhn-v0", "Kuhn"),
)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Results of a small run."""
    out = tmp_path_factory.mktemp("report")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(suites, "SUITES", {"small": SMALL})
        bench(out, Console(quiet=True), "small", runs=2, episodes=4, jobs=1)
    return json.loads((out / "results.json").read_text())


class Page(html.parser.HTMLParser):
    """Collects what the tests ask about, and fails where elements are not closed in order."""

    EMPTY = ("meta", "br", "hr", "img", "link", "input")

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.images, self.text = [], [], [], [], ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given[name] for name in ("src", "href", "xlink:href") if name in given]
        if tag == "svg":
            self.images.append(given)
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.EMPTY:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_the_page_is_whole_and_self_contained(results):
    text = report.render(results)
    page = Page(text)
    assert all(link.startswith("#") for link in page.links), "nothing is loaded from elsewhere"
    assert "@import" not in text and not re.search(r"url\((?!#)", text)
    assert len(page.ids) == len(set(page.ids)), "figures share the page, so their ids must differ"
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert set(re.findall(r"url\(#([^)]*)\)", text)) <= set(page.ids)


def test_figures_have_a_text_and_follow_the_theme(results):
    text = report.render(results)
    images = Page(text).images
    assert len(images) == 4
    assert all(image["role"] == "img" and len(image["aria-label"]) > 40 for image in images)
    assert "prefers-color-scheme: dark" in text and "var(--ink)" in text
    for stand_in in plots.THEME:
        assert stand_in not in text


def test_the_page_says_how_to_repeat_it(results):
    said = Page(report.render(results)).text
    assert results["repeat"] in said
    for version in results["versions"].values():
        assert version in said
    assert "No agent that must ask is above the information ceiling" in said
    assert 'Small & "quoted"' in said


def test_the_transfer_matrix_is_shown_as_a_committed_study(results):
    page, study = Page(report.render(results)), transfer.summarised(transfer.committed())
    said = " ".join(page.text.split())
    assert f"A committed study, not part of this run: made {study['about']['made']} by" in said
    label = next(image["aria-label"] for image in page.images if image["aria-label"].startswith("Transfer matrix"))
    for game in study["games"].values():
        assert f"{game['title']}: script in script {game['cells']['script']['script'].mean:.2f}" in label
        for contrast in game["contrasts"]:
            assert f"{game['title']}, {contrast}" in said


def test_alarms_and_undefined_gaps_are_shown(results):
    alarm = {"entry": "small", "agent": "greedy", "turn": 1, "rate": 0.9, "ceiling": 0.1, "errors": 12.0}
    shown = json.loads(json.dumps(results))
    shown["alarms"] = [alarm]
    shown["entries"][0]["agents"]["greedy"]["gap_closed"] = None
    said = Page(report.render(shown)).text
    assert "Alarm" in said and "12.0" in said and "undefined" in said
    assert "No agent that must ask" not in said


def test_a_page_without_scores_or_inquiries(results):
    bare = json.loads(json.dumps(results))
    bare["overall"], bare["entries"] = {}, bare["entries"][1:]
    text = report.render(bare)
    assert [image["aria-label"][:15] for image in Page(text).images] == ["Transfer matrix"], "the committed study alone"


def test_what_is_missing_is_explained(results, capsys):
    """Why somebody's agent does not apply, and what one run can't tell."""
    own = {**results["agents"][0], "name": "greedy", "source": "some:Agent"}
    agents = [own if agent["name"] == "greedy" else agent for agent in results["agents"]]
    table.show({**results, "agents": agents, "runs": 1}, Console(width=200))
    said = capsys.readouterr().out
    assert "greedy does not apply to kuhn: no baseline" in said and "One run tells nothing" in said
    table.show(results, Console(width=200))
    said = capsys.readouterr().out
    assert "does not apply to" not in said and "One run" not in said
    assert "One run tells" in report.render({**results, "runs": 1}) and "One run tells" not in report.render(results)


def test_names_are_escaped(results):
    nasty = json.loads(json.dumps(results).replace('"greedy"', '"<script>alert(1)</script>"'))
    text = report.render(nasty)
    assert "<script" not in text
    Page(text)


@pytest.mark.parametrize("width", [80, 140])
def test_the_table_in_the_terminal(results, capsys, width):
    alarmed = {
        **results,
        "alarms": [{"entry": "e", "agent": "a", "turn": 2, "rate": 0.5, "ceiling": 0.1, "errors": 9.0}],
    }
    table.show(alarmed, Console(width=width))
    said = capsys.readouterr().out
    assert "…" not in said, "it fits"
    for name, numbers in results["entries"][0]["agents"].items():
        assert re.search(rf"{name}\s+{numbers['return']:.3f}", said)
    assert "does not apply" in said and "IQM" in said
    assert "ALARM" in said and "9.0 standard errors above the ceiling of 0.100" in said
