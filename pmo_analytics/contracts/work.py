"""Contracts of the work in issue trackers: issues, their history, links and sprints."""

from __future__ import annotations

from pmo_analytics.contracts.base import (
    EVENT,
    REGISTER,
    Contract,
    Date,
    Number,
    Text,
    Whole,
    optional,
    required,
    table,
)

ISSUE_KEY = r"^(?:[A-Z][A-Z0-9_]*-[0-9]+)$"
# How a load says that its file holds the newest entries of a history alone.
PARTIAL_HISTORY = "show a part of their history"


@table(
    key=["issue_key"],
    clock=EVENT,
    clock_column="updated_at",
    persons=["assignee_id", "reporter_id"],
    register=True,
    bulk=True,
)
class Issue(Contract):
    """One row per Jira issue, in the state the export saw.

    Key: issue_key. Of an issue updated after `as_of` its history tells the state
    at `as_of`, with NULL for what no change tells; without its history it is
    withheld.
    """

    issue_key: Text = required(str_matches=ISSUE_KEY)
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
    links: Text = optional()
    sprints: Text = optional()
    custom: Text = optional()


@table(
    key=["issue_key", "changed_at", "field", "position"],
    clock=EVENT,
    clock_column="changed_at",
    persons=["author_id", "from_person_id", "to_person_id"],
    register=True,
    bulk=True,
)
class IssueChange(Contract):
    """One row per changed field of an issue, instant and place among the changes of that instant.

    Key: issue_key, changed_at, field, position. Values are text as the source
    states them; where they are persons, such as those an issue was assigned to,
    they stand in `from_person_id` and `to_person_id` alone.
    """

    issue_key: Text = required(str_matches=ISSUE_KEY)
    issue_id: Text = optional()
    changed_at: Date = required()
    field: Text = required()
    position: Whole = required(ge=0)
    from_value: Text = optional()
    to_value: Text = optional()
    from_person_id: Text = optional()
    to_person_id: Text = optional()
    author_id: Text = optional()
    change_id: Text = optional()


@table(key=["issue_key", "other_key", "link_type", "direction"], register=True, bulk=True)
class IssueLink(Contract):
    """One row per issue, linked issue, type of link and direction.

    Key: issue_key, other_key, link_type, direction. Beside the register's rows
    stand those that the visible issues state. Exports do not date links; what
    `as_of` shows of them is what it shows of their issues.
    """

    issue_key: Text = required(str_matches=ISSUE_KEY)
    other_key: Text = required(str_matches=ISSUE_KEY)
    link_type: Text = required()
    direction: Text = required(isin=["inward", "outward"])


@table(key=["issue_key", "sprint"], register=True, bulk=True)
class IssueSprint(Contract):
    """One row per issue and sprint that it is or was in.

    Key: issue_key, sprint. Beside the register's rows stand those that the
    visible issues state. Exports do not date the membership; the changes of an
    issue's sprint are in issue_change.
    """

    issue_key: Text = required(str_matches=ISSUE_KEY)
    sprint: Text = required()


@table(key=["sprint"], clock=REGISTER, register=True)
class Sprint(Contract):
    """One row per sprint and date the register speaks of.

    Key: sprint, status_date.
    """

    sprint: Text = required()
    status_date: Date = required()
    sprint_id: Text = optional()
    state: Text = optional()
    start_at: Date = optional()
    end_at: Date = optional()
    completed_at: Date = optional()
