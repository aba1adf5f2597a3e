"""What a view lacks, in words: unmapped, withheld and refused rows, and registers never loaded."""

from __future__ import annotations

import pandas as pd

# Subject, what its absence costs the report, and what to load. The query counts the rows that are there.
_REGISTERS = (
    ("project", "No project register: projects have no names, portfolios or budgets here"),
    ("budget", "No time-phased budget: planned value, earned schedule and every index of them are missing"),
    ("project_status", "No progress reports: earned value and declared status are missing"),
    ("person", "No person register: availability and teams are missing"),
    ("working_calendar", "No working calendar: availability and utilisation are missing"),
    ("estimate_outcome", "No register of estimates with outcomes: finished Jira issues alone tell estimate accuracy"),
)

_COUNTED = (
    (
        "Unmapped projects",
        "SELECT count(*), sum(duration_seconds) FROM core.timesheet_entry WHERE project_id IS NULL",
        "{rows} timesheet entries are booked on projects that no register or alias knows; counted, in no project",
        "run `pmo map`, fill the sheet and load it",
    ),
    (
        "Unregistered projects",
        (
            "SELECT count(*), sum(t.duration_seconds) FROM core.timesheet_entry AS t "
            "WHERE t.project_id IS NOT NULL AND t.project_id NOT IN (SELECT project_id FROM core.project)"
        ),
        "{rows} timesheet entries are of projects that the register does not show at this date",
        "add them to registers/project.csv with an earlier status_date",
    ),
    (
        "Unregistered persons",
        (
            "SELECT count(*), sum(duration_seconds) FROM core.timesheet_entry "
            "WHERE person_id NOT IN (SELECT person_id FROM core.person)"
        ),
        "{rows} timesheet entries are of persons whom the register does not show at this date",
        "add them to registers/person.csv, or run `pmo map`",
    ),
    (
        "timesheet_entry",
        (
            "SELECT count(*) FILTER (b.last_day IS NULL OR b.last_day < date_trunc('month', r.as_of)), NULL "
            "FROM meta.reporting AS r CROSS JOIN (SELECT max(work_date) AS last_day FROM core.timesheet_entry) AS b"
        ),
        "No timesheet entry lies in the reporting month: hours, cost and utilisation of the month are missing",
        "load the month's timesheets{latest}",
    ),
    (
        "Hours without a rate",
        "SELECT count(*), sum(uncosted_seconds) FROM marts.cost_by_project_month WHERE uncosted_seconds <> 0",
        "Hours for which no rate holds cost nothing here, in {rows} project months",
        "add the role or person to registers/rate.csv",
    ),
    (
        "Issues in a later state",
        (
            "SELECT count(*), NULL FROM lake.core.issue AS i CROSS JOIN meta.reporting AS r "
            "WHERE CAST(i.created_at AT TIME ZONE 'UTC' AT TIME ZONE r.time_zone AS DATE) <= r.as_of "
            "AND i.issue_key NOT IN (SELECT issue_key FROM core.issue)"
        ),
        (
            "{rows} issues changed after the reporting date; no history that is loaded says what they were before, so "
            "they are withheld"
        ),
        "report on a later date, or load the issues' history",
    ),
    (
        "Issues without a project",
        "SELECT count(*), NULL FROM core.issue WHERE project_id IS NULL",
        "{rows} issues belong to Jira projects that no register or alias knows",
        "run `pmo map`, fill the sheet and load it",
    ),
    (
        "Postings without a project",
        (
            "SELECT count(*), NULL FROM core.ledger_entry "
            "WHERE project_id IS NULL AND coalesce(project_key, wbs_element) IS NOT NULL"
        ),
        "{rows} postings are on codes that no register or alias knows; they are in no project's cost",
        "run `pmo map`, fill the sheet and load it",
    ),
    (
        "Rejected rows",
        "SELECT count(DISTINCT load_id || ':' || source_line), NULL FROM meta.reject",
        "{rows} rows of the loaded files were rejected and are in no figure",
        "`pmo rejects` names file, line, column and rule; mend the file and load it again",
    ),
)


_LATEST = len(_REGISTERS) + len(_COUNTED)


def _counts() -> str:
    """One SELECT with a row for every register and rule in their order, and last the latest month with timesheets."""
    counts = [f"SELECT count(load_id), NULL FROM core.{name}" for name, _ in _REGISTERS]
    counts += [query for _, query, _, _ in _COUNTED]
    rows = [
        f"SELECT {at} AS position, n, s, NULL AS month FROM ({query}) AS q(n, s)" for at, query in enumerate(counts)
    ]
    latest = "strftime(max(work_date), '%Y-%m')"
    rows.append(f"SELECT {_LATEST} AS position, NULL AS n, NULL AS s, {latest} AS month FROM core.timesheet_entry")
    return (
        "SELECT CAST(position AS BIGINT) AS position, CAST(n AS BIGINT) AS rows, "
        "CAST(s AS DECIMAL(18, 3)) AS duration_seconds, CAST(month AS VARCHAR) AS month FROM ("
        + " UNION ALL ".join(rows)
        + ") AS counted ORDER BY position"
    )


COUNTS = _counts()


def findings(counts: pd.DataFrame) -> pd.DataFrame:
    """One row per thing the view lacks, from the rows of `COUNTS`.

    Columns: subject, finding, rows (0 where nothing was ever loaded),
    duration_seconds (the time concerned, NaN where it has no meaning), remedy.
    """
    found: list[tuple[str, str, int, float, str]] = []
    rows, seconds = (counts.set_index("position")[name] for name in ("rows", "duration_seconds"))
    for at, (name, sentence) in enumerate(_REGISTERS):
        if rows[at] == 0:
            found.append((name, sentence, 0, float("nan"), f"fill registers/{name}.csv and load it with `pmo ingest`"))
    latest = counts.set_index("position")["month"][_LATEST]
    named = f", or report on an earlier month: the latest with some is `--as-of {latest}`" if pd.notna(latest) else ""
    for at, (subject, _, sentence, remedy) in enumerate(_COUNTED, start=len(_REGISTERS)):
        if pd.notna(rows[at]) and rows[at]:
            number = int(rows[at])
            told = sentence.format(rows=f"{number:,}")
            found.append((subject, told, number, float(seconds[at]), remedy.format(latest=named)))
    return pd.DataFrame(found, columns=["subject", "finding", "rows", "duration_seconds", "remedy"])
