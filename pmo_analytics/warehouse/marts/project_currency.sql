-- One row per project of the register or with a budget: the currency that its money
-- is told in, that of its budget where all months have one, else the register's;
-- and the kind of its expenditure, where all months of its budget are of one.
WITH planned AS (
    SELECT
        project_id,
        CASE WHEN count(DISTINCT currency) = 1 THEN min(currency) END AS currency,
        CASE WHEN count(DISTINCT is_capital) = 1 AND count(is_capital) = count(*) THEN bool_and(is_capital) END
            AS is_capital
    FROM marts.budget_in_force
    GROUP BY project_id
),

named AS (
    SELECT project_id FROM core.project
    UNION
    SELECT project_id FROM planned
)

SELECT
    n.project_id,
    coalesce(b.currency, p.currency) AS currency,
    b.is_capital,
    b.project_id IS NOT NULL AS has_budget_by_month
FROM named AS n
LEFT JOIN planned AS b ON b.project_id = n.project_id
LEFT JOIN core.project AS p ON p.project_id = n.project_id
