"""What the command that chooses projects prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from pmo_analytics.portfolio.selection_answer import SelectionAnswer
    from pmo_analytics.portfolio.selection_frontier import Frontier
    from pmo_analytics.portfolio.selection_reasons import UnitWorth

_NONE = "–"
NOTHING = "No proposal is open: load the register proposal, and proposal_link, demand and capacity beside it."


@dataclass(frozen=True)
class Details:
    """A scenario's answer, what more of each budget and skill is worth, value against cost and against an objective."""

    answer: SelectionAnswer
    worths: list[UnitWorth]
    cost: Frontier | None
    goal: Frontier | None


def as_plain(made: list[Details], *, day: pd.Timestamp, version: int) -> dict[str, Any]:
    """The answers as JSON holds them."""
    from pmo_analytics.cli.evidence import records
    from pmo_analytics.portfolio.project_selection import selected_proposals, selection_summary

    summaries = records(selection_summary([each.answer for each in made]))
    return {
        "as_of": day.date().isoformat(), "version": version,
        "scenarios": [
            summary | {
                "conflict": list(each.answer.conflict), "subjects": records(selected_proposals(each.answer)),
                "limits": _limits(each), "frontier": _points(each, each.cost, "cost_amount"),
                "objective_frontier": _points(each, each.goal, "objective_value"),
            }
            for summary, each in zip(summaries, made, strict=True)
        ],
    }  # fmt: skip


def _limits(made: Details) -> list[dict[str, Any]]:
    from pmo_analytics.portfolio.selection_answer import fullest

    worth = {(each.kind, each.name): each for each in made.worths}
    found = []
    for kind, name, used, limit in fullest(made.answer):
        month = name.rpartition(" ")[2] if kind == "hours" else None
        own = name.removesuffix(f" {month}") if month else name
        each = worth.get((kind, own))
        found.append({
            "kind": kind, "name": own, "fullest_month": month, "used": used, "limit": limit,
            "tried": None if each is None else each.unit, "least_worth_a_unit": None if each is None else each.low,
            "most_worth_a_unit": None if each is None else each.high,
        })  # fmt: skip
    return found


def _points(made: Details, found: Frontier | None, name: str) -> list[dict[str, Any]]:
    if found is None:
        return []
    sign = 1.0 if name == "cost_amount" else -1.0
    names = made.answer.ready.case.names
    return [
        {
            "counted_value": point.gain, name: sign * point.other + 0.0, "is_proven": point.is_proven,
            "is_sound": point.is_sound,
            "subjects": [each for each, start in zip(names, point.start, strict=True) if start >= 0],
        }
        for point in found.points
    ]  # fmt: skip


def print_selection(made: list[Details], *, day: pd.Timestamp, version: int) -> None:
    """Print scenarios side by side, then of each what is chosen and left, with reasons, limits, frontier and notes."""
    from pmo_analytics.terminal import say

    stamp = f"{day:%Y-%m-%d}, version {version}"
    if not any(each.answer.ready.case.names for each in made):
        say(f"{NOTHING} {stamp}")
        return
    _print_summary(made, stamp)
    if len(made) > 1:
        _print_side_by_side(made)
    for each in made:
        say(f"\n{each.answer.ready.terms.name}")
        if each.answer.choice.is_found:
            _print_subjects(each.answer)
            _print_limits(each)
            _print_frontier(each, each.cost, None)
            _print_frontier(each, each.goal, each.answer.ready.terms.against)
        else:
            say("There is no choice. These cannot be kept together:")
            for condition in each.answer.conflict:
                say(f"  {condition}")
        for note in each.answer.notes:
            say(f"Note: {note}.")
    say(f"\nAssumed: {'; '.join(_assumed(made))}.")


def _print_summary(made: list[Details], stamp: str) -> None:
    from pmo_analytics.terminal import print_table, say

    rows = []
    for each in made:
        answer, terms = each.answer, each.answer.ready.terms
        choice, chance = answer.choice, answer.chance
        kept = _NONE if chance is None else f"{100 * chance.breach_share:.1f} % of {100 * (terms.alpha or 0):g} %"
        found = choice.is_found
        rows.append((
            terms.name, choice.status, f"{int((choice.start >= 0).sum())} of {len(choice.start)}",
            _worth(answer, choice.value) if found else _NONE, _worth(answer, choice.bound) if found else _NONE,
            f"{100 * choice.gap:.4f} %" if found else _NONE, _money(choice.cost) if found else _NONE, kept,
        ))  # fmt: skip
    unit = made[0].answer.ready.subjects.currency or "no currency"
    print_table(
        ["scenario", "status", "chosen", "worth", "at most", "gap", f"cost, {unit}", "breaches"], rows
    )  # fmt: skip
    say(f"No choice is worth more than stands under at most. {stamp}")


