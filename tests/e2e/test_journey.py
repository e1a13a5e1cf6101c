"""The whole way, in a browser: from a hospital's folder to a cohort table."""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pydicom
from openpyxl import load_workbook

from demo.answers import Course, answers
from phantom import make_person, planted_values
from phantom.export import hospital_export
from tests.e2e.people import Person
from tests.stack import Stack

SLICES = 104
FACTS = {"site": "S03", "site_level": "T", "irb_ok": "1"}


def test_from_a_folder_to_a_cohort_table(stack: Stack, browser: Any, tmp_path: Path) -> None:
    patient = make_person(3)
    hospital_export(
        tmp_path / "export", persons=[patient], slices=SLICES, matrix=64, thickness=2.5, vendor="ge"
    )
    radiologist = Person(browser, stack.url, "site@demo.kicc", stack.password)
    page = radiologist.page

    page.get_by_role("button", name="New patient").click()
    page.wait_for_url("**/subjects/S03-*/")
    code = page.url.rstrip("/").rsplit("/", 1)[1]
    assert code == "S03-0001-U"

    radiologist.go(f"/subjects/{code}/upload/")
    radiologist.send_folder(tmp_path / "export", admission="2020-03-01")
    assert page.locator("[data-part=count-stored]").inner_text() == str(SLICES + 2)
    verdicts = page.locator("[data-steps=done]").inner_text()
    for name in ("report.pdf", "readme.txt", "SR000001", "IM000099", "DOSE0001", "DICOMDIR"):
        assert name in verdicts, f"no verdict for {name}"

    radiologist.go(f"/subjects/{code}/")
    page.get_by_text("CT 1").first.wait_for()
    assert page.locator("img[src*='preview']").count() == 3

    course = Course(seed=5, age=61, sex="1", severity=2, end_day=13)
    radiologist.fill_form(code, answers(course, FACTS | {"subject": code}))
    with page.expect_navigation():
        page.click("#send-button")

    curator = Person(browser, stack.url, "curator@demo.kicc", stack.password)
    curator.page.get_by_role("link", name=code).first.click()
    review = curator.page
    review.wait_for_url(f"**/review/{code}/")
    assert review.locator("img[src*='preview']").count() == 3
    for source in review.locator("img[src*='preview']").evaluate_all("all => all.map(one => one.src)"):
        assert curator.context.request.get(source).body().startswith(b"\x89PNG")
    assert "61" in review.inner_text("main")
    assert "GE Healthcare" in review.content()
    review.keyboard.press("q")
    review.fill("#ask-text", "Which side is the marker on?")
    review.locator("dialog[open]").get_by_role("button", name="Ask").click()
    review.get_by_text("Which side is the marker on?").first.wait_for()
    review.keyboard.press("r")
    with review.expect_navigation():
        review.locator("dialog[open]").get_by_role("button", name="Return").click()

    radiologist.go("/questions/")
    page.get_by_text("Which side is the marker on?").first.wait_for()
    page.locator("textarea[name=text]").first.fill("On the left, as it should be.")
    with page.expect_navigation():
        page.get_by_role("button", name="Send the answer").first.click()
    radiologist.go(f"/subjects/{code}/form/outcome/")
    with page.expect_navigation():
        page.click("#send-button")

    curator.go(f"/review/{code}/")
    review.get_by_text("On the left, as it should be.").first.wait_for()
    review.keyboard.press("a")
    review.fill("#accept-reason", "Discharged from another ward; no radiograph was made that day.")
    with review.expect_navigation():
        review.locator("dialog[open]").get_by_role("button", name="Accept").click()

    lead = Person(browser, stack.url, "lead@demo.kicc", stack.password)
    lead.go("/cohort/")
    assert "1 accepted of 1 sent so far" in lead.page.inner_text("main")

    researcher = Person(browser, stack.url, "researcher@demo.kicc", stack.password)
    researcher.go("/exports/")
    assert taken(researcher, "table.csv", "sex") == ["1"]
    sheet = load_workbook(io.BytesIO(download(researcher, "table.xlsx")))
    assert sheet.worksheets[0].max_row == 2
    assert any("codebook" in name.lower() for name in sheet.sheetnames)

    stranger = Person(browser, stack.url, "site2@demo.kicc", stack.password)
    stranger.go("/")
    assert code not in stranger.page.content()
    series = series_of(radiologist, code)
    exams = [
        radiologist.context.request.get(f"{stack.url}/api/v1/series/{one}/").json()["exam"] for one in series
    ]
    assert {exam["shifted_date"] for exam in exams} == {"2000-01-02", "2000-01-03", "2000-01-04"}
    assert all(exam["anchored"] for exam in exams)
    addresses = [f"/subjects/{code}/", f"/subjects/{code}/form/", f"/subjects/{code}/upload/"]
    addresses += [f"/series/{one}/" for one in series] + [f"/series/{one}/preview.png" for one in series]
    addresses += [f"/api/v1/series/{one}/archive/" for one in series] + [f"/api/v1/forms/{code}/"]
    assert {address: stranger.status(address) for address in addresses} == dict.fromkeys(addresses, 404)
    assert stranger.status(f"/review/{code}/") == 403

    archives = [archive(radiologist, one) for one in series]
    assert sorted(map(len, archives)) == [1, 1, SLICES]
    for dataset in archives[0]:
        assert dataset.PatientIdentityRemoved == "YES"
        assert not [value for value in planted_values(patient) if value in str(dataset)]

    for person in (radiologist, curator, lead, researcher):
        assert person.complaints == []


def download(person: Person, name: str) -> bytes:
    """What a link of the export page brings."""
    with person.page.expect_download() as waiting:
        person.page.locator(f"a[href$='{name}']").first.click()
    return Path(waiting.value.path()).read_bytes()


def taken(person: Person, name: str, column: str) -> list[str]:
    rows = csv.DictReader(io.StringIO(download(person, name).decode("utf-8-sig")))
    return [row[column] for row in rows]


def series_of(person: Person, code: str) -> list[str]:
    answer = person.context.request.get(f"{person.url}/api/v1/series/?subject={code}").json()
    return [one["id"] for one in answer["results"]]


def archive(person: Person, identifier: str) -> list[pydicom.Dataset]:
    """The series as its ZIP holds it."""
    body = person.context.request.get(f"{person.url}/api/v1/series/{identifier}/archive/").body()
    with zipfile.ZipFile(io.BytesIO(body)) as zipped:
        names = [name for name in zipped.namelist() if name.endswith(".dcm")]
        return [pydicom.dcmread(io.BytesIO(zipped.read(name))) for name in names]
