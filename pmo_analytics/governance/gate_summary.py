"""Projects counted by what their gates say.

A breach is a gate passed without its evidence or before one that it follows.
Source: counts of `gate_standing`, by the usual definition.

Worked example: of three projects one passed a gate without evidence, one is
ready for its next gate, and one has no method: three projects, two with a
method, one breached, one ready.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Whole, checked, required
from pmo_analytics.governance.gate_standing import READY, GateStanding


class GateSummary(Contract):
    """One row, where there is any project: projects, and how many of them stand how."""

    project_count: Whole = required(ge=0)
    with_method_count: Whole = required(ge=0)
    breached_count: Whole = required(ge=0)
    ready_count: Whole = required(ge=0)
    stage_different_count: Whole = required(ge=0)


def gate_summary(gate_standing: pd.DataFrame) -> DataFrame[GateSummary]:
    """Counts of the rows of a `GateStanding` frame; no row where it has none."""
    rows = gate_standing
    breaches = rows[GateStanding.unevidenced_count] + rows[GateStanding.out_of_turn_count]
    counts = {
        GateSummary.project_count: len(rows),
        GateSummary.with_method_count: int(rows[GateStanding.methodology_id].notna().sum()),
        GateSummary.breached_count: int((breaches > 0).sum()),
        GateSummary.ready_count: int((rows[GateStanding.gate_verdict] == READY).sum()),
        GateSummary.stage_different_count: int(rows[GateStanding.is_stage_different].fillna(False).astype(bool).sum()),
    }
    columns = list(GateSummary.to_schema().columns)
    return checked(GateSummary, pd.DataFrame([counts] if len(rows) else [], columns=columns))
