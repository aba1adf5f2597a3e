"""Ten tracked projects of the OR&S library: earned value as the sheets state it, and forecasts that leave one out."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.performance.completion_forecasts import (
    CHAMPION,
    COST,
    FINISH,
    WHOLE,
    CompletionRecord,
    completion_record,
)
from pmo_analytics.performance.completion_methods import AT_PLAN, REST_PLANNED, cost_estimates, estimate_at_completion
from tests.frames import contract_frame
from tests.real_data.dslib import TrackedProject, earned_frame, tracked_project

CENTS = 0.005


@pytest.fixture(scope="module")
def projects(real_data: Path) -> list[TrackedProject]:
    return [tracked_project(path) for path in sorted((real_data / "dslib").glob("*.xlsx"))]


def test_planned_value_of_every_period_follows_from_the_tasks(projects: list[TrackedProject]) -> None:
    assert len(projects) == 10
    for project in projects:
        stated = project.periods["Planned Value (PV)"].to_numpy(dtype=float)
        assert project.plan.planned_value(project.now) == pytest.approx(stated, rel=1e-4, abs=1.0), project.name


def test_indices_and_every_cost_at_completion_are_those_of_the_sheets(projects: list[TrackedProject]) -> None:
    for project in projects:
        stated = project.periods
        pv, ev, ac = (
            stated[name].to_numpy(dtype=float)
            for name in ("Planned Value (PV)", "Earned Value (EV)", "Actual Cost (AC)")
        )
        cpi, spi = (
            stated[name].to_numpy(dtype=float)
            for name in ("Cost Performance Index (CPI)", "Schedule Performance Index (SPI)")
        )
        budget = project.plan.budget
        assert ev / ac == pytest.approx(cpi, abs=5e-4), project.name
        assert ev / pv == pytest.approx(spi, abs=5e-4), project.name
        time_index = stated["Schedule Performance Index (SPI(t))"].to_numpy(dtype=float)
        factors = {
            "EAC (PF=1)": 1.0, "EAC (PF=CPI)": ev / ac, "EAC (PF=SPI)": ev / pv, "EAC (PF=SPI(t))": time_index,
            "EAC (PF=SCI)": ev / ac * ev / pv, "EAC (PF=SCI(t))": ev / ac * time_index,
            "EAC (PF=0.8*CPI+0.2*SPI)": 0.8 * ev / ac + 0.2 * ev / pv,
            "EAC (PF=0.8*CPI+0.2*SPI(t))": 0.8 * ev / ac + 0.2 * time_index,
        }  # fmt: skip
        for name, factor in factors.items():
            found = estimate_at_completion(budget, ev, ac, factor)
            told = pd.to_numeric(stated[name], errors="coerce").to_numpy(dtype=float)
            # Where SPI(t) is 0 the sheet takes 1 in its place, which nothing bears out.
            both = np.isfinite(found) & np.isfinite(told) & (time_index > 0)
            assert found[both] == pytest.approx(told[both], rel=1e-3, abs=1.0), (project.name, name)
        named = cost_estimates(budget, pv, ev, ac, time_index)
        assert named[AT_PLAN] == pytest.approx(stated["EAC (PF=1)"].to_numpy(dtype=float), rel=1e-6, abs=1.0)


def test_earned_schedule_is_that_of_the_sheets_and_each_mismatch_is_named(
    projects: list[TrackedProject], capsys: pytest.CaptureFixture[str]
) -> None:
    periods, apart = 0, []
    for project in projects:
        for place, (now, stated) in enumerate(zip(project.now, project.stated_schedule, strict=True)):
            periods += 1
            earned = float(project.periods["Earned Value (EV)"].iloc[place])
            found = project.plan.earned_schedule(earned, now)
            if abs(found - stated) > 1.0:
                apart.append((project.name, str(project.periods["Name"].iloc[place]), found - stated))
    with capsys.disabled():
        sys.stdout.write(
            f"\nearned schedule within a working hour in {periods - len(apart)} of {periods} periods; apart: {apart}\n"
        )
    # The plan had that value between two whole hours, and the sheet states the earlier.
    assert [name for name, _, _ in apart] == ["C2011-05"]
    assert abs(apart[0][2]) < 1.2


def _line(record: pd.DataFrame, target: str, assumption: str, third: str = WHOLE) -> pd.Series:
    (row,) = record[
        (record[CompletionRecord.target] == target)
        & (record[CompletionRecord.assumption] == assumption)
        & (record[CompletionRecord.third] == third)
    ].to_dict("records")
    return pd.Series(row)


def test_forecasts_at_completion_leave_one_project_out(
    projects: list[TrackedProject], capsys: pytest.CaptureFixture[str]
) -> None:
    record = completion_record(earned_frame(projects), contract_frame("project_status", []), leaves_one_out=True)
    columns = [
        "target", "assumption", "third", "project_count", "forecast_count", "mean_project_error_pct", "error_ratio",
        "error_ratio_low", "error_ratio_high", "p80_coverage_pct",
    ]  # fmt: skip
    with capsys.disabled():
        lines = [record[columns].round(3).to_string(index=False), *sorted(set(record[CompletionRecord.verdict]))]
        sys.stdout.write("\n" + "\n".join(lines) + "\n")
    for target, naive in ((COST, AT_PLAN), (FINISH, REST_PLANNED)):
        champion = _line(record, target, CHAMPION)
        assert champion[CompletionRecord.project_count] == 10
        assert champion[CompletionRecord.forecast_count] == _line(record, target, naive)["forecast_count"]
        assert champion[CompletionRecord.error_ratio] <= (1.03 if target == COST else 1.0)
        assert 74 <= champion[CompletionRecord.p80_coverage_pct] <= 86
