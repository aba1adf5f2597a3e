"""Tables of the page on benefits: each benefit, what projects are worth, money counted twice, what is no money."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.forecasting.passport import ForecastPassport
from pmo_analytics.portfolio.benefit_charts import is_refused
from pmo_analytics.portfolio.benefit_realisation import BenefitDoubleCount, BenefitRealisation
from pmo_analytics.portfolio.investment_worth import InvestmentWorth
from pmo_analytics.reporting.figure_table import Cell, Column, Row, TableFigures, figure_table, is_missing
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.references import Shown

_MOST = 40
_ALL = "the page's workbook has all."
_COUNT, _MONEY, _SHARE, _MONTHS = Shown("number"), Shown("number"), Shown("percent"), Shown("number", (1,))
_PERCENT = Shown("number", (0,), behind="\u00a0%")
_KEY = (BenefitRealisation.benefit_id, BenefitRealisation.currency)
_HEADINGS = (
    "Benefit", "Project", "Unit", "Planned", "Realised", "of plan", "of baseline", "Overdue", "Slip, months",
    "To come, plan", "To come, P50", "Remark",
)  # fmt: skip
_WORTH_HEADINGS = (
    "Project", "Currency", "Worth, planned", "Worth, expected", "Payback, planned", "Payback, expected",
    "Payback, discounted", "Internal rates", "Modified rate", "Remark",
)  # fmt: skip
_REMARK = ("Remark",)
_REMEDY = "Fill registers/benefit.csv and registers/benefit_value.csv and load them with `pmo ingest`."
_NO_RATE = "There are no present values: `discount_rate_pct` is not stated in [benefits] of pmo.toml. "


def _columns(texts: int, *labels: str, remarks: Sequence[str] = ()) -> list[Column]:
    return [
        Column(label, is_number=place >= texts and label not in remarks, is_remark=label in remarks)
        for place, label in enumerate(labels)
    ]


def _count(number: int, what: str) -> str:
    return f"{numerals.number(number)} {what}{'' if number == 1 else 's'}"


def _text(value: object) -> str:
    return numerals.MISSING if is_missing(value) else str(value)


def _benefit(row: Row) -> Cell:
    name = row[BenefitRealisation.name]
    identifier = str(row[BenefitRealisation.benefit_id])
    sub = "a drawback" if row[BenefitRealisation.is_dis_benefit] is True else ""
    return Cell(identifier if is_missing(name) else str(name), id="" if is_missing(name) else identifier, sub=sub)


def _is_money(realisation: pd.DataFrame) -> pd.Series:
    found: pd.Series = (
        realisation[BenefitRealisation.is_financial].fillna(value=False)
        & realisation[BenefitRealisation.currency].notna()
    )
    return found


def benefit_table(realisation: pd.DataFrame, record: pd.DataFrame) -> Fragment:
    """Benefits in money of which something is to come or overdue, from `BenefitRealisation` and the record."""
    return _money_table(realisation, record, is_past=False)


def past_table(realisation: pd.DataFrame, record: pd.DataFrame) -> Fragment:
    """Benefits in money whose plan has run out, folded, from `BenefitRealisation`: what forecasts rest on."""
    return _money_table(realisation, record, is_past=True)


def _money_table(realisation: pd.DataFrame, record: pd.DataFrame, *, is_past: bool) -> Fragment:
    money = realisation[_is_money(realisation)]
    is_over = (money[BenefitRealisation.to_come_planned_amount] == 0) & (money[BenefitRealisation.overdue_count] == 0)
    shown = money[is_over if is_past else ~is_over].sort_values(
        BenefitRealisation.to_come_planned_amount, ascending=False, kind="stable"
    )
    anchor = "past-benefits" if is_past else "benefits"
    rates = "Rates are of months with a realised figure: of the plan of these months, and of the plan as first stated."
    ahead = " P50 of what is to come: the plan times what half of past benefits came to at least."
    figures = TableFigures(anchor, realisation, _KEY)
    return figure_table(
        anchor, "What past benefits came to" if is_past else "What benefits come to",
        _columns(3, *_HEADINGS, remarks=_REMARK), _rows(shown, record, figures), figures=figures, data=shown,
        note=f"{rates}{'' if is_past else ahead}" if len(shown) else "",
        left_out=max(0, len(shown) - _MOST), all_of=_ALL,
        folded=_count(len(shown), "benefit") if is_past and len(shown) else "",
        absent="No plan of a benefit in money has run out." if is_past else "No benefit in money is to come.",
        remedy="" if is_past or len(realisation) else _REMEDY,
    )  # fmt: skip


def other_table(realisation: pd.DataFrame, record: pd.DataFrame, benefit: pd.DataFrame) -> Fragment:
    """Benefits in a unit of their own, never summed, from `BenefitRealisation`, the record and the register."""
    units = dict(zip(benefit["benefit_id"].astype(str), benefit["measure"], strict=True))
    other = realisation[~_is_money(realisation)]
    return figure_table(
        "other-benefits", "What is gained and is no money",
        _columns(3, *_HEADINGS, remarks=_REMARK),
        _rows(other, record, figures := TableFigures("other", realisation, _KEY), units), figures=figures, data=other,
        note="Each in the unit of its own measure, by the register of benefits; in no sum." if len(other) else "",
        left_out=max(0, len(other) - _MOST), all_of=_ALL, absent="No benefit with values has a unit of its own.",
        remedy="" if len(realisation) else _REMEDY,
    )  # fmt: skip


def _rows(
    shown: pd.DataFrame, record: pd.DataFrame, figures: TableFigures, units: dict[str, object] | None = None
) -> list[list[Cell]]:
    """A row a benefit; the unit is its currency where no `units` of measures are given."""
    amounts = (BenefitRealisation.planned_amount, BenefitRealisation.realised_amount)
    rates = (BenefitRealisation.realisation_rate, BenefitRealisation.baseline_realisation_rate)
    return [
        [
            _benefit(row),
            Cell(_text(row[BenefitRealisation.project_id])),
            Cell(_text(row[BenefitRealisation.currency] if units is None else units.get(row[_KEY[0]]))),
            *(figures.cell(row, name, _MONEY) for name in amounts),
            *(figures.cell(row, name, _SHARE) for name in rates),
            _overdue(figures, row),
            figures.cell(row, BenefitRealisation.slip_months, _COUNT),
            figures.cell(row, BenefitRealisation.to_come_planned_amount, _MONEY),
            Cell(numerals.MISSING)
            if is_refused(record)
            else figures.cell(row, BenefitRealisation.p50_to_come_amount, _MONEY),
            Cell(str(row[BenefitRealisation.quality_note])),
        ]
        for row in shown.head(_MOST).to_dict("records")
    ]


def _overdue(figures: TableFigures, row: Row) -> Cell:
    first = row[BenefitRealisation.first_overdue_month]
    return figures.cell(
        row, BenefitRealisation.overdue_count, _COUNT, is_off=bool(row[BenefitRealisation.overdue_count]),
        sub="" if is_missing(first) else f"since {numerals.month(first)}",
    )  # fmt: skip


def worth_table(worth: pd.DataFrame, project: pd.DataFrame, *, discount_rate: float | None) -> Fragment:
    """What each project is worth as planned and as expected, the least first, from `InvestmentWorth`."""
    names = dict(zip(project["project_id"], project["name"], strict=True))
    figures = TableFigures("worth", worth, (InvestmentWorth.project_id,))
    by = InvestmentWorth.expected_net_present_amount if discount_rate is not None else InvestmentWorth.project_id
    values = (InvestmentWorth.planned_net_present_amount, InvestmentWorth.expected_net_present_amount)
    paybacks = (
        InvestmentWorth.planned_payback_months, InvestmentWorth.expected_payback_months,
        InvestmentWorth.discounted_payback_months,
    )  # fmt: skip
    told = paybacks[:2] if discount_rate is None else paybacks
    rows = [
        [
            Cell(_text(names.get(row[InvestmentWorth.project_id])), id=str(row[InvestmentWorth.project_id])),
            Cell(str(row[InvestmentWorth.currency])),
            *(
                figures.cell(row, name, _MONEY, is_off=name == values[1] and bool(row[name] < 0)) for name in values
            ),
            *(
                Cell("never") if is_missing(row[name]) and name in told else figures.cell(row, name, _MONTHS)
                for name in paybacks
            ),
            Cell(_returns(str(row[InvestmentWorth.internal_returns]))),
            figures.cell(row, InvestmentWorth.modified_return, Shown("percent", (1,))),
            Cell(str(row[InvestmentWorth.quality_note])),
        ]
        for row in worth.sort_values(by, kind="stable").head(_MOST).to_dict("records")
    ]  # fmt: skip
    rate = _NO_RATE if discount_rate is None else f"Discounted at {numerals.percent(discount_rate, 1)} a year. "
    return figure_table(
        "worth", "What projects are worth", _columns(2, *_WORTH_HEADINGS, remarks=("Internal rates", "Remark")),
        rows, figures=figures, data=worth,
        note=f"{rate}Worth: the present value of benefits less cost. Planned: the first plan of cost and benefits. "
        "Expected: what came and was spent, then what is to come. Payback counts months from the first payment; never: "
        "the money does not come back. Of internal rates of return each is shown, since payments may have several, or "
        "none." if rows else "",
        left_out=max(0, len(worth) - _MOST), all_of=_ALL,
        absent="No project has both cost and benefits in the same currency.", remedy=_REMEDY,
    )  # fmt: skip


def record_table(record: pd.DataFrame) -> Fragment:
    """How forecasts of benefits would have done on past benefits, from `ForecastPassport`."""
    figures = TableFigures("record", record, (ForecastPassport.size_band, ForecastPassport.level_pct))
    rows = [
        [
            Cell(f"P{numerals.number(row[ForecastPassport.level_pct])}"),
            figures.cell(row, ForecastPassport.forecast_count, _COUNT),
            figures.cell(
                row, ForecastPassport.coverage_pct, _PERCENT,
                sub=f"{numerals.number(row[ForecastPassport.coverage_low_pct])} to "
                f"{numerals.number(row[ForecastPassport.coverage_high_pct])}",
            ),
        ]
        for row in record.to_dict("records") if not is_missing(row[ForecastPassport.level_pct])
    ]  # fmt: skip
    verdict = str(record[ForecastPassport.verdict].iloc[0])
    told = f"{verdict[:1].upper()}{verdict[1:]}."
    return figure_table(
        "record", "How such forecasts would have done", _columns(1, "Quantile", "Past benefits", "Came to it or less"),
        rows, figures=figures, data=record,
        note=f"{told} Each past benefit forecast by all others, which flatters where benefits come otherwise now than "
        "before; below stands the 95 % band." if rows else "",
        absent=told, remedy="",
    )  # fmt: skip


def _returns(text: str) -> str:
    return text.replace("-", "\u2212").replace("%", "\u00a0%")


def double_count_table(double_count: pd.DataFrame) -> Fragment:
    """Benefits that would count the same money, from `BenefitDoubleCount`."""
    keys = (BenefitDoubleCount.benefit_id, BenefitDoubleCount.other_benefit_id)
    figures = TableFigures("twice", double_count, keys)
    rows = [
        [
            Cell(str(row[BenefitDoubleCount.benefit_id])),
            Cell(str(row[BenefitDoubleCount.other_benefit_id])),
            Cell(str(row[BenefitDoubleCount.benefit_path])),
            Cell(str(row[BenefitDoubleCount.currency])),
            figures.cell(row, BenefitDoubleCount.planned_amount, _MONEY),
        ]
        for row in double_count.head(_MOST).to_dict("records")
    ]
    return figure_table(
        "twice", "Money that would stand twice",
        _columns(4, "Benefit", "leads to", "Way", "Currency", "At most"), rows, figures=figures, data=double_count,
        note="The benefit map says that the first leads to the other, and both are in money: the sums of this page "
        "count the other alone." if rows else "",
        left_out=max(0, len(double_count) - _MOST), all_of=_ALL,
        absent="By the benefit map no money leads to other money.", remedy="",
    )  # fmt: skip
