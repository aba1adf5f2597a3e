"""Small predictions and histories, for the tests of the decision ledger."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pandas as pd

from pmo_analytics.contracts.appended import canonical, columns_of
from pmo_analytics.contracts.predictions import PredictionScore
from pmo_analytics.forecasting.prediction_ledger import Moment, quantiles_text
from pmo_analytics.forecasting.prediction_scores import new_scores
from tests.frames import contract_frame

# Late in the evening in UTC it is the next day in Berlin.
MOMENT = Moment(datetime(2026, 3, 31, 23, 30), date(2026, 4, 1), date(2026, 3, 31), 5, date(2026, 3, 31))
LATER = {"scored_at": datetime(2026, 7, 1), "status_date": date(2026, 6, 30), "warehouse_version": 6}


def forecast(
    item: str, seconds: list[float] | None = None, *, naive: list[float] | None = None, **said: Any
) -> pd.DataFrame:
    """One forecast with P50 and P80, 8 and 12 hours unless others are given, as `effort_predictions` gives them."""
    inputs = {"question": said.pop("question", {}), "item": said.pop("known", None)}
    row = {
        "item_id": item,
        "description": None,
        "method": said.pop("method", "reference classes"),
        "naive_method": "last 1,000 outcomes",
        "estimate_seconds": 28_800.0,
        "work_class": None,
        "project_id": None,
        "quantiles": quantiles_text([0.5, 0.8], seconds or [28_800.0, 43_200.0]),
        "naive_quantiles": quantiles_text([0.5, 0.8], naive or [28_800.0, 43_200.0]),
        "inputs": canonical(inputs | {"basis": {"items": said.pop("items", 30)}}),
    }
    return pd.DataFrame([row | said])


def history(*rows: dict[str, Any]) -> pd.DataFrame:
    """The mart `estimate_history`: open items estimated at 8 hours, unless a row says otherwise."""
    common = {"estimate_seconds": 28_800.0, "state": "open", "actual_source": "register"}
    return contract_frame("estimate_history", [common | row for row in rows])


def finished(item: str, hours: float | None, day: str | None = "2026-05-04", **values: Any) -> dict[str, Any]:
    """A finished item of the mart."""
    actual = None if hours is None else 3600.0 * hours
    finish = None if day is None else pd.Timestamp(day)
    return {"item_id": item, "state": "finished", "actual_seconds": actual, "finished_on_date": finish} | values


def no_scores() -> pd.DataFrame:
    """A ledger in which nothing was scored."""
    return PredictionScore.validate(pd.DataFrame(columns=columns_of(PredictionScore)))


def scored(predictions: pd.DataFrame, scores: pd.DataFrame, seen: pd.DataFrame, **later: Any) -> pd.DataFrame:
    """The scores with those that the history adds."""
    return pd.concat([scores, new_scores(predictions, scores, seen, **(LATER | later))], ignore_index=True)
