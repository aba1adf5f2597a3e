"""Templates by name: which registers a file of each fills, what else it holds, and its version.

A template is a form of registers, not a table of its own: whatever is filled in
comes back as rows of the registers that it is made of. A document holds forms,
one row each as fields, tables of further rows, and prose, which becomes the
text of its row of `document`. The definitions stand among the contracts since
writers and readers of files both follow them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from pmo_analytics.contracts import registers
from pmo_analytics.contracts.editions import added_after, editions_of

REGISTER_KIND, WORKBOOK_KIND, DOCUMENT_KIND = "register", "workbook", "document"
FORMATS = ("xlsx", "csv", "docx", "md")
DOCUMENT = "document"
# What stands above a table of a document that is filled line by line.
ROWS_GUIDANCE = "A line for each; add lines as needed."
_MARK = re.compile(r"\W*pmo template: ([a-z_]{1,60}) version ([0-9]{1,6})\W*")


@dataclass(frozen=True)
class Part:
    """The rows of one register in a document.

    A form is one row, as fields; else every line of a table is one. What it
    inherits stands once, in a form above it.
    """

    register: str
    title: str
    is_form: bool = False
    inherits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """Prose under a heading, with what is to be written there."""

    heading: str
    guidance: str


@dataclass(frozen=True)
class Template:
    """A template: its kind, what it is for, the registers that it fills; of a document also its parts and sections."""

    name: str
    kind: str
    title: str
    purpose: str
    registers: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    sections: tuple[Section, ...] = ()

    @property
    def version(self) -> int:
        """One, and one more for each edition that gave its registers a column."""
        return len(editions_of(self.registers))

    @property
    def formats(self) -> tuple[str, ...]:
        """What it is written as."""
        return FORMATS if self.kind == DOCUMENT_KIND else FORMATS[:2]

    def lacking(self, version: int) -> dict[str, list[str]]:
        """The columns that registers have gained since a version of the template, by register."""
        edition = editions_of(self.registers)[version - 1]
        found = {register: added_after(edition, register) for register in self.registers}
        return {register: columns for register, columns in found.items() if columns}


@dataclass(frozen=True)
class Mark:
    """What a file says of itself: the template that it was made from, and that one's version."""

    template: str
    version: int

    def __str__(self) -> str:
        return f"pmo template: {self.template} version {self.version}"


def mark_of(text: str) -> Mark | None:
    """The mark that a line is, whatever signs of a comment stand around it; None for any other line."""
    found = _MARK.fullmatch(text)
    return Mark(found[1], int(found[2])) if found else None


def document_text(sections: Iterable[tuple[str, str]]) -> str:
    """Prose by heading as one text, each section under its heading; those without prose are left out."""
    blocks = [(heading, prose.strip(" \t\r\n\u00a0")) for heading, prose in sections]
    return "\n\n".join(f"## {heading}\n\n{prose}" if heading else prose for heading, prose in blocks if prose)


_OF_PROJECT = ("project_id", "status_date")
_FRONT = Part(DOCUMENT, "Document", is_form=True)
_DOCUMENTS = (
    Template(
        "charter", DOCUMENT_KIND, "Project charter", "authorises a project: what it is, who answers, what it comes to",
        (DOCUMENT, "project", "contribution", "milestone"),
        (
            _FRONT,
            Part("project", "Project", is_form=True, inherits=_OF_PROJECT),
            Part("contribution", "Contribution to objectives", inherits=_OF_PROJECT),
            Part("milestone", "Milestones", inherits=_OF_PROJECT),
        ),
        (
            Section("Purpose", "Why the project is done, and what changes once it is."),
            Section("Scope", "What is delivered."),
            Section("Out of scope", "What somebody may expect and will not get."),
            Section("Success criteria", "How it is known that the purpose was reached: measure, target, day."),
            Section("Constraints and assumptions", "What is given, and what is taken to be so."),
            Section("Organisation", "Who decides, who delivers, who is consulted: roles, not names."),
        ),
    ),
    Template(
        "business_case", DOCUMENT_KIND, "Business case", "asks for a decision: the proposal, its costs and its worth",
        (DOCUMENT, "proposal", "business_case"),
        (
            _FRONT,
            Part("proposal", "Proposal", is_form=True, inherits=("status_date",)),
            Part("business_case", "Business case", is_form=True, inherits=("proposal_id", "status_date")),
        ),
        (
            Section("Reasons", "What is wrong today, or could be better, and for whom."),
            Section("Options", "What else was looked at, doing nothing among it, and why it is not proposed."),
            Section("Benefits", "What is gained, how it is measured, when it is reached, and what is made worse."),
            Section("Costs and funding", "What it takes until it is done, and each year from then on."),
            Section("Risks", "What could make it cost more or bring less."),
        ),
    ),
    Template(
        "status_report", DOCUMENT_KIND, "Status report", "says where a project stands on a day, and what is needed",
        (DOCUMENT, "project_status", "milestone"),
        (
            _FRONT,
            Part("project_status", "Status", is_form=True, inherits=_OF_PROJECT),
            Part("milestone", "Milestones", inherits=_OF_PROJECT),
        ),
        (
            Section("Achieved", "What was finished since the last report."),
            Section("Next", "What is to be finished until the next one."),
            Section("Decisions asked for", "What is to be decided, by whom, by which day, and what if it is not."),
        ),
    ),
    Template(
        "post_project_review", DOCUMENT_KIND, "Post-project review", "looks back on a project: outcomes and lessons",
        (DOCUMENT, "post_project_review", "lesson"),
        (
            _FRONT,
            Part("post_project_review", "Outcomes", is_form=True, inherits=("project_id",)),
            Part("lesson", "Lessons", inherits=_OF_PROJECT),
        ),
        (
            Section("What went well", "What is worth doing again, and what made it work."),
            Section("What did not", "What happened, why, and what it cost."),
            Section("What is left", "What is still to be done, by whom, by which day."),
        ),
    ),
)  # fmt: skip
_WORKBOOKS = (
    Template(
        "raid_log", WORKBOOK_KIND, "RAID log", "risks, assumptions, issues and dependencies, with what was escalated",
        ("risk", "assumption", "raid_issue", "dependency", "escalation"),
    ),
    Template(
        "estimate_sheet", WORKBOOK_KIND, "Estimate sheet", "three-point estimates of work items, and who gave them",
        ("estimate",),
    ),
    Template(
        "benefit_profile", WORKBOOK_KIND, "Benefit profile", "benefits, their values by month, and what leads to what",
        ("benefit", "benefit_value", "benefit_link"),
    ),
    Template(
        "gate_checklist", WORKBOOK_KIND, "Gate checklist", "evidence for a gate, its review, and what was waived",
        ("artefact", "gate_review", "waiver"),
    ),
    Template(
        "lessons_log", WORKBOOK_KIND, "Lessons log", "lessons, and where they were shown and applied",
        ("lesson", "lesson_use"),
    ),
)  # fmt: skip


@cache
def templates() -> Mapping[str, Template]:
    """Every template by name: documents, workbooks, then each register as one of its own.

    A register that has the name of a document stands as `…_register`.
    """
    found = {template.name: template for template in (*_DOCUMENTS, *_WORKBOOKS)}
    for name, register in registers().items():
        own = f"{name}_register" if name in found else name
        grain = register.grain.rstrip(".")
        purpose = grain[0].lower() + grain[1:]
        found[own] = Template(own, REGISTER_KIND, name.replace("_", " ").capitalize(), purpose, (name,))
    return MappingProxyType(found)
