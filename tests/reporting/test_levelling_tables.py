"""Tables of levelled work hold what their frames hold, and text as text."""

from __future__ import annotations

import pandas as pd

from pmo_analytics.reporting.levelling_tables import move_table, skill_table
from pmo_analytics.resources.demand_levelling import skill_load
from tests.frames import contract_frame
from tests.reporting.test_capacity_page import html
from tests.resources.staff import JULY, STATUS, asked, available, frame, person, priorities, skill
from tests.resources.test_levelled_projects import levelled

HOSTILE = "SQL <script>x</script>"
SKILLS = contract_frame("skill", [{"skill_id": "SQL", "status_date": STATUS, "name": HOSTILE}])
NO_WEIGHTS = priorities()


def moves(hours: float) -> pd.DataFrame:
    given, _ = levelled([asked("A", "SQL", 150), asked("B", "SQL", hours, level=2)], B="2026-07-31")
    return given[2]


def test_a_move_stands_with_what_it_frees_what_for_and_what_it_delays() -> None:
    text = html(move_table(moves(150), NO_WEIGHTS, SKILLS))
    for part in ("level 2", "Jul 2026", "Aug 2026", "50", "50 h of SQL (B) were short in 2026-07; A (priority 2) first",
                 "B by 1 month, due in 2026-07", "All projects weigh the same."):  # fmt: skip
        assert part in text.replace("\u00a0", " ")
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    weighed = html(move_table(moves(150), priorities(A=2, B=1), SKILLS))
    assert "Projects weigh by the weighted values of the portfolio&#39;s criteria, which 2 have" in weighed
    stopped = html(move_table(moves(150).assign(is_proven=False), NO_WEIGHTS, SKILLS))
    assert "a better plan is possible" in stopped


def test_where_nothing_moves_it_says_so() -> None:
    assert "No work has to move" in html(move_table(moves(50), NO_WEIGHTS, SKILLS))


def loads(hours: float) -> pd.DataFrame:
    return skill_load(
        frame("demand", asked("A", "SQL", hours)), available({("Ann", JULY): 100}), frame("person", person("Ann")),
        frame("person_skill", skill("Ann", "SQL", 3)), frame("allocation"), frame("effort_by_person_month"),
        frame("project"), frame("project_dependency"), status_date=STATUS,
    )  # fmt: skip


def test_skills_that_are_short_stand_before_and_after() -> None:
    text = html(skill_table(loads(130), SKILLS)).replace("\u00a0", " ")
    for part in ("100 h", "130 h", "30 h", "What is short before and after", "&lt;script&gt;"):
        assert part in text
    assert "Nothing is short: people have the time" in html(skill_table(loads(90), SKILLS))
    assert "Nothing is asked for." in html(skill_table(loads(90).iloc[0:0], SKILLS))
