-- One row per project, fiscal year, currency and kind of expenditure: the months of
-- budget_by_project_month summed, money in another currency than the project's at
-- the last rate by its month's end. What no rate converts stays in its currency,
-- in rows that say which it should be in. What has no month is in no year, in a
-- row of its own.
WITH priced AS (
    SELECT
        m.project_id,
        m.fiscal_year,
        m.fiscal_year_start_date,
        m.is_capital,
        CASE WHEN m.rate IS NULL THEN m.currency ELSE m.to_currency END AS currency,
        CASE WHEN m.rate IS NULL THEN m.to_currency END AS to_currency,
        m.rate IS NOT NULL AS is_converted,
        coalesce(m.rate, CAST(1 AS DECIMAL(20, 8))) AS factor,
        m.period_month <= r.as_of AS is_past,
        m.period_month,
        m.budget_amount,
        m.actual_amount,
        m.accrual_amount,
        m.commitment_amount,
        m.received_amount,
        m.overdue_amount,
        m.uncosted_seconds,
        m.status_date
    FROM marts.budget_by_project_month AS m
    CROSS JOIN meta.reporting AS r
),

valued AS (
    SELECT
        project_id,
        fiscal_year,
        fiscal_year_start_date,
        is_capital,
        currency,
        to_currency,
        is_converted,
        is_past,
        uncosted_seconds,
        status_date,
        CAST(budget_amount * factor AS DECIMAL(20, 4)) AS budget_amount,
        CAST(actual_amount * factor AS DECIMAL(20, 4)) AS actual_amount,
        CAST(accrual_amount * factor AS DECIMAL(20, 4)) AS accrual_amount,
        CAST(commitment_amount * factor AS DECIMAL(20, 4)) AS commitment_amount,
        CAST(received_amount * factor AS DECIMAL(20, 4)) AS received_amount,
        CAST(overdue_amount * factor AS DECIMAL(20, 4)) AS overdue_amount
    FROM priced
)

SELECT
    project_id,
    fiscal_year,
    max(fiscal_year_start_date) AS fiscal_year_start_date,
    currency,
    is_capital,
    CAST(sum(budget_amount) AS DECIMAL(20, 4)) AS budget_amount,
    CAST(sum(CASE WHEN is_past THEN budget_amount ELSE 0 END) AS DECIMAL(20, 4)) AS budget_to_date_amount,
    CAST(sum(actual_amount) AS DECIMAL(20, 4)) AS actual_amount,
    CAST(sum(accrual_amount) AS DECIMAL(20, 4)) AS accrual_amount,
    CAST(sum(commitment_amount) AS DECIMAL(20, 4)) AS commitment_amount,
    CAST(sum(received_amount) AS DECIMAL(20, 4)) AS received_amount,
    CAST(sum(overdue_amount) AS DECIMAL(20, 4)) AS overdue_amount,
    CAST(
        sum(CASE WHEN is_converted THEN actual_amount + accrual_amount + commitment_amount ELSE 0 END) AS DECIMAL(20, 4)
    ) AS converted_amount,
    CAST(sum(uncosted_seconds) AS DECIMAL(18, 3)) AS uncosted_seconds,
    min(status_date) AS status_date,
    to_currency
FROM valued
GROUP BY project_id, fiscal_year, currency, is_capital, to_currency
