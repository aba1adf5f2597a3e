-- One row per project, month and currency of the time booked at the rates that
-- held on the day: a person's own rate goes before the role's. Time without a
-- rate stands in a row without a currency.
WITH spans AS (
    SELECT
        role_or_person_id,
        hourly_amount,
        currency,
        valid_from_date,
        lead(valid_from_date) OVER (PARTITION BY role_or_person_id ORDER BY valid_from_date) AS next_from_date
    FROM personal_view.rate
),

priced AS (
    SELECT
        t.project_id,
        CAST(date_trunc('month', t.work_date) AS DATE) AS period_month,
        t.duration_seconds,
        coalesce(own.currency, by_role.currency) AS currency,
        coalesce(own.hourly_amount, by_role.hourly_amount) AS hourly_amount
    FROM core.timesheet_entry AS t
    LEFT JOIN core.person AS p ON p.person_id = t.person_id
    LEFT JOIN spans AS own
        ON own.role_or_person_id = t.person_id
        AND own.valid_from_date <= t.work_date
        AND (own.next_from_date IS NULL OR t.work_date < own.next_from_date)
    LEFT JOIN spans AS by_role
        ON by_role.role_or_person_id = p.role
        AND by_role.valid_from_date <= t.work_date
        AND (by_role.next_from_date IS NULL OR t.work_date < by_role.next_from_date)
)

SELECT
    project_id,
    period_month,
    currency,
    CAST(coalesce(sum(CAST(duration_seconds AS DECIMAL(18, 3)) * hourly_amount) / 3600, 0) AS DECIMAL(20, 4))
        AS cost_amount,
    CAST(sum(CASE WHEN hourly_amount IS NULL THEN 0 ELSE duration_seconds END) AS DECIMAL(18, 3)) AS costed_seconds,
    CAST(sum(CASE WHEN hourly_amount IS NULL THEN duration_seconds ELSE 0 END) AS DECIMAL(18, 3)) AS uncosted_seconds
FROM priced
GROUP BY project_id, period_month, currency
