"""What leaves at which level: every item of the form is decided, and the decisions hold."""

import pytest

from cohort import dictionary
from cohort.exports.columns import IMAGING, SYNTHETIC
from releases import layouts
from releases.layouts import DROP, KEEP, RARE, TOP
from releases.services.freezing import columns
from releases.tables import columns as of_level

LAYOUT = layouts.get(dictionary.CURRENT)


def names(level: str) -> set[str]:
    return {column.name for column in of_level({"columns": columns(dictionary.get())}, level)}


def test_every_item_and_every_column_of_the_images_is_decided_and_nothing_else() -> None:
    known = {*dictionary.get().items, *(column.name for column in (*IMAGING, SYNTHETIC))}
    assert set(LAYOUT) == known


def test_no_free_text_and_no_signature_leaves_at_any_level() -> None:
    words = {item.name for item in dictionary.get().items.values() if item.type in ("text", "signature")}
    assert words & (names("limited") | names("safe-harbor") | names("images")) == {"subject_id"}


def test_safe_harbor_is_less_than_limited() -> None:
    assert names("safe-harbor") - names("limited") == {"person"}
    assert names("limited") - names("safe-harbor") == {"subject_id", "site_code", "transfer_from_code"}
    assert names("images") == names("limited")
    for place in LAYOUT.values():
        assert place.limited in (KEEP, DROP), "a limited data set is told as it is, or not at all"


def test_what_is_coarsened_is_age_and_place() -> None:
    assert {name for name, place in LAYOUT.items() if place.safe_harbor == TOP} == {"age_yr"}
    assert {name for name, place in LAYOUT.items() if place.safe_harbor == RARE} == {"residence"}


def test_risk_is_counted_over_what_others_know() -> None:
    quasi = {name for name, place in LAYOUT.items() if place.quasi}
    assert quasi == {"site_code", "site_level", "age_yr", "sex", "residence"}


@pytest.mark.parametrize("row", ["x,hide,keep,,", "x,keep,drop,,"])
def test_a_layout_that_says_nonsense_is_refused(tmp_path, monkeypatch, row: str) -> None:
    monkeypatch.setattr(layouts, "FOLDER", tmp_path)
    (tmp_path / "other.csv").write_text(",".join(layouts.COLUMNS) + "\n" + row + "\n")
    with pytest.raises(layouts.LayoutError, match=r"^x: "):
        layouts.get.__wrapped__("other")
    with pytest.raises(layouts.LayoutError, match="no layout"):
        layouts.get.__wrapped__("nothing")
