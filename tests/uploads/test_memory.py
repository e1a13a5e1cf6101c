"""How much a worker holds of a large file."""

import io
import tracemalloc

from pydicom import dcmread

from phantom import PERSONS, ct_series
from registry.models import Subject
from tests.uploads.people import DAY, Sender
from uploads.models import Job
from uploads.pipeline.run import run

SIDE = 4000
SIZE = 2 * SIDE * SIDE
DETECTOR = 48 * 1024 * 1024


def large(data: bytes) -> bytes:
    dataset = dcmread(io.BytesIO(data))
    dataset.Rows = dataset.Columns = SIDE
    dataset.PixelData = bytes(SIZE)
    out = io.BytesIO()
    dataset.save_as(out)
    return out.getvalue()


def test_a_worker_holds_one_file_and_of_that_three_times_its_size(sender: Sender, subject: Subject) -> None:
    """Its bytes, its pixels as pydicom reads them, one decoded frame; the detector and the preview need the
    same room for every file.
    """
    files = [
        large(data) for data in ct_series(seed=1, slices=3, matrix=64, person=PERSONS[0], study_date=DAY)
    ]
    upload = sender.send(subject.code, files)
    peaks = []
    for kind in ("sort", "series"):
        tracemalloc.start()
        try:
            assert run(job_id=Job.objects.get(kind=kind).pk)
            peaks.append(tracemalloc.get_traced_memory()[1] / SIZE)
        finally:
            tracemalloc.stop()
    assert sender.get(upload)["state"] == "done"
    assert peaks[0] < 2.2
    assert peaks[1] < 3.1 + DETECTOR / SIZE
