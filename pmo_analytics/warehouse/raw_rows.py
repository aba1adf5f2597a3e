"""The rows of a file as text: read by the engine where the file is regular, staged record by record where not.

`raw` holds every record: the line it begins on and the one it ends on, what is
wrong with it as a whole, and its cells `c0 … cn`. A regular file is never
copied: `raw` is a view over it, and the file's own count of lines proves that
the engine saw every record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pmo_analytics.warehouse.connection import Connection, quoted_alone

BLANK = "blank"
RULE = "rule"
SUBTOTAL = "subtotal "
# A total that does not say of which level it is.
ANY_LEVEL = 0
_BATCH = 50_000
_BATCH_CELLS = 4_000_000
_SAMPLE, _SAMPLE_CELLS = 20_000, 600_000
_BLANKS = " \t\r\n\u00a0"


class IrregularFileError(Exception):
    """The engine cannot be trusted to read this file's records; stage them one by one."""


@dataclass(frozen=True)
class TextFile:
    """A plain UTF-8 text file as the engine reads it.

    `skip` lines hold titles and header, `lines` counts all, `width` is the
    number of cells of a record. `broken` are the cells that a line break is
    looked for in.
    """

    path: Path
    delimiter: str
    skip: int
    lines: int
    width: int
    has_broken_cells: bool
    broken: tuple[str, ...] = ()

    @property
    def cells(self) -> list[str]:
        """The names of a record's cells."""
        return [f"c{i}" for i in range(self.width)]


def open_file(connection: Connection, file: TextFile) -> TextFile:
    """Lay `raw_cells` over the file, and keep its first records in `sample`; the file with the cells broken there."""
    cells = ", ".join(f"'{name}': 'VARCHAR'" for name in file.cells)
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW raw_cells AS SELECT *, CAST(NULL AS VARCHAR) AS fault FROM read_csv("
        f"{quoted_alone(file.path.resolve())}, auto_detect = false, hive_partitioning = false, compression = 'none', "
        f"all_varchar = true, header = false, "
        f"skip = {int(file.skip)}, delim = '{file.delimiter}', quote = '\"', escape = '\"', strict_mode = true, "
        f"null_padding = false, columns = {{{cells}}})"
    )
    most = min(_SAMPLE, max(1, _SAMPLE_CELLS // file.width))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE sample AS SELECT * FROM raw_cells LIMIT {most}")
    if not file.has_broken_cells:
        return file
    asked = ", ".join(f"coalesce(bool_or(contains({name}, chr(10))), false)" for name in file.cells)
    found = connection.execute(f"SELECT {asked} FROM sample").fetchone() or ()
    return replace(file, broken=tuple(name for name, is_broken in zip(file.cells, found, strict=True) if is_broken))


def line_breaks(file: TextFile) -> list[str]:
    """SQL for the line breaks in each broken cell of a record."""
    return [
        f"CASE WHEN contains({c}, chr(10)) THEN strlen({c}) - strlen(replace({c}, chr(10), '')) ELSE 0 END"
        for c in file.broken
    ]


def is_counted(file: TextFile, records: int, breaks: list[int]) -> bool:
    """Whether titles, header and the lines of the records are all lines of the file."""
    return file.skip + records + sum(breaks) == file.lines


def number_lines(connection: Connection, file: TextFile, records: int, breaks: list[int]) -> None:
    """Lay `raw` over `raw_cells`: each record with its lines and whether it is blank. `unmarked` leaves the last out.

    `breaks` are the sums of `line_breaks` over the file. Raises
    IrregularFileError where titles, header and the records' lines are not all
    lines of the file: the engine then saw other records than a reader would.
    """
    if not is_counted(file, records, breaks):
        raise IrregularFileError
    ends = f"{int(file.skip)} + row_number() OVER ()"
    begins = ends
    within = [sql for sql, number in zip(line_breaks(file), breaks, strict=False) if number]
    if within:
        ends = f"{ends} + sum({' + '.join(within)}) OVER (ROWS UNBOUNDED PRECEDING)"
        begins = f"{ends} - ({' + '.join(within)})"
    trimmed = ", ".join(f"nullif(trim({name}, '{_BLANKS}'), '')" for name in file.cells)
    marked = f"CASE WHEN coalesce({trimmed}) IS NULL THEN '{BLANK}' END"
    lines = f"CAST({begins} AS BIGINT) AS source_line, CAST({ends} AS BIGINT) AS last_line"
    for name, fault in (("raw", marked), ("unmarked", "CAST(NULL AS VARCHAR)")):
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT {lines}, {fault} AS fault, {', '.join(file.cells)} "
            "FROM raw_cells"
        )


def stage(connection: Connection, width: int, records: Iterable[tuple[int, int, str | None, list[str]]]) -> int:
    """Fill `raw` with (line, last line, fault, cells); return the number of records."""
    names = ["source_line", "last_line", "fault", *(f"c{i}" for i in range(width))]
    types = [pa.int64(), pa.int64(), pa.string(), *([pa.string()] * width)]
    schema = pa.schema(list(zip(names, types, strict=True)))
    columns = ", ".join(f"{n} {'BIGINT' if t == pa.int64() else 'VARCHAR'}" for n, t in zip(names, types, strict=True))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE staged ({columns})")
    count = 0
    for batch in _batches(iter(records), min(_BATCH, _BATCH_CELLS // max(width, 1) + 1)):
        lines, lasts, faults, cells = zip(*batch, strict=True)
        arrays: list[Any] = [pa.array(lines, pa.int64()), pa.array(lasts, pa.int64()), pa.array(faults, pa.string())]
        arrays += [pa.array(column, pa.string()) for column in zip(*cells, strict=True)]
        connection.register("staged_batch", pa.Table.from_arrays(arrays, schema=schema))
        connection.execute("INSERT INTO staged SELECT * FROM staged_batch")
        connection.unregister("staged_batch")
        count += len(batch)
    connection.execute("CREATE OR REPLACE TEMP VIEW raw AS SELECT * FROM staged")
    return count


def _batches(records: Iterator[Any], size: int) -> Iterator[list[Any]]:
    while batch := list(islice(records, size)):
        yield batch


def look_at_broken(connection: Connection, width: int) -> None:
    """Make `looked_at`: the first records of the file, and those that `typed` says break a rule."""
    cells = ", ".join(f"c{i}" for i in range(width))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE looked_at AS SELECT {cells}, fault FROM sample "
        f"UNION ALL SELECT {cells}, fault FROM raw "
        "WHERE source_line IN (SELECT source_line FROM typed WHERE len(failed) > 0)"
    )


def keep_unstored(connection: Connection, place: str, load_id: str) -> None:
    """Let `raw` hold, as a table, the records that the load has not stored in `place`."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE staged AS SELECT r.* FROM raw AS r "
        f"ANTI JOIN (SELECT source_line FROM {place} WHERE load_id = '{load_id}') AS s USING (source_line)"
    )
    connection.execute("CREATE OR REPLACE TEMP VIEW raw AS SELECT * FROM staged")


def lines_not_in(connection: Connection, place: str, load_id: str, *, first: int, last: int) -> list[int]:
    """The lines from `first` to `last` that the load has not stored in `place`, in flat memory."""
    seen = np.zeros(max(last - first + 1, 0), dtype=bool)
    stored = connection.execute(f"SELECT source_line FROM {place} WHERE load_id = ?", [load_id])
    for batch in stored.to_arrow_reader(1 << 17):
        seen[batch.column(0).to_numpy() - first] = True
    return [int(line) for line in np.flatnonzero(~seen) + first]
