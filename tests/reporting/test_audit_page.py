"""Headline, key figures and tables of the page on the audit hold what their frames hold, and text as text."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd

from pmo_analytics.contracts.recorded_events import Instant
from pmo_analytics.governance.audit_overview import audit_overview
from pmo_analytics.governance.audit_standing import audit_standing, maturity_by_perspective
from pmo_analytics.governance.dcma import dcma_offences, dcma_points
from pmo_analytics.governance.finding_events import events_of_audit, no_findings
from pmo_analytics.governance.finding_standing import finding_standing
from pmo_analytics.reporting import audit_figures, audit_tables
from tests.audits import JUNE, audited
from tests.frames import contract_frame, project_row
from tests.governance.test_audit import risk, status, waiver
from tests.governance.test_dcma import frames, task
from tests.reporting.test_benefit_page import HOSTILE, html

FOUND = audited({
    "project": [project_row("A", name=HOSTILE)], "project_status": [status("2026-06-20")],
    "risk": [risk(HOSTILE, owner_id=None), risk("R2", response=None)],
    "waiver": [waiver("RISK-RESPONSE", "2026-07-15")],
})  # fmt: skip
STANDING = audit_standing(FOUND.checks)
OVERVIEW = audit_overview(FOUND.checks, status_date=JUNE)
NOTHING = finding_standing(no_findings(), JUNE)


def recorded(day: str) -> pd.DataFrame:
    made = Instant(datetime(2026, 5, 1, 9), date(2026, 5, 1), 1)
    events = events_of_audit(no_findings(), FOUND.findings, FOUND.checks, date(2026, 5, 1), made)
    return finding_standing(events, pd.Timestamp(day))


def test_the_headline_and_figures_hold_what_the_audit_came_to() -> None:
    number = OVERVIEW["open_finding_count"].iloc[0]
    assert audit_figures.headline(OVERVIEW) == f"1 of 1 projects is held by a hard gate; {number} findings are open."
    held = audit_figures.held_figure(OVERVIEW)
    assert held is not None
    assert (held.value, held.exact) == ("1 of 1", 1.0)
    waived = audit_figures.waiver_figure(OVERVIEW)
    assert waived is not None
    assert (waived.value, waived.note) == ("1", "1 of them for thirty days at most")
    share = audit_figures.share_figure(OVERVIEW)
    assert share is not None
    assert share.exact == OVERVIEW["passed_share"].iloc[0]
    none = OVERVIEW.iloc[0:0]
    assert "names what is missing" in audit_figures.headline(none)
    for make in (audit_figures.held_figure, audit_figures.finding_figure, audit_figures.waiver_figure,
                 audit_figures.share_figure):  # fmt: skip
        assert make(none) is None


def test_findings_have_the_owner_and_day_that_were_recorded_else_those_of_their_rule() -> None:
    told = html(audit_tables.findings_table(FOUND.findings, NOTHING))
    assert "<script>x" not in told
    assert "hard gate" in told
    assert "in 30 days" in told
    assert "overdue</" not in told
    late = html(audit_tables.findings_table(FOUND.findings, recorded("2026-06-30")))
    # Critical ones are to be cleared in 7 days, major ones in 30; both were due before July.
    assert "8\u00a0May 2026" in late
    assert "31\u00a0May 2026" in late
    assert "overdue" in late
    assert ">60<" in late
    assert audit_figures.overdue_note(recorded("2026-06-30")).endswith("recorded findings are past their day.")
    assert "pmo audit --record" in audit_figures.overdue_note(NOTHING)


def test_verdicts_stand_beside_their_counts_and_waivers_with_who_and_until_when() -> None:
    told = html(audit_tables.verdict_table(STANDING))
    assert "no evidence" in told
    assert "of a hard gate" in told
    waived = html(audit_tables.waiver_table(FOUND.findings))
    assert "15\u00a0July 2026" in waived
    assert "P9" in waived
    assert "Nothing that was found is waived" in html(audit_tables.waiver_table(FOUND.findings.iloc[0:0]))


def test_schedules_maturity_health_and_faults_are_told() -> None:
    points = dcma_points(*frames([task("A", schedule_id=HOSTILE)], [], []))
    told = html(audit_tables.dcma_table(points))
    assert "<script>x" not in told
    assert "assignments of resources are not stored" in told
    assert "at least 0.95" in told
    offences = dcma_offences(*frames([task("A", schedule_id=HOSTILE)], [], []))
    listed = html(audit_tables.offence_table(offences))
    assert "no predecessor and no successor" in listed
    assert "<script>x" not in listed
    stated = contract_frame("self_assessment", [
        {"subject_id": "A", "perspective": "risk", "assessed_on_date": JUNE, "maturity_level": 5},
    ])  # fmt: skip
    maturity = maturity_by_perspective(FOUND.checks, stated, status_date=JUNE)
    assert "all projects" in html(audit_tables.maturity_table(maturity))
    months = pd.concat([
        STANDING.assign(period_month=pd.Timestamp("2026-05-01"), open_finding_count=99),
        STANDING.assign(period_month=pd.Timestamp("2026-06-01")),
    ])  # fmt: skip
    fewer = 99 - STANDING["open_finding_count"].iloc[0]
    assert f"{fewer} fewer" in html(audit_tables.health_table(months, STANDING))
    faults = pd.DataFrame([{"rule_id": "OWN", "project_id": None, "finding": HOSTILE, "remedy": "correct it"}])
    assert "<script>x" not in html(audit_tables.fault_table(faults))
    assert "Every rule can be read" in html(audit_tables.fault_table(faults.iloc[0:0]))
