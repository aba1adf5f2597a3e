"""Figures opened from the command line, down to the lines of the archived files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pmo_analytics.cli import app
from tests.exports import Desk, toggl_row
from tests.warehouse.conftest import PERSON, STATUS

RUN = CliRunner()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """One project with a plan, progress and three days of work at one rate."""
    desk = Desk(tmp_path_factory.mktemp("opened"))
    desk.register(
        "project",
        "project_id,name,portfolio,budget_at_completion_amount,currency,status_date",
        ["A", "Alpha", "North", 900, "EUR", "2026-01-01"],
    )
    desk.register(
        "budget",
        "project_id,baseline_version,period_month,baselined_on_date,planned_value_amount,currency",
        ["A", "1", "2026-01", "2025-12-15", 900, "EUR"],
    )
    desk.register("project_status", STATUS, ["A", "2026-01-31", "active", "green", 50, "2026-03-31"])
    desk.register(
        "person",
        PERSON,
        ["E1", "Ann Berg", "ann@example.test", "Dev", "Build", "main", 100, "2020-01-01", "", "2026-01-01"],
    )
    desk.register("rate", "role_or_person_id,valid_from_date,hourly_amount,currency", ["Dev", "2025-01-01", 100, "EUR"])
    desk.toggl(
        toggl_row("ann", "A", "2026-01-05", "02:00:00", "=cmd()"),
        toggl_row("ann", "A", "2026-01-06", "01:00:00", "\x1b[31mred"),
        toggl_row("ann", "B", "2026-01-07", "08:00:00"),
    )
    return desk


def explain(desk: Desk, *arguments: str) -> tuple[int, str]:
    done = RUN.invoke(app, ["explain", *arguments, "--workspace", str(desk.workspace.root)], catch_exceptions=True)
    return done.exit_code, done.output if done.exception is None or done.exit_code == 0 else str(done.exception)


COST = ("cost_by_project_month", "cost_amount", "project_id=A", "period_month=2026-01", "currency=EUR")


def test_a_cost_is_opened_to_its_lines_without_names_or_rates(opened: Desk) -> None:
    code, text = explain(opened, *COST, "--original", "--as-of", "2026-01")
    assert code == 0, text
    assert text.startswith("cost_by_project_month.cost_amount = 300.0000")
    assert "timesheet_entry, version 6, line 2 of the original:" in text
    assert "Duration: 02:00:00" in text
    assert "These rows alone give the figure." in text
    assert not any(hidden in text for hidden in ("Ann", "example.test", "\x1b", "100.0"))


def test_the_same_as_json(opened: Desk) -> None:
    code, text = explain(opened, *COST, "--json", "--as-of", "2026-01")
    assert code == 0
    data = json.loads(text)
    assert data["value"] == data["from_these_rows_alone"] == 300
    assert [row["source_line"] for row in data["rows"]["timesheet_entry"]] == [2, 3]
    assert data["source_columns"] == ["core.timesheet_entry.duration_seconds", "personal_view.rate.hourly_amount"]


def test_an_index_leads_to_the_mart_and_the_mart_to_its_rows(opened: Desk) -> None:
    code, text = explain(opened, "project_health", "cost_performance_index", "project_id=A", "--as-of", "2026-01")
    assert code == 0, text
    assert text.startswith("project_health.cost_performance_index = 1.5")
    command = next(line for line in text.splitlines() if "actual_cost_amount project_id" in line).split()[2:]
    code, text = explain(opened, *command)
    assert code == 0, text
    assert "planned_earned_actual.actual_cost_amount = 300.0000" in text
    assert "timesheet_entry: 2 rows" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("cost_by_project_month", "cost_amount", "A"), "a row is named by its key"),
        (("project_health", "cpi", "project_id=A"), "has no column 'cpi'"),
        (("project_health", "cost_performance_index", "project_id=Z"), "no single row"),
        (("s_curve", "planned_value_amount", "period_month=soon"), "no single row"),
        (("project_health", "cost_performance_index", "project_id=A", "--original"), "is an analysis"),
        (("nothing_here", "x", "project_id=Z"), "no table 'nothing_here'"),
    ],
)
def test_what_is_no_figure_is_told(opened: Desk, arguments: tuple[str, ...], words: str) -> None:
    code, text = explain(opened, *arguments)
    assert code != 0
    assert words in text


def test_an_altered_original_is_told(opened: Desk) -> None:
    digest = opened.query("SELECT sha256 FROM meta.load ORDER BY version DESC LIMIT 1")[0][0]
    place = Path(opened.workspace.warehouse) / "archive" / str(digest)[:2] / f"{digest}.zst"
    kept = place.read_bytes()
    place.unlink()
    try:
        code, text = explain(opened, *COST, "--original", "--as-of", "2026-01")
        assert code != 0
        assert "the archive lacks an original file" in text
    finally:
        place.write_bytes(kept)
