"""What the commands on people print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_HOUR = 3600.0
_NONE = "–"
_HEADINGS = {
    "skill_id": "skill", "person_id": "person", "project_id": "project", "mentee_id": "person", "mentor_id": "mentor",
    "session_id": "session", "course_id": "course", "asked_level": "level", "period_month": "month",
    "to_close_seconds": "to close", "shortfall_probability": "chance", "expected_seconds": "asked",
    "capacity_seconds": "there", "person_count": "persons", "assessor_kind": "by", "assessed_on_date": "assessed",
    "self_level": "own word", "quality_note": "note", "stale_count": "stale", "self_count": "own word",
    "demand_seconds": "asked", "first_month": "from", "last_month": "to", "on_project_count": "on it",
    "other_count": "elsewhere", "held_level": "has", "level_to": "to", "start_date": "starts", "ready_date": "ready",
    "closed_seconds": "closes", "cost_amount": "cost", "enrolment_count": "courses", "left_short_seconds": "left",
    "hire_fte": "hires instead", "taken_count": "taken", "free_count": "free", "waitlist_count": "wait",
    "end_date": "ends", "expires_on_date": "runs out", "certificate_state": "state", "match_state": "state",
    "target_level": "aims at", "mentor_level": "mentor has", "due_date": "due", "mentor_load": "load",
    "need_sign": "sign", "sign_value": "value", "threshold": "limit", "counted": "of", "session_count": "sessions",
    "coach_count": "coaches", "duration_seconds": "time", "effect_kind": "what", "items_before": "before",
    "items_after": "after", "items_control": "control", "bias_before": "bias before", "bias_after": "bias after",
    "bias_change": "change", "bias_change_low": "low", "bias_change_high": "high", "p_value": "p",
    "last_session_date": "last", "open_goal_count": "goals", "next_due_date": "next due",
    "coaching_prompt": "to take up", "is_thin": "thin", "is_need": "need", "is_demanded": "asked for",
}  # fmt: skip
_SHOWN = {
    "skill_gap": "skill_id asked_level period_month expected_seconds capacity_seconds person_count "
    "shortfall_probability to_close_seconds",
    "skill_matrix": "person_id team skill_id level assessor_kind assessed_on_date self_level quality_note",
    "skill_cover": "skill_id level person_count stale_count self_count demand_seconds first_month is_thin",
    "single_point": "project_id skill_id asked_level person_id on_project_count other_count first_month last_month "
    "demand_seconds",
    "training_choice": "person_id session_id course_id skill_id held_level level_to start_date ready_date "
    "closed_seconds cost_amount currency reason",
    "training_alternative": "skill_id first_month to_close_seconds enrolment_count closed_seconds cost_amount currency "
    "left_short_seconds hire_fte",
    "training_calendar": "session_id course_id skill_id start_date end_date location seats taken_count free_count "
    "waitlist_count quality_note",
    "expiring_certificate": "person_id certificate skill_id expires_on_date certificate_state is_demanded",
    "mentor_matching": "mentee_id mentor_id match_state skill_id held_level target_level mentor_level due_date reason",
    "coaching_need": "team need_sign sign_value threshold counted is_need quality_note",
    "coaching_activity": "period_month session_count person_count coach_count duration_seconds quality_note",
    "training_effect": "team effect_kind skill_id person_count items_before items_after items_control bias_before "
    "bias_after bias_change bias_change_low bias_change_high p_value quality_note",
    "own_mentee": "person_id session_count last_session_date open_goal_count next_due_date coaching_prompt",
}
_SHOWN["coaching_effect"] = _SHOWN["training_effect"]
_TITLES = {
    "skill_gap": "What is short of each skill",
    "skill_matrix": "Levels, last assessed by whom is to be trusted most",
    "skill_cover": "Persons at each level that is asked for, or above",
    "single_point": "Projects that hang on one person, or nobody",
    "training_choice": "Who to send to which session",
    "training_alternative": "What that leaves, and hires instead",
    "training_calendar": "Sessions to come",
    "expiring_certificate": "Certificates that have run out or will within six months",
    "mentor_matching": "Who could mentor whom",
    "coaching_need": "What teams of five or more could be coached in",
    "coaching_activity": "Coaching by month",
    "training_effect": "Estimates before and after training",
    "coaching_effect": "Estimates before and after coaching",
    "own_mentee": "Your own persons",
}
_NOTES = {
    "gaps": "Asked by certainty and there by calendar, at the level and above. To close: the mean of the capacity "
    "forecast, else the gap by plan.",
    "training": "A person gives a skill at most half of their calendar's time that is not allocated. What is closed is "
    "worth a contractor's hour of pmo.toml, else what an own hour has cost; goals stand in order: what is saved, "
    "nearer months, cost, days.",
    "effects": "Bias: median of ln(actual over estimate); change: of its mean within projects, less other teams', with "
    "its 95 % interval. One in twenty such changes is as large by chance. A change since is no change because of.",
    "needs": "Where to ask, not what is wrong. Groups of fewer than five are not shown.",
    "own": "For that coach's own eyes.",
}
_NOTHING = {
    "skill_gap": "Nothing is asked for in the months to come: load the register demand.",
    "skill_matrix": "Nobody's skills are known: load the register person_skill.",
    "training_choice": "No course is offered: load the registers training_course and training_session.",
    "training_calendar": "No session is to come: load the register training_session.",
    "mentor_matching": "Nobody has a goal or a mentor: load the registers development_goal, mentor and mentoring_pair.",
    "coaching_activity": "No session is known: load the register coaching_session.",
}
_NO_ROWS = {
    "skill_gap": "Nothing is short by an hour or more.",
    "skill_cover": "Nothing is asked for in the months to come.",
    "training_choice": "Nobody is sent.",
}


def print_people(what: str, frames: dict[str, pd.DataFrame], told: str) -> None:
    """Print each frame under its title, then what is assumed and of when it is."""
    from pmo_analytics.terminal import say

    for number, (name, frame) in enumerate(frames.items()):
        say(f"{chr(10) if number else ''}{_TITLES[name]}")
        if frame.empty:
            say(_NOTHING.get(name, "There are none."))
            continue
        _print(name, frame)
        if name == "training_choice":
            _print_reasons(frame)
    note = f"\n{_NOTES[what]}" if what in _NOTES else ""
    say(f"{note}\n{told}")


def _print(name: str, frame: pd.DataFrame) -> None:
    from pmo_analytics.terminal import print_table, say

    rows = frame
    if name == "skill_gap":
        rows = frame[(frame["to_close_seconds"] >= _HOUR) | (frame["gap_seconds"] >= _HOUR)]
    if name == "skill_cover":
        rows = frame[frame["demand_seconds"] > 0]
    if name == "training_choice":
        rows = frame[frame["is_chosen"].astype(bool)]
    if rows.empty:
        say(_NO_ROWS[name])
        return
    columns = _SHOWN[name].split()
    print_table(
        [_HEADINGS.get(column, column) for column in columns],
        [tuple(_cell(column, row[column]) for column in columns) for row in rows.to_dict("records")],
    )


def _print_reasons(frame: pd.DataFrame) -> None:
    """Why nobody else goes, by session."""
    from pmo_analytics.terminal import print_table, say

    rows = frame[~frame["is_chosen"].astype(bool)]
    if len(rows):
        say("\nWhy nobody else")
        told = zip(rows["session_id"], rows["person_count"], rows["reason"], strict=True)
        print_table(["session", "persons", "reason"], [(a, int(b) if b else _NONE, c) for a, b, c in told])
    if not frame["is_proven"].astype(bool).all():
        say("The search ran into its limit: a better choice is possible.")


def _cell(column: str, value: Any) -> Any:
    import pandas as pd

    if pd.isna(value):
        return _NONE
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m}" if column.endswith("_month") else f"{value:%Y-%m-%d}"
    if column.endswith("_seconds"):
        return f"{float(value) / _HOUR:,.0f} h"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if column == "cost_amount":
        return f"{float(value):,.0f}"
    return round(float(value), 2) if isinstance(value, float) and not float(value).is_integer() else _whole(value)


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) else value
