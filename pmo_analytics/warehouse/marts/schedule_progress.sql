-- One row per schedule as its latest state by the reporting date tells it: the
-- working time of its tasks, and how much of it is done by each rule. What a task
-- weighs is its planned duration. Summaries, external and inactive tasks count
-- nowhere; level of effort, which is done as time passes, stands apart. A task
-- with an actual finish is done whatever its percentage says. Units and weights
-- have no column of their own: they are read from what stands as JSON beside a
-- row, by these names, and those of Microsoft Project's own fields.
WITH noted AS (
    SELECT
        schedule_id,
        project_id,
        status_date,
        coalesce(task_type, CASE WHEN is_milestone THEN 'milestone' ELSE 'task' END) AS kind,
        duration_seconds,
        CASE WHEN actual_finish_at IS NOT NULL THEN 100 ELSE coalesce(percent_complete_pct, 0) END AS done_pct,
        actual_start_at IS NOT NULL OR coalesce(percent_complete_pct, 0) > 0 OR actual_finish_at IS NOT NULL AS is_begun,
        CASE WHEN json_valid(custom) THEN custom END AS custom
    FROM core.schedule_task
),

told AS (
    SELECT
        schedule_id,
        project_id,
        status_date,
        kind,
        duration_seconds,
        done_pct,
        is_begun,
        TRY_CAST(coalesce(
            json_extract_string(custom, '$.units_planned[0]'),
            json_extract_string(custom, '$.units_planned'),
            json_extract_string(custom, '$."ExtendedAttribute.units_planned"[0]')
        ) AS DECIMAL(20, 6)) AS units_planned,
        TRY_CAST(coalesce(
            json_extract_string(custom, '$.units_done[0]'),
            json_extract_string(custom, '$.units_done'),
            json_extract_string(custom, '$."ExtendedAttribute.units_done"[0]')
        ) AS DECIMAL(20, 6)) AS units_done,
        TRY_CAST(coalesce(
            json_extract_string(custom, '$.weight[0]'),
            json_extract_string(custom, '$.weight'),
            json_extract_string(custom, '$."ExtendedAttribute.weight"[0]')
        ) AS DECIMAL(20, 6)) AS weight
    FROM noted
),

task AS (
    SELECT
        schedule_id,
        project_id,
        status_date,
        kind,
        duration_seconds,
        done_pct,
        is_begun,
        CASE
            WHEN kind = 'task' AND units_planned > 0 THEN least(greatest(coalesce(units_done, 0), 0), units_planned) / units_planned
        END AS units_share,
        CASE WHEN kind IN ('milestone', 'finish_milestone') AND weight > 0 THEN weight END AS weight
    FROM told
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
    count(CASE WHEN kind IN ('milestone', 'finish_milestone') AND done_pct >= 100 THEN 1 END) AS milestones_reached,
    count(units_share) AS unit_task_count,
    CAST(coalesce(sum(CASE WHEN units_share IS NOT NULL THEN duration_seconds END), 0) AS DECIMAL(18, 3))
        AS unit_planned_seconds,
    CAST(coalesce(sum(duration_seconds * units_share), 0) AS DECIMAL(18, 3)) AS unit_done_seconds,
    count(weight) AS weighted_milestone_count,
    CAST(coalesce(sum(weight), 0) AS DECIMAL(20, 6)) AS milestone_weight,
    CAST(coalesce(sum(CASE WHEN done_pct >= 100 THEN weight END), 0) AS DECIMAL(20, 6)) AS milestone_weight_reached
FROM task
GROUP BY schedule_id
