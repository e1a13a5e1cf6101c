"""The leak alarm: a file that says it was stripped and was not, from the wire to the administrator's page."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from deid import ENGINE, PROFILE_VERSION, Dates, strip
from deid.profile import RULES
from imaging.models import Series
from phantom import PERSONS, ct_series, planted_values, radiograph
from registry.models import AuditEvent, Role, Subject, User
from tests.uploads.people import DAY, Sender, make_person, make_subject
from tests.uploads.test_verdicts import altered, site_stripped
from uploads.leak_words import korean, reason
from uploads.models import LeakAlarm, Receipt, Upload
from uploads.selectors_leaks import word
from uploads.services import engines

PERSON = PERSONS[0]
CT = ct_series(seed=1, slices=3, matrix=64, person=PERSON, study_date=DAY)
FILM = radiograph(seed=2, rows=64, person=PERSON, study_date=DAY)
SERIAL = "SN-77881234"
CLAIM = f"{ENGINE}, profile {PROFILE_VERSION}"
NAMES = {"PatientName": "PETRICHOR^BANGMANGI", "OtherPatientIDs": "KX00040003"}


def leaking() -> list[bytes]:
    """A scan of which one slice still names somebody, and its scanner's serial number."""
    clean = [site_stripped(data) for data in CT]
    return [clean[0], altered(clean[1], **NAMES, DeviceSerialNumber=SERIAL), clean[2]]


@pytest.fixture
def alarm(sender: Sender, subject: Subject) -> LeakAlarm:
    upload = sender.bring(subject.code, leaking(), stripped_by=ENGINE)
    assert {file["code"] for file in upload["files"]} == {"leak_alarm"}
    return LeakAlarm.objects.get()


def page(person: User, address: str, language: str = "en") -> str:
    answer = Sender(person, language).client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_an_alarm_says_which_elements_of_which_scanner_and_who_claimed(alarm: LeakAlarm) -> None:
    series = Series.objects.get()
    assert (alarm.vendor, alarm.model, alarm.modality) == (series.vendor, series.model, "CT")
    assert alarm.vendor
    assert (alarm.files, alarm.files_leaking) == (3, 1)
    assert (alarm.claimed_by, alarm.marked_by, alarm.found_by) == (ENGINE, CLAIM, CLAIM)
    found = {row["element"]: (row["action"], row["files"]) for row in alarm.elements}
    assert found == {"(0010,0010)": ("Z", 1), "(0010,1000)": ("X", 1), "(0018,1000)": ("D", 1)}
    assert alarm.receipt == Receipt.objects.get()
    assert alarm.series == series.pk


def test_no_value_and_no_serial_number_is_kept_anywhere(alarm: LeakAlarm) -> None:
    rows = [
        LeakAlarm.objects.values(),
        Receipt.objects.values(),
        Series.objects.values(),
        AuditEvent.objects.values(),
    ]
    kept = repr([list(found) for found in rows])
    values = [*planted_values(PERSON), *NAMES.values(), SERIAL]
    assert not [value for value in values if value in kept]


def test_a_foreign_program_is_named_by_the_upload_alone(sender: Sender, subject: Subject) -> None:
    files = [altered(data, DeidentificationMethod="Dr. Hong's own script") for data in leaking()]
    sender.bring(subject.code, files, stripped_by="somebodys-tool/2")
    alarm = LeakAlarm.objects.get()
    assert (alarm.claimed_by, alarm.marked_by) == ("somebodys-tool/2", "")
    assert "Hong" not in repr(list(LeakAlarm.objects.values()))


def test_a_file_that_cannot_be_stripped_does_not_hide_what_the_others_hold(
    sender: Sender, subject: Subject
) -> None:
    clean = [site_stripped(data) for data in CT]
    odd = altered(clean[2], PhotometricInterpretation="C\x01")
    upload = sender.bring(subject.code, [clean[0], altered(clean[1], **NAMES), odd], stripped_by=ENGINE)
    assert {file["verdict"] for file in upload["files"]} == {"quarantined"}
    alarm = LeakAlarm.objects.get()
    assert (alarm.files, alarm.files_leaking) == (3, 1)
    assert {row["element"] for row in alarm.elements} == {"(0010,0010)", "(0010,1000)"}


def for_another(data: bytes, **changes: Any) -> bytes:
    """As the hospital strips it for a subject, and sends it for another."""
    stripped = strip(data, uid_key=b"k" * 32, dates=Dates.day_zero(DAY), subject="S03-9999-Z").data
    return altered(stripped, **changes)


OLDER = ["kicc-deid/1.0.3", "profile 2025b.1", "dates shifted"]


