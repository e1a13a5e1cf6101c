"""People at their browsers."""

from pathlib import Path
from typing import Any

from cohort import dictionary
from cohort.items import Section


class Person:
    """A signed-in person with one browser window. `complaints` collects what the console says."""

    def __init__(self, browser: Any, url: str, email: str, password: str, language: str = "en") -> None:
        self.url = url
        self.context = browser.new_context(locale=language, accept_downloads=True)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type == "error" else None
        )
        self.go("/accounts/login/")
        self.page.fill("input[name=username]", email)
        self.page.fill("input[name=password]", password)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(lambda address: "/accounts/login/" not in address)

    def go(self, path: str) -> None:
        """Open a page."""
        self.page.goto(self.url + path)

    def status(self, path: str) -> int:
        """Status of an address, asked as this person."""
        return int(self.context.request.get(self.url + path).status)

    def send_folder(self, folder: Path, admission: str = "") -> None:
        """Choose a folder on the upload page, type the admission date, send, wait for the verdicts."""
        self.page.set_input_files("input[data-part=folder]", folder)
        if admission:
            self.page.fill("#admission-date", admission)
            self.page.press("#admission-date", "Tab")
        self.page.click("button[data-part=send]:enabled")
        self.page.locator("[data-steps=done]").wait_for(state="visible", timeout=90_000)

    def fill_form(self, code: str, values: dict[str, str]) -> None:
        """Fill every section of a form, as a person would: from top to bottom, each with its own button."""
        form = dictionary.get()
        for section in form.form_sections:
            told = {i.name: values[i.name] for i in form.of_section(section) if i.name in values}
            if told:
                self._fill_section(code, section, told)

    def _fill_section(self, code: str, section: Section, told: dict[str, str]) -> None:
        self.go(f"/subjects/{code}/form/{section.slug}/")
        for name, value in sorted(told.items(), key=lambda item: not item[0].endswith("_st")):
            field = self.page.locator(f"#id-{name}")
            if field.count() == 0:
                for choice in value.split("|"):
                    self._choose(f"input[name={name}][value='{choice}']")
            elif field.evaluate("element => element.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
                field.blur()
        with self.page.expect_navigation():
            self.page.click("#save-next")

    def _choose(self, selector: str) -> None:
        option = self.page.locator(selector)
        if not option.is_checked():
            option.press("Space")
        assert option.is_checked(), selector
