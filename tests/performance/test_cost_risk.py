from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.performance.cost_risk import cost_risk, cost_risk_curve, portfolio_cost_risk
from pmo_analytics.performance.cost_risk_drivers import REMAINING_WORK, cost_risk_drivers
from pmo_analytics.performance.raid_log import open_risks
from tests.risks import STATUS, earned, estimates, risk, risks

# GAO-20-195G, table 12: thousand dollars a vehicle, as one project whose items are estimated in hours.
VEHICLE = {
    "airframe": (17_955, 19_645, 21_785), "propulsion": (8_500, 10_553, 13_000),
    "communications": (4_000, 4_306, 5_100), "navigation": (4_100, 4_305, 4_650), "computer": (550, 600, 650),
    "software": (32_300, 35_547, 52_500), "integration": (1_950, 2_136, 2_600),
}  # fmt: skip
NO_RISKS, NO_ESTIMATES = risks(), estimates()


def item(name: str, hours: tuple[float, float, float], day: str = "2026-06-01", **values: Any) -> dict[str, Any]:
    low, likely, high = (3600.0 * each for each in hours)
    return {
        "item_id": name, "estimated_on_date": pd.Timestamp(day), "estimator_id": "p1", "project_id": "A",
        "work_class": name, "low_seconds": low, "most_likely_seconds": likely, "high_seconds": high,
    } | values  # fmt: skip


@pytest.mark.parametrize(("rho", "confidence", "p80"), [(0.0, 12.6, 86_450), (0.25, 17.0, 86_938)])
def test_the_vehicle_of_the_gao_guide_out_of_the_registers(rho: float, confidence: float, p80: float) -> None:
    found = cost_risk(
        earned(A=(77_092.0, 0.0, 0.0)), NO_RISKS, estimates(*(item(name, each) for name, each in VEHICLE.items())),
        status_date=STATUS, draws=200_000, line_correlation=rho,
    )  # fmt: skip
    (row,) = found.to_dict("records")
    assert row["base_amount"] == pytest.approx(77_092)
    assert row["mean_amount"] == pytest.approx(82_244, abs=40)
    assert row["base_confidence_pct"] == pytest.approx(confidence, abs=0.3)
    assert row["p80_amount"] == pytest.approx(p80, abs=60)
    assert row["contingency_amount"] == pytest.approx(row["p80_amount"] - 77_092)
    assert row["quality_note"] == ""


def test_the_worked_example() -> None:
    found = cost_risk(
        earned(A=(100.0, 60.0, 60.0)), risks(risk("R", cost=(50.0,), probability=0.3)), NO_ESTIMATES,
        status_date=STATUS, management_reserve_pct=5.0,
    )  # fmt: skip
    (row,) = found.to_dict("records")
    assert row["mean_amount"] == pytest.approx(115, abs=1)
    assert [row[name] for name in ("base_amount", "p50_amount", "p80_amount", "contingency_amount")] == [
        100,
        100,
        150,
        50,
    ]
    assert row["conditional_value_at_risk_amount"] == 150
    assert row["base_confidence_pct"] == pytest.approx(70, abs=1.5)
    # The reserve is a share of the base and no part of the contingency.
    assert row["management_reserve_amount"] == 5
    assert "no range" in row["quality_note"]


def test_the_base_is_what_was_spent_and_the_rest_at_plan_and_the_rest_alone_has_a_range() -> None:
    rows = estimates(item("a", (9.0, 10.0, 14.0)))
    (row,) = cost_risk(earned(A=(100.0, 60.0, 70.0)), NO_RISKS, rows, status_date=STATUS).to_dict("records")
    assert row["base_amount"] == 110
    curve = cost_risk_curve(earned(A=(100.0, 60.0, 70.0)), NO_RISKS, rows, status_date=STATUS)["amount"]
    assert 106 < curve.min() < 110 < curve.max() < 126
    assert row["mean_amount"] == pytest.approx(70 + 4 * (9 + 10 + 14) / 3, abs=0.2)


