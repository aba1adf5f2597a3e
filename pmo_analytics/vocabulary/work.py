"""Words of the work in issue trackers."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import COUNT, DATE, FLAG, INSTANT, NUMBER, SECONDS, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "issue_key": "Key of a Jira issue.",
            "issue_id": "Number of a Jira issue.",
            "issue_type": "Type of a Jira issue.",
            "status_category": "Status folded to to_do, in_progress or done.",
            "resolution": "How an issue was resolved, as the source system names it.",
            "mapped_by": "What says what a status means: pmo.toml, Jira's category, or its usual name.",
            "priority": "Priority as the source system names it.",
            "assignee_id": "Person an issue is assigned to.",
            "reporter_id": "Person who reported an issue.",
            "parent_key": "Key of the parent issue.",
            "epic_key": "Key of the epic an issue belongs to.",
            "labels": "Labels, joined by a comma and a space.",
            "components": "Components, joined by a comma and a space.",
            "fix_versions": "Fix versions, joined by a comma and a space.",
            "links": "Links to other issues as the export states them, as a JSON list.",
            "sprints": "Sprints of an issue as the export states them, as a JSON list.",
            "change_id": "Identifier of the edit that a changed field was part of.",
            "field": "Field that was changed, as the source system names it.",
            "from_value": "Value before the change.",
            "to_value": "Value after the change.",
            "from_person_id": "Person before a change of a field that holds a person.",
            "to_person_id": "Person after a change of a field that holds a person.",
            "author_id": "Person who made the change or wrote it down.",
            "other_key": "Key of the issue at the other end of a link.",
            "link_type": "Type of a link, as the source system names it.",
            "sprint": "Name of a sprint.",
            "sprint_id": "Number of a sprint in the source system; its name where it has none.",
            "sprint_state": "Whether a sprint goes on or has ended by the reporting date.",
            "status_before": "Status of an issue when the sprint began, or when the issue was added to it.",
            "status_after": "Status of an issue when the sprint ended, or at the reporting date.",
        },
    ),
    *terms(
        INSTANT,
        "UTC",
        {
            "created_at": "When the issue was created.",
            "updated_at": "When the issue was last changed.",
            "resolved_at": "When the issue was resolved.",
            "changed_at": "When the field was changed.",
            "entered_at": "When an issue came into a status.",
            "finished_at": "When an issue was last done, or was cancelled.",
            "left_at": "When an issue left a status; empty for the one it is in.",
            "end_at": "When a sprint is planned to end.",
            "completed_at": "When a sprint was closed.",
            "joined_at": "When an issue was put into a sprint.",
            "removed_at": "When an issue was taken out of a sprint that had begun.",
        },
    ),
    *terms(
        DATE,
        "date",
        {
            "created_on_date": "Day on which the issue was created.",
            "started_on_date": "Day on which an issue first came into progress.",
        },
    ),
    *terms(
        SECONDS,
        "seconds",
        {
            "original_estimate_seconds": "First estimate of an issue.",
            "remaining_estimate_seconds": "Work left on an issue.",
            "status_seconds": "Time that an issue has been in its status, to the end of the reporting date.",
            "lead_seconds": "From an issue's creation to its finish, or to the end of the reporting date.",
            "cycle_seconds": "From an issue's first start to its finish, or to the end of the reporting date.",
            "blocked_seconds": "Time since its start that an issue stood in a waiting status or carried Jira's flag.",
            "flagged_seconds": "Time since its start that an issue carried Jira's flag, whatever its status.",
            "time_spent_seconds": "Time logged on an issue itself, sub-tasks apart.",
        },
    ),
    *terms(
        COUNT,
        "issues",
        {
            "open_count": "Issues without a resolution at the end of a day.",
            "issue_count": "Issues counted.",
        },
    ),
    *terms(
        COUNT,
        "",
        {
            "change_count": "Times that an issue came into a status.",
            "return_count": "Times that an issue came back from done.",
        },
    ),
    *terms(NUMBER, "", {"story_points": "Story points of an issue."}),
    *terms(
        FLAG,
        "",
        {
            "is_committed": "Whether an issue was in a sprint when the sprint began.",
            "is_flagged": "Whether an issue carries Jira's flag, that of an impediment.",
        },
    ),
]
