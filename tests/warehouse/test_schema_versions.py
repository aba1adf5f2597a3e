"""A warehouse of each earlier schema is brought to this one and stays what it was; a later one is refused in words."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pmo_analytics.contracts import stored
from pmo_analytics.errors import WarehouseError
from pmo_analytics.ingest import IngestOptions, ingest_file
from pmo_analytics.system import edges
from pmo_analytics.warehouse import Warehouse, schema_versions
from pmo_analytics.warehouse.connection import connect
from pmo_analytics.warehouse.integrity import inspect_warehouse
from pmo_analytics.warehouse.lakes import (
    ALERTS,
    CLOSES,
    FINDINGS,
    LEDGER,
    META,
    SCHEMA_VERSION,
    attach,
    held,
    relation,
    schema_version,
)
from pmo_analytics.warehouse.schema_versions import STEPS, SchemaStep, upgrade
from pmo_analytics.workspace import Workspace
from tests.exports import TOGGL_HEADERS, Desk, toggl_row, write_csv

# Of the tables and columns of each version, so that none comes in without a step.
LAYOUTS = {
    2: "381c8f315a6642f2",
    3: "12e5ab76c5b4d433",
    4: "b7d63a2cba4ca8dc",
    5: "937a1a90dfba3acf",
    6: "5f93b02fd2629a52",
    7: "3bbde8eff7a3b3c4",
}
# What a warehouse of the version may lack: all of it, or any part.
LACKING = {
    1: [
        "ALTER TABLE lake.core.timesheet_entry DROP COLUMN account",
        "DROP TABLE lake.core.ledger_entry",
        "DROP TABLE lake.meta.assumption",
        "DROP TABLE personal.main.rate",
    ],
    2: ["DROP TABLE lake.meta.prediction", "DROP TABLE lake.meta.prediction_score"],
    3: [
        "ALTER TABLE lake.core.schedule_task DROP COLUMN total_float_seconds",
        "ALTER TABLE lake.core.schedule_link DROP COLUMN lag_pct",
        "DROP TABLE lake.core.schedule_calendar",
    ],
    4: ["DROP TABLE lake.meta.alert_event"],
    5: [
        "DROP TABLE lake.meta.finding_event",
        "ALTER TABLE lake.core.stage_gate DROP COLUMN version",
        "ALTER TABLE lake.core.lesson DROP COLUMN author_id",
        "DROP TABLE lake.core.audit_rule",
    ],
    6: ["DROP TABLE lake.meta.close_event", "DROP TABLE lake.core.commentary"],
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = Desk(tmp_path_factory.mktemp("loaded"))
    desk.toggl(*[toggl_row(f"p{n % 3}", day=f"2026-03-{1 + n % 28:02d}") for n in range(40)])
    return desk.workspace.root


@pytest.fixture
def workspace(loaded: Path, tmp_path: Path) -> Workspace:
    return Workspace.find(shutil.copytree(loaded, tmp_path / "w"))


def set_back(workspace: Workspace, version: int, lacking: list[str]) -> None:
    """Make a warehouse of an earlier schema: take away what the step from it adds."""
    with connect() as connection:
        attach(connection, workspace)
        for statement in [*lacking, f"UPDATE lake.meta.counter SET schema_version = {version}"]:
            connection.execute(statement)


def columns(workspace: Workspace) -> dict[str, set[str]]:
    with connect() as connection:
        attach(connection, workspace, read_only=True)
        return held(connection)


def hours(workspace: Workspace, version: int = 1) -> object:
    with Warehouse(workspace).everything(version) as view:
        return view.rows("SELECT * EXCLUDE (account) FROM core.timesheet_entry ORDER BY source_line")


def test_every_version_has_a_step_and_no_column_comes_in_without_one() -> None:
    assert list(STEPS) == list(range(1, SCHEMA_VERSION))
    lines = sorted(f"{relation(t)} {c} {t.sql_type(c)}" for t in stored().values() for c in t.columns)
    lines += [f"{name} {columns}" for name, columns in sorted((META | LEDGER | ALERTS | FINDINGS | CLOSES).items())]
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
    told = "stored tables changed: raise SCHEMA_VERSION, add the step that adds them, and record its digest here"
    assert LAYOUTS.get(SCHEMA_VERSION) == digest, told


@pytest.mark.slow
@pytest.mark.parametrize(
    ("version", "lacking"),
    [(version, part) for version, all_ in LACKING.items() for part in ([], *([one] for one in all_), all_)],
)
def test_an_earlier_warehouse_is_upgraded_and_its_versions_stay(
    workspace: Workspace, version: int, lacking: list[str]
) -> None:
    whole, before = columns(workspace), hours(workspace)
    set_back(workspace, version, lacking)
    assert (columns(workspace) == whole) == (not lacking)
    if "meta" not in "".join(lacking):
        assert hours(workspace) == before, "what is earlier can be read before it is upgraded"
    made = upgrade(workspace)
    assert (made.before, made.after, len(made.steps)) == (version, SCHEMA_VERSION, SCHEMA_VERSION - version)
    assert columns(workspace) == whole
    assert hours(workspace) == before
    assert inspect_warehouse(workspace).findings == []
    assert upgrade(workspace).steps == []


def test_gates_from_before_versions_are_of_the_first_one(workspace: Workspace, tmp_path: Path) -> None:
    gates = tmp_path / "stage_gate.csv"
    gates.write_text(
        "methodology_id,version,gate_id,status_date,position,name\nhybrid,1,G1,2026-01-31,1,Start\n", encoding="utf-8"
    )
    ingest_file(workspace, gates, IngestOptions(), edges())
    set_back(workspace, 5, LACKING[5])

    def versions() -> list[str]:
        with Warehouse(workspace).at(as_of="2026-03-31") as view:
            return list(view.table("stage_gate")["version"])

    assert versions() == ["1"], "also before it is upgraded"
    upgrade(workspace)
    assert versions() == ["1"]


def test_a_load_upgrades_by_itself_and_says_so(workspace: Workspace, tmp_path: Path) -> None:
    set_back(workspace, 1, LACKING[1])
    file = write_csv(tmp_path / "next.csv", TOGGL_HEADERS, [toggl_row(day="2026-05-04")])
    result = ingest_file(workspace, file, IngestOptions(), edges())
    assert any(note.startswith("the warehouse was upgraded, schema version 1 to 2") for note in result.assumptions)
    assert upgrade(workspace).steps == []


def test_check_tells_of_an_earlier_schema(workspace: Workspace) -> None:
    set_back(workspace, 1, [])
    found = inspect_warehouse(workspace)
    assert found.is_clean
    assert [f.remedy for f in found.findings] == ["`pmo warehouse upgrade`"]


def add_column(connection: duckdb.DuckDBPyConnection, lake: str, _: object) -> None:
    connection.execute(
        "ALTER TABLE lake.core.team ADD COLUMN IF NOT EXISTS motto VARCHAR"
        if lake == "core"
        else "ALTER TABLE personal.main.rate ADD COLUMN IF NOT EXISTS motto VARCHAR"
    )


def failing(connection: duckdb.DuckDBPyConnection, lake: str, existing: object) -> None:
    add_column(connection, lake, existing)
    if lake == "core":
        raise RuntimeError("cut off")


def test_steps_are_taken_in_turn_and_one_that_is_cut_off_is_taken_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_back(workspace, 1, LACKING[1])
    monkeypatch.setattr(schema_versions, "SCHEMA_VERSION", 5)
    monkeypatch.setattr("pmo_analytics.warehouse.lakes.SCHEMA_VERSION", 5)
    monkeypatch.setitem(STEPS, 4, SchemaStep("a motto", failing))
    with pytest.raises(RuntimeError):
        upgrade(workspace)
    assert "motto" not in columns(workspace)["lake.core.team"]
    with connect() as connection:
        attach(connection, workspace, read_only=True)
        assert schema_version(connection) == 4
    monkeypatch.setitem(STEPS, 4, SchemaStep("a motto", add_column))
    assert upgrade(workspace).steps == ["schema version 4 to 5: a motto"]
    assert "motto" in columns(workspace)["lake.core.team"] & columns(workspace)["personal.main.rate"]


OPENINGS: list[Callable[[Workspace], object]] = [
    lambda w: Warehouse(w).everything(),
    lambda w: Warehouse(w).at("2026-03", version=1),
    upgrade,
    inspect_warehouse,
    lambda w: ingest_file(
        w,
        write_csv(w.root / "next.csv", TOGGL_HEADERS, [toggl_row(day="2026-05-04")]),
        IngestOptions(),
        edges(),
    ),
]


@pytest.mark.parametrize("opened", OPENINGS, ids=["view", "version", "upgrade", "check", "load"])
def test_a_later_warehouse_is_refused_in_words(workspace: Workspace, opened: Callable[[Workspace], object]) -> None:
    set_back(workspace, SCHEMA_VERSION + 1, [])
    with pytest.raises(WarehouseError) as told:
        opened(workspace)
    assert f"schema version {SCHEMA_VERSION + 1}" in str(told.value)
    assert f"at most {SCHEMA_VERSION}" in str(told.value)


def test_a_lost_personal_catalog_is_never_made_anew(workspace: Workspace, tmp_path: Path) -> None:
    (workspace.warehouse / "personal.sqlite").unlink()
    file = write_csv(tmp_path / "next.csv", TOGGL_HEADERS, [toggl_row(day="2026-05-04")])
    with pytest.raises(WarehouseError, match="catalog is missing"):
        ingest_file(workspace, file, IngestOptions(), edges())
    assert not (workspace.warehouse / "personal.sqlite").exists()
