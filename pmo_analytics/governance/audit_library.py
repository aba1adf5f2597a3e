"""The rules that come with the package, in the form that an organisation's own take.

Sources of what they ask: PRINCE2's and ISO 21502's control of stages, risks,
issues and benefits, ISO 31000 for what an entry of a risk register states, the
DCMA's 14 points for schedules. Limits in days and severities are this project's
own: a row of the register `audit_rule` with the same rule_id changes or drops one.
"""

from __future__ import annotations

from typing import Any

from pmo_analytics.governance.audit_states import NOT_APPLICABLE
from pmo_analytics.governance.dcma import NOT_CHECKED, POINTS
from pmo_analytics.governance.dcma import PASSED as POINT_PASSED
from pmo_analytics.governance.gate_evidence import APPROVED, LATE, NONE_ASKED, PASSED, PASSED_OVER, TO_COME

Rule = dict[str, Any]
CLOSED = [
    "closed", "done", "resolved", "retired", "expired", "occurred", "cancelled", "rejected", "decided", "complete",
]  # fmt: skip
_GIVEN, _MISSING, _ONE_OF, _NONE_OF = "is given", "is missing", "is one of", "is not one of"


def _that(column: str, operator: str, value: Any = None) -> Rule:
    found = {"column": column, "operator": operator}
    return found if value is None else found | {"value": value}


def _given(*columns: str) -> list[Rule]:
    return [_that(column, _GIVEN) for column in columns]


# A row without a state is open.
_OPEN_STATE = [_that("state", _NONE_OF, CLOSED)]


def _rule(rule_id: str, title: str, perspective: str, severity: str, source: str, **others: Any) -> Rule:
    return {
        "rule_id": rule_id, "title": title, "perspective": perspective, "severity": severity, "source": source,
    } | others  # fmt: skip


_GATES = [
    _rule(
        "GATE-EVIDENCE", "A gate is passed with its mandatory artefacts approved", "governance", "critical",
        "gate_evidence", is_hard_gate=True, where=[_that("gate_state", "is", PASSED)], when_none_fits=NOT_APPLICABLE,
        expect=[_that("evidence_state", _ONE_OF, [APPROVED, LATE, NONE_ASKED])], applies_to=["active", "on_hold"],
        hint="approve the artefact, withdraw the pass, or waive the rule until a day",
    ),
    _rule(
        "GATE-ORDER", "No stage is entered before its gate is passed", "governance", "critical", "gate_evidence",
        is_hard_gate=True, expect=[_that("gate_state", "is not", PASSED_OVER)], applies_to=["active", "on_hold"],
        owner_role="sponsor", hint="hold the review of the gate, or report the stage that the project is in",
    ),
    _rule(
        "GATE-ON-TIME", "Artefacts are approved by the review of their gate", "governance", "minor", "gate_evidence",
        where=[_that("evidence_state", "is not", TO_COME)], expect=[_that("evidence_state", "is not", LATE)],
        when_absent=NOT_APPLICABLE, when_none_fits=NOT_APPLICABLE, applies_to=["active", "on_hold"],
    ),
    _rule(
        "METHOD-STATED", "The project names its method", "governance", "minor", "project",
        expect=_given("methodology"), owner_role="PMO",
    ),
    _rule(
        "MANAGER-NAMED", "The project has a manager", "governance", "major", "project",
        expect=_given("project_manager_id"), owner_role="sponsor",
    ),
    _rule(
        "WAIVER-EXPIRY", "A waiver states the day that it ends", "governance", "major", "waiver",
        expect=_given("expires_on_date"), when_absent=NOT_APPLICABLE, owner_role="PMO",
        hint="state expires_on_date: a waiver without one lifts nothing",
    ),
    _rule(
        "DECISION-OVERDUE", "Escalations are decided by their day", "governance", "major", "escalation",
        where=[_that("decided_on_date", _MISSING)], expect=[_that("due_date", "is not before", "status date")],
        when_absent=NOT_APPLICABLE, owner_role="portfolio board",
    ),
]  # fmt: skip

_REPORTS = [
    _rule(
        "STATUS-RECENT", "The status report is not older than 45 days", "performance", "major", "project_status",
        newest_within_days=45, applies_to=["active", "on_hold"],
    ),
    _rule(
        "STATUS-COMPLETE", "The status report fills its template: status, progress and expected finish", "performance",
        "minor", "project_status", expect=_given("rag_status", "percent_complete_pct", "forecast_finish_date"),
        when_absent=NOT_APPLICABLE,
    ),
    _rule(
        "STATUS-EXPLAINED", "A red or amber status says why", "performance", "minor", "project_status",
        where=[_that("rag_status", _ONE_OF, ["red", "amber"])], expect=_given("comment"),
        when_absent=NOT_APPLICABLE,
    ),
    _rule(
        "BASELINE-SET", "The project has a baseline finish and a budget", "performance", "major", "project",
        expect=_given("baseline_finish_date", "budget_at_completion_amount"), owner_role="sponsor",
    ),
    _rule(
        "MILESTONE-DATED", "A milestone that is not reached is expected on a day to come", "performance", "major",
        "milestone", where=[_that("actual_date", _MISSING)],
        expect=[_that("forecast_date", "is not before", "status date")],
        hint="report when it was reached, or expect it on another day",
    ),
    _rule(
        "MILESTONE-BASELINE", "Every milestone has a baseline date", "performance", "minor", "milestone",
        expect=_given("baseline_date"), when_absent=NOT_APPLICABLE,
    ),
    _rule(
        "BUDGET-PHASED", "The budget is planned by month", "cost", "minor", "budget", at_least=1,
    ),
]  # fmt: skip

