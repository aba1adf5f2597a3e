"""Weights of criteria from judgements of pairs, after the analytic hierarchy process.

Weights are the principal eigenvector of the matrix of ratios; its consistency
index is (λmax − n) / (n − 1), and the ratio of that to the mean index of random
matrices is to be 0.10 at most. Several assessors are taken together by the
geometric mean of their ratios. Sources: Saaty (1980); Aczél and Saaty (1983) for
the geometric mean; random indices as Saaty gives them.

Worked example: of three criteria the first matters twice as much as the second
and four times as much as the third, the second twice as much as the third: the
weights are 4/7, 2/7 and 1/7, and the judgements agree, with a ratio of 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.selection import PairwiseJudgement
from pmo_analytics.errors import UsageError
from pmo_analytics.forecasting.quantile_scores import Floats

TOGETHER = "all together"
LIMIT = 0.10
_RANDOM_INDEX = (0.0, 0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
_NEAR = 1e-9


class JudgedWeight(Contract):
    """One row per assessor, all together among them, and criterion: its weight and how the judgements agree.

    Key: assessor_id, criterion_id. Weights of an assessor sum to 1. Above a
    `consistency_ratio` of 0.10 `is_consistent` does not hold, and the judgement
    that departs most from the weights is named in `quality_note`; two criteria
    cannot contradict each other.
    """

    assessor_id: Text = required()
    criterion_id: Text = required()
    weight: Number = required(ge=0, le=1)
    judgement_count: Whole = required(ge=1)
    largest_eigenvalue: Number = required()
    consistency_ratio: Number = optional()
    is_consistent: Flag = required()
    quality_note: Text = required()


@dataclass(frozen=True)
class PairwiseWeights:
    """Weights (n,), summing to 1, the principal eigenvalue and the ratio of consistency, NaN above 15 criteria."""

    weights: Floats
    largest_eigenvalue: float
    consistency_ratio: float


def pairwise_weights(matrix: Floats) -> PairwiseWeights:
    """The principal eigenvector of a reciprocal matrix of ratios, shape (n, n)."""
    n = len(matrix)
    values, vectors = np.linalg.eig(matrix)
    place = int(np.argmax(values.real))
    vector = np.abs(vectors[:, place].real)
    largest = float(values[place].real)
    if n < 3:
        return PairwiseWeights(vector / vector.sum(), largest, 0.0)
    index = (largest - n) / (n - 1)
    random = _RANDOM_INDEX[n] if n < len(_RANDOM_INDEX) else float("nan")
    return PairwiseWeights(vector / vector.sum(), largest, max(0.0, index) / random)


def judged_weights(pairwise_judgement: pd.DataFrame) -> DataFrame[JudgedWeight]:
    """Weights by assessor and of all together, from the register `pairwise_judgement`; assessors by name.

    UsageError where a pair is judged in both directions with ratios that
    contradict each other, a criterion is held against itself with another ratio
    than 1, or an assessor has left a pair out.
    """
    made = {
        str(assessor): _matrix(str(assessor), rows)
        for assessor, rows in pairwise_judgement.groupby(PairwiseJudgement.assessor_id, sort=True)
    }
    names = {tuple(criteria) for criteria, _ in made.values()}
    if len(made) > 1 and len(names) == 1:
        together = np.exp(np.mean([np.log(matrix) for _, matrix in made.values()], axis=0))
        made[TOGETHER] = (list(next(iter(names))), together)
    elif len(names) > 1:
        raise UsageError(
            "assessors have judged different criteria",
            found="; ".join(f"{who}: {', '.join(criteria)}" for who, (criteria, _) in made.items()),
            expected="the same criteria from each",
            hint="let every assessor judge every pair, or load them as registers of their own",
        )
    rows = [row for who, (criteria, matrix) in made.items() for row in _rows(who, criteria, matrix)]
    return checked(JudgedWeight, pd.DataFrame(rows, columns=list(JudgedWeight.to_schema().columns)))


def _rows(assessor: str, criteria: list[str], matrix: Floats) -> list[dict[str, object]]:
    found = pairwise_weights(matrix)
    is_consistent = not found.consistency_ratio > LIMIT
    note = "" if is_consistent else _most_inconsistent(criteria, matrix, found.weights)
    return [
        {
            JudgedWeight.assessor_id: assessor,
            JudgedWeight.criterion_id: criterion,
            JudgedWeight.weight: weight,
            JudgedWeight.judgement_count: len(criteria) * (len(criteria) - 1) // 2,
            JudgedWeight.largest_eigenvalue: found.largest_eigenvalue,
            JudgedWeight.consistency_ratio: found.consistency_ratio,
            JudgedWeight.is_consistent: is_consistent,
            JudgedWeight.quality_note: note,
        }
        for criterion, weight in zip(criteria, found.weights, strict=True)
    ]


def _most_inconsistent(criteria: list[str], matrix: Floats, weights: Floats) -> str:
    """The judgement whose ratio departs most from that of the weights, with the ratio that would agree."""
    implied = weights[:, None] / weights[None, :]
    off = np.triu(np.abs(np.log(matrix / implied)), k=1)
    first, second = np.unravel_index(int(np.argmax(off)), off.shape)
    return (
        f"judgements contradict each other, most {criteria[first]} against {criteria[second]}: "
        f"{matrix[first, second]:.3g} is stated, the others imply {implied[first, second]:.3g}"
    )


def _matrix(assessor: str, rows: pd.DataFrame) -> tuple[list[str], Floats]:
    first, second = rows[PairwiseJudgement.criterion_id], rows[PairwiseJudgement.other_criterion_id]
    criteria = sorted({*first, *second})
    matrix = np.full((len(criteria), len(criteria)), np.nan)
    np.fill_diagonal(matrix, 1.0)
    for one, other, ratio in zip(first, second, rows[PairwiseJudgement.ratio], strict=True):
        i, j = criteria.index(one), criteria.index(other)
        known = matrix[i, j]
        if not np.isnan(known) and abs(known - ratio) > _NEAR * ratio:
            raise UsageError(
                f"{assessor} judges {one} against {other} in two ways",
                found=f"{ratio:g} and {known:g}",
                expected="one ratio, or its reciprocal the other way round",
                hint="state each pair once in registers/pairwise_judgement.csv",
            )
        matrix[i, j], matrix[j, i] = ratio, 1.0 / ratio
    if np.isnan(matrix).any():
        missing = [f"{criteria[i]} against {criteria[j]}" for i, j in np.argwhere(np.isnan(matrix)) if i < j]
        raise UsageError(
            f"{assessor} has not judged every pair",
            found=f"{len(missing)} missing: {', '.join(missing[:5])}",
            expected=f"{len(criteria) * (len(criteria) - 1) // 2} judgements of {len(criteria)} criteria",
            hint="add the pairs to registers/pairwise_judgement.csv",
        )
    return criteria, matrix
