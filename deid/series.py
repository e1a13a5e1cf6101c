"""What the files of one series share: a slice is held against the last one, and only what differs is walked.

A ``Template`` is made of a file that went through ``full``. Where the next file holds the same bytes, the
same bytes leave; elements that differ go through the same walk again. Everything that decides about other
elements (character set, private creators, markers, patient, image description) must be the same, and so must
every identifier found: else the file does not fit, and goes the full way. The result is the same either way.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import chain, groupby

from deid import charset, residue, syntax
from deid.codes import Refused
from deid.full import (
    INSTANCE,
    OFFSET_TABLE,
    PATIENT_ID,
    PATIENT_NAME,
    REQUIRED,
    TABLE_LENGTHS,
    TOTAL_LENGTH,
    Done,
    Recipe,
    pixel_header,
)
from deid.markers import TAGS as MARKERS
from deid.model import Action, Finding, Image, Result
from deid.reading import Parsed, check_uid
from deid.stream import Element, Parser
from deid.tables import DATA, DESCRIBED_BY
from deid.walk import Walk
from deid.writer import WINDOW, Writer, file_meta

FIXED = (
    frozenset({0x00080005, 0x00280008, 0x00280301, PATIENT_NAME, PATIENT_ID})
    | frozenset({OFFSET_TABLE, TABLE_LENGTHS, TOTAL_LENGTH, *REQUIRED})
    | MARKERS
) - {INSTANCE}
META_VARIES = frozenset({0x00020000, 0x00020003})
# What a slice of a series stays below. Others go the full way, and cost no memory afterwards.
LONGEST_HEADER, MOST_PARTS, MOST_TERMS, MOST_NEW = 1 << 20, 5_000, 2_000, 256
_MOST_KEPT = 16


@dataclass(slots=True)
class Outcome:
    """What one value of an element became. ``text`` tells that an identifier could stand in it."""

    out: bytes
    actions: list[Action]
    changed: list[Action]
    findings: list[Finding]
    uids: list[str]
    text: bool = False
    instance: bytes = b""


@dataclass(slots=True)
class Part:
    """One element of the template: its bytes, what it became, and the other values it was seen with."""

    tag: int
    raw: bytes
    found: list[tuple[str, str]]
    outcome: Outcome
    fixed: bool
    varies: bool = False
    seen: dict[bytes, Outcome] = field(default_factory=dict)


@dataclass(slots=True)
class Run:
    """Parts that no file varied yet, as one stretch of bytes."""

    parts: list[Part]
    raw: bytes
    outcome: Outcome


class Template:
    """Made of a file with its elements in order and nothing after its image; ``of`` gives None for others."""

    def __init__(self, parsed: Parsed, done: Done, recipe: Recipe) -> None:
        self.recipe = recipe
        self.like = replace(done.result, head=b"", image=Image((), memoryview(b"")))
        self.outside = Outcome(b"", done.outside.actions, done.outside.changed, done.outside.findings, [])
        self.terms, self.uids, self.dates_stay = done.terms, done.uids, done.dates_stay
        self.syntax = parsed.syntax
        self.opening = parsed.buffer[: parsed.meta[0].start]
        self.active = charset.DEFAULT
        self.creators: dict[int, str] = {}
        walk = self.walk(parsed.buffer)
        self.active = walk.declared(parsed.elements, "", charset.DEFAULT)
        self.creators = walk.creators(parsed.elements)
        pixels = parsed.pixel_element
        self.pixel_raw = parsed.buffer[pixels.start : pixels.begin]
        self.pixel_head = pixel_header(parsed, done.result.image)
        self.pixel_bytes, self.value_length = parsed.pixel_bytes, pixels.end - pixels.begin
        self.writer = Writer(explicit=self.syntax.explicit, little=self.syntax.little)
        self.meta = file_meta(parsed.sop_class, parsed.syntax.uid)
        self.parts = _parts(parsed, done)
        self.steps = _steps(self.parts)

    @staticmethod
    def of(parsed: Parsed, done: Done, recipe: Recipe) -> Template | None:
        tags = [element.tag for element in parsed.elements]
        pixels = parsed.pixel_element
        plain = parsed.syntax.uid != syntax.DEFLATED and not parsed.syntax.encapsulated
        if not plain or tags != sorted(set(tags)) or parsed.rest != len(parsed.buffer):
            return None
        if pixels.end - pixels.begin - parsed.pixel_bytes > 1 or not parsed.preamble:
            return None
        if pixels.start > LONGEST_HEADER or len(tags) > MOST_PARTS:
            return None
        if done.terms.count > MOST_TERMS or len(done.uids) > MOST_TERMS:
            return None
        return Template(parsed, done, recipe)

    def walk(self, data: bytes) -> Walk:
        recipe = self.recipe
        return Walk(data, recipe.uid_key, recipe.dates, recipe.subject, self.syntax.little, self.dates_stay)

    def strip(self, data: bytes) -> Result | None:
        """The result of the full way, or None where this file must go it."""
        if not data.startswith(self.opening):
            return None
        try:
            attempt = _Attempt(self, data)
            return attempt.result() if attempt.fits() else None
        except Refused:
            return None

    def name_length(self, part: Part) -> int:
        """Bytes of tag and VR."""
        return 6 if self.syntax.explicit or part.tag >> 16 == 2 else 4


class _Attempt:
    """One file held against the template."""

    def __init__(self, template: Template, data: bytes) -> None:
        self.template = template
        self.data = data
        self.position = len(template.opening)
        self.outcomes: list[Outcome] = [template.outside]
        self.varied: list[Outcome] = []
        self.fresh: list[tuple[Part, bytes, Outcome]] = []
        self.instance = template.like.instance.encode()
        self.walk: Walk | None = None
        self.parser: Parser | None = None

    def fits(self) -> bool:
        data, loosened = self.data, False
        for step in self.template.steps:
            if isinstance(step, Part):
                if not self._varied(step):
                    return False
            elif data.startswith(step.raw, self.position):
                self.position += len(step.raw)
                self.outcomes.append(step.outcome)
            elif all(map(self._part_fits, step.parts)):
                loosened = True
            else:
                return False
        if loosened:
            self.template.steps = _steps(self.template.parts)
        return self._image_fits() and self._nothing_left()

    def _part_fits(self, part: Part) -> bool:
        """Takes one part of a run. The first file with another value there marks it as one that varies."""
        if self.data.startswith(part.raw, self.position):
            self.position += len(part.raw)
            self.outcomes.append(part.outcome)
            return True
        if part.fixed or not self._varied(part):
            return False
        part.varies = True
        return True

    def _varied(self, part: Part) -> bool:
        """Takes a part with whatever value it has, if the file does not need the full way for it."""
        template, data, position = self.template, self.data, self.position
        named = template.name_length(part)
        if not data.startswith(part.raw[:named], position):
            return False
        if self.parser is None:
            self.parser = Parser(data, explicit=template.syntax.explicit, little=template.syntax.little)
        meta = part.tag >> 16 == 2
        element, self.position = self.parser.element(
            position,
            len(data),
            0,
            template.syntax.explicit or meta,
            template.syntax.little or meta,
        )
        if self.position > LONGEST_HEADER:
            return False
        raw = data[position : self.position]
        outcome = part.seen.get(raw)
        if outcome is None:
            outcome = part.outcome if meta else self._walked(part, element)
            if outcome is None:
                return False
            if not meta:
                self.fresh.append((part, raw, outcome))
        if part.tag == INSTANCE:
            self.instance = outcome.instance
        self.varied.append(outcome)
        self.outcomes.append(outcome)
        return True

    def _walked(self, part: Part, element: Element) -> Outcome | None:
        """What the full way would make of the element; None where it would find other identifiers."""
        template = self.template
        if part.tag == INSTANCE and not check_uid(self.data[element.begin : element.end].rstrip(b"\0 ")):
            return None
        if self.walk is None:
            self.walk = template.walk(self.data)
        piece = self.walk.piece(element, self.position, template.active, template.creators)
        if piece.notes.found != part.found:
            return None
        piece.notes.judge(template.terms)
        node, notes = piece.node, piece.notes
        outcome = Outcome(b"", notes.actions, notes.changed, notes.findings, notes.uids)
        if node is not None and part.tag in WINDOW and (node.missing or not part.outcome.out):
            return None
        if node is not None and not node.missing:
            outcome.out = template.writer.element(node)
            outcome.text = node.vr not in residue.CHECKED and node.vr != "UI"
            outcome.instance = node.value if part.tag == INSTANCE else b""
        return outcome

    def _image_fits(self) -> bool:
        """Whether an image of the same size comes next and ends the file."""
        template, data = self.template, self.data
        if not data.startswith(template.pixel_raw, self.position):
            return False
        self.position += len(template.pixel_raw)
        end = self.position + template.value_length
        return len(data) == end and not any(data[self.position + template.pixel_bytes : end])

    def _nothing_left(self) -> bool:
        """The search for residues, over what the template's own file did not show to be clean already."""
        template = self.template
        new = {uid for outcome in self.varied for uid in outcome.uids} - template.uids
        self.head = b"".join(
            (
                template.meta.of(self.instance),
                *(outcome.out for outcome in self.outcomes),
                template.pixel_head,
            )
        )
        if len(new) > MOST_NEW or any(uid.encode("latin-1", "replace") in self.head for uid in new):
            return False
        text = b"\0\0".join(outcome.out for _, _, outcome in self.fresh if outcome.text)
        if text:
            if any(True for _ in residue.found(text.lower(), template.terms.needles)):
                return False
            if any(uid.encode("latin-1", "replace") in text for uid in chain(template.uids, new)):
                return False
        for part, raw, outcome in self.fresh:
            if len(part.seen) >= _MOST_KEPT:
                part.seen.clear()
            part.seen[raw] = outcome
        return True

    def result(self) -> Result:
        template, outcomes, like = self.template, self.outcomes, self.template.like
        source = memoryview(self.data)[self.position : self.position + template.pixel_bytes]
        return Result(
            head=self.head,
            image=Image((source,), source, self.position),
            tail=like.tail,
            actions=[action for outcome in outcomes for action in outcome.actions],
            changed=[action for outcome in outcomes for action in outcome.changed],
            findings=list(dict.fromkeys(f for outcome in outcomes for f in outcome.findings)),
            anchored=like.anchored,
            study=like.study,
            series=like.series,
            instance=self.instance.decode(),
            patient=like.patient,
        )


