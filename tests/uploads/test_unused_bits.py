"""What sits in bits of the pixels that belong to no image is shown to a person."""

import io

import numpy as np
import pytest
from pydicom import dcmread

from deid import ENGINE
from imaging.models import Series
from registry.models import Subject
from tests.uploads.held import CT, TEXT, altered, decide, site_stripped
from tests.uploads.people import Sender, work_off
from uploads.models import Hold


@pytest.mark.parametrize("stripped", [False, True])
def test_what_sits_in_unused_bits_of_one_slice_is_shown_to_a_person(
    sender: Sender, subject: Subject, stripped: bool
) -> None:
    """No header tells of it, and it is no picture of letters: a name, four bits in each pixel."""
    dataset = dcmread(io.BytesIO(CT[5]))
    words = np.frombuffer(dataset.PixelData, "<u2").copy()
    assert (dataset.BitsStored, int(words.max()) >> 12) == (12, 0)
    halves = [half for byte in TEXT.encode() for half in (byte & 15, byte >> 4)]
    words[: len(halves)] |= np.array(halves, dtype="<u2") << 12
    files = [*CT[:5], altered(CT[5], PixelData=words.tobytes()), *CT[6:]]
    if stripped:
        files = [site_stripped(file) for file in files]
    sender.bring(subject.code, files, stripped_by=ENGINE if stripped else None)
    hold = Hold.objects.get()
    assert not hold.said
    assert "overlay_in_pixels" in {one["code"] for one in Series.objects.get().findings}
    decide(sender, hold, decision="keep", reason="an old mark of the console")
    work_off()
    series = Series.objects.get()
    assert series.state == Series.State.STORED
    assert {"text_kept", "overlay_in_pixels"} <= {one["code"] for one in series.findings}


def test_a_declared_overlay_in_bits_that_hold_nothing_is_no_finding(sender: Sender, subject: Subject) -> None:
    """The engine says what the header says; whether bits are in use is seen in the pixels."""
    dataset = dcmread(io.BytesIO(CT[0]))
    dataset.add_new(0x60000100, "US", 16)
    dataset.add_new(0x60000102, "US", 15)
    out = io.BytesIO()
    dataset.save_as(out)
    sender.bring(subject.code, [out.getvalue(), *CT[1:4]])
    series = Series.objects.get()
    assert series.state == Series.State.STORED
    assert not {"overlay_in_pixels", "burned_in_bits"} & {one["code"] for one in series.findings}
