"""Which stored rows a column of a query is made of: the query rewritten so that every row carries them along.

Where-provenance by rewriting, after Glavic and Alonso, "Perm: Processing
Provenance and Data on the Same Data Model through Query Rewriting" (ICDE
2009), followed through the wanted column alone: a row of a table that is only
joined, or filtered by, is no part of the figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp, parse_one

ROWS = "counted_rows"
_NOTHING = "CAST([] AS STRUCT(place VARCHAR, load_id VARCHAR, source_line BIGINT)[])"


@dataclass(frozen=True)
class Relations:
    """What a query may read: the columns of stored tables by place, and the SELECT of every mart.

    `stored` are the tables whose rows know their load and line, `others` those
    whose rows do not.
    """

    stored: Mapping[str, list[str]]
    others: Mapping[str, list[str]]
    mart_sql: Callable[[str], str]


def with_rows(sql: str, columns: Iterable[str], relations: Relations) -> str:
    """The SELECT `sql` with `counted_rows` beside its columns: place, load and line of what `columns` are made of.

    `columns` are some of its columns.
    """
    return _Rewriting(relations, _parsed(sql)).annotated(columns).sql(dialect="duckdb")


def place_of(table: exp.Table) -> str:
    """A table's name as relations are known by, with its schema."""
    return ".".join(part for part in (table.catalog, table.db, table.name) if part)


