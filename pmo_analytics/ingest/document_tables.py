"""Documents in TOML laid out as the registers that they state: methods with their gates, rules of the audit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import partial

from pmo_analytics.errors import SourceError
from pmo_analytics.ingest.containers import NamedFile
from pmo_analytics.sources.audit_rule_toml import is_rules, rule_tables
from pmo_analytics.sources.export import Record, decimal_positions
from pmo_analytics.sources.laid_out_table import LaidOutTable
from pmo_analytics.sources.method_toml import DocumentTable, is_method, method_tables
from pmo_analytics.sources.toml_text import parsed


def toml_tables_of(file: NamedFile) -> list[NamedFile]:
    """The tables of a TOML document that have rows. Raises SourceError where it is neither a method nor rules."""
    document = parsed(file.path, file.name)
    if is_method(document):
        described, tables = "a method in TOML", method_tables(document, file.name)
    elif is_rules(document):
        described, tables = "rules of the audit in TOML", rule_tables(document, file.name)
    else:
        raise SourceError(
            "the TOML file is nothing that is loaded", file=file.name, found=", ".join(document)[:200] or "nothing",
            expected="[methodology] with [[gate]], or [[rule]]",
            hint="`pmo methodology new` writes a method to begin with",
        )  # fmt: skip
    content = file.path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    found = []
    for table in (each for each in tables if each.rows):
        laid = LaidOutTable(
            file.path, file.name, digest, len(content), f"{described}: {table.title}",
            (f"line n is entry n-1 of the file's {table.title}",), table.headers, partial(_records, table),
        )  # fmt: skip
        found.append(NamedFile(file.path, file.name, table=laid))
    if not found:
        raise SourceError("the TOML file states nothing", file=file.name, expected="at least one [[gate]] or [[rule]]")
    return found


def _records(table: DocumentTable) -> Iterator[Record]:
    for at, row in enumerate(table.rows, start=2):
        yield Record(at, at, list(row), decimals=decimal_positions(row))
