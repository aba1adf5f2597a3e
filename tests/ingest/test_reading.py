"""A file is read the same whether the engine reads it, or its records are staged one by one."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmo_analytics.errors import QuestionError
from pmo_analytics.ingest import IngestOptions
from pmo_analytics.warehouse import raw_rows
from tests.exports import TOGGL_HEADERS, Desk, balances, jira_row, toggl_row, write_csv

TEXTS = st.text(st.sampled_from('ab ,;"\n\t\r=é\u00a0'), max_size=6)
ROWS = st.lists(
    st.builds(
        toggl_row,
        person=st.sampled_from(["ann", "ben", ""]),
        project=TEXTS,
        day=st.sampled_from(["2026-03-02", "2026-03-03", "2026-02-30", ""]),
        duration=st.sampled_from(["01:00:00", "00:30:00", "25:00:00", "1 h", "-00:10:00"]),
        description=TEXTS,
    )
    | st.just([""] * len(TOGGL_HEADERS))
    | st.just(["short", "row"]),
    max_size=12,
)


@pytest.fixture
def short_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw_rows, "_SAMPLE", 2)


def text_of(rows: list[list[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([TOGGL_HEADERS, *rows])
    return buffer.getvalue()


def outcome(folder: Path, data: bytes) -> tuple[object, ...]:
    desk = Desk(folder)
    path = folder / "toggl.csv"
    path.write_bytes(data)
    result = desk.load(path)
    assert balances(result)
    fates = {name: n for name, n in result.rows.items() if n}
    stored = desk.query(
        "SELECT source_line, project_key, CAST(work_date AS VARCHAR), duration_seconds, description, custom "
        "FROM core.timesheet_entry ORDER BY source_line"
    )
    rejects = [(r.source_line, r.column, r.value, r.rule) for r in result.rejects]
    return (
        fates,
        stored,
        rejects,
        result.totals,
        desk.query("SELECT source_line, reason FROM meta.set_aside ORDER BY 1"),
    )


@pytest.mark.slow
@given(rows=ROWS)
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_engines_reading_and_the_record_by_record_one_agree(rows: list[list[str]]) -> None:
    text = text_of(rows)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        # A file in UTF-16 is never left to the engine.
        assert outcome(Path(one), text.encode("utf-8")) == outcome(Path(other), text.encode("utf-16"))


def test_lines_are_counted_through_cells_that_hold_line_breaks(desk: Desk) -> None:
    result = desk.toggl(
        toggl_row(description="one\ntwo\nthree"), toggl_row(duration="never"), toggl_row(description="four")
    )
    assert [reject.source_line for reject in result.rejects] == [5]
    assert desk.query("SELECT source_line FROM core.timesheet_entry ORDER BY 1") == [(2,), (6,)]


@pytest.mark.usefixtures("short_sample")
def test_a_date_order_that_a_later_row_decides_holds_for_all(desk: Desk) -> None:
    rows = [toggl_row(day=day) for day in ("2026-03-02", "2026-03-02", "03/04/2026", "25/04/2026")]
    assert desk.toggl(*rows).rows["added"] == 4
    days = desk.query("SELECT CAST(work_date AS VARCHAR) FROM core.timesheet_entry ORDER BY source_line")
    assert [day for (day,) in days] == ["2026-03-02", "2026-03-02", "2026-04-03", "2026-04-25"]


@pytest.mark.usefixtures("short_sample")
def test_a_later_row_that_contradicts_the_first_ones_is_asked_about(desk: Desk) -> None:
    rows = [toggl_row(day=day) for day in ("25/04/2026", "26/04/2026", "04/27/2026")]
    with pytest.raises(QuestionError, match="day first"):
        desk.toggl(*rows)
    assert desk.loads() == []


@pytest.mark.usefixtures("short_sample")
def test_a_later_number_that_two_marks_fit_is_asked_about(desk: Desk, tmp_path: Path) -> None:
    headers = "Issue Key,Hours,Work date,Username,Project Key".split(",")
    rows = [["A-1", hours, "2026-03-02", "ann", "A"] for hours in ("1", "2", "3", "1,250")]
    path = write_csv(tmp_path / "tempo.csv", headers, rows)
    with pytest.raises(QuestionError, match="decimal or thousands"):
        desk.load(path)
    assert desk.load(path, IngestOptions(decimal_mark="comma")).rows["added"] == 4


@pytest.mark.usefixtures("short_sample")
def test_a_later_row_that_is_merely_wrong_is_rejected(desk: Desk) -> None:
    rows = [toggl_row(), toggl_row(person="ben"), toggl_row(day="2026-02-30"), toggl_row(duration="1 h")]
    result = desk.toggl(*rows)
    assert (result.rows["added"], {r.source_line for r in result.rejects}) == (2, {4, 5})


def test_an_issue_twice_in_a_first_file_is_one_issue(desk: Desk) -> None:
    result = desk.jira(
        jira_row("BR-1", "02/Mar/26 9:15 AM"), jira_row("BR-2"), jira_row("BR-1", "03/Mar/26 9:15 AM", Status="Done")
    )
    assert (result.rows["added"], result.rows["set_aside"]) == (2, 1)
    assert desk.query("SELECT status FROM core.issue WHERE issue_key = 'BR-1'") == [("Done",)]
