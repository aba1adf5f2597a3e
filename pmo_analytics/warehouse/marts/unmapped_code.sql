-- One row per source, table, project code that no register or alias knows, and
-- currency of its money. A posting goes by its project code, or else by its WBS
-- element. Rows that name no project at all stand under an empty code.
WITH unknown AS (
    SELECT
        'timesheet_entry' AS table_name,
        load_id,
        project_key AS external_key,
        NULL AS name,
        duration_seconds,
        NULL AS amount,
        NULL AS currency,
        work_date AS day
    FROM core.timesheet_entry
    WHERE project_id IS NULL
    UNION ALL
    SELECT
        'ledger_entry',
        load_id,
        coalesce(project_key, wbs_element),
        json_extract_string(custom, '$."CO object name"[0]'),
        NULL,
        amount,
        currency,
        posting_date
    FROM core.ledger_entry
    WHERE project_id IS NULL
    UNION ALL
    SELECT
        'issue',
        load_id,
        project_key,
        json_extract_string(custom, '$."Project name"[0]'),
        NULL,
        NULL,
        NULL,
        CAST(created_at AS DATE)
    FROM core.issue
    WHERE project_id IS NULL
    UNION ALL
    SELECT
        'commitment',
        load_id,
        project_key,
        NULL,
        NULL,
        amount,
        currency,
        coalesce(committed_on_date, status_date)
    FROM core.commitment
    WHERE project_id IS NULL
)

SELECT
    l.system AS source,
    u.table_name,
    u.external_key,
    min(u.name) AS name,
    count(*) AS row_count,
    CAST(sum(u.duration_seconds) AS DECIMAL(18, 3)) AS duration_seconds,
    CAST(sum(u.amount) AS DECIMAL(20, 4)) AS amount,
    u.currency,
    CAST(date_trunc('month', min(u.day)) AS DATE) AS first_month,
    CAST(date_trunc('month', max(u.day)) AS DATE) AS last_month
FROM unknown AS u
JOIN meta.load_system AS l ON l.load_id = u.load_id
GROUP BY l.system, u.table_name, u.external_key, u.currency
