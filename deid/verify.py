"""Do receipts hold? Signature, chain, and the images that they speak of; offline, by public keys."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deid import signing
from deid.codes import Refused, message
from deid.dates import Dates
from deid.engine import MIN_KEY, strip
from deid.reading import MAX_BYTES, header
from deid.receipt import BUNDLE, FORMAT, digest
from deid.signing import Document, Keys
from deid.tree import files, load

FIRST = "0" * 64
_HEX = re.compile(r"[0-9a-f]{64}")

TEXTS: dict[str, tuple[str, str]] = {
    "held": (
        "receipts read: {receipts}, signatures that hold: {signed}, images that match: {images}",
        "읽은 확인서 {receipts}건, 유효한 서명 {signed}건, 일치하는 영상 {images}개",
    ),
    "unreadable": (
        "cannot be read as receipts: {why}. Give the file as the registry or this program wrote it.",
        "확인서로 읽을 수 없습니다: {why}. 레지스트리나 이 프로그램이 만든 그대로의 파일을 지정하십시오.",
    ),
    "unsigned": (
        "is not signed, so anybody may have written it.",
        "서명이 없어 누가 작성했는지 알 수 없습니다.",
    ),
    "unknown_key": (
        "is signed with key {key}, which is not among the given keys. Fetch the registry's receipt-keys.",
        "주어진 키에 없는 {key} 키로 서명되었습니다. 레지스트리의 receipt-keys를 받아 사용하십시오.",
    ),
    "bad_signature": (
        "was changed after it was signed, or the signature is not by key {key}. Ask for the receipt again.",
        "서명 뒤에 변경되었거나 {key} 키의 서명이 아닙니다. 확인서를 다시 받으십시오.",
    ),
    "forked": (
        "stands beside another receipt of the same number. Only one can be in the chain.",
        "같은 번호의 다른 확인서가 있습니다. 둘 중 하나만 사슬에 속할 수 있습니다.",
    ),
    "broken": (
        "does not follow receipt {before}: one of the two was replaced.",
        "{before}번 확인서에 이어지지 않습니다. 둘 중 하나가 바뀌었습니다.",
    ),
    "not_first": (
        "is the first and names one before it.",
        "첫 확인서인데 앞선 확인서가 적혀 있습니다.",
    ),
    "gap": (
        "receipts {first} to {last} are not among the given ones, so the chain was not followed there",
        "{first}–{last}번 확인서가 없어 그 구간은 확인하지 못했습니다",
    ),
    "stranger": (
        "is in none of the receipts.",
        "어느 확인서에도 없는 영상입니다.",
    ),
    "other_pixels": (
        "has other pixels than its receipt says.",
        "픽셀이 확인서와 다릅니다.",
    ),
    "refused": (
        "cannot be compared. {why}",
        "비교할 수 없습니다. {why}",
    ),
    "missing": (
        "images of this series that are not among the given files: {count}.",
        "이 시리즈의 영상 {count}개가 주어진 파일에 없습니다.",
    ),
    "other_header": (
        "files with the right pixels and another header than the receipt says: {count}",
        "파일 {count}개는 픽셀이 같으나 헤더가 확인서와 다릅니다",
    ),
    "no_files": ("holds no file to compare.", "비교할 파일이 없습니다."),
}


@dataclass
class Report:
    """What is wrong, what was not looked at, and how much held. Sentences in one language."""

    language: str = "en"
    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    receipts: int = 0
    signed: int = 0
    images: int = 0

    def bad(self, where: str, code: str, **values: object) -> None:
        self.wrong.append(f"{where}: {self.say(code, **values)}")

    def note(self, code: str, **values: object) -> None:
        self.notes.append(self.say(code, **values))

    def lines(self) -> list[str]:
        """The report as it is printed: what held, what was not looked at, what is wrong."""
        told = self.say("held", receipts=self.receipts, signed=self.signed, images=self.images)
        return [told, *(f"  {line}" for line in self.notes), *self.wrong]

    def say(self, code: str, **values: object) -> str:
        return TEXTS[code][self.language == "ko"].format(**values)


class Unreadable(ValueError):
    """The bytes are no receipts; the text says why."""


def read(data: bytes) -> list[Document]:
    """The receipts of a file: one, or a bundle. Raises Unreadable."""
    try:
        told = json.loads(data, object_pairs_hook=_once, parse_float=_no_float, parse_constant=_no_float)
        json.dumps(told, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error) if isinstance(error, Unreadable) else "it is not JSON") from None
    if not isinstance(told, dict):
        raise Unreadable("there is no receipt in it")
    found = told.get("receipts") if told.get("format") == BUNDLE else [told]
    if not isinstance(found, list) or not found or not all(_shaped(document) for document in found):
        raise Unreadable(f"it holds something that is no {FORMAT}")
    return found


def verify(documents: Sequence[tuple[str, Document]], *, keys: Keys | None, report: Report) -> None:
    """Signatures, where ``keys`` are given, and the chain. ``documents``: name of the file and receipt."""
    for where, document in documents:
        report.receipts += 1
        if keys is not None:
            _signature(where, document, keys, report)
    _chain([(where, d["receipt"]) for where, d in documents if "sequence" in d["receipt"]], report)


def compare(documents: Sequence[tuple[str, Document]], source: Path, *, report: Report) -> None:
    """The images of ``source`` (a file, a folder, or the registry's ZIP) against the receipts."""
    contents = sorted((d["receipt"] for _, d in documents), key=lambda content: content.get("sequence", 0))
    rows = {row["uid"]: (row, content["series_uid"]) for content in contents for row in content["instances"]}
    seen: set[str] = set()
    series: set[str] = set()
    other_header = 0
    for name, data in _images(source, report):
        try:
            uid, pixels = _look(data)
        except Refused as error:
            report.bad(name, "refused", why=message(error.code, where=error.where, language=report.language))
            continue
        if uid not in rows:
            report.bad(name, "stranger")
            continue
        row, its_series = rows[uid]
        seen.add(uid)
        series.add(its_series)
        if pixels != row["pixels_after"]:
            report.bad(name, "other_pixels")
            continue
        report.images += 1
        other_header += hashlib.sha256(data).hexdigest() != row["stored"]
    if not seen and not report.wrong:
        report.bad(source.name, "no_files")
    for name in sorted(series):
        missing = sum(its == name and uid not in seen for uid, (_, its) in rows.items())
        if missing:
            report.bad(name, "missing", count=missing)
    if other_header:
        report.note("other_header", count=other_header)


def _signature(where: str, document: Document, keys: Keys, report: Report) -> None:
    signature = document.get("signature")
    if not isinstance(signature, dict):
        report.bad(where, "unsigned")
        return
    name = str(signature.get("key"))
    if name not in keys:
        report.bad(where, "unknown_key", key=name)
    elif not signing.holds(document, keys[name]):
        report.bad(where, "bad_signature", key=name)
    else:
        report.signed += 1


def _chain(contents: Sequence[tuple[str, dict[str, Any]]], report: Report) -> None:
    by_number: dict[int, dict[str, Any]] = {}
    for where, content in contents:
        number = content["sequence"]
        if digest(by_number.setdefault(number, content)) != digest(content):
            report.bad(f"{where}, receipt {number}", "forked")
    last = 0
    for number in sorted(by_number):
        name, content = f"receipt {number}", by_number[number]
        if number == 1 and content["previous"] != FIRST:
            report.bad(name, "not_first")
        elif last and number == last + 1 and content["previous"] != digest(by_number[last]):
            report.bad(name, "broken", before=last)
        elif last and number > last + 1:
            report.note("gap", first=last + 1, last=number - 1)
        last = number


def _look(data: bytes) -> tuple[str, str]:
    """Instance UID as it stands in the file, and hex SHA-256 of its image. Raises Refused."""
    result = strip(data, uid_key=bytes(MIN_KEY), dates=Dates.keep())
    return str(header(data).SOPInstanceUID), result.pixel_sha256_before


def _images(source: Path, report: Report) -> Iterator[tuple[str, bytes]]:
    if source.is_file() and zipfile.is_zipfile(source):
        yield from _packed(source, report)
        return
    for path in files(source):
        name = path.relative_to(source).as_posix() if source.is_dir() else path.name
        try:
            yield name, load(path)
        except Refused as error:
            report.bad(name, "refused", why=message(error.code, language=report.language))


def _packed(source: Path, report: Report) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(source) as archive:
        for entry in archive.infolist():
            code = "too_large" if entry.file_size > MAX_BYTES else ""
            try:
                data = b"" if code else archive.read(entry)
            except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError):
                code = "unreadable"
            if code:
                report.bad(entry.filename, "refused", why=message(code, language=report.language))
            else:
                yield entry.filename, data


