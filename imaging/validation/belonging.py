"""Whether a file is of a kind that is collected, from its header alone."""

from imaging.validation.facts import CR_CLASS, CT_CLASSES, DX_CLASSES, Facts
from imaging.validation.ruleset import RULES, words

MODALITIES = {
    **dict.fromkeys(CT_CLASSES, frozenset({"CT"})),
    CR_CLASS: frozenset({"CR", "DX"}),
    **dict.fromkeys(DX_CLASSES, frozenset({"DX", "CR"})),
}


def refusal(facts: Facts) -> str:
    """Code of the reason why the file does not belong, or an empty text."""
    if facts.sop_class not in MODALITIES:
        return "unknown_sop_class"
    if facts.modality not in MODALITIES[facts.sop_class]:
        return "wrong_modality"
    for code in ("screen_capture", "localizer"):
        sought = words(code, "image_type")
        if facts.kind in RULES[code].kinds and any(part in sought for part in facts.image_type):
            return code
    return ""
