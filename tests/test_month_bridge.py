"""The bridge of two months against figures by hand, and what holds of every bridge."""

from __future__ import annotations

from datetime import date

import pytest

from pmo_analytics.contracts import stored
from pmo_analytics.errors import UsageError
from pmo_analytics.month_bridge import RESTS_ON, Bridges, PackSource, earlier_pack
from pmo_analytics.performance.forecast_bridge import (
    FORECASTS,
    KINDS,
    MAPPINGS,
    POSTINGS,
    PROGRESS,
    RATES,
    RESTATED,
    SCOPE,
    STEPS,
    Bridge,
)
from pmo_analytics.warehouse.connection import connect
from pmo_analytics.warehouse.roll_ups import mart_sql, read_by
from tests.bridges import freeze, june, may
from tests.exports import Desk


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk, version = may(tmp_path_factory.mktemp("bridge"))
    freeze(desk, "2026-05", version)
    june(desk)
    return desk


@pytest.fixture(scope="module")
def bridges(toy: Desk) -> Bridges:
    with toy.warehouse.at("2026-06") as view:
        before, now = earlier_pack(view), PackSource(view.as_of, view.version, "")
    return Bridges(toy.warehouse, before, now)


def bars(bridge: Bridge | None, unit: int = 10_000) -> dict[str, float]:
    assert bridge is not None
    assert bridge.before + sum(step.moved for step in bridge.steps) == bridge.after
    return {step.name: step.moved / unit for step in bridge.steps if step.moved}


def test_every_kind_moves_the_estimate_at_completion_by_what_a_hand_reckons(bridges: Bridges) -> None:
    found = bridges.of("eac")
    bridge = found.bridge
    # A: 5,000 spent and 60 % of 10,000 to do. B: 1,000 and half of 4,000 pounds, at 1.20.
    assert bridge is not None
    assert (bridge.unit, bridge.before, bridge.after) == ("EUR", 146_000_000, 162_000_000)
    assert bars(bridge) == {RESTATED: 200, RATES: 150, POSTINGS: 1250, PROGRESS: -1000, SCOPE: 1000}
    parts = {step.name: [(part.project_id, part.moved // 10_000) for part in step.parts] for step in bridge.steps}
    assert parts[POSTINGS] == [("A", 1000), ("B", 250)]
    # Scope first, the 10 % more that are earned are of 12,000: 1,200 either way, a sixth more than 1,000.
    assert [step.name for step in bridge.steps if step.is_order_dependent] == [PROGRESS, SCOPE]
    assert [step.other_order // 10_000 for step in bridge.steps] == [200, 160, 1240, -1200, 1200, 0, 0]


def test_a_project_in_another_currency_is_told_in_its_own_by_itself(bridges: Bridges) -> None:
    found = bridges.of("eac", project_id="B").bridge
    assert found is not None
    assert found.unit == "GBP"
    assert bars(found) == {POSTINGS: 200}
    assert bars(bridges.of("eac", project_id="B", currency="EUR").bridge) == {RATES: 150, POSTINGS: 250}


def test_a_currency_without_a_rate_is_left_out_and_named(bridges: Bridges) -> None:
    found = bridges.of("eac", currency="GBP")
    assert found.left_out == ["A"]
    assert bars(found.bridge) == {POSTINGS: 200}


def test_a_stated_finish_moves_with_the_forecasts_and_not_with_the_progress_beside_it(bridges: Bridges) -> None:
    assert bars(bridges.of("finish", project_id="C").bridge, 1) == {FORECASTS: 30}


def test_benefits_take_drawbacks_off_and_a_forecast_goes_before_a_plan(bridges: Bridges) -> None:
    found = bridges.of("benefits").bridge
    assert found is not None
    assert (found.before, found.after) == (8_000_000, 6_000_000)
    assert bars(found) == {FORECASTS: -200}


def test_every_bar_opens_the_rows_exchanged_in_its_step(bridges: Bridges) -> None:
    def files(step: str, project: str | None = None) -> dict[str, list[tuple[str, int]]]:
        rows = bridges.rows("eac", step, project)
        assert all(gone.empty for _, gone in rows.values())
        return {table: list(zip(come["file"], come["source_line"], strict=True)) for table, (come, _) in rows.items()}

    assert files(RESTATED) == {"timesheet_entry": [("ann-A-2026-05-20.csv", 2)]}
    assert files(RATES) == {"exchange_rate": [("exchange_rate.csv", 2)]}
    assert files(POSTINGS, "B") == {"timesheet_entry": [("bo-B-2026-06-11.csv", 2)]}
    assert files(PROGRESS, "A") == {"project_status": [("project_status.csv", 2)]}
    assert files(SCOPE) == {"budget": [("budget.csv", 2), ("budget.csv", 3)]}
    assert files(STEPS[-1]) == {}


def test_where_nothing_changed_every_bar_is_nothing(toy: Desk) -> None:
    with toy.warehouse.at("2026-05") as view:
        pack = PackSource(view.as_of, view.version, "")
    with Bridges(toy.warehouse, pack, pack) as bridges:
        for figure in ("eac", "benefits"):
            assert bars(bridges.of(figure).bridge) == {}


def test_the_pack_is_that_of_the_last_freezing_and_its_re_opening_is_told(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    desk, version = may(tmp_path_factory.mktemp("frozen"))
    freeze(desk, "2026-05", version - 1)
    freeze(desk, "2026-05", version)
    freeze(desk, "2026-05", version, "re-opened")
    with desk.warehouse.at("2026-06", version) as view:
        assert "never frozen" in earlier_pack(view).told
    june(desk)
    with desk.warehouse.at("2026-06") as view:
        found = earlier_pack(view)
        assert found == PackSource(
            date(2026, 5, 31), version, f"2026-05 was frozen on version {version}, and re-opened since"
        )
        assert earlier_pack(view, "2026-04").version == view.version
        assert earlier_pack(view, "3").version == 3
        for wrong in ("0", "999", "2026-06", "soon"):
            with pytest.raises(UsageError):
                earlier_pack(view, wrong)


def test_kinds_hold_each_table_once_and_all_that_figures_rest_on() -> None:
    kinds = [table for tables in KINDS.values() for table in tables]
    assert len(kinds) == len(set(kinds))
    assert not set(kinds) & set(MAPPINGS)
    assert set(kinds) | set(MAPPINGS) <= set(stored())

    def read(mart: str) -> set[str]:
        with connect() as connection:
            places = read_by(connection, mart_sql(mart)) or set()
        found = {name for schema, name in places if schema in {"core", "personal_view"}}
        return found.union(*(read(name) for schema, name in places if schema == "marts" and name != mart))

    completion = read("planned_earned_actual") | {"project", "project_status", "budget"}
    assert completion == set(RESTS_ON["finish"])
    assert completion | {"exchange_rate"} == set(RESTS_ON["eac"])
    assert read("benefit_by_month") | {"benefit_link", "exchange_rate"} == set(RESTS_ON["benefits"])
    assert {table for tables in RESTS_ON.values() for table in tables} == set(kinds)
