"""The decision ledger in the core lake: predictions and their scores, appended and never changed.

`chained_tables` says how: the digest of the last row, which `pmo ledger show`
prints, holds for the whole ledger. An append advances no version.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from pmo_analytics.contracts.predictions import Prediction, PredictionScore
from pmo_analytics.warehouse.connection import Connection
from pmo_analytics.warehouse.lakes import PREDICTION, SCORE
from pmo_analytics.warehouse.stores import chained_tables
from pmo_analytics.warehouse.stores.chained_tables import Appended, Store, Stored
from pmo_analytics.workspace import Workspace

STORE = Store("decision ledger", {PREDICTION: Prediction, SCORE: PredictionScore}, named_by=Prediction.item_id)


@dataclass(frozen=True)
class Ledger:
    """Predictions and scores in the order they were appended, and the digest of the last row of either.

    `faults` say where a row is not as it was written, as `chain_faults` does.
    """

    predictions: pd.DataFrame
    scores: pd.DataFrame
    heads: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)


def read_ledger(workspace: Workspace) -> Ledger:
    """The whole ledger as it stands; empty in a warehouse of a schema that had none."""
    return _ledger(*chained_tables.read(workspace, STORE))


def append_predictions(workspace: Workspace, new: Callable[[Ledger], pd.DataFrame]) -> Appended:
    """Append the predictions that `new` makes of the ledger as it stands; nobody else writes meanwhile."""
    return chained_tables.append(workspace, STORE, PREDICTION, lambda found: new(_ledger(found)))


def append_scores(workspace: Workspace, new: Callable[[Ledger], pd.DataFrame]) -> Appended:
    """Append the scores that `new` makes of the ledger as it stands; nobody else writes meanwhile."""
    return chained_tables.append(workspace, STORE, SCORE, lambda found: new(_ledger(found)))


def chain_faults(connection: Connection) -> list[tuple[str, str]]:
    """Where the attached core lake's ledger is not as it was written: the table, and what is wrong, in words."""
    return chained_tables.chain_faults(connection, STORE)


def history_faults(root: Path, rows: dict[str, int]) -> list[tuple[str, str]]:
    """What the core catalog of the warehouse in `root` says was done to the ledger beside appending to it."""
    return chained_tables.history_faults(root, STORE, rows)


def row_counts(connection: Connection) -> dict[str, int]:
    """Rows of the attached core lake's ledger by table, read and not taken from the catalog's own count."""
    return chained_tables.row_counts(connection, STORE)


def _ledger(found: Stored, faults: list[tuple[str, str]] | None = None) -> Ledger:
    return Ledger(found.frames[PREDICTION], found.frames[SCORE], found.heads, faults or [])