@pytest.mark.parametrize(
    ("files", "cause", "says", "korean"),
    [
        (
            [for_another(data) for data in CT],
            "other_patient",
            "The files carry the code of another patient",
            "다른 환자의 레지스트리 코드",
        ),
        (
            [for_another(CT[0]), for_another(CT[1], **NAMES), for_another(CT[2])],
            "not_stripped",
            "Elements were still there that stripping removes",
            "삭제되어야 할 요소가 남아",
        ),
        (
            [for_another(data, DeidentificationMethod="Dr. Hong's own script") for data in CT],
            "not_stripped",
            "Mend the export or the de-identification",
            "내보내기 또는 비식별화 설정",
        ),
        (
            [altered(site_stripped(CT[0]), StationName="CT99", DeidentificationMethod=OLDER)],
            "old_engine",
            "stripped by kicc-deid/1.0.3, profile 2025b.1, which leaves what",
            "kicc-deid/1.0.3, profile 2025b.1 버전",
        ),
    ],
)
def test_an_alarm_says_why_and_what_to_do(
    sender: Sender, subject: Subject, files: list[bytes], cause: str, says: str, korean: str
) -> None:
    sender.bring(subject.code, files, stripped_by=ENGINE)
    alarm = LeakAlarm.objects.get()
    assert alarm.cause == cause
    address = f"/uploads/{alarm.upload_id}/"
    assert says in words(page(alarm.upload.created_by, address))
    assert korean in words(page(alarm.upload.created_by, address, "ko"))
    assert "S03-9999-Z" not in page(alarm.upload.created_by, address) + repr(list(Receipt.objects.values()))


@pytest.mark.parametrize(
    ("name", "old"),
    [
        (ENGINE, False),
        ("kicc-deid/1.0.9", True),
        ("kicc-deid/0.99", True),
        ("kicc-deid/1.1.99", False),
        ("kicc-deid/99.0.0", False),
        ("kicc-deid/1", False),
        ("somebodys-tool/0.1.0", False),
        ("", False),
    ],
)
def test_an_engine_is_old_when_this_one_removes_more(
    name: str, old: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "ENGINE", "kicc-deid/1.1.0")
    assert engines.is_old(name) == (old and name != ENGINE)


@pytest.mark.parametrize(("language", "words"), [("en", "Bring the program up to date"), ("ko", "최신 버전")])
def test_what_an_old_engine_stripped_is_refused_before_a_byte_is_sent(
    sender: Sender, subject: Subject, language: str, words: str
) -> None:
    body = {
        "subject": subject.code,
        "files": [{"sha256": "0" * 64, "size": 1}],
        "stripped_by": "kicc-deid/1.0.0",
    }
    answer = Sender(User.objects.get(), language).client.post("/api/v1/uploads/", body, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "old_engine")
    assert "kicc-deid/1.0.0" in answer.json()["message"]
    assert words in answer.json()["message"]
    assert not Upload.objects.exists()


def test_every_reason_of_the_profile_has_a_korean_sentence() -> None:
    missing = {rule.reason for rule in RULES.values() if rule.action in "XZDC"} - set(korean())
    assert not missing
    assert reason("Belongs to radiotherapy", "ko") == "방사선치료에 관한 항목"
    assert reason("Belongs to radiotherapy", "en") == reason("Belongs to radiotherapy", "de")
    assert reason("A reason of tomorrow", "ko") == "A reason of tomorrow"


def test_elements_in_items_are_counted_by_their_path(sender: Sender, subject: Subject) -> None:
    from pydicom.dataset import Dataset

    items = []
    for number in range(3):
        item = Dataset()
        item.AccessionNumber = f"A778{number}"
        items.append(item)
    clean = [site_stripped(data) for data in CT]
    sender.bring(
        subject.code, [altered(data, RequestAttributesSequence=items) for data in clean], stripped_by=ENGINE
    )
    assert LeakAlarm.objects.get().elements == [
        {
            "element": "(0040,0275)",
            "action": "X",
            "reason": "Identifiers and reasons of the order",
            "files": 3,
        }
    ]


@pytest.mark.parametrize(
    ("language", "element", "why"),
    [
        ("en", "3 elements that may identify", "May identify and research does not need it"),
        ("ko", "식별 가능한 요소 3개", "식별 가능하며 연구에 필요하지 않음"),
    ],
)
def test_the_hospital_sees_the_elements_on_its_receipt(
    alarm: LeakAlarm, sender: Sender, language: str, element: str, why: str
) -> None:
    html = page(alarm.upload.created_by, f"/uploads/{alarm.upload_id}/", language)
    text = words(html)
    assert element in text
    assert f"(0010,1000) Other Patient IDs {why} 1" in text
    assert f"{alarm.vendor} {alarm.model}" in text
    assert f"/api/v1/uploads/{alarm.upload_id}/receipts/" in html
    assert not [value for value in (*NAMES.values(), SERIAL) if value in html]


