-- One row per skill, level asked for and month, as last planned by the reporting
-- date: the time that projects ask for, and the same weighted by its certainty,
-- which is 1 where none is stated. An empty level gathers what any level can do.
SELECT
    skill_id,
    level,
    CAST(date_trunc('month', period_month) AS DATE) AS period_month,
    count(DISTINCT project_id) AS project_count,
    CAST(sum(demand_seconds) AS DECIMAL(18, 3)) AS demand_seconds,
    CAST(sum(demand_seconds * CAST(coalesce(certainty, 1) AS DECIMAL(9, 8))) AS DECIMAL(18, 3)) AS expected_seconds
FROM core.demand
GROUP BY skill_id, level, CAST(date_trunc('month', period_month) AS DATE)
