-- One row per project, month of posting, cost element and currency. A posting
-- counts once: in the currency that the project's timesheets of the month cost
-- in, or else any timesheets do, where one of its own, local or reporting amount
-- is in it; else in its own. Nothing is converted. Which cost elements are labour
-- is the organisation's word; leading zeros of a number do not count.
WITH element AS (
    SELECT DISTINCT coalesce(cost_element, account) AS cost_element FROM core.ledger_entry
),

numbered AS (
    SELECT
        cost_element,
        CASE WHEN length(cost_element) <= 30 AND translate(cost_element, '0123456789', '') = ''
            THEN CAST(cost_element AS DECIMAL(38, 0)) END AS number
    FROM element
),

labour AS (
    SELECT DISTINCT n.cost_element
    FROM numbered AS n
    JOIN meta.labour_account AS a
        ON n.cost_element LIKE a.pattern ESCAPE '~'
        OR ltrim(n.cost_element, '0') LIKE a.pattern ESCAPE '~'
        OR n.number BETWEEN a.first_number AND a.last_number
),

said AS (
    SELECT count(position) > 0 AS is_said FROM meta.labour_account
),

paid AS (
    SELECT project_id, period_month, currency FROM marts.cost_by_project_month WHERE currency IS NOT NULL
),

anywhere AS (
    SELECT DISTINCT currency FROM paid
),

posting AS (
    SELECT
        project_id,
        CAST(date_trunc('month', posting_date) AS DATE) AS period_month,
        coalesce(cost_element, account) AS cost_element,
        amount,
        currency,
        local_amount,
        CASE WHEN local_amount IS NOT NULL THEN local_currency END AS local_currency,
        reporting_amount,
        CASE WHEN reporting_amount IS NOT NULL THEN reporting_currency END AS reporting_currency
    FROM core.ledger_entry
),

chosen AS (
    SELECT
        p.project_id,
        p.period_month,
        p.cost_element,
        p.amount,
        p.currency,
        p.local_amount,
        p.local_currency,
        p.reporting_amount,
        p.reporting_currency,
        CASE
            WHEN own_paid.currency IS NOT NULL THEN 'own'
            WHEN local_paid.currency IS NOT NULL THEN 'local'
            WHEN reporting_paid.currency IS NOT NULL THEN 'reporting'
            WHEN own_anywhere.currency IS NOT NULL THEN 'own'
            WHEN local_anywhere.currency IS NOT NULL THEN 'local'
            WHEN reporting_anywhere.currency IS NOT NULL THEN 'reporting'
            ELSE 'own'
        END AS choice
    FROM posting AS p
    LEFT JOIN paid AS own_paid
        ON own_paid.project_id = p.project_id AND own_paid.period_month = p.period_month
        AND own_paid.currency = p.currency
    LEFT JOIN paid AS local_paid
        ON local_paid.project_id = p.project_id AND local_paid.period_month = p.period_month
        AND local_paid.currency = p.local_currency
    LEFT JOIN paid AS reporting_paid
        ON reporting_paid.project_id = p.project_id AND reporting_paid.period_month = p.period_month
        AND reporting_paid.currency = p.reporting_currency
    LEFT JOIN anywhere AS own_anywhere ON own_anywhere.currency = p.currency
    LEFT JOIN anywhere AS local_anywhere ON local_anywhere.currency = p.local_currency
    LEFT JOIN anywhere AS reporting_anywhere ON reporting_anywhere.currency = p.reporting_currency
),

compared AS (
    SELECT
        project_id,
        period_month,
        cost_element,
        CASE choice WHEN 'own' THEN amount WHEN 'local' THEN local_amount ELSE reporting_amount END AS ledger_amount,
        CASE choice WHEN 'own' THEN currency WHEN 'local' THEN local_currency ELSE reporting_currency END AS currency
    FROM chosen
)

SELECT
    c.project_id,
    c.period_month,
    c.cost_element,
    c.currency,
    CASE WHEN max(CASE WHEN s.is_said THEN 1 ELSE 0 END) = 1 THEN count(l.cost_element) > 0 END AS is_labour,
    CAST(sum(c.ledger_amount) AS DECIMAL(20, 4)) AS ledger_amount,
    count(*) AS posting_count
FROM compared AS c
CROSS JOIN said AS s
LEFT JOIN labour AS l ON l.cost_element = c.cost_element
GROUP BY c.project_id, c.period_month, c.cost_element, c.currency
