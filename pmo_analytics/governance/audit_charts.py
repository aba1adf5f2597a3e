"""Charts of the audit: which rule stands how for which project, and how many findings were open by month."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from pmo_analytics.governance.audit_states import (
    CRITICAL,
    FAILED,
    MAJOR,
    MINOR,
    NO_EVIDENCE,
    NOT_APPLICABLE,
    PASSED,
    SEVERITIES,
    WAIVED,
)
from pmo_analytics.heat_map import heat_map
from pmo_analytics.numerals import NBSP, month, number

_MOST_PROJECTS, _ROW, _HEIGHT = 30, 22, 240
_NAMES = 160
# Marks say what colours say; those of a hard gate are doubled.
_MARKS = {PASSED: "\u2713", WAIVED: "w", NO_EVIDENCE: "?", FAILED: "\u00d7"}
_CLASSES = {PASSED: 1, WAIVED: 2, NO_EVIDENCE: 3, FAILED: 4}
_HARD_CLASS, _DEEP_FROM = 5, 4
_STYLES = {CRITICAL: "worse", MAJOR: "better", MINOR: "muted"}
_COLOURS = {CRITICAL: "orange", MAJOR: "blue", MINOR: "grey"}


def compliance_map_data(audit_checks: pd.DataFrame, audit_standing: pd.DataFrame) -> pd.DataFrame:
    """One row per rule and project that it asks something of, from `AuditChecks` and `AuditStanding`.

    Hard gates come first, then the gravest rules; of more than thirty projects
    those with the worst verdicts are shown.
    """
    asked = audit_checks[audit_checks["check_state"] != NOT_APPLICABLE]
    if asked.empty:
        return asked.iloc[0:0]
    projects = [name for name in audit_standing["project_id"] if name in set(asked["project_id"])]
    shown = projects[:_MOST_PROJECTS]
    data = asked[asked["project_id"].isin(shown)][
        ["project_id", "rule_id", "title", "severity", "is_hard_gate", "check_state"]
    ].rename(columns={"title": "asks"})
    gravity = data["severity"].map({name: at for at, name in enumerate(SEVERITIES)})
    is_hard = data["is_hard_gate"].astype(bool)
    data = data.assign(gravity=gravity, is_soft=~is_hard).sort_values(
        ["is_soft", "gravity", "rule_id", "project_id"], ignore_index=True
    )
    is_hard = data["is_hard_gate"].astype(bool)
    is_open = data["check_state"].isin([FAILED, NO_EVIDENCE])
    marks = data["check_state"].map(_MARKS)
    data["cell"] = marks.where(~(is_hard & is_open), marks + marks)
    classes = data["check_state"].map(_CLASSES).where(~(is_hard & (data["check_state"] == FAILED)), _HARD_CLASS)
    data["colour_class"] = classes.astype(int).astype(str)
    data["ink"] = np.where(classes >= _DEEP_FROM, "deep", "pale")
    data["axis_end"] = "\n".join(sorted(shown))
    data["title"] = _map_title(data, len(shown))
    left = (
        f" The {number(_MOST_PROJECTS)} worst of {number(len(projects))} projects."
        if len(projects) > len(shown)
        else ""
    )
    data["subtitle"] = (
        f"\u2713 passed, w waived, ? no evidence, \u00d7 failed; doubled: a hard gate. Empty: does not apply.{left}"
    )
    data["description"] = f"State of each rule by project. {data['title'].iloc[0]}."
    return data.drop(columns=["gravity", "is_soft"])


def _map_title(data: pd.DataFrame, projects: int) -> str:
    hard = data[data["is_hard_gate"].astype(bool) & data["check_state"].isin([FAILED, NO_EVIDENCE])]
    failed = data[data["check_state"] == FAILED]
    if len(hard):
        held = hard["project_id"].nunique()
        verb = "is" if held == 1 else "are"
        return f"{number(held)} of {number(projects)} projects {verb} held by a hard gate"
    if len(failed):
        worst = failed["rule_id"].value_counts()
        return f"{worst.index[0]} fails most often, in {number(int(worst.iloc[0]))} of {number(projects)} projects"
    return f"No rule fails in {number(projects)} projects"


def compliance_map(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """The state of each rule by project, as a mark in a cell."""
    names = str(data["axis_end"].iloc[0]).split("\n")
    projects = alt.X("project_id", type="nominal").sort(names).scale(domain=names)
    return heat_map(
        data, projects.axis(orient="top", domain=False, ticks=False, labelAngle=-90, labelLimit=70), "rule_id",
        [
            alt.Tooltip("project_id", type="nominal", title="Project"),
            alt.Tooltip("asks", type="nominal", title="Asks"),
            alt.Tooltip("check_state", type="nominal", title="State"),
        ],
        columns=["project_id", "rule_id", "asks", "check_state"], row_height=_ROW, label_limit=_NAMES,
    )  # fmt: skip


def burn_down_data(open_by_month: pd.DataFrame) -> pd.DataFrame:
    """Open findings by month and severity, the gravest lowest, from period_month, severity and open_count."""
    if open_by_month.empty:
        return open_by_month.iloc[0:0]
    months = sorted(open_by_month["period_month"].unique())
    table = open_by_month.pivot_table(
        index="period_month", columns="severity", values="open_count", aggfunc="sum", fill_value=0
    ).reindex(index=months, columns=list(SEVERITIES), fill_value=0)
    ends = table.cumsum(axis=1)
    rows = [
        {
            "month": month(each), "severity": name, "open_count": int(table.loc[each, name]),
            "axis_begin": int(ends.loc[each, name] - table.loc[each, name]), "axis_end": int(ends.loc[each, name]),
            "label": number(int(ends.loc[each].iloc[-1])) if name == MINOR else "", "top": int(ends.loc[each].iloc[-1]),
        }
        for each in months
        for name in SEVERITIES
    ]  # fmt: skip
    data = pd.DataFrame(rows)
    before, now = (int(ends.loc[each].iloc[-1]) for each in (months[0], months[-1]))
    since = month(months[0])
    if len(months) == 1 or before == now:
        data["title"] = f"{number(now)} findings are open"
    else:
        verb = "fell" if now < before else "rose"
        data["title"] = f"Open findings {verb} from {number(before)} to {number(now)} since {since}"
    told = ", ".join(f"{_COLOURS[name]} {name}" for name in SEVERITIES)
    data["subtitle"] = f"Findings at each month{NBSP}end, by today's rules; from below: {told}"
    data["description"] = f"Open findings by month and severity. {data['title'].iloc[0]}."
    return data


def burn_down(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Open findings by month as bars, a part for each severity, the sum above."""
    first = data.iloc[0]
    axis = alt.X("month", type="nominal").sort(data["month"].drop_duplicates().to_list()).axis(labelAngle=0)
    base = alt.Chart(data[["month", "severity", "open_count", "axis_begin", "axis_end", "label", "top"]]).encode(x=axis)
    bars = [
        base.transform_filter(f"datum.severity == '{name}'")
        .mark_bar(style=style, width=26)
        .encode(
            y=alt.Y("axis_begin", type="quantitative").axis(tickMinStep=1),
            y2="axis_end",
            tooltip=[
                alt.Tooltip("severity", type="nominal", title="Severity"),
                alt.Tooltip("open_count", type="quantitative", title="Open"),
            ],
        )
        for name, style in _STYLES.items()
    ]
    sums = (
        base.transform_filter("datum.label != ''")
        .mark_text(style="label", align="center", dy=-9)
        .encode(y=alt.Y("top", type="quantitative"), text=alt.Text("label", type="nominal"))
    )
    return alt.layer(*bars, sums).properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=_HEIGHT,
    )
