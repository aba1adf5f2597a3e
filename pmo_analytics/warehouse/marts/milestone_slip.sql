-- One row per project, milestone and report of it up to the reporting date. A
-- milestone is expected on the day it was reached, or else on that forecast. Slip
-- is counted in calendar days, later is positive: against the baseline of the
-- report, against the first baseline that any report stated, and against what
-- the report before expected. A report that leaves the baseline out keeps the
-- last one stated.
WITH report AS (
    SELECT
        project_id,
        milestone_id,
        status_date,
        name,
        last_value(baseline_date IGNORE NULLS) OVER (
            PARTITION BY project_id, milestone_id ORDER BY status_date
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS baseline_date,
        first_value(baseline_date IGNORE NULLS) OVER (
            PARTITION BY project_id, milestone_id ORDER BY status_date
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS first_baseline_date,
        forecast_date,
        actual_date,
        coalesce(actual_date, forecast_date) AS expected_date
    FROM core.milestone
)

SELECT
    project_id,
    milestone_id,
    status_date,
    name,
    baseline_date,
    first_baseline_date,
    forecast_date,
    actual_date,
    CAST(expected_date - baseline_date AS DECIMAL(12, 3)) AS slip_days,
    CAST(expected_date - first_baseline_date AS DECIMAL(12, 3)) AS slip_from_first_baseline_days,
    CAST(
        expected_date - lag(expected_date IGNORE NULLS) OVER (
            PARTITION BY project_id, milestone_id ORDER BY status_date
        ) AS DECIMAL(12, 3)
    ) AS slip_since_report_days
FROM report
