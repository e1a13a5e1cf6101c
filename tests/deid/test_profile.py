from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from deid import profile
from deid.profile import build

SOURCE = Path(profile.__file__).parent / "source"
ROWS = profile.read_csv("profile.csv")


def test_every_row_of_the_standards_table_has_an_action() -> None:
    with (SOURCE / "ps315_e1_1_2025b.csv").open(encoding="utf-8", newline="") as stream:
        table = {row["tag"] for row in csv.DictReader(stream)}
    assert len(table) == 647
    assert table <= {row["tag"] for row in ROWS}


def test_committed_profile_is_what_the_sources_give(tmp_path: Path) -> None:
    build.build(tmp_path)
    for name in ("profile.csv", "private.csv"):
        assert (tmp_path / name).read_text("utf-8") == (Path(profile.__file__).parent / name).read_text(
            "utf-8"
        )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"tag": ROWS[1]["tag"]}, "twice"),
        ({"tag": "0010,0010"}, "pattern"),
        ({"action": "Q"}, "action"),
        ({"kind": "colour"}, "kind"),
        ({"reason": ""}, "reason"),
        ({"source": ""}, "reason or source"),
        ({"vr": "??"}, "VR"),
        ({"action": "S", "vr": "LO"}, "dates"),
        ({"action": "U", "vr": "LO"}, "UIDs"),
        ({"tag": "(60XX,3000)", "action": "K"}, "pattern"),
    ],
)
def test_schema_refuses(change: dict[str, str], problem: str) -> None:
    rows = [dict(row) for row in ROWS[:3] if row["tag"] not in profile.PATTERNS]
    rows[0] |= change
    with pytest.raises(profile.ProfileError, match=problem):
        profile.validate(rows)


PRIVATE = {"element": "0019,xx10", "creator": "A", "vr": "DS", "meaning": "B", "source": "C", "reason": "D"}


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([PRIVATE | {"element": "0018,xx10"}], "private block"),
        ([PRIVATE | {"element": "0019,1010"}], "private block"),
        ([PRIVATE, PRIVATE | {"vr": "IS"}], "twice"),
        ([PRIVATE | {"creator": " "}], "creator"),
        ([PRIVATE | {"vr": "LO"}], "not checked"),
        ([PRIVATE | {"vr": "UN"}], "not checked"),
        ([PRIVATE | {"source": ""}], "source"),
        ([PRIVATE | {"reason": ""}], "reason"),
    ],
)
def test_private_list_takes_only_elements_that_can_be_checked(
    rows: list[dict[str, str]], problem: str
) -> None:
    assert profile.load_private([PRIVATE]) == {(0x19, "A", 0x10): "DS"}
    with pytest.raises(profile.ProfileError, match=problem):
        profile.load_private(rows)


def test_a_choice_of_text_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is ours to choose is stricter than what the standard calls safe: no codes, no 32-bit stamps."""
    for name in ("private_choices.csv", "ps315_e3_10_1_safe_private.csv"):
        (tmp_path / name).write_text((SOURCE / name).read_text("utf-8"), "utf-8")
    choices = tmp_path / "private_choices.csv"
    monkeypatch.setattr(build, "SOURCE", tmp_path)
    assert len(list(build.private_rows())) == len(profile.PRIVATE)
    good = choices.read_text("utf-8")
    for vr in ("CS", "LO", "UL", "SQ"):
        choices.write_text(good + f'"0019,xx99",A,{vr},B,keep,C,D\n', "utf-8")
        with pytest.raises(profile.ProfileError, match=f"{vr} cannot be checked"):
            list(build.private_rows())


@pytest.mark.parametrize(
    ("group", "creator", "low", "vr"),
    [
        (0x19, "GEMS_ACQU_01", 0x23, "DS"),
        (0x19, "GEMS_ACQU_01", 0x39, "SS"),
        (0x53, "GEHC_CT_ADVAPP_001", 0x40, "SH"),
        (0x1F1, "ELSCINT1", 0x26, "DS"),
        (0x7005, "TOSHIBA_MEC_CT3", 0x63, "FD"),
        (0x19, "SIEMENS CT VA0  COAD", 0xB0, "DS"),
        (0x09, "GEMS_IDEN_01", 0x27, None),
        (0x23, "GEMS_STDY_01", 0x70, None),
        (0x13, "CTP", 0x13, None),
        (0xE1, "ELSCINT1", 0x63, None),
        (0x7005, "TOSHIBA_MEC_CT3", 0x1E, None),
    ],
)
def test_private_choices_that_must_not_drift(group: int, creator: str, low: int, vr: str | None) -> None:
    assert profile.PRIVATE.get((group, creator, low)) == vr


def test_no_private_element_that_stays_is_a_date_a_person_or_a_number_of_something() -> None:
    words = re.compile(
        r"\b(date|time ?stamp|name|serial|uid|site|hospital|user|comment|patient|physician|checksum)\b",
        re.IGNORECASE,
    )
    wrong = [row["meaning"] for row in profile.read_csv("private.csv") if words.search(row["meaning"])]
    assert wrong == []


def test_every_choice_has_a_source_and_a_reason_and_what_is_removed_is_not_there() -> None:
    with (SOURCE / "private_choices.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["decision"] for row in rows} == {"keep", "remove"}
    for row in rows:
        assert row["source"], row
        assert row["reason"], row
        key = (int(row["element"][:4], 16), row["creator"], int(row["element"][-2:], 16))
        assert (key in profile.PRIVATE) == (row["decision"] == "keep"), row


@pytest.mark.parametrize(
    ("keyword", "action"),
    [
        ("PatientName", "Z"),
        ("PatientID", "Z"),
        ("PatientBirthDate", "Z"),
        ("PatientSex", "K"),
        ("PatientAge", "K"),
        ("PatientSize", "K"),
        ("PatientWeight", "K"),
        ("StudyInstanceUID", "U"),
        ("StudyDate", "S"),
        ("StudyTime", "K"),
        ("SeriesDescription", "C"),
        ("DeviceSerialNumber", "D"),
        ("ManufacturerModelName", "K"),
        ("SoftwareVersions", "K"),
        ("KVP", "K"),
        ("ConvolutionKernel", "K"),
        ("StationName", "X"),
        ("ViewPosition", "K"),
        ("ImageLaterality", "K"),
        ("CTDIvol", "K"),
        ("OriginalAttributesSequence", "X"),
        ("RequestAttributesSequence", "X"),
        ("IconImageSequence", "X"),
        ("EncryptedAttributesSequence", "X"),
        ("DateOfLastCalibration", "X"),
        ("WindowWidth", "K"),
        ("SharedFunctionalGroupsSequence", "K"),
        ("PixelSpacing", "K"),
        ("ContextGroupVersion", "D"),
    ],
)
def test_decisions_that_must_not_drift(keyword: str, action: str) -> None:
    assert {row["keyword"]: row["action"] for row in ROWS}[keyword] == action


def test_unknown_tags_have_a_vr() -> None:
    assert profile.vr_of(0x00090010) == "LO"
    assert profile.vr_of(0x00290000) == "UL"
    assert profile.vr_of(0x00291020) == "UN"
    assert profile.vm_of(0x00291020) == "1-n"
