"""From a recognised file to rows that can be checked: conventions, columns, survey."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from pmo_analytics.contracts.base import REGISTER
from pmo_analytics.contracts.editions import STATED_BEFORE
from pmo_analytics.errors import QuestionError
from pmo_analytics.ingest.decimals import DecimalCells
from pmo_analytics.ingest.results import ColumnReading, Intake
from pmo_analytics.sources.conventions import (
    MONTH_WORD,
    NUMERIC_DATE,
    SHAPE_STEPS,
    MarkEvidence,
    OrderEvidence,
    date_formats,
    date_order,
    decimal_mark,
)
from pmo_analytics.sources.definition import Field
from pmo_analytics.sources.delimited import Layout
from pmo_analytics.sources.export import Export, Record
from pmo_analytics.sources.field_text import literal, withheld_text
from pmo_analytics.sources.laid_out_table import LaidOutTable
from pmo_analytics.sources.month_names import english_abbreviations, month_language
from pmo_analytics.sources.parsing import Conventions, Parser, can_fail, in_english, parser
from pmo_analytics.sources.recognition import Recognised, date_columns, number_positions, number_texts
from pmo_analytics.sources.totals import date_positions, has_no_date, is_total, total_row
from pmo_analytics.warehouse import evidence, merging, raw_rows, staging
from pmo_analytics.warehouse.connection import Connection, EngineError


@dataclass(frozen=True)
class Reading:
    """One file, read: how, as what, and what one look over all its rows told.

    `file` is set where `raw` is a view over the file; `is_sampled` says that the
    conventions rest on its first rows, and are to be looked at again should a
    later row not fit them.
    """

    how: Export
    found: Recognised
    conventions: Conventions
    columns: list[staging.StagedColumn]
    typed: staging.TypedRows
    survey: staging.Survey
    assumptions: list[str]
    title_lines: list[int]
    file: raw_rows.TextFile | None
    is_sampled: bool

    @property
    def rows_in(self) -> int:
        """Records of the file: those above the header and those below it."""
        return self.survey.records + len(self.title_lines)

    def noting(self, notes: list[str]) -> Reading:
        """The reading with more that was assumed."""
        return replace(self, assumptions=[*self.assumptions, *notes])


@dataclass(frozen=True)
class _Asked:
    """A recognised file, and the call that it is to be read for."""

    how: Export
    found: Recognised
    intake: Intake


def read(connection: Connection, how: Export, found: Recognised, intake: Intake, *, whole: bool) -> Reading:
    """Read the file as the engine does where that is safe, record by record where not.

    With `whole` every row decides the conventions, not the first ones alone.
    Raises QuestionError where the file leaves something open.
    """
    asked = _Asked(how, found, intake)
    head = list(islice(how.records(), found.header_index + 1))
    titles, skip = [record.line for record in head[:-1]], head[-1].last_line
    if isinstance(how, Layout) and how.is_plain and not found.definition.has_subtotals:
        file = raw_rows.TextFile(how.path, how.delimiter, skip, how.lines, len(found.headers), how.has_broken_cells)
        try:
            file = raw_rows.open_file(connection, file)
            return _read(connection, asked, titles, file, rows="raw_cells" if whole else "sample")
        except (raw_rows.IrregularFileError, EngineError, UnicodeDecodeError):
            # The engine cuts a long line that it complains of, and may cut a letter in two.
            return _read_staged(connection, asked, titles)
    return _read_staged(connection, asked, titles)


def _read_staged(connection: Connection, asked: _Asked, titles: list[int]) -> Reading:
    how, found, options = asked.how, asked.found, asked.intake.options

    def body() -> Iterator[Record]:
        return islice(how.records(), found.header_index + 1, None)

    def stage(records: Iterable[Record]) -> None:
        raw_rows.stage(connection, len(found.headers), numbered(records, found, is_grid=how.is_grid))

    cells = DecimalCells(number_positions(found.definition, found.headers))
    mark = options.decimal_mark
    stage(cells.marked(cells.seen(body()), mark or "point"))
    notes = []
    if mark is None and cells.has_numbers:
        mark = "point"
        if cells.is_mixed:
            stage(cells.texts_alone(body()))
            mark = _conventions(connection, asked, "raw").conventions.decimal_mark
            stage(cells.marked(body(), mark))
            notes = [f"some numbers are text, with a decimal {mark}; the others are read as the numbers they are"]
        asked = replace(asked, intake=replace(asked.intake, options=replace(options, decimal_mark=mark)))
    reading = _read(connection, asked, titles, None, rows="raw")
    return reading.noting(notes)


def numbered(
    body: Iterable[Record], found: Recognised, *, is_grid: bool = False
) -> Iterator[tuple[int, int, str | None, list[str]]]:
    """Records as `raw_rows.stage` takes them: first and last line, what is wrong as a whole, cells."""
    width = len(found.headers)
    dates = date_positions(found.definition, found.headers)
    for record in body:
        fault = "cut" if record.is_cut else raw_rows.BLANK if record.is_blank else None
        if fault is None and found.definition.has_subtotals:
            fault = _list_mark(record)
        if fault is None and is_total(record.cells, dates):
            fault = f"{raw_rows.SUBTOTAL}{raw_rows.ANY_LEVEL}"
        fault = fault or _error(record, width)
        extra = any(cell.strip() for cell in record.cells[width:])
        if fault is None and is_grid and extra:
            fault = "beside"
        if fault is None and not is_grid and (len(record.cells) < width or extra):
            fault = "field_count"
        yield record.line, record.last_line, fault, (record.cells + [""] * width)[:width]


def _error(record: Record, width: int) -> str | None:
    """The first error that stands below a header instead of a value."""
    return next((f"{staging.ERROR}{found}" for position, found in record.errors if position < width), None)


def _list_mark(record: Record) -> str | None:
    """What a record of a printed list is, where it is no posting: a rule, or a subtotal and its level."""
    filled = [cell.strip() for cell in record.cells if cell.strip()]
    stars = next((len(cell) for cell in filled if cell.strip("*") == ""), 0)
    if stars:
        return f"{raw_rows.SUBTOTAL}{stars}"
    return raw_rows.RULE if all(cell.strip("-") == "" for cell in filled) else None


def still_fits(connection: Connection, reading: Reading, intake: Intake) -> bool:
    """Whether the conventions stay as they are when the rows in `raw`, which broke a rule, speak too."""
    raw_rows.look_at_broken(connection, len(reading.found.headers))
    asked = _Asked(reading.how, reading.found, intake)
    return _conventions(connection, asked, "looked_at").conventions == reading.conventions


def column_readings(connection: Connection, reading: Reading) -> list[ColumnReading]:
    """How each column is read, by the first row that fills it."""
    shown = [column for column in reading.columns if not column.is_personal]
    first = dict(zip([c.column for c in shown], evidence.first_values(connection, shown), strict=True))
    return [ColumnReading(c.column, c.header, *first.get(c.column, (None, "a person"))) for c in reading.columns]


def _read(
    connection: Connection, asked: _Asked, titles: list[int], file: raw_rows.TextFile | None, *, rows: str
) -> Reading:
    """`rows` is the relation that decides the conventions; `file` is None where its records were staged."""
    how, found = asked.how, asked.found
    definition, headers = found.definition, found.headers
    decided = _conventions(connection, asked, rows)
    parsers = [p for f in definition.fields if (p := parser(f, definition, headers, decided.conventions)) is not None]
    strict = {f.column for f in definition.fields if can_fail(f)}
    columns = [
        staging.StagedColumn(
            p.column, p.header, p.text, p.value, p.expected, p.column in strict, p.is_personal, p.rounding
        )
        for p in parsers
    ]
    if definition.table.clock == REGISTER and "status_date" not in {c.column for c in columns}:
        columns.append(_status_date(asked.intake.options.status_date, how))
    before = _stated_before(definition.table.name, {c.column for c in columns})
    columns += before
    named = {p.column: [p.text, *_names(p, found)] for p in parsers if p.is_personal}
    if file is None:
        # A record that is cut or shifted names nobody.
        named = {c: [f"CASE WHEN fault IS NULL THEN {key} END", *beside] for c, (key, *beside) in named.items()}
    breaks = raw_rows.line_breaks(file) if file else []
    open_numbers = [evidence.is_open(text) for text in number_texts(definition, headers)] if decided.is_unproven else []
    dates = date_positions(definition, headers)
    survey = staging.survey(
        connection, "raw_cells" if file else "raw", columns,
        summed=merging.additive(definition.table), named=named, questions=[*breaks, has_no_date(dates), *open_numbers],
    )  # fmt: skip
    undated, *opens = survey.counted[len(breaks) :]
    counted = survey.counted[: len(breaks)]
    if file and len(file.broken) < file.width and not raw_rows.is_counted(file, survey.records, counted):
        # Another cell than those of the first records holds a line break.
        return _read(connection, asked, titles, replace(file, broken=tuple(file.cells)), rows=rows)
    if file and undated and evidence.has_any(connection, "raw_cells", total_row(dates, len(headers))):
        # Totals are checked against the rows above them, in the file's order.
        raise raw_rows.IrregularFileError
    if rows == "sample" and any(opens):
        return _read(connection, asked, titles, file, rows="raw_cells")
    if file:
        raw_rows.number_lines(connection, file, survey.records, counted)
    described = f"{definition.title}; {how.described}"
    kept_back = [text for f in definition.fields for text in _withheld(connection, f, headers)]
    unread = [f"columns not read, kept in the archived file: {', '.join(found.unread)}"] if found.unread else []
    unread += [f"{c.column} is {c.value} in every row: the file is from before there was such a column" for c in before]
    return Reading(
        how, found, decided.conventions, columns,
        staging.typed_rows(definition.table, columns, set(definition.table.key) if definition.scope else set()),
        survey, [described, *how.notes, *decided.assumptions, *kept_back, *unread], titles, file, rows == "sample",
    )  # fmt: skip


def _withheld(connection: Connection, field: Field, headers: list[str]) -> list[str]:
    """Which texts stand where a field's value is kept back, and how often, in words."""
    text = withheld_text(field, headers)
    found = evidence.counted_texts(connection, "raw", text) if text else []
    if not found:
        return []
    told = "; ".join(f"{number} × {shown!r}" for shown, number in found)
    return [f"{sum(number for _, number in found)} values of {field.column} are withheld and left empty: {told}"]


