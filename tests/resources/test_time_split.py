"""What calendar time went into: the worked example, and that the parts sum to it."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.resources.time_split import time_split
from pmo_analytics.resources.utilisation import NO_TEAM
from tests.frames import contract_frame, project_row

HOUR = 3600.0
MAY, TODAY = pd.Timestamp("2026-05-01"), pd.Timestamp("2026-05-31")
PARTS = ["project_seconds", "run_seconds", "unmapped_seconds", "absence_seconds", "unbooked_seconds"]


def split(booked: list[tuple[str, str | None, float]], leave: dict[str, float], **options: object) -> pd.DataFrame:
    people = list(leave)
    effort = [
        {"person_id": who, "project_id": project, "period_month": MAY, "duration_seconds": hours * HOUR,
         "billable_seconds": 0.0, "entry_count": 1}
        for who, project, hours in booked
    ]  # fmt: skip
    available = [
        {"person_id": who, "period_month": MAY, "calendar_seconds": 160 * HOUR, "absence_seconds": away * HOUR,
         "available_seconds": (160 - away) * HOUR}
        for who, away in leave.items()
    ]  # fmt: skip
    persons = [{"person_id": who, "status_date": MAY, "team": "A", "fte_pct": 100.0} for who in people]
    projects = [project_row("P", category="product"), project_row("O", category="Operations"), project_row("Q")]
    return time_split(
        contract_frame("effort_by_person_month", effort),
        contract_frame("availability_by_person_month", available),
        contract_frame("project", projects),
        contract_frame("person", persons),
        status_date=TODAY,
        **options,  # type: ignore[arg-type]
    ).set_index("team")


def test_the_worked_example() -> None:
    booked: list[tuple[str, str | None, float]] = [(f"p{n}", "P", 100.0) for n in range(5)]
    booked += [("p0", "O", 60.0), ("p1", "O", 60.0), ("p2", None, 20.0)]
    leave = dict.fromkeys((f"p{n}" for n in range(5)), 16.0)
    row = split(booked, leave, run_categories=["operations"]).loc["A"]
    assert (row[["calendar_seconds", *PARTS]] / HOUR).to_list() == [800, 500, 120, 20, 80, 80]
    # Without a name for run work, all known projects are projects.
    assert split(booked, leave).loc["A", "project_seconds"] == 620 * HOUR


def test_what_persons_without_a_calendar_booked_stands_apart() -> None:
    rows = split([("stranger", "P", 7.0)], dict.fromkeys((f"p{n}" for n in range(5)), 0.0))
    assert rows.loc["A", "unbooked_seconds"] == 800 * HOUR
    assert rows.loc[NO_TEAM, "persons"] == 0
    assert pd.isna(rows.loc[NO_TEAM, "hours_left_out_seconds"])


@settings(max_examples=25, deadline=None)
@given(hours=st.lists(st.floats(0, 200), min_size=15, max_size=15), leave=st.floats(0, 160))
def test_the_parts_sum_to_the_calendar(hours: list[float], leave: float) -> None:
    booked = [(f"p{n % 5}", ("P", "O", None)[n % 3], each) for n, each in enumerate(hours)]
    row = split(booked, dict.fromkeys((f"p{n}" for n in range(5)), leave), run_categories=["operations"]).loc["A"]
    assert row[PARTS].sum() == pytest.approx(row["calendar_seconds"], abs=1e-3)
    assert row[PARTS[:3]].sum() / HOUR == pytest.approx(sum(hours), abs=1e-6)
