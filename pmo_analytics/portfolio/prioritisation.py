"""The order of proposals and projects under a board's criteria: every score with its components, and how sure it is.

A subject's score under a criterion is the mean of its assessors'. The weighted
value is the order's own; TOPSIS and PROMETHEE II stand beside it. Missing scores
are no zeros: the value is a range, its middle is ranked, and the other two
methods leave the subject out. A warning says where an order of TOPSIS or
PROMETHEE turns when a near copy of a subject is added, as both may. Sources:
those of `multi_criteria` and `rank_stability`; Belton and Gear (1983) for
reversals by copies.

Worked example: A scores 10 and 2, B 0 and 6 under two benefits that weigh 3 and
1. A's value is 3/4 × 1 + 1/4 × 0, B's 1/4. A quarter of the weight, moved from the
first criterion to the second, makes them equal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.selection import Criterion, CriterionScore
from pmo_analytics.errors import UsageError
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.portfolio.multi_criteria import Flags, net_flows, ranks, shares, swings, topsis, weighted_values
from pmo_analytics.portfolio.rank_stability import least_turn, rank_chances

SEED = 20_261_128
_NUDGE = 0.01


class PriorityScore(Contract):
    """One row per subject that is scored, by weighted value, the highest first.

    Key: subject_id. `value_low` and `value_high` are what missing scores leave
    open. TOPSIS, net flow and their ranks are missing where a score is.
    `first_rank_probability` is the chance of the first place under weights
    around the stated ones. `quality_note` says what is missing, and which
    method turns under a near copy.
    """

    subject_id: Text = required()
    value_rank: Whole = required(ge=1)
    weighted_value: Number = required(ge=0, le=1)
    value_low: Number = required(ge=0, le=1)
    value_high: Number = required(ge=0, le=1)
    first_rank_probability: Number = required(ge=0, le=1)
    topsis_closeness: Number = optional(ge=0, le=1)
    topsis_rank: Whole = optional(ge=1)
    net_flow: Number = optional(ge=-1, le=1)
    flow_rank: Whole = optional(ge=1)
    assessor_count: Whole = required(ge=1)
    assessor_spread: Number = optional(ge=0)
    missing_count: Whole = required(ge=0)
    quality_note: Text = required()


class PriorityComponent(Contract):
    """One row per subject and criterion with a weight: what its weighted value is made of.

    Key: subject_id, criterion_id. Parts of a subject sum to its weighted value
    where no score is missing.
    """

    subject_id: Text = required()
    criterion_id: Text = required()
    weight_share: Number = required(ge=0, le=1)
    score: Number = optional()
    score_spread: Number = optional(ge=0)
    assessor_count: Whole = required(ge=0)
    swing: Number = optional(ge=0, le=1)
    value_part: Number = optional(ge=0, le=1)


class RankChance(Contract):
    """One row per subject and place: its chance under weights drawn around the stated ones.

    Key: subject_id, rank_place.
    """

    subject_id: Text = required()
    rank_place: Whole = required(ge=1)
    rank_probability: Number = required(ge=0, le=1)


class RankTurn(Contract):
    """One row per subject and the next in the order: the least share of weight that makes them equal.

    Key: leader_id, follower_id. Missing where no weights do. `quality_note` says
    where the weight goes from and to.
    """

    leader_id: Text = required()
    follower_id: Text = required()
    moved_share: Number = optional(ge=0, le=1)
    quality_note: Text = required()


@dataclass(frozen=True)
class _Board:
    """Mean scores (subjects, criteria), NaN where missing, with the axes."""

    subjects: list[str]
    criteria: list[str]
    scores: Floats
    weights: Floats
    is_cost: Flags
    rows: pd.DataFrame

    @property
    def swung(self) -> Floats:
        return swings(self.scores, self.is_cost)

    def filled(self, value: float) -> Floats:
        """Weighted values with every missing swing at `value`."""
        return weighted_values(np.nan_to_num(self.swung, nan=value), self.weights)

    @property
    def middle(self) -> Floats:
        return (self.filled(0.0) + self.filled(1.0)) / 2


def _board(criterion: pd.DataFrame, criterion_score: pd.DataFrame) -> _Board | None:
    """What is to be put in order; None where nothing is scored."""
    if criterion_score.empty:
        return None
    unknown = sorted(set(criterion_score[CriterionScore.criterion_id]) - set(criterion[Criterion.criterion_id]))
    if unknown:
        raise UsageError(
            "scores stand under criteria that the register does not know",
            found=", ".join(unknown),
            expected=", ".join(sorted(criterion[Criterion.criterion_id])) or "criteria in registers/criterion.csv",
            hint="add them to registers/criterion.csv, or correct the scores",
        )
    used = criterion[criterion[Criterion.weight].fillna(0) > 0].sort_values(Criterion.criterion_id)
    names = used[Criterion.criterion_id].to_list()
    rows = criterion_score[criterion_score[CriterionScore.criterion_id].isin(names)]
    if rows.empty:
        raise UsageError(
            "there is nothing to put in order",
            found=f"{len(names)} criteria with a weight, {len(rows)} scores under them",
            expected="weights in registers/criterion.csv, scores in registers/criterion_score.csv",
            hint="`pmo init --register criterion` and `criterion_score` write the templates",
        )
    table = rows.pivot_table(
        index=CriterionScore.subject_id, columns=CriterionScore.criterion_id, values=CriterionScore.score
    ).reindex(columns=names)
    return _Board(
        [str(name) for name in table.index], names, table.to_numpy(dtype=float),
        used[Criterion.weight].to_numpy(dtype=float), (used[Criterion.direction] == "cost").to_numpy(), rows,
    )  # fmt: skip


def priority_score(criterion: pd.DataFrame, criterion_score: pd.DataFrame) -> DataFrame[PriorityScore]:
    """The order of all that is scored, from the registers `criterion` and `criterion_score`.

    UsageError for scores under criteria that are unknown, or none of which weighs anything.
    """
    board = _board(criterion, criterion_score)
    if board is None:
        return checked(PriorityScore, _empty(PriorityScore))
    middle, is_whole = board.middle, ~np.isnan(board.scores).any(axis=1)
    chances = rank_chances(_middle_swings(board), board.weights, np.random.default_rng(SEED))
    by_subject = board.rows.groupby(CriterionScore.subject_id)[CriterionScore.assessor_id].nunique()
    frame = pd.DataFrame(
        {
            PriorityScore.subject_id: board.subjects,
            PriorityScore.value_rank: ranks(middle),
            PriorityScore.weighted_value: middle,
            PriorityScore.value_low: board.filled(0.0),
            PriorityScore.value_high: board.filled(1.0),
            PriorityScore.first_rank_probability: chances[:, 0],
            PriorityScore.assessor_count: by_subject.reindex(board.subjects).to_numpy(),
            PriorityScore.assessor_spread: _assessor_spread(board),
            PriorityScore.missing_count: np.isnan(board.scores).sum(axis=1),
        }
    )
    methods = {
        "TOPSIS": (topsis, PriorityScore.topsis_closeness, PriorityScore.topsis_rank),
        "PROMETHEE": (net_flows, PriorityScore.net_flow, PriorityScore.flow_rank),
    }
    turned = []
    known = board.scores[is_whole]
    for name, (method, value, place) in methods.items():
        frame[value], frame[place] = np.nan, pd.NA
        if len(known):
            made = method(known, board.weights, board.is_cost)
            frame.loc[is_whole, value], frame.loc[is_whole, place] = made, ranks(made)
            if _turns_by_copy(method, known, board):
                turned.append(name)
    missing = [
        ", ".join(np.array(board.criteria)[np.isnan(row)]) if np.isnan(row).any() else "" for row in board.scores
    ]
    warning = f"the order by {' and '.join(turned)} turns when a near copy of a subject is added" if turned else ""
    frame[PriorityScore.quality_note] = [
        "; ".join(part for part in (f"no score under {each}" if each else "", warning) if part) for each in missing
    ]
    ordered = frame.sort_values(PriorityScore.value_rank, ignore_index=True)
    return checked(PriorityScore, ordered[list(PriorityScore.to_schema().columns)])


def priority_component(criterion: pd.DataFrame, criterion_score: pd.DataFrame) -> DataFrame[PriorityComponent]:
    """What each weighted value is made of, subjects in their order, criteria by weight."""
    board = _board(criterion, criterion_score)
    if board is None:
        return checked(PriorityComponent, _empty(PriorityComponent))
    share, swung = shares(board.weights), board.swung
    given = board.rows.groupby([CriterionScore.subject_id, CriterionScore.criterion_id])[CriterionScore.score]
    told = given.agg(["max", "min", "count"])
    found = []
    for row in np.argsort(ranks(board.middle)):
        for column in np.argsort(-share, kind="stable"):
            key = (board.subjects[row], board.criteria[column])
            low, high, count = (
                told.loc[key, name] if key in told.index else np.nan for name in ("min", "max", "count")
            )
            found.append(
                {
                    PriorityComponent.subject_id: key[0],
                    PriorityComponent.criterion_id: key[1],
                    PriorityComponent.weight_share: share[column],
                    PriorityComponent.score: board.scores[row, column],
                    PriorityComponent.score_spread: high - low,
                    PriorityComponent.assessor_count: int(np.nan_to_num(count)),
                    PriorityComponent.swing: swung[row, column],
                    PriorityComponent.value_part: swung[row, column] * share[column],
                }
            )
    return checked(PriorityComponent, pd.DataFrame(found))


def rank_chance(criterion: pd.DataFrame, criterion_score: pd.DataFrame, *, seed: int = SEED) -> DataFrame[RankChance]:
    """Chances of every place of every subject, subjects in their order."""
    board = _board(criterion, criterion_score)
    if board is None:
        return checked(RankChance, _empty(RankChance))
    chances = rank_chances(_middle_swings(board), board.weights, np.random.default_rng(seed))
    order = np.argsort(ranks(board.middle))
    found = [
        {RankChance.subject_id: board.subjects[row], RankChance.rank_place: place + 1,
         RankChance.rank_probability: chances[row, place]}
        for row in order
        for place in range(len(order))
    ]  # fmt: skip
    return checked(RankChance, pd.DataFrame(found))


def rank_turn(criterion: pd.DataFrame, criterion_score: pd.DataFrame) -> DataFrame[RankTurn]:
    """The least change of weights that makes each subject and the next in the order equal."""
    board = _board(criterion, criterion_score)
    if board is None:
        return checked(RankTurn, _empty(RankTurn))
    swung, order = _middle_swings(board), np.argsort(ranks(board.middle))
    found = []
    for ahead, behind in pairwise(order):
        moved, made = least_turn(swung[ahead] - swung[behind], board.weights)
        change = made - shares(board.weights)
        given = ", ".join(name for name, each in zip(board.criteria, change, strict=True) if each < -1e-12)
        taken = ", ".join(name for name, each in zip(board.criteria, change, strict=True) if each > 1e-12)
        note = "no weights turn them" if np.isnan(moved) else f"from {given} to {taken}" if given else "they are equal"
        found.append(
            {
                RankTurn.leader_id: board.subjects[ahead],
                RankTurn.follower_id: board.subjects[behind],
                RankTurn.moved_share: moved,
                RankTurn.quality_note: note,
            }
        )
    return checked(RankTurn, pd.DataFrame(found, columns=list(RankTurn.to_schema().columns)))


def _empty(contract: type[Contract]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(contract.to_schema().columns))


def _middle_swings(board: _Board) -> Floats:
    return np.nan_to_num(board.swung, nan=0.5)


def _assessor_spread(board: _Board) -> Floats:
    """By subject, the highest less the lowest value that one assessor's scores give; NaN below two whole ones."""
    signed = np.where(board.is_cost, -board.scores, board.scores)
    low, high = np.nanmin(signed, axis=0), np.nanmax(signed, axis=0)
    found = np.full(len(board.subjects), np.nan)
    for place, subject in enumerate(board.subjects):
        own = board.rows[board.rows[CriterionScore.subject_id] == subject]
        table = own.pivot_table(
            index=CriterionScore.assessor_id, columns=CriterionScore.criterion_id, values=CriterionScore.score
        ).reindex(columns=board.criteria)
        scores = table.dropna().to_numpy(dtype=float)
        if len(scores) > 1:
            turned = np.where(board.is_cost, -scores, scores) - low
            swung = np.divide(turned, high - low, out=np.zeros_like(turned), where=high > low)
            found[place] = np.ptp(weighted_values(np.clip(swung, 0.0, 1.0), board.weights))
    return found


def _turns_by_copy(score: Callable[[Floats, Floats, Flags], Floats], scores: Floats, board: _Board) -> bool:
    """Whether the order of the others changes when a subject is added again, a hundredth of each range worse."""
    before = np.argsort(ranks(score(scores, board.weights, board.is_cost)))
    worse = np.where(board.is_cost, 1.0, -1.0) * np.ptp(scores, axis=0) * _NUDGE
    for subject in scores:
        after = ranks(score(np.vstack([scores, subject + worse]), board.weights, board.is_cost))
        if (np.argsort(after[:-1]) != before).any():
            return True
    return False
