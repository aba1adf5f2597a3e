-- One row per schedule as its latest state by the reporting date tells it: the
-- working time of its tasks, and how much of it is done by each rule. What a task
-- weighs is its planned duration. Summaries, external and inactive tasks count
-- nowhere; level of effort, which is done as time passes, stands apart. A task
-- with an actual finish is done whatever its percentage says.
WITH task AS (
    SELECT
        schedule_id,
        project_id,
        status_date,
        coalesce(task_type, CASE WHEN is_milestone THEN 'milestone' ELSE 'task' END) AS kind,
        duration_seconds,
        CASE WHEN actual_finish_at IS NOT NULL THEN 100 ELSE coalesce(percent_complete_pct, 0) END AS done_pct,
        actual_start_at IS NOT NULL OR coalesce(percent_complete_pct, 0) > 0 OR actual_finish_at IS NOT NULL AS is_begun
    FROM core.schedule_task
)

SELECT
    schedule_id,
    max(project_id) AS project_id,
    max(status_date) AS status_date,
    count(CASE WHEN kind = 'task' THEN 1 END) AS task_count,
    count(CASE WHEN kind = 'task' AND coalesce(duration_seconds, 0) = 0 THEN 1 END) AS unweighted_task_count,
    CAST(coalesce(sum(CASE WHEN kind = 'task' THEN duration_seconds END), 0) AS DECIMAL(18, 3)) AS planned_seconds,
    CAST(coalesce(sum(CASE WHEN kind = 'task' AND is_begun THEN duration_seconds END), 0) AS DECIMAL(18, 3))
        AS begun_seconds,
    CAST(coalesce(sum(CASE WHEN kind = 'task' AND done_pct >= 100 THEN duration_seconds END), 0) AS DECIMAL(18, 3))
        AS finished_seconds,
    CAST(coalesce(sum(CASE WHEN kind = 'task' THEN duration_seconds * done_pct / 100 END), 0) AS DECIMAL(18, 3))
        AS stated_done_seconds,
    CAST(coalesce(sum(CASE WHEN kind = 'level_of_effort' THEN duration_seconds END), 0) AS DECIMAL(18, 3))
        AS level_of_effort_seconds,
    count(CASE WHEN kind IN ('milestone', 'finish_milestone') THEN 1 END) AS milestone_count,
    count(CASE WHEN kind IN ('milestone', 'finish_milestone') AND done_pct >= 100 THEN 1 END) AS milestones_reached
FROM task
GROUP BY schedule_id
