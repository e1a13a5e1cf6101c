"""One walk over the parsed elements: each gets its action, what stays becomes nodes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from deid import charset, tables, values
from deid.bounds import MAX_SHORT
from deid.codes import Refused
from deid.leaves import Leaves
from deid.markers import TAGS as MARKERS
from deid.model import action as action_of
from deid.notes import Notes
from deid.profile import PRIVATE, RULES, Rule
from deid.stream import PIXEL_DATA, Element, path_of
from deid.writer import Node

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
# Pixel Data and its offset tables; inside sequences they belong to pictures that are not looked at.
IMAGE = 0x7FE0
TWICE, UNEXPLAINED = "The element appears twice", "Not the table that its description tells of"
# What becomes of a coded entry whose scheme is not public: its texts are cleaned (C), its codes replaced (D).
LOCAL_CODE = {
    0x00080100: "D",
    0x00080102: "D",
    0x00080103: "C",
    0x00080104: "C",
    0x00080119: "D",
    0x00080122: "C",
}


# Kept text that is no device's, and what it must look like (see ``device.kept``).
FORMS = {
    0x00080102: "scheme",
    0x00080103: "version",
    0x00080104: "meaning",
    0x00080122: "meaning",
    0x00281054: "rescale",
    0x00283004: "rescale",
}
CODES = frozenset({0x00080100, 0x00080119})


@dataclass(slots=True)
class Piece:
    """One element at the top of the data set: where it stood in the buffer, what leaves in its place (None
    for nothing) and what was noted of it.
    """

    tag: int
    start: int
    end: int
    node: Node | None
    notes: Notes


@dataclass(slots=True)
class Walk(Leaves):
    """The walk itself: which rule an element meets, and what that leaves of it."""

    def pieces(self, elements: list[Element], ends: list[int]) -> list[Piece]:
        """What becomes of each element at the top, in the order read. ``ends`` are offsets in the buffer."""
        active = self.declared(elements, "", charset.DEFAULT)
        creators = self.creators(elements)
        loose = tables.unexplained(elements, self.value)
        seen: set[int] = set()
        out: list[Piece] = []
        for element, end in zip(elements, ends, strict=True):
            if element.tag != PIXEL_DATA:
                why = TWICE if element.tag in seen else UNEXPLAINED if element.tag in loose else ""
                out.append(self.piece(element, end, active, creators, goes=why))
                seen.add(element.tag)
        self._drop_idle_creators(out)
        return out

    def piece(
        self,
        element: Element,
        end: int,
        active: charset.Charset,
        creators: dict[int, str],
        *,
        goes: str = "",
    ) -> Piece:
        """``goes`` is why the element goes whatever its rule says."""
        self.notes = Notes()
        path = path_of(element.tag)
        if goes:
            self.notes.act(path, "X", goes)
            self.gather_lost(element, active)
            return Piece(element.tag, element.start, end, None, self.notes)
        node = self._node(element, path, active, creators, "")
        return Piece(element.tag, element.start, end, node, self.notes)

    def items(self, elements: list[Element], prefix: str, outer: charset.Charset) -> list[Node]:
        """Nodes of one item, in the order of their tags."""
        active = self.declared(elements, prefix, outer)
        creators = self.creators(elements)
        scheme = self._scheme(elements)
        loose = tables.unexplained(elements, self.value)
        nodes: dict[int, Node] = {}
        for element in elements:
            path = prefix + path_of(element.tag)
            if element.tag in nodes or element.tag in loose:
                self.notes.act(path, "X", TWICE if element.tag in nodes else UNEXPLAINED)
                self.gather_lost(element, active)
                continue
            node = self._node(element, path, active, creators, scheme)
            if node is not None:
                nodes[element.tag] = node
        for tag in _idle_creators(nodes):
            self.notes.act(nodes[tag].path, "X", "Creator of no kept element")
            del nodes[tag]
        return [nodes[tag] for tag in sorted(nodes)]

    def _node(
        self,
        element: Element,
        path: str,
        active: charset.Charset,
        creators: dict[int, str],
        scheme: str,
    ) -> Node | None:
        rule = RULES.get(element.tag)
        if rule is not None and element.tag >> 16 > 7 and (element.tag >> 16 != IMAGE or ">" not in path):
            return self._known(element, rule, path, active, scheme)
        return self._unknown(element, path, active, creators)

    def creators(self, elements: list[Element]) -> dict[int, str]:
        """By tag; empty where two have one tag, so that neither stays, nor anything that could be theirs."""
        found: dict[int, str] = {}
        for e in elements:
            if e.tag >> 16 & 1 and 0x10 <= e.tag & 0xFFFF <= 0xFF:
                found[e.tag] = "" if e.tag in found else self.value(e).decode("latin-1").strip(" \0")
        return found

    def _scheme(self, elements: list[Element]) -> str:
        """The public coding scheme of an item, or nothing."""
        named = next((self.value(e) for e in elements if e.tag == 0x00080102), b"").strip(b" \0")
        return named.decode() if named in STANDARD_SCHEMES else ""

    def _drop_idle_creators(self, pieces: list[Piece]) -> None:
        idle = _idle_creators({piece.tag for piece in pieces if piece.node is not None})
        for piece in pieces:
            if piece.tag in idle and piece.node is not None:
                piece.notes.act(piece.node.path, "X", "Creator of no kept element")
                piece.node = None

    def _unknown(
        self, element: Element, path: str, active: charset.Charset, creators: dict[int, str]
    ) -> Node | None:
        tag = element.tag
        if tag & 0xFFFF == 0 and element.end - element.begin == 4:
            self.notes.actions.append(action_of(path, "K", "Retired group length, not written"))
            return None
        if tag >> 16 & 1:
            if tag in creators and any(key[0] == tag >> 16 and key[1] == creators[tag] for key in PRIVATE):
                return Node(tag, "LO", creators[tag].encode("latin-1"), path=path)
            creator = creators.get((tag & 0xFFFF0000) | (tag >> 8 & 0xFF), "")
            vr = PRIVATE.get((tag >> 16, creator, tag & 0xFF))
            plain = element.items is None and element.end - element.begin <= MAX_SHORT
            if vr is not None and plain and values.agrees(element.vr, vr):
                return self.kept(element, vr, path, active, "C" if vr == "SH" else "K", "Safe private")
        self.gather_lost(element, active)
        self.remove(element, path, "X", "Not in the profile")
        return None

    def _known(
        self, element: Element, rule: Rule, path: str, active: charset.Charset, scheme: str
    ) -> Node | None:
        action = rule.action
        if rule.tag in MARKERS:
            if rule.tag == 0x00120063 and not self.value(element).startswith(b"kicc-deid/"):
                self.remove(element, path, "X", rule.reason)
            return None
        if rule.vr == "SQ":
            return self._sequence(element, rule, path, active)
        if element.items is not None or not values.agrees(element.vr, rule.vr):
            self.gather_lost(element, active)
            self.remove(element, path, "X", "The VR contradicts the dictionary")
            return None
        if action in "XZD":
            return self.lost(element, rule, path, active)
        if element.end - element.begin > MAX_SHORT and not values.is_bulk(rule.vr):
            self.remove(element, path, "X", "Longer than a value of its VR can be")
            return None
        if action == "U":
            return self.uid(element, path)
        if action == "S":
            return self.date(element, rule, path)
        if action == "K" and not scheme:
            action = LOCAL_CODE.get(rule.tag, action)
        form = FORMS.get(rule.tag, scheme if rule.tag in CODES else "")
        return self.kept(element, rule.vr, path, active, action, rule.reason, type=rule.type, form=form)

    def _sequence(self, element: Element, rule: Rule, path: str, active: charset.Charset) -> Node | None:
        if element.vr != "SQ" and element.items is None and element.end > element.begin:
            self.remove(element, path, "X", "The VR contradicts the dictionary")
            return None
        if rule.action != "K":
            self.gather_lost(element, active)
            self.remove(element, path, rule.action, rule.reason)
            return Node(element.tag, "SQ", items=[], path=path) if rule.action == "Z" else None
        if element.items is None:
            if element.end > element.begin:
                raise Refused("corrupt", path)
            element.items = []
        items = [self.items(item, f"{path}[{i}]>", active) for i, item in enumerate(element.items)]
        return Node(element.tag, "SQ", items=items, path=path)


def _idle_creators(tags: Collection[int]) -> list[int]:
    """Private creators among the tags that none of the others belongs to."""
    used = {(tag & 0xFFFF0000) | (tag >> 8 & 0xFF) for tag in tags if tag >> 16 & 1 and tag & 0xFFFF > 0xFF}
    return [tag for tag in tags if tag >> 16 & 1 and tag & 0xFFFF <= 0xFF and tag not in used]
