"""Registers made from what was loaded: first drafts, and sheets of codes that nothing maps yet."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pmo_analytics.contracts import registers
from pmo_analytics.errors import WarehouseError
from pmo_analytics.exchange import register_csv, template
from pmo_analytics.warehouse import View
from pmo_analytics.warehouse.as_of import month_end
from pmo_analytics.workspace import Workspace

Rows = Callable[[str], tuple[list[str], list[tuple[Any, ...]]]]
DRAFT_CALENDAR = "default"
# A drafted calendar goes on so long after the last event: capacity is planned on it.
YEAR = timedelta(days=365)

_UNKNOWN_PROJECTS = """
SELECT source, external_key, sum(row_count) AS n, sum(duration_seconds) AS seconds, min(name) AS name,
    string_agg(currency || ' ' || CAST(amount AS DECIMAL(20, 2)), '; ' ORDER BY currency, table_name) AS money
FROM marts.unmapped_code
WHERE external_key IS NOT NULL
GROUP BY source, external_key ORDER BY seconds DESC NULLS LAST, n DESC, source, external_key
"""

_KNOWN_ELSEWHERE = """
SELECT lower(a.external_key), min(a.project_id), min(p.name)
FROM core.project_alias AS a LEFT JOIN core.project AS p ON p.project_id = a.project_id
GROUP BY lower(a.external_key) HAVING count(DISTINCT a.project_id) = 1
"""

# A ledger's codes are mapped to projects, they do not make any.
_DRAFTED_PROJECTS = """
SELECT external_key, name FROM marts.unmapped_code
WHERE external_key IS NOT NULL AND table_name IN ('timesheet_entry', 'issue')
ORDER BY duration_seconds DESC NULLS LAST, row_count DESC, source, external_key
"""

_UNKNOWN_PERSONS = """
SELECT w.person_id, min(i.name) AS name, min(i.email) AS email, min(a.external_key) AS external_key,
    sum(w.n) AS n, sum(w.seconds) AS seconds
