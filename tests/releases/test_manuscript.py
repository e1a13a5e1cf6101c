"""The manuscript check: numbers read from prose and tables, matched, and tested by arithmetic."""

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from cohort.models import Case
from cohort.references import get
from registry.models import Role, User
from releases.manuscript.arithmetic import counts_of, grim, most_sd, percent_holds, sd_holds
from releases.manuscript.checks import ABSENT, CONFLICT, HIDDEN, HOLDS, Check, Mark
from releases.manuscript.facts import Facts, facts
from releases.manuscript.reading import plain, read
from releases.services import freezing
from tests.cohort import people

SignIn = Callable[[User], Client]
D = Decimal
OF = {"vendor_ge": "ct_scans", "cxr_gm85": "cxr_images"}
LABELS = {"mv": "Mechanical ventilation", "cxr_ge4": "Four or more", "icu": "ICU admission", "age": "Age"}


@cache
def published() -> Facts:
    """The figures of KICC-19 as a release would have them: right shares, a minimum of albumin that can be."""
    paper = get("kicc19")
    rows: list[dict[str, Any]] = [
        {
            "id": row,
            "kind": "share",
            "label": {"en": LABELS.get(row, row), "ko": row},
            "section": {"en": "Section", "ko": "구분"},
            "of": OF.get(row, "cohort"),
            "of_label": {"en": OF.get(row, "cohort"), "ko": "분모"},
            "n": count.n,
            "denominator": count.of,
            "hidden": row == "sx_confusion",
        }
        for row, count in paper.counts.items()
    ]
    rows += [
        {
            "id": row,
            "kind": "mean",
            "label": {"en": LABELS.get(row, row), "ko": row},
            "section": {"en": "Section", "ko": "구분"},
            "of": "cohort",
            "of_label": {"en": "all accepted cases", "ko": "전체"},
            "n": mean.n or 407,
            "mean": mean.mean,
            "sd": mean.sd,
            "min": 2.0 if row == "albumin" else mean.min,
            "max": mean.max,
            "hidden": False,
        }
        for row, mean in paper.means.items()
    ]
    return facts(rows, {"cohort": 522, "ct_scans": 658, "cxr_images": 1475}, 17)


def marks(text: str) -> list[Mark]:
    return Check(text, published()).marks


def told(text: str) -> list[tuple[str, str, str]]:
    """What was printed, the verdict, the row: of each claim."""
    return [
        (" ".join(text[start:end] for start, end in mark.places), mark.verdict, mark.row)
        for mark in marks(text)
    ]


@pytest.mark.parametrize(
    ("words", "figures"),
    [
        ("One hundred and fifty-one patients", "151 patients"),
        ("Two hundred twenty-four", "224"),
        ("Sixty-one", "61"),
        ("Ten of them", "10 of them"),
        ("Seventeen sites", "17 sites"),
        ("the one who", "the one who"),
        ("twenty", "20"),
    ],
)
def test_numbers_in_words_become_figures_and_keep_their_place(words: str, figures: str) -> None:
    assert plain(words).translate({0: None, 1: None}) == figures
    assert len(plain(words)) == len(words)


