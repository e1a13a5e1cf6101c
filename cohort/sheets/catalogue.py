"""The fields of a dictionary as columns of a workbook, with every name under which hospitals know them."""

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from cohort.dictionary import FOLDER
from cohort.items import Dictionary, Item, Section
from deid.sheet import Catalogue, Column
from deid.sheet.columns import Kind

ADMISSION = "admission_date"
LONGEST_TITLE = 31
NOT_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
LANGUAGES = ("en", "ko")
OF_REDCAP = (
    *("redcap_event_name", "redcap_data_access_group", "redcap_repeat_instrument"),
    "redcap_repeat_instance",
)
HELPERS = (("Read me", "읽어 주십시오"), ("Choices", "선택지"), ("Fields", "항목"), ("Errors", "오류"))


@cache
def words_of(dictionary: str) -> Mapping[str, Any]:
    """What hospitals' sheets call things, from the `.sheet.toml` beside the dictionary; empty without one."""
    for path in FOLDER.glob("*.sheet.toml"):
        settings = path.with_name(path.name.replace(".sheet.toml", ".toml"))
        if tomllib.loads(settings.read_text(encoding="utf-8"))["id"] == dictionary:
            return tomllib.loads(path.read_text(encoding="utf-8"))
    return {}


def catalogue(known: Dictionary) -> Catalogue:
    """Every item of the dictionary, and the admission date, which a workbook holds at the hospital only."""
    words = words_of(known.id)
    admission = Column(
        name=ADMISSION,
        kind="admission",
        label=("Admission date", "입원일"),
        headings=tuple(words.get("admission", ())),
        sheets=titles(first_section(known)),
    )
    columns = [_column(known, item, words) for item in known.items.values()]
    columns += [_box(item, code) for item, code in boxes(known).values()]
    columns += [Column(name, "not_read", (name, name)) for name in redcap_columns(known)]
    return Catalogue((admission, *columns), tuple(title for pair in HELPERS for title in pair), stamp(known))


def box(item: Item, code: str) -> str:
    """The column that REDCap makes of one choice of several."""
    return f"{item.name}___{code.lower()}"


def boxes(known: Dictionary) -> dict[str, tuple[Item, str]]:
    """Every such column, with its item and code."""
    return {
        box(item, code): (item, code)
        for item in known.items.values()
        if item.typed and item.type == "checkbox"
        for code in item.codes
    }


def form_name(section: Section) -> str:
    """A section's name as REDCap names a form."""
    return section.slug.replace("-", "_")


def redcap_columns(known: Dictionary) -> tuple[str, ...]:
    """Columns of REDCap's own in an export of records; nothing is read from them."""
    return (*OF_REDCAP, *(f"{form_name(section)}_complete" for section in known.form_sections))


def stamp(known: Dictionary) -> str:
    """What a template says of the dictionary that it was made of."""
    return f"{known.id} {known.digest}"


def code_item(known: Dictionary) -> Item:
    """The item that shows the patient's code."""
    return next(item for item in known.items.values() if item.computed == ("fact", "subject"))


def first_section(known: Dictionary) -> Section:
    """The section with which a template begins: the first that has something to fill in."""
    return next(section for section in known.form_sections if typed(known, section))


def typed(known: Dictionary, section: Section) -> list[Item]:
    return [item for item in known.of_section(section) if item.typed]


def titles(section: Section) -> tuple[str, ...]:
    """Titles of a section's sheet in English and Korean, as Excel allows them."""
    return tuple(title(section.label.of(language)) for language in LANGUAGES)


def title(text: str) -> str:
    return text.translate(NOT_IN_TITLES).strip()[:LONGEST_TITLE]


def _column(known: Dictionary, item: Item, words: Mapping[str, Any]) -> Column:
    own = item is code_item(known)
    return Column(
        name=item.name,
        kind="code" if own else _kind(item),
        label=(item.label.en, item.label.ko),
        unit=(item.unit_label.en, item.unit_label.ko) if not item.choices else ("", ""),
        headings=tuple(
            words.get("code" if own else "headings", ()) if own else _named(words, "headings", item)
        ),
        units=tuple(dict.fromkeys([item.unit, *_named(words, "units", item)])) if item.unit else (),
        sheets=titles(item.section),
        period=known.study_period if item.name == known.study_period_item else (),
    )


def _box(item: Item, code: str) -> Column:
    choice = item.choice(code)
    label = choice.label if choice else item.label
    both = tuple(f"{item.label.of(language)}: {label.of(language)}" for language in LANGUAGES)
    return Column(box(item, code), "answer", (both[0], both[1]), sheets=titles(item.section))


def _named(words: Mapping[str, Any], part: str, item: Item) -> list[str]:
    return list(words.get(part, {}).get(item.name, ()))


def _kind(item: Item) -> Kind:
    if not item.typed:
        return "not_read"
    if item.is_day:
        return "day"
    return "text" if item.type == "text" else "answer"