@dataclass(frozen=True)
class _Decided:
    """How the rows looked at write dates and numbers, what was assumed, whether none proves a decimal mark."""

    conventions: Conventions
    assumptions: list[str]
    is_unproven: bool


def _conventions(connection: Connection, asked: _Asked, rows: str) -> _Decided:
    definition, options, workspace = asked.found.definition, asked.intake.options, asked.intake.workspace
    dates, numbers = date_columns(definition, asked.found.headers), number_texts(definition, asked.found.headers)
    orders = OrderEvidence(*evidence.count_orders(connection, rows, list(dates.values()), NUMERIC_DATE))
    marks = MarkEvidence(*evidence.count_marks(connection, rows, numbers))
    is_open = (orders.undecided and not orders.day_first and not orders.month_first) or (
        marks.undecided and not marks.comma and not marks.point
    )
    if rows == "sample" and is_open:
        return _conventions(connection, asked, "raw_cells")
    file = asked.how.name
    order = date_order(orders, file=file, option=options.date_order, configured=workspace.date_order)
    mark = decimal_mark(marks, file=file, option=options.decimal_mark, configured=workspace.decimal_mark)
    assumptions = []
    if orders.day_first + orders.month_first + orders.undecided:
        proofs = orders.day_first if order == "dmy" else orders.month_first
        why = f"{proofs} dates are only valid so" if proofs else "by option or setting"
        assumptions.append(f"numeric dates are {'day' if order == 'dmy' else 'month'} first ({why})")
    if mark == "comma":
        assumptions.append(f"numbers have a decimal comma ({marks.comma} prove it)")
    words = evidence.words(connection, rows, list(dates.values()), MONTH_WORD)
    language = month_language(words, file=file, option=options.month_language, configured=workspace.month_language)
    months = english_abbreviations(words, language)
    if months:
        assumptions.append(f"months are named in {language} ({', '.join(months)})")
    formats = {}
    for column, text in dates.items():
        kind = next(f.kind for f in definition.fields if f.column == column)
        formats[column] = date_formats(
            evidence.shapes(connection, rows, in_english(text, months), SHAPE_STEPS),
            order,
            with_time=kind == "instant",
            months=kind == "month",
        )
    if any(f.kind == "instant" and f.column in dates for f in definition.fields):
        assumptions.append(f"times without a zone are in {workspace.time_zone}")
    is_unproven = not (marks.comma or marks.point or options.decimal_mark)
    return _Decided(Conventions(mark, workspace.time_zone, formats, order, months), assumptions, is_unproven)


