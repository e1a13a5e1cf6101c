"""A series that waits for a decision about text in its pictures, and what tests ask of it."""

import io
import zipfile
from typing import Any

from pydicom import dcmread

from deid import Dates, strip
from imaging.models import Series
from phantom import PERSONS, ct_series, radiograph
from tests.burned import burned
from tests.uploads.people import DAY, Sender
from uploads.models import Hold

TEXT = "HONG GILDONG 00123456"
PERSON = PERSONS[0]
CLEAN = radiograph(seed=2, rows=256, person=PERSON, study_date=DAY)
FILM = burned(CLEAN, TEXT, (10, 12))
CT = ct_series(seed=1, slices=24, matrix=128, person=PERSON, study_date=DAY)
BOX = [4, 6, 240, 30]


def altered(data: bytes, **changes: Any) -> bytes:
    dataset = dcmread(io.BytesIO(data))
    for keyword, value in changes.items():
        setattr(dataset, keyword, value)
    out = io.BytesIO()
    dataset.save_as(out)
    return out.getvalue()


def site_stripped(data: bytes) -> bytes:
    return strip(data, uid_key=b"the hospital's key".ljust(32), dates=Dates.day_zero(DAY), subject="").data


def verdicts(upload: dict[str, Any]) -> set[tuple[str, str | None]]:
    return {(file["verdict"], file["code"]) for file in upload["files"]}


def decide(sender: Sender, hold: Hold, **body: Any) -> Any:
    """Decide by the API; who keeps text has opened every picture before."""
    if body.get("decision") == "keep":
        for number in range(len(hold.found)):
            sender.client.get(f"/api/v1/held/{hold.pk}/pictures/{number}/")
    return sender.client.post(f"/api/v1/held/{hold.pk}/decision/", body, "application/json")


def stored_files(sender: Sender) -> list[Any]:
    """Data sets of the one stored series."""
    series = Series.objects.stored().get()
    answer = sender.client.get(f"/api/v1/series/{series.pk}/archive/")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    return [dcmread(io.BytesIO(archive.read(name))) for name in archive.namelist()]
