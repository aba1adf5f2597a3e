"""Hours of skills that a choice may take, by level and month: what is there, less what projects that go on ask for.

A skill asked for at several levels has a line for each: what asks for a level or
more must fit into the time of persons at that level or more, which together is all
that levels demand (Hall 1935). A person with two skills is in the lines of both; a
line of all skills together holds that person's time once. What two skills
of one person share is not held apart.

Source: by the usual definition of capacity less commitments; Hall (1935).

Worked example: Ann has Java at level 4, Bo at level 2, 100 hours each. A asks for
90 hours at level 3, B for 90 at level 1: level 3 has 100 hours, level 1 has 200.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmo_analytics.contracts.marts import CapacityBySkillMonth
from pmo_analytics.contracts.people import Demand
from pmo_analytics.errors import UsageError, nearest
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.portfolio.selection_case import Spread
from pmo_analytics.portfolio.selection_terms import SelectionTerms

ALL_SKILLS, FROM_LEVEL = "all skills", " from level "
_HOUR = 3600.0


@dataclass(frozen=True)
class SkillHours:
    """Lines of hours: their names, what is free of each by month, shape (lines, months), and what items ask of them."""

    names: tuple[str, ...]
    free: Floats
    asked: Spread
    notes: tuple[str, ...]


def skill_hours(
    asked: pd.DataFrame, committed: pd.DataFrame, capacity: pd.DataFrame, calendar: pd.Series, *,
    months: pd.DatetimeIndex, terms: SelectionTerms,
) -> SkillHours:  # fmt: skip
    """Lines of the skills that `asked` names: rows of demand with the place of their item and months from its start.

    `committed` are rows of demand that are there whatever is chosen, `capacity`
    has the contract `CapacityBySkillMonth`, `calendar` the seconds by month of all
    who have a skill. A month that no calendar covers holds nobody.
    """
    _check_skills(terms, {*asked[Demand.skill_id], *capacity[CapacityBySkillMonth.skill_id]})
    covered = months.isin(capacity[CapacityBySkillMonth.period_month])
    rows = [each[[Demand.skill_id, Demand.level]].fillna({Demand.level: 0}) for each in (asked, committed)]
    lines = pd.concat(rows).drop_duplicates()
    lines = lines[lines[Demand.skill_id].isin(asked[Demand.skill_id])]
    lines = lines.sort_values([Demand.skill_id, Demand.level], ignore_index=True)
    if not len(lines) or not covered.any():
        unknown = ("no capacity is known: hours hold nobody",)
        return SkillHours((), np.zeros((0, len(months))), Spread(), unknown if len(asked) else ())
    there = _by_line(lines, capacity, CapacityBySkillMonth.capacity_seconds, months)
    factors = dict(terms.capacity)
    each = np.array([factors.get(skill, terms.capacity_factor) for skill in lines[Demand.skill_id]])
    taken = _by_line(lines, committed, "expected_seconds", months)
    free, used = there * each[:, None] - taken, _entries(lines, asked)
    names = [_named(str(skill), int(level)) for skill, level in lines.itertuples(index=False, name=None)]
    if len(calendar):
        total = calendar.reindex(months).fillna(0.0).to_numpy(dtype=float) * terms.capacity_factor
        rest = committed.groupby(Demand.period_month)["expected_seconds"].sum().reindex(months).fillna(0.0)
        free = np.vstack([free, total - rest.to_numpy(dtype=float)])
        used = pd.concat([used, _all_of(asked, len(names))])
        names.append(ALL_SKILLS)
    short = [name for name, row in zip(names, free < 0, strict=True) if row[covered].any()]
    notes = [f"projects that go on ask for more than there is of {', '.join(short)}"] if short else []
    if not covered.all():
        notes.append(f"capacity is known to {months[covered][-1]:%Y-%m}; later months hold nobody")
    held = np.where(covered, np.maximum(free, 0.0) / _HOUR, np.inf)
    return SkillHours(
        tuple(names), held,
        Spread(
            used["item"].to_numpy(dtype=np.int64), used["offset"].to_numpy(dtype=np.int64),
            used[Demand.demand_seconds].to_numpy(dtype=float) / _HOUR, used["line"].to_numpy(dtype=np.int64),
        ),
        tuple(notes),
    )  # fmt: skip


def _check_skills(terms: SelectionTerms, known: set[str]) -> None:
    for skill, _ in terms.capacity:
        if skill not in known:
            close = nearest(skill, known)
            raise UsageError(
                f"no skill {skill!r} in [capacity]", file=terms.file, expected=", ".join(sorted(known)) or "no skill",
                hint=f"did you mean {close!r}?" if close else None,
            )  # fmt: skip


def _named(skill: str, level: int) -> str:
    return skill if not level else f"{skill}{FROM_LEVEL}{level}"


def _entries(lines: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Each row once for every line that holds it: those of its skill up to its level."""
    numbered = lines.assign(line=np.arange(len(lines))).rename(columns={Demand.level: "least"})
    joined = rows.assign(level=rows[Demand.level].fillna(0)).merge(numbered, on=Demand.skill_id)
    held: pd.DataFrame = joined.loc[(joined[Demand.level] >= joined["least"]).to_numpy()]
    return held


def _all_of(rows: pd.DataFrame, line: int) -> pd.DataFrame:
    summed: pd.DataFrame = rows.groupby(["item", "offset"])[[Demand.demand_seconds]].sum().reset_index()
    return summed.assign(line=line)


def _by_line(lines: pd.DataFrame, rows: pd.DataFrame, column: str, months: pd.DatetimeIndex) -> Floats:
    held = _entries(lines, rows)
    made = np.zeros((len(lines), len(months)))
    month = months.get_indexer(pd.DatetimeIndex(held[Demand.period_month]))
    inside = month >= 0
    np.add.at(
        made, (held["line"].to_numpy(dtype=np.int64)[inside], month[inside]), held[column].to_numpy(dtype=float)[inside]
    )
    return made
