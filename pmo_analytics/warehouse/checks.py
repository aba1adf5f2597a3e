"""Rules between tables, as SQL: what a row names is known, and its day lies where it may.

A contract judges a row by itself; these rules hold it against other tables. A
row that breaks one is loaded and counted, unless the organisation says
otherwise in `pmo.toml`:

    [checks]
    unknown_project = "reject"     # warn, reject or off

A rule is not applied while the table that it needs is empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pmo_analytics.contracts import stored
from pmo_analytics.contracts.base import CORE, Table
from pmo_analytics.errors import UsageError, nearest
from pmo_analytics.workspace import Workspace

WARN, REJECT, OFF = "warn", "reject", "off"
# The tables that a load has brought rows into.
FILLED = "SELECT DISTINCT table_name FROM {load} WHERE rows_added + rows_replacing > 0"
_FIRST = 3
_OF_PROPOSALS = ("contribution", "demand")
_DAYS = {"timesheet_entry": "work_date", "ledger_entry": "posting_date"}

# Where a table stands, by its name: in a view, or in the transaction of a load.
Place = Callable[[str], str]


@dataclass(frozen=True)
class CrossCheck:
    """One rule for the rows `t` of one table.

    `column` is told with a row that breaks the rule; `joins` and `fails` are
    SQL with the places of other tables in braces; `expected` is SQL for a text.
    `is_personal` where the rule looks into the personal lake, which the
    transaction of a load may not.
    """

    name: str
    table: str
    column: str
    needs: tuple[str, ...]
    joins: str
    fails: str
    message: str
    expected: str
    hint: str
    severity: str = WARN
    is_personal: bool = False

    @property
    def columns(self) -> set[str]:
        """The columns of the table that the rule looks at."""
        text = f"{self.joins} {self.fails} {self.expected}"
        return {self.column, *re.findall(r"\bt\.(\w+)", text)} & set(stored()[self.table].columns)

    def failing(self, rows: str, place: Place) -> str:
        """SQL for the rows that break the rule: load, line, value and what was expected, as text."""
        places = {name: place(name) for name in (*self.needs, "person", "project_status", "proposal")}
        return (
            f'SELECT t.load_id, t.source_line, CAST(t."{self.column}" AS VARCHAR) AS value, '
            f"{self.expected} AS expected FROM {rows} AS t {self.joins.format(**places)} WHERE ({self.fails}) IS TRUE"
        )


def checks() -> Iterator[CrossCheck]:
    """Every rule, for every table that it holds for."""
    for table in stored().values():
        if table.lake == CORE:
            yield from _of_projects(table)
            yield from _of_persons(table)
            yield from _of_currencies(table)
            yield from _of_skills(table)
    yield from _OF_ISSUES
    yield from _OF_TIMESHEETS
    yield from _OF_ABSENCES


def _of_projects(table: Table) -> Iterator[CrossCheck]:
    if "project_id" not in table.columns or table.name == "project":
        return
    codes = [c for c in ("project_key", "wbs_element") if c in table.columns]
    unmapped = f"t.project_id IS NULL AND coalesce({', '.join(f't.{c}' for c in codes)}) IS NOT NULL"
    # Plans and contributions may be those of what is proposed.
    proposed = " UNION SELECT proposal_id FROM {proposal}" if table.name in _OF_PROPOSALS else ""
    yield CrossCheck(
        "unknown_project", table.name, codes[0] if codes else "project_id", ("project",),
        f"LEFT JOIN (SELECT DISTINCT project_id FROM {{project}}{proposed}) AS p ON p.project_id = t.project_id",
        f"t.project_id IS NOT NULL AND p.project_id IS NULL{f' OR ({unmapped})' if codes else ''}",
        "a project that no register or alias knows",
        "'a project of the register, or a code that an alias maps to one'",
        "run `pmo map` and load the filled sheet, or add the project to registers/project.csv",
    )  # fmt: skip
    if day := _DAYS.get(table.name):
        yield CrossCheck(
            "outside_project_dates", table.name, day, ("project",),
            "JOIN (SELECT project_id, baseline_start_date, baseline_finish_date FROM {project} QUALIFY row_number() "
            "OVER (PARTITION BY project_id ORDER BY status_date DESC) = 1) AS p ON p.project_id = t.project_id "
            "LEFT JOIN (SELECT project_id, forecast_finish_date FROM {project_status} QUALIFY row_number() "
            "OVER (PARTITION BY project_id ORDER BY status_date DESC) = 1) AS s ON s.project_id = t.project_id",
            f"t.{day} < p.baseline_start_date "
            f"OR t.{day} > greatest(p.baseline_finish_date, coalesce(s.forecast_finish_date, p.baseline_finish_date))",
            "a day before the project's start or after its planned and forecast finish",
            "'a day from ' || coalesce(CAST(p.baseline_start_date AS VARCHAR), 'any') || ' to ' || coalesce(CAST("
            "greatest(p.baseline_finish_date, coalesce(s.forecast_finish_date, p.baseline_finish_date)) AS VARCHAR), "
            "'any')",
            "correct the day or the project at the source, or the dates in the register",
        )  # fmt: skip


def _of_persons(table: Table) -> Iterator[CrossCheck]:
    if "person_id" in table.person_columns and table.name not in {"person", "person_merge"}:
        yield CrossCheck(
            "unknown_person", table.name, "person_id", ("person",),
            "LEFT JOIN (SELECT DISTINCT person_id FROM {person}) AS p ON p.person_id = t.person_id",
            "p.person_id IS NULL",
            "a person whom the register does not know",
            "'a person of the register'",
            "add the person to registers/person.csv, or run `pmo map` and load the filled sheet",
        )  # fmt: skip


def _of_currencies(table: Table) -> Iterator[CrossCheck]:
    if "currency" not in table.columns or table.name == "exchange_rate":
        return
    day = _DAYS.get(table.name)
    yield CrossCheck(
        "currency_without_rate", table.name, "currency", ("exchange_rate",),
        "LEFT JOIN (SELECT currency, min(rate_date) AS first_date FROM (SELECT currency, rate_date "
        "FROM {exchange_rate} UNION ALL SELECT to_currency, rate_date FROM {exchange_rate}) GROUP BY currency) AS c "
        "ON c.currency = t.currency",
        f"t.currency IS NOT NULL AND (c.currency IS NULL{f' OR t.{day} < c.first_date' if day else ''})",
        "a currency without an exchange rate by the row's day",
        "'a currency with an exchange rate by that day'",
        "add the rate to registers/exchange_rate.csv",
    )  # fmt: skip


def _of_skills(table: Table) -> Iterator[CrossCheck]:
    if "skill_id" in table.columns and table.name != "skill":
        yield CrossCheck(
            "unknown_skill", table.name, "skill_id", ("skill",),
            "LEFT JOIN (SELECT DISTINCT skill_id FROM {skill}) AS s ON s.skill_id = t.skill_id",
            "t.skill_id IS NOT NULL AND s.skill_id IS NULL",
            "a skill that the register does not know",
            "'a skill of the register'",
            "add the skill to registers/skill.csv, or correct its name",
        )  # fmt: skip
    if table.name == "demand":
        yield CrossCheck(
            "skill_nobody_has", "demand", "skill_id", ("person_skill",),
            "LEFT JOIN (SELECT skill_id, max(level) AS level FROM {person_skill} GROUP BY skill_id) AS s "
            "ON s.skill_id = t.skill_id",
            "s.skill_id IS NULL OR s.level < t.level",
            "a skill, or a level of it, that nobody has: all of it will be short",
            "CASE WHEN s.skill_id IS NULL THEN 'a skill that somebody has' "
            "ELSE 'a level of at most ' || CAST(s.level AS VARCHAR) END",
            "hire, train or contract for it, or load what people can do as registers/person_skill.csv",
        )  # fmt: skip


_OF_ISSUES = (
    CrossCheck(
        "resolved_before_created", "issue", "resolved_at", (),
        "",
        "t.resolved_at < t.created_at",
        "an issue resolved before it was created: no time is reckoned from it",
        "'a time from ' || CAST(t.created_at AS VARCHAR) || ' on'",
        "correct the dates at the source; times without a zone are in that of pmo.toml",
    ),
)  # fmt: skip
_OF_TIMESHEETS = (
    CrossCheck(
        "unknown_issue", "timesheet_entry", "issue_key", ("issue",),
        "LEFT JOIN {issue} AS i ON i.issue_key = upper(t.issue_key) "
        "JOIN (SELECT DISTINCT split_part(issue_key, '-', 1) AS prefix FROM {issue}) AS k "
        "ON k.prefix = split_part(upper(t.issue_key), '-', 1)",
        "i.issue_key IS NULL",
        "an issue that its Jira project does not hold",
        "'an issue of the Jira project, as far as it is loaded'",
        "load the project's issues anew, or correct the key at the source",
    ),
    CrossCheck(
        "outside_employment", "timesheet_entry", "work_date", ("person",),
        "JOIN (SELECT person_id, joined_date, left_date FROM {person} QUALIFY row_number() "
        "OVER (PARTITION BY person_id ORDER BY status_date DESC) = 1) AS p ON p.person_id = t.person_id",
        "t.work_date < p.joined_date OR t.work_date > p.left_date",
        "a day before the person joined or after they left",
        "'a day of the person''s employment'",
        "correct the day at the source, or joined_date and left_date in registers/person.csv",
    ),
    CrossCheck(
        "hours_without_rate", "timesheet_entry", "work_date", ("rate",),
        "LEFT JOIN (SELECT person_id, role FROM {person} QUALIFY row_number() "
        "OVER (PARTITION BY person_id ORDER BY status_date DESC) = 1) AS p ON p.person_id = t.person_id "
        "LEFT JOIN (SELECT role_or_person_id, min(valid_from_date) AS first_date FROM {rate} GROUP BY ALL) AS own "
        "ON own.role_or_person_id = t.person_id "
        "LEFT JOIN (SELECT role_or_person_id, min(valid_from_date) AS first_date FROM {rate} GROUP BY ALL) AS by_role "
        "ON by_role.role_or_person_id = p.role",
        "t.work_date < coalesce(least(own.first_date, by_role.first_date), DATE '9999-12-31')",
        "hours that no rate of their person or role holds for: they cost nothing",
        "'a rate of the person or role that holds on the day'",
        "add the role or person to registers/rate.csv",
        is_personal=True,
    ),
)  # fmt: skip

_OF_DAY = (
    "JOIN (SELECT person_id, calendar_id, fte_pct FROM {person} QUALIFY row_number() "
    "OVER (PARTITION BY person_id ORDER BY status_date DESC) = 1) AS p ON p.person_id = t.person_id "
    "LEFT JOIN {working_calendar} AS c ON c.calendar_id = p.calendar_id AND c.calendar_date = t.absence_date"
)
_OF_ABSENCES = (
    CrossCheck(
        "absence_beyond_working_time", "absence", "duration_seconds", ("person", "working_calendar"),
        _OF_DAY,
        "p.calendar_id IS NOT NULL AND t.duration_seconds > coalesce(c.duration_seconds * p.fte_pct / 100, 0)",
        "more absence than the day has working time: the rest counts for nothing",
        "'at most ' || CAST(coalesce(c.duration_seconds * p.fte_pct / 100, 0) / 3600 AS DECIMAL(9, 2)) || ' h'",
        "absences that overlap are one: correct them at the source, or the person's calendar and share of full time",
    ),
    CrossCheck(
        "booked_while_absent", "absence", "absence_date", ("person", "working_calendar", "timesheet_entry"),
        f"{_OF_DAY} JOIN (SELECT person_id, work_date, sum(duration_seconds) AS duration_seconds "
        "FROM {timesheet_entry} GROUP BY person_id, work_date) AS b "
        "ON b.person_id = t.person_id AND b.work_date = t.absence_date",
        "b.duration_seconds > 0 AND t.duration_seconds >= c.duration_seconds * p.fte_pct / 100",
        "time booked on a day of which all is absence",
        "'a day without ' || CAST(b.duration_seconds / 3600 AS DECIMAL(9, 2)) || ' h of time booked'",
        "correct the absence or the timesheet at the source",
    ),
)  # fmt: skip


def severities(workspace: Workspace) -> dict[str, str]:
    """Severity by rule, as `pmo.toml` says it or by default; UsageError names what is wrong there."""
    found = {check.name: check.severity for check in checks()}
    personal = {check.name for check in checks() if check.is_personal}
    for name, given in workspace.checks.items():
        file = workspace.settings_file
        if name not in found:
            close = nearest(name, found)
            raise UsageError(
                f"unknown rule {name!r} in [checks]",
                file=file,
                expected=", ".join(sorted(found)),
                hint=f"did you mean {close!r}?" if close else "remove it",
            )
        if given not in (WARN, REJECT, OFF):
            raise UsageError(
                f"{name} in [checks] is not one of its values",
                file=file,
                found=repr(given),
                expected="warn, reject or off",
            )
        if given == REJECT and name in personal:
            raise UsageError(
                f"{name} cannot reject: it looks at rates, which a load may not see",
                file=file,
                found=repr(given),
                expected="warn or off",
            )
        found[name] = given
    return found


@dataclass(frozen=True)
class CheckFinding:
    """The rows of one table that break one rule; `places` are the first of them, as file and line.

    `rows` is None where the rule was not applied, and `places` then says why.
    """

    rule: str
    table: str
    severity: str
    rows: int | None
    column: str
    example: str | None
    message: str
    places: str
    hint: str


def evaluate(
    rows: Callable[[str], tuple[list[str], list[tuple[Any, ...]]]], workspace: Workspace
) -> list[CheckFinding]:
    """Apply every rule that is not off to all that a view holds; what breaks none is not told."""
    chosen = severities(workspace)
    filled = {str(row[0]) for row in rows(FILLED.format(load="meta.load"))[1]}
    found = []
    for check in checks():
        severity = chosen[check.name]
        if severity == OFF or check.table not in filled:
            continue
        about = (check.name, check.table, severity)
        if lacking := [name for name in check.needs if name not in filled]:
            found.append(
                CheckFinding(*about, None, check.column, None, "not checked", f"no {lacking[0]} is loaded", "")
            )
            continue
        failing = check.failing(f"core.{check.table}", _in_view)
        count = int(rows(f"SELECT count(*) FROM ({failing})")[1][0][0])
        if count:
            first = rows(
                f"SELECT l.file, f.source_line, f.value FROM ({failing}) AS f JOIN meta.load AS l "
                f"ON l.load_id = f.load_id ORDER BY l.version, f.source_line LIMIT {_FIRST}"
            )[1]
            places = ", ".join(f"{file}:{line}" for file, line, _ in first)
            example = "(hidden: personal)" if check.column == "person_id" else first[0][2]
            found.append(CheckFinding(*about, count, check.column, example, check.message, places, check.hint))
    return found


def _in_view(name: str) -> str:
    return f"core.{name}" if stored()[name].lake == CORE else f"personal_view.{name}"