@pytest.mark.parametrize(
    ("text", "count", "percent"),
    [
        ("38 (7.3%)", 38, "7.3"),
        ("Male\t239 (45.8)", 239, "45.8"),
        ("ventilation (n = 38; 7.3%)", 38, "7.3"),
        ("77.8% (406 patients)", 406, "77.8"),
        ("86 had (16.5%) thrombocytopenia", 86, "16.5"),
        ("Four hundred and ninety-seven of 522 subjects (95.2%)", 497, "95.2"),
        ("Siemens (569 scans, 86.5%)", 569, "86.5"),
        ("1,475 images (100%)", 1475, "100"),
    ],
)
def test_pairs_are_read(text: str, count: int, percent: str) -> None:
    (pair,) = read(text).pairs
    assert (pair.count.value, pair.percent.value) == (count, D(percent))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("52.3 ± 19.3 years (range, 11–97)", ("52.3", "19.3", "11", "97")),
        ("5,697 \\pm 2,610 (1,610–22,430)", ("5697", "2610", "1610", "22430")),
        ("2.4 +/- 2.1 days", ("2.4", "2.1", None, None)),
        ("Age 52.3 (11-97)", ("52.3", None, "11", "97")),
        ("age range, 11–97 years", (None, None, "11", "97")),
    ],
)
def test_means_with_sd_and_range_are_read(text: str, expected: tuple[str | None, ...]) -> None:
    (spread,) = read(text).spreads
    parts = (spread.mean, spread.sd, spread.low, spread.high)
    assert tuple(part and str(part.value) for part in parts) == expected


def test_a_place_is_the_number_alone_without_signs_around() -> None:
    text = "fever ($n = 292$), Sixty-one patients"
    assert [text[value.start : value.end] for value in read(text).lone] == ["292", "Sixty-one"]


def test_names_years_and_references_are_no_numbers() -> None:
    text = "COVID-19 in 2020, KICC-19, GM85, IRB 2020-04-003, 2020;296(3):E145-55, 0000-0002-3700-0165"
    assert [value.value for value in read(text).lone if value.value not in (296, 3)] == []


@pytest.mark.parametrize(
    ("text", "row", "sentence"),
    [
        ("Mechanical ventilation therapy\t38 (9.2)", "mv", ("would_be", 48)),
        ("121 (23.4%) of them needed nasal oxygen", "o2", ("would_be", 122)),
        ("intensive care unit admission (9.6% vs. 4.8%)", "icu", ("would_be", 50)),
        (
            "and 110 patients (21.9%) underwent chest radiography four times or more",
            "cxr_ge4",
            ("would_be", 109),
        ),
        ("Fever was seen in 300 (57.5%)", "sx_fever", ("count", None)),
        ("fever (n = 290)", "sx_fever", ("count", None)),
    ],
)
def test_what_disagrees_with_the_release_is_a_conflict(
    text: str, row: str, sentence: tuple[str, int | None]
) -> None:
    (mark,) = [mark for mark in marks(text) if mark.verdict == CONFLICT]
    assert mark.row == row
    said = {one.code: one.values for one in mark.said}
    assert sentence[0] in said
    assert said[sentence[0]].get("count") == sentence[1]


def test_an_sd_that_the_range_cannot_have_is_a_conflict() -> None:
    (mark,) = marks("Albumin, g/dL 4.0 ± 0.6 (3.7–5.1)")
    said = {one.code: one.values for one in mark.said}
    assert (mark.verdict, mark.row) == (CONFLICT, "albumin")
    assert said["sd_range"]["most"] == D("0.575")
    assert said["mean"]["low"] == D("2.0")


@pytest.mark.parametrize(
    "text",
    [
        "239 men and 283 women",
        "mechanical ventilation (n = 38; 7.3%)",
        "O2 supply\t121 (23.2)",
        "49 patients (9.4%) were admitted to an intensive care unit",
        "Conservative treatment\t240 (46)",
        "Mean age was 52.3 ± 19.3 years (range, 11–97)",
        "One hundred and fifty-one patients (28.9%) had lymphocytopenia",
        "ALT, U/L 31 ± 35 (17–256)",
        "a total of 658 CT scans and 1475 chest radiographs of 522 patients at 17 institutions",
        "diagnosed between 1–18 days (mean ± SD, 4.5 ± 5.7 days) after the negative initial RT-PCR",
    ],
)
def test_what_holds_raises_no_alarm(text: str) -> None:
    assert {verdict for _printed, verdict, _row in told(text)} == {HOLDS}


