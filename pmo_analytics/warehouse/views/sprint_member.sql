-- One row per sprint that has begun and issue that was in it between its start
-- and its end, or that may have been: `quality_note` says what is not known.
-- An issue's history names sprints, and names change, repeat and hold commas;
-- what issues state of their sprints today has the numbers. So a name stands for
-- the sprint that bears it in the issue's project, and a name that is followed
-- by another without a change between for the sprint that was renamed.
WITH RECURSIVE cut AS (
    SELECT CAST(as_of + INTERVAL 1 DAY AS TIMESTAMP) AT TIME ZONE time_zone AT TIME ZONE 'UTC' AS ends_at
    FROM meta.reporting
),

issue AS (
    SELECT issue_key, project_key, parent_key, created_at, updated_at, load_id, sprints FROM {issues}
),

stated AS (
    SELECT
        issue_key, project_key, updated_at,
        x.name AS name,
        x.id AS number,
        CASE WHEN x.id IS NOT NULL THEN concat_ws('-', x.site, x.id) END AS sprint_id,
        lower(x.state) AS state,
        TRY_CAST(x.start_at AS TIMESTAMP) AS start_at,
        TRY_CAST(x.end_at AS TIMESTAMP) AS end_at,
        TRY_CAST(x.completed_at AS TIMESTAMP) AS completed_at
    FROM (
        SELECT
            issue_key, project_key, updated_at,
            unnest(CASE WHEN json_valid(sprints) THEN from_json(sprints, '{shape}') END) AS x
        FROM issue
    )
    WHERE x.name IS NOT NULL
),

numbered AS (
    SELECT project_key, name, list(DISTINCT sprint_id) AS sprint_ids
    FROM stated
    WHERE sprint_id IS NOT NULL
    GROUP BY ALL
),

-- The sprints that an issue is in now. A name without a number is the numbered sprint of the project that bears it;
-- where several do, it is none that is known.
own AS (
    SELECT DISTINCT
        s.issue_key, s.project_key, s.name,
        coalesce(
            s.sprint_id, CASE WHEN n.sprint_ids IS NULL THEN s.name WHEN len(n.sprint_ids) = 1 THEN n.sprint_ids[1] END
        ) AS sprint_id
    FROM (
        SELECT issue_key, project_key, name, sprint_id FROM stated
        UNION ALL
        SELECT m.issue_key, i.project_key, m.sprint, NULL
        FROM {memberships} AS m
        JOIN issue AS i ON i.issue_key = m.issue_key
    ) AS s
    LEFT JOIN numbered AS n ON n.project_key = s.project_key AND n.name = s.name
),

owned AS (SELECT DISTINCT issue_key, sprint_id FROM own WHERE sprint_id IS NOT NULL),

-- Dates of a sprint are those that the issue updated last states, once it is closed those of its closing.
told AS (
    SELECT
        sprint_id,
        any_value(number) AS number,
        arg_max(name, updated_at) AS sprint,
        arg_max(state, (completed_at IS NOT NULL, updated_at)) AS state,
        arg_max(start_at, (completed_at IS NOT NULL, updated_at)) AS start_at,
        arg_max(end_at, (completed_at IS NOT NULL, updated_at)) AS end_at,
        arg_max(completed_at, updated_at) AS completed_at
    FROM (SELECT * FROM stated WHERE sprint_id IS NOT NULL ORDER BY issue_key)
    GROUP BY sprint_id
    UNION ALL BY NAME
    SELECT DISTINCT name AS sprint_id, name AS sprint FROM own WHERE sprint_id = name
),

registered AS (
    SELECT t.sprint_id, lower(r.state) AS state, r.start_at, r.end_at, r.completed_at
    FROM told AS t
    JOIN core.sprint AS r
        ON CASE
            WHEN r.sprint_id IS NOT NULL AND t.number IS NOT NULL THEN r.sprint_id = t.number ELSE r.sprint = t.sprint
        END
    QUALIFY count(*) OVER (PARTITION BY r.sprint) = 1 AND count(*) OVER (PARTITION BY t.sprint_id) = 1
),

dated AS (
    SELECT
        t.sprint_id, t.sprint,
        coalesce(t.state, r.state) AS state,
        coalesce(t.start_at, r.start_at) AS start_at,
        coalesce(t.end_at, r.end_at) AS planned_at,
        coalesce(t.completed_at, r.completed_at) AS completed_at
    FROM told AS t
    LEFT JOIN registered AS r ON r.sprint_id = t.sprint_id
),

-- A sprint that is past its planned end and that nobody closed goes on.
ended AS (
    SELECT
        sprint_id, sprint, state, start_at,
        coalesce(completed_at, CASE WHEN coalesce(state <> 'active', true) THEN planned_at END) AS end_at
    FROM dated
    WHERE coalesce(state <> 'future', true)
),

