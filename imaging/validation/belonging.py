"""Whether a file is of a kind that is collected, from its header alone."""

from imaging.validation.facts import CR_CLASS, CT_CLASSES, DX_CLASSES, Facts

MODALITIES = {
    **dict.fromkeys(CT_CLASSES, frozenset({"CT"})),
    CR_CLASS: frozenset({"CR", "DX"}),
    **dict.fromkeys(DX_CLASSES, frozenset({"DX", "CR"})),
}
SCREENS = ("SCREEN SAVE", "DOSE_INFO", "DOSE INFO", "DOSE", "SCREEN")
LOCALIZERS = ("LOCALIZER", "SCOUT", "TOPOGRAM")


def refusal(facts: Facts) -> str:
    """Code of the reason why the file does not belong, or an empty text."""
    if facts.sop_class not in MODALITIES:
        return "unknown_sop_class"
    if facts.modality not in MODALITIES[facts.sop_class]:
        return "wrong_modality"
    if facts.kind == "CT":
        if any(part in SCREENS for part in facts.image_type):
            return "screen_capture"
        if any(part in LOCALIZERS for part in facts.image_type):
            return "localizer"
    return ""