@dataclass
class _Rewriting:
    """One query under rewriting; its common tables are copied once for each column that is asked of them."""

    relations: Relations
    query: exp.Expr
    copies: dict[tuple[str, frozenset[str]], str] = field(default_factory=dict)
    made: list[exp.CTE] = field(default_factory=list)

    def annotated(self, wanted: Iterable[str]) -> exp.Expr:
        """The query with its rows, of what the columns `wanted` are made of."""
        found = self._query(self.query.copy(), frozenset(wanted))
        clause = found.args.get("with_")
        if self.made:
            if clause is None:
                clause = exp.With(expressions=[])
                found.set("with_", clause)
            clause.set("expressions", [*clause.expressions, *self.made])
        return found

    def _query(self, node: exp.Expr, wanted: frozenset[str]) -> exp.Expr:
        if isinstance(node, exp.Subquery):
            return self._query(node.this, wanted)
        if isinstance(node, exp.Union):
            return self._union(node, wanted)
        if isinstance(node, exp.Select):
            return self._select(node, wanted)
        raise TypeError(f"rows are not followed through {type(node).__name__}")

    def _union(self, node: exp.Union, wanted: frozenset[str]) -> exp.Expr:
        names = list(node.named_selects)
        sides = [self._query(_named(side.copy(), names), wanted) for side in (node.left, node.right)]
        clause = node.args.get("with_")
        merged = exp.Union(this=sides[0], expression=sides[1], distinct=False)
        if not node.args.get("distinct"):
            found: exp.Expr = merged
        else:
            columns = ", ".join(f'"{name}"' for name in names)
            text = (
                f"SELECT {columns}, flatten(list({ROWS})) AS {ROWS} "
                f"FROM ({merged.sql(dialect='duckdb')}) AS u GROUP BY {columns}"
            )
            found = parse_one(text, read="duckdb")
        if clause is not None:
            found.set("with_", clause.copy())
        return found

    def _select(self, node: exp.Select, wanted: frozenset[str]) -> exp.Expr:
        shown = {item.alias_or_name: item.unalias() for item in node.expressions}
        made_of = [shown[name] for name in sorted(wanted)]
        sources = self._sources(node)
        needed: dict[str, set[str]] = {}
        counts = [each for each in made_of if _counts_rows(each)]
        for column in (c for each in made_of for c in _value_columns(each)):
            owner = self._owner(column, sources)
            if owner is not None:
                needed.setdefault(owner, set()).add(column.name)
        first = next(iter(sources), None)
        if counts and first is not None:
            needed.setdefault(first, set()).update(self._columns(sources[first])[:1])
        for alias, columns in needed.items():
            self._carry(sources[alias], frozenset(columns))
        is_grouped = bool(node.args.get("group")) or any(_aggregates(each) for each in made_of)
        parts = [self._rows_of(each, sources, first, is_grouped=is_grouped) for each in made_of]
        if node.args.get("distinct"):
            node.set("distinct", None)
            node.set("group", exp.Group(expressions=[item.unalias().copy() for item in node.expressions]))
            parts = [f"flatten(list({part}))" for part in parts]
        total = _concatenated(parts)
        node.set("expressions", [*node.expressions, exp.alias_(parse_one(total, read="duckdb"), ROWS)])
        return node

    def _rows_of(self, made_of: exp.Expr, sources: dict[str, exp.Expr], first: str | None, *, is_grouped: bool) -> str:
        """SQL for the rows that an expression of a SELECT is made of."""
        if not is_grouped:
            return self._rows_beside(made_of, sources, first)
        aggregates = _aggregates(made_of)
        parts = []
        for each in aggregates:
            rows = self._rows_beside(each, sources, first)
            parts.append(f"coalesce(flatten(list({rows}){_kept(each)}), {_NOTHING})")
        inside = {id(column) for each in aggregates for column in each.find_all(exp.Column)}
        beside = [self._rows_beside(c, sources, first) for c in _value_columns(made_of) if id(c) not in inside]
        parts += [f"coalesce(flatten(list({rows})), {_NOTHING})" for rows in beside]
        return _concatenated(parts)

    def _rows_beside(self, made_of: exp.Expr, sources: dict[str, exp.Expr], first: str | None) -> str:
        """SQL for the rows of the sources whose filled columns an expression reads, within one joined row."""
        windows = [each for each in made_of.find_all(exp.Window) if each.find_ancestor(exp.Window) is None]
        within = {id(column) for window in windows for column in window.find_all(exp.Column)}
        by_owner: dict[str, list[str]] = {}
        for column in _value_columns(made_of):
            owner = self._owner(column, sources)
            if owner is not None and id(column) not in within:
                by_owner.setdefault(owner, []).append(column.sql(dialect="duckdb"))
        parts = [self._rows_of_window(window, sources, first) for window in windows]
        for owner, columns in by_owner.items():
            filled = " OR ".join(f"{column} IS NOT NULL" for column in dict.fromkeys(columns))
            if (rows := self._carried(owner, sources[owner])) is not None:
                parts.append(f"CASE WHEN {filled} THEN {rows} ELSE {_NOTHING} END")
        if not by_owner and not windows and _counts_rows(made_of) and first is not None:
            rows = self._carried(first, sources[first])
            parts = [rows] if rows is not None else []
        return _concatenated(parts)

    def _rows_of_window(self, window: exp.Window, sources: dict[str, exp.Expr], first: str | None) -> str:
        """SQL for the rows behind a window: of a neighbour its own and the neighbour's, else those of the frame."""
        if isinstance(window.this, exp.RowNumber):
            # A place among others is made of all of them.
            rows = self._rows_beside(exp.Paren(this=exp.Coalesce(expressions=_placed_by(window))), sources, first)
            over = window.copy()
            over.set("order", None)
            over.set("this", exp.column("x"))
            return f"coalesce(flatten(list({rows}) {over.sql(dialect='duckdb').removeprefix('x ')}), {_NOTHING})"
        rows = self._rows_beside(window.this, sources, first)
        if rows == _NOTHING:
            return rows
        over = window.copy()
        over.set("this", exp.column("x"))
        frame = over.sql(dialect="duckdb").removeprefix("x ")
        function = window.this.unnest() if not isinstance(window.this, exp.IgnoreNulls) else window.this.this
        if isinstance(function, exp.Lead | exp.Lag):
            name = "lead" if isinstance(function, exp.Lead) else "lag"
            return f"list_concat({rows}, coalesce({name}({rows}) {frame}, {_NOTHING}))"
        return f"coalesce(flatten(list({rows}) {frame}), {_NOTHING})"

    def _carried(self, alias: str, source: exp.Expr) -> str | None:
        """SQL for the rows that stand behind one row of a source; None where it has none."""
        if isinstance(source, exp.Subquery):
            return f'"{alias}".{ROWS}'
        if not isinstance(source, exp.Table):
            return None
        if source.meta.get("carries"):
            return f'"{alias}".{ROWS}'
        place = place_of(source)
        if place not in self.relations.stored:
            return None
        known = f"{{'place': '{place}', 'load_id': \"{alias}\".load_id, 'source_line': \"{alias}\".source_line}}"
        return f'CASE WHEN "{alias}".load_id IS NOT NULL THEN [{known}] ELSE {_NOTHING} END'

    def _carry(self, source: exp.Expr, wanted: frozenset[str]) -> None:
        """Let a source of a SELECT carry its rows, of what its columns `wanted` are made of."""
        if isinstance(source, exp.Subquery):
            source.set("this", self._query(source.this, wanted))
            return
        if not isinstance(source, exp.Table):
            return
        if source.db == "marts":
            inner = _Rewriting(self.relations, _parsed(self.relations.mart_sql(source.name)))
            copy = self._copied(f"marts.{source.name}", wanted, lambda: inner.annotated(wanted))
        elif (common := self._common(source)) is not None:
            copy = self._copied(source.name, wanted, lambda: self._query(common.this.copy(), wanted))
        else:
            return
        alias = source.alias_or_name
        source.set("db", None)
        source.set("this", exp.to_identifier(copy))
        source.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
        source.meta["carries"] = True

    def _copied(self, name: str, wanted: frozenset[str], made: Callable[[], exp.Expr]) -> str:
        if (name, wanted) not in self.copies:
            query = made()
            copy = f"{name.rpartition('.')[2]}_{len(self.copies) + 1}_with_rows"
            self.copies[name, wanted] = copy
            self.made.append(exp.CTE(this=query, alias=exp.TableAlias(this=exp.to_identifier(copy))))
        return self.copies[name, wanted]

    def _common(self, source: exp.Table) -> exp.CTE | None:
        if source.db:
            return None
        return next((cte for cte in self.query.find_all(exp.CTE) if cte.alias == source.name), None)

    def _sources(self, node: exp.Select) -> dict[str, exp.Expr]:
        clause = node.args.get("from_")
        found = [clause.this] if clause is not None else []
        found += [join.this for join in node.args.get("joins") or []]
        return {each.alias_or_name: each for each in found}

    def _owner(self, column: exp.Column, sources: dict[str, exp.Expr]) -> str | None:
        if column.table:
            return column.table if column.table in sources else None
        if len(sources) == 1:
            return next(iter(sources))
        return next((alias for alias, each in sources.items() if column.name in self._columns(each)), None)

    def _columns(self, source: exp.Expr) -> list[str]:
        if isinstance(source, exp.Subquery):
            return list(source.this.named_selects)
        if not isinstance(source, exp.Table):
            return []
        if source.db == "marts":
            return _parsed(self.relations.mart_sql(source.name)).named_selects
        if (common := self._common(source)) is not None:
            return list(common.this.named_selects)
        return list({**self.relations.others, **self.relations.stored}.get(place_of(source), []))


