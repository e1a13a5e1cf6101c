"""The Excel template of a dictionary: a sheet a section, drop-downs, units, notes, locked heads, a stamp."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from cohort.exports.files import MADE, settle
from cohort.items import Choice, Dictionary, Item, Range
from cohort.sheets import catalogue
from cohort.sheets.reading import FIRST_ROW
from deid.sheet import Column
from deid.sheet import template as fields
from deid.sheet.opening import STAMP

LAST_ROW = 5000
LABELS, UNITS, NAMES = 1, 2, 3
PROMPT = 255
HEAD = PatternFill("solid", fgColor="E8EDF3")
NEVER = PatternFill("solid", fgColor="FBEBCF")
GREY = Font(color="6B7280", size=9)
OPEN = Protection(locked=False)


Records = Sequence[tuple[str, Mapping[str, str]]]


def template(known: Dictionary, language: str, records: Records = ()) -> bytes:
    """The workbook in English or Korean; the same bytes for the same dictionary and records.

    `records`: code and kept answers of patients who have a row already.
    """
    with override(language):
        book = Workbook()
        book.properties.creator = "KICC registry"
        book.properties.created = MADE
        book.custom_doc_props.append(StringProperty(name=STAMP, value=catalogue.stamp(known)))
        _Template(known, language, book, records).write()
    raw, out = BytesIO(), BytesIO()
    book.save(raw)
    settle(raw, out)
    return out.getvalue()


class _Template:
    def __init__(self, known: Dictionary, language: str, book: Workbook, records: Records) -> None:
        self.records = records
        self.known = known
        self.language = language
        self.book = book
        self.columns = {column.name: column for column in catalogue.catalogue(known).columns}
        self.lists: dict[tuple[str, ...], str] = {}

    def write(self) -> None:
        korean = self.language.startswith("ko")
        how, choices, names = (pair[korean] for pair in catalogue.HELPERS[:3])
        self.how_to(self.book.active, how)
        sections = [s for s in self.known.form_sections if catalogue.typed(self.known, s)]
        sheets = [self.book.create_sheet(catalogue.title(s.label.of(self.language))) for s in sections]
        self.choices(self.book.create_sheet(choices))
        self.fields(self.book.create_sheet(names))
        for section, sheet in zip(sections, sheets, strict=True):
            items = [catalogue.code_item(self.known), *catalogue.typed(self.known, section)]
            first = section == sections[0]
            self.section(sheet, items, admission=first)

    def how_to(self, sheet: Worksheet, title: str) -> None:
        sheet.title = title
        lines = [
            self.known.title.of(self.language),
            _("Template of %(dictionary)s (%(digest)s)")
            % {"dictionary": self.known.id, "digest": self.known.digest[:12]},
            "",
            _("One row a patient, from row %(row)d on; the same patient has its own row on each sheet.")
            % {"row": FIRST_ROW},
            _(
                "In the first column write the registry's code (S03-0042-K). For a patient who has none yet, "
                "write new 1, new 2 … and the same on each sheet."
            ),
            _(
                "Days count from admission (day 0). You may type dates instead, if the admission date stands "
                "on the first sheet: the import page turns them into days in your browser, and no date "
                "leaves."
            ),
            _("An empty cell leaves the answer as it is. To take an answer back, write [clear]."),
            _(
                "A number that was not measured: write Not done, Not recorded or <0.05 in its cell, or "
                "choose the status beside it."
            ),
            _("Several choices are joined by |, for example 4|5."),
            _("No names, hospital numbers or birth dates. Columns of your own stay at your hospital."),
        ]
        for number, text in enumerate(lines, start=1):
            sheet.cell(number, 1, text).alignment = Alignment(wrap_text=True, vertical="top")
        sheet["A1"].font = Font(bold=True, size=14)
        sheet.column_dimensions["A"].width = 96
        _lock(sheet)

    def choices(self, sheet: Worksheet) -> None:
        """Each list of choices once, a column each; drop-downs point here."""
        lists = {self.shown(item): item for item in self.known.items.values() if item.typed and item.choices}
        for number, (texts, item) in enumerate(lists.items(), start=1):
            letter = get_column_letter(number)
            sheet.cell(1, number, item.label.of(self.language)).font = Font(bold=True)
            for place, text in enumerate(texts, start=2):
                _text(sheet, place, number, text)
            sheet.column_dimensions[letter].width = max(12, min(40, max(map(len, texts)) + 4))
            self.lists[texts] = f"{quote_sheetname(sheet.title)}!${letter}$2:${letter}${len(texts) + 1}"
        _lock(sheet)

    def fields(self, sheet: Worksheet) -> None:
        """Every field as the local step reads it, and what it may hold."""
        for number, row in enumerate(fields.rows(catalogue.catalogue(self.known)), start=1):
            item = self.known.items.get(row[0])
            extra = ["type", "choices", "range"] if number == 1 else self.told(item) if item else []
            for place, text in enumerate([*row, *extra], start=1):
                _text(sheet, number, place, text)
        sheet.freeze_panes = "B2"
        sheet.column_dimensions["A"].width = 22
        sheet.column_dimensions["C"].width = sheet.column_dimensions["D"].width = 36
        _lock(sheet)

    def section(self, sheet: Worksheet, items: Sequence[Item], *, admission: bool) -> None:
        columns = [self.columns[item.name] for item in items]
        if admission:
            columns.insert(1, self.columns[catalogue.ADMISSION])
        for number, column in enumerate(columns, start=1):
            self.column(sheet, number, column)
        for row, (code, values) in enumerate(self.records, start=FIRST_ROW):
            _text(sheet, row, 1, code).protection = OPEN
            for number, column in enumerate(columns[1:], start=2):
                if value := values.get(column.name):
                    self.answer(sheet, row, number, self.known.items[column.name], value)
        sheet.freeze_panes = f"{'C' if admission else 'B'}{FIRST_ROW}"
        sheet.row_dimensions[LABELS].height = 44
        _lock(sheet)

    def column(self, sheet: Worksheet, number: int, column: Column) -> None:
        item = self.known.items.get(column.name)
        korean = self.language.startswith("ko")
        letter = get_column_letter(number)
        for row, text in ((LABELS, column.label[korean]), (UNITS, self.unit(column)), (NAMES, column.name)):
            cell = _text(sheet, row, number, text)
            cell.fill = NEVER if column.kind == "admission" else HEAD
            cell.alignment = Alignment(wrap_text=True, vertical="center")
            cell.font = Font(bold=True) if row == LABELS else GREY
        note = self.note(column, item)
        if note:
            sheet.cell(LABELS, number).comment = Comment(note, "KICC", width=320, height=160)
        sheet.column_dimensions[letter].width = 16 if number > 1 else 18
        sheet.column_dimensions[letter].protection = OPEN
        if column.kind == "text":
            sheet.column_dimensions[letter].number_format = "@"
        if item is not None and column.kind != "code" and (rule := self.validation(item)):
            rule.add(f"{letter}{FIRST_ROW}:{letter}{LAST_ROW}")
            sheet.add_data_validation(rule)

    def answer(self, sheet: Worksheet, row: int, column: int, item: Item, value: str) -> None:
        """A kept answer as somebody would have chosen or typed it."""
        if item.type in ("integer", "decimal"):
            cell = sheet.cell(row, column, float(value) if "." in value else int(value))
        else:
            chosen = item.choice(value)
            cell = _text(sheet, row, column, self.told_choice(chosen) if chosen else value)
        cell.protection = OPEN

    def unit(self, column: Column) -> str:
        if column.kind == "code":
            return _("registry code, or new 1, new 2 …")
        if column.kind == "admission":
            return _("stays at your hospital")
        if column.kind == "day":
            return _("day from admission, or a date")
        return column.unit[self.language.startswith("ko")]

    def note(self, column: Column, item: Item | None) -> str:
        if column.kind == "admission":
            return _("Turns dates on all sheets into days in your browser. It is never sent.")
        if item is None or column.kind == "code":
            return ""
        lines = [item.label.of(self.language)]
        if item.choices:
            lines += self.shown(item)
        for text, span in ((_("usual"), item.plausible), (_("possible"), item.hard)):
            if span:
                lines.append(f"{text}: {_span(span)} {column.unit[self.language.startswith('ko')]}".strip())
        if item.branching_text:
            lines.append(_("asked when %(condition)s") % {"condition": item.branching_text})
        return "\n".join(lines)

    def validation(self, item: Item) -> DataValidation | None:
        if item.choices and item.type != "checkbox":
            return _rule("list", self.lists[self.shown(item)], title=_("Choose from the list"))
        if item.type not in ("integer", "decimal") or item.is_day:
            return None
        low, high = item.hard.low, item.hard.high
        if low is None or high is None:
            return None
        kind = "whole" if item.type == "integer" else "decimal"
        text = _("Usual: %(usual)s. Possible: %(possible)s.") % {
            "usual": _span(item.plausible) if item.plausible else "–",
            "possible": _span(item.hard),
        }
        return _rule(kind, str(low), str(high), title=item.label.of(self.language), prompt=text, soft=True)

    def shown(self, item: Item) -> tuple[str, ...]:
        """Choices as the drop-down shows them: code and label."""
        return tuple(self.told_choice(choice) for choice in item.choices)

    def told_choice(self, choice: Choice) -> str:
        label = choice.label.of(self.language)
        return choice.code if choice.code == label else f"{choice.code} {label}"

    def told(self, item: Item) -> list[str]:
        return [item.type, " | ".join(self.shown(item)), _span(item.hard) if item.hard else ""]


def _rule(
    kind: str, first: str, second: str | None = None, *, title: str, prompt: str = "", soft: bool = False
) -> DataValidation:
    """A rule for a column. `soft` asks before it keeps another value, since words are understood too."""
    rule = DataValidation(type=kind, formula1=first, formula2=second, allow_blank=True)
    rule.showErrorMessage = True
    rule.errorStyle = "warning" if soft else "stop"
    rule.errorTitle, rule.error = title[:32], (prompt or title)[:PROMPT]
    if prompt:
        rule.showInputMessage = True
        rule.promptTitle, rule.prompt = title[:32], prompt[:PROMPT]
    return rule


def _span(span: Range) -> str:
    low, high = ("" if edge is None else format(edge, "f") for edge in (span.low, span.high))
    return f"{low}–{high}"


def _text(sheet: Worksheet, row: int, column: int, text: str) -> Any:
    """A cell with text, whatever it begins with."""
    cell = sheet.cell(row, column)
    cell.value = text
    if isinstance(text, str) and text:
        cell.data_type = "s"
    return cell


def _lock(sheet: Worksheet) -> None:
    """Headings cannot be changed by mistake; widths, sorting and rows can."""
    sheet.protection.sheet = True
    for part in ("formatColumns", "formatRows", "insertRows", "deleteRows", "sort", "autoFilter"):
        setattr(sheet.protection, part, False)
