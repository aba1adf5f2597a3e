"""What the operator freed its projects from, and how mature it judged itself.

Planted: a waiver that holds, one that has expired and one that states no end; a
department that judges itself far above what its registers show.
"""

from __future__ import annotations

from pmo_analytics.synthetic.raid_registers import Rows

_WAIVERS = (
    ("PA-01", "RISK-REVIEWED", "2026-05-04", "2026-08-31", "Reviewed with the supplier"),
    ("FL-06", "BASELINE-SET", "2026-01-12", "2026-04-30", "Money decided in spring"),
    ("FL-04", "MILESTONE-DATED", "2026-03-02", "", "Yard is moving"),
)
# How each perspective was judged, by all together and by one department.
_LEVELS = {
    "all projects": {"governance": 3, "risk": 4, "performance": 4, "knowledge": 3},
    "Fleet": {"risk": 5},
}
_ASSESSED = "2026-04-15"


def assurance_registers() -> dict[str, Rows]:
    """Headers and rows of the registers of waivers and self-assessments."""
    waivers: list[list[object]] = [list(each) for each in _WAIVERS]
    levels: list[list[object]] = [
        [subject, perspective, _ASSESSED, level]
        for subject, by_perspective in _LEVELS.items()
        for perspective, level in by_perspective.items()
    ]
    return {
        "waiver": (["project_id", "rule_id", "granted_on_date", "expires_on_date", "reason"], waivers),
        "self_assessment": (["subject_id", "perspective", "assessed_on_date", "maturity_level"], levels),
    }
