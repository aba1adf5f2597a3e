-- One row per project and month, cumulative, from the baseline's (or else the
-- first cost's or report's) month to the baseline's last month or the reporting
-- month, whichever is later. The baseline is the one approved last; its sum is
-- the budget at completion, or else the register's figure. Months after the
-- reporting date carry planned value alone.
WITH approved AS (
    SELECT project_id, max(baselined_on_date) AS baselined_on_date
    FROM core.budget
    GROUP BY project_id
),

in_force AS (
    SELECT b.project_id, max(b.baseline_version) AS baseline_version
    FROM core.budget AS b
    JOIN approved AS a ON a.project_id = b.project_id AND a.baselined_on_date = b.baselined_on_date
    GROUP BY b.project_id
),

plan AS (
    SELECT b.project_id, b.baseline_version, b.period_month, b.currency, b.planned_value_amount
    FROM core.budget AS b
    JOIN in_force AS f ON f.project_id = b.project_id AND f.baseline_version = b.baseline_version
),

total AS (
    SELECT
        p.project_id,
        max(plan.baseline_version) AS baseline_version,
        coalesce(max(plan.currency), max(p.currency)) AS currency,
        CAST(coalesce(sum(plan.planned_value_amount), max(p.budget_at_completion_amount)) AS DECIMAL(20, 4))
            AS budget_at_completion_amount
    FROM core.project AS p
    LEFT JOIN plan ON plan.project_id = p.project_id
    GROUP BY p.project_id
),

activity AS (
    SELECT project_id, period_month FROM plan
    UNION ALL
    SELECT project_id, period_month FROM marts.cost_by_project_month
    UNION ALL
    SELECT project_id, CAST(date_trunc('month', status_date) AS DATE) FROM core.project_status
),

span AS (
    SELECT
        a.project_id,
        min(a.period_month) AS first_month,
        greatest(max(a.period_month), CAST(date_trunc('month', max(r.as_of)) AS DATE)) AS last_month
    FROM activity AS a
    CROSS JOIN meta.reporting AS r
    JOIN core.project AS p ON p.project_id = a.project_id
    GROUP BY a.project_id
),

months AS (
    SELECT
        s.project_id,
        CAST(m.period_month AS DATE) AS period_month,
        CAST(m.period_month + INTERVAL 1 MONTH - INTERVAL 1 DAY AS DATE) AS month_end,
        r.as_of
    FROM span AS s
    CROSS JOIN meta.reporting AS r
    CROSS JOIN unnest(generate_series(s.first_month, s.last_month, INTERVAL 1 MONTH)) AS m(period_month)
),

dated AS (
    SELECT
        project_id,
        period_month,
        CAST(date_trunc('month', as_of) AS DATE) >= period_month AS is_past,
        CASE WHEN as_of >= period_month THEN least(month_end, as_of) ELSE month_end END AS status_date
    FROM months
),

planned AS (
    SELECT d.project_id, d.period_month, CAST(sum(plan.planned_value_amount) AS DECIMAL(20, 4)) AS planned_value_amount
    FROM dated AS d
    JOIN plan ON plan.project_id = d.project_id AND plan.period_month <= d.period_month
    GROUP BY d.project_id, d.period_month
),

spent AS (
    SELECT
        d.project_id,
        d.period_month,
        CAST(sum(CASE WHEN c.currency = t.currency THEN c.cost_amount END) AS DECIMAL(20, 4)) AS actual_cost_amount,
        CAST(sum(CASE WHEN c.currency = t.currency THEN c.uncosted_seconds ELSE c.costed_seconds + c.uncosted_seconds END)
            AS DECIMAL(18, 3)) AS uncosted_seconds
    FROM dated AS d
    JOIN total AS t ON t.project_id = d.project_id
    JOIN marts.cost_by_project_month AS c ON c.project_id = d.project_id AND c.period_month <= d.period_month
    WHERE d.is_past
    GROUP BY d.project_id, d.period_month
),

reports AS (
    SELECT
        d.project_id,
        d.period_month,
        max(s.status_date) AS reported_on_date
    FROM dated AS d
    JOIN core.project_status AS s ON s.project_id = d.project_id AND s.status_date <= d.status_date
    WHERE d.is_past AND s.percent_complete_pct IS NOT NULL
    GROUP BY d.project_id, d.period_month
)

SELECT
    d.project_id,
    d.period_month,
    d.status_date,
    t.currency,
    t.baseline_version,
    t.budget_at_completion_amount,
    planned.planned_value_amount,
    CAST(t.budget_at_completion_amount * s.percent_complete_pct / 100 AS DECIMAL(20, 4)) AS earned_value_amount,
    spent.actual_cost_amount,
    s.percent_complete_pct,
    reports.reported_on_date,
    CAST(coalesce(spent.uncosted_seconds, 0) AS DECIMAL(18, 3)) AS uncosted_seconds
FROM dated AS d
JOIN total AS t ON t.project_id = d.project_id
LEFT JOIN planned ON planned.project_id = d.project_id AND planned.period_month = d.period_month
LEFT JOIN spent ON spent.project_id = d.project_id AND spent.period_month = d.period_month
LEFT JOIN reports ON reports.project_id = d.project_id AND reports.period_month = d.period_month
LEFT JOIN core.project_status AS s
    ON s.project_id = reports.project_id AND s.status_date = reports.reported_on_date
