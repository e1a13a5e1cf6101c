"""A signature: the password again, bound to the content, broken by a change, asked for at acceptance."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cohort import content
from cohort.models import Answer, Case, FormState, SectionState, Signature
from cohort.services import answers, review, signing, submission
from imaging.models import Series
from registry.errors import Problem
from registry.models import AuditEvent, User
from registry.services import audit
from tests.cohort import people
from tests.cohort.filled import COMPLETE

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture
def filled(case: Case, site_person: User) -> Case:
    answers.save(actor=site_person, case=case, changes=COMPLETE)
    return Case.objects.get()


def state_of(case: Case) -> str:
    return Case.objects.values_list("form_state", flat=True).get(pk=case.pk)


def section(slug: str) -> SectionState:
    return SectionState.objects.get(section=slug)


def sent(client: Client, case: Case, **body: object) -> tuple[int, str]:
    address = reverse("api-cohort:form_signature", args=[case.subject.code])
    answer = client.post(address, {"revision": case.revision, **body}, content_type="application/json")
    return answer.status_code, answer.json().get("code", "")


def test_states_follow_the_answers(case: Case, site_person: User) -> None:
    assert state_of(case) == FormState.EMPTY
    answers.save(actor=site_person, case=case, changes={"age_yr": "52"})
    assert state_of(case) == FormState.DRAFT
    assert (section("demographics").state, section("symptoms").state) == (FormState.DRAFT, FormState.EMPTY)
    answers.save(actor=site_person, case=case, changes=COMPLETE)
    assert state_of(case) == section("demographics").state == FormState.COMPLETE
    changed = {"vs_sbp": "70"}
    answers.save(actor=site_person, case=case, changes=changed, reason="Typed wrong")
    assert state_of(case) == section("vital-signs").state == FormState.DRAFT
    assert section("vital-signs").errors == 1


def test_the_database_keeps_no_state_that_contradicts(filled: Case) -> None:
    wrong = (
        lambda: SectionState.objects.filter(section="symptoms").update(missing=1),
        lambda: SectionState.objects.filter(section="symptoms").update(given=0),
        lambda: Case.objects.update(complete=True, given=0),
        lambda: Case.objects.update(completed_at=None),
        lambda: (people.sign(filled), Case.objects.update(complete=False)),
        lambda: [people.sign(filled), people.sign(filled)],
    )
    for change in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_radiologist_signs_with_the_password_again(
    filled: Case, site_person: User, curator: User, signed_in: SignedIn
) -> None:
    client = signed_in(site_person)
    assert sent(client, filled, password="wrong") == (403, "password_wrong")
    assert not Signature.objects.exists()
    assert sent(client, filled, password=people.PASSWORD)[0] == 201
    signature = Signature.objects.get()
    kept = dict(Answer.objects.values_list("item", "value"))
    assert signature.content == content.digest(filled.subject.code, filled.dictionary, kept)
    assert (state_of(filled), signing.holds(signature)) == (FormState.SIGNED, True)
    event = AuditEvent.objects.get(verb=AuditEvent.Verb.FORM_SIGNED)
    assert event.detail["content"] == signature.content
    assert list(audit.breaks()) == []
    assert sent(client, filled, password=people.PASSWORD) == (409, "already_signed")
    shown = signed_in(curator).get(reverse("api-cohort:form_signature", args=[filled.subject.code])).json()
    assert [(one["name"], one["holds"]) for one in shown] == [(site_person.name, True)]


def test_wrong_passwords_lock_as_at_the_door(filled: Case, site_person: User, signed_in: SignedIn) -> None:
    client = signed_in(site_person)
    said = [sent(client, filled, password=f"wrong {n}")[1] for n in range(9)]
    assert (said[0], said[-1]) == ("password_wrong", "locked_out")
    assert sent(client, filled, password=people.PASSWORD) == (429, "locked_out")
    assert AuditEvent.objects.filter(verb=AuditEvent.Verb.SIGN_IN_FAILED).exists()
    assert not Signature.objects.exists()


@pytest.mark.parametrize("who", ["colleague", "foreign_person", "curator", "lead"])
def test_nobody_else_signs(filled: Case, who: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(Problem) as told:
        signing.put(actor=request.getfixturevalue(who), case=filled, revision=filled.revision)
    assert told.value.code == "not_a_signer"


def test_what_is_incomplete_or_was_changed_is_not_signed(filled: Case, site_person: User) -> None:
    with pytest.raises(Problem) as told:
        signing.put(actor=site_person, case=filled, revision=filled.revision - 1)
    assert told.value.code == "sign_changed"
    answers.save(actor=site_person, case=filled, changes={"age_yr": ""}, reason="Not sure")
    with pytest.raises(Problem) as told:
        signing.put(actor=site_person, case=filled, revision=filled.revision + 1)
    assert told.value.code == "not_complete"
    assert "Demographics" in told.value.message


def test_a_change_breaks_the_signature_with_a_trace(filled: Case, site_person: User, colleague: User) -> None:
    signature = signing.put(actor=site_person, case=filled, revision=filled.revision)
    answers.save(actor=colleague, case=filled, changes={"age_yr": "53"}, reason="Birthday")
    signature.refresh_from_db()
    assert (signature.broken_by, state_of(filled)) == (colleague, FormState.COMPLETE)
    assert AuditEvent.objects.get(verb=AuditEvent.Verb.SIGNATURE_BROKEN).detail["signature"] == signature.pk
    assert not signing.holds(signature)
    again = signing.put(actor=site_person, case=filled, revision=filled.revision + 1)
    assert (signing.holds(again), state_of(filled)) == (True, FormState.SIGNED)


def test_a_save_that_changes_nothing_breaks_nothing(filled: Case, site_person: User) -> None:
    signature = signing.put(actor=site_person, case=filled, revision=filled.revision)
    answers.save(actor=site_person, case=filled, changes={"age_yr": "52"})
    assert signing.holds(Signature.objects.get(pk=signature.pk))


def test_signed_and_sent_in_one_step_or_neither(
    filled: Case, site_person: User, signed_in: SignedIn, subject: object
) -> None:
    client = signed_in(site_person)
    address = reverse("form_send", args=[filled.subject.code])
    body = {"password": people.PASSWORD, "revision": filled.revision, "section": "outcome"}
    answer = client.post(address, body)
    assert answer.headers["Location"].endswith("/form/outcome/#send")
    assert not Signature.objects.exists()
    people.exam(filled.subject)
    client.post(address, body | {"password": "wrong"})
    assert (Signature.objects.count(), Case.objects.get().state) == (0, Case.State.DRAFT)
    client.post(address, body)
    case = Case.objects.get()
    assert (case.state, case.signature.by) == (Case.State.SUBMITTED, site_person)


def test_a_script_sends_without_a_signature_and_a_curator_says_why_that_is_enough(
    filled: Case, site_person: User, curator: User, stored_series: Series, signed_in: SignedIn
) -> None:
    submission.submit(actor=site_person, case=filled)
    case = Case.objects.get()
    assert case.signature is None
    assert (
        "Not signed" in signed_in(curator).get(reverse("review", args=[case.subject.code])).content.decode()
    )
    people.exam(case.subject, "CXR", 0, 8, slot="baseline")
    people.exam(case.subject, "CXR", 0, 12, slot="near_ct")
    people.exam(case.subject, "CXR", 23, 9, slot="discharge")
    with pytest.raises(Problem) as told:
        review.accept(actor=curator, **people.seen(case))
    assert told.value.code == "not_signed_without_reason"
    signing.put(actor=site_person, case=case, revision=case.revision)
    review.accept(actor=curator, **people.seen(case))
    assert state_of(case) == FormState.LOCKED
    with pytest.raises(Problem) as told:
        answers.save(actor=site_person, case=case, changes={"age_yr": "53"}, reason="Birthday")
    assert told.value.code == "form_closed"


def test_a_change_around_the_registry_shows_on_every_page(
    filled: Case, site_person: User, curator: User, stored_series: Series, signed_in: SignedIn
) -> None:
    signing.put(actor=site_person, case=filled, revision=filled.revision)
    submission.submit(actor=site_person, case=filled)
    Answer.objects.filter(item="age_yr").update(value="25")
    code = filled.subject.code
    for person, name in ((site_person, "form"), (site_person, "subject"), (curator, "review")):
        page = signed_in(person).get(reverse(name, args=[code]), follow=True).content.decode()
        assert "Signature does not match" in page, name


def test_the_canonical_text_is_the_documented_one() -> None:
    made = content.canonical("S03-0042-K", "kicc19-1", {"sex": "1", "age_yr": "63", "sx": "열", "x": ""})
    assert made.decode() == (
        '{"answers":{"age_yr":"63","sex":"1","sx":"열"},"dictionary":"kicc19-1","subject":"S03-0042-K"}'
    )
