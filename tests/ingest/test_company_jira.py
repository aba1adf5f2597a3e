"""A simulated company's Jira, Cloud and Data Center, loaded as its JSON is, against what is known of it."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pmo_analytics.ingest import IngestOptions, LoadResult, ingest_files
from pmo_analytics.synthetic.company import CompanyTruth, write_company_exports
from pmo_analytics.synthetic.portfolio import simulate
from tests.exports import Desk, balances

ZONE = ZoneInfo("Europe/Berlin")
SEARCHES = ("jira_cloud_search.json", "jira_server_search.json")


def utc(local: datetime) -> datetime:
    return local.replace(tzinfo=ZONE).astimezone(UTC).replace(tzinfo=None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("company_jira")


@pytest.fixture(scope="module")
def truth(folder: Path) -> CompanyTruth:
    return write_company_exports(simulate(4), folder / "exports", months=4)


def load(desk: Desk, folder: Path, names: list[str]) -> list[LoadResult]:
    paths = [folder / "exports" / name for name in names]
    results = list(ingest_files(desk.workspace, paths, IngestOptions(), desk.edges))
    assert all(isinstance(result, LoadResult) for result in results), results
    return [result for result in results if isinstance(result, LoadResult)]


def names_of(truth: CompanyTruth) -> list[str]:
    return [file.name for file in truth.files if file.name.endswith(".json")]


@pytest.fixture(scope="module")
def loaded(folder: Path, truth: CompanyTruth) -> tuple[Desk, list[LoadResult]]:
    desk = Desk(folder)
    return desk, load(desk, folder, names_of(truth))


def test_every_issue_and_change_of_a_file_is_read(loaded: tuple[Desk, list[LoadResult]], truth: CompanyTruth) -> None:
    for result in loaded[1]:
        file = truth.file(result.file.rpartition("/")[2])
        assert balances(result)
        assert result.rows["rejected"] == result.rows["set_aside"] == result.rows["replacing"] == 0
        assert result.rows_in == (file.rows if result.table == "issue" else file.changes)


def test_all_changes_are_there_once(loaded: tuple[Desk, list[LoadResult]], truth: CompanyTruth) -> None:
    expected = sorted(
        (
            each.issue.key,
            str(entry.number),
            utc(entry.at),
            "Story Points" if change.field == "Story point estimate" else change.field,
        )
        for each in truth.histories
        for entry in each.histories
        for change in entry.changes
    )
    found = loaded[0].query(
        "SELECT issue_key, change_id, changed_at, replace(field, 'Story point estimate', 'Story Points') "
        "FROM core.issue_change"
    )
    assert len(found) == truth.changes > 3000
    assert sorted(found) == expected


def test_statuses_are_the_true_ones_to_the_second(loaded: tuple[Desk, list[LoadResult]], truth: CompanyTruth) -> None:
    moves: dict[object, list[tuple[object, object]]] = defaultdict(list)
    for key, at, status in loaded[0].query(
        "SELECT issue_key, changed_at, to_value FROM core.issue_change WHERE field = 'status' "
        "ORDER BY changed_at, position"
    ):
        moves[key].append((at, status))
    created = dict(loaded[0].query("SELECT issue_key, created_at FROM core.issue"))
    for key, statuses in truth.statuses.items():
        assert created[key] == utc(statuses[0][0])
        assert moves[key] == [(utc(at), status) for at, status in statuses[1:]], key


def test_persons_are_the_true_ones(loaded: tuple[Desk, list[LoadResult]], truth: CompanyTruth) -> None:
    with loaded[0].warehouse.everything() as view:
        names = dict(view.rows("SELECT person_id, name FROM personal_view.given_person_identity")[1])
        rows = view.rows(
            "SELECT change_id, author_id, field, from_value, to_value, from_person_id, to_person_id "
            "FROM core.issue_change"
        )[1]
    entries = {str(entry.number): entry for each in truth.histories for entry in each.histories}
    assigned = 0
    for number, author, field, before, after, from_person, to_person in rows:
        assert names[author] == entries[number].author.name
        if field != "assignee":
            assert from_person is to_person is None
            continue
        change = next(change for change in entries[number].changes if change.field == "assignee")
        assert (before, after) == (None, None)
        assert names.get(from_person) == (change.person_before and change.person_before.name)
        assert names.get(to_person) == (change.person_after and change.person_after.name)
        assigned += 1
    assert assigned > 100


def test_issues_are_in_their_true_state(loaded: tuple[Desk, list[LoadResult]], truth: CompanyTruth) -> None:
    with loaded[0].warehouse.everything() as view:
        names = dict(view.rows("SELECT person_id, name FROM personal_view.given_person_identity")[1])
        rows = view.rows(
            "SELECT issue_key, status, assignee_id, resolved_at, time_spent_seconds, story_points FROM core.issue"
        )[1]
        sprints: dict[object, set[object]] = defaultdict(set)
        for key, sprint in view.rows("SELECT issue_key, sprint FROM core.issue_sprint")[1]:
            sprints[key].add(sprint)
    issues = {each.issue.key: each.issue for each in truth.histories}
    assert len(rows) == len(issues)
    for key, status, assignee, resolved, spent, points in rows:
        issue = issues[key]
        assert (status, names.get(assignee)) == (issue.status, issue.assignee and issue.assignee.name)
        assert resolved == (utc(issue.resolved) if issue.resolved else None)
        assert (spent, points) == (issue.spent_seconds, issue.points)
        assert sprints[key] == set(issue.sprints)


@pytest.mark.slow
def test_the_order_of_the_files_does_not_matter(
    loaded: tuple[Desk, list[LoadResult]], truth: CompanyTruth, folder: Path
) -> None:
    backwards = Desk(folder / "backwards")
    load(backwards, folder, names_of(truth)[::-1])
    query = (
        "SELECT * EXCLUDE (load_id, source_line, author_id, from_person_id, to_person_id) FROM core.issue_change "
        "ORDER BY issue_key, changed_at, position, field"
    )
    assert backwards.query(query) == loaded[0].query(query)
