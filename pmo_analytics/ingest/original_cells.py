"""What stood in the lines of an original, under the headers that were read; what is personal is left out."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice

from pmo_analytics.ingest.originals import LoadedFile, opened
from pmo_analytics.ingest.reading import numbered
from pmo_analytics.sources.definition import Definition
from pmo_analytics.sources.field_text import positions, source_positions
from pmo_analytics.workspace import Workspace


def original_cells(workspace: Workspace, load: LoadedFile, lines: Collection[int]) -> dict[int, dict[str, str]]:
    """The cells of the records that begin on `lines` of the load's archived original, by line and header.

    Columns that no field reads are left out, since they may hold names.
    Raises WarehouseError where the original is missing or altered.
    """
    wanted = set(lines)
    found: dict[int, dict[str, str]] = {}
    with opened(workspace, load) as export:
        headers = list(export.found.headers)
        shown = _positions(export.found.definition, headers)
        body = islice(export.how.records(), export.found.header_index + 1, None)
        for line, _, _, cells in numbered(body, export.found):
            if line in wanted:
                found[line] = {headers[at].strip(): cells[at] for at in shown if cells[at].strip()}
                if len(found) == len(wanted):
                    break
    return found


def _positions(definition: Definition, headers: list[str]) -> list[int]:
    """Where the columns stand that a field reads and that name no person."""
    read: set[int] = set()
    personal: set[int] = set()
    names = [*definition.personal, definition.person_name, definition.person_email]
    for field in definition.fields:
        places = {at for header in source_positions(field, headers) for at in header}
        (personal if field.kind == "person" else read).update(places)
        names += [*field.names, *field.emails]
    personal.update(at for name in names if name for at in positions(headers, name))
    return sorted(read - personal)
