"""Questions: open → answered → closed, each by whom it befits."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cohort.models import Case, Query
from cohort.selectors_questions import asked, with_talk
from cohort.services import answers, queries
from imaging.models import Exam
from registry.errors import Problem
from registry.models import AuditEvent, Subject, User
from registry.services.subjects import create_subject
from tests.cohort import people


@pytest.fixture
def case(subject: Subject) -> Case:
    """An empty form that the task force has sent back."""
    return people.give_back(answers.case_of(subject))


@pytest.fixture
def query(case: Case, curator: User) -> Query:
    return queries.open(actor=curator, case=case, text="Is this right?", item="age_yr")


def code_of(call: object, **arguments: object) -> str:
    with pytest.raises(Problem) as caught:
        call(**arguments)  # type: ignore[operator]
    return caught.value.code


def test_the_way_of_a_question(query: Query, site_person: User, curator: User) -> None:
    query = queries.answer(actor=site_person, query=query, text=" Yes,\r\nchecked. ")
    assert query.state == Query.State.ANSWERED
    query = queries.ask_again(actor=curator, query=query, text="By whom?")
    assert query.state == Query.State.OPEN
    queries.answer(actor=site_person, query=query, text="By me.")
    query = queries.close(actor=curator, query=query)
    assert query.state == Query.State.CLOSED
    assert query.closed_at is not None
    texts = [message.text for message in query.messages.all() if not message.event]
    assert texts == ["Is this right?", "Yes,\nchecked.", "By whom?", "By me."]
    verbs = list(AuditEvent.objects.filter(verb__startswith="query").values_list("verb", flat=True))
    assert verbs == ["query opened", "query answered", "query opened", "query answered", "query closed"]


def test_only_curators_ask_and_close(case: Case, query: Query, site_person: User, lead: User) -> None:
    for actor in (site_person, lead):
        assert code_of(queries.open, actor=actor, case=case, text="Why?") == "only_curators"
        assert code_of(queries.close, actor=actor, query=query) == "only_curators"
        assert code_of(queries.ask_again, actor=actor, query=query, text="Why?") == "only_curators"


def test_only_the_own_site_answers(query: Query, foreign_person: User, curator: User) -> None:
    for actor in (foreign_person, curator):
        assert code_of(queries.answer, actor=actor, query=query, text="Yes") == "not_your_site"


def test_a_closed_question_stays_closed(query: Query, site_person: User, curator: User) -> None:
    queries.close(actor=curator, query=query, text="Thank you.")
    assert code_of(queries.answer, actor=site_person, query=query, text="But") == "query_closed"
    assert code_of(queries.ask_again, actor=curator, query=query, text="But") == "query_closed"
    assert queries.close(actor=curator, query=query).messages.count() == 2


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 1001, "a\0b", "\ud83d"])
def test_a_question_without_a_text_is_none(case: Case, curator: User, text: str) -> None:
    assert code_of(queries.open, actor=curator, case=case, text=text) == "empty_message"


def test_a_question_is_on_something_of_the_case(case: Case, curator: User, site_person: User) -> None:
    assert code_of(queries.open, actor=curator, case=case, text="?", item="shoe") == "unknown_item"
    other = people.give_back(answers.case_of(create_subject(actor=site_person)))
    exam = Exam.objects.create(subject=other.subject, kind="CT", study_uid="2.25.9", slot="ct")
    assert code_of(queries.open, actor=curator, case=case, text="?", exam=exam) == "foreign_exam"
    assert queries.open(actor=curator, case=other, text="?", exam=exam).exam == exam


@pytest.mark.parametrize("state", [Case.State.DRAFT, Case.State.ACCEPTED])
def test_nobody_asks_about_a_case_that_nobody_reviews(case: Case, curator: User, state: str) -> None:
    Case.objects.filter(pk=case.pk).update(state=state)
    assert code_of(queries.open, actor=curator, case=case, text="Why?") == "not_in_review"
    assert not Query.objects.exists()


def test_a_question_of_an_accepted_case_moves_no_more(
    case: Case, query: Query, site_person: User, curator: User
) -> None:
    Case.objects.filter(pk=case.pk).update(state=Case.State.ACCEPTED)
    assert code_of(queries.answer, actor=site_person, query=query, text="Yes") == "not_in_review"
    assert code_of(queries.ask_again, actor=curator, query=query, text="So?") == "not_in_review"
    assert code_of(queries.close, actor=curator, query=query) == "not_in_review"


def test_whoever_moves_a_question_holds_the_case_first(case: Case, site_person: User, curator: User) -> None:
    """An acceptance holds the case: it comes before the question, or sees it."""
    query = queries.open(actor=curator, case=case, text="Is this right?")
    moves: list[Callable[[], object]] = [
        lambda: queries.open(actor=curator, case=case, text="And this?"),
        lambda: queries.answer(actor=site_person, query=query, text="Yes"),
        lambda: queries.ask_again(actor=curator, query=query, text="Sure?"),
        lambda: queries.close(actor=curator, query=query),
    ]
    locks = "FOR UPDATE" if connection.features.has_select_for_update else "SELECT"
    for move in moves:
        with CaptureQueriesContext(connection) as captured:
            move()
        first = next(one["sql"] for one in captured if locks in one["sql"])
        assert 'FROM "cohort_case"' in first


def test_a_second_click_asks_and_says_nothing_twice(case: Case, curator: User, site_person: User) -> None:
    first = queries.open(actor=curator, case=case, text="Which day?", item="age_yr")
    assert queries.open(actor=curator, case=case, text=" Which day?", item="age_yr").pk == first.pk
    assert queries.open(actor=curator, case=case, text="Which day?", item="sex").pk != first.pk
    queries.answer(actor=site_person, query=first, text="The third.")
    queries.answer(actor=site_person, query=first, text="The third.")
    assert [message.text for message in first.messages.all()] == ["Which day?", "The third."]
    assert queries.open(actor=curator, case=case, text="Which day?", item="age_yr").pk != first.pk


def test_a_question_names_the_exam_that_it_is_about(case: Case, curator: User) -> None:
    subject = case.subject
    people.exam(subject, "CT", 1)
    second = people.exam(subject, "CT", 7)
    queries.open(actor=curator, case=case, text="Thinner?", exam=second)
    assert [one.about for one in asked(with_talk(Query.objects.all()))] == ["CT 2 · day 7"]
