"""A view: every table and mart as known in a version, of what had happened by a date."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, overload

import duckdb
import pandas as pd

from pmo_analytics.contracts import rolled_up, stored, tables
from pmo_analytics.contracts.base import CORE, PERSONAL, check_frame
from pmo_analytics.errors import PmoError, UsageError, nearest
from pmo_analytics.influences import Influences
from pmo_analytics.origins import Origin
from pmo_analytics.warehouse import completeness
from pmo_analytics.warehouse.budget_rules import lay_budget_rule
from pmo_analytics.warehouse.connection import Connection, connect, share_out, told_in_words, unreadable
from pmo_analytics.warehouse.core_views import CoreViews
from pmo_analytics.warehouse.event_days import default_date, latest_event
from pmo_analytics.warehouse.flow_names import flow_names, lay_flow_names
from pmo_analytics.warehouse.issue_history import LOADS_WITH_HISTORY, PARTIAL_HISTORIES
from pmo_analytics.warehouse.kept_marts import KeptMarts, last_changes
from pmo_analytics.warehouse.labour_accounts import labour_accounts, lay_labour_accounts
from pmo_analytics.warehouse.lakes import META, NothingLoadedError, attach, core_snapshots
from pmo_analytics.warehouse.locks import READING, Hold, hold
from pmo_analytics.warehouse.results import Results
from pmo_analytics.warehouse.roll_ups import RollUps
from pmo_analytics.warehouse.stores.alerts import ALERTS
from pmo_analytics.warehouse.stores.findings import FINDINGS
from pmo_analytics.warehouse.stores.month_close import CLOSES
from pmo_analytics.warehouse.table_list import shown_tables, table_list
from pmo_analytics.warehouse.visible import LOAD_SYSTEMS
from pmo_analytics.workspace import Workspace

# The rewriting of SQL takes a fifth of a second to import, and only the opening of a figure needs it.
if TYPE_CHECKING:
    from pmo_analytics.warehouse.counted_rows import Evidence


class View:
    """What was known in `version` of what had happened by `as_of`.

    Tables are read with `table`, analyses run with `run`, SQL with `sql`.
    Close it, or use it in a `with` statement.
    """

    def __init__(
        self,
        workspace: Workspace,
        connection: Connection,
        as_of: date,
        version: int,
        *,
        views: CoreViews,
        roll_ups: RollUps,
        use: Hold,
    ) -> None:
        self.workspace = workspace
        self.as_of = as_of
        self.version = version
        self._connection = connection
        self._views = views
        self._roll_ups = roll_ups
        self._use = use
        self._results = Results()
        self._lineages: set[tuple[str, str]] = set()
        self._has_findings = False

    @classmethod
    def open(
        cls,
        workspace: Workspace,
        *,
        as_of: date | None,
        version: int | None,
        is_cut: bool = True,
        dates: Mapping[str, date] | None = None,
    ) -> View:
        """Attach the lakes at the asked version and lay the views over them; `dates` as `Warehouse.at` has it."""
        labour, flow, budget = labour_accounts(workspace), flow_names(workspace), workspace.budget_rule
        use = hold(workspace.warehouse, READING)
        connection = connect()
        with told_in_words(workspace.warehouse):
            snapshot, personal, number = _snapshots(connection, workspace, version)
            attach(connection, workspace, read_only=True, core_snapshot=snapshot, personal_snapshot=personal)
            # One transaction, so that the lakes' catalogs are read once and not for each view.
            connection.execute("BEGIN")
            day = as_of or default_date(connection, workspace.time_zone, is_needed=is_cut)
            for schema in ("core", "marts", "meta", "personal_view"):
                connection.execute(f"CREATE SCHEMA {schema}")
            views = CoreViews(connection, day if is_cut else None, workspace.time_zone, dates)
            views.lay_for({("personal_view", "rate")})
            _lay_rates(connection)
            for name in META:
                connection.execute(f"CREATE VIEW meta.{name} AS SELECT * FROM lake.meta.{name}")
            connection.execute(f"CREATE VIEW meta.load_system AS {LOAD_SYSTEMS}")
            connection.execute(f"CREATE VIEW meta.load_with_history AS {LOADS_WITH_HISTORY}")
            connection.execute(f"CREATE VIEW meta.partial_history AS {PARTIAL_HISTORIES}")
            connection.execute(
                "CREATE TABLE meta.reporting AS SELECT CAST(? AS DATE) AS as_of, CAST(? AS BIGINT) AS version, "
                "CAST(? AS VARCHAR) AS time_zone",
                [day, number, workspace.time_zone],
            )
            lay_labour_accounts(connection, labour)
            lay_flow_names(connection, flow)
            lay_budget_rule(connection, budget)
            connection.execute("COMMIT")
        kept = KeptMarts(
            connection,
            workspace.warehouse,
            (day, is_cut, workspace.time_zone, labour, flow, budget),
            lambda: last_changes(connection, "lake", snapshot) | last_changes(connection, "personal", personal),
        )
        roll_ups = RollUps(connection, views, kept)
        return cls(workspace, connection, day, number, views=views, roll_ups=roll_ups, use=use)

    def __enter__(self) -> View:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the lakes."""
        self._connection.close()
        self._use.release()

    def latest_event(self) -> date | None:
        """The day of the latest event that the view's version knows, whatever its date; None where there is none."""
        return latest_event(self._connection, self.workspace.time_zone)

    def table(self, name: str) -> pd.DataFrame:
        """A core table or mart by name, checked against its contract, in order of its key.

        Raises UsageError for an unknown name and for the tables of the personal lake.
        """
        known = {n: t for n, t in tables().items() if t.lake != PERSONAL}
        if name not in known:
            close = nearest(name, known)
            hint = f"did you mean {close!r}?" if close else None
            raise UsageError(f"no table {name!r}", expected=", ".join(known), hint=hint)
        table = known[name]
        schema = "marts" if name in rolled_up() else "core"
        if name in rolled_up():
            self._roll_ups.build(name)
        self._views.lay_for({(schema, name)})
        columns = ", ".join(f'"{column}"' for column in table.columns)
        order = ", ".join(f'"{column}" NULLS LAST' for column in table.key)
        frame = self._frame(f"SELECT {columns} FROM {schema}.{name} ORDER BY {order}")
        return self._results.kept(check_frame(table, frame), Origin(name))

    def run(self, analysis: Callable[..., Any], **options: Any) -> Any:
        """Run an analysis on the marts and registers that its parameters name.

        `status_date` is filled from `as_of`. Parameters given in `options` are
        passed as they are. The result knows what made it, for `explain`, unless
        it was given a frame that no view has made. Raises UsageError when a
        parameter names a bulk table: those are rolled up in SQL, never handed
        to pandas.
        """
        bound: dict[str, Any] = {}
        for name, parameter in inspect.signature(analysis).parameters.items():
            if name in options:
                bound[name] = options[name]
            elif name == "status_date":
                bound[name] = pd.Timestamp(self.as_of)
            elif parameter.default is not inspect.Parameter.empty:
                continue
            elif name in stored() and stored()[name].is_bulk:
                raise UsageError(
                    f"{analysis.__name__} asks for the event table {name!r}",
                    hint="let it take a mart: events are rolled up in SQL",
                )
            else:
                bound[name] = self.table(name)
        if unknown := set(options) - set(bound):
            raise UsageError(f"{analysis.__name__} has no parameter {sorted(unknown)[0]!r}")
        return self._results.ran(analysis, bound)

    @overload
    def explain(self, table: str, row: Mapping[str, Any], column: str) -> Evidence: ...
    @overload
    def explain(self, table: pd.DataFrame, row: Mapping[str, Any], column: str) -> Evidence | Influences: ...
    def explain(self, table: str | pd.DataFrame, row: Mapping[str, Any], column: str) -> Evidence | Influences:
        """What is behind a figure: `column` of the row of a mart or core table whose key has these values.

        For a frame that `run` returned, with what it was given there: the rows
        and columns of marts and registers that the figure depends on. Raises
        UsageError for a table, a column or a row that does not exist, and for
        a frame of which the view does not know what made it.
        """
        if isinstance(table, pd.DataFrame):
            found = self._results.explained(table, row, column, self.as_of, self.table)
            if not isinstance(found, str):
                return found
            table = found
        if table in rolled_up():
            self._roll_ups.build_with_sources(table)
        elif table in stored():
            self._views.lay_for({("core", table)})
        from pmo_analytics.warehouse.counted_rows import evidence

        return evidence(self._connection, table, row, column)

    def counted(self, table: str, column: str, rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
        """The stored rows, by table, that `column` counts in these rows of a mart or core table together.

        `rows` holds the table's key; the rows found are those that `explain`
        gives. What a column of a mart counts is found once for all its rows,
        and kept while the view is open.
        """
        from pmo_analytics.warehouse.counted_rows import counted, lay_lineage

        if table in rolled_up():
            self._roll_ups.build_with_sources(table)
            if (table, column) not in self._lineages:
                lay_lineage(self._connection, table, column)
                self._lineages.add((table, column))
        else:
            self._views.lay_for({("core", table)})
        return counted(self._connection, table, column, rows)

    def still_stored(self, table: str, rows: pd.DataFrame) -> list[bool]:
        """Whether each row, known by `load_id` and `source_line`, stands in this core table here."""
        self._views.lay_for({("core", table)})
        from pmo_analytics.warehouse.counted_rows import still_stored

        return still_stored(self._connection, table, rows)

    def rows_not_in(self, other: View, table: str) -> pd.DataFrame:
        """The stored rows of a table that stand here and not in another view, with version, file and line; no rate."""
        from pmo_analytics.warehouse.counted_rows import rows_beside, schema_of

        for view in (self, other):
            view._views.lay_for({(schema_of(table), table)})
        return rows_beside(self._connection, other._connection, table)

    def sql(self, query: str) -> pd.DataFrame:
        """The result of a query over `core`, `marts` and `meta`; decimals as float, times naive UTC.

        Raises UsageError with the engine's own words when the query is wrong.
        """
        return self._frame(self._prepared(query))

    def rows(self, query: str, values: Sequence[object] = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and rows of a query, decimals exact; `values` stand for its question marks."""
        try:
            cursor = self._connection.execute(self._prepared(query), list(values))
            return [str(d[0]) for d in cursor.description or []], cursor.fetchall()
        except duckdb.Error as problem:
            raise self._failure(problem) from None

    def missing(self) -> pd.DataFrame:
        """What the figures of this view lack, in words: one row per finding.

        Columns: subject, finding, rows, duration_seconds (NaN where it has no
        meaning), remedy.
        """
        if not self._has_findings:
            self._roll_ups.fill("meta.completeness", completeness.COUNTS, self._roll_ups.key(completeness.COUNTS))
            self._has_findings = True
        return completeness.findings(self.sql("SELECT * FROM meta.completeness ORDER BY position"))

    def tables(self) -> pd.DataFrame:
        """The tables of `core` and `marts`: what a row of each is, its key, rows, and the latest day it tells of."""
        self._views.lay_for({("core", table.name) for table in shown_tables() if table.lake == CORE})
        with told_in_words(self.workspace.warehouse):
            return table_list(self._connection)

    def __repr__(self) -> str:
        return f"View as of {self.as_of}, version {self.version}: view.tables() lists its tables"

    def _repr_html_(self) -> str:
        """The tables of the view, as a notebook shows it; names and days alone, which pandas escapes."""
        listed = self.tables().fillna({"rows": 0}).to_html(index=False, border=0)
        return f"<p>As of {self.as_of}, version {self.version}. Marts are built when they are asked for.</p>{listed}"

    def loads(self) -> pd.DataFrame:
        """One row per committed load up to this version, oldest first."""
        return self.sql("SELECT * FROM meta.load ORDER BY version")

    def alert_events(self) -> pd.DataFrame:
        """The events of alerts that were appended before this version was loaded: no later one changes a page."""
        with told_in_words(self.workspace.warehouse):
            return ALERTS.seen(self._connection)

    def finding_events(self) -> pd.DataFrame:
        """The events of the audit's findings that were appended before this version was loaded."""
        with told_in_words(self.workspace.warehouse):
            return FINDINGS.seen(self._connection)

    def close_events(self) -> pd.DataFrame:
        """The events of the months' closes that were appended before this version was loaded."""
        with told_in_words(self.workspace.warehouse):
            return CLOSES.seen(self._connection)

    def _prepared(self, query: str) -> str:
        self._roll_ups.lay_for(query)
        return query

    def _failure(self, problem: duckdb.Error) -> PmoError:
        if isinstance(problem, duckdb.IOException) and str(self.workspace.warehouse) in str(problem):
            return unreadable(self.workspace.warehouse, problem)
        return UsageError("the query failed", found=str(problem))

    def _frame(self, query: str) -> pd.DataFrame:
        try:
            result = self._connection.execute(query)
            description = result.description or []
            table = result.to_arrow_table()
        except duckdb.Error as problem:
            raise self._failure(problem) from None
        frame: pd.DataFrame = table.to_pandas(date_as_object=False)
        if frame.empty:
            # Texts of no rows come in no pieces, and pandas cannot join by those.
            frame = frame.astype(object).astype(frame.dtypes.to_dict())
        decimals = {str(d[0]): float for d in description if str(d[1]).startswith(("DECIMAL", "HUGEINT"))}
        return frame.astype(decimals)


def _snapshots(connection: Connection, workspace: Workspace, version: int | None) -> tuple[int, int, int]:
    """Snapshots of both lakes and the number of the asked version, by default the latest."""
    attach(connection, workspace, read_only=True)
    found = core_snapshots(connection)
    if not found:
        raise NothingLoadedError.of(workspace)
    number = version if version is not None else max(found)
    if number not in found:
        raise UsageError(f"there is no version {number}", expected=f"1 to {max(found)}", hint="`pmo loads` lists them")
    row = connection.execute(
        "SELECT max(personal_snapshot) FILTER (version = ?), sum(bytes) FROM lake.meta.load", [number]
    ).fetchone()
    connection.execute("DETACH lake")
    connection.execute("DETACH personal")
    personal, size = row or (0, 0)
    share_out(connection, int(size or 0))
    return found[number], int(personal or 0), number


def _lay_rates(connection: Connection) -> None:
    """Let rates given for a person of the register stand under the person's token."""
    connection.execute(
        "CREATE VIEW personal_view.rate AS "
        "SELECT coalesce(m.merged_into_id, a.person_id, r.role_or_person_id) AS role_or_person_id, "
        "r.valid_from_date, r.hourly_amount, r.currency, r.load_id, r.source_line FROM personal_view.given_rate AS r "
        "LEFT JOIN personal_view.given_person_alias AS a "
        "ON a.source = 'register' AND a.external_key = lower(r.role_or_person_id) "
        "LEFT JOIN core.person_merge AS m ON m.person_id = a.person_id"
    )
