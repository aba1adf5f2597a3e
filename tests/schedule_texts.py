"""Small schedules as Microsoft Project and Primavera write them, made of tasks, links and calendars given by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pmo_analytics.ingest.containers import NamedFile
from pmo_analytics.ingest.laying_out import laid_out
from pmo_analytics.sources.recognition import recognise

# Monday to Friday, eight hours around a noon break, as days from Sunday.
DAYS = {day: ("08:00-12:00", "13:00-17:00") if 1 < day < 7 else () for day in range(1, 8)}
PROJECT = {"Name": "bridge.mpp", "GUID": "G-1", "Title": "Bridge", "CalendarUID": "1"}
PROJECT_FIELDS = "proj_id,proj_short_name,clndr_id,last_recalc_date,sum_base_proj_id,critical_drtn_hr_cnt"
TASK_FIELDS = (
    "task_id,proj_id,wbs_id,clndr_id,phys_complete_pct,complete_pct_type,task_type,status_code,task_code,task_name,"
    "total_float_hr_cnt,remain_drtn_hr_cnt,target_drtn_hr_cnt,cstr_date,act_start_date,early_start_date,early_end_date,"
    "target_start_date,target_end_date,cstr_type,create_user"
)
LINK_FIELDS = "task_pred_id,task_id,pred_task_id,proj_id,pred_proj_id,pred_type,lag_hr_cnt"
CALENDAR_FIELDS = "clndr_id,default_flag,clndr_name,proj_id,clndr_type,day_hr_cnt,clndr_data"
Rows = Sequence[Mapping[str, object]]


def tables_of(folder: Path, content: str | bytes, name: str) -> dict[str, list[dict[str, str]]]:
    """The tables of a file, by the source that they are read as: rows of cells by header, and of lines by "line"."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = {}
    with laid_out(NamedFile(path, name), {}) as files:
        for file in files:
            assert file.table
            head, *rows = file.table.records()
            source = recognise([head], file=name, source=None).definition.name
            found[source] = [
                {
                    "line": str(row.line),
                    **dict(zip(head.cells, row.cells, strict=False)),
                    "beside": "".join(row.cells[len(head.cells) :]),
                }
                for row in rows
            ]
    return found


def members(**values: object) -> str:
    """Elements by name; text that begins like XML is taken as it is."""
    return "".join(f"<{name}>{value}</{name}>" for name, value in values.items())


def task(uid: object, links: Sequence[str] = (), **values: object) -> str:
    """A task of eight hours on the first of June, or as `values` say."""
    found = {
        "UID": uid, "ID": uid, "Name": f"Task {uid}", "IsNull": 0, "WBS": uid, "Start": "2026-06-01T08:00:00",
        "Finish": "2026-06-01T17:00:00", "Duration": "PT8H0M0S", "Milestone": 0, "Summary": 0, "Critical": 1,
        "TotalSlack": 0, "PercentComplete": 0, "ConstraintType": 0, "CalendarUID": -1,
    }  # fmt: skip
    return f"<Task>{members(**{**found, **values})}{''.join(links)}</Task>"


def link(predecessor: object, **values: object) -> str:
    """A link from a predecessor, finish to start without a lag or as `values` say."""
    found = {"PredecessorUID": predecessor, "Type": 1, "CrossProject": 0, "LinkLag": 0, "LagFormat": 7}
    return f"<PredecessorLink>{members(**{**found, **values})}</PredecessorLink>"


def calendar(uid: object = 1, name: str = "Standard", within: str = "", *, is_base: int = 1) -> str:
    """A calendar of five days, with more `within` it."""
    days = "".join(weekday(day, *times) for day, times in DAYS.items())
    head = members(UID=uid, Name=name, IsBaseCalendar=is_base)
    return f"<Calendar>{head}<WeekDays>{days}</WeekDays>{within}</Calendar>"


def weekday(day: int, *times: str) -> str:
    """A day of a calendar, 1 is Sunday, with its working times."""
    return f"<WeekDay>{members(DayType=day, DayWorking=int(bool(times)))}{working(*times)}</WeekDay>"


def working(*times: str) -> str:
    """Working times such as 08:00-12:00."""
    spans = (members(FromTime=f"{t[:5]}:00", ToTime=f"{t[6:]}:00") for t in times)
    return f"<WorkingTimes>{''.join(f'<WorkingTime>{span}</WorkingTime>' for span in spans)}</WorkingTimes>"


