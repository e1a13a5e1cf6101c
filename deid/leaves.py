"""What becomes of one value: lost, replaced, shifted, kept if it is what it should be."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from deid import charset, numbers, uids, values
from deid.dates import Dates, time
from deid.model import Finding
from deid.model import action as action_of
from deid.notes import Note, Notes
from deid.profile import RULES, Rule, vr_of
from deid.stream import Element, path_of
from deid.writer import Node

DUMMIES = {
    "PN": b"REMOVED",
    "DA": b"20000101",
    "DT": b"20000101",
    "TM": b"000000",
    "DS": b"0",
    "IS": b"0",
    "UI": b"",
    "SQ": b"",
}
TEXTUAL = values.TEXT | {"PN", "AE", "UR"}
PATIENT = {0x00100010, 0x00100020}
MOST_UIDS = 256
# Study, series and instance: no registered UID can be theirs.
OWN = frozenset({0x00080018, 0x0020000D, 0x0020000E})


@dataclass(slots=True)
class Leaves:
    """``buffer`` is the parsed one, ``little`` its byte order; ``dates_stay`` is False where no date can be
    trusted. ``notes`` are those of the element at hand.
    """

    buffer: bytes
    uid_key: bytes
    dates: Dates
    subject: str
    little: bool
    dates_stay: bool = True
    notes: Notes = field(default_factory=Notes)

    def value(self, element: Element) -> bytes:
        return self.buffer[element.begin : element.end]

    def declared(self, elements: list[Element], prefix: str, outer: charset.Charset) -> charset.Charset:
        for element in elements:
            if element.tag == 0x00080005:
                declared = charset.of(self.value(element).decode("latin-1").strip(" \0"))
                if not declared.known:
                    self.notes.findings.append(Finding("charset", "warning", prefix + "(0008,0005)"))
                return declared
        return outer

    def lost(self, element: Element, rule: Rule, path: str, active: charset.Charset) -> Node | None:
        value = self.value(element)
        written = b""
        if rule.action == "D":
            written = DUMMIES.get(rule.vr, b"REMOVED")
        elif rule.tag in PATIENT and path[0] == "(" and ">" not in path and self.subject:
            written = self.subject.encode("ascii")
        old = value.strip(b" \0")
        if old and old != written:
            self.notes.gather(rule.kind, value, active, path)
            self.notes.act(path, rule.action, rule.reason)
        return None if rule.action == "X" else Node(element.tag, rule.vr, written, path=path)

    def uid(self, element: Element, path: str) -> Node:
        value = self.value(element)
        parts = value.split(b"\\")
        if len(parts) > 1 and not (len(parts) <= MOST_UIDS and values.open_ended(element.tag)):
            self.notes.gather("uid", value, charset.DEFAULT, path)
            parts = [value]
        new: list[bytes] = []
        replace = uids.always if element.tag in OWN else uids.replace
        for part in parts:
            old = part.strip(b" \0").decode("latin-1")
            replaced = replace(self.uid_key, old) if old else ""
            if replaced != old and not uids.registered(old):
                self.notes.uids.append(old)
            new.append(replaced.encode("latin-1"))
        self.notes.actions.append(action_of(path, "U", "Replaced under the key"))
        return Node(element.tag, "UI", b"\\".join(new), path=path)

    def date(self, element: Element, rule: Rule, path: str) -> Node:
        shift = self.dates.datetime if rule.vr == "DT" else self.dates.date
        text = self.value(element).decode("latin-1").strip(" \0")
        parts = [part.strip() for part in text.split("\\")]
        moved = [(shift(part) or "") if self.dates_stay else "" for part in parts]
        if any(part and not new for part, new in zip(parts, moved, strict=True)):
            if self.dates.days is not None:
                self.notes.findings.append(Finding("invalid_value", "warning", path))
                self.notes.act(path, "Z", "Not a date that can be shifted")
            else:
                self.notes.act(path, "Z", "A true date, or nothing says that it was shifted")
        true = "\\".join(part for part, new in zip(parts, moved, strict=True) if new != part)
        if true:
            self.notes.gather("date", true.encode("latin-1"), charset.DEFAULT, path)
        if text:
            self.notes.actions.append(action_of(path, "S", rule.reason))
        return Node(element.tag, rule.vr, "\\".join(moved).encode(), path=path)

    def kept(
        self,
        element: Element,
        vr: str,
        path: str,
        active: charset.Charset,
        action: str,
        reason: str,
        *,
        type: str = "",
        form: str = "",
    ) -> Node | None:
        value = self.value(element)
        if " or " in vr:
            choices = vr.split(" or ")
            vr = (
                element.vr
                if element.vr in choices
                else "OW"
                if "OW" in choices and len(value) > 6
                else choices[0]
            )
        tag = element.tag
        bad = not values.fits(value, vr, tag)
        if values.SIZES.get(vr, 1) > 1 and element.little != self.little:
            bad = True
        if vr in {"UL", "US"} and values.open_ended(tag):
            bad = bad or not values.are_counts(value, values.SIZES[vr], little=element.little)
        node = Node(tag, vr, value, path=path, type=type)
        if vr == "TM":
            moved = [time(part.strip()) for part in value.decode("latin-1").strip(" \0").split("\\")]
            bad = bool(value.strip(b" \0")) and None in moved
            node.value = "\\".join(part or "" for part in moved).encode()
            self.notes.numbers.append(node)
        elif vr == "UI":
            parts = [part.strip(b" \0").decode("latin-1") for part in value.split(b"\\")]
            if any(part and not uids.of_standard(part) for part in parts):
                return self.uid(element, path)
        elif tag == 0x00080201:
            bad = bool(value.strip(b" \0")) and not values.is_offset(value)
        elif tag == 0x00080005:
            declared = charset.of(value.decode("latin-1").strip(" \0"))
            if not declared.known:
                self.remove(element, path, "X", "Not a defined term")
                return None
            node.value = "\\".join(declared.terms).encode()
            if node.value != value.strip(b" \0"):
                self.notes.act(path, "C", "Written as the defined terms")
            return node
        elif vr in TEXTUAL:
            self.notes.texts.append(Note(node, action, active, reason, form))
        elif (vr in {"DS", "IS"} and len(value) >= 5) or (vr in numbers.BINARY and not bad):
            self.notes.numbers.append(node)
        if bad:
            self.notes.empty(node, partial(values.fits, vr=vr, tag=tag) if vr in values.LISTED else _nothing)
        return node

    def remove(self, element: Element, path: str, action: str, reason: str) -> None:
        if element.items or self.value(element).strip(b" \0"):
            self.notes.act(path, action, reason)

    def gather_lost(self, element: Element, active: charset.Charset) -> None:
        """Identifiers inside something that goes as a whole."""
        if element.items is not None:
            for item in element.items:
                inner = self.declared(item, "", active)
                for child in item:
                    self.gather_lost(child, inner)
            return
        rule = RULES.get(element.tag)
        if rule is not None and rule.kind and rule.action != "K":
            self.notes.gather(rule.kind, self.value(element), active, path_of(element.tag))
        elif element.vr == "PN" or vr_of(element.tag) == "PN":
            self.notes.gather("name", self.value(element), active, path_of(element.tag))


def _nothing(_: bytes) -> bool:
    return False
