from __future__ import annotations

import pandas as pd

from pmo_analytics.knowledge.development_charts import (
    cover_matrix,
    cover_matrix_data,
    gap_heat_map,
    gap_heat_map_data,
)
from tests.knowledge.staff import skills
from tests.knowledge.test_development_overview import THIN, cover
from tests.knowledge.training import short
from tests.specs import marks, rows_of_spec, styles

SKILLS = skills(sql="specialised software", ux="core practices")
GAPS = short(("sql", 3, "2026-08-01", 40), ("sql", 3, "2026-09-01", 90), ("ux", 2, "2026-08-01", 120))


def test_the_matrix_holds_persons_and_marks_and_thin_skills_come_first() -> None:
    data = cover_matrix_data(THIN, SKILLS)
    told = dict(zip(zip(data["skill"], data["level"], strict=True), data["cell"], strict=True))
    assert told == {("Sql", "2"): "3", ("Sql", "3"): "1 !", ("Sql", "4"): "0 !", ("Ux", "1"): "2"}
    assert data["skill"].drop_duplicates().to_list() == ["Sql", "Ux"]
    assert data["title"].iloc[0] == "Sql hangs on fewer than two persons at a level that is asked for"
    assert "Sql 3, Sql 4" in data["description"].iloc[0]
    assert data["colour_class"].to_list() == ["1", "5", "5", "1"]


def test_a_level_that_is_asked_for_and_covered_has_a_dot() -> None:
    covered = cover(("sql", 3, 2, True)).assign(is_thin=False)
    data = cover_matrix_data(covered, SKILLS)
    assert data["cell"].to_list() == ["2 •"]
    assert data["title"].iloc[0] == "Every level that is asked for is covered by two persons or more"


def test_several_thin_skills_are_told_by_name_or_number() -> None:
    names = skills(a="x", b="x", c="x", d="x")
    few = cover_matrix_data(cover(("a", 1, 0, True), ("b", 1, 0, True)), names)
    assert few["title"].iloc[0].startswith("A and B hang on fewer than two")
    many = cover_matrix_data(cover(*[(name, 1, 0, True) for name in "abcd"]), names)
    assert many["title"].iloc[0].startswith("4 skills hang on fewer than two")


def test_the_matrix_is_drawn_of_cells_with_their_numbers() -> None:
    spec = cover_matrix(cover_matrix_data(THIN, SKILLS)).to_dict()
    assert marks(spec) == {"rect", "text"}
    assert {"cell", "on-pale", "on-deep"} <= styles(spec)
    assert [row["cell"] for row in rows_of_spec(spec, "persons")] == ["3", "1 !", "0 !", "2"]
    assert spec["description"].startswith("Persons by skill and level.")


def test_gaps_stand_by_month_the_most_hours_first() -> None:
    data = gap_heat_map_data(GAPS, SKILLS)
    assert data[["skill", "month", "hours"]].to_numpy().tolist() == [
        ["Sql", "2026-08", 40], ["Sql", "2026-09", 90], ["Ux", "2026-08", 120],
    ]  # fmt: skip
    assert data["title"].iloc[0] == (
        "Sql lacks most, 130 hours in the months to come; the worst month is August\u00a02026 in Ux"
    )
    assert data["colour_class"].to_list() == ["3", "4", "4"]
    spec = gap_heat_map(data).to_dict()
    assert spec["usermeta"]["narrow_filter"] == "datum.months_ahead < 5"
    assert [row["cell"] for row in rows_of_spec(spec, "hours")] == ["40", "90", "120"]


def test_what_is_hardly_short_has_no_cell_and_nothing_has_no_chart() -> None:
    assert gap_heat_map_data(short(("sql", 3, "2026-08-01", 0.4)), SKILLS).empty
    assert cover_matrix_data(THIN.iloc[0:0], SKILLS).empty


def test_text_of_a_register_stays_text_and_alike_names_are_told_apart() -> None:
    hostile = pd.DataFrame({"skill_id": ["sql", "ux"], "name": ["<b>x</b>", "<b>x</b>"]})
    data = cover_matrix_data(THIN, hostile)
    assert set(data["skill"]) == {"<b>x</b>, sql", "<b>x</b>, ux"}
