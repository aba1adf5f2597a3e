"""The whole audit of a view, and of the months before it: what the command and the page on the audit rest on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from pmo_analytics.governance.audit import audit_checks, audit_faults, audit_findings, audit_results
from pmo_analytics.governance.audit_overview import audit_overview
from pmo_analytics.governance.audit_standing import audit_standing, maturity_by_perspective
from pmo_analytics.governance.dcma import dcma_offences, dcma_points
from pmo_analytics.governance.gate_evidence import gate_evidence
from pmo_analytics.performance.raid_log import open_risks
from pmo_analytics.warehouse import Warehouse
from pmo_analytics.warehouse.view import View


@dataclass(frozen=True)
class Audit:
    """What an audit comes to: `faults` are rules that cannot be read and waivers that lift nothing."""

    checks: pd.DataFrame
    findings: pd.DataFrame
    standing: pd.DataFrame
    maturity: pd.DataFrame
    faults: pd.DataFrame
    dcma: pd.DataFrame
    offences: pd.DataFrame
    overview: pd.DataFrame


def run_audit(view: View) -> Audit:
    """Every rule held against every project, as of the view."""
    dcma = view.run(dcma_points)
    gates = view.run(gate_evidence, open_risks=view.run(open_risks))
    results = view.run(audit_results, gate_evidence=gates, dcma_points=dcma)
    checks = view.run(audit_checks, audit_results=results)
    findings = view.run(audit_findings, audit_results=results)
    standing = view.run(audit_standing, audit_checks=checks)
    return Audit(
        checks, findings, standing, view.run(maturity_by_perspective, audit_checks=checks), view.run(audit_faults),
        dcma, view.run(dcma_offences), view.run(audit_overview, audit_checks=checks),
    )  # fmt: skip


def audit_months(view: View, *, months: int = 6) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The standing of every project, and how many findings were open, at the end of each of the last months.

    Each month is audited by today's rules on what the view's version knows of
    it; the last is the reporting date. Columns of the first: those of
    `AuditStanding` and period_month; of the second: period_month, severity, open_count.
    """
    last = pd.Timestamp(view.as_of)
    starts = [last.replace(day=1) - pd.DateOffset(months=back) for back in reversed(range(months))]
    standings, counts = [], []
    for start in starts:
        day = min(start + pd.offsets.MonthEnd(0), last)
        standing, findings = _audited(view, day.date())
        standings.append(standing.assign(period_month=start))
        is_open = findings["check_state"] != "waived"
        number = findings[is_open].groupby("severity").size().rename("open_count").reset_index()
        counts.append(number.assign(period_month=start))
    return pd.concat(standings, ignore_index=True), pd.concat(counts, ignore_index=True)


def _audited(view: View, day: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    if day == view.as_of:
        found = run_audit(view)
    else:
        with Warehouse(view.workspace).at(day, view.version) as earlier:
            found = run_audit(earlier)
    return found.standing, found.findings
