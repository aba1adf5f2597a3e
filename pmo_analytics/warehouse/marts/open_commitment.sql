-- One row per order or accrual that is open on the reporting date: those of each
-- system's latest list by then, since what it no longer has was posted or given
-- up. Of an order that was received which accruals under its document number, in
-- its project and currency, hold; what is due first is filled first. Where lists
-- state orders gross, that part is the accrual's and not the order's any more.
WITH listed AS (
    SELECT
        c.commitment_id,
        c.project_id,
        c.kind,
        c.document_number,
        c.vendor,
        c.committed_on_date,
        c.due_date,
        c.status_date,
        c.currency,
        c.amount,
        rank() OVER (PARTITION BY l.system ORDER BY c.status_date DESC) AS place
    FROM core.commitment AS c
    JOIN meta.load_system AS l ON l.load_id = c.load_id
),

accrued AS (
    SELECT project_id, document_number, currency, sum(amount) AS amount
    FROM listed
    WHERE place = 1 AND kind = 'accrual' AND document_number IS NOT NULL
    GROUP BY project_id, document_number, currency
),

filled AS (
    SELECT
        c.commitment_id,
        c.project_id,
        c.kind,
        c.document_number,
        c.vendor,
        c.committed_on_date,
        c.due_date,
        c.status_date,
        c.currency,
        c.amount,
        coalesce(a.amount, 0) AS accrued_amount,
        coalesce(
            sum(greatest(c.amount, 0)) OVER (
                PARTITION BY c.kind, c.project_id, c.document_number, c.currency
                ORDER BY c.due_date NULLS LAST, c.commitment_id
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ),
            0
        ) AS before_amount
    FROM listed AS c
    LEFT JOIN accrued AS a
        ON c.kind = 'commitment'
        AND a.document_number = c.document_number
        AND a.currency = c.currency
        AND a.project_id IS NOT DISTINCT FROM c.project_id
    WHERE c.place = 1
),

received AS (
    SELECT
        commitment_id,
        project_id,
        kind,
        document_number,
        vendor,
        committed_on_date,
        due_date,
        status_date,
        currency,
        amount,
        greatest(least(accrued_amount - before_amount, amount), 0) AS received_amount
    FROM filled
)

SELECT
    t.commitment_id,
    t.project_id,
    t.kind,
    t.document_number,
    t.vendor,
    t.committed_on_date,
    t.due_date,
    t.status_date,
    t.currency,
    t.amount,
    CAST(t.received_amount AS DECIMAL(20, 4)) AS received_amount,
    CAST(t.amount - CASE WHEN r.has_gross_orders THEN t.received_amount ELSE 0 END AS DECIMAL(20, 4)) AS open_amount
FROM received AS t
CROSS JOIN meta.budget_rule AS r
