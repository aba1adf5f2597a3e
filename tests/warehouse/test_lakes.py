"""A warehouse made before a table or a column existed stays readable, and takes new loads."""

from __future__ import annotations

from pathlib import Path

from pmo_analytics.contracts import stored
from pmo_analytics.warehouse.connection import connect
from pmo_analytics.warehouse.lakes import attach, relation
from pmo_analytics.warehouse.schema_versions import create
from pmo_analytics.workspace import Workspace
from tests.exports import Desk, toggl_row


def test_an_earlier_warehouse_is_read_at_any_version_and_grows(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.toggl(toggl_row())
    connection = connect()
    attach(connection, desk.workspace)
    connection.execute("ALTER TABLE lake.core.timesheet_entry DROP COLUMN account")
    connection.execute("DROP TABLE lake.core.ledger_entry")
    connection.execute("UPDATE lake.meta.counter SET schema_version = 1")
    connection.close()
    desk.toggl(toggl_row(person="ben"), name="later.csv")
    assert desk.query("SELECT account, count(*) FROM core.timesheet_entry GROUP BY ALL") == [(None, 2)]
    assert desk.query("SELECT count(amount) FROM core.ledger_entry") == [(0,)]
    with desk.warehouse.at("2026-03", version=1) as view:
        assert len(view.table("effort_by_person_month")) == 1


def test_a_table_that_an_older_warehouse_lacks_is_added_and_what_it_holds_is_kept(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.register("team", "team,department,status_date", ["Build", "IT", "2026-01-01"])
    with connect() as connection:
        attach(connection, desk.workspace)
        # Its namesake among the tables about loads stays, and must not be taken for it.
        connection.execute("DROP TABLE lake.core.assumption")
        connection.execute("DROP TABLE personal.main.rate")
        connection.execute("UPDATE lake.meta.counter SET schema_version = 1")
    desk.register("team", "team,department,status_date", ["Run", "IT", "2026-01-01"], ["Build", "IT", "2026-01-01"])
    assert desk.query("SELECT team FROM core.team ORDER BY 1") == [("Build",), ("Run",)]
    with desk.warehouse.at("2026-01") as view:
        assert view.table("assumption").empty


def test_every_stored_table_is_made_with_its_columns_and_its_origin(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    with connect() as connection:
        attach(connection, workspace)
        create(connection)
        for table in stored().values():
            columns = [row[0] for row in connection.execute(f"DESCRIBE {relation(table)}").fetchall()]
            assert columns == [*table.columns, "load_id", "source_line"]
