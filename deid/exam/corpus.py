"""The corpus: some 300 small files in the shapes of 26 devices, each plant with its answer. The same
seed, the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from deid.exam import apart, carriers, frames, objects, privates, standard, texts, typed, writings
from deid.exam.answers import Answer
from deid.exam.disorder import DISORDERS
from deid.exam.draft import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT, Case, Draft
from deid.exam.encoding import piece
from deid.exam.headers import Shape, shape, shapes, start
from deid.exam.people import Name, People

SYNTAXES = (EXPLICIT, IMPLICIT, EXPLICIT, DEFLATED, EXPLICIT, BIG_ENDIAN)
CHARSETS = (
    "utf8",
    "latin",
    "ir149",
    "euc-kr undeclared",
    "cp949 undeclared",
    "wrong term",
    "ir149 alone",
    "utf-8 undeclared",
)
PLACES = (*carriers.CARRIERS, *DISORDERS)
CARRYING = (EXPLICIT, IMPLICIT, BIG_ENDIAN, DEFLATED)
SCRIPTS = {"latin": "latin", "cp949 undeclared": "extended"}
LIES = ("utf-8 as Cyrillic", "cp949 as Thai", "utf-8 as extended", "cp949 as Japanese")
DECLARED = ("utf8", "ir149", "ir149 alone")


@dataclass(frozen=True, slots=True)
class File:
    """One finished file of the corpus and its part of the key. ``reference`` decodes to the picture it must
    keep.
    """

    name: str
    data: bytes
    answers: tuple[Answer, ...]
    case: Case
    sop_class: str
    syntax: str
    reference: bytes


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
        return [
            File(d.name, d.file(), tuple(d.answers), d.case, d.sop_class, d.syntax, d.reference)
            for d in self.drafts
        ]

    def case(self, script: str, *, keyed: bool = False) -> Case:
        people = self.people
        day = datetime.strptime(people.day(2020, 2022), "%Y%m%d").date()
        admission = day - timedelta(days=people.random.randint(0, 40))
        subject = f"S{people.random.randint(30, 99)}-{people.random.randint(3000, 9999)}-K"
        return Case(
            people.person(script), admission, f"{day:%Y%m%d}", people.uid(), people.uid(), subject, keyed
        )

    def draft(
        self,
        look: Shape,
        what: str,
        *,
        charset: str = "latin",
        syntax: str = EXPLICIT,
        case: Case | None = None,
        series: str = "",
    ) -> Draft:
        """A file of a patient of its own, or of the given one."""
        name = f"{len(self.drafts):03d}-{what}-{look.name}.dcm"
        of = case or self.case(SCRIPTS.get(charset, "korean"))
        made = start(self.people, of, look, name, charset=charset, syntax=syntax, series=series)
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
        """Each hiding place in four files: another way of writing, transfer syntax and device each time."""
        looks = _around(shapes())
        for round_, charset in enumerate(CHARSETS[:4]):
            for number, plant in enumerate(PLACES):
                syntax = CARRYING[(number + round_) % len(CARRYING)]
                if plant is carriers.unknown and syntax != DEFLATED:
                    syntax = EXPLICIT
                what = plant.__name__.replace("_", "-")
                plant(self.draft(next(looks), what, charset=charset, syntax=syntax), self.people)

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
            for extended in (True, False):
                draft = self.draft(shape("toshiba_enhanced"), "frames")
                frames.two_frames(draft, *self._hidden(draft, known), extended=extended)
        for name in frames.pictures():
            frames.compress(self.draft(next(looks), "plain-picture"), name)

    def _hidden(self, draft: Draft, known: bool) -> tuple[str, ...]:
        if known:
            return draft.person.name.given, draft.person.hospital_number
        return self.people.word(), self.people.resident_number()

    def _texts(self) -> None:
        looks = _around([look for look in shapes() if look.kind in {"CT", "CR", "DX"}])
        for who, title in (("name", "patient"), ("doctor", "doctor"), ("operator", "operator")):
            for charset in ("latin", *DECLARED, "euc-kr undeclared", "cp949 undeclared"):
                draft = self.draft(next(looks), f"text-{title}", charset=charset)
                name: Name = getattr(draft.person, who)
                latin = list(writings.latin(name))
                if charset == "latin":
                    latin[-1] = next(writings.accented(name))
                texts.plant(draft, f"name of the {title}, Latin", latin)
                if charset == "latin":
                    continue
                draft = self.draft(next(looks), f"text-{title}", charset=charset)
                name = getattr(draft.person, who)
                written = [one for one in writings.hangul(name) if one[0]]
                written += writings.accented(name) if charset == "utf8" else []
                texts.plant(draft, f"name of the {title}, Hangul and Hanja", written)
        self._strangers(looks)
        self._numbers(looks)
        self._apart(looks)
        for number in range(len(typed.HIDDEN)):
            draft = self.draft(next(looks), "typed", syntax=SYNTAXES[number % len(SYNTAXES)])
            typed.plant(draft, self.people, number)
        for charset in ("latin", "utf8"):
            texts.in_codes(self.draft(next(looks), "codes", charset=charset), self.people)
        for charset in ("latin", "utf8", "ir149", "euc-kr undeclared"):
            case = self.case(SCRIPTS.get(charset, "korean"))
            plants = texts.of_device(case, self.people, korean=charset != "latin")
            for first in range(0, len(plants), len(texts.DEVICE)):
                draft = self.draft(next(looks), "device", charset=charset, case=case)
                texts.put(draft, plants[first : first + len(texts.DEVICE)])

    def _strangers(self, looks: Iterator[Shape]) -> None:
        """Names of people whom the file names nowhere else."""
        kind, count = "name that the file holds nowhere else", len(texts.FIELDS)
        names = [self.people.name("korean") for _ in range(count)]
        latin: list[writings.Written] = [(f"{n.given} {n.family}", (n.given, n.family)) for n in names]
        texts.plant(self.draft(next(looks), "text-stranger", charset="utf8"), kind, latin)
        korean: list[writings.Written] = [(n.hangul, (n.hangul_given,)) for n in names]
        texts.plant(self.draft(next(looks), "text-stranger", charset="ir149"), kind, korean)

    def _numbers(self, looks: Iterator[Shape]) -> None:
        people, count = self.people, len(texts.FIELDS)
        for charset in ("latin", "utf8"):
            for half in (slice(count), slice(count, None)):
                draft = self.draft(next(looks), "text-number", charset=charset)
                written = writings.numbers(people, draft.person)[half]
                texts.plant(draft, "number, mail, address", written)
        draft = self.draft(next(looks), "text-uid")
        texts.plant(draft, "UID in text", writings.uids(draft.case, people))
        days = list(writings.days(people))
        for half in (slice(count // 2), slice(count // 2, None)):
            texts.plant(self.draft(next(looks), "text-date"), "date", days[half])
        for charset in DECLARED:
            draft = self.draft(next(looks), "text-date", charset=charset)
            texts.plant(draft, "date", list(writings.korean_days(people)))

    def _apart(self, looks: Iterator[Shape]) -> None:
        """Each in descriptions and in the text of the device."""
        for charset in ("latin", "utf8", "euc-kr undeclared", *LIES):
            case = self.case(SCRIPTS.get(charset, "korean"))
            korean = charset != "latin"
            written = [
                *apart.numbers(self.people, case.person, dashes=korean),
                *apart.days(case.study_day),
                *apart.strangers(self.people, "korean" if korean else "latin"),
                *(writings.hangul(case.person.name) if charset in LIES else ()),
            ]
            self._both(looks, "another way of writing", written, charset, case)
        for name in apart.SHORT:
            case = self.case("latin")
            self._both(looks, "short name", apart.joined(*name), "latin", case, PatientName="^".join(name))
        for hospital in apart.HOSPITALS:
            underlined = hospital.upper().replace(" ", "_")
            written = [(hospital, (hospital,)), (underlined, (underlined,))]
            self._both(
                looks, "name of the hospital", written, "latin", self.case("latin"), InstitutionName=hospital
            )

    def _both(
        self,
        looks: Iterator[Shape],
        kind: str,
        written: list[writings.Written],
        charset: str,
        case: Case,
        **known: str,
    ) -> None:
        for first in range(0, len(written), len(texts.FIELDS)):
            draft = self._knowing(next(looks), charset, case, known)
            texts.plant(draft, kind, written[first : first + len(texts.FIELDS)])
        for first in range(0, len(written), len(texts.DEVICE)):
            draft = self._knowing(next(looks), charset, case, known)
            texts.put(draft, [(kind, one) for one in written[first : first + len(texts.DEVICE)]])

    def _knowing(self, look: Shape, charset: str, case: Case, known: dict[str, str]) -> Draft:
        draft = self.draft(look, "apart", charset=charset, case=case)
        for keyword, value in known.items():
            draft.forget(keyword)
            draft.plant(piece(keyword, value), "patient, staff and hospital", value)
        return draft

    def _privates(self) -> None:
        for number, look in enumerate(shapes()):
            charset, syntax = CHARSETS[number % len(CHARSETS)], (EXPLICIT, IMPLICIT, BIG_ENDIAN)[number % 3]
            privates.of_maker(self.draft(look, "private", charset=charset, syntax=syntax), look, self.people)
        for charset, syntax in (("latin", EXPLICIT), ("utf8", EXPLICIT), ("ir149", BIG_ENDIAN)):
            privates.strange(
                self.draft(shape("agfa_cr85"), "strange", charset=charset, syntax=syntax), self.people
            )

        for syntax in (EXPLICIT, IMPLICIT, BIG_ENDIAN):
            privates.all_safe(self.draft(shape("philips_ingenuity"), "safe-private", syntax=syntax))

    def _examinations(self) -> None:
        """Four patients with three files each that refer to each other; multi-frame objects; measures."""
        for number, charset in enumerate(("latin", "utf8", "ir149", "euc-kr undeclared")):
            case = self.case(SCRIPTS.get(charset, "korean"), keyed=number % 2 == 1)
            look = [one for one in shapes() if one.kind == "CT"][number]
            series = self.people.uid()
            files = [
                self.draft(look, "examination", charset=charset, case=case, series=series) for _ in range(3)
            ]
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
