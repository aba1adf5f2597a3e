from __future__ import annotations

import pandas as pd

from pmo_analytics.performance.early_warning import warning_history
from pmo_analytics.performance.warning_charts import alert_timeline, alert_timeline_data
from tests.frames import contract_frame, project_row
from tests.performance.test_early_warning import NOW, features, month_row
from tests.specs import rows_of_spec, styles

HOSTILE = "<script>alert(1)</script>"
NAMES = contract_frame("project", [project_row("A", name=HOSTILE), project_row("B")])


def timeline() -> pd.DataFrame:
    rows = [
        month_row("A", "2025-04", finish_delay_days=20.0),
        month_row("A", "2025-05", finish_delay_days=50.0),
        month_row("A", "2025-06", in_breach=True),
        *[month_row("B", month, finish_delay_days=0.0) for month in ("2025-04", "2025-05", "2025-06")],
        month_row("C", "2025-04", in_breach=None),
    ]
    return alert_timeline_data(warning_history(features(rows), status_date=NOW), NAMES)


def test_alerts_stand_beside_what_followed() -> None:
    data = timeline()
    marks = list(zip(data["project"], data["month"].str[:7], data["mark"], strict=True))
    assert marks == [
        (HOSTILE, "2025-04", "alert"),
        (HOSTILE, "2025-05", "alert"),
        (HOSTILE, "2025-06", "in breach"),
        # The one alert that June allows goes to the only project within tolerance.
        ("Project B", "2025-04", "within tolerance"),
        ("Project B", "2025-05", "within tolerance"),
        ("Project B", "2025-06", "alert"),
    ]
    assert data["followed"].tolist()[:2] == ["a breach after 2 mo.", "a breach after 1 mo."]
    assert data["title"].iloc[0] == "2 of 3 alerts were followed by a breach within three months"


def test_the_drawing_tells_states_by_shape_and_not_by_colour_alone() -> None:
    spec = alert_timeline(timeline()).to_dict()
    assert {"muted", "worse", "total"} <= styles(spec)
    assert {layer["mark"]["shape"] for layer in spec["layer"]} == {"circle", "square", "diamond"}
    assert len(rows_of_spec(spec, "mark")) == 6


def test_where_nothing_was_warned_of_nothing_is_drawn() -> None:
    calm = warning_history(features([month_row("A", "2025-06", in_breach=None)]), status_date=NOW)
    assert alert_timeline_data(calm, NAMES).empty
    assert alert_timeline_data(calm.iloc[0:0], NAMES).empty
