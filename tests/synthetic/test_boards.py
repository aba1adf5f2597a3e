"""The boards of the sample, and what the flow of work makes of their export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pmo_analytics.performance.sprint_predictability import sprint_predictability, sprint_record
from pmo_analytics.synthetic import SAMPLE_SEED, SimulatedPortfolio, simulate
from pmo_analytics.synthetic.board_export import SITE, write_boards
from pmo_analytics.synthetic.boards import LAST_MOMENT, Sprint
from tests.exports import Desk

Json = dict[str, Any]


@pytest.fixture(scope="module")
def portfolio() -> SimulatedPortfolio:
    return simulate(SAMPLE_SEED)


@pytest.fixture(scope="module")
def desk(portfolio: SimulatedPortfolio, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The boards' export, loaded."""
    desk = Desk(tmp_path_factory.mktemp("boards"))
    write_boards(desk.folder / "boards.json", portfolio.boards)
    desk.load_all(desk.folder / "boards.json")
    return desk


def closed(portfolio: SimulatedPortfolio) -> list[Sprint]:
    return [sprint for board in portfolio.boards for sprint in board.sprints if sprint.is_closed]


def keys(rows: pd.DataFrame, *, is_committed: bool, outcome: str | None = None) -> set[str]:
    fits = rows["is_committed"] == is_committed
    return set(rows.loc[fits if outcome is None else fits & (rows["outcome"] == outcome), "issue_key"])


def test_every_sprint_has_the_items_that_it_truly_had(portfolio: SimulatedPortfolio, desk: Desk) -> None:
    with desk.warehouse.at("2026-06-30") as view:
        scope = view.table("sprint_scope")
    assert (scope["outcome"] != "not_known").all()
    assert len(closed(portfolio)) == 25
    for sprint in closed(portfolio):
        rows = scope[scope["sprint_id"] == f"{SITE.partition('//')[2]}-{sprint.number}"]
        assert keys(rows, is_committed=True) == sprint.committed, sprint.name
        assert keys(rows, is_committed=True, outcome="completed") == sprint.completed, sprint.name
        assert keys(rows, is_committed=True, outcome="removed") == sprint.removed, sprint.name
        assert keys(rows, is_committed=True, outcome="cancelled") == sprint.cancelled, sprint.name
        assert keys(rows, is_committed=False) == sprint.added, sprint.name
        assert keys(rows, is_committed=False, outcome="completed") == sprint.added_completed, sprint.name
        assert set(rows["sprint"]) == {sprint.name}
        assert set(rows["ended_at"]) == {
            pd.Timestamp(sprint.end, tz="Europe/Berlin").tz_convert("UTC").tz_localize(None)
        }
    going_on = scope[scope["sprint_state"] == "open"]
    assert set(going_on["sprint"]) == {
        sprint.name
        for board in portfolio.boards
        for sprint in board.sprints
        if sprint.start <= LAST_MOMENT < sprint.end
    }


def test_the_share_completed_is_near_the_teams_habit(portfolio: SimulatedPortfolio, desk: Desk) -> None:
    shares = [100 * len(sprint.completed) / len(sprint.committed) for sprint in closed(portfolio)]
    with desk.warehouse.at("2026-06-30") as view:
        found = view.run(sprint_predictability)
        record = view.run(sprint_record, sprint_predictability=found).iloc[0]
    assert record["sprints_scored"] == len(shares) == 25
    assert record["completed_pct"] == pytest.approx(pd.Series(shares).median())
    # The chance of an item to be completed is 82 % on the one board and 62 % on the other.
    assert record["completed_low_pct"] < 72 < record["completed_high_pct"]


def test_an_earlier_month_shows_the_sprints_of_then_alone(portfolio: SimulatedPortfolio, desk: Desk) -> None:
    with desk.warehouse.at("2026-02-28") as view:
        found = view.run(sprint_predictability)
    rows = found[found["grouping"] == "all"].set_index("sprint")
    by_then = [sprint for sprint in closed(portfolio) if str(sprint.end.date()) <= "2026-02-28"]
    assert set(rows.index[rows["is_scored"]]) == {sprint.name for sprint in by_then}
    for sprint in by_then:
        assert rows.loc[sprint.name, ["items_committed", "items_completed"]].to_list() == [
            len(sprint.committed), len(sprint.completed),
        ]  # fmt: skip


def test_the_export_has_renamed_and_extended_sprints_flags_and_no_future(
    tmp_path: Path, portfolio: SimulatedPortfolio
) -> None:
    write_boards(tmp_path / "boards.json", portfolio.boards)
    answer: Json = json.loads((tmp_path / "boards.json").read_text(encoding="utf-8"))
    assert answer["total"] == len(answer["issues"]) > 100
    entries = [entry for issue in answer["issues"] for entry in issue["changelog"]["histories"]]
    items = [item for entry in entries for item in entry["items"]]
    assert len({entry["id"] for entry in entries}) == len(entries)
    assert max(entry["created"] for entry in entries) <= "2026-06-30T18:00:00.000+0200"
    texts = {item["toString"] for item in items if item["field"] == "Sprint"}
    assert {"Tickets 8", "Telemetry 6"} <= texts
    assert any("Telemetry 6, winter service, Telemetry 7" in text for text in texts)
    flags = [item["toString"] for item in items if item["field"] == "Flagged"]
    assert flags.count("Impediment") > 10
    assert flags.count(None) > 5
