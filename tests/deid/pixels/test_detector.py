"""The detector finds what a console burns in, and nothing but markers on clean pictures."""

import datetime
import socket
import subprocess
import sys
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread

from deid.pixels import DetectorMissing, Region, detect, detector, judge, overlaid, shown
from deid.pixels.view import for_detector
from phantom import PERSONS, ct_series, radiograph
from tests.burned import Frame, place_of, stamped
from tests.deid import make

DAY = datetime.date(2020, 3, 3)
AT = (24, 30)


@cache
def film(rows: int = 512, **options: Any) -> Frame:
    values: Frame = dcmread(
        BytesIO(radiograph(seed=3, rows=rows, person=PERSONS[1], study_date=DAY, **options))
    ).pixel_array
    return values


@cache
def slice_of(matrix: int = 256) -> Frame:
    (data,) = ct_series(seed=3, slices=1, matrix=matrix, person=PERSONS[1], study_date=DAY)
    values: Frame = dcmread(BytesIO(data)).pixel_array
    return values


def texts(frame: Frame, *, inverted: bool = False) -> list[Region]:
    return [box.region for box in judge(detect(frame, inverted=inverted)).texts]


def holds(region: Region, text: str, at: tuple[int, int], size: int = 18) -> bool:
    """Whether the box has at least nine tenths of the text in it."""
    left, top, right, bottom = place_of(text, at, size=size)
    return Region(left, top, right - left, bottom - top).share_in(region) > 0.9


@pytest.mark.parametrize(
    "text", ["HONG GILDONG M/64Y ID 00123456", "00123456", "홍길동", "김 철 수 64세", "2020-03-01 08:41"]
)
@pytest.mark.parametrize("picture", ["film", "inverted film", "signed slice"])
def test_a_name_or_a_number_is_found_where_it_stands(text: str, picture: str) -> None:
    if picture == "signed slice":
        frame, inverted = slice_of(512).astype(np.int16) - 1024, False
    else:
        inverted = picture == "inverted film"
        frame = film(mono1=inverted)
    value = int(frame.min()) if inverted else int(frame.max())
    found = texts(stamped(frame, text, AT, value=value), inverted=inverted)
    assert any(holds(region, text, AT) for region in found), found


@pytest.mark.parametrize("size", [10, 14, 24, 40])
def test_small_and_large_letters_are_found(size: int) -> None:
    found = texts(stamped(film(), "HONG GILDONG", AT, size=size))
    assert any(holds(region, "HONG GILDONG", AT, size) for region in found)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int16])
def test_any_kind_of_values_will_do(kind: Any) -> None:
    frame = (film().astype(np.float32) / film().max() * 250).astype(kind)
    assert texts(stamped(frame, "HONG GILDONG", AT))


def test_dark_text_and_text_at_a_level_among_others_are_found() -> None:
    white = np.full((400, 400), 3000, dtype=np.uint16)
    white[0, 0], white[0, 1] = 0, 60_000
    assert texts(stamped(white, "HONG GILDONG", AT, value=0))
    assert texts(stamped(white, "HONG GILDONG", AT, value=4000)), "hidden by the one bright pixel"


def test_colour_pictures_are_looked_at() -> None:
    screen = np.zeros((300, 400, 3), dtype=np.uint8)
    screen[..., 2] = stamped(screen[..., 2], "HONG GILDONG 00123456", AT, value=255)
    assert texts(screen)


@pytest.mark.parametrize("rows", [448, 1024])
def test_clean_radiographs_hold_no_text(rows: int) -> None:
    assert texts(film(rows)) == []
    assert texts(film(rows, mono1=True), inverted=True) == []


@pytest.mark.parametrize("matrix", [64, 256, 512])
def test_clean_slices_hold_no_text(matrix: int) -> None:
    assert texts(slice_of(matrix)) == []


@pytest.mark.parametrize("marker", ["R", "L", "S", "PA", "AP SUPINE", "PORTABLE", "ERECT", "LEFT", "MS"])
def test_markers_on_a_radiograph_cause_nothing(marker: str) -> None:
    assert texts(stamped(film(), marker, (430 - 12 * len(marker), 30), size=24)) == []


def test_a_mirrored_lead_marker_with_initials_causes_nothing() -> None:
    lead = stamped(np.zeros((90, 60), dtype=np.uint16), "L", (12, 0), size=56, value=60_000)
    lead = stamped(lead, "DG", (12, 58), size=24, value=60_000)[:, ::-1]
    frame = film(1024).copy()
    frame[40:130, 930:990] = np.maximum(frame[40:130, 930:990], lead)
    assert texts(frame) == []


