"""The end state of everything, without what may differ between two runs: ids, times, seals and attempts."""

import json
import re
from collections import Counter
from typing import Any

from imaging.models import Exam, Instance, Series
from registry import vaults
from registry.models import AuditEvent
from uploads.models import Job, Receipt, UnclaimedObject, Upload, UploadFile
from uploads.services import receipt_chain

SERIES = (
    "id", "exam__study_uid", "series_uid", "state", "modality", "transfer_syntax", "description", "vendor",
    "model", "kernel", "plane", "view_position", "thickness_mm", "spacing_mm", "rows", "columns", "header",
    "findings", "object_name", "preview_name", "instance_count", "plain_bytes", "sealed_bytes",
)  # fmt: skip
INSTANCE = (
    "series_id", "sop_uid", "name", "number", "position_mm", "frames", "offset", "length", "sha256",
    "pixel_sha256", "decoded_sha256", "source_sha256",
)  # fmt: skip
EXAM = ("study_uid", "kind", "shifted_date", "shifted_time", "anchored", "slot", "slot_number")
OF_THE_RUN = {"at", "upload", "previous", "earlier"}
ATTEMPT = re.compile(r"(?<=/)[0-9a-f]{32}(?=\.(zip|png))")


def snapshot() -> dict[str, Any]:
    """Rows as sorted values, names of all objects, and how often each audited act is on record."""
    return {
        "exams": rows(Exam, *EXAM),
        "series": rows(Series, *SERIES),
        "instances": rows(Instance, *INSTANCE),
        "files": rows(UploadFile, "sha256", "verdict", "code", "where", "staged_name"),
        "uploads": rows(Upload, "state", "stripped_by"),
        "jobs": rows(
            Job, "kind", "key", "state", "files_done", "files_total", "error", "lease_owner", "findings"
        ),
        "receipts": sorted(receipt_without_its_run(receipt) for receipt in Receipt.objects.all()),
        "chain": list(receipt_chain.breaks()),
        "unclaimed": rows(UnclaimedObject, "name"),
        "objects": sorted(ATTEMPT.sub("", name) for name in vaults.store().list()),
        "audit": sorted(Counter(AuditEvent.objects.values_list("verb", flat=True)).items()),
    }


def receipt_without_its_run(receipt: Receipt) -> str:
    """What it says, without times, the upload's identifier and the digests that follow from both."""
    content = json.loads(receipt.body)
    return repr([(name, value) for name, value in content.items() if name not in OF_THE_RUN])


def rows(model: Any, *fields: str) -> list[str]:
    return sorted(ATTEMPT.sub("", repr(row)) for row in model.objects.values_list(*fields))
