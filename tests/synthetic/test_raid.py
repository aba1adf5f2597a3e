"""What managers report of milestones, risks and issues is consistent with what is true of their projects."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from pmo_analytics.synthetic import SAMPLE_SEED, SimulatedPortfolio, simulate
from pmo_analytics.synthetic.projects import LAST_DAY, PROJECTS
from pmo_analytics.synthetic.raid_registers import HOSTILE_RISK, raid_register_rows
from pmo_analytics.synthetic.risk_outcomes import CAUSES, bad_seasons, past_risks, true_probability


@pytest.fixture(scope="module", params=[SAMPLE_SEED, 1, 2])
def portfolio(request: pytest.FixtureRequest) -> SimulatedPortfolio:
    return simulate(request.param)


def test_a_late_project_reports_late_milestones_and_one_on_time_none_beyond_the_noise(
    portfolio: SimulatedPortfolio,
) -> None:
    last = {(each.project.project_id, each.milestone_id): each for each in portfolio.milestones}
    for (_, identifier), each in last.items():
        if identifier != "M5" or each.project.rebaselined_in_month is not None:
            continue
        slip = (each.forecast - each.baseline).days
        late = each.project.true_months - each.project.planned_months
        assert slip == 0 if late == 0 else slip > 0 or each.status_date < LAST_DAY


def test_a_milestone_is_reached_once_and_never_in_the_future(portfolio: SimulatedPortfolio) -> None:
    headers, rows = raid_register_rows(portfolio, with_dirt=False)["milestone"]
    reached: set[tuple[object, object]] = set()
    for row in (dict(zip(headers, each, strict=True)) for each in rows):
        place = (row["project_id"], row["milestone_id"])
        assert place not in reached
        if row["actual_date"]:
            reached.add(place)
            assert str(row["actual_date"]) <= str(row["status_date"]) <= LAST_DAY.isoformat()
    assert reached


def test_forecasts_move_towards_the_truth(portfolio: SimulatedPortfolio) -> None:
    for identifier in {each.project.project_id for each in portfolio.milestones}:
        course = [
            e.forecast for e in portfolio.milestones if (e.project.project_id, e.milestone_id) == (identifier, "M5")
        ]
        assert all(before <= after for before, after in pairwise(course))


def test_risks_have_ordered_values_and_some_are_closed(portfolio: SimulatedPortfolio) -> None:
    for risk in portfolio.risks:
        assert list(risk.costs) == sorted(risk.costs)
        assert list(risk.delays) == sorted(risk.delays)
        assert all(0 < value <= 1 for value in risk.probabilities)
        assert risk.closed is None or risk.raised < risk.closed <= LAST_DAY
    closed = sum(risk.closed is not None for risk in portfolio.risks)
    assert 0 < closed < len(portfolio.risks)
    assert {risk.project.project_id for risk in portfolio.risks} == {p.project_id for p in portfolio.projects}


def test_issues_are_raised_before_they_are_due_and_closed_after_they_are_raised(portfolio: SimulatedPortfolio) -> None:
    for issue in portfolio.raid_issues:
        assert issue.raised < issue.due
        assert issue.closed is None or issue.raised < issue.closed <= LAST_DAY
    assert any(issue.closed is None and issue.due < LAST_DAY for issue in portfolio.raid_issues)


def test_hostile_text_is_planted_when_asked_alone(portfolio: SimulatedPortfolio) -> None:
    texts = [
        [cell for row in raid_register_rows(portfolio, with_dirt=d)["risk"][1] for cell in row] for d in (True, False)
    ]
    assert HOSTILE_RISK in texts[0]
    assert HOSTILE_RISK not in texts[1]


def test_a_closed_risk_ended_somehow_and_strikes_more_often_in_its_bad_season(portfolio: SimulatedPortfolio) -> None:
    seasons = bad_seasons(Random(f"{portfolio.seed}:bad seasons"))
    closed = [risk for risk in portfolio.risks if risk.closed is not None]
    assert {risk.ended for risk in closed} == {"occurred", "expired", "retired", "closed"}
    assert {risk.ended for risk in portfolio.risks if risk.closed is None} == {""}
    assert all(risk.driver == CAUSES.get(risk.category, "") for risk in portfolio.risks)
    told = [risk for risk in closed if risk.ended != "closed" and risk.driver]
    shares = []
    for in_season in (True, False):
        ends = [r.ended for r in told if r.closed is not None and seasons[r.driver].has(r.closed) == in_season]
        shares.append(ends.count("occurred") / len(ends))
    assert shares[0] > shares[1]


def test_what_was_said_is_too_low_for_risks_of_a_common_cause_over_many_seeds() -> None:
    said, true = 0.0, 0.0
    for seed in range(40):
        seasons = bad_seasons(Random(f"{seed}:bad seasons"))
        for project in PROJECTS:
            for risk in past_risks(Random(f"{seed}{project.project_id}"), project, 100_000):
                if risk.category in CAUSES:
                    said += risk.probabilities[0]
                    true += true_probability(risk, seasons)
                else:
                    assert true_probability(risk, seasons) == risk.probabilities[0]
    assert 1.4 * said < true < 3 * said


def test_lapses_leave_cells_and_reports_out(portfolio: SimulatedPortfolio) -> None:
    headers, rows = raid_register_rows(portfolio, with_dirt=False)["risk"]
    last = {row["risk_id"]: row for row in (dict(zip(headers, each, strict=True)) for each in rows)}
    for risk in portfolio.risks:
        row = last[risk.risk_id]
        assert (row["owner_id"] == "") == ("owner" in risk.lapses)
        assert (row["probability"] == "") == ("probability" in risk.lapses)
        assert (row["cost_high_amount"] == "") == ("range" in risk.lapses)
        if risk.closed is None and risk.raised < LAST_DAY:
            assert (row["status_date"] == LAST_DAY.isoformat()) == ("report" not in risk.lapses)
