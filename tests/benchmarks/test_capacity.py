"""What capacity of 5,000 persons on 300 projects takes: the marts of 36 months of hours, and 36 months to come.

The baseline is hours and absences by person and month, summed by hand over plain
tables of a DuckDB file. The target of the whole is 20 seconds and 2 GB on two
cores. Nothing is kept from run to run; the least of three turns counts.
`PMO_BENCH_PERSONS` sets the number of persons.
"""

from __future__ import annotations

import os
from pathlib import Path

from pmo_analytics.warehouse.connection import connect, quoted
from tests.benchmarks.processes import least, measure

PERSONS = int(os.environ.get("PMO_BENCH_PERSONS", "5000"))
PROJECTS, SKILLS, FIRST, TODAY = 300, 40, "2023-07-01", "2026-06-30"
_DAYS = "range(DATE '2023-07-01', DATE '2029-07-01', INTERVAL 1 DAY) AS d(day)"
_WEEKS = "range(DATE '2023-07-03', DATE '2026-06-29', INTERVAL 7 DAY) AS w(day)"
FILES = {
    "person": f"""
        SELECT 'E' || i AS person_id, 'Person ' || i AS name, 'p' || i || '@example.test' AS email,
            'Developer' AS role, 'Team ' || (i % 250) AS team, 'main' AS calendar_id, 100 AS fte_pct,
            '2020-01-01' AS joined_date, CASE WHEN i % 40 = 0 THEN '2025-12-31' END AS left_date,
            '{FIRST}' AS status_date
        FROM range({PERSONS}) AS t(i)""",
    "working_calendar": f"""
        SELECT 'main' AS calendar_id, strftime(day, '%Y-%m-%d') AS calendar_date, 8 AS duration_hours
        FROM {_DAYS} WHERE isodow(day) < 6""",
    "absence": f"""
        SELECT 'E' || i AS person_id, strftime(day, '%Y-%m-%d') AS absence_date, 8 AS duration_hours, 'leave' AS kind
        FROM range({PERSONS}) AS t(i), {_DAYS}
        WHERE isodow(day) < 6 AND day <= DATE '{TODAY}'
            AND hash(i * 7919 + date_diff('day', DATE '{FIRST}', day)) % 10 = 0""",
    "skill": f"""
        SELECT 'S' || i AS skill_id, 'Skill ' || i AS name, '{FIRST}' AS status_date FROM range({SKILLS}) AS t(i)""",
    "person_skill": f"""
        SELECT DISTINCT 'E' || i AS person_id, 'S' || (hash(i * 31 + k) % {SKILLS}) AS skill_id,
            '2026-01-01' AS assessed_on_date, 2 + hash(i + k) % 4 AS level
        FROM range({PERSONS}) AS t(i), range(2) AS s(k)""",
    "project": f"""
        SELECT 'P' || i AS project_id, 'Project ' || i AS name, 'Portfolio ' || (i % 12) AS portfolio,
            '{FIRST}' AS baseline_start_date, '2028-12-31' AS baseline_finish_date, '{FIRST}' AS status_date
        FROM range({PROJECTS}) AS t(i)""",
    "demand": f"""
        SELECT DISTINCT 'P' || i AS project_id, 'S' || (hash(i * 97 + k) % {SKILLS}) AS skill_id,
            strftime(DATE '2026-07-01' + to_months(m), '%Y-%m-%d') AS period_month, 3 AS level,
            20 + hash(i + k + m) % {max(1, PERSONS // 10)} AS demand_hours, 0.8 AS certainty, '{TODAY}' AS status_date
        FROM range({PROJECTS}) AS t(i), range(4) AS s(k), range(36) AS n(m)""",
    "estimate_outcome": f"""
        SELECT 'I' || i AS item_id, 'P' || (i % {PROJECTS}) AS project_id, 10 AS estimate_hours,
            6 + hash(i) % 12 AS actual_hours, '2025-06-30' AS finished_on_date, 'finished' AS state,
            '{TODAY}' AS status_date
        FROM range(6000) AS t(i)""",
    "toggl": f"""
        SELECT 'Person ' || i AS "User", 'p' || i || '@example.test' AS "Email", '' AS "Client",
            'P' || (hash(i * 13 + k + date_diff('day', DATE '{FIRST}', day)) % {PROJECTS}) AS "Project", '' AS "Task",
            'work' AS "Description", 'No' AS "Billable",
            strftime(day + to_days(CAST(k AS INTEGER)), '%Y-%m-%d') AS "Start date",
            '09:00:00' AS "Start time", strftime(day + to_days(CAST(k AS INTEGER)), '%Y-%m-%d') AS "End date",
            '17:00:00' AS "End time", '08:00:00' AS "Duration", '' AS "Tags"
        FROM range({PERSONS}) AS t(i), {_WEEKS}, range(5) AS s(k) WHERE hash(i * 7 + k) % 5 > 0""",
}  # fmt: skip
LOAD = """
from pmo_analytics.ingest import IngestOptions, ingest_files
from pmo_analytics.system import edges
from pmo_analytics.warehouse import Warehouse
from pmo_analytics.workspace import Workspace
started = time.process_time()
workspace = Workspace.create(path.parent / "workspace")
for result in ingest_files(workspace, [path], IngestOptions(), edges()):
    if isinstance(result, Exception):
        raise result
    steps["rows"] = steps.get("rows", 0) + sum(result.rows.values())
with Warehouse(workspace).everything() as view:
    for name in ("timesheet_entry", "absence"):
        view.rows(f"SELECT load_id FROM core.{name} LIMIT 1")
    view._connection.execute(f"ATTACH '{path.parent / 'plain.duckdb'}' AS plain")
    for name in ("timesheet_entry", "absence"):
        view._connection.execute(f"CREATE TABLE plain.{name} AS SELECT * FROM core.{name}")
"""
HAND = """
import duckdb
connection = duckdb.connect(str(path.parent / "plain.duckdb"), read_only=True)
started, begun = time.process_time(), time.perf_counter()
for name, day in (("timesheet_entry", "work_date"), ("absence", "absence_date")):
    connection.execute(f'''
        SELECT person_id, date_trunc('month', {day}) AS period_month, sum(duration_seconds) FROM {name} GROUP BY ALL
    ''').df()
steps["clock"] = round(time.perf_counter() - begun, 2)
"""
OURS = """
import shutil
from pmo_analytics.workspace import Workspace
workspace = Workspace.find(path.parent / "workspace")
shutil.rmtree(workspace.warehouse / "marts", ignore_errors=True)
started, begun = time.process_time(), time.perf_counter()
import pandas as pd
from pmo_analytics.reporting.capacity_inputs import capacity_inputs
from pmo_analytics.resources.capacity import outlook_of
from pmo_analytics.resources.capacity_draws import capacity_draws
from pmo_analytics.warehouse import Warehouse
with Warehouse(workspace).at("2026-06-30") as view:
    inputs = capacity_inputs(view)
    steps["marts_clock"] = round(time.perf_counter() - begun, 2)
    outlook = outlook_of(capacity_draws(inputs, status_date=pd.Timestamp(view.as_of), months=36))
steps["clock"] = round(time.perf_counter() - begun, 2)
steps["rows"] = len(outlook)
steps["known"] = int(outlook["shortfall_probability"].notna().sum())
"""


