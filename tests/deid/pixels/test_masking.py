"""Masks: what is inside goes black, every other value stays, in every way that pixels are stored."""

import hashlib
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from pydicom.data import get_testdata_file
from pydicom.dataset import FileDataset
from pydicom.encaps import encapsulate
from pydicom.pixels.utils import iter_pixels
from pydicom.uid import (
    JPEG2000,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    RLELossless,
)

from deid import Dates, strip
from deid.pixels import Masked, Placed, Region, Unmaskable, mask
from phantom.jpeg import lossless_jpeg
from tests.deid import make

ROWS, COLUMNS = 61, 83
HOLE = Region(7, 5, 20, 11)
Frames = list[NDArray[Any]]


def noise(*, bits: int = 12, signed: bool = False, frames: int = 1, seed: int = 1) -> Frames:
    random = np.random.default_rng(seed)
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1)) if signed else (0, 2**bits)
    kind = {(8, False): "u1", (8, True): "i1"}.get((bits, signed), "<i2" if signed else "<u2")
    return [random.integers(low, high, (ROWS, COLUMNS)).astype(kind) for _ in range(frames)]


def file_of(
    frames: Frames,
    syntax: str = ExplicitVRLittleEndian,
    *,
    bits: int = 12,
    encoded: Any = None,
    **values: Any,
) -> bytes:
    """A file that holds the frames; `encoded` are their code streams where the syntax compresses."""
    first = frames[0]
    ds = make.ct(
        Rows=first.shape[0],
        Columns=first.shape[1],
        BitsAllocated=8 if bits <= 8 else 16,
        BitsStored=bits,
        HighBit=bits - 1,
        PixelRepresentation=int(first.dtype.kind == "i"),
        **values,
    )
    if len(frames) > 1:
        ds.NumberOfFrames = len(frames)
    if encoded is not None:
        ds.PixelData = encapsulate(list(encoded))
        ds["PixelData"].is_undefined_length = True
    else:
        order = ">" if syntax == ExplicitVRBigEndian else "<"
        plain = b"".join(frame.astype(frame.dtype.newbyteorder(order)).tobytes() for frame in frames)
        ds.PixelData = plain + b"\0" * (len(plain) % 2)
    ds["PixelData"].VR = "OW" if bits > 8 and encoded is None else "OB"
    return make.write(ds, syntax)


def jpeg2000(frame: NDArray[Any], **options: Any) -> bytes:
    out = io.BytesIO()
    image = Image.fromarray(frame)
    image.save(out, "JPEG2000", no_jp2=True, mct=0, **{"irreversible": False, **options})
    return out.getvalue()


def jpeg(frame: NDArray[Any], **options: Any) -> bytes:
    out = io.BytesIO()
    Image.fromarray(frame).save(out, "JPEG", **options)
    return out.getvalue()


def decoded(dataset: FileDataset) -> Frames:
    return [np.array(frame) for frame in iter_pixels(dataset, raw=False)]


def check(data: bytes, done: Masked, regions: list[Placed]) -> None:
    """The masked file decodes to the old values outside the regions and to one dark value inside."""
    before, after = decoded(make.read(data)), decoded(make.read(done.data))
    assert len(before) == len(after) == done.frames
    for number, (old, new) in enumerate(zip(before, after, strict=True)):
        hole = np.zeros(old.shape[:2], dtype=bool)
        for placed in regions:
            if placed.frame in (None, number):
                area = placed.region
                hole[max(0, area.y) : area.y + area.height, max(0, area.x) : area.x + area.width] = True
        assert np.array_equal(old[~hole], new[~hole])
        assert len(np.unique(new[hole])) <= 1
        if hole.any() and not hole.all() and old.ndim == 2:
            dark = (
                old[~hole].max()
                if done.dataset.PhotometricInterpretation == "MONOCHROME1"
                else old[~hole].min()
            )
            assert (new[hole] == dark).all()
    assert done.decoded_sha256_before == hashlib.sha256(b"".join(map(little, before))).hexdigest()
    assert done.decoded_sha256 == hashlib.sha256(b"".join(map(little, after))).hexdigest()


def little(frame: NDArray[Any]) -> bytes:
    return frame.astype(frame.dtype.newbyteorder("<")).tobytes()


