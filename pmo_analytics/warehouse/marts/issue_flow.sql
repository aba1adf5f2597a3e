-- One row per issue that the reporting date shows: when it was created, first
-- started and last finished, its state at the end of that day, how long it was
-- blocked and how often it came back from done. What a status means is
-- `meta.flow_state`. Without a history an issue's start is not known, and it
-- finished when it was resolved. One cancelled has the day that it was given up
-- as its finish. A finish before the creation is shown, and no time is reckoned
-- from it.
WITH stay AS (
    SELECT
        h.issue_key,
        h.position,
        h.entered_at,
        h.left_at,
        h.duration_seconds,
        f.state,
        coalesce(f.state IN ('done', 'cancelled'), false) AS is_end
    FROM marts.issue_status_history AS h
    LEFT JOIN meta.flow_state AS f ON f.status = h.status
),

placed AS (
    SELECT
        issue_key,
        position,
        entered_at,
        left_at,
        duration_seconds,
        state,
        is_end,
        lag(is_end) OVER (PARTITION BY issue_key ORDER BY position) AS was_end,
        max(CASE WHEN NOT is_end THEN position ELSE 0 END) OVER (PARTITION BY issue_key) AS last_open_position,
        bool_or(state IS NULL) OVER (PARTITION BY issue_key) AS is_unclear,
        -- What came before a stay without a beginning may have been a start.
        bool_and(entered_at IS NOT NULL) OVER (PARTITION BY issue_key) AS is_whole,
        min(CASE WHEN state = 'in_progress' THEN entered_at END) OVER (PARTITION BY issue_key) AS first_started_at
    FROM stay
),

measured AS (
    SELECT
        issue_key,
        entered_at,
        left_at,
        state,
        is_unclear,
        is_whole,
        first_started_at,
        min(CASE WHEN position > last_open_position THEN entered_at END) OVER (PARTITION BY issue_key) AS ended_at,
        sum(CASE WHEN state = 'blocked' AND entered_at >= first_started_at THEN duration_seconds ELSE 0 END)
            OVER (PARTITION BY issue_key) AS blocked_seconds,
        count(CASE WHEN was_end AND NOT is_end THEN entered_at END) OVER (PARTITION BY issue_key) AS return_count
    FROM placed
),

resolved AS (
    SELECT
        issue_key,
        to_value AS resolution,
        row_number() OVER (PARTITION BY issue_key ORDER BY changed_at DESC, position DESC) AS place_from_last
    FROM core.issue_change
    WHERE lower(field) = 'resolution'
),

issue AS (
    SELECT
        i.issue_key,
        i.project_id,
        i.issue_type,
        i.summary,
        i.status,
        i.created_at,
        i.resolved_at,
        CASE WHEN json_valid(i.custom) THEN json_extract_string(i.custom, '$.Team[0]') END AS team,
        CASE
            WHEN i.resolved_at IS NULL THEN NULL
            WHEN r.resolution IS NOT NULL THEN r.resolution
            WHEN json_valid(i.custom) THEN json_extract_string(i.custom, '$.Resolution[0]')
        END AS resolution
    FROM core.issue AS i
    LEFT JOIN resolved AS r ON r.issue_key = i.issue_key AND r.place_from_last = 1
),

judged AS (
    SELECT
        i.issue_key,
        i.project_id,
        i.issue_type,
        i.team,
        i.summary,
        i.status,
        i.resolution,
        CASE
            -- Never so: it lets a state open the issue whose status it is.
            WHEN i.status IS NULL THEN i.status
            WHEN n.name IS NOT NULL AND coalesce(m.state, 'done') = 'done' THEN 'cancelled'
            ELSE coalesce(m.state, 'unmapped')
        END AS state,
        i.created_at,
        i.resolved_at,
        m.entered_at,
        m.ended_at,
        m.is_unclear,
        m.is_whole,
        CASE WHEN m.is_whole AND NOT m.is_unclear THEN m.first_started_at END AS started_at,
        m.blocked_seconds,
        CASE WHEN m.is_whole THEN m.return_count END AS return_count
    FROM measured AS m
    JOIN issue AS i ON i.issue_key = m.issue_key
    LEFT JOIN meta.flow_name AS n ON n.state = 'cancelled' AND n.name = lower(trim(i.resolution))
    WHERE m.left_at IS NULL
),

timed AS (
    SELECT
        issue_key,
        project_id,
        issue_type,
        team,
        summary,
        status,
        resolution,
        state,
        created_at,
        started_at,
        entered_at,
        is_unclear,
        is_whole,
        blocked_seconds,
        return_count,
        CASE WHEN state IN ('done', 'cancelled') THEN coalesce(ended_at, resolved_at) END AS finished_at
    FROM judged
),

cut AS (
    SELECT
        CAST(as_of + INTERVAL 1 DAY AS TIMESTAMP) AT TIME ZONE time_zone AT TIME ZONE 'UTC' AS ends_at,
        time_zone
    FROM meta.reporting
)

SELECT
    t.issue_key,
    t.project_id,
    t.issue_type,
    t.team,
    t.summary,
    t.status,
    t.resolution,
    t.state,
    t.created_at,
    t.started_at,
    t.finished_at,
    t.entered_at,
    CAST(t.created_at AT TIME ZONE 'UTC' AT TIME ZONE cut.time_zone AS DATE) AS created_on_date,
    CAST(t.started_at AT TIME ZONE 'UTC' AT TIME ZONE cut.time_zone AS DATE) AS started_on_date,
    CAST(t.finished_at AT TIME ZONE 'UTC' AT TIME ZONE cut.time_zone AS DATE) AS finished_on_date,
    CAST(EXTRACT(EPOCH FROM (cut.ends_at - t.entered_at)) AS DECIMAL(18, 3)) AS status_seconds,
    CAST(CASE
        WHEN t.state = 'unmapped' OR (t.state IN ('done', 'cancelled') AND t.finished_at IS NULL) THEN NULL
        WHEN t.finished_at < t.created_at THEN NULL
        ELSE EXTRACT(EPOCH FROM (coalesce(t.finished_at, cut.ends_at) - t.created_at))
    END AS DECIMAL(18, 3)) AS lead_seconds,
    CAST(CASE
        WHEN t.state = 'unmapped' OR (t.state IN ('done', 'cancelled') AND t.finished_at IS NULL) THEN NULL
        WHEN t.finished_at < t.created_at THEN NULL
        ELSE EXTRACT(EPOCH FROM (coalesce(t.finished_at, cut.ends_at) - t.started_at))
    END AS DECIMAL(18, 3)) AS cycle_seconds,
    CAST(CASE WHEN t.started_at IS NOT NULL THEN t.blocked_seconds END AS DECIMAL(18, 3)) AS blocked_seconds,
    CAST(t.return_count AS BIGINT) AS return_count,
    CASE
        WHEN t.state = 'unmapped' THEN 'status not mapped'
        WHEN t.finished_at < t.created_at THEN 'finished before it was created'
        WHEN t.state IN ('done', 'cancelled') AND t.finished_at IS NULL THEN 'finish not known'
        WHEN NOT t.is_whole THEN 'start not known'
        WHEN t.is_unclear THEN 'a past status is not mapped'
        WHEN t.started_at IS NULL AND t.state IN ('done', 'cancelled') THEN 'never in progress'
    END AS quality_note
FROM timed AS t
CROSS JOIN cut
