-- One row per estimated item as it was known on the reporting date: an item
-- finished later is open, and its actual is not known yet.
SELECT
    e.item_id,
    e.project_id,
    e.work_class,
    e.size,
    e.estimate_seconds,
    CASE WHEN e.state <> 'open' AND coalesce(e.finished_on_date, r.as_of) <= r.as_of THEN e.actual_seconds END
        AS actual_seconds,
    e.estimated_on_date,
    CASE WHEN e.finished_on_date <= r.as_of THEN e.finished_on_date END AS finished_on_date,
    CASE WHEN coalesce(e.finished_on_date, r.as_of) <= r.as_of THEN e.state ELSE 'open' END AS state
FROM core.estimate_outcome AS e
CROSS JOIN meta.reporting AS r
WHERE coalesce(e.estimated_on_date, r.as_of) <= r.as_of
