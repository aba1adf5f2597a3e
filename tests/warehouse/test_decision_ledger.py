"""The ledger is appended to and never changed; it advances no version, and backups and compactions carry it."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
import pytest

from pmo_analytics.contracts.predictions import Prediction
from pmo_analytics.errors import WarehouseError
from pmo_analytics.forecasting.prediction_ledger import forecast_predictions, unrecorded
from pmo_analytics.forecasting.prediction_scores import new_scores
from pmo_analytics.warehouse import Warehouse, kept_marts
from pmo_analytics.warehouse.backup import back_up
from pmo_analytics.warehouse.compaction import compact
from pmo_analytics.warehouse.connection import connect
from pmo_analytics.warehouse.integrity import inspect_warehouse
from pmo_analytics.warehouse.lakes import attach
from pmo_analytics.warehouse.restoration import restore
from pmo_analytics.warehouse.stores.decision_ledger import (
    Ledger,
    append_predictions,
    append_scores,
    chain_faults,
    history_faults,
    read_ledger,
    row_counts,
)
from pmo_analytics.workspace import Workspace
from tests.exports import Desk, counted_edges, toggl_row
from tests.forecasting.ledger import LATER, MOMENT, finished, forecast, history

HOSTILE = "migrate 'billing' \x1b[31m; DROP TABLE lake.meta.prediction -- ä \u202e"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = Desk(tmp_path_factory.mktemp("loaded"))
    desk.toggl(*[toggl_row(f"p{n % 3}", day=f"2026-03-{1 + n % 28:02d}") for n in range(40)])
    return desk.workspace.root


@pytest.fixture
def workspace(loaded: Path, tmp_path: Path) -> Workspace:
    return Workspace.find(shutil.copytree(loaded, tmp_path / "w"))


def made(*items: str) -> pd.DataFrame:
    said = [forecast(item, description=HOSTILE) for item in items]
    return forecast_predictions(pd.concat(said, ignore_index=True), MOMENT)


def record(workspace: Workspace, *items: str) -> int:
    rows = made(*items)
    return len(append_predictions(workspace, lambda ledger: unrecorded(rows, ledger.predictions)).rows)


def score(workspace: Workspace, *items: str) -> int:
    seen = history(*(finished(item, 9.123) for item in items))
    kept = append_scores(workspace, lambda ledger: new_scores(ledger.predictions, ledger.scores, seen, **LATER))
    return len(kept.rows)


def run(workspace: Workspace, *statements: str) -> None:
    with connect() as connection:
        attach(connection, workspace)
        for statement in statements:
            connection.execute(statement)


def test_what_is_read_is_what_was_appended_in_its_order(workspace: Workspace) -> None:
    assert read_ledger(workspace).predictions.empty
    assert record(workspace, "B", "A") == 2
    assert record(workspace, "A", "B") == 0
    assert record(workspace, "A", "C") == 1
    assert (score(workspace, "A", "C"), score(workspace, "A", "C")) == (2, 0)
    found = read_ledger(workspace)
    pd.testing.assert_frame_equal(found.predictions, made("B", "A", "C"))
    seen = history(finished("A", 9.123), finished("C", 9.123))
    pd.testing.assert_frame_equal(found.scores, new_scores(found.predictions, found.scores.iloc[:0], seen, **LATER))
    assert inspect_warehouse(workspace).findings == []


def test_nothing_that_loads_made_is_another_for_it(workspace: Workspace) -> None:
    def seen() -> tuple[object, ...]:
        with Warehouse(workspace).at("2026-06") as view:
            view.table("estimate_history")
            kept = sorted((workspace.warehouse / kept_marts.FOLDER).glob("*"))
            return (
                view.version,
                kept,
                [path.stat().st_ino for path in kept],
                view.rows("SELECT * FROM meta.load ORDER BY ALL"),
            )

    before = seen()
    assert before[1], "the mart was kept"
    record(workspace, *(f"I-{n}" for n in range(30)))
    score(workspace, "I-3")
    assert seen() == before


def test_an_append_takes_the_warehouse_along_from_an_earlier_schema(workspace: Workspace) -> None:
    run(
        workspace,
        "DROP TABLE lake.meta.prediction",
        "DROP TABLE lake.meta.prediction_score",
        "UPDATE lake.meta.counter SET schema_version = 2",
    )
    assert read_ledger(workspace).predictions.empty
    kept = append_predictions(workspace, lambda _: made("A"))
    assert kept.upgrades[0] == "schema version 2 to 3: the decision ledger"
    assert inspect_warehouse(workspace).findings == []
    with Warehouse(workspace).everything(1) as view:
        assert view.rows("SELECT count(*) FROM core.timesheet_entry")[1] == [(40,)]


def test_an_append_to_nothing_is_refused_and_one_that_fails_leaves_nothing(
    workspace: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(WarehouseError, match="nothing has been loaded"):
        append_predictions(Workspace.create(tmp_path / "empty"), lambda _: made("A"))

    def failing(_: object) -> pd.DataFrame:
        raise RuntimeError("cut off")

    with pytest.raises(RuntimeError):
        append_predictions(workspace, failing)
    assert read_ledger(workspace).predictions.empty
    assert record(workspace, "A") == 1


@pytest.fixture(scope="module")
def recorded(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three predictions, one of them scored."""
    workspace = Workspace.find(shutil.copytree(loaded, tmp_path_factory.mktemp("recorded") / "w"))
    record(workspace, "A", "B", "C")
    score(workspace, "A")
    return workspace.root


