"""The rule file: its version holds what it says, and what is not sound is not read."""

import hashlib
import json
from pathlib import Path

import pytest

from imaging.validation import belonging, exams, rules, ruleset
from imaging.validation.ruleset import NEAR_HOURS, RULES, VERSION, read
from imaging.validation.texts import TEXTS, message

KNOWN = {"2": "2d86fee28277c0e7"}
"""Version → digest of everything but texts: a change of a rule is a new version, which findings name."""
ROW = """version = "1"
slots = { near_hours = 24 }
[[rule]]
code = "one"
severity = "info"
applies_to = "series"
kinds = ["CT"]
en = "a"
ko = "가"
remedy_en = "b"
remedy_ko = "나"
"""


def test_a_changed_rule_has_a_new_version() -> None:
    told = {
        code: [rule.severity, rule.applies_to, rule.kinds, dict(rule.limits), dict(rule.words)]
        for code, rule in RULES.items()
    }
    text = json.dumps([NEAR_HOURS, told], sort_keys=True)
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == KNOWN[VERSION]


def test_the_page_lists_every_rule_as_it_is() -> None:
    page = (Path(__file__).parents[2] / "docs" / "validation.md").read_text("utf-8")
    assert f"## Rules, version {VERSION}\n" in page
    for rule in RULES.values():
        limits = ", ".join(f"{name} {value:g}" for name, value in rule.limits.items())
        cells = (f"`{rule.code}`", rule.severity, rule.applies_to, ", ".join(rule.kinds), limits)
        assert f"| {' | '.join(cells)} |\n" in page


def test_every_rule_for_series_has_its_function_and_no_function_is_left_over() -> None:
    assert set(rules.CHECKS) == {code for code, rule in RULES.items() if rule.applies_to == "series"}


def test_every_finding_names_rule_and_version() -> None:
    assert rules.finding("lossy", {"count": 2}) == {
        "code": "lossy",
        "severity": "warning",
        "rule": f"lossy/{VERSION}",
        "values": {"count": 2},
    }


def test_a_text_says_what_and_what_to_do_in_both_languages() -> None:
    rule = RULES["view_blank"]
    assert message("view_blank", {"count": 1}, "en") == f"{rule.en} {rule.remedy_en}"
    assert message("view_blank", {"count": 1}, "ko") == f"{rule.ko} {rule.remedy_ko}"
    assert all(TEXTS[code] == rule.texts for code, rule in RULES.items())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"info"', '"bad"'),
        ('"series"', '"world"'),
        ('remedy_ko = "나"', 'remedy_ko = ""'),
        ("[[rule]]", ROW[ROW.index("[[rule]]") :] + "[[rule]]"),
    ],
)
def test_a_rule_file_that_is_not_sound_is_refused(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(ROW, "utf-8")
    assert read(path)[2]["one"].severity == "info"
    path.write_text(ROW.replace(old, new, 1), "utf-8")
    with pytest.raises(ValueError, match="one"):
        read(path)


def scan(key: str, thickness: float | None = 1.0, **changes: object) -> exams.Candidate:
    usual = {"plane": "axial", "original": True, "supine": True, "images": 100}
    return exams.Candidate(key=key, thickness=thickness, **{**usual, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("series", "main"),
    [
        ([], None),
        ([scan("a", 3.0), scan("b", 1.0)], "b"),
        ([scan("a", 1.0, plane="coronal"), scan("b", 5.0)], "b"),
        ([scan("a", 1.0, original=False), scan("b", 5.0)], "b"),
        ([scan("a", 1.0, supine=False), scan("b", 5.0)], "b"),
        ([scan("a", 1.0, supine=False)], "a"),
        ([scan("a", None), scan("b", 5.0)], "b"),
        ([scan("a", 1.0, images=50), scan("b", 1.0, images=300)], "b"),
        ([scan("a"), scan("b")], "a"),
        ([scan("a", plane="coronal"), scan("b", original=False)], None),
    ],
)
def test_the_thinnest_original_axial_supine_series_stands_for_a_scan(
    series: list[exams.Candidate], main: str | None
) -> None:
    assert exams.main_series(series) == main


def test_a_scan_without_such_a_series_asks_for_one_and_others_are_told_apart() -> None:
    def said(*series: exams.Candidate) -> dict[object, list[str]]:
        return {key: [one["code"] for one in found] for key, found in exams.judge_scan(series).items()}

    assert said(scan("a", plane="coronal")) == {"a": ["no_main_series"]}
    assert said(scan("a"), scan("b", 5.0), scan("c", plane="coronal")) == {
        "a": [],
        "b": ["not_main_series"],
        "c": [],
    }


@pytest.mark.parametrize(
    ("day", "code"), [(-2, "ct_before_diagnosis"), (-1, ""), (0, ""), (14, ""), (15, "ct_after_end")]
)
def test_ct_lies_between_diagnosis_and_the_end_of_the_stay(day: int, code: str) -> None:
    found = exams.judge_stay({"a": day}, diagnosis=-1, end=14)
    assert [one["code"] for one in found.get("a", [])] == ([code] if code else [])
    assert not exams.judge_stay({"a": day}, diagnosis=None, end=None)


def test_no_rule_refuses_a_file_that_nothing_can_refuse() -> None:
    made = {"mixed_patients", "mixed_studies", "pixels_do_not_decode"}
    by_header = {"unknown_sop_class", "wrong_modality", "localizer", "screen_capture"}
    assert {code for code, rule in RULES.items() if rule.applies_to == "file"} == made | by_header
    assert belonging.MODALITIES
    assert {rule.severity for rule in RULES.values() if rule.applies_to == "file"} == {"refuse"}
    assert {"error", "waiver"} == ruleset.DECIDED
