-- One row per estimated item as it was known on the reporting date: an item
-- finished later is open, and its actual is not known yet. Items come from the
-- register of estimates with outcomes, and from Jira: issues with an original
-- estimate that were resolved and have work on record, by their key. The work is
-- what timesheets booked on the issue, or else Jira's own time spent on it,
-- sub-tasks apart. Where the register holds an item of that key, the register
-- counts alone. An issue is of the class of its type and the size of its story
-- points, and was estimated when its original estimate was last changed, or else
-- when it was created; what was estimated once it was resolved is no estimate.
WITH registered AS (
    SELECT
        e.item_id,
        e.project_id,
        e.work_class,
        e.size,
        e.estimate_seconds,
        CASE WHEN e.state <> 'open' AND coalesce(e.finished_on_date, r.as_of) <= r.as_of THEN e.actual_seconds END
            AS actual_seconds,
        e.estimated_on_date,
        CASE WHEN e.finished_on_date <= r.as_of THEN e.finished_on_date END AS finished_on_date,
        CASE WHEN coalesce(e.finished_on_date, r.as_of) <= r.as_of THEN e.state ELSE 'open' END AS state
    FROM core.estimate_outcome AS e
    CROSS JOIN meta.reporting AS r
    WHERE coalesce(e.estimated_on_date, r.as_of) <= r.as_of
),

booked AS (
    SELECT upper(issue_key) AS issue_key, sum(duration_seconds) AS duration_seconds
    FROM core.timesheet_entry
    WHERE issue_key IS NOT NULL
    GROUP BY upper(issue_key)
    HAVING sum(duration_seconds) > 0
),

estimated AS (
    SELECT issue_key, max(changed_at) AS estimated_at
    FROM core.issue_change
    WHERE lower(field) = 'timeoriginalestimate'
    GROUP BY issue_key
),

tracked AS (
    SELECT
        i.issue_key,
        i.project_id,
        i.issue_type,
        i.story_points,
        i.original_estimate_seconds,
        coalesce(b.duration_seconds, i.time_spent_seconds) AS actual_seconds,
        coalesce(e.estimated_at, i.created_at) AS estimated_at,
        i.resolved_at,
        CASE WHEN b.issue_key IS NOT NULL THEN 'timesheets' ELSE 'time_spent' END AS actual_source
    FROM core.issue AS i
    LEFT JOIN booked AS b ON b.issue_key = i.issue_key
    LEFT JOIN estimated AS e ON e.issue_key = i.issue_key
    WHERE i.resolved_at IS NOT NULL
        AND coalesce(i.status_category, 'done') = 'done'
        AND i.original_estimate_seconds > 0
        AND (b.issue_key IS NOT NULL OR i.time_spent_seconds > 0)
        AND coalesce(e.estimated_at, i.created_at) < i.resolved_at
        AND i.issue_key NOT IN (SELECT upper(item_id) FROM registered)
)

SELECT
    item_id,
    project_id,
    work_class,
    size,
    estimate_seconds,
    actual_seconds,
    estimated_on_date,
    finished_on_date,
    state,
    'register' AS actual_source
FROM registered
UNION ALL
SELECT
    t.issue_key,
    t.project_id,
    t.issue_type,
    t.story_points,
    t.original_estimate_seconds,
    CAST(t.actual_seconds AS DECIMAL(18, 3)),
    CAST(t.estimated_at AT TIME ZONE 'UTC' AT TIME ZONE r.time_zone AS DATE),
    CAST(t.resolved_at AT TIME ZONE 'UTC' AT TIME ZONE r.time_zone AS DATE),
    'finished',
    t.actual_source
FROM tracked AS t
CROSS JOIN meta.reporting AS r
