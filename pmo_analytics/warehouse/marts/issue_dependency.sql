-- One row per pair of issues of which one waits for the other and is not done. A
-- link is read by Jira's usual names of its type: what blocks or precedes is
-- waited for by the other end, what depends or requires waits for it. The two
-- issues of a link each state it, and a pair may have links of several types:
-- one tie. The issue waited for is due on its due date, the one that waits
-- needs it by its own.
WITH tie AS (
    SELECT
        CASE
            WHEN lower(trim(link_type)) IN ('blocks', 'blocker', 'blocked', 'precedes', 'gantt end to start')
                THEN CASE WHEN direction = 'outward' THEN issue_key ELSE other_key END
            ELSE CASE WHEN direction = 'outward' THEN other_key ELSE issue_key END
        END AS predecessor_key,
        CASE
            WHEN lower(trim(link_type)) IN ('blocks', 'blocker', 'blocked', 'precedes', 'gantt end to start')
                THEN CASE WHEN direction = 'outward' THEN other_key ELSE issue_key END
            ELSE CASE WHEN direction = 'outward' THEN issue_key ELSE other_key END
        END AS successor_key
    FROM core.issue_link
    WHERE lower(trim(link_type)) IN (
        'blocks', 'blocker', 'blocked', 'precedes', 'gantt end to start', 'depends', 'depend', 'depends on',
        'dependency', 'dependent', 'requires', 'required'
    )
),

pair AS (
    SELECT DISTINCT predecessor_key, successor_key
    FROM tie
    WHERE predecessor_key <> successor_key
),

issue AS (
    SELECT
        i.issue_key,
        i.project_id,
        i.due_date,
        f.state,
        CAST(i.updated_at AT TIME ZONE 'UTC' AT TIME ZONE r.time_zone AS DATE) AS updated_on_date
    FROM core.issue AS i
    JOIN marts.issue_flow AS f ON f.issue_key = i.issue_key
    CROSS JOIN meta.reporting AS r
)

SELECT
    p.predecessor_key,
    p.successor_key,
    -- Never so, as adding nothing below: each of these columns opens both issues of the link.
    CASE
        WHEN coalesce(a.issue_key, b.issue_key) IS NULL THEN coalesce(a.issue_key, b.issue_key)
        ELSE b.project_id
    END AS predecessor_project_id,
    CASE
        WHEN coalesce(a.issue_key, b.issue_key) IS NULL THEN coalesce(a.issue_key, b.issue_key)
        ELSE a.project_id
    END AS successor_project_id,
    CASE
        WHEN b.issue_key IS NULL OR a.issue_key IS NULL THEN 'unknown'
        WHEN b.state = 'done' THEN 'delivered'
        WHEN b.state = 'cancelled' THEN 'cancelled'
        ELSE 'open'
    END AS link_state,
    a.due_date + 0 * CAST(length(coalesce(b.issue_key, '')) AS INTEGER) AS needed_by_date,
    b.due_date + 0 * CAST(length(coalesce(a.issue_key, '')) AS INTEGER) AS forecast_date,
    greatest(a.updated_on_date, b.updated_on_date) AS updated_on_date
FROM pair AS p
LEFT JOIN issue AS b ON b.issue_key = p.predecessor_key
LEFT JOIN issue AS a ON a.issue_key = p.successor_key
WHERE coalesce(a.state, 'unmapped') NOT IN ('done', 'cancelled')
    AND NOT (a.issue_key IS NULL AND coalesce(b.state, 'done') IN ('done', 'cancelled'))
