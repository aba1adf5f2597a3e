"""Rules between tables, as SQL: what a row names is known, and its day lies where it may.

A contract judges a row by itself; these rules hold it against other tables. A
row that breaks one is loaded and counted, unless the organisation says
otherwise in `pmo.toml`:

    [checks]
    unknown_project = "reject"     # warn, reject or off

A rule is not applied while the table that it needs is empty.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pmo_analytics.contracts import stored
from pmo_analytics.contracts.base import CORE
from pmo_analytics.errors import UsageError, nearest
from pmo_analytics.warehouse.cross_checks import WARN, checks
from pmo_analytics.workspace import Workspace

REJECT, OFF = "reject", "off"
# The tables that a load has brought rows into.
FILLED = "SELECT DISTINCT table_name FROM {load} WHERE rows_added + rows_replacing > 0"
_FIRST = 3


def severities(workspace: Workspace) -> dict[str, str]:
    """Severity by rule, as `pmo.toml` says it or by default; UsageError names what is wrong there."""
    found = {check.name: check.severity for check in checks()}
    personal = {check.name for check in checks() if check.is_personal}
    for name, given in workspace.checks.items():
        file = workspace.settings_file
        if name not in found:
            close = nearest(name, found)
            raise UsageError(
                f"unknown rule {name!r} in [checks]",
                file=file,
                expected=", ".join(sorted(found)),
                hint=f"did you mean {close!r}?" if close else "remove it",
            )
        if given not in (WARN, REJECT, OFF):
            raise UsageError(
                f"{name} in [checks] is not one of its values",
                file=file,
                found=repr(given),
                expected="warn, reject or off",
            )
        if given == REJECT and name in personal:
            raise UsageError(
                f"{name} cannot reject: it looks at rates, which a load may not see",
                file=file,
                found=repr(given),
                expected="warn or off",
            )
        found[name] = given
    return found


@dataclass(frozen=True)
class CheckFinding:
    """The rows of one table that break one rule; `places` are the first of them, as file and line.

    `rows` is None where the rule was not applied, and `places` then says why.
    """

    rule: str
    table: str
    severity: str
    rows: int | None
    column: str
    example: str | None
    message: str
    places: str
    hint: str


def evaluate(
    rows: Callable[[str], tuple[list[str], list[tuple[Any, ...]]]], workspace: Workspace
) -> list[CheckFinding]:
    """Apply every rule that is not off to all that a view holds; what breaks none is not told."""
    chosen = severities(workspace)
    filled = {str(row[0]) for row in rows(FILLED.format(load="meta.load"))[1]}
    found = []
    for check in checks():
        severity = chosen[check.name]
        if severity == OFF or check.table not in filled:
            continue
        about = (check.name, check.table, severity)
        if lacking := [name for name in check.needs if name not in filled]:
            found.append(
                CheckFinding(*about, None, check.column, None, "not checked", f"no {lacking[0]} is loaded", "")
            )
            continue
        failing = check.failing(f"core.{check.table}", _in_view)
        count = int(rows(f"SELECT count(*) FROM ({failing})")[1][0][0])
        if count:
            first = rows(
                f"SELECT l.file, f.source_line, f.value FROM ({failing}) AS f JOIN meta.load AS l "
                f"ON l.load_id = f.load_id ORDER BY l.version, f.source_line LIMIT {_FIRST}"
            )[1]
            places = ", ".join(f"{file}:{line}" for file, line, _ in first)
            example = "(hidden: personal)" if check.column == "person_id" else first[0][2]
            found.append(CheckFinding(*about, count, check.column, example, check.message, places, check.hint))
    return found


def _in_view(name: str) -> str:
    return f"core.{name}" if stored()[name].lake == CORE else f"personal_view.{name}"
