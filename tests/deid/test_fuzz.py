"""A few hundred damaged files, some of them new ones each time; `make fuzz` does the same for as long as one
likes. A number that fails here makes the same file in `python -m scripts.fuzz --seed NUMBER`.
"""

from __future__ import annotations

from functools import cache
from random import SystemRandom
from types import SimpleNamespace

import pytest

from scripts.fuzz.judge import Broken, Judge, damaged
from scripts.fuzz.seeds import made

FIXED = range(240)
FRESH = 60


@cache
def judges() -> tuple[Judge, ...]:
    return tuple(Judge.of(seed) for seed in made())


def outcomes(numbers: range) -> set[str]:
    found = set()
    for number in numbers:
        judge, data = damaged(number, judges())
        try:
            found.add(judge(data))
        except Exception as error:
            raise AssertionError(f"number {number}, made of {judge.seed.name}") from error
    return found


def test_damaged_files_end_in_a_result_or_a_named_refusal() -> None:
    found = outcomes(FIXED)
    assert {"stripped", "bad_header", "truncated", "corrupt", "not_dicom", "unknown_sop_class"} <= found


def test_so_do_files_that_nobody_saw_before() -> None:
    start = SystemRandom().randrange(1_000_000_000)
    assert outcomes(range(start, start + FRESH))


def test_undamaged_files_pass() -> None:
    assert {judge.seed.name: judge(judge.seed.data) for judge in judges()} == {
        seed.name: "stripped" for seed in made()
    }


def test_a_leak_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deid.notes.clean", lambda text, terms: text)
    monkeypatch.setattr("deid.full.residue", SimpleNamespace(check=lambda *_: None))
    judge = Judge.of(made()[0])
    with pytest.raises(Broken, match="an identifier of ct-explicit stands at offset"):
        judge(judge.seed.data)


def test_a_refusal_without_a_place_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deid.reading.path_of", lambda tag: "somewhere")
    judge = judges()[0]
    with pytest.raises(Broken, match="bad_header without a place: 'somewhere'"):
        judge(judge.seed.data.replace(b"\x28\x00\x10\x00US", b"\x28\x00\x0f\x00US"))
