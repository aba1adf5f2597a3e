-- One row per project and span of days at whose ends the same number of issues
-- was open: created and, as Jira counts, without a resolution. The last span ends
-- on the reporting date. What was resolved and opened again counts by its
-- history, or else by the resolution it has. Issues that are withheld are in no
-- number. An empty project_id gathers the issues of projects that no register or
-- alias knows.
WITH issue AS (
    SELECT issue_key, project_id, created_at, resolved_at
    FROM core.issue
),

resolution AS (
    SELECT
        issue_key,
        changed_at,
        position,
        CASE WHEN to_value IS NULL THEN 1 ELSE 0 END AS is_open,
        row_number() OVER (PARTITION BY issue_key ORDER BY changed_at DESC, position DESC) AS place_from_last
    FROM core.issue_change
    WHERE lower(field) = 'resolution'
),

told AS (
    SELECT i.issue_key
    FROM issue AS i
    JOIN resolution AS r ON r.issue_key = i.issue_key AND r.place_from_last = 1
    WHERE r.is_open = CASE WHEN i.resolved_at IS NULL THEN 1 ELSE 0 END
),

turn AS (
    SELECT issue_key, created_at AS turned_at, -1 AS position, 1 AS is_open
    FROM issue
    UNION ALL
    SELECT r.issue_key, r.changed_at, r.position, r.is_open
    FROM resolution AS r
    JOIN told AS t ON t.issue_key = r.issue_key
    UNION ALL
    SELECT issue_key, resolved_at, 0, 0
    FROM issue
    WHERE resolved_at IS NOT NULL AND issue_key NOT IN (SELECT issue_key FROM told)
),

step AS (
    SELECT
        issue_key,
        turned_at,
        is_open - lag(is_open, 1, 0) OVER (PARTITION BY issue_key ORDER BY turned_at, position) AS change
    FROM turn
),

by_day AS (
    SELECT
        i.project_id,
        CAST(s.turned_at AT TIME ZONE 'UTC' AT TIME ZONE r.time_zone AS DATE) AS start_date,
        sum(s.change) AS change
    FROM step AS s
    JOIN issue AS i ON i.issue_key = s.issue_key
    CROSS JOIN meta.reporting AS r
    GROUP BY i.project_id, CAST(s.turned_at AT TIME ZONE 'UTC' AT TIME ZONE r.time_zone AS DATE)
),

-- Summed before days on which as many were opened as closed are left out: those issues count as well.
counted AS (
    SELECT
        project_id,
        start_date,
        change,
        CAST(sum(change) OVER (PARTITION BY project_id ORDER BY start_date) AS BIGINT) AS open_count
    FROM by_day
)

SELECT
    d.project_id,
    d.start_date,
    coalesce(
        CAST(lead(d.start_date) OVER (PARTITION BY d.project_id ORDER BY d.start_date) - INTERVAL 1 DAY AS DATE),
        r.as_of
    ) AS end_date,
    d.open_count
FROM counted AS d
CROSS JOIN meta.reporting AS r
WHERE d.change <> 0
