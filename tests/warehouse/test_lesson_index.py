"""The index of lessons is kept up to date, survives damage and other processes, and changes no answer."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.errors import WarehouseError
from pmo_analytics.warehouse.locks import LESSONS, hold
from pmo_analytics.warehouse.stores.lesson_index import FILE, lesson_index

WEIGHTS = (2.0, 1.0)
Collection = dict[str, tuple[str, str]]
THREE: Collection = {"a": ("gate", "open late"), "b": ("pier", "shut"), "c": ("crew", "late late shift for all")}


class Underived:
    """Nothing beside the words."""

    def key(self, digests: Mapping[str, str]) -> str:
        return ""

    def model(self, texts: Sequence[Sequence[str]]) -> bytes:
        raise AssertionError

    def points(self, model: bytes, texts: Sequence[Sequence[str]]) -> list[bytes]:
        raise AssertionError


class Joined(Underived):
    """A model of the first two texts; of each text its terms, so that what is derived can be read."""

    def key(self, digests: Mapping[str, str]) -> str:
        return " ".join(list(digests)[:2])

    def model(self, texts: Sequence[Sequence[str]]) -> bytes:
        return repr([list(text) for text in texts][:2]).encode()

    def points(self, model: bytes, texts: Sequence[Sequence[str]]) -> list[bytes]:
        return [" ".join(text).encode() for text in texts]


def asked(
    root: Path, collection: Collection, *questions: str, derived: Underived | None = None
) -> tuple[list[list[tuple[str, float]]], list[str], bool]:
    """Answers, the names whose texts the index asked for, and whether it is kept."""
    wanted: list[str] = []

    def texts(names: Sequence[str]) -> list[tuple[list[str], ...]]:
        wanted.extend(names)
        return [tuple(field.split() for field in collection[name]) for name in names]

    digests = {name: repr(fields) for name, fields in collection.items()}
    with lesson_index(root, digests, texts, derived or Underived(), WEIGHTS) as index:
        return [index.matches(question.split(), 10) for question in questions], wanted, index.is_kept


def names(found: list[tuple[str, float]]) -> list[str]:
    return [name for name, _ in found]


def test_only_new_texts_are_written_and_those_that_are_gone_are_found_no_more(tmp_path: Path) -> None:
    (found, late), written, is_kept = asked(tmp_path, THREE, "crew gate", "late")
    assert (names(found), names(late), written) == (["a", "c"], ["c", "a"], ["a", "b", "c"])
    assert is_kept
    changed = {"a": THREE["a"], "b": ("pier", "late"), "d": ("radio", "late")}
    (found,), written, _ = asked(tmp_path, changed, "radio pier")
    assert written == ["b", "d"]
    assert set(names(found)) == {"b", "d"}
    assert asked(tmp_path, changed, "crew")[0] == [[]]


@settings(max_examples=12, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["gate", "pier", "crew dock"])), max_size=4))
def test_an_index_with_a_past_answers_as_a_new_one(
    tmp_path_factory: pytest.TempPathFactory, past: list[dict[str, str]]
) -> None:
    root = tmp_path_factory.mktemp("past")
    for state in past:
        asked(root, {name: (text, "x") for name, text in state.items()}, "gate")
    questions = ("gate late", "late", "crew pier", "nothing")
    fresh = asked(tmp_path_factory.mktemp("fresh"), THREE, *questions)[0]
    assert asked(root, THREE, *questions)[0] == fresh


def test_a_term_that_most_texts_have_is_asked_only_where_no_other_is_known(tmp_path: Path) -> None:
    assert set(names(asked(tmp_path, THREE, "late gate")[0][0])) == {"a", "c"}
    many = {f"n{place:03d}": ("late", "") for place in range(200)} | THREE
    both, single = asked(tmp_path, many, "late gate", "late")[0]
    assert names(both) == ["a"]
    assert len(single) == 10


def test_equal_scores_are_in_order_of_name_whatever_the_order_of_writing(tmp_path: Path) -> None:
    same = dict.fromkeys("dbca", ("gate", "")) | dict.fromkeys("vwxyz", ("pier", ""))
    assert names(asked(tmp_path, same, "gate")[0][0]) == list("abcd")
    digests = {name: repr(fields) for name, fields in same.items()}
    with lesson_index(tmp_path, digests, lambda _: [], Underived(), WEIGHTS) as index:
        assert names(index.matches(["gate"], 2)) == ["a", "b"]


def test_a_question_is_never_an_expression_of_the_engine(tmp_path: Path) -> None:
    hostile = ['gate"', "NEAR(", "field_0:gate", "*", "OR", "-gate", "gate; DROP TABLE entry", "ß漢字"]
    assert all(isinstance(found, list) for found in asked(tmp_path, THREE, *hostile)[0])
    assert names(asked(tmp_path, THREE, "gate")[0][0]) == ["a"]


def test_terms_of_any_script_are_found(tmp_path: Path) -> None:
    texts = {"a": ("причал", "x"), "b": ("港口", "x"), "c": ("pier", "x")}
    assert [names(found) for found in asked(tmp_path, texts, "причал", "港口")[0]] == [["a"], ["b"]]


@pytest.mark.parametrize("damage", [b"not a database at all", b"", b"SQLite format 3\0" + b"\1" * 5000])
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    before = asked(tmp_path, THREE, "late")[0]
    for end in ("-wal", "-shm"):
        (tmp_path / f"{FILE}{end}").unlink(missing_ok=True)
    (tmp_path / FILE).write_bytes(damage)
    after, written, is_kept = asked(tmp_path, THREE, "late")
    assert (after, written, is_kept) == (before, ["a", "b", "c"], True)


def test_a_file_that_lacks_a_table_is_made_anew(tmp_path: Path) -> None:
    before = asked(tmp_path, THREE, "late")[0]
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("DROP TABLE term")
    connection.close()
    assert asked(tmp_path, THREE, "late")[::2] == (before, True)


def test_a_file_that_another_process_writes_is_left_alone(tmp_path: Path) -> None:
    before = asked(tmp_path, THREE, "late")[0]
    holder = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    # What stands is read beside the writer.
    assert asked(tmp_path, THREE, "late")[::2] == (before, True)
    holder.close()


def test_a_damaged_file_that_somebody_uses_is_not_removed(tmp_path: Path) -> None:
    before = asked(tmp_path, THREE, "late")[0]
    (tmp_path / FILE).write_bytes(b"not a database at all")
    with hold(tmp_path, LESSONS):
        after, _, is_kept = asked(tmp_path, THREE, "late")
    assert (after, is_kept) == (before, False)
    assert (tmp_path / FILE).read_bytes() == b"not a database at all"


def test_a_folder_that_does_not_exist_is_not_made(tmp_path: Path) -> None:
    found, _, is_kept = asked(tmp_path / "none", THREE, "gate")
    assert (names(found[0]), is_kept) == (["a"], False)
    assert not (tmp_path / "none").exists()


def test_a_session_reads_one_state_whatever_is_written_meanwhile(tmp_path: Path) -> None:
    digests = {name: repr(fields) for name, fields in THREE.items()}
    asked(tmp_path, THREE, "late")
    with lesson_index(tmp_path, digests, lambda _: [], Underived(), WEIGHTS) as index:
        before = index.matches(["late"], 10)
        assert names(asked(tmp_path, {"z": ("late", "late")}, "late")[0][0]) == ["z"]
        assert index.matches(["late"], 10) == before


def test_many_processes_with_different_collections_each_get_their_answer(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom tests.warehouse.test_lesson_index import THREE, asked, names\n"
        "own = {**THREE, sys.argv[2]: ('own', sys.argv[2])}\n"
        "for _ in range(6):\n"
        "    found = asked(Path(sys.argv[1]), own, 'own gate', 'late')[0]\n"
        "    assert set(names(found[0])) == {'a', sys.argv[2]}, found\n"
        "    assert names(found[1]) == ['c', 'a'], found\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", script, str(tmp_path), each], stderr=subprocess.PIPE)
        for each in ("p", "q")
    ]
    told = [process.communicate()[1].decode() for process in running]
    assert [(process.returncode, text) for process, text in zip(running, told, strict=True)] == [(0, "")] * 2


def test_what_is_derived_is_kept_and_made_anew_when_what_it_rests_on_changes(tmp_path: Path) -> None:
    def derived_of(collection: Collection) -> tuple[bytes, dict[str, bytes]]:
        asked(tmp_path, collection, derived=Joined())
        digests = {name: repr(fields) for name, fields in collection.items()}
        with lesson_index(tmp_path, digests, lambda _: [], Joined(), WEIGHTS) as index:
            return index.model(), dict(index.points())

    assert derived_of(THREE) == (
        b"[['gate', 'open', 'late'], ['pier', 'shut']]",
        {"a": b"gate open late", "b": b"pier shut", "c": b"crew late late shift for all"},
    )
    model, points = derived_of({"b": THREE["b"], "c": THREE["c"]})
    assert model.startswith(b"[['pier', 'shut'], ['crew',")
    assert set(points) == {"b", "c"}


def test_damage_below_an_open_session_is_told_in_words(tmp_path: Path) -> None:
    digests = {name: repr(fields) for name, fields in THREE.items()}
    with lesson_index(tmp_path, digests, lambda n: [([], []) for _ in n], Underived(), WEIGHTS) as index:
        index._connection.close()
        with pytest.raises(WarehouseError, match="index of lessons"):
            index.model()
