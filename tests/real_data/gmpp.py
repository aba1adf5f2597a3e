"""The United Kingdom's major projects from year to year, matched by normalised name, and the slip that followed."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from pmo_analytics.forecasting.breach_hazard import HazardPanel

YEARS = (2018, 2019, 2020, 2021)
SLIP_DAYS = 90
RATINGS = {"green": 0.0, "amber/green": 1.0, "amber": 2.0, "amber/red": 3.0, "red": 4.0}
FEATURES = ("rating", "worse", "slip", "left", "age", "size", "growth", "of_duration", "defence", "seen")
_NOISE = re.compile(r"\([^)]*\)|[^a-z0-9 ]|\b(?:the|programme|program|project|projects)\b")


def normalised(name: str) -> str:
    """A name without brackets, signs, and words that come and go."""
    return " ".join(_NOISE.sub(" ", name.lower().replace("&", " and ")).split())


def _year(folder: Path, year: int) -> pd.DataFrame:
    path = folder / "gmpp" / f"uk_{year}.csv"
    raw = pd.read_csv(path, encoding="latin-1", sep=";" if year == 2021 else ",")
    day = "%Y-%m-%d" if year == 2021 else "%d.%m.%y"
    # Exempt cells hold sentences: what is no date or amount is not known.
    finish, begun = (pd.to_datetime(raw[each], format=day, errors="coerce") for each in ("end_date", "start_date"))
    cost = raw["wlc_baseline_incl_NCG"].astype(str).str.replace(r"[£,\s\x80-\xff]", "", regex=True)
    return pd.DataFrame(
        {
            "project": raw["project_name"].map(normalised),
            "year": year,
            "rating": raw["colour_rating"].str.strip().str.lower().map(RATINGS),
            "finish": finish,
            "begun": begun,
            "cost": pd.to_numeric(cost, errors="coerce"),
            "defence": (raw["department"].str.strip() == "MOD").astype(float),
        }
    )


def years(folder: Path) -> tuple[pd.DataFrame, dict[int, tuple[int, int]]]:
    """All years with what was known in each; and of each year how many projects are in the next, of how many."""
    rows = pd.concat([_year(folder, year) for year in YEARS], ignore_index=True)
    rows = rows.drop_duplicates(["project", "year"]).sort_values(["project", "year"], ignore_index=True)
    by_year = {year: set(rows.loc[rows["year"] == year, "project"]) for year in YEARS}
    matches = {year: (len(by_year[year] & by_year[year + 1]), len(by_year[year])) for year in YEARS[:-1]}
    by = rows.groupby("project")
    is_next = by["year"].diff() == 1
    at = pd.to_datetime(rows["year"].astype(str) + "-03-31")
    rows["slip"] = by["finish"].diff().dt.days.astype(float).where(is_next)
    rows["worse"] = by["rating"].diff().where(is_next)
    rows["size"] = np.log(rows["cost"].where(rows["cost"] > 0))
    rows["growth"] = rows.groupby("project")["size"].diff().where(is_next)
    rows["left"] = (rows["finish"] - at).dt.days / 365.25
    rows["age"] = (at - rows["begun"]).dt.days / 365.25
    rows["of_duration"] = rows["age"] / (rows["age"] + rows["left"]).where(lambda total: total > 0)
    rows["seen"] = by.cumcount().astype(float)
    following = rows.groupby("project")
    rows["next_slip"] = following["slip"].shift(-1).where(following["year"].shift(-1) == rows["year"] + 1)
    return rows, matches


def panel(rows: pd.DataFrame) -> HazardPanel:
    """One row per project and year; the event is a finish more than 90 days later in the next report."""
    n = len(rows)
    return HazardPanel(
        rows["project"].to_numpy(dtype=object),
        rows["year"].to_numpy(dtype=np.int64),
        rows[list(FEATURES)].to_numpy(dtype=float),
        FEATURES,
        np.where(rows["next_slip"] > SLIP_DAYS, 1.0, np.inf),
        rows["next_slip"].notna().to_numpy(dtype=float),
        np.zeros(n, dtype=bool),
    )


def one_line_rules(rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """Each larger is graver; what is not known comes last."""
    rules = {
        "already late: slipped most last year": rows["slip"],
        "declared worst": rows["rating"],
        "declared worse than last year": rows["worse"],
        "nearest to its finish": -rows["left"],
        "furthest from its finish": rows["left"],
        "largest": rows["size"],
        "cost grew most": rows["growth"],
    }
    return {name: np.nan_to_num(values.to_numpy(dtype=float), nan=-np.inf) for name, values in rules.items()}
