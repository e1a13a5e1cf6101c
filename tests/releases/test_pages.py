"""The pages and the API of releases."""

from collections.abc import Callable

from django.test import Client
from django.utils import timezone

from cohort.models import Case
from registry.models import Role, SubjectKey, User
from releases.models import Release
from releases.services import freezing
from tests.cohort import people

SignIn = Callable[[User], Client]
JSON = {"content_type": "application/json"}


def two_releases(lead: User, radiologist: User) -> tuple[Release, Release]:
    for _ in range(2):
        people.complete(radiologist, Case.State.ACCEPTED)
    first = freezing.make(actor=lead, title="Spring")
    people.complete(radiologist, Case.State.ACCEPTED, sex="2")
    return first, freezing.make(actor=lead, title="Summer")


def test_a_lead_freezes_and_sees_the_digest_under_every_table(
    signed_in: SignIn, lead: User, radiologist: User
) -> None:
    client = signed_in(lead)
    assert "No release yet" in client.get("/releases/").content.decode()
    people.complete(radiologist, Case.State.ACCEPTED)
    refused = client.post("/releases/", {"title": "call 010-1234-5678"})
    assert refused.status_code == 400
    assert "call 010-1234-5678" in refused.content.decode(), "what was typed stays"
    assert client.post("/releases/", {"title": "Spring"}).headers["Location"] == "/releases/1/"
    release = Release.objects.get()
    text = client.get("/releases/1/").content.decode()
    assert text.count(f'SHA-256 <code class="digest">{release.digest}</code>') == 4
    assert "Freeze 1 case" in client.get("/releases/").content.decode()


def test_only_the_lead_is_offered_to_freeze(signed_in: SignIn, lead: User, radiologist: User) -> None:
    two_releases(lead, radiologist)
    for role in (Role.CURATOR, Role.RESEARCHER):
        client = signed_in(people.user(role))
        assert "Make the next release" not in client.get("/releases/").content.decode()
        assert client.post("/releases/", {"title": "x"}).status_code == 403
        assert client.post("/api/v1/releases/", {"title": "x"}, **JSON).status_code == 403


def test_small_cells_and_codes_are_hidden_from_researchers(
    signed_in: SignIn, lead: User, radiologist: User
) -> None:
    first, _ = two_releases(lead, radiologist)
    code = first.cases.first().subject.code
    SubjectKey.objects.filter(subject__code=code).update(wrapped=None, destroyed_at=timezone.now())
    for role, sees in ((Role.RESEARCHER, False), (Role.CURATOR, True)):
        text = signed_in(people.user(role)).get("/releases/1/").content.decode()
        assert "1 person of this release has withdrawn since" in text
        assert (code in text) is sees
        assert ("are hidden" in text) is not sees
    assert signed_in(people.user(Role.RESEARCHER)).get("/releases/2/changes/1/").status_code == 403


def test_what_moved_names_the_cases(signed_in: SignIn, lead: User, radiologist: User) -> None:
    _, second = two_releases(lead, radiologist)
    new = second.cases.order_by("-subject__code").first().subject.code
    client = signed_in(people.user(Role.CURATOR))
    text = client.get("/releases/2/changes/1/").content.decode()
    assert "cases: 1 joined, 0 left, 0 changed, 2 the same" in text
    assert new in text
    told = client.get("/api/v1/releases/2/changes/1/").json()
    female = next(one for one in told["numbers"] if one["id"] == "female")
    assert (female["before"], female["after"]) == ("0 (0.0)", "1 (33.3)")
    assert female["cases"] == [{"code": new, "before": None, "after": 1}]
    assert client.get("/api/v1/releases/1/changes/1/").json()["code"] == "same_release"
    assert client.get("/releases/1/changes/9/").status_code == 404


def test_the_api_makes_and_lists(signed_in: SignIn, lead: User, radiologist: User) -> None:
    people.complete(radiologist, Case.State.ACCEPTED)
    client = signed_in(lead)
    made = client.post("/api/v1/releases/", {"title": "Spring"}, **JSON)
    assert made.status_code == 201
    assert client.get("/api/v1/releases/").json()["results"] == [made.json()]
    one = client.get("/api/v1/releases/1/").json()
    assert one["sites"] == {"S03": 1}
    assert "limited/table.parquet" in one["files"]
