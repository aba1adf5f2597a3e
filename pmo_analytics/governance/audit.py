"""The audit: every rule held against every project's own rows, hard gates apart from all else.

Rules are data (`audit_rules`, `audit_library`), those of the register
`audit_rule` among them. What a rule cannot see is `no evidence`, which is a
finding and no pass; where it does not ask, because of the project's state or
because there is nothing of the kind, it is `not applicable`. A waiver lifts what
a rule found until the day that it ends, that day included; one without such a day lifts
nothing. Source: this project's own rules after PRINCE2 and ISO 21502; what
counts as a breach is named in each rule.

Worked example: project A is active, its last report of 1 March, its only open
risk without an owner. On 30 June the report is 121 days old, so that
STATUS-RECENT failed, with one finding; RISK-OWNED failed, with the risk as its
item; a waiver of RISK-OWNED until 31 July makes that waived. Without any
milestone MILESTONE-DATED has no evidence, which is a finding.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.appended import sha256_of
from pmo_analytics.contracts.base import Contract, Date, Flag, Text, Whole, checked, optional, required
from pmo_analytics.governance.audit_states import CHECK_STATES, FOUND_STATES, SEVERITIES, WAIVED
from pmo_analytics.governance.register_rows import rows_of
from pmo_analytics.governance.rule_book import rule_book, unknown_rule
from pmo_analytics.governance.rule_checks import Evidence, checks_of, waivers_of


class AuditResults(Contract):
    """One row per project, rule and item that the rule found, or one without an item where it found none.

    Key: project_id, rule_id, found_item. `check_state` is that of the whole
    check. `row_count` are the rows that the rule looked at in `table_name`, and
    what it found stands in `reason`. `expires_on_date` and `approver_id` are
    those of the waiver that lifts it; `quality_note` tells of one that does not.
    """

    project_id: Text = required()
    name: Text = optional()
    portfolio: Text = optional()
    rule_id: Text = required()
    title: Text = required()
    perspective: Text = required()
    severity: Text = required(isin=SEVERITIES)
    is_hard_gate: Flag = required()
    check_state: Text = required(isin=CHECK_STATES)
    table_name: Text = required()
    row_count: Whole = required(ge=0)
    found_item: Text = optional()
    reason: Text = optional()
    owner_role: Text = required()
    owner_id: Text = optional()
    within_days: Whole = required(ge=0)
    expires_on_date: Date = optional()
    approver_id: Text = optional()
    hint: Text = optional()
    quality_note: Text = optional()


class AuditChecks(Contract):
    """One row per project and rule, by project, then the gravest rules first.

    Key: project_id, rule_id. `finding_count` is of the items found, waived or
    not; other columns as in `AuditResults`.
    """

    project_id: Text = required()
    name: Text = optional()
    portfolio: Text = optional()
    rule_id: Text = required()
    title: Text = required()
    perspective: Text = required()
    severity: Text = required(isin=SEVERITIES)
    is_hard_gate: Flag = required()
    check_state: Text = required(isin=CHECK_STATES)
    table_name: Text = required()
    row_count: Whole = required(ge=0)
    finding_count: Whole = required(ge=0)
    reason: Text = optional()
    expires_on_date: Date = optional()
    approver_id: Text = optional()
    quality_note: Text = optional()


class AuditFindings(Contract):
    """One row per finding: a project, a rule and an item, hard gates first, then the gravest.

    Key: finding_id, which is made of project_id, rule_id and found_item. A
    finding without an item is of the whole project. `check_state` is failed, no
    evidence or waived.
    """

    finding_id: Text = required()
    project_id: Text = required()
    name: Text = optional()
    portfolio: Text = optional()
    rule_id: Text = required()
    found_item: Text = optional()
    title: Text = required()
    perspective: Text = required()
    severity: Text = required(isin=SEVERITIES)
    is_hard_gate: Flag = required()
    check_state: Text = required(isin=FOUND_STATES)
    table_name: Text = required()
    reason: Text = required()
    owner_role: Text = required()
    owner_id: Text = optional()
    within_days: Whole = required(ge=0)
    expires_on_date: Date = optional()
    approver_id: Text = optional()
    hint: Text = optional()


class AuditFaults(Contract):
    """One row per rule that cannot be read, or waiver that cannot be taken as it stands.

    Key: rule_id, project_id, finding. The project is that of a waiver.
    """

    rule_id: Text = required()
    project_id: Text = optional()
    finding: Text = required()
    remedy: Text = required()


def audit_results(
    project: pd.DataFrame,
    project_status: pd.DataFrame,
    audit_rule: pd.DataFrame,
    waiver: pd.DataFrame,
    gate_evidence: pd.DataFrame,
    *,
    dcma_points: pd.DataFrame,
    milestone: pd.DataFrame,
    risk: pd.DataFrame,
    raid_issue: pd.DataFrame,
    assumption: pd.DataFrame,
    escalation: pd.DataFrame,
    benefit: pd.DataFrame,
    contribution: pd.DataFrame,
    budget: pd.DataFrame,
    demand: pd.DataFrame,
    artefact: pd.DataFrame,
    gate_review: pd.DataFrame,
    document: pd.DataFrame,
    lesson: pd.DataFrame,
    post_project_review: pd.DataFrame,
    schedule_activity: pd.DataFrame,
    schedule_progress: pd.DataFrame,
    status_date: pd.Timestamp,
) -> DataFrame[AuditResults]:
    """Every rule held against every project of the register, with what each found by `status_date`.

    Takes registers, marts of schedules, and `GateEvidence` and `DcmaPoints` frames.
    """
    frames = {
        "project": project, "project_status": project_status, "waiver": waiver, "gate_evidence": gate_evidence,
        "dcma_points": dcma_points, "milestone": milestone, "risk": risk, "raid_issue": raid_issue,
        "assumption": assumption, "escalation": escalation, "benefit": benefit, "contribution": contribution,
        "budget": budget, "demand": demand, "artefact": artefact, "gate_review": gate_review, "document": document,
        "lesson": lesson, "post_project_review": post_project_review, "schedule_activity": schedule_activity,
        "schedule_progress": schedule_progress,
    }  # fmt: skip
    book, evidence = rule_book(audit_rule), Evidence(frames, status_date)
    rows = checks_of(book.rules.values(), evidence)
    frame = pd.DataFrame(rows, columns=list(AuditResults.to_schema().columns))
    gravity = frame["severity"].map({name: at for at, name in enumerate(SEVERITIES)})
    ordered = frame.assign(gravity=gravity, is_soft=~frame["is_hard_gate"].astype(bool)).sort_values(
        ["project_id", "is_soft", "gravity", "rule_id", "found_item"], ignore_index=True
    )
    return checked(AuditResults, ordered[frame.columns].astype({"expires_on_date": "datetime64[ns]"}))


def audit_checks(audit_results: pd.DataFrame) -> DataFrame[AuditChecks]:
    """What each rule makes of each project, from an `AuditResults` frame."""
    columns = list(AuditChecks.to_schema().columns)
    found = audit_results["check_state"].isin(FOUND_STATES)
    counted = audit_results.assign(finding_count=found.astype("Int64"))
    key = ["project_id", "rule_id"]
    totals = counted.groupby(key, sort=False)["finding_count"].sum()
    one = counted.drop_duplicates(key).drop(columns="finding_count").merge(
        totals.reset_index(), on=key, how="left", validate="1:1"
    )  # fmt: skip
    return checked(AuditChecks, one[columns])


def audit_findings(audit_results: pd.DataFrame) -> DataFrame[AuditFindings]:
    """What the rules found, from an `AuditResults` frame: hard gates first, then the gravest."""
    rows = audit_results[audit_results["check_state"].isin(FOUND_STATES)].copy()
    parts = rows[["project_id", "rule_id", "found_item"]].itertuples(index=False, name=None)
    rows["finding_id"] = [finding_id(*each) for each in parts]
    rows["rank"] = rows["severity"].map({name: at for at, name in enumerate(SEVERITIES)})
    rows["is_waived"] = rows["check_state"] == WAIVED
    rows["is_soft"] = ~rows["is_hard_gate"].astype(bool)
    order = ["is_waived", "is_soft", "rank", "project_id", "rule_id", "found_item"]
    ordered = rows.sort_values(order, ignore_index=True)
    return checked(AuditFindings, ordered[list(AuditFindings.to_schema().columns)])


def audit_faults(
    audit_rule: pd.DataFrame, waiver: pd.DataFrame, project: pd.DataFrame, *, status_date: pd.Timestamp
) -> DataFrame[AuditFaults]:
    """Rules that cannot be read, and waivers that lift nothing, with what to do; all others go on."""
    book = rule_book(audit_rule)
    rows: list[dict[str, Any]] = [
        {"rule_id": name, "finding": told, "remedy": remedy} for name, told, remedy in book.faults
    ]
    projects = set(project["project_id"])
    for row in rows_of(waiver):
        of = {"rule_id": row["rule_id"], "project_id": row["project_id"]}
        if row["rule_id"] not in book.known:
            told = f"a waiver of a rule that is not known: {unknown_rule(row['rule_id'], book)}"
            rows.append(of | {"finding": told, "remedy": "correct rule_id in the register waiver"})
        if row["project_id"] not in projects:
            told = "a waiver of a project that the register of projects does not hold"
            rows.append(of | {"finding": told, "remedy": "correct project_id in the register waiver"})
    for project_id, rule_id, note in waivers_of(rows_of(waiver), status_date).notes:
        rows.append({"rule_id": rule_id, "project_id": project_id, "finding": note,
                     "remedy": "state a day of expiry that is to come, or clear what the rule found"})  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(AuditFaults.to_schema().columns))
    frame = frame.drop_duplicates().sort_values(["rule_id", "project_id", "finding"], ignore_index=True)
    return checked(AuditFaults, frame)


def finding_id(project_id: str, rule_id: str, found_item: Any) -> str:
    """The identifier of a finding."""
    return sha256_of([project_id, rule_id, None if pd.isna(found_item) else str(found_item)])[:12]
