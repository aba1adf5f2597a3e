"""Budgets sum to the ledger and the orders whatever two hundred drawn books hold, and every figure of them opens."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from pmo_analytics.contracts import rolled_up
from tests.exports import Desk
from tests.warehouse.test_budget_marts import BOOKS, loaded_books, sums_hold

MARTS = [name for name, table in rolled_up().items() if table.model.__module__.endswith("budget_marts")]


@settings(max_examples=200)
@given(BOOKS)
def test_budget_lines_sum_to_the_ledger_and_the_orders_to_the_last_digit(drawn: dict[str, Any]) -> None:
    sums_hold(**drawn)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return loaded_books(tmp_path_factory.mktemp("budgets"))


@pytest.mark.parametrize("name", MARTS)
def test_every_figure_is_given_by_its_rows_alone(books: Desk, name: str) -> None:
    with books.warehouse.at("2026-03") as view:
        rows = view.table(name)
        assert len(rows)
        for record in rows.to_dict("records"):
            key: dict[str, Any] = {part: record[part] for part in rolled_up()[name].key}
            for column in rolled_up()[name].columns:
                found = view.explain(name, key, column)
                assert found.is_whole, (found.key, column, found.value, found.again)
