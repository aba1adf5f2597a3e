"""A small organisation, loaded once: figures that can be reckoned by hand."""

from __future__ import annotations

import pytest

from tests.exports import Desk, toggl_row

PERSON = "person_id,name,email,role,team,calendar_id,fte_pct,joined_date,left_date,status_date"
STATUS = "project_id,status_date,state,rag_status,percent_complete_pct,forecast_finish_date"


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Two projects, two persons, January to April 2026; the last loads hold what happened after February."""
    desk = Desk(tmp_path_factory.mktemp("small"))
    desk.register(
        "project",
        "project_id,name,portfolio,budget_at_completion_amount,currency,status_date",
        ["A", "Alpha", "North", 3000, "EUR", "2026-01-01"],
        ["B", "Beta", "South", 500, "EUR", "2026-01-01"],
    )
    desk.register(
        "budget",
        "project_id,baseline_version,period_month,baselined_on_date,planned_value_amount,currency",
        ["A", "1", "2026-01", "2025-12-15", 1000, "EUR"],
        ["A", "1", "2026-02", "2025-12-15", 2000, "EUR"],
        ["A", "2", "2026-01", "2026-03-10", 1000, "EUR"],
        ["A", "2", "2026-02", "2026-03-10", 1000, "EUR"],
        ["A", "2", "2026-03", "2026-03-10", 2000, "EUR"],
    )
    desk.register(
        "person",
        PERSON,
        ["E1", "Ann Berg", "ann@example.test", "Developer", "Build", "main", 100, "2020-01-01", "", "2026-01-01"],
        ["E2", "Bo Dahl", "bo@example.test", "Analyst", "Build", "main", 50, "2020-01-01", "2026-02-15", "2026-01-01"],
    )
    desk.register(
        "working_calendar",
        "calendar_id,calendar_date,duration_hours",
        *[["main", f"2026-{month:02d}-{day:02d}", 8] for month in (1, 2, 3, 4) for day in (5, 6, 20)],
    )
    desk.register(
        "absence",
        "person_id,absence_date,duration_hours,kind",
        ["E1", "2026-01-06", 12, "holiday"],
        ["E1", "2026-01-10", 8, "holiday"],
        ["E1", "2026-02-20", 2, "sickness"],
    )
    desk.register(
        "rate",
        "role_or_person_id,valid_from_date,hourly_amount,currency",
        ["Developer", "2025-01-01", 100, "EUR"],
        ["Developer", "2026-02-10", 110, "EUR"],
        ["E2", "2026-02-01", 50, "EUR"],
    )
    desk.register("project_alias", "source,external_key,project_id", ["toggl", "Alpha app", "A"])
    desk.register(
        "project_status",
        STATUS,
        ["A", "2026-01-31", "active", "green", 20, "2026-03-31"],
        ["A", "2026-02-20", "active", "green", 50, "2026-03-31"],
        ["A", "2026-03-31", "active", "amber", 60, "2026-04-30"],
    )
    desk.register(
        "estimate_outcome",
        "item_id,project_id,work_class,estimate_hours,actual_hours,estimated_on_date,finished_on_date,state,status_date",
        ["I1", "A", "build", 10, 12, "2026-01-02", "2026-01-20", "finished", "2026-01-31"],
        ["I2", "A", "build", 4, 9, "2026-01-02", "2026-03-20", "finished", "2026-01-31"],
        ["I3", "B", "test", 2, "", "2026-03-05", "", "open", "2026-03-31"],
    )
    desk.toggl(
        toggl_row("ann", "Alpha app", "2026-01-05", "10:00:00"),
        toggl_row("ann", "Alpha app", "2026-02-09", "02:00:00"),
        toggl_row("ann", "Alpha app", "2026-02-10", "02:00:00"),
        toggl_row("bo", "Alpha app", "2026-01-05", "03:00:00"),
        toggl_row("bo", "Alpha app", "2026-02-05", "04:00:00"),
        toggl_row("ann", "B", "2026-02-11", "01:00:00"),
        toggl_row("ann", "Ghost", "2026-02-12", "01:30:00"),
        name="early.csv",
    )
    desk.version_in_february = len(desk.loads())  # type: ignore[attr-defined]
    desk.toggl(toggl_row("ann", "Alpha app", "2026-03-05", "05:00:00"), name="march.csv")
    desk.toggl(toggl_row("bo", "New thing", "2026-04-20", "05:00:00"), name="april.csv")
    return desk
