from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.resources import charts
from pmo_analytics.resources.effort import ProjectEffort
from pmo_analytics.resources.estimation import EstimateCalibration
from pmo_analytics.resources.utilisation import TeamUtilisation
from tests.specs import marks, rows_of_spec, styles


def team_months(**ratios: list[float | None]) -> pd.DataFrame:
    rows = [
        {
            "team": team,
            "period_month": pd.Timestamp("2025-06-01") + pd.DateOffset(months=i),
            "persons": 5 if ratio is not None else 2,
            "utilisation_ratio": ratio,
            "quality_note": "",
        }
        for team, values in ratios.items()
        for i, ratio in enumerate(values)
    ]
    return (
        pd.DataFrame(rows)
        .reindex(columns=list(TeamUtilisation.to_schema().columns))
        .astype({"utilisation_ratio": float})
    )


def test_heat_map_classes_follow_the_number_that_is_shown() -> None:
    # 100.4 % shows as 100 and has the class of 100, not of above 100.
    data = charts.utilisation_heat_map_data(team_months(A=[0.70, 0.71, 0.85, 1.004, 1.006, 1.11, None]))
    assert data["cell"].to_list() == ["70", "71", "85", "100", "101", "111", "–"]
    assert data["colour_class"].to_list() == ["1", "2", "2", "3", "4", "5", "none"]
    assert data["ink"].to_list() == ["pale"] * 4 + ["deep"] * 2 + ["pale"]


def test_heat_map_shows_twelve_months_and_names_the_team_over_its_hours() -> None:
    data = charts.utilisation_heat_map_data(team_months(A=[0.9] * 13, B=[0.9] * 12 + [1.2]))
    assert data["month"].min() == "2025-07"
    assert data["title"].iloc[0] == "B booked 120\u00a0% of its available hours in June\u00a02026"
    spec = charts.utilisation_heat_map(data).to_dict()
    assert {"cell", "on-pale", "on-deep"} <= styles(spec)
    assert spec["usermeta"]["narrow_filter"] == "datum.months_ago < 6"
    assert len(rows_of_spec(spec, "cell")) == 24


def test_heat_map_of_suppressed_groups_or_of_nothing_booked_is_empty() -> None:
    assert charts.utilisation_heat_map_data(team_months(A=[None, None])).empty
    assert charts.utilisation_heat_map_data(team_months(A=[0.0, 0.0])).empty


def calibration(*bands: tuple[str, int, float | None]) -> pd.DataFrame:
    rows = [
        {
            "size_band": name,
            "items_finished": n,
            "p10_ratio": None if median is None else median / 3,
            "median_ratio": median,
            "p80_ratio": None if median is None else median * 1.5,
            "p90_ratio": None if median is None else median * 2,
        }
        for name, n, median in bands
    ]
    return pd.DataFrame(rows).reindex(columns=list(EstimateCalibration.to_schema().columns))


def test_calibration_axis_reaches_to_the_next_power_of_two_on_both_sides() -> None:
    data = charts.estimate_calibration_data(
        calibration(("up to 2 h", 40, 1.0), ("2 to 8 h", 12, 1.2), ("8 to 24 h", 3, None))
    )
    # The widest is 1.2 / 3 = 0.4: beyond a half, so the axis goes to a quarter and to four.
    assert (data["axis_low"].iloc[0], data["axis_high"].iloc[0]) == (0.25, 4.0)
    assert data["row"].to_list() == ["up to 2 h (40)", "2 to 8 h (12)"]
    assert data["title"].iloc[0] == "One in five items estimated at 2 to 8 h took more than 1.80 times its estimate"
    assert "1 band of fewer than 9 items left out" in data["subtitle"].iloc[0]
    assert {"interval", "p80", "better", "limit"} <= styles(charts.estimate_calibration(data).to_dict())


def test_calibration_of_thin_bands_is_empty() -> None:
    assert charts.estimate_calibration_data(calibration(("up to 2 h", 3, None))).empty


def effort(*rows: tuple[str | None, str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                ProjectEffort.project_id: project,
                ProjectEffort.name: name,
                ProjectEffort.period_month: pd.Timestamp("2026-06-01"),
                ProjectEffort.duration_seconds: hours * 3600,
                ProjectEffort.average_before_seconds: before * 3600,
            }
            for project, name, hours, before in rows
        ]
    )


def test_hours_by_project_names_the_largest_mapped_project_and_the_unmapped_hours() -> None:
    data = charts.hours_by_project_data(
        effort((None, "Not mapped", 50, 0), ("P", "Pier", 30, 40), ("Q", "Quay", 20, 0))
    )
    assert data["title"].iloc[0] == "Pier took 30\u00a0% of the hours of June\u00a02026"
    assert (
        data["subtitle"]
        .iloc[0]
        .endswith("100 in all; tick: average of the three months before; 50 on codes that no register knows")
    )
    spec = charts.hours_by_project(data).to_dict()
    assert {"bar", "tick", "text"} <= marks(spec)
    assert "muted" in styles(spec)


def test_many_projects_end_in_one_bar_that_loses_nothing() -> None:
    data = charts.hours_by_project_data(effort(*((f"P{i}", f"Project {i}", 100 - i, 1) for i in range(40))))
    assert len(data) == 15
    assert data[ProjectEffort.name].iloc[-1] == "26 others"
    assert data["hours"].sum() == pytest.approx(sum(100 - i for i in range(40)))
    assert data["average_before"].sum() == pytest.approx(40)


def test_a_month_without_hours_is_empty() -> None:
    assert charts.hours_by_project_data(effort(("P", "Pier", 0, 40))).empty
