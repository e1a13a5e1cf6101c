"""The page of one subject: slots, timeline, the next thing to do, and its history."""

import datetime
import re
from collections.abc import Callable

import pytest
from django.test import Client

from cohort.models import Case, Decision
from cohort.services import answers, queries
from cohort.slots import ExamFacts, missing, slots
from cohort.timeline import LEFT, WIDTH, timeline
from registry.models import Role, User
from tests.cohort import people

SignIn = Callable[[User], Client]
ADMISSION = datetime.date(2000, 1, 1)


def exam(
    number: int, kind: str, day: int | None, hour: int | None = 9, slot: str = "", anchored: bool = True
) -> ExamFacts:
    return ExamFacts(
        number,
        kind,
        slot or ("ct" if kind == "CT" else "other"),
        None if day is None else ADMISSION + datetime.timedelta(days=day),
        None if hour is None else datetime.time(hour),
        anchored,
    )


def marks(found: list[ExamFacts], end: str = "") -> str:
    return " ".join(
        f"{slot.mark}{slot.number}{'+' if slot.filled else '-'}" for slot in slots(found, end_status=end)
    )


@pytest.mark.parametrize(
    ("exams", "end", "expected"),
    [
        ([], "", "CXR1- CT1- DC1-"),
        ([exam(1, "CXR", 0, slot="baseline")], "", "CXR1+ CT1- DC1-"),
        ([exam(1, "CT", 3)], "1", "CXR1- CT1+ 24h1- DC1-"),
        ([exam(1, "CT", 3), exam(2, "CXR", 4, 9)], "1", "CXR1- CT1+ 24h1+ DC1-"),
        ([exam(1, "CT", 3), exam(2, "CXR", 4, 10)], "1", "CXR1- CT1+ 24h1- DC1-"),
        ([exam(1, "CT", 3), exam(2, "CXR", 3, 9, "baseline")], "1", "CXR1+ CT1+ 24h1+ DC1-"),
        ([exam(1, "CT", 3), exam(2, "CT", 9), exam(3, "CXR", 9)], "2", "CXR1- CT1+ 24h1- CT2+ 24h2+"),
        ([exam(1, "CT", 3, None), exam(2, "CXR", 3, 22)], "4", "CXR1- CT1+ 24h1+"),
        ([exam(1, "CT", 3, None), exam(2, "CXR", 4, 1)], "4", "CXR1- CT1+ 24h1-"),
        ([exam(1, "CT", 3), exam(2, "CXR", 3, anchored=False)], "3", "CXR1- CT1+ 24h1-"),
        ([exam(1, "CT", None), exam(2, "CXR", None)], "3", "CXR1- CT1+ 24h1-"),
        ([exam(1, "CXR", 9, slot="discharge")], "1", "CXR1- CT1- DC1+"),
    ],
)
def test_slots_follow_the_collection_rule(exams: list[ExamFacts], end: str, expected: str) -> None:
    assert marks(exams, end) == expected
    assert missing(slots(exams, end_status=end)) == expected.count("-")


def test_the_timeline_draws_exams_form_and_gaps_on_one_scale() -> None:
    exams = [exam(1, "CT", 2), exam(2, "CXR", 0, slot="baseline")]
    form = {
        "pcr_first_day": "-2",
        "pcr_pos_day": "-2",
        "out_icu_day": "5",
        "out_end_day": "20",
        "out_status": "1",
    }
    drawn = timeline(exams, slots(exams, end_status="1"), form)
    assert drawn is not None
    lanes = {lane.name: lane for lane in drawn.lanes}
    assert list(lanes) == ["stay", "ct", "cxr", "pcr", "icu"]
    assert [mark.gap for mark in lanes["cxr"].marks] == [False, True, True]
    xs = {name: lane.marks[0].x for name, lane in lanes.items()}
    assert LEFT < xs["pcr"] < xs["stay"] == xs["cxr"] < xs["ct"] < xs["icu"] < WIDTH
    assert lanes["stay"].marks[0].x + lanes["stay"].marks[0].width <= WIDTH
    assert len(lanes["pcr"].marks) == 1
    assert drawn.anchored


def test_a_missing_ct_is_a_gap_too_and_the_table_says_all_that_is_drawn() -> None:
    form = {"pcr_pos_day": "2", "tx_mv_day": "6", "out_end_day": "20", "out_status": "2"}
    exams = [exam(1, "CXR", 0, slot="baseline")]
    drawn = timeline(exams, slots(exams, end_status="2"), form)
    assert drawn is not None
    lanes = {lane.name: lane for lane in drawn.lanes}
    assert [mark.gap for mark in lanes["ct"].marks] == [True]
    assert lanes["ct"].marks[0].x == lanes["pcr"].marks[0].x
    assert [(str(lane), day, until) for lane, day, until, _text in drawn.rows] == [
        ("Hospital stay", 0, 20),
        ("Radiographs", 0, None),
        ("CT", 2, None),
        ("RT-PCR", 2, None),
        ("Ventilation", 6, None),
    ]
    assert sum(len(lane.marks) for lane in drawn.lanes) == len(drawn.rows)
    assert [text for *_, text in drawn.rows][2] == "CT 1: not here yet"


