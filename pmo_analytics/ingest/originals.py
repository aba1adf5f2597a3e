"""Archived originals, read again as the load read them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from pmo_analytics.errors import SourceError, WarehouseError
from pmo_analytics.ingest.containers import NamedFile
from pmo_analytics.ingest.laying_out import laid_out
from pmo_analytics.ingest.recognising import KnownExport, known_exports
from pmo_analytics.sources.mapped import mapped_definitions
from pmo_analytics.warehouse import archive
from pmo_analytics.workspace import Workspace


@dataclass(frozen=True)
class LoadedFile:
    """A committed load: its version and id, the file it read, as which source, with which options."""

    version: int
    load_id: str
    file: str
    sha256: str
    source: str
    options: dict[str, str]


@contextmanager
def opened(workspace: Workspace, load: LoadedFile) -> Iterator[KnownExport]:
    """The export that the load read, from the archive.

    Raises WarehouseError where the original is missing or altered, or where
    this version of the program would read it as something else.
    """
    own, found, encoding = mapped_definitions(workspace.sources), [], load.options.get("encoding")
    with tempfile.TemporaryDirectory(prefix="pmo-") as folder:
        original = archive.restore(load.sha256, workspace.warehouse / "archive", Path(folder) / "original")
        file = NamedFile(original, load.file)
        with laid_out(file, workspace.jira, encoding, workspace.encoding) as tables:
            for table in tables:
                # The other tables of the same file are of other sources.
                with suppress(SourceError) if len(tables) > 1 else nullcontext():
                    known = known_exports(
                        table, source=load.source, own=own, encoding=encoding, usual_encoding=workspace.encoding
                    )
                    found += [export for export in known.exports if export.sheet == load.options.get("sheet")]
            if not found:
                raise unlike(load)
            yield found[0]


def unlike(load: LoadedFile) -> WarehouseError:
    """What is said of an original that is not read as it was."""
    return WarehouseError(
        "the archived original is not read as it was", file=load.file, hint="correct its rows in the source system"
    )