def faults(workspace: Workspace) -> list[tuple[str, str]]:
    with connect() as connection:
        attach(connection, workspace, read_only=True)
        return chain_faults(connection) + history_faults(workspace.warehouse, row_counts(connection))


UPDATE, DELETE = "UPDATE lake.meta.prediction SET", "DELETE FROM lake.meta.prediction"
COPIED = "INSERT INTO lake.meta.prediction SELECT * REPLACE (4 AS position) FROM lake.meta.prediction"
EDITS: dict[str, tuple[list[str], str]] = {
    "a quantile": ([f"{UPDATE} quantiles = '[[0.5,1.0]]' WHERE position = 2"], "row 2, of B, was edited"),
    "the day": ([f"{UPDATE} made_at = '2020-01-01' WHERE position = 3"], "row 3, of C, was edited"),
    "a flag": ([f"{UPDATE} is_retrospective = true WHERE position = 1"], "row 1, of A, was edited"),
    "a row is gone": ([f"{DELETE} WHERE position = 2"], "row 2 is missing"),
    "the last row is gone": ([f"{DELETE} WHERE position = 3"], "changed or removed, in snapshot"),
    "rows closed up": (
        [f"{DELETE} WHERE position = 2", f"{UPDATE} position = 2 WHERE position = 3"],
        "row 2 does not follow",
    ),
    "a row put in": ([f"{COPIED} WHERE position = 3"], "row 4 does not follow"),
    "a score": (["UPDATE lake.meta.prediction_score SET pinball_loss_seconds = 0"], "row 1, of A, was edited"),
    "all of it": ([DELETE], "changed or removed, in snapshot"),
    "the table": (["DROP TABLE lake.meta.prediction"], "changed or removed, in snapshot"),
}


@pytest.mark.parametrize(("statements", "told"), EDITS.values(), ids=EDITS.keys())
def test_an_edited_past_is_found(recorded: Path, tmp_path: Path, statements: list[str], told: str) -> None:
    workspace = Workspace.find(shutil.copytree(recorded, tmp_path / "w"))
    assert faults(workspace) == []
    run(workspace, *statements)
    found = faults(workspace)
    assert any(told in text for _, text in found), found
    assert all(place.startswith("meta.prediction") for place, _ in found)


def test_check_names_what_was_edited_and_what_to_do(recorded: Path, tmp_path: Path) -> None:
    workspace = Workspace.find(shutil.copytree(recorded, tmp_path / "w"))
    assert inspect_warehouse(workspace).findings == []
    run(workspace, f"{UPDATE} item_id = 'Z' WHERE position = 1")
    found = inspect_warehouse(workspace)
    assert not found.is_clean
    assert [f.subject for f in found.findings] == ["decision ledger, meta.prediction"] * 2
    assert all("backup" in f.remedy for f in found.findings)


