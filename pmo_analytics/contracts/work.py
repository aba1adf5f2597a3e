"""Contracts of the work itself: issues."""

from __future__ import annotations

from pmo_analytics.contracts.base import EVENT, Contract, Date, Number, Text, optional, required, table


@table(key=["issue_key"], clock=EVENT, clock_column="updated_at", persons=["assignee_id", "reporter_id"])
class Issue(Contract):
    """One row per Jira issue, in the state the export saw.

    Key: issue_key. An issue updated after `as_of` is withheld: its state at
    `as_of` is not in the export.
    """

    issue_key: Text = required(str_matches=r"^(?:[A-Z][A-Z0-9_]*-[0-9]+)$")
    issue_id: Text = optional()
    project_key: Text = required()
    project_id: Text = optional()
    issue_type: Text = optional()
    status: Text = required()
    status_category: Text = optional(isin=["to_do", "in_progress", "done"])
    summary: Text = optional()
    priority: Text = optional()
    assignee_id: Text = optional()
    reporter_id: Text = optional()
    parent_key: Text = optional()
    epic_key: Text = optional()
    created_at: Date = required()
    updated_at: Date = required()
    resolved_at: Date = optional()
    due_date: Date = optional()
    original_estimate_seconds: Number = optional(ge=0)
    remaining_estimate_seconds: Number = optional(ge=0)
    time_spent_seconds: Number = optional(ge=0)
    story_points: Number = optional(ge=0)
    labels: Text = optional()
    components: Text = optional()
    fix_versions: Text = optional()
    custom: Text = optional()