def _parts(parsed: Parsed, done: Done) -> list[Part]:
    """Parts in the order in which they are read; elements that are added stand where they are written."""
    buffer = parsed.buffer
    ends = [*(element.start for element in parsed.meta[1:]), parsed.elements[0].start]
    meta = [
        Part(e.tag, buffer[e.start : end], [], Outcome(b"", [], [], [], []), e.tag not in META_VARIES)
        for e, end in zip(parsed.meta, ends, strict=True)
    ]
    parts: list[Part] = []
    count = len(done.pieces)
    for piece, out in zip(done.pieces, done.written[:count], strict=True):
        notes = piece.notes
        outcome = Outcome(out, notes.actions, notes.changed, notes.findings, notes.uids)
        parts.append(
            Part(piece.tag, buffer[piece.start : piece.end], notes.found, outcome, _decides(piece.tag))
        )
    for node, out in zip(done.added, done.written[count:], strict=True):
        parts.append(Part(node.tag, b"", [], Outcome(out, [], [], [], []), True))
    return [*meta, *sorted(parts, key=lambda part: part.tag)]


def _decides(tag: int) -> bool:
    """Whether the element says how others, or the image, are to be read."""
    creator = bool(tag >> 16 & 1) and 0x10 <= tag & 0xFFFF <= 0xFF
    return tag in FIXED or tag in DATA or tag in DESCRIBED_BY or creator or 0x6000 <= tag >> 16 <= 0x60FF


def _steps(parts: list[Part]) -> list[Run | Part]:
    steps: list[Run | Part] = []
    for varies, group in groupby(parts, key=lambda part: part.varies):
        stretch = list(group)
        if varies:
            steps.extend(stretch)
        else:
            steps.append(Run(stretch, b"".join(part.raw for part in stretch), _together(stretch)))
    return steps


def _together(parts: list[Part]) -> Outcome:
    outcomes = [part.outcome for part in parts]
    return Outcome(
        b"".join(outcome.out for outcome in outcomes),
        [action for outcome in outcomes for action in outcome.actions],
        [action for outcome in outcomes for action in outcome.changed],
        [finding for outcome in outcomes for finding in outcome.findings],
        [uid for outcome in outcomes for uid in outcome.uids],
    )
