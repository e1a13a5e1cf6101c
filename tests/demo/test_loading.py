"""The 522 in the database, by the services that people use: complete, accepted, on record, once."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cohort.models import Answer, AnswerChange, Case, Decision
from demo.accounts import create_accounts
from demo.cohort.people import members
from demo.loading import enrol, missing_members
from imaging.models import Series
from registry.models import AuditEvent, Role, Subject, User
from registry.services.audit import breaks

SHARE = 9
MOST_QUERIES = 30
MODELS = "django.contrib.auth.backends.ModelBackend"


def staff() -> tuple[dict[str, User], User]:
    radiologists = User.objects.filter(role=Role.RADIOLOGIST).select_related("site")
    by_site = {one.site.code: one for one in radiologists if one.site}
    return by_site, User.objects.filter(role=Role.CURATOR).earliest("pk")


@pytest.mark.django_db
def test_people_come_as_records_complete_and_accepted() -> None:
    """A share of them; all 522, and their figures: tests/infra/test_run.py."""
    create_accounts()
    radiologists, curator = staff()
    some = members()[::SHARE]
    for member in some:
        enrol(member, radiologists[member.site], curator)
    assert {one.number for one in missing_members()}.isdisjoint(one.number for one in some)

    out = StringIO()
    call_command("summary", "--json", stdout=out)
    summary = json.loads(out.getvalue())
    exams = sum(len(one.exams) for one in some)
    assert summary["synthetic"] == {"people": len(some), "exams_without_images": exams}

    cases = Case.objects.all()
    accepted = cases.filter(state=Case.State.ACCEPTED, synthetic=True)
    assert cases.count() == accepted.count() == len(some)
    assert Decision.objects.filter(by=curator, kind=Decision.Kind.ACCEPT).count() == len(some)
    assert Answer.objects.count() == AnswerChange.objects.count()
    entered = AnswerChange.objects.exclude(cause=AnswerChange.Cause.COMPUTED)
    assert entered.count() == sum(len(one.answers) for one in some)
    assert AuditEvent.objects.filter(verb=AuditEvent.Verb.CASE_ACCEPTED).count() == len(some)
    assert list(breaks()) == []
    assert Series.objects.stored().count() == 0

    assert "Nothing waits" in seen_by("curator", "/review/")
    for path in ("/subjects/", "/subjects/?show=accepted", "/cohort/"):
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
