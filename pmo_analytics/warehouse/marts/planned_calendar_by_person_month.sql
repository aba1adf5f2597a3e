-- One row per registered person and whole month after the reporting date: the
-- working calendar's time at the person's share of full time, between joining
-- and leaving. Absences to come are not known and are not taken off.
SELECT
    p.person_id,
    CAST(date_trunc('month', c.calendar_date) AS DATE) AS period_month,
    CAST(sum(CAST(c.duration_seconds * p.fte_pct / 100 AS DECIMAL(18, 3))) AS DECIMAL(18, 3)) AS calendar_seconds
FROM core.person AS p
JOIN core.working_calendar AS c ON c.calendar_id = p.calendar_id
CROSS JOIN meta.reporting AS r
WHERE date_trunc('month', c.calendar_date) > r.as_of
    AND c.calendar_date >= coalesce(p.joined_date, c.calendar_date)
    AND c.calendar_date <= coalesce(p.left_date, c.calendar_date)
GROUP BY p.person_id, CAST(date_trunc('month', c.calendar_date) AS DATE)
