"""A scenario's choice and what is asked about it: reasons, standing, worth of a unit, frontier, conflict, replay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pmo_analytics.portfolio.selection_case import (
    Breach,
    SelectionCase,
    Wholes,
    kept_conditions,
    used_budget,
    used_hours,
)
from pmo_analytics.portfolio.selection_conflicts import conflict
from pmo_analytics.portfolio.selection_frontier import Frontier, frontier
from pmo_analytics.portfolio.selection_model import SelectionModel, selection_model
from pmo_analytics.portfolio.selection_reasons import (
    CORE,
    MARGINAL,
    NOT_PROVEN,
    Opposites,
    UnitWorth,
    changed,
    hindrances,
    opposites,
    standings,
    unit_worths,
)
from pmo_analytics.portfolio.selection_scenarios import ChanceChoice, breach_share, chance_choice, with_chance
from pmo_analytics.portfolio.selection_setup import Prepared
from pmo_analytics.portfolio.selection_solve import GAP, NO_CHOICE, SECONDS, STOPPED, Choice, best_choice

# Beyond so many columns a choice is proven to a part in ten thousand, not to the last unit.
_SMALL = 400


@dataclass(frozen=True)
class SelectionAnswer:
    """The choice of a scenario; lists and arrays have an entry for each item, empty or missing where unknown."""

    ready: Prepared
    model: SelectionModel
    choice: Choice
    chance: ChanceChoice | None
    standing: list[str]
    given_up: list[float]
    given_up_least: list[float]
    reasons: list[str]
    conflict: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def gap(self) -> float:
        """The gap that this and what is asked about it is solved to."""
        return _gap(self.model)


def answered(ready: Prepared, *, seconds: float = SECONDS, most: int = 60) -> SelectionAnswer:
    """The best choice with reasons; alternatives are solved for up to `most` items.

    `seconds` are the longest search for the choice, and for all alternatives together.
    """
    model, chance = selection_model(ready.case), None
    notes = list(ready.notes)
    if ready.terms.alpha is not None and ready.drawn is not None:
        chance = chance_choice(model, ready.drawn, alpha=ready.terms.alpha, gap=_gap(model), seconds=seconds)
        choice, model = chance.choice, _made(ready, chance)(ready.case)
        if choice.is_found and not chance.is_kept:
            notes.append(f"replays break in {100 * chance.breach_share:.1f} %, above alpha: more draws are needed")
    else:
        choice = best_choice(model, gap=_gap(model), seconds=seconds)
    if choice.status == STOPPED:
        notes.append(f"stopped after {seconds:g} s: a better choice is not ruled out, one above the bound is")
    n = len(choice.start)
    if not choice.is_found:
        told = _no_choice(ready, choice, seconds)
        nothing = [float("nan")] * n
        return SelectionAnswer(
            ready, model, choice, chance, [NOT_PROVEN] * n, nothing, nothing, ["there is no choice"] * n, told,
            tuple(notes),
        )  # fmt: skip
    others = opposites(model, choice, most=most, gap=_gap(model), seconds=seconds / max(1, min(most, n)))
    near = ready.terms.near_pct / 100
    standing = standings(choice, others, near=near)
    is_solved = np.isfinite(others.gain)
    given_up = np.where(is_solved, np.maximum(choice.gain - others.gain, 0.0), np.nan)
    least = np.where(np.isinf(others.bound), np.nan, np.maximum(choice.gain - others.bound, 0.0))
    reasons = _reasons(ready, choice, others, standing, near)
    return SelectionAnswer(
        ready, model, choice, chance, standing, given_up.tolist(), least.tolist(), reasons, (), tuple(notes)
    )  # fmt: skip


def worths(answer: SelectionAnswer, *, money: float, hours: float, seconds: float = SECONDS) -> list[UnitWorth]:
    """What more of each budget and skill is worth, in `seconds` for all; nothing without a choice."""
    if not answer.choice.is_found:
        return []
    tried = len(answer.ready.case.budget_names) + len(answer.ready.case.skill_names)
    made = selection_model if answer.chance is None else _made(answer.ready, answer.chance)
    return unit_worths(
        answer.ready.case, answer.choice, money=money, hours=hours, gap=answer.gap, made=made,
        seconds=seconds / max(1, tried),
    )  # fmt: skip


def cost_frontier(answer: SelectionAnswer, *, points: int | None, seconds: float = SECONDS) -> Frontier:
    """Value against cost, about `seconds` for `points`; every point is checked against the case anew."""
    case = answer.ready.case
    return frontier(
        answer.model, case.total_cost - case.exit_cost, constant=float(case.exit_cost.sum()), points=points,
        seconds=seconds / (2 * points) if points else seconds, sound=_sound(answer),
    )  # fmt: skip


def objective_frontier(answer: SelectionAnswer, *, points: int | None, seconds: float = SECONDS) -> Frontier:
    """Value against what the choice gives to the scenario's objective; `other` of a point is minus that."""
    return frontier(
        answer.model, -answer.ready.served, points=points, seconds=seconds / (2 * points) if points else seconds,
        sound=_sound(answer),
    )  # fmt: skip


