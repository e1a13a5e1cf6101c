"""Workbooks in and out: template, error workbook, what is refused as a whole, and the API around them."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import translation
from openpyxl import Workbook, load_workbook

from cohort import dictionary
from cohort.models import AnswerChange
from cohort.services import answers, importing
from cohort.sheets.catalogue import HELPERS, catalogue, code_item, typed
from cohort.sheets.errors import error_workbook
from cohort.sheets.reading import FIRST_ROW
from cohort.sheets.template import NAMES, template
from deid.sheet import open_book
from deid.sheet.strip import strip_sheet
from deid.sheet.template import catalogue_of
from registry.errors import Problem
from registry.models import Subject, User
from tests.cohort.filled import COMPLETE
from tests.cohort.workbooks import book_of, complete, filled, plain_sheet, saved, template_of

SignIn = Callable[[User], Client]
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheets_of(data: bytes) -> dict[str, Any]:
    return {sheet.title: sheet for sheet in book_of(data).worksheets}


def problem_of(actor: User, data: bytes) -> Problem:
    with pytest.raises(Problem) as caught:
        importing.look(actor=actor, data=data)
    return caught.value


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_template_has_every_item_that_a_person_answers(language: str) -> None:
    known = dictionary.get()
    sheets = sheets_of(template_of(language))
    found: list[str] = []
    for section in known.form_sections:
        if not typed(known, section):
            continue
        sheet = sheets[section.label.of(language)]
        names = [cell.value for cell in sheet[NAMES]]
        assert names[0] == code_item(known).name
        labels = {cell.value: sheet.cell(1, cell.column).value for cell in sheet[NAMES]}
        found += [name for name in names if name in known.items and name != names[0]]
        for name in names:
            if name in known.items:
                assert labels[name] == known.items[name].label.of(language)
    assert found == [item.name for item in known.items.values() if item.typed]


def test_the_template_guides_and_guards() -> None:
    sheet = sheets_of(template_of("ko"))["초기 검사실 소견"]
    columns = {cell.value: cell for cell in sheet[NAMES]}
    assert sheet.cell(2, columns["lab_ldh"].column).value == "U/L"
    assert sheet.freeze_panes == f"B{FIRST_ROW}"
    assert sheet.protection.sheet
    assert columns["lab_ldh"].protection.locked
    letter = columns["lab_ldh"].column_letter
    assert not sheet.column_dimensions[letter].protection.locked
    assert sheet.max_row == NAMES, "a cell of its own below the headings would be locked"
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    number = rules[f"{letter}{FIRST_ROW}"]
    assert (number.type, number.formula1, number.errorStyle) == ("whole", "10", "warning")
    choice = rules[f"{columns['lab_ldh_st'].column_letter}{FIRST_ROW}"]
    assert choice.type == "list"
    title, place = choice.formula1.rsplit("!", 1)
    choices = [
        cell.value for (cell,) in sheets_of(template_of("ko"))[title.strip("'")][place.replace("$", "")]
    ]
    assert choices == [
        "DONE 측정함",
        "BLOD 검출 한계 미만",
        "AULQ 측정 상한 초과",
        "ND 시행 안 함",
        "NI 기록 없음",
    ]
    note = sheet.cell(1, columns["lab_ldh"].column).comment.text
    assert "보통 범위: 131–3495 U/L" in note
    assert "[lab_ldh_st]='DONE'" in note


def test_every_drop_down_answer_is_understood(db: None, site_person: User, subject: Subject) -> None:
    """What the template offers, the import takes: every choice of every question in both languages."""
    from cohort.sheets.understanding import Meaning

    known = dictionary.get()
    meaning = Meaning(known)
    for language in ("en", "ko"):
        for item in known.items.values():
            for choice in item.choices if item.typed else ():
                label = choice.label.of(language)
                for text in {choice.code, f"{choice.code} {label}"}:
                    assert meaning.of(item, text, status_given=True) == {item.name: choice.code}, (
                        item.name,
                        text,
                    )


def test_the_template_is_the_same_bytes_every_time_and_lists_its_fields() -> None:
    known = dictionary.get()
    assert template(known, "en") == template(known, "en")
    for language in ("en", "ko"):
        assert catalogue_of(template_of(language)) == catalogue(known)


def test_an_empty_template_brings_nothing(db: None, site_person: User) -> None:
    assert problem_of(site_person, template_of("en")).code == "no_rows"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "value",
    [
        datetime.date(2020, 3, 5),
        datetime.datetime(2020, 3, 5, 9, 30),
        "2020-03-05",
        "2020년 3월 5일",
        "20200305",
        20200305,
        "admitted 2020.3.5",
    ],
)
@pytest.mark.parametrize("item", ["pcr_first_day", "age_yr", "tc_chief"])
def test_a_workbook_that_still_holds_a_date_is_refused(
    site_person: User, subject: Subject, value: Any, item: str
) -> None:
    problem = problem_of(site_person, filled([(subject.code, {item: value})]))
    assert problem.code == "sheet_has_dates"
    assert "2020" not in problem.message
    with translation.override("ko"):
        assert (
            "날짜가 1개 있습니다" in problem_of(site_person, filled([(subject.code, {item: value})])).message
        )


@pytest.mark.django_db
def test_columns_that_the_form_does_not_have_are_refused(site_person: User, subject: Subject) -> None:
    named = plain_sheet(["subject_id", "age_yr", "환자명", "비고"], [subject.code, 52, "홍길동", None])
    problem = problem_of(site_person, named)
    assert (problem.code, "(Sheet 1 C1)" in problem.message) == ("sheet_has_unknown_columns", True)
    assert "홍길동" not in problem.message
    assert "환자명" not in problem.message
    admission = plain_sheet(["subject_id", "age_yr", "입원일"], [subject.code, 52, "day one"])
    assert problem_of(site_person, admission).code == "sheet_has_unknown_columns"
    many = plain_sheet(
        ["subject_id", "age_yr", *(f"own {n}" for n in range(12))], [subject.code, 52, *range(12)]
    )
    assert "and 4 more" in problem_of(site_person, many).message


@pytest.mark.django_db
def test_other_sheets_are_refused_by_number(site_person: User, subject: Subject) -> None:
    book = Workbook()
    book.active.append(["subject_id", "age_yr"])
    book.active.append([subject.code, 52])
    book.create_sheet("홍길동").append(["phone", "010"])
    problem = problem_of(site_person, saved(book))
    assert problem.code == "no_headings"
    assert problem.message.startswith("Sheet 2 has no headings")


@pytest.mark.django_db
def test_a_template_of_another_form(site_person: User, subject: Subject) -> None:
    from openpyxl.packaging.custom import StringProperty

    def stamped(stamp: str) -> bytes:
        book = book_of(plain_sheet(["subject_id", "age_yr"], [subject.code, 52]))
        book.custom_doc_props.append(StringProperty(name="KICC dictionary", value=stamp))
        return saved(book)

    assert problem_of(site_person, stamped("mers-3 abc")).code == "other_template"
    plan = importing.look(actor=site_person, data=stamped(f"{dictionary.CURRENT} older"))
    assert plan.read.other_stamp
    assert not importing.look(actor=site_person, data=complete(subject.code)).read.other_stamp


@pytest.mark.django_db
def test_the_error_workbook_colours_and_explains(site_person: User, subject: Subject) -> None:
    data = filled([(subject.code, {"age_yr": 520, "sex": "=1+1", "vs_sbp": 70, "vs_dbp": 79})], language="ko")
    with translation.override("ko"):
        plan = importing.look(actor=site_person, data=data)
        made = book_of(error_workbook(data, plan, "ko"))
    listed = [[cell.value for cell in row] for row in made["오류"].iter_rows()]
    assert listed[0] == ["시트", "셀", "항목", "구분", "무엇이 문제이고 어떻게 할지"]
    assert [row[:4] for row in listed[1:]] == [
        ["인구학적 특성", "B4", "입원 시 연령", "오류"],
        ["인구학적 특성", "C4", "성별", "오류"],
        ["입원 시 활력징후", "E4", "수축기 혈압", "확인 필요"],
        ["입원 시 활력징후", "G4", "이완기 혈압", "확인 필요"],
    ]
    bad = made["인구학적 특성"]["B4"]
    assert (bad.value, bad.fill.fgColor.rgb) == (520, "00F6C26B")
    assert "0에서 120 세 사이여야 합니다" in bad.comment.text
    assert made["인구학적 특성"]["C4"].value is None
    assert "수식" in made["인구학적 특성"]["C4"].comment.text
    assert made["입원 시 활력징후"]["G4"].fill.fgColor.rgb == "00DCE6F2"
    assert made["오류"]["B2"].hyperlink.location == "'인구학적 특성'!B4"


@pytest.mark.django_db
def test_the_error_workbook_can_be_mended_and_sent_again(site_person: User, subject: Subject) -> None:
    data = filled([(subject.code, {"age_yr": 520, "sex": 1})])
    plan = importing.look(actor=site_person, data=data)
    book = book_of(error_workbook(data, plan, "en"))
    book["Demographics"]["B4"] = 52
    again = importing.look(actor=site_person, data=saved(book))
    assert (again.errors, again.counts["values_new"], again.read.other_stamp) == ([], 2, False)


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["=cmd|'/c calc'!A0", "+1+1", "-1+1", "@SUM(A1)", '=HYPERLINK("x")'])
def test_no_spreadsheet_runs_what_somebody_typed(site_person: User, subject: Subject, text: str) -> None:
    book = book_of(plain_sheet(["subject_id", "tc_use", "tc_chief", "age_yr"], [subject.code, 1, text, 520]))
    book.active["C2"].data_type = "s"
    data = saved(book)
    plan = importing.look(actor=site_person, data=data)
    cell = book_of(error_workbook(data, plan, "en"))["Sheet1"]["C2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


@pytest.mark.django_db
def test_what_the_local_step_makes_is_taken_whole(site_person: User, subject: Subject) -> None:
    day = datetime.date(2020, 3, 5)
    typed_in = {
        **COMPLETE,
        "pcr_first_day": day - datetime.timedelta(days=1),
        "pcr_pos_day": "2020. 3. 4.",
        "elig_period": None,
    }
    data = filled([(subject.code, typed_in)], language="ko", admissions={subject.code: day})
    book = book_of(data)
    book["인구학적 특성"]["Z1"], book["인구학적 특성"]["Z4"] = "환자명", "홍길동"
    assert problem_of(site_person, saved(book)).code == "sheet_has_dates"
    done = strip_sheet(saved(book), catalogue_of(template_of("en")))
    assert done.problems == []
    importing.bring(
        actor=site_person, data=done.data, seen=importing.look(actor=site_person, data=done.data).digest
    )
    kept = answers.kept(answers.case_of(subject))
    assert {name: kept[name] for name in COMPLETE} == COMPLETE


@pytest.mark.django_db
def test_the_whole_way_by_program(signed_in: SignIn, site_person: User, subject: Subject) -> None:
    client = signed_in(site_person)
    answer = client.get("/api/v1/imports/template/ko/")
    assert answer["Content-Disposition"] == 'attachment; filename="kicc19-1-ko.xlsx"'
    assert answer.content == template_of("ko")
    assert client.get("/api/v1/imports/template/fr/").status_code == 404
    data = filled([(subject.code, {"age_yr": 152}), ("new 1", {"age_yr": 53})])
    seen = client.post("/api/v1/imports/look/", data, content_type=TYPE).json()
    assert seen["findings"] == [
        {
            "severity": "error",
            "code": "out_of_range",
            "sheet": "Demographics",
            "cell": "B4",
            "item": "age_yr",
            "field": "Age at admission",
            "message": "Age at admission must lie between 0 and 120 years. Check the value and its unit.",
        }
    ]
    errors = client.post("/api/v1/imports/errors/", data, content_type=TYPE)
    assert load_workbook(io.BytesIO(errors.content)).sheetnames[0] == "Errors"
    headers = {"KICC-Seen": seen["seen"]}
    answer = client.post("/api/v1/imports/", data, content_type=TYPE, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "import_has_errors")
    good = filled([(subject.code, {"age_yr": 52}), ("new 1", {"age_yr": 53})])
    seen = client.post("/api/v1/imports/look/", good, content_type=TYPE).json()
    assert seen["counts"]["values_new"] == 2
    assert seen["patients"][1]["changes"] == [{"item": "age_yr", "old": "", "new": "53", "kind": "new"}]
    answer = client.post("/api/v1/imports/", good, content_type=TYPE, headers={"KICC-Seen": "0" * 64})
    assert (answer.status_code, answer.json()["code"]) == (409, "import_differs")
    answer = client.post("/api/v1/imports/", good, content_type=TYPE, headers={"KICC-Seen": seen["seen"]})
    assert answer.status_code == 201
    made = answer.json()["patients"]
    assert [(one["label"], one["row"]) for one in made] == [(subject.code, 4), ("new 1", 5)]
    changed = filled([(subject.code, {"age_yr": 54})])
    seen = client.post("/api/v1/imports/look/", changed, content_type=TYPE).json()
    assert seen["reason_needed"]
    headers = {"KICC-Seen": seen["seen"], "KICC-Reason": quote("의무기록 확인")}
    assert client.post("/api/v1/imports/", changed, content_type=TYPE, headers=headers).status_code == 201
    assert AnswerChange.objects.filter(item="age_yr").last().reason == "의무기록 확인"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/api/v1/imports/look/", "/api/v1/imports/", "/api/v1/imports/errors/"])
def test_what_is_no_workbook_gets_a_sentence(signed_in: SignIn, site_person: User, address: str) -> None:
    client = signed_in(site_person)
    form = client.post(address, {"file": io.BytesIO(b"x")})
    assert (form.status_code, form.json()["code"]) == (400, "workbook_missing")
    form = client.post(address, "a=b", content_type="application/x-www-form-urlencoded")
    assert (form.status_code, form.json()["code"]) == (400, "workbook_missing")
    empty = client.post(address, b"", content_type=TYPE)
    assert (empty.status_code, empty.json()["code"]) == (400, "empty_file")
    large = client.post(address, b"PK\x03\x04" + b"0" * (9 << 20), content_type=TYPE)
    assert (large.status_code, large.json()["code"]) == (400, "sheet_too_large")
    korean = client.post(address, b"%PDF", content_type=TYPE, headers={"Accept-Language": "ko"})
    assert "Excel 통합 문서(.xlsx)가 아닙니다" in korean.json()["message"]


@pytest.mark.django_db
def test_the_page_s_parts(signed_in: SignIn, site_person: User, subject: Subject) -> None:
    client = signed_in(site_person)
    assert "Import from Excel" in client.get("/import/").content.decode()
    assert client.get("/import/template/en/").content == template_of("en")
    data = filled([(subject.code, {"age_yr": 52})])
    part = client.post("/import/look/", data, content_type=TYPE)
    assert "Import 1 patient" in part.content.decode()
    refused = client.post("/import/bring/", data, content_type=TYPE)
    assert (refused.status_code, "Something changed since you looked" in refused.content.decode()) == (
        409,
        True,
    )
    refused = client.post("/import/look/", b"x", content_type=TYPE)
    assert (refused.status_code, "data-import-part" in refused.content.decode()) == (400, True)
    seen = importing.look(actor=site_person, data=data).digest
    done = client.post("/import/bring/", data, content_type=TYPE, headers={"KICC-Seen": seen})
    assert "1 patient imported" in done.content.decode()
    again = client.post("/import/look/", data, content_type=TYPE).content.decode()
    assert "The registry has all of this already" in again
    assert 'data-does="import"' not in again


@pytest.mark.django_db
def test_long_lists_are_cut_and_counted(signed_in: SignIn, site_person: User, subject: Subject) -> None:
    rows = [[f"new {n}", 520, 99] for n in range(1, 251)]
    data = plain_sheet(["subject_id", "age_yr", "vs_hr"], *rows)
    part = signed_in(site_person).post("/import/look/", data, content_type=TYPE).content.decode()
    assert "250 cells need a correction" in part
    assert "50 more stand in the workbook." in part


def test_helper_sheets_have_both_languages() -> None:
    assert all(english.isascii() and not korean.isascii() for english, korean in HELPERS)
    assert len(open_book(template_of("ko")).sheets) == len(open_book(template_of("en")).sheets)
