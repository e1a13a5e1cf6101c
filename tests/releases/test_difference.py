"""What moved between two releases, and which cases moved it."""

from releases.difference import difference
from releases.frozen import Record, canonical


def record(code: str, *, ct: int = 0, **answers: str) -> Record:
    exam = {
        "kind": "CT", "slot": "ct", "day": 1, "anchored": True, "vendor": "Philips", "model": "x",
        "thickness_mm": 1.0, "series": 1, "images": 9, "synthetic": False,
    }  # fmt: skip
    data = {
        "code": code,
        "site": "S03",
        "site_level": "T",
        "synthetic": False,
        "answers": answers,
        "exams": [exam] * ct,
    }
    return Record(code, 1, canonical(data))


A, B, C = (f"S03-000{n}-A" for n in (1, 2, 3))


def test_each_number_names_the_cases_that_moved_it() -> None:
    before = [record(A, sex="1", age_yr="40"), record(B, sex="2", age_yr="50", ct=1)]
    after = [record(A, sex="2", age_yr="40"), record(B, sex="2", age_yr="50", ct=1), record(C, sex="1", ct=2)]
    found = difference(before, after)
    assert (found.joined, found.left, found.changed, found.same) == ([C], [], [A], 1)
    moved = {one.id: [(case.code, case.before, case.after) for case in one.cases] for one in found.changes}
    assert moved["male"] == [(A, 1, None), (C, None, 1)]
    assert moved["female"] == [(A, None, 1)]
    assert moved["cohort"] == [(C, None, 1)]
    assert moved["vendor_philips"] == [(C, None, 2)]
    assert "age" not in moved, "the new case has no age"
    told = {one.id: (one.before, one.after) for one in found.changes}
    assert told["male"] == ("1 (50.0)", "1 (33.3)")
    assert told["vendor_philips"] == ("1 (100.0)", "3 (100.0)")


def test_a_mean_moves_with_a_value_of_zero() -> None:
    found = difference([record(A)], [record(A, los_days="0")])
    assert [(one.code, one.before, one.after) for one in found.changes[0].cases] == [(A, None, 0.0)]
    assert (found.changes[0].before, found.changes[0].after) == ("–", "0.0 ± – (n = 1)")


def test_the_same_twice_is_no_difference_and_nobody_is_no_error() -> None:
    same = [record(A, sex="1")]
    assert difference(same, same).changes == []
    gone = difference(same, [])
    assert gone.left == [A]
    assert {one.id: one.after for one in gone.changes}["male"] == "0 (–)"
