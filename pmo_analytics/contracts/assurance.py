"""Contracts of assurance: methods and their gates, the evidence, reviews and waivers."""

from __future__ import annotations

from pmo_analytics.contracts.base import (
    EVENT,
    REGISTER,
    Contract,
    Date,
    Flag,
    Text,
    Whole,
    optional,
    required,
    table,
)


@table(key=["methodology_id", "version"], clock=REGISTER, register=True)
class Methodology(Contract):
    """One row per version of a method and date the register speaks of.

    Key: methodology_id, version, status_date.
    """

    methodology_id: Text = required()
    version: Text = required()
    status_date: Date = required()
    name: Text = required()
    approach: Text = optional(isin=["waterfall", "agile", "hybrid"])


@table(key=["methodology_id", "version", "gate_id"], clock=REGISTER, register=True)
class StageGate(Contract):
    """One row per version of a method, gate and date the register speaks of.

    Key: methodology_id, version, gate_id, status_date. The stage is the one
    that the gate ends. A gate follows those that are named, or else the one
    before it by position.
    """

    methodology_id: Text = required()
    version: Text = required()
    gate_id: Text = required()
    status_date: Date = required()
    position: Whole = required(ge=0)
    name: Text = required()
    stage: Text = optional()
    follows_gates: Text = optional()
    tailoring: Text = optional()


@table(key=["methodology_id", "version", "gate_id", "artefact_kind"], clock=REGISTER, register=True)
class RequiredArtefact(Contract):
    """One row per version of a method, gate, kind of artefact it asks for and date the register speaks of.

    Key: methodology_id, version, gate_id, artefact_kind, status_date.
    """

    methodology_id: Text = required()
    version: Text = required()
    gate_id: Text = required()
    artefact_kind: Text = required()
    status_date: Date = required()
    is_mandatory: Flag = optional()
    tailoring: Text = optional()


@table(key=["project_id", "artefact_kind", "version"], clock=REGISTER, persons=["approver_id"], register=True)
class Artefact(Contract):
    """One row per project, kind of artefact, version and date the register speaks of.

    Key: project_id, artefact_kind, version, status_date.
    """

    project_id: Text = required()
    artefact_kind: Text = required()
    version: Text = required()
    status_date: Date = required()
    location: Text = optional()
    approved_on_date: Date = optional()
    approver_id: Text = optional()


@table(key=["project_id", "gate_id", "review_date"], clock=EVENT, clock_column="review_date", register=True)
class GateReview(Contract):
    """One row per project, gate and day of its review.

    Key: project_id, gate_id, review_date.
    """

    project_id: Text = required()
    gate_id: Text = required()
    review_date: Date = required()
    outcome: Text = required()
    comment: Text = optional()


@table(
    key=["project_id", "rule_id", "granted_on_date"],
    clock=EVENT,
    clock_column="granted_on_date",
    persons=["approver_id"],
    register=True,
)
class Waiver(Contract):
    """One row per project, rule it is freed from and day that was granted.

    Key: project_id, rule_id, granted_on_date.
    """

    project_id: Text = required()
    rule_id: Text = required()
    granted_on_date: Date = required()
    expires_on_date: Date = optional()
    reason: Text = optional()
    approver_id: Text = optional()


@table(key=["rule_id"], clock=REGISTER, register=True)
class AuditRule(Contract):
    """One row per rule of the audit and date the register speaks of.

    Key: rule_id, status_date. The definition is the rule as JSON: which rows it
    looks at, and what must hold of them.
    """

    rule_id: Text = required()
    status_date: Date = required()
    title: Text = required()
    perspective: Text = optional()
    severity: Text = optional()
    is_hard_gate: Flag = optional()
    definition: Text = required()
    state: Text = optional()


@table(
    key=["subject_id", "perspective", "assessed_on_date"],
    clock=EVENT,
    clock_column="assessed_on_date",
    persons=["assessor_id"],
    register=True,
)
class SelfAssessment(Contract):
    """One row per project or department, perspective it judged itself in, and day it did.

    Key: subject_id, perspective, assessed_on_date.
    """

    subject_id: Text = required()
    perspective: Text = required()
    assessed_on_date: Date = required()
    maturity_level: Whole = required(ge=1, le=5)
    assessor_id: Text = optional()
    comment: Text = optional()
