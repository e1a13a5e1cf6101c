"""Markers and text, told apart by what was read and how long the box is."""

import sys
from pathlib import Path

import pytest

from deid.pixels import Box, Region, covered, judge
from deid.pixels.judge import is_marker, markers

SQUARE, WIDE, TALL = Region(5, 5, 30, 36), Region(5, 5, 120, 24), Region(5, 5, 20, 70)


@pytest.mark.parametrize(
    "text",
    [
        "L",
        "R",
        "LEFT",
        "right",
        "P A",
        "PA",
        "AP SUPINE",
        "PORTABLE",
        "ERECT",
        "S",
        "ＬＥＦＴ",
        "좌",
        "이동형",
        "SEMI-ERECT",
        "R / 입위",
    ],
)
@pytest.mark.parametrize("region", [SQUARE, WIDE, TALL])
def test_words_of_the_list_are_markers_in_any_box(text: str, region: Region) -> None:
    assert is_marker(Box(region, text))


@pytest.mark.parametrize(
    "text", ["HONG", "HONG GILDONG", "00123456", "L HONG", "AP 2020", "홍길동", "喜召号", "DG", "M", "", "卧"]
)
def test_anything_else_in_a_long_box_is_text(text: str) -> None:
    assert not is_marker(Box(WIDE, text))
    assert not is_marker(Box(TALL, text))


@pytest.mark.parametrize(
    ("text", "marker"),
    [("", True), ("M", True), ("卧", True), ("DG", True), ("12", False), ("철수", False), ("ABC", False)],
)
def test_a_compact_sign_names_nobody(text: str, marker: bool) -> None:
    assert is_marker(Box(SQUARE, text)) is marker


def test_boxes_come_out_once_each() -> None:
    boxes = [Box(WIDE, "HONG"), Box(SQUARE, "L"), Box(WIDE, "PA")]
    told = judge(boxes)
    assert told.texts == (boxes[0],)
    assert told.markers == (boxes[1], boxes[2])


def test_the_list_has_korean_words_and_is_checked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert {"L", "R", "좌", "우", "기립", "PORTABLE"} <= markers()
    for line in ("two words,side", "left,side", "LEFT,planet"):
        wrong = tmp_path / "markers.csv"
        wrong.write_text(f"word,kind\n{line}\n", encoding="utf-8")
        monkeypatch.setattr(sys.modules["deid.pixels.judge"], "FILE", wrong)
        markers.cache_clear()
        with pytest.raises(ValueError, match=r"markers\.csv"):
            markers()
    monkeypatch.undo()
    markers.cache_clear()


def test_regions_know_what_they_share() -> None:
    box = Region(10, 10, 10, 10)
    assert box.share_in(Region(0, 0, 100, 100)) == 1
    assert box.share_in(Region(15, 10, 100, 100)) == 0.5
    assert box.share_in(Region(50, 50, 5, 5)) == 0
    assert Region(0, 0, 0, 5).share_in(box) == 0
    assert covered(box, [Region(0, 0, 12, 12), Region(10, 10, 10, 6)])
    assert not covered(box, [Region(0, 0, 12, 12)])
    assert Region(-5, -5, 10, 10).within(rows=20, columns=20) == Region(0, 0, 5, 5)
    assert Region(20, 0, 5, 5).within(rows=20, columns=20) is None
