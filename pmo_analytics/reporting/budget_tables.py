"""Tables of the page on budgets: projects line by line, moves, reallocation, allocation, orders, the record."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.contracts.budget_marts import OpenCommitment
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.reporting.figure_table import Cell, Column, Row, TableFigures, figure_table, is_missing
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.references import Shown
from pmo_analytics.resources.budget_allocation import PortfolioAllocation
from pmo_analytics.resources.budget_forecast import YearEndRecord
from pmo_analytics.resources.budget_lines import COMPLETION, NO_FORECAST, NOT_JUDGED, YEAR, BudgetLine
from pmo_analytics.resources.budget_moves import BudgetMove
from pmo_analytics.resources.budget_reallocation import Reallocation, ReallocationBalance
from pmo_analytics.resources.budget_year_ends import METHODS

_MOST = 40
_ALL_OF = "the page's workbook has all."
_WHOLE, _SIGNED = Shown("number"), Shown("signed")
_PERCENT, _ONE_PERCENT = Shown("number", behind="\u00a0%"), Shown("number", (1,), behind="\u00a0%")
_REMEDY = "Fill registers/budget.csv and load it with `pmo ingest`."
_KEY = (BudgetLine.project_id, BudgetLine.horizon, BudgetLine.fiscal_year, BudgetLine.currency, BudgetLine.kind)
_PARTS = (
    BudgetLine.budget_amount, BudgetLine.actual_amount, BudgetLine.accrual_amount, BudgetLine.commitment_amount,
    BudgetLine.to_go_amount,
)  # fmt: skip
_UNMAPPED = "No project"


def _names(project: pd.DataFrame) -> dict[str, str]:
    pairs = zip(project[Project.project_id], project[Project.name], strict=True)
    return {str(identifier): str(name) for identifier, name in pairs}


def _project(identifier: object, names: dict[str, str], sub: str = "") -> Cell:
    if is_missing(identifier):
        return Cell(_UNMAPPED, sub=sub)
    text = str(identifier)
    return Cell(names.get(text, text), id=text if text in names else "", sub=sub)


def _columns(*labels: str, texts: int = 1, remarks: Sequence[str] = ()) -> list[Column]:
    """Headings, the first `texts` of them of texts, the others of numbers."""
    return [
        Column(label, is_number=place >= texts and label not in remarks, is_remark=label in remarks)
        for place, label in enumerate(labels)
    ]


def _sub(row: Row, *, has_several: bool) -> str:
    """Kind of expenditure, and currency where lines have several."""
    return f"{row[BudgetLine.kind]}, {row[BudgetLine.currency]}" if has_several else str(row[BudgetLine.kind])


def _worst_first(rows: pd.DataFrame) -> pd.DataFrame:
    order = [BudgetLine.budget_variance_amount, BudgetLine.project_id]
    return rows.sort_values(order, na_position="last", kind="stable")


def _forecast_cells(figures: TableFigures, row: Row) -> list[Cell]:
    """The forecast with its method, and what is left over of the budget, standing out where it is short."""
    variance = row[BudgetLine.budget_variance_amount]
    method = "" if row[BudgetLine.forecast_method] == NO_FORECAST else str(row[BudgetLine.forecast_method])
    return [
        figures.cell(row, BudgetLine.forecast_spend_amount, _WHOLE, sub=method),
        figures.cell(
            row, BudgetLine.budget_variance_amount, _SIGNED, is_off=not is_missing(variance) and variance <= -0.5
        ),
    ]


def year_table(lines: pd.DataFrame, project: pd.DataFrame, record: pd.DataFrame) -> Fragment:
    """The running fiscal year, a line a project and kind, worst first, with what each comes to at completion.

    Takes `BudgetLine` and `YearEndRecord` frames; the record's verdict stands in the note.
    """
    names, figures = _names(project), TableFigures("budget-line", lines, _KEY)
    running = _worst_first(lines[(lines[BudgetLine.horizon] == YEAR) & lines[BudgetLine.is_running].astype(bool)])
    has_several = len(set(lines[BudgetLine.currency].dropna())) > 1
    whole: dict[tuple[str, str], Row] = {
        (str(row[BudgetLine.project_id]), str(row[BudgetLine.currency])): row
        for row in lines[lines[BudgetLine.horizon] == COMPLETION].to_dict("records")
    }
    rows = []
    for row in running.head(_MOST).to_dict("records"):
        # Years that cancel out leave nothing of a project.
        complete = whole.get((str(row[BudgetLine.project_id]), str(row[BudgetLine.currency])))
        remarks = [str(each[BudgetLine.quality_note]) for each in (row, complete) if each is not None]
        rows.append([
            _project(row[BudgetLine.project_id], names, _sub(row, has_several=has_several)),
            *(figures.cell(row, name, _WHOLE) for name in _PARTS),
            *_forecast_cells(figures, row),
            figures.cell(row, BudgetLine.used_pct, _PERCENT),
            *(_forecast_cells(figures, complete) if complete is not None else [Cell(numerals.MISSING)] * 2),
            Cell(_remark(remarks)),
        ])  # fmt: skip
    currencies = " and ".join(sorted(running[BudgetLine.currency].dropna().unique()))
    year = "".join(running[BudgetLine.fiscal_year].dropna().unique()[:1])
    verdicts = [text for text in record[YearEndRecord.verdict] if text] if len(record) else []
    verdict = verdicts[0] if verdicts else "the budget stands, since no year of a project with a budget is over"
    over = int((running[BudgetLine.budget_variance_amount] <= -0.5).sum())
    title = f"{over} of {len(running)} lines of {year} are over their budget" if len(running) else "The fiscal year"
    return figure_table(
        "budget-lines", title,
        _columns("Project", "Budget", "Spent", "Accrued", "Ordered", "To go", "Forecast", "Left", "Used",
                 "At completion", "Left then", "Remark", remarks=("Remark",)),
        rows, figures=figures, data=lines,
        note=f"In {currencies}. To go: beyond what is ordered, which the forecast holds. Left: budget less forecast, "
        f"below 0 it is over. Used: spent and accrued. Of the year: {verdict}." if rows else "",
        left_out=max(0, len(running) - _MOST), all_of=_ALL_OF,
        absent="No project has a budget, a cost or an order in this fiscal year.", remedy=_REMEDY,
    )  # fmt: skip


def _remark(remarks: Sequence[str]) -> str:
    """What is said of a line's year and of its completion, each thing once; the verdict stands in the note."""
    told = [part for text in remarks for part in text.split("; ") if part and part != NOT_JUDGED]
    return "; ".join(dict.fromkeys(told))


