"""Which issues were in which sprint at its start and at its end, as the SQL of a view.

The view is `views/sprint_member.sql`. A sprint is known by its number and,
where the export tells it, its site; by its name where no number is. Of the
reasons why a membership is not known the first that fits is given.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from pmo_analytics.warehouse.issue_history import LOADS_WITH_HISTORY, PARTIAL_HISTORIES

NO_DATES = "the sprint has no dates"
NO_HISTORY = "no history of its sprints"
SEVERAL_SPRINTS = "several sprints have the name"
BROKEN_HISTORY = "its history does not lead to its sprints"
LATER_HISTORY = "its history begins after the sprint"
# What an issue states of its sprints; `jira_sprints` writes it.
_SHAPE = (
    '[{"name": "VARCHAR", "id": "VARCHAR", "site": "VARCHAR", "state": "VARCHAR", "start_at": "VARCHAR", '
    '"end_at": "VARCHAR", "completed_at": "VARCHAR"}]'
)
_WITHOUT = "lambda text, name: replace(text, ', ' || name || ', ', ', ')"
# Closing a sprint takes Jira a moment, in which it moves what was left over.
_CLOSING = "CASE WHEN s.sprint_state = 'closed' THEN INTERVAL 1 MINUTE ELSE INTERVAL 0 MINUTE END"


@cache
def sprint_members(issues: str, changes: str, memberships: str) -> str:
    """The SELECT of the view over the stored rows of issues, of their changes and of the register of memberships.

    It takes them whole, since an issue's present sprints tell what its history means, and cuts what it makes of them.
    """
    text = (resources.files(__package__) / "views" / "sprint_member.sql").read_text(encoding="utf-8")
    return text.format(
        issues=issues,
        changes=changes,
        memberships=memberships,
        with_history=LOADS_WITH_HISTORY,
        partial=PARTIAL_HISTORIES,
        shape=_SHAPE,
        without=_WITHOUT,
        closing=_CLOSING,
        no_dates=NO_DATES,
        no_history=NO_HISTORY,
        several_sprints=SEVERAL_SPRINTS,
        broken_history=BROKEN_HISTORY,
        later_history=LATER_HISTORY,
    )
