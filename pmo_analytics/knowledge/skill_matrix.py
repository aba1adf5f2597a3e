"""What each person can do by now: the last assessment of the kind that is to be trusted most, never a mean.

An examiner's level counts before a manager's, a manager's before any other
kind's, and what a person says of themselves comes last: a level of one kind is
not averaged with one of another, and the person's own stands beside it. Levels
after SFIA, 0 to 7. Who has left is in nothing. Source: SFIA 8 for the levels;
the order of kinds and the year after which an assessment is stale are this
project's own convention.

Worked example: on 30 June 2026 Ann says 5 of her SQL, in May; her manager said
3 in January 2025. Her level is 3, stale since it is 545 days old, and 5 is her own word.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Text, Whole, checked, optional, required
from pmo_analytics.contracts.people import Person, PersonSkill, Skill

EXAMINER, MANAGER, SELF = "examiner", "manager", "self"
STALE_AFTER_DAYS = 365
NO_CATEGORY = "no category"
# Between a manager and the person: peers, customers and whatever else a register names.
_TRUST = {EXAMINER: 0, MANAGER: 1, SELF: 3}
_OTHER = 2
_KEY = [PersonSkill.person_id, PersonSkill.skill_id]


class SkillMatrix(Contract):
    """One row per person who has not left and skill that was assessed by the reporting date.

    Key: person_id, skill_id. `level`, `assessor_kind` and `assessed_on_date` are
    of the assessment that counts; `self_level` is the person's own last word,
    whether it counts or not. `assessment_age_days` is counted to the reporting
    date. A cell says what work may be planned with, not how good anybody is: no
    row is compared with another person's. `quality_note` says why to ask again.
    """

    person_id: Text = required()
    team: Text = optional()
    skill_id: Text = required()
    category: Text = required()
    level: Whole = required(ge=0, le=7)
    assessor_kind: Text = optional()
    assessed_on_date: Date = required()
    assessment_age_days: Whole = required(ge=0)
    self_level: Whole = optional(ge=0, le=7)
    is_stale: Flag = required()
    quality_note: Text = required()


def skill_matrix(
    person_skill: pd.DataFrame,
    person: pd.DataFrame,
    skill: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    stale_after_days: int = STALE_AFTER_DAYS,
) -> DataFrame[SkillMatrix]:
    """Levels of persons by skill, from the registers so named, by person and skill.

    A skill that the register `skill` does not know, or gives no category, has
    the category "no category". Persons whom no register knows are kept.
    """
    day = status_date.normalize()
    rows = person_skill[person_skill[PersonSkill.assessed_on_date] <= day].copy()
    rows["kind"] = rows[PersonSkill.assessor_kind].str.strip().str.lower()
    rows["trust"] = rows["kind"].map(_TRUST).fillna(_OTHER)
    rows = rows.sort_values(PersonSkill.assessed_on_date, kind="stable")
    own = rows[rows["kind"] == SELF].drop_duplicates(_KEY, keep="last")
    own = own[[*_KEY, PersonSkill.level]].rename(columns={PersonSkill.level: SkillMatrix.self_level})
    counts = rows.sort_values(["trust", PersonSkill.assessed_on_date], ascending=[True, False], kind="stable")
    counts = counts.drop_duplicates(_KEY).merge(own, on=_KEY, how="left")
    counts = counts.merge(person[[Person.person_id, Person.team, Person.left_date]], on=Person.person_id, how="left")
    counts = counts[~(counts[Person.left_date] < day)]
    counts = counts.merge(skill[[Skill.skill_id, Skill.category]], on=Skill.skill_id, how="left")
    counts[SkillMatrix.category] = counts[Skill.category].fillna(NO_CATEGORY)
    age = (day - counts[PersonSkill.assessed_on_date]).dt.days
    counts[SkillMatrix.assessment_age_days] = age
    counts[SkillMatrix.is_stale] = age > stale_after_days
    counts[SkillMatrix.quality_note] = [
        _note(days > stale_after_days, kind) for days, kind in zip(age, counts["kind"], strict=True)
    ]
    counts = counts.sort_values(_KEY, ignore_index=True)
    return checked(SkillMatrix, counts.reindex(columns=list(SkillMatrix.to_schema().columns)))


def _note(is_stale: bool, kind: Any) -> str:
    told = ["stale"] if is_stale else []
    if kind == SELF:
        told.append("the person's own word alone")
    elif pd.isna(kind):
        told.append("who assessed it is not known")
    return "; ".join(told)