_RISKS = [
    _rule("RISK-REGISTER", "Risks are kept", "risk", "major", "risk", at_least=1),
    _rule(
        "RISK-REVIEWED", "Open risks were looked at within 90 days", "risk", "major", "risk", where=_OPEN_STATE,
        expect=[_that("status_date", "is within days", 90)], when_absent=NOT_APPLICABLE,
    ),
    _rule("RISK-OWNED", "Open risks have an owner", "risk", "major", "risk", where=_OPEN_STATE,
          expect=_given("owner_id"), when_absent=NOT_APPLICABLE),
    _rule("RISK-RESPONSE", "Open risks have a response", "risk", "minor", "risk", where=_OPEN_STATE,
          expect=_given("response"), when_absent=NOT_APPLICABLE),
    _rule(
        "RISK-QUANTIFIED", "Open risks state probability and cost", "risk", "minor", "risk", where=_OPEN_STATE,
        expect=_given("probability", "cost_most_likely_amount"), when_absent=NOT_APPLICABLE,
    ),
    _rule(
        "RISK-PROXIMITY", "No open risk was to have happened by now", "risk", "minor", "risk",
        where=[*_OPEN_STATE, _that("proximity_date", _GIVEN)],
        expect=[_that("proximity_date", "is not before", "status date")],
        when_absent=NOT_APPLICABLE, hint="close it, or say when it may happen now",
    ),
    _rule(
        "ISSUE-OWNED", "Open issues have an owner and a day", "risk", "major", "raid_issue", where=_OPEN_STATE,
        expect=_given("owner_id", "due_date"), when_absent=NOT_APPLICABLE,
    ),
    _rule(
        "ISSUE-OVERDUE", "No open issue is past its day", "risk", "minor", "raid_issue",
        where=[*_OPEN_STATE, _that("due_date", _GIVEN)], expect=[_that("due_date", "is not before", "status date")],
        when_absent=NOT_APPLICABLE,
    ),
    _rule(
        "ASSUMPTION-OWNED", "Open assumptions have an owner", "risk", "minor", "assumption", where=_OPEN_STATE,
        expect=_given("owner_id"), when_absent=NOT_APPLICABLE,
    ),
]  # fmt: skip

_VALUE = [
    _rule(
        "BENEFIT-OWNED", "Benefits have an owner and a measure", "portfolio", "major", "benefit",
        expect=_given("owner_id", "measure"), when_absent=NOT_APPLICABLE, owner_role="sponsor",
    ),
    _rule(
        "OBJECTIVE-SERVED", "The project serves an objective", "portfolio", "minor", "contribution", at_least=1,
        owner_role="sponsor",
    ),
    _rule(
        "DEMAND-PLANNED", "The hours that the project needs are planned", "resources", "minor", "demand", at_least=1,
    ),
    _rule(
        "REVIEW-HELD", "A project that is complete was looked back on", "knowledge", "minor", "post_project_review",
        at_least=1, applies_to=["complete"], owner_role="PMO",
    ),
    _rule(
        "LESSON-RECORDED", "A project that is complete left a lesson", "knowledge", "minor", "lesson", at_least=1,
        applies_to=["complete"], owner_role="PMO",
    ),
    _rule(
        "SCHEDULE-CURRENT", "The schedule's data date is not older than 45 days", "schedule", "major",
        "schedule_progress", newest_within_days=45, when_absent=NOT_APPLICABLE,
    ),
]  # fmt: skip

_TITLES = {
    "logic": "at most 5 % of open activities lack a predecessor or a successor",
    "leads": "no link has an overlap",
    "lags": "at most 5 % of links have a lag",
    "relationship types": "at least 90 % of links lead from finish to start",
    "hard constraints": "at most 5 % of open activities are held by a hard constraint",
    "high float": "at most 5 % of open activities have over 44 days of float",
    "negative float": "no open activity has negative float",
    "high duration": "at most 5 % of open tasks take over 44 days",
    "invalid dates": "no work is planned before the data date, or done after it",
    "resources": "every task has resources",
    "missed tasks": "at most 5 % of what was due finish late",
    "critical path test": "a delay of the critical path moves the finish",
    "critical path length index": "CPLI is at least 0.95",
    "baseline execution index": "BEI is at least 0.95",
}
_GRAVE = frozenset({"logic", "negative float", "invalid dates", "critical path test"})
_DCMA = [
    _rule(
        f"DCMA-{place:02d}", f"Schedule, {name}: {_TITLES[name]}", "schedule",
        "major" if name in _GRAVE else "minor", "dcma_points",
        where=[_that("dcma_point", "is", name), _that("verdict", "is not", NOT_CHECKED)],
        expect=[_that("verdict", "is", POINT_PASSED)], when_absent=NOT_APPLICABLE, when_none_fits=NOT_APPLICABLE,
        hint="the activities and links are listed by the page on the audit",
    )
    for place, (name, *_) in enumerate(POINTS, start=1)
]  # fmt: skip

LIBRARY: tuple[Rule, ...] = (*_GATES, *_REPORTS, *_RISKS, *_VALUE, *_DCMA)
