"""Headline, key figures and tables of the page on estimates."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.forecasting.passport import ALL_SIZES, ForecastPassport
from pmo_analytics.reporting.figure_table import Cell, Column, Row, TableFigures, figure_table
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.key_figures import KeyFigure
from pmo_analytics.reporting.references import Shown, refer
from pmo_analytics.resources.estimation import ALL, THIN, EstimateAccuracy
from pmo_analytics.resources.reference_class_outlook import ReferenceClassOutlook

_RATIO, _COUNT, _SHARE = Shown("number", (2,)), Shown("number"), Shown("number", (0,), behind="\u00a0%")
_MOST_CLASSES = 40


def _all_of(accuracy: pd.DataFrame) -> pd.Series:
    row: pd.Series = accuracy[accuracy[EstimateAccuracy.work_class] == ALL].iloc[0]
    return row


def _used(row: pd.Series) -> int:
    return int(row[EstimateAccuracy.items_finished] - row[EstimateAccuracy.items_withheld])


def headline(accuracy: pd.DataFrame, passport: pd.DataFrame) -> str:
    """What past estimates tell, in one or two sentences, from `EstimateAccuracy` and `ForecastPassport` frames."""
    row = _all_of(accuracy)
    used = _used(row)
    if used < THIN:
        return (
            f"{numerals.number(used)} finished item{'' if used == 1 else 's'} with an estimate and an actual "
            f"{'is' if used == 1 else 'are'} too few to judge estimates by, which takes {THIN}."
        )
    text = (
        f"Work took {numerals.number(row[EstimateAccuracy.pooled_ratio], 2)} times its estimates in all, and one item "
        f"in five more than {numerals.number(row[EstimateAccuracy.p80_ratio], 2)} times"
    )
    record = _judged(passport, 80)
    if record is None:
        return f"{text}. Forecasts from this history cannot be judged yet."
    held = numerals.number(record[ForecastPassport.coverage_pct])
    return (
        f"{text}. Forecasts of a P80 held {held}\u00a0% of {numerals.number(record[ForecastPassport.forecast_count])}."
    )


def _judged(passport: pd.DataFrame, level: int) -> pd.Series | None:
    rows = passport[
        (passport[ForecastPassport.size_band] == ALL_SIZES) & (passport[ForecastPassport.level_pct].round() == level)
    ]
    return None if rows.empty or rows[ForecastPassport.forecast_count].iloc[0] < THIN else rows.iloc[0]


def items_figure(accuracy: pd.DataFrame) -> KeyFigure:
    """How many finished items have a ratio, from `EstimateAccuracy`."""
    row = _all_of(accuracy)
    withheld, still_open, cancelled = (
        int(row[name])
        for name in (EstimateAccuracy.items_withheld, EstimateAccuracy.items_open, EstimateAccuracy.items_cancelled)
    )
    return _figure(
        "Finished items", accuracy, EstimateAccuracy.items_finished, _COUNT, unit="items",
        note=f"{numerals.number(withheld)} of them without an estimate and an actual above zero; "
        f"{numerals.number(still_open)} open and {numerals.number(cancelled)} cancelled beside them",
    )  # fmt: skip


def spread_figure(accuracy: pd.DataFrame) -> KeyFigure | None:
    """What one item in five exceeds, from `EstimateAccuracy`; None where the items are too few."""
    row = _all_of(accuracy)
    if _used(row) < THIN:
        return None
    return _figure(
        "One in five takes more than", accuracy, EstimateAccuracy.p80_ratio, Shown("number", (2,), behind="\u00a0×"),
        unit="ratio",
        note=f"times its estimate; one in ten more than {numerals.number(row[EstimateAccuracy.p90_ratio], 2)} times",
    )  # fmt: skip


def accuracy_figure(accuracy: pd.DataFrame) -> KeyFigure | None:
    """Standardised accuracy of all items, from `EstimateAccuracy`; None where it is not known."""
    row = _all_of(accuracy)
    if _used(row) < THIN or pd.isna(row[EstimateAccuracy.standardised_accuracy]):
        return None
    return _figure(
        "Standardised accuracy", accuracy, EstimateAccuracy.standardised_accuracy, _RATIO,
        unit="ratio", note="1 is exact, 0 no better than guessing by another item's outcome; the mean error is "
        f"{numerals.number(row[EstimateAccuracy.mean_absolute_error_seconds] / 3600, 1)}\u00a0h",
    )  # fmt: skip


def _figure(label: str, accuracy: pd.DataFrame, column: str, shown: Shown, *, unit: str, note: str) -> KeyFigure:
    value = _all_of(accuracy)[column]
    reference = refer(accuracy, {EstimateAccuracy.work_class: ALL}, column, shown)
    form = Shown(shown.form, shown.arguments)
    return KeyFigure(label, shown.text(value), note, reference=reference, exact=float(value), unit=unit, form=form)


def coverage_figure(passport: pd.DataFrame) -> KeyFigure | None:
    """What the forecasts' P80 held, from a `ForecastPassport` frame; None where there are too few forecasts."""
    row = _judged(passport, 80)
    if row is None:
        return None
    key = {
        ForecastPassport.size_band: ALL_SIZES,
        ForecastPassport.level_pct: row[ForecastPassport.level_pct],
    }
    low, high = (
        numerals.number(row[name]) for name in (ForecastPassport.coverage_low_pct, ForecastPassport.coverage_high_pct)
    )
    return KeyFigure(
        "Forecasts' P80 held",
        _SHARE.text(row[ForecastPassport.coverage_pct]),
        f"of {numerals.number(row[ForecastPassport.forecast_count])} past forecasts, each from what was known before; "
        f"95 % band {low} to {high}\u00a0%",
        reference=refer(passport, key, ForecastPassport.coverage_pct, _SHARE),
        exact=float(row[ForecastPassport.coverage_pct]),
        unit="per cent",
        form=_COUNT,
    )


