"""What an import would do, patient by patient, judged by the form's own rules; nothing is written here.

The digest stands for all that a person was shown: the import goes on only if it comes out the same again.
"""

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cohort import changes as judged
from cohort import checks
from cohort.changes import Prepared
from cohort.items import Item, Label
from cohort.models import Case
from cohort.services.answers import OPEN_STATES
from cohort.sheets.reading import Person, Place, Read, Told
from cohort.sheets.understanding import Meaning
from cohort.values import Finding
from deid.sheet.values import Key
from registry.models import Subject

NAMESPACE = uuid.UUID("5f3c1c6e-6d0a-5b1e-9d55-2f6f6b1f4f10")
FEWEST_ALIKE = 5


@dataclass(frozen=True)
class Intent:
    """What a workbook asks for one patient: raw answers by item, and the cell that each comes from.

    `request_id` belongs to the content of a new patient's row, so the same row makes one patient however
    often it comes; of a patient with a code it is None.
    """

    person: Person
    changes: Mapping[str, Any]
    places: Mapping[str, Place]
    request_id: uuid.UUID | None


@dataclass(frozen=True)
class Standing:
    """What the registry knows of the site now.

    `subjects` by code or, made of a new row before, by request id; `cases` and `kept` answers by subject;
    `others` are the answers of all patients of the site by code, to compare new ones; `facts` of a case.
    """

    subjects: Mapping[str | uuid.UUID, Subject]
    cases: Mapping[int, Case]
    kept: Mapping[int, Mapping[str, str]]
    others: Mapping[str, Mapping[str, str]]
    facts: Mapping[str, str]
    approved: bool


@dataclass(frozen=True)
class Difference:
    """One answer before and after; '' is no answer."""

    item: Item
    old: str
    new: str
    cause: str

    @property
    def kind(self) -> str:
        return "new" if not self.old else "changed" if self.new else "cleared"


@dataclass(frozen=True)
class Line:
    """One patient of the import. `subject` is None for one that would be made; `changes` is what is saved."""

    key: Key
    place: Place
    subject: Subject | None
    request_id: uuid.UUID | None
    changes: Mapping[str, Any]
    prepared: Prepared
    differences: tuple[Difference, ...]

    @property
    def new(self) -> bool:
        return self.subject is None

    @property
    def asked(self) -> str:
        """How the workbook calls the patient."""
        return self.key.code or f"new {self.key.number}".strip()

    @property
    def label(self) -> str:
        """The code, as far as there is one."""
        return self.subject.code if self.subject else self.asked

    def count(self, kind: str) -> int:
        return sum(one.kind == kind for one in self.differences)


