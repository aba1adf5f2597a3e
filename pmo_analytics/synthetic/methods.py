"""The ferry company's own agile method in two versions, what its projects produced for gates, and gate reviews.

Two things are planted: a plan that was approved after the gate that asks for
it, and a first release that was let through without its acceptance. The rest
was approved some days before each review.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from pmo_analytics.synthetic.projects import PlannedProject

Rows = tuple[list[str], list[list[object]]]
_SECOND_VERSION_FROM = date(2026, 1, 1)
_KINDS_1 = ("charter", "business_case"), ("product_backlog", "definition_of_done"), ("release_acceptance",), (
    "support_handover", "lessons_log",
)  # fmt: skip
_KINDS_2 = (_KINDS_1[0], (*_KINDS_1[1], "data_protection_check"), (*_KINDS_1[2], "operations_rehearsal"), _KINDS_1[3])
_NAMES = ("Vision agreed", "Ready to deliver", "First sailing", "Handed over")
_STAGES = ("discovery", "preparation", "delivery", "closure")
# Where no method of the company's own is stated: gates of the waterfall that the workbench gives, with the same kinds.
_WATERFALL = (
    ("G1", ("charter", "business_case")), ("G2", ("project_plan", "budget_baseline", "raid_log", "benefit_profile")),
    ("G3", ("requirements_baseline", "design_document")),
    ("G4", ("acceptance_report", "test_report", "support_handover")),
)  # fmt: skip
# When gates are reviewed, as a share of the time that a project really takes.
_MOMENTS = (0.03, 0.14, 0.55, 1.0)
LATE_PLAN, NO_ACCEPTANCE = ("FL-04", "project_plan"), ("PA-03", "release_acceptance")


def method_texts() -> dict[str, str]:
    """The documents of both versions, by file name."""
    dates = {"1": "2025-01-01", "2": _SECOND_VERSION_FROM.isoformat()}
    return {
        f"method_agile_{version}.toml": _document(version, dates[version], kinds)
        for version, kinds in (("1", _KINDS_1), ("2", _KINDS_2))
    }


def version_of(project: PlannedProject) -> str:
    """The version of the company's method that a project began under; none for other methods."""
    if project.methodology != "agile":
        return ""
    return "1" if project.start < _SECOND_VERSION_FROM else "2"


def method_registers(random: Random, projects: tuple[PlannedProject, ...], today: date) -> dict[str, Rows]:
    """Rows of `artefact` and `gate_review` of the projects that had begun by `today`."""
    artefacts: list[list[object]] = []
    reviews: list[list[object]] = []
    for project in (each for each in projects if each.start <= today):
        for (gate, kinds), moment in zip(_gates(project), _MOMENTS, strict=False):
            day = project.start + timedelta(days=round(30.4 * moment * project.true_months))
            is_cancelled = project.cancelled_in_month is not None and moment * project.true_months > 6
            if day - timedelta(days=60) > today or is_cancelled:
                break
            for kind in kinds:
                approved = day - timedelta(days=random.randint(2, 20))
                if (project.project_id, kind) == NO_ACCEPTANCE:
                    continue
                if (project.project_id, kind) == LATE_PLAN:
                    approved = day + timedelta(days=25)
                place = f"files/{project.project_id}/{kind}"
                is_approved = approved <= today
                artefacts.append(
                    [project.project_id, kind, "1", place, approved.isoformat() if is_approved else "",
                     min(approved, today).isoformat()]
                )  # fmt: skip
            if day > today:
                break
            outcome = "passed" if random.random() < 0.8 else "passed with conditions"
            reviews.append([project.project_id, gate, day.isoformat(), outcome])
    return {
        "artefact": (
            ["project_id", "artefact_kind", "version", "location", "approved_on_date", "status_date"], artefacts
        ),
        "gate_review": (["project_id", "gate_id", "review_date", "outcome"], reviews),
    }  # fmt: skip


def _gates(project: PlannedProject) -> list[tuple[str, tuple[str, ...]]]:
    if project.methodology == "waterfall":
        return list(_WATERFALL)
    kinds = _KINDS_1 if version_of(project) == "1" else _KINDS_2
    return [(f"A{at}", of) for at, of in enumerate(kinds, start=1)]


def _document(version: str, valid_from: str, kinds: tuple[tuple[str, ...], ...]) -> str:
    lines = ["[methodology]", 'id = "agile"', f'version = "{version}"', 'name = "Sailing by releases"',
             'approach = "agile"', f"valid_from = {valid_from}"]  # fmt: skip
    for at, (name, stage, of) in enumerate(zip(_NAMES, _STAGES, kinds, strict=True), start=1):
        asked = ", ".join(
            '{ kind = "business_case", tailoring = "size medium, large or risk high" }' if kind == "business_case"
            else f'"{kind}"'
            for kind in of
        )  # fmt: skip
        lines += ["", "[[gate]]", f'id = "A{at}"', f'name = "{name}"', f'stage = "{stage}"', f"artefacts = [{asked}]"]
    return "\n".join(lines) + "\n"
