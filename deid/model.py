"""What ``strip`` gives back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from io import BytesIO

from pydicom import dcmread
from pydicom.dataset import FileDataset

ENGINE_VERSION = "1.2.0"
ENGINE = f"kicc-deid/{ENGINE_VERSION}"


@dataclass(frozen=True, slots=True)
class Action:
    """What was done to one element: its path such as ``(0040,0275)[0]>(0008,0050)``, the letter and the
    reason.
    """

    path: str
    action: str
    reason: str


@lru_cache(maxsize=16384)
def action(path: str, letter: str, reason: str) -> Action:
    """One object for all equal actions: a series has the same ones for every slice."""
    return Action(path, letter, reason)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know. ``severity`` is ``info``, ``warning`` or ``review``."""

    code: str
    severity: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """The value of Pixel Data: ``parts`` as they leave, ``source`` as it came in.

    Both are views of the input where nothing beside the pixels had to go, so that no image is copied.
    ``begin`` is the offset of an untouched source in the input file, -1 where it must come from ``parts``.
    """

    parts: tuple[memoryview | bytes, ...]
    source: memoryview
    begin: int = -1


@dataclass
class Result:
    """A stripped file: ``head`` (preamble to the header of Pixel Data), ``image`` and ``tail``.

    ``actions`` lists every element that was present and not simply kept; ``changed`` those of it that were
    altered or removed because they may identify (X, Z, D, C), and is empty for a file that was stripped
    before. ``study``, ``series`` and ``instance`` are the new UIDs; ``anchored`` tells that dates count from
    admission. ``patient`` is who the input said it was, for comparison at the hospital only.
    """

    head: bytes
    image: Image
    tail: bytes
    actions: list[Action]
    changed: list[Action]
    findings: list[Finding] = field(default_factory=list)
    anchored: bool = False
    study: str = ""
    series: str = ""
    instance: str = ""
    patient: str = field(default="", repr=False)

    @cached_property
    def data(self) -> bytes:
        """The stripped file. The image becomes a view of it, so that the input can be let go."""
        data = b"".join((self.head, *self.image.parts, self.tail))
        if self.image.begin >= 0:
            image = memoryview(data)[len(self.head) : len(data) - len(self.tail)]
            self.image = replace(self.image, parts=(image,), source=image)
        return data

    @property
    def parts(self) -> tuple[memoryview | bytes, ...]:
        """The same without a copy of the image, to be written one after the other."""
        return (self.head, *self.image.parts, self.tail)

    @cached_property
    def pixel_sha256_before(self) -> str:
        """Hex SHA-256 of the input's image: Pixel Data without padding, or its whole value if compressed."""
        return hashlib.sha256(self.image.source).hexdigest()

    @cached_property
    def pixel_sha256_after(self) -> str:
        """The same of the output's image. It differs where bytes beside compressed pixels had to go."""
        digest = hashlib.sha256()
        for part in self.image.parts:
            digest.update(part)
        return digest.hexdigest()

    @cached_property
    def dataset(self) -> FileDataset:
        """The stripped file as a pydicom data set."""
        return dcmread(BytesIO(self.data))