def test_a_broken_chain_takes_no_further_row(workspace: Workspace) -> None:
    record(workspace, "A", "B")
    run(workspace, "UPDATE lake.meta.prediction SET item_id = 'Z' WHERE position = 1")
    with pytest.raises(WarehouseError, match="not as it was written"):
        record(workspace, "C")
    assert len(read_ledger(workspace).predictions) == 2


def test_last_rows_that_are_removed_past_the_engine_are_found(workspace: Workspace) -> None:
    record(workspace, "A", "B", "C")
    with sqlite3.connect(workspace.warehouse / "core.sqlite") as catalog:
        (place,) = [
            str(name)
            for (name,) in catalog.execute("SELECT name FROM sqlite_master WHERE name LIKE 'ducklake_inlined_data%'")
            if "prediction_id" in (columns := [each[1] for each in catalog.execute(f"PRAGMA table_info('{name}')")])
            and "quantiles" in columns
        ]
        catalog.execute(f"DELETE FROM {place} WHERE position = 3")
    assert len(read_ledger(workspace).predictions) == 2
    assert faults(workspace) == [("meta.prediction", "2 rows stand, and 3 were appended")]


def at_once(root: str, who: int) -> int:
    """Record when the other is ready too, slowly enough that both would see the same last row."""
    rows, folder = made(*(f"I-{who}-{n:02}" for n in range(30))), Path(root)
    (folder / f"ready-{who}").touch()
    while len(list(folder.glob("ready-*"))) < 2:
        time.sleep(0.01)

    def slowly(ledger: Ledger) -> pd.DataFrame:
        time.sleep(0.5)
        return unrecorded(rows, ledger.predictions)

    return len(append_predictions(Workspace.find(folder), slowly).rows)


@pytest.mark.slow
def test_processes_that_record_at_once_both_land_one_behind_the_other(workspace: Workspace) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        landed = list(pool.map(at_once, [str(workspace.root)] * 2, range(2)))
    assert landed == [30, 30]
    assert sorted(read_ledger(workspace).predictions["item_id"]) == [
        f"I-{who}-{n:02}" for who in (0, 1) for n in range(30)
    ]
    assert faults(workspace) == []


def restored(workspace: Workspace, folder: Path) -> Workspace:
    back_up(workspace, folder / "pmo.zip", now=counted_edges().now())
    return restore(folder / "pmo.zip", folder / "again")


CARRIED: dict[str, Callable[[Workspace, Path], Workspace]] = {
    "compaction": lambda workspace, _: (compact(workspace), workspace)[1],
    "backup": restored,
}


@pytest.mark.slow
@pytest.mark.parametrize("carried", CARRIED.values(), ids=CARRIED.keys())
def test_it_is_carried_along_in_files_and_in_the_catalog(
    workspace: Workspace, tmp_path: Path, carried: Callable[[Workspace, Path], Workspace]
) -> None:
    for start in (0, 30):
        record(workspace, *(f"I-{n}" for n in range(start, start + 30)))
    record(workspace, "last")
    score(workspace, *(f"I-{n}" for n in range(25)))
    assert len(list(workspace.warehouse.glob("core/meta/prediction/*.parquet"))) == 2, "both in files and inlined"
    before = read_ledger(workspace)
    after = read_ledger(there := carried(workspace, tmp_path))
    for name in ("predictions", "scores"):
        pd.testing.assert_frame_equal(getattr(after, name), getattr(before, name))
    assert after.heads == before.heads
    assert inspect_warehouse(there).findings == []
    assert record(there, "further") == 1
    assert inspect_warehouse(there).findings == []


@pytest.mark.slow
def test_a_load_goes_on_beside_it(workspace: Workspace, tmp_path: Path) -> None:
    from pmo_analytics.ingest import IngestOptions, ingest_file
    from pmo_analytics.system import edges
    from tests.exports import TOGGL_HEADERS, write_csv

    record(workspace, "A")
    file = write_csv(tmp_path / "next.csv", TOGGL_HEADERS, [toggl_row(day="2026-05-04")])
    assert ingest_file(workspace, file, IngestOptions(), edges()).version == 2
    record(workspace, "B")
    assert read_ledger(workspace).predictions[Prediction.item_id].to_list() == ["A", "B"]
    assert inspect_warehouse(workspace).findings == []
