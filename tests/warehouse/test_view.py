from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pmo_analytics import open_warehouse
from pmo_analytics.errors import UsageError, WarehouseError
from pmo_analytics.performance.earned_value import earned_value, latest
from pmo_analytics.resources.utilisation import utilisation
from pmo_analytics.workspace import Workspace
from tests.exports import Desk, toggl_row


def test_the_default_date_is_the_last_month_end_not_after_the_latest_event(desk: Desk) -> None:
    with desk.warehouse.at() as view:
        assert view.as_of == date(2026, 3, 31)
    with desk.warehouse.at(version=desk.version_in_february) as view:  # type: ignore[attr-defined]
        # The report of 31 March was known already.
        assert view.as_of == date(2026, 3, 31)


def test_a_version_shows_what_was_known_then(desk: Desk) -> None:
    february = desk.version_in_february  # type: ignore[attr-defined]
    query = "SELECT count(*) AS n, sum(duration_seconds) AS s FROM core.timesheet_entry"
    with desk.warehouse.at("2026-12", february) as then, desk.warehouse.at("2026-12") as now:
        assert then.rows(query)[1] == [(7, 23.5 * 3600)]
        assert now.rows(query)[1] == [(9, 33.5 * 3600)]
        assert (then.version, now.version) == (february, february + 2)
        assert len(then.loads()) == february


def test_events_are_cut_at_the_end_of_the_day(desk: Desk) -> None:
    with desk.warehouse.at("2026-02-10") as view:
        assert view.sql("SELECT max(work_date) AS d FROM core.timesheet_entry")["d"].iloc[0] == pd.Timestamp(
            "2026-02-10"
        )


def test_a_register_is_seen_from_its_date_on(desk: Desk) -> None:
    with desk.warehouse.at("2025-12") as view:
        assert view.table("project").empty
    with desk.warehouse.at("2026-01") as view:
        assert view.table("project")["project_id"].to_list() == ["A", "B"]


def test_analyses_get_what_their_parameters_name(desk: Desk) -> None:
    with desk.warehouse.at("2026-02") as view:
        row = latest(view.run(earned_value)).set_index("project_id").loc["A"]
        assert row["cost_performance_index"] == pytest.approx(1500 / 1620)
        only = view.table("project").query("project_id == 'B'")
        assert set(view.run(earned_value, project=only)["project_id"]) == {"A", "B"}


def test_tables_without_rows_are_joined(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.register("project", "project_id,name,status_date", ["A", "Alpha", "2026-01-31"])
    with desk.warehouse.at("2026-03") as view:
        assert view.run(utilisation).empty
        assert view.sql("SELECT 'x' AS a WHERE false").merge(view.sql("SELECT 'y' AS a WHERE false"), on="a").empty


def test_wrong_parameters_and_event_tables_are_refused(desk: Desk) -> None:
    def on_events(timesheet_entry: pd.DataFrame) -> pd.DataFrame:
        return timesheet_entry

    def on_tasks(schedule_task: pd.DataFrame) -> pd.DataFrame:
        return schedule_task

    with desk.warehouse.at("2026-02") as view:
        with pytest.raises(UsageError, match="event table 'timesheet_entry'"):
            view.run(on_events)
        with pytest.raises(UsageError, match="event table 'schedule_task'"):
            view.run(on_tasks)
        with pytest.raises(UsageError, match="no parameter 'limit'"):
            view.run(earned_value, limit=3)
        with pytest.raises(UsageError, match="did you mean 'project'"):
            view.table("projct")
        with pytest.raises(UsageError, match="no table 'person_identity'"):
            view.table("person_identity")
        with pytest.raises(UsageError, match="the query failed"):
            view.sql("SELEC 1")


def test_versions_that_do_not_exist_are_refused(desk: Desk) -> None:
    with pytest.raises(UsageError, match="no version 99"):
        desk.warehouse.at("2026-02", 99)
    with pytest.raises(UsageError, match="count from 1"):
        desk.warehouse.at("2026-02", 0)


def test_a_workspace_without_loads_says_what_to_do(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "w")
    with pytest.raises(WarehouseError, match="pmo ingest"):
        open_warehouse(tmp_path / "w").at()


def test_what_is_missing_is_named(desk: Desk) -> None:
    with desk.warehouse.at("2026-02") as view:
        found = view.missing().set_index("subject")
    assert found.loc["Unmapped projects", ["rows", "duration_seconds"]].to_list() == [1, 1.5 * 3600]
    assert found.loc["Hours without a rate", "duration_seconds"] == 3 * 3600
    assert "timesheet_entry" not in found.index
    with desk.warehouse.at("2026-05") as view:
        assert "timesheet_entry" in view.missing()["subject"].to_list()


def test_names_and_addresses_stay_out_of_the_core_lake(desk: Desk) -> None:
    for path in [desk.workspace.warehouse / "core.sqlite", *(desk.workspace.warehouse / "core").rglob("*.parquet")]:
        data = path.read_bytes()
        assert b"ann@example" not in data
        assert b"Ann Berg" not in data


def test_two_worlds_beside_each_other_and_a_moved_workspace(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    shutil.copytree(desk.workspace.root, tmp_path / "moved")
    monkeypatch.chdir(tmp_path)
    with open_warehouse(tmp_path / "moved").at("2026-02") as view:
        assert view.sql("SELECT sum(duration_seconds) AS s FROM core.timesheet_entry")["s"].iloc[0] == 23.5 * 3600


def test_the_latest_day_is_that_of_the_latest_event_or_word_on_estimates(desk: Desk, tmp_path: Path) -> None:
    assert desk.warehouse.latest_day() == date(2026, 4, 20)
    own = Desk(tmp_path)
    with pytest.raises(WarehouseError, match="has a date"):
        own.warehouse.latest_day()
    header = "item_id,estimate_hours,actual_hours,estimated_on_date,finished_on_date,state,status_date"
    own.toggl(toggl_row(day="2026-01-05"))
    own.register("estimate_outcome", header, ["I1", 4, "", "2026-01-02", "2027-01-01", "open", "2026-01-31"])
    assert own.warehouse.latest_day() == date(2026, 1, 31), "a planned finish is no event"
    own.toggl(toggl_row(day="2026-05-04"), name="may.csv")
    assert own.warehouse.latest_day() == date(2026, 5, 4)
    own.register("estimate_outcome", header, ["I1", 4, 5, "2026-01-02", "2026-06-01", "finished", "2026-05-31"])
    assert own.warehouse.latest_day() == date(2026, 6, 1)
