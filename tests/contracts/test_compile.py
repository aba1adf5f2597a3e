"""The SQL twin of every check gives pandera's own verdict, row by row."""

from __future__ import annotations

import re
from typing import Any

import duckdb
import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.contracts import stored, tables
from pmo_analytics.contracts.base import Contract, Table, required
from pmo_analytics.contracts.compile import failed_rules, repeated_keys, rules
from pmo_analytics.errors import ContractError
from pmo_analytics.vocabulary import COUNT, DATE, FLAG, INSTANT, TEXT

# No text ends in a line break, which `$` reads differently in the two: cells are trimmed before they are checked.
TEXTS = ["x", "EUR", "eur", "EURO", "aEURb", "BR-1", "br-1", "A_1-07", "Ä-1", "'", ""]


def candidates(table: Table, column: str) -> list[Any]:
    """Values around the bounds of a column's checks, and none."""
    sql_type = table.sql_type(column)
    checks = table.model.to_schema().columns[column].checks
    if sql_type == FLAG:
        return [None, True, False]
    if sql_type in {DATE, INSTANT}:
        return [None, pd.Timestamp("2026-02-28"), pd.Timestamp("1999-12-31")]
    if sql_type == TEXT:
        allowed = [value for check in checks for value in check.statistics.get("allowed_values", [])]
        return [None, *TEXTS, *allowed, *(str(value).upper() for value in allowed)]
    bounds = [
        check.statistics[name] for check in checks for name in ("min_value", "max_value") if name in check.statistics
    ]
    if sql_type == COUNT:
        return [None, 0, 1, -1, *(int(bound) + step for bound in bounds for step in (-1, 0, 1))]
    return [None, 0, 1, -1, *(float(bound) + step for bound in bounds for step in (-1, -0.125, 0, 0.125, 1))]


def frame(table: Table, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows with the types that the contract asks for, values as they are."""
    types = {TEXT: "str", FLAG: "boolean", COUNT: "Int64", DATE: "datetime64[ns]", INSTANT: "datetime64[ns]"}
    made = pd.DataFrame(rows, columns=table.columns)
    return made.astype({c: types.get(table.sql_type(c), "float64") for c in table.columns})


def by_pandera(table: Table, data: pd.DataFrame) -> set[tuple[int, str, str]]:
    try:
        table.model.validate(data, lazy=True)
    except pa.errors.SchemaErrors as failure:
        cases = failure.failure_cases
        names = cases["check"].map(lambda check: "required" if check == "not_nullable" else re.split(r"\(", check)[0])
        return set(zip(cases["index"].astype(int), cases["column"], names, strict=True))
    return set()


def by_engine(table: Table, data: pd.DataFrame) -> set[tuple[int, str, str]]:
    checks = rules(table)
    columns = ", ".join(f'CAST("{c}" AS {table.sql_type(c)}) AS "{c}"' for c in table.columns)
    with duckdb.connect() as connection:
        connection.register("given", data.assign(row_number=range(len(data))))
        found = connection.execute(
            f"SELECT row_number, unnest({failed_rules([c.fails for c in checks])}) "
            f"FROM (SELECT row_number, {columns} FROM given)"
        ).fetchall()
    return {(int(row), checks[rule].column, checks[rule].name) for row, rule in found}


@pytest.mark.parametrize("name", sorted(stored()))
@settings(max_examples=5)
@given(data=st.data())
def test_engine_and_pandera_agree_on_every_row(name: str, data: st.DataObject) -> None:
    table = tables()[name]
    row = st.fixed_dictionaries({column: st.sampled_from(candidates(table, column)) for column in table.columns})
    given_rows = frame(table, data.draw(st.lists(row, min_size=1, max_size=18)))
    assert by_engine(table, given_rows) == by_pandera(table, given_rows)


def test_a_check_without_a_twin_is_refused() -> None:
    class Odd(Contract):
        """One row per oddity."""

        name: str = required(str_startswith="x")  # type: ignore[assignment]

    odd = Table("odd", Odd, ("name",), "core", "timeless", None, (), is_register=False)
    with pytest.raises(ContractError, match="has no SQL twin"):
        rules(odd)


def test_repeated_keys_are_found_with_their_number() -> None:
    table = tables()["project_alias"]
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE t AS SELECT * FROM (VALUES ('*','a'), ('*','a'), ('*','b')) v(source, external_key)"
        )
        assert connection.execute(repeated_keys(table, "t")).fetchall() == [("*", "a", 2)]
