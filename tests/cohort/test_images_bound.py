"""What a curator decides on is what the curator saw, its images too."""

import io
import re
from collections.abc import Callable

import pytest
from django.test import Client

from cohort.models import Case, Decision
from cohort.services import answers, review, submission
from registry.errors import Problem
from registry.models import Subject, User
from registry.services.subjects import create_subject
from tests.cohort import people
from tests.cohort.filled import COMPLETE
from tests.uploads.people import digest
from uploads.models import Upload
from uploads.services import receiving

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
CLOSED = [Case.State.SUBMITTED, Case.State.ACCEPTED]
FILE = b"any bytes"


def code_of(call: Callable[..., object], **arguments: object) -> str:
    with pytest.raises(Problem) as caught:
        call(**arguments)
    return caught.value.code


def start(by: User, subject: Subject) -> Upload:
    files = [{"sha256": digest(FILE), "size": len(FILE)}]
    return receiving.start(actor=by, subject=subject, files=files, stripped_by=None)


def bring(by: User, upload: Upload) -> None:
    receiving.receive(actor=by, upload=upload, sha256=digest(FILE), stream=io.BytesIO(FILE), length=len(FILE))


def seen_on(page: bytes) -> dict[str, str]:
    """What the page's own form would send with an acceptance."""
    form = re.search(rb'action="[^"]*/accept/".*?</form>', page, re.S)
    assert form
    return {
        name.decode(): value.decode()
        for name, value in re.findall(rb'name="(revision|images)" value="([^"]*)"', form[0])
    }


def test_a_series_that_came_after_the_page_was_read_is_not_accepted_unseen(
    signed_in: SignIn, site_person: User, curator: User
) -> None:
    case = people.complete(site_person)
    client, address = signed_in(curator), f"/review/{case.subject.code}/"
    seen = seen_on(client.get(address).content)
    people.series(case.subject.exams.get(kind="CT"), thickness_mm=5.0)
    answer = client.post(f"{address}accept/", seen)
    assert answer.status_code == 409
    assert "images of" in answer.content.decode()
    case.refresh_from_db()
    assert case.state == Case.State.SUBMITTED
    now = seen_on(answer.content)
    assert now["images"] != seen["images"]
    assert client.post(f"{address}accept/", now).status_code == 302
    assert Decision.objects.get().images == now["images"]


@pytest.mark.parametrize("change", ["grew", "went"])
def test_a_series_that_changed_is_looked_at_again(site_person: User, curator: User, change: str) -> None:
    case = people.complete(site_person)
    seen, series = people.seen(case), case.subject.exams.get(kind="CT").series.get()
    if change == "grew":
        series.object_name, series.instance_count = "series/another", 121
        series.save()
    else:
        series.delete()
    for decide in (review.accept, review.send_back):
        assert code_of(decide, actor=curator, reason="now", **seen) == "images_changed"


@pytest.mark.parametrize("state", CLOSED)
def test_a_case_that_was_sent_takes_no_images_until_it_is_returned(
    signed_in: SignIn, site_person: User, curator: User, state: str
) -> None:
    subject = create_subject(actor=site_person)
    opened = start(site_person, subject)
    case = people.case(subject, state)
    body = {"subject": subject.code, "files": [{"sha256": "0" * 64, "size": 1}]}
    answer = signed_in(site_person).post("/api/v1/uploads/", body, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "images_closed")
    assert code_of(bring, by=site_person, upload=opened) == "images_closed"
    assert code_of(receiving.complete, actor=site_person, upload_id=opened.pk) == "images_closed"
    review.send_back(actor=curator, reason="Send the thin series", **people.seen(case))
    bring(site_person, opened)
    assert receiving.complete(actor=site_person, upload_id=opened.pk).state == Upload.State.PROCESSING


@pytest.mark.parametrize("state", ["arriving", "processing"])
def test_a_form_is_not_sent_while_its_images_are_on_their_way(site_person: User, state: str) -> None:
    subject = create_subject(actor=site_person)
    people.exam(subject)
    answers.save(actor=site_person, case=answers.case_of(subject), changes=COMPLETE)
    case = Case.objects.get(subject=subject)
    upload = start(site_person, subject)
    assert submission.readiness(answers.form_of(case)).ready
    bring(site_person, upload)
    if state == "processing":
        receiving.complete(actor=site_person, upload_id=upload.pk)
    with pytest.raises(Problem) as refused:
        submission.submit(actor=site_person, case=case)
    assert refused.value.code == "not_ready"
    assert refused.value.extra["uploads"] == 1
    assert "upload of this patient is not finished" in refused.value.message
    Upload.objects.filter(pk=upload.pk).update(
        state=Upload.State.DONE, completed_at=upload.created_at, finished_at=upload.created_at
    )
    assert submission.submit(actor=site_person, case=case).state == Case.State.SUBMITTED


def test_an_accepted_case_goes_back_with_a_reason_only(
    signed_in: SignIn, site_person: User, curator: User
) -> None:
    case = people.complete(site_person, Case.State.ACCEPTED)
    assert code_of(review.send_back, actor=curator, **people.seen(case)) == "return_without_reason"
    page = signed_in(curator).get(f"/review/{case.subject.code}/").content.decode()
    assert f"/review/{case.subject.code}/return/" in page
    assert f"/review/{case.subject.code}/accept/" not in page
    review.send_back(actor=curator, reason="The discharge radiograph was found", **people.seen(case))
    case.refresh_from_db()
    assert case.state == Case.State.RETURNED
