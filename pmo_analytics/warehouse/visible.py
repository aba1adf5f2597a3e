"""SQL for what a table shows at a reporting date: the two clocks, and codes resolved.

Rows keep the codes of their source. Projects and persons are resolved when a
table is looked at, so that the order of loads does not matter and a mapping
made later holds for rows loaded earlier.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pmo_analytics.contracts.base import EVENT, PERSONAL, REGISTER, Table
from pmo_analytics.contracts.systems import SYSTEMS
from pmo_analytics.contracts.work import ISSUE_KEY
from pmo_analytics.vocabulary import INSTANT
from pmo_analytics.warehouse.as_of import local_day
from pmo_analytics.warehouse.merging import latest

# Aliases are given per system, whichever of its exports a row came from.
_CASES = " ".join(f"WHEN '{source}' THEN '{system}'" for source, system in SYSTEMS.items())
LOAD_SYSTEMS = f"SELECT load_id, CASE source {_CASES} ELSE source END AS system FROM lake.meta.load"
# What issues state of themselves, as rows: unnested JSON lists by the table they belong to.
STATED = {
    "issue_link": (
        "links",
        '[{"key": "VARCHAR", "type": "VARCHAR", "direction": "VARCHAR"}]',
        "x.key AS other_key, x.type AS link_type, x.direction",
        f"regexp_matches(other_key, '{ISSUE_KEY}') AND link_type IS NOT NULL AND direction IN ('inward', 'outward')",
    ),
    "issue_sprint": ("sprints", '[{"name": "VARCHAR"}]', "x.name AS sprint", "sprint IS NOT NULL"),
}
_CODES = ("wbs_element", "project_key")
# What codes are resolved by. Each table that a lake holds costs the engine 5 to 10 ms wherever a query names it,
# and a mart may name these many times: a view of the warehouse reads them once.
LOOKUPS = {
    "load_system": LOAD_SYSTEMS,
    "person_merge": "SELECT person_id, merged_into_id FROM lake.core.person_merge",
    # Aliases that differ in case alone are one, or a row would count twice.
    "project_alias": (
        "SELECT source, lower(external_key) AS code, min(project_id) AS project_id FROM lake.core.project_alias "
        "GROUP BY source, lower(external_key)"
    ),
    "project": "SELECT DISTINCT project_id FROM lake.core.project",
}
_IN_THE_LAKE = {name: f"({sql})" for name, sql in LOOKUPS.items()}


def visible(
    table: Table, rows: str, as_of: date | None, time_zone: str, lookups: Mapping[str, str] = _IN_THE_LAKE
) -> str:
    """The SELECT over `rows` that a view of `table` stands for; without `as_of` nothing is cut."""
    source = resolved(table, f"({latest(table)})" if table.lake == PERSONAL else rows, lookups=lookups)
    if table.name in STATED:
        source = _with_stated(table, source)
    if as_of is None:
        return source
    cut = f"DATE '{as_of.isoformat()}'"
    if table.clock == EVENT and table.clock_column:
        column = f'"{table.clock_column}"'
        if table.sql_type(table.clock_column) == INSTANT:
            column = local_day(column, time_zone)
        return f"SELECT * FROM ({source}) AS v WHERE {column} <= {cut}"
    if table.clock == REGISTER:
        key = ", ".join(f'"{name}"' for name in table.key if name != "status_date")
        return (
            f"SELECT * FROM ({source}) AS v WHERE status_date <= {cut} "
            f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY status_date DESC) = 1"
        )
    return source


def resolved(
    table: Table,
    rows: str,
    source: str | None = None,
    only: set[str] | None = None,
    lookups: Mapping[str, str] = _IN_THE_LAKE,
) -> str:
    """The SELECT over `rows` with persons and projects resolved.

    `source` is SQL for where rows came from whose load is not committed yet;
    `only` leaves out all other columns and what resolves them; `lookups` is SQL
    for each of LOOKUPS.
    """
    columns = []
    joins = [] if source else [f"JOIN {lookups['load_system']} AS l ON l.load_id = t.load_id"]
    for name in (c for c in table.columns if only is None or c in only):
        if name in table.person_columns and table.name != "person_merge":
            alias = f"m_{name}"
            joins.append(f'LEFT JOIN {lookups["person_merge"]} AS {alias} ON {alias}.person_id = t."{name}"')
            columns.append(f'coalesce({alias}.merged_into_id, t."{name}") AS "{name}"')
        elif name == "project_id" and "project_key" in table.columns:
            project, found = _project_of(table, source or "l.system", lookups)
            joins += found
            columns.append(f"{project} AS project_id")
        else:
            columns.append(f't."{name}"')
    return f"SELECT {', '.join(columns)}, t.load_id, t.source_line FROM {rows} AS t {' '.join(joins)}"


def _with_stated(table: Table, stored: str) -> str:
    """SQL for the stored rows of a table and those that the visible issues state: one of a key, a stored one first."""
    column, shape, values, sound = STATED[table.name]
    key = ", ".join(f'"{name}"' for name in table.key)
    stated = (
        f"SELECT issue_key, {values}, load_id, source_line FROM (SELECT issue_key, load_id, source_line, "
        # Only text that is JSON is taken apart: registers of issues may state anything.
        f"unnest(CASE WHEN json_valid({column}) THEN from_json({column}, '{shape}') END) AS x FROM core.issue)"
    )
    return (
        f"SELECT * EXCLUDE (is_stated) FROM (SELECT *, false AS is_stated FROM ({stored}) "
        f"UNION ALL BY NAME SELECT *, true AS is_stated FROM ({stated}) WHERE {sound}) AS b "
        f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY is_stated, load_id, source_line) = 1"
    )


def _project_of(table: Table, source: str, lookups: Mapping[str, str]) -> tuple[str, list[str]]:
    """SQL for the project of a row `t` of a table that names projects by code, and the joins that it needs.

    `source` is SQL for where the row came from. A given project goes first,
    then the WBS element, which is finer than the project code beside it; of a
    code the source's own alias, one of every source, and the register itself.
    """
    known = ["t.project_id"]
    joins = []
    for code in (c for c in _CODES if c in table.columns):
        own, every, register = (f"{kind}_{code}" for kind in ("own", "every", "register"))
        aliases = lookups["project_alias"]
        joins += [
            f"LEFT JOIN {aliases} AS {own} ON {own}.code = lower(t.{code}) AND {own}.source = {source}",
            f"LEFT JOIN {aliases} AS {every} ON {every}.code = lower(t.{code}) AND {every}.source = '*'",
            f"LEFT JOIN {lookups['project']} AS {register} ON {register}.project_id = t.{code}",
        ]
        known += [f"{alias}.project_id" for alias in (own, every, register)]
    return f"coalesce({', '.join(known)})", joins
