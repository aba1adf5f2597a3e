"""Benefits over time: the worked example, a late one, drawbacks, money counted once, thin histories and the cone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri

from pmo_analytics.portfolio.benefit_outlook import benefit_outlook
from pmo_analytics.portfolio.benefit_timing import benefit_timing
from tests.frames import contract_frame, project_row

MARCH = pd.Timestamp("2026-03-31")
Months = dict[str, tuple[float, float | None]]


def values(benefits: dict[str, Months], *, drawback: str = "") -> pd.DataFrame:
    return contract_frame(
        "benefit_by_month",
        [
            {"benefit_id": name, "project_id": "P", "period_month": pd.Timestamp(f"{month}-01"), "currency": "EUR",
             "baseline_amount": planned, "planned_amount": planned, "realised_amount": realised,
             "is_financial": True, "is_dis_benefit": name == drawback}
            for name, months in benefits.items()
            for month, (planned, realised) in months.items()
        ],
    )  # fmt: skip


def past(*rates: float) -> pd.DataFrame:
    """Benefits whose plans of 100 have run out, with the rates that they came to."""
    return pd.DataFrame(
        {
            "benefit_id": [f"A{n}" for n in range(len(rates))], "due_planned_amount": 100.0,
            "to_come_planned_amount": 0.0, "realised_month_count": 12, "realisation_rate": rates,
        }
    )  # fmt: skip


def outlook(
    frame: pd.DataFrame,
    record: pd.DataFrame,
    *,
    finish: str = "2026-01-31",
    twice: tuple[str, ...] = (),
    **options: float,
) -> pd.DataFrame:
    project = contract_frame("project", [project_row("P", baseline_finish_date=pd.Timestamp("2026-01-31"))])
    status = contract_frame(
        "project_status",
        [{"project_id": "P", "status_date": MARCH, "state": "active", "forecast_finish_date": pd.Timestamp(finish)}],
    )
    doubles = pd.DataFrame({"benefit_id": list(twice)})
    timing = benefit_timing(frame, project, status, status_date=MARCH)
    rows = benefit_outlook(timing, record, doubles, **options)  # type: ignore[arg-type]
    return rows.set_index(rows["period_month"].dt.strftime("%Y-%m"))


PROFILE: Months = {"2026-03": (10, 8), "2026-04": (10, None)}


def test_the_worked_example() -> None:
    rows = outlook(values({"B": PROFILE}), past(*[0.5] * 9))
    assert rows["planned_amount"].to_list() == [10, 20]
    assert rows.loc["2026-03", "realised_amount"] == 8
    assert pd.isna(rows.loc["2026-04", "realised_amount"])
    assert rows.loc["2026-04", ["p20_amount", "p50_amount", "p80_amount"]].to_list() == [13, 13, 13]


def test_eight_past_benefits_tell_nothing() -> None:
    assert outlook(values({"B": PROFILE}), past(*[0.5] * 8))["p50_amount"].isna().all()


def test_what_waits_for_a_late_project_comes_later_and_whole() -> None:
    rows = outlook(values({"B": {"2026-02": (10, None), "2026-03": (10, None)}}), past(*[1.0] * 9), finish="2026-04-10")
    # Planned for February and March, three months late: May and June.
    assert rows.loc["2026-05":"2026-06", "p50_amount"].to_list() == [10, 20]
    assert rows.loc["2026-04", "realised_amount"] == 0


def test_drawbacks_are_taken_off_and_money_that_leads_to_money_counts_once() -> None:
    frame = values({"B": PROFILE, "D": {"2026-04": (4, None)}, "T": PROFILE}, drawback="D")
    rows = outlook(frame, past(*[1.0] * 9), twice=("T",))
    assert rows.loc["2026-04", "planned_amount"] == 16
    assert rows.loc["2026-04", "p50_amount"] == 14


def test_more_correlation_widens_the_sum_as_it_must() -> None:
    many = values({f"B{n:02d}": {"2026-04": (10, None)} for n in range(40)})
    record = past(*(1 + 0.1 * ndtri(np.arange(1, 100) / 100)))
    spread = {}
    for rho in (0.0, 1.0):
        row = outlook(many, record, correlation=rho).loc["2026-04"]
        spread[rho] = row["p80_amount"] - row["p20_amount"]
    # Alone each moves by √40 times as much against its sum as all together do.
    assert spread[1.0] / spread[0.0] == pytest.approx(np.sqrt(40), rel=0.15)


def test_without_money_there_is_nothing_to_show() -> None:
    assert outlook(values({}), past()).empty
