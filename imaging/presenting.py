"""A series in words: findings, header facts and receipt, in the reader's language."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from imaging.findings import Found
from imaging.models import Exam, Series
from imaging.validation import message

SEVERITIES = ("error", "waiver", "warning", "info")
THICKNESS = {"thin": "≤ 1.5 mm", "medium": "> 1.5–3 mm", "thick": "> 3 mm"}


def findings(found: Iterable[Found]) -> list[dict[str, Any]]:
    """Findings with their sentences: code, severity, text (and the same as message), values, key, waiver."""
    language = get_language() or "en"
    return [
        {
            "code": one.code,
            "severity": one.severity,
            "word": _("Waived") if one.waiver else severity_word(one.severity),
            "text": (text := message(one.code, one.values, language)),
            "message": text,
            "values": one.values,
            "finding": one.key,
            "undecided": one.undecided,
            "waiver": one.waiver,
        }
        for one in found
    ]


def severity_word(severity: str) -> str:
    """How much a finding weighs, in one word or two; the worst of `SEVERITIES` comes first."""
    words = {"error": _("Error"), "waiver": _("Needs a reason"), "warning": _("Look"), "info": _("Note")}
    return words.get(severity, severity)


def facts(series: Series) -> list[tuple[str, str]]:
    """Label and value of what the header says; what it does not say is left out."""
    header, scan = series.header, series.exam.kind == Exam.Kind.CT
    rows = [
        (_("Maker"), series.vendor),
        (_("Model"), series.model),
        (_("Reconstruction kernel"), series.kernel),
        (_("View"), series.view_position),
        (_("Body part"), header.get("body_part", "")),
        (_("Slice thickness"), _mm(series.thickness_mm)),
        (_("Thickness class"), THICKNESS.get(header.get("thickness_class", ""), "")),
        (_("Distance of slices"), _mm(series.spacing_mm)),
        (_("Covered length"), _mm(header.get("extent_mm")) if scan else ""),
        (_("Pixel size"), " × ".join(f"{side:.3g}" for side in header.get("pixel_spacing_mm", [])) or ""),
        (_("Matrix"), f"{series.columns} × {series.rows}" if series.rows else ""),
        (_("Tube voltage"), f"{header['kv']:g} kV" if header.get("kv") else ""),
        (_("Patient position"), header.get("patient_position", "")),
        (_("Images"), str(header.get("frames") or series.instance_count or "")),
        (_("Kind of image"), header.get("image_type", "").replace("\\", " · ")),
    ]
    return [(label, value) for label, value in rows if value]


def receipt(series: Series) -> dict[str, Any]:
    """The last pass in words: `facts` (label, value), `signed`, `actions` (path, action, reason)."""
    passes = series.receipt.get("passes", [])
    if not passes:
        return {}
    last = passes[-1]
    signed = "sequence" in last
    return {
        "facts": [
            (_("Engine"), last["engine"]),
            (_("Profile"), last["profile"]),
            (_("Stripped at the hospital by"), last["stripped_by"] or "–"),
            (_("Files"), str(sum(item["files"] for item in passes))),
            (_("Files with unchanged pixels"), str(sum(item["same_pixels"] for item in passes))),
            *(
                [(_("Signed with key"), last["key"]), (_("Place in the chain"), str(last["sequence"]))]
                if signed
                else []
            ),
            (_("Digest"), last["digest"]),
        ],
        "signed": signed,
        "actions": [
            {"path": item["element"], "action": item["action"], "reason": item["reason"]}
            for item in last["actions"]
        ],
    }


def _mm(value: float | None) -> str:
    return f"{value:g} mm" if value is not None else ""
