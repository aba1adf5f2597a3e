"""Which stored columns a column of a mart is reckoned from, and a mart reckoned anew from some rows alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp, parse_one
from sqlglot.lineage import Node, lineage

from pmo_analytics.warehouse.row_lineage import Relations, place_of


def only_from(sql: str, relations: Relations, counted: Mapping[str, str]) -> str:
    """The SELECT `sql`, marts written out, each table of `counted` cut to the rows that its SQL selects."""
    query = parse_one(sql, read="duckdb")
    for table in list(query.find_all(exp.Table)):
        place = place_of(table)
        if table.db == "marts":
            inner = only_from(relations.mart_sql(table.name), relations, counted)
        elif place in counted:
            inner = (
                f"SELECT * FROM {place} WHERE (load_id, source_line) IN (SELECT (load_id, source_line) "
                f"FROM ({counted[place]}))"
            )
        else:
            continue
        table.replace(exp.alias_(parse_one(f"({inner})", read="duckdb"), table.alias_or_name, table=True))
    return query.sql(dialect="duckdb")


def source_columns(sql: str, column: str, relations: Relations) -> list[str]:
    """The stored columns that a column of the SELECT is reckoned from, as `core.table.column`."""
    found: set[str] = set()
    for node in _tree(sql, column, relations).walk():
        place = place_of(node.expression) if isinstance(node.expression, exp.Table) else ""
        if not node.downstream and place in relations.stored:
            found.add(f"{place}.{node.name.rpartition('.')[2]}")
    return sorted(found)


def is_place(sql: str, column: str, relations: Relations) -> bool:
    """Whether a column of the SELECT is a place among rows that the SELECT counted, as `row_number` gives it."""
    if "row_number" not in sql.lower():
        return False
    items = (node.expression for node in _tree(sql, column, relations).walk())
    return any(item.find(exp.RowNumber) for item in items if isinstance(item, exp.Alias))


def _tree(sql: str, column: str, relations: Relations) -> Node:
    marts = _marts_below(sql, relations.mart_sql)
    flat = parse_one(sql, read="duckdb")
    for table in flat.find_all(exp.Table):
        if table.db == "marts":
            table.replace(exp.alias_(exp.to_table(f"mart_{table.name}"), table.alias_or_name, table=True))
    schema: dict[str, dict[str, dict[str, str]]] = {}
    for place, columns in {**relations.others, **relations.stored}.items():
        *_, owner, name = place.split(".")
        schema.setdefault(owner, {})[name] = dict.fromkeys(columns, "VARCHAR")
    return lineage(column, flat, schema=schema, sources=marts, dialect="duckdb")


def _marts_below(sql: str, mart_sql: Callable[[str], str]) -> dict[str, exp.Expr]:
    """The SELECT of every mart that is read, by `mart_name`, references among them likewise named."""
    found: dict[str, exp.Expr] = {}
    for table in parse_one(sql, read="duckdb").find_all(exp.Table):
        if table.db != "marts" or f"mart_{table.name}" in found:
            continue
        inner = mart_sql(table.name)
        found |= _marts_below(inner, mart_sql)
        query = parse_one(inner, read="duckdb")
        for other in query.find_all(exp.Table):
            if other.db == "marts":
                other.replace(exp.alias_(exp.to_table(f"mart_{other.name}"), other.alias_or_name, table=True))
        found[f"mart_{table.name}"] = query
    return found
