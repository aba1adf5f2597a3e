"""Which columns registers have gained since their templates were first handed out, edition by edition.

A file from an earlier edition stays readable: what it lacks is left empty, or
is what every row meant before there was a column for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

# By edition, the columns that registers gained in it. A later column is added here, in an edition of its own:
# a test holds the columns of the first edition, so that none is forgotten.
ADDED: Mapping[int, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        2: MappingProxyType(
            {
                "coaching_session": ("project_id", "duration_seconds"),
                "document": ("artefact_kind",),
                "gate_review": ("comment",),
                "lesson": ("author_id", "reviewer_id", "reviewed_on_date", "duplicate_of_id"),
                "lesson_use": ("recurred",),
                "project": ("methodology_version",),
                "required_artefact": ("version",),
                "stage_gate": ("version", "stage", "follows_gates", "tailoring"),
                "training_record": ("certificate", "expires_on_date"),
            }
        )
    }
)
# Parts of keys that came later than their registers, with what stands for them in rows from before.
STATED_BEFORE: Mapping[tuple[str, str], str] = MappingProxyType(
    {("stage_gate", "version"): "1", ("required_artefact", "version"): "1"}
)


def editions_of(registers: Collection[str]) -> list[int]:
    """The editions that changed one of these registers, the first among them."""
    return [1, *(edition for edition in sorted(ADDED) if set(ADDED[edition]) & set(registers))]


def added_after(edition: int, register: str) -> list[str]:
    """The columns that a register gained after an edition, in the order they came."""
    return [column for later in sorted(ADDED) if later > edition for column in ADDED[later].get(register, ())]


def is_original(register: str, column: str) -> bool:
    """Whether a register has had a column from the first."""
    return column not in added_after(1, register)
