"""Makers and models under one name each; what the header said is kept beside it."""

VENDORS: tuple[tuple[str, str], ...] = (
    ("SIEMENS", "Siemens Healthineers"),
    ("GE ", "GE Healthcare"),
    ("GEMS", "GE Healthcare"),
    ("GENERAL ELECTRIC", "GE Healthcare"),
    ("CANON", "Canon Medical Systems"),
    ("TOSHIBA", "Canon Medical Systems"),
    ("PHILIPS", "Philips"),
    ("MARCONI", "Philips"),
    ("SAMSUNG", "Samsung Electronics"),
    ("DK MEDICAL", "DK Medical Systems"),
    ("DK_MEDICAL", "DK Medical Systems"),
    ("DONGKANG", "DK Medical Systems"),
    ("FUJI", "Fujifilm"),
    ("HITACHI", "Hitachi"),
    ("CARESTREAM", "Carestream Health"),
    ("AGFA", "Agfa"),
    ("KONICA", "Konica Minolta"),
    ("SHIMADZU", "Shimadzu"),
    ("LISTEM", "Listem"),
    ("DRTECH", "DRTECH"),
    ("NEUSOFT", "Neusoft Medical Systems"),
    ("UIH", "United Imaging Healthcare"),
    ("UNITED IMAGING", "United Imaging Healthcare"),
)
RADIOGRAPHY = {"Canon Medical Systems": "Canon"}


def vendor(raw: str, *, radiograph: bool = False) -> str:
    """The maker's name as the registry writes it; an unknown one stays as it came, without double spaces."""
    plain = " ".join(raw.split())
    upper = plain.upper()
    for start, name in VENDORS:
        if upper.startswith(start) or upper == start.strip():
            return RADIOGRAPHY.get(name, name) if radiograph and upper.startswith("CANON") else name
    return plain[:64]


MODELS: tuple[tuple[str, str], ...] = (
    ("SOMATOM DEFINITION FLASH", "SOMATOM Definition Flash"),
    ("SOMATOM DEFINITION AS+", "SOMATOM Definition AS+"),
    ("SOMATOM DEFINITION AS", "SOMATOM Definition AS"),
    ("SOMATOM DEFINITION EDGE", "SOMATOM Definition Edge"),
    ("SOMATOM FORCE", "SOMATOM Force"),
    ("AQUILION ONE", "Aquilion ONE"),
    ("REVOLUTION CT", "Revolution CT"),
    ("GM85", "GM85"),
)


def model(raw: str) -> str:
    """The model's name as the registry writes it; an unknown one stays as it came, without double spaces."""
    plain = " ".join(raw.split())
    spoken = plain.upper().replace("_", " ")
    if spoken.startswith("INNOVISION"):
        return "INNOVISION"
    for name, written in MODELS:
        if spoken == name:
            return written
    return plain[:64]
