"""Every stored table that a bridge's figures rest on is exchanged in one step."""

from __future__ import annotations

from pmo_analytics.contracts import stored
from pmo_analytics.month_bridge import RESTS_ON
from pmo_analytics.performance.forecast_bridge import KINDS, MAPPINGS
from pmo_analytics.warehouse.connection import connect
from pmo_analytics.warehouse.roll_ups import mart_sql, read_by


def test_kinds_hold_each_table_once_and_all_that_figures_rest_on() -> None:
    kinds = [table for tables in KINDS.values() for table in tables]
    assert len(kinds) == len(set(kinds))
    assert not set(kinds) & set(MAPPINGS)
    assert set(kinds) | set(MAPPINGS) <= set(stored())

    def read(mart: str) -> set[str]:
        with connect() as connection:
            places = read_by(connection, mart_sql(mart)) or set()
        found = {name for schema, name in places if schema in {"core", "personal_view"}}
        return found.union(*(read(name) for schema, name in places if schema == "marts" and name != mart))

    completion = read("planned_earned_actual") | {"project", "project_status", "budget"}
    assert completion == set(RESTS_ON["finish"])
    assert completion | {"exchange_rate"} == set(RESTS_ON["eac"])
    assert read("benefit_by_month") | {"benefit_link", "exchange_rate"} == set(RESTS_ON["benefits"])
    assert {table for tables in RESTS_ON.values() for table in tables} == set(kinds)
