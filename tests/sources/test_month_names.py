from __future__ import annotations

import pytest

from pmo_analytics.errors import QuestionError
from pmo_analytics.sources.month_names import LANGUAGES, english_abbreviations, month_language, month_of


def language_of(*words: str, option: str | None = None, configured: str | None = None) -> str:
    return month_language(words, file="f", option=option, configured=configured)


def test_english_goes_first_where_its_names_fit() -> None:
    assert language_of("mar", "may", "december") == "en"
    assert language_of() == "en"
    assert language_of("never", "soon") == "en"


@pytest.mark.parametrize(
    ("words", "language", "english"),
    [
        # As Jira, Excel and Java write them; `mrz` is of Java's older data.
        (("mär", "mai", "okt", "dez"), "de", ["Dec", "Mar", "May", "Oct"]),
        (("mrz", "okt"), "de", ["Mar", "Oct"]),
        (("févr", "août", "juil"), "fr", ["Aug", "Feb", "Jul"]),
        (("ene", "agosto", "sept"), "es", ["Aug", "Jan", "Sep"]),
        (("stycznia", "października"), "pl", ["Jan", "Oct"]),
        (("срп", "пад"), "en", []),
    ],
)
def test_the_language_is_the_one_that_knows_the_words(
    words: tuple[str, ...], language: str, english: list[str]
) -> None:
    assert language_of(*words) == language
    assert sorted(english_abbreviations(words, language).values()) == english


def test_a_word_for_two_months_is_decided_by_another_word_or_asked_about() -> None:
    # Lipanj and srpanj are June and July in Croatian, lipiec is July in Polish, srpen August in Czech.
    assert (month_of("lip", "hr"), month_of("lip", "pl")) == (6, 7)
    assert language_of("lip", "paź") == "pl"
    assert language_of("srp", "lip", "svi") == "hr"
    with pytest.raises(QuestionError, match="--month-language"):
        language_of("lip")
    assert language_of("lip", configured="pl") == "pl"
    assert language_of("lip", option="hr", configured="pl") == "hr"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_takes_a_word_for_two_months(language: str) -> None:
    months = [month_of(name, language) for name in ("x", "ma", "")]
    assert months == [None, None, None]
