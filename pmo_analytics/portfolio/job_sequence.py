"""Which job first: weighted shortest job first, and cost of delay over duration.

Weighted shortest job first is the sum of user and business value, time
criticality, and risk reduction or opportunity enablement, over job size: all
relative, scored under criteria of these names. Cost of delay over duration is in
money a month over months. Either is the best order only for jobs that do not
depend on one another and go one at a time through one team (Smith 1956); that is
said beside it. Sources: Reinertsen (2009); the Scaled Agile Framework for the
three parts.

Worked example: a job of size 2 scores 8, 5 and 3: (8 + 5 + 3) / 2 = 8. A delay of
it costs 60,000 a month and it lasts 4 months: 15,000.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.selection import CriterionScore, Proposal

PARTS = ("user_business_value", "time_criticality", "risk_reduction_opportunity_enablement")
SIZE, DELAY = "job_size", "cost_of_delay"


class JobSequence(Contract):
    """One row per subject with a score under any of the criteria, those first that are done first by WSJF, then CD3.

    Key: subject_id. Scores are means of assessors. What a part is missing for is
    missing, and `quality_note` says which. `cd3` is in the currency of the
    scores a month, over months of the register of proposals.
    """

    subject_id: Text = required()
    user_business_value: Number = optional()
    time_criticality: Number = optional()
    risk_reduction_opportunity_enablement: Number = optional()
    job_size: Number = optional()
    wsjf: Number = optional()
    wsjf_rank: Whole = optional(ge=1)
    cost_of_delay: Number = optional()
    duration_months: Number = optional(ge=0)
    cd3: Number = optional()
    cd3_rank: Whole = optional(ge=1)
    quality_note: Text = required()


def job_sequence(criterion_score: pd.DataFrame, proposal: pd.DataFrame) -> DataFrame[JobSequence]:
    """The order by both measures, from the registers `criterion_score` and `proposal`; else by name."""
    names = [*PARTS, SIZE, DELAY]
    rows = criterion_score[criterion_score[CriterionScore.criterion_id].isin(names)]
    frame = rows.pivot_table(
        index=CriterionScore.subject_id, columns=CriterionScore.criterion_id, values=CriterionScore.score
    ).reindex(columns=names)
    months = proposal.set_index(Proposal.proposal_id)[Proposal.duration_months]
    frame[JobSequence.duration_months] = months.reindex(frame.index)
    size, length = frame[SIZE], frame[JobSequence.duration_months]
    frame[JobSequence.wsjf] = frame[list(PARTS)].sum(axis=1, skipna=False) / size.where(size > 0)
    frame[JobSequence.cd3] = frame[DELAY] / length.where(length > 0)
    for value, place in ((JobSequence.wsjf, JobSequence.wsjf_rank), (JobSequence.cd3, JobSequence.cd3_rank)):
        frame[place] = frame[value].rank(ascending=False, method="first").astype("Int64")
    frame[JobSequence.quality_note] = [_note(row) for _, row in frame.iterrows()]
    order = [JobSequence.wsjf, JobSequence.cd3, JobSequence.subject_id]
    found = frame.reset_index().sort_values(order, ascending=[False, False, True], ignore_index=True)
    return checked(JobSequence, found[list(JobSequence.to_schema().columns)])


def _note(row: pd.Series) -> str:
    lacking = [name for name in (*PARTS, SIZE) if np.isnan(row[name])]
    notes = [f"no {', no '.join(lacking)}"] if lacking else []
    if row[SIZE] <= 0:
        notes.append("a size must be above 0")
    if not np.isnan(row[DELAY]) and not row[JobSequence.duration_months] > 0:
        notes.append("no duration in the register of proposals")
    return "; ".join(notes)
