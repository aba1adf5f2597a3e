"""The blocks of one project's page, made from frames: its head, its status, what it lacks."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pmo_analytics.contracts.marts import PlannedEarnedActual
from pmo_analytics.contracts.portfolio import Project, ProjectStatus
from pmo_analytics.performance.health import AMBER_BELOW, RED_BELOW, UNKNOWN, ProjectHealth
from pmo_analytics.reporting import blocks
from pmo_analytics.reporting.fragments import Fragment, fragment
from pmo_analytics.reporting.project_figures import differs, reasons
from pmo_analytics.reporting.references import References, Shown
from pmo_analytics.warehouse.view import View

# What a project's page says of a table that holds nothing of the project: what that costs it.
_LACKS = {
    "project_status": "progress and declared status are missing",
    "planned_earned_actual": "planned value and every index of it are missing",
    "effort_by_person_month": "its hours and their cost are missing",
    "milestone_slip": "what is due next, and how far it slipped, is missing",
    "risk": "its open risks and their exposure are missing",
    "raid_issue": "what waits for a decision, and what is overdue, is missing",
    "allocation": "booked hours have no plan to be held against",
    "open_issues_by_project": "open work is missing",
}
_REGISTERS = {
    "planned_earned_actual": "budget",
    "effort_by_person_month": "timesheet_entry",
    "milestone_slip": "milestone",
    "open_issues_by_project": "issue",
}
# A project may have rows that tell of another thing.
_TELLING = {
    "planned_earned_actual": PlannedEarnedActual.planned_value_amount,
    "project_status": ProjectStatus.percent_complete_pct,
}
_EVENTS = {"timesheet_entry": "timesheets", "issue": "Jira issues"}


def project_masthead(view: View, project: pd.DataFrame, health: pd.DataFrame, *, headline: str) -> Fragment:
    """The head of a project's page: who and what it is, of which date and version, and the month's news.

    `project` is its row of the register, `health` its `ProjectHealth`. Persons are tokens.
    """
    row = _known(project.iloc[0])
    facts = [
        ("State", _known(health.iloc[0]).get(ProjectHealth.state)),
        ("Manager", row.get(Project.project_manager_id)),
        ("Sponsor", row.get(Project.sponsor_id)),
    ]
    return fragment(
        "project_masthead",
        name=row[Project.name],
        project_id=row[Project.project_id],
        portfolio=row.get(Project.portfolio),
        headline=headline,
        facts=[(name, str(value).replace("_", " ")) for name, value in facts if value],
        as_of=view.as_of,
        version=view.version,
    )


def project_status(health: pd.DataFrame) -> Fragment:
    """Declared against computed status with the reasons in words, from the project's `ProjectHealth`."""
    row = health.iloc[0]
    references = References()
    computed = references.add(
        ("status",), health, {ProjectHealth.project_id: row[ProjectHealth.project_id]}, ProjectHealth.computed_rag,
        Shown("text"),
    )  # fmt: skip
    declared = _known(row).get(ProjectHealth.rag_status)
    told = row[ProjectHealth.computed_rag]
    words = "no status computed" if told == UNKNOWN else f"computed {told}"
    if differs(row):
        title = f"Declared {declared}, {words}"
    elif declared is None:
        title = f"No status declared, {words}"
    else:
        title = f"Declared {declared}, {words if told == UNKNOWN else 'and computed so'}"
    return fragment(
        "project_status",
        title=title,
        differs=differs(row),
        declared=declared,
        computed=told,
        computed_id=computed,
        reasons="; ".join(reasons(row)),
        reported=_known(row).get(ProjectHealth.reported_on_date),
        comment=_known(row).get(ProjectHealth.comment),
        quality_note=row[ProjectHealth.quality_note],
        red_below=RED_BELOW,
        amber_below=AMBER_BELOW,
        references=references.plain(),
    )


def gaps(**tables: tuple[pd.DataFrame, pd.DataFrame]) -> pd.DataFrame:
    """What the project's page lacks: one row for each table that holds nothing of it, with columns as `View.missing`.

    Each of `tables`, by the name of a register or mart, is the whole table and
    the project's rows of it. What the whole warehouse lacks is told by the
    pages of the portfolio, and hours not mapped and rows rejected by every footer.
    """
    found = [
        _gap(_REGISTERS.get(name, name), _LACKS[name], is_loaded=len(whole) > 0)
        for name, (whole, own) in tables.items()
        if _carries_nothing(name, own)
    ]
    return pd.DataFrame(found, columns=["subject", "finding", "rows", "duration_seconds", "remedy"])


def project_gaps(missing: pd.DataFrame) -> Fragment:
    """What is missing, from `gaps`, or that everything the page reads is there."""
    return blocks.findings(missing) if len(missing) else fragment("project_complete")


def _carries_nothing(name: str, own: pd.DataFrame) -> bool:
    """Whether a table holds nothing of the project that its page could show."""
    return own.empty or (name in _TELLING and bool(own[_TELLING[name]].isna().all()))


def _gap(register: str, lack: str, *, is_loaded: bool) -> dict[str, Any]:
    if register in _EVENTS:
        what = f"No {_EVENTS[register]} of this project are loaded"
        remedy = "load its export with `pmo ingest`; `pmo map` shows codes that no register knows"
    elif is_loaded:
        what = f"The register {register} holds nothing of this project"
        remedy = f"add its rows to registers/{register}.csv and load it with `pmo ingest`"
    else:
        what = f"The register {register} is not loaded"
        remedy = f"`pmo init --register {register}` gives its template; fill it and load it with `pmo ingest`"
    return {
        "subject": register,
        "finding": f"{what}: {lack}",
        "rows": 0,
        "duration_seconds": float("nan"),
        "remedy": remedy,
    }


def _known(row: pd.Series) -> dict[str, Any]:
    """The values of a row that are not missing, by column."""
    return {str(name): value for name, value in row.items() if pd.notna(value)}
