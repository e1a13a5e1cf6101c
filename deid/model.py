"""What ``strip`` gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO

from pydicom import dcmread
from pydicom.dataset import FileDataset

ENGINE_VERSION = "1.0.0"
ENGINE = f"kicc-deid/{ENGINE_VERSION}"


@dataclass(frozen=True, slots=True)
class Action:
    """What was done to one element: its path such as ``(0040,0275)[0]>(0008,0050)``, the letter and the
    reason.
    """

    path: str
    action: str
    reason: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know. ``severity`` is ``info``, ``warning`` or ``review``."""

    code: str
    severity: str
    where: str = ""


@dataclass
class Result:
    """A stripped file.

    ``actions`` lists every element that was present and not simply kept; ``changed`` those of it that were
    altered or removed because they may identify (X, Z, D, C), and is empty for a file that was stripped
    before. The hashes are hex SHA-256 of the image bytes: Pixel Data without padding (native) or its whole
    value (encapsulated). ``study``, ``series`` and ``instance`` are the new UIDs; ``anchored`` tells that
    dates count from admission.
    """

    data: bytes
    actions: list[Action]
    changed: list[Action]
    pixel_sha256_before: str
    pixel_sha256_after: str
    findings: list[Finding] = field(default_factory=list)
    anchored: bool = False
    study: str = ""
    series: str = ""
    instance: str = ""

    @cached_property
    def dataset(self) -> FileDataset:
        """The stripped file as a pydicom data set."""
        return dcmread(BytesIO(self.data))
