"""Who is how old and how ill: diseases, symptoms, treatment and outcome of each of the 522.

Every count that the papers print holds by construction; who has what follows an invented score of severity,
which rises with age. Nothing here is known of any real person.
"""

import random
from dataclasses import dataclass, field

from cohort.references import Reference
from demo.cohort.dealing import at_least_one, by_rank, dealt, noisy, top
from demo.cohort.fitting import Band, values

YOUNGEST, OLDEST = 11, 97
SEED = 19
DISEASES = ("comorb_htn", "comorb_dm", "comorb_chd", "comorb_copd", "comorb_cancer")
KIDNEY, LIVER, OTHER = "comorb_ckd", "comorb_cld", "comorb_other"
ROWS = {
    "comorb_htn": "comorb_htn",
    "comorb_dm": "comorb_dm",
    "comorb_chd": "comorb_cvd",
    "comorb_copd": "comorb_copd",
    "comorb_cancer": "comorb_cancer",
}
LIVING_KIDNEY, LIVING_LIVER = 8, 10
DIED_WITH_PRESSURE, DIED_WITH_HEART = 9, 2
DIED_VENTILATED = 16
BREATHLESS_ON_OXYGEN = 90
STEROID = {"ventilated": 30, "oxygen": 15}
CONSERVATIVE_BESIDE_ANTIVIRALS = 35
ONSET_UNKNOWN = 15


@dataclass
class Illness:
    """Sets hold people by number; `score` is the severity, `diseases` the items answered Yes."""

    ages: list[int]
    score: list[float]
    died: set[int]
    oxygen: set[int]
    ventilated: set[int]
    stay: dict[int, int]
    groups: dict[str, set[int]] = field(default_factory=dict)
    diseases: dict[int, set[str]] = field(default_factory=dict)

    def has(self, group: str, person: int) -> bool:
        return person in self.groups[group]


def illness(reference: Reference, dice: random.Random) -> Illness:
    """The illness of everybody in `reference`'s cohort."""
    n = {row: one.n for row, one in reference.counts.items()}
    everyone = range(reference.totals["cohort"])
    died = set(dice.sample(everyone, n["death"]))
    ages = _ages(reference, died)
    score = noisy([age / 25 for age in ages], 1, dice)
    living = set(everyone) - died
    oxygen = died | top(n["o2"] - len(died), living, score)
    ventilated = top(DIED_VENTILATED, died, score)
    ventilated |= top(n["mv"] - DIED_VENTILATED, oxygen - died, score)
    days = values(reference.means["los"], [Band(len(ages), 0, 94)], places=0, seed=SEED)
    stay = by_rank(map(int, days), everyone, noisy(score, 1.5, dice))
    told = Illness(ages, score, died, oxygen, ventilated, stay)
    told.groups = _treatment(told, n, dice) | _symptoms(told, n, dice)
    told.diseases = _diseases(told, n, dice)
    return told


def _ages(reference: Reference, died: set[int]) -> list[int]:
    """Ages of everybody: those of the dead have their own mean, and all together theirs."""
    whole, of_dead = reference.means["age"], reference.means["death_age"]
    least, most = int(of_dead.min or 0), int(of_dead.max or 0)
    dead = values(of_dead, [Band(len(died), least, most)], places=0, seed=SEED)
    rest = Band(reference.totals["cohort"] - len(died), YOUNGEST, OLDEST)
    ages = values(whole, [rest], places=0, seed=SEED, fixed=[float(age) for age in dead])
    dying, living = iter(ages[: len(died)]), iter(ages[len(died) :])
    return [
        int(next(dying) if person in died else next(living)) for person in range(reference.totals["cohort"])
    ]


