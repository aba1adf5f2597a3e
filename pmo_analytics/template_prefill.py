"""What the warehouse knows already of a project, for a template that is handed out for it.

Persons are left out: the warehouse knows them as tokens, which nobody fills in.
"""

from __future__ import annotations

from typing import Any

from pmo_analytics.contracts import registers
from pmo_analytics.contracts.templates import DOCUMENT, Template
from pmo_analytics.exchange.template_files import Row, first_row
from pmo_analytics.warehouse import View

_REQUIRED = """
SELECT DISTINCT r.artefact_kind, g.position FROM core.required_artefact AS r
LEFT JOIN core.stage_gate AS g USING (methodology_id, version, gate_id)
WHERE r.methodology_id = ? AND (? IS NULL OR r.version = ?) ORDER BY g.position, r.artefact_kind
"""
_GATES = """
SELECT gate_id FROM core.stage_gate WHERE methodology_id = ? AND (? IS NULL OR version = ?) ORDER BY position, gate_id
"""


def prefilled(template: Template, project_id: str, view: View) -> dict[str, list[Row]]:
    """What a template for a project says already: what is stated of it, its milestones, the gates of its method."""
    fill = first_row(template, project_id)
    project = _project(view, project_id)
    if project and "project" in template.registers:
        fill["project"] = [project]
    if DOCUMENT in fill and "milestone" in template.registers:
        fill["milestone"] = _milestones(view, project_id)
    if "artefact" in template.registers and len(template.registers) > 1 and project.get("methodology"):
        fill |= _checklist(view, project_id, str(project["methodology"]), project.get("methodology_version"))
    return fill


def _project(view: View, project_id: str) -> dict[str, Any]:
    """The project's row of its register as far as it is filled, persons left out; nothing where there is none."""
    columns, rows = view.rows("SELECT * FROM core.project WHERE project_id = ? ORDER BY status_date DESC", [project_id])
    table = registers()["project"]
    given = dict(zip(columns, rows[0], strict=True)) if rows else {}
    kept = [column for column in table.columns if column not in {*table.person_columns, "status_date"}]
    return {column: given[column] for column in kept if given.get(column) is not None}


def _milestones(view: View, project_id: str) -> list[Row]:
    """The milestones of the last report, by the day that each is planned for."""
    query = (
        "SELECT milestone_id, name, baseline_date, forecast_date, actual_date FROM core.milestone "
        "WHERE project_id = ? QUALIFY row_number() OVER (PARTITION BY milestone_id ORDER BY status_date DESC) = 1 "
        "ORDER BY baseline_date, milestone_id"
    )
    columns, rows = view.rows(query, [project_id])
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _checklist(view: View, project_id: str, methodology: str, version: object) -> dict[str, list[Row]]:
    """A line for each kind of artefact that the method asks for, and for each of its gates, in their order."""
    asked = [methodology, version, version]
    kinds = list(dict.fromkeys(str(kind) for kind, _ in view.rows(_REQUIRED, asked)[1]))
    gates = list(dict.fromkeys(str(gate) for (gate,) in view.rows(_GATES, asked)[1]))
    return {
        "artefact": [{"project_id": project_id, "artefact_kind": kind} for kind in kinds],
        "gate_review": [{"project_id": project_id, "gate_id": gate} for gate in gates],
    }
