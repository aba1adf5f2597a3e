"""Sprints of open-source boards as rows known at their start, and whether they fell short of half their commitment.

There are no dates: sprints are ordered by their identifier, and one model is made for each twenty
of them from those before. Neighbours in that order may have run at the same time.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pmo_analytics.forecasting.breach_hazard import HazardPanel

SHORT_OF = 0.5
BLOCK = 20
FEATURES = (
    "planday", "size", "points", "added", "removed", "to_do", "team", "last_short", "short_before", "last_points",
    "more_than_last", "sprints_before",
)  # fmt: skip


def sprints(folder: Path, organisation: str) -> tuple[pd.DataFrame, int]:
    """Sprints with a commitment, in order, each with what was known at its start; and how many had none."""
    raw = pd.read_csv(folder / "sprints" / f"{organisation}_iteration_0.csv")
    kept = raw[raw["vel_starttime"] > 0].sort_values("sprintid", ignore_index=True)
    found = kept.assign(
        short=-kept["vel_diff"] / kept["vel_starttime"],
        size=np.log1p(kept["no_issue_starttime"]),
        points=np.log1p(kept["vel_starttime"]),
        added=np.log1p(kept["vel_added"]),
        removed=np.log1p(kept["vel_removed"]),
        to_do=kept["vel_todo"] / kept["vel_starttime"],
        team=np.log1p(kept["no_teammember"]),
        period=np.arange(len(kept)) // BLOCK,
    )
    found["is_short"] = (found["short"] > SHORT_OF).astype(float)
    by = found.groupby("boardid")
    found["last_short"] = by["short"].shift()
    found["short_before"] = by["is_short"].transform(lambda x: x.shift().expanding().mean())
    found["last_points"] = by["points"].shift()
    found["more_than_last"] = found["points"] - found["last_points"]
    found["sprints_before"] = by.cumcount().astype(float)
    return found, len(raw) - len(kept)


def panel(found: pd.DataFrame) -> HazardPanel:
    """One row per sprint; the event is the shortfall at its end."""
    n = len(found)
    return HazardPanel(
        found["boardid"].astype(str).to_numpy(dtype=object),
        found["period"].to_numpy(dtype=np.int64),
        found[list(FEATURES)].to_numpy(dtype=float),
        FEATURES,
        np.where(found["is_short"] == 1, 1.0, np.inf),
        np.ones(n),
        np.zeros(n, dtype=bool),
    )


def one_line_rules(found: pd.DataFrame) -> dict[str, np.ndarray]:
    """Each larger is graver; what is not known comes last."""
    rules = {
        "already late: last sprint fell short most": found["last_short"],
        "fell short most often": found["short_before"],
        "largest commitment": found["points"],
        "commitment grew most": found["more_than_last"],
        "smallest team": -found["team"],
        "most still to do": found["to_do"],
    }
    return {name: np.nan_to_num(values.to_numpy(dtype=float), nan=-np.inf) for name, values in rules.items()}
