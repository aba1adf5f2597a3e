"""Tables of the page on the audit: verdicts, findings, waivers, schedules, maturity, and rules that cannot be read."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.governance.audit_standing import ALL_PROJECTS, NOT_AUDITED, AuditStanding
from pmo_analytics.governance.audit_states import FAILED, NO_EVIDENCE, WAIVED
from pmo_analytics.governance.dcma import FAILED as POINT_FAILED
from pmo_analytics.governance.dcma import INDEX
from pmo_analytics.governance.finding_standing import OVERDUE
from pmo_analytics.reporting.figure_table import Cell, Column, Row, TableFigures, figure_table, is_missing
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.references import Shown

_MOST, _MOST_POINTS, _MOST_OFFENCES = 60, 84, 30
_ALL = "the page's workbook has all."
_COUNT, _SHARE, _TEXT, _ONE, _TWO = (
    Shown("number"),
    Shown("percent"),
    Shown("text"),
    Shown("number", (1,)),
    Shown("number", (2,)),
)
_VERDICTS = {FAILED: "a hard gate", NO_EVIDENCE: "of a hard gate"}
_COUNTS = (
    (AuditStanding.hard_gate_count, "Hard gates"), (AuditStanding.failed_count, "Failed"),
    (AuditStanding.no_evidence_count, "No evidence"), (AuditStanding.waived_count, "Waived"),
    (AuditStanding.passed_count, "Passed"), (AuditStanding.open_finding_count, "Findings"),
)  # fmt: skip
# What the other counts are of stands in the list of findings and in the map; each that opens takes seconds.
_OPENED = {AuditStanding.hard_gate_count, AuditStanding.open_finding_count}


def verdict_table(standing: pd.DataFrame) -> Fragment:
    """The verdict on each project and what it is made of, from `AuditStanding`, worst first."""
    figures = TableFigures("verdict", standing, (AuditStanding.project_id,))
    asked = standing[standing[AuditStanding.verdict] != NOT_AUDITED]
    rows = [
        [
            _project(row),
            figures.cell(row, AuditStanding.verdict, _TEXT, is_off=row["verdict"] in {FAILED, NO_EVIDENCE},
                         sub=_VERDICTS.get(row["verdict"], "")),
            *(
                figures.cell(row, column, _COUNT) if column in _OPENED else Cell(numerals.number(row[column]))
                for column, _ in _COUNTS
            ),
            figures.cell(row, AuditStanding.passed_share, _SHARE),
        ]
        for row in asked.head(_MOST).to_dict("records")
    ]  # fmt: skip
    labels = [*(label for _, label in _COUNTS), "Share passed"]
    return figure_table(
        "verdicts", "Verdicts by project",
        [Column("Project"), Column("Verdict"), *(Column(label, is_number=True) for label in labels)], rows,
        figures=figures, data=standing, left_out=max(0, len(asked) - _MOST), all_of=_ALL,
        note="A hard gate that failed, or of which nothing is known, decides the verdict alone: the share of rules "
        "passed stands beside it and covers nothing. Counts are of rules, findings of their items." if rows else "",
        absent="No rule asks anything of a project.", remedy="Fill registers/project.csv and load it.",
    )  # fmt: skip


def findings_table(findings: pd.DataFrame, recorded: pd.DataFrame) -> Fragment:
    """What the rules found and is not waived, with owner, day and age, from `AuditFindings` and `FindingStanding`."""
    figures = TableFigures("finding", findings, ("project_id", "finding_id"))
    known = {row["finding_id"]: row for row in recorded.to_dict("records")}
    shown = findings[findings["check_state"] != WAIVED]
    rows = [_finding(row, known.get(row["finding_id"]), figures) for row in shown.head(_MOST).to_dict("records")]
    labels = ("Project", "Rule", "Found", "Severity", "Owner", "Due", "Age, days")
    return figure_table(
        "findings", "Open findings", [Column(label, is_number=label == "Age, days") for label in labels], rows,
        figures=figures, data=findings, left_out=max(0, len(shown) - _MOST), all_of=_ALL,
        note="Owner, day and age are those recorded by `pmo audit --record` before this version was loaded; what was "
        "not recorded has the role and the days of its rule. Marked: hard gates, and what is overdue." if rows else "",
        absent="No rule finds anything.",
    )  # fmt: skip


def waiver_table(findings: pd.DataFrame) -> Fragment:
    """What is waived, by whom and until when, the first to expire first, from `AuditFindings`."""
    waived = findings[findings["check_state"] == WAIVED].sort_values(["expires_on_date", "project_id", "rule_id"])
    figures = TableFigures("waived", findings, ("project_id", "finding_id"))
    rows = [
        [
            _project(row), Cell(str(row["title"]), id=str(row["rule_id"])),
            figures.cell(row, "reason", _TEXT, sub=_item(row)), Cell(_known(row["approver_id"])),
            figures.cell(row, "expires_on_date", Shown("day")),
        ]
        for row in waived.head(_MOST).to_dict("records")
    ]  # fmt: skip
    return figure_table(
        "waived", "Waived until a day",
        [Column("Project"), Column("Rule"), Column("Found"), Column("Approved by"), Column("Until", is_number=True)],
        rows, figures=figures, data=waived, left_out=max(0, len(waived) - _MOST), all_of=_ALL,
        note="Found all the same, and open again on the day after." if rows else "",
        absent="Nothing that was found is waived.", remedy="",
    )  # fmt: skip


def dcma_table(points: pd.DataFrame) -> Fragment:
    """The 14 points of each schedule, from `DcmaPoints`."""
    figures = TableFigures("dcma", points, ("schedule_id", "dcma_point"))
    rows = [
        [
            Cell(str(row["schedule_id"])), Cell(f"{row['position']}. {row['dcma_point']}"),
            figures.cell(row, "counted_count", _COUNT), figures.cell(row, "checked_count", _COUNT),
            figures.cell(row, "figure", _TWO if row["unit"] == INDEX else Shown("number", (1,), behind="\u00a0%")),
            Cell(_limit(row)),
            Cell(str(row["verdict"]), sub=_known(row["quality_note"], ""), is_off=row["verdict"] == POINT_FAILED),
        ]
        for row in points.head(_MOST_POINTS).to_dict("records")
    ]  # fmt: skip
    labels = ("Schedule", "Point", "Counted", "Of", "Figure", "Limit", "Verdict")
    return figure_table(
        "dcma", "Schedules by the 14 points of the DCMA",
        [Column(label, is_number=label in {"Counted", "Of", "Figure"}) for label in labels], rows, figures=figures,
        data=points, left_out=max(0, len(points) - _MOST_POINTS), all_of=_ALL,
        note="Without summaries, levels of effort and inactive tasks, as of its own data date." if rows else "",
        absent="No schedule is loaded.", remedy="Load schedules of Microsoft Project (XML) or Primavera P6 (XER).",
    )  # fmt: skip


def offence_table(offences: pd.DataFrame) -> Fragment:
    """The activities and links that points count against a schedule, from `DcmaOffences`."""
    figures = TableFigures("offence", offences, ("schedule_id", "dcma_point", "task_id", "predecessor_id"))
    rows = [
        [
            Cell(str(row["schedule_id"])), Cell(f"{row['position']}. {row['dcma_point']}"),
            Cell(_known(row["name"], str(row["task_id"])), id=str(row["task_id"])), Cell(_known(row["predecessor_id"])),
            figures.cell(row, "reason", _TEXT),
        ]
        for row in offences.head(_MOST_OFFENCES).to_dict("records")
    ]  # fmt: skip
    return figure_table(
        "offences", "What counts against a schedule",
        [Column(label) for label in ("Schedule", "Point", "Activity", "After", "What")], rows, figures=figures,
        data=offences, left_out=max(0, len(offences) - _MOST_OFFENCES), all_of=_ALL,
        absent="No activity or link counts against a schedule.", remedy="",
    )  # fmt: skip


def maturity_table(maturity: pd.DataFrame) -> Fragment:
    """Maturity that data show beside the one stated, from `MaturityByPerspective`: of all, and where stated."""
    figures = TableFigures("maturity", maturity, ("subject_id", "perspective"))
    is_shown = (maturity["subject_id"] == ALL_PROJECTS) | maturity["stated_level"].notna()
    shown = maturity[is_shown].assign(is_part=lambda rows: rows["subject_id"] != ALL_PROJECTS)
    ordered = shown.sort_values(["is_part", "subject_id", "perspective"])
    rows = [
        [
            Cell(str(row["subject_id"])), Cell(str(row["perspective"])), figures.cell(row, "maturity_level", _COUNT),
            figures.cell(row, "passed_share", _SHARE), figures.cell(row, "rule_count", _COUNT),
            figures.cell(row, "stated_level", _COUNT),
            figures.cell(row, "level_difference", Shown("signed", (0,)),
                         is_off=not is_missing(row["level_difference"]) and row["level_difference"] > 1),
        ]
        for row in ordered.head(_MOST).to_dict("records")
    ]  # fmt: skip
    labels = ("Level by data", "Share passed", "Checks", "Level stated", "Stated less data")
    return figure_table(
        "maturity", "Maturity by perspective, by data and as stated",
        [Column("Of"), Column("Perspective"), *(Column(label, is_number=True) for label in labels)], rows,
        figures=figures, data=maturity, left_out=max(0, len(ordered) - _MOST), all_of=_ALL,
        note="Level 2 from 40 % of checks passed, 3 from 60 %, 4 from 80 %, 5 from 95 %; 1 where a hard gate failed; "
        "none below three checks. The workbook has every project and portfolio." if rows else "",
        absent="No rule asks anything of a project.", remedy="",
    )  # fmt: skip


def fault_table(faults: pd.DataFrame) -> Fragment:
    """Rules that cannot be read and waivers that lift nothing, from `AuditFaults`."""
    figures = TableFigures("fault", faults, ("rule_id", "project_id", "finding"))
    rows = [
        [
            Cell(str(row["rule_id"])),
            Cell(_known(row["project_id"])),
            Cell(str(row["finding"])),
            Cell(str(row["remedy"])),
        ]
        for row in faults.head(_MOST).to_dict("records")
    ]
    return figure_table(
        "faults", "Rules and waivers that do not hold",
        [Column("Rule"), Column("Project"), Column("What is wrong", is_remark=True), Column("To do", is_remark=True)],
        rows, figures=figures, data=faults, left_out=max(0, len(faults) - _MOST), all_of=_ALL,
        note="All other rules were held as they stand." if rows else "",
        absent="Every rule can be read, and every waiver states its rule and its day.", remedy="",
    )  # fmt: skip


def _finding(row: Row, recorded: dict[Any, Any] | None, figures: TableFigures) -> list[Cell]:
    is_known = recorded is not None and recorded["finding_state"] not in {"cleared", "waived"}
    of: dict[Any, Any] = recorded if recorded is not None and is_known else dict(row)
    is_late = is_known and of["finding_state"] == OVERDUE
    due = numerals.day(of["due_date"]) if is_known else f"in {numerals.number(row['within_days'])} days"
    hard = "hard gate" if row["is_hard_gate"] else ""
    return [
        _project(row),
        Cell(str(row["title"]), id=str(row["rule_id"])),
        figures.cell(row, "reason", _TEXT, sub=_item(row)),
        Cell(str(row["severity"]), sub=hard, is_off=bool(row["is_hard_gate"])),
        Cell(str(of["owner_role"]), sub=_known(of["owner_id"], "")),
        Cell(due, sub="overdue" if is_late else "", is_off=is_late),
        Cell(numerals.number(of["age_days"]) if is_known else numerals.MISSING),
    ]


def _project(row: Row) -> Cell:
    return (
        Cell(str(row["project_id"])) if is_missing(row["name"]) else Cell(str(row["name"]), id=str(row["project_id"]))
    )


def _item(row: Row) -> str:
    return _known(row["found_item"], "")


def _known(value: Any, missing: str = numerals.MISSING) -> str:
    return missing if is_missing(value) else str(value)


def _limit(row: Row) -> str:
    side = "at most" if row["is_most"] else "at least"
    number = numerals.number(row["threshold"], 2 if row["unit"] == INDEX else 0)
    return f"{side} {number}" + ("" if row["unit"] == INDEX else "\u00a0%")


def health_table(months: pd.DataFrame, standing: pd.DataFrame) -> Fragment:
    """The verdict on each project at each month's end, from `AuditStanding` rows with their period_month."""
    figures = TableFigures("verdict-now", standing, (AuditStanding.project_id,))
    order = sorted(months["period_month"].unique()) if len(months) else []
    by_place = {(row["project_id"], row["period_month"]): row for row in months.to_dict("records")}
    asked = standing[standing[AuditStanding.verdict] != NOT_AUDITED].head(_MOST)
    rows = []
    for row in asked.to_dict("records"):
        cells = [by_place.get((row["project_id"], each)) for each in order]
        told = [
            Cell(numerals.MISSING)
            if each is None
            else Cell(str(each["verdict"]), sub=f"{numerals.number(each['open_finding_count'])} open")
            for each in cells
        ]
        first, last = (each for each in (cells[0], cells[-1])) if cells else (None, None)
        rows.append([_project(row), *told, Cell(_course(first, last))])
    labels = [numerals.month(each) for each in order]
    return figure_table(
        "health", "Health by month", [Column("Project"), *(Column(label) for label in labels), Column("Findings")],
        rows, figures=figures, data=months,
        note="Each month's end audited by today's rules, on what this version knows of it." if rows else "",
        absent="No rule asks anything of a project.", remedy="",
    )  # fmt: skip


def _course(first: dict[Any, Any] | None, last: dict[Any, Any] | None) -> str:
    """How the number of findings moved, in words."""
    if first is None or last is None:
        return numerals.MISSING
    moved = int(last["open_finding_count"]) - int(first["open_finding_count"])
    return "unchanged" if not moved else f"{numerals.number(abs(moved))} {'fewer' if moved < 0 else 'more'}"
