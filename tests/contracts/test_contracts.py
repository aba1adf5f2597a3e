from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.contracts import registers, rolled_up, stored, tables
from pmo_analytics.contracts.base import CORE, MARTS, PERSONAL, REGISTER, Table, check_frame
from pmo_analytics.errors import ContractError
from pmo_analytics.performance.earned_value import EarnedValue
from pmo_analytics.resources.utilisation import Utilisation
from pmo_analytics.vocabulary import TERMS
from tests.frames import contract_frame, project_row

ALL = pytest.mark.parametrize("table", tables().values(), ids=lambda t: t.name)


@ALL
def test_every_column_is_in_the_data_dictionary(table: Table) -> None:
    assert set(table.columns) <= TERMS.keys()
    assert set(table.key) <= set(table.columns)
    assert set(table.person_columns) <= set(table.columns)
    assert table.lake in {CORE, PERSONAL, MARTS}
    assert table.grain.startswith("One row per")


@ALL
def test_a_clock_reads_a_column_of_the_table(table: Table) -> None:
    if table.clock_column is not None:
        assert table.clock_column in table.columns
        assert not table.is_nullable(table.clock_column)
    if table.clock == REGISTER:
        assert table.key[-1] == "status_date"


@ALL
def test_an_empty_frame_keeps_the_contract(table: Table) -> None:
    assert contract_frame(table.name, []).columns.to_list() == table.columns


def test_every_term_of_the_dictionary_is_used() -> None:
    used = {column for table in tables().values() for column in table.columns}
    used |= {*EarnedValue.to_schema().columns, *Utilisation.to_schema().columns}
    # Every stored row has these beside its contract's columns.
    used |= {"load_id", "source_line"}
    assert TERMS.keys() - used == set()


def test_symbols_name_their_standard() -> None:
    assert {term.name for term in TERMS.values() if bool(term.symbol) != bool(term.standard)} == set()
    symbols = [term.symbol for term in TERMS.values() if term.symbol]
    assert len(symbols) == len(set(symbols))


def test_tables_are_partitioned_into_stored_and_rolled_up() -> None:
    assert stored().keys() | rolled_up().keys() == tables().keys()
    assert not stored().keys() & rolled_up().keys()
    assert registers().keys() < stored().keys()


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
