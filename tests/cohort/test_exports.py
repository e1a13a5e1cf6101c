"""The table that leaves: its columns, what is coarsened, its bytes, and who takes it."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from cohort import dictionary
from cohort.exports.cells import safe
from cohort.exports.columns import Rare, columns, leaves
from cohort.exports.files import write_csv, write_xlsx
from cohort.exports.package import TYPES, Package
from cohort.models import Case
from cohort.summary import ImagingRecord, Person
from registry.models import AuditEvent, Role, User
from tests.cohort import people

SignIn = Callable[[User], Client]
IMAGING = [
    *(
        "ct_exams",
        "ct_first_day",
        "ct_last_day",
        "ct_series",
        "ct_images",
        "ct_vendor",
        "ct_model",
        "ct_thinnest",
    ),
    *("cxr_exams", "cxr_first_day", "cxr_last_day", "cxr_images", "exams_synthetic"),
]


def table(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def made(*names: str) -> list[bytes]:
    """Content of files of one package."""
    with Package() as package:
        return [package.make(name).content.read() for name in names]


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def value(person: Person, name: str, rare: Rare | None = None) -> Any:
    found = {column.name: column for column in columns(dictionary.get(), rare or Rare())}
    return found[name].value(person)


def someone(**answers: str) -> Person:
    return Person("S03-0001-A", "S03", "T", answers)


def test_columns_are_the_dictionary_s_in_order_then_the_images_then_who_is_invented() -> None:
    *names, last = [column.name for column in columns(dictionary.get(), Rare())]
    assert last == "synthetic"
    order = list(dictionary.get().items)
    of_form = names[: -len(IMAGING)]
    assert names[-len(IMAGING) :] == IMAGING
    assert of_form == sorted(of_form, key=order.index)
    assert of_form[:3] == ["subject_id", "site_code", "site_level"]
    assert len(names) == len(set(names))


def test_no_free_text_no_signature_no_screening_number_leaves() -> None:
    kept = {item.name for item in dictionary.get().items.values() if leaves(item)}
    assert not kept & {
        "consecutive_no",
        "pi_signature",
        "tc_chief",
        "tc_teaching_point",
        "img_kind",
        "curation",
    }
    types = {
        item.type for item in dictionary.get().items.values() if leaves(item) and item.name != "subject_id"
    }
    assert types <= {"integer", "decimal", "radio", "dropdown", "yesno", "checkbox", "calc"}


@pytest.mark.parametrize(("age", "told"), [("0", 0), ("89", 89), ("90", "90+"), ("97", "90+")])
def test_ages_of_ninety_and_over_are_one_group(age: str, told: Any) -> None:
    assert value(someone(age_yr=age), "age_yr") == told


def test_rare_places_are_not_told() -> None:
    rare = Rare({"residence": frozenset({"50"})})
    assert value(someone(residence="50"), "residence", rare) == "RARE"
    assert value(someone(residence="27"), "residence", rare) == "27"


def test_numbers_are_numbers_codes_are_text_and_blanks_are_empty() -> None:
    assert value(someone(lab_alb="4.1"), "lab_alb") == 4.1
    assert value(someone(sex="1"), "sex") == "1"
    assert value(someone(pcr_first_day="-3"), "pcr_first_day") == -3
    assert value(someone(), "lab_alb") is None


def test_imaging_columns_sum_up_the_exams() -> None:
    exams = (
        ImagingRecord("CT", day=9, anchored=True, vendor="Philips", thickness_mm=3, series=2, images=40),
        ImagingRecord("CT", day=2, anchored=True, vendor="GE Healthcare", thickness_mm=1.25, images=300),
        ImagingRecord("CXR", day=None, synthetic=True),
    )
    person = Person("S03-0001-A", "S03", "T", {}, exams)
    assert [value(person, name) for name in IMAGING] == [
        *(2, 2, 9, 3, 340, "GE Healthcare|Philips", "", 1.25),
        *(1, None, None, 1, 1),
    ]


def test_invented_people_are_told_from_others() -> None:
    assert value(Person("S03-0001-A", "S03", "T", synthetic=True), "synthetic") == 1
    assert value(someone(), "synthetic") == 0


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"])
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    assert safe(text) == f"'{text}"
    out = io.BytesIO()
    write_xlsx(out, [("x", ["a"], [[text]])])
    cell = load_workbook(out).active["A2"]
    assert cell.data_type == "s"


@pytest.mark.parametrize("same", ["-3", "-3.5", "text", "", 5, 2.5, None])
def test_what_is_harmless_stays(same: Any) -> None:
    assert safe(same) == same


def test_control_characters_do_not_stop_the_workbook() -> None:
    out = io.BytesIO()
    write_xlsx(out, [("x", ["a"], [["a\x00\x0bb"]])])
    assert load_workbook(out).active["A2"].value == "ab"


def test_csv_is_utf8_with_a_mark_and_keeps_korean_and_quotes() -> None:
    out = io.BytesIO()
    assert write_csv(out, ["a"], [['서울, "x"'], [None]]) == 2
    assert out.getvalue() == '\ufeffa\r\n"서울, ""x"""\r\n""\r\n'.encode()


