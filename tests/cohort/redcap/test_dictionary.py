"""REDCap's data dictionary out and in: what went out comes back, changes made there count."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from cohort import dictionary, expressions
from cohort.items import Dictionary, DictionaryError
from cohort.redcap import columns as redcap
from cohort.redcap.expressions import as_redcap
from cohort.redcap.files import as_toml, write_files
from cohort.redcap.reading import take
from cohort.redcap.writing import data_dictionary, source_of
from registry.models import User

COLUMNS = [
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
]
SOURCE = source_of(dictionary.CURRENT)


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def csv_of(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def field(name: str, kind: str = "text", **more: str) -> dict[str, str]:
    row = dict.fromkeys(COLUMNS, "") | {
        COLUMNS[0]: name,
        COLUMNS[1]: "visit",
        COLUMNS[3]: kind,
        COLUMNS[4]: name,
    }
    return row | {getattr(redcap, key): value for key, value in more.items()}


def without_digest(known: Dictionary) -> Dictionary:
    return replace(known, digest="")


def test_the_header_is_redcap_s() -> None:
    assert data_dictionary().decode().splitlines()[0].split(",")[0] == "Variable / Field Name"
    assert list(rows_of(data_dictionary())[0]) == COLUMNS
    assert len(COLUMNS) == 18


def test_what_went_out_comes_back_whole() -> None:
    taken = take(data_dictionary(), identifier="not needed")
    assert taken.source == SOURCE
    assert without_digest(taken.dictionary) == without_digest(dictionary.get())
    assert taken.left_out == []


def test_the_files_of_what_came_back_say_the_same(tmp_path: Path) -> None:
    write_files(take(data_dictionary(), identifier="x").source, tmp_path / "again" / "kicc19")
    again = dictionary.load(tmp_path / "again" / "kicc19.toml")
    assert without_digest(again) == without_digest(dictionary.get())


def test_settings_of_any_shape_are_toml() -> None:
    import tomllib

    odd = {
        "a b": 'q"uote\\ \x7f 한',
        "n": 1.5,
        "t": True,
        "l": ["x", 2],
        "table": {"x": {"y": []}},
        "rows": [{"a": 1}, {"b": {"c": 2}}],
    }
    assert tomllib.loads(as_toml(odd)) == odd


def test_redcap_can_read_every_row() -> None:
    known = dictionary.get()
    names = {row[COLUMNS[0]] for row in rows_of(data_dictionary())}
    for row in rows_of(data_dictionary()):
        assert row["Form Name"].replace("_", "").isalnum()
        assert row["Field Type"] in {
            "text",
            "radio",
            "dropdown",
            "yesno",
            "checkbox",
            "calc",
            "file",
            "descriptive",
        }
        choices, kind = row[COLUMNS[5]], row["Field Type"]
        if kind in ("radio", "dropdown", "checkbox"):
            parts = [part.split(", ", 1) for part in choices.split(" | ")]
            assert all(len(part) == 2 and part[0].isascii() for part in parts)
        for text in (row[COLUMNS[11]], choices if kind == "calc" else ""):
            if text:
                assert {name for name, _ in expressions.items_of(expressions.parse(text))} <= names
                assert "{" not in text
    assert {"integer", "number_1dp", "number_3dp", "signature"} <= {
        row[COLUMNS[7]] for row in rows_of(data_dictionary())
    }
    assert len(names) == len(known.items) + 1


def test_expressions_mean_the_same_in_redcap_s_words() -> None:
    known, chance = dictionary.get(), random.Random(7)
    texts = [item.branching_text for item in known.items.values() if item.branching_text]
    texts += [" ".join(text.split()) for text in SOURCE.settings["computed"].values()]
    texts += [" ".join(rule["when"].split()) for rule in SOURCE.settings["rule"]]
    texts += [
        "-[a] - -1 * ([b] - 2)",
        "[a] - ([b] - [a])",
        "not ([a] = 1 or [b] = 2) and [a] <> ''",
        '([a] or [b]) and "it\'s" = [a]',
        "([a] < [b]) = 1",
    ]
    used = 0
    for text in texts:
        tree = expressions.parse(text)
        if any(name not in known.settings for name in expressions.facts_of(tree)):
            continue
        said = expressions.parse(as_redcap(text, known.setting_values))
        for _ in range(30):
            values = {
                name: chance.choice(["", "0", "1", "2", "UNK", "DONE", "BLOD", "27", "1200", "3.5", "1|2"])
                for name in [*known.items, "a", "b"]
            }
            assert expressions.evaluate(said, values, {}) == expressions.evaluate(
                tree, values, known.setting_values
            ), text
        used += 1
    assert used > 80


def test_what_was_changed_in_redcap_counts() -> None:
    rows = rows_of(data_dictionary())
    by_name = {row[COLUMNS[0]]: row for row in rows}
    by_name["age_yr"] |= {"Field Label": "Age in years", COLUMNS[9]: "110", COLUMNS[12]: ""}
    by_name["sex"][COLUMNS[5]] = "1, Male | 2, Female | 3, Other sex"
    by_name["comorb_dm"][COLUMNS[11]] = "[comorb_none]='0' and [age_yr]>17"
    by_name["eligible"][COLUMNS[5]] = "[age_yr]"
    rows.append(field("added", "radio", CHOICES="1, a"))
    taken = take(csv_of(rows), identifier="x")
    items = taken.dictionary.items
    assert items["age_yr"].label.en == "Age in years"
    assert items["age_yr"].label.ko == "입원 시 연령"
    assert (items["age_yr"].hard.high, items["age_yr"].plausible.high, items["age_yr"].required) == (
        110,
        97,
        "N",
    )
    assert items["sex"].codes == ("1", "2", "3")
    assert items["sex"].choices[0].label.ko == "남"
    assert items["sex"].choices[2].label.ko == "Other sex"
    assert items["comorb_dm"].branching_text == "[comorb_none]='0' and [age_yr]>17"
    assert items["comorb_htn"].branching_text == dictionary.get().items["comorb_htn"].branching_text
    assert [name for name, _ in taken.left_out] == ["eligible", "added"]


def test_a_dictionary_from_elsewhere_is_a_beginning() -> None:
    rows = [
        field("record_id"),
        field("visit_date", VALIDATION="date_ymd", REQUIRED="y", LABEL="<b>Visit</b>"),
        field("patient_name", IDENTIFIER="y"),
        field("note", "notes"),
        field("hint", "descriptive"),
        field("scan", "file"),
        field("weight", VALIDATION="number_1dp", LOW="1", HIGH="300"),
        field("score", VALIDATION="number"),
        field("count", VALIDATION="integer", BRANCHING="[sick]='1'", REQUIRED="y"),
        field("sick", "yesno"),
        field("true_false", "truefalse"),
        field("pain", "slider"),
        field("which", "checkbox", CHOICES="1, <i>One</i> | -9, None|x"),
        field("twice", "calc", CHOICES="[weight]*2"),
    ]
    taken = take(csv_of(rows), identifier="mers-1")
    items = taken.dictionary.items
    assert list(items) == [
        *("record_id", "visit_date", "note", "weight", "score", "count", "sick"),
        *("true_false", "pain", "which", "twice"),
    ]
    assert [name for name, _ in taken.left_out] == ["patient_name", "hint", "scan"]
    assert items["visit_date"].is_day
    assert (items["visit_date"].label.en, items["visit_date"].required) == ("Visit", "Y")
    assert (items["weight"].decimals, items["score"].decimals, items["weight"].hard.high) == (1, 4, 300)
    assert (items["count"].type, items["count"].required) == ("integer", "C")
    assert items["true_false"].codes == ("1", "0")
    assert (items["pain"].hard.low, items["pain"].hard.high) == (0, 100)
    assert [(choice.code, choice.label.ko) for choice in items["which"].choices] == [
        ("1", "One"),
        ("_9", "None"),
        ("x", "x"),
    ]
    assert items["twice"].computed is not None
    assert (items["record_id"].computed, taken.dictionary.id) == (("fact", "subject"), "mers-1")
    assert taken.dictionary.sections[0].label.en == "Visit"


def test_another_dictionary_gets_its_template_and_checks_without_code() -> None:
    from cohort.sheets.template import template
    from tests.cohort.workbooks import book_of

    rows = [
        field("record_id"),
        field("weight", VALIDATION="number_1dp"),
        field("seen", VALIDATION="date_dmy"),
    ]
    known = take(csv_of(rows), identifier="mers-1").dictionary
    book = book_of(template(known, "ko"))
    assert [cell.value for cell in book["Visit"][3]] == ["record_id", "admission_date", "weight", "seen"]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([field("Record ID")], "row 2: 'Record ID' is no field name"),
        ([field("a"), field("b", "matrix")], "the field type 'matrix' is unknown"),
        ([field("a"), field("b", "calc", CHOICES="datediff([a],[b],'d')")], "b"),
        ([field("a"), field("b", BRANCHING="[event][a]='1'")], "b"),
        ([field("a"), field("a", "yesno")], "stands twice"),
        ([field("kicc_dictionary", "descriptive", ANNOTATION="@KICC-DICTIONARY={")], "is no JSON"),
    ],
)
def test_what_cannot_be_taken_says_where(rows: list[dict[str, str]], says: str) -> None:
    with pytest.raises(DictionaryError, match=says):
        take(csv_of(rows), identifier="x")


def test_a_missing_column_is_named() -> None:
    with pytest.raises(DictionaryError, match="'Form Name' is missing"):
        take(b"Variable / Field Name\na\n", identifier="x")
    with pytest.raises(DictionaryError, match="no dictionary 'mers'"):
        data_dictionary("mers")


def test_the_command_goes_both_ways(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.csv"
    call_command("redcap_dictionary", "out", out)
    assert out.read_bytes() == data_dictionary()
    out.write_bytes(csv_of([*rows_of(out.read_bytes()), field("added")]))
    call_command("redcap_dictionary", "in", out, tmp_path / "made")
    said = capsys.readouterr().out
    assert "left out: added: it was added in REDCap" in said
    assert "145 items in kicc19-1.csv" in said
    assert without_digest(dictionary.load(tmp_path / "made" / "kicc19-1.toml")) == without_digest(
        dictionary.get()
    )
    for arguments, says in [
        (["in", out], "Say where"),
        (["in", tmp_path / "no.csv", tmp_path], "No such file"),
    ]:
        with pytest.raises(CommandError, match=says):
            call_command("redcap_dictionary", *arguments)
    out.write_text("x")
    with pytest.raises(CommandError, match="is missing"):
        call_command("redcap_dictionary", "in", out, tmp_path)


@pytest.mark.django_db
def test_programs_take_it(signed_in: Callable[[User], Client], curator: User) -> None:
    answer = signed_in(curator).get("/api/v1/dictionary/redcap/")
    assert answer.content == data_dictionary()
    assert answer["Content-Disposition"] == 'attachment; filename="kicc19-1-redcap.csv"'
