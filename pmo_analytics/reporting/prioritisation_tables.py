"""Tables of the page on priorities: scores with their components, what turns the order, judged weights, job order."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.portfolio.job_sequence import PARTS, SIZE, JobSequence
from pmo_analytics.portfolio.pairwise_weights import LIMIT, JudgedWeight
from pmo_analytics.portfolio.prioritisation import PriorityComponent, PriorityScore, RankTurn
from pmo_analytics.reporting.figure_table import Cell, Column, Row, TableFigures, figure_table, is_missing
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.references import Shown

_MOST = 40
_ALL = "the page's workbook has all."
_COUNT, _SHARE, _TWO, _ONE = Shown("number"), Shown("percent"), Shown("number", (2,)), Shown("number", (1,))
_SIGNED, _FINE_SHARE = Shown("signed", (2,)), Shown("percent", (1,))
_TURNING = "the order by"
_REMEDY = "Fill registers/criterion.csv and registers/criterion_score.csv and load them with `pmo ingest`."


def columns(texts: int, *labels: str, remarks: Sequence[str] = ()) -> list[Column]:
    """Columns whose first so many hold text, the others numbers, apart from those of remarks."""
    return [
        Column(label, is_number=place >= texts and label not in remarks, is_remark=label in remarks)
        for place, label in enumerate(labels)
    ]


def subject(row: Row, column: str, names: dict[str, str]) -> Cell:
    """A proposal or project by its name, with its identifier."""
    identifier = str(row[column])
    return Cell(names[identifier], id=identifier) if identifier in names else Cell(identifier)


def score_table(
    scores: pd.DataFrame, components: pd.DataFrame, criterion: pd.DataFrame, names: dict[str, str]
) -> Fragment:
    """Every score with its components and the methods beside one another, from `PriorityScore`, `PriorityComponent`."""
    figures = TableFigures("priority", scores, (PriorityScore.subject_id,))
    parts = TableFigures(
        "part", components, (PriorityComponent.subject_id, PriorityComponent.criterion_id), figures.references
    )
    titles = dict(zip(criterion["criterion_id"].astype(str), criterion["name"], strict=True))
    criteria = list(dict.fromkeys(components[PriorityComponent.criterion_id].astype(str)))
    by_place = {
        (str(row[PriorityComponent.subject_id]), str(row[PriorityComponent.criterion_id])): row
        for row in components.to_dict("records")
    }
    rows = [
        [
            subject(row, PriorityScore.subject_id, names),
            figures.cell(row, PriorityScore.value_rank, _COUNT),
            figures.cell(row, PriorityScore.weighted_value, _TWO, sub=_range(row)),
            *(
                parts.cell(by_place[str(row[PriorityScore.subject_id]), name], PriorityComponent.value_part, _TWO,
                           sub=_score(by_place[str(row[PriorityScore.subject_id]), name]))
                for name in criteria
            ),
            figures.cell(row, PriorityScore.first_rank_probability, _SHARE),
            figures.cell(row, PriorityScore.topsis_closeness, _TWO, sub=_place(row[PriorityScore.topsis_rank])),
            figures.cell(row, PriorityScore.net_flow, _SIGNED, sub=_place(row[PriorityScore.flow_rank])),
            figures.cell(row, PriorityScore.assessor_spread, _TWO),
            Cell("; ".join(note for note in _notes(row) if not note.startswith(_TURNING))),
        ]
        for row in scores.head(_MOST).to_dict("records")
    ]  # fmt: skip
    labels = (
        "Proposal", "Place", "Value", *(str(titles.get(name, name)) for name in criteria), "Chance of place 1",
        "TOPSIS", "PROMETHEE", "Assessors apart", "Remark",
    )  # fmt: skip
    return figure_table(
        "scores", "Scores with what they are made of", columns(1, *labels, remarks=("Remark",)), rows,
        figures=figures, data=scores,
        note="Value: the sum of its parts, 1 is the best under every criterion; below a part stands the mean score. "
        "TOPSIS and PROMETHEE stand beside it with their places, and leave out what lacks a score. Assessors apart: "
        f"the highest less the lowest value by one assessor's scores.{_warning(scores)}" if rows else "",
        left_out=max(0, len(scores) - _MOST), all_of=_ALL, absent="Nothing is scored.", remedy=_REMEDY,
    )  # fmt: skip


def _range(row: Row) -> str:
    low, high = (_TWO.text(row[name]) for name in (PriorityScore.value_low, PriorityScore.value_high))
    return "" if low == high else f"{low} to {high}"


def _notes(row: Row) -> list[str]:
    return str(row[PriorityScore.quality_note]).split("; ")


def _score(row: Row) -> str:
    return "no score" if is_missing(row[PriorityComponent.score]) else _ONE.text(row[PriorityComponent.score])


def _place(value: object) -> str:
    return "" if is_missing(value) else f"place {numerals.number(value)}"


def _warning(scores: pd.DataFrame) -> str:
    """The warning that a method's order turns under a near copy, which every row of `PriorityScore` says alike."""
    notes = [note for row in scores.to_dict("records") for note in _notes(row)]
    found = next((note for note in notes if note.startswith(_TURNING)), "")
    return f" {found[0].upper()}{found[1:]}." if found else ""


