"""Alerts by hand where history is thin, by the hazard where it is proven, and never by what came later."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.performance.early_warning import (
    WarningFeatures,
    early_warning,
    warning_history,
    warning_record,
)
from pmo_analytics.performance.warning_features import FEATURES
from pmo_analytics.performance.warning_rules import RULES, in_words, rule_scores
from pmo_analytics.performance.warning_trial import HAZARD, MOST_RULES, assess, warning_panel, with_model_features
from tests.frames import contract_frame, project_row

NOW = pd.Timestamp("2025-06-30")
REGISTER = contract_frame("project", [project_row(name) for name in "ABC"])


def month_row(project: str, month: str, *, in_breach: bool | None = False, **values: Any) -> dict[str, Any]:
    first = pd.Timestamp(f"{month}-01")
    return {
        "project_id": project,
        "period_month": first,
        "status_date": first + pd.offsets.MonthEnd(0),
        "state": "active",
        "missing_features": "",
        "breached_tolerances": "late" if in_breach else "",
        "is_in_breach": in_breach,
    } | values


def features(rows: list[dict[str, Any]]) -> pd.DataFrame:
    columns = list(WarningFeatures.to_schema().columns)
    return WarningFeatures.validate(pd.DataFrame(rows).reindex(columns=columns))


def history(
    *, seed: int = 1, projects: int = 120, months: int = 18, signal: float = 1.5, level: float = 4.0
) -> pd.DataFrame:
    """Projects whose hazard rises with the team's turnover, which no one-line rule looks at."""
    generator = np.random.default_rng(seed)
    rows = []
    for number in range(projects):
        start, state, before = int(generator.integers(0, 12)), 0.0, 0.0
        for step in range(months - start):
            state = 0.8 * state + 0.6 * generator.normal()
            month = (pd.Timestamp("2024-01-01") + pd.DateOffset(months=start + step)).strftime("%Y-%m")
            struck = step > 0 and generator.random() < 1 / (1 + np.exp(level - signal * before))
            before = state
            values = {"turnover_pct": 20 + 10 * state, "finish_delay_days": float(generator.integers(0, 60))}
            rows.append(month_row(f"P{number:03d}", month, in_breach=struck, **values))
            if struck:
                break
    return features(rows)


def test_the_worked_example() -> None:
    rows = [
        month_row("A", "2025-06", finish_delay_days=45.0, tolerance_used_ratio=0.75),
        month_row("B", "2025-06", finish_delay_days=0.0, tolerance_used_ratio=0.0),
    ]
    found = early_warning(features(rows), REGISTER, status_date=NOW)
    assert found["project_id"].tolist() == ["A", "B"]
    assert found["name"].tolist() == ["Project A", "Project B"]
    assert found["is_alerted"].tolist() == [True, False]
    assert found["warning_method"].unique().tolist() == [MOST_RULES]
    assert found["breach_probability"].isna().all()
    assert found.loc[0, "warning_reasons"] == (
        "already late: forecast finish 45 days late; two thirds of a tolerance used: 75 % of a tolerance used"
    )
    assert found.loc[0, "rules_met_count"] == 2
    assert found.loc[0, "verdict"].startswith("history is thin: 0 projects' breaches are known and 10 are needed")


def test_by_rules_a_project_that_meets_none_is_no_alert() -> None:
    found = early_warning(features([month_row("A", "2025-06", finish_delay_days=0.0)]), REGISTER, status_date=NOW)
    assert found["is_alerted"].tolist() == [False]
    assert found["warning_reasons"].tolist() == [""]


def test_what_is_in_breach_over_or_not_begun_is_not_warned_of() -> None:
    rows = [
        month_row("A", "2025-06", in_breach=True),
        month_row("B", "2025-06", state="complete"),
        month_row("C", "2025-06", state="proposed"),
        month_row("D", "2025-06", in_breach=None),
        month_row("E", "2025-05"),
        month_row("F", "2025-06", state="on_hold"),
    ]
    assert early_warning(features(rows), REGISTER, status_date=NOW)["project_id"].tolist() == ["F"]


