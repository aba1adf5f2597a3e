"""What the page on selection shows, as a view of the warehouse and a scenario's file give it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pmo_analytics.errors import UsageError, nearest
from pmo_analytics.portfolio.prioritisation import PriorityScore, priority_score
from pmo_analytics.portfolio.project_selection import project_selection
from pmo_analytics.portfolio.selection_answer import SelectionAnswer, answered, cost_frontier, worths
from pmo_analytics.portfolio.selection_frames import frontier_choices, limit_worths, selection_loads
from pmo_analytics.portfolio.selection_frontier import Frontier
from pmo_analytics.portfolio.selection_setup import SelectionRegisters, prepared
from pmo_analytics.portfolio.selection_terms import WEIGHTED, SelectionTerms, scenario_terms
from pmo_analytics.resources.capacity_demand import ProjectEffortRatio, project_effort_ratio
from pmo_analytics.warehouse.view import View

FOLDER, USUAL = "selection", "board"
POINTS, MONEY, HOURS = 12, 10_000.0, 40.0


@dataclass(frozen=True)
class SelectionShown:
    """A choice with what it rests on: `chosen` has the reasons and opens row by row; other frames are of `answer`."""

    terms: SelectionTerms
    answer: SelectionAnswer
    chosen: pd.DataFrame
    loads: pd.DataFrame
    frontier: pd.DataFrame
    worths: pd.DataFrame


def scenario_text(view: View, name: str | None = None) -> str:
    """The text of a scenario in the workspace's folder `selection`; of board.toml where none is named.

    Empty where none is named and there is no board.toml. UsageError for a name that is not there.
    """
    folder = view.workspace.root / FOLDER
    there = {path.stem: path for path in sorted(folder.glob("*.toml"))}
    wanted = USUAL if name is None else name.removesuffix(".toml")
    if wanted in there:
        try:
            return there[wanted].read_text(encoding="utf-8")
        except UnicodeDecodeError as problem:
            raise UsageError("is no text in UTF-8", file=there[wanted], found=str(problem)) from None
    if name is None:
        return ""
    close = nearest(wanted, list(there))
    raise UsageError(
        f"no scenario {wanted!r}", expected=", ".join(there) or f"a TOML file in {folder}",
        hint=f"did you mean {close!r}?" if close else None,
    )  # fmt: skip


def selection_registers(view: View, scenarios: list[SelectionTerms]) -> SelectionRegisters:
    """What a choice is made from; the board's order and past projects only where a scenario asks for them."""
    analyses: dict[str, tuple[Any, Any, bool]] = {
        "priority_score": (priority_score, PriorityScore, any(each.value_kind == WEIGHTED for each in scenarios)),
        "project_effort_ratio": (
            project_effort_ratio, ProjectEffortRatio, any(each.alpha is not None for each in scenarios)
        ),
    }  # fmt: skip
    found = {}
    for field in dataclasses.fields(SelectionRegisters):
        if field.name in analyses:
            analysis, contract, is_asked = analyses[field.name]
            found[field.name] = view.run(analysis) if is_asked else contract.empty()
        else:
            found[field.name] = view.table(field.name)
    return SelectionRegisters(**found)


def selection_shown(view: View, scenario: str = "") -> SelectionShown:
    """The choice of the text of a scenario, with hours, frontier and worth of limits."""
    terms, fiscal = scenario_terms(scenario), view.workspace.budget_rule[0]
    given = selection_registers(view, [terms])
    ready = prepared(given, status_date=pd.Timestamp(view.as_of), terms=terms, fiscal_year_start=fiscal)
    # Reasons are the analysis's own, whose rows open: no alternative is solved for here.
    answer = answered(ready, most=0)
    has_line = answer.choice.is_found and len(ready.case.names) > 0
    line = cost_frontier(answer, points=POINTS) if has_line else Frontier((), is_whole=False)
    chosen = view.run(
        project_selection, scenario=scenario, fiscal_year_start=fiscal, priority_score=view.run(priority_score),
        project_effort_ratio=view.run(project_effort_ratio),
    )  # fmt: skip
    return SelectionShown(
        terms, answer, chosen, selection_loads(answer), frontier_choices(line),
        limit_worths(worths(answer, money=MONEY, hours=HOURS)),
    )  # fmt: skip
