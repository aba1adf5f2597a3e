-- One row per benefit, month and currency, or the unit of its measure where there
-- is none: the value planned, forecast and realised, each as last stated by the
-- reporting date, and the baseline, which is the plan as first stated. They are
-- views of one value, never added together; nor is a dis-benefit added to a
-- benefit. Nothing is realised in a month to come.
WITH stated AS (
    SELECT
        v.benefit_id,
        CAST(date_trunc('month', v.period_month) AS DATE) AS period_month,
        v.currency,
        v.kind,
        v.value_amount,
        row_number() OVER (
            PARTITION BY v.benefit_id, v.period_month, v.kind ORDER BY v.status_date DESC
        ) = 1 AS is_last,
        row_number() OVER (
            PARTITION BY v.benefit_id, v.period_month, v.kind ORDER BY v.status_date
        ) = 1 AS is_first
    FROM core.benefit_value AS v
    CROSS JOIN meta.reporting AS r
    WHERE v.kind <> 'realised' OR v.period_month <= r.as_of
)

SELECT
    s.benefit_id,
    b.project_id,
    s.period_month,
    s.currency,
    CAST(sum(CASE WHEN s.kind = 'planned' AND s.is_first THEN s.value_amount END) AS DECIMAL(20, 4))
        AS baseline_amount,
    CAST(sum(CASE WHEN s.kind = 'planned' AND s.is_last THEN s.value_amount END) AS DECIMAL(20, 4)) AS planned_amount,
    CAST(sum(CASE WHEN s.kind = 'forecast' AND s.is_last THEN s.value_amount END) AS DECIMAL(20, 4))
        AS forecast_amount,
    CAST(sum(CASE WHEN s.kind = 'realised' AND s.is_last THEN s.value_amount END) AS DECIMAL(20, 4))
        AS realised_amount,
    b.is_financial,
    b.is_dis_benefit
FROM stated AS s
LEFT JOIN core.benefit AS b ON b.benefit_id = s.benefit_id
WHERE s.is_last OR (s.kind = 'planned' AND s.is_first)
GROUP BY s.benefit_id, b.project_id, s.period_month, s.currency, b.is_financial, b.is_dis_benefit