def test_what_became_of_a_month() -> None:
    rows = [
        *[
            month_row("A", month, in_breach=month == "2025-03")
            for month in ("2025-01", "2025-02", "2025-03", "2025-04")
        ],
        month_row("B", "2025-01"),
        month_row("B", "2025-02", state="complete"),
        month_row("C", "2025-01"),
        month_row("C", "2025-02"),
        month_row("C", "2025-03", state="cancelled", in_breach=True),
    ]
    panel, kept = warning_panel(features(rows))
    assert list(zip(kept["project_id"], kept["period_month"].dt.month, strict=True)) == [
        ("A", 1), ("A", 2), ("A", 4), ("B", 1), ("C", 1), ("C", 2),
    ]  # fmt: skip
    assert panel.lead.tolist() == [2, 1, np.inf, np.inf, np.inf, np.inf]
    assert panel.at_risk.tolist() == [2, 1, 0, 1, 1, 0]
    assert panel.ends_safe.tolist() == [False, False, False, True, False, False]
    # Completed is known to be safe; cancelled in breach is a competing outcome, and not known.
    assert panel.outcome(3)[:2].tolist() == [1, 1]
    assert np.isnan(panel.outcome(3)[[2, 4, 5]]).all()
    assert panel.outcome(3)[3] == 0
    # That it came back is known of A in April.
    assert panel.features[:, panel.names.index("breached_before")].tolist() == [0, 0, 1, 0, 0, 0]


def test_the_hazard_is_shown_where_it_beats_the_rules() -> None:
    rows = history()
    found = early_warning(rows, REGISTER, status_date=pd.Timestamp("2025-06-30"))
    assert found["warning_method"].unique().tolist() == [HAZARD]
    assert found["breach_probability"].is_monotonic_decreasing
    assert int(found["is_alerted"].sum()) == int(len(found) * 0.1 + 0.5)
    assert "% of the team left the project" in (found.loc[0, "warning_reasons"])
    assert found.loc[0, "verdict"].startswith("the hazard ranks the alerts: precision +")


def test_where_it_is_not_better_the_rules_are_shown_and_the_verdict_says_so() -> None:
    found = early_warning(history(signal=0.0, level=2.0), REGISTER, status_date=pd.Timestamp("2025-06-30"))
    record = warning_record(history(signal=0.0, level=2.0), status_date=pd.Timestamp("2025-06-30"))
    of_rules = record[record["lead_months"].isna() & (record["warning_method"] != HAZARD)]
    best = of_rules.loc[of_rules["precision_pct"].idxmax(), "warning_method"]
    assert found["warning_method"].unique().tolist() == [best]
    assert found["breach_probability"].isna().all()
    assert "the hazard is not proven better: precision" in found.loc[0, "verdict"]
    assert found.loc[0, "verdict"].endswith("that rule ranks the alerts")


def test_the_record_has_every_rule_and_every_lead() -> None:
    record = warning_record(history(), status_date=pd.Timestamp("2025-06-30"))
    names = [HAZARD, *[rule.name for rule in RULES], "worst index", MOST_RULES]
    assert record["warning_method"].drop_duplicates().tolist() == names
    assert (record.groupby("warning_method").size() == 4).all()
    total = record[record["lead_months"].isna()].set_index("warning_method")
    assert total.loc[HAZARD, "precision_pct"] > total.loc["already late", "precision_pct"]
    assert (total["precision_low_pct"] <= total["precision_pct"]).all()
    by_lead = record[record["lead_months"].notna() & (record["warning_method"] == HAZARD)]
    assert by_lead["case_count"].sum() == total.loc[HAZARD, "case_count"]


def test_later_months_change_no_earlier_warning() -> None:
    rows, then = history(projects=60), pd.Timestamp("2025-02-28")
    early = rows[rows["status_date"] <= then]
    pd.testing.assert_frame_equal(
        early_warning(rows, REGISTER, status_date=then), early_warning(early, REGISTER, status_date=then)
    )
    whole = assess(rows)
    np.testing.assert_array_equal(assess(early).probability, whole.probability[whole.rows["status_date"] <= then])


def test_the_history_tells_alerts_beside_what_followed() -> None:
    rows = history(projects=30)
    told = warning_history(rows, status_date=pd.Timestamp("2025-06-30"))
    assert len(told) == len(rows)
    at_risk = told[told["alert_ratio"].notna()]
    assert (at_risk["is_in_breach"] == False).all()  # noqa: E712 - three values
    allowed = at_risk.groupby("period_month").size().map(lambda n: max(1, int(n * 0.1 + 0.5)))
    assert at_risk.groupby("period_month")["alert_ratio"].sum().tolist() == pytest.approx(allowed.tolist())
    assert told.loc[told["is_in_breach"], "alert_ratio"].isna().all()


def test_every_feature_has_words() -> None:
    for name in (*FEATURES, "declared_rank", "breached_before"):
        assert in_words(name, 1.0)
        assert in_words(name, float("nan")).startswith("no ")
    assert in_words("finish_delay_change_days", 12.4) == "delay +12 days in three months"


def test_a_missing_figure_meets_no_rule() -> None:
    rows = with_model_features(features([month_row("A", "2025-06")]))
    assert not any(rule.is_met(rows)[0] for rule in RULES)
    assert all(np.isneginf(scores[0]) for name, scores in rule_scores(rows).items() if name != MOST_RULES)