def _treatment(told: Illness, n: dict[str, int], dice: random.Random) -> dict[str, set[int]]:
    everyone, score = set(range(len(told.ages))), told.score
    ventilated, oxygen = told.ventilated, told.oxygen
    icu = ventilated | top(n["icu"] - len(ventilated), oxygen - ventilated, score)
    steroid = top(STEROID["ventilated"], ventilated, noisy(score, 1, dice))
    steroid |= top(STEROID["oxygen"], oxygen - ventilated, noisy(score, 1, dice))
    steroid |= top(n["tx_steroid"] - len(steroid), everyone - oxygen, score)
    remdesivir = top(n["tx_rdv_only"], oxygen, noisy(score, 2, dice))
    alike = noisy(score, 2, dice)
    others = n["tx_lpv_only"] + n["tx_lpv_hcq"] + n["tx_hcq_only"]
    treated = list(top(others, everyone - remdesivir, alike))
    names = dealt({"lpv": n["tx_lpv_only"], "both": n["tx_lpv_hcq"], "hcq": n["tx_hcq_only"]}, dice)
    drug = dict(zip(sorted(treated), names, strict=True))
    without = everyone - remdesivir - set(treated)
    beside = top(CONSERVATIVE_BESIDE_ANTIVIRALS, set(treated) - oxygen, [-one for one in score])
    alone = top(n["tx_conservative"] - len(beside), without, [-one for one in score])
    return {
        "icu": icu,
        "ecmo": top(n["ecmo"], ventilated, [-age for age in told.ages]),
        "ards": top(n["ards"], ventilated, noisy(score, 0.5, dice)),
        "steroid": steroid,
        "tx_rdv": remdesivir,
        "tx_lpv": {one for one, name in drug.items() if name in ("lpv", "both")},
        "tx_hcq": {one for one, name in drug.items() if name in ("hcq", "both")},
        "conservative": alone | beside,
    }


def _symptoms(told: Illness, n: dict[str, int], dice: random.Random) -> dict[str, set[int]]:
    everyone, score = set(range(len(told.ages))), told.score
    silent = top(n["sx_none"], everyone - told.oxygen, [-one for one in noisy(score, 1, dice)])
    ill = everyone - silent
    breathless = top(BREATHLESS_ON_OXYGEN, told.oxygen, score)
    breathless |= top(n["sx_dyspnea"] - len(breathless), ill - told.oxygen, score)
    return {
        "symptomatic": ill,
        "sx_fever": top(n["sx_fever"], ill, noisy(score, 2, dice)),
        "sx_cough": set(dice.sample(sorted(ill), n["sx_cough"])),
        "sx_dyspnea": breathless,
        "sx_confusion": top(n["sx_confusion"], told.ventilated, [float(age) for age in told.ages]),
        "onset_unknown": set(dice.sample(sorted(ill), ONSET_UNKNOWN)),
    }


def _diseases(told: Illness, n: dict[str, int], dice: random.Random) -> dict[int, set[str]]:
    dead = sorted(top(n["death_any_disease"], told.died, noisy(told.score, 1, dice)))
    held = {person: set[str]() for person in dead}
    diabetes, after = dead[: n["death_dm"]], dead[n["death_dm"] :]
    lungs = after[: n["death_copd"]]
    kidney = after[len(lungs) : len(lungs) + n["death_ckd"]]
    rest = after[len(lungs) + len(kidney) :]
    cancer = (rest + diabetes)[: n["death_cancer"]]
    for mark, people in (
        ("comorb_dm", diabetes),
        ("comorb_copd", lungs),
        (KIDNEY, kidney),
        ("comorb_cancer", cancer),
        ("comorb_htn", dead[:DIED_WITH_PRESSURE]),
        ("comorb_chd", dead[-DIED_WITH_HEART:]),
    ):
        for person in people:
            held[person].add(mark)
    living = top(n["comorb_any"] - len(dead), set(range(len(told.ages))) - told.died, told.score)
    quotas = {item: n[row] - sum(item in one for one in held.values()) for item, row in ROWS.items()}
    quotas["others"] = n["comorb_others"] - len(kidney)
    found = at_least_one(quotas, sorted(living), dice)
    kinds = [KIDNEY] * LIVING_KIDNEY + [LIVER] * LIVING_LIVER
    kinds += [OTHER] * (quotas["others"] - len(kinds))
    for person in sorted(living):
        if "others" in found[person]:
            found[person] = found[person] - {"others"} | {kinds.pop(0)}
    return held | found
