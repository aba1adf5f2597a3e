"""Contracts of the portfolio: projects, their names elsewhere, their status, milestones and dependencies."""

from __future__ import annotations

from pmo_analytics.contracts.base import (
    CURRENCY,
    EVENT,
    REGISTER,
    Contract,
    Date,
    Number,
    Text,
    optional,
    required,
    table,
)

STATES = ["proposed", "active", "on_hold", "complete", "cancelled"]
RAG = ["red", "amber", "green"]
RELATIONS = ["FS", "SS", "FF", "SF"]


@table(key=["project_id"], clock=REGISTER, persons=["sponsor_id", "project_manager_id"], register=True)
class Project(Contract):
    """One row per project and date the register speaks of.

    Key: project_id, status_date.
    """

    project_id: Text = required()
    status_date: Date = required()
    name: Text = required()
    portfolio: Text = optional()
    programme: Text = optional()
    sponsor_id: Text = optional()
    project_manager_id: Text = optional()
    methodology: Text = optional()
    methodology_version: Text = optional()
    category: Text = optional()
    size_band: Text = optional(isin=["small", "medium", "large"])
    baseline_start_date: Date = optional()
    baseline_finish_date: Date = optional()
    budget_at_completion_amount: Number = optional(ge=0)
    currency: Text = optional(str_matches=CURRENCY)


@table(key=["source", "external_key"], register=True)
class ProjectAlias(Contract):
    """One row per name that a project has in a source system.

    Key: source, external_key. The source `*` stands for every source.
    """

    source: Text = required()
    external_key: Text = required()
    project_id: Text = required()


@table(key=["project_id", "status_date"], clock=EVENT, clock_column="status_date", register=True)
class ProjectStatus(Contract):
    """One row per project and reporting date.

    Key: project_id, status_date.
    """

    project_id: Text = required()
    status_date: Date = required()
    stage: Text = optional()
    state: Text = required(isin=STATES)
    rag_status: Text = optional(isin=RAG)
    percent_complete_pct: Number = optional(ge=0, le=100)
    forecast_finish_date: Date = optional()
    forecast_cost_amount: Number = optional()
    currency: Text = optional(str_matches=CURRENCY)
    comment: Text = optional()


@table(key=["project_id", "milestone_id", "status_date"], clock=EVENT, clock_column="status_date", register=True)
class Milestone(Contract):
    """One row per project, milestone and reporting date.

    Key: project_id, milestone_id, status_date. Every report up to `as_of` is
    seen, so that slipping shows.
    """

    project_id: Text = required()
    milestone_id: Text = required()
    status_date: Date = required()
    name: Text = optional()
    baseline_date: Date = optional()
    forecast_date: Date = optional()
    actual_date: Date = optional()


@table(key=["dependency_id"], clock=REGISTER, persons=["owner_id"], register=True)
class Dependency(Contract):
    """One row per dependency between projects and date the register speaks of.

    Key: dependency_id, status_date.
    """

    dependency_id: Text = required()
    status_date: Date = required()
    predecessor_project_id: Text = required()
    predecessor_ref: Text = optional()
    successor_project_id: Text = required()
    successor_ref: Text = optional()
    relation: Text = optional(isin=RELATIONS)
    lag_days: Number = optional()
    needed_by_date: Date = optional()
    status: Text = optional()
    owner_id: Text = optional()
