"""Judging one series: a pure function over header facts for each rule of `rules.toml` for series.

A check answers None, or the values that its text names.
"""

from collections.abc import Callable, Sequence
from typing import Any

from imaging.validation.facts import FOR_PROCESSING, SINGLE_FRAME, Facts
from imaging.validation.geometry import parallel, plane, stack, thickness_class
from imaging.validation.ruleset import RULES, VERSION, limit, words

Values = dict[str, Any]
Check = Callable[[Sequence[Facts]], Values | None]

LISTED = 50
SYNTAX = "1.2.840.10008.1.2.4."


def judge(series: Sequence[Facts]) -> list[dict[str, Any]]:
    """Findings of a series (not empty), in the order of the rules: {"code", "severity", "rule", "values"}."""
    kind = series[0].kind
    found = []
    for code, check in CHECKS.items():
        if kind in RULES[code].kinds and (values := check(series)) is not None:
            found.append(finding(code, values))
    return found


def finding(code: str, values: Values | None = None) -> dict[str, Any]:
    """A finding as it is kept with a series."""
    severity = RULES[code].severity
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
    shortest = limit("short_coverage", "extent_mm")
    return {"extent_mm": round(extent, 1), "limit_mm": shortest} if extent < shortest else None


def _not_axial(series: Sequence[Facts]) -> Values | None:
    kind = plane(series[0].orientation)
    return {"plane": kind} if kind not in ("", "axial") else None


def _not_supine(series: Sequence[Facts]) -> Values | None:
    given = series[0].patient_position
    return None if is_supine(given) else {"position": given}


def is_supine(position: str) -> bool:
    """True for what ends in S (HFS, FFS); what is not said is taken for the usual."""
    return not position or position.endswith("S")


def _derived(series: Sequence[Facts]) -> Values | None:
    kinds = series[0].image_type
    return None if is_original(kinds) else {"image_type": "\\".join(kinds)[:64]}


def is_original(image_type: Sequence[str]) -> bool:
    """Whether an image type (upper case) is of an image as it was reconstructed from the measurement."""
    reformatted = words("derived", "image_type")
    return "DERIVED" not in image_type[:1] and not any(part in reformatted for part in image_type)


def _thick(series: Sequence[Facts]) -> Values | None:
    mm = series[0].thickness
    return {"thickness_mm": mm} if thickness_class(mm) == "thick" else None


def _no_thickness(series: Sequence[Facts]) -> Values | None:
    return {} if series[0].thickness is None else None


def _lossy(series: Sequence[Facts]) -> Values | None:
    sure = {SYNTAX + number for number in words("lossy", "syntaxes")}
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
    return view.split(" ")[0].split("_")[0] in words("not_frontal", "frontal")


def _monochrome1(series: Sequence[Facts]) -> Values | None:
    count = sum(facts.photometric == "MONOCHROME1" for facts in series)
    return {"count": count} if count else None


def _several(series: Sequence[Facts]) -> Values | None:
    return {"count": len(series)} if len(series) > 1 else None


def _multiframe(series: Sequence[Facts]) -> Values | None:
    count = sum(facts.frames > 1 and facts.sop_class in SINGLE_FRAME for facts in series)
    return {"count": count} if count else None


def _colour(series: Sequence[Facts]) -> Values | None:
    kinds = [facts.photometric for facts in series if facts.photometric]
    coloured = [kind for kind in kinds if not kind.startswith("MONOCHROME")]
    return {"count": len(coloured), "photometric": coloured[0][:16]} if coloured else None


def _for_processing(series: Sequence[Facts]) -> Values | None:
    return {} if series[0].sop_class == FOR_PROCESSING else None


def _not_chest(series: Sequence[Facts]) -> Values | None:
    part = series[0].body_part
    return {"body_part": part[:32]} if part not in words("not_chest", "chest") else None


CHECKS: dict[str, Check] = {
    "missing_slices": _missing,
    "double_slices": _double,
    "uneven_spacing": _uneven,
    "mixed_orientation": _mixed_orientation,
    "mixed_matrix": _mixed_matrix,
    "no_geometry": _no_geometry,
    "short_coverage": _short,
    "not_axial": _not_axial,
    "not_supine": _not_supine,
    "derived": _derived,
    "thick_slices": _thick,
    "no_thickness": _no_thickness,
    "view_blank": _view_blank,
    "not_frontal": _not_frontal,
    "several_images": _several,
    "for_processing": _for_processing,
    "monochrome1": _monochrome1,
    "multiframe": _multiframe,
    "colour": _colour,
    "not_chest": _not_chest,
    "lossy": _lossy,
    "no_vendor": _no_vendor,
}

RECOMPUTED = frozenset({*CHECKS, "mixed_calendars", "also_elsewhere"})
"""Findings judged anew when a series grows: they follow from all its instances, or are kept no longer."""
