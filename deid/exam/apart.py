"""Identity in other ways of writing: numbers set apart, days in any order, short names joined, names of
hospitals made of ordinary words, people whom only the text of a device names.
"""

from __future__ import annotations

from collections.abc import Iterator

from deid.exam.people import People, Person
from deid.exam.writings import MONTHS, Written

RESIDENT = ("{}-{}", "{}_{}", "{}/{}", "{}.{}", "{} - {}", "{}--{}", "{}{}")
PHONES = ("010/0000/{}", "010_0000_{}", "010-0000{}", "0310000{}", "82-10-0000-{}", "(010)0000-{}", "1588-{}")
SHORT = (("Ko", "Eun"), ("Oh", "Jin"), ("Yi", "So Ra"), ("Lee", "Ha Na"), ("Møller", "Åse"))
HOSPITALS = ("Samsung Medical Center", "National University Hospital", "GE Imaging Center", "Canon Health")
LONG_DASH = "\u2015"
"""The dash that KS X 1001 has."""
DAYS = (
    "{y}. {m}. {d}.",
    "{y}_{mm}_{dd}",
    "{m}/{d}/{short}",
    "{d}.{mm}.{short}",
    "{short}-{m}-{d}",
    "{name}. {d}, {y}",
    "{d}th {name} {y}",
    "{y}{name}{dd}",
    "{name}-{dd}-{y}",
    "{d} {name}",
    "{y}{mm}{dd}101530",
    "{dd}{mm}{y}",
)


def numbers(people: People, person: Person, *, dashes: bool) -> list[Written]:
    """Resident numbers, telephones and the hospital number, with whatever people put between digits."""
    found: list[Written] = []
    for shape in (*RESIDENT, *(["{}" + LONG_DASH + "{}"] if dashes else [])):
        front, back = people.resident_number().split("-")
        found.append((shape.format(front, back), (front, back)))
    spelled = " ".join(people.resident_number().replace("-", ""))
    found.append((spelled, (spelled,)))
    for shape in PHONES:
        phone = shape.format(people.digits(4))
        found.append((phone, (phone,)))
    number = person.hospital_number
    for mark in ("_", ",", " ", ":", "--"):
        text = f"{number[:3]}{mark}{number[3:6]}{mark}{number[6:]}"
        found.append((text, (text,)))
    return found


def days(day: str) -> Iterator[Written]:
    """The day in every order. Where month and day stand together, they alone are secret too."""
    year, month, number = day[:4], int(day[4:6]), int(day[6:])
    for shape in DAYS:
        parts = {"y": year, "short": year[2:], "m": month, "d": number, "mm": day[4:6], "dd": day[6:]}
        text = shape.format(name=MONTHS[month - 1], **parts)
        without = text.replace(year, "").strip(" .,_")
        joined = without.isdigit() or without == text
        yield text, (text,) if joined else (text, without)


def joined(family: str, given: str) -> list[Written]:
    """A short name as one word, in both orders, with an age, and with letters set apart."""
    one, two = family.upper(), given.upper().replace(" ", "")
    words = (one + two, two + one, f"{one}{two}64M", f"{one}64M", f"{one[0]}{one[1:]}_{two}")
    found = [(word, (word,)) for word in words]
    spaced = " ".join(one + two)
    return [*found, (spaced, (spaced,)), (".".join(one + two), (".".join(one + two),))]


def strangers(people: People, script: str) -> list[Written]:
    """People whom nothing in the file names but the text of the device."""
    found: list[Written] = []
    for _ in range(4):
        name = people.short_name(script)
        found.append((f"{name.given} {name.family}", (name.given, name.family)))
        found.append((f"{name.family}_{name.given}", (name.family, name.given)))
        if script != "latin":
            found.append((name.hangul, (name.hangul_given,)))
    return [*found, ("KIM MINSU", ("KIM", "MINSU")), ("PARK1", ("PARK1",)), ("Choi64F", ("Choi64F",))]
