"""The bridge of two months against figures by hand, and what holds of every bridge."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.month_bridge import Bridges, PackSource, earlier_pack
from pmo_analytics.performance.forecast_bridge import (
    FORECASTS,
    POSTINGS,
    PROGRESS,
    RATES,
    RESTATED,
    SCOPE,
    STEPS,
    Bridge,
)
from tests.bridges import freeze, june, may
from tests.commands import Command, in_new_workspace
from tests.exports import Desk

pytestmark = pytest.mark.slow


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


@pytest.fixture
def pmo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return in_new_workspace(tmp_path, monkeypatch, capsys)


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


def test_what_was_frozen_stays_as_it_was_and_a_late_row_shows_in_the_restated_step_alone(bridges: Bridges) -> None:
    with bridges.warehouse.at("2026-05", bridges.before.version) as frozen, bridges.warehouse.at("2026-05") as known:
        spent = [view.table("cost_by_project_month")["cost_amount"].sum() for view in (frozen, known)]
        assert list(known.rows_not_in(frozen, "timesheet_entry")["file"]) == ["ann-A-2026-05-20.csv"]
        assert frozen.rows_not_in(known, "timesheet_entry").empty
    assert spent == [6000, 6200]


def test_a_table_at_another_date_is_in_no_mart_that_is_kept_for_other_views(toy: Desk) -> None:
    for _ in range(2):
        with toy.warehouse.at("2026-06", dates={"timesheet_entry": date(2026, 5, 31)}) as view:
            assert view.table("cost_by_project_month")["cost_amount"].sum() == 6200
        with toy.warehouse.at("2026-06") as view:
            assert view.table("cost_by_project_month")["cost_amount"].sum() == 7400


def test_hourly_rates_that_open_with_postings_are_withheld(bridges: Bridges) -> None:
    with bridges.warehouse.at("2026-06") as later, bridges.warehouse.at("2024-12") as earlier:
        rows = later.rows_not_in(earlier, "rate")
    assert len(rows) == 2
    assert "hourly_amount" not in rows


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


def test_the_command_tells_steps_and_rows_and_refuses_what_is_none(toy: Desk, pmo: Command) -> None:
    where = ["--workspace", str(toy.workspace.root)]
    told = json.loads(pmo("bridge", "2026-06", "--json", *where).out)
    assert (told["before"], told["after"]) == (14600, 16200)
    assert told["before"] + sum(step["moved"] for step in told["steps"]) == told["after"]
    rows = json.loads(pmo("bridge", "2026-06", "--json", "--open", "restated history", *where).out)["rows"]
    assert [row["file"] for row in rows["timesheet_entry"]["came"]] == ["ann-A-2026-05-20.csv"]
    for wrong in (["--open", "all"], ["--figure", "cost"], ["--figure", "finish"], ["--project", "Z"]):
        refused = pmo("bridge", "2026-06", *wrong, *where)
        assert refused.code == 2
        assert "Traceback" not in refused.err
