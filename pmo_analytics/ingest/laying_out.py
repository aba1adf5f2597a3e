"""Documents that are no table, laid out as tables.

Jira's JSON, Microsoft Project's XML, Primavera's XER, methods and rules in
TOML, and documents of Word or Markdown that were made from a template.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext

from pmo_analytics.errors import SourceError
from pmo_analytics.ingest import jira_tables
from pmo_analytics.ingest.containers import NamedFile
from pmo_analytics.ingest.document_tables import toml_tables_of
from pmo_analytics.ingest.schedule_tables import mspdi_tables_of, xer_tables_of
from pmo_analytics.ingest.template_tables import docx_tables_of, markdown_tables_of
from pmo_analytics.sources.docx_text import is_docx
from pmo_analytics.sources.json_text import is_json
from pmo_analytics.sources.markdown_text import is_markdown
from pmo_analytics.sources.toml_text import is_toml
from pmo_analytics.sources.xer import is_xer
from pmo_analytics.sources.xml_text import is_xml

_START = 512
_OLE = b"\xd0\xcf\x11\xe0"


@contextmanager
def laid_out(
    file: NamedFile, jira: Mapping[str, str], encoding: str | None = None, usual_encoding: str | None = None
) -> Iterator[list[NamedFile]]:
    """The tables of a document; any other file as it is.

    `jira` are the settings of [jira] in `pmo.toml`; encodings are as for `layout`,
    for documents that do not name theirs. Raises SourceError where a document is
    damaged, or none that is known.
    """
    with file.path.open("rb") as opened:
        start = opened.read(_START)
    tables: AbstractContextManager[list[NamedFile]]
    if is_xer(file.name, start):
        tables = xer_tables_of(file, encoding, usual_encoding)
    elif start.startswith(_OLE) and file.name.lower().endswith(".mpp"):
        raise SourceError(
            "Microsoft Project's own format is not read", file=file.name, expected="Microsoft Project XML",
            hint="open it in Microsoft Project and save it as XML",
        )  # fmt: skip
    elif is_toml(file.name):
        tables = nullcontext(toml_tables_of(file))
    elif is_docx(file.path, start):
        tables = docx_tables_of(file)
    elif is_markdown(file.name, start):
        tables = markdown_tables_of(file, encoding, usual_encoding)
    elif is_json(file.name, start):
        tables = jira_tables.laid_out(file, jira)
    elif start and is_xml(file.name, start):
        tables = mspdi_tables_of(file)
    else:
        yield [file]
        return
    with tables as found:
        yield found
