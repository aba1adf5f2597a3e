"""Contracts of the marts of the flow of work: statuses, what became of issues, and the scope of sprints."""

from __future__ import annotations

from pmo_analytics.contracts.base import MARTS, Contract, Date, Flag, Number, Text, Whole, optional, required, table


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
    its status. It is blocked in a waiting status and under Jira's flag, where
    both hold once; `is_flagged` is empty where nothing tells.
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
    flagged_seconds: Number = optional(ge=0)
    is_flagged: Flag = optional()
    return_count: Whole = optional(ge=0)
    quality_note: Text = optional()


@table(key=["sprint_id", "issue_key"], lake=MARTS)
class SprintScope(Contract):
    """One row per sprint that has begun and issue that was in it, or may have been, up to the reporting date.

    Key: sprint_id, issue_key. `sprint_id` is the sprint's number, behind its
    site where the export tells it, or its name where no number is known.
    It came in at `joined_at`; `is_committed` where it was in at the sprint's
    start, else it was added. `story_points` and `status_before` are those of
    the start, or of the moment when it was added, `status_after` is of the
    sprint's end, or of the reporting date where it is open. `outcome` is of the
    same moment: `removed` where it is in no longer, `done_before` where it was
    done or given up before it came in, `not_known` where `quality_note` says why.
    """

    sprint_id: Text = required()
    issue_key: Text = required()
    sprint: Text = required()
    sprint_state: Text = required(isin=["open", "closed", "not_known"])
    start_at: Date = optional()
    ended_at: Date = optional()
    start_date: Date = optional()
    end_date: Date = optional()
    project_id: Text = optional()
    issue_type: Text = optional()
    team: Text = optional()
    summary: Text = optional()
    is_committed: Flag = optional()
    joined_at: Date = optional()
    removed_at: Date = optional()
    status_before: Text = optional()
    status_after: Text = optional()
    story_points: Number = optional(ge=0)
    outcome: Text = required(isin=["completed", "not_completed", "removed", "cancelled", "done_before", "not_known"])
    quality_note: Text = optional()
