"""Text of devices and codes keeps what has a form; what names somebody has none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid import Dates, Result, strip
from deid.device import is_device, kept
from deid.spelling import normalise
from deid.terms import terms_of
from deid.text import clean, keep
from tests.deid import make

NONE = terms_of(frozenset())
OWN = terms_of(frozenset({("date", "20200304"), ("id", "00123456"), ("name", "Hong^Gildong")}))


def stripped(data: bytes) -> Result:
    return strip(data, uid_key=make.KEY, dates=Dates.day_zero(date(2020, 3, 1)))


@pytest.mark.parametrize(
    "text",
    """SIEMENS|Siemens Healthineers|GE MEDICAL SYSTEMS|G.E. Medical Systems|Philips Medical Systems
    TOSHIBA_MEC|CANON_MEC|Canon Inc.
    FUJI PHOTO FILM CO. LTD.|FUJIFILM Corporation|Agfa-Gevaert AG|KONICA MINOLTA
    Samsung Electronics Co., Ltd.|DK Medical Systems|DRGEM Corporation|Hologic, Inc.|UIH|LISTEM|SG Healthcare
    SOMATOM Definition AS+|SOMATOM go.Top|Emotion 16 (2007)|LightSpeed VCT|LightSpeed16|LightSpeed QX/i
    HiSpeed CT/i|Discovery CT750 HD|Revolution EVO|Optima CT660|Brilliance 64|IQon - Spectral CT|Ingenuity CT
    Aquilion ONE / GENESIS|Activion16|Supria|uCT 760|NeuViz 128|GC85A|GXR-40SD|INNOVISION-SH|ViVIX-S 1717N
    CXDI Control Software NE|DRX-Revolution|CR 85|CR975|ADC_5146|5000R|0862|EVS 4343|REX-650RF|Mars1417V
    Cassette Holder Type 9840 500 70201|syngo CT VB20A|syngo CT 2012B|VA48A_02_P12|07MW18.4|gmp_hst.21
    LightSpeedApps14.13_2.8.2L_H2.1M4|revo_ct_22bc.50|V10.4SP0005|V8.32ER009|4.5.0.30020|51.80.108.010|2.6.3.6
    VA48A 2019-05|1.2.4.2 (R5.0)|ADS_28.4|VIPS1110|A14|R001|05|SW 2.1.0 build 1234|Br40d|FC08-H|B_SHARP_C|YC
    IMR1|BONEPLUS|L|32|흉부CT|REMOVED""".replace("\n    ", "|").split("|"),
)
def test_makers_models_versions_and_kernels_stay(text: str) -> None:
    assert keep(text, "", NONE) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("CT Choi", "CT"),
        ("SOMATOM KIM MINSU", "SOMATOM"),
        ("HONGGILDONG", ""),
        ("CT HO-NG", "CT"),
        ("CT HO_NG GIL", "CT"),
        ("CT H O N G", "CT"),
        ("CT H.G.D.", "CT"),
        ("KIM1", ""),
        ("CT LEE64M", "CT"),
        ("CT \u041d\u041eNG", "CT"),
        ("CT HO\u200bNG", "CT"),
        ("CT HO\0NG", "CT"),
        ("CT 홍길동", "CT"),
        ("CT \u0425\u043e\u043d\u0433", "CT"),
        ("CT %ED%99%8D", "CT"),
        ("CT /uD64D", "CT"),
        ("CT &#54861;", "CT"),
        ("CT +1I2tODupJg-", "CT"),
        ("CT \x1b$)C\x0eHw\x0f", "CT"),
        ("CT 00123457", "CT"),
        ("CT 12345-6789", "CT"),
        ("CT 12-34-56-78", "CT"),
        ("CT 123 4567 890", "CT"),
        ("CT 820315-1234567", "CT"),
        ("CT 010-1234-5678", "CT"),
        ("CT 2020. 3. 4.", "CT"),
        ("CT 12/30/61", "CT"),
        ("CT Mar. 4, 2020", "CT"),
        ("CT 20200304101530", "CT"),
        ("CT mary@example.com", "CT"),
        ("CT " + "1" * 70, "CT"),
        ("1 2 3 4 5 6", ""),
    ],
)
def test_what_is_not_recognised_goes(text: str, left: str) -> None:
    assert keep(text, "", NONE) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("CT 123 456", "CT"),
        ("CT 1:2:3.456", "CT"),
        ("CT 4.3.20", "CT"),
        ("V4.3.20", "V"),
        ("CT 040320", "CT"),
        ("V4.3.21", "V4.3.21"),
        ("Gildong64 CT", "CT"),
    ],
)
def test_what_the_file_says_elsewhere_goes(text: str, left: str) -> None:
    assert keep(text, "", OWN) == left


def test_what_takes_too_many_rounds_goes_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deid.text.ROUNDS", 1)
    assert keep("CT Choi", "", terms_of(frozenset({("id", "fresh-2")}))) == ""


@pytest.mark.parametrize(
    ("form", "text", "stays"),
    [
        ("rescale", "HU", True),
        ("rescale", "OD REL", True),
        ("rescale", "HONG", False),
        ("version", "01", True),
        ("version", "1.3", True),
        ("version", "20200304", False),
        ("scheme", "DCM", True),
        ("meaning", "Retain Patient Characteristics Option", True),
        ("meaning", "postero-anterior", True),
        ("DCM", "113100", True),
        ("DCM", "Gildong", False),
        ("SCT", "43799004", True),
        ("SCT", "399348003", True),
        ("SCT", "00123456", False),
        ("SCT", "43799005", False),
        ("SRT", "T-D3000", True),
        ("UCUM", "[hnsf'U]", True),
        ("UCUM", "hong", False),
        ("NDC", "0093-7214", False),
    ],
)
def test_forms(form: str, text: str, stays: bool) -> None:
    assert keep(text, form, NONE) == (text if stays else "")


def test_a_code_that_repeats_an_identifier_goes() -> None:
    assert keep("43799004", "SCT", terms_of(frozenset({("id", "43799004")}))) == ""
    assert keep("", "SCT", NONE) == kept("", "") == ""


@given(st.text(max_size=40) | st.text(alphabet="CT VAB12340.-_/홍KIM", max_size=40))
def test_keeping_twice_is_keeping_once(text: str) -> None:
    for terms in (NONE, OWN):
        once = keep(text, "", terms)
        assert keep(once, "", terms) == once
        assert not terms.identifies(once)


SHORT = st.sampled_from(
    ["Ko^Eun", "Oh^Jin", "Yi^Sun", "Lee^Ha Na", "KIM,MINSU", "HONG GIL DONG", "Li^Wei", "홍^길동"]
)


@given(
    SHORT, st.permutations(range(3)), st.sampled_from(["", "_", "-", " "]), st.sampled_from(["", "64M", "1"])
)
def test_short_names_never_stay(name: str, order: list[int], mark: str, after: str) -> None:
    words = name.replace("^", " ").replace(",", " ").split()
    written = mark.join(words[i] for i in order if i < len(words))
    terms = terms_of(frozenset({("name", name)}))
    for left in (keep(f"CT {written}{after}", "", terms), clean(f"Chest {written}{after} CT", terms)):
        assert not {word.casefold() for word in words if len(word) > 2} & set(normalise(left).split())
        assert normalise("".join(words)) not in normalise(left)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("M\u00f8ller^\u00c5se", "MOLLER"),
        ("\u0110or\u0111e^Anna", "DORDE"),
        ("Lee^Ha Na", "HANA"),
        ("Hong^Gil^Dong", "GILDONGHONG"),
        ("KIM MINSU(M64)", "KIMMINSU"),
        ("Ma^Min", "MA MIN"),
        ("HONG", "\u041d\u041eNG"),
    ],
)
def test_names_are_found_as_people_write_them(name: str, text: str) -> None:
    assert terms_of(frozenset({("name", name)})).identifies(f"x {text}")


@pytest.mark.parametrize("hospital", ["Samsung Medical Center", "GE Imaging Center", "Canon Health"])
def test_a_hospital_of_ordinary_words_goes(hospital: str) -> None:
    terms = terms_of(frozenset({("place", hospital)}))
    for text in (hospital, hospital.upper().replace(" ", "_"), hospital.replace(" ", "")):
        assert clean(f"Chest {text} CT", terms) == "Chest CT"
        assert hospital.split()[0].lower() not in keep(f"{text} CT", "", terms).lower()


def test_a_maker_that_gave_its_name_as_the_place_stays() -> None:
    terms = terms_of(frozenset({("place", "FUJI PHOTO FILM CO.,"), ("station", "GXR-40SD")}))
    assert keep("FUJI PHOTO FILM CO. LTD.", "", terms) == "FUJI PHOTO FILM CO. LTD."
    assert keep("GXR-40SD", "", terms) == "GXR-40SD"


@pytest.mark.parametrize(
    ("text", "device"),
    [
        ("DRGEM", True),
        ("Sensation 64", True),
        ("CT64", True),
        ("CTAWP00001", False),
        ("64", False),
        ("GASANG CT", False),
    ],
)
def test_stations_that_are_called_by_their_model(text: str, device: bool) -> None:
    assert is_device(text) is device


def test_device_text_that_goes_whole_leaves_what_its_type_asks_for() -> None:
    ds = make.ct(Manufacturer="Choi", RescaleType="Choi", SoftwareVersions=["Choi", "syngo CT VB20A"])
    out = stripped(make.write(ds)).dataset
    assert (out.Manufacturer, out.RescaleType) == ("REMOVED", "US")
    assert list(out.SoftwareVersions) == ["", "syngo CT VB20A"]


def test_codes_of_public_schemes_keep_their_form() -> None:
    def view(code: str, scheme: str, meaning: str) -> object:
        return make.sequence(make.item(CodeValue=code, CodingSchemeDesignator=scheme, CodeMeaning=meaning))

    out = stripped(
        make.write(make.ct(ViewCodeSequence=view("399348003", "SCT", "antero-posterior Choi")))
    ).dataset
    item = out.ViewCodeSequence[0]
    assert (item.CodeValue, item.CodeMeaning) == ("399348003", "antero-posterior")
    out = stripped(make.write(make.ct(ViewCodeSequence=view("12345678", "SCT", "Choi")))).dataset
    item = out.ViewCodeSequence[0]
    assert (item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning) == ("LOCAL", "SCT", "REMOVED")


def test_a_code_word_that_is_a_name_empties_no_code() -> None:
    out = stripped(make.write(make.ct(PatientName="Mono^Chrome", OperatorsName="Hfs^A"))).dataset
    assert (out.PhotometricInterpretation, out.PatientPosition) == ("MONOCHROME2", "HFS")


def test_the_character_set_is_written_as_it_is_defined() -> None:
    data = make.write(
        make.ct(
            SpecificCharacterSet="ISO_IR 100", PatientName="", ReferringPhysicianName="", InstitutionName=""
        )
    )
    data = data.replace(b"ISO_IR 100", b"  ISO_IR 6")
    assert stripped(data).dataset.SpecificCharacterSet == "ISO_IR 6"
    assert "SpecificCharacterSet" not in stripped(data.replace(b"  ISO_IR 6", b"\nISO_IR 6\n")).dataset