def test_the_rest_is_not_in_the_release() -> None:
    found = told(
        "40 million cases; older (52 vs. 43 years); fever (55.9% vs. 28.8%); 2.5% of all Korean cases"
    )
    assert [(printed, verdict) for printed, verdict, _row in found] == [
        ("40", ABSENT),
        ("52", ABSENT),
        ("43", ABSENT),
        ("55.9", HOLDS),
        ("28.8", ABSENT),
        ("2.5", ABSENT),
    ]


def test_a_hidden_row_is_neither_told_nor_denied() -> None:
    (mark,) = marks("Confusion\t1 (0.2)")
    assert (mark.verdict, mark.said) == (HIDDEN, ())


@pytest.mark.parametrize(
    ("mean", "decimals", "n", "holds"),
    [
        ("4.5", 1, 11, True),
        ("4.5", 1, 9, False),
        ("52.3", 1, 522, True),
        ("3.45", 2, 20, True),
        ("3.47", 2, 20, False),
    ],
)
def test_grim(mean: str, decimals: int, n: int, holds: bool) -> None:
    assert grim(D(mean), decimals, n) is holds


def test_grim_and_percentages_without_people_say_no() -> None:
    assert not grim(D("1.0"), 1, 0)
    assert not percent_holds(0, 0, D("0.0"), 1)
    assert counts_of(D("1.0"), 1, 9) == []


@pytest.mark.parametrize(
    ("mean", "sd", "low", "high", "n", "holds"),
    [
        ("4.0", "0.6", "3.7", "5.1", 522, False),
        ("4.0", "0.5", "3.7", "5.1", 522, True),
        ("31", "35", "17", "256", 522, True),
        ("9", "1", "10", "20", 50, False),
        ("10", "1", "10", "10", 1, True),
    ],
)
def test_sd_between_its_ends(mean: str, sd: str, low: str, high: str, n: int, holds: bool) -> None:
    assert sd_holds(D(mean), D(sd), D(low), D(high), n) is holds
    assert most_sd(D("9"), D("10"), D("20"), 50) == 0.0


@given(st.text(max_size=300))
def test_any_text_gets_an_answer_with_every_place_inside_it(text: str) -> None:
    for mark in marks(text):
        assert all(0 <= start < end <= len(text) for start, end in mark.places)


@given(
    st.lists(
        st.sampled_from(
            [
                *("12", "38", "(7.3%)", "±", "–", ",", ".", "n", "=", "of", "%", "years", "fever", "vs."),
                *("\n\t", "[", "]", "1,475", "one", "hundred", "and"),
            ]
        )
    )
)
def test_pieces_in_any_order_get_an_answer(parts: list[str]) -> None:
    marks(" ".join(parts))


@pytest.mark.django_db
def test_the_page_and_the_api_mark_a_text_and_keep_nothing(
    signed_in: SignIn, lead: User, radiologist: User
) -> None:
    for number in range(12):
        people.complete(radiologist, Case.State.ACCEPTED, sex="1" if number < 7 else "2", sx_fever="1")
    freezing.make(actor=lead, title="First")
    text = "Of 12 patients, 7 (58.3%) were men, fever (n = 9) <b>&"
    client = signed_in(people.user(Role.CURATOR))
    page = client.post("/releases/1/check/", {"text": text}).content.decode()
    assert '<mark class="of-holds" id="mark-1">12</mark>' in page
    assert "1 conflict" in page
    assert "The release counts 12, the text 9." in page
    assert "&lt;b&gt;&amp;" in page
    found = client.post("/api/v1/releases/1/check/", {"text": text}, content_type="application/json").json()
    assert [one["verdict"] for one in found["marks"]] == ["holds", "holds", "conflict"]
    assert client.post("/releases/1/check/", {"text": " "}).status_code == 400
    assert client.post("/releases/1/check/", {"text": "1 " * 100_001}).status_code == 413
    researcher = signed_in(people.user(Role.RESEARCHER))
    assert "small cell" not in researcher.post("/releases/1/check/", {"text": text}).content.decode()
