"""Charts of developing people: how many cover each skill and level, and what is to close by skill and month.

Each takes a frame that its `…_data` function prepared. A chart's title is its
finding; colours are roles' names, and never say anything alone.
"""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from pmo_analytics.heat_map import heat_map, months_axis
from pmo_analytics.knowledge.skill_cover import SkillCover
from pmo_analytics.knowledge.skill_gap import SkillGap
from pmo_analytics.numerals import long_month, number

_HOUR = 3600.0
_MOST_SKILLS, _MOST_MONTHS, _NARROW_MONTHS, _ROW = 30, 18, 5, 34
_HOUR_CLASSES, _DEEP_FROM = (9, 39, 79, 159), 4
_SPARE, _COVERED, _THIN = "1", "3", "5"


def _titles(skill: pd.DataFrame) -> dict[str, str]:
    """What skills are called; those of one name with their identifiers."""
    alike = skill["name"].duplicated(keep=False)
    pairs = zip(skill["skill_id"].astype(str), skill["name"].astype(str), alike, strict=True)
    return {identifier: f"{name}, {identifier}" if is_alike else name for identifier, name, is_alike in pairs}


def cover_matrix_data(cover: pd.DataFrame, skill: pd.DataFrame) -> pd.DataFrame:
    """Persons by skill and level, with colour class and text, from `SkillCover` and the register `skill`.

    The text of a level that is asked for has a mark: a dot, or an exclamation
    mark where fewer than two cover it. Thirty skills at most, thin ones first.
    """
    if cover.empty:
        return cover.iloc[0:0]
    names = _titles(skill)
    rows = cover.copy()
    thin = rows.groupby(SkillCover.skill_id)[SkillCover.is_thin].transform("max")
    asked = rows.groupby(SkillCover.skill_id)[SkillCover.demand_seconds].transform("sum")
    rows = rows.assign(thin_skill=thin.astype(int), asked_hours=asked / _HOUR)
    order = ["thin_skill", "asked_hours", SkillCover.skill_id, SkillCover.level]
    rows = rows.sort_values(order, ascending=[False, False, True, True], ignore_index=True)
    shown = list(dict.fromkeys(rows[SkillCover.skill_id]))
    rows = rows[rows[SkillCover.skill_id].isin(shown[:_MOST_SKILLS])]
    is_asked, is_thin = rows[SkillCover.demand_seconds] > 0, rows[SkillCover.is_thin].astype(bool)
    rows["skill"] = rows[SkillCover.skill_id].map(lambda name: names.get(str(name), str(name)))
    rows["level"] = rows[SkillCover.level].astype(str)
    rows["persons"] = rows[SkillCover.person_count]
    mark = np.where(is_thin, " !", np.where(is_asked, " •", ""))
    rows["cell"] = [f"{number(count)}{sign}" for count, sign in zip(rows["persons"], mark, strict=True)]
    rows["colour_class"] = np.where(is_thin, _THIN, np.where(is_asked, _COVERED, _SPARE))
    rows["ink"] = np.where(is_thin, "deep", "pale")
    rows["hours_asked"] = rows[SkillCover.demand_seconds] / _HOUR
    rows["title"] = _cover_title(rows, is_thin)
    far = len(shown) - len(shown[:_MOST_SKILLS])
    rows["subtitle"] = (
        "Persons who have each level or a higher one. • asked for by plans; ! asked for and covered by fewer than two"
        + (f". {number(far)} skills left out" if far else "")
    )
    told = ", ".join(f"{r['skill']} {r['level']}" for _, r in rows[is_thin].head(12).iterrows())
    rows["description"] = f"Persons by skill and level. Thinly covered: {told or 'none'}."
    kept = ["skill", "level", "persons", "hours_asked", "cell", "colour_class", "ink"]
    return rows[[*kept, "title", "subtitle", "description"]]


def _cover_title(rows: pd.DataFrame, is_thin: pd.Series) -> str:
    thin = list(dict.fromkeys(rows.loc[is_thin, "skill"]))
    if not thin:
        return "Every level that is asked for is covered by two persons or more"
    told = " and ".join([", ".join(thin[:-1]), thin[-1]]) if 1 < len(thin) <= 3 else ""
    if len(thin) == 1:
        return f"{thin[0]} hangs on fewer than two persons at a level that is asked for"
    return f"{told or f'{number(len(thin))} skills'} hang on fewer than two persons at a level that is asked for"


