"""Tables of the page on developing people: single points, courses chosen, the calendar, certificates, mentors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.knowledge.mentor_matching import PROPOSED, UNMATCHED, MentorMatch
from pmo_analytics.knowledge.skill_cover import SinglePoint
from pmo_analytics.knowledge.training_calendar import EXPIRED, ExpiringCertificate, TrainingCalendar
from pmo_analytics.knowledge.training_choice import TrainingAlternative, TrainingChoice
from pmo_analytics.reporting.capacity_figures import skill_names
from pmo_analytics.reporting.figure_table import Cell, Column, Row, TableFigures, figure_table, is_missing
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.references import Shown

MOST = 40
COUNT, RATIO, LEVEL = Shown("number"), Shown("number", (2,)), Shown("number")
_HOURS, _DAY, _MONTH, _MONEY = Shown("hours"), Shown("day"), Shown("month"), Shown("number")
_TOKENS = "Persons are tokens."


@dataclass(frozen=True)
class Spec:
    """A column of a table: its heading, the frame's column, how a figure is written; None for text."""

    label: str
    column: str
    shown: Shown | None = None
    is_remark: bool = False


def spec_table(  # noqa: PLR0917
    anchor: str,
    title: str,
    frame: pd.DataFrame,
    key: tuple[str, ...],
    specs: Sequence[Spec],
    skill: pd.DataFrame,
    *,
    rows: pd.DataFrame | None = None,
    off: str = "",
    note: str = "",
    absent: str = "There are none.",
    remedy: str = "",
) -> Fragment:
    """A table of `rows` of an analysis' frame, all of them by default; skills go by their names.

    `off` names the column of flags by which a row's first cell stands out.
    """
    names, figures = skill_names(skill), TableFigures(anchor, frame, key)
    picked = frame if rows is None else rows

    def cell(row: Row, each: Spec, is_first: bool) -> Cell:
        is_off = bool(is_first and off and row[off])
        if each.shown is not None:
            return figures.cell(row, each.column, each.shown, is_off=is_off)
        if is_missing(row[each.column]):
            return Cell(numerals.MISSING)
        text = str(row[each.column])
        if each.column == "skill_id" and text in names:
            return Cell(names[text], id=text, is_off=is_off)
        return Cell(text, is_off=is_off)

    return figure_table(
        anchor, title,
        [
            Column(each.label, is_number=each.shown is not None and n > 0, is_remark=each.is_remark)
            for n, each in enumerate(specs)
        ],
        [[cell(row, each, n == 0) for n, each in enumerate(specs)] for row in picked.head(MOST).to_dict("records")],
        figures=figures, data=picked, note=note, left_out=max(0, len(picked) - MOST),
        all_of="the page's workbook has all.", absent=absent, remedy=remedy,
    )  # fmt: skip


def single_point_table(points: pd.DataFrame, skill: pd.DataFrame) -> Fragment:
    """Projects that hang on one person or nobody, from `SinglePoint`."""
    specs = [
        Spec("Project", SinglePoint.project_id), Spec("Skill", SinglePoint.skill_id),
        Spec("Level", SinglePoint.asked_level, LEVEL), Spec("On the project", SinglePoint.on_project_count, COUNT),
        Spec("Who", SinglePoint.person_id), Spec("Elsewhere", SinglePoint.other_count, COUNT),
        Spec("From", SinglePoint.first_month, _MONTH), Spec("To", SinglePoint.last_month, _MONTH),
        Spec("Asked", SinglePoint.demand_seconds, _HOURS),
    ]  # fmt: skip
    none = int((points[SinglePoint.on_project_count] == 0).sum())
    title = (
        "Projects that hang on one person"
        if points.empty
        else f"{_count(len(points), 'need')} of projects {'hangs' if len(points) == 1 else 'hang'} on one person or "
        f"nobody; in {numerals.number(none)} nobody on the project has the level"
    )
    return spec_table(
        "points", title, points, (SinglePoint.project_id, SinglePoint.skill_id, SinglePoint.asked_level), specs, skill,
        note=f"On a project is who is allocated to it or booked time on it in the last three months. {_TOKENS}",
        absent="Every skill that is asked for is there twice or more on its project.",
    )  # fmt: skip


