"""Lessons with known relevance: what writers of different words say about the same matters.

A matter has aspects, an aspect has things that are talked of, and a thing has
several names. Each writer prefers one name of each thing, uses another now and
then, and writes filler that everybody uses (Zipf). Some names stand for things of
two matters. A question is asked in the words of one writer: lessons on its aspect
are worth 2, others on its matter 1, the rest 0. Names are made of syllables, so
that no list of synonyms known elsewhere can help.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

MATTERS, ASPECTS, THINGS, NAMES = 40, 3, 5, 4
FIRST_DAY, DAYS = date(2021, 1, 1), 1_800
_WRITERS = 12
_SYLLABLES = [c + v for c in ("b", "br", "d", "f", "g", "gl", "k", "l", "m", "n", "p", "pr", "r", "t", "v", "z")
              for v in ("a", "e", "i", "o", "u")]  # fmt: skip
_AMBIGUOUS, _OTHER_NAME, _OTHER_ASPECT = 0.12, 0.25, 0.15


@dataclass(frozen=True)
class WrittenLesson:
    """A lesson, what it is about, and the day it was written down."""

    lesson_id: str
    title: str
    event: str
    recommendation: str
    day: date
    matter: int
    aspect: int


@dataclass(frozen=True)
class AskedQuestion:
    """A question, the day it is asked, and what each lesson written by then that helps is worth."""

    text: str
    day: date
    worth: dict[str, int]


@dataclass(frozen=True)
class LessonCorpus:
    """Lessons in order of their identifiers, and questions."""

    lessons: list[WrittenLesson]
    questions: list[AskedQuestion]


def lesson_corpus(seed: int, *, lessons: int = 2_000, questions: int = 150) -> LessonCorpus:
    """A collection and its questions; the same seed gives the same."""
    chance = Random(f"{seed}:lesson-corpus")  # noqa: S311
    world = _World(chance)
    written = [world.lesson(f"L{number:05d}") for number in range(1, lessons + 1)]
    return LessonCorpus(written, [world.question(written) for _ in range(questions)])


class _World:
    """The words there are, and who prefers which."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._used: set[str] = set()
        self._filler = [self._word(2, 3) for _ in range(600)]
        self._names = {
            (matter, aspect, thing): [self._word(2, 4) for _ in range(NAMES)]
            for matter in range(MATTERS)
            for aspect in range(ASPECTS)
            for thing in range(THINGS)
        }
        things = list(self._names)
        for names in self._names.values():
            if chance.random() < _AMBIGUOUS:
                names[chance.randrange(NAMES)] = chance.choice(self._names[chance.choice(things)])
        self._preferred = [{thing: chance.randrange(NAMES) for thing in things} for _ in range(_WRITERS)]

    def _word(self, least: int, most: int) -> str:
        while True:
            word = "".join(self._chance.choice(_SYLLABLES) for _ in range(self._chance.randint(least, most)))
            if word not in self._used:
                self._used.add(word)
                return word

    def _fillers(self, count: int) -> list[str]:
        return [
            self._filler[min(int(self._chance.paretovariate(0.7)) - 1, len(self._filler) - 1)] for _ in range(count)
        ]

    def _named(self, thing: tuple[int, int, int], writer: int) -> str:
        place = self._preferred[writer][thing]
        if self._chance.random() < _OTHER_NAME:
            place = self._chance.randrange(NAMES)
        return self._names[thing][place]

    def _said(self, matter: int, aspect: int, writer: int, count: int) -> list[str]:
        words = []
        for _ in range(count):
            spoken = self._chance.randrange(ASPECTS) if self._chance.random() < _OTHER_ASPECT else aspect
            words.append(self._named((matter, spoken, self._chance.randrange(THINGS)), writer))
        return words

    def _text(self, words: list[str], fillers: int) -> str:
        mixed = words + self._fillers(fillers)
        self._chance.shuffle(mixed)
        return " ".join(mixed)

    def lesson(self, identifier: str) -> WrittenLesson:
        """A lesson of any writer on any matter."""
        chance = self._chance
        matter, aspect, writer = chance.randrange(MATTERS), chance.randrange(ASPECTS), chance.randrange(_WRITERS)
        return WrittenLesson(
            identifier,
            self._text(self._said(matter, aspect, writer, 2), 3),
            self._text(self._said(matter, aspect, writer, chance.randint(3, 7)), chance.randint(15, 40)),
            self._text(self._said(matter, aspect, writer, chance.randint(1, 4)), chance.randint(5, 15)),
            FIRST_DAY + timedelta(days=chance.randrange(DAYS)),
            matter,
            aspect,
        )

    def question(self, written: list[WrittenLesson]) -> AskedQuestion:
        """A question of any writer, asked in the second half of the time."""
        chance = self._chance
        matter, aspect, writer = chance.randrange(MATTERS), chance.randrange(ASPECTS), chance.randrange(_WRITERS)
        day = FIRST_DAY + timedelta(days=chance.randrange(DAYS // 2, DAYS))
        worth = {
            each.lesson_id: 2 if each.aspect == aspect else 1
            for each in written
            if each.matter == matter and each.day <= day
        }
        return AskedQuestion(self._text(self._said(matter, aspect, writer, 3), 1), day, worth)
