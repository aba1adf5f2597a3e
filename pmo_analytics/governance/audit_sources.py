"""What a rule of the audit may look at: registers, marts and analyses by name, and what names a row of each."""

from __future__ import annotations

from dataclasses import dataclass

from pmo_analytics.contracts.assurance import Artefact, GateReview, Waiver
from pmo_analytics.contracts.base import Contract
from pmo_analytics.contracts.benefits import Benefit
from pmo_analytics.contracts.cost import Budget
from pmo_analytics.contracts.dependency_marts import ScheduleActivity
from pmo_analytics.contracts.knowledge import Document, Lesson, PostProjectReview
from pmo_analytics.contracts.people import Demand
from pmo_analytics.contracts.portfolio import Milestone, Project, ProjectStatus
from pmo_analytics.contracts.progress_marts import ScheduleProgress
from pmo_analytics.contracts.raid import Assumption, Escalation, RaidIssue, Risk
from pmo_analytics.contracts.selection import Contribution
from pmo_analytics.governance.dcma import DcmaPoints
from pmo_analytics.governance.gate_evidence import GateEvidence


@dataclass(frozen=True)
class Source:
    """A table that rules look at.

    `key` names a row within its project; of several reports of the same
    `last_by` the last up to the reporting date counts; `dated` says how new a row is;
    `absent` is what is said where there is no row of a project.
    """

    contract: type[Contract]
    key: tuple[str, ...]
    dated: str | None = None
    last_by: tuple[str, ...] = ()
    absent: str = ""


SOURCES: dict[str, Source] = {
    "project": Source(Project, (), "status_date"),
    "project_status": Source(ProjectStatus, (), "status_date", ("project_id",)),
    "milestone": Source(Milestone, ("milestone_id",), "status_date", ("project_id", "milestone_id")),
    "risk": Source(Risk, ("risk_id",), "status_date", ("risk_id",)),
    "raid_issue": Source(RaidIssue, ("raid_issue_id",), "status_date"),
    "assumption": Source(Assumption, ("assumption_id",), "status_date"),
    "escalation": Source(Escalation, ("escalation_id",), "status_date"),
    "benefit": Source(Benefit, ("benefit_id",), "status_date"),
    "contribution": Source(Contribution, ("objective_id",), "status_date"),
    "budget": Source(Budget, ("baseline_version", "period_month"), "baselined_on_date"),
    "demand": Source(Demand, ("skill_id", "period_month"), "status_date"),
    "artefact": Source(Artefact, ("artefact_kind", "version"), "approved_on_date"),
    "gate_review": Source(GateReview, ("gate_id", "review_date"), "review_date"),
    "waiver": Source(Waiver, ("rule_id", "granted_on_date"), "granted_on_date"),
    "document": Source(Document, ("document_id",), "dated_on_date"),
    "lesson": Source(Lesson, ("lesson_id",), "recorded_on_date"),
    "post_project_review": Source(PostProjectReview, ("review_date",), "review_date"),
    "schedule_activity": Source(ScheduleActivity, ("schedule_id", "task_id"), "status_date"),
    "schedule_progress": Source(ScheduleProgress, ("schedule_id",), "status_date"),
    "gate_evidence": Source(
        GateEvidence, ("gate_id", "artefact_kind"), absent="the registers hold no gate of this project's method"
    ),
    "dcma_points": Source(DcmaPoints, ("schedule_id",), "status_date"),
}