span AS (
    SELECT
        e.sprint_id, e.sprint, e.start_at,
        CASE WHEN e.end_at < cut.ends_at THEN e.end_at END AS ended_at,
        least(e.end_at, cut.ends_at) AS until_at,
        CASE
            WHEN e.start_at IS NULL OR e.end_at < e.start_at THEN 'not_known'
            WHEN e.end_at IS NULL AND coalesce(e.state <> 'active', true) THEN 'not_known'
            WHEN e.end_at < cut.ends_at THEN 'closed'
            ELSE 'open'
        END AS sprint_state
    FROM ended AS e
    CROSS JOIN cut
    WHERE coalesce(e.start_at < cut.ends_at, true)
),

changed AS (
    SELECT
        c.issue_key, i.project_key, c.changed_at, c.position,
        coalesce(c.from_value, '') AS from_value,
        coalesce(c.to_value, '') AS to_value,
        row_number() OVER w AS place,
        lead(c.changed_at) OVER w AS next_at,
        lead(c.position) OVER w AS next_position,
        lead(coalesce(c.from_value, '')) OVER w AS next_value
    FROM {changes} AS c
    JOIN issue AS i ON i.issue_key = c.issue_key
    WHERE lower(c.field) = 'sprint'
    WINDOW w AS (PARTITION BY c.issue_key ORDER BY c.changed_at, c.position)
),

-- What stands before and after where nothing was changed: two names of one sprint, where the texts differ in one.
followed AS (
    SELECT DISTINCT
        c.project_key,
        c.to_value AS before,
        CASE WHEN c.next_at IS NULL THEN coalesce(s.names, '') ELSE c.next_value END AS after
    FROM changed AS c
    LEFT JOIN (
        SELECT issue_key, string_agg(name, ', ' ORDER BY name) AS names FROM own GROUP BY issue_key
    ) AS s ON s.issue_key = c.issue_key
    WHERE before <> after
),

-- Names that stand in both are taken out, the longest first; then words that do, unless nothing would be left.
differing AS (
    SELECT
        f.project_key,
        list_reduce(list_prepend(', ' || f.before || ', ', c.names), {without}) AS rest_before,
        list_reduce(list_prepend(', ' || f.after || ', ', c.names), {without}) AS rest_after,
        string_split(trim(rest_before, ', '), ', ') AS before,
        string_split(trim(rest_after, ', '), ', ') AS after
    FROM followed AS f
    LEFT JOIN (
        SELECT g.project_key, g.before, g.after, list(n.name ORDER BY length(n.name) DESC) AS names
        FROM followed AS g
        JOIN numbered AS n
            ON n.project_key = g.project_key AND contains(', ' || g.before || ', ', ', ' || n.name || ', ')
            AND contains(', ' || g.after || ', ', ', ' || n.name || ', ')
        GROUP BY ALL
    ) AS c ON c.project_key = f.project_key AND c.before = f.before AND c.after = f.after
),

renamed AS (
    SELECT DISTINCT d.project_key, d.old_name, d.new_name
    FROM (
        SELECT
            project_key,
            list_filter(before, lambda x: NOT list_contains(after, x)) AS old_words,
            list_filter(after, lambda x: NOT list_contains(before, x)) AS new_words,
            len(old_words) > 0 AND len(new_words) > 0 AS is_apart,
            array_to_string(CASE WHEN is_apart THEN old_words ELSE before END, ', ') AS old_name,
            array_to_string(CASE WHEN is_apart THEN new_words ELSE after END, ', ') AS new_name
        FROM differing
    ) AS d
    ANTI JOIN numbered AS n ON n.project_key = d.project_key AND n.name = d.old_name
    WHERE d.old_name <> '' AND d.new_name <> ''
),

bears AS (
    SELECT project_key, name, sprint_id FROM own WHERE sprint_id IS NOT NULL
    UNION
    SELECT r.project_key, r.old_name, b.sprint_id
    FROM renamed AS r
    JOIN bears AS b ON b.project_key = r.project_key AND b.name = r.new_name
),

text AS (
    SELECT
        issue_key, project_key, 0 AS place, from_value AS text,
        CAST(NULL AS TIMESTAMP) AS entered_at, CAST(NULL AS BIGINT) AS entered_position,
        changed_at AS left_at, position AS left_position
    FROM changed
    WHERE place = 1
    UNION ALL
    SELECT issue_key, project_key, place, to_value, changed_at, position, next_at, next_position
    FROM changed
),

holds AS (
    SELECT t.project_key, t.text, b.name, b.sprint_id
    FROM (SELECT project_key, text FROM text UNION SELECT project_key, from_value FROM changed) AS t
    JOIN bears AS b
        ON b.project_key = t.project_key AND contains(', ' || t.text || ', ', ', ' || b.name || ', ')
),

