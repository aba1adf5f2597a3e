"""Benefits promised and realised: the worked example, what is overdue, thin histories, and money counted twice."""

from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.portfolio.benefit_realisation import benefit_double_count, benefit_realisation
from pmo_analytics.portfolio.benefit_timing import benefit_timing
from tests.frames import contract_frame, project_row

MARCH = pd.Timestamp("2026-03-31")
Months = dict[str, tuple[float | None, float | None]]


def values(benefits: dict[str, Months], currency: str | None = "EUR") -> pd.DataFrame:
    """Planned and realised by benefit and month."""
    return contract_frame(
        "benefit_by_month",
        [
            {"benefit_id": name, "project_id": "P", "period_month": pd.Timestamp(f"{month}-01"), "currency": currency,
             "baseline_amount": planned, "planned_amount": planned, "realised_amount": realised,
             "is_financial": currency is not None}
            for name, months in benefits.items()
            for month, (planned, realised) in months.items()
        ],
    )  # fmt: skip


def found(benefits: dict[str, Months], *, finish: str = "2026-01-31", owners: bool = True) -> pd.DataFrame:
    register = contract_frame(
        "benefit",
        [
            {
                "benefit_id": name,
                "status_date": MARCH,
                "project_id": "P",
                "name": name,
                "owner_id": "ann" if owners else None,
            }
            for name in benefits
        ],
    )
    project = contract_frame("project", [project_row("P", baseline_finish_date=pd.Timestamp("2026-01-31"))])
    status = contract_frame(
        "project_status",
        [{"project_id": "P", "status_date": MARCH, "state": "active", "forecast_finish_date": pd.Timestamp(finish)}],
    )
    rows = benefit_realisation(benefit_timing(values(benefits), project, status, status_date=MARCH), register)
    return rows.set_index("benefit_id")


def unregistered(frame: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    projects, reports = contract_frame("project", []), contract_frame("project_status", [])
    timing = benefit_timing(frame, projects, reports, status_date=day)
    return benefit_realisation(timing, contract_frame("benefit", [])).iloc[0]


PROFILE: Months = {"2026-01": (10, 8), "2026-02": (10, 7), "2026-03": (10, None), "2026-04": (10, None)}


def test_the_worked_example() -> None:
    row = found({"B": PROFILE}).loc["B"]
    assert row["realisation_rate"] == 0.75
    assert (row["overdue_count"], row["first_overdue_month"]) == (1, pd.Timestamp("2026-03-01"))
    assert (row["planned_amount"], row["due_planned_amount"], row["to_come_planned_amount"]) == (40, 20, 10)
    assert pd.isna(row["p50_to_come_amount"])
    assert row["quality_note"] == "what is to come is not forecast: 0 past benefits, 9 are needed"


def test_past_benefits_tell_what_is_to_come() -> None:
    past: dict[str, Months] = {f"A{n}": {"2025-01": (100, 40 + 10.0 * n)} for n in range(9)}
    row = found(past | {"B": PROFILE}, finish="2026-04-30", owners=False).loc["B"]
    # Nine ratios from 0.4 to 1.2: the middle is 0.8, rank 2 of them 0.5.
    assert row["p50_to_come_amount"] == pytest.approx(8)
    assert row["p20_to_come_amount"] == pytest.approx(5)
    # It began in time, however late its project is.
    assert (row["slip_months"], row["quality_note"]) == (0, "nobody owns it")


def test_what_begins_late_comes_late_to_its_end() -> None:
    late: Months = {"2026-01": (10, 0), "2026-02": (10, 8), "2026-03": (10, None), "2026-04": (10, None)}
    row = found({"B": late}).loc["B"]
    assert (row["slip_months"], row["to_come_planned_amount"], row["overdue_count"]) == (1, 20, 1)
    assert row["realisation_rate"] == 8 / 20


def test_what_has_not_begun_is_as_late_as_its_project_and_not_overdue() -> None:
    row = found({"B": {"2026-02": (10, None), "2026-03": (10, None)}}, finish="2026-03-20").loc["B"]
    assert (row["slip_months"], row["to_come_planned_amount"], row["overdue_count"]) == (2, 20, 0)
    assert row["quality_note"].endswith("9 are needed")


def test_a_plan_that_was_lowered_keeps_its_baseline() -> None:
    frame = values({"B": {"2026-01": (5, 4)}})
    frame["baseline_amount"] = 8.0
    row = unregistered(frame, MARCH)
    assert (row["realisation_rate"], row["baseline_realisation_rate"], row["baseline_amount"]) == (0.8, 0.5, 8)


def test_a_planned_zero_is_not_overdue_and_a_month_under_way_is_not_due() -> None:
    rows = found({"B": {"2026-02": (0, None), "2026-03": (5, None)}})
    assert rows.loc["B", "overdue_count"] == 1
    early = unregistered(values({"B": PROFILE}), pd.Timestamp("2026-03-15"))
    assert early["overdue_count"] == 0
    assert not early["has_owner"]


def test_money_that_leads_to_money_is_counted_twice() -> None:
    links = contract_frame(
        "benefit_link",
        [
            {"benefit_id": one, "other_benefit_id": other, "status_date": MARCH}
            for one, other in (("time", "morale"), ("morale", "sales"), ("sales", "time"), ("dollars", "sales"))
        ],
    )
    money = pd.concat(
        [
            values({"time": {"2026-01": (50, None)}, "sales": {"2026-01": (30, None)}}),
            values({"dollars": {"2026-01": (9, None)}}, "USD"),
            values({"morale": {"2026-01": (3, None)}}, None),
        ]
    )
    rows = benefit_double_count(links, money)
    # Round the circle each leads to the other; other currencies and units are no money twice.
    assert rows[["benefit_id", "other_benefit_id", "planned_amount"]].to_numpy().tolist() == [
        ["sales", "time", 30], ["time", "sales", 30],
    ]  # fmt: skip
    assert rows["benefit_path"].to_list() == ["sales → time", "time → morale → sales"]
