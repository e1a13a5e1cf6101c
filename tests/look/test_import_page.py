"""The import page, the whole way: template, what stays, errors, their workbook, import, history."""

import datetime
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import TimeoutError

from tests.cohort.filled import COMPLETE
from tests.cohort.workbooks import plain_sheet, saved
from tests.services.place import Place
from tests.stack import Stack

NAME, NUMBER = "홍길동", "00123456"
ADMITTED = datetime.date(2020, 3, 5)
FIRST_ROW, NAMES = 4, 3
SETTLED = "#import:not([data-step=local], [data-step=look], [data-step=bring], [data-step=drop])"


@pytest.fixture(scope="module")
def stack(place: Place) -> Iterator[Stack]:
    with Stack(place) as running:
        yield running


class Window:
    """A coordinator's browser; what it sends is kept."""

    def __init__(self, browser: Any, stack: Stack, **options: Any) -> None:
        self.context = browser.new_context(base_url=stack.url, accept_downloads=True, **options)
        self.page = self.context.new_page()
        self.sent = bytearray()
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda said: print("CONSOLE", said.text))
        self.context.on("request", self._keep)
        self.page.goto("/accounts/login/")
        self.page.fill("#id_username", "site@demo.kicc")
        self.page.fill("#id_password", stack.password)
        self.page.press("#id_password", "Enter")
        self.page.wait_for_url(lambda address: "/accounts/login/" not in address)

    def _keep(self, request: Any) -> None:
        self.sent += f"{request.url} {request.headers}".encode() + (request.post_data_buffer or b"")

    def open(self) -> None:
        self.page.goto("/import/")

    def choose(self, path: Path) -> None:
        self.page.set_input_files("#import [data-part=file]", path)

    def at(self, step: str) -> None:
        """Wait until the page has come to rest, at this step."""
        try:
            self.page.wait_for_selector(SETTLED, state="attached", timeout=90_000)
        except TimeoutError as late:
            raise AssertionError(f"{self.text()} {self.wrong}") from late
        assert self.page.get_attribute("#import", "data-step") == step, self.text()

    def text(self) -> str:
        return str(self.page.inner_text("#import"))

    def download(self, selector: str, to: Path) -> Path:
        with self.page.expect_download() as waiting:
            self.page.click(selector)
        waiting.value.save_as(to)
        return to

    def counts(self) -> list[int]:
        return [int(text) for text in self.page.locator("#import .counts b").all_inner_texts()]


@pytest.fixture
def window(browser: Any, stack: Stack) -> Iterator[Window]:
    opened = Window(browser, stack, locale="en-US")
    yield opened
    opened.context.close()


def fill(template: Path, target: Path, *, language: str = "en", **answers: Any) -> Path:
    """Two patients as a coordinator types them: dates as dates, a name beside, one value out of range."""
    book = load_workbook(template)
    for sheet in book.worksheets:
        columns = {cell.value: cell.column for cell in sheet[NAMES]}
        if "subject_id" not in columns:
            continue
        for row in (FIRST_ROW, FIRST_ROW + 1):
            key = f"new {row - NAMES}"
            for name, value in {**COMPLETE, **answers}.items():
                if name in columns:
                    sheet.cell(row, 1, key)
                    sheet.cell(row, columns[name], value)
            if "admission_date" in columns:
                sheet.cell(row, 1, key)
                sheet.cell(row, columns["admission_date"], ADMITTED)
            if "pcr_first_day" in columns:
                for name in ("pcr_first_day", "pcr_pos_day"):
                    sheet.cell(row, columns[name], ADMITTED - datetime.timedelta(days=1))
        if "age_yr" in columns:
            beside = len(columns) + 1
            sheet.cell(1, beside, "환자명")
            sheet.cell(FIRST_ROW, beside, NAME)
    target.write_bytes(saved(book))
    return target


def unzipped(data: bytes) -> str:
    book = load_workbook(io.BytesIO(data))
    return "\n".join(
        f"{cell.value} {cell.comment.text if cell.comment else ''}"
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    )


def test_the_whole_way(window: Window, tmp_path: Path) -> None:
    window.open()
    template = window.download("text=Template (English)", tmp_path / "template.xlsx")
    bad = fill(template, tmp_path / "bad.xlsx", age_yr=520)
    window.choose(bad)
    window.at("plan")
    assert window.page.inner_text("#plan-title") == "2 cells need a correction"
    assert "Age at admission must lie between 0 and 120 years" in window.text()
    assert window.page.text_content("[data-part=dropped]") == "Demographics · E3 · 환자명"
    errors = window.download("text=Download the workbook with the errors", tmp_path / "errors.xlsx")
    book = load_workbook(errors)
    told = [[cell.value for cell in row] for row in book["Errors"].iter_rows(min_row=2)]
    assert [row[:4] for row in told] == [
        ["Demographics", "B4", "Age at admission", "error"],
        ["Demographics", "B5", "Age at admission", "error"],
    ]
    bad_cell = book["Demographics"]["B4"]
    assert (bad_cell.value, bad_cell.fill.fgColor.rgb) == (520, "00F6C26B")
    assert "between 0 and 120" in bad_cell.comment.text
    assert book["RT-PCR"]["B4"].value == -1
    for cell in ("B4", "B5"):
        book["Demographics"][cell] = 52
    mended = tmp_path / "mended.xlsx"
    mended.write_bytes(saved(book))
    window.choose(mended)
    window.at("plan")
    assert window.counts() == [2, 2, 2 * len(COMPLETE), 0, 0, 0]
    window.page.click("text=Import 2 patients")
    window.at("done")
    assert window.page.inner_text("#done-title") == "2 patients imported"
    codes = window.download("text=Save the list of new codes (CSV)", tmp_path / "codes.csv")
    listed = [line.split(",") for line in codes.read_text("utf-8-sig").splitlines()]
    rows = window.page.locator("[data-code]")
    code = rows.first.get_attribute("data-code")
    assert [line[-1] for line in listed] == [rows.nth(n).get_attribute("data-code") for n in range(2)]
    for needle in (NAME, "2020-03-0", "43895", "admission_date"):
        assert needle.encode() not in window.sent
    window.page.goto(f"/subjects/{code}/form/demographics/")
    assert window.page.input_value("#id-age_yr") == "52"
    window.page.goto(f"/subjects/{code}/form/rt-pcr/")
    assert window.page.input_value("#id-pcr_first_day") == "-1"
    window.page.goto(f"/subjects/{code}/")
    assert "Import from a workbook" in window.page.text_content(".history")
    assert window.wrong == []


