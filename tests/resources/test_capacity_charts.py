"""What charts of capacity say and draw: findings, numbers in cells, shapes beside colours."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pandas as pd
import pytest

from pmo_analytics.resources import capacity_charts as charts
from pmo_analytics.resources.capacity import CapacityOutlook
from tests.resources.test_capacity_actions import actions, plans, register
from tests.resources.test_capacity_supply import skills
from tests.specs import rows_of_spec, styles

HOUR = 3600.0
SKILLS = register(java="software", ux="craft").assign(name=["Java <b>", "Experience"])


def outlook(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    """Rows of skill, month, chance and hours asked; 100 hours are there, in a bad case 80."""
    return CapacityOutlook.validate(pd.DataFrame([
        {
            "skill_id": skill, "period_month": pd.Timestamp(month), "project_count": 1, "demand_seconds": asked * HOUR,
            "expected_seconds": asked * HOUR, "capacity_seconds": 0.0, "person_equivalent": 1.0,
            "p50_demand_seconds": asked * HOUR, "p80_demand_seconds": 1.2 * asked * HOUR,
            "p50_supply_seconds": 100 * HOUR, "p20_supply_seconds": 80 * HOUR, "shortfall_probability": chance,
            "mean_short_seconds": 0.0, "p50_short_seconds": 0.0, "p80_short_seconds": 10 * HOUR, "short_fte": 0.0,
            "quality_note": "",
        }
        for skill, month, chance, asked in rows
    ]))  # fmt: skip


TWO = outlook(
    ("java", "2026-07-01", 0.496, 90), ("java", "2026-08-01", 0.91, 150),
    ("ux", "2026-07-01", 0.03, 20), ("ux", "2026-08-01", 0.0, 0),
)  # fmt: skip


def test_the_heat_map_says_the_chance_in_the_cell_and_the_worst_in_its_title() -> None:
    data = charts.shortfall_heat_map_data(TWO, SKILLS)
    cells = data[["skill", "month", "cell", "colour_class", "ink"]].to_numpy().tolist()
    # 49.6 % shows as 50 and has the colour of it; where nothing is asked there is no cell.
    assert cells == [
        ["Java <b>", "2026-07", "50", "4", "deep"], ["Java <b>", "2026-08", "91", "5", "deep"],
        ["Experience", "2026-07", "3", "1", "pale"],
    ]  # fmt: skip
    assert data["title"].iloc[0] == (
        "1 skill falls short as likely as not in some month, Java <b> most: 91\u00a0% in August\u00a02026"
    )
    spec = charts.shortfall_heat_map(data).to_dict()
    assert {"cell", "on-pale", "on-deep"} <= styles(spec)
    assert [row["cell"] for row in rows_of_spec(spec, "cell")] == ["50", "91", "3"]


def test_a_calm_heat_map_names_what_comes_nearest() -> None:
    data = charts.shortfall_heat_map_data(TWO[TWO["skill_id"] == "ux"], SKILLS)
    assert data["title"].iloc[0].startswith("No skill is as likely as not to fall short; Experience comes nearest, 3")
    spec = charts.shortfall_heat_map(data).to_dict()
    assert "on-deep" not in styles(spec)


def test_the_ribbon_has_a_panel_a_skill_with_both_bands() -> None:
    data = charts.capacity_ribbon_data(TWO, SKILLS)
    assert data["skill"].unique().tolist() == ["Java <b>", "Experience"]
    java = data[(data["skill"] == "Java <b>") & (data["month"] == "2026-08-01")].set_index("series")
    assert java.loc["asked", ["low", "middle", "high"]].to_list() == pytest.approx([150, 150, 180])
    assert java.loc["there", ["low", "middle", "high"]].to_list() == pytest.approx([80, 100, 100])
    assert data["title"].iloc[0] == "In a bad case Java <b> has 80 of the 180 hours asked of it in August\u00a02026"
    spec = charts.capacity_ribbon(data).to_dict()
    assert spec["resolve"]["scale"]["y"] == "independent"
    assert {"better", "worse", "earned", "actual", "label-earned", "label-actual"} <= styles(spec)


def test_labels_of_a_panel_stand_apart() -> None:
    level = outlook(("java", "2026-07-01", 0.5, 100))
    ends = charts.capacity_ribbon_data(level, SKILLS).set_index("series")["label_at"]
    assert abs(ends["asked"] - ends["there"]) == pytest.approx(120 / 6)


def test_skills_of_one_name_are_told_apart_and_unknown_ones_by_their_identifier() -> None:
    both = outlook(("java", "2026-07-01", 0.9, 90), ("ux", "2026-07-01", 0.8, 90), ("cobol", "2026-07-01", 0.7, 90))
    data = charts.shortfall_heat_map_data(both, SKILLS.assign(name="Same"))
    assert data["skill"].to_list() == ["Same, java", "Same, ux", "cobol"]


def test_where_no_chance_is_known_nothing_is_drawn() -> None:
    unknown = TWO.assign(shortfall_probability=math.nan)
    for given in (unknown, TWO.iloc[0:0]):
        assert charts.shortfall_heat_map_data(given, SKILLS).empty
        assert charts.capacity_ribbon_data(given, SKILLS).empty
    assert charts.act_by_data(gaps().iloc[0:0], SKILLS, status_date=date(2026, 6, 30)).empty


def gaps(**months: Any) -> pd.DataFrame:
    return actions(plans(months or {"2026-08-01": 200}), skills(("ann", "java", 4)), ["ann"])


def test_dates_to_act_by_are_told_by_shape() -> None:
    late = charts.act_by_data(gaps(), SKILLS, status_date=date(2026, 6, 30))
    days = late.set_index("mark")[["day", "is_over"]].to_numpy().tolist()
    assert days == [["2026-05-03", True], ["2026-06-02", True], ["2026-08-01", False]]
    assert late["title"].iloc[0] == "It is too late to hire for 1 of 1 gaps"
    spec = charts.act_by(late).to_dict()
    shapes = {layer["mark"].get("shape") for layer in spec["layer"]} - {None}
    assert shapes == {"diamond", "triangle-up", "square"}
    early = charts.act_by_data(gaps(**{"2026-11-01": 200}), SKILLS, status_date=date(2026, 6, 30))
    assert early["title"].iloc[0] == "Java <b> is the next to hire for, by 3\u00a0August 2026"
