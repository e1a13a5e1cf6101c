"""Receipts: what they say, how they are signed, and that every way of changing one is found offline."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deid import Dates, signing, strip
from deid.receipt import Tally, bundle, canonical, digest, general
from tests.deid import make
from tests.deid.signed import OTHER, PRIVATE, chain, content, run

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def whole() -> list[dict[str, Any]]:
    return chain(4)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    public = signing.public_of(PRIVATE)
    path.write_text(json.dumps({"keys": [{"id": signing.key_id(public), "public_key": public.hex()}]}))
    return path


def test_a_receipt_counts_by_tag_and_holds_no_value() -> None:
    told = content(1, 2)
    assert (told["files"], told["same_pixels"], told["dates"]) == (2, 2, "admission")
    actions = {(row["element"], row["action"]): row["files"] for row in told["actions"]}
    assert actions["(0010,0010)", "Z"] == actions["(0008,0018)", "U"] == 2
    assert all(row["reason"] for row in told["actions"])
    assert [set(row) for row in told["instances"]] == [
        {"uid", "stored", "sent", "pixels_before", "pixels_after"}
    ] * 2
    assert told["series_uid"].startswith("2.25.")
    assert make.searched(canonical(told), "Gildong", "홍길동", "00123456", make.ROOT) == []
    assert digest(told) == digest(content(2, 1))
    assert Tally().content(dates="kept")["files"] == 0


def test_an_element_of_many_items_is_one_line_and_counts_files() -> None:
    assert general("(0040,0275)[0]>(0008,0050)") == "(0040,0275)[*]>(0008,0050)"
    items = [make.item(AccessionNumber=f"A{n}77") for n in range(3)]
    data = make.write(make.ct(ReferencedStudySequence=make.sequence(*items)))
    tally = Tally()
    tally.add(strip(data, uid_key=make.KEY, dates=Dates.keyed(make.KEY, "x")), stored="0" * 64)
    assert len({row["element"] for row in tally.leaked}) == len(tally.leaked)
    assert {row["files"] for row in tally.leaked} == {1}


def test_a_whole_chain_holds(
    whole: Any, keys: Path, write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("verify", write(bundle(whole)), "--keys", keys) == 0
    assert capsys.readouterr().out == "receipts read: 4, signatures that hold: 4, images that match: 0\n"
    each = [write(document, f"{n}.json") for n, document in enumerate(whole)]
    assert run("verify", *each, "--keys", keys) == 0


def test_a_gap_is_named_and_is_no_fault(
    whole: Any, keys: Path, write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("verify", write(bundle([whole[0], whole[3]])), "--keys", keys) == 0
    assert "receipts 2 to 3 are not among the given ones" in capsys.readouterr().out
    assert run("verify", write(bundle([whole[0], whole[3]])), "--keys", keys, "--language", "ko") == 0
    assert "2–3번 확인서가 없어" in capsys.readouterr().out


def changed(document: dict[str, Any], alter: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    copied = copy.deepcopy(document)
    alter(copied)
    return copied


ALTERATIONS: dict[str, Callable[[dict[str, Any]], object]] = {
    "count": lambda d: d["receipt"].update(files=9),
    "action": lambda d: d["receipt"]["actions"].pop(),
    "pixels": lambda d: d["receipt"]["instances"][0].update(pixels_after="0" * 64),
    "added": lambda d: d["receipt"].update(more="so"),
    "number": lambda d: d["receipt"].update(sequence=7),
    "previous": lambda d: d["receipt"].update(previous="1" * 64),
    "signature": lambda d: d["signature"].update(value="00" * 64),
    "not hex": lambda d: d["signature"].update(value="so"),
    "short": lambda d: d["signature"].update(value="00"),
    "algorithm": lambda d: d["signature"].update(algorithm="none"),
    "key inside": lambda d: d["receipt"].update(key="0" * 16),
}


@pytest.mark.parametrize("name", ALTERATIONS)
def test_whatever_is_altered_is_found(
    name: str, whole: Any, keys: Path, write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("verify", write(changed(whole[2], ALTERATIONS[name])), "--keys", keys) == 1
    assert "was changed after it was signed" in capsys.readouterr().out


def test_a_receipt_signed_by_somebody_else_is_found(
    keys: Path, write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    (forged,) = chain(1, OTHER)
    assert run("verify", write(forged), "--keys", keys) == 1
    assert "not among the given keys" in capsys.readouterr().out
    forged["signature"]["key"] = forged["receipt"]["key"] = signing.key_id(signing.public_of(PRIVATE))
    assert run("verify", write(forged), "--keys", keys) == 1
    assert run("verify", write({"receipt": forged["receipt"]}), "--keys", keys) == 1
    assert "is not signed" in capsys.readouterr().out


def resigned(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return signing.sign({**document["receipt"], **changes}, PRIVATE)


def test_a_replaced_receipt_breaks_the_chain_though_its_signature_holds(
    whole: Any, keys: Path, write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    replaced = [whole[0], resigned(whole[1], files=7), whole[2]]
    assert run("verify", write(bundle(replaced)), "--keys", keys) == 1
    assert "receipt 3: does not follow receipt 2" in capsys.readouterr().out
    assert run("verify", write(bundle([*whole, replaced[1]])), "--keys", keys) == 1
    assert "receipt 2: stands beside another receipt of the same number" in capsys.readouterr().out
    assert run("verify", write(resigned(whole[0], previous="1" * 64)), "--keys", keys) == 1
    assert "names one before it" in capsys.readouterr().out


def test_any_of_several_keys_verifies(whole: Any, tmp_path: Path, write: Callable[..., Path]) -> None:
    """A registry that changed its key: the old one and the new one are both given."""
    after = signing.sign({**content(5), "sequence": 5, "previous": digest(whole[3]["receipt"])}, OTHER)
    both = tmp_path / "both.pem"
    both.write_text("".join(signing.pem(signing.public_of(key)) for key in (OTHER, PRIVATE)))
    assert run("verify", write(bundle([*whole, after])), "--key", both) == 0
    both.write_text(signing.pem(signing.public_of(OTHER)))
    assert run("verify", write(bundle([*whole, after])), "--key", both) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not JSON"),
        ("[1]", "no receipt in it"),
        ("{}", "no kicc-receipt/1"),
        ('{"format": "kicc-receipts/1", "receipts": []}', "no kicc-receipt/1"),
        ('{"format": "kicc-receipts/1", "receipts": [1]}', "no kicc-receipt/1"),
        ('{"receipt": {"format": "kicc-receipt/2"}}', "no kicc-receipt/1"),
        ('{"receipt": {"format": "kicc-receipt/1", "sequence": "1"}}', "no kicc-receipt/1"),
        ('{"receipt": {"format": "kicc-receipt/1", "sequence": 1, "previous": "x"}}', "no kicc-receipt/1"),
        ('{"receipt": {"format": "kicc-receipt/1", "series_uid": "", "instances": [{}]}}', "no kicc-re"),
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"a": 1.5}', "whole numbers only"),
        ('{"a": NaN}', "whole numbers only"),
        ('{"a": true}', "no true, false or null"),
        ('{"a": null}', "no true, false or null"),
        ('{"a": "\\ud800"}', "not JSON"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_receipt_is_said(
    text: str, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "odd.json"
    path.write_text(text)
    assert run("verify", path) == 1
    assert why in capsys.readouterr().out
    assert run("verify", path, "--language", "ko") == 1
    assert "확인서로 읽을 수 없습니다" in capsys.readouterr().out


def test_usage_errors(
    whole: Any, keys: Path, tmp_path: Path, write: Callable[..., Path], capsys: Any
) -> None:
    signed, pem = write(whole[0], "signed.json"), tmp_path / "key.pem"
    pem.write_text("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
    assert run("verify") == 2
    assert run("verify", tmp_path / "nowhere.json") == 2
    assert run("verify", signed, "--keys", keys, "--series", tmp_path / "nowhere") == 2
    assert run("verify", signed) == 2
    assert "give --keys" in capsys.readouterr().err
    assert run("verify", signed, "--key", pem) == 2
    assert run("verify", signed, "--key", tmp_path) == 2
    assert run("verify", signed, "--keys", signed) == 2
    assert run("verify", signed, "--keys", keys, "--key", pem) == 2
    for text in ('{"keys": []}', '{"keys": [{"public_key": "ab"}]}', "-----BEGIN nothing"):
        pem.write_text(text)
        assert run("verify", signed, "--keys", pem) == 2
    assert run("verify", tmp_path, "--keys", keys) == 1


def test_strip_writes_receipts_and_signs_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, key = tmp_path / "in", tmp_path / "key"
    source.mkdir()
    for number in (1, 2):
        (source / str(number)).write_bytes(make.write(make.ct(SOPInstanceUID=f"1.2.{number}")))
    (source / "other").write_bytes(make.write(make.ct(SeriesInstanceUID="1.2.3.4")))
    key.write_text("ab" * 32)
    arguments: list[str | Path] = ["strip", source, tmp_path / "out", "--key", key, "--receipt"]
    receipt = tmp_path / "new" / "receipt.json"
    assert run(*arguments, receipt, "--day-zero", "2020-03-01") == 0
    told = json.loads(receipt.read_text("utf-8"))
    assert [d["receipt"]["files"] for d in told["receipts"]] in ([1, 2], [2, 1])
    assert all(set(d) == {"receipt"} for d in told["receipts"])
    assert run("verify", receipt, "--series", tmp_path / "out") == 0
    private = tmp_path / "private.pem"
    private.write_bytes(
        subprocess.run(
            ["openssl", "genpkey", "-algorithm", "ed25519"], capture_output=True, check=True
        ).stdout
    )
    public = subprocess.run(["openssl", "pkey", "-in", private, "-pubout"], capture_output=True, check=True)
    (tmp_path / "public.pem").write_bytes(public.stdout)
    assert run(*arguments, receipt, "--sign-key", private) == 0
    capsys.readouterr()
    assert run("verify", receipt, "--key", tmp_path / "public.pem", "--series", tmp_path / "out") == 0
    assert "receipts read: 2, signatures that hold: 2, images that match: 3" in capsys.readouterr().out
    assert json.loads(receipt.read_text("utf-8"))["receipts"][0]["receipt"]["dates"] == "keyed"
    assert run(*arguments, receipt, "--sign-key", tmp_path / "public.pem") == 2
    assert run("strip", source, tmp_path / "out", "--key", key, "--sign-key", private) == 2


def test_a_private_key_may_be_hexadecimal_digits() -> None:
    assert signing.read_private(PRIVATE.hex().encode() + b"\n") == PRIVATE


WITHOUT = """
import sys
sys.modules["cryptography"] = None
import deid, deid.cli, deid.receipt, deid.verify, deid.browser
sys.exit(deid.cli.main(sys.argv[1:]))
"""


def test_only_signatures_need_cryptography(write: Callable[..., Path], keys: Path, whole: Any) -> None:
    def without(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", WITHOUT, *map(str, arguments)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert without("verify", write({"receipt": content(1)})).returncode == 0
    pem = write("", "x.pem")
    pem.write_text(signing.pem(signing.public_of(PRIVATE)))
    for given in (("--key", pem), ("--keys", keys)):
        done = without("verify", write(whole[0]), *given)
        assert (done.returncode, "pip install cryptography" in done.stderr) == (2, True)


@pytest.mark.parametrize("given", ["--key", "--keys"])
def test_without_cryptography_what_is_missing_is_named(
    given: str, whole: Any, keys: Path, write: Callable[..., Path], monkeypatch: Any, capsys: Any
) -> None:
    pem = write("", "x.pem")
    pem.write_text(signing.pem(signing.public_of(PRIVATE)))
    signed = write(whole[0])
    for module in ("exceptions", "hazmat.primitives.asymmetric.ed25519"):
        monkeypatch.setitem(sys.modules, f"cryptography.{module}", None)
    assert run("verify", signed, given, pem if given == "--key" else keys) == 2
    assert "pip install cryptography" in capsys.readouterr().err
