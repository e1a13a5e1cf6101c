"""Header shapes of makers, as data: names, software, kernels, windows, and private blocks typical of them.

Creator names and element meanings are from the makers' public conformance statements, as collected in
pydicom's private dictionary. In private values, `{name}`, `{id}`, `{accession}`, `{station}` stand for
planted identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PrivateBlock = tuple[int, str, tuple[tuple[int, str, Any], ...]]


@dataclass(frozen=True)
class Scanner:
    """One maker's CT header shape; `padding` is the stored value outside the round field of view."""

    manufacturer: str
    model: str
    software: str
    lung_kernel: str | list[str]
    soft_kernel: str | list[str]
    image_type: tuple[str, ...]
    intercept: int
    signed: bool
    bits: int
    padding: int | None
    window: tuple[list[int], list[int]]
    series: str
    milliamperes: int
    exposure_time: int
    private: tuple[PrivateBlock, ...]


@dataclass(frozen=True)
class Detector:
    """One maker's radiograph header shape."""

    manufacturer: str
    model: str
    software: str
    bits: int
    kilovolts: int
    exposure: int
    private: tuple[PrivateBlock, ...]


SCANNERS: dict[str, Scanner] = {
    "siemens": Scanner(
        "SIEMENS",
        "SOMATOM Definition Flash",
        "syngo CT VA48A",
        ["I70f", "3"],
        ["I31f", "3"],
        ("ORIGINAL", "PRIMARY", "AXIAL", "CT_SOM5 SPI"),
        -1024,
        False,
        12,
        None,
        ([-600, 40], [1200, 350]),
        "Thorax {thickness} {kernel}",
        210,
        500,
        (
            (0x0019, "SIEMENS CT VA0  COAD", ((0x92, "LO", "CARE_DOSE_4D"), (0xB0, "DS", "23.0"))),
            (0x0021, "SIEMENS MED", ((0x11, "DS", ["0", "0"]),)),
            (
                0x0029,
                "SIEMENS CSA HEADER",
                (
                    (0x08, "CS", "SOM 5"),
                    (0x09, "LO", "VA10A 971201"),
                    (0x10, "OB", b"SV10\4\3\2\1tPatientName {name} tPatientID {id}"),
                ),
            ),
            (
                0x0029,
                "SIEMENS MEDCOM HEADER",
                ((0x08, "CS", "MEDCOM 1"), (0x31, "LO", "4.0.177"), (0x60, "LO", "com {id}")),
            ),
        ),
    ),
    "siemens_as": Scanner(
        "SIEMENS",
        "SOMATOM Definition AS+",
        "syngo CT VA44A",
        "B60f",
        "B31f",
        ("ORIGINAL", "PRIMARY", "AXIAL", "CT_SOM5 SPI"),
        -1024,
        False,
        12,
        None,
        ([-600, 40], [1200, 350]),
        "Thorax {thickness} {kernel}",
        160,
        500,
        (
            (0x0009, "SIEMENS CT VA1 DUMMY", ((0x10, "LO", "{name}"),)),
            (0x0019, "SIEMENS CT VA0  COAD", ((0xB0, "DS", "18.4"),)),
            (0x0029, "SIEMENS MEDCOM HEADER", ((0x60, "LO", "com {id}"),)),
        ),
    ),
    "ge": Scanner(
        "GE MEDICAL SYSTEMS",
        "Revolution EVO",
        "revo_evo.4",
        "LUNG",
        "STANDARD",
        ("ORIGINAL", "PRIMARY", "AXIAL"),
        -1024,
        True,
        16,
        -2000,
        ([-550], [1500]),
        "CHEST {thickness} {kernel}",
        240,
        500,
        (
            (
                0x0009,
                "GEMS_IDEN_01",
                ((0x01, "LO", "CT_LIGHTSPEED"), (0x02, "SH", "{station}"), (0x04, "SH", "REVO EVO")),
            ),
            (0x0009, "GEMS_GENIE_1", ((0x01, "LO", "{name}"),)),
            (
                0x0019,
                "GEMS_ACQU_01",
                ((0x02, "SL", 912), (0x23, "DS", "55.000000"), (0x27, "DS", "0.500000")),
            ),
            (0x0021, "GEMS_RELA_01", ((0x36, "SS", 2),)),
            (0x0027, "GEMS_IMAG_01", ((0x1C, "SL", 0), (0x35, "SS", 2))),
            (
                0x0043,
                "GEMS_PARM_01",
                ((0x10, "US", 350), (0x27, "SH", "1.375:1"), (0x31, "DS", ["0.0", "0.0"])),
            ),
            (0x0045, "GEMS_HELIOS_01", ((0x01, "SS", 64), (0x02, "FL", 0.625))),
        ),
    ),
    "toshiba": Scanner(
        "TOSHIBA",
        "Aquilion ONE",
        "V8.32ER009",
        "FC52",
        "FC17",
        ("ORIGINAL", "PRIMARY", "AXIAL"),
        0,
        True,
        16,
        None,
        ([-600], [1600]),
        "Lung {thickness} {kernel}",
        370,
        350,
        (
            (
                0x7005,
                "TOSHIBA_MEC_CT3",
                (
                    (0x08, "DS", "0.5"),
                    (0x0B, "SH", "AIDR 3D STD"),
                    (0x0D, "CS", "CHEST"),
                    (0x1D, "UL", 1),
                    (0x1E, "UL", 0),
                    (0x30, "CS", "CT"),
                    (0x40, "FD", 358.7),
                ),
            ),
            (0x0009, "GEIIS", ((0x10, "LO", "{accession}"),)),
        ),
    ),
    "canon": Scanner(
        "CANON_MEC",
        "Aquilion PRIME SP",
        "V10.4SP0005",
        "FC51",
        "FC18",
        ("ORIGINAL", "PRIMARY", "AXIAL"),
        0,
        True,
        16,
        None,
        ([-600], [1600]),
        "Lung {thickness} {kernel}",
        300,
        350,
        (
            (
                0x7005,
                "TOSHIBA_MEC_CT3",
                (
                    (0x08, "DS", "0.5"),
                    (0x0B, "SH", "AIDR 3D eSTD"),
                    (0x0D, "CS", "CHEST"),
                    (0x40, "FD", 211.4),
                ),
            ),
            (0x0009, "GEIIS", ((0x10, "LO", "{name}"),)),
        ),
    ),
    "philips": Scanner(
        "Philips",
        "Ingenuity CT",
        "4.1",
        "YC",
        "B",
        ("ORIGINAL", "PRIMARY", "AXIAL", "HELIX"),
        -1024,
        False,
        12,
        None,
        ([-600, -600], [1600, 1600]),
        "{thickness}mm Lung",
        188,
        500,
        (
            (0x00E1, "ELSCINT1", ((0x21, "DS", "358.2"), (0x22, "LO", "{id}"), (0x50, "DS", "10.6"))),
            (0x01F1, "ELSCINT1", ((0x26, "DS", "1.17"), (0x27, "DS", "0.5"))),
            (0x07A1, "ELSCINT1", ((0x2A, "CS", "{accession}"),)),
        ),
    ),
}

DETECTORS: dict[str, Detector] = {
    "dk": Detector(
        "DK Medical Systems",
        "INNOVISION-SH",
        "1.0",
        12,
        110,
        3,
        ((0x0019, "DKMS", ((0x10, "LO", "{name}"),)),),
    ),
    "samsung": Detector(
        "Samsung Electronics",
        "GM85",
        "V1.05",
        14,
        120,
        2,
        ((0x0019, "SAMSUNG ELECTRONICS", ((0x10, "LO", "{id}"),)),),
    ),
    "canon": Detector(
        "Canon Inc.",
        "CXDI Control Software NE",
        "2.17",
        12,
        110,
        3,
        ((0x0019, "CANON", ((0x10, "LO", "{accession}"),)),),
    ),
}