NATIVE: dict[str, Callable[[], bytes]] = {
    "12 bits": lambda: file_of(noise()),
    "16 bits": lambda: file_of(noise(bits=16), bits=16),
    "16 bits signed": lambda: file_of(noise(bits=16, signed=True), bits=16),
    "8 bits": lambda: file_of(noise(bits=8), bits=8),
    "8 bits, odd length": lambda: file_of([frame[:, :33] for frame in noise(bits=8)], bits=8),
    "implicit": lambda: file_of(noise(), ImplicitVRLittleEndian),
    "implicit, 8 bits": lambda: file_of(noise(bits=8), ImplicitVRLittleEndian, bits=8),
    "big endian": lambda: file_of(noise(), ExplicitVRBigEndian),
    "deflated": lambda: file_of(noise(), DeflatedExplicitVRLittleEndian),
    "MONOCHROME1": lambda: file_of(noise(), PhotometricInterpretation="MONOCHROME1"),
    "three frames": lambda: file_of(noise(frames=3)),
}
COMPRESSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "RLE": (lambda: make_rle(noise()), RLELossless),
    "RLE, three frames": (lambda: make_rle(noise(frames=3)), RLELossless),
    "RLE, signed": (lambda: make_rle(noise(bits=16, signed=True), bits=16), RLELossless),
    "JPEG lossless": (
        lambda: file_of(noise(), JPEGLosslessSV1, encoded=[lossless_jpeg(noise()[0], bits=12)]),
        JPEG2000Lossless,
    ),
    "JPEG 2000, uneven tiles": (
        lambda: file_of(
            noise(bits=16),
            JPEG2000Lossless,
            bits=16,
            encoded=[jpeg2000(noise(bits=16)[0], tile_size=(31, 17))],
        ),
        JPEG2000Lossless,
    ),
    "JPEG 2000, two frames": (
        lambda: file_of(
            noise(bits=16, frames=2),
            JPEG2000Lossless,
            bits=16,
            encoded=[jpeg2000(frame) for frame in noise(bits=16, frames=2)],
        ),
        JPEG2000Lossless,
    ),
    "JPEG 2000, lossy": (
        lambda: file_of(
            noise(bits=8),
            JPEG2000,
            bits=8,
            encoded=[jpeg2000(noise(bits=8)[0], irreversible=True, quality_layers=[20])],
            LossyImageCompression="01",
        ),
        JPEG2000Lossless,
    ),
    "JPEG baseline": (
        lambda: file_of(
            noise(bits=8),
            JPEGBaseline8Bit,
            bits=8,
            encoded=[jpeg(noise(bits=8)[0], quality=60)],
            LossyImageCompression="01",
            LossyImageCompressionRatio="7",
            LossyImageCompressionMethod="ISO_10918_1",
        ),
        JPEG2000Lossless,
    ),
    "JPEG-LS": (lambda: shipped("MR_small_jpeg_ls_lossless.dcm"), JPEG2000Lossless),
    "JPEG extended": (lambda: shipped("JPGExtended.dcm"), JPEG2000Lossless),
    "JPEG 2000, signed": (lambda: shipped("693_J2KI.dcm"), JPEG2000Lossless),
}


def make_rle(frames: Frames, *, bits: int = 12) -> bytes:
    ds = make.read(file_of(frames, bits=bits))
    ds.compress(RLELossless, generate_instance_uid=False)
    out = io.BytesIO()
    ds.save_as(out)
    return out.getvalue()


def shipped(name: str) -> bytes:
    """A file that comes with pydicom."""
    found = get_testdata_file(name, download=False)
    assert isinstance(found, str)
    with open(found, "rb") as file:
        return file.read()


@pytest.mark.parametrize("name", NATIVE)
def test_a_plain_file_changes_inside_the_region_alone(name: str) -> None:
    data = NATIVE[name]()
    regions = [Placed(HOLE)]
    done = mask(data, regions)
    check(data, done, regions)
    assert done.syntax == done.syntax_before == make.read(data).file_meta.TransferSyntaxUID
    old, new = make.read(data).PixelData, make.read(done.data).PixelData
    assert len(old) == len(new)
    assert done.pixel_sha256 != hashlib.sha256(old).hexdigest()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", COMPRESSED)
def test_a_compressed_file_is_compressed_again_without_loss(name: str) -> None:
    made, syntax = COMPRESSED[name]
    data = made()
    regions = [Placed(HOLE)]
    done = mask(data, regions)
    check(data, done, regions)
    assert done.syntax == syntax
    assert done.syntax_before == make.read(data).file_meta.TransferSyntaxUID
    kept = ("LossyImageCompression", "LossyImageCompressionRatio", "LossyImageCompressionMethod")
    assert [make.read(done.data).get(k) for k in kept] == [make.read(data).get(k) for k in kept]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["SC_rgb_rle.dcm", "SC_rgb_jpeg_dcmtk.dcm", "SC_rgb_rle_2frame.dcm"])
