"""Each mart against figures by hand, and what holds for all of them."""

from __future__ import annotations

import re
from importlib import resources

import pandas as pd
import pytest

from pmo_analytics.contracts import rolled_up
from pmo_analytics.warehouse.connection import connect
from pmo_analytics.warehouse.roll_ups import mart_sql, read_by, referenced_marts
from tests.exports import Desk

HOUR = 3600
JAN, FEB, MAR = (pd.Timestamp(f"2026-0{m}-01") for m in (1, 2, 3))


def mart(desk: Desk, name: str, as_of: str = "2026-02") -> pd.DataFrame:
    with desk.warehouse.at(as_of) as view:
        return view.table(name)


def person(desk: Desk, key: str) -> str:
    token = desk.query(
        "SELECT person_id FROM personal_view.given_person_alias "
        f"WHERE external_key = '{key.lower()}' AND source = 'register'"
    )[0][0]
    return str(token)


def test_effort_by_person_and_month(desk: Desk) -> None:
    rows = mart(desk, "effort_by_person_month").set_index(["person_id", "period_month"])
    ann = rows.loc[person(desk, "E1")]
    assert ann.loc[[JAN]]["duration_seconds"].to_list() == [10 * HOUR]
    february = ann.loc[[FEB]].set_index("project_id", append=True)["duration_seconds"]
    assert february.loc[(FEB, "A")] == 4 * HOUR
    assert february.loc[(FEB, "B")] == HOUR
    # On a project that nobody knows: counted, in no project.
    assert ann.loc[[FEB]].loc[lambda r: r["project_id"].isna(), "duration_seconds"].to_list() == [1.5 * HOUR]


def test_cost_at_the_rates_of_the_day_a_persons_own_before_the_roles(desk: Desk) -> None:
    rows = mart(desk, "cost_by_project_month")
    alpha = rows[(rows["project_id"] == "A") & (rows["currency"] == "EUR")].set_index("period_month")["cost_amount"]
    # January: 10 h of a developer. February: 2 h at 100, 2 h at 110, 4 h of E2's own rate.
    assert alpha.to_dict() == {JAN: 1000.0, FEB: 200 + 220 + 4 * 50}
    # E2 is an analyst without a role rate in January: counted, not costed.
    uncosted = rows[(rows["project_id"] == "A") & rows["currency"].isna()]
    assert uncosted[["period_month", "uncosted_seconds", "cost_amount"]].to_numpy().tolist() == [[JAN, 3 * HOUR, 0.0]]


def test_availability_by_share_of_full_time_less_absences_of_at_most_the_day(desk: Desk) -> None:
    rows = mart(desk, "availability_by_person_month").set_index(["person_id", "period_month"])
    ann, bo = person(desk, "E1"), person(desk, "E2")
    # Three days of 8 h; 12 h of absence on the 6th take 8; none on the 10th, which is no working day.
    assert rows.loc[(ann, JAN), ["calendar_seconds", "absence_seconds"]].to_list() == [24 * HOUR, 8 * HOUR]
    assert rows.loc[(ann, FEB), "available_seconds"] == 22 * HOUR
    # Half time, and gone after 15 February.
    assert rows.loc[(bo, JAN), "available_seconds"] == 12 * HOUR
    assert rows.loc[(bo, FEB), "available_seconds"] == 8 * HOUR


def test_plan_progress_and_cost_by_month(desk: Desk) -> None:
    rows = mart(desk, "planned_earned_actual").query("project_id == 'A'").set_index("period_month")
    assert rows["planned_value_amount"].to_dict() == {JAN: 1000.0, FEB: 3000.0}
    assert rows["earned_value_amount"].to_dict() == {JAN: 600.0, FEB: 1500.0}
    assert rows["actual_cost_amount"].to_dict() == {JAN: 1000.0, FEB: 1620.0}
    assert rows.loc[FEB, "reported_on_date"] == pd.Timestamp("2026-02-20")
    assert rows["uncosted_seconds"].to_dict() == {JAN: 3 * HOUR, FEB: 3 * HOUR}


def test_a_new_baseline_holds_from_the_day_it_was_approved(desk: Desk) -> None:
    before, after = (
        mart(desk, "planned_earned_actual", day).query("project_id == 'A'") for day in ("2026-03-09", "2026-03-10")
    )
    assert before["budget_at_completion_amount"].unique().tolist() == [3000.0]
    assert after["budget_at_completion_amount"].unique().tolist() == [4000.0]
    assert set(after["baseline_version"]) == {"2"}


def test_months_to_come_carry_the_plan_alone(desk: Desk) -> None:
    rows = mart(desk, "planned_earned_actual", "2026-01-15").query("project_id == 'A'").set_index("period_month")
    assert rows["planned_value_amount"].to_dict() == {JAN: 1000.0, FEB: 3000.0}
    assert pd.isna(rows.loc[FEB, "actual_cost_amount"])
    assert rows.loc[JAN, "status_date"] == pd.Timestamp("2026-01-15")
    # Nobody had reported by the 15th.
    assert pd.isna(rows.loc[JAN, "earned_value_amount"])


def test_an_item_finished_later_is_open_and_one_estimated_later_unknown(desk: Desk) -> None:
    rows = mart(desk, "estimate_history").set_index("item_id")
    assert rows["state"].to_dict() == {"I1": "finished", "I2": "open"}
    assert pd.isna(rows.loc["I2", "actual_seconds"])
    assert mart(desk, "estimate_history", "2026-04")["state"].to_list() == ["finished", "finished", "open"]


MARTS = pytest.mark.parametrize("name", sorted(rolled_up()))


@MARTS
def test_every_mart_has_a_file_that_says_its_grain(name: str) -> None:
    assert re.match(r"-- One row per ", mart_sql(name))
    assert "SELECT *" not in mart_sql(name)


def test_every_mart_file_has_a_contract() -> None:
    files = {
        f.name for f in (resources.files("pmo_analytics.warehouse") / "marts").iterdir() if f.name.endswith(".sql")
    }
    assert files == {f"{name}.sql" for name in rolled_up()}


def test_marts_refer_to_one_another_without_a_ring() -> None:
    known = set(rolled_up())
    with connect() as connection:
        below = {name: referenced_marts(read_by(connection, mart_sql(name)), known) - {name} for name in known}
    ordered: list[str] = []
    while len(ordered) < len(known):
        ready = [name for name in sorted(known - set(ordered)) if below[name] <= set(ordered)]
        assert ready
        ordered += ready


@MARTS
def test_rows_dated_later_change_nothing_and_neither_do_later_loads(desk: Desk, name: str) -> None:
    february = desk.version_in_february  # type: ignore[attr-defined]
    with desk.warehouse.at("2026-02", february) as known_then, desk.warehouse.at("2026-02") as known_now:
        pd.testing.assert_frame_equal(known_then.table(name), known_now.table(name))