def test_days_that_do_not_count_from_admission_are_said_to_count_from_the_first_exam() -> None:
    exams = [exam(1, "CT", 7000, anchored=False), exam(2, "CXR", 7003, anchored=False)]
    drawn = timeline(exams, slots(exams), {"pcr_first_day": "-2", "out_end_day": "20"})
    assert drawn is not None
    assert not drawn.anchored
    assert [lane.name for lane in drawn.lanes] == ["ct", "cxr"]
    assert max(day for _, day in drawn.ticks) == 3


def test_an_exam_of_another_calendar_is_counted_as_left_out() -> None:
    exams = [exam(1, "CT", 1), exam(2, "CXR", 7003, anchored=False)]
    drawn = timeline(exams, slots(exams), {})
    assert drawn is not None
    assert drawn.left_out == 1


def test_nothing_to_draw() -> None:
    assert timeline([], [], {}) is None


@pytest.mark.parametrize("last", [1, 9, 40, 94, 400])
def test_ticks_stay_few_and_on_the_scale(last: int) -> None:
    drawn = timeline([exam(1, "CT", 0), exam(2, "CT", last)], [], {})
    assert drawn is not None
    assert 2 <= len(drawn.ticks) <= 14
    assert all(LEFT <= x <= WIDTH for x, _ in drawn.ticks)


@pytest.mark.django_db
class TestPage:
    def test_it_says_what_is_missing_and_offers_one_next_action(self, signed_in: SignIn) -> None:
        by = people.user(at=people.site())
        one = people.subject(by)
        client = signed_in(by)
        text = client.get(f"/subjects/{one.code}/").content.decode()
        assert "3 exams missing" in text
        assert text.count("button-main") == 1
        people.exam(one, "CT", 1)
        text = client.get(f"/subjects/{one.code}/").content.decode()
        assert f'class="button button-main" href="/subjects/{one.code}/form/"' in text

    def test_an_open_question_comes_first(self, signed_in: SignIn) -> None:
        by = people.user(at=people.site())
        case = people.complete(by, Case.State.RETURNED)
        queries.open(actor=people.user(Role.CURATOR), case=case, text="Which day?", item="sx_onset_day")
        text = signed_in(by).get(f"/subjects/{case.subject.code}/").content.decode()
        assert "1 question open" in text
        assert 'class="button button-main" href="#questions"' in text
        assert "/form/symptoms/#field-sx_onset_day" in text
        assert text.count("button-main") == 1

    def test_a_return_says_who_and_why(self, signed_in: SignIn) -> None:
        by, curator = people.user(at=people.site()), people.user(Role.CURATOR)
        case = people.complete(by, Case.State.RETURNED)
        Decision.objects.create(case=case, kind="return", reason="Thinner series", by=curator, revision=1)
        text = signed_in(by).get(f"/subjects/{case.subject.code}/").content.decode()
        assert f"{curator.name} sent this case back: Thinner series" in text

    def test_history_tells_changes_of_the_form_together(self, signed_in: SignIn) -> None:
        by = people.user(at=people.site())
        one = people.subject(by)
        case = answers.case_of(one)
        answers.save(actor=by, case=case, changes={"sex": "1"})
        answers.save(actor=by, case=case, changes={"age_yr": "63", "lab_wbc": "5000"})
        answers.save(actor=by, case=case, changes={"lab_wbc": "", "lab_wbc_st": "ND"})
        text = signed_in(by).get(f"/subjects/{one.code}/").content.decode()
        assert text.count("Answers changed") == 1
        assert re.search(r"Age at admission</th><td>–</td><td>63 years</td>", text)
        assert re.search(r"Sex</th><td>–</td><td>Male</td>", text)
        assert re.search(r"White blood cell</th><td>–</td><td>5000 /μL</td>", text)
        assert re.search(r"White blood cell</th><td>5000 /μL</td><td>Not done</td>", text)
        assert "lab_wbc_st" not in text

    def test_held_back_series_fill_no_slot_but_are_shown(self, signed_in: SignIn) -> None:
        by = people.user(at=people.site())
        one = people.subject(by)
        people.exam(one, "CT", 1, state="quarantined")
        text = signed_in(by).get(f"/subjects/{one.code}/").content.decode()
        assert "3 exams missing" in text
        assert "Held back" in text

    def test_readers_of_every_site_get_no_buttons_of_the_site(self, signed_in: SignIn) -> None:
        by = people.user(at=people.site())
        one = people.subject(by)
        text = signed_in(people.user(Role.LEAD)).get(f"/subjects/{one.code}/").content.decode()
        assert "/upload/" not in text
        assert "button-main" not in text

    @pytest.mark.parametrize("code", ["S03-9999-A", "nobody", "S03-0001-%00"])
    def test_what_is_not_there_is_not_found(self, signed_in: SignIn, code: str) -> None:
        assert signed_in(people.user(at=people.site())).get(f"/subjects/{code}/").status_code == 404
