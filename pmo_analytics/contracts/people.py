"""Contracts of people: what the core lake may know of them, and what only the personal lake may."""

from __future__ import annotations

from pmo_analytics.contracts.base import (
    PERSONAL,
    REGISTER,
    Contract,
    Date,
    Number,
    Text,
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
