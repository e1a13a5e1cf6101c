"""The codebook: what each column means, in English and Korean."""

from collections.abc import Iterator, Sequence

from cohort.exports.columns import AGE, PLACES, RARE, RARE_BELOW, TOP_CODE, Column, Value

HEADER = (
    "column",
    "section_en",
    "section_ko",
    "label_en",
    "label_ko",
    "type",
    "unit",
    "codes_en",
    "codes_ko",
    "answered_when",
    "note",
)
NOTES = {
    AGE: f"Ages of 90 and over are {TOP_CODE}.",
    **dict.fromkeys(PLACES, f"{RARE}: fewer than {RARE_BELOW} people of the cohort live there."),
}


def rows(columns: Sequence[Column]) -> Iterator[list[Value]]:
    """One row per column, in the table's order."""
    for column in columns:
        item = column.item
        choices = item.choices if item else ()
        yield [
            column.name,
            column.section.en,
            column.section.ko,
            column.label.en,
            column.label.ko,
            column.type,
            column.unit,
            " | ".join(f"{choice.code}, {choice.label.en}" for choice in choices),
            " | ".join(f"{choice.code}, {choice.label.ko}" for choice in choices),
            item.branching_text if item else "",
            NOTES.get(column.name, ""),
        ]
