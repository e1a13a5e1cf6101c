"""Which exam fills which slot."""

from datetime import date, time, timedelta

import pytest

from imaging.slots import Taken, asked, slots

ZERO = date(2000, 1, 1)


def exam(
    key: int, kind: str, day: int | None, hour: int | None = 9, *, anchored: bool = True, usable: bool = True
) -> Taken:
    when = None if day is None else ZERO + timedelta(days=day)
    return Taken(key, kind, when, None if hour is None else time(hour), anchored, usable)


TABLE: list[tuple[str, list[Taken], dict[int, tuple[str, int]]]] = [
    ("nothing", [], {}),
    ("one film", [exam(1, "CXR", 0)], {1: ("baseline", 1)}),
    ("one scan", [exam(1, "CT", 0)], {1: ("ct", 1)}),
    ("order is of time, not of arrival", [exam(1, "CT", 5), exam(2, "CT", 1)], {1: ("ct", 2), 2: ("ct", 1)}),
    (
        "baseline stays baseline beside a scan",
        [exam(1, "CXR", 0), exam(2, "CT", 0)],
        {1: ("baseline", 1), 2: ("ct", 1)},
    ),
    (
        "exactly 24 hours is near",
        [exam(1, "CXR", 0), exam(2, "CT", 3), exam(3, "CXR", 4, 9), exam(4, "CXR", 9)],
        {1: ("baseline", 1), 2: ("ct", 1), 3: ("near_ct", 1), 4: ("discharge", 1)},
    ),
    (
        "25 hours is not",
        [exam(1, "CXR", 0), exam(2, "CT", 3), exam(3, "CXR", 4, 10), exam(4, "CXR", 9)],
        {1: ("baseline", 1), 2: ("ct", 1), 3: ("other", 1), 4: ("discharge", 1)},
    ),
    (
        "the nearest of two",
        [
            exam(1, "CXR", 0),
            exam(2, "CT", 3),
            exam(3, "CXR", 3, 20),
            exam(4, "CXR", 3, 10),
            exam(5, "CXR", 9),
        ],
        {1: ("baseline", 1), 2: ("ct", 1), 3: ("other", 1), 4: ("near_ct", 1), 5: ("discharge", 1)},
    ),
    (
        "no discharge when a scan is later",
        [exam(1, "CXR", 0), exam(2, "CXR", 5), exam(3, "CT", 9)],
        {1: ("baseline", 1), 2: ("other", 1), 3: ("ct", 1)},
    ),
    (
        "without a time the same day is near and the next is not",
        [
            exam(1, "CXR", 0),
            exam(2, "CT", 3, None),
            exam(3, "CXR", 3, None),
            exam(4, "CXR", 4, None),
            exam(5, "CT", 9),
        ],
        {1: ("baseline", 1), 2: ("ct", 1), 3: ("near_ct", 1), 4: ("other", 1), 5: ("ct", 2)},
    ),
    (
        "calendars are not compared",
        [exam(1, "CXR", 0), exam(2, "CT", 3), exam(3, "CXR", 3, anchored=False)],
        {1: ("baseline", 1), 2: ("ct", 1), 3: ("other", 1)},
    ),
    (
        "what is held back fills nothing",
        [exam(1, "CXR", 0, usable=False), exam(2, "CXR", 1)],
        {1: ("", 0), 2: ("baseline", 1)},
    ),
    ("no date comes last", [exam(1, "CXR", None), exam(2, "CXR", 1)], {1: ("other", 1), 2: ("baseline", 1)}),
]


@pytest.mark.parametrize(("exams", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_slots(exams: list[Taken], expected: dict[int, tuple[str, int]]) -> None:
    assert slots(exams) == expected
    assert slots(reversed(exams)) == expected


@pytest.mark.parametrize(
    ("exams", "end", "expected"),
    [
        ([], "", "baseline1 ct1 discharge1"),
        ([exam(1, "CXR", 0)], "", "baseline1:1 ct1 discharge1"),
        ([exam(1, "CXR", 0), exam(2, "CT", 1, 9)], "1", "baseline1:1 ct1:2 near_ct1:1 discharge1"),
        ([exam(1, "CXR", 0), exam(2, "CT", 1, 10)], "1", "baseline1:1 ct1:2 near_ct1 discharge1"),
        ([exam(1, "CT", 3), exam(2, "CT", 9)], "2", "baseline1 ct1:1 near_ct1 ct2:2 near_ct2"),
        ([exam(1, "CXR", 0), exam(2, "CXR", 9)], "", "baseline1:1 ct1 discharge1:2"),
        ([exam(1, "CXR", 0), exam(2, "CXR", 9)], "4", "baseline1:1 ct1"),
        ([exam(1, "CT", 3, usable=False)], "3", "baseline1 ct1"),
    ],
)
def test_what_the_rule_asks_for(exams: list[Taken], end: str, expected: str) -> None:
    told = asked(reversed(exams), slots(exams), end_status=end)
    marks = [f"{one.kind}{one.number}" + "".join(f":{key}" for key in one.exams) for one in told]
    assert " ".join(marks) == expected