@pytest.mark.django_db
class TestPackage:
    @pytest.fixture(autouse=True)
    def cohort(self) -> None:
        by = people.user(at=people.site())
        for number in range(6):
            people.complete(
                by, Case.State.ACCEPTED, age_yr=str(88 + number), residence="27" if number else "50"
            )
        people.complete(by, Case.State.SUBMITTED)

    def test_accepted_cases_only_one_row_each(self) -> None:
        rows = table(*made("table.csv"))
        assert len(rows) == 6
        assert [row["age_yr"] for row in rows] == ["88", "89", "90+", "90+", "90+", "90+"]
        assert [row["residence"] for row in rows] == ["RARE", *["27"] * 5]
        assert rows[0]["subject_id"].startswith("S03-0001-")
        assert (rows[0]["ct_exams"], rows[0]["ct_first_day"], rows[0]["cxr_exams"]) == ("1", "1", "3")

    def test_the_workbook_holds_the_same_rows_frozen_below_the_header_and_the_codebook(self) -> None:
        plain, workbook = made("table.csv", "table.xlsx")
        rows = table(plain)
        book = load_workbook(io.BytesIO(workbook))
        sheet = book["cohort"]
        cells = [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
        assert cells == [list(rows[0]), *[list(row.values()) for row in rows]]
        assert sheet.freeze_panes == "B2"
        codebook = [row[0] for row in book["codebook"].values][1:]
        assert codebook == list(rows[0])
        assert sheet["A1"].font.bold

    def test_the_codebook_explains_codes_in_two_languages(self) -> None:
        rows = {row["column"]: row for row in table(*made("codebook.csv"))}
        assert rows["sex"]["codes_en"] == "1, Male | 2, Female"
        assert rows["sex"]["label_ko"] == "성별"
        assert "90+" in rows["age_yr"]["note"]
        assert "RARE" in rows["residence"]["note"]

    def test_the_manifest_and_the_zip_hold_what_they_say(self) -> None:
        archive = zipfile.ZipFile(io.BytesIO(*made("table.zip")))
        assert archive.namelist() == ["table.csv", "table.xlsx", "codebook.csv", "manifest.json"]
        manifest = json.loads(archive.read("manifest.json"))
        assert (manifest["rows"], manifest["level"], manifest["synthetic_rows"]) == (6, "safe-harbor", 0)
        assert manifest["dictionary"]["sha256"] == dictionary.get().digest
        for entry in manifest["files"]:
            assert hashlib.sha256(archive.read(entry["name"])).hexdigest() == entry["sha256"]

    @pytest.mark.parametrize("name", ["table.xlsx", "table.zip"])
    def test_members_carry_no_time_and_no_compressor_s_choice(self, name: str) -> None:
        members = zipfile.ZipFile(io.BytesIO(*made(name))).infolist()
        assert {member.date_time for member in members} == {(1980, 1, 1, 0, 0, 0)}
        assert {member.compress_type for member in members} == {zipfile.ZIP_STORED}

    @pytest.mark.parametrize("name", TYPES)
    def test_the_same_content_gives_the_same_bytes(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        first = made(name)
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
        monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
        assert made(name) == first

    @pytest.mark.parametrize("name", TYPES)
    def test_taking_is_on_record_with_rows_and_digest(self, signed_in: SignIn, name: str) -> None:
        taker = people.user(Role.RESEARCHER)
        response = signed_in(taker).get(f"/exports/{name}")
        content = body(response)
        assert response["Content-Disposition"] == f'attachment; filename="kicc-{name}"'
        event = AuditEvent.objects.get(verb=AuditEvent.Verb.TABLE_EXPORTED)
        assert (event.actor, event.target) == (taker, name)
        assert event.detail["sha256"] == hashlib.sha256(content).hexdigest() == response["X-Content-SHA256"]
        assert event.detail["bytes"] == len(content)
        assert event.detail["rows"] == (0 if name == "codebook.csv" else 6)

    def test_the_api_gives_the_same_bytes(self, signed_in: SignIn) -> None:
        client = signed_in(people.user(Role.LEAD))
        for name in client.get("/api/v1/exports/").json()["files"]:
            assert body(client.get(f"/api/v1/exports/{name}")) == body(client.get(f"/exports/{name}"))

    def test_what_is_not_there_is_said(self, signed_in: SignIn) -> None:
        response = signed_in(people.user(Role.LEAD)).get("/api/v1/exports/images.zip")
        assert (response.status_code, response.json()["code"]) == (404, "no_such_table")

    def test_sites_curators_and_administrators_take_nothing(self, signed_in: SignIn) -> None:
        takers = [people.user(at=people.site()), people.user(Role.CURATOR), people.user(Role.ADMIN)]
        for taker in takers:
            client = signed_in(taker)
            for name in ("", *TYPES):
                assert client.get(f"/exports/{name}").status_code == 403
                assert client.get(f"/api/v1/exports/{name}").status_code == 403
        assert not AuditEvent.objects.filter(verb=AuditEvent.Verb.TABLE_EXPORTED).exists()

    def test_page_table_and_manifest_say_who_is_invented(self, signed_in: SignIn) -> None:
        client = signed_in(people.user(Role.RESEARCHER))
        assert "are invented people" not in client.get("/exports/").content.decode()
        Case.objects.filter(pk__in=Case.objects.filter(state=Case.State.ACCEPTED)[:2]).update(synthetic=True)
        assert "2 of the rows are invented people" in client.get("/exports/").content.decode()
        plain, manifest = made("table.csv", "manifest.json")
        assert sorted(row["synthetic"] for row in table(plain)) == ["0"] * 4 + ["1"] * 2
        assert json.loads(manifest)["synthetic_rows"] == 2

    def test_the_page_says_who_took_what(self, signed_in: SignIn) -> None:
        client = signed_in(people.user(Role.RESEARCHER))
        body(client.get("/exports/table.csv"))
        text = client.get("/exports/").content.decode()
        assert "6 accepted cases" in text
        assert text.count("button-main") == 1
        assert '<td data-label="File">table.csv</td>' in text


@pytest.mark.django_db
def test_an_empty_cohort_is_a_header() -> None:
    plain, workbook = made("table.csv", "table.xlsx")
    assert table(plain) == []
    assert load_workbook(io.BytesIO(workbook))["cohort"].max_row == 1