def chosen_table(choice: pd.DataFrame, skill: pd.DataFrame) -> Fragment:
    """Who to send to which session, from `TrainingChoice`."""
    rows = choice[choice[TrainingChoice.is_chosen].astype(bool)]
    specs = [
        Spec("Person", TrainingChoice.person_id), Spec("Session", TrainingChoice.session_id),
        Spec("Course", TrainingChoice.course_id), Spec("Skill", TrainingChoice.skill_id),
        Spec("Has", TrainingChoice.held_level, LEVEL), Spec("Reaches", TrainingChoice.level_to, LEVEL),
        Spec("Starts", TrainingChoice.start_date, _DAY), Spec("Ready", TrainingChoice.ready_date, _DAY),
        Spec("Closes", TrainingChoice.closed_seconds, _HOURS), Spec("Cost", TrainingChoice.cost_amount, _MONEY),
        Spec("Why", TrainingChoice.reason, is_remark=True),
    ]  # fmt: skip
    closed, cost = rows[TrainingChoice.closed_seconds].sum(), rows[TrainingChoice.cost_amount].sum()
    title = (
        "Courses to send people to"
        if rows.empty
        else f"{_count(len(rows), 'seat')} for {numerals.money(cost, rows[TrainingChoice.currency].iloc[0])} close "
        f"{numerals.hours(closed)} of what is short"
    )
    proven = "" if choice[TrainingChoice.is_proven].astype(bool).all() else " The search ran into its limit."
    return spec_table(
        "training", title, choice, (TrainingChoice.person_id, TrainingChoice.session_id, TrainingChoice.reason), specs,
        skill, rows=rows,
        note="Goals in order: what is saved beyond the cost, an hour being worth a contractor's by pmo.toml or else an "
        "own one; hours of nearer months; cost; days. A person gives a skill at most half of their calendar's time "
        f"that is not allocated, which is an assumption. {_TOKENS}{proven}",
        absent="No course on offer closes more than it costs, or none is known.",
        remedy="Load the registers training_course and training_session." if choice.empty else "",
    )  # fmt: skip


def not_chosen_table(choice: pd.DataFrame, skill: pd.DataFrame) -> Fragment:
    """Why others are not sent, by session, from `TrainingChoice`."""
    specs = [
        Spec("Session", TrainingChoice.session_id), Spec("Course", TrainingChoice.course_id),
        Spec("Skill", TrainingChoice.skill_id), Spec("Persons", TrainingChoice.person_count, COUNT),
        Spec("Why not", TrainingChoice.reason, is_remark=True),
    ]  # fmt: skip
    return spec_table(
        "not-chosen", "Why nobody else is sent", choice,
        (TrainingChoice.person_id, TrainingChoice.session_id, TrainingChoice.reason), specs, skill,
        rows=choice[~choice[TrainingChoice.is_chosen].astype(bool)],
        note="Persons are counted; 0 where the reason is the session's own.", absent="No session is known.",
    )  # fmt: skip


def alternative_table(alternatives: pd.DataFrame, skill: pd.DataFrame) -> Fragment:
    """Nothing, training and hires by skill, from `TrainingAlternative`."""
    specs = [
        Spec("Skill", TrainingAlternative.skill_id), Spec("From", TrainingAlternative.first_month, _MONTH),
        Spec("Short if nothing is done", TrainingAlternative.to_close_seconds, _HOURS),
        Spec("Seats", TrainingAlternative.enrolment_count, COUNT),
        Spec("Closed by training", TrainingAlternative.closed_seconds, _HOURS),
        Spec("Cost", TrainingAlternative.cost_amount, _MONEY),
        Spec("Short then", TrainingAlternative.left_short_seconds, _HOURS),
        Spec("Persons to hire instead", TrainingAlternative.hire_fte, RATIO),
    ]  # fmt: skip
    return spec_table(
        "alternatives", "What training leaves, and what nothing or hiring would do", alternatives,
        (TrainingAlternative.skill_id,), specs, skill,
        note="Persons to hire: the worst month over the median calendar of a person. Lead times and costs of hiring "
        "stand on the page on capacity.", absent="Nothing is short by an hour or more.",
    )  # fmt: skip


