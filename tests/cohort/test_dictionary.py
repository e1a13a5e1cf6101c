"""The dictionary as data: what it holds, and that a wrong one is refused before a form is shown."""

from decimal import Decimal
from pathlib import Path

import pytest

from cohort import dictionary
from cohort.dictionary import FOLDER, DictionaryError
from cohort.items import CHOSEN, Dictionary

KICC = dictionary.get()
SETTINGS = """
id = "flu-1"
title = { en = "Flu", ko = "독감" }
source = "made for a test"
facts = ["site"]
[[section]]
source = "one"
slug = "one"
en = "One"
ko = "하나"
[settings.limit]
value = 10
unit = "d"
[computed]
doubled = "[days] * 2"
[[rule]]
code = "too_many"
severity = "warning"
items = ["days"]
when = "[days] > {limit}"
en = "Many."
ko = "많음."
"""
HEAD = (
    "name,section,label_en,label_ko,type,unit,choices,min_plausible,max_plausible,min_hard,max_hard,"
    "required,branching,source_note\n"
)
ROWS = (
    'ill,one,Ill,아픔,yesno,,"1, Yes | 0, No, never",,,,,Y,,\n'
    "days,one,Days,일수,integer,d,,1,9,0,99,C,[ill]='1',\n"
    "doubled,one,Twice,두 배,calc,d,,,,,,Y,,\n"
)
KOREAN = 'en,ko\nYes,예\n"No, never",아니요\n'


def built(settings: str = SETTINGS, rows: str = ROWS, korean: str = KOREAN, head: str = HEAD) -> Dictionary:
    return dictionary.build(settings=settings, items=head + rows, korean=korean)


def test_the_dictionary_holds_what_the_protocol_asks() -> None:
    assert len(KICC.items) == 145
    assert [section.kind for section in KICC.sections] == ["form"] * 11 + ["exam", "state", "form"]
    assert sum(item.required == "Y" for item in KICC.items.values()) == 72
    assert sum(item.type == "calc" and item.section.kind == "form" for item in KICC.items.values()) == 13
    assert len(KICC.digest) == 64


def test_choices_keep_commas_in_their_labels() -> None:
    labels = {choice.code: choice.label.en for choice in KICC.items["comorb_other_code"].choices}
    assert labels["3"] == "Tuberculosis, old"
    assert len(labels) == 10
    reasons = KICC.items["img_ct_reason"].choices
    assert reasons[3].label.en == "Emergent operation or critically ill, cannot wait for RT-PCR"
    assert KICC.items["transfer_from_code"].codes == tuple(f"S{place:02d}" for place in range(1, 18))
    assert KICC.items["img_vendor"].codes[-1] == "other"


@pytest.mark.parametrize("item", KICC.items.values(), ids=lambda item: item.name)
def test_every_item_speaks_both_languages(item: dictionary.Item) -> None:
    assert item.label.en
    assert item.label.ko
    assert all(choice.label.en and choice.label.ko for choice in item.choices)
    assert (item.type in CHOSEN) <= bool(item.choices)


def test_ranges_and_pairs() -> None:
    temperature = KICC.items["vs_temp"]
    assert (temperature.plausible.low, temperature.hard.high) == (Decimal(35), Decimal(45))
    assert temperature.pair == "vs_temp_st"
    assert KICC.items["vs_temp_st"].is_status
    assert not KICC.items["sex"].pair
    assert KICC.items["pcr_first_day"].is_day
    assert not KICC.items["pcr_delay"].typed


def test_computed_items_come_after_what_they_need() -> None:
    assert set(KICC.order) == {item.name for item in KICC.items.values() if item.computed is not None}
    rows = "a,one,A,가,calc,,,,,,,Y,,\n" + ROWS
    later = SETTINGS.replace("[computed]", '[computed]\na = "[doubled] + 1"')
    assert built(later, rows).order == ("doubled", "a")


