-- One row per project, month and currency of what each record of cost states.
-- Ledger, accruals and commitments are different money and may be added: what is
-- posted, what was received and is not posted yet, what is ordered. Timesheet
-- cost is the ledger's labour seen from the other side: it is added to neither
-- (timesheet_ledger_reconciliation compares the two). The ledger's month and
-- currency are those of ledger_by_project_month. Of commitments and accruals the
-- latest list by the reporting date counts, since what it no longer has was
-- posted or given up; an order stands in the month it is due, an accrual in that
-- of its list. Time without a rate has no cost and is not here.
WITH listed AS (
    SELECT
        c.project_id,
        CAST(date_trunc('month', CASE WHEN c.kind = 'accrual' THEN c.status_date ELSE coalesce(c.due_date, c.status_date) END)
            AS DATE) AS period_month,
        c.currency,
        c.kind,
        c.amount,
        rank() OVER (PARTITION BY l.system ORDER BY c.status_date DESC) AS place
    FROM core.commitment AS c
    JOIN meta.load_system AS l ON l.load_id = c.load_id
),

stated AS (
    SELECT
        project_id,
        period_month,
        currency,
        cost_amount AS timesheet_amount,
        0 AS ledger_amount,
        0 AS accrual_amount,
        0 AS commitment_amount
    FROM marts.cost_by_project_month
    WHERE currency IS NOT NULL
    UNION ALL
    SELECT project_id, period_month, currency, 0, ledger_amount, 0, 0
    FROM marts.ledger_by_project_month
    UNION ALL
    SELECT
        project_id,
        period_month,
        currency,
        0,
        0,
        CASE WHEN kind = 'accrual' THEN amount ELSE 0 END,
        CASE WHEN kind = 'commitment' THEN amount ELSE 0 END
    FROM listed
    WHERE place = 1
)

SELECT
    project_id,
    period_month,
    currency,
    CAST(sum(timesheet_amount) AS DECIMAL(20, 4)) AS timesheet_amount,
    CAST(sum(ledger_amount) AS DECIMAL(20, 4)) AS ledger_amount,
    CAST(sum(accrual_amount) AS DECIMAL(20, 4)) AS accrual_amount,
    CAST(sum(commitment_amount) AS DECIMAL(20, 4)) AS commitment_amount
FROM stated
GROUP BY project_id, period_month, currency
