"""REDCap's data dictionary as one of ours: what went out comes back; one from elsewhere is a beginning.

REDCap's own columns are the truth where somebody changed them. Fields that REDCap marks as identifying, files
and queries are left out, and that is said; a date becomes a day counted from admission.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cohort.dictionary import COLUMNS as OURS
from cohort.dictionary_rows import Builder
from cohort.expressions import ExpressionError
from cohort.items import NAME as A_NAME
from cohort.items import Dictionary, DictionaryError
from cohort.redcap.columns import (
    ANNOTATION,
    BRANCHING,
    CHOICES,
    COLUMNS,
    FORM,
    HEADER,
    HIGH,
    IDENTIFIER,
    LABEL,
    LOW,
    NAME,
    NOTE,
    REQUIRED,
    TYPE,
    VALIDATION,
    YES_NO,
    Row,
    visible,
)
from cohort.redcap.writing import DESCRIPTION, DICTIONARY_TAG, ITEM_TAG, Source, computed_of
from deid.sheet.opening import as_lines

DECIMALS = re.compile(r"number_(\d)dp(?:_comma_decimal)?")
DATES = re.compile(r"(date|datetime|datetime_seconds)_(ymd|mdy|dmy)")
NUMBERS = ("number", "number_comma_decimal")
MARKUP = re.compile(r"<[^>]*>")
MOST_DECIMALS = 4
OF_THE_FILES = (FORM, TYPE, VALIDATION)
FACTS = ["subject", "site", "site_level", "irb_ok"]


@dataclass
class Taken:
    """A dictionary from REDCap: its files' content, checked, and what was left out (field, why)."""

    source: Source
    dictionary: Dictionary
    left_out: list[tuple[str, str]] = field(default_factory=list)


def take(data: bytes, *, identifier: str) -> Taken:
    """Read a data dictionary. `identifier` names one that does not name itself. Raises DictionaryError."""
    reader = csv.DictReader(io.StringIO(as_lines(data)))
    if not set(COLUMNS) <= set(reader.fieldnames or ()):
        missing = next(name for name in COLUMNS if name not in (reader.fieldnames or ()))
        raise DictionaryError(f"the column {missing!r} is missing; REDCap's data dictionary has 18")
    rows = [{name: (row[name] or "").strip() for name in COLUMNS} for row in reader]
    told = next((_tag(row, DICTIONARY_TAG) for row in rows if row[NAME] == DESCRIPTION), None)
    if told is not None:
        return _back(rows, told)
    return _Foreign(rows, identifier).take()


def _tag(row: Row, tag: str) -> Any:
    """What stands behind a tag of ours in the field annotation, None when it is not there."""
    place = row[ANNOTATION].find(tag)
    if place < 0:
        return None
    try:
        return json.JSONDecoder().raw_decode(row[ANNOTATION], place + len(tag))[0]
    except ValueError as error:
        raise DictionaryError(f"{row[NAME]}: the field annotation behind {tag} is no JSON") from error


def _back(rows: list[Row], told: dict[str, Any]) -> Taken:
    """A dictionary that went out from here."""
    settings, korean = told["settings"], dict(told["korean"])
    taken: list[dict[str, str]] = []
    left_out: list[tuple[str, str]] = []
    went = [(row, _tag(row, ITEM_TAG)) for row in rows if row[NAME] != DESCRIPTION]
    before = _built(Source(settings, tuple(raw for _, raw in went if raw), korean))
    for row, raw in went:
        if raw is None:
            left_out.append((row[NAME], "it was added in REDCap; add it to the dictionary's files"))
            continue
        item = before.items[raw["name"]]
        computed = computed_of(Source(settings, (), korean), raw["name"])
        shown = visible(raw, item.section, computed, item.decimals, before.setting_values)
        taken.append(raw | _changed(row, shown, korean))
        if any(row[column] != shown[column] for column in OF_THE_FILES) or _other_calculation(row, shown):
            left_out.append(
                (row[NAME], "its type, form or calculation was changed in REDCap; change our files")
            )
    source = Source(settings, tuple(taken), korean)
    return Taken(source, _built(source), left_out)


def _changed(row: Row, shown: Row, korean: dict[str, str]) -> dict[str, str]:
    """What somebody changed in REDCap, in our columns."""
    ours = {LABEL: "label_en", LOW: "min_hard", HIGH: "max_hard", BRANCHING: "branching", NOTE: "unit"}
    changed = {name: row[column] for column, name in ours.items() if row[column] != shown[column]}
    if row[CHOICES] != shown[CHOICES] and row[TYPE] != "calc":
        changed["choices"] = _choices(row[CHOICES], korean)
    if row[REQUIRED] != shown[REQUIRED]:
        changed["required"] = _required(row)
    return changed


