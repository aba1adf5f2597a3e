from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random

import pytest

from pmo_analytics.synthetic.differences import KINDS, plant, totals
from pmo_analytics.synthetic.people import hourly_rate
from pmo_analytics.synthetic.projects import PROJECTS
from pmo_analytics.synthetic.worklogs import LabourLine, labour_cents
from tests.synthetic.conftest import WrittenCompany


def test_labour_and_timesheets_agree_but_where_a_difference_is_planted(company: WrittenCompany) -> None:
    truth = company.truth
    places = truth.labour_cents.keys() | truth.timesheet_cents.keys()
    found = {
        place: truth.labour_cents.get(place, 0) - truth.timesheet_cents.get(place, 0)
        for place in places
        if truth.labour_cents.get(place, 0) != truth.timesheet_cents.get(place, 0)
    }
    assert found == {(d.project_id, d.month): d.cents for d in truth.differences}
    assert len(found) <= len(places) / 8


def test_timesheet_money_is_the_hours_at_the_rates_of_their_days(company: WrittenCompany) -> None:
    roles = {person.person_id: person.role for person in company.portfolio.persons}
    found: Counter[tuple[str, date]] = Counter()
    for (person, project, month), seconds in company.truth.seconds.items():
        found[project, month] += labour_cents(seconds, hourly_rate(roles[person], month))
    assert found == company.truth.timesheet_cents


def test_every_kind_is_planted_once(company: WrittenCompany) -> None:
    kinds = Counter(difference.kind for difference in company.truth.differences)
    assert kinds == {kind: 2 if kind in {"wrong_project", "posted_late"} else 1 for kind in KINDS}
    for kind in ("wrong_project", "posted_late"):
        moved = [d for d in company.truth.differences if d.kind == kind]
        assert sum(d.cents for d in moved) == sum(d.seconds for d in moved) == 0


def test_only_the_old_rate_leaves_the_hours_as_they_were(company: WrittenCompany) -> None:
    for difference in company.truth.differences:
        assert (difference.seconds == 0) == (difference.kind == "old_rate")
        assert difference.cents != 0


def test_a_line_that_nobody_posted_is_missing_whole() -> None:
    line = LabourLine(PROJECTS[0], date(2025, 5, 1), "Developer", 36_000, 92_000)
    posted, differences = plant(Random(1), [line])
    assert posted == []
    assert [(d.kind, d.seconds, d.cents) for d in differences] == [("not_posted", -36_000, -92_000)]
    assert totals([line, line]) == {("PA-01", date(2025, 5, 1)): (72_000, 184_000)}


def test_thirds_of_an_hour_have_no_exact_price() -> None:
    assert labour_cents(900, 93) == 2_325
    with pytest.raises(ValueError, match="no whole cents"):
        labour_cents(1_200, 92)