-- A name may be a part of another one that holds a comma.
means AS (
    SELECT h.project_key, h.text, h.name, h.sprint_id
    FROM holds AS h
    ANTI JOIN holds AS o
        ON o.project_key = h.project_key AND o.text = h.text AND o.name <> h.name
        AND contains(', ' || o.name || ', ', ', ' || h.name || ', ')
        AND NOT contains(replace(', ' || h.text || ', ', ', ' || o.name || ', ', ', '), ', ' || h.name || ', ')
),

met AS (
    SELECT
        t.issue_key, m.name, m.sprint_id,
        t.place - dense_rank() OVER (PARTITION BY t.issue_key, m.name ORDER BY t.place) AS run
    FROM text AS t
    JOIN means AS m ON m.project_key = t.project_key AND m.text = t.text
),

-- Of several sprints that bear a name the one meant is the issue's own, if it was in one alone, and once.
chosen AS (
    SELECT
        n.issue_key, n.name, n.sprint_id,
        o.issue_key IS NOT NULL AS is_own,
        count(*) OVER named = 1
            OR (count(o.issue_key) OVER named = 1 AND n.runs = 1 AND s.issue_key IS NULL) AS is_settled
    FROM (SELECT issue_key, name, sprint_id, count(DISTINCT run) AS runs FROM met GROUP BY ALL) AS n
    LEFT JOIN owned AS o ON o.issue_key = n.issue_key AND o.sprint_id = n.sprint_id
    -- From a name to the same name an issue went from one sprint to another.
    LEFT JOIN (
        SELECT issue_key, string_agg(to_value, ', ') AS texts FROM changed WHERE from_value = to_value GROUP BY ALL
    ) AS s
        ON s.issue_key = n.issue_key AND contains(', ' || s.texts || ', ', ', ' || n.name || ', ')
    WINDOW named AS (PARTITION BY n.issue_key, n.name)
    QUALIFY count(*) OVER named = 1 OR o.issue_key IS NOT NULL OR NOT is_settled
),

inside AS (
    SELECT DISTINCT t.issue_key, c.sprint_id, t.place, t.entered_at, t.entered_position, t.left_at, t.left_position
    FROM text AS t
    JOIN means AS m ON m.project_key = t.project_key AND m.text = t.text
    JOIN chosen AS c ON c.issue_key = t.issue_key AND c.name = m.name AND c.sprint_id = m.sprint_id
),

left_then AS (SELECT issue_key, sprint_id, place FROM inside WHERE left_at IS NOT NULL),

left_from AS (
    SELECT DISTINCT t.issue_key, c.sprint_id, t.place - 1 AS place
    FROM changed AS t
    JOIN means AS m ON m.project_key = t.project_key AND m.text = t.from_value
    JOIN chosen AS c ON c.issue_key = t.issue_key AND c.name = m.name AND c.sprint_id = m.sprint_id
),

broken AS (
    SELECT DISTINCT issue_key, sprint_id
    FROM (
        (SELECT issue_key, sprint_id, place FROM left_then EXCEPT SELECT issue_key, sprint_id, place FROM left_from)
        UNION ALL
        (SELECT issue_key, sprint_id, place FROM left_from EXCEPT SELECT issue_key, sprint_id, place FROM left_then)
    )
),

known AS (
    SELECT
        i.issue_key, i.parent_key,
        c.issue_key IS NOT NULL OR i.load_id IN (SELECT load_id FROM ({with_history})) AS has_history,
        i.issue_key IN (SELECT issue_key FROM changed) AS was_moved,
        coalesce(c.is_partial, false) AS is_partial,
        CASE WHEN c.is_partial THEN c.first_at ELSE i.created_at END AS known_from
    FROM issue AS i
    LEFT JOIN (
        SELECT
            h.issue_key, min(h.changed_at) AS first_at,
            arg_min(p.issue_key IS NOT NULL, (h.changed_at, h.position)) AS is_partial
        FROM {changes} AS h
        LEFT JOIN ({partial}) AS p ON p.load_id = h.load_id AND p.issue_key = h.issue_key
        GROUP BY h.issue_key
    ) AS c ON c.issue_key = i.issue_key
),

stay AS (
    SELECT
        s.issue_key, s.sprint_id,
        CASE WHEN min(s.place) = 0 THEN any_value(k.known_from) ELSE min(s.entered_at) END AS entered_at,
        arg_min(s.entered_position, s.place) AS entered_position,
        CASE WHEN count(*) = count(s.left_at) THEN max(s.left_at) END AS left_at,
        CASE WHEN count(*) = count(s.left_at) THEN arg_max(s.left_position, s.place) END AS left_position
    FROM (
        SELECT *, place - row_number() OVER (PARTITION BY issue_key, sprint_id ORDER BY place) AS run FROM inside
    ) AS s
    JOIN known AS k ON k.issue_key = s.issue_key
    GROUP BY s.issue_key, s.sprint_id, s.run
    UNION ALL
    SELECT o.issue_key, o.sprint_id, k.known_from, NULL, NULL, NULL
    FROM owned AS o
    JOIN known AS k ON k.issue_key = o.issue_key
    WHERE NOT k.was_moved
),

