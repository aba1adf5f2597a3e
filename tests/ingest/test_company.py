"""A simulated company's exports of several systems and locales, loaded as they are, against what is known of them."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from pmo_analytics.ingest import IngestOptions, LoadResult
from pmo_analytics.synthetic.company import CompanyTruth, write_company_exports
from pmo_analytics.synthetic.portfolio import simulate
from tests.exports import Desk, balances

SEED = 4
# The truth's word for the currencies of a posting, by the column that holds the amount.
WORDS = {"amount": {"transaction", "document"}, "local_amount": {"object", "local"}, "reporting_amount": {"reporting"}}
PORTFOLIO = simulate(SEED)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("company")


@pytest.fixture(scope="module")
def truth(folder: Path) -> CompanyTruth:
    return write_company_exports(PORTFOLIO, folder / "exports", months=7)


@pytest.fixture(scope="module")
def loaded(folder: Path, truth: CompanyTruth) -> tuple[Desk, dict[str, LoadResult]]:
    desk = Desk(folder)
    results = {
        file.name: desk.load(folder / "exports" / file.name, IngestOptions(accept_removals="corrected" in file.name))
        for file in truth.files
        if file.name.startswith(("tempo", "cji3", "fbl3n"))
    }
    return desk, results


def test_every_row_second_and_cent_of_a_file_is_what_was_written(
    loaded: tuple[Desk, dict[str, LoadResult]], truth: CompanyTruth
) -> None:
    for name, result in loaded[1].items():
        file = truth.file(name)
        assert balances(result)
        kept = [total for total in result.totals if total.fate not in {"rejected", "set_aside"}]
        assert sum(result.rows[fate] for fate in ("added", "replacing", "unchanged")) == file.rows, name
        assert sum(t.total for t in kept if t.column == "duration_seconds") == (
            file.seconds if name.startswith("tempo") else 0
        )
        found = Counter[tuple[str, str]]()
        for total in kept:
            for word in WORDS.get(total.column, set()) & {column for column, _ in file.cents}:
                found[word, str(total.currency)] += int(total.total * 100)
        assert dict(found) == dict(file.cents), name


def test_a_lists_subtotals_all_agree(loaded: tuple[Desk, dict[str, LoadResult]]) -> None:
    lists = [result for name, result in loaded[1].items() if name in {"cji3_1_pipes.txt", "cji3_2_tabs.txt"}]
    told = [text for result in lists for text in result.assumptions if "subtotal" in text]
    assert len(told) == len(lists) == 2
    for text in told:
        agreed, of, total, *_ = text.split()
        assert (of, agreed) == ("of", total)


def test_overlapping_and_corrected_months_end_in_the_true_hours(
    loaded: tuple[Desk, dict[str, LoadResult]], truth: CompanyTruth
) -> None:
    keys = truth.aliases["jira"]
    stored = loaded[0].query(
        "SELECT project_key, CAST(date_trunc('month', work_date) AS DATE), sum(duration_seconds) "
        "FROM core.timesheet_entry GROUP BY person_id, project_key, date_trunc('month', work_date)"
    )
    # The in-house system's people book elsewhere.
    elsewhere = {person.person_id for person in PORTFOLIO.persons if person.team == "Design"}
    expected = Counter(
        (project, month, Decimal(seconds))
        for (person, project, month), seconds in truth.seconds.items()
        if person not in elsewhere and seconds
    )
    assert Counter((keys[str(key)], month, seconds) for key, month, seconds in stored) == expected


def test_postings_exported_twice_count_once(loaded: tuple[Desk, dict[str, LoadResult]], truth: CompanyTruth) -> None:
    stored = loaded[0].query(
        "SELECT wbs_element, CAST(date_trunc('month', posting_date) AS DATE), sum(local_amount) "
        "FROM core.ledger_entry AS e JOIN meta.load AS l USING (load_id) WHERE l.source = 'sap_cji3' GROUP BY ALL"
    )
    found: Counter[tuple[str, object]] = Counter()
    for wbs, month, amount in stored:
        if project := truth.aliases["sap"].get(str(wbs)):
            found[project, month] += int(Decimal(str(amount)) * 100)
    in_sap = set(truth.aliases["sap"].values())
    expected = {key: cents for key, cents in truth.ledger_cents.items() if key[0] in in_sap and cents}
    assert {key: cents for key, cents in found.items() if cents} == expected
