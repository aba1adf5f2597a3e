"""By how much budgets and times were exceeded: the uplift of a reference class for a chosen chance of overrun.

A project's ratio is what it came to over what was approved. The uplift of P80 is
what must be added to an approved figure so that the next project of the class
stays within it with a chance of 80 %: an acceptable chance of overrun of 20 % is
the level 80. Levels are conformal ranks, ⌈(n + 1) level⌉ of n ratios, which needs
nine for P90; so the class is this organisation's own finished projects of one
category where there are nine, else all of them, else none. Projects that were
given up are in none of these, and may have been the worst.

Below nine the published classes stand in, labelled so. They are not this
organisation's, and give no quantiles: Mott MacDonald's upper and lower bounds
are what projects exceeded before and after mitigation on average, Transport
Scotland's what to add at a stage. No chance of overrun can be read from either,
and none is given here. Published are those of capital cost; none of time is kept.

Sources: Flyvbjerg (2006), "From Nobel Prize to project management"; Mott
MacDonald (2002), "Review of large public procurement in the UK", as in HM
Treasury's supplementary guidance on optimism bias; Transport Scotland's
guidance on its stages.

Worked example: nine projects came to 90, 95, 100, 105, 110, 120, 130, 150 and
200 % of their budgets. P50 is the fifth, an uplift of 10 %; P80 the eighth, 50 %;
P90 the ninth, 100 %. An eight-project history is refused, and the published
class of standard buildings says 24 % at its upper and 2 % at its lower bound.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Text, Whole, checked, optional, required
from pmo_analytics.errors import UsageError, nearest
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.forecasting.recalibration import conformal_shift
from pmo_analytics.resources.estimation import THIN
from pmo_analytics.resources.project_overrun import COST, TIME

LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9)
OWN_CLASS, ORGANISATION, PUBLISHED, NOTHING = "own class", "own organisation", "published", "none"
NOT_OWN = "published, not this organisation's; a bound, not a quantile: no chance of overrun belongs to it"
_UPPER, _LOWER = "upper bound", "lower bound"
# Per cent of capital cost; what a source leaves open is left out.
PUBLISHED_COST: dict[str, dict[str, float]] = {
    "Mott MacDonald: standard buildings": {_UPPER: 24, _LOWER: 2},
    "Mott MacDonald: non-standard buildings": {_UPPER: 51, _LOWER: 4},
    "Mott MacDonald: standard civil engineering": {_UPPER: 44, _LOWER: 3},
    "Mott MacDonald: non-standard civil engineering": {_UPPER: 66, _LOWER: 6},
    "Mott MacDonald: equipment and development": {_UPPER: 200, _LOWER: 10},
    "Transport Scotland: roads": {"stage 1": 44, "stage 2": 15, "stage 3": 3},
    "Transport Scotland: fixed links": {"stage 1": 66, "stage 2": 23, "stage 3": 6},
    "Transport Scotland: IT": {"stage 1": 200, "stage 3": 10},
}


class ReferenceClassUplift(Contract):
    """One row per category of projects, outcome and level of its own history, or published figure where that is thin.

    `uplift_basis` says what the uplift rests on: own class, own organisation,
    published, or none; `reference_class` names it, and `project_count` is how many
    own finished projects it has. `uplift_pct` is to be added to what is approved;
    below 0 such projects stay under it. `overrun_chance_pct` is the chance of
    exceeding that, given for own history alone; `uplift_low_pct` and
    `uplift_high_pct` are ends of a 95 % interval by order statistics, missing
    where the history does not bound it. `published_point` is the bound or stage
    of a published figure. Do not show a published figure without `quality_note`.
    """

    category: Text = required()
    outcome_kind: Text = required(isin=[COST, TIME])
    uplift_basis: Text = required(isin=[OWN_CLASS, ORGANISATION, PUBLISHED, NOTHING])
    reference_class: Text = required()
    project_count: Whole = required(ge=0)
    level_pct: Number = optional(gt=0, lt=100)
    overrun_chance_pct: Number = optional(gt=0, lt=100)
    published_point: Text = optional()
    uplift_pct: Number = optional(ge=-100)
    uplift_low_pct: Number = optional(ge=-100)
    uplift_high_pct: Number = optional(ge=-100)
    quality_note: Text = required()


def uplifts(ratios: Floats) -> list[tuple[float, float, float, float]]:
    """Level, uplift and the ends of its 95 % interval, in per cent, from at least nine ratios.

    The interval is that of the level's quantile, by the binomial distribution of
    the ranks; an end beyond the least or largest ratio is NaN.
    """
    from scipy.stats import binom

    n, ordered = len(ratios), np.sort(ratios)
    found = conformal_shift(np.tile(ratios[:, None], len(LEVELS)), np.array(LEVELS))
    rows = []
    for level, ratio in zip(LEVELS, found, strict=True):
        low, high = int(binom.ppf(0.025, n, level)), int(binom.ppf(0.975, n, level)) + 1
        ends = [ordered[rank - 1] if 1 <= rank <= n else math.nan for rank in (low, high)]
        middle, least, largest = (100.0 * (float(each) - 1.0) for each in (ratio, *ends))
        rows.append((100 * level, middle, least, largest))
    return rows


def _published(kind: str, name: str | None) -> Iterator[dict[str, object]]:
    if kind != COST:
        yield {
            "uplift_basis": NOTHING,
            "reference_class": NOTHING,
            "quality_note": "no published class of time is kept",
        }
        return
    for known, figures in PUBLISHED_COST.items():
        if name in (None, known):
            for point, uplift in figures.items():
                yield {
                    "uplift_basis": PUBLISHED,
                    "reference_class": known,
                    "published_point": point,
                    "uplift_pct": uplift,
                    "quality_note": NOT_OWN,
                }


def _rows(category: str, kind: str, own: Floats, every: Floats, published: str | None) -> Iterator[dict[str, object]]:
    """The rows of one category and outcome, from the widest evidence that is enough."""
    used, evidence, named = (own, OWN_CLASS, category) if len(own) >= THIN else (every, ORGANISATION, "all categories")
    thin = f"{len(own)} finished projects of the category, {THIN - len(own)} more are missing"
    if len(used) < THIN:
        missing = f"{len(every)} finished projects in all, {THIN - len(every)} more are missing; "
        for row in _published(kind, published):
            yield row | {"project_count": len(every), "quality_note": f"{missing}{row['quality_note']}"}
        return
    for level, uplift, low, high in uplifts(used):
        yield {
            "uplift_basis": evidence, "reference_class": named, "project_count": len(used), "level_pct": level,
            "overrun_chance_pct": 100 - level, "uplift_pct": uplift, "uplift_low_pct": low, "uplift_high_pct": high,
            "quality_note": "" if evidence == OWN_CLASS else thin,
        }  # fmt: skip


def reference_class_uplift(
    project_overrun: pd.DataFrame, *, published_class: str | None = None
) -> DataFrame[ReferenceClassUplift]:
    """Uplifts of cost and time by category of projects, from own history or, below nine projects, published classes.

    Takes the analysis `project_overrun`. `published_class` picks one of
    `PUBLISHED_COST` for where they stand in; without it all are listed. UsageError
    with the nearest for an unknown one.
    """
    if published_class is not None and published_class not in PUBLISHED_COST:
        close = nearest(published_class, PUBLISHED_COST)
        raise UsageError(
            "no such published class",
            found=published_class,
            expected=", ".join(PUBLISHED_COST),
            hint=f"did you mean {close!r}?" if close else "leave it out to see all",
        )
    rows: list[dict[str, object]] = []
    for (kind, category), own in project_overrun.groupby(["outcome_kind", "category"], sort=True):
        every = project_overrun.loc[project_overrun["outcome_kind"] == kind, "overrun_ratio"].dropna()
        ratios = own["overrun_ratio"].dropna().to_numpy(dtype=float)
        common = {"category": category, "outcome_kind": kind}
        figures = _rows(str(category), str(kind), ratios, every.to_numpy(dtype=float), published_class)
        rows += [common | row for row in figures]
    frame = pd.DataFrame(rows).reindex(columns=list(ReferenceClassUplift.to_schema().columns))
    return checked(ReferenceClassUplift, frame)