def completion_table(lines: pd.DataFrame, project: pd.DataFrame) -> Fragment:
    """Whole projects, worst first, those of earlier years among them, from `BudgetLine`."""
    names, figures = _names(project), TableFigures("budget-whole", lines, _KEY)
    whole = _worst_first(lines[lines[BudgetLine.horizon] == COMPLETION])
    has_several = len(set(lines[BudgetLine.currency].dropna())) > 1
    rows = [
        [
            _project(row[BudgetLine.project_id], names, _sub(row, has_several=has_several)),
            *(figures.cell(row, name, _WHOLE) for name in _PARTS),
            *_forecast_cells(figures, row),
            figures.cell(row, BudgetLine.p80_amount, _WHOLE),
            figures.cell(row, BudgetLine.used_pct, _PERCENT),
            Cell(str(row[BudgetLine.quality_note])),
        ]
        for row in whole.head(_MOST).to_dict("records")
    ]
    return figure_table(
        "budget-at-completion", "Whole projects, all years and what has no date",
        _columns("Project", "Budget", "Spent", "Accrued", "Ordered", "To go", "Forecast", "Left", "P80", "Used",
                 "Remark", remarks=("Remark",)),
        rows, figures=figures, data=whole, left_out=max(0, len(whole) - _MOST), all_of=_ALL_OF,
        absent="No project has a budget, a cost or an order.", remedy=_REMEDY,
        folded=f"{len(whole)} lines" if rows else "",
    )  # fmt: skip


def reallocation_table(moves: pd.DataFrame, balance: pd.DataFrame, project: pd.DataFrame) -> Fragment:
    """Proposed transfers with their reasons, from `Reallocation` and `ReallocationBalance`."""
    names = _names(project)
    keys = (Reallocation.currency, Reallocation.fiscal_year, Reallocation.kind, Reallocation.from_project_id,
            Reallocation.to_project_id)  # fmt: skip
    figures = TableFigures("reallocation", moves, keys)
    rows = [
        [
            _project(row[Reallocation.from_project_id], names),
            Cell(names.get(str(row[Reallocation.to_project_id]), str(row[Reallocation.to_project_id]))),
            figures.cell(row, Reallocation.moved_amount, _WHOLE, sub=str(row[Reallocation.currency])),
            Cell(str(row[Reallocation.kind])),
            Cell(str(row[Reallocation.reason])),
        ]
        for row in moves.head(_MOST).to_dict("records")
    ]
    is_fewest = bool(balance[ReallocationBalance.is_fewest].all())
    told = [
        f"{row[ReallocationBalance.kind]} in {row[ReallocationBalance.currency]}: "
        f"{numerals.number(row[ReallocationBalance.uncovered_amount])} stay uncovered"
        for row in balance.to_dict("records")
        if row[ReallocationBalance.uncovered_amount] > 0
    ]
    note = (
        "A proposal, for the board to judge. A project gives what its budget leaves above its P80, or above what it "
        "owes where it is closed; one whose budget merely stands gives nothing. "
        + ("No fewer transfers move as much. " if is_fewest else "Whether fewer transfers would do was not tried. ")
        + f"{'; '.join(told)[:1].upper()}{'; '.join(told)[1:]}{'.' if told else ''}"
    )
    count = len(moves)
    title = f"{numerals.number(count)} transfers would cover what can be covered" if count > 1 else (
        "One transfer would cover what can be covered" if count else "Nothing can be moved between projects"
    )  # fmt: skip
    lacking = f" {'; '.join(told)}." if told else ""
    return figure_table(
        "budget-reallocation", title,
        [Column("From"), Column("To"), Column("Amount", is_number=True), Column("Kind"),
         Column("Why", is_remark=True)],
        rows, figures=figures, data=moves if count else balance, note=note if rows else "",
        left_out=max(0, count - _MOST), all_of=_ALL_OF,
        absent=f"No project surely leaves money that another of its kind and currency lacks.{lacking}", remedy="",
    )  # fmt: skip


