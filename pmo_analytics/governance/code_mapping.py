"""Codes that no register knows, with the project that they are most like.

The likeness is this project's own choice: difflib's ratio of matching
characters (Ratcliff and Obershelp 1988) on folded text, at least 0.6. It is a
suggestion and maps nothing.

Worked example: a ledger names a project `D-2507` and calls it `Time table
engine`; of the projects registered, `Timetable engine` is nearest by name.
`D-9901` alone is like none of them, and nothing is suggested. `D-2507-20`, which
an alias of another source maps already, is suggested as that one's project.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.marts import UnmappedCode as Mart
from pmo_analytics.contracts.portfolio import Project, ProjectAlias
from pmo_analytics.errors import nearest

_TABLES = {"ledger_entry": 0, "timesheet_entry": 1, "commitment": 2, "issue": 3}


class UnmappedCodeNearest(Contract):
    """One row per source, table, unmapped code and currency: most money first, then most hours, then most rows.

    Columns are those of the mart `unmapped_code`; `nearest_project_id` and
    `nearest_name` are empty where no registered project is like it.
    """

    source: Text = required()
    table_name: Text = required()
    external_key: Text = optional()
    name: Text = optional()
    row_count: Whole = required()
    duration_seconds: Number = optional()
    amount: Number = optional()
    currency: Text = optional()
    first_month: Date = required()
    last_month: Date = required()
    nearest_project_id: Text = optional()
    nearest_name: Text = optional()


def unmapped_codes(
    unmapped_code: pd.DataFrame, project: pd.DataFrame, project_alias: pd.DataFrame, *, most: int = 500
) -> DataFrame[UnmappedCodeNearest]:
    """The codes of the mart with the nearest registered project.

    Takes the mart and the registers `project` and `project_alias`. A code that
    another source's alias maps goes first, then the source's own name for it,
    then the code. Only the first `most` rows are given a nearest project, since
    each is held against every one.
    """
    projects = list(zip(project[Project.project_id].astype(str), project[Project.name].astype(str), strict=True))
    by_name = {name: (code, name) for code, name in projects} | {code: (code, name) for code, name in projects}
    elsewhere = _known_elsewhere(project_alias, dict(projects))
    rows = unmapped_code.assign(
        rank=unmapped_code[Mart.table_name].map(_TABLES),
        money=-unmapped_code[Mart.amount].abs().fillna(0.0),
        time=-unmapped_code[Mart.duration_seconds].abs().fillna(0.0),
        rows=-unmapped_code[Mart.row_count],
    )
    order = ["rank", "money", "time", "rows", Mart.source, Mart.external_key, Mart.currency]
    rows = rows.sort_values(order).reset_index(drop=True)
    found = [
        elsewhere.get(str(row[Mart.external_key]).casefold())
        or _nearest(row[Mart.name], row[Mart.external_key], by_name)
        for row in rows.head(most).to_dict("records")
    ]
    found += [(None, None)] * (len(rows) - len(found))
    rows[UnmappedCodeNearest.nearest_project_id] = pd.Series([code for code, _ in found], dtype="str")
    rows[UnmappedCodeNearest.nearest_name] = pd.Series([name for _, name in found], dtype="str")
    ordered = rows.reindex(columns=list(UnmappedCodeNearest.to_schema().columns))
    return checked(UnmappedCodeNearest, ordered)


def _known_elsewhere(project_alias: pd.DataFrame, names: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Project and name by folded code, of the codes that the aliases of all sources give to one project alone."""
    found: dict[str, set[str]] = {}
    for code, project in zip(
        project_alias[ProjectAlias.external_key], project_alias[ProjectAlias.project_id], strict=True
    ):
        found.setdefault(str(code).casefold(), set()).add(str(project))
    return {code: (min(ids), names.get(min(ids), min(ids))) for code, ids in found.items() if len(ids) == 1}


def _nearest(name: object, code: object, known: dict[str, tuple[str, str]]) -> tuple[str | None, str | None]:
    for text in (name, code):
        close = nearest(text, known) if isinstance(text, str) else None
        if close is not None:
            return known[close]
    return None, None
