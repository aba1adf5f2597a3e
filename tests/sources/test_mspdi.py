"""Microsoft Project XML: what becomes of tasks, links and calendars, on schedules written here."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pmo_analytics.errors import PmoError, QuestionError
from pmo_analytics.ingest import IngestOptions, LoadResult, ingest_files
from pmo_analytics.workspace import Workspace
from tests.exports import Desk, balances
from tests.schedule_texts import calendar, link, members, mspdi, tables_of, task, working

# Relation codes and formats as Microsoft documents Type and LagFormat; 4800 tenths of a minute are 8 hours.
LINKS = [
    ({"Type": 0}, ("FF", 0, None, None)),
    ({"Type": 1}, ("FS", 0, None, None)),
    ({"Type": 2}, ("SF", 0, None, None)),
    ({"Type": 3}, ("SS", 0, None, None)),
    ({"LinkLag": 4800}, ("FS", 28800, None, None)),
    ({"LinkLag": -2400}, ("FS", -14400, None, None)),
    ({"LinkLag": 14400, "LagFormat": 8}, ("FS", 86400, None, "elapsed")),
    ({"LinkLag": 50, "LagFormat": 19}, ("FS", None, 50, None)),
    ({"LinkLag": -25, "LagFormat": 51}, ("FS", None, -25, None)),
    ({"LinkLag": 50, "LagFormat": 20}, ("FS", None, 50, "elapsed")),
]
TYPES: list[tuple[dict[str, object], str]] = [
    ({}, "task"),
    ({"Milestone": 1}, "milestone"),
    ({"Summary": 1, "Milestone": 1}, "summary"),
    ({"ExternalTask": 1}, "external"),
    ({"Active": 0, "Summary": 1}, "inactive"),
]
FIRST = task(
    7, Name="Raise &lt;deck&gt;", WBS="1.2", Duration="PT7H30M0S", RemainingDuration="PT3H0M0.5S", PercentComplete=60,
    ActualStart="2026-06-01T08:00:00", TotalSlack=4800, Critical=0, ConstraintType=4,
    ConstraintDate="2026-06-01T08:00:00", Contact="Ann Berg", Notes="mind the&#10;wind",
    Baseline=members(Number=0, Start="2026-05-20T08:00:00", Finish="2026-05-20T17:00:00"),
)  # fmt: skip
BLANK = "<Task><UID>3</UID><ID>3</ID><IsNull>1</IsNull></Task>"
UNTYPED = "<PredecessorLink><PredecessorUID>7</PredecessorUID></PredecessorLink>"
OUTSIDE = link(-1, CrossProject=1, CrossProjectName="C:\\plans\\road.mpp\\12")
SPAN = "<TimePeriod><FromDate>2026-12-24T00:00:00</FromDate><ToDate>2026-12-26T23:59:00</ToDate></TimePeriod>"
HALF = "<TimePeriod><FromDate>2026-12-31T00:00:00</FromDate><ToDate>2026-12-31T23:59:00</ToDate></TimePeriod>"
EXCEPTIONS = (
    f"<Exceptions><Exception>{SPAN}<Name>Year's end</Name><Type>1</Type><DayWorking>0</DayWorking></Exception>"
    f"<Exception>{HALF}<Type>1</Type><DayWorking>1</DayWorking>{working('08:00-12:00')}</Exception>"
    f"<Exception>{SPAN}<Type>2</Type><Month>11</Month><MonthDay>24</MonthDay><DayWorking>0</DayWorking></Exception>"
    "</Exceptions>"
)
CALENDARS = [
    calendar(1, "Standard", EXCEPTIONS),
    calendar(2, "Late").replace("17:00:00", "00:00:00"),
    calendar(3, "Ann Berg", is_base=0),
    calendar(4, "Broken").replace("08:00:00", "ten to eight"),
]
WHOLE = mspdi(
    [
        task(0), FIRST, BLANK, *(task(20 + n, **values) for n, (values, _) in enumerate(TYPES)),
        *(task(40 + n, [link(7, **values)]) for n, (values, _) in enumerate(LINKS)),
        task(60, [UNTYPED, OUTSIDE, link(99), link(7, Type=9)], CalendarUID=2), task(61, Duration="PT8X"),
    ],
    CALENDARS,
)  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("mspdi"))
    (desk.workspace.root / "pmo.toml").write_text('time_zone = "Europe/Berlin"\n')
    desk.workspace = Workspace.find(desk.workspace.root)
    return desk


@pytest.fixture(scope="module")
def loaded(desk: Desk) -> dict[str, LoadResult]:
    return load(desk, WHOLE)


def load(desk: Desk, text: str, name: str = "plan.xml", **options: object) -> dict[str, LoadResult]:
    """Load a schedule; what became of each of its tables."""
    path = desk.folder / name
    path.write_bytes(text.encode())
    found: dict[str, LoadResult] = {}
    for result in ingest_files(desk.workspace, [path], IngestOptions(**options), desk.edges):  # type: ignore[arg-type]
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
        "mspdi_calendar": {"added": 2, "rejected": 1},
        "mspdi_task": {"added": 18, "rejected": 1, "set_aside": 1},
        "mspdi_link": {"added": 13, "rejected": 1},
    }


def test_rejects_name_line_column_and_what_was_expected(loaded: dict[str, LoadResult]) -> None:
    lines = dict(enumerate(WHOLE.split("\n"), start=1))
    rejects = [reject for result in loaded.values() for reject in result.rejects]
    told = {(r.column, r.value, r.expected, lines[r.source_line].partition(">")[0]) for r in rejects}
    assert told == {
        ("WeekDays", "'ten to eight' is no time of day", "data that are whole, with every bracket closed", "<Calendar"),
        ("Duration", "PT8X", "a duration such as PT7H30M0S", "<Task"),
        ("Type", "9", "one of 0, 1, 2, 3", "<PredecessorLink"),
    }  # fmt: skip


def test_a_task_is_read_to_the_last_column(view: Desk) -> None:
    columns = (
        "schedule_id, status_date, project_key, name, wbs, duration_seconds, remaining_duration_seconds, "
        "start_at, finish_at, baseline_start_at, baseline_finish_at, actual_start_at, actual_finish_at, "
        "percent_complete_pct, is_milestone, is_critical, calendar, task_type, total_float_seconds, constraint_type, "
        "constraint_at"
    )
    # Times in Berlin in summer are two hours ahead of UTC.
    assert view.query(f"SELECT {columns} FROM core.schedule_task WHERE task_id = '7'") == [
        (
            "G-1", date(2026, 6, 30), "Bridge", "Raise <deck>", "1.2", Decimal("27000"), Decimal("10800.5"),
            datetime(2026, 6, 1, 6), datetime(2026, 6, 1, 15), datetime(2026, 5, 20, 6), datetime(2026, 5, 20, 15),
            datetime(2026, 6, 1, 6), None, Decimal("60"), False, False, "Standard", "task", Decimal("28800"),
            "start_no_earlier_than", datetime(2026, 6, 1, 6),
        )
    ]  # fmt: skip
    [(custom,)] = view.query("SELECT custom FROM core.schedule_task WHERE task_id = '7'")
    assert json.loads(str(custom))["Notes"] == ["mind the\nwind"]
    assert "Ann Berg" not in str(custom)


def test_what_would_count_twice_is_kept_apart(view: Desk) -> None:
    found = view.query("SELECT task_type FROM core.schedule_task WHERE task_id BETWEEN '20' AND '29' ORDER BY task_id")
    assert [kind for (kind,) in found] == [kind for _, kind in TYPES]
    assert view.query("SELECT task_type FROM core.schedule_task WHERE task_id = '0'") == [("summary",)]


def test_relations_and_lags(view: Desk) -> None:
    columns = "successor_id, relation, lag_seconds, lag_pct, lag_calendar"
    found = view.query(f"SELECT {columns} FROM core.schedule_link WHERE successor_id < '60' ORDER BY successor_id")
    assert found == [(f"{40 + n}", *expected) for n, (_, expected) in enumerate(LINKS)]


def test_predecessors_untyped_outside_and_unknown(view: Desk, loaded: dict[str, LoadResult]) -> None:
    columns = "predecessor_id, predecessor_schedule_id, relation, lag_seconds"
    found = view.query(f"SELECT {columns} FROM core.schedule_link WHERE successor_id = '60' ORDER BY predecessor_id")
    assert found == [
        ("7", None, "FS", 0),
        ("99", None, "FS", 0),
        ("C:\\plans\\road.mpp/12", "C:\\plans\\road.mpp", "FS", 0),
    ]
    assert "links from tasks that the file does not hold: 2" in loaded["mspdi_link"].assumptions


def test_calendars_hold_working_times_and_exceptions(view: Desk, loaded: dict[str, LoadResult]) -> None:
    assert view.query("SELECT calendar FROM core.schedule_task WHERE task_id = '60'") == [("Late",)]
    shown = "calendar, is_default, working_week, calendar_exceptions"
    late, standard = view.query(f"SELECT {shown} FROM core.schedule_calendar ORDER BY 1")
    assert (late[:2], standard[:2]) == (("Late", False), ("Standard", True))
    noon = [["08:00", "12:00"], ["13:00", "17:00"]]
    assert json.loads(str(standard[2])) == {"1": noon, "2": noon, "3": noon, "4": noon, "5": noon, "6": [], "7": []}
    assert json.loads(str(late[2]))["1"] == [["08:00", "12:00"], ["13:00", "24:00"]]
    holidays, last, recurring = json.loads(str(standard[3]))
    assert holidays == {"from": "2026-12-24", "to": "2026-12-26", "times": [], "name": "Year's end"}
    assert last == {"from": "2026-12-31", "to": "2026-12-31", "times": [["08:00", "12:00"]], "name": ""}
    assert recurring["recurs"] == {"Type": "2", "Month": "11", "MonthDay": "24"}
    assert any(
        note == "calendars of resources, which bear their names, stay in the archived file: 1"
        for note in loaded["mspdi_calendar"].assumptions
    )


@pytest.mark.slow
def test_the_same_file_changes_nothing_and_a_later_one_is_a_new_state(view: Desk) -> None:
    text = mspdi([task(1)], GUID="G-2")
    load(view, text, "june.xml")
    again = load(view, text, "renamed.xml")
    assert {result.state for result in again.values()} == {"unchanged"}
    later = load(view, text.replace("2026-06-30T17", "2026-07-31T17"), "july.xml")
    assert later["mspdi_task"].rows["added"] == 1
    for month, day in (("2026-06", 30), ("2026-07", 31)):
        with view.warehouse.at(month) as seen:
            found = seen.rows("SELECT status_date FROM core.schedule_task WHERE schedule_id = 'G-2'")[1]
        assert found == [(date(2026, int(month[-1]), day),)]


@pytest.mark.slow
def test_without_a_status_date_it_is_asked_once(view: Desk) -> None:
    path = view.folder / "undated.xml"
    path.write_text(
        mspdi([task(1), task(2, [link(1)])], StatusDate=None, CurrentDate="2026-07-02T08:00:00", GUID="G-3")
    )
    [question] = view.load_all(path)
    assert isinstance(question, QuestionError)
    assert question.found == "its current date was 2026-07-02 when it was saved"
    load(view, path.read_text(), "undated.xml", status_date=date(2026, 7, 1), dry_run=True)


def test_what_is_told_of_the_project_may_stand_behind_its_tasks(tmp_path: Path) -> None:
    text = mspdi([task(1)])
    head = text.split("\n")[2]
    [row] = tables_of(tmp_path, text.replace(head + "\n", "").replace("</Project>", head + "</Project>"), "a.xml")[
        "mspdi_task"
    ]
    assert [row[n] for n in ("Project.Identifier", "Project.StatusDate", "Calendar")] == [
        "G-1",
        "2026-06-30T17:00:00",
        "Standard",
    ]


def test_rows_stand_on_the_lines_of_the_file_where_each_has_one(tmp_path: Path) -> None:
    text = mspdi([task(1), task(2, [link(1)]), task(3)])
    lines = text.split("\n")
    for name, begins in (("mspdi_task", "<Task>"), ("mspdi_link", "<PredecessorLink>")):
        assert all(lines[int(row["line"]) - 1].startswith(begins) for row in tables_of(tmp_path, text, "a.xml")[name])
    assert [row["line"] for row in tables_of(tmp_path, text.replace("\n", ""), "a.xml")["mspdi_task"]] == [
        "2",
        "3",
        "4",
    ]


@pytest.mark.parametrize(
    ("missing", "expected"),
    [((), "G-1"), (("GUID",), "U-1"), (("GUID", "UID"), "bridge.mpp"), (("GUID", "UID", "Name"), "")],
)
def test_the_schedule_is_known_by_guid_then_uid_then_name(
    tmp_path: Path, missing: tuple[str, ...], expected: str
) -> None:
    text = mspdi([task(1)], **{"UID": "U-1"} | dict.fromkeys(missing))
    [row] = tables_of(tmp_path, text, "a.xml")["mspdi_task"]
    assert row["Project.Identifier"] == expected


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "windows-1252", "ISO-8859-1"])
def test_it_is_read_in_the_encoding_that_it_names(tmp_path: Path, encoding: str) -> None:
    text = mspdi([task(1, Name="Brücke")]).replace('encoding="UTF-8"', f'encoding="{encoding}"')
    [row] = tables_of(tmp_path, text.encode(encoding), "a.xml")["mspdi_task"]
    assert row["Name"] == "Brücke"


def test_own_fields_are_kept_under_the_names_they_were_given(tmp_path: Path) -> None:
    named = (
        "<ExtendedAttribute><FieldID>188</FieldID><FieldName>Text1</FieldName><Alias>Phase</Alias></ExtendedAttribute>"
    )
    own = "<ExtendedAttribute><FieldID>188</FieldID><Value>Design</Value></ExtendedAttribute>"
    text = mspdi([task(1).replace("</Task>", own + "</Task>")])
    text = text.replace("<Calendars>", f"<ExtendedAttributes>{named}</ExtendedAttributes><Calendars>")
    [row] = tables_of(tmp_path, text, "a.xml")["mspdi_task"]
    assert row["ExtendedAttribute.Phase"] == "Design"


def test_a_project_file_in_its_own_format_is_told_how_to_save_it(tmp_path: Path) -> None:
    with pytest.raises(PmoError, match="Microsoft Project's own format is not read"):
        tables_of(tmp_path, b"\xd0\xcf\x11\xe0" + bytes(1000), "plan.mpp")