def test_colour_goes_black_too(name: str) -> None:
    data = shipped(name)
    regions = [Placed(Region(10, 20, 30, 25))]
    done = mask(data, regions)
    check(data, done, regions)
    assert not decoded(done.dataset)[0][20:45, 10:40].any()


def test_uncompressed_colour_goes_black_and_stays_uncompressed() -> None:
    colours = np.stack(noise(bits=8, frames=3), axis=-1)[:, :-1]
    data = file_of(
        [colours], bits=8, SamplesPerPixel=3, PhotometricInterpretation="RGB", PlanarConfiguration=0
    )
    done = mask(data, [Placed(HOLE)])
    check(data, done, [Placed(HOLE)])
    assert done.syntax == ExplicitVRLittleEndian
    assert not decoded(done.dataset)[0][HOLE.y : HOLE.y + HOLE.height, HOLE.x : HOLE.x + HOLE.width].any()


def test_what_the_encoder_cannot_take_is_stored_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_rle(noise())
    monkeypatch.setattr(FileDataset, "compress", lambda *_, **__: 1 / 0)
    done = mask(data, [Placed(HOLE)])
    check(data, done, [Placed(HOLE)])
    assert done.syntax == ExplicitVRLittleEndian


@given(
    st.lists(
        st.builds(
            Placed,
            st.builds(
                Region,
                st.integers(-10, COLUMNS + 5),
                st.integers(-10, ROWS + 5),
                st.integers(1, COLUMNS),
                st.integers(1, ROWS),
            ),
            st.sampled_from([None, 0, 1]),
        ),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=40, deadline=None)
def test_any_regions_on_any_frames_leave_the_rest(regions: list[Placed]) -> None:
    data = file_of(noise(frames=2))
    hit = any(placed.region.within(rows=ROWS, columns=COLUMNS) for placed in regions)
    if not hit:
        with pytest.raises(Unmaskable):
            mask(data, regions)
        return
    done = mask(data, regions)
    check(data, done, [p for p in regions if p.region.within(rows=ROWS, columns=COLUMNS)])
    assert mask(done.data, regions).decoded_sha256 == done.decoded_sha256


def test_the_whole_picture_can_go() -> None:
    done = mask(file_of(noise()), [Placed(Region(0, 0, COLUMNS, ROWS))])
    assert not decoded(done.dataset)[0].any()


def test_unused_bits_outside_the_region_stay_and_inside_go() -> None:
    frame = noise()[0]
    data = file_of([frame | np.uint16(0x8000)])
    done = mask(data, [Placed(HOLE)])
    words = np.frombuffer(done.dataset.PixelData, "<u2")[: frame.size].reshape(frame.shape)
    inside = np.zeros(frame.shape, dtype=bool)
    inside[HOLE.y : HOLE.y + HOLE.height, HOLE.x : HOLE.x + HOLE.width] = True
    assert (words[~inside] & 0x8000).all()
    assert not (words[inside] & 0x8000).any()


def test_the_file_says_what_was_done_and_stripping_it_again_changes_nothing() -> None:
    data = strip(
        file_of(noise(), BurnedInAnnotation="YES"), uid_key=make.KEY, dates=Dates.keyed(make.KEY, "S")
    )
    assert "burned_in" in {found.code for found in data.findings}
    done = mask(data.data, [Placed(HOLE)])
    twice = mask(done.data, [Placed(HOLE)])
    for dataset in (done.dataset, twice.dataset):
        codes = [item.CodeValue for item in dataset.DeidentificationMethodCodeSequence]
        assert dataset.BurnedInAnnotation == "NO"
        assert codes.count("113101") == 1
        assert "113100" in codes
        assert dataset.DeidentificationMethod[-1] == "burned text masked"
        assert list(dataset.DeidentificationMethod).count("burned text masked") == 1
        assert dataset.DerivationDescription == "burned text masked"
        assert list(dataset.ImageType) == ["ORIGINAL", "PRIMARY", "AXIAL"]
    again = strip(done.data, uid_key=make.KEY, dates=Dates.keep())
    assert not again.changed
    assert "burned_in" not in {found.code for found in again.findings}
    assert again.pixel_sha256_before == again.pixel_sha256_after == done.pixel_sha256


def test_a_description_that_is_there_stays_before_ours() -> None:
    done = mask(file_of(noise(), DerivationDescription="axial mpr"), [Placed(HOLE)])
    assert done.dataset.DerivationDescription == "axial mpr; burned text masked"
