"""The simulated proposals: what is planted of them, and registers that name what other registers hold."""

from __future__ import annotations

from random import Random

from pmo_analytics.synthetic.proposals import (
    ASSESSORS,
    CRITERIA,
    EXCLUSIVE,
    MANDATORY,
    NEEDY,
    PROPOSALS,
    SHORT_OF_SKILL,
    proposal_demand,
    proposal_registers,
)
from pmo_analytics.synthetic.skills import SKILLS


def test_what_is_planted_is_there() -> None:
    rows = proposal_registers(Random(1))
    by_id = {row[0]: dict(zip(rows["proposal"][0], row, strict=True)) for row in rows["proposal"][1]}
    assert max(by_id, key=lambda name: by_id[name]["value_amount"]) == SHORT_OF_SKILL
    assert [name for name, row in by_id.items() if row["is_mandatory"] == "yes"] == [MANDATORY]
    links = {(one, other, kind) for one, other, kind, *_ in rows["proposal_link"][1]}
    assert {(*EXCLUSIVE, "excludes"), (*NEEDY, "requires")} <= links
    assert {name for one, other, _ in links for name in (one, other)} <= set(by_id)


def test_every_proposal_is_scored_by_all_under_all_criteria_within_the_scale() -> None:
    _, scores = proposal_registers(Random(1))["criterion_score"]
    assert len(scores) == len(PROPOSALS) * len(CRITERIA) * len(ASSESSORS)
    assert {row[4] for row in scores} <= set(range(11))


def test_demand_is_of_known_skills_for_each_month_and_not_counted_on() -> None:
    rows = proposal_demand()
    assert len(rows) == sum(p.months * len(p.asked) for p in PROPOSALS)
    assert {row[1] for row in rows} <= set(SKILLS)
    assert {row[5] for row in rows} == {0}