def test_the_mean_is_the_base_and_the_exposure_so_that_nothing_counts_twice() -> None:
    rows = risks(
        risk("R1", cost=(10.0, 20.0, 60.0), probability=0.3, driver="ice"),
        risk("R2", cost=(5.0, 6.0, 7.0), probability=0.8, driver="ice"),
        risk("R3", cost=(-9.0, -6.0, -3.0), probability=0.5),
        risk("R4", cost=(40.0,), probability=0.9, state="occurred"),
    )
    exposure = open_risks(rows, status_date=STATUS)["exposure_amount"].sum()
    (row,) = cost_risk(
        earned(A=(100.0, 0.0, 0.0)), rows, NO_ESTIMATES, status_date=STATUS, draws=200_000
    ).to_dict("records")  # fmt: skip
    assert row["mean_amount"] - row["base_amount"] == pytest.approx(exposure, abs=0.1)
    assert row["risk_count"] == 3


def test_what_cannot_be_drawn_is_left_out_and_counted() -> None:
    rows = risks(
        risk("none", cost=(10.0,)),
        risk("free", probability=0.5),
        risk("foreign", cost=(10.0,), probability=0.5, currency="USD"),
        risk("falling", cost=(30.0, 20.0, 10.0), probability=0.5),
        risk("closed", cost=(10.0,), probability=0.5, state="closed"),
        risk("drawn", cost=(10.0,), probability=0.5),
        risk("elsewhere", cost=(10.0,), probability=0.5, project_id="B"),
    )
    (row,) = cost_risk(earned(A=(100.0, 0.0, 0.0)), rows, NO_ESTIMATES, status_date=STATUS).to_dict("records")
    assert (row["risk_count"], row["unquantified_count"]) == (1, 4)
    assert "4 open risks without" in row["quality_note"]


def test_a_project_that_has_earned_it_all_or_has_no_budget_is_not_simulated() -> None:
    frame = earned(A=(100.0, 100.0, 90.0), B=(50.0, 10.0, 10.0))
    assert cost_risk(frame, NO_RISKS, NO_ESTIMATES, status_date=STATUS)["project_id"].to_list() == ["B"]
    frame["budget_at_completion_amount"] = float("nan")
    assert cost_risk(frame, NO_RISKS, NO_ESTIMATES, status_date=STATUS).empty


def test_without_a_range_or_a_risk_nothing_is_claimed_of_the_spread() -> None:
    frame = earned(A=(100.0, 60.0, 70.0))
    for rows in (NO_RISKS, risks(risk("R", cost=(50.0,)))):
        (row,) = cost_risk(frame, rows, NO_ESTIMATES, status_date=STATUS).to_dict("records")
        (whole,) = portfolio_cost_risk(frame, rows, NO_ESTIMATES, status_date=STATUS).to_dict("records")
        for each in (row, whole):
            assert each["base_amount"] == 110
            assert pd.isna([each["p80_amount"], each["contingency_amount"], each["base_confidence_pct"]]).all()
        assert "not simulated" in row["quality_note"]


@pytest.mark.parametrize("unknown", ["actual_cost_amount", "earned_value_amount"])
def test_a_base_that_is_not_known_is_not_made_up(unknown: str) -> None:
    frame = earned(A=(100.0, 60.0, 70.0))
    frame[unknown] = float("nan")
    assert cost_risk(frame, NO_RISKS, NO_ESTIMATES, status_date=STATUS).empty
    frame[["actual_cost_amount", "earned_value_amount"]] = float("nan")
    assert cost_risk(frame, NO_RISKS, NO_ESTIMATES, status_date=STATUS)["base_amount"].to_list() == [100]


def two_projects(driver: str | None) -> pd.DataFrame:
    return risks(*(
        risk(f"{project}{n}", cost=(10.0, 20.0, 60.0), probability=0.3, project_id=project, driver=driver)
        for project in "AB" for n in range(4)
    ))  # fmt: skip


def test_a_portfolio_has_its_own_p80_and_a_project_the_same_draws_alone() -> None:
    both = earned(A=(100.0, 0.0, 0.0), B=(300.0, 0.0, 0.0))
    projects = cost_risk(both, two_projects(None), NO_ESTIMATES, status_date=STATUS).set_index("project_id")
    (together,) = portfolio_cost_risk(both, two_projects(None), NO_ESTIMATES, status_date=STATUS).to_dict("records")
    assert together["summed_p80_amount"] == pytest.approx(projects["p80_amount"].sum())
    assert together["p80_amount"] < together["summed_p80_amount"] - 5
    assert together["mean_amount"] == pytest.approx(projects["mean_amount"].sum())
    assert together["independent_p80_amount"] == together["p80_amount"]
    (alone,) = cost_risk(
        earned(A=(100.0, 0.0, 0.0)), two_projects(None), NO_ESTIMATES, status_date=STATUS
    ).to_dict("records")  # fmt: skip
    assert alone["p80_amount"] == projects.loc["A", "p80_amount"]


