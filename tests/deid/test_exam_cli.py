"""``python -m deid exam`` as a person runs it."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path

import pytest

from deid.cli import main
from deid.exam import build as build_anew
from deid.exam.answers import COLUMNS
from deid.exam.cli import _write as write
from deid.exam.external import KeyFault, read_key, secrets_of

build = cache(build_anew)
COLUMNS_OF_OTHERS = ["file", "path", "vr", "planted_value", "kind", "lang", "action"]


def test_it_prints_the_score_and_keeps_what_it_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(
        ["exam", "--seed", "3", "--json", str(tmp_path / "score.json"), "--keep", str(tmp_path / "kept")]
    )
    told = capsys.readouterr().out
    data = json.loads((tmp_path / "score.json").read_text())
    assert code == (0 if data["passed"] == data["total"] else 1)
    assert data["seed"] == 3
    assert f"{data['passed']} / {data['total']}" in " ".join(told.split())
    for category, count in data["categories"].items():
        assert category in told
        assert count["passed"] <= count["total"]
    assert len(data["misses"]) == data["total"] - data["passed"]
    given = {path.name for path in (tmp_path / "kept" / "in").iterdir()}
    assert given == {file.name for file in build(3)}
    with (tmp_path / "kept" / "key.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == COLUMNS
    assert len(rows) == data["total"]


def test_it_can_keep_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["exam"])
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("kicc-deid/")
    passed, total = (
        next(line for line in told if line.strip().startswith("all "))[50:].split("%")[0].split()[:3:2]
    )
    assert code == (0 if passed == total else 1)


def test_a_refused_file_leaves_no_output(tmp_path: Path) -> None:
    write(tmp_path / "out", {"good.dcm": b"stripped", "refused.dcm": None})
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == {
        "good.dcm": b"stripped"
    }


def foreign(folder: Path, *rows: list[str]) -> Path:
    key = folder / "answer_key.csv"
    with key.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([COLUMNS_OF_OTHERS, *rows])
    return key


@pytest.fixture
def stripped(tmp_path: Path) -> Path:
    """Two files of the corpus as a corpus of others, stripped from the command line."""
    source = tmp_path / "source"
    source.mkdir()
    for file in build(1):
        if "-examination-siemens_force" in file.name:
            (source / f"KIM_{file.name}").write_bytes(file.data)
    (tmp_path / "key").write_text("ab" * 32)
    command = [
        "strip",
        str(source),
        str(tmp_path / "out"),
        "--key",
        str(tmp_path / "key"),
        "--subject",
        "S03-0042-K",
    ]
    assert main([*command, "--report", str(tmp_path / "report.json")]) == 0
    return tmp_path


def scored(folder: Path, key: Path) -> int:
    places = [str(folder / "source"), str(folder / "out"), str(key)]
    return main(["exam", "--score", *places, "--report", str(folder / "report.json")])


def planted(folder: Path) -> tuple[str, list[list[str]]]:
    file = next(file for file in build(1) if "-examination-siemens_force" in file.name)
    person, name = file.case.person, f"KIM_{file.name}"
    rows = [
        [name, "PatientName", "PN", person.name.dicom, "standard", "en", "remove_or_replace"],
        [name, "(0010,0020) Patient ID", "LO", person.hospital_number, "standard", "en", "remove_or_replace"],
        [name, "StudyInstanceUID", "UI", file.case.study, "standard", "", "replace_uid"],
        [name, "StudyDescription", "LO", f"CHEST {person.name.given}", "free_text", "en", "clean"],
        [name, "(6000,3000) Overlay Data (text drawn)", "OW", "KIM", "pixels", "en", "remove_or_replace"],
        [name, "PixelData (text drawn)", "OW", "KIM", "pixels", "en", "remove_or_replace"],
        [name, "file name", "-", f"KIM_{file.name}", "file", "en", "drop"],
    ]
    return name, rows


def test_it_scores_a_corpus_of_others(stripped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, rows = planted(stripped)
    assert scored(stripped, foreign(stripped, *rows)) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "removed 4 / 4 100.00 %" in told
    assert "pixels retained 1 / 1 100.00 %" in told


def test_it_names_what_others_planted_and_is_left(stripped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name, rows = planted(stripped)
    kept = [name, "ManufacturerModelName", "LO", "SOMATOM Force", "standard", "en", "remove_or_replace"]
    assert scored(stripped, foreign(stripped, *rows, kept)) == 1
    assert f"{name}: ManufacturerModelName: removed (standard): still there" in capsys.readouterr().out


def test_a_file_without_output_is_told_once(stripped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name, rows = planted(stripped)
    (stripped / "report.json").write_text(
        json.dumps([{"input": name, "output": None, "verdict": "refused", "code": "residue", "message": ""}])
    )
    assert scored(stripped, foreign(stripped, *rows)) == 1
    assert f"{name}: refused: residue (7 answers)" in capsys.readouterr().out


def test_without_a_report_names_must_be_the_same(stripped: Path) -> None:
    name, rows = planted(stripped)
    output = next(path for path in (stripped / "out").rglob("*.dcm"))
    report = json.loads((stripped / "report.json").read_text())
    output = stripped / "out" / next(row["output"] for row in report if row["input"] == name)
    (stripped / "same").mkdir()
    (stripped / "same" / name).write_bytes(output.read_bytes())
    key = foreign(stripped, *[row for row in rows if row[-1] != "drop"])
    assert main(["exam", "--score", str(stripped / "source"), str(stripped / "same"), str(key)]) == 0


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([], "no rows"),
        ([["a.dcm", "PatientName", "PN", "X", "standard", "en", "burn"]], "line 2: action"),
        ([["gone.dcm", "PatientName", "PN", "X", "standard", "en", "clean"]], "SRC does not hold gone.dcm"),
    ],
)
def test_a_key_that_cannot_serve_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: list[list[str]], told: str
) -> None:
    key = foreign(tmp_path, *rows)
    with pytest.raises(SystemExit) as stopped:
        main(["exam", "--score", str(tmp_path), str(tmp_path), str(key)])
    assert stopped.value.code == 2
    assert told in capsys.readouterr().err


def test_a_key_or_report_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "key.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(KeyFault, match="KEY cannot be read"):
        read_key(tmp_path / "key.csv")
    (tmp_path / "a.dcm").write_bytes(b"x")
    key = foreign(tmp_path, ["a.dcm", "PatientName", "PN", "X", "standard", "en", "clean"])
    (tmp_path / "report.json").write_text("[1]")
    place = str(tmp_path)
    with pytest.raises(SystemExit):
        main(["exam", "--score", place, place, str(key), "--report", str(tmp_path / "report.json")])
    assert "--report cannot be read" in capsys.readouterr().err


def test_usage_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--report", "x.json"], ["--seed", "one"], ["--score", "a", "b"]):
        with pytest.raises(SystemExit) as stopped:
            main(["exam", *arguments])
        assert stopped.value.code == 2
    (tmp_path / "file").write_text("")
    with pytest.raises(SystemExit) as stopped:
        main(["exam", "--keep", str(tmp_path / "file" / "below")])
    assert stopped.value.code == 2
    assert "cannot write" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("value", "vr", "secrets"),
    [
        ("Hong^Gildong=洪^吉洞=홍^길동", "PN", ("Hong", "Gildong", "吉洞", "길동")),
        ("com 00123456", "LO", ("com 00123456", "00123456")),
        ("00123456", "LO", ("00123456",)),
        ("A^B", "LO", ()),
    ],
)
def test_what_of_a_planted_value_is_searched(value: str, vr: str, secrets: tuple[str, ...]) -> None:
    assert secrets_of(value, vr) == secrets
