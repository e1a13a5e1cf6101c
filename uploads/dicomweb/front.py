"""What the first elements of an instance say: enough to know where it goes, before any of it is kept."""

import re
import zlib
from dataclasses import dataclass
from io import BytesIO

from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset, read_preamble
from pydicom.tag import BaseTag
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian

from deid import ENGINE

LENGTH = 1 << 20
"""Bytes that hold everything up to Study Instance UID of any sensible file."""
LAST = 0x0020000D
WANTED = ["SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "PatientID", "DeidentificationMethod"]
UID_VALUE = re.compile(r"[0-9]+(\.[0-9]+)*")
PROGRAM = ENGINE.partition("/")[0] + "/"


class Unreadable(Exception):
    """No instance, or one that does not say what it is."""


@dataclass(frozen=True)
class Front:
    """UIDs as they were sent; `patient_id` is compared, not kept; `stripped_by` is our engine, or empty."""

    sop_class: str
    sop_instance: str
    study: str
    patient_id: str
    stripped_by: str


def read(head: bytes) -> Front:
    """The front of an instance from its first `LENGTH` bytes. Raises Unreadable."""
    try:
        seen = _dataset(head)
        uids = [str(seen.get(name) or "") for name in WANTED[:3]]
        patient = str(seen.get("PatientID") or "").strip()
        method = seen.get("DeidentificationMethod") or ""
        first = str(method if isinstance(method, str) else method[0])
    except Exception as error:
        raise Unreadable from error
    if not all(len(uid) <= 64 and UID_VALUE.fullmatch(uid) for uid in uids):
        raise Unreadable
    return Front(*uids, patient, first if first.startswith(PROGRAM) else "")


def _dataset(head: bytes) -> Dataset:
    file = BytesIO(head)
    if read_preamble(file, force=False) is None:
        raise Unreadable
    meta = read_dataset(file, False, True, stop_when=_after_meta)
    syntax = UID(str(meta.get("TransferSyntaxUID") or ""))
    if syntax == DeflatedExplicitVRLittleEndian:
        inflated = zlib.decompressobj(-zlib.MAX_WBITS).decompress(file.read(), LENGTH)
        file = BytesIO(inflated)
    return read_dataset(
        file,
        syntax.is_implicit_VR,
        syntax.is_little_endian,
        stop_when=_after_study,
        specific_tags=[BaseTag(tag) for tag in TAGS],
    )


TAGS = (0x00080005, 0x00080016, 0x00080018, 0x0020000D, 0x00100020, 0x00120063)


def _after_meta(tag: BaseTag, vr: str | None, length: int) -> bool:
    return tag.group != 2


def _after_study(tag: BaseTag, vr: str | None, length: int) -> bool:
    return tag > LAST