def _shaped(document: object) -> bool:
    """Whether it has what is read of it here, in the types that the format says."""
    content = document.get("receipt") if isinstance(document, dict) else None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        return False
    chained = "sequence" in content
    if chained and not (type(content["sequence"]) is int and content["sequence"] > 0):
        return False
    if chained and not _is_hex(content.get("previous")):
        return False
    rows = content.get("instances")
    return (
        isinstance(content.get("series_uid"), str)
        and isinstance(rows, list)
        and all(isinstance(row, dict) and _row(row) for row in rows)
    )


def _row(row: dict[str, Any]) -> bool:
    hashes = (row.get("stored"), row.get("pixels_before"), row.get("pixels_after"))
    return isinstance(row.get("uid"), str) and all(_is_hex(value) for value in hashes)


def _is_hex(value: object) -> bool:
    return isinstance(value, str) and bool(_HEX.fullmatch(value))


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are all different: of two alike, programs disagree about which one counts."""
    out: dict[str, Any] = {}
    for name, value in pairs:
        if name in out:
            raise Unreadable(f"the name {name[:40]!r} stands twice in one object")
        if value is None or isinstance(value, bool):
            raise Unreadable(f"a receipt holds no true, false or null, as at {name[:40]!r}")
        out[name] = value
    return out


def _no_float(text: str) -> Any:
    raise Unreadable(f"a receipt holds whole numbers only, not {text[:40]}")