def turn_table(turns: pd.DataFrame, names: dict[str, str]) -> Fragment:
    """The least change of weights that makes two neighbours equal, from `RankTurn`."""
    figures = TableFigures("turn", turns, (RankTurn.leader_id, RankTurn.follower_id))
    rows = [
        [
            subject(row, RankTurn.leader_id, names),
            Cell(
                names.get(str(row[RankTurn.follower_id]), str(row[RankTurn.follower_id])),
                id=str(row[RankTurn.follower_id]),
            ),
            figures.cell(row, RankTurn.moved_share, _FINE_SHARE),
            Cell(str(row[RankTurn.quality_note])),
        ]
        for row in turns.head(_MOST).to_dict("records")
    ]
    return figure_table(
        "turns", "What turns the order", columns(2, "Ahead", "Behind", "Weight to move", "How", remarks=("How",)), rows,
        figures=figures, data=turns,
        note="The least share of all weight that makes a subject and the next one equal." if rows else "",
        left_out=max(0, len(turns) - _MOST), all_of=_ALL, absent="Fewer than two subjects are scored.", remedy=_REMEDY,
    )  # fmt: skip


def judgement_table(judged: pd.DataFrame, criterion: pd.DataFrame) -> Fragment:
    """Weights from judged pairs by assessor, by token and not ranked, with their consistency, from `JudgedWeight`."""
    figures = TableFigures("judged", judged, (JudgedWeight.assessor_id, JudgedWeight.criterion_id))
    titles = dict(zip(criterion["criterion_id"].astype(str), criterion["name"], strict=True))
    criteria = list(dict.fromkeys(judged[JudgedWeight.criterion_id].astype(str)))
    rows = []
    for assessor, own in judged.groupby(JudgedWeight.assessor_id, sort=False):
        of = {str(row[JudgedWeight.criterion_id]): row for row in own.to_dict("records")}
        first = next(iter(of.values()))
        rows.append([
            Cell(str(assessor)),
            *(figures.cell(of[name], JudgedWeight.weight, _SHARE) for name in criteria),
            figures.cell(
                first, JudgedWeight.consistency_ratio, _TWO, is_off=not bool(first[JudgedWeight.is_consistent])
            ),
            Cell(str(first[JudgedWeight.quality_note])),
        ])  # fmt: skip
    labels = (*(str(titles.get(name, name)) for name in criteria), "Consistency ratio", "Remark")
    return figure_table(
        "judgements", "Weights from judged pairs", columns(1, "Assessor", *labels, remarks=("Remark",)), rows,
        figures=figures, data=judged,
        note=f"By the analytic hierarchy process; assessors are tokens. Above a ratio of {numerals.number(LIMIT, 2)} "
        "judgements contradict each other. The order above is by the weights of the register." if rows else "",
        absent="No pairs of criteria are judged.",
        remedy="Fill registers/pairwise_judgement.csv and load it with `pmo ingest`.",
    )  # fmt: skip


def job_table(jobs: pd.DataFrame, names: dict[str, str]) -> Fragment:
    """Which job first by weighted shortest job first and by cost of delay, from `JobSequence`."""
    figures = TableFigures("job", jobs, (JobSequence.subject_id,))
    rows = [
        [
            subject(row, JobSequence.subject_id, names),
            *(figures.cell(row, name, _ONE) for name in (*PARTS, SIZE)),
            figures.cell(row, JobSequence.wsjf, _TWO, sub=_place(row[JobSequence.wsjf_rank])),
            *(figures.cell(row, name, _COUNT) for name in (JobSequence.cost_of_delay, JobSequence.duration_months)),
            figures.cell(row, JobSequence.cd3, _COUNT, sub=_place(row[JobSequence.cd3_rank])),
            Cell(str(row[JobSequence.quality_note])),
        ]
        for row in jobs.head(_MOST).to_dict("records")
    ]  # fmt: skip
    names_of_criteria = ", ".join(f"`{name}`" for name in (*PARTS, SIZE))
    return figure_table(
        "jobs", "Which job first",
        columns(1, "Job", "Value", "Urgency", "Risk or chance", "Size", "WSJF", "Cost of delay", "Months", "CD3",
                "Remark", remarks=("Remark",)),
        rows, figures=figures, data=jobs,
        note="The best order for jobs that do not depend on one another and go one at a time through one team."
        if rows else "",
        left_out=max(0, len(jobs) - _MOST), all_of=_ALL, absent="No job is scored for its order.",
        remedy=f"Score subjects under criteria named {names_of_criteria}, or `cost_of_delay`.",
    )  # fmt: skip
