"""The checks of a contract as SQL, so that the engine finds every failing row in one pass.

The pandera model is the single source. Each check becomes a condition that is
true for a failing row, as pandera would judge it: an empty value fails only
where the column is required, and every other check passes over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pmo_analytics.contracts.base import Table
from pmo_analytics.errors import ContractError
from pmo_analytics.vocabulary import DATE, INSTANT, SECONDS, TEXT


@dataclass(frozen=True)
class Rule:
    """One check on one column: `fails` is SQL that is true where a row breaks it."""

    column: str
    name: str
    fails: str
    expected: str


def _literal(value: Any, sql_type: str) -> str:
    if sql_type in {TEXT, DATE, INSTANT} or isinstance(value, str):
        return "'" + str(value).replace("'", "''") + "'"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    raise ContractError("a check's bound cannot be written as SQL", found=repr(value), expected="a number or a text")


def _condition(column: str, sql_type: str, name: str, given: dict[str, Any]) -> tuple[str, str]:
    """SQL that is true where a value breaks the check, and the check in words."""
    q = f'"{column}"'

    def sql(value: Any) -> str:
        return _literal(value, sql_type)

    def shown(value: Any) -> str:
        return f"{value / 3600:g} hours" if sql_type == SECONDS else str(value)

    match name:
        case "greater_than_or_equal_to":
            return f"{q} < {sql(given['min_value'])}", f"at least {shown(given['min_value'])}"
        case "less_than_or_equal_to":
            return f"{q} > {sql(given['max_value'])}", f"at most {shown(given['max_value'])}"
        case "greater_than":
            return f"{q} <= {sql(given['min_value'])}", f"more than {shown(given['min_value'])}"
        case "less_than":
            return f"{q} >= {sql(given['max_value'])}", f"less than {shown(given['max_value'])}"
        case "isin":
            allowed = list(given["allowed_values"])
            return f"{q} NOT IN ({', '.join(sql(v) for v in allowed)})", "one of " + ", ".join(map(str, allowed))
        case "str_matches":
            pattern = given["pattern"]
            text = pattern if isinstance(pattern, str) else pattern.pattern
            if not text.startswith("^"):
                # pandera matches from the start of the text, the engine anywhere in it.
                text = f"^(?:{text})"
            return f"NOT regexp_matches({q}, {_literal(text, TEXT)})", f"text like {text}"
    raise ContractError(
        f"the check {name!r} of column {column!r} has no SQL twin",
        hint="use a check that contracts/compile.py knows, or teach it there together with a parity test",
    )


def rules(table: Table) -> list[Rule]:
    """Every check of the contract, required columns first, in the contract's order."""
    found: list[Rule] = []
    for column, schema in table.model.to_schema().columns.items():
        name = str(column)
        if not schema.nullable:
            found.append(Rule(name, "required", f'"{name}" IS NULL', "a value"))
    for column, schema in table.model.to_schema().columns.items():
        for check in schema.checks:
            name = str(column)
            condition, words = _condition(name, table.sql_type(name), str(check.name), dict(check.statistics or {}))
            found.append(Rule(name, str(check.name), f'"{name}" IS NOT NULL AND ({condition})', words))
    return found


def failed_rules(conditions: list[str]) -> str:
    """SQL for the list of positions (from 0) of the conditions that are true for a row."""
    if not conditions:
        return "[]::INTEGER[]"
    cases = ", ".join(f"CASE WHEN {condition} THEN {i} END" for i, condition in enumerate(conditions))
    # Most rows break no rule: for them no list is built.
    broken = " OR ".join(f"({condition})" for condition in conditions)
    return f"CASE WHEN {broken} THEN list_filter([{cases}], lambda i: i IS NOT NULL) ELSE []::INTEGER[] END"


def repeated_keys(table: Table, relation: str) -> str:
    """SQL for the keys that stand more than once in `relation`, with their number."""
    key = ", ".join(f'"{column}"' for column in table.key)
    return f"SELECT {key}, count(*) AS repeats FROM {relation} GROUP BY {key} HAVING count(*) > 1"
