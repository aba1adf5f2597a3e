"""Causes that several projects share, what stands at stake, and what treating them as independent hides.

A cause is a driver, as the register states it, or a category. Risks of one
driver are drawn jointly, as `cost_risk` draws them, and once more as if each
had a cause of its own: the joint standard deviation and P80 of their cost are
larger, and the share by which the independent ones are too small is what is
hidden. A category is a heading and no cause: it shows where exposure gathers,
and claims no correlation.
Sources: by the usual definition; GAO-20-195G, step 9, on correlation;
`forecasting.discrete_risks` for the joint draws.

Worked example: two projects each have a risk of 0.5 that costs 100, of the same
driver. Independent, their sum has a standard deviation of √(2 x 2,500) = 70.7; if
they always happened together it would have 100, so that 29.3 % would be hidden.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.raid import Risk
from pmo_analytics.forecasting.discrete_risks import EventDraws, RiskEvent
from pmo_analytics.performance.cost_model import open_events
from pmo_analytics.performance.cost_risk import DRAWS, DRIVER_CORRELATION, LEVEL, SEED
from pmo_analytics.performance.raid_log import is_closed
from pmo_analytics.performance.risk_register import last_reports

DRIVER, CATEGORY = "driver", "category"
_FEWEST_PROJECTS = 2


class SharedCause(Contract):
    """One row per currency and cause that open risks of at least two projects share, drivers first, by exposure.

    Key: currency, cause_kind, cause. `project_names` are the projects'
    identifiers. Deviations and P80s are of the cost of the cause's risks
    together, missing for categories; `hidden_pct` is by how much the
    independent standard deviation is too small. `risk_count` are risks with an
    amount, `unquantified_count` those without one in the currency.
    """

    currency: Text = required()
    cause_kind: Text = required(isin=[DRIVER, CATEGORY])
    cause: Text = required()
    project_count: Whole = required()
    project_names: Text = required()
    risk_count: Whole = required()
    unquantified_count: Whole = required()
    exposure_amount: Number = required()
    joint_deviation_amount: Number = optional()
    independent_deviation_amount: Number = optional()
    hidden_pct: Number = optional()
    joint_p80_amount: Number = optional()
    independent_p80_amount: Number = optional()


def shared_causes(
    risk: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    draws: int = DRAWS,
    seed: int = SEED,
    driver_correlation: float = DRIVER_CORRELATION,
) -> DataFrame[SharedCause]:
    """The causes that the open risks of the register `risk` share across projects."""
    reports = last_reports(risk, status_date)
    rows = reports[~is_closed(reports[Risk.state])]
    joint = EventDraws(draws, seed, driver_correlation=driver_correlation)
    apart = EventDraws(draws, seed, driver_correlation=0.0)
    made: list[dict[str, object]] = []
    for currency in sorted(rows[Risk.currency].dropna().unique()):
        for kind, column in ((DRIVER, Risk.driver), (CATEGORY, Risk.category)):
            names = rows[column].where(rows[column].fillna("").astype(str).str.strip() != "")
            for cause, group in rows.groupby(names.astype(object).str.strip(), sort=True):
                row = _cause(group, str(currency), kind, joint, apart)
                if row is not None:
                    made.append({SharedCause.currency: currency, SharedCause.cause: str(cause)} | row)
    frame = pd.DataFrame(made, columns=list(SharedCause.to_schema().columns))
    order = [SharedCause.currency, SharedCause.cause_kind, SharedCause.exposure_amount, SharedCause.cause]
    frame = frame.sort_values(order, ascending=[True, False, False, True], ignore_index=True)
    return checked(SharedCause, frame)


def _cause(
    group: pd.DataFrame, currency: str, kind: str, joint: EventDraws, apart: EventDraws
) -> dict[str, object] | None:
    """The row of a cause; None where its risks with an amount are of one project alone."""
    events, left_out = open_events(group, currency)
    is_drawn = group[Risk.risk_id].isin([event.name for event in events])
    projects = sorted(group.loc[is_drawn, Risk.project_id].unique())
    if len(projects) < _FEWEST_PROJECTS:
        return None
    row: dict[str, object] = {
        SharedCause.cause_kind: kind,
        SharedCause.project_count: len(projects),
        SharedCause.project_names: ", ".join(projects),
        SharedCause.risk_count: len(events),
        SharedCause.unquantified_count: len(left_out),
        SharedCause.exposure_amount: sum(event.exposure for event in events),
    }
    return row | _hidden(events, joint, apart) if kind == DRIVER else row


def _hidden(events: list[RiskEvent], joint: EventDraws, apart: EventDraws) -> dict[str, object]:
    together, independent = (np.sum([draws.of(event) for event in events], axis=0) for draws in (joint, apart))
    deviation = float(together.std())
    return {
        SharedCause.joint_deviation_amount: deviation,
        SharedCause.independent_deviation_amount: float(independent.std()),
        SharedCause.hidden_pct: 100 * (1 - float(independent.std()) / deviation) if deviation else np.nan,
        SharedCause.joint_p80_amount: float(np.quantile(together, LEVEL)),
        SharedCause.independent_p80_amount: float(np.quantile(independent, LEVEL)),
    }