-- One without a number that several sprints bear the name of may be in any of them.
unsettled AS (
    SELECT o.issue_key, unnest(n.sprint_ids) AS sprint_id
    FROM own AS o
    JOIN numbered AS n ON n.project_key = o.project_key AND n.name = o.name
    WHERE o.sprint_id IS NULL
    UNION
    SELECT issue_key, sprint_id FROM chosen WHERE NOT is_settled
),

judged AS (
    SELECT
        p.issue_key, p.sprint_id, k.known_from, k.is_partial,
        CASE
            WHEN NOT k.has_history THEN '{no_history}'
            WHEN (p.issue_key, p.sprint_id) IN (SELECT (issue_key, sprint_id) FROM unsettled) THEN '{several_sprints}'
            WHEN (p.issue_key, p.sprint_id) IN (SELECT (issue_key, sprint_id) FROM broken)
                OR coalesce(e.is_in, false) <> (o.issue_key IS NOT NULL) THEN '{broken_history}'
        END AS quality_note
    FROM (
        SELECT issue_key, sprint_id FROM stay
        UNION
        SELECT issue_key, sprint_id FROM owned
        UNION
        SELECT issue_key, sprint_id FROM unsettled
    ) AS p
    JOIN known AS k ON k.issue_key = p.issue_key
    LEFT JOIN (
        SELECT issue_key, sprint_id, count(*) > count(left_at) AS is_in FROM stay GROUP BY issue_key, sprint_id
    ) AS e ON e.issue_key = p.issue_key AND e.sprint_id = p.sprint_id
    LEFT JOIN owned AS o ON o.issue_key = p.issue_key AND o.sprint_id = p.sprint_id
    -- A sub-task is in its parent's sprint without having been put there.
    LEFT JOIN owned AS a ON a.issue_key = k.parent_key AND a.sprint_id = p.sprint_id AND NOT k.was_moved
    WHERE a.issue_key IS NULL
),

member AS (
    SELECT
        s.sprint_id, j.issue_key, s.sprint, s.sprint_state, s.start_at, s.ended_at, s.until_at, j.is_partial,
        CASE
            WHEN s.sprint_state = 'not_known' THEN '{no_dates}'
            WHEN j.quality_note IS NULL AND j.is_partial AND j.known_from > s.start_at THEN '{later_history}'
            ELSE j.quality_note
        END AS quality_note,
        min(y.entered_at) AS first_at,
        coalesce(
            bool_or(coalesce(y.left_at > s.until_at - {closing}, true) AND y.entered_at < s.until_at), false
        ) AS is_kept,
        max(CASE
            WHEN y.entered_at <= s.start_at AND coalesce(y.left_at > s.start_at, true)
                THEN struct_pack(moment := y.entered_at, place := y.entered_position)
        END) AS committed,
        min(CASE
            WHEN y.entered_at > s.start_at AND y.entered_at < s.until_at
                THEN struct_pack(moment := y.entered_at, place := y.entered_position)
        END) AS added,
        max(CASE
            WHEN y.left_at > s.start_at AND y.left_at < s.until_at
                THEN struct_pack(moment := y.left_at, place := y.left_position)
        END) AS removed
    FROM judged AS j
    JOIN span AS s ON s.sprint_id = j.sprint_id
    LEFT JOIN stay AS y ON y.issue_key = j.issue_key AND y.sprint_id = j.sprint_id
    GROUP BY ALL
),

counted AS (
    SELECT *, coalesce(committed, added) AS joined FROM member
)

-- Without a change it was put in when it was created, if that part of its history is told.
SELECT
    sprint_id, issue_key, sprint, sprint_state, start_at, ended_at, until_at, quality_note,
    CASE WHEN quality_note IS NULL THEN committed IS NOT NULL END AS is_committed,
    CASE
        WHEN quality_note IS NULL AND NOT (is_partial AND joined.place IS NULL) THEN joined.moment
    END AS joined_at,
    CASE WHEN quality_note IS NULL THEN joined.place END AS joined_position,
    CASE WHEN quality_note IS NULL AND NOT is_kept THEN removed.moment END AS removed_at,
    CASE WHEN quality_note IS NULL AND NOT is_kept THEN removed.place END AS removed_position
FROM counted
WHERE CASE WHEN quality_note IS NULL THEN joined IS NOT NULL ELSE coalesce(first_at < until_at, true) END