def _status_date(given: date | None, how: Export) -> staging.StagedColumn:
    if given is None and isinstance(how, LaidOutTable):
        question, otherwise = how.status_question
        raise QuestionError(
            question,
            file=how.name,
            found=how.status_hint,
            hint=f"answer with --status-date 2026-06-30, or {otherwise}",
        )
    if given is None:
        raise QuestionError(
            "which date does this register speak of? It has no status_date column",
            file=how.name,
            hint="answer with --status-date 2026-06-30, or add the column",
        )
    value = f"DATE {literal(given.isoformat())}"
    return staging.StagedColumn("status_date", "status_date", "NULL", value, "a date", is_strict=False)


def _stated_before(register: str, given: set[str]) -> list[staging.StagedColumn]:
    """What a file from before a part of the key says for it in every row."""
    return [
        staging.StagedColumn(column, column, "NULL", literal(value), "text", is_strict=False)
        for (name, column), value in STATED_BEFORE.items()
        if name == register and column not in given
    ]


def _names(parsed: Parser, found: Recognised) -> tuple[str, str]:
    """SQL for the name and the e-mail address that stand beside a person's key."""
    definition, headers = found.definition, found.headers
    spec = next(f for f in definition.fields if f.column == parsed.column)
    if definition.person_name and definition.person_email:
        beside = [replace(spec, headers=(h,), kind="text") for h in (definition.person_name, definition.person_email)]
    else:
        beside = [replace(spec, headers=spec.names or (spec.headers[-1],), kind="text")]
        beside += [replace(spec, headers=spec.emails, kind="text")] if spec.emails else []
    texts = [
        p.text if (p := parser(f, definition, headers, Conventions("point", "UTC", {}))) else "NULL" for f in beside
    ]
    is_address = f"CASE WHEN {parsed.text} LIKE '%_@_%' THEN {parsed.text} END"
    return texts[0], texts[1] if len(texts) > 1 else is_address
