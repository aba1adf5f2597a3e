"""What `pmo estimate` takes on a million finished items, against bare SQL over the stored table.

The bare SQL gives the quantiles of the same reference classes, no more: the state
of each item last told, the last 3,000 finished, P50, P80 and P90 of A/E of each
class, from a connection that it opens itself. The query opens a view and gives
the whole answer: those quantiles weighted, how such answers did in the past, and
the ten items most alike by class, project, size and words. Both have their
imports behind them. The mart that the query reads is kept from the query before;
the first one after a load makes it, and is told apart. `PMO_BENCH_ROWS` sets the
number of items. The least of three turns counts.
"""

from __future__ import annotations

import os
from pathlib import Path

from pmo_analytics.warehouse.connection import connect, quoted
from tests.benchmarks.processes import least, measure

ROWS = int(os.environ.get("PMO_BENCH_ROWS", "1000000"))
MOST = 2.5
ITEMS = """
WITH drawn AS (
    SELECT
        i,
        [CAST(hash(i, k) % 1000000 AS BIGINT) FOR k IN range(8)] AS h,
        CAST(i * 3800 // {rows} AS INTEGER) AS day
    FROM range({rows}) AS t (i)
)
SELECT
    'I-' || lpad(CAST(i AS VARCHAR), 7, '0') AS item_id,
    DATE '2026-06-30' AS status_date,
    'P-' || (h[1] % 200) AS project_id,
    ['Feature', 'Bug', 'Task', 'Spike', 'Support'][1 + h[2] % 5] AS work_class,
    ['migrate', 'check', 'repair', 'draw', 'export', 'import', 'rename'][1 + h[3] % 7] || ' '
    || ['billing', 'mail', 'map view', 'ledger', 'report', 'login', 'search'][1 + h[4] % 7] || ' part ' || h[5] % 1000
        AS description,
    [1, 2, 4, 8, 16, 24, 40][1 + h[6] % 7] AS estimate_hours,
    round(0.01 + [1, 2, 4, 8, 16, 24, 40][1 + h[6] % 7] * exp(0.1 * (h[2] % 5) + 2 * (h[7] / 1e6 - 0.4) ** 3), 2)
        AS actual_hours,
    DATE '2016-01-01' + day AS estimated_on_date,
    DATE '2016-01-01' + CAST(day + 1 + h[8] % 20 AS INTEGER) AS finished_on_date,
    'finished' AS state
FROM drawn
"""
LOAD = """
from pmo_analytics.ingest import IngestOptions, ingest_file
from pmo_analytics.system import edges
from pmo_analytics.workspace import Workspace
started = time.process_time()
ingest_file(Workspace.create(path.parent / "workspace"), path, IngestOptions(), edges())
"""
READY = """
import pandas as pd
import pmo_analytics.contracts.marts, pandera.pandas, sqlglot, scipy.stats
from pmo_analytics.reporting.past_work import past_of
from pmo_analytics.resources.effort_estimate import effort_estimate
from pmo_analytics.resources.past_items import Question, finished_items
from pmo_analytics.resources.similar_items import similar_items
from pmo_analytics.warehouse import Warehouse
from pmo_analytics.warehouse.connection import connect
from pmo_analytics.warehouse.lakes import attach
from pmo_analytics.workspace import Workspace
workspace = Workspace.find(path.parent / "workspace")
started, began = time.process_time(), time.perf_counter()
"""
BARE = (
    READY
    + """
connection = connect()
attach(connection, workspace, read_only=True)
found = connection.execute('''
    WITH known AS (
        SELECT *, CAST(actual_seconds AS DOUBLE) / CAST(estimate_seconds AS DOUBLE) AS ratio
        FROM lake.core.estimate_outcome WHERE status_date <= DATE '2026-06-30'
        QUALIFY row_number() OVER (PARTITION BY item_id ORDER BY status_date DESC) = 1
    ),
    recent AS (
        SELECT *, row_number() OVER (ORDER BY finished_on_date DESC, item_id DESC) AS place FROM known
        WHERE state = 'finished' AND finished_on_date <= DATE '2026-06-30' AND estimated_on_date <= finished_on_date
            AND actual_seconds > 0 AND estimate_seconds > 0
        QUALIFY place <= 3000
    ),
    marked AS (
        SELECT *, estimate_seconds > 2 * 3600 AND estimate_seconds <= 8 * 3600 AS is_size,
            is_size AND work_class = 'Feature' AS is_class, is_class AND project_id = 'P-17' AS is_project
        FROM recent
    )
    SELECT quantile_cont(ratio, [0.5, 0.8, 0.9]) FILTER (place <= 1000),
        quantile_cont(ratio, [0.5, 0.8, 0.9]) FILTER (is_size),
        quantile_cont(ratio, [0.5, 0.8, 0.9]) FILTER (is_class),
        count(*) FILTER (is_project)
    FROM marked
''').fetchall()[0]
steps["quantiles"] = [*found[:3], found[3]]
steps["wall"] = round(time.perf_counter() - began, 2)
"""
)
QUERY = (
    READY
    + """
import shutil
if not {is_kept}:
    shutil.rmtree(workspace.warehouse / "marts", ignore_errors=True)
def lap(name):
    steps[name] = round(time.process_time() - started - sum(steps[each] for each in LAPS if each in steps), 2)
LAPS = ("open", "read", "answer", "alike")
asked = Question("migrate billing", "Feature", "P-17", 8 * 3600.0)
with Warehouse(workspace).at("2026-06-30") as view:
    lap("open")
    history, known, texts = past_of(view, asked)
    lap("read")
found = effort_estimate(history, asked, status_date=pd.Timestamp("2026-06-30"), known=known)
lap("answer")
alike = similar_items(finished_items(history, pd.Timestamp("2026-06-30"), has_estimate=True), found.question, texts)
lap("alike")
steps["items"], steps["scored"], steps["alike_items"] = found.items, found.passport.n, len(alike)
steps["quantiles"] = [list(step.quantiles.values()) for step in found.trail[:3]] + [found.trail[3].items]
steps["wall"] = round(time.perf_counter() - began, 2)
"""
)


