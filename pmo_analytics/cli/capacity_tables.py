"""What the command on capacity prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from pmo_analytics.resources.capacity_draws import CapacityInputs

_HOUR = 3600.0
_NONE = "–"
_COURSES = ("hire", "contractor", "delay")
NOT_LOADED = (
    "Nothing is asked for and nobody's skills are known: load the registers demand, person_skill and working_calendar."
)


@dataclass(frozen=True)
class CapacityAnswer:
    """Frames to print: outlook, actions, record of delivered hours, scenarios side by side and what they cost."""

    day: pd.Timestamp
    version: int
    months: int
    outlook: pd.DataFrame
    actions: pd.DataFrame
    record: pd.DataFrame
    inputs: CapacityInputs
    scenarios: pd.DataFrame | None
    costs: pd.DataFrame


def as_plain(answer: CapacityAnswer) -> dict[str, Any]:
    """The answer as JSON holds it."""
    from pmo_analytics.cli.evidence import records

    return {
        "as_of": answer.day.date().isoformat(), "version": answer.version,
        "outlook": records(answer.outlook), "actions": records(answer.actions),
        "scenarios": None if answer.scenarios is None else records(answer.scenarios),
        "scenario_costs": records(answer.costs), "delivered_hours_passport": records(answer.record),
        "delivery_factors": records(answer.inputs.delivery_factor),
        "project_effort_ratios": records(answer.inputs.project_effort_ratio),
        "certainty": {str(name): int(n) for name, n in _certainty(answer).items()},
    }  # fmt: skip


def print_capacity(answer: CapacityAnswer) -> None:
    """Print chances by skill and month, what to do, scenarios, the record of such forecasts and what is assumed."""
    from pmo_analytics.terminal import say

    if answer.outlook.empty:
        say(f"{NOT_LOADED} {answer.day:%Y-%m-%d}, version {answer.version}")
        return
    _print_outlook(answer)
    _print_actions(answer)
    if answer.scenarios is not None:
        _print_scenarios(answer)
    say(f"\nRecord: {_record(answer)}\n\nAssumed: {'; '.join(_assumed(answer))}.")


def _print_outlook(answer: CapacityAnswer) -> None:
    from pmo_analytics.terminal import print_table, say

    rows = _rows(answer.outlook)
    months = sorted({row["period_month"] for row in rows})
    by_place = {(row["skill_id"], row["period_month"]): row for row in rows}
    hire_by = {row["skill_id"]: row for row in _rows(answer.actions)}
    print_table(
        ["skill", *(f"{month:%b}" if month.month > 1 else f"{month:%b %y}" for month in months), "hire by"],
        [
            (skill, *(_cell(by_place.get((skill, month))) for month in months), _hire_by(hire_by.get(skill)))
            for skill in dict.fromkeys(row["skill_id"] for row in rows)
        ],
    )
    say(
        "The chance that anything is short, below it the hours short at P80; no cell where nothing is asked. From "
        f"{months[0]:%Y-%m} on; {answer.day:%Y-%m-%d}, version {answer.version}"
    )
    for note in dict.fromkeys(row["quality_note"] for row in rows if row["quality_note"]):
        names = dict.fromkeys(row["skill_id"] for row in rows if row["quality_note"] == note)
        say(f"{'All skills' if len(names) == len({skill for skill, _ in by_place}) else ', '.join(names)}: {note}")


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    from pmo_analytics.cli.evidence import tuples

    return [dict(zip(frame.columns, row, strict=True)) for row in tuples(frame)]


def _cell(row: dict[str, Any] | None) -> str:
    if row is None or not row["demand_seconds"]:
        return ""
    if row["shortfall_probability"] is None:
        return "?"
    chance, short = row["shortfall_probability"], row["p80_short_seconds"] / _HOUR
    return f"{_chance(chance)}\n{f'{short:,.0f} h' if short >= 0.5 else _NONE}"


def _chance(share: float) -> str:
    """A share in per cent; what is not 0 or 1 is not said to be."""
    if 0 < share < 0.005:
        return "<1 %"
    return ">99 %" if 0.995 <= share < 1 else f"{100 * share:.0f} %"


def _hire_by(row: dict[str, Any] | None) -> str:
    if row is None:
        return ""
    return f"{row['hire_by_date']}{chr(10) + 'too late' if row['is_hire_late'] else ''}"


def _print_actions(answer: CapacityAnswer) -> None:
    from pmo_analytics.terminal import print_table, say

    rows = _rows(answer.actions)
    if not rows:
        is_known = answer.outlook["shortfall_probability"].notna().any()
        say("\nNo gap: in no month does a chance reach the limit." if is_known else "\nNo chance is known, and no gap.")
        return
    say("\nGaps, the first to come first")
    print_table(
        ["skill", "from", "months", "short h", "persons", "hire by", "train by", "open", "near it", "wait, months",
         *(f"{course}, {rows[0]['currency'] or 'no currency'}" for course in _COURSES)],
        [
            (
                row["skill_id"], f"{row['gap_start_month']:%Y-%m}", row["gap_month_count"],
                _pair(row["p50_short_seconds"] / _HOUR, row["p80_short_seconds"] / _HOUR),
                _pair(row["p50_hire_fte"], row["p80_hire_fte"], 1),
                f"{row['hire_by_date']}{', too late' if row['is_hire_late'] else ''}",
                f"{row['train_by_date']}{', too late' if row['is_train_late'] else ''}",
                row["open_courses"],
                f"{row['lower_level_count']} below, {row['neighbour_count']} beside",
                _pair(row["p50_delay_months"], row["p80_delay_months"]),
                *(_pair(row[f"p50_{name}_amount"], row[f"p80_{name}_amount"]) for name in _COURSES),
            )
            for row in rows
        ],
    )  # fmt: skip
    late = [f"{row['skill_id']} from {row['hire_from_month']:%Y-%m}" for row in rows if row["is_hire_late"]]
    say(
        "P50 to P80, over all months of the gap. Near it: persons one or two levels below what is asked, others with a "
        "neighbouring skill." + (f" Hired today a person is there: {', '.join(late)}." if late else "")
    )
    for note in dict.fromkeys(row["quality_note"] for row in rows if row["quality_note"]):
        say(f"{note[:1].upper()}{note[1:]}.")


def _pair(low: float | None, high: float | None, decimals: int = 0) -> str:
    parts = (_NONE if value is None else f"{value:,.{decimals}f}" for value in (low, high))
    found = dict.fromkeys(parts)
    return " to ".join(found)


def _print_scenarios(answer: CapacityAnswer) -> None:
    from pmo_analytics.resources.capacity_comparison import AS_PLANNED
    from pmo_analytics.terminal import print_table, say

    frame = answer.scenarios
    if frame is None:
        return
    sums = (
        frame.groupby(["scenario", "skill_id"], sort=False)
        .agg(chance=("shortfall_probability", "max"), short=("mean_short_seconds", "sum"))
        .reset_index()
    )
    by_place = {(row["scenario"], row["skill_id"]): row for row in _rows(sums)}
    names = [name for name in dict.fromkeys(sums["scenario"]) if name != AS_PLANNED]
    say(f"\nScenarios, by the same draws: the largest chance, and hours short on average over {answer.months} months")
    lines: list[tuple[Any, ...]] = []
    for skill in dict.fromkeys(sums["skill_id"]):
        cells = [_beside(by_place.get((name, skill)), by_place[AS_PLANNED, skill]) for name in names]
        if any(cells):
            lines.append(
                (skill, _scenario_cell(by_place[AS_PLANNED, skill]), *(cell or "as planned" for cell in cells))
            )
    if lines:
        print_table(["skill", AS_PLANNED, *names], lines)
    else:
        say("None of them changes anything.")
    print_table(
        ["scenario", "change", "cost", ""],
        [
            (
                row["scenario"], row["scenario_change"],
                _pair(row["change_amount"], row["change_amount"]) + f" {row['currency'] or ''}".rstrip(),
                row["quality_note"],
            )
            for row in _rows(answer.costs)
        ],
    )  # fmt: skip


def _scenario_cell(row: dict[str, Any]) -> str:
    return "?" if row["chance"] is None else f"{_chance(row['chance'])}, {row['short'] / _HOUR:,.0f} h"


def _beside(row: dict[str, Any] | None, plan: dict[str, Any]) -> str:
    if row is None or row["chance"] is None:
        return ""
    change = (row["short"] - plan["short"]) / _HOUR
    if abs(change) < 0.5 and abs(row["chance"] - plan["chance"]) < 0.005:
        return ""
    return f"{_scenario_cell(row)} ({change:+,.0f} h)"


def _record(answer: CapacityAnswer) -> str:
    verdict = str(answer.record["verdict"].iloc[0])
    return (
        f"hours that teams deliver, forecast one to six months ahead on this history: {verdict}. The chances above "
        "have no record here yet: no plan of an earlier month was kept with what became of it."
    )


def _certainty(answer: CapacityAnswer) -> pd.Series[int]:
    return answer.inputs.planned_demand["certainty_basis"].value_counts(sort=False)


def _assumed(answer: CapacityAnswer) -> list[str]:
    """What the chances rest on, in words."""
    factor, ratios = answer.inputs.delivery_factor, answer.inputs.project_effort_ratio
    of_all = factor[factor["skill_id"].isna()]
    focus, leave, left = (of_all[of_all["factor_kind"] == kind] for kind in ("focus", "leave", "attrition"))
    own = factor.loc[factor["skill_id"].notna(), "skill_id"].nunique()
    told = []
    if len(focus):
        told.append(
            f"{_span(focus['factor_share'])} of available time reaches projects, as in {len(focus)} months past"
            + (f", {own} skills by their own months" if own else "")
        )
    if len(leave):
        told.append(f"leave as in the same month a year before, {_span(leave['factor_share'])}")
    told.append(f"{100 * float(left['factor_share'].iloc[0]):.1f} % left in a month of two years, and nobody is hired")
    if len(ratios):
        quantiles = ratios["pooled_ratio"].quantile([0.1, 0.5, 0.9])
        told.append(
            f"{answer.inputs.past_projects} past projects took {quantiles[0.1]:.2f} to {quantiles[0.9]:.2f} times "
            f"their estimates, half of them more than {quantiles[0.5]:.2f}"
        )
    told += [f"certainty of {n} rows of plans: {name}" for name, n in _certainty(answer).items()]
    told.append("time goes to skills so that loads are as equal as they can be")
    told.append("work falls into the months that plan it")
    return told


def _span(shares: pd.Series[float]) -> str:
    return f"{_pair(100 * float(shares.min()), 100 * float(shares.max()))} %"
