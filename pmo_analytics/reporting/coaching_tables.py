"""Tables of groups of five or more: what they could be coached in, coaching by month, estimates before and after."""

from __future__ import annotations

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.knowledge.coaching import CoachingActivity, CoachingNeed
from pmo_analytics.knowledge.development_effect import DevelopmentEffect
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.people_tables import COUNT, RATIO, Spec, spec_table
from pmo_analytics.reporting.references import Shown

_NO_SKILLS = pd.DataFrame({"skill_id": [], "name": []})
_SIGNED, _P = Shown("signed", (2,)), Shown("number", (3,))


def need_table(needs: pd.DataFrame) -> Fragment:
    """Signs by team, from `CoachingNeed`."""
    rows = needs.assign(asked=[_yes(flag) for flag in needs[CoachingNeed.is_need]])
    specs = [
        Spec("Team", CoachingNeed.team), Spec("Sign", CoachingNeed.need_sign),
        Spec("Value", CoachingNeed.sign_value, RATIO), Spec("Low", CoachingNeed.sign_low, RATIO),
        Spec("High", CoachingNeed.sign_high, RATIO), Spec("Limit", CoachingNeed.threshold, RATIO),
        Spec("Of", CoachingNeed.counted, COUNT), Spec("Ask", "asked"),
        Spec("Note", CoachingNeed.quality_note, is_remark=True),
    ]  # fmt: skip
    found = needs[needs[CoachingNeed.is_need].astype(bool)]
    teams, every = set(found[CoachingNeed.team]), set(needs[CoachingNeed.team])
    title = (
        "No team shows a sign beyond its limit"
        if found.empty
        else f"{numerals.number(len(teams))} of {numerals.number(len(every))} teams "
        f"{'shows' if len(teams) == 1 else 'show'} a sign to ask about: "
        f"{', '.join(dict.fromkeys(found[CoachingNeed.need_sign]))}"
    )
    return spec_table(
        "needs", title, needs, (CoachingNeed.team, CoachingNeed.need_sign), specs, _NO_SKILLS, rows=rows,
        note="Bias: median of ln(actual over estimate) of half a year with its 95 % interval, above 0 where work takes "
        "longer. Others are shares. Signs say where to ask, not what is wrong; teams of fewer than five are not shown.",
        absent="No team of five or more is known.",
    )  # fmt: skip


def activity_table(activity: pd.DataFrame) -> Fragment:
    """Coaching by month, from `CoachingActivity`."""
    specs = [
        Spec("Month", CoachingActivity.period_month, Shown("month")),
        Spec("Sessions", CoachingActivity.session_count, COUNT),
        Spec("Persons", CoachingActivity.person_count, COUNT),
        Spec("Coaches", CoachingActivity.coach_count, COUNT),
        Spec("Time", CoachingActivity.duration_seconds, Shown("hours")),
        Spec("Note", CoachingActivity.quality_note, is_remark=True),
    ]  # fmt: skip
    return spec_table(
        "coaching", "Coaching by month", activity, (CoachingActivity.period_month,), specs, _NO_SKILLS,
        absent="No coaching session is known.", remedy="Load the register coaching_session.",
    )  # fmt: skip


def effect_table(effects: pd.DataFrame, skill: pd.DataFrame, *, anchor: str, what: str) -> Fragment:
    """Bias of estimates before and after, from `DevelopmentEffect`; `what` was done, in a word."""
    specs = [
        Spec("Team", DevelopmentEffect.team), Spec("Skill", DevelopmentEffect.skill_id),
        Spec("Persons", DevelopmentEffect.person_count, COUNT),
        Spec("Items before", DevelopmentEffect.items_before, COUNT),
        Spec("Items after", DevelopmentEffect.items_after, COUNT),
        Spec("Others' items", DevelopmentEffect.items_control, COUNT),
        Spec("Bias before", DevelopmentEffect.bias_before, _SIGNED),
        Spec("Bias after", DevelopmentEffect.bias_after, _SIGNED),
        Spec("Change", DevelopmentEffect.bias_change, _SIGNED),
        Spec("Low", DevelopmentEffect.bias_change_low, _SIGNED),
        Spec("High", DevelopmentEffect.bias_change_high, _SIGNED),
        Spec("p", DevelopmentEffect.p_value, _P),
        Spec("Note", DevelopmentEffect.quality_note, is_remark=True),
    ]  # fmt: skip
    known = effects[effects[DevelopmentEffect.p_value].notna()]
    # 0.05 as everywhere on this page: the interval is that of 95 %.
    seen = int((known[DevelopmentEffect.p_value] < 0.05).sum())
    title = (
        f"Estimates since {what}: nothing can be said"
        if known.empty
        else f"Estimates since {what}: {numerals.number(seen)} of {numerals.number(len(known))} changes beyond chance"
    )
    return spec_table(
        anchor, title, effects, (DevelopmentEffect.team, DevelopmentEffect.skill_id), specs, skill,
        note="Bias: median of ln(actual over estimate). Change: of its mean within projects and classes of work, less "
        "other teams', with its 95 % interval. One in twenty is as large by chance alone, and a change since is no "
        "change because of. Nothing is shown of fewer than five persons or nine items on a side.",
        absent=f"No {what} of a team of five or more in two years is known.",
    )  # fmt: skip


def _yes(flag: object) -> str:
    return "ask" if flag else "–"
