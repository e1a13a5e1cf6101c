"""What the upload page's Python says of a folder: series, choices, slots; and of form and headers."""

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from phantom import planted_values
from phantom.ct import ct_series
from phantom.people import make_person
from phantom.radiograph import radiograph
from scripts import engine
from tests.deid.make import KEY
from uploads.browser import look, packed, plan, unpacked
from uploads.browser.person import differences

CODE = "S03-0042-K"
ADMISSION = date(2020, 3, 2)
PERSON = make_person(7)
ROOT = Path(__file__).resolve().parents[2]


def film(day: int) -> bytes:
    return radiograph(seed=day + 40, rows=64, person=PERSON, study_date=ADMISSION + timedelta(days=day))


def scan(day: int) -> bytes:
    when = ADMISSION + timedelta(days=day)
    return next(
        iter(ct_series(seed=day, slices=1, matrix=64, thickness=1.25, person=PERSON, study_date=when))
    )


def seen(data: bytes, day: date | None = ADMISSION) -> dict[str, Any]:
    return look(data, KEY.hex(), day.isoformat() if day else "", CODE, "en")


def planned(
    *files: tuple[bytes, bool | None], stored: list[dict[str, Any]] | None = None, end: str = ""
) -> dict[str, Any]:
    series = [
        {"key": str(number), "facts": seen(data)["facts"], "images": 1, "ticked": ticked}
        for number, (data, ticked) in enumerate(files)
    ]
    told = plan(series, stored or [], anchored=True, end_status=end, language="en")
    return dict(json.loads(json.dumps(told)))


def marks(told: dict[str, Any]) -> str:
    return " ".join(f"{one['slot']}{one['number']}:{one['new']}+{one['here']}" for one in told["asked"])


def test_a_series_is_shown_as_it_will_leave() -> None:
    told = seen(scan(1))
    assert (told["modality"], told["day"], told["plane"], told["thickness"]) == ("CT", 1, "axial", 1.25)
    assert told["vendor"] == "Siemens Healthineers"
    assert told["kernel"]
    assert told["clock"]
    text = json.dumps(told, ensure_ascii=False)
    assert [value for value in planted_values(PERSON) if len(value) > 4 and value in text] == []
    assert packed(unpacked(json.loads(json.dumps(told["facts"])))) == told["facts"]


def test_without_an_admission_there_is_no_day() -> None:
    assert seen(film(0), None)["day"] is None


def test_what_the_engine_refuses_says_why() -> None:
    assert seen(b"no image")["code"] == "not_dicom"


def test_exams_fill_the_slots_in_the_order_of_time() -> None:
    told = planned((scan(1), None), (film(2), None), (film(0), None))
    assert [(one["slot"], one["number"], one["series"]) for one in told["exams"]] == [
        ("baseline", 1, ["2"]),
        ("ct", 1, ["0"]),
        ("near_ct", 1, ["1"]),
    ]
    assert marks(told) == "baseline1:1+0 ct1:1+0 near_ct1:1+0 discharge1:0+0"


def test_what_a_person_leaves_out_fills_nothing() -> None:
    told = planned((scan(1), False), (film(0), None))
    assert marks(told) == "baseline1:1+0 ct1:0+0 discharge1:0+0"
    assert [one["taken"] for one in told["series"]] == [True, True]
    assert marks(planned((scan(1), True), end="2")) == "baseline1:0+0 ct1:1+0 near_ct1:0+0"


def test_exams_of_the_registry_count_and_the_same_exam_counts_once() -> None:
    here = {"kind": "CXR", "day": "2000-01-01", "clock": "", "anchored": True}
    assert (
        marks(planned((scan(1), None), stored=[here])) == "baseline1:0+1 ct1:1+0 near_ct1:0+0 discharge1:0+0"
    )
    again = seen(scan(1))["facts"]
    same = {"kind": "CT", "day": again["day"], "clock": again["clock"], "anchored": True}
    assert (
        marks(planned((scan(1), None), stored=[same])) == "baseline1:0+0 ct1:1+0 near_ct1:0+0 discharge1:0+0"
    )


BORN = {"birth": "19600302"}


@pytest.mark.parametrize(
    ("said", "form", "admission", "items"),
    [
        ({"sex": "M"}, {"sex": "1"}, "", ""),
        ({"sex": "F"}, {"sex": "1"}, "", "sex"),
        ({"sex": "O"}, {"sex": "1"}, "", ""),
        ({"sex": "F"}, {}, "", ""),
        (BORN, {"age_yr": "60"}, "2020-03-02", ""),
        (BORN, {"age_yr": "59"}, "2020-03-02", "age"),
        (BORN, {"age_yr": "59"}, "2020-03-01", ""),
        (BORN, {"age_yr": "60"}, "2020-03-01", "age"),
        (BORN, {"age_yr": "20"}, "", ""),
        ({"age": "060Y"}, {"age_yr": "61"}, "", ""),
        ({"age": "060Y"}, {"age_yr": "62"}, "", "age"),
        ({"age": "018M"}, {"age_yr": "2"}, "", ""),
        ({"age": "018M"}, {"age_yr": "3"}, "", "age"),
        ({"birth": "19600230", "age": "060Y"}, {"age_yr": "70"}, "2020-03-02", "age"),
        ({"age": "old"}, {"age_yr": "70"}, "2020-03-02", ""),
        ({"age": "060Y", "sex": "f"}, {"age_yr": "70", "sex": "1"}, "", "sex age"),
    ],
)
def test_sex_and_age_of_headers_and_form(
    said: dict[str, str], form: dict[str, str], admission: str, items: str
) -> None:
    assert " ".join(one["item"] for one in differences(said, form, admission)) == items


def test_what_the_browser_is_given_runs_without_django_and_numpy(tmp_path: Path) -> None:
    for name, path in engine.ours(ROOT):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(path.read_bytes())
    blocked = "import sys; sys.modules |= dict.fromkeys(('numpy', 'django', 'cryptography'))"
    run = [sys.executable, "-c", f"{blocked}; import uploads.browser.person, deid.browser; print('runs')"]
    assert subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=True).stdout == "runs\n"
