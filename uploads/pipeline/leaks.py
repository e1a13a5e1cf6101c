"""When what came in as clean was not: every file is looked at, and what was there is told by tag."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from pydicom.dataset import Dataset

from deid import ENGINE, PROFILE_VERSION, Result
from deid.reading import header
from deid.receipt import Tally
from imaging import vendors
from uploads.evidence import LeakAlarm, Receipt
from uploads.models import UploadFile
from uploads.pipeline import faults
from uploads.pipeline.work import Work
from uploads.services import engines, staging

OURS = re.compile(r"kicc-deid/[0-9.]{1,20}")
PROFILE = re.compile(r"profile [0-9a-z.]{1,20}")
CODE = re.compile(r"S[0-9]{2}-[0-9]{4}-[A-Z]")
WHOSE = frozenset({"(0010,0010)", "(0010,0020)"})
FOUND_BY = f"{ENGINE}, profile {PROFILE_VERSION}"


@dataclass
class Leak:
    """What was found in the files of a series; `marks` are what leaking files say stripped them, `elsewhere`
    how many of them were stripped by this engine for another subject, and hold nothing else.
    """

    tally: Tally = field(default_factory=Tally)
    files: int = 0
    elsewhere: int = 0
    marks: Counter[str] = field(default_factory=Counter)

    @property
    def elements(self) -> list[str]:
        return sorted({row["element"] for row in self.tally.leaked})

    @property
    def mark(self) -> str:
        """What most leaking files say of themselves, or empty."""
        return self.marks.most_common(1)[0][0] if self.marks else ""

    @property
    def cause(self) -> LeakAlarm.Cause:
        """Why, so that a person learns what to do."""
        if self.files and self.elsewhere == self.files:
            return LeakAlarm.Cause.OTHER_PATIENT
        if engines.is_old(self.mark.partition(",")[0]):
            return LeakAlarm.Cause.OLD_ENGINE
        return LeakAlarm.Cause.NOT_STRIPPED

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
                seen = header(staging.read(file=file, subject_key=work.key))
                mark = _mark(seen)
                leak.marks[mark] += 1
                leak.files += 1
                leak.elsewhere += bool(mark) and _elsewhere(seen, result, work.subject.code)
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
        elements=[
            {key: row[key] for key in ("element", "action", "reason", "files")} for row in leak.tally.leaked
        ],
        claimed_by=work.lease.job.upload.stripped_by,
        marked_by=leak.mark,
        found_by=FOUND_BY,
        cause=leak.cause,
    )


def _elsewhere(seen: Dataset, result: Result, code: str) -> bool:
    """Whether the file was stripped for another subject, and nothing else is wrong with it."""
    patient = str(seen.get("PatientID") or "").strip()
    changed = {action.path for action in result.changed}
    return bool(CODE.fullmatch(patient)) and patient != code and changed <= WHOSE


def _mark(seen: Dataset) -> str:
    """Engine and profile that a file names as its own, where they are ours; nothing else is repeated."""
    method = seen.get("DeidentificationMethod") or ""
    parts = [str(part) for part in ([method] if isinstance(method, str) else method)]
    engine = next((part for part in parts if OURS.fullmatch(part)), "")
    profile = next((part for part in parts if PROFILE.fullmatch(part)), "")
    return ", ".join(part for part in (engine, profile) if engine and part)
