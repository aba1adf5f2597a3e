from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import brier_score_loss

from pmo_analytics.performance.risk_calibration import (
    brier_parts,
    risk_calibration,
    risk_reliability,
    wilson_interval,
)
from tests.frames import contract_frame, project_row
from tests.risks import STATUS, risk, risks

PROJECTS = contract_frame("project", [project_row("A", portfolio="North"), project_row("B")])


def course(number: int, stated: float, state: str, **values: Any) -> list[dict[str, Any]]:
    """A risk from its first report to the one that closed it, in which the probability was written in hindsight."""
    hindsight = 1.0 if state == "occurred" else 0.0
    return [
        risk(f"R{number:03d}", "2026-01-31", probability=stated, **values),
        risk(f"R{number:03d}", "2026-05-31", probability=hindsight, state=state, **values),
    ]


def register(*groups: tuple[float, int, int], **values: Any) -> list[dict[str, Any]]:
    """Risks by the probability stated of them, how many happened and how many did not."""
    told = [(p, "occurred") for p, yes, _ in groups for _ in range(yes)]
    told += [(p, "expired") for p, _, no in groups for _ in range(no)]
    return [row for number, (p, state) in enumerate(told) for row in course(number, p, state, **values)]


WORKED = register((0.2, 2, 8), (0.5, 6, 4))


def test_the_worked_example_out_of_the_register() -> None:
    row = risk_calibration(risks(*WORKED), PROJECTS, status_date=STATUS).iloc[0]
    assert row["group_name"] == "all"
    assert (row["risk_count"], row["happened_count"]) == (20, 8)
    parts = row[["brier_score", "reliability", "resolution_score", "uncertainty"]].to_list()
    assert parts == pytest.approx([0.205, 0.005, 0.04, 0.24])
    assert row["brier_skill"] == pytest.approx(1 - 0.205 / 0.24)
    assert row["brier_score_low"] < 0.205 < row["brier_score_high"]
    assert row["brier_skill_low"] < row["brier_skill"] < row["brier_skill_high"]
    assert (row["stated_pct"], row["happened_pct"]) == (pytest.approx(35), pytest.approx(40))


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.9, 1.0]), st.booleans()), min_size=1, max_size=60))
def test_the_parts_make_the_score(told: list[tuple[float, bool]]) -> None:
    stated, happened = np.array([p for p, _ in told]), np.array([float(o) for _, o in told])
    score, reliability, resolution, uncertainty = brier_parts(stated, happened)
    assert score == pytest.approx(reliability - resolution + uncertainty, abs=1e-12)
    assert score == pytest.approx(brier_score_loss(happened, stated, pos_label=1.0))
    assert min(reliability, resolution, uncertainty) >= 0


@pytest.mark.parametrize(("groups", "lack"), [
    ([(0.5, 5, 5)], "10 more closed risks with an outcome and a probability stated before"),
    ([(0.5, 2, 30)], "3 more that happened"),
    ([(0.5, 30, 1)], "4 more that did not happen"),
])  # fmt: skip
def test_too_few_are_refused_with_what_is_missing(groups: list[tuple[float, int, int]], lack: str) -> None:
    rows = risks(*register(*groups))
    row = risk_calibration(rows, PROJECTS, status_date=STATUS).iloc[0]
    assert lack in row["quality_note"]
    assert pd.isna(row["brier_score"])
    assert risk_reliability(rows, status_date=STATUS).empty


def test_open_risks_and_those_without_an_outcome_or_a_stated_probability_are_counted_and_not_scored() -> None:
    rows = risks(
        *WORKED,
        risk("open", probability=0.5),
        *course(900, 0.5, "closed"),
        risk("unstated", "2026-01-31"),
        risk("unstated", "2026-05-31", probability=1.0, state="occurred"),
        risk("at once", "2026-05-31", probability=1.0, state="occurred"),
    )
    row = risk_calibration(rows, PROJECTS, status_date=STATUS).iloc[0]
    assert (row["risk_count"], row["unscored_count"], row["open_count"]) == (20, 3, 1)
    assert row["brier_score"] == pytest.approx(0.205)


def test_groups_are_categories_and_portfolios_never_persons() -> None:
    rows = [*WORKED, *course(901, 0.5, "occurred", project_id="B", category="supplier", owner_id="p1")]
    found = risk_calibration(risks(*rows), PROJECTS, status_date=STATUS)
    groups = found[["group_kind", "group_name", "risk_count"]].to_numpy().tolist()
    assert groups == [
        ["all", "all", 21], ["category", "none stated", 20], ["category", "supplier", 1],
        ["portfolio", "North", 20], ["portfolio", "none stated", 1],
    ]  # fmt: skip
    assert "p1" not in found.to_csv()


def test_a_driver_that_holds_many_risks_widens_the_interval() -> None:
    apart = risk_calibration(risks(*register((0.2, 10, 30), (0.5, 20, 20))), PROJECTS, status_date=STATUS).iloc[0]
    rows = pd.DataFrame(register((0.2, 10, 30), (0.5, 20, 20)))
    rows["driver"] = [f"D{number // 40}" for number in range(len(rows))]
    tied = risk_calibration(risks(*rows.to_dict("records")), PROJECTS, status_date=STATUS).iloc[0]
    assert tied["brier_score"] == pytest.approx(apart["brier_score"])
    assert tied["brier_skill_high"] - tied["brier_skill_low"] > apart["brier_skill_high"] - apart["brier_skill_low"]


def test_reliability_by_band() -> None:
    found = risk_reliability(risks(*register((0.1, 0, 9), (0.2, 4, 6), (0.9, 5, 1))), status_date=STATUS)
    assert found["band"].to_list() == ["0–10 %", "10–30 %", "70–100 %"]
    assert found["risk_count"].to_list() == [9, 10, 6]
    assert found["happened_pct"].to_list() == pytest.approx([0, 40, 500 / 6])
    assert found["stated_pct"].to_list() == pytest.approx([10, 20, 90])
    low, high = found.loc[1, ["happened_low_pct", "happened_high_pct"]]
    assert (low, high) == (pytest.approx(16.8180, abs=1e-3), pytest.approx(68.7326, abs=1e-3))


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_of_a_share_is_scipys(told: tuple[int, int]) -> None:
    count, of = told
    expected = stats.binomtest(count, of).proportion_ci(0.95, method="wilson")
    assert wilson_interval(count, of) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_what_closes_later_is_open_now() -> None:
    later = [dict(row, status_date=pd.Timestamp("2026-07-15")) for row in course(950, 0.5, "occurred")[1:]]
    rows = [*WORKED, course(950, 0.5, "occurred")[0]]
    first, second = (risk_calibration(risks(*each), PROJECTS, status_date=STATUS) for each in (rows, rows + later))
    pd.testing.assert_frame_equal(first, second)
    assert first["open_count"].iloc[0] == 1