def _parsed(sql: str) -> exp.Query:
    query = parse_one(sql, read="duckdb")
    if not isinstance(query, exp.Query):
        raise TypeError(f"no SELECT: {sql[:80]}")
    return query


def _named(query: exp.Expr, names: list[str]) -> exp.Expr:
    """One side of a union, its columns under the names of the whole."""
    if isinstance(query, exp.Subquery):
        return _named(query.this, names)
    if isinstance(query, exp.Union):
        query.set("this", _named(query.left, names))
        query.set("expression", _named(query.right, names))
    else:
        renamed = [exp.alias_(item.unalias(), name) for item, name in zip(query.expressions, names, strict=True)]
        query.set("expressions", renamed)
    return query


def _placed_by(window: exp.Window) -> list[exp.Expr]:
    """The columns that a window divides and orders rows by."""
    return [column.copy() for column in window.find_all(exp.Column)]


def _aggregates(made_of: exp.Expr) -> list[exp.AggFunc]:
    """The outermost aggregates of an expression; a window over rows is none."""
    return [
        each
        for each in made_of.find_all(exp.AggFunc)
        if each.find_ancestor(exp.AggFunc) is None and each.find_ancestor(exp.Window) is None
    ]


def _kept(aggregate: exp.AggFunc) -> str:
    """The FILTER that leaves rows out which an aggregate passes over, or to which it adds nothing."""
    kept = []
    argument = aggregate.this
    if argument is not None and not isinstance(argument, exp.Star):
        text = argument.unnest().sql(dialect="duckdb") if not isinstance(argument, exp.Distinct) else "1"
        kept.append(f"({text}) IS NOT NULL")
        if isinstance(aggregate, exp.Sum):
            kept.append(f"({text}) <> 0")
    if isinstance(aggregate.parent, exp.Filter):
        kept.append(f"({aggregate.parent.expression.this.sql(dialect='duckdb')})")
    return f" FILTER (WHERE {' AND '.join(kept)})" if kept else ""


def _value_columns(made_of: exp.Expr) -> Iterator[exp.Column]:
    """The columns whose values an expression takes: those of a condition only where nothing else has any."""
    if isinstance(made_of, exp.Column):
        yield made_of
    elif isinstance(made_of, exp.Case):
        branches = [branch.args["true"] for branch in made_of.args["ifs"]]
        values = [
            c for each in [*branches, made_of.args.get("default")] if each is not None for c in _value_columns(each)
        ]
        yield from values or made_of.find_all(exp.Column)
    elif isinstance(made_of, exp.Filter):
        yield from _value_columns(made_of.this)
    else:
        for child in made_of.iter_expressions():
            yield from _value_columns(child)


def _counts_rows(made_of: exp.Expr) -> bool:
    return any(isinstance(each.this, exp.Star) for each in made_of.find_all(exp.Count))


def _concatenated(parts: list[str]) -> str:
    known = [part for part in parts if part != _NOTHING]
    if not known:
        return _NOTHING
    text = known[0]
    for part in known[1:]:
        text = f"list_concat({text}, {part})"
    return text
