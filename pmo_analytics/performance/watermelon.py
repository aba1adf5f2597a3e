"""Watermelons: projects declared better than they compute, since when, by how much, and by which figures.

Green outside and red inside. The computed status is that of `health`, the PMO's
convention and not a standard: red below 0.90, amber below 0.95, by the lower of
CPI and SPI(t), here against the baseline in force in each month. The run goes
back as long as every month was declared better than it computed.

Worked example: a project was declared green in March, April and May. In March
SPI(t) was 0.96 and CPI 1.00, green as declared; in April SPI(t) was 0.93, amber; in May 0.87,
red. It is a watermelon since April, for two months, now by two steps: SPI(t) 0.87
lies 0.03 below the 0.90 of red.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.performance.health import AMBER_BELOW, NOT_RUNNING, RED_BELOW, computed_status
from pmo_analytics.performance.warning_features import WarningFeatures
from pmo_analytics.performance.warning_rules import RAG_RANK, in_words

CPI, SPI_T = "CPI", "SPI(t)"
_INDICES = [WarningFeatures.cost_performance_index, WarningFeatures.time_schedule_performance_index]
_FURTHER = (
    WarningFeatures.cost_overrun_pct,
    WarningFeatures.finish_delay_days,
    WarningFeatures.milestone_slip_days,
    WarningFeatures.status_age_days,
)
_ENDED = (*NOT_RUNNING, "complete")


class Watermelon(Contract):
    """One row per project under way that is declared better than it computes, by the most steps first.

    Key: project_id. `index_margin` is how far `lowest_index` lies below the
    threshold of the computed status, positive. `evidence` tells the deciding
    index at the run's begin and now, and the other figures that are off.
    A project without a declared status or with nothing computed is no row.
    """

    project_id: Text = required()
    name: Text = optional()
    status_date: Date = required()
    rag_status: Text = required(isin=["amber", "green"])
    computed_rag: Text = required(isin=["red", "amber"])
    steps_better_count: Whole = required(ge=1, le=2)
    differs_since_month: Date = required()
    months_differing_count: Whole = required(ge=1)
    deciding_index: Text = required(isin=[CPI, SPI_T])
    lowest_index: Number = required()
    index_margin: Number = required(ge=0)
    evidence: Text = required()


def watermelon(
    warning_features: pd.DataFrame, project: pd.DataFrame, *, status_date: pd.Timestamp
) -> DataFrame[Watermelon]:
    """Where declared and computed status part at `status_date`, from a `WarningFeatures` frame and the register."""
    past = warning_features[warning_features[WarningFeatures.status_date] <= status_date]
    rows = past.sort_values([WarningFeatures.project_id, WarningFeatures.period_month], ignore_index=True)
    is_running = ~rows[WarningFeatures.state].isin(_ENDED)
    rows["lowest"] = rows[_INDICES].min(axis="columns")
    rows[Watermelon.computed_rag] = computed_status(rows[_INDICES], is_running)
    computed, declared = (
        rows[column].map(RAG_RANK).astype(float) for column in (Watermelon.computed_rag, WarningFeatures.rag_status)
    )
    steps = computed - declared
    rows[Watermelon.steps_better_count] = steps.fillna(0).astype("int64")
    differs = rows[Watermelon.steps_better_count] > 0
    # Every month in which they agree begins a new run.
    run = (~differs).groupby(rows[WarningFeatures.project_id]).cumsum()
    runs = rows[differs].groupby([rows[WarningFeatures.project_id], run], sort=False)
    rows[Watermelon.differs_since_month] = runs[WarningFeatures.period_month].transform("first")
    rows[Watermelon.months_differing_count] = runs[WarningFeatures.period_month].transform("size")
    rows["begun"] = runs["lowest"].transform("first")
    is_now = rows[WarningFeatures.period_month] == status_date.to_period("M").to_timestamp()
    found = rows[differs & is_now].reset_index(drop=True)
    names = project.drop_duplicates(Project.project_id, keep="last")[[Project.project_id, Project.name]]
    found = found.merge(names, on=Project.project_id, how="left")
    found[Watermelon.lowest_index] = found["lowest"]
    is_cost = (found[_INDICES[0]] == found["lowest"]).to_numpy(dtype=bool)
    found[Watermelon.deciding_index] = np.where(is_cost, CPI, SPI_T)
    threshold = np.where(found[Watermelon.computed_rag] == "red", RED_BELOW, AMBER_BELOW)
    found[Watermelon.index_margin] = threshold - found["lowest"].astype(float)
    found[Watermelon.evidence] = [_evidence(row) for _, row in found.iterrows()]
    ordered = found.sort_values(
        [Watermelon.steps_better_count, Watermelon.index_margin, Watermelon.project_id],
        ascending=[False, False, True],
        ignore_index=True,
    )
    return checked(Watermelon, ordered.reindex(columns=list(Watermelon.to_schema().columns)))


def _evidence(row: pd.Series) -> str:
    """The deciding index now and at the run's begin, then the figures that are off."""
    now = f"{row[Watermelon.deciding_index]} {row['lowest']:.2f}"
    if row[Watermelon.months_differing_count] > 1:
        now += f" (lower index {row['begun']:.2f} in {row[Watermelon.differs_since_month]:%Y-%m})"
    others = [in_words(name, float(row[name])) for name in _FURTHER if row[name] > 0]
    return "; ".join([now, *others])
