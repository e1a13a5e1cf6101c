"""Checks of a series, as data: code, severity, kind of exam, version, and a pure function over header facts.

A check answers None, or the values that its text names. Severities: error (not fit for use as it is), waiver
(a person with a name and a reason may accept it), warning, info.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from imaging.validation.facts import FOR_PROCESSING, Facts
from imaging.validation.geometry import parallel, plane, stack, thickness_class

Values = dict[str, Any]
Check = Callable[[Sequence[Facts]], Values | None]

VERSION = "1"
SHORTEST_MM = 150.0
LISTED = 50
FRONTAL = ("PA", "AP")
LATERAL = ("LL", "RL", "LLD", "RLD", "LAT", "LATERAL", "LLO", "RLO", "LPO", "RPO", "LAO", "RAO")
CHEST = (
    "",
    "CHEST",
    "THORAX",
    "LUNG",
    "LUNGS",
    "CHEST_TO_PELVIS",
    "CHESTABDOMEN",
    "CHESTABDPELVIS",
    "CHEST_ABDOMEN",
)
LOSSY_SYNTAXES = frozenset(
    f"1.2.840.10008.1.2.4.{number}"
    for number in ("50", "51", "81", "91", "93", "203", "100", "101", "102", "103")
)
REFORMATTED = (
    "MPR",
    "REFORMATTED",
    "MIP",
    "MINIP",
    "MIN IP",
    "CURVED",
    "VOLREN",
    "CSAPARALLEL",
    "CSA MPR",
    "CSAMPR",
)
MAYBE_LOSSY = frozenset({"1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.203", "1.2.840.10008.1.2.4.93"})


@dataclass(frozen=True)
class Rule:
    code: str
    severity: str
    kinds: tuple[str, ...]
    check: Check


def judge(series: Sequence[Facts]) -> list[dict[str, Any]]:
    """Findings of a series (not empty), in the order of the rules: {"code", "severity", "rule", "values"}."""
    kind = series[0].kind
    found = []
    for rule in RULES:
        if kind in rule.kinds and (values := rule.check(series)) is not None:
            found.append(finding(rule.code, rule.severity, values))
    return found


def finding(code: str, severity: str, values: Values | None = None) -> dict[str, Any]:
    """A finding as it is kept with a series."""
    return {"code": code, "severity": severity, "rule": f"{code}/{VERSION}", "values": values or {}}


def positions(series: Sequence[Facts]) -> list[float]:
    return [position for facts in series for position in facts.positions]


def _listed(name: str, places: Sequence[float]) -> Values | None:
    return {"count": len(places), name: list(places[:LISTED])} if places else None


def _missing(series: Sequence[Facts]) -> Values | None:
    return _listed("positions_mm", stack(positions(series)).missing) if _one_way(series) else None


def _double(series: Sequence[Facts]) -> Values | None:
    return _listed("positions_mm", stack(positions(series)).double) if _one_way(series) else None


def _uneven(series: Sequence[Facts]) -> Values | None:
    if not _one_way(series):
        return None
    judged = stack(positions(series))
    return (
        {"step_mm": judged.step, **(_listed("positions_mm", judged.uneven) or {})} if judged.uneven else None
    )


def _one_way(series: Sequence[Facts]) -> bool:
    return all(parallel(series[0], facts) for facts in series)


def _mixed_orientation(series: Sequence[Facts]) -> Values | None:
    other = sum(not parallel(series[0], facts) for facts in series)
    return {"count": other} if other else None


def _mixed_matrix(series: Sequence[Facts]) -> Values | None:
    sizes = sorted({f"{facts.columns} × {facts.rows}" for facts in series})
    return {"sizes": ", ".join(sizes[:5])} if len(sizes) > 1 else None


def _no_geometry(series: Sequence[Facts]) -> Values | None:
    without = sum(not facts.positions for facts in series)
    return {"count": without} if without else None


def _short(series: Sequence[Facts]) -> Values | None:
    places = positions(series)
    if not places or not _one_way(series):
        return None
    extent = stack(places).extent + (series[0].thickness or 0)
    return {"extent_mm": round(extent, 1), "limit_mm": SHORTEST_MM} if extent < SHORTEST_MM else None


def _not_axial(series: Sequence[Facts]) -> Values | None:
    kind = plane(series[0].orientation)
    return {"plane": kind} if kind not in ("", "axial") else None


def _not_supine(series: Sequence[Facts]) -> Values | None:
    return None if is_supine(series[0]) else {"position": series[0].patient_position}


def is_supine(facts: Facts) -> bool:
    """True for lying on the back, and where nothing is said."""
    return not facts.patient_position or facts.patient_position.endswith("S")


def _derived(series: Sequence[Facts]) -> Values | None:
    return {"image_type": "\\".join(series[0].image_type)[:64]} if is_derived(series[0]) else None


def is_derived(facts: Facts) -> bool:
    """Whether the image type says that it was made from other images."""
    kinds = facts.image_type
    return "DERIVED" in kinds[:1] or any(part in REFORMATTED for part in kinds)


def _thick(series: Sequence[Facts]) -> Values | None:
    mm = series[0].thickness
    return {"thickness_mm": mm} if thickness_class(mm) == "thick" else None


def _no_thickness(series: Sequence[Facts]) -> Values | None:
    return {} if series[0].thickness is None else None


def _lossy(series: Sequence[Facts]) -> Values | None:
    sure = LOSSY_SYNTAXES - MAYBE_LOSSY
    count = sum(facts.lossy or facts.transfer_syntax in sure for facts in series)
    return {"count": count} if count else None


def _no_vendor(series: Sequence[Facts]) -> Values | None:
    return {} if not series[0].vendor else None


def _view_blank(series: Sequence[Facts]) -> Values | None:
    count = sum(not facts.view for facts in series)
    return {"count": count} if count else None


def _not_frontal(series: Sequence[Facts]) -> Values | None:
    views = sorted({facts.view for facts in series if facts.view and not is_frontal(facts.view)})
    return {"view": ", ".join(views[:5])} if views else None


def is_frontal(view: str) -> bool:
    """True for PA and AP with any addition (AP SUPINE); blank is not known to be frontal."""
    return view.split(" ")[0].split("_")[0] in FRONTAL


def _monochrome1(series: Sequence[Facts]) -> Values | None:
    count = sum(facts.photometric == "MONOCHROME1" for facts in series)
    return {"count": count} if count else None


def _several(series: Sequence[Facts]) -> Values | None:
    return {"count": len(series)} if len(series) > 1 else None


def _for_processing(series: Sequence[Facts]) -> Values | None:
    return {} if series[0].sop_class == FOR_PROCESSING else None


def _not_chest(series: Sequence[Facts]) -> Values | None:
    part = series[0].body_part
    return {"body_part": part[:32]} if part not in CHEST else None


CT, CXR, BOTH = ("CT",), ("CXR",), ("CT", "CXR")
RULES: tuple[Rule, ...] = (
    Rule("missing_slices", "waiver", CT, _missing),
    Rule("double_slices", "waiver", CT, _double),
    Rule("uneven_spacing", "warning", CT, _uneven),
    Rule("mixed_orientation", "waiver", CT, _mixed_orientation),
    Rule("mixed_matrix", "waiver", CT, _mixed_matrix),
    Rule("no_geometry", "waiver", CT, _no_geometry),
    Rule("short_coverage", "warning", CT, _short),
    Rule("not_axial", "warning", CT, _not_axial),
    Rule("not_supine", "info", CT, _not_supine),
    Rule("derived", "warning", CT, _derived),
    Rule("thick_slices", "info", CT, _thick),
    Rule("no_thickness", "warning", CT, _no_thickness),
    Rule("view_blank", "waiver", CXR, _view_blank),
    Rule("not_frontal", "error", CXR, _not_frontal),
    Rule("several_images", "info", CXR, _several),
    Rule("for_processing", "warning", CXR, _for_processing),
    Rule("monochrome1", "info", CXR, _monochrome1),
    Rule("not_chest", "waiver", BOTH, _not_chest),
    Rule("lossy", "warning", BOTH, _lossy),
    Rule("no_vendor", "warning", BOTH, _no_vendor),
)

RECOMPUTED = frozenset({*(rule.code for rule in RULES), "mixed_calendars", "also_elsewhere"})
"""Findings that follow from all instances of a series and are judged anew when it grows."""
