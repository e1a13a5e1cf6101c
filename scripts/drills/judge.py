"""What must be true after every drill, asked of the public API, the store and the project's own commands."""

import hashlib
import io
import time
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

from pydicom import dcmread

from scripts.drills.sender import Bill, Sender
from tests.stack import Stack

COMMANDS = ("verify_store", "verify_audit", "verify_receipts")
SWEPT_WITHIN = 60.0


def judge(stack: Stack, bills: list[tuple[Sender, Bill]]) -> list[str]:
    """Sentences on what is wrong; none when nothing was lost, doubled or left over."""
    wrong = [sentence for sender, bill in bills for sentence in of_bill(sender, bill)]
    if left := _after_sweep(stack):
        wrong.append(f"{len(left)} objects are left in staging")
    for command in COMMANDS:
        try:
            stack.manage(command)
        except AssertionError as error:
            wrong.append(f"{command} fails: {str(error).strip().splitlines()[-1]}")
    return wrong


def of_bill(sender: Sender, bill: Bill) -> list[str]:
    """The same for one upload, as its own sender sees it."""
    wrong = [f"{what} ({count} times)" for what, count in bill.odd.items()]
    said = sender.ask("GET", f"uploads/{bill.upload}/").json()
    if said.get("state") not in ("done", "attention"):
        return [*wrong, f"the upload is {said.get('state')}"]
    wrong += of_verdicts(bill, said["files"])
    if lacking := bill.files.keys() - bill.acknowledged:
        wrong.append(f"{len(lacking)} files were never acknowledged")
    sent = Counter(_pixels(bill.images[digest]) for digest in bill.images.keys() & bill.acknowledged)
    there = _archived(sender, bill.subject)
    if lost := sent - there:
        wrong.append(f"{lost.total()} acknowledged images are in no sealed object that opens")
    if more := there - sent:
        wrong.append(f"{more.total()} images are there too often, or were never sent")
    return wrong


def of_verdicts(bill: Bill, files: list[dict[str, Any]]) -> list[str]:
    """The same for the verdicts that GET lists."""
    given = {file["sha256"]: f"{file['verdict']} {file['code'] or ''}".strip() for file in files}
    expected = {"stored": bill.images.keys(), "refused": bill.strays.keys()}
    wrong = Counter(
        f"{given.get(digest, 'not listed')} instead of {verdict}"
        for verdict, digests in expected.items()
        for digest in digests
        if given.get(digest, "").split(" ")[0] != verdict
    )
    return [f"verdict {what} ({count} files)" for what, count in wrong.items()]


def _archived(sender: Sender, subject: str) -> Counter[str]:
    """Pixel bytes of every image in the subject's archives, as they are downloaded and unzipped."""
    found: Counter[str] = Counter()
    for series in sender.ask("GET", "series/", params={"subject": subject}).json()["results"]:
        answer = sender.ask("GET", f"series/{series['id']}/archive/")
        try:
            with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
                found.update(_pixels(archive.read(name)) for name in archive.namelist())
        except zipfile.BadZipFile:
            continue
    return found


def _pixels(data: bytes) -> str:
    return hashlib.sha256(dcmread(io.BytesIO(data)).PixelData).hexdigest()


def _after_sweep(stack: Stack) -> list[str]:
    """What is left in staging once the sweep had its time."""
    end = time.monotonic() + SWEPT_WITHIN
    while (left := staged(stack)) and time.monotonic() < end:
        time.sleep(1)
    return left


def staged(stack: Stack) -> list[str]:
    """Names of the objects in staging, from the store itself."""
    if stack.s3 is None:
        root = Path(stack.environment.get("KICC_STORE_DIR", stack.var / "objects"))
        return [str(path) for path in (root / "staging").rglob("*") if path.is_file()]
    pages = stack.s3.client().get_paginator("list_objects_v2")
    listed = pages.paginate(Bucket=stack.environment["KICC_S3_BUCKET"], Prefix="staging/")
    return [item["Key"] for page in listed for item in page.get("Contents", [])]
