"""Contracts of the portfolio: projects, their names elsewhere, their status."""

from __future__ import annotations

from pmo_analytics.contracts.base import EVENT, REGISTER, Contract, Date, Number, Text, optional, required, table

STATES = ["proposed", "active", "on_hold", "complete", "cancelled"]
RAG = ["red", "amber", "green"]
CURRENCY = r"^(?:[A-Z]{3})$"


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
