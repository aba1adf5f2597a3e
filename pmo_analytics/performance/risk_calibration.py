"""Did risks happen as often as was said? Stated probabilities scored once risks are closed with an outcome.

The probability scored is the last one that was reported before the report that
closed the risk: what stands in the closing report was written in hindsight. The
Brier score is the mean of (p - o)², o being 1 where it happened. It is split
over the distinct probabilities stated, exactly: reliability - resolution +
uncertainty; the last is the score of the base rate, known in hindsight, and
skill is 1 - score / uncertainty. The 95 % interval resamples drivers with all
their risks, since these happen together. Risks that are open yet have no
outcome: those that happen close sooner, so that a young register overstates the
base rate; their number stands beside the score. Groups are categories or
portfolios, never persons: an owner does not choose which risk strikes.
Sources: Brier (1950); Murphy (1973) for the decomposition; Wilson (1927) for
the interval of a share.

Worked example: 0.2 was said of ten risks, of which 2 happened, and 0.5 of ten,
of which 6 did. The score is (2 x 0.64 + 8 x 0.04 + 10 x 0.25) / 20 = 0.205;
uncertainty 0.4 x 0.6 = 0.24, reliability 0.005, resolution 0.04.

>>> said = np.array([0.2] * 10 + [0.5] * 10)
>>> happened = np.array([1.0] * 2 + [0.0] * 8 + [1.0] * 6 + [0.0] * 4)
>>> [round(float(part), 6) for part in brier_parts(said, happened)]
[0.205, 0.005, 0.04, 0.24]
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.contracts.raid import Risk
from pmo_analytics.forecasting.discrete_risks import stream
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.performance.raid_log import is_closed
from pmo_analytics.performance.risk_register import outcomes

# Fewer have no score: 20 closed risks, and of either outcome five. This project's convention.
MINIMUM_RISKS, MINIMUM_OF_EACH = 20, 5
DRAWS, SEED = 2_000, 1950
ALL, OF_CATEGORY, OF_PORTFOLIO = "all", "category", "portfolio"
UNNAMED = "none stated"
# Upper ends of the bands of stated probability.
BANDS = (0.1, 0.3, 0.5, 0.7, 1.0)


class RiskCalibration(Contract):
    """One row per group of risks: how well stated probabilities did, all risks first.

    Key: group_kind, group_name. Scores are missing below the minimum, and
    `quality_note` says what is missing. A Brier score is 0 to 1, less is
    better; skill above 0 is better than the base rate. `unscored_count` are
    closed risks without an outcome or without a probability stated before,
    `open_count` those still open.
    """

    group_kind: Text = required(isin=[ALL, OF_CATEGORY, OF_PORTFOLIO])
    group_name: Text = required()
    risk_count: Whole = required()
    happened_count: Whole = required()
    unscored_count: Whole = required()
    open_count: Whole = required()
    stated_pct: Number = optional(ge=0, le=100)
    happened_pct: Number = optional(ge=0, le=100)
    brier_score: Number = optional(ge=0, le=1)
    brier_score_low: Number = optional(ge=0, le=1)
    brier_score_high: Number = optional(ge=0, le=1)
    reliability: Number = optional(ge=0)
    resolution_score: Number = optional(ge=0)
    uncertainty: Number = optional(ge=0)
    brier_skill: Number = optional(le=1)
    brier_skill_low: Number = optional(le=1)
    brier_skill_high: Number = optional(le=1)
    quality_note: Text = required()


class RiskReliability(Contract):
    """One row per band of stated probability that holds closed risks: stated and happened shares, lowest first.

    Key: band. Shares in per cent, that of what happened with Wilson's 95 %
    interval. No row where all closed risks together are too few to be scored.
    """

    band: Text = required()
    risk_count: Whole = required()
    stated_pct: Number = required(ge=0, le=100)
    happened_pct: Number = required(ge=0, le=100)
    happened_low_pct: Number = required(ge=0, le=100)
    happened_high_pct: Number = required(ge=0, le=100)


def brier_parts(stated: Floats, happened: Floats) -> tuple[float, float, float, float]:
    """Brier score, reliability, resolution and uncertainty; the first is the second less the third plus the fourth."""
    score = float(((stated - happened) ** 2).mean())
    base = float(happened.mean())
    values, places = np.unique(stated, return_inverse=True)
    counts = np.bincount(places)
    shares = np.bincount(places, weights=happened) / counts
    reliability = float((counts * (values - shares) ** 2).sum() / len(stated))
    resolution = float((counts * (shares - base) ** 2).sum() / len(stated))
    return score, reliability, resolution, base * (1 - base)


def wilson_interval(count: int, of: int, *, score: float = 1.959963984540054) -> tuple[float, float]:
    """Wilson's 95 % interval of a share.

    >>> [round(end, 4) for end in wilson_interval(2, 10)]
    [0.0567, 0.5098]
    """
    share, square = count / of, score**2
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = score / (1 + square / of) * np.sqrt(share * (1 - share) / of + square / (4 * of**2))
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def closed_risks(risk: pd.DataFrame, status_date: pd.Timestamp) -> pd.DataFrame:
    """One row per risk of the register by its last report: `stated` before it closed, `happened`, `is_open`."""
    reported = risk[risk[Risk.status_date] <= status_date].sort_values([Risk.risk_id, Risk.status_date])
    closed = is_closed(reported[Risk.state])
    last = reported.groupby(Risk.risk_id).tail(1).set_index(Risk.risk_id)
    # The reports since the last open one are those of its closure.
    before = reported[~closed & reported[Risk.probability].notna()].groupby(Risk.risk_id).tail(1)
    rows = last.assign(
        stated=before.set_index(Risk.risk_id)[Risk.probability].reindex(last.index).astype(float),
        happened=outcomes(last[Risk.state]),
        is_open=~is_closed(last[Risk.state]).to_numpy(dtype=bool),
    )
    return rows.reset_index()


def _scored(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["stated"].notna() & rows["happened"].notna()]


def _lack(happened: Floats) -> str:
    """What is missing for a score; empty where nothing is."""
    count, struck = len(happened), int(happened.sum())
    missing = []
    if count < MINIMUM_RISKS:
        missing.append(f"{MINIMUM_RISKS - count} more closed risks with an outcome and a probability stated before")
    for name, found in (("happened", struck), ("did not happen", count - struck)):
        if found < MINIMUM_OF_EACH:
            missing.append(f"{MINIMUM_OF_EACH - found} more that {name}")
    return f"not scored: it takes {' and '.join(missing)}" if missing else ""


def _groups(rows: pd.DataFrame, project: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    yield ALL, ALL, rows
    portfolios = project.drop_duplicates(Project.project_id).set_index(Project.project_id)[Project.portfolio]
    named = {OF_CATEGORY: rows[Risk.category], OF_PORTFOLIO: rows[Risk.project_id].map(portfolios)}
    for kind, names in named.items():
        for name, group in rows.groupby(names.astype(object).fillna(UNNAMED), sort=True):
            yield kind, str(name), group


def risk_calibration(
    risk: pd.DataFrame, project: pd.DataFrame, *, status_date: pd.Timestamp, draws: int = DRAWS, seed: int = SEED
) -> DataFrame[RiskCalibration]:
    """Scores of the register `risk`, all risks first, then by category and by portfolio of the register `project`."""
    rows = closed_risks(risk, status_date)
    made = []
    for kind, name, group in _groups(rows, project):
        scored = _scored(group)
        happened = scored["happened"].to_numpy(dtype=float)
        note = _lack(happened)
        row: dict[str, object] = {
            RiskCalibration.group_kind: kind,
            RiskCalibration.group_name: name,
            RiskCalibration.risk_count: len(scored),
            RiskCalibration.happened_count: int(happened.sum()),
            RiskCalibration.unscored_count: len(group) - int(group["is_open"].sum()) - len(scored),
            RiskCalibration.open_count: int(group["is_open"].sum()),
            RiskCalibration.quality_note: note,
        }
        made.append(row if note else row | _scores(scored, stream(seed, kind, name), draws))
    return checked(RiskCalibration, pd.DataFrame(made, columns=list(RiskCalibration.to_schema().columns)))


def _scores(scored: pd.DataFrame, generator: np.random.Generator, draws: int) -> dict[str, object]:
    stated, happened = (scored[name].to_numpy(dtype=float) for name in ("stated", "happened"))
    score, reliability, resolution, uncertainty = brier_parts(stated, happened)
    clusters = scored[Risk.driver].where(scored[Risk.driver].notna(), scored[Risk.risk_id])
    low, high, skill_low, skill_high = _intervals(stated, happened, clusters, generator, draws)
    return {
        RiskCalibration.stated_pct: 100 * float(stated.mean()),
        RiskCalibration.happened_pct: 100 * float(happened.mean()),
        RiskCalibration.brier_score: score,
        RiskCalibration.brier_score_low: low,
        RiskCalibration.brier_score_high: high,
        RiskCalibration.reliability: reliability,
        RiskCalibration.resolution_score: resolution,
        RiskCalibration.uncertainty: uncertainty,
        RiskCalibration.brier_skill: 1 - score / uncertainty,
        RiskCalibration.brier_skill_low: skill_low,
        RiskCalibration.brier_skill_high: skill_high,
    }


def _intervals(
    stated: Floats, happened: Floats, clusters: pd.Series, generator: np.random.Generator, draws: int
) -> tuple[float, ...]:
    """Ends of the 95 % intervals of score and skill, by resampling clusters whole."""
    codes = pd.factorize(clusters)[0]
    sums = np.column_stack([
        np.bincount(codes), np.bincount(codes, weights=happened), np.bincount(codes, weights=(stated - happened) ** 2)
    ])  # fmt: skip
    picked = generator.integers(0, len(sums), size=(draws, len(sums)))
    count, struck, squares = (sums[:, k][picked].sum(axis=1) for k in range(3))
    score, base = squares / count, struck / count
    # A draw in which all happened, or none, has no base rate to be held against.
    is_mixed = (base > 0) & (base < 1)
    skill = 1 - score[is_mixed] / (base * (1 - base))[is_mixed]
    return tuple(float(end) for each in (score, skill) for end in np.quantile(each, [0.025, 0.975]))


def risk_reliability(risk: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[RiskReliability]:
    """Shares of the closed risks of the register `risk` that happened, by band of the probability stated before."""
    scored = _scored(closed_risks(risk, status_date))
    made = []
    stated, happened = (scored[name].to_numpy(dtype=float) for name in ("stated", "happened"))
    lower = -1.0
    for upper in () if _lack(happened) else BANDS:
        members = (stated > lower) & (stated <= upper)
        name = f"{100 * max(lower, 0):.0f}–{100 * upper:.0f} %"
        lower = upper
        if members.any():
            count, struck = int(members.sum()), int(happened[members].sum())
            low, high = wilson_interval(struck, count)
            shares = (stated[members].mean(), struck / count, low, high)
            made.append((name, count, *(100 * float(share) for share in shares)))
    return checked(RiskReliability, pd.DataFrame(made, columns=list(RiskReliability.to_schema().columns)))
