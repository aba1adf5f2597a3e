from __future__ import annotations

from typing import Any

import pandas as pd

from pmo_analytics.governance.code_mapping import UnmappedCodeNearest, unmapped_codes
from tests.frames import contract_frame, project_row

NO_ALIASES = contract_frame("project_alias", [])
JAN = pd.Timestamp("2026-01-01")


def code(table: str, key: str | None, name: str | None = None, **values: Any) -> dict[str, Any]:
    return {
        "source": "sap", "table_name": table, "external_key": key, "name": name, "row_count": 1,
        "first_month": JAN, "last_month": JAN,
    } | values  # fmt: skip


def test_money_comes_first_and_the_nearest_project_by_the_sources_own_name() -> None:
    projects = contract_frame("project", [project_row("PA-02", name="Timetable engine"), project_row("D-25")])
    result = unmapped_codes(
        contract_frame(
            "unmapped_code",
            [
                code("timesheet_entry", "Timetabel engine", duration_seconds=3600.0),
                code("ledger_entry", "D-9901", amount=5.0, currency="EUR"),
                code("ledger_entry", "D-2507", "Time table engine", amount=-70.0, currency="EUR"),
                code("ledger_entry", None, amount=1.0, currency="EUR"),
                code("issue", "d-25"),
            ],
        ),
        projects,
        NO_ALIASES,
    )
    columns = [UnmappedCodeNearest.external_key, UnmappedCodeNearest.nearest_project_id]
    found = result[columns].astype(object)
    assert found.where(found.notna(), None).to_numpy().tolist() == [
        ["D-2507", "PA-02"],
        ["D-9901", None],
        [None, None],
        ["Timetabel engine", "PA-02"],
        ["d-25", "D-25"],
    ]


def test_only_the_first_are_given_a_nearest_project() -> None:
    projects = contract_frame("project", [project_row("A", name="Alpha")])
    codes = contract_frame("unmapped_code", [code("issue", "Alpha1"), code("issue", "Alpha2")])
    assert unmapped_codes(codes, projects, NO_ALIASES, most=1)[
        UnmappedCodeNearest.nearest_project_id
    ].notna().to_list() == [
        True,
        False,
    ]


def test_a_code_that_another_sources_alias_maps_to_one_project_is_suggested_as_that_one() -> None:
    aliases = contract_frame(
        "project_alias",
        [
            {"source": "sap_cji3", "external_key": "D-7", "project_id": "A"},
            {"source": "sap_cji3", "external_key": "D-8", "project_id": "A"},
            {"source": "house", "external_key": "d-8", "project_id": "B"},
        ],
    )
    codes = contract_frame("unmapped_code", [code("issue", "d-7"), code("issue", "D-8")])
    result = unmapped_codes(codes, contract_frame("project", [project_row("A", name="Alpha")]), aliases)
    assert result[UnmappedCodeNearest.nearest_name].fillna("").to_list() == ["", "Alpha"]
