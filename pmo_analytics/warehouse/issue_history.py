"""SQL for what issues were at a reporting date, where they changed later and their history tells what they were.

An issue is stored as its last export saw it. Where it was updated after the
date, each column takes the value from before the first later change of it. An
issue whose history is not known to be whole from the date on is left out.
"""

from __future__ import annotations

from datetime import date

from pmo_analytics.contracts import stored
from pmo_analytics.contracts.work import ISSUE_KEY, PARTIAL_HISTORY
from pmo_analytics.warehouse.as_of import local_day

# Which column a change speaks of, by the field as Jira names it, in small letters.
_FIELDS = {
    "key": "project_key",
    "issuetype": "issue_type",
    "status": "status",
    "summary": "summary",
    "priority": "priority",
    "assignee": "assignee_id",
    "reporter": "reporter_id",
    "parent": "parent_key",
    "issueparentassociation": "parent_key",
    "epic link": "epic_key",
    "resolution": "resolved_at",
    "duedate": "due_date",
    "timeoriginalestimate": "original_estimate_seconds",
    "timeestimate": "remaining_estimate_seconds",
    "timespent": "time_spent_seconds",
    "story points": "story_points",
    "story point estimate": "story_points",
    "labels": "labels",
    "component": "components",
    "fix version": "fix_versions",
    "link": "links",
    "sprint": "sprints",
}
_KEY_ONLY = f"CASE WHEN regexp_matches({{text}}, '{ISSUE_KEY}') THEN {{text}} END"
_SECONDS = "TRY_CAST({text} AS DECIMAL(18, 3))"
# A sprint's name may hold a comma: of several, the names are those of the issue's own sprints that fill the text.
# As text: beside a JSON value the engine would read the column itself as JSON, which a register need not be.
_SPRINTS = (
    "CAST(CASE WHEN strpos({text}, ',') = 0 THEN to_json([{{'name': {text}}}]) "
    "WHEN len(array_to_string(h.own_sprints, ', ')) = len({text}) "
    "THEN to_json(list_transform(h.own_sprints, lambda x: {{'name': x}})) END AS VARCHAR)"
)
# How the text before a change becomes the value of a column. What a change adds and takes away one by one, as
# components, has no text of what stood there before.
_VALUES = {
    "project_key": "regexp_extract({text}, '^(.*)-[0-9]+$', 1)",
    "issue_type": "{text}",
    "status": "{text}",
    "summary": "{text}",
    "priority": "{text}",
    "assignee_id": "h.persons['assignee_id']",
    "reporter_id": "h.persons['reporter_id']",
    "parent_key": _KEY_ONLY,
    "epic_key": _KEY_ONLY,
    "resolved_at": "CASE WHEN {text} IS NOT NULL THEN h.resolved_at END",
    "due_date": "TRY_CAST(left({text}, 10) AS DATE)",
    "original_estimate_seconds": _SECONDS,
    "remaining_estimate_seconds": _SECONDS,
    "time_spent_seconds": _SECONDS,
    "story_points": "TRY_CAST({text} AS DOUBLE)",
    "labels": "replace({text}, ' ', ', ')",
    "components": "NULL",
    "fix_versions": "NULL",
    "links": "NULL",
    "sprints": _SPRINTS,
}
# Where no later change speaks of a column it is today's, but for these.
_UNCHANGED = {
    "resolved_at": "CASE WHEN {resolved_on} <= {cut} THEN i.resolved_at END",
    # Exports without work logs in their history hold a sum that no change tells.
    "time_spent_seconds": "CASE WHEN coalesce(i.time_spent_seconds, 0) = 0 OR h.is_time_told "
    "THEN i.time_spent_seconds END",
}
_WHOLE = {
    "updated_at": "coalesce(h.changed_at, i.created_at)",
    "status_category": "CASE WHEN list_contains(h.changed, 'status') THEN k.status_category ELSE i.status_category END",
    "project_id": "CASE WHEN NOT list_contains(h.changed, 'project_key') THEN i.project_id END",
    # Which of the other fields leave a trace in a history depends on the site.
    "custom": "NULL",
}
# Loads of issues whose file holds their histories as well: nothing happened to them but what these tell.
LOADS_WITH_HISTORY = (
    "SELECT l.load_id FROM lake.meta.load AS l JOIN lake.meta.load AS c ON c.sha256 = l.sha256 "
    "WHERE l.source = 'jira_rest_issue' AND c.source = 'jira_rest_change' AND c.rows_rejected = 0"
)
LOADS_OF_PARTIAL_HISTORY = f"SELECT load_id FROM lake.meta.assumption WHERE contains(text, '{PARTIAL_HISTORY}')"
# Of such a load, the issues whose history may be cut: Jira shows so many entries at most, of each issue alike, and
# one that shows fewer than another does is whole.
PARTIAL_HISTORIES = (
    "SELECT load_id, issue_key FROM (SELECT load_id, issue_key, "
    "count(DISTINCT coalesce(change_id, CAST(changed_at AS VARCHAR))) AS entries FROM lake.core.issue_change "
    f"WHERE load_id IN ({LOADS_OF_PARTIAL_HISTORY}) GROUP BY load_id, issue_key) AS shown "
    "QUALIFY entries = max(entries) OVER (PARTITION BY load_id)"
)
# Issue trackers stamp an issue a moment after the change that they write down.
_MOMENT = "INTERVAL 1 SECOND"


