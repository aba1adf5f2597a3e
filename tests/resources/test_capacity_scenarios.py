"""Scenarios: what a file may say, what each change does to the frames, and what differs then."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pandas as pd
import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.resources.capacity_changes import applied
from pmo_analytics.resources.capacity_comparison import AS_PLANNED, compared, scenario_costs
from pmo_analytics.resources.capacity_draws import CapacityInputs
from pmo_analytics.resources.capacity_scenarios import Scenario, scenario_of
from tests.resources.test_capacity import HOUR, TODAY, factors, ratios
from tests.resources.test_capacity_actions import calendar, plans, register
from tests.resources.test_capacity_supply import skills

JULY, OCTOBER = pd.Timestamp("2026-07-01"), pd.Timestamp("2026-10-01")
CAN = skills(
    ("ann", "java", 4), ("bo", "java", 3), ("bo", "sql", 3), ("cy", "java", 2), ("dee", "sql", 4), ("eve", "ux", 5)
)  # fmt: skip


def inputs(**given: pd.DataFrame) -> CapacityInputs:
    whole = CapacityInputs(
        plans({"2026-07-01": 100, "2026-10-01": 500}), calendar("ann", "bo", "cy", "dee", "eve"), CAN, factors(0.8),
        ratios(*[1.0] * 9), skill=register(java="software", sql="software", ux="craft"),
    )  # fmt: skip
    return replace(whole, **given)


def stated(text: str) -> Scenario:
    return scenario_of(tomllib.loads(f'name = "try"\n{text}'), file="try.toml")


def changed(text: str, given: CapacityInputs | None = None) -> CapacityInputs:
    return applied(stated(text), given or inputs(), status_date=TODAY)


def hours(made: CapacityInputs, month: pd.Timestamp) -> dict[str, float]:
    rows = made.planned_calendar_by_person_month
    return (rows[rows["period_month"] == month].set_index("person_id")["calendar_seconds"] / HOUR).to_dict()


def test_a_hire_is_there_from_a_month_on_with_a_share_of_a_full_month() -> None:
    made = changed('[[hire]]\nskill = "java"\nlevel = 4\ncount = 2\nfrom = "2026-10"\nfull_time_pct = 50')
    new = set(hours(made, OCTOBER)) - set(hours(inputs(), OCTOBER))
    assert len(new) == 2
    assert {hours(made, OCTOBER)[name] for name in new} == {50}
    assert hours(made, JULY) == hours(inputs(), JULY)
    can = made.person_skill
    assert can[can["person_id"].isin(new)][["skill_id", "level"]].to_numpy().tolist() == [["java", 4], ["java", 4]]
    again = applied(stated('[[hire]]\nskill = "java"\nlevel = 4\ncount = 2\nfrom = "2026-10"'), made, status_date=TODAY)
    assert len(hours(again, OCTOBER)) == len(hours(made, OCTOBER)) + 2


def test_who_is_away_has_the_fewest_skills_and_comes_back() -> None:
    away = changed('[[leave]]\nskill = "java"\ncount = 2\nfrom = "2026-08"\nto = "2026-09"')
    assert set(hours(away, pd.Timestamp("2026-08-01"))) == {"bo", "dee", "eve"}
    assert set(hours(away, OCTOBER)) == {"ann", "bo", "cy", "dee", "eve"}
    gone = changed('[[leavers]]\nskill = "java"\ncount = 3\nfrom = "2026-08"')
    assert set(hours(gone, pd.Timestamp("2026-12-01"))) == {"dee", "eve"}


def test_training_takes_the_nearest_and_keeps_what_they_can() -> None:
    made = changed('[[train]]\nskill = "java"\nto_level = 4\ncount = 3\nfrom = "2026-10"')
    # Bo is one level below, Cy two; Dee has a neighbouring skill.
    assert set(hours(made, JULY)) == {"ann", "bo", "cy", "dee", "eve"}
    later = set(hours(made, OCTOBER))
    assert {"ann", "eve"} < later
    last = made.person_skill[made.person_skill["person_id"].isin(later)].sort_values("assessed_on_date")
    last = last.drop_duplicates(["person_id", "skill_id"], keep="last")
    levels = last[last["skill_id"] == "java"]["level"].to_list()
    assert levels == [4, 4, 4, 4]
    assert sorted(last[last["skill_id"] == "sql"]["level"]) == [3, 4]


def test_bought_hours_and_focus() -> None:
    made = changed(
        '[[contractor]]\nskill = "java"\nhours_a_month = 80\nfrom = "2026-09"\nto = "2026-10"\n'
        '[[focus]]\nfactor = 0.5\nfrom = "2026-11"\n[[focus]]\nfactor = 0.5'
    )
    assert made.contracted["contracted_seconds"].to_list() == [80 * HOUR] * 2
    assert made.contracted["level"].to_list() == [7, 7]
    assert made.focus_factor[JULY] == 0.5
    assert made.focus_factor[pd.Timestamp("2026-11-01")] == 0.25


def test_projects_move_end_and_become_likely() -> None:
    moved = changed('[[project]]\nproject = "P"\nmove_months = 2').planned_demand
    assert moved["period_month"].to_list() == [pd.Timestamp("2026-09-01"), pd.Timestamp("2026-12-01")]
    assert len(changed('[[project]]\nproject = "P"\ncancel = true').planned_demand) == 0
    likely = changed('[[project]]\nproject = "P"\ncertainty = 0.25').planned_demand
    assert (likely["expected_seconds"] / HOUR).to_list() == [25, 125]


def test_the_given_frames_stay_as_they_were() -> None:
    given = inputs()
    before = {name: getattr(given, name).copy() for name in vars(given) if name != "focus_factor"}
    applied(
        stated(
            '[[train]]\nskill = "java"\nto_level = 4\ncount = 1\nfrom = "2026-10"\n'
            '[[leave]]\nskill = "java"\ncount = 1\nfrom = "2026-08"\nto = "2026-09"\n'
            '[[project]]\nproject = "P"\ncertainty = 0.25\n[[project]]\nproject = "P"\nmove_months = 1\n'
            '[[focus]]\nfactor = 0.5\n[[hire]]\nskill = "java"\nlevel = 4\ncount = 1\nfrom = "2026-10"\n'
            '[[contractor]]\nskill = "java"\nhours_a_month = 80\nfrom = "2026-09"\nto = "2026-10"'
        ),
        given,
        status_date=TODAY,
    )
    for name, frame in before.items():
        pd.testing.assert_frame_equal(getattr(given, name), frame)
    assert given.focus_factor == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "a scenario changes something"),
        ("[[hires]]\nskill = 'java'", "did you mean 'hire'"),
        ("hire = 3", "hire of a scenario is a list of tables"),
        ("[[hire]]\nskill = 'java'\nlevel = 4\nfrom = '2026-10'", "count of hire 1 is missing"),
        ("[[hire]]\nskill = 'java'\nlevel = 8\ncount = 1\nfrom = '2026-10'", "level of hire 1 cannot be"),
        ("[[hire]]\nskill = 'java'\nlevel = 4\ncount = 0\nfrom = '2026-10'", "a whole number from 1 to"),
        ("[[hire]]\nskill = 'java'\nlevel = 4\ncount = true\nfrom = '2026-10'", "count of hire 1 cannot be"),
        ("[[hire]]\nskill = 'java'\nlevel = 4\ncount = 1\nfrom = '2026-13-01'", 'a month such as "2026-10"'),
        ("[[hire]]\nskill = 'java'\nlevel = 4\ncount = 1\nfrom = 2026-10-02", 'a month such as "2026-10"'),
        ("[[hire]]\nskil = 'java'", "did you mean 'skill'"),
        ("[[leave]]\nskill = 'java'\ncount = 1\nfrom = '2026-10'\nto = '2026-09'", "to of leave 1 is before from"),
        ("[[project]]\nproject = 'P'", "project 1 states one change"),
        ("[[project]]\nproject = 'P'\ncancel = true\nmove_months = 1", "found:    2 changes"),
        ("[[project]]\nproject = 'P'\ncancel = false", "cancel of project 1 cannot be"),
        ("[[project]]\nproject = 'P'\ncertainty = 1.5", "a number from 0 to 1"),
        ("[[focus]]\nfactor = nan", "factor of focus 1 cannot be"),
        ("[[contractor]]\nskill = 'java'\nhours_a_month = 0\nfrom = '2026-10'\nto = '2026-10'", "a number above 0"),
    ],
)
def test_what_a_file_cannot_say_is_named(text: str, told: str) -> None:
    with pytest.raises(UsageError) as problem:
        stated(text)
    assert told in str(problem.value)
    assert str(problem.value).startswith("try.toml")


def test_a_month_may_be_a_date_and_a_name_is_needed() -> None:
    made = stated("[[leavers]]\nskill = 'java'\ncount = 1\nfrom = 2026-10-01")
    assert made.changes[0].words == "1 of java leave, gone from 2026-10"
    with pytest.raises(UsageError, match="a scenario has a name"):
        scenario_of({"focus": [{"factor": 1}]})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[leavers]]\nskill = 'jav'\ncount = 1\nfrom = '2026-10'", "did you mean 'java'"),
        ("[[leavers]]\nskill = 'java'\ncount = 4\nfrom = '2026-10'", "expected: at most 3"),
        ("[[leavers]]\nskill = 'java'\ncount = 1\nfrom = '2036-10'", "from 2026-07 to 2026-12"),
        ("[[train]]\nskill = 'ux'\nto_level = 5\ncount = 1\nfrom = '2026-10'", "expected: at most 0"),
        ("[[project]]\nproject = 'Q'\ncancel = true", "no project 'Q'"),
        ("[[project]]\nproject = 'P'\nmove_months = -1", "into months that are over"),
    ],
)
def test_what_the_frames_do_not_know_is_named(text: str, told: str) -> None:
    with pytest.raises(UsageError) as problem:
        changed(text)
    assert told in str(problem.value)
    assert str(problem.value).startswith("try.toml")


def test_the_worked_example_of_a_comparison() -> None:
    given = inputs(
        planned_demand=plans({"2026-07-01": 100}).assign(certainty=0.5),
        planned_calendar_by_person_month=calendar("ann"), person_skill=skills(("ann", "java", 4)),
    )  # fmt: skip
    bought = stated('[[contractor]]\nskill = "java"\nhours_a_month = 20\nfrom = "2026-07"\nto = "2026-07"')
    found = compared(given, [bought], status_date=TODAY, months=1, draws=2_000).set_index("scenario")
    assert found.index.to_list() == [AS_PLANNED, "try"]
    assert found.loc["try", "probability_change"] == -found.loc[AS_PLANNED, "shortfall_probability"]
    assert found.loc["try", "probability_change"] == pytest.approx(-0.5, abs=0.03)
    assert found.loc["try", "mean_short_change_seconds"] / HOUR == pytest.approx(-10, abs=0.6)
    costs = scenario_costs(given, [bought], status_date=TODAY, currency="EUR", contractor_hourly_amount=100.0)
    assert costs[["currency", "change_amount", "quality_note"]].to_numpy().tolist() == [["EUR", 2_000, ""]]


def test_a_scenario_without_effect_changes_nothing_to_the_last_digit() -> None:
    loose = inputs(
        delivery_factor=factors(0.8).assign(person_spread=0.2),
        project_effort_ratio=ratios(0.5, 0.7, 0.9, 1.0, 1.1, 1.2, 1.5, 1.8, 2.0, scatter=6.0),
    )
    none = stated("[[focus]]\nfactor = 1")
    # Somebody for a skill that nothing asks for changes no other skill.
    other = stated('[[hire]]\nskill = "ux"\nlevel = 3\ncount = 1\nfrom = "2026-07"')
    found = compared(loose, [none, replace(other, name="other")], status_date=TODAY, months=6, draws=100)
    same = found[(found["scenario"] == "try") | ((found["scenario"] == "other") & (found["skill_id"] != "ux"))]
    assert (same["mean_short_change_seconds"] == 0).all()
    assert len(same) > 0


def test_a_hire_never_makes_a_skill_shorter() -> None:
    loose = inputs(delivery_factor=factors(0.8).assign(person_spread=0.0))
    hire = stated('[[hire]]\nskill = "java"\nlevel = 4\ncount = 2\nfrom = "2026-07"')
    found = compared(loose, [hire], status_date=TODAY, months=6, draws=100)
    java = found[(found["scenario"] == "try") & (found["skill_id"] == "java")]
    assert (java["mean_short_change_seconds"] <= 0).all()
    assert java["mean_short_change_seconds"].min() < 0


def test_costs_by_hand_and_what_is_not_stated() -> None:
    every = stated(
        '[[hire]]\nskill = "java"\nlevel = 4\ncount = 2\nfrom = "2026-11"\nfull_time_pct = 50\n'
        '[[train]]\nskill = "java"\nto_level = 4\ncount = 2\nfrom = "2026-10"\n[[focus]]\nfactor = 1.1\n'
        '[[contractor]]\nskill = "java"\nhours_a_month = 10\nfrom = "2026-12"\nto = "2027-03"'
    )
    rates = {
        "own_hourly_amount": 50.0, "hire_cost_amount": 1000.0, "train_cost_amount": 300.0, "currency": "EUR",
        "contractor_hourly_amount": 90.0,
    }  # fmt: skip
    found = scenario_costs(inputs(), [every], status_date=TODAY, months=6, **rates)  # type: ignore[arg-type]
    by_change = found.set_index("scenario_change")["change_amount"]
    hire, contractor, train, focus = by_change.index
    # Two at half of 100 hours in November and December.
    assert by_change[hire] == pytest.approx(2 * 0.5 * 200 * 50 + 2 * 1000)
    assert by_change[contractor] == pytest.approx(10 * 90)
    assert by_change[train] == pytest.approx(600)
    assert pd.isna(by_change[focus])
    bare = scenario_costs(inputs(), [every], status_date=TODAY, months=6).set_index("scenario_change")
    assert bare["change_amount"].isna().all()
    assert bare.loc[hire, "quality_note"] == "not stated or known: the cost of an own hour, hire_cost_amount"
