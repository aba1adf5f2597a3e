"""What the cells of a file, or of its first rows, say about its date order and decimal mark."""

from __future__ import annotations

from pmo_analytics.warehouse.connection import Connection
from pmo_analytics.warehouse.staging import StagedColumn

_EXAMPLES = 1_000

# Proofs: both marks in their order, a mark repeated, or a group that is not three digits long.
_COMMA_DECIMAL = (
    r"^[+-]?(?:[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]*|[0-9]{1,3}(?:\.[0-9]{3}){2,}"
    r"|[0-9]*,(?:[0-9]{1,2}|[0-9]{4,})|0[0-9]*,[0-9]+|[0-9]{4,},[0-9]+)-?[ \x{A0}]?%?$"
)
_POINT_DECIMAL = (
    r"^[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]*|[0-9]{1,3}(?:,[0-9]{3}){2,}"
    r"|[0-9]*\.(?:[0-9]{1,2}|[0-9]{4,})|0[0-9]*\.[0-9]+|[0-9]{4,}\.[0-9]+)-?[ \x{A0}]?%?$"
)
_OPEN = r"^[+-]?[1-9][0-9]{0,2}[,.][0-9]{3}-?[ \x{A0}]?%?$"


def _packed(text: str) -> str:
    """SQL for a number without the blanks, apostrophes and brackets that prove no mark."""
    return f"translate({text}, '\u2212() \u00a0\u202f''\u2019', '-')"


def _union(texts: list[str], rows: str) -> str:
    return " UNION ALL ".join(f"SELECT {text} AS x FROM {rows} WHERE fault IS NULL" for text in texts)


def shapes(connection: Connection, rows: str, text: str, steps: tuple[tuple[str, str], ...]) -> list[str]:
    """The distinct shapes of a column's cells: digits folded to 9, letters to b."""
    expression = "x"
    for pattern, replacement in steps:
        expression = f"regexp_replace({expression}, '{pattern}', '{replacement}', 'g')"
    # Digits folded one for one first, which is cheap and leaves few texts to fold the rest of.
    found = connection.execute(
        f"SELECT DISTINCT {expression} FROM (SELECT DISTINCT translate({text}, '012345678', '999999999') AS x "
        f"FROM {rows}) WHERE x IS NOT NULL"
    ).fetchall()
    return sorted(str(row[0]) for row in found)


def words(connection: Connection, rows: str, texts: list[str], word: str) -> list[str]:
    """The distinct words, in lower case, that match the group of `word` first in a cell."""
    if not texts:
        return []
    found = connection.execute(
        f"SELECT DISTINCT lower(regexp_extract(x, ?, 1)) AS w FROM ({_union(texts, rows)}) WHERE x IS NOT NULL",
        [word],
    ).fetchall()
    return sorted(str(row[0]) for row in found if row[0])


def count_orders(
    connection: Connection, rows: str, texts: list[str], numeric_date: str
) -> tuple[int, int, int, str | None]:
    """Numeric dates only valid day first, only valid month first, valid both ways; and an example."""
    if not texts:
        return 0, 0, 0, None
    row = connection.execute(
        "SELECT count(*) FILTER (a > 12 AND b <= 12), count(*) FILTER (b > 12 AND a <= 12), "
        "count(*) FILTER (a <= 12 AND b <= 12 AND a <> b), min(x) FILTER (a <= 12 AND b <= 12 AND a <> b) FROM ("
        "SELECT x, regexp_extract(x, ?, 1)::INTEGER AS a, regexp_extract(x, ?, 2)::INTEGER AS b "
        f"FROM ({_union(texts, rows)}) WHERE regexp_matches(x, ?))",
        [numeric_date, numeric_date, numeric_date],
    ).fetchone()
    return row or (0, 0, 0, None)


def count_marks(connection: Connection, rows: str, texts: list[str]) -> tuple[int, int, int, str | None]:
    """Numbers that prove a decimal comma, a decimal point, neither; and an example."""
    if not texts:
        return 0, 0, 0, None
    row = connection.execute(
        "SELECT count(*) FILTER (regexp_matches(x, ?)), count(*) FILTER (regexp_matches(x, ?)), "
        "count(*) FILTER (regexp_matches(x, ?)), min(x) FILTER (regexp_matches(x, ?)) "
        f"FROM (SELECT {_packed('x')} AS x FROM ({_union(texts, rows)}))",
        [_COMMA_DECIMAL, _POINT_DECIMAL, _OPEN, _OPEN],
    ).fetchone()
    return row or (0, 0, 0, None)


def is_open(text: str) -> str:
    """SQL that is 1 for a number that could be read with either mark, else 0."""
    return f"CASE WHEN regexp_matches({_packed(text)}, '{_OPEN}') THEN 1 ELSE 0 END"


def has_any(connection: Connection, rows: str, condition: str) -> bool:
    """Whether a record meets a condition."""
    return connection.execute(f"SELECT 1 FROM {rows} WHERE {condition} LIMIT 1").fetchone() is not None


def first_values(connection: Connection, columns: list[StagedColumn]) -> list[tuple[str | None, str | None]]:
    """The first text of each column that has a value, and that value as text; among the first records alone."""
    picked = [
        f"first({text} ORDER BY source_line) FILTER (({column.value}) IS NOT NULL)"
        for column in columns
        for text in (column.text, f"CAST({column.value} AS VARCHAR)")
    ]
    row = connection.execute(
        f"SELECT {', '.join(picked)} FROM (SELECT * FROM raw WHERE fault IS NULL LIMIT {_EXAMPLES})"
    ).fetchone()
    found = [None if value is None else str(value) for value in row or ()]
    return list(zip(found[::2], found[1::2], strict=True))


def counted_texts(connection: Connection, rows: str, text: str) -> list[tuple[str, int]]:
    """The texts that an expression gives for the sound records, 60 signs of each, and how often; most often first."""
    found = connection.execute(
        f"SELECT left({text}, 60) AS x, count(*) AS n FROM {rows} WHERE fault IS NULL GROUP BY x "
        "HAVING x IS NOT NULL ORDER BY n DESC, x"
    ).fetchall()
    return [(str(shown), int(number)) for shown, number in found]
