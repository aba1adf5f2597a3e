"""What a mart of ten million hours costs through a view, against the same sums written by hand over a plain table.

The baseline is a DuckDB file with one table of the same rows, persons and
projects resolved already. Beside it stands the view without a date, which tells
what the cut at a date adds, and the same again, whose mart is kept. The least of three turns counts.
`PMO_BENCH_ROWS` sets the number of rows.
"""

from __future__ import annotations

import os
from pathlib import Path

from pmo_analytics.warehouse.connection import connect, quoted
from tests.benchmarks.processes import least, measure
from tests.benchmarks.test_ingestion import TEMPO

ROWS = int(os.environ.get("PMO_BENCH_ROWS", "10000000"))
LOAD = """
from pmo_analytics.ingest import IngestOptions, ingest_file
from pmo_analytics.system import edges
from pmo_analytics.warehouse import Warehouse
from pmo_analytics.workspace import Workspace
started = time.process_time()
workspace = Workspace.create(path.parent / "workspace")
ingest_file(workspace, path, IngestOptions(), edges())
with Warehouse(workspace).everything() as view:
    view.rows("SELECT entry_id FROM core.timesheet_entry LIMIT 1")
    view._connection.execute(f"ATTACH '{path.parent / 'plain.duckdb'}' AS plain")
    view._connection.execute("CREATE TABLE plain.timesheet_entry AS SELECT * FROM core.timesheet_entry")
"""
HAND = """
import duckdb
connection = duckdb.connect(str(path.parent / "plain.duckdb"), read_only=True)
started = time.process_time()
steps["rows"] = len(connection.execute('''
    SELECT person_id, project_id, date_trunc('month', work_date) AS period_month, sum(duration_seconds),
        sum(CASE WHEN is_billable THEN duration_seconds ELSE 0 END), count(*)
    FROM timesheet_entry WHERE work_date <= DATE '2024-06-30' GROUP BY ALL ORDER BY ALL
''').df())
"""
VIEW = """
from pmo_analytics.warehouse import Warehouse
from pmo_analytics.workspace import Workspace
import pmo_analytics.contracts.marts, pandera.pandas, sqlglot
import shutil
workspace = Workspace.find(path.parent / "workspace")
if not {is_kept}:
    shutil.rmtree(workspace.warehouse / "marts", ignore_errors=True)
warehouse = Warehouse(workspace)
started = time.process_time()
with {opened} as view:
    steps["opened"] = round(time.process_time() - started, 2)
    steps["rows"] = len(view.rows("SELECT * FROM marts.effort_by_person_month ORDER BY ALL")[1])
"""


def test_effort_of_ten_million_hours(tmp_path: Path) -> None:
    path = tmp_path / "tempo.csv"
    connection = connect()
    connection.execute(
        f'COPY ({TEMPO.replace("?", str(ROWS))}) TO {quoted(path)} (HEADER, FORCE_QUOTE ("Work Description"))'
    )
    connection.close()
    measure(LOAD, path, tmp_path / "load")
    found = least(
        {
            "hand": HAND,
            "view": VIEW.replace("{opened}", 'warehouse.at("2024-06-30")').replace("{is_kept}", "False"),
            "whole": VIEW.replace("{opened}", "warehouse.everything()").replace("{is_kept}", "False"),
            # The turn before has kept it.
            "again": VIEW.replace("{opened}", "warehouse.everything()").replace("{is_kept}", "True"),
        },
        path,
        tmp_path,
    )
    hand, view, whole = found["hand"], found["view"], found["whole"]
    assert hand["rows"] == view["rows"]
    print(f"\n{ROWS:,} timesheet entries, effort by person, project and month: {int(view['rows']):,} rows")
    runs = (
        ("by hand, plain table", hand), ("the mart at a date", view), ("the mart, no date", whole),
        ("the same, kept", found["again"]),
    )  # fmt: skip
    for title, run in runs:
        opened = f", opened in {run['opened']}" if "opened" in run else ""
        print(f"  {title:<24}{run['cpu']:8.2f} CPU s  {run['peak_gb']:5.2f} GB{opened}")
    print(f"  ratio to the hand-written {view['cpu'] / hand['cpu']:6.2f}")
    print(f"  a date adds               {view['cpu'] / whole['cpu'] - 1:6.0%}")
