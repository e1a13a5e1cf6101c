"""One walk over the parsed elements: each gets its action, what stays becomes nodes."""

from __future__ import annotations

from dataclasses import dataclass, field

from deid import charset, uids, values
from deid.codes import Refused
from deid.dates import Dates, time
from deid.markers import TAGS as MARKERS
from deid.model import Action, Finding
from deid.notes import Note, Notes
from deid.profile import PRIVATE, RULES, Rule, vr_of
from deid.stream import PIXEL_DATA, Element, path_of
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
STANDARD_SCHEMES = frozenset(
    {
        b"DCM",
        b"SCT",
        b"SRT",
        b"SNM3",
        b"99SDM",
        b"UCUM",
        b"LN",
        b"FMA",
        b"RADLEX",
        b"NCIt",
        b"UMLS",
        b"RXNORM",
        b"MTF",
        b"SRT-D",
        b"I9C",
        b"I10",
        b"ICD10",
        b"C4",
        b"CD5",
        b"NDC",
        b"DCMUID",
    }
)
TEXTUAL = values.TEXT | {"PN", "AE", "UR"}
PATIENT = {0x00100010, 0x00100020}


@dataclass(slots=True)
class Walk(Notes):
    """``buffer`` is the parsed one, ``little`` its byte order; ``dates_stay`` is False where no date can be
    trusted.
    """

    buffer: bytes = b""
    uid_key: bytes = b""
    dates: Dates = field(default_factory=Dates.keep)
    subject: str = ""
    little: bool = True
    dates_stay: bool = True

    def elements(self, elements: list[Element], prefix: str, outer: charset.Charset) -> list[Node]:
        """Nodes of one data set or item, in the order of their tags."""
        active = self._charset(elements, prefix, outer)
        creators = self._creators(elements)
        known_scheme = self._scheme(elements)
        nodes: dict[int, Node] = {}
        for element in elements:
            tag = element.tag
            if tag == PIXEL_DATA and not prefix:
                continue
            path = prefix + path_of(tag)
            if tag in nodes:
                self.act(path, "X", "The element appears twice")
                continue
            rule = RULES.get(tag)
            if rule is not None and tag >> 16 > 7:
                node = self._known(element, rule, path, active, known_scheme)
            else:
                node = self._unknown(element, path, active, creators)
            if node is not None:
                nodes[tag] = node
        self._drop_idle_creators(nodes)
        return [nodes[tag] for tag in sorted(nodes)]

    def _value(self, element: Element) -> bytes:
        return self.buffer[element.begin : element.end]

    def _charset(self, elements: list[Element], prefix: str, outer: charset.Charset) -> charset.Charset:
        for element in elements:
            if element.tag == 0x00080005:
                declared = charset.of(self._value(element).decode("latin-1").strip(" \0"))
                if not declared.known:
                    self.findings.append(Finding("charset", "warning", prefix + "(0008,0005)"))
                return declared
            if element.tag > 0x00080005:
                break
        return outer

    def _creators(self, elements: list[Element]) -> dict[int, str]:
        return {
            e.tag: self._value(e).decode("latin-1").strip(" \0")
            for e in elements
            if e.tag >> 16 & 1 and 0x10 <= e.tag & 0xFFFF <= 0xFF
        }

    def _scheme(self, elements: list[Element]) -> bool:
        return any(e.tag == 0x00080102 and self._value(e).strip(b" \0") in STANDARD_SCHEMES for e in elements)

    def _drop_idle_creators(self, nodes: dict[int, Node]) -> None:
        used = {
            (tag & 0xFFFF0000) | (tag >> 8 & 0xFF) for tag in nodes if tag >> 16 & 1 and tag & 0xFFFF > 0xFF
        }
        for tag in [t for t in nodes if t >> 16 & 1 and t & 0xFFFF <= 0xFF and t not in used]:
            self.act(nodes[tag].path, "X", "Creator of no kept element")
            del nodes[tag]

    def _unknown(
        self, element: Element, path: str, active: charset.Charset, creators: dict[int, str]
    ) -> Node | None:
        tag = element.tag
        if tag & 0xFFFF == 0 and element.end - element.begin == 4:
            self.actions.append(Action(path, "K", "Retired group length, not written"))
            return None
        if tag >> 16 & 1:
            if tag in creators and any(key[0] == tag >> 16 and key[1] == creators[tag] for key in PRIVATE):
                return Node(tag, "LO", self._value(element), path=path)
            creator = creators.get((tag & 0xFFFF0000) | (tag >> 8 & 0xFF), "")
            vr = PRIVATE.get((tag >> 16, creator, tag & 0xFF))
            if vr is not None and element.items is None and values.agrees(element.vr, vr):
                return self._kept_value(element, vr, path, active, "C" if vr == "SH" else "K", "Safe private")
        self.gather_lost(element, active)
        self._remove(element, path, "X", "Not in the profile")
        return None

    def _known(
        self, element: Element, rule: Rule, path: str, active: charset.Charset, known_scheme: bool
    ) -> Node | None:
        action = rule.action
        if rule.tag in MARKERS:
            if rule.tag == 0x00120063 and not self._value(element).startswith(b"kicc-deid/"):
                self._remove(element, path, "X", rule.reason)
            return None
        if rule.vr == "SQ":
            return self._sequence(element, rule, path, active)
        if element.items is not None or not values.agrees(element.vr, rule.vr):
            self.gather_lost(element, active)
            self._remove(element, path, "X", "The VR contradicts the dictionary")
            return None
        if action in "XZD":
            return self._lost(element, rule, path, active)
        if action == "U":
            return self._uid(element, path)
        if action == "S":
            return self._date(element, rule, path)
        if action == "K" and not known_scheme and rule.tag == 0x00080104:
            action = "C"
        return self._kept_value(element, rule.vr, path, active, action, rule.reason)

    def _sequence(self, element: Element, rule: Rule, path: str, active: charset.Charset) -> Node | None:
        if element.vr != "SQ" and element.items is None and element.end > element.begin:
            self._remove(element, path, "X", "The VR contradicts the dictionary")
            return None
        if rule.action != "K":
            self.gather_lost(element, active)
            self._remove(element, path, rule.action, rule.reason)
            return Node(element.tag, "SQ", items=[], path=path) if rule.action == "Z" else None
        if element.items is None:
            if element.end > element.begin:
                raise Refused("corrupt", path)
            element.items = []
        items = [self.elements(item, f"{path}[{i}]>", active) for i, item in enumerate(element.items)]
        return Node(element.tag, "SQ", items=items, path=path)

    def _lost(self, element: Element, rule: Rule, path: str, active: charset.Charset) -> Node | None:
        value = self._value(element)
        written = b""
        if rule.action == "D":
            written = DUMMIES.get(rule.vr, b"REMOVED")
        elif rule.tag in PATIENT and path[0] == "(" and ">" not in path and self.subject:
            written = self.subject.encode("ascii")
        old = value.strip(b" \0")
        if old and old != written:
            self.gather(rule.kind, value, active)
            self.act(path, rule.action, rule.reason)
        return None if rule.action == "X" else Node(element.tag, rule.vr, written, path=path)

    def _uid(self, element: Element, path: str) -> Node:
        new: list[bytes] = []
        for part in self._value(element).split(b"\\"):
            old = part.strip(b" \0").decode("latin-1")
            replaced = uids.replace(self.uid_key, old) if old else ""
            if replaced != old:
                self.old_uids.add(old)
            new.append(replaced.encode("latin-1"))
        self.actions.append(Action(path, "U", "Replaced under the key"))
        return Node(element.tag, "UI", b"\\".join(new), path=path)

    def _date(self, element: Element, rule: Rule, path: str) -> Node:
        shift = self.dates.datetime if rule.vr == "DT" else self.dates.date
        text = self._value(element).decode("latin-1").strip(" \0")
        parts: list[str] = []
        for part in text.split("\\"):
            moved = shift(part.strip()) if self.dates_stay else None
            if part.strip() and moved is None:
                if self.dates.days is not None:
                    self.findings.append(Finding("invalid_value", "warning", path))
                    self.act(path, "Z", "Not a date that can be shifted")
                else:
                    self.act(path, "Z", "A true date, or nothing says that it was shifted")
                self.gather("date", part.encode("latin-1"), charset.DEFAULT)
            elif moved is not None and moved != part.strip():
                self.gather("date", part.encode("latin-1"), charset.DEFAULT)
            parts.append(moved or "")
        if text:
            self.actions.append(Action(path, "S", rule.reason))
        return Node(element.tag, rule.vr, "\\".join(parts).encode(), path=path)

    def _kept_value(
        self, element: Element, vr: str, path: str, active: charset.Charset, action: str, reason: str
    ) -> Node | None:
        value = self._value(element)
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
        if vr == "OB" and element.vr == "OW":
            vr = "OW"
        bad = not values.fits(value, vr, tag)
        if values.SIZES.get(vr, 1) > 1 and element.little != self.little:
            bad = True
        node = Node(tag, vr, value, path=path)
        if vr == "TM":
            moved = [time(part.strip()) for part in value.decode("latin-1").strip(" \0").split("\\")]
            bad = bool(value.strip(b" \0")) and None in moved
            node.value = "\\".join(part or "" for part in moved).encode()
        elif vr == "UI":
            parts = [part.strip(b" \0").decode("latin-1") for part in value.split(b"\\")]
            if any(part and not uids.of_standard(part) for part in parts):
                return self._uid(element, path)
        elif tag == 0x00080201:
            bad = bool(value.strip(b" \0")) and not values.is_offset(value)
        elif tag == 0x00080005:
            if not active.known:
                self._remove(element, path, "X", "Not a defined term")
                return None
            return node
        elif vr in TEXTUAL:
            self.notes.append(Note(node, action, active, reason))
        elif vr in {"DS", "IS"} and len(value) >= 5:
            self.numbers.append(node)
        if bad:
            self.empty(node)
        return node

    def _remove(self, element: Element, path: str, action: str, reason: str) -> None:
        if element.items or self._value(element).strip(b" \0"):
            self.act(path, action, reason)

    def gather_lost(self, element: Element, active: charset.Charset) -> None:
        """Identifiers inside something that goes as a whole."""
        if element.items is not None:
            for item in element.items:
                inner = self._charset(item, "", active)
                for child in item:
                    self.gather_lost(child, inner)
            return
        rule = RULES.get(element.tag)
        if element.end - element.begin > 65536:
            return
        if rule is not None and rule.kind and rule.action != "K":
            self.gather(rule.kind, self._value(element), active)
        elif element.vr == "PN" or vr_of(element.tag) == "PN":
            self.gather("name", self._value(element), active)
