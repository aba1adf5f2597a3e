"""Headline, key figures and tables of the page on strategy hold what their frames hold, and text as text."""

from __future__ import annotations

from pmo_analytics.portfolio.alignment import alignment_concentration, objective_alignment
from pmo_analytics.portfolio.alignment_checks import alignment_findings, objective_coverage
from pmo_analytics.reporting import alignment_figures, alignment_tables
from tests.portfolio.test_alignment_charts import ALIGNED, BOOKED, GOALS, NOTHING, SERVED, THREE, hours
from tests.reporting.test_benefit_page import HOSTILE, html

HELD = alignment_concentration(GOALS, SERVED, THREE, NOTHING, hours())
COVERED = objective_coverage(ALIGNED)


def test_the_headline_says_what_serves_nothing_and_what_nothing_serves() -> None:
    assert alignment_figures.headline(GOALS, ALIGNED, HELD, COVERED) == (
        "20\u00a0% of budget in EUR serves no objective; no project serves 2 of 5 objectives."
    )
    assert "names what is missing" in alignment_figures.headline(GOALS.iloc[0:0], ALIGNED, HELD, COVERED)
    assert "neither budgets" in alignment_figures.headline(GOALS, ALIGNED.iloc[0:0], HELD, COVERED.iloc[0:0])


def test_the_figures_hold_what_the_frames_hold() -> None:
    unaligned = alignment_figures.unaligned_figure(ALIGNED, HELD)
    assert unaligned is not None
    assert (unaligned.exact, unaligned.value) == (0.2, "20\u00a0%")
    orphans = alignment_figures.orphan_figure(COVERED)
    assert orphans is not None
    assert orphans.value == "2 of 5"
    # Shares of 0.6, 0.2 and 0.2: squares sum to 0.44.
    held = alignment_figures.concentration_figure(ALIGNED, HELD)
    assert held is not None
    assert held.value == "2.3 of 3"
    assert "0.44" in held.note
    gap = alignment_figures.gap_figure(ALIGNED)
    assert gap is not None
    # a2 has nothing and weighs 30 %, a 34 of 60 %.
    assert gap.value == "\u221230\u00a0points"
    assert gap.note.startswith("a2: 0\u00a0% of budget for a weight of 30\u00a0%")


def test_without_objectives_or_amounts_there_is_no_figure() -> None:
    none = ALIGNED.iloc[0:0]
    assert alignment_figures.unaligned_figure(none, HELD) is None
    assert alignment_figures.orphan_figure(COVERED.iloc[0:0]) is None
    assert alignment_figures.concentration_figure(none, HELD) is None
    assert alignment_figures.gap_figure(none) is None


def test_the_table_has_each_measure_side_by_side_and_names_the_orphans() -> None:
    both = objective_alignment(GOALS.assign(name=HOSTILE), SERVED, THREE, NOTHING, BOOKED)
    told = html(alignment_tables.objective_table(both))
    assert "<script>x" not in told
    for heading in ("Budget, EUR: share", "Hours: gap"):
        assert heading in told
    assert told.count("nothing serves it") == 2
    # 10 hours of P, 80/140 of them for a1, which is 41 % of 14.
    assert ">6<" in told
    assert ">41\u00a0%<" in told
    assert "registers/objective.csv" in html(alignment_tables.objective_table(both.iloc[0:0]))


def test_what_cannot_be_taken_as_stated_is_told_in_words() -> None:
    findings = alignment_findings(GOALS, SERVED, THREE)
    told = html(alignment_tables.finding_table(findings, THREE.assign(name=HOSTILE), GOALS))
    assert "1 statement that cannot be taken as stated" in told
    assert "its contributions sum to 140 %" in told
    assert "<script>x" not in told
    none = findings.iloc[0:0]
    assert "sum as they are to" in html(alignment_tables.finding_table(none, THREE, GOALS))
    assert "registers/objective.csv" in html(alignment_tables.finding_table(none, THREE, GOALS.iloc[0:0]))


def test_concentration_stands_by_measure() -> None:
    told = html(alignment_tables.concentration_table(HELD))
    assert ">0.440<" in told
    assert "No project has budget" in html(alignment_tables.concentration_table(HELD.iloc[0:0]))
