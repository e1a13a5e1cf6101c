from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid import charset
from deid.spelling import normalise
from deid.terms import terms_of
from deid.text import clean
from deid.vocabulary import allowed, coded

FOUND = frozenset(
    {
        ("name", "Hong^Gildong=洪^吉洞=홍^길동"),
        ("name", "TESTPATIENT^JANE^Q"),
        ("name", "LUNG^PHANTOM"),
        ("id", "MRN-0012345"),
        ("id", "00123456"),
        ("id", "12"),
        ("place", "Example General Hospital"),
        ("place", "가상대학교병원"),
        ("date", "19611230"),
        ("text", "보호자 010-0000-5678, 990230-1234567"),
    }
)
TERMS = terms_of(FOUND)
NONE = terms_of(frozenset())


@pytest.mark.parametrize(
    "text",
    [
        "Thorax 1.0 Br40",
        "CHEST PA",
        "Chest CT (low dose)",
        "흉부 단순촬영",
        "5mm Lung SS50",
        "CT CHEST W/O CONTRAST",
        "ThoraxRoutine B40f",
        "AThoraxRoutine",
        "1.25mm C+",
        "Lung 3x3",
        "HRCT, insp./exp.",
        "Recon 2: CHEST",
        "SCOUT",
        "CHESTABDPELVIS" if allowed("CHESTABDPELVIS") else "CHEST",
        "Lossy compression",
    ],
)
def test_ordinary_descriptions_stay_as_they_are(text: str) -> None:
    assert clean(text, TERMS) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("CHEST 홍길동 010-0000-1234", "CHEST"),
        ("CT chest, 00123456", "CT chest"),
        ("Chest Gildong Hong", "Chest"),
        ("chest/GILDONG_hong/PA", "chest/PA"),
        ("ＣＨＥＳＴ ＧＩＬＤＯＮＧ", "ＣＨＥＳＴ"),
        ("길동홍 흉부", "흉부"),
        ("홍길동환자 흉부 CT", "흉부 CT"),
        ("Called Dr Referrer 555-0102 re Jane Testpatient", "Dr"),
        ("chest mary@example.com", "chest"),
        ("chest 2020-03-04", "chest"),
        ("chest 2020년 3월 4일", "chest"),
        ("chest 990230-1234567", "chest"),
        ("chest 1.2.826.0.1.3680043.10.543", "chest"),
        ("chest MRN-0012345", "chest"),
        ("Example General Hospital chest", "chest"),
        ("가상대학교병원 흉부", "흉부"),
        ("lung 12 34 56 78", "lung"),
        ("lung 71020", "lung"),
        ("lung 123mm4567", "lung"),
    ],
)
def test_identifiers_and_unknown_words_go(text: str, left: str) -> None:
    assert clean(text, TERMS) == left


WORDS = "12 34 2020 3 0.5 010 1234 1.375:1 mm chest CT lung é 흉부 qqq 홍길동 Gildong 00123456"
MEETING = st.sampled_from([*WORDS.split(), *"-/.:^_ \t\u200b()"])


@given(st.text(max_size=60) | st.lists(MEETING, max_size=14).map("".join))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean(text, TERMS)
    assert clean(once, TERMS) == once


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("lung 12 qqq 34 qqq 56", "lung"),
        ("lung 12-qqq-34-567", "lung"),
        ("lung 12 Gildong 34 홍길동 56 mm", "lung mm"),
        ("mm-20200.5lung", ""),
        ("lung 12 12 00123456 34", "lung"),
    ],
)
def test_what_meets_where_a_word_went_is_looked_at_again(text: str, left: str) -> None:
    assert clean(text, TERMS) == left


def test_a_text_that_takes_too_many_rounds_goes_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    terms = terms_of(FOUND | {("id", "fresh-1")})
    monkeypatch.setattr("deid.text.ROUNDS", 2)
    assert clean("lung 12 qqq 34 qqq 56 chest", terms) == ""
    assert clean("lung qqq", terms) == "lung"


@given(
    st.sampled_from(
        ["홍길동", "Gildong", "gildong hong", "HONG^GILDONG", "00123456", "MRN-0012345", "990230-1234567"]
    ),
    st.text(alphabet="chest lungCT 흉부-/_,.^()", max_size=20),
    st.text(alphabet="PA lat -/_,.^", max_size=12),
)
def test_a_known_identifier_never_stays_whatever_stands_around_it(term: str, before: str, after: str) -> None:
    left = normalise(clean(f"{before} {term} {after}", TERMS))
    for part in ("홍길동", "길동", "gildong", "00123456", "0012345", "990230", "1234567"):
        assert part not in left