def allocation_table(allocation: pd.DataFrame) -> Fragment:
    """Where the year's money goes by portfolio, from `PortfolioAllocation`."""
    figures = TableFigures("allocation", allocation, (PortfolioAllocation.currency, PortfolioAllocation.portfolio))
    amounts = (
        (PortfolioAllocation.budget_amount, PortfolioAllocation.budget_share_pct),
        (PortfolioAllocation.actual_amount, PortfolioAllocation.actual_share_pct),
        (PortfolioAllocation.forecast_spend_amount, PortfolioAllocation.forecast_share_pct),
    )
    rows = [
        [
            Cell(str(row[PortfolioAllocation.portfolio]), sub=str(row[PortfolioAllocation.currency])),
            figures.cell(row, PortfolioAllocation.project_count, _WHOLE),
            *(
                figures.cell(row, name, shown)
                for pair in amounts
                for name, shown in zip(pair, (_WHOLE, _ONE_PERCENT), strict=True)
            ),
            figures.cell(row, PortfolioAllocation.projects_left_out, _WHOLE),
        ]
        for row in allocation.head(_MOST).to_dict("records")
    ]
    first = allocation[allocation[PortfolioAllocation.budget_share_pct].notna()].head(1)
    title = "The year's money by portfolio"
    if len(first):
        share = numerals.percent(first[PortfolioAllocation.budget_share_pct].iloc[0] / 100)
        title = f"{first[PortfolioAllocation.portfolio].iloc[0]} holds {share} of the year's budget"
    return figure_table(
        "budget-allocation", title,
        _columns("Portfolio", "Projects", "Budget", "Share", "Spent", "Share of cost", "Forecast", "Share of forecast",
                 "No forecast"),
        rows, figures=figures, data=allocation,
        note="Shares are of one currency. Projects without a forecast are in budget and cost alone." if rows else "",
        left_out=max(0, len(allocation) - _MOST), all_of=_ALL_OF,
        absent="No project has a budget, a cost or an order in this fiscal year.", remedy=_REMEDY,
    )  # fmt: skip


def moves_table(moves: pd.DataFrame, project: pd.DataFrame) -> Fragment:
    """What each baseline moved, latest first, from `BudgetMove`."""
    names = _names(project)
    keys = (BudgetMove.project_id, BudgetMove.baseline_version, BudgetMove.currency, BudgetMove.kind,
            BudgetMove.money_from_month, BudgetMove.money_to_month)  # fmt: skip
    figures = TableFigures("budget-move", moves, keys)
    latest = moves.sort_values(BudgetMove.baselined_on_date, ascending=False, kind="stable")
    rows = [
        [
            _project(row[BudgetMove.project_id], names, f"{row[BudgetMove.kind]}, {row[BudgetMove.currency]}"),
            Cell(f"{row[BudgetMove.previous_version]} → {row[BudgetMove.baseline_version]}"),
            Cell(numerals.day(row[BudgetMove.baselined_on_date])),
            Cell(_month(row[BudgetMove.money_from_month], "new money")),
            Cell(_month(row[BudgetMove.money_to_month], "given back")),
            figures.cell(row, BudgetMove.moved_amount, _WHOLE),
        ]
        for row in latest.head(_MOST).to_dict("records")
    ]
    count = len(moves.drop_duplicates([BudgetMove.project_id, BudgetMove.baseline_version]))
    title = "No baseline has moved a budget" if not count else (
        f"{numerals.number(count)} baseline{'s' if count > 1 else ''} moved money"
    )  # fmt: skip
    return figure_table(
        "budget-moves", title,
        [Column("Project"), Column("Baseline"), Column("Approved"), Column("From"), Column("To"),
         Column("Moved", is_number=True)],
        rows, figures=figures, data=moves,
        note="Against the baseline before it, months paired in their order; what is left over is new or given back."
        if rows else "",
        left_out=max(0, len(moves) - _MOST), all_of=_ALL_OF, absent="No project has a second baseline.", remedy="",
        folded=f"{len(moves)} moves" if rows else "",
    )  # fmt: skip


