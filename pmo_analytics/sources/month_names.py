"""Names of months in the language that a file is written in, by the names of Unicode's CLDR."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from babel import Locale
from babel.dates import get_month_names

from pmo_analytics.errors import QuestionError

ENGLISH = "en"
LANGUAGES = (
    ENGLISH, "bg", "cs", "da", "de", "el", "es", "et", "fi", "fr", "hr", "hu", "is", "it", "lt", "lv", "nb", "nl",
    "pl", "pt", "ro", "ru", "sk", "sl", "sv", "tr", "uk",
)  # fmt: skip
_ABBREVIATED = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Java's older data and spreadsheets shorten these otherwise than CLDR.
_OLDER = {("de", "mrz"): 3}
_SHORTEST = 3


@cache
def _names(language: str) -> dict[str, int]:
    """The month that each name of the language stands for, short and long, in every form that CLDR has."""
    found = {name: month for (of, name), month in _OLDER.items() if of == language}
    for width in ("abbreviated", "wide"):
        for context in ("format", "stand-alone"):
            names = get_month_names(width, context, language)
            found |= {name.rstrip(".").lower(): month for month, name in names.items()}
    return found


def month_of(word: str, language: str) -> int | None:
    """The month that `word` names or clearly begins to name, from 1 to 12; None where it does not."""
    names = _names(language)
    if word in names:
        return names[word]
    begun = {month for name, month in names.items() if name.startswith(word)}
    return begun.pop() if len(begun) == 1 and len(word) >= _SHORTEST else None


def month_language(words: Iterable[str], *, file: str, option: str | None, configured: str | None) -> str:
    """The language that names most of `words`, which are in lower case.

    The option goes before the file, the file before the setting. QuestionError
    where languages that fit alike take a word for different months.
    """
    if option:
        return option
    ranked: dict[tuple[int, int], list[str]] = {}
    wanted = set(words)
    if all(month_of(word, ENGLISH) for word in wanted):
        return ENGLISH
    for language in LANGUAGES:
        known = sum(month_of(word, language) is not None for word in wanted)
        exact = len(wanted & _names(language).keys())
        ranked.setdefault((known, exact), []).append(language)
    most = max(ranked)
    fitting = ranked[most]
    if most[0] == 0 or ENGLISH in fitting:
        return ENGLISH
    open_words = sorted(word for word in wanted if len({month_of(word, language) for language in fitting}) > 1)
    if not open_words:
        return fitting[0]
    if configured in fitting:
        return configured
    named = " or ".join(f"{language} ({Locale(language).get_language_name(ENGLISH)})" for language in fitting)
    raise QuestionError(
        "in which language are the months named? No row of the file decides it",
        file=file,
        found=", ".join(open_words),
        expected=named,
        hint=f'answer with --month-language {fitting[0]}, or with month_language = "{fitting[0]}" under [reading] '
        "in pmo.toml",
    )


def english_abbreviations(words: Iterable[str], language: str) -> dict[str, str]:
    """The English abbreviation of each month that `words` name in `language`; empty where that is English."""
    if language == ENGLISH:
        return {}
    months = {word: month_of(word, language) for word in sorted(set(words))}
    return {word: _ABBREVIATED[month] for word, month in months.items() if month is not None}