def test_kept_text_is_judged_by_words_not_by_parts_of_words() -> None:
    assert TERMS.identifies("SOMATOM GILDONG")
    assert TERMS.identifies("Hong_Gildong")
    assert TERMS.identifies("gildonghong2")
    assert TERMS.identifies("call 02-000-1234")
    assert TERMS.identifies("TESTPATIENTS")
    assert not TERMS.identifies("HONGKONG")
    assert not TERMS.identifies("LUNG")
    assert not TERMS.identifies("Brilliance 12")
    assert not NONE.identifies("syngo CT VB20A")


def test_short_names_count_only_together() -> None:
    terms = terms_of(frozenset({("name", "LI^NA")}))
    assert terms.identifies("LI NA")
    assert not terms.identifies("LI filter")


def test_needles_cover_encodings() -> None:
    assert {"홍길동".encode(), "홍길동".encode("cp949"), b"gildong"} <= set(TERMS.needles)


@pytest.mark.parametrize(
    ("declared", "value", "text", "trusted"),
    [
        ("", b"Hong", "Hong", True),
        ("ISO_IR 192", "홍길동".encode(), "홍길동", True),
        ("\\ISO 2022 IR 149", b"\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf", "홍^길동", True),
        ("ISO_IR 100", b"J\xfcrgen", "Jürgen", True),
        ("", "홍길동".encode("cp949"), "홍길동", False),
        ("ISO_IR 149", "홍길동".encode("cp949"), "홍길동", False),
        ("ISO_IR 192", "홍길동".encode("cp949"), "홍길동", False),
        ("", b"\xff\xff", "ÿÿ", False),
        ("ISO 2022 IR 13\\ISO 2022 IR 87", b"\x1b$B;3ED\x1b(J", "山田", True),
    ],
)
def test_charsets(declared: str, value: bytes, text: str, trusted: bool) -> None:
    assert charset.of(declared).decode(value) == (text, trusted)


def test_encoding_back_needs_a_known_charset_that_can_say_it() -> None:
    assert charset.of("ISO_IR 192").encode("흉부") == "흉부".encode()
    assert charset.of("\\ISO 2022 IR 149").encode("흉부") == b"\x1b$)C" + "흉부".encode("euc_kr")
    assert charset.of("").encode("흉부") is None
    assert charset.of("ISO_IR 149").encode("흉부") is None
    assert charset.of("ISO_IR 100").encode("흉부") is None


@pytest.mark.parametrize(
    "value",
    [
        "CT_SOM5 SPI",
        "HELICAL MODE",
        "CHESTABDPELVIS",
        "MONOCHROME2",
        "HFS",
        "ISO_15444_1",
        "35CMX43CM",
        "",
        "CHEST",
    ],
)
def test_codes_are_known(value: str) -> None:
    assert coded(value)


@pytest.mark.parametrize("value", ["QUORVARVAGRYX", "CHEST GILDONG", "KIMCS", "CHEST_홍길동", "KIM1"])
def test_other_words_are_no_codes(value: str) -> None:
    assert not coded(value)


@pytest.mark.parametrize(
    ("text", "left"),
    [("1.375:1", "1.375:1"), ("0.984:1", "0.984:1"), ("1.3.2020:1", "1"), ("10:15:2020", "")],
)
def test_a_pitch_is_no_date(text: str, left: str) -> None:
    assert clean(text, terms_of(frozenset())) == left


@pytest.mark.parametrize(
    ("value", "text", "trusted"),
    [
        ("홍길동 CHEST CT".encode("cp949"), "홍길동 CHEST CT", False),
        ("뮤톡볜 CT".encode("cp949"), "뮤톡볜 CT", False),
        ("Müller Thorax".encode("latin-1"), "Müller Thorax", True),
        ("Sø".encode("latin-1"), "Sø", True),
    ],
)
def test_korean_bytes_under_a_latin_character_set(value: bytes, text: str, trusted: bool) -> None:
    assert charset.of("ISO_IR 100").decode(value) == (text, trusted)


@pytest.mark.parametrize("text", ["0036-78897 rev 2", "003 678 897", "750231-6******", "750231-6"])
def test_numbers_written_apart_or_masked_are_found(text: str) -> None:
    assert terms_of(frozenset({("id", "003678897")})).identifies(text)


@pytest.mark.parametrize("text", ["VA48A 2019-05", "1.2.3-4", "123456-7890", "syngo CT 750131"])
def test_version_numbers_are_not(text: str) -> None:
    assert not terms_of(frozenset({("id", "003678897")})).identifies(text)
