"""The answer of STOW-RS: Store Instances Response Module (PS3.18 annex I.2), and the status of the whole."""

from collections.abc import Sequence
from typing import Any

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items

from uploads.dicomweb.storing import Item

OUT_OF_RESOURCES = 0xA700
NOT_OF_ITS_CLASS = 0xA900
NOT_UNDERSTOOD = 0xC000
NO_SUBJECT = 0xC001
OTHER_STUDY = 0xC002
TRANSFER_SYNTAX = 0xC122
PROCESSING_FAILURE = 0x0110
CLASS_NOT_SUPPORTED = 0x0122
COERCED = 0xB000
REASONS = {
    "unknown_sop_class": CLASS_NOT_SUPPORTED,
    "dicomdir": CLASS_NOT_SUPPORTED,
    "wrong_modality": NOT_OF_ITS_CLASS,
    "unsupported_transfer_syntax": TRANSFER_SYNTAX,
    "file_too_large": OUT_OF_RESOURCES,
    "too_large": OUT_OF_RESOURCES,
    "too_many_files": OUT_OF_RESOURCES,
    "quota_bytes": OUT_OF_RESOURCES,
    "quota_open": OUT_OF_RESOURCES,
    "no_subject": NO_SUBJECT,
    "other_study": OTHER_STUDY,
    **dict.fromkeys(
        (
            "not_dicom",
            "empty_file",
            "truncated",
            "corrupt",
            "bad_header",
            "bad_uid",
            "no_pixel_data",
            "pixel_length",
            "pixels_do_not_decode",
            "too_deep",
        ),
        NOT_UNDERSTOOD,
    ),
}
"""Our code → failure reason (PS3.18 table I.2-2); every other code is a processing failure."""


def status_of(items: Sequence[Item]) -> int:
    """200 when all are stored as they came, 202 when some are or all will be, 409 when none is.

    413 when none is, for size alone.
    """
    failed = [item for item in items if item.code]
    if len(failed) == len(items):
        return 413 if all(reason(item) == OUT_OF_RESOURCES for item in failed) else 409
    return 202 if failed or any(item.pending or item.coerced for item in items) else 200


def dataset_of(items: Sequence[Item]) -> dict[str, Any]:
    """The module in DICOM JSON. Failed items carry our code as Error Comment (0000,0902)."""
    answer = Dataset()
    answer.RetrieveURL = ""
    stored = [_referenced(item) for item in items if item.front and not item.code]
    failed = [_failed(item) for item in items if item.front and item.code]
    others = [_reasoned(Dataset(), item) for item in items if not item.front]
    if stored:
        answer.ReferencedSOPSequence = Items(stored)
    if failed:
        answer.FailedSOPSequence = Items(failed)
    if others:
        answer.OtherFailuresSequence = Items(others)
    found: dict[str, Any] = answer.to_json_dict()
    return found


def reason(item: Item) -> int:
    return REASONS.get(item.code, PROCESSING_FAILURE)


def _named(item: Item) -> Dataset:
    found = Dataset()
    assert item.front
    found.ReferencedSOPClassUID = item.front.sop_class
    found.ReferencedSOPInstanceUID = item.front.sop_instance
    return found


def _referenced(item: Item) -> Dataset:
    found = _named(item)
    found.RetrieveURL = ""
    if item.coerced:
        found.WarningReason = COERCED
    return found


def _failed(item: Item) -> Dataset:
    return _reasoned(_named(item), item)


def _reasoned(found: Dataset, item: Item) -> Dataset:
    found.FailureReason = reason(item)
    found.ErrorComment = item.code
    return found
