from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.performance import charts, portfolio_bubble, s_curve_charts
from pmo_analytics.performance.earned_value import earned_value
from pmo_analytics.performance.health import project_health
from pmo_analytics.performance.s_curve import s_curve
from tests.frames import contract_frame, course, outlook_of, project_row
from tests.specs import marks, rows_of_spec, styles

STATUS = pd.Timestamp("2025-04-30")
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    rows = contract_frame(
        "planned_earned_actual",
        [
            *course(
                "A", [100e3, 200e3, 300e3, 400e3, 500e3], [90e3, 180e3, 240e3, 300e3], [100e3, 210e3, 330e3, 450e3]
            ),
            *course("B", [50e3, 100e3, 150e3, 200e3, 250e3], [50e3, 100e3, 150e3, 200e3], [40e3, 80e3, 120e3, 160e3]),
            *course("C", [10e3, 20e3, 30e3]),
        ],
    )
    projects = contract_frame("project", [project_row("A", name=HOSTILE), project_row("B"), project_row("C")])
    earned, outlook = earned_value(rows, projects, status_date=STATUS), outlook_of(rows, status_date=STATUS)
    health = project_health(earned, outlook, projects, contract_frame("project_status", []), status_date=STATUS)
    return {"earned": earned, "health": health, "curve": s_curve(rows, outlook, status_date=STATUS)}


def test_bubble_shows_projects_with_both_indices_and_says_who_is_off(frames: dict[str, pd.DataFrame]) -> None:
    data = portfolio_bubble.portfolio_bubble_data(frames["health"])
    assert data["project_id"].to_list() == ["A", "B"]
    assert data["is_off"].to_list() == [True, False]
    # Area grows with the budget, the largest being 1200 px².
    assert data["bubble_area"].to_list() == [1200.0, 60 + 0.5 * 1140]
    assert data["title"].iloc[0] == "1 of 2 projects is below 0.90 in cost or schedule"
    assert "left out: 1" in data["subtitle"].iloc[0]
    spec = portfolio_bubble.portfolio_bubble(data).to_dict()
    assert {"limit", "muted", "worse", "label"} <= styles(spec)
    assert len(rows_of_spec(spec, "bubble_area")) == 2


def test_index_trend_has_a_panel_a_project_worst_first_and_labels_apart(frames: dict[str, pd.DataFrame]) -> None:
    data = charts.index_trend_data(frames["earned"], frames["health"])
    assert data["project"].drop_duplicates().to_list() == [HOSTILE, "Project B"]
    ends = data[data["label"] != ""].pivot(index="project", columns="series", values="label_at")  # noqa: PD010
    assert ((ends["CPI"] - ends["SPI(t)"]).abs() > 0.0799).all()
    spec = charts.index_trend(data).to_dict()
    assert spec["facet"]["sort"] == [HOSTILE, "Project B"]
    assert "line" in marks(spec["spec"])


def test_without_figures_there_is_nothing_to_draw(frames: dict[str, pd.DataFrame]) -> None:
    health = frames["health"][frames["health"]["project_id"] == "C"].reset_index(drop=True)
    assert portfolio_bubble.portfolio_bubble_data(health).empty
    assert charts.index_trend_data(frames["earned"], health).empty
    assert s_curve_charts.s_curve_data(frames["curve"].iloc[0:0], status_date=STATUS).empty


@pytest.mark.parametrize("kind", ["portfolio_bubble", "s_curve", "index_trend"])
def test_colours_are_roles_and_inputs_stay_as_they_were(kind: str, frames: dict[str, pd.DataFrame]) -> None:
    inputs: dict[str, tuple[list[pd.DataFrame], dict[str, Any]]] = {
        "portfolio_bubble": ([frames["health"]], {}),
        "s_curve": ([frames["curve"]], {"status_date": STATUS}),
        "index_trend": ([frames["earned"], frames["health"]], {}),
    }
    given, options = inputs[kind]
    before = [frame.copy(deep=True) for frame in given]
    module = {"portfolio_bubble": portfolio_bubble, "s_curve": s_curve_charts}.get(kind, charts)
    spec = getattr(module, kind)(getattr(module, f"{kind}_data")(*given, **options)).to_dict()
    for frame, old in zip(given, before, strict=True):
        pd.testing.assert_frame_equal(frame, old)
    body = {key: value for key, value in spec.items() if key not in {"config", "datasets"}}
    assert "#" not in str(body)
    assert spec["title"]["text"]
    assert spec["description"]
