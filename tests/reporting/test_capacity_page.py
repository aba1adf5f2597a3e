"""Headline, key figures and tables of the page on capacity hold what their frames hold, and text as text."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from pmo_analytics.forecasting.coverage import coverage
from pmo_analytics.forecasting.passport import Passport
from pmo_analytics.reporting import capacity_figures, capacity_tables
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.resources.delivered_hours import delivered_hours
from tests.frames import contract_frame
from tests.resources.test_capacity import factors, ratios
from tests.resources.test_capacity_actions import STATED, actions, plans
from tests.resources.test_capacity_charts import TWO, gaps, outlook
from tests.resources.test_capacity_supply import skills
from tests.resources.test_delivered_hours import TODAY as MAY
from tests.resources.test_delivered_hours import effort, person

HOSTILE = "Java <script>x</script>"
SKILLS = contract_frame(
    "skill", [{"skill_id": "java", "status_date": MAY, "name": HOSTILE, "category": "software"}]
)  # fmt: skip


def html(made: Fragment) -> str:
    return str(made._repr_mimebundle_()["text/html"])


def passport(held: int, n: int) -> pd.DataFrame:
    found = {"all": tuple(coverage([0.0] * held + [2.0] * (n - held), [[1.0]] * n, [0.8]))}
    return Passport("m", "naive", "event dates", (0.8,), n, None, found, None, math.nan, "no candidate").frame()


def test_the_headline_says_how_many_gaps_there_are_and_whether_it_is_too_late() -> None:
    late = capacity_figures.headline(TWO, gaps(), SKILLS)
    assert late == (
        f"1 of 2 skills that are asked for has a gap; {HOSTILE} comes first, in August\u00a02026. It is too late to "
        "hire for it."
    )
    early = capacity_figures.headline(TWO, gaps(**{"2026-11-01": 200}), SKILLS)
    assert early.endswith("and there is time to hire for all of them.")
    assert capacity_figures.headline(TWO, gaps().iloc[0:0], SKILLS) == "None of 2 skills that are asked for has a gap."
    assert "names what is missing" in capacity_figures.headline(TWO.iloc[0:0], gaps(), SKILLS)
    thin = TWO.assign(shortfall_probability=math.nan, quality_note="8 months")
    assert capacity_figures.headline(thin, gaps(), SKILLS) == "No chance of a shortfall can be told: 8 months."


def test_the_figures_hold_what_the_frames_hold() -> None:
    chance = capacity_figures.chance_figure(TWO, SKILLS)
    assert chance is not None
    assert (chance.exact, chance.value) == (0.91, "91\u00a0%")
    hire = capacity_figures.hire_figure(gaps(), SKILLS)
    assert hire is not None
    assert hire.exact == pytest.approx(1.5)
    assert "too late, it was 3\u00a0May 2026" in hire.note
    focus = capacity_figures.focus_figure(factors(0.8))
    assert focus is not None
    assert (focus.exact, len(focus.months)) == (0.8, 12)
    record = capacity_figures.record_figure(passport(8, 10))
    assert record is not None
    assert record.exact == pytest.approx(80)
    assert capacity_figures.record_figure(passport(4, 5)) is None
    assert capacity_figures.chance_figure(TWO.iloc[0:0], SKILLS) is None
    assert capacity_figures.hire_figure(gaps().iloc[0:0], SKILLS) is None
    assert capacity_figures.focus_figure(factors(0.8).iloc[0:0]) is None


def test_the_tables_hold_gaps_with_their_costs_and_hostile_text_as_text() -> None:
    told = html(capacity_tables.action_table(gaps(), TWO, SKILLS))
    assert "<script>x" not in told
    assert "too late" in told
    assert "contractor and delay are left" in told
    assert "hired today: from Oct\u00a02026" in told
    costs = html(capacity_tables.cost_table(gaps(), SKILLS))
    # 120 hours at 50 and two hirings of 1,000; 120 at 90.
    assert "8,000" in costs
    assert "10,800" in costs
    assert "<script>x" not in html(capacity_tables.outlook_table(TWO, SKILLS))


def test_what_is_not_stated_is_said_where_costs_would_be() -> None:
    bare = actions(plans({"2026-08-01": 200}), skills(("ann", "java", 4)), ["ann"], **dict.fromkeys(STATED))
    told = html(capacity_tables.cost_table(bare, SKILLS))
    assert "does not state hire_cost_amount, contractor_hourly_amount, delay_hourly_amount" in told
    assert "By default, not stated in [capacity]" in html(capacity_tables.action_table(bare, TWO, SKILLS))


def test_tables_without_rows_say_why() -> None:
    none = gaps().iloc[0:0]
    calm = outlook(("java", "2026-07-01", 0.1, 10))
    assert "does the chance of a shortfall reach the limit" in html(capacity_tables.action_table(none, calm, SKILLS))
    thin = calm.assign(shortfall_probability=math.nan)
    assert "No chance is known." in html(capacity_tables.action_table(none, thin, SKILLS))
    assert "There is no gap." in html(capacity_tables.cost_table(none, SKILLS))
    assert "Nothing is asked for" in html(capacity_tables.outlook_table(calm.iloc[0:0], SKILLS))
    hours = delivered_hours(effort({}), person({"A": 5}), status_date=MAY)
    assert "Fewer than twelve months" in html(capacity_tables.hours_table(hours))


def test_what_is_assumed_stands_in_tables() -> None:
    factor = html(capacity_tables.factor_table(factors(0.8)))
    assert factor.count("80\u00a0%") == 12
    assert "0.0\u00a0% of persons left in a month" in factor
    assert "3 projects are too few" in html(capacity_tables.ratio_table(ratios(1.0, 1.1, 1.2)))
    assert "too few" not in html(capacity_tables.ratio_table(ratios(*[1.0] * 9)))
    assert "Rows of plans: 1 stated" in html(capacity_tables.certainty_table(plans({"2026-08-01": 200})))


def test_the_record_tells_what_is_off_and_that_chances_have_none() -> None:
    told = html(capacity_tables.record_table(passport(40, 100)))
    assert "40\u00a0%" in told
    assert 'class="num off' in told
    assert "Chances of a shortfall have no record of their own yet" in told
    hours = delivered_hours(effort({"A0": [50.0] * 14}), person({"A": 5}), status_date=MAY)
    assert "50\u00a0h" in html(capacity_tables.hours_table(hours))