def accuracy_table(accuracy: pd.DataFrame) -> Fragment:
    """Bias, spread and error by class of work, from `EstimateAccuracy`, all classes first."""
    columns = [
        Column("Class"), Column("Finished", is_number=True), Column("Open", is_number=True),
        Column("ΣA/ΣE", is_number=True), Column("Median", is_number=True), Column("P80", is_number=True),
        Column("P90", is_number=True), Column("Bias, ln", is_number=True), Column("from", is_number=True),
        Column("to", is_number=True), Column("Mean error, h", is_number=True), Column("SA", is_number=True),
        Column("MMRE", is_number=True), Column("PRED(25)", is_number=True),
        Column("Remark", is_remark=True),
    ]  # fmt: skip
    figures = TableFigures("accuracy", accuracy, (EstimateAccuracy.work_class,))
    ratios = (
        EstimateAccuracy.pooled_ratio, EstimateAccuracy.median_ratio, EstimateAccuracy.p80_ratio,
        EstimateAccuracy.p90_ratio, EstimateAccuracy.log_bias, EstimateAccuracy.log_bias_low,
        EstimateAccuracy.log_bias_high,
    )  # fmt: skip

    def cells(row: Row) -> list[Cell]:
        low, high = row[EstimateAccuracy.log_bias_low], row[EstimateAccuracy.log_bias_high]
        is_off = bool(low > 0 or high < 0)
        return [
            Cell("All" if row[EstimateAccuracy.work_class] == ALL else str(row[EstimateAccuracy.work_class])),
            figures.cell(row, EstimateAccuracy.items_finished, _COUNT),
            figures.cell(row, EstimateAccuracy.items_open, _COUNT),
            *(figures.cell(row, name, _RATIO, is_off=is_off and name == EstimateAccuracy.log_bias) for name in ratios),
            figures.cell(row, EstimateAccuracy.mean_absolute_error_seconds, Shown("hundredths_of_hours")),
            figures.cell(row, EstimateAccuracy.standardised_accuracy, _RATIO),
            figures.cell(row, EstimateAccuracy.mean_relative_error_pct, _SHARE),
            figures.cell(row, EstimateAccuracy.within_25_of_actual_pct, _SHARE),
            Cell(str(row[EstimateAccuracy.quality_note])),
        ]

    return figure_table(
        "accuracy", _accuracy_title(accuracy), columns, [cells(row) for row in _records(accuracy)], figures=figures,
        data=accuracy, note="Ratios are actual over estimate. Bias is the median of ln(A/E) with its 95 % interval; "
        "marked where that leaves out 0. SA is 1 where estimates were exact and 0 where guessing does as well. "
        "MMRE and PRED(25) flatter low estimates: no class is better for them alone.",
        absent="No estimated item is loaded.", remedy="",
    )  # fmt: skip


