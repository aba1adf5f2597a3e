-- One row per person and month with time booked or available: what was booked on
-- whatever project against the calendar's time less absences. Without a calendar
-- there is nothing to hold the booked time against.
WITH booked AS (
    SELECT person_id, period_month, sum(duration_seconds) AS duration_seconds
    FROM marts.effort_by_person_month
    GROUP BY person_id, period_month
),

known AS (
    SELECT person_id, period_month FROM booked
    UNION
    SELECT person_id, period_month FROM marts.availability_by_person_month
)

SELECT
    k.person_id,
    k.period_month,
    CAST(coalesce(b.duration_seconds, 0) AS DECIMAL(18, 3)) AS duration_seconds,
    a.available_seconds,
    CAST(coalesce(b.duration_seconds, 0) - a.available_seconds AS DECIMAL(18, 3)) AS difference_seconds
FROM known AS k
LEFT JOIN booked AS b ON b.person_id = k.person_id AND b.period_month = k.period_month
LEFT JOIN marts.availability_by_person_month AS a
    ON a.person_id = k.person_id AND a.period_month = k.period_month
