"""What a source is: which headers it has, and which column of a contract each fills.

A tabular source is a TOML file in this folder; a register is derived from its
contract. Both become a `Definition`, so that ingestion knows one shape.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from pmo_analytics.contracts import registers, tables
from pmo_analytics.contracts.base import Table
from pmo_analytics.contracts.editions import is_original
from pmo_analytics.contracts.systems import system_of
from pmo_analytics.errors import UsageError
from pmo_analytics.vocabulary import (
    AMOUNT,
    COUNT,
    DATE,
    DAYS,
    FLAG,
    INSTANT,
    NUMBER,
    PERCENT,
    QUANTITY,
    RATE,
    SECONDS,
    TERMS,
)

KINDS = {
    "text",
    "person",
    "date",
    "month",
    "instant",
    "clock_duration",
    "seconds",
    "hours",
    "number",
    "flag",
    "choice",
    "list",
    "links",
    "sprints",
    "search",
    "header",
    "constant",
    "custom",
    "code",
    "iso_duration",
    "json",
}
_KIND_OF_TYPE = {
    DATE: "date",
    INSTANT: "instant",
    SECONDS: "seconds",
    AMOUNT: "number",
    RATE: "number",
    QUANTITY: "number",
    PERCENT: "number",
    DAYS: "number",
    NUMBER: "number",
    COUNT: "number",
    FLAG: "flag",
}
REGISTER_SOURCE = "register"
# Registers that are handed out filled in: a row whose answer is left blank is not an error.
_SHEETS = {
    "project_alias": "project_id",
    "person_merge": "merged_into_id",
    # Of a gate's checklist, what there is no evidence for yet, and a review that was not held.
    "artefact": "version",
    "gate_review": "outcome",
    # Of a month's form, what nobody has commented on.
    "commentary": "text",
}


@dataclass(frozen=True)
class Field:
    """How one column of the contract is read.

    `headers` are tried in order; `kind` names the parser. For `instant` over
    two headers the date and the time of day are joined. `pattern` is a header
    pattern for `header`, `number` and `links`, a text pattern for `search`, of which
    several groups are joined by hyphens. `names` and `emails` are the headers of a person's name and
    e-mail address beside the key. With `is_alone` the first header that the file has is the only one
    read; `beside` says for each header of an amount which ones hold its currency. `credit` headers hold an
    indicator that makes the number negative; a `factor` makes of it the column's unit; a currency `sign` may stand
    in it. A cell that begins like one of `withheld` says that the value is not told.
    A `constant` is its `pattern`. A `code` is a choice that must be one of the `choices`.
    """

    column: str
    headers: tuple[str, ...]
    kind: str
    pattern: str | None = None
    choices: dict[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    is_alone: bool = False
    credit: tuple[str, ...] = ()
    beside: dict[str, tuple[str, ...]] = field(default_factory=dict)
    factor: str | None = None
    emails: tuple[str, ...] = ()
    sign: str | None = None
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True)
class Definition:
    """One source: how to know it, how to read it, how its rows replace earlier ones.

    `name` is the short name that stays the same from file to report. Of each
    group in `detect` a file of the source has one header, in whatever language.
    `person_name` and `person_email` stand beside the key of a register of
    persons; elsewhere a person field's `names`, or its last header, hold the name. `personal`
    headers never reach the core lake. `newest_by` orders rows of
    one key; `scope` names the columns that, with the period, delimit what a
    file without row ids replaces. With `has_subtotals` a record with a cell of
    asterisks alone sums the records above it. `is_register` where the definition
    was derived from a contract; `is_one_line` where cells hold separators for line breaks.
    """

    name: str
    title: str
    table: Table
    fields: tuple[Field, ...]
    detect: tuple[tuple[str, ...], ...]
    person_name: str | None = None
    person_email: str | None = None
    personal: tuple[str, ...] = ()
    newest_by: str | None = None
    scope: tuple[str, ...] = ()
    period: str | None = None
    unfilled: str | None = None
    has_subtotals: bool = False
    is_register: bool = False
    is_one_line: bool = False

    @property
    def person_source(self) -> str:
        """The namespace of the person keys in this source: its system's."""
        return REGISTER_SOURCE if self.is_register else system_of(self.name)

    def known_headers(self) -> set[str]:
        """Every header the definition reads, folded."""
        named = {
            fold(h)
            for f in self.fields
            for h in (*f.headers, *f.names, *f.emails, *f.credit, *(h for hs in f.beside.values() for h in hs))
        }
        extra = {fold(h) for h in (self.person_name, self.person_email) if h}
        return named | extra | {fold(h) for h in self.personal}


