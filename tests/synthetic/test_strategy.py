"""The sample's strategy and benefits: what is planted is there, and rows keep their contracts."""

from __future__ import annotations

from random import Random

import pytest

from pmo_analytics.synthetic import SAMPLE_SEED, simulate, strategy
from pmo_analytics.synthetic import benefits as planned
from pmo_analytics.synthetic.projects import LAST_DAY

Row = dict[str, object]


@pytest.fixture(scope="module")
def registers() -> dict[str, list[Row]]:
    persons = simulate(SAMPLE_SEED).persons
    made = strategy.strategy_registers(Random(1), persons) | planned.benefit_registers(Random(1))
    return {name: [dict(zip(headers, row, strict=True)) for row in rows] for name, (headers, rows) in made.items()}


def test_one_objective_serves_nobody_and_two_projects_no_objective(registers: dict[str, list[Row]]) -> None:
    served = {row["objective_id"] for row in registers["contribution"]}
    assert {row["objective_id"] for row in registers["objective"]} - served == {"O1", strategy.ORPHAN_OBJECTIVE}
    assert {row["project_id"] for row in registers["contribution"]}.isdisjoint(strategy.UNALIGNED_PROJECTS)
    shares = [row["share_pct"] for row in registers["contribution"] if row["project_id"] == strategy.OVERSTATED_PROJECT]
    assert sum(float(str(share)) for share in shares) == 140


def test_scores_are_near_the_truth_and_some_are_missing(registers: dict[str, list[Row]]) -> None:
    given = {(row["subject_id"], row["criterion_id"], row["assessor_id"]) for row in registers["criterion_score"]}
    assert given.isdisjoint(strategy.UNSCORED)
    assert all(0 <= float(str(row["score"])) <= 10 for row in registers["criterion_score"])


def test_benefits_come_after_their_project_and_nothing_is_known_of_months_to_come(
    registers: dict[str, list[Row]],
) -> None:
    realised = [row for row in registers["benefit_value"] if row["kind"] == "realised"]
    assert max(str(row["period_month"]) for row in realised) == f"{LAST_DAY:%Y-%m}"
    # Gates were planned for November and came in March.
    gates = {str(row["period_month"]): row["value_amount"] for row in realised if row["benefit_id"] == "BN-01"}
    assert gates["2026-03"] == 0
    assert float(str(gates["2026-04"])) > 0
    # The seventh month planned has no figure.
    assert planned.OVERDUE == ("BN-01", 6)
    assert "2026-06" not in gates


def test_a_plan_is_lowered_and_a_benefit_has_no_owner(registers: dict[str, list[Row]]) -> None:
    plans: dict[str, set[str]] = {}
    for row in registers["benefit_value"]:
        if row["kind"] == "planned":
            plans.setdefault(str(row["benefit_id"]), set()).add(str(row["status_date"]))
    assert {name for name, days in plans.items() if len(days) > 1} == {planned.LOWERED}
    assert [row["benefit_id"] for row in registers["benefit"] if not row["owner_id"]] == [planned.UNOWNED]


def test_a_case_costs_more_after_it_was_approved(registers: dict[str, list[Row]]) -> None:
    proposal, version = strategy.GROWN_CASE
    cost = {row["version"]: row["cost_amount"] for row in registers["business_case"] if row["proposal_id"] == proposal}
    assert cost == {"1": 78_000, version: 95_000}
    handed_in = {row["version"]: str(row["submitted_on_date"]) for row in registers["business_case"]
                 if row["proposal_id"] == proposal}  # fmt: skip
    decided = next(row for row in registers["portfolio_decision"] if row["subject_id"] == proposal)
    assert handed_in["1"] < str(decided["decided_on_date"]) < handed_in[version]