def _month(month: object, otherwise: str) -> str:
    return otherwise if is_missing(month) else numerals.month(month)


def order_table(orders: pd.DataFrame, project: pd.DataFrame, status_date: pd.Timestamp) -> Fragment:
    """Orders and accruals that are open, those due first on top, from the mart `open_commitment`."""
    names, figures = _names(project), TableFigures("order", orders, (OpenCommitment.commitment_id,))
    due_first = orders.sort_values([OpenCommitment.due_date, OpenCommitment.commitment_id], na_position="last")
    rows = []
    for row in due_first.head(_MOST).to_dict("records"):
        is_late = row[OpenCommitment.kind] == "commitment" and row[OpenCommitment.due_date] < status_date
        rows.append([
            _project(row[OpenCommitment.project_id], names),
            Cell(str(row[OpenCommitment.kind])),
            Cell("" if is_missing(row[OpenCommitment.vendor]) else str(row[OpenCommitment.vendor])),
            Cell(numerals.day(row[OpenCommitment.due_date]), is_off=bool(is_late)),
            figures.cell(row, OpenCommitment.open_amount, Shown("number", (2,)), sub=str(row[OpenCommitment.currency])),
        ])  # fmt: skip
    is_order = orders[OpenCommitment.kind] == "commitment"
    twice = orders[orders[OpenCommitment.received_amount] > 0]
    is_gross = bool((twice[OpenCommitment.open_amount] < twice[OpenCommitment.amount]).any())
    note = "" if twice.empty else (
        f"{len(twice)} orders have an accrual under their number: it was taken out of them, since they are gross."
        if is_gross
        else f"{len(twice)} orders have an accrual under their number: it counts twice if your lists state orders "
        'gross. Then set `orders = "gross"` under `[budget]` in `pmo.toml`.'
    )  # fmt: skip
    late = int((is_order & (orders[OpenCommitment.due_date] < status_date)).sum())
    title = f"{late} of {int(is_order.sum())} open orders are overdue" if len(orders) else "Open orders and accruals"
    return figure_table(
        "open-orders", title,
        [Column("Project"), Column("Kind"), Column("Supplier"), Column("Due"), Column("Open", is_number=True)],
        rows, figures=figures, data=orders, note=note, left_out=max(0, len(orders) - _MOST), all_of=_ALL_OF,
        absent="No list of orders and accruals is loaded.",
        remedy="Fill registers/commitment.csv (`pmo init --register commitment`) and load it with `pmo ingest`.",
        folded=f"{len(orders)} orders and accruals" if rows else "",
    )  # fmt: skip


def record_table(record: pd.DataFrame) -> Fragment:
    """How forecasts of a fiscal year did on years that are over, from `YearEndRecord`."""
    figures = TableFigures("year-end-record", record, (YearEndRecord.months_left, YearEndRecord.method))
    # The distance that is asked for now, or the nearest to a year's end where none is.
    shown = record.head(len(METHODS))
    rows = [
        [
            Cell(str(row[YearEndRecord.method]).capitalize(), sub="used" if row[YearEndRecord.is_used] else ""),
            figures.cell(row, YearEndRecord.months_left, _WHOLE),
            figures.cell(row, YearEndRecord.year_count, _WHOLE),
            figures.cell(row, YearEndRecord.mean_budget_error_pct, _ONE_PERCENT),
            figures.cell(row, YearEndRecord.pooled_budget_error_pct, _ONE_PERCENT),
            figures.cell(row, YearEndRecord.skill, Shown("number", (2,))),
            figures.cell(row, YearEndRecord.p80_held_pct, _ONE_PERCENT),
        ]
        for row in shown.to_dict("records")
    ]
    verdict = "".join(shown.loc[shown[YearEndRecord.is_asked], YearEndRecord.verdict].head(1))
    return figure_table(
        "year-end-record", "How forecasts of a year did on years that are over",
        _columns("Forecast", "Months left", "Years", "Mean error", "All together", "Skill", "P80 held"),
        rows, figures=figures, data=record,
        note=f"{verdict[:1].upper()}{verdict[1:]}{'. ' if verdict else ''}Errors are in per cent of the year's budget; "
        "all together above 0: years cost more than was forecast. Each year of a project counts once, asked at the "
        "month's end with as many months left." if rows else "",
        left_out=len(record) - len(rows), all_of="other distances from the year's end stand in the page's workbook.",
        absent="No fiscal year of a project with a budget by month is over yet.", remedy="",
    )  # fmt: skip
