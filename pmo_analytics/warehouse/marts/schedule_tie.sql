-- One row per tie of two tasks: the links of each schedule's last state, and
-- dependencies of the register whose references are tasks of the schedules of
-- their projects. A predecessor in another schedule is found by that schedule's
-- name; the register's lags are round the clock. What is waited for is expected
-- when the schedule has its finish, and needed when what waits is to start.
WITH last_state AS (
    SELECT schedule_id, max(status_date) AS status_date
    FROM core.schedule_task
    GROUP BY schedule_id
),

task AS (
    SELECT
        schedule_id,
        task_id,
        project_id,
        state,
        duration_seconds,
        status_date,
        CAST(start_at AS DATE) AS start_date,
        CAST(finish_at AS DATE) AS end_date
    FROM marts.schedule_activity
),

tie AS (
    SELECT
        'schedule' AS origin,
        coalesce(k.predecessor_schedule_id, k.schedule_id) AS predecessor_schedule_id,
        CASE
            WHEN starts_with(k.predecessor_id, k.predecessor_schedule_id || '/')
                THEN substr(k.predecessor_id, length(k.predecessor_schedule_id) + 2)
            ELSE k.predecessor_id
        END AS predecessor_id,
        k.schedule_id,
        k.successor_id,
        k.relation,
        k.lag_seconds,
        k.lag_pct,
        k.lag_calendar,
        k.status_date,
        NULL AS needed_by_date
    FROM core.schedule_link AS k
    JOIN last_state AS s ON s.schedule_id = k.schedule_id AND s.status_date = k.status_date
    UNION ALL
    SELECT
        'register',
        CASE WHEN a.task_id || b.task_id IS NULL THEN a.task_id ELSE b.schedule_id END,
        CASE WHEN a.task_id || b.task_id IS NULL THEN a.task_id ELSE b.task_id END,
        CASE WHEN a.task_id || b.task_id IS NULL THEN b.task_id ELSE a.schedule_id END,
        CASE WHEN a.task_id || b.task_id IS NULL THEN b.task_id ELSE a.task_id END,
        coalesce(d.relation, 'FS'),
        CAST(d.lag_days * 86400 AS DECIMAL(18, 3)),
        NULL,
        'elapsed',
        d.status_date,
        d.needed_by_date
    FROM core.dependency AS d
    JOIN task AS b ON b.project_id = d.predecessor_project_id AND b.task_id = d.predecessor_ref
    JOIN task AS a ON a.project_id = d.successor_project_id AND a.task_id = d.successor_ref
    WHERE NOT (b.schedule_id = a.schedule_id AND b.task_id = a.task_id)
),

-- Two rows of the register may tie the same tasks.
single AS (
    SELECT
        origin,
        predecessor_schedule_id,
        predecessor_id,
        schedule_id,
        successor_id,
        relation,
        lag_seconds,
        lag_pct,
        lag_calendar,
        status_date,
        needed_by_date,
        row_number() OVER (
            PARTITION BY origin, predecessor_schedule_id, predecessor_id, schedule_id, successor_id, relation
            ORDER BY lag_seconds DESC NULLS LAST, needed_by_date
        ) AS place
    FROM tie
)

SELECT
    t.origin,
    t.predecessor_schedule_id,
    t.predecessor_id,
    t.schedule_id,
    t.successor_id,
    t.relation,
    -- Nothing is added, here and below: a figure that reads one task of a tie is to open both.
    CAST(
        coalesce(t.lag_seconds, t.lag_pct * b.duration_seconds / 100, 0)
        + 0 * length(coalesce(a.task_id, '') || coalesce(b.task_id, '')) AS DECIMAL(18, 3)
    ) AS lag_seconds,
    t.lag_calendar,
    CASE WHEN coalesce(a.task_id, b.task_id) IS NULL THEN coalesce(a.task_id, b.task_id) ELSE b.project_id END
        AS predecessor_project_id,
    CASE WHEN coalesce(a.task_id, b.task_id) IS NULL THEN coalesce(a.task_id, b.task_id) ELSE a.project_id END
        AS successor_project_id,
    CASE
        WHEN b.task_id IS NULL OR a.task_id IS NULL THEN 'unknown'
        WHEN b.state = 'done' THEN 'delivered'
        ELSE 'open'
    END AS link_state,
    coalesce(t.needed_by_date, a.start_date) + 0 * CAST(length(coalesce(b.task_id, '')) AS INTEGER) AS needed_by_date,
    b.end_date + 0 * CAST(length(coalesce(a.task_id, '')) AS INTEGER) AS forecast_date,
    t.status_date AS updated_on_date
FROM single AS t
LEFT JOIN task AS b ON b.schedule_id = t.predecessor_schedule_id AND b.task_id = t.predecessor_id
LEFT JOIN task AS a ON a.schedule_id = t.schedule_id AND a.task_id = t.successor_id
WHERE t.place = 1
