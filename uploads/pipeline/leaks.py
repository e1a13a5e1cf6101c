"""When what came in as clean was not: every file is looked at, and what was there is told by tag."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from deid import ENGINE, PROFILE_VERSION, Result
from deid.reading import header
from deid.receipt import Tally
from imaging import vendors
from uploads.evidence import LeakAlarm, Receipt
from uploads.models import UploadFile
from uploads.pipeline import faults
from uploads.pipeline.work import Work
from uploads.services import staging

OURS = re.compile(r"kicc-deid/[0-9.]{1,20}")
PROFILE = re.compile(r"profile [0-9a-z.]{1,20}")
FOUND_BY = f"{ENGINE}, profile {PROFILE_VERSION}"


@dataclass
class Leak:
    """What was found in the files of a series; `marks` are what leaking files say stripped them."""

    tally: Tally = field(default_factory=Tally)
    files: int = 0
    marks: Counter[str] = field(default_factory=Counter)

    @property
    def elements(self) -> list[str]:
        return sorted({row["element"] for row in self.tally.leaked})

    def content(self, *, dates: str) -> dict[str, Any]:
        """For the receipt: nothing was stored, and these elements are why."""
        return {**self.tally.content(dates=dates), "instances": [], "leaked": self.tally.leaked}


def look(work: Work, strip: Callable[[Work, UploadFile], Result]) -> Leak:
    """Strip every file again and gather what is found. StoreError, LostLease."""
    leak = Leak()
    for done, file in enumerate(work.new):
        work.lease.renew(done=done, step="checking")
        try:
            result = strip(work, file)
            if result.changed:
                leak.marks[_mark(staging.read(file=file, subject_key=work.key))] += 1
                leak.files += 1
        except Exception as error:
            faults.refusal(error, work.lease)
            continue
        leak.tally.add(result, stored="0" * 64, sent=file.sha256)
    return leak


def raise_alarm(work: Work, leak: Leak, receipt: Receipt) -> LeakAlarm:
    """Put the alarm on record, inside the transaction that holds the series back."""
    facts = work.leaking
    assert facts is not None
    return LeakAlarm.objects.create(
        upload=work.lease.job.upload,
        receipt=receipt,
        series=work.identifier,
        at=timezone.now(),
        modality=facts.modality[:16],
        vendor=vendors.vendor(facts.vendor, radiograph=facts.kind == "CXR"),
        model=vendors.model(facts.model),
        files=len(work.new),
        files_leaking=leak.files,
        elements=[{key: row[key] for key in ("element", "action", "files")} for row in leak.tally.leaked],
        claimed_by=work.lease.job.upload.stripped_by,
        marked_by=leak.marks.most_common(1)[0][0] if leak.marks else "",
        found_by=FOUND_BY,
    )


def _mark(data: bytes) -> str:
    """Engine and profile that a file names as its own, where they are ours; nothing else is repeated."""
    method = header(data).get("DeidentificationMethod") or ""
    parts = [str(part) for part in ([method] if isinstance(method, str) else method)]
    engine = next((part for part in parts if OURS.fullmatch(part)), "")
    profile = next((part for part in parts if PROFILE.fullmatch(part)), "")
    return ", ".join(part for part in (engine, profile) if engine and part)
