from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from deid import codes
from deid.cli import main
from deid.reading import MAX_BYTES
from deid.tree import strip_tree
from tests.deid import make


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    source = tmp_path / "HONG_GILDONG"
    (source / "sub").mkdir(parents=True)
    (source / "HONG_00123456.dcm").write_bytes(make.write(make.ct()))
    (source / "sub" / "second").write_bytes(make.write(make.ct(SOPInstanceUID=f"{make.ROOT}.3.2")))
    (source / "sub" / "same again").write_bytes(make.write(make.ct()))
    (source / "notes.txt").write_text("not DICOM")
    (source / "cut.dcm").write_bytes(make.write(make.ct())[:-9])
    (tmp_path / "key").write_text("ab" * 32)
    return tmp_path


def run(*arguments: str | Path) -> int:
    try:
        return main([str(a) for a in arguments])
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1


def strip(tree: Path, *more: str | Path) -> int:
    return run("strip", tree / "HONG_GILDONG", tree / "out", "--key", tree / "key", *more)


def test_strip_writes_a_report_row_per_input(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        strip(tree, "--report", tree / "report.json", "--day-zero", "2020-03-01", "--subject", "S03-0042-K")
        == 0
    )
    rows = json.loads((tree / "report.json").read_text("utf-8"))
    assert [set(row) for row in rows] == [{"input", "output", "verdict", "code", "message"}] * 5
    verdicts = {row["input"]: (row["verdict"], row["code"]) for row in rows}
    assert verdicts == {
        "HONG_00123456.dcm": ("stripped", ""),
        "sub/second": ("stripped", ""),
        "sub/same again": ("stripped", ""),
        "notes.txt": ("refused", "not_dicom"),
        "cut.dcm": ("refused", "truncated"),
    }
    outputs = {row["output"] for row in rows if row["output"]}
    assert len(outputs) == 2
    assert all(row["output"] is None for row in rows if row["verdict"] == "refused")
    written = sorted(p.relative_to(tree / "out").as_posix() for p in (tree / "out").rglob("*") if p.is_file())
    assert written == sorted(outputs)
    assert not any("hong" in name.lower() or "123456" in name for name in written)
    after = make.read((tree / "out" / written[0]).read_bytes())
    assert after.StudyDate == "20000104"
    assert after.PatientID == after.PatientName == "S03-0042-K"
    assert "3 stripped, 2 refused" in capsys.readouterr().out


def test_without_day_zero_dates_move_by_patient(tree: Path) -> None:
    assert strip(tree) == 0
    days = {make.read(p.read_bytes()).StudyDate for p in (tree / "out").rglob("*.dcm")}
    assert len(days) == 1
    day = days.pop()
    assert 20 <= 2020 - int(day[:4]) <= 31
    (tree / "HONG_GILDONG" / "other").write_bytes(make.write(make.ct(PatientID="7", SOPInstanceUID="1.2.3")))
    strip(tree)
    assert len({make.read(p.read_bytes()).StudyDate for p in (tree / "out").rglob("*.dcm")}) == 2


def test_one_file_and_raw_key(tree: Path) -> None:
    (tree / "key").write_bytes(bytes(range(200, 232)))
    assert run("strip", tree / "HONG_GILDONG" / "sub" / "second", tree / "o", "--key", tree / "key") == 0
    assert len(list((tree / "o").rglob("*.dcm"))) == 1


@pytest.mark.parametrize(
    "more",
    [["--day-zero", "yesterday"], ["--subject", "a\\b"], ["--key", "nowhere"], ["--unknown"]],
)
def test_usage_errors(tree: Path, more: list[str]) -> None:
    assert strip(tree, *more) == 2
    assert not (tree / "out").exists()


def test_usage_errors_of_places(tree: Path) -> None:
    key, source = tree / "key", tree / "HONG_GILDONG"
    assert run("strip", tree / "nowhere", tree / "out", "--key", key) == 2
    assert run("strip", source, source, "--key", key) == 2
    assert run("strip", source, key, "--key", key) == 2
    key.write_text("short")
    assert strip(tree) == 2
    assert run() == 2


