"""The form's pages without a script: what is drawn, what is saved, what is refused, who may."""

import json
import re

import pytest
from django.test import Client

from cohort.models import Case
from cohort.services import answers, queries
from imaging.models import Series
from registry.models import Subject, User
from tests.cohort import people
from tests.cohort.filled import COMPLETE

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def page(client: Client, site_person: User) -> Client:
    client.force_login(site_person, backend=BACKEND)
    return client


def url(subject: Subject, slug: str = "") -> str:
    return f"/subjects/{subject.code}/form/" + (f"{slug}/" if slug else "")


def post(client: Client, subject: Subject, slug: str, **values: object) -> tuple[int, str]:
    answer = client.post(url(subject, slug), {"revision": answers.case_of(subject).revision, **values})
    return answer.status_code, answer.content.decode() or answer.headers.get("Location", "")


def test_the_form_opens_at_the_first_section_that_waits(page: Client, subject: Subject, case: Case) -> None:
    assert page.get(url(subject)).headers["Location"] == url(subject, "eligibility")


def test_a_section_draws_every_question(page: Client, subject: Subject) -> None:
    html = page.get(url(subject, "vital-signs")).content.decode()
    assert '<label for="id-vs_temp">Body temperature' in html
    assert 'name="vs_temp_st" value="ND"' in html
    assert "Usual 35 to 41 °C. Accepted 30 to 45." in html
    assert re.search(r'data-block="vs_o2_air"\s+hidden', html)
    data = json.loads(re.search(r'<script id="form-data"[^>]*>(.*?)</script>', html)[1])  # type: ignore[index]
    assert data["items"]["vs_temp"]["hard"] == ["30", "45"]
    assert data["items"]["vs_temp"]["open"] == ["=", ["item", "vs_temp_st"], ["text", "DONE"]]
    assert data["editable"] is True


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_section_is_drawn_in_both_languages(
    page: Client, subject: Subject, case: Case, site_person: User, language: str
) -> None:
    answers.save(actor=site_person, case=case, changes=COMPLETE)
    for section in answers.form_of(case).dictionary.form_sections:
        answer = page.get(url(subject, section.slug), headers={"accept-language": language})
        assert answer.status_code == 200
        assert section.label.of(language) in answer.content.decode()


def test_a_post_saves_and_goes_on(page: Client, subject: Subject, case: Case) -> None:
    values = {"age_yr": "52", "sex": "2", "residence": "27", "shown": ["sex"]}
    status, where = post(page, subject, "demographics", **values)
    assert (status, where) == (302, url(subject, "epidemiology"))
    kept = answers.kept(case)
    assert (kept["age_yr"], kept["sex"], kept["residence_metro5"]) == ("52", "2", "1")


def test_a_choice_that_is_taken_back_is_taken_back(page: Client, subject: Subject, case: Case) -> None:
    post(page, subject, "demographics", sex="2", shown=["sex"])
    post(page, subject, "demographics", age_yr="52")
    assert answers.kept(case)["sex"] == "2"
    post(page, subject, "demographics", age_yr="52", shown=["sex"])
    assert "sex" not in answers.kept(case)


def test_questions_that_open_keep_the_section(page: Client, subject: Subject, case: Case) -> None:
    status, where = post(page, subject, "underlying-disease", comorb_none="0", shown=["comorb_none"])
    assert (status, where) == (302, url(subject, "underlying-disease"))
    assert re.search(r'data-block="comorb_htn">', page.get(where).content.decode())
    status, where = post(page, subject, "underlying-disease", comorb_htn="1", shown=["comorb_htn"])
    assert where == url(subject, "symptoms")


def test_several_choices(page: Client, subject: Subject, case: Case) -> None:
    post(page, subject, "rt-pcr", pathogen_tested=["2", "1"])
    assert answers.kept(case)["pathogen_tested"] == "1|2"


def test_a_refused_value_stays_on_the_page_with_its_reason(
    page: Client, subject: Subject, case: Case
) -> None:
    status, html = post(page, subject, "demographics", age_yr="152", sex="2")
    assert status == 400
    assert 'value="152"' in html
    assert "Age at admission must lie between 0 and 120 years." in html
    assert 'name="sex" value="2" checked' in html
    assert "sex" not in answers.kept(case)


