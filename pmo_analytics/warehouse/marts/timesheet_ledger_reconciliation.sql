-- One row per project, month and currency with timesheet cost at dated rates or
-- postings: timesheet cost against the ledger's labour, its other cost apart. The
-- ledger's month is that of the posting date. Time without a rate stands in a row
-- without a currency.
WITH said AS (
    SELECT count(position) > 0 AS is_said FROM meta.labour_account
),

both_sides AS (
    SELECT
        project_id,
        period_month,
        currency,
        cost_amount,
        costed_seconds,
        uncosted_seconds,
        0 AS ledger_amount,
        0 AS labour_amount,
        0 AS posting_count
    FROM marts.cost_by_project_month
    UNION ALL
    SELECT
        project_id,
        period_month,
        currency,
        0,
        0,
        0,
        ledger_amount,
        CASE WHEN is_labour THEN ledger_amount ELSE 0 END,
        posting_count
    FROM marts.ledger_by_project_month
),

summed AS (
    SELECT
        project_id,
        period_month,
        currency,
        sum(cost_amount) AS cost_amount,
        sum(costed_seconds) AS costed_seconds,
        sum(uncosted_seconds) AS uncosted_seconds,
        sum(ledger_amount) AS ledger_amount,
        sum(labour_amount) AS labour_amount,
        sum(posting_count) AS posting_count
    FROM both_sides
    GROUP BY project_id, period_month, currency
)

SELECT
    t.project_id,
    t.period_month,
    t.currency,
    CAST(t.cost_amount AS DECIMAL(20, 4)) AS cost_amount,
    CAST(t.costed_seconds AS DECIMAL(18, 3)) AS costed_seconds,
    CAST(t.uncosted_seconds AS DECIMAL(18, 3)) AS uncosted_seconds,
    CAST(t.ledger_amount AS DECIMAL(20, 4)) AS ledger_amount,
    CAST(CASE WHEN s.is_said THEN t.labour_amount END AS DECIMAL(20, 4)) AS labour_amount,
    CAST(CASE WHEN s.is_said THEN t.ledger_amount - t.labour_amount END AS DECIMAL(20, 4)) AS other_amount,
    CAST(CASE WHEN s.is_said THEN t.cost_amount - t.labour_amount END AS DECIMAL(20, 4)) AS difference_amount,
    CAST(t.posting_count AS BIGINT) AS posting_count
FROM summed AS t
CROSS JOIN said AS s