def mspdi(tasks: Sequence[str], calendars: Sequence[str] = (), *, behind: str = "", **project: object) -> str:
    """A Microsoft Project XML file of one element a line; its status date is the end of June unless it is given."""
    told = {**PROJECT, "StatusDate": "2026-06-30T17:00:00", **project}
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<Project xmlns="http://schemas.microsoft.com/project">',
        members(**{name: value for name, value in told.items() if value is not None}),
        "<Calendars>", *(calendars or [calendar()]), "</Calendars>",
        "<Tasks>", *tasks, "</Tasks>",
        behind,
        "</Project>",
    ]  # fmt: skip
    return "\n".join(line for line in lines if line).replace("><PredecessorLink", ">\n<PredecessorLink") + "\n"


def xer_calendar(*exceptions: str) -> str:
    """The data of a calendar of five days, with exceptions such as `(d|46113)()`."""
    days = "".join(
        f"(0||{day}()({''.join(f'(0||{n}(s|{t[:5]}|f|{t[6:]})())' for n, t in enumerate(times))}))"
        for day, times in DAYS.items()
    )
    others = "".join(f"(0||{n}{text})" for n, text in enumerate(exceptions))
    return f"(0||CalendarData()(\x7f\x7f  (0||DaysOfWeek()({days}))\x7f\x7f  (0||Exceptions()({others}))))"


def xer_task(number: int, project: int = 1, **values: object) -> dict[str, object]:
    """A task of 8 hours on the first of June, or as `values` say."""
    return {
        "task_id": 100 * project + number, "proj_id": project, "wbs_id": 10 * project + 1, "clndr_id": 1,
        "complete_pct_type": "CP_Drtn", "task_type": "TT_Task", "status_code": "TK_NotStart",
        "task_code": f"A{1000 + 10 * number}", "task_name": f"Task {number}", "total_float_hr_cnt": 0,
        "remain_drtn_hr_cnt": 8, "target_drtn_hr_cnt": 8, "early_start_date": "2026-06-01 08:00",
        "early_end_date": "2026-06-01 17:00", "create_user": "ann.berg",
    } | values  # fmt: skip


def xer_link(
    predecessor: int, successor: int, kind: str = "FS", lag: object = 0, **values: object
) -> dict[str, object]:
    """A link between tasks given by their numbers in the file, within project 1 or as `values` say."""
    return {
        "task_pred_id": f"{predecessor}{successor}", "task_id": successor, "pred_task_id": predecessor, "proj_id": 1,
        "pred_proj_id": 1, "pred_type": f"PR_{kind}", "lag_hr_cnt": lag,
    } | values  # fmt: skip


def xer_table(name: str, fields: str, rows: Rows) -> list[str]:
    """The lines of a table."""
    names = fields.split(",")
    told = ["\t".join(["%R", *(str(row.get(each, "")) for each in names)]) for row in rows]
    return [f"%T\t{name}", "\t".join(["%F", *names]), *told]


def xer(tasks: Rows, links: Rows = (), *, projects: Rows = (), calendars: Rows = (), options: Rows = ()) -> str:
    """A Primavera XER file of one project with a calendar of five days, or of those given."""
    bridge = {"proj_id": 1, "proj_short_name": "BRIDGE", "clndr_id": 1, "last_recalc_date": "2026-06-30 00:00"}
    five_days = {
        "clndr_id": 1, "default_flag": "Y", "clndr_name": "5 days", "clndr_type": "CA_Base", "day_hr_cnt": 8,
        "clndr_data": xer_calendar(),
    }  # fmt: skip
    shown = list(projects) or [bridge | {"critical_drtn_hr_cnt": 0}]
    parts = [
        {
            "wbs_id": 10 * int(str(p["proj_id"])) + n,
            "proj_id": p["proj_id"],
            "wbs_short_name": name,
            "parent_wbs_id": up,
        }
        for p in shown
        for n, name, up in ((0, p["proj_short_name"], 9999), (1, "Deck", 10 * int(str(p["proj_id"]))))
    ]
    lines = [
        "ERMHDR\t20.12\t2026-06-30\tProject\tadmin\tadmin\tdb\tProject Management\tEUR",
        *xer_table("PROJECT", PROJECT_FIELDS + ",critical_path_type", shown),
        *xer_table("CALENDAR", CALENDAR_FIELDS, list(calendars) or [five_days]),
        *xer_table("SCHEDOPTIONS", "schedoptions_id,proj_id,sched_calendar_on_relationship_lag", options),
        *xer_table("PROJWBS", "wbs_id,proj_id,wbs_short_name,parent_wbs_id", parts),
        *xer_table("TASK", TASK_FIELDS, tasks),
        *(xer_table("TASKPRED", LINK_FIELDS, links) if links else []),
        "%E",
    ]
    return "".join(f"{line}\r\n" for line in lines)
