"""Rules between tables, as SQL: what a row names is known, its day lies where it may, and its shares make a whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pmo_analytics.contracts import stored
from pmo_analytics.contracts.base import CORE, Table

WARN = "warn"
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
    yield from _of_choosing()


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


# What the registers of choosing name, and where it is kept: rule, table, column, register, its key, what it is.
_NAMED = (
    ("unknown_objective", "contribution", "objective_id", "objective", "objective_id", "an objective"),
    ("unknown_criterion", "criterion_score", "criterion_id", "criterion", "criterion_id", "a criterion"),
    ("unknown_criterion", "pairwise_judgement", "criterion_id", "criterion", "criterion_id", "a criterion"),
    ("unknown_criterion", "pairwise_judgement", "other_criterion_id", "criterion", "criterion_id", "a criterion"),
    ("unknown_proposal", "proposal_link", "proposal_id", "proposal", "proposal_id", "a proposal"),
    ("unknown_proposal", "proposal_link", "other_proposal_id", "proposal", "proposal_id", "a proposal"),
    ("unknown_proposal", "business_case", "proposal_id", "proposal", "proposal_id", "a proposal"),
    ("unknown_benefit", "benefit_value", "benefit_id", "benefit", "benefit_id", "a benefit"),
    ("unknown_benefit", "benefit_link", "benefit_id", "benefit", "benefit_id", "a benefit"),
    ("unknown_benefit", "benefit_link", "other_benefit_id", "benefit", "benefit_id", "a benefit"),
)


def _of_choosing() -> Iterator[CrossCheck]:
    for rule, table, column, register, key, what in _NAMED:
        yield CrossCheck(
            rule, table, column, (register,),
            f"LEFT JOIN (SELECT DISTINCT {key} FROM {{{register}}}) AS r ON r.{key} = t.{column}",
            f"t.{column} IS NOT NULL AND r.{key} IS NULL",
            f"{what} that the register does not know",
            f"'{what} of the register'",
            f"add it to registers/{register}.csv, or correct the identifier",
        )  # fmt: skip
    for table in ("criterion_score", "portfolio_decision"):
        yield CrossCheck(
            "unknown_subject", table, "subject_id", ("proposal", "project"),
            "LEFT JOIN (SELECT proposal_id AS subject_id FROM {proposal} UNION SELECT project_id FROM {project}) AS r "
            "ON r.subject_id = t.subject_id",
            "r.subject_id IS NULL",
            "a subject that is neither a proposal nor a project of the registers",
            "'a proposal or project of the registers'",
            "add it to registers/proposal.csv or project.csv, or correct the identifier",
        )  # fmt: skip
    yield CrossCheck(
        "proposal_without_cost", "proposal", "proposal_id", (), "", "t.cost_amount IS NULL",
        "a proposal without a cost: no choice is made until it is stated",
        "'a cost_amount'", "state cost_amount in registers/proposal.csv",
    )  # fmt: skip
    yield CrossCheck(
        "share_over_whole", "contribution", "share_pct", ("contribution",),
        "JOIN (SELECT project_id, sum(share_pct) AS total FROM (SELECT * FROM {contribution} QUALIFY row_number() "
        "OVER (PARTITION BY project_id, objective_id ORDER BY status_date DESC) = 1) GROUP BY project_id) AS w "
        "ON w.project_id = t.project_id",
        "w.total > 100",
        "shares of a project that sum to more than 100 %: they are divided by their sum",
        "'shares that sum to 100 %, not ' || CAST(w.total AS DECIMAL(9, 1)) || ' %'",
        "correct share_pct in registers/contribution.csv",
    )  # fmt: skip
    for table, key, siblings in (
        ("objective", "objective_id", "parent_objective_id"), ("criterion", "criterion_id", "NULL"),
    ):  # fmt: skip
        yield CrossCheck(
            "weights_not_whole", table, "weight", (table,),
            f"JOIN (SELECT {siblings} AS above, sum(weight) AS total FROM (SELECT * FROM {{{table}}} QUALIFY "
            f"row_number() OVER (PARTITION BY {key} ORDER BY status_date DESC) = 1) GROUP BY ALL) AS w "
            f"ON w.above IS NOT DISTINCT FROM {'NULL' if siblings == 'NULL' else f't.{siblings}'}",
            "w.total IS NOT NULL AND abs(w.total - 1) > 0.001 AND abs(w.total - 100) > 0.1",
            "weights of one level that sum to neither 1 nor 100: only their proportions count",
            "'weights that sum to 100, not ' || CAST(w.total AS DECIMAL(12, 2))",
            f"correct weight in registers/{table}.csv, or leave it: proportions are what is reckoned with",
        )  # fmt: skip
