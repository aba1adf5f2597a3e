"""Hours missing of a month by team, by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.resources.timesheet_gaps import timesheet_gaps
from pmo_analytics.resources.utilisation import SMALL_TEAMS, Utilisation

DAY = pd.Timestamp("2026-06-30")
HOUR = 3600.0


def booked(person: str, hours: float, available: float | None = 160, month: str = "2026-06-01") -> dict[str, object]:
    return {
        "person_id": person, "period_month": pd.Timestamp(month), "duration_seconds": hours * HOUR,
        "unmapped_seconds": 0.0, "available_seconds": None if available is None else available * HOUR,
        "utilisation_ratio": None, "quality_note": "",
    }  # fmt: skip


def team(name: str, *persons: str) -> list[dict[str, object]]:
    return [{"person_id": each, "team": name} for each in persons]


def gaps(rows: list[dict[str, object]], teams: list[dict[str, object]], **options: float) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(Utilisation.to_schema().columns))
    return timesheet_gaps(frame, pd.DataFrame(teams, columns=["person_id", "team"]), status_date=DAY, **options)


def test_a_surplus_fills_nobody_else_s_gap() -> None:
    rows = [booked("a", 160), booked("b", 160), booked("c", 160), booked("d", 170), booked("e", 0)]
    (found,) = gaps(rows, team("Data", *"abcde")).to_dict("records")
    assert (found["missing_seconds"], found["persons_missing_count"], found["received_pct"]) == (160 * HOUR, 1, 80.0)
    assert found["is_short"]
    (less,) = gaps(rows, team("Data", *"abcde"), received_least_pct=80.0).to_dict("records")
    assert not less["is_short"]


def test_other_months_and_persons_without_a_calendar_count_for_nothing() -> None:
    rows = [booked(each, 160) for each in "abcde"]
    rows += [booked("a", 0, month="2026-05-01"), booked("f", 0, None), booked("g", 0, 0)]
    (found,) = gaps(rows, team("Data", *"abcdefg")).to_dict("records")
    assert (found["person_count"], found["missing_seconds"], bool(found["is_short"])) == (5, 0.0, False)


def test_small_teams_are_one_row_and_too_few_persons_are_not_shown() -> None:
    few = gaps([booked("a", 0), booked("b", 0)], team("One", "a") + team("Two", "b"))
    assert few["team"].tolist() == [SMALL_TEAMS]
    assert few[["available_seconds", "missing_seconds", "persons_missing_count", "received_pct"]].isna().all(axis=None)
    assert few["is_short"].all(), "that hours lack is told, whose is not"


@pytest.mark.parametrize("teams", [[], team("Data", "a")])
def test_without_availability_there_is_no_row(teams: list[dict[str, object]]) -> None:
    assert gaps([], teams).empty