def test_an_estimate_from_a_million_items(tmp_path: Path) -> None:
    path = tmp_path / "estimate_outcome.csv"
    connection = connect()
    connection.execute(f"COPY ({ITEMS.format(rows=ROWS)}) TO {quoted(path)} (HEADER)")
    connection.close()
    load = measure(LOAD, path, tmp_path / "load")
    found = least(
        {
            "bare": BARE,
            "first": QUERY.replace("{is_kept}", "False"),
            # The turn before has kept the mart.
            "query": QUERY.replace("{is_kept}", "True"),
        },
        path,
        tmp_path,
    )
    bare, query = found["bare"], found["query"]
    assert query["items"] == ROWS
    assert query["alike_items"] == 10
    for ours, theirs in zip(query["quantiles"], bare["quantiles"], strict=True):  # type: ignore[call-overload]
        assert ours == theirs or max(abs(a - b) for a, b in zip(ours, theirs, strict=True)) < 1e-9
    print(f"\n{ROWS:,} finished items, loaded in {load['cpu']:.0f} CPU s; {int(query['scored']):,} forecasts scored")
    titles = {"bare": "bare SQL, the quantiles", "query": "the whole answer", "first": "the first after a load"}
    for name, title in titles.items():
        run = found[name]
        laps = ", ".join(f"{lap} {run[lap]:.2f}" for lap in ("open", "read", "answer", "alike") if lap in run)
        print(f"  {title:<26}{run['cpu']:6.2f} CPU s {run['wall']:6.2f} s {run['peak_gb']:5.2f} GB  {laps}")
    cpu, wall = query["cpu"] / bare["cpu"], query["wall"] / bare["wall"]
    print(f"  ratio to the bare SQL     {cpu:6.2f} of CPU, {wall:.2f} of wall")
    assert query["cpu"] <= MOST * bare["cpu"]
