"""A page's table of contents, from the headings of its sections."""

from __future__ import annotations

import html
import re

from pmo_analytics.reporting.fragments import fragment

MARK = "<!-- contents -->"
_HEADING = re.compile(r'<h2(?: id="([^"]+)")?>(.*?)</h2>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_FEWEST = 3
# Headings tell the finding; what leads to them tells the subject.
_SUBJECTS = {
    "changes": "What changed",
    "decisions": "Decisions",
    "key-figures": "Figures",
    "projects": "Projects",
    "statuses": "Status",
    "declared-better": "False greens",
    "rebaselined": "Baselines",
    "progress": "Progress",
    "baselines": "Baselines",
    "milestones": "Milestones",
    "risks": "Risks",
    "raid-issues": "Issues",
    "teams": "Teams",
    "codes": "Codes",
    "issues": "Issues",
    "calendars": "Calendars",
    "cost-elements": "Cost elements",
    "outlook": "Month by month",
    "gaps": "Gaps",
    "gap-costs": "Costs",
    "delivered": "Hours to come",
    "record": "Record",
    "factors": "Focus and leave",
    "ratios": "Past projects",
    "plans": "Plans",
    "missing": "What is missing",
    "sources": "Sources",
}


def with_contents(page: str) -> str:
    """The page with links to its sections where its mark stands; without them where it has fewer than three.

    A heading that has no name gets one. `page` is HTML of our own making, in
    which text from exports is escaped, so that no heading or mark is another's.
    """
    body, end, rest = page.partition("</main>")
    links: list[tuple[str, str]] = []

    def named(heading: re.Match[str]) -> str:
        anchor = heading[1] or f"section-{len(links) + 1}"
        plain = html.unescape(_TAG.sub("", heading[2])).strip()
        links.append((html.unescape(anchor), _SUBJECTS.get(anchor, plain)))
        return f'<h2 id="{anchor}">{heading[2]}</h2>'

    body = _HEADING.sub(named, body)
    contents = fragment("contents", links=links).html if len(links) >= _FEWEST else ""
    return body.replace(MARK, contents, 1) + end + rest
