"""The data dictionary: one meaning, one type and one unit for every column name.

A column that occurs in two tables has the same name, type and unit in both.
Types are those of the warehouse; `contracts.base` says how they appear in a
pandas frame. Symbols and standards are those of the field (PMI and ISO 21508
for earned value, Lipke for earned schedule).
"""

from __future__ import annotations

from dataclasses import dataclass

TEXT = "VARCHAR"
DATE = "DATE"
INSTANT = "TIMESTAMP"
SECONDS = "DECIMAL(18,3)"
AMOUNT = "DECIMAL(20,4)"
RATE = "DECIMAL(20,8)"
PERCENT = "DECIMAL(9,4)"
DAYS = "DECIMAL(12,3)"
NUMBER = "DOUBLE"
COUNT = "BIGINT"
FLAG = "BOOLEAN"


@dataclass(frozen=True)
class Term:
    """One entry of the data dictionary."""

    name: str
    sql_type: str
    definition: str
    unit: str = ""
    symbol: str = ""
    standard: str = ""


def _terms(sql_type: str, unit: str, entries: dict[str, str]) -> list[Term]:
    return [Term(name, sql_type, definition, unit) for name, definition in entries.items()]


_EARNED_VALUE = "PMI earned value management; ISO 21508"
_EARNED_SCHEDULE = "Lipke, earned schedule"

_PLAIN: list[Term] = [
    *_terms(
        TEXT,
        "",
        {
            "project_id": "The organisation's identifier of a project.",
            "project_key": "A project as the source system names it, before mapping.",
            "source": "Short name of the system an export came from.",
            "external_key": "An identifier or name as it stands in a source system.",
            "name": "Name of the thing the row describes.",
            "portfolio": "Portfolio a project belongs to.",
            "programme": "Programme a project belongs to.",
            "sponsor_id": "Person who owns the business case.",
            "project_manager_id": "Person who runs the project.",
            "methodology": "Method a project is run by.",
            "category": "Class of project the PMO distinguishes.",
            "size_band": "Size class of a project: small, medium, large.",
            "currency": "ISO 4217 code of the amounts in the row.",
            "stage": "Stage of the life cycle a project is in.",
            "state": "State of the thing the row describes.",
            "rag_status": "Red, amber or green as declared by the project manager.",
            "comment": "Free text.",
            "issue_key": "Key of a Jira issue.",
            "issue_id": "Number of a Jira issue.",
            "issue_type": "Type of a Jira issue.",
            "status": "Status as the source system names it.",
            "status_category": "Status folded to to_do, in_progress or done.",
            "summary": "One-line text of an issue.",
            "priority": "Priority as the source system names it.",
            "assignee_id": "Person an issue is assigned to.",
            "reporter_id": "Person who reported an issue.",
            "parent_key": "Key of the parent issue.",
            "epic_key": "Key of the epic an issue belongs to.",
            "labels": "Labels, joined by a comma and a space.",
            "components": "Components, joined by a comma and a space.",
            "fix_versions": "Fix versions, joined by a comma and a space.",
            "custom": "Columns of the export that have no column here, as JSON.",
            "entry_id": "Identifier of a timesheet entry, made from its content where the source has none.",
            "person_id": "Random token that stands for a person.",
            "merged_into_id": "Person token that this token is another name for.",
            "activity": "Kind of work an entry was booked on.",
            "description": "Free text of an entry or item.",
            "calendar_id": "Identifier of a working calendar.",
            "item_id": "Identifier of an estimated work item.",
            "work_class": "Class of work that estimates are compared within.",
            "baseline_version": "Identifier of a version of the time-phased plan.",
            "role_or_person_id": "Role name, or person, an hourly rate holds for.",
            "role": "Role of a person.",
            "team": "Team a person or row belongs to.",
            "department": "Department a team belongs to.",
            "lead_id": "Person who leads a team.",
            "grade": "Grade of a person.",
            "location": "Place of work.",
            "email": "Contact address of a person.",
            "kind": "Kind of the thing the row describes.",
            "quality_note": "Why a row's figures are missing or should be read with care; empty when sound.",
            "load_id": "Load that brought the row in.",
            "ledger_entry_id": "Identifier of a posting, made from its place where the source has none.",
            "wbs_element": "Element of the work breakdown structure a posting is charged to.",
            "cost_element": "Cost element of a posting.",
            "account": "Account of a ledger or of a timesheet system.",
            "fiscal_year": "Fiscal year of a posting, as the ledger writes it.",
            "period": "Fiscal period of a posting, as the ledger writes it.",
            "local_currency": "ISO 4217 code of the company's or object's own currency.",
            "reporting_currency": "ISO 4217 code of the group's currency.",
            "document_type": "Kind of accounting document.",
            "document_number": "Number of an accounting document.",
            "partner": "Other side of an internal posting.",
            "vendor": "Supplier of a posting.",
            "posted_by_id": "Person who made a posting.",
        },
    ),
    *_terms(
        DATE,
        "date",
        {
            "status_date": "Date a report or a register's row speaks of.",
            "baseline_start_date": "Start in the approved baseline.",
            "baseline_finish_date": "Finish in the approved baseline.",
            "forecast_finish_date": "Finish as forecast by the project manager.",
            "due_date": "Date something is due.",
            "work_date": "Day the work was done.",
            "absence_date": "Day of absence.",
            "calendar_date": "Day of a working calendar.",
            "estimated_on_date": "Day an estimate was made.",
            "finished_on_date": "Day an item was finished.",
            "period_month": "First day of the month the row speaks of.",
            "baselined_on_date": "Day a baseline was approved.",
            "valid_from_date": "First day a rate holds.",
            "joined_date": "First day of employment.",
            "left_date": "Last day of employment.",
            "posting_date": "Day a posting counts for.",
            "document_date": "Day on the document behind a posting.",
            "reported_on_date": "Status date of the progress report a figure rests on.",
        },
    ),
    *_terms(
        INSTANT,
        "UTC",
        {
            "created_at": "When the issue was created.",
            "updated_at": "When the issue was last changed.",
            "resolved_at": "When the issue was resolved.",
            "started_at": "When the entry's timer started.",
            "ended_at": "When the entry's timer stopped.",
        },
    ),
    *_terms(
        SECONDS,
        "seconds",
        {
            "duration_seconds": "Time worked, absent or available on the row.",
            "original_estimate_seconds": "First estimate of an issue.",
            "remaining_estimate_seconds": "Work left on an issue.",
            "time_spent_seconds": "Time logged on an issue itself, sub-tasks apart.",
            "estimate_seconds": "Estimated effort of an item.",
            "actual_seconds": "Effort an item really took.",
            "billable_seconds": "Time marked billable.",
            "calendar_seconds": "Working time by the calendar and the person's share of full time.",
            "absence_seconds": "Working time lost to absence.",
            "available_seconds": "Calendar time less absence.",
            "costed_seconds": "Time for which a rate was found.",
            "uncosted_seconds": "Time for which no rate was found; not in the cost.",
            "unmapped_seconds": "Time booked on a project that no register knows.",
        },
    ),
    *_terms(
        AMOUNT,
        "currency",
        {
            "forecast_cost_amount": "Cost at completion as forecast by the project manager.",
            "amount": "Money of a posting in the currency it was made in; negative is a credit.",
            "local_amount": "The same posting in the company's or object's own currency.",
            "reporting_amount": "The same posting in the group's currency.",
            "billable_amount": "Amount billable as the source states it.",
            "cost_amount": "Cost of the time worked at the rates that held on the day.",
        },
    ),
    *_terms(
        PERCENT,
        "%",
        {
            "percent_complete_pct": "Share of the work complete, 0 to 100.",
            "fte_pct": "Share of full-time employment, 0 to 100.",
        },
    ),
    *_terms(
        NUMBER,
        "",
        {
            "story_points": "Story points of an issue.",
            "size": "Size of an item in its class's own unit.",
        },
    ),
    *_terms(
        COUNT,
        "rows",
        {
            "source_line": "Line of the file the row begins on, the first being 1.",
            "entry_count": "Timesheet entries counted.",
        },
    ),
    *_terms(
        FLAG,
        "",
        {
            "is_billable": "Whether the time is billable.",
            "is_capital": "Whether the money is capital expenditure.",
        },
    ),
]