def _other_calculation(row: Row, shown: Row) -> bool:
    return row[TYPE] == "calc" and row[CHOICES] != shown[CHOICES]


def _built(source: Source) -> Dictionary:
    try:
        return Builder(
            dict(source.settings), [dict(row) for row in source.rows], dict(source.korean)
        ).dictionary("")
    except (KeyError, ExpressionError) as error:
        raise DictionaryError(str(error)) from error


class _Foreign:
    """A dictionary that was made in REDCap."""

    def __init__(self, rows: list[Row], identifier: str) -> None:
        self.rows = rows
        self.identifier = identifier
        self.korean: dict[str, str] = {}
        self.left_out: list[tuple[str, str]] = []
        self.computed: dict[str, str] = {}
        self.decimals: dict[str, int] = {"default": 2}
        self.sections: dict[str, dict[str, str]] = {}

    def take(self) -> Taken:
        taken = list(self.items())
        settings = {
            "id": self.identifier,
            "title": {"en": self.identifier, "ko": self.identifier},
            "source": "REDCap data dictionary",
            "facts": FACTS,
            "section": list(self.sections.values()),
            "decimals": self.decimals,
            "computed": self.computed,
        }
        source = Source(settings, tuple(taken), self.korean)
        return Taken(source, _built(source), self.left_out)

    def items(self) -> Iterator[dict[str, str]]:
        for number, row in enumerate(self.rows):
            name, form = row[NAME], row[FORM]
            if not A_NAME.fullmatch(name):
                raise DictionaryError(
                    f"row {number + 2}: {name!r} is no field name; small letters, digits and _"
                )
            title = row[HEADER] or form.replace("_", " ").capitalize()
            self.sections.setdefault(
                form, {"source": form, "slug": form.replace("_", "-"), "en": title, "ko": title}
            )
            if number == 0:
                self.computed[name] = "{subject}"
                yield self.ours(row, type="text", required="Y")
            elif reason := self.reason(row):
                self.left_out.append((name, reason))
            else:
                yield self.typed(row)

    def reason(self, row: Row) -> str:
        """Why a field is left out, '' for one that is taken."""
        if row[IDENTIFIER].lower() == "y":
            return "it identifies a person; the registry keeps no such field"
        if row[TYPE] in ("descriptive", "file", "sql"):
            return f"{row[TYPE]} fields hold no answer"
        return ""

    def typed(self, row: Row) -> dict[str, str]:
        kind, validation = row[TYPE], row[VALIDATION]
        if kind == "calc":
            self.computed[row[NAME]] = row[CHOICES]
            return self.ours(row, type="calc")
        if kind in ("radio", "dropdown", "checkbox"):
            return self.ours(row, type=kind, choices=_choices(row[CHOICES], self.korean))
        if kind in ("yesno", "truefalse"):
            text = YES_NO if kind == "yesno" else "1, True | 0, False"
            return self.ours(row, type="yesno", choices=_choices(text, self.korean))
        if kind == "slider":
            return self.ours(row, type="integer", min_hard=row[LOW] or "0", max_hard=row[HIGH] or "100")
        if kind not in ("text", "notes"):
            raise DictionaryError(f"{row[NAME]}: the field type {kind!r} is unknown")
        if DATES.fullmatch(validation):
            return self.ours(row, type="integer", unit="day", min_hard="", max_hard="")
        if validation == "integer":
            return self.ours(row, type="integer")
        if validation in NUMBERS or (found := DECIMALS.fullmatch(validation)):
            self.decimals[row[NAME]] = MOST_DECIMALS if validation in NUMBERS else int(found[1])
            return self.ours(row, type="decimal")
        return self.ours(row, type="text", min_hard="", max_hard="")

    def ours(self, row: Row, **changed: str) -> dict[str, str]:
        label = MARKUP.sub("", row[LABEL]) or row[NAME]
        made = dict.fromkeys(OURS, "")
        made |= {
            "name": row[NAME],
            "section": row[FORM],
            "label_en": label,
            "label_ko": label,
            "min_hard": row[LOW],
            "max_hard": row[HIGH],
            "required": _required(row),
            "branching": row[BRANCHING],
            "source_note": MARKUP.sub("", row[NOTE]),
        }
        return made | changed


def _required(row: Row) -> str:
    if row[REQUIRED].lower() != "y":
        return "N"
    return "C" if row[BRANCHING] else "Y"


def _choices(text: str, korean: dict[str, str]) -> str:
    """REDCap's choices as ours; a label that has no Korean one stands for itself."""
    parts = []
    for part in filter(None, (part.strip() for part in text.split("|"))):
        code, _, label = (piece.strip() for piece in part.partition(","))
        label = MARKUP.sub("", label) or code
        korean.setdefault(label, label)
        parts.append(f"{code.replace('-', '_')}, {label}")
    return " | ".join(parts)
