-- One row per registered person and month with working time up to the
-- reporting date: the calendar's hours at the person's share of full time, less
-- absences, which take no more than the day's own working time.
WITH worked AS (
    SELECT
        p.person_id,
        c.calendar_date,
        CAST(c.duration_seconds * p.fte_pct / 100 AS DECIMAL(18, 3)) AS calendar_seconds
    FROM core.person AS p
    JOIN core.working_calendar AS c ON c.calendar_id = p.calendar_id
    CROSS JOIN meta.reporting AS r
    WHERE c.calendar_date <= r.as_of
        AND c.calendar_date >= coalesce(p.joined_date, c.calendar_date)
        AND c.calendar_date <= coalesce(p.left_date, c.calendar_date)
),

away AS (
    SELECT
        w.person_id,
        w.calendar_date,
        w.calendar_seconds,
        CAST(least(coalesce(a.duration_seconds, 0), w.calendar_seconds) AS DECIMAL(18, 3)) AS absence_seconds
    FROM worked AS w
    LEFT JOIN core.absence AS a ON a.person_id = w.person_id AND a.absence_date = w.calendar_date
)

SELECT
    person_id,
    CAST(date_trunc('month', calendar_date) AS DATE) AS period_month,
    CAST(sum(calendar_seconds) AS DECIMAL(18, 3)) AS calendar_seconds,
    CAST(sum(absence_seconds) AS DECIMAL(18, 3)) AS absence_seconds,
    CAST(sum(calendar_seconds - absence_seconds) AS DECIMAL(18, 3)) AS available_seconds
FROM away
GROUP BY person_id, CAST(date_trunc('month', calendar_date) AS DATE)