_SYMBOLS: list[Term] = [
    Term("hourly_amount", RATE, "Price of one hour of a role or person.", "currency per hour"),
    Term("planned_value_amount", AMOUNT, "Budgeted cost of the work planned.", "currency", "PV", _EARNED_VALUE),
    Term("earned_value_amount", AMOUNT, "Budgeted cost of the work done.", "currency", "EV", _EARNED_VALUE),
    Term("actual_cost_amount", AMOUNT, "Cost of the work done.", "currency", "AC", _EARNED_VALUE),
    Term("budget_at_completion_amount", AMOUNT, "Sum of the baseline.", "currency", "BAC", _EARNED_VALUE),
    Term("cost_variance_amount", AMOUNT, "EV - AC; negative is over cost.", "currency", "CV", _EARNED_VALUE),
    Term("schedule_variance_amount", AMOUNT, "EV - PV; negative is behind plan.", "currency", "SV", _EARNED_VALUE),
    Term("cost_performance_index", NUMBER, "EV / AC; below 1 is over cost.", "", "CPI", _EARNED_VALUE),
    Term(
        "schedule_performance_index", NUMBER, "EV / PV; tends to 1 at the end, late or not.", "", "SPI", _EARNED_VALUE
    ),
    Term("estimate_at_completion_amount", AMOUNT, "BAC / CPI.", "currency", "EAC", _EARNED_VALUE),
    Term(
        "variance_at_completion_amount", AMOUNT, "BAC - EAC; negative is over cost.", "currency", "VAC", _EARNED_VALUE
    ),
    Term("to_complete_performance_index", NUMBER, "(BAC - EV) / (BAC - AC).", "", "TCPI", _EARNED_VALUE),
    Term(
        "earned_schedule_months", NUMBER, "Time at which the plan earned today's EV.", "months", "ES", _EARNED_SCHEDULE
    ),
    Term("actual_time_months", NUMBER, "Months since the baseline's start.", "months", "AT", _EARNED_SCHEDULE),
    Term("planned_duration_months", NUMBER, "Months of the baseline.", "months", "PD", _EARNED_SCHEDULE),
    Term("time_schedule_performance_index", NUMBER, "ES / AT; below 1 is late.", "", "SPI(t)", _EARNED_SCHEDULE),
    Term("time_estimate_at_completion_months", NUMBER, "PD / SPI(t).", "months", "IEAC(t)", _EARNED_SCHEDULE),
]

TERMS: dict[str, Term] = {term.name: term for term in [*_PLAIN, *_SYMBOLS]}
