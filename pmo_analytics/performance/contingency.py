"""Contingency burn-down: what is left of the contingency for known risks, beside what the open ones still ask for.

The contingency is set at the end of the first month shown: P80 of the joint
draws of the risks open then, as the register stood, or a stated amount. A risk
that happens draws its mean impact as last stated, for the register holds no
actual cost of it. What is left stands beside the exposure of the open risks and
beside their own P80: where it is less, the risks raised since are not covered.
Ranges of the remaining work are not part of it.
Sources: GAO-20-195G, step 9; PMI Practice Standard for Project Risk Management
(reserve analysis). That a risk which happened costs its stated mean is this
project's convention.

Worked example: in January 100 are set aside. In February a risk of 10, 20 or 60
happens, which draws (10 + 80 + 60) / 6 = 25: 75 are left. One risk is open, of
0.5 and 80: exposure 40, P80 80, so that 5 are missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, required
from pmo_analytics.contracts.raid import Risk
from pmo_analytics.forecasting.discrete_risks import EventDraws
from pmo_analytics.performance.cost_model import open_events
from pmo_analytics.performance.cost_risk import DRAWS, DRIVER_CORRELATION, LEVEL, SEED
from pmo_analytics.performance.raid_log import is_closed, pert_mean
from pmo_analytics.performance.risk_register import COST, last_reports, month_ends, outcomes

MONTHS = 13


class ContingencyBurnDown(Contract):
    """One row per currency and month: the contingency left, and what the risks open at its end ask for.

    Key: currency, period_month. `drawn_amount` is cumulative since the first
    month; `remaining_contingency_amount` is negative once more was drawn than
    was set aside. `remaining_exposure_amount` is a mean, `required_contingency_amount`
    P80 of the open risks. `unquantified_count` are risks open or happened that
    have no usable amount in the currency; those without any currency count in each.
    """

    currency: Text = required()
    period_month: Date = required()
    drawn_amount: Number = required()
    remaining_contingency_amount: Number = required()
    remaining_exposure_amount: Number = required()
    required_contingency_amount: Number = required()
    risk_count: Whole = required()
    unquantified_count: Whole = required()


def contingency_burn_down(
    risk: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    months: int = MONTHS,
    set_aside: Mapping[str, float] | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
    driver_correlation: float = DRIVER_CORRELATION,
) -> DataFrame[ContingencyBurnDown]:
    """The last `months` months of the register `risk` by currency.

    `set_aside` gives the contingency of a currency as it was decided for the
    first month; without it P80 of that month is taken.
    """
    reported = risk[risk[Risk.status_date] <= status_date]
    events = EventDraws(draws, seed, driver_correlation=driver_correlation)
    made: list[dict[str, Any]] = []
    for currency in sorted(reported[Risk.currency].dropna().unique()):
        own = _of_currency(reported, currency)
        first = own.loc[own[Risk.currency] == currency, Risk.status_date].min()
        rows = [_month(own, str(currency), end, events) for end in month_ends(first, status_date)[-months:]]
        before = rows[0]["happened_amount"]
        opening = (set_aside or {}).get(str(currency), rows[0][ContingencyBurnDown.required_contingency_amount])
        for row in rows:
            drawn = row["happened_amount"] - before
            made.append({
                **row,
                ContingencyBurnDown.currency: currency,
                ContingencyBurnDown.drawn_amount: drawn,
                ContingencyBurnDown.remaining_contingency_amount: opening - drawn,
            })  # fmt: skip
    frame = pd.DataFrame(made, columns=list(ContingencyBurnDown.to_schema().columns))
    return checked(ContingencyBurnDown, frame)


def _of_currency(reported: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Every report but those of risks that are in other currencies throughout."""
    known = reported.groupby(Risk.risk_id)[Risk.currency]
    is_own = known.transform(lambda values: values.isna().all() or (values == currency).any())
    return reported[is_own.astype(bool)]


def _month(reported: pd.DataFrame, currency: str, end: pd.Timestamp, events: EventDraws) -> dict[str, Any]:
    """What was open and what had happened at a month's end."""
    rows = last_reports(reported, end)
    still_open, left_out = open_events(rows[~is_closed(rows[Risk.state])], currency)
    happened = rows[outcomes(rows[Risk.state]).fillna(False).astype(bool)]
    impacts = np.array([
        pert_mean(*values) for values in happened[list(COST)].astype(float).itertuples(index=False)
    ])  # fmt: skip
    is_known = ~np.isnan(impacts) & (happened[Risk.currency] == currency).to_numpy(dtype=bool)
    drawn = [events.of(event) for event in still_open]
    return {
        ContingencyBurnDown.period_month: end.replace(day=1),
        "happened_amount": float(impacts[is_known].sum()),
        ContingencyBurnDown.remaining_exposure_amount: sum(each.exposure for each in still_open),
        ContingencyBurnDown.required_contingency_amount: float(np.quantile(sum(drawn), LEVEL)) if drawn else 0.0,
        ContingencyBurnDown.risk_count: len(still_open),
        ContingencyBurnDown.unquantified_count: len(left_out) + int((~is_known).sum()),
    }
