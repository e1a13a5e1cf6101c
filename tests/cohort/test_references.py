"""Published tables as data: read, and refused where they are not as they should be."""

import pytest

from cohort import references
from cohort.references import ReferenceTableError
from cohort.summary.means import MEANS
from cohort.summary.shares import SHARES

START = 'id = "x"\ntitle = { en = "X", ko = "X" }\nsource = "nobody"\n'


def test_every_row_of_the_kicc_table_is_a_row_of_the_summary() -> None:
    kicc = references.get("kicc19")
    assert set(kicc.counts) <= {row.id for row in SHARES}
    assert set(kicc.means) == {row.id for row in MEANS}
    assert "Yoon" in kicc.source


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("not toml [", "cannot be read"),
        ("id = 1", "cannot be read"),
        (START + "[counts]\nmale = { n = 3, of = 2 }", "male: 3 of 2"),
        (START + "[counts]\nmale = { n = 1, of = 2, printed = [50.0] }", "male: each printed"),
        (START + "[means]\nage = { average = 3 }", "cannot be read"),
    ],
)
def test_a_table_that_is_not_as_it_should_be_is_refused_with_its_place(text: str, why: str) -> None:
    with pytest.raises(ReferenceTableError, match=why):
        references.build(text)


@pytest.mark.parametrize("name", ["", "../kicc19", "none", "kicc19.toml"])
def test_a_table_that_is_not_there(name: str) -> None:
    with pytest.raises(ReferenceTableError, match="there is no reference table"):
        references.get(name)