def test_a_conflict_shows_theirs_and_keeps_yours(
    page: Client, subject: Subject, case: Case, colleague: User
) -> None:
    answers.save(actor=colleague, case=case, changes={"age_yr": "25"})
    answer = page.post(url(subject, "demographics"), {"revision": "0", "age_yr": "52"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert f"{colleague.name} changed this to “25” meanwhile" in html
    assert 'value="52"' in html
    assert 'name="revision" value="1"' in html
    assert answers.kept(case)["age_yr"] == "25"


def test_sending(
    page: Client, subject: Subject, case: Case, site_person: User, stored_series: Series
) -> None:
    answer = page.post(f"{url(subject)}send/", {"section": "outcome"}, follow=True)
    assert answer.redirect_chain[0][0] == f"{url(subject, 'outcome')}#send"
    assert "The form cannot be sent yet." in answer.content.decode()
    answers.save(actor=site_person, case=case, changes=COMPLETE)
    answer = page.post(f"{url(subject)}send/", {"section": "outcome"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/subjects/{subject.code}/")
    case.refresh_from_db()
    assert case.state == Case.State.SUBMITTED
    html = page.get(url(subject, "outcome")).content.decode()
    assert '<fieldset class="fieldset" disabled>' in html
    assert "js/form.js" not in html


def test_a_question_stands_at_its_field(page: Client, subject: Subject, case: Case, curator: User) -> None:
    query = queries.open(actor=curator, case=people.give_back(case), text="Is <52> right?", item="vs_temp_st")
    html = page.get(url(subject, "vital-signs")).content.decode()
    assert "Is &lt;52&gt; right?" in html
    assert f'action="/questions/{query.pk}/answer/"' in html
    assert "Is &lt;52&gt; right?" not in page.get(url(subject, "outcome")).content.decode()


def test_who_sees_the_form(
    client: Client,
    subject: Subject,
    foreign_person: User,
    curator: User,
    lead: User,
    researcher: User,
    administrator: User,
) -> None:
    expected = {foreign_person: 404, curator: 200, lead: 200, researcher: 404, administrator: 404}
    for user, status in expected.items():
        client.force_login(user, backend=BACKEND)
        answer = client.get(url(subject, "outcome"))
        assert answer.status_code == status, user
        assert "js/form.js" not in answer.content.decode()
        refused = client.post(url(subject, "outcome"), {"out_icu": "1"}).status_code
        assert refused == (403 if status == 200 else 404), user
        assert client.post(f"{url(subject)}send/").status_code == refused, user
    client.logout()
    assert client.get(url(subject, "outcome")).status_code == 302


@pytest.mark.parametrize("slug", ["imaging", "sign-off", "shoes"])
def test_sections_that_are_not_typed_have_no_page(page: Client, subject: Subject, slug: str) -> None:
    assert page.get(url(subject, slug)).status_code == 404


@pytest.mark.parametrize("revision", ["x", "-1", "99999999999999999999", "٣"])
def test_a_broken_revision_is_refused(page: Client, subject: Subject, revision: str) -> None:
    answer = page.post(url(subject, "outcome"), {"revision": revision, "out_icu": "1"})
    assert answer.status_code == 400


def test_reading_a_form_makes_none(page: Client, subject: Subject, curator: User) -> None:
    curators = Client()
    curators.force_login(curator, backend=BACKEND)
    api = f"/api/v1/forms/{subject.code}/"
    for client in (page, curators):
        for address in (url(subject), url(subject, "symptoms"), api, f"{api}?since=0", f"{api}queries/"):
            assert client.get(address).status_code in (200, 302)
    assert page.post(f"{url(subject)}send/").status_code == 302
    assert curators.post(f"{api}queries/", {"text": "Why?"}, "application/json").status_code == 409
    assert not Case.objects.exists()
    assert page.patch(api, {"values": {"sex": "1"}, "revision": 0}, "application/json").status_code == 200
    assert Case.objects.get().subject == subject


@pytest.mark.parametrize("slug", ["demographics", "laboratory", "outcome"])
def test_a_field_tells_its_range_and_no_notes_of_its_makers(
    page: Client, subject: Subject, slug: str
) -> None:
    text = page.get(url(subject, slug)).content.decode()
    assert not re.search(r"T1 \d|WIDENED|denominator of the row|extension", text)
    described = {name for ids in re.findall(r'aria-describedby="([^"]*)"', text) for name in ids.split()}
    assert described - set(re.findall(r' id="([^"]*)"', text)) == set()
