"""Whether a query only reads what a view shows: one SELECT over `core`, `marts` and `meta`, and no file beside them."""

from __future__ import annotations

import re

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from pmo_analytics.errors import UsageError

SCHEMAS = ("core", "marts", "meta")
# Functions in FROM that make rows of nothing; all others may read files or settings.
_ROWS_OF_NOTHING = {"unnest", "range", "generate_series"}
# A name that the engine can take for a file has a dot or a slash; these of its own views tell of the machine.
_PLAIN_NAME = re.compile(r"(?!duckdb_|pragma_|sqlite_)[a-z_][a-z0-9_]*")
# What tells of the machine, or runs text as a query.
_REFUSED = ("getenv", "current_setting", "read_", "parquet_", "query", "glob", "sniff_csv", "duckdb_", "pragma_")


def check_select(query: str) -> None:
    """Raise UsageError where a query does anything else than to read what the view shows."""
    try:
        statements = [each for each in sqlglot.parse(query, dialect="duckdb") if each is not None]
    except SqlglotError as problem:
        raise UsageError("the query cannot be read", found=str(problem).splitlines()[0]) from None
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise UsageError(
            "only a SELECT is run here", found=query.strip()[:60] or "nothing", expected="one SELECT",
            hint="loads go through `pmo ingest`, so that nothing is lost",
        )  # fmt: skip
    (statement,) = statements
    named = {each.alias_or_name.casefold() for each in statement.find_all(exp.CTE)}
    # A name given in an inner query means a file outside of it: which files there are, no name may say.
    for name in sorted(named):
        if not _PLAIN_NAME.fullmatch(name):
            raise UsageError("WITH takes plain names here", found=name, expected="letters, digits and _")
    for table in statement.find_all(exp.Table):
        _check_table(table, named)
    for call in statement.find_all(exp.Func):
        name = (call.name if isinstance(call, exp.Anonymous) else call.sql_name()).casefold()
        if name.startswith(_REFUSED):
            raise UsageError("this function is not run here", found=name)


def _check_table(table: exp.Table, named: set[str]) -> None:
    if isinstance(table.this, exp.Func):
        call = table.this
        name = (call.name if isinstance(call, exp.Anonymous) else call.sql_name()).casefold()
        if name not in _ROWS_OF_NOTHING:
            raise UsageError("this function is not run here", found=name)
        return
    is_shown = table.db.casefold() in SCHEMAS and not table.catalog
    is_named = not table.db and table.name.casefold() in named
    if not (is_shown or is_named):
        raise UsageError(
            "this is no table of the view", found=table.sql(dialect="duckdb"),
            expected="a table of core, marts or meta, such as core.project", hint="view.tables() lists them",
        )  # fmt: skip