def test_a_sheet_of_the_hospital_s_own(window: Window, tmp_path: Path) -> None:
    rows = [
        ["등록번호", "환자명", "입원날", "나이", "성별", "첫 PCR 검사일", "LDH (IU/L)"],
        [NUMBER, NAME, ADMITTED, 61, "남", ADMITTED - datetime.timedelta(days=2), "미시행"],
    ]
    own = tmp_path / "own.xlsx"
    own.write_bytes(plain_sheet(*rows))
    window.open()
    window.choose(own)
    window.at("mend")
    assert "no column for the patient's code" in window.text()
    window.page.wait_for_selector("#own-number option:has-text('등록번호')", state="attached")
    window.page.select_option("#own-number", "등록번호")
    window.page.select_option("#own-admission", "입원날")
    window.page.check("[data-part=fresh]")
    window.page.click("text=Read the workbook again")
    window.at("plan")
    assert window.counts() == [1, 1, 4, 0, 0, 0]
    assert "환자명" in window.page.text_content("[data-part=dropped]")
    window.page.click("text=Import 1 patient")
    window.at("done")
    codes = window.download("text=Save the list of new codes (CSV)", tmp_path / "codes.csv")
    number, code = codes.read_text("utf-8-sig").strip().split(",")
    assert number == NUMBER
    assert code.startswith("S03-")
    for needle in (NAME, NUMBER, "123456", "2020-03-0", "환자명"):
        assert needle.encode() not in window.sent
    window.open()
    window.choose(own)
    window.at("mend")
    window.page.wait_for_selector("#own-number option:has-text('등록번호')", state="attached")
    window.page.select_option("#own-number", "등록번호")
    window.page.select_option("#own-admission", "입원날")
    window.page.set_input_files("#own-codes", codes)
    window.page.click("text=Read the workbook again")
    window.at("plan")
    assert window.page.inner_text("#plan-title") == "The registry has all of this already"
    assert window.wrong == []


def test_what_would_change_needs_a_reason(window: Window, tmp_path: Path) -> None:
    window.page.goto("/subjects/")
    window.page.get_by_role("button", name="New patient").first.click()
    window.page.wait_for_url("**/subjects/S03-*/")
    code = window.page.url.rstrip("/").split("/")[-1]
    for age, counts in ((60, [1, 0, 1, 0, 0, 0]), (61, [1, 0, 0, 1, 0, 0])):
        path = tmp_path / f"{age}.xlsx"
        path.write_bytes(plain_sheet(["subject_id", "age_yr"], [code, age]))
        window.open()
        window.choose(path)
        window.at("plan")
        assert window.counts() == counts
        if age == 61:
            assert window.page.locator("td[data-label=Now]", has_text="60 years").is_visible()
            window.page.click("text=Import 1 patient")
            assert window.page.evaluate("document.querySelector('#import-reason').validity.valueMissing")
            window.page.fill("#import-reason", "의무기록 확인")
        window.page.click("text=Import 1 patient")
        window.at("done")
    window.page.goto(f"/subjects/{code}/")
    assert "의무기록 확인" in window.page.text_content(".history")
    assert window.wrong == []


def test_without_the_program_only_what_holds_no_date_goes(window: Window, tmp_path: Path) -> None:
    window.page.route("**/*.wasm", lambda route: route.abort())
    window.open()
    path = tmp_path / "dated.xlsx"
    path.write_bytes(plain_sheet(["subject_id", "age_yr", "입원일"], ["new", 60, ADMITTED]))
    window.choose(path)
    window.at("broken")
    window.page.click("text=It holds no date and no name: send it as it is")
    window.at("plan")
    assert "holds 1 calendar date (Sheet 1 C2)" in window.text()
    assert window.page.locator("[data-does=import]").count() == 0


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_is_no_workbook_is_said(browser: Any, stack: Stack, tmp_path: Path, language: str) -> None:
    window = Window(browser, stack, locale=language)
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(b"%PDF-1.7")
    window.open()
    window.choose(path)
    window.at("mend")
    said = {"en": "This is not an Excel workbook (.xlsx)", "ko": "Excel 통합 문서(.xlsx)가 아닙니다"}
    assert said[language] in window.text()
    assert window.wrong == []
    window.context.close()
