"""What loading a wide Jira export costs, against a bare positional read of the same file.

Columns repeat, so a reader by name is no baseline: every cell is read as text
by its position into a DuckLake of the same kind; the least of three turns counts. `PMO_BENCH_ISSUES` sets the
number of issues.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

from pmo_analytics.warehouse.connection import connect, quoted
from tests.benchmarks.processes import INGEST, least

ISSUES = int(os.environ.get("PMO_BENCH_ISSUES", "200000"))
INSTANT = "strftime(TIMESTAMP '2022-01-03 08:00' + to_minutes(i * {step}), '%d/%b/%y %-I:%M %p')"
PERSON = "'Person Number ' || (hash(i + {n}) % 500)"
FIXED = {
    "Summary": "'Weld deck plate ' || i",
    "Issue key": "'PRJ' || (i % 97) || '-' || (i // 97 + 1)",
    "Issue id": "100000 + i",
    "Issue Type": "'Story'",
    "Status": "'Done'",
    "Project key": "'PRJ' || (i % 97)",
    "Project name": "'Project ' || (i % 97)",
    "Priority": "'Medium'",
    "Assignee": PERSON.format(n=1),
    "Assignee Id": "'acc-' || (hash(i + 1) % 500)",
    "Reporter": PERSON.format(n=2),
    "Reporter Id": "'acc-' || (hash(i + 2) % 500)",
    "Created": INSTANT.format(step=7),
    "Updated": INSTANT.format(step=9),
    "Resolved": INSTANT.format(step=8),
    "Original estimate": "(1 + i % 40) * 3600",
    "Remaining Estimate": "0",
    "Time Spent": "(1 + i % 50) * 1800",
    "Status Category": "'Done'",
    "Description": "'First line of item ' || i || chr(10) || 'second line, with \"quotes\" and a comma'",
}
REPEATED = {
    "Labels": (6, "'label' || (i % 13)"),
    "Fix versions": (4, "'v' || (i % 20)"),
    "Components": (4, "'component ' || (i % 9)"),
    "Sprint": (6, "'Sprint ' || (i // 500)"),
    "Outward issue link (Blocks)": (4, "'PRJ' || (i % 97) || '-' || (i // 97 + 2)"),
    "Comment": (12, "'03/Jan/22 9:00 AM;acc-1;commented on item ' || i"),
}
CUSTOM = 120 - len(FIXED) - sum(times for times, _ in REPEATED.values())
BARE = """
import csv
from pmo_analytics.warehouse.connection import connect, quoted
with path.open(newline="") as file:
    width = len(next(csv.reader(file)))
connection = connect(path.stat().st_size)
connection.execute(f"ATTACH 'ducklake:sqlite:{folder}/core.sqlite' AS lake (DATA_PATH {quoted(folder / 'data')})")
columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
started = time.process_time()
connection.execute(
    f"CREATE TABLE lake.t AS FROM read_csv({quoted(path)}, header = false, skip = 1, auto_detect = false, "
    f"delim = ',', quote = '\\"', escape = '\\"', columns = {{{columns}}})"
)
"""


def write_export(path: Path) -> None:
    """An export of 120 columns; a repeated column is filled less the further right it stands."""
    headers, cells = list(FIXED), [f"CAST({sql} AS VARCHAR)" for sql in FIXED.values()]
    for name, (times, sql) in REPEATED.items():
        headers += [name] * times
        cells += [f"CASE WHEN i % {place + 1} = 0 THEN {sql} END" for place in range(times)]
    headers += [f"Custom field (Field {n})" for n in range(CUSTOM)]
    cells += [f"CASE WHEN (i + {n}) % 3 = 0 THEN 'value ' || ((i * {n + 1}) % 1009) END" for n in range(CUSTOM)]
    assert len(headers) == 120
    body = path.with_suffix(".body")
    connection = connect()
    selected = ", ".join(f"{sql} AS c{n}" for n, sql in enumerate(cells))
    connection.execute(
        f"COPY (SELECT {selected} FROM range({ISSUES}) AS t(i)) TO {quoted(body)} (FORMAT CSV, HEADER false)"
    )
    connection.close()
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(headers)
        with body.open(newline="") as rest:
            while chunk := rest.read(1 << 20):
                file.write(chunk)
    body.unlink()


def test_ingest_of_a_wide_jira_export(tmp_path: Path) -> None:
    path = tmp_path / "jira.csv"
    write_export(path)
    found = least({"bare": BARE, "ours": INGEST}, path, tmp_path)
    bare, ours = found["bare"], found["ours"]
    assert ours["added"] == ISSUES
    without_archive = ours["cpu"] - ours["keep"]
    print(f"\n{ISSUES:,} Jira issues of 120 columns, {path.stat().st_size / 1e6:,.0f} MB")
    print(f"  bare positional load      {bare['cpu']:8.1f} CPU s  {bare['peak_gb']:5.2f} GB")
    print(f"  ingest without archive    {without_archive:8.1f} CPU s  {ours['peak_gb']:5.2f} GB")
    print(f"  ratio to the bare load    {without_archive / bare['cpu']:8.2f}")
    print(f"  by step, CPU s: {ours}")
