"""Who may see and decide about text in pictures, how, and what a decision leaves behind."""

import io
import json
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone
from PIL import Image
from pydicom import dcmread

from imaging.models import Exam, Series
from registry.models import AuditEvent, IrbApproval, Role, Subject, User
from registry.vaults import Store
from tests.uploads.held import BOX, FILM, decide, stored_files, verdicts
from tests.uploads.people import Sender, make_person, work_off
from uploads.models import Hold, Job, Upload
from uploads.pipeline import run
from uploads.services import holds, staging
from vault import StoreError

Verb = AuditEvent.Verb


def test_keeping_needs_a_reason_and_leaves_every_byte(sender: Sender, subject: Subject) -> None:
    sender.bring(subject.code, [FILM])
    hold = Hold.objects.get()
    assert decide(sender, hold, decision="keep").json()["code"] == "no_reason_to_keep"
    assert decide(sender, hold, decision="keep", reason="x" * 500).json()["code"] == "long_reason_to_keep"
    said = decide(sender, hold, decision="keep", reason="tel. 010-1234-5678")
    assert (said.status_code, said.json()["code"]) == (400, "identifying_text")
    assert not Hold.objects.get().decision
    assert decide(sender, hold, decision="keep", reason="a test object's label").status_code == 200
    work_off()
    (dataset,) = stored_files(sender)
    assert np.array_equal(dataset.pixel_array, dcmread(io.BytesIO(FILM)).pixel_array)
    series = Series.objects.get()
    assert "text_kept" in {one["code"] for one in series.findings}
    assert series.receipt["passes"][-1]["same_pixels"] == 1
    assert "label" not in str(AuditEvent.objects.get(verb=Verb.TEXT_DECIDED).detail)


def test_who_keeps_text_has_looked_at_every_place_of_it(sender: Sender, subject: Subject) -> None:
    sender.bring(subject.code, [FILM])
    hold = Hold.objects.get()
    first, other = hold.found[0], [200, 200, 40, 20]
    hold.found = [first, first | {"frame": 1}, first | {"frame": 2, "boxes": [other]}]
    hold.save()
    body = {"decision": "keep", "reason": "a test object's label"}
    address = f"/api/v1/held/{hold.pk}/"

    def told() -> tuple[int, str]:
        answer = sender.client.post(f"{address}decision/", body, "application/json")
        return answer.status_code, answer.json().get("message", "")

    status, message = told()
    assert (status, "1, 3." in message) == (409, True)
    holds.picture_file(actor=User.objects.get(), hold=hold, number=1)
    status, message = told()
    assert (status, "first: 3." in message) == (409, True)
    holds.picture_file(actor=User.objects.get(), hold=hold, number=2)
    assert told()[0] == 200


