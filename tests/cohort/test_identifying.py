"""Free texts do not take what names a person."""

from collections.abc import Callable

import pytest

from cohort.models import Answer, AnswerChange, Case, Decision, Query, QueryMessage
from cohort.services import answers, queries, review
from registry.errors import Problem
from registry.identifying import refuse_identifying
from registry.models import User
from tests.cohort import people

pytestmark = pytest.mark.django_db
NAMING = [
    ("900101-1234567", "resident registration number"),
    ("see 900101 – 2234567.", "resident registration number"),
    ("주민번호 0001013234567입니다", "resident registration number"),
    ("010-1234-5678", "telephone number"),
    ("call 01012345678", "telephone number"),
    ("+82 10 1234 5678", "telephone number"),
    ("병동 (02) 760-1234", "telephone number"),
    ("053-200-5114", "telephone number"),
    ("９００１０１－１２３４５６７", "resident registration number"),
    ("write to kim.ms+1@hospital.or.kr", "e-mail address"),
]
HARMLESS = [
    "S03-0042-K: the series of day 12 is missing",
    "1.2.840.113619.2.5.1762583153.215519.978957063.78",
    "SpO2 94-96 %, CRP 3.5 (2020), 120/80, -3 to 14",
    "slices 1-120, 5.0 mm; kernel B70f @ 1.0 mm",
    "WBC 5697, PLT 190000, 0.05",
    "901301-1234567",
]


def refusal(call: Callable[..., object], **arguments: object) -> Problem:
    with pytest.raises(Problem) as caught:
        call(**arguments)
    return caught.value


@pytest.mark.parametrize(("text", "what"), NAMING)
def test_what_names_a_person_is_refused_and_not_repeated(text: str, what: str) -> None:
    with pytest.raises(Problem) as caught:
        refuse_identifying(text)
    assert (caught.value.code, caught.value.status) == ("identifying_text", 400)
    assert what in caught.value.message
    assert text not in caught.value.message


@pytest.mark.parametrize("text", HARMLESS)
def test_what_names_nobody_is_taken(text: str) -> None:
    refuse_identifying(text)


def test_no_free_text_of_a_case_takes_it(site_person: User, curator: User) -> None:
    text = "Ask 010-1234-5678"
    case = people.complete(site_person, Case.State.RETURNED)
    query = queries.open(actor=curator, case=case, text="Why?")
    assert refusal(queries.open, actor=curator, case=case, text=text).code == "identifying_text"
    assert refusal(queries.answer, actor=site_person, query=query, text=text).code == "identifying_text"
    assert refusal(queries.ask_again, actor=curator, query=query, text=text).code == "identifying_text"
    assert refusal(queries.close, actor=curator, query=query, text=text).code == "identifying_text"
    changes = {"age_yr": "64"}
    refused = refusal(answers.save, actor=site_person, case=case, changes=changes, reason=text)
    assert refused.code == "identifying_text"
    refused = refusal(answers.save, actor=site_person, case=case, changes={"tc_use": "1", "tc_chief": text})
    assert refused.extra["fields"]["tc_chief"]["code"] == "identifying_text"
    assert "telephone number" in refused.message
    Case.objects.update(state=Case.State.SUBMITTED)
    for decide in (review.accept, review.send_back):
        assert refusal(decide, actor=curator, reason=text, **people.seen(case)).code == "identifying_text"
    assert not Decision.objects.exists()
    assert not AnswerChange.objects.exclude(by=None).exists()
    assert QueryMessage.objects.count() == Query.objects.count() == 1
    assert not Answer.objects.filter(item="tc_chief").exists()
