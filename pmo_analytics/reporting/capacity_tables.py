"""Tables of the page on capacity: what to do about gaps, hours to come and their record, what is assumed."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.forecasting.passport import ForecastPassport
from pmo_analytics.reporting.capacity_figures import skill_names
from pmo_analytics.reporting.figure_table import Cell, Column, Row, TableFigures, figure_table, is_missing
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.references import Shown
from pmo_analytics.resources.capacity import CapacityOutlook
from pmo_analytics.resources.capacity_actions import CapacityAction
from pmo_analytics.resources.capacity_demand import FEWEST_PROJECTS, PlannedDemand, ProjectEffortRatio
from pmo_analytics.resources.delivered_hours import DeliveredHours
from pmo_analytics.resources.delivery_factors import ATTRITION, FOCUS, LEAVE, DeliveryFactor

_MOST = 40
_COUNT, _FTE, _SHARE, _RATIO = Shown("number"), Shown("number", (1,)), Shown("percent"), Shown("number", (2,))
_HOURS, _DAY, _MONTH, _MONEY = Shown("hours"), Shown("day"), Shown("month"), Shown("number")
_PERCENT = Shown("number", (0,), behind="\u00a0%")
_LEVELS = (10.0, 50.0, 80.0, 90.0)
_SHORT = (CapacityAction.p50_short_seconds, CapacityAction.p80_short_seconds)
_PERSONS = (CapacityAction.p50_hire_fte, CapacityAction.p80_hire_fte)
_WAITING = (CapacityAction.p50_delay_months, CapacityAction.p80_delay_months)
_DATES = (CapacityAction.hire_by_date, CapacityAction.train_by_date)
_LEFT = "Left to choose from"
_REMEDY = "Fill registers/demand.csv and registers/person_skill.csv and load them with `pmo ingest`."


def _columns(texts: int, *labels: str, remarks: Sequence[str] = ()) -> list[Column]:
    return [
        Column(label, is_number=place >= texts and label not in remarks, is_remark=label in remarks)
        for place, label in enumerate(labels)
    ]


def _count(number: int, what: str) -> str:
    return f"{numerals.number(number)} {what}{'' if number == 1 else 's'}"


def _skill(row: Row, names: dict[str, str]) -> Cell:
    text = str(row[CapacityAction.skill_id])
    return Cell(names.get(text, text), id=text if text in names else "")


def action_table(actions: pd.DataFrame, outlook: pd.DataFrame, skill: pd.DataFrame) -> Fragment:
    """Every gap with dates, persons, courses and costs, from `CapacityAction`, the first to come first."""
    names, figures = skill_names(skill), TableFigures("gap", actions, (CapacityAction.skill_id,))

    def cells(row: Row) -> list[Cell]:
        months = int(row[CapacityAction.gap_month_count])
        hire_late, train_late = bool(row[CapacityAction.is_hire_late]), bool(row[CapacityAction.is_train_late])
        return [
            _skill(row, names),
            figures.cell(row, CapacityAction.gap_start_month, _MONTH, sub=_count(months, "month")),
            figures.cell(row, CapacityAction.shortfall_probability, _SHARE),
            *(figures.cell(row, name, _HOURS) for name in _SHORT),
            *(figures.cell(row, name, _FTE) for name in _PERSONS),
            *(
                figures.cell(row, name, _DAY, sub="too late" if is_late else "", is_off=is_late)
                for name, is_late in zip(_DATES, (hire_late, train_late), strict=True)
            ),
            figures.cell(row, CapacityAction.lower_level_count, _COUNT),
            figures.cell(row, CapacityAction.neighbour_count, _COUNT),
            Cell(str(row[CapacityAction.open_courses]), sub=_from(row) if hire_late else ""),
        ]  # fmt: skip

    is_known = bool(outlook[CapacityOutlook.shortfall_probability].notna().any())
    return figure_table(
        "gaps", _action_title(actions, names),
        _columns(1, "Skill", "Gap from", "Chance", "Short, P50", "Short, P80", "Persons, P50", "Persons, P80",
                 "Hire by", "Train by", "Levels below", "Neighbours", _LEFT, remarks=(_LEFT,)),
        [cells(row) for row in actions.head(_MOST).to_dict("records")], figures=figures, data=actions,
        note=f"Chance: the largest in the gap. Short and full persons are over all months of the gap. Levels below: "
        f"persons one or two levels below what is asked; neighbours: others with a skill of the same category. "
        f"{_defaults(actions)}" if len(actions) else "",
        left_out=max(0, len(actions) - _MOST), all_of="the page's workbook has all.",
        absent="In no month does the chance of a shortfall reach the limit." if is_known else "No chance is known.",
        remedy="" if is_known else _REMEDY,
    )  # fmt: skip


def _from(row: Row) -> str:
    return f"hired today: from {numerals.month(row[CapacityAction.hire_from_month])}"


def _action_title(actions: pd.DataFrame, names: dict[str, str]) -> str:
    if actions.empty:
        return "What to do about gaps"
    row = actions.iloc[0]
    name = names.get(str(row[CapacityAction.skill_id]), str(row[CapacityAction.skill_id]))
    if row[CapacityAction.is_hire_late]:
        left = " and ".join(str(row[CapacityAction.open_courses]).rsplit(", ", 1))
        return f"It is too late to hire for {name}: {left} are left"
    return f"{name} is to be hired for by {numerals.day(row[CapacityAction.hire_by_date])}"


def _defaults(actions: pd.DataFrame) -> str:
    """What holds by default and what is not stated, as the rows say it."""
    note = str(actions[CapacityAction.quality_note].iloc[0])
    return f"{note[:1].upper()}{note[1:]}." if note else ""


def cost_table(actions: pd.DataFrame, skill: pd.DataFrame) -> Fragment:
    """What closing each gap costs as hire, contractor and delay side by side, from `CapacityAction`."""
    names, figures = skill_names(skill), TableFigures("gap-cost", actions, (CapacityAction.skill_id,))
    amounts = [f"p{level}_{course}_amount" for course in ("hire", "contractor", "delay") for level in (50, 80)]
    known = actions[actions[amounts].notna().any(axis=1)]
    rows = [
        [
            _skill(row, names),
            *(figures.cell(row, name, _MONEY) for name in amounts),
            *(figures.cell(row, name, _COUNT) for name in _WAITING),
        ]
        for row in known.head(_MOST).to_dict("records")
    ]  # fmt: skip
    currencies = " and ".join(sorted(known[CapacityAction.currency].dropna().unique()))
    return figure_table(
        "gap-costs", "What each way costs",
        _columns(1, "Skill", "Hire, P50", "Hire, P80", "Contractor, P50", "Contractor, P80", "Delay, P50", "Delay, P80",
                 "Months waiting, P50", "P80"),
        rows, figures=figures, data=known,
        note=f"In {currencies}. Hire: the hours short at what an own hour has cost, and once for each person; their "
        "time beyond the gap is not in it. Delay: hours that wait by months, until own time is left over. No amount: "
        "what it takes is not stated or known. No months: it waits beyond those looked at." if rows else "",
        left_out=max(0, len(known) - _MOST), all_of="the page's workbook has all.",
        absent=_defaults(actions) if len(actions) else "There is no gap.",
        remedy="State what hours and persons cost in [capacity] of pmo.toml." if len(actions) else "",
    )  # fmt: skip


def outlook_table(outlook: pd.DataFrame, skill: pd.DataFrame) -> Fragment:
    """Demand, supply and what is short by skill and month where anything is asked, from `CapacityOutlook`; folded."""
    names = skill_names(skill)
    figures = TableFigures("capacity", outlook, (CapacityOutlook.skill_id, CapacityOutlook.period_month))
    shown = outlook[outlook[CapacityOutlook.demand_seconds] > 0]
    hours = (
        CapacityOutlook.demand_seconds, CapacityOutlook.p50_demand_seconds, CapacityOutlook.p80_demand_seconds,
        CapacityOutlook.capacity_seconds, CapacityOutlook.p50_supply_seconds, CapacityOutlook.p20_supply_seconds,
    )  # fmt: skip
    rows = [
        [
            _skill(row, names),
            Cell(numerals.month(row[CapacityOutlook.period_month])),
            *(figures.cell(row, name, _HOURS) for name in hours),
            figures.cell(row, CapacityOutlook.shortfall_probability, _SHARE),
            figures.cell(row, CapacityOutlook.p80_short_seconds, _HOURS),
            Cell(str(row[CapacityOutlook.quality_note])),
        ]
        for row in shown.head(4 * _MOST).to_dict("records")
    ]
    return figure_table(
        "outlook", "Month by month",
        _columns(2, "Skill", "Month", "Planned", "Asked, P50", "Asked, P80", "Calendar", "There, P50", "There, P20",
                 "Chance", "Short, P80", "Remark", remarks=("Remark",)),
        rows, figures=figures, data=outlook, left_out=max(0, len(shown) - 4 * _MOST),
        all_of="the page's workbook has all.",
        folded=f"{numerals.number(len(shown))} skills and months" if rows else "",
        note="Asked: what plans ask for, times chance and what past projects took of their estimates. There: the "
        "calendar's time that falls to the skill and reaches projects." if rows else "",
        absent="Nothing is asked for in the months to come.", remedy=_REMEDY,
    )  # fmt: skip


def hours_table(hours: pd.DataFrame) -> Fragment:
    """Hours that teams will book on projects, from `DeliveredHours`; the verdict stands above."""
    figures = TableFigures("hours", hours, (DeliveredHours.team, DeliveredHours.period_month))
    levels = (
        DeliveredHours.p10_seconds, DeliveredHours.p50_seconds, DeliveredHours.p80_seconds, DeliveredHours.p90_seconds,
    )  # fmt: skip
    rows = [
        [
            Cell(str(row[DeliveredHours.team])),
            Cell(numerals.month(row[DeliveredHours.period_month])),
            *(figures.cell(row, name, _HOURS) for name in levels),
        ]
        for row in hours.head(2 * _MOST).to_dict("records")
    ]
    verdict = str(hours[DeliveredHours.verdict].iloc[0]) if len(hours) else ""
    method = str(hours[DeliveredHours.method].iloc[0]) if len(hours) else ""
    return figure_table(
        "delivered", "Hours that teams will deliver",
        _columns(2, "Team", "Month", "P10", "P50", "P80", "P90"), rows, figures=figures, data=hours,
        note=f"Time booked on known projects, by {method}. Record: {verdict}." if rows else "",
        left_out=max(0, len(hours) - 2 * _MOST), all_of="the page's workbook has all.",
        folded=f"{numerals.number(len(hours))} teams and months" if rows else "",
        absent="Fewer than twelve months of timesheets are known.", remedy="",
    )  # fmt: skip


def record_table(passport: pd.DataFrame) -> Fragment:
    """How forecasts of delivered hours did by months ahead, from `ForecastPassport`."""
    figures = TableFigures("record", passport, (ForecastPassport.size_band, ForecastPassport.level_pct))
    shown = passport[passport[ForecastPassport.level_pct].round(6).isin(_LEVELS)]
    rows = []
    for band, group in shown.groupby(ForecastPassport.size_band, sort=False):
        of = {float(row[ForecastPassport.level_pct]): row for row in group.to_dict("records")}
        first = next(iter(of.values()))
        rows.append([
            Cell("All" if band == "all" else str(band)),
            Cell(numerals.number(first[ForecastPassport.forecast_count])),
            *(_held(figures, of.get(level)) for level in _LEVELS),
        ])  # fmt: skip
    verdict = str(passport[ForecastPassport.verdict].iloc[0])
    return figure_table(
        "record", "How forecasts of delivered hours did", _columns(1, "Ahead", "Forecasts", "P10", "P50", "P80", "P90"),
        rows, figures=figures, data=passport,
        note=f"Share of outcomes within each quantile, 95 % band below. {verdict[:1].upper()}{verdict[1:]}. Chances "
        "of a shortfall have no record of their own yet: no plan of an earlier month was kept with what became of it."
        if rows else "",
        absent=f"{verdict[:1].upper()}{verdict[1:]}.", remedy="",
    )  # fmt: skip


def _held(figures: TableFigures, row: Row | None) -> Cell:
    if row is None:
        return Cell(numerals.MISSING)
    low, high = row[ForecastPassport.coverage_low_pct], row[ForecastPassport.coverage_high_pct]
    level = float(row[ForecastPassport.level_pct])
    return figures.cell(
        row, ForecastPassport.coverage_pct, _PERCENT, sub=f"{numerals.number(low)} to {numerals.number(high)}",
        is_off=not low <= level <= high,
    )  # fmt: skip


def factor_table(factors: pd.DataFrame) -> Fragment:
    """Focus and leave of all persons by past month, from `DeliveryFactor`, with what is known of leavers and skills."""
    keys = (DeliveryFactor.factor_kind, DeliveryFactor.skill_id, DeliveryFactor.period_month)
    figures = TableFigures("factor", factors, keys)
    of_all = factors[factors[DeliveryFactor.skill_id].isna()]
    by_place = {
        (row[DeliveryFactor.factor_kind], row[DeliveryFactor.period_month]): row for row in of_all.to_dict("records")
    }
    kinds = (FOCUS, LEAVE)
    months = sorted({month for kind, month in by_place if kind in kinds})
    rows = [
        [
            Cell(numerals.month(month)),
            *(
                figures.cell(by_place[kind, month], DeliveryFactor.factor_share, _SHARE)
                if (kind, month) in by_place
                else Cell(numerals.MISSING)
                for kind in kinds
            ),
        ]
        for month in months
    ]
    left = factors[factors[DeliveryFactor.factor_kind] == ATTRITION].to_dict("records")
    told = "".join(
        f" {numerals.number(100 * row['factor_share'], 1)}\u00a0% of persons left in a month of the last two years; "
        "nobody is taken to be hired."
        for row in left
    )
    own = factors[DeliveryFactor.skill_id].dropna().nunique()
    return figure_table(
        "factors", "What reaches projects is taken to stay as it was", _columns(1, "Month", "Focus", "Leave"),
        rows, figures=figures, data=factors,
        note="Focus: time booked on projects over time available; run work, where pmo.toml names it, is not in it. "
        f"Leave: absence over the calendar's time.{told} {numerals.number(own)} skills of five persons or more count "
        "by their own focus, which the page's workbook has." if rows else "",
        folded=f"{numerals.number(len(rows))} months" if rows else "",
        absent="No month with timesheets and a calendar is known.", remedy="",
    )  # fmt: skip


def ratio_table(ratios: pd.DataFrame) -> Fragment:
    """What past projects took of their estimates, from `ProjectEffortRatio`."""
    figures = TableFigures("ratio", ratios, (ProjectEffortRatio.project_id, ProjectEffortRatio.finish_year))
    rows = [
        [
            Cell(str(row[ProjectEffortRatio.project_id])),
            Cell("undated" if is_missing(row["finish_year"]) else str(int(row[ProjectEffortRatio.finish_year]))),
            figures.cell(row, ProjectEffortRatio.item_count, _COUNT),
            figures.cell(row, ProjectEffortRatio.estimate_seconds, _HOURS),
            figures.cell(row, ProjectEffortRatio.pooled_ratio, _RATIO),
        ]
        for row in ratios.head(2 * _MOST).to_dict("records")
    ]
    many = ratios[ProjectEffortRatio.project_id].nunique()
    used = "" if many >= FEWEST_PROJECTS else f" {numerals.number(many)} projects are too few: plans count as they are."
    return figure_table(
        "ratios", "Plans are taken to become what past projects became",
        _columns(1, "Project", "Finished in", "Items", "Estimated", "Actual over estimate"), rows, figures=figures,
        data=ratios, left_out=max(0, len(ratios) - 2 * _MOST), all_of="the page's workbook has all.",
        note=f"Sums over sums of finished items, by year of finish; five items or more.{used}" if rows else "",
        folded=f"{numerals.number(many)} projects" if rows else "",
        absent="No project has five finished items with an estimate: plans count as they are.", remedy="",
    )  # fmt: skip


def certainty_table(plans: pd.DataFrame) -> Fragment:
    """What plans ask for with the certainty of each row, from `PlannedDemand`; folded."""
    keys = (PlannedDemand.project_id, PlannedDemand.skill_id, PlannedDemand.period_month)
    figures = TableFigures("plan", plans, keys)
    rows = [
        [
            Cell(str(row[PlannedDemand.project_id])), Cell(str(row[PlannedDemand.skill_id])),
            Cell(numerals.month(row[PlannedDemand.period_month])),
            figures.cell(row, PlannedDemand.level, _COUNT),
            figures.cell(row, PlannedDemand.demand_seconds, _HOURS),
            figures.cell(row, PlannedDemand.certainty, _SHARE),
            Cell(str(row[PlannedDemand.certainty_basis])),
        ]
        for row in plans.head(3 * _MOST).to_dict("records")
    ]  # fmt: skip
    counts = plans[PlannedDemand.certainty_basis].value_counts(sort=False)
    told = ", ".join(f"{numerals.number(count)} {basis}" for basis, count in counts.items())
    return figure_table(
        "plans", "Projects come about with the certainty that plans state",
        _columns(3, "Project", "Skill", "Month", "Level", "Planned", "Certainty", "Basis", remarks=("Basis",)), rows,
        figures=figures, data=plans, left_out=max(0, len(plans) - 3 * _MOST), all_of="the page's workbook has all.",
        note=f"Rows of plans: {told}. Work is taken to fall into the months that plan it." if rows else "",
        folded=f"{numerals.number(len(plans))} rows of plans" if rows else "",
        absent="No plan asks for anything in the months to come.", remedy=_REMEDY,
    )  # fmt: skip
