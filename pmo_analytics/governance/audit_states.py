"""What the audit calls things: the state of a check, how grave a rule is, what a project's audit came to."""

from __future__ import annotations

PASSED, FAILED, WAIVED = "passed", "failed", "waived"
NO_EVIDENCE, NOT_APPLICABLE = "no evidence", "not applicable"
CHECK_STATES = (FAILED, NO_EVIDENCE, WAIVED, PASSED, NOT_APPLICABLE)
FOUND_STATES = (FAILED, NO_EVIDENCE, WAIVED)
CRITICAL, MAJOR, MINOR = "critical", "major", "minor"
SEVERITIES = (CRITICAL, MAJOR, MINOR)