FROM (
    SELECT person_id, count(*) AS n, sum(duration_seconds) AS seconds FROM core.timesheet_entry GROUP BY person_id
    UNION ALL
    SELECT assignee_id, count(*), NULL FROM core.issue WHERE assignee_id IS NOT NULL GROUP BY assignee_id
) AS w
LEFT JOIN personal_view.given_person_identity AS i ON i.person_id = w.person_id
LEFT JOIN personal_view.given_person_alias AS a ON a.person_id = w.person_id
WHERE w.person_id NOT IN (SELECT person_id FROM core.person)
GROUP BY w.person_id ORDER BY seconds DESC NULLS LAST, n DESC, name, w.person_id
"""

_EVENT_SPAN = """
SELECT min(day), max(day) FROM (
    SELECT work_date AS day FROM core.timesheet_entry
    UNION ALL SELECT CAST(created_at AS DATE) FROM core.issue
    UNION ALL SELECT CAST(updated_at AS DATE) FROM core.issue
    UNION ALL SELECT estimated_on_date FROM core.estimate_outcome
)
"""


@dataclass(frozen=True)
class Sheet:
    """A written sheet of unknown codes: where it is, how many codes, rows and hours it lists."""

    path: Path
    codes: int
    rows: int
    hours: float


def draft(workspace: Workspace, view: View) -> list[Path]:
    """Write drafts of the project, person and calendar registers from what was loaded.

    Each row speaks of the earliest event's date, so that every report sees it.
    A register that already has rows is left alone; its draft stands beside it.
    Raises WarehouseError where no event is loaded.
    """
    first, last = view.rows(_EVENT_SPAN)[1][0]
    if first is None:
        raise WarehouseError("there is nothing to draft from", hint="load timesheets or issues with `pmo ingest` first")
    projects = [
        {"project_id": key, "name": name or key, "status_date": first.isoformat()}
        for key, name in dict(reversed(view.rows(_DRAFTED_PROJECTS)[1])).items()
    ]
    persons = [
        {
            "person_id": token,
            "name": name or key,
            "email": email,
            "calendar_id": DRAFT_CALENDAR,
            "fte_pct": "100",
            "status_date": first.isoformat(),
        }
        for token, name, email, key, _, _ in view.rows(_UNKNOWN_PERSONS)[1]
    ]
    has_calendar = view.rows("SELECT count(calendar_id) FROM core.working_calendar")[1][0][0] > 0
    calendar = [] if has_calendar else _calendar(workspace, first.replace(day=1), month_end(last + YEAR))
    drafts = {"project": projects, "person": persons, "working_calendar": calendar}
    return [_write_draft(workspace, name, rows) for name, rows in drafts.items() if rows]


def _calendar(workspace: Workspace, first: date, last: date) -> list[dict[str, str | None]]:
    hours = workspace.working_weekdays
    return [
        {"calendar_id": DRAFT_CALENDAR, "calendar_date": day.isoformat(), "duration_hours": f"{hours[day.weekday()]:g}"}
        for day in workspace.working_days(first, last)
    ]


def _write_draft(workspace: Workspace, name: str, rows: list[dict[str, Any]]) -> Path:
    path = workspace.registers / f"{name}.csv"
    if not register_csv.is_empty(path):
        path = workspace.registers / f"{name}_draft.csv"
    columns = template.headers(registers()[name])
    register_csv.write(path, columns, [[row.get(column) for column in columns] for row in rows])
    return path


def write_unknown_codes(workspace: Workspace, view: View) -> list[Sheet]:
    """Write sheets of unknown projects and persons with their nearest names, to be filled and loaded.

    Fill `project_id` or `merged_into_id` and load the sheet; rows left blank
    are set aside.
    """
    known = {str(name): str(code) for code, name in view.rows("SELECT project_id, name FROM core.project")[1]}
    by_code = {code: code for code in known.values()}
    # What an alias of another source maps already, to one project alone.
    elsewhere = {code: (project, name) for code, project, name in view.rows(_KNOWN_ELSEWHERE)[1]}
    projects = view.rows(_UNKNOWN_PROJECTS)[1]
    sheets: list[Sheet] = []
    if projects:
        rows: list[tuple[Any, ...]] = [
            (
                source,
                key,
                None,
                *(elsewhere.get(key.casefold()) or _nearest(key, name, known | by_code)),
                name,
                money,
                n,
                _hours(seconds),
            )
            for source, key, n, seconds, name, money in projects
        ]
        columns = ["source", "external_key", "project_id", "nearest_project_id", "nearest_name"]
        columns += ["name", "money", "rows", "hours"]
        sheets.append(_sheet(workspace.registers / "unknown_projects.csv", columns, rows))
    persons = view.rows(_UNKNOWN_PERSONS)[1]
    if persons:
        people = {
            str(name): str(key)
            for name, key in view.rows(
                "SELECT i.name, min(a.external_key) FROM personal_view.given_person_identity AS i "
                "JOIN personal_view.given_person_alias AS a ON a.person_id = i.person_id AND a.source = 'register' "
                "WHERE i.person_id IN (SELECT person_id FROM core.person) AND i.name IS NOT NULL GROUP BY i.name"
            )[1]
        }
        rows = [
            (token, None, name or key, email, *_nearest(name or key or "", None, people), n, _hours(seconds))
            for token, name, email, key, n, seconds in persons
        ]
        columns = ["person_id", "merged_into_id", "name", "email", "nearest_id", "nearest_name", "rows", "hours"]
        sheets.append(_sheet(workspace.registers / "unknown_persons.csv", columns, rows))
    return sheets


def _sheet(path: Path, columns: list[str], rows: list[tuple[Any, ...]]) -> Sheet:
    register_csv.write(path, columns, rows)
    return Sheet(path, len(rows), sum(int(row[-2]) for row in rows), sum(float(row[-1] or 0) for row in rows))


def _hours(seconds: Any) -> str | None:
    return None if seconds is None else f"{float(seconds) / 3600:.2f}"


def _nearest(key: str, name: str | None, known: dict[str, str]) -> tuple[str | None, str | None]:
    folded = {candidate.casefold(): candidate for candidate in known}
    for text in (name, key):
        if text and (close := difflib.get_close_matches(text.casefold(), folded, n=1, cutoff=0.5)):
            found = folded[close[0]]
            return known[found], found
    return None, None