def test_a_store_that_is_down_takes_no_refusal_back(
    sender: Sender, subject: Subject, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender.bring(subject.code, [FILM])
    hold = Hold.objects.get()
    with monkeypatch.context() as broken:
        broken.setattr(type(store), "delete", _down)
        assert decide(sender, hold, decision="refuse").status_code == 200
        assert list(store.list())
    run.sweep()
    staging.clear()
    assert not list(store.list())


def _down(*_: Any) -> None:
    raise StoreError("unavailable")


def test_refusing_ends_it_and_leaves_nothing(sender: Sender, subject: Subject, store: Store) -> None:
    sender.bring(subject.code, [FILM])
    hold = Hold.objects.get()
    assert decide(sender, hold, decision="refuse").status_code == 200
    upload = sender.get(str(hold.job.upload_id))
    assert (upload["state"], verdicts(upload)) == ("done", {("refused", "text_refused")})
    assert not list(store.list())
    assert not Series.objects.exists()
    assert not Exam.objects.exists()
    assert Job.objects.get(kind=Job.Kind.SERIES).state == Job.State.DONE
    again = decide(sender, hold, decision="keep", reason="late")
    assert (again.status_code, again.json()["code"]) == (409, "already_decided")


def test_sweeps_leave_what_is_held_until_its_time_is_over(
    sender: Sender, subject: Subject, store: Store
) -> None:
    sender.bring(subject.code, [FILM])
    for _ in range(2):
        run.sweep()
        run.clean()
    assert len(list(store.list("staging/"))) == 1
    Upload.objects.update(created_at=timezone.now() - timedelta(days=400))
    Hold.objects.update(opened_at=timezone.now() - timedelta(days=29))
    run.clean()
    assert len(list(store.list("staging/"))) == 1
    Hold.objects.update(opened_at=timezone.now() - timedelta(days=31))
    run.clean()
    hold = Hold.objects.get()
    assert (hold.decision, hold.decided_by) == (Hold.Decision.EXPIRED, None)
    upload = sender.get(str(hold.job.upload_id))
    assert (upload["state"], verdicts(upload)) == ("attention", {("refused", "text_undecided")})
    assert not list(store.list())
    assert AuditEvent.objects.get(verb=Verb.TEXT_DECIDED).actor is None


def test_the_picture_is_shown_to_people_of_the_hospital_alone_and_that_is_on_record(
    sender: Sender, subject: Subject, stranger: User, site: Any
) -> None:
    sender.bring(subject.code, [FILM])
    hold = Hold.objects.get()
    places = [
        f"/series/{hold.series}/text/0.png",
        f"/series/{hold.series}/text/0.png?window=whole",
        f"/api/v1/held/{hold.pk}/pictures/0/",
    ]
    colleague = make_person(Role.COORDINATOR, site)
    for person in (sender, Sender(colleague)):
        for place in places:
            answer = person.client.get(place)
            assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
            assert "no-store" in answer["Cache-Control"]
            assert Image.open(io.BytesIO(answer.content)).size == (256, 256)
    assert AuditEvent.objects.filter(verb=Verb.PICTURE_SEEN).count() == 6
    others = [
        stranger,
        *(make_person(role) for role in (Role.CURATOR, Role.LEAD, Role.ADMIN, Role.RESEARCHER)),
    ]
    for other in others:
        client = Sender(other).client
        for place in [*places, f"/series/{hold.series}/text/", f"/api/v1/held/{hold.pk}/"]:
            assert client.get(place).status_code == 404, (other.role, place)
        assert client.get("/api/v1/held/").json()["results"] == []
        assert client.post(f"/series/{hold.series}/text/decide/", {"decision": "refuse"}).status_code == 404
    assert AuditEvent.objects.filter(verb=Verb.PICTURE_SEEN).count() == 6
    assert sender.client.get(f"/series/{hold.series}/text/1.png").status_code == 404


def test_a_curator_learns_that_it_is_held_and_the_site_where_to_look(
    sender: Sender, subject: Subject
) -> None:
    sender.bring(subject.code, [FILM])
    hold = Hold.objects.get()
    link = f"/series/{hold.series}/text/"
    curator = Sender(make_person(Role.CURATOR)).client
    page = curator.get(f"/series/{hold.series}/").content.decode()
    assert "Somebody of its hospital has to decide" in page
    assert link not in page
    for address in (
        f"/series/{hold.series}/",
        f"/uploads/{hold.job.upload_id}/",
        f"/subjects/{subject.code}/",
    ):
        assert link in sender.client.get(address).content.decode(), address
        assert link not in curator.get(address).content.decode(), address
    worklist = sender.client.get("/?show=held").content.decode()
    assert subject.code in worklist
    assert "Text in a picture" in worklist
    assert sender.client.get("/api/v1/held/").json()["results"][0]["subject"] == subject.code


def test_a_case_cannot_be_sent_while_a_picture_waits(sender: Sender, subject: Subject) -> None:
    from uploads.selectors import under_way

    sender.bring(subject.code, [FILM])
    assert under_way(subject=subject) == 1
    decide(sender, Hold.objects.get(), decision="refuse")
    assert under_way(subject=subject) == 0


@pytest.mark.parametrize(
    "regions",
    [
        [],
        None,
        "all",
        [{}],
        [{"picture": 1, "box": BOX}],
        [{"picture": -1, "box": BOX}],
        [{"picture": True, "box": BOX}],
        [{"picture": 0, "box": [1, 2, 3]}],
        [{"picture": 0, "box": "1234"}],
        [{"picture": 0, "box": [1.5, 2, 3, 4]}],
        [{"picture": 0, "box": [300, 300, 5, 5]}],
        [{"picture": 0, "box": [0, 0, 0, 5]}],
        [{"picture": 0, "box": [0, 0, 2**40, 5]}],
        [{"picture": 0, "box": BOX}] * 202,
        [{"pictures": [], "box": BOX}],
        [{"pictures": "0", "box": BOX}],
        [{"pictures": [0, 1], "box": BOX}],
        [{"picture": 0, "box": BOX, "everywhere": True, "without": [1]}],
        [{"picture": 0, "box": BOX, "everywhere": True, "without": 0}],
        [{"picture": 0, "box": BOX, "without": [0]}],
    ],
)
def test_wrong_regions_are_said_and_decide_nothing(sender: Sender, subject: Subject, regions: Any) -> None:
    sender.bring(subject.code, [FILM])
    hold = Hold.objects.get()
    by_page = {"decision": "mask", "regions": json.dumps(regions)}
    for answer in (
        decide(sender, hold, decision="mask", regions=regions),
        sender.client.post(f"/series/{hold.series}/text/decide/", by_page),
    ):
        assert answer.status_code == 400, answer.content
    for odd in ("{", "[" * 100_000):
        answer = sender.client.post(
            f"/series/{hold.series}/text/decide/", {"decision": "mask", "regions": odd}
        )
        assert answer.status_code == 400
    assert not Hold.objects.get().decision
    assert Job.objects.get(kind=Job.Kind.SERIES).state == Job.State.HELD


def test_a_page_decides_like_the_api(sender: Sender, subject: Subject) -> None:
    sender.bring(subject.code, [FILM])
    hold = Hold.objects.get()
    page = f"/series/{hold.series}/text/"
    assert sender.client.get(page).status_code == 200
    odd = sender.client.post(f"{page}decide/", {"decision": "burn"})
    assert odd.status_code == 400
    back = sender.client.post(f"{page}decide/", {"decision": "keep", "reason": "  "})
    assert back.status_code == 400
    regions = json.dumps([{"picture": 0, "box": BOX, "everywhere": True}])
    answer = sender.client.post(f"{page}decide/", {"decision": "mask", "regions": regions})
    assert (answer.status_code, answer["Location"]) == (302, f"/uploads/{hold.job.upload_id}/")
    assert "Masked" in sender.client.get(page).content.decode()
    work_off()
    assert Series.objects.get().state == Series.State.STORED


def test_nothing_comes_in_without_an_approval_but_refusing_goes_on(sender: Sender, subject: Subject) -> None:
    sender.bring(subject.code, [FILM])
    hold = Hold.objects.get()
    IrbApproval.objects.all().delete()
    answer = decide(sender, hold, decision="mask", regions=[{"picture": 0, "box": BOX}])
    assert answer.json()["code"] == "no_irb_approval"
    assert decide(sender, hold, decision="refuse").status_code == 200


def test_two_who_decide_at_once_decide_once(sender: Sender, subject: Subject) -> None:
    sender.bring(subject.code, [FILM])
    hold = Hold.objects.get()
    first = decide(sender, hold, decision="mask", regions=[{"picture": 0, "box": BOX}])
    second = decide(sender, hold, decision="refuse")
    assert (first.status_code, second.status_code) == (200, 409)
    assert AuditEvent.objects.filter(verb=Verb.TEXT_DECIDED).count() == 1