def _worth(answer: SelectionAnswer, value: float) -> str:
    from pmo_analytics.portfolio.selection_terms import WEIGHTED

    return f"{value:,.4f}" if answer.ready.terms.value_kind == WEIGHTED else f"{value:,.0f}"


def _money(value: float) -> str:
    return f"{value:,.0f}"


def _print_side_by_side(made: list[Details]) -> None:
    from pmo_analytics.terminal import print_table, say

    starts = [_starts(each.answer) for each in made]
    names = list(dict.fromkeys(name for each in starts for name in each))
    rows = [(name, *(each.get(name, "") for each in starts)) for name in names]
    say("\nSide by side: the month that each is to start in")
    print_table(
        ["", *(each.answer.ready.terms.name for each in made)],
        sorted(rows, key=lambda row: (-sum(cell not in {"", _NONE} for cell in row[1:]), row[0])),
    )


def _starts(answer: SelectionAnswer) -> dict[str, str]:
    case = answer.ready.case
    return {
        name: case.month_names[start] if start >= 0 else _NONE
        for name, start in zip(case.names, answer.choice.start, strict=True)
    }


def _print_subjects(answer: SelectionAnswer) -> None:
    from pmo_analytics.cli.evidence import tuples
    from pmo_analytics.portfolio.project_selection import selected_proposals
    from pmo_analytics.terminal import print_table, say

    frame = selected_proposals(answer)
    rows = [dict(zip(frame.columns, row, strict=True)) for row in tuples(frame)]
    for title, which in (("Chosen", True), ("Left out", False)):
        shown = [row for row in rows if row["is_chosen"] is which]
        if not shown:
            say(f"{title}: none")
            continue
        print_table(
            [title, "", *(["start"] if which else []), "worth", "cost", "stands", "why"],
            [
                (
                    row["subject_id"], row["name"], *([f"{row['start_month']:%Y-%m}"] if which else []),
                    _worth(answer, row["counted_value"]), _money(row["cost_amount"]), row["standing"], row["reason"],
                )
                for row in shown
            ],
        )  # fmt: skip


def _print_limits(made: Details) -> None:
    from pmo_analytics.terminal import print_table

    rows = [
        (
            each["name"], each["fullest_month"] or "", f"{each['used']:,.0f}", f"{each['limit']:,.0f}",
            _NONE if each["tried"] is None else f"{each['tried']:,.0f}", _span(each),
        )
        for each in _limits(made)
        if each["used"] or each["most_worth_a_unit"]
    ]  # fmt: skip
    if rows:
        print_table(["limit", "fullest", "used", "there is", "tried more", "worth a unit"], rows)


def _span(each: dict[str, Any]) -> str:
    low, high = each["least_worth_a_unit"], each["most_worth_a_unit"]
    if low is None:
        return _NONE
    return f"{low:,.4g}" if low == high else f"{low:,.4g} to {high:,.4g}"


def _print_frontier(made: Details, found: Frontier | None, objective: str | None) -> None:
    """A frontier against cost, or against the value that goes to an objective."""
    from pmo_analytics.terminal import print_table, say

    if found is None or not found.points:
        return
    other = [_money(p.other) if objective is None else _worth(made.answer, 0.0 - p.other) for p in found.points]
    print_table(
        ["worth", "for" if objective is None else f"to {objective}", "chosen", "proven"],
        [
            (_worth(made.answer, p.gain), shown, str(int((p.start >= 0).sum())), "yes" if p.is_proven else "no")
            for p, shown in zip(found.points, other, strict=True)
        ],
    )  # fmt: skip
    broken = sum(not point.is_sound for point in found.points)
    goal = "nothing worth as much costs less" if objective is None else f"nothing worth as much gives {objective} more"
    say(
        f"Value against {'cost' if objective is None else 'an objective'}: {goal}"
        + (", and no point lies between." if found.is_whole else "; other points lie between.")
        + (f" {broken} of them break a condition when checked anew." if broken else "")
    )


def _assumed(made: list[Details]) -> list[str]:
    """What the choices rest on, in words."""
    terms = [each.answer.ready.terms for each in made]
    told = [
        "costs are spread evenly over a proposal's months",
        "budgets are what the scenario says there is for these, running projects not counted",
        "hours are those of the calendar less absences known and what other plans ask for, times the scenario's factor",
    ]
    if any(each.value_error_pct for each in terms):
        told.append("values are drawn in to the mean of their portfolio by the stated error")
    return told