def test_an_overlay_in_unused_bits_is_drawn_before_looking() -> None:
    frame = film()
    bits = stamped(np.zeros(frame.shape, dtype=np.uint16), "HONG GILDONG", AT, value=0x8000)
    ds = make.ct(Rows=512, Columns=512, BitsStored=12, HighBit=11)
    twelve = frame >> 4
    ds.PixelData = (twelve | bits).astype("<u2").tobytes()
    dataset = make.read(make.write(ds))
    assert texts(twelve) == []
    assert texts(overlaid(twelve, dataset))


def test_a_tall_box_is_read_as_one_sign_upright_too() -> None:
    page = np.full((160, 160, 3), 255, dtype=np.uint8)
    left, top, right, bottom = place_of("1", (60, 40), size=80)
    page[stamped(np.zeros((160, 160), dtype=np.uint8), "1", (60, 40), size=80, value=1) > 0] = 0
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    assert bottom - top >= detector.TALL * (right - left)
    assert detector._read(page, corners)[0] == "1"


def test_a_box_without_text_reads_as_nothing() -> None:
    page = np.full((64, 200, 3), 128, dtype=np.uint8)
    corners = np.array([(10, 10), (180, 10), (180, 50), (10, 50)])
    assert detector._read(page, corners) == ("", 0.0)


def test_colour_frames_have_no_unused_bits() -> None:
    frame = np.zeros((8, 8, 3), dtype=np.uint8)
    assert overlaid(frame, make.ct()) is frame


def test_ordinary_frames_have_no_overlay_drawn() -> None:
    for signed in (0, 1):
        ds = make.ct(BitsStored=12, HighBit=11, PixelRepresentation=signed)
        values = np.arange(-128 if signed else 0, 128 if signed else 256, dtype="<i2").reshape(16, 16)
        ds.PixelData = values.tobytes()
        frame = make.read(make.write(ds)).pixel_array
        assert overlaid(frame, make.read(make.write(ds))) is frame


def test_pictures_for_people_have_the_right_way_up() -> None:
    ramp = np.tile(np.arange(256, dtype=np.uint16) * 16, (64, 1))
    assert shown(ramp)[0, 5] < shown(ramp)[0, 200]
    assert shown(ramp, inverted=True)[0, 5] > shown(ramp, inverted=True)[0, 200]
    whole = shown(ramp, whole=True)
    assert (whole.min(), whole.max()) == (0, 255)
    assert shown(np.zeros((8, 8, 3), dtype=np.uint8)).shape == (8, 8, 3)
    assert np.isfinite(for_detector(np.zeros((40, 40), dtype=np.int16))).all()


@pytest.mark.parametrize(
    ("shape", "longest"), [((512, 512), 736), ((128, 128), 256), ((3000, 2500), 768), ((30, 900), 768)]
)
def test_pictures_come_in_a_size_that_costs_bounded_time(shape: tuple[int, int], longest: int) -> None:
    for frame in (np.zeros(shape, dtype=np.uint16), np.zeros((*shape, 3), dtype=np.uint8)):
        picture = for_detector(frame)
        assert max(picture.shape[:2]) <= longest
        assert all(side % 32 == 0 for side in picture.shape[:2])


@pytest.mark.parametrize("side", [1536, 3072, 3500])
def test_large_letters_on_a_large_radiograph_are_found_where_they_stand(side: int) -> None:
    frame = np.asarray(Image.fromarray(film(1024)).resize((side, side)))
    size = side // 60
    found = texts(stamped(frame, "HONG GILDONG", AT, size=size))
    assert any(holds(region, "HONG GILDONG", AT, size) for region in found)


def test_nothing_is_fetched_and_the_models_are_those_of_the_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object, **__: object) -> None:
        raise AssertionError("the detector went to the network")

    monkeypatch.setattr(socket.socket, "connect", closed)
    detector._engine.cache_clear()
    assert texts(stamped(film(), "HONG GILDONG", AT))
    assert detector._engine() is detector._engine()
    assert detector.name().startswith("rapidocr/3.")


def test_a_wheel_without_its_models_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    detector._engine.cache_clear()
    monkeypatch.setitem(detector.MODELS, "Det.model_path", "*_nothing_*.onnx")
    with pytest.raises(DetectorMissing, match="_nothing_"):
        detect(film())
    monkeypatch.setattr(detector, "installed", lambda: False)
    with pytest.raises(DetectorMissing, match="install"):
        detect(film())


def test_the_rest_of_the_engine_needs_none_of_it() -> None:
    code = (
        "import sys\n"
        "for name in ('numpy', 'PIL', 'cv2', 'rapidocr', 'onnxruntime'): sys.modules[name] = None\n"
        "import deid, deid.browser, deid.check, deid.cli, deid.receipt\n"
        "print(sorted(name for name in sys.modules if name.startswith('deid.pixels')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr
