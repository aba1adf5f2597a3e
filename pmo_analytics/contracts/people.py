"""Contracts of people: who they are to the core lake and to the personal one, what they can do, who asks for them."""

from __future__ import annotations

import pandas as pd

from pmo_analytics.contracts.base import (
    EVENT,
    PERSONAL,
    REGISTER,
    Contract,
    Date,
    Number,
    Text,
    Whole,
    optional,
    required,
    table,
)


@table(key=["person_id"], clock=REGISTER, persons=["person_id"], register=True)
class Person(Contract):
    """One row per person and date the register speaks of.

    Key: person_id, status_date. Names and contacts are in person_identity.
    """

    person_id: Text = required()
    status_date: Date = required()
    role: Text = optional()
    team: Text = optional()
    grade: Text = optional()
    location: Text = optional()
    calendar_id: Text = optional()
    fte_pct: Number = required(gt=0, le=100)
    joined_date: Date = optional()
    left_date: Date = optional()


@table(key=["team"], clock=REGISTER, persons=["lead_id"], register=True)
class Team(Contract):
    """One row per team and date the register speaks of.

    Key: team, status_date.
    """

    team: Text = required()
    status_date: Date = required()
    department: Text = optional()
    lead_id: Text = optional()


@table(key=["role"], clock=REGISTER, register=True)
class Role(Contract):
    """One row per role and date the register speaks of.

    Key: role, status_date.
    """

    role: Text = required()
    status_date: Date = required()
    category: Text = optional()
    description: Text = optional()


@table(key=["skill_id"], clock=REGISTER, register=True)
class Skill(Contract):
    """One row per skill and date the register speaks of.

    Key: skill_id, status_date.
    """

    skill_id: Text = required()
    status_date: Date = required()
    name: Text = required()
    category: Text = optional()


@table(
    key=["person_id", "skill_id", "assessed_on_date"],
    clock=EVENT,
    clock_column="assessed_on_date",
    persons=["person_id"],
    register=True,
)
class PersonSkill(Contract):
    """One row per person, skill and day that the level was assessed.

    Key: person_id, skill_id, assessed_on_date.
    """

    person_id: Text = required()
    skill_id: Text = required()
    assessed_on_date: Date = required()
    level: Whole = required(ge=0, le=7)
    assessor_kind: Text = optional()


@table(key=["project_id", "skill_id", "period_month"], clock=REGISTER, register=True)
class Demand(Contract):
    """One row per project, skill, month and date the plan speaks from.

    Key: project_id, skill_id, period_month, status_date. A certainty of 0 is
    that of a plan which is not decided on, as a proposal's.
    """

    project_id: Text = required()
    skill_id: Text = required()
    period_month: Date = required()
    status_date: Date = required()
    demand_seconds: Number = required(ge=0)
    level: Whole = optional(ge=0, le=7)
    certainty: Number = optional(ge=0, le=1)


@table(key=["person_id", "project_id", "period_month"], clock=REGISTER, persons=["person_id"], register=True)
class Allocation(Contract):
    """One row per person, project, month and date the plan speaks from.

    Key: person_id, project_id, period_month, status_date.
    """

    person_id: Text = required()
    project_id: Text = required()
    period_month: Date = required()
    status_date: Date = required()
    allocated_seconds: Number = required(ge=0)


@table(key=["person_id"], persons=["merged_into_id"], register=True)
class PersonMerge(Contract):
    """One row per person token that turned out to be another name of a person.

    Key: person_id.
    """

    person_id: Text = required()
    merged_into_id: Text = required()


@table(key=["person_id"], lake=PERSONAL)
class PersonIdentity(Contract):
    """One row per person token: name and contact.

    Key: person_id.
    """

    person_id: Text = required()
    name: Text = optional()
    email: Text = optional()


@table(key=["source", "external_key"], lake=PERSONAL)
class PersonAlias(Contract):
    """One row per name or key that a person has in a source system.

    Key: source, external_key.
    """

    source: Text = required()
    external_key: Text = required()
    person_id: Text = required()


def planned_demand_of(demand: pd.DataFrame) -> pd.DataFrame:
    """The rows of the register `demand` that may come about: those of no certainty are nobody's work yet."""
    found: pd.DataFrame = demand[demand[Demand.certainty].fillna(1.0) > 0]
    return found
