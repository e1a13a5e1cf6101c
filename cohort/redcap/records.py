"""Records as REDCap exports them: a row a patient, a column for each choice of several, each form's state."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping

from cohort import checks
from cohort.exports.cells import safe
from cohort.items import Dictionary, Item
from cohort.sheets.catalogue import box, code_item, form_name
from cohort.values import JOINED

GROUP = "redcap_data_access_group"
COMPLETE, INCOMPLETE = "2", "0"


def header(known: Dictionary) -> list[str]:
    """The columns: code, site, every item of the form, computed ones too, the state of each form."""
    names = [code_item(known).name, GROUP]
    for section in known.form_sections:
        for item in known.of_section(section):
            if item is not code_item(known):
                names += _columns(item)
        names.append(f"{form_name(section)}_complete")
    return names


def rows(
    known: Dictionary, records: Iterable[tuple[Mapping[str, str], Mapping[str, str]]]
) -> Iterator[list[str]]:
    """One row for each (kept answers, facts) of a case."""
    names = header(known)
    for kept, facts in records:
        typed = {name: text for name, text in kept.items() if name in known.items and known.items[name].typed}
        settled = checks.settle(known, typed, facts)
        values = {code_item(known).name: facts["subject"], GROUP: facts["site"].lower()}
        for item in known.items.values():
            values |= _values(item, settled.values.get(item.name, ""))
        for meter in checks.meters(known, settled, facts):
            values[f"{form_name(meter.section)}_complete"] = COMPLETE if meter.complete else INCOMPLETE
        yield [values.get(name, "") for name in names]


def records_csv(known: Dictionary, records: Iterable[tuple[Mapping[str, str], Mapping[str, str]]]) -> bytes:
    """UTF-8 with a mark, so that Excel reads Korean, too."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header(known))
    writer.writerows([safe(value) for value in row] for row in rows(known, records))
    return out.getvalue().encode("utf-8-sig")


def _columns(item: Item) -> list[str]:
    return [box(item, code) for code in item.codes] if item.type == "checkbox" else [item.name]


def _values(item: Item, value: str) -> dict[str, str]:
    if item.type != "checkbox":
        return {item.name: value}
    chosen = value.split(JOINED) if value else []
    return {box(item, code): "1" if code in chosen else "0" for code in item.codes}
