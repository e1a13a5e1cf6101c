"""What the checks look at: plain facts from the header of one file, without pixels and without identity."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

Vector = tuple[float, float, float]

CT_CLASSES = frozenset(
    {"1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.2.1", "1.2.840.10008.5.1.4.1.1.2.2"}
)
CR_CLASS = "1.2.840.10008.5.1.4.1.1.1"
DX_CLASSES = frozenset({"1.2.840.10008.5.1.4.1.1.1.1", "1.2.840.10008.5.1.4.1.1.1.1.1"})
FOR_PROCESSING = "1.2.840.10008.5.1.4.1.1.1.1.1"
SINGLE_FRAME = frozenset({"1.2.840.10008.5.1.4.1.1.2", CR_CLASS, *DX_CLASSES})


@dataclass(frozen=True)
class Facts:
    """One file. Lengths in mm; `positions` along the slice normal, one per frame, empty without geometry."""

    sop_uid: str = ""
    study_uid: str = ""
    series_uid: str = ""
    sop_class: str = ""
    modality: str = ""
    transfer_syntax: str = ""
    image_type: tuple[str, ...] = ()
    rows: int = 0
    columns: int = 0
    frames: int = 1
    number: int | None = None
    orientation: tuple[float, ...] = ()
    positions: tuple[float, ...] = ()
    thickness: float | None = None
    pixel_spacing: tuple[float, ...] = ()
    photometric: str = ""
    lossy: bool = False
    vendor: str = ""
    model: str = ""
    kernel: str = ""
    description: str = ""
    view: str = ""
    body_part: str = ""
    patient_position: str = ""
    peak_kv: float | None = None
    day: date | None = None
    clock: time | None = None

    @property
    def kind(self) -> str:
        """ "CT" or "CXR", by the class of the object."""
        return "CT" if self.sop_class in CT_CLASSES else "CXR"

    @property
    def position(self) -> float | None:
        return self.positions[0] if self.positions else None


def facts(dataset: Dataset) -> Facts:
    """Facts of a data set; an element that is absent or not readable becomes empty, never an error."""
    orientation = _numbers(_either(dataset, "ImageOrientationPatient", "PlaneOrientationSequence"), 6)
    kernel = _texts(_get(dataset, "ConvolutionKernel"))
    meta = getattr(dataset, "file_meta", Dataset())
    return Facts(
        sop_uid=_text(_get(dataset, "SOPInstanceUID")),
        study_uid=_text(_get(dataset, "StudyInstanceUID")),
        series_uid=_text(_get(dataset, "SeriesInstanceUID")),
        sop_class=_text(_get(dataset, "SOPClassUID")),
        modality=_text(_get(dataset, "Modality")).upper(),
        transfer_syntax=_text(_get(meta, "TransferSyntaxUID")),
        image_type=tuple(part.upper() for part in _texts(_get(dataset, "ImageType"))),
        rows=_whole(_get(dataset, "Rows")) or 0,
        columns=_whole(_get(dataset, "Columns")) or 0,
        frames=max(1, _whole(_get(dataset, "NumberOfFrames")) or 1),
        number=_whole(_get(dataset, "InstanceNumber")),
        orientation=orientation,
        positions=_positions(dataset, orientation),
        thickness=_positive(_either(dataset, "SliceThickness", "PixelMeasuresSequence")),
        pixel_spacing=_numbers(_either(dataset, "PixelSpacing", "PixelMeasuresSequence"), 2)
        or _numbers(_get(dataset, "ImagerPixelSpacing"), 2),
        photometric=_text(_get(dataset, "PhotometricInterpretation")),
        lossy=_text(_get(dataset, "LossyImageCompression")) == "01",
        vendor=_text(_get(dataset, "Manufacturer")),
        model=_text(_get(dataset, "ManufacturerModelName")),
        kernel="\\".join(kernel),
        description=_text(_get(dataset, "SeriesDescription")),
        view=_text(_get(dataset, "ViewPosition")).upper(),
        body_part=_text(_get(dataset, "BodyPartExamined")).upper(),
        patient_position=_text(_get(dataset, "PatientPosition")).upper(),
        peak_kv=_positive(_get(dataset, "KVP")),
        day=_day(dataset),
        clock=_clock(dataset),
    )


def normal(orientation: tuple[float, ...]) -> Vector | None:
    """Unit normal of the slices, turned so that its largest part is positive; None without an orientation."""
    if len(orientation) != 6:
        return None
    (a, b, c), (d, e, f) = orientation[:3], orientation[3:]
    cross = (b * f - c * e, c * d - a * f, a * e - b * d)
    length = math.hypot(*cross)
    if not math.isfinite(length) or length < 0.1:
        return None
    length = math.copysign(length, max(cross, key=abs))
    return cross[0] / length, cross[1] / length, cross[2] / length


def _positions(dataset: Dataset, orientation: tuple[float, ...]) -> tuple[float, ...]:
    axis = normal(orientation)
    if axis is None:
        return ()
    frames = _get(dataset, "PerFrameFunctionalGroupsSequence")
    corners = [_get(dataset, "ImagePositionPatient")]
    if frames:
        corners = [_from_group(frame, "PlanePositionSequence", "ImagePositionPatient") for frame in frames]
    points = [_numbers(corner, 3) for corner in corners]
    if not all(points):
        return ()
    return tuple(round(sum(a * b for a, b in zip(axis, point, strict=True)), 4) for point in points)


def _either(dataset: Dataset, keyword: str, group: str) -> Any:
    """The element itself, or where enhanced objects keep it: shared by all frames, or in the first frame."""
    value = _get(dataset, keyword)
    for sequence in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        items = _get(dataset, sequence)
        if value is None and items:
            value = _from_group(items[0], group, keyword)
    return value


def _from_group(item: Dataset, group: str, keyword: str) -> Any:
    inner = _get(item, group)
    return _get(inner[0], keyword) if inner else None


def _get(dataset: Dataset, keyword: str) -> Any:
    try:
        return getattr(dataset, keyword, None)
    except Exception:
        return None


def _text(value: Any) -> str:
    text = "" if value is None else str(value)
    return "".join(c if c.isprintable() else " " for c in text).strip()


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    values: Iterable[Any] = value if isinstance(value, MultiValue | list | tuple) else [value]
    return [_text(item) for item in values]


def _numbers(value: Any, count: int) -> tuple[float, ...]:
    try:
        numbers = tuple(float(item) for item in value) if value is not None else ()
    except (TypeError, ValueError):
        return ()
    return numbers if len(numbers) == count and all(map(math.isfinite, numbers)) else ()


def _whole(value: Any) -> int | None:
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < 2**31 else None


def _positive(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and number > 0 else None


def _day(dataset: Dataset) -> date | None:
    for keyword in ("AcquisitionDate", "SeriesDate", "StudyDate", "AcquisitionDateTime", "ContentDate"):
        digits = _text(_get(dataset, keyword)).replace(".", "").replace("-", "")[:8]
        if len(digits) == 8 and digits.isdigit():
            try:
                return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
            except ValueError:
                continue
    return None


def _clock(dataset: Dataset) -> time | None:
    for keyword in ("AcquisitionTime", "SeriesTime", "StudyTime", "ContentTime"):
        digits = _text(_get(dataset, keyword)).replace(":", "").split(".")[0]
        if len(digits) in (4, 6) and digits.isdigit():
            try:
                return time(int(digits[:2]), int(digits[2:4]), min(59, int(digits[4:6] or 0)))
            except ValueError:
                continue
    return None
