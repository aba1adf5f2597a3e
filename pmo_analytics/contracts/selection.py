"""Contracts of choosing: proposals, their cases, criteria, objectives and what was decided."""

from __future__ import annotations

from pmo_analytics.contracts.base import (
    CURRENCY,
    EVENT,
    REGISTER,
    Contract,
    Date,
    Flag,
    Number,
    Text,
    optional,
    required,
    table,
)


@table(key=["proposal_id"], clock=REGISTER, persons=["sponsor_id"], register=True)
class Proposal(Contract):
    """One row per proposed project and date the register speaks of.

    Key: proposal_id, status_date. Its value is what it is worth over its life
    after its cost, a net present value; a scenario of choice may say that the
    register states values before cost.
    """

    proposal_id: Text = required()
    status_date: Date = required()
    name: Text = required()
    portfolio: Text = optional()
    sponsor_id: Text = optional()
    cost_amount: Number = optional(ge=0)
    value_amount: Number = optional()
    currency: Text = optional(str_matches=CURRENCY)
    duration_months: Number = optional(ge=0)
    earliest_start_date: Date = optional()
    is_mandatory: Flag = optional()


@table(key=["proposal_id", "other_proposal_id", "kind"], clock=REGISTER, register=True)
class ProposalLink(Contract):
    """One row per pair of proposals, kind of tie and date the register speaks of.

    Key: proposal_id, other_proposal_id, kind, status_date. The first requires
    or excludes the other; a synergy has the value that both together add.
    """

    proposal_id: Text = required()
    other_proposal_id: Text = required()
    kind: Text = required(isin=["requires", "excludes", "synergy"])
    status_date: Date = required()
    value_amount: Number = optional()
    currency: Text = optional(str_matches=CURRENCY)


@table(key=["proposal_id", "version"], clock=REGISTER, register=True)
class BusinessCase(Contract):
    """One row per version of a proposal's business case and date the register speaks of.

    Key: proposal_id, version, status_date.
    """

    proposal_id: Text = required()
    version: Text = required()
    status_date: Date = required()
    submitted_on_date: Date = optional()
    cost_amount: Number = optional()
    value_amount: Number = optional()
    benefit_amount: Number = optional()
    currency: Text = optional(str_matches=CURRENCY)


@table(key=["criterion_id"], clock=REGISTER, register=True)
class Criterion(Contract):
    """One row per criterion of choice and date the register speaks of.

    Key: criterion_id, status_date. More of a benefit is better, more of a cost
    is worse.
    """

    criterion_id: Text = required()
    status_date: Date = required()
    name: Text = required()
    weight: Number = optional(ge=0)
    direction: Text = required(isin=["benefit", "cost"])


@table(key=["subject_id", "criterion_id", "assessor_id"], clock=REGISTER, persons=["assessor_id"], register=True)
class CriterionScore(Contract):
    """One row per proposal or project, criterion, assessor and date the register speaks of.

    Key: subject_id, criterion_id, assessor_id, status_date.
    """

    subject_id: Text = required()
    criterion_id: Text = required()
    assessor_id: Text = required()
    status_date: Date = required()
    score: Number = required()
    scored_on_date: Date = optional()


@table(
    key=["assessor_id", "criterion_id", "other_criterion_id"],
    clock=REGISTER,
    persons=["assessor_id"],
    register=True,
)
class PairwiseJudgement(Contract):
    """One row per assessor, pair of criteria and date the register speaks of.

    Key: assessor_id, criterion_id, other_criterion_id, status_date. As in the
    analytic hierarchy process, a ratio of 3 says that the first criterion
    matters three times as much as the other.
    """

    assessor_id: Text = required()
    criterion_id: Text = required()
    other_criterion_id: Text = required()
    status_date: Date = required()
    ratio: Number = required(gt=0)


@table(key=["objective_id"], clock=REGISTER, persons=["owner_id"], register=True)
class Objective(Contract):
    """One row per strategic objective and date the register speaks of.

    Key: objective_id, status_date.
    """

    objective_id: Text = required()
    status_date: Date = required()
    parent_objective_id: Text = optional()
    name: Text = required()
    weight: Number = optional(ge=0)
    owner_id: Text = optional()


@table(key=["project_id", "objective_id"], clock=REGISTER, register=True)
class Contribution(Contract):
    """One row per project, objective it serves and date the register speaks of.

    Key: project_id, objective_id, status_date.
    """

    project_id: Text = required()
    objective_id: Text = required()
    status_date: Date = required()
    share_pct: Number = optional(ge=0, le=100)


@table(
    key=["subject_id", "decided_on_date"],
    clock=EVENT,
    clock_column="decided_on_date",
    persons=["by_id"],
    register=True,
)
class PortfolioDecision(Contract):
    """One row per proposal or project and day of a decision on it.

    Key: subject_id, decided_on_date.
    """

    subject_id: Text = required()
    decided_on_date: Date = required()
    decision: Text = required(isin=["approved", "deferred", "cancelled", "continued"])
    by_id: Text = optional()
    reason: Text = optional()
    review_date: Date = optional()
    carried_out_on_date: Date = optional()
