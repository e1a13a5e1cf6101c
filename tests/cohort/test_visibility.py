"""Every address × every kind of person: who gets through, and that nothing of another site's comes back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.test.client import ClientHandler
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from registry.models import User
from tests.cohort import people
from tests.cohort import visible_world as world
from tests.cohort.visible_calls import (
    ANYBODY,
    COUNTERS,
    CURATORS,
    HOME,
    READERS,
    SEVERAL,
    SIGNED_IN,
    SITES,
    TAKERS,
    Call,
)
from tests.cohort.visible_world import Patient
from tests.cohort.workbooks import plain_sheet
from tests.releases.visible_rows import RELEASE_CALLS

JSON = {"content_type": "application/json"}
HANDLER = ClientHandler(enforce_csrf_checks=False)
"""Loads its middleware once; a client's own would do so for every request."""


def code(patient: Patient) -> list[Any]:
    return [patient.subject.code]


def series(patient: Patient) -> list[Any]:
    return [patient.series.pk]


def upload(patient: Patient) -> list[Any]:
    return [patient.upload.pk]


def file(patient: Patient) -> list[Any]:
    return [patient.upload.pk, patient.file.sha256]


def site(patient: Patient) -> list[Any]:
    return [patient.subject.site.code]


def approval(patient: Patient) -> int:
    return int(patient.subject.site.approvals.values_list("pk", flat=True)[0])


def query(patient: Patient) -> list[Any]:
    return [patient.query.pk]


def held(patient: Patient) -> list[Any]:
    return [patient.hold.series]


def held_picture(patient: Patient) -> list[Any]:
    return [patient.hold.series, 0]


def hold(patient: Patient) -> list[Any]:
    return [patient.hold.pk]


def unlock(patient: Patient) -> list[Any]:
    return [patient.unlock.pk]


def signing(patient: Patient) -> dict[str, Any]:
    return {"password": people.PASSWORD, "revision": 1}


def refusal(patient: Patient) -> dict[str, Any]:
    return {"answer": "so"}


def reason(patient: Patient) -> dict[str, Any]:
    return {"reason": "so"}


def text(patient: Patient) -> dict[str, Any]:
    return {"text": "so"}


def waiver(patient: Patient) -> dict[str, Any]:
    return {"reason": "so", "finding": patient.waiver.finding}


def one_file(patient: Patient) -> dict[str, Any]:
    return {"subject": patient.subject.code, "files": [{"sha256": "ab" * 32, "size": 1}], "stripped_by": None}


