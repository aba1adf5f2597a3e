"""Words of developing people: what they can do, what is short of it, courses, mentors, and what came of both."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import COUNT, DATE, DAYS, FLAG, NUMBER, SECONDS, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "match_state": "Whether a pair is kept, proposed, or nobody was found: unmatched.",
            "effect_kind": "What was done to a group: training or coaching.",
            "need_sign": "What of projects' data says that a team could be coached: bias, overload, status, returns.",
            "coaching_prompt": "What a coach may take up with a person of theirs.",
            "certificate_state": "Whether a certificate has run out or is about to.",
        },
    ),
    *terms(
        DATE,
        "date",
        {
            "ready_date": "First day on which what was learnt counts.",
            "first_date": "First day on which something was done.",
            "last_date": "Last day on which something was done.",
            "last_session_date": "Day of the last coaching session.",
            "next_due_date": "Day that the next goal is due.",
        },
    ),
    *terms(DAYS, "days", {"assessment_age_days": "Days since the assessment that counts, to the reporting date."}),
    *terms(
        COUNT,
        "",
        {
            "self_level": "Level of a skill that a person says of themselves, 0 to 7 after SFIA.",
            "path_position": "Place of a course in a person's path through a skill, from 1.",
            "session_count": "Sessions counted.",
            "open_goal_count": "Goals that are not reached.",
            "counted": "Items, persons or projects that a sign is of.",
            "items_before": "Items before something was done, in projects with items on both sides.",
            "items_after": "Items after something was done, in projects with items on both sides.",
            "items_control": "Items of teams of which fewer than five persons were trained or coached.",
            "enrolment_count": "Enrolments counted.",
            "mentor_level": "Level of the skill that a mentor has, 0 to 7 after SFIA.",
            "fit_marks": "Marks of how well a mentor fits: place, level, due date; more is better.",
        },
    ),
    *terms(
        SECONDS,
        "seconds",
        {
            "gap_seconds": "Working time asked for by plan at a level and above, by certainty, beyond what is there.",
            "closed_seconds": "Working time short that somebody's training closes.",
            "to_close_seconds": "Working time short of a skill in a month, as the capacity forecast or a plan has it.",
        },
    ),
    *terms(
        NUMBER,
        "persons",
        {"gap_fte": "A gap over the calendar time that a person of the skill has in the month."},
    ),
    *terms(
        COUNT,
        "persons",
        {
            "stale_count": "Persons whose assessment is stale.",
            "self_count": "Persons of whose level there is their own word alone.",
            "on_project_count": "Persons on a project who have a skill at the level asked for.",
            "coach_count": "Persons who coached.",
            "taken_count": "Enrolments that hold a seat.",
            "free_count": "Seats that nobody holds; below 0 where more are held than there are.",
            "waitlist_count": "Enrolments that wait for a seat.",
            "left_count": "Persons with a seat who will have left.",
            "away_count": "Persons with a seat who are away on a day of the session.",
            "mentor_load": "Persons that a mentor has.",
            "other_count": "Persons who have it and are on other projects, or on none.",
        },
    ),
    *terms(
        NUMBER,
        "",
        {
            "bias_before": "Median of ln(A/E) before something was done.",
            "bias_after": "Median of ln(A/E) after something was done.",
            "bias_change": "Change of the mean of ln(A/E) within projects, less that of a control.",
            "bias_change_low": "Low end of the 95 % interval of bias_change.",
            "bias_change_high": "High end of the 95 % interval of bias_change.",
            "p_value": "Chance, 0 to 1, of a change as large where nothing changed.",
            "sign_value": "Value of a sign: a median of ln(A/E), or a share from 0 to 1.",
            "sign_low": "Low end of the 95 % interval of sign_value.",
            "sign_high": "High end of the 95 % interval of sign_value.",
        },
    ),
    *terms(
        FLAG,
        "",
        {
            "is_binding": "Whether the level is the one at which a skill is shortest in a month.",
            "is_need": "Whether a sign is beyond its limit.",
            "is_mentee": "Whether a pair of mentor and person has begun and not ended.",
            "is_needed": "Whether a skill is short in a month after a session of it.",
            "is_demanded": "Whether plans ask for a skill after its certificate has run out.",
            "is_thin": "Whether too few persons cover a level that is asked for.",
        },
    ),
]
