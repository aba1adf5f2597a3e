-- One row per task that stands for work, or milestone, of the last state of each
-- schedule that the reporting date shows. A task that an earlier state alone
-- holds was taken out. What is left of a task is as the schedule states it, or
-- the share of its duration that is not complete. Calendars speak of local time,
-- so that what is held against them is told in it too.
WITH placed AS (
    SELECT
        schedule_id,
        task_id,
        status_date,
        project_id,
        name,
        task_type,
        CASE
            WHEN actual_finish_at IS NOT NULL OR percent_complete_pct = 100 THEN 'done'
            WHEN actual_start_at IS NOT NULL OR percent_complete_pct > 0 THEN 'in_progress'
            ELSE 'to_do'
        END AS state,
        duration_seconds,
        remaining_duration_seconds,
        percent_complete_pct,
        start_at,
        finish_at,
        baseline_start_at,
        baseline_finish_at,
        actual_start_at,
        actual_finish_at,
        constraint_type,
        constraint_at,
        calendar,
        total_float_seconds,
        max(status_date) OVER (PARTITION BY schedule_id) AS last_date
    FROM core.schedule_task
)

SELECT
    schedule_id,
    task_id,
    status_date,
    project_id,
    name,
    state,
    duration_seconds,
    CAST(CASE
        WHEN state = 'done' THEN duration_seconds * 0
        ELSE coalesce(remaining_duration_seconds, duration_seconds * (1 - coalesce(percent_complete_pct, 0) / 100))
    END AS DECIMAL(18, 3)) AS remaining_duration_seconds,
    start_at,
    finish_at,
    baseline_start_at,
    baseline_finish_at,
    actual_start_at,
    actual_finish_at,
    constraint_type,
    constraint_at,
    calendar,
    start_at AT TIME ZONE 'UTC' AT TIME ZONE r.time_zone AS local_start_at,
    constraint_at AT TIME ZONE 'UTC' AT TIME ZONE r.time_zone AS local_constraint_at,
    CAST(baseline_finish_at AT TIME ZONE 'UTC' AT TIME ZONE r.time_zone AS DATE) AS baseline_finish_date,
    task_type,
    total_float_seconds
FROM placed
CROSS JOIN meta.reporting AS r
WHERE status_date = last_date AND coalesce(task_type, 'task') IN ('task', 'milestone', 'finish_milestone')