def test_curators_and_the_hospital_have_a_list_and_others_do_not(alarm: LeakAlarm, stranger: User) -> None:
    code = alarm.upload.subject.code
    for person in (make_person(Role.CURATOR), make_person(Role.LEAD), alarm.upload.created_by):
        text = words(page(person, "/leaks/"))
        assert code in text
        assert "(0018,1000) Device Serial Number May identify; required" in text
    assert code not in page(stranger, "/leaks/")
    assert "No leak alarm" in page(stranger, "/leaks/")
    assert "Leak alarms" in page(make_person(Role.CURATOR), "/review/")
    for role in (Role.RESEARCHER, Role.ADMIN):
        assert Sender(make_person(role)).client.get("/leaks/").status_code == 403
    assert Client().get("/leaks/").status_code == 302


def test_an_alarm_says_when_the_series_came_again_clean(alarm: LeakAlarm, sender: Sender) -> None:
    curator = make_person(Role.CURATOR)
    assert "Held back" in words(page(curator, "/leaks/"))
    sender.bring(alarm.upload.subject.code, [site_stripped(data) for data in CT], stripped_by=ENGINE)
    assert Series.objects.get().state == "stored"
    text = words(page(curator, "/leaks/"))
    assert ("Came again clean" in text, "Held back" in text) == (True, False)


def test_an_alarm_beside_a_stored_series_is_not_mended_by_it(sender: Sender, subject: Subject) -> None:
    sender.bring(subject.code, [site_stripped(CT[0])], stripped_by=ENGINE)
    sender.bring(subject.code, [altered(site_stripped(CT[1]), **NAMES)], stripped_by=ENGINE)
    assert Series.objects.get().state == "stored"
    assert "Held back" in words(page(make_person(Role.CURATOR), "/leaks/"))


def test_the_administrator_counts_by_site_and_scanner(
    alarm: LeakAlarm, sender: Sender, stranger: User
) -> None:
    """Two scans of one scanner here, a film here, a scan elsewhere."""
    second = make_subject(alarm.upload.created_by)
    sender.bring(
        second.code, [altered(site_stripped(data), PatientName="A^B") for data in CT], stripped_by=ENGINE
    )
    sender.bring(second.code, [altered(site_stripped(FILM), PatientName="A^B")], stripped_by=ENGINE)
    foreign = make_subject(stranger)
    Sender(stranger).bring(foreign.code, leaking(), stripped_by=ENGINE)
    admin = make_person(Role.ADMIN)
    html = page(admin, "/system/leaks/")
    rows = [words(row) for row in re.findall(r'<tr>\s*<th scope="row">.*?</details></td></tr>', html, re.S)]
    scanner = f"{alarm.vendor} {alarm.model}"
    assert [row.startswith(f"S03 Hospital S03 {scanner} 2 Not free of identity: 2 4 ") for row in rows] == [
        True,
        False,
        False,
    ]
    assert (
        sum(
            row.startswith("S05 Hospital S05") and f"{scanner} 1 Not free of identity: 1 1 " in row
            for row in rows
        )
        == 1
    )
    assert "(0010,0010) Patient's Name 2" in rows[0].replace("&#x27;", "'")
    assert "(0018,1000) Device Serial Number 1" in rows[0]
    assert CLAIM in rows[0]
    assert "4 alarms" in words(html)
    assert "at 2 sites" in words(html)
    codes = [alarm.upload.subject.code, second.code, foreign.code]
    assert not [value for value in (*codes, *NAMES.values(), SERIAL) if value in html]
    assert "/system/leaks/" in page(admin, "/system/")


def test_counts_are_of_a_stretch_of_time(alarm: LeakAlarm) -> None:
    admin = make_person(Role.ADMIN)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE uploads_leakalarm SET at = %s", [timezone.now() - timedelta(days=100)])
    told = {
        days: "1 alarm" in words(page(admin, f"/system/leaks/?days={days}"))
        for days in ("7", "30", "365", "all", "x")
    }
    assert told == {"7": False, "30": False, "365": True, "all": True, "x": False}


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_nobody_else_sees_the_counts(alarm: LeakAlarm, role: Role) -> None:
    site: Any = (
        alarm.upload.subject.site if role in (Role.RADIOLOGIST, Role.COORDINATOR, Role.MACHINE) else None
    )
    assert Sender(make_person(role, site)).client.get("/system/leaks/").status_code == 403


def test_elements_have_names() -> None:
    assert word("(0010,0010)") == "Patient's Name"
    assert word("(0040,0275)[*]>(0008,0050)") == "Accession Number"
    assert word("(0040,0275)[*]") == "Request Attributes Sequence"
    assert word("(0029,1010)") == "Private or unknown element"
    assert word("preamble") == "Preamble of the file"
