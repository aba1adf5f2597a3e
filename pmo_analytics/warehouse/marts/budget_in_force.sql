-- One row per project, month, currency and kind of expenditure of the baseline that
-- was approved last by the reporting date; of several of one day the last by name.
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
)

SELECT
    b.project_id,
    CAST(date_trunc('month', b.period_month) AS DATE) AS period_month,
    b.currency,
    b.is_capital,
    b.baseline_version,
    max(b.baselined_on_date) AS baselined_on_date,
    CAST(sum(b.planned_value_amount) AS DECIMAL(20, 4)) AS budget_amount
FROM core.budget AS b
JOIN in_force AS f ON f.project_id = b.project_id AND f.baseline_version = b.baseline_version
GROUP BY b.project_id, CAST(date_trunc('month', b.period_month) AS DATE), b.currency, b.is_capital, b.baseline_version
