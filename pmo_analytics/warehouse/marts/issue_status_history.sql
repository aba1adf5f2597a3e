-- One row per issue and stay in a status, of the issues that the reporting date
-- shows. The stay that an issue is in has no end; it lasts to the end of that
-- day. Where no history is loaded, or none that leads to the issue's status, the
-- one stay shown has no beginning; so has the first stay of a history that is
-- loaded in part.
WITH issue AS (
    SELECT issue_key, load_id, project_id, status, status_category, created_at
    FROM core.issue
),

changed AS (
    SELECT
        issue_key,
        load_id,
        changed_at,
        from_value,
        to_value,
        row_number() OVER (PARTITION BY issue_key ORDER BY changed_at, position) AS place,
        row_number() OVER (PARTITION BY issue_key ORDER BY changed_at DESC, position DESC) AS place_from_last,
        lead(changed_at) OVER (PARTITION BY issue_key ORDER BY changed_at, position) AS left_at
    FROM core.issue_change
    WHERE lower(field) = 'status'
),

told AS (
    SELECT i.issue_key
    FROM issue AS i
    JOIN changed AS c ON c.issue_key = i.issue_key AND c.place_from_last = 1 AND c.to_value = i.status
),

-- What is known to have a history, in which the status never changed.
still AS (
    SELECT i.issue_key
    FROM issue AS i
    WHERE i.issue_key NOT IN (SELECT issue_key FROM changed)
        AND (
            i.load_id IN (SELECT load_id FROM meta.load_with_history)
            OR i.issue_key IN (
                SELECT issue_key
                FROM core.issue_change
                WHERE (load_id, issue_key) NOT IN (SELECT (load_id, issue_key) FROM meta.partial_history)
            )
        )
),

stay AS (
    SELECT
        c.issue_key,
        c.place AS position,
        c.from_value AS status,
        CASE WHEN p.load_id IS NULL AND i.created_at <= c.changed_at THEN i.created_at END AS entered_at,
        c.changed_at AS left_at
    FROM changed AS c
    JOIN told AS t ON t.issue_key = c.issue_key
    JOIN issue AS i ON i.issue_key = c.issue_key
    LEFT JOIN meta.partial_history AS p ON p.load_id = c.load_id AND p.issue_key = c.issue_key
    WHERE c.place = 1 AND c.from_value IS NOT NULL
    UNION ALL
    SELECT
        c.issue_key,
        c.place + 1,
        c.to_value,
        c.changed_at,
        c.left_at
    FROM changed AS c
    JOIN told AS t ON t.issue_key = c.issue_key
    UNION ALL
    SELECT
        i.issue_key,
        1,
        i.status,
        CASE WHEN s.issue_key IS NOT NULL THEN i.created_at END,
        NULL
    FROM issue AS i
    LEFT JOIN still AS s ON s.issue_key = i.issue_key
    WHERE i.issue_key NOT IN (SELECT issue_key FROM told)
),

-- A status means one category, where the issues that are in it agree.
category AS (
    SELECT status, min(status_category) AS status_category
    FROM issue
    GROUP BY status
    HAVING count(DISTINCT status_category) = 1
),

cut AS (
    SELECT CAST(as_of + INTERVAL 1 DAY AS TIMESTAMP) AT TIME ZONE time_zone AT TIME ZONE 'UTC' AS ends_at
    FROM meta.reporting
)

SELECT
    s.issue_key,
    CAST(s.position AS BIGINT) AS position,
    i.project_id,
    s.status,
    CASE WHEN s.left_at IS NULL THEN i.status_category ELSE k.status_category END AS status_category,
    s.entered_at,
    s.left_at,
    CAST(EXTRACT(EPOCH FROM (coalesce(s.left_at, cut.ends_at) - s.entered_at)) AS DECIMAL(18, 3)) AS duration_seconds
FROM stay AS s
JOIN issue AS i ON i.issue_key = s.issue_key
CROSS JOIN cut
LEFT JOIN category AS k ON k.status = s.status
