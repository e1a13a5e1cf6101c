"""The demo's seventeen invented hospitals, how many of the 522 each brought, and where people live.

The papers name seventeen hospitals and print neither how many patients each brought nor which are tertiary
(only 406 and 116 people in all): this split is synthetic, and no real hospital is meant.
"""

import random
from dataclasses import dataclass

from cohort.references import Reference

DAEGU, BUSAN, DAEJEON, INCHEON, GWANGJU = "27", "26", "30", "28", "29"


@dataclass(frozen=True)
class Hospital:
    """`people`: how many of the cohort it brought. `city`: residence code. `person`: its radiologist."""

    code: str
    name: str
    name_ko: str
    level: str
    people: int
    city: str
    person: str


T, S = "T", "S"
HOSPITALS = (
    Hospital("S01", "Seoul Demo University Hospital", "서울데모대학교병원", T, 24, "11", "Yuna Ok"),
    Hospital("S02", "Hangang Demo Hospital", "한강데모병원", T, 12, "11", "Seojun Do"),
    Hospital("S03", "Daegu Demo University Hospital", "대구데모대학교병원", T, 98, DAEGU, "Hana Seo"),
    Hospital("S04", "Jeonju Demo University Hospital", "전주데모대학교병원", T, 18, "45", "Jiho Ma"),
    Hospital("S05", "Busan Demo University Hospital", "부산데모대학교병원", T, 60, BUSAN, "Minjun Bae"),
    Hospital("S06", "Cheongju Demo University Hospital", "청주데모대학교병원", T, 14, "43", "Ara Pyo"),
    Hospital("S07", "Chuncheon Demo University Hospital", "춘천데모대학교병원", T, 9, "42", "Doyun Cha"),
    Hospital("S08", "Dalseo Demo University Hospital", "달서데모대학교병원", T, 58, DAEGU, "Sumin Gu"),
    Hospital("S09", "Daejeon Demo University Hospital", "대전데모대학교병원", T, 42, DAEJEON, "Eunho Bong"),
    Hospital("S10", "Suseong Demo Hospital", "수성데모병원", S, 40, DAEGU, "Jaemin Tak"),
    Hospital("S11", "Daejeon Demo Medical Center", "대전데모의료원", S, 36, DAEJEON, "Sora Noh"),
    Hospital("S12", "Gwangju Demo University Hospital", "광주데모대학교병원", T, 33, GWANGJU, "Nari Ki"),
    Hospital("S13", "Incheon Demo Medical Center", "인천데모의료원", S, 22, INCHEON, "Hyeon Mo"),
    Hospital("S14", "Cheonan Demo University Hospital", "천안데모대학교병원", T, 16, "44", "Siwoo Eun"),
    Hospital("S15", "Seoul Demo Medical Center", "서울데모의료원", S, 8, "11", "Bora Min"),
    Hospital("S16", "Incheon Demo University Hospital", "인천데모대학교병원", T, 22, INCHEON, "Taeyang Ri"),
    Hospital("S17", "Busan Demo Medical Center", "부산데모의료원", S, 10, BUSAN, "Gaeul Jin"),
)
ELSEWHERE = {"11": 30, "41": 12, "47": 10, "44": 6, "45": 6, "42": 5}


def site_of_each(reference: Reference) -> list[Hospital]:
    """The hospital of each person, hospital by hospital."""
    for level, row in ((T, "site_tertiary"), (S, "site_secondary")):
        brought = sum(one.people for one in HOSPITALS if one.level == level)
        assert brought == reference.counts[row].n, row
    return [one for one in HOSPITALS for _ in range(one.people)]


def residences(reference: Reference, hospitals: list[Hospital], dice: random.Random) -> list[str]:
    """Where each person lives: in the hospital's own city as long as it has people left, then anywhere."""
    left = _quotas(reference)
    homes = [""] * len(hospitals)
    order = dice.sample(range(len(hospitals)), len(hospitals))
    for person in order:
        city = hospitals[person].city
        if left.get(city):
            homes[person] = city
            left[city] -= 1
    rest = [city for city, n in left.items() for _ in range(n)]
    dice.shuffle(rest)
    return [home or rest.pop() for home in homes]


def _quotas(reference: Reference) -> dict[str, int]:
    """People by residence. Printed are three cities and five cities together; the rest is synthetic."""
    counts = {row: one.n for row, one in reference.counts.items()}
    known = {DAEGU: counts["res_daegu"], BUSAN: counts["res_busan"], DAEJEON: counts["res_daejeon"]}
    two_more = counts["res_metro5"] - sum(known.values())
    quotas = known | {INCHEON: two_more // 2, GWANGJU: two_more - two_more // 2} | ELSEWHERE
    assert sum(quotas.values()) == reference.totals["cohort"]
    return quotas
