"""A choice from registers: the worked example, hours by level, currencies, decisions, links, what is wrong in them."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.portfolio.prioritisation import priority_score
from pmo_analytics.portfolio.project_selection import project_selection, selected_proposals, selection_summary
from pmo_analytics.portfolio.selection_answer import answered, cost_frontier, fullest, worths
from pmo_analytics.portfolio.selection_setup import SelectionRegisters, prepared
from pmo_analytics.portfolio.selection_terms import GroupTerm, RunningTerm, SelectionTerms
from tests.frames import contract_frame, project_row

TODAY = pd.Timestamp("2026-06-30")
Rows = Sequence[dict[str, Any]]
NAMES = (
    "proposal proposal_link project portfolio_decision demand capacity_by_skill_month "
    "planned_calendar_by_person_month person_skill exchange_rate contribution"
).split()


def proposed(name: str, value: float | None, cost: float | None, **others: Any) -> dict[str, Any]:
    return {
        "proposal_id": name, "status_date": TODAY, "name": f"Proposal {name}", "value_amount": value,
        "cost_amount": cost, "currency": "EUR", "duration_months": 1,
    } | others  # fmt: skip


def linked(one: str, kind: str, other: str, amount: float | None = None) -> dict[str, Any]:
    return {"proposal_id": one, "other_proposal_id": other, "kind": kind, "status_date": TODAY, "value_amount": amount,
            "currency": None if amount is None else "EUR"}  # fmt: skip


def asked(name: str, month: str, hours: float, level: int | None = None, **others: Any) -> dict[str, Any]:
    return {"project_id": name, "skill_id": "java", "period_month": pd.Timestamp(month), "status_date": TODAY,
            "demand_seconds": 3600 * hours, "level": level} | others  # fmt: skip


def there(month: str, hours: float, level: int = 3) -> dict[str, Any]:
    return {"skill_id": "java", "level": level, "period_month": pd.Timestamp(month), "person_count": 1,
            "capacity_seconds": 3600 * hours}  # fmt: skip


def registers(**rows: Rows) -> dict[str, pd.DataFrame]:
    made = {name: contract_frame(name, rows.get(name, [])) for name in NAMES}
    made["priority_score"] = priority_score(
        contract_frame("criterion", rows.get("criterion", [])),
        contract_frame("criterion_score", rows.get("criterion_score", [])),
    )
    made["project_effort_ratio"] = pd.DataFrame(
        list(rows.get("project_effort_ratio", [])), columns=["project_id", "finish_year", "pooled_ratio"]
    )
    return made


def chosen(terms: SelectionTerms | None = None, **rows: Rows) -> pd.DataFrame:
    given = SelectionRegisters(**registers(**rows))
    ready = prepared(given, status_date=TODAY, terms=terms or SelectionTerms())
    return selected_proposals(answered(ready)).set_index("subject_id")


THREE = [proposed("A", 10, 6), proposed("B", 7, 4), proposed("C", 6, 4)]
EIGHT = SelectionTerms(budget=(("2026", 8.0),))


def test_the_worked_example() -> None:
    found = chosen(EIGHT, proposal=THREE)
    assert found["is_chosen"].to_dict() == {"B": True, "C": True, "A": False}
    assert found.loc["A", "given_up_value"] == 3
    assert found.loc["A", "reason"] == (
        "added to the choice, budget 2026: 14.00 of 8.00; forced in, the best choice is worth 3 less: B and C leave"
    )
    assert found.loc["B", "start_month"] == pd.Timestamp("2026-07-01")
    assert found["standing"].to_dict() == {"B": "core", "C": "core", "A": "rejected"}


def test_a_scenario_is_the_text_of_its_file() -> None:
    text = 'name = "tight"\n[budget]\n2026 = 8'
    found = project_selection(**registers(proposal=THREE), status_date=TODAY, scenario=text).set_index("subject_id")
    assert found["is_chosen"].to_dict() == {"B": True, "C": True, "A": False}
    # Nothing is said of how sure values are.
    assert found["information_value"].isna().all()
    with pytest.raises(UsageError, match="is not valid TOML"):
        project_selection(**registers(proposal=THREE), status_date=TODAY, scenario="name = ")


@pytest.mark.parametrize("decision", ["deferred", "cancelled"])
def test_what_was_put_off_comes_back_on_its_review_date(decision: str) -> None:
    def left(review: str | None) -> set[str]:
        day = None if review is None else pd.Timestamp(review)
        decided = {"subject_id": "A", "decided_on_date": TODAY, "decision": decision, "review_date": day}
        return set(chosen(proposal=THREE, portfolio_decision=[decided]).index)

    assert left("2026-06-30") == {"A", "B", "C"}
    assert left("2026-07-01") == {"B", "C"}
    # Without a day what was deferred stays open, what was cancelled does not.
    assert left(None) == ({"A", "B", "C"} if decision == "deferred" else {"B", "C"})


def test_what_it_is_worth_to_know_a_value_before_choosing() -> None:
    found = chosen(SelectionTerms(budget=(("2026", 8.0),), value_error_pct=3.0), proposal=THREE)
    row = found.loc["A"]
    given = SelectionRegisters(**registers(proposal=THREE))
    ready = prepared(given, status_date=TODAY, terms=SelectionTerms(budget=(("2026", 8.0),), value_error_pct=3.0))
    deviation = ready.deviation[0]
    # A deviation times the unit normal loss at as many deviations as would be given up.
    margin = row["given_up_value"] / deviation
    loss = np.exp(-(margin**2) / 2) / np.sqrt(2 * np.pi) - margin * (1 - NormalDist().cdf(margin))
    assert row["information_value"] == pytest.approx(deviation * loss)
    assert 0 < row["information_value"] < deviation


def test_values_before_cost_have_it_taken_off() -> None:
    found = chosen(SelectionTerms(value_kind="gross"), proposal=[proposed("A", 10, 6), proposed("B", 3, 4)])
    assert found["counted_value"].to_dict() == {"A": 4, "B": -1}
    assert found["is_chosen"].to_dict() == {"A": True, "B": False}
    assert "it adds no value" in found.loc["B", "reason"]


def test_the_summary_the_worth_of_a_unit_and_the_frontier_are_those_of_the_example() -> None:
    ready = prepared(SelectionRegisters(**registers(proposal=THREE)), status_date=TODAY, terms=EIGHT)
    answer = answered(ready)
    row = selection_summary([answer]).iloc[0]
    assert (row["status"], row["counted_value"], row["bound_value"], row["gap_pct"]) == ("optimal", 13, 13, 0)
    assert (row["cost_amount"], row["chosen_count"], row["subject_count"], row["reason"]) == (8, 2, 3, "")
    assert row["quality_note"] == "no budget is stated for 18 of 24 months: cost in them is held by nothing"
    assert [(each.name, each.low) for each in worths(answer, money=2.0, hours=1.0)] == [("2026", 2)]
    assert [(p.gain, p.other) for p in cost_frontier(answer, points=None).points] == [(13, 8), (10, 6), (7, 4), (0, 0)]
    assert fullest(answer) == [("budget", "2026", 8, 8)]


def test_costs_fall_evenly_on_the_years_of_their_months() -> None:
    # Twelve months from October: a quarter of 400 falls into 2026.
    row = proposed("A", 10, 400, duration_months=12, earliest_start_date=pd.Timestamp("2026-10-01"))
    years = SelectionTerms(budget=(("2026", 99.0), ("2027", 900.0)))
    assert not chosen(years, proposal=[row]).loc["A", "is_chosen"]
    # One month later two twelfths do.
    later = SelectionTerms(budget=(("2026", 99.0), ("2027", 900.0)), start_window_months=1)
    assert chosen(later, proposal=[row]).loc["A", "start_month"] == pd.Timestamp("2026-11-01")


def test_hours_move_with_the_start_and_what_goes_on_is_taken_off() -> None:
    rows: dict[str, Rows] = {
        "proposal": [proposed("A", 10, 0), proposed("B", 5, 0)],
        "project": [project_row("P")],
        "demand": [asked("A", "2026-07-01", 60), asked("B", "2026-07-01", 60), asked("P", "2026-07-01", 40)],
        "capacity_by_skill_month": [there("2026-07-01", 100), there("2026-08-01", 100)],
    }
    found = chosen(SelectionTerms(months=2), **rows)
    assert found["is_chosen"].to_dict() == {"A": True, "B": False}
    assert "hours java 2026-07: 120.00 of 60.00" in found.loc["B", "reason"]
    moved = chosen(SelectionTerms(months=2, start_window_months=1), **rows)
    assert moved["is_chosen"].all()
    less = chosen(SelectionTerms(months=2, capacity=(("java", 0.9),)), **rows)
    assert not less["is_chosen"].any()


def test_a_level_is_covered_by_itself_and_those_above() -> None:
    rows: dict[str, Rows] = {
        "proposal": [proposed("A", 10, 0), proposed("B", 5, 0)],
        "demand": [asked("A", "2026-07-01", 90, 3), asked("B", "2026-07-01", 90, 1)],
        "capacity_by_skill_month": [there("2026-07-01", 100, 4), there("2026-07-01", 100, 2)],
    }
    assert chosen(**rows)["is_chosen"].all()
    rows["demand"] = [asked("A", "2026-07-01", 90, 3), asked("B", "2026-07-01", 90, 3)]
    found = chosen(**rows)
    assert found["is_chosen"].to_dict() == {"A": True, "B": False}
    assert "hours java from level 3 2026-07: 180.00 of 100.00" in found.loc["B", "reason"]


def test_a_person_of_two_skills_is_there_once() -> None:
    month = pd.Timestamp("2026-07-01")
    rows: dict[str, Rows] = {
        "proposal": [proposed("A", 10, 0), proposed("B", 5, 0)],
        "demand": [asked("A", "2026-07-01", 90), asked("B", "2026-07-01", 90, skill_id="sql")],
        "capacity_by_skill_month": [there("2026-07-01", 100), there("2026-07-01", 100) | {"skill_id": "sql"}],
        "planned_calendar_by_person_month": [
            {"person_id": "ann", "period_month": month, "calendar_seconds": 3600 * 100.0}
        ],
        "person_skill": [
            {"person_id": "ann", "skill_id": skill, "assessed_on_date": TODAY, "level": 3} for skill in ("java", "sql")
        ],
    }
    found = chosen(**rows)
    assert found["is_chosen"].to_dict() == {"A": True, "B": False}
    assert "hours all skills 2026-07: 180.00 of 100.00" in found.loc["B", "reason"]


def test_decisions_and_projects_say_what_is_open() -> None:
    decided = [
        {"subject_id": "A", "decided_on_date": TODAY, "decision": "cancelled"},
        {"subject_id": "B", "decided_on_date": TODAY, "decision": "approved"},
    ]
    rows = [*THREE, proposed("P", 100, 1)]
    found = chosen(
        SelectionTerms(budget=(("2026", 4.0),)), proposal=rows, portfolio_decision=decided, project=[project_row("P")]
    )
    assert found["is_chosen"].to_dict() == {"B": True, "C": False}
    assert found.loc["B", "reason"] == "must be chosen"


def test_links_with_what_is_settled_count() -> None:
    links = [linked("A", "requires", "P"), linked("B", "excludes", "P"), linked("C", "synergy", "P", 5),
             linked("A", "requires", "X")]  # fmt: skip
    decided = [{"subject_id": "X", "decided_on_date": TODAY, "decision": "cancelled"}]
    rows = [*THREE, proposed("X", 1, 1)]
    found = chosen(proposal=rows, proposal_link=links, project=[project_row("P")], portfolio_decision=decided)
    assert found["is_chosen"].to_dict() == {"C": True, "A": False, "B": False}
    assert found.loc["C", "counted_value"] == 11


def test_running_projects_may_be_left_for_a_price() -> None:
    running = RunningTerm("P", value=3, cost=5, months=1, exit_cost=4)
    terms = SelectionTerms(budget=(("2026", 8.0),), running=(running,))
    found = chosen(terms, proposal=[proposed("A", 8, 5)], project=[project_row("P")])
    assert found["is_chosen"].to_dict() == {"P": True, "A": False}
    assert found.loc["P", "kind"] == "running project"
    more = SelectionTerms(budget=(("2026", 9.0),), running=(running,))
    assert chosen(more, proposal=[proposed("A", 8, 5)], project=[project_row("P")]).loc["A", "is_chosen"]


def test_portfolios_and_objectives_have_a_least_and_a_most() -> None:
    rows = [*THREE[:2], proposed("C", 6, 4, portfolio="North")]
    north = SelectionTerms(budget=(("2026", 6.0),), groups=(GroupTerm(True, "North", None, "count", 1),))
    assert chosen(north, proposal=rows).loc["C", "is_chosen"]
    given = [{"project_id": "A", "objective_id": "growth", "status_date": TODAY, "share_pct": 50}]
    few = SelectionTerms(groups=(GroupTerm(False, None, "growth", "value", 4),))
    assert not chosen(few, proposal=rows, contribution=given).loc["A", "is_chosen"]
    most = SelectionTerms(groups=(GroupTerm(False, None, "growth", "value", 5),))
    assert chosen(most, proposal=rows, contribution=given).loc["A", "is_chosen"]


def test_the_boards_order_may_be_what_counts() -> None:
    rows: dict[str, Rows] = {
        "proposal": THREE[:2],
        "criterion": [{"criterion_id": "reach", "status_date": TODAY, "name": "Reach", "weight": 1,
                       "direction": "benefit"}],
        "criterion_score": [
            {"subject_id": name, "criterion_id": "reach", "assessor_id": "ann", "status_date": TODAY, "score": score}
            for name, score in (("A", 0), ("B", 5))
        ],
    }  # fmt: skip
    found = chosen(SelectionTerms(value_kind="weighted", budget=(("2026", 6.0),)), **rows)
    assert found["is_chosen"].to_dict() == {"B": True, "A": False}
    assert found["counted_value"].to_dict() == {"B": 1, "A": 0}
    with pytest.raises(UsageError, match="without scores"):
        chosen(SelectionTerms(value_kind="weighted"), proposal=THREE, **{k: rows[k] for k in list(rows)[1:]})


def test_uncertain_values_are_drawn_in_to_their_portfolio() -> None:
    rows = [proposed(f"P{n}", value, 10) for n, value in enumerate((10, 12, 15, 20, 60))]
    found = chosen(SelectionTerms(value_error_pct=40), proposal=rows)
    assert found.loc["P4", "counted_value"] < 60
    assert found.loc["P4", "value_amount"] == 60
    assert found.loc["P0", "counted_value"] > 10


def test_with_an_alpha_demand_is_drawn_as_past_projects_went() -> None:
    dice = np.random.default_rng(4)
    past = [{"project_id": f"Q{n}", "finish_year": 2020 + n % 4, "pooled_ratio": float(np.exp(dice.normal(0.1, 0.2)))}
            for n in range(20)]  # fmt: skip
    rows: dict[str, Rows] = {
        "proposal": [proposed(name, value, 0) for name, value in zip("ABCD", (10, 9, 8, 7), strict=True)],
        "demand": [asked(name, "2026-07-01", 50) for name in "ABCD"],
        "capacity_by_skill_month": [there("2026-07-01", 200)],
    }
    assert chosen(**rows)["is_chosen"].sum() == 4
    drawn = prepared(
        SelectionRegisters(**registers(project_effort_ratio=past, **rows)), status_date=TODAY,
        terms=SelectionTerms(alpha=0.05),
    )  # fmt: skip
    answer = answered(drawn)
    assert (answer.choice.start >= 0).sum() < 4
    line = cost_frontier(answer, points=None)
    assert [(point.gain, point.is_sound) for point in line.points] == [(answer.choice.gain, True)]
    ready = prepared(SelectionRegisters(**registers(**rows)), status_date=TODAY, terms=SelectionTerms(alpha=0.05))
    assert "alpha is not used: fewer than 9 past projects" in selection_summary([answered(ready)])["quality_note"][0]


def test_amounts_in_other_currencies_are_changed_at_the_last_rate() -> None:
    rows = [proposed("A", 10, 6), proposed("B", 100, 40, currency="SEK")]
    rates = [{"currency": "SEK", "to_currency": "EUR", "rate_date": pd.Timestamp(day), "rate": rate}
             for day, rate in (("2026-01-01", 0.5), ("2026-06-01", 0.1))]  # fmt: skip
    found = chosen(SelectionTerms(currency="EUR"), proposal=rows, exchange_rate=rates)
    assert found.loc["B", ["value_amount", "cost_amount", "currency"]].to_list() == [10, 4, "EUR"]
    with pytest.raises(UsageError, match="in several currencies"):
        chosen(proposal=rows, exchange_rate=rates)
    with pytest.raises(UsageError, match="no rate into EUR") as told:
        chosen(SelectionTerms(currency="EUR"), proposal=rows)
    assert told.value.found == "SEK"


def test_what_cannot_be_kept_together_is_named() -> None:
    terms = SelectionTerms(budget=(("2026", 8.0),), is_in=("A", "B"))
    answer = answered(prepared(SelectionRegisters(**registers(proposal=THREE)), status_date=TODAY, terms=terms))
    assert set(answer.conflict) == {"the budget 2026 is 8.00", "A must be chosen", "B must be chosen"}
    row = selection_summary([answer]).iloc[0]
    assert (row["status"], row["chosen_count"]) == ("no choice", 0)
    assert chosen(terms, proposal=THREE)["reason"].eq("there is no choice").all()


def test_a_chance_without_anything_uncertain_changes_nothing() -> None:
    past = [{"project_id": f"Q{n}", "finish_year": 2020, "pooled_ratio": 1.0 + n / 10} for n in range(9)]
    terms = SelectionTerms(alpha=0.1, budget=(("2026", 8.0),))
    assert chosen(terms, proposal=THREE, project_effort_ratio=past)["is_chosen"].sum() == 2
    assert chosen(terms, project_effort_ratio=past).empty


def test_a_start_after_the_last_month_cannot_be_chosen() -> None:
    late = proposed("A", 10, 6, earliest_start_date=pd.Timestamp("2031-01-01"))
    found = chosen(SelectionTerms(start_window_months=3), proposal=[late])
    assert found.loc["A", "reason"] == (
        "added to the choice, start: no month to start in is left; forced in, no choice keeps all conditions"
    )


def test_links_in_a_currency_that_no_proposal_states_count_as_they_are() -> None:
    rows = [proposed(name, 1, 1, currency=None) for name in "AB"]
    found = prepared(
        SelectionRegisters(**registers(proposal=rows, proposal_link=[linked("A", "synergy", "B", 5)])),
        status_date=TODAY, terms=SelectionTerms(),
    )  # fmt: skip
    assert found.case.links.synergy_value.tolist() == [5]


@pytest.mark.parametrize(
    ("terms", "rows", "message", "found"),
    [
        (None, {"proposal": [proposed("A", 1, None), proposed("B", 1, 1)]}, "without a cost", "1: A"),
        (None, {"proposal": [proposed("A", None, 1)]}, "without a value", "1: A"),
        (None, {"proposal": [proposed("A", 1, 1, duration_months=3650)]}, "longer than can be planned", "A: 3650"),
        (None, {"proposal": THREE, "proposal_link": [linked("A", "requires", "B"), linked("B", "requires", "A")]},
         "in a circle", "A requires B requires A"),
        (None, {"proposal": THREE, "proposal_link": [linked("A", "requires", "Z")]}, "does not hold", "A requires Z"),
        (SelectionTerms(is_in=("AA",)), {"proposal": THREE}, "in names no open proposal", "AA"),
        (SelectionTerms(budget=(("2031", 1.0),)), {"proposal": THREE}, "budget of 2031 pays for no month",
         "months from 2026-07 to 2028-06"),
        (SelectionTerms(running=(RunningTerm("Q", 1, 1, 1, 1),)), {"project": [project_row("P")]},
         "running names no project", "Q"),
        (SelectionTerms(groups=(GroupTerm(True, "Nort", None, "count", 1),)),
         {"proposal": [proposed("A", 1, 1, portfolio="North")]}, "no open proposal is of portfolio Nort", "Nort"),
        (SelectionTerms(capacity=(("jav", 1.0),)), {"capacity_by_skill_month": [there("2026-07-01", 1)]},
         "no skill 'jav'", None),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(
    terms: SelectionTerms | None, rows: dict[str, Rows], message: str, found: str | None
) -> None:
    with pytest.raises(UsageError, match=message) as told:
        chosen(terms, **rows)
    assert told.value.found == found
