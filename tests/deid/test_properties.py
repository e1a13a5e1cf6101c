"""Random nested data sets with planted values: none survives. Random damage: a result or a named refusal."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataset import Dataset

from deid import Dates, Refused, strip
from deid.full import Recipe, strip_parsed
from deid.profile import RULES
from deid.reading import parse
from tests.deid import make

DATES = Dates.day_zero(date(2020, 3, 1))
NAMES = ["Kwak^Dusan=郭^斗山=곽^두산", "ZYXWVUT^QORVEX", "Nam^Gungok", "Ko^Eun", "LEE HA NA", "Yi^So Ra"]
SECRETS = [
    "Dusan",
    "두산",
    "곽두산",
    "斗山",
    "ZYXWVUT",
    "QORVEX",
    "Gungok",
    "QX7788123",
    "010-0000-9876",
    "가상구 시험로",
    "KOEUN",
    "EUN KO",
    "HANALEE",
    "YISORA",
    "2020. 3. 4",
    "990230_1234567",
]
TEXTS = [
    "Dusan",
    "곽두산 환자",
    "chest QORVEX",
    "QX7788123",
    "call 010-0000-9876",
    "서울특별시 가상구 시험로 1",
    "ZYXWVUT chest",
    "KOEUN",
    "chest EUN KO",
    "HANALEE 64M",
    "CT YISORA",
    "CT 2020. 3. 4.",
    "990230_1234567 CT",
]
STRINGS = {"LO", "SH", "ST", "LT", "UT", "PN", "UC", "CS"}
PLACES = sorted(
    t for t, rule in RULES.items() if rule.vr in STRINGS and t >> 16 > 8 and t >> 16 not in {0x12, 0x28}
)
HOLDERS = [
    t
    for k in (
        "SourceImageSequence",
        "AnatomicRegionSequence",
        "RequestAttributesSequence",
        "OtherPatientIDsSequence",
        "SharedFunctionalGroupsSequence",
        "FrameAnatomySequence",
    )
    if (t := tag_for_keyword(k))
]


@st.composite
def data_sets(draw: st.DrawFn, depth: int = 0) -> Dataset:
    ds = Dataset()
    for tag in draw(st.lists(st.sampled_from(PLACES), max_size=6, unique=True)):
        vr = dictionary_VR(tag) if tag in _KNOWN else RULES[tag].vr
        plain = [text for text in TEXTS if text.isascii()]
        value: Any = draw(st.sampled_from(NAMES if vr == "PN" else plain if vr == "CS" else TEXTS))
        ds.add_new(tag, "UN" if draw(st.integers(0, 9)) == 0 else vr, value)
        if ds[tag].VR == "UN":
            ds[tag].value = str(value).encode()
    if draw(st.booleans()):
        group = draw(st.sampled_from([0x0009, 0x0019, 0x0043, 0x7001]))
        creator = draw(st.sampled_from(["GEMS_ACQU_01", "SECRET OF DUSAN", "GEMS_PARM_01"]))
        block = ds.private_block(group, creator, create=True)
        block.add_new(draw(st.integers(1, 0xFE)), "LO", draw(st.sampled_from(TEXTS)))
    if depth < 3:
        for tag in draw(st.lists(st.sampled_from(HOLDERS), max_size=2, unique=True)):
            ds.add_new(tag, "SQ", [draw(data_sets(depth + 1)) for _ in range(draw(st.integers(0, 2)))])
    return ds


def _known() -> set[int]:
    from pydicom.datadict import dictionary_has_tag

    return {t for t in PLACES if dictionary_has_tag(t)}


_KNOWN = _known()


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(data_sets(), st.sampled_from([make.EXPLICIT, make.IMPLICIT]), st.booleans())
def test_nothing_planted_survives(extra: Dataset, syntax: str, korean: bool) -> None:
    ds = make.ct(SpecificCharacterSet="ISO_IR 192" if korean else ["", "ISO 2022 IR 149"])
    for element in extra:
        if element.tag not in ds or element.tag.group > 0x10:
            ds[element.tag] = element
    ds.PatientName = NAMES[0]
    ds.ReferringPhysicianName = NAMES[1]
    ds.OperatorsName = NAMES[2]
    ds.OtherPatientIDs = "QX7788123"
    data = make.write(ds, syntax)
    result = strip_parsed(parse(data), Recipe(make.KEY, DATES, "")).result
    assert make.searched(result.data, *SECRETS) == []
    again = strip(result.data, uid_key=make.KEY, dates=Dates.keep())
    assert again.changed == []
    assert result.data.endswith(make.ct().PixelData)


GOOD = make.write(make.ct(SourceImageSequence=make.sequence(make.item(ReferencedSOPInstanceUID="1.2.3"))))


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=8),
    st.integers(0, len(GOOD)),
)
def test_damage_ends_in_a_result_or_a_named_refusal(flips: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(GOOD)
    for position, value in flips:
        data[position] = value
    damaged = bytes(data[: cut if cut % 3 == 0 else len(data)])
    try:
        result = strip_parsed(parse(damaged), Recipe(make.KEY, DATES, "")).result
    except Refused:
        return
    assert (
        strip(result.data, uid_key=make.KEY, dates=Dates.keep()).pixel_sha256_after
        == result.pixel_sha256_after
    )


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_refused_by_name(data: bytes) -> None:
    for candidate in (data, bytes(128) + b"DICM" + data, GOOD[:700] + data):
        try:
            strip_parsed(parse(candidate), Recipe(make.KEY, DATES, ""))
        except Refused:
            continue
