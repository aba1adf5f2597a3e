-- One row per issue that timesheet entries name or that Jira holds time spent on,
-- up to the reporting date. An issue changed later is withheld where no history
-- that is loaded tells what it was.
WITH booked AS (
    SELECT
        upper(issue_key) AS issue_key,
        sum(duration_seconds) AS duration_seconds,
        count(*) AS entry_count
    FROM core.timesheet_entry
    WHERE issue_key IS NOT NULL
    GROUP BY upper(issue_key)
),

named AS (
    SELECT issue_key FROM booked
    UNION
    SELECT issue_key FROM core.issue WHERE time_spent_seconds <> 0
),

later AS (
    SELECT i.issue_key
    FROM lake.core.issue AS i
    CROSS JOIN meta.reporting AS r
    WHERE CAST(i.created_at AT TIME ZONE 'UTC' AT TIME ZONE r.time_zone AS DATE) <= r.as_of
),

tracker AS (
    SELECT DISTINCT split_part(i.issue_key, '-', 1) AS prefix
    FROM later AS i
)

SELECT
    n.issue_key,
    i.project_id,
    CASE
        WHEN i.issue_key IS NOT NULL THEN 'known'
        WHEN later.issue_key IS NOT NULL THEN 'withheld'
        WHEN tracker.prefix IS NOT NULL THEN 'unknown'
        ELSE 'not_loaded'
    END AS state,
    i.time_spent_seconds,
    CAST(coalesce(b.duration_seconds, 0) AS DECIMAL(18, 3)) AS duration_seconds,
    CAST(coalesce(b.duration_seconds, 0) - coalesce(i.time_spent_seconds, 0) AS DECIMAL(18, 3)) AS difference_seconds,
    coalesce(b.entry_count, 0) AS entry_count
FROM named AS n
LEFT JOIN booked AS b ON b.issue_key = n.issue_key
LEFT JOIN core.issue AS i ON i.issue_key = n.issue_key
LEFT JOIN later ON later.issue_key = n.issue_key
LEFT JOIN tracker ON tracker.prefix = split_part(n.issue_key, '-', 1)