def test_a_shared_driver_raises_p80_and_not_the_mean() -> None:
    both = earned(A=(100.0, 0.0, 0.0), B=(300.0, 0.0, 0.0))
    (row,) = portfolio_cost_risk(
        both, two_projects("ice"), NO_ESTIMATES, status_date=STATUS, draws=100_000
    ).to_dict("records")  # fmt: skip
    assert row["p80_amount"] > row["independent_p80_amount"] + 5
    assert row["mean_amount"] == pytest.approx(400 + 8 * 0.3 * 25, rel=0.005)


def test_currencies_are_not_added() -> None:
    frame = earned(A=(100.0, 0.0, 0.0), B=(300.0, 0.0, 0.0))
    frame.loc[frame["project_id"] == "B", "currency"] = "USD"
    found = portfolio_cost_risk(frame, NO_RISKS, NO_ESTIMATES, status_date=STATUS)
    assert found[["currency", "base_amount"]].to_numpy().tolist() == [["EUR", 100.0], ["USD", 300.0]]


def test_the_curve_rises_through_p50_and_p80() -> None:
    both = earned(A=(100.0, 0.0, 0.0), B=(300.0, 0.0, 0.0))
    rows = two_projects("ice")
    curve = cost_risk_curve(both, rows, NO_ESTIMATES, status_date=STATUS).set_index("level_pct")["amount"]
    (row,) = portfolio_cost_risk(both, rows, NO_ESTIMATES, status_date=STATUS).to_dict("records")
    assert curve.is_monotonic_increasing
    assert [curve[50], curve[80]] == pytest.approx([row["p50_amount"], row["p80_amount"]])


def test_contributions_are_those_of_the_worked_example_and_sum_to_all() -> None:
    rows = risks(risk("R30", cost=(30.0,), probability=0.5), risk("R40", cost=(40.0,), probability=0.5))
    found = cost_risk_drivers(
        earned(A=(100.0, 0.0, 0.0)), rows, NO_ESTIMATES, status_date=STATUS, draws=200_000
    ).set_index("risk_id")  # fmt: skip
    assert found.index.to_list() == ["R40", "R30"]
    assert found["contribution_pct"].to_list() == pytest.approx([64, 36], abs=0.5)
    assert found["contribution_pct"].sum() == pytest.approx(100)
    assert found.loc["R30", ["low_mean_amount", "high_mean_amount"]].to_list() == pytest.approx([120, 150], abs=0.3)


def test_the_remaining_work_is_one_driver_and_a_risk_that_never_happens_has_no_swing() -> None:
    rows = risks(risk("R", cost=(1.0,), probability=0.0), risk("S", cost=(5.0,), probability=0.5))
    found = cost_risk_drivers(
        earned(A=(100.0, 0.0, 0.0)), rows, estimates(item("a", (9.0, 10.0, 14.0)), item("b", (1.0, 2.0, 9.0))),
        status_date=STATUS,
    )  # fmt: skip
    assert found["kind"].to_list() == [REMAINING_WORK, "risk", "risk"]
    assert found["contribution_pct"].sum() == pytest.approx(100)
    never = found[found["risk_id"] == "R"]
    assert never["contribution_pct"].iloc[0] == 0
    assert never[["low_mean_amount", "high_mean_amount"]].isna().all(axis=None)


def test_what_is_known_later_changes_nothing_before() -> None:
    frame, rows = earned(A=(100.0, 60.0, 70.0)), [risk("R", cost=(50.0,), probability=0.3)]
    before = cost_risk(frame, risks(*rows), estimates(item("a", (9.0, 10.0, 14.0))), status_date=STATUS)
    later = [
        risk("R", "2026-07-01", cost=(90.0,), probability=0.9),
        risk("S", "2026-08-01", cost=(9.0,), probability=1.0),
    ]
    items = estimates(item("a", (9.0, 10.0, 14.0)), item("a", (90.0, 100.0, 140.0), "2026-07-02"))
    pd.testing.assert_frame_equal(before, cost_risk(frame, risks(*rows, *later), items, status_date=STATUS))