CALLS: dict[str, list[Call]] = {
    "home": [Call(SIGNED_IN)],
    "subject_list": [Call(SEVERAL)],
    "subject_new": [Call(SITES, "post")],
    "subject": [Call(READERS, of=code)],
    "form": [Call(READERS, of=code)],
    "form_send": [Call(HOME, "post", of=code)],
    "form_sign": [Call(frozenset({"site"}), "post", of=code)],
    "field_history": [Call(READERS, of=lambda patient: [patient.subject.code, "sex"])],
    "changes_csv": [Call(READERS, of=code)],
    "unlock_ask": [Call(HOME, "post", of=code)],
    "unlock_grant": [Call(frozenset({"curator", "lead"}), "post", of=unlock)],
    "unlock_refuse": [Call(frozenset({"curator", "lead"}), "post", of=unlock)],
    "form_section": [
        Call(READERS, of=lambda patient: [patient.subject.code, "symptoms"]),
        Call(HOME, "post", of=lambda patient: [patient.subject.code, "symptoms"]),
    ],
    "import": [Call(SITES)],
    "import_template": [Call(SITES, of=lambda patient: ["en"])],
    "import_records": [Call(SITES, of=lambda patient: ["workbook-ko.xlsx"])],
    "import_look": [Call(SITES, "post", sends="workbook")],
    "import_bring": [Call(SITES, "post", sends="workbook")],
    "questions": [Call(SEVERAL)],
    "question_answer": [Call(HOME, "post", of=query, body=text)],
    "question_again": [Call(CURATORS, "post", of=query, body=text)],
    "question_close": [Call(CURATORS, "post", of=query)],
    "question_verify": [Call(CURATORS, "post", of=query)],
    "question_assign": [Call(HOME | CURATORS, "post", of=query)],
    "review_queue": [Call(CURATORS)],
    "review": [Call(CURATORS, of=code)],
    "review_ask": [Call(CURATORS, "post", of=code, body=text)],
    "review_accept": [Call(CURATORS, "post", of=code)],
    "review_return": [Call(CURATORS, "post", of=code)],
    "summary": [Call(COUNTERS)],
    "adherence": [Call(frozenset({"curator", "lead"}))],
    "row_people": [Call(frozenset({"curator", "lead"}), of=lambda patient: ["male"])],
    "exports": [Call(TAKERS)],
    "export_file": [Call(TAKERS, of=lambda patient: ["table.csv"])],
    "upload_new": [Call(READERS, of=code)],
    "subject_uploads": [Call(READERS, of=code)],
    "upload": [Call(READERS, of=upload)],
    "upload_table": [Call(READERS, of=upload)],
    "held": [Call(HOME, of=held)],
    "held_picture": [Call(HOME, of=held_picture)],
    "held_decide": [Call(HOME, "post", of=held, body=lambda patient: {"decision": "refuse"})],
    "upload_discard": [Call(HOME, "post", of=upload)],
    "leaks": [Call(SEVERAL)],
    "leak_counts": [Call(frozenset({"admin"}))],
    "series": [Call(READERS, of=series)],
    "series_preview": [Call(READERS, of=series)],
    "series_archive": [Call(READERS, of=series)],
    "series_waive": [Call(CURATORS, "post", of=series, body=waiver)],
    "series_waiver_withdraw": [
        Call(CURATORS, "post", of=lambda patient: [patient.series.pk, patient.waiver.pk], body=reason)
    ],
    "series_withdraw": [Call(HOME | CURATORS, "post", of=series, body=reason)],
    "accounts:login": [Call(ANYBODY)],
    "accounts:logout": [Call(SIGNED_IN, "post")],
    "set_language": [Call(ANYBODY, "post", body=lambda patient: {"language": "ko"})],
    "set_theme": [Call(ANYBODY, "post", body=lambda patient: {"theme": "dark"})],
    "health": [Call(ANYBODY, asked_by=frozenset({"nobody", "other"}), may_be_down=True)],
    "system": [Call(frozenset({"admin"}))],
    "sites": [Call(frozenset({"admin"}))],
    "site": [Call(HOME | {"admin"}, of=site)],
    "site_approval": [Call(frozenset({"admin"}), "post", of=site)],
    "site_approval_withdraw": [
        Call(frozenset({"admin"}), "post", of=lambda patient: [*site(patient), approval(patient)])
    ],
    "site_quota": [Call(frozenset({"admin"}), "post", of=site)],
    "site_tokens": [
        Call(SITES | {"admin"}),
        Call(SITES, "post", body=lambda patient: {"name": "PACS gateway", "days": "30"}),
    ],
    "site_token_revoke": [Call(HOME | {"admin"}, "post", of=lambda patient: [patient.token.pk])],
    "schema": [Call(SIGNED_IN)],
    "api-registry:token": [Call(ANYBODY, "post", sends="json")],
    "api-registry:subjects": [Call(SIGNED_IN), Call(SITES, "post", sends="json")],
    "api-registry:subject": [Call(READERS, of=code)],
    "api-uploads:site_key": [Call(SITES)],
    "api-uploads:uploads": [Call(SIGNED_IN), Call(HOME, "post", body=one_file, sends="json")],
    "api-uploads:upload": [Call(READERS, of=upload), Call(HOME, "delete", of=upload)],
    "api-uploads:file": [Call(HOME, "put", of=file, sends="bytes")],
    "api-uploads:file_slash": [Call(HOME, "put", of=file, sends="bytes")],
    "api-uploads:complete": [Call(HOME, "post", of=upload, sends="json")],
    "api-uploads:held-list": [Call(SIGNED_IN)],
    "api-uploads:held": [Call(HOME, of=hold)],
    "api-uploads:held-picture": [Call(HOME, of=lambda patient: [patient.hold.pk, 0])],
    "api-uploads:held-decision": [
        Call(HOME, "post", of=hold, body=lambda patient: {"decision": "refuse"}, sends="json")
    ],
    "api-uploads:upload_receipts": [Call(READERS, of=upload)],
    "api-uploads:series_receipts": [Call(READERS, of=series)],
    "api-uploads:receipt_keys": [Call(ANYBODY)],
    "dicomweb:studies": [Call(SITES, "post", sends="bytes")],
    "dicomweb:study": [Call(SITES, "post", of=lambda patient: ["1.2.3"], sends="bytes")],
    "api-imaging:series-list": [Call(SIGNED_IN)],
    "api-imaging:series": [Call(READERS, of=series)],
    "api-imaging:archive": [Call(READERS, of=series)],
    "api-imaging:waivers": [
        Call(READERS, of=series),
        Call(CURATORS, "post", of=series, body=waiver, sends="json"),
    ],
    "api-imaging:waiver-withdraw": [
        Call(CURATORS, "post", of=lambda patient: [patient.waiver.pk], body=reason, sends="json")
    ],
    "api-imaging:withdraw": [Call(HOME | CURATORS, "post", of=series, body=reason, sends="json")],
    "api-cohort:dictionary": [Call(SIGNED_IN)],
    "api-cohort:form": [
        Call(READERS, of=code),
        Call(HOME, "patch", of=code, body=lambda patient: {"values": {"sex": "1"}}, sends="json"),
    ],
    "api-cohort:form_submit": [Call(HOME, "post", of=code, sends="json")],
    "api-cohort:form_changes": [Call(READERS, of=code)],
    "api-cohort:form_signature": [
        Call(READERS, of=code),
        Call(frozenset({"site"}), "post", of=code, body=signing, sends="json"),
    ],
    "api-cohort:form_unlock": [Call(HOME, "post", of=code, body=reason, sends="json")],
    "api-cohort:unlocks": [Call(SIGNED_IN)],
    "api-cohort:unlock_grant": [Call(frozenset({"curator", "lead"}), "post", of=unlock, sends="json")],
    "api-cohort:unlock_refuse": [
        Call(
            frozenset({"curator", "lead"}),
            "post",
            of=unlock,
            body=lambda patient: {"answer": "so"},
            sends="json",
        )
    ],
    "api-cohort:form_queries": [
        Call(READERS, of=code),
        Call(CURATORS, "post", of=code, body=text, sends="json"),
    ],
    "api-cohort:query_answer": [Call(HOME, "post", of=query, body=text, sends="json")],
    "api-cohort:query_close": [Call(CURATORS, "post", of=query, sends="json")],
    "api-cohort:query_verify": [Call(CURATORS, "post", of=query, sends="json")],
    "api-cohort:query_assign": [
        Call(HOME | CURATORS, "post", of=query, body=lambda patient: {"to": ""}, sends="json")
    ],
    "api-cohort:imports": [Call(SITES, "post", sends="workbook")],
    "api-cohort:import_template": [Call(SITES, of=lambda patient: ["ko"])],
    "api-cohort:import_records": [Call(SITES, of=lambda patient: ["records.csv"])],
    "api-cohort:redcap_dictionary": [Call(SIGNED_IN)],
    "api-cohort:import_look": [Call(SITES, "post", sends="workbook")],
    "api-cohort:import_errors": [Call(SITES, "post", sends="workbook")],
    "api-cohort:summary": [Call(COUNTERS)],
    "api-cohort:exports": [Call(TAKERS)],
    "api-cohort:export_file": [Call(TAKERS, of=lambda patient: ["table.xlsx"])],
}
CALLS |= RELEASE_CALLS
UNNAMED = {"api/v1/uploads/<uuid:pk>/files/<str:sha256>/": "api-uploads:file_slash"}


