"""The page on lessons and the block on a project's page: what they say, what they lack, and that text stays text."""

from __future__ import annotations

import pandas as pd

from pmo_analytics.knowledge.lesson_charts import repository_chart, repository_data
from pmo_analytics.knowledge.lesson_duplicates import lesson_duplicates
from pmo_analytics.knowledge.lesson_effect import LessonEffect
from pmo_analytics.knowledge.lesson_workflow import lesson_findings, lesson_repository, lesson_uses
from pmo_analytics.knowledge.review_outcomes import ReviewOutcome
from pmo_analytics.reporting import lesson_figures, lesson_tables
from pmo_analytics.reporting.fragments import Fragment
from tests.frames import contract_frame
from tests.knowledge.test_lesson_outcomes import DONE, effect, outcomes
from tests.knowledge.test_lessons import DAY, EARLY, SUPPLIER, THREE, lesson, lessons, pushed
from tests.specs import rows_of_spec, styles

HOSTILE = "<script>alert(1)</script> supplier"
NO_USE = contract_frame("lesson_use", [])
REPOSITORY = lessons(
    lesson("L1", HOSTILE, category="Supply"), lesson("L2", EARLY, category="Supply", state="in review",
                                                     recorded_on_date="2026-05-01", reviewed_on_date=None),
    lesson("L3", EARLY, category="<b>Test", state="what?"),
)  # fmt: skip


def html(made: Fragment) -> str:
    return str(made._repr_mimebundle_()["text/html"])


def test_the_block_on_a_projects_page_says_which_why_and_since_when_and_text_stays_text() -> None:
    told = html(
        lesson_tables.project_lessons(pushed(lessons(lesson("L0", HOSTILE), *THREE), risks=[SUPPLIER]), REPOSITORY)
    )
    assert "2 lessons of other projects for this one" in told
    assert "&lt;script&gt;alert(1)&lt;/script&gt; supplier" in told
    assert "<script>alert" not in told
    assert "risk R1: supplier" in told


def test_a_project_without_lessons_says_which_of_two_reasons_it_has() -> None:
    nothing = pushed(lessons())
    assert "No published lesson shares the words" in html(lesson_tables.project_lessons(nothing, REPOSITORY))
    assert "pmo init --register lesson" in html(lesson_tables.project_lessons(nothing, lessons()))


def test_the_head_of_the_page() -> None:
    repository = lesson_repository(REPOSITORY, status_date=DAY)
    waiting = lesson_findings(REPOSITORY, status_date=DAY)
    done = outcomes(*DONE)
    assert lesson_figures.headline(repository, waiting, done) == (
        "1 of 3 lessons are published; 1 is overdue in review; 1 finished project lacks a review."
    )
    nothing = lesson_repository(lessons(), status_date=DAY)
    assert "names what is missing" in lesson_figures.headline(nothing, waiting.iloc[0:0], done.iloc[0:0])
    longest = lesson_figures.review_figure(waiting)
    assert longest is not None
    assert longest.value == "60\u00a0days"
    assert lesson_figures.review_figure(waiting.iloc[0:0]) is None
    assert lesson_figures.published_figure(nothing) is None
    assert lesson_figures.shown_figure(lesson_uses(REPOSITORY, NO_USE, status_date=DAY)) is None
    shown = contract_frame(
        "lesson_use",
        [{"lesson_id": "L2", "project_id": "A", "shown_on_date": pd.Timestamp("2026-06-01"), "applied": True}],
    )
    figure = lesson_figures.shown_figure(lesson_uses(REPOSITORY, shown, status_date=DAY))
    assert figure is not None
    assert (figure.value, figure.note) == ("1", f"times, {EARLY}; applied 1")


def test_the_tables_tell_what_waits_what_repeats_and_what_is_not_recorded() -> None:
    told = html(lesson_tables.finding_table(lesson_findings(REPOSITORY, status_date=DAY), REPOSITORY))
    assert "overdue in review" in told
    assert "state not known" in told
    pairs = html(lesson_tables.duplicate_table(lesson_duplicates(REPOSITORY, NO_USE, status_date=DAY)))
    assert "1 pair says nearly the same" in pairs
    uses = html(lesson_tables.use_table(lesson_uses(REPOSITORY, NO_USE, status_date=DAY)))
    assert "No showing of a lesson is recorded" in uses


def test_what_is_thin_is_refused_in_words_and_what_is_told_claims_no_cause() -> None:
    thin = html(
        lesson_tables.effect_table(effect([True], [True]).reset_index()[list(LessonEffect.to_schema().columns)])
    )
    assert "Too few projects to compare" in thin
    assert "8 of each are needed" in thin
    told = effect([True] * 8 + [False] * 8, [False] * 8 + [True] * 8).reset_index()
    known = html(lesson_tables.effect_table(told[list(LessonEffect.to_schema().columns)]))
    assert "What is associated with applying lessons" in known
    assert "not caused by" in known


def test_outcomes_stand_beside_the_words_of_reviews() -> None:
    told = html(lesson_tables.outcome_table(outcomes(*DONE, words={"time_outcome": "on time <b>"})))
    assert "Every finished project has its review" in told
    assert "on time &lt;b&gt;" in told
    assert "found 30 days after the plan" in told
    lacking = html(lesson_tables.outcome_table(outcomes(*DONE)))
    assert "1 finished project lacks a review" in lacking
    empty = pd.DataFrame(columns=list(ReviewOutcome.to_schema().columns))
    assert "No project is reported finished" in html(lesson_tables.outcome_table(ReviewOutcome.validate(empty)))


def test_the_chart_counts_lessons_by_category_and_state() -> None:
    data = repository_data(lesson_repository(REPOSITORY, status_date=DAY))
    spec = repository_chart(data).to_dict()
    rows = {
        (row["category"], row["part"]): (row["begin"], row["end"], row["label"]) for row in rows_of_spec(spec, "part")
    }
    assert rows == {
        ("Supply", "published"): (0, 1, ""), ("Supply", "in review"): (1, 2, "1 of 2"),
        ("<b>Test", "another state"): (0, 1, "0 of 1"),
    }  # fmt: skip
    assert spec["title"]["text"] == "1 of 3 lessons are published"
    assert "Supply: published 1" in spec["description"]
    assert {"earned", "total", "worse", "label-earned"} <= styles(spec)
    assert repository_data(lesson_repository(lessons(), status_date=DAY)).empty
