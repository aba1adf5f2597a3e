"""The three methods that come with the package: waterfall, agile and hybrid, each with its gates and their evidence.

An organisation that states its own in registers goes by those; a method that a
project names and no register states is taken from here, so that gates can be
looked at before anything is written down. Sources: gates between stages after
Cooper, Winning at New Products; stages, reviews and products by PRINCE2's
business case, plan, and end of project report; working software as evidence
after the Scrum Guide's increment and goal. What belongs to which gate is this
project's own selection: ten kinds of document that most organisations have.
"""

from __future__ import annotations

import pandas as pd

from pmo_analytics.contracts.assurance import Methodology, RequiredArtefact, StageGate
from pmo_analytics.contracts.base import Contract

VERSION = "1"
# Before any project that could be run by them.
VALID_FROM = pd.Timestamp("2000-01-01")
_LARGER = "size medium, large or risk high"

_NAMES = {
    "waterfall": "Waterfall, stage by stage",
    "agile": "Agile, release by release",
    "hybrid": "Hybrid: planned stages, iterative delivery",
}
# By method: gates in their order, with the stage that each ends and what it asks for. What stands after a bar
# in a kind is when it is required; "optional" is recommended only.
_GATES: dict[str, tuple[tuple[str, str, str, tuple[str, ...]], ...]] = {
    "waterfall": (
        ("G1", "Start", "initiation", ("charter", "business_case")),
        ("G2", "Plan approved", "planning",
         ("project_plan", "budget_baseline", "raid_log", f"benefit_profile|{_LARGER}")),
        ("G3", "Design approved", "design", ("requirements_baseline", f"design_document|{_LARGER}")),
        ("G4", "Ready for service", "build", ("acceptance_report", f"test_report|{_LARGER}", "support_handover")),
        ("G5", "Closure", "closure", ("post_project_review", "lessons_log", "benefit_handover|optional")),
    ),
    "agile": (
        ("A1", "Vision agreed", "discovery", ("charter", f"business_case|{_LARGER}")),
        ("A2", "Ready to deliver", "preparation", ("product_backlog", "definition_of_done", "raid_log|optional")),
        ("A3", "First release", "delivery", ("release_acceptance", f"benefit_profile|{_LARGER}")),
        ("A4", "Handed over", "closure", ("support_handover", "lessons_log", "post_project_review|size large")),
    ),
    "hybrid": (
        ("H1", "Start", "initiation", ("charter", "business_case")),
        ("H2", "Plan and backlog approved", "planning",
         ("project_plan", "product_backlog", "raid_log", f"budget_baseline|{_LARGER}")),
        ("H3", "Increment accepted", "delivery", ("release_acceptance", f"test_report|{_LARGER}")),
        ("H4", "Ready for service", "transition", ("acceptance_report", "support_handover")),
        ("H5", "Closure", "closure", ("post_project_review", "lessons_log")),
    ),
}  # fmt: skip
GIVEN = tuple(_GATES)


def given_methodologies() -> pd.DataFrame:
    """The methods as rows of the register `methodology`."""
    rows = [
        {"methodology_id": name, "version": VERSION, "status_date": VALID_FROM, "name": _NAMES[name], "approach": name}
        for name in GIVEN
    ]
    return _under(Methodology, rows)


def given_gates() -> pd.DataFrame:
    """Their gates as rows of the register `stage_gate`."""
    rows = [
        {
            "methodology_id": name, "version": VERSION, "gate_id": gate, "status_date": VALID_FROM,
            "position": at, "name": title, "stage": stage,
        }
        for name in GIVEN
        for at, (gate, title, stage, _) in enumerate(_GATES[name], start=1)
    ]  # fmt: skip
    return _under(StageGate, rows)


def given_requirements() -> pd.DataFrame:
    """What the gates ask for as rows of the register `required_artefact`."""
    rows = []
    for name in GIVEN:
        for gate, _, _, kinds in _GATES[name]:
            for kind, _, condition in (each.partition("|") for each in kinds):
                rows.append(
                    {
                        "methodology_id": name, "version": VERSION, "gate_id": gate, "artefact_kind": kind,
                        "status_date": VALID_FROM, "is_mandatory": condition != "optional",
                        "tailoring": condition if condition not in {"", "optional"} else None,
                    }
                )  # fmt: skip
    return _under(RequiredArtefact, rows)


def _under(contract: type[Contract], rows: list[dict[str, object]]) -> pd.DataFrame:
    frame: pd.DataFrame = contract.validate(pd.DataFrame(rows).reindex(columns=list(contract.to_schema().columns)))
    return frame
