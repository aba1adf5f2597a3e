"""What is said of a file that bears the mark of a template: which it is, and whether its version is known here."""

from __future__ import annotations

from pmo_analytics.contracts.templates import Mark, Template, templates
from pmo_analytics.errors import SourceError, nearest


def known_template(mark: Mark, file: str) -> Template:
    """The template that a mark names; SourceError where it, or its version, is not known here."""
    found = templates().get(mark.template)
    if found is None:
        close = nearest(mark.template, templates())
        raise SourceError(
            "the file is of a template that is not known here", file=file, found=str(mark),
            expected="a template of `pmo templates list`",
            hint=f"is {close!r} meant? Then correct the mark" if close else "it may be of a later program: upgrade",
        )  # fmt: skip
    if not 1 <= mark.version <= found.version:
        raise SourceError(
            "the file is of a later version of its template than this program knows", file=file, found=str(mark),
            expected=f"version {found.version} or earlier",
            hint="upgrade the program, or write the template anew with `pmo templates new` and fill that in",
        )  # fmt: skip
    return found


def lacking_notes(mark: Mark, file: str, register: str) -> list[str]:
    """That a file is of an earlier version, and what its register has gained since; SourceError as above."""
    template = known_template(mark, file)
    gained = template.lacking(mark.version).get(register, [])
    if not gained:
        return []
    told = f"template {template.name}, version {mark.version} of {template.version}"
    return [f"{told}: columns that came later are left empty where the file has none: {', '.join(gained)}"]
