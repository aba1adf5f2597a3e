"""What is kept of roll-ups is what they would be: taken where nothing they are made of changed, else made anew."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from sqlglot import exp, parse_one

from pmo_analytics.contracts import rolled_up
from pmo_analytics.warehouse import Warehouse, kept_marts
from pmo_analytics.warehouse.archive import sha256
from pmo_analytics.warehouse.connection import connect, quoted
from pmo_analytics.warehouse.roll_ups import mart_sql
from pmo_analytics.workspace import Workspace
from tests.exports import Desk, toggl_row

EFFORT = "effort_by_person_month"


@pytest.fixture
def small(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.register("project", "project_id,name,status_date", ["A", "Alpha", "2026-01-01"])
    desk.toggl(toggl_row("ann", "A", "2026-01-05", "02:00:00"), name="january.csv")
    return desk


def kept(workspace: Workspace) -> list[Path]:
    return sorted((workspace.warehouse / kept_marts.FOLDER).glob("*"))


def hours(desk: Desk, as_of: str = "2026-12", version: int | None = None) -> float:
    with desk.warehouse.at(as_of, version) as view:
        return float(view.table(EFFORT)["duration_seconds"].sum()) / 3600


@pytest.mark.slow
def test_what_is_kept_is_every_mart_as_it_was_built_types_and_all(desk: Desk, tmp_path: Path) -> None:
    root = tmp_path / "w"
    shutil.copytree(desk.workspace.root, root)
    shutil.rmtree(root / "warehouse" / kept_marts.FOLDER, ignore_errors=True)
    again = Warehouse(Workspace.find(root))
    found: list[dict[str, tuple[pd.DataFrame, list[tuple[str, ...]]]]] = []
    for _ in range(2):
        with again.at("2026-03") as view:
            found.append(
                {
                    name: (view.table(name), [row[:2] for row in view.rows(f"DESCRIBE FROM marts.{name}")[1]])
                    for name in rolled_up()
                }
            )
            findings = view.missing()
    built, taken = found
    assert len(kept(again.workspace)) == len(rolled_up()) + 1
    for name, (frame, types) in built.items():
        pd.testing.assert_frame_equal(frame, taken[name][0])
        assert types == taken[name][1]
    with desk.warehouse.at("2026-03") as view:
        pd.testing.assert_frame_equal(view.missing(), findings)


def test_it_is_taken_and_not_built_again(small: Desk) -> None:
    assert hours(small) == 2
    (file,) = kept(small.workspace)
    # Another answer under the same name, which only reading it can give.
    other = file.with_name("other")
    connect().execute(
        f"COPY (SELECT * REPLACE (duration_seconds * 2 AS duration_seconds) FROM read_parquet({quoted(file)})) "
        f"TO {quoted(other)} (FORMAT parquet)"
    )
    shown = connect().execute(f"DESCRIBE FROM read_parquet({quoted(file)})").fetchall()
    assert ("duration_seconds", "DECIMAL(18,3)") in [row[:2] for row in shown]
    file.unlink()
    other.replace(file.with_name(f"{file.name.partition('-')[0]}-{sha256(other)}.parquet"))
    assert hours(small) == 4


def test_a_load_of_another_table_leaves_it_and_one_of_its_own_does_not(small: Desk) -> None:
    assert hours(small) == 2
    before = kept(small.workspace)
    small.register("skill", "skill_id,name,status_date", ["S", "Steel", "2026-01-01"])
    assert hours(small) == 2
    assert kept(small.workspace) == before
    small.toggl(toggl_row("bo", "A", "2026-02-05", "03:00:00"), name="february.csv")
    assert hours(small) == 5
    assert len(kept(small.workspace)) == 2
    assert [hours(small, version=version) for version in (2, 3, 4)] == [2, 2, 5]


def test_a_mapping_made_later_is_seen(small: Desk) -> None:
    small.toggl(toggl_row("bo", "Old name", "2026-02-05", "03:00:00"), name="february.csv")

    def unmapped() -> int:
        with small.warehouse.at("2026-12") as view:
            return int(view.table(EFFORT)["project_id"].isna().sum())

    assert unmapped() == 1
    small.register("project_alias", "source,external_key,project_id", ["toggl", "Old name", "A"])
    assert unmapped() == 0


def test_a_date_a_time_zone_and_a_rule_of_the_organisation_make_another(small: Desk) -> None:
    def made(as_of: str) -> int:
        with Warehouse(Workspace.find(small.workspace.root)).at(as_of) as view:
            view.table(EFFORT)
        return len(kept(small.workspace))

    assert (made("2026-01"), made("2026-01"), made("2026-02")) == (1, 1, 2)
    settings = small.workspace.settings_file
    settings.write_text('[reconciliation]\nlabour_accounts = ["6*"]\n')
    assert made("2026-02") == 3
    settings.write_text('time_zone = "Asia/Tokyo"\n')
    assert made("2026-02") == 4


def test_another_history_with_the_same_numbers_is_another(small: Desk, tmp_path: Path) -> None:
    aside = tmp_path / "aside"
    shutil.copytree(small.workspace.warehouse, aside)
    small.toggl(toggl_row("bo", "A", "2026-02-05", "03:00:00"), name="february.csv")
    assert hours(small) == 5
    for name in ("core.sqlite", "personal.sqlite", "core", "personal"):
        place = small.workspace.warehouse / name
        shutil.rmtree(place) if place.is_dir() else place.unlink()
        if (aside / name).is_dir():
            shutil.copytree(aside / name, place)
        else:
            shutil.copy(aside / name, place)
    assert hours(small) == 2
    small.toggl(toggl_row("bo", "A", "2026-02-05", "04:00:00"), name="february.csv")
    assert hours(small) == 6


@pytest.mark.parametrize("damage", [b"", b"PAR1 no more", None])
def test_a_damaged_file_is_made_anew(small: Desk, damage: bytes | None) -> None:
    assert hours(small) == 2
    (file,) = kept(small.workspace)
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] if damage is None else damage)
    assert hours(small) == 2
    assert [each.read_bytes() for each in kept(small.workspace)] == [whole]


def test_where_nothing_can_be_kept_reports_are_made_all_the_same(small: Desk) -> None:
    (small.workspace.warehouse / kept_marts.FOLDER).write_text("no folder")
    assert hours(small) == 2
    assert hours(small) == 2


def test_what_was_not_used_for_longest_goes_first(small: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    hours(small, "2026-01")
    (first,) = kept(small.workspace)
    monkeypatch.setattr(kept_marts, "MOST_BYTES", first.stat().st_size + 1)
    hours(small, "2026-02")
    (second,) = kept(small.workspace)
    assert second != first


def test_evidence_reads_what_a_kept_mart_was_made_of(small: Desk) -> None:
    for _ in range(2):
        with small.warehouse.at("2026-12") as view:
            row = view.table(EFFORT).iloc[0]
            key = {name: row[name] for name in ("person_id", "project_id", "period_month")}
            found = view.explain(EFFORT, key, "duration_seconds")
            assert [len(rows) for rows in found.rows.values()] == [1]  # type: ignore[union-attr]
            assert len(view.counted(EFFORT, "duration_seconds", view.table(EFFORT))["timesheet_entry"]) == 1
    assert kept(small.workspace)


@pytest.mark.parametrize("name", sorted(rolled_up()))
def test_no_mart_depends_on_the_number_of_the_version(name: str) -> None:
    """It is no part of what a mart is kept under."""
    tree = parse_one(mart_sql(name), read="duckdb")
    assert not [column for column in tree.find_all(exp.Column) if column.name == "version"]
