"""Headline and key figures of the page on the audit."""

from __future__ import annotations

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.governance.audit_overview import AuditOverview
from pmo_analytics.governance.finding_standing import OPEN, OVERDUE
from pmo_analytics.reporting.key_figures import KeyFigure
from pmo_analytics.reporting.references import Shown, refer

_COUNT = Shown("number")


def headline(overview: pd.DataFrame) -> str:
    """What a board has to know, from `AuditOverview`."""
    if overview.empty or not overview[AuditOverview.project_count].iloc[0]:
        return "No project is audited: this page names what is missing."
    row = overview.iloc[0]
    projects = numerals.number(row[AuditOverview.project_count])
    held = int(row[AuditOverview.held_count])
    found = numerals.number(row[AuditOverview.open_finding_count])
    if held:
        verb = "is" if held == 1 else "are"
        return f"{numerals.number(held)} of {projects} projects {verb} held by a hard gate; {found} findings are open."
    return f"No hard gate holds one of {projects} projects; {found} findings are open."


def held_figure(overview: pd.DataFrame) -> KeyFigure | None:
    """How many projects a hard gate holds."""
    return _figure(
        overview, AuditOverview.held_count, "Held by a hard gate",
        "a gate failed, or nothing is known of it", unit="projects", of=AuditOverview.project_count,
    )  # fmt: skip


def finding_figure(overview: pd.DataFrame) -> KeyFigure | None:
    """How many findings are open."""
    if overview.empty:
        return None
    grave = f"{numerals.number(overview[AuditOverview.grave_finding_count].iloc[0])} of them critical or major"
    return _figure(overview, AuditOverview.open_finding_count, "Open findings", grave, unit="findings")


def share_figure(overview: pd.DataFrame) -> KeyFigure | None:
    """The share of checks that passed."""
    if overview.empty or pd.isna(overview[AuditOverview.passed_share].iloc[0]):
        return None
    shown = Shown("percent")
    value = overview[AuditOverview.passed_share].iloc[0]
    return KeyFigure(
        "Checks passed", shown.text(value),
        f"of {numerals.number(overview[AuditOverview.check_count].iloc[0])}; it covers no hard gate",
        reference=refer(overview, {}, AuditOverview.passed_share, shown), exact=float(value), unit="ratio", form=shown,
    )  # fmt: skip


def waiver_figure(overview: pd.DataFrame) -> KeyFigure | None:
    """How many findings are waived."""
    if overview.empty:
        return None
    soon = f"{numerals.number(overview[AuditOverview.expiring_count].iloc[0])} of them for thirty days at most"
    return _figure(overview, AuditOverview.waived_finding_count, "Waived", soon, unit="findings")


def overdue_note(recorded: pd.DataFrame) -> str:
    """How many recorded findings are past their day, from `FindingStanding`."""
    late = int((recorded["finding_state"] == OVERDUE).sum())
    known = int(recorded["finding_state"].isin([OVERDUE, OPEN]).sum())
    if not known:
        return "No finding was recorded before this version was loaded: pmo audit --record."
    return f"{numerals.number(late)} of {numerals.number(known)} recorded findings are past their day."


def _figure(
    overview: pd.DataFrame, column: str, label: str, note: str, *, unit: str, of: str | None = None
) -> KeyFigure | None:  # fmt: skip
    if overview.empty:
        return None
    row = overview.iloc[0]
    shown = Shown("number", behind=f" of {int(row[of])}") if of is not None else _COUNT
    return KeyFigure(
        label, shown.text(row[column]), note, reference=refer(overview, {}, column, shown), exact=float(row[column]),
        unit=unit, form=shown,
    )  # fmt: skip
