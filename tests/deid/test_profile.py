from __future__ import annotations

import csv
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


def test_private_list_takes_only_private_elements() -> None:
    with pytest.raises(profile.ProfileError):
        profile.load_private([{"element": "0018,xx10", "creator": "A", "vr": "DS", "meaning": ""}])


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
