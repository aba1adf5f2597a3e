"""Words that several domains share."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import AMOUNT, COUNT, DATE, DAYS, FLAG, INSTANT, PERCENT, SECONDS, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "project_id": "The organisation's identifier of a project.",
            "project_key": "A project as the source system names it, before mapping.",
            "person_id": "Random token that stands for a person.",
            "source": "Short name of the system an export came from.",
            "table_name": "Table of the warehouse that the row counts rows of.",
            "external_key": "An identifier or name as it stands in a source system.",
            "name": "Name of the thing the row describes.",
            "title": "Heading of the thing the row describes.",
            "description": "Free text of an entry or item.",
            "summary": "Short text that says what the row is about.",
            "comment": "Free text.",
            "reason": "Why something was decided or found, in words.",
            "category": "Class the register distinguishes.",
            "kind": "Kind of the thing the row describes.",
            "state": "State of the thing the row describes.",
            "status": "Status as the source system names it.",
            "version": "Version of a method, case or document, as its register names it.",
            "direction": "Which way the row points: criterion benefit or cost, link inward or outward.",
            "relation": "What of the first ties what of the second: FS, SS, FF, SF for finish and start.",
            "owner_id": "Person who answers for the thing the row describes.",
            "approver_id": "Person who approved.",
            "assessor_id": "Person who judged.",
            "currency": "ISO 4217 code of the amounts in the row.",
            "location": "Place: of work, of a session, or where a document is kept.",
            "decision": "What was decided.",
            "outcome": "How it ended.",
            "custom": "Columns of the export that have no column here, as JSON.",
            "quality_note": "Why a row's figures are missing or should be read with care; empty when sound.",
            "load_id": "Load that brought the row in.",
        },
    ),
    *terms(
        DATE,
        "date",
        {
            "status_date": "Date a report or a register's row speaks of.",
            "period_month": "First day of the month the row speaks of.",
            "first_month": "First day of the earliest month counted.",
            "last_month": "First day of the latest month counted.",
            "due_date": "Date something is due.",
            "start_date": "First day.",
            "end_date": "Last day.",
            "decided_on_date": "Day of the decision.",
            "raised_on_date": "Day something was first reported.",
            "review_date": "Day of a review.",
        },
    ),
    *terms(
        INSTANT,
        "UTC",
        {
            "start_at": "When a task or sprint starts.",
        },
    ),
    *terms(SECONDS, "seconds", {"duration_seconds": "Time worked, absent, available or taken."}),
    *terms(
        AMOUNT,
        "currency",
        {
            "amount": "Money of the row.",
            "cost_amount": "Cost of what the row describes; in marts, of the time worked at the rates of its day.",
            "value_amount": "Value expected or reached: money where the row has a currency, else in the unit measured.",
        },
    ),
    *terms(PERCENT, "%", {"percent_complete_pct": "Share of the work complete, 0 to 100."}),
    *terms(DAYS, "days", {"lead_time_days": "Days between asking and having."}),
    *terms(
        COUNT,
        "",
        {
            "position": "Place in an order, counted as the source counts.",
            "level": "Level: of a skill 0 to 7 after SFIA; of a RAID item, steps above the project.",
        },
    ),
    *terms(
        COUNT,
        "rows",
        {
            "source_line": "Line of the file the row begins on, the first being 1.",
            "row_count": "Rows counted.",
        },
    ),
    *terms(FLAG, "", {"is_mandatory": "Whether there is no choice about it."}),
]