def test_rules_have_two_texts_and_name_their_items() -> None:
    for rule in KICC.rules:
        assert rule.items
        assert rule.text.en.endswith(".")
        assert rule.text.ko.endswith((".", "요."))


def test_another_dictionary_needs_no_code() -> None:
    flu = built()
    assert flu.items["ill"].choices[1].label == dictionary.Label("No, never", "아니요")
    assert flu.setting_values == {"limit": 10}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"rows": ROWS + ROWS}, "row 5: ill stands twice"),
        ({"rows": ROWS.replace("integer", "number")}, "row 3 (days): type 'number' is unknown"),
        ({"rows": ROWS.replace("[ill]", "[well]")}, "[well] is no item"),
        ({"rows": ROWS.replace("[ill]='1'", "[ill(7)]='1'")}, "[ill] has no choice 7"),
        ({"rows": ROWS.replace("[ill]='1'", "[ill]=")}, "row 3 (days): the expression ends too early"),
        ({"rows": ROWS.replace("days,one", "days,two")}, "section 'two' has no title"),
        ({"rows": ROWS.replace("1,9,0,99", "1,9,2,99")}, "reaches outside the hard range"),
        ({"rows": ROWS.replace("1,9,0,99", "x,9,0,99")}, "'x' is not a number"),
        ({"rows": ROWS.replace("0, No, never", "1, No, never")}, "two choices have the same code"),
        ({"rows": ROWS.replace('"1, Yes | 0, No, never"', "")}, "a yesno item needs choices"),
        ({"rows": ROWS.replace("아픔", "")}, "a label is needed in English and in Korean"),
        ({"rows": ROWS.replace(",Y,", ",X,", 1)}, "required is Y, C or N"),
        ({"rows": ROWS.replace("ill,one", "Ill,one")}, "small letters"),
        ({"korean": "en,ko\nYes,예\n"}, "'No, never' has no Korean label"),
        ({"head": HEAD.replace("label_ko", "label_kr")}, "the columns must be"),
        ({"settings": SETTINGS.replace("[days] * 2", "[doubled] * 2")}, "computed from itself"),
        ({"settings": SETTINGS.replace("doubled = ", "tripled = ")}, "[computed] names tripled"),
        ({"settings": SETTINGS.replace('[computed]\ndoubled = "[days] * 2"', "")}, "does not say how"),
        ({"settings": SETTINGS.replace("{limit}", "{edge}")}, "{edge} is neither a setting nor a fact"),
        ({"settings": SETTINGS.replace('items = ["days"]', 'items = ["nights"]')}, "names nights"),
        ({"settings": SETTINGS.replace('"warning"', '"hint"')}, "severity is error or warning"),
        ({"settings": "id ="}, "Invalid value"),
        ({"settings": 'study_period_item = "x"\n' + SETTINGS}, "study_period_item names x"),
    ],
)
def test_a_wrong_dictionary_says_where(change: dict[str, str], says: str) -> None:
    with pytest.raises(DictionaryError) as caught:
        built(**change)
    assert says in str(caught.value)


def test_the_digest_changes_with_any_file(tmp_path: Path) -> None:
    digests = {KICC.digest}
    for changed in (".toml", ".csv", ".ko.csv"):
        for suffix in (".toml", ".csv", ".ko.csv"):
            text = (FOLDER / "kicc19.toml").with_suffix(suffix).read_text(encoding="utf-8")
            target = tmp_path / changed.replace(".", "x") / f"d{suffix}"
            target.parent.mkdir(exist_ok=True)
            target.write_text(text + ("\n" if suffix == changed else ""), encoding="utf-8")
        digests.add(dictionary.load(target.with_suffix("").with_suffix(".toml")).digest)
    assert len(digests) == 4


def test_an_unknown_dictionary_is_told() -> None:
    with pytest.raises(DictionaryError, match="no dictionary 'x-9'"):
        dictionary.get("x-9")
