-- One row per sprint that has begun and issue that was in it between its start
-- and its end, or that may have been: whether it was in at the start or added
-- after it, what it was estimated at and in which status then, and what became of
-- it by the sprint's end. A sprint that had not ended by the reporting date is
-- open: its end is that of the day. Who was in it is `meta.sprint_member`. What
-- was done before it came into the sprint was no work of it.
WITH member AS (
    SELECT
        sprint_id,
        issue_key,
        sprint,
        sprint_state,
        start_at,
        ended_at,
        until_at,
        quality_note,
        is_committed,
        joined_at,
        joined_position,
        removed_at,
        removed_position,
        CASE WHEN is_committed THEN start_at ELSE joined_at END AS counted_from
    FROM meta.sprint_member
),

pointed AS (
    SELECT
        issue_key,
        changed_at,
        coalesce(from_value, '') AS from_value,
        coalesce(to_value, '') AS to_value,
        row_number() OVER (PARTITION BY issue_key ORDER BY changed_at, position) AS place,
        lead(changed_at) OVER (PARTITION BY issue_key ORDER BY changed_at, position) AS next_at
    FROM core.issue_change
    WHERE lower(field) IN ('story points', 'story point estimate')
),

resolved AS (
    SELECT
        issue_key,
        changed_at,
        coalesce(to_value, '') AS to_value,
        lead(changed_at) OVER (PARTITION BY issue_key ORDER BY changed_at, position) AS next_at
    FROM core.issue_change
    WHERE lower(field) = 'resolution'
),

told AS (
    SELECT issue_key, entered_at, left_at, status, NULL AS resolution, NULL AS points
    FROM marts.issue_status_history
    UNION ALL
    SELECT issue_key, changed_at, next_at, NULL, to_value, NULL
    FROM resolved
    UNION ALL
    SELECT issue_key, changed_at, next_at, NULL, NULL, to_value
    FROM pointed
    UNION ALL
    SELECT issue_key, CAST('-infinity' AS TIMESTAMP), changed_at, NULL, NULL, from_value
    FROM pointed
    WHERE place = 1
),

placed AS (
    SELECT
        m.sprint_id,
        m.issue_key,
        max(CASE WHEN t.entered_at <= m.counted_from AND coalesce(t.left_at > m.counted_from, true) THEN t.status END)
            OVER (PARTITION BY m.sprint_id, m.issue_key) AS status_before,
        max(CASE WHEN t.entered_at <= m.until_at AND coalesce(t.left_at > m.until_at, true) THEN t.status END)
            OVER (PARTITION BY m.sprint_id, m.issue_key) AS status_after,
        max(CASE WHEN t.entered_at <= m.until_at AND coalesce(t.left_at > m.until_at, true) THEN t.resolution END)
            OVER (PARTITION BY m.sprint_id, m.issue_key) AS resolution,
        max(CASE WHEN t.entered_at <= m.counted_from AND coalesce(t.left_at > m.counted_from, true) THEN t.points END)
            OVER (PARTITION BY m.sprint_id, m.issue_key) AS points,
        row_number() OVER (PARTITION BY m.sprint_id, m.issue_key ORDER BY t.entered_at) AS place
    FROM member AS m
    JOIN told AS t ON t.issue_key = m.issue_key
),

described AS (
    SELECT
        m.sprint_id,
        m.issue_key,
        m.sprint,
        m.sprint_state,
        m.start_at,
        m.ended_at,
        i.project_id,
        i.issue_type,
        CASE
            WHEN json_valid(i.custom) THEN coalesce(
                json_extract_string(i.custom, '$.Team[0]'), json_extract_string(i.custom, '$."Custom field (Team)"[0]')
            )
        END AS team,
        i.summary,
        m.is_committed,
        CASE
            WHEN m.joined_at IS NOT NULL AND m.joined_position IS NULL THEN i.created_at ELSE a.changed_at
        END AS joined_at,
        r.changed_at AS removed_at,
        p.status_before,
        p.status_after,
        p.resolution,
        -- Without a change of it an estimate is what it is now.
        CASE WHEN p.points IS NULL THEN i.story_points ELSE TRY_CAST(p.points AS DOUBLE) END AS story_points,
        m.quality_note
    FROM member AS m
    JOIN core.issue AS i ON i.issue_key = m.issue_key
    LEFT JOIN placed AS p ON p.sprint_id = m.sprint_id AND p.issue_key = m.issue_key AND p.place = 1
    LEFT JOIN core.issue_change AS a
        ON a.issue_key = m.issue_key AND lower(a.field) = 'sprint'
        AND a.changed_at = m.joined_at AND a.position = m.joined_position
    LEFT JOIN core.issue_change AS r
        ON r.issue_key = m.issue_key AND lower(r.field) = 'sprint'
        AND r.changed_at = m.removed_at AND r.position = m.removed_position
),

judged AS (
    SELECT
        d.sprint_id,
        d.issue_key,
        d.removed_at,
        d.status_before,
        d.status_after,
        f.state AS state_before,
        g.state AS state_after,
        CASE WHEN n.name IS NOT NULL THEN d.resolution END AS given_up,
        CASE
            WHEN d.quality_note IS NOT NULL THEN d.quality_note
            WHEN d.status_before IS NULL THEN 'its status then is not known'
            WHEN f.state IS NULL THEN 'its status then is not mapped'
            WHEN f.state IN ('done', 'cancelled') OR d.removed_at IS NOT NULL THEN NULL
            WHEN d.status_after IS NULL THEN 'its status at the end is not known'
            WHEN g.state IS NULL THEN 'its status at the end is not mapped'
        END AS quality_note
    FROM described AS d
    LEFT JOIN meta.flow_state AS f ON f.status = d.status_before
    LEFT JOIN meta.flow_state AS g ON g.status = d.status_after
    LEFT JOIN meta.flow_name AS n ON n.state = 'cancelled' AND n.name = lower(trim(d.resolution))
)

SELECT
    d.sprint_id,
    d.issue_key,
    d.sprint,
    d.sprint_state,
    d.start_at,
    d.ended_at,
    CAST(d.start_at AT TIME ZONE 'UTC' AT TIME ZONE reporting.time_zone AS DATE) AS start_date,
    CAST(d.ended_at AT TIME ZONE 'UTC' AT TIME ZONE reporting.time_zone AS DATE) AS end_date,
    d.project_id,
    d.issue_type,
    d.team,
    d.summary,
    CASE
        WHEN j.quality_note IS NOT NULL THEN NULL
        WHEN d.joined_at IS NULL THEN d.is_committed
        ELSE d.joined_at <= d.start_at
    END AS is_committed,
    d.joined_at,
    d.removed_at,
    d.status_before,
    d.status_after,
    d.story_points,
    CASE
        WHEN j.quality_note IS NOT NULL THEN 'not_known'
        WHEN j.state_before IN ('done', 'cancelled') AND j.status_before IS NOT NULL THEN 'done_before'
        WHEN j.removed_at IS NOT NULL THEN 'removed'
        WHEN j.state_after = 'cancelled' AND j.status_after IS NOT NULL THEN 'cancelled'
        WHEN j.state_after = 'done' AND j.given_up IS NOT NULL THEN 'cancelled'
        WHEN j.state_after = 'done' AND j.status_after IS NOT NULL THEN 'completed'
        ELSE 'not_completed'
    END AS outcome,
    j.quality_note
FROM described AS d
JOIN judged AS j ON j.sprint_id = d.sprint_id AND j.issue_key = d.issue_key
CROSS JOIN meta.reporting AS reporting
