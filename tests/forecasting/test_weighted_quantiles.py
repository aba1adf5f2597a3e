from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.forecasting.weighted_quantiles import weighted_quantiles


@given(st.lists(st.tuples(st.floats(-100, 100), st.integers(1, 4)), min_size=1, max_size=20))
def test_a_weight_is_so_many_copies(pairs: list[tuple[float, int]]) -> None:
    values, counts = (np.array(column) for column in zip(*pairs, strict=True))
    found = weighted_quantiles(values, counts[None, :].astype(float), [0.1, 0.5, 0.9])
    copies = np.repeat(values, counts)
    assert found[0].tolist() == np.quantile(copies, [0.1, 0.5, 0.9], method="inverted_cdf").tolist()


def test_each_row_has_its_own_weights_and_an_atom_stays() -> None:
    found = weighted_quantiles([2.0, 1.0, 1.0, 4.0], np.array([[1, 0, 0, 1.0], [0, 2, 1, 1]]), [0.5, 0.75, 0.8])
    assert found.tolist() == [[2.0, 4.0, 4.0], [1.0, 1.0, 4.0]]


def test_no_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 0"):
        weighted_quantiles([1.0], np.zeros((1, 1)), [0.5])
    with pytest.raises(ValueError, match="0 or more"):
        weighted_quantiles([1.0, 2.0], np.ones((1, 1)), [0.5])