def calendar_table(calendar: pd.DataFrame, skill: pd.DataFrame) -> Fragment:
    """Sessions to come with their seats, from `TrainingCalendar`."""
    specs = [
        Spec("Session", TrainingCalendar.session_id), Spec("Course", TrainingCalendar.name),
        Spec("Skill", TrainingCalendar.skill_id), Spec("Starts", TrainingCalendar.start_date, _DAY),
        Spec("Ends", TrainingCalendar.end_date, _DAY), Spec("Place", TrainingCalendar.location),
        Spec("Seats", TrainingCalendar.seats, COUNT), Spec("Taken", TrainingCalendar.taken_count, COUNT),
        Spec("Free", TrainingCalendar.free_count, COUNT), Spec("Wait", TrainingCalendar.waitlist_count, COUNT),
        Spec("To do", TrainingCalendar.quality_note, is_remark=True),
    ]  # fmt: skip
    over = int((calendar[TrainingCalendar.free_count] < 0).sum())
    idle = int((~calendar[TrainingCalendar.is_needed].astype(bool)).sum())
    title = (
        "Training calendar"
        if calendar.empty
        else f"{_count(len(calendar), 'session')} to come: {numerals.number(over)} overbooked, for "
        f"{numerals.number(idle)} nothing is short"
    )
    return spec_table(
        "calendar", title, calendar, (TrainingCalendar.session_id,), specs, skill,
        absent="No session is to come.", remedy="Load the register training_session.",
    )  # fmt: skip


def certificate_table(certificates: pd.DataFrame, skill: pd.DataFrame) -> Fragment:
    """Certificates that have run out or do so soon, from `ExpiringCertificate`."""
    specs = [
        Spec("Person", ExpiringCertificate.person_id), Spec("Certificate", ExpiringCertificate.certificate),
        Spec("Skill", ExpiringCertificate.skill_id),
        Spec("Runs out", ExpiringCertificate.expires_on_date, _DAY),
        Spec("State", ExpiringCertificate.certificate_state),
    ]  # fmt: skip
    rows = certificates[certificates[ExpiringCertificate.is_demanded].astype(bool)]
    expired = int((rows[ExpiringCertificate.certificate_state] == EXPIRED).sum())
    title = (
        "Certificates that run out"
        if rows.empty
        else f"{_count(len(rows), 'certificate')} that plans still ask for: {numerals.number(expired)} run out, "
        f"{numerals.number(len(rows) - expired)} within six months"
    )
    key = (ExpiringCertificate.person_id, ExpiringCertificate.course_id, ExpiringCertificate.certificate)
    return spec_table(
        "certificates", title, certificates, key, specs, skill, rows=rows,
        note=f"Those of skills that nothing asks for are left out. {_TOKENS}",
        absent="No certificate that plans ask for runs out within six months.",
    )  # fmt: skip


def mentor_table(matches: pd.DataFrame, skill: pd.DataFrame) -> Fragment:
    """Pairs kept and proposed, and who is left, from `MentorMatch`."""
    specs = [
        Spec("Person", MentorMatch.mentee_id), Spec("Mentor", MentorMatch.mentor_id),
        Spec("State", MentorMatch.match_state), Spec("Skill", MentorMatch.skill_id),
        Spec("Has", MentorMatch.held_level, LEVEL), Spec("Aims at", MentorMatch.target_level, LEVEL),
        Spec("Mentor has", MentorMatch.mentor_level, LEVEL), Spec("Due", MentorMatch.due_date, _DAY),
        Spec("Why", MentorMatch.reason, is_remark=True),
    ]  # fmt: skip
    proposed, left = (int((matches[MentorMatch.match_state] == state).sum()) for state in (PROPOSED, UNMATCHED))
    title = (
        "Mentors"
        if matches.empty
        else f"{_count(proposed, 'pair')} {'is' if proposed == 1 else 'are'} proposed; for {numerals.number(left)} "
        "nobody fits or is free"
    )
    return spec_table(
        "mentors", title, matches, (MentorMatch.mentee_id, MentorMatch.mentor_id), specs, skill,
        note="As many persons as can be, then fit, then even loads. Exclusions hold either way, and nobody is mentored "
        f"by who leads their team. {_TOKENS}",
        absent="Nobody has a goal or a mentor.",
        remedy="Load the registers development_goal, mentor and mentoring_pair.",
    )  # fmt: skip


def _count(number: int, what: str) -> str:
    return f"{numerals.number(number)} {what}{'' if number == 1 else 's'}"
