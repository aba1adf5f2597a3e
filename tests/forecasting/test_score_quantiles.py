from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from pmo_analytics.forecasting import score_quantiles
from pmo_analytics.forecasting.input_distributions import (
    Empirical,
    InputDistribution,
    Lognormal,
    Normal,
    Pert,
    Triangular,
)
from pmo_analytics.forecasting.schedule_kernels import PLAIN
from pmo_analytics.forecasting.score_quantiles import TABLE_ERROR, scored_lines

# Beyond 6 a share just below 1 has too few digits for the inverse that is compared with.
SCORES = np.linspace(-8, 6, 20_011)
MODES = [0.0, 1e-6, 0.01, 0.2, 0.5, 0.7, 0.99, 1.0]
RANGES: list[InputDistribution] = [kind(10, 10 + 40 * mode, 50) for kind in (Triangular, Pert) for mode in MODES]


@pytest.mark.parametrize("line", RANGES, ids=str)
def test_tables_keep_to_the_error_that_they_state(line: InputDistribution) -> None:
    values = SCORES[None, :].copy()
    scored_lines([line]).fill_values(values)
    assert np.abs(values[0] - line.quantile(ndtr(SCORES))).max() <= TABLE_ERROR * 40


@pytest.mark.parametrize("line", [Normal(5, 2), Normal(3, 0), Lognormal(4, 0.5)], ids=str)
def test_closed_forms_are_the_quantiles(line: InputDistribution) -> None:
    scores = np.linspace(-6, 4, 1_001)
    values = scores[None, :].copy()
    scored_lines([line]).fill_values(values)
    assert values[0] == pytest.approx(line.quantile(ndtr(scores)), rel=1e-9)


def test_other_lines_go_through_their_own_quantile() -> None:
    line = Empirical((3.0, 1.0, 2.0))
    lines = scored_lines([Normal(0, 1), line])
    values = np.array([[-1.0, 0.0, 1.0]] * 2)
    lines.fill_others(values)
    lines.fill_values(values)
    assert values.tolist() == [[-1, 0, 1], [1, 2, 3]]


def test_lines_of_one_shape_share_a_table_and_values_rise() -> None:
    lines = scored_lines([Pert(0, 1, 4), Pert(10, 20, 50), Pert(0, 1, 2), Triangular(0, 1, 4)])
    assert len(lines.tables) == 3
    values = np.tile(np.linspace(-9, 9, 5_001), (4, 1))
    lines.fill_values(values)
    assert (np.diff(values, axis=1) >= 0).all()
    assert values[:, 0] == pytest.approx([0, 10, 0, 0], abs=0.01)
    assert values[:, -1] == pytest.approx([4, 50, 2, 4], abs=0.02)


def test_shapes_beyond_the_most_tables_are_reckoned_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score_quantiles, "MOST_TABLES", 2)
    lines = scored_lines([Pert(0, 1, 4), Pert(0, 2, 4), Pert(0, 10, 40)])
    assert list(lines.others) == [1]
    assert len(lines.tables) == 2


def test_the_loops_that_are_compiled_do_the_same() -> None:
    lines = scored_lines([*RANGES, Normal(5, 2), Lognormal(4, 0.5), Empirical((1.0, 2.0))])
    scores = np.random.default_rng(1).normal(scale=3, size=(len(lines.kind), 60))
    looped, whole = scores.copy(), scores.copy()
    PLAIN.fill_values(lines.kind, lines.parameters, lines.table, lines.tables, looped)
    lines.fill_values(whole)
    is_lognormal = np.arange(len(lines.kind)) == len(RANGES) + 1
    assert (looped == whole)[~is_lognormal].all()
    assert looped == pytest.approx(whole, rel=1e-14)
