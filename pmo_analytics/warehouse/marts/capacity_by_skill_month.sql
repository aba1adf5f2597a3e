-- One row per skill, level and month of the working calendar: the time of the
-- persons whose last assessment by the reporting date says so, calendar time at
-- their share of full time less the absences known. Months after the reporting
-- date are the calendar's plan. Levels of a skill may be added; skills may not,
-- since a person's time is there for each skill they have.
WITH assessed AS (
    SELECT
        person_id,
        skill_id,
        level,
        row_number() OVER (PARTITION BY person_id, skill_id ORDER BY assessed_on_date DESC) AS place
    FROM core.person_skill
),

by_day AS (
    SELECT
        p.person_id,
        c.calendar_date,
        CAST(c.duration_seconds * p.fte_pct / 100 AS DECIMAL(18, 3)) AS calendar_seconds
    FROM core.person AS p
    JOIN core.working_calendar AS c ON c.calendar_id = p.calendar_id
    WHERE c.calendar_date >= coalesce(p.joined_date, c.calendar_date)
        AND c.calendar_date <= coalesce(p.left_date, c.calendar_date)
),

by_month AS (
    SELECT
        d.person_id,
        CAST(date_trunc('month', d.calendar_date) AS DATE) AS period_month,
        sum(greatest(d.calendar_seconds - coalesce(a.duration_seconds, 0), 0)) AS capacity_seconds
    FROM by_day AS d
    LEFT JOIN core.absence AS a ON a.person_id = d.person_id AND a.absence_date = d.calendar_date
    GROUP BY d.person_id, CAST(date_trunc('month', d.calendar_date) AS DATE)
)

SELECT
    s.skill_id,
    s.level,
    m.period_month,
    count(*) AS person_count,
    CAST(sum(m.capacity_seconds) AS DECIMAL(18, 3)) AS capacity_seconds
FROM assessed AS s
JOIN by_month AS m ON m.person_id = s.person_id
WHERE s.place = 1
GROUP BY s.skill_id, s.level, m.period_month
