-- One row per status that an issue is or was in: what it means for the flow of
-- work and who says so, how many issues are in it at the reporting date, and how
-- often one came into it. A status that nothing maps has no state.
WITH now AS (
    SELECT status, count(issue_key) AS issue_count
    FROM core.issue
    GROUP BY status
),

moved AS (
    SELECT to_value AS status, count(issue_key) AS change_count
    FROM core.issue_change
    WHERE lower(field) = 'status' AND to_value IS NOT NULL
    GROUP BY to_value
)

SELECT
    f.status,
    f.state,
    f.mapped_by,
    CAST(coalesce(n.issue_count, 0) AS BIGINT) AS issue_count,
    CAST(coalesce(m.change_count, 0) AS BIGINT) AS change_count
FROM meta.flow_state AS f
LEFT JOIN now AS n ON n.status = f.status
LEFT JOIN moved AS m ON m.status = f.status
