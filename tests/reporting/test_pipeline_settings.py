"""A pipeline's file: what it may say, what a workspace says otherwise, and which date it reports on."""

from __future__ import annotations

import json
from datetime import date

import pytest

from pmo_analytics.errors import UsageError, WarehouseError
from pmo_analytics.reporting.notebooks import report_notebooks, shipped
from pmo_analytics.reporting.pipeline import reporting_date
from pmo_analytics.reporting.pipeline_settings import find_pipeline, pipeline_names
from pmo_analytics.warehouse.as_of import last_whole_period, period_end, period_ends
from pmo_analytics.workspace import Workspace
from tests.exports import Desk, toggl_row


def write(workspace: Workspace, name: str, text: str) -> None:
    folder = workspace.root / "pipelines"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.toml").write_text(text)


def test_a_workspace_says_what_is_other_and_the_rest_stands(desk: Desk) -> None:
    write(desk.workspace, "monthly", 'schedule = "day 7 at 05:00"')
    found = find_pipeline("monthly", desk.workspace)
    assert (str(found.run_time), found.title, found.every) == ("day 7 at 05:00", "Monthly pack", "month")
    write(desk.workspace, "audit_days", 'title = "Audit"')
    own = find_pipeline("audit_days", desk.workspace)
    assert (own.folder, own.every, own.run_time, own.catch_up) == ("audit_days", "month", None, 6)
    assert pipeline_names(desk.workspace) == ["audit_days", "monthly", "quarterly", "weekly"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = ", "not valid TOML"),
        ("shedule = 'x'", "did you mean 'schedule'"),
        ("every = 'day'", "week, month, quarter"),
        ("every = 'week'", "such as 'Monday at 06:30'"),
        ("schedule = 3", "a text"),
        ("schedule = 'often'", "'working day 3 at 06:30'"),
        ("catch_up = true", "a whole number from 1 to 60"),
        ("catch_up = 0", "a whole number from 1 to 60"),
        ("folder = ''", "the name of a folder"),
        ("title = 3", "a text"),
    ],
)
def test_what_is_wrong_names_the_file_and_what_may_stand_there(desk: Desk, text: str, message: str) -> None:
    write(desk.workspace, "monthly", text)
    with pytest.raises(UsageError, match=r"pipelines/monthly\.toml") as caught:
        find_pipeline("monthly", desk.workspace)
    assert message in str(caught.value)


def test_an_unknown_pipeline_is_told_with_the_nearest(desk: Desk) -> None:
    with pytest.raises(UsageError, match="did you mean 'weekly'"):
        find_pipeline("weakly", desk.workspace)
    with pytest.raises(UsageError, match="there is no pipeline"):
        find_pipeline("../monthly", desk.workspace)


def test_every_pipeline_begins_with_the_review_and_has_pages_of_its_own(desk: Desk) -> None:
    notebooks = report_notebooks(desk.workspace).values()
    for name in ("monthly", "weekly", "quarterly"):
        pages = [each.name for each in notebooks if name in each.pipelines]
        assert pages[0] == "portfolio_review"
        assert find_pipeline(name, desk.workspace).run_time is not None
    named = {name: {n.name for n in notebooks if name in n.pipelines} for name in ("weekly", "quarterly")}
    assert {"flow", "risk", "dependencies", "capacity"} <= named["weekly"]
    assert {"alignment", "prioritisation", "selection", "benefits", "methodology", "audit"} <= named["quarterly"]
    assert {path.stem for path in shipped("pipelines").glob("*.toml")} == {"monthly", "weekly", "quarterly"}


def test_periods_end_on_their_last_day() -> None:
    assert period_end("week", date(2026, 6, 22)) == period_end("week", date(2026, 6, 28)) == date(2026, 6, 28)
    assert period_end("quarter", date(2026, 4, 1)) == period_end("quarter", date(2026, 6, 30)) == date(2026, 6, 30)
    assert period_end("quarter", date(2025, 12, 31)) == date(2025, 12, 31)
    assert period_ends("week", date(2026, 6, 14), date(2026, 6, 28)) == [date(2026, 6, 21), date(2026, 6, 28)]
    assert period_ends("month", date(2025, 12, 31), date(2026, 2, 27)) == [date(2026, 1, 31)]
    assert period_ends("quarter", date(2026, 3, 31), date(2026, 3, 31)) == []


def test_a_period_is_whole_once_events_reach_its_last_working_day(desk: Desk) -> None:
    days = desk.workspace.working_days
    # 31 May 2026 is a Sunday, so that Friday the 29th ends the month's work, and the week's.
    assert last_whole_period("month", date(2026, 5, 29), days) == date(2026, 5, 31)
    assert last_whole_period("month", date(2026, 5, 28), days) == date(2026, 4, 30)
    assert last_whole_period("week", date(2026, 5, 29), days) == date(2026, 5, 31)
    assert last_whole_period("week", date(2026, 5, 28), days) == date(2026, 5, 24)
    assert last_whole_period("quarter", date(2026, 5, 29), days) == date(2026, 3, 31)
    assert last_whole_period("quarter", date(2026, 6, 30), days) == date(2026, 6, 30)
    # Without a day that is worked a period is whole when it is over.
    assert last_whole_period("week", date(2026, 5, 30), lambda *_: []) == date(2026, 5, 24)


def test_the_reporting_date_of_a_pipeline(desk: Desk) -> None:
    with pytest.raises(WarehouseError, match="nothing has been loaded"):
        reporting_date(find_pipeline("weekly", desk.workspace), desk.workspace)
    first = desk.toggl(toggl_row("ann", "A-1", "2026-03-20"))
    desk.toggl(toggl_row("ann", "A-1", "2026-03-30"), name="later.csv")
    expected = {"weekly": date(2026, 3, 29), "monthly": date(2026, 2, 28), "quarterly": date(2025, 12, 31)}
    for name, day in expected.items():
        assert reporting_date(find_pipeline(name, desk.workspace), desk.workspace) == day
    weekly = find_pipeline("weekly", desk.workspace)
    assert reporting_date(weekly, desk.workspace, first.version) == date(2026, 3, 22)


def test_the_domains_of_notebooks_are_those_of_the_package(desk: Desk) -> None:
    folder = shipped("notebooks")
    found = {json.loads(path.read_text())["metadata"]["pmo"].get("domain") for path in folder.glob("*.ipynb")}
    assert found - {None} == {"governance", "portfolio", "performance", "resources", "knowledge"}
