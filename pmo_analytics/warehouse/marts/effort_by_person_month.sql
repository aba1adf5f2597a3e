-- One row per person, project and month with time booked. An empty project_id
-- gathers the time on projects that no register or alias knows.
SELECT
    person_id,
    project_id,
    CAST(date_trunc('month', work_date) AS DATE) AS period_month,
    CAST(sum(duration_seconds) AS DECIMAL(18, 3)) AS duration_seconds,
    CAST(sum(CASE WHEN is_billable THEN duration_seconds ELSE 0 END) AS DECIMAL(18, 3)) AS billable_seconds,
    count(*) AS entry_count
FROM core.timesheet_entry
GROUP BY person_id, project_id, CAST(date_trunc('month', work_date) AS DATE)
