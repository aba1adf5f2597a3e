"""Whatever a file holds, its rows and hours balance: many files, and the exports of many seeds."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmo_analytics.errors import PmoError
from pmo_analytics.ingest import IngestOptions, ingest_files
from pmo_analytics.synthetic import simulate, write_exports
from tests.exports import Desk, balances, toggl_row

HOURS = "SELECT coalesce(sum(duration_seconds), 0) FROM core.timesheet_entry"
SECONDS = {"00:10:00": 600, "01:00:00": 3600, "07:59:59": 28_799, "-00:30:00": -1800}
DAYS = st.integers(1, 28).map(lambda day: f"2026-03-{day:02d}")
ROWS = st.lists(
    st.builds(
        toggl_row,
        person=st.sampled_from(["ann", "bob", "cleo"]),
        project=st.sampled_from(["Bridge", "Tunnel"]),
        day=DAYS,
        duration=st.sampled_from(["00:10:00", "01:00:00", "07:59:59", "-00:30:00", "30:00:00", ""]),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_rows_and_durations_balance_whatever_the_file_holds(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    desk = Desk(tmp_path_factory.mktemp("desk"))
    result = desk.toggl(*rows)
    assert balances(result)
    kept = [row for row in rows if row[11] not in {"30:00:00", ""}]
    assert desk.query(HOURS) == [(Decimal(sum(SECONDS[row[11]] for row in kept)),)]
    assert desk.toggl(*rows, [""] * 14, name="again.csv").rows["unchanged"] == len(kept)


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_the_exports_of_a_seed_load_with_the_planted_faults_alone(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    desk = Desk(tmp_path_factory.mktemp("seed"))
    portfolio = simulate(seed)
    files = write_exports(portfolio, desk.folder / "exports")
    results = []
    for result in ingest_files(desk.workspace, files, IngestOptions(), desk.edges):
        assert not isinstance(result, PmoError), result
        results.append(result)
    assert all(balances(result) for result in results)
    assert sum(result.rows["rejected"] for result in results) == 3
    unmapped = 10 * Decimal(4500)
    booked = sum(booking.seconds for booking in portfolio.bookings) + unmapped
    # A row that stands twice in its file was booked twice.
    twice = desk.query(HOURS)[0][0] - booked
    assert twice in {booking.seconds for booking in portfolio.bookings}
