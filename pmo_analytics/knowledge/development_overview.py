"""How people stand to what is asked of them, in one row: cover, training, mentors, certificates.

Source: sums and counts of other analyses, by the usual definition.

Worked example: two levels are asked for and thinly covered, both of SQL; a seat
in a course for 900 euros closes 40 hours; one of two persons with a goal found a
mentor. One thin skill, 40 hours closed, 900 euros, 1 unmatched.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Text, Whole, checked, optional, required
from pmo_analytics.knowledge.mentor_matching import PROPOSED, UNMATCHED, MentorMatch
from pmo_analytics.knowledge.skill_cover import SkillCover
from pmo_analytics.knowledge.training_calendar import EXPIRED, ExpiringCertificate
from pmo_analytics.knowledge.training_choice import TrainingChoice


class DevelopmentOverview(Contract):
    """One row for the whole organisation.

    `thin_skill_count` are skills with a level that is asked for and thinly
    covered. Times are of all months looked at; `cost_amount` is of the courses
    chosen. `proposed_count` and `unmatched_count` are persons with a goal that
    is not reached and no mentor yet. Certificates are those still asked for.
    """

    thin_skill_count: Whole = required(ge=0)
    closed_seconds: Number = required(ge=0)
    enrolment_count: Whole = required(ge=0)
    cost_amount: Number = required(ge=0)
    currency: Text = optional()
    proposed_count: Whole = required(ge=0)
    unmatched_count: Whole = required(ge=0)
    expired_count: Whole = required(ge=0)
    expiring_count: Whole = required(ge=0)


def development_overview(
    skill_cover: pd.DataFrame,
    training_choice: pd.DataFrame,
    mentor_matching: pd.DataFrame,
    expiring_certificate: pd.DataFrame,
) -> DataFrame[DevelopmentOverview]:
    """The row, from the frames of four analyses of this domain that were run for the same date."""
    chosen = training_choice[training_choice[TrainingChoice.is_chosen].astype(bool)]
    state = mentor_matching[MentorMatch.match_state]
    asked = expiring_certificate[expiring_certificate[ExpiringCertificate.is_demanded].astype(bool)]
    is_expired = asked[ExpiringCertificate.certificate_state] == EXPIRED
    thin = skill_cover[skill_cover[SkillCover.is_thin].astype(bool)]
    row = {
        DevelopmentOverview.thin_skill_count: thin[SkillCover.skill_id].nunique(),
        DevelopmentOverview.closed_seconds: float(chosen[TrainingChoice.closed_seconds].sum()),
        DevelopmentOverview.enrolment_count: len(chosen),
        DevelopmentOverview.cost_amount: float(chosen[TrainingChoice.cost_amount].sum()),
        DevelopmentOverview.currency: chosen[TrainingChoice.currency].iloc[0] if len(chosen) else None,
        DevelopmentOverview.proposed_count: int((state == PROPOSED).sum()),
        DevelopmentOverview.unmatched_count: int((state == UNMATCHED).sum()),
        DevelopmentOverview.expired_count: int(is_expired.sum()),
        DevelopmentOverview.expiring_count: int((~is_expired).sum()),
    }
    return checked(DevelopmentOverview, pd.DataFrame([row]))
