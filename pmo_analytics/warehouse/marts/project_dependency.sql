-- One row per dependency of the register, and one per pair of projects that
-- issues or tasks of schedules tie. What the register waits for is expected when
-- the milestone, issue or task that it names is, or else the project. Of the
-- links of a pair the one latest against the day needed gives dates and
-- references, open ones first; all are counted. Links within a project are left
-- out, and those of which no project is known.
WITH milestone AS (
    SELECT
        project_id,
        milestone_id,
        actual_date,
        coalesce(actual_date, forecast_date, baseline_date) AS expected_date,
        row_number() OVER (PARTITION BY project_id, milestone_id ORDER BY status_date DESC) AS place
    FROM core.milestone
),

project_report AS (
    SELECT
        project_id,
        state,
        forecast_finish_date,
        row_number() OVER (PARTITION BY project_id ORDER BY status_date DESC) AS place
    FROM core.project_status
),

project AS (
    SELECT
        p.project_id,
        s.state,
        coalesce(s.forecast_finish_date, p.baseline_finish_date) AS end_date
    FROM core.project AS p
    LEFT JOIN project_report AS s ON s.project_id = p.project_id AND s.place = 1
),

issue AS (
    SELECT i.issue_key, i.project_id, f.state, coalesce(f.finished_on_date, i.due_date) AS end_date
    FROM core.issue AS i
    JOIN marts.issue_flow AS f ON f.issue_key = i.issue_key
),

task AS (
    SELECT
        project_id,
        task_id,
        state,
        CAST(coalesce(actual_finish_at, finish_at) AS DATE) AS end_date,
        row_number() OVER (PARTITION BY project_id, task_id ORDER BY status_date DESC, schedule_id) AS place
    FROM marts.schedule_activity
),

stated AS (
    SELECT
        d.dependency_id,
        d.predecessor_project_id,
        d.successor_project_id,
        d.predecessor_ref,
        d.successor_ref,
        coalesce(d.relation, 'FS') AS relation,
        d.lag_days,
        d.needed_by_date,
        d.status_date,
        CASE
            WHEN lower(trim(d.status)) IN (
                'closed', 'done', 'delivered', 'complete', 'completed', 'met', 'resolved', 'fulfilled'
            ) THEN 'delivered'
            WHEN lower(trim(d.status)) IN ('cancelled', 'canceled', 'withdrawn', 'rejected', 'obsolete')
                THEN 'withdrawn'
        END AS stated_state,
        CASE
            WHEN m.milestone_id IS NOT NULL THEN 'milestone'
            WHEN i.issue_key IS NOT NULL THEN 'issue'
            WHEN t.task_id IS NOT NULL THEN 'task'
            WHEN g.end_date IS NOT NULL THEN 'project'
        END AS forecast_basis,
        CASE
            WHEN m.milestone_id IS NOT NULL THEN m.expected_date
            WHEN i.issue_key IS NOT NULL THEN i.end_date
            WHEN t.task_id IS NOT NULL THEN t.end_date
            ELSE g.end_date
        END AS forecast_date,
        CASE
            WHEN m.milestone_id IS NOT NULL THEN CASE WHEN m.actual_date IS NOT NULL THEN 'done' END
            WHEN i.issue_key IS NOT NULL THEN i.state
            WHEN t.task_id IS NOT NULL THEN t.state
        END AS giver_state,
        g.state AS project_state,
        g.project_id AS giver_project,
        w.project_id AS waiting_project
    FROM core.dependency AS d
    LEFT JOIN milestone AS m
        ON m.project_id = d.predecessor_project_id AND m.milestone_id = d.predecessor_ref AND m.place = 1
    LEFT JOIN issue AS i ON i.issue_key = d.predecessor_ref
    LEFT JOIN task AS t ON t.project_id = d.predecessor_project_id AND t.task_id = d.predecessor_ref AND t.place = 1
    LEFT JOIN project AS g ON g.project_id = d.predecessor_project_id
    LEFT JOIN project AS w ON w.project_id = d.successor_project_id
),

judged AS (
    SELECT
        dependency_id,
        predecessor_project_id,
        successor_project_id,
        predecessor_ref,
        successor_ref,
        relation,
        lag_days,
        needed_by_date,
        status_date,
        forecast_basis,
        forecast_date,
        CASE
            WHEN stated_state IS NOT NULL THEN stated_state
            WHEN giver_project IS NULL OR waiting_project IS NULL THEN 'unknown'
            WHEN giver_state = 'done' THEN 'delivered'
            WHEN giver_state = 'cancelled' OR project_state = 'cancelled' THEN 'cancelled'
            WHEN project_state = 'complete' THEN 'delivered'
            ELSE 'open'
        END AS link_state
    FROM stated
),

link AS (
    SELECT
        'issue' AS origin,
        predecessor_project_id,
        successor_project_id,
        predecessor_key AS predecessor_ref,
        successor_key AS successor_ref,
        link_state,
        needed_by_date,
        forecast_date,
        updated_on_date
    FROM marts.issue_dependency
    UNION ALL
    SELECT
        origin,
        predecessor_project_id,
        successor_project_id,
        predecessor_schedule_id || '/' || predecessor_id,
        schedule_id || '/' || successor_id,
        link_state,
        needed_by_date,
        forecast_date,
        updated_on_date
    FROM marts.schedule_tie
    WHERE origin = 'schedule'
),

ranked AS (
    SELECT
        origin,
        predecessor_project_id,
        successor_project_id,
        predecessor_ref,
        successor_ref,
        link_state,
        needed_by_date,
        forecast_date,
        updated_on_date,
        row_number() OVER (
            PARTITION BY origin, predecessor_project_id, successor_project_id
            ORDER BY CASE link_state WHEN 'open' THEN 0 WHEN 'unknown' THEN 1 WHEN 'cancelled' THEN 2 ELSE 3 END,
                forecast_date - needed_by_date DESC NULLS LAST, predecessor_ref, successor_ref
        ) AS place,
        count(predecessor_ref) OVER (PARTITION BY origin, predecessor_project_id, successor_project_id) AS link_count,
        count(CASE WHEN link_state = 'open' THEN predecessor_ref END)
            OVER (PARTITION BY origin, predecessor_project_id, successor_project_id) AS open_link_count,
        count(CASE WHEN link_state IN ('unknown', 'cancelled') THEN predecessor_ref END)
            OVER (PARTITION BY origin, predecessor_project_id, successor_project_id) AS dangling_count
    FROM link
    WHERE predecessor_project_id IS DISTINCT FROM successor_project_id
)

SELECT
    'register' AS origin,
    dependency_id,
    predecessor_project_id,
    successor_project_id,
    predecessor_ref,
    successor_ref,
    relation,
    lag_days,
    needed_by_date,
    forecast_date,
    forecast_basis,
    link_state,
    status_date AS updated_on_date,
    1 AS link_count,
    CASE WHEN link_state = 'open' THEN 1 ELSE 0 END AS open_link_count,
    CASE WHEN link_state IN ('unknown', 'cancelled') THEN 1 ELSE 0 END AS dangling_count
FROM judged
UNION ALL
SELECT
    origin,
    NULL,
    predecessor_project_id,
    successor_project_id,
    predecessor_ref,
    successor_ref,
    NULL,
    NULL,
    needed_by_date,
    forecast_date,
    CASE WHEN forecast_date IS NOT NULL THEN CASE WHEN origin = 'issue' THEN 'issue' ELSE 'task' END END,
    link_state,
    updated_on_date,
    link_count,
    open_link_count,
    dangling_count
FROM ranked
WHERE place = 1
