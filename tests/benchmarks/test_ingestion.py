"""What detecting, checking and loading a large timesheet costs, against a bare load of the same file.

The baseline is `CREATE TABLE AS FROM read_csv` into a DuckLake of the same
kind, in a process of its own; beside it stands pandas with pandera, which
stores nothing. Each process tells its CPU seconds and its peak of memory;
load and baseline run three times in turn, and the least of each counts. `PMO_BENCH_ROWS` sets the number of rows.
"""

from __future__ import annotations

import os
from pathlib import Path

from pmo_analytics.warehouse.connection import connect, quoted
from tests.benchmarks.processes import INGEST, least, measure

ROWS = int(os.environ.get("PMO_BENCH_ROWS", "10000000"))
# The columns of Tempo's worklog export, a third of them empty as they mostly are.
TEMPO = """
SELECT 'PRJ' || (i % 97) || '-' || (i % 20011) AS "Issue Key", 'Deck plate ' || (i % 20011) AS "Issue summary",
    CAST((1 + i % 31) * 0.25 AS DECIMAL(9, 2)) AS "Hours",
    strftime(DATE '2022-01-03' + CAST((i // 8000) % 1100 AS INTEGER), '%Y-%m-%d') AS "Work date",
    'user' || (hash(i) % 5000) AS "Username", 'Person Number ' || (hash(i) % 5000) AS "Full name",
    strftime(DATE '2022-01-03' + CAST((i // 8000) % 1100 AS INTEGER), '%m%y') AS "Period",
    'ACC-' || (i % 97) AS "Account Key", 'Account ' || (i % 97) AS "Account Name",
    'Lead ' || (i % 13) AS "Account Lead",
    'CAPEX' AS "Account Category", 'Internal' AS "Account Customer", 'Development' AS "Activity Name",
    NULL AS "Component", NULL AS "All Components", NULL AS "Version Name", 'Task' AS "Issue Type",
    'Done' AS "Issue Status", 'PRJ' || (i % 97) AS "Project Key", 'Project ' || (i % 97) AS "Project Name",
    NULL AS "Epic", NULL AS "Epic Link", 'worked on item ' || i AS "Work Description", NULL AS "Parent Key",
    'user1' AS "Reporter", '0' AS "External Hours", CAST((1 + i % 31) * 0.25 AS DECIMAL(9, 2)) AS "Billed Hours",
    '40' AS "Issue Original Estimate", '8' AS "Issue Remaining Estimate"
FROM range(?) AS t(i)
"""
BARE = """
from pmo_analytics.warehouse.connection import connect, quoted
connection = connect(path.stat().st_size)
connection.execute(f"ATTACH 'ducklake:sqlite:{folder}/core.sqlite' AS lake (DATA_PATH {quoted(folder / 'data')})")
started = time.process_time()
connection.execute(f"CREATE TABLE lake.t AS FROM read_csv({quoted(path)})")
"""
PANDAS = """
import pandas as pd, pandera.pandas as pa
schema = pa.DataFrameSchema({
    "Username": pa.Column(str, nullable=False), "Work date": pa.Column("datetime64[ns]", coerce=True),
    "Hours": pa.Column(float, pa.Check.in_range(-24, 24)),
})
started = time.process_time()
schema.validate(pd.read_csv(path), lazy=True)
"""


def test_ingest_of_a_tempo_export(tmp_path: Path) -> None:
    path = tmp_path / "tempo.csv"
    connection = connect()
    target = f"COPY ({TEMPO.replace('?', str(ROWS))}) TO {quoted(path)}"
    connection.execute(f'{target} (HEADER, FORCE_QUOTE ("Work Description"))')
    connection.close()
    frame = measure(PANDAS, path, tmp_path / "pandas") if ROWS <= 10_000_000 else {"cpu": 0, "peak_gb": 0}
    found = least({"bare": BARE, "ours": INGEST}, path, tmp_path)
    bare, ours = found["bare"], found["ours"]
    assert ours["added"] == ROWS
    without_archive = ours["cpu"] - ours["keep"]
    print(f"\n{ROWS:,} Tempo rows, {path.stat().st_size / 1e6:,.0f} MB")
    print(f"  bare load into DuckLake   {bare['cpu']:8.1f} CPU s  {bare['peak_gb']:5.2f} GB")
    print(f"  pandas + pandera, unkept  {frame['cpu']:8.1f} CPU s  {frame['peak_gb']:5.2f} GB")
    print(f"  ingest without archive    {without_archive:8.1f} CPU s  {ours['peak_gb']:5.2f} GB")
    print(f"  ratio to the bare load    {without_archive / bare['cpu']:8.2f}")
    print(f"  by step, CPU s: {ours}")
