"""What hostile files may cost: beyond these limits they are refused by name, and say where."""

from __future__ import annotations

from datetime import date

import pytest

from deid import Dates, Refused, bounds, strip
from deid.engine import Stripper
from deid.reading import parse
from deid.terms import terms_of
from tests.deid import make

DATES = Dates.day_zero(date(2020, 3, 1))
GOOD = make.write(make.ct(SeriesDescription=None))
NUMBERS = b"\\".join(b"%06d" % (number * 7919 % 1_000_000) for number in range(9_300))


def refused(data: bytes) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        strip(data, uid_key=make.KEY, dates=DATES)
    return caught.value.code, caught.value.where


def implicit(**values: object) -> bytes:
    """In implicit VR a value of any type can be longer than 64 kB."""
    return make.write(make.ct(**values), make.IMPLICIT)


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (implicit(PatientName="A" * 300_000), "(0010,0010)"),
        (
            implicit(PatientName="A" * 200_000, OperatorsName="B" * 200_000),
            "more than 262144 characters of identifiers",
        ),
        (
            make.insert(GOOD, make.element(0x00101000, b"LO", NUMBERS)),
            "more than 10000 identifiers",
        ),
        (
            make.insert(
                GOOD,
                make.element(0x00101000, b"LO", NUMBERS[: 7 * 1500 - 1] + b" ")
                + make.element(0x0008103E, b"LO", b"\\" * 60_000),
            ),
            "more text and identifiers than can be compared",
        ),
    ],
    ids=["one name", "all names", "many numbers", "many texts"],
)
def test_more_than_can_be_looked_for_is_refused(data: bytes, where: str) -> None:
    assert refused(data) == ("too_large", where)


def test_a_search_without_end_is_refused_before_it_begins() -> None:
    bounds.check_search(bounds.MAX_SEARCHED, 1)
    with pytest.raises(Refused) as caught:
        bounds.check_search(bounds.MAX_SEARCHED, 2)
    assert (caught.value.code, caught.value.where) == (
        "too_large",
        "more header and identifiers than can be compared",
    )


def test_cleaned_text_that_grew_beyond_its_type_is_refused() -> None:
    """Korean without its escape sequences gets them when it is written again, one for each value."""
    words = b"\\".join(["흉부".encode("euc_kr")] * 13_000)
    ds = make.ct(SpecificCharacterSet=["", "ISO 2022 IR 149"], SeriesDescription=None)
    for keyword in ("InstitutionName", "ReferringPhysicianName", "PatientName"):
        setattr(ds, keyword, "A")
    data = make.insert(make.write(ds), make.element(0x0008103E, b"LO", words + b"\\qorvex "))
    assert refused(data) == ("too_large", "(0008,103E)")


def test_a_memory_forgets_and_keeps_no_long_text() -> None:
    memory: bounds.Memory[int] = bounds.Memory(2)
    assert [memory.keep(text, len(text)) for text in ("a", "bb", "a" * 257)] == [1, 2, 257]
    assert memory == {"a": 1, "bb": 2}
    assert memory.keep("ccc", 3) == 3
    assert memory == {"ccc": 3}


def test_a_file_that_grew_over_the_limit_is_refused_in_its_series_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limit = len(GOOD)
    monkeypatch.setattr("deid.engine.MAX_BYTES", limit)
    monkeypatch.setattr("deid.engine.parse", lambda data: parse(data, max_bytes=limit))
    stripper = Stripper(uid_key=make.KEY, dates=DATES)
    stripper.strip(GOOD)
    with pytest.raises(Refused) as caught:
        stripper.strip(make.write(make.ct(SeriesDescription="Thorax 1.0 Br40 lung")))
    assert (caught.value.code, caught.value.where) == ("too_large", f"offset {limit}")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (MemoryError("HONG"), ("too_large", "memory of this computer")),
        (KeyError("HONG^GILDONG"), ("corrupt", "KeyError")),
    ],
)
def test_an_error_of_the_engine_itself_refuses_the_file_and_quotes_nothing(
    error: Exception, told: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(data: bytes) -> None:
        raise error

    monkeypatch.setattr("deid.engine.parse", fails)
    assert refused(b"any bytes") == told
    with pytest.raises(type(error)):
        Stripper(uid_key=make.KEY, dates=DATES).bare(b"any bytes")


@pytest.mark.parametrize(
    ("kind", "text", "numbers"),
    [
        ("id", "AB-12", {"ab-12", "ab12"}),
        ("id", "X0000000", {"x0000000", "0000000"}),
        ("text", "call 555-0102", {"555-0102"}),
        ("date", "20209940", {"20209940", "2020-99-40", "2020.99.40", "2020/99/40"}),
    ],
)
def test_what_counts_as_a_number(kind: str, text: str, numbers: set[str]) -> None:
    terms = terms_of(frozenset({(kind, text)}))
    assert terms.numbers == numbers
    assert all(terms.identifies(f"lung {number}") for number in numbers)


def test_a_name_in_free_text_that_goes_is_looked_for() -> None:
    assert terms_of(frozenset({("text", "ZYXWVUT^QORVEX")})).words == {"zyxwvut", "qorvex"}
