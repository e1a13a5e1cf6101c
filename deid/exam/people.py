"""Invented people and what identifies them. Nobody can be met here.

Names are syllables that make no name; resident registration numbers carry a valid check digit and a birth
date that never was (30 and 31 February); telephone numbers are in blocks that are not given out; mail goes
to example.com (RFC 2606).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

TRIES = 10_000
WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
HEADS = ("QUO", "ZYB", "VRA", "XIM", "KWU", "JOV", "PFE", "GNO", "TZI", "WYX", "DVO", "BZU", "CHX", "HJI")
MIDDLES = ("RVA", "LDI", "NKO", "SBU", "MPY", "TGE", "CWI", "FLO", "DRU", "GZA", "PNE", "VHO")
TAILS = ("QUIL", "ZORB", "XEM", "VANK", "JUTH", "WIKS", "BOFF", "GRYX", "PYLT", "NUZZ", "KOVD", "MIFT")
HANGUL_FAMILY = "꽹뚱쾅삥컹뿅낑텅퐁휑벙찡"
HANGUL_GIVEN = (
    "갉갊같갚걺겉겊겪곁곪곯괆굵굶굻긁긺깊깎깖깥꺾꼍꿇끎끓끝낚낡낢낱넒넓녘놂높늙늚늪닒닢닦닭닮닯닳덖덞덟덮돎돝듦떪떫뚫랖릍릎맑"
    "맒맡멂몲묶묽묾뭍밂밑밖밝밞밟밭뱉벎볕볶붉붊붙붚빎빪삵삶샅섞섦섧섶솎솖솥숱숲슭싫싶썲쏢쓺쓿앍앎앓앝앞얇얕얽얾엌엎엮엶엷옅옆"
)
EXTENDED = "뷁쏅믁뙠펲쀍쫔횽똠햏믜왂"
"""Syllables that CP949 has and KS X 1001 has not."""
HANJA = "鬱爵羈纛驥麟鸞鼇龜齷鑿籬轎饗蠱躪鑛驪鷹黴曠"


@dataclass(frozen=True, slots=True)
class Name:
    """A person name in both scripts; ``hangul`` parts are empty where a file cannot write them."""

    family: str
    given: str
    hangul_family: str = ""
    hangul_given: str = ""
    hanja: str = ""

    @property
    def dicom(self) -> str:
        """A PN value (PS3.5 6.2.1): Latin, and Chinese and Korean groups where there are any."""
        latin = f"{self.family.title()}^{self.given.title()}"
        if not self.hangul_family:
            return latin
        return f"{latin}={self.hanja}={self.hangul_family}^{self.hangul_given}"

    @property
    def hangul(self) -> str:
        return self.hangul_family + self.hangul_given

    @property
    def secrets(self) -> tuple[str, ...]:
        """What may stand nowhere in an output."""
        found = (self.family, self.given, self.hangul, self.hangul_given, self.hanja)
        return tuple(part for part in found if len(part) > 1)


@dataclass(frozen=True, slots=True)
class Person:
    name: Name
    doctor: Name
    operator: Name
    mother: Name
    hospital_number: str
    resident_number: str
    phone: str
    mail: str
    address: str
    hospital: str
    station: str
    accession: str
    serial: str
    sex: str
    age: str
    birth: str


class People:
    """Makes people, identifiers and unique marks from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self._used: set[str] = set()

    def fresh(self, *choices: Sequence[str]) -> str:
        """One of each of the choices joined, such as was not given out before."""
        return self._new(lambda: "".join(self.random.choice(choice) for choice in choices))

    def _new(self, make: Callable[[], str]) -> str:
        for _ in range(TRIES):
            made = make()
            if made not in self._used:
                self._used.add(made)
                return made
        raise RuntimeError("the exam ran out of invented names")

    def word(self) -> str:
        """A Latin word that is none."""
        return self.fresh(HEADS, MIDDLES, MIDDLES, TAILS)

    def digits(self, count: int) -> str:
        """A number not given out before, without a leading zero."""
        return self._new(lambda: str(self.random.randrange(10 ** (count - 1), 10**count)))

    def code(self) -> str:
        """A mark such as hospitals give to orders and devices: letters and digits, at most 16 characters."""
        return f"{self.word()[:6]}{self.digits(7)}"

    def name(self, script: str) -> Name:
        """``script``: latin, korean (KS X 1001) or extended (CP949)."""
        latin = (self.word(), self.word())
        if script == "latin":
            return Name(*latin)
        syllables = EXTENDED if script == "extended" else HANGUL_GIVEN
        given = self.fresh(syllables, syllables)
        family = self.random.choice(EXTENDED if script == "extended" else HANGUL_FAMILY)
        hanja = "" if script == "extended" else self.fresh(HANJA, HANJA, HANJA)
        return Name(*latin, family, given, hanja)

    def short_name(self, script: str) -> Name:
        """A name as short as many are: three letters and four, one syllable and two."""
        long = self.name(script)
        family, given = self.random.choice(HEADS), self.random.choice(TAILS)
        return Name(family, given, long.hangul_family, long.hangul_given, long.hanja)

    def resident_number(self) -> str:
        """Thirteen digits with a hyphen, of a day that never was."""

        def make() -> str:
            year, day = self.random.randrange(40, 99), self.random.choice("01")
            body = f"{year}023{day}{self.random.choice('1256')}{self.random.randrange(100000):05d}"
            total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
            return f"{body[:6]}-{body[6:]}{(11 - total % 11) % 10}"

        return self._new(make)

    def phone(self) -> str:
        return f"010-0000-{self.digits(4)}"

    def mail(self) -> str:
        return f"{self.word().lower()}@example.com"

    def day(self, first: int = 2014, last: int = 2023) -> str:
        """A date as DICOM writes it, not given out before; its day is above 12, so that its order is sure."""

        def make() -> str:
            year, month = self.random.randint(first, last), self.random.randint(1, 12)
            return f"{year}{month:02d}{self.random.randint(13, 28)}"

        return self._new(make)

    def uid(self) -> str:
        """A UID of the invented hospital 1.2.826.0.1.3680043.10.543 (a root for tests)."""
        return f"1.2.826.0.1.3680043.10.543.{self.digits(9)}.{self.digits(8)}"

    def person(self, script: str) -> Person:
        korean = script != "latin"
        name, place = self.name(script), self.fresh(HANGUL_GIVEN, HANGUL_GIVEN)
        return Person(
            name=name,
            doctor=self.name(script),
            operator=self.short_name(script),
            mother=self.name(script),
            hospital_number="00" + self.digits(7),
            resident_number=self.resident_number(),
            phone=self.phone(),
            mail=self.mail(),
            address=f"{place}시 {place}로 {self.digits(4)}"
            if korean
            else f"{self.digits(5)} {self.word()} LANE",
            hospital=f"{self.fresh(HANGUL_GIVEN, HANGUL_GIVEN)}대학교병원"
            if korean
            else f"{self.word()} UNIVERSITY HOSPITAL",
            station=self.code(),
            accession=self.code(),
            serial=self.code(),
            sex=self.random.choice("MF"),
            age=f"{self.random.randint(20, 95):03d}Y",
            birth=f"{self.random.randint(1930, 2003)}02{self.random.randint(13, 28)}",
        )