def test_capacity_of_a_large_company(tmp_path: Path) -> None:
    exports = tmp_path / "exports"
    exports.mkdir()
    connection = connect()
    for name, query in FILES.items():
        connection.execute(f"COPY ({query}) TO {quoted(exports / f'{name}.csv')} (HEADER)")
    connection.close()
    loaded = measure(LOAD, exports, tmp_path / "load")
    found = least({"hand": HAND, "ours": OURS}, exports, tmp_path)
    hand, ours = found["hand"], found["ours"]
    assert ours["rows"] == ours["known"] == SKILLS * 36
    print(
        f"\n{PERSONS:,} persons, {PROJECTS} projects, 36 months past and to come: {int(loaded['rows']):,} rows loaded"
    )
    print(f"  hours and absences by hand  {hand['cpu']:7.2f} CPU s  {hand['clock']:6.2f} s  {hand['peak_gb']:5.2f} GB")
    print(f"  marts and shortfall         {ours['cpu']:7.2f} CPU s  {ours['clock']:6.2f} s  {ours['peak_gb']:5.2f} GB")
    print(f"  of these the marts          {ours['marts_clock']:24.2f} s")
    print(f"  ratio of CPU to by hand     {ours['cpu'] / hand['cpu']:7.2f}; the target is 20 s and 2 GB")
