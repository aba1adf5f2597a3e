"""New York's capital projects as rows of project and snapshot: what was known then, and the slip that followed.

Only projects still there in the last snapshot are in the file, finished ones
were dropped: a row counts, in fitting and in scoring, where its own forecast
lies after September 2019. "Total … Changes" hold final values and are not read.
Dates run to 2108, so that times are taken as logarithms. Snapshots are four to
nine months apart: slips are per month of the time between them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pmo_analytics.forecasting.breach_hazard import HazardPanel

SLIP_DAYS = 90
SURVIVES_FROM = pd.Timestamp("2019-10-01")
# Earlier snapshots are for looking at, later ones for scoring.
FIRST_SCORED = pd.Timestamp("2017-09-01")
PHASES = ("Design", "Construction Procurement", "Construction")
AGENCIES_FROM = 20
_DAYS_A_MONTH = 365.25 / 12


def snapshots(folder: Path) -> pd.DataFrame:
    """The columns that are read, by project and snapshot, with the rows that have no forecast."""
    raw = pd.read_csv(folder / "nyc" / "NYC_capital_projects_20190901.csv")
    day = "%m/%d/%Y"
    return pd.DataFrame(
        {
            "project": raw["PID"].astype(str),
            "at": pd.to_datetime(raw["Date Reported As Of"], format=f"{day} %I:%M:%S %p"),
            "finish": pd.to_datetime(raw["Forecast Completion"], format=day),
            "begun": pd.to_datetime(raw["Design Start"], format=day),
            "phase": raw["Current Phase"],
            "budget": raw["Budget Forecast"],
            "agency": raw["Managing Agency"],
            "category": raw["Category"],
        }
    ).sort_values(["project", "at"], ignore_index=True)


def with_features(rows: pd.DataFrame) -> pd.DataFrame:
    """Each row with what was known at its snapshot; named before any score was seen."""
    found = rows.copy()
    by = found.groupby("project")
    months = by["at"].diff().dt.days / _DAYS_A_MONTH
    found["slip"] = by["finish"].diff().dt.days.astype(float)
    found["seen"] = by.cumcount().astype(float)
    found["slip_rate"] = np.sign(found["slip"]) * np.log1p(found["slip"].abs() / months)
    big = (found["slip"] > SLIP_DAYS).astype(float).where(found["slip"].notna())
    found["past_slips"] = big.groupby(found["project"]).transform(lambda x: x.expanding().mean())
    first = by["finish"].transform("first")
    found["total_slip"] = (found["finish"] - first).dt.days.astype(float).where(found["seen"] > 0)
    found["slip_a_month"] = found["total_slip"] / ((found["at"] - by["at"].transform("first")).dt.days / _DAYS_A_MONTH)
    unchanged = (found["slip"] == 0).astype(float).where(found["slip"].notna())
    moved = (found["slip"] != 0).groupby(found["project"]).cumsum()
    found["unchanged"] = unchanged.groupby([found["project"], moved]).cumsum()
    found["left"] = np.log((found["finish"] - found["at"]).dt.days.clip(lower=1).astype(float))
    found["age"] = (found["at"] - found["begun"]).dt.days / 365.25
    found["size"] = np.log(found["budget"].where(found["budget"] > 0))
    found["growth"] = found.groupby("project")["size"].diff()
    found["total_growth"] = found["size"] - found.groupby("project")["size"].transform("first")
    found["is_month_end"] = found["finish"].dt.is_month_end.astype(float)
    found["is_year_end"] = (found["finish"].dt.is_year_end | found["finish"].dt.is_quarter_end).astype(float)
    for phase in PHASES:
        found[f"phase {phase}"] = (found["phase"] == phase).astype(float)
    before = found[found["at"] < FIRST_SCORED]
    counts = before["agency"].value_counts()
    for agency in counts[counts >= AGENCIES_FROM].index:
        found[f"agency {agency}"] = (found["agency"] == agency).astype(float)
    return found


FEATURES = (
    "slip_rate", "past_slips", "total_slip", "slip_a_month", "unchanged", "left", "age", "size", "growth",
    "total_growth", "is_month_end", "is_year_end", "seen",
)  # fmt: skip


def panel(found: pd.DataFrame) -> tuple[HazardPanel, pd.DataFrame]:
    """The rows that count, with how many snapshots later the forecast slipped by more than 90 days; and the frame.

    The slip of a lead is against the row's own forecast at the snapshot before it, so that each is a new one.
    """
    dates = np.sort(found["at"].unique())
    period = np.searchsorted(dates, found["at"].to_numpy())
    found = found.assign(period=period)
    lead, at_risk = np.full(len(found), np.inf), np.zeros(len(found))
    for rows in found.groupby("project").indices.values():
        at, slip = period[rows], found["slip"].to_numpy()[rows]
        for i in range(len(rows)):
            for j in range(i + 1, len(rows)):
                # A snapshot without the project, or without its forecast, ends what is known.
                if at[j] - at[i] != j - i or np.isnan(slip[j]):
                    break
                at_risk[rows[i]] = j - i
                if slip[j] > SLIP_DAYS:
                    lead[rows[i]] = j - i
                    break
    found = found.assign(lead=lead, at_risk=at_risk)
    found = found[found["finish"] >= SURVIVES_FROM].reset_index(drop=True)
    names = (*FEATURES, *[name for name in found.columns if name.startswith(("phase ", "agency "))])
    return (
        HazardPanel(
            found["project"].to_numpy(dtype=object),
            found["period"].to_numpy(dtype=np.int64),
            found[list(names)].to_numpy(dtype=float),
            names,
            found["lead"].to_numpy(),
            found["at_risk"].to_numpy(),
            np.zeros(len(found), dtype=bool),
        ),
        found,
    )


def one_line_rules(found: pd.DataFrame) -> dict[str, np.ndarray]:
    """Each larger is graver; missing is no flag."""
    rules = {
        "already late: most slip so far": found["total_slip"],
        "slipped last time: largest": found["slip"],
        "slipped most often": found["past_slips"],
        "stale: forecast unchanged longest": found["unchanged"],
        "nearest to its finish": -found["left"],
        "furthest from its finish": found["left"],
        "largest budget": found["size"],
        "budget grew most": found["total_growth"],
        "oldest": found["age"],
    }
    return {name: values.to_numpy(dtype=float) for name, values in rules.items()}
