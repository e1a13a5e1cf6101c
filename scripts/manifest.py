"""Everything of a corpus of DICOM files through the real pipeline, held against what its manifest expects.

python -m scripts.manifest DIR/MANIFEST.csv [--every]

The manifest has `path`, `purpose`, `expected` (accept, reject, review, no_crash) and `series`. Files of one
folder and series travel together, as another patient each; those of `transfer_syntaxes` are one picture
many times and travel alone. Answers: refused is reject; held back, or stored with a finding that a curator
must decide about, is review; stored without one is accept. What differs has to be argued in the table of
docs/validation.md; exit 1 when a difference is not argued there, or one that is argued there is none.
Nothing is kept: database, keys and objects lie in a temporary folder.
"""

import csv
import hashlib
import os
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent.parent / "docs" / "validation.md"
ROW = re.compile(r"^\| `([^`|]+)` \| (accept|reject|review) \| (accept|reject|review) \| ", re.MULTILINE)
OF_THE_CORPUS = frozenset({"images_twice", "also_elsewhere", "at_another_hospital", "same_identifier"})
"""The corpus holds one picture many times; these findings are about that and not about the file."""


def main(arguments: list[str]) -> int:
    paths = [Path(one) for one in arguments if not one.startswith("-")]
    if len(paths) != 1 or not paths[0].is_file():
        print(__doc__ or "")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        _django(folder)
        answers = {
            path: answer for group in _groups(paths[0]) for path, *answer in _bring(group, paths[0].parent)
        }
    return _compare(paths[0], answers, every="--every" in arguments)


def _django(folder: str) -> None:
    """Django on an empty database of its own."""
    for name in [name for name in os.environ if name.startswith("KICC_")]:
        del os.environ[name]
    os.environ |= {"DJANGO_SETTINGS_MODULE": "registry.settings.test", "KICC_VAR": folder}
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _groups(manifest: Path) -> list[list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in _rows(manifest):
        path = row["path"]
        alone = row["purpose"] == "transfer_syntaxes"
        found[str(Path(path).parent), path if alone else row["series"] or path].append(path)
    return list(found.values())


def _rows(manifest: Path) -> list[dict[str, str]]:
    with manifest.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _bring(group: list[str], root: Path) -> Iterator[tuple[str, str, str]]:
    """(path, answer, codes) of each file, sent as one patient's upload by a site's account."""
    from imaging.models import Series
    from imaging.validation import DECIDED
    from uploads.models import UploadFile

    files = {path: (root / path).read_bytes() for path in group}
    if empty := [path for path, data in files.items() if not data]:
        yield from ((path, "reject", "empty_file") for path in empty)
        return
    upload = _send(list(files.values()))
    verdicts = {file.sha256: file for file in UploadFile.objects.filter(upload=upload)}
    decided = sorted(
        {
            found["code"]
            for series in Series.objects.filter(upload_id=upload)
            for found in series.findings
            if found["severity"] in DECIDED and found["code"] not in OF_THE_CORPUS
        }
    )
    for path, data in files.items():
        file = verdicts[hashlib.sha256(data).hexdigest()]
        if file.verdict == "refused":
            yield path, "reject", file.code
        elif file.verdict == "quarantined":
            yield path, "review", file.code
        else:
            yield path, "review" if decided else "accept", " ".join(decided) or file.code


def _send(files: list[bytes]) -> Any:
    """Identifier of an upload that is worked off."""
    from django.test import Client

    from uploads.models import Job
    from uploads.pipeline.run import run

    person, subject = _patient()
    client = Client(SERVER_NAME="localhost")
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    listed = [{"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} for data in files]
    unique = list({one["sha256"]: one for one in listed}.values())
    body = {"subject": subject, "files": unique, "stripped_by": None}
    answer = client.post("/api/v1/uploads/", body, "application/json")
    if answer.status_code != 201:
        raise RuntimeError(answer.content.decode())
    upload = answer.json()["id"]
    for data in files:
        digest = hashlib.sha256(data).hexdigest()
        client.put(f"/api/v1/uploads/{upload}/files/{digest}", data, "application/octet-stream")
    client.post(f"/api/v1/uploads/{upload}/complete/")
    while jobs := list(Job.objects.filter(state=Job.State.QUEUED).values_list("pk", flat=True)):
        for job in jobs:
            run(job_id=job)
    return upload


def _patient() -> tuple[Any, str]:
    """The site's account and the code of a new subject of its."""
    import datetime

    from registry.models import IrbApproval, Role, Site, User
    from registry.services.subjects import create_subject

    site, made = Site.objects.get_or_create(code="S01", defaults={"name": "-", "name_ko": "-", "level": "T"})
    if made:
        always = {"valid_from": datetime.date(2000, 1, 1), "valid_until": datetime.date(2999, 1, 1)}
        IrbApproval.objects.create(site=site, number="-", **always)
        User.objects.create_user("corpus@kicc.test", None, name="Corpus", role=Role.RADIOLOGIST, site=site)
    person = User.objects.get(email="corpus@kicc.test")
    return person, create_subject(actor=person).code


def _compare(manifest: Path, answers: Mapping[str, list[str]], *, every: bool) -> int:
    argued = ROW.findall(DOCS.read_text("utf-8"))
    used: set[str] = set()
    bad, counts = 0, Counter[str]()
    for row in _rows(manifest):
        path, expected, (answer, codes) = row["path"], row["expected"], answers[row["path"]]
        agrees = expected in (answer, "no_crash")
        reasons = [one for one in argued if fnmatchcase(path, one[0]) and one[1:] == (expected, answer)]
        used.update(one[0] for one in reasons if not agrees)
        word = "agrees" if agrees else "argued" if reasons else "DIFFERS"
        counts[word] += 1
        bad += word == "DIFFERS"
        if every or not agrees:
            print(f"{word:8} {expected:8} → {answer:7} {path}  {codes}")
    for pattern in [one[0] for one in argued if one[0] not in used]:
        bad += 1
        print(f"STALE    docs/validation.md argues {pattern}, which does not differ")
    print(", ".join(f"{count} {word}" for word, count in counts.items()))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
