"""What managers report of milestones, risks and issues is consistent with what is true of their projects."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pmo_analytics.synthetic import SAMPLE_SEED, SimulatedPortfolio, simulate
from pmo_analytics.synthetic.projects import LAST_DAY
from pmo_analytics.synthetic.raid_registers import HOSTILE_RISK, raid_register_rows


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
