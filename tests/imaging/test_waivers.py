"""A waiver: a curator's name and reason, for one finding of one series, until it is withdrawn."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from cohort.models import Case
from cohort.selectors_findings import counts
from cohort.selectors_worklist import review_queue
from cohort.services import review
from imaging.findings import Found, finding_key, found_of, undecided
from imaging.judgements import Waiver
from imaging.models import Series
from imaging.services import waiving
from imaging.validation import finding
from registry.errors import Problem
from registry.models import AuditEvent, Role, User
from registry.services.audit import breaks
from tests.cohort import people

pytestmark = pytest.mark.django_db
BLANK = finding("view_blank", {"count": 1})
KEY = finding_key("view_blank", {"count": 1})


@pytest.fixture
def radiologist() -> User:
    return people.user(at=people.site())


@pytest.fixture
def curator() -> User:
    return people.user(Role.CURATOR)


@pytest.fixture
def case(radiologist: User) -> Case:
    return people.complete(radiologist)


@pytest.fixture
def film(case: Case) -> Series:
    """A radiograph of the case whose header does not say that it is frontal."""
    series = Series.objects.filter(exam__subject=case.subject, exam__kind="CXR").first()
    series.findings = [BLANK, finding("lossy", {"count": 1})]
    series.save()
    return series


def waive(actor: User, series: Series, reason: str = "Seen: it is frontal", finding: str = KEY) -> Waiver:
    return waiving.waive(actor=actor, series_id=series.pk, finding=finding, reason=reason)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def found(series: Series) -> Found:
    return next(one for one in found_of([series])[series.pk] if one.code == "view_blank")


def test_a_finding_stands_in_the_way_until_it_is_waived_and_again_when_that_is_withdrawn(
    case: Case, film: Series, curator: User
) -> None:
    def refused() -> str:
        with pytest.raises(Problem) as problem:
            review.accept(actor=curator, **people.seen(case))
        return problem.value.code

    assert refused() == "finding_undecided"
    waiver = waive(curator, film)
    assert not undecided([film])
    waiving.withdraw(actor=curator, waiver_id=waiver.pk, reason="It is lateral after all")
    assert refused() == "finding_undecided"
    waive(curator, film, "Looked once more")
    assert review.accept(actor=curator, **people.seen(case)).by == curator


def test_who_why_and_when_are_kept_and_on_the_trail(film: Series, curator: User) -> None:
    waiver = waive(curator, film, "  Seen: \n it is   frontal ")
    assert (waiver.by, waiver.reason, waiver.code) == (curator, "Seen: it is frontal", "view_blank")
    assert timezone.now() - waiver.at < datetime.timedelta(minutes=1)
    waiving.withdraw(actor=curator, waiver_id=waiver.pk, reason="Wrong film")
    events = list(AuditEvent.objects.order_by("sequence"))[-2:]
    assert [event.verb for event in events] == ["finding waived", "waiver withdrawn"]
    assert {event.target for event in events} == {str(film.pk)}
    assert events[0].detail == {"waiver": waiver.pk, "code": "view_blank", "finding": KEY}
    assert "frontal" not in str([event.detail for event in events])
    assert not list(breaks())


def test_it_holds_for_that_finding_of_that_series_only(case: Case, film: Series, curator: User) -> None:
    other = Series.objects.filter(exam__subject=case.subject, exam__kind="CXR").exclude(pk=film.pk)[0]
    other.findings = [BLANK]
    other.save()
    film.findings += [finding("not_chest", {"body_part": "NECK"})]
    film.save()
    waive(curator, film)
    assert found(film).waiver
    assert not found(other).waiver
    assert undecided([film]) == 1


def test_it_lapses_when_the_finding_says_something_else(film: Series, curator: User) -> None:
    waive(curator, film)
    film.findings = [finding("view_blank", {"count": 2})]
    film.save()
    assert undecided([film]) == 1


def test_only_curators_waive(film: Series, radiologist: User, curator: User) -> None:
    waiver = waive(curator, film)
    for person in (radiologist, people.user(Role.LEAD), people.user(Role.ADMIN)):
        with pytest.raises(Problem, match="not_allowed"):
            waive(person, film)
        with pytest.raises(Problem, match="not_allowed"):
            waiving.withdraw(actor=person, waiver_id=waiver.pk, reason="no")


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("", "reason_needed"),
        (" \n ", "reason_needed"),
        ("x" * 1001, "reason_needed"),
        ("a\0b", "reason_needed"),
        ("Call 010-1234-5678", "identifying_text"),
    ],
)
def test_a_reason_is_a_reason(film: Series, curator: User, reason: str, code: str) -> None:
    with pytest.raises(Problem, match=code):
        waive(curator, film, reason)
    assert not Waiver.objects.exists()


def test_what_cannot_be_waived(film: Series, curator: User) -> None:
    with pytest.raises(Problem, match="finding_gone"):
        waive(curator, film, finding="0" * 64)
    with pytest.raises(Problem, match="finding_needs_no_waiver"):
        waive(curator, film, finding=finding_key("lossy", {"count": 1}))
    held = people.series(film.exam, state=Series.State.QUARANTINED, findings=[finding("leak_alarm")])
    with pytest.raises(Problem, match="series_not_stored"):
        waive(curator, held, finding=finding_key("leak_alarm", {}))
    waiver = waive(curator, film)
    assert waive(curator, film) == waiver
    waiving.withdraw(actor=curator, waiver_id=waiver.pk, reason="no")
    with pytest.raises(Problem, match="waiver_withdrawn"):
        waiving.withdraw(actor=curator, waiver_id=waiver.pk, reason="no")


def test_the_database_holds_names_and_reasons(film: Series, curator: User) -> None:
    waive(curator, film)
    usual = {"series": film, "code": "view_blank", "by": curator, "at": timezone.now()}
    for change in (
        {"finding": KEY, "reason": "twice"},
        {"finding": "other", "reason": ""},
        {"finding": "other", "reason": "x", "withdrawn_at": timezone.now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Waiver.objects.create(**usual | change)


def test_the_page_shows_it_to_the_site_and_offers_it_to_curators(
    film: Series, curator: User, radiologist: User
) -> None:
    page, address = f"/series/{film.pk}/", f"/series/{film.pk}/waive/"
    assert address in signed_in(curator).get(page).content.decode()
    assert address not in signed_in(radiologist).get(page).content.decode()
    refused = signed_in(curator).post(address, {"finding": KEY, "reason": "Call 010-1234-5678"})
    assert refused.status_code == 400
    assert "telephone" in refused.content.decode()
    assert signed_in(curator).post(address, {"finding": KEY, "reason": "Seen"}).status_code == 302
    told = signed_in(radiologist).get(page).content.decode()
    assert f"{curator.name}, " in told
    assert "“Seen”" in told
    assert "Waived" in told


def test_the_api_lists_keys_and_waivers(film: Series, curator: User, radiologist: User) -> None:
    first = signed_in(curator).get(f"/api/v1/series/{film.pk}/").json()["findings"][0]
    assert (first["finding"], first["waiver"]) == (KEY, None)
    body = {"finding": KEY, "reason": "Seen"}
    address = f"/api/v1/series/{film.pk}/waivers/"
    assert signed_in(radiologist).post(address, body, "application/json").status_code == 403
    made = signed_in(curator).post(address, body, "application/json")
    assert made.status_code == 201
    listed = signed_in(radiologist).get("/api/v1/series/").json()["results"]
    assert {
        one["waiver"] for series in listed for one in series["findings"] if one["code"] == "view_blank"
    } == {made.json()["id"]}
    done = signed_in(curator).post(
        f"/api/v1/waivers/{made.json()['id']}/withdraw/", {"reason": "no"}, "application/json"
    )
    assert done.json()["withdrawn_because"] == "no"
    assert len(signed_in(radiologist).get(address).json()) == 1


def test_the_queue_counts_what_is_not_waived_and_the_review_shows_both(film: Series, curator: User) -> None:
    lines = review_queue(curator)
    before = counts(lines)
    waive(curator, film)
    after = counts(lines)
    assert [before[key] - after[key] for key in before] == [1]
    code = film.exam.subject.code
    assert "Waived" in signed_in(curator).get(f"/review/{code}/").content.decode()


def test_ct_outside_the_stay_is_said_in_review(radiologist: User, curator: User) -> None:
    case = people.complete(radiologist, pcr_pos_day="3")
    page = signed_in(curator).get(f"/review/{case.subject.code}/").content.decode()
    assert "The CT of day 1 lies before the first positive RT-PCR on day 3" in page
    assert counts(review_queue(curator))[case.subject.pk] >= 1


def test_a_scan_without_an_original_axial_series_waits_for_a_curator(case: Case, curator: User) -> None:
    scan = Series.objects.get(exam__subject=case.subject, exam__kind="CT")
    Series.objects.filter(pk=scan.pk).update(header={"image_type": "DERIVED\\SECONDARY\\MPR"})
    with pytest.raises(Problem, match="finding_undecided"):
        review.accept(actor=curator, **people.seen(case))
    people.series(scan.exam, thickness_mm=5.0, header={"image_type": "ORIGINAL\\PRIMARY\\AXIAL"})
    assert review.accept(actor=curator, **people.seen(case))


def test_a_ct_that_is_not_on_file_is_held_beside_no_stay(radiologist: User, curator: User) -> None:
    case = people.complete(radiologist, pcr_pos_day="3")
    scans = Series.objects.filter(exam__subject=case.subject, exam__kind="CT")
    scans.update(state=Series.State.QUARANTINED, object_name=None, preview_name="", instance_count=0)
    page = signed_in(curator).get(f"/review/{case.subject.code}/").content.decode()
    assert "lies before the first positive RT-PCR" not in page
