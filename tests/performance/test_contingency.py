from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.performance.contingency import contingency_burn_down
from tests.risks import STATUS, risk, risks


def test_the_worked_example() -> None:
    rows = risks(
        risk("R", "2026-01-31", cost=(10.0, 20.0, 60.0), probability=0.4),
        risk("R", "2026-02-28", cost=(10.0, 20.0, 60.0), probability=0.9, state="occurred"),
        risk("S", "2026-01-31", cost=(80.0,), probability=0.5),
    )
    found = contingency_burn_down(rows, status_date=pd.Timestamp("2026-03-31"), set_aside={"EUR": 100.0})
    assert found["drawn_amount"].to_list() == [0, 25, 25]
    assert found["remaining_contingency_amount"].to_list() == [100, 75, 75]
    assert found["remaining_exposure_amount"].to_list() == pytest.approx([50, 40, 40])
    assert found["required_contingency_amount"].to_list()[1:] == [80, 80]
    assert found["risk_count"].to_list() == [2, 1, 1]


def test_without_a_decision_it_is_p80_of_the_first_month_shown_and_what_happened_before_is_not_drawn() -> None:
    rows = risks(
        risk("old", "2025-03-31", cost=(500.0,), probability=0.5),
        risk("old", "2025-04-30", cost=(500.0,), state="occurred"),
        risk("R", "2025-04-30", cost=(80.0,), probability=0.5),
        risk("free", "2026-06-30", state="occurred"),
    )
    found = contingency_burn_down(rows, status_date=STATUS)
    assert len(found) == 13
    assert found["period_month"].iloc[0] == pd.Timestamp("2025-06-01")
    assert found["remaining_contingency_amount"].to_list() == [80] * 13
    assert found["drawn_amount"].to_list() == [0] * 13
    assert found["unquantified_count"].to_list() == [0] * 12 + [1]


def test_currencies_stand_apart() -> None:
    rows = risks(
        risk("R", cost=(80.0,), probability=1.0), risk("S", cost=(9.0,), probability=1.0, currency="USD"),
    )  # fmt: skip
    found = contingency_burn_down(rows, status_date=STATUS)
    assert found[["currency", "required_contingency_amount"]].to_numpy().tolist() == [["EUR", 80.0], ["USD", 9.0]]
    assert found["unquantified_count"].to_list() == [0, 0]
