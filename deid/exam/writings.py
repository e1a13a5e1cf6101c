"""How people write names, numbers and days into text, each with what of it may remain nowhere."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from deid.exam.draft import Case
from deid.exam.people import Name, People, Person

Written = tuple[str, tuple[str, ...]]
"""A text, and its secrets."""
PHONES = (
    "010-0000-{}",
    "010 0000 {}",
    "0100000{}",
    "+82-10-0000-{}",
    "+82 10 0000 {}",
    "02-000-{}",
    "(02) 000-{}",
    "010.0000.{}",
    "TEL 010-0000-{}",
)
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def wide(text: str) -> str:
    """Full-width forms, as Korean and Japanese keyboards give them."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" if c == " " else c for c in text)


def latin(name: Name) -> Iterator[Written]:
    family, given = name.family, name.given
    secrets = (family, given)
    yield f"{family}^{given}", secrets
    yield f"{given.lower()} {family.lower()}", secrets
    yield f"{family.title()}, {given.title()}", secrets
    yield f"{given}^{family}", secrets
    yield f"{family}_{given}", secrets
    yield f"{family}{given}", secrets
    yield f"{given}{family}", secrets
    yield f"DR.{family.title()}", (family,)
    yield f"{given[0]}.{family}", (family,)
    yield f"({family.lower()})", (family,)
    yield f"{family.title()}'s", (family,)
    yield f"{family}01", (family,)
    yield f"{family}^^{given}^DR", secrets


def accented(name: Name) -> Iterator[Written]:
    """Written with other letters that are the same: accents, full width, Hangul in single letters."""
    marked = unicodedata.normalize("NFC", "".join(c + "\u0301" if c in "AEIOU" else c for c in name.family))
    yield marked, (name.family,)
    yield wide(name.family), (name.family,)
    yield unicodedata.normalize("NFD", name.hangul), (name.hangul_given,)


def hangul(name: Name) -> Iterator[Written]:
    whole, given = name.hangul, name.hangul_given
    yield whole, (given,)
    yield f"{name.hangul_family} {given}", (given,)
    yield f"{name.hangul_family}^{given}", (given,)
    yield f"{whole}님", (given,)
    yield f"{whole} 환자", (given,)
    yield f"{given}", (given,)
    yield f"교수 {whole}의", (given,)
    yield f"{name.hangul_family} {' '.join(given)}", (" ".join(given),)
    yield f"{name.hanja}", (name.hanja,)


def numbers(people: People, person: Person) -> list[Written]:
    """Numbers of the patient; the last two are addresses, on the web and in a street."""
    number = person.hospital_number
    bare = (number.lstrip("0"),)
    found: list[Written] = [(text, bare) for text in (number, bare[0], f"#{number}", f"ID:{number}")]
    split = f"{number[:4]}-{number[4:]}"
    found += [(person.accession.lower(), (person.accession,)), (split, (split,))]
    for shape in ("{}", "RRN{}", "({})"):
        resident = people.resident_number()
        found.append((shape.format(resident), (resident,)))
    for mark in ("", " "):
        resident = people.resident_number().replace("-", mark)
        found.append((resident, (resident,)))
    masked = f"{people.resident_number()[:8]}******"
    found.append((masked, (masked[:8],)))
    resident = people.resident_number()
    found.append((wide(resident), (resident,)) if person.name.hangul else (resident, (resident,)))
    for shape in PHONES:
        phone = shape.format(people.digits(4))
        found.append((phone, (phone.removeprefix("TEL "),)))
    mail, web, street = people.mail(), people.word().lower(), people.word()
    found.append((mail, (mail, mail.split("@")[0])))
    found.append((f"www.{web}.example.com", (web,)))
    found.append((f"{people.digits(4)} {street} STREET", (street,)))
    return found


def uids(case: Case, people: People) -> list[Written]:
    """UIDs in text: of this examination, and of another."""
    other = people.uid()
    return [
        (case.study, (case.study,)),
        (other, (other,)),
        (f"UID:{case.frame_of_reference}", (case.frame_of_reference,)),
    ]


def days(people: People) -> Iterator[Written]:
    """Dates as people type them. The year is part of the secret: the calendar stays at the hospital."""
    for shape in (
        "{y}{m}{d}",
        "{y}-{m}-{d}",
        "{y}.{m}.{d}",
        "{y}/{m}/{d}",
        "{m}/{d}/{y}",
        "{d}.{m}.{y}",
        "{d}-{name}-{y}",
        "{d} {name} {y}",
        "{name} {d}, {y}",
        "{y}. {m}. {d}.",
        "{short}.{m}.{d}",
        "{short}/{m}/{d}",
        "{short}{m}{d}",
    ):
        yield _day(people, shape)


def korean_days(people: People) -> Iterator[Written]:
    for shape in ("{y}년 {m}월 {d}일", "{y}년{m}월{d}일", "{m}월 {d}일", "'{short}. {m}. {d}"):
        yield _day(people, shape)


def _day(people: People, shape: str) -> Written:
    day = people.day(2014, 2021)  # "2022" stands in the names of character sets
    year, month, number = day[:4], day[4:6], day[6:]
    text = shape.format(y=year, m=month, d=number, name=MONTHS[int(month) - 1], short=year[2:])
    secrets = [text]
    if "{y}" in shape:
        secrets.append(year)
    if "{name}" in shape:
        secrets.append(f"{MONTHS[int(month) - 1]}")
    return text, tuple(secrets)
