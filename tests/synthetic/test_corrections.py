from __future__ import annotations

from collections import Counter
from random import Random

from pmo_analytics.synthetic.corrections import OVERLAP, correction
from pmo_analytics.synthetic.projects import LAST_DAY, add_months
from pmo_analytics.synthetic.worklogs import worklogs
from tests.synthetic.conftest import WrittenCompany


def test_a_correction_changes_what_it_says_and_nothing_else(company: WrittenCompany) -> None:
    months = company.truth.months
    found = worklogs(company.portfolio, months[0], LAST_DAY)
    fix = correction(Random(3), found, months[2], changes=9, deletions=4)
    after = {worklog.number: worklog for worklog in fix.apply(found)}
    assert len(found) - len(after) == len(fix.deleted) == 4
    changed = [worklog for worklog in found if after.get(worklog.number, worklog) != worklog]
    assert [worklog.number for worklog in changed] == [before.number for before, _ in fix.changed]
    assert len(changed) == 9
    for before, now in fix.changed:
        assert before.seconds != now.seconds > 0
        assert now.seconds % 900 == 0
    assert all(w.month == months[2] and w.day < add_months(w.month, 1) - OVERLAP for w in [*changed, *fix.deleted])


def test_whoever_loses_rows_keeps_some_on_the_same_project(company: WrittenCompany) -> None:
    fix = company.truth.corrections[0]
    left = Counter((person, project) for person, project, month in company.truth.seconds if month == fix.month)
    assert all(left[w.person.person_id, w.project.project_id] for w in fix.deleted)
