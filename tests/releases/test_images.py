"""A release's images: listed, decrypted as they stream, from any byte on; on record."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from imaging.models import Series
from imaging.services import withdrawing
from registry import vaults
from registry.errors import Problem
from registry.models import AuditEvent, Role, SubjectKey, User
from releases.models import Access, Taking
from releases.services import accessing, freezing
from releases.services.images import span
from tests.cohort import people
from tests.releases.images import case_with_images
from uploads.models import UnclaimedObject
from uploads.services import inventory, unclaimed

SignIn = Callable[[User], Client]


@pytest.fixture
def researcher(db: None) -> User:
    return people.user(Role.RESEARCHER)


def granted(researcher: User, lead: User, level: str = "images", **filters: str) -> Access:
    release = freezing.make(actor=lead, title="First")
    access = accessing.ask(actor=researcher, release=release, level=level, asked=filters, purpose="CT")
    accessing.approve(actor=lead, access=access, days=30, risk_answer="few")
    return accessing.agree(actor=researcher, access=access, agreed=True)


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", (0, 100)),
        ("bytes=0-", (0, 100)),
        ("bytes=40-", (40, 100)),
        ("bytes=40-49", (40, 50)),
        ("bytes=40-4000", (40, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-1000", (0, 100)),
        ("bytes=99-99", (99, 100)),
        ("bytes=1-2,5-6", (0, 100)),
        ("lines=1-2", (0, 100)),
        ("bytes=-", (0, 100)),
        ("bytes=a-b", (0, 100)),
    ],
)
def test_a_range_is_understood_or_ignored(header: str, expected: tuple[int, int]) -> None:
    assert span(header, 100) == expected


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=50-40", "bytes=-0", "bytes=999999999999999-"])
def test_a_range_outside_is_refused(header: str) -> None:
    with pytest.raises(Problem) as caught:
        span(header, 100)
    assert caught.value.code == "no_such_range"


def test_archives_come_whole_and_in_parts_and_every_part_is_on_record(
    signed_in: SignIn, researcher: User, lead: User, radiologist: User
) -> None:
    series = case_with_images(radiologist)
    client, access = signed_in(researcher), granted(researcher, lead)
    told = client.get(f"/api/v1/accesses/{access.pk}/images/").json()
    (one,) = told["series"]
    assert (one["id"], one["instances"], one["bytes"]) == (str(series.pk), 3, series.plain_bytes)
    whole = client.get(one["archive"])
    content = body(whole)
    assert (whole.status_code, len(content), content[:2]) == (200, series.plain_bytes, b"PK")
    rest = client.get(one["archive"], headers={"Range": "bytes=1500-", "If-Range": whole["ETag"]})
    assert (rest.status_code, body(rest)) == (206, content[1500:])
    assert rest["Content-Range"] == f"bytes 1500-{len(content) - 1}/{len(content)}"
    stale = client.get(one["archive"], headers={"Range": "bytes=1500-", "If-Range": '"other"'})
    assert (stale.status_code, body(stale)) == (200, content)
    assert client.get(one["archive"], headers={"Range": "bytes=99999-"}).status_code == 416
    head = client.head(one["archive"])
    assert (head["Content-Length"], head["Accept-Ranges"]) == (str(len(content)), "bytes")
    sizes = list(Taking.objects.order_by("id").values_list("name", "bytes"))
    assert sizes == [
        (f"series/{series.pk}", len(content)),
        (f"series/{series.pk}", len(content) - 1500),
        (f"series/{series.pk}", len(content)),
    ]
    assert AuditEvent.objects.filter(verb=AuditEvent.Verb.RELEASE_IMAGES_READ).count() == 3


def test_images_are_those_of_the_access_and_of_nobody_who_withdrew(
    signed_in: SignIn, researcher: User, lead: User, radiologist: User
) -> None:
    ours = case_with_images(radiologist)
    other = case_with_images(people.user(at=people.site("S05")))
    client, access = signed_in(researcher), granted(researcher, lead, site="S03")
    where = f"/api/v1/accesses/{access.pk}/images/"
    assert [one["id"] for one in client.get(where).json()["series"]] == [str(ours.pk)]
    assert client.get(f"{where}{other.pk}.zip").status_code == 404
    SubjectKey.objects.filter(subject=ours.exam.subject).update(wrapped=None, destroyed_at=timezone.now())
    assert client.get(f"{where}{ours.pk}.zip").status_code == 404
    assert client.get(where).json()["series"] == []


def test_a_series_withdrawn_since_is_not_handed_out(
    signed_in: SignIn, researcher: User, lead: User, radiologist: User
) -> None:
    series = case_with_images(radiologist)
    curator = people.user(Role.CURATOR)
    client, access = signed_in(researcher), granted(researcher, lead)
    where = f"/api/v1/accesses/{access.pk}/images/"
    assert len(client.get(where).json()["series"]) == 1
    withdrawing.withdraw(actor=curator, series_id=series.pk, reason="another patient's")
    assert client.get(where).json()["series"] == []
    gone = client.get(f"{where}{series.pk}.zip")
    assert (gone.status_code, gone.json()["code"]) == (410, "series_withdrawn")
    assert not Taking.objects.filter(name=f"series/{series.pk}").exists()


def test_a_series_that_got_another_object_since_is_still_there(
    signed_in: SignIn, researcher: User, lead: User, radiologist: User
) -> None:
    series = case_with_images(radiologist)
    client, access = signed_in(researcher), granted(researcher, lead)
    where = f"/api/v1/accesses/{access.pk}/images/{series.pk}.zip"
    before, old = body(client.get(where)), series.object_name
    Series.objects.filter(pk=series.pk).update(object_name="series/a longer one")
    UnclaimedObject.objects.create(name=old, until=timezone.now())
    assert (unclaimed.clear(), UnclaimedObject.objects.count()) == (1, 0)
    assert body(client.get(where)) == before
    assert old not in {fault.name for fault in inventory.orphans()}


def test_a_series_that_the_store_has_lost_is_said_as_that(
    signed_in: SignIn, researcher: User, lead: User, radiologist: User
) -> None:
    series = case_with_images(radiologist)
    client, access = signed_in(researcher), granted(researcher, lead)
    vaults.store().delete(series.object_name)
    gone = client.get(f"/api/v1/accesses/{access.pk}/images/{series.pk}.zip")
    assert (gone.status_code, gone.json()["code"]) == (410, "series_lost")


def test_a_level_without_images_has_none(
    signed_in: SignIn, researcher: User, lead: User, radiologist: User
) -> None:
    series = case_with_images(radiologist)
    client, access = signed_in(researcher), granted(researcher, lead, "limited")
    for path in ("", f"{series.pk}.zip"):
        answer = client.get(f"/api/v1/accesses/{access.pk}/images/{path}")
        assert (answer.status_code, answer.json()["code"]) == (403, "no_images")
