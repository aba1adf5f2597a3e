-- One row per registered person and month up to the reporting date with a
-- calendar: on how many days they worked, what they booked on days without
-- working time, and what beyond a day's own working time, which is the
-- calendar's at their share of full time, absences aside.
WITH booked AS (
    SELECT
        person_id,
        work_date,
        sum(duration_seconds) AS duration_seconds
    FROM core.timesheet_entry
    GROUP BY person_id, work_date
    HAVING sum(duration_seconds) > 0
),

by_day AS (
    SELECT
        p.person_id,
        b.work_date,
        b.duration_seconds,
        CAST(coalesce(c.duration_seconds * p.fte_pct / 100, 0) AS DECIMAL(18, 3)) AS calendar_seconds
    FROM core.person AS p
    JOIN booked AS b ON b.person_id = p.person_id
    LEFT JOIN core.working_calendar AS c ON c.calendar_id = p.calendar_id AND c.calendar_date = b.work_date
    WHERE p.calendar_id IS NOT NULL
),

spread AS (
    SELECT person_id, period_month, count(*) AS project_count
    FROM marts.effort_by_person_month
    WHERE project_id IS NOT NULL AND duration_seconds > 0
    GROUP BY person_id, period_month
),

by_month AS (
    SELECT
        person_id,
        CAST(date_trunc('month', work_date) AS DATE) AS period_month,
        count(*) AS worked_day_count,
        sum(CASE WHEN calendar_seconds = 0 THEN duration_seconds ELSE 0 END) AS free_day_seconds,
        sum(greatest(duration_seconds - calendar_seconds, 0)) AS overtime_seconds
    FROM by_day
    GROUP BY person_id, CAST(date_trunc('month', work_date) AS DATE)
)

SELECT
    a.person_id,
    a.period_month,
    coalesce(m.worked_day_count, 0) AS worked_day_count,
    CAST(coalesce(m.free_day_seconds, 0) AS DECIMAL(18, 3)) AS free_day_seconds,
    CAST(coalesce(m.overtime_seconds, 0) AS DECIMAL(18, 3)) AS overtime_seconds,
    coalesce(s.project_count, 0) AS project_count
FROM marts.availability_by_person_month AS a
LEFT JOIN by_month AS m ON m.person_id = a.person_id AND m.period_month = a.period_month
LEFT JOIN spread AS s ON s.person_id = a.person_id AND s.period_month = a.period_month