def cover_matrix(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Skills by level, the number of persons with its mark in the cell."""
    return heat_map(
        data, alt.X("level", type="ordinal").axis(orient="top", labelAngle=0, title="Level"), "skill",
        [
            alt.Tooltip("skill", type="nominal", title="Skill"),
            alt.Tooltip("level", type="ordinal", title="Level"),
            alt.Tooltip("persons", type="quantitative", title="Persons"),
            alt.Tooltip("hours_asked", type="quantitative", format=",.0f", title="Hours asked ahead"),
        ],
        columns=["skill", "level", "persons", "hours_asked"], row_height=_ROW, label_limit=140,
    )  # fmt: skip


def gap_heat_map_data(gap: pd.DataFrame, skill: pd.DataFrame) -> pd.DataFrame:
    """Hours to close by skill and month, with colour class and text, from `SkillGap` and the register `skill`.

    A month in which less than half an hour is short has no cell. Thirty skills
    and eighteen months at most, the most hours first.
    """
    rows = gap[gap[SkillGap.to_close_seconds] >= _HOUR / 2]
    if rows.empty:
        return rows.iloc[0:0]
    names = _titles(skill)
    months = sorted(rows[SkillGap.period_month].unique())[:_MOST_MONTHS]
    totals = (
        rows.groupby(SkillGap.skill_id)[SkillGap.to_close_seconds].sum().sort_values(ascending=False, kind="stable")
    )
    rows = rows[rows[SkillGap.skill_id].isin(totals.index[:_MOST_SKILLS]) & rows[SkillGap.period_month].isin(months)]
    rows = rows.assign(
        skill=rows[SkillGap.skill_id].map(lambda name: names.get(str(name), str(name))),
        month=rows[SkillGap.period_month].dt.strftime("%Y-%m"),
        months_ahead=[months.index(month) for month in rows[SkillGap.period_month]],
        # Rounded first, so that the colour agrees with the number a reader sees.
        hours=(rows[SkillGap.to_close_seconds] / _HOUR).round(),
        place=rows[SkillGap.skill_id].map({name: place for place, name in enumerate(totals.index)}),
        level=rows[SkillGap.asked_level].astype(str),
    ).sort_values(["place", "month"], ignore_index=True)
    classes = np.searchsorted(_HOUR_CLASSES, rows["hours"], side="left") + 1
    rows["colour_class"], rows["ink"] = classes.astype(str), np.where(classes >= _DEEP_FROM, "deep", "pale")
    rows["cell"] = rows["hours"].map(number)
    worst = rows.sort_values("hours", kind="stable", ascending=False).iloc[0]
    first = names.get(str(totals.index[0]), str(totals.index[0]))
    where = "" if worst["skill"] == first else f" in {worst['skill']}"
    rows["title"] = (
        f"{first} lacks most, {number(totals.iloc[0] / _HOUR)} hours in the months to come; the worst month is "
        f"{long_month(worst[SkillGap.period_month])}{where}"
    )
    far = len(totals) - len(totals[:_MOST_SKILLS])
    rows["subtitle"] = "Hours to close: the mean of the capacity forecast, or the gap by plan where there is none" + (
        f". {number(far)} skills of fewer hours left out" if far else ""
    )
    told = ", ".join(f"{r['skill']} {r['month']} {r['cell']}" for _, r in rows.nlargest(12, "hours").iterrows())
    rows["description"] = f"Hours to close by skill and month. Largest: {told}."
    kept = ["skill", "month", "level", "hours", "months_ahead", "cell", "colour_class", "ink"]
    return rows[[*kept, "title", "subtitle", "description"]]


def gap_heat_map(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Skills by month, the hours to close in the cell."""
    chart = heat_map(
        data, months_axis(data), "skill",
        [
            alt.Tooltip("skill", type="nominal", title="Skill"),
            alt.Tooltip("month", type="ordinal", title="Month"),
            alt.Tooltip("level", type="ordinal", title="Level that is shortest"),
            alt.Tooltip("hours", type="quantitative", format=",.0f", title="Hours to close"),
        ],
        columns=["skill", "month", "level", "hours", "months_ahead"], row_height=_ROW, label_limit=140,
    )  # fmt: skip
    return chart.properties(usermeta={"narrow_filter": f"datum.months_ahead < {_NARROW_MONTHS}"})
