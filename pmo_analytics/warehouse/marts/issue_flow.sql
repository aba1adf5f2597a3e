-- One row per issue that the reporting date shows: when it was created, first
-- started and last finished, its state at the end of that day, how long it was
-- blocked and how often it came back from done. It is blocked in a waiting status
-- and while it carries Jira's flag; where both hold, once. What a status means is
-- `meta.flow_state`. Without a history an issue's start is not known, and it
-- finished when it was resolved. One cancelled has the day that it was given up
-- as its finish. A finish before the creation is shown, and no time is reckoned
-- from it.
WITH cut AS (
    SELECT
        CAST(as_of + INTERVAL 1 DAY AS TIMESTAMP) AT TIME ZONE time_zone AT TIME ZONE 'UTC' AS ends_at,
        time_zone
    FROM meta.reporting
),

stay AS (
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

flag AS (
    SELECT
        issue_key,
        changed_at,
        coalesce(from_value, '') AS from_value,
        coalesce(to_value, '') AS to_value,
        row_number() OVER (PARTITION BY issue_key ORDER BY changed_at, position) AS place,
        lead(changed_at) OVER (PARTITION BY issue_key ORDER BY changed_at, position) AS next_at
    FROM core.issue_change
    WHERE lower(field) = 'flagged'
),

raised AS (
    SELECT issue_key, changed_at AS raised_at, next_at AS lowered_at
    FROM flag
    WHERE to_value <> ''
    UNION ALL
    SELECT issue_key, CAST('-infinity' AS TIMESTAMP), changed_at
    FROM flag
    WHERE place = 1 AND from_value <> ''
),

flagged AS (
    SELECT
        s.issue_key,
        s.position,
        sum(CAST(EXTRACT(EPOCH FROM (
            least(coalesce(s.left_at, cut.ends_at), coalesce(r.lowered_at, cut.ends_at))
            - greatest(s.entered_at, r.raised_at)
        )) AS DECIMAL(18, 3))) AS flagged_seconds
    FROM stay AS s
    JOIN raised AS r ON r.issue_key = s.issue_key AND coalesce(r.lowered_at > s.entered_at, true)
    CROSS JOIN cut
    WHERE r.raised_at < coalesce(s.left_at, cut.ends_at)
    GROUP BY s.issue_key, s.position
),

placed AS (
    SELECT
        s.issue_key,
        s.position,
        s.entered_at,
        s.left_at,
        s.duration_seconds,
        f.flagged_seconds,
        s.state,
        s.is_end,
        lag(s.is_end) OVER (PARTITION BY s.issue_key ORDER BY s.position) AS was_end,
        max(CASE WHEN NOT s.is_end THEN s.position ELSE 0 END) OVER (PARTITION BY s.issue_key) AS last_open_position,
        bool_or(s.state IS NULL) OVER (PARTITION BY s.issue_key) AS is_unclear,
        -- What came before a stay without a beginning may have been a start.
        bool_and(s.entered_at IS NOT NULL) OVER (PARTITION BY s.issue_key) AS is_whole,
        min(CASE WHEN s.state = 'in_progress' THEN s.entered_at END) OVER (PARTITION BY s.issue_key) AS first_started_at
    FROM stay AS s
    LEFT JOIN flagged AS f ON f.issue_key = s.issue_key AND f.position = s.position
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
        sum(CASE
            WHEN state = 'blocked' AND entered_at >= first_started_at THEN duration_seconds
            WHEN NOT is_end AND entered_at >= first_started_at THEN flagged_seconds
            ELSE 0
        END) OVER (PARTITION BY issue_key) AS blocked_seconds,
        sum(CASE WHEN NOT is_end AND entered_at >= first_started_at THEN flagged_seconds ELSE 0 END)
            OVER (PARTITION BY issue_key) AS flagged_seconds,
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
        CASE
            WHEN json_valid(i.custom) THEN coalesce(
                json_extract_string(i.custom, '$.Team[0]'), json_extract_string(i.custom, '$."Custom field (Team)"[0]')
            )
        END AS team,
        CASE
            WHEN f.issue_key IS NOT NULL THEN f.to_value <> ''
            WHEN json_valid(i.custom)
                AND json_extract_string(i.custom, '$."Custom field (Flagged)"[0]') IS NOT NULL THEN true
        END AS is_flagged,
        CASE
            WHEN i.resolved_at IS NULL THEN NULL
            WHEN r.resolution IS NOT NULL THEN r.resolution
            WHEN json_valid(i.custom) THEN json_extract_string(i.custom, '$.Resolution[0]')
        END AS resolution
    FROM core.issue AS i
    LEFT JOIN resolved AS r ON r.issue_key = i.issue_key AND r.place_from_last = 1
    LEFT JOIN flag AS f ON f.issue_key = i.issue_key AND f.next_at IS NULL
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
        m.flagged_seconds,
        CASE WHEN i.is_flagged IS NULL AND m.is_whole THEN false ELSE i.is_flagged END AS is_flagged,
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
        flagged_seconds,
        is_flagged,
        return_count,
        CASE WHEN state IN ('done', 'cancelled') THEN coalesce(ended_at, resolved_at) END AS finished_at
    FROM judged
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
    CAST(CASE WHEN t.started_at IS NOT NULL THEN t.flagged_seconds END AS DECIMAL(18, 3)) AS flagged_seconds,
    t.is_flagged,
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
