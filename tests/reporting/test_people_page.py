"""Headline, key figures and tables of the page on developing people hold what their frames hold, and text as text."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from pmo_analytics.contracts.base import checked
from pmo_analytics.knowledge.coaching import coaching_activity
from pmo_analytics.knowledge.development_overview import development_overview
from pmo_analytics.knowledge.skill_cover import SinglePoint
from pmo_analytics.knowledge.training_choice import training_alternative
from pmo_analytics.reporting import coaching_tables, people_figures, people_tables
from pmo_analytics.reporting.fragments import Fragment
from tests.frames import contract_frame
from tests.knowledge.staff import HOUR, STATUS, day
from tests.knowledge.test_coaching import needs, talks
from tests.knowledge.test_development_effect import AFTER, BEFORE, FIVE, items, trained
from tests.knowledge.test_development_overview import THIN, certificates, matches, one_seat
from tests.knowledge.test_training_calendar import calendar
from tests.knowledge.training import seat, short

HOSTILE = "SQL <script>x</script>"
SKILLS = contract_frame("skill", [{"skill_id": "sql", "status_date": STATUS, "name": HOSTILE, "category": "c"}])
GAP = short(("sql", 3, "2026-08-01", 40))
HOURS = contract_frame(
    "planned_calendar_by_person_month",
    [{"person_id": "ann", "period_month": day("2026-08-01"), "calendar_seconds": 160 * HOUR}],
)
ALTERNATIVES = training_alternative(GAP, one_seat(), HOURS)
OVERVIEW = development_overview(THIN, one_seat(), matches("proposed", "unmatched"), certificates(("expired", True)))


def html(made: Fragment) -> str:
    return str(made._repr_mimebundle_()["text/html"])


def test_the_headline_says_what_is_thin_and_what_courses_close() -> None:
    told = people_figures.headline(OVERVIEW, THIN, ALTERNATIVES)
    assert told == (
        "1 skill hangs on fewer than two persons at a level that plans ask for; 1 seat in courses close 40\u00a0h of "
        "40\u00a0h that are short."
    )
    assert "names what is missing" in people_figures.headline(OVERVIEW, THIN.iloc[0:0], ALTERNATIVES)
    calm = THIN[~THIN["is_thin"]]
    none = one_seat(worth_hourly_amount=1)
    idle = development_overview(calm, none, matches(), certificates())
    assert people_figures.headline(idle, calm, ALTERNATIVES) == (
        "Every level that plans ask for is covered by two persons or more; no course on offer is worth more than it "
        "costs."
    )


def test_the_figures_hold_what_the_row_holds() -> None:
    thin = people_figures.thin_figure(OVERVIEW)
    assert (thin.value, thin.exact, thin.unit) == ("1", 1, "skills")
    closed = people_figures.closed_figure(OVERVIEW, ALTERNATIVES)
    assert (closed.value, closed.exact, closed.unit) == ("40\u00a0h", 40, "hours")
    assert "for EUR\u00a0900" in closed.note or "EUR" in closed.note
    assert people_figures.mentor_figure(OVERVIEW).exact == 1
    assert people_figures.certificate_figure(OVERVIEW).exact == 1


def test_courses_chosen_and_why_nobody_else_with_hostile_text_as_text() -> None:
    choice = one_seat()
    told = html(people_tables.chosen_table(choice, SKILLS))
    assert "1 seat for" in told
    assert "closes a gap" in told
    assert "<script>x" not in told
    none = one_seat(held=[("ann", "sql", 3)])
    assert "No course on offer closes more" in html(people_tables.chosen_table(none, SKILLS))
    assert "has its level" in html(people_tables.not_chosen_table(none, SKILLS))
    assert "<script>x" not in html(people_tables.alternative_table(ALTERNATIVES, SKILLS))


def test_the_calendar_tells_what_to_do() -> None:
    told = html(people_tables.calendar_table(calendar(*(seat("s", who) for who in ("ann", "bo", "cy"))), SKILLS))
    assert "1 session to come: 1 overbooked, for 0 nothing is short" in told
    assert "overbooked by 1" in told


def test_mentors_certificates_and_single_points() -> None:
    told = html(people_tables.mentor_table(matches("proposed", "unmatched", "kept"), SKILLS))
    assert "1 pair is proposed; for 1 nobody fits or is free" in told
    held = html(people_tables.certificate_table(certificates(("expired", True), ("expiring", False)), SKILLS))
    assert "1 certificate that plans still ask for: 1 run out, 0 within six months" in held
    point = {
        "project_id": "A", "skill_id": "sql", "asked_level": 3, "person_id": None, "on_project_count": 0,
        "other_count": 1, "first_month": day("2026-07-01"), "last_month": day("2026-08-01"), "demand_seconds": HOUR,
    }  # fmt: skip
    points = checked(SinglePoint, pd.DataFrame([point]))
    assert "1 need of projects hangs on one person or nobody" in html(people_tables.single_point_table(points, SKILLS))
    assert "twice or more" in html(people_tables.single_point_table(points.iloc[0:0], SKILLS))


def test_groups_are_told_as_groups() -> None:
    found = needs(ratios=[2.0] * 9).reset_index()[[*needs().reset_index().columns]]
    told = html(coaching_tables.need_table(found))
    assert "1 of 1 teams shows a sign to ask about: estimate bias" in told
    assert "No team shows a sign" in html(coaching_tables.need_table(needs().reset_index()))
    few = coaching_activity(talks(("ann", "coach", "2026-06-03")), status_date=STATUS)
    assert "fewer than 5 persons: not shown" in html(coaching_tables.activity_table(few))


@pytest.mark.parametrize(
    ("who", "title"),
    [(FIVE, "1 of 1 changes beyond chance"), (FIVE[:4], "nothing can be said")],
)
def test_effects_or_their_refusal(who: list[str], title: str) -> None:
    effects = trained(items(*BEFORE, *AFTER), who=who)
    told = html(coaching_tables.effect_table(effects, SKILLS, anchor="trained", what="training"))
    assert f"Estimates since training: {title}" in told
    assert "no change because of" in told
    assert math.isnan(effects["bias_change"].iloc[0]) == (len(who) < 5)
