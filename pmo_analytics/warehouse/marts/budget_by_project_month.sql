-- One row per project, month, currency and kind of expenditure: the budget of the
-- baseline approved last, what was spent, and what is accrued and ordered. An
-- accrual stands in the month of its list, an order in the month it is due, or in
-- the reporting month where that is over; an order without a date, and a budget
-- that the register states in one sum, in a row without a month. Money of no
-- project stands in rows without one. The kind is the budget's word on the month,
-- or else on all its months. Nothing is converted here: beside money in another
-- currency than the project's stand that currency, and the last rate by the
-- month's end and the reporting date where one is known.
WITH month_kind AS (
    SELECT project_id, period_month, CASE WHEN count(DISTINCT is_capital) = 1 THEN bool_and(is_capital) END AS is_capital
    FROM marts.budget_in_force
    GROUP BY project_id, period_month
),

owed AS (
    SELECT
        o.project_id,
        CASE
            WHEN o.kind = 'accrual' THEN CAST(date_trunc('month', o.status_date) AS DATE)
            WHEN o.due_date IS NOT NULL THEN CAST(date_trunc('month', greatest(o.due_date, r.as_of)) AS DATE)
        END AS period_month,
        o.currency,
        o.kind,
        o.open_amount,
        o.received_amount,
        o.status_date,
        o.kind = 'commitment' AND o.due_date < r.as_of AS is_overdue
    FROM marts.open_commitment AS o
    CROSS JOIN meta.reporting AS r
),

unplanned AS (
    SELECT
        project_id,
        period_month,
        currency,
        actual_amount,
        spent_source,
        ledger_amount,
        timesheet_amount,
        uncosted_seconds,
        0 AS accrual_amount,
        0 AS commitment_amount,
        0 AS received_amount,
        0 AS overdue_amount,
        NULL AS status_date
    FROM marts.spend_by_project_month
    UNION ALL
    SELECT
        project_id,
        period_month,
        currency,
        0,
        NULL,
        0,
        0,
        0,
        CASE WHEN kind = 'accrual' THEN open_amount ELSE 0 END,
        CASE WHEN kind = 'commitment' THEN open_amount ELSE 0 END,
        received_amount,
        CASE WHEN is_overdue THEN open_amount ELSE 0 END,
        status_date
    FROM owed
),

stated AS (
    SELECT
        u.project_id,
        u.period_month,
        u.currency,
        coalesce(m.is_capital, p.is_capital) AS is_capital,
        NULL AS baseline_version,
        0 AS budget_amount,
        u.actual_amount,
        u.spent_source,
        u.ledger_amount,
        u.timesheet_amount,
        u.uncosted_seconds,
        u.accrual_amount,
        u.commitment_amount,
        u.received_amount,
        u.overdue_amount,
        u.status_date
    FROM unplanned AS u
    LEFT JOIN marts.project_currency AS p ON p.project_id = u.project_id
    LEFT JOIN month_kind AS m ON m.project_id = u.project_id AND m.period_month = u.period_month
    UNION ALL
    SELECT
        project_id, period_month, currency, is_capital, baseline_version, budget_amount,
        0, NULL, 0, 0, 0, 0, 0, 0, 0, NULL
    FROM marts.budget_in_force
    UNION ALL
    SELECT
        p.project_id, NULL, p.currency, NULL, NULL, p.budget_at_completion_amount,
        0, NULL, 0, 0, 0, 0, 0, 0, 0, NULL
    FROM core.project AS p
    JOIN marts.project_currency AS c ON c.project_id = p.project_id
    WHERE NOT c.has_budget_by_month AND p.budget_at_completion_amount IS NOT NULL
),

summed AS (
    SELECT
        project_id,
        period_month,
        currency,
        is_capital,
        max(baseline_version) AS baseline_version,
        sum(budget_amount) AS budget_amount,
        sum(actual_amount) AS actual_amount,
        max(spent_source) AS spent_source,
        sum(ledger_amount) AS ledger_amount,
        sum(timesheet_amount) AS timesheet_amount,
        sum(uncosted_seconds) AS uncosted_seconds,
        sum(accrual_amount) AS accrual_amount,
        sum(commitment_amount) AS commitment_amount,
        sum(received_amount) AS received_amount,
        sum(overdue_amount) AS overdue_amount,
        min(status_date) AS status_date
    FROM stated
    GROUP BY project_id, period_month, currency, is_capital
),

dated AS (
    SELECT
        s.project_id,
        s.period_month,
        s.currency,
        s.is_capital,
        s.baseline_version,
        s.budget_amount,
        s.actual_amount,
        s.spent_source,
        s.ledger_amount,
        s.timesheet_amount,
        s.uncosted_seconds,
        s.accrual_amount,
        s.commitment_amount,
        s.received_amount,
        s.overdue_amount,
        s.status_date,
        p.currency AS to_currency,
        least(coalesce(CAST(s.period_month + INTERVAL 1 MONTH - INTERVAL 1 DAY AS DATE), r.as_of), r.as_of) AS rated_by,
        CAST(year(s.period_month) - CASE WHEN month(s.period_month) < b.fiscal_year_start THEN 1 ELSE 0 END AS BIGINT)
            AS first_year,
        b.fiscal_year_start
    FROM summed AS s
    CROSS JOIN meta.reporting AS r
    CROSS JOIN meta.budget_rule AS b
    LEFT JOIN marts.project_currency AS p ON p.project_id = s.project_id AND p.currency <> s.currency
),

rated AS (
    SELECT d.currency, d.to_currency, d.rated_by, max(x.rate_date) AS rate_date
    FROM dated AS d
    JOIN core.exchange_rate AS x
        ON x.currency = d.currency AND x.to_currency = d.to_currency AND x.rate_date <= d.rated_by
    GROUP BY d.currency, d.to_currency, d.rated_by
)

SELECT
    d.project_id,
    CASE
        WHEN d.fiscal_year_start = 1 THEN CAST(d.first_year AS VARCHAR)
        ELSE CAST(d.first_year AS VARCHAR) || '/' || lpad(CAST((d.first_year + 1) % 100 AS VARCHAR), 2, '0')
    END AS fiscal_year,
    CASE WHEN d.first_year IS NOT NULL THEN make_date(d.first_year, d.fiscal_year_start, 1) END AS fiscal_year_start_date,
    d.period_month,
    d.currency,
    d.is_capital,
    d.baseline_version,
    CAST(d.budget_amount AS DECIMAL(20, 4)) AS budget_amount,
    CAST(d.actual_amount AS DECIMAL(20, 4)) AS actual_amount,
    d.spent_source,
    CAST(d.ledger_amount AS DECIMAL(20, 4)) AS ledger_amount,
    CAST(d.timesheet_amount AS DECIMAL(20, 4)) AS timesheet_amount,
    CAST(d.uncosted_seconds AS DECIMAL(18, 3)) AS uncosted_seconds,
    CAST(d.accrual_amount AS DECIMAL(20, 4)) AS accrual_amount,
    CAST(d.commitment_amount AS DECIMAL(20, 4)) AS commitment_amount,
    CAST(d.received_amount AS DECIMAL(20, 4)) AS received_amount,
    CAST(d.overdue_amount AS DECIMAL(20, 4)) AS overdue_amount,
    d.status_date,
    d.to_currency,
    x.rate,
    x.rate_date
FROM dated AS d
LEFT JOIN rated AS t ON t.currency = d.currency AND t.to_currency = d.to_currency AND t.rated_by = d.rated_by
LEFT JOIN core.exchange_rate AS x
    ON x.currency = t.currency AND x.to_currency = t.to_currency AND x.rate_date = t.rate_date
