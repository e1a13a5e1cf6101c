"""What docs say of the profile is what the profile says."""

from __future__ import annotations

from pathlib import Path

import pytest

from deid import FINDINGS, REFUSALS
from deid.profile import RULES, read_csv
from scripts import deid_docs


def test_the_committed_pages_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert deid_docs.main(["check"]) == 0, capsys.readouterr().out


def test_a_page_that_fell_behind_is_found_and_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page, appendix = tmp_path / "page.md", tmp_path / "appendix.md"
    page.write_text("by hand\n<!-- begin codes -->\nso it was\n<!-- end codes -->\nby hand too\n")
    for name, value in (("ROOT", tmp_path), ("PAGE", page), ("APPENDIX", appendix)):
        monkeypatch.setattr(deid_docs, name, value)
    assert deid_docs.main(["check"]) == 1
    assert "page.md is out of date" in capsys.readouterr().out
    assert deid_docs.main([]) == 0
    assert deid_docs.main(["check"]) == 0
    text = page.read_text("utf-8")
    assert text.startswith("by hand\n")
    assert text.endswith("by hand too\n")
    assert "so it was" not in text
    appendix.write_text(appendix.read_text("utf-8").replace("PatientName", "Patient"))
    assert deid_docs.main(["check"]) == 1
    assert deid_docs.main(["so"]) == 2
    page.write_text("<!-- begin nothing -->\n<!-- end nothing -->\n")
    with pytest.raises(KeyError):
        deid_docs.main([])


def test_nothing_is_left_out() -> None:
    page, appendix = (path.read_text("utf-8") for path in (deid_docs.PAGE, deid_docs.APPENDIX))
    assert not [code for code in (*REFUSALS, *FINDINGS) if f"`{code}`" not in page]
    assert {name for _, name, _ in deid_docs.MARKED.findall(page)} == set(deid_docs.PARTS)
    assert not [rule.keyword for rule in RULES.values() if f"| {rule.keyword} |" not in appendix]
    for row in (*read_csv("private.csv"), *read_csv("source/private_choices.csv")):
        assert f"| `({row['element']})` | `{row['creator']}` |" in appendix