def states_at(issues: str, changes: str, as_of: date, time_zone: str) -> str:
    """The stored rows of issues as they were at the end of `as_of`, from the stored rows of issues and changes.

    The columns are those stored. A value that no history tells is NULL; so is
    the category of a status that no issue created by then, or issues of
    several categories, are in today.
    """
    cut = f"DATE '{as_of.isoformat()}'"
    updated, created, changed = (local_day(f"{n}_at", time_zone) for n in ("updated", "created", "changed"))
    resolved_on = local_day("i.resolved_at", time_zone)
    names = ", ".join(f"('{field}', '{column}')" for field, column in _FIELDS.items())
    columns = ", ".join(f'{_column(c, cut, resolved_on)} AS "{c}"' for c in stored()["issue"].columns)
    own_sprints = (
        "list_filter(list_transform(CASE WHEN json_valid(i.sprints) "
        'THEN from_json(i.sprints, \'[{"name": "VARCHAR"}]\') END, lambda x: x.name), '
        "lambda x: contains(', ' || f.texts['sprints'] || ', ', ', ' || x || ', '))"
    )
    return f"""(
        WITH later AS (SELECT * FROM {issues} WHERE {updated} > {cut} AND {created} <= {cut}),
        spoken AS (
            SELECT c.*, k.column_name, {changed} > {cut} AS is_later
            FROM (SELECT * FROM {changes} WHERE issue_key IN (SELECT issue_key FROM later)) AS c
            LEFT JOIN (VALUES {names}) AS k(field, column_name) ON k.field = lower(c.field)
        ),
        first_later AS (
            SELECT issue_key, column_name, from_value, from_person_id FROM spoken
            WHERE is_later AND column_name IS NOT NULL
            QUALIFY row_number() OVER (PARTITION BY issue_key, column_name ORDER BY changed_at, position) = 1
        ),
        before AS (
            SELECT issue_key, list(column_name) AS changed, map(list(column_name), list(from_value)) AS texts,
                map(list(column_name), list(from_person_id)) AS persons
            FROM first_later GROUP BY issue_key
        ),
        known AS (
            SELECT issue_key, max(changed_at) AS reaches_at, max(changed_at) FILTER (NOT is_later) AS changed_at,
                max(changed_at) FILTER (NOT is_later AND column_name = 'resolved_at' AND to_value IS NOT NULL)
                    AS resolved_at,
                coalesce(bool_or(column_name = 'time_spent_seconds'), false) AS is_time_told,
                bool_or(NOT is_later) AS is_of_before, arg_min(load_id, (changed_at, position)) AS first_load_id
            FROM spoken GROUP BY issue_key
        ),
        whole AS (
            SELECT i.issue_key, n.* EXCLUDE (issue_key), f.persons, f.texts, coalesce(f.changed, []) AS changed,
                {own_sprints} AS own_sprints
            FROM later AS i
            LEFT JOIN known AS n ON n.issue_key = i.issue_key
            LEFT JOIN before AS f ON f.issue_key = i.issue_key
            WHERE (n.reaches_at >= i.updated_at - {_MOMENT} OR i.load_id IN ({LOADS_WITH_HISTORY}))
                AND (n.issue_key IS NULL OR n.is_of_before OR n.first_load_id NOT IN ({LOADS_OF_PARTIAL_HISTORY}))
        ),
        category AS (
            SELECT status, min(status_category) AS status_category FROM {issues} WHERE {created} <= {cut}
            GROUP BY status HAVING count(DISTINCT status_category) = 1
        )
        SELECT * FROM {issues} WHERE {updated} <= {cut}
        UNION ALL BY NAME
        SELECT {columns}, i.load_id, i.source_line
        FROM later AS i
        JOIN whole AS h ON h.issue_key = i.issue_key
        LEFT JOIN category AS k ON k.status = h.texts['status']
    )"""


def _column(name: str, cut: str, resolved_on: str) -> str:
    """SQL for the value of a column of an issue `i` at the cut, with what is known of its history as `h`."""
    if name in _WHOLE:
        return _WHOLE[name]
    if name not in _VALUES:
        return f'i."{name}"'
    before = _VALUES[name].format(text=f"h.texts['{name}']")
    unchanged = _UNCHANGED.get(name, f'i."{name}"').format(resolved_on=resolved_on, cut=cut)
    return f"CASE WHEN list_contains(h.changed, '{name}') THEN {before} ELSE {unchanged} END"
