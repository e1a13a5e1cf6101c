"""Starting an upload: names of programs, and two who start at once."""

from typing import Any

import pytest
from django.db import IntegrityError

from registry.models import Subject, User
from tests.uploads.people import Sender, digest
from uploads.models import Upload
from uploads.services import receiving

ONE = b"first file"


@pytest.mark.parametrize("field", ["stripped_by", "client"])
@pytest.mark.parametrize("text", ["PETRICHOR^BANGMANGI", "홍길동", "a\nb", "x=1"])
def test_programs_have_plain_names(sender: Sender, subject: Subject, field: str, text: str) -> None:
    listed = [{"sha256": digest(ONE), "size": len(ONE)}]
    body = {"subject": subject.code, "files": listed, field: text}
    answer = sender.client.post("/api/v1/uploads/", body, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_program_name")
    assert field in answer.json()["message"]
    assert not Upload.objects.exists()
    body[field] = "kicc-deid/1.0.0 (2025b.1) + Site_tool/2"
    assert sender.client.post("/api/v1/uploads/", body, "application/json").status_code == 201


def test_the_same_list_at_the_same_moment_when_the_first_is_finished_already(
    radiologist: User, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, calls = receiving._make, []

    def beaten(*args: Any) -> Upload:
        calls.append(args)
        if len(calls) == 1:
            raise IntegrityError
        return make(*args)

    monkeypatch.setattr(receiving, "_make", beaten)
    files = [{"sha256": digest(ONE), "size": len(ONE)}]
    upload = receiving.start(actor=radiologist, subject=subject, files=files, stripped_by=None)
    assert upload.state == "open"
