"""Effort, elapsed time and cost of whole projects from their size, tried on this history.

Each class of work, outcome and unit is a history of its own, since sizes are in
the class's own unit. The naive forecasts are the median of all outcomes and, on
a rolling origin, that of the last twenty; candidates are the median ratio to
size, three analogies, log-log regression and least absolute deviation, all with
conformal intervals (`size_models`). What is shown has passed the champion gate,
scored by the pinball loss over P10 to P90.

Where every finished project has both dates, and nine can be forecast so, the
backtest is on a rolling origin; else each project is forecast from all others,
and the clock says "leave one out". Below ten finished projects nothing is shown,
and the verdict says how many are missing. Sources: Shepperd and MacDonell (2012)
for MARp0 and standardised accuracy; those of `size_models`. The list of models
and k = 3 were fixed before any data were seen.

Worked example: six finished projects leave each of them five others, whose
residuals bound no P90: nine residuals beside the one forecast do, so that ten
projects are needed and four are missing. The forecast is refused.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.marts import EstimateHistory
from pmo_analytics.forecasting.backtest import two_clocks
from pmo_analytics.forecasting.scoring import mean_absolute_error, random_guessing_error, standardised_accuracy
from pmo_analytics.resources.estimation import UNCLASSED
from pmo_analytics.resources.size_models import LEVELS, size_forecast
from pmo_analytics.resources.size_trial import SizeTrial, size_trial

EFFORT, ELAPSED, COST = "effort", "elapsed time", "cost"
_KEY = ["work_class", "outcome_kind", "outcome_unit"]


class SizedOutcome(Contract):
    """One row per item that was sized, and outcome that is looked at; cancelled items are left out.

    Key: item_id, outcome_kind. `size` is in the unit of the class,
    `outcome_value` in `outcome_unit`, and missing while the item is open. An
    item may be a whole project: what is fitted is what is handed in.
    """

    item_id: Text = required()
    work_class: Text = required()
    outcome_kind: Text = required(isin=[EFFORT, ELAPSED, COST])
    outcome_unit: Text = required()
    size: Number = optional(ge=0)
    outcome_value: Number = optional(ge=0)
    estimated_on_date: Date = optional()
    finished_on_date: Date = optional()
    state: Text = required(isin=["open", "finished"])


class ProjectSizeModels(Contract):
    """One row per class, outcome, unit and model: how its forecasts of finished items did.

    Errors are in `outcome_unit`; `marp0` is what guessing by another item's
    outcome errs, `standardised_accuracy` 1 at best and 0 where guessing does as
    well. `pooled_ratio` is the sum of outcomes over that of the model's medians,
    above 1 where medians understate the sum, and `mean_pooled_ratio` over that
    of its means. `p80_held_pct` and `p90_held_pct` are the shares of outcomes
    within the quantile. `skill` is a candidate's own against the naive forecast
    it beats least. `items_withheld` are finished without a size or an outcome
    above zero. `is_used` marks the method the gate left; where `is_refused` it
    is the best naive one, and `verdict` says why.
    """

    work_class: Text = required()
    outcome_kind: Text = required()
    outcome_unit: Text = required()
    method: Text = required()
    items_known: Whole = required(ge=0)
    items_open: Whole = required(ge=0)
    items_withheld: Whole = required(ge=0)
    forecast_count: Whole = required(ge=0)
    clock: Text = required()
    mean_absolute_error: Number = optional(ge=0)
    marp0: Number = optional(ge=0)
    standardised_accuracy: Number = optional(le=1)
    pooled_ratio: Number = optional(ge=0)
    mean_pooled_ratio: Number = optional(ge=0)
    p80_held_pct: Number = optional(ge=0, le=100)
    p90_held_pct: Number = optional(ge=0, le=100)
    skill: Number = optional(le=1)
    skill_low: Number = optional(le=1)
    skill_high: Number = optional(le=1)
    is_used: Flag = required()
    is_refused: Flag = required()
    verdict: Text = required()


class ProjectSizeEstimate(Contract):
    """One row per open item with a size above zero, and outcome: what it may come to, in `outcome_unit`.

    P10 to P90 are what it stays within with that chance, `mean_value` what such
    items come to on average, to be summed where medians may not. Missing below
    nine finished items. `method` passed the gate, or is the best naive forecast
    where `is_refused`: do not show it without `verdict`. `quality_note` says
    where the size lies outside those known.
    """

    item_id: Text = required()
    work_class: Text = required()
    outcome_kind: Text = required()
    outcome_unit: Text = required()
    size: Number = required(gt=0)
    p10_value: Number = optional(ge=0)
    p50_value: Number = optional(ge=0)
    p80_value: Number = optional(ge=0)
    p90_value: Number = optional(ge=0)
    mean_value: Number = optional(ge=0)
    items_known: Whole = required(ge=0)
    method: Text = required()
    is_refused: Flag = required()
    verdict: Text = required()
    quality_note: Text = required()


def sized_outcome(estimate_history: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[SizedOutcome]:
    """Effort in hours, and calendar days from estimate to finish with both counted, of sized items.

    Takes the mart `estimate_history`; items finished after `status_date` count
    as open. Items without a size stand in it where they are finished, so that
    they can be counted. No register holds the cost of an item.
    """
    rows = estimate_history[estimate_history[EstimateHistory.state] != "cancelled"]
    finished_on, asked_on = (rows[name] for name in ("finished_on_date", "estimated_on_date"))
    is_finished = (rows[EstimateHistory.state] == "finished") & ~(finished_on > status_date)
    days = (finished_on - asked_on).dt.total_seconds() / 86_400.0 + 1.0
    days = days.where(days > 0)
    made = []
    outcomes = {(EFFORT, "hours"): rows[EstimateHistory.actual_seconds] / 3600.0, (ELAPSED, "days"): days}
    for (kind, unit), value in outcomes.items():
        frame = rows[["item_id", "work_class", "size", "estimated_on_date"]].copy()
        frame["work_class"] = frame["work_class"].fillna(UNCLASSED)
        frame["outcome_kind"], frame["outcome_unit"] = kind, unit
        frame["outcome_value"], frame["finished_on_date"] = value.where(is_finished), finished_on.where(is_finished)
        frame["state"] = np.where(is_finished, "finished", "open")
        made.append(frame)
    found = pd.concat(made, ignore_index=True)[list(SizedOutcome.to_schema().columns)]
    return checked(SizedOutcome, found)


def _trials(sized_outcome: pd.DataFrame) -> Iterator[tuple[tuple[str, ...], pd.DataFrame, int, SizeTrial]]:
    """Each history with its key, its items, how many finished are withheld, and its trial."""
    for key, items in sized_outcome.groupby(_KEY, sort=True):
        is_finished = items["state"] == "finished"
        is_used = is_finished & (items["size"] > 0) & (items["outcome_value"] > 0)
        used = items[is_used].sort_values(["finished_on_date", "item_id"])
        has_dates = (used["estimated_on_date"] <= used["finished_on_date"]).all() and len(used) > 0
        asked, known = SizedOutcome.estimated_on_date, SizedOutcome.finished_on_date
        clocks = two_clocks(used, asked_at=asked, known_at=known) if has_dates else None
        sizes, outcomes = (np.log(used[name].to_numpy(dtype=float)) for name in ("size", "outcome_value"))
        trial = size_trial(sizes[:, None], outcomes, clocks)
        yield tuple(map(str, key)), items, int(is_finished.sum() - is_used.sum()), trial


def _record(trial: SizeTrial, name: str) -> dict[str, object]:
    made, actual = trial.forecasts[name], np.exp(trial.outcomes[trial.positions])
    points, means, quantiles = np.exp(made.points), np.exp(made.means), np.exp(made.quantiles)
    row: dict[str, object] = {
        "method": name,
        "forecast_count": len(actual),
        "mean_absolute_error": mean_absolute_error(actual, points),
        "marp0": random_guessing_error(actual),
        "standardised_accuracy": standardised_accuracy(actual, points),
        "is_used": name == trial.gate.method,
    }
    if len(actual):
        row["pooled_ratio"] = actual.sum() / points.sum()
    if len(actual) and not np.isnan(quantiles).any():
        row["mean_pooled_ratio"] = actual.sum() / means.sum()
        for level in (80, 90):
            row[f"p{level}_held_pct"] = 100.0 * np.mean(actual <= quantiles[:, LEVELS.index(level / 100)])
    if name in trial.gate.skills:
        own = trial.gate.skills[name]
        row |= {"skill": own.value, "skill_low": own.low, "skill_high": own.high}
    return row


def project_size_models(sized_outcome: pd.DataFrame) -> DataFrame[ProjectSizeModels]:
    """How each model of size did on each history, with what the champion gate left.

    Takes the analysis `sized_outcome`, or any frame under its contract. Rows are
    by class, outcome and unit, then naive forecasts first.
    """
    rows = []
    for key, items, withheld, trial in _trials(sized_outcome):
        common: dict[str, object] = dict(zip(_KEY, key, strict=True)) | {
            "items_known": len(trial.outcomes),
            "items_open": int((items["state"] == "open").sum()),
            "items_withheld": withheld,
            "clock": trial.gate.passport.clock,
            "is_refused": trial.gate.passport.is_refused,
            "verdict": trial.verdict,
        }
        rows += [common | _record(trial, name) for name in trial.forecasts]
    frame = pd.DataFrame(rows).reindex(columns=list(ProjectSizeModels.to_schema().columns))
    return checked(ProjectSizeModels, frame)


def project_size_estimate(sized_outcome: pd.DataFrame) -> DataFrame[ProjectSizeEstimate]:
    """P10, P50, P80, P90 and mean of each open item's outcome from its size, by the method that the gate left.

    Takes the analysis `sized_outcome`, or any frame under its contract.
    """
    columns = list(ProjectSizeEstimate.to_schema().columns)
    made = [pd.DataFrame(columns=columns)]
    for _, items, _, trial in _trials(sized_outcome):
        waiting = items[(items["state"] == "open") & (items["size"] > 0)].copy()
        if waiting.empty:
            continue
        asked = np.log(waiting["size"].to_numpy(dtype=float))
        has_past = len(trial.outcomes) > 0
        if has_past:
            found = size_forecast(trial.models[trial.gate.method], trial.features, trial.outcomes, asked[:, None])
            for level in (10, 50, 80, 90):
                waiting[f"p{level}_value"] = np.exp(found.quantiles[:, LEVELS.index(level / 100)])
            waiting["mean_value"] = np.exp(found.means)
        low, high = (bound(trial.features[:, 0], initial=start) for bound, start in ((np.min, 99), (np.max, -99)))
        is_outside = (asked < low - 1e-9) | (asked > high + 1e-9)
        note = f"size outside those known, {math.exp(low):.4g} to {math.exp(high):.4g}" if has_past else "none known"
        waiting["quality_note"] = np.where(is_outside, note, "")
        waiting["items_known"], waiting["method"] = len(trial.outcomes), trial.gate.method
        waiting["is_refused"], waiting["verdict"] = trial.gate.passport.is_refused, trial.verdict
        made.append(waiting.reindex(columns=columns))
    frame = pd.concat([each for each in made if len(each)] or made, ignore_index=True)
    return checked(ProjectSizeEstimate, frame)
