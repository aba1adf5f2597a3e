"""Public schedules of Microsoft Project and Primavera: every task and link has a fate; what cannot be read is told."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from pmo_analytics.errors import PmoError, QuestionError
from pmo_analytics.ingest import IngestOptions, LoadResult, ingest_files
from pmo_analytics.performance.schedule_paths import schedule_paths
from tests.exports import Desk, balances

pytestmark = pytest.mark.slow
OWN_XML = {"PredecessorCalendar.xml", "resource-rates-test.xml"}
UNDATED = {"baselines.xml", "enterprise.xml", "task-baselines-project2019-mspdi.xml"}


@pytest.fixture(scope="module")
def schedules(real_data: Path) -> Path:
    folder = real_data / "schedules"
    if not folder.is_dir():
        pytest.skip("no folder of schedules among the real exports")
    return folder


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("schedules"))


@pytest.fixture(scope="module")
def results(schedules: Path, desk: Desk) -> dict[str, list[LoadResult | PmoError]]:
    options = IngestOptions(status_date=date(2026, 6, 30))
    files = sorted(schedules.glob("*.x*"))
    return {file.name: list(ingest_files(desk.workspace, [file], options, desk.edges)) for file in files}


def rows_of(path: Path) -> dict[str, int]:
    """How many tasks and links a file holds, counted without reading it as ours do."""
    text = path.read_text(encoding="utf-8" if path.suffix == ".xml" else "cp1252")
    if path.suffix == ".xml":
        return {"mspdi_task": text.count("<Task>"), "mspdi_link": text.count("<PredecessorLink>")}
    parts = {part.split("\n")[0].strip(): part.count("\n%R") for part in text.split("%T\t")[1:]}
    return {"xer_task": parts["TASK"], "xer_link": parts.get("TASKPRED", 0)}


def test_all_but_primaveras_own_xml_load_and_every_row_has_a_fate(
    schedules: Path, results: dict[str, list[LoadResult | PmoError]]
) -> None:
    assert set(results) >= OWN_XML | UNDATED
    for name in results.keys() - OWN_XML:
        loads = {result.source: result for result in results[name] if isinstance(result, LoadResult)}
        assert len(loads) == len(results[name])
        assert all(balances(load) for load in loads.values())
        counted = {source: number for source, number in rows_of(schedules / name).items() if number}
        assert {source: load.rows_in for source, load in loads.items() if "calendar" not in source} == counted


def test_primaveras_own_xml_is_refused_by_name(results: dict[str, list[LoadResult | PmoError]]) -> None:
    for name in OWN_XML:
        [problem] = results[name]
        assert isinstance(problem, PmoError)
        assert problem.found == "the root element <APIBusinessObjects>"
        assert "XER" in str(problem.hint)


def test_the_broken_calendar_is_rejected_with_its_line_and_its_tasks_load(
    schedules: Path, desk: Desk, results: dict[str, list[LoadResult | PmoError]]
) -> None:
    calendars, tasks = (r for r in results["invalid-8.4.xer"] if isinstance(r, LoadResult))
    assert (calendars.rows["added"], calendars.rows["rejected"], tasks.rows["added"]) == (2, 1, 12)
    [reject] = calendars.rejects
    line = (schedules / "invalid-8.4.xer").read_text(encoding="cp1252").split("\n")[reject.source_line - 1]
    assert "Test - Invalid" in line
    assert (reject.column, reject.value) == ("clndr_data", "(0||CalendarData()(")


def test_percent_complete_is_what_the_tasks_are_named_after(
    desk: Desk, results: dict[str, list[LoadResult | PmoError]]
) -> None:
    assert results
    found = desk.query("SELECT name, percent_complete_pct FROM core.schedule_task WHERE schedule_id = 'EC00640'")
    assert len(found) == 12
    for name, share in found:
        named = re.search(r"([0-9]+)%", str(name))
        assert named
        assert float(str(share)) == float(named[1]), name


def test_without_a_date_each_asks_once(schedules: Path, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for name in UNDATED:
        [question] = desk.load_all(schedules / name)
        assert isinstance(question, QuestionError)
        assert str(question.found).startswith("its current date was 20")


def test_the_same_files_change_nothing(
    schedules: Path, desk: Desk, results: dict[str, list[LoadResult | PmoError]]
) -> None:
    options = IngestOptions(status_date=date(2026, 6, 30))
    for name in results.keys() - OWN_XML:
        again = ingest_files(desk.workspace, [schedules / name], options, desk.edges)
        assert {result.state for result in again if isinstance(result, LoadResult)} == {"unchanged"}


@pytest.mark.parametrize(
    ("name", "status_date", "tasks", "days_later"),
    # Primavera begins tasks on its data date, ours go on the day after; the longest take a hundred days.
    [("task-baselines-project2019-mspdi.xml", date(2000, 1, 1), 110, 0), ("invalid-8.4.xer", date(2015, 2, 24), 9, 1)],
)
def test_finishes_by_the_tasks_calendars_are_those_of_their_programs(  # noqa: PLR0917
    schedules: Path, tmp_path: Path, name: str, status_date: date, tasks: int, days_later: int
) -> None:
    desk = Desk(tmp_path)
    list(ingest_files(desk.workspace, [schedules / name], IngestOptions(status_date=status_date), desk.edges))
    with desk.warehouse.at(status_date.isoformat()) as view:
        found, given = view.run(schedule_paths), view.table("schedule_activity")
    key = ["schedule_id", "task_id"]
    both = found.merge(given[[*key, "finish_at"]], on=key)
    assert len(both) == tasks
    assert both["quality_note"].isna().all()
    late = (both["early_finish_date"] - both["finish_at"].dt.floor("D")).dt.days
    assert late.to_list() == [days_later] * tasks
