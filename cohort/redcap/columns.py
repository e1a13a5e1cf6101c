"""The 18 columns of REDCap's data dictionary, and one item of ours in them."""

import re
from collections.abc import Mapping

from cohort import expressions
from cohort.items import SITES, Section
from cohort.redcap.expressions import as_redcap
from cohort.sheets.catalogue import form_name

NAME, FORM, HEADER, TYPE, LABEL = (
    *("Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label"),
)
CHOICES = "Choices, Calculations, OR Slider Labels"
NOTE, VALIDATION = "Field Note", "Text Validation Type OR Show Slider Number"
LOW, HIGH = "Text Validation Min", "Text Validation Max"
IDENTIFIER = "Identifier?"
BRANCHING = "Branching Logic (Show field only if...)"
REQUIRED = "Required Field?"
ANNOTATION = "Field Annotation"
COLUMNS = (
    *(NAME, FORM, HEADER, TYPE, LABEL, CHOICES, NOTE, VALIDATION, LOW, HIGH, IDENTIFIER, BRANCHING, REQUIRED),
    *(
        "Custom Alignment",
        "Question Number (surveys only)",
        "Matrix Group Name",
        "Matrix Ranking?",
        ANNOTATION,
    ),
)
FIELD_TYPES = {
    **{kind: kind for kind in ("radio", "dropdown", "yesno", "checkbox", "calc", "text")},
    **dict.fromkeys(("integer", "decimal"), "text"),
    "signature": "file",
}
YES_NO = "1, Yes | 0, No"
READ_ONLY = "@READONLY"
CODED = re.compile(r"\w+, .+")

Row = dict[str, str]


def visible(
    raw: Mapping[str, str], section: Section, computed: str, decimals: int, settings: Mapping[str, object]
) -> Row:
    """What REDCap shows of an item: `raw` is its row in our file, `computed` its expression or ''."""
    kind = FIELD_TYPES[raw["type"]]
    row = dict.fromkeys(COLUMNS, "")
    row |= {
        NAME: raw["name"],
        FORM: form_name(section),
        TYPE: kind,
        LABEL: raw["label_en"],
        NOTE: raw["unit"],
        LOW: raw["min_hard"],
        HIGH: raw["max_hard"],
        BRANCHING: as_redcap(raw["branching"], settings) if raw["branching"] else "",
        REQUIRED: "" if raw["required"] == "N" else "y",
    }
    calculation = _calculation(computed, settings)
    if kind == "calc" and not calculation:
        row[TYPE] = "text"
    elif kind == "calc":
        row[CHOICES] = calculation
    elif kind == "yesno" and raw["choices"] != YES_NO:
        row |= {TYPE: "radio", CHOICES: _choices(raw["choices"])}
    elif kind in ("radio", "dropdown", "checkbox"):
        row[CHOICES] = _choices(raw["choices"])
    elif raw["type"] == "signature":
        row[VALIDATION] = "signature"
    elif raw["type"] == "integer":
        row[VALIDATION] = "integer"
    elif raw["type"] == "decimal":
        row[VALIDATION] = f"number_{decimals}dp" if 1 <= decimals <= 4 else "number"
    return row


def _calculation(computed: str, settings: Mapping[str, object]) -> str:
    """An expression for REDCap; '' for one of what only the registry knows (site, approval)."""
    if not computed:
        return ""
    if any(name not in settings for name in expressions.facts_of(expressions.parse(computed))):
        return ""
    return as_redcap(computed, settings)


def _choices(text: str) -> str:
    """Choices with a code each: REDCap has no bare labels and no table of sites."""
    if sites := SITES.fullmatch(text):
        codes = [f"S{place:02d}" for place in range(int(sites[1]), int(sites[2]) + 1)]
        return " | ".join(f"{code}, {code}" for code in codes)
    parts = [part.strip() for part in text.split(" | ")]
    return " | ".join(part if CODED.fullmatch(part) else f"{part}, {part}" for part in parts)
