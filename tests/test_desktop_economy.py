"""The wage bill by occupation group: the shipped figures, weights, coverage, ranks."""

import pytest

from infogap.core.errors import InvalidOption, UnknownOption
from infogap.envs.desktop import economy

# Of the whole economy in the same release: 154,187,380 jobs at a mean of $67,920 a year.
ALL_WAGES_BN = 154_187_380 * 67_920 / 1e9


def test_the_table_says_where_it_is_from():
    table = economy.load()
    source = "US Bureau of Labor Statistics, Occupational Employment and Wage Statistics, May 2024"
    assert (table.source, table.year, table.formula, table.licence) == (
        source,
        2024,
        "TOT_EMP x A_MEAN",
        "public domain",
    )
    assert "self-employed excluded" in table.note


def test_the_table_is_complete_and_agrees_with_itself():
    groups = list(economy.load().groups.values())
    assert len(groups) == 22 and sorted(int(g.soc) for g in groups) == list(range(11, 55, 2))
    assert [g.wage_bill_bn for g in groups] == sorted((g.wage_bill_bn for g in groups), reverse=True)
    assert sum(g.wage_bill_bn for g in groups) == pytest.approx(ALL_WAGES_BN, abs=1.2)  # 22 roundings to 0.1
    assert sum(g.share_of_wages_percent for g in groups) == pytest.approx(100, abs=0.11)
    assert sum(g.share_of_jobs_percent for g in groups) == pytest.approx(100, abs=0.11)
    for group in groups:
        assert group.share_of_wages_percent == pytest.approx(100 * group.wage_bill_bn / ALL_WAGES_BN, abs=0.011)
        wage = group.wage_bill_bn * 1e9 / (154_187_380 * group.share_of_jobs_percent / 100)
        assert 30_000 < wage < 145_000, f"nobody is paid {wage:.0f} in {group.name}"


def test_figures_of_the_release():
    office, farms = economy.load().groups["43"], economy.load().groups["45"]
    assert office == ("43", "Office & administrative support", 913.8, 8.73, 11.82)
    assert farms == ("45", "Farming, fishing, forestry", 18.5, 0.18, 0.29)


def test_weights():
    assert economy.weights(["43", "45"], "equal") == {"43": 0.5, "45": 0.5}
    by_bill = economy.weights(["43", "45", "43"], "wage_bill")
    assert list(by_bill) == ["43", "45"] and sum(by_bill.values()) == pytest.approx(1)
    assert by_bill["43"] == pytest.approx(913.8 / 932.3)


def test_coverage():
    table = economy.load()
    assert economy.coverage(table.groups) == pytest.approx(1)
    assert economy.coverage(["11", "43"]) == pytest.approx((14.84 + 8.73) / 100, abs=1e-4)
    assert economy.coverage(["11", "11"]) == economy.coverage(["11"])


def test_weighted_mean():
    scores = {"11": 1.0, "43": 0.0}
    assert economy.weighted_mean(scores, "equal") == 0.5
    assert economy.weighted_mean(scores, "wage_bill") == pytest.approx(1554.7 / (1554.7 + 913.8))


def test_ranks_change_with_the_weights():
    # Equal: manager .55, clerk .6, both 1. By the wage bill management counts 84 times as much as farming.
    scores = {
        "clerk": {"11": 0.2, "45": 1.0},
        "manager": {"11": 1.0, "45": 0.1},
        "twin": {"11": 1.0, "45": 0.1},
        "idle": {"11": 0.0, "45": 0.0},
    }
    changes = {change.agent: change for change in economy.rank_changes(scores)}
    assert {agent: change.ranks for agent, change in changes.items()} == {
        "clerk": (1, 3),
        "manager": (2, 1),
        "twin": (2, 1),
        "idle": (4, 4),
    }
    assert changes["clerk"].climbed == -2 and changes["manager"].climbed == 1
    assert changes["clerk"].means == pytest.approx((0.6, (0.2 * 1554.7 + 18.5) / 1573.2))
    assert economy.rank_changes(scores)[0].ranks[1] == 1
    assert economy.rank_changes({}) == []


def test_rounding_makes_no_ranks():
    scores = {"one": {"11": 0.1, "43": 0.2, "45": 0.3}, "other": {"11": 0.3, "43": 0.2, "45": 0.1}}
    assert {change.ranks[0] for change in economy.rank_changes(scores)} == {1}


def test_bad_input():
    with pytest.raises(UnknownOption, match="'99'"):
        economy.weights(["43", "99"], "equal")
    with pytest.raises(UnknownOption, match="equal, wage_bill"):
        economy.weights(["43"], "jobs")
    for call in (lambda: economy.weights([], "equal"), lambda: economy.coverage([])):
        with pytest.raises(InvalidOption, match="no occupation group"):
            call()
    for bad in (float("nan"), float("inf")):
        with pytest.raises(InvalidOption, match="43"):
            economy.weighted_mean({"43": bad, "11": 1.0}, "equal")
    with pytest.raises(InvalidOption, match="different groups"):
        economy.rank_changes({"one": {"43": 1.0}, "other": {"11": 1.0}})