@dataclass
class Plan:
    """The dry run: every patient with its differences, and everything there is to say."""

    read: Read
    lines: list[Line] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    @property
    def errors(self) -> list[Told]:
        return [one for one in self.told if one.error]

    @property
    def notes(self) -> list[Told]:
        return [one for one in self.told if not one.error]

    @property
    def touched(self) -> list[Line]:
        return [line for line in self.lines if line.differences or line.new]

    def count(self, kind: str) -> int:
        return sum(line.count(kind) for line in self.lines)

    @property
    def counts(self) -> dict[str, int]:
        return {
            "patients": len(self.lines),
            "new_patients": sum(line.new for line in self.lines),
            "values_new": self.count("new"),
            "values_changed": self.count("changed"),
            "values_cleared": self.count("cleared"),
            "errors": len(self.errors),
            "notes": len(self.notes),
        }

    @property
    def needs_reason(self) -> bool:
        """Whether answers that somebody gave before would change."""
        return self.count("changed") + self.count("cleared") > 0

    @property
    def digest(self) -> str:
        shown = [
            [line.label, line.new, [[one.item.name, one.old, one.new] for one in line.differences]]
            for line in self.lines
        ]
        told = sorted([one.place.sheet, one.place.cell, one.finding.code] for one in self.errors)
        text = json.dumps([self.read.dictionary.digest, shown, told], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def intents(read: Read, site: str) -> list[Intent]:
    """What the workbook asks for, patient by patient; new ones are told apart by site and content."""
    meaning = Meaning(read.dictionary)
    alike: dict[str, int] = {}
    found = []
    for person in read.people:
        changes, places = _changes(read.dictionary.items, meaning, person)
        request_id = None
        if person.key.new:
            content = [
                site,
                read.dictionary.id,
                person.key.number,
                sorted((k, str(v)) for k, v in changes.items()),
            ]
            text = json.dumps(content, ensure_ascii=False)
            alike[text] = alike.get(text, 0) + 1
            request_id = uuid.uuid5(NAMESPACE, f"{text} {alike[text]}")
        found.append(Intent(person, changes, places, request_id))
    return found


def _changes(
    items: Mapping[str, Item], meaning: Meaning, person: Person
) -> tuple[dict[str, Any], dict[str, Place]]:
    changes: dict[str, Any] = {}
    places: dict[str, Place] = {}
    for name, (value, place) in person.cells.items():
        found = meaning.of(items[name], value, status_given=items[name].pair in person.cells)
        changes |= found
        places |= dict.fromkeys(found, place)
    return changes, places


class Planner:
    """Judges what a workbook asks for against what is kept."""

    def __init__(self, read: Read, standing: Standing) -> None:
        self.known = read.dictionary
        self.standing = standing
        self.meaning = Meaning(self.known)
        self.plan = Plan(read, told=list(read.told))
        self.places: dict[int, Place] = {}

    def run(self, wanted: list[Intent]) -> Plan:
        for intent in wanted:
            self.judge(intent)
        order = {id(one): place for place, one in enumerate(self.plan.told)}
        self.plan.told.sort(
            key=lambda one: (one.place.sheet, one.place.row, one.place.column, order[id(one)])
        )
        return self.plan

    def judge(self, intent: Intent) -> None:
        person = intent.person
        subject = self.standing.subjects.get(intent.request_id or person.key.code)
        if not person.key.new and subject is None:
            self.tell(person.place, "no_such_patient")
            return
        if subject and (place := self.places.setdefault(subject.pk, person.place)) != person.place:
            self.tell(person.place, "row_twice", other=Label(place.named("en"), place.named("ko")))
            return
        case = self.standing.cases.get(subject.pk) if subject else None
        if case and case.state not in OPEN_STATES:
            self.tell(person.place, "form_sent", state=case.get_state_display())
            return
        if case and case.dictionary != self.known.id:
            self.tell(person.place, "other_version", theirs=case.dictionary, own=self.known.id)
            return
        before = self.standing.kept.get(subject.pk, {}) if subject else {}
        facts = {**self.standing.facts, "subject": subject.code if subject else ""}
        prepared = judged.prepare(self.known, facts, before, intent.changes)
        self.refusals(intent, prepared)
        self.findings(intent, prepared, facts)
        if subject is None:
            self.new(person, prepared)
        differences = tuple(_differences(self.known.items, before, prepared))
        self.plan.lines.append(
            Line(person.key, person.place, subject, intent.request_id, intent.changes, prepared, differences)
        )

    def new(self, person: Person, prepared: Prepared) -> None:
        if not self.standing.approved:
            self.tell(person.place, "new_not_allowed")
        wanted = {name: text for name, text in prepared.wanted.items() if text}
        if len(wanted) < FEWEST_ALIKE:
            return
        for code, kept in self.standing.others.items():
            if all(kept.get(name) == text for name, text in wanted.items()):
                self.tell(person.place, "new_but_known", code=code)
                return

    def refusals(self, intent: Intent, prepared: Prepared) -> None:
        for name, finding in prepared.refused.items():
            item = self.known.items[name]
            if finding.code == "not_a_choice":
                finding = self.meaning.refusal(item)
            self.plan.told.append(Told(intent.places.get(name, intent.person.place), finding, item))

    def findings(self, intent: Intent, prepared: Prepared, facts: Mapping[str, Any]) -> None:
        """What is unusual or contradicts, where the import touches it; it is kept, as in the form."""
        for finding in checks.findings(self.known, prepared.settled.values, facts):
            named = [name for name in self.known.items if name in finding.items]
            touched = [name for name in named if name in intent.places and name in prepared.wanted]
            if touched:
                note = Finding(finding.code, "warning", finding.items, finding.values)
                self.plan.told.append(Told(intent.places[touched[-1]], note, self.known.items[touched[-1]]))

    def tell(self, place: Place, code: str, /, **values: Any) -> None:
        self.plan.told.append(Told(place, Finding(code, "error", (), values)))


def _differences(
    items: Mapping[str, Item], before: Mapping[str, str], prepared: Prepared
) -> Iterator[Difference]:
    """What a person would see change: what was entered, and what that clears; not what is computed."""
    for name in items:
        if name in prepared.wanted or name in prepared.cleared:
            old, new = before.get(name, ""), prepared.settled.values.get(name, "")
            if old != new:
                cause = "cleared" if name in prepared.cleared else "entered"
                yield Difference(items[name], old, new, cause)
