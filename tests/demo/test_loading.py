"""The 522 in the database, by the services that people use: complete, accepted, on record, once."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cohort import references
from cohort.models import Answer, AnswerChange, Case, Decision
from demo.accounts import create_accounts
from demo.cohort.people import members
from demo.loading import enrol, missing_members
from imaging.models import Series
from registry.models import AuditEvent, Role, Site, Subject, User
from registry.services.audit import breaks

KICC = references.get("kicc19")
MOST_QUERIES = 30
MODELS = "django.contrib.auth.backends.ModelBackend"


def staff() -> tuple[dict[str, User], User]:
    radiologists = User.objects.filter(role=Role.RADIOLOGIST).select_related("site")
    by_site = {one.site.code: one for one in radiologists if one.site}
    return by_site, User.objects.filter(role=Role.CURATOR).earliest("pk")


@pytest.mark.django_db
@pytest.mark.timeout(400)
def test_the_whole_cohort_as_records() -> None:
    create_accounts()
    radiologists, curator = staff()
    for member in members():
        enrol(member, radiologists[member.site], curator)
    assert missing_members() == []

    out = StringIO()
    call_command("summary", "--json", stdout=out)
    summary = json.loads(out.getvalue())
    for row, wanted in KICC.counts.items():
        found = summary["categorical"][row]
        assert (found["n"], found["denominator"]) == (wanted.n, wanted.of), row
    exams = KICC.totals["ct_scans"] + KICC.totals["cxr_images"]
    assert summary["synthetic"] == {"people": 522, "exams_without_images": exams}
    assert len(summary["sites"]) == Site.objects.count() == 17

    cases = Case.objects.all()
    assert cases.count() == cases.filter(state=Case.State.ACCEPTED, synthetic=True).count() == 522
    assert Decision.objects.filter(by=curator, kind=Decision.Kind.ACCEPT).count() == 522
    assert Answer.objects.count() == AnswerChange.objects.count()
    entered = AnswerChange.objects.exclude(cause=AnswerChange.Cause.COMPUTED)
    assert entered.count() == sum(len(one.answers) for one in members())
    assert AuditEvent.objects.filter(verb=AuditEvent.Verb.CASE_ACCEPTED).count() == 522
    assert list(breaks()) == []
    assert Series.objects.stored().count() == 0

    assert "Nothing waits" in seen_by("curator", "/review/")
    for path in ("/subjects/", "/subjects/?page=6&show=accepted", "/cohort/"):
        assert "S0" in seen_by("lead", path)


def seen_by(name: str, path: str) -> str:
    """The page as that account sees it; its queries do not grow with the cohort."""
    client = Client()
    client.force_login(User.objects.get(email=f"{name}@demo.kicc"), MODELS)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    assert response.status_code == 200
    assert len(queries) <= MOST_QUERIES
    return response.content.decode()


@pytest.mark.django_db
def test_a_person_comes_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    from demo import loading

    create_accounts()
    radiologists, curator = staff()

    def fail(**_: object) -> None:
        raise RuntimeError("broken off")

    member = members()[0]
    monkeypatch.setattr(loading.review, "accept", fail)
    with pytest.raises(RuntimeError, match="broken off"):
        enrol(member, radiologists[member.site], curator)
    assert not Subject.objects.exists()
    monkeypatch.undo()
    enrol(member, radiologists[member.site], curator)
    assert Subject.objects.get().case.state == Case.State.ACCEPTED
    assert member not in missing_members()
