"""Contracts of training, coaching and mentoring."""

from __future__ import annotations

from pmo_analytics.contracts.base import (
    CURRENCY,
    EVENT,
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


@table(key=["course_id"], clock=REGISTER, register=True)
class TrainingCourse(Contract):
    """One row per course and date the catalogue speaks of.

    Key: course_id, status_date.
    """

    course_id: Text = required()
    status_date: Date = required()
    name: Text = required()
    skill_id: Text = optional()
    level_from: Whole = optional(ge=0, le=7)
    level_to: Whole = optional(ge=0, le=7)
    cost_amount: Number = optional(ge=0)
    currency: Text = optional(str_matches=CURRENCY)
    duration_seconds: Number = optional(ge=0)
    lead_time_days: Number = optional(ge=0)


@table(key=["session_id"], clock=REGISTER, register=True)
class TrainingSession(Contract):
    """One row per dated offering of a course and date the catalogue speaks of.

    Key: session_id, status_date.
    """

    session_id: Text = required()
    status_date: Date = required()
    course_id: Text = required()
    start_date: Date = optional()
    end_date: Date = optional()
    seats: Whole = optional(ge=0)
    location: Text = optional()


@table(key=["session_id", "person_id"], clock=REGISTER, persons=["person_id"], register=True)
class Enrolment(Contract):
    """One row per session, person with a seat in it and date the list speaks of.

    Key: session_id, person_id, status_date.
    """

    session_id: Text = required()
    person_id: Text = required()
    status_date: Date = required()
    state: Text = optional()


@table(
    key=["person_id", "course_id", "completed_on_date"],
    clock=EVENT,
    clock_column="completed_on_date",
    persons=["person_id"],
    register=True,
)
class TrainingRecord(Contract):
    """One row per person, course and day it was completed.

    Key: person_id, course_id, completed_on_date.
    """

    person_id: Text = required()
    course_id: Text = required()
    completed_on_date: Date = required()
    outcome: Text = optional()
    certificate: Text = optional()
    expires_on_date: Date = optional()


@table(
    key=["session_id"],
    clock=EVENT,
    clock_column="session_date",
    persons=["person_id", "coach_id"],
    register=True,
)
class CoachingSession(Contract):
    """One row per coaching session.

    Key: session_id.
    """

    session_id: Text = required()
    person_id: Text = required()
    coach_id: Text = required()
    topic: Text = optional()
    session_date: Date = required()
    project_id: Text = optional()
    duration_seconds: Number = optional(ge=0)


@table(
    key=["mentor_id", "mentee_id", "start_date"],
    clock=EVENT,
    clock_column="start_date",
    persons=["mentor_id", "mentee_id"],
    register=True,
)
class MentoringPair(Contract):
    """One row per mentor, mentee and day they began.

    Key: mentor_id, mentee_id, start_date.
    """

    mentor_id: Text = required()
    mentee_id: Text = required()
    start_date: Date = required()
    end_date: Date = optional()
    skill_id: Text = optional()


@table(key=["person_id"], clock=REGISTER, persons=["person_id"], register=True)
class Mentor(Contract):
    """One row per person who offers to mentor and date the list speaks of.

    Key: person_id, status_date. Seats are the most mentees at a time.
    """

    person_id: Text = required()
    status_date: Date = required()
    seats: Whole = required(ge=0)


@table(key=["person_id", "other_person_id"], clock=REGISTER, persons=["person_id", "other_person_id"], register=True)
class MentoringExclusion(Contract):
    """One row per two persons who are not to be paired, in whichever order, and date the list speaks of.

    Key: person_id, other_person_id, status_date.
    """

    person_id: Text = required()
    other_person_id: Text = required()
    status_date: Date = required()
    reason: Text = optional()


@table(key=["person_id", "skill_id"], clock=REGISTER, persons=["person_id"], register=True)
class DevelopmentGoal(Contract):
    """One row per person, skill to be learnt and date the list speaks of.

    Key: person_id, skill_id, status_date.
    """

    person_id: Text = required()
    skill_id: Text = required()
    status_date: Date = required()
    target_level: Whole = required(ge=1, le=7)
    due_date: Date = optional()
