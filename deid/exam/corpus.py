"""The corpus: some 130 small files of 26 makers' shapes, each plant with its answer. The same seed, the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from deid.exam import carriers, frames, objects, privates, standard, texts
from deid.exam.answers import Answer
from deid.exam.draft import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT, Case, Draft
from deid.exam.headers import Shape, shape, shapes, start
from deid.exam.people import People

SYNTAXES = (EXPLICIT, IMPLICIT, EXPLICIT, DEFLATED, EXPLICIT, BIG_ENDIAN)
CHARSETS = ("utf8", "latin", "ir149", "euc-kr undeclared", "cp949 undeclared", "wrong term", "ir149 alone")
DECLARED = ("utf8", "ir149", "ir149 alone")


@dataclass(frozen=True, slots=True)
class File:
    """One finished file of the corpus and its part of the key."""

    name: str
    data: bytes
    answers: tuple[Answer, ...]
    case: Case


class Corpus:
    def __init__(self, seed: int) -> None:
        self.people = People(seed)
        self.drafts: list[Draft] = []

    def build(self) -> list[File]:
        """All files. Fresh ones each time it is called on a fresh object."""
        self._standard()
        self._carriers()
        self._frames()
        self._texts()
        self._privates()
        self._examinations()
        return [File(d.name, d.bytes(), tuple(d.answers), d.case) for d in self.drafts]

    def case(self, script: str) -> Case:
        people = self.people
        day = datetime.strptime(people.day(2020, 2022), "%Y%m%d").date()
        admission = day - timedelta(days=people.random.randint(0, 40))
        subject = f"S{people.random.randint(10, 99)}-{people.digits(4)}-K"
        return Case(people.person(script), admission, f"{day:%Y%m%d}", people.uid(), people.uid(), subject)

    def draft(self, look: Shape, what: str, *, charset: str = "latin", syntax: str = EXPLICIT) -> Draft:
        """A file of a patient of its own."""
        script = {"latin": "latin", "cp949 undeclared": "extended"}.get(charset, "korean")
        name = f"{len(self.drafts):03d}-{what}-{look.name}.dcm"
        made = start(self.people, self.case(script), look, name, charset=charset, syntax=syntax)
        self.drafts.append(made)
        return made

    def _standard(self) -> None:
        """Table E.1-1 over two files of every shape: one Korean, one Latin."""
        made = []
        for number, look in enumerate([*shapes(), *shapes()]):
            charset = CHARSETS[number % len(CHARSETS)]
            syntax = SYNTAXES[number % len(SYNTAXES)]
            made.append(self.draft(look, "table", charset=charset, syntax=syntax))
        standard.plant(made, self.people)

    def _carriers(self) -> None:
        for number, look in enumerate(islice(_around(shapes()), 3 * len(carriers.CARRIERS))):
            charset = CHARSETS[number % 4]
            syntax = (EXPLICIT, IMPLICIT, BIG_ENDIAN, DEFLATED)[number % 4]
            plant = carriers.CARRIERS[number % len(carriers.CARRIERS)]
            if plant is carriers.unknown and syntax == IMPLICIT:
                syntax = EXPLICIT
            plant(self.draft(look, plant.__name__.replace("_", "-"), charset=charset, syntax=syntax), self.people)

    def _frames(self) -> None:
        """Each hiding place twice: with what the file says elsewhere, and with what it says nowhere else."""
        looks = _around([look for look in shapes() if look.kind in {"CT", "CR", "DX"}])
        for known in (True, False):
            for name, kind, how in frames.HIDINGS:
                draft = self.draft(next(looks), "picture")
                frames.hide(draft, name, kind, how, *self._hidden(draft, known))
            for kind in frames.BESIDE:
                draft = self.draft(next(looks), "fragments")
                frames.hide_beside(draft, kind, *self._hidden(draft, known))
            draft = self.draft(shape("toshiba_enhanced"), "frames")
            frames.two_frames(draft, *self._hidden(draft, known))
        for name in frames.pictures():
            frames.compress(self.draft(next(looks), "plain-picture"), name)

    def _hidden(self, draft: Draft, known: bool) -> tuple[str, ...]:
        if known:
            return draft.person.name.given, draft.person.hospital_number
        return self.people.word(), self.people.resident_number()

    def _texts(self) -> None:
        people, looks = self.people, _around([look for look in shapes() if look.kind in {"CT", "CR", "DX"}])
        for who in ("patient", "doctor"):
            for charset in ("latin", *DECLARED, "euc-kr undeclared", "cp949 undeclared"):
                draft = self.draft(next(looks), f"text-{who}", charset=charset)
                name = draft.person.name if who == "patient" else draft.person.doctor
                texts.plant(draft, f"name of the {who}, Latin", list(texts.latin(name)))
                if charset == "latin":
                    continue
                draft = self.draft(next(looks), f"text-{who}", charset=charset)
                name = draft.person.name if who == "patient" else draft.person.doctor
                written = [one for one in texts.hangul(name) if one[0]]
                if charset in DECLARED:
                    written += texts.accented(name) if charset == "utf8" else []
                texts.plant(draft, f"name of the {who}, Hangul and Hanja", written)
        strangers = [people.name("korean") for _ in range(12)]
        draft = self.draft(next(looks), "text-stranger", charset="utf8")
        latin = [(f"{name.given} {name.family}", (name.given, name.family)) for name in strangers]
        texts.plant(draft, "name that the file holds nowhere else", latin)
        draft = self.draft(next(looks), "text-stranger", charset="ir149")
        korean = [(name.hangul, (name.hangul_given,)) for name in strangers]
        texts.plant(draft, "name that the file holds nowhere else", korean)
        for charset in ("latin", "utf8"):
            draft = self.draft(next(looks), "text-number", charset=charset)
            written = list(texts.numbers(people, draft.person))
            texts.plant(draft, "number, mail, address", written[: len(texts.FIELDS)])
            rest = self.draft(next(looks), "text-number", charset=charset)
            rest_of = list(texts.numbers(people, rest.person))[len(texts.FIELDS) :]
            texts.plant(rest, "number, mail, address", rest_of[: len(texts.FIELDS)])
        written = list(texts.days(people))
        texts.plant(self.draft(next(looks), "text-date"), "date", written[:7])
        texts.plant(self.draft(next(looks), "text-date"), "date", written[7:])
        for charset in DECLARED:
            texts.plant(
                self.draft(next(looks), "text-date", charset=charset), "date", list(texts.korean_days(people))
            )
        for round_ in range(len(texts.HIDDEN)):
            draft = self.draft(next(looks), "typed", syntax=SYNTAXES[round_])
            texts.in_typed_values(draft, people, round_)
        for charset in ("latin", "utf8"):
            draft = self.draft(shape("siemens_force"), "device", charset=charset)
            texts.in_device_text(draft, people)
            texts.in_codes(draft, people)

    def _privates(self) -> None:
        for number, look in enumerate(shapes()):
            charset, syntax = CHARSETS[number % len(CHARSETS)], (EXPLICIT, IMPLICIT, BIG_ENDIAN)[number % 3]
            privates.of_maker(self.draft(look, "private", charset=charset, syntax=syntax), look, self.people)
        for charset, syntax in (("latin", EXPLICIT), ("utf8", EXPLICIT), ("ir149", BIG_ENDIAN)):
            privates.strange(self.draft(shape("agfa_cr85"), "strange", charset=charset, syntax=syntax), self.people)

    def _examinations(self) -> None:
        """Four patients with three files each that refer to each other; multi-frame objects; measures."""
        for number, charset in enumerate(("latin", "utf8", "ir149", "euc-kr undeclared")):
            case = self.case("latin" if charset == "latin" else "korean")
            look = [one for one in shapes() if one.kind == "CT"][number]
            series = self.people.uid()
            files = []
            for slice_ in range(3):
                name = f"{len(self.drafts):03d}-examination-{look.name}-{slice_}.dcm"
                files.append(start(self.people, case, look, name, charset=charset, series=series))
                self.drafts.append(files[-1])
            objects.refer(files, self.people)
        for look in (shape("toshiba_enhanced"), shape("ge_legacy")):
            for charset in ("utf8", "latin"):
                objects.multi_frame(self.draft(look, "multi-frame", charset=charset), self.people)
        objects.own_characters(self.draft(shape("ge_revolution"), "item-charset"), self.people)
        drafts = [self.draft(shape("siemens_force"), "measures", syntax=syntax) for syntax in SYNTAXES[:6]]
        objects.utility(drafts)


def _around(looks: list[Shape] | tuple[Shape, ...]) -> Iterator[Shape]:
    while True:
        yield from looks


def build(seed: int) -> list[File]:
    """The corpus of a seed."""
    return Corpus(seed).build()
