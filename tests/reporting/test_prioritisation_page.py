"""Headline, key figures and tables of the page on priorities hold what their frames hold, and text as text."""

from __future__ import annotations

import pandas as pd

from pmo_analytics.portfolio.job_sequence import job_sequence
from pmo_analytics.portfolio.pairwise_weights import judged_weights
from pmo_analytics.portfolio.prioritisation import priority_component, priority_score, rank_turn
from pmo_analytics.reporting import decision_tables, prioritisation_figures, prioritisation_tables
from tests.frames import contract_frame
from tests.portfolio.test_board_decisions import a, found
from tests.portfolio.test_business_case_changes import case
from tests.portfolio.test_business_case_changes import found as changes
from tests.portfolio.test_prioritisation import BOARD, EXAMPLE, TODAY, scores
from tests.reporting.test_benefit_page import HOSTILE, html

NAMES = {"A": HOSTILE, "B": "Berths"}
GIVEN = scores(EXAMPLE | {("C", "reach"): 5.0})
SCORES, PARTS, TURNS = (made(BOARD, GIVEN) for made in (priority_score, priority_component, rank_turn))
DECIDED = found(
    a("A", "approved", "2026-03-31"), a("B", "deferred", "2026-03-31", review_date="2026-05-31"),
    a("D", "continued", "2026-03-31"), proposals=("X", "Y"),
)  # fmt: skip


def judgements(**ratios: tuple[float, float, float]) -> pd.DataFrame:
    """Reach against ease, reach against risk, ease against risk, by assessor."""
    pairs = (("reach", "ease"), ("reach", "risk"), ("ease", "risk"))
    return contract_frame("pairwise_judgement", [
        {"assessor_id": who, "criterion_id": one, "other_criterion_id": other, "ratio": ratio, "status_date": TODAY}
        for who, given in ratios.items()
        for (one, other), ratio in zip(pairs, given, strict=True)
    ])  # fmt: skip


JUDGED = judged_weights(judgements(P1=(2, 4, 2), P2=(2, 0.2, 4)))


def test_the_headline_says_what_comes_first_and_what_waits() -> None:
    told = prioritisation_figures.headline(SCORES, DECIDED, NAMES)
    assert told.startswith(f"{HOSTILE} comes first of 3, with a chance of ")
    assert told.endswith("under other weights. 2 decisions need something. 2 proposals wait for a decision.")
    assert "names what is missing" in prioritisation_figures.headline(SCORES.iloc[0:0], DECIDED.iloc[0:0], {})


def test_the_figures_hold_what_the_frames_hold() -> None:
    first = prioritisation_figures.first_figure(SCORES, NAMES)
    assert first is not None
    assert first.exact == SCORES["first_rank_probability"].iloc[0]
    turn = prioritisation_figures.turn_figure(TURNS, NAMES)
    assert turn is not None
    assert turn.exact == TURNS["moved_share"].iloc[0]
    consistent = prioritisation_figures.consistency_figure(JUDGED)
    assert consistent is not None
    assert "1 of 2 contradicts itself" in consistent.note
    longest = prioritisation_figures.decision_figure(DECIDED, NAMES)
    assert longest is not None
    assert (longest.exact, longest.note.rpartition(", ")[2]) == (91.0, "not carried out")


def test_where_nothing_is_known_there_is_no_figure() -> None:
    assert prioritisation_figures.first_figure(SCORES.iloc[0:0], NAMES) is None
    assert prioritisation_figures.turn_figure(TURNS.iloc[0:0], NAMES) is None
    assert prioritisation_figures.consistency_figure(JUDGED.iloc[0:0]) is None
    assert prioritisation_figures.decision_figure(DECIDED.iloc[0:0], NAMES) is None


def test_scores_stand_with_their_parts_methods_and_what_lacks() -> None:
    told = html(prioritisation_tables.score_table(SCORES, PARTS, BOARD, NAMES))
    assert "<script>x" not in told
    for heading in ("reach", "ease", "TOPSIS", "PROMETHEE"):
        assert f">{heading}</th>" in told
    assert "0.38 to 0.62" in told
    assert "no score under ease" in told
    assert "place 1" in told
    assert "Nothing is scored." in html(
        prioritisation_tables.score_table(SCORES.iloc[0:0], PARTS.iloc[0:0], BOARD, NAMES)
    )


def test_a_warning_about_a_method_is_said_once() -> None:
    warned = SCORES.assign(quality_note="no score under ease; the order by TOPSIS turns when a near copy is added")
    told = html(prioritisation_tables.score_table(warned, PARTS, BOARD, NAMES))
    assert told.count("order by TOPSIS turns") == 1
    assert told.count("no score under ease") == 3


def test_what_turns_the_order_is_told_with_its_way() -> None:
    told = html(prioritisation_tables.turn_table(TURNS, NAMES))
    assert "from reach to ease" in told
    assert "<script>x" not in told
    assert "Fewer than two subjects" in html(prioritisation_tables.turn_table(TURNS.iloc[0:0], NAMES))


def test_assessors_are_tokens_in_their_order_and_the_worst_judgement_is_named() -> None:
    told = html(prioritisation_tables.judgement_table(JUDGED, BOARD))
    assert told.index("P1") < told.index("P2") < told.index("all together")
    assert "judgements contradict each other, most" in told
    assert told.count('class="num off') >= 1
    assert "registers/pairwise_judgement.csv" in html(prioritisation_tables.judgement_table(JUDGED.iloc[0:0], BOARD))


def test_jobs_have_their_parts_or_the_criteria_to_score() -> None:
    names = ("user_business_value", "time_criticality", "risk_reduction_opportunity_enablement", "job_size")
    jobs = job_sequence(scores(dict(zip([("A", name) for name in names], (8, 5, 3, 2), strict=True))),
                        contract_frame("proposal", []))  # fmt: skip
    assert ">8.00<" in html(prioritisation_tables.job_table(jobs, NAMES))
    assert "<code>job_size</code>" in html(prioritisation_tables.job_table(jobs.iloc[0:0], NAMES))


def test_decisions_stand_by_what_they_need() -> None:
    proposal = contract_frame("proposal", [
        {"proposal_id": name, "status_date": TODAY, "name": HOSTILE, "cost_amount": 1500.0, "currency": "EUR",
         "is_mandatory": name == "X"}
        for name in ("X", "Y", "A")
    ])  # fmt: skip
    needed = html(decision_tables.open_table(DECIDED, NAMES))
    assert "review overdue" in needed
    assert "continued" not in needed
    assert "undecided" not in needed
    waiting = html(decision_tables.waiting_table(DECIDED, proposal))
    assert "<summary>2 proposals</summary>" in waiting
    assert waiting.count("mandatory") == 1
    assert "1,500" in waiting
    assert "<script>x" not in needed + waiting
    settled = html(decision_tables.settled_table(DECIDED, NAMES))
    assert "<summary>1 decision</summary>" in settled
    none = DECIDED.iloc[0:0]
    assert "registers/portfolio_decision.csv" in html(decision_tables.open_table(none, NAMES))
    assert "Every proposal was decided on." in html(decision_tables.waiting_table(none, proposal))


def test_versions_of_cases_tell_what_changed_since_the_decision() -> None:
    rows = changes(case("1", "2026-01-01", 100.0), case("2", "2026-03-01", 150.0))
    told = html(decision_tables.case_table(rows, NAMES))
    assert told.count("decided on<") == 1
    assert "+50" in told
    assert ">1.50<" in told
    assert "registers/business_case.csv" in html(decision_tables.case_table(rows.iloc[0:0], NAMES))
