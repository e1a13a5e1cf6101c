import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cohort import checks, dictionary
from demo.answers import Course, answers

FACTS = {"subject": "S03-0001-U", "site": "S03", "site_level": "T", "irb_ok": "1"}
COURSES = st.builds(
    Course,
    seed=st.integers(0, 10_000),
    age=st.integers(11, 97),
    sex=st.sampled_from("12"),
    severity=st.integers(0, 3),
    end_day=st.integers(0, 60),
    died=st.booleans(),
    transferred_in=st.booleans(),
)


@settings(max_examples=30, deadline=None)
@given(COURSES)
@example(Course(seed=2928, age=91, sex="2", severity=3, end_day=0, died=True))
def test_every_course_fills_a_form_without_gap_or_contradiction(course: Course) -> None:
    form = dictionary.get()
    settled = checks.settle(form, answers(course, FACTS), FACTS)
    assert checks.missing(form, settled, FACTS) == []
    assert [f for f in checks.findings(form, settled.values, FACTS) if f.severity == "error"] == []


def test_a_course_decides_what_its_form_says() -> None:
    told = answers(Course(seed=1, age=71, sex="2", severity=3, end_day=20, died=True), FACTS)
    assert (told["age_yr"], told["sex"], told["tx_mv"], told["out_status"], told["out_end_day"]) == (
        "71",
        "2",
        "1",
        "2",
        "20",
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_same_course_gives_the_same_answers(seed: int) -> None:
    course = Course(seed=seed, age=40, sex="1", severity=2, end_day=9)
    assert answers(course, FACTS) == answers(course, FACTS)