def fold(header: str) -> str:
    """A header as it is compared: case, outer and repeated blanks, and _ against blank do not count."""
    return re.sub(r"[\s_]+", " ", header.replace("\ufeff", "")).strip().casefold()


def from_toml(text: str) -> Definition:
    """A definition read from TOML; UsageError names what is wrong in it."""
    raw: dict[str, Any] = tomllib.loads(text)
    contract = tables().get(raw["table"])
    if contract is None:
        raise UsageError(f"source {raw['name']!r} fills an unknown table", found=raw["table"])
    fields = []
    for column, spec in raw["fields"].items():
        kind = spec.get("kind", "text")
        if column not in contract.columns or kind not in KINDS:
            raise UsageError(
                f"source {raw['name']!r} has a wrong field",
                found=f"{column}: {kind}",
                expected=", ".join(sorted(KINDS)),
            )
        fields.append(
            Field(
                column,
                tuple(spec.get("headers", ())),
                kind,
                spec.get("pattern"),
                dict(spec.get("choices", {})),
                tuple(spec.get("names", ())),
                bool(spec.get("alone", False)),
                tuple(spec.get("credit", ())),
                {amount: tuple(given) for amount, given in spec.get("beside", {}).items()},
                factor=spec.get("factor"),
                emails=tuple(spec.get("emails", ())),
            )
        )
    return Definition(
        name=raw["name"],
        title=raw["title"],
        table=contract,
        fields=tuple(fields),
        detect=tuple((name,) if isinstance(name, str) else tuple(name) for name in raw["detect"]),
        personal=tuple(raw.get("personal", ())),
        newest_by=raw.get("newest_by"),
        scope=tuple(raw.get("scope", ())),
        period=raw.get("period"),
        has_subtotals=bool(raw.get("subtotals", False)),
        is_one_line=bool(raw.get("one_line", False)),
    )


def kind_of(contract: Table, column: str) -> str:
    """The kind of field that a column is read by unless its definition says otherwise."""
    if column in contract.person_columns:
        return "person"
    if column == "period_month":
        return "month"
    return _KIND_OF_TYPE.get(TERMS[column].sql_type, "text")


def from_register(contract: Table) -> Definition:
    """The definition of a register: headers are the contract's own column names.

    Durations may be given in hours under `…_hours` instead of `…_seconds`.
    """
    fields: list[Field] = []
    for column in contract.columns:
        kind = kind_of(contract, column)
        headers: tuple[str, ...] = (column,)
        if kind == "seconds":
            headers = (column.removesuffix("_seconds") + "_hours", column)
            kind = "hours"
        fields.append(Field(column, headers, kind))
    is_person = contract.name == "person"
    return Definition(
        name=contract.name,
        title=f"register {contract.name}",
        table=contract,
        fields=tuple(fields),
        detect=_telling(contract),
        person_name="name" if is_person else None,
        person_email="email" if is_person else None,
        personal=("name", "email") if is_person else (),
        unfilled=_SHEETS.get(contract.name),
        is_register=True,
    )


def _telling(contract: Table) -> tuple[tuple[str, ...], ...]:
    """The headers that tell a register: its required columns, and never one word alone, such as `team`.

    Durations may come as hours, the status date from an option, and columns of
    later editions not at all.
    """
    columns = [
        c
        for c in contract.columns
        if c != "status_date" and not c.endswith("_seconds") and is_original(contract.name, c)
    ]
    needed = [c for c in columns if not contract.is_nullable(c)]
    return tuple((c,) for c in needed + [c for c in columns if c not in needed][: max(0, 2 - len(needed))])


@cache
def definitions() -> Mapping[str, Definition]:
    """Every source by name: the TOML files of this folder and the registers."""
    found: dict[str, Definition] = {}
    for file in sorted(resources.files(__package__).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            definition = from_toml(file.read_text(encoding="utf-8"))
            found[definition.name] = definition
    for contract in registers().values():
        found[contract.name] = from_register(contract)
    return MappingProxyType(found)
