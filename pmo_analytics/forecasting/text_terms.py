"""The terms of a text: folded, without words that stand in every text, inflections taken off.

One definition for all that ranks texts, so that an index and a frame are asked
the same thing. Accents, case and width are folded (Unicode NFKD); a term is a run
of letters and digits of any script; English plurals and verb endings go by the
first step of Porter's algorithm alone, since its later steps merge words that a
project tells apart (`organise` and `organ`). Other languages keep their endings.
Source: Porter (1980); Unicode Standard Annex 15.

Worked example: "Suppliers delayed the rollouts" has the terms supplier, delai
and rollout; "Supplier delays: a rollout" has the same.

>>> terms("Suppliers delayed the rollouts")
['supplier', 'delai', 'rollout']
>>> terms("Supplier delays: a rollout")
['supplier', 'delai', 'rollout']
"""

from __future__ import annotations

import re
import unicodedata

# Terms of a longer text than this say no more of it: it is a log or a dump.
LONGEST_TEXT = 20_000
_LONGEST_TERM = 40
_WORD = re.compile(r"[^\W_]+")
_PLAIN = re.compile(r"[a-z]{3,}")
_STOP = frozenset(
    "a about after all also an and any are as at be because been before being both but by can could did do does done "
    "each few for from get got had has have having he her his how i if in into is it its just like made make many may "
    "might more most much must my no nor not of off on once one only or other our out over own per same she should so "
    "some such than that the their them then there these they this those through to too under until up upon us use "
    "used very was we were what when where which while who whom why will with within without would you your".split()
)


def words(text: str) -> list[str]:
    """The words of a text in their order, folded; those that stand in every text and single characters left out."""
    folded = unicodedata.normalize("NFKD", text[:LONGEST_TEXT]).casefold()
    plain = "".join(each for each in folded if not unicodedata.combining(each))
    return [word for word in _WORD.findall(plain) if len(word) > 1 and word not in _STOP and len(word) <= _LONGEST_TERM]


def terms(text: str) -> list[str]:
    """The terms of a text in their order, those that occur twice among them."""
    return [stem(word) for word in words(text)]


def stem(word: str) -> str:
    """A folded word without English plural or verb ending; words of other letters, and short ones, as they are."""
    if not _PLAIN.fullmatch(word):
        return word
    word = _without_verb_ending(_without_plural(word))
    if len(word) > 2 and word.endswith("y") and _has_vowel(word[:-1]):
        return f"{word[:-1]}i"
    return word


def _without_plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _without_verb_ending(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _has_vowel(word[:-3]) else word
    for ending in ("ed", "ing"):
        rest = word.removesuffix(ending)
        if rest == word:
            continue
        if len(rest) < 3 or not _has_vowel(rest):
            return word
        if rest.endswith(("at", "bl", "iz")):
            return f"{rest}e"
        if rest[-1] == rest[-2] and rest[-1] not in "aeioulsz":
            return rest[:-1]
        return f"{rest}e" if _is_short(rest) else rest
    return word


def _has_vowel(text: str) -> bool:
    return any(_is_vowel(text, at) for at in range(len(text)))


def _is_vowel(text: str, at: int) -> bool:
    return text[at] in "aeiou" or (text[at] == "y" and at > 0 and not _is_vowel(text, at - 1))


def _is_short(text: str) -> bool:
    """Whether a word is one syllable that ends in consonant, vowel, consonant: `fil` of filing, not `delay`."""
    kinds = "".join("v" if _is_vowel(text, at) else "c" for at in range(len(text)))
    return bool(re.fullmatch(r"c*v+c+", kinds)) and kinds.endswith("cvc") and text[-1] not in "wxy"
