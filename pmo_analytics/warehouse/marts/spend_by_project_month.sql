-- One row per project, month and currency of what was spent. In months in which the
-- ledger holds postings, between the project's first and last one, that is what the
-- ledger says; in others it is timesheets at dated rates, and so it is beside a
-- ledger that holds none of the project's labour, where pmo.toml says what labour
-- is. A posting counts once, in the project's currency where its own, local or
-- reporting amount is in it, else in its own: nothing is converted. Time without a
-- rate stands in a row without a currency, where it is counted.
WITH posting AS (
    SELECT
        e.project_id,
        CAST(date_trunc('month', e.posting_date) AS DATE) AS period_month,
        e.amount,
        e.currency,
        e.local_amount,
        e.reporting_amount,
        p.currency AS project_currency,
        CASE
            WHEN p.currency IS NULL OR e.currency = p.currency THEN 'own'
            WHEN e.local_amount IS NOT NULL AND e.local_currency = p.currency THEN 'local'
            WHEN e.reporting_amount IS NOT NULL AND e.reporting_currency = p.currency THEN 'reporting'
            ELSE 'own'
        END AS choice
    FROM core.ledger_entry AS e
    LEFT JOIN marts.project_currency AS p ON p.project_id = e.project_id
),

span AS (
    SELECT project_id, min(period_month) AS first_month, max(period_month) AS last_month
    FROM posting
    GROUP BY project_id
),

posted_month AS (
    SELECT DISTINCT period_month FROM posting
),

labour AS (
    SELECT
        project_id,
        count(is_labour) > 0 AS is_said,
        count(CASE WHEN is_labour THEN 1 END) > 0 AS has_labour
    FROM marts.ledger_by_project_month
    GROUP BY project_id
),

booked AS (
    SELECT
        c.project_id,
        c.period_month,
        c.currency,
        c.cost_amount,
        c.uncosted_seconds,
        CASE
            WHEN s.first_month IS NULL OR c.period_month < s.first_month OR c.period_month > s.last_month THEN true
            WHEN m.period_month IS NULL OR (l.is_said AND NOT l.has_labour) THEN true
            ELSE false
        END AS is_counted
    FROM marts.cost_by_project_month AS c
    LEFT JOIN span AS s ON s.project_id IS NOT DISTINCT FROM c.project_id
    LEFT JOIN posted_month AS m ON m.period_month = c.period_month
    LEFT JOIN labour AS l ON l.project_id IS NOT DISTINCT FROM c.project_id
),

stated AS (
    SELECT
        project_id,
        period_month,
        CASE choice WHEN 'own' THEN currency ELSE project_currency END AS currency,
        CASE choice WHEN 'own' THEN amount WHEN 'local' THEN local_amount ELSE reporting_amount END AS ledger_amount,
        1 AS posting_count,
        0 AS timesheet_amount,
        0 AS counted_amount,
        0 AS counted_months,
        0 AS uncosted_seconds
    FROM posting
    UNION ALL
    SELECT
        project_id,
        period_month,
        currency,
        0,
        0,
        cost_amount,
        CASE WHEN is_counted THEN cost_amount ELSE 0 END,
        CASE WHEN is_counted THEN 1 ELSE 0 END,
        CASE WHEN is_counted THEN uncosted_seconds ELSE 0 END
    FROM booked
    WHERE is_counted OR currency IS NOT NULL
)

SELECT
    project_id,
    period_month,
    currency,
    CAST(sum(ledger_amount) + sum(counted_amount) AS DECIMAL(20, 4)) AS actual_amount,
    CASE
        WHEN sum(posting_count) > 0 AND sum(counted_months) > 0 THEN 'ledger and timesheets'
        WHEN sum(posting_count) > 0 THEN 'ledger'
        WHEN sum(counted_months) > 0 THEN 'timesheets'
    END AS spent_source,
    CAST(sum(ledger_amount) AS DECIMAL(20, 4)) AS ledger_amount,
    CAST(sum(timesheet_amount) AS DECIMAL(20, 4)) AS timesheet_amount,
    CAST(sum(uncosted_seconds) AS DECIMAL(18, 3)) AS uncosted_seconds,
    CAST(sum(posting_count) AS BIGINT) AS posting_count
FROM stated
GROUP BY project_id, period_month, currency