def test_check_names_what_identifies(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert strip(tree, "--day-zero", "2020-03-01", "--subject", "S03-0042-K") == 0
    capsys.readouterr()
    assert run("check", tree / "out") == 0
    assert "identifies" not in capsys.readouterr().out
    assert run("check", tree / "HONG_GILDONG", "--json") == 1
    out = capsys.readouterr().out
    rows = {row["input"]: row for row in json.loads(out)}
    assert rows["notes.txt"]["code"] == "not_dicom"
    assert "(0010,0010)" in {e["path"] for e in rows["sub/second"]["elements"]}
    assert "ildong" not in json.dumps(rows["sub/second"])
    assert run("check", tree / "HONG_GILDONG" / "sub" / "second", "--language", "ko") == 1
    assert "(0010,0010) Z" in capsys.readouterr().out


def test_it_runs_as_a_module(tree: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deid", "check", str(tree / "HONG_GILDONG")], capture_output=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == b""


def test_the_module_ends_with_the_exit_code(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["deid", "check", str(tree / "HONG_GILDONG" / "notes.txt")])
    with pytest.raises(SystemExit) as stop:
        runpy.run_module("deid", run_name="__main__")
    assert stop.value.code == 1
    assert capsys.readouterr().out.startswith("notes.txt: refused (")


def test_output_that_is_no_terminal_gets_the_same_words(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", said := StringIO())
    assert run("check", tree / "HONG_GILDONG" / "sub" / "second") == 1
    assert said.getvalue().startswith("second: identifies\n  (")


def test_what_is_no_plain_file_or_too_large_is_refused_without_reading_it(tree: Path) -> None:
    os.mkfifo(tree / "HONG_GILDONG" / "pipe")
    with (tree / "HONG_GILDONG" / "huge").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert strip(tree, "--report", tree / "report.json") == 0
    codes = {row["input"]: row["code"] for row in json.loads((tree / "report.json").read_text("utf-8"))}
    assert (codes["pipe"], codes["huge"]) == ("not_a_file", "too_large")


def test_what_cannot_be_read_is_told_apart(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / "HONG_GILDONG" / "link").symlink_to(tree / "nowhere")
    closed = tree / "HONG_GILDONG" / "sub" / "second"
    read = Path.read_bytes

    def refused(path: Path) -> bytes:
        if path == closed:
            raise PermissionError(13, "denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    assert strip(tree, "--report", tree / "report.json") == 0
    codes = {row["input"]: row["code"] for row in json.loads((tree / "report.json").read_text("utf-8"))}
    assert (codes["link"], codes["sub/second"]) == ("not_a_file", "unreadable")


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        (["--subject", "S03-0042-K"], 1),
        (["--day-zero", "2020-03-01"], 1),
        (["--subject", "S03-0042-K", "--many-patients"], 0),
        ([], 0),
    ],
)
def test_one_code_is_for_one_patient(
    tree: Path, capsys: pytest.CaptureFixture[str], more: list[str], refused: int
) -> None:
    other = make.ct(PatientID="99887766", PatientName="Choi^Minji", SOPInstanceUID="1.2.3")
    (tree / "HONG_GILDONG" / "x other").write_bytes(make.write(other))
    nobody = make.ct(PatientID="", PatientName="", SOPInstanceUID="1.2.4")
    (tree / "HONG_GILDONG" / "a nobody").write_bytes(make.write(nobody))
    assert strip(tree, "--report", tree / "report.json", "--receipt", tree / "receipt.json", *more) == 0
    codes = {row["input"]: row["code"] for row in json.loads((tree / "report.json").read_text("utf-8"))}
    assert codes["a nobody"] == codes["sub/second"] == ""
    assert codes["x other"] == ("another_patient" if refused else "")
    assert ("another_patient" in capsys.readouterr().out) is bool(refused)
    assert len(list((tree / "out").rglob("*.dcm"))) == 4 - refused


def test_files_that_share_their_uids_get_names_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number, kernel in enumerate(["Br40d", "Br60d", "Br40d", "Br70d", "Br60d"]):
        data = make.write(make.ct(ConvolutionKernel=kernel))
        (tmp_path / "in" / str(number)).write_bytes(data)
    rows = list(strip_tree(tmp_path / "in", tmp_path / "out", key=make.KEY))
    outputs = [str(row["output"]) for row in rows]
    assert outputs[0] == outputs[2]
    assert outputs[1] == outputs[4]
    kernels = [make.read((tmp_path / "out" / name).read_bytes()).ConvolutionKernel for name in outputs]
    assert kernels == ["Br40d", "Br60d", "Br40d", "Br70d", "Br60d"]


def test_a_target_that_cannot_be_written_is_said(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "out").mkdir()
    (tree / "blocker").write_text("")
    assert run("strip", tree / "HONG_GILDONG", tree / "blocker" / "x", "--key", tree / "key") == 1
    assert "Cannot write" in capsys.readouterr().err


@pytest.mark.parametrize("code", sorted(codes.TEXTS))
def test_every_code_speaks_both_languages(code: str) -> None:
    assert codes.message(code).isascii()
    korean = codes.message(code, where="(0010,0010)", language="ko")
    assert any("가" <= c <= "힣" for c in korean)
    assert korean.endswith("[(0010,0010)]")


def test_unknown_codes_are_programming_errors() -> None:
    with pytest.raises(ValueError, match="unknown"):
        codes.Refused("made_up")