def _accuracy_title(accuracy: pd.DataFrame) -> str:
    classes = accuracy[accuracy[EstimateAccuracy.work_class] != ALL]
    low, high = classes[EstimateAccuracy.log_bias_low], classes[EstimateAccuracy.log_bias_high]
    known = classes[(classes[EstimateAccuracy.quality_note] == "") & classes[EstimateAccuracy.log_bias].notna()]
    over, under = known[low > 0], known[high < 0]
    if known.empty:
        return "Accuracy by class"
    parts = []
    if len(over):
        parts.append(f"{_listed(over)} take{'s' if len(over) == 1 else ''} more than estimated")
    if len(under):
        parts.append(f"{_listed(under)} less")
    return ", ".join(parts) or "No class of work is biased for certain"


def _listed(classes: pd.DataFrame) -> str:
    names = classes[EstimateAccuracy.work_class].astype(str).to_list()
    return names[0] if len(names) == 1 else f"{len(names)} of the classes" if len(names) > 3 else ", ".join(names)


def class_table(outlook: pd.DataFrame, passport: pd.DataFrame) -> Fragment:
    """What each class and size took, as forecasts use it, from `ReferenceClassOutlook`, with what became of such."""
    columns = [
        Column("Class"), Column("Estimate"), Column("Items", is_number=True), Column("Own weight", is_number=True),
        Column("Own median", is_number=True), Column("Own P80", is_number=True), Column("P50", is_number=True),
        Column("P80", is_number=True), Column("P90", is_number=True),
    ]  # fmt: skip
    figures = TableFigures("class", outlook, (ReferenceClassOutlook.work_class, ReferenceClassOutlook.size_band))
    shown = (
        (ReferenceClassOutlook.items_finished, _COUNT), (ReferenceClassOutlook.class_weight_pct, _SHARE),
        (ReferenceClassOutlook.own_median_ratio, _RATIO), (ReferenceClassOutlook.own_p80_ratio, _RATIO),
        (ReferenceClassOutlook.p50_ratio, _RATIO), (ReferenceClassOutlook.p80_ratio, _RATIO),
        (ReferenceClassOutlook.p90_ratio, _RATIO),
    )  # fmt: skip
    rows = [
        [
            Cell(str(row[ReferenceClassOutlook.work_class])),
            Cell(str(row[ReferenceClassOutlook.size_band])),
            *(figures.cell(row, name, form) for name, form in shown),
        ]
        for row in _records(outlook.head(_MOST_CLASSES))
    ]
    verdict = str(passport[ForecastPassport.verdict].iloc[0])
    is_refused = bool(passport[ForecastPassport.is_refused].iloc[0])
    record = f"They are not what is used: {verdict.removeprefix('refused: ')}" if is_refused else f"Record: {verdict}"
    return figure_table(
        "classes", "What work of each class and size took", columns, rows, figures=figures, data=outlook,
        note="Actual over estimate: P50, P80 and P90 as reference classes forecast them, from the items of the class "
        f"and size, and for the rest of the weight from its size and the organisation. {record}.",
        left_out=max(0, len(outlook) - _MOST_CLASSES), all_of="the page's workbook has all.",
        absent="No finished item has an estimate, an actual and both dates.", remedy="",
        folded=f"The {numerals.number(len(outlook))} classes and sizes" if len(outlook) else "",
    )  # fmt: skip


def _records(frame: pd.DataFrame) -> list[Any]:
    return frame.to_dict("records")