def addresses(resolver: URLResolver, space: str = "", before: str = "") -> Iterator[tuple[str, str]]:
    """(name, route) of every address of the project."""
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, f"{space}{entry.namespace}:" if entry.namespace else space, route)
        elif isinstance(entry, URLPattern):
            yield (f"{space}{entry.name}" if entry.name else UNNAMED.get(route, route)), route


def address_of(name: str, call: Call, patient: Patient) -> str:
    values = call.of(patient)
    if name == "api-uploads:file_slash":
        return reverse("api-uploads:file", args=values) + "/"
    return reverse(name, args=values)


def ask(person: User | None, address: str, call: Call, patient: Patient) -> tuple[int, bytes]:
    """Status and whole body of the answer; what the request changed is undone."""
    client = Client(raise_request_exception=False)
    client.handler = HANDLER
    if person:
        client.force_login(person)
    send: dict[str, Any] = {"data": call.body(patient)}
    if call.sends == "json":
        send |= JSON
    elif call.sends == "bytes":
        send = {"data": b"abc", "content_type": "application/octet-stream"}
    elif call.sends == "workbook":
        content = plain_sheet(["subject_id", "age_yr"], [patient.subject.code, 52])
        send = {"data": content, "content_type": "application/octet-stream"}
    with transaction.atomic():
        response = getattr(client, call.method)(address, **send)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    location = response.headers.get("Location", "")
    return (401 if location.startswith("/accounts/login/") and person is None else response.status_code), (
        body + location.encode()
    )


def test_every_address_is_in_the_table() -> None:
    names = {name for name, _ in addresses(get_resolver())}
    assert names == set(CALLS)


@pytest.mark.django_db
def test_every_address_answers_each_person_as_it_should() -> None:
    people = world.everybody()
    theirs = world.patient(people["site"], people["curator"])
    other = world.patient(people["other"], people["curator"])
    world.access(people["researcher"], people["curator"], world.released(people["lead"]))
    wrong = []
    for name, calls in CALLS.items():
        for call in calls:
            address = address_of(name, call, theirs)
            for kind in call.asked_by & {"nobody", *people}:
                status, body = ask(people.get(kind), address, call, theirs)
                if (status not in (401, 403, 404)) != (kind in call.through):
                    wrong.append(f"{kind} {call.method.upper()} {name}: {status}")
                if status >= 500 and not (status == 503 and call.may_be_down):
                    wrong.append(f"{kind} {call.method.upper()} {name}: broke with {status}")
                seen = theirs.marks if kind not in READERS else []
                seen = seen + (other.marks if kind not in READERS - HOME | {"other"} else [])
                asked_for = address.encode()
                wrong += [
                    f"{kind} {call.method.upper()} {name}: shows {mark!r}"
                    for mark in seen
                    if mark in body.replace(asked_for, b"")
                ]
    assert not wrong, "\n".join(wrong)
