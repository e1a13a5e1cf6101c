"""Small cells: counts of one to four people, and what would give them away, are not shown to researchers.

A hidden count can be worked out when it is the only hidden one of a set that adds up; then the next smallest
of the set is hidden too. Sets that add up are named in `PARTITIONS`; `TIED` names the denominator that is the
row's own count or what the row leaves of the cohort. How many cases there are is told; of fewer than five,
nothing else is.
"""

from dataclasses import replace

from cohort.summary.arithmetic import Spread
from cohort.summary.means import MEANS
from cohort.summary.shares import SHARES
from cohort.summary.summarise import Part, Summary

LIMIT = 5
WHOLE = "cohort"

PARTITIONS: tuple[tuple[str, ...], ...] = (
    ("male", "female"),
    ("exp_unknown", "exp_infected", "exp_area"),
    ("smk_current", "smk_ex", "smk_never", "smk_unknown"),
    ("comorb_none", "comorb_any"),
    ("route_screening", "route_er", "route_transfer"),
    ("pcr_initial_pos", "pcr_delayed"),
    ("site_tertiary", "site_secondary"),
    ("ct_scans_1", "ct_scans_2", "ct_scans_3", "ct_scans_4", "ct_scans_5", "ct_scans_ge6"),
    ("vendor_siemens", "vendor_ge", "vendor_canon", "vendor_philips", "vendor_other"),
    ("model_flash", "model_asplus", "model_other"),
    ("st_le15", "st_15_3", "st_gt3", "st_unknown"),
    ("cxr_1", "cxr_2", "cxr_3", "cxr_ge4"),
    ("cxr_innovision", "cxr_gm85", "cxr_other"),
    ("pcr_why_exposure", "pcr_why_area", "pcr_why_symptoms"),
    ("tx_lpv", "tx_lpv_only", "tx_lpv_hcq"),
    ("tx_lpv_only", "tx_lpv_hcq", "tx_hcq_only", "tx_rdv_only", "tx_other", "tx_none"),
)
TIED = {
    "death": "deaths",
    "pcr_delayed": "delayed_pcr",
    "comorb_any": "diseased",
    "sx_none": "symptomatic",
    "ct_any": "ct_patients",
    "cxr_any": "cxr_patients",
}
WITHOUT = Spread(0, None, None, None, None)


def small(n: int | None) -> bool:
    """Whether `n` is a small cell: 1 to 4. Nobody is nobody, so 0 is shown."""
    return n is not None and 0 < n < LIMIT


def hide(summary: Summary) -> Summary:
    """The summary without small cells and without what would give them away."""
    hidden = _hidden_rows(summary)
    denominators = {
        name: n if name == WHOLE else None if small(n) or _given_away(name, hidden) else n
        for name, n in summary.denominators.items()
    }
    silent = {name for name, n in denominators.items() if n is None or small(n)}
    hidden |= {row.id for row in SHARES if row.of in silent}
    shares = {name: _covered(part) if name in hidden else part for name, part in summary.shares.items()}
    means = {}
    for row in MEANS:
        numbers = summary.means[row.id]
        complement = (summary.denominators[row.of] or 0) - numbers.n
        keep = not small(numbers.n) and row.of not in silent and not small(complement)
        means[row.id] = numbers if keep else WITHOUT
    imaging = _cover_set(summary.imaging)
    return replace(
        summary,
        denominators=denominators,
        shares=shares,
        means=means,
        imaging=imaging,
        sites=_cover_set(summary.sites),
        scans=_cover_set(summary.scans),
        films=_cover_set(summary.films),
        homes=_cover_set(summary.homes),
        death_ages=_cover_set(summary.death_ages) if "deaths" not in silent else {},
    )


def _hidden_rows(summary: Summary) -> set[str]:
    hidden = {
        name
        for name, part in summary.shares.items()
        if small(part.n) or (part.n and small(part.denominator - part.n))
    }
    hidden |= {row for row, name in TIED.items() if small(summary.denominators[name])}
    while True:
        more: set[str] = set()
        for rows in PARTITIONS:
            covered = [row for row in rows if row in hidden]
            rest = [row for row in rows if row not in hidden and summary.shares[row].n]
            if len(covered) == 1 and rest:
                more.add(min(rest, key=lambda row: summary.shares[row].n))
        if not more:
            return hidden
        hidden |= more


def _given_away(denominator: str, hidden: set[str]) -> bool:
    return any(name == denominator and row in hidden for row, name in TIED.items())


def _covered(part: Part) -> Part:
    return replace(part, n=0, pct=None, hidden=True)


def _cover_set(counts: dict[str, int | None]) -> dict[str, int | None]:
    """Counts that add up to the cohort; small ones, and one more when only one is small, are None."""
    covered = {name for name, n in counts.items() if small(n)}
    rest = [name for name, n in counts.items() if n and name not in covered]
    if len(covered) == 1 and rest:
        covered.add(min(rest, key=lambda name: counts[name] or 0))
    return {name: None if name in covered else n for name, n in counts.items()}
