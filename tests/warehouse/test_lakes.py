"""A warehouse made before a table or a column existed stays readable, and takes new loads."""

from __future__ import annotations

from pathlib import Path

from pmo_analytics.warehouse.connection import connect
from pmo_analytics.warehouse.lakes import attach
from tests.exports import Desk, toggl_row


def test_an_earlier_warehouse_is_read_at_any_version_and_grows(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.toggl(toggl_row())
    connection = connect()
    attach(connection, desk.workspace)
    connection.execute("ALTER TABLE lake.core.timesheet_entry DROP COLUMN account")
    connection.execute("DROP TABLE lake.core.ledger_entry")
    connection.close()
    desk.toggl(toggl_row(person="ben"), name="later.csv")
    assert desk.query("SELECT account, count(*) FROM core.timesheet_entry GROUP BY ALL") == [(None, 2)]
    assert desk.query("SELECT count(amount) FROM core.ledger_entry") == [(0,)]
    with desk.warehouse.at("2026-03", version=1) as view:
        assert len(view.table("effort_by_person_month")) == 1
