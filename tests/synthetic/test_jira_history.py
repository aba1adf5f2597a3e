from __future__ import annotations

from itertools import pairwise

from pmo_analytics.synthetic.jira_history import RESTLESS_CHANGES
from tests.synthetic.conftest import WrittenCompany


def test_histories_run_from_creation_to_the_last_update(company: WrittenCompany) -> None:
    for each in company.truth.histories:
        moments = [history.at for history in each.histories]
        assert all(a < b for a, b in pairwise([each.issue.created, *moments]))
        assert not moments or moments[-1] <= each.issue.updated
    numbers = [history.number for each in company.truth.histories for history in each.histories]
    assert len(numbers) == len(set(numbers))


def test_each_status_begins_where_the_one_before_ended(company: WrittenCompany) -> None:
    for each in company.truth.histories:
        moves = [change for history in each.histories for change in history.changes if change.field == "status"]
        path = ["To Do", *(change.new_name for change in moves)]
        assert [change.old_name for change in moves] == path[:-1]
        assert path[-1] == each.issue.status
        assert all(a != b for a, b in pairwise(path))


def test_the_resolution_is_the_last_change_of_what_is_done(company: WrittenCompany) -> None:
    done = [each for each in company.truth.histories if each.issue.resolved]
    assert all(each.histories[-1].at == each.issue.resolved for each in done)
    reopened = [each for each in done if len([1 for _, status in each.statuses if status == "Done"]) == 2]
    assert 0.05 < len(reopened) / len(done) < 0.3


def test_one_issue_is_restless(company: WrittenCompany) -> None:
    counts = sorted(len(each.histories) for each in company.truth.histories)
    assert counts[-1] == RESTLESS_CHANGES > 2 * counts[-2]
