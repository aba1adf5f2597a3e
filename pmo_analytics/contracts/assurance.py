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


@table(key=["methodology_id", "gate_id"], clock=REGISTER, register=True)
class StageGate(Contract):
    """One row per method, gate and date the register speaks of.

    Key: methodology_id, gate_id, status_date.
    """

    methodology_id: Text = required()
    gate_id: Text = required()
    status_date: Date = required()
    position: Whole = required(ge=0)
    name: Text = required()


@table(key=["methodology_id", "gate_id", "artefact_kind"], clock=REGISTER, register=True)
class RequiredArtefact(Contract):
    """One row per method, gate, kind of artefact it asks for and date the register speaks of.

    Key: methodology_id, gate_id, artefact_kind, status_date.
    """

    methodology_id: Text = required()
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
