"""What is noted on the way: actions, findings, identifiers found, and text that waits for all of them.

Text cannot be judged before the whole file was seen; ``judge`` does so at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from deid import charset, numbers, values
from deid.bounds import MAX_IDENTIFYING
from deid.codes import Refused
from deid.model import Action, Finding
from deid.model import action as action_of
from deid.terms import Terms
from deid.text import clean, keep
from deid.vocabulary import coded
from deid.writer import Node

DUMMY = "REMOVED"
# What stands for a value that its attribute must have; US says that the values have no unit.
DUMMIES = {0x00281054: "US", 0x00283004: "US"}
# What stands for a value of a coded entry that had to go whole: the item needs one.
CODED = {0x00080100: "LOCAL", 0x00080119: "LOCAL", 0x00080102: "99LOCAL", 0x00080104: DUMMY}


@dataclass(slots=True)
class Note:
    """Text to be judged when all identifiers are known: kept as far as it has its ``form`` (see
    ``device.kept``) and does not identify (K), cleaned (C), or replaced by a fixed value where cleaning would
    alter it (D). Coded values (VR CS) must also be made of words that codes are made of.
    """

    node: Node
    mode: str
    charset: charset.Charset
    reason: str
    form: str = ""


class Notes:
    """The notes on one element of the data set, or on what lies outside it."""

    __slots__ = ("actions", "changed", "findings", "found", "numbers", "texts", "uids")

    def __init__(self) -> None:
        self.actions: list[Action] = []
        self.changed: list[Action] = []
        self.findings: list[Finding] = []
        self.found: list[tuple[str, str]] = []
        self.uids: list[str] = []
        self.texts: list[Note] = []
        self.numbers: list[Node] = []

    def act(self, path: str, letter: str, reason: str) -> None:
        """Notes that something was altered: removed (X), emptied (Z), replaced (D) or cleaned (C)."""
        note = action_of(path, letter, reason)
        self.actions.append(note)
        self.changed.append(note)

    def empty(self, node: Node, keep: Callable[[bytes], bool]) -> None:
        """Takes away what does not fit or repeats an identifier; where others can stand alone, that part."""
        node.value = values.only(node.value, keep) if values.open_ended(node.tag) else b""
        self.findings.append(Finding("invalid_value", "warning", node.path))
        self.act(node.path, "Z", "The value does not fit its VR, or repeats an identifier")

    def gather(self, kind: str, value: bytes, active: charset.Charset, path: str) -> None:
        """Remembers an identifier of the given kind (see ``profile.KINDS``), found at ``path``."""
        if kind and len(value) > MAX_IDENTIFYING:
            raise Refused("too_large", path)
        if not kind:
            return
        for text in active.readings(value.strip(b" \0")):
            if not text or text == DUMMY:
                continue
            if kind == "uid":
                self.uids.extend(part.strip() for part in text.split("\\"))
            elif kind == "name":
                self.found.extend(("name", part) for part in text.split("\\") if part)
            elif kind == "date":
                self.found.extend(("date", _day(part.strip())) for part in text.split("\\") if part)
            else:
                self.found.append((kind, text))

    def judge(self, terms: Terms) -> None:
        """Judges the noted text and numbers, now that every identifier of the file is known."""
        for note in self.texts:
            if note.node.value:
                self._judge(note, terms)
        if terms.digits:
            for node in self.numbers:
                if numbers.tells(node.value, node.vr, terms.counted):
                    self._hide(node, terms.counted)

    def _hide(self, node: Node, known: numbers.Known) -> None:
        """Takes away the part that is an identifier, or all where the parts together are one."""
        alone = partial(numbers.harmless, vr=node.vr, known=known)
        together = node.vr in numbers.BINARY or all(map(alone, node.value.split(b"\\")))
        self.empty(node, (lambda _: False) if together else alone)

    def _judge(self, note: Note, terms: Terms) -> None:
        node = note.node
        text, trusted = note.charset.decode(node.value)
        text = text.rstrip(" \0")
        parts = [text] if node.vr in values.SINGLE_VALUED else text.split("\\")
        if note.mode == "C":
            new = [clean(part, terms) for part in parts]
        elif note.mode == "D":
            new = [part if clean(part, terms) == part else "" for part in parts]
        elif node.vr == "CS":
            new = ["" if terms.identifies(part) or not coded(part) else part for part in parts]
        else:
            new = [part if part == DUMMY else keep(part, note.form, terms) for part in parts]
        if node.tag in CODED:
            new = [
                kept if kept or not part else CODED[node.tag] for kept, part in zip(new, parts, strict=True)
            ]
        if node.type == "1" and node.vr != "CS" and any(parts) and not any(new):
            new = [DUMMIES.get(node.tag, DUMMY)]
        if trusted and new == parts:
            return
        encoded = note.charset.encode("\\".join(new)) if trusted else None
        if encoded is None:
            encoded = "\\".join(_ascii(part, note.mode, terms) for part in new).encode()
            self.findings.append(Finding("charset", "warning", node.path))
        if encoded.strip(b" \0") != node.value.strip(b" \0"):
            self.act(node.path, "C", note.reason)
        node.value = encoded


def _ascii(part: str, mode: str, terms: Terms) -> str:
    """What any character set can say: of cleaned text the words that are ASCII, else all or nothing."""
    if part.isascii():
        return part
    return clean(" ".join(word for word in part.split() if word.isascii()), terms) if mode == "C" else ""


def _day(text: str) -> str:
    """The date of a DA or DT value, so that times of day do not make every slice's identifiers differ."""
    return text[:8] if text[:8].isdigit() else text[:10]