def _sound(answer: SelectionAnswer) -> Callable[[Wholes], bool]:
    """Whether a choice keeps every condition, hours in as many draws as are asked for."""
    case, chance = answer.ready.case, answer.chance

    def keeps(start: Wholes) -> bool:
        if chance is None:
            return not kept_conditions(case, start)
        assert answer.ready.drawn is not None
        broken = breach_share(case, start, answer.ready.drawn(chance.draws, 1)) * chance.draws
        return not kept_conditions(case, start, hours=False) and broken <= chance.allowed + 0.5

    return keeps


def fullest(answer: SelectionAnswer) -> list[tuple[str, str, float, float]]:
    """Kind and name of each budget and skill, what is used and what there is; of a skill, in its fullest month."""
    case, start = answer.ready.case, answer.choice.start
    spent, hours = used_budget(case, start), used_hours(case, start)
    found = [("budget", *each) for each in zip(case.budget_names, spent.tolist(), case.budget.tolist(), strict=True)]
    for place, name in enumerate(case.skill_names):
        free = case.capacity[place]
        known = np.flatnonzero(np.isfinite(free))
        if len(known):
            share = np.where(free[known] > 0, hours[place, known] / np.maximum(free[known], 1e-9), hours[place, known])
            at = int(known[np.argmax(share)])
            found.append(("hours", f"{name} {case.month_names[at]}", float(hours[place, at]), float(free[at])))
    return found


def _gap(model: SelectionModel) -> float:
    return 0.0 if len(model.item) <= _SMALL else GAP


def _made(ready: Prepared, chance: ChanceChoice) -> Callable[[SelectionCase], SelectionModel]:
    """What makes the model of a case under the draws that a choice was found by."""
    assert ready.drawn is not None
    factors = ready.drawn(chance.draws, 1)
    return lambda case: with_chance(selection_model(case), factors, chance.allowed)


def _no_choice(ready: Prepared, choice: Choice, seconds: float) -> tuple[str, ...]:
    if choice.status != NO_CHOICE:
        return ("no choice was found in time, and none is ruled out",)
    found = conflict(selection_model(ready.case), seconds=seconds)
    if found.conditions:
        return found.conditions
    share = 1 - (ready.terms.alpha or 0)
    return (f"with hours as planned there is a choice, but none that fits in {share:.0%} of draws",)


def _reasons(ready: Prepared, choice: Choice, others: Opposites, standing: list[str], near: float) -> list[str]:
    case = ready.case
    stand = hindrances(case, choice.start)
    return [
        _chosen(case, choice, others, place, (standing[place], near))
        if choice.start[place] >= 0
        else _lost(case, choice, others, place, stand[place])
        for place in range(len(case.names))
    ]


def _chosen(
    case: SelectionCase, choice: Choice, others: Opposites, place: int, stands: tuple[str, float]
) -> str:  # fmt: skip
    if case.is_mandatory[place]:
        return "must be chosen"
    standing, near = stands
    word = {CORE: f"in every choice worth within {near:.3g} of the best", MARGINAL: "nearly as good choices lack it"}
    parts = [word[standing].replace(f"{near:.3g}", f"{100 * near:g} %")] if standing in word else []
    parts.append(_less(case, choice, others, place, "without it"))
    return "; ".join(parts)


def _lost(case: SelectionCase, choice: Choice, others: Opposites, place: int, breaches: list[Breach]) -> str:
    shown = [breach.words for breach in breaches[:3]]
    if len(breaches) > 3:
        shown.append(f"{len(breaches) - 3} more")
    if shown:
        first = f"added to the choice, {', '.join(shown)}"
    elif case.value[place] <= 0:
        first = "it adds no value"
    else:
        first = "it fits as planned, but not with the chance asked for"
    return f"{first}; {_less(case, choice, others, place, 'forced in')}"


def _less(case: SelectionCase, choice: Choice, others: Opposites, place: int, how: str) -> str:
    gain, bound = others.gain[place], others.bound[place]
    if gain == -np.inf:
        return f"{how}, no choice keeps all conditions"
    if np.isnan(gain):
        least = max(0.0, choice.gain - bound)
        return f"{how}, the best choice is worth at least {_amount(least)} less"
    less = max(0.0, choice.gain - gain)
    told = f"{_amount(less)} less" if less else "as much"
    return f"{how}, the best choice is worth {told}: {changed(case, choice, others.found[place], place)}"


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.4g}"
