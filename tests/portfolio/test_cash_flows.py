"""Worth of payments: spreadsheet values, several roots, and payback by hand."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.portfolio.cash_flows import (
    dated_present_value,
    dated_return,
    internal_returns,
    modified_return,
    payback_periods,
    present_value,
)

DAYS = [date(2008, 1, 1), date(2008, 3, 1), date(2008, 10, 30), date(2009, 2, 15), date(2009, 4, 1)]
PAID = [-10_000.0, 2_750.0, 4_250.0, 3_250.0, 2_750.0]


def test_spreadsheet_values() -> None:
    assert dated_return(DAYS, PAID) == pytest.approx(0.3733625335, abs=1e-9)
    assert dated_present_value(0.09, DAYS, PAID) == pytest.approx(2086.647602, abs=1e-6)
    flows = [-10_000.0, 3_000, 4_200, 6_800]
    assert present_value(0.1, flows, is_first_discounted=True) == pytest.approx(1188.443412, abs=1e-6)
    assert present_value(0.1, flows) == pytest.approx(1.1 * 1188.443412, abs=1e-5)
    assert internal_returns([-70_000, 12_000, 15_000, 18_000, 21_000, 26_000]) == pytest.approx(
        [0.0866309480], abs=1e-9
    )
    # The documentation of spreadsheets: MIRR of a loan at 10 %, reinvested at 12 %.
    assert modified_return([-120_000, 39_000, 30_000, 21_000, 37_000, 46_000], 0.10, 0.12) == pytest.approx(
        0.126094, abs=1e-6
    )


def test_several_roots_and_none() -> None:
    assert internal_returns([-100, 230, -132]) == pytest.approx([0.1, 0.2])
    assert internal_returns([100, 200]) == []
    assert internal_returns([-100, 100, -100]) == []
    assert internal_returns([]) == []
    assert math.isnan(dated_return(DAYS[:2], [100.0, 100.0]))
    with pytest.raises(ValueError, match="too many"):
        internal_returns([-1.0, *[0.01] * 700])


def test_payback_by_hand() -> None:
    assert payback_periods([-100, 40, 40, 40]) == pytest.approx(2.5)
    assert payback_periods([-100, 60, 60], 0.1) == pytest.approx(1 + (100 - 60 / 1.1) / (60 / 1.21))
    assert math.isnan(payback_periods([-100, 40, 40]))
    # Made up in the first period, lost in the second, made up for good in the third.
    assert payback_periods([-100, 120, -50, 60]) == pytest.approx(2.5)
    assert payback_periods([10, 5]) == 0


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), n=st.integers(2, 12))
def test_at_every_root_the_payments_are_worth_nothing(seed: int, n: int) -> None:
    amounts = np.random.default_rng(seed).normal(size=n).round(2).tolist()
    for rate in internal_returns(amounts):
        scale = sum(abs(each) / (1 + rate) ** place for place, each in enumerate(amounts))
        assert abs(present_value(rate, amounts)) < 1e-6 * scale
