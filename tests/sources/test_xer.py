"""Primavera P6 XER: what becomes of tasks, links and calendars, on schedules written here."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.corrections import write_corrections
from pmo_analytics.errors import PmoError, SourceError
from pmo_analytics.ingest import IngestOptions, LoadResult, ingest_files
from pmo_analytics.sources.working_times import primavera_calendar
from pmo_analytics.sources.xer_tables import percent_complete
from tests.exports import Desk, balances
from tests.schedule_texts import tables_of, xer, xer_calendar, xer_link, xer_task

ROAD = {"proj_id": 2, "proj_short_name": "ROAD", "clndr_id": 1, "last_recalc_date": "2026-06-30 00:00"}
BRIDGE = {
    "proj_id": 1, "proj_short_name": "BRIDGE", "clndr_id": 1, "last_recalc_date": "2026-06-30 00:00",
    "sum_base_proj_id": 3, "critical_drtn_hr_cnt": "0", "critical_path_type": "CT_TotFloat",
}  # fmt: skip
PLAN = {"proj_id": 3, "proj_short_name": "BRIDGE - B1", "clndr_id": 1, "last_recalc_date": "2026-05-31 00:00"}
FIRST = xer_task(
    1, status_code="TK_Active", target_drtn_hr_cnt="40,5", remain_drtn_hr_cnt="20,25", total_float_hr_cnt="-8",
    act_start_date="2026-06-01 08:00", cstr_type="CS_MEOB", cstr_date="2026-06-12 17:00",
    task_name="Brücke \x7f\x7f1,5 m",
)  # fmt: skip
KINDS = ["TT_Task", "TT_Rsrc", "TT_Mile", "TT_FinMile", "TT_LOE", "TT_WBS"]
LINKS = [
    xer_link(101, 110, "FS"), xer_link(101, 111, "SS", 16), xer_link(101, 112, "FF", "-4,5"),
    xer_link(101, 113, "SF"), xer_link(201, 101, pred_proj_id=2), xer_link(999, 114, pred_proj_id=9),
    xer_link(998, 114), xer_link(101, 115, "XX"),
]  # fmt: skip
CALENDARS = [
    {"clndr_id": 1, "clndr_name": "5 days", "clndr_type": "CA_Base", "clndr_data": xer_calendar(
        "(d|46113)()", "(d|46114)((0||0(s|08:00|f|00:00)()))")},
    {"clndr_id": 2, "clndr_name": "5 days", "clndr_type": "CA_Project", "proj_id": 1,
     "clndr_data": "(0||CalendarData()("},
    {"clndr_id": 3, "clndr_name": "Ann Berg", "clndr_type": "CA_Rsrc", "clndr_data": xer_calendar()},
]  # fmt: skip
WHOLE = xer(
    [
        FIRST, *(xer_task(10 + n, task_type=kind) for n, kind in enumerate(KINDS)),
        xer_task(1, 2), xer_task(1, 3, target_start_date="2026-05-20 08:00", target_end_date="2026-05-21 17:00"),
    ],
    LINKS, projects=[BRIDGE, ROAD, PLAN], calendars=CALENDARS,
    options=[{"schedoptions_id": 1, "proj_id": 1, "sched_calendar_on_relationship_lag": "rcal_24Hour"}],
)  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("xer"))


@pytest.fixture(scope="module")
def loaded(desk: Desk) -> dict[str, LoadResult]:
    return load(desk, WHOLE.encode("cp1252"))


def load(desk: Desk, content: bytes, name: str = "plan.xer") -> dict[str, LoadResult]:
    """Load a schedule; what became of each of its tables."""
    path = desk.folder / name
    path.write_bytes(content)
    found: dict[str, LoadResult] = {}
    for result in desk.load_all(path):
        if isinstance(result, PmoError):
            raise result
        assert balances(result)
        found[result.source] = result
    return found


@pytest.fixture(scope="module")
def view(desk: Desk, loaded: dict[str, LoadResult]) -> Desk:
    assert loaded
    return desk


def test_every_row_has_one_fate(loaded: dict[str, LoadResult]) -> None:
    rows = {name: {fate: n for fate, n in result.rows.items() if n} for name, result in loaded.items()}
    assert rows == {
        "xer_calendar": {"added": 3, "rejected": 1},
        "xer_task": {"added": 9},
        "xer_link": {"added": 7, "rejected": 1},
    }


def test_rejects_name_line_and_column(loaded: dict[str, LoadResult]) -> None:
    [link] = loaded["xer_link"].rejects
    assert (link.column, link.value, link.expected) == ("pred_type", "PR_XX", "one of PR_FS, PR_SS, PR_FF, PR_SF")
    assert WHOLE.split("\r\n")[link.source_line - 1].split("\t")[6] == "PR_XX"
    [calendar] = loaded["xer_calendar"].rejects
    assert (calendar.column, calendar.value) == ("clndr_data", "(0||CalendarData()(")


def test_a_task_is_read_to_the_last_column(view: Desk) -> None:
    columns = (
        "task_id, status_date, project_key, name, wbs, duration_seconds, remaining_duration_seconds, start_at, "
        "finish_at, baseline_start_at, baseline_finish_at, actual_start_at, actual_finish_at, percent_complete_pct, "
        "is_milestone, is_critical, calendar, task_type, total_float_seconds, constraint_type, constraint_at"
    )
    found = view.query(f"SELECT {columns} FROM core.schedule_task WHERE schedule_id = 'BRIDGE' AND task_id = 'A1010'")
    assert found == [
        (
            "A1010", date(2026, 6, 30), "BRIDGE", "Brücke \n1,5 m", "BRIDGE.Deck", Decimal(145800), Decimal(72900),
            datetime(2026, 6, 1, 8), datetime(2026, 6, 1, 17), datetime(2026, 5, 20, 8), datetime(2026, 5, 21, 17),
            datetime(2026, 6, 1, 8), None, Decimal(50), False, True, "5 days (1)", "task", Decimal(-28800),
            "finish_no_later_than", datetime(2026, 6, 12, 17),
        )
    ]  # fmt: skip
    [(custom,)] = view.query("SELECT custom FROM core.schedule_task WHERE schedule_id = 'ROAD'")
    assert json.loads(str(custom))["task_id"] == ["201"]
    assert "ann.berg" not in str(custom)


def test_projects_and_baselines_are_schedules_of_their_own(loaded: dict[str, LoadResult]) -> None:
    told = loaded["xer_task"].assumptions
    assert {"3 projects, each a schedule of its own", "baselines of others among them: 1"} <= set(told)


def test_what_would_count_twice_is_kept_apart(view: Desk) -> None:
    found = view.query(
        "SELECT task_type, is_milestone FROM core.schedule_task WHERE schedule_id = 'BRIDGE' AND task_id >= 'A1100' "
        "ORDER BY task_id"
    )
    assert found == [
        ("task", False), ("task", False), ("milestone", True), ("finish_milestone", True), ("level_of_effort", False),
        ("summary", False),
    ]  # fmt: skip


def test_relations_lags_and_predecessors_elsewhere(view: Desk, loaded: dict[str, LoadResult]) -> None:
    columns = "predecessor_id, successor_id, relation, lag_seconds, lag_calendar, predecessor_schedule_id"
    found = view.query(f"SELECT {columns} FROM core.schedule_link ORDER BY successor_id, predecessor_id")
    assert found == [
        ("ROAD/A1010", "A1010", "FS", 0, "elapsed", "ROAD"),
        ("A1010", "A1100", "FS", 0, "elapsed", None),
        ("A1010", "A1110", "SS", 57600, "elapsed", None),
        ("A1010", "A1120", "FF", -16200, "elapsed", None),
        ("A1010", "A1130", "SF", 0, "elapsed", None),
        ("proj_id 9/task_id 999", "A1140", "FS", 0, "elapsed", "proj_id 9"),
        ("task_id 998", "A1140", "FS", 0, "elapsed", None),
    ]
    assert "links from tasks that the file does not hold: 2" in loaded["xer_link"].assumptions


def test_calendars_stand_once_for_each_schedule(view: Desk, loaded: dict[str, LoadResult]) -> None:
    found = view.query("SELECT schedule_id, calendar, is_default FROM core.schedule_calendar ORDER BY 1, 2")
    assert found == [(name, "5 days (1)", True) for name in ("BRIDGE", "BRIDGE - B1", "ROAD")]
    [(days,)] = view.query("SELECT DISTINCT calendar_exceptions FROM core.schedule_calendar")
    # Day 46113 of a count whose day 1 is the last of 1899.
    assert json.loads(str(days)) == [
        {"from": "2026-04-01", "to": "2026-04-01", "times": []},
        {"from": "2026-04-02", "to": "2026-04-02", "times": [["08:00", "24:00"]]},
    ]
    assert any(
        note == "calendars of resources, which bear their names, stay in the archived file: 1"
        for note in loaded["xer_calendar"].assumptions
    )
    assert not any("Ann Berg" in str(row) for row in view.query("SELECT * FROM core.schedule_calendar"))


@pytest.mark.slow
def test_the_same_file_changes_nothing_and_a_later_one_is_a_new_state(view: Desk) -> None:
    text = xer([xer_task(1)]).replace("BRIDGE", "DAM")
    load(view, text.encode(), "june.xer")
    assert {result.state for result in load(view, text.encode(), "renamed.xer").values()} == {"unchanged"}
    later = load(view, text.replace("2026-06-30 00:00", "2026-07-31 00:00").encode(), "july.xer")
    assert later["xer_task"].rows["added"] == 1
    found = view.query("SELECT status_date FROM core.schedule_task WHERE schedule_id = 'DAM' ORDER BY 1")
    assert found == [(date(2026, 6, 30),), (date(2026, 7, 31),)]


@pytest.mark.slow
def test_explained_column_by_column_and_traced_to_its_line(view: Desk, loaded: dict[str, LoadResult]) -> None:
    # Another option, so that the file is read again.
    options = IngestOptions(dry_run=True, date_order="dmy")
    results = list(ingest_files(view.workspace, [view.folder / "plan.xer"], options, view.edges))
    read = {c.column: c for result in results if isinstance(result, LoadResult) for c in result.columns}
    duration = read["duration_seconds"]
    assert (duration.header, duration.found, duration.read_as) == ("target_drtn_hr_cnt", "40.5", "145800.000")
    written = write_corrections(view.workspace, view.folder / "rejects.xlsx", view.edges)
    assert [len(sheet.rows) for sheet in written.sheets if sheet.file.endswith("plan.xer")] == [1, 1]
    assert written.left_out == []


def test_without_a_data_date_it_is_asked_once(view: Desk) -> None:
    path = view.folder / "undated.xer"
    path.write_text(xer([xer_task(1)]).replace("2026-06-30 00:00", ""))
    [question] = view.load_all(path)
    assert isinstance(question, PmoError)
    assert "which date does this schedule speak of" in question.message


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
def test_names_are_read_in_the_encoding_of_the_file(tmp_path: Path, encoding: str) -> None:
    [row] = tables_of(tmp_path, xer([xer_task(1, task_name="Brücke bauen")]).encode(encoding), "a.xer")["xer_task"]
    assert row["task_name"] == "Brücke bauen"


def test_rows_stand_on_the_lines_of_the_file_and_go_on_over_several(tmp_path: Path) -> None:
    text = xer([xer_task(1), xer_task(2, create_user="ann\r\nberg"), xer_task(3)])
    rows = tables_of(tmp_path, text, "a.xer")["xer_task"]
    lines = text.split("\n")
    assert [lines[int(row["line"]) - 1].split("\t")[9] for row in rows] == ["A1010", "A1020", "A1030"]
    assert rows[1]["create_user"] == "ann\nberg"


def test_a_row_of_very_many_lines_is_read_at_once(tmp_path: Path) -> None:
    text = xer([xer_task(1, create_user="\r\n".join(["x" * 50] * 100_000))])
    [row] = tables_of(tmp_path, text, "a.xer")["xer_task"]
    assert row["create_user"].count("\n") == 99_999


def test_a_row_may_lack_its_last_cells_but_none_may_stand_beside_the_fields(view: Desk) -> None:
    text = xer([xer_task(1), xer_task(2)], projects=[{**ROAD, "proj_id": 1, "proj_short_name": "WALL"}])
    short = text.replace("\t\tann.berg", "", 1)
    wide = short.replace("ann.berg\r\n", "ann.berg\tmore\r\n")
    result = load(view, wide.encode(), "wide.xer")["xer_task"]
    assert (result.rows["added"], [reject.rule for reject in result.rejects]) == (1, ["beside"])


def test_a_table_told_in_parts_keeps_every_field(tmp_path: Path) -> None:
    more = "%T\tTASK\r\n%F\ttask_id\tproj_id\ttask_code\tcolour\r\n%R\t102\t1\tA1020\tred\r\n"
    first, second = tables_of(tmp_path, xer([xer_task(1)]).replace("%E", more + "%E"), "a.xer")["xer_task"]
    assert (first["task_code"], first["colour"]) == ("A1010", "")
    assert (second["task_code"], second["colour"], second["project.proj_short_name"]) == ("A1020", "red", "BRIDGE")


def test_work_breakdown_that_goes_in_circles_ends(tmp_path: Path) -> None:
    text = xer([xer_task(1)]).replace("\t9999\r\n", "\t11\r\n")
    [row] = tables_of(tmp_path, text, "a.xer")["xer_task"]
    assert row["wbs.path"] == "BRIDGE.Deck"


# The names of tasks in a public test file of Primavera say what it showed for them.
@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"complete_pct_type": "CP_Drtn", "target_drtn_hr_cnt": "800", "remain_drtn_hr_cnt": "600"}, "25.0000"),
        ({"complete_pct_type": "CP_Drtn", "target_drtn_hr_cnt": "3", "remain_drtn_hr_cnt": "2"}, "33.3333"),
        ({"complete_pct_type": "CP_Drtn", "target_drtn_hr_cnt": "8", "remain_drtn_hr_cnt": "9"}, "0.0000"),
        ({"complete_pct_type": "CP_Drtn", "target_drtn_hr_cnt": "0", "remain_drtn_hr_cnt": "0"}, ""),
        ({"complete_pct_type": "CP_Drtn", "target_drtn_hr_cnt": "8", "status_code": "TK_Complete"}, "100"),
        ({"complete_pct_type": "CP_Units", "act_work_qty": "25", "remain_work_qty": "75"}, "25.0000"),
        ({"complete_pct_type": "CP_Units", "act_work_qty": "many", "remain_work_qty": "75"}, ""),
        ({"complete_pct_type": "CP_Phys", "phys_complete_pct": "75", "status_code": "TK_NotStart"}, "75"),
        ({}, ""),
    ],
)
def test_percent_complete_is_by_the_type_of_the_task(row: dict[str, str], expected: str) -> None:
    assert percent_complete(row) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no calendar bracket opens at character 1"),
        ("(0||CalendarData()(", "brackets do not close at character 20"),
        ("(0||Other()())", "there is not one calendar"),
        ("(0||CalendarData()())x", "there is not one calendar"),
        ("(0||CalendarData()((0||DaysOfWeek()((0||8()())))))", "'8' is no weekday"),
        ("(0||CalendarData()((0||DaysOfWeek()((0||1()((0||0(s|25:00|f|26:00)())))))))", "'25:00' is no time of day"),
        ("(0||CalendarData()((0||Exceptions()((0||0(d|99999999)())))))", "'99999999' is no number of a day"),
        ("(0||a()" * 9999, "brackets do not close at character 9"),
        ("(0||a()(" * 9999, "no calendar bracket opens"),
    ],
)
def test_what_is_wrong_with_a_calendar_is_told(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told.replace("(", "\\(")):
        primavera_calendar(text)


@given(st.integers(0, len(xer_calendar("(d|46113)()"))), st.text(alphabet="()|0sdf:1\t\x7f", max_size=3))
def test_a_calendar_is_whole_or_refused(at: int, put: str) -> None:
    text = xer_calendar("(d|46113)()")
    try:
        week, _ = primavera_calendar(text[:at] + put + text[at + 1 :])
    except ValueError:
        return
    assert set(week) <= set("1234567")


def test_a_file_without_tasks_is_told_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no schedule"):
        tables_of(tmp_path, "ERMHDR\t8.4\n%T\tOBS\n%F\tobs_id\n%R\t1\n%E\n", "a.xer")
