"""The exam itself: what it plants, and that the engine passes."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from deid import Dates, strip
from deid.exam import Demand, File, Output, Score, build, score
from deid.exam.draft import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT
from deid.exam.encoding import name_of
from deid.exam.people import WEIGHTS, People
from deid.exam.running import KEY, outputs
from deid.exam.seen import Seen
from deid.exam.standard import rows
from deid.syntax import SOP_CLASSES

SEED = 1
BASE_ONLY = {0x00020003}
"""Rows that no data set can hold at its top; the file meta group is planted for them."""


@pytest.fixture(scope="module")
def corpus() -> list[File]:
    return build(SEED)


@pytest.fixture(scope="module")
def stripped(corpus: list[File]) -> dict[str, Output]:
    return outputs(corpus)


@pytest.fixture(scope="module")
def scored(corpus: list[File], stripped: dict[str, Output]) -> Score:
    return score((answer for file in corpus for answer in file.answers), stripped)


def test_the_engine_passes(scored: Score) -> None:
    missed = {f"{m.answer.file} {m.answer.place} ({m.answer.kind}): {m.wrong}" for m in scored.misses}
    assert not missed
    assert scored.passed == scored.total > 25_000


def test_a_second_pass_finds_nothing_to_remove(corpus: list[File], stripped: dict[str, Output]) -> None:

    again = {}
    for file in corpus:
        result = stripped[file.name].result
        if result is not None:
            passed = strip(result, uid_key=KEY, dates=Dates.keep(), subject=file.case.subject)
            again[file.name] = [(action.path, action.reason) for action in passed.changed]
    assert len(again) > 250
    assert not {name: changed for name, changed in again.items() if changed}


def test_the_same_seed_gives_the_same_bytes(corpus: list[File]) -> None:
    assert [(f.name, f.data, f.answers) for f in build(SEED)] == [(f.name, f.data, f.answers) for f in corpus]


def test_another_seed_gives_other_people(corpus: list[File]) -> None:
    other = build(SEED + 1)
    assert [f.name for f in other] == [f.name for f in corpus]
    assert not {f.case.person.name for f in other} & {f.case.person.name for f in corpus}


def test_every_row_of_the_table_is_planted_at_all_depths(corpus: list[File]) -> None:
    places: dict[str, set[str]] = defaultdict(set)
    for file in corpus:
        for answer in file.answers:
            if answer.kind.startswith("E.1-1"):
                places[answer.kind].add(answer.place.rsplit(".", 1)[-1])
            places["any"].add(answer.place)
    wanted = {name_of(row.tag): row.tag for row in rows()}
    assert len(wanted) == 643
    for depth in (1, 2, 3):
        assert places[f"E.1-1, depth {depth}"] == set(wanted)
    top = {name for name in wanted if name in places["E.1-1, top"] or name in places["any"]}
    assert {name for name in set(wanted) - top if wanted[name] >> 16 not in {0, 2}} == set()


def test_depths_are_what_they_say(corpus: list[File]) -> None:
    for file in corpus:
        for answer in file.answers:
            found = re.fullmatch(r"E\.1-1, depth (\d)", answer.kind)
            if found:
                assert answer.place.count(".") == int(found[1])


def test_every_kind_of_object_and_syntax_is_there(corpus: list[File]) -> None:
    assert {file.sop_class for file in corpus} == SOP_CLASSES
    syntaxes = {file.syntax for file in corpus}
    assert {IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN} < syntaxes
    assert len(syntaxes) == 9


def test_both_scripts_are_planted_in_every_way_of_writing(corpus: list[File]) -> None:
    text = {"utf8": "utf-8", "ir149": "cp949"}
    for encoding in text.values():
        assert any(
            file.case.person.name.hangul and file.case.person.name.hangul.encode(encoding) in file.data
            for file in corpus
        )
    assert any(b"\x1b$)C" in file.data for file in corpus)


def test_secrets_stand_in_the_inputs(corpus: list[File]) -> None:
    """A secret that was never planted could not be missed."""

    absent = []
    for file in corpus:
        seen = Seen(file.data)
        for answer in file.answers:
            for secret in answer.secrets:
                given = secret[1:] if not secret.isascii() else secret
                if not seen.finds(secret) and not seen.finds(given):
                    absent.append((file.name, answer.place, answer.kind, secret))
    assert not absent


def test_an_engine_that_does_nothing_fails_everything_it_should(corpus: list[File]) -> None:
    lazy = {file.name: Output(file.reference or file.data, file.data, days=-7300) for file in corpus}
    result = score((answer for file in corpus for answer in file.answers), lazy)
    passed = {name: count["passed"] for name, count in result.categories.items()}
    assert passed["text removed"] == passed["UID changed"] == passed["date shifted"] == 0
    missed = {(miss.answer.file, miss.answer.place) for miss in result.misses}
    removed = [a for file in corpus for a in file.answers if a.demand is Demand.REMOVED]
    assert [a.place for a in removed if (a.file, a.place) not in missed] == []
    kept = {Demand.RETAINED, Demand.PIXELS_RETAINED, Demand.TEXT_RETAINED}
    wrong = {miss.answer.file for miss in result.misses if miss.answer.demand in kept}
    assert all("-disorder-" in name or "-fragments-" in name for name in wrong), (
        "which readers read otherwise"
    )


def test_resident_numbers_are_valid_and_belong_to_nobody() -> None:
    people = People(5)
    for _ in range(200):
        front, back = people.resident_number().split("-")
        digits = [int(digit) for digit in front + back]
        check = sum(digit * weight for digit, weight in zip(digits[:12], WEIGHTS, strict=True))
        assert digits[12] == (11 - check % 11) % 10
        assert front[2:] in {"0230", "0231"}


def test_invented_names_do_not_run_out_silently() -> None:
    people = People(1)
    assert len({people.fresh("ab", "cd") for _ in range(4)}) == 4
    with pytest.raises(RuntimeError, match="ran out"):
        people.fresh("ab", "cd")


def test_every_demand_is_asked(corpus: list[File]) -> None:
    asked = {answer.demand for file in corpus for answer in file.answers}
    assert asked == set(Demand)
