from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.analyses import analyses
from pmo_analytics.contracts import registers, rolled_up, stored, tables
from pmo_analytics.contracts.alerts import AlertEvent
from pmo_analytics.contracts.appended import CHAIN, columns_of
from pmo_analytics.contracts.base import CORE, EVENT, MARTS, PERSONAL, REGISTER, Contract, Table, check_frame
from pmo_analytics.contracts.findings import FindingEvent
from pmo_analytics.contracts.predictions import Prediction, PredictionScore
from pmo_analytics.errors import ContractError
from pmo_analytics.vocabulary import AMOUNT, DATE, DAYS, ENTRIES, INSTANT, NUMBER, PERCENT, SECONDS, TERMS
from tests.frames import contract_frame, project_row

APPENDED = (Prediction, PredictionScore, AlertEvent, FindingEvent)
ALL = pytest.mark.parametrize("table", tables().values(), ids=lambda t: t.name)


@ALL
def test_every_column_is_in_the_data_dictionary(table: Table) -> None:
    assert set(table.columns) <= TERMS.keys()
    assert set(table.key) <= set(table.columns)
    assert set(table.person_columns) <= set(table.columns)
    assert table.lake in {CORE, PERSONAL, MARTS}
    assert table.grain.startswith("One row per")


@pytest.mark.parametrize("contract", APPENDED, ids=lambda c: c.__name__)
def test_every_column_of_what_is_appended_is_in_the_data_dictionary(contract: type[Contract]) -> None:
    assert {*columns_of(contract), *CHAIN} <= TERMS.keys()
    assert (contract.__doc__ or "").startswith("One row per")


@ALL
def test_a_clock_reads_a_column_of_the_table(table: Table) -> None:
    if table.clock_column is not None:
        assert table.clock_column in table.columns
        assert not table.is_nullable(table.clock_column)
    if table.clock == REGISTER:
        assert table.key[-1] == "status_date"


# Dates of what a plan or calendar is for, which do not say when it was known.
PLANNED_FOR = {"period_month", "calendar_date"}
# Named here since an empty set would hide a mistake: facts that exports do not date, and words that only map.
UNDATED = {"issue_link", "issue_sprint", "person_merge", "project_alias", "working_calendar"}


@pytest.mark.parametrize("table", registers().values(), ids=lambda t: t.name)
def test_past_states_of_a_register_can_be_seen_again(table: Table) -> None:
    if table.clock == EVENT:
        # Commentary speaks of a month that is over.
        assert table.clock_column not in PLANNED_FOR or table.name == "commentary"
    elif table.clock == REGISTER:
        # A second date of knowledge in the key would leave open which of the two `as_of` cuts.
        assert {c for c in table.key if c.endswith("_date")} == {"status_date"}
    else:
        assert table.name in UNDATED


@pytest.mark.parametrize("table", stored().values(), ids=lambda t: t.name)
def test_a_key_has_a_value_in_every_row(table: Table) -> None:
    assert not [column for column in table.key if table.is_nullable(column)]


@ALL
def test_an_empty_frame_keeps_the_contract(table: Table) -> None:
    assert contract_frame(table.name, []).columns.to_list() == table.columns


def _below(contract: type[Contract]) -> list[type[Contract]]:
    """Every contract that is made of this one."""
    return [each for own in contract.__subclasses__() for each in (own, *_below(own))]


def test_every_term_of_the_dictionary_is_used() -> None:
    used = {column for table in tables().values() for column in table.columns}
    analyses()
    used |= {column for contract in _below(Contract) for column in contract.to_schema().columns}
    used |= {column for contract in APPENDED for column in columns_of(contract)} | set(CHAIN)
    # Every stored row has these beside its contract's columns.
    used |= {"load_id", "source_line"}
    assert TERMS.keys() - used == set()


def test_a_word_is_defined_once() -> None:
    names = [term.name for term in ENTRIES]
    assert [name for name in names if names.count(name) > 1] == []


@pytest.mark.parametrize(
    ("suffix", "sql_type"),
    [
        ("_date", DATE),
        ("_at", INSTANT),
        ("_seconds", SECONDS),
        ("_pct", PERCENT),
        ("_days", DAYS),
        ("_months", NUMBER),
        ("_id", "VARCHAR"),
    ],
)
def test_a_suffix_says_the_type(suffix: str, sql_type: str) -> None:
    assert {t.name for t in TERMS.values() if t.name.endswith(suffix) and t.sql_type != sql_type} == set()


def test_amounts_have_a_currency_beside_them() -> None:
    for table in stored().values():
        amounts = [c for c in table.columns if table.sql_type(c) == AMOUNT]
        assert [c for c in amounts if table.currency_column(c) is None] == [], table.name
    ledger = stored()["ledger_entry"]
    assert [ledger.currency_column(c) for c in ("amount", "reporting_amount", "local_amount", "quantity")] == [
        "currency",
        "reporting_currency",
        "local_currency",
        None,
    ]


def test_persons_are_tokens_wherever_a_column_denotes_one() -> None:
    persons = {c for table in stored().values() for c in table.person_columns}
    assert persons == {
        "approver_id", "assessor_id", "assignee_id", "author_id", "by_id", "coach_id", "estimator_id",
        "from_person_id", "lead_id", "mentee_id", "mentor_id", "merged_into_id", "other_person_id", "owner_id",
        "person_id", "posted_by_id", "project_manager_id", "reporter_id", "reviewer_id", "sponsor_id", "to_person_id",
    }  # fmt: skip
    # The token itself is written in these, not a name that would have to be looked up.
    tokens = {"person_merge", "person_identity", "person_alias"}
    for table in stored().values():
        if table.name not in tokens:
            assert persons & set(table.columns) == set(table.person_columns), table.name


def test_bulk_tables_are_the_ones_that_grow_with_the_work() -> None:
    assert {name for name, table in tables().items() if table.is_bulk} == {
        "timesheet_entry", "issue", "issue_change", "issue_link", "issue_sprint", "ledger_entry", "schedule_task",
        "schedule_link",
    }  # fmt: skip


def test_symbols_name_their_standard() -> None:
    assert {term.name for term in TERMS.values() if bool(term.symbol) != bool(term.standard)} == set()
    symbols = [term.symbol for term in TERMS.values() if term.symbol]
    assert len(symbols) == len(set(symbols))


def test_tables_are_partitioned_into_stored_and_rolled_up() -> None:
    assert stored().keys() | rolled_up().keys() == tables().keys()
    assert not stored().keys() & rolled_up().keys()
    assert registers().keys() < stored().keys()
    # What the personal lake learns of persons comes from the other files.
    assert stored().keys() - registers().keys() == {"person_alias", "person_identity"}


def test_a_wrong_value_names_contract_column_and_rule() -> None:
    wrong = pd.DataFrame([project_row("A", size_band="huge")]).reindex(columns=tables()["project"].columns)
    with pytest.raises(ContractError) as caught:
        check_frame(tables()["project"], wrong)
    assert "'size_band'" in str(caught.value)
    assert "huge" in str(caught.value)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ContractError, match="status_date"):
        check_frame(tables()["project"], contract_frame("project", []).drop(columns="status_date"))


def test_a_repeated_key_is_refused() -> None:
    frame = contract_frame("project", [project_row("A")])
    with pytest.raises(ContractError, match="repeats keys"):
        check_frame(tables()["project"], pd.concat([frame, frame]))
