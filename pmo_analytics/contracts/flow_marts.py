"""Contracts of the marts of the flow of work: statuses and what became of issues."""

from __future__ import annotations

from pmo_analytics.contracts.base import MARTS, Contract, Date, Number, Text, Whole, optional, required, table


@table(key=["status"], lake=MARTS)
class FlowStatus(Contract):
    """One row per status that an issue is or was in, by the reporting date.

    Key: status. `state` is empty where nothing says what the status means;
    `mapped_by` is what says it: pmo.toml, Jira's category or the usual name.
    """

    status: Text = required()
    state: Text = optional(isin=["to_do", "in_progress", "blocked", "done", "cancelled"])
    mapped_by: Text = optional(isin=["pmo.toml", "jira", "name"])
    issue_count: Whole = required(ge=0)
    change_count: Whole = required(ge=0)


@table(key=["issue_key"], lake=MARTS)
class IssueFlow(Contract):
    """One row per issue and its way through the work up to the reporting date.

    Key: issue_key. Of an issue that is not finished the times last to the end
    of that day. `started_at` is the first start, `finished_at` the last finish,
    or when it was cancelled; what came back from done is not finished. Times
    are empty where `quality_note` says why; `entered_at` is when it came into
    its status.
    """

    issue_key: Text = required()
    project_id: Text = optional()
    issue_type: Text = optional()
    team: Text = optional()
    summary: Text = optional()
    status: Text = required()
    resolution: Text = optional()
    state: Text = required(isin=["to_do", "in_progress", "blocked", "done", "cancelled", "unmapped"])
    created_at: Date = required()
    started_at: Date = optional()
    finished_at: Date = optional()
    entered_at: Date = optional()
    created_on_date: Date = required()
    started_on_date: Date = optional()
    finished_on_date: Date = optional()
    status_seconds: Number = optional(ge=0)
    lead_seconds: Number = optional(ge=0)
    cycle_seconds: Number = optional(ge=0)
    blocked_seconds: Number = optional(ge=0)
    return_count: Whole = optional(ge=0)
    quality_note: Text = optional()
