"""Whatever a rule's table holds, it is a rule or told in words: never a traceback, and never code."""

from __future__ import annotations

import contextlib
import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.errors import UsageError
from pmo_analytics.governance.audit_conditions import OPERATORS
from pmo_analytics.governance.audit_library import LIBRARY
from pmo_analytics.governance.audit_rules import KEYS, AuditRule, audit_rule
from pmo_analytics.governance.audit_sources import SOURCES
from pmo_analytics.governance.rule_checks import Evidence, checks_of
from tests.audits import JUNE
from tests.frames import contract_frame, project_row

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from([10**400])
VALUES = st.recursive(
    SCALARS, lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=8), each, max_size=3)
)
CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        "column": st.sampled_from(["owner_id", "status_date", "probability", "state"]) | VALUES,
        "operator": st.sampled_from(sorted(OPERATORS)) | VALUES,
        "value": VALUES, "other": st.sampled_from(["proximity_date", "title"]) | VALUES,
    },
)  # fmt: skip
TABLES = st.fixed_dictionaries(
    {"rule_id": st.just("X") | VALUES, "title": st.just("T") | VALUES, "source": st.just("risk") | VALUES},
    optional={name: VALUES for name in KEYS if name not in {"rule_id", "title", "source", "where", "expect"}}
    | {name: st.lists(CONDITIONS, max_size=3) | VALUES for name in ("where", "expect")},
)

ROW = {"risk_id": "R", "project_id": "A", "status_date": "2026-06-01", "title": "T", "probability": 0.5}
FRAMES = {
    "project": contract_frame("project", [project_row("A")]), "risk": contract_frame("risk", [ROW]),
    "project_status": contract_frame("project_status", []), "waiver": contract_frame("waiver", []),
}  # fmt: skip


@given(table=TABLES)
def test_any_table_is_a_rule_or_told_in_words(table: dict[str, Any]) -> None:
    before = copy.deepcopy(table)
    with contextlib.suppress(UsageError):
        assert isinstance(audit_rule(table), AuditRule)
    assert repr(table) == repr(before)


@given(condition=CONDITIONS)
def test_what_is_a_rule_can_be_held_against_rows(condition: dict[str, Any]) -> None:
    try:
        rule = audit_rule({"rule_id": "X", "title": "T", "source": "risk", "expect": [condition]})
    except UsageError:
        return
    (row,) = checks_of([rule], Evidence(FRAMES, JUNE))
    assert row["check_state"] in {"passed", "failed"}
    assert (row["check_state"] == "failed") == bool(row.get("reason"))


def test_every_shipped_rule_names_its_owner_and_a_source_that_exists() -> None:
    for table in LIBRARY:
        rule = audit_rule(table)
        assert rule.source in SOURCES
        assert rule.owner_role
        assert rule.within_days > 0
