"""Freezing a month: its sign-off is put on record, its pack is published at that version.

What the pack says of its sign-off is a row of `commentary` that this loads, so
that the version of the pack knows it: events that are recorded later are none
of that version's.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import pandas as pd

from pmo_analytics.contracts.month_close import FROZEN, PORTFOLIO, SIGN_OFF, SIGNED, Commentary
from pmo_analytics.contracts.recorded_events import Instant
from pmo_analytics.errors import ReportError
from pmo_analytics.exchange import register_csv
from pmo_analytics.ingest import Edges, IngestOptions, ingest_file
from pmo_analytics.performance.close_events import close_state, closing_event, frozen_version, last_day, signed_text
from pmo_analytics.reporting.pack import FILE
from pmo_analytics.reporting.pipeline import PublishedReport, run_pipeline
from pmo_analytics.warehouse import Warehouse
from pmo_analytics.warehouse.stores.month_close import CLOSES
from pmo_analytics.workspace import Workspace

PIPELINE = "monthly"
WHOLE = "all"


@dataclass(frozen=True)
class FrozenMonth:
    """A frozen month: the version that its pack is of, the digest of the pack's record, and its pages."""

    version: int
    pack_digest: str
    pages: list[PublishedReport]


def freeze_month(workspace: Workspace, close: str, *, edges: Edges, instant: Instant) -> FrozenMonth:
    """Record the sign-off of a month, publish its pack at that version, and freeze it.

    Raises UsageError where the month is not signed off, and ReportError where a
    page fails: then the month stays signed off, and can be frozen again.
    """
    events = CLOSES.read(workspace).events
    # Refused before anything is loaded or published.
    closing_event(events, close, FROZEN, instant=instant)
    version = _sign_off(workspace, close, events, edges)
    pages = run_pipeline(PIPELINE, workspace=workspace, as_of=close, version=version)
    if failed := [page for page in pages if page.error is not None]:
        raise ReportError(
            f"{len(failed)} pages of the pack failed, so {close} is not frozen", found=failed[0].title,
            hint=f"the failure page says why: {failed[0].path}",
        )  # fmt: skip
    digest = sha256((pages[0].path.parent / FILE).read_bytes()).hexdigest()
    CLOSES.append(
        workspace,
        lambda found: closing_event(
            found, close, FROZEN, instant=Instant(instant.made_at, instant.made_on, version), frozen_version=version,
            pack_digest=digest,
        ),
    )  # fmt: skip
    return FrozenMonth(version, digest, pages)


def frozen_months(workspace: Workspace) -> dict[date, int]:
    """The version that each frozen month stands on, by its last day; of months that were opened again, none."""
    events = CLOSES.read(workspace).events
    found = {last_day(each): frozen_version(events, each) for each in sorted(set(events["close_id"]))}
    return {day: version for day, version in found.items() if version is not None}


def _sign_off(workspace: Workspace, close: str, events: pd.DataFrame, edges: Edges) -> int:
    """Load what the pack says of its sign-off, and return the version from then on."""
    signed = events[(events["close_id"] == close) & (events["kind"] == SIGNED)].iloc[-1]
    blocking = 0 if pd.isna(signed["blocking_count"]) else int(signed["blocking_count"])
    text = signed_text(close_state(events, close), blocking, str(signed["comment"] or ""))
    row = {
        Commentary.subject_kind: PORTFOLIO, Commentary.subject_id: WHOLE, Commentary.period_month: f"{close}-01",
        Commentary.section: SIGN_OFF, Commentary.text: text,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"sign-off-{close}.csv"
        register_csv.write(file, list(row), [list(row.values())])
        loaded = ingest_file(workspace, file, IngestOptions(source="commentary"), edges)
    return loaded.version or _latest(workspace)


def _latest(workspace: Workspace) -> int:
    """The latest version: the same sign-off was loaded before."""
    with Warehouse(workspace).everything() as view:
        return view.version
