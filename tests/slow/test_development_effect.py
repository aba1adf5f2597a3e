"""A thousand teams to which nothing happened that matters: of the effect measures 3 to 7 in a hundred raise an alarm.

Items are drawn as estimates are: projects of their own level, ratios with a long
tail, and in every second company a third of the items exact. Companies with
a control drift, the same for all. Nothing of it is known to the measure.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.knowledge.development_effect import coaching_effect, training_effect
from tests.frames import contract_frame
from tests.knowledge.staff import HOUR, day
from tests.knowledge.test_development_effect import COURSES, FIVE, OTHER, effort, people
from tests.knowledge.training import done

pytestmark = pytest.mark.slow
TODAY, DONE = day("2026-12-31"), day("2026-03-01")
COMPANIES, LEAST, MOST = 1_000, 0.03, 0.07
STAFF = people(Core=FIVE, Other=OTHER)
WORK = effort(A="ann", B="bo", C="cy", P="p1", Q="p2", R="p3")
TRAINED = contract_frame("training_record", [done(who, "c", str(DONE.date())) for who in FIVE])
COACHED = contract_frame(
    "coaching_session",
    [{"session_id": who, "person_id": who, "coach_id": "coach", "session_date": DONE} for who in FIVE],
)  # fmt: skip


def history(seed: int, *, has_control: bool, effect: float = 0.0) -> pd.DataFrame:
    """Items of three projects of the team, and of three of another."""
    chance = np.random.default_rng([20_261_127, seed])
    rows: list[dict[str, Any]] = []
    drift = 0.2 * has_control
    for project in "ABCPQR" if has_control else "ABC":
        level = chance.normal(0, 0.4)
        for side in (0, 1):
            for _ in range(int(chance.integers(5, 14))):
                on = DONE + pd.Timedelta(days=int(chance.integers(1, 150)) * (1 if side else -1))
                log = level + 0.4 * chance.standard_t(5) + side * (drift + effect * (project in "ABC"))
                if seed % 2 and not has_control and chance.random() < 1 / 3:
                    log = 0.0
                rows.append(
                    {"item_id": f"{project}{len(rows)}", "project_id": project, "estimate_seconds": HOUR,
                     "actual_seconds": float(np.exp(log)) * HOUR, "estimated_on_date": on, "state": "finished",
                     "finished_on_date": on + pd.Timedelta(days=3), "actual_source": "register"}
                )  # fmt: skip
    return contract_frame("estimate_history", rows)


def alarms(kind: str, *, has_control: bool, companies: int = COMPANIES, effect: float = 0.0) -> float:
    count = 0
    for seed in range(companies):
        items = history(seed, has_control=has_control, effect=effect)
        if kind == "training":
            found = training_effect(items, WORK, TRAINED, COURSES, STAFF, status_date=TODAY)
        else:
            found = coaching_effect(items, WORK, COACHED, STAFF, status_date=TODAY)
        row = found.iloc[0]
        is_alarm = bool(row["p_value"] < 0.05)
        count += is_alarm
        # The interval and the p-value say the same, but for what lies on the edge.
        assert is_alarm == (not row["bias_change_low"] <= 0 <= row["bias_change_high"]) or 0.03 < row["p_value"] < 0.07
    return count / companies


@pytest.mark.parametrize(("kind", "has_control"), [("training", True), ("training", False), ("coaching", True)])
def test_nothing_raises_three_to_seven_alarms_in_a_hundred(kind: str, has_control: bool) -> None:
    share = alarms(kind, has_control=has_control)
    told = f"{kind}, {'with' if has_control else 'without'} a control: {share:.1%} of {COMPANIES}\n"
    sys.stderr.write(told)
    assert LEAST <= share <= MOST


def test_a_plain_effect_is_seen() -> None:
    assert alarms("training", has_control=True, companies=100, effect=-0.8) > 0.8
