"""Answers against outputs: what was met, by category and by kind of plant, and every miss by its element."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydicom.dataset import Dataset

from deid.exam.answers import Answer, Demand, Miss, shown
from deid.exam.seen import Seen, even, is_path

PAD = b" \0"


@dataclass(slots=True)
class Output:
    """What became of one file: the bytes that came out, or why none did. ``picture`` is a file that decodes
    to what its pixels must show; ``days`` is how far its dates must move; ``name`` is the output's file
    name.
    """

    picture: bytes
    result: bytes | None
    refused: str = ""
    days: int = 0
    name: str = ""


@dataclass(slots=True)
class Score:
    """Passed and total by category and by kind of plant; ``misses`` in the order of the key."""

    categories: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    kinds: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    misses: list[Miss] = field(default_factory=list)

    def note(self, answer: Answer, wrong: str) -> None:
        for count in (self.categories[answer.demand.value], self.kinds[answer.kind]):
            count["total"] += 1
            count["passed"] += not wrong
        if wrong:
            self.misses.append(Miss(answer, wrong))

    @property
    def total(self) -> int:
        return sum(count["total"] for count in self.categories.values())

    @property
    def passed(self) -> int:
        return sum(count["passed"] for count in self.categories.values())


def score(answers: Iterable[Answer], outputs: Mapping[str, Output]) -> Score:
    """Judges every answer by the file that came out. A file that was refused meets none of its answers: it
    says nothing, but it also gives nothing.
    """
    result = Score()
    marks = _Marks(outputs)
    asked = list(answers)
    uids = _Uids()
    for answer in asked:
        seen = marks.seen(answer.file)
        if isinstance(seen, Seen) and answer.demand is Demand.UID_CONSISTENT:
            uids.learn(answer, seen)
    for answer in asked:
        seen = marks.seen(answer.file)
        if isinstance(seen, str):
            result.note(answer, seen)
        elif answer.demand is Demand.UID_CONSISTENT:
            result.note(answer, uids.judge(answer, seen))
        else:
            result.note(answer, judge(answer, seen, outputs[answer.file]))
    return result


class _Marks:
    """Outputs read once; a text where there is none to read."""

    def __init__(self, outputs: Mapping[str, Output]) -> None:
        self.outputs = outputs
        self.read: dict[str, Seen | str] = {}

    def seen(self, name: str) -> Seen | str:
        if name not in self.read:
            self.read[name] = self._look(name)
        return self.read[name]

    def _look(self, name: str) -> Seen | str:
        output = self.outputs.get(name)
        if output is None:
            return "no output"
        if output.result is None:
            return f"refused: {output.refused}"
        try:
            return Seen(output.result)
        except Exception as error:  # any reader's error is the finding
            return f"the output cannot be read: {type(error).__name__}"


class _Uids:
    """Which new UIDs each old one got, over all files."""

    def __init__(self) -> None:
        self.new: dict[bytes, Counter[bytes]] = defaultdict(Counter)
        self.old: dict[bytes, set[bytes]] = defaultdict(set)

    def learn(self, answer: Answer, seen: Seen) -> None:
        value = seen.value(answer.place)
        if isinstance(value, bytes) and value:
            self.new[answer.value][value] += 1
            self.old[value].add(answer.value)

    def judge(self, answer: Answer, seen: Seen) -> str:
        value = seen.value(answer.place)
        if not isinstance(value, bytes) or not value:
            return "" if answer.optional else "the UID is gone, and a reference with it"
        usual = self.new[answer.value].most_common(1)[0][0]
        if value != usual:
            return "another UID than elsewhere for the same original"
        if len(self.old[value]) > 1:
            return "the same UID for two originals"
        return ""


def judge(answer: Answer, seen: Seen, output: Output) -> str:
    """What is wrong, or nothing."""
    if answer.place == "the file name":
        said = [secret for secret in answer.secrets if even(secret) in even(output.name)]
        return f"the output's name says {', '.join(said)}" if said else ""
    leaked = [secret for secret in answer.secrets if seen.finds(secret)]
    if answer.demand is Demand.PIXELS_RETAINED:
        return _pixels(answer, seen, output)
    value = _at(answer, seen)
    if leaked:
        where = " in its element" if isinstance(value, bytes) and _holds(value, leaked) else " in the file"
        return f"still there{where}: {', '.join(leaked)}"
    if answer.demand is Demand.REMOVED:
        return _removed(answer, value)
    if answer.demand is Demand.UID_CHANGED:
        return "the old UID is still there" if value == answer.value else _uid(value)
    if answer.demand is Demand.TEXT_RETAINED:
        return _words(answer, value)
    if answer.demand is Demand.DATE_SHIFTED:
        return _date(answer, value, output.days)
    if answer.demand is Demand.REQUIRED:
        if value is None:
            return "the element is gone"
        return (
            ""
            if not answer.value or value == answer.value
            else f"expected {_show(answer.value)}, got {_show(value)}"
        )
    if answer.optional and not value:
        return ""
    if answer.demand is Demand.RETAINED and value != answer.value.rstrip(PAD):
        return f"expected {_show(answer.value)}, got {_show(value)}"
    return ""


def _at(answer: Answer, seen: Seen) -> bytes | Dataset | None:
    return seen.value(answer.place) if is_path(answer.place) else None


def _holds(value: bytes, leaked: list[str]) -> bool:
    return any(
        even(secret) in even(value.decode(encoding, "ignore"))
        for secret in leaked
        for encoding in ("utf-8", "cp949", "latin-1")
    )


def _removed(answer: Answer, value: bytes | Dataset | None) -> str:
    if answer.secrets or value is None or value == b"":
        return ""
    if not answer.value:
        return "the element is still there"
    return "the value is still there" if value == answer.value.rstrip(PAD) else ""


def _uid(value: bytes | Dataset | None) -> str:
    if not isinstance(value, bytes):
        return ""
    valid = len(value) <= 64 and all(
        part.isdigit() and (part == b"0" or part[:1] != b"0") for part in value.split(b".")
    )
    return "" if valid or not value else "not a UID"


def _words(answer: Answer, value: bytes | Dataset | None) -> str:
    if not isinstance(value, bytes):
        return f"the text is gone; expected {' '.join(answer.kept)}"
    texts = [
        even(value.replace(b"\x1b$)C", b"").decode(encoding, "ignore")) for encoding in ("utf-8", "cp949")
    ]
    for text in texts:
        spot = 0
        for word in answer.kept:
            spot = text.find(even(word), spot)
            if spot < 0:
                break
        else:
            return ""
    return f"expected the words {' '.join(answer.kept)}, got {_show(value)}"


def _date(answer: Answer, value: bytes | Dataset | None, days: int) -> str:
    if not value or not isinstance(value, bytes):
        return "" if answer.optional else "the date is gone"
    wanted = b"\\".join(_shifted(part, days) for part in answer.value.split(b"\\"))
    return "" if value == wanted else f"expected {_show(wanted)}, got {_show(value)}"


def _shifted(part: bytes, days: int) -> bytes:
    day = datetime.strptime(part[:8].decode(), "%Y%m%d") + timedelta(days=days)
    return day.strftime("%Y%m%d").encode() + part[8:]


def _pixels(answer: Answer, seen: Seen, output: Output) -> str:
    if answer.value:
        same = seen.native[: len(answer.value)] == answer.value
        return "" if same else "the bytes of the pixels differ"
    source = Seen(output.picture)
    if not source.dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        return "" if seen.native == source.native else "the bytes of the pixels differ"
    try:
        return "" if seen.picture == source.picture else "the decoded picture differs"
    except Exception as error:  # a decoder's error is the finding
        return f"the picture does not decode: {type(error).__name__}"


def _show(value: bytes | Dataset | None) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Dataset):
        return "a sequence"
    return f"'{shown(value[:60])}'"
